/* lua_process.c - berth.core.outgrow(): what a program asks of its own process, never a library of
 * its host's. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>

#include "lua/luax.h"

/* outgrow(): a write beyond the process's file size limit fails from now on, as on a full disk,
 * where it would have killed the process. */
static int process_outgrow(lua_State *L) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    luax_max_args(L, 0);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
    return 0;
}

void luax_open_process(lua_State *L) {
    lua_pushcfunction(L, process_outgrow);
    lua_setfield(L, -2, "outgrow");
}
