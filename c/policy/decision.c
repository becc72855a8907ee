/* decision.c - see decision.h. */
#include "policy/decision.h"

#include <string.h>

const char *berth_decided_text(berth_decided decided) {
    static const char *const texts[] = {
#define X(name, text) text,
        BERTH_OUTCOMES(X)
#undef X
    };
    return texts[decided];
}

void berth_decisions_init(berth_decisions *decisions, berth_mem mem) {
    *decisions = (berth_decisions){.mem = mem};
}

void berth_decisions_free(berth_decisions *decisions) {
    for (size_t i = 0; decisions->ring && i < BERTH_DECISIONS_KEPT; i++)
        berth_arena_free(&decisions->ring[i].arena);
    berth_free(&decisions->mem, decisions->ring, BERTH_DECISIONS_KEPT * sizeof *decisions->ring);
    berth_decisions_init(decisions, decisions->mem);
}

berth_decision *berth_decisions_next(berth_decisions *decisions) {
    if (decisions->ring == NULL) {
        decisions->ring =
            berth_calloc(&decisions->mem, BERTH_DECISIONS_KEPT, sizeof *decisions->ring);
        if (decisions->ring == NULL) return NULL;
        for (size_t i = 0; i < BERTH_DECISIONS_KEPT; i++)
            berth_arena_init(&decisions->ring[i].arena, decisions->mem);
    }
    berth_decision *d = &decisions->ring[decisions->made % BERTH_DECISIONS_KEPT];
    berth_arena_reset(&d->arena);
    *d = (berth_decision){.arena = d->arena,
                          .id = ++decisions->made,
                          .verb = "",
                          .code = "",
                          .message = "",
                          .notes = "",
                          .consumer = "",
                          .project = "",
                          .user = "",
                          .consumer_type = "",
                          .target = "",
                          .target_name = ""};
    return d;
}

void berth_decisions_done(berth_decisions *decisions, const berth_decision *decision) {
    if (decisions->listener) decisions->listener(decisions->ud, decision);
}

const berth_decision *berth_decisions_get(const berth_decisions *decisions, int64_t id) {
    if (id < 1 || id > decisions->made || id + BERTH_DECISIONS_KEPT <= decisions->made)
        return NULL;
    return &decisions->ring[(id - 1) % BERTH_DECISIONS_KEPT];
}

const char *berth_decision_text(berth_decision *decision, const char *text, size_t len) {
    const char *copy = berth_arena_text(&decision->arena, text, len);
    return copy ? copy : "";
}

/* --- as a table -------------------------------------------------------------------------- */

static void write_fields(const berth_decision *d, berth_data *out) {
    berth_data_table fields = berth_data_open(out);
    for (int i = 0; i < d->nfields; i++) {
        const struct berth_decision_field *f = &d->fields[i];
        berth_data_key(out, &fields, f->name);
        if (f->text)
            berth_data_text(out, f->text);
        else
            berth_data_integer(out, f->number);
    }
    berth_data_close(out, &fields);
}

static void write_amounts(const berth_decision *d, berth_data *out) {
    berth_data_table amounts = berth_data_open(out);
    for (size_t i = 0; i < d->namounts; i++)
        berth_data_set_integer(out, &amounts, d->amounts[i].rclass, d->amounts[i].amount);
    berth_data_close(out, &amounts);
}

static void write_inputs(const berth_decision *d, berth_data *out) {
    berth_data_table inputs = berth_data_open(out);
    for (size_t i = 0; i < d->ninputs; i++) {
        berth_data_place(out, &inputs);
        berth_data_table input = berth_data_open(out);
        berth_data_set_text(out, &input, "question", d->inputs[i].question);
        berth_data_set_integer(out, &input, "answer", d->inputs[i].answer);
        berth_data_close(out, &input);
    }
    berth_data_close(out, &inputs);
}

static void write_notes(const berth_decision *d, berth_data *out) {
    berth_data_table notes = berth_data_open(out);
    const char *end;
    for (const char *line = d->notes; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        berth_data_place(out, &notes);
        berth_data_string(out, line, (size_t)(end - line));
    }
    berth_data_close(out, &notes);
}

void berth_decision_write(const berth_decision *d, berth_data *out) {
    berth_data_table t = berth_data_open(out);
    berth_data_set_integer(out, &t, "id", d->id);
    berth_data_set_text(out, &t, "hook", d->hook);
    berth_data_set_text(out, &t, "policy", d->policy);
    berth_data_set_text(out, &t, "version", d->version);
    berth_data_set_text(out, &t, "digest", d->digest);
    berth_data_set_text(out, &t, "mode", d->mode);
    berth_data_set_text(out, &t, "verdict", berth_decided_text(d->decided));
    berth_data_set_text(out, &t, "code", d->code);
    berth_data_set_text(out, &t, "message", d->message);
    berth_data_key(out, &t, "fields");
    write_fields(d, out);
    berth_data_set_integer(out, &t, "steps", d->steps);
    berth_data_set_integer(out, &t, "memory", d->memory);
    berth_data_key(out, &t, "notes");
    write_notes(d, out);
    berth_data_set_text(out, &t, "user", d->user);
    berth_data_set_text(out, &t, "project", d->project);
    berth_data_set_text(out, &t, "person", d->person);
    berth_data_set_text(out, &t, "reason", d->reason);
    if (d->verb[0] != '\0') {
        berth_data_set_text(out, &t, "verb", d->verb);
        berth_data_set_text(out, &t, "target", d->target);
        berth_data_set_text(out, &t, "target_name", d->target_name);
    } else {
        berth_data_set_integer(out, &t, "sequence", d->sequence);
        berth_data_set_text(out, &t, "consumer", d->consumer);
        berth_data_set_text(out, &t, "consumer_type", d->consumer_type);
        berth_data_key(out, &t, "amounts");
        write_amounts(d, out);
        berth_data_key(out, &t, "inputs");
        write_inputs(d, out);
    }
    berth_data_close(out, &t);
}
