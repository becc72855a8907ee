/* backend_sqlite_checkpoint.c - the log moved into the file; backup (backend_sqlite.h).
 *
 * SQLite from 3.7.0 to 3.51.2 (but 3.44.6 and 3.50.7) can lose commits when a checkpoint reads the
 * log's header just before another process starts the log afresh.  Only a writer starts it afresh,
 * so here every checkpoint, on every library, runs while this process holds the writers' lock on
 * one connection and copies on another: no commit of any process can fall into it.  The other one
 * copies what it can and waits for nobody (PASSIVE); readers are not disturbed.  SQLite's own
 * checkpoint when the last connection of all closes holds the file alone, which is as good. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
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
    if (b->log_pages < wanted || b->log_pages < b->checkpoint_at || !open_checkpointer(b)) return;
    int timeout = b->main.busy_timeout_ms;
    if (b->log_pages / URGENT < wanted) b->main.busy_timeout_ms = 0;
    berth_rc rc = berth_sqlite_run(&b->main, BERTH_SQL_BEGIN_WRITE, NULL);
    b->main.busy_timeout_ms = timeout;
    if (rc != BERTH_OK) return; /* another writer is at work; the next commit tries again */
    int pages = 0, copied = 0;
    int code = sqlite3_wal_checkpoint_v2(b->checkpointer.db, "main", SQLITE_CHECKPOINT_PASSIVE,
                                         &pages, &copied);
    (void)berth_sqlite_run(&b->main, BERTH_SQL_ROLLBACK, NULL);
    /* copied whole, the next commit starts the log afresh; else a reader is in the way */
    b->checkpoint_at = code == SQLITE_OK && copied == pages ? 0 : b->log_pages + wanted / 4;
    /* after an I/O error nothing that this process holds of the file is believed */
    if ((code & 0xFF) == SQLITE_IOERR || !sqlite3_get_autocommit(b->main.db))
        (void)berth_sqlite_reconnect(b, NULL);
}

/* --- backup ------------------------------------------------------------------------------- */

static berth_rc refuse_copy(int error, berth_err *err) {
    switch (error) {
    case EEXIST:
        return berth_fail(err, BERTH_EDUPLICATE, "the backup's file exists already");
    case ENOENT:
    case ENOTDIR:
        return berth_fail(err, BERTH_EIO, "the folder of the backup does not exist");
    case EACCES:
    case EPERM:
        return berth_fail(err, BERTH_EIO, "the backup's folder may not be written");
    case EROFS:
        return berth_fail(err, BERTH_EREADONLY, "the backup's folder cannot be written at all");
    case ENOSPC:
    case EDQUOT:
        return berth_fail(err, BERTH_EFULL, "no space is left for the backup");
    default:
        return berth_fail(err, BERTH_EIO, "the backup's file cannot be made");
    }
}

/* All pages in one step, hence of one moment. */
static berth_rc copy_pages(berth_sqlite *b, const char *path, berth_err *err) {
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

/* The name appears whole or not at all, and takes no other file's place. */
static berth_rc give_name(const char *part, const char *path, berth_err *err) {
    struct stat st;
    if (link(part, path) == 0) {
        unlink(part);
        return BERTH_OK;
    }
    int error = errno;
    /* file systems without hard links */
    if (error != EEXIST && stat(path, &st) != 0 && errno == ENOENT && rename(part, path) == 0)
        return BERTH_OK;
    return refuse_copy(error, err);
}

static void sync_folder(const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len + 1 >= sizeof folder) return;
    if (slash == NULL) {
        folder[len++] = '.';
    } else {
        memcpy(folder, path, len + 1);
        if (len == 0) len = 1;
    }
    folder[len] = '\0';
    int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0) return;
    (void)fsync(fd); /* the copy itself is on disk; some file systems refuse to sync folders */
    close(fd);
}

berth_rc berth_sqlite_backup(berth_backend *backend, const char *path, berth_err *err) {
    berth_sqlite *b = (berth_sqlite *)backend;
    struct stat st;
    if (lstat(path, &st) == 0) return refuse_copy(EEXIST, err);
    size_t size = strlen(path) + 40;
    char *part = berth_alloc(&b->mem, size);
    if (part == NULL) return berth_fail_memory(err);
    unsigned int random[2];
    sqlite3_randomness(sizeof random, random);
    snprintf(part, size, "%s%s.part-%08x%08x", berth_sqlite_prefix(path), path, random[0],
             random[1]);
    int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    berth_rc rc = fd < 0 ? refuse_copy(errno, err) : BERTH_OK;
    if (fd >= 0) {
        close(fd);
        rc = copy_pages(b, part, err);
        if (rc == BERTH_OK) rc = give_name(part, path, err);
        if (rc == BERTH_OK)
            sync_folder(path);
        else
            unlink(part);
    }
    berth_free(&b->mem, part, size);
    return rc;
}
