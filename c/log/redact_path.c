/* redact_path.c - secrets that are part of a path or of a file's name: /tmp/password_x.txt,
 * /v1/secret/x/data. */
#include <string.h>

#include "log/redact_private.h"

#define PART_LEAST 8

/* A part that no word, date or version is: letters and digits mixed, or long hexadecimal text. */
static bool is_secret_part(const char *s, size_t len) {
    bool hex = true;
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], BYTE_WORD) && s[i] != '-' && s[i] != '_') return false;
        hex = hex && byte_is(s[i], BYTE_HEX);
        digits += byte_is(s[i], BYTE_DIGIT);
        letters += byte_is(s[i], BYTE_LETTER);
    }
    if (len < PART_LEAST || digits == 0 || letters == 0) return false;
    if (memchr(s, '-', len)) return redact_is_scrambled(s, len); /* not token-broker-6c9f-x2x9q */
    return redact_looks_random(s, len) || (hex && len >= 16);
}

/* The last word of what stands before `end` in the name; its class. */
static berth_key_class class_before(const redact_scan *scan, size_t start, size_t end) {
    return redact_classify(scan->r, scan->s + start, end - start);
}

/* /dir/password_x.txt: the part after the word, up to the ending. */
size_t redact_file_name(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t start = key->start, slash = start;
    while (slash > 0 && start - slash < BERTH_KEY_NAME_MAX && byte_is(s[slash - 1], BYTE_NAME))
        slash--;
    if (slash == 0 || (s[slash - 1] != '/' && s[slash - 1] != '\\')) return 0;
    for (size_t i = start; i < key->end; i++) {
        if (s[i] != '_' && s[i] != '-' && s[i] != '.') continue;
        berth_key_class class = class_before(scan, start, i);
        if (class.kind == BERTH_KEY_NONE || class.weight == BERTH_KEY_WEAK) continue;
        if (class.kind == BERTH_KEY_CODE) continue; /* 2fa may be a part of a uuid */
        size_t from = i + 1, to = from;
        while (to < key->end && s[to] != '.' && s[to] != ':') to++;
        if (!is_secret_part(s + from, to - from)) return 0;
        return redact_mark_secret(scan, from, to, (unsigned)class.kind) ? to : 0;
    }
    return 0;
}

/* /token/x: the part of a path after the name. */
size_t redact_path_part(redact_scan *scan, const redact_key *key, size_t slash) {
    const char *s = scan->s;
    bool kind = key->class.kind == BERTH_KEY_TOKEN ||
                (!key->class.plural &&
                 (key->class.kind == BERTH_KEY_PASSWORD || key->class.kind == BERTH_KEY_SECRET));
    if (!kind || key->start == 0 || s[key->start - 1] != '/') return 0;
    size_t at = slash + 1, end = at;
    while (end < scan->len && (byte_is(s[end], BYTE_WORD) || memchr("-_=~", s[end], 4))) end++;
    bool random = key->class.kind == BERTH_KEY_TOKEN || is_secret_part(s + at, end - at);
    berth_key_class class = {.kind = BERTH_KEY_TOKEN, .weight = BERTH_KEY_WEAK};
    if (!random || !redact_is_secret(scan, class, at, end, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}
