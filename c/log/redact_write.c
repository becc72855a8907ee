/* redact_write.c - marks sorted, joined where they touch, and written over the record. */
#include <string.h>

#include "log/redact_private.h"

#define MARKS_BACK 8

bool redact_reserve(berth_redactor *r, redact_buffer *buffer, size_t more) {
    if (buffer->cap - buffer->len >= more) return true;
    size_t cap = buffer->len + more;
    cap += cap / 2 + 64;
    char *s = berth_realloc(&r->mem, buffer->s, buffer->cap, cap);
    if (!s) {
        r->failed = true;
        return false;
    }
    buffer->s = s;
    buffer->cap = cap;
    return true;
}

bool redact_append(berth_redactor *r, redact_buffer *buffer, const char *s, size_t len) {
    if (!redact_reserve(r, buffer, len)) return false;
    if (len) memcpy(buffer->s + buffer->len, s, len);
    buffer->len += len;
    return true;
}

/* --- writing ----------------------------------------------------------------------------- */

/* By place, the longer one first. */
static bool is_before(const redact_span *a, const redact_span *b) {
    return a->start != b->start ? a->start < b->start : a->end > b->end;
}

/* Puts those in order that are but a few places away from where they belong. */
static void settle(redact_span *spans, size_t count) {
    for (size_t i = 1; i < count; i++) {
        size_t to = i;
        while (to > 0 && i - to < MARKS_BACK && is_before(&spans[i], &spans[to - 1])) to--;
        if (to == i || (to > 0 && is_before(&spans[i], &spans[to - 1]))) continue;
        redact_span span = spans[i];
        memmove(&spans[to + 1], &spans[to], (i - to) * sizeof span);
        spans[to] = span;
    }
}

/* The end of those from `from` on that stand in order. */
static size_t ordered_end(const redact_span *spans, size_t from, size_t count) {
    size_t i = from + 1;
    while (i < count && !is_before(&spans[i], &spans[i - 1])) i++;
    return i < count ? i : count;
}

/* Merges neighbouring runs two by two; how many runs there were. */
static size_t merge_runs(const redact_span *from, size_t count, redact_span *to) {
    size_t runs = 0;
    for (size_t a = 0, n = 0; a < count;) {
        size_t a_end = ordered_end(from, a, count), b = a_end;
        size_t b_end = b < count ? ordered_end(from, b, count) : b;
        runs += b < b_end ? 2 : 1;
        while (a < a_end && b < b_end)
            to[n++] = is_before(&from[b], &from[a]) ? from[b++] : from[a++];
        while (a < a_end) to[n++] = from[a++];
        while (b < b_end) to[n++] = from[b++];
        a = b_end;
    }
    return runs;
}

static bool write_mask(berth_redactor *r, redact_buffer *out, const redact_span *span,
                       const char *s) {
    char mask[REDACT_MASK_MAX], slashes[] = "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\";
    /* of what was not looked at nothing is shown, not even how it ends */
    size_t n = span->rule == RULE_LIMIT ? redact_stars(mask)
                                        : redact_mask_text(r, s + span->start,
                                                           span->end - span->start, mask);
    size_t escapes = span->quoted ? span->quoted - 1u : 0;
    if (span->quoted &&
        !(redact_append(r, out, slashes, escapes) && redact_append(r, out, "\"", 1)))
        return false;
    if (!redact_append(r, out, mask, n)) return false;
    return !span->quoted ||
           (redact_append(r, out, slashes, escapes) && redact_append(r, out, "\"", 1));
}

bool redact_is_marked(const redact_scan *scan, size_t at) {
    const berth_redactor *r = scan->r;
    if (scan->dump || scan->depth > 0) return false; /* of another text */
    size_t place = scan->map ? scan->map[at] : at;
    for (size_t i = r->nspans; i > 0 && r->nspans - i < MARKS_BACK; i--) {
        if (r->spans[i - 1].start <= place && place < r->spans[i - 1].end) return true;
    }
    return false;
}

/* Room for as many marks as there are, once more. */
static bool grow_sorted(berth_redactor *r) {
    if (r->sorted_cap >= r->spans_cap) return true;
    redact_span *sorted = berth_realloc(&r->mem, r->sorted, r->sorted_cap * sizeof *sorted,
                                        r->spans_cap * sizeof *sorted);
    if (!sorted) {
        r->failed = true;
        return false;
    }
    r->sorted = sorted;
    r->sorted_cap = r->spans_cap;
    return true;
}

/* Marks come in a few runs, one of each layer and search: a merge sort, linear for these. */
bool redact_sort(berth_redactor *r) {
    settle(r->spans, r->nspans);
    if (ordered_end(r->spans, 0, r->nspans) >= r->nspans) return true;
    if (!grow_sorted(r)) return false;
    for (size_t runs = SIZE_MAX; runs > 2;) {
        runs = merge_runs(r->spans, r->nspans, r->sorted);
        redact_span *spans = r->sorted;
        size_t cap = r->sorted_cap;
        r->sorted = r->spans;
        r->sorted_cap = r->spans_cap;
        r->spans = spans;
        r->spans_cap = cap;
    }
    return true;
}

/* Writes the text with its spans masked; spans that touch become one mask. */
bool redact_write(berth_redactor *r, const char *s, size_t from, size_t to, redact_buffer *out) {
    size_t at = from;
    out->len = r->changes.count = 0;
    for (size_t i = 0; i < r->nspans;) {
        redact_span span = r->spans[i++];
        while (i < r->nspans && r->spans[i].start <= span.end) {
            if (r->spans[i].rule == RULE_LIMIT) span.rule = RULE_LIMIT;
            if (r->spans[i].end > span.end) {
                span.end = r->spans[i].end;
                span.quoted = 0;
            }
            i++;
        }
        if (span.end <= from || span.start >= to) continue;
        if (span.start < from) span.start = (uint32_t)from;
        r->hits[span.rule]++;
        r->masked++;
        if (!redact_append(r, out, s + at, span.start - at)) return false;
        size_t mask = out->len;
        if (!write_mask(r, out, &span, s) ||
            !redact_note_change(r, &r->changes, mask, out->len, REDACT_ROUND_REACH))
            return false;
        at = span.end;
    }
    return redact_append(r, out, s + at, to > at ? to - at : 0);
}
