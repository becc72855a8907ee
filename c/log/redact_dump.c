/* redact_dump.c - dumps of bytes in hexadecimal, as xxd, hexdump and tcpdump print them: the bytes
 * are scanned as a text of their own, and what is found is masked in both columns.
 *
 *   00000000: 7061 7373 776f 7264 3d68 756e 7465 7232  password=hunter2
 *
 * Each place of that text knows its hexadecimal digits and its character, if there is a column of
 * them and it tells the same.  A line shorter than the first one ends the dump. */
#include <string.h>

#include "log/redact_private.h"

#define LINE_BYTES_MAX 64
#define LINE_BYTES_LEAST 4
#define OFFSET_LEAST 4
#define OFFSET_MAX 16
#define DUMP_MAX ((size_t)1 << 12) /* bytes of a dump that are looked at together */
#define PREFIX_MAX 256

struct redact_dump {
    uint32_t *digits; /* where the two digits of a byte stand */
    uint32_t *column; /* its character; UINT32_MAX: nowhere */
    size_t count;
    char *bytes;
};

typedef struct dump_line {
    uint32_t digits[LINE_BYTES_MAX];
    char bytes[LINE_BYTES_MAX];
    size_t count, column; /* column: where the characters begin; 0: nowhere */
} dump_line;

/* The hexadecimal digits from `at` on. */
static size_t hex_run(const redact_scan *scan, size_t at, size_t stop) {
    size_t i = at;
    while (i < stop && byte_is(scan->s[i], BYTE_HEX)) i++;
    return i - at;
}

/* Groups of two, four or eight digits with a blank or two between them, from `at`. */
static void read_groups(const redact_scan *scan, size_t at, size_t stop, size_t most,
                        dump_line *line) {
    size_t width = hex_run(scan, at, stop);
    line->count = 0;
    if (width != 2 && width != 4 && width != 8) return;
    while (line->count < most) {
        size_t n = hex_run(scan, at, stop);
        if (n == 0 || n % 2 || n > width || line->count + n / 2 > most) break;
        char joint = at + n < stop ? scan->s[at + n] : ' ';
        if (!byte_is(joint, BYTE_SPACE) && joint != '|' && !(joint == ':' && width == 2)) break;
        for (size_t i = 0; i < n; i += 2) {
            line->digits[line->count] = (uint32_t)(at + i);
            line->bytes[line->count++] =
                (char)(byte_hex(scan->s[at + i]) * 16 + byte_hex(scan->s[at + i + 1]));
        }
        at += n;
        if (n < width) break;
        size_t blanks = 0;
        while (at < stop && blanks < 3 && scan->s[at] == ' ') at++, blanks++;
        if (joint == ':') at++, blanks++;
        if (blanks == 0 || blanks > 2) break;
        if (blanks == 1 && line->count == most && most < LINE_BYTES_MAX) most++; /* a long row */
    }
}

static bool is_shown_as(char byte, char c) {
    bool visible = (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x7f;
    return visible ? c == byte || c == '.' : true;
}

/* Where the same bytes stand as characters after the digits. */
static void find_column(const redact_scan *scan, size_t stop, dump_line *line) {
    size_t at = line->digits[line->count - 1] + 3;
    line->column = 0;
    for (unsigned tries = 0; tries < 64 && at + line->count <= stop; tries++, at++) {
        char before = scan->s[at - 1];
        if (before != ' ' && before != '|' && before != '>' && before != '*') return;
        size_t same = 0;
        while (same < line->count && is_shown_as(line->bytes[same], scan->s[at + same])) same++;
        if (same < line->count) continue;
        line->column = at;
        return;
    }
}

/* The line from `at`, behind blanks and an offset. */
static void read_line(const redact_scan *scan, size_t at, size_t stop, size_t most,
                      dump_line *line) {
    line->count = 0;
    while (at < stop && byte_is(scan->s[at], BYTE_SPACE)) at++;
    if (redact_is_at(scan, at, "0x")) at += 2;
    size_t offset = hex_run(scan, at, stop);
    if (offset < OFFSET_LEAST || offset > OFFSET_MAX) return;
    at += offset;
    if (at < stop && scan->s[at] == ':') at++;
    if (at >= stop || scan->s[at] != ' ') return;
    while (at < stop && scan->s[at] == ' ') at++;
    read_groups(scan, at, stop, most, line);
    if (line->count) find_column(scan, stop, line);
}

static void append(redact_dump *dump, const dump_line *line) {
    for (size_t i = 0; i < line->count; i++) {
        dump->bytes[dump->count] = line->bytes[i];
        dump->digits[dump->count] = line->digits[i];
        dump->column[dump->count++] = line->column ? (uint32_t)(line->column + i) : UINT32_MAX;
    }
}

static size_t line_start(const redact_scan *scan, size_t at) {
    size_t low = at > PREFIX_MAX ? at - PREFIX_MAX : 0;
    while (at > low && scan->s[at - 1] != '\n') at--;
    return at;
}

/* The next line, whose digits begin in the column of the first one's or behind an offset. */
static void read_next(const redact_scan *scan, size_t at, size_t stop, size_t most, size_t column,
                      dump_line *line) {
    line->count = 0;
    if (column > 0 && stop - at > column && byte_is(scan->s[at + column - 1], BYTE_SPACE)) {
        read_groups(scan, at + column, stop, most, line);
        if (line->count) find_column(scan, stop, line);
    }
    if (line->count == 0) read_line(scan, at, stop, most, line);
}

/* All lines from `at` on; returns where they end. */
static size_t read_dump(const redact_scan *scan, size_t at, bool offset, redact_dump *dump) {
    dump_line line;
    size_t column = 0, start = line_start(scan, at), most = LINE_BYTES_MAX,
           stop = redact_line_end(scan, at), end = at;
    for (unsigned lines = 0; dump->count + LINE_BYTES_MAX <= DUMP_MAX; lines++) {
        if (lines > 0) {
            read_next(scan, at, stop, most, column, &line);
        } else if (offset) {
            read_line(scan, at, stop, 16, &line);
        } else {
            read_groups(scan, at, stop, most, &line);
            if (line.count) find_column(scan, stop, &line);
        }
        if (line.count == 0) break;
        append(dump, &line);
        end = stop;
        if (lines == 0) {
            most = line.count;
            column = line.digits[0] - start;
            if (!offset && !line.column) break; /* bytes in a sentence */
        }
        if (line.count < most || stop >= scan->len) break;
        at = stop + 1;
        if (at < scan->len && scan->s[stop] == '\r') at++;
        stop = redact_line_end(scan, at);
    }
    return end;
}

void redact_dump_places(const redact_dump *dump, size_t from, size_t to, redact_place *digits,
                        redact_place *column) {
    size_t last = from;
    while (last + 1 < to && dump->digits[last + 1] - dump->digits[last] <= 4) last++;
    *digits = (redact_place){
        .start = dump->digits[from], .end = dump->digits[last] + 2, .taken = last + 1 - from};
    *column = (redact_place){.start = 0};
    if (dump->column[from] != UINT32_MAX)
        *column = (redact_place){.start = dump->column[from], .end = dump->column[last] + 1};
}

/* Back from the last digit of an offset to its first one. */
static size_t offset_start(const redact_scan *scan, size_t at) {
    size_t from = at + 1;
    while (from > 0 && at + 1 - from < OFFSET_MAX && byte_is(scan->s[from - 1], BYTE_HEX)) from--;
    return from;
}

/* Back to the first of the bytes in a row. */
static size_t bytes_start(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    for (unsigned n = 0; n < LINE_BYTES_MAX && at >= 3; n++) {
        if (s[at - 1] != ' ' && s[at - 1] != ':') break;
        size_t from = at - 1 - (s[at - 2] == ' ');
        if (from < 2 || !byte_is(s[from - 1], BYTE_HEX) || !byte_is(s[from - 2], BYTE_HEX)) break;
        if (from > 2 && byte_is(s[from - 3], BYTE_WORD)) break; /* an offset */
        at = from - 2;
    }
    return at;
}

/* Is the first line one?  Then it is worth the room. */
static bool is_dump(const redact_scan *scan, size_t at, bool offset) {
    dump_line line;
    size_t stop = redact_near_line_end(scan, at);
    if (stop == SIZE_MAX) stop = scan->len;
    if (offset)
        read_line(scan, at, stop, 16, &line);
    else
        read_groups(scan, at, stop, LINE_BYTES_MAX, &line);
    return line.count >= LINE_BYTES_LEAST;
}

size_t redact_hex_dump(redact_scan *scan, size_t at, bool offset) {
    berth_redactor *r = scan->r;
    if (at < scan->dump_end || scan->dump || scan->depth > 0) return 0;
    size_t start = offset ? offset_start(scan, at) : bytes_start(scan, at);
    scan->dump_end = at + 1;
    if (!is_dump(scan, start, offset)) return 0;
    size_t size = DUMP_MAX * (1 + 2 * sizeof(uint32_t));
    char *room = berth_alloc(&r->mem, size);
    if (!room) {
        r->failed = true;
        return 0;
    }
    redact_dump dump = {.digits = (uint32_t *)(void *)room};
    dump.column = dump.digits + DUMP_MAX;
    dump.bytes = (char *)(dump.column + DUMP_MAX);
    size_t end = read_dump(scan, start, offset, &dump);
    if (dump.count >= LINE_BYTES_LEAST) {
        redact_scan inner = redact_scan_begin(r, dump.bytes, dump.count);
        inner.dump = &dump;
        inner.map = scan->map;
        inner.depth = scan->depth + 1;
        inner.probe = scan->probe;
        redact_scan_text(&inner);
        scan->hit = scan->hit || inner.hit;
    }
    berth_free(&r->mem, room, size);
    if (end > at) scan->dump_end = end;
    return 0; /* the column of characters is read as any text, too */
}
