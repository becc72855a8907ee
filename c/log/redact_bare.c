/* redact_bare.c - how far an unquoted value goes, where its name or what stands before that says
 * more than its bytes do. */
#include <string.h>

#include "log/redact_private.h"

#define TOLD_MAX 256

/* ;jsessionid=x?id=1: in a path the identifier of a session ends before what is asked for. */
static size_t session_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    if (key->class.kind != BERTH_KEY_SESSION || key->start == 0 || scan->s[key->start - 1] != ';')
        return end;
    for (size_t i = at; i < end; i++) {
        if (memchr("?#/", scan->s[i], 3)) return i;
    }
    return end;
}

/* psk:x/ssid:y: before the next part, where parts have names. */
static size_t part_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    static const char *const names[] = {"/ssid", "/user", "/host", "/login"};
    bool colon = at == key->end + 1 && scan->s[key->end] == ':';
    const char *slash = colon ? memchr(scan->s + at, '/', end - at) : NULL;
    size_t cut = slash ? (size_t)(slash - scan->s) : end;
    for (size_t i = 0; slash && i < sizeof names / sizeof *names; i++) {
        if (redact_is_at(scan, cut, names[i]) &&
            redact_peek(scan, cut + strlen(names[i])) == ':')
            return cut;
    }
    return end;
}

/* -e "PASSWORD=x y": to the mark that closes what a command is told, when no other pair follows in
 * it. */
static size_t told_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    static const char *const options[] = {" -e ",     "--env ", "--build-arg ", "--from-literal ",
                                          "ironment=", "-var ",  "--set "};
    const char *s = scan->s;
    size_t open = key->start > 0 ? key->start - 1 : 0, n = 0;
    if (redact_peek(scan, end) != ' ' || !byte_in(s[open], "\"'") || s[at - 1] != '=') return end;
    for (; n < sizeof options / sizeof *options; n++) {
        size_t len = strlen(options[n]);
        if (open >= len && redact_is_at(scan, open - len, options[n])) break;
    }
    if (n == sizeof options / sizeof *options) return end;
    size_t close = redact_quote_close(scan, at, (redact_quote){.mark = s[open], .len = 1});
    if (close == SIZE_MAX || close < end || close - at > TOLD_MAX) return end;
    for (size_t i = end; i < close; i++) {
        if (s[i] == ' ' && redact_pair_follows(scan, i + 1)) return end;
    }
    return close;
}

/* x[0m: before the colour that ends the value's. */
static size_t colour_end(const redact_scan *scan, size_t at, size_t end) {
    if (end < at + 4 || scan->s[end - 1] != 'm' || !redact_is_at(scan, end - 3, "[0m")) return end;
    end -= 3;
    return end > at + 2 && redact_is_at(scan, end - 2, "^[") ? end - 2 : end;
}

size_t redact_named_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    end = session_end(scan, key, at, end);
    end = part_end(scan, key, at, colour_end(scan, at, end));
    return told_end(scan, key, at, end);
}
