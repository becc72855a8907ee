/* redact_header.c - what stands in headers: Authorization and its schemes, cookies. */
#include <string.h>

#include "log/redact_private.h"

#define REGION_MAX 1024
#define SCHEME_LEAST 8 /* characters of a credential that stands after a scheme alone */
#define BASIC_MAX 512
#define DIGEST_BACK 256

typedef struct scheme {
    const char *name;
    bool parameters; /* what follows are name="value" pairs, not one credential */
} scheme;

static const scheme schemes[] = {
    {"basic", false},
    {"plain", false},
    {"xoauth2", false},
    {"bearer", false},
    {"token", false},
    {"negotiate", false},
    {"ntlm", false},
    {"apikey", false},
    {"api-key", false},
    {"key", false},
    {"jwt", false},
    {"dpop", false},
    {"kerberos", false},
    {"splunk", false},
    {"sso-key", false},
    {"bot", false},
    {"oauth2", false},
    {"sharedkey", false},
    {"sharedkeylite", false},
    {"geniekey", false},
    {"ssws", false},
    {"apitoken", false},
    {"api-token", false},
    {"pat", false},
    {"aws", false},
    {"hmac", false},
    {"digest", true},
    {"oauth", true},
    {"hawk", true},
    {"mac", true},
    {"signature", true},
    {"aws4-hmac-sha256", true},
    {"aws4-ecdsa-p256-sha256", true},
    {"sharedaccesssignature", true},
};

/* Parameters whose values are as good as the password. */
static const char *const proofs[] = {"response", "cnonce",    "mac",         "oauth_signature",
                                     "sig",      "signature", "oauth_token", "assertion",
                                     "token",    "apikey"};

static const scheme *find_scheme(const char *s, size_t len) {
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (bytes_are_word(s, len, schemes[i].name)) return &schemes[i];
    }
    return NULL;
}

static bool is_credential_byte(char c) {
    return byte_is(c, BYTE_WORD | BYTE_HIGH) || byte_in(c, "._~+/=-|:%!$*@#^?");
}

static size_t token_end(const redact_scan *scan, size_t at, size_t stop) {
    while (at < stop && is_credential_byte(scan->s[at])) at++;
    return at;
}

/* response="..." and its like between two places. */
static size_t proof_values(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    const char *s = scan->s;
    size_t done = 0;
    if (from < scan->region_end) return 0; /* seen from a header before */
    if (to - from > REGION_MAX) to = from + REGION_MAX;
    scan->region_end = to;
    for (size_t i = from; i < to; i++) {
        if (!byte_is(s[i], BYTE_LETTER) || byte_is(s[i - 1], BYTE_NAME)) continue;
        size_t end = i;
        while (end < to && byte_is(s[end], BYTE_NAME)) end++;
        if (IS_ONE_OF(s + i, end - i, proofs) && end < to && s[end] == '=') {
            redact_key inner = *key;
            inner.class =
                (berth_key_class){.kind = BERTH_KEY_SIGNATURE, .weight = BERTH_KEY_STRONG};
            inner.quote.len = 0;
            size_t value = redact_value(scan, &inner, end + 1, SYNTAX_TIGHT);
            if (value) done = end = value;
        }
        i = end;
    }
    return done;
}

/* Digest username="ann", realm="y", nonce="z", response="x" without the header's name: a challenge
 * has no such answer. */
void redact_digest(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > DIGEST_BACK ? at - DIGEST_BACK : 0, from = at, to = at + 1;
    size_t stop = scan->len - at > REGION_MAX / 2 ? at + REGION_MAX / 2 : scan->len;
    bool realm = false;
    if (at < scan->digest_end) return;
    scan->digest_end = stop;
    redact_work(scan, 500);
    for (; from > low && s[from - 1] != '\n'; from--)
        realm = realm || (s[from - 1] == 'r' && redact_is_at(scan, from - 1, "realm="));
    for (; to < stop && s[to] != '\n'; to++)
        realm = realm || (s[to] == 'r' && redact_is_at(scan, to, "realm="));
    redact_key key = {.start = at, .end = at, .rule = RULE_SCHEME};
    if (realm) proof_values(scan, &key, at + 1, to);
}

/* ann:x as the value of auth= or --user: the part after the colon. */
size_t redact_user_and_password(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    static const char *const others[] = {"role", "rule"};
    const char *colon = memchr(scan->s + from, ':', to - from);
    if (!colon || colon == scan->s + from) return 0;
    size_t at = (size_t)(colon - scan->s) + 1;
    if (IS_ONE_OF(scan->s + from, at - 1 - from, others) && !redact_has_digit(scan, at, to))
        return 0; /* role:admin, in a policy */
    for (size_t i = from; i + 1 < at; i++) {
        if (!byte_is(scan->s[i], BYTE_NAME) && scan->s[i] != '@' && scan->s[i] != '\\') return 0;
    }
    if (at >= to || scan->s[at] == '/' || byte_is(scan->s[at], BYTE_SPACE)) return 0;
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (!redact_is_secret(scan, class, at, to, SYNTAX_QUOTED)) return 0;
    return redact_mark_secret(scan, at, to, key->rule) ? to : 0;
}

/* Is the first = of the region at the end of base64 text? */
static bool is_padding(const char *s, size_t at, size_t to) {
    const char *sign = memchr(s + at, '=', to - at);
    const char *end = s + to;
    return sign && (sign + 1 == end || !byte_is(sign[1], BYTE_WORD));
}

/* Token token="x", nonce="y"; but not the padding of base64 before a mark that closes. */
static bool has_parameters(const redact_scan *scan, size_t at, size_t to) {
    while (at < to && byte_is(scan->s[at], BYTE_NAME)) at++;
    redact_quote quote =
        at < to && scan->s[at] == '=' ? redact_quote_at(scan, at + 1) : (redact_quote){0};
    char next = redact_peek(scan, at + 1 + quote.len);
    return quote.len && at + 1 + quote.len < to && !byte_is(next, BYTE_SPACE) &&
           !byte_in(next, ",;:)]}\\");
}

/* The rest of a header that was folded: on the next line, after a blank. */
size_t redact_folded(redact_scan *scan, const redact_key *key, size_t line) {
    size_t next = line + (redact_peek(scan, line) == '\r') + 1, at = redact_skip_blanks(scan, next);
    if (redact_peek(scan, next - 1) != '\n' || at == next) return 0;
    size_t end = token_end(scan, at, scan->len);
    if (redact_is_pair(scan, at) || !redact_looks_random(scan->s + at, end - at)) return 0;
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

/* The region [from, to) of a header's value. */
static size_t header_region(redact_scan *scan, const redact_key *key, size_t from, size_t to,
                            redact_syntax syntax) {
    redact_work(scan, 150);
    const char *s = scan->s;
    size_t word = from;
    while (word < to && (byte_is(s[word], BYTE_WORD) || s[word] == '-')) word++;
    const scheme *found = find_scheme(s + from, word - from);
    if (found && word < to && (s[word] == ' ' || s[word] == '+')) {
        size_t at = redact_skip_blanks(scan, word + 1);
        if (key->class.weight == BERTH_KEY_WEAK && redact_pair_follows(scan, at) && at < to &&
            memchr(s + at, '=', to - at) && !is_padding(s, at, to))
            return 0; /* auth=basic host=x */
        if (found->parameters || has_parameters(scan, at, to))
            return proof_values(scan, key, at, to);
        size_t end = token_end(scan, at, to);
        if (redact_is_at(scan, at, "${") || redact_is_at(scan, at, "<") ||
            redact_is_at(scan, at, "{{"))
            return 0;
        if (syntax == SYNTAX_QUOTED && end < to && s[end] != ',') end = to;
        if (!redact_is_secret(scan, key->class, at, end, syntax)) return 0;
        if (key->class.weight == BERTH_KEY_WEAK && end - at < SCHEME_LEAST) return 0;
        return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
    }
    if (found && (word == to || !is_credential_byte(s[word])))
        return redact_folded(scan, key, word); /* alone */
    size_t end = syntax == SYNTAX_QUOTED ? to : token_end(scan, from, to);
    if (key->class.weight == BERTH_KEY_WEAK) {
        size_t done = redact_user_and_password(scan, key, from, end);
        if (done) return done;
    } else if (syntax != SYNTAX_QUOTED && word == end && end < to && s[end] == ' ') {
        /* a scheme that is not known: the credential is the next word when it looks like one */
        size_t next = end + 1, stop = token_end(scan, next, to);
        if (redact_looks_random(s + next, stop - next) && !redact_is_at(scan, next, "AAAA") &&
            redact_mark_secret(scan, next, stop, key->rule))
            return stop;
    }
    if (!redact_is_secret(scan, key->class, from, end, syntax)) return 0;
    return redact_mark_secret(scan, from, end, key->rule) ? end : 0;
}

size_t redact_header(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax) {
    if (at < scan->len && byte_is(scan->s[at], BYTE_LETTER) && at + 1 < scan->len &&
        byte_is(scan->s[at + 1], BYTE_QUOTE))
        at++; /* u'', b'' */
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = at + quote.len, to;
    if (quote.len) {
        to = redact_quote_close(scan, from, quote);
        if (to == SIZE_MAX) to = redact_open_end(scan, from);
        syntax = SYNTAX_QUOTED;
    } else if (key->quote.len) { /* "name": null */
        to = redact_bare_end(scan, from);
    } else {
        size_t stop = scan->len - from > REGION_MAX ? from + REGION_MAX : scan->len;
        const char *back = memchr(scan->s + from, '\r', stop - from);
        to = redact_string_end(scan, from);
        if (to > stop) to = stop;
        if (back && (size_t)(back - scan->s) < to) to = (size_t)(back - scan->s);
    }
    return header_region(scan, key, from, to, syntax);
}

/* --- cookies ----------------------------------------------------------------------------- */

static bool is_cookie_attribute(const char *s, size_t len) {
    static const char *const names[] = {"path",     "domain",  "expires", "max-age",
                                        "samesite", "version", "comment", "priority"};
    return IS_ONE_OF(s, len, names);
}

/* Settings of a visitor beside the session: not secret unless they look like one. */
static bool is_plain_cookie(const char *s, size_t len) {
    static const char *const names[] = {"theme",    "lang",     "language", "locale", "tz",
                                        "timezone", "currency", "consent",  "region", "user",
                                        "username", "project",  "tenant",   "view"};
    return IS_ONE_OF(s, len, names);
}

/* Europe/Oslo, America%2FNew_York: words that begin with a capital and have no other one. */
static bool is_zone(const redact_scan *scan, size_t from, size_t to) {
    size_t slashes = 0, word = from;
    for (size_t i = from; i < to; i++) {
        bool coded = redact_folds_at(scan, i, "%2f"), capital = byte_is(scan->s[i], BYTE_UPPER);
        if (coded || byte_in(scan->s[i], "/_")) {
            slashes += scan->s[i] != '_';
            i += coded ? 2 : 0;
            word = i + 1;
        } else if (capital != (i == word) || !byte_is(scan->s[i], BYTE_LETTER)) {
            return false;
        }
    }
    return slashes > 0 && word < to;
}

/* next=%2Fservers%3Fsid%3D1: where to go, which may hold secrets under names of their own. */
static bool is_destination(const redact_scan *scan, size_t name, size_t len, size_t value) {
    static const char *const names[] = {"next",   "return", "return_to",   "returnto", "redirect",
                                        "url",    "path",   "destination", "referer",  "referrer",
                                        "target", "goto",   "continue",    "redirect_uri"};
    char c = redact_peek(scan, value);
    bool path =
        c == '/' || redact_folds_at(scan, value, "%2f") || redact_folds_at(scan, value, "http");
    return path && IS_ONE_OF(scan->s + name, len, names);
}

static bool is_cookie_byte(char c) {
    return (unsigned char)c > 0x20 && !byte_is(c, BYTE_QUOTE) && c != ';' && c != ',' && c != '\\';
}

/* One name=value at *at; false when there is none.  As a `parameter` it ends before the next one.
 */
static bool cookie(redact_scan *scan, size_t *at, size_t *done, bool parameter) {
    const char *s = scan->s;
    size_t i = *at, from = i;
    while (i < scan->len && is_cookie_byte(s[i]) && s[i] != '=' && !(parameter && s[i] == '&')) i++;
    size_t name_end = i;
    bool pair = i < scan->len && s[i] == '=' && i > from;
    if (!pair && i > from && (i >= scan->len || s[i] == ';')) { /* HttpOnly, Secure */
        *at = i;
        return *done != 0;
    }
    if (!pair) return false;
    redact_quote quote = redact_quote_at(scan, ++i); /* name="x" */
    size_t value = i += quote.len == 1 ? 1 : 0;
    bool attribute = is_cookie_attribute(s + from, name_end - from);
    while (i < scan->len && (is_cookie_byte(s[i]) || (attribute && (s[i] == ' ' || s[i] == ',')))) {
        if (parameter && s[i] == '&' && redact_is_pair(scan, i + 1)) break;
        i++;
    }
    berth_key_class class = {.kind = BERTH_KEY_COOKIE, .weight = BERTH_KEY_STRONG};
    bool plain = attribute || is_destination(scan, from, name_end - from, value) ||
                 (is_plain_cookie(s + from, name_end - from) &&
                  (is_zone(scan, value, i) || !redact_looks_random(s + value, i - value)));
    if (!plain && redact_is_secret(scan, class, value, i, SYNTAX_QUOTED) &&
        redact_mark_secret(scan, value, i, RULE_NAME_COOKIE))
        *done = i;
    else if (!*done)
        *done = value;
    if (quote.len == 1 && redact_peek(scan, i) == quote.mark) i++;
    *at = i;
    return true;
}

size_t redact_cookies(redact_scan *scan, size_t at) {
    redact_quote quote = redact_quote_at(scan, at);
    bool parameter = !quote.len && at > 0 && scan->s[at - 1] == '='; /* cookie=a=1; b=2&c=3 */
    size_t done = 0, start = at += quote.len;
    while (cookie(scan, &at, &done, parameter)) {
        redact_work(scan, 150);
        if (at >= scan->len || scan->s[at] != ';') break;
        at = redact_skip_blanks(scan, at + 1);
    }
    if (done) return done;
    /* one value without a name */
    size_t end = quote.len ? redact_quote_close(scan, start, quote) : redact_bare_end(scan, start);
    if (end == SIZE_MAX) end = redact_open_end(scan, start);
    for (size_t i = start; i + 3 <= end; i++) {
        if (!redact_folds_at(scan, i, "%3d")) continue;
        if (i + 3 < end && !redact_folds_at(scan, i + 3, "%3d")) return 0; /* a view shows names */
        break; /* base64 that ends so */
    }
    berth_key_class class = {.kind = BERTH_KEY_SESSION, .weight = BERTH_KEY_WEAK};
    if (!redact_is_secret(scan, class, start, end, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, start, end, RULE_NAME_COOKIE) ? end : 0;
}

/* --- schemes without a header ------------------------------------------------------------- */

bool redact_is_basic(const char *s, size_t len) {
    char plain[BASIC_MAX];
    size_t n = redact_base64(s, len, plain, sizeof plain);
    const char *colon = n < 3 ? NULL : memchr(plain, ':', n);
    if (!colon || (colon + 2 < plain + n && memcmp(colon + 1, "//", 2) == 0)) return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)plain[i] < 0x20 || plain[i] == 0x7f) return false;
    }
    return true;
}

size_t redact_scheme(redact_scan *scan, size_t at) {
    redact_work(scan, 450);
    const char *s = scan->s;
    if (at > 0 && byte_is(s[at - 1], BYTE_WORD)) return 0;
    size_t end = at;
    while (end < scan->len && byte_is(s[end], BYTE_LETTER)) end++;
    size_t from = redact_skip_blanks(scan, end);
    if (from == end) return 0;
    size_t to = token_end(scan, from, scan->len), digits = 0, joints = 0;
    while (to > from && byte_in(s[to - 1], ".:")) to--;
    for (size_t i = from; i < to && i < from + BASIC_MAX; i++) {
        digits += byte_is(s[i], BYTE_DIGIT);
        joints += byte_is(s[i], BYTE_JOINT);
    }
    size_t len = to - from;
    if (redact_is_pair(scan, from)) return 0; /* token_type=bearer expires_in=60 */
    bool secret;
    if (byte_lower(s[at + 1]) == 'a')
        secret = len >= 4 && redact_is_basic(s + from, len); /* basic */
    else
        secret = len >= SCHEME_LEAST && (redact_looks_random(s + from, len) || (digits && !joints));
    return secret && redact_mark_secret(scan, from, to, RULE_SCHEME) ? to : 0;
}
