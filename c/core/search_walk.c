/* search_walk.c - depth first over the variables of one anchor.  Each step keeps what the chosen
 * prefix already means: what is left of every stock, who holds a provider under isolate, which
 * wanted traits were brought, which provider is on top of each same_subtree.  A choice that breaks
 * any of it is never extended; see search_private.h. */
#include <string.h>

#include "core/capacity.h"
#include "core/search_private.h"

/* Values of tops: index of the chosen provider that dominates all others chosen for the subtree,
 * or one of these. */
#define TOP_EMPTY (SEARCH_NOWHERE - 1) /* nothing was chosen for it yet */
#define TOP_TO_COME SEARCH_NOWHERE     /* it must be chosen by a later variable */

bool search_room(const berth_search *s, const search_var *var, uint32_t at) {
    const search_local *l = &s->locals[at];
    if (s->isolate && !var->unsuffixed && l->granular > 0 && l->owner != var->g) return false;
    if (var->split != NULL) return true;
    const int64_t *left = s->left + at * s->ncols;
    for (size_t i = 0; i < var->nneeds; i++)
        if (left[var->needs[i].col] < var->needs[i].amount) return false;
    return true;
}

/* --- taking and giving back --------------------------------------------------------------- */

static void hold(berth_search *s, const search_var *var, uint32_t at) {
    search_local *l = &s->locals[at];
    l->holders++;
    l->bag += var->mark;
    if (s->breaking) s->counts[var->kind * s->cap_locals + at]++;
    if (!var->unsuffixed) {
        l->granular++;
        l->owner = var->g;
    }
}

static void let_go(berth_search *s, const search_var *var, uint32_t at) {
    search_local *l = &s->locals[at];
    l->holders--;
    l->bag -= var->mark;
    if (s->breaking) s->counts[var->kind * s->cap_locals + at]--;
    if (!var->unsuffixed) l->granular--;
}

/* What the pieces of a split class take is known only when all of them are: it leaves no mark on
 * what is left. */
static void take(berth_search *s, search_var *var) {
    if (var->split != NULL) {
        for (size_t i = 0; i < var->split->size; i++) hold(s, var, var->split->pieces[i].at);
        return;
    }
    int64_t *left = s->left + var->chosen * s->ncols;
    for (size_t i = 0; i < var->nneeds; i++) left[var->needs[i].col] -= var->needs[i].amount;
    hold(s, var, var->chosen);
}

static void release(berth_search *s, search_var *var) {
    if (var->split != NULL) {
        for (size_t i = 0; i < var->split->size; i++) let_go(s, var, var->split->pieces[i].at);
    } else {
        int64_t *left = s->left + var->chosen * s->ncols;
        for (size_t i = 0; i < var->nneeds; i++) left[var->needs[i].col] += var->needs[i].amount;
        let_go(s, var, var->chosen);
    }
    var->chosen = SEARCH_NOWHERE;
}

/* --- traits of the unsuffixed group ------------------------------------------------------- */

/* What the prefix with variable v brings; false when the rest cannot bring what is missing. */
static bool add_traits(berth_search *s, size_t v) {
    size_t words = s->nwords;
    if (words == 0) return true;
    const search_var *var = &s->vars[v];
    const uint64_t *before = s->have + v * words, *may = s->may + (v + 1) * words;
    uint64_t *have = s->have + (v + 1) * words;
    memcpy(have, before, words * sizeof *have);
    size_t count = !var->unsuffixed ? 0 : var->split == NULL ? 1 : var->split->size;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = var->split == NULL ? var->chosen : var->split->pieces[i].at;
        for (size_t w = 0; w < words; w++) have[w] |= s->masks[at * words + w];
    }
    for (size_t j = 0; j < s->nwanted; j++)
        if (((have[j / 64] | may[j / 64]) >> (j % 64) & 1) == 0) return false;
    return true;
}

/* --- same_subtree ------------------------------------------------------------------------- */

/* Is the local on top of everything that the variables up to v chose for subtree k? */
static bool tops_all(const berth_search *s, size_t k, size_t v, uint32_t at) {
    for (size_t u = 0; u <= v; u++) {
        if (!s->subtree_of[k * s->nvars + u]) continue;
        const search_var *var = &s->vars[u];
        if (var->split == NULL) {
            if (!search_dominates(s, at, var->chosen)) return false;
            continue;
        }
        for (size_t i = 0; i < var->split->size; i++)
            if (!search_dominates(s, at, var->split->pieces[i].at)) return false;
    }
    return true;
}

static bool top_may_come(berth_search *s, size_t k, size_t v) {
    for (size_t u = v + 1; u < s->nvars; u++) {
        if (!s->subtree_of[k * s->nvars + u]) continue;
        s->work += s->vars[u].ndomain;
        s->stuck += s->vars[u].ndomain;
        for (size_t i = 0; i < s->vars[u].ndomain; i++)
            if (tops_all(s, k, v, s->vars[u].domain[i])) return true;
    }
    return false;
}

static uint32_t top_with(const berth_search *s, size_t k, size_t v, uint32_t top, uint32_t at) {
    if (top == TOP_EMPTY) return at;
    if (top != TOP_TO_COME && search_dominates(s, top, at)) return top;
    return tops_all(s, k, v, at) ? at : TOP_TO_COME;
}

static bool add_tops(berth_search *s, size_t v) {
    size_t n = s->shape->nsubtrees;
    const search_var *var = &s->vars[v];
    for (size_t k = 0; k < n; k++) {
        uint32_t top = s->tops[v * n + k];
        bool listed = s->subtree_of[k * s->nvars + v];
        if (listed && var->split == NULL) top = top_with(s, k, v, top, var->chosen);
        for (size_t i = 0; listed && var->split != NULL && i < var->split->size; i++)
            top = top_with(s, k, v, top, var->split->pieces[i].at);
        s->tops[(v + 1) * n + k] = top;
        if (listed && top == TOP_TO_COME && !top_may_come(s, k, v)) return false;
    }
    return true;
}

/* --- steps -------------------------------------------------------------------------------- */

static bool over_budget(const berth_search *s) {
    return s->work > s->work_limit;
}

/* Do the providers that other groups did not take under isolate have enough of the class? */
static bool finds_enough(const berth_search *s, const search_var *var) {
    int64_t amount = var->needs[0].amount, sum = 0;
    for (size_t i = 0; i < var->ndomain; i++) {
        uint32_t at = var->domain[i];
        int64_t left = s->left[at * s->ncols + var->needs[0].col];
        if (left < 1 || !search_room(s, var, at)) continue;
        if (left >= amount) return true;
        if (at < s->nown && (!berth_add_i64(sum, left, &sum) || sum >= amount)) return true;
    }
    return false;
}

/* Each class still to be split, by itself. */
static bool splits_open(berth_search *s, size_t from) {
    for (size_t v = from; s->isolate && s->nsplits > 0 && v < s->nvars; v++) {
        if (s->vars[v].split == NULL) continue;
        s->work += s->vars[v].ndomain / 8 + 1;
        if (!finds_enough(s, &s->vars[v])) return false;
    }
    return true;
}

/* Takes what the variable just chose; gives it back when the prefix is broken. */
static bool settle(berth_search *s, size_t v) {
    search_var *var = &s->vars[v];
    if (!search_may_be_new(s, var)) {
        var->chosen = SEARCH_NOWHERE;
        return false;
    }
    take(s, var);
    bool kept = s->target == NULL || search_keeps_to(s, v, s->target);
    if (kept && var->split != NULL) kept = search_share(s, v, SHARE_AMOUNTS);
    kept = kept && splits_open(s, v + 1);
    if (kept && add_traits(s, v) && add_tops(s, v) && !(s->pruning && search_hopeless(s, v + 1)) &&
        !(v + 1 == s->nvars && s->nsplits > 0 && search_has_spare(s)))
        return true;
    release(s, var);
    return false;
}

static bool choose(berth_search *s, size_t v) {
    search_var *var = &s->vars[v];
    if (var->split != NULL) {
        while (search_split_next(s, var)) {
            var->chosen = var->split->pieces[0].at;
            if (settle(s, v)) return true;
        }
        var->chosen = SEARCH_NOWHERE;
        return false;
    }
    while (var->pos < var->ndomain && !over_budget(s)) {
        uint32_t at = var->domain[var->pos++];
        s->work++;
        s->stuck++;
        if (!search_room(s, var, at)) continue;
        if (s->breaking && !search_is_first(s, var, at)) continue;
        var->chosen = at;
        if (settle(s, v)) return true;
    }
    return false;
}

/* Before the first choice of variable v.  Of twins, the later never takes the earlier place. */
static void begin(berth_search *s, size_t v) {
    search_var *var = &s->vars[v];
    var->pos = 0;
    if (s->breaking && var->follows && var->split == NULL) var->pos = s->vars[v - 1].pos - 1;
    if (var->split != NULL) search_split_start(s, var);
}

void search_restart(berth_search *s) {
    while (s->depth > 0) release(s, &s->vars[--s->depth]);
    for (size_t k = 0; k < s->shape->nsubtrees; k++) s->tops[k] = TOP_EMPTY;
    if (s->breaking)
        for (size_t kind = 0; kind < s->nkinds; kind++)
            memset(s->counts + kind * s->cap_locals, 0, s->nlocals * sizeof *s->counts);
    begin(s, 0);
}

walk_end search_walk(berth_search *s) {
    if (s->depth == s->nvars) release(s, &s->vars[--s->depth]);
    for (;;) {
        if (choose(s, s->depth)) {
            if (++s->depth == s->nvars) return WALK_FOUND;
            begin(s, s->depth);
        } else if (over_budget(s)) {
            return WALK_BUDGET;
        } else if (s->depth == 0) {
            return WALK_DONE;
        } else {
            release(s, &s->vars[--s->depth]);
        }
        if (s->stuck > SEARCH_PRUNE_AFTER) s->pruning = true;
        if (s->stuck > SEARCH_PROBE_AFTER && !s->probed && !s->anchor_given) return WALK_STUCK;
    }
}
