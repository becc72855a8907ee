/* text.c - see text.h. */
#include "core/text.h"

#include <string.h>

/* Length of the well-formed character at p (RFC 3629 table), 0 when malformed or NUL. */
static size_t character_length(const unsigned char *p, size_t left) {
    unsigned char a = p[0];
    if (a == 0) return 0;
    if (a < 0x80) return 1;
    if (a < 0xC2 || a > 0xF4) return 0;
    size_t need = a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;
    if (left < need) return 0;
    for (size_t i = 1; i < need; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if (a == 0xE0 && p[1] < 0xA0) return 0; /* overlong */
    if (a == 0xED && p[1] > 0x9F) return 0; /* surrogate */
    if (a == 0xF0 && p[1] < 0x90) return 0; /* overlong */
    if (a == 0xF4 && p[1] > 0x8F) return 0; /* above U+10FFFF */
    return need;
}

bool berth_text_valid(const char *text, size_t len, size_t *chars) {
    size_t n = 0;
    for (size_t i = 0; i < len; n++) {
        size_t step = character_length((const unsigned char *)text + i, len - i);
        if (step == 0) return false;
        i += step;
    }
    if (chars != NULL) *chars = n;
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static void put_dashed(const char digits[32], char out[BERTH_UUID_BYTES + 1]) {
    size_t at = 0;
    for (size_t i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) out[at++] = '-';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

bool berth_uuid_parse(const char *text, size_t len, char out[BERTH_UUID_BYTES + 1]) {
    static const char hex[] = "0123456789abcdef";
    static const char prefix[] = "urn:uuid:";
    if (len > sizeof prefix - 1 && memcmp(text, prefix, sizeof prefix - 1) == 0) {
        text += sizeof prefix - 1;
        len -= sizeof prefix - 1;
    }
    if (len >= 2 && text[0] == '{' && text[len - 1] == '}') {
        text++;
        len -= 2;
    }
    if (len != 32 && len != 36) return false;
    char digits[32];
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool dash_place = len == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
        int d = hex_digit(text[i]);
        if (dash_place ? text[i] != '-' : d < 0) return false;
        if (!dash_place) digits[n++] = hex[d];
    }
    put_dashed(digits, out);
    return true;
}

void berth_uuid_from_random(const unsigned char random[16], char out[BERTH_UUID_BYTES + 1]) {
    static const char hex[] = "0123456789abcdef";
    char digits[32];
    for (size_t i = 0; i < 16; i++) {
        unsigned byte = random[i];
        if (i == 6) byte = (byte & 0x0F) | 0x40; /* version 4 */
        if (i == 8) byte = (byte & 0x3F) | 0x80; /* variant of RFC 4122 */
        digits[2 * i] = hex[byte >> 4];
        digits[2 * i + 1] = hex[byte & 15];
    }
    put_dashed(digits, out);
}

bool berth_word_valid(const char *text, size_t len) {
    if (len == 0 || len > BERTH_WORD_BYTES) return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

bool berth_custom_valid(const char *text, size_t len) {
    static const char prefix[] = "CUSTOM_";
    return len > sizeof prefix - 1 && memcmp(text, prefix, sizeof prefix - 1) == 0 &&
           berth_word_valid(text, len);
}

berth_quoted berth_quote(const char *text, size_t len) {
    berth_quoted q;
    size_t at = 0;
    size_t i = 0;
    while (i < len && at < 76) {
        size_t step = character_length((const unsigned char *)text + i, len - i);
        unsigned char c = (unsigned char)text[i];
        if (step == 0 || c < 0x20 || c == 0x7F ||
            (c == 0xC2 && (unsigned char)text[i + 1] < 0xA0)) {
            q.text[at++] = '?';
            i += step ? step : 1;
            continue;
        }
        memcpy(q.text + at, text + i, step);
        at += step;
        i += step;
    }
    if (i < len) {
        memcpy(q.text + at, "...", 3);
        at += 3;
    }
    q.text[at] = '\0';
    return q;
}

#define WORD_LONG 8 /* bytes of a cut word that might be a secret's */
#define WORD_KEPT 6

static bool is_word_byte(char c) {
    return (unsigned char)c > 0x20 && strchr("\"'`,;()[]{}", c) == NULL;
}

void berth_text_shorten(char *text, bool cut) {
    char *end = strstr(text, "...");
    while (end != NULL || cut) {
        if (end == NULL) {
            end = text + strlen(text);
            cut = false;
        }
        char *word = end;
        while (word > text && is_word_byte(word[-1])) word--;
        if (end - word >= WORD_LONG) {
            char *kept = word + WORD_KEPT;
            while (kept > word && ((unsigned char)*kept & 0xC0) == 0x80) kept--;
            memmove(kept, end, strlen(end) + 1);
            end = kept;
        }
        while (*end == '.') end++;
        end = *end != '\0' ? strstr(end, "...") : NULL;
    }
}
