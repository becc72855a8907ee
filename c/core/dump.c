/* dump.c - see dump.h. */
#include "core/dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"

/* Lines of one kind are collected here, sorted, and moved to `out`. */
typedef struct dumper {
    const berth_state *state;
    berth_bytes lines; /* each ends with '\n' */
    berth_bytes starts; /* size_t offsets into lines */
    berth_bytes *out;
    berth_rc rc; /* the first failure stays */
    berth_err *err;
} dumper;

static void put(dumper *d, const void *data, size_t len) {
    if (d->rc == BERTH_OK) d->rc = berth_bytes_put(&d->lines, data, len, d->err);
}

static void begin_line(dumper *d, const char *kind) {
    size_t at = d->lines.len;
    if (d->rc == BERTH_OK) d->rc = berth_bytes_put(&d->starts, &at, sizeof at, d->err);
    put(d, kind, strlen(kind));
}

static void put_text(dumper *d, const char *text) {
    put(d, "\t", 1);
    if (text == NULL || *text == '\0') {
        put(d, "-", 1);
        return;
    }
    const char *from = text;
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x20 && c != 0x7F && c != '\\') continue;
        char escaped[8];
        int n = snprintf(escaped, sizeof escaped, "\\x%02X", c);
        put(d, from, (size_t)(at - from));
        put(d, escaped, (size_t)n);
        from = at + 1;
    }
    put(d, from, strlen(from));
}

static void put_number(dumper *d, int64_t number) {
    char text[24];
    int n = snprintf(text, sizeof text, "\t%" PRId64, number);
    put(d, text, (size_t)n);
}

static void put_name(dumper *d, berth_name_kind kind, berth_ref ref) {
    put_text(d, berth_names_text(&d->state->names[kind], ref));
}

static void end_line(dumper *d) {
    put(d, "\n", 1);
}

/* Lines hold no NUL, and their end sorts before every other character in them. */
static int compare_lines(const void *a, const void *b) {
    const unsigned char *x = *(const unsigned char *const *)a;
    const unsigned char *y = *(const unsigned char *const *)b;
    while (*x == *y && *x != '\n') x++, y++;
    return (*x > *y) - (*x < *y);
}

static void flush(dumper *d) {
    size_t count = d->starts.len / sizeof(size_t);
    const berth_mem *mem = &d->state->mem;
    const char **lines = NULL;
    if (d->rc == BERTH_OK && count > 0) {
        lines = berth_calloc(mem, count, sizeof *lines);
        if (lines == NULL) d->rc = berth_fail_memory(d->err);
    }
    if (lines != NULL) {
        for (size_t i = 0; i < count; i++) {
            size_t start;
            memcpy(&start, d->starts.data + i * sizeof start, sizeof start);
            lines[i] = (const char *)d->lines.data + start;
        }
        qsort(lines, count, sizeof *lines, compare_lines);
        for (size_t i = 0; i < count && d->rc == BERTH_OK; i++) {
            size_t len = (size_t)(strchr(lines[i], '\n') - lines[i]) + 1;
            d->rc = berth_bytes_put(d->out, lines[i], len, d->err);
        }
    }
    berth_free(mem, lines, count * sizeof *lines);
    d->lines.len = d->starts.len = 0;
}

static const char *const kind_names[BERTH_NAME_KINDS] = {
    [BERTH_NAME_CLASS] = "class",     [BERTH_NAME_TRAIT] = "trait",
    [BERTH_NAME_AGGREGATE] = "aggregate", [BERTH_NAME_PROJECT] = "project",
    [BERTH_NAME_USER] = "user",       [BERTH_NAME_TYPE] = "type",
};

static void dump_names(dumper *d) {
    for (int kind = 0; kind < BERTH_NAME_KINDS; kind++) {
        const berth_names *names = &d->state->names[kind];
        bool standard = kind == BERTH_NAME_CLASS || kind == BERTH_NAME_TRAIT;
        for (size_t i = standard ? BERTH_CUSTOM_BASE : 0; i < names->count; i++) {
            if (names->text[i] == NULL) continue;
            begin_line(d, "name");
            put_text(d, kind_names[kind]);
            put_text(d, names->text[i]);
            end_line(d);
        }
    }
    flush(d);
}

static const char *uuid_of(const dumper *d, berth_ref provider) {
    const berth_provider *p = berth_state_provider(d->state, provider);
    return p == NULL ? NULL : p->uuid;
}

static void dump_providers(dumper *d) {
    int64_t place = 0;
    for (size_t i = 0; i < d->state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(d->state, (berth_ref)i);
        if (p == NULL) continue;
        begin_line(d, "provider");
        put_text(d, p->uuid);
        put_text(d, p->name);
        put_number(d, p->generation);
        put_text(d, uuid_of(d, p->parent));
        put_text(d, uuid_of(d, p->root));
        put_number(d, ++place);
        end_line(d);
    }
    flush(d);
}

static void dump_inventories(dumper *d) {
    for (size_t i = 0; i < d->state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(d->state, (berth_ref)i);
        for (size_t k = 0; p != NULL && k < p->nstocks; k++) {
            const berth_inventory *inventory = &p->stocks[k].inventory;
            char ratio[32];
            snprintf(ratio, sizeof ratio, "%.17g", inventory->allocation_ratio);
            begin_line(d, "inventory");
            put_text(d, p->uuid);
            put_name(d, BERTH_NAME_CLASS, p->stocks[k].rclass);
            put_number(d, inventory->total);
            put_number(d, inventory->reserved);
            put_number(d, inventory->min_unit);
            put_number(d, inventory->max_unit);
            put_number(d, inventory->step_size);
            put_text(d, ratio);
            end_line(d);
        }
    }
    flush(d);
}

static void dump_links(dumper *d, berth_name_kind kind) {
    for (size_t i = 0; i < d->state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(d->state, (berth_ref)i);
        if (p == NULL) continue;
        const berth_refs *refs = kind == BERTH_NAME_TRAIT ? &p->traits : &p->aggregates;
        for (size_t k = 0; k < refs->count; k++) {
            begin_line(d, kind_names[kind]);
            put_text(d, p->uuid);
            put_name(d, kind, refs->items[k]);
            end_line(d);
        }
    }
    flush(d);
}

static void dump_consumers(dumper *d) {
    for (size_t i = 0; i < d->state->nconsumers; i++) {
        const berth_consumer *c = berth_state_consumer(d->state, (berth_ref)i);
        if (c == NULL) continue;
        begin_line(d, "consumer");
        put_text(d, c->uuid);
        put_name(d, BERTH_NAME_PROJECT, c->project);
        put_name(d, BERTH_NAME_USER, c->user);
        put_name(d, BERTH_NAME_TYPE, c->type);
        put_number(d, c->generation);
        end_line(d);
    }
    flush(d);
}

static void dump_allocations(dumper *d) {
    const berth_state *state = d->state;
    for (size_t i = 0; i < state->nconsumers; i++) {
        const berth_consumer *c = berth_state_consumer(state, (berth_ref)i);
        if (c == NULL) continue;
        for (int32_t at = c->first_allocation; at >= 0;) {
            const berth_allocation *a = &state->allocations[at];
            begin_line(d, "allocation");
            put_text(d, c->uuid);
            put_text(d, uuid_of(d, a->provider));
            put_name(d, BERTH_NAME_CLASS, a->rclass);
            put_number(d, a->used);
            end_line(d);
            at = a->next_of_consumer;
        }
    }
    flush(d);
}

static void dump_usage(dumper *d) {
    for (size_t i = 0; i < d->state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(d->state, (berth_ref)i);
        for (size_t k = 0; p != NULL && k < p->nstocks; k++) {
            begin_line(d, "usage");
            put_text(d, p->uuid);
            put_name(d, BERTH_NAME_CLASS, p->stocks[k].rclass);
            put_number(d, p->stocks[k].used);
            end_line(d);
        }
    }
    flush(d);
}

berth_rc berth_dump(const berth_state *state, berth_bytes *out, berth_err *err) {
    dumper d = {.state = state,
                .lines = {.mem = state->mem},
                .starts = {.mem = state->mem},
                .out = out,
                .err = err};
    dump_names(&d);
    dump_providers(&d);
    dump_inventories(&d);
    dump_links(&d, BERTH_NAME_TRAIT);
    dump_links(&d, BERTH_NAME_AGGREGATE);
    dump_consumers(&d);
    dump_allocations(&d);
    dump_usage(&d);
    berth_bytes_free(&d.lines);
    berth_bytes_free(&d.starts);
    return d.rc;
}
