/* record.h - a structured record: a sentence and typed fields, and what redaction leaves of it.
 *
 * Log records, error objects and decisions are records before they leave the process.  Uses
 * redact.h; knows neither levels nor sinks. */
#ifndef BERTH_LOG_RECORD_H
#define BERTH_LOG_RECORD_H

#include "log/redact.h"

#define BERTH_RECORD_FIELDS_MAX 64

typedef enum berth_field_type {
    BERTH_FIELD_TEXT,
    BERTH_FIELD_INTEGER,
    BERTH_FIELD_NUMBER,
    BERTH_FIELD_BOOLEAN
} berth_field_type;

/* A detail of a record; borrowed for the call. */
typedef struct berth_log_field {
    const char *name;
    berth_field_type type;
    const char *text; /* BERTH_FIELD_TEXT, len bytes */
    size_t len;
    int64_t integer;
    double number;
    bool boolean;
    bool own; /* the value is a word or figure of berth's own: neither looked at nor escaped */
    bool harmless; /* see berth_record_is_harmless */
} berth_log_field;

typedef struct berth_record {
    const char *message;
    size_t message_len;
    const berth_log_field *fields; /* at most BERTH_RECORD_FIELDS_MAX */
    size_t count;
    bool own; /* message and names of fields are berth's own, and tell no secret of a value */
} berth_record;

/* Where the redacted texts of one record stand. */
typedef struct berth_record_room {
    berth_mem mem;
    char *s; /* owned */
    size_t len, cap;
    berth_log_field fields[BERTH_RECORD_FIELDS_MAX];
} berth_record_room;

void berth_record_room_init(berth_record_room *room, berth_mem mem);
void berth_record_room_free(berth_record_room *room);

/* Does the name of a field, one of a few letters, tell that its value is no secret?  Whoever often
 * writes the same fields may remember it. */
bool berth_record_is_harmless(berth_redactor *redactor, const char *name);
/* Would no text of it be masked, looked at one by one?  Cheaper than redacting. */
bool berth_record_is_clean(berth_redactor *redactor, const berth_record *record);

/* Redacts every text by itself, knowing what the others hold, then asks the redactor's hook.
 * *out stands in the room, until its next use.  Errors: BERTH_ENOMEM, BERTH_ELIMIT, the hook's
 * own: then the record must not be shown. */
berth_rc berth_record_redact(berth_redactor *redactor, const berth_record *record,
                             berth_record_room *room, berth_record *out);

#endif
