/* redact_argument.c - names and values as arguments and items: f("password", "x"),
 * set_password("ann", "x"), [--password, x]. */
#include <string.h>

#include "log/redact_private.h"

#define WORD_MAX 64
#define LIST_BACK 256
#define CALL_ARGUMENTS 4
#define MIXED_LEAST 6
#define BARE_LEAST 6
#define BARE_MAX 64

/* Past a flag that says that a value follows, as iscsiadm's; 0 when there is none. */
size_t redact_value_flag(const redact_scan *scan, size_t at) {
    static const char *const flags[] = {"-v",          "--value",     "--password", "--passwd",
                                        "--plaintext", "--iscrypted", "--plain"};
    if (redact_peek(scan, at) != '-') return 0;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        size_t end = at + strlen(flags[i]);
        if (redact_is_at(scan, at, flags[i]) && !byte_is(redact_peek(scan, end), BYTE_NAME))
            return end;
    }
    return 0;
}

/* ["password", "x", "y"]: what it was and what it became; `from` to `close` is the first. */
static size_t changed_items(redact_scan *scan, const redact_key *key, size_t from, size_t close,
                            size_t after) {
    size_t at = redact_skip_blanks(scan, after), last;
    if (redact_peek(scan, at) != ',' || key->class.weight == BERTH_KEY_WEAK) return 0;
    at = redact_skip_type(scan, redact_skip_blanks(scan, at + 1));
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return 0;
    size_t next = redact_quoted(scan, at, quote, &last);
    if (!memchr(")]}", redact_peek(scan, last + quote.len), 3)) return 0;
    bool mixed = redact_is_mixture(scan, from, close) && redact_is_mixture(scan, next, last) &&
                 redact_has_digit(scan, from, close) && redact_has_digit(scan, next, last);
    if (!mixed || !redact_is_secret(scan, key->class, from, close, SYNTAX_QUOTED)) return 0;
    redact_mark_secret(scan, from, close, key->rule);
    return redact_mark_secret(scan, next, last, key->rule) ? last : close;
}

/* "name", "value": an argument after its option, or a pair in brackets of its own. */
size_t redact_next_item(redact_scan *scan, const redact_key *key, size_t comma) {
    if (redact_peek(scan, key->end + key->quote.len) == ']') return 0; /* $c['pass'], 'x' */
    size_t at = redact_skip_blanks(scan, comma + 1), close;
    at = redact_skip_type(scan, at);
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return 0;
    size_t from = redact_quoted(scan, at, quote, &close), after = close + quote.len;
    if (redact_is_at(scan, after, ">>")) after += 2; /* <<"x">> */
    if (redact_value_flag(scan, from)) {
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
    bool first = open > 0 && memchr("({[", scan->s[open - 1], 3);
    bool pair = first && memchr(")]}", redact_peek(scan, after), 3);
    if (!pair) return first ? changed_items(scan, key, from, close, after) : 0;
    if (key->class.kind == BERTH_KEY_AUTH || key->class.kind == BERTH_KEY_COOKIE)
        return redact_value(scan, key, at, SYNTAX_QUOTED);
    bool word = true;
    for (size_t i = from; i < close; i++)
        word = word && byte_is(scan->s[i], BYTE_LOWER | BYTE_JOINT);
    return word ? 0 : redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* [-alias, z, --password, x], List(--password, x): what closes the list of arguments in which the
 * option stands; NUL: it stands in none. */
char redact_list_close(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t at = key->start - key->dashes, low = at > LIST_BACK ? at - LIST_BACK : 0;
    bool first = at > 0 && byte_in(s[at - 1], "[{(");
    if (!first && (at < 2 || s[at - 1] != ' ' || s[at - 2] != ',')) return '\0';
    redact_work(scan, 100);
    while (at > low && !byte_in(s[at - 1], "[{(]})\n")) at--;
    if (at == low) return '\0';
    if (s[at - 1] == '(') return at > 1 && byte_is(s[at - 2], BYTE_LETTER) ? ')' : '\0';
    return s[at - 1] == '[' ? ']' : s[at - 1] == '{' ? '}' : '\0';
}

/* The item after the option in such a list; with a blank in it only before another option or the
 * list's end. */
size_t redact_item_after(redact_scan *scan, const redact_key *key, size_t at, char close) {
    size_t end = at, stop = scan->len - at > WORD_MAX ? at + WORD_MAX : scan->len;
    if (redact_peek(scan, at) == '-') return 0;
    if (redact_quote_at(scan, at).len) return redact_value(scan, key, at, SYNTAX_QUOTED);
    while (end < stop && !byte_in(scan->s[end], ",\n") && scan->s[end] != close) end++;
    bool last = end < stop && scan->s[end] == close, option = redact_is_at(scan, end, ", -");
    if (!last && !option && redact_peek(scan, end) != ',') return 0;
    if (redact_has_blank(scan, at, end) && !((last || option) && redact_has_digit(scan, at, end)))
        return 0;
    if (!redact_is_secret(scan, key->class, at, end, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

static bool names_user(const redact_scan *scan, const redact_key *key) {
    for (size_t i = key->start; i + 4 <= key->end; i++) {
        if (redact_folds_at(scan, i, "user")) return true;
    }
    return false;
}

/* changeUserPassword("ann", "x"): the one after the comma. */
static size_t second_argument(redact_scan *scan, const redact_key *key, size_t comma) {
    size_t at = redact_skip_type(scan, redact_skip_blanks(scan, comma + 1));
    return redact_quote_at(scan, at).len ? redact_value(scan, key, at, SYNTAX_QUOTED) : 0;
}

/* set_password("ann", "x"), set_password("service", "ann", "x"): the last one, where all of them
 * are texts and it looks like one or is the third; 0: the first one is it. */
static size_t last_argument(redact_scan *scan, const redact_key *key, size_t comma) {
    size_t at = comma, from = 0, close = comma, last = 0;
    for (unsigned n = 1; n < CALL_ARGUMENTS && redact_peek(scan, at) == ','; n++) {
        last = redact_skip_type(scan, redact_skip_blanks(scan, at + 1));
        redact_quote quote = redact_quote_at(scan, last);
        if (!quote.len) return 0;
        from = redact_quoted(scan, last, quote, &close);
        at = close + quote.len;
        if (n > 1 && redact_peek(scan, at) == ')') {
            size_t end = redact_value(scan, key, last, SYNTAX_QUOTED);
            return end ? end : close;
        }
    }
    bool odd = close - from >= MIXED_LEAST && redact_is_mixture(scan, from, close) &&
               redact_has_digit(scan, from, close);
    if (redact_peek(scan, at) != ')') return 0;
    if (redact_is_masked(scan->r, scan->s + from, close - from)) return close;
    return odd ? redact_value(scan, key, last, SYNTAX_QUOTED) : 0;
}

/* delete_password('service', 'ann'): tells whose. */
static bool is_removal(const redact_scan *scan, const redact_key *key) {
    size_t name = key->end;
    while (name > key->start && scan->s[name - 1] != '.') name--;
    return key->class.kind == BERTH_KEY_PASSWORD && (redact_folds_at(scan, name, "delete") ||
                                                     redact_folds_at(scan, name, "remove"));
}

/* password("x"), Password('x'): the one argument. */
/* PASSWORD(x), Secret(x), as commands of mainframes and printers of objects write them: letters and
 * digits. */
static size_t bare_argument(redact_scan *scan, const redact_key *key, size_t open) {
    size_t from = open + 1, to = from;
    bool kind = key->class.kind == BERTH_KEY_PASSWORD || key->class.kind == BERTH_KEY_SECRET;
    if (!kind || open != key->end || !byte_is(scan->s[key->start], BYTE_UPPER)) return 0;
    while (to < scan->len && to - from < BARE_MAX && byte_is(scan->s[to], BYTE_WORD)) to++;
    if (redact_peek(scan, to) != ')' || to - from < BARE_LEAST ||
        !redact_is_mixture(scan, from, to) || !redact_has_digit(scan, from, to) ||
        redact_is_term(scan->s + from, to - from))
        return 0;
    return redact_value(scan, key, from, SYNTAX_TIGHT);
}

size_t redact_argument(redact_scan *scan, const redact_key *key, size_t open) {
    if (redact_is_lookup(scan->s + key->start, key->end - key->start)) return 0;
    if (is_removal(scan, key)) return 0;
    if (key->quote.mark == '`') return 0; /* KEY `idx_token` (`token`) */
    bool third = key->end - key->start > 16 && /* (tenant, client, x) of Azure */
                 redact_folds_at(scan, key->end - 16, "secretcredential");
    if (!third &&
        (key->class.kind == BERTH_KEY_AUTH || key->class.kind == BERTH_KEY_CREDENTIAL)) {
        bool found;
        size_t end = redact_tuple(scan, key, open, &found);
        if (found) return end;
    }
    static const char *const names[] = {"plain", "value", "raw", "text", "data", "plaintext"};
    size_t at = redact_skip_type(scan, open + 1), close, word = at;
    while (byte_is(redact_peek(scan, word), BYTE_LOWER)) word++;
    if (redact_peek(scan, word) == '=' && IS_ONE_OF(scan->s + at, word - at, names))
        at = redact_skip_type(scan, word + 1); /* verify_password(plain='x') */
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return bare_argument(scan, key, open);
    redact_quoted(scan, at, quote, &close);
    char c = redact_peek(scan, close + quote.len);
    if (c != ')' && c != ',') return 0;
    bool user = key->class.kind == BERTH_KEY_CREDENTIAL || names_user(scan, key);
    if (c == ',' && third) return last_argument(scan, key, close + quote.len);
    if (c == ',' && user) return second_argument(scan, key, close + quote.len);
    size_t name = key->end;
    while (name > key->start && scan->s[name - 1] != '.') name--;
    bool sets = c == ',' && redact_folds_at(scan, name, "set");
    size_t end = sets ? last_argument(scan, key, close + quote.len) : 0;
    return end ? end : redact_value(scan, key, at, SYNTAX_QUOTED);
}
