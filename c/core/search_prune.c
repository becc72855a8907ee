/* search_prune.c - dead ends seen from afar: can the variables still open be served at all, each
 * class in sum, and each granular group by a provider of its own under isolate?  Asked only while
 * a walk is stuck, for it costs more than a step; see search_private.h. */
#include <string.h>

#include "core/capacity.h"
#include "core/search_private.h"

typedef struct demand {
    int64_t sum;     /* of all open variables; INT64_MAX: more than anyone has */
    int64_t least;   /* the smallest amount of a variable that takes it from one provider */
    uint64_t takers; /* number of those */
} demand;

static demand demand_for(const berth_search *s, size_t from, size_t col) {
    demand d = {0, INT64_MAX, 0};
    for (size_t v = 0; v < s->nvars; v++)
        for (size_t i = 0; i < s->vars[v].nneeds; i++) {
            /* what split variables chose was not taken yet */
            if (v < from && s->vars[v].split == NULL) continue;
            const search_need *need = &s->vars[v].needs[i];
            if (need->col != col) continue;
            if (!berth_add_i64(d.sum, need->amount, &d.sum)) d.sum = INT64_MAX;
            if (s->vars[v].split != NULL || need->amount == 0) continue;
            if (need->amount < d.least) d.least = need->amount;
            d.takers++;
        }
    return d;
}

static bool class_suffices(const berth_search *s, size_t from, size_t col) {
    demand d = demand_for(s, from, col);
    if (d.sum == 0) return true;
    int64_t left = 0;
    uint64_t slots = 0;
    for (size_t i = 0; i < s->nlocals; i++) {
        int64_t here = s->left[i * s->ncols + col];
        if (here < 1) continue;
        if (!berth_add_i64(left, here, &left)) left = INT64_MAX;
        slots += (uint64_t)(here / d.least);
        if (left >= d.sum && slots >= d.takers) return true;
    }
    return false;
}

/* --- a provider for each granular group --------------------------------------------------- */

static bool needs_own(const berth_search *s, size_t v) {
    return !s->vars[v].unsuffixed && s->vars[v].split == NULL;
}

/* Gives variable v a provider, moving others aside where that helps. */
static bool augment(berth_search *s, size_t v) {
    const search_var *var = &s->vars[v];
    for (size_t i = 0; i < var->ndomain; i++) {
        uint32_t at = var->domain[i];
        s->work++;
        if (s->match_seen[at] == s->match_round || !search_room(s, var, at)) continue;
        s->match_seen[at] = s->match_round;
        if (s->match_of[at] == 0 || augment(s, s->match_of[at] - 1)) {
            s->match_of[at] = (uint32_t)v + 1;
            return true;
        }
    }
    return false;
}

static bool all_matched(berth_search *s, size_t from) {
    memset(s->match_of, 0, s->nlocals * sizeof *s->match_of);
    for (size_t v = from; v < s->nvars; v++) {
        if (!needs_own(s, v)) continue;
        if (++s->match_round == 0) {
            memset(s->match_seen, 0, s->nlocals * sizeof *s->match_seen);
            s->match_round = 1;
        }
        if (!augment(s, v)) return false;
    }
    return true;
}

bool search_hopeless(berth_search *s, size_t from) {
    for (size_t col = 0; col < s->ncols; col++)
        if (!class_suffices(s, from, col)) return true;
    return s->isolate && !all_matched(s, from);
}
