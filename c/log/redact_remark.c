/* redact_remark.c - code whose remark says that its literals are secrets:
 * ["x", "y"].join("") // api key; assert 'x' == 'y' # stored password and typed one. */
#include <string.h>

#include "log/redact_private.h"

#define REMARK_MAX 64 /* bytes of it before the name */
#define CODE_MAX 256
#define NAMES_MAX 16
#define LITERALS_MAX 16
#define LITERAL_LEAST 6 /* of one that is compared */

typedef struct literal {
    size_t from, to;
} literal;

/* Where the remark begins in which the name stands; 0: in none. */
static size_t remark_start(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > REMARK_MAX ? at - REMARK_MAX : 0;
    for (size_t i = at; i > low + 1; i--) {
        char c = s[i - 1];
        if (c == '\n') return 0;
        bool two = (c == '/' || c == '-') && s[i - 2] == c;
        size_t start = two ? i - 2 : i - 1;
        bool apart =
            start > 0 && (byte_is(s[start - 1], BYTE_SPACE) || byte_in(s[start - 1], ";)"));
        if ((two || c == '#') && apart && redact_peek(scan, i) == ' ') return start;
    }
    return 0;
}

/* The literals from `at` to `stop`; their number. */
static size_t read_literals(const redact_scan *scan, size_t at, size_t stop, literal *found) {
    size_t count = 0;
    for (; at < stop && count < LITERALS_MAX; at++) {
        redact_quote quote = redact_quote_at(scan, at);
        if (!quote.len || quote.slashes) continue;
        size_t from = at + quote.len, to = redact_quote_close(scan, from, quote);
        if (to == SIZE_MAX || to >= stop) break;
        found[count++] = (literal){from, to};
        at = to + quote.len - 1;
    }
    return count;
}

static bool is_odd(const redact_scan *scan, literal l) {
    const char *text = scan->s + l.from;
    return redact_is_mixture(scan, l.from, l.to) && redact_has_digit(scan, l.from, l.to) &&
           !redact_is_term(text, l.to - l.from) && !redact_has_blank(scan, l.from, l.to) &&
           redact_classify(scan->r, text, l.to - l.from).kind == BERTH_KEY_NONE;
}

/* Is one of the texts there? */
static bool holds(const redact_scan *scan, size_t at, size_t stop, const char *const *texts,
                  size_t count) {
    for (; at < stop; at++) {
        for (size_t n = 0; n < count; n++) {
            if (scan->s[at] == texts[n][0] && redact_is_at(scan, at, texts[n])) return true;
        }
    }
    return false;
}

#define HOLDS(scan, at, stop, texts) holds(scan, at, stop, texts, sizeof texts / sizeof *texts)

/* What joins literals and puts nothing between them. */
static const char *const joining[] = {
    "''.join(",   "\"\".join(",    "].join('')",   "].join(\"\")", "].join ",
    "join('', ", "join(\"\", ", "implode('', ", "implode(\"\"", "table.concat({"};
static const char *const comparing[] = {"==",        "!=",       "assertEqual", "assertNotEqual",
                                        "assert_eq", "assert_ne", "strcmp(",     "compare(",
                                        ".equals(", "toEqual(",  "toBe("};

/* "password", "password of ann", "password vs. typed one"; but "password field", "token path". */
static bool ends_there(const redact_scan *scan, size_t at) {
    static const char *const words[] = {
        "vs",    "and",     "or",      "of",    "for",  "from", "against", "is",       "was",
        "as",    "in",      "on",      "to",    "at",   "does", "do",      "differs",  "differ",
        "typed", "entered", "is",      "not",   "here", "with", "mismatch", "expected", "got",
        "but",   "before",  "after",   "split", "above"};
    size_t from = redact_skip_blanks(scan, at), end = from;
    while (byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
    return end == from ? !byte_is(redact_peek(scan, from), BYTE_WORD)
                       : IS_ONE_OF(scan->s + from, end - from, words);
}

/* May there be literals and a remark before the name?  Mostly there are none: told at once. */
static bool may_be_remarked(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t near = key->start < REMARK_MAX ? key->start : REMARK_MAX;
    size_t far = key->start < CODE_MAX ? key->start : CODE_MAX;
    if (key->class.weight == BERTH_KEY_WEAK || near < 8 || s[key->start - 1] != ' ') return false;
    const char *from = s + key->start - near, *end = s + key->start, *dash = from;
    while ((dash = memchr(dash, '-', (size_t)(end - dash))) && dash[1] != '-') dash++;
    if (!dash && !memchr(from, '#', near) && !memchr(from, '/', near)) return false;
    return memchr(s + key->start - far, '"', far) || memchr(s + key->start - far, '\'', far);
}

/* The end of the name before `at`, in a list of them; 0: there is none. */
static size_t name_before(const redact_scan *scan, size_t at) {
    while (at > 0 && scan->s[at - 1] == ' ') at--;
    if (at == 0 || scan->s[at - 1] != ',') return 0;
    for (at--; at > 0 && scan->s[at - 1] == ' '; at--) {
    }
    return at > 0 && byte_is(scan->s[at - 1], BYTE_NAME) ? at : 0;
}

/* Which of the names in a list the key is; *count: how many there are, *start: where they begin. */
static size_t name_place(const redact_scan *scan, const redact_key *key, size_t *count,
                         size_t *start) {
    size_t place = 0, end;
    *start = key->start;
    while (place < NAMES_MAX && (end = name_before(scan, *start))) {
        for (*start = end; *start > 0 && byte_is(scan->s[*start - 1], BYTE_NAME); --*start) {
        }
        place++;
    }
    *count = place + 1;
    for (size_t i = redact_skip_blanks(scan, key->end); redact_peek(scan, i) == ','; ++*count) {
        size_t from = i = redact_skip_blanks(scan, i + 1);
        while (byte_is(redact_peek(scan, i), BYTE_NAME)) i++;
        if (i == from || *count > NAMES_MAX) *count = 0;
        if (*count == 0) break;
        i = redact_skip_blanks(scan, i);
    }
    return place;
}

/* The item at `at`, a literal, a field of CSV or a word; tells where it ends. */
static size_t item_end(const redact_scan *scan, size_t at, size_t stop, literal *item) {
    redact_quote quote = redact_quote_at(scan, at);
    size_t end = at;
    *item = (literal){at + quote.len, at};
    if (!quote.len) {
        while (end < stop && scan->s[end] != ',') end++;
        item->to = end;
        while (item->to > at && scan->s[item->to - 1] == ' ') item->to--;
        return end;
    }
    for (end = item->from;; end++) {
        end = redact_quote_close(scan, end, quote);
        if (end == SIZE_MAX || end >= stop) return stop + 1;
        item->to = end;
        end += quote.len;
        if (redact_peek(scan, end) != quote.mark) break; /* else a mark of CSV in the field */
    }
    end = redact_skip_blanks(scan, end);
    return end > stop ? stop : end;
}

/* 7,ann,x # columns: id,login,password; f('ann', 'x') -- params: login, password. */
static void listed(redact_scan *scan, const redact_key *key, size_t at, size_t stop) {
    const char *s = scan->s;
    redact_work(scan, 200);
    size_t count, start, place = name_place(scan, key, &count, &start), n = 0;
    literal item, found = {0};
    bool told = start > 1 && s[start - 1] == ' ' && s[start - 2] == ':';
    if (count < 2 || start < stop || !told) return;
    while (stop > at && byte_in(s[stop - 1], " ;")) stop--;
    const char *open = memchr(s + at, '(', stop - at);
    if (stop > at && s[stop - 1] == ')' && open) {
        at = (size_t)(open - s) + 1;
        stop--;
    }
    redact_work(scan, 60 * count + (stop - at));
    for (; at < stop && n <= NAMES_MAX; at++) {
        at = item_end(scan, redact_skip_blanks(scan, at), stop, &item);
        if (at > stop || (at < stop && s[at] != ',')) return;
        if (n++ == place) found = item;
    }
    bool mixed = found.from < found.to && redact_is_mixture(scan, found.from, found.to);
    bool quoted = mixed && found.from > 0 && byte_is(s[found.from - 1], BYTE_QUOTE);
    if (mixed && !quoted) /* not the `SELECT name` of a statement */
        mixed = redact_has_digit(scan, found.from, found.to) &&
                !redact_has_blank(scan, found.from, found.to);
    if (n == count && mixed &&
        redact_is_secret(scan, key->class, found.from, found.to, SYNTAX_QUOTED))
        redact_mark_secret(scan, found.from, found.to, key->rule);
}

/* Is the key one of a list of names in a remark?  Mostly it is not: told at once. */
static bool may_be_listed(const redact_scan *scan, const redact_key *key) {
    size_t after = redact_skip_blanks(scan, key->end);
    char next = redact_peek(scan, after), before = key->start > 1 ? scan->s[key->start - 1] : '\0';
    if (key->class.weight == BERTH_KEY_WEAK || !byte_in(before, " ,")) return false;
    return next == ',' || ((after >= scan->len || byte_in(next, ")\n\r")) &&
                           name_before(scan, key->start));
}

void redact_remarked(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    bool list = may_be_listed(scan, key);
    if (!list && (!may_be_remarked(scan, key) || !ends_there(scan, key->end))) return;
    size_t stop = remark_start(scan, key->start), odd = 0;
    if (!stop) return;
    size_t at = stop, low = stop > CODE_MAX ? stop - CODE_MAX : 0;
    while (at > low && s[at - 1] != '\n') at--;
    if (list) {
        listed(scan, key, at, stop);
        return;
    }
    if (at < scan->remark_end) return; /* another name in the remark has told it */
    scan->remark_end = stop;
    redact_work(scan, 4 * (stop - at));
    literal found[LITERALS_MAX];
    size_t count = read_literals(scan, at, stop, found);
    bool joined = HOLDS(scan, at, stop, joining);
    if (count < 2 || !(joined || (count == 2 && HOLDS(scan, at, stop, comparing)))) return;
    for (size_t i = 0; i < count; i++) {
        bool one = is_odd(scan, found[i]);
        odd += one;
        if (!joined && (!one || found[i].to - found[i].from < LITERAL_LEAST)) return;
    }
    for (size_t i = 0; odd > 0 && i < count; i++) {
        if (found[i].from < found[i].to)
            redact_mark_secret(scan, found[i].from, found[i].to, key->rule);
    }
}
