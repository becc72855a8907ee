/* lua_changes.h - changes as tables: the feed of what was committed, and a transaction's diff.
 * Uses lua_store.h. */
#ifndef BERTH_LUA_CHANGES_H
#define BERTH_LUA_CHANGES_H

#include "lua/lua_store.h"

/* Pushes the array of the open transaction's changes, or nil and an error; returns how many
 * results.  The store's userdata stands at `store_index`, the options {exact=} or nil at `arg`.
 * [-0, +(1|2), v] */
int luax_push_diff(lua_State *L, luax_store *owner, int store_index, int arg);
/* store:changes(since, limit, {exact=}) -> array of {sequence=, changes=} | nil, err */
int luax_changes(lua_State *L);

/* --- what refs were called (lua_change_names.c) ------------------------------------------ */

/* Refs of consumers are used again, and names go: what a ref in an old change meant is told by
 * the changes around it, and by the state only where those are silent.  Everything is copied to
 * the arena, in three steps: note all changes in order, finish, ask. */
typedef struct luax_epithet {
    int kind; /* berth_name_kind, or one of the two below */
    berth_ref ref;
    size_t from, until; /* changes numbered from .. until - 1 */
    const char *text;
} luax_epithet;

enum { LUAX_OF_PROVIDER = BERTH_NAME_KINDS, LUAX_OF_CONSUMER };

typedef struct luax_epithets {
    berth_arena *arena;
    const berth_state *state; /* borrowed; not touched after the asking */
    luax_epithet *items;      /* grown in the arena; by kind, ref, from once finished */
    size_t count, cap;
    size_t changes; /* noted so far */
    bool failed;    /* memory ran out */
} luax_epithets;

void luax_epithets_note(luax_epithets *names, const berth_change *change);
void luax_epithets_finish(luax_epithets *names);
/* What the ref meant at change number `at`; "" when nobody knows. */
const char *luax_epithet_of(luax_epithets *names, int kind, berth_ref ref, size_t at);

#endif
