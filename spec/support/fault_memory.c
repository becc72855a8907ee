/* fault_memory.c - memory that runs out on demand, below Lua: a store is opened, written and asked
 * with one allocation failing in turn, berth's own or SQLite's.
 *
 *   memory_each{work=, path=, copy=, sticky=, sqlite=, stride=, first=, query=} -> points, refused
 *
 * work "open" opens the store at `path`, "make" makes it, "write" runs a transaction that uses
 * every kind of change, "ask" reads all candidates of `query`, explains it and claims it.  Before
 * each try copy() lays the file down as it shall be.  Raises a sentence as soon as a try ends
 * other than well or in out_of_memory with nothing changed. */
#define _POSIX_C_SOURCE 200809L

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/explain.h"
#include "core/place.h"
#include "core/query.h"
#include "fault.h"
#include "store/store.h"

static struct {
    bool armed, sticky, sqlite;
    long at, seen, fired;
    long live; /* bytes of berth's that are not given back */
} plan;

static sqlite3_mem_methods below; /* SQLite's own */

static bool runs_out(bool sqlite) {
    if (!plan.armed || plan.sqlite != sqlite) return false;
    plan.seen++;
    if (plan.seen != plan.at && !(plan.sticky && plan.seen > plan.at)) return false;
    plan.fired++;
    return true;
}

static void *own_realloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
    (void)ud;
    if (ptr == NULL) old_size = 0;
    if (new_size > old_size && runs_out(false)) return NULL;
    void *p = NULL;
    if (new_size == 0)
        free(ptr);
    else if ((p = realloc(ptr, new_size)) == NULL)
        return NULL;
    plan.live += (long)new_size - (long)old_size;
    return p;
}

static void *sqlite_malloc(int size) {
    return runs_out(true) ? NULL : below.xMalloc(size);
}

static void *sqlite_realloc(void *ptr, int size) {
    return runs_out(true) ? NULL : below.xRealloc(ptr, size);
}

/* SQLite takes other memory only while nobody uses it. */
static void install(lua_State *L) {
    if (below.xMalloc != NULL) return;
    sqlite3_mem_methods ours;
    if (sqlite3_shutdown() != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) != SQLITE_OK)
        luaL_error(L, "SQLite is in use");
    ours = below;
    ours.xMalloc = sqlite_malloc;
    ours.xRealloc = sqlite_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) != SQLITE_OK)
        luaL_error(L, "SQLite takes no memory of ours");
}

/* --- what is done while memory fails ------------------------------------------------------- */

static berth_text text(const char *s) {
    return (berth_text){s, strlen(s)};
}

static berth_rc open_at(const char *path, berth_store **out, berth_err *err) {
    berth_store_options options = {.mem = {own_realloc, NULL},
                                   .target = path,
                                   .hash_key = {1, 2},
                                   .keep_changes = 3};
    return berth_store_open(&options, out, err);
}

static berth_rc edit(berth_txn *txn, berth_err *err) {
    berth_ref made;
    const berth_inventory_spec disk = {2, {100, 0, 1, 10, 1, 1.0}};
    const berth_text rack = text("rack-9");
    const berth_provider_spec child = {.uuid = text("99999999-0000-4000-8000-000000000001"),
                                       .name = text("child"),
                                       .parent = 0,
                                       .inventories = &disk,
                                       .ninventories = 1,
                                       .aggregates = &rack,
                                       .naggregates = 1};
    berth_rc rc = berth_provider_create(txn, &child, &made, err);
    if (rc == BERTH_OK) rc = berth_trait_create(txn, text("CUSTOM_NEW"), NULL, err);
    if (rc == BERTH_OK) {
        berth_ref trait = berth_state_name(txn->state, BERTH_NAME_TRAIT, "CUSTOM_NEW", 10);
        rc = berth_provider_set_traits(txn, 0, &trait, 1, BERTH_ANY_GENERATION, err);
    }
    if (rc == BERTH_OK) {
        const berth_allocation_item items[] = {{made, 2, 3}, {0, 0, 2}};
        const berth_allocation_spec claim = {.consumer = text("late"),
                                             .project = text("new project"),
                                             .user = text("new user"),
                                             .type = text("VM"),
                                             .generation = BERTH_NO_CONSUMER,
                                             .items = items,
                                             .nitems = 2};
        rc = berth_allocate(txn, &claim, 1, err);
    }
    if (rc == BERTH_OK) rc = berth_release(txn, text("early"), err);
    return rc;
}

static berth_rc drain(berth_state *state, const berth_shape *shape, berth_err *err) {
    berth_search *search;
    const berth_candidate *candidate;
    berth_rc rc = berth_search_open(state, shape, NULL, &search, err);
    do {
        if (rc == BERTH_OK) rc = berth_search_next(search, &candidate, err);
    } while (rc == BERTH_OK && candidate != NULL);
    berth_search_close(search);
    return rc;
}

static berth_rc explain(berth_state *state, const berth_shape *shape, berth_err *err) {
    berth_explanation *why;
    berth_rc rc = berth_explain(state, shape, NULL, NULL, NULL, 0, &why, err);
    berth_explanation_free(why);
    return rc;
}

/* The claim finds a place, or is refused for want of one; that is no failure here. */
static berth_rc claim(berth_txn *txn, const berth_shape *shape, berth_err *err) {
    const berth_claim who = {.consumer = text("asking"), .generation = BERTH_NO_CONSUMER};
    berth_placement placed;
    berth_rc rc = berth_place(txn, NULL, NULL, shape, &who, &placed, err);
    if (rc == BERTH_OK) berth_free(&txn->state->mem, placed.candidate, placed.candidate_size);
    return rc == BERTH_ENOCANDIDATE ? BERTH_OK : rc;
}

static berth_rc ask(berth_txn *txn, const char *query, berth_err *err) {
    berth_request *request = NULL;
    berth_shape *shape = NULL;
    berth_mem mem = {own_realloc, NULL};
    berth_rc rc = berth_query_parse(mem, query, strlen(query), &request, err);
    if (rc == BERTH_OK) rc = berth_shape_resolve(request, txn->state, &shape, err);
    if (rc == BERTH_OK) rc = drain(txn->state, shape, err);
    if (rc == BERTH_OK) rc = explain(txn->state, shape, err);
    if (rc == BERTH_OK) rc = claim(txn, shape, err);
    berth_shape_free(shape);
    berth_request_free(request);
    return rc;
}

/* A query to ask, or NULL: everything is edited. */
static berth_rc transact(berth_store *store, const char *query, berth_err *err) {
    berth_rc rc = berth_store_begin(store, err);
    if (rc != BERTH_OK) return rc;
    berth_txn *txn = berth_store_txn(store);
    rc = query != NULL ? ask(txn, query, err) : edit(txn, err);
    if (rc == BERTH_OK) return berth_store_commit(store, err);
    berth_store_rollback(store);
    return rc;
}

/* --- trials ------------------------------------------------------------------------------- */

typedef struct trial {
    const char *work, *path;
    bool changes;       /* the work ends in a transaction, of which the file tells */
    const char *query;  /* to ask, or NULL */
    char *before; /* the dump before and after the work; owned */
    char *after;
} trial;

static const char *const not_told = "a failure without its error";

static char *dump_of(berth_store *store) {
    berth_err err;
    berth_bytes bytes = {.mem = {own_realloc, NULL}};
    char *copy = NULL;
    if (berth_dump(berth_store_state(store), &bytes, &err) == BERTH_OK &&
        berth_bytes_put(&bytes, "", 1, &err) == BERTH_OK)
        copy = strdup((const char *)bytes.data);
    berth_bytes_free(&bytes);
    return copy;
}

static bool dump_is(berth_store *store, const char *wanted) {
    char *now = dump_of(store);
    bool same = now != NULL && wanted != NULL && strcmp(now, wanted) == 0;
    free(now);
    return same;
}

/* One try of the work with the plan armed; NULL when it went as it should, else what went
 * wrong. */
static const char *attempt(const trial *t, bool *refused) {
    berth_err err = {.rc = BERTH_OK};
    berth_store *store = NULL;
    plan.armed = !t->changes;
    berth_rc rc = open_at(t->path, &store, &err);
    if (t->changes && rc == BERTH_OK) {
        plan.armed = true;
        rc = transact(store, t->query, &err);
    }
    plan.armed = false;
    *refused = rc != BERTH_OK;
    const char *wrong = NULL;
    if (rc != BERTH_OK && (rc != BERTH_ENOMEM || err.rc != rc)) wrong = not_told;
    if (wrong == NULL && t->changes && !dump_is(store, rc == BERTH_OK ? t->after : t->before))
        wrong = "the state is not what the answer says";
    if (wrong == NULL && t->changes && rc != BERTH_OK &&
        (berth_store_refresh(store, &err) != BERTH_OK ||
         transact(store, t->query, &err) != BERTH_OK))
        wrong = "the store cannot go on after a failure";
    berth_store_close(store);
    if (wrong == NULL && plan.live != 0) wrong = "memory was not given back";
    return wrong;
}

/* What the file holds after a try, memory being back. */
static const char *look_again(const trial *t, bool refused) {
    berth_err err;
    berth_store *store;
    if (strcmp(t->work, "make") == 0 && refused && !(plan.sqlite && plan.sticky))
        return access(t->path, F_OK) == 0 ? "a failed open left a file behind" : NULL;
    if (open_at(t->path, &store, &err) != BERTH_OK) return "the store does not open any more";
    bool same = strcmp(t->work, "make") == 0 || dump_is(store, t->changes ? t->after : t->before);
    berth_store_close(store);
    return same ? NULL : "the file does not hold what it should";
}

static void lay_down(lua_State *L) {
    lua_getfield(L, 1, "copy");
    lua_call(L, 0, 0);
}

static void learn(lua_State *L, trial *t) {
    berth_err err;
    berth_store *store;
    lay_down(L);
    if (open_at(t->path, &store, &err) != BERTH_OK) luaL_error(L, "no store to begin with");
    t->before = dump_of(store);
    if (t->changes && transact(store, t->query, &err) == BERTH_OK)
        t->after = dump_of(store);
    berth_store_close(store);
}

static int memory_each(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    install(L);
    lua_getfield(L, 1, "work");
    lua_getfield(L, 1, "path");
    trial t = {.work = luaL_checkstring(L, 2), .path = luaL_checkstring(L, 3)};
    lua_getfield(L, 1, "sticky");
    lua_getfield(L, 1, "sqlite");
    bool sticky = lua_toboolean(L, 4), sqlite = lua_toboolean(L, 5);
    lua_getfield(L, 1, "stride");
    long stride = (long)luaL_optinteger(L, 6, 1);
    lua_getfield(L, 1, "first");
    long first = (long)luaL_optinteger(L, 7, 1);
    lua_getfield(L, 1, "query");
    t.query = luaL_optstring(L, 8, NULL);
    t.changes = t.query != NULL || strcmp(t.work, "write") == 0;
    learn(L, &t);
    long points = 0, refusals = 0;
    const char *wrong = NULL;
    bool fired = true;
    long at = first;
    for (; fired && wrong == NULL; at += stride) {
        bool refused;
        lay_down(L);
        plan.sticky = sticky;
        plan.sqlite = sqlite;
        plan.at = at;
        plan.seen = plan.fired = plan.live = 0;
        wrong = attempt(&t, &refused);
        fired = plan.fired > 0;
        if (wrong == NULL) wrong = look_again(&t, refused);
        points += fired;
        refusals += refused;
    }
    free(t.before);
    free(t.after);
    if (wrong != NULL) return luaL_error(L, "allocation %d: %s", (int)(at - stride), wrong);
    lua_pushinteger(L, points);
    lua_pushinteger(L, refusals);
    return 2;
}

void fault_open_memory(lua_State *L) {
    lua_pushcfunction(L, memory_each);
    lua_setfield(L, -2, "memory_each");
}
