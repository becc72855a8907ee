/* lua_policy_kit.h - lets the ledger of lines, when there is one, watch a fresh set of policies. */
#ifndef BERTH_LUA_POLICY_KIT_H
#define BERTH_LUA_POLICY_KIT_H

#include <lua.h>

#include "policy/host.h"

/* Once per set, before anything is loaded. [-0, +0, -] */
void luax_kit_watch(lua_State *L, berth_policies *policies);

#endif
