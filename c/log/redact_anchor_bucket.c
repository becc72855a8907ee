/* redact_anchor_bucket.c - which literals share a bucket of the prefilter, and by which of their
 * bytes it decides.
 *
 * A bucket with many literals takes many texts that are none of them.  So each literal, the most
 * common first, goes where that grows the least, with the four of its bytes for which it does; once
 * all are in, each may move to a better one. */
#include <math.h>

#include "core/err.h"
#include "log/redact_anchor_private.h"

#define WINDOW_LEAST 3
#define BUCKETS ANCHOR_BUCKETS
#define PAIRS ANCHOR_PAIRS
#define HASHES ANCHOR_HASHES
#define WIDE ANCHOR_WIDE
#define PAIR_COMMON 2000 /* of a pair */
#define EVERYTHING 5e21
#define MOVES 2 /* more move few */
#define RATE_PLACE (EVERYTHING / ANCHOR_SAMPLE) /* of a place of the sample that is taken */
#define RATE_COMMON 1e19                        /* of a window to be avoided */

/* How many of 4096 bytes of a log are each; all others 1. */
static const uint16_t often[128] = {
    1,   1,   1,   1,  1,   1,   1,   1,   1,  6,  20,  1,   1,   1,   1,  1,   1,   1,  1,
    1,   1,   1,   1,  1,   1,   1,   1,   1,  1,  1,   1,   1,   380, 2,  30,  2,   2,  4,
    4,   16,  10,  10, 4,   4,   30,  110, 80, 40, 130, 130, 130, 70,  80, 70,  70,  80, 80,
    70,  60,  6,   6,  50,  6,   2,   4,   8,  6,  8,   8,   12,  6,   5,  5,   12,  2,  3,
    7,   7,   9,   9,  7,   2,   9,   10,  13, 7,  4,   3,   2,   3,   2,  12,  2,   12, 1,
    30,  1,   200, 60, 120, 110, 310, 60,  55, 50, 120, 8,   40,  110, 90, 150, 180, 80, 10,
    160, 120, 190, 70, 30,  25,  10,  30,  8,  10, 4,   10,  1,   1,
};

/* What each bucket takes, and how often. */
typedef struct bucket_set {
    anchor_sample sample;
    anchor_tables *tables; /* where the wide ones are written as they fill */
    uint64_t rate[HASHES]; /* how often each hash occurs */
    anchor_hash_sets takes[BUCKETS];
    uint64_t rates[BUCKETS][PAIRS];
    uint16_t owners[BUCKETS][PAIRS][HASHES]; /* windows for which it is taken */
} bucket_set;

/* Where a window may end: in which bucket it grows the least, by how much. */
typedef struct place {
    size_t end, bucket;
    double grows;
    anchor_hash_sets sets;
} place;

typedef struct candidate {
    double rate;
    uint16_t literal;
    place at;
} candidate;

static uint64_t rate_of_byte(unsigned b) {
    return b < 128 ? often[b] : 1;
}

static void count_rates(bucket_set *buckets) {
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++)
            buckets->rate[anchor_pair_hash(a, b)] += rate_of_byte(a) * rate_of_byte(b);
    }
    for (unsigned h = 0; h < HASHES; h++)
        buckets->rate[h] += PAIR_COMMON * anchor_sample_count(&buckets->sample, h);
}

/* The bytes that may stand there, as anchor_takes() tells, but for case; their number. */
static size_t list_bytes(const anchor_literal *literal, size_t end, size_t back,
                         unsigned char bytes[256]) {
    size_t n = 0;
    if (back < end && !anchor_is_class(literal->text[end - 1 - back])) {
        bytes[n++] = (unsigned char)literal->text[end - 1 - back];
        return n;
    }
    for (unsigned b = 0; b < 256; b++) {
        if (anchor_takes(literal, end, back, b)) bytes[n++] = (unsigned char)b;
    }
    return n;
}

static anchor_hash_sets hashes_of(const anchor_literal *literal, size_t end) {
    anchor_hash_sets sets = {{{0}}};
    unsigned char bytes[ANCHOR_WINDOW][256];
    size_t count[ANCHOR_WINDOW];
    for (size_t p = 0; p < ANCHOR_WINDOW; p++) count[p] = list_bytes(literal, end, p, bytes[p]);
    for (size_t p = 0; p < PAIRS; p++) {
        for (size_t i = 0; i < count[p] * count[p + 1]; i++) {
            unsigned hash = anchor_pair_hash(bytes[p + 1][i / count[p]], bytes[p][i % count[p]]);
            sets.at[p][hash / 64] |= UINT64_C(1) << hash % 64;
        }
    }
    return sets;
}

/* Do its pairs tell too little?  Many hashes then stand for few bytes. */
static bool is_wide(const anchor_literal *literal, size_t end) {
    if (end < WINDOW_LEAST) return true;
    for (size_t i = end > ANCHOR_WINDOW ? end - ANCHOR_WINDOW : 0; i < end; i++) {
        if (anchor_is_class(literal->text[i])) return true;
    }
    return false;
}

/* How often the pair takes hashes with it that it did not before. */
static uint64_t rate_more(const bucket_set *buckets, const uint64_t set[], const uint64_t with[]) {
    uint64_t more = 0;
    for (unsigned i = 0; i < HASHES / 64; i++) {
        for (uint64_t add = with[i] & ~set[i]; add; add &= add - 1)
            more += buckets->rate[64 * i + anchor_lowest_bit(add)];
    }
    return more;
}

static void take_wide(anchor_halves wide[ANCHOR_WINDOW], const anchor_literal *literal, size_t end,
                      size_t bucket) {
    for (size_t p = 0; p < ANCHOR_WINDOW; p++) {
        for (unsigned b = 0; b < 256; b++) {
            if (anchor_takes(literal, end, ANCHOR_WINDOW - 1 - p, b))
                anchor_take(&wide[p], b, (unsigned)bucket);
        }
    }
}

/* How often four bytes are such as a wide bucket takes. */
static double rate_wide(const anchor_halves wide[ANCHOR_WINDOW], size_t bucket) {
    double rate = EVERYTHING;
    for (size_t p = 0; p < ANCHOR_WINDOW; p++) {
        uint64_t bytes = 0;
        for (unsigned b = 0; b < 256; b++) {
            if (wide[p].low[b & 15] & wide[p].high[b >> 4] & 1u << bucket) bytes += rate_of_byte(b);
        }
        rate *= (double)bytes / 4096;
    }
    return rate;
}

/* best_bucket() for a window with classes. */
static void best_wide(const bucket_set *buckets, const anchor_literal *literal, place *at) {
    for (size_t b = 0; b < WIDE; b++) {
        anchor_halves with[ANCHOR_WINDOW];
        memcpy(with, buckets->tables->wide, sizeof with);
        take_wide(with, literal, at->end, b);
        double grows = rate_wide(with, b) - rate_wide(buckets->tables->wide, b);
        if (grows >= at->grows) continue;
        at->grows = grows;
        at->bucket = b;
    }
}

/* The bucket that would take the least more with a window, and how much. */
static void best_bucket(const bucket_set *buckets, place *at) {
    uint16_t more[BUCKETS];
    anchor_sample_more(&buckets->sample, &at->sets, more);
    for (size_t b = WIDE; b < BUCKETS; b++) {
        double before = 1, after = 1;
        for (size_t p = 0; p < PAIRS; p++) {
            uint64_t rate = buckets->rates[b][p];
            before *= (double)rate;
            after *= (double)(rate + rate_more(buckets, buckets->takes[b].at[p], at->sets.at[p]));
        }
        double grows = after - before + RATE_PLACE * more[b];
        if (grows >= at->grows) continue;
        at->grows = grows;
        at->bucket = b;
    }
}

/* Where the window of a literal may end: one of three bytes is for where the fourth is a class. */
static size_t shortest_end(const anchor_literal *literal) {
    bool four = literal->len > WINDOW_LEAST && !anchor_is_class(literal->text[WINDOW_LEAST]);
    size_t least = four ? ANCHOR_WINDOW : WINDOW_LEAST;
    return literal->len < least ? literal->len : least;
}

static bool begins_with(const anchor_literal *literal, const anchor_literal *with) {
    if (literal == with || literal->len < with->len) return false;
    for (size_t i = 0; i < with->len; i++) {
        char want = with->text[i], c = literal->text[i];
        if (c != want && (anchor_is_class(c) || !anchor_allows(want, c, with->folds))) return false;
    }
    return true;
}

/* Where the windows end of those that the literal begins with, 0 for none.  Its own has to end
 * there too: of literals that begin at one place the longest is reported first. */
static size_t end_of_others(const berth_anchors *anchors, const anchor_literal *literal) {
    size_t end = 0;
    for (size_t i = 0; i < anchors->count; i++) {
        const anchor_literal *other = &anchors->literals[i];
        if (other->len < WINDOW_LEAST || !begins_with(literal, other)) continue;
        size_t ends = (size_t)other->len - other->rest;
        if (end == 0 || ends < end) end = ends;
    }
    return end;
}

/* Does the window, over and over, begin anew before its end?  Then a text may hold it at each byte
 * or at each second or third one: aaaa, ecrecrecr. */
static bool repeats(const anchor_literal *literal, size_t end) {
    if (end < ANCHOR_WINDOW) return false;
    const char *w = &literal->text[end - ANCHOR_WINDOW];
    return w[0] == w[3] || (w[0] == w[2] && w[1] == w[3]);
}

static place best_place(const bucket_set *buckets, const anchor_literal *literal, size_t fixed) {
    place best = {.grows = HUGE_VAL};
    size_t least = fixed ? fixed : shortest_end(literal);
    for (size_t end = fixed ? fixed : literal->len; end >= least; end--) {
        place at = {.end = end, .grows = HUGE_VAL};
        if (is_wide(literal, end)) {
            best_wide(buckets, literal, &at);
        } else {
            at.sets = hashes_of(literal, end);
            best_bucket(buckets, &at);
        }
        if (repeats(literal, end) || anchor_sample_has(&buckets->sample, literal, end))
            at.grows += RATE_COMMON;
        if (at.grows < best.grows) best = at;
    }
    return best;
}

static void put(bucket_set *buckets, const anchor_literal *literal, const place *at) {
    if (at->bucket < WIDE) {
        take_wide(buckets->tables->wide, literal, at->end, at->bucket);
        return;
    }
    for (size_t p = 0; p < PAIRS; p++) {
        uint64_t *set = buckets->takes[at->bucket].at[p];
        buckets->rates[at->bucket][p] += rate_more(buckets, set, at->sets.at[p]);
        for (unsigned i = 0; i < HASHES / 64; i++) {
            set[i] |= at->sets.at[p][i];
            for (uint64_t has = at->sets.at[p][i]; has; has &= has - 1) {
                unsigned h = 64 * i + anchor_lowest_bit(has);
                if (buckets->owners[at->bucket][p][h]++ == 0)
                    anchor_sample_take(&buckets->sample, at->bucket, p, h, true);
            }
        }
    }
}

static void take_out(bucket_set *buckets, const place *at) {
    for (size_t p = 0; p < PAIRS; p++) {
        for (unsigned i = 0; i < HASHES / 64; i++) {
            for (uint64_t has = at->sets.at[p][i]; has; has &= has - 1) {
                unsigned h = 64 * i + anchor_lowest_bit(has);
                if (--buckets->owners[at->bucket][p][h] > 0) continue;
                buckets->takes[at->bucket].at[p][i] &= ~(has & (~has + 1));
                buckets->rates[at->bucket][p] -= buckets->rate[h];
                anchor_sample_take(&buckets->sample, at->bucket, p, h, false);
            }
        }
    }
}

static void order_by_rate(candidate *list, size_t count) {
    for (size_t gap = count / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < count; i++) {
            candidate c = list[i];
            size_t at = i;
            for (; at >= gap &&
                   (list[at - gap].rate < c.rate ||
                    (list[at - gap].rate <= c.rate && list[at - gap].literal > c.literal));
                 at -= gap)
                list[at] = list[at - gap];
            list[at] = c;
        }
    }
}

/* How often the window that occurs least does. */
static double rate_literal(const bucket_set *buckets, const anchor_literal *literal) {
    static const uint64_t none[HASHES / 64] = {0};
    double least = HUGE_VAL;
    for (size_t end = shortest_end(literal); end <= literal->len; end++) {
        double rate = 1;
        anchor_hash_sets sets = hashes_of(literal, end);
        for (size_t p = 0; p < PAIRS; p++) rate *= (double)rate_more(buckets, none, sets.at[p]);
        if (rate < least) least = rate;
    }
    return least;
}

static void write_pairs(anchor_tables *tables, const bucket_set *buckets) {
    for (size_t b = 0; b < BUCKETS - WIDE; b++) {
        for (size_t p = 0; p < PAIRS; p++) {
            for (unsigned h = 0; h < HASHES; h++) {
                if (buckets->takes[WIDE + b].at[p][h / 64] >> h % 64 & 1u)
                    tables->pair[b / 8][p][h] |= (uint8_t)(1u << b % 8);
            }
        }
    }
}

/* Puts each where it is best by now, among those that came after it as well. */
static void move_all(const berth_anchors *anchors, bucket_set *buckets, candidate *order) {
    for (size_t i = 0; i < anchors->count; i++) {
        const anchor_literal *literal = &anchors->literals[order[i].literal];
        place *at = &order[i].at;
        if (at->bucket < WIDE) continue;
        take_out(buckets, at);
        at->grows = HUGE_VAL;
        best_bucket(buckets, at);
        put(buckets, literal, at);
    }
}

static void fill(berth_anchors *anchors, bucket_set *buckets, candidate *order) {
    buckets->tables = anchors->tables;
    anchor_sample_begin(&buckets->sample);
    count_rates(buckets);
    for (size_t i = 0; i < anchors->count; i++)
        order[i] = (candidate){.rate = rate_literal(buckets, &anchors->literals[i]),
                               .literal = (uint16_t)i};
    order_by_rate(order, anchors->count);
    for (size_t i = 0; i < anchors->count; i++) {
        anchor_literal *literal = &anchors->literals[order[i].literal];
        place at = best_place(buckets, literal, end_of_others(anchors, literal));
        put(buckets, literal, &at);
        literal->rest = (uint8_t)(literal->len - at.end);
        order[i].at = at;
    }
    for (unsigned round = 0; round < MOVES; round++) move_all(anchors, buckets, order);
    write_pairs(anchors->tables, buckets);
}

berth_rc anchor_fill_buckets(berth_anchors *anchors) {
    bucket_set *buckets = berth_calloc(&anchors->mem, 1, sizeof *buckets);
    candidate *order = berth_calloc(&anchors->mem, anchors->room, sizeof *order);
    bool done = buckets && order;
    if (done) fill(anchors, buckets, order);
    if (order) berth_free(&anchors->mem, order, anchors->room * sizeof *order);
    if (buckets) berth_free(&anchors->mem, buckets, sizeof *buckets);
    return done ? BERTH_OK : BERTH_ENOMEM;
}
