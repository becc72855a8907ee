/* lua_judge.h - the one place where the verbs meet the policies of their store. */
#ifndef BERTH_LUA_JUDGE_H
#define BERTH_LUA_JUDGE_H

#include "core/place.h"
#include "policy/decision.h"
#include "lua/lua_store.h"

/* NULL: no policy is loaded. [-0, +0, -] */
const berth_judge *luax_judge(const luax_store *owner);
/* The value at `list` as open{policies=} takes it: all are loaded or none.  `store` is where the
 * store's userdata stands. [-0, +0, v] */
berth_rc luax_judge_open(lua_State *L, luax_store *owner, int store, int list, berth_err *err);
/* What the store's policies decided; NULL: there are none. [-0, +0, -] */
berth_decisions *luax_decisions_of(const luax_store *owner);
/* [-0, +0, -] */
void luax_judge_free(luax_store *owner);

#endif
