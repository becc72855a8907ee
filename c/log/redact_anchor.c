/* redact_anchor.c - making the prefilter, and walking by it.
 *
 * A scan tells where something might end.  That is verified here: a sequence by a column of bits
 * for each of its eight bytes, a literal by comparing eight bytes with each of the few whose
 * windows may end in the same three. */
#include "log/redact_anchor_private.h"

#define SPAN ANCHOR_SPAN
#define LANES ANCHOR_LANES
#define TABLES_ALIGN 64
#define TABLES_ROOM (sizeof(anchor_tables) + TABLES_ALIGN)

/* d a digit, N none, A a capital, L the first byte of a letter in UTF-8 that is not Chinese,
 * Japanese or Korean, C one of its other bytes, others themselves; NULL: anything */
const anchor_sequence anchor_sequences[LANES] = {
    {BERTH_ANCHOR_SSN, 3, {"-", "d", "d", "-", "d", "d", "d", "d"}},
    {BERTH_ANCHOR_NANP, 0, {"d", "d", "d", "-. ", "d", "d", "d", "-. "}},
    {BERTH_ANCHOR_GROUPS, 0, {"d", "d", "d", "d", " +-._/", "d", "d", "d"}},
    {BERTH_ANCHOR_DIGITS, 0, {"N", "d", "d", "d", "d", "d", "d", "d"}},
    {BERTH_ANCHOR_DIAL, 0, {"+(", "d", "d ().-", "d ().-", "d ().-", "d ().-", "d ().-", "d ().-"}},
    {BERTH_ANCHOR_IBAN, 0, {"A", "A", "d", "d", "Ad ", "Ad ", "Ad ", "Ad "}},
    {BERTH_ANCHOR_AT, 0, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, "@"}},
    {BERTH_ANCHOR_LETTER, 0, {NULL, NULL, NULL, NULL, NULL, NULL, "L", "C"}},
};

/* --- making ------------------------------------------------------------------------------ */

static bool in_class(const char *class, char c) {
    if (!class) return true;
    for (const char *p = class; *p; p++) {
        unsigned char byte = (unsigned char)c;
        bool in = *p == 'd'   ? byte_is(c, BYTE_DIGIT)
                  : *p == 'N' ? !byte_is(c, BYTE_DIGIT)
                  : *p == 'A' ? byte_is(c, BYTE_UPPER)
                  : *p == 'L' ? byte >= 0xc2 && byte != 0xe0 && (byte < 0xe3 || byte >= 0xee)
                  : *p == 'C' ? (byte & 0xc0) == 0x80
                              : c == *p;
        if (in) return true;
    }
    return false;
}

static void add_sequence(berth_anchors *anchors, unsigned lane) {
    const char *first = anchor_sequences[lane].class[0];
    if (first && *first == 'N') anchors->tables->apart |= (uint8_t)(1u << lane);
    for (size_t p = 0; p < SPAN; p++) {
        for (unsigned b = 0; b < 256; b++) {
            if (!in_class(anchor_sequences[lane].class[p], (char)b)) continue;
            anchors->column[b] &= ~(UINT64_C(1) << (8 * p + lane));
            anchor_take(&anchors->tables->sequence[p], b, lane);
        }
    }
}

static void add_literal(berth_anchors *anchors, const berth_literal *literal, size_t len) {
    unsigned char value[SPAN] = {0}, mask[SPAN] = {0}, fold[SPAN] = {0};
    anchor_literal *to = &anchors->literals[anchors->count++];
    *to = (anchor_literal){
        .len = (uint8_t)len, .folds = literal->fold, .kind = literal->kind, .arg = literal->arg};
    memcpy(to->text, literal->text, len);
    for (size_t i = 0; i < len; i++) {
        size_t at = SPAN - len + i;
        char c = literal->text[i];
        if (anchor_is_class(c)) {
            to->classes = true;
            continue;
        }
        value[at] = (unsigned char)c;
        mask[at] = 0xff;
        if (literal->fold && byte_is(c, BYTE_LOWER)) fold[at] = 0x20;
    }
    memcpy(&to->value, value, SPAN);
    memcpy(&to->mask, mask, SPAN);
    memcpy(&to->fold, fold, SPAN);
}

static berth_rc add_node(berth_anchors *anchors, bool whole, uint32_t tail, size_t literal) {
    anchor_index *index = whole ? &anchors->whole : &anchors->tail;
    uint32_t hash = anchor_hash(tail, whole);
    uint32_t *first = &index->first[hash >> (ANCHOR_HASH_BITS - ANCHOR_LIST_BITS)];
    index->ends[hash >> 3] = (uint8_t)(index->ends[hash >> 3] | 1u << (hash & 7));
    void *nodes = anchors->nodes;
    if (berth_grow(&anchors->mem, &nodes, &anchors->nodes_cap, anchors->nnodes,
                   sizeof *anchors->nodes) != 0)
        return BERTH_ENOMEM;
    anchors->nodes = nodes;
    anchors->nodes[anchors->nnodes] = (anchor_node){.tail = whole ? tail : tail >> 8,
                                                    .next = *first,
                                                    .literal = (uint16_t)literal,
                                                    .whole = whole};
    *first = (uint32_t)++anchors->nnodes;
    return BERTH_OK;
}

/* Is it listed by four bytes?  Where the first of them is of a large class, three tell enough: one
 * for each that it may be would fill the index, and so let through what belongs to nothing. */
static bool is_whole(const anchor_literal *literal) {
    size_t end = (size_t)literal->len - literal->rest;
    char first = end >= ANCHOR_WINDOW ? literal->text[end - ANCHOR_WINDOW] : '\1';
    return first != '\1' && first != '\4';
}

/* Into the lists of all that its window may be, from `back` bytes before its end on. */
static berth_rc list_literal(berth_anchors *anchors, size_t number, size_t back, uint32_t tail) {
    const anchor_literal *literal = &anchors->literals[number];
    bool whole = is_whole(literal);
    size_t end = (size_t)literal->len - literal->rest;
    if (back == 0) return add_node(anchors, whole, tail, number);
    for (unsigned b = 0; b < 256; b++) {
        if (!(b & 0x20) ||
            !(anchor_takes(literal, end, back - 1, b) ||
              anchor_takes(literal, end, back - 1, b ^ 0x20)))
            continue; /* those with the bit stand for those without */
        uint32_t with = tail | b << (8 * (ANCHOR_WINDOW - back));
        if (list_literal(anchors, number, back - 1, with) != BERTH_OK) return BERTH_ENOMEM;
    }
    return BERTH_OK;
}

/* Puts the nodes of each list side by side, as they are walked. */
static berth_rc order_nodes(berth_anchors *anchors) {
    anchor_index *const indexes[] = {&anchors->whole, &anchors->tail};
    anchor_node *ordered = berth_calloc(&anchors->mem, anchors->nodes_cap, sizeof *ordered);
    uint32_t count = 0;
    if (!ordered) return BERTH_ENOMEM;
    for (size_t i = 0; i < 2; i++) {
        for (size_t list = 0; list < 1 << ANCHOR_LIST_BITS; list++) {
            uint32_t next = indexes[i]->first[list];
            if (next) indexes[i]->first[list] = count + 1;
            while (next) {
                ordered[count] = anchors->nodes[next - 1];
                next = ordered[count].next;
                ordered[count].next = next ? count + 2 : 0;
                count++;
            }
        }
    }
    berth_free(&anchors->mem, anchors->nodes, anchors->nodes_cap * sizeof *anchors->nodes);
    anchors->nodes = ordered;
    return BERTH_OK;
}

static berth_rc add_literals(berth_anchors *anchors, const berth_literal *literals, size_t count) {
    anchors->room = count ? count : 1;
    anchors->literals = berth_calloc(&anchors->mem, anchors->room, sizeof *anchors->literals);
    if (!anchors->literals) return BERTH_ENOMEM;
    for (size_t len = 2; len <= SPAN; len++) { /* so that lists begin with the longest */
        for (size_t i = 0; i < count; i++) {
            size_t has = strlen(literals[i].text);
            if ((has < SPAN ? has : SPAN) == len) add_literal(anchors, &literals[i], len);
        }
    }
    berth_rc rc = anchor_fill_buckets(anchors);
    for (size_t i = 0; i < anchors->count && rc == BERTH_OK; i++)
        rc = list_literal(anchors, i, ANCHOR_WINDOW - (is_whole(&anchors->literals[i]) ? 0u : 1u),
                          0);
    return rc == BERTH_OK && anchors->nnodes > 0 ? order_nodes(anchors) : rc;
}

berth_rc berth_anchors_new(berth_mem mem, const berth_literal *literals, size_t count,
                           unsigned wanted, unsigned without, berth_anchors **out) {
    *out = NULL;
    berth_anchors *anchors = berth_calloc(&mem, 1, sizeof *anchors);
    if (!anchors) return BERTH_ENOMEM;
    anchors->mem = mem;
    anchors->block = berth_calloc(&mem, 1, TABLES_ROOM);
    if (!anchors->block) {
        berth_anchors_free(anchors);
        return BERTH_ENOMEM;
    }
    size_t off = (uintptr_t)anchors->block % TABLES_ALIGN;
    anchors->tables = (void *)((char *)anchors->block + (off ? TABLES_ALIGN - off : 0));
    anchors->scan = anchor_vectors(without);
    if (!anchors->scan) anchors->scan = anchor_scan_bytes;
    memset(anchors->column, 0xff, sizeof anchors->column);
    for (unsigned i = 0; i < LANES; i++) {
        if (wanted & 1u << anchor_sequences[i].kind) add_sequence(anchors, i);
    }
    if (add_literals(anchors, literals, count) != BERTH_OK) {
        berth_anchors_free(anchors);
        return BERTH_ENOMEM;
    }
    *out = anchors;
    return BERTH_OK;
}

void berth_anchors_free(berth_anchors *anchors) {
    if (!anchors) return;
    berth_mem mem = anchors->mem;
    if (anchors->literals)
        berth_free(&mem, anchors->literals, anchors->room * sizeof *anchors->literals);
    if (anchors->block) berth_free(&mem, anchors->block, TABLES_ROOM);
    berth_free(&mem, anchors->nodes, anchors->nodes_cap * sizeof *anchors->nodes);
    berth_free(&mem, anchors, sizeof *anchors);
}

/* --- verifying --------------------------------------------------------------------------- */

static bool same_classes(const anchor_literal *literal, const unsigned char *s) {
    for (size_t i = 0; i < literal->len; i++) {
        char want = literal->text[i];
        if (anchor_is_class(want) && !anchor_allows(want, (char)s[i], literal->folds)) return false;
    }
    return true;
}

/* The eight bytes before `end`, zeros before the text. */
static uint64_t first_bytes(const unsigned char *s, size_t end) {
    unsigned char bytes[SPAN] = {0};
    uint64_t x;
    memcpy(bytes + SPAN - end, s, end);
    memcpy(&x, bytes, SPAN);
    return x;
}

/* Does it stand where its window ends before `end`? */
static inline bool same_literal(const anchor_literal *literal, const unsigned char *s, size_t len,
                                size_t end) {
    uint64_t x;
    end += literal->rest;
    if (end > len || end < literal->len) return false;
    if (end >= SPAN)
        memcpy(&x, s + end - SPAN, SPAN);
    else
        x = first_bytes(s, end);
    if (((x & literal->mask) | literal->fold) != literal->value) return false;
    return !literal->classes || same_classes(literal, s + end - literal->len);
}

/* --- walking ----------------------------------------------------------------------------- */

void berth_anchors_begin(berth_anchor_walk *walk, const berth_anchors *anchors, const char *s,
                         size_t len) {
    *walk = (berth_anchor_walk){
        .anchors = anchors, .s = (const unsigned char *)s, .len = len, .stop = len};
}

void berth_anchors_skip(berth_anchor_walk *walk, size_t at) {
    if (at <= walk->end) return;
    walk->end = walk->floor = at;
    walk->found = walk->next = walk->later = 0;
}

void berth_anchors_ignore(berth_anchor_walk *walk, berth_anchor_kind kind) {
    walk->ignored |= 1u << kind;
}

/* The sequences that end before walk->end, a bit each. */
static unsigned sequences_at(const berth_anchor_walk *walk) {
    const uint64_t *column = walk->anchors->column;
    const unsigned char *s = walk->s + walk->end;
    if (walk->end >= walk->floor + SPAN) {
        uint64_t fits = column[s[-1]] | column[s[-2]] << 8 | column[s[-3]] << 16 |
                        column[s[-4]] << 24 | column[s[-5]] << 32 | column[s[-6]] << 40 |
                        column[s[-7]] << 48 | column[s[-8]] << 56;
        return (unsigned)(~fits >> 56);
    }
    uint64_t fits = 0;
    for (const unsigned char *at = walk->s + walk->floor; at < s; at++)
        fits = fits << 8 | column[*at];
    return (unsigned)(~fits >> 56);
}

/* Does the anchor begin after such a byte, which the text's beginning may stand for? */
static bool is_before(const char *class) {
    return !class || *class == 'N';
}

/* Do eight digits begin at `at`, of which all but the last one were found?  What is before them may
 * be before walk->floor. */
static bool are_digits(const berth_anchor_walk *walk, size_t at) {
    const unsigned char *s = walk->s;
    return walk->end < walk->len && byte_is((char)s[walk->end], BYTE_DIGIT) &&
           (at == 0 || !byte_is((char)s[at - 1], BYTE_DIGIT));
}

/* One of those that were found, if it begins late enough. */
static bool next_sequence(berth_anchor_walk *walk, berth_anchor *out) {
    while (walk->found) {
        unsigned lane = anchor_lowest_bit(walk->found);
        walk->found &= walk->found - 1;
        const anchor_sequence *sequence = &anchor_sequences[lane];
        size_t len = SPAN + sequence->before;
        unsigned kind = sequence->kind;
        for (size_t p = 0; is_before(sequence->class[p]); p++) len--;
        if (walk->end < walk->floor + len || walk->ignored >> kind & 1u) continue;
        if (kind == BERTH_ANCHOR_DIGITS && !are_digits(walk, walk->end - len)) continue;
        walk->stops++; /* where vectors alone saw something, nothing is found */
        *out = (berth_anchor){.at = walk->end - len, .kind = (unsigned char)kind};
        return true;
    }
    return false;
}

/* The next one of the list whose window ends before walk->end. */
static bool next_literal(berth_anchor_walk *walk, berth_anchor *out) {
    const berth_anchors *anchors = walk->anchors;
    while (walk->next) {
        const anchor_node *node = &anchors->nodes[walk->next - 1];
        const anchor_literal *literal = &anchors->literals[node->literal];
        walk->next = anchor_next(anchors, node->next, anchor_tail(walk->s, walk->end));
        bool here = same_literal(literal, walk->s, walk->len, walk->end);
        walk->stops += here; /* the others are not the same ones for all scans */
        if (!walk->next) {
            walk->next = walk->later;
            walk->later = 0;
        }
        size_t end = walk->end + literal->rest;
        if (!here || end < walk->floor + literal->len || walk->ignored >> literal->kind & 1u)
            continue;
        *out = (berth_anchor){.at = end - literal->len,
                              .kind = literal->kind,
                              .arg = literal->arg};
        return true;
    }
    return false;
}

/* Moves to the next byte at which something might end. */
static bool next_end(berth_anchor_walk *walk) {
    berth_anchor_ends *ends = &walk->ends;
    const berth_anchors *anchors = walk->anchors;
    uint64_t left = 0;
    if (walk->end < walk->scanned) { /* more than a block when the last scan found nothing */
        size_t ahead = walk->scanned - walk->end;
        left = ~UINT64_C(0) << (ahead < ANCHOR_BLOCK ? ANCHOR_BLOCK - ahead : 0);
    }
    ends->sequences &= left;
    ends->literals &= left;
    if (!(ends->sequences | ends->literals)) {
        size_t from = walk->end > walk->scanned ? walk->end : walk->scanned;
        if (from >= walk->stop) return false;
        walk->scanned = ANCHOR_BLOCK + anchors->scan(anchors, walk->s, walk->len, from, ends);
        if (!(ends->sequences | ends->literals)) return false;
    }
    unsigned at = anchor_lowest_bit(ends->sequences | ends->literals);
    walk->end = walk->scanned - ANCHOR_BLOCK + at + 1;
    if (ends->sequences >> at & 1) walk->found = sequences_at(walk);
    if (ends->literals >> at & 1) {
        uint32_t tail = anchor_tail(walk->s, walk->end);
        walk->next = anchor_first(anchors, true, tail);
        walk->later = anchor_first(anchors, false, tail);
        if (!walk->next) {
            walk->next = walk->later;
            walk->later = 0;
        }
    }
    return true;
}

bool berth_anchors_next(berth_anchor_walk *walk, berth_anchor *out) {
    for (;;) {
        if (walk->found && next_sequence(walk, out)) return true;
        if (walk->next && next_literal(walk, out)) return true;
        if (!next_end(walk)) return false;
    }
}
