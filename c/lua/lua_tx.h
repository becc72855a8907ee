/* lua_tx.h - the transaction's userdata and how a store makes one.  Uses lua_store.h. */
#ifndef BERTH_LUA_TX_H
#define BERTH_LUA_TX_H

#include "lua/lua_store.h"

/* A point in the transaction to go back to; live while it is on its transaction's stack. */
typedef struct luax_mark {
    uint64_t id;
    size_t changes;
} luax_mark;

/* Open while owner->tx is its number.  User value 1: the store. */
typedef struct luax_tx {
    luax_store *owner;
    uint64_t number; /* 0: never begun */
    luax_mark *marks; /* owned; savepoints, innermost last */
    size_t nmarks, cap_marks;
    uint64_t ids;
} luax_tx;

/* store:begin() -> transaction | nil, err */
int luax_begin(lua_State *L);
/* store:transaction(fn) -> what fn returns | nil, err */
int luax_transaction(lua_State *L);

#endif
