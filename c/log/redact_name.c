/* redact_name.c - the name of a secret at an anchor.
 *
 * The walk arrives inside a name ("pass" in user.adminPass2); the whole name is taken, with a
 * second word and what closes it, and classified. */
#include <string.h>

#include "log/redact_private.h"

#define INDEX_MAX 40
#define WORD_MAX 64
#define VARIABLE_LEAST 20
#define ELEMENT_MAX 512
#define TAGS_MAX 8
#define URL_VALUE_LEAST 16
#define QUERY_BACK 256
#define PAGE_MAX 6 /* digits of no page */
#define DOUBLED_REACH 64
#define LINES_REACH 512
#define LINES_MAX 16 /* escapes that are looked at */

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
    if (key.start > 0 && s[key.start - 1] == '#' && at - key.start >= 3 && /* #012name */
        redact_is_at(scan, key.start, "01") && byte_in(s[key.start + 2], "125"))
        key.start += 3;
    while (key.start < at && (s[key.start] == '-' || s[key.start] == '.')) {
        if (s[key.start] == '-') key.dashes++;
        key.start++;
    }
    /* -Dname=x of Java */
    if (key.dashes == 1 && key.start < at && s[key.start] == 'D') key.start++;
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
    if (from < end && redact_begins_line(scan, from + 1)) from++; /* the letter of \n */
    *start = from;
    return end - from;
}

/* key = AQBk...==: sixteen bytes or more in base64. */
static bool is_cephx_key(const redact_scan *scan, size_t at) {
    size_t from = redact_skip_blanks(scan, redact_skip_blanks(scan, at) + 1), to = from;
    if (scan->s[from - 1] != ' ' && scan->s[from - 1] != '=') return false;
    while (byte_is(redact_peek(scan, to), BYTE_WORD) || byte_in(redact_peek(scan, to), "+/")) to++;
    return to - from >= 22 && redact_is_at(scan, to, "==");
}

/* wireless.radio0.key, wireless.@wifi-iface[0].key of OpenWrt: the passphrase of a network. */
static bool is_wireless(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t len = key->end - key->start;
    if (len < 4 || !redact_is_at(scan, key->end - 4, ".key")) {
        if (len != 3 || key->start < 12 || !redact_is_at(scan, key->start - 2, "].")) return false;
        size_t at = key->start - 2;
        while (at > 10 && byte_is(s[at - 1], BYTE_DIGIT)) at--;
        return redact_is_at(scan, at - 11, "wifi-iface[") && redact_is_at(scan, key->end, "=");
    }
    return redact_is_at(scan, key->start, "wireless.");
}

/* Does the word before `key` say that it is one, as settings of routers and statements do? */
static bool is_key_of(const redact_scan *scan, const redact_key *key, size_t start, size_t n) {
    bool server = n == 6 && start > 7 && redact_folds_at(scan, start, "server");
    if (server && (redact_folds_at(scan, start - 7, "tacacs-") ||
                   redact_folds_at(scan, start - 7, "radius-")))
        return true;
    if (n == 6 && redact_folds_at(scan, start, "pragma")) return true; /* SQLCipher's */
    if (start > 6 && redact_is_at(scan, start - 7, "client.")) return is_cephx_key(scan, key->end);
    bool option = n == 6 && redact_is_at(scan, start, "option") && /* of OpenWrt */
                  byte_is(redact_peek(scan, key->end + 1), BYTE_QUOTE);
    if (option && start > 0 && byte_in(scan->s[start - 1], " \t")) {
        while (start > 0 && byte_in(scan->s[start - 1], " \t")) start--;
        return start > 0 && scan->s[start - 1] == '\n';
    }
    return n > 0 && start > 3 && redact_folds_at(scan, start - 3, "as ") && /* ATTACH x AS y KEY */
           byte_is(redact_peek(scan, key->end + 1), BYTE_QUOTE);
}

/* Words before `key` that make it one of data, or one that all may know. */
static bool is_key_of_data(const char *s, size_t len) {
    static const char *const words[] = {
        "public",  "primary", "foreign", "cache",     "sort",   "partition", "object",
        "lock",    "row",     "routing", "lookup",    "index",  "shard",     "message",
        "redis",   "unique",  "host",    "map",       "hash",   "composite", "idempotency",
        "dedup",   "the",     "a",       "no",        "each",   "every",     "missing",
        "unknown", "invalid", "with",    "duplicate", "of",     "for",       "and",
        "by",      "this",    "config",  "metadata",  "label",  "registry",  "storage",
        "site",    "client",
    };
    return IS_ONE_OF(s, len, words);
}

/* x=db-creds key: is the word the end of another name's value? */
static bool is_value(const redact_scan *scan, size_t at) {
    size_t low = at > WORD_MAX ? at - WORD_MAX : 0;
    while (at > low && byte_is(scan->s[at - 1], BYTE_NAME)) at--;
    return at > 0 && (scan->s[at - 1] == '=' || scan->s[at - 1] == '/');
}

/* FOO_KEY=x, as variables of programs are called: where the value can be nothing but a secret. */
static berth_key_class variable_key(const redact_scan *scan, const redact_key *key) {
    berth_key_class none = {.kind = BERTH_KEY_NONE};
    size_t end = key->end, at = key->start, from = end + 1, to;
    if (end - at < 6 || !redact_is_at(scan, end - 4, "_KEY") || redact_peek(scan, end) != '=')
        return none;
    for (; at < end; at++) {
        if (!byte_is(scan->s[at], BYTE_UPPER | BYTE_DIGIT) && scan->s[at] != '_') return none;
    }
    size_t word = at = end - 4;
    while (word > key->start && scan->s[word - 1] != '_') word--;
    if (is_key_of_data(scan->s + word, at - word)) return none;
    from += byte_is(redact_peek(scan, from), BYTE_QUOTE);
    for (to = from; to < scan->len && byte_is(scan->s[to], BYTE_WORD); to++) {
    }
    if (to - from < VARIABLE_LEAST || !redact_is_scrambled(scan->s + from, to - from)) return none;
    return (berth_key_class){.kind = BERTH_KEY_KEY, .weight = BERTH_KEY_MEDIUM};
}

/* msg=requirepass x, error=password for ann is x: a field whose value is a text, not quoted. */
bool redact_begins_text(const redact_scan *scan, size_t at) {
    static const char *const names[] = {
        "msg",    "message", "error",  "err",    "text",   "log",    "detail", "details",
        "reason", "info",    "cause",  "note",   "output", "stdout", "stderr", "line",
        "body",   "desc",    "description", "command", "cmd", "exec", "event",
    };
    size_t end = at - (at > 0), from = end;
    if (at == 0 || scan->s[end] != '=') return false;
    while (from > 0 && end - from < BERTH_KEY_NAME_MAX && byte_is(scan->s[from - 1], BYTE_LETTER))
        from--;
    return IS_ONE_OF(scan->s + from, end - from, names);
}

/* <secret:password xmlns:secret="x">: a prefix of the name of an element, which is closed too. */
static bool is_prefix(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t at = key->start, name = key->end + 1, end = name;
    bool closes = at > 0 && s[at - 1] == '/';
    at -= closes;
    if (at == 0 || s[at - 1] != '<' || redact_peek(scan, key->end) != ':') return false;
    while (byte_is(redact_peek(scan, end), BYTE_WORD) || byte_in(redact_peek(scan, end), "_-"))
        end++;
    if (closes || end == name) return end > name;
    size_t stop = scan->len - end > ELEMENT_MAX ? end + ELEMENT_MAX : scan->len;
    redact_work(scan, 100);
    for (unsigned tags = 0; tags < TAGS_MAX && end < stop; tags++, end++) {
        const char *angle = memchr(s + end, '<', stop - end);
        if (!angle) return false;
        end = (size_t)(angle - s);
        if (redact_peek(scan, end + 1) == '/' && end + 2 + name - key->start < scan->len &&
            memcmp(s + end + 2, s + key->start, name - key->start) == 0)
            return true;
    }
    return false;
}

/* RSA key FC0B33AC40A05C4B, as gpg tells which one it is: its id or its fingerprint. */
static bool is_fingerprint(const redact_scan *scan, size_t at, const char *word, size_t len) {
    static const char *const words[] = {"rsa", "dsa", "pgp", "gpg", "signing", "subkey"};
    bool marked = redact_is_at(scan, at, " 0x");
    size_t from = at + (marked ? 3 : 1), end = from;
    if (redact_peek(scan, at) != ' ' || !IS_ONE_OF(word, len, words)) return false;
    while (byte_is(redact_peek(scan, end), BYTE_DIGIT) ||
           (byte_is(redact_peek(scan, end), BYTE_HEX) &&
            (marked || byte_is(scan->s[end], BYTE_UPPER))))
        end++;
    return !byte_is(redact_peek(scan, end), BYTE_NAME) &&
           (end - from == 8 || end - from == 16 || end - from == 40);
}

/* "api key", "key material", "Key Content" of netsh, PRAGMA key; but "public key". */
static void join_key(const redact_scan *scan, redact_key *key) {
    size_t start, n = redact_word_before(scan, key->start, &start);
    if (n > 0 && is_value(scan, start)) n = 0;
    size_t colon = redact_skip_blanks(scan, key->end + 8); /* Key Content : x */
    size_t told = redact_folds_at(scan, key->end, " material") ? 9
                  : redact_folds_at(scan, key->end, " content") && redact_peek(scan, colon) == ':'
                      ? 8
                      : 0;
    bool qualified = n > 0 && berth_key_qualifies(scan->s + start, n);
    if (n > 0 && is_key_of_data(scan->s + start, n)) key->class.kind = BERTH_KEY_NONE;
    bool handed = n > 0 && start > 7 && /* "here's the key: x" */
                  (redact_folds_at(scan, start - 7, "here's ") ||
                   redact_folds_at(scan, start - 8, "here is "));
    bool id = redact_folds_at(scan, key->end, " id") && /* RSA key ID FFDCE258 */
              !byte_is(redact_peek(scan, key->end + 3), BYTE_NAME);
    id = id || is_fingerprint(scan, key->end, scan->s + start, n);
    if (id) key->class.kind = BERTH_KEY_NONE;
    if (id || (!told && !qualified && !handed && !is_key_of(scan, key, start, n))) return;
    key->class = (berth_key_class){.kind = BERTH_KEY_KEY, .weight = BERTH_KEY_MEDIUM};
    if (qualified) key->start = start;
    key->end += told;
}

/* one-time password, 2FA token */
static bool is_code_before(const redact_scan *scan, size_t at) {
    static const char *const words[] = {"one-time ", "2fa ", "mfa ", "otp ", "totp "};
    if (at < 4 || scan->s[at - 1] != ' ') return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (at >= n && redact_folds_at(scan, at - n, words[i])) return true;
    }
    return false;
}

/* <Session id=2b1f0c9e-...>: an id like any other, of what is printed of an object. */
static bool is_attribute(const redact_scan *scan, size_t start, size_t end) {
    if (start == 0 || scan->s[start - 1] != '<' || redact_peek(scan, end) != '=') return false;
    size_t from = end + 1 + redact_quote_at(scan, end + 1).len;
    return from + BERTH_UUID_BYTES <= scan->len &&
           redact_is_uuid(scan->s + from, BERTH_UUID_BYTES) &&
           !byte_is(redact_peek(scan, from + BERTH_UUID_BYTES), BYTE_NAME);
}

/* Names of two words: "api key", "session id", "user data". */
static void join_words(const redact_scan *scan, redact_key *key) {
    static const struct {
        const char *first, *second;
        berth_key_kind kind;
    } pairs[] = {
        {"pass", " word", BERTH_KEY_PASSWORD},   {"session", " id", BERTH_KEY_SESSION},
        {"user", " data", BERTH_KEY_DATA},       {"security", " code", BERTH_KEY_CODE},
        {"pin", " code", BERTH_KEY_CODE},        {"mfa", " code", BERTH_KEY_CODE},
        {"otp", " code", BERTH_KEY_CODE},        {"verification", " code", BERTH_KEY_CODE},
        {"seed", " phrase", BERTH_KEY_PASSWORD}, {"recovery", " phrase", BERTH_KEY_PASSWORD},
        {"recovery", " code", BERTH_KEY_CODE},   {"backup", " code", BERTH_KEY_CODE},
        {"one-time", " code", BERTH_KEY_CODE},   {"otp", " seed", BERTH_KEY_SECRET},
        {"totp", " seed", BERTH_KEY_SECRET},     {"mfa", " seed", BERTH_KEY_SECRET},
        {"pass", " phrase", BERTH_KEY_PASSWORD}, {"secret", " id", BERTH_KEY_SECRET},
        {"secret", " payload", BERTH_KEY_SECRET}, {"secret", " word", BERTH_KEY_PASSWORD},
        {"scratch", " code", BERTH_KEY_CODE},    {"safe", " word", BERTH_KEY_PASSWORD},
        {"seed", " word", BERTH_KEY_PASSWORD},   {"security", " answer", BERTH_KEY_PASSWORD},
        {"auth", " code", BERTH_KEY_CODE},       {"authentication", " code", BERTH_KEY_CODE},
    };
    size_t len = key->end - key->start;
    if (redact_is_at(scan, key->end - (len < 3 ? 0 : 3), "key") && is_wireless(scan, key)) {
        key->class = (berth_key_class){.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
        return;
    }
    if (len == 3 && redact_folds_at(scan, key->start, "key")) {
        join_key(scan, key);
        return;
    }
    if (key->start >= 11 && redact_folds_at(scan, key->start - 11, "public key token")) {
        key->class.kind = BERTH_KEY_NONE; /* of an assembly of .NET */
        return;
    }
    if (len > 21 && redact_folds_at(scan, key->start, "fs.azure.account.key.")) {
        key->class = (berth_key_class){.kind = BERTH_KEY_KEY, .weight = BERTH_KEY_MEDIUM};
        return; /* of Hadoop, and then whose it is */
    }
    if (key->dashes && len == 9 && redact_folds_at(scan, key->start, "setcookie")) {
        key->class = (berth_key_class){.kind = BERTH_KEY_SECRET, .weight = BERTH_KEY_STRONG};
        return; /* by which nodes of Erlang know each other */
    }
    if (key->class.kind != BERTH_KEY_NONE && is_code_before(scan, key->start)) {
        key->class = (berth_key_class){.kind = BERTH_KEY_CODE, .weight = BERTH_KEY_MEDIUM};
        return;
    }
    char blank = redact_peek(scan, key->end), next = redact_peek(scan, key->end + 1);
    if (blank != '\r' && blank != '\n' && (blank != ' ' || !byte_in(byte_lower(next), "acdipsw")))
        return; /* as the second words begin */
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (byte_lower(scan->s[key->start]) != pairs[i].first[0] || len != strlen(pairs[i].first) ||
            !redact_folds_at(scan, key->start, pairs[i].first))
            continue;
        size_t second = strlen(pairs[i].second);
        size_t line = key->end + (redact_peek(scan, key->end) == '\r');
        bool broken = redact_peek(scan, line) == '\n' && /* pass, and word= in the next line */
                      redact_folds_at(scan, line + 1, pairs[i].second + 1) &&
                      memchr("=:", redact_peek(scan, line + second), 2);
        if (!broken && !redact_folds_at(scan, key->end, pairs[i].second)) continue;
        size_t end = broken ? line + second : key->end + second;
        bool plural = redact_peek(scan, end) == 's';
        end += plural;
        if (byte_is(redact_peek(scan, end), BYTE_WORD)) continue; /* --secret Id7i81 */
        if (pairs[i].kind == BERTH_KEY_SESSION && is_attribute(scan, key->start, end)) continue;
        key->end = end;
        key->class.plural = plural;
        key->class.kind = pairs[i].kind;
        key->class.weight = BERTH_KEY_MEDIUM;
        if (pairs[i].kind == BERTH_KEY_SECRET && second == 3) key->class.weight = BERTH_KEY_WEAK;
        if (pairs[i].kind == BERTH_KEY_PASSWORD) {
            key->class.weight = BERTH_KEY_STRONG;
            key->class.phrase = true;
        }
    }
}

/* name[0], name[], name[ann], name(ann) before = or :; the place past the bracket, or `at`. */
static size_t skip_index(const redact_scan *scan, size_t at) {
    char open = redact_peek(scan, at), close = open == '[' ? ']' : ')';
    size_t i = at + 1;
    bool digits = true;
    for (; i < scan->len && i < at + INDEX_MAX && byte_is(scan->s[i], BYTE_NAME); i++)
        digits = digits && byte_is(scan->s[i], BYTE_DIGIT);
    if (redact_peek(scan, i) != close) return at;
    char next = redact_peek(scan, i + 1);
    return (digits && open == '[') || next == '=' || next == ':' ? i + 1 : at;
}

/* **db password**, ~~old password~~: past the signs that close what opened before its words. */
static size_t emphasis_end(const redact_scan *scan, const redact_key *key) {
    char sign = redact_peek(scan, key->end);
    if (!byte_in(sign, "*~") || redact_peek(scan, key->end + 1) != sign) return key->end;
    for (size_t i = key->start; i > 1 && key->start - i < INDEX_MAX; i--) {
        if (!byte_is(scan->s[i - 1], BYTE_NAME) && scan->s[i - 1] != ' ')
            return scan->s[i - 1] == sign && scan->s[i - 2] == sign ? key->end + 2 : key->end;
    }
    return key->end;
}

/* Past the mark that closes the name, and past the bracket of $t['name'], [name], (name). */
static void close_name(const redact_scan *scan, redact_key *key) {
    size_t stars = 0; /* **name**, and @name@ that is to be replaced */
    char star =
        key->start > 0 && byte_in(scan->s[key->start - 1], "*@") ? scan->s[key->start - 1] : '*';
    while (stars < key->start && stars < 2 && scan->s[key->start - stars - 1] == star &&
           redact_peek(scan, key->end + stars) == star)
        stars++;
    key->after = key->end += stars;
    key->start -= stars;
    if (!stars) key->after = key->end = emphasis_end(scan, key);
    key->quote = redact_quote_at(scan, key->end);
    size_t open = key->start, marks = key->quote.len;
    if (marks == 1 && redact_peek(scan, key->end + 1) == key->quote.mark && open > 1 &&
        scan->s[open - 1] == key->quote.mark && scan->s[open - 2] == key->quote.mark) {
        key->quote.repeat = 2;
        key->quote.len = marks = 2;
    }
    key->after += marks;
    if (byte_in(redact_peek(scan, key->after), "[^"))
        key->after = redact_skip_colour(scan, key->after);
    open -= open >= marks ? marks : open;
    char c = redact_peek(scan, key->after), before = open > 0 ? scan->s[open - 1] : '\0';
    if ((c == ']' && before == '[') || (c == ')' && before == '(') || c == '?') key->after++;
    if (c == ':' && before == '[') { /* [name:protected] => x, but [name:x] */
        size_t i = key->after + 1;
        while (i < scan->len && i < key->after + WORD_MAX &&
               (byte_is(scan->s[i], BYTE_NAME) || scan->s[i] == ':'))
            i++;
        size_t next = redact_skip_blanks(scan, i + 1);
        if (redact_peek(scan, i) == ']' && redact_is_at(scan, next, "=>"))
            key->after = i + 1;
    }
    if (c == ']' && before == '[' && marks == 0) { /* "user[name]" => x */
        redact_quote quote = redact_quote_at(scan, key->after);
        char next = redact_peek(scan, redact_skip_blanks(scan, key->after + quote.len));
        if (quote.len && (next == '=' || next == ':' || next == ',')) key->after += quote.len;
    }
    if (c == '[' || c == '(') key->after = skip_index(scan, key->after);
    if (c == ' ' && redact_peek(scan, key->after + 1) == '[') { /* name [ann]: x */
        size_t past = skip_index(scan, key->after + 1);
        if (redact_peek(scan, past) == ':') key->after = past;
    }
}

/* ?code=x and /reset/x: after the joint what looks random. */
static size_t url_value(redact_scan *scan, size_t at, char joint, unsigned rule) {
    const char *s = scan->s, *found = memchr(s + at, joint,
                                             scan->len - at < WORD_MAX ? scan->len - at : WORD_MAX);
    if (!found) return 0;
    size_t from = (size_t)(found - s) + 1, to = from;
    if (joint == '=' && redact_is_at(scan, from, "4/0")) to += 2; /* of Google */
    while (to < scan->len && (byte_is(s[to], BYTE_WORD) || memchr("-_.~%=", s[to], 6))) to++;
    if (to - from < URL_VALUE_LEAST || !redact_looks_random(s + from, to - from)) return 0;
    return redact_mark_secret(scan, from, to, rule) ? to : 0;
}

/* Is there u=ann or user=ann among the parameters before `at` or right after `end`? */
static bool is_beside_user(const redact_scan *scan, size_t at, size_t end) {
    static const char *const users[] = {"u=", "user=", "username=", "usr=", "login="};
    size_t low = at > QUERY_BACK ? at - QUERY_BACK : 0, i = at;
    for (size_t n = 0; n < sizeof users / sizeof *users; n++) {
        if (redact_peek(scan, end) == '&' && redact_is_at(scan, end + 1, users[n])) return true;
    }
    for (; i > low && byte_is(scan->s[i - 1], BYTE_URL); i--) {
        bool first = i < 2 || byte_is(scan->s[i - 2], BYTE_SPACE); /* the body of a form */
        if (!memchr("?&", scan->s[i - 1], 2) && !first) continue;
        for (size_t n = 0; n < sizeof users / sizeof *users; n++) {
            if (redact_is_at(scan, first ? i - 1 : i, users[n])) return true;
        }
    }
    return false;
}

/* /query?u=ann&p=x */
static size_t query_value(redact_scan *scan, size_t at) {
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    size_t from = at + 3, to = redact_bare_end(scan, from);
    redact_work(scan, 300);
    size_t digits = from;
    while (digits < to && byte_is(scan->s[digits], BYTE_DIGIT)) digits++;
    if (digits == to && to - from < PAGE_MAX) return 0; /* ?p=3 */
    if (!is_beside_user(scan, at, to) || !redact_is_secret(scan, class, from, to, SYNTAX_TIGHT))
        return 0;
    return redact_mark_secret(scan, from, to, RULE_NAME_PASSWORD) ? to : 0;
}

/* word": "x" at the beginning of a cut line. */
static berth_key_class cut_name(const redact_scan *scan, const redact_key *key) {
    static const char *const names[] = {"password", "secret", "token"};
    berth_key_class none = {.kind = BERTH_KEY_NONE};
    size_t len = key->end - key->start;
    char before = key->start > 0 ? scan->s[key->start - 1] : ' ';
    bool cut = byte_is(before, BYTE_SPACE | BYTE_HIGH) || before == '.'; /* ...word": "x" */
    bool first = key->start == 0 && redact_peek(scan, key->end) == '=' && len > 3; /* ssword=x */
    if (!first && (!redact_quote_at(scan, key->end).len || !cut)) return none;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (len < n && redact_folds_at(scan, key->start, names[i] + n - len))
            return berth_key_classify(names[i], n);
    }
    return none;
}

/* May it belong to a word of another alphabet?  Signs of such alphabets do not. */
static bool is_foreign_byte(const redact_scan *scan, size_t at) {
    if (redact_is_at(scan, at, "\xef\xbc") || redact_is_at(scan, at, "\xe3\x80") ||
        redact_is_at(scan, at, "\xe2\x80"))
        return false;
    return byte_is(scan->s[at], BYTE_HIGH | BYTE_LETTER) || scan->s[at] == '_';
}

/* Does a plain word follow the signs of Chinese, Japanese or Korean without a blank? */
static bool is_glued(const redact_scan *scan, redact_key *key) {
    size_t i = key->start;
    if ((unsigned char)scan->s[i] < 0xe3 || (unsigned char)scan->s[i] > 0xed) return false;
    while (byte_is(redact_peek(scan, i), BYTE_HIGH)) i++;
    key->end = key->after = i;
    return byte_is(redact_peek(scan, i), BYTE_WORD);
}

/* That word, when it can be nothing but a secret. */
static size_t glued_value(redact_scan *scan, const redact_key *key) {
    size_t from = key->end, to = from;
    while (to < scan->len && (unsigned char)scan->s[to] > 0x20 && !byte_is(scan->s[to], BYTE_HIGH))
        to++;
    while (to > from && memchr(".,;:!?", scan->s[to - 1], 6)) to--;
    bool secret = redact_is_scrambled(scan->s + from, to - from) ||
                  (redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to));
    if (!secret || key->class.weight == BERTH_KEY_WEAK) return 0;
    return redact_mark_secret(scan, from, to, (unsigned)key->class.kind) ? to : 0;
}

/* 2fa as a part of an address or a uuid: fe80::2fa8:4844. */
static bool is_hexadecimal(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t part = key->end;
    while (part > key->start && s[part - 1] != '-') part--;
    for (size_t i = part; i < key->end; i++) {
        if (!byte_is(s[i], BYTE_HEX)) return false;
    }
    bool alone = key->end - part == 3; /* 2fa itself */
    return !alone || (part > 0 && s[part - 1] == ':');
}

berth_key_class redact_classify(berth_redactor *r, const char *name, size_t len) {
    if (len == 0 || len > REDACT_NAME_SEEN) {
        r->work += 900;
        return berth_key_classify(name, len);
    }
    uint64_t first = 0, last = 0;
    size_t n = len < sizeof first ? len : sizeof first;
    memcpy(&first, name, n);
    memcpy(&last, name + len - n, n);
    uint64_t hash =
        (first ^ (last + len) * UINT64_C(0xd1b54a32d192ed03)) * UINT64_C(0x9e3779b97f4a7c15);
    redact_name_seen *seen = &r->name_seen[(hash >> 32) % REDACT_NAMES_SEEN];
    if (seen->len == len && memcmp(seen->name, name, len) == 0) return seen->class;
    r->work += 60 + 10 * len;
    seen->class = berth_key_classify(name, len);
    memcpy(seen->name, name, len);
    seen->len = len;
    return seen->class;
}

/* Does an escaped end of a line begin at `at`, or #012? */
static bool is_escaped_end(const redact_scan *scan, size_t at) {
    if (scan->s[at] == '#') return redact_is_at(scan, at, "#012");
    while (redact_peek(scan, at) == '\\') at++;
    return byte_in(redact_peek(scan, at), "nrt");
}

/* Do such ends follow within reach?  Then a view shows the rows and blocks after the name. */
static bool has_lines(const redact_scan *scan, size_t at, char sign) {
    size_t stop = scan->len - at > LINES_REACH ? at + LINES_REACH : scan->len;
    for (unsigned n = 0; n < LINES_MAX && at < stop; n++, at++) {
        const char *found = memchr(scan->s + at, sign, stop - at);
        if (!found) return false;
        at = (size_t)(found - scan->s);
        if (is_escaped_end(scan, at)) return true;
        while (at + 1 < stop && scan->s[at + 1] == sign) at++;
    }
    return false;
}

/* ""name"": ""x"", name=Some(""x""): does a doubled mark open a word there? */
static bool is_doubled(const redact_scan *scan, size_t at) {
    size_t stop = scan->len - at > DOUBLED_REACH ? at + DOUBLED_REACH : scan->len;
    const char *mark;
    for (; at < stop && (mark = memchr(scan->s + at, '"', stop - at)); at++) {
        at = (size_t)(mark - scan->s);
        if (redact_peek(scan, at + 1) == '"' &&
            byte_is(redact_peek(scan, at + 2), BYTE_WORD | BYTE_HIGH))
            return true;
    }
    return false;
}

void redact_note_lines(redact_scan *scan, size_t at) {
    if (scan->encoded & DISGUISE_CODED) return;
    if (has_lines(scan, at, '\\') || has_lines(scan, at, '#')) scan->encoded |= DISGUISE_CODED;
}

/* What of a text in a string only a view shows. */
static void note_string(redact_scan *scan, const redact_key *key) {
    if (is_doubled(scan, key->end)) scan->encoded |= DISGUISE_DOUBLED;
    if (key->class.weight != BERTH_KEY_WEAK) redact_note_lines(scan, key->end);
}

size_t redact_name(redact_scan *scan, size_t at, berth_name_place place) {
    if (at < scan->name_end || redact_is_marked(scan, at)) return 0;
    redact_work(scan, 100);
    redact_key key;
    if (place == NAME_CODE) return url_value(scan, at, '=', RULE_NAME_CODE);
    if (place == NAME_PATH) return url_value(scan, at + 1, '/', RULE_NAME_TOKEN);
    if (place == NAME_QUERY) return query_value(scan, at);
    if (place == NAME_FOREIGN) { /* a word of another alphabet */
        key = (redact_key){.start = at, .end = at};
        size_t stop = scan->len - at > BERTH_KEY_NAME_MAX ? at + BERTH_KEY_NAME_MAX : scan->len;
        while (key.end < stop && is_foreign_byte(scan, key.end)) key.end++;
        key.class = berth_key_classify_foreign(scan->s + key.start, key.end - key.start);
        if (key.class.kind != BERTH_KEY_NONE && is_glued(scan, &key))
            return glued_value(scan, &key);
    } else {
        key = key_around(scan, at);
        if (is_prefix(scan, &key)) return 0;
        key.class = redact_classify(scan->r, scan->s + key.start, key.end - key.start);
        join_words(scan, &key);
        if (key.class.kind == BERTH_KEY_NONE) key.class = cut_name(scan, &key);
        if (key.class.kind == BERTH_KEY_NONE) key.class = variable_key(scan, &key);
        if (key.class.kind == BERTH_KEY_CODE && is_hexadecimal(scan, &key))
            key.class.kind = BERTH_KEY_NONE;
    }
    if (key.class.kind == BERTH_KEY_NONE && place == NAME_FOREIGN) return 0;
    bool broken = key.end < scan->len && redact_is_broken(scan, key.end); /* pass\, word below */
    if (broken || redact_peek(scan, key.end) == '\b') /* passs BS word */
        scan->encoded |= DISGUISE_CODED;
    scan->name_end = key.end;
    key.rule = (unsigned)(key.class.kind ? key.class.kind : BERTH_KEY_PASSWORD);
    bool row;
    size_t field = redact_account_row(scan, &key, at, &row);
    if (row) return field;
    if (key.class.kind == BERTH_KEY_NONE) {
        size_t end = redact_echoed_file(scan, &key);
        if (!end) end = redact_static_map(scan, &key);
        return end ? end : redact_file_name(scan, &key);
    }
    close_name(scan, &key);
    note_string(scan, &key);
    if (redact_note_markup(scan, &key)) return 0;
    size_t end = redact_pair(scan, &key);
    redact_near(scan, &key);
    redact_remarked(scan, &key);
    if (end <= key.end) return end;
    redact_work(scan, 100);
    return redact_changed(scan, &key, end);
}

size_t redact_field_name(redact_scan *scan, size_t at, const char *field, unsigned rule) {
    redact_key key = key_around(scan, at);
    size_t len = strlen(field);
    if (key.end - key.start != len || !bytes_fold_equal(scan->s + key.start, field, len)) return 0;
    scan->name_end = key.end;
    key.class = (berth_key_class){.kind = BERTH_KEY_FIELD, .weight = BERTH_KEY_STRONG};
    key.rule = rule;
    close_name(scan, &key);
    return redact_pair(scan, &key);
}
