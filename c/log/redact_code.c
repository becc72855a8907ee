/* redact_code.c - values as code writes them: literals joined to one, lists of characters or of
 * their numbers, calls that put such things together.
 *
 * The expression is read first and judged as a whole, then its items are marked.  One that asks
 * for the value, as getpass("Password: ") does, holds none. */
#include <string.h>

#include "log/redact_private.h"

#define EXPRESSION_MAX 2048
#define LITERALS_MAX 64
#define DEPTH_MAX 4
#define CALLEE_MAX 48
#define BYTES_LEAST 4 /* numbers that are taken for characters */
#define GROUP_LEAST 4
#define NUMBERS_LEAST 6
#define DEFAULT_LEAST 6

typedef struct expression {
    const redact_scan *scan;
    size_t at, stop;
    unsigned depth;
    struct {
        size_t from, to;
    } literal[LITERALS_MAX];
    size_t literals;
    size_t first, last; /* from the first number or character to past the last one */
    size_t numbers, printable;
    bool built;   /* a call puts its arguments together */
    bool joined;  /* literals stand next to each other, or with a sign between them */
    bool listed;  /* a comma outside of such a call */
    bool asks;    /* a call or an index looks the value up */
    bool chained; /* something was joined to the first item */
} expression;

static char peek(const expression *e) {
    return e->at < e->stop ? e->scan->s[e->at] : '\0';
}

static void skip_space(expression *e) {
    const char *s = e->scan->s;
    while (e->at < e->stop && (byte_is(s[e->at], BYTE_SPACE) ||
                               (s[e->at] == '\\' && e->at + 1 < e->stop && s[e->at + 1] == '\n')))
        e->at++;
}

/* --- names of functions --------------------------------------------------------------------------
 */

/* Is one of the words part of the name?  `first` has a bit for each letter that begins one. */
static bool holds_word(const char *s, size_t len, uint32_t first, const char *const *words,
                       size_t count) {
    for (size_t k = 0; k < len; k++) {
        if (!byte_is(s[k], BYTE_LETTER) || !(first >> (s[k] & 31) & 1)) continue;
        for (size_t i = 0; i < count; i++) {
            if (words[i][0] != byte_lower(s[k])) continue;
            size_t n = strlen(words[i]);
            if (n <= len - k && bytes_fold_equal(s + k, words[i], n)) return true;
        }
    }
    return false;
}

#define LETTER(c) (UINT32_C(1) << ((c) & 31))

/* What looks a value up, or asks somebody for it. */
bool redact_is_lookup(const char *s, size_t len) {
    static const char *const words[] = {"get",    "load",  "read",   "fetch",   "find",   "lookup",
                                        "env",    "input", "prompt", "ask",     "param",  "query",
                                        "header", "conf",  "cfg",    "setting", "option", "args"};
    const uint32_t first = LETTER('g') | LETTER('l') | LETTER('r') | LETTER('f') | LETTER('e') |
                           LETTER('i') | LETTER('p') | LETTER('a') | LETTER('q') | LETTER('h') |
                           LETTER('c') | LETTER('s') | LETTER('o');
    if (bytes_are_word(s, len, "optional")) return false; /* Swift's, around the value itself */
    return holds_word(s, len, first, words, sizeof words / sizeof *words);
}

/* What puts characters or texts together to one. */
static bool is_builder(const char *s, size_t len) {
    static const char *const words[] = {"join",  "concat",  "append", "byte",   "char",  "chr",
                                        "buf",   "array",   "decode", "atob",   "hex",   "format",
                                        "print", "rune",    "string", "base64", "uint8", "text",
                                        "str",   "builder", "pack"};
    const uint32_t first = LETTER('j') | LETTER('c') | LETTER('a') | LETTER('b') | LETTER('d') |
                           LETTER('h') | LETTER('f') | LETTER('p') | LETTER('r') | LETTER('s') |
                           LETTER('u') | LETTER('t');
    return holds_word(s, len, first, words, sizeof words / sizeof *words);
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

static bool read_item(expression *e);

static void note_number(expression *e, size_t from, size_t to, unsigned value) {
    if (e->numbers++ == 0) e->first = from;
    e->last = to;
    e->printable += value > 0x20 && value < 0x7f;
}

static bool read_literal(expression *e, redact_quote quote) {
    const redact_scan *scan = e->scan;
    size_t from = e->at + quote.len, to = redact_quote_close(scan, from, quote);
    if (to == SIZE_MAX || to >= e->stop) return false;
    if (to - from == 1 || (to - from == 2 && scan->s[from] == '\\')) {
        note_number(e, e->at, to + quote.len, (unsigned char)scan->s[to - 1]);
    } else if (e->literals < LITERALS_MAX) {
        e->literal[e->literals].from = from;
        e->literal[e->literals++].to = to;
    }
    e->at = to + quote.len;
    return true;
}

static bool read_number(expression *e) {
    const char *s = e->scan->s;
    size_t from = e->at;
    unsigned value = 0, base = 10;
    if (peek(e) == '0' && e->at + 1 < e->stop && byte_lower(s[e->at + 1]) == 'x') {
        base = 16;
        e->at += 2;
    }
    for (; e->at < e->stop && byte_hex(s[e->at]) >= 0 && byte_hex(s[e->at]) < (int)base; e->at++) {
        value = value * base + (unsigned)byte_hex(s[e->at]);
        if (value > 255) return false;
    }
    if (e->at < e->stop && (byte_is(s[e->at], BYTE_WORD) || s[e->at] == '.')) return false;
    if (value > 0) note_number(e, from, e->at, value);
    return true;
}

/* From after an opening bracket to past the one that closes it. */
static bool read_items(expression *e, bool builds) {
    if (e->depth++ >= DEPTH_MAX) return false;
    size_t before = SIZE_MAX;
    for (;;) {
        skip_space(e);
        char c = peek(e);
        if (c == '\0') return false;
        if (strchr(")]}", c)) {
            e->at++;
            e->depth--;
            return true;
        }
        if (c == ',' || c == ';') {
            e->listed = e->listed || !builds;
            before = SIZE_MAX;
            e->at++;
            continue;
        }
        size_t literals = e->literals;
        if (strchr("+.|&~<>%", c)) {
            before = SIZE_MAX;
            e->joined = true;
            e->at++;
            continue;
        }
        if (!read_item(e)) return false;
        if (before != SIZE_MAX) e->joined = true; /* ("a" "b") */
        before = literals;
    }
}

/* A name, and the brackets after it. */
static bool read_name(expression *e) {
    const char *s = e->scan->s;
    size_t from = e->at, to;
    while (e->at < e->stop && (byte_is(s[e->at], BYTE_NAME) || s[e->at] == '$' || s[e->at] == '@'))
        e->at++;
    to = e->at;
    if (to == from || to - from > CALLEE_MAX) return false;
    if (to - from == 3 && memcmp(s + from, "new", 3) == 0) {
        skip_space(e);
        return read_item(e);
    }
    while (peek(e) == '[' && e->at + 1 < e->stop &&
           (s[e->at + 1] == ']' || byte_is(s[e->at + 1], BYTE_DIGIT))) {
        const char *close = memchr(s + e->at, ']', e->stop - e->at); /* char[], [3] */
        if (!close) return false;
        e->at = (size_t)(close - s) + 1;
    }
    size_t end = e->at;
    skip_space(e);
    char c = peek(e);
    e->at = end;
    if (!byte_in(c, "([{") && !byte_is(c, BYTE_QUOTE)) return true; /* a variable */
    bool builds = is_builder(s + from, to - from);
    if (builds) skip_space(e); /* new char[] {'a'} */
    c = peek(e);
    if (c == '\0' || !strchr("([{", c)) return true;
    size_t literals = e->literals;
    e->built = e->built || builds;
    e->at++;
    if (!read_items(e, builds)) return false;
    bool named = !builds && e->literals > literals;
    if (named && (c == '[' || redact_is_lookup(s + from, to - from))) e->asks = true;
    end = e->at;
    skip_space(e);
    if (builds && (peek(e) == '[' || peek(e) == '{')) { /* Uint8Array(3) [1, 2, 3], []byte{} */
        e->at++;
        return read_items(e, true);
    }
    e->at = end;
    return true;
}

static bool read_item(expression *e) {
    const char *s = e->scan->s;
    size_t at = e->at;
    redact_quote quote = redact_quote_at(e->scan, at);
    for (unsigned i = 0; i < 2 && !quote.len && at < e->stop && byte_is(s[at], BYTE_LETTER); i++)
        quote = redact_quote_at(e->scan, ++at); /* f"", rb"" */
    if (quote.len) {
        e->at = at;
        return read_literal(e, quote);
    }
    char c = peek(e);
    if (byte_is(c, BYTE_DIGIT)) return read_number(e);
    if (c == '[' && e->at + 1 < e->stop && s[e->at + 1] == ']') { /* []byte */
        e->at += 2;
        return read_name(e);
    }
    if (c == '(') { /* (byte)0x41 */
        size_t end = e->at + 1;
        while (end < e->stop && byte_is(s[end], BYTE_NAME)) end++;
        if (end > e->at + 1 && end + 1 < e->stop && s[end] == ')' &&
            byte_is(s[end + 1], BYTE_DIGIT)) {
            size_t cast = e->at;
            bool first = e->numbers == 0;
            e->at = end + 1;
            if (!read_number(e)) return false;
            if (first) e->first = cast;
            return true;
        }
    }
    if (c == '[' || c == '{' || c == '(') {
        e->at++;
        return read_items(e, e->built);
    }
    return read_name(e);
}

/* May a literal at e->at belong to the one that ended at `end`, with nothing but a gap between? */
static bool is_adjacent(const expression *e, size_t end, bool spaced) {
    const redact_scan *scan = e->scan;
    size_t at = e->at;
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len && byte_is(redact_peek(scan, at), BYTE_LETTER))
        quote = redact_quote_at(scan, ++at);
    if (!quote.len) return false;
    size_t close = redact_quote_close(scan, at + quote.len, quote);
    if (close == SIZE_MAX || close >= e->stop) return false;
    if (e->at == end) return scan->s[end - 1] != scan->s[e->at] && redact_goes_on(scan, at, quote);
    if (!spaced && !memchr(scan->s + end, '\\', e->at - end)) return false;
    size_t after = redact_skip_blanks(scan, close + quote.len);
    return after >= scan->len || (scan->s[after] != ':' && scan->s[after] != '=');
}

/* Past `.name(...)` after an item. */
static bool read_method(expression *e) {
    const char *s = e->scan->s;
    size_t from = e->at + 1, to = from;
    while (to < e->stop && (byte_is(s[to], BYTE_WORD) || s[to] == '_')) to++;
    if (to == from || to >= e->stop || s[to] != '(') return false;
    bool builds = is_builder(s + from, to - from);
    e->built = e->built || builds;
    if (redact_is_lookup(s + from, to - from) && !builds) return false;
    e->at = to + 1;
    return read_items(e, builds);
}

/* The whole expression: items joined by signs, methods or nothing. */
static bool read_expression(expression *e, bool spaced) {
    if (!read_item(e)) return false;
    for (;;) {
        size_t end = e->at;
        skip_space(e);
        size_t next = redact_joint(e->scan->s, end, e->scan->len);
        char c = peek(e);
        if (c == '.' && read_method(e)) {
            e->chained = true;
        } else if (next && next < e->stop) {
            e->at = next;
            e->joined = e->chained = true;
            if (!read_item(e)) return false;
        } else if (c == '+' && e->at + 1 < e->stop) { /* chr(97) + chr(98) */
            e->at++;
            skip_space(e);
            if (!read_item(e)) break;
            e->chained = true;
        } else if (c == '%' && e->literals == 1) { /* '%s%s' % ('a', 'b') */
            e->at++;
            skip_space(e);
            e->literals = 0;
            e->built = true;
            if (peek(e) != '(' || !read_item(e)) return false;
            e->chained = true;
        } else if (is_adjacent(e, end, spaced)) {
            e->joined = e->chained = true;
            if (!read_item(e)) return false;
        } else {
            e->at = end;
            break;
        }
    }
    return true;
}

/* --- marking
 * --------------------------------------------------------------------------------------- */

/* "%s-%s", ", ": what joins, not what is joined. */
static bool is_format(const char *s, size_t len) {
    bool word = false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '%' && i + 1 < len && byte_is(s[i + 1], BYTE_LETTER)) return true;
        if (s[i] == '{' && i + 1 < len && s[i + 1] == '}') return true;
        word = word || byte_is(s[i], BYTE_WORD | BYTE_HIGH);
    }
    return !word;
}

static size_t mark_literals(redact_scan *scan, const redact_key *key, const expression *e) {
    size_t done = 0;
    for (size_t i = 0; i < e->literals; i++) {
        size_t from = e->literal[i].from, to = e->literal[i].to;
        if (is_format(scan->s + from, to - from)) continue;
        if (!redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED)) continue;
        redact_mark_secret(scan, from, to, key->rule);
        done = e->at;
    }
    return done;
}

static size_t mark_numbers(redact_scan *scan, const redact_key *key, const expression *e) {
    if (key->class.plural || e->numbers < BYTES_LEAST || e->printable * 3 < e->numbers * 2)
        return 0;
    bool marked = key->quote.len && key->quote.mark == '"' && byte_is(scan->s[e->first], BYTE_DIGIT)
                      ? redact_mark_number(scan, e->first, e->last, key->rule, key->quote.slashes)
                      : redact_mark_secret(scan, e->first, e->last, key->rule);
    return marked ? e->at : 0;
}

/* {"type": "Buffer", "data": [104, ...]} and <Buffer 68 ...> */
static size_t buffer_at(const redact_scan *scan, size_t at, size_t stop) {
    static const char name[] = "\"data\"";
    for (size_t i = at; i + sizeof name < stop && i - at < CALLEE_MAX; i++) {
        if (scan->s[i] == '}') break;
        if (!redact_is_at(scan, i, name)) continue;
        i = redact_skip_blanks(scan, i + sizeof name - 1);
        if (redact_peek(scan, i) != ':') break;
        i = redact_skip_blanks(scan, i + 1);
        return redact_peek(scan, i) == '[' ? i : at;
    }
    return at;
}

/* Are the literals of a call that looks a value up nothing but names or questions? */
static bool holds_names(const expression *e) {
    for (size_t i = 0; i < e->literals; i++) {
        const char *s = e->scan->s + e->literal[i].from;
        size_t len = e->literal[i].to - e->literal[i].from;
        if (len > CALLEE_MAX || memchr(s, '=', len) || memchr(s, '/', len) || memchr(s, '@', len))
            return false;
    }
    return true;
}

/* Letters and digits that are no name: what a program may have as the value itself. */
static bool is_plain_default(const redact_scan *scan, size_t from, size_t to) {
    const char *s = scan->s + from;
    size_t len = to - from;
    return len >= DEFAULT_LEAST && !memchr(s, '.', len) && !memchr(s, '/', len) &&
           ((redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to)) ||
            redact_is_phrase_code(s, len)) &&
           redact_classify(scan->r, s, len).kind == BERTH_KEY_NONE;
}

/* get("DB_PASSWORD", "x"), get("DB_PASSWORD") or "x": what is taken when nothing is found. */
static size_t mark_default(redact_scan *scan, const redact_key *key, const expression *e) {
    const char *s = scan->s;
    size_t done = 0, close, at = redact_skip_blanks(scan, e->at);
    for (size_t i = 1; i < e->literals; i++) {
        size_t from = e->literal[i].from, before = from - 1;
        while (before > 0 && (s[before - 1] == ' ' || byte_is(s[before - 1], BYTE_QUOTE))) before--;
        if (before > 0 && byte_in(s[before - 1], "([")) continue; /* settings["db"]["x"] */
        if (is_plain_default(scan, from, e->literal[i].to) &&
            redact_mark_secret(scan, from, e->literal[i].to, key->rule))
            done = e->at;
    }
    if (!redact_is_at(scan, at, "or ") && !redact_is_at(scan, at, "?? ") &&
        !redact_is_at(scan, at, "?: ") && !redact_is_at(scan, at, "|| "))
        return done;
    at = redact_skip_blanks(scan, at + 3);
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = quote.len ? redact_quoted(scan, at, quote, &close) : 0;
    return from && is_plain_default(scan, from, close) &&
                   redact_mark_secret(scan, from, close, key->rule)
               ? close
               : done;
}

/* <Buffer 68 75 6e 74> */
static size_t printed_buffer(redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = redact_byte_run(scan, at + 8);
    return end > at + 8 && redact_mark_secret(scan, at + 8, end, key->rule) ? end : 0;
}

size_t redact_code(redact_scan *scan, const redact_key *key, size_t at, bool *read) {
    *read = false;
    if (at < scan->code_end || key->class.weight == BERTH_KEY_WEAK) return 0;
    *read = redact_is_at(scan, at, "<Buffer ");
    if (*read) return printed_buffer(scan, key, at);
    expression e = {.scan = scan, .at = at};
    e.stop = scan->len - at > EXPRESSION_MAX ? at + EXPRESSION_MAX : scan->len;
    if (redact_peek(scan, at) == '{') e.at = buffer_at(scan, at, e.stop);
    bool spaced = !key->quote.len && !key->dashes && at > 1 && scan->s[at - 1] == ' ' &&
                  scan->s[at - 2] == '=';
    bool parsed = e.at < e.stop && read_expression(&e, spaced) &&
                  !byte_is(redact_peek(scan, e.at), BYTE_WORD | BYTE_HIGH);
    redact_work(scan, 40 + (e.at - at));
    if (!parsed && !e.asks) scan->code_end = e.at;
    if (e.asks) { /* os.environ["TOKEN"] */
        size_t end = parsed ? mark_default(scan, key, &e) : 0;
        *read = parsed;
        return end ? end : parsed && holds_names(&e) ? e.at : 0;
    }
    if (!parsed) return 0;
    if (e.numbers >= BYTES_LEAST && e.literals <= e.built) return mark_numbers(scan, key, &e);
    if (e.listed || e.literals == 0 || !(e.built || e.joined) || (e.literals < 2 && !e.built))
        return 0;
    *read = true;
    return mark_literals(scan, key, &e);
}

/* --- bytes in a row
 * ---------------------------------------------------------------------------------- */

/* 104 117 110 116 101 114: visible characters, as numbers. */
static size_t number_run(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at, count = 0, last = at;
    while (i < scan->len && byte_is(s[i], BYTE_DIGIT)) {
        unsigned value = 0;
        size_t from = i;
        while (i < scan->len && byte_is(s[i], BYTE_DIGIT) && i - from < 4)
            value = value * 10 + (unsigned)(s[i++] - '0');
        if (value <= 0x20 || value >= 0x7f) break;
        count++;
        last = i;
        if (redact_peek(scan, i) == ',') i++;
        else if (redact_peek(scan, i) != ' ') break;
        i += redact_peek(scan, i) == ' ';
    }
    return count >= NUMBERS_LEAST ? last : at;
}

size_t redact_byte_run(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at, groups = 0, width = 0, last = at;
    while (i < scan->len && byte_is(s[i], BYTE_HEX)) {
        size_t from = i;
        while (i < scan->len && byte_is(s[i], BYTE_HEX) && i - from < 9) i++;
        if (!width) width = i - from;
        if (i - from != width || (width != 2 && width != 8)) break;
        for (size_t k = from; width == 8 && k < i; k++) {
            if (s[k] != '0' && s[k] != '1') return number_run(scan, at);
        }
        groups++;
        last = i;
        if (redact_peek(scan, i) != ' ') break;
        i++;
    }
    return groups >= GROUP_LEAST ? last : number_run(scan, at);
}
