/* err.h - filling a berth_err.  Uses berth.h only. */
#ifndef BERTH_CORE_ERR_H
#define BERTH_CORE_ERR_H

#include <stddef.h>

#include "berth.h"

#if defined(__GNUC__)
#define BERTH_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define BERTH_PRINTF(fmt, args)
#endif

/* Fills *err (NULL is fine) with a code and a sentence and no fields; returns rc.  Text longer
 * than the message is cut at a character boundary. */
berth_rc berth_fail(berth_err *err, berth_rc rc, const char *format, ...) BERTH_PRINTF(3, 4);
berth_rc berth_fail_memory(berth_err *err);

/* Add a named detail; `name` must be static text.  Silently dropped when the fields are full. */
void berth_err_text(berth_err *err, const char *name, const char *text);
void berth_err_number(berth_err *err, const char *name, int64_t number);
/* Ends the sentence with ", at position N" and adds the field; 0: no position, nothing is done. */
void berth_err_position(berth_err *err, size_t position);

#endif
