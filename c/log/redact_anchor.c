/* redact_anchor.c - shift-or over byte classes.
 *
 * Byte p of a lane's column in low[b] or high[b] has the lane's bit clear when byte b may stand at
 * position p of the lane's sequence.  Shifting left by a byte and or-ing the column of the next
 * byte leaves in the top byte a clear bit for each lane whose last eight bytes all fit.  Sequences
 * shorter than eight are aligned to the end and accept anything before. */
#include <string.h>

#include "log/redact_anchor.h"
#include "log/redact_char.h"

#define SPAN 8          /* positions of a lane */
#define LANES 8         /* of each of the two words */
#define LITERAL_LANES 6 /* the first ones of the second word */

typedef struct lane_literals {
    berth_literal *items; /* owned */
    size_t count, cap;
} lane_literals;

struct berth_anchors {
    uint64_t low[256], high[256];
    berth_mem mem;
    lane_literals lane[LITERAL_LANES];
};

/* --- building ---------------------------------------------------------------------------- */

static void allow(uint64_t column[256], unsigned char byte, size_t position, unsigned lane) {
    column[byte] &= ~(UINT64_C(1) << (8 * position + lane));
}

static void allow_any(uint64_t column[256], size_t position, unsigned lane) {
    for (unsigned b = 0; b < 256; b++) allow(column, (unsigned char)b, position, lane);
}

static void allow_class(uint64_t column[256], const char *class, size_t position, unsigned lane) {
    for (unsigned b = 0; b < 256; b++) {
        char c = (char)b;
        bool in = false;
        for (const char *p = class; *p && !in; p++) {
            in = *p == 'd' ? byte_is(c, BYTE_DIGIT)
                 : *p == 'A' ? byte_is(c, BYTE_UPPER)
                 : *p == 'h' ? byte_is(c, BYTE_HEX)
                 : *p == 'w' ? byte_is(c, BYTE_WORD | BYTE_HIGH)
                             : c == *p;
        }
        if (in) allow(column, (unsigned char)b, position, lane);
    }
}

/* Lanes of their own: classes in the letters of allow_class, other characters are themselves. */
static const struct {
    unsigned kind, lane;
    const char *class[SPAN]; /* from the left; NULL: anything */
} sequences[] = {
    {BERTH_ANCHOR_SSN, 0, {"d", "d", "d", "-", "d", "d", "-", "d"}},
    {BERTH_ANCHOR_NANP, 1, {"d", "d", "d", "-. ", "d", "d", "d", "-. "}},
    {BERTH_ANCHOR_GROUPS, 2, {"d", "d", "d", "d", " -", "d", "d", "d"}},
    {BERTH_ANCHOR_DIGITS, 3, {"d", "d", "d", "d", "d", "d", "d", "d"}},
    {BERTH_ANCHOR_DIAL, 4, {"+(", "d", "d ().-", "d ().-", "d ().-", "d ().-", "d ().-", "d ().-"}},
    {BERTH_ANCHOR_IBAN, 5, {"A", "A", "d", "d", "Ad ", "Ad ", "Ad ", "Ad "}},
    {BERTH_ANCHOR_AT, 6, {NULL, NULL, NULL, NULL, NULL, NULL, "@", "w([/"}},
    {BERTH_ANCHOR_URL, 7, {NULL, NULL, NULL, NULL, NULL, ":", "/", "/"}},
    {BERTH_ANCHOR_PERCENT, 8 + 6, {NULL, NULL, NULL, NULL, NULL, "%\xef\xe2", "h\xbc\xbd\x80", NULL}},
    {BERTH_ANCHOR_ESCAPE, 8 + 7, {NULL, NULL, NULL, NULL, NULL, NULL, "\\&", "ux#qalg"}},
};

#define NSEQUENCES (sizeof sequences / sizeof *sequences)

static void add_sequence(berth_anchors *anchors, size_t i) {
    unsigned lane = sequences[i].lane % LANES;
    uint64_t *column = sequences[i].lane < LANES ? anchors->low : anchors->high;
    for (size_t p = 0; p < SPAN; p++) {
        if (sequences[i].class[p]) allow_class(column, sequences[i].class[p], p, lane);
        else allow_any(column, p, lane);
    }
}

/* A short literal that begins a token must have more of the token after it. */
static bool is_padded(const berth_literal *literal) {
    return !literal->fold && strlen(literal->text) < 4;
}

static size_t literal_length(const berth_literal *literal) {
    size_t len = strlen(literal->text);
    return len < SPAN && !is_padded(literal) ? len : SPAN;
}

/* What byte `p` of the literal must be. */
static char literal_char(const berth_literal *literal, size_t p) {
    return p < strlen(literal->text) ? literal->text[p] : '\4';
}

static bool literal_allows(char want, char c, bool fold) {
    switch (want) {
    case '\1':
        return !byte_is(c, BYTE_LETTER);
    case '\2':
        return byte_is(c, BYTE_HEX) && !byte_is(c, BYTE_UPPER);
    case '\3':
        return byte_is(c, BYTE_DIGIT);
    case '\4':
        return byte_is(c, BYTE_NAME) || (c != '\0' && strchr("/+=~$", c));
    default:
        return (fold ? byte_lower(c) : c) == want;
    }
}

/* Literals of one length share a lane: the shortest one decides how sharp it is. */
static size_t literal_lane(const berth_literal *literal) {
    size_t len = strlen(literal->text);
    if (is_padded(literal)) return 5;
    if (len >= SPAN) return 0;
    if (len >= 6) return 1;
    if (len == 5) return 2;
    return literal->fold ? 4 : 3;
}

static berth_rc add_literal(berth_anchors *anchors, const berth_literal *literal) {
    size_t len = literal_length(literal), skip = SPAN - len;
    unsigned lane = (unsigned)literal_lane(literal);
    lane_literals *list = &anchors->lane[lane];
    void *items = list->items;
    if (berth_grow(&anchors->mem, &items, &list->cap, list->count, sizeof *literal) != 0)
        return BERTH_ENOMEM;
    list->items = items;
    size_t at = list->count++; /* longer ones first: they begin earlier */
    for (; at > 0 && literal_length(&list->items[at - 1]) < len; at--)
        list->items[at] = list->items[at - 1];
    list->items[at] = *literal;
    for (size_t p = 0; p < skip; p++) allow_any(anchors->high, p, lane);
    for (size_t p = 0; p < len; p++) {
        for (unsigned b = 0; b < 256; b++) {
            if (literal_allows(literal_char(literal, p), (char)b, literal->fold))
                allow(anchors->high, (unsigned char)b, skip + p, lane);
        }
    }
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
    for (size_t i = 0; i < NSEQUENCES; i++) {
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
    for (size_t i = 0; i < LITERAL_LANES; i++)
        berth_free(&mem, anchors->lane[i].items, anchors->lane[i].cap * sizeof(berth_literal));
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
    walk->lanes = 0;
}

static bool same_literal(const berth_literal *literal, const unsigned char *s, size_t len) {
    for (size_t i = 0; i < len; i++) {
        char want = literal->text[i];
        if (want == '\0') return true; /* the lane has checked what pads it */
        if (!literal_allows(want, (char)s[i], literal->fold)) return false;
    }
    return true;
}

/* The next literal of a lane that ends at walk->i, from walk->next on. */
static bool next_literal(berth_anchor_walk *walk, unsigned lane, berth_anchor *out) {
    const lane_literals *list = &walk->anchors->lane[lane];
    while (walk->next < list->count) {
        const berth_literal *literal = &list->items[walk->next++];
        size_t len = literal_length(literal);
        if (walk->i < walk->floor + len || !same_literal(literal, walk->s + walk->i - len, len))
            continue;
        *out = (berth_anchor){
            .at = walk->i - len, .kind = literal->kind, .arg = literal->arg};
        return true;
    }
    return false;
}

/* Where a sequence that ends at walk->i begins, or the place it is reported at. */
static bool sequence_at(const berth_anchor_walk *walk, unsigned lane, berth_anchor *out) {
    for (size_t i = 0; i < NSEQUENCES; i++) {
        if (sequences[i].lane != lane) continue;
        size_t back = 0;
        while (back < SPAN && !sequences[i].class[back]) back++;
        if (walk->i < walk->floor + SPAN - back) return false;
        *out = (berth_anchor){
            .at = walk->i - (SPAN - back), .kind = (unsigned char)sequences[i].kind};
        return true;
    }
    return false;
}

/* One of the lanes that hit at walk->i; they are reported before the walk goes on. */
static bool report(berth_anchor_walk *walk, berth_anchor *out) {
    while (walk->lanes) {
        unsigned lane = 0;
        while (!(walk->lanes >> lane & 1u)) lane++;
        bool literal = lane >= LANES && lane < LANES + LITERAL_LANES;
        if (literal && next_literal(walk, lane - LANES, out)) return true;
        walk->lanes &= walk->lanes - 1;
        walk->next = 0;
        if (!literal && sequence_at(walk, lane, out)) return true;
    }
    return false;
}

bool berth_anchors_next(berth_anchor_walk *walk, berth_anchor *out) {
    const berth_anchors *anchors = walk->anchors;
    for (;;) {
        if (walk->lanes && report(walk, out)) return true;
        uint64_t low = walk->low, high = walk->high;
        size_t i = walk->i;
        const size_t len = walk->len;
        const unsigned char *s = walk->s;
        uint64_t both = ~UINT64_C(0);
        while (i < len) {
            unsigned char c = s[i++];
            low = low << 8 | anchors->low[c];
            high = high << 8 | anchors->high[c];
            both = low & high;
            if (both >> 56 != 0xff) break;
        }
        walk->low = low;
        walk->high = high;
        walk->i = i;
        if (both >> 56 == 0xff) return false;
        walk->lanes = (unsigned)(~low >> 56) | (unsigned)(~high >> 56) << 8;
        walk->next = 0;
    }
}
