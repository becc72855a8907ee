/* place.c - search, choose, allocate, ask the judge; see place.h.  What is remembered of each tree
 * is in ranks.c, the order in which candidates are tried after a denial in place_queue.c. */
#include <string.h>

#include "core/err.h"
#include "core/place_private.h"
#include "core/sharing.h"

/* A denied try costs as much of the budget as this many steps of the search. */
#define TRY_WORK 64

/* --- claiming ----------------------------------------------------------------------------- */

static berth_allocation_spec spec_of(const berth_claim *claim) {
    return (berth_allocation_spec){.consumer = claim->consumer,
                                   .project = claim->project,
                                   .user = claim->user,
                                   .type = claim->type,
                                   .generation = claim->generation};
}

static berth_rc allocate(berth_txn *txn, const berth_candidate *candidate, const berth_claim *claim,
                         berth_err *err) {
    const berth_mem *mem = &txn->state->mem;
    berth_allocation_item few[16], *items = few;
    size_t size = candidate->ntakes * sizeof *items;
    if (candidate->ntakes > sizeof few / sizeof few[0]) items = berth_alloc(mem, size);
    if (items == NULL) return berth_fail_memory(err);
    for (size_t i = 0; i < candidate->ntakes; i++) {
        const berth_take *take = &candidate->takes[i];
        items[i] = (berth_allocation_item){take->provider, take->rclass, take->amount};
    }
    berth_allocation_spec spec = spec_of(claim);
    spec.items = items;
    spec.nitems = candidate->ntakes;
    berth_rc rc = berth_allocate(txn, &spec, 1, err);
    if (items != few) berth_free(mem, items, size);
    return rc;
}

/* Claims the candidate and asks admit; a denial is undone and told in *verdict. */
static berth_rc claim_and_ask(berth_txn *txn, const berth_judge *judge,
                              const berth_candidate *candidate, const berth_claim *claim,
                              berth_verdict *verdict, berth_err *err) {
    size_t mark = txn->count;
    verdict->allow = true;
    berth_rc rc = allocate(txn, candidate, claim, err);
    if (rc != BERTH_OK || judge == NULL || !judge->has_admit) return rc;
    *verdict = (berth_verdict){.allow = false};
    rc = judge->admit(judge->self, txn->state, claim, candidate, verdict, err);
    if (rc != BERTH_OK || !verdict->allow) berth_txn_undo(txn, mark);
    return rc;
}

static berth_rc tell_denial(const berth_verdict *verdict, berth_err *err) {
    berth_rc rc = verdict->why.rc != BERTH_OK ? verdict->why.rc : BERTH_EDENIED;
    if (err != NULL) {
        *err = verdict->why;
        err->rc = rc;
    }
    return rc;
}

berth_rc berth_place_candidate(berth_txn *txn, const berth_judge *judge,
                               const berth_candidate *candidate, const berth_claim *claim,
                               berth_err *err) {
    berth_verdict verdict;
    berth_rc rc = claim_and_ask(txn, judge, candidate, claim, &verdict, err);
    if (rc == BERTH_OK && !verdict.allow) rc = tell_denial(&verdict, err);
    return rc;
}

berth_rc berth_place_would(berth_txn *txn, const berth_judge *judge,
                           const berth_candidate *candidate, const berth_claim *claim,
                           berth_verdict *out, berth_err *err) {
    size_t mark = txn->count;
    berth_rc rc = claim_and_ask(txn, judge, candidate, claim, out, err);
    berth_txn_undo(txn, mark);
    return rc;
}

/* --- one try ------------------------------------------------------------------------------ */

/* Tries the candidate of the tree.  *placed when it was claimed and admitted; an error when the
 * placement is over otherwise. */
static berth_rc try_candidate(placing *p, size_t tree, const berth_candidate *candidate,
                              bool *placed, berth_err *err) {
    *placed = false;
    berth_placement *out = p->out;
    out->candidate = berth_candidate_copy(&p->state->mem, candidate, &out->candidate_size);
    if (out->candidate == NULL) return berth_fail_memory(err);
    berth_rc rc = claim_and_ask(p->txn, p->judge, out->candidate, p->claim, &p->verdict, err);
    if (rc == BERTH_OK && p->verdict.allow) {
        *placed = true;
        return BERTH_OK;
    }
    berth_free(&p->state->mem, out->candidate, out->candidate_size);
    out->candidate = NULL;
    if (rc != BERTH_OK) return rc;
    out->denied++;
    berth_search_spend(p->search, TRY_WORK);
    berth_search_resume(p->search);
    /* the claim came and went: what is remembered of the tree is as true as before */
    rank_tree *t = &p->set->trees[tree];
    if (t->version != 0) t->version = berth_search_tree_version(p->search, t->root);
    return p->verdict.final ? tell_denial(&p->verdict, err) : BERTH_OK;
}

/* --- ranking a tree ----------------------------------------------------------------------- */

berth_rc placing_rank(placing *p, const berth_candidate *candidate, berth_rank *rank,
                      berth_err *err) {
    *rank = (berth_rank){.keep = true};
    return p->judge->rank(p->judge->self, p->state, p->claim, candidate, rank, err);
}

/* Finds the best of the tree's candidates: the highest (score, preference), then the earliest. */
static berth_rc rank_tree_anew(placing *p, rank_tree *t, berth_err *err) {
    uint64_t version = berth_search_tree_version(p->search, t->root);
    berth_rc rc = berth_search_rewind(p->search, t->root, err);
    bool found = false, personal = false;
    double best = 0;
    t->version = 0;
    t->feasible = false;
    for (uint32_t ordinal = 0; rc == BERTH_OK; ordinal++) {
        const berth_candidate *candidate;
        berth_rank rank;
        rc = berth_search_next(p->search, &candidate, err);
        if (rc != BERTH_OK || candidate == NULL) break;
        found = true;
        rc = placing_rank(p, candidate, &rank, err);
        if (rc != BERTH_OK) break;
        personal = personal || rank.personal;
        if (!rank.keep) continue;
        if (t->feasible &&
            (rank.score < t->score || (rank.score <= t->score && rank.preference <= best)))
            continue;
        t->feasible = true;
        t->score = rank.score;
        best = rank.preference;
        t->best = ordinal;
    }
    if (rc != BERTH_OK) return rc;
    t->personal = personal;
    t->miss = found ? (berth_miss){UINT16_MAX, BERTH_MISS_FILTER} : berth_search_miss(p->search);
    t->version = version;
    return BERTH_OK;
}

/* --- trees that changed ------------------------------------------------------------------- */

/* Without a ranking a tree may well be unknown until its turn comes. */
static bool is_stale(const placing *p, const rank_tree *t) {
    if (t->version == 0) return p->set->ranking != 0;
    return t->personal || t->version != berth_search_tree_version(p->search, t->root);
}

/* With a ranking the tree is ranked anew, without one it is looked at when its turn comes. */
static berth_rc renew(placing *p, rank_tree *t, berth_err *err) {
    if (p->set->ranking != 0) return rank_tree_anew(p, t, err);
    t->version = 0;
    t->feasible = false;
    return BERTH_OK;
}

/* The tree when it is stale; its place in the tournament, when there is one, is played again. */
static berth_rc renew_tree(placing *p, size_t tree, berth_err *err) {
    rank_set *set = p->set;
    rank_tree *t = &set->trees[tree];
    if (!is_stale(p, t)) return BERTH_OK;
    if (!set->whole) return renew(p, t, err);
    rank_set_take(set, tree);
    berth_rc rc = renew(p, t, err);
    rank_set_put(set, tree);
    if (rc != BERTH_OK) set->whole = false;
    return rc;
}

static berth_rc renew_all(placing *p, berth_err *err) {
    for (size_t i = 0; i < p->set->ntrees; i++) {
        berth_rc rc = renew_tree(p, i, err);
        if (rc != BERTH_OK) return rc;
    }
    if (!p->set->whole) rank_set_complete(p->set);
    return BERTH_OK;
}

/* Only the trees that the state says were touched meanwhile. */
static berth_rc renew_touched(placing *p, berth_err *err) {
    rank_set *set = p->set;
    berth_ref last = BERTH_NONE;
    for (uint64_t n = set->touches; n != p->state->touches; n++) {
        berth_ref root = p->state->touched[n % BERTH_TOUCHED];
        size_t tree = root == last ? set->ntrees : rank_set_find(set, root);
        last = root;
        berth_rc rc = tree < set->ntrees ? renew_tree(p, tree, err) : BERTH_OK;
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* Brings what is remembered up to the state. */
static berth_rc renew_set(placing *p, berth_err *err) {
    rank_set *set = p->set;
    const berth_sharing *sharing = berth_sharing_get(p->state);
    if (sharing == NULL) return berth_fail_memory(err);
    uint64_t touches = p->state->touches - set->touches;
    bool few = set->whole && set->personal == 0 && sharing->count == 0 &&
               touches <= BERTH_TOUCHED && touches <= set->ntrees;
    berth_rc rc = few ? renew_touched(p, err) : renew_all(p, err);
    set->touches = p->state->touches;
    return rc;
}

/* --- without a ranking -------------------------------------------------------------------- */

/* Tries the tree's candidates as they come. */
static berth_rc try_tree(placing *p, size_t tree, bool *placed, berth_err *err) {
    rank_tree *t = &p->set->trees[tree];
    berth_rc rc = berth_search_rewind(p->search, t->root, err);
    uint64_t version = berth_search_tree_version(p->search, t->root);
    t->version = 0;
    t->feasible = false;
    while (rc == BERTH_OK) {
        const berth_candidate *candidate;
        rc = berth_search_next(p->search, &candidate, err);
        if (rc != BERTH_OK || candidate == NULL) break;
        if (!t->feasible) {
            t->feasible = true;
            t->version = version;
            p->out->considered++;
        }
        rc = try_candidate(p, tree, candidate, placed, err);
        if (*placed) return rc;
    }
    if (rc == BERTH_OK && !t->feasible) {
        t->version = version;
        t->miss = berth_search_miss(p->search);
    }
    return rc;
}

/* The trees behind one whose candidates were all denied. */
static berth_rc try_behind(placing *p, size_t tree, bool *placed, berth_err *err) {
    for (size_t i = tree + 1; i < p->set->ntrees; i++) {
        if (p->set->trees[i].version != 0 && !p->set->trees[i].feasible) continue;
        rank_set_take(p->set, i);
        berth_rc rc = try_tree(p, i, placed, err);
        rank_set_put(p->set, i);
        if (rc != BERTH_OK || *placed) return rc;
    }
    return BERTH_OK;
}

static berth_rc place_first(placing *p, bool *placed, berth_err *err) {
    berth_rc rc = renew_set(p, err);
    while (rc == BERTH_OK) {
        size_t tree = rank_set_best(p->set);
        if (tree == p->set->ntrees) return BERTH_OK;
        rank_set_take(p->set, tree);
        rc = try_tree(p, tree, placed, err);
        rank_set_put(p->set, tree);
        if (*placed) return rc;
        if (rc == BERTH_OK && p->set->trees[tree].feasible) return try_behind(p, tree, placed, err);
    }
    return rc;
}

/* --- with a ranking ----------------------------------------------------------------------- */

static berth_rc place_best(placing *p, bool *placed, berth_err *err) {
    berth_rc rc = renew_set(p, err);
    p->out->considered = (int64_t)p->set->feasible;
    while (rc == BERTH_OK && !*placed) {
        size_t tree;
        const berth_candidate *candidate;
        rc = placing_next(p, &tree, &candidate, &p->out->score, err);
        if (rc != BERTH_OK || candidate == NULL) return rc;
        rc = try_candidate(p, tree, candidate, placed, err);
        if (rc == BERTH_OK && !*placed) rc = placing_denied(p, tree, err);
    }
    return rc;
}

/* --- the verb ----------------------------------------------------------------------------- */

/* Nothing could be placed: the last denial, or what most of the request was wanting. */
static berth_rc tell_failure(const placing *p, berth_err *err) {
    if (p->out->denied > 0) return tell_denial(&p->verdict, err);
    berth_miss furthest = {0, BERTH_MISS_NOTHING};
    int64_t count = 0;
    for (size_t i = 0; i < p->set->ntrees; i++) {
        berth_miss miss = p->set->trees[i].miss;
        bool further = miss.variable != furthest.variable ? miss.variable > furthest.variable
                                                          : miss.kind > furthest.kind;
        if (further) {
            furthest = miss;
            count = 1;
        } else if (miss.variable == furthest.variable && miss.kind == furthest.kind) {
            count++;
        }
    }
    return berth_search_fail(p->search, furthest, count, (int64_t)p->set->ntrees, err);
}

/* A consumer that is not as the claim expects is told before anything is sought. */
static berth_rc check_consumer(const placing *p, berth_err *err) {
    const berth_claim *claim = p->claim;
    if (claim->generation == BERTH_ANY_GENERATION) return BERTH_OK;
    berth_ref ref = berth_state_find_consumer(p->state, claim->consumer.data, claim->consumer.len);
    int64_t have =
        ref == BERTH_NONE ? BERTH_NO_CONSUMER : berth_state_consumer(p->state, ref)->generation;
    if (have == claim->generation) return BERTH_OK;
    berth_allocation_spec spec = spec_of(claim); /* without items: it will refuse or do nothing */
    return berth_allocate(p->txn, &spec, 1, err);
}

static berth_rc place(placing *p, bool *placed, berth_err *err) {
    berth_rc rc = check_consumer(p, err);
    if (rc != BERTH_OK) return rc;
    uint64_t ranking = p->judge != NULL ? p->judge->ranking : 0;
    rc = rank_set_get(p->ranks, p->state, p->shape, ranking, &p->set, err);
    if (rc != BERTH_OK) return rc;
    berth_search_options options = {.only_tree = BERTH_NONE, .no_limit = true};
    rc = berth_search_open(p->state, p->shape, &options, &p->search, err);
    if (rc != BERTH_OK) return rc;
    rc = ranking == 0 ? place_first(p, placed, err) : place_best(p, placed, err);
    if (rc == BERTH_OK && !*placed) rc = tell_failure(p, err);
    return rc;
}

berth_rc berth_place(berth_txn *txn, berth_ranks *ranks, const berth_judge *judge,
                     const berth_shape *shape, const berth_claim *claim, berth_placement *out,
                     berth_err *err) {
    *out = (berth_placement){.candidate = NULL};
    berth_ranks *own = ranks == NULL ? berth_ranks_new(txn->state->mem, 0) : NULL;
    if (ranks == NULL && own == NULL) return berth_fail_memory(err);
    placing p = {.txn = txn,
                 .state = txn->state,
                 .ranks = ranks != NULL ? ranks : own,
                 .judge = judge,
                 .shape = shape,
                 .claim = claim,
                 .out = out};
    bool placed = false;
    berth_rc rc = place(&p, &placed, err);
    berth_search_close(p.search);
    placing_free_queue(&p);
    berth_ranks_free(own);
    return rc;
}
