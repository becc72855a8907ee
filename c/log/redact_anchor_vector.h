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

/* Of the bytes of a vector's length from s on; the seven bytes before s are looked at too. */
__attribute__((noinline)) STATIC berth_anchor_ends NAMED(part)(const berth_anchors *anchors,
                                                               const unsigned char *s) {
    HALVES a = NAMED(split)(s - 3), b = NAMED(split)(s - 2), c = NAMED(split)(s - 1),
           d = NAMED(split)(s);
    VECTOR literals = NAMED(look4)(anchors->bucket[0], a, b, c, d);
    for (size_t group = 1; group < ANCHOR_BUCKETS / 8; group++)
        literals = OR(literals, NAMED(look4)(anchors->bucket[group], a, b, c, d));
    VECTOR sequences = NAMED(look4)(anchors->sequence + 4, a, b, c, d);
    a = NAMED(split)(s - 7), b = NAMED(split)(s - 6), c = NAMED(split)(s - 5);
    d = NAMED(split)(s - 4);
    sequences = AND(sequences, NAMED(look4)(anchors->sequence, a, b, c, d));
    return (berth_anchor_ends){TAKEN(sequences), refine(anchors, s, TAKEN(literals))};
}

STATIC inline berth_anchor_ends NAMED(block)(const berth_anchors *anchors, const unsigned char *s) {
    berth_anchor_ends ends = NAMED(part)(anchors, s);
    if (sizeof(VECTOR) < BLOCK) {
        berth_anchor_ends more = NAMED(part)(anchors, s + sizeof(VECTOR));
        ends.sequences |= more.sequences << BLOCK / 2;
        ends.literals |= more.literals << BLOCK / 2;
    }
    return ends;
}

STATIC size_t NAMED(scan)(const berth_anchors *anchors, const unsigned char *s, size_t len,
                          size_t from, berth_anchor_ends *ends) {
    unsigned char copy[SPAN + BLOCK];
    for (size_t block = from; block < len; block += BLOCK) {
        const unsigned char *at = s + block;
        uint64_t there = ~UINT64_C(0);
        if (block < SPAN || len - block < BLOCK) {
            there = copy_block(s, len, block, copy);
            at = copy + SPAN;
        }
        berth_anchor_ends found = NAMED(block)(anchors, at);
        ends->sequences = found.sequences & there;
        ends->literals = found.literals & there;
        if (ends->sequences | ends->literals) return block;
    }
    *ends = (berth_anchor_ends){0, 0};
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
