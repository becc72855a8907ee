/* backend_sqlite_load.c - rows -> state, with no trust in the rows (backend_sqlite.h).
 *
 * Every row becomes a change "from nothing" that core/accept.h holds against the rules, so a file
 * that somebody wrote by hand, or that the disk has spoilt, is refused with a sentence. */
#include <string.h>

#include "core/err.h"
#include "store/backend_sqlite.h"

#define SETTLE_EVERY 4096 /* changes; bounds what a load needs beside the state */

typedef struct loader {
    berth_sqlite *b;
    berth_txn txn;
    sqlite3_stmt *row;
    berth_err *err;
    bool mistyped; /* a column was not of the kind that its table promises */
} loader;

/* --- columns ------------------------------------------------------------------------------ */

static int64_t column_number(loader *l, int column) {
    if (sqlite3_column_type(l->row, column) != SQLITE_INTEGER) l->mistyped = true;
    return sqlite3_column_int64(l->row, column);
}

static berth_ref column_ref(loader *l, int column) {
    int64_t value = column_number(l, column);
    if (value < 0 || value > INT32_MAX) l->mistyped = true;
    return l->mistyped ? BERTH_NONE : (berth_ref)value;
}

/* A ref that must lie below what was ever handed out. */
static berth_ref column_own_ref(loader *l, int column, int kind) {
    berth_ref ref = column_ref(l, column);
    if (ref >= l->b->counts[kind]) l->mistyped = true;
    return ref;
}

static berth_ref column_ref_or_none(loader *l, int column) {
    return sqlite3_column_type(l->row, column) == SQLITE_NULL ? BERTH_NONE : column_ref(l, column);
}

/* Never NULL; valid until the next step. */
static const char *column_text(loader *l, int column) {
    if (sqlite3_column_type(l->row, column) != SQLITE_TEXT) l->mistyped = true;
    const char *text = (const char *)sqlite3_column_text(l->row, column);
    if (text == NULL) {
        l->mistyped = true;
        return "";
    }
    if (strlen(text) != (size_t)sqlite3_column_bytes(l->row, column)) l->mistyped = true;
    return text;
}

static double column_ratio(loader *l, int column) {
    if (sqlite3_column_type(l->row, column) != SQLITE_FLOAT) l->mistyped = true;
    return sqlite3_column_double(l->row, column);
}

/* --- rows --------------------------------------------------------------------------------- */

typedef berth_rc (*load_row)(loader *l, berth_change *change);

static berth_rc row_of_counters(loader *l, berth_change *change) {
    (void)change;
    int64_t kind = column_number(l, 0), used = column_number(l, 1);
    if (kind < 0 || kind >= BERTH_COUNTS || used < 0)
        l->mistyped = true;
    else
        l->b->counts[kind] = used;
    return BERTH_OK;
}

static berth_rc row_of_names(loader *l, berth_change *change) {
    int64_t kind = column_number(l, 0);
    if (kind < 0 || kind >= BERTH_NAME_KINDS) {
        l->mistyped = true;
        return BERTH_OK;
    }
    change->kind = BERTH_CHANGE_NAME;
    change->a = column_own_ref(l, 1, (int)kind);
    change->u.name.kind = (berth_name_kind)kind;
    change->u.name.before = NULL;
    change->u.name.after = (char *)(uintptr_t)column_text(l, 2); /* copied when accepted */
    return BERTH_OK;
}

static berth_rc row_of_providers(loader *l, berth_change *change) {
    berth_provider_row *after = &change->u.provider.after;
    const char *uuid = column_text(l, 1);
    change->kind = BERTH_CHANGE_PROVIDER;
    change->a = column_own_ref(l, 0, BERTH_COUNT_PROVIDERS);
    after->exists = true;
    if (strlen(uuid) != BERTH_UUID_BYTES) l->mistyped = true;
    if (!l->mistyped) memcpy(after->uuid, uuid, sizeof after->uuid);
    after->name = (char *)(uintptr_t)column_text(l, 2);
    /* a parent made later than its child is given in a second pass */
    berth_ref parent = column_ref_or_none(l, 3);
    after->parent = parent < change->a ? parent : BERTH_NONE;
    after->generation = column_number(l, 4);
    return BERTH_OK;
}

/* The second pass: rows whose parent stands behind them in the table. */
static berth_rc row_of_parents(loader *l, berth_change *change) {
    berth_ref ref = column_ref(l, 0), parent = column_ref_or_none(l, 3);
    const berth_provider *p = berth_state_provider(l->txn.state, ref);
    if (p == NULL || parent <= ref) return BERTH_OK; /* nothing to do: change->kind stays 0 */
    berth_provider_row *before = &change->u.provider.before;
    change->kind = BERTH_CHANGE_PROVIDER;
    change->a = ref;
    before->exists = true;
    memcpy(before->uuid, p->uuid, sizeof before->uuid);
    before->parent = p->parent;
    before->generation = p->generation;
    change->u.provider.after = *before;
    change->u.provider.after.parent = parent;
    return BERTH_OK;
}

static berth_rc row_of_inventories(loader *l, berth_change *change) {
    berth_inventory *after = &change->u.inventory.after;
    change->kind = BERTH_CHANGE_INVENTORY;
    change->a = column_ref(l, 0);
    change->b = column_ref(l, 1);
    change->u.inventory.has = true;
    after->total = column_number(l, 2);
    after->reserved = column_number(l, 3);
    after->min_unit = column_number(l, 4);
    after->max_unit = column_number(l, 5);
    after->step_size = column_number(l, 6);
    after->allocation_ratio = column_ratio(l, 7);
    return BERTH_OK;
}

static berth_rc row_of_links(loader *l, berth_change *change, berth_change_kind kind) {
    change->kind = kind;
    change->a = column_ref(l, 0);
    change->b = column_ref(l, 1);
    change->u.link.has = true;
    return BERTH_OK;
}

static berth_rc row_of_traits(loader *l, berth_change *change) {
    return row_of_links(l, change, BERTH_CHANGE_TRAIT);
}

static berth_rc row_of_aggregates(loader *l, berth_change *change) {
    return row_of_links(l, change, BERTH_CHANGE_AGGREGATE);
}

static berth_rc row_of_consumers(loader *l, berth_change *change) {
    berth_consumer_row *after = &change->u.consumer.after;
    change->kind = BERTH_CHANGE_CONSUMER;
    change->a = column_own_ref(l, 0, BERTH_COUNT_CONSUMERS);
    after->exists = true;
    after->uuid = (char *)(uintptr_t)column_text(l, 1);
    after->project = column_ref_or_none(l, 2);
    after->user = column_ref_or_none(l, 3);
    after->type = column_ref_or_none(l, 4);
    after->generation = column_number(l, 5);
    return BERTH_OK;
}

static berth_rc row_of_allocations(loader *l, berth_change *change) {
    change->kind = BERTH_CHANGE_ALLOCATION;
    change->a = column_ref(l, 0);
    change->b = column_ref(l, 1);
    change->c = column_ref(l, 2);
    change->u.allocation.before = 0;
    change->u.allocation.after = column_number(l, 3);
    return BERTH_OK;
}

/* --- tables ------------------------------------------------------------------------------- */

static berth_rc take_row(loader *l, load_row convert) {
    berth_change change;
    memset(&change, 0, sizeof change);
    change.u.provider.before.parent = BERTH_NONE;
    l->mistyped = false;
    berth_rc rc = convert(l, &change);
    if (rc == BERTH_OK && l->mistyped)
        rc = berth_fail(l->err, BERTH_ECORRUPT, "a row of the store's file is malformed");
    if (rc == BERTH_OK && change.kind != 0) rc = berth_change_accept(&l->txn, &change, l->err);
    if (l->txn.count >= SETTLE_EVERY) berth_txn_settle(&l->txn);
    return rc;
}

static berth_rc load_table(loader *l, berth_sql id, load_row convert) {
    berth_connection *c = &l->b->main;
    berth_rc rc = berth_sqlite_prepare(c, id, &l->row, l->err);
    if (rc != BERTH_OK) return rc;
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW && rc == BERTH_OK) {
        code = berth_sqlite_step(c, l->row);
        if (code == SQLITE_ROW) rc = take_row(l, convert);
    }
    sqlite3_reset(l->row);
    if (rc == BERTH_OK && code != SQLITE_DONE) rc = berth_sqlite_fail(c, code, l->err);
    return rc;
}

static berth_rc load_tables(loader *l) {
    static const struct {
        berth_sql id;
        load_row convert;
    } tables[] = {
        {BERTH_SQL_LOAD_COUNTERS, row_of_counters},
        {BERTH_SQL_LOAD_NAMES, row_of_names},
        {BERTH_SQL_LOAD_PROVIDERS, row_of_providers},
        {BERTH_SQL_LOAD_PROVIDERS, row_of_parents},
        {BERTH_SQL_LOAD_INVENTORIES, row_of_inventories},
        {BERTH_SQL_LOAD_TRAITS, row_of_traits},
        {BERTH_SQL_LOAD_AGGREGATES, row_of_aggregates},
        {BERTH_SQL_LOAD_CONSUMERS, row_of_consumers},
        {BERTH_SQL_LOAD_ALLOCATIONS, row_of_allocations},
    };
    memset(l->b->counts, 0, sizeof l->b->counts);
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && rc == BERTH_OK; i++)
        rc = load_table(l, tables[i].id, tables[i].convert);
    return rc;
}

/* What no single row can show. */
static berth_rc finish_load(loader *l) {
    berth_state *state = l->txn.state;
    for (size_t i = 0; i < state->nconsumers; i++)
        if (state->consumers[i].alive && state->consumers[i].first_allocation < 0)
            return berth_fail(l->err, BERTH_ECORRUPT, "a consumer has no allocations");
    berth_ref_counts counts = {.providers = l->b->counts[BERTH_COUNT_PROVIDERS]};
    for (int kind = 0; kind < BERTH_NAME_KINDS; kind++) counts.names[kind] = l->b->counts[kind];
    berth_rc rc = berth_state_loaded(state, &counts, l->err);
    int64_t oldest;
    if (rc == BERTH_OK)
        rc = berth_sqlite_range(&l->b->main, &oldest, &state->sequence, l->err);
    return rc;
}

berth_rc berth_sqlite_load(berth_backend *backend, berth_state *empty, berth_err *err) {
    loader l = {.b = (berth_sqlite *)backend, .err = err};
    berth_txn_init(&l.txn, empty);
    berth_rc rc = load_tables(&l);
    if (rc == BERTH_OK) rc = finish_load(&l);
    berth_txn_settle(&l.txn); /* the caller drops a state that failed */
    berth_txn_free(&l.txn);
    return rc;
}
