/* redact_prose.c - values that a sentence tells: "password for ann is x", "token x expired".
 * Where nothing but a blank joins name and value, the value must look like one. */
#include <string.h>

#include "log/redact_private.h"

#define WORDS_MAX 6
#define WORD_MAX 64
#define INDENT_MAX 40

static bool is_copula(const char *s, size_t len) {
    static const char *const words[] = {"is", "was", "to", "as", "are", "be", "from", "=", "->", "=>", "\xe2\x86\x92"};
    return IS_ONE_OF(s, len, words);
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

/* PASSWORD 'x' as in SQL, or password "x" in a sentence. */
static size_t quoted_after(redact_scan *scan, const redact_key *key, size_t at, bool told) {
    size_t close, start;
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = redact_quoted(scan, at, quote, &close);
    size_t n = redact_word_before(scan, key->start, &start);
    bool sql = byte_is(scan->s[key->start], BYTE_UPPER) ||
               (n == 4 && redact_folds_at(scan, start, "with")) || key->dashes ||
               (n == 9 && redact_folds_at(scan, start, "encrypted"));
    if (key->class.weight == BERTH_KEY_WEAK) return 0;
    if (!sql && !told && !redact_is_mixture(scan, from, close)) return 0;
    if (!sql && memchr(scan->s + from, ' ', close - from)) return 0;
    return redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* Names that settings files write before their value without a joint: netrc, redis.conf. */
bool redact_is_setting(const redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t len = key->end - key->start, line = key->start, end = at;
    if (len == 11 && redact_folds_at(scan, key->start, "requirepass")) return true;
    if (len == 10 && redact_folds_at(scan, key->start, "masterauth")) return true;
    size_t user = key->start > 0 ? key->start - 1 : 0; /* login ann password x */
    while (user > 0 && key->start - user < WORD_MAX && !byte_is(s[user - 1], BYTE_SPACE)) user--;
    if (user >= 6 && user + 1 < key->start && memcmp(s + user - 6, "login ", 6) == 0) return true;
    /* alone with its value on a line */
    while (line > 0 && key->start - line < INDENT_MAX && (s[line - 1] == ' ' || s[line - 1] == '\t'))
        line--;
    if (line > 0 && s[line - 1] != '\n') return false;
    while (end < scan->len && !byte_is(s[end], BYTE_SPACE) && end - at < WORD_MAX) end++;
    if (end < scan->len && s[end] != '\n' && s[end] != '\r') return false;
    if (byte_is(redact_peek(scan, at), BYTE_QUOTE)) return false;
    return redact_has_odd_bytes(scan, at, end) && redact_peek(scan, at) != '-' && !redact_is_pair(scan, at);
}

/* Words after a name that lead to whose it is or what, as in "password for ann is x". */
static bool is_preposition(const char *s, size_t len) {
    static const char *const words[] = {"for", "of", "on", "at", "in", "with", "used", "set", "new"};
    if (is_copula(s, len) || (len > 0 && s[0] == '(')) return true;
    return IS_ONE_OF(s, len, words);
}

/* A value that a sentence tells outright need not look random; letters and digits will do. */
static size_t plain_value(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    const char *s = scan->s;
    unsigned classes = 0;
    while (to > from && strchr(".,;!?", s[to - 1])) to--;
    for (size_t i = from; i < to; i++) classes |= berth_byte_class[(unsigned char)s[i]];
    if (to - from < 6 || key->class.weight != BERTH_KEY_STRONG || !(classes & BYTE_DIGIT) ||
        !(classes & BYTE_LETTER) || redact_is_pair(scan, from))
        return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* The word as the value of the name before it. */
static size_t word_value(redact_scan *scan, const redact_key *key, size_t from, size_t to, bool told,
                         bool head) {
    size_t done = 0;
    if (key->class.kind == BERTH_KEY_CREDENTIAL)
        done = redact_user_and_password(scan, key, from, to);
    if (!done && (told || !redact_is_pair(scan, from))) done = redact_value(scan, key, from, SYNTAX_PROSE);
    if (!done && told && head) done = plain_value(scan, key, from, to);
    return done;
}

/* Names that people speak of; not those that are words of programs, or the verb `pass`. */
static bool may_be_told(const redact_scan *scan, const redact_key *key) {
    switch (key->class.kind) {
    case BERTH_KEY_PASSWORD:
        return key->end - key->start != 4 || !redact_folds_at(scan, key->start, "pass");
    case BERTH_KEY_SECRET:
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY:
    case BERTH_KEY_CODE:
    case BERTH_KEY_SESSION:
    case BERTH_KEY_CREDENTIAL:
    case BERTH_KEY_PERSON:
    case BERTH_KEY_AUTH:
    case BERTH_KEY_FIELD:
        return true;
    default:
        return false;
    }
}

/* The end of the word at `at`, a quoted one as a whole; 0 when the sentence ends there. */
static size_t word_end(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    redact_quote quote = redact_quote_at(scan, at);
    size_t end = at, stop = scan->len - at > WORD_MAX ? at + WORD_MAX : scan->len;
    if (quote.len) {
        end = redact_quote_close(scan, at + quote.len, quote);
        if (end == SIZE_MAX || end >= stop) return 0;
        end += quote.len;
    }
    while (end < stop && (unsigned char)s[end] > 0x20) end++;
    char last = end > at ? s[end - 1] : '.';
    bool over = memchr(",;.!?]}>", last, 8) != NULL || (last == ')' && s[at] != '(');
    return over ? 0 : end;
}

/* The word at `at` as the value; *over: it would have had to be one. */
static size_t told_value(redact_scan *scan, const redact_key *key, size_t at, bool told, bool head,
                         bool *over) {
    size_t end = at;
    if (redact_quote_at(scan, at).len) {
        *over = told;
        return quoted_after(scan, key, at, told);
    }
    while (end < scan->len && end - at < WORD_MAX && (unsigned char)scan->s[end] > 0x20) end++;
    size_t done = end > at ? word_value(scan, key, at, end, told, head) : 0;
    *over = end == at || (told && !is_copula(scan->s + at, end - at));
    return done;
}

/* "password for ann is x", "token x", "new secret of node-1: x". */
size_t redact_prose(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    bool told = false, head = false, over;
    if (!may_be_told(scan, key)) return 0;
    for (unsigned word = 0; word < WORDS_MAX && at < scan->len; word++) {
        bool bracket = word == 0 && s[at] == '(';
        if (word == 0 || told) {
            at = redact_skip_type(scan, at);
            if (at >= scan->len) return 0;
            size_t done = told_value(scan, key, at, told, head, &over);
            if (done || over) return done;
        }
        if (word == 0 && redact_is_pair(scan, at)) return 0;
        size_t end = word_end(scan, at);
        if (!end || redact_peek(scan, end) != ' ') return 0;
        if (word == 0) head = bracket || is_preposition(s + at, end - at);
        told = s[end - 1] == ':' || s[end - 1] == '=' || is_copula(s + at, end - at);
        at = redact_skip_blanks(scan, end);
    }
    return 0;
}
