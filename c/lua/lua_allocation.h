/* lua_allocation.h - the allocation's userdata and what the verbs on consumers share.
 * Uses lua_store.h. */
#ifndef BERTH_LUA_ALLOCATION_H
#define BERTH_LUA_ALLOCATION_H

#include "lua/lua_store.h"

/* All that one consumer holds, by the consumer's name.  User value 1: the store. */
typedef struct luax_allocation {
    luax_store *owner;
    uint64_t tx;    /* transaction it was got from: part of it while that is open */
    berth_ref hint; /* where the consumer was last seen */
    size_t len;
    char consumer[]; /* len bytes and a NUL */
} luax_allocation;

/* NULL when it holds nothing (any more). [-0, +0, -] */
const berth_consumer *luax_resolve_consumer(const berth_state *state, luax_allocation *handle,
                                            berth_ref *ref);
/* BERTH_ENOTFOUND with field "consumer". */
berth_rc luax_allocation_gone(const luax_allocation *self, berth_err *err);

/* allocation:move(request) -> true | nil, err; defined in lua_place.c */
int luax_allocation_move(lua_State *L);

#endif
