/* redact_items.c - values in brackets: the two texts of a tuple, the items of a list. */
#include <string.h>

#include "log/redact_private.h"

#define ITEMS_MAX 1000
#define LOGIN_LEAST 8 /* bytes of a password that has no signs */

/* ('ann', 'x'): the second text.  *found: there are two. */
size_t redact_tuple(redact_scan *scan, const redact_key *key, size_t at, bool *found) {
    *found = false;
    size_t i = redact_skip_blanks(scan, at + 1), close;
    i = redact_skip_type(scan, i);
    redact_quote quote = redact_quote_at(scan, i);
    if (!quote.len) return 0;
    redact_quoted(scan, i, quote, &close);
    i = redact_skip_blanks(scan, close + quote.len);
    if (redact_peek(scan, i) != ',') return 0;
    i = redact_skip_type(scan, redact_skip_blanks(scan, i + 1));
    quote = redact_quote_at(scan, i);
    if (!quote.len) return 0;
    size_t from = redact_quoted(scan, i, quote, &close);
    *found = true;
    if (memchr(scan->s + from, '_', close - from) && !redact_has_odd_bytes(scan, from, close))
        return 0; /* 'OAuth': ('oauth_get', 'oauth_encode') */
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (!redact_is_secret(scan, class, from, close, SYNTAX_QUOTED)) return 0;
    return redact_mark_value(scan, key, from, close, false) ? close : 0;
}

/* [a, b] under a plural, as YAML has it: words that mix letters and digits. */
static size_t bare_items(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t done = 0;
    for (unsigned n = 0; n < ITEMS_MAX; n++) {
        size_t from = at;
        while (at < scan->len && !byte_is(s[at], BYTE_SPACE) && s[at] != ',' && s[at] != ']') at++;
        bool mixed = redact_is_mixture(scan, from, at) && redact_has_digit(scan, from, at);
        if (mixed && redact_is_secret(scan, key->class, from, at, SYNTAX_TIGHT) &&
            redact_mark_secret(scan, from, at, key->rule))
            done = at;
        if (redact_peek(scan, at) != ',') break;
        at = redact_skip_blanks(scan, at + 1);
    }
    return done;
}

/* auth=["ann", "x1"]: two texts, the second of letters and digits; but ["basic", "digest"]. */
static bool is_login_list(const redact_scan *scan, size_t at) {
    size_t i = redact_skip_blanks(scan, at + 1), from = i, close = i;
    for (unsigned n = 0; n < 2; n++) {
        redact_quote quote = redact_quote_at(scan, i);
        if (!quote.len) return false;
        from = redact_quoted(scan, i, quote, &close);
        i = redact_skip_blanks(scan, close + quote.len);
        if (redact_peek(scan, i) != (n ? ']' : ',')) return false;
        i = redact_skip_blanks(scan, i + 1);
    }
    bool word = close - from >= LOGIN_LEAST && redact_is_mixture(scan, from, close) &&
                redact_has_digit(scan, from, close) &&
                bytes_are_all(scan->s + from, close - from, BYTE_WORD);
    return word || redact_looks_random(scan->s + from, close - from);
}

/* secrets=['get', 'list']: what somebody may do with them. */
static bool is_permission(const redact_scan *scan, const redact_key *key, const char *s,
                          size_t len) {
    static const char *const verbs[] = {"get",    "list",    "set",    "read",    "write",
                                        "create", "update",  "delete", "patch",   "watch",
                                        "backup", "restore", "purge",  "recover", "import",
                                        "sign",   "verify",  "wrap",   "unwrap",  "encrypt",
                                        "decrypt"};
    return key->end - key->start == 7 && redact_folds_at(scan, key->start, "secrets") &&
           IS_ONE_OF(s, len, verbs);
}

/* ["a", "b"]: every text in it. */
static size_t list_values(redact_scan *scan, const redact_key *key, size_t at) {
    size_t i = at + 1, end = 0;
    bool login = key->class.kind == BERTH_KEY_AUTH && is_login_list(scan, at);
    if (login || key->class.kind == BERTH_KEY_CREDENTIAL) {
        bool found;
        end = redact_tuple(scan, key, at, &found);
        if (found) return end;
    }
    for (unsigned n = 0; n < ITEMS_MAX; n++) {
        i = redact_skip_blanks(scan, i);
        redact_quote quote = redact_quote_at(scan, i);
        if (!quote.len && key->class.plural && !key->quote.len) return bare_items(scan, key, i);
        if (!quote.len) break;
        if (key->class.kind == BERTH_KEY_AUTH) return redact_header(scan, key, i, SYNTAX_QUOTED);
        size_t close, from = redact_quoted(scan, i, quote, &close);
        if (!is_permission(scan, key, scan->s + from, close - from) &&
            redact_is_secret(scan, key->class, from, close, SYNTAX_QUOTED) &&
            redact_mark_value(scan, key, from, close, false))
            end = close;
        i = redact_skip_blanks(scan, close + quote.len);
        if (redact_peek(scan, i) != ',') break;
        i++;
    }
    return end;
}

/* [x]: one value in brackets, as Go prints lists; [a-z]x: a value that begins with one. */
static size_t bracketed(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax) {
    size_t end = redact_bare_end(scan, at);
    const char *close = memchr(scan->s + at, ']', end - at);
    if (key->quote.len || !close) return 0;
    size_t inner = (size_t)(close - scan->s);
    if (inner + 1 < end && key->class.weight == BERTH_KEY_STRONG)
        return redact_mark_value(scan, key, at, end, true) ? end : 0;
    if (inner + 1 != end || !redact_is_mixture(scan, at + 1, inner) ||
        !redact_is_secret(scan, key->class, at + 1, inner, syntax))
        return 0;
    return redact_mark_value(scan, key, at + 1, inner, true) ? inner : 0;
}

size_t redact_items(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax) {
    size_t end = list_values(scan, key, at);
    return end ? end : bracketed(scan, key, at, syntax);
}
