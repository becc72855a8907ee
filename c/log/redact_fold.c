/* redact_fold.c - characters that look like plain letters, or like nothing at all: what a reader
 * takes for "password" is that name, in whatever alphabet its letters are.
 *
 * Letters of other alphabets are taken for their look-alikes only in words that have plain letters
 * as well, so that words of those alphabets stay what they are. */
#include <string.h>

#include "log/redact_view.h"

#define WORD_REACH 12 /* bytes of a word that are looked at on each side */

/* Letters with marks, by code from the first one; NUL: no letter. */
static const char latin_1[] =
    "AAAAAAACEEEEIIIIDNOOOOO\0OUUUUY\0saaaaaaaceeeeiiiidnooooo\0ouuuuy\0y";
static const char latin_a[] = "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLl"
                              "NnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
static const char latin_more[] =
    "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOo"
    "PpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZz";
static const char vietnamese[] = "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIi"
                                 "OoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy";

typedef struct look_alike {
    uint16_t code;
    char plain;
} look_alike;

/* Of other alphabets: Greek, Cyrillic, Armenian, small capitals.  In order of their codes. */
static const look_alike letters[] = {
    {0x01a0, 'O'}, {0x01a1, 'o'}, {0x01af, 'U'}, {0x01b0, 'u'}, {0x0261, 'g'}, {0x0262, 'g'},
    {0x026a, 'i'}, {0x0274, 'n'}, {0x0280, 'r'}, {0x028f, 'y'}, {0x0299, 'b'}, {0x029c, 'h'},
    {0x029f, 'l'}, {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'},
    {0x0399, 'I'}, {0x039a, 'K'}, {0x039c, 'M'}, {0x039d, 'N'}, {0x039f, 'O'}, {0x03a1, 'P'},
    {0x03a4, 'T'}, {0x03a5, 'Y'}, {0x03a7, 'X'}, {0x03b1, 'a'}, {0x03b5, 'e'}, {0x03b9, 'i'},
    {0x03ba, 'k'}, {0x03bd, 'v'}, {0x03bf, 'o'}, {0x03c1, 'p'}, {0x03c4, 't'}, {0x03c5, 'u'},
    {0x03c9, 'w'}, {0x03f2, 'c'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'},
    {0x0412, 'B'}, {0x0415, 'E'}, {0x041a, 'K'}, {0x041c, 'M'}, {0x041d, 'H'}, {0x041e, 'O'},
    {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'},
    {0x0432, 'b'}, {0x0433, 'r'}, {0x0435, 'e'}, {0x043a, 'k'}, {0x043c, 'm'}, {0x043d, 'h'},
    {0x043e, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'},
    {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x04bb, 'h'}, {0x0501, 'd'}, {0x051b, 'q'},
    {0x051d, 'w'}, {0x0561, 'w'}, {0x0570, 'h'}, {0x0578, 'n'}, {0x057d, 'u'}, {0x0581, 'g'},
    {0x0585, 'o'}, {0x1d00, 'a'}, {0x1d04, 'c'}, {0x1d05, 'd'}, {0x1d07, 'e'}, {0x1d0a, 'j'},
    {0x1d0b, 'k'}, {0x1d0d, 'm'}, {0x1d0f, 'o'}, {0x1d18, 'p'}, {0x1d1b, 't'}, {0x1d1c, 'u'},
    {0x1d20, 'v'}, {0x1d21, 'w'}, {0x1d22, 'z'}, {0xa730, 'f'}, {0xa731, 's'},
};

/* Blanks, marks and signs, wherever they stand. */
static const look_alike signs[] = {
    {0x00a0, ' '},  {0x00ab, '"'},  {0x00bb, '"'},  {0x02d0, ':'},  {0x0589, ':'}, {0x2010, '-'},
    {0x2011, '-'},  {0x2012, '-'},  {0x2013, '-'},  {0x2014, '-'},  {0x2015, '-'}, {0x2018, '\''},
    {0x2019, '\''}, {0x201a, '\''}, {0x201b, '\''}, {0x201c, '"'},  {0x201d, '"'}, {0x201e, '"'},
    {0x201f, '"'},  {0x202f, ' '},  {0x2039, '\''}, {0x203a, '\''}, {0x205f, ' '}, {0x2212, '-'},
    {0x2236, ':'},  {0x2423, ' '},  {0x2502, '|'},  {0x2503, '|'},  {0x2551, '|'}, {0x3000, ' '},
    {0x3001, ','},  {0x3002, '.'},  {0x300c, '"'},  {0x300d, '"'},  {0x300e, '"'}, {0x300f, '"'},
    {0x30a0, '='},  {0xa789, ':'},  {0xa78a, '='},  {0xfe13, ':'},  {0xfe55, ':'}, {0xfe66, '='},
};

static const uint16_t arrows[] = {0x2192, 0x21d2, 0x21e8, 0x2794, 0x279c,
                                  0x279e, 0x27a1, 0x27f6, 0x27f9};

static char find(const look_alike *table, size_t count, unsigned code) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table[middle].code == code) return table[middle].plain;
        if (table[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return '\0';
}

#define FIND(table, code) find(table, sizeof table / sizeof *table, code)

/* The character at `s`; its bytes, or 0 when it is none of two to four bytes. */
static size_t read_utf8(const char *s, size_t len, unsigned *code) {
    unsigned char first = (unsigned char)s[0];
    size_t n = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first >= 0xf5 || len < n) return 0;
    *code = first & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | ((unsigned char)s[i] & 0x3f);
    }
    return n;
}

/* Spaces without width, joiners, soft hyphens, directions, marks on the letter before. */
static bool is_invisible(unsigned code) {
    return code == 0xad || (code >= 0x300 && code <= 0x36f) || code == 0x61c || code == 0x180e ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x2064) || (code >= 0xfe00 && code <= 0xfe0f) ||
           code == 0xfeff;
}

/* Full-width, mathematical, encircled letters, letters with marks. */
static char plain_variant(unsigned code) {
    if (code >= 0xff01 && code <= 0xff5e) return (char)(code - 0xff01 + '!');
    if (code >= 0xc0 && code <= 0xff) return latin_1[code - 0xc0];
    if (code >= 0x100 && code <= 0x17f) return latin_a[code - 0x100];
    if (code >= 0x1e00 && code <= 0x1e95) return latin_more[code - 0x1e00];
    if (code >= 0x1cd && code <= 0x1dc) return "AaIiOoUuUuUuUuUu"[code - 0x1cd];
    if (code >= 0x226 && code <= 0x233) return "AaEeOoOoOoOoYy"[code - 0x226];
    if (code >= 0x1ea0 && code <= 0x1ef9) return vietnamese[code - 0x1ea0];
    if (code >= 0x24b6 && code <= 0x24cf) return (char)(code - 0x24b6 + 'A');
    if (code >= 0x24d0 && code <= 0x24e9) return (char)(code - 0x24d0 + 'a');
    if (code >= 0x2000 && code <= 0x200a) return ' ';
    if (code >= 0x1d400 && code <= 0x1d6a3) {
        unsigned letter = (code - 0x1d400) % 52;
        return (char)(letter < 26 ? 'A' + letter : 'a' + letter - 26);
    }
    if (code >= 0x1d7ce && code <= 0x1d7ff) return (char)('0' + (code - 0x1d7ce) % 10);
    return code <= UINT16_MAX ? FIND(signs, code) : '\0';
}

/* Is it the first byte of a character of three: a sign or a letter of another writing? */
static bool is_three(char c) {
    return ((unsigned char)c & 0xf0) == 0xe0;
}

/* Has the word around [at, end) a plain letter?  All letters with look-alikes have two bytes. */
static bool is_mixed_word(const char *s, size_t at, size_t end, size_t len) {
    size_t low = at > WORD_REACH ? at - WORD_REACH : 0;
    size_t high = len - end > WORD_REACH ? end + WORD_REACH : len;
    for (size_t i = at; i > low && byte_is(s[i - 1], BYTE_WORD | BYTE_HIGH); i--) {
        if (byte_is(s[i - 1], BYTE_LETTER)) return true;
        if (is_three(s[i - 1])) break;
    }
    for (size_t i = end; i < high && byte_is(s[i], BYTE_WORD | BYTE_HIGH); i++) {
        if (byte_is(s[i], BYTE_LETTER)) return true;
        if (is_three(s[i])) break;
    }
    return false;
}

size_t redact_cyrillic_word(const char *s, size_t at, size_t len) {
    size_t end = at;
    if (at > 0 && byte_is(s[at - 1], BYTE_WORD | BYTE_HIGH)) return 0;
    while (end + 1 < len && (s[end] & 0xfe) == 0xd0 && (s[end + 1] & 0xc0) == 0x80) end += 2;
    return end < len && byte_is(s[end], BYTE_WORD | BYTE_HIGH) ? 0 : end;
}

/* A wide mark or bracket that closes stands apart from the word after it, as it is seen. */
static bool closes_apart(const char *s, size_t at, size_t end, size_t len, unsigned code) {
    bool closing = code == 0x300d || code == 0x300f || code == 0x201d || code == 0xff09;
    if (!closing || at == 0 || end >= len || !byte_is(s[end], BYTE_WORD | BYTE_HIGH)) return false;
    return !byte_is(s[at - 1], BYTE_SPACE) && !memchr("=:(", s[at - 1], 3);
}

bool redact_fold(const char *s, size_t at, size_t len, redact_decoded *d) {
    unsigned code = 0;
    size_t n = read_utf8(s + at, len - at, &code);
    d->count = 0;
    d->taken = n;
    if (!n) return false;
    if (is_invisible(code)) return true;
    char plain = plain_variant(code);
    if (!plain && code <= UINT16_MAX) {
        plain = FIND(letters, code);
        bool capital = code >= 0x1d00 || (code >= 0x250 && code < 0x2b0); /* a small one */
        if (plain && !capital && !is_mixed_word(s, at, at + n, len)) return false;
    }
    for (size_t i = 0; !plain && i < sizeof arrows / sizeof *arrows; i++) {
        if (arrows[i] != code) continue;
        d->bytes[d->count++] = '=';
        plain = '>';
    }
    if (!plain) return false;
    d->bytes[d->count++] = plain;
    if (closes_apart(s, at, at + n, len, code)) d->bytes[d->count++] = ' ';
    if (n == 3 && (plain == ',' || plain == ';')) d->bytes[d->count++] = ' '; /* as wide as it is */
    return true;
}
