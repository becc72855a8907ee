/* explain_part.c - parts of a request as shapes that a search takes; see explain_private.h. */
#include <string.h>

#include "core/err.h"
#include "core/explain_private.h"

/* A claim that is asked about and undone costs as much of the budget as this many steps. */
#define CLAIM_WORK 64

/* --- shapes ------------------------------------------------------------------------------- */

static berth_rc out_of_memory(const explaining *ex) {
    return berth_fail_memory(ex->err);
}

/* Copies of `count` groups of the base from `first` on, to be altered. */
static berth_rc begin(explaining *ex, size_t first, size_t count, part *out) {
    berth_arena arena;
    berth_arena_init(&arena, ex->state->mem);
    berth_shape_group *groups = berth_arena_alloc(&arena, count * sizeof *groups);
    *out = (part){.groups = groups};
    if (groups == NULL) return out_of_memory(ex);
    memcpy(groups, ex->base->groups + first, count * sizeof *groups);
    out->shape = (berth_shape){
        .arena = arena,
        .groups = groups,
        .ngroups = count,
        .has_unsuffixed = ex->base->has_unsuffixed && first == 0,
        .group_policy = BERTH_POLICY_NONE,
        .canonical = true, /* one of all that are alike tells whether there is any */
    };
    return BERTH_OK;
}

/* The group's resources as a copy to be altered. */
static berth_shape_amount *own_resources(part *p, berth_shape_group *group) {
    size_t size = group->nresources * sizeof *group->resources;
    berth_shape_amount *copy = berth_arena_alloc(&p->shape.arena, size);
    if (copy != NULL && size > 0) memcpy(copy, group->resources, size);
    group->resources = copy;
    return copy;
}

berth_rc part_up_to(explaining *ex, const berth_step *step, part *out) {
    berth_rc rc = begin(ex, step->group, 1, out);
    if (rc != BERTH_OK) return rc;
    berth_shape_group *g = &out->groups[0];
    g->twin = 0;
    berth_shape_amount *amounts = own_resources(out, g);
    if (amounts == NULL) return out_of_memory(ex);
    bool at_class = step->kind == BERTH_STEP_CLASS;
    switch (step->kind) {
    case BERTH_STEP_TREE:
        g->nresources = 0;
        break;
    case BERTH_STEP_CLASS:
    case BERTH_STEP_ROOM:
        amounts[step->item].loose = true;
        if (at_class) amounts[step->item].amount = 0;
        g->nresources = step->item + 1;
        break;
    case BERTH_STEP_UNITS:
        g->nresources = step->item + 1;
        break;
    default:
        break;
    }
    if (step->kind < BERTH_STEP_TRAIT) g->nrequired = 0;
    if (step->kind < BERTH_STEP_AGGREGATE) g->nmember_of = 0;
    if (step->kind == BERTH_STEP_TRAIT) g->nrequired = step->item + 1;
    if (step->kind == BERTH_STEP_AGGREGATE) g->nmember_of = step->item + 1;
    return BERTH_OK;
}

berth_rc part_widest(explaining *ex, size_t group, size_t i, part *out) {
    berth_rc rc = begin(ex, group, 1, out);
    if (rc != BERTH_OK) return rc;
    berth_shape_amount *amounts = own_resources(out, &out->groups[0]);
    if (amounts == NULL) return out_of_memory(ex);
    out->groups[0].twin = 0;
    amounts[i].amount = 0;
    amounts[i].loose = true;
    return BERTH_OK;
}

berth_rc part_whole(explaining *ex, berth_group_policy policy, const size_t *const *subtrees,
                    const size_t *sizes, size_t nsubtrees, part *out) {
    berth_rc rc = begin(ex, 0, ex->base->ngroups, out);
    if (rc != BERTH_OK) return rc;
    out->shape.group_policy = policy;
    out->shape.subtrees = subtrees;
    out->shape.subtree_sizes = sizes;
    out->shape.nsubtrees = nsubtrees;
    out->shape.root_required = ex->base->root_required;
    out->shape.nroot_required = ex->base->nroot_required;
    return BERTH_OK;
}

/* --- relaxed ------------------------------------------------------------------------------ */

/* A group that is asked less than its twins is none of them any more. */
static void part_from_twins(part *p, size_t group) {
    size_t leader = p->shape.ngroups;
    for (size_t i = 0; i < p->shape.ngroups; i++) {
        if (i == group || p->groups[i].twin != group) continue;
        if (leader == p->shape.ngroups) leader = i;
        p->groups[i].twin = leader;
    }
    p->groups[group].twin = group;
}

/* The conditions without the item, or without one name of it. */
static berth_rc drop_condition(explaining *ex, part *p, const berth_ref_condition **list,
                               size_t *count, const berth_relaxation *r) {
    berth_arena *arena = &p->shape.arena;
    size_t item = r->item;
    berth_ref name = r->name;
    berth_ref_condition *copy = berth_arena_alloc(arena, *count * sizeof *copy);
    if (copy == NULL) return out_of_memory(ex);
    memcpy(copy, *list, *count * sizeof *copy);
    if (name != BERTH_NONE && copy[item].count > 1) {
        berth_ref *refs = berth_arena_alloc(arena, copy[item].count * sizeof *refs);
        if (refs == NULL) return out_of_memory(ex);
        size_t kept = 0;
        for (size_t i = 0; i < copy[item].count; i++)
            if (copy[item].refs[i] != name) refs[kept++] = copy[item].refs[i];
        copy[item].refs = refs;
        copy[item].count = kept;
    } else {
        memmove(copy + item, copy + item + 1, (*count - item - 1) * sizeof *copy);
        --*count;
    }
    *list = copy;
    return BERTH_OK;
}

static berth_rc drop_subtree(explaining *ex, part *p, size_t item) {
    size_t n = p->shape.nsubtrees;
    const size_t **lists = berth_arena_alloc(&p->shape.arena, n * sizeof *lists);
    size_t *sizes = berth_arena_alloc(&p->shape.arena, n * sizeof *sizes);
    if (lists == NULL || sizes == NULL) return out_of_memory(ex);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == item) continue;
        lists[kept] = p->shape.subtrees[i];
        sizes[kept++] = p->shape.subtree_sizes[i];
    }
    p->shape.subtrees = lists;
    p->shape.subtree_sizes = sizes;
    p->shape.nsubtrees = kept;
    return BERTH_OK;
}

berth_rc part_relaxed(explaining *ex, const berth_relaxation *r, part *out) {
    const berth_shape *base = ex->base;
    berth_rc rc = part_whole(ex, base->group_policy, base->subtrees, base->subtree_sizes,
                             base->nsubtrees, out);
    if (rc != BERTH_OK) return rc;
    berth_shape_group *g = r->group == BERTH_WHOLE ? NULL : &out->groups[r->group];
    if (g != NULL) part_from_twins(out, r->group);
    if (g == NULL && r->kind == BERTH_STEP_ROOT)
        return drop_condition(ex, out, &out->shape.root_required, &out->shape.nroot_required, r);
    if (g == NULL && r->kind == BERTH_STEP_SUBTREE) return drop_subtree(ex, out, r->item);
    if (g == NULL) {
        out->shape.group_policy = BERTH_POLICY_NONE;
        return BERTH_OK;
    }
    if (r->kind == BERTH_STEP_TRAIT) return drop_condition(ex, out, &g->required, &g->nrequired, r);
    if (r->kind == BERTH_STEP_AGGREGATE)
        return drop_condition(ex, out, &g->member_of, &g->nmember_of, r);
    if (r->kind == BERTH_STEP_TREE) {
        g->has_tree = false;
        return BERTH_OK;
    }
    berth_shape_amount *amounts = own_resources(out, g);
    if (amounts == NULL) return out_of_memory(ex);
    amounts[r->item].amount = r->to;
    return BERTH_OK;
}

/* --- asking ------------------------------------------------------------------------------- */

/* The part's search.  All searches of an explanation count against one budget. */
static berth_rc open_search(explaining *ex, part *p) {
    if (p->search == NULL) {
        berth_search_options options = {.only_tree = BERTH_NONE,
                                        .no_limit = true,
                                        .repeats = true,
                                        .work_limit = ex->work_limit};
        berth_rc rc = berth_search_open(ex->state, &p->shape, &options, &p->search, ex->err);
        if (rc != BERTH_OK) return rc;
    }
    uint64_t own = berth_search_work(p->search);
    if (ex->out->work > own) berth_search_spend(p->search, ex->out->work - own);
    return BERTH_OK;
}

/* Is the candidate one that comes that far?  *over: nor is any other. */
static berth_rc judge(explaining *ex, part *p, const berth_candidate *candidate, part_level level,
                      bool *passes, bool *over) {
    *passes = true;
    if (level >= PART_FILTERED && ex->filters) {
        berth_rank rank = {.keep = true};
        berth_rc rc =
            ex->judge->rank(ex->judge->self, ex->state, ex->claim, candidate, &rank, ex->err);
        *passes = rank.keep;
        if (rc != BERTH_OK || !rank.keep) return rc;
    }
    if (level < PART_ADMITTED || !ex->admits) return BERTH_OK;
    berth_verdict verdict;
    berth_rc rc = berth_place_would(ex->txn, ex->judge, candidate, ex->claim, &verdict, ex->err);
    berth_search_spend(p->search, CLAIM_WORK);
    berth_search_resume(p->search);
    *passes = verdict.allow;
    *over = verdict.final;
    return rc;
}

static berth_rc ask(explaining *ex, part *p, part_level level, bool *fits) {
    *fits = false;
    for (;;) {
        const berth_candidate *candidate;
        berth_rc rc = berth_search_next(p->search, &candidate, ex->err);
        ex->out->work = berth_search_work(p->search);
        if (rc != BERTH_OK || candidate == NULL) return rc;
        bool passes, over = false;
        rc = judge(ex, p, candidate, level, &passes, &over);
        ex->out->work = berth_search_work(p->search);
        if (rc != BERTH_OK || (over && !passes)) return rc;
        *fits = passes;
        if (passes) return BERTH_OK;
    }
}

berth_rc part_fits(explaining *ex, part *p, berth_ref root, part_level level, bool *fits) {
    *fits = false;
    berth_rc rc = open_search(ex, p);
    if (rc == BERTH_OK) rc = berth_search_rewind(p->search, root, ex->err);
    return rc == BERTH_OK ? ask(ex, p, level, fits) : rc;
}

berth_rc part_fits_any(explaining *ex, part *p, bool *fits) {
    *fits = false;
    berth_rc rc = open_search(ex, p);
    return rc == BERTH_OK ? ask(ex, p, PART_ADMITTED, fits) : rc;
}

berth_rc part_most(explaining *ex, part *p, berth_ref root, berth_ref rclass, berth_widest *out) {
    berth_rc rc = open_search(ex, p);
    if (rc == BERTH_OK) rc = berth_search_widest(p->search, root, rclass, out, ex->err);
    return rc;
}

void part_free(part *p) {
    berth_search_close(p->search);
    p->search = NULL;
    berth_arena_free(&p->shape.arena);
}
