/* redact_list.c - two lists that belong together: names=[user, password] values=[ann, x]; header
 * cells of a table in HTML and the cells below them.
 *
 * The first list is read around the name, the second one after it; an item is masked when as many
 * stand in both. */
#include <string.h>

#include "log/redact_private.h"

#define LIST_MAX 1024 /* bytes of a list */
#define ITEMS_MAX 64
#define GAP_MAX 48 /* bytes between the lists */
#define ROWS_MAX 64
#define COLUMNS_MAX 8 /* of tables in HTML in one record */
#define CELL_MAX 1024

typedef struct list {
    size_t start, end; /* its items; past what closes it */
    char close;        /* NUL: a blank does */
    size_t count;
    uint64_t secret; /* which items are names of secrets */
} list;

static size_t skip_space(const redact_scan *scan, size_t at) {
    while (at < scan->len && byte_is(scan->s[at], BYTE_SPACE)) at++;
    return at;
}

/* One item of a list: its text without marks, and where the next one or the end is. */
static size_t read_item(const redact_scan *scan, size_t at, char close, size_t *from, size_t *to) {
    const char *s = scan->s;
    redact_quote quote = redact_quote_at(scan, at);
    *from = at + quote.len;
    if (quote.len) {
        *to = redact_quote_close(scan, *from, quote);
        return *to == SIZE_MAX ? SIZE_MAX : *to + quote.len;
    }
    size_t i = at;
    while (i < scan->len && i - at < LIST_MAX && s[i] != ',' && s[i] != '\n' &&
           (close ? s[i] != close : !byte_is(s[i], BYTE_SPACE)))
        i++;
    *to = i;
    while (*to > *from && s[*to - 1] == ' ') --*to;
    return i;
}

/* What closes a list that the byte opens; NUL: it opens none. */
static char closing(char open) {
    return open == '[' ? ']' : open == '(' ? ')' : open == '{' ? '}' : '\0';
}

/* Where the items begin of the list that holds the name, and what closes it. */
static bool find_start(redact_scan *scan, size_t at, list *names) {
    const char *s = scan->s;
    size_t low = at > LIST_MAX ? at - LIST_MAX : 0;
    if (low < scan->lists_none) low = scan->lists_none;
    bool blank = false;
    for (size_t i = at; i > low; i--) {
        char c = s[i - 1];
        char close = closing(c);
        if (close || c == '=' || c == ':') {
            names->start = i;
            names->close = close;
            if (!close && c == ':' && blank) names->close = '/'; /* fields: a, b / row: x, y */
            if (!close && c == '=' && blank) return false;
            names->start = skip_space(scan, i);
            return true;
        }
        blank = blank || c == ' ';
        if (!byte_is(c, BYTE_NAME | BYTE_QUOTE) && c != ',' && c != ' ' && c != '\\') break;
    }
    return false;
}

/* May an item that is a name stand there?  Mostly none does, which few bytes tell. */
static bool may_be_name(const redact_scan *scan, size_t at, char close) {
    size_t i = at;
    if (redact_quote_at(scan, at).len) return true;
    while (i < scan->len && i - at <= BERTH_KEY_NAME_MAX && byte_is(scan->s[i], BYTE_NAME)) i++;
    if (!close) return i - at <= BERTH_KEY_NAME_MAX;
    while (redact_peek(scan, i) == ' ') i++;
    return redact_peek(scan, i) == ',' || redact_peek(scan, i) == close;
}

/* The names; false when one of them is none. */
static bool read_names(const redact_scan *scan, list *names) {
    size_t at = names->start, from, to;
    for (names->count = 0; names->count < ITEMS_MAX; at = skip_space(scan, at + 1)) {
        if (!may_be_name(scan, at, names->close)) return false;
        at = read_item(scan, at, names->close, &from, &to);
        if (at == SIZE_MAX || at > scan->len || to - from > BERTH_KEY_NAME_MAX) return false;
        for (size_t i = from; i < to; i++) {
            if (!byte_is(scan->s[i], BYTE_NAME)) return false;
        }
        berth_key_class class = redact_classify(scan->r, scan->s + from, to - from);
        if (class.kind != BERTH_KEY_NONE && class.weight != BERTH_KEY_WEAK)
            names->secret |= UINT64_C(1) << names->count;
        names->count++;
        char c = redact_peek(scan, at);
        if (c == ',') continue;
        names->end = names->close && c == names->close && c != '/' ? at + 1 : at;
        return names->close ? c == names->close : true;
    }
    return false;
}

/* The word before what opens the second list tells that values follow. */
static bool is_values_word(const char *s, size_t len) {
    static const char *const words[] = {"values", "value",  "vals",     "rows", "row",
                                        "data",   "record", "records",  "args", "params",
                                        "with",   "tuple",  "bindings", "got"};
    return IS_ONE_OF(s, len, words);
}

/* Where the second list opens after the first one; 0: nowhere. */
static size_t find_values(const redact_scan *scan, const list *names) {
    const char *s = scan->s;
    size_t at = names->end, open = names->start - 1;
    size_t stop = scan->len - at > GAP_MAX ? at + GAP_MAX : scan->len;
    /* at once: after an arrow, or in the next line */
    size_t next = skip_space(scan, at);
    bool arrow = redact_is_at(scan, next, "=>") || redact_is_at(scan, next, "->") ||
                 redact_is_at(scan, next, ":=") || redact_is_at(scan, next, "= ");
    if (arrow) next = skip_space(scan, next + 2);
    bool zip =
        open >= 4 && memcmp(s + open - 4, "zip(", 4) == 0; /* zip((user, password), (ann, x)) */
    if (zip && redact_peek(scan, next) == ',') {
        next = skip_space(scan, next + 1);
        return redact_peek(scan, next) == s[open] ? next : 0;
    }
    if (next < stop && at > 0 && strchr("])", s[at - 1]) && strchr("[(", s[next]) &&
        (arrow || memchr(s + at, '\n', next - at)))
        return next;
    while (at < stop && !byte_is(s[at], BYTE_LETTER)) {
        if (!byte_is(s[at], BYTE_SPACE | BYTE_QUOTE) && !strchr("/,;|", s[at])) return 0;
        at++;
    }
    size_t word = at;
    while (at < stop && byte_is(s[at], BYTE_LETTER)) at++;
    if (!is_values_word(s + word, at - word)) return 0;
    at += redact_quote_at(scan, at).len;
    at = redact_skip_blanks(scan, at);
    if (redact_peek(scan, at) != '=' && redact_peek(scan, at) != ':') return 0;
    return redact_skip_blanks(scan, at + 1);
}

/* A row of values; as many as there are names, or nothing is marked.  Its end, or 0. */
static size_t read_row(redact_scan *scan, const list *names, size_t at, char close, unsigned rule) {
    struct {
        size_t from, to;
    } item[ITEMS_MAX];
    size_t count = 0;
    while (count < ITEMS_MAX) {
        at = read_item(scan, at, close, &item[count].from, &item[count].to);
        if (at == SIZE_MAX) return 0;
        count++;
        if (redact_peek(scan, at) != ',') break;
        at = skip_space(scan, at + 1);
    }
    if (count != names->count) return 0;
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    for (size_t i = 0; i < count; i++) {
        if (!(names->secret >> i & 1)) continue;
        if (redact_is_secret(scan, class, item[i].from, item[i].to, SYNTAX_QUOTED))
            redact_mark_secret(scan, item[i].from, item[i].to, rule);
    }
    return at;
}

void redact_lists(redact_scan *scan, const redact_key *key) {
    redact_work(scan, 100);
    if (key->start < scan->lists_end) return;
    list names = {.start = 0};
    if (!find_start(scan, key->start, &names) || !read_names(scan, &names)) {
        scan->lists_none = key->start;
        return;
    }
    scan->lists_end = names.end;
    size_t at = names.count > 1 && names.secret ? find_values(scan, &names) : 0;
    if (!at) return;
    for (unsigned rows = 0; rows < ROWS_MAX; rows++) {
        char c = redact_peek(scan, at);
        char close = closing(c);
        bool open = close != '\0';
        if (!open && rows > 0) break;
        if (open && rows == 0 &&
            (redact_peek(scan, at + 1) == '[' || redact_peek(scan, at + 1) == '(')) {
            at++; /* a list of rows */
            continue;
        }
        if (!open && names.close == '/') close = '\n';
        at = read_row(scan, &names, open ? skip_space(scan, at + 1) : at, close, key->rule);
        if (!at || !open) break;
        scan->lists_end = at;
        at = skip_space(scan, at + 1);
        if (redact_peek(scan, at) == ',') at = skip_space(scan, at + 1);
    }
}

/* --- one pair in a line --------------------------------------------------------------------------
 */

/* Does a bar stand at that place of the line from `line` on? */
static bool has_bar(const redact_scan *scan, size_t line, size_t place) {
    return redact_peek(scan, line + place) == '|' && !memchr(scan->s + line, '\n', place);
}

size_t redact_expanded(redact_scan *scan, const redact_key *key, size_t bar) {
    const char *s = scan->s;
    size_t line = key->start, from = redact_skip_blanks(scan, bar + 1);
    while (line > 0 && s[line - 1] == ' ' && key->start - line < GAP_MAX) line--;
    if ((line > 0 && s[line - 1] != '\n') || s[bar] != '|' || key->class.weight == BERTH_KEY_WEAK)
        return 0;
    size_t to = redact_near_line_end(scan, from), next = to + 1, before = line;
    if (to == SIZE_MAX || to <= from || memchr(s + from, '|', to - from)) return 0;
    if (before > 0) before--;
    while (before > 0 && line - before <= CELL_MAX && s[before - 1] != '\n') before--;
    bool below = next < scan->len && has_bar(scan, next, bar - line);
    if (!below && !(before < line && has_bar(scan, before, bar - line))) return 0;
    while (to > from && byte_is(s[to - 1], BYTE_SPACE)) to--;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* --- HTML ----------------------------------------------------------------------------------------
 */

/* The text of the n-th cell from `at` on, before the row ends; false when there is none. */
static bool find_cell(const redact_scan *scan, size_t at, size_t n, size_t *from, size_t *to) {
    const char *s = scan->s;
    size_t stop = scan->len - at > CELL_MAX ? at + CELL_MAX : scan->len;
    for (size_t cells = 0; at < stop; at++) {
        const char *angle = memchr(s + at, '<', stop - at);
        if (!angle) return false;
        at = (size_t)(angle - s);
        if (redact_folds_at(scan, at, "</tr")) return false;
        if (!redact_folds_at(scan, at, "<td") || cells++ < n) continue;
        const char *open = memchr(s + at, '>', stop - at);
        if (!open) return false;
        *from = (size_t)(open - s) + 1;
        const char *close = memchr(s + *from, '<', stop - *from);
        *to = close ? (size_t)(close - s) : stop;
        return true;
    }
    return false;
}

/* <th>password</th>: the cell at the same place in the rows below. */
size_t redact_html_column(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t low = key->start > CELL_MAX ? key->start - CELL_MAX : 0, n = 0, at = key->start;
    if (low < scan->html_end) low = scan->html_end;
    if (scan->html_columns >= COLUMNS_MAX) return 0;
    while (at > low && !redact_folds_at(scan, at, "<tr")) {
        at--;
        if (at < key->start && redact_folds_at(scan, at, "<th")) n++;
    }
    scan->html_end = key->end;
    if (n == 0 || !redact_folds_at(scan, at, "<tr")) return 0;
    at = key->end;
    scan->html_columns++;
    for (unsigned rows = 0; rows < ROWS_MAX; rows++) {
        size_t from, to;
        const char *row = NULL;
        for (; at + 4 < scan->len && !row; at++) {
            const char *angle = memchr(s + at, '<', scan->len - at);
            if (!angle) return 0;
            at = (size_t)(angle - s);
            if (redact_folds_at(scan, at, "<tr"))
                row = angle;
            else if (redact_folds_at(scan, at, "</table"))
                return 0;
        }
        if (!row || !find_cell(scan, at, n - 1, &from, &to)) return 0;
        if (redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT))
            redact_mark_secret(scan, from, to, key->rule);
    }
    return 0;
}
