/* redact_anchor_bucket.c - which literals share a bucket of the prefilter, and by which of their
 * bytes it decides.
 *
 * A bucket with many literals takes many texts that are none of them.  So each literal, the most
 * common first, goes where that grows the least, with the four of its bytes for which it does. */
#include "core/err.h"
#include "log/redact_anchor_private.h"

#define WINDOW ANCHOR_WINDOW
#define BUCKETS ANCHOR_BUCKETS

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

/* The halves of bytes that each place takes, a bit each. */
typedef struct window {
    uint16_t low[WINDOW], high[WINDOW];
} window;

/* How often halves occur together: by the upper one, and by a set of eight lower ones. */
typedef struct rates {
    uint32_t of[2][16][256];
} rates;

/* What each bucket takes, and how often. */
typedef struct bucket_set {
    window takes[BUCKETS];
    uint64_t rate[BUCKETS];
} bucket_set;

/* Where the window of a literal may end, best first. */
typedef struct candidate {
    uint64_t rate;
    uint16_t literal;
} candidate;

static uint32_t rate_of_byte(unsigned b) {
    return b < 128 ? often[b] : 1;
}

static void count_rates(rates *r) {
    for (unsigned high = 0; high < 16; high++) {
        for (unsigned set = 1; set < 256; set++) {
            for (unsigned i = 0; i < 8; i++) {
                if (!(set >> i & 1u)) continue;
                r->of[0][high][set] += rate_of_byte(high << 4 | i);
                r->of[1][high][set] += rate_of_byte(high << 4 | 8 | i);
            }
        }
    }
}

/* How often a place of a text is taken, of 2^48 or so. */
static uint64_t rate_of(const rates *r, const window *a, const window *b) {
    uint64_t product = 1;
    for (size_t p = 0; p < WINDOW; p++) {
        unsigned low = a->low[p] | b->low[p], high = a->high[p] | b->high[p];
        uint64_t sum = 0;
        for (unsigned i = 0; high >> i; i++) {
            if (high >> i & 1u) sum += r->of[0][i][low & 255] + r->of[1][i][low >> 8];
        }
        product *= sum;
    }
    return product;
}

/* May `byte` stand at place p of a window of the literal that ends after `end` of its bytes? */
static bool takes(const anchor_literal *literal, size_t end, size_t p, unsigned byte) {
    if (p + end < WINDOW) return true;
    return anchor_allows(literal->text[p + end - WINDOW], (char)byte, literal->folds);
}

static void take(window *w, size_t p, unsigned byte) {
    w->low[p] = (uint16_t)(w->low[p] | 1u << (byte & 15));
    w->high[p] = (uint16_t)(w->high[p] | 1u << (byte >> 4));
}

/* What of the window is taken by bytes at its end from `from` to `to`. */
static window window_of(const anchor_literal *literal, size_t end, unsigned from, unsigned to) {
    window w = {{0}, {0}};
    for (size_t p = 0; p < WINDOW; p++) {
        bool last = p == WINDOW - 1;
        if (p + end < WINDOW) { /* before the literal: any byte */
            w.low[p] = w.high[p] = UINT16_MAX;
            continue;
        }
        char want = literal->text[p + end - WINDOW];
        if (!anchor_is_class(want)) { /* a byte, in both its cases perhaps */
            unsigned byte = (unsigned char)want;
            if (takes(literal, end, p, byte)) take(&w, p, byte);
            if (takes(literal, end, p, byte ^ 0x20)) take(&w, p, byte ^ 0x20);
            continue;
        }
        for (unsigned b = last ? from : 0; b < (last ? to : 256); b++)
            if (takes(literal, end, p, b)) take(&w, p, b);
    }
    return w;
}

static size_t shortest_end(const anchor_literal *literal) {
    return literal->len < WINDOW ? literal->len : WINDOW;
}

/* The bucket that would take the least more with it, and how much. */
static size_t best_bucket(const rates *r, const bucket_set *buckets, const window *w,
                          uint64_t *more) {
    size_t best = 0;
    *more = UINT64_MAX;
    for (size_t b = 0; b < BUCKETS; b++) {
        uint64_t grows = rate_of(r, &buckets->takes[b], w) - buckets->rate[b];
        if (grows < *more) {
            *more = grows;
            best = b;
        }
    }
    return best;
}

static void put(const rates *r, bucket_set *buckets, size_t b, const window *w) {
    window *bucket = &buckets->takes[b];
    for (size_t p = 0; p < WINDOW; p++) {
        bucket->low[p] |= w->low[p];
        bucket->high[p] |= w->high[p];
    }
    buckets->rate[b] = rate_of(r, bucket, bucket);
}

static void place(const rates *r, bucket_set *buckets, anchor_literal *literal) {
    size_t best = literal->len, bucket = 0;
    uint64_t least = UINT64_MAX, more;
    window w;
    for (size_t end = shortest_end(literal); end <= literal->len; end++) {
        if (literal->text[end - 1] == '\1') continue;
        window tried = window_of(literal, end, 0, 256);
        size_t in = best_bucket(r, buckets, &tried, &more);
        if (more >= least) continue;
        least = more;
        best = end;
        bucket = in;
        w = tried;
    }
    literal->rest = (uint8_t)(literal->len - best);
    if (least != UINT64_MAX) {
        put(r, buckets, bucket, &w);
        return;
    }
    /* It must end in any byte but a letter: by halves alone @ and A cannot be told apart. */
    static const unsigned borders[] = {0, 0x40, 0x80, 0x100};
    for (size_t i = 0; i < 3; i++) {
        w = window_of(literal, best, borders[i], borders[i + 1]);
        bucket = best_bucket(r, buckets, &w, &more);
        put(r, buckets, bucket, &w);
    }
}

static void order_by_rate(candidate *list, size_t count) {
    for (size_t gap = count / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < count; i++) {
            candidate c = list[i];
            size_t at = i;
            for (; at >= gap &&
                   (list[at - gap].rate < c.rate ||
                    (list[at - gap].rate == c.rate && list[at - gap].literal > c.literal));
                 at -= gap)
                list[at] = list[at - gap];
            list[at] = c;
        }
    }
}

static candidate rate_literal(const rates *r, const anchor_literal *literal, size_t number) {
    static const window none = {{0}, {0}};
    candidate c = {.rate = UINT64_MAX, .literal = (uint16_t)number};
    for (size_t end = shortest_end(literal); end <= literal->len; end++) {
        window w = window_of(literal, end, 0, 256);
        uint64_t rate = rate_of(r, &w, &none);
        if (rate < c.rate) c.rate = rate;
    }
    return c;
}

static void write_halves(berth_anchors *anchors, const bucket_set *buckets) {
    for (size_t b = 0; b < BUCKETS; b++) {
        for (size_t p = 0; p < WINDOW; p++) {
            anchor_halves *halves = &anchors->bucket[b / 8][p];
            for (size_t i = 0; i < 16; i++) {
                unsigned low = buckets->takes[b].low[p], high = buckets->takes[b].high[p];
                halves->low[i] = (uint8_t)(halves->low[i] | (low >> i & 1u) << b % 8);
                halves->high[i] = (uint8_t)(halves->high[i] | (high >> i & 1u) << b % 8);
            }
        }
    }
}

berth_rc anchor_fill_buckets(berth_anchors *anchors) {
    bucket_set buckets = {.rate = {0}};
    size_t room = anchors->count * sizeof(candidate);
    rates *r = berth_calloc(&anchors->mem, 1, sizeof *r);
    candidate *order = berth_alloc(&anchors->mem, room ? room : 1);
    if (r && order) {
        count_rates(r);
        for (size_t i = 0; i < anchors->count; i++)
            order[i] = rate_literal(r, &anchors->literals[i], i);
        order_by_rate(order, anchors->count);
        for (size_t i = 0; i < anchors->count; i++)
            place(r, &buckets, &anchors->literals[order[i].literal]);
        write_halves(anchors, &buckets);
    }
    bool done = r && order;
    if (order) berth_free(&anchors->mem, order, room ? room : 1);
    if (r) berth_free(&anchors->mem, r, sizeof *r);
    return done ? BERTH_OK : BERTH_ENOMEM;
}
