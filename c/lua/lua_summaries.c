/* lua_summaries.c - candidate:summaries(): what stands in the trees that a candidate takes from.
 *
 * It belongs to a candidate, not to the search: a candidate names its trees by itself and outlives
 * its search, so nothing has to be remembered while one is read, and whoever wants the summaries of
 * several candidates puts tables keyed by uuid into one. */
#include <string.h>

#include "lua/lua_candidates.h"

typedef struct summary {
    char uuid[BERTH_UUID_BYTES + 1], parent[BERTH_UUID_BYTES + 1]; /* parent "" at a root */
    char root[BERTH_UUID_BYTES + 1];
    const char *name;
    int64_t generation;
    const luax_word *traits, *classes; /* sorted */
    const berth_stock *stocks;         /* of classes[i] */
    size_t ntraits, nclasses;
} summary;

typedef struct summaries {
    summary *items;
    size_t count;
} summaries;

/* --- copying ----------------------------------------------------------------------------- */

static void copy_uuid(const berth_state *state, berth_ref ref, char to[BERTH_UUID_BYTES + 1]) {
    memcpy(to, berth_state_provider(state, ref)->uuid, BERTH_UUID_BYTES + 1);
}

/* false without memory, as the next. */
static bool copy_stocks(berth_arena *arena, const berth_state *state, const berth_provider *p,
                        summary *to) {
    berth_ref *refs = berth_arena_calloc(arena, p->nstocks + 1, sizeof *refs);
    berth_stock *stocks = berth_arena_calloc(arena, p->nstocks + 1, sizeof *stocks);
    if (refs == NULL || stocks == NULL) return false;
    for (size_t i = 0; i < p->nstocks; i++) refs[i] = p->stocks[i].rclass;
    to->classes = luax_copy_words(arena, state, BERTH_NAME_CLASS, refs, p->nstocks);
    if (to->classes == NULL) return false;
    for (size_t i = 0; i < p->nstocks; i++)
        stocks[i] = *berth_provider_stock(p, to->classes[i].ref);
    to->stocks = stocks;
    to->nclasses = p->nstocks;
    return true;
}

static bool copy_provider(berth_arena *arena, const berth_state *state, const berth_provider *p,
                          summary *to) {
    copy_uuid(state, p->ref, to->uuid);
    copy_uuid(state, p->root, to->root);
    if (p->parent != BERTH_NONE) copy_uuid(state, p->parent, to->parent);
    to->generation = p->generation;
    to->name = berth_arena_text(arena, p->name, strlen(p->name));
    to->traits = luax_copy_words(arena, state, BERTH_NAME_TRAIT, p->traits.items, p->traits.count);
    to->ntraits = p->traits.count;
    return to->name != NULL && to->traits != NULL && copy_stocks(arena, state, p, to);
}

/* The roots of the trees that something is taken from, distinct.  Takes are by provider, and those
 * of one tree need not follow each other. */
static size_t roots_of(const berth_state *state, const berth_candidate *c, berth_ref *roots) {
    size_t count = 0;
    for (size_t i = 0; i < c->ntakes; i++) {
        berth_ref root = berth_state_provider(state, c->takes[i].provider)->root;
        size_t at = 0;
        while (at < count && roots[at] != root) at++;
        if (at == count) roots[count++] = root;
    }
    return count;
}

static berth_rc copy_trees(luax_call *call, berth_state *state, const berth_candidate *c,
                           summaries *out) {
    berth_arena *arena = &call->scratch->arena;
    berth_ref *roots = berth_arena_calloc(arena, c->ntakes + 1, sizeof *roots);
    if (roots == NULL) return berth_fail_memory(&call->err);
    size_t nroots = roots_of(state, c, roots), total = 0;
    for (size_t i = 0; i < nroots; i++) {
        const berth_refs *members = berth_tree_members(state, roots[i]);
        if (members == NULL) return berth_fail_memory(&call->err);
        total += members->count;
    }
    *out = (summaries){berth_arena_calloc(arena, total + 1, sizeof *out->items), 0};
    if (out->items == NULL) return berth_fail_memory(&call->err);
    for (size_t i = 0; i < nroots; i++) {
        const berth_refs *members = berth_tree_members(state, roots[i]);
        for (size_t j = 0; members != NULL && j < members->count; j++) {
            const berth_provider *p = berth_state_provider(state, members->items[j]);
            if (!copy_provider(arena, state, p, &out->items[out->count++]))
                return berth_fail_memory(&call->err);
        }
    }
    return BERTH_OK;
}

/* --- pushing ----------------------------------------------------------------------------- */

/* {CLASS = {capacity =, used =}} */
static void push_resources(lua_State *L, const summary *s) {
    lua_createtable(L, 0, (int)s->nclasses);
    for (size_t i = 0; i < s->nclasses; i++) {
        lua_createtable(L, 0, 2);
        luax_set_integer(L, "capacity", s->stocks[i].capacity);
        luax_set_integer(L, "used", s->stocks[i].used);
        lua_setfield(L, -2, s->classes[i].text);
    }
}

static void push_summary(lua_State *L, const summary *s) {
    lua_createtable(L, 0, 6);
    luax_set_text(L, "name", s->name);
    luax_set_text(L, "parent", s->parent[0] != '\0' ? s->parent : NULL);
    luax_set_text(L, "root", s->root);
    luax_set_integer(L, "generation", s->generation);
    luax_push_words(L, s->traits, s->ntraits);
    lua_setfield(L, -2, "traits");
    push_resources(L, s);
    lua_setfield(L, -2, "resources");
}

int luax_candidate_summaries(lua_State *L) {
    const luax_candidate *self = luax_check(L, 1, &luax_candidate_class);
    luax_call call;
    luax_call_open_handle(L, &call, 1, self->owner, self->tx);
    berth_state *state = luax_call_read(&call);
    if (state == NULL || luax_candidate_check(self, &call.err) != BERTH_OK)
        return luax_call_fail(&call);
    summaries all = {NULL, 0};
    if (copy_trees(&call, state, self->value, &all) != BERTH_OK) return luax_call_fail(&call);
    lua_createtable(L, 0, (int)all.count);
    for (size_t i = 0; i < all.count; i++) {
        push_summary(L, &all.items[i]);
        lua_setfield(L, -2, all.items[i].uuid);
    }
    luax_call_done(&call);
    return 1;
}
