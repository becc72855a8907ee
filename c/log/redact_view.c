/* redact_view.c - encodings: percent, \u and \x escapes, entities, look-alike characters; base64
 * and hexadecimal text.
 *
 * The former are taken off layer by layer for the whole record, with a map of where each byte came
 * from.  Escaped quotation marks stay escaped, so that the strings of the record keep their
 * borders: \u0022 becomes \".  Encoded blocks are decoded only to see whether they hold a secret,
 * and masked whole. */
#include <string.h>

#include "log/redact_view.h"

#define DEPTH_MAX 2
#define BLOCK_MAX ((size_t)1 << 20)
#define BLOCK_LEAST 12

/* --- single characters ------------------------------------------------------------------- */

static int hex_number(const char *s, size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = byte_hex(s[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put_utf8(redact_decoded *d, unsigned code) {
    if (code < 0x80) {
        d->bytes[d->count++] = (char)code;
    } else if (code < 0x800) {
        d->bytes[d->count++] = (char)(0xc0 | code >> 6);
        d->bytes[d->count++] = (char)(0x80 | (code & 0x3f));
    } else {
        d->bytes[d->count++] = (char)(0xe0 | code >> 12);
        d->bytes[d->count++] = (char)(0x80 | (code >> 6 & 0x3f));
        d->bytes[d->count++] = (char)(0x80 | (code & 0x3f));
    }
}

static bool percent(const char *s, size_t len, redact_decoded *d) {
    if (len < 3) return false;
    int byte = hex_number(s + 1, 2);
    if (byte < 9 || (byte > 13 && byte < 32) || byte == 127) return false;
    d->bytes[d->count++] = (char)byte;
    d->taken = 3;
    return true;
}

/* The number of \101, \0 and the like, or -1. */
static int octal(const char *s, size_t len, size_t *digits) {
    int code = 0;
    for (*digits = 0; *digits < 3 && *digits < len; ++*digits) {
        if (s[*digits] < '0' || s[*digits] > '7') break;
        code = code * 8 + (s[*digits] - '0');
    }
    bool nul = *digits == 1 && code == 0;
    return (*digits == 3 && code < 256) || nul ? code : -1;
}

/* After a run of backslashes: uXXXX, u{XX}, xXX or octal digits; *taken is their length. */
static int escaped_code(const char *s, size_t len, size_t *taken) {
    if (len == 0) return -1;
    if (byte_is(s[0], BYTE_DIGIT)) return octal(s, len, taken);
    if (s[0] == 'u' && len > 1 && s[1] == '{') {
        size_t end = 2;
        while (end < len && end < 8 && byte_is(s[end], BYTE_HEX)) end++;
        *taken = end + 1;
        return end > 2 && end < 7 && end < len && s[end] == '}' ? hex_number(s + 2, end - 2) : -1;
    }
    size_t digits = s[0] == 'u' ? 4 : s[0] == 'x' ? 2 : 0;
    *taken = 1 + digits;
    return digits && len - 1 >= digits ? hex_number(s + 1, digits) : -1;
}

static bool escape(const char *s, size_t len, redact_decoded *d) {
    size_t run = 0, taken = 0;
    while (run < len && run < 5 && s[run] == '\\') run++;
    if (run < len && s[run] == '/') { /* as some write / in JSON */
        d->bytes[d->count++] = '/';
        d->taken = run + 1;
        return true;
    }
    int code = escaped_code(s + run, len - run, &taken);
    if (code < 0 || (code > 0 && code < 9) || (code >= 0xd800 && code < 0xe000)) return false;
    if (byte_is((char)code, BYTE_QUOTE) && code < 0x80) {
        /* a mark of the string in the string: with as many slashes as it has there */
        size_t slashes = run > 2 ? 7 : 2 * run - 1;
        while (d->count < slashes) d->bytes[d->count++] = '\\';
    } else if (code == '\\') {
        d->bytes[d->count++] = '\\';
    }
    if (code < 256 && (s[run] != 'u'))
        d->bytes[d->count++] = (char)code;
    else
        put_utf8(d, (unsigned)code);
    d->taken = run + taken;
    return true;
}

static bool entity(const char *s, size_t len, redact_decoded *d) {
    static const struct {
        const char *text;
        char byte;
    } named[] = {{"&quot;", '"'},  {"&amp;", '&'},    {"&lt;", '<'},    {"&gt;", '>'},
                 {"&apos;", '\''}, {"&equals;", '='}, {"&colon;", ':'}, {"&nbsp;", ' '}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        size_t n = strlen(named[i].text);
        if (len < n || memcmp(s, named[i].text, n) != 0) continue;
        d->bytes[d->count++] = named[i].byte;
        d->taken = n;
        return true;
    }
    if (len < 4 || s[1] != '#') return false;
    bool hex = s[2] == 'x' || s[2] == 'X';
    size_t i = hex ? 3 : 2, from = i;
    unsigned code = 0;
    for (; i < len && i < from + 5; i++) {
        int digit = byte_hex(s[i]);
        if (digit < 0 || (!hex && digit > 9)) break;
        code = code * (hex ? 16 : 10) + (unsigned)digit;
    }
    if (i == from || i >= len || s[i] != ';' || code < 9 || code > 0xd7ff) return false;
    put_utf8(d, code);
    d->taken = i + 1;
    return true;
}

/* ESC [ 1 ; 32 m: colours of a terminal vanish, and so when a log wrote #033 for ESC. */
static bool colour(const char *s, size_t len, redact_decoded *d) {
    size_t i = s[0] == '#' ? 4 : 1;
    if (len < i + 2 || (s[0] == '#' && memcmp(s, "#033", 4) != 0) || s[i] != '[') return false;
    for (i++; i < len && (byte_is(s[i], BYTE_DIGIT) || s[i] == ';'); i++) {
    }
    if (i >= len || !byte_is(s[i], BYTE_LETTER)) return false;
    d->taken = i + 1;
    return true;
}

static bool decode_one(const char *s, size_t at, size_t len, redact_decoded *d) {
    d->count = d->taken = 0;
    switch (s[at]) {
    case '%':
        return percent(s + at, len - at, d);
    case '\\':
        return escape(s + at, len - at, d);
    case '&':
        return entity(s + at, len - at, d);
    case '\x1b':
    case '#':
        return colour(s + at, len - at, d);
    default:
        return byte_is(s[at], BYTE_HIGH) && redact_fold(s, at, len, d);
    }
}

bool redact_is_encoded(const redact_scan *scan, size_t at) {
    redact_decoded d;
    return redact_is_broken(scan, at) || decode_one(scan->s, at, scan->len, &d);
}

/* --- layers ------------------------------------------------------------------------------ */

static bool grow_map(berth_redactor *r, redact_view *view, size_t entries) {
    if (entries <= view->map_cap) return true;
    uint32_t *map =
        berth_realloc(&r->mem, view->map, view->map_cap * sizeof *map, entries * sizeof *map);
    if (!map) {
        r->failed = true;
        return false;
    }
    view->map = map;
    view->map_cap = entries;
    return true;
}

/* What is written at `at` as something else; returns how many bytes that took, 0 for nothing. */
static size_t decode_at(redact_decoder *d, size_t at) {
    redact_decoded one;
    char c = d->s[at];
    bool candidate =
        c == '%' || c == '\\' || c == '&' || c == '\x1b' || c == '#' || byte_is(c, BYTE_HIGH);
    if (candidate && decode_one(d->s, at, d->len, &one)) {
        for (size_t k = 0; k < one.count; k++) redact_put(d, one.bytes[k], at);
        return one.taken;
    }
    return d->disguises || c == '\\' ? redact_undisguise(d, at) : 0;
}

bool redact_decode(berth_redactor *r, const redact_scan *of, redact_view *view) {
    bool changed = false;
    const char *s = of->s;
    size_t len = of->len;
    view->text.len = 0;
    /* \u0022 may become seven slashes and a mark: never longer than the 10 bytes it took */
    if (!redact_reserve(r, &view->text, len + 8) || !grow_map(r, view, len + 9)) return false;
    redact_decoder d = {.s = s,
                        .len = len,
                        .map = of->map,
                        .out = view->text.s,
                        .places = view->map,
                        .disguises = of->encoded};
    for (size_t i = 0; i < len;) {
        size_t taken = decode_at(&d, i);
        if (taken) {
            changed = true;
            i += taken;
            continue;
        }
        /* a run of backslashes is passed as one: its last ones are no beginning */
        do redact_put(&d, s[i], i);
        while (++i < len && s[i - 1] == '\\' && s[i] == '\\');
    }
    view->map[d.n] = of->map ? of->map[len] : (uint32_t)len;
    view->text.len = d.n;
    return changed;
}

/* --- blocks ------------------------------------------------------------------------------ */

static int base64_digit(char c) {
    if (byte_is(c, BYTE_UPPER)) return c - 'A';
    if (byte_is(c, BYTE_LOWER)) return c - 'a' + 26;
    if (byte_is(c, BYTE_DIGIT)) return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

size_t redact_base64(const char *s, size_t len, char *out, size_t room) {
    unsigned bits = 0, have = 0;
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = base64_digit(s[i]);
        if (digit < 0) {
            if (s[i] == '=') break;
            return 0;
        }
        bits = bits << 6 | (unsigned)digit;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        if (n == room) return n;
        out[n++] = (char)(bits >> have & 0xff);
    }
    return n;
}

static size_t unhex(const char *s, size_t len, char *out) {
    for (size_t i = 0; i + 1 < len; i += 2) out[i / 2] = (char)hex_number(s + i, 2);
    return len / 2;
}

static bool is_text(const char *s, size_t len) {
    size_t odd = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 9 || (c > 13 && c < 32) || c == 127) odd++;
    }
    return odd * 20 <= len;
}

/* UTF-16 of plain letters: every second byte is NUL.  Takes these out; the new length. */
static size_t narrow(char *s, size_t len) {
    size_t zeros = 0, n = 0;
    for (size_t i = 1; i < len; i += 2) zeros += s[i] == '\0';
    if (zeros * 10 < len * 4) return len;
    for (size_t i = 0; i < len; i += 2) s[n++] = s[i];
    return n;
}

/* Past what belongs to a block at `at`, or `at`: a character of its digits, or two of them and a
 * blank. */
static size_t next_in_block(const redact_scan *scan, size_t at, redact_block block) {
    char c = redact_peek(scan, at);
    if (block == BLOCK_BASE64) return base64_digit(c) >= 0 ? at + 1 : at;
    if (block == BLOCK_HEX) return byte_is(c, BYTE_HEX) ? at + 1 : at;
    char after = redact_peek(scan, at + 2);
    bool pair = byte_is(c, BYTE_HEX) && byte_is(redact_peek(scan, at + 1), BYTE_HEX);
    if (!pair || byte_is(after, BYTE_WORD)) return at;
    return after == ' ' && byte_is(redact_peek(scan, at + 3), BYTE_HEX) ? at + 3 : at + 2;
}

static size_t decode_block(const char *s, size_t len, redact_block block, char *plain) {
    if (block == BLOCK_BASE64) return redact_base64(s, len, plain, len);
    if (block == BLOCK_HEX) return unhex(s, len - len % 2, plain);
    size_t n = 0;
    for (size_t i = 0; i + 1 < len; i += 3) plain[n++] = (char)hex_number(s + i, 2);
    return n;
}

/* 334 UGFzc3dvcmQ6, then x: a prompt of SMTP and the answer below. */
static size_t answer(redact_scan *scan, size_t line, const char *plain, size_t n) {
    berth_key_class class = n > 1 && plain[n - 1] == ':'
                                ? berth_key_classify(plain, n - 1)
                                : (berth_key_class){.kind = BERTH_KEY_NONE};
    size_t from = line + (redact_peek(scan, line) == '\r') + 1, to = from;
    if (class.weight != BERTH_KEY_STRONG || redact_peek(scan, from - 1) != '\n') return 0;
    while (to < scan->len && (base64_digit(scan->s[to]) >= 0 || scan->s[to] == '=')) to++;
    return redact_mark_secret(scan, from, to, RULE_ENCODED) ? to : 0;
}

size_t redact_encoded(redact_scan *scan, size_t at, redact_block block) {
    const char *s = scan->s;
    berth_redactor *r = scan->r;
    if (at < scan->block_end || scan->depth >= DEPTH_MAX) return 0;
    size_t from = at, to = at, next;
    size_t low = at > BLOCK_MAX ? at - BLOCK_MAX : 0;
    if (scan->block_end > low) low = scan->block_end;
    while (from > low && block != BLOCK_PAIRS && next_in_block(scan, from - 1, block) == from)
        from--;
    while (to < scan->len && (next = next_in_block(scan, to, block)) > to) to = next;
    scan->block_end = to;
    if (block == BLOCK_BASE64 && (s[at] == 'e' || s[at] == 'Z'))
        from = at; /* eyJ: it begins here */
    size_t len = to - from;
    if (len < BLOCK_LEAST || len > BLOCK_MAX) return 0;
    char *plain = berth_alloc(&r->mem, len);
    if (!plain) {
        r->failed = true;
        return 0;
    }
    size_t n = narrow(plain, decode_block(s + from, len, block, plain));
    bool secret = n > 0 && is_text(plain, n) && redact_scan_inner(scan, plain, n);
    size_t below = secret ? 0 : answer(scan, to, plain, n);
    berth_free(&r->mem, plain, len);
    while (to < scan->len && block == BLOCK_BASE64 && s[to] == '=') to++;
    return secret && redact_mark(scan, from, to, RULE_ENCODED) ? to : below;
}
