/* redact.c - the redactor at work: marks, scans of a record and its layers, rounds.
 *
 * A round scans the record and its decoded layers, then looks for what it found elsewhere, and
 * writes the result.  Rounds go on until one finds nothing: so the result is a text on which
 * another call would find nothing, whatever the rules are. */
#include <string.h>

#include "core/err.h"
#include "log/redact_private.h"

#define ROUNDS_MAX 8

/* --- marking ----------------------------------------------------------------------------- */

static void add_span(redact_scan *scan, size_t start, size_t end, unsigned rule, unsigned quoted) {
    berth_redactor *r = scan->r;
    void *spans = r->spans;
    if (berth_grow(&r->mem, &spans, &r->spans_cap, r->nspans, sizeof *r->spans) != 0) {
        r->failed = true;
        return;
    }
    r->spans = spans;
    if (scan->map) {
        start = scan->map[start];
        end = scan->map[end];
    }
    r->spans[r->nspans++] = (redact_span){.start = (uint32_t)start, .end = (uint32_t)end,
                                          .rule = (uint16_t)rule, .quoted = (uint8_t)quoted};
}

/* In both columns of a dump, row by row. */
static void add_dump_spans(redact_scan *scan, size_t start, size_t end, unsigned rule) {
    redact_place digits, column;
    for (; start < end; start += digits.taken) {
        redact_dump_places(scan->dump, start, end, &digits, &column);
        add_span(scan, digits.start, digits.end, rule, 0);
        if (column.start < column.end) add_span(scan, column.start, column.end, rule, 0);
    }
}

static bool mark(redact_scan *scan, size_t start, size_t end, unsigned rule, unsigned quoted) {
    berth_redactor *r = scan->r;
    scan->marks++;
    redact_work(scan, 20);
    scan->last = (redact_span){.start = (uint32_t)start, .end = (uint32_t)end,
                               .rule = (uint16_t)rule, .quoted = (uint8_t)quoted};
    if (start >= end || redact_is_masked(r, scan->s + start, end - start)) return false;
    if (redact_is_allowed(r, scan->s + start, end - start)) return false;
    scan->hit = true;
    if (scan->probe) return true;
    if (scan->dump) add_dump_spans(scan, start, end, rule);
    else add_span(scan, start, end, rule, quoted);
    return true;
}

bool redact_mark(redact_scan *scan, size_t start, size_t end, unsigned rule) {
    if (rule != RULE_PEM && start < end && !redact_widen_to_key(scan, start, &end)) return false;
    return mark(scan, start, end, rule, 0);
}

bool redact_mark_secret(redact_scan *scan, size_t start, size_t end, unsigned rule) {
    return redact_mark_number(scan, start, end, rule, UINT8_MAX);
}

bool redact_mark_number(redact_scan *scan, size_t start, size_t end, unsigned rule,
                        unsigned slashes) {
    unsigned quoted = slashes == UINT8_MAX ? 0 : slashes + 1;
    if (start < end && !redact_widen_to_key(scan, start, &end)) return false;
    if (!mark(scan, start, end, rule, quoted)) return false;
    if (!scan->probe) redact_remember(scan->r, scan->s + start, end - start);
    return true;
}

/* --- scanning ---------------------------------------------------------------------------- */

/* Is it a letter of a word of Cyrillic letters alone, which stays what it is? */
static bool is_of_cyrillic_word(redact_scan *scan, const berth_anchor *anchor) {
    if (anchor->kind != BERTH_ANCHOR_LETTER) return false;
    if (anchor->at >= scan->letter_end)
        scan->letter_end = redact_cyrillic_word(scan->s, anchor->at, scan->len);
    return anchor->at < scan->letter_end;
}

static size_t visit(redact_scan *scan, const berth_anchor *anchor) {
    berth_redactor *r = scan->r;
    redact_work(scan, 15);
    size_t at = anchor->at;
    if (redact_begins_line(scan, at)) scan->encoded |= DISGUISE_CODED; /* as a view will show */
    switch ((berth_anchor_kind)anchor->kind) {
    case BERTH_ANCHOR_AT:
        return redact_at_sign(scan, at);
    case BERTH_ANCHOR_URL:
        return redact_url(scan, at);
    case BERTH_ANCHOR_CODED:
    case BERTH_ANCHOR_LETTER:
        if (is_of_cyrillic_word(scan, anchor) || !redact_is_encoded(scan, at)) return 0;
        scan->encoded |= DISGUISE_CODED;
        berth_anchors_ignore(&scan->walk, BERTH_ANCHOR_CODED);
        berth_anchors_ignore(&scan->walk, BERTH_ANCHOR_LETTER);
        return 0;
    case BERTH_ANCHOR_DISGUISE:
        if (!(scan->encoded & anchor->arg) && redact_is_disguised(scan, at, anchor->arg))
            scan->encoded |= anchor->arg;
        return 0;
    case BERTH_ANCHOR_NAME:
        return redact_name(scan, at, (berth_name_place)anchor->arg);
    case BERTH_ANCHOR_SHAPE:
        return redact_shape(scan, at, anchor->arg);
    case BERTH_ANCHOR_PEM:
        return redact_pem(scan, at);
    case BERTH_ANCHOR_SQL:
        return redact_sql(scan, at);
    case BERTH_ANCHOR_COMMAND:
        return redact_command(scan, at, anchor->arg);
    case BERTH_ANCHOR_SCHEME: {
        size_t end = redact_scheme(scan, at);
        if (end || byte_is(redact_peek(scan, at + sizeof "bearer" - 1), BYTE_LETTER)) return end;
        return redact_name(scan, at, NAME_ASCII); /* bearer is a name as well */
    }
    case BERTH_ANCHOR_LOGIN:
        redact_note_lines(scan, at);
        return redact_login(scan, at, (redact_login_kind)anchor->arg);
    case BERTH_ANCHOR_ENCODED:
        if (anchor->arg == BLOCK_DUMP || anchor->arg == BLOCK_BYTES)
            return redact_hex_dump(scan, at, anchor->arg == BLOCK_DUMP);
        return redact_encoded(scan, at, (redact_block)anchor->arg);
    case BERTH_ANCHOR_FIELD:
        return redact_field_name(scan, at, r->fields[anchor->arg].name,
                                 r->fields[anchor->arg].rule);
    case BERTH_ANCHOR_PATTERN:
        scan->keyword = true;
        return 0;
    case BERTH_ANCHOR_SSN:
    case BERTH_ANCHOR_NANP:
    case BERTH_ANCHOR_GROUPS:
    case BERTH_ANCHOR_DIGITS:
    case BERTH_ANCHOR_DIAL:
    case BERTH_ANCHOR_IBAN:
    case BERTH_ANCHOR_ROW:
        return redact_number(scan, at, anchor->kind);
    }
    return 0;
}

static bool is_settled(const redact_scan *scan) {
    if (!scan->probe || scan->hit) return scan->probe;
    return scan->depth == 0 && (scan->encoded || scan->keyword || scan->key_open);
}

#define COLD_WORK 1200

/* What is done for a kind of anchor that was not met lately takes longer: neither its code nor its
 * branches are in the processor's caches. */
static void count_cold(redact_scan *scan, const berth_anchor *anchor, redact_repeats *repeats) {
    uint32_t kind = (uint32_t)anchor->kind << 16 | anchor->arg;
    for (size_t i = 0; i < REDACT_LATELY; i++) {
        if (repeats->lately[i] == kind) return;
    }
    repeats->lately[repeats->next++ % REDACT_LATELY] = kind;
    redact_work(scan, COLD_WORK);
}

/* visit() in a text that is long: what it repeats is looked at once. */
static size_t visit_once(redact_scan *scan, const berth_anchor *anchor, redact_repeats *repeats) {
    bool found;
    size_t at = anchor->at;
    if (anchor->kind == BERTH_ANCHOR_LETTER) /* of which there are many, and none is repeated */
        return at < scan->letter_end ? 0 : visit(scan, anchor);
    redact_work(scan, 18);
    if (anchor->kind == BERTH_ANCHOR_NAME && (at < scan->name_end || redact_is_marked(scan, at)))
        return 0;
    redact_repeat *repeat = redact_repeated(scan, anchor, repeats, &found);
    if (!found) {
        count_cold(scan, anchor, repeats);
        size_t marks = scan->marks, end = visit(scan, anchor);
        if (repeat && !is_settled(scan))
            redact_repeat_note(scan, anchor, scan->marks - marks, end, repeats, repeat);
        return end;
    }
    size_t low = at - REDACT_REPEAT_BEFORE;
    const redact_span *span = &repeat->mark;
    if (repeat->name) scan->name_end = at + repeat->name;
    if (repeat->marked) mark(scan, low + span->start, low + span->end, span->rule, span->quoted);
    return repeat->past ? at + repeat->past : 0;
}

/* --- how much is done for a text ------------------------------------------------------------
 *
 * Texts that are made to take long are long, and more stands in them, byte for byte, than in most
 * others: long ones that hold little but secrets are taken for such.  So much work is done for
 * whatever stands in one, and, past the first part of it, so much for each byte before the place at
 * hand.  Of a text that takes more, what was looked at with less than half of that is kept, for it
 * will be looked at again, and the rest is masked.  The text and its layers share what a round may
 * take, all rounds what the record may. */
#define LONG_TEXT ((size_t)512 << 10) /* shorter ones take what they take */
#define FIRST_PART ((size_t)1 << 20)
#define TEXT_RATE 11 /* work for a byte, about nanoseconds */
#define ROUND_RATE 14
#define LAYER_RATE 2 /* at least, whatever the text took */
#define RECORD_RATE 15
#define BYTES_RATE 1 /* of it is taken by bytes in which nothing stands, */
#define STOP_WORK 9  /* and so much by each look for an anchor */
#define OVER_RATE 11   /* what a record may take besides when it was looked at to its end, */
#define OVER_BYTES 26  /* and so many bytes or more stand for each mask in it */
#define COPY_SHARE 0.2 /* of a round is done whatever it looks at */
#define MASK_WORK 350  /* so much less is done where a mask was put */
#define LEFT_SHARE 0.85
#define LONG_LINE ((size_t)20 << 10) /* is kept in any case */
#define CUT_BACK 256 /* from that place, for values may stand before what tells them */

static size_t work_for(size_t bytes, size_t rate) {
    return rate * (bytes > FIRST_PART ? bytes : FIRST_PART);
}

/* How much work the walk may take up to the place. */
static size_t allowance(const redact_scan *scan, size_t place) {
    const berth_redactor *r = scan->r;
    if (!scan->view) return work_for(place, TEXT_RATE);
    size_t most = work_for(r->length, ROUND_RATE), took = scan->work - r->round;
    size_t least = work_for(r->length, LAYER_RATE);
    return most > took + least ? most - took : least;
}

/* May the walk go on at `at`?  What will be masked to the end of the record needs no look. */
static bool may_go_on(redact_scan *scan, size_t at) {
    berth_redactor *r = scan->r;
    size_t place = scan->map ? scan->map[at] : at;
    if (scan->depth > 0 || scan->dump) return true;
    if (!scan->probe && place >= r->cut) return false;
    size_t work = r->work - scan->work + (scan->view ? 0 : BYTES_RATE * place);
    size_t most = allowance(scan, place);
    if ((scan->view ? r->length : scan->len) < LONG_TEXT || 2 * work <= most) {
        scan->half = place;
        return true;
    }
    if (work <= most) return true;
    scan->hit = true; /* a probe need not know more */
    r->cut = scan->half > CUT_BACK ? scan->half - CUT_BACK : 0;
    return false;
}

/* Masks what was not looked at, whatever it is, from the beginning of a word on: another round
 * would look at what is left of one. */
static void mark_rest(redact_scan *scan) {
    berth_redactor *r = scan->r;
    size_t low = r->cut > CUT_BACK ? r->cut - CUT_BACK : 0, cut = r->cut;
    if (cut >= scan->len) return;
    while (cut > low && !byte_is(scan->s[cut - 1], BYTE_SPACE)) cut--;
    if (cut > low) r->cut = cut;
    if (redact_is_masked(r, scan->s + r->cut, scan->len - r->cut)) return;
    scan->hit = true;
    if (!scan->probe) add_span(scan, r->cut, scan->len, RULE_LIMIT, 0);
}

/* --- the walk -------------------------------------------------------------------------------- */

#define PART_AHEAD 128 /* bytes, more than an anchor has */

/* Lets the walk go to the end of the part at hand: it may meet no other anchor for long where kinds
 * of them are ignored. */
static void stop_after_part(redact_scan *scan) {
    const redact_changes *changes = scan->changes;
    size_t end = scan->part < changes->count ? changes->part[scan->part].end : scan->len;
    bool within = end < scan->len && scan->len - end > PART_AHEAD;
    scan->walk.stop = within ? end + PART_AHEAD : scan->len;
}

static void begin_parts(redact_scan *scan) {
    if (!scan->changes) return;
    berth_anchors_skip(&scan->walk, redact_next_part(scan->changes, &scan->part, 0, scan->len));
    stop_after_part(scan);
}

/* The next anchor, in what is to be looked at of the text. */
static bool next_anchor(redact_scan *scan, berth_anchor *anchor) {
    while (!is_settled(scan)) {
        bool found = berth_anchors_next(&scan->walk, anchor);
        size_t at = found ? anchor->at : scan->walk.stop;
        redact_work(scan, STOP_WORK * scan->walk.stops);
        scan->walk.stops = 0;
        if (at >= scan->len || !may_go_on(scan, at)) return false;
        size_t look = redact_next_part(scan->changes, &scan->part, at, scan->len);
        if (found && look == at) return true;
        if (look > at) berth_anchors_skip(&scan->walk, look);
        stop_after_part(scan);
    }
    return false;
}

static void visit_all(redact_scan *scan) {
    redact_repeats repeats = {.last = NULL};
    berth_anchor anchor;
    while (next_anchor(scan, &anchor)) {
        size_t end = visit_once(scan, &anchor, &repeats);
        if (end) berth_anchors_skip(&scan->walk, end);
    }
}

/* A short name at the text's end is no anchor, for those tell by the byte after it that it ends
 * there; what stands before it may be its value: "x is our api key". */
static void visit_last(redact_scan *scan) {
    static const char *const names[] = {"key", "keys", "otp", "pin", "psk", "jwt", "pw", "seed"};
    size_t at = scan->len;
    while (at > 0 && scan->len - at < 5 && byte_is(scan->s[at - 1], BYTE_LETTER)) at--;
    if (IS_ONE_OF(scan->s + at, scan->len - at, names)) redact_name(scan, at, NAME_ASCII);
}

void redact_scan_text(redact_scan *scan) {
    berth_anchor anchor;
    berth_redactor *r = scan->r;
    if (scan->depth == 0) r->unpacked = 0;
    begin_parts(scan);
    if (scan->len >= REDACT_REPEAT_LEAST) visit_all(scan);
    while (next_anchor(scan, &anchor)) {
        size_t end = visit(scan, &anchor);
        if (end) berth_anchors_skip(&scan->walk, end);
    }
    if (is_settled(scan)) return;
    if (may_go_on(scan, scan->len)) visit_last(scan);
    if (is_settled(scan)) return;
    if (r->profile == BERTH_REDACT_STRICT) redact_addresses(scan);
    if (scan->key_id) redact_nearby(scan);
    if (scan->keyword || r->patterns_always) redact_patterns(scan);
}

redact_scan redact_scan_begin(berth_redactor *r, const char *s, size_t len) {
    redact_scan scan = {.r = r, .number = ++r->scans, .s = s, .len = len};
    scan.work = r->work;
    berth_anchors_begin(&scan.walk, r->anchors, s, len);
    return scan;
}

/* What is under the text's encodings and disguises, layer by layer; tells how many there were. */
static size_t scan_views(const redact_scan *scan) {
    berth_redactor *r = scan->r;
    size_t layers = 0;
    redact_scan layer = *scan;
    while (layers < REDACT_VIEWS && layer.encoded && !r->failed) {
        redact_view *view = &r->view[layers];
        if (!redact_decode(r, &layer, view)) break;
        layer = redact_scan_begin(r, view->text.s, view->text.len);
        layer.map = view->map;
        layer.view = true;
        layer.changes = &view->changes;
        layer.depth = scan->depth;
        redact_scan_text(&layer);
        layers++;
    }
    return layers;
}

void redact_scan_layers(redact_scan *scan) {
    berth_redactor *r = scan->r;
    r->cut = SIZE_MAX;
    r->round = r->work;
    r->length = scan->len;
    redact_scan_text(scan);
    redact_work(scan, BYTES_RATE * scan->len);
    size_t layers = scan->encoded ? scan_views(scan) : 0;
    mark_rest(scan);
    if (r->nsecrets == r->sought) return;
    r->sought = r->nsecrets;
    if (!redact_sort(r)) return;
    r->ordered = r->nspans;
    redact_find_again(scan);
    for (size_t i = 0; i < layers; i++) {
        redact_scan found = redact_scan_begin(r, r->view[i].text.s, r->view[i].text.len);
        found.map = r->view[i].map;
        found.view = true;
        found.changes = &r->view[i].changes;
        redact_find_again(&found);
    }
}

bool redact_scan_inner(const redact_scan *scan, const char *s, size_t len) {
    redact_scan inner = redact_scan_begin(scan->r, s, len);
    inner.depth = scan->depth + 1;
    inner.probe = true;
    redact_work(scan, 250 + 4 * len);
    redact_scan_text(&inner);
    return inner.hit;
}

/* --- rounds ------------------------------------------------------------------------------ */

/* How many bytes of the text another round looks at, for what is masked so far. */
static size_t changed_bytes(berth_redactor *r) {
    size_t bytes = 0, end = 0;
    if (!redact_sort(r)) return 0; /* the record will be withheld */
    for (size_t i = 0; i < r->nspans; i++) {
        size_t start = r->spans[i].start, to = r->spans[i].end + REDACT_ROUND_REACH;
        size_t from = start > REDACT_ROUND_REACH ? start - REDACT_ROUND_REACH : 0;
        if (to > end) bytes += to - (from > end ? from : end);
        if (to > end) end = to;
    }
    return bytes;
}

/* Another round looks around the masks, and takes as much there as this one, less something for
 * each mask; what lies before a cut took half of it.  Where less than that is left, more of the
 * text is masked. */
static void leave_room(redact_scan *scan, size_t whole) {
    berth_redactor *r = scan->r;
    bool cut_off = r->cut < scan->len;
    bool over = !cut_off && r->nspans <= whole / OVER_BYTES;
    size_t most = work_for(whole, over ? RECORD_RATE + OVER_RATE : RECORD_RATE);
    size_t left = most > r->work ? most - r->work : 0;
    size_t round = r->work - scan->work, masks = MASK_WORK * r->nspans;
    if (masks > round / 6) masks = round / 6;
    double changed = (double)changed_bytes(r) / (double)scan->len;
    if (changed < COPY_SHARE) changed = COPY_SHARE;
    double wanted = (double)(round - masks) * (cut_off ? 0.5 : changed < 1 ? changed : 1);
    if ((double)left >= wanted || scan->len < LONG_LINE + LONG_LINE / 8) return;
    size_t cut = cut_off ? r->cut : scan->len;
    cut = (size_t)(LEFT_SHARE * (double)left / wanted * (double)cut);
    if (cut < LONG_LINE) cut = LONG_LINE;
    if (cut >= r->cut) return;
    r->cut = cut;
    mark_rest(scan);
}

/* Rounds until one finds nothing.  The result is the text itself or in r->out or r->other. */
static bool run_rounds(berth_redactor *r, const char **s, size_t *len) {
    size_t room = BERTH_REDACT_ROOM(*len), whole = *len;
    r->failed = false;
    r->masked = r->work = r->sought = 0;
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        r->nspans = 0;
        redact_scan scan = redact_scan_begin(r, *s, *len);
        if (round > 0 && whole >= LONG_TEXT) scan.changes = &r->changes;
        redact_scan_layers(&scan);
        r->key_open = scan.key_open;
        /* of this round by itself too, which is the only one when the result comes again */
        if (r->failed) return false;
        if (r->nspans == 0) return true;
        if (whole >= LONG_TEXT) leave_room(&scan, whole);
        redact_buffer *out = *s == r->out.s && r->out.s ? &r->other : &r->out;
        if (!redact_sort(r) || !redact_write(r, *s, 0, *len, out) || out->len > room) return false;
        *s = out->s;
        *len = out->len;
    }
    return false;
}

bool redact_reads_all(const berth_redactor *r) {
    return r->patterns_always || r->hook_all || r->profile == BERTH_REDACT_STRICT;
}

size_t redact_clean_lines(berth_redactor *r, const char *s, size_t len, size_t longest) {
    berth_anchor_walk walk;
    berth_anchor anchor;
    redact_scan line = {0};
    size_t from = 0, to = 0; /* the line at hand */
    r->nspans = 0;           /* what the last record left, when it failed */
    berth_anchors_begin(&walk, r->anchors, s, len);
    while (berth_anchors_next(&walk, &anchor)) {
        if (anchor.at >= to) { /* lines without anchors are passed over */
            const char *stop = memchr(s + anchor.at, '\n', len - anchor.at);
            from = to + bytes_past_last(s + to, anchor.at - to, '\n');
            to = stop ? (size_t)(stop - s) + 1 : len;
            if (to - from > longest + 1) return from;
            memset(&line, 0, r->scan_head); /* all would take the most */
            line.r = r;
            line.number = ++r->scans;
            line.s = s + from;
            line.probe = true;
            line.len = to - from - (s[to - 1] == '\n');
        }
        if (anchor.at < from) continue; /* it began with the end of the line before */
        anchor.at -= from;
        if (anchor.kind == BERTH_ANCHOR_LETTER && anchor.at < line.letter_end) continue;
        size_t end = visit(&line, &anchor);
        if (is_settled(&line)) return from;
        if (end) berth_anchors_skip(&walk, from + end);
    }
    return len;
}

bool berth_redact_is_clean(berth_redactor *r, const char *text, size_t len) {
    if (r->hook_all || len > BERTH_REDACT_TEXT_MAX) return false;
    r->nspans = 0;
    redact_scan scan = redact_scan_begin(r, text, len);
    scan.probe = true;
    redact_scan_text(&scan);
    return !is_settled(&scan);
}

berth_rc redact_withhold(berth_redactor *r, const char **out, size_t *out_len, berth_err *err) {
    r->nspans = 0;
    *out = BERTH_REDACT_NOTE;
    *out_len = sizeof BERTH_REDACT_NOTE - 1;
    if (r->failed) return berth_fail_memory(err);
    return berth_fail(err, BERTH_ELIMIT, "the record could not be redacted within its limits");
}

berth_rc redact_text(berth_redactor *r, const char *text, size_t len, const char **out,
                     size_t *out_len, berth_err *err) {
    *out = text;
    *out_len = len;
    r->failed = false;
    if (len > BERTH_REDACT_TEXT_MAX || !run_rounds(r, out, out_len))
        return redact_withhold(r, out, out_len, err);
    return BERTH_OK;
}

berth_rc berth_redact_ask(berth_redactor *r, bool hit, berth_redact_part *parts, size_t count,
                          berth_err *err) {
    if (!r->hook || !(hit || r->hook_all)) return BERTH_OK;
    return r->hook(r->hook_ud, parts, count, err);
}

berth_rc berth_redact(berth_redactor *r, const char *text, size_t len, const char **out,
                      size_t *out_len, berth_err *err) {
    redact_forget(r);
    berth_rc rc = redact_text(r, text, len, out, out_len, err);
    if (rc != BERTH_OK) return rc;
    berth_redact_part part = {.name = "line", .text = *out, .len = *out_len};
    rc = berth_redact_ask(r, r->masked > 0, &part, 1, err);
    *out = part.text ? part.text : "";
    *out_len = part.text ? part.len : 0;
    if (rc != BERTH_OK) {
        *out = BERTH_REDACT_NOTE;
        *out_len = sizeof BERTH_REDACT_NOTE - 1;
    }
    return rc;
}

void berth_redact_begin(berth_redactor *r) {
    redact_forget(r);
}

berth_rc redact_window(berth_redactor *r, const char *s, size_t len, size_t from, size_t *cut,
                       const char **out, size_t *out_len, berth_err *err) {
    r->failed = false;
    r->nspans = r->work = r->sought = 0;
    redact_scan scan = redact_scan_begin(r, s, len);
    redact_scan_layers(&scan);
    if (r->failed || !redact_sort(r)) return redact_withhold(r, out, out_len, err);
    for (size_t i = r->nspans; i-- > 0;) { /* from behind: a cut that moves may meet another */
        const redact_span *span = &r->spans[i];
        /* the next window begins anew */
        bool rest = span->rule == RULE_LIMIT && span->start == r->cut;
        if (!rest && span->start < *cut && span->end > *cut)
            *cut = span->start > from ? span->start : from;
    }
    if (!redact_write(r, s, from, *cut, &r->out) || r->failed)
        return redact_withhold(r, out, out_len, err);
    /* what the marks left may hold more, as in any record */
    *out = r->out.s;
    *out_len = r->out.len;
    return run_rounds(r, out, out_len) ? BERTH_OK : redact_withhold(r, out, out_len, err);
}
