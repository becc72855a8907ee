/* redact_stream.c - lines and windows of a stream, each through the redactor. */
#include <string.h>

#include "core/err.h"
#include "log/redact_private.h"
#include "log/redact_stream.h"

#define CONTEXT BERTH_STREAM_CONTEXT
#define AHEAD BERTH_STREAM_AHEAD
#define CLEAN_LINE /* what a longer line repeats is looked at once, when it is looked at alone */ \
    (BERTH_STREAM_LINE < (64u << 10) ? BERTH_STREAM_LINE : (size_t)64 << 10)
#define KEY_LINES 400             /* lines of a private key */
#define KEY_GAP 3                 /* lines without key material that end one */
#define KEY_WORD 16               /* letters of a line of key material */

struct berth_redact_stream {
    berth_redactor *r;
    berth_stream_format format;
    berth_stream_fn write;
    void *ud;
    redact_buffer line;   /* the line at hand as far as it has come */
    redact_buffer plain, text; /* of JSON lines */
    size_t emitted;       /* bytes of it that were written: context for the rest */
    bool swallow;         /* nothing more of this line is written */
    unsigned key_lines;   /* lines left in which a private key may go on */
    unsigned key_gap;
};

berth_rc berth_redact_stream_open(berth_redactor *r, berth_stream_format format,
                                  berth_stream_fn write, void *ud, berth_redact_stream **out,
                                  berth_err *err) {
    berth_redact_stream *stream = berth_calloc(&r->mem, 1, sizeof *stream);
    *out = stream;
    if (!stream) return berth_fail_memory(err);
    stream->r = r;
    stream->format = format;
    stream->write = write;
    stream->ud = ud;
    return BERTH_OK;
}

void berth_redact_stream_close(berth_redact_stream *stream) {
    if (!stream) return;
    berth_mem mem = stream->r->mem;
    redact_buffer *buffers[] = {&stream->line, &stream->plain, &stream->text};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        if (buffers[i]->s) berth_free(&mem, buffers[i]->s, buffers[i]->cap);
    }
    berth_free(&mem, stream, sizeof *stream);
}

static berth_rc emit(berth_redact_stream *stream, const char *s, size_t len, berth_err *err) {
    return len ? stream->write(stream->ud, s, len, err) : BERTH_OK;
}

/* --- private keys over several lines ------------------------------------------------------- */

/* The last word of the line, when it is a line of a key. */
static bool key_word(const char *s, size_t len, size_t *from, size_t *to) {
    *to = len;
    while (*to > 0 && byte_is(s[*to - 1], BYTE_SPACE)) --*to;
    *from = *to;
    while (*from > 0 && (byte_is(s[*from - 1], BYTE_WORD) || strchr("+/=", s[*from - 1]))) --*from;
    return *to - *from >= KEY_WORD || (*to > *from && *from == 0) ||
           (*to > *from && s[*to - 1] == '=');
}

/* Masks a line inside a private key; *done: it was one. */
static berth_rc key_line(berth_redact_stream *stream, const char *s, size_t len, bool *done,
                         berth_err *err) {
    size_t from, to;
    *done = false;
    stream->key_lines--;
    if (len >= 8 && redact_holds_end(s, len)) {
        stream->key_lines = 0;
        return BERTH_OK;
    }
    if (!key_word(s, len, &from, &to)) {
        if (++stream->key_gap == KEY_GAP) stream->key_lines = 0;
        return BERTH_OK;
    }
    stream->key_gap = 0;
    char mask[REDACT_MASK_MAX];
    *done = true;
    if (redact_is_masked(stream->r, s + from, to - from)) return emit(stream, s, len, err);
    size_t n = redact_mask_text(stream->r, s + from, to - from, mask);
    stream->r->hits[RULE_PEM]++;
    berth_rc rc = emit(stream, s, from, err);
    if (rc == BERTH_OK) rc = emit(stream, mask, n, err);
    return rc == BERTH_OK ? emit(stream, s + to, len - to, err) : rc;
}

/* --- lines ------------------------------------------------------------------------------- */

/* The text of a record, redacted, to the writer or into `into`. */
static berth_rc record(berth_redact_stream *stream, const char *s, size_t len, redact_buffer *into,
                       berth_err *err) {
    const char *out;
    size_t out_len;
    berth_rc rc = berth_redact(stream->r, s, len, &out, &out_len, err);
    if (stream->r->key_open) {
        stream->key_lines = KEY_LINES;
        stream->key_gap = 0;
    }
    /* A record that could not be redacted is replaced by the note; the stream goes on. */
    if (rc == BERTH_ENOMEM) return rc;
    if (!into) return emit(stream, out, out_len, err);
    return redact_append(stream->r, into, out, out_len) ? BERTH_OK : berth_fail_memory(err);
}

static berth_rc json_line(berth_redact_stream *stream, const char *s, size_t len, berth_err *err) {
    size_t from, to;
    berth_redactor *r = stream->r;
    if (!redact_jsonl_find(s, len, &from, &to)) return record(stream, s, len, NULL, err);
    stream->text.len = 0;
    if (!redact_jsonl_decode(r, s + from, to - from, &stream->plain)) return berth_fail_memory(err);
    berth_rc rc = record(stream, s, from, &stream->text, err);
    if (rc != BERTH_OK) return rc;
    const char *out;
    size_t out_len;
    rc = berth_redact(r, stream->plain.s, stream->plain.len, &out, &out_len, err);
    if (rc == BERTH_ENOMEM) return rc;
    bool same = out == stream->plain.s && out_len == stream->plain.len;
    bool fine = same ? redact_append(r, &stream->text, s + from, to - from)
                     : redact_jsonl_encode(r, out, out_len, &stream->text);
    if (!fine) return berth_fail_memory(err);
    rc = record(stream, s + to, len - to, &stream->text, err);
    stream->key_lines = 0;
    return rc == BERTH_OK ? emit(stream, stream->text.s, stream->text.len, err) : rc;
}

/* One whole line without its break. */
static berth_rc whole_line(berth_redact_stream *stream, const char *s, size_t len, berth_err *err) {
    if (stream->format == BERTH_STREAM_JSONL) return json_line(stream, s, len, err);
    bool done = false;
    if (stream->key_lines > 0) {
        berth_rc rc = key_line(stream, s, len, &done, err);
        if (rc != BERTH_OK || done) return rc;
    }
    return record(stream, s, len, NULL, err);
}

/* --- lines that are too long ---------------------------------------------------------------- */

/* Emits what is certain of the line in the buffer, and keeps the rest with some context. */
static berth_rc window(berth_redact_stream *stream, berth_err *err) {
    redact_buffer *line = &stream->line;
    size_t cut = line->len - AHEAD;
    if (stream->emitted == 0) redact_forget(stream->r);
    const char *out;
    size_t out_len;
    berth_rc rc =
        redact_window(stream->r, line->s, line->len, stream->emitted, &cut, &out, &out_len, err);
    if (rc == BERTH_ENOMEM) return rc;
    bool full = cut <= stream->emitted; /* of one value, which has no end that is known */
    if (full || rc != BERTH_OK) {       /* the note stands for the rest of the line then */
        stream->swallow = true;
        line->len = stream->emitted = 0;
        return rc == BERTH_OK ? emit(stream, "***", 3, err) : emit(stream, out, out_len, err);
    }
    rc = emit(stream, out, out_len, err);
    size_t keep = cut > CONTEXT ? cut - CONTEXT : 0;
    memmove(line->s, line->s + keep, line->len - keep);
    line->len -= keep;
    stream->emitted = cut - keep;
    return rc;
}

/* The end of a line that began in windows, or a whole one. */
static berth_rc last_part(berth_redact_stream *stream, berth_err *err) {
    redact_buffer *line = &stream->line;
    berth_rc rc = BERTH_OK;
    if (stream->emitted == 0 && !stream->swallow) {
        rc = whole_line(stream, line->s, line->len, err);
    } else if (!stream->swallow) {
        const char *out;
        size_t out_len, cut = line->len;
        rc = redact_window(stream->r, line->s, line->len, stream->emitted, &cut, &out, &out_len,
                           err);
        if (rc != BERTH_ENOMEM) rc = emit(stream, out, out_len, err);
    }
    line->len = stream->emitted = 0;
    stream->swallow = false;
    return rc;
}

/* Adds to the line in the buffer, emitting windows of it as it grows. */
static berth_rc extend(berth_redact_stream *stream, const char *s, size_t len, berth_err *err) {
    while (len > 0 && !stream->swallow) {
        size_t room = BERTH_STREAM_LINE + CONTEXT - stream->line.len, n = len < room ? len : room;
        if (!redact_append(stream->r, &stream->line, s, n)) return berth_fail_memory(err);
        s += n;
        len -= n;
        if (n < room) break;
        berth_rc rc = window(stream, err);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* The same line comes out whatever pieces it came in: a long one goes through windows. */
static berth_rc long_line(berth_redact_stream *stream, const char *s, size_t len, berth_err *err) {
    berth_rc rc = extend(stream, s, len, err);
    return rc == BERTH_OK ? last_part(stream, err) : rc;
}

static const char *line_start(const char *from, const char *at) {
    while (at > from && at[-1] != '\n') at--;
    return at;
}

/* Whole lines, each with its break: clean stretches at once, the others one by one. */
static berth_rc whole_lines(berth_redact_stream *stream, const char *s, size_t len,
                            berth_err *err) {
    const char *end = s + len;
    bool each = stream->format == BERTH_STREAM_JSONL || redact_reads_all(stream->r);
    while (s < end) {
        const char *line = s;
        if (!each && stream->key_lines == 0) {
            line = s + redact_clean_lines(stream->r, s, (size_t)(end - s), CLEAN_LINE);
            berth_rc rc = emit(stream, s, (size_t)(line - s), err);
            if (rc != BERTH_OK || line == end) return rc;
        }
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)(stop - line);
        berth_rc rc = n > BERTH_STREAM_LINE ? long_line(stream, line, n, err)
                                            : whole_line(stream, line, n, err);
        if (rc == BERTH_OK) rc = emit(stream, stop, 1, err);
        if (rc != BERTH_OK) return rc;
        s = stop + 1;
    }
    return BERTH_OK;
}

berth_rc berth_redact_stream_feed(berth_redact_stream *stream, const char *s, size_t len,
                                  berth_err *err) {
    const char *end = s + len;
    if (len == 0) return BERTH_OK;
    if (stream->line.len > 0 || stream->swallow) {
        const char *stop = memchr(s, '\n', len);
        berth_rc rc = extend(stream, s, stop ? (size_t)(stop - s) : len, err);
        if (rc != BERTH_OK || !stop) return rc;
        rc = last_part(stream, err);
        if (rc == BERTH_OK) rc = emit(stream, stop, 1, err);
        if (rc != BERTH_OK) return rc;
        s = stop + 1;
    }
    const char *last = line_start(s, end);
    berth_rc rc = whole_lines(stream, s, (size_t)(last - s), err);
    return rc == BERTH_OK ? extend(stream, last, (size_t)(end - last), err) : rc;
}

berth_rc berth_redact_stream_end(berth_redact_stream *stream, berth_err *err) {
    return stream->line.len > 0 ? last_part(stream, err) : BERTH_OK;
}
