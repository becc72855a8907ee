/* redact_told.c - names of secrets that are values themselves: {"name": "password", "value": "x"},
 * <property name="password" value="x"/>, <key>Password</key><string>x</string>, form data. */
#include <string.h>

#include "log/redact_private.h"

#define REACH 160 /* bytes between the name and its value */
#define TAGS_MAX 4

static const char *const tellers[] = {
    "name", "key",     "field",    "id",     "k",     "param",  "parameter", "variable", "var",
    "p",    "attr", "setting", "property", "header", "label", "option", "attribute", "type",     "env",
};
static const char *const values[] = {
    "value", "val", "v", "content", "data", "default", "string", "text", "stringvalue",
};

/* The start of `name` in name="password", where the name before the key tells one; SIZE_MAX. */
static size_t teller_before(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t i = key->start;
    while (i > 0 && (s[i - 1] == '-' || s[i - 1] == '.')) i--;
    if (i > 0 && byte_is(s[i - 1], BYTE_QUOTE)) i--;
    while (i > 0 && s[i - 1] == '\\') i--;
    while (i > 0 && key->start - i < REACH && s[i - 1] == ' ') i--;
    if (i == 0 || (s[i - 1] != '=' && s[i - 1] != ':')) return SIZE_MAX;
    i--;
    while (i > 0 && key->start - i < REACH && s[i - 1] == ' ') i--;
    if (i > 0 && byte_is(s[i - 1], BYTE_QUOTE)) i--;
    while (i > 0 && s[i - 1] == '\\') i--;
    size_t end = i;
    while (i > 0 && end - i < BERTH_KEY_NAME_MAX && byte_is(s[i - 1], BYTE_LETTER)) i--;
    if (i > 0 && byte_is(s[i - 1], BYTE_NAME)) return SIZE_MAX;
    return IS_ONE_OF(s + i, end - i, tellers) ? i : SIZE_MAX;
}

/* The end of the value of the name at `at`, when that is `value` or the like; *named tells. */
static size_t named_value(redact_scan *scan, const redact_key *key, size_t at, bool *named) {
    const char *s = scan->s;
    size_t end = at;
    while (end < scan->len && end - at < BERTH_KEY_NAME_MAX && byte_is(s[end], BYTE_LETTER)) end++;
    if (!IS_ONE_OF(s + at, end - at, values)) return 0;
    redact_quote quote = redact_quote_at(scan, end);
    size_t i = redact_skip_blanks(scan, end + quote.len);
    if (i >= scan->len || (s[i] != '=' && s[i] != ':')) return 0;
    if (++i < scan->len && s[i] == '>') i++;
    redact_key told = *key;
    told.quote = quote;
    told.dashes = 0;
    *named = true;
    return redact_value(scan, &told, redact_skip_blanks(scan, i),
                        quote.len ? SYNTAX_QUOTED : SYNTAX_TIGHT);
}

/* The first value between two places of one object or tag; `text` may follow a tag. */
static size_t value_between(redact_scan *scan, const redact_key *key, size_t from, size_t to,
                            bool text) {
    const char *s = scan->s;
    for (size_t i = from; i < to; i++) {
        if (s[i] == '}' || (s[i] == '\n' && i > from && s[i - 1] == '\n')) return 0;
        if (s[i] == '>' && i > 0 && s[i - 1] != '=' && s[i - 1] != '-')
            return text && s[i - 1] != '/' ? redact_element(scan, key, i + 1) : 0;
        bool first = memchr("vcdstVCDST", s[i], 10) != NULL; /* of the words in `values` */
        if (!first || (i > 0 && byte_is(s[i - 1], BYTE_NAME))) continue;
        bool named = false;
        size_t end = named_value(scan, key, i, &named);
        if (named) return end;
    }
    return 0;
}

/* Form data: the value stands after an empty line, which may be escaped. */
static size_t form_value(redact_scan *scan, const redact_key *key) {
    static const char *const gaps[] = {"\r\n\r\n", "\n\n", "\\r\\n\\r\\n"};
    const char *s = scan->s;
    for (size_t n = 0; n < sizeof gaps / sizeof *gaps; n++) {
        size_t len = strlen(gaps[n]), from = key->end + key->quote.len + len;
        if (from > scan->len || memcmp(s + from - len, gaps[n], len) != 0) continue;
        size_t end = from;
        while (end < scan->len && s[end] != '\r' && s[end] != '\n' &&
               !(s[end] == '\\' && end + 1 < scan->len && s[end + 1] == 'r'))
            end++;
        if (!redact_is_secret(scan, key->class, from, end, SYNTAX_QUOTED)) return 0;
        return redact_mark_secret(scan, from, end, key->rule) ? end : 0;
    }
    return 0;
}

/* <key>Password</key> <string>x</string> */
static size_t sibling_value(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t word = key->start - 1, last = word;
    while (word > 0 && last - word < BERTH_KEY_NAME_MAX && byte_is(s[word - 1], BYTE_LETTER)) word--;
    if (!IS_ONE_OF(s + word, last - word, tellers)) return 0;
    size_t i = key->end, stop = scan->len - i > REACH ? i + REACH : scan->len;
    if (stop - i < 2 || s[i] != '<' || s[i + 1] != '/') return 0;
    for (unsigned tags = 0; tags < TAGS_MAX && i < stop; tags++) {
        const char *close = memchr(s + i, '>', stop - i);
        if (!close) return 0;
        i = (size_t)(close - s) + 1;
        while (i < stop && byte_is(s[i], BYTE_SPACE)) i++;
        if (i < stop && s[i] != '<') return tags > 0 ? redact_element(scan, key, i) : 0;
    }
    return 0;
}

size_t redact_told(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    if (key->start > 0 && s[key->start - 1] == '>') return sibling_value(scan, key);
    size_t teller = teller_before(scan, key);
    if (teller == SIZE_MAX) return 0;
    size_t end = key->quote.len ? form_value(scan, key) : 0;
    if (end) return end;
    size_t after = key->end + key->quote.len;
    /* name=password=x is a pair, not a name told */
    if (after < scan->len && (s[after] == '=' || s[after] == ':')) return 0;
    size_t stop = scan->len - after > REACH ? after + REACH : scan->len;
    end = value_between(scan, key, after, stop, true);
    if (end) return end;
    size_t open = teller, low = teller > REACH ? teller - REACH : 0;
    while (open > low && s[open - 1] != '{' && s[open - 1] != '<' && s[open - 1] != '}') open--;
    value_between(scan, key, open, teller, false);
    return 0;
}
