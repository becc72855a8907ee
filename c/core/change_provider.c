/* change_provider.c - providers appear, are renamed, move between trees and go (change.h). */
#include <string.h>

#include "core/change_private.h"
#include "core/state_private.h"

/* Fresh at the end of the table, or the one that an inverse brings back. NULL without memory. */
static berth_provider *make_room(berth_state *state, berth_ref ref) {
    if ((size_t)ref < state->nproviders && state->providers[ref] != NULL)
        return state->providers[ref];
    if ((size_t)ref >= state->cap_providers) {
        size_t cap = state->cap_providers * 2 > (size_t)ref + 1 ? state->cap_providers * 2
                                                                : (size_t)ref + 1;
        if (cap < 64) cap = 64;
        void *items = berth_realloc(&state->mem, state->providers,
                                    state->cap_providers * sizeof *state->providers,
                                    cap * sizeof *state->providers);
        if (items == NULL) return NULL;
        state->providers = items;
        state->cap_providers = cap;
    }
    berth_provider *p = berth_calloc(&state->mem, 1, sizeof *p);
    if (p == NULL) return NULL;
    p->ref = ref;
    p->first_allocation = -1;
    for (; state->nproviders <= (size_t)ref; state->nproviders++)
        state->providers[state->nproviders] = NULL;
    state->providers[ref] = p;
    return p;
}

static void forget_members(berth_state *state, berth_ref root) {
    state->providers[root]->members_known = false;
}

/* Puts the provider among its parent's children, or among the roots, in order of creation. */
static void attach(berth_state *state, berth_provider *p, berth_ref parent) {
    p->parent = parent;
    p->prev_sibling = p->next_sibling = BERTH_NONE;
    if (parent == BERTH_NONE) {
        berth_refs_put(&state->roots, p->ref);
        return;
    }
    berth_provider *up = state->providers[parent];
    berth_ref after = up->last_child;
    while (after != BERTH_NONE && after > p->ref) after = state->providers[after]->prev_sibling;
    p->prev_sibling = after;
    p->next_sibling = after == BERTH_NONE ? up->first_child : state->providers[after]->next_sibling;
    if (after == BERTH_NONE)
        up->first_child = p->ref;
    else
        state->providers[after]->next_sibling = p->ref;
    if (p->next_sibling == BERTH_NONE)
        up->last_child = p->ref;
    else
        state->providers[p->next_sibling]->prev_sibling = p->ref;
}

static void detach(berth_state *state, berth_provider *p) {
    if (p->parent == BERTH_NONE) {
        berth_refs_drop(&state->roots, p->ref);
        return;
    }
    berth_provider *up = state->providers[p->parent];
    if (p->prev_sibling == BERTH_NONE)
        up->first_child = p->next_sibling;
    else
        state->providers[p->prev_sibling]->next_sibling = p->next_sibling;
    if (p->next_sibling == BERTH_NONE)
        up->last_child = p->prev_sibling;
    else
        state->providers[p->next_sibling]->prev_sibling = p->prev_sibling;
}

/* The provider and all below it now belong to the tree of `root`. */
static void set_root(berth_state *state, berth_provider *top, berth_ref root) {
    berth_ref at = top->ref;
    for (;;) {
        berth_provider *p = state->providers[at];
        p->root = root;
        if (p->first_child != BERTH_NONE) {
            at = p->first_child;
            continue;
        }
        while (at != top->ref && state->providers[at]->next_sibling == BERTH_NONE)
            at = state->providers[at]->parent;
        if (at == top->ref) return;
        at = state->providers[at]->next_sibling;
    }
}

static void put_names(berth_state *state, const berth_provider_row *row, berth_ref ref) {
    berth_map_put(&state->provider_by_uuid,
                  berth_state_hash(state, row->uuid, strlen(row->uuid)), ref);
    berth_map_put(&state->provider_by_name,
                  berth_state_hash(state, row->name, strlen(row->name)), ref);
}

static void create(berth_state *state, berth_provider *p, const berth_provider_row *row) {
    memcpy(p->uuid, row->uuid, sizeof p->uuid);
    p->name = row->name;
    p->generation = row->generation;
    p->first_child = p->last_child = BERTH_NONE;
    p->alive = true;
    state->live_providers++;
    put_names(state, row, p->ref);
    attach(state, p, row->parent);
    p->root = row->parent == BERTH_NONE ? p->ref : state->providers[row->parent]->root;
    forget_members(state, p->root);
    berth_state_touch(state, p->ref);
    state->topology = state->clock;
}

/* Stands bare by now: no children, inventories, links or allocations. */
static void destroy(berth_state *state, berth_provider *p) {
    berth_state_touch(state, p->ref);
    state->topology = state->clock;
    forget_members(state, p->root);
    berth_map_remove(&state->provider_by_uuid, berth_state_hash(state, p->uuid, strlen(p->uuid)),
                     p->ref);
    berth_map_remove(&state->provider_by_name, berth_state_hash(state, p->name, strlen(p->name)),
                     p->ref);
    detach(state, p);
    p->alive = false;
    p->name = NULL;
    state->live_providers--;
}

static void rename_provider(berth_state *state, berth_provider *p, char *name) {
    if (p->name == name) return;
    berth_map_remove(&state->provider_by_name, berth_state_hash(state, p->name, strlen(p->name)),
                     p->ref);
    p->name = name;
    berth_map_put(&state->provider_by_name, berth_state_hash(state, name, strlen(name)), p->ref);
}

static void move(berth_state *state, berth_provider *p, berth_ref parent) {
    if (p->parent == parent) return;
    berth_state_touch(state, p->ref); /* the tree it leaves */
    forget_members(state, p->root);
    detach(state, p);
    attach(state, p, parent);
    set_root(state, p, parent == BERTH_NONE ? p->ref : state->providers[parent]->root);
    forget_members(state, p->root);
    berth_state_touch(state, p->ref);
    state->topology = state->clock;
}

int berth_apply_provider(berth_state *state, const berth_change *change, bool forward) {
    const berth_provider_row *to = forward ? &change->u.provider.after : &change->u.provider.before;
    berth_provider *p;
    if (forward && to->exists) {
        if (berth_map_reserve(&state->provider_by_uuid, &state->mem, 1) != 0 ||
            berth_map_reserve(&state->provider_by_name, &state->mem, 1) != 0 ||
            berth_refs_reserve(&state->roots, &state->mem) != 0)
            return -1;
        p = make_room(state, change->a);
        if (p == NULL) return -1;
    } else {
        p = state->providers[change->a];
    }
    if (!p->alive) {
        create(state, p, to);
        return 0;
    }
    if (!to->exists) {
        destroy(state, p);
        return 0;
    }
    rename_provider(state, p, to->name);
    move(state, p, to->parent);
    p->generation = to->generation;
    berth_state_touch(state, p->ref);
    return 0;
}

void berth_provider_bury(berth_state *state, berth_ref ref, bool undone) {
    berth_provider *p = state->providers[ref];
    if (p == NULL || p->alive) return;
    berth_provider_free(state, p);
    state->providers[ref] = NULL;
    if ((size_t)ref + 1 == state->nproviders && undone) state->nproviders--;
}
