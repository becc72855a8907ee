/* lua_provider.h - what the two halves of the provider's methods share.  Uses lua_store.h. */
#ifndef BERTH_LUA_PROVIDER_H
#define BERTH_LUA_PROVIDER_H

#include "lua/lua_store.h"

extern const luaL_Reg luax_provider_edits[]; /* NULL-terminated */

/* BERTH_ENOTFOUND with field "provider". */
berth_rc luax_provider_gone(const luax_provider *self, berth_err *err);

#endif
