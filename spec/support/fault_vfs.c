/* fault_vfs.c - a disk that fails on demand: a layer over SQLite's own file functions, the default
 * of this process from the first plan on.
 *
 *   vfs{calls=, kind=, at=, sticky=, seed=, longest=}   the next plan; counting starts at 0
 *   vfs()                                               no plan; -> calls seen, faults made
 *
 * calls is a list of read write sync truncate size lock open delete map maplock checkpoint header
 * (checkpoint: taking the lock of a checkpoint; header: a checkpoint having read a new header of
 * the log).  Of the calls named the one numbered `at` fails, with `sticky` all later ones too:
 *
 *   error   the error of its kind            full   no space left (writes and maps)
 *   short   half of the bytes, then an error
 *   cut     the power goes: of all sectors written since the last sync of their file a random part
 *           reaches the disk, and the process ends with status 137
 *   nap     nothing fails, but one in `at` calls first sleeps up to `longest` microseconds
 *
 * For `cut` files opened under such a plan keep what is written in memory until it is synced, as
 * a drive's cache does; one process at a time may use them. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

#define SECTOR 512
#define BUCKETS 1024

/* name, what an error of it is called */
#define CALLS(X)                                                                                   \
    X(read, SQLITE_IOERR_READ)                                                                     \
    X(write, SQLITE_IOERR_WRITE)                                                                   \
    X(sync, SQLITE_IOERR_FSYNC)                                                                    \
    X(truncate, SQLITE_IOERR_TRUNCATE)                                                             \
    X(size, SQLITE_IOERR_FSTAT)                                                                    \
    X(lock, SQLITE_IOERR_LOCK)                                                                     \
    X(open, SQLITE_CANTOPEN)                                                                       \
    X(delete, SQLITE_IOERR_DELETE)                                                                 \
    X(map, SQLITE_IOERR_SHMMAP)                                                                    \
    X(maplock, SQLITE_IOERR_SHMLOCK)                                                               \
    X(checkpoint, SQLITE_BUSY)                                                                     \
    X(header, SQLITE_OK)

typedef enum call {
#define X(name, error) CALL_##name,
    CALLS(X)
#undef X
        CALL_COUNT
} call;

static const char *const call_names[] = {
#define X(name, error) #name,
    CALLS(X)
#undef X
    NULL};
static const int call_errors[] = {
#define X(name, error) error,
    CALLS(X)
#undef X
};

typedef enum kind { KIND_NONE, KIND_ERROR, KIND_FULL, KIND_SHORT, KIND_CUT, KIND_NAP } kind;

static struct plan {
    kind kind;
    bool named[CALL_COUNT];
    bool sticky;
    long at, seen, fired;
    long longest;
    uint64_t random;
} plan;

static sqlite3_vfs *below; /* SQLite's own */
static sqlite3_vfs layer;

/* --- the drive's cache --------------------------------------------------------------------- */

typedef struct sector {
    struct sector *next;
    int64_t index;
    unsigned char data[SECTOR];
} sector;

/* One file with what was written to it but not synced. */
typedef struct disk {
    struct disk *next;
    char *path;
    int fd; /* never closed while the file lives: that would drop the process's locks */
    int64_t size;
    int64_t kept; /* bytes of the file that no truncation has cut since the last sync */
    sector *buckets[BUCKETS];
} disk;

static disk *disks;

static uint64_t draw(void) {
    plan.random ^= plan.random << 13;
    plan.random ^= plan.random >> 7;
    plan.random ^= plan.random << 17;
    return plan.random >> 11;
}

static void write_sector(const disk *d, const sector *s) {
    int64_t at = s->index * SECTOR;
    int64_t len = d->size - at < SECTOR ? d->size - at : SECTOR;
    if (len > 0 && pwrite(d->fd, s->data, (size_t)len, at) != len) abort();
}

static void forget(disk *d) {
    for (int i = 0; i < BUCKETS; i++)
        while (d->buckets[i] != NULL) {
            sector *s = d->buckets[i];
            d->buckets[i] = s->next;
            free(s);
        }
}

static void flush(disk *d) {
    for (int i = 0; i < BUCKETS; i++)
        for (sector *s = d->buckets[i]; s != NULL; s = s->next) write_sector(d, s);
    if (ftruncate(d->fd, d->size) != 0) abort();
    forget(d);
    d->kept = d->size;
}

static void flush_all(void) {
    for (disk *d = disks; d != NULL; d = d->next) flush(d);
}

static void cut_power(void) {
    for (disk *d = disks; d != NULL; d = d->next) {
        for (int i = 0; i < BUCKETS; i++)
            for (sector *s = d->buckets[i]; s != NULL; s = s->next)
                if (draw() & 1) write_sector(d, s);
        struct stat st;
        if (fstat(d->fd, &st) == 0 && st.st_size > d->size && (draw() & 1) &&
            ftruncate(d->fd, d->size) != 0)
            abort();
    }
    _exit(137);
}

static disk *find_disk(const char *path) {
    for (disk *d = disks; d != NULL; d = d->next)
        if (strcmp(d->path, path) == 0) return d;
    return NULL;
}

static disk *mount(const char *path) {
    disk *d = find_disk(path);
    if (d != NULL) return d;
    struct stat st;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    d = calloc(1, sizeof *d);
    if (fd < 0 || d == NULL || fstat(fd, &st) != 0) abort();
    d->path = strdup(path);
    d->fd = fd;
    d->size = d->kept = st.st_size;
    d->next = disks;
    if (disks == NULL) atexit(flush_all);
    disks = d;
    return d;
}

static void unmount(const char *path) {
    for (disk **at = &disks; *at != NULL; at = &(*at)->next) {
        disk *d = *at;
        if (strcmp(d->path, path) != 0) continue;
        *at = d->next;
        forget(d);
        close(d->fd);
        free(d->path);
        free(d);
        return;
    }
}

static sector *find_sector(const disk *d, int64_t index) {
    for (sector *s = d->buckets[index % BUCKETS]; s != NULL; s = s->next)
        if (s->index == index) return s;
    return NULL;
}

/* What stands on the disk itself; zeros where nothing does. */
static void read_below(const disk *d, unsigned char *to, int64_t len, int64_t at) {
    memset(to, 0, (size_t)len);
    if (at < d->kept) {
        int64_t most = d->kept - at < len ? d->kept - at : len;
        if (pread(d->fd, to, (size_t)most, at) < 0) abort();
    }
}

/* The part of [at, at + len) that lies in the sector. */
static void overlap(int64_t index, int64_t at, int64_t len, int64_t *from, int64_t *until) {
    *from = at > index * SECTOR ? at : index * SECTOR;
    *until = at + len < (index + 1) * SECTOR ? at + len : (index + 1) * SECTOR;
}

static void disk_write(disk *d, const unsigned char *data, int64_t len, int64_t at) {
    for (int64_t index = at / SECTOR; index * SECTOR < at + len; index++) {
        sector *s = find_sector(d, index);
        if (s == NULL) {
            s = malloc(sizeof *s);
            if (s == NULL) abort();
            s->index = index;
            read_below(d, s->data, SECTOR, index * SECTOR);
            s->next = d->buckets[index % BUCKETS];
            d->buckets[index % BUCKETS] = s;
        }
        int64_t from, until;
        overlap(index, at, len, &from, &until);
        memcpy(s->data + (from - index * SECTOR), data + (from - at), (size_t)(until - from));
    }
    if (at + len > d->size) d->size = at + len;
}

static int disk_read(const disk *d, unsigned char *to, int64_t len, int64_t at) {
    read_below(d, to, len, at);
    for (int64_t index = at / SECTOR; index * SECTOR < at + len; index++) {
        const sector *s = find_sector(d, index);
        if (s == NULL) continue;
        int64_t from, until;
        overlap(index, at, len, &from, &until);
        memcpy(to + (from - at), s->data + (from - index * SECTOR), (size_t)(until - from));
    }
    if (at + len <= d->size) return SQLITE_OK;
    int64_t there = d->size > at ? d->size - at : 0;
    memset(to + there, 0, (size_t)(len - there));
    return SQLITE_IOERR_SHORT_READ;
}

static void disk_truncate(disk *d, int64_t size) {
    for (int i = 0; i < BUCKETS; i++)
        for (sector **at = &d->buckets[i]; *at != NULL;) {
            sector *s = *at;
            int64_t keep = size - s->index * SECTOR;
            if (keep <= 0) {
                *at = s->next;
                free(s);
                continue;
            }
            if (keep < SECTOR) memset(s->data + keep, 0, (size_t)(SECTOR - keep));
            at = &s->next;
        }
    d->size = size;
    if (size < d->kept) d->kept = size;
}

/* --- the plan ----------------------------------------------------------------------------- */

static void nap(void) {
    if (plan.at <= 0 || draw() % (uint64_t)plan.at != 0) return;
    struct timespec t = {0, (long)(draw() % (uint64_t)(plan.longest * 1000 + 1))};
    nanosleep(&t, NULL);
}

/* Must this call fail? */
static bool hit(call which) {
    if (plan.kind == KIND_NONE || !plan.named[which]) return false;
    plan.seen++;
    if (plan.kind == KIND_NAP) {
        nap();
        return false;
    }
    if (plan.at == 0 || (plan.seen != plan.at && !(plan.sticky && plan.seen > plan.at)))
        return false;
    plan.fired++;
    if (plan.kind == KIND_CUT) cut_power();
    return true;
}

static int failure(call which) {
    bool space = which == CALL_write || which == CALL_map;
    return plan.kind == KIND_FULL && space ? SQLITE_FULL : call_errors[which];
}

/* --- files -------------------------------------------------------------------------------- */

typedef struct file {
    sqlite3_file base;
    disk *disk; /* NULL: straight to the file below */
} file;

/* The file of SQLite's own stands behind ours. */
static sqlite3_file *under(sqlite3_file *f) {
    return (sqlite3_file *)((file *)f + 1);
}

#define BELOW(f) (under(f)->pMethods)

static int file_close(sqlite3_file *f) {
    return BELOW(f)->xClose(under(f));
}

static int file_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at) {
    if (hit(CALL_read)) return failure(CALL_read);
    disk *d = ((file *)f)->disk;
    return d != NULL ? disk_read(d, to, len, at) : BELOW(f)->xRead(under(f), to, len, at);
}

static int write_through(sqlite3_file *f, const void *data, int len, sqlite3_int64 at) {
    disk *d = ((file *)f)->disk;
    if (d == NULL) return BELOW(f)->xWrite(under(f), data, len, at);
    disk_write(d, data, len, at);
    return SQLITE_OK;
}

static int file_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 at) {
    if (!hit(CALL_write)) return write_through(f, data, len, at);
    if (plan.kind != KIND_ERROR) (void)write_through(f, data, len / 2, at);
    return failure(CALL_write);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size) {
    if (hit(CALL_truncate)) return failure(CALL_truncate);
    disk *d = ((file *)f)->disk;
    if (d == NULL) return BELOW(f)->xTruncate(under(f), size);
    disk_truncate(d, size);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *f, int flags) {
    if (hit(CALL_sync)) return failure(CALL_sync);
    disk *d = ((file *)f)->disk;
    if (d == NULL) return BELOW(f)->xSync(under(f), flags);
    flush(d);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size) {
    if (hit(CALL_size)) return failure(CALL_size);
    disk *d = ((file *)f)->disk;
    if (d == NULL) return BELOW(f)->xFileSize(under(f), size);
    *size = d->size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *f, int level) {
    return hit(CALL_lock) ? failure(CALL_lock) : BELOW(f)->xLock(under(f), level);
}

static int file_unlock(sqlite3_file *f, int level) {
    return BELOW(f)->xUnlock(under(f), level);
}

static int file_reserved(sqlite3_file *f, int *out) {
    return BELOW(f)->xCheckReservedLock(under(f), out);
}

static int file_control(sqlite3_file *f, int what, void *value) {
    return BELOW(f)->xFileControl(under(f), what, value);
}

static int file_sector_size(sqlite3_file *f) {
    return BELOW(f)->xSectorSize(under(f));
}

static int file_characteristics(sqlite3_file *f) {
    return BELOW(f)->xDeviceCharacteristics(under(f));
}

static int file_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
    return hit(CALL_map) ? failure(CALL_map) : BELOW(f)->xShmMap(under(f), page, size, extend, out);
}

static int file_map_lock(sqlite3_file *f, int first, int count, int flags) {
    bool taking = (flags & SQLITE_SHM_LOCK) != 0;
    if (taking && first == 1 && count == 1 && hit(CALL_checkpoint)) return SQLITE_BUSY;
    if (taking && hit(CALL_maplock)) return failure(CALL_maplock);
    return BELOW(f)->xShmLock(under(f), first, count, flags);
}

static void file_barrier(sqlite3_file *f) {
    BELOW(f)->xShmBarrier(under(f));
}

static int file_unmap(sqlite3_file *f, int del) {
    return BELOW(f)->xShmUnmap(under(f), del);
}

/* No page is read past us. */
static int file_fetch(sqlite3_file *f, sqlite3_int64 at, int len, void **out) {
    (void)f, (void)at, (void)len;
    *out = NULL;
    return SQLITE_OK;
}

static int file_unfetch(sqlite3_file *f, sqlite3_int64 at, void *page) {
    (void)f, (void)at, (void)page;
    (void)hit(CALL_header);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_map,
    .xShmLock = file_map_lock,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
    .xFetch = file_fetch,
    .xUnfetch = file_unfetch,
};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
    const int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
    (void)vfs;
    f->pMethods = NULL;
    ((file *)f)->disk = NULL;
    if (hit(CALL_open)) return failure(CALL_open);
    int code = below->xOpen(below, name, under(f), flags, out);
    if (code != SQLITE_OK || under(f)->pMethods == NULL) return code;
    if (plan.kind == KIND_CUT && name != NULL && (flags & lasting) != 0)
        ((file *)f)->disk = mount(name);
    f->pMethods = &methods;
    return SQLITE_OK;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs;
    if (hit(CALL_delete)) return failure(CALL_delete);
    unmount(name);
    return below->xDelete(below, name, sync);
}

/* --- from Lua ----------------------------------------------------------------------------- */

static void install(lua_State *L) {
    if (below != NULL) return;
    if (sqlite3_initialize() != SQLITE_OK) luaL_error(L, "SQLite cannot be initialised");
    below = sqlite3_vfs_find(NULL);
    layer = *below;
    layer.zName = "berth-fault";
    layer.pNext = NULL;
    layer.szOsFile = (int)sizeof(file) + below->szOsFile;
    layer.xOpen = layer_open;
    layer.xDelete = layer_delete;
    if (sqlite3_vfs_register(&layer, 1) != SQLITE_OK) luaL_error(L, "the layer is refused");
}

static lua_Integer integer_field(lua_State *L, const char *name, lua_Integer otherwise) {
    lua_getfield(L, 1, name);
    lua_Integer value = luaL_optinteger(L, -1, otherwise);
    lua_pop(L, 1);
    return value;
}

static void read_calls(lua_State *L, struct plan *p) {
    lua_getfield(L, 1, "calls");
    const char *at = luaL_checkstring(L, -1);
    while (*at != '\0') {
        size_t len = strcspn(at, " ,");
        for (int i = 0; i < CALL_COUNT; i++)
            if (strlen(call_names[i]) == len && strncmp(call_names[i], at, len) == 0)
                p->named[i] = true;
        at += len + strspn(at + len, " ,");
    }
    lua_pop(L, 1);
}

static int set_plan(lua_State *L) {
    static const char *const kinds[] = {"none", "error", "full", "short", "cut", "nap", NULL};
    if (lua_isnoneornil(L, 1)) {
        long seen = plan.seen, fired = plan.fired;
        plan = (struct plan){.kind = KIND_NONE};
        lua_pushinteger(L, seen);
        lua_pushinteger(L, fired);
        return 2;
    }
    install(L);
    struct plan p = {.kind = KIND_NONE};
    lua_getfield(L, 1, "kind");
    p.kind = (kind)luaL_checkoption(L, -1, "error", kinds);
    lua_getfield(L, 1, "sticky");
    p.sticky = lua_toboolean(L, -1);
    lua_pop(L, 2);
    read_calls(L, &p);
    p.at = (long)integer_field(L, "at", 0);
    p.longest = (long)integer_field(L, "longest", 2000);
    p.random = (uint64_t)integer_field(L, "seed", 1) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    plan = p;
    return 0;
}

void fault_open_vfs(lua_State *L) {
    lua_pushcfunction(L, set_plan);
    lua_setfield(L, -2, "vfs");
}
