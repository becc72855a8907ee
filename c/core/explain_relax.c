/* explain_relax.c - which single condition, made weaker, gives a candidate; see explain.h.
 * Every relaxation told was found by a search with it. */
#include <stdlib.h>
#include <string.h>

#include "core/capacity.h"
#include "core/err.h"
#include "core/explain_private.h"

/* Distinct sums of what other groups may take beside an amount; beyond these none are looked at. */
#define SUMS_MAX 1024
/* Amounts tried one by one in one tree where any may do. */
#define SPLIT_TRIES 4096

typedef struct relaxing {
    explaining *ex;
    berth_relaxation *found;
    size_t count, cap;
} relaxing;

static berth_rc keep(relaxing *r, const berth_relaxation *relaxation) {
    if (r->count == r->cap) {
        size_t cap = r->cap < 8 ? 8 : r->cap * 2;
        berth_relaxation *grown = berth_arena_alloc(&r->ex->out->arena, cap * sizeof *grown);
        if (grown == NULL) return berth_fail_memory(r->ex->err);
        if (r->count > 0) memcpy(grown, r->found, r->count * sizeof *grown);
        r->found = grown;
        r->cap = cap;
    }
    r->found[r->count++] = *relaxation;
    return BERTH_OK;
}

/* --- without a condition ------------------------------------------------------------------ */

static berth_rc try_drop(relaxing *r, const berth_relaxation *relaxation) {
    part p = {.groups = NULL};
    bool fits = false;
    berth_rc rc = part_relaxed(r->ex, relaxation, &p);
    if (rc == BERTH_OK) rc = part_fits_any(r->ex, &p, &fits);
    part_free(&p);
    return rc == BERTH_OK && fits ? keep(r, relaxation) : rc;
}

/* A required set goes as a whole, a forbidden one name by name. */
static berth_rc try_names(relaxing *r, const berth_step *step, const berth_ref_condition *c) {
    berth_relaxation relaxation = {
        .kind = step->kind, .group = step->group, .item = step->item, .name = BERTH_NONE};
    if (!c->forbidden) return try_drop(r, &relaxation);
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < c->count; i++) {
        relaxation.name = c->refs[i];
        rc = try_drop(r, &relaxation);
    }
    return rc;
}

/* --- less of a class ---------------------------------------------------------------------- */

/* A tree and the most of the class that anyone there could give. */
typedef struct bound {
    berth_ref root;
    int64_t most;
} bound;

static int by_most(const void *a, const void *b) {
    const bound *x = a, *y = b;
    if (x->most != y->most) return x->most < y->most ? 1 : -1;
    return (x->root > y->root) - (x->root < y->root);
}

static int by_amount(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y); /* descending */
}

/* What the other groups may take of the class on the same provider: all sums of their amounts. */
static size_t other_sums(const berth_shape *shape, size_t group, berth_ref rclass,
                         int64_t sums[SUMS_MAX]) {
    size_t count = 1;
    sums[0] = 0;
    for (size_t g = 0; g < shape->ngroups; g++)
        for (size_t i = 0; g != group && i < shape->groups[g].nresources; i++) {
            const berth_shape_amount *a = &shape->groups[g].resources[i];
            if (a->rclass != rclass) continue;
            for (size_t j = 0, n = count; j < n && count < SUMS_MAX; j++) {
                int64_t sum;
                if (!berth_add_i64(sums[j], a->amount, &sum)) continue;
                bool known = false;
                for (size_t k = 0; !known && k < count; k++) known = sums[k] == sum;
                if (!known) sums[count++] = sum;
            }
        }
    return count;
}

static bool is_split(const berth_shape *shape, berth_ref rclass) {
    for (size_t g = 0; g < shape->ngroups; g++)
        for (size_t i = 0; i < shape->groups[g].nresources; i++)
            if (shape->groups[g].resources[i].rclass == rclass &&
                shape->groups[g].resources[i].split)
                return true;
    return false;
}

typedef struct lowering {
    relaxing *r;
    berth_relaxation relaxation;
    const berth_shape_amount *asked;
    bool split; /* by some group */
    int64_t sums[SUMS_MAX];
    size_t nsums;
    int64_t *values; /* amounts worth trying in a tree, descending */
    size_t nvalues, cap_values;
} lowering;

static berth_rc add_value(lowering *l, int64_t value) {
    if (value <= l->relaxation.to || value < 1) return BERTH_OK;
    if (l->nvalues == l->cap_values) {
        size_t cap = l->cap_values < 64 ? 64 : l->cap_values * 2;
        int64_t *grown = berth_arena_alloc(&l->r->ex->out->arena, cap * sizeof *grown);
        if (grown == NULL) return berth_fail_memory(l->r->ex->err);
        if (l->nvalues > 0) memcpy(grown, l->values, l->nvalues * sizeof *grown);
        l->values = grown;
        l->cap_values = cap;
    }
    l->values[l->nvalues++] = value;
    return BERTH_OK;
}

/* The largest amounts the provider's units allow below what is asked, whatever of the other groups
 * lies beside them: the best amount of a tree is one of these. */
static berth_rc add_values_of(lowering *l, const berth_provider *p) {
    const berth_stock *stock = berth_provider_stock(p, l->asked->rclass);
    if (stock == NULL) return BERTH_OK;
    const berth_inventory *inv = &stock->inventory;
    int64_t room = stock->capacity - stock->used;
    if (room > inv->max_unit) room = inv->max_unit;
    for (size_t i = 0; i < l->nsums; i++) {
        if (l->sums[i] >= room) continue;
        int64_t value = room - l->sums[i];
        if (value > l->asked->amount - 1) value = l->asked->amount - 1;
        value -= value % inv->step_size;
        berth_rc rc = value >= inv->min_unit ? add_value(l, value) : BERTH_OK;
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

static berth_rc list_values(lowering *l, berth_ref root) {
    const berth_state *state = l->r->ex->state;
    l->nvalues = 0;
    const berth_refs *members = berth_tree_members(l->r->ex->state, root);
    const berth_sharing *sharing = berth_sharing_get(l->r->ex->state);
    if (members == NULL || sharing == NULL) return berth_fail_memory(l->r->ex->err);
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < members->count; i++)
        rc = add_values_of(l, state->providers[members->items[i]]);
    size_t count;
    const berth_serves *serves = berth_sharing_of_anchor(sharing, root, &count);
    for (size_t i = 0; rc == BERTH_OK && i < count; i++)
        rc = add_values_of(l, state->providers[serves[i].provider]);
    if (l->nvalues > 1) qsort(l->values, l->nvalues, sizeof *l->values, by_amount);
    return rc;
}

static berth_rc try_amount(lowering *l, berth_ref root, int64_t amount, bool *fits) {
    berth_relaxation tried = l->relaxation;
    tried.to = amount;
    part p = {.groups = NULL};
    berth_rc rc = part_relaxed(l->r->ex, &tried, &p);
    if (rc == BERTH_OK) rc = part_fits(l->r->ex, &p, root, PART_ADMITTED, fits);
    part_free(&p);
    if (rc == BERTH_OK && *fits) l->relaxation.to = amount;
    return rc;
}

/* --- where any amount may do -------------------------------------------------------------- */

/* The units around a root. */
typedef struct grain {
    int64_t step; /* divides all */
    bool even;    /* all the same, and a single step is an amount: less is possible wherever more
                     is, so halving finds the most */
} grain;

static void note_grain(const berth_provider *p, berth_ref rclass, grain *g) {
    const berth_stock *stock = berth_provider_stock(p, rclass);
    if (stock == NULL) return;
    const berth_inventory *inv = &stock->inventory;
    g->even = g->even && (g->step == 0 || g->step == inv->step_size) &&
              inv->min_unit <= inv->step_size;
    g->step = berth_gcd(inv->step_size, g->step);
}

static berth_rc grain_around(lowering *l, berth_ref root, grain *out) {
    const explaining *ex = l->r->ex;
    const berth_refs *members = berth_tree_members(ex->state, root);
    const berth_sharing *sharing = berth_sharing_get(ex->state);
    if (members == NULL || sharing == NULL) return berth_fail_memory(ex->err);
    *out = (grain){0, true};
    for (size_t i = 0; i < members->count; i++)
        note_grain(ex->state->providers[members->items[i]], l->asked->rclass, out);
    size_t count;
    const berth_serves *serves = berth_sharing_of_anchor(sharing, root, &count);
    for (size_t i = 0; i < count; i++)
        note_grain(ex->state->providers[serves[i].provider], l->asked->rclass, out);
    if (out->step == 0) out->step = 1;
    return BERTH_OK;
}

/* Raises relaxation.to: halves between what does and what does not, then looks for more. */
static berth_rc lower_by_halves(lowering *l, const bound *b) {
    grain g = {1, true};
    berth_rc rc = grain_around(l, b->root, &g);
    if (rc != BERTH_OK) return rc;
    int64_t top = b->most < l->asked->amount ? b->most : l->asked->amount - 1;
    top -= top % g.step;
    bool fits = false;
    if (top > l->relaxation.to) rc = try_amount(l, b->root, top, &fits);
    if (rc != BERTH_OK || fits || top <= l->relaxation.to) return rc;
    int64_t low = l->relaxation.to / g.step, high = top / g.step;
    while (rc == BERTH_OK && high - low > 1) { /* low does, or is not better than what did */
        int64_t middle = low + (high - low) / 2;
        rc = try_amount(l, b->root, middle * g.step, &fits);
        if (fits)
            low = middle;
        else
            high = middle;
    }
    if (!l->split || (g.even && low > 0)) return rc;
    fits = false;
    int64_t amount = top - g.step;
    if (g.even) { /* too little for so many pieces as the traits and subtrees need? */
        const berth_shape *base = l->r->ex->base;
        int64_t pieces =
            (int64_t)(base->groups[l->relaxation.group].nrequired + base->nsubtrees) + 1;
        if (amount > pieces * g.step) amount = pieces * g.step;
    }
    for (int i = 0; rc == BERTH_OK && !fits && i < SPLIT_TRIES; i++, amount -= g.step) {
        if (amount <= l->relaxation.to) break;
        rc = try_amount(l, b->root, amount, &fits);
    }
    return rc;
}

/* --- in each tree ------------------------------------------------------------------------- */

/* Raises relaxation.to to what the tree can give, when that is more. */
static berth_rc lower_in(lowering *l, const bound *b) {
    const explaining *ex = l->r->ex;
    if (l->split || ex->filters || ex->admits) return lower_by_halves(l, b);
    bool fits = false;
    berth_rc rc = list_values(l, b->root);
    for (size_t i = 0; rc == BERTH_OK && !fits && i < l->nvalues; i++)
        if (i == 0 || l->values[i] != l->values[i - 1])
            rc = try_amount(l, b->root, l->values[i], &fits);
    return rc;
}

static berth_rc list_bounds(lowering *l, bound *bounds, size_t *count) {
    explaining *ex = l->r->ex;
    part widest = {.groups = NULL};
    berth_rc rc = part_widest(ex, l->relaxation.group, l->relaxation.item, &widest);
    *count = 0;
    for (size_t i = 0; rc == BERTH_OK && i < ex->state->roots.count; i++) {
        berth_widest width;
        rc = part_most(ex, &widest, ex->state->roots.items[i], l->asked->rclass, &width);
        bound b = {ex->state->roots.items[i], width.most};
        if (l->asked->split && width.together > b.most) b.most = width.together;
        if (rc == BERTH_OK && b.most > 0) bounds[(*count)++] = b;
    }
    part_free(&widest);
    if (*count > 1) qsort(bounds, *count, sizeof *bounds, by_most);
    return rc;
}

static berth_rc try_lower(relaxing *r, const berth_step *step) {
    explaining *ex = r->ex;
    berth_arena *arena = &ex->out->arena;
    lowering *l = berth_arena_alloc(arena, sizeof *l);
    bound *bounds = berth_arena_alloc(arena, ex->state->roots.count * sizeof *bounds);
    if (l == NULL || bounds == NULL) return berth_fail_memory(ex->err);
    const berth_shape_amount *asked = &ex->base->groups[step->group].resources[step->item];
    *l = (lowering){.r = r, .asked = asked, .split = is_split(ex->base, asked->rclass)};
    l->relaxation = (berth_relaxation){.kind = BERTH_STEP_ROOM,
                                       .group = step->group,
                                       .item = step->item,
                                       .name = BERTH_NONE,
                                       .from = asked->amount};
    l->nsums = other_sums(ex->base, step->group, asked->rclass, l->sums);
    size_t count;
    berth_rc rc = list_bounds(l, bounds, &count);
    for (size_t i = 0; rc == BERTH_OK && i < count && bounds[i].most > l->relaxation.to; i++) {
        if (l->relaxation.to == asked->amount - 1) break;
        rc = lower_in(l, &bounds[i]);
    }
    return rc == BERTH_OK && l->relaxation.to > 0 ? keep(r, &l->relaxation) : rc;
}

/* --- all of them -------------------------------------------------------------------------- */

static berth_rc try_step(relaxing *r, const berth_step *step) {
    const berth_shape *base = r->ex->base;
    berth_relaxation whole = {
        .kind = step->kind, .group = step->group, .item = step->item, .name = BERTH_NONE};
    switch (step->kind) {
    case BERTH_STEP_ROOT:
        return try_names(r, step, &base->root_required[step->item]);
    case BERTH_STEP_ROOM:
        return try_lower(r, step);
    case BERTH_STEP_TRAIT:
        return try_names(r, step, &base->groups[step->group].required[step->item]);
    case BERTH_STEP_AGGREGATE:
        return try_names(r, step, &base->groups[step->group].member_of[step->item]);
    case BERTH_STEP_TREE:
    case BERTH_STEP_ISOLATE:
    case BERTH_STEP_SUBTREE:
        return try_drop(r, &whole);
    case BERTH_STEP_CLASS:
    case BERTH_STEP_UNITS:
    case BERTH_STEP_TOGETHER:
    case BERTH_STEP_FILTER:
    case BERTH_STEP_ADMIT:
        break;
    }
    return BERTH_OK;
}

/* The part of what was asked that is given up; 1 for a whole condition. */
static double loss_of(const berth_relaxation *r) {
    if (r->kind != BERTH_STEP_ROOM) return 1;
    return (double)(r->from - r->to) / (double)r->from;
}

berth_rc explain_relax(explaining *ex) {
    relaxing r = {.ex = ex};
    for (size_t i = 0; i < ex->out->nsteps; i++) {
        berth_rc rc = try_step(&r, &ex->out->steps[i]);
        if (rc != BERTH_OK) return rc;
    }
    for (size_t i = 1; i < r.count; i++) { /* insertion: few, and equal ones keep their order */
        berth_relaxation moving = r.found[i];
        size_t at = i;
        for (; at > 0 && loss_of(&r.found[at - 1]) > loss_of(&moving); at--)
            r.found[at] = r.found[at - 1];
        r.found[at] = moving;
    }
    ex->out->relaxations = r.found;
    ex->out->nrelaxations = r.count;
    return BERTH_OK;
}
