/* redact_anchor_private.h - what the prefilter's files share: its tables.
 *
 * Of each literal up to four bytes are its window.  Where the last three of them stand is found by
 * a hash.  Vectors find where that is worth while: literals share buckets, and a bucket takes a
 * place of the text when each of the four bytes that end there, by its two halves, may belong to
 * one of its literals. */
#ifndef BERTH_LOG_REDACT_ANCHOR_PRIVATE_H
#define BERTH_LOG_REDACT_ANCHOR_PRIVATE_H

#include <string.h>

#include "log/redact_anchor.h"
#include "log/redact_char.h"

#define ANCHOR_SPAN 8  /* bytes of a sequence, and of a literal at most */
#define ANCHOR_LANES 8 /* sequences */
#define ANCHOR_BUCKETS 32
#define ANCHOR_WINDOW 4
#define ANCHOR_HASH_BITS 17
#define ANCHOR_LIST_BITS 12 /* the first ones of the hash */
#define ANCHOR_BLOCK 64     /* bytes that are looked at together */

/* To what a byte may belong, eight bits at a time: low[byte & 15] & high[byte >> 4]. */
typedef struct anchor_halves {
    uint8_t low[16], high[16];
} anchor_halves;

typedef struct anchor_literal {
    uint64_t value, mask, fold; /* of its last 8 bytes: (bytes & mask | fold) == value */
    char text[ANCHOR_SPAN];
    uint8_t len, rest; /* bytes in all, and after its window */
    bool classes;      /* some stand for classes, and are not in the mask */
    bool folds;
    unsigned char kind;
    uint16_t arg;
} anchor_literal;

/* A literal in the list of those whose windows may end in the same bytes. */
typedef struct anchor_node {
    uint16_t literal;
    uint32_t next; /* plus 1 */
} anchor_node;

typedef size_t anchor_scan_fn(const berth_anchors *anchors, const unsigned char *s, size_t len,
                              size_t from, berth_anchor_ends *ends);

struct berth_anchors {
    berth_mem mem;
    /* Byte p of column[b] has the bit of each sequence whose place p does not take b. */
    uint64_t column[256];
    uint8_t ends[(1 << ANCHOR_HASH_BITS) / 8]; /* a bit for each hash in which a window may end */
    uint32_t first[1 << ANCHOR_LIST_BITS];     /* node, plus 1 */
    anchor_halves sequence[ANCHOR_SPAN];
    anchor_halves bucket[ANCHOR_BUCKETS / 8][ANCHOR_WINDOW];
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

/* Of three bytes, case ignored. */
static inline uint32_t anchor_hash(unsigned char a, unsigned char b, unsigned char c) {
    uint32_t x = ((uint32_t)a << 16 | (uint32_t)b << 8 | c) | 0x202020;
    return (x * UINT32_C(0x9e3779b1)) >> (32 - ANCHOR_HASH_BITS);
}

/* Of the three bytes that end before `end`; zeros stand before the text. */
static inline uint32_t anchor_hash_at(const unsigned char *s, size_t end) {
    return anchor_hash(end > 2 ? s[end - 3] : 0, end > 1 ? s[end - 2] : 0, s[end - 1]);
}

static inline bool anchor_may_end(const berth_anchors *anchors, uint32_t hash) {
    return anchors->ends[hash >> 3] >> (hash & 7) & 1;
}

/* --- redact_anchor_bucket.c ---------------------------------------------------------------- */

/* Distributes the literals over the buckets, and decides which four bytes of each count there. */
berth_rc anchor_fill_buckets(berth_anchors *anchors);

/* --- redact_anchor_scan.c ------------------------------------------------------------------ */

/* From `from` on, the first 64 bytes at some of which something might end: where they begin, which
 * is a multiple of 64 from `from`, with a bit for each of these.  No bits: there is none. */
size_t anchor_scan_bytes(const berth_anchors *anchors, const unsigned char *s, size_t len,
                         size_t from, berth_anchor_ends *ends);

/* --- redact_anchor_vector.c ---------------------------------------------------------------- */

/* The same by this processor's vectors; NULL: it has none that help. */
anchor_scan_fn *anchor_vectors(void);

#endif
