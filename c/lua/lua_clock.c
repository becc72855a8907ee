/* lua_clock.c - berth.core.clock(): seconds since some fixed moment, never set back; what Lua's own
 * library lacks to measure work that waits for a disk. */
#include "lua/luax.h"
#include "policy/platform.h"

/* clock() -> seconds */
static int clock_now(lua_State *L) {
    luax_max_args(L, 0);
    lua_pushnumber(L, (lua_Number)berth_platform_now(NULL) / 1e9);
    return 1;
}

void luax_open_clock(lua_State *L) {
    lua_pushcfunction(L, clock_now);
    lua_setfield(L, -2, "clock");
}
