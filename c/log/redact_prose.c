/* redact_prose.c - values that a sentence tells: "password for ann is x", "token x expired".
 * Where nothing but a blank joins name and value, the value must look like one. */
#include <string.h>

#include "log/redact_private.h"

#define WORDS_MAX 10
#define BASIC_LEAST 8
#define WORD_MAX 64
#define INDENT_MAX 40

/* What the word does; a colon at its end leaves nothing but a copula. */
static unsigned roles_of(const redact_scan *scan, size_t from, size_t to) {
    unsigned roles = WORD_COPULA;
    size_t end = to;
    while (end > from + 1 && scan->s[end - 1] == ':') end--;
    if (end == to) roles = ~0u;
    return roles & redact_word_roles(scan->r, scan->s + from, end - from);
}

bool redact_has_odd_bytes(const redact_scan *scan, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        if (!byte_is(scan->s[i], BYTE_LOWER | BYTE_JOINT)) return true;
    }
    return false;
}

/* host=x at `at`: a name with a value of its own. */
bool redact_is_pair(const redact_scan *scan, size_t at) {
    if (!redact_pair_follows(scan, at)) return false;
    while (byte_is(scan->s[at], BYTE_NAME)) at++;
    char next = redact_peek(scan, at + 1);
    return next != '=' && next != '\0' && !byte_is(next, BYTE_SPACE);
}

/* More than a word or a sign: letters and digits, or both cases. */
bool redact_is_mixture(const redact_scan *scan, size_t from, size_t to) {
    unsigned classes = 0;
    for (size_t i = from; i < to; i++) classes |= berth_byte_class[(unsigned char)scan->s[i]];
    unsigned lower = (classes & BYTE_LOWER) != 0, upper = (classes & BYTE_UPPER) != 0;
    return to - from >= 4 && lower + upper + ((classes & BYTE_DIGIT) != 0) >= 2;
}

/* "with password x", "wrong password x": the word before the name says that a value follows. */
static bool is_introduced(const redact_scan *scan, const redact_key *key) {
    size_t start, n = redact_word_before(scan, key->start, &start);
    if (redact_word_roles(scan->r, scan->s + start, n) & WORD_INTRODUCES) return true;
    size_t name = key->start > 0 ? key->start - 1 : 0; /* alter role ann password x */
    while (name > 0 && key->start - name < WORD_MAX && !byte_is(scan->s[name - 1], BYTE_SPACE))
        name--;
    n = redact_word_before(scan, name, &start);
    if (!byte_is(scan->s[name], BYTE_WORD | BYTE_QUOTE)) return false;
    return redact_word_roles(scan->r, scan->s + start, n) & WORD_OWNER;
}

/* Small letters and digits with dashes: what Kubernetes calls its objects. */
static bool is_object_name(const redact_scan *scan, size_t from, size_t to) {
    bool dash = false;
    for (size_t i = from; i < to; i++) {
        if (!byte_is(scan->s[i], BYTE_LOWER | BYTE_DIGIT | BYTE_JOINT)) return false;
        dash = dash || scan->s[i] == '-';
    }
    return dash;
}

/* PASSWORD 'x' as in SQL, or password "x" in a sentence. */
static size_t quoted_after(redact_scan *scan, const redact_key *key, size_t at, bool told) {
    size_t close;
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = redact_quoted(scan, at, quote, &close);
    if (key->class.kind == BERTH_KEY_AUTH && close - from >= BASIC_LEAST &&
        redact_is_basic(scan->s + from, close - from)) /* auth "YW5uOng=" */
        return redact_mark_secret(scan, from, close, key->rule) ? close : 0;
    bool capital = byte_is(scan->s[key->start], BYTE_UPPER) &&
                   (key->class.weight == BERTH_KEY_STRONG ||
                    byte_is(redact_peek(scan, key->start + 1), BYTE_UPPER));
    bool sure = told || key->dashes || capital || is_introduced(scan, key);
    if (key->class.weight == BERTH_KEY_WEAK) return 0;
    bool plain = key->class.kind == BERTH_KEY_SECRET && !capital && !told;
    if (plain && is_object_name(scan, from, close)) return 0; /* secret "db-x7k2p" not found */
    if (!sure && !redact_is_mixture(scan, from, close) && !key->class.phrase) return 0;
    bool words = redact_has_blank(scan, from, close);
    if (words && told && redact_is_speech(scan->s + from, close - from)) return 0;
    bool joined = memchr(scan->s + key->start, '-', key->end - key->start) != NULL;
    bool phrase = key->class.phrase || /* pre-shared-secret 'x y 4' */
                  (joined && redact_has_digit(scan, from, close) &&
                   !redact_is_speech(scan->s + from, close - from));
    if (words && !sure && !phrase) return 0;
    return redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* Names that settings files write before their value without a joint: netrc, redis.conf. */
bool redact_is_setting(const redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t len = key->end - key->start, line = key->start, end = at;
    if (len == 11 && redact_folds_at(scan, key->start, "requirepass")) return true;
    if (len == 10 && redact_folds_at(scan, key->start, "masterauth")) return true;
    if (len == 9 && key->start > 5 && redact_folds_at(scan, key->start - 5, "rver community"))
        return true;
    size_t user = key->start > 0 ? key->start - 1 : 0; /* login ann password x */
    while (user > 0 && key->start - user < WORD_MAX && !byte_is(s[user - 1], BYTE_SPACE)) user--;
    if (user >= 6 && user + 1 < key->start && memcmp(s + user - 6, "login ", 6) == 0) return true;
    bool named = user >= 5 && user + 1 < key->start && memcmp(s + user - 5, "user ", 5) == 0;
    if (named && redact_has_odd_bytes(scan, at, redact_word_end(scan, at)) &&
        !redact_is_pair(scan, at))
        return true;
    if (named && memchr(s + at, '-', redact_word_end(scan, at) - at)) return true;
    if (len == 3 && key->start > 7 && redact_folds_at(scan, key->start - 7, "server ")) return true;
    /* alone with its value on a line, or with a remark behind what a log puts before it */
    while (line > 0 && key->start - line < INDENT_MAX &&
           (s[line - 1] == ' ' || s[line - 1] == '\t'))
        line--;
    while (end < scan->len && !byte_is(s[end], BYTE_SPACE) && end - at < WORD_MAX) end++;
    bool remark = redact_is_at(scan, redact_skip_blanks(scan, end), "# ");
    if (line > 0 && s[line - 1] != '\n' && !(remark && memchr("-]):>|{", s[line - 1], 7)))
        return false;
    if (end < scan->len && s[end] != '\n' && s[end] != '\r' && !remark) return false;
    if (byte_is(redact_peek(scan, at), BYTE_QUOTE)) return false;
    return redact_has_odd_bytes(scan, at, end) && redact_peek(scan, at) != '-' &&
           !redact_is_pair(scan, at);
}

/* A value that a sentence tells outright need not look random; letters and digits will do. */
static size_t plain_value(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    const char *s = scan->s;
    size_t letters = 0, digits = 0, joints = 0;
    while (to > from && strchr(".,;!?)", s[to - 1])) to--;
    for (size_t i = from; i < to; i++) {
        letters += byte_is(s[i], BYTE_LETTER | BYTE_HIGH);
        digits += byte_is(s[i], BYTE_DIGIT);
        joints += s[i] == '.' || s[i] == '/';
    }
    bool code = key->class.kind == BERTH_KEY_CODE && digits == to - from;
    bool strong = key->class.weight == BERTH_KEY_STRONG;
    if (to - from < (code ? 4u : 6u) || key->class.weight == BERTH_KEY_WEAK ||
        redact_is_pair(scan, from))
        return 0;
    bool jumble = redact_is_jumble(s + from, to - from);
    bool mixed = letters > 0 && digits >= (strong ? 1u : 2u) && (strong || joints == 0);
    if (!code && !jumble && (!mixed || redact_is_term(s + from, to - from))) return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* "the db pass x": a word before `pass` that says that it is no verb. */
static bool is_pass_of(const redact_scan *scan, const redact_key *key) {
    static const char *const words[] = {
        "db",    "database", "root", "admin", "user", "wifi",    "mysql",   "postgres", "pg",
        "sudo",  "ssh",      "ftp",  "vpn",   "smtp", "imap",    "ldap",    "redis",    "service",
        "login", "my",       "his",  "her",   "their", "prod",   "staging", "default",  "temp",
        "rdp",   "oracle",   "bind", "wlan"};
    size_t start, n = redact_word_before(scan, key->start, &start);
    return key->end - key->start == 4 && redact_folds_at(scan, key->start, "pass") &&
           IS_ONE_OF(scan->s + start, n, words);
}

/* Names that people speak of; not those that are words of programs, or the verb `pass`. */
static bool may_be_told(const redact_scan *scan, const redact_key *key, size_t at) {
    switch (key->class.kind) {
    case BERTH_KEY_PASSWORD:
        return key->end - key->start != 4 || !redact_folds_at(scan, key->start, "pass") ||
               redact_folds_at(scan, at, "is ") || redact_folds_at(scan, at, "was ") ||
               is_pass_of(scan, key);
    case BERTH_KEY_SECRET:
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY:
    case BERTH_KEY_CODE:
    case BERTH_KEY_SESSION:
    case BERTH_KEY_CREDENTIAL:
    case BERTH_KEY_COOKIE:
    case BERTH_KEY_PERSON:
    case BERTH_KEY_AUTH:
    case BERTH_KEY_FIELD:
        return true;
    default:
        return false;
    }
}

/* DELETE FROM api_keys: the name of a table. */
static bool is_table(const redact_scan *scan, const redact_key *key, size_t start, size_t n) {
    static const char *const words[] = {"from", "into", "table", "update", "join", "exists"};
    bool identifier = memchr(scan->s + key->start, '_', key->end - key->start) != NULL;
    return (identifier || key->class.plural) && IS_ONE_OF(scan->s + start, n, words);
}

static bool ends_sentence(char c) {
    switch (c) {
    case ',': case ';': case '.': case '!': case '?': case ']': case '}': case '>': case '\0':
        return true;
    default:
        return false;
    }
}

static bool opens_other(char c) {
    return c == '{' || c == '[' || c == '<' || c == '|' || c == '\0';
}

/* The end of the word at `at`: at a blank, or where the string around ends. */
static size_t blank_after(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t end = at, stop = scan->len - at > WORD_MAX ? at + WORD_MAX : scan->len;
    bool marks = false;
    for (; end < stop && (unsigned char)s[end] > 0x20; end++) {
        if (!byte_is(s[end], BYTE_QUOTE | BYTE_CODE)) continue;
        if (s[end] == '#' && redact_is_break(scan, end)) break;
        marks = true;
    }
    return marks ? redact_string_stop(scan, at, end) : end;
}

/* The end of the word at `at`, a plain one's being `plain` if it is known, or of a quoted one or a
 * first remark in brackets; 0 when the sentence ends there. */
static size_t word_end(const redact_scan *scan, size_t at, size_t plain, bool first) {
    const char *s = scan->s;
    redact_quote quote = {0};
    if (!byte_is(s[at], BYTE_WORD)) quote = redact_quote_at(scan, at);
    size_t end = at, stop = scan->len - at > WORD_MAX ? at + WORD_MAX : scan->len;
    if (quote.len) {
        end = redact_quote_close(scan, at + quote.len, quote);
        if (end == SIZE_MAX || end >= stop) return 0;
        end += quote.len;
    } else if (first && s[at] == '(') {
        const char *close = memchr(s + at, ')', stop - at);
        if (close && !memchr(s + at + 1, '(', (size_t)(close - s) - at)) end = (size_t)(close - s);
    }
    if (end == at && plain > at) end = plain;
    else if (end < stop) end = blank_after(scan, end);
    char last = end > at ? s[end - 1] : '.';
    return ends_sentence(last) || (last == ')' && s[at] != '(') ? 0 : end;
}

/* How far a sentence has come. */
typedef struct sentence {
    bool told;   /* the value comes next: after `is`, a colon */
    bool colon;  /* after a colon: anything may be the value */
    bool head;   /* what came first leads to a value: for, of, is */
    bool change; /* after changed, set: `to` tells */
    bool foreign; /* the name is of another alphabet, and so the verb */
    bool other;  /* what is changed is something else: keys SET owner = x */
} sentence;

/* user / x or user : x, as the value of credentials. */
static size_t second_word(redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    size_t done = redact_user_and_password(scan, key, at, end);
    bool apart = redact_is_at(scan, end, " / ") || redact_is_at(scan, end, " : ");
    const char *slash = memchr(scan->s + at, '/', end - at);
    size_t after = slash ? (size_t)(slash - scan->s) + 1 : end;
    if (!done && slash && after > at + 1 && redact_is_mixture(scan, after, end) &&
        !memchr(scan->s + after, '/', end - after))
        return plain_value(scan, key, after, end); /* ann/x */
    if (!done && apart && !byte_is(redact_peek(scan, end + 3), BYTE_SPACE))
        done = redact_value(scan, key, end + 3, SYNTAX_TIGHT);
    return done;
}

/* Small letters alone, as most words are: no sentence makes them a value. */
static bool is_plain_word(const redact_scan *scan, size_t at, size_t end) {
    while (at < end && byte_is(scan->s[at], BYTE_LOWER)) at++;
    return at == end;
}

/* gUQH=1mDm2J: what looks like a name and its value, but names are not like that. */
static size_t odd_pair(redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    const char *s = scan->s, *sign = memchr(s + at, '=', end - at);
    if (!sign || key->class.weight != BERTH_KEY_STRONG) return 0;
    size_t from = (size_t)(sign - s), turns = 0;
    for (size_t i = at + 1; i < from; i++) { /* aB, 7a and ab7c, but not Ab */
        bool upper = byte_is(s[i], BYTE_UPPER), digit = byte_is(s[i - 1], BYTE_DIGIT);
        turns += (upper && !byte_is(s[i - 1], BYTE_UPPER)) || (digit && byte_is(s[i], BYTE_LETTER));
        if (!byte_is(s[i], BYTE_WORD)) return 0;
    }
    bool camel = turns > 0 && from - at > 4 * turns && !redact_has_digit(scan, at, from);
    bool odd = turns > 0 && !camel &&
               redact_classify(scan->r, s + at, from - at).kind == BERTH_KEY_NONE;
    bool mixed = redact_is_mixture(scan, from + 1, end) && redact_has_digit(scan, from + 1, end);
    while (end > from && strchr(".,;!?)", s[end - 1])) end--;
    if (!odd || !mixed || !redact_is_secret(scan, key->class, at, end, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

/* The word from `at` to `end` as the value. */
static size_t word_value(redact_scan *scan, const redact_key *key, size_t at, size_t end,
                         sentence so_far) {
    size_t done = 0;
    bool passcode = key->end - key->start == 8 && redact_folds_at(scan, key->start, "passcode");
    size_t digits = at; /* PIN 4821, passcode 482193 */
    while (digits < end && byte_is(scan->s[digits], BYTE_DIGIT)) digits++;
    if (digits == end && end - at >= 4 && end - at <= 8 &&
        (passcode || (key->end - key->start == 3 && redact_is_at(scan, key->start, "PIN"))))
        return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
    bool pairs = key->class.kind == BERTH_KEY_CREDENTIAL || key->class.kind == BERTH_KEY_AUTH;
    if (pairs) done = second_word(scan, key, at, end);
    if (done || is_plain_word(scan, at, end)) return done;
    if (redact_is_pair(scan, at)) return odd_pair(scan, key, at, end);
    done = redact_value(scan, key, at, SYNTAX_PROSE);
    if (done) return done;
    if (so_far.colon && so_far.head && key->class.weight == BERTH_KEY_STRONG && end - at >= 4 &&
        redact_has_odd_bytes(scan, at, end))
        return redact_value(scan, key, at, SYNTAX_LOOSE);
    bool introduced = !so_far.told && (is_introduced(scan, key) || is_pass_of(scan, key));
    return introduced || (so_far.told && so_far.head) ? plain_value(scan, key, at, end) : 0;
}

/* changed from x to y, x vs. y: past y, or `done`, where x ends. */
static size_t other_value(redact_scan *scan, const redact_key *key, size_t done,
                          sentence so_far) {
    static const char *const joints[] = {" to ", " vs ", " vs. ", " != ", " <> "};
    for (size_t n = 0; n < sizeof joints / sizeof *joints; n++) {
        if (!redact_is_at(scan, done, joints[n])) continue;
        size_t from = done + strlen(joints[n]), next = redact_bare_end(scan, from);
        size_t more = word_value(scan, key, from, next, so_far);
        return more ? more : done;
    }
    return done;
}

/* "drop secret of db-1 (c13a02...)", commit: remove secret x: a change of files is told. */
static bool is_changed(const redact_scan *scan, const redact_key *key) {
    static const char *const words[] = {"commit", "remove", "removed", "drop", "dropped",
                                        "revert", "reverted", "rename", "move", "hardcoded"};
    size_t at = key->start, n;
    for (unsigned word = 0; word < 3; word++) {
        n = redact_word_before(scan, at, &at);
        if (n > 0 && IS_ONE_OF(scan->s + at, n, words)) return true;
    }
    return false;
}

/* (x), where x can be nothing but a value. */
static size_t bracketed_value(redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = at + 1;
    if (scan->s[at] != '(') return 0;
    while (end < scan->len &&
           (byte_is(scan->s[end], BYTE_WORD) || memchr("+/=_-", scan->s[end], 5)))
        end++;
    if (redact_peek(scan, end) != ')' || end - at < 20) return 0;
    if (end - at == 41 && bytes_are_all(scan->s + at + 1, 40, BYTE_HEX) && is_changed(scan, key))
        return 0; /* the commit */
    return redact_value(scan, key, at + 1, SYNTAX_PROSE);
}

/* The value alone on a line below: "... the following password to proceed:" */
static size_t told_below(redact_scan *scan, const redact_key *key, size_t line) {
    size_t at = line;
    while (at < scan->len && at < line + INDENT_MAX && byte_is(scan->s[at], BYTE_SPACE)) at++;
    size_t end = redact_bare_end(scan, at), after = redact_skip_blanks(scan, end);
    if (after < scan->len && !memchr("\r\n", scan->s[after], 2)) return 0;
    bool mixed = redact_is_mixture(scan, at, end) && redact_has_digit(scan, at, end) &&
                 key->class.weight == BERTH_KEY_STRONG;
    return redact_value(scan, key, at, mixed ? SYNTAX_TIGHT : SYNTAX_PROSE);
}

/* A path begins with a slash; so may a key. */
static bool is_long_base64(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_WORD) || memchr("+/", redact_peek(scan, end), 2))
        end++;
    return end - at >= 40 && redact_peek(scan, end) == '=';
}

/* WITH IDENTITY = x: is the word before the sign one of a statement in capitals? */
static bool is_statement_word(const redact_scan *scan, size_t at) {
    size_t start, n = redact_word_before(scan, at, &start);
    for (size_t i = start; i < start + n; i++) {
        if (!byte_is(scan->s[i], BYTE_UPPER)) return false;
    }
    return n > 2;
}

/* Goes on past the word from `at` to `end`; false where the sentence ends. */
static bool go_on(const redact_scan *scan, sentence *so_far, size_t at, size_t end, bool first) {
    const char *s = scan->s;
    unsigned roles = roles_of(scan, at, end);
    bool adverb = roles & WORD_ADVERB, copula = roles & WORD_COPULA, change = roles & WORD_CHANGE;
    if (end - at == 1 && s[at] == '=' && (so_far->other || is_statement_word(scan, at)))
        return false;
    if (end - at == 1 && s[at] == ':' && so_far->told) return so_far->colon = true; /* is : x */
    if (so_far->told && !copula && !adverb) { /* "is generated for ann: x" */
        so_far->told = so_far->colon = false;
        return roles & WORD_WHOSE;
    }
    bool towards = (so_far->change || so_far->foreign) && (roles & WORD_TOWARDS);
    so_far->other = so_far->change && !towards;
    if (first)
        so_far->head = towards || s[at] == '(' ||
                       (roles & (WORD_LEADS | WORD_COPULA | WORD_CHANGE | WORD_ADVERB));
    so_far->colon = s[end - 1] == ':' || s[end - 1] == '=';
    so_far->told = so_far->colon || copula || towards || (adverb && so_far->told && !change);
    so_far->change = change;
    return true;
}

/* Past what opens <<104,117,110>> or [104, 117, 110]; `at`: there is no such thing. */
static size_t byte_list(const redact_scan *scan, size_t at) {
    size_t from = at + (redact_is_at(scan, at, "<<") ? 2 : redact_peek(scan, at) == '[');
    return from > at && redact_byte_run(scan, from) > from ? from : at;
}

/* What may be several words: items after the colon at `colon`, a recovery phrase, a code in groups.
 * *owners: what comes next is none. */
static size_t several_words(redact_scan *scan, const redact_key *key, size_t at, size_t colon,
                            const sentence *so_far, bool *owners) {
    size_t end = 0;
    if (so_far->told && so_far->colon) end = redact_told_list(scan, key, colon, at, owners);
    if (end || *owners) return end;
    if (key->class.phrase) end = redact_seed_words(scan, at);
    if (key->class.kind == BERTH_KEY_CODE) end = redact_said_code(scan, at);
    if (key->class.kind == BERTH_KEY_CODE && end && !so_far->told &&
        !memchr(scan->s + at, '-', end - at))
        return 0; /* MFA code 482-113, but code 471 */
    return end && redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

/* password policy, token bucket: what they mean has no value that is a secret. */
static bool is_of_thing(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    return redact_peek(scan, end) == ' ' && (roles_of(scan, at, end) & WORD_THING);
}

/* "is the password still x?": past the word before the value; 0: nobody asks so. */
static size_t asked_adverb(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = at, from = key->start, n;
    while (byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
    unsigned roles = end > at ? roles_of(scan, at, end) : 0;
    if (!(roles & WORD_ADVERB) || roles & WORD_CHANGE || redact_peek(scan, end) != ' ') return 0;
    for (unsigned words = 0; words < 4; words++) {
        n = redact_word_before(scan, from, &from);
        if (n == 0) break;
        if (bytes_are_word(scan->s + from, n, "is") || bytes_are_word(scan->s + from, n, "was"))
            return redact_skip_blanks(scan, end);
    }
    return 0;
}

/* Past a word after the name that tells that the value comes next, as go_on() does not know. */
static size_t skip_told(const redact_scan *scan, const redact_key *key, size_t at,
                        sentence *so_far) {
    size_t past = asked_adverb(scan, key, at);
    bool codes = key->class.kind == BERTH_KEY_CODE && key->class.plural;
    if (codes && redact_folds_at(scan, at, "are ")) {
        past = redact_skip_blanks(scan, at + 4); /* backup codes are x y */
        so_far->colon = true;
    }
    if (redact_folds_at(scan, key->start, "salasana") && redact_folds_at(scan, at, "on "))
        past = redact_skip_blanks(scan, at + 3); /* in Finnish, on is: is */
    if (!past) return at;
    so_far->told = so_far->head = true;
    return past;
}

/* "password for ann is x", "token x", "new secret of node-1: x". */
size_t redact_prose(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    bool foreign = false;
    for (size_t i = key->start; i < key->end; i++) foreign = foreign || byte_is(s[i], BYTE_HIGH);
    size_t start, n = redact_word_before(scan, key->start, &start); /* "set password to x" */
    redact_work(scan, 200);
    sentence so_far = {.change = roles_of(scan, start, start + n) & WORD_CHANGE,
                       .foreign = foreign};
    if (is_of_thing(scan, at) || !may_be_told(scan, key, at) || is_table(scan, key, start, n))
        return 0;
    size_t colon = at = skip_told(scan, key, at, &so_far);
    for (unsigned word = 0; word < WORDS_MAX && at < scan->len; word++) {
        redact_work(scan, word == 0 ? 110 : so_far.told ? 200 : 20);
        bool value =
            word == 0 || so_far.told || (word == 1 && redact_folds_at(scan, at - 5, "with "));
        bool owners = false;
        size_t done = value ? several_words(scan, key, at, colon, &so_far, &owners) : 0;
        if (done || owners) return done;
        if (so_far.told) at = byte_list(scan, at);
        if (s[at] == '<' && so_far.told) return redact_tagged(scan, key, at);
        if (value && s[at] == '(' && key->class.weight == BERTH_KEY_WEAK) return 0; /* (PR#158) */
        if (redact_is_at(scan, at, "#<")) return 0; /* what Ruby prints of an object */
        if (opens_other(s[at]) || (value && s[at] == '/' && !is_long_base64(scan, at))) return 0;
        if (so_far.told && redact_variables(scan, at, key->rule)) return 0; /* = CONCAT(@a, @b) */
        size_t run = so_far.told ? redact_byte_run(scan, at) : at; /* 68 75 6e */
        if (run > at) return redact_mark_secret(scan, at, run, key->rule) ? run : 0;
        if (value) at = redact_skip_type(scan, at);
        if (at >= scan->len) return 0;
        size_t end = at;
        if (value && redact_quote_at(scan, at).len) {
            done = quoted_after(scan, key, at, so_far.told);
            if (done || so_far.told) return done;
        } else {
            end = blank_after(scan, at);
            done = end == at ? 0
                   : value   ? word_value(scan, key, at, end, so_far)
                             : bracketed_value(scan, key, at);
            if (done) return other_value(scan, key, done, so_far);
            if (end == at) return 0;
        }
        if (word == 0 && redact_is_pair(scan, at)) return 0;
        end = word_end(scan, at, end, word == 0);
        if (!end) return 0;
        if (s[end - 1] == ':' &&
            (redact_peek(scan, end) == '\n' || redact_is_at(scan, end, "\r\n")))
            return told_below(scan, key, end);
        if (redact_peek(scan, end) != ' ' || !go_on(scan, &so_far, at, end, word == 0)) return 0;
        so_far.head = so_far.head || foreign;
        colon = end - 1;
        at = redact_skip_blanks(scan, end);
    }
    return 0;
}
