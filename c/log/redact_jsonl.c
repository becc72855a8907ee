/* redact_jsonl.c - lines of the form {"line": "..."}: the string out of its object and back in.
 * Unpaired surrogates become three bytes inside and an escape again outside. */
#include <string.h>

#include "log/redact_private.h"

#define DEPTH_MAX 64

static size_t skip_space(const char *s, size_t at, size_t len) {
    while (at < len && (s[at] == ' ' || s[at] == '\t' || s[at] == '\r')) at++;
    return at;
}

/* Past the string that begins at `at`; 0: it does not end. */
static size_t skip_string(const char *s, size_t at, size_t len) {
    for (at++; at < len; at++) {
        if (s[at] == '\\') at++;
        else if (s[at] == '"') return at + 1;
    }
    return 0;
}

/* Past the value that begins at `at`; 0: it is none. */
static size_t skip_value(const char *s, size_t at, size_t len) {
    size_t depth = 0;
    while (at < len) {
        if (s[at] == '"') {
            at = skip_string(s, at, len);
            if (!at) return 0;
            if (depth == 0) return at;
            continue;
        }
        if (s[at] == '{' || s[at] == '[') {
            if (++depth > DEPTH_MAX) return 0;
        } else if (s[at] == '}' || s[at] == ']') {
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
        } else if (s[at] == ',' && depth == 0) {
            return at;
        }
        at++;
    }
    return 0;
}

bool redact_jsonl_find(const char *s, size_t len, size_t *from, size_t *to) {
    size_t at = skip_space(s, 0, len);
    if (at >= len || s[at] != '{') return false;
    at = skip_space(s, at + 1, len);
    while (at < len && s[at] == '"') {
        size_t name = at, end = skip_string(s, at, len);
        if (!end) return false;
        at = skip_space(s, end, len);
        if (at >= len || s[at] != ':') return false;
        at = skip_space(s, at + 1, len);
        size_t value = at;
        at = skip_value(s, at, len);
        if (!at) return false;
        if (end - name == 6 && memcmp(s + name, "\"line\"", 6) == 0 && s[value] == '"') {
            *from = value + 1;
            *to = at - 1;
            return true;
        }
        at = skip_space(s, at, len);
        if (at >= len || s[at] != ',') return false;
        at = skip_space(s, at + 1, len);
    }
    return false;
}

static int unit(const char *s, size_t at, size_t len) {
    int value = 0;
    if (len - at < 6 || s[at] != '\\' || s[at + 1] != 'u') return -1;
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = byte_hex(s[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Writes a code point, surrogates included; returns its length. */
static size_t put(char *out, unsigned code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

bool redact_jsonl_decode(berth_redactor *r, const char *s, size_t len, redact_buffer *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    out->len = 0;
    if (!redact_reserve(r, out, len + 4)) return false;
    for (size_t i = 0; i < len;) {
        const char *slash = memchr(s + i, '\\', len - i);
        size_t plain = slash ? (size_t)(slash - s) - i : len - i;
        memcpy(out->s + out->len, s + i, plain);
        out->len += plain;
        i += plain;
        if (!slash) break;
        int code = unit(s, i, len);
        if (code >= 0) {
            int low =
                code >= 0xd800 && code < 0xdc00 ? unit(s, i + 6 < len ? i + 6 : len, len) : -1;
            bool pair = low >= 0xdc00 && low < 0xe000;
            unsigned whole =
                pair ? 0x10000u + (((unsigned)code - 0xd800u) << 10) + ((unsigned)low - 0xdc00u)
                     : (unsigned)code;
            out->len += put(out->s + out->len, whole);
            i += pair ? 12 : 6;
            continue;
        }
        const char *known = i + 1 < len && s[i + 1] ? strchr(from, s[i + 1]) : NULL;
        if (known) out->s[out->len++] = to[known - from];
        else out->s[out->len++] = '\\';
        i += known ? 2 : 1;
    }
    return true;
}

static bool escape(berth_redactor *r, redact_buffer *out, unsigned code) {
    static const char digits[] = "0123456789abcdef";
    char text[] = "\\u0000";
    for (unsigned i = 0; i < 4; i++) text[2 + i] = digits[code >> (12 - 4 * i) & 15];
    return redact_append(r, out, text, 6);
}

bool redact_jsonl_encode(berth_redactor *r, const char *s, size_t len, redact_buffer *out) {
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        bool surrogate = c == 0xed && len - i > 2 && (unsigned char)s[i + 1] >= 0xa0;
        if (c >= 0x20 && c != '"' && c != '\\' && !surrogate) continue;
        if (!redact_append(r, out, s + from, i - from)) return false;
        bool done;
        if (surrogate) {
            unsigned code =
                0xd000u | ((unsigned)s[i + 1] & 0x3f) << 6 | ((unsigned)s[i + 2] & 0x3f);
            done = escape(r, out, code);
            i += 2;
        } else if (c == '\n') {
            done = redact_append(r, out, "\\n", 2);
        } else if (c == '\t') {
            done = redact_append(r, out, "\\t", 2);
        } else if (c == '\r') {
            done = redact_append(r, out, "\\r", 2);
        } else if (c < 0x20) {
            done = escape(r, out, c);
        } else {
            char two[] = {'\\', (char)c};
            done = redact_append(r, out, two, 2);
        }
        if (!done) return false;
        from = i + 1;
    }
    return redact_append(r, out, s + from, len - from);
}
