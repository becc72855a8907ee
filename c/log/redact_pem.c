/* redact_pem.c - private keys as text: PEM and PGP blocks whose line ends may be escaped at any
 * level, cut blocks, PuTTY's files.  Certificates and public keys stay. */
#include <string.h>

#include "log/redact_private.h"

#define LABEL_MAX 64
#define HEADER_LATEST 16 /* bytes of a value that may stand before it */
#define BODY_LEAST 20 /* characters of a line of base64; the last one may be shorter */

static bool is_base64(char c) {
    return byte_is(c, BYTE_WORD) || c == '+' || c == '/' || c == '=';
}

/* Does the text hold the lower-case word, case ignored? */
static bool holds(const char *s, size_t len, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= len; i++) {
        if (bytes_fold_equal(s + i, word, n)) return true;
    }
    return false;
}

/* Past blanks, line ends, and backslashes with the letter after them. */
static size_t skip_breaks(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    for (;;) {
        size_t from = at;
        while (at < scan->len && byte_is(s[at], BYTE_SPACE)) at++;
        if (at < scan->len && s[at] == '\\') {
            while (at < scan->len && s[at] == '\\') at++;
            if (at < scan->len && (s[at] == 'n' || s[at] == 'r' || s[at] == 't')) at++;
        }
        if (at == from) return at;
    }
}

/* The end of what is still lines of a key when no END follows. */
static size_t body_end(const redact_scan *scan, size_t from) {
    const char *s = scan->s;
    size_t end = from;
    bool body = false;
    for (;;) {
        size_t at = skip_breaks(scan, end), to = at;
        while (to < scan->len && is_base64(s[to])) to++;
        if (to == at) return end;
        if (to < scan->len && (s[to] == ':' || s[to] == '-') &&
            !body) { /* Proc-Type: 4,ENCRYPTED */
            while (to < scan->len && s[to] != '\n' && s[to] != '\\') to++;
            end = to;
            continue;
        }
        bool last = to == scan->len || (body && s[to - 1] == '=');
        if (to - at < BODY_LEAST && !last) return end;
        body = true;
        end = to;
        if (s[to - 1] == '=') return end;
    }
}

/* "-----END" from `from` on; SIZE_MAX: none, which is remembered. */
static size_t find_end(redact_scan *scan, size_t from, size_t dashes) {
    const char *s = scan->s;
    if (scan->no_end && from >= scan->no_end) return SIZE_MAX;
    for (size_t i = from; i + dashes + 4 <= scan->len; i++) {
        const char *dash = memchr(s + i, '-', scan->len - i - 4);
        if (!dash) break;
        i = (size_t)(dash - s);
        size_t run = 0;
        while (i + run < scan->len && s[i + run] == '-') run++;
        size_t word = i + run;
        if (word < scan->len && s[word] == ' ') word++;
        if (run >= 4 && scan->len - word >= 3 && bytes_fold_equal(s + word, "end", 3)) return i;
        i += run - 1;
    }
    scan->no_end = from;
    return SIZE_MAX;
}

bool redact_holds_end(const char *s, size_t len) {
    return holds(s, len, "-----end");
}

static bool ends_line(const redact_scan *scan, size_t at) {
    return at >= scan->len || scan->s[at] == '\n' || scan->s[at] == '\r';
}

static size_t putty(redact_scan *scan, size_t at) {
    size_t from = redact_line_end(scan, at), end = body_end(scan, from);
    if (end <= from) return 0;
    from = skip_breaks(scan, from);
    return redact_mark(scan, from, end, RULE_PEM) ? end : 0;
}

static size_t putty_sum(redact_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->len && byte_is(scan->s[end], BYTE_HEX)) end++;
    return redact_mark(scan, at, end, RULE_PEM) ? end : 0;
}

typedef struct key_header {
    size_t label, label_end, end; /* end: past the dashes after the label */
    size_t dashes;
} key_header;

/* -----BEGIN EC PRIVATE KEY----- at `at`, where a dash is. */
static bool read_header(const redact_scan *scan, size_t at, key_header *h) {
    const char *s = scan->s;
    size_t i = at;
    while (i < scan->len && s[i] == '-') i++;
    h->dashes = i - at;
    while (i < scan->len && (s[i] == ' ' || s[i] == '+')) i++;
    size_t stop = scan->len - i > LABEL_MAX ? i + LABEL_MAX : scan->len;
    h->label = i;
    while (i < stop && s[i] != '-' && s[i] != '\n') i++;
    if (i >= stop || s[i] != '-') return false;
    h->label_end = i;
    while (i < scan->len && s[i] == '-') i++;
    h->end = i;
    return true;
}

static bool label_holds(const redact_scan *scan, const key_header *h, const char *word) {
    return holds(scan->s + h->label, h->label_end - h->label, word);
}

/* Past the lines of an SSH2 key that may name its owner, Comment: "ann", to where its body begins.
 */
static size_t skip_owner(const redact_scan *scan, size_t at, size_t end) {
    static const char *const names[] = {"comment: ", "subject: ", "x-"};
    const char *s = scan->s;
    for (;;) {
        size_t from = skip_breaks(scan, at), to = from;
        bool named = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            named = named || redact_folds_at(scan, from, names[i]);
        while (named && to < end && s[to] != '\n' && !redact_is_at(scan, to, "\\n") &&
               !redact_is_at(scan, to, "\\r"))
            to++;
        if (!named || to >= end) return at;
        at = skip_breaks(scan, to);
    }
}

/* The end of the key whose END is not there: the lines that are still its own. */
static size_t open_key_end(redact_scan *scan, size_t from) {
    size_t end = body_end(scan, from);
    size_t blank = redact_skip_blanks(scan, from);
    scan->key_open = ends_line(scan, end) || ends_line(scan, blank);
    return end;
}

size_t redact_pem(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    if (s[at] != '-') {
        if (redact_folds_at(scan, at, "private-lines")) return putty(scan, at);
        return redact_folds_at(scan, at, "private-mac: ") ? putty_sum(scan, at + 13) : 0;
    }
    key_header h;
    if (at < scan->key_end) return scan->key_end;
    if (!read_header(scan, at, &h)) return 0;
    if (!label_holds(scan, &h, "priv") && !label_holds(scan, &h, "static key")) return 0;
    size_t end = find_end(scan, h.end, h.dashes), from = skip_breaks(scan, h.end);
    if (end == SIZE_MAX) {
        end = open_key_end(scan, h.end);
        if (end <= from) return 0;
        return redact_mark(scan, from, end, RULE_PEM) ? end : 0;
    }
    size_t to = end, body = skip_owner(scan, h.end, end);
    if (body > h.end) from = body;
    while (to > from && byte_is(s[to - 1], BYTE_SPACE)) to--;
    if (redact_is_masked(scan->r, s + from, to - from)) return h.end;
    redact_mark(scan, body, end, RULE_PEM);
    return end;
}

/* Past -----END EC PRIVATE KEY-----, or as much of it as there is. */
static size_t footer_end(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t stop = scan->len - at > LABEL_MAX ? at + LABEL_MAX : scan->len;
    while (at < stop && s[at] == '-') at++;
    while (at < stop && (byte_is(s[at], BYTE_WORD) || s[at] == ' ' || s[at] == '+')) at++;
    while (at < stop && s[at] == '-') at++;
    return at;
}

/* Where a header begins within the first bytes of a value, behind a mark or a line's end. */
static size_t header_in(const redact_scan *scan, size_t start, size_t end) {
    size_t stop = end - start > HEADER_LATEST ? start + HEADER_LATEST : end;
    for (size_t i = start; i < stop; i++) {
        if (scan->s[i] == '-')
            return redact_folds_at(scan, i, "-----beg") || redact_folds_at(scan, i, "---- beg")
                       ? i
                       : SIZE_MAX;
    }
    return SIZE_MAX;
}

bool redact_widen_to_key(redact_scan *scan, size_t start, size_t *end) {
    key_header h;
    size_t at = header_in(scan, start, *end);
    if (at == SIZE_MAX || at < scan->key_end || !read_header(scan, at, &h)) return true;
    if (label_holds(scan, &h, "certificate") || label_holds(scan, &h, "public key")) return false;
    size_t footer = find_end(scan, h.end, h.dashes), to;
    if (footer == SIZE_MAX) {
        to = open_key_end(scan, h.end);
        if (to <= skip_breaks(scan, h.end)) return *end > h.end;
    } else {
        to = footer_end(scan, footer);
    }
    if (to > *end) *end = to;
    scan->key_end = *end;
    return true;
}
