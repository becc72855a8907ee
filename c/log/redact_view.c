/* redact_view.c - encodings and disguises taken off layer by layer: percent, escapes, entities;
 * characters that look like others, and what redact_disguise.c knows.
 *
 * A layer is a copy of the whole record, with a map of where each byte came from.  Escaped
 * quotation marks stay escaped, so that the strings of the record keep their borders: \u0022
 * becomes \". */
#include <string.h>

#include "log/redact_view.h"

#define SHARE_MAX 64 /* bytes of the name of a host */
#define VARIABLE_MAX 40

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
    if (s[1] == 'u' && len >= 6) { /* %u0070 */
        int code = hex_number(s + 2, 4);
        if (code < 9 || (code >= 0xd800 && code < 0xe000)) return false;
        put_utf8(d, (unsigned)code);
        d->taken = 6;
        return true;
    }
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

/* #012, as the system's log writes ends of lines */
static bool log_escape(const char *s, size_t len, redact_decoded *d) {
    if (len < 4 || memcmp(s, "#01", 3) != 0 || !byte_in(s[3], "125")) return colour(s, len, d);
    d->bytes[d->count++] = s[3] == '1' ? '\t' : s[3] == '2' ? '\n' : '\r';
    d->taken = 4;
    return true;
}

/* \\nas-1\share in a string: do its slashes, so many at `at`, begin the name of a share? */
static bool is_share(const char *s, size_t at, size_t len, size_t slashes) {
    size_t i = at + slashes, from = i;
    if (slashes % 2 || (at > 0 && !byte_is(s[at - 1], BYTE_SPACE | BYTE_QUOTE) && s[at - 1] != '='))
        return false;
    while (i < len && i - from < SHARE_MAX && (byte_is(s[i], BYTE_NAME) || s[i] == '.')) i++;
    size_t end = i;
    while (i < len && s[i] == '\\') i++;
    return i - end == slashes / 2 && i < len && byte_is(s[i], BYTE_NAME);
}

static bool escape(const char *text, size_t at, size_t end, redact_decoded *d) {
    const char *s = text + at;
    size_t len = end - at;
    size_t run = 0, taken = 0;
    while (run < len && run < 5 && s[run] == '\\') run++;
    if (run < len && s[run] == '/') { /* as some write / in JSON */
        d->bytes[d->count++] = '/';
        d->taken = run + 1;
        return true;
    }
    bool colours = run + 1 < len && s[run] == 'e' && s[run + 1] == '[';
    if (colours && colour(s + run, len - run, d)) { /* \e[1m */
        d->taken += run;
        return true;
    }
    if (run < len && byte_in(s[run], "nrt")) { /* lines of a text in a string */
        if (is_share(text, at, end, run)) return false;
        d->bytes[d->count++] = s[run] == 'n' ? '\n' : s[run] == 'r' ? '\r' : '\t';
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
                 {"&apos;", '\''}, {"&equals;", '='}, {"&colon;", ':'}, {"&nbsp;", ' '},
                 {"&shy;", '\0'}}; /* nothing */
    if (len < 4 || !(s[1] == '#' || byte_is(s[1], BYTE_LOWER))) return false;
    for (size_t i = 0; i < sizeof named / sizeof *named && s[1] != '#'; i++) {
        if (s[1] != named[i].text[1]) continue;
        size_t n = strlen(named[i].text);
        if (len < n || memcmp(s, named[i].text, n) != 0) continue;
        if (named[i].byte) d->bytes[d->count++] = named[i].byte;
        d->taken = n;
        return true;
    }
    if (s[1] != '#') return false;
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

/* %DB_PASS%: a variable of Windows, though DB are digits. */
static bool is_windows_variable(const char *s, size_t len) {
    size_t i = 1;
    bool joint = false;
    if (len < 4 || !byte_is(s[1], BYTE_UPPER)) return false;
    for (; i < len && i < VARIABLE_MAX; i++) {
        if (!byte_is(s[i], BYTE_UPPER | BYTE_DIGIT) && s[i] != '_') break;
        joint = joint || s[i] == '_';
    }
    return joint && i < len && s[i] == '%';
}

static bool decode_one(const char *s, size_t at, size_t len, redact_decoded *d) {
    d->count = d->taken = 0;
    switch (s[at]) {
    case '%':
        return !is_windows_variable(s + at, len - at) && percent(s + at, len - at, d);
    case '\\':
        return escape(s, at, len, d);
    case '&':
        return entity(s + at, len - at, d);
    case '\x1b':
        return colour(s + at, len - at, d);
    case '#':
        return log_escape(s + at, len - at, d);
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
    if (c == '\b') { /* a printer strikes the character before over */
        if (d->n > 0 && d->out[d->n - 1] != '\n') d->n--;
        return 1;
    }
    size_t marks = d->disguises & DISGUISE_MARKUP ? redact_unmark(d, at) : 0;
    if (marks) return marks;
    if (byte_is(c, BYTE_CODE) && decode_one(d->s, at, d->len, &one)) {
        for (size_t k = 0; k < one.count; k++) redact_put(d, one.bytes[k], at);
        return one.taken;
    }
    return d->disguises || c == '\\' ? redact_undisguise(d, at) : 0;
}

/* Copies what stays as it is. */
static void put_plain(redact_decoder *d, size_t from, size_t to) {
    uint32_t *place = d->places + d->n;
    memcpy(d->out + d->n, d->s + from, to - from);
    if (d->map) memcpy(place, d->map + from, (to - from) * sizeof *place);
    for (size_t i = from; !d->map && i < to; i++) place[i - from] = (uint32_t)i;
    d->n += to - from;
}

/* What is put at `n` begins where the markup before it does: there ends what was put before. */
static void set_place(redact_decoder *d, size_t n, size_t closing) {
    d->places[n] = d->map ? d->map[closing] : (uint32_t)closing;
    d->closing = 0;
}

bool redact_note_change(berth_redactor *r, redact_changes *changes, size_t from, size_t to,
                        size_t reach) {
    size_t start = from > reach ? from - reach : 0, end = to + reach;
    if (changes->count && start <= changes->part[changes->count - 1].end) {
        changes->part[changes->count - 1].end = end;
        return true;
    }
    void *part = changes->part;
    if (berth_grow(&r->mem, &part, &changes->cap, changes->count, sizeof *changes->part) != 0) {
        r->failed = true;
        return false;
    }
    changes->part = part;
    changes->part[changes->count++] = (redact_part){.start = start, .end = end};
    return true;
}

size_t redact_next_part(const redact_changes *changes, size_t *part, size_t at, size_t len) {
    if (!changes) return at;
    while (*part < changes->count && at >= changes->part[*part].end) ++*part;
    if (*part == changes->count) return len;
    size_t start = changes->part[*part].start < len ? changes->part[*part].start : len;
    return at > start ? at : start;
}

/* How much of a text or layer is looked at further: what lies past the cut is masked anyway. */
static size_t kept_len(const redact_scan *of, size_t cut) {
    size_t low = 0, high = of->len;
    if (!of->map || cut == SIZE_MAX) return high < cut ? high : cut;
    while (low < high) { /* places in the text follow one another as the layer's bytes do */
        size_t middle = low + (high - low) / 2;
        if (of->map[middle] < cut) low = middle + 1;
        else high = middle;
    }
    return low;
}

static unsigned class_of(char c) {
    return berth_byte_class[(unsigned char)c] & (BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT | BYTE_HIGH);
}

/* What a character takes that is written from `c` on: long where they change, which no processor
 * predicts. */
static size_t work_of(char c, unsigned class, unsigned last) {
    if (byte_is(c, BYTE_HIGH)) return 10;
    if (class != last) return 60;
    return class ? 12 : 30;
}

bool redact_decode(berth_redactor *r, const redact_scan *of, redact_view *view) {
    const char *s = of->s;
    size_t len = kept_len(of, r->cut);
    view->text.len = view->changes.count = 0;
    /* \u0022 may become seven slashes and a mark: never longer than the 10 bytes it took */
    if (!redact_reserve(r, &view->text, len + 8) || !grow_map(r, view, len + 9)) return false;
    redact_decoder d = {.s = s,
                        .len = len,
                        .map = of->map,
                        .out = view->text.s,
                        .places = view->map,
                        .disguises = of->encoded};
    redact_note_beginnings(&d);
    unsigned last = 0; /* the class of what was decoded before */
    size_t rate = of->encoded & ~(unsigned)DISGUISE_CODED ? 2 : 1, part = 0;
    redact_work(of, len / 4);
    for (size_t i = 0; i < len;) {
        size_t plain = redact_next_part(of->changes, &part, i, len);
        size_t closing = d.closing, from = d.n;
        if (plain == i) {
            plain = redact_plain_end(&d, i);
            redact_work(of, rate * (plain - i));
        }
        if (plain > i) {
            put_plain(&d, i, plain);
            if (closing) set_place(&d, from, closing);
            i = plain;
            continue;
        }
        size_t taken = decode_at(&d, i);
        if (closing && d.n > from) set_place(&d, from, closing);
        if (taken) {
            if (!redact_note_change(r, &view->changes, from, d.n, REDACT_REACH)) return false;
            unsigned class = d.n > from ? class_of(d.out[from]) : last;
            redact_work(of, work_of(s[i], class, last));
            last = class;
            i += taken;
            continue;
        }
        redact_work(of, 25);
        /* a run of backslashes is passed as one: its last ones are no beginning */
        do redact_put(&d, s[i], i);
        while (++i < len && s[i - 1] == '\\' && s[i] == '\\');
        if (closing) set_place(&d, from, closing);
    }
    view->map[d.n] = of->map ? of->map[len] : (uint32_t)len;
    if (d.closing) set_place(&d, d.n, d.closing);
    view->text.len = d.n;
    return view->changes.count > 0;
}
