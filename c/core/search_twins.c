/* search_twins.c - of choices that only differ by interchangeable providers, the first stands for
 * all.  Two siblings are interchangeable when their subtrees are equal child by child in all that
 * can be seen: inventories, usage, traits, aggregates.
 *
 * Variables of one kind are chosen side by side, places ascending (a run).  Before a run, two
 * interchangeable siblings are still alike when the same was chosen in both, place by place.  Of
 * such a pair the elder must get at least as much of the run as the younger, comparing place by
 * place: that leaves exactly one of every set of answers that swaps turn into each other.
 *
 * Twin groups that split a class are chosen in several steps, among those of other twins.  They
 * keep one order: by their homes, then by their sets, those of a class one after another.  Of all
 * answers that swaps of providers and of groups turn into each other, the very first keeps it. */
#include <string.h>

#include "core/search_private.h"

static bool same_refs(const berth_refs *a, const berth_refs *b) {
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof *a->items) == 0);
}

static bool same_stock(const berth_stock *a, const berth_stock *b) {
    const berth_inventory *x = &a->inventory, *y = &b->inventory;
    return a->rclass == b->rclass && a->used == b->used && a->capacity == b->capacity &&
           x->total == y->total && x->reserved == y->reserved && x->min_unit == y->min_unit &&
           x->max_unit == y->max_unit && x->step_size == y->step_size &&
           x->allocation_ratio >= y->allocation_ratio && x->allocation_ratio <= y->allocation_ratio;
}

static bool same_content(const berth_provider *a, const berth_provider *b) {
    if (a->nstocks != b->nstocks) return false;
    for (size_t i = 0; i < a->nstocks; i++)
        if (!same_stock(&a->stocks[i], &b->stocks[i])) return false;
    return same_refs(&a->traits, &b->traits) && same_refs(&a->aggregates, &b->aggregates);
}

/* Equal child by child: in pre-order, equal places with subtrees of equal length. */
static bool same_subtree(const berth_search *s, uint32_t a, uint32_t b) {
    uint32_t length = s->locals[a].end - a;
    if (s->locals[b].end - b != length) return false;
    for (uint32_t i = 0; i < length; i++) {
        const search_local *x = &s->locals[a + i], *y = &s->locals[b + i];
        if (x->end - a != y->end - b || !same_content(x->provider, y->provider)) return false;
    }
    return true;
}

/* The nearest older sibling that the local is interchangeable with. */
static uint32_t find_elder(const berth_search *s, uint32_t at) {
    const search_local *l = &s->locals[at];
    if (at < s->nown) {
        uint32_t older = l->older;
        while (older != SEARCH_NOWHERE && !same_subtree(s, older, at))
            older = s->locals[older].older;
        return older;
    }
    /* sharing providers of another tree, as long as they are leaves */
    const berth_provider *p = l->provider;
    if (p->parent == BERTH_NONE || p->first_child != BERTH_NONE) return SEARCH_NOWHERE;
    for (uint32_t i = at; i-- > s->nown;) {
        const berth_provider *q = s->locals[i].provider;
        if (q->parent == p->parent && q->first_child == BERTH_NONE && same_content(p, q)) return i;
    }
    return SEARCH_NOWHERE;
}

static uint32_t elder_of(berth_search *s, uint32_t at) {
    search_local *l = &s->locals[at];
    if (!l->elder_known) {
        l->elder = find_elder(s, at);
        l->elder_known = true;
    }
    return l->elder;
}

/* Was the same chosen in both subtrees before the run of this kind? */
static bool alike(const berth_search *s, const search_var *var, uint32_t a, uint32_t b) {
    const uint32_t *counts = s->counts + var->kind * s->cap_locals;
    uint64_t mark = var->split == NULL ? var->mark : 0; /* pieces enter bags only as a set */
    uint32_t length = s->locals[a].end - a;
    for (uint32_t i = 0; i < length; i++) {
        uint64_t x = s->locals[a + i].bag - counts[a + i] * mark;
        uint64_t y = s->locals[b + i].bag - counts[b + i] * mark;
        if (x != y) return false;
    }
    return true;
}

/* Would one more at `at`, in the subtree of `younger`, give it more of the run than its elder? */
static bool overtakes(const berth_search *s, const search_var *var, uint32_t elder,
                      uint32_t younger, uint32_t at) {
    const uint32_t *counts = s->counts + var->kind * s->cap_locals;
    for (uint32_t i = 0; younger + i < at; i++)
        if (counts[elder + i] != counts[younger + i])
            return counts[elder + i] < counts[younger + i];
    return counts[elder + (at - younger)] < counts[at] + 1;
}

bool search_is_first(berth_search *s, const search_var *var, uint32_t at) {
    search_know_shape(s);
    for (uint32_t top = at; top != SEARCH_NOWHERE; top = s->locals[top].up) {
        uint32_t elder = elder_of(s, top);
        if (elder == SEARCH_NOWHERE || !alike(s, var, elder, top)) continue;
        if (overtakes(s, var, elder, top, at)) return false;
    }
    return true;
}

/* Of two twins, was the same chosen for both variables? */
static bool same_choice(const search_var *a, const search_var *b) {
    if (a->split == NULL) return a->chosen == b->chosen;
    if (a->split->size != b->split->size) return false;
    size_t bytes = a->split->size * sizeof *a->split->places;
    return memcmp(a->split->places, b->split->places, bytes) == 0;
}

bool search_is_before_twin(const berth_search *s, const search_var *var, size_t n) {
    if (!var->follows) return false;
    for (const search_var *u = s->vars; u < var; u++)
        if (u->g == var->g && !same_choice(u, u - 1)) return false;
    const search_split *split = var->split, *twin = (var - 1)->split;
    if (split->size != twin->size) return split->size < twin->size;
    for (size_t i = 0; i < n; i++)
        if (split->places[i] != twin->places[i]) return split->places[i] < twin->places[i];
    return false;
}
