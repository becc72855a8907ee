/* redact_logon.c - how the systems of mainframes, databases and exchanges are told who logs on:
 * LOGON ann/x of TSO, .LOGON host/ann,x of Teradata, CONNECT TO d USER ann USING x of Db2, the tag
 * 554 of FIX. */
#include <string.h>

#include "log/redact_private.h"

#define PART_MAX 64
#define FIX_BACK 256

static size_t part_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end - at < PART_MAX && (byte_is(redact_peek(scan, end), BYTE_WORD) ||
                                   byte_in(redact_peek(scan, end), "$@#!_.-%^&*+=?")))
        end++;
    return end;
}

static size_t mark_password(redact_scan *scan, size_t from, size_t to) {
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (!redact_is_secret(scan, class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, RULE_LOGIN) ? to : 0;
}

size_t redact_logon(redact_scan *scan, size_t at) {
    size_t user = redact_skip_blanks(scan, at + sizeof "logon" - 1), joint = part_end(scan, user);
    bool command = at > 0 && scan->s[at - 1] == '.', capital = redact_is_at(scan, at, "LOGON");
    if (joint == user || redact_peek(scan, joint) != '/' || (!command && !capital)) return 0;
    size_t from = joint + 1, to = part_end(scan, from);
    if (redact_peek(scan, to) == ',') { /* the host stood first */
        from = to + 1;
        to = part_end(scan, from);
    } else if (command) {
        return 0;
    }
    return redact_has_digit(scan, from, to) || command ? mark_password(scan, from, to) : 0;
}

/* Where the word begins that ends before `end`, after `words`; 0: it does not. */
static size_t word_after(const redact_scan *scan, size_t end, const char *words) {
    size_t at = end, n = strlen(words);
    while (at > 0 && end - at < PART_MAX && (unsigned char)scan->s[at - 1] > ' ') at--;
    return at < end && at >= n && redact_folds_at(scan, at - n, words) ? at : 0;
}

size_t redact_using(redact_scan *scan, size_t at) {
    size_t user = word_after(scan, at, " user "), from = at + sizeof " using " - 1, close;
    if (!user || !word_after(scan, user - (sizeof " user " - 1), "connect to ")) return 0;
    redact_quote quote = redact_quote_at(scan, from);
    if (!quote.len) return mark_password(scan, from, part_end(scan, from));
    from = redact_quoted(scan, from, quote, &close);
    return mark_password(scan, from, close);
}

size_t redact_fix_tag(redact_scan *scan, size_t at) {
    char sign = scan->s[at]; /* what parts the fields */
    size_t from = at + sizeof "|554=" - 1, to = from, low = at > FIX_BACK ? at - FIX_BACK : 0;
    if (sign != '|' && sign != '\1' && sign != '^' && sign != ';') return 0;
    while (to < scan->len && to - from < PART_MAX && scan->s[to] != sign && scan->s[to] != '\n')
        to++;
    for (size_t i = at; i > low; i--) {
        redact_work(scan, 1);
        if (scan->s[i - 1] == sign && redact_is_at(scan, i, "35="))
            return mark_password(scan, from, to);
    }
    return 0;
}
