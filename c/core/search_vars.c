/* search_vars.c - a shape as variables, in the order in which a search chooses them; see
 * search_private.h. */
#include <stdlib.h>
#include <string.h>

#include "core/capacity.h"
#include "core/err.h"
#include "core/search_private.h"

/* Marks are summed in bags, so they must not add up to each other by chance. */
static uint64_t mark_of(size_t kind) {
    uint64_t x = ((uint64_t)kind + 1) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static int by_ref(const void *a, const void *b) {
    berth_ref x = *(const berth_ref *)a, y = *(const berth_ref *)b;
    return (x > y) - (x < y);
}

static berth_rc make_cols(berth_search *search, berth_err *err) {
    const berth_shape *shape = search->shape;
    size_t n = 0;
    for (size_t i = 0; i < shape->ngroups; i++) n += shape->groups[i].nresources;
    search->cols = berth_arena_alloc(&search->arena, n * sizeof *search->cols);
    search->loose = berth_arena_calloc(&search->arena, n, sizeof *search->loose);
    search->bare = berth_arena_calloc(&search->arena, n, sizeof *search->bare);
    if (search->cols == NULL || search->loose == NULL || search->bare == NULL)
        return berth_fail_memory(err);
    n = 0;
    for (size_t i = 0; i < shape->ngroups; i++)
        for (size_t j = 0; j < shape->groups[i].nresources; j++)
            search->cols[n++] = shape->groups[i].resources[j].rclass;
    if (n > 1) qsort(search->cols, n, sizeof *search->cols, by_ref);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || search->cols[i] != search->cols[i - 1])
            search->cols[search->ncols++] = search->cols[i];
    return BERTH_OK;
}

static size_t col_of(const berth_search *search, berth_ref rclass) {
    size_t col = 0;
    while (search->cols[col] != rclass) col++;
    return col;
}

/* The variable takes the resources [from, to) of its group that are split, or those that are not;
 * the needs have room for all of them. */
static void add_needs(const berth_search *search, search_var *var, search_need *needs, size_t from,
                      size_t to, bool split) {
    for (size_t i = from; i < to; i++) {
        const berth_shape_amount *a = &var->group->resources[i];
        if (a->split != split) continue;
        size_t col = col_of(search, a->rclass);
        bool bare = a->loose && a->amount == 0;
        int64_t amount = bare && split ? 1 : a->amount; /* a piece is never nothing */
        needs[var->nneeds++] = (search_need){col, amount, a->loose, bare};
        if (a->loose) search->loose[col] = true;
        if (bare) search->bare[col] = true;
    }
    var->needs = needs;
}

static berth_rc add_var(berth_search *search, size_t g, size_t from, size_t to, bool split,
                        bool twin, berth_err *err) {
    search_var *var = &search->vars[search->nvars];
    search_need *needs = berth_arena_alloc(&search->arena, (to - from) * sizeof *needs);
    if (needs == NULL) return berth_fail_memory(err);
    *var = (search_var){.group = &search->shape->groups[g], .g = g, .chosen = SEARCH_NOWHERE};
    var->unsuffixed = g == 0 && search->shape->has_unsuffixed;
    add_needs(search, var, needs, from, to, split);
    if (split) {
        var->split = berth_arena_calloc(&search->arena, 1, sizeof *var->split);
        if (var->split == NULL) return berth_fail_memory(err);
        search->nsplits++;
    }
    var->twin = var->follows = twin;
    var->kind = twin ? search->vars[search->nvars - 1].kind : search->nkinds++;
    var->mark = mark_of(var->kind);
    search->nvars++;
    return BERTH_OK;
}

static bool has_split(const berth_shape_group *group) {
    for (size_t i = 0; i < group->nresources; i++)
        if (group->resources[i].split) return true;
    return false;
}

/* A provider of its own is chosen for what is not split, or for a group without resources. */
static bool has_home(const berth_shape_group *group) {
    for (size_t i = 0; i < group->nresources; i++)
        if (!group->resources[i].split) return true;
    return group->nresources == 0;
}

static berth_rc add_unsuffixed(berth_search *search, bool split, berth_err *err) {
    const berth_shape *shape = search->shape;
    if (!shape->has_unsuffixed) return BERTH_OK;
    if (shape->groups[0].nresources == 0) /* no request's, but a part of one (explain.h) */
        return split ? BERTH_OK : add_var(search, 0, 0, 0, false, false, err);
    for (size_t i = 0; i < shape->groups[0].nresources; i++) {
        if (shape->groups[0].resources[i].split != split) continue;
        berth_rc rc = add_var(search, 0, i, i + 1, split, false, err);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* The homes of a family of twins stand side by side. */
static berth_rc add_homes(berth_search *search, size_t leader, berth_err *err) {
    const berth_shape *shape = search->shape;
    if (!has_home(&shape->groups[leader])) return BERTH_OK;
    for (size_t g = leader; g < shape->ngroups; g++) {
        if (shape->groups[g].twin != leader) continue;
        /* groups that go on to split a class are not interchangeable by their homes alone */
        bool twin = g != leader && !has_split(&shape->groups[g]);
        berth_rc rc = add_var(search, g, 0, shape->groups[g].nresources, false, twin, err);
        if (rc != BERTH_OK) return rc;
        search->vars[search->nvars - 1].follows = g != leader;
    }
    return BERTH_OK;
}

static berth_rc add_splits(berth_search *search, size_t leader, berth_err *err) {
    const berth_shape *shape = search->shape;
    for (size_t i = 0; i < shape->groups[leader].nresources; i++) {
        if (!shape->groups[leader].resources[i].split) continue;
        for (size_t g = leader; g < shape->ngroups; g++) {
            if (shape->groups[g].twin != leader) continue;
            berth_rc rc = add_var(search, g, i, i + 1, true, false, err);
            if (rc != BERTH_OK) return rc;
            search->vars[search->nvars - 1].follows = g != leader;
        }
    }
    return BERTH_OK;
}

static berth_rc add_granular(berth_search *search, bool split, berth_err *err) {
    const berth_shape *shape = search->shape;
    for (size_t g = shape->has_unsuffixed ? 1 : 0; g < shape->ngroups; g++) {
        if (shape->groups[g].twin != g) continue;
        if (split && !has_split(&shape->groups[g])) continue;
        berth_rc rc = split ? add_splits(search, g, err) : add_homes(search, g, err);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* What all variables that split the class ask for. */
static void sum_demands(berth_search *search) {
    for (size_t v = 0; v < search->nvars; v++) {
        search_split *split = search->vars[v].split;
        for (size_t u = 0; split != NULL && u < search->nvars; u++) {
            const search_var *var = &search->vars[u];
            if (var->split == NULL || var->needs[0].col != search->vars[v].needs[0].col) continue;
            if (!berth_add_i64(split->demand, var->needs[0].amount, &split->demand))
                split->demand = INT64_MAX;
        }
    }
}

static berth_rc make_subtrees(berth_search *search, berth_err *err) {
    const berth_shape *shape = search->shape;
    bool *of = berth_arena_calloc(&search->arena, shape->nsubtrees * search->nvars, sizeof *of);
    if (of == NULL) return berth_fail_memory(err);
    for (size_t k = 0; k < shape->nsubtrees; k++)
        for (size_t v = 0; v < search->nvars; v++)
            for (size_t i = 0; i < shape->subtree_sizes[k]; i++)
                if (shape->subtrees[k][i] == search->vars[v].g) of[k * search->nvars + v] = true;
    search->subtree_of = of;
    return BERTH_OK;
}

/* What the walk keeps by depth. */
static berth_rc make_frames(berth_search *search, berth_err *err) {
    const berth_shape *shape = search->shape;
    if (shape->has_unsuffixed) {
        const berth_shape_group *g = &shape->groups[0];
        size_t skip = g->nrequired > 0 && g->required[0].forbidden ? 1 : 0;
        search->wanted = g->required + skip;
        search->nwanted = g->nrequired - skip;
    }
    search->nwords = (search->nwanted + 63) / 64;
    size_t frames = search->nvars + 1;
    berth_arena *arena = &search->arena;
    search->have = berth_arena_calloc(arena, frames * search->nwords, sizeof *search->have);
    search->may = berth_arena_calloc(arena, frames * search->nwords, sizeof *search->may);
    search->tops = berth_arena_calloc(arena, frames * shape->nsubtrees, sizeof *search->tops);
    search->map_start = berth_arena_calloc(arena, shape->ngroups + 1, sizeof *search->map_start);
    search->row_marks = berth_arena_calloc(arena, search->nvars, sizeof *search->row_marks);
    if (search->have == NULL || search->may == NULL || search->tops == NULL ||
        search->map_start == NULL || search->row_marks == NULL)
        return berth_fail_memory(err);
    return make_subtrees(search, err);
}

berth_rc search_make_vars(berth_search *search, berth_err *err) {
    const berth_shape *shape = search->shape;
    size_t most = shape->ngroups;
    for (size_t i = 0; i < shape->ngroups; i++) most += shape->groups[i].nresources;
    search->vars = berth_arena_calloc(&search->arena, most, sizeof *search->vars);
    if (search->vars == NULL) return berth_fail_memory(err);
    search->isolate = shape->group_policy == BERTH_POLICY_ISOLATE;
    berth_rc rc = make_cols(search, err);
    if (rc == BERTH_OK) rc = add_unsuffixed(search, false, err);
    if (rc == BERTH_OK) rc = add_granular(search, false, err);
    if (rc == BERTH_OK) rc = add_unsuffixed(search, true, err);
    if (rc == BERTH_OK) rc = add_granular(search, true, err);
    sum_demands(search);
    if (rc == BERTH_OK) rc = make_frames(search, err);
    return rc;
}
