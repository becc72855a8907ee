/* lua_simulation.h - claims made in the state in memory and undone: nothing is written, no other
 * writer waits, and a read-only store can be asked too. */
#ifndef BERTH_LUA_SIMULATION_H
#define BERTH_LUA_SIMULATION_H

#include "core/text.h"
#include "lua/lua_store.h"

/* Its own changes, or those behind the mark of the transaction that the call stands in. */
typedef struct luax_simulation {
    berth_txn own, *txn;
    size_t mark;
    char consumer[BERTH_UUID_BYTES + 1]; /* one that nobody else has */
} luax_simulation;

/* Errors: BERTH_EIO without randomness; nothing is begun then. [-0, +0, -] */
berth_rc luax_simulation_begin(luax_call *call, luax_simulation *simulation);
/* Undoes it all. [-0, +0, -] */
void luax_simulation_end(luax_simulation *simulation);

#endif
