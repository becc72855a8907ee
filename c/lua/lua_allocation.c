/* lua_allocation.c - the allocation's userdata: a consumer's name that is looked up at every
 * call, with what the consumer holds now. */
#include "lua/lua_allocation.h"

#include <string.h>

#include "core/text.h"
#include "lua/lua_log.h"
#include "lua/lua_verbs.h"

const luax_class luax_allocation_class = {"berth.allocation"};

void luax_push_allocation(lua_State *L, const luax_scope *scope, berth_text consumer) {
    luax_allocation *self =
        luax_new(L, &luax_allocation_class, sizeof *self + consumer.len + 1, 1);
    self->owner = scope->owner;
    self->tx = scope->tx;
    self->hint = BERTH_NONE;
    self->len = consumer.len;
    memcpy(self->consumer, consumer.data, consumer.len);
    lua_pushvalue(L, scope->index);
    lua_setiuservalue(L, -2, 1);
}

const berth_consumer *luax_resolve_consumer(const berth_state *state, luax_allocation *handle,
                                            berth_ref *ref) {
    const berth_consumer *c = berth_state_consumer(state, handle->hint);
    if (c == NULL || strcmp(c->uuid, handle->consumer) != 0) {
        handle->hint = berth_state_find_consumer(state, handle->consumer, handle->len);
        c = berth_state_consumer(state, handle->hint);
    }
    if (ref != NULL) *ref = handle->hint;
    return c;
}

berth_rc luax_allocation_gone(const luax_allocation *self, berth_err *err) {
    berth_quoted shown = berth_quote(self->consumer, self->len);
    (void)berth_fail(err, BERTH_ENOTFOUND, "consumer %s holds no allocations", shown.text);
    berth_err_text(err, "consumer", shown.text);
    return BERTH_ENOTFOUND;
}

/* allocation(consumer) -> allocation | nil, err */
int luax_allocation_of(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    berth_text consumer;
    luax_call_value(&call, 2, luax_into_text, &consumer);
    luax_push_allocation(L, &call.scope, consumer);
    luax_allocation *self = lua_touserdata(L, -1);
    const berth_state *state = luax_call_read(&call);
    if (state == NULL) return luax_call_fail(&call);
    if (luax_resolve_consumer(state, self, NULL) == NULL) {
        (void)luax_allocation_gone(self, &call.err);
        return luax_call_fail(&call);
    }
    luax_call_done(&call);
    return 1;
}

/* --- fields ------------------------------------------------------------------------------ */

enum { CONSUMER, PROJECT, USER, TYPE, GENERATION };
static const char *const fields[] = {"consumer",      "project",    "user",
                                     "consumer_type", "generation", NULL};

static int read_failed(lua_State *L, luax_allocation *self) {
    berth_err err;
    (void)berth_fail(&err, BERTH_EBUSY, "the store could not be read: try again");
    (void)luax_read(L, self->owner, &err); /* fails as before, and tells why */
    return luax_throw(L, &err);
}

/* A name that was never told reads as nil, a type as "unknown". */
static void push_text(lua_State *L, const berth_state *state, berth_name_kind kind,
                      berth_ref ref) {
    if (ref == BERTH_NONE && kind != BERTH_NAME_TYPE)
        lua_pushnil(L);
    else
        lua_pushstring(L, berth_state_text(state, kind, ref));
}

static int allocation_index(lua_State *L) {
    luax_allocation *self = luax_check(L, 1, &luax_allocation_class);
    int field = luax_member(L, &luax_allocation_class);
    if (field < 0) return 1;
    if (field == CONSUMER) {
        lua_pushlstring(L, self->consumer, self->len);
        return 1;
    }
    const berth_state *state = luax_read(L, self->owner, NULL);
    if (state == NULL) return read_failed(L, self);
    const berth_consumer *c = luax_resolve_consumer(state, self, NULL);
    if (c == NULL)
        lua_pushnil(L);
    else if (field == GENERATION)
        lua_pushinteger(L, c->generation);
    else if (field == PROJECT)
        push_text(L, state, BERTH_NAME_PROJECT, c->project);
    else if (field == USER)
        push_text(L, state, BERTH_NAME_USER, c->user);
    else
        push_text(L, state, BERTH_NAME_TYPE, c->type);
    return 1;
}

static int allocation_eq(lua_State *L) {
    const luax_allocation *a = luax_test(L, 1, &luax_allocation_class);
    const luax_allocation *b = luax_test(L, 2, &luax_allocation_class);
    lua_pushboolean(L, a != NULL && b != NULL && a->owner == b->owner && a->len == b->len &&
                           memcmp(a->consumer, b->consumer, a->len) == 0);
    return 1;
}

static int allocation_tostring(lua_State *L) {
    const luax_allocation *self = luax_check(L, 1, &luax_allocation_class);
    lua_pushfstring(L, "berth.allocation %s", berth_quote(self->consumer, self->len).text);
    luax_redact_value(L, self->owner->redaction);
    return 1;
}

/* --- methods ----------------------------------------------------------------------------- */

/* One row of resources(), copied. */
typedef struct row {
    char provider[BERTH_UUID_BYTES + 1];
    const char *rclass;
    int64_t used;
} row;

static row *copy_rows(luax_call *call, const berth_consumer *c, size_t *count) {
    berth_arena *arena = &call->scratch->arena;
    const berth_state *state = berth_store_state(call->scope.owner->store);
    *count = 0;
    for (int32_t i = c->first_allocation; i >= 0; i = state->allocations[i].next_of_consumer)
        ++*count;
    row *rows = berth_arena_calloc(arena, *count + 1, sizeof *rows);
    if (rows == NULL) return NULL;
    size_t n = 0;
    for (int32_t i = c->first_allocation; i >= 0; i = state->allocations[i].next_of_consumer) {
        const berth_allocation *a = &state->allocations[i];
        const char *rclass = berth_state_text(state, BERTH_NAME_CLASS, a->rclass);
        memcpy(rows[n].provider, berth_state_provider(state, a->provider)->uuid,
               sizeof rows[n].provider);
        rows[n].rclass = berth_arena_text(arena, rclass, strlen(rclass));
        if (rows[n].rclass == NULL) return NULL;
        rows[n++].used = a->used;
    }
    return rows;
}

/* resources() -> {[provider uuid] = {CLASS = n}} | nil, err */
static int allocation_resources(lua_State *L) {
    luax_allocation *self = luax_check(L, 1, &luax_allocation_class);
    luax_call call;
    luax_call_open_handle(L, &call, 1, self->owner, self->tx);
    const berth_state *state = luax_call_read(&call);
    if (state == NULL) return luax_call_fail(&call);
    const berth_consumer *c = luax_resolve_consumer(state, self, NULL);
    if (c == NULL) {
        (void)luax_allocation_gone(self, &call.err);
        return luax_call_fail(&call);
    }
    size_t count;
    const row *rows = copy_rows(&call, c, &count);
    if (rows == NULL) return luax_call_fail_memory(&call);
    lua_newtable(L); /* all */
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].provider, rows[i - 1].provider) != 0) {
            if (i > 0) lua_pop(L, 1);
            lua_pushstring(L, rows[i].provider);
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_insert(L, -3);
            lua_rawset(L, -4); /* all one */
        }
        luax_set_integer(L, rows[i].rclass, rows[i].used);
    }
    if (count > 0) lua_pop(L, 1);
    luax_call_done(&call);
    return 1;
}

/* release() -> true | nil, err */
static int allocation_release(lua_State *L) {
    luax_allocation *self = luax_check(L, 1, &luax_allocation_class);
    luax_call call;
    luax_call_open_handle(L, &call, 1, self->owner, self->tx);
    berth_text consumer = {self->consumer, self->len};
    call.told = (luax_told){.verb = "release", .consumer = consumer};
    if (luax_call_begin(&call) != BERTH_OK) return luax_call_fail(&call);
    berth_rc rc = berth_release(luax_call_txn(&call), consumer, &call.err);
    rc = luax_call_end(&call, rc);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    luax_log_done(&call, "released");
    return luax_call_true(&call);
}

void luax_open_allocation(lua_State *L) {
    static const luaL_Reg methods[] = {{"resources", allocation_resources},
                                       {"release", allocation_release},
                                       {"move", luax_allocation_move},
                                       {NULL, NULL}};
    static const luaL_Reg meta[] = {
        {"__eq", allocation_eq}, {"__tostring", allocation_tostring}, {NULL, NULL}};
    luax_new_class(L, &luax_allocation_class,
                   &(luax_members){.methods = methods,
                                   .meta = meta,
                                   .fields = fields,
                                   .index = allocation_index});
}
