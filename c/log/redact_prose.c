/* redact_prose.c - values that a sentence tells: "password for ann is x", "token x expired".
 * Where nothing but a blank joins name and value, the value must look like one. */
#include <string.h>

#include "log/redact_private.h"

#define WORDS_MAX 7
#define WORD_MAX 64
#define INDENT_MAX 40

static bool is_copula(const char *s, size_t len) {
    static const char *const words[] = {"is", "was", "to", "as", "are", "be", "from", "=", "->", "=>", "\xe2\x86\x92"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == len && bytes_fold_equal(s, words[i], len)) return true;
    }
    return false;
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
    return redact_has_odd_bytes(scan, at, end) && redact_peek(scan, at) != '-' && !redact_is_pair(scan, at);
}

/* Words after a name that lead to whose it is or what, as in "password for ann is x". */
static bool is_preposition(const char *s, size_t len) {
    static const char *const words[] = {"for", "of", "on", "at", "in", "with", "used", "set", "new"};
    if (is_copula(s, len) || (len > 0 && s[0] == '(')) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == len && bytes_fold_equal(s, words[i], len)) return true;
    }
    return false;
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

/* "password for ann is x", "token x", "new secret of node-1: x". */
size_t redact_prose(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    bool told = false, head = false;
    for (unsigned word = 0; word < WORDS_MAX && at < scan->len; word++) {
        bool bracket = word == 0 && s[at] == '(';
        at = redact_skip_type(scan, at);
        if (at >= scan->len) return 0;
        redact_quote quote = redact_quote_at(scan, at);
        size_t end = at;
        if (quote.len) {
            if (told || word == 0) {
                size_t done = quoted_after(scan, key, at, told);
                if (done || told) return done;
            }
            end = redact_quote_close(scan, at + quote.len, quote);
            if (end == SIZE_MAX || end - at > WORD_MAX) return 0;
            end += quote.len;
            while (end < scan->len && end - at < WORD_MAX && !byte_is(s[end], BYTE_SPACE)) end++;
        } else {
            while (end < scan->len && end - at < WORD_MAX && !byte_is(s[end], BYTE_SPACE) &&
                   (unsigned char)s[end] >= 0x20)
                end++;
            if (end == at) return 0;
            if (word == 0 || told) {
                size_t done = word_value(scan, key, at, end, told, head);
                if (done || (told && !is_copula(s + at, end - at))) return done;
            }
        }
        if (word == 0 && !quote.len && redact_is_pair(scan, at)) return 0;
        char last = s[end - 1];
        if (strchr(",;.!?]}>", last) || (last == ')' && s[at] != '(')) return 0;
        if (word == 0) head = bracket || is_preposition(s + at, end - at);
        told = last == ':' || last == '=' || is_copula(s + at, end - at);
        if (redact_peek(scan, end) != ' ') return 0;
        at = redact_skip_blanks(scan, end);
    }
    return 0;
}
