/* redact_again.c - secrets of the record at hand, so that they are masked wherever else they stand.
 *
 * A table of their first four bytes finds candidates in one pass.  Of long ones so much is compared
 * that the pass stays linear, and the rest is masked with them. */
#include <string.h>

#include "log/redact_private.h"

#define LEAST 4       /* bytes of a secret that is remembered */
#define FREE_LEAST 8  /* shorter ones are found as whole words only */
#define WORD_LEAST 10 /* plain words are remembered from this length on */
#define DIGITS_LEAST 6
#define ALIKE_MAX 4
#define ANY_LENGTH UINT32_MAX
#define MIXED_LEAST 6

void redact_forget(berth_redactor *r) {
    if (r->nsecrets == 0) return;
    memset(r->slot, 0, sizeof r->slot);
    memset(r->secret_bits, 0, sizeof r->secret_bits);
    r->nsecrets = 0;
    r->secrets.len = 0;
}

static uint32_t hash4(const char *s) {
    uint32_t x;
    memcpy(&x, s, sizeof x);
    return (x * UINT32_C(2654435761)) >> 18;
}

/* Words and short numbers may stand in a record for themselves. */
static bool is_telling(berth_redactor *r, const char *s, size_t len) {
    size_t digits = 0, lower = 0, upper = 0;
    if (len < LEAST) return false;
    for (size_t i = 0; i < len; i++) {
        digits += byte_is(s[i], BYTE_DIGIT);
        lower += byte_is(s[i], BYTE_LOWER);
        upper += byte_is(s[i], BYTE_UPPER);
    }
    if (digits == 0 && redact_classify(r, s, len).kind != BERTH_KEY_NONE) return false;
    if (digits == len) return len >= DIGITS_LEAST;
    if (lower == len || upper == len || (upper == 1 && lower == len - 1))
        return len >= WORD_LEAST;
    unsigned classes = digits > 0;
    classes += lower > 0;
    classes += upper > 0;
    classes += digits + lower + upper < len;
    return len >= FREE_LEAST || classes >= 3 || (len >= MIXED_LEAST && digits > 0 && digits < len);
}

/* How many secrets begin with the same four bytes; *known: one of them stands for this one too. */
static unsigned alike(const berth_redactor *r, const char *s, size_t len, bool *known) {
    unsigned count = 0;
    uint32_t hash = hash4(s);
    *known = false;
    for (unsigned i = r->slot[hash % REDACT_SECRET_SLOTS]; i; i = r->secret[i - 1].next) {
        const redact_secret *secret = &r->secret[i - 1];
        if (memcmp(r->secrets.s + secret->start, s, LEAST) != 0) continue; /* the same hash only */
        bool covers = secret->len == len || (secret->len == ANY_LENGTH && secret->kept <= len);
        count++;
        *known = *known || (covers && memcmp(r->secrets.s + secret->start, s, secret->kept) == 0);
    }
    return count;
}

/* Many secrets that begin alike would make the search slow: of further ones only the beginning is
 * kept, and whole words that begin so are masked. */
static void keep(berth_redactor *r, const char *s, size_t len) {
    bool known;
    if (r->nsecrets == REDACT_SECRETS_MAX || !is_telling(r, s, len)) return;
    unsigned count = alike(r, s, len, &known);
    if (known) return;
    size_t kept = len < REDACT_SECRET_KEEP ? len : REDACT_SECRET_KEEP;
    if (count >= ALIKE_MAX && kept > FREE_LEAST) kept = FREE_LEAST;
    if (count >= 2 * ALIKE_MAX) kept = LEAST;
    uint32_t hash = hash4(s), slot = hash % REDACT_SECRET_SLOTS;
    redact_secret *secret = &r->secret[r->nsecrets];
    secret->start = (uint32_t)r->secrets.len;
    if (!redact_append(r, &r->secrets, s, kept)) return;
    secret->len = count >= ALIKE_MAX ? ANY_LENGTH : (uint32_t)len;
    secret->kept = (uint16_t)kept;
    secret->next = r->slot[slot];
    r->slot[slot] = (uint16_t)++r->nsecrets;
    r->secret_bits[hash >> 6] |= UINT64_C(1) << (hash & 63);
}

void redact_remember(berth_redactor *r, const char *s, size_t len) {
    char plain[256];
    size_t n = 0;
    keep(r, s, len);
    if (len > sizeof plain) return;
    /* the same without backslashes and percent signs */
    for (size_t i = 0; i < len; i++) {
        char c = s[i];
        if (c == '\\' && i + 1 < len && strchr("\\\"'/", s[i + 1])) {
            c = s[++i];
        } else if (c == '%' && i + 2 < len && byte_hex(s[i + 1]) >= 0 && byte_hex(s[i + 2]) >= 0) {
            c = (char)(byte_hex(s[i + 1]) * 16 + byte_hex(s[i + 2]));
            i += 2;
        }
        plain[n++] = c;
    }
    if (n < len) keep(r, plain, n);
}

/* Does a word end at `at`: at a blank or a mark, also one written as %20, or at \" ? */
static bool ends_word(const redact_scan *scan, size_t at) {
    char c = scan->s[at];
    if (c == '\\') return redact_quote_at(scan, at).len > 0; /* it closes the string around */
    int high = c == '%' ? byte_hex(redact_peek(scan, at + 1)) : -1;
    int low = high >= 0 ? byte_hex(redact_peek(scan, at + 2)) : -1;
    if (low >= 0) c = (char)(16 * high + low);
    return byte_is(c, BYTE_SPACE | BYTE_QUOTE);
}

/* The end of a longer secret of which only the beginning is known. */
static size_t rest_end(const redact_scan *scan, size_t at, size_t from, size_t len) {
    size_t stop = scan->len - at > len ? at + len : scan->len;
    while (from < stop && !ends_word(scan, from)) from++;
    return from;
}

/* Does a mark of the walks begin there?  What told it knows better where the value ends. */
static bool is_marked_from(const redact_scan *scan, size_t at) {
    const berth_redactor *r = scan->r;
    size_t place = scan->map ? scan->map[at] : at, low = 0, high = r->ordered;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->spans[middle].start < place) low = middle + 1;
        else high = middle;
    }
    return low < r->ordered && r->spans[low].start == place;
}

static size_t found_end(const redact_scan *scan, size_t at, const redact_secret *secret) {
    const char *s = scan->s, *known = scan->r->secrets.s + secret->start;
    size_t n = secret->kept, end = at + n;
    if (scan->len - at < n || memcmp(s + at, known, LEAST) != 0 || memcmp(s + at, known, n) != 0)
        return 0;
    if (secret->len > n)
        return is_marked_from(scan, at) ? 0 : rest_end(scan, at, end, secret->len);
    if (n < FREE_LEAST) {
        bool left = at == 0 || !byte_is(s[at - 1], BYTE_WORD);
        bool right = end == scan->len || !byte_is(s[end], BYTE_WORD);
        if (!left || !right) return 0;
    }
    return end;
}

/* Those that begin in the part from `i` to `end`. */
static void find_between(redact_scan *scan, size_t i, size_t end) {
    const berth_redactor *r = scan->r;
    redact_work(scan, end > i ? end - i : 0);
    for (; i < end && i + LEAST <= scan->len; i++) {
        uint32_t hash = hash4(scan->s + i);
        if (!(r->secret_bits[hash >> 6] >> (hash & 63) & 1)) continue;
        size_t best = 0;
        for (unsigned k = r->slot[hash % REDACT_SECRET_SLOTS]; k; k = r->secret[k - 1].next) {
            size_t found = found_end(scan, i, &r->secret[k - 1]);
            if (found > best) best = found;
        }
        if (best) {
            redact_mark(scan, i, best, RULE_AGAIN);
            i = best - 1;
        }
    }
}

void redact_find_again(redact_scan *scan) {
    const redact_changes *parts = scan->view ? scan->changes : NULL;
    if (scan->r->nsecrets == 0) return;
    if (!parts) find_between(scan, 0, scan->len < scan->r->cut ? scan->len : scan->r->cut);
    for (size_t i = 0; parts && i < parts->count; i++)
        find_between(scan, parts->part[i].start, parts->part[i].end);
}
