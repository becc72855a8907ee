/* redact_char.h - classes of bytes for the scanners: tables, tests as inline functions.
 * Bytes over 127 belong to no class but BYTE_HIGH, whatever the locale says. */
#ifndef BERTH_LOG_REDACT_CHAR_H
#define BERTH_LOG_REDACT_CHAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    BYTE_LOWER = 1,
    BYTE_UPPER = 2,
    BYTE_DIGIT = 4,
    BYTE_SPACE = 8, /* space, tab, CR, LF, VT, FF */
    BYTE_HEX = 16,
    BYTE_JOINT = 32, /* _ - . : may stand inside a name */
    BYTE_HIGH = 64,
    BYTE_QUOTE = 128, /* " ' ` */
    BYTE_URL = 256,   /* may stand in a URL: neither blank, mark, < > { } nor \ */
    BYTE_CODE = 512,  /* may begin an encoded character: % \ & # ESC BS, those over 127 */
    BYTE_LIKE =
        1024, /* may begin password, secret, token, api key, credentials, written so: p4ss */
    BYTE_LETTER = BYTE_LOWER | BYTE_UPPER,
    BYTE_WORD = BYTE_LETTER | BYTE_DIGIT,
    BYTE_NAME = BYTE_WORD | BYTE_JOINT
};

extern const uint16_t berth_byte_class[256];
extern const int8_t berth_base64_digit[256]; /* -1: none; - and _ are as + and / */

static inline bool byte_is(char c, unsigned classes) {
    return (berth_byte_class[(unsigned char)c] & classes) != 0;
}

/* Is it one of the few bytes of `set`? */
static inline bool byte_in(char c, const char *set) {
    while (*set && *set != c) set++;
    return *set != '\0';
}

/* Past the last one of the bytes that is c; 0: none is.  Eight at a time, as in a long text. */
static inline size_t bytes_past_last(const char *s, size_t len, char c) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bytes, other;
    for (; len >= sizeof bytes; len -= sizeof bytes) {
        memcpy(&bytes, s + len - sizeof bytes, sizeof bytes);
        other = bytes ^ (ones * (unsigned char)c);
        if ((other - ones) & ~other & (ones << 7)) break; /* one of these is */
    }
    while (len > 0 && s[len - 1] != c) len--;
    return len;
}

static inline char byte_lower(char c) {
    return byte_is(c, BYTE_UPPER) ? (char)(c | 0x20) : c;
}

static inline int byte_hex(char c) { /* -1: no hexadecimal digit */
    if (byte_is(c, BYTE_DIGIT)) return c - '0';
    return byte_is(c, BYTE_HEX) ? byte_lower(c) - 'a' + 10 : -1;
}

/* Do the first strlen(word) bytes of s equal the lower-case `word`, case ignored? */
static inline bool bytes_fold_equal(const char *s, const char *word, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (byte_lower(s[i]) != word[i]) return false;
    }
    return true;
}

/* Is it the lower-case word, case ignored? */
static inline bool bytes_are_word(const char *s, size_t len, const char *word) {
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '\0' || byte_lower(s[i]) != word[i]) return false;
    }
    return word[len] == '\0';
}

/* Is none of them of another class?  No bytes are not. */
static inline bool bytes_are_all(const char *s, size_t len, unsigned classes) {
    for (size_t i = 0; i < len; i++) {
        if (!byte_is(s[i], classes)) return false;
    }
    return len > 0;
}

static inline bool word_is_listed(char first, const char *s, size_t len, const char *const *words,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (words[i][0] == first && bytes_are_word(s, len, words[i])) return true;
    }
    return false;
}

/* Is it one of the lower-case words?  Where the compiler can work out beforehand with which letters
 * these begin and how long they are, a bit each, most other words take no look at the list. */
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((always_inline)) static inline bool
bytes_are_one_of(const char *s, size_t len, const char *const *words, size_t count) {
    char first = len > 0 ? byte_lower(s[0]) : '\0';
    uint32_t letters = 0, lengths = 0;
#pragma GCC unroll 128
    for (size_t i = 0; i < count; i++) {
        letters |= UINT32_C(1) << (words[i][0] & 31);
        lengths |= UINT32_C(1) << (strlen(words[i]) & 31);
    }
    if (!(letters >> (first & 31) & lengths >> (len & 31) & 1)) return false;
    return word_is_listed(first, s, len, words, count);
}
#else
static inline bool bytes_are_one_of(const char *s, size_t len, const char *const *words,
                                    size_t count) {
    char first = len > 0 ? byte_lower(s[0]) : '\0'; /* decides mostly */
    return word_is_listed(first, s, len, words, count);
}
#endif

#define IS_ONE_OF(s, len, words) bytes_are_one_of(s, len, words, sizeof words / sizeof *words)

#endif
