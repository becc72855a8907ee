/* search_echo.c - two walks around one anchor that come to the same candidate.  Where groups are
 * split, what one group takes more of a provider another may take less of, and the sums and the
 * mappings stay.  Only the first such walk gives the candidate; which one is first is found by a
 * second search, the echo, that walks in the same order but keeps to the candidate at hand, so no
 * answers are stored.  See search_private.h. */
#include <string.h>

#include "core/err.h"
#include "core/search_private.h"

/* --- could there be another walk? --------------------------------------------------------- */

static size_t pieces_of(const search_var *var) {
    return var->split == NULL ? 1 : var->split->size;
}

static uint32_t piece_at(const search_var *var, size_t i) {
    return var->split == NULL ? var->chosen : var->split->pieces[i].at;
}

static bool share_class(const berth_shape_group *g, const berth_shape_group *h) {
    for (size_t i = 0, j = 0; i < g->nresources && j < h->nresources;) {
        if (g->resources[i].rclass == h->resources[j].rclass) return true;
        if (g->resources[i].rclass < h->resources[j].rclass)
            i++;
        else
            j++;
    }
    return false;
}

static bool is_spread(const berth_candidate *c, size_t g) {
    return c->map_start[g + 1] - c->map_start[g] > 1;
}

static bool share_provider(const berth_candidate *c, size_t g, size_t h) {
    size_t i = c->map_start[g], j = c->map_start[h];
    while (i < c->map_start[g + 1] && j < c->map_start[h + 1]) {
        if (c->map_items[i] == c->map_items[j]) return true;
        if (c->map_items[i] < c->map_items[j])
            i++;
        else
            j++;
    }
    return false;
}

/* Of a group for which one thing alone is chosen, the mapping tells what. */
static bool is_manifold(const berth_search *s, size_t g) {
    size_t n = 0;
    for (size_t v = 0; v < s->nvars; v++) n += s->vars[v].g == g;
    return n > 1;
}

/* Groups trade a class in a circle, each giving more of it at one provider and less at another. So
 * two of them map to several providers, one of these in common, and both ask for the class. */
static bool may_trade(const berth_search *s, const berth_candidate *c) {
    const berth_shape *shape = c->shape;
    for (size_t g = 0; g < shape->ngroups; g++) {
        if (!is_spread(c, g)) continue;
        for (size_t h = g + 1; h < shape->ngroups; h++)
            if (is_spread(c, h) && share_provider(c, g, h) &&
                share_class(&shape->groups[g], &shape->groups[h]) &&
                (is_manifold(s, g) || is_manifold(s, h)))
                return true;
    }
    return false;
}

/* --- the echo's walk ---------------------------------------------------------------------- */

static bool maps_to(const berth_candidate *c, size_t g, berth_ref provider) {
    for (size_t i = c->map_start[g]; i < c->map_start[g + 1]; i++)
        if (c->map_items[i] == provider) return true;
    return false;
}

static int64_t take_of(const berth_candidate *c, berth_ref provider, berth_ref rclass) {
    for (size_t i = 0; i < c->ntakes; i++)
        if (c->takes[i].provider == provider && c->takes[i].rclass == rclass)
            return c->takes[i].amount;
    return 0;
}

/* What the homes up to v take of the class from the local. */
static int64_t taken(const berth_search *s, size_t v, uint32_t at, size_t col) {
    int64_t sum = 0; /* no overflow: within what was left of the stock */
    for (size_t u = 0; u <= v; u++) {
        const search_var *var = &s->vars[u];
        for (size_t n = 0; var->split == NULL && n < var->nneeds; n++)
            if (var->needs[n].col == col && var->chosen == at) sum += var->needs[n].amount;
    }
    return sum;
}

/* Amounts of split classes are settled only once all of them are chosen: these are not asked. */
bool search_keeps_to(berth_search *s, size_t v, const berth_candidate *target) {
    const search_var *var = &s->vars[v];
    for (size_t i = 0; i < pieces_of(var); i++) {
        uint32_t at = piece_at(var, i);
        berth_ref provider = s->locals[at].provider->ref;
        s->work++;
        if (!maps_to(target, var->g, provider)) return false;
        for (size_t n = 0; n < var->nneeds; n++) {
            size_t col = var->needs[n].col;
            int64_t most = take_of(target, provider, s->cols[col]);
            if (var->split != NULL ? most == 0 : taken(s, v, at, col) > most) return false;
        }
    }
    return true;
}

/* Within the target's amounts and providers, and all of them. */
static bool same_candidate(const berth_candidate *a, const berth_candidate *b) {
    size_t n = a->shape->ngroups;
    if (a->ntakes != b->ntakes || a->map_start[n] != b->map_start[n]) return false;
    for (size_t i = 0; i < a->ntakes; i++)
        if (a->takes[i].provider != b->takes[i].provider ||
            a->takes[i].rclass != b->takes[i].rclass || a->takes[i].amount != b->takes[i].amount)
            return false;
    return memcmp(a->map_start, b->map_start, (n + 1) * sizeof *a->map_start) == 0 &&
           memcmp(a->map_items, b->map_items, a->map_start[n] * sizeof *a->map_items) == 0;
}

static bool same_walk(const berth_search *a, const berth_search *b) {
    for (size_t v = 0; v < a->nvars; v++) {
        const search_var *x = &a->vars[v], *y = &b->vars[v];
        if (pieces_of(x) != pieces_of(y)) return false;
        for (size_t i = 0; i < pieces_of(x); i++) {
            if (piece_at(x, i) != piece_at(y, i)) return false;
            if (x->split != NULL && x->split->pieces[i].amount != y->split->pieces[i].amount)
                return false;
        }
    }
    return true;
}

/* Puts the echo around the anchor at hand. */
static berth_rc enter_echo(berth_search *s, berth_err *err) {
    if (s->echo == NULL) {
        berth_rc rc = berth_search_open(s->state, s->shape, NULL, &s->echo, err);
        if (rc != BERTH_OK) return rc;
        s->echo_entered = false;
    }
    if (s->echo_entered) return BERTH_OK;
    bool fits;
    s->echo->sharing = s->sharing;
    berth_rc rc = search_enter(s->echo, s->anchor, &fits, err);
    s->echo_entered = rc == BERTH_OK;
    return rc;
}

berth_rc search_is_echo(berth_search *s, bool *out, berth_err *err) {
    *out = false;
    if (s->walks < 2 || s->nsplits == 0 || !may_trade(s, &s->candidate)) return BERTH_OK;
    berth_rc rc = enter_echo(s, err);
    if (rc != BERTH_OK) return rc;
    berth_search *echo = s->echo;
    echo->breaking = s->breaking;
    echo->probed = true; /* there is an answer: this one */
    echo->stuck = 0;
    echo->work = 0;
    echo->work_limit = s->work < s->work_limit ? s->work_limit - s->work : 0;
    echo->target = &s->candidate;
    search_restart(echo);
    for (;;) {
        if (search_walk(echo) != WALK_FOUND) break; /* out of work: told by the caller */
        rc = search_emit(echo, err);
        if (rc != BERTH_OK) break;
        if (!same_candidate(&echo->candidate, &s->candidate)) continue;
        *out = !same_walk(echo, s);
        break;
    }
    berth_search_spend(s, echo->work);
    return rc;
}
