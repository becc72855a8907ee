/* view_capacity.c - how much of a class the whole fleet could hold, without walking the fleet for
 * each question: the sum is kept by tree, and only trees that were touched since are added up
 * anew.  The state says which (core/state.h, touched); when it has forgotten, all are. */
#include <string.h>

#include "core/capacity.h"
#include "policy/view_places.h"

/* What the tree under a root has; 0 where there is no such root any more. */
static int64_t tree_capacity(const berth_state *state, berth_ref root, berth_ref rclass) {
    const berth_provider *p = berth_state_provider(state, root);
    int64_t sum = 0;
    if (p == NULL || p->parent != BERTH_NONE) return 0;
    for (berth_ref at = root; at != BERTH_NONE; at = berth_places_below(state, root, p)) {
        p = berth_state_provider(state, at);
        const berth_stock *stock = berth_provider_stock(p, rclass);
        if (stock && !berth_add_i64(sum, stock->capacity, &sum)) sum = INT64_MAX;
    }
    return sum;
}

/* Amounts are never negative. */
static void replace(berth_capacity_sum *s, berth_ref root, int64_t now) {
    uint64_t before = (uint64_t)s->of_tree[root];
    if (s->low < before) s->high--;
    s->low -= before;
    s->low += (uint64_t)now;
    if (s->low < (uint64_t)now) s->high++;
    s->of_tree[root] = now;
}

/* A place for every provider that may be a root. */
static berth_rc make_room(berth_places *places, berth_capacity_sum *s, size_t count) {
    if (count <= s->ntrees) return BERTH_OK;
    size_t cap = count + count / 2;
    int64_t *of_tree = berth_realloc(&places->mem, s->of_tree, s->ntrees * sizeof *of_tree,
                                     cap * sizeof *of_tree);
    if (of_tree == NULL) return BERTH_ENOMEM;
    memset(of_tree + s->ntrees, 0, (cap - s->ntrees) * sizeof *of_tree);
    s->of_tree = of_tree;
    s->ntrees = cap;
    return BERTH_OK;
}

static void count_all(berth_capacity_sum *s, const berth_state *state) {
    memset(s->of_tree, 0, s->ntrees * sizeof *s->of_tree);
    s->low = 0;
    s->high = 0;
    for (size_t i = 0; i < state->roots.count; i++) {
        berth_ref root = state->roots.items[i];
        replace(s, root, tree_capacity(state, root, s->rclass));
    }
}

static void count_touched(berth_capacity_sum *s, const berth_state *state) {
    for (uint64_t n = s->touches; n != state->touches; n++) {
        berth_ref root = state->touched[n % BERTH_TOUCHED];
        if (root < 0 || (size_t)root >= s->ntrees) continue; /* it came and went */
        replace(s, root, tree_capacity(state, root, s->rclass));
    }
}

/* The class's sum, true or to be made true; the oldest gives way to a new one. */
static berth_capacity_sum *sum_of(berth_places *places, berth_ref rclass, bool *fresh) {
    for (size_t i = 0; i < places->nsums; i++)
        if (places->sums[i].rclass == rclass) return &places->sums[i];
    *fresh = true;
    if (places->nsums < BERTH_CAPACITY_SUMS) return &places->sums[places->nsums++];
    return &places->sums[places->next_sum++ % BERTH_CAPACITY_SUMS];
}

berth_rc berth_capacity_of_fleet(berth_places *places, const berth_state *state, berth_ref rclass,
                                 berth_place_sum *out) {
    bool fresh = places->counted != state;
    if (fresh) berth_capacity_forget(places);
    places->counted = state;
    berth_capacity_sum *s = sum_of(places, rclass, &fresh);
    s->rclass = rclass;
    /* a price that depends on the fleet alone, not on what was asked before */
    *out = (berth_place_sum){0, 4 + (int64_t)(state->live_providers / 16)};
    if (make_room(places, s, state->nproviders) != BERTH_OK) {
        berth_capacity_forget(places);
        return BERTH_ENOMEM;
    }
    if (fresh || state->touches - s->touches > BERTH_TOUCHED)
        count_all(s, state);
    else
        count_touched(s, state);
    s->touches = state->touches;
    out->value = s->high > 0 || s->low > INT64_MAX ? INT64_MAX : (int64_t)s->low;
    return BERTH_OK;
}

void berth_capacity_forget(berth_places *places) {
    for (size_t i = 0; i < places->nsums; i++) {
        berth_capacity_sum *s = &places->sums[i];
        berth_free(&places->mem, s->of_tree, s->ntrees * sizeof *s->of_tree);
        *s = (berth_capacity_sum){.rclass = BERTH_NONE};
    }
    places->nsums = 0;
    places->counted = NULL;
}
