/* log.c - records through redaction to their sink, and the count of those that did not get there.
 *
 * Most records hold nothing secret, which a look at each text tells; then they are written as they
 * are.  Otherwise what redaction leaves of them is.  Either is formatted afterwards, so that no
 * mask can break a line's format. */
#include <string.h>

#include "core/err.h"
#include "log/log_private.h"

struct berth_log_state {
    berth_mem mem;
    berth_log_format format;
    berth_sink sink;
    int64_t (*now)(void *ud);
    void *now_ud;
    log_line line, notice;
    berth_record_room room;
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
    state->now = options->now;
    state->now_ud = options->now_ud;
    state->line.mem = state->notice.mem = &state->mem;
    berth_record_room_init(&state->room, mem);
    log->level = options->level;
    log->state = state;
    *out = log;
    return BERTH_OK;
}

/* --- writing ------------------------------------------------------------------------------- */

static void format(struct berth_log_state *state, log_line *line, log_record record) {
    record.timed = state->now != NULL;
    record.now = record.timed ? state->now(state->now_ud) : 0;
    log_format(line, state->format, &record);
}

static bool deliver(struct berth_log_state *state, berth_level level, const log_line *line) {
    return !line->failed && state->sink.write(state->sink.ud, level, line->s, line->len);
}

/* Before the next record goes out: how many did not. */
static bool tell_dropped(struct berth_log_state *state) {
    uint64_t missing = state->dropped - state->told;
    if (missing == 0) return true;
    static const char message[] = "records were dropped";
    berth_log_field field = {
        .name = "dropped", .type = BERTH_FIELD_INTEGER, .integer = (int64_t)missing};
    berth_record record = {message, sizeof message - 1, &field, 1, true};
    format(state, &state->notice, (log_record){.level = BERTH_LEVEL_WARN, .is = record});
    if (!deliver(state, BERTH_LEVEL_WARN, &state->notice)) return false;
    state->told = state->dropped;
    return true;
}

/* The record with each of its texts redacted by itself. */
static bool format_redacted(struct berth_log_state *state, berth_redactor *redactor,
                            const log_record *record) {
    log_record shown = *record;
    if (berth_record_redact(redactor, &record->is, &state->room, &shown.is) != BERTH_OK)
        return false;
    format(state, &state->line, shown);
    return !state->line.failed;
}

static bool write_record(struct berth_log_state *state, berth_redactor *redactor,
                         log_record record) {
    static const berth_record note = {BERTH_REDACT_NOTE, sizeof BERTH_REDACT_NOTE - 1, NULL, 0,
                                      true};
    if (berth_record_is_clean(redactor, &record.is)) format(state, &state->line, record);
    else if (!format_redacted(state, redactor, &record))
        format(state, &state->line, (log_record){.level = record.level, .is = note});
    /* from here on a sink may do away with what the record was made of */
    return tell_dropped(state) && deliver(state, record.level, &state->line);
}

void berth_log_write(berth_log *log, berth_redactor *redactor, berth_level level,
                     const berth_record *record) {
    if (!berth_log_wants(log, level) || level >= BERTH_LEVEL_OFF) return;
    struct berth_log_state *state = log->state;
    if (state->busy) {
        state->dropped++;
        return;
    }
    log_record all = {.level = level, .is = *record};
    if (record->count > BERTH_RECORD_FIELDS_MAX) {
        all.is.count = BERTH_RECORD_FIELDS_MAX;
        all.left_out = record->count - BERTH_RECORD_FIELDS_MAX;
    }
    state->busy = true;
    if (!write_record(state, redactor, all)) state->dropped++;
    state->busy = false;
}

void berth_log_drop(berth_log *log) {
    log->state->dropped++;
}

void berth_log_close(berth_log *log) {
    if (!log) return;
    struct berth_log_state *state = log->state;
    berth_mem mem = state->mem;
    state->busy = true;
    tell_dropped(state);
    if (state->sink.close) state->sink.close(state->sink.ud);
    if (state->line.s) berth_free(&mem, state->line.s, state->line.cap);
    if (state->notice.s) berth_free(&mem, state->notice.s, state->notice.cap);
    berth_record_room_free(&state->room);
    berth_free(&mem, state, sizeof *state);
    berth_free(&mem, log, sizeof *log);
}

uint64_t berth_log_dropped(const berth_log *log) {
    return log->state->dropped;
}

berth_rc berth_log_reopen(berth_log *log, berth_err *err) {
    return log->state->sink.reopen ? log->state->sink.reopen(log->state->sink.ud, err) : BERTH_OK;
}
