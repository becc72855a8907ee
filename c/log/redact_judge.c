/* redact_judge.c - whether what stands after a name is a secret at all.
 *
 * After a strong name everything is but placeholders; after weaker ones small numbers, paths and
 * plain words in prose stay; after the weakest a value must look random. */
#include <string.h>

#include "log/redact_private.h"

#define LOOK_MAX 256 /* bytes of a value that are looked at */
#define PROSE_WORDS 5
#define HINT_MAX 48

/* Words of which sentences are made and passwords are not, in order of nothing. */
static bool is_speech_word(const char *s, size_t len) {
    static const char *const words[] = {
        "a",     "an",   "and",     "are",   "as",  "at",     "be",    "been",    "but",
        "by",    "can",  "cannot",  "could", "did", "does",   "for",   "from",    "has",
        "have",  "if",   "in",      "is",    "it",  "its",    "may",   "must",    "no",
        "not",   "of",   "on",      "only",  "or",  "should", "than",  "that",    "the",
        "their", "then", "this",    "to",    "too", "was",    "were",  "when",    "which",
        "will",  "with", "without", "would", "you", "your",   "can't", "doesn't", "via",
    };
    return IS_ONE_OF(s, len, words);
}

/* Words of messages that say what is wrong with a value. */
static bool is_complaint_word(const char *s, size_t len) {
    static const char *const words[] = {
        "allowed",  "blank",    "character", "characters", "contain", "empty",      "expected",
        "field",    "invalid",  "least",     "long",       "match",   "missing",    "must",
        "provided", "required", "short",     "string",     "too",     "unexpected", "valid",
    };
    return IS_ONE_OF(s, len, words);
}

static size_t count_words(const char *s, size_t len, bool (*is)(const char *, size_t)) {
    size_t count = 0;
    for (size_t i = 0; i < len;) {
        size_t from = i;
        while (i < len && (byte_is(s[i], BYTE_LETTER) || s[i] == '\'')) i++;
        bool whole = i == len || memchr(" .,;:!?)", s[i], 8);
        count += whole && i > from && is(s + from, i - from);
        while (i < len && s[i] != ' ') i++;
        while (i < len && s[i] == ' ') i++;
    }
    return count;
}

bool redact_is_speech(const char *s, size_t len) {
    return count_words(s, len, is_speech_word) > 0;
}

/* --- randomness -------------------------------------------------------------------------- */

typedef struct look {
    unsigned lower, upper, digit, high, space, joint, other, turns;
} look;

static look look_at(const char *s, size_t len) {
    look l = {0};
    unsigned last = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned class =
            berth_byte_class[(unsigned char)s[i]] & (BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT);
        if (class == BYTE_LOWER)
            l.lower++;
        else if (class == BYTE_UPPER)
            l.upper++;
        else if (class == BYTE_DIGIT)
            l.digit++;
        else if (byte_is(s[i], BYTE_HIGH))
            l.high++;
        else if (byte_is(s[i], BYTE_SPACE))
            l.space++;
        else if (byte_is(s[i], BYTE_JOINT) || memchr(":/()[]{}<>", s[i], 10))
            l.joint++;
        else
            l.other++;
        if (class && last && class != last) l.turns++;
        last = class;
    }
    return l;
}

bool redact_is_uuid(const char *s, size_t len) {
    if (len != BERTH_UUID_BYTES) return false;
    for (size_t i = 0; i < len; i++) {
        bool joint = i == 8 || i == 13 || i == 18 || i == 23;
        if (joint ? s[i] != '-' : !byte_is(s[i], BYTE_HEX)) return false;
    }
    return true;
}

/* Letters alone, of both cases, that change as no CamelCase does: eTShuyZnslkbz. */
bool redact_is_jumble(const char *s, size_t len) {
    size_t odd = 0, run = 0, before = 0;
    if (len < 8 || !bytes_are_all(s, len, BYTE_LETTER)) return false;
    for (size_t i = 0; i < len; i += run) {
        bool upper = byte_is(s[i], BYTE_UPPER), last;
        for (run = 0; i + run < len && byte_is(s[i + run], BYTE_UPPER) == upper; run++) {
        }
        last = i + run == len;
        if (upper)
            odd += (before && run == 2 && !last) || (before && run == 1 && last);
        else
            odd += run <= 2 && !last;
        before = run;
    }
    return odd >= 2;
}

bool redact_looks_random(const char *s, size_t len) {
    if (len > LOOK_MAX) len = LOOK_MAX;
    if (len < 8) return false;
    bool named = len >= BERTH_UUID_BYTES && redact_is_uuid(s, BERTH_UUID_BYTES); /* and -tls */
    if (named && (len == BERTH_UUID_BYTES || !byte_is(s[BERTH_UUID_BYTES], BYTE_WORD)))
        return false;
    look l = look_at(s, len);
    if (l.space) return false;
    if (len >= 10 && redact_is_jumble(s, len)) return true;
    if (l.joint == 0 && l.other == 0 && l.lower && l.upper && l.digit) return l.turns >= 2;
    if (l.joint <= 2 && l.other && l.digit && (l.lower || l.upper)) return true;
    if (len < 16) return l.joint <= 1 && l.lower && l.upper && l.digit && l.turns >= 4;
    if (l.joint * 6 > len) return false;
    return l.digit >= 2 && l.turns >= 4;
}

/* amber-fjord-031: words joined by dashes, and then digits. */
bool redact_is_phrase_code(const char *s, size_t len) {
    size_t i = 0, words = 0, digits;
    while (i < len && byte_is(s[i], BYTE_LOWER)) {
        size_t from = i;
        while (i < len && byte_is(s[i], BYTE_LOWER)) i++;
        if (i - from < 4 || i >= len || s[i] != '-') return false;
        words++;
        i++;
    }
    for (digits = i; i < len && byte_is(s[i], BYTE_DIGIT); i++) {
    }
    return words >= 2 && i == len && i - digits >= 3;
}

/* What a server asks for, `Password:` or `Username:`, in base64. */
bool redact_is_prompt_code(const char *s, size_t len) {
    char plain[24];
    if (len < 8 || len > 28 || len % 4) return false;
    size_t n = redact_base64(s, len, plain, sizeof plain);
    if (n < 5) return false;
    while (n > 4 && memchr(": ", plain[n - 1], 2)) n--;
    if (n > 4 && plain[n - 1] == '\0') n--;
    return bytes_are_word(plain, n, "password") || bytes_are_word(plain, n, "username") ||
           bytes_are_word(plain, n, "user name") || bytes_are_word(plain, n, "login");
}

bool redact_is_term(const char *s, size_t len) {
    static const char *const terms[] = {
        "aes128",  "aes256",  "argon2",     "argon2id", "base32", "base64", "ec2",    "ed25519",
        "es256",   "hs256",   "hs512",      "http2",    "ipv4",   "ipv6",   "k8s",    "md5",
        "oauth1",  "oauth2",  "openid2",    "p256",     "pbkdf2", "pkcs12", "pkcs8",  "rs256",
        "rsa2048", "rsa4096", "s3",         "saml2",    "sha1",   "sha224", "sha256", "sha384",
        "sha512",  "utf8",    "v3password", "x509",
    };
    size_t word = 0;
    while (word < len && byte_is(s[word], BYTE_WORD)) word++;
    return IS_ONE_OF(s, word, terms);
}

/* --- values that are none ---------------------------------------------------------------- */

/* /etc/berth/keys, C:\keys, file names: a secret's place. */
static bool is_path(const char *s, size_t len) {
    size_t slashes = 0;
    if (len < 4 || (s[0] != '/' && s[0] != '~' && s[0] != '.')) return false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '/')
            slashes++;
        else if (!byte_is(s[i], BYTE_NAME) && !(i == 0 && s[i] == '~'))
            return false;
    }
    look l = look_at(s, len);
    return slashes >= 2 && l.upper <= len / 4 && l.digit <= len / 4;
}

/* openstack/billing-tls: an object of a namespace. */
static bool is_resource(const char *s, size_t len) {
    const char *slash = memchr(s, '/', len);
    if (!slash || slash == s || slash + 1 == s + len) return false;
    for (size_t i = 0; i < len; i++) {
        if (s + i != slash && !byte_is(s[i], BYTE_LOWER | BYTE_DIGIT) && s[i] != '-' && s[i] != '.')
            return false;
    }
    return byte_is(s[0], BYTE_LOWER) && byte_is(slash[1], BYTE_LOWER) &&
           !redact_looks_random(s, len);
}

/* 0x16fd7387044f95: a number that programs count with. */
static bool is_machine_number(const char *s, size_t len) {
    return len > 2 && len <= 18 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') &&
           bytes_are_all(s + 2, len - 2, BYTE_HEX);
}

/* arn:aws:secretsmanager:r:1:secret:x: the name stands in a path of names. */
static bool is_in_resource_name(const redact_scan *scan, size_t start) {
    size_t i = start, low = start > LOOK_MAX ? start - LOOK_MAX : 0;
    while (i > low &&
           (byte_is(scan->s[i - 1], BYTE_NAME) || scan->s[i - 1] == ':' || scan->s[i - 1] == '/'))
        i--;
    if (redact_is_after_break(scan, i + 1)) i++; /* \narn: */
    return redact_is_at(scan, i, "arn:") || redact_is_at(scan, i, "urn:");
}

static bool is_web_address(const char *s, size_t len) {
    return len > 8 && (memcmp(s, "http://", 7) == 0 || memcmp(s, "https://", 8) == 0);
}

/* "This field may not be blank.", "is too short (at least 8)": what is wrong with a value. */
static bool is_sentence(const char *s, size_t len) {
    if (memchr(s, ' ', len) && count_words(s, len, is_complaint_word) > 0 &&
        count_words(s, len, is_speech_word) > 0)
        return true;
    size_t spaces = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == ' ')
            spaces++;
        else if (!byte_is(s[i], BYTE_LETTER) && s[i] != '.' && s[i] != '\'' && s[i] != ',')
            return false;
    }
    return spaces >= 2 && s[len - 1] == '.' && byte_is(s[0], BYTE_UPPER);
}

/* Does the lower-case word go on as prose: at least two more of the kind after it, and words among
 * them that passphrases have not? */
static bool is_prose(const redact_scan *scan, size_t start, size_t end, bool phrase) {
    bool capital = byte_is(scan->s[start], BYTE_UPPER) && end - start > 1;
    if (!bytes_are_all(scan->s + start + capital, end - start - capital, BYTE_LOWER)) return false;
    size_t at = end, words = 0;
    while (at < scan->len && words < PROSE_WORDS && scan->s[at] == ' ') {
        size_t from = at + 1, stop = from;
        while (stop < scan->len && stop < from + 16 && byte_is(scan->s[stop], BYTE_LETTER)) stop++;
        bool name = stop < scan->len && byte_is(scan->s[stop], BYTE_DIGIT | BYTE_JOINT);
        while (name && byte_is(redact_peek(scan, stop), BYTE_NAME)) stop++; /* ann.b, node-1 */
        if (stop == from) break;
        at = stop;
        words += !name;
    }
    return words >= 2 &&
           !((phrase || capital) && !redact_is_speech(scan->s + start, at - start));
}

bool redact_goes_on_as_speech(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    return end > at && is_prose(scan, at, end, true);
}

/* limit=120 where a value was looked for: another name's. */
static bool is_plain_pair(const redact_scan *scan, size_t start) {
    size_t i = start;
    while (byte_is(redact_peek(scan, i), BYTE_LOWER) || redact_peek(scan, i) == '_') i++;
    return i > start && redact_peek(scan, i) == '=' && redact_is_pair(scan, start);
}

/* An empty value, then a command: PGPASSWORD= psql -h x; or what is told instead: 18 bytes. */
static bool is_no_value(const redact_scan *scan, size_t start, size_t end) {
    const char *s = scan->s;
    if (bytes_are_all(s + start, end - start, BYTE_LOWER))
        return redact_is_at(scan, end, " -") && byte_is(redact_peek(scan, end + 2), BYTE_LOWER);
    size_t i = start;
    while (i < end && byte_is(s[i], BYTE_DIGIT)) i++;
    return i > start && redact_is_at(scan, i, " bytes");
}

static bool followed_by_word(const redact_scan *scan, size_t end) {
    return end + 1 < scan->len && scan->s[end] == ' ' &&
           byte_is(scan->s[end + 1], BYTE_LOWER | BYTE_DIGIT) &&
           !redact_pair_follows(scan, end + 1);
}

/* --- the verdict ------------------------------------------------------------------------- */

/* What stands after the colon of a package's name. */
static bool is_architecture(const char *s, size_t len) {
    static const char *const names[] = {"all",   "any",  "amd64",   "arm64", "armhf",
                                        "armel", "i386", "ppc64el", "s390x", "riscv64"};
    return (len < 8 && bytes_are_all(s, len, BYTE_LOWER)) || IS_ONE_OF(s, len, names);
}

/* Name.Label, self.refresh_grant: what code takes from elsewhere. */
static bool is_dotted_name(const char *s, size_t len) {
    size_t dots = 0;
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], BYTE_LETTER) && s[i] != '_' && s[i] != '.') return false;
        dots += s[i] == '.' && i > 0 && i + 1 < len;
    }
    return dots > 0;
}

/* 1.2.3: numbers with points between them. */
static bool is_version(const char *s, size_t len) {
    size_t points = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] != '.' && !byte_is(s[i], BYTE_DIGIT)) return false;
        points += s[i] == '.';
    }
    return points > 0 && byte_is(s[0], BYTE_DIGIT);
}

static bool medium_is_secret(const redact_scan *scan, berth_key_class class, size_t start,
                             size_t end, redact_syntax syntax) {
    const char *s = scan->s + start;
    size_t len = end - start;
    bool number = bytes_are_all(s, len, BYTE_DIGIT);
    switch (class.kind) {
    case BERTH_KEY_CODE:
        return len <= 32 && len >= 3 && look_at(s, len).digit >= 3 && !memchr(s, '.', len);
    case BERTH_KEY_DATA:
        return len >= 4 && !(syntax == SYNTAX_LOOSE && bytes_are_all(s, len, BYTE_LOWER));
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY: /* python3-jwt:all */
        if (syntax == SYNTAX_TIGHT && start > 0 && s[-1] == ':' && is_architecture(s, len))
            return false;
        break;
    default:
        break;
    }
    bool named = class.kind == BERTH_KEY_SECRET || class.kind == BERTH_KEY_TOKEN ||
                 class.kind == BERTH_KEY_KEY;
    /* user_secret_t:s0, accesskey="p" */
    if (named && len < (syntax == SYNTAX_TIGHT ? 4u : 2u)) return false;
    if (number && class.kind == BERTH_KEY_SESSION) return len >= 8; /* "XDG_SESSION_ID": "66126" */
    if (number) return len >= (syntax == SYNTAX_QUOTED ? 4u : syntax == SYNTAX_TIGHT ? 6u : 7u);
    if (is_path(s, len) || is_web_address(s, len) || is_machine_number(s, len)) return false;
    if (named && is_version(s, len)) return false;
    if (class.kind == BERTH_KEY_SECRET && (is_resource(s, len) || is_in_resource_name(scan, start)))
        return false;
    if (syntax == SYNTAX_LOOSE && bytes_are_all(s, len, BYTE_UPPER) && followed_by_word(scan, end))
        return false;
    bool word = len > 1 && byte_is(s[0], BYTE_LETTER) && bytes_are_all(s + 1, len - 1, BYTE_LOWER);
    if (syntax == SYNTAX_LOOSE && word && class.kind != BERTH_KEY_SECRET) return false;
    if (syntax != SYNTAX_QUOTED && is_dotted_name(s, len)) return false;
    if (syntax == SYNTAX_LOOSE && bytes_are_all(s, len, BYTE_LOWER) &&
        (followed_by_word(scan, end) || redact_classify(scan->r, s, len).kind != BERTH_KEY_NONE))
        return false;
    return true;
}

static bool looks_like_token(const char *s, size_t len, look l) {
    return len > LOOK_MAX || redact_looks_random(s, len) ||
           (len >= 16 && l.space == 0 && l.joint == 0 && l.digit &&
            bytes_are_all(s, len, BYTE_HEX));
}

/* Base64 that no path, digest or public key looks like: what a name like `key` alone may hold. */
static bool looks_like_key(const char *s, size_t len, look l) {
    if (len < 32 || len > LOOK_MAX || memcmp(s, "AAAA", 4) == 0) return false;
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], BYTE_WORD) && !memchr("+/=", s[i], 3)) return false;
    }
    return l.upper >= 4 && l.lower >= 4 && l.digit >= 2 && l.turns * 4 >= len &&
           (len % 4 == 0 || l.other);
}

static bool weak_is_secret(const redact_scan *scan, berth_key_class class, size_t start, size_t end,
                           redact_syntax syntax) {
    const char *s = scan->s + start;
    size_t len = end - start;
    look l = look_at(s, len < LOOK_MAX ? len : LOOK_MAX);
    if (is_machine_number(s, len)) return false;
    if (class.bare) return looks_like_key(s, len, l);
    switch (class.kind) {
    case BERTH_KEY_CONTACT:
        return l.digit >= 7 && l.digit <= 15 && l.lower == 0 && l.upper <= 3;
    case BERTH_KEY_SIGNATURE:
        return len >= 12 && l.space == 0 && (l.digit > 0 || len >= 32);
    case BERTH_KEY_TOKEN:
        if (syntax == SYNTAX_QUOTED && len >= 8 && l.digit && l.lower + l.upper && !l.space)
            return !redact_is_uuid(s, len);
        return looks_like_token(s, len, l);
    case BERTH_KEY_SESSION:
    case BERTH_KEY_KEY:
        return looks_like_token(s, len, l);
    case BERTH_KEY_SECRET: /* secret_id */
        return looks_like_token(s, len, l) || redact_is_uuid(s, len);
    default:
        return len > LOOK_MAX || redact_looks_random(s, len);
    }
}

/* a1b2-c3d4-e5f6: groups of four or five letters and digits. */
static bool is_grouped_code(const char *s, size_t len) {
    size_t groups = 0, digits = 0;
    for (size_t i = 0, run; i < len; i += run + 1) {
        for (run = 0; i + run < len && byte_is(s[i + run], BYTE_WORD); run++)
            digits += byte_is(s[i + run], BYTE_DIGIT);
        if (run < 4 || run > 5 || (i + run < len && s[i + run] != '-')) return false;
        groups++;
    }
    return groups >= 2 && digits > 0;
}

/* <insert key here>: small letters and blanks in angle brackets. */
static bool is_hint(const redact_scan *scan, size_t start) {
    size_t i = start + 1;
    if (redact_peek(scan, start) != '<' || !byte_is(redact_peek(scan, i), BYTE_LETTER))
        return false;
    if (redact_is_at(scan, i, "set to the key '")) return true; /* as kubectl describes it */
    while (i < start + HINT_MAX &&
           (byte_is(redact_peek(scan, i), BYTE_LOWER) || redact_peek(scan, i) == ' '))
        i++;
    return redact_peek(scan, i) == '>';
}

/* 984720x: a number with a letter that is no unit. */
static bool is_marked_number(const char *s, size_t len) {
    return len > 6 && bytes_are_all(s, len - 1, BYTE_DIGIT) && byte_is(s[len - 1], BYTE_LOWER) &&
           !byte_in(s[len - 1], "smhdkbgt");
}

/* SM and 32 hexadecimal digits: what Twilio calls a sid names a message or an account; SK a key. */
static bool is_resource_id(const char *s, size_t len) {
    return len == 34 && bytes_are_all(s, 2, BYTE_UPPER) && memcmp(s, "SK", 2) != 0 &&
           bytes_are_all(s + 2, 32, BYTE_HEX);
}

bool redact_is_secret(const redact_scan *scan, berth_key_class class, size_t start, size_t end,
                      redact_syntax syntax) {
    const char *s = scan->s + start;
    size_t len = end - start;
    while (syntax != SYNTAX_QUOTED && len > 1 && memchr(".,;:!?", s[len - 1], 6)) len--;
    end = start + len;
    if (len == 1 && memchr("|>{([\"',;", s[0], 9)) return false; /* a block that is cut off */
    redact_work(scan, 110 + 2 * (len < LOOK_MAX ? len : LOOK_MAX));
    if (len == 0 || redact_is_placeholder(scan->r, s, len)) return false;
    if (class.kind == BERTH_KEY_SESSION && is_resource_id(s, len)) return false;
    if (redact_is_masked(scan->r, s, len) || redact_is_prompt_code(s, len)) return false;
    if (len > LOOK_MAX) return true;
    if (syntax != SYNTAX_QUOTED && redact_is_reference(scan, start, end))
        return false;
    if (syntax >= SYNTAX_LOOSE && redact_is_capital_name(scan->r, s, len)) return false;
    if (syntax == SYNTAX_QUOTED && is_sentence(s, len)) return false;
    if (syntax != SYNTAX_QUOTED && is_hint(scan, start)) return false;
    if (syntax == SYNTAX_LOOSE && len > 3 && memcmp(s + len - 3, "n't", 3) == 0) return false;
    if (redact_is_key_name(scan->r, s, len)) return false; /* token_key = 'token' */
    if (syntax == SYNTAX_LOOSE &&
        (is_prose(scan, start, end, class.phrase) || is_no_value(scan, start, end)))
        return false;
    if (syntax >= SYNTAX_LOOSE && is_plain_pair(scan, start)) return false;
    if (class.kind == BERTH_KEY_AUTH && syntax == SYNTAX_LOOSE && len < 16 &&
        (bytes_are_all(s, len, BYTE_LOWER) || bytes_are_all(s, len, BYTE_UPPER)))
        return false; /* authorization: rbac */
    if (class.weight != BERTH_KEY_STRONG && syntax == SYNTAX_LOOSE &&
        bytes_are_all(s, len, BYTE_LETTER) && redact_is_at(scan, end, ": "))
        return false; /* token: expirationSeconds: 3600 */
    if (class.kind == BERTH_KEY_PERSON) return look_at(s, len).digit >= 4;
    if (syntax == SYNTAX_PROSE && is_machine_number(s, len)) return false;
    if (syntax == SYNTAX_PROSE && !class.bare) {
        look l = look_at(s, len);
        if (class.kind == BERTH_KEY_CODE && l.digit == len) return len >= 6 && len <= 8;
        if (class.kind == BERTH_KEY_CODE && is_grouped_code(s, len)) return true;
        if (class.weight == BERTH_KEY_STRONG &&
            (redact_is_jumble(s, len) || redact_is_phrase_code(s, len) ||
             is_marked_number(s, len)))
            return true;
        if (class.weight == BERTH_KEY_STRONG && len >= 6 && l.digit && l.lower && l.upper)
            return !redact_is_uuid(s, len);
        return redact_looks_random(s, len);
    }
    switch (class.weight) {
    case BERTH_KEY_STRONG:
        if (len == 1 && syntax != SYNTAX_QUOTED && byte_is(s[0], BYTE_LETTER) && start > 3 &&
            redact_is_at(scan, start - 4, "] = "))
            return false; /* password[0] = c */
        if (class.plural && bytes_are_all(s, len, BYTE_DIGIT)) return false;
        return !(syntax == SYNTAX_LOOSE && len <= 3 && bytes_are_all(s, len, BYTE_DIGIT));
    case BERTH_KEY_MEDIUM:
        return medium_is_secret(scan, class, start, end, syntax);
    case BERTH_KEY_WEAK:
        break;
    }
    return weak_is_secret(scan, class, start, end, syntax);
}
