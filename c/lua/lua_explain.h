/* lua_explain.h - the words of an explanation that other answers use too. */
#ifndef BERTH_LUA_EXPLAIN_H
#define BERTH_LUA_EXPLAIN_H

#include "core/explain.h"

/* "root", "tree", "class", "room", ...; static */
const char *luax_step_kind(berth_step_kind kind);

#endif
