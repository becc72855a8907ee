/* redact_mask.c - what is written instead of a value, and how a mask is known again.
 *
 * The hash is SipHash-2-4 (Aumasson and Bernstein, 2012) under the logger's key: equal values get
 * equal marks, and without the key neither can be computed from the other. */
#include <string.h>

#include "log/redact_private.h"

#define STARS "***"
#define STARS_LEN 3
#define HASH_MARK "***~"
#define HASH_DIGITS 16
#define LAST 4
#define LAST4_LEAST 12 /* shorter values would show too large a part of themselves */

static uint64_t rotate(uint64_t x, unsigned by) {
    return x << by | x >> (64 - by);
}

static uint64_t load(const unsigned char *p) {
    uint64_t x = 0;
    for (unsigned i = 0; i < 8; i++) x |= (uint64_t)p[i] << (8 * i);
    return x;
}

static void sip_rounds(uint64_t v[4], unsigned rounds) {
    while (rounds--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

uint64_t redact_siphash(const unsigned char key[16], const char *text, size_t len) {
    uint64_t k0 = load(key), k1 = load(key + 8);
    uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                     k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    const unsigned char *s = (const unsigned char *)text;
    unsigned char tail[8] = {0};
    for (; len >= 8; s += 8, len -= 8) {
        uint64_t m = load(s);
        v[3] ^= m;
        sip_rounds(v, 2);
        v[0] ^= m;
    }
    memcpy(tail, s, len);
    tail[7] = (unsigned char)((size_t)(s - (const unsigned char *)text) + len);
    uint64_t m = load(tail);
    v[3] ^= m;
    sip_rounds(v, 2);
    v[0] ^= m;
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void berth_redact_key(const char *secret, size_t len, unsigned char key[16]) {
    for (unsigned half = 0; half < 2; half++) {
        unsigned char fixed[16] = "berth redaction";
        fixed[15] = (unsigned char)half;
        uint64_t hash = redact_siphash(fixed, secret, len);
        for (unsigned i = 0; i < 8; i++) key[8 * half + i] = (unsigned char)(hash >> (8 * i));
    }
}

size_t redact_stars(char *mask) {
    memcpy(mask, STARS, STARS_LEN);
    return STARS_LEN;
}

size_t redact_mask_text(const berth_redactor *r, const char *s, size_t len, char *mask) {
    static const char digits[] = "0123456789abcdef";
    redact_stars(mask);
    if (r->mask == BERTH_MASK_LAST4 && len >= LAST4_LEAST) {
        for (size_t i = 0; i < LAST; i++) {
            char c = s[len - LAST + i];
            if (!byte_is(c, BYTE_WORD)) return STARS_LEN;
            mask[STARS_LEN + i] = c;
        }
        return STARS_LEN + LAST;
    }
    if (r->mask == BERTH_MASK_HASH) {
        uint64_t hash = redact_siphash(r->key, s, len);
        size_t n = sizeof HASH_MARK - 1;
        memcpy(mask, HASH_MARK, n);
        for (size_t i = 0; i < HASH_DIGITS; i++) mask[n + i] = digits[hash >> (60 - 4 * i) & 15];
        return n + HASH_DIGITS;
    }
    return STARS_LEN;
}

bool redact_is_masked(const berth_redactor *r, const char *s, size_t len) {
    if (len < STARS_LEN || memcmp(s, STARS, STARS_LEN) != 0) return false;
    if (len == STARS_LEN) return true;
    unsigned classes = BYTE_WORD;
    size_t from = STARS_LEN, n = LAST;
    if (r->mask == BERTH_MASK_STARS) return false;
    if (r->mask == BERTH_MASK_HASH) {
        from = sizeof HASH_MARK - 1;
        n = HASH_DIGITS;
        classes = BYTE_HEX;
        if (len < from || s[from - 1] != '~') return false;
    }
    if (len != from + n) return false;
    for (size_t i = from; i < len; i++) {
        if (!byte_is(s[i], classes)) return false;
    }
    return true;
}
