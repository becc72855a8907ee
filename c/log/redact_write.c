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

/* By place, the longer one first: sifted down as a heap, for hostile orders cost no more. */
static bool is_before(const redact_span *a, const redact_span *b) {
    return a->start != b->start ? a->start < b->start : a->end > b->end;
}

static void sift(redact_span *spans, size_t root, size_t count) {
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) return;
        if (child + 1 < count && is_before(&spans[child], &spans[child + 1])) child++;
        if (!is_before(&spans[root], &spans[child])) return;
        redact_span swap = spans[root];
        spans[root] = spans[child];
        spans[child] = swap;
        root = child;
    }
}

static void sort_spans(redact_span *spans, size_t count) {
    size_t i = 1;
    while (i < count && !is_before(&spans[i], &spans[i - 1])) i++;
    if (i >= count) return;
    for (i = count / 2; i-- > 0;) sift(spans, i, count);
    for (i = count; i-- > 1;) {
        redact_span swap = spans[0];
        spans[0] = spans[i];
        spans[i] = swap;
        sift(spans, 0, i);
    }
}

static bool write_mask(berth_redactor *r, redact_buffer *out, const redact_span *span,
                       const char *s) {
    char mask[REDACT_MASK_MAX], slashes[] = "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\";
    size_t n = redact_mask_text(r, s + span->start, span->end - span->start, mask);
    size_t escapes = span->quoted ? span->quoted - 1u : 0;
    if (span->quoted && !(redact_append(r, out, slashes, escapes) && redact_append(r, out, "\"", 1)))
        return false;
    if (!redact_append(r, out, mask, n)) return false;
    return !span->quoted ||
           (redact_append(r, out, slashes, escapes) && redact_append(r, out, "\"", 1));
}

bool redact_is_marked(const redact_scan *scan, size_t at) {
    const berth_redactor *r = scan->r;
    if (scan->dump) return false;
    size_t place = scan->map ? scan->map[at] : at;
    for (size_t i = r->nspans; i > 0 && r->nspans - i < MARKS_BACK; i--) {
        if (r->spans[i - 1].start <= place && place < r->spans[i - 1].end) return true;
    }
    return false;
}

void redact_sort(berth_redactor *r) {
    sort_spans(r->spans, r->nspans);
}

/* Writes the text with its spans masked; spans that touch become one mask. */
bool redact_write(berth_redactor *r, const char *s, size_t from, size_t to, redact_buffer *out) {
    size_t at = from;
    out->len = 0;
    for (size_t i = 0; i < r->nspans;) {
        redact_span span = r->spans[i++];
        while (i < r->nspans && r->spans[i].start <= span.end) {
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
        if (!redact_append(r, out, s + at, span.start - at) || !write_mask(r, out, &span, s))
            return false;
        at = span.end;
    }
    return redact_append(r, out, s + at, to > at ? to - at : 0);
}
