/* backup.c - see backup.h. */
#define _POSIX_C_SOURCE 200809L

#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "store/backend.h"

/* --- a file in the making ------------------------------------------------------------------ */

static berth_rc refuse(int error, berth_err *err) {
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

berth_rc berth_part_begin(berth_part *part, berth_mem mem, const char *path, berth_err *err) {
    struct stat st;
    if (*path == '\0') return berth_fail(err, BERTH_EINVALID, "the path of the backup is empty");
    if (lstat(path, &st) == 0) return refuse(EEXIST, err);
    *part = (berth_part){.mem = mem, .path = path, .size = strlen(path) + 40};
    part->name = berth_alloc(&mem, part->size);
    if (part->name == NULL) return berth_fail_memory(err);
    int error = EEXIST;
    for (int tries = 0; tries < 100 && error == EEXIST; tries++) {
        /* "./" keeps SQLite from reading a name like file:x as a URI */
        snprintf(part->name, part->size, "%s%s.part-%ld-%d", *path == '/' ? "" : "./", path,
                 (long)getpid(), tries);
        int fd = open(part->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        error = fd < 0 ? errno : 0;
        if (fd >= 0) close(fd);
    }
    if (error == 0) return BERTH_OK;
    berth_free(&mem, part->name, part->size);
    return refuse(error, err);
}

/* The name appears whole or not at all, and takes no other file's place. */
static berth_rc give_name(const berth_part *part, berth_err *err) {
    struct stat st;
    if (link(part->name, part->path) == 0) {
        unlink(part->name);
        return BERTH_OK;
    }
    int error = errno;
    /* file systems without hard links */
    if (error != EEXIST && stat(part->path, &st) != 0 && errno == ENOENT &&
        rename(part->name, part->path) == 0)
        return BERTH_OK;
    return refuse(error, err);
}

static void sync_folder(const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (len + 1 >= sizeof folder) return;
    memcpy(folder, path, len);
    if (len == 0) folder[len++] = '.';
    folder[len] = '\0';
    int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0) return;
    (void)fsync(fd); /* the copy itself is on disk; some file systems refuse to sync folders */
    close(fd);
}

/* What SQLite keeps beside a file; removed, or looked for. */
static bool side_files(const berth_part *part, bool remove) {
    static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
    bool any = false;
    char name[4096];
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        int n = snprintf(name, sizeof name, "%s%s", part->name, suffixes[i]);
        if (n < 0 || (size_t)n >= sizeof name) continue;
        any = access(name, F_OK) == 0 || any;
        if (remove) unlink(name);
    }
    return any;
}

berth_rc berth_part_end(berth_part *part, berth_rc rc, berth_err *err) {
    /* what still stands in a log beside the file would be missing under the new name */
    if (rc == BERTH_OK && side_files(part, false))
        rc = berth_fail(err, BERTH_EIO, "the backup could not be finished");
    if (rc == BERTH_OK) rc = give_name(part, err);
    if (rc == BERTH_OK) {
        sync_folder(part->path);
    } else {
        unlink(part->name);
        side_files(part, true);
    }
    berth_free(&part->mem, part->name, part->size);
    return rc;
}

/* --- a state written out -------------------------------------------------------------------- */

/* Everything is told as changes from nothing; refs stay what they are. */
static berth_rc copy_names(const berth_state *from, berth_txn *to, berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (int kind = 0; kind < BERTH_NAME_KINDS; kind++) {
        const berth_names *names = &from->names[kind];
        bool standard = kind == BERTH_NAME_CLASS || kind == BERTH_NAME_TRAIT;
        for (size_t i = standard ? BERTH_CUSTOM_BASE : 0; i < names->count && rc == BERTH_OK; i++) {
            if (names->text[i] == NULL) continue;
            const berth_change change = {
                .kind = BERTH_CHANGE_NAME,
                .a = (berth_ref)i,
                .u.name = {(berth_name_kind)kind, NULL, names->text[i]}};
            rc = berth_change_accept(to, &change, err);
        }
    }
    return rc;
}

static berth_rc copy_links(const berth_provider *p, berth_change_kind kind, berth_txn *to,
                           berth_err *err) {
    const berth_refs *refs = kind == BERTH_CHANGE_TRAIT ? &p->traits : &p->aggregates;
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; i < refs->count && rc == BERTH_OK; i++) {
        const berth_change change = {
            .kind = kind, .a = p->ref, .b = refs->items[i], .u.link = {false, true}};
        rc = berth_change_accept(to, &change, err);
    }
    return rc;
}

static berth_rc copy_inventories(const berth_provider *p, berth_txn *to, berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; i < p->nstocks && rc == BERTH_OK; i++) {
        const berth_change change = {
            .kind = BERTH_CHANGE_INVENTORY,
            .a = p->ref,
            .b = p->stocks[i].rclass,
            .u.inventory = {.has = true, .after = p->stocks[i].inventory}};
        rc = berth_change_accept(to, &change, err);
    }
    return rc;
}

/* `later`: the parents that were made after their children, once all are there. */
static berth_rc copy_provider(const berth_provider *p, bool later, berth_txn *to, berth_err *err) {
    berth_change change = {.kind = BERTH_CHANGE_PROVIDER, .a = p->ref};
    berth_provider_row *before = &change.u.provider.before, *after = &change.u.provider.after;
    *after = (berth_provider_row){true, "", p->name, p->parent, p->generation};
    memcpy(after->uuid, p->uuid, sizeof after->uuid);
    *before = *after;
    before->parent = BERTH_NONE;
    before->exists = later;
    if (later && p->parent <= p->ref) return BERTH_OK;
    if (!later && p->parent > p->ref) after->parent = BERTH_NONE;
    berth_rc rc = berth_change_accept(to, &change, err);
    if (rc == BERTH_OK && !later) rc = copy_inventories(p, to, err);
    if (rc == BERTH_OK && !later) rc = copy_links(p, BERTH_CHANGE_TRAIT, to, err);
    if (rc == BERTH_OK && !later) rc = copy_links(p, BERTH_CHANGE_AGGREGATE, to, err);
    return rc;
}

static berth_rc copy_providers(const berth_state *from, bool later, berth_txn *to,
                               berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; i < from->nproviders && rc == BERTH_OK; i++) {
        const berth_provider *p = berth_state_provider(from, (berth_ref)i);
        if (p != NULL) rc = copy_provider(p, later, to, err);
    }
    return rc;
}

static berth_rc copy_consumer(const berth_state *from, berth_ref ref, berth_txn *to,
                              berth_err *err) {
    const berth_consumer *c = berth_state_consumer(from, ref);
    if (c == NULL) return BERTH_OK;
    const berth_change change = {
        .kind = BERTH_CHANGE_CONSUMER,
        .a = ref,
        .u.consumer.after = {true, c->uuid, c->project, c->user, c->type, c->generation}};
    berth_rc rc = berth_change_accept(to, &change, err);
    for (int32_t at = c->first_allocation; at >= 0 && rc == BERTH_OK;) {
        const berth_allocation *a = &from->allocations[at];
        const berth_change held = {.kind = BERTH_CHANGE_ALLOCATION,
                                   .a = ref,
                                   .b = a->provider,
                                   .c = a->rclass,
                                   .u.allocation = {0, a->used}};
        rc = berth_change_accept(to, &held, err);
        at = a->next_of_consumer;
    }
    return rc;
}

static berth_rc copy_all(const berth_state *from, berth_txn *to, berth_err *err) {
    berth_rc rc = copy_names(from, to, err);
    if (rc == BERTH_OK) rc = copy_providers(from, false, to, err);
    if (rc == BERTH_OK) rc = copy_providers(from, true, to, err);
    for (size_t i = 0; i < from->nconsumers && rc == BERTH_OK; i++)
        rc = copy_consumer(from, (berth_ref)i, to, err);
    return rc;
}

berth_rc berth_state_write_out(const berth_state *state, const char *path, berth_err *err) {
    const berth_store_options options = {
        .mem = state->mem,
        .target = path,
        .must_exist = true,
        .hash_key = {state->hash_key[0], state->hash_key[1]},
    };
    berth_store *store;
    berth_rc rc = berth_store_open(&options, &store, err);
    if (rc != BERTH_OK) return rc;
    rc = berth_store_begin(store, err);
    if (rc == BERTH_OK) {
        rc = copy_all(state, berth_store_txn(store), err);
        if (rc == BERTH_OK)
            rc = berth_store_commit(store, err);
        else
            berth_store_rollback(store);
    }
    berth_store_close(store);
    if (rc == BERTH_EUNKNOWN) /* of a file that goes away nobody asks again */
        rc = berth_fail(err, BERTH_EIO, "the backup could not be written");
    return rc;
}
