/* backend_sqlite_write.c - changes -> rows, the feed (backend_sqlite.h).
 *
 * Every change becomes one statement on one row, which must be there when the change says so:
 * else the state and the file have gone apart, and nothing is written. */
#include <string.h>

#include "core/err.h"
#include "store/backend_sqlite.h"

/* Larger changesets are not kept in the feed: whoever is behind them reads everything anew. */
#define LARGEST_CHANGESET (8u * 1024 * 1024)

#define TRIM_EVERY 64 /* commits */

/* Binds collect the first failure, so that it is asked for once. */
typedef struct binder {
    sqlite3_stmt *statement;
    int next;
    int code;
} binder;

static void bind_number(binder *w, int64_t value) {
    if (w->code == SQLITE_OK) w->code = sqlite3_bind_int64(w->statement, w->next++, value);
}

static void bind_ref(binder *w, berth_ref ref) {
    if (w->code != SQLITE_OK) return;
    w->code = ref == BERTH_NONE ? sqlite3_bind_null(w->statement, w->next++)
                                : sqlite3_bind_int64(w->statement, w->next++, ref);
}

/* The text stays where it is until the statement was run. */
static void bind_text(binder *w, const char *text) {
    if (w->code == SQLITE_OK)
        w->code = sqlite3_bind_text(w->statement, w->next++, text, (int)strlen(text),
                                    SQLITE_STATIC);
}

static void bind_ratio(binder *w, double ratio) {
    if (w->code == SQLITE_OK) w->code = sqlite3_bind_double(w->statement, w->next++, ratio);
}

static berth_rc start(berth_sqlite *b, berth_sql id, binder *w, berth_err *err) {
    w->next = 1;
    w->code = SQLITE_OK;
    return berth_sqlite_prepare(&b->main, id, &w->statement, err);
}

static berth_rc finish(berth_sqlite *b, binder *w, berth_err *err) {
    if (w->code == SQLITE_OK) w->code = berth_sqlite_step(&b->main, w->statement);
    sqlite3_reset(w->statement);
    if (w->code != SQLITE_DONE) return berth_sqlite_fail(&b->main, w->code, err);
    if (sqlite3_changes(b->main.db) != 1)
        return berth_fail(err, BERTH_ECORRUPT, "the store's file does not hold what it held");
    return BERTH_OK;
}

/* --- one change --------------------------------------------------------------------------- */

static berth_sql pick(bool had, bool has, berth_sql add, berth_sql put, berth_sql drop) {
    return !had ? add : has ? put : drop;
}

static berth_rc write_name(berth_sqlite *b, const berth_change *c, berth_err *err) {
    binder w;
    bool has = c->u.name.after != NULL;
    berth_rc rc = start(b, has ? BERTH_SQL_ADD_NAME : BERTH_SQL_REMOVE_NAME, &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, (int64_t)c->u.name.kind);
    bind_number(&w, c->a);
    if (has) bind_text(&w, c->u.name.after);
    return finish(b, &w, err);
}

static berth_rc write_provider(berth_sqlite *b, const berth_change *c, berth_err *err) {
    binder w;
    const berth_provider_row *before = &c->u.provider.before, *after = &c->u.provider.after;
    bool same = before->exists && after->exists && before->name == after->name &&
                before->parent == after->parent;
    berth_sql id = pick(before->exists, after->exists, BERTH_SQL_ADD_PROVIDER,
                        same ? BERTH_SQL_PUT_PROVIDER_GENERATION : BERTH_SQL_PUT_PROVIDER,
                        BERTH_SQL_REMOVE_PROVIDER);
    berth_rc rc = start(b, id, &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, c->a);
    if (!before->exists) bind_text(&w, after->uuid);
    if (after->exists && !same) {
        bind_text(&w, after->name);
        bind_ref(&w, after->parent);
    }
    if (after->exists) bind_number(&w, after->generation);
    return finish(b, &w, err);
}

static berth_rc write_inventory(berth_sqlite *b, const berth_change *c, berth_err *err) {
    binder w;
    berth_rc rc = start(b, pick(c->u.inventory.had, c->u.inventory.has, BERTH_SQL_ADD_INVENTORY,
                                BERTH_SQL_PUT_INVENTORY, BERTH_SQL_REMOVE_INVENTORY),
                        &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, c->a);
    bind_number(&w, c->b);
    if (c->u.inventory.has) {
        const berth_inventory *inventory = &c->u.inventory.after;
        bind_number(&w, inventory->total);
        bind_number(&w, inventory->reserved);
        bind_number(&w, inventory->min_unit);
        bind_number(&w, inventory->max_unit);
        bind_number(&w, inventory->step_size);
        bind_ratio(&w, inventory->allocation_ratio);
    }
    return finish(b, &w, err);
}

static berth_rc write_link(berth_sqlite *b, const berth_change *c, berth_err *err) {
    binder w;
    berth_sql add = BERTH_SQL_ADD_TRAIT, drop = BERTH_SQL_REMOVE_TRAIT;
    if (c->kind == BERTH_CHANGE_AGGREGATE) {
        add = BERTH_SQL_ADD_AGGREGATE;
        drop = BERTH_SQL_REMOVE_AGGREGATE;
    }
    berth_rc rc = start(b, c->u.link.has ? add : drop, &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, c->a);
    bind_number(&w, c->b);
    return finish(b, &w, err);
}

static berth_rc write_consumer(berth_sqlite *b, const berth_change *c, berth_err *err) {
    binder w;
    const berth_consumer_row *before = &c->u.consumer.before, *after = &c->u.consumer.after;
    berth_rc rc = start(b, pick(before->exists, after->exists, BERTH_SQL_ADD_CONSUMER,
                                BERTH_SQL_PUT_CONSUMER, BERTH_SQL_REMOVE_CONSUMER),
                        &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, c->a);
    if (!before->exists) bind_text(&w, after->uuid);
    if (after->exists) {
        bind_ref(&w, after->project);
        bind_ref(&w, after->user);
        bind_ref(&w, after->type);
        bind_number(&w, after->generation);
    }
    return finish(b, &w, err);
}

static berth_rc write_allocation(berth_sqlite *b, const berth_change *c, berth_err *err) {
    binder w;
    bool had = c->u.allocation.before > 0, has = c->u.allocation.after > 0;
    berth_rc rc = start(b, pick(had, has, BERTH_SQL_ADD_ALLOCATION, BERTH_SQL_PUT_ALLOCATION,
                                BERTH_SQL_REMOVE_ALLOCATION),
                        &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, c->a);
    bind_number(&w, c->b);
    bind_number(&w, c->c);
    if (has) bind_number(&w, c->u.allocation.after);
    return finish(b, &w, err);
}

static berth_rc write_change(berth_sqlite *b, const berth_change *change, berth_err *err) {
    switch (change->kind) {
    case BERTH_CHANGE_NAME:
        return write_name(b, change, err);
    case BERTH_CHANGE_PROVIDER:
        return write_provider(b, change, err);
    case BERTH_CHANGE_INVENTORY:
        return write_inventory(b, change, err);
    case BERTH_CHANGE_TRAIT:
    case BERTH_CHANGE_AGGREGATE:
        return write_link(b, change, err);
    case BERTH_CHANGE_CONSUMER:
        return write_consumer(b, change, err);
    case BERTH_CHANGE_ALLOCATION:
        return write_allocation(b, change, err);
    }
    return BERTH_OK;
}

/* --- counters ----------------------------------------------------------------------------- */

static berth_rc put_count(berth_sqlite *b, int kind, int64_t count, berth_err *err) {
    binder w;
    if (count <= b->counts[kind]) return BERTH_OK;
    /* a number that a bad file would be refused for must never be written into a good one */
    if (count > (kind == BERTH_COUNT_PROVIDERS   ? BERTH_PROVIDERS_MAX
                 : kind == BERTH_COUNT_CONSUMERS ? BERTH_CONSUMERS_MAX
                                                 : BERTH_NAMES_MAX))
        return berth_fail(err, BERTH_ELIMIT, "the store has handed out all numbers of a kind");
    berth_rc rc = start(b, BERTH_SQL_PUT_COUNTER, &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, kind);
    bind_number(&w, count);
    rc = finish(b, &w, err);
    if (rc == BERTH_OK) b->counts[kind] = count;
    return rc;
}

/* Refs once handed out are remembered even when what they meant is gone.  Consumers, whose refs
 * are used again, are counted in large steps: their count only bounds what a file may claim. */
static berth_rc write_counts(berth_sqlite *b, const berth_state *state, berth_err *err) {
    berth_ref_counts counts = berth_state_ref_counts(state);
    berth_rc rc = BERTH_OK;
    for (int kind = 0; kind < BERTH_NAME_KINDS && rc == BERTH_OK; kind++)
        rc = put_count(b, kind, counts.names[kind], err);
    if (rc == BERTH_OK) rc = put_count(b, BERTH_COUNT_PROVIDERS, counts.providers, err);
    int64_t consumers = (int64_t)state->nconsumers;
    if (rc == BERTH_OK && consumers > b->counts[BERTH_COUNT_CONSUMERS]) {
        consumers = (consumers | 4095) + 1;
        if (consumers > BERTH_CONSUMERS_MAX) consumers = BERTH_CONSUMERS_MAX;
        rc = put_count(b, BERTH_COUNT_CONSUMERS, consumers, err);
    }
    return rc;
}

/* --- the feed ----------------------------------------------------------------------------- */

berth_rc berth_sqlite_put_changeset(berth_sqlite *b, int64_t sequence, const void *data,
                                    size_t len, berth_err *err) {
    binder w;
    berth_rc rc = start(b, BERTH_SQL_ADD_CHANGESET, &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, sequence);
    bind_number(&w, (int64_t)++b->writer);
    if (w.code == SQLITE_OK)
        w.code = data == NULL || len > LARGEST_CHANGESET
                     ? sqlite3_bind_null(w.statement, w.next++)
                     : sqlite3_bind_blob(w.statement, w.next++, data, (int)len, SQLITE_STATIC);
    return finish(b, &w, err);
}

/* A few old changesets at a time, so that no commit pays for many. */
static berth_rc trim(berth_sqlite *b, int64_t sequence, berth_err *err) {
    binder w;
    if (sequence % TRIM_EVERY != 0 || sequence <= b->keep_changes) return BERTH_OK;
    berth_rc rc = start(b, BERTH_SQL_TRIM_CHANGESETS, &w, err);
    if (rc != BERTH_OK) return rc;
    bind_number(&w, sequence - b->keep_changes);
    if (w.code == SQLITE_OK) w.code = berth_sqlite_step(&b->main, w.statement);
    sqlite3_reset(w.statement);
    return w.code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(&b->main, w.code, err);
}

berth_rc berth_sqlite_write(berth_backend *backend, const berth_txn *txn, int64_t sequence,
                            const berth_bytes *bytes, berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    memcpy(b->counts_before, b->counts, sizeof b->counts);
    b->pending = sequence;
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; i < txn->count && rc == BERTH_OK; i++)
        rc = write_change(b, &txn->changes[i], err);
    if (rc == BERTH_OK) rc = write_counts(b, txn->state, err);
    if (rc == BERTH_OK)
        rc = berth_sqlite_put_changeset(b, sequence, bytes->data, bytes->len, err);
    return rc == BERTH_OK ? trim(b, sequence, err) : rc;
}

/* --- reading the feed ---------------------------------------------------------------------- */

berth_rc berth_sqlite_range(berth_connection *c, int64_t *oldest, int64_t *newest,
                            berth_err *err) {
    sqlite3_stmt *row;
    *oldest = *newest = 0;
    berth_rc rc = berth_sqlite_prepare(c, BERTH_SQL_LOAD_SEQUENCE, &row, err);
    if (rc != BERTH_OK) return rc;
    int code = berth_sqlite_step(c, row);
    if (code == SQLITE_ROW) {
        *oldest = sqlite3_column_int64(row, 0);
        *newest = sqlite3_column_int64(row, 1);
        code = SQLITE_DONE;
    }
    sqlite3_reset(row);
    if (code != SQLITE_DONE) return berth_sqlite_fail(c, code, err);
    if (*oldest < 0 || *newest < *oldest || *newest == INT64_MAX)
        return berth_fail(err, BERTH_ECORRUPT, "the feed's numbers are out of range");
    return BERTH_OK;
}

static berth_rc too_old(int64_t oldest, berth_err *err) {
    berth_rc rc = berth_fail(err, BERTH_ENOTFOUND, "the changes asked for are not kept any more");
    berth_err_number(err, "oldest", oldest);
    return rc;
}

/* One row of GET_CHANGESETS; it must be the one numbered `wanted`. */
static berth_rc hand_over(sqlite3_stmt *row, int64_t wanted, berth_store_each each, void *ud,
                          berth_err *err) {
    int64_t sequence = sqlite3_column_int64(row, 0);
    if (sequence != wanted) return too_old(sequence - 1, err);
    if (sqlite3_column_type(row, 1) == SQLITE_NULL) return too_old(sequence, err);
    const void *data = sqlite3_column_blob(row, 1);
    int len = sqlite3_column_bytes(row, 1);
    if (data == NULL && len > 0) return berth_fail_memory(err);
    return each(ud, sequence, data, (size_t)len, err);
}

berth_rc berth_sqlite_changes(berth_backend *backend, int64_t since, berth_store_each each,
                              void *ud, berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    int64_t oldest, newest;
    berth_rc rc = berth_sqlite_range(&b->main, &oldest, &newest, err);
    if (rc != BERTH_OK) return rc;
    if (since < 0 || since > newest || (newest > since && since + 1 < oldest))
        return too_old(oldest > 0 ? oldest - 1 : 0, err);
    sqlite3_stmt *row;
    rc = berth_sqlite_prepare(&b->main, BERTH_SQL_GET_CHANGESETS, &row, err);
    if (rc != BERTH_OK) return rc;
    int code = sqlite3_bind_int64(row, 1, since);
    if (code == SQLITE_OK) code = SQLITE_ROW;
    while (code == SQLITE_ROW && rc == BERTH_OK) {
        code = berth_sqlite_step(&b->main, row);
        if (code == SQLITE_ROW) rc = hand_over(row, ++since, each, ud, err);
    }
    sqlite3_reset(row);
    if (rc != BERTH_OK) return rc;
    return code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(&b->main, code, err);
}
