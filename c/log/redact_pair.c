/* redact_pair.c - from a name to its value, in whatever syntax stands between them.
 *
 * The walk arrives inside a name ("pass" in user.adminPass2); the whole name is taken and
 * classified, and what follows it decides how the value is read. */
#include <string.h>

#include "log/redact_private.h"

#define ITEMS_MAX 1000
#define TYPE_MAX 40
#define TAG_MAX 256
#define ELEMENT_MAX 65536
#define CELL_MAX 4096
#define PROSE_WORDS 7
#define PROSE_WORD_MAX 64

static bool is_at(const redact_scan *scan, size_t at, const char *text) {
    size_t len = strlen(text);
    return at <= scan->len && scan->len - at >= len && memcmp(scan->s + at, text, len) == 0;
}

static bool folds_at(const redact_scan *scan, size_t at, const char *text) {
    size_t len = strlen(text);
    return at <= scan->len && scan->len - at >= len && bytes_fold_equal(scan->s + at, text, len);
}

/* The byte at `at`, NUL past the end. */
static char peek(const redact_scan *scan, size_t at) {
    return at < scan->len ? scan->s[at] : '\0';
}

/* --- the name ---------------------------------------------------------------------------- */

/* The letter of \n, \t, ... before a name in a string in a string is no part of it. */
static bool is_escape_letter(const redact_scan *scan, size_t at) {
    return at > 0 && scan->s[at - 1] == '\\' && memchr("nrtbfv0", scan->s[at], 7) != NULL;
}

static redact_key key_around(const redact_scan *scan, size_t at) {
    redact_key key = {.start = at, .end = at};
    const char *s = scan->s;
    size_t low = at > BERTH_KEY_NAME_MAX ? at - BERTH_KEY_NAME_MAX : 0;
    size_t high = scan->len - at > BERTH_KEY_NAME_MAX ? at + BERTH_KEY_NAME_MAX : scan->len;
    while (key.start > low && byte_is(s[key.start - 1], BYTE_NAME)) key.start--;
    while (key.end < high && byte_is(s[key.end], BYTE_NAME)) key.end++;
    if (key.start < at && is_escape_letter(scan, key.start)) key.start++;
    while (key.start < at && (s[key.start] == '-' || s[key.start] == '.')) {
        if (s[key.start] == '-') key.dashes++;
        key.start++;
    }
    while (key.end > at + 1 && (s[key.end - 1] == '.' || s[key.end - 1] == '-')) key.end--;
    return key;
}

/* The letters that end one blank before `at`; their number. */
static size_t word_before(const redact_scan *scan, size_t at, size_t *start) {
    *start = at;
    if (at < 2 || scan->s[at - 1] != ' ') return 0;
    size_t end = at - 1, from = end;
    while (from > 0 && end - from < BERTH_KEY_NAME_MAX && byte_is(scan->s[from - 1], BYTE_LETTER))
        from--;
    *start = from;
    return end - from;
}

/* Names of two words: "api key", "session id", "user data". */
static void join_words(const redact_scan *scan, redact_key *key) {
    static const struct {
        const char *first, *second;
        berth_key_kind kind;
    } pairs[] = {
        {"session", " id", BERTH_KEY_SESSION},   {"user", " data", BERTH_KEY_DATA},
        {"security", " code", BERTH_KEY_CODE},   {"pin", " code", BERTH_KEY_CODE},
        {"mfa", " code", BERTH_KEY_CODE},        {"otp", " code", BERTH_KEY_CODE},
        {"verification", " code", BERTH_KEY_CODE},
    };
    size_t len = key->end - key->start, start;
    if (len == 3 && folds_at(scan, key->start, "key")) {
        size_t n = word_before(scan, key->start, &start);
        if (n == 0 || !berth_key_qualifies(scan->s + start, n)) return;
        key->class = (berth_key_class){.kind = BERTH_KEY_KEY, .weight = BERTH_KEY_MEDIUM};
        if (folds_at(scan, key->end, " id")) key->end += 3;
        return;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (len != strlen(pairs[i].first) || !folds_at(scan, key->start, pairs[i].first) ||
            !folds_at(scan, key->end, pairs[i].second))
            continue;
        key->end += strlen(pairs[i].second);
        key->class = (berth_key_class){.kind = pairs[i].kind, .weight = BERTH_KEY_MEDIUM};
    }
}

/* Past the mark that closes the name, and past the bracket of $t['name'], [name], (name). */
static void close_name(const redact_scan *scan, redact_key *key) {
    key->after = key->end;
    key->quote = redact_quote_at(scan, key->end);
    size_t open = key->start, marks = key->quote.len;
    if (marks == 1 && peek(scan, key->end + 1) == key->quote.mark && open > 1 &&
        scan->s[open - 1] == key->quote.mark && scan->s[open - 2] == key->quote.mark) {
        key->quote.repeat = 2;
        key->quote.len = marks = 2;
    }
    key->after += marks;
    open -= open >= marks ? marks : open;
    char c = peek(scan, key->after), before = open > 0 ? scan->s[open - 1] : '\0';
    if ((c == ']' && before == '[') || (c == ')' && before == '(') || c == '?') key->after++;
    if (is_at(scan, key->after, "\xe2\x80\x9d")) key->after += 3; /* a curly mark */
    if (c == '[') { /* name[0], name[] */
        size_t i = key->after + 1;
        while (i < scan->len && i < key->after + 8 && byte_is(scan->s[i], BYTE_DIGIT)) i++;
        if (peek(scan, i) == ']') key->after = i + 1;
    }
}

/* --- values ------------------------------------------------------------------------------ */

static bool mark(redact_scan *scan, const redact_key *key, size_t start, size_t end, bool bare) {
    if (bare && key->quote.mark == '"' && key->quote.len)
        return redact_mark_number(scan, start, end, key->rule, key->quote.slashes);
    return redact_mark_secret(scan, start, end, key->rule);
}

/* Past what may stand before a literal: u'', b"", N'', Some("..."), (string) (len=5) "...",
 * string(5) "...", !!str "...". */
static size_t skip_type(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at, stop = scan->len - at > TYPE_MAX ? at + TYPE_MAX : scan->len;
    if (i + 1 < stop && s[i] == '!' && s[i + 1] == '!') {
        while (i < stop && !byte_is(s[i], BYTE_SPACE)) i++;
        return redact_skip_blanks(scan, i);
    }
    while (i < stop && s[i] == '(') { /* (string) (len=5) */
        while (i < stop && s[i] != ')' && !byte_is(s[i], BYTE_QUOTE)) i++;
        if (i >= stop || s[i] != ')') return at;
        i = redact_skip_blanks(scan, i + 1);
        at = i;
    }
    while (i < stop && (byte_is(s[i], BYTE_NAME) || s[i] == '&' || s[i] == '@' || s[i] == '*')) i++;
    if (i < stop && s[i] == '(') {
        size_t digits = i + 1;
        while (digits < stop && byte_is(s[digits], BYTE_DIGIT)) digits++;
        if (digits > i + 1 && is_at(scan, digits, ") ")) i = digits + 2;
        else i++;
    } else if (i > at + 2) {
        return at;
    }
    return redact_quote_at(scan, i).len ? i : at;
}

/* The text of a quoted value; *close is where its mark stands, or the line ends without one. */
static size_t quoted(const redact_scan *scan, size_t at, redact_quote quote, size_t *close) {
    size_t from = at + quote.len;
    *close = redact_quote_close(scan, from, quote);
    if (*close == SIZE_MAX) *close = redact_open_end(scan, from);
    return from;
}

/* ('ann', 'x'): the second text.  *found: there are two. */
static size_t tuple_value(redact_scan *scan, const redact_key *key, size_t at, bool *found) {
    *found = false;
    size_t i = redact_skip_blanks(scan, at + 1), close;
    i = skip_type(scan, i);
    redact_quote quote = redact_quote_at(scan, i);
    if (!quote.len) return 0;
    quoted(scan, i, quote, &close);
    i = redact_skip_blanks(scan, close + quote.len);
    if (peek(scan, i) != ',') return 0;
    i = skip_type(scan, redact_skip_blanks(scan, i + 1));
    quote = redact_quote_at(scan, i);
    if (!quote.len) return 0;
    size_t from = quoted(scan, i, quote, &close);
    *found = true;
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (!redact_is_secret(scan, class, from, close, SYNTAX_QUOTED)) return 0;
    return mark(scan, key, from, close, false) ? close : 0;
}

/* ["a", "b"]: every text in it. */
static size_t list_values(redact_scan *scan, const redact_key *key, size_t at) {
    size_t i = at + 1, end = 0;
    if (key->class.kind == BERTH_KEY_CREDENTIAL) {
        bool found;
        end = tuple_value(scan, key, at, &found);
        if (found) return end;
    }
    for (unsigned n = 0; n < ITEMS_MAX; n++) {
        i = redact_skip_blanks(scan, i);
        redact_quote quote = redact_quote_at(scan, i);
        if (!quote.len) break;
        size_t close, from = quoted(scan, i, quote, &close);
        if (redact_is_secret(scan, key->class, from, close, SYNTAX_QUOTED) &&
            mark(scan, key, from, close, false))
            end = close;
        i = redact_skip_blanks(scan, close + quote.len);
        if (peek(scan, i) != ',') break;
        i++;
    }
    return end;
}

/* {"value": "x"} after a name: the text under value, plain or raw. */
static size_t object_value(redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const inner[] = {"value", "plain", "raw", "plaintext", "text", "current"};
    size_t i = redact_skip_blanks(scan, at + 1);
    redact_quote quote = redact_quote_at(scan, i);
    i += quote.len;
    for (size_t n = 0; n < sizeof inner / sizeof *inner; n++) {
        size_t end = i + strlen(inner[n]);
        if (!folds_at(scan, i, inner[n]) || byte_is(peek(scan, end), BYTE_NAME)) continue;
        end = redact_skip_blanks(scan, end + redact_quote_at(scan, end).len);
        if (peek(scan, end) != ':' && peek(scan, end) != '=') continue;
        end += is_at(scan, end, "=>") ? 2 : 1;
        return redact_value(scan, key, redact_skip_blanks(scan, end), SYNTAX_QUOTED);
    }
    return 0;
}

/* YAML's | and >: the lines below that are indented more than the name. */
static size_t block_value(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t i = at + 1, line = key->start, end = 0;
    while (peek(scan, i) == '-' || peek(scan, i) == '+' || byte_is(peek(scan, i), BYTE_DIGIT)) i++;
    if (peek(scan, i) == '\r') i++;
    if (peek(scan, i) != '\n') return 0;
    while (line > 0 && s[line - 1] != '\n' && key->start - line < BERTH_KEY_NAME_MAX) line--;
    size_t indent = 0;
    while (line + indent < key->start && s[line + indent] == ' ') indent++;
    size_t first = 0;
    for (i++; i < scan->len;) {
        size_t text = i, stop = redact_line_end(scan, i);
        while (text < stop && (s[text] == ' ' || s[text] == '\t')) text++;
        if (text < stop) {
            if (text - i <= indent) break;
            if (!first) first = text;
            end = stop;
        }
        i = stop;
        while (i < scan->len && (s[i] == '\r' || s[i] == '\n')) {
            if (s[i++] == '\n') break;
        }
    }
    return end > first && mark(scan, key, first, end, false) ? end : 0;
}

/* In a file of settings the value goes to the end of its line, blanks included. */
static size_t settings_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    const char *s = scan->s;
    size_t line = key->start;
    if (key->class.weight == BERTH_KEY_WEAK || key->quote.len || key->dashes) return end;
    while (line > 0 && (s[line - 1] == ' ' || s[line - 1] == '\t') && key->start - line < TYPE_MAX)
        line--;
    if (line > 0 && s[line - 1] != '\n') return end;
    size_t stop = redact_line_end(scan, at);
    if (line == 0 && stop == scan->len) return end; /* a log line, no file */
    for (size_t i = end; i < stop; i++) {
        if (s[i] != ' ' && s[i] != '\t') {
            if (s[i] == '#' || s[i] == ';' || redact_pair_follows(scan, i)) return end;
            while (i < stop && s[i] != ' ') i++;
        }
    }
    return stop > end ? stop : end;
}

/* Does the mark stand so often at `at`? */
static bool is_repeated(const redact_scan *scan, size_t at, redact_quote quote, size_t times) {
    if (quote.slashes) return false;
    for (size_t i = 0; i < times; i++) {
        if (peek(scan, at + i) != quote.mark) return false;
    }
    return times < 3 || peek(scan, at + times) != quote.mark;
}

/* A backslash makes a blank part of a word on a command line. */
static size_t shell_end(const redact_scan *scan, size_t at) {
    size_t end = redact_bare_end(scan, at);
    while (end > at && end < scan->len && scan->s[end] == ' ' && scan->s[end - 1] == '\\')
        end = redact_bare_end(scan, end + 1);
    return end;
}

size_t redact_value(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax) {
    size_t close;
    berth_key_kind kind = key->class.kind;
    char c = peek(scan, at);
    if (c == '{' && (peek(scan, at + 1) == '{' || peek(scan, at + 1) == '%')) return 0; /* template */
    if (kind == BERTH_KEY_COOKIE && c != '{' && c != '[') return redact_cookies(scan, at);
    if (kind == BERTH_KEY_AUTH && c != '{' && c != '[') {
        bool found;
        if (c == '(') return tuple_value(scan, key, at, &found);
        return redact_header(scan, key, at, syntax);
    }
    if (c == '[') return list_values(scan, key, at);
    if (c == '{') {
        size_t end = object_value(scan, key, at);
        if (end || key->quote.len || key->class.weight != BERTH_KEY_STRONG) return end;
    }
    if (c == '|' || c == '>') {
        size_t end = block_value(scan, key, at);
        if (end) return end;
    }
    at = skip_type(scan, at);
    redact_quote quote = redact_quote_at(scan, at);
    if (quote.len) {
        if (is_repeated(scan, at, quote, 3)) quote.repeat = 3;
        else if (key->quote.repeat == 2 && is_repeated(scan, at, quote, 2)) quote.repeat = 2;
        quote.len += quote.repeat ? quote.repeat - 1 : 0;
        size_t from = quoted(scan, at, quote, &close);
        if (syntax != SYNTAX_PROSE) syntax = SYNTAX_QUOTED;
        if (!redact_is_secret(scan, key->class, from, close, syntax)) return 0;
        return mark(scan, key, from, close, false) ? close : 0;
    }
    size_t end = key->dashes ? shell_end(scan, at) : redact_bare_end(scan, at);
    if (syntax != SYNTAX_PROSE) end = settings_end(scan, key, at, end);
    if (end == at || !redact_is_secret(scan, key->class, at, end, syntax)) return 0;
    return mark(scan, key, at, end, true) ? end : 0;
}

/* --- XML --------------------------------------------------------------------------------- */

size_t redact_element(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t stop = scan->len - at > ELEMENT_MAX ? at + ELEMENT_MAX : scan->len, end;
    for (unsigned depth = 0; depth < 2; depth++) {
        while (at < stop && byte_is(s[at], BYTE_SPACE)) at++;
        if (!is_at(scan, at, "<") || is_at(scan, at, "</") || is_at(scan, at, "<!")) break;
        while (at < stop && s[at] != '>') at++; /* a child around the text */
        if (at < stop) at++;
    }
    if (is_at(scan, at, "<![CDATA[")) {
        at += 9;
        for (end = at; end < stop && !is_at(scan, end, "]]>"); end++) {
        }
    } else {
        const char *angle = memchr(s + at, '<', stop - at);
        end = angle ? (size_t)(angle - s) : redact_line_end(scan, at);
    }
    while (end > at && byte_is(s[end - 1], BYTE_SPACE)) end--;
    if (key->class.kind == BERTH_KEY_COOKIE || key->class.kind == BERTH_KEY_AUTH)
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (end <= at || !redact_is_secret(scan, key->class, at, end, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

/* Is the name that of an opening tag, with or without a prefix? */
static bool is_tag(const redact_scan *scan, const redact_key *key) {
    size_t i = key->start;
    if (i > 0 && scan->s[i - 1] == ':') {
        i--;
        while (i > 0 && key->start - i < TYPE_MAX && byte_is(scan->s[i - 1], BYTE_NAME)) i--;
    }
    return i > 0 && scan->s[i - 1] == '<';
}

/* <name attributes>text: past the attributes, which may hold value="...". */
static size_t tag_value(redact_scan *scan, const redact_key *key) {
    size_t i = key->after, stop = scan->len - i > TAG_MAX ? i + TAG_MAX : scan->len;
    for (; i < stop && scan->s[i] != '>' && scan->s[i] != '<'; i++) {
        if (folds_at(scan, i, " value=")) return redact_value(scan, key, i + 7, SYNTAX_QUOTED);
    }
    if (i >= stop || scan->s[i] != '>' || scan->s[i - 1] == '/') return 0;
    return redact_element(scan, key, i + 1);
}

/* --- lists of arguments ------------------------------------------------------------------ */

/* Past a flag that says that a value follows, as iscsiadm's; 0 when there is none. */
static size_t value_flag(const redact_scan *scan, size_t at) {
    static const char *const flags[] = {"-v", "--value", "--password", "--passwd"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        size_t end = at + strlen(flags[i]);
        if (is_at(scan, at, flags[i]) && !byte_is(peek(scan, end), BYTE_NAME)) return end;
    }
    return 0;
}

/* "name", "value": an argument after its option, or a pair in brackets of its own. */
static size_t next_item(redact_scan *scan, const redact_key *key, size_t comma) {
    size_t at = redact_skip_blanks(scan, comma + 1), close;
    at = skip_type(scan, at);
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return 0;
    size_t from = quoted(scan, at, quote, &close), after = close + quote.len;
    if (value_flag(scan, from)) {
        after = redact_skip_blanks(scan, after);
        if (peek(scan, after) != ',') return 0;
        return redact_value(scan, key, redact_skip_blanks(scan, after + 1), SYNTAX_QUOTED);
    }
    if (key->dashes) {
        if (peek(scan, from) == '-') return 0;
        return redact_value(scan, key, at, SYNTAX_QUOTED);
    }
    size_t open = key->start - (key->start > key->quote.len ? key->quote.len : key->start);
    while (open > 0 && byte_is(scan->s[open - 1], BYTE_LETTER)) open--; /* u'', b'' */
    bool pair = open > 0 && (scan->s[open - 1] == '(' || scan->s[open - 1] == '[') &&
                (peek(scan, after) == ')' || peek(scan, after) == ']');
    if (!pair) return 0;
    if (key->class.kind == BERTH_KEY_AUTH || key->class.kind == BERTH_KEY_COOKIE)
        return redact_value(scan, key, at, SYNTAX_QUOTED);
    bool word = true;
    for (size_t i = from; i < close; i++) word = word && byte_is(scan->s[i], BYTE_LOWER | BYTE_JOINT);
    return word ? 0 : redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* password("x"), Password('x'): the one argument. */
static size_t argument(redact_scan *scan, const redact_key *key, size_t open) {
    if (key->class.kind == BERTH_KEY_AUTH || key->class.kind == BERTH_KEY_CREDENTIAL) {
        bool found;
        size_t end = tuple_value(scan, key, open, &found);
        if (found) return end;
    }
    size_t at = skip_type(scan, open + 1), close;
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return 0;
    quoted(scan, at, quote, &close);
    char c = peek(scan, close + quote.len);
    if (c != ')' && c != ',') return 0;
    return redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* --- prose ------------------------------------------------------------------------------- */

static bool is_copula(const char *s, size_t len) {
    static const char *const words[] = {"is", "was", "to", "as", "are", "be", "from", "=", "->", "=>", "\xe2\x86\x92"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == len && bytes_fold_equal(s, words[i], len)) return true;
    }
    return false;
}

static bool has_odd_bytes(const redact_scan *scan, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        if (!byte_is(scan->s[i], BYTE_LOWER | BYTE_JOINT)) return true;
    }
    return false;
}

/* host=x at `at`: a name with a value of its own. */
static bool is_pair(const redact_scan *scan, size_t at) {
    if (!redact_pair_follows(scan, at)) return false;
    while (byte_is(scan->s[at], BYTE_NAME)) at++;
    char next = peek(scan, at + 1);
    return next != '=' && next != '\0' && !byte_is(next, BYTE_SPACE);
}

/* More than a word or a sign: letters and digits, or both cases. */
static bool is_mixture(const redact_scan *scan, size_t from, size_t to) {
    unsigned classes = 0;
    for (size_t i = from; i < to; i++) classes |= berth_byte_class[(unsigned char)scan->s[i]];
    unsigned lower = (classes & BYTE_LOWER) != 0, upper = (classes & BYTE_UPPER) != 0;
    return to - from >= 4 && lower + upper + ((classes & BYTE_DIGIT) != 0) >= 2;
}

/* PASSWORD 'x' as in SQL, or password "x" in a sentence. */
static size_t quoted_after(redact_scan *scan, const redact_key *key, size_t at, bool told) {
    size_t close, start;
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = quoted(scan, at, quote, &close);
    size_t n = word_before(scan, key->start, &start);
    bool sql = byte_is(scan->s[key->start], BYTE_UPPER) ||
               (n == 4 && folds_at(scan, start, "with")) || key->dashes ||
               (n == 9 && folds_at(scan, start, "encrypted"));
    if (key->class.weight == BERTH_KEY_WEAK) return 0;
    if (!sql && !told && !is_mixture(scan, from, close)) return 0;
    return redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* Names that settings files write before their value without a joint: netrc, redis.conf. */
static bool is_setting(const redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t len = key->end - key->start, line = key->start, end = at;
    if (len == 11 && folds_at(scan, key->start, "requirepass")) return true;
    if (len == 10 && folds_at(scan, key->start, "masterauth")) return true;
    for (size_t i = key->start; i > 6 && key->start - i < PROSE_WORD_MAX && s[i - 1] != '\n'; i--) {
        if (memcmp(s + i - 6, "login ", 6) == 0) return true; /* login ann password x */
    }
    /* alone with its value on a line */
    while (line > 0 && key->start - line < TYPE_MAX && (s[line - 1] == ' ' || s[line - 1] == '\t'))
        line--;
    if (line > 0 && s[line - 1] != '\n') return false;
    while (end < scan->len && !byte_is(s[end], BYTE_SPACE) && end - at < PROSE_WORD_MAX) end++;
    if (end < scan->len && s[end] != '\n' && s[end] != '\r') return false;
    return has_odd_bytes(scan, at, end) && peek(scan, at) != '-' && !is_pair(scan, at);
}

/* Words after a name that lead to whose it is or what, as in "password for ann is x". */
static bool is_preposition(const char *s, size_t len) {
    static const char *const words[] = {"for", "of", "on", "at", "in", "with", "used", "set", "new"};
    if (is_copula(s, len) || (len > 0 && s[0] == '(')) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == len && bytes_fold_equal(s, words[i], len)) return true;
    }
    return false;
}

/* A value that a sentence tells outright need not look random; letters and digits will do. */
static size_t plain_value(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    const char *s = scan->s;
    unsigned classes = 0;
    while (to > from && strchr(".,;!?", s[to - 1])) to--;
    for (size_t i = from; i < to; i++) classes |= berth_byte_class[(unsigned char)s[i]];
    if (to - from < 6 || key->class.weight != BERTH_KEY_STRONG || !(classes & BYTE_DIGIT) ||
        !(classes & BYTE_LETTER) || is_pair(scan, from))
        return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* "password for ann is x", "token x", "new secret of node-1: x". */
static size_t prose(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    bool told = false, head = false;
    for (unsigned word = 0; word < PROSE_WORDS && at < scan->len; word++) {
        bool bracket = word == 0 && s[at] == '(';
        at = skip_type(scan, at);
        if (at >= scan->len) return 0;
        redact_quote quote = redact_quote_at(scan, at);
        size_t end = at;
        if (quote.len) {
            if (told || word == 0) {
                size_t done = quoted_after(scan, key, at, told);
                if (done || told) return done;
            }
            end = redact_quote_close(scan, at + quote.len, quote);
            if (end == SIZE_MAX || end - at > PROSE_WORD_MAX) return 0;
            end += quote.len;
            while (end < scan->len && end - at < PROSE_WORD_MAX && !byte_is(s[end], BYTE_SPACE)) end++;
        } else {
            while (end < scan->len && end - at < PROSE_WORD_MAX && !byte_is(s[end], BYTE_SPACE) &&
                   (unsigned char)s[end] >= 0x20)
                end++;
            if (end == at) return 0;
            bool both = key->class.kind == BERTH_KEY_CREDENTIAL;
            if ((word == 0 && (both || !is_pair(scan, at))) || told) {
                size_t done = both
                                  ? redact_user_and_password(scan, key, at, end)
                                  : 0;
                if (!done) done = redact_value(scan, key, at, SYNTAX_PROSE);
                if (!done && told && head) done = plain_value(scan, key, at, end);
                if (done || (told && !is_copula(s + at, end - at))) return done;
            }
        }
        if (word == 0 && !quote.len && is_pair(scan, at)) return 0;
        char last = s[end - 1];
        if (strchr(",;.!?]}>", last) || (last == ')' && s[at] != '(')) return 0;
        if (word == 0) head = bracket || is_preposition(s + at, end - at);
        told = last == ':' || last == '=' || is_copula(s + at, end - at);
        if (peek(scan, end) != ' ') return 0;
        at = redact_skip_blanks(scan, end);
    }
    return 0;
}

/* --- what stands after the name ---------------------------------------------------------- */

/* Past =, :, =>, ->, :=, == and blanks; 0 when there is no such thing at `at`. */
static size_t skip_separator(const redact_scan *scan, size_t at, redact_syntax *syntax) {
    char c = peek(scan, at);
    *syntax = SYNTAX_TIGHT;
    if (c == '-' && peek(scan, at + 1) == '>') return redact_skip_blanks(scan, at + 2);
    if (c != '=' && c != ':') return 0;
    if (is_at(scan, at, "://")) return 0;
    size_t i = at + 1;
    if (peek(scan, i) == '=' || (c == ':' && peek(scan, i) == ':')) i++;
    if (peek(scan, i) == '>') i++;
    size_t value = redact_skip_blanks(scan, i);
    if (c == ':' && i == at + 1 && value > i) *syntax = SYNTAX_LOOSE;
    return value;
}

static bool in_table(const redact_scan *scan, const redact_key *key) {
    size_t i = key->start;
    while (i > 0 && key->start - i < TYPE_MAX && scan->s[i - 1] == ' ') i--;
    return i > 0 && scan->s[i - 1] == '|';
}

/* | name | value | */
static size_t table_value(redact_scan *scan, const redact_key *key, size_t bar) {
    size_t from = redact_skip_blanks(scan, bar + 1), to = from;
    while (to < scan->len && to - from < CELL_MAX && scan->s[to] != '|' && scan->s[to] != '\n') to++;
    while (to > from && scan->s[to - 1] == ' ') to--;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* After blanks, where nothing joins name and value: options, SQL, prose. */
static size_t after_blanks(redact_scan *scan, const redact_key *key, size_t at) {
    size_t flag = value_flag(scan, at);
    if (flag) {
        flag += peek(scan, flag) == '=' ? 1 : 0;
        return redact_value(scan, key, redact_skip_blanks(scan, flag), SYNTAX_TIGHT);
    }
    if (key->dashes) {
        char next = peek(scan, at + 1);
        if (peek(scan, at) == '-' && (next == '-' || byte_is(next, BYTE_LETTER))) return 0;
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    }
    bool tab = memchr(scan->s + key->after, '\t', at - key->after) != NULL && !is_pair(scan, at);
    if (tab && key->class.weight == BERTH_KEY_STRONG && has_odd_bytes(scan, at, redact_bare_end(scan, at)))
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (key->class.weight != BERTH_KEY_WEAK && is_setting(scan, key, at))
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    return prose(scan, key, at);
}

/* The value alone on the next line. */
static size_t value_below(redact_scan *scan, const redact_key *key, size_t line) {
    size_t at = redact_skip_blanks(scan, line + 1), end = at;
    while (end < scan->len && !byte_is(scan->s[end], BYTE_SPACE) && end - at < CELL_MAX) end++;
    size_t after = redact_skip_blanks(scan, end);
    if (after < scan->len && scan->s[after] != '\n' && scan->s[after] != '\r') return 0;
    if (key->class.weight == BERTH_KEY_WEAK || redact_pair_follows(scan, at)) return 0;
    if (peek(scan, at) == '-' || !(key->dashes || is_mixture(scan, at, end))) return 0;
    return redact_value(scan, key, at, SYNTAX_TIGHT);
}

/* "typed x as password" */
static size_t value_before(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    if (key->start < 12 || memcmp(s + key->start - 4, " as ", 4) != 0) return 0;
    size_t to = key->start - 4, from = to;
    while (from > 0 && to - from < PROSE_WORD_MAX && !byte_is(s[from - 1], BYTE_SPACE)) from--;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_PROSE)) return 0;
    redact_mark_secret(scan, from, to, key->rule);
    return 0;
}

static size_t pair(redact_scan *scan, redact_key *key) {
    close_name(scan, key);
    value_before(scan, key);
    size_t told = redact_told(scan, key);
    if (told) return told;
    size_t at = redact_skip_blanks(scan, key->after);
    if (at >= scan->len) return 0;
    redact_syntax syntax;
    size_t value = skip_separator(scan, at, &syntax);
    if ((value || key->dashes) && peek(scan, value ? value : at) == '\n')
        return value_below(scan, key, value ? value : at);
    if (key->class.kind == BERTH_KEY_CONTACT) {
        at = value ? value : at;
        return redact_phone(scan, at + redact_quote_at(scan, at).len, key->rule);
    }
    if (value) {
        if (key->quote.len) syntax = SYNTAX_QUOTED;
        return redact_value(scan, key, value, syntax);
    }
    if (is_tag(scan, key)) return tag_value(scan, key);
    switch (scan->s[at]) {
    case ',':
        if (key->quote.len) {
            size_t end = next_item(scan, key, at);
            if (end) return end;
        }
        return redact_column(scan, key) ? 0 : redact_csv(scan, key);
    case ')':
        return redact_column(scan, key);
    case '(': {
        size_t end = argument(scan, key, at);
        return end || at == key->after ? end : prose(scan, key, at);
    }
    case '|':
        return in_table(scan, key) ? table_value(scan, key, at) : 0;
    default:
        return at > key->after ? after_blanks(scan, key, at) : 0;
    }
}

size_t redact_name(redact_scan *scan, size_t at, bool foreign) {
    if (at < scan->name_end) return 0;
    redact_key key;
    if (foreign) { /* a word of another alphabet */
        key = (redact_key){.start = at, .end = at};
        while (key.end < scan->len && byte_is(scan->s[key.end], BYTE_HIGH | BYTE_LETTER)) key.end++;
        key.class = (berth_key_class){.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    } else {
        key = key_around(scan, at);
        key.class = berth_key_classify(scan->s + key.start, key.end - key.start);
        if (key.class.kind == BERTH_KEY_NONE || key.class.kind == BERTH_KEY_SESSION)
            join_words(scan, &key);
    }
    scan->name_end = key.end;
    if (key.class.kind == BERTH_KEY_NONE) return 0;
    key.rule = (unsigned)key.class.kind;
    return pair(scan, &key);
}

size_t redact_field_name(redact_scan *scan, size_t at, const char *field, unsigned rule) {
    redact_key key = key_around(scan, at);
    size_t len = strlen(field);
    if (key.end - key.start != len || !bytes_fold_equal(scan->s + key.start, field, len)) return 0;
    scan->name_end = key.end;
    key.class = (berth_key_class){.kind = BERTH_KEY_FIELD, .weight = BERTH_KEY_STRONG};
    key.rule = rule;
    return pair(scan, &key);
}
