/* redact_anchor.c - shift-or over byte classes and over pairs of bytes.
 *
 * Byte p of a lane's column in low[b] has the lane's bit clear when byte b may stand at position p
 * of the lane's sequence.  Shifting left by a byte and or-ing the column of the next byte leaves in
 * the top byte a clear bit for each lane whose last eight bytes all fit.  Sequences shorter than
 * eight are aligned to the end and accept anything before.
 *
 * Many literals share a lane.  There single bytes would fit too often, so that the columns in
 * high[] are found by a hash of each byte and the one before it. */
#include <string.h>

#include "log/redact_anchor.h"
#include "log/redact_char.h"

#define SPAN 8          /* positions of a lane */
#define LANES 8         /* of each of the two words */
#define PAIR_BITS 12
#define PAIRS (1u << PAIR_BITS)

typedef struct lane_literal {
    berth_literal is;
    size_t len;    /* of the text, SPAN at most */
    uint16_t next; /* of those with the same last byte, plus 1; longer ones come first */
} lane_literal;

typedef struct lane_literals {
    lane_literal *items; /* owned */
    size_t count, cap;
    uint16_t first[256]; /* by the last byte, lower case; those that end in a class by that */
} lane_literals;

struct berth_anchors {
    uint64_t low[256], high[PAIRS];
    berth_mem mem;
    lane_literals lane[LANES];
};

/* --- building ---------------------------------------------------------------------------- */

static unsigned pair(unsigned char before, unsigned char byte) {
    return ((unsigned)(before << 8 | byte) * 0x9e3779b1u) >> (32 - PAIR_BITS);
}

static uint64_t bit_of(size_t position, unsigned lane) {
    return UINT64_C(1) << (8 * position + lane);
}

/* d a digit, A a capital, h hexadecimal, w a letter or digit of any alphabet, others themselves;
 * NULL: anything */
static bool in_class(const char *class, char c) {
    if (!class) return true;
    for (const char *p = class; *p; p++) {
        bool in = *p == 'd' ? byte_is(c, BYTE_DIGIT)
                  : *p == 'A' ? byte_is(c, BYTE_UPPER)
                  : *p == 'h' ? byte_is(c, BYTE_HEX)
                  : *p == 'w' ? byte_is(c, BYTE_WORD | BYTE_HIGH)
                              : c == *p;
        if (in) return true;
    }
    return false;
}

/* Lanes of their own, in the letters of in_class. */
static const struct {
    unsigned kind, before; /* bytes of the anchor before the sequence */
    const char *class[SPAN]; /* from the left; NULL: anything */
} sequences[LANES] = {
    {BERTH_ANCHOR_SSN, 3, {"-", "d", "d", "-", "d", "d", "d", "d"}},
    {BERTH_ANCHOR_NANP, 0, {"d", "d", "d", "-. ", "d", "d", "d", "-. "}},
    {BERTH_ANCHOR_GROUPS, 0, {"d", "d", "d", "d", " -", "d", "d", "d"}},
    {BERTH_ANCHOR_DIGITS, 0, {"d", "d", "d", "d", "d", "d", "d", "d"}},
    {BERTH_ANCHOR_DIAL, 0,
     {"+(", "d", "d ().-", "d ().-", "d ().-", "d ().-", "d ().-", "d ().-"}},
    {BERTH_ANCHOR_IBAN, 0, {"A", "A", "d", "d", "Ad ", "Ad ", "Ad ", "Ad "}},
    {BERTH_ANCHOR_AT, 0, {NULL, NULL, NULL, NULL, NULL, NULL, "@", "w([/"}},
    {BERTH_ANCHOR_CODED, 0,
     {NULL, NULL, NULL, NULL, NULL, NULL, "%\\&#\x1b\xef\xe2", "hux#qalg/[\xbc\xbd\x80"}},
};

static void add_sequence(berth_anchors *anchors, unsigned lane) {
    for (size_t p = 0; p < SPAN; p++) {
        for (unsigned b = 0; b < 256; b++) {
            if (in_class(sequences[lane].class[p], (char)b)) anchors->low[b] &= ~bit_of(p, lane);
        }
    }
}

static bool literal_allows(char want, char c, bool fold) {
    switch (want) {
    case '\1':
        return !byte_is(c, BYTE_LETTER);
    case '\2':
        return byte_is(c, BYTE_HEX) && !byte_is(c, BYTE_UPPER);
    case '\3':
        return byte_is(c, BYTE_DIGIT);
    default:
        return (fold ? byte_lower(c) : c) == want;
    }
}

/* Literals of about one length share a lane: the shortest one decides how sharp it is.  One that
 * ends in a class makes its last pair blunt, and is kept apart. */
static unsigned literal_lane(const berth_literal *literal, size_t len) {
    if (literal->text[len - 1] == '\1') return 6;
    if (len >= SPAN) return literal->fold ? 0 : 1;
    if (len >= 5) return literal->fold ? 2 : 3;
    if (len == 4) return literal->fold ? 4 : 5;
    return 7;
}

/* The pair of bytes p - 1 and p of a literal; what is before its first byte does not matter. */
static void allow_pairs(berth_anchors *anchors, const berth_literal *literal, size_t p,
                        size_t position, unsigned lane) {
    for (unsigned a = 0; a < 256; a++) {
        if (!literal_allows(literal->text[p - 1], (char)a, literal->fold)) continue;
        for (unsigned b = 0; b < 256; b++) {
            if (literal_allows(literal->text[p], (char)b, literal->fold))
                anchors->high[pair((unsigned char)a, (unsigned char)b)] &= ~bit_of(position, lane);
        }
    }
}

static berth_rc add_literal(berth_anchors *anchors, const berth_literal *literal) {
    size_t len = strlen(literal->text);
    if (len > SPAN) len = SPAN;
    unsigned lane = literal_lane(literal, len);
    lane_literals *list = &anchors->lane[lane];
    void *items = list->items;
    if (berth_grow(&anchors->mem, &items, &list->cap, list->count, sizeof *list->items) != 0)
        return BERTH_ENOMEM;
    list->items = items;
    list->items[list->count] = (lane_literal){.is = *literal, .len = len};
    uint16_t *link = &list->first[(unsigned char)byte_lower(literal->text[len - 1])];
    while (*link && list->items[*link - 1].len >= len) link = &list->items[*link - 1].next;
    list->items[list->count].next = *link;
    *link = (uint16_t)++list->count;
    for (size_t p = 0; p <= SPAN - len; p++) {
        for (size_t i = 0; i < PAIRS; i++) anchors->high[i] &= ~bit_of(p, lane);
    }
    for (size_t p = 1; p < len; p++) allow_pairs(anchors, literal, p, SPAN - len + p, lane);
    return BERTH_OK;
}

berth_rc berth_anchors_new(berth_mem mem, const berth_literal *literals, size_t count,
                           unsigned lanes, berth_anchors **out) {
    *out = NULL;
    berth_anchors *anchors = berth_calloc(&mem, 1, sizeof *anchors);
    if (!anchors) return BERTH_ENOMEM;
    anchors->mem = mem;
    memset(anchors->low, 0xff, sizeof anchors->low);
    memset(anchors->high, 0xff, sizeof anchors->high);
    for (unsigned i = 0; i < LANES; i++) {
        if (lanes & 1u << sequences[i].kind) add_sequence(anchors, i);
    }
    for (size_t i = 0; i < count; i++) {
        if (add_literal(anchors, &literals[i]) != BERTH_OK) {
            berth_anchors_free(anchors);
            return BERTH_ENOMEM;
        }
    }
    *out = anchors;
    return BERTH_OK;
}

void berth_anchors_free(berth_anchors *anchors) {
    if (!anchors) return;
    berth_mem mem = anchors->mem;
    for (size_t i = 0; i < LANES; i++)
        berth_free(&mem, anchors->lane[i].items, anchors->lane[i].cap * sizeof(lane_literal));
    berth_free(&mem, anchors, sizeof *anchors);
}

/* --- walking ----------------------------------------------------------------------------- */

void berth_anchors_begin(berth_anchor_walk *walk, const berth_anchors *anchors, const char *s,
                         size_t len) {
    *walk = (berth_anchor_walk){
        .anchors = anchors, .s = (const unsigned char *)s, .len = len};
}

void berth_anchors_skip(berth_anchor_walk *walk, size_t at) {
    if (at <= walk->i) return;
    /* Zero bits accept anything before: an anchor that begins at `at` is found whole. */
    walk->i = walk->floor = at;
    walk->low = walk->high = 0;
    walk->lanes = walk->next = walk->list = 0;
}

static bool same_literal(const lane_literal *literal, const unsigned char *s) {
    for (size_t i = literal->len; i-- > 0;) {
        if (!literal_allows(literal->is.text[i], (char)s[i], literal->is.fold)) return false;
    }
    return true;
}

/* Bytes that stand for classes at the end of literals; the last one is a byte of the text. */
enum { CLASS_FIRST = 1, CLASS_LAST = 3, CLASS_NONE };

/* The next literal of a lane that ends at walk->i, from walk->next on. */
static bool next_literal(berth_anchor_walk *walk, unsigned lane, berth_anchor *out) {
    const lane_literals *list = &walk->anchors->lane[lane];
    for (;;) {
        while (walk->next == 0) { /* the lists by class, then the one by byte */
            if (walk->list == CLASS_NONE) return false;
            walk->list++;
            unsigned char last = (unsigned char)byte_lower((char)walk->s[walk->i - 1]);
            walk->next = list->first[walk->list == CLASS_NONE ? last : walk->list];
        }
        const lane_literal *literal = &list->items[walk->next - 1];
        walk->next = literal->next;
        if (walk->i < walk->floor + literal->len) continue;
        size_t at = walk->i - literal->len;
        if (!same_literal(literal, walk->s + at)) continue;
        *out = (berth_anchor){.at = at, .kind = literal->is.kind, .arg = literal->is.arg};
        return true;
    }
}

/* The anchor of the sequence that ends at walk->i. */
static bool sequence_at(const berth_anchor_walk *walk, unsigned lane, berth_anchor *out) {
    size_t free = 0, len;
    while (free < SPAN && !sequences[lane].class[free]) free++;
    len = SPAN - free + sequences[lane].before;
    if (walk->i < walk->floor + len) return false;
    *out = (berth_anchor){.at = walk->i - len, .kind = (unsigned char)sequences[lane].kind};
    return true;
}

/* One of the lanes that hit at walk->i; they are reported before the walk goes on. */
static bool report(berth_anchor_walk *walk, berth_anchor *out) {
    while (walk->lanes) {
        unsigned lane = 0;
        while (!(walk->lanes >> lane & 1u)) lane++;
        if (lane >= LANES && next_literal(walk, lane - LANES, out)) return true;
        walk->lanes &= walk->lanes - 1;
        walk->next = walk->list = 0;
        if (lane < LANES && sequence_at(walk, lane, out)) return true;
    }
    return false;
}

void berth_anchors_ignore(berth_anchor_walk *walk, berth_anchor_kind kind) {
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (sequences[lane].kind == kind) walk->ignored |= 1u << lane;
    }
}

/* The state after one more byte. */
static inline void step(const berth_anchors *anchors, uint64_t state[2], unsigned char before,
                        unsigned char byte) {
    state[0] = state[0] << 8 | anchors->low[byte];
    state[1] = state[1] << 8 | anchors->high[pair(before, byte)];
}

/* Over whole blocks without a hit: one test for each instead of one a byte. */
static void skip_blocks(berth_anchor_walk *walk) {
    const unsigned char *s = walk->s;
    uint64_t state[2] = {walk->low, walk->high};
    size_t i = walk->i;
    unsigned char before = i > 0 ? s[i - 1] : 0;
    while (walk->len - i >= SPAN) {
        uint64_t next[2] = {state[0], state[1]}, all = ~UINT64_C(0);
        for (size_t k = 0; k < SPAN; k++) {
            step(walk->anchors, next, k > 0 ? s[i + k - 1] : before, s[i + k]);
            all &= next[0] & next[1];
        }
        if (all >> 56 != 0xff) break;
        state[0] = next[0];
        state[1] = next[1];
        i += SPAN;
        before = s[i - 1];
    }
    walk->low = state[0];
    walk->high = state[1];
    walk->i = i;
}

bool berth_anchors_next(berth_anchor_walk *walk, berth_anchor *out) {
    for (;;) {
        if (walk->lanes && report(walk, out)) return true;
        skip_blocks(walk);
        uint64_t state[2] = {walk->low, walk->high};
        do {
            if (walk->i >= walk->len) return false;
            unsigned char before = walk->i > 0 ? walk->s[walk->i - 1] : 0;
            step(walk->anchors, state, before, walk->s[walk->i++]);
        } while ((state[0] & state[1]) >> 56 == 0xff);
        walk->low = state[0];
        walk->high = state[1];
        walk->lanes = (unsigned)(~state[0] >> 56) | (unsigned)(~state[1] >> 56) << 8;
        walk->lanes &= ~walk->ignored;
        walk->next = walk->list = 0;
    }
}
