/* redact_sql.c - what SQL says without a name next to the value: IDENTIFIED BY 'x', and columns of
 * INSERT INTO t (name, password) VALUES ('ann', 'x').  PASSWORD 'x' is a pair (redact_pair.c). */
#include <string.h>

#include "log/redact_private.h"

#define COLUMNS_MAX 64
#define LIST_MAX 1024 /* bytes of a list of columns */
#define WORDS_MAX 6
#define ROWS_MAX 1000
#define BOUND_REACH 1024 /* bytes between a placeholder and its value */
#define BOUND_MAX 64     /* placeholders of one text */
#define WORD_REACH 16

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

/* A literal or, in statements proper, a bare value at `at`; its end, or 0. */
static size_t literal(redact_scan *scan, size_t at, bool bare) {
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = at + quote.len, to = from;
    if (quote.len) {
        to = redact_quote_close(scan, from, quote);
        if (to == SIZE_MAX) to = redact_open_end(scan, from);
    } else if (bare) {
        to = redact_bare_end(scan, from);
    }
    if (from >= to || !redact_is_secret(scan, class, from, to, SYNTAX_QUOTED)) return 0;
    redact_mark_secret(scan, from, to, RULE_SQL);
    return to + quote.len;
}

/* pgp_sym_encrypt(text, 'x'), AES_DECRYPT(column, 'x'): the last argument. */
static size_t cipher_key(redact_scan *scan, size_t at) {
    size_t i = at, depth = 0, last = 0,
           stop = scan->len - at > LIST_MAX ? at + LIST_MAX : scan->len;
    while (i < stop && byte_is(scan->s[i], BYTE_NAME)) i++;
    if (at < scan->cipher_end || redact_peek(scan, i) != '(') return 0;
    scan->cipher_end = stop;
    for (; i < stop; i++) {
        redact_quote quote = redact_quote_at(scan, i);
        if (quote.len && depth == 1) {
            last = i;
            i = redact_quote_close(scan, i + quote.len, quote);
            if (i == SIZE_MAX) return 0;
            i += quote.len - 1;
        } else if (scan->s[i] == '(') {
            depth++;
        } else if (scan->s[i] == ')' && --depth == 0) {
            break;
        }
    }
    return last ? literal(scan, last, false) : 0;
}

/* crypt('x', gen_salt('bf')), encrypt('x', 'key', 'aes') */
static size_t clear_text(redact_scan *scan, size_t at) {
    size_t from = at;
    while (from > 0 && at - from < WORD_REACH && byte_is(scan->s[from - 1], BYTE_WORD | BYTE_JOINT))
        from--;
    size_t before = at - from; /* bytes of the function's name before `crypt` */
    if (before > 2 || (before == 1 && byte_lower(scan->s[from]) != 'b')) return 0;
    return literal(scan, at + 6, false);
}

/* IDENTIFIED [WITH plugin] BY [PASSWORD] 'x' [REPLACE 'y'].  In small letters it is a statement
 * only with a literal: "identified by name" is none. */
size_t redact_sql(redact_scan *scan, size_t at) {
    redact_work(scan, 70);
    if (redact_folds_at(scan, at, "crypt(")) return clear_text(scan, at);
    if (!word_at(scan, at, "identified"))
        return redact_folds_at(scan, at, "identif") ? 0 : cipher_key(scan, at);
    size_t i = skip_space(scan, at + 10);
    bool bare = scan->s[at] == 'I' && scan->s[at + 1] == 'D', due = false;
    for (unsigned words = 0; words < WORDS_MAX; words++) {
        redact_quote quote = redact_quote_at(scan, i);
        size_t to = i;
        while (to < scan->len && byte_is(scan->s[to], BYTE_NAME)) to++;
        bool word = word_at(scan, i, "by") || word_at(scan, i, "as") || word_at(scan, i, "with") ||
                    word_at(scan, i, "values") || word_at(scan, i, "password");
        if (due && !word && redact_peek(scan, i) == '@' && redact_variables(scan, i, RULE_SQL))
            return 0;
        if (due && !word) { /* a secret comes next, not the name of a plugin */
            size_t end = literal(scan, i, bare);
            size_t next = skip_space(scan, end);
            if (end && word_at(scan, next, "replace"))
                literal(scan, skip_space(scan, next + 7), bare);
            return end;
        }
        due = due || word_at(scan, i, "by") || word_at(scan, i, "as");
        if (quote.len) {
            to = redact_quote_close(scan, i + quote.len, quote);
            if (to == SIZE_MAX) return 0;
        } else if (to == i) {
            return 0;
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
        berth_key_class class = redact_classify(scan->r, scan->s + from, at - from);
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

/* --- placeholders ------------------------------------------------------------------------- */

/* The literal after `$n = ` near `at`, as PostgreSQL logs parameters. */
static size_t numbered_value(const redact_scan *scan, size_t at, const char *name, size_t len) {
    size_t low = at > BOUND_REACH ? at - BOUND_REACH : 0;
    size_t high = scan->len - at > BOUND_REACH ? at + BOUND_REACH : scan->len;
    for (size_t i = low; i + len + 4 < high; i++) {
        if (scan->s[i] != '$' || memcmp(scan->s + i, name, len) != 0) continue;
        if (redact_is_at(scan, i + len, " = ") && redact_quote_at(scan, i + len + 3).len)
            return i + len + 3;
    }
    return 0;
}

/* Where the text begins that Hibernate binds to the n-th placeholder: "parameter [2] as [VARCHAR] -
 * [x]", "parameter (2:VARCHAR) <- [x]"; 0: nowhere. */
static size_t bound_parameter(const redact_scan *scan, size_t at, size_t n) {
    static const char *const arrows[] = {"] - [", ") <- ["};
    const char *s = scan->s;
    size_t high = scan->len - at > BOUND_REACH ? at + BOUND_REACH : scan->len;
    for (size_t i = at; i + 12 < high; i++) {
        if (s[i] != ' ' || !redact_is_at(scan, i, " parameter ")) continue;
        size_t number = 0, digits = i + 12;
        for (; byte_is(redact_peek(scan, digits), BYTE_DIGIT) && number < COLUMNS_MAX; digits++)
            number = number * 10 + (size_t)(s[digits] - '0');
        if (number != n + 1 || !byte_in(s[i + 11], "[(")) continue;
        for (; digits < high && s[digits] != '\n'; digits++) {
            for (size_t k = 0; k < sizeof arrows / sizeof *arrows; k++)
                if (redact_is_at(scan, digits, arrows[k])) return digits + strlen(arrows[k]);
        }
        return 0;
    }
    return 0;
}

/* Where the list opens that a word between two places says to be one of parameters: past its
 * bracket; 0: nowhere. */
static size_t find_list(const redact_scan *scan, size_t from, size_t to) {
    static const char *const words[] = {"param", "args", "bind", "value", /* and SQLAlchemy's */
                                        "generated in", "cached since", "no key", "raw sql"};
    const char *s = scan->s;
    for (size_t i = from; i + 6 < to; i++) {
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            size_t len = strlen(words[k]), end = i + len;
            bool word = byte_lower(s[i]) == words[k][0] && end <= to &&
                        bytes_fold_equal(s + i, words[k], len);
            if (!word) continue;
            size_t reach = memchr(words[k], ' ', len) ? end + WORD_REACH : i + WORD_REACH;
            while (end < to && end < reach && !memchr("([", s[end], 2)) end++;
            size_t open = end;
            while (open < to && memchr("([", s[open], 2)) open++;
            if (open > end) return open;
        }
    }
    return 0;
}

/* Where the n-th item of the list of parameters stands that follows the placeholder which ends at
 * `at`: parameters: (a, b), or [a, b] right after it. */
static size_t listed_value(const redact_scan *scan, size_t at, size_t n) {
    const char *s = scan->s;
    size_t high = scan->len - at > BOUND_REACH ? at + BOUND_REACH : scan->len;
    size_t next = redact_skip_blanks(scan, at), open = bound_parameter(scan, at, n);
    if (open) return open;
    open = find_list(scan, at, high);
    if (!open && redact_peek(scan, next) == '[') open = next + 1;
    for (size_t item = 0; open && open < high; item++) {
        open = redact_skip_type(scan, redact_skip_blanks(scan, open));
        if (item == n) return open;
        redact_quote quote = redact_quote_at(scan, open);
        if (quote.len) {
            open = redact_quote_close(scan, open + quote.len, quote);
            if (open == SIZE_MAX) return 0;
        }
        while (open < high && !memchr(",)]", s[open], 3)) open++;
        if (redact_peek(scan, open) != ',') return 0;
        open++;
    }
    return 0;
}

/* Masks what is told elsewhere for the placeholder at `at`: ?, %s or $1; false: it is none. */
static bool bound_value(redact_scan *scan, size_t at, unsigned rule) {
    const char *s = scan->s;
    size_t len = redact_peek(scan, at) == '?'   ? 1
                 : redact_is_at(scan, at, "%s") ? 2
                                                : 0,
           place, n = 0;
    if (redact_peek(scan, at) == '$' && byte_is(redact_peek(scan, at + 1), BYTE_DIGIT)) {
        for (len = 2; byte_is(redact_peek(scan, at + len), BYTE_DIGIT); len++) {
        }
    }
    if (len == 0 || byte_is(redact_peek(scan, at + len), BYTE_WORD) || scan->bound++ > BOUND_MAX)
        return false;
    if (s[at] == '$') {
        place = numbered_value(scan, at, s + at, len);
        for (size_t i = at + 1; i < at + len && n < COLUMNS_MAX; i++)
            n = n * 10 + (size_t)(s[i] - '0');
        if (!place && n > 0) place = listed_value(scan, at + len, n - 1); /* params=["x"] */
    } else {
        size_t low = at > BOUND_REACH ? at - BOUND_REACH : 0;
        for (size_t i = low; i < at; i++) n += memcmp(s + i, s + at, len) == 0;
        place = listed_value(scan, at + len, n);
        size_t before = place ? 0 : find_list(scan, low, at); /* whose order nobody knows */
        if (before) redact_near_words(scan, before, rule);
    }
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    redact_quote quote = redact_quote_at(scan, place);
    size_t close, from = place ? redact_quoted(scan, place, quote, &close) : 0;
    if (place && !quote.len) {
        for (close = from; close < scan->len && !byte_is(s[close], BYTE_SPACE); close++)
            if (memchr(",)]", s[close], 3)) break;
    }
    if (place && redact_is_secret(scan, class, from, close, SYNTAX_QUOTED))
        redact_mark_secret(scan, from, close, rule);
    return true;
}

void redact_bound(redact_scan *scan, const redact_key *key, size_t at) {
    if (key->class.weight != BERTH_KEY_WEAK) bound_value(scan, at, key->rule);
}

/* --- lists of columns ------------------------------------------------------------------------ */

/* Marks the secret items of the tuple from `at`; returns the place past its bracket, or 0. */
static size_t tuple(redact_scan *scan, size_t at, uint64_t columns, unsigned rule) {
    for (unsigned column = 0; column < COLUMNS_MAX; column++) {
        at = skip_space(scan, at);
        bool secret = (columns >> column & 1) != 0;
        if (at < scan->len && strchr("NEenbB", scan->s[at]) && redact_quote_at(scan, at + 1).len)
            at++;
        redact_quote quote = redact_quote_at(scan, at);
        size_t from = at + quote.len, to = from;
        if (quote.len) {
            to = redact_quote_close(scan, from, quote);
            if (to == SIZE_MAX) to = redact_line_end(scan, from);
        } else {
            while (to < scan->len && scan->s[to] != ',' && scan->s[to] != ')') to++;
        }
        berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
        if (secret && !quote.len && bound_value(scan, from, rule)) secret = false;
        if (secret && redact_is_secret(scan, class, from, to, SYNTAX_QUOTED))
            redact_mark_secret(scan, from, to, rule);
        at = skip_space(scan, to + quote.len);
        if (at >= scan->len || (scan->s[at] != ',' && scan->s[at] != ')')) return 0;
        if (scan->s[at++] == ')') return at;
    }
    return 0;
}

/* COPY t (name, password) FROM stdin; and below, rows of cells with tabs or, in CSV, commas
 * between them, until \\. or an empty line. */
static void copied_rows(redact_scan *scan, size_t at, uint64_t columns, unsigned rule) {
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    const char *s = scan->s;
    size_t line = redact_near_line_end(scan, at);
    char joint = '\t';
    for (size_t i = at; line <= scan->len && i + 3 <= line; i++) {
        if (bytes_fold_equal(s + i, "csv", 3)) joint = ',';
    }
    for (unsigned rows = 0; line < scan->len && rows < ROWS_MAX; rows++) {
        size_t cell = line + (s[line] == '\r' ? 2 : 1), column = 0;
        line = redact_line_end(scan, cell);
        const char *tab = cell < line ? memchr(s + cell, joint, line - cell) : NULL;
        if (!tab) break;
        for (; column < COLUMNS_MAX && cell < line; column++) {
            tab = memchr(s + cell, joint, line - cell);
            size_t end = tab ? (size_t)(tab - s) : line;
            bool secret = (columns >> column & 1) != 0 && !redact_is_at(scan, cell, "\\N");
            if (secret && redact_is_secret(scan, class, cell, end, SYNTAX_QUOTED))
                redact_mark_secret(scan, cell, end, rule);
            cell = end + 1;
        }
        scan->list_end = line;
    }
}

size_t redact_column(redact_scan *scan, const redact_key *key) {
    if (key->start < scan->list_end) return 0;
    size_t open = list_start(scan, key->start), at = 0;
    if (open == SIZE_MAX) return 0;
    uint64_t columns = secret_columns(scan, open, &at);
    if (!columns) return 0;
    scan->list_end = at;
    at = skip_space(scan, at);
    if (word_at(scan, at, "select")) {
        tuple(scan, at + 6, columns, key->rule);
        return 0;
    }
    if (word_at(scan, at, "from") && word_at(scan, skip_space(scan, at + 4), "stdin"))
        copied_rows(scan, at, columns, key->rule);
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
