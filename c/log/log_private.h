/* log_private.h - records as lines, between log.c and log_format.c. */
#ifndef BERTH_LOG_LOG_PRIVATE_H
#define BERTH_LOG_LOG_PRIVATE_H

#include "log/log.h"

typedef struct log_line {
    berth_mem *mem;
    char *s;
    size_t len, cap;
    bool failed; /* for memory; what was put after that is missing */
} log_line;

typedef struct log_record {
    berth_level level;
    bool timed;
    int64_t now;
    const char *message;
    size_t message_len;
    const berth_log_field *fields;
    size_t count;
    size_t left_out; /* fields that had no room */
} log_record;

/* Replaces what the line holds by a record, with its line break. */
void log_format(log_line *line, berth_log_format format, const log_record *record);

#endif
