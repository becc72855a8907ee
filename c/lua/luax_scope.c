/* luax_scope.c - how verbs reach the store: scopes, the begin and end of a write, scratch memory
 * and lookups by name.  See lua_store.h. */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "lua/lua_log.h"
#include "lua/lua_store.h"
#include "lua/lua_tx.h"

/* --- scopes ------------------------------------------------------------------------------ */

luax_scope luax_check_scope(lua_State *L) {
    luax_store *owner = luax_test(L, 1, &luax_store_class);
    uint64_t tx = 0;
    if (owner != NULL) {
        lua_pushvalue(L, 1);
    } else {
        luax_tx *self = luax_test(L, 1, &luax_tx_class);
        if (self == NULL) /* raises */
            return (luax_scope){.index = luax_typeerror(L, 1, "berth.store or berth.transaction")};
        owner = self->owner;
        tx = self->number;
        if (owner->store == NULL) luax_closed(L, "store");
        if (owner->tx != tx) luaL_error(L, "transaction is over");
        lua_getiuservalue(L, 1, 1);
    }
    if (owner->store == NULL) luax_closed(L, "store");
    return (luax_scope){.owner = owner, .index = lua_gettop(L), .tx = tx};
}

luax_scope luax_handle_scope(lua_State *L, luax_store *owner, uint64_t tx) {
    if (owner->store == NULL) luax_closed(L, "store");
    lua_getiuservalue(L, 1, 1);
    /* once its transaction is over, a handle is one of the store */
    return (luax_scope){owner, lua_gettop(L), tx == owner->tx ? tx : 0, 0};
}

berth_state *luax_read(lua_State *L, luax_store *owner, berth_err *err) {
    if (owner->store == NULL) luax_closed(L, "store");
    if (berth_store_refresh(owner->store, err) != BERTH_OK) return NULL;
    return berth_store_state(owner->store);
}

berth_rc luax_write_begin(lua_State *L, luax_scope *scope, berth_err *err) {
    luax_store *owner = scope->owner;
    if (owner->store == NULL) luax_closed(L, "store");
    if (scope->tx != 0) {
        if (owner->tx != scope->tx) luaL_error(L, "transaction is over");
        scope->mark = berth_store_txn(owner->store)->count;
        return BERTH_OK;
    }
    if (owner->tx != 0)
        return berth_fail(err, BERTH_EBUSY,
                          "a transaction is open on this store: use its verbs, or end it first");
    return berth_store_begin(owner->store, err);
}

berth_rc luax_write_end(luax_scope *scope, berth_rc rc, berth_err *err) {
    luax_store *owner = scope->owner;
    if (scope->tx != 0) {
        if (rc != BERTH_OK) berth_txn_undo(berth_store_txn(owner->store), scope->mark);
        return rc;
    }
    if (rc == BERTH_OK) return berth_store_commit(owner->store, err);
    berth_store_rollback(owner->store);
    return rc;
}

void luax_abandon(luax_store *owner) {
    if (owner->tx == 0) return;
    owner->tx = 0;
    owner->undone++;
    if (owner->store != NULL) berth_store_rollback(owner->store);
}

/* --- errors ------------------------------------------------------------------------------ */

void luax_store_push_error(lua_State *L, const luax_store *owner, const berth_err *err) {
    luax_push_error_by(L, owner->redaction, err);
}

int luax_store_fail(lua_State *L, const luax_store *owner, const berth_err *err) {
    luaL_pushfail(L);
    luax_store_push_error(L, owner, err);
    return 2;
}

int luax_store_throw(lua_State *L, const luax_store *owner, const berth_err *err) {
    luax_store_push_error(L, owner, err);
    return lua_error(L);
}

/* --- scratch ----------------------------------------------------------------------------- */

#define SCRATCH_KEPT ((size_t)1 << 18) /* larger ones are given back at once */

static const luax_class scratch_class = {"berth.scratch"};

static void scratch_empty(luax_scratch *s) {
    berth_shape_free(s->shape);
    s->shape = NULL;
    berth_request_free(s->request);
    s->request = NULL;
}

static int scratch_gc(lua_State *L) {
    luax_scratch *s = luax_check(L, 1, &scratch_class);
    scratch_empty(s);
    berth_arena_free(&s->arena);
    return 0;
}

luax_scratch *luax_scratch_new(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &scratch_class) == LUA_TNIL) {
        static const luaL_Reg none[] = {{NULL, NULL}};
        static const luaL_Reg meta[] = {{"__gc", scratch_gc}, {NULL, NULL}};
        luax_new_class(L, &scratch_class, &(luax_members){.methods = none, .meta = meta});
    }
    lua_pop(L, 1);
    luax_scratch *s = luax_new(L, &scratch_class, sizeof *s, 0);
    berth_arena_init(&s->arena, berth_mem_default());
    return s;
}

luax_scratch *luax_scratch_take(lua_State *L, int store_index) {
    if (lua_getiuservalue(L, store_index, LUAX_STORE_SCRATCH) == LUA_TUSERDATA) {
        lua_pushnil(L);
        /* a call within this call takes another */
        lua_setiuservalue(L, store_index, LUAX_STORE_SCRATCH);
        return lua_touserdata(L, -1);
    }
    lua_pop(L, 1);
    return luax_scratch_new(L);
}

void luax_scratch_done(lua_State *L, int store_index, int scratch_index) {
    luax_scratch *s = lua_touserdata(L, scratch_index);
    scratch_empty(s);
    if (s->arena.bytes > SCRATCH_KEPT)
        berth_arena_free(&s->arena);
    else
        berth_arena_reset(&s->arena);
    lua_pushvalue(L, scratch_index);
    lua_setiuservalue(L, store_index, LUAX_STORE_SCRATCH);
}

/* --- calls ------------------------------------------------------------------------------- */

static void set_up(lua_State *L, luax_call *call) {
    call->L = L;
    call->told = (luax_told){.verb = NULL};
    call->scratch = luax_scratch_take(L, call->scope.index);
    call->scratch_index = lua_gettop(L);
    luax_reader_init(&call->reader, L, 1, &call->scratch->arena, &call->err);
}

void luax_call_open(lua_State *L, luax_call *call, int args) {
    luax_max_args(L, args);
    lua_settop(L, args);
    call->scope = luax_check_scope(L);
    set_up(L, call);
}

void luax_call_open_handle(lua_State *L, luax_call *call, int args, luax_store *owner,
                           uint64_t tx) {
    luax_max_args(L, args);
    lua_settop(L, args);
    call->scope = luax_handle_scope(L, owner, tx);
    set_up(L, call);
}

void luax_call_value(luax_call *call, int arg, luax_read_fn read, void *into) {
    call->reader.arg = arg;
    lua_pushvalue(call->L, arg);
    read(&call->reader, into);
    lua_pop(call->L, 1);
}

void luax_call_table(luax_call *call, int arg, const luax_key *keys, void *into) {
    if (lua_isnil(call->L, arg)) return;
    call->reader.arg = arg;
    lua_pushvalue(call->L, arg);
    luax_read_table(&call->reader, keys, into);
    lua_pop(call->L, 1);
}

berth_rc luax_call_begin(luax_call *call) {
    if (call->err.rc != BERTH_OK) return call->err.rc;
    if (call->scope.owner->logger != NULL) call->told.decided = luax_log_mark(call->scope.owner);
    return luax_write_begin(call->L, &call->scope, &call->err);
}

berth_rc luax_call_end(luax_call *call, berth_rc rc) {
    return luax_write_end(&call->scope, rc, &call->err);
}

berth_state *luax_call_read(luax_call *call) {
    if (call->err.rc != BERTH_OK) return NULL;
    return luax_read(call->L, call->scope.owner, &call->err);
}

void luax_call_done(luax_call *call) {
    if (call->scope.owner->logger != NULL)
        luax_log_news(call->L, call->scope.owner, call->scope.index);
    luax_scratch_done(call->L, call->scope.index, call->scratch_index);
}

int luax_call_fail(luax_call *call) {
    if (call->scope.owner->logger != NULL) luax_log_refusal(call);
    luax_call_done(call);
    return luax_store_fail(call->L, call->scope.owner, &call->err);
}

int luax_call_fail_memory(luax_call *call) {
    (void)berth_fail_memory(&call->err);
    return luax_call_fail(call);
}

int luax_call_true(luax_call *call) {
    luax_call_done(call);
    lua_pushboolean(call->L, 1);
    return 1;
}

/* --- lookups ----------------------------------------------------------------------------- */

berth_rc luax_find_provider(const berth_state *state, berth_text text, berth_ref *out,
                            berth_err *err) {
    *out = berth_state_find_provider(state, text.data, text.len);
    if (*out != BERTH_NONE) return BERTH_OK;
    berth_quoted shown = berth_quote(text.data, text.len);
    (void)berth_fail(err, BERTH_ENOTFOUND, "there is no provider %s", shown.text);
    berth_err_text(err, "provider", shown.text);
    return BERTH_ENOTFOUND;
}

berth_rc luax_find_name(const berth_state *state, berth_name_kind kind, berth_text text,
                        berth_ref *out, berth_err *err) {
    *out = berth_state_name(state, kind, text.data, text.len);
    if (*out != BERTH_NONE) return BERTH_OK;
    berth_quoted shown = berth_quote(text.data, text.len);
    bool class = kind == BERTH_NAME_CLASS;
    (void)berth_fail(err, BERTH_ENOTFOUND, "there is no %s %s",
                     class ? "resource class" : "trait", shown.text);
    berth_err_text(err, class ? "class" : "trait", shown.text);
    return BERTH_ENOTFOUND;
}

static int compare_words(const void *a, const void *b) {
    const luax_word *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->ref > y->ref) - (x->ref < y->ref);
}

void luax_sort_words(luax_word *words, size_t count) {
    if (count > 1) qsort(words, count, sizeof *words, compare_words);
}

void luax_push_words(lua_State *L, const luax_word *words, size_t count) {
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, words[i].text);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

luax_word *luax_copy_words(berth_arena *arena, const berth_state *state, berth_name_kind kind,
                           const berth_ref *refs, size_t count) {
    luax_word *words = berth_arena_calloc(arena, count ? count : 1, sizeof *words);
    if (words == NULL) return NULL;
    for (size_t i = 0; i < count; i++) {
        const char *text = berth_state_text(state, kind, refs[i]);
        words[i] = (luax_word){berth_arena_text(arena, text, strlen(text)), refs[i]};
        if (words[i].text == NULL) return NULL;
    }
    luax_sort_words(words, count);
    return words;
}
