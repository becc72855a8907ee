/* search_spare.c - whether providers of the sets that a complete walk chose for split classes can
 * be left out.  What is left of the sets must then carry all amounts, and still meet the required
 * traits of the unsuffixed group and each same_subtree; see search.h for the rule. */
#include <string.h>

#include "core/search_private.h"

static size_t pieces_of(const search_var *var) {
    return var->split == NULL ? 1 : var->split->size;
}

/* Is the i-th of what the variable chose still in? */
static bool has_piece(const search_var *var, size_t i) {
    return var->split == NULL || !var->split->pieces[i].out;
}

static uint32_t piece_at(const search_var *var, size_t i) {
    return var->split == NULL ? var->chosen : var->split->pieces[i].at;
}

static bool traits_hold(const berth_search *s) {
    size_t words = s->nwords;
    for (size_t j = 0; j < s->nwanted; j++) {
        bool found = false;
        for (size_t v = 0; !found && v < s->nvars; v++)
            for (size_t i = 0; s->vars[v].unsuffixed && !found && i < pieces_of(&s->vars[v]); i++)
                found = has_piece(&s->vars[v], i) &&
                        (s->masks[piece_at(&s->vars[v], i) * words + j / 64] >> (j % 64) & 1) != 0;
        if (!found) return false;
    }
    return true;
}

static bool tops_all(const berth_search *s, size_t k, uint32_t top) {
    for (size_t v = 0; v < s->nvars; v++) {
        if (!s->subtree_of[k * s->nvars + v]) continue;
        for (size_t i = 0; i < pieces_of(&s->vars[v]); i++)
            if (has_piece(&s->vars[v], i) && !search_dominates(s, top, piece_at(&s->vars[v], i)))
                return false;
    }
    return true;
}

static bool subtree_holds(const berth_search *s, size_t k) {
    for (size_t v = 0; v < s->nvars; v++) {
        if (!s->subtree_of[k * s->nvars + v]) continue;
        for (size_t i = 0; i < pieces_of(&s->vars[v]); i++)
            if (has_piece(&s->vars[v], i) && tops_all(s, k, piece_at(&s->vars[v], i))) return true;
    }
    return false;
}

/* Of every class split, do the amounts come out even?  With `bare`, as if a provider could give
 * any part of what it may give at most: when not even that, then no part of the sets does. */
static bool amounts_hold(berth_search *s, bool bare) {
    for (size_t v = s->nvars; v-- > 0;) {
        if (s->vars[v].split == NULL) continue;
        bool last = true; /* of its class: shares with all others of it */
        for (size_t u = v + 1; u < s->nvars; u++)
            last = last && (s->vars[u].split == NULL ||
                            s->vars[u].needs[0].col != s->vars[v].needs[0].col);
        if (last && !search_share(s, v, bare ? SHARE_BARE : SHARE_EVEN)) return false;
    }
    return true;
}

/* The next piece behind (v, i) that can go: its set keeps another. */
static bool next_piece(const berth_search *s, size_t *v, size_t *i) {
    for (; *v < s->nvars; ++*v, *i = 0) {
        const search_split *split = s->vars[*v].split;
        size_t in = 0;
        for (size_t j = 0; split != NULL && j < split->size; j++) in += !split->pieces[j].out;
        if (in > 1 && *i < split->size) return true;
    }
    return false;
}

/* Do some of the pieces from (v, i) on leave the sets good when they go? */
static bool some_can_go(berth_search *s, size_t v, size_t i) {
    for (; next_piece(s, &v, &i); i++) {
        if (s->work > s->work_limit) return false;
        search_piece *piece = &s->vars[v].split->pieces[i];
        piece->out = true;
        bool can = false;
        if (traits_hold(s) && amounts_hold(s, true)) {
            can = amounts_hold(s, false);
            for (size_t k = 0; can && k < s->shape->nsubtrees; k++) can = subtree_holds(s, k);
            if (!can) can = some_can_go(s, v, i + 1);
        }
        piece->out = false;
        if (can) return true;
    }
    return false;
}

bool search_has_spare(berth_search *s) {
    return some_can_go(s, 0, 0);
}
