/* log.c - records through redaction to their sink, and the count of those that did not get there.
 *
 * Most records hold nothing secret: they are formatted once, looked at once and written.  Only
 * when that look finds something is each field redacted by itself, so that masks can never break
 * the line's format; the result is looked at again. */
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "log/log_private.h"

#define PARTS_MAX (BERTH_LOG_FIELDS_MAX + 1)

typedef struct log_copies {
    char *s; /* redacted texts one after the other */
    size_t len, cap;
} log_copies;

struct berth_log_state {
    berth_mem mem;
    berth_log_format format;
    berth_sink sink;
    berth_redactor *redactor;
    int64_t (*now)(void *ud);
    void *now_ud;
    log_line line;
    log_copies copies;
    uint64_t dropped, told; /* of which the log itself told so many */
    bool busy;              /* a sink that logs must not come back here */
};

const char *berth_level_word(berth_level level) {
    static const char *const words[] = {
#define X(name, word, severity) word,
        BERTH_LEVELS(X)
#undef X
    };
    return words[level];
}

int berth_level_find(const char *word) {
    for (int level = BERTH_LEVEL_DEBUG; level <= BERTH_LEVEL_OFF; level++) {
        if (strcmp(berth_level_word((berth_level)level), word) == 0) return level;
    }
    return -1;
}

berth_rc berth_log_open(berth_mem mem, const berth_log_options *options, berth_log **out,
                        berth_err *err) {
    berth_log *log = berth_calloc(&mem, 1, sizeof *log);
    struct berth_log_state *state = log ? berth_calloc(&mem, 1, sizeof *state) : NULL;
    *out = NULL;
    if (!state) {
        if (log) berth_free(&mem, log, sizeof *log);
        return berth_fail_memory(err);
    }
    state->mem = mem;
    state->format = options->format;
    state->sink = options->sink;
    state->redactor = options->redactor;
    state->now = options->now;
    state->now_ud = options->now_ud;
    state->line.mem = &state->mem;
    log->level = options->level;
    log->state = state;
    *out = log;
    return BERTH_OK;
}

/* --- writing ------------------------------------------------------------------------------- */

static void format(struct berth_log_state *state, log_record record) {
    record.timed = state->now != NULL;
    record.now = record.timed ? state->now(state->now_ud) : 0;
    log_format(&state->line, state->format, &record);
}

/* Hands the line to the sink. */
static bool deliver(struct berth_log_state *state, berth_level level) {
    if (state->line.failed) return false;
    return state->sink.write(state->sink.ud, level, state->line.s, state->line.len);
}

/* Before the next record goes out: how many did not. */
static bool tell_dropped(struct berth_log_state *state) {
    uint64_t missing = state->dropped - state->told;
    if (missing == 0) return true;
    static const char message[] = "records were dropped";
    berth_log_field field = {
        .name = "dropped", .type = BERTH_FIELD_INTEGER, .integer = (int64_t)missing};
    format(state, (log_record){.level = BERTH_LEVEL_WARN, .message = message,
                               .message_len = sizeof message - 1, .fields = &field, .count = 1});
    if (!deliver(state, BERTH_LEVEL_WARN)) return false;
    state->told = state->dropped;
    return true;
}

static bool copy(struct berth_log_state *state, const char *s, size_t len, size_t *at) {
    log_copies *copies = &state->copies;
    if (copies->cap - copies->len < len) {
        size_t cap = (copies->len + len) * 2 + 256;
        char *grown = berth_realloc(&state->mem, copies->s, copies->cap, cap);
        if (!grown) return false;
        copies->s = grown;
        copies->cap = cap;
    }
    if (len) memcpy(copies->s + copies->len, s, len);
    *at = copies->len;
    copies->len += len;
    return true;
}

/* A number under the name of a secret may be one as well. */
static bool is_secret_number(const struct berth_log_state *state, const berth_log_field *field) {
    char text[32];
    if (field->type != BERTH_FIELD_INTEGER) return false;
    int n = snprintf(text, sizeof text, "%lld", (long long)field->integer);
    return n > 0 && berth_redact_is_secret(state->redactor, field->name, text, (size_t)n);
}

/* Texts of the record as they may be seen, into parts; false: they must not be. */
static bool redact_parts(struct berth_log_state *state, const log_record *record,
                         berth_redact_part *parts, bool *hit) {
    berth_redactor *r = state->redactor;
    const berth_log_field *fields = record->fields;
    size_t at[PARTS_MAX], count = record->count;
    state->copies.len = 0;
    berth_redact_begin(r);
    if (berth_redact_learn(r, NULL, record->message, record->message_len, NULL) != BERTH_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].type == BERTH_FIELD_TEXT &&
            berth_redact_learn(r, fields[i].name, fields[i].text, fields[i].len, NULL) != BERTH_OK)
            return false;
    }
    for (size_t i = 0; i <= count; i++) {
        const berth_log_field *field = i > 0 ? &fields[i - 1] : NULL;
        parts[i] = (berth_redact_part){.name = field ? field->name : "message"};
        if (field && field->type != BERTH_FIELD_TEXT) continue;
        const char *text = field ? field->text : record->message, *out;
        size_t out_len;
        berth_rc rc = berth_redact_field(r, field ? field->name : NULL, text,
                                         field ? field->len : record->message_len, &out, &out_len,
                                         NULL);
        if (rc != BERTH_OK || !copy(state, out, out_len, &at[i])) return false;
        *hit = *hit || berth_redact_masked(r) > 0;
        parts[i].len = out_len;
    }
    for (size_t i = 0; i <= count; i++) { /* the copies stand still only now */
        bool text = i == 0 || fields[i - 1].type == BERTH_FIELD_TEXT;
        if (text) parts[i].text = state->copies.s ? state->copies.s + at[i] : "";
    }
    return true;
}

/* The record with each of its texts redacted by itself. */
static bool format_redacted(struct berth_log_state *state, const log_record *record) {
    static const char masked[] = "***";
    berth_redact_part parts[PARTS_MAX];
    berth_log_field shown[BERTH_LOG_FIELDS_MAX];
    log_record out = *record;
    bool hit = false;
    if (!redact_parts(state, record, parts, &hit)) return false;
    if (berth_redact_ask(state->redactor, hit, parts, record->count + 1, NULL) != BERTH_OK)
        return false;
    out.count = 0;
    for (size_t i = 0; i < record->count; i++) {
        berth_log_field field = record->fields[i];
        if (field.type == BERTH_FIELD_TEXT) {
            if (!parts[i + 1].text) continue; /* the hook took it out */
            field.text = parts[i + 1].text;
            field.len = parts[i + 1].len;
        } else if (is_secret_number(state, &field)) {
            field.type = BERTH_FIELD_TEXT;
            field.text = masked;
            field.len = sizeof masked - 1;
        }
        shown[out.count++] = field;
    }
    out.fields = shown;
    out.message = parts[0].text ? parts[0].text : "";
    out.message_len = parts[0].text ? parts[0].len : 0;
    format(state, out);
    return !state->line.failed;
}

/* What no field showed by itself may show in the line: {"name": "password", "value": "x"}. */
static bool check_line(struct berth_log_state *state) {
    log_line *line = &state->line;
    if (line->failed) return false;
    if (berth_redact_is_clean(state->redactor, line->s, line->len - 1)) return true;
    const char *out;
    size_t len;
    berth_redact_begin(state->redactor);
    if (berth_redact_field(state->redactor, NULL, line->s, line->len - 1, &out, &len, NULL) != BERTH_OK)
        return false;
    size_t at;
    state->copies.len = 0;
    if (!copy(state, out, len, &at) || !copy(state, "\n", 1, &at)) return false;
    char *s = line->s;
    size_t cap = line->cap;
    line->s = state->copies.s;
    line->len = state->copies.len;
    line->cap = state->copies.cap;
    state->copies.s = s;
    state->copies.cap = cap;
    return true;
}

static bool has_secret_number(const struct berth_log_state *state, const log_record *record) {
    for (size_t i = 0; i < record->count; i++) {
        if (is_secret_number(state, &record->fields[i])) return true;
    }
    return false;
}

static bool write_record(struct berth_log_state *state, log_record record) {
    if (!tell_dropped(state)) return false;
    format(state, record);
    if (state->line.failed) return false;
    bool clean = !has_secret_number(state, &record) &&
                 berth_redact_is_clean(state->redactor, state->line.s, state->line.len - 1);
    if (!clean && !(format_redacted(state, &record) && check_line(state)))
        format(state, (log_record){.level = record.level, .message = BERTH_REDACT_NOTE,
                                   .message_len = sizeof BERTH_REDACT_NOTE - 1});
    return deliver(state, record.level);
}

void berth_log_write(berth_log *log, berth_level level, const char *message,
                     const berth_log_field *fields, size_t count) {
    if (!berth_log_wants(log, level) || level >= BERTH_LEVEL_OFF) return;
    struct berth_log_state *state = log->state;
    if (state->busy) {
        state->dropped++;
        return;
    }
    log_record record = {.level = level, .message = message, .message_len = strlen(message),
                         .fields = fields, .count = count};
    if (count > BERTH_LOG_FIELDS_MAX) {
        record.count = BERTH_LOG_FIELDS_MAX;
        record.left_out = count - BERTH_LOG_FIELDS_MAX;
    }
    state->busy = true;
    if (!write_record(state, record)) state->dropped++;
    state->busy = false;
}

void berth_log_close(berth_log *log) {
    if (!log) return;
    struct berth_log_state *state = log->state;
    berth_mem mem = state->mem;
    state->busy = true;
    tell_dropped(state);
    if (state->sink.close) state->sink.close(state->sink.ud);
    berth_redactor_close(state->redactor);
    if (state->line.s) berth_free(&mem, state->line.s, state->line.cap);
    if (state->copies.s) berth_free(&mem, state->copies.s, state->copies.cap);
    berth_free(&mem, state, sizeof *state);
    berth_free(&mem, log, sizeof *log);
}

uint64_t berth_log_dropped(const berth_log *log) {
    return log->state->dropped;
}

berth_rc berth_log_reopen(berth_log *log, berth_err *err) {
    return log->state->sink.reopen ? log->state->sink.reopen(log->state->sink.ud, err) : BERTH_OK;
}

berth_redactor *berth_log_redactor(const berth_log *log) {
    return log->state->redactor;
}
