/* lua_candidates.h - the userdata of a search under way and of one candidate.  Uses lua_store.h. */
#ifndef BERTH_LUA_CANDIDATES_H
#define BERTH_LUA_CANDIDATES_H

#include "core/search.h"
#include "lua/lua_store.h"

/* A way to satisfy a request, copied out of its search.  User values: 1 the store, 2 the search,
 * which owns the shape. */
typedef struct luax_candidate {
    luax_store *owner;
    uint64_t tx;             /* transaction it was got from */
    bool in_tx;              /* one was open: nothing of it means anything once that is undone */
    uint64_t undone;
    berth_candidate *value;  /* owned; NULL only while it is being made */
    size_t size;
    bool has_score;
    double score;
} luax_candidate;

/* Does it still name what it named?  Errors: BERTH_ESTALE. [-0, +0, -] */
berth_rc luax_candidate_check(const luax_candidate *self, berth_err *err);

/* lua_summaries.c: summaries() -> {[provider uuid] = {name, parent, root, generation, traits,
 * resources}} of all providers of every tree that the candidate takes from | nil, err */
int luax_candidate_summaries(lua_State *L);

/* Ends all searches of a store that is about to close. [-0, +0, -] */
void luax_close_searches(luax_store *owner);

#endif
