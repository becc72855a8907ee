/* lua_policy.h - a store's verbs on policies, for its table of methods. */
#ifndef BERTH_LUA_POLICY_H
#define BERTH_LUA_POLICY_H

#include "lua/lua_judge.h"

int luax_load_policy(lua_State *L);
int luax_load_policies(lua_State *L);
int luax_unload_policy(lua_State *L);
int luax_policies(lua_State *L);
int luax_decisions(lua_State *L);
int luax_as(lua_State *L);

/* The admit policies' verdict on allocations that a verb wrote without a search; they are in the
 * state already.  Errors: as berth_policies_admit. [-0, +0, -] */
berth_rc luax_judge_allocations(const luax_store *owner, const berth_allocation_spec *specs,
                                size_t count, berth_err *err);

#endif
