/* redact_anchor_private.h - what the prefilter's files share: its tables.
 *
 * Of each literal up to four bytes are its window.  Where it stands is found by a hash.  Where
 * vectors can look up pairs of bytes, they tell where that is worth while: literals share buckets,
 * and a bucket takes a place of the text when each pair of the four bytes that end there may belong
 * to one of its literals.  A window with classes of bytes is in a bucket that is looked up by the
 * halves of each byte instead, as too many pairs belong to it. */
#ifndef BERTH_LOG_REDACT_ANCHOR_PRIVATE_H
#define BERTH_LOG_REDACT_ANCHOR_PRIVATE_H

#include <string.h>

#include "log/redact_anchor.h"
#include "log/redact_char.h"

#define ANCHOR_SPAN 8  /* bytes of a sequence, and of a literal at most */
#define ANCHOR_LANES 8 /* sequences */
#define ANCHOR_WINDOW 4
#define ANCHOR_GROUPS 6 /* of eight buckets each, besides the wide ones */
#define ANCHOR_WIDE 8   /* buckets of windows with classes */
#define ANCHOR_BUCKETS (ANCHOR_WIDE + 8 * ANCHOR_GROUPS)
#define ANCHOR_PAIRS (ANCHOR_WINDOW - 1)
#define ANCHOR_HASHES 128 /* of pairs */
#define ANCHOR_HASH_BITS 17
#define ANCHOR_HASH_FACTOR UINT32_C(0x9e3779b1)
#define ANCHOR_LIST_BITS 12 /* the first ones of the hash */
#define ANCHOR_BLOCK 64     /* bytes that are looked at together */

/* To what a byte may belong, eight bits at a time: low[byte & 15] & high[byte >> 4]. */
typedef struct anchor_halves {
    uint8_t low[16], high[16];
} anchor_halves;

/* What vectors look up; begins at a multiple of 64. */
typedef struct anchor_tables {
    uint8_t pair[ANCHOR_GROUPS][ANCHOR_PAIRS][ANCHOR_HASHES]; /* the last pair first */
    anchor_halves wide[ANCHOR_WINDOW];
    anchor_halves sequence[ANCHOR_SPAN];
    uint8_t apart; /* the sequences that never begin with a digit, which no halves tell */
} anchor_tables;

typedef struct anchor_literal {
    uint64_t value, mask, fold; /* of its last 8 bytes: (bytes & mask | fold) == value */
    char text[ANCHOR_SPAN];
    uint8_t len, rest; /* bytes in all, and after its window */
    bool classes;      /* some stand for classes, and are not in the mask */
    bool folds;
    unsigned char kind;
    uint16_t arg;
} anchor_literal;

/* A literal whose window may end in these bytes, in the list of those whose hashes are alike. */
typedef struct anchor_node {
    uint32_t tail; /* of anchor_tail() the last three, where it is not `whole` */
    uint32_t next; /* plus 1 */
    uint16_t literal;
    bool whole;
} anchor_node;

/* By hashes of the bytes in which windows may end. */
typedef struct anchor_index {
    uint8_t ends[(1 << ANCHOR_HASH_BITS) / 8]; /* a bit for each that occurs */
    uint32_t first[1 << ANCHOR_LIST_BITS];     /* node, plus 1 */
} anchor_index;

typedef size_t anchor_scan_fn(const berth_anchors *anchors, const unsigned char *s, size_t len,
                              size_t from, berth_anchor_ends *ends);

struct berth_anchors {
    berth_mem mem;
    /* Byte p of column[b] has the bit of each sequence whose place p does not take b. */
    uint64_t column[256];
    anchor_index whole, tail; /* by windows of four bytes; by the last three of others */
    anchor_tables *tables; /* in `block`, which is owned and has room to move them */
    void *block;
    anchor_literal *literals; /* owned, as many as there is room for */
    size_t count, room;
    anchor_node *nodes; /* owned */
    size_t nnodes, nodes_cap;
    anchor_scan_fn *scan; /* by bytes or by vectors */
};

typedef struct anchor_sequence {
    unsigned kind, before;          /* bytes of the anchor before the sequence */
    const char *class[ANCHOR_SPAN]; /* what each byte may be; NULL: anything */
} anchor_sequence;

extern const anchor_sequence anchor_sequences[ANCHOR_LANES];

/* May c stand where the text of a literal has `want`? */
static inline bool anchor_allows(char want, char c, bool fold) {
    switch (want) {
    case '\1':
        return !byte_is(c, BYTE_LETTER);
    case '\2':
        return byte_is(c, BYTE_HEX) && (fold || !byte_is(c, BYTE_UPPER));
    case '\3':
        return byte_is(c, BYTE_DIGIT);
    case '\4':
        return byte_is(c, BYTE_HIGH);
    default:
        return (fold ? byte_lower(c) : c) == want;
    }
}

static inline bool anchor_is_class(char want) {
    return want >= '\1' && want <= '\4';
}

/* May the byte stand so far before the last one of the literal's first `end` bytes?  Before the
 * literal all may. */
static inline bool anchor_takes(const anchor_literal *literal, size_t end, size_t back,
                                unsigned byte) {
    return back >= end || anchor_allows(literal->text[end - 1 - back], (char)byte, literal->folds);
}

static inline void anchor_take(anchor_halves *halves, unsigned byte, unsigned bit) {
    halves->low[byte & 15] |= (uint8_t)(1u << bit);
    halves->high[byte >> 4] |= (uint8_t)(1u << bit);
}

/* Case ignored. */
static inline unsigned anchor_pair_hash(unsigned a, unsigned b) {
    return ((a | 0x20) * 5 + (b | 0x20)) % ANCHOR_HASHES;
}

static inline unsigned anchor_lowest_bit(uint64_t bits) {
#ifdef __GNUC__
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned n = 0;
    for (; !(bits & 1); bits >>= 1) n++;
    return n;
#endif
}

/* The last four bytes before `end`, the last one highest, case ignored; zeros before the text. */
static inline uint32_t anchor_tail(const unsigned char *s, size_t end) {
    uint32_t x;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (end >= ANCHOR_WINDOW) {
        memcpy(&x, s + end - ANCHOR_WINDOW, sizeof x);
        return x | UINT32_C(0x20202020);
    }
#endif
    x = s[end - 1];
    if (end >= ANCHOR_WINDOW)
        x = (uint32_t)s[end - 4] | (uint32_t)s[end - 3] << 8 | (uint32_t)s[end - 2] << 16 | x << 24;
    else
        x = x << 24 | (end > 1 ? (uint32_t)s[end - 2] << 16 : 0) |
            (end > 2 ? (uint32_t)s[end - 3] << 8 : 0);
    return x | UINT32_C(0x20202020);
}

static inline uint32_t anchor_hash(uint32_t tail, bool whole) {
    return ((whole ? tail : tail >> 8) * ANCHOR_HASH_FACTOR) >> (32 - ANCHOR_HASH_BITS);
}

static inline unsigned anchor_has(const anchor_index *index, uint32_t hash) {
    return (unsigned)index->ends[hash >> 3] >> (hash & 7) & 1u;
}

/* May a window end in these bytes? */
static inline bool anchor_may_end(const berth_anchors *anchors, uint32_t tail) {
    return (anchor_has(&anchors->whole, anchor_hash(tail, true)) |
            anchor_has(&anchors->tail, anchor_hash(tail, false))) != 0;
}

static inline bool anchor_is_tail(const anchor_node *node, uint32_t tail) {
    return node->tail == (node->whole ? tail : tail >> 8);
}

/* From the node `next` on, the first one of windows that end in the bytes, plus 1; 0: none. */
static inline uint32_t anchor_next(const berth_anchors *anchors, uint32_t next, uint32_t tail) {
    while (next && !anchor_is_tail(&anchors->nodes[next - 1], tail))
        next = anchors->nodes[next - 1].next;
    return next;
}

/* The first node of windows that end in the bytes, plus 1; 0: none. */
static inline uint32_t anchor_first(const berth_anchors *anchors, bool whole, uint32_t tail) {
    const anchor_index *index = whole ? &anchors->whole : &anchors->tail;
    uint32_t hash = anchor_hash(tail, whole);
    if (!anchor_has(index, hash)) return 0;
    return anchor_next(anchors, index->first[hash >> (ANCHOR_HASH_BITS - ANCHOR_LIST_BITS)], tail);
}

/* --- redact_anchor_sample.c ---------------------------------------------------------------- */

#define ANCHOR_SAMPLE 3436 /* bytes */

/* The hashes that a bucket or a window takes at each of its pairs, a bit each. */
typedef struct anchor_hash_sets {
    uint64_t at[ANCHOR_PAIRS][ANCHOR_HASHES / 64];
} anchor_hash_sets;

/* A text as logs are, with what buckets take of it. */
typedef struct anchor_sample {
    uint8_t hash[ANCHOR_SAMPLE];                              /* of the pair that ends there */
    uint16_t first[ANCHOR_HASHES + 1], place[ANCHOR_SAMPLE]; /* pairs in the order of hashes */
    uint64_t takes[ANCHOR_PAIRS][ANCHOR_HASHES];             /* buckets, a bit each */
    uint64_t four[256], three[256];                          /* its windows, by hash */
} anchor_sample;

/* `sample` is all zeros. */
void anchor_sample_begin(anchor_sample *sample);
/* How many pairs have the hash. */
uint64_t anchor_sample_count(const anchor_sample *sample, unsigned hash);
/* Does the text hold the window that ends there? */
bool anchor_sample_has(const anchor_sample *sample, const anchor_literal *literal, size_t end);
/* How many more places of the text each bucket would take with a window. */
void anchor_sample_more(const anchor_sample *sample, const anchor_hash_sets *sets,
                        uint16_t more[ANCHOR_BUCKETS]);
/* The bucket takes the hash from now on, or does not. */
void anchor_sample_take(anchor_sample *sample, size_t bucket, size_t pair, unsigned hash,
                        bool taken);

/* --- redact_anchor_bucket.c ---------------------------------------------------------------- */

/* Distributes the literals over the buckets, and decides which four bytes of each count there. */
berth_rc anchor_fill_buckets(berth_anchors *anchors);

/* --- redact_anchor_scan.c ------------------------------------------------------------------ */

/* From `from` on, the first 64 bytes at some of which something might end: where they begin, which
 * is a multiple of 64 from `from`, with a bit for each of these.  No bits: there is none. */
size_t anchor_scan_bytes(const berth_anchors *anchors, const unsigned char *s, size_t len,
                         size_t from, berth_anchor_ends *ends);

/* --- redact_anchor_vector.c ---------------------------------------------------------------- */

/* The same by this processor's vectors but those `without`; NULL: it has none that help. */
anchor_scan_fn *anchor_vectors(unsigned without);

#endif
