/* search_emit.c - a complete walk as a candidate: amounts merged by provider and class, mappings
 * by group; see search_private.h. */
#include <string.h>

#include "core/err.h"
#include "core/search_private.h"

static size_t pieces_of(const search_var *var) {
    return var->split == NULL ? 1 : var->split->size;
}

static uint32_t piece_at(const search_var *var, size_t i) {
    return var->split == NULL ? var->chosen : var->split->pieces[i].at;
}

/* --- the candidate ------------------------------------------------------------------------ */

static void add_take(berth_search *s, berth_ref provider, berth_ref rclass, int64_t amount) {
    size_t at = s->candidate.ntakes;
    while (at > 0 && (s->takes[at - 1].provider > provider ||
                      (s->takes[at - 1].provider == provider && s->takes[at - 1].rclass > rclass)))
        at--;
    if (at > 0 && s->takes[at - 1].provider == provider && s->takes[at - 1].rclass == rclass) {
        s->takes[at - 1].amount += amount; /* no overflow: within what is left of the stock */
        return;
    }
    memmove(s->takes + at + 1, s->takes + at, (s->candidate.ntakes - at) * sizeof *s->takes);
    s->takes[at] = (berth_take){provider, rclass, amount};
    s->candidate.ntakes++;
}

static void add_takes(berth_search *s, const search_var *var) {
    if (var->split != NULL) {
        for (size_t i = 0; i < var->split->size; i++)
            add_take(s, s->locals[var->split->pieces[i].at].provider->ref,
                     s->cols[var->needs[0].col], var->split->pieces[i].amount);
        return;
    }
    for (size_t i = 0; i < var->nneeds; i++)
        add_take(s, s->locals[var->chosen].provider->ref, s->cols[var->needs[i].col],
                 var->needs[i].amount);
}

/* The group's providers, from map_items[from] on, ascending and distinct. */
static size_t add_mapping(berth_search *s, size_t g, size_t from) {
    size_t end = from;
    for (size_t v = 0; v < s->nvars; v++) {
        const search_var *var = &s->vars[v];
        for (size_t i = 0; var->g == g && i < pieces_of(var); i++) {
            berth_ref ref = s->locals[piece_at(var, i)].provider->ref;
            size_t at = end;
            while (at > from && s->map_items[at - 1] > ref) at--;
            if (at > from && s->map_items[at - 1] == ref) continue;
            memmove(s->map_items + at + 1, s->map_items + at, (end - at) * sizeof *s->map_items);
            s->map_items[at] = ref;
            end++;
        }
    }
    return end;
}

static berth_rc make_room(berth_search *s, size_t takes, size_t items, berth_err *err) {
    if (takes > s->cap_takes) {
        void *p = berth_realloc(&s->mem, s->takes, s->cap_takes * sizeof *s->takes,
                                takes * sizeof *s->takes);
        if (p == NULL) return berth_fail_memory(err);
        s->takes = p;
        s->cap_takes = takes;
    }
    if (items > s->cap_map) {
        void *p = berth_realloc(&s->mem, s->map_items, s->cap_map * sizeof *s->map_items,
                                items * sizeof *s->map_items);
        if (p == NULL) return berth_fail_memory(err);
        s->map_items = p;
        s->cap_map = items;
    }
    return BERTH_OK;
}

berth_rc search_emit(berth_search *s, berth_err *err) {
    size_t takes = 0, items = 0;
    for (size_t v = 0; v < s->nvars; v++) {
        takes += s->vars[v].split == NULL ? s->vars[v].nneeds : s->vars[v].split->size;
        items += pieces_of(&s->vars[v]);
    }
    berth_rc rc = make_room(s, takes, items, err);
    if (rc != BERTH_OK) return rc;
    s->candidate = (berth_candidate){.shape = s->shape, .anchor = s->anchor, .takes = s->takes};
    for (size_t v = 0; v < s->nvars; v++) add_takes(s, &s->vars[v]);
    size_t end = 0;
    for (size_t g = 0; g < s->shape->ngroups; g++) {
        s->map_start[g] = end;
        end = add_mapping(s, g, end);
    }
    s->map_start[s->shape->ngroups] = end;
    s->candidate.map_items = s->map_items;
    s->candidate.map_start = s->map_start;
    return BERTH_OK;
}

berth_candidate *berth_candidate_copy(const berth_mem *mem, const berth_candidate *candidate,
                                      size_t *size) {
    size_t starts = candidate->shape->ngroups + 1;
    size_t items = candidate->map_start[candidate->shape->ngroups];
    /* parts in order of falling alignment, so that none needs padding */
    size_t total = sizeof *candidate + candidate->ntakes * sizeof *candidate->takes +
                   starts * sizeof *candidate->map_start + items * sizeof *candidate->map_items;
    unsigned char *block = berth_alloc(mem, total);
    if (block == NULL) return NULL;
    berth_candidate *copy = (berth_candidate *)(void *)block;
    berth_take *takes = (berth_take *)(void *)(block + sizeof *copy);
    size_t *map_start = (size_t *)(void *)(takes + candidate->ntakes);
    berth_ref *map_items = (berth_ref *)(void *)(map_start + starts);
    *copy = *candidate;
    copy->takes = takes;
    copy->map_start = map_start;
    copy->map_items = map_items;
    memcpy(takes, candidate->takes, candidate->ntakes * sizeof *takes);
    memcpy(map_start, candidate->map_start, starts * sizeof *map_start);
    if (items > 0) memcpy(map_items, candidate->map_items, items * sizeof *map_items);
    *size = total;
    return copy;
}
