/* redact_stream.h - the redactor as a filter: bytes in, lines out, in constant memory.
 *
 * Each line is a record.  Clean stretches are passed on as they came, without a look at their
 * lines.  A private key that spans lines is masked line by line.  A line longer than
 * BERTH_STREAM_LINE is redacted in windows that overlap: nothing is emitted before so much text
 * after it has been seen that its end is known; a value that fills a whole window ends the line.
 * In such lines a value is masked elsewhere only after the place where its name stood. */
#ifndef BERTH_LOG_REDACT_STREAM_H
#define BERTH_LOG_REDACT_STREAM_H

#include "log/redact.h"

#ifndef BERTH_STREAM_LINE /* smaller windows are for tests */
#define BERTH_STREAM_LINE ((size_t)2 << 20)
#define BERTH_STREAM_CONTEXT ((size_t)4 << 10) /* bytes before a window that are looked at again */
#define BERTH_STREAM_AHEAD ((size_t)64 << 10)  /* bytes after what is emitted that were looked at */
#endif

typedef enum berth_stream_format {
    BERTH_STREAM_TEXT,
    BERTH_STREAM_JSONL /* objects {"line": "..."}: what is redacted is the string; other members
                          are redacted as text, lines that are no such objects too */
} berth_stream_format;

/* Takes output; borrowed for the call.  Any error stops the stream. */
typedef berth_rc (*berth_stream_fn)(void *ud, const char *s, size_t len, berth_err *err);

typedef struct berth_redact_stream berth_redact_stream;

/* Borrows the redactor until closed.  Errors: BERTH_ENOMEM. */
berth_rc berth_redact_stream_open(berth_redactor *redactor, berth_stream_format format,
                                  berth_stream_fn write, void *ud, berth_redact_stream **out,
                                  berth_err *err);
void berth_redact_stream_close(berth_redact_stream *stream); /* NULL is fine */

/* Errors: the writer's, BERTH_ENOMEM (nothing of the line at hand was written in clear). */
berth_rc berth_redact_stream_feed(berth_redact_stream *stream, const char *s, size_t len,
                                  berth_err *err);
/* The last line, which may lack its line break. */
berth_rc berth_redact_stream_end(berth_redact_stream *stream, berth_err *err);

#endif
