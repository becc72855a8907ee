/* redact_protocol.c - passwords that a protocol or a program's file has in a way of its own: AUTH
 * of Redis and SMTP, chpasswd of cloud-init. */
#include <string.h>

#include "log/redact_private.h"

#define LOGINS_MAX 32
#define TELLING_BACK 48

/* Marks x of the line `ann:x`, which may begin with a dash; false: it is none. */
static bool login_line(redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    const char *s = scan->s;
    at = redact_skip_blanks(scan, at);
    if (redact_is_at(scan, at, "- ")) at = redact_skip_blanks(scan, at + 2);
    const char *colon = at < end ? memchr(s + at, ':', end - at) : NULL;
    if (!colon) return false;
    size_t from = (size_t)(colon - s) + 1;
    if (from < end && s[from] != ' ' && !redact_has_blank(scan, at, from))
        redact_mark_secret(scan, from, end, key->rule);
    return true;
}

static bool is_chpasswd(const redact_scan *scan, const redact_key *key) {
    return key->end - key->start == 8 && redact_folds_at(scan, key->start, "chpasswd");
}

/* Is it told before the name that passwords are set, which follow? */
static bool is_telling(const redact_scan *scan, const redact_key *key) {
    static const char *const words[] = {"following", "random", "generated", "initial"};
    size_t low = key->start > TELLING_BACK ? key->start - TELLING_BACK : 0;
    for (size_t at = key->start; at > low && scan->s[at - 1] != '\n'; at--) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (redact_folds_at(scan, at - 1, words[i])) return true;
    }
    return false;
}

/* ann:x alone on its line, where x is no word. */
static bool is_login_line(const redact_scan *scan, size_t at, size_t end) {
    size_t from = at;
    while (from < end && byte_is(scan->s[from], BYTE_NAME)) from++;
    return from > at && from < end && scan->s[from] == ':' && scan->s[from + 1] != '/' &&
           redact_is_mixture(scan, from + 1, end) && redact_has_digit(scan, from + 1, end) &&
           !redact_has_blank(scan, at, end);
}

/* chpasswd: as cloud-init has it, and "passwords" at a line's end, with lines of ann:x below. */
void redact_login_lines(redact_scan *scan, const redact_key *key, size_t line) {
    bool listed = is_chpasswd(scan, key);
    bool told = key->class.kind == BERTH_KEY_PASSWORD && key->class.plural && is_telling(scan, key);
    line += redact_peek(scan, line) == '\r';
    if (!listed && !told) return;
    for (unsigned n = 0; n < LOGINS_MAX && line < scan->len; n++) {
        size_t at = line + 1, end = redact_near_line_end(scan, at < scan->len ? at : line);
        if (at >= scan->len || end == SIZE_MAX || (!listed && !is_login_line(scan, at, end)) ||
            !login_line(scan, key, at, end))
            return;
        line = end + (redact_peek(scan, end) == '\r');
    }
}

bool redact_login_list(redact_scan *scan, const redact_key *key, size_t at) {
    if (!is_chpasswd(scan, key) || !redact_is_at(scan, at, "list:")) return false;
    at = redact_skip_blanks(scan, at + 5);
    for (unsigned n = 0; n < LOGINS_MAX; n++) {
        size_t end = redact_word_end(scan, at);
        if (!login_line(scan, key, at, end) && n > 0) break; /* the first may be YAML's | */
        at = redact_skip_blanks(scan, end + (redact_peek(scan, end) == ','));
        if (at == end) break;
    }
    if (redact_peek(scan, at) == '\n') redact_login_lines(scan, key, at);
    return true;
}

/* AUTH x, AUTH ann x, "AUTH" "x" as Redis has them, AUTH PLAIN x of SMTP; true: it is one. */
bool redact_auth(redact_scan *scan, const redact_key *key) {
    static const char *const ways[] = {"plain", "login", "xoauth2", "cram-md5", "oauthbearer"};
    if (key->end - key->start != 4 || !redact_is_at(scan, key->start, "AUTH")) return false;
    size_t from = 0, to = 0, at = key->after, words = 0, stop = redact_string_end(scan, at);
    char before = key->start > key->quote.len ? scan->s[key->start - key->quote.len - 1] : '\n';
    if (redact_sent_auth(scan, at)) return true;
    bool begins = byte_is(before, BYTE_SPACE) || (before == '"' && !key->quote.len);
    if (redact_peek(scan, at) != ' ' || !begins) return false;
    unsigned most = 2; /* ann x */
    for (; words < most && redact_peek(scan, at) == ' '; words++) {
        size_t word = at + 1, close;
        redact_quote quote = redact_quote_at(scan, word);
        if (quote.len != key->quote.len) break;
        if (quote.len) {
            word = redact_quoted(scan, word, quote, &close);
            at = close + quote.len;
        } else {
            for (at = word; at < stop && !byte_is(scan->s[at], BYTE_SPACE); at++) {
            }
            close = at;
        }
        if (word == close || (words > 0 && bytes_are_word(scan->s + word, close - word, "from")))
            break;
        from = word;
        to = close;
        if (words == 0 && !quote.len && IS_ONE_OF(scan->s + word, close - word, ways)) {
            to = 0;
            most++;
        }
    }
    bool ends = at >= stop || byte_is(scan->s[at], BYTE_SPACE) || redact_is_break(scan, at);
    bool told = key->quote.len || redact_is_mixture(scan, from, to) ||
                memchr(scan->s + from, '-', to - from);
    bool pair = !key->quote.len && redact_is_pair(scan, from);
    if (to == 0 || !ends || !told || pair) return true;
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (redact_is_secret(scan, class, from, to, SYNTAX_QUOTED))
        redact_mark_secret(scan, from, to, key->rule);
    return true;
}
