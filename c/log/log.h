/* log.h - structured records: level, message, typed fields; redacted, then written to one sink.
 *
 * A disabled level costs one comparison (berth_log_wants).  A record is one line: no byte of a
 * message or field ends it or moves a terminal's cursor.  What a sink cannot take in time is
 * dropped and counted, and the count is the next record.  One thread at a time. */
#ifndef BERTH_LOG_LOG_H
#define BERTH_LOG_LOG_H

#include "log/record.h"

/* name, word, syslog's severity */
#define BERTH_LEVELS(X)                                                                            \
    X(DEBUG, "debug", 7)                                                                           \
    X(INFO, "info", 6)                                                                             \
    X(WARN, "warn", 4)                                                                             \
    X(ERROR, "error", 3)                                                                           \
    X(OFF, "off", 0) /* as a log's level: nothing is written */

typedef enum berth_level {
#define X(name, word, severity) BERTH_LEVEL_##name,
    BERTH_LEVELS(X)
#undef X
} berth_level;

typedef enum berth_log_format {
    BERTH_LOG_JSON, /* {"time": "...", "level": "info", "message": "...", fields in order} */
    BERTH_LOG_TEXT  /* time INFO message name=value name="two words"; the message in quotation marks
                       where it could be taken for fields */
} berth_log_format;

#define BERTH_LOG_VALUE_MAX ((size_t)8192) /* bytes of a text after redaction; the rest is cut */

/* --- sinks --------------------------------------------------------------------------------- */

/* Where lines go.  `write` gets a whole line with its break and must not wait without bound;
 * false: it was not taken.  `reopen` and `close` may be NULL. */
typedef struct berth_sink {
    bool (*write)(void *ud, berth_level level, const char *line, size_t len);
    berth_rc (*reopen)(void *ud, berth_err *err);
    void (*close)(void *ud);
    void *ud;
} berth_sink;

/* For a reader that does not read it waits once, so many milliseconds; what comes before it reads
 * again is not taken. */
#define BERTH_SINK_WAIT 100

/* Standard error.  Errors: BERTH_ENOMEM. */
berth_rc berth_sink_stderr(berth_mem mem, berth_sink *out, berth_err *err);
/* Appends to a file, made with mode 0600; reopen follows a name that was moved away.
 * Errors: BERTH_EIO (field errno), BERTH_ENOMEM. */
berth_rc berth_sink_file(berth_mem mem, const char *path, berth_sink *out, berth_err *err);
/* The system's log, by datagrams.  Errors: BERTH_EIO, BERTH_ENOMEM. */
berth_rc berth_sink_syslog(berth_mem mem, const char *ident, berth_sink *out, berth_err *err);

/* --- logs ---------------------------------------------------------------------------------- */

typedef struct berth_log_options {
    berth_level level;
    berth_log_format format;
    berth_sink sink;
    int64_t (*now)(void *ud); /* microseconds since 1970; NULL: records carry no time */
    void *now_ud;
} berth_log_options;

typedef struct berth_log {
    berth_level level; /* the least that is written; may be changed at any time */
    struct berth_log_state *state;
} berth_log;

/* Owns the sink from then on; on failure it stays the caller's.  Errors: BERTH_ENOMEM. */
berth_rc berth_log_open(berth_mem mem, const berth_log_options *options, berth_log **out,
                        berth_err *err);
/* Tells what was dropped, if it can, and closes the sink; NULL is fine. */
void berth_log_close(berth_log *log);

static inline bool berth_log_wants(const berth_log *log, berth_level level) {
    return log && level >= log->level;
}

/* Writes what the redactor leaves of the record, or counts it as dropped.  Fields beyond
 * BERTH_RECORD_FIELDS_MAX are left out, and told. */
void berth_log_write(berth_log *log, berth_redactor *redactor, berth_level level,
                     const berth_record *record);
/* A record that had to be given up before it could be written. */
void berth_log_drop(berth_log *log);
/* Records that were not written so far. */
uint64_t berth_log_dropped(const berth_log *log);
/* Errors: the sink's. */
berth_rc berth_log_reopen(berth_log *log, berth_err *err);

const char *berth_level_word(berth_level level);
/* -1: it is none. */
int berth_level_find(const char *word);

#endif
