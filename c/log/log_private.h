/* log_private.h - records as lines, between log.c and log_format.c. */
#ifndef BERTH_LOG_LOG_PRIVATE_H
#define BERTH_LOG_LOG_PRIVATE_H

#include "log/log.h"

#define LOG_SECOND 40

typedef struct log_line {
    berth_mem *mem;
    char *s;
    size_t len, cap;
    bool failed; /* for memory; what was put after that is missing */
    int64_t second;
    char date[LOG_SECOND]; /* what the second is called; "": none yet */
} log_line;

/* A record with what the log itself says of it. */
typedef struct log_record {
    berth_level level;
    bool timed;
    int64_t now;
    size_t left_out; /* fields that had no room */
    berth_record is;
} log_record;

/* Replaces what the line holds by a record, with its line break. */
void log_format(log_line *line, berth_log_format format, const log_record *record);

#endif
