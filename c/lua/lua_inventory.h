/* lua_inventory.h - inventories as Lua says them: {CLASS = total} or {CLASS = {six fields}}.
 * Uses lua_store.h. */
#ifndef BERTH_LUA_INVENTORY_H
#define BERTH_LUA_INVENTORY_H

#include "lua/lua_store.h"

typedef struct luax_stock {
    berth_text rclass;
    berth_inventory inventory;
} luax_stock;

typedef struct luax_stocks {
    luax_stock *items;
    size_t count;
} luax_stocks;

/* Read the value at the top of the stack into a berth_inventory, a luax_stocks. [-0, +0, v] */
void luax_read_inventory(luax_reader *r, void *into);
void luax_read_inventories(luax_reader *r, void *into);

/* Classes looked up, in arena memory.  Errors: BERTH_ENOTFOUND, BERTH_ENOMEM. */
berth_rc luax_resolve_stocks(berth_arena *arena, const berth_state *state,
                             const luax_stocks *stocks, const berth_inventory_spec **out,
                             berth_err *err);

/* A table of the six fields. [-0, +1, m] */
void luax_push_inventory(lua_State *L, const berth_inventory *inventory);

#endif
