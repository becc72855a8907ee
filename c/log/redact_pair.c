/* redact_pair.c - a name of a secret, and what stands after it.
 *
 * The walk arrives inside a name ("pass" in user.adminPass2); the whole name is taken and
 * classified, and what follows it decides how the value is read: redact_read.c reads values,
 * redact_prose.c sentences. */
#include <string.h>

#include "log/redact_private.h"

#define CELL_MAX 4096
#define BAR_BACK 40
#define WORD_MAX 64

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
size_t redact_word_before(const redact_scan *scan, size_t at, size_t *start) {
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
    if (len == 3 && redact_folds_at(scan, key->start, "key")) {
        size_t n = redact_word_before(scan, key->start, &start);
        if (n == 0 || !berth_key_qualifies(scan->s + start, n)) return;
        key->class = (berth_key_class){.kind = BERTH_KEY_KEY, .weight = BERTH_KEY_MEDIUM};
        if (redact_folds_at(scan, key->end, " id")) key->end += 3;
        return;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (len != strlen(pairs[i].first) || !redact_folds_at(scan, key->start, pairs[i].first) ||
            !redact_folds_at(scan, key->end, pairs[i].second))
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
    if (marks == 1 && redact_peek(scan, key->end + 1) == key->quote.mark && open > 1 &&
        scan->s[open - 1] == key->quote.mark && scan->s[open - 2] == key->quote.mark) {
        key->quote.repeat = 2;
        key->quote.len = marks = 2;
    }
    key->after += marks;
    open -= open >= marks ? marks : open;
    char c = redact_peek(scan, key->after), before = open > 0 ? scan->s[open - 1] : '\0';
    if ((c == ']' && before == '[') || (c == ')' && before == '(') || c == '?') key->after++;
    if (redact_is_at(scan, key->after, "\xe2\x80\x9d")) key->after += 3; /* a curly mark */
    if (c == ':' && before == '[') { /* [name:protected] */
        size_t i = key->after + 1;
        while (i < scan->len && i < key->after + WORD_MAX && (byte_is(scan->s[i], BYTE_NAME) || scan->s[i] == ':'))
            i++;
        if (redact_peek(scan, i) == ']') key->after = i + 1;
    }
    if (c == '[') { /* name[0], name[] */
        size_t i = key->after + 1;
        while (i < scan->len && i < key->after + 8 && byte_is(scan->s[i], BYTE_DIGIT)) i++;
        if (redact_peek(scan, i) == ']') key->after = i + 1;
    }
}

/* --- lists of arguments ------------------------------------------------------------------ */

/* Past a flag that says that a value follows, as iscsiadm's; 0 when there is none. */
static size_t value_flag(const redact_scan *scan, size_t at) {
    static const char *const flags[] = {"-v", "--value", "--password", "--passwd"};
    if (redact_peek(scan, at) != '-') return 0;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        size_t end = at + strlen(flags[i]);
        if (redact_is_at(scan, at, flags[i]) && !byte_is(redact_peek(scan, end), BYTE_NAME)) return end;
    }
    return 0;
}

/* "name", "value": an argument after its option, or a pair in brackets of its own. */
static size_t next_item(redact_scan *scan, const redact_key *key, size_t comma) {
    size_t at = redact_skip_blanks(scan, comma + 1), close;
    at = redact_skip_type(scan, at);
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return 0;
    size_t from = redact_quoted(scan, at, quote, &close), after = close + quote.len;
    if (value_flag(scan, from)) {
        after = redact_skip_blanks(scan, after);
        if (redact_peek(scan, after) != ',') return 0;
        return redact_value(scan, key, redact_skip_blanks(scan, after + 1), SYNTAX_QUOTED);
    }
    if (key->dashes) {
        if (redact_peek(scan, from) == '-') return 0;
        return redact_value(scan, key, at, SYNTAX_QUOTED);
    }
    size_t open = key->start - (key->start > key->quote.len ? key->quote.len : key->start);
    while (open > 0 && byte_is(scan->s[open - 1], BYTE_LETTER)) open--; /* u'', b'' */
    bool pair = open > 0 && (scan->s[open - 1] == '(' || scan->s[open - 1] == '{' || scan->s[open - 1] == '[') &&
                redact_peek(scan, after) != '\0' && strchr(")]}", redact_peek(scan, after));
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
        size_t end = redact_tuple(scan, key, open, &found);
        if (found) return end;
    }
    size_t at = redact_skip_type(scan, open + 1), close;
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return 0;
    redact_quoted(scan, at, quote, &close);
    char c = redact_peek(scan, close + quote.len);
    if (c != ')' && c != ',') return 0;
    return redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* --- what stands after the name ---------------------------------------------------------- */

/* Past =, :, =>, ->, :=, == and blanks; 0 when there is no such thing at `at`. */
static size_t skip_separator(const redact_scan *scan, size_t at, redact_syntax *syntax) {
    char c = redact_peek(scan, at);
    *syntax = SYNTAX_TIGHT;
    if (c == '-' && redact_peek(scan, at + 1) == '>') return redact_skip_blanks(scan, at + 2);
    if (c != '=' && c != ':') return 0;
    if (redact_is_at(scan, at, "://")) return 0;
    size_t i = at + 1;
    if (redact_peek(scan, i) == '=' || (c == ':' && redact_peek(scan, i) == ':')) i++;
    if (redact_peek(scan, i) == '>') i++;
    size_t value = redact_skip_blanks(scan, i);
    if (c == ':' && i == at + 1 && value > i) *syntax = SYNTAX_LOOSE;
    return value;
}

static bool in_table(const redact_scan *scan, const redact_key *key) {
    size_t i = key->start;
    while (i > 0 && key->start - i < BAR_BACK && scan->s[i - 1] == ' ') i--;
    return i > 0 && scan->s[i - 1] == '|';
}

/* | name | value | */
static size_t table_value(redact_scan *scan, const redact_key *key, size_t bar) {
    size_t from = redact_skip_blanks(scan, bar + 1), to = from;
    while (to < scan->len && to - from < CELL_MAX && scan->s[to] != '|' && scan->s[to] != '\n') to++;
    while (to > from && scan->s[to - 1] == ' ') to--;
    if (key->class.weight != BERTH_KEY_STRONG && memchr(scan->s + from, ' ', to - from)) return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* After blanks, where nothing joins name and value: options, SQL, prose. */
static size_t after_blanks(redact_scan *scan, const redact_key *key, size_t at) {
    size_t flag = value_flag(scan, at);
    if (flag) {
        flag += redact_peek(scan, flag) == '=' ? 1 : 0;
        return redact_value(scan, key, redact_skip_blanks(scan, flag), SYNTAX_TIGHT);
    }
    if (key->dashes) {
        char next = redact_peek(scan, at + 1);
        if (redact_peek(scan, at) == '-' && (next == '-' || byte_is(next, BYTE_LETTER))) return 0;
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    }
    bool tab = memchr(scan->s + key->after, '\t', at - key->after) != NULL && !redact_is_pair(scan, at);
    if (tab && key->class.weight == BERTH_KEY_STRONG && redact_has_odd_bytes(scan, at, redact_bare_end(scan, at)))
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (key->class.weight != BERTH_KEY_WEAK && redact_is_setting(scan, key, at))
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    return redact_prose(scan, key, at);
}

/* The value alone on the next line. */
static size_t value_below(redact_scan *scan, const redact_key *key, size_t line) {
    size_t at = redact_skip_blanks(scan, line + 1), end = at;
    while (end < scan->len && !byte_is(scan->s[end], BYTE_SPACE) && end - at < CELL_MAX) end++;
    size_t after = redact_skip_blanks(scan, end);
    if (after < scan->len && scan->s[after] != '\n' && scan->s[after] != '\r') return 0;
    if (key->class.weight == BERTH_KEY_WEAK || redact_pair_follows(scan, at)) return 0;
    if (redact_peek(scan, at) == '-' || !(key->dashes || redact_is_mixture(scan, at, end))) return 0;
    return redact_value(scan, key, at, SYNTAX_TIGHT);
}

/* "typed x as password" */
static size_t value_before(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    if (key->start < 12 || memcmp(s + key->start - 4, " as ", 4) != 0) return 0;
    size_t to = key->start - 4, from = to;
    while (from > 0 && to - from < WORD_MAX && !byte_is(s[from - 1], BYTE_SPACE)) from--;
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
    if ((value || key->dashes) && redact_peek(scan, value ? value : at) == '\n')
        return value_below(scan, key, value ? value : at);
    if (key->class.kind == BERTH_KEY_CONTACT) {
        at = value ? value : at;
        return redact_phone(scan, at + redact_quote_at(scan, at).len, key->rule);
    }
    if (value) {
        if (key->quote.len) syntax = SYNTAX_QUOTED;
        return redact_value(scan, key, value, syntax);
    }
    if (redact_is_tag(scan, key)) return redact_tag(scan, key);
    switch (scan->s[at]) {
    case ',':
        if (key->quote.len || (key->start > 0 && scan->s[key->start - 1] == '{')) {
            size_t end = next_item(scan, key, at);
            if (end) return end;
        }
        return redact_column(scan, key) ? 0 : redact_csv(scan, key);
    case ')':
        return redact_column(scan, key);
    case '(': {
        size_t end = argument(scan, key, at);
        return end || at == key->after ? end : redact_prose(scan, key, at);
    }
    case '|':
        return in_table(scan, key) ? table_value(scan, key, at) : 0;
    default:
        return at > key->after ? after_blanks(scan, key, at) : 0;
    }
}

size_t redact_name(redact_scan *scan, size_t at, bool foreign) {
    if (at < scan->name_end || redact_is_marked(scan, at)) return 0;
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
