/* lua_provider_edit.c - the provider's methods that change it.  Each is one verb: alone it begins
 * and commits, in a transaction it is part of that. */
#include <string.h>

#include "lua/lua_inventory.h"
#include "lua/lua_log.h"
#include "lua/lua_provider.h"

typedef struct edit {
    luax_call call;
    luax_provider *self;
    berth_ref ref;      /* valid between begin and end */
    int64_t generation; /* expected */
} edit;

static void read_generation(luax_reader *r, void *into) {
    *(int64_t *)into = luax_read_integer(r, 0, INT64_MAX, BERTH_EINVALID);
}

static const luax_key option_keys[] = {
    {"generation", LUAX_READ, offsetof(edit, generation), read_generation},
    LUAX_KEYS_END,
};

/* A method with at most `args` arguments; the one at `options` is {generation=}, 0: none. */
static void open_edit(lua_State *L, edit *e, const char *verb, int args, int options) {
    e->self = luax_check(L, 1, &luax_provider_class);
    e->generation = BERTH_ANY_GENERATION;
    luax_call_open_handle(L, &e->call, args, e->self->owner, e->self->tx);
    e->call.told.verb = verb;
    e->call.told.provider = (berth_text){e->self->uuid, strlen(e->self->uuid)};
    if (options != 0) luax_call_table(&e->call, options, option_keys, e);
}

static berth_rc begin_edit(edit *e) {
    berth_rc rc = luax_call_begin(&e->call);
    if (rc != BERTH_OK) return rc;
    const berth_provider *p =
        luax_resolve_provider(berth_store_state(e->self->owner->store), e->self);
    if (p == NULL)
        return luax_call_end(&e->call, luax_provider_gone(e->self, &e->call.err));
    e->ref = p->ref;
    return BERTH_OK;
}

/* true | nil, err */
static int end_edit(edit *e, berth_rc rc) {
    rc = luax_call_end(&e->call, rc);
    if (rc != BERTH_OK) return luax_call_fail(&e->call);
    luax_log_done(&e->call, "changed");
    return luax_call_true(&e->call);
}

/* set_inventories({CLASS = n or fields}, {generation=}) */
static int set_inventories(lua_State *L) {
    edit e;
    open_edit(L, &e, "set_inventories", 3, 3);
    luax_stocks stocks;
    luax_call_value(&e.call, 2, luax_read_inventories, &stocks);
    if (begin_edit(&e) != BERTH_OK) return luax_call_fail(&e.call);
    berth_txn *txn = luax_call_txn(&e.call);
    const berth_inventory_spec *specs;
    berth_rc rc = luax_resolve_stocks(&e.call.scratch->arena, txn->state, &stocks, &specs,
                                      &e.call.err);
    if (rc == BERTH_OK)
        rc = berth_provider_set_inventories(txn, e.ref, specs, stocks.count, e.generation,
                                            &e.call.err);
    return end_edit(&e, rc);
}

/* set_inventory(CLASS, n or fields or nil, {generation=}) */
static int set_inventory(lua_State *L) {
    edit e;
    open_edit(L, &e, "set_inventory", 4, 4);
    berth_text rclass;
    berth_inventory inventory;
    bool keep = !lua_isnil(L, 3);
    luax_call_value(&e.call, 2, luax_into_text, &rclass);
    if (keep) luax_call_value(&e.call, 3, luax_read_inventory, &inventory);
    if (begin_edit(&e) != BERTH_OK) return luax_call_fail(&e.call);
    berth_txn *txn = luax_call_txn(&e.call);
    berth_ref ref;
    berth_rc rc = luax_find_name(txn->state, BERTH_NAME_CLASS, rclass, &ref, &e.call.err);
    if (rc == BERTH_OK)
        rc = berth_provider_set_inventory(txn, e.ref, ref, keep ? &inventory : NULL,
                                          e.generation, &e.call.err);
    return end_edit(&e, rc);
}

/* set_traits({names}, {generation=}) */
static int set_traits(lua_State *L) {
    edit e;
    open_edit(L, &e, "set_traits", 3, 3);
    luax_words list;
    luax_call_value(&e.call, 2, luax_into_words, &list);
    berth_ref *refs = luax_take(&e.call.reader, list.count, sizeof *refs);
    if (begin_edit(&e) != BERTH_OK) return luax_call_fail(&e.call);
    berth_txn *txn = luax_call_txn(&e.call);
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < list.count; i++)
        rc = luax_find_name(txn->state, BERTH_NAME_TRAIT, list.items[i], &refs[i], &e.call.err);
    if (rc == BERTH_OK)
        rc = berth_provider_set_traits(txn, e.ref, refs, list.count, e.generation, &e.call.err);
    return end_edit(&e, rc);
}

/* set_aggregates({uuids or words}, {generation=}) */
static int set_aggregates(lua_State *L) {
    edit e;
    open_edit(L, &e, "set_aggregates", 3, 3);
    luax_words list;
    luax_call_value(&e.call, 2, luax_into_words, &list);
    if (begin_edit(&e) != BERTH_OK) return luax_call_fail(&e.call);
    berth_rc rc = berth_provider_set_aggregates(luax_call_txn(&e.call), e.ref, list.items,
                                                list.count, e.generation, &e.call.err);
    return end_edit(&e, rc);
}

typedef struct update {
    berth_text name, parent;
    bool set_parent;
} update;

/* A provider, or false for none. */
static void read_parent(luax_reader *r, void *into) {
    update *u = into;
    u->set_parent = true;
    if (lua_type(r->L, -1) != LUA_TBOOLEAN)
        u->parent = luax_read_provider(r, -1);
    else if (lua_toboolean(r->L, -1))
        luax_expected(r, -1, "provider or false");
}

static const luax_key update_keys[] = {
    {"name", LUAX_TEXT, offsetof(update, name), NULL},
    {"parent", LUAX_READ, 0, read_parent},
    LUAX_KEYS_END,
};

/* update{name=, parent=} */
static int provider_update(lua_State *L) {
    edit e;
    open_edit(L, &e, "update", 2, 0);
    luax_check_type(L, 2, LUA_TTABLE);
    update u = {.set_parent = false};
    luax_call_table(&e.call, 2, update_keys, &u);
    if (begin_edit(&e) != BERTH_OK) return luax_call_fail(&e.call);
    berth_txn *txn = luax_call_txn(&e.call);
    berth_ref parent = BERTH_NONE;
    berth_rc rc = BERTH_OK;
    if (u.parent.data != NULL)
        rc = luax_find_provider(txn->state, u.parent, &parent, &e.call.err);
    if (rc == BERTH_OK)
        rc = berth_provider_update(txn, e.ref, u.name, u.set_parent, parent, &e.call.err);
    return end_edit(&e, rc);
}

static int provider_delete(lua_State *L) {
    edit e;
    open_edit(L, &e, "delete", 1, 0);
    if (begin_edit(&e) != BERTH_OK) return luax_call_fail(&e.call);
    return end_edit(&e, berth_provider_delete(luax_call_txn(&e.call), e.ref, &e.call.err));
}

const luaL_Reg luax_provider_edits[] = {{"set_inventories", set_inventories},
                                        {"set_inventory", set_inventory},
                                        {"set_traits", set_traits},
                                        {"set_aggregates", set_aggregates},
                                        {"update", provider_update},
                                        {"delete", provider_delete},
                                        {NULL, NULL}};
