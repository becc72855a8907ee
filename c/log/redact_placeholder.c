/* redact_placeholder.c - what stands where a value could and is none: words like None and true,
 * masks, ${PASSWORD} and the like, regular expressions for any value, types of columns, code that
 * has the value elsewhere. */
#include <string.h>

#include "log/redact_private.h"

#define LAST_SHOWN 4 /* bytes after stars */
#define REMARK_MAX 32
#define STATEMENT_MAX 96
#define PATTERN_MAX 64
#define FLAGS_MAX 3

/* What stands where a secret could, in order of the alphabet. */
static const char *const keep_words[] = {
    "absent",     "accepted", "and",       "any",      "auto",      "await",     "bool",
    "boolean",    "bytes",    "censored",  "changed",  "char",      "compat",    "denied",
    "disabled",   "empty",    "enabled",   "error",    "expected",  "expired",   "failed",
    "failure",    "false",    "files",     "filtered", "given",     "hidden",    "incorrect",
    "int",        "integer",  "invalid",   "keystone", "masked",    "mismatch",  "missing",
    "must",       "n",        "n/a",       "na",       "never",     "new",       "nil",
    "no",         "none",     "not",       "null",     "object",    "off",       "ok",
    "okay",       "omitted",  "on",        "optional", "or",        "present",   "prompt",
    "protected",  "provided", "redacted",  "rejected", "removed",   "required",  "reset",
    "revoked",    "rotated",  "sanitized", "set",      "should",    "str",       "string",
    "suppressed", "text",     "true",      "type",     "unchanged", "undefined", "unknown",
    "unset",      "updated",  "valid",     "varchar",  "wrong",     "y",         "yes",
};

static bool is_keep_word(const char *s, size_t len) {
    char lower[16];
    if (len == 0 || len >= sizeof lower) return false;
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], BYTE_LETTER) && s[i] != '/') return false;
        lower[i] = byte_lower(s[i]);
    }
    lower[len] = '\0';
    size_t low = 0, high = sizeof keep_words / sizeof *keep_words;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(lower, keep_words[middle]);
        if (order == 0) return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* ***, <redacted>, [FILTERED], xxxxxxxx, ........: somebody was here before. */
static bool is_blanked(const char *s, size_t len) {
    size_t same = 0;
    while (same < len && s[same] == s[0]) same++;
    if (same == len && (s[0] == '*' || s[0] == '.' || s[0] == '#' || s[0] == '-' || s[0] == '_'))
        return true;
    if (same == len && len >= 3 && byte_lower(s[0]) == 'x') return true;
    if (len == 1 && s[0] == 'x') return true; /* /etc/passwd's */
    if (same > 3 && s[0] == '*' && len - same <= LAST_SHOWN && /* ************ABCD */
        bytes_are_all(s + same, len - same, BYTE_WORD))
        return true;
    if (len >= 3 && len % 3 == 0 && memcmp(s, "\xe2\x80\xa2", 3) == 0) { /* bullets */
        for (size_t i = 0; i < len; i += 3) {
            if (memcmp(s + i, "\xe2\x80\xa2", 3) != 0) return false;
        }
        return true;
    }
    if (len > 2 && strchr("<[({", s[0]) && strchr(">])}", s[len - 1]))
        return is_keep_word(s + 1, len - 2) || is_blanked(s + 1, len - 2);
    if (len > 9 && strchr("<[({", s[0])) { /* [REDACTED by x] and the like */
        size_t end = 1;
        while (end < len && byte_is(s[end], BYTE_LETTER)) end++;
        return end < len && (s[end] == ' ' || s[end] == ':') && is_keep_word(s + 1, end - 1);
    }
    return false;
}

/* VALUE_SPECIFIED_IN_NO_LOG_PARAMETER, HIDDEN_BY_POLICY, __REDACTED__: words in capitals that say
 * so, or one between signs. */
static bool is_notice(const char *s, size_t len) {
    size_t words = 0, bare = len;
    bool mask = false, negation = false;
    while (len > 2 && s[0] == s[len - 1] && memchr("_-%#~", s[0], 5)) s++, len -= 2;
    if (len < bare && len > 4 && is_keep_word(s, len)) return true;
    for (size_t i = 0, end; i < len; i = end + 1) {
        for (end = i; end < len && byte_is(s[end], BYTE_UPPER); end++) {
        }
        if (end == i || (end < len && s[end] != '_' && s[end] != ' ')) return false;
        mask = mask || (end - i > 5 && is_keep_word(s + i, end - i));
        negation = negation || bytes_are_word(s + i, end - i, "no") ||
                   bytes_are_word(s + i, end - i, "not");
        words++;
    }
    return words > 1 && (mask || (negation && words > 2));
}

/* A name in capitals for which its value will be put: PASSWORD, DB_PASS. */
bool redact_is_capital_name(berth_redactor *r, const char *s, size_t len) {
    bool joint = false;
    if (len < 3 || len > BERTH_KEY_NAME_MAX) return false;
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], BYTE_UPPER) && s[i] != '_') return false;
        joint = joint || (s[i] == '_' && i > 0);
    }
    return joint || redact_classify(r, s, len).kind != BERTH_KEY_NONE;
}

/* $PASSWORD, %PASSWORD%, $1, $(pass show x), %s */
static bool is_variable(berth_redactor *r, const char *s, size_t len) {
    if (len < 2 || (s[0] != '%' && s[0] != '$')) return false;
    if (len == 2 && byte_is(s[1], BYTE_WORD)) return true;
    if (s[0] == '$' && s[1] == '(') { /* a command with arguments */
        size_t end = 2;
        while (end < len && (byte_is(s[end], BYTE_LOWER) || s[end] == '-')) end++;
        return end > 3 && (end == len || s[end] == ' ');
    }
    if (s[0] == '%' && s[len - 1] == '%')
        len--;
    else if (s[0] == '%')
        return false;
    return redact_is_capital_name(r, s + 1, len - 1);
}

/* vault:secret/x#password, op://x/y, ENC[AES256_GCM,...]: whoever reads it looks it up or has the
 * key. */
static bool is_told_elsewhere(const char *s, size_t len) {
    static const char *const heads[] = {"vault:", "op://", "ref+", "arn:aws:", "enc[aes256_gcm",
                                        "enc[pkcs7", "system.security.securestring",
                                        "@microsoft.keyvault("};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i]);
        if (len >= n && bytes_fold_equal(s, heads[i], n)) return true;
    }
    return false;
}

/* Are the three bytes from `c` on like a-z, B-F or 0-9? */
static bool is_range(const char *c) {
    static const unsigned kinds[] = {BYTE_LOWER, BYTE_UPPER, BYTE_DIGIT};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (byte_is(c[0], kinds[i]) && byte_is(c[2], kinds[i])) return c[1] == '-' && c[0] < c[2];
    }
    return false;
}

/* Past [^&], [A-Za-z0-9] or [\w.-] at `i`: a class of a regular expression; `i`: it is none. */
static size_t class_end(const char *s, size_t len, size_t i) {
    size_t at = i + 1;
    bool class = at < len && s[at] == '^';
    for (at += class; at < len && s[at] != ']'; at++) {
        size_t slashes = at;
        while (at < len && s[at] == '\\') at++;
        if (at == len) return i;
        if (at > slashes) {
            if (byte_is(s[at], BYTE_WORD) && !byte_in(s[at], "sSwWdDnrt")) return i;
            class = true;
        } else if (byte_is(s[at], BYTE_WORD)) {
            if (len - at < 3 || !is_range(s + at)) return i;
            class = true;
            at += 2;
        }
    }
    return at < len && class ? at + 1 : i;
}

/* Past (, (?: or (?P<name> */
static size_t group_start(const char *s, size_t len, size_t i) {
    if (++i + 1 >= len || s[i] != '?') return i;
    if (s[i + 1] == ':') return i + 2;
    size_t name = i + 1 + (s[i + 1] == 'P');
    if (name >= len || s[name] != '<') return i;
    do name++;
    while (name < len && (byte_is(s[name], BYTE_LOWER) || s[name] == '_'));
    return name < len && s[name] == '>' ? name + 1 : i;
}

/* (\S+), [^&]+, .*: the length of a regular expression that stands for any value and in which no
 * letter or digit stands for itself; 0: it is none. */
static size_t pattern_len(const char *s, size_t len) {
    bool any = false, many = false;
    size_t i = 0;
    if (len > PATTERN_MAX) len = PATTERN_MAX;
    if (len < 2 || !memchr("\\[(.", s[0], 4)) return 0;
    for (size_t from = len; i < len && from != i;) {
        from = i;
        while (i < len && s[i] == '\\') i++; /* more of them in a string */
        if (i > from) {
            if (i == len || !memchr("sSwWdDbBK", s[i], 9)) return 0;
            any = any || !memchr("bBK", s[i], 3);
            i++;
        } else if (s[i] == '[') {
            i = class_end(s, len, i);
            any = any || i > from;
        } else if (s[i] == '(') {
            i = group_start(s, len, i);
        } else if (memchr("*+?", s[i], 3)) {
            many = true;
            i++;
        } else if (memchr(".)|$", s[i], 4)) {
            any = any || s[i] == '.';
            i++;
        }
    }
    return any && many ? i : 0;
}

/* ${VAR}, {{ var }}, %s, %(var)s, <var>, $1, ?, {}, :var: where a secret will be put. */
static bool is_filled_later(berth_redactor *r, const char *s, size_t len) {
    if (len == 1 && s[0] == '?') return true;
    if (s[0] == ':' && len > 1 && bytes_are_all(s + 1, len - 1, BYTE_LETTER | BYTE_JOINT))
        return is_keep_word(s + 1, len - 1) || /* an atom of Elixir or Ruby */
               redact_classify(r, s + 1, len - 1).kind != BERTH_KEY_NONE;
    if (len > 1 && memcmp(s, ".*", 2) == 0 && (len == 2 || !byte_is(s[2], BYTE_WORD)))
        return true; /* as an editor looks for it: the value is what is put there */
    if (pattern_len(s, len) == len) return true;
    if (is_told_elsewhere(s, len)) return true;
    if (s[0] == '[' && len > 2 && s[len - 1] == ']' && redact_is_capital_name(r, s + 1, len - 2))
        return true; /* -p[PASSWORD] */
    if (is_variable(r, s, len) || (len > 2 && s[0] == '<' && s[1] == '%'))
        return true;              /* <%= x %> */
    if (s[0] == '(' && len > 5) { /* (sensitive value), (known after apply) */
        size_t i = 1;
        while (i < len && byte_is(s[i], BYTE_LOWER)) i++;
        if (i > 5 && (i == len || s[i] == ' ' || (s[i] == ')' && i + 1 == len))) return true;
    }
    size_t open = 0;
    if (s[0] == '$' || s[0] == '%') open = 1;
    if (len < open + 2) return false;
    if (len > 4 && memcmp(s, "{{", 2) == 0 && memcmp(s + len - 2, "}}", 2) == 0) return true;
    char close = s[open] == '{' ? '}' : s[open] == '(' ? ')' : s[open] == '<' ? '>' : '\0';
    if (close == '\0') return false;
    size_t end = len, from = open + 1;
    if (s[0] == '%' && byte_is(s[len - 1], BYTE_LETTER)) end--;
    if (s[end - 1] != close || (close == ')' && open == 0)) return false;
    end--;
    while (from < end && (s[from] == '{' || s[from] == ' ' || s[from] == '%')) from++;
    while (end > from && (s[end - 1] == '}' || s[end - 1] == ' ' || s[end - 1] == '%')) end--;
    for (size_t i = from; i < end; i++) {
        if (!byte_is(s[i], BYTE_NAME) && s[i] != ':' && s[i] != ' ') return false;
    }
    return from >= end || !redact_looks_random(s + from, end - from);
}

/* varchar(218), NUMERIC(10,2): the type of a column. */
static bool is_column_type(const char *s, size_t len) {
    static const char *const types[] = {"varchar",   "char",    "nvarchar", "nchar",     "varchar2",
                                        "nvarchar2", "binary",  "bit",      "varbinary", "decimal",
                                        "numeric",   "raw",     "character", "string",   "text",
                                        "blob",      "tinyint", "int",      "bigint"};
    const char *open = memchr(s, '(', len);
    size_t word = open ? (size_t)(open - s) : 0, i = word + 1;
    if (!open || !IS_ONE_OF(s, word, types)) return false;
    while (i < len && (byte_is(s[i], BYTE_DIGIT) || s[i] == ',' || s[i] == ' ')) i++;
    if (i == word + 1 && len - i > 3 && bytes_fold_equal(s + i, "max", 3)) i += 3;
    return i > word + 1 && (i == len || s[i] == ')'); /* NUMERIC(10, as a list cuts it */
}

bool redact_is_placeholder(berth_redactor *r, const char *s, size_t len) {
    return is_keep_word(s, len) || is_blanked(s, len) || is_notice(s, len) ||
           is_filled_later(r, s, len) || is_column_type(s, len);
}

/* New-Object, Read-Host: a command of PowerShell. */
static bool is_cmdlet(const char *s, size_t len) {
    static const char *const verbs[] = {"new", "get", "read", "import", "convertto", "invoke",
                                        "select", "join", "format", "convertfrom"};
    const char *dash = memchr(s, '-', len);
    size_t verb = dash ? (size_t)(dash - s) : 0;
    return dash && verb + 1 < len && byte_is(s[0], BYTE_UPPER) && byte_is(dash[1], BYTE_UPPER) &&
           bytes_are_all(dash + 1, len - verb - 1, BYTE_LETTER) && IS_ONE_OF(s, verb, verbs);
}

/* Is the last of the words between dots the name of a secret, or another of several: in Terraform
 * random_password.db.result is one? */
static bool holds_name(berth_redactor *r, const char *s, size_t len, size_t dots) {
    if (redact_classify(r, s, len).kind != BERTH_KEY_NONE) return true;
    for (size_t i = 0, end; dots > 1 && i < len; i = end + 1) {
        const char *dot = memchr(s + i, '.', len - i);
        end = dot ? (size_t)(dot - s) : len;
        if (redact_classify(r, s + i, end - i).kind != BERTH_KEY_NONE) return true;
    }
    return false;
}

/* self.password, config["db"], load_key(, &str, Optional[str]: code, not a value. */
static bool is_code(berth_redactor *r, const char *s, size_t len) {
    size_t dots = 0, from = 0;
    while (from < len && (s[from] == '&' || s[from] == '*')) from++;
    size_t i = from;
    if (i == len || !byte_is(s[i], BYTE_LETTER | BYTE_JOINT)) return false;
    for (; i < len && (byte_is(s[i], BYTE_WORD) || s[i] == '_' || s[i] == '.'); i++)
        dots += s[i] == '.';
    if (i < len && s[i] != '(')
        for (i = from; i < len && (byte_is(s[i], BYTE_LETTER) || s[i] == '_' || s[i] == '.'); i++) {
        }
    if (i == len) {
        if (from > 0) return dots == 0 && bytes_are_all(s + from, len - from, BYTE_LOWER);
        return dots > 0 && len <= BERTH_KEY_NAME_MAX && s[0] != '.' && holds_name(r, s, len, dots);
    }
    if (i > 2 && i < len && s[i] == '-' && is_cmdlet(s, len)) return true;
    if (i < 3 || !memchr("([<", s[i], 3)) return false;
    if (s[i] == '[' && dots > 0) return true; /* typing.Optional[bytes */
    size_t inner = i + 1; /* bytes(password */
    while (inner < len && byte_is(s[inner], BYTE_LETTER)) inner++;
    if (s[i] == '(' && inner == len &&
        redact_classify(r, s + i + 1, len - i - 1).kind != BERTH_KEY_NONE)
        return true;
    if (i + 1 == len || byte_is(s[i + 1], BYTE_QUOTE) || memchr(")[", s[i + 1], 2)) return true;
    if (s[i] == '(' && s[len - 1] == ')' && redact_is_capital_name(r, s + i + 1, len - i - 2))
        return true; /* env(API_KEY) */
    if (s[i] == '(' && (dots > 0 || memchr(s, '_', i))) return true;     /* self.find(x */
    return s[i] != '(' && i + 2 < len && byte_is(s[from], BYTE_UPPER) && /* Optional[str] */
           bytes_are_all(s + i + 1, len - i - 2, BYTE_LETTER) && memchr("]>", s[len - 1], 2);
}

/* this.password = password; and f(token=token): another name of a secret, not one. */
static bool is_variable_name(const redact_scan *scan, size_t start, size_t end) {
    char next = redact_peek(scan, end);
    if (redact_is_at(scan, end, "}}")) next = ')'; /* {{resolve:x:password}} */
    if ((next != ';' && next != ')') || end - start > BERTH_KEY_NAME_MAX) return false;
    return bytes_are_all(scan->s + start, end - start, BYTE_LETTER) &&
           redact_classify(scan->r, scan->s + start, end - start).kind != BERTH_KEY_NONE;
}

bool redact_is_reference(const redact_scan *scan, size_t start, size_t end) {
    return is_code(scan->r, scan->s + start, end - start) || is_variable_name(scan, start, end);
}

/* refresh_token: a name of such a secret, as programs write it. */
bool redact_is_key_name(berth_redactor *r, const char *s, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], BYTE_LOWER) && s[i] != '_') return false;
    }
    return memchr(s, '_', len) && redact_classify(r, s, len).kind != BERTH_KEY_NONE;
}

/* --- after an option --------------------------------------------------------------------- */

/* Does the next option begin at `at`?  A value may begin with a dash too. */
static bool is_option(const redact_scan *scan, size_t at) {
    if (redact_peek(scan, at) != '-') return false;
    size_t i = at + 1, end = i;
    if (redact_peek(scan, i) == '-') return true;
    while (end < scan->len &&
           (byte_is(scan->s[end], BYTE_WORD) || memchr("!*?+^$.~_-", scan->s[end], 10)))
        end++;
    unsigned classes = 0;
    for (size_t k = i; k < end; k++) classes |= berth_byte_class[(unsigned char)scan->s[k]];
    bool mixed = (classes & BYTE_LOWER) && (classes & BYTE_UPPER) && (classes & BYTE_DIGIT);
    return byte_is(redact_peek(scan, i), BYTE_LETTER) && !(mixed && end - i >= 6);
}

/* --password PASSWORD: what a manual calls the value. */
static bool is_metavariable(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->len && (byte_is(scan->s[end], BYTE_UPPER) || scan->s[end] == '_')) end++;
    return end > at && !byte_is(redact_peek(scan, end), BYTE_WORD) &&
           redact_classify(scan->r, scan->s + at, end - at).kind != BERTH_KEY_NONE;
}

/* --password (ann): what a message adds. */
static bool is_remark(const redact_scan *scan, size_t at) {
    size_t end = at + 1;
    if (redact_peek(scan, at) != '(') return false;
    while (byte_is(redact_peek(scan, end), BYTE_NAME)) end++;
    if (redact_peek(scan, end) == ' ' && byte_is(scan->s[at + 1], BYTE_LETTER))
        return true; /* (f x) */
    return redact_peek(scan, end) == ')' && !redact_is_scrambled(scan->s + at + 1, end - at - 1);
}

/* -onepass    Use one pass: does a word begin that a manual says of the option? */
static bool is_help(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = at + 1;
    if (at < key->after + 2 || !byte_is(redact_peek(scan, at), BYTE_UPPER)) return false;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    return end > at + 1 && redact_peek(scan, end) == ' ' &&
           byte_is(redact_peek(scan, end + 1), BYTE_LETTER);
}

/* --null-password to generate keys */
static bool is_speech_word(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    return redact_peek(scan, end) == ' ' && redact_is_speech(scan->s + at, end - at);
}

/* --no-password, --ask-pass: an option that takes no value; --secret id=db,src=x names one. */
static bool is_bare_option(const redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const verbs[] = {"ask",     "no",     "prompt",  "skip",  "without",
                                        "require", "enable", "disable", "allow", "generate",
                                        "empty"};
    size_t end = key->start;
    while (byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
    if (end < key->end && IS_ONE_OF(scan->s + key->start, end - key->start, verbs)) return true;
    size_t option = key->start - key->dashes; /* config set --secret dbPass x */
    if (end == key->end && option > 11 && redact_is_at(scan, option - 11, "config set ") &&
        redact_folds_at(scan, key->start, "secret")) {
        size_t word = redact_word_end(scan, at);
        if (redact_peek(scan, word) == ' ' && !redact_has_digit(scan, at, word) &&
            redact_classify(scan->r, scan->s + at, word - at).kind != BERTH_KEY_NONE)
            return true;
    }
    bool virsh = option > 16 && redact_is_at(scan, option - 17, "secret-set-value --");
    if (virsh && at + BERTH_UUID_BYTES <= scan->len &&
        redact_is_uuid(scan->s + at, BERTH_UUID_BYTES))
        return true;
    return redact_is_at(scan, at, "id=") || redact_is_at(scan, at, "type=");
}

bool redact_takes_no_value(const redact_scan *scan, const redact_key *key, size_t at) {
    return is_option(scan, at) || is_metavariable(scan, at) || is_remark(scan, at) ||
           redact_goes_on_as_speech(scan, at) || is_speech_word(scan, at) ||
           is_help(scan, key, at) || is_bare_option(scan, key, at);
}

/* --- after = or : ------------------------------------------------------------------------ */

/* PASS: test_x (0.12s) */
static bool is_test_result(const redact_scan *scan, const redact_key *key, size_t at) {
    if (key->end - key->start != 4 || !redact_is_at(scan, key->start, "PASS:")) return false;
    size_t len = redact_word_end(scan, at) - at;
    const char *s = scan->s + at;
    bool secret = redact_is_scrambled(s, len) || redact_is_phrase_code(s, len) ||
                  (!memchr(s, '.', len) && !memchr(s, '/', len) && redact_looks_random(s, len));
    return at > key->end + 1 && !secret;
}

/* HIGH:!aNULL:!PSK:!SRP, ECDHE-PSK:DHE-PSK: the name is a cipher among others. */
static bool is_cipher(const redact_scan *scan, const redact_key *key, size_t at) {
    if (key->end - key->start < 3 || !redact_is_at(scan, key->end - 3, "PSK:")) return false;
    if (key->start > 0 && byte_in(scan->s[key->start - 1], "!+-:")) return true;
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_UPPER) || byte_in(redact_peek(scan, end), "-+!:"))
        end++;
    return at == key->after + 1 && end > at && !byte_is(redact_peek(scan, end), BYTE_NAME);
}

/* /etc/x/passwd: Permission denied; what is wrong with a file. */
static bool is_complaint(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = at, name = key->start;
    while (name > 0 && scan->s[name - 1] == '.') name--;
    if (name == 0 || scan->s[name - 1] != '/' || at < key->after + 2) return false;
    if (!byte_is(redact_peek(scan, at), BYTE_UPPER)) return false;
    while (byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
    return redact_peek(scan, end) == ' ' && byte_is(redact_peek(scan, end + 1), BYTE_LOWER);
}

/* (name): Add a parameter; token->next, token::next: is the value a word of a change or of code? */
static bool is_member(const redact_scan *scan, const redact_key *key, size_t at) {
    char last = key->after > 0 ? scan->s[key->after - 1] : '\0';
    bool function = last == ')' && redact_peek(scan, key->after) == ':';
    bool arrow = at == key->after + 2 && (redact_is_at(scan, key->after, "->") ||
                                          redact_is_at(scan, key->after, "::"));
    if ((!function && !arrow) || redact_quote_at(scan, at).len) return false;
    size_t end = redact_word_end(scan, at), numbers = 0; /* an identifier has but one */
    for (size_t i = at; i < end; i++)
        numbers += byte_is(scan->s[i], BYTE_DIGIT) && !byte_is(scan->s[i - 1], BYTE_DIGIT);
    bool random = numbers > 1 && redact_looks_random(scan->s + at, end - at);
    if (arrow)
        return !random && !redact_is_scrambled(scan->s + at, end - at) &&
               !redact_is_phrase_code(scan->s + at, end - at) &&
               byte_is(redact_peek(scan, at), BYTE_LETTER);
    return !redact_has_digit(scan, at, end);
}

/* wrong password: got x, expected y */
static bool is_verb_of(const redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const verbs[] = {"got", "expected", "tried", "typed", "entered", "received"};
    size_t end = at, start;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    return end > at && redact_peek(scan, end) == ' ' && IS_ONE_OF(scan->s + at, end - at, verbs) &&
           redact_word_before(scan, key->start, &start) > 0;
}

/* >PASSWORD:Need 'Auth' username/password: what OpenVPN asks its manager for. */
static bool is_request(const redact_scan *scan, const redact_key *key, size_t at) {
    bool asks = key->start > 0 && scan->s[key->start - 1] == '>' && at == key->end + 1;
    return asks && (redact_is_at(scan, at, "Need '") || redact_is_at(scan, at, "Verification "));
}

/* (not set), (no password): small letters in brackets that begin with such a word. */
static bool is_bracketed_remark(const redact_scan *scan, size_t at) {
    size_t word = at + 1, end = word;
    if (redact_peek(scan, at) != '(') return false;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    if (redact_peek(scan, end) != ' ' || !is_keep_word(scan->s + word, end - word)) return false;
    while (end - at < REMARK_MAX && (byte_is(redact_peek(scan, end), BYTE_LOWER) ||
                                     redact_peek(scan, end) == ' '))
        end++;
    return redact_peek(scan, end) == ')';
}

/* if x != password: raise ValueError: what is done then, as Python writes it. */
static bool is_statement(const redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const words[] = {"raise", "return", "pass",  "continue",
                                        "break", "yield",  "assert"};
    size_t end = at, line = key->start;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    if (redact_peek(scan, key->after) != ':' || !IS_ONE_OF(scan->s + at, end - at, words) ||
        byte_is(redact_peek(scan, end), BYTE_NAME))
        return false;
    while (line > 0 && key->start - line < STATEMENT_MAX && scan->s[line - 1] != '\n') {
        line--;
        bool word = line == 0 || !byte_is(scan->s[line - 1], BYTE_NAME);
        if (word && (redact_is_at(scan, line, "if ") || redact_is_at(scan, line, "while ") ||
                     redact_is_at(scan, line, "elif ")))
            return true;
    }
    return false;
}

/* node.token.refresh:140|c: a count of statsd, at the end of its line or before its rate or
 * tags. */
static bool is_statistic(const redact_scan *scan, const redact_key *key, size_t at) {
    bool path = memchr(scan->s + key->start, '.', key->end - key->start) != NULL;
    if (!path || at != key->end + 1 || scan->s[key->end] != ':') return false;
    while (byte_is(redact_peek(scan, at), BYTE_DIGIT) || redact_peek(scan, at) == '.') at++;
    if (redact_peek(scan, at++) != '|') return false;
    at += redact_is_at(scan, at, "ms");
    if (!byte_in(redact_peek(scan, at), "csgdh")) return false;
    char next = redact_peek(scan, at + 1);
    return next == '\0' || next == '\n' || redact_is_at(scan, at + 1, "|@") ||
           redact_is_at(scan, at + 1, "|#");
}

/* password=(\S+)': does a regular expression stand there for a value? */
static bool is_pattern(const redact_scan *scan, size_t at) {
    size_t n = at < scan->len ? pattern_len(scan->s + at, scan->len - at) : 0;
    size_t end = at + n;
    char next = redact_peek(scan, end);
    bool mark = next == '/' || byte_is(next, BYTE_QUOTE);
    if (n == 0) return false;
    if (!mark) return next == '\0' || byte_is(next, BYTE_SPACE) || byte_in(next, ",;&");
    while (end - at < n + FLAGS_MAX && byte_in(redact_peek(scan, end + 1), "gimsux")) end++;
    return !byte_is(redact_peek(scan, end + 1), BYTE_WORD); /* /x/g */
}

/* run.sh: line 3: PASSWORD: unbound variable, as shells say it. */
static bool is_said_of_variable(const redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const said[] = {"unbound variable", "readonly variable"};
    size_t end = at;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        end += redact_is_at(scan, at, said[i]) ? strlen(said[i]) : 0;
    char next = redact_peek(scan, end);
    bool ends = next == '\0' || byte_is(next, BYTE_SPACE | BYTE_QUOTE) || next == '\\';
    return end > at && ends && redact_peek(scan, key->end) == ':' &&
           redact_is_capital_name(scan->r, scan->s + key->start, key->end - key->start);
}

bool redact_is_no_value(const redact_scan *scan, const redact_key *key, size_t at) {
    return is_request(scan, key, at) || is_verb_of(scan, key, at) || is_member(scan, key, at) ||
           is_cipher(scan, key, at) || is_complaint(scan, key, at) ||
           is_bracketed_remark(scan, at) || is_statement(scan, key, at) ||
           is_said_of_variable(scan, key, at) || is_pattern(scan, at) ||
           is_statistic(scan, key, at) ||
           (key->dashes && is_metavariable(scan, at)) || is_test_result(scan, key, at);
}
