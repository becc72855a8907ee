/* redact_variable.c - a value that is told elsewhere: put together from variables to which the
 * record assigns it before (p1 + p2, "$A$B", f(@a, @b)), printed by a command, put for a name by an
 * editor. */
#include <string.h>

#include "log/redact_private.h"

#define ITEMS_MAX 4
#define NAME_MAX_BYTES 32
#define REACH 512      /* bytes back to an assignment */
#define LITERALS_MAX 8 /* of a call that is assigned */
#define ASSIGNED_MAX 32 /* values of one text that are looked up */
#define COMMAND_MAX 256
#define MARKS_MAX 2 /* around a name that is to be replaced: {{name}} */
#define PUT_MAX 128

static const berth_key_class password = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};

static bool is_name_byte(char c) {
    return byte_is(c, BYTE_WORD) || c == '_';
}

static size_t mark(redact_scan *scan, size_t from, size_t to, unsigned rule) {
    return redact_is_secret(scan, password, from, to, SYNTAX_QUOTED) &&
                   redact_mark_secret(scan, from, to, rule)
               ? to
               : 0;
}

/* What is assigned at `at`: a literal, those of a call like CONCAT('a', 'b'), a word. */
static bool mark_assigned(redact_scan *scan, size_t at, unsigned rule) {
    size_t end = at, marked = 0, close;
    while (is_name_byte(redact_peek(scan, end))) end++;
    bool call = end > at && redact_peek(scan, end) == '(';
    if (call) at = end + 1;
    for (unsigned n = 0; n < LITERALS_MAX; n++) {
        at = redact_skip_blanks(scan, at);
        redact_quote quote = redact_quote_at(scan, at);
        if (!quote.len) break;
        size_t from = redact_quoted(scan, at, quote, &close);
        marked += mark(scan, from, close, rule) > 0;
        at = redact_skip_blanks(scan, close + quote.len);
        if (!call || redact_peek(scan, at) != ',') break;
        at++;
    }
    if (call || marked || byte_is(redact_peek(scan, at), BYTE_QUOTE)) return marked > 0;
    end = redact_word_end(scan, at);
    return redact_is_mixture(scan, at, end) &&
           (redact_has_digit(scan, at, end) || redact_is_jumble(scan->s + at, end - at)) &&
           mark(scan, at, redact_bare_end(scan, at), rule) > 0;
}

/* Marks what is assigned to the variable [from, to) before `at`. */
static bool look_up(redact_scan *scan, size_t from, size_t to, size_t at, unsigned rule) {
    const char *s = scan->s;
    size_t len = to - from;
    bool found = false;
    for (size_t i = at > REACH ? at - REACH : 0; i + len < at; i++) {
        if (s[i] != s[from] || memcmp(s + i, s + from, len) != 0) continue;
        if ((i > 0 && is_name_byte(s[i - 1])) || is_name_byte(s[i + len])) continue;
        size_t sign = redact_skip_blanks(scan, i + len);
        sign += redact_peek(scan, sign) == ':';
        if (redact_peek(scan, sign) != '=') continue;
        size_t value = redact_skip_blanks(scan, sign + 1);
        found = (value < at && mark_assigned(scan, value, rule)) || found;
    }
    return found;
}

/* A variable at *at: name, $name, ${name}, @name; false: there is none. */
static bool read_variable(const redact_scan *scan, size_t *at, size_t *from, bool *sigil) {
    size_t i = *at;
    bool sign = redact_peek(scan, i) == '$' || redact_peek(scan, i) == '@';
    i += sign;
    bool brace = sign && redact_peek(scan, i) == '{';
    i += brace;
    *from = i;
    while (is_name_byte(redact_peek(scan, i)) && i - *from <= NAME_MAX_BYTES) i++;
    bool named = i > *from && i - *from <= NAME_MAX_BYTES &&
                 !byte_is(scan->s[*from], BYTE_DIGIT) && (!brace || redact_peek(scan, i) == '}');
    *at = i;
    *sigil = *sigil || sign;
    return named;
}

/* Past a sign that joins two variables, or a comma between arguments; `at`: they may stand next to
 * each other. */
static size_t skip_joint(const redact_scan *scan, size_t at, bool call) {
    size_t i = redact_skip_blanks(scan, at);
    char c = redact_peek(scan, i);
    if (c == '+' || c == '.' || c == '&' || (c == ',' && call))
        return redact_skip_blanks(scan, i + 1);
    if (redact_is_at(scan, i, "||") || redact_is_at(scan, i, ".."))
        return redact_skip_blanks(scan, i + 2);
    return at;
}

bool redact_variables(redact_scan *scan, size_t at, unsigned rule) {
    struct {
        size_t from, to;
    } item[ITEMS_MAX];
    size_t i = at, count = 0;
    bool sigil = false, found = false;
    i += byte_is(redact_peek(scan, i), BYTE_QUOTE) && redact_peek(scan, i + 1) == '$';
    size_t bracket = i; /* CONCAT(@a, @b) */
    while (is_name_byte(redact_peek(scan, bracket)) && bracket - i <= NAME_MAX_BYTES) bracket++;
    bool call = bracket > i && redact_peek(scan, bracket) == '(';
    if (call) i = bracket + 1;
    while (count < ITEMS_MAX) {
        if (!read_variable(scan, &i, &item[count].from, &sigil)) break;
        item[count++].to = i;
        i += redact_peek(scan, i) == '}';
        size_t next = skip_joint(scan, i, call);
        if (next == i && redact_peek(scan, i) != '$') break;
        i = next;
    }
    if (count == 0 || (count == 1 && !sigil) || scan->assigned++ > ASSIGNED_MAX) return false;
    for (size_t n = 0; n < count; n++)
        found = look_up(scan, item[n].from, item[n].to, at, rule) || found;
    return found;
}

/* --- what a command prints -------------------------------------------------------------------- */

bool redact_is_echo(const redact_scan *scan, size_t at) {
    return redact_is_at(scan, at, "echo ") || redact_is_at(scan, at, "printf ");
}

size_t redact_echoed(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t stop = scan->len - at > COMMAND_MAX ? at + COMMAND_MAX : scan->len, done = 0;
    char outer = at > 0 && byte_is(s[at - 1], BYTE_QUOTE) ? s[at - 1] : ')';
    while (at < stop && s[at] != ' ') at++;
    for (;;) {
        at = redact_skip_blanks(scan, at);
        if (at >= stop || s[at] == outer || memchr(")|\n", s[at], 3)) return done;
        redact_quote quote = redact_quote_at(scan, at);
        size_t from = at + quote.len, close = from;
        if (quote.len)
            redact_quoted(scan, at, quote, &close);
        else
            while (close < stop && !byte_is(s[close], BYTE_SPACE) && s[close] != ')' &&
                   s[close] != outer)
                close++;
        bool text = close > from && s[from] != '-' && s[from] != '%' && s[from] != '$';
        if (text && redact_is_secret(scan, key->class, from, close, SYNTAX_QUOTED) &&
            redact_mark_secret(scan, from, close, key->rule))
            done = close;
        at = close + quote.len > at ? close + quote.len : at + 1;
    }
}

size_t redact_command_value(redact_scan *scan, const redact_key *key) {
    size_t at = redact_skip_blanks(scan, key->after);
    if (redact_peek(scan, at) == '=' || redact_peek(scan, at) == ':')
        at = redact_skip_blanks(scan, at + 1);
    at += redact_quote_at(scan, at).len;
    return redact_is_echo(scan, at) ? redact_echoed(scan, key, at) : 0;
}

/* --key-file <(echo -n x): the file that a shell makes of what is printed. */
size_t redact_echoed_file(redact_scan *scan, redact_key *key) {
    size_t file = key->end - 5, at = redact_skip_blanks(scan, key->end + 1);
    if (!key->dashes || key->end - key->start < 8 || !redact_folds_at(scan, file, "-file") ||
        !redact_is_at(scan, at, "<(") || !redact_is_echo(scan, at + 2))
        return 0;
    key->class = redact_classify(scan->r, scan->s + key->start, file - key->start);
    if (key->class.kind == BERTH_KEY_NONE) return 0;
    key->class = (berth_key_class){.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    return redact_echoed(scan, key, at + 2);
}

/* --- what an editor puts for a name ------------------------------------------------------------
 */

/* Back to the sign after the `s` of a substitution; 0: the name is not what one looks for. */
static size_t pattern_start(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    for (size_t i = key->start; i > 1 && key->start - i <= MARKS_MAX; i--) {
        bool begins =
            s[i - 2] == 's' && (i == 2 || byte_is(s[i - 3], BYTE_SPACE | BYTE_QUOTE) ||
                                byte_in(s[i - 3], ";{"));
        if (begins && !byte_is(s[i - 1], BYTE_WORD | BYTE_SPACE | BYTE_QUOTE) && s[i - 1] != '\\')
            return i;
        if (!memchr("@%{$<", s[i - 1], 5)) break;
    }
    return 0;
}

size_t redact_substituted(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t start = pattern_start(scan, key), at = key->end;
    if (!start) return 0;
    char sign = s[start - 1];
    while (at - key->end < MARKS_MAX && redact_peek(scan, at) != sign &&
           memchr("@%}>", redact_peek(scan, at), 4))
        at++;
    if (redact_peek(scan, at) != sign) return 0;
    size_t from = at + 1, to = from, stop = scan->len - at > PUT_MAX ? at + PUT_MAX : scan->len;
    while (to < stop && s[to] != sign && s[to] != '\n' && !byte_is(s[to], BYTE_QUOTE)) to++;
    bool sure = at > key->end || byte_in(s[key->start], "_@%");
    if (redact_peek(scan, to) != sign || memchr(s + from, '$', to - from)) return 0;
    bool mixed = redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to) &&
                 !memchr(s + from, '.', to - from); /* s#passwd.1#passwd.5# */
    if (!sure && !mixed) return 0;
    return mark(scan, from, to, key->rule);
}
