/* redact_spelling.c - names that are spelled as few write them: with a letter too many or too few,
 * in literals one after the other, and with their lengths before them, as bencode and netstrings
 * have names and values. */
#include <string.h>

#include "log/redact_private.h"

#define PIECES_MAX 8
#define GAP_MAX 3
#define COUNTED_MAX 4096

/* passwrod, passsword: the letters of `password`, one of them too many or too few. */
bool berth_key_is_misspelt(const char *s, size_t len) {
    static const char letters[] = "adoprsw";
    static const signed char times[] = {1, 1, 1, 1, 1, 2, 1};
    signed char count[sizeof times] = {0};
    size_t odd = 0;
    if (len < 7 || len > 9) return false;
    if (byte_lower(s[0]) != 'p' || byte_lower(s[len - 1]) != 'd') return false;
    for (size_t i = 0; i < len; i++) {
        const char *letter = memchr(letters, byte_lower(s[i]), sizeof times);
        if (!letter) return false;
        count[letter - letters]++;
    }
    for (size_t i = 0; i < sizeof times; i++) {
        if (count[i] == 0 && times[i] == 1 && letters[i] != 'o' && letters[i] != 'r') return false;
        odd += (size_t)(count[i] > times[i] ? count[i] - times[i] : times[i] - count[i]);
    }
    return odd <= 1;
}

/* --- literals one after the other ---------------------------------------------------------- */

/* 'pass' 'word' '=' 'x': the value behind the pieces of its name. */
size_t redact_pieces(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    char name[BERTH_KEY_NAME_MAX];
    size_t len = key->end - key->start, at = key->after, close;
    bool joined = false;
    if (key->quote.len != 1 || key->start == 0 || s[key->start - 1] != key->quote.mark) return 0;
    if (len >= sizeof name) return 0;
    memcpy(name, s + key->start, len);
    for (unsigned n = 0; n < PIECES_MAX; n++) {
        size_t next = redact_skip_blanks(scan, at);
        char sign = redact_peek(scan, next);
        if (n > 0 && !joined && (sign == '=' || sign == ':')) { /* "pass" "word" = x */
            if (berth_key_classify(name, len).kind == BERTH_KEY_NONE) return 0;
            return redact_value(scan, key, redact_skip_blanks(scan, next + 1), SYNTAX_QUOTED);
        }
        redact_quote quote = redact_quote_at(scan, next);
        if (next - at > GAP_MAX || quote.len != 1 || quote.mark != key->quote.mark) return 0;
        size_t from = redact_quoted(scan, next, quote, &close);
        if (close >= scan->len) return 0;
        at = close + 1;
        if (joined) return redact_value(scan, key, next, SYNTAX_QUOTED);
        joined = close == from + 1 && (s[from] == '=' || s[from] == ':');
        if (joined && berth_key_classify(name, len).kind == BERTH_KEY_NONE) return 0;
        if (joined) continue;
        if (close - from > sizeof name - len) return 0;
        memcpy(name + len, s + from, close - from);
        len += close - from;
    }
    return 0;
}

/* --- lengths before names and values ------------------------------------------------------- */

/* The number that ends before `at`; *start is where it begins.  0: there is none. */
static size_t number_before(const redact_scan *scan, size_t at, size_t *start) {
    size_t value = 0, scale = 1;
    for (*start = at; *start > 0 && at - *start < 5 && byte_is(scan->s[*start - 1], BYTE_DIGIT);
         --*start) {
        value += scale * (size_t)(scan->s[*start - 1] - '0');
        scale *= 10;
    }
    return *start < at ? value : 0;
}

/* The end of a mask at `at`, whose length is no longer the one told; 0: there is none. */
static size_t masked_prefix(const redact_scan *scan, size_t at) {
    size_t most = scan->len - at < REDACT_MASK_MAX ? scan->len - at : REDACT_MASK_MAX;
    for (size_t n = most; n > 2; n--) {
        if (redact_is_masked(scan->r, scan->s + at, n)) return at + n;
    }
    return 0;
}

/* 8:password16:x, as bencode has it, and 8:password,16:x, of netstrings. */
size_t redact_counted(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t start, from = key->start, end, len = 0;
    if (from < 2 || s[from - 1] != ':') return 0;
    size_t name = number_before(scan, from - 1, &start);
    if (name < 3 || name > BERTH_KEY_NAME_MAX || scan->len - from <= name) return 0;
    end = from + name;
    end += s[end] == ',' || s[end] == ' ';
    while (end < scan->len && len < COUNTED_MAX && byte_is(s[end], BYTE_DIGIT))
        len = len * 10 + (size_t)(s[end++] - '0');
    if (len == 0 || len > COUNTED_MAX || redact_peek(scan, end) != ':') return 0;
    size_t masked = masked_prefix(scan, ++end);
    if (masked) return masked;
    if (scan->len - end < len) return 0;
    berth_key_class class = berth_key_classify(s + from, name);
    if (class.kind == BERTH_KEY_NONE ||
        !redact_is_secret(scan, class, end, end + len, SYNTAX_QUOTED))
        return 0;
    return redact_mark_secret(scan, end, end + len, key->rule) ? end + len : 0;
}
