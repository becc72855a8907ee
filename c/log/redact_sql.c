/* redact_sql.c - what SQL says without a name next to the value: IDENTIFIED BY 'x', and columns of
 * INSERT INTO t (name, password) VALUES ('ann', 'x').  PASSWORD 'x' is a pair (redact_pair.c). */
#include <string.h>

#include "log/redact_private.h"

#define COLUMNS_MAX 64
#define LIST_MAX 1024 /* bytes of a list of columns */
#define WORDS_MAX 6

static bool word_at(const redact_scan *scan, size_t at, const char *word) {
    size_t len = strlen(word);
    return at + len <= scan->len && bytes_fold_equal(scan->s + at, word, len) &&
           (at + len == scan->len || !byte_is(scan->s[at + len], BYTE_WORD));
}

static size_t skip_space(const redact_scan *scan, size_t at) {
    size_t stop = at + LIST_MAX;
    while (at < scan->len && at < stop && byte_is(scan->s[at], BYTE_SPACE)) at++;
    return at;
}

/* IDENTIFIED [WITH plugin] BY [PASSWORD] 'x' */
size_t redact_sql(redact_scan *scan, size_t at) {
    if (!word_at(scan, at, "identified")) return 0;
    size_t i = skip_space(scan, at + 10);
    bool due = false; /* a secret comes next, not the name of a plugin */
    for (unsigned words = 0; words < WORDS_MAX; words++) {
        redact_quote quote = redact_quote_at(scan, i);
        size_t from = i + quote.len, to = from;
        if (quote.len) {
            to = redact_quote_close(scan, from, quote);
            if (to == SIZE_MAX) to = redact_open_end(scan, from);
            if (due) {
                berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
                if (!redact_is_secret(scan, class, from, to, SYNTAX_QUOTED)) return 0;
                return redact_mark_secret(scan, from, to, RULE_SQL) ? to : 0;
            }
        } else {
            while (to < scan->len && byte_is(scan->s[to], BYTE_NAME)) to++;
            if (to == from) return 0;
            due = due || word_at(scan, i, "by") || word_at(scan, i, "as");
        }
        i = skip_space(scan, to + quote.len);
    }
    return 0;
}

/* Where the list of columns around `at` opens; SIZE_MAX: at is in none. */
static size_t list_start(redact_scan *scan, size_t at) {
    size_t low = at > LIST_MAX ? at - LIST_MAX : 0;
    if (low < scan->list_none) low = scan->list_none;
    for (size_t i = at; i > low; i--) {
        char c = scan->s[i - 1];
        if (c == '(') return i;
        if (!byte_is(c, BYTE_NAME | BYTE_SPACE | BYTE_QUOTE) && c != ',') break;
    }
    scan->list_none = at;
    return SIZE_MAX;
}

/* Which columns of the list from `at` are secret, as bits; *end is past its bracket. */
static uint64_t secret_columns(const redact_scan *scan, size_t at, size_t *end) {
    uint64_t found = 0;
    size_t stop = scan->len - at > LIST_MAX ? at + LIST_MAX : scan->len;
    for (unsigned column = 0; column < COLUMNS_MAX && at < stop; column++) {
        while (at < stop && byte_is(scan->s[at], BYTE_SPACE | BYTE_QUOTE)) at++;
        size_t from = at;
        while (at < stop && byte_is(scan->s[at], BYTE_NAME)) at++;
        berth_key_class class = berth_key_classify(scan->s + from, at - from);
        if (class.kind != BERTH_KEY_NONE && class.weight != BERTH_KEY_WEAK)
            found |= UINT64_C(1) << column;
        while (at < stop && byte_is(scan->s[at], BYTE_SPACE | BYTE_QUOTE)) at++;
        if (at >= stop || (scan->s[at] != ',' && scan->s[at] != ')')) return 0;
        if (scan->s[at++] == ')') {
            *end = at;
            return found;
        }
    }
    return 0;
}

/* Marks the secret items of the tuple from `at`; returns the place past its bracket, or 0. */
static size_t tuple(redact_scan *scan, size_t at, uint64_t columns, unsigned rule) {
    for (unsigned column = 0; column < COLUMNS_MAX; column++) {
        at = skip_space(scan, at);
        bool secret = (columns >> column & 1) != 0;
        if (at < scan->len && strchr("NEenbB", scan->s[at]) && redact_quote_at(scan, at + 1).len) at++;
        redact_quote quote = redact_quote_at(scan, at);
        size_t from = at + quote.len, to = from;
        if (quote.len) {
            to = redact_quote_close(scan, from, quote);
            if (to == SIZE_MAX) to = redact_line_end(scan, from);
        } else {
            while (to < scan->len && scan->s[to] != ',' && scan->s[to] != ')') to++;
        }
        berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
        if (secret && redact_is_secret(scan, class, from, to, SYNTAX_QUOTED))
            redact_mark_secret(scan, from, to, rule);
        at = skip_space(scan, to + quote.len);
        if (at >= scan->len || (scan->s[at] != ',' && scan->s[at] != ')')) return 0;
        if (scan->s[at++] == ')') return at;
    }
    return 0;
}

size_t redact_column(redact_scan *scan, const redact_key *key) {
    if (key->start < scan->list_end) return 0;
    size_t open = list_start(scan, key->start), at = 0;
    if (open == SIZE_MAX) return 0;
    uint64_t columns = secret_columns(scan, open, &at);
    if (!columns) return 0;
    scan->list_end = at;
    at = skip_space(scan, at);
    if (!word_at(scan, at, "values")) return 0;
    at = skip_space(scan, at + 6);
    while (at < scan->len && scan->s[at] == '(') {
        size_t end = tuple(scan, at + 1, columns, key->rule);
        if (!end) break;
        scan->list_end = end;
        at = skip_space(scan, end);
        if (at >= scan->len || scan->s[at] != ',') break;
        at = skip_space(scan, at + 1);
    }
    return 0;
}

/* --- comma-separated values --------------------------------------------------------------- */

/* The place past the item of a line of comma-separated values that begins at `at`. */
static size_t item_end(const redact_scan *scan, size_t at, size_t line) {
    redact_quote quote = redact_quote_at(scan, at);
    size_t close = quote.len == 1 ? redact_quote_close(scan, at + 1, quote) : SIZE_MAX;
    if (close != SIZE_MAX && close < line) at = close + 1;
    while (at < line && scan->s[at] != ',') at++;
    return at;
}

/* Marks the secret items of the line from `at` to `end`. */
static void csv_row(redact_scan *scan, size_t at, size_t end, uint64_t columns, unsigned rule) {
    const char *s = scan->s;
    for (unsigned column = 0; column < COLUMNS_MAX && at < end; column++) {
        size_t from = at, to = item_end(scan, at, end);
        at = to + 1;
        if (!(columns >> column & 1)) continue;
        if (to > from + 2 && byte_is(s[from], BYTE_QUOTE) && s[to - 1] == s[from]) {
            from++;
            to--;
        }
        if (to > from && s[to - 1] == '\r') to--;
        berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
        if (redact_is_secret(scan, class, from, to, SYNTAX_QUOTED))
            redact_mark_secret(scan, from, to, rule);
    }
}

/* The line of names that holds the key: from the last blank before it, for a log's own words may
 * stand before the names.  Returns its end, or 0 when it is none. */
static size_t csv_names(redact_scan *scan, const redact_key *key, uint64_t *columns) {
    const char *s = scan->s;
    size_t start = key->start, low = start > LIST_MAX ? start - LIST_MAX : 0, end;
    while (start > low && (byte_is(s[start - 1], BYTE_NAME | BYTE_QUOTE) || s[start - 1] == ',')) start--;
    size_t stop = scan->len - key->end > LIST_MAX ? key->end + LIST_MAX : scan->len;
    for (end = key->end; end < stop && (byte_is(s[end], BYTE_NAME | BYTE_QUOTE) || s[end] == ','); end++) {
    }
    scan->csv_end = end;
    *columns = 0;
    for (unsigned column = 0; column < COLUMNS_MAX && start < end; column++) {
        size_t from = start;
        while (start < end && s[start] != ',') start++;
        berth_key_class class = berth_key_classify(s + from, start - from);
        if (class.kind != BERTH_KEY_NONE && class.weight != BERTH_KEY_WEAK)
            *columns |= UINT64_C(1) << column;
        start++;
    }
    if (end < scan->len && s[end] == '\r') end++;
    return end < scan->len && s[end] == '\n' ? end : 0;
}

size_t redact_csv(redact_scan *scan, const redact_key *key) {
    uint64_t columns;
    if (key->start < scan->csv_end) return 0;
    size_t line = csv_names(scan, key, &columns);
    for (unsigned rows = 0; line && line + 1 < scan->len && rows < LIST_MAX; rows++) {
        size_t at = line + 1;
        const char *end = memchr(scan->s + at, '\n', scan->len - at);
        line = end ? (size_t)(end - scan->s) : scan->len;
        if (!memchr(scan->s + at, ',', line - at)) break;
        csv_row(scan, at, line, columns, key->rule);
    }
    return 0;
}
