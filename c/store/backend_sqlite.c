/* backend_sqlite.c - the operations of backend.h, commit and its three outcomes
 * (backend_sqlite.h).
 *
 * When COMMIT fails it is not known whether the frames it wrote to the log stand on the disk: they
 * are invisible now, but after a crash the log is read anew and they might count.  So the
 * connection is closed and opened again, and an empty changeset is committed in their place; once
 * that is on disk the old frames are overwritten and "not applied" is certain.  If that cannot be
 * done either, the outcome is unknown. */
#include <string.h>
#include <sys/stat.h>

#include "core/err.h"
#include "store/backend_sqlite.h"

/* An empty changeset as codec.h writes it: version 1, no changes. */
static const unsigned char empty_changeset[] = {1, 0};

static void sqlite_close(berth_backend *backend, bool forked) {
    berth_sqlite *b = (berth_sqlite *)backend;
    if (!forked) { /* in a forked child the parent's handle is not ours to close: left alone */
        berth_sqlite_disconnect(&b->checkpointer);
        berth_sqlite_disconnect(&b->main);
    }
    if (b->path != NULL) berth_free(&b->mem, b->path, strlen(b->path) + 1);
    berth_mem mem = b->mem;
    berth_free(&mem, b, sizeof *b);
}

/* Has the file moved on since the last look?  Inside a transaction this also fixes its snapshot.
 * SQLite counts commits of other connections only. */
static berth_rc look(berth_sqlite *b, bool *news, berth_err *err) {
    berth_rc rc = berth_sqlite_number(&b->main, BERTH_SQL_GET_DATA_VERSION, &b->looked_at, err);
    if (rc == BERTH_OK) *news = b->looked_at != b->data_version;
    return rc;
}

static void sqlite_seen(berth_backend *backend) {
    berth_sqlite *b = (berth_sqlite *)backend;
    b->data_version = b->looked_at;
}

static berth_rc sqlite_news(berth_backend *backend, bool *out, berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    *out = true; /* a broken connection has everything to learn */
    return b->broken ? BERTH_OK : look(b, out, err);
}

static void sqlite_end(berth_backend *backend) {
    berth_sqlite *b = (berth_sqlite *)backend;
    if (b->pending != 0) memcpy(b->counts, b->counts_before, sizeof b->counts);
    b->pending = 0;
    if (b->main.db == NULL || sqlite3_get_autocommit(b->main.db)) return;
    (void)berth_sqlite_run(&b->main, BERTH_SQL_ROLLBACK, NULL);
    /* a transaction that cannot be left would hold every other writer: drop the connection */
    if (!sqlite3_get_autocommit(b->main.db)) (void)berth_sqlite_reconnect(b, NULL);
}

static berth_rc sqlite_begin(berth_backend *backend, berth_access access, bool *news,
                             berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    berth_rc rc = b->broken ? berth_sqlite_reconnect(b, err) : BERTH_OK;
    if (rc != BERTH_OK) return rc;
    if (access == BERTH_WRITING && b->read_only)
        return berth_fail(err, BERTH_EREADONLY, "the store was opened for reading only");
    if (access == BERTH_WRITING && berth_sqlite_moved(b))
        return berth_fail(err, BERTH_EIO, "the store's file was moved or deleted");
    rc = berth_sqlite_run(&b->main,
                          access == BERTH_WRITING ? BERTH_SQL_BEGIN_WRITE : BERTH_SQL_BEGIN_READ,
                          err);
    if (rc == BERTH_OK) rc = look(b, news, err);
    if (rc != BERTH_OK) sqlite_end(backend);
    return rc;
}

/* --- commit ------------------------------------------------------------------------------- */

/* With whole sectors written safely SQLite does not pad the log behind the commit's own frame, so
 * a log that could not grow does not hold it. */
static bool full_means_no(berth_connection *c) {
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(c->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == NULL || file->pMethods == NULL)
        return false;
    return (file->pMethods->xDeviceCharacteristics(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
}

/* Who wrote the changeset; *found false when it is not there. */
static berth_rc writer_of(berth_connection *c, int64_t sequence, uint64_t *writer, bool *found,
                          berth_err *err) {
    sqlite3_stmt *row;
    *found = false;
    berth_rc rc = berth_sqlite_prepare(c, BERTH_SQL_GET_WRITER, &row, err);
    if (rc != BERTH_OK) return rc;
    int code = sqlite3_bind_int64(row, 1, sequence);
    if (code == SQLITE_OK) code = berth_sqlite_step(c, row);
    if (code == SQLITE_ROW) {
        *found = true;
        *writer = (uint64_t)sqlite3_column_int64(row, 0);
        code = SQLITE_DONE;
    }
    sqlite3_reset(row);
    return code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(c, code, err);
}

/* Under the writers' lock: is the changeset there, and if not, may it never come back? */
static berth_outcome seal(berth_sqlite *b, int64_t sequence, uint64_t writer) {
    berth_connection *c = &b->main;
    uint64_t who = 0;
    bool found;
    if (berth_sqlite_run(c, BERTH_SQL_BEGIN_WRITE, NULL) != BERTH_OK) return BERTH_UNKNOWN;
    berth_outcome outcome = BERTH_UNKNOWN;
    if (writer_of(c, sequence, &who, &found, NULL) == BERTH_OK) {
        if (found) /* ours: it came back, but nobody knows whether it would again */
            outcome = who == writer ? BERTH_UNKNOWN : BERTH_NOT_APPLIED;
        else if (berth_sqlite_put_changeset(b, sequence, empty_changeset, sizeof empty_changeset,
                                            NULL) == BERTH_OK &&
                 berth_sqlite_run(c, BERTH_SQL_COMMIT, NULL) == BERTH_OK)
            outcome = BERTH_NOT_APPLIED;
    }
    if (!sqlite3_get_autocommit(c->db)) (void)berth_sqlite_run(c, BERTH_SQL_ROLLBACK, NULL);
    return outcome;
}

static berth_outcome after_failed_commit(berth_sqlite *b, int code, berth_err *err) {
    berth_rc rc = berth_sqlite_fail(&b->main, code, err);
    int64_t sequence = b->pending;
    uint64_t writer = b->writer;
    bool certain = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_CONSTRAINT ||
                   (rc == BERTH_EFULL && (code == SQLITE_FULL || code == SQLITE_IOERR_WRITE) &&
                    full_means_no(&b->main));
    sqlite_end(&b->base);
    if (certain) return BERTH_NOT_APPLIED;
    berth_outcome outcome = BERTH_UNKNOWN;
    if (berth_sqlite_reconnect(b, NULL) == BERTH_OK) outcome = seal(b, sequence, writer);
    b->data_version = -1;
    if (outcome == BERTH_NOT_APPLIED) return outcome;
    b->broken = true;
    (void)berth_fail(err, BERTH_EUNKNOWN,
                     "the commit's outcome is not known: the disk failed while it was written");
    return outcome;
}

static berth_outcome sqlite_commit(berth_backend *backend, berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    sqlite3_stmt *statement;
    if (berth_sqlite_prepare(&b->main, BERTH_SQL_COMMIT, &statement, err) != BERTH_OK) {
        sqlite_end(backend);
        return BERTH_NOT_APPLIED;
    }
    int code = berth_sqlite_finish(&b->main, statement);
    if (code != SQLITE_OK) return after_failed_commit(b, code, err);
    b->pending = 0;
    b->commits++;
    berth_sqlite_checkpoint(b);
    return BERTH_APPLIED;
}

/* --- check and figures --------------------------------------------------------------------- */

static berth_rc check_integrity(berth_connection *c, berth_check_found found, void *ud,
                                berth_err *err) {
    sqlite3_stmt *row;
    berth_rc rc = berth_sqlite_prepare(c, BERTH_SQL_CHECK_INTEGRITY, &row, err);
    if (rc != BERTH_OK) return rc;
    int code;
    while ((code = berth_sqlite_step(c, row)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(row, 0);
        if (text != NULL && strcmp(text, "ok") != 0) {
            berth_err sentence;
            (void)berth_fail(&sentence, BERTH_ECORRUPT, "the store's file is damaged: %s", text);
            found(ud, true, sentence.message);
        }
    }
    sqlite3_reset(row);
    return code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(c, code, err);
}

static berth_rc check_references(berth_connection *c, berth_check_found found, void *ud,
                                 berth_err *err) {
    sqlite3_stmt *row;
    berth_rc rc = berth_sqlite_prepare(c, BERTH_SQL_CHECK_REFERENCES, &row, err);
    if (rc != BERTH_OK) return rc;
    int code;
    bool told = false;
    while ((code = berth_sqlite_step(c, row)) == SQLITE_ROW) {
        if (!told) found(ud, true, "a row of the store's file refers to one that is not there");
        told = true;
    }
    sqlite3_reset(row);
    return code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(c, code, err);
}

static berth_rc sqlite_check(berth_backend *backend, berth_check_found found, void *ud,
                             berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    berth_rc rc = check_integrity(&b->main, found, ud, err);
    if (rc == BERTH_OK) rc = check_references(&b->main, found, ud, err);
    if (rc == BERTH_ECORRUPT) { /* a finding, not a failure of the check */
        found(ud, true, err == NULL ? "the store's file is damaged" : err->message);
        rc = BERTH_OK;
    }
    return rc;
}

static int64_t size_of(const char *path, const char *suffix) {
    char name[4096];
    struct stat st;
    size_t a = strlen(path), z = strlen(suffix);
    if (a + z + 1 > sizeof name) return 0;
    memcpy(name, path, a);
    memcpy(name + a, suffix, z + 1);
    return stat(name, &st) == 0 ? (int64_t)st.st_size : 0;
}

static void sqlite_stats(berth_backend *backend, berth_store_stats *out) {
    const berth_sqlite *b = (const berth_sqlite *)backend;
    out->commits = b->commits;
    out->file_bytes = size_of(b->path, "");
    out->wal_bytes = size_of(b->path, "-wal");
    sqlite3_snprintf((int)sizeof out->library, out->library, "SQLite %s", sqlite3_libversion());
}

const berth_backend_ops berth_sqlite_ops = {
    .name = "sqlite",
    .close = sqlite_close,
    .discard = berth_sqlite_discard,
    .news = sqlite_news,
    .begin = sqlite_begin,
    .seen = sqlite_seen,
    .end = sqlite_end,
    .load = berth_sqlite_load,
    .changes = berth_sqlite_changes,
    .write = berth_sqlite_write,
    .commit = sqlite_commit,
    .check = sqlite_check,
    .copy = berth_sqlite_copy,
    .stats = sqlite_stats,
};
