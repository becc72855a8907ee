/* backend_sqlite_open.c - the file: found, made, refused; connections and their settings
 * (backend_sqlite.h).
 *
 * A new file is made empty with mode 0600, put into WAL mode and filled under the writers' lock,
 * so that of several processes one makes the tables and the others wait.  When that fails the
 * file is removed while the lock is still held; whoever waited finds it moved and starts again. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "core/err.h"
#include "store/backend_sqlite.h"

#define DEFAULT_BUSY_MS 5000
#define DEFAULT_CHECKPOINT_PAGES 8000
#define LONGEST_VALUE (16 * 1024 * 1024) /* of one value in the file, in bytes */

/* --- the file before SQLite sees it -------------------------------------------------------- */

static berth_rc refuse_path(int error, berth_err *err) {
    switch (error) {
    case ENOENT:
        return berth_fail(err, BERTH_EIO, "the folder of the store does not exist");
    case ENOTDIR:
        return berth_fail(err, BERTH_EIO, "the path of the store leads through a file");
    case EACCES:
    case EPERM:
        return berth_fail(err, BERTH_EIO, "the store's folder may not be used: permission denied");
    case ENAMETOOLONG:
        return berth_fail(err, BERTH_EIO, "the path of the store is too long");
    case ELOOP:
        return berth_fail(err, BERTH_EIO, "the path of the store is a loop of links");
    case EROFS:
        return berth_fail(err, BERTH_EREADONLY, "the store lies on a read-only file system");
    case ENOSPC:
    case EDQUOT:
        return berth_fail(err, BERTH_EFULL, "no space is left for the store's file");
    case EMFILE:
    case ENFILE:
        return berth_fail(err, BERTH_EIO, "too many files are open");
    default:
        return berth_fail(err, BERTH_EIO, "the path of the store cannot be used");
    }
}

/* Locks of these file systems are known to lie, and a lock that lies loses commits. */
static bool on_network(const char *path) {
#ifdef __linux__
    static const long kinds[] = {0x6969 /* NFS */, 0x517B /* SMB */, 0xFF534D42L /* CIFS */,
                                 0xFE534D42L /* SMB2 */, 0x5346414F /* AFS */};
    struct statfs fs;
    if (statfs(path, &fs) != 0) return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if ((unsigned long)fs.f_type == (unsigned long)kinds[i]) return true;
#else
    (void)path;
#endif
    return false;
}

/* Looks without opening: closing a second descriptor of the file would drop this process's locks
 * on it. */
static berth_rc look_at(const berth_store_options *options, bool *exists, berth_err *err) {
    struct stat st;
    *exists = false;
    if (stat(options->target, &st) != 0) {
        if (errno != ENOENT) return refuse_path(errno, err);
        if (options->must_exist || options->read_only)
            return berth_fail(err, BERTH_ENOTFOUND, "there is no store at this path");
        return BERTH_OK;
    }
    *exists = true;
    if (S_ISDIR(st.st_mode))
        return berth_fail(err, BERTH_EIO, "the path of the store is a directory");
    if (!S_ISREG(st.st_mode))
        return berth_fail(err, BERTH_EIO, "the path of the store is not a regular file");
    if (st.st_size == 1) /* which SQLite takes for an empty file */
        return berth_fail(err, BERTH_ENOTADB, "the file is not a berth store");
    /* said by the mode, meant also for a superuser, who could write it all the same */
    if (!options->read_only && (st.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0)
        return berth_fail(err, BERTH_EREADONLY, "the store's file is read-only");
    return BERTH_OK;
}

/* *made tells whether this call made the file, as only its maker may remove it. */
static berth_rc make_file(const char *path, bool *made, berth_err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    *made = fd >= 0;
    if (fd < 0) return errno == EEXIST ? BERTH_OK : refuse_path(errno, err);
    close(fd); /* nobody in this process can hold a lock on what did not exist */
    return BERTH_OK;
}

/* --- a connection ------------------------------------------------------------------------- */

/* Called while another process holds the lock wanted: short naps that grow, no fixed rhythm. */
static int wait_for_lock(void *ud, int tries) {
    berth_connection *c = ud;
    if (tries == 0) c->waited_us = 0;
    if (c->waited_us >= (int64_t)c->busy_timeout_ms * 1000) return 0;
    unsigned char random;
    sqlite3_randomness(1, &random);
    int64_t most = tries < 4 ? 100 << tries : 1600;
    int64_t nap = most / 2 + most * random / 512;
    struct timespec t = {0, (long)nap * 1000};
    nanosleep(&t, NULL);
    c->waited_us += nap;
    return 1;
}

/* Statements are fixed; this holds for SQL that a hostile file may carry. */
static int authorize(void *ud, int action, const char *a, const char *b, const char *database,
                     const char *trigger) {
    const berth_connection *c = ud;
    (void)a, (void)b, (void)database, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_TRANSACTION:
    case SQLITE_FUNCTION:
    case SQLITE_PRAGMA:
        return SQLITE_OK;
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_INDEX:
    case SQLITE_REINDEX:
        return c->making_schema ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY; /* ATTACH, triggers, views, virtual tables, ... */
    }
}

static void set_limits(sqlite3 *db) {
    static const struct {
        int what, most;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, LONGEST_VALUE},  {SQLITE_LIMIT_SQL_LENGTH, 10000},
        {SQLITE_LIMIT_COLUMN, 64},             {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 16},    {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},            {SQLITE_LIMIT_VARIABLE_NUMBER, 16},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},       {SQLITE_LIMIT_WORKER_THREADS, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        sqlite3_limit(db, limits[i].what, limits[i].most);
}

static int configure(berth_connection *c) {
    static const struct {
        int what, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},       {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},  {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},     {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},         {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
    };
    int code = sqlite3_extended_result_codes(c->db, 1);
    for (size_t i = 0; i < sizeof options / sizeof options[0] && code == SQLITE_OK; i++)
        code = sqlite3_db_config(c->db, options[i].what, options[i].value, NULL);
    set_limits(c->db);
    if (code == SQLITE_OK) code = sqlite3_busy_handler(c->db, wait_for_lock, c);
    if (code == SQLITE_OK) code = sqlite3_set_authorizer(c->db, authorize, c);
    if (code == SQLITE_OK) code = sqlite3_wal_autocheckpoint(c->db, 0);
    return code;
}

/* Settings that touch neither the file nor its folder.  Small pages (of a new file) because a
 * claim touches four, and each is written to the log as a whole. */
static berth_rc run_settings(berth_connection *c, berth_err *err) {
    static const berth_sql settings[] = {
        BERTH_SQL_SET_PAGE_SIZE,  BERTH_SQL_SET_SYNCHRONOUS, BERTH_SQL_SET_FULLFSYNC,
        BERTH_SQL_SET_CELL_CHECK, BERTH_SQL_SET_MMAP,        BERTH_SQL_SET_TEMP,
        BERTH_SQL_SET_CACHE,      BERTH_SQL_SET_JOURNAL_LIMIT,
    };
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0] && rc == BERTH_OK; i++)
        rc = berth_sqlite_run(c, settings[i], err);
    return rc;
}

/* A name that says "nobody can change this file": SQLite then needs no lock and no side files. */
static char *immutable_name(const berth_sqlite *b, size_t *size) {
    static const char prefix[] = "file:", suffix[] = "?immutable=1";
    *size = sizeof prefix + 3 * strlen(b->path) + sizeof suffix;
    char *name = berth_alloc(&b->mem, *size);
    if (name == NULL) return NULL;
    memcpy(name, prefix, sizeof prefix - 1);
    char *to = name + sizeof prefix - 1;
    for (const char *at = b->path; *at != '\0'; at++) {
        if (strchr("%?#", *at) != NULL)
            to += snprintf(to, 4, "%%%02X", (unsigned)(unsigned char)*at);
        else
            *to++ = *at;
    }
    memcpy(to, suffix, sizeof suffix);
    return name;
}

static int open_file(berth_sqlite *b, berth_connection *c) {
    int flags = (b->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (!b->immutable) return sqlite3_open_v2(b->path, &c->db, flags, NULL);
    size_t size;
    char *name = immutable_name(b, &size);
    if (name == NULL) return SQLITE_NOMEM;
    int code = sqlite3_open_v2(name, &c->db, flags | SQLITE_OPEN_URI, NULL);
    berth_free(&b->mem, name, size);
    return code;
}

berth_rc berth_sqlite_connect(berth_sqlite *b, berth_connection *c, berth_err *err) {
    int code = open_file(b, c);
    if (code == SQLITE_OK) code = configure(c);
    berth_rc rc = code == SQLITE_OK ? run_settings(c, err) : berth_sqlite_fail(c, code, err);
    if (rc != BERTH_OK) berth_sqlite_disconnect(c);
    return rc;
}

bool berth_sqlite_moved(const berth_sqlite *b) {
    int moved = 0;
    return sqlite3_file_control(b->main.db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved != 0;
}

/* --- tables and the log -------------------------------------------------------------------- */

/* WAL mode is kept in the file; asking for what is already so is a read. */
static berth_rc use_log(berth_sqlite *b, berth_err *err) {
    sqlite3_stmt *statement;
    berth_rc rc = berth_sqlite_prepare(&b->main, BERTH_SQL_SET_JOURNAL, &statement, err);
    if (rc != BERTH_OK) return rc;
    int code;
    bool wal = false;
    for (int tries = 0;; tries++) {
        code = berth_sqlite_step(&b->main, statement);
        if (code == SQLITE_ROW) {
            const char *mode = (const char *)sqlite3_column_text(statement, 0);
            wal = mode != NULL && strcmp(mode, "wal") == 0;
            code = SQLITE_DONE;
        }
        sqlite3_reset(statement);
        /* this change does not ask the busy handler */
        if ((code & 0xFF) != SQLITE_BUSY || !wait_for_lock(&b->main, tries)) break;
    }
    if (code != SQLITE_DONE) return berth_sqlite_fail(&b->main, code, err);
    if (!wal)
        return berth_fail(err, BERTH_EIO,
                          "the file system cannot share the memory that a store needs");
    return BERTH_OK;
}

/* The file and what SQLite keeps beside it.  Connections that still have it open leave the names
 * alone, as they find the file moved. */
static void remove_files(const berth_sqlite *b) {
    char side[4096];
    unlink(b->path);
    static const char *const suffixes[] = {"-wal", "-shm"};
    for (size_t i = 0; i < 2; i++) {
        int n = snprintf(side, sizeof side, "%s%s", b->path, suffixes[i]);
        if (n > 0 && (size_t)n < sizeof side) unlink(side);
    }
}

/* Does the file still hold nothing, its log too? */
static bool still_empty(const berth_sqlite *b) {
    char log[4096];
    struct stat st;
    int n = snprintf(log, sizeof log, "%s-wal", b->path);
    if (n < 0 || (size_t)n >= sizeof log || stat(b->path, &st) != 0 || st.st_size > 4096)
        return false;
    return stat(log, &st) != 0 || st.st_size == 0;
}

/* Under the writers' lock: whoever came first has made the tables by now.  *moved: the maker
 * failed and took the file away. */
static berth_rc fill_file(berth_sqlite *b, bool *moved, berth_err *err) {
    berth_connection *c = &b->main;
    berth_rc rc = berth_sqlite_run(c, BERTH_SQL_BEGIN_WRITE, err);
    if (rc != BERTH_OK) return rc;
    *moved = berth_sqlite_moved(b);
    berth_sqlite_content content = BERTH_CONTENT_EMPTY;
    if (!*moved) rc = berth_sqlite_recognise(c, &content, err);
    if (!*moved && rc == BERTH_OK && content != BERTH_CONTENT_STORE)
        rc = berth_sqlite_migrate(c, err);
    if (!*moved && rc == BERTH_OK) rc = berth_sqlite_run(c, BERTH_SQL_COMMIT, err);
    if (rc != BERTH_OK && b->made && content == BERTH_CONTENT_EMPTY) remove_files(b);
    if (!sqlite3_get_autocommit(c->db)) (void)berth_sqlite_run(c, BERTH_SQL_ROLLBACK, NULL);
    return rc;
}

static berth_rc refuse_unmade(berth_sqlite_content content, berth_err *err) {
    if (content == BERTH_CONTENT_EMPTY)
        return berth_fail(err, BERTH_ENOTADB, "the file is empty, not a berth store");
    return berth_fail(err, BERTH_EVERSION,
                      "the store is of an older version: open it for writing once");
}

/* SQLite's own, absolute spelling of the path: the working directory may change later. */
static berth_rc keep_path(berth_sqlite *b, berth_err *err) {
    const char *full = sqlite3_db_filename(b->main.db, "main");
    if (full == NULL || strcmp(full, b->path) == 0) return BERTH_OK;
    size_t size = strlen(full) + 1;
    char *path = berth_alloc(&b->mem, size);
    if (path == NULL) return berth_fail_memory(err);
    memcpy(path, full, size);
    berth_free(&b->mem, b->path, strlen(b->path) + 1);
    b->path = path;
    return BERTH_OK;
}

static berth_rc open_once(berth_sqlite *b, bool *moved, berth_err *err) {
    berth_connection *c = &b->main;
    berth_sqlite_content content;
    *moved = false;
    berth_rc rc = berth_sqlite_connect(b, c, err);
    if (rc == BERTH_OK) rc = keep_path(b, err);
    if (rc == BERTH_OK && !b->read_only && sqlite3_db_readonly(c->db, "main") == 1)
        rc = berth_fail(err, BERTH_EREADONLY, "the store's file is read-only");
    if (rc == BERTH_OK) rc = berth_sqlite_recognise(c, &content, err);
    if (rc == BERTH_OK && !b->read_only) rc = use_log(b, err);
    if (rc == BERTH_OK) sqlite3_wal_hook(c->db, berth_sqlite_count_log, b);
    if (rc == BERTH_OK && content != BERTH_CONTENT_STORE)
        rc = b->read_only ? refuse_unmade(content, err) : fill_file(b, moved, err);
    if (rc != BERTH_OK || *moved) berth_sqlite_disconnect(c);
    return rc;
}

/* A store on a medium that cannot be written, with no log beside it, is read as it lies. */
static berth_rc open_unwritable(berth_sqlite *b, berth_rc rc, berth_err *err) {
    char log[4096];
    int n = snprintf(log, sizeof log, "%s-wal", b->path);
    bool moved;
    if (!b->read_only || (rc != BERTH_EIO && rc != BERTH_EREADONLY) || n < 0 ||
        (size_t)n >= sizeof log || access(log, F_OK) == 0 || access(b->path, R_OK) != 0)
        return rc;
    b->immutable = true;
    return open_once(b, &moved, err);
}

berth_rc berth_sqlite_reconnect(berth_sqlite *b, berth_err *err) {
    b->broken = true;
    b->made = false;
    berth_sqlite_disconnect(&b->checkpointer);
    berth_sqlite_disconnect(&b->main);
    b->data_version = -1;
    b->log_pages = 0;
    struct stat st;
    if (stat(b->path, &st) != 0) return berth_fail(err, BERTH_EIO, "the store's file is gone");
    bool moved;
    berth_rc rc = open_once(b, &moved, err);
    if (rc == BERTH_OK && moved) rc = berth_fail(err, BERTH_EIO, "the store's file is gone");
    if (rc == BERTH_OK) b->broken = false;
    return rc;
}

void berth_sqlite_discard(berth_backend *backend) {
    berth_sqlite *b = (berth_sqlite *)backend;
    int64_t oldest, newest;
    if (!b->made || berth_sqlite_run(&b->main, BERTH_SQL_BEGIN_WRITE, NULL) != BERTH_OK) return;
    if (berth_sqlite_range(&b->main, &oldest, &newest, NULL) == BERTH_OK && newest == 0 &&
        !berth_sqlite_moved(b))
        remove_files(b);
    (void)berth_sqlite_run(&b->main, BERTH_SQL_ROLLBACK, NULL);
}

static berth_rc open_file_or_make(berth_sqlite *b, const berth_store_options *options,
                                  berth_err *err) {
    bool exists, moved = true;
    berth_rc rc = BERTH_OK;
    for (int tries = 0; tries < 8 && moved; tries++) {
        rc = look_at(options, &exists, err);
        if (rc == BERTH_OK && !exists) rc = make_file(b->path, &b->made, err);
        if (rc == BERTH_OK && !options->allow_network && on_network(b->path)) {
            if (b->made) unlink(b->path);
            rc = berth_fail(err, BERTH_EIO,
                            "the store lies on a network file system, where locks may fail");
        }
        if (rc != BERTH_OK) return rc;
        rc = open_once(b, &moved, err);
        if (rc != BERTH_OK && rc != BERTH_EBUSY && b->made && still_empty(b)) remove_files(b);
    }
    if (moved) return berth_fail(err, BERTH_EBUSY, "the store's file keeps going away");
    return rc == BERTH_OK ? rc : open_unwritable(b, rc, err);
}

const char *berth_sqlite_prefix(const char *path) {
    return strncmp(path, "file:", 5) == 0 ? "./" : "";
}

static char *copy_path(const berth_mem *mem, const char *path) {
    const char *prefix = berth_sqlite_prefix(path);
    size_t before = strlen(prefix), size = strlen(path) + 1;
    char *copy = berth_alloc(mem, before + size);
    if (copy == NULL) return NULL;
    memcpy(copy, prefix, before);
    memcpy(copy + before, path, size);
    return copy;
}

berth_rc berth_sqlite_open(const berth_store_options *options, berth_backend **out,
                           berth_err *err) {
    *out = NULL;
    if (options->target[0] == '\0')
        return berth_fail(err, BERTH_EINVALID, "the path of the store is empty");
    berth_sqlite *b = berth_calloc(&options->mem, 1, sizeof *b);
    if (b == NULL) return berth_fail_memory(err);
    b->base.ops = &berth_sqlite_ops;
    b->mem = options->mem;
    b->read_only = options->read_only;
    b->keep_changes = options->keep_changes > 0 ? options->keep_changes : 100000;
    b->checkpoint_pages =
        options->checkpoint_pages > 0 ? options->checkpoint_pages : DEFAULT_CHECKPOINT_PAGES;
    b->data_version = -1;
    b->main.busy_timeout_ms = b->checkpointer.busy_timeout_ms =
        options->busy_timeout_ms > 0 ? options->busy_timeout_ms : DEFAULT_BUSY_MS;
    sqlite3_randomness(sizeof b->writer, &b->writer);
    b->path = copy_path(&b->mem, options->target);
    berth_rc rc = b->path == NULL ? berth_fail_memory(err) : open_file_or_make(b, options, err);
    if (rc != BERTH_OK) {
        b->base.ops->close(&b->base, false);
        return rc;
    }
    *out = &b->base;
    return BERTH_OK;
}
