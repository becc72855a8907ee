/* redact_format.c - values whose names are told before them, in the same order and with the same
 * sign between them: "fields (login|pw|shell): ann|x|/bin/sh", "user:pass:host = ann:x:db-1". */
#include <string.h>

#include "log/redact_private.h"

#define NAMES_MAX 12
#define NAME_MAX 24
#define VALUE_MAX 128
#define WORD_BACK 16

typedef struct format {
    char sign;
    size_t start, end; /* of the names */
    size_t count, place; /* of them, and of the secret's */
    bool known;          /* another one is that of an account, a host or the like */
    bool told;           /* that it is a format */
} format;

static bool is_field(const char *s, size_t len) {
    static const char *const names[] = {
        "user", "username", "login", "name",     "email", "uid",  "account", "host",   "hostname",
        "ip",   "server",   "db",    "database", "port",  "role", "shell",   "domain", "usr",
        "mail", "dbname",   "gid",   "home",     "id",    "group"};
    return IS_ONE_OF(s, len, names);
}

/* The name that ends at `end`, or that begins at `at`: its other end. */
static size_t name_start(const redact_scan *scan, size_t end) {
    size_t at = end;
    while (at > 0 && end - at < NAME_MAX && (byte_is(scan->s[at - 1], BYTE_LETTER) ||
                                             scan->s[at - 1] == '_'))
        at--;
    return at;
}

static size_t name_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end - at < NAME_MAX &&
           (byte_is(redact_peek(scan, end), BYTE_LETTER) || redact_peek(scan, end) == '_'))
        end++;
    return end;
}

/* The names around the key. */
static bool read_names(const redact_scan *scan, const redact_key *key, format *f) {
    const char *s = scan->s;
    f->start = key->start;
    f->end = key->end;
    f->count = 1;
    while (f->start > 1 && s[f->start - 1] == f->sign && f->count < NAMES_MAX) {
        size_t from = name_start(scan, f->start - 1);
        if (from == f->start - 1) return false;
        f->known = f->known || is_field(s + from, f->start - 1 - from);
        f->start = from;
        f->count++;
        f->place++;
    }
    while (redact_peek(scan, f->end) == f->sign && f->count < NAMES_MAX) {
        size_t to = name_end(scan, f->end + 1);
        if (to == f->end + 1) break; /* the sign before the values */
        f->known = f->known || is_field(s + f->end + 1, to - f->end - 1);
        f->end = to;
        f->count++;
    }
    char before = f->start > 0 ? s[f->start - 1] : ' ', after = redact_peek(scan, f->end);
    return f->count > 1 && f->known && !byte_is(after, BYTE_WORD) &&
           (byte_is(before, BYTE_SPACE | BYTE_QUOTE) || byte_in(before, "([{<="));
}

/* Past what joins the names and the values; 0: nothing does. */
static size_t skip_to_values(const redact_scan *scan, format *f) {
    static const char *const words[] = {"format", "fields", "columns", "layout", "order",
                                        "syntax", "schema", "header",  "form",   "as",    "is"};
    static const char *const joints[] = {"->", "=>", "\xe2\x86\x92", ":=", "==", "=", ":", "e.g."};
    size_t word = f->start, end, i = f->end;
    while (word > 0 && f->start - word < 3 && byte_in(scan->s[word - 1], " :=([{<\"'`")) word--;
    end = word;
    while (word > 0 && end - word < WORD_BACK && byte_is(scan->s[word - 1], BYTE_LETTER)) word--;
    f->told = IS_ONE_OF(scan->s + word, end - word, words);
    if (byte_in(redact_peek(scan, i), ")]}>\"'`")) i++;
    if (redact_is_at(scan, i, ", e.g.")) i++;
    i = redact_skip_blanks(scan, i);
    for (size_t n = 0; n < sizeof joints / sizeof *joints; n++) {
        if (!redact_is_at(scan, i, joints[n])) continue;
        size_t from = redact_skip_blanks(scan, i + strlen(joints[n]));
        /* user:pass:x itself; secret,id=x,data=y */
        if (from == f->end + 1 && byte_in(f->sign, ":,")) return 0;
        if (redact_peek(scan, from) == '\n') from = redact_skip_blanks(scan, from + 1);
        return from + byte_is(redact_peek(scan, from), BYTE_QUOTE);
    }
    return 0;
}

/* The value at the secret's place, where as many stand as there are names. */
static bool find_value(const redact_scan *scan, const format *f, size_t at, size_t *from,
                       size_t *to) {
    const char *s = scan->s;
    *from = at;
    *to = 0;
    for (size_t n = 0, i = at; i - at < VALUE_MAX * NAMES_MAX; i++) {
        bool ends = i >= scan->len || (unsigned char)s[i] <= 0x20 || byte_is(s[i], BYTE_QUOTE) ||
                    byte_in(s[i], f->sign == ',' || f->sign == ';' ? ")]}" : ",;)]}");
        if (!ends && s[i] != f->sign) continue;
        if (n == f->place) *to = i;
        n++;
        if (ends) return n == f->count && *to > *from;
        if (n <= f->place) *from = i + 1;
    }
    return false;
}

static bool is_sign(char c) {
    switch (c) {
    case '/': case '|': case ':': case ';': case ',':
        return true;
    default:
        return false;
    }
}

/* Back over `name, ` and `$name, ` before the name at `at`. */
static size_t name_before(const redact_scan *scan, size_t at) {
    if (at < 3 || scan->s[at - 1] != ' ' || scan->s[at - 2] != ',') return at;
    size_t from = name_start(scan, at - 2);
    if (from == at - 2) return at;
    return from > 0 && byte_in(scan->s[from - 1], "$@") ? from - 1 : from;
}

/* user, password = 'ann', 'x' */
static bool assigned(redact_scan *scan, const redact_key *key, size_t *end) {
    size_t start = key->start - (key->start > 0 && byte_in(scan->s[key->start - 1], "$@"));
    size_t place = 0, count = 1, i = key->end, before;
    for (; place < NAMES_MAX && (before = name_before(scan, start)) < start; place++)
        start = before;
    if (place == 0 && redact_peek(scan, i) != ',') return false;
    for (count += place; count < NAMES_MAX && redact_is_at(scan, i, ", "); count++) {
        size_t from = i + 2 + byte_in(redact_peek(scan, i + 2), "$@");
        i = name_end(scan, from);
        if (i == from) return false;
    }
    i = redact_skip_blanks(scan, i);
    i += redact_peek(scan, i) == ':';
    if (count < 2 || redact_peek(scan, i) != '=' || redact_peek(scan, i + 1) != ' ') return false;
    size_t at = redact_skip_blanks(scan, i + 1), from = 0, to = 0, close;
    for (size_t n = 0; n < count; n++) {
        redact_quote quote = redact_quote_at(scan, at);
        if (!quote.len) return false;
        size_t text = redact_quoted(scan, at, quote, &close);
        if (n == place) from = text, to = close;
        at = close + quote.len;
        if (n + 1 < count && redact_peek(scan, at) != ',') return false;
        at = redact_skip_blanks(scan, at + 1);
    }
    if (redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED) &&
        redact_mark_secret(scan, from, to, key->rule))
        *end = to;
    return true;
}

bool redact_format(redact_scan *scan, const redact_key *key, size_t *end) {
    const char *s = scan->s;
    bool listed = redact_peek(scan, key->end) == ',' ||
                  (key->start > 2 && byte_in(s[key->start - 1], " $@") &&
                   byte_in(redact_peek(scan, key->end), " =:") &&
                   byte_in(s[key->start - 2], ", "));
    if (listed && !key->quote.len && !key->dashes && assigned(scan, key, end)) return true;
    char after = redact_peek(scan, key->end), before = key->start > 1 ? s[key->start - 1] : ' ';
    bool first = is_sign(after) && byte_is(redact_peek(scan, key->end + 1), BYTE_LETTER);
    if (!first && !(is_sign(before) && byte_is(s[key->start - 2], BYTE_LETTER))) return false;
    format f = {.sign = first ? after : before};
    if (key->quote.len || key->dashes) return false;
    redact_work(scan, 80);
    if (!read_names(scan, key, &f)) return false;
    size_t from, to, at = skip_to_values(scan, &f);
    /* login|passwd|logout: choose one; (user|password|role) */
    bool apart = at || (f.start > 0 && byte_in(s[f.start - 1], "([{<") &&
                        byte_in(redact_peek(scan, f.end), ")]}>"));
    if (!at || !find_value(scan, &f, at, &from, &to))
        return apart && f.count > 2 && f.sign == '|';
    bool odd = f.told || (redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to)) ||
               redact_looks_random(s + from, to - from);
    if (odd && redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT) &&
        redact_mark_secret(scan, from, to, key->rule))
        *end = to;
    return true;
}
