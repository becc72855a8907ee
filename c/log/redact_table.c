/* redact_table.c - names of columns with the values in the lines below: comma-separated and other
 * files, tables drawn with bars, columns set apart by blanks; and a name beside its value in a row.
 *
 * A line of names is read once for all of its secret columns, and no line of its rows is taken for
 * another line of names: so each line is read once. */
#include <string.h>

#include "log/redact_private.h"

#define COLUMNS_MAX 32
#define NAMES_MAX 1024 /* bytes of a line of names */
#define ROWS_MAX 1000
#define CELL_MAX 4096
#define BAR_BACK 40
#define WORD_LEAST 10 /* letters of a word that may be a value */

/* --- what stands between cells ------------------------------------------------------------- */

/* The bytes of a bar at `at`: | or one of the drawn ones; 0: none. */
static size_t bar_at(const redact_scan *scan, size_t at) {
    static const char *const drawn[] = {"\xe2\x94\x82", "\xe2\x94\x83", "\xe2\x95\x91"};
    if (redact_peek(scan, at) == '|') return 1;
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        if (redact_is_at(scan, at, drawn[i])) return 3;
    }
    return 0;
}

/* Does a cell end at `at`?  `kind` is , ; tab | or a blank, which stands for two of them or more.
 */
static bool joint_at(const redact_scan *scan, size_t at, char kind) {
    if (kind == '|') return bar_at(scan, at) > 0;
    if (kind == ' ') return redact_is_at(scan, at, "  ");
    return redact_peek(scan, at) == kind;
}

/* Past the joint at `at` and the blanks after it, if there is one before `end`. */
static size_t skip_joint(const redact_scan *scan, size_t at, size_t end, char kind) {
    if (at >= end) return end;
    at += kind == '|' ? bar_at(scan, at) : 1;
    while (at < end && scan->s[at] == ' ') at++;
    return at;
}

/* Where the joint stands after the cell that begins at `at`. */
static size_t cell_end(const redact_scan *scan, size_t at, size_t end, char kind) {
    redact_quote quote = redact_quote_at(scan, at);
    if (quote.len == 1 && kind != ' ') {
        size_t close = redact_quote_close(scan, at + 1, quote);
        if (close != SIZE_MAX && close < end) at = close + 1;
    }
    while (at < end && !joint_at(scan, at, kind)) at++;
    return at;
}

/* Which joint stands at `at`, after a name; NUL: none. */
static char joint_kind(const redact_scan *scan, size_t at) {
    char c = redact_peek(scan, at);
    if (c == ',' || c == ';' || c == '\t') return c;
    size_t bar = redact_skip_blanks(scan, at);
    if (bar_at(scan, bar)) return '|';
    return c == ' ' && redact_peek(scan, at + 1) == ' ' &&
                   byte_is(redact_peek(scan, bar), BYTE_WORD)
               ? ' '
               : '\0';
}

/* The same before `at`. */
static char joint_kind_before(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at;
    if (at < 2) return '\0';
    if (s[at - 1] == ',' || s[at - 1] == ';' || s[at - 1] == '\t') return s[at - 1];
    while (i > 1 && at - i < BAR_BACK && s[i - 1] == ' ') i--;
    if (s[i - 1] == '|' || (i > 2 && bar_at(scan, i - 3) == 3)) return '|';
    return at - i >= 2 && byte_is(s[i - 1], BYTE_WORD) ? ' ' : '\0';
}

/* --- columns ------------------------------------------------------------------------------- */

typedef struct columns {
    berth_key_class class[COLUMNS_MAX];
    size_t name[COLUMNS_MAX], name_end[COLUMNS_MAX];
    size_t count;
    char kind;
    size_t end; /* of the line of names */
} columns;

static bool is_name_byte(char c, char kind) {
    return byte_is(c, BYTE_NAME | BYTE_QUOTE) || (kind == '|' && c == ' ');
}

/* Where the line of names begins that holds the key: a log's own words may stand before it. */
static size_t names_start(const redact_scan *scan, size_t at, char kind) {
    const char *s = scan->s;
    size_t low = at > NAMES_MAX ? at - NAMES_MAX : 0, i = at, start = at;
    while (i > low && s[i - 1] != '\n') {
        if (is_name_byte(s[i - 1], kind)) {
            i--;
            if (kind != '|') start = i;
            continue;
        }
        size_t back = 0; /* a joint ends here? */
        if (kind == ' ') {
            while (i - back > low && s[i - back - 1] == ' ') back++;
            if (back < 2) break;
        } else if (kind == '|') {
            back = s[i - 1] == '|' ? 1 : i > low + 2 && bar_at(scan, i - 3) == 3 ? 3 : 0;
            start = i - back;
        } else {
            back = s[i - 1] == kind;
        }
        if (!back) break;
        i -= back;
    }
    return kind == '|' && (i == low || s[i - 1] == '\n') ? i : start;
}

/* Reads the names of the line; false when it is none. */
static bool read_names(const redact_scan *scan, const redact_key *key, columns *c) {
    size_t at = names_start(scan, key->start - (key->quote.len && key->start), c->kind);
    size_t end = redact_near_line_end(scan, key->end);
    if (end == SIZE_MAX) return false;
    c->end = end;
    bool secret = false;
    if (c->kind == '|') at = redact_skip_blanks(scan, at);
    for (; at < end && c->count < COLUMNS_MAX; c->count++) {
        size_t to = cell_end(scan, at, end, c->kind);
        bool led = c->kind == '|' && c->count == 0; /* by a log's own words */
        if (at < to && !led && !byte_is(scan->s[at], BYTE_LETTER | BYTE_QUOTE)) return false;
        for (size_t i = at; i < to; i++) {
            if (!is_name_byte(scan->s[i], c->kind)) return false;
        }
        c->class[c->count] = redact_classify(scan->r, scan->s + at, to - at);
        c->name[c->count] = at;
        c->name_end[c->count] = to;
        secret = secret || c->class[c->count].kind != BERTH_KEY_NONE;
        at = skip_joint(scan, to, end, c->kind);
    }
    return c->count > 1 && secret;
}

/* ---+---, |---|---| */
static bool is_rule_line(const redact_scan *scan, size_t at, size_t end) {
    for (size_t i = at; i < end; i++) {
        if (!memchr("-+|=: ", scan->s[i], 6) && !byte_is(scan->s[i], BYTE_HIGH)) return false;
    }
    return end > at;
}

/* Does the line above that of `at` have cells too? */
static bool is_row_above(const redact_scan *scan, size_t at) {
    size_t low = at > NAMES_MAX ? at - NAMES_MAX : 0;
    while (at > low && scan->s[at - 1] != '\n') at--;
    if (at == low) return false;
    for (at--; at > low && scan->s[at - 1] != '\n'; at--) {
    }
    return bar_at(scan, redact_skip_blanks(scan, at)) > 0;
}

/* The bars of a line from `at` on; 0 when it has cells of more than words. */
static size_t count_bars(const redact_scan *scan, size_t at, size_t end, bool words) {
    size_t bars = 0;
    for (size_t n; at < end; at += n ? n : 1) {
        n = bar_at(scan, at);
        bars += n > 0;
        if (words && !n && !byte_is(scan->s[at], BYTE_LETTER) && !byte_in(scan->s[at], " _-"))
            return 0;
    }
    return bars;
}

/* | user | password | host |, up to `line`, and a row from `next` to `end` of as many cells. */
static bool heads_row(const redact_scan *scan, size_t at, size_t line, size_t next, size_t end) {
    size_t bars = count_bars(scan, names_start(scan, at, '|'), line, true);
    return bars > 3 && bars == count_bars(scan, next, end, false); /* no name and its value */
}

static bool is_ruled(const redact_scan *scan, size_t at) {
    size_t line = is_row_above(scan, at) ? scan->len : redact_near_line_end(scan, at);
    if (line >= scan->len) return false;
    size_t next = line + (scan->s[line] == '\r' ? 2 : 1), end = redact_near_line_end(scan, next);
    return end != SIZE_MAX &&
           (is_rule_line(scan, next, end) || heads_row(scan, at, line, next, end));
}

/* The line of `at`, when any place in it is near to both of its ends. */
static bool is_short_line(const redact_scan *scan, size_t at, size_t *from, size_t *end) {
    size_t low = at > NAMES_MAX ? at - NAMES_MAX : 0, start = at;
    *end = redact_near_line_end(scan, at);
    while (start > low && scan->s[start - 1] != '\n') start--;
    *from = start;
    return *end != SIZE_MAX && *end - start < NAMES_MAX;
}

/* Does the line of `at` hold names of a table?  Then a ruler or the first row is below.  A short
 * line is looked at once for all of its bars. */
bool redact_is_ruled(const redact_scan *scan, size_t at) {
    redact_mark_seen *seen = &scan->r->ruled_seen;
    size_t from, end;
    if (seen->scan == scan->number && at >= seen->from && at < seen->stop) return seen->found;
    bool ruled = is_ruled(scan, at);
    redact_work(scan, 200);
    if (is_short_line(scan, at, &from, &end))
        *seen = (redact_mark_seen){
            .scan = scan->number, .from = from, .stop = end, .found = ruled};
    return ruled;
}

static void mark_cell(redact_scan *scan, berth_key_class class, size_t from, size_t to) {
    while (to > from && scan->s[to - 1] == ' ') to--;
    if (to > from + 2 && byte_is(scan->s[from], BYTE_QUOTE) && scan->s[to - 1] == scan->s[from]) {
        from++;
        to--;
    }
    if (class.kind == BERTH_KEY_NONE || class.weight == BERTH_KEY_WEAK || to - from > CELL_MAX)
        return;
    if (redact_is_secret(scan, class, from, to, SYNTAX_QUOTED))
        redact_mark_secret(scan, from, to, (unsigned)class.kind);
}

/* Does the cell repeat the column's name, as heads do that are written anew? */
static bool repeats_name(const redact_scan *scan, const columns *c, size_t i, size_t from,
                         size_t to) {
    return to - from == c->name_end[i] - c->name[i] &&
           memcmp(scan->s + from, scan->s + c->name[i], to - from) == 0;
}

/* Marks the secret cells of a row; false when it is none. */
static bool read_row(redact_scan *scan, const columns *c, size_t at, size_t end) {
    size_t cell = 0, from[COLUMNS_MAX], to[COLUMNS_MAX];
    if (c->kind == ' ') at = redact_skip_blanks(scan, at);
    for (; at < end && cell < c->count; cell++) {
        from[cell] = at;
        to[cell] = cell_end(scan, at, end, c->kind);
        at = skip_joint(scan, to[cell], end, c->kind);
    }
    if (cell < 2) return false;
    for (size_t i = 0; i < cell; i++)
        if (!repeats_name(scan, c, i, from[i], to[i])) mark_cell(scan, c->class[i], from[i], to[i]);
    return true;
}

/* password x, and below it user y, set apart as columns are: no line of names, but x is a value. */
static bool is_upright(redact_scan *scan, const columns *c, size_t row) {
    static const char *const fields[] = {"user", "username", "login", "host",     "hostname",
                                         "port", "database", "email", "endpoint", "url"};
    size_t end = row, from = c->name[1], to = c->name_end[1];
    while (byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
    if (c->count != 2 || c->class[1].kind != BERTH_KEY_NONE || !byte_in(c->kind, " \t") ||
        !joint_at(scan, end, c->kind) || !IS_ONE_OF(scan->s + row, end - row, fields) ||
        IS_ONE_OF(scan->s + from, to - from, fields))
        return false;
    if (to - from >= WORD_LEAST || redact_is_mixture(scan, from, to))
        mark_cell(scan, c->class[0], from, to);
    return true;
}

/* The rows below a line of names that holds the key. */
void redact_table(redact_scan *scan, const redact_key *key) {
    columns c = {.kind = joint_kind(scan, key->end + key->quote.len)};
    size_t start = key->start - (key->quote.len && key->start);
    if (key->start < scan->table_end) return;
    size_t line = redact_near_line_end(scan, key->end);
    if (line >= scan->len) return;
    if (!c.kind && line == key->end + key->quote.len) c.kind = joint_kind_before(scan, start);
    if (!c.kind || !read_names(scan, key, &c)) return;
    scan->table_end = c.end;
    if (is_upright(scan, &c, line + (scan->s[line] == '\r' ? 2 : 1))) return;
    for (unsigned rows = 0; line < scan->len && rows < ROWS_MAX; rows++) {
        size_t at = line + (scan->s[line] == '\r' ? 2 : 1);
        line = redact_line_end(scan, at);
        if (is_rule_line(scan, at, line)) continue;
        size_t end = redact_string_end(scan, at); /* the last row ends with the string around */
        if (at >= end || !read_row(scan, &c, at, end) || end < line) break;
        scan->table_end = line;
    }
}

/* --- rows of a name and its value --------------------------------------------------------------
 */

static bool bar_before(const redact_scan *scan, size_t at) {
    size_t i = at;
    while (i > 0 && at - i < BAR_BACK && scan->s[i - 1] == ' ') i--;
    return (i > 0 && scan->s[i - 1] == '|') || (i > 2 && bar_at(scan, i - 3) == 3);
}

/* Is what follows the escaped line end at `at` the line that parts the names of a table from its
 * rows?  Then a view shows that. */
static bool is_ruled_below(const redact_scan *scan, size_t at) {
    size_t i = redact_skip_blanks(scan, at + 2), from = i;
    while (byte_in(redact_peek(scan, i), "-+|=:") && i < scan->len) i++;
    return i > from + 2;
}

/* Are there but names from `from` to `end`, and as many cells in the line below? */
static bool is_head_line(const redact_scan *scan, size_t from, size_t end) {
    const char *s = scan->s;
    size_t first = redact_skip_blanks(scan, from), below = end + (s[end] == '\r') + 1;
    size_t stop = redact_near_line_end(scan, below);
    size_t bars = count_bars(scan, from, end, false);
    for (size_t i = first; i < end; i++) {
        if (!is_name_byte(s[i], '|') && s[i] != '|') return false;
    }
    return s[first] != '|' && stop != SIZE_MAX && bars == count_bars(scan, below, stop, false);
}

/* id|name|host and below it 1|x|db-1: is the line of the bar at `at` of names alone? */
static bool is_head(redact_scan *scan, size_t at) {
    size_t from, end;
    if (at < scan->head_end) return scan->head; /* told of a bar before */
    if (!is_short_line(scan, at, &from, &end) || end >= scan->len) return false;
    redact_work(scan, 3 * (end - from));
    scan->head_end = end;
    return scan->head = is_head_line(scan, from, end);
}

/* | name | value |, and name|value where the value is no word. */
size_t redact_row(redact_scan *scan, const redact_key *key, size_t bar) {
    size_t from = redact_skip_blanks(scan, bar + bar_at(scan, bar)), to = from;
    bool drawn = bar_before(scan, key->start);
    if (drawn && is_head(scan, bar)) return 0;
    size_t stop = redact_string_end(scan, from);
    if (redact_is_at(scan, stop, "\\n") && is_ruled_below(scan, stop)) return 0;
    while (to < stop && to - from < CELL_MAX && !bar_at(scan, to)) to++;
    while (to > from && scan->s[to - 1] == ' ') to--;
    if (!drawn) { /* not password|secret|token, as in a pattern */
        bool value = redact_is_mixture(scan, from, to) || memchr(scan->s + from, '-', to - from);
        if (!value || scan->s[from] == '-' || from != bar + 1 || redact_has_blank(scan, from, to))
            return 0;
        if (redact_classify(scan->r, scan->s + from, to - from).kind != BERTH_KEY_NONE) return 0;
    }
    if (key->class.weight != BERTH_KEY_STRONG && redact_has_blank(scan, from, to)) return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

bool redact_is_bar(const redact_scan *scan, size_t at) {
    return bar_at(scan, at) > 0;
}
