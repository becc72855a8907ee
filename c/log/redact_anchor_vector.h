/* redact_anchor_vector.h - the scan for one kind of vector; redact_anchor_vector.c includes it once
 * for each kind, with TARGET, NAMED, VECTOR and its operations defined, which end here.  Without
 * them it is empty. */
#ifdef TARGET

#define STATIC __attribute__((target(TARGET))) static
#define HALVES NAMED(halves)

typedef struct HALVES {
    VECTOR low, high;
} HALVES;

STATIC inline HALVES NAMED(split)(const unsigned char *s) {
    VECTOR x = LOAD(s), low = BYTES(15);
    return (HALVES){AND(x, low), AND(UPPER(x), low)};
}

/* To what each of the bytes may belong. */
STATIC inline VECTOR NAMED(look)(const anchor_halves *place, HALVES x) {
    return AND(LOOK(TABLE(place->low), x.low), LOOK(TABLE(place->high), x.high));
}

/* The same for four places. */
STATIC inline VECTOR NAMED(look4)(const anchor_halves places[4], HALVES a, HALVES b, HALVES c,
                                  HALVES d) {
    VECTOR first = AND(NAMED(look)(&places[0], a), NAMED(look)(&places[1], b));
    return AND(first, AND(NAMED(look)(&places[2], c), NAMED(look)(&places[3], d)));
}

/* A bit for each byte of a vector's length from s on at which something might end; the eight bytes
 * before s are looked at too.  Written out, not as loops: everything stays in registers. */
STATIC inline uint64_t NAMED(part)(const berth_anchors *anchors, const unsigned char *s) {
    const anchor_halves(*bucket)[ANCHOR_WINDOW] = anchors->bucket;
    HALVES a = NAMED(split)(s - 3), b = NAMED(split)(s - 2), c = NAMED(split)(s - 1),
           d = NAMED(split)(s);
    VECTOR literals = NAMED(look4)(bucket[0], a, b, c, d);
    literals = OR(literals, NAMED(look4)(bucket[1], a, b, c, d));
    literals = OR(literals, NAMED(look4)(bucket[2], a, b, c, d));
    literals = OR(literals, NAMED(look4)(bucket[3], a, b, c, d));
    VECTOR sequences = NAMED(look4)(anchors->sequence + 4, a, b, c, d);
    sequences =
        AND(sequences, NAMED(look4)(anchors->sequence, NAMED(split)(s - 7), NAMED(split)(s - 6),
                                    NAMED(split)(s - 5), NAMED(split)(s - 4)));
    return TAKEN(sequences) | refine(anchors, s, TAKEN(literals));
}

STATIC inline uint64_t NAMED(block)(const berth_anchors *anchors, const unsigned char *s) {
    uint64_t ends = NAMED(part)(anchors, s);
    if (sizeof(VECTOR) < BLOCK) ends |= NAMED(part)(anchors, s + sizeof(VECTOR)) << BLOCK / 2;
    return ends;
}

STATIC size_t NAMED(scan)(const berth_anchors *anchors, const unsigned char *s, size_t len,
                          size_t from, uint64_t *ends) {
    for (size_t block = from; block < len; block += BLOCK) {
        if (block >= SPAN && len - block >= BLOCK) {
            *ends = NAMED(block)(anchors, s + block);
        } else {
            unsigned char copy[SPAN + BLOCK];
            uint64_t there = copy_block(s, len, block, copy);
            *ends = NAMED(block)(anchors, copy + SPAN) & there;
        }
        if (*ends) return block;
    }
    *ends = 0;
    return len;
}

#undef TARGET
#undef NAMED
#undef VECTOR
#undef LOAD
#undef TABLE
#undef BYTES
#undef AND
#undef OR
#undef UPPER
#undef LOOK
#undef TAKEN
#undef STATIC
#undef HALVES

#endif
