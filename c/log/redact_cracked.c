/* redact_cracked.c - what tools print that try passwords: hash:x, ann -> x, x   (ann). */
#include <string.h>

#include "log/redact_private.h"

#define REACH 256
#define HASH_LEAST 32
#define SALTED_LEAST 20
#define WORD_MAX 128
#define LINES_MAX 16

static const berth_key_class password = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};

static bool mark(redact_scan *scan, size_t from, size_t to) {
    return redact_is_secret(scan, password, from, to, SYNTAX_QUOTED) &&
           redact_mark_secret(scan, from, to, RULE_LOGIN);
}

static size_t word_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->len && end - at < WORD_MAX && (unsigned char)scan->s[end] > 0x20) end++;
    return end;
}

static bool is_odd(const redact_scan *scan, size_t from, size_t to) {
    return (redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to)) ||
           redact_is_jumble(scan->s + from, to - from) ||
           redact_is_phrase_code(scan->s + from, to - from);
}

/* The end of the digest or of the $id$salt$hash at `at`; 0: it is none. */
static size_t hash_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    if (redact_peek(scan, at) == '$') {
        while (byte_is(redact_peek(scan, end), BYTE_WORD) ||
               memchr("$./=,+-*", redact_peek(scan, end), 8))
            end++;
        return end - at >= SALTED_LEAST ? end : 0;
    }
    while (byte_is(redact_peek(scan, end), BYTE_HEX)) end++;
    return end - at >= HASH_LEAST && (end - at) % 8 == 0 ? end : 0;
}

/* hash:x near `cracked` or the name of the tool. */
static void cracked_hashes(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at > REACH ? at - REACH : 0, stop = scan->len - at > REACH ? at + REACH : scan->len;
    if (i < scan->cracked_end) i = scan->cracked_end;
    redact_work(scan, stop > i ? stop - i : 0);
    for (; i < stop; i++) {
        bool begins = i == 0 || byte_is(s[i - 1], BYTE_SPACE | BYTE_QUOTE) ||
                      byte_in(s[i - 1], ":(=");
        if (!begins || !(s[i] == '$' || byte_is(s[i], BYTE_HEX))) continue;
        size_t end = hash_end(scan, i), from = end + 1;
        if (!end) continue;
        i = end;
        for (size_t more; redact_peek(scan, end) == ':' && (more = hash_end(scan, end + 1)) > 0;)
            i = end = more; /* of Windows: two hashes */
        from = end + 1;
        if (redact_peek(scan, end) != ':') continue;
        size_t to = word_end(scan, from);
        if (to > from) mark(scan, from, to);
        i = to;
    }
    scan->cracked_end = i;
}

/* "cracked: ann -> x", "cracked ann:x", "Cracked: ann / x" */
static void cracked_account(redact_scan *scan, size_t at) {
    static const char *const joints[] = {" -> ", " => ", ": ", ":", " / ", " : ", "/"};
    const char *s = scan->s;
    size_t user = at + 7, end;
    if (redact_peek(scan, user) == ':') user++;
    if (redact_peek(scan, user) != ' ') return;
    user = redact_skip_blanks(scan, user);
    for (end = user; byte_is(redact_peek(scan, end), BYTE_WORD) ||
                     (end > user && byte_in(redact_peek(scan, end), "_.-@\\"));
         end++) {
    }
    while (end > user && redact_is_at(scan, end - 1, "->")) end--;
    for (size_t n = 0; end > user && n < sizeof joints / sizeof *joints; n++) {
        if (!redact_is_at(scan, end, joints[n])) continue;
        size_t from = end + strlen(joints[n]), to = word_end(scan, from);
        while (to > from && byte_in(s[to - 1], ",;)")) to--;
        unsigned classes = 0;
        for (size_t i = from; i < to; i++) classes |= berth_byte_class[(unsigned char)s[i]];
        bool both = (classes & BYTE_LOWER) && (classes & BYTE_UPPER);
        bool apart = joints[n][0] == ':' && joints[n][1] == ' '; /* no `Host: db-1` */
        if (is_odd(scan, from, to) && !byte_is(s[user], BYTE_DIGIT) && (both || !apart))
            mark(scan, from, to);
        return;
    }
}

/* x   (ann), alone on the line from `line` to `stop`, or after the name of the tool. */
static void guessed(redact_scan *scan, size_t line, size_t stop, bool odd) {
    const char *s = scan->s;
    if (redact_folds_at(scan, line, "john: ")) line += 6;
    size_t to = word_end(scan, line), open = redact_skip_blanks(scan, to), user = open + 1;
    if (to == line || open < to + 2 || redact_peek(scan, open) != '(') return;
    while (byte_is(redact_peek(scan, user), BYTE_NAME) || byte_in(redact_peek(scan, user), "\\@$?"))
        user++;
    if (user == open + 1 || redact_peek(scan, user) != ')' || user + 1 != stop) return;
    if (s[to - 1] == ':' || (odd && !is_odd(scan, line, to))) return;
    mark(scan, line, to);
}

/* 1g 0:00:00:01 DONE: what stands in the lines before. */
static void guesses_before(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > 4 * REACH ? at - 4 * REACH : 0, line = at;
    if (at == 0 || !byte_is(s[at - 1], BYTE_DIGIT)) return;
    if (low < scan->cracked_end) low = scan->cracked_end;
    while (line > low && s[line - 1] != '\n') line--;
    redact_work(scan, at - low);
    for (unsigned n = 0; n < LINES_MAX && line > low; n++) {
        size_t stop = line - 1;
        line = stop;
        while (line > low && s[line - 1] != '\n') line--;
        size_t end = stop > line && s[stop - 1] == '\r' ? stop - 1 : stop;
        if (line > low || low == 0) guessed(scan, line, end, false);
    }
    scan->cracked_end = at;
}

/* 2 password hashes cracked, 0 left: the lines before are ann:x and what else accounts have. */
static void shown_before(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > 4 * REACH ? at - 4 * REACH : 0, line = at;
    bool told = at > 16 && (redact_folds_at(scan, at - 14, "password hash ") ||
                            redact_folds_at(scan, at - 16, "password hashes "));
    if (!told || low > at) return;
    if (low < scan->cracked_end) low = scan->cracked_end;
    while (line > low && s[line - 1] != '\n') line--;
    redact_work(scan, at - low);
    for (unsigned n = 0; n < LINES_MAX && line > low; n++) {
        size_t stop = line - 1;
        for (line = stop; line > low && s[line - 1] != '\n';) line--;
        const char *colon = memchr(s + line, ':', stop - line);
        if ((line == low && low > 0) || !colon || memchr(s + line, ' ', (size_t)(colon - s) - line))
            continue;
        size_t from = (size_t)(colon - s) + 1, to = from;
        while (to < stop && s[to] != ':' && s[to] != '\r') to++;
        if (to > from) mark(scan, from, to);
    }
}

/* Success: 'ann:x' */
static void tried_account(redact_scan *scan, size_t at) {
    size_t end = word_end(scan, at), from = at;
    while (from < end && (byte_is(scan->s[from], BYTE_NAME) || byte_in(scan->s[from], "\\@")) &&
           scan->s[from] != ':')
        from++;
    while (end > from && scan->s[end - 1] != '\'') end--;
    bool both = from > at && redact_peek(scan, from) == ':' && end > from + 2;
    if (both) mark(scan, from + 1, end - 1);
}

/* KEY FOUND! [ x ] */
static void key_found(redact_scan *scan, size_t at) {
    size_t from = at + 11, to = word_end(scan, from);
    if (at < 2 || !redact_folds_at(scan, at - 2, "key found! [ ")) return;
    if (redact_is_at(scan, to, " ]")) mark(scan, from, to);
}

/* CORP\ann:x (Pwn3d!) */
static void owned(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t to = at, from, low = at > WORD_MAX ? at - WORD_MAX : 0;
    while (to > low && s[to - 1] == ' ') to--;
    for (from = to; from > low && (unsigned char)s[from - 1] > 0x20; from--) {
    }
    const char *colon = memchr(s + from, ':', to - from);
    if (colon && colon > s + from) mark(scan, (size_t)(colon - s) + 1, to);
}

void redact_cracked(redact_scan *scan, size_t at) {
    switch (byte_lower(scan->s[at])) {
    case 'j':
        if (at == 0 || !byte_is(scan->s[at - 1], BYTE_NAME)) {
            size_t stop = redact_near_line_end(scan, at);
            if (stop != SIZE_MAX) guessed(scan, at, stop, true);
        }
        break;
    case 'g':
        guesses_before(scan, at);
        break;
    case '(':
        owned(scan, at);
        break;
    case 'y':
        key_found(scan, at);
        break;
    case 'c':
        if (redact_folds_at(scan, at, "cess: '")) {
            tried_account(scan, at + 7);
            break;
        }
        shown_before(scan, at);
        cracked_account(scan, at);
        cracked_hashes(scan, at);
        break;
    default: /* hashcat */
        cracked_hashes(scan, at);
        break;
    }
}
