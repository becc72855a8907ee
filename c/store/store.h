/* store.h - a fleet kept: the state in memory, the truth in a backend (SQLite file or nothing),
 * one serial order of writes over all processes that share the file.
 *
 * Life of a write: begin (takes the writers' lock, brings the state up to date) - edits on
 * berth_store_txn() - commit (backend writes the changes, then they are settled) or rollback
 * (inverses).  After any failure the outcome is one of three words: applied, not applied,
 * unknown; on unknown the state is dropped and read again.  Uses core; SQL lives only below
 * backend_sqlite*.  Knows no Lua. */
#ifndef BERTH_STORE_STORE_H
#define BERTH_STORE_STORE_H

#include "core/dump.h"
#include "core/edit.h"
#include "core/place.h"

typedef struct berth_store berth_store;

typedef struct berth_store_options {
    berth_mem mem;
    const char *target;      /* file path, or ":memory:" */
    bool read_only;          /* the file must exist and is never written */
    bool must_exist;         /* do not create a missing file */
    bool allow_network;      /* take a file on a network file system, whose locks may lie */
    int busy_timeout_ms;     /* how long begin waits for another writer; 0: 5000 */
    uint64_t hash_key[2];    /* from the host's randomness */
    size_t rank_bytes;       /* memory for remembered ranks; 0: 64 MiB */
    int64_t keep_changes;    /* changesets kept in the feed; 0: 100000 */
    int checkpoint_pages;    /* pages in the log that call for a checkpoint; 0: 8000 */
} berth_store_options;

/* On success the caller owns *out; on failure no new file is left.  Errors: BERTH_EIO (a directory,
 * no permission, no such folder), BERTH_ENOTFOUND (a file that must exist), BERTH_EREADONLY,
 * BERTH_ENOTADB, BERTH_EVERSION, BERTH_ECORRUPT, BERTH_EBUSY, BERTH_EFULL, BERTH_ENOMEM,
 * BERTH_EINVALID (an empty path).  Messages never name the path: the caller knows it. */
berth_rc berth_store_open(const berth_store_options *options, berth_store **out, berth_err *err);
/* NULL is fine; an open transaction is rolled back; never fails. */
void berth_store_close(berth_store *store);

/* Borrowed until close, the same pointer throughout.  When the state has to be read anew its whole
 * content is replaced in place, inside refresh, begin or check: refs keep their meaning, pointers
 * into the state do not, and the clock goes on, so that a search finds itself stale. */
berth_state *berth_store_state(berth_store *store);
berth_ranks *berth_store_ranks(berth_store *store);

/* Brings the state up to what other processes committed; cheap when nothing happened; does
 * nothing inside a transaction.  Errors: BERTH_EIO, BERTH_ECORRUPT, BERTH_EBUSY, BERTH_ENOMEM. */
berth_rc berth_store_refresh(berth_store *store, berth_err *err);

/* Errors: BERTH_EBUSY (another writer, or this store is already in a transaction),
 * BERTH_EREADONLY, BERTH_EIO, ...; then no transaction is open. */
berth_rc berth_store_begin(berth_store *store, berth_err *err);
bool berth_store_in_transaction(const berth_store *store);
/* The open transaction's changes; NULL outside one.  A savepoint is its count. */
berth_txn *berth_store_txn(berth_store *store);
/* Ends the transaction in every case.  Errors: BERTH_EFULL, BERTH_EIO... (not applied),
 * BERTH_EUNKNOWN.  A commit without changes writes nothing. */
berth_rc berth_store_commit(berth_store *store, berth_err *err);
void berth_store_rollback(berth_store *store); /* no transaction: nothing happens */

/* Number of the last committed changeset the state holds. */
int64_t berth_store_sequence(const berth_store *store);
/* Committed changesets after `since`, oldest first; each(ud, sequence, bytes, len), which must not
 * call the store.
 * Errors: BERTH_ENOTFOUND when `since` is older than what is kept (field oldest). */
typedef berth_rc (*berth_store_each)(void *ud, int64_t sequence, const void *data, size_t len,
                                     berth_err *err);
berth_rc berth_store_changes(berth_store *store, int64_t since, berth_store_each each, void *ud,
                             berth_err *err);

/* Everything that can be checked: the backend's own integrity check, the state's rules, and that
 * a state read afresh gives the same dump. */
berth_rc berth_store_check(berth_store *store, berth_check_found found, void *ud, berth_err *err);

/* A consistent copy as a new file, which appears whole or not at all; refuses an existing one.  A
 * store in memory is written out too.  Errors: BERTH_EIO, BERTH_EFULL, BERTH_EDUPLICATE,
 * BERTH_EBUSY (inside a transaction). */
berth_rc berth_store_backup(berth_store *store, const char *path, berth_err *err);

typedef struct berth_store_stats {
    int64_t providers, consumers, allocations, sequence, commits, reloads, refreshes;
    int64_t checkpoint_faults;
    int64_t memory_bytes, file_bytes, wal_bytes;
    char backend[16], library[32];
} berth_store_stats;
void berth_store_get_stats(berth_store *store, berth_store_stats *out);

/* What may have happened without a caller asking for it, counted; costs nothing to look at. */
typedef struct berth_store_news {
    int64_t reloads;           /* states read anew */
    int64_t refreshes;         /* changesets of other processes */
    int64_t checkpoint_faults; /* checkpoints that failed; the next commit tries again */
} berth_store_news;
berth_store_news berth_store_get_news(const berth_store *store);

#endif
