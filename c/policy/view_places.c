/* view_places.c - see view_places.h. */
#include "policy/view_places.h"

#include <string.h>

#include "core/capacity.h"

void berth_places_init(berth_places *places, berth_mem mem) {
    *places = (berth_places){.mem = mem};
}

static void forget_members(berth_places *places) {
    berth_free(&places->mem, places->members, places->nmembers * sizeof *places->members);
    berth_free(&places->mem, places->start, (places->naggregates + 1) * sizeof *places->start);
    places->members = NULL;
    places->start = NULL;
    places->nmembers = places->naggregates = 0;
    places->state = NULL;
}

void berth_places_free(berth_places *places) {
    forget_members(places);
    berth_capacity_forget(places);
    berth_free(&places->mem, places->seen, places->cap_seen * sizeof *places->seen);
    berth_places_init(places, places->mem);
}

/* --- aggregates -------------------------------------------------------------------------- */

/* A member whose root is one too comes with the root's tree. */
static bool comes_with_root(const berth_state *state, const berth_provider *p, berth_ref a) {
    return p->root != p->ref && berth_refs_have(&state->providers[p->root]->aggregates, a);
}

/* Counts members into start[a + 1], or with `fill` puts them where start[a] says, moving it. */
static void walk_members(berth_places *places, const berth_state *state, bool fill) {
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        for (size_t j = 0; p && j < p->aggregates.count; j++) {
            berth_ref a = p->aggregates.items[j];
            if (comes_with_root(state, p, a)) continue;
            if (fill)
                places->members[places->start[a]++] = p->ref;
            else
                places->start[a + 1]++;
        }
    }
}

static berth_rc list_members(berth_places *places, const berth_state *state) {
    if (places->state == state && places->topology == state->topology) return BERTH_OK;
    forget_members(places);
    size_t count = state->names[BERTH_NAME_AGGREGATE].count;
    places->start = berth_calloc(&places->mem, count + 1, sizeof *places->start);
    if (places->start == NULL) return BERTH_ENOMEM;
    places->naggregates = count;
    walk_members(places, state, false);
    for (size_t a = 0; a < count; a++) places->start[a + 1] += places->start[a];
    places->nmembers = places->start[count];
    places->members = berth_calloc(&places->mem, places->nmembers, sizeof *places->members);
    if (places->members == NULL) {
        places->nmembers = 0;
        forget_members(places);
        return BERTH_ENOMEM;
    }
    walk_members(places, state, true); /* start[a] is now where a + 1 begins */
    memmove(places->start + 1, places->start, count * sizeof *places->start);
    places->start[0] = 0;
    places->state = state;
    places->topology = state->topology;
    return BERTH_OK;
}

/* --- walking a place --------------------------------------------------------------------- */

/* The providers of a place other than the fleet, one by one; none for a place that is none. */
typedef struct walk {
    const berth_state *state;
    berth_ref next; /* BERTH_NONE: go on with the next item, or end */
    berth_ref top;  /* of the subtree that next is in; BERTH_NONE: next stands alone */
    const berth_ref *items, *last; /* of an aggregate */
} walk;

static berth_rc walk_begin(walk *w, berth_places *places, const berth_state *state,
                           berth_place_at at) {
    *w = (walk){.state = state, .next = at.ref, .top = BERTH_NONE};
    if (at.kind == BERTH_PLACE_SUBTREE) w->top = at.ref;
    if (at.kind != BERTH_PLACE_AGGREGATE) return BERTH_OK;
    w->next = BERTH_NONE;
    berth_rc rc = at.ref == BERTH_NONE ? BERTH_OK : list_members(places, state);
    if (rc == BERTH_OK && at.ref >= 0 && (size_t)at.ref < places->naggregates) {
        w->items = places->members + places->start[at.ref];
        w->last = places->members + places->start[at.ref + 1];
    }
    return rc;
}

berth_ref berth_places_below(const berth_state *state, berth_ref top, const berth_provider *p) {
    if (p->first_child != BERTH_NONE) return p->first_child;
    while (p->ref != top) {
        if (p->next_sibling != BERTH_NONE) return p->next_sibling;
        p = state->providers[p->parent];
    }
    return BERTH_NONE;
}

static const berth_provider *walk_next(walk *w) {
    while (w->next == BERTH_NONE && w->items != w->last) { /* a root brings its tree */
        const berth_provider *member = berth_state_provider(w->state, *w->items++);
        if (member == NULL) continue;
        w->next = member->ref;
        w->top = member->parent == BERTH_NONE ? member->ref : BERTH_NONE;
    }
    const berth_provider *p = berth_state_provider(w->state, w->next);
    if (p != NULL)
        w->next = w->top == BERTH_NONE ? BERTH_NONE : berth_places_below(w->state, w->top, p);
    return p;
}

/* --- sums -------------------------------------------------------------------------------- */

static bool matches(const berth_consumer *c, berth_usage_key key) {
    return (key.project == BERTH_ANY || key.project == c->project) &&
           (key.user == BERTH_ANY || key.user == c->user) &&
           (key.type == BERTH_ANY || key.type == c->type);
}

static bool anybody(berth_usage_key key) {
    return key.project == BERTH_ANY && key.user == BERTH_ANY && key.type == BERTH_ANY;
}

berth_rc berth_places_usage(berth_places *places, berth_state *state, berth_place_at at,
                            berth_usage_key key, berth_ref rclass, berth_place_sum *out) {
    *out = (berth_place_sum){0, 1};
    if (at.kind == BERTH_PLACE_FLEET) {
        out->value = berth_usage_sum(state, key, rclass);
        return BERTH_OK;
    }
    walk w;
    berth_rc rc = walk_begin(&w, places, state, at);
    const berth_provider *p;
    while (rc == BERTH_OK && (p = walk_next(&w)) != NULL) {
        const berth_stock *stock = berth_provider_stock(p, rclass);
        out->work++;
        if (anybody(key) || stock == NULL || stock->used == 0) {
            out->value += stock ? stock->used : 0;
            continue;
        }
        for (int32_t i = p->first_allocation; i >= 0; i = state->allocations[i].next_of_provider) {
            const berth_allocation *a = &state->allocations[i];
            out->work++;
            if (a->rclass == rclass && matches(&state->consumers[a->consumer], key))
                out->value += a->used;
        }
    }
    return rc;
}

/* A new round of counting, in which no consumer was seen yet. */
static berth_rc begin_round(berth_places *places, const berth_state *state) {
    if (places->cap_seen < state->nconsumers) {
        size_t cap = state->nconsumers + state->nconsumers / 2;
        berth_free(&places->mem, places->seen, places->cap_seen * sizeof *places->seen);
        places->seen = berth_calloc(&places->mem, cap, sizeof *places->seen);
        places->cap_seen = places->seen ? cap : 0;
        places->round = 0;
        if (places->seen == NULL) return BERTH_ENOMEM;
    }
    if (++places->round == 0) {
        memset(places->seen, 0, places->cap_seen * sizeof *places->seen);
        places->round = 1;
    }
    return BERTH_OK;
}

berth_rc berth_places_consumers(berth_places *places, berth_state *state, berth_place_at at,
                                berth_usage_key key, berth_place_sum *out) {
    *out = (berth_place_sum){0, 1};
    if (at.kind == BERTH_PLACE_FLEET) {
        out->value = berth_usage_consumers(state, key);
        return BERTH_OK;
    }
    walk w;
    berth_rc rc = walk_begin(&w, places, state, at);
    if (rc == BERTH_OK) rc = begin_round(places, state);
    const berth_provider *p;
    while (rc == BERTH_OK && (p = walk_next(&w)) != NULL) {
        out->work++;
        for (int32_t i = p->first_allocation; i >= 0; i = state->allocations[i].next_of_provider) {
            berth_ref consumer = state->allocations[i].consumer;
            out->work++;
            if (places->seen[consumer] == places->round) continue;
            places->seen[consumer] = places->round;
            if (matches(&state->consumers[consumer], key)) out->value++;
        }
    }
    return rc;
}

berth_rc berth_places_capacity(berth_places *places, berth_state *state, berth_place_at at,
                               berth_ref rclass, berth_place_sum *out) {
    *out = (berth_place_sum){0, 1};
    if (at.kind == BERTH_PLACE_FLEET)
        return berth_capacity_of_fleet(places, state, rclass, out);
    walk w;
    berth_rc rc = walk_begin(&w, places, state, at);
    const berth_provider *p;
    while (rc == BERTH_OK && (p = walk_next(&w)) != NULL) {
        const berth_stock *stock = berth_provider_stock(p, rclass);
        out->work++;
        if (stock && !berth_add_i64(out->value, stock->capacity, &out->value))
            out->value = INT64_MAX;
    }
    return rc;
}
