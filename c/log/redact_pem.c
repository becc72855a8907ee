/* redact_pem.c - private keys as text: PEM and PGP blocks whose line ends may be escaped at any
 * level, cut blocks, PuTTY's files.  Certificates and public keys stay. */
#include <string.h>

#include "log/redact_private.h"

#define LABEL_MAX 64
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

size_t redact_pem(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at, dashes = 0;
    if (s[at] != '-') {
        if (redact_folds_at(scan, at, "private-lines")) return putty(scan, at);
        return redact_folds_at(scan, at, "private-mac: ") ? putty_sum(scan, at + 13) : 0;
    }
    for (; i < scan->len && s[i] == '-'; i++) dashes++;
    while (i < scan->len && (s[i] == ' ' || s[i] == '+')) i++;
    size_t label = i, stop = scan->len - i > LABEL_MAX ? i + LABEL_MAX : scan->len;
    while (i < stop && s[i] != '-' && s[i] != '\n') i++;
    if (i >= stop || s[i] != '-') return 0;
    if (!holds(s + label, i - label, "private") && !holds(s + label, i - label, "static key"))
        return 0;
    while (i < scan->len && s[i] == '-') i++;
    size_t end = find_end(scan, i, dashes);
    if (end == SIZE_MAX) {
        size_t from = skip_breaks(scan, i);
        end = body_end(scan, i);
        size_t blank = redact_skip_blanks(scan, i);
        scan->key_open = ends_line(scan, end) || ends_line(scan, blank);
        if (end <= from) return 0;
        return redact_mark(scan, from, end, RULE_PEM) ? end : 0;
    }
    size_t from = skip_breaks(scan, i), to = end;
    while (to > from && byte_is(s[to - 1], BYTE_SPACE)) to--;
    if (!redact_is_masked(scan->r, s + from, to - from)) redact_mark(scan, i, end, RULE_PEM);
    return end;
}
