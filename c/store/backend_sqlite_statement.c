/* backend_sqlite_statement.c - statements prepared once, errors put into words
 * (backend_sqlite.h). */
#include <errno.h>

#include "core/err.h"
#include "store/backend_sqlite.h"

static const char *const texts[BERTH_SQL_COUNT] = {
#define X(name, text) [BERTH_SQL_##name] = text,
    BERTH_SQL_STATEMENTS(X)
#undef X
};

const char *berth_sqlite_text(berth_sql id) {
    return texts[id];
}

/* --- errors ------------------------------------------------------------------------------ */

static berth_rc full(berth_err *err) {
    return berth_fail(err, BERTH_EFULL, "no space is left for the store's file");
}

static berth_rc io_failure(const berth_connection *c, int code, berth_err *err) {
    int system = c->system_error;
    if (code == SQLITE_IOERR_NOMEM) return berth_fail_memory(err);
    if (system == ENOSPC || system == EDQUOT || system == EFBIG) return full(err);
    switch (code) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
        return berth_fail(err, BERTH_EIO, "reading the store's file failed");
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
        return berth_fail(err, BERTH_EIO, "writing the store's file failed");
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
        return berth_fail(err, BERTH_EIO, "the disk did not confirm a write to the store's file");
    default:
        return berth_fail(err, BERTH_EIO, "the file system failed under the store's file");
    }
}

static berth_rc cannot_open(const berth_connection *c, berth_err *err) {
    switch (c->system_error != 0 || c->db == NULL ? c->system_error
                                                  : sqlite3_system_errno(c->db)) {
    case EACCES:
    case EPERM:
        return berth_fail(err, BERTH_EIO,
                          "the store's file or folder may not be opened: permission denied");
    case EROFS:
        return berth_fail(err, BERTH_EREADONLY, "the store lies on a read-only file system");
    case EMFILE:
    case ENFILE:
        return berth_fail(err, BERTH_EIO, "too many files are open");
    case ENOSPC:
    case EDQUOT:
        return full(err);
    default:
        return berth_fail(err, BERTH_EIO, "the store's file cannot be opened");
    }
}

berth_rc berth_sqlite_fail(const berth_connection *c, int code, berth_err *err) {
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return berth_fail_memory(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return berth_fail(err, BERTH_EBUSY, "another writer holds the store");
    case SQLITE_FULL:
        return full(err);
    case SQLITE_READONLY:
        return berth_fail(err, BERTH_EREADONLY, "the store cannot be written");
    case SQLITE_NOTADB:
        return berth_fail(err, BERTH_ENOTADB, "the file is not a berth store");
    case SQLITE_IOERR:
        return io_failure(c, code, err);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return cannot_open(c, err);
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
        return berth_fail(err, BERTH_ECORRUPT, "the store's file is damaged");
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR:
    case SQLITE_AUTH:
        return berth_fail(err, BERTH_ECORRUPT, "the store's tables are not as berth keeps them");
    default: {
        berth_rc rc = berth_fail(err, BERTH_EIO, "the store's file failed in an unexpected way");
        berth_err_number(err, "cause", code);
        return rc;
    }
    }
}

/* --- statements --------------------------------------------------------------------------- */

berth_rc berth_sqlite_prepare(berth_connection *c, berth_sql id, sqlite3_stmt **out,
                              berth_err *err) {
    sqlite3_stmt **slot = &c->statements[id];
    *out = NULL;
    if (*slot == NULL) {
        int code = sqlite3_prepare_v3(c->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT, slot, NULL);
        if (code != SQLITE_OK) return berth_sqlite_fail(c, code, err);
    }
    *out = *slot;
    return BERTH_OK;
}

/* SQLite tells the system's error of some failures only, and not when COMMIT fails; nothing it
 * does afterwards on the way out is expected to fail. */
int berth_sqlite_step(berth_connection *c, sqlite3_stmt *statement) {
    errno = 0;
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) c->system_error = errno;
    return code;
}

int berth_sqlite_finish(berth_connection *c, sqlite3_stmt *statement) {
    int code;
    do {
        code = berth_sqlite_step(c, statement);
    } while (code == SQLITE_ROW);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

berth_rc berth_sqlite_run(berth_connection *c, berth_sql id, berth_err *err) {
    sqlite3_stmt *statement;
    berth_rc rc = berth_sqlite_prepare(c, id, &statement, err);
    if (rc != BERTH_OK) return rc;
    int code = berth_sqlite_finish(c, statement);
    return code == SQLITE_OK ? BERTH_OK : berth_sqlite_fail(c, code, err);
}

berth_rc berth_sqlite_number(berth_connection *c, berth_sql id, int64_t *out, berth_err *err) {
    sqlite3_stmt *statement;
    *out = 0;
    berth_rc rc = berth_sqlite_prepare(c, id, &statement, err);
    if (rc != BERTH_OK) return rc;
    int code = berth_sqlite_step(c, statement);
    if (code == SQLITE_ROW) {
        *out = sqlite3_column_int64(statement, 0);
        code = SQLITE_DONE;
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(c, code, err);
}

void berth_sqlite_disconnect(berth_connection *c) {
    for (int i = 0; i < BERTH_SQL_COUNT; i++) {
        sqlite3_finalize(c->statements[i]);
        c->statements[i] = NULL;
    }
    sqlite3_close_v2(c->db);
    c->db = NULL;
}
