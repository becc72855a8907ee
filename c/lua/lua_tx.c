/* lua_tx.c - transactions: begin, commit, rollback, savepoints, and transaction(fn), which ends
 * what it began however fn is left.  The verbs inside are those of lua_verbs.h; this file knows
 * only beginnings and ends. */
#include "lua/lua_tx.h"

#include "lua/lua_changes.h"
#include "lua/lua_log.h"
#include "lua/lua_verbs.h"

const luax_class luax_tx_class = {"berth.transaction"};
const luax_class luax_savepoint_class = {"berth.savepoint"};

static void forget_marks(luax_tx *self) {
    berth_mem mem = berth_mem_default();
    berth_free(&mem, self->marks, self->cap_marks * sizeof *self->marks);
    self->marks = NULL;
    self->nmarks = self->cap_marks = 0;
}

static bool is_open(const luax_tx *self) {
    return self->number != 0 && self->owner->store != NULL && self->owner->tx == self->number;
}

static luax_tx *check_open(lua_State *L) {
    luax_tx *self = luax_check(L, 1, &luax_tx_class);
    if (self->owner->store == NULL) luax_closed(L, "store");
    if (!is_open(self)) luaL_error(L, "transaction is over");
    return self;
}

/* Pushes a begun transaction, or returns the refusal with nothing pushed. [-0, +(0|1), m] */
static berth_rc begin(lua_State *L, luax_store *owner, berth_err *err) {
    luax_tx *self = luax_new(L, &luax_tx_class, sizeof *self, 1);
    self->owner = owner;
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    luax_scope scope = {.owner = owner, .index = 1};
    berth_rc rc = luax_write_begin(L, &scope, err);
    if (rc != BERTH_OK) {
        lua_pop(L, 1);
        return rc;
    }
    self->number = owner->tx = ++owner->txs;
    return BERTH_OK;
}

/* For the log: how the transaction ended.  The store's userdata is user value 1 of the value at
 * `at`, the transaction. [-0, +0, m] */
static void log_end(lua_State *L, luax_tx *self, int at, const char *message, int64_t changes) {
    luax_store *owner = self->owner;
    luax_details all = {.count = 0};
    if (!luax_logs(owner, BERTH_LEVEL_INFO) || owner->store == NULL) return;
    luax_detail_number(&all, "transaction", (int64_t)self->number);
    luax_detail_number(&all, "changes", changes);
    luax_detail_number(&all, "sequence", berth_store_sequence(owner->store));
    lua_getiuservalue(L, at, 1);
    luax_log_event(L, owner, lua_gettop(L), BERTH_LEVEL_INFO, message, &all);
    lua_pop(L, 1);
}

/* The transaction stands at `at`. [-0, +0, m] */
static berth_rc commit(lua_State *L, luax_tx *self, int at, berth_err *err) {
    luax_store *owner = self->owner;
    int64_t changes = (int64_t)berth_store_txn(owner->store)->count;
    owner->tx = 0;
    forget_marks(self);
    berth_rc rc = berth_store_commit(owner->store, err);
    if (rc != BERTH_OK) owner->undone++;
    if (owner->logger == NULL) return rc;
    if (rc == BERTH_OK) {
        log_end(L, self, at, "committed", changes);
        return rc;
    }
    luax_details all = {.count = 0};
    luax_detail_word(&all, "verb", "commit");
    luax_detail_number(&all, "transaction", (int64_t)self->number);
    lua_getiuservalue(L, at, 1);
    luax_log_failure(L, owner, lua_gettop(L), err, &all);
    lua_pop(L, 1);
    return rc;
}

/* The transaction stands at `at`. [-0, +0, m] */
static void rollback(lua_State *L, luax_tx *self, int at) {
    bool was_open = is_open(self);
    int64_t changes = was_open ? (int64_t)berth_store_txn(self->owner->store)->count : 0;
    if (was_open) luax_abandon(self->owner);
    forget_marks(self);
    if (was_open) log_end(L, self, at, "rolled back", changes);
}

/* --- made by a store --------------------------------------------------------------------- */

int luax_begin(lua_State *L) {
    luax_store *owner = luax_check(L, 1, &luax_store_class);
    luax_max_args(L, 1);
    berth_err err;
    if (begin(L, owner, &err) != BERTH_OK) return luax_store_fail(L, owner, &err);
    return 1;
}

/* Calls the function below its argument; what it raises rolls back and goes on. A coroutine that
 * dies closes nothing until it is collected, so there the error is caught on its way; the main
 * thread unwinds by itself and keeps the traceback of the error. [-2, +results, e] */
static void call_within(lua_State *L, luax_tx *self, int at) {
    bool unwinds = lua_pushthread(L) == 1;
    lua_pop(L, 1);
    if (unwinds) {
        lua_toclose(L, at);
        lua_call(L, 1, LUA_MULTRET);
    } else if (lua_pcall(L, 1, LUA_MULTRET, 0) != LUA_OK) {
        rollback(L, self, at);
        lua_error(L);
    }
}

int luax_transaction(lua_State *L) {
    luax_store *owner = luax_check(L, 1, &luax_store_class);
    luax_check_type(L, 2, LUA_TFUNCTION);
    luax_max_args(L, 2);
    berth_err err;
    if (begin(L, owner, &err) != BERTH_OK) return luax_store_fail(L, owner, &err);
    luax_tx *self = lua_touserdata(L, 3); /* store fn tx */
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    call_within(L, self, 3); /* store fn tx results... */
    int results = lua_gettop(L) - 3;
    if (is_open(self)) {
        if (results >= 2 && lua_isnil(L, 4) && !lua_isnil(L, 5)) {
            rollback(L, self, 3);
        } else if (commit(L, self, 3, &err) != BERTH_OK) {
            return luax_store_fail(L, owner, &err);
        }
    } else if (owner->store == NULL) {
        luax_closed(L, "store");
    }
    if (results > 0) return results;
    lua_pushboolean(L, 1); /* so that assert() can be put around it */
    return 1;
}

/* --- methods ----------------------------------------------------------------------------- */

static int tx_commit(lua_State *L) {
    luax_tx *self = check_open(L);
    luax_max_args(L, 1);
    berth_err err;
    if (commit(L, self, 1, &err) != BERTH_OK) return luax_store_fail(L, self->owner, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int tx_rollback(lua_State *L) {
    luax_tx *self = check_open(L);
    luax_max_args(L, 1);
    rollback(L, self, 1);
    lua_pushboolean(L, 1);
    return 1;
}

/* __close and __gc: whatever is still open is rolled back; safe to run twice. */
static int tx_close(lua_State *L) {
    rollback(L, luax_check(L, 1, &luax_tx_class), 1);
    return 0;
}

static int tx_diff(lua_State *L) {
    luax_tx *self = check_open(L);
    luax_max_args(L, 2);
    lua_settop(L, 2);
    lua_getiuservalue(L, 1, 1);
    return luax_push_diff(L, self->owner, 3, 2);
}

static int tx_tostring(lua_State *L) {
    luax_tx *self = luax_check(L, 1, &luax_tx_class);
    lua_pushfstring(L, "berth.transaction (%s)", is_open(self) ? "open" : "over");
    return 1;
}

/* --- savepoints -------------------------------------------------------------------------- */

/* User value 1: the transaction. */
typedef struct savepoint {
    luax_tx *tx;
    size_t level; /* its place on the stack of marks */
    uint64_t id;
} savepoint;

static bool is_live(const savepoint *self) {
    const luax_tx *tx = self->tx;
    return is_open(tx) && self->level < tx->nmarks && tx->marks[self->level].id == self->id;
}

static savepoint *check_live(lua_State *L) {
    savepoint *self = luax_check(L, 1, &luax_savepoint_class);
    if (self->tx->owner->store == NULL) luax_closed(L, "store");
    if (!is_live(self)) luaL_error(L, "savepoint is over");
    return self;
}

static int tx_savepoint(lua_State *L) {
    luax_tx *self = check_open(L);
    luax_max_args(L, 1);
    savepoint *point = luax_new(L, &luax_savepoint_class, sizeof *point, 1);
    point->tx = self;
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    if (!is_open(self)) luaL_error(L, "transaction is over");
    berth_mem mem = berth_mem_default();
    void *marks = self->marks;
    if (berth_grow(&mem, &marks, &self->cap_marks, self->nmarks, sizeof *self->marks) != 0) {
        berth_err err;
        (void)berth_fail_memory(&err);
        return luax_fail(L, &err);
    }
    self->marks = marks;
    point->level = self->nmarks++;
    point->id = ++self->ids;
    self->marks[point->level] =
        (luax_mark){point->id, berth_store_txn(self->owner->store)->count};
    return 1;
}

static void undo_to(const savepoint *self) {
    luax_tx *tx = self->tx;
    berth_txn_undo(berth_store_txn(tx->owner->store), tx->marks[self->level].changes);
    tx->nmarks = self->level + 1; /* inner ones are over */
    tx->owner->undone++;
}

static int savepoint_rollback(lua_State *L) {
    savepoint *self = check_live(L);
    luax_max_args(L, 1);
    undo_to(self);
    lua_pushboolean(L, 1);
    return 1;
}

static int savepoint_release(lua_State *L) {
    savepoint *self = check_live(L);
    luax_max_args(L, 1);
    self->tx->nmarks = self->level;
    lua_pushboolean(L, 1);
    return 1;
}

/* Leaving its block without release() undoes what came after it. */
static int savepoint_close(lua_State *L) {
    savepoint *self = luax_check(L, 1, &luax_savepoint_class);
    if (!is_live(self)) return 0;
    undo_to(self);
    self->tx->nmarks = self->level;
    return 0;
}

void luax_open_tx(lua_State *L) {
    static const luaL_Reg methods[] = {{"commit", tx_commit},
                                       {"rollback", tx_rollback},
                                       {"savepoint", tx_savepoint},
                                       {"diff", tx_diff},
                                       {NULL, NULL}};
    static const luaL_Reg meta[] = {
        {"__close", tx_close}, {"__gc", tx_close}, {"__tostring", tx_tostring}, {NULL, NULL}};
    luax_new_class(L, &luax_tx_class,
                   &(luax_members){.methods = luax_verbs, .more = methods, .meta = meta});
    static const luaL_Reg point_methods[] = {
        {"rollback", savepoint_rollback}, {"release", savepoint_release}, {NULL, NULL}};
    static const luaL_Reg point_meta[] = {{"__close", savepoint_close}, {NULL, NULL}};
    luax_new_class(L, &luax_savepoint_class,
                   &(luax_members){.methods = point_methods, .meta = point_meta});
}
