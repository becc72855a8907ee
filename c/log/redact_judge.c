/* redact_judge.c - whether what stands after a name is a secret at all.
 *
 * After a strong name everything is but words like None, true, required and placeholders like
 * ${PASSWORD}; after weaker ones small numbers, paths and plain words in prose stay; after the
 * weakest a value must look random. */
#include <string.h>

#include "log/redact_private.h"

#define LOOK_MAX 256 /* bytes of a value that are looked at */

/* What stands where a secret could, in order of the alphabet. */
static const char *const keep_words[] = {
    "absent",    "accepted",  "any",      "auto",       "bool",      "boolean",   "bytes",
    "changed",   "char",      "denied",   "disabled",   "empty",     "enabled",   "error",
    "expired",   "failed",    "failure",  "false",      "filtered",  "given",     "hidden",
    "incorrect", "int",       "integer",  "invalid",    "keystone",  "masked",    "mismatch",
    "missing",   "n/a",       "na",       "nil",        "no",        "none",      "null",
    "object",    "off",       "ok",       "okay",       "omitted",   "on",        "optional",
    "present",   "prompt",    "protected", "provided",  "redacted",  "rejected",  "removed",
    "required",  "reset",     "revoked",  "rotated",    "sanitized", "set",       "str",
    "string",    "suppressed", "text",    "true",       "type",      "undefined", "unknown",
    "unset",     "updated",   "valid",    "varchar",    "wrong",     "yes",
};

static bool is_keep_word(const char *s, size_t len) {
    char lower[16];
    if (len == 0 || len >= sizeof lower) return false;
    for (size_t i = 0; i < len; i++) lower[i] = byte_lower(s[i]);
    lower[len] = '\0';
    size_t low = 0, high = sizeof keep_words / sizeof *keep_words;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(lower, keep_words[middle]);
        if (order == 0) return true;
        if (order < 0) high = middle;
        else low = middle + 1;
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
    if (len >= 3 && len % 3 == 0 && memcmp(s, "\xe2\x80\xa2", 3) == 0) { /* bullets */
        for (size_t i = 0; i < len; i += 3) {
            if (memcmp(s + i, "\xe2\x80\xa2", 3) != 0) return false;
        }
        return true;
    }
    if (len > 2 && strchr("<[(", s[0]) && strchr(">])", s[len - 1]))
        return is_keep_word(s + 1, len - 2) || is_blanked(s + 1, len - 2);
    return false;
}

static bool is_all(const char *s, size_t len, unsigned classes) {
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], classes)) return false;
    }
    return len > 0;
}

/* ${VAR}, {{ var }}, %s, %(var)s, <var>, $1, ?, {}, :var: where a secret will be put. */
static bool is_placeholder(const char *s, size_t len) {
    if (len == 1 && s[0] == '?') return true;
    if (s[0] == ':' && len > 1 && is_all(s + 1, len - 1, BYTE_LETTER | BYTE_JOINT))
        return berth_key_classify(s + 1, len - 1).kind != BERTH_KEY_NONE;
    if (len == 2 && (s[0] == '%' || s[0] == '$') && byte_is(s[1], BYTE_WORD)) return true;
    size_t open = 0;
    if (s[0] == '$' || s[0] == '%') open = 1;
    if (len < open + 2) return false;
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

/* --- randomness -------------------------------------------------------------------------- */

typedef struct look {
    unsigned lower, upper, digit, high, space, joint, other, turns;
} look;

static look look_at(const char *s, size_t len) {
    look l = {0};
    unsigned last = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned class = berth_byte_class[(unsigned char)s[i]] &
                         (BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT);
        if (class == BYTE_LOWER) l.lower++;
        else if (class == BYTE_UPPER) l.upper++;
        else if (class == BYTE_DIGIT) l.digit++;
        else if (byte_is(s[i], BYTE_HIGH)) l.high++;
        else if (byte_is(s[i], BYTE_SPACE)) l.space++;
        else if (byte_is(s[i], BYTE_JOINT) || memchr(":/()[]{}<>", s[i], 10)) l.joint++;
        else l.other++;
        if (class && last && class != last) l.turns++;
        last = class;
    }
    return l;
}

static bool is_uuid(const char *s, size_t len) {
    if (len != BERTH_UUID_BYTES) return false;
    for (size_t i = 0; i < len; i++) {
        bool joint = i == 8 || i == 13 || i == 18 || i == 23;
        if (joint ? s[i] != '-' : !byte_is(s[i], BYTE_HEX)) return false;
    }
    return true;
}

bool redact_looks_random(const char *s, size_t len) {
    if (len > LOOK_MAX) len = LOOK_MAX;
    if (len < 8 || is_uuid(s, len)) return false;
    look l = look_at(s, len);
    if (l.space) return false;
    if (l.joint == 0 && l.other == 0 && l.lower && l.upper && l.digit) return l.turns >= 2;
    if (l.joint <= 2 && l.other && l.digit && (l.lower || l.upper)) return true;
    if (len < 16) return l.joint <= 1 && l.lower && l.upper && l.digit && l.turns >= 4;
    if (l.joint * 6 > len) return false;
    return l.digit >= 2 && l.turns >= 4;
}

/* --- values that are none ---------------------------------------------------------------- */

/* /etc/berth/keys, C:\keys, file names: a secret's place. */
static bool is_path(const char *s, size_t len) {
    size_t slashes = 0;
    if (len < 4 || (s[0] != '/' && s[0] != '~' && s[0] != '.')) return false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '/') slashes++;
        else if (!byte_is(s[i], BYTE_NAME) && !(i == 0 && s[i] == '~')) return false;
    }
    look l = look_at(s, len);
    return slashes >= 2 && l.upper <= len / 4 && l.digit <= len / 4;
}

static bool is_web_address(const char *s, size_t len) {
    return len > 8 && (memcmp(s, "http://", 7) == 0 || memcmp(s, "https://", 8) == 0);
}

/* self.password, config.db.secret, load_key(: code, not a value. */
static bool is_reference(const char *s, size_t len) {
    size_t dots = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '(' && i > 0 && (i + 1 == len || s[i + 1] == ')')) return true;
        if (s[i] == '.') dots++;
        else if (!byte_is(s[i], BYTE_LETTER) && s[i] != '_') return false;
    }
    return dots > 0 && len <= BERTH_KEY_NAME_MAX && s[0] != '.' &&
           berth_key_classify(s, len).kind != BERTH_KEY_NONE;
}

/* "This field may not be blank.": three words or more and a full stop. */
static bool is_sentence(const char *s, size_t len) {
    size_t spaces = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == ' ') spaces++;
        else if (!byte_is(s[i], BYTE_LETTER) && s[i] != '.' && s[i] != '\'' && s[i] != ',')
            return false;
    }
    return spaces >= 2 && s[len - 1] == '.' && byte_is(s[0], BYTE_UPPER);
}

/* Does the lower-case word go on as prose: at least two more of the kind after it? */
static bool is_prose(const redact_scan *scan, size_t start, size_t end) {
    if (!is_all(scan->s + start, end - start, BYTE_LOWER)) return false;
    size_t at = end;
    for (unsigned words = 0; words < 2; words++) {
        if (at >= scan->len || scan->s[at] != ' ') return false;
        size_t from = ++at;
        while (at < scan->len && at < from + 16 && byte_is(scan->s[at], BYTE_LOWER)) at++;
        if (at == from) return false;
    }
    return true;
}

static bool followed_by_word(const redact_scan *scan, size_t end) {
    return end + 1 < scan->len && scan->s[end] == ' ' && byte_is(scan->s[end + 1], BYTE_LOWER) &&
           !redact_pair_follows(scan, end + 1);
}

/* --- the verdict ------------------------------------------------------------------------- */

static bool medium_is_secret(const redact_scan *scan, berth_key_class class, size_t start,
                             size_t end, redact_syntax syntax) {
    const char *s = scan->s + start;
    size_t len = end - start;
    bool number = is_all(s, len, BYTE_DIGIT);
    switch (class.kind) {
    case BERTH_KEY_CODE:
        return len <= 64 && len >= 3 && look_at(s, len).digit >= 3;
    case BERTH_KEY_DATA:
        return len >= 4 && !(syntax == SYNTAX_LOOSE && is_all(s, len, BYTE_LOWER));
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY: /* python3-jwt:all */
        if (syntax == SYNTAX_TIGHT && len < 8 && start > 0 && s[-1] == ':' &&
            is_all(s, len, BYTE_LOWER | BYTE_DIGIT))
            return false;
        break;
    default:
        break;
    }
    if (number) return len >= (syntax == SYNTAX_QUOTED ? 4u : syntax == SYNTAX_TIGHT ? 6u : 7u);
    if (is_path(s, len) || is_web_address(s, len)) return false;
    if (syntax == SYNTAX_LOOSE && is_all(s, len, BYTE_LOWER) && followed_by_word(scan, end))
        return false;
    return true;
}

static bool weak_is_secret(const redact_scan *scan, berth_key_class class, size_t start,
                           size_t end) {
    const char *s = scan->s + start;
    size_t len = end - start;
    look l = look_at(s, len < LOOK_MAX ? len : LOOK_MAX);
    switch (class.kind) {
    case BERTH_KEY_CONTACT:
        return l.digit >= 7 && l.digit <= 15 && l.lower == 0 && l.upper <= 3;
    case BERTH_KEY_SIGNATURE:
        return len >= 12 && l.space == 0 && (l.digit > 0 || len >= 32);
    case BERTH_KEY_SESSION:
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY:
        return len > LOOK_MAX || redact_looks_random(s, len) ||
               (len >= 16 && l.space == 0 && l.joint == 0 && l.digit && is_all(s, len, BYTE_HEX));
    default:
        return len > LOOK_MAX || redact_looks_random(s, len);
    }
}

bool redact_is_secret(const redact_scan *scan, berth_key_class class, size_t start, size_t end,
                      redact_syntax syntax) {
    const char *s = scan->s + start;
    size_t len = end - start;
    while (syntax != SYNTAX_QUOTED && len > 1 && memchr(".,;:!?", s[len - 1], 6)) len--;
    end = start + len;
    if (len == 0 || is_keep_word(s, len) || is_blanked(s, len) || is_placeholder(s, len))
        return false;
    if (redact_is_masked(scan->r, s, len)) return false;
    if (len > LOOK_MAX) return true;
    if (syntax != SYNTAX_QUOTED && is_reference(s, len)) return false;
    if (syntax == SYNTAX_QUOTED && is_sentence(s, len)) return false;
    if (syntax == SYNTAX_LOOSE && is_prose(scan, start, end)) return false;
    if (class.kind == BERTH_KEY_PERSON) return look_at(s, len).digit >= 4;
    if (syntax == SYNTAX_PROSE) {
        look l = look_at(s, len);
        if (class.weight == BERTH_KEY_STRONG && len >= 6 && l.digit && l.lower && l.upper)
            return !is_uuid(s, len);
        return redact_looks_random(s, len);
    }
    switch (class.weight) {
    case BERTH_KEY_STRONG:
        if (class.plural && is_all(s, len, BYTE_DIGIT)) return false;
        return !(syntax == SYNTAX_LOOSE && len <= 3 && is_all(s, len, BYTE_DIGIT));
    case BERTH_KEY_MEDIUM:
        return medium_is_secret(scan, class, start, end, syntax);
    case BERTH_KEY_WEAK:
        break;
    }
    return weak_is_secret(scan, class, start, end);
}
