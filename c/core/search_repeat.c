/* search_repeat.c - candidates made of sharing providers alone belong to the first anchor that
 * gives them; around later ones they are repeats.  Where trees share much, most are.
 *
 * So before an anchor is walked around, an earlier one is sought that may choose the same, its
 * cover: at best one that may choose all of it, else one that lacks little.  A walk around the
 * anchor is worth its steps only if it chooses something that the cover may not, be it a provider
 * that the cover lacks, be it several for a class that is split.  Where nothing of that kind is
 * left, the anchor is not walked around at all.  What another anchor than the cover gave is found
 * walk by walk.  No answers are stored, only anchors.  See search_private.h. */
#include "core/err.h"
#include "core/search_private.h"

static size_t pieces_of(const search_var *var) {
    return var->split == NULL ? 1 : var->split->size;
}

static search_local *chosen_of(const berth_search *s, const search_var *var) {
    return &s->locals[var->split == NULL ? var->chosen : var->split->pieces[0].at];
}

/* Is it an anchor before the one at hand, and accepted by root_required? */
static bool is_earlier(const berth_search *s, berth_ref anchor) {
    if (anchor == BERTH_NONE || anchor >= s->anchor) return false;
    const berth_provider *root = berth_state_provider(s->state, anchor);
    return root != NULL && root->root == anchor && search_root_fits(s, root);
}

/* --- what is shared ----------------------------------------------------------------------- */

/* The anchors of what is known to share, ascending. */
static const berth_serves *anchors_of(const berth_search *s, search_local *l) {
    if (l->nanchors == 0) {
        const berth_serves *all =
            berth_sharing_of_provider(s->sharing, l->provider->ref, &l->nanchors);
        l->anchors = (size_t)(all - s->sharing->by_provider);
    }
    return s->sharing->by_provider + l->anchors;
}

/* Marks what serves other anchors as well. */
static void mark_shared(berth_search *s) {
    size_t count;
    const berth_serves *here = berth_sharing_of_anchor(s->sharing, s->anchor, &count);
    for (size_t i = 0; i < s->nlocals; i++) {
        search_local *l = &s->locals[i];
        l->shared = i >= s->nown;
        if (l->shared || !berth_serves_have(here, count, l->provider->ref)) continue;
        (void)anchors_of(s, l);
        l->shared = l->nanchors > 1;
    }
}

static bool has_shared(const berth_search *s, const search_var *var) {
    for (size_t i = var->ndomain; i-- > 0;) /* those of other trees stand behind */
        if (s->locals[var->domain[i]].shared) return true;
    return false;
}

/* The same for anchors that may choose the same of what is shared. */
static uint64_t hash_shared(const berth_search *s) {
    uint64_t sum = 0;
    for (size_t v = 0; v < s->nvars; v++) {
        const search_var *var = &s->vars[v];
        for (size_t i = 0; !var->twin && i < var->ndomain; i++) {
            const search_local *l = &s->locals[var->domain[i]];
            if (l->shared) sum += berth_hash_u64(var->kind, (uint64_t)l->provider->ref);
        }
    }
    return sum;
}

/* --- the cover ---------------------------------------------------------------------------- */

/* Marks what the earlier anchor may choose too; how much of what is shared it may not. */
static size_t mark_covered(berth_search *s, berth_ref anchor) {
    const berth_provider *root = s->state->providers[anchor];
    size_t count, missing = 0;
    const berth_serves *there = berth_sharing_of_anchor(s->sharing, anchor, &count);
    for (size_t i = 0; i < s->nlocals; i++) {
        search_local *l = &s->locals[i];
        l->covered[0] = l->shared && berth_serves_have(there, count, l->provider->ref);
        l->covered[1] =
            l->covered[0] && s->shape->has_unsuffixed && search_pair_fits(s, l->provider, root);
    }
    s->work += s->nlocals;
    for (size_t v = 0; v < s->nvars; v++)
        for (size_t i = 0; i < s->vars[v].ndomain; i++) {
            const search_local *l = &s->locals[s->vars[v].domain[i]];
            missing += l->shared && !l->covered[s->vars[v].unsuffixed];
        }
    return missing;
}

static berth_ref first_sharer(const berth_search *s) {
    const search_var *var = &s->vars[0];
    for (size_t i = 0; i < var->ndomain; i++) {
        search_local *l = &s->locals[var->domain[i]];
        if (l->shared) return anchors_of(s, l)[0].anchor;
    }
    return BERTH_NONE;
}

/* Marks what the best of a few earlier anchors covers; BERTH_NONE when there is none. */
static berth_ref find_cover(berth_search *s, berth_ref alike) {
    const berth_ref hints[] = {alike, s->last_begun, first_sharer(s)};
    berth_ref best = BERTH_NONE, marked = BERTH_NONE;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0] && least > 0; i++) {
        if (hints[i] == best || !is_earlier(s, hints[i])) continue;
        size_t missing = mark_covered(s, marked = hints[i]);
        if (missing >= least) continue;
        least = missing;
        best = hints[i];
    }
    if (best != marked) mark_covered(s, best);
    return best;
}

static bool has_new(const berth_search *s, const search_var *var) {
    if (var->split != NULL && var->ndomain > 1 && var->domain[1] < s->nown) return true;
    for (size_t i = 0; i < var->ndomain; i++)
        if (!s->locals[var->domain[i]].covered[var->unsuffixed]) return true;
    return false;
}

static bool whichever(const void *owner, int64_t value, const void *key) {
    (void)owner;
    (void)value;
    (void)key;
    return true; /* an anchor is held against the one at hand before it is trusted */
}

/* Remembers the anchor for others that may choose the same, unless an earlier one is known. */
static berth_rc remember(berth_search *s, uint64_t hash, berth_ref known, berth_ref anchor,
                         berth_err *err) {
    if (known != BERTH_NONE && known <= anchor) return BERTH_OK;
    if (berth_map_reserve(&s->begun, &s->mem, 1) != 0) return berth_fail_memory(err);
    if (known != BERTH_NONE) berth_map_remove(&s->begun, hash, known);
    berth_map_put(&s->begun, hash, anchor);
    return BERTH_OK;
}

berth_rc search_begin_anchor(berth_search *s, bool *any, berth_err *err) {
    *any = true;
    s->may_repeat = s->has_cover = false;
    if (s->repeats || s->sharing->count == 0) return BERTH_OK;
    mark_shared(s);
    for (size_t v = 0; v < s->nvars; v++)
        if (!has_shared(s, &s->vars[v])) return BERTH_OK;
    s->may_repeat = true;
    uint64_t hash = hash_shared(s);
    int64_t found = berth_map_find(&s->begun, hash, whichever, NULL, NULL);
    berth_ref known = found < 0 ? BERTH_NONE : (berth_ref)found;
    berth_ref cover = find_cover(s, known);
    s->has_cover = cover != BERTH_NONE;
    if (s->has_cover) {
        *any = false;
        for (size_t v = 0; v < s->nvars; v++)
            if (has_new(s, &s->vars[v])) {
                s->last_new = v;
                *any = true;
            }
    }
    if (*any) s->last_begun = s->anchor;
    return remember(s, hash, known, *any ? s->anchor : cover, err);
}

bool search_may_be_new(berth_search *s, search_var *var) {
    if (!s->has_cover) return true;
    bool before = var > s->vars && var[-1].is_new;
    var->is_new = before || pieces_of(var) > 1 || !chosen_of(s, var)->covered[var->unsuffixed];
    return var->is_new || var < s->vars + s->last_new;
}

/* --- walk by walk ------------------------------------------------------------------------- */

/* Would the walk around the earlier anchor come to the same choices? */
static bool is_given_by(berth_search *s, berth_ref anchor) {
    s->work++;
    if (!is_earlier(s, anchor)) return false;
    size_t count;
    const berth_serves *there = berth_sharing_of_anchor(s->sharing, anchor, &count);
    for (size_t v = 0; v < s->nvars; v++) {
        const search_var *var = &s->vars[v];
        const berth_provider *p = chosen_of(s, var)->provider;
        s->work++;
        if (!berth_serves_have(there, count, p->ref)) return false;
        if (var->unsuffixed && !search_pair_fits(s, p, s->state->providers[anchor])) return false;
    }
    return true;
}

bool search_is_repeat(berth_search *s) {
    if (!s->may_repeat) return false;
    search_local *rarest = NULL; /* of what was chosen, serves the fewest anchors */
    for (size_t v = 0; v < s->nvars; v++) {
        /* several pieces come from the own tree alone */
        search_local *l = chosen_of(s, &s->vars[v]);
        if (pieces_of(&s->vars[v]) > 1 || !l->shared) return false;
        (void)anchors_of(s, l);
        if (rarest == NULL || l->nanchors < rarest->nanchors) rarest = l;
    }
    if (is_given_by(s, s->giver)) return true;
    const berth_serves *serves = anchors_of(s, rarest);
    for (size_t i = 0; i < rarest->nanchors && serves[i].anchor < s->anchor; i++)
        if (is_given_by(s, serves[i].anchor)) {
            s->giver = serves[i].anchor;
            return true;
        }
    return false;
}
