/* backend_sqlite_checkpoint.c - the log moved into the file, all pages copied (backend_sqlite.h).
 *
 * SQLite from 3.7.0 to 3.51.2 (but 3.44.6 and 3.50.7) can lose commits when a checkpoint reads the
 * log's header just before another process starts the log afresh.  Only a writer starts it afresh,
 * so here every checkpoint, on every library, runs while this process holds the writers' lock on
 * one connection and copies on another: no commit of any process can fall into it.  The other one
 * copies what it can and waits for nobody (PASSIVE); readers are not disturbed.  SQLite's own
 * checkpoint when the last connection of all closes holds the file alone, which is as good. */
#include "store/backend_sqlite.h"

/* A log so many times longer than wanted may wait for other writers. */
#define URGENT 4

/* --- checkpoint --------------------------------------------------------------------------- */

int berth_sqlite_count_log(void *ud, sqlite3 *db, const char *name, int pages) {
    berth_sqlite *b = ud;
    (void)db, (void)name;
    b->log_pages = pages;
    return SQLITE_OK;
}

/* The second connection; it has to read once to learn that the file has a log. */
static bool open_checkpointer(berth_sqlite *b) {
    berth_connection *c = &b->checkpointer;
    int64_t version;
    if (c->db != NULL) return true;
    c->busy_timeout_ms = 0; /* who holds the writers' lock must not wait for anybody */
    if (berth_sqlite_connect(b, c, NULL) != BERTH_OK) return false;
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (berth_sqlite_number(c, BERTH_SQL_GET_VERSION, &version, NULL) == BERTH_OK) return true;
    berth_sqlite_disconnect(c);
    return false;
}

void berth_sqlite_checkpoint(berth_sqlite *b) {
    int wanted = b->checkpoint_pages;
    if (b->log_pages < wanted || b->log_pages < b->checkpoint_at) return;
    if (!open_checkpointer(b)) {
        b->base.checkpoint_faults++;
        return;
    }
    int timeout = b->main.busy_timeout_ms;
    if (b->log_pages / URGENT < wanted) b->main.busy_timeout_ms = 0;
    berth_rc rc = berth_sqlite_run(&b->main, BERTH_SQL_BEGIN_WRITE, NULL);
    b->main.busy_timeout_ms = timeout;
    if (rc != BERTH_OK) return; /* another writer is at work; the next commit tries again */
    int pages = 0, copied = 0;
    int code = sqlite3_wal_checkpoint_v2(b->checkpointer.db, "main", SQLITE_CHECKPOINT_PASSIVE,
                                         &pages, &copied);
    (void)berth_sqlite_run(&b->main, BERTH_SQL_ROLLBACK, NULL);
    if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY && (code & 0xFF) != SQLITE_LOCKED)
        b->base.checkpoint_faults++;
    /* copied whole, the next commit starts the log afresh; else a reader is in the way */
    b->checkpoint_at = code == SQLITE_OK && copied == pages ? 0 : b->log_pages + wanted / 4;
    /* after an I/O error nothing that this process holds of the file is believed */
    if ((code & 0xFF) == SQLITE_IOERR || !sqlite3_get_autocommit(b->main.db))
        (void)berth_sqlite_reconnect(b, NULL);
}

/* --- copy --------------------------------------------------------------------------------- */

/* All pages in one step, hence of one moment. */
berth_rc berth_sqlite_copy(berth_backend *backend, const char *path, berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    berth_connection copy = {.busy_timeout_ms = 0};
    int code = sqlite3_open_v2(path, &copy.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) code = sqlite3_extended_result_codes(copy.db, 1);
    if (code == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(copy.db, "main", b->main.db, "main");
        if (backup == NULL) {
            code = sqlite3_extended_errcode(copy.db);
        } else {
            code = sqlite3_backup_step(backup, -1);
            int finished = sqlite3_backup_finish(backup);
            code = code == SQLITE_DONE ? finished : code;
        }
    }
    if (code != SQLITE_OK && copy.db != NULL) copy.system_error = sqlite3_system_errno(copy.db);
    berth_rc rc = code == SQLITE_OK ? BERTH_OK : berth_sqlite_fail(&copy, code, err);
    berth_sqlite_disconnect(&copy);
    return rc;
}
