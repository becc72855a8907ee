/* redact_near.c - values that a sentence tells without saying which of its words they are: "wrong
 * secret (got x)", "please rotate x, it is our API token", ('x', 'admin_password').
 *
 * Near a name that stands alone, a word is masked that no language and no program would write:
 * letters of both cases and digits that change as they do in no name of a class or a host. */
#include <string.h>

#include "log/redact_private.h"

#define BEFORE 60 /* bytes that are looked at on each side of the name */
#define AFTER 96
#define WORD_LEAST 8
#define WORD_MAX 128
#define JOINED_LEAST 16
#define KEY_LEAST 20

/* Runs of letters of one case and of digits, and how many of them are odd for a name: short ones of
 * small letters in the middle, digits before small letters, one capital at the end. */
static size_t count_odd(const char *s, size_t len) {
    size_t odd = 0, before = 0;
    unsigned last = 0;
    for (size_t i = 0, run; i < len; i += run) {
        unsigned class = berth_byte_class[(unsigned char)s[i]] & BYTE_WORD;
        for (run = 1; i + run < len && byte_is(s[i + run], class); run++) {
        }
        bool end = i + run == len;
        if (class == BYTE_LOWER) {
            odd += run <= 2 && i > 0 && (!end || (last == BYTE_UPPER && before > 1));
            odd += run <= 2 && i == 0;
            odd += last == BYTE_DIGIT;
        } else if (class == BYTE_UPPER) {
            odd += run == 1 && end;
        }
        before = run;
        last = class;
    }
    return odd;
}

bool redact_is_scrambled(const char *s, size_t len) {
    size_t lower = 0, upper = 0, digits = 0, signs = 0, joints = 0;
    if (len < WORD_LEAST || len > WORD_MAX) return false;
    if (memcmp(s, "AAAA", 4) == 0) return false; /* a public key of ssh */
    for (size_t i = 0; i < len; i++) {
        if (byte_is(s[i], BYTE_LOWER)) lower++;
        else if (byte_is(s[i], BYTE_UPPER)) upper++;
        else if (byte_is(s[i], BYTE_DIGIT)) digits++;
        else if (memchr("$!#^*&%@~", s[i], 9)) signs++;
        else if (memchr("-_+/", s[i], 4) || (s[i] == '=' && i + 2 >= len)) joints++;
        else return false;
    }
    bool short_one = len < JOINED_LEAST && !signs;
    if (joints > 0 && (short_one || s[0] == '/' || joints * 5 > len)) return false;
    if (!upper || !lower || (!digits && (signs || joints))) return false;
    if (!digits) return redact_is_jumble(s, len);
    return count_odd(s, len) >= (signs ? 1u : joints ? 4u : 2u);
}

/* Words before a value that say what it is: no secret. */
static bool is_owner(const char *s, size_t len) {
    static const char *const words[] = {
        "id",       "ids",      "user",    "username", "account", "host",        "node",
        "pod",      "request",  "req",     "trace",    "span",    "instance",    "image",
        "commit",   "revision", "version", "hash",     "digest",  "fingerprint", "client",
        "tenant",   "project",  "bucket",  "class",    "method",  "function",    "file",
        "path",     "ticket",   "order",   "job",      "build",   "queue",       "container",
        "for",      "of",       "by",      "on",       "in",      "at",          "server",
        "hostname", "event",    "device",  "serial",   "etag",    "algorithm",   "cipher",
    };
    return IS_ONE_OF(s, len, words);
}

/* Words after whose colon or = the value comes all the same: "new one: x", tried=x. */
static bool is_teller(const char *s, size_t len) {
    static const char *const words[] = {"one", "new",   "old",   "got", "value", "part", "half",
                                        "is",  "was",   "now",   "it",  "this",  "be",   "used",
                                        "val", "tried", "typed", "to",  "with",  "entered"};
    return (len == 1 && byte_is(s[0], BYTE_DIGIT)) || IS_ONE_OF(s, len, words);
}

/* Bytes between which words stand. */
static const bool border[256] = {
    ['\0'] = true, ['\1'] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, [' '] = true,
    ['"'] = true,  ['\''] = true, ['`'] = true,  [','] = true,  [';'] = true,  ['('] = true,
    [')'] = true,  ['['] = true,  [']'] = true,  ['{'] = true,  ['}'] = true,  ['<'] = true,
    ['>'] = true,  ['|'] = true,  ['\\'] = true,
};

static bool is_border(char c) {
    return border[(unsigned char)c];
}

/* Is it the name's own line, and where does that begin or end within reach? */
static size_t reach_before(const redact_scan *scan, size_t at) {
    size_t name = at, low = at > BEFORE ? at - BEFORE : 0;
    while (at > low && scan->s[at - 1] != '\n' && !redact_is_after_break(scan, at)) at--;
    if (at > low || at == 0) return at;
    while (at < name && !is_border(scan->s[at - 1]) && !is_border(scan->s[at])) at++;
    return at; /* no half of a word */
}

/* Words before a quoted value that say that somebody gave it. */
static bool is_giver(const char *s, size_t len) {
    static const char *const words[] = {"got",  "supplied", "tried", "typed",    "entered",  "gave",
                                        "used", "given",    "sent",  "provided", "received", "was"};
    return IS_ONE_OF(s, len, words);
}

/* "the secret is out: x", "pass for ann: x": does the word before the colon follow another one? */
static bool is_in_sentence(const redact_scan *scan, size_t at, size_t len) {
    const char *s = scan->s;
    if (len == 0 || s[at + len] != ':' || at < 2 || s[at - 1] != ' ') return false;
    return byte_is(s[at - 2], BYTE_LOWER | BYTE_DIGIT) && redact_peek(scan, at + len + 1) == ' ';
}

/* ann/x, ann:x: where x begins. */
static size_t after_user(const redact_scan *scan, size_t from, size_t to) {
    size_t i = from;
    while (i < to && byte_is(scan->s[i], BYTE_LOWER | BYTE_DIGIT | BYTE_JOINT) && scan->s[i] != ':')
        i++;
    return i > from && i < to && (scan->s[i] == '/' || scan->s[i] == ':') ? i + 1 : from;
}

static bool is_quoted_secret(const redact_scan *scan, size_t from, size_t to) {
    if (!byte_is(scan->s[from - 1], BYTE_QUOTE) || redact_peek(scan, to) != scan->s[from - 1])
        return false;
    return redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to) &&
           !redact_has_blank(scan, from, to);
}

/* What is known of the name near which words are looked at. */
typedef struct named {
    unsigned rule;
    bool strong; /* it is that of a password, */
    bool wrong;  /* which was wrong: "wrong password (got x, expected y)" */
} named;

static bool follows(const redact_scan *scan, size_t at, const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(texts[i]);
        if (at >= n && redact_folds_at(scan, at - n, texts[i])) return true;
    }
    return false;
}

/* "tell ann it is x", "got x instead of y": a word of letters and digits that is told so. */
static bool is_told(const redact_scan *scan, const named *near, size_t from, size_t to) {
    static const char *const tellers[] = {" it is ", " it's ", " it is now ", " it's now ",
                                          " it was ", " new value: ", " new one: "};
    static const char *const givers[] = {" expected ", " instead of ", " got ",     "(got ",
                                         "(tried ",    "(typed ",      "(entered ", " received ",
                                         "(expected ", "(given ",      "(received "};
    if (!near->strong || memchr(scan->s + from, '/', to - from) ||
        memchr(scan->s + from, ':', to - from) || memchr(scan->s + from, '=', to - from) ||
        !redact_is_mixture(scan, from, to) || !redact_has_digit(scan, from, to) ||
        redact_is_term(scan->s + from, to - from))
        return false;
    return follows(scan, from, tellers, sizeof tellers / sizeof *tellers) ||
           (near->wrong && follows(scan, from, givers, sizeof givers / sizeof *givers));
}

static void look_at_word(redact_scan *scan, const named *near, size_t from, size_t to,
                         size_t before, size_t before_end) {
    const char *s = scan->s;
    const char *sign = memchr(s + from, '=', to - from);
    while (to > from && (s[to - 1] == '.' || s[to - 1] == ':' || s[to - 1] == '?')) to--;
    if (sign && is_teller(s + from, (size_t)(sign - s) - from)) from = (size_t)(sign - s) + 1;
    bool given = is_told(scan, near, from, to);
    if (before < before_end && !given) {
        char last = s[before_end - 1];
        bool joined = last == ':' || last == '=';
        size_t len = before_end - before - joined;
        if (is_owner(s + before, len)) return;
        if (joined && !is_teller(s + before, len) && !is_in_sentence(scan, before, len)) return;
        given = is_giver(s + before, before_end - before) && is_quoted_secret(scan, from, to);
        bool user = before > 1 && byte_is(s[before - 2], BYTE_WORD);
        if (user && before_end - before == 1 && last == '/') /* ann / x */
            given = redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to);
    }
    from = after_user(scan, from, to);
    if (redact_is_prompt_code(s + from, to - from)) return;
    if (from < to && (given || redact_is_scrambled(s + from, to - from)))
        redact_mark_secret(scan, from, to, near->rule);
}

/* fastly key x: a word, `key` and what can be nothing but one. */
static bool is_told_key(const redact_scan *scan, const redact_key *key, size_t after) {
    size_t start, n = redact_word_before(scan, key->start, &start), from = after + 1, to = from;
    while (to < scan->len && to - from < WORD_MAX && !is_border(scan->s[to])) to++;
    return n > 0 && redact_peek(scan, after) == ' ' && to - from >= KEY_LEAST &&
           redact_is_scrambled(scan->s + from, to - from);
}

/* "to pass it", "we pass them": the verb. */
static bool is_verb(const redact_scan *scan, const redact_key *key) {
    static const char *const words[] = {"to",     "we",   "you", "not", "will",
                                        "should", "must", "can", "and"};
    size_t start, n = redact_word_before(scan, key->start, &start);
    return key->end - key->start == 4 && redact_is_at(scan, key->start, "pass ") &&
           IS_ONE_OF(scan->s + start, n, words);
}

/* May the name be one that a sentence or a list has, and not part of a path or the like? */
static bool stands_alone(const redact_scan *scan, const redact_key *key) {
    char before = key->start > 0 ? scan->s[key->start - 1] : ' ';
    size_t after = key->end + key->quote.len, next = redact_skip_blanks(scan, after);
    char c = redact_peek(scan, after), joint = redact_peek(scan, next);
    bool told = key->class.bare && (redact_folds_at(scan, after, " is ") ||
                                    redact_folds_at(scan, after, " was ") ||
                                    redact_folds_at(scan, after, " for ") ||
                                    is_told_key(scan, key, after));
    if (key->dashes || (key->class.weight == BERTH_KEY_WEAK && !told)) return false;
    bool value = before == '=' && !redact_begins_text(scan, key->start);
    if (byte_is(before, BYTE_NAME) || memchr("/$@\\%{", before, 6) || value) return false;
    if (joint == '=' || (joint == ':' && next > after) || is_verb(scan, key)) return false;
    if (c == ':' && (redact_is_at(scan, after, ": got ") || redact_is_at(scan, after, ": tried ") ||
                     redact_is_at(scan, after, ": expected ")))
        return true;
    return c == '\0' || is_border(c) || (c == '.' && is_border(redact_peek(scan, after + 1)));
}

/* The words from `at` on that begin before `stop` or the line's end. */
static void look_at_words(redact_scan *scan, size_t at, size_t stop, const named *near) {
    const char *s = scan->s;
    size_t word = 0, word_end = 0;
    if (at < scan->near_end) at = scan->near_end;
    redact_work(scan, 100 + (stop > at ? 2 * (stop - at) : 0));
    while (at < stop && s[at] != '\n') {
        size_t from = at, most = scan->len - at > WORD_MAX ? at + WORD_MAX : scan->len;
        unsigned classes = 0;
        for (unsigned class; at < most; at++, classes |= class) {
            class = berth_byte_class[(unsigned char)s[at]];
            if (!(class & (BYTE_NAME | BYTE_HIGH)) && is_border(s[at])) break;
        }
        if (from > 0 && s[from - 1] == '\\' && byte_in(s[from], "nrt0")) from++; /* no letter */
        if (from > 0 && s[from - 1] == '[' && at > from) { /* [31mFAILED */
            size_t past = redact_skip_colour(scan, from - 1);
            if (past > from && past < at) from = past;
        }
        if (at > from) {
            bool quoted = from > 0 && byte_is(s[from - 1], BYTE_QUOTE);
            bool after_slash = word_end - word == 1 && s[word] == '/';
            bool mixed = (classes & BYTE_UPPER) || /* else it must be given */
                         ((classes & BYTE_DIGIT) && (quoted || after_slash));
            if (at - from >= WORD_LEAST && mixed && (classes & BYTE_LOWER))
                look_at_word(scan, near, from, at, word, word_end);
            word = from;
            word_end = at;
        }
        if (at < stop && byte_in(s[at], "\\#") && redact_is_break(scan, at)) break;
        at += at < stop && s[at] != '\n';
    }
    scan->near_end = at;
}

/* password (amber-fjord-031) rejected */
static void look_at_next(redact_scan *scan, const redact_key *key) {
    size_t from = redact_skip_blanks(scan, key->end + key->quote.len), to;
    char open = redact_peek(scan, from);
    if (open != '(' && open != '[' && open != '<') return;
    for (to = ++from; to < scan->len && to - from < WORD_MAX && !is_border(scan->s[to]); to++) {
    }
    if (key->class.weight == BERTH_KEY_STRONG && redact_is_phrase_code(scan->s + from, to - from))
        redact_mark_secret(scan, from, to, key->rule);
}

/* "wrong password", and neither its length nor its format. */
static bool is_wrong(const redact_scan *scan, const redact_key *key) {
    static const char *const words[] = {"wrong", "bad", "incorrect", "invalid", "mismatched"};
    size_t start, n = redact_word_before(scan, key->start, &start);
    size_t next = redact_skip_blanks(scan, key->end);
    if (redact_folds_at(scan, next, "mismatch")) return true;
    return IS_ONE_OF(scan->s + start, n, words) && !byte_is(redact_peek(scan, next), BYTE_WORD);
}

void redact_near(redact_scan *scan, const redact_key *key) {
    switch (key->class.kind) {
    case BERTH_KEY_PASSWORD:
    case BERTH_KEY_SECRET:
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY:
    case BERTH_KEY_CREDENTIAL:
    case BERTH_KEY_CODE:
        break;
    default:
        return;
    }
    if (!stands_alone(scan, key)) return;
    size_t stop = scan->len - key->end > AFTER ? key->end + AFTER : scan->len;
    look_at_next(scan, key);
    named near = {.rule = key->rule, .strong = key->class.weight == BERTH_KEY_STRONG};
    near.wrong = near.strong && is_wrong(scan, key);
    look_at_words(scan, reach_before(scan, key->start), stop, &near);
}

void redact_near_words(redact_scan *scan, size_t at, unsigned rule) {
    named near = {.rule = rule};
    look_at_words(scan, at, scan->len - at > AFTER ? at + AFTER : scan->len, &near);
}
