/* lua_provider.c - the provider's userdata: a uuid that is looked up at every call, so that its
 * fields are always current and a deleted provider is found out, never followed. */
#include <string.h>

#include "lua/lua_inventory.h"
#include "lua/lua_provider.h"
#include "lua/lua_redaction.h"

const luax_class luax_provider_class = {"berth.provider"};

luax_provider *luax_new_provider(lua_State *L, const luax_scope *scope) {
    luax_provider *self = luax_new(L, &luax_provider_class, sizeof *self, 1); /* provider */
    self->owner = scope->owner;
    self->tx = scope->tx;
    self->hint = BERTH_NONE;
    lua_pushvalue(L, scope->index);
    lua_setiuservalue(L, -2, 1);
    return self;
}

void luax_push_provider(lua_State *L, const luax_scope *scope, const char *uuid) {
    luax_provider *self = luax_new_provider(L, scope);
    memcpy(self->uuid, uuid, sizeof self->uuid);
}

berth_provider *luax_resolve_provider(const berth_state *state, luax_provider *handle) {
    berth_provider *p = berth_state_provider(state, handle->hint);
    if (p != NULL && memcmp(p->uuid, handle->uuid, BERTH_UUID_BYTES) == 0) return p;
    handle->hint = berth_state_find_uuid(state, handle->uuid);
    return berth_state_provider(state, handle->hint);
}

berth_rc luax_provider_gone(const luax_provider *self, berth_err *err) {
    (void)berth_fail(err, BERTH_ENOTFOUND, "there is no provider %s", self->uuid);
    berth_err_text(err, "provider", self->uuid);
    return BERTH_ENOTFOUND;
}

/* --- fields ------------------------------------------------------------------------------ */

enum { UUID, NAME, GENERATION, PARENT, ROOT };
static const char *const fields[] = {"uuid", "name", "generation", "parent", "root", NULL};

static int refresh_failed(lua_State *L, luax_provider *self) {
    berth_err err;
    (void)berth_fail(&err, BERTH_EBUSY, "the store could not be read: try again");
    (void)luax_read(L, self->owner, &err); /* fails as before, and tells why */
    return luax_throw(L, &err);
}

static int provider_index(lua_State *L) {
    luax_provider *self = luax_check(L, 1, &luax_provider_class);
    int field = luax_member(L, &luax_provider_class);
    if (field < 0) return 1;
    if (field == UUID) {
        lua_pushstring(L, self->uuid);
        return 1;
    }
    const berth_state *state = luax_read(L, self->owner, NULL);
    if (state == NULL) return refresh_failed(L, self);
    const berth_provider *p = luax_resolve_provider(state, self);
    if (p == NULL) {
        lua_pushnil(L);
    } else if (field == NAME) {
        lua_pushstring(L, p->name);
    } else if (field == GENERATION) {
        lua_pushinteger(L, p->generation);
    } else if (field == PARENT && p->parent == BERTH_NONE) {
        lua_pushnil(L);
    } else {
        char uuid[BERTH_UUID_BYTES + 1];
        berth_ref other = field == PARENT ? p->parent : p->root;
        memcpy(uuid, berth_state_provider(state, other)->uuid, sizeof uuid);
        luax_scope scope = luax_handle_scope(L, self->owner, self->tx);
        luax_push_provider(L, &scope, uuid);
    }
    return 1;
}

static int provider_eq(lua_State *L) {
    const luax_provider *a = luax_test(L, 1, &luax_provider_class);
    const luax_provider *b = luax_test(L, 2, &luax_provider_class);
    lua_pushboolean(L, a != NULL && b != NULL && a->owner == b->owner &&
                           memcmp(a->uuid, b->uuid, BERTH_UUID_BYTES) == 0);
    return 1;
}

static int provider_tostring(lua_State *L) {
    luax_provider *self = luax_check(L, 1, &luax_provider_class);
    const berth_provider *p =
        self->owner->store ? luax_resolve_provider(berth_store_state(self->owner->store), self)
                           : NULL;
    lua_pushfstring(L, "berth.provider %s (%s)", self->uuid, p ? p->name : "gone");
    luax_redact_value(L, self->owner->redaction);
    return 1;
}

/* --- methods: reading -------------------------------------------------------------------- */

/* Sets up the call of a method with at most `args` arguments. [-0, +2, v] */
static luax_provider *open_call(lua_State *L, luax_call *call, int args) {
    luax_provider *self = luax_check(L, 1, &luax_provider_class);
    luax_call_open_handle(L, call, args, self->owner, self->tx);
    return self;
}

/* The provider, up to date; NULL with call->err filled. */
static const berth_provider *read_self(luax_call *call, luax_provider *self) {
    const berth_state *state = luax_call_read(call);
    if (state == NULL) return NULL;
    const berth_provider *p = luax_resolve_provider(state, self);
    if (p == NULL) (void)luax_provider_gone(self, &call->err);
    return p;
}

/* The stocks with their classes' names, copied and by class; NULL with call->err filled. */
static luax_word *copy_stocks(luax_call *call, const berth_provider *p, berth_stock **stocks) {
    berth_arena *arena = &call->scratch->arena;
    const berth_state *state = berth_store_state(call->scope.owner->store);
    berth_ref *classes = berth_arena_calloc(arena, p->nstocks + 1, sizeof *classes);
    *stocks = berth_arena_calloc(arena, p->nstocks + 1, sizeof **stocks);
    if (classes == NULL || *stocks == NULL) goto fail;
    for (size_t i = 0; i < p->nstocks; i++) {
        classes[i] = p->stocks[i].rclass;
        (*stocks)[i] = p->stocks[i];
    }
    luax_word *words =
        luax_copy_words(arena, state, BERTH_NAME_CLASS, classes, p->nstocks);
    if (words != NULL) return words;
fail:
    (void)berth_fail_memory(&call->err);
    return NULL;
}

static const berth_stock *stock_of(const berth_stock *stocks, berth_ref rclass) {
    while (stocks->rclass != rclass) stocks++;
    return stocks;
}

typedef void (*push_stock)(lua_State *L, const berth_stock *stock);

/* A table from class to what `push` makes of the stock. */
static int push_stocks(lua_State *L, push_stock push) {
    luax_call call;
    luax_provider *self = open_call(L, &call, 1);
    const berth_provider *p = read_self(&call, self);
    if (p == NULL) return luax_call_fail(&call);
    berth_stock *stocks;
    size_t count = p->nstocks;
    const luax_word *words = copy_stocks(&call, p, &stocks);
    if (words == NULL) return luax_call_fail(&call);
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, words[i].text);
        push(L, stock_of(stocks, words[i].ref));
        lua_rawset(L, -3);
    }
    luax_call_done(&call);
    return 1;
}

static void push_inventory(lua_State *L, const berth_stock *stock) {
    luax_push_inventory(L, &stock->inventory);
}

static void push_used(lua_State *L, const berth_stock *stock) {
    lua_pushinteger(L, stock->used);
}

/* inventories() -> {CLASS = {six fields}} | nil, err */
static int provider_inventories(lua_State *L) {
    return push_stocks(L, push_inventory);
}

/* usages() -> {CLASS = used} of every class with inventory | nil, err */
static int provider_usages(lua_State *L) {
    return push_stocks(L, push_used);
}

/* A sorted array of the names behind the provider's refs. */
static int push_names(lua_State *L, berth_name_kind kind) {
    luax_call call;
    luax_provider *self = open_call(L, &call, 1);
    const berth_provider *p = read_self(&call, self);
    if (p == NULL) return luax_call_fail(&call);
    const berth_refs *refs = kind == BERTH_NAME_TRAIT ? &p->traits : &p->aggregates;
    size_t count = refs->count;
    luax_word *words = luax_copy_words(&call.scratch->arena,
                                       berth_store_state(self->owner->store), kind, refs->items,
                                       count);
    if (words == NULL) return luax_call_fail_memory(&call);
    luax_push_words(L, words, count);
    luax_call_done(&call);
    return 1;
}

static int provider_traits(lua_State *L) {
    return push_names(L, BERTH_NAME_TRAIT);
}

static int provider_aggregates(lua_State *L) {
    return push_names(L, BERTH_NAME_AGGREGATE);
}

/* children() -> array of providers by name | nil, err */
static int provider_children(lua_State *L) {
    luax_call call;
    luax_provider *self = open_call(L, &call, 1);
    const berth_provider *p = read_self(&call, self);
    if (p == NULL) return luax_call_fail(&call);
    const berth_state *state = berth_store_state(self->owner->store);
    size_t count = 0;
    for (berth_ref c = p->first_child; c != BERTH_NONE;
         c = berth_state_provider(state, c)->next_sibling)
        count++;
    berth_arena *arena = &call.scratch->arena;
    luax_word *words = berth_arena_calloc(arena, count + 1, sizeof *words);
    char(*uuids)[BERTH_UUID_BYTES + 1] = berth_arena_calloc(arena, count + 1, sizeof *uuids);
    if (words == NULL || uuids == NULL) return luax_call_fail_memory(&call);
    size_t n = 0;
    for (berth_ref c = p->first_child; c != BERTH_NONE;
         c = berth_state_provider(state, c)->next_sibling)
        words[n++] = (luax_word){berth_state_provider(state, c)->name, c};
    luax_sort_words(words, count);
    for (size_t i = 0; i < count; i++)
        memcpy(uuids[i], berth_state_provider(state, words[i].ref)->uuid, sizeof uuids[i]);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        luax_push_provider(L, &call.scope, uuids[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    luax_call_done(&call);
    return 1;
}

/* One row of allocations(), copied. */
typedef struct row {
    const char *consumer, *rclass;
    int64_t used, generation;
} row;

static row *copy_rows(luax_call *call, const berth_provider *p, size_t *count) {
    berth_arena *arena = &call->scratch->arena;
    const berth_state *state = berth_store_state(call->scope.owner->store);
    *count = 0;
    for (int32_t i = p->first_allocation; i >= 0; i = state->allocations[i].next_of_provider)
        ++*count;
    row *rows = berth_arena_calloc(arena, *count + 1, sizeof *rows);
    if (rows == NULL) return NULL;
    size_t n = 0;
    for (int32_t i = p->first_allocation; i >= 0; i = state->allocations[i].next_of_provider) {
        const berth_allocation *a = &state->allocations[i];
        const berth_consumer *c = berth_state_consumer(state, a->consumer);
        const char *rclass = berth_state_text(state, BERTH_NAME_CLASS, a->rclass);
        rows[n] = (row){berth_arena_text(arena, c->uuid, strlen(c->uuid)),
                        berth_arena_text(arena, rclass, strlen(rclass)), a->used, c->generation};
        if (rows[n].consumer == NULL || rows[n].rclass == NULL) return NULL;
        n++;
    }
    return rows;
}

/* allocations() -> {[consumer] = {resources = {CLASS = n}, generation = n}} | nil, err */
static int provider_allocations(lua_State *L) {
    luax_call call;
    luax_provider *self = open_call(L, &call, 1);
    const berth_provider *p = read_self(&call, self);
    if (p == NULL) return luax_call_fail(&call);
    size_t count;
    const row *rows = copy_rows(&call, p, &count);
    if (rows == NULL) return luax_call_fail_memory(&call);
    lua_newtable(L); /* all */
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, rows[i].consumer);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) == LUA_TNIL) { /* all consumer nil */
            lua_pop(L, 1);
            lua_createtable(L, 0, 2);
            luax_set_integer(L, "generation", rows[i].generation);
            lua_newtable(L);
            lua_setfield(L, -2, "resources");
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2); /* all consumer one consumer one */
            lua_rawset(L, -5);
        }
        lua_getfield(L, -1, "resources");
        luax_set_integer(L, rows[i].rclass, rows[i].used);
        lua_pop(L, 3); /* all */
    }
    luax_call_done(&call);
    return 1;
}

void luax_open_provider(lua_State *L) {
    static const luaL_Reg methods[] = {{"inventories", provider_inventories},
                                       {"usages", provider_usages},
                                       {"traits", provider_traits},
                                       {"aggregates", provider_aggregates},
                                       {"allocations", provider_allocations},
                                       {"children", provider_children},
                                       {NULL, NULL}};
    static const luaL_Reg meta[] = {
        {"__eq", provider_eq}, {"__tostring", provider_tostring}, {NULL, NULL}};
    luax_new_class(L, &luax_provider_class,
                   &(luax_members){.methods = methods,
                                   .more = luax_provider_edits,
                                   .meta = meta,
                                   .fields = fields,
                                   .index = provider_index});
}
