/* redact_block.c - blocks of base64, base32 and hexadecimal text: decoded only to see whether they
 * hold a secret, as text, as UTF-16 or packed by gzip, and masked whole.
 *
 * A literal that stands for part of a secret's name in that encoding tells where to look, or the
 * beginning of what is worth decoding in any case. */
#include <string.h>

#include <zlib.h>

#include "log/redact_private.h"

#define DEPTH_MAX 3
#define BLOCK_MAX ((size_t)1 << 20)
#define BLOCK_LEAST 12
#define WRAP_LEAST 40 /* characters of a line after which a block goes on in the next one */
#define UNPACKED_MAX ((size_t)1 << 16)
#define UNPACK_MAX 16 /* blocks of one record; further ones are masked unseen */
#define PACKED_LEAST 20
#define INFLATE_ROOM ((size_t)1 << 16) /* what zlib needs to unpack */

static int base32_digit(char c) {
    if (byte_is(c, BYTE_UPPER)) return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static inline int block_digit(char c, redact_block kind) {
    if (kind == BLOCK_BASE64) return berth_base64_digit[(unsigned char)c];
    return kind == BLOCK_HEX ? byte_hex(c) : base32_digit(c);
}

/* Past a break of lines, written as it is or as \n; `at` when there is none. */
static size_t skip_break(const char *s, size_t at, size_t len) {
    static const char *const breaks[] = {"\r\n", "\n", "\\r\\n", "\\n"};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        size_t n = strlen(breaks[i]);
        if (len - at >= n && memcmp(s + at, breaks[i], n) == 0) {
            at += n;
            while (at < len && s[at] == ' ') at++;
            return at;
        }
    }
    return at;
}

static size_t decode(const char *s, size_t len, redact_block kind, char *out, size_t room) {
    unsigned bits = 0, have = 0, width = kind == BLOCK_HEX ? 4 : kind == BLOCK_BASE32 ? 5 : 6;
    size_t n = 0;
    for (size_t i = 0; i < len && n < room; i++) {
        int digit = block_digit(s[i], kind);
        if (digit < 0) {
            size_t next = skip_break(s, i, len);
            if (s[i] == '=') break;
            if (next == i) return 0;
            i = next - 1;
            continue;
        }
        bits = bits << width | (unsigned)digit;
        have += width;
        if (have < 8) continue;
        have -= 8;
        out[n++] = (char)(bits >> have & 0xff);
    }
    return n;
}

size_t redact_base64(const char *s, size_t len, char *out, size_t room) {
    return decode(s, len, BLOCK_BASE64, out, room);
}

/* --- what a block holds -------------------------------------------------------------------- */

static bool is_text(const char *s, size_t len) {
    size_t odd = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        bool apart = c == 0 && i > 0 && s[i - 1] != '\0'; /* as arguments are kept apart */
        if (!apart && (c < 9 || (c > 13 && c < 32) || c == 127)) odd++;
    }
    return odd * 20 <= len;
}

/* Memory for zlib from one piece that is freed as a whole. */
typedef struct zlib_room {
    char *s;
    size_t used;
} zlib_room;

static void *zlib_alloc(void *ud, unsigned items, unsigned size) {
    zlib_room *room = ud;
    size_t want = ((size_t)items * size + 15) & ~(size_t)15;
    if (want > INFLATE_ROOM - room->used) return NULL;
    room->used += want;
    return room->s + room->used - want;
}

static void zlib_free(void *ud, void *p) {
    (void)ud;
    (void)p;
}

/* The beginning of what gzip packed. */
static size_t unpack(zlib_room *room, char *s, size_t len, char *out, size_t most) {
    z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = room};
    if (inflateInit2(&z, 15 + 32) != Z_OK) return 0;
    z.next_in = (unsigned char *)s;
    z.avail_in = (unsigned)len;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)most;
    int rc = inflate(&z, Z_SYNC_FLUSH);
    size_t n = most - z.avail_out;
    inflateEnd(&z);
    return rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR ? n : 0;
}

static bool packed_holds_secret(redact_scan *scan, char *s, size_t len) {
    berth_redactor *r = scan->r;
    if (len < PACKED_LEAST) return false;
    if (r->unpacked++ >= UNPACK_MAX) return true;
    size_t size = INFLATE_ROOM + UNPACKED_MAX;
    zlib_room room = {.s = berth_alloc(&r->mem, size)};
    if (!room.s) {
        r->failed = true;
        return false;
    }
    char *out = room.s + INFLATE_ROOM;
    size_t n = unpack(&room, s, len, out, UNPACKED_MAX);
    bool secret = n > 0 && is_text(out, n) && redact_scan_inner(scan, out, n);
    berth_free(&r->mem, room.s, size);
    return secret;
}

/* Every other byte NUL, as in UTF-16: these are left out.  Returns the new length. */
static size_t narrow(char *s, size_t len) {
    size_t nuls[2] = {0, 0}, n = 0;
    for (size_t i = 0; i < len; i++) nuls[i & 1] += s[i] == '\0';
    size_t skipped = nuls[1] >= nuls[0];
    if (len < 8 || nuls[skipped] * 20 < len / 2 * 19) return len;
    for (size_t i = 1 - skipped; i < len; i += 2) s[n++] = s[i];
    return n;
}

static bool holds_secret(redact_scan *scan, const char *s, size_t len, redact_block kind) {
    berth_redactor *r = scan->r;
    char *plain = berth_alloc(&r->mem, len);
    if (!plain) {
        r->failed = true;
        return false;
    }
    redact_work(scan, 80 + 2 * len);
    size_t n = decode(s, len, kind, plain, len);
    bool secret;
    unsigned head = n > 2 ? (unsigned)(unsigned char)plain[0] << 8 | (unsigned char)plain[1] : 0;
    if (head == 0x1f8b || (head >> 8 == 0x78 && head % 31 == 0)) { /* gzip, zlib */
        secret = packed_holds_secret(scan, plain, n);
    } else {
        n = narrow(plain, n);
        secret = n > 0 && is_text(plain, n) && redact_scan_inner(scan, plain, n);
    }
    berth_free(&r->mem, plain, len);
    return secret;
}

/* --- where a block is ------------------------------------------------------------------------ */

/* The beginning of the block around `at`, lines above included. */
static size_t block_start(const redact_scan *scan, size_t at, size_t low, redact_block kind) {
    const char *s = scan->s;
    size_t from = at;
    for (;;) {
        size_t line = from;
        while (from > low && block_digit(s[from - 1], kind) >= 0) from--;
        if (from < low + 2 || s[from - 1] != '\n' || kind == BLOCK_HEX) return from;
        size_t end = from - 1 - (s[from - 2] == '\r'), start = end;
        while (start > low && block_digit(s[start - 1], kind) >= 0) start--;
        if (end - start < WRAP_LEAST || line == low) return from;
        from = start;
    }
}

static size_t block_stop(const redact_scan *scan, size_t at, redact_block kind) {
    const char *s = scan->s;
    size_t to = at;
    for (;;) {
        size_t line = to;
        while (to < scan->len && block_digit(s[to], kind) >= 0) to++;
        size_t start = to;
        while (start > 0 && to - start < WRAP_LEAST && block_digit(s[start - 1], kind) >= 0)
            start--;
        size_t next = skip_break(s, to, scan->len);
        bool wraps = to - start >= WRAP_LEAST && next > to && next < scan->len &&
                     block_digit(s[next], kind) >= 0 && kind != BLOCK_HEX;
        if (!wraps || to == line) return to;
        /* the last line is shorter, but no single word of something else */
        size_t last = next;
        while (last < scan->len && block_digit(s[last], kind) >= 0) last++;
        if (last < scan->len && !byte_is(s[last], BYTE_SPACE | BYTE_QUOTE) && s[last] != '=' &&
            s[last] != '\\')
            return to;
        to = next;
    }
}

size_t redact_encoded(redact_scan *scan, size_t at, redact_block kind) {
    const char *s = scan->s;
    if (at < scan->block_end || scan->depth >= DEPTH_MAX) return 0;
    bool begins = kind == BLOCK_BEGINS;
    if (begins) kind = BLOCK_BASE64;
    size_t low = at > BLOCK_MAX ? at - BLOCK_MAX : 0;
    if (scan->block_end > low) low = scan->block_end;
    /* the middle of another block is no beginning; a path's slash may stand before one */
    if (begins && s[at + 1] == 'J' && at > 0 && block_digit(s[at - 1], kind) >= 0 &&
        s[at - 1] != '/')
        return 0;
    if (begins && s[at + 1] == 'N' && at > 0 && block_digit(s[at - 1], kind) >= 0) return 0;
    size_t from = begins ? at : block_start(scan, at, low, kind), to = block_stop(scan, at, kind);
    scan->block_end = to;
    if (to - from < BLOCK_LEAST || to - from > BLOCK_MAX) return 0;
    size_t len = kind == BLOCK_HEX ? (to - from) & ~(size_t)1 : to - from;
    bool secret = holds_secret(scan, s + from, len, kind);
    if (!secret && kind == BLOCK_BASE64) { /* in a path the block begins after a slash */
        size_t part = at;
        while (part > from && s[part - 1] != '/') part--;
        if (part > from && to - part >= BLOCK_LEAST) {
            secret = holds_secret(scan, s + part, to - part, kind);
            from = part;
        }
    }
    while (to < scan->len && kind != BLOCK_HEX && s[to] == '=') to++;
    return secret && redact_mark(scan, from, to, RULE_ENCODED) ? to : 0;
}
