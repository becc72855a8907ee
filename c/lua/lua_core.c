/* lua_core.c - the module berth.core: every noun's opener in turn, and the version.  The only
 * symbol that leaves the shared object. */
#include "lua/luax.h"

#if defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

EXPORT int luaopen_berth_core(lua_State *L);

int luaopen_berth_core(lua_State *L) {
    luaL_checkversion(L);
    lua_newtable(L);
    luax_set_text(L, "version", BERTH_VERSION);
    luax_open_error(L);
    luax_open_store(L);
    luax_open_tx(L);
    luax_open_provider(L);
    luax_open_listing(L);
    luax_open_allocation(L);
    luax_open_request(L);
    luax_open_candidates(L);
    luax_open_lines(L);
    luax_open_clock(L);
    luax_open_sandbox(L);
    return 1;
}
