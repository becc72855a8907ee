/* explain.c - the conditions of a request one by one over the whole fleet; see explain.h. */
#include "core/explain.h"

#include <string.h>

#include "core/err.h"
#include "core/explain_private.h"

/* --- steps -------------------------------------------------------------------------------- */

static size_t count_steps(const explaining *ex) {
    const berth_shape *base = ex->base;
    size_t n = base->nroot_required + base->nsubtrees + 4;
    for (size_t g = 0; g < base->ngroups; g++)
        n += 1 + 3 * base->groups[g].nresources + base->groups[g].nrequired +
             base->groups[g].nmember_of;
    return n;
}

static void add(berth_step *steps, size_t *n, berth_step_kind kind, size_t group, size_t item) {
    steps[(*n)++] = (berth_step){.kind = kind, .group = group, .item = item};
}

static berth_rc make_steps(explaining *ex) {
    const berth_shape *base = ex->base;
    berth_step *steps = berth_arena_alloc(&ex->out->arena, count_steps(ex) * sizeof *steps);
    if (steps == NULL) return berth_fail_memory(ex->err);
    size_t n = 0;
    for (size_t i = 0; i < base->nroot_required; i++)
        add(steps, &n, BERTH_STEP_ROOT, BERTH_WHOLE, i);
    for (size_t g = 0; g < base->ngroups; g++) {
        const berth_shape_group *group = &base->groups[g];
        if (group->twin != g) continue; /* what is told of the first is true of all twins */
        if (group->has_tree) add(steps, &n, BERTH_STEP_TREE, g, 0);
        for (size_t i = 0; i < group->nresources; i++) {
            add(steps, &n, BERTH_STEP_CLASS, g, i);
            add(steps, &n, BERTH_STEP_ROOM, g, i);
            add(steps, &n, BERTH_STEP_UNITS, g, i);
        }
        for (size_t i = 0; i < group->nrequired; i++) add(steps, &n, BERTH_STEP_TRAIT, g, i);
        for (size_t i = 0; i < group->nmember_of; i++) add(steps, &n, BERTH_STEP_AGGREGATE, g, i);
    }
    if (base->ngroups > 1) add(steps, &n, BERTH_STEP_TOGETHER, BERTH_WHOLE, 0);
    if (base->group_policy == BERTH_POLICY_ISOLATE && base->ngroups > 1)
        add(steps, &n, BERTH_STEP_ISOLATE, BERTH_WHOLE, 0);
    for (size_t i = 0; i < base->nsubtrees; i++) add(steps, &n, BERTH_STEP_SUBTREE, BERTH_WHOLE, i);
    if (ex->filters) add(steps, &n, BERTH_STEP_FILTER, BERTH_WHOLE, 0);
    if (ex->admits) add(steps, &n, BERTH_STEP_ADMIT, BERTH_WHOLE, 0);
    ex->out->steps = ex->steps = steps;
    ex->out->nsteps = n;
    return BERTH_OK;
}

/* --- one condition alone ------------------------------------------------------------------ */

/* Could units like these ever give the amount, or a piece of it? */
static bool units_allow(const berth_inventory *inv, const berth_shape_amount *a) {
    if (!a->split)
        return a->amount >= inv->min_unit && a->amount <= inv->max_unit &&
               a->amount % inv->step_size == 0;
    int64_t most = a->amount < inv->max_unit ? a->amount : inv->max_unit;
    most -= most % inv->step_size;
    return most >= inv->min_unit && most > 0;
}

/* Free of the class at p, 0 when there is none. */
static int64_t free_of(const berth_provider *p, berth_ref rclass) {
    const berth_stock *stock = berth_provider_stock(p, rclass);
    int64_t room = stock == NULL ? 0 : stock->capacity - stock->used;
    return room > 0 ? room : 0;
}

/* member_of's condition for the unsuffixed group is one on the provider and the root. */
static bool aggregate_meets(const explaining *ex, const berth_step *step, const berth_provider *p,
                            const berth_provider *root) {
    const berth_ref_condition *c = &ex->base->groups[step->group].member_of[step->item];
    bool mine = berth_refs_meet(&p->aggregates, c);
    if (step->group != 0 || !ex->base->has_unsuffixed) return mine;
    bool roots = berth_refs_meet(&root->aggregates, c);
    if (c->forbidden) return mine && roots;
    return mine || (roots && p->root == root->ref);
}

static bool provider_meets(const explaining *ex, const berth_step *step, const berth_provider *p,
                           const berth_provider *root) {
    const berth_shape_group *g = &ex->base->groups[step->group];
    const berth_stock *stock = NULL;
    if (step->kind == BERTH_STEP_CLASS || step->kind == BERTH_STEP_UNITS)
        stock = berth_provider_stock(p, g->resources[step->item].rclass);
    switch (step->kind) {
    case BERTH_STEP_TREE:
        return p->root == g->tree &&
               (step->group != 0 || !ex->base->has_unsuffixed || root->ref == g->tree);
    case BERTH_STEP_CLASS:
        return stock != NULL;
    case BERTH_STEP_ROOM:
        return free_of(p, g->resources[step->item].rclass) >= g->resources[step->item].amount;
    case BERTH_STEP_UNITS:
        return stock != NULL && units_allow(&stock->inventory, &g->resources[step->item]);
    case BERTH_STEP_TRAIT:
        return berth_refs_meet(&p->traits, &g->required[step->item]);
    default:
        return aggregate_meets(ex, step, p, root);
    }
}

/* A split class may be gathered from the whole tree. */
static bool tree_gathers(const explaining *ex, const berth_step *step, const berth_refs *members) {
    if (step->kind != BERTH_STEP_ROOM) return false;
    const berth_shape_amount *a = &ex->base->groups[step->group].resources[step->item];
    int64_t open = a->amount;
    for (size_t i = 0; a->split && i < members->count; i++) {
        int64_t room = free_of(ex->state->providers[members->items[i]], a->rclass);
        if (room >= open) return true;
        open -= room;
    }
    return false;
}

static berth_rc tree_meets(explaining *ex, const berth_step *step, berth_ref root, bool *meets) {
    const berth_provider *r = ex->state->providers[root];
    *meets = true;
    if (step->kind == BERTH_STEP_ROOT) {
        *meets = berth_refs_meet(&r->traits, &ex->base->root_required[step->item]);
        return BERTH_OK;
    }
    const berth_refs *members = berth_tree_members(ex->state, root);
    const berth_sharing *sharing = berth_sharing_get(ex->state);
    if (members == NULL || sharing == NULL) return berth_fail_memory(ex->err);
    if (tree_gathers(ex, step, members)) return BERTH_OK;
    for (size_t i = 0; i < members->count; i++)
        if (provider_meets(ex, step, ex->state->providers[members->items[i]], r)) return BERTH_OK;
    size_t count;
    const berth_serves *serves = berth_sharing_of_anchor(sharing, root, &count);
    for (size_t i = 0; i < count; i++)
        if (provider_meets(ex, step, ex->state->providers[serves[i].provider], r)) return BERTH_OK;
    *meets = false;
    return BERTH_OK;
}

static berth_rc count_alone(explaining *ex, berth_step *step) {
    for (size_t i = 0; i < ex->state->roots.count; i++) {
        bool meets;
        berth_rc rc = tree_meets(ex, step, ex->state->roots.items[i], &meets);
        if (rc != BERTH_OK) return rc;
        if (!meets) step->alone++;
    }
    return BERTH_OK;
}

/* --- in turn ------------------------------------------------------------------------------ */

/* The request as far as the step goes; for the steps on all groups together, with the other
 * conditions of that kind before it. */
static berth_rc part_in_turn(explaining *ex, const berth_step *step, part *p) {
    const berth_shape *base = ex->base;
    switch (step->kind) {
    case BERTH_STEP_TOGETHER:
        return part_whole(ex, BERTH_POLICY_NONE, NULL, NULL, 0, p);
    case BERTH_STEP_ISOLATE:
        return part_whole(ex, base->group_policy, NULL, NULL, 0, p);
    case BERTH_STEP_SUBTREE:
        return part_whole(ex, base->group_policy, base->subtrees, base->subtree_sizes,
                          step->item + 1, p);
    case BERTH_STEP_FILTER:
    case BERTH_STEP_ADMIT:
        return part_whole(ex, base->group_policy, base->subtrees, base->subtree_sizes,
                          base->nsubtrees, p);
    default:
        return part_up_to(ex, step, p);
    }
}

/* Counts the trees still alive that the part does not fit, and lets them fail at the step. */
static berth_rc drop_trees(explaining *ex, berth_step *step, part *p) {
    size_t at = (size_t)(step - ex->steps);
    part_level level = step->kind == BERTH_STEP_ADMIT    ? PART_ADMITTED
                       : step->kind == BERTH_STEP_FILTER ? PART_FILTERED
                                                         : PART_FOUND;
    for (size_t i = 0; i < ex->state->roots.count; i++) {
        if (ex->failed_at[i] < ex->out->nsteps) continue;
        berth_ref root = ex->state->roots.items[i];
        bool fits;
        berth_rc rc = step->kind == BERTH_STEP_ROOT ? tree_meets(ex, step, root, &fits)
                                                    : part_fits(ex, p, root, level, &fits);
        if (rc != BERTH_OK) return rc;
        if (fits) {
            step->left++;
        } else {
            step->in_turn++;
            ex->failed_at[i] = at;
        }
    }
    return BERTH_OK;
}

/* Trees that every group alone accepted and that the one condition leaves without a candidate. */
static berth_rc count_together(explaining *ex, berth_step *step, const bool *accepted) {
    const berth_shape *base = ex->base;
    part p = {.groups = NULL};
    berth_rc rc = BERTH_OK;
    if (step->kind == BERTH_STEP_SUBTREE)
        rc = part_whole(ex, BERTH_POLICY_NONE, base->subtrees + step->item,
                        base->subtree_sizes + step->item, 1, &p);
    else
        rc = part_in_turn(ex, step, &p);
    for (size_t i = 0; rc == BERTH_OK && i < ex->state->roots.count; i++) {
        bool fits = true;
        if (accepted[i]) rc = part_fits(ex, &p, ex->state->roots.items[i], PART_FOUND, &fits);
        if (rc == BERTH_OK && !fits) step->alone++;
    }
    part_free(&p);
    return rc;
}

static bool is_together(const berth_step *step) {
    return step->kind == BERTH_STEP_TOGETHER || step->kind == BERTH_STEP_ISOLATE ||
           step->kind == BERTH_STEP_SUBTREE;
}

static berth_rc run_step(explaining *ex, berth_step *step, const bool *accepted) {
    berth_rc rc = BERTH_OK;
    if (is_together(step))
        rc = count_together(ex, step, accepted);
    else if (step->kind < BERTH_STEP_FILTER)
        rc = count_alone(ex, step);
    if (rc != BERTH_OK) return rc;
    part p = {.groups = NULL};
    if (step->kind != BERTH_STEP_ROOT) rc = part_in_turn(ex, step, &p);
    if (rc == BERTH_OK) rc = drop_trees(ex, step, &p);
    part_free(&p);
    if (step->kind >= BERTH_STEP_FILTER) step->alone = step->in_turn;
    return rc;
}

static berth_rc run_steps(explaining *ex) {
    size_t trees = ex->state->roots.count;
    ex->failed_at = berth_arena_alloc(&ex->out->arena, trees * sizeof *ex->failed_at);
    bool *accepted = berth_arena_alloc(&ex->out->arena, trees * sizeof *accepted);
    if (ex->failed_at == NULL || accepted == NULL) return berth_fail_memory(ex->err);
    for (size_t i = 0; i < trees; i++) ex->failed_at[i] = ex->out->nsteps;
    bool together = false;
    for (size_t i = 0; i < ex->out->nsteps; i++) {
        if (is_together(&ex->steps[i]) && !together) {
            together = true;
            for (size_t j = 0; j < trees; j++) accepted[j] = ex->failed_at[j] == ex->out->nsteps;
        }
        berth_rc rc = run_step(ex, &ex->steps[i], accepted);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* --- nearest misses ----------------------------------------------------------------------- */

static void note_near(berth_explanation *out, berth_near near) {
    size_t at = out->nnear;
    while (at > 0 && out->near[at - 1].have < near.have) at--;
    if (at == BERTH_NEAR_MAX) return;
    size_t last = out->nnear < BERTH_NEAR_MAX ? out->nnear : BERTH_NEAR_MAX - 1;
    memmove(out->near + at + 1, out->near + at, (last - at) * sizeof *out->near);
    out->near[at] = near;
    out->nnear = last + 1;
}

/* Who has most of the class of a ROOM step: of those that meet all else, or of all. */
static berth_rc find_most(explaining *ex, const berth_step *step, part *strict, part *any,
                          berth_near *near) {
    const berth_shape_amount *asked = &ex->base->groups[step->group].resources[step->item];
    berth_widest widest;
    berth_rc rc = part_most(ex, strict, near->root, asked->rclass, &widest);
    if (rc == BERTH_OK && widest.provider == BERTH_NONE)
        rc = part_most(ex, any, near->root, asked->rclass, &widest);
    bool together = asked->split && widest.together > widest.most;
    near->have = together ? widest.together : widest.most;
    near->provider = together ? BERTH_NONE : widest.provider;
    return rc;
}

static berth_rc find_near(explaining *ex) {
    size_t furthest = 0;
    for (size_t i = 0; i < ex->state->roots.count; i++)
        if (ex->failed_at[i] > furthest) furthest = ex->failed_at[i];
    const berth_step *step = &ex->steps[furthest];
    bool room = step->kind == BERTH_STEP_ROOM;
    part strict = {.groups = NULL}, any = {.groups = NULL};
    berth_rc rc = BERTH_OK;
    if (room) {
        berth_step class_step = {
            .kind = BERTH_STEP_CLASS, .group = step->group, .item = step->item};
        rc = part_widest(ex, step->group, step->item, &strict);
        if (rc == BERTH_OK) rc = part_up_to(ex, &class_step, &any);
    }
    for (size_t i = 0; rc == BERTH_OK && i < ex->state->roots.count; i++) {
        if (ex->failed_at[i] != furthest) continue;
        berth_near near = {ex->state->roots.items[i], furthest, BERTH_NONE, 0};
        if (room) rc = find_most(ex, step, &strict, &any, &near);
        if (rc == BERTH_OK) note_near(ex->out, near);
    }
    part_free(&strict);
    part_free(&any);
    return rc;
}

/* --- the whole ---------------------------------------------------------------------------- */

void berth_explanation_free(berth_explanation *explanation) {
    if (explanation == NULL) return;
    berth_mem mem = explanation->arena.mem;
    berth_arena_free(&explanation->arena);
    berth_free(&mem, explanation, sizeof *explanation);
}

static berth_rc explain(explaining *ex) {
    berth_explanation *out = ex->out;
    out->shape = ex->base;
    out->trees = (int64_t)ex->state->roots.count;
    berth_rc rc = make_steps(ex);
    if (rc == BERTH_OK) rc = run_steps(ex);
    if (rc != BERTH_OK || out->trees == 0 || ex->steps[out->nsteps - 1].left > 0) return rc;
    rc = find_near(ex);
    return rc == BERTH_OK ? explain_relax(ex) : rc;
}

berth_rc berth_explain(berth_state *state, const berth_shape *shape, const berth_judge *judge,
                       const berth_claim *claim, berth_txn *txn, uint64_t work_limit,
                       berth_explanation **out, berth_err *err) {
    *out = NULL;
    berth_explanation *explanation = berth_calloc(&state->mem, 1, sizeof *explanation);
    if (explanation == NULL) return berth_fail_memory(err);
    berth_arena_init(&explanation->arena, state->mem);
    explaining ex = {.state = state,
                     .base = shape,
                     .judge = judge,
                     .filters = judge != NULL && judge->ranking != 0,
                     .admits = judge != NULL && judge->has_admit && txn != NULL,
                     .txn = txn,
                     .claim = claim,
                     .out = explanation,
                     .work_limit = work_limit,
                     .err = err};
    berth_rc rc = explain(&ex);
    if (rc != BERTH_OK) {
        berth_explanation_free(explanation);
        return rc;
    }
    *out = explanation;
    return BERTH_OK;
}
