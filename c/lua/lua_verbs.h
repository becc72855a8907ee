/* lua_verbs.h - the verbs that stores and transactions share, each defined beside its noun.
 * Every one takes a store or a transaction as argument 1. */
#ifndef BERTH_LUA_VERBS_H
#define BERTH_LUA_VERBS_H

#include "lua/luax.h"

/* lua_names.c */
int luax_create_trait(lua_State *L);
int luax_delete_trait(lua_State *L);
int luax_traits(lua_State *L);
int luax_create_resource_class(lua_State *L);
int luax_delete_resource_class(lua_State *L);
int luax_resource_classes(lua_State *L);
/* lua_providers.c */
int luax_create_provider(lua_State *L);
int luax_provider_of(lua_State *L);
/* lua_listing.c */
int luax_providers(lua_State *L);
/* lua_allocate.c */
int luax_allocate(lua_State *L);
int luax_release(lua_State *L);
int luax_reshape(lua_State *L);
/* lua_allocation.c */
int luax_allocation_of(lua_State *L);
/* lua_usage.c */
int luax_usages(lua_State *L);
/* lua_place.c */
int luax_place(lua_State *L);
/* lua_candidates.c */
int luax_candidates_of(lua_State *L);
/* lua_explain.c */
int luax_explain(lua_State *L);
/* lua_capacity.c */
int luax_capacity(lua_State *L);

extern const luaL_Reg luax_verbs[]; /* all of the above by name; NULL-terminated */

#endif
