/* store.c - see store.h.
 *
 * Invariant outside transactions: the state holds exactly the changesets up to state->sequence,
 * unless `stale` says that it must be read anew first.  A state read anew takes the place of the
 * old one inside the same berth_state, with a clock that goes on, so that whoever remembered
 * something of the old one finds it stale rather than freed. */
#define _POSIX_C_SOURCE 200809L

#include "store/store.h"

#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "store/backend.h"
#include "store/backup.h"

#define RANK_BYTES ((size_t)64 * 1024 * 1024)

struct berth_store {
    berth_mem host; /* what the caller handed in */
    berth_mem mem;  /* the same, counted */
    int64_t bytes;
    berth_backend *backend; /* owned */
    berth_state *state;     /* owned; NULL only while opening */
    berth_ranks *ranks;     /* owned */
    berth_txn txn;
    berth_bytes encoded; /* scratch of commit */
    bool open;           /* a transaction is */
    bool stale;          /* the state must be read anew */
    pid_t owner;
    uint64_t hash_key[2];
    int64_t reloads, refreshes;
};

/* --- memory, counted ---------------------------------------------------------------------- */

static void *counted_realloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
    berth_store *store = ud;
    void *p = store->host.realloc(store->host.ud, ptr, old_size, new_size);
    if (p != NULL || new_size == 0)
        store->bytes += (int64_t)new_size - (ptr == NULL ? 0 : (int64_t)old_size);
    return p;
}

/* --- the state and the backend ------------------------------------------------------------- */

/* `fresh` becomes the content of the state that everybody has a pointer to. */
static void replace_state(berth_store *store, berth_state *fresh) {
    berth_state old = *store->state;
    fresh->epoch = old.epoch + 1;
    /* whoever follows the touches is told of more than are remembered */
    fresh->touches += (old.touches / BERTH_TOUCHED + 2) * BERTH_TOUCHED;
    *store->state = *fresh;
    *fresh = old;
    berth_state_free(fresh);
    berth_ranks_clear(store->ranks);
    store->reloads++;
}

/* In a transaction of the backend. */
static berth_rc read_fresh(berth_store *store, berth_state **out, berth_err *err) {
    berth_rc rc = berth_state_new(store->mem, store->hash_key, out, err);
    if (rc != BERTH_OK) return rc;
    if (store->state != NULL) (*out)->clock = store->state->clock + 1;
    rc = store->backend->ops->load(store->backend, *out, err);
    if (rc == BERTH_OK) return rc;
    berth_state_free(*out);
    *out = NULL;
    return rc;
}

static berth_rc reload(berth_store *store, berth_err *err) {
    berth_state *fresh;
    store->stale = true;
    berth_rc rc = read_fresh(store, &fresh, err);
    if (rc != BERTH_OK) return rc;
    replace_state(store, fresh);
    store->stale = false;
    return BERTH_OK;
}

/* One changeset of another process. */
static berth_rc replay(void *ud, int64_t sequence, const void *data, size_t len, berth_err *err) {
    berth_store *store = ud;
    berth_rc rc = berth_codec_apply(&store->txn, data, len, err);
    if (rc != BERTH_OK) return rc;
    berth_txn_settle(&store->txn);
    store->state->sequence = sequence;
    store->refreshes++;
    return BERTH_OK;
}

/* In a transaction of the backend: brings the state up to its snapshot. */
static berth_rc catch_up(berth_store *store, bool news, berth_err *err) {
    const berth_backend_ops *ops = store->backend->ops;
    berth_rc rc = BERTH_OK;
    if (store->stale) {
        rc = reload(store, err);
    } else if (news) {
        int64_t before = store->state->sequence;
        rc = ops->changes(store->backend, before, replay, store, err);
        /* Too far behind, or rows that do not fit; or a change that left no changeset, made by
         * another program: all three are answered by what the rows say now. */
        if (rc == BERTH_ENOTFOUND || rc == BERTH_ECORRUPT ||
            (rc == BERTH_OK && store->state->sequence == before))
            rc = reload(store, err);
    }
    if (rc == BERTH_OK) ops->seen(store->backend);
    return rc;
}

static berth_rc check_owner(const berth_store *store, berth_err *err) {
    if (store->owner == getpid()) return BERTH_OK;
    return berth_fail(err, BERTH_ECLOSED,
                      "the store was opened before this process was forked: open it again");
}

/* --- life --------------------------------------------------------------------------------- */

static berth_rc open_backend(berth_store *store, const berth_store_options *options,
                             berth_err *err) {
    berth_store_options inner = *options;
    inner.mem = store->mem;
    if (strcmp(options->target, ":memory:") == 0)
        return berth_memory_open(&inner, &store->backend, err);
    return berth_sqlite_open(&inner, &store->backend, err);
}

static berth_rc first_state(berth_store *store, berth_err *err) {
    const berth_backend_ops *ops = store->backend->ops;
    if (ops->load == NULL) return berth_state_new(store->mem, store->hash_key, &store->state, err);
    bool news;
    berth_rc rc = ops->begin(store->backend, BERTH_READING, &news, err);
    if (rc != BERTH_OK) return rc;
    rc = read_fresh(store, &store->state, err);
    if (rc == BERTH_OK) ops->seen(store->backend);
    ops->end(store->backend);
    return rc;
}

berth_rc berth_store_open(const berth_store_options *options, berth_store **out, berth_err *err) {
    *out = NULL;
    berth_store *store = berth_calloc(&options->mem, 1, sizeof *store);
    if (store == NULL) return berth_fail_memory(err);
    store->host = options->mem;
    store->mem = (berth_mem){counted_realloc, store};
    store->encoded.mem = store->mem;
    store->owner = getpid();
    memcpy(store->hash_key, options->hash_key, sizeof store->hash_key);
    berth_rc rc = open_backend(store, options, err);
    if (rc == BERTH_OK) {
        size_t bytes = options->rank_bytes > 0 ? options->rank_bytes : RANK_BYTES;
        store->ranks = berth_ranks_new(store->mem, bytes);
        if (store->ranks == NULL) rc = berth_fail_memory(err);
    }
    if (rc == BERTH_OK) rc = first_state(store, err);
    if (rc != BERTH_OK) {
        if (store->backend != NULL) store->backend->ops->discard(store->backend);
        berth_store_close(store);
        return rc;
    }
    berth_txn_init(&store->txn, store->state);
    *out = store;
    return BERTH_OK;
}

void berth_store_close(berth_store *store) {
    if (store == NULL) return;
    bool forked = store->owner != getpid();
    if (store->state != NULL && store->txn.state != NULL) berth_txn_free(&store->txn);
    if (store->backend != NULL) {
        if (store->open && !forked) store->backend->ops->end(store->backend);
        store->backend->ops->close(store->backend, forked);
    }
    berth_ranks_free(store->ranks);
    berth_state_free(store->state);
    berth_bytes_free(&store->encoded);
    berth_mem host = store->host;
    berth_free(&host, store, sizeof *store);
}

berth_state *berth_store_state(berth_store *store) {
    return store->state;
}

berth_ranks *berth_store_ranks(berth_store *store) {
    return store->ranks;
}

/* --- transactions ------------------------------------------------------------------------- */

berth_rc berth_store_refresh(berth_store *store, berth_err *err) {
    const berth_backend_ops *ops = store->backend->ops;
    if (store->open) return BERTH_OK;
    bool news = false;
    berth_rc rc = check_owner(store, err);
    if (rc == BERTH_OK) rc = ops->news(store->backend, &news, err);
    if (rc != BERTH_OK || (!news && !store->stale)) return rc;
    rc = ops->begin(store->backend, BERTH_READING, &news, err);
    if (rc != BERTH_OK) return rc;
    rc = catch_up(store, news, err);
    ops->end(store->backend);
    return rc;
}

berth_rc berth_store_begin(berth_store *store, berth_err *err) {
    const berth_backend_ops *ops = store->backend->ops;
    if (store->open)
        return berth_fail(err, BERTH_EBUSY, "a transaction is open on this store already");
    bool news;
    berth_rc rc = check_owner(store, err);
    if (rc == BERTH_OK) rc = ops->begin(store->backend, BERTH_WRITING, &news, err);
    if (rc != BERTH_OK) return rc;
    rc = catch_up(store, news, err);
    if (rc != BERTH_OK) {
        ops->end(store->backend);
        return rc;
    }
    store->open = true;
    return BERTH_OK;
}

bool berth_store_in_transaction(const berth_store *store) {
    return store->open;
}

berth_txn *berth_store_txn(berth_store *store) {
    return store->open ? &store->txn : NULL;
}

static berth_rc write_all(berth_store *store, berth_err *err) {
    store->encoded.len = 0;
    berth_rc rc = berth_codec_encode(&store->txn, 0, &store->encoded, err);
    if (rc != BERTH_OK) return rc;
    return store->backend->ops->write(store->backend, &store->txn, store->state->sequence + 1,
                                      &store->encoded, err);
}

berth_rc berth_store_commit(berth_store *store, berth_err *err) {
    if (!store->open) return berth_fail(err, BERTH_EINVALID, "no transaction is open");
    berth_rc rc = check_owner(store, err);
    if (rc == BERTH_OK && store->txn.count > 0) rc = write_all(store, err);
    if (rc != BERTH_OK || store->txn.count == 0) {
        berth_store_rollback(store);
        return rc;
    }
    berth_err why;
    berth_outcome outcome = store->backend->ops->commit(store->backend, &why);
    store->open = false;
    if (outcome == BERTH_APPLIED) {
        berth_txn_settle(&store->txn);
        store->state->sequence++;
        return BERTH_OK;
    }
    berth_txn_undo(&store->txn, 0);
    if (outcome == BERTH_UNKNOWN) store->stale = true;
    if (err != NULL) *err = why;
    return why.rc;
}

void berth_store_rollback(berth_store *store) {
    if (!store->open) return;
    store->open = false;
    berth_txn_undo(&store->txn, 0);
    if (store->owner == getpid()) store->backend->ops->end(store->backend);
}

/* --- feed, check, backup, figures ----------------------------------------------------------- */

int64_t berth_store_sequence(const berth_store *store) {
    return store->state->sequence;
}

berth_rc berth_store_changes(berth_store *store, int64_t since, berth_store_each each, void *ud,
                             berth_err *err) {
    const berth_backend_ops *ops = store->backend->ops;
    berth_rc rc = check_owner(store, err);
    if (rc != BERTH_OK) return rc;
    if (store->open) return ops->changes(store->backend, since, each, ud, err);
    bool news;
    rc = ops->begin(store->backend, BERTH_READING, &news, err);
    if (rc != BERTH_OK) return rc;
    rc = ops->changes(store->backend, since, each, ud, err);
    ops->end(store->backend);
    return rc;
}

/* In a transaction of the backend: what is on disk says the same as what is in memory. */
static berth_rc compare_fresh(berth_store *store, berth_check_found found, void *ud,
                              berth_err *err) {
    berth_state *fresh = NULL;
    berth_bytes here = {.mem = store->mem}, there = {.mem = store->mem};
    berth_rc rc = read_fresh(store, &fresh, err);
    if (rc == BERTH_ECORRUPT) {
        found(ud, true, err == NULL ? "the store's rows break its rules" : err->message);
        return BERTH_OK;
    }
    if (rc == BERTH_OK) rc = berth_dump(store->state, &here, err);
    if (rc == BERTH_OK) rc = berth_dump(fresh, &there, err);
    if (rc == BERTH_OK && (here.len != there.len ||
                           (here.len > 0 && memcmp(here.data, there.data, here.len) != 0)))
        found(ud, true, "the state in memory differs from the one on disk");
    berth_bytes_free(&here);
    berth_bytes_free(&there);
    berth_state_free(fresh);
    return rc;
}

berth_rc berth_store_check(berth_store *store, berth_check_found found, void *ud, berth_err *err) {
    const berth_backend_ops *ops = store->backend->ops;
    if (store->open)
        return berth_fail(err, BERTH_EBUSY, "a store cannot be checked inside a transaction");
    bool news;
    berth_rc rc = check_owner(store, err);
    if (rc == BERTH_OK) rc = ops->begin(store->backend, BERTH_READING, &news, err);
    if (rc != BERTH_OK) return rc;
    rc = ops->check(store->backend, found, ud, err);
    berth_rc caught = rc == BERTH_OK ? catch_up(store, news, err) : rc;
    if (caught == BERTH_ECORRUPT)
        found(ud, true, err == NULL ? "the store's rows break its rules" : err->message);
    else
        rc = caught;
    if (rc == BERTH_OK) rc = berth_state_check(store->state, found, ud, err);
    if (rc == BERTH_OK && caught == BERTH_OK && ops->load != NULL)
        rc = compare_fresh(store, found, ud, err);
    ops->end(store->backend);
    return rc;
}

berth_rc berth_store_backup(berth_store *store, const char *path, berth_err *err) {
    if (store->open)
        return berth_fail(err, BERTH_EBUSY, "a store cannot be copied inside a transaction");
    const berth_backend_ops *ops = store->backend->ops;
    berth_part part;
    berth_rc rc = berth_store_refresh(store, err);
    if (rc == BERTH_OK) rc = berth_part_begin(&part, store->mem, path, err);
    if (rc != BERTH_OK) return rc;
    rc = ops->copy != NULL ? ops->copy(store->backend, part.name, err)
                           : berth_state_write_out(store->state, part.name, err);
    return berth_part_end(&part, rc, err);
}

void berth_store_get_stats(berth_store *store, berth_store_stats *out) {
    const char *name = store->backend->ops->name;
    *out = (berth_store_stats){
        .providers = (int64_t)store->state->live_providers,
        .consumers = (int64_t)store->state->live_consumers,
        .allocations = (int64_t)store->state->live_allocations,
        .sequence = store->state->sequence,
        .reloads = store->reloads,
        .refreshes = store->refreshes,
        .checkpoint_faults = store->backend->checkpoint_faults,
        .memory_bytes = store->bytes,
    };
    memcpy(out->backend, name, strlen(name) + 1);
    store->backend->ops->stats(store->backend, out);
}

berth_store_news berth_store_get_news(const berth_store *store) {
    return (berth_store_news){store->reloads, store->refreshes, store->backend->checkpoint_faults};
}
