/* backend.h - what store.c asks of the place where a fleet is kept: a file or plain memory.
 *
 * A backend knows the committed changesets by number and, unless it is memory, the whole fleet as
 * rows.  It never keeps a state of its own.  Private to c/store; uses core. */
#ifndef BERTH_STORE_BACKEND_H
#define BERTH_STORE_BACKEND_H

#include "store/store.h"

/* The three words after a commit. */
typedef enum berth_outcome {
    BERTH_APPLIED,
    BERTH_NOT_APPLIED,
    BERTH_UNKNOWN
} berth_outcome;

typedef enum berth_access {
    BERTH_READING, /* one snapshot until the end */
    BERTH_WRITING  /* the same, holding the writers' lock */
} berth_access;

typedef struct berth_backend berth_backend;

typedef struct berth_backend_ops {
    const char *name;
    /* Never fails.  `forked`: this is not the process that opened it, touch nothing shared. */
    void (*close)(berth_backend *backend, bool forked);
    /* The store cannot be opened after all: takes away a file that was made for it, unless somebody
     * has written to it meanwhile.  `close` follows. */
    void (*discard)(berth_backend *backend);
    /* May others have committed since `seen`?  Outside transactions only. */
    berth_rc (*news)(berth_backend *backend, bool *out, berth_err *err);
    /* On failure no transaction is open.  *news as above, for the snapshot just taken. */
    berth_rc (*begin)(berth_backend *backend, berth_access access, bool *news, berth_err *err);
    /* The state now holds all that this transaction's snapshot holds: no news until more comes. */
    void (*seen)(berth_backend *backend);
    /* Leaves the transaction; a written changeset is forgotten.  Never fails. */
    void (*end)(berth_backend *backend);

    /* --- inside a transaction --- */
    /* Fills an empty state, its sequence too. NULL: the backend keeps no fleet to read. */
    berth_rc (*load)(berth_backend *backend, berth_state *empty, berth_err *err);
    /* Changesets after `since` in order.  Errors: BERTH_ENOTFOUND (field oldest) when the one
     * after `since` is not kept, or `since` never was; what `each` returns. */
    berth_rc (*changes)(berth_backend *backend, int64_t since, berth_store_each each, void *ud,
                        berth_err *err);
    /* `bytes` is the txn encoded.  On failure leave by `end`. */
    berth_rc (*write)(berth_backend *backend, const berth_txn *txn, int64_t sequence,
                      const berth_bytes *bytes, berth_err *err);
    /* Ends the transaction in every case; *err is filled unless applied. */
    berth_outcome (*commit)(berth_backend *backend, berth_err *err);

    /* --- outside --- */
    berth_rc (*check)(berth_backend *backend, berth_check_found found, void *ud, berth_err *err);
    /* Everything as of one moment into the empty file at `path`. NULL: see `load`. */
    berth_rc (*copy)(berth_backend *backend, const char *path, berth_err *err);
    void (*stats)(berth_backend *backend, berth_store_stats *out);
} berth_backend_ops;

struct berth_backend {
    const berth_backend_ops *ops;
    int64_t checkpoint_faults; /* checkpoints that failed, for another reason than company */
};

/* Errors: as berth_store_open.  *out is owned by the caller: ops->close. */
berth_rc berth_memory_open(const berth_store_options *options, berth_backend **out,
                           berth_err *err);
berth_rc berth_sqlite_open(const berth_store_options *options, berth_backend **out,
                           berth_err *err);

#endif
