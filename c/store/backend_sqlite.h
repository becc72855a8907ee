/* backend_sqlite.h - what the files of the SQLite backend share: one file in WAL mode with
 * synchronous=FULL, written by any number of processes in one serial order.
 *
 *   backend_sqlite.c             the operations of backend.h, commit and its three outcomes
 *   backend_sqlite_open.c        the file: found, made, refused; connections and their settings
 *   backend_sqlite_schema.c      tables made, compared, brought up to date
 *   backend_sqlite_load.c        rows -> state, with no trust in the rows
 *   backend_sqlite_write.c       changes -> rows, the feed
 *   backend_sqlite_statement.c   statements prepared once, errors put into words
 *   backend_sqlite_checkpoint.c  the log moved into the file, all pages copied
 *
 * After the first error inside a transaction everything stops: `end` looks whether it is still
 * open and rolls it back. */
#ifndef BERTH_STORE_BACKEND_SQLITE_H
#define BERTH_STORE_BACKEND_SQLITE_H

#include <sqlite3.h>

#include "store/backend.h"
#include "store/statements.h"

/* What table `counters` counts beyond the kinds of names, its kinds 0 to 5. */
enum { BERTH_COUNT_PROVIDERS = BERTH_NAME_KINDS, BERTH_COUNT_CONSUMERS, BERTH_COUNTS };

/* One connection to one file. */
typedef struct berth_connection {
    sqlite3 *db; /* owned; NULL when closed */
    sqlite3_stmt *statements[BERTH_SQL_COUNT]; /* owned; prepared when first wanted */
    bool making_schema;  /* the authorizer lets tables be made */
    int busy_timeout_ms;
    int64_t waited_us; /* by the busy handler, for the lock now wanted */
    int system_error;  /* errno of the last failure, 0: none known */
} berth_connection;

typedef struct berth_sqlite {
    berth_backend base;
    berth_mem mem;
    char *path; /* owned */
    bool read_only;
    bool made;      /* the file, by this open */
    bool immutable; /* read only, on a medium where nobody can write */
    int64_t keep_changes;

    berth_connection main;
    berth_connection checkpointer; /* opened when first needed */
    int checkpoint_pages; /* as berth_store_options */
    int log_pages;        /* in the write-ahead log after our last commit */
    int checkpoint_at;    /* no checkpoint before the log has so many pages */

    bool broken;          /* main must be opened anew before anything else */
    int64_t data_version; /* of the snapshot last seen; -1: none */
    int64_t looked_at;    /* data version of the present snapshot */
    int64_t counts[BERTH_COUNTS]; /* what table counters holds, at least */
    int64_t counts_before[BERTH_COUNTS]; /* the same when `pending` was written */

    uint64_t writer; /* names each attempt to commit; random at first */
    int64_t pending; /* number of the changeset being written, 0 when none is */
    int64_t commits;
} berth_sqlite;

extern const berth_backend_ops berth_sqlite_ops; /* backend_sqlite.c */

/* --- backend_sqlite_statement.c --- */

/* Puts an SQLite result into a berth code and one sentence without path or SQL. */
berth_rc berth_sqlite_fail(const berth_connection *c, int code, berth_err *err);
/* *out is reset and unbound; NULL on failure. */
berth_rc berth_sqlite_prepare(berth_connection *c, berth_sql id, sqlite3_stmt **out,
                              berth_err *err);
/* Runs a statement without parameters, ignoring rows. */
berth_rc berth_sqlite_run(berth_connection *c, berth_sql id, berth_err *err);
/* Runs it for the first column of its first row. */
berth_rc berth_sqlite_number(berth_connection *c, berth_sql id, int64_t *out, berth_err *err);
/* sqlite3_step that keeps what the system said of a failure. */
int berth_sqlite_step(berth_connection *c, sqlite3_stmt *statement);
/* Steps a prepared and bound statement to its end and resets it; its result code. */
int berth_sqlite_finish(berth_connection *c, sqlite3_stmt *statement);
/* Finalises the statements and closes; NULL db is fine. */
void berth_sqlite_disconnect(berth_connection *c);
const char *berth_sqlite_text(berth_sql id);

/* --- backend_sqlite_open.c --- */

/* Opens the connection on the store's path, settings made.  Errors as berth_store_open. */
berth_rc berth_sqlite_connect(berth_sqlite *b, berth_connection *c, berth_err *err);
/* Closes main and opens it again; the file must be there. On failure b->broken stays. */
berth_rc berth_sqlite_reconnect(berth_sqlite *b, berth_err *err);
/* What to put before a path: some builds of SQLite read a name that begins with "file:" as a URI,
 * and ours are all plain names. */
const char *berth_sqlite_prefix(const char *path);
void berth_sqlite_discard(berth_backend *backend);
/* Was the file moved or deleted since it was opened? */
bool berth_sqlite_moved(const berth_sqlite *b);

/* --- backend_sqlite_schema.c --- */

typedef enum berth_sqlite_content {
    BERTH_CONTENT_EMPTY, /* no tables at all */
    BERTH_CONTENT_STORE, /* ours, of the present version */
    BERTH_CONTENT_OLD    /* ours, to be brought up to date */
} berth_sqlite_content;

/* Errors: BERTH_ENOTADB (another program's), BERTH_EVERSION, BERTH_ECORRUPT. */
berth_rc berth_sqlite_recognise(berth_connection *c, berth_sqlite_content *out, berth_err *err);
/* Inside a write transaction: makes the tables or brings them up to date. */
berth_rc berth_sqlite_migrate(berth_connection *c, berth_err *err);

/* --- backend_sqlite_load.c, backend_sqlite_write.c --- */

berth_rc berth_sqlite_load(berth_backend *backend, berth_state *empty, berth_err *err);
berth_rc berth_sqlite_changes(berth_backend *backend, int64_t since, berth_store_each each,
                              void *ud, berth_err *err);
berth_rc berth_sqlite_write(berth_backend *backend, const berth_txn *txn, int64_t sequence,
                            const berth_bytes *bytes, berth_err *err);
/* One row of the feed; NULL data: the changeset is not kept. */
berth_rc berth_sqlite_put_changeset(berth_sqlite *b, int64_t sequence, const void *data,
                                    size_t len, berth_err *err);
/* Numbers of the oldest and newest changeset kept, 0 when there are none. */
berth_rc berth_sqlite_range(berth_connection *c, int64_t *oldest, int64_t *newest,
                            berth_err *err);

/* --- backend_sqlite_checkpoint.c --- */

/* SQLite's hook after a commit; ud is the berth_sqlite. */
int berth_sqlite_count_log(void *ud, sqlite3 *db, const char *name, int pages);
/* After a commit: moves the log into the file when it has grown long.  Failure is no matter: the
 * log keeps everything. */
void berth_sqlite_checkpoint(berth_sqlite *b);
berth_rc berth_sqlite_copy(berth_backend *backend, const char *path, berth_err *err);

#endif
