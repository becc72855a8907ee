/* backend_memory.c - a store without a disk: the state is all there is, and a bounded feed of
 * changesets beside it (backend.h). */
#include <string.h>

#include "core/err.h"
#include "store/backend.h"

typedef struct changeset {
    unsigned char *data; /* owned */
    size_t len;
} changeset;

/* The newest changesets in a ring; the feed is bounded by number and by bytes. */
typedef struct memory {
    berth_backend base;
    berth_mem mem;
    changeset *ring; /* changeset n stands at n % cap */
    size_t cap;
    int64_t oldest, newest; /* kept, both included; newest < oldest: none */
    int64_t keep;
    size_t bytes;
    changeset pending; /* written, not committed */
    int64_t commits;
} memory;

#define FEED_BYTES (64u * 1024 * 1024)

static changeset *slot(const memory *m, int64_t sequence) {
    return &m->ring[(size_t)sequence % m->cap];
}

static void drop_oldest(memory *m) {
    changeset *c = slot(m, m->oldest++);
    m->bytes -= c->len;
    berth_free(&m->mem, c->data, c->len);
    *c = (changeset){NULL, 0};
}

static void memory_close(berth_backend *backend, bool forked) {
    memory *m = (memory *)backend;
    (void)forked;
    while (m->oldest <= m->newest) drop_oldest(m);
    berth_free(&m->mem, m->pending.data, m->pending.len);
    berth_free(&m->mem, m->ring, m->cap * sizeof *m->ring);
    berth_mem mem = m->mem;
    berth_free(&mem, m, sizeof *m);
}

static berth_rc memory_news(berth_backend *backend, bool *out, berth_err *err) {
    (void)backend, (void)err;
    *out = false;
    return BERTH_OK;
}

static berth_rc memory_begin(berth_backend *backend, berth_access access, bool *news,
                             berth_err *err) {
    (void)access;
    return memory_news(backend, news, err);
}

/* Nothing to remember, nothing to take away. */
static void memory_nothing(berth_backend *backend) {
    (void)backend;
}

static void memory_end(berth_backend *backend) {
    memory *m = (memory *)backend;
    berth_free(&m->mem, m->pending.data, m->pending.len);
    m->pending = (changeset){NULL, 0};
}

static berth_rc memory_changes(berth_backend *backend, int64_t since, berth_store_each each,
                               void *ud, berth_err *err) {
    memory *m = (memory *)backend;
    if (since < 0 || since > m->newest || since + 1 < m->oldest) {
        berth_rc rc = berth_fail(err, BERTH_ENOTFOUND,
                                 "the changes asked for are not kept any more");
        berth_err_number(err, "oldest", m->oldest - 1);
        return rc;
    }
    berth_rc rc = BERTH_OK;
    for (int64_t n = since + 1; n <= m->newest && rc == BERTH_OK; n++)
        rc = each(ud, n, slot(m, n)->data, slot(m, n)->len, err);
    return rc;
}

/* Everything that can fail happens here, nothing in commit. */
static berth_rc grow_ring(memory *m, berth_err *err) {
    size_t count = (size_t)(m->newest - m->oldest + 1);
    if (count < m->cap) return BERTH_OK;
    size_t cap = m->cap < 64 ? 64 : m->cap * 2;
    changeset *ring = berth_calloc(&m->mem, cap, sizeof *ring);
    if (ring == NULL) return berth_fail_memory(err);
    for (int64_t n = m->oldest; n <= m->newest; n++) ring[(size_t)n % cap] = *slot(m, n);
    berth_free(&m->mem, m->ring, m->cap * sizeof *ring);
    m->ring = ring;
    m->cap = cap;
    return BERTH_OK;
}

static berth_rc memory_write(berth_backend *backend, const berth_txn *txn, int64_t sequence,
                             const berth_bytes *bytes, berth_err *err) {
    memory *m = (memory *)backend;
    (void)txn, (void)sequence;
    berth_rc rc = grow_ring(m, err);
    if (rc != BERTH_OK) return rc;
    memory_end(backend);
    m->pending.data = berth_alloc(&m->mem, bytes->len);
    if (m->pending.data == NULL) return berth_fail_memory(err);
    memcpy(m->pending.data, bytes->data, bytes->len);
    m->pending.len = bytes->len;
    return BERTH_OK;
}

static berth_outcome memory_commit(berth_backend *backend, berth_err *err) {
    memory *m = (memory *)backend;
    (void)err;
    changeset *c = slot(m, ++m->newest);
    *c = m->pending;
    m->bytes += c->len;
    m->pending = (changeset){NULL, 0};
    while (m->oldest < m->newest &&
           (m->newest - m->oldest >= m->keep || m->bytes > FEED_BYTES))
        drop_oldest(m);
    m->commits++;
    return BERTH_APPLIED;
}

static berth_rc memory_check(berth_backend *backend, berth_check_found found, void *ud,
                             berth_err *err) {
    (void)backend, (void)found, (void)ud, (void)err;
    return BERTH_OK;
}

static void memory_stats(berth_backend *backend, berth_store_stats *out) {
    out->commits = ((memory *)backend)->commits;
}

static const berth_backend_ops memory_ops = {
    .name = "memory",
    .close = memory_close,
    .discard = memory_nothing,
    .news = memory_news,
    .begin = memory_begin,
    .seen = memory_nothing,
    .end = memory_end,
    .load = NULL,
    .changes = memory_changes,
    .write = memory_write,
    .commit = memory_commit,
    .check = memory_check,
    .copy = NULL,
    .stats = memory_stats,
};

berth_rc berth_memory_open(const berth_store_options *options, berth_backend **out,
                           berth_err *err) {
    *out = NULL;
    memory *m = berth_calloc(&options->mem, 1, sizeof *m);
    if (m == NULL) return berth_fail_memory(err);
    m->base.ops = &memory_ops;
    m->mem = options->mem;
    m->oldest = 1;
    m->keep = options->keep_changes > 0 ? options->keep_changes : 100000;
    *out = &m->base;
    return BERTH_OK;
}
