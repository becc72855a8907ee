/* search_tree.c - one anchor: the providers around it, and which of them fit each variable by
 * themselves.  Stops at the first variable that nothing fits; see search_private.h. */
#include <string.h>

#include "core/capacity.h"
#include "core/err.h"
#include "core/search_private.h"

/* --- conditions --------------------------------------------------------------------------- */

static bool meets_all(const berth_refs *refs, const berth_ref_condition *conditions, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!berth_refs_meet(refs, &conditions[i])) return false;
    return true;
}

bool search_root_fits(const berth_search *search, const berth_provider *anchor) {
    return meets_all(&anchor->traits, search->shape->root_required, search->shape->nroot_required);
}

/* The anchor's aggregates span its tree, a child's cover the child alone; neither may be in a
 * forbidden one.  A sharing provider of another tree must qualify by itself. */
static bool aggregates_fit(const berth_shape_group *group, const berth_provider *p,
                           const berth_provider *anchor) {
    const berth_ref_condition *conditions = group->member_of;
    size_t count = group->nmember_of;
    if (count > 0 && conditions[0].forbidden) {
        if (!berth_refs_meet(&p->aggregates, conditions) ||
            !berth_refs_meet(&anchor->aggregates, conditions))
            return false;
        conditions++;
        count--;
    }
    if (meets_all(&p->aggregates, conditions, count)) return true;
    return p->root == anchor->ref && meets_all(&anchor->aggregates, conditions, count);
}

bool search_pair_fits(const berth_search *search, const berth_provider *p,
                      const berth_provider *anchor) {
    const berth_shape_group *group = &search->shape->groups[0];
    if (group->has_tree && (group->tree != p->root || group->tree != anchor->ref)) return false;
    return group->nmember_of == 0 || aggregates_fit(group, p, anchor);
}

/* --- the anchor's providers --------------------------------------------------------------- */

static berth_rc make_room(berth_search *s, size_t need, berth_err *err) {
    if (need <= s->cap_locals) return BERTH_OK;
    if (need >= SEARCH_NOWHERE / 2)
        return berth_fail(err, BERTH_ELIMIT, "a tree has too many providers to search");
    size_t cap = need < 16 ? 16 : need + need / 2;
    berth_arena *arena = &s->tree_arena;
    berth_arena_reset(arena);
    s->cap_locals = 0;
    s->locals = berth_arena_alloc(arena, cap * sizeof *s->locals);
    s->stocks = berth_arena_calloc(arena, cap * s->ncols, sizeof *s->stocks);
    s->left = berth_arena_calloc(arena, cap * s->ncols, sizeof *s->left);
    s->domains = berth_arena_calloc(arena, cap * s->nkinds, sizeof *s->domains);
    s->masks = berth_arena_calloc(arena, cap * s->nwords, sizeof *s->masks);
    s->counts = berth_arena_calloc(arena, cap * s->nkinds, sizeof *s->counts);
    s->match_of = berth_arena_calloc(arena, cap, sizeof *s->match_of);
    s->match_seen = berth_arena_calloc(arena, cap, sizeof *s->match_seen);
    s->slack = berth_arena_calloc(arena, cap, sizeof *s->slack);
    s->local_marks = berth_arena_calloc(arena, cap, sizeof *s->local_marks);
    s->edges = berth_arena_calloc(arena, cap * s->nsplits, sizeof *s->edges);
    if (s->locals == NULL || s->stocks == NULL || s->left == NULL || s->domains == NULL ||
        s->masks == NULL || s->counts == NULL || s->match_of == NULL || s->match_seen == NULL ||
        s->slack == NULL || s->local_marks == NULL || s->edges == NULL)
        return berth_fail_memory(err);
    for (size_t v = 0; v < s->nvars; v++) {
        search_var *var = &s->vars[v];
        var->domain = s->domains + var->kind * cap;
        if (var->split == NULL) continue;
        search_split *split = var->split;
        split->pieces = berth_arena_calloc(arena, cap, sizeof *split->pieces);
        split->places = berth_arena_alloc(arena, cap * sizeof *split->places);
        split->spans = berth_arena_alloc(arena, cap * sizeof *split->spans);
        split->richest = berth_arena_alloc(arena, cap * sizeof *split->richest);
        if (split->pieces == NULL || split->places == NULL || split->spans == NULL ||
            split->richest == NULL)
            return berth_fail_memory(err);
    }
    s->match_round = 0;
    s->cap_locals = cap;
    return BERTH_OK;
}

static void add_local(berth_search *s, const berth_provider *p) {
    size_t at = s->nlocals++;
    s->locals[at] = (search_local){.provider = p};
    const berth_stock **stocks = s->stocks + at * s->ncols;
    int64_t *left = s->left + at * s->ncols;
    size_t j = 0;
    for (size_t col = 0; col < s->ncols; col++) {
        while (j < p->nstocks && p->stocks[j].rclass < s->cols[col]) j++;
        stocks[col] = NULL;
        left[col] = 0;
        if (j == p->nstocks || p->stocks[j].rclass != s->cols[col]) continue;
        const berth_stock *stock = &p->stocks[j];
        int64_t room = stock->capacity - stock->used; /* both >= 0 */
        int64_t most = s->loose[col] ? INT64_MAX : stock->inventory.max_unit;
        stocks[col] = stock;
        left[col] = s->bare[col] ? INT64_MAX : room < 0 ? 0 : room < most ? room : most;
    }
}

static berth_rc gather(berth_search *s, berth_ref anchor, berth_err *err) {
    const berth_refs *members = berth_tree_members(s->state, anchor);
    if (members == NULL) return berth_fail_memory(err);
    size_t serving = 0;
    const berth_serves *serves =
        s->sharing->count > 0 ? berth_sharing_of_anchor(s->sharing, anchor, &serving) : NULL;
    berth_rc rc = make_room(s, members->count + serving, err);
    if (rc != BERTH_OK) return rc;
    for (size_t i = 0; i < members->count; i++)
        add_local(s, s->state->providers[members->items[i]]);
    s->nown = s->nlocals;
    for (size_t i = 0; i < serving; i++) {
        const berth_provider *p = s->state->providers[serves[i].provider];
        if (p->root != anchor) add_local(s, p);
    }
    return BERTH_OK;
}

void search_know_shape(berth_search *s) {
    if (s->shape_known) return;
    s->shape_known = true;
    uint32_t up = SEARCH_NOWHERE;
    for (uint32_t i = 0; i < s->nown; i++) {
        search_local *l = &s->locals[i];
        uint32_t older = SEARCH_NOWHERE;
        while (up != SEARCH_NOWHERE && s->locals[up].provider->ref != l->provider->parent) {
            s->locals[up].end = i;
            older = up;
            up = s->locals[up].up;
        }
        l->up = up;
        l->older = older;
        up = i;
    }
    for (; up != SEARCH_NOWHERE; up = s->locals[up].up) s->locals[up].end = (uint32_t)s->nown;
    for (uint32_t i = (uint32_t)s->nown; i < s->nlocals; i++) {
        s->locals[i].up = s->locals[i].older = SEARCH_NOWHERE;
        s->locals[i].end = i + 1;
    }
}

bool search_dominates(const berth_search *s, uint32_t a, uint32_t b) {
    if (a == b) return true;
    if (a < s->nown) return a < b && b < s->locals[a].end;
    const berth_provider *p = s->locals[a].provider, *q = s->locals[b].provider;
    return p->root == q->root && berth_tree_dominates(s->state, p->ref, q->ref);
}

/* --- what fits alone ---------------------------------------------------------------------- */

/* One provider must be able to give the amount; a split class, some valid part of it. */
static berth_miss_kind amount_fits(const berth_stock *stock, const search_need *need, bool split) {
    if (stock == NULL) return BERTH_MISS_CLASS;
    const berth_inventory *inv = &stock->inventory;
    int64_t room = stock->capacity - stock->used, amount = need->amount;
    if (need->bare) return BERTH_MISS_NOTHING;
    if (need->loose) return room >= (split ? 1 : amount) ? BERTH_MISS_NOTHING : BERTH_MISS_ROOM;
    if (split) {
        int64_t most = room < amount ? room : amount;
        if (most < 1) return BERTH_MISS_ROOM;
        if (most > inv->max_unit) most = inv->max_unit;
        most -= most % inv->step_size;
        return most >= inv->min_unit && most > 0 ? BERTH_MISS_NOTHING : BERTH_MISS_UNITS;
    }
    if (amount > room) return BERTH_MISS_ROOM;
    return amount >= inv->min_unit && amount <= inv->max_unit && amount % inv->step_size == 0
               ? BERTH_MISS_NOTHING
               : BERTH_MISS_UNITS;
}

static berth_miss_kind fits(const berth_search *s, const search_var *var, size_t at,
                            const berth_provider *anchor) {
    const berth_provider *p = s->locals[at].provider;
    const berth_shape_group *g = var->group;
    if (g->has_tree && (g->tree != p->root || (var->unsuffixed && g->tree != anchor->ref)))
        return BERTH_MISS_TREE;
    for (size_t i = 0; i < var->nneeds; i++) {
        const berth_stock *stock = s->stocks[at * s->ncols + var->needs[i].col];
        berth_miss_kind miss = amount_fits(stock, &var->needs[i], var->split != NULL);
        if (miss != BERTH_MISS_NOTHING) return miss;
    }
    /* the unsuffixed group's required traits may come from any of its providers */
    size_t traits = !var->unsuffixed                               ? g->nrequired
                    : g->nrequired > 0 && g->required[0].forbidden ? 1
                                                                   : 0;
    if (!meets_all(&p->traits, g->required, traits)) return BERTH_MISS_TRAIT;
    bool member = var->unsuffixed ? search_pair_fits(s, p, anchor)
                                  : meets_all(&p->aggregates, g->member_of, g->nmember_of);
    return member ? BERTH_MISS_NOTHING : BERTH_MISS_AGGREGATE;
}

static void note_miss(berth_search *s, size_t v, berth_miss_kind kind) {
    s->miss = (berth_miss){(uint16_t)(v < UINT16_MAX ? v : UINT16_MAX), (uint8_t)kind};
}

/* false when nothing fits. Twins share their domain. */
static bool fill_domain(berth_search *s, size_t v, const berth_provider *anchor) {
    search_var *var = &s->vars[v];
    if (var->twin) {
        var->ndomain = s->vars[v - 1].ndomain;
        return true;
    }
    berth_miss_kind nearest = BERTH_MISS_TREE;
    var->ndomain = 0;
    for (size_t i = 0; i < s->nlocals; i++) {
        berth_miss_kind miss = fits(s, var, i, anchor);
        if (miss == BERTH_MISS_NOTHING)
            var->domain[var->ndomain++] = (uint32_t)i;
        else if (miss > nearest)
            nearest = miss;
    }
    s->work += s->nlocals;
    if (var->ndomain == 0) note_miss(s, v, nearest);
    return var->ndomain > 0;
}

/* Twins need a provider each under isolate, and room side by side otherwise. */
static bool twins_fit(const berth_search *s, size_t v) {
    const search_var *var = &s->vars[v];
    size_t run = 1;
    while (v + run < s->nvars && s->vars[v + run].twin) run++;
    if (run == 1) return true; /* a loose amount of 0 never has twins */
    if (s->isolate) return var->ndomain >= run;
    uint64_t slots = 0;
    for (size_t i = 0; i < var->ndomain && slots < run; i++) {
        uint64_t fit = run;
        for (size_t j = 0; j < var->nneeds; j++) {
            const search_need *need = &var->needs[j];
            uint64_t n = (uint64_t)(s->left[var->domain[i] * s->ncols + need->col] / need->amount);
            if (n < fit) fit = n;
        }
        slots += fit;
    }
    return slots >= run;
}

/* Of a split class one provider must have all, or the tree's own together. */
static bool gathers(const berth_search *s, size_t v) {
    const search_var *var = &s->vars[v];
    if (var->split == NULL) return true;
    int64_t amount = var->needs[0].amount, sum = 0;
    for (size_t i = 0; i < var->ndomain; i++) {
        uint32_t at = var->domain[i];
        int64_t left = s->left[at * s->ncols + var->needs[0].col];
        if (at < s->nown && !berth_add_i64(sum, left, &sum)) return true;
        if (left >= amount || sum >= amount) return true;
    }
    return false;
}

static bool fill_domains(berth_search *s, const berth_provider *anchor) {
    for (size_t v = 0; v < s->nvars; v++) {
        if (!fill_domain(s, v, anchor)) return false;
        if (!gathers(s, v)) {
            note_miss(s, v, BERTH_MISS_ROOM);
            return false;
        }
        if (!s->vars[v].twin && !twins_fit(s, v)) {
            note_miss(s, v, BERTH_MISS_TOGETHER);
            return false;
        }
    }
    return true;
}

/* Which wanted traits each local brings, and what the unsuffixed variables from each on can add.
 * false when all together lack one. */
static bool fill_masks(berth_search *s) {
    size_t words = s->nwords;
    if (words == 0) return true;
    for (size_t i = 0; i < s->nlocals; i++) {
        memset(s->masks + i * words, 0, words * sizeof *s->masks);
        for (size_t j = 0; j < s->nwanted; j++)
            if (berth_refs_meet(&s->locals[i].provider->traits, &s->wanted[j]))
                s->masks[i * words + j / 64] |= UINT64_C(1) << (j % 64);
    }
    memset(s->may + s->nvars * words, 0, words * sizeof *s->may);
    for (size_t v = s->nvars; v-- > 0;) {
        uint64_t *may = s->may + v * words;
        memcpy(may, may + words, words * sizeof *may);
        if (!s->vars[v].unsuffixed) continue;
        for (size_t i = 0; i < s->vars[v].ndomain; i++)
            for (size_t w = 0; w < words; w++) may[w] |= s->masks[s->vars[v].domain[i] * words + w];
    }
    for (size_t j = 0; j < s->nwanted; j++)
        if ((s->may[j / 64] >> (j % 64) & 1) == 0) {
            note_miss(s, 0, BERTH_MISS_TRAIT);
            return false;
        }
    return true;
}

berth_rc search_enter(berth_search *s, berth_ref anchor, bool *fits_here, berth_err *err) {
    *fits_here = false;
    s->anchor = anchor;
    s->anchor_given = s->probed = s->pruning = s->shape_known = false;
    s->nlocals = s->nown = 0;
    s->depth = 0;
    s->stuck = 0;
    s->breaking = s->shape->canonical;
    s->miss = (berth_miss){0, BERTH_MISS_ROOT};
    const berth_provider *root = s->state->providers[anchor];
    if (s->shape->nroot_required > 0 && !search_root_fits(s, root)) return BERTH_OK;
    berth_rc rc = gather(s, anchor, err);
    if (rc != BERTH_OK) return rc;
    if (!fill_domains(s, root) || !fill_masks(s)) return BERTH_OK;
    note_miss(s, s->nvars, BERTH_MISS_TOGETHER);
    if (s->shape->nsubtrees > 0) search_know_shape(s);
    *fits_here = true;
    return BERTH_OK;
}
