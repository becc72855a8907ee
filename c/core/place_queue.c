/* place_queue.c - which candidate is tried next: the best of all trees at first, and of trees where
 * admit denied one, the next best, a bounded number of copies at a time.  See place_private.h. */
#include <string.h>

#include "core/err.h"
#include "core/place_private.h"

#define QUEUE_MAX 256

static bool before(const queued *a, const queued *b) {
    if (a->score > b->score || a->score < b->score) return a->score > b->score;
    if (a->preference > b->preference || a->preference < b->preference)
        return a->preference > b->preference;
    return a->ordinal < b->ordinal;
}

static void empty(const berth_mem *mem, tree_queue *q) {
    for (size_t i = 0; i < q->count; i++) berth_free(mem, q->items[i].candidate, q->items[i].size);
    q->count = q->next = 0;
}

void placing_free_queue(placing *p) {
    const berth_mem *mem = &p->state->mem;
    for (size_t i = 0; i < p->nqueues; i++) {
        empty(mem, &p->queues[i]);
        berth_free(mem, p->queues[i].items, QUEUE_MAX * sizeof *p->queues[i].items);
    }
    berth_free(mem, p->queues, p->cap_queues * sizeof *p->queues);
    p->queues = NULL;
    p->nqueues = p->cap_queues = 0;
}

/* --- filling ------------------------------------------------------------------------------ */

/* Puts a copy of the candidate in its place; the last one falls out of a full queue. */
static berth_rc insert(const berth_mem *mem, tree_queue *q, const berth_candidate *candidate,
                       queued item, berth_err *err) {
    if (q->count == QUEUE_MAX) {
        q->more = true;
        if (!before(&item, &q->items[q->count - 1])) return BERTH_OK;
    }
    item.candidate = berth_candidate_copy(mem, candidate, &item.size);
    if (item.candidate == NULL) return berth_fail_memory(err);
    if (q->count == QUEUE_MAX) {
        q->count--;
        berth_free(mem, q->items[q->count].candidate, q->items[q->count].size);
    }
    size_t at = q->count;
    while (at > 0 && before(&item, &q->items[at - 1])) at--;
    memmove(q->items + at + 1, q->items + at, (q->count - at) * sizeof *q->items);
    q->items[at] = item;
    q->count++;
    return BERTH_OK;
}

/* The best of the tree's candidates behind q->last; all of them when `whole`. */
static berth_rc fill(placing *p, tree_queue *q, bool whole, berth_err *err) {
    const berth_mem *mem = &p->state->mem;
    empty(mem, q);
    q->more = false;
    berth_rc rc = berth_search_rewind(p->search, p->set->trees[q->tree].root, err);
    for (uint32_t ordinal = 0; rc == BERTH_OK; ordinal++) {
        const berth_candidate *candidate;
        berth_rank rank;
        rc = berth_search_next(p->search, &candidate, err);
        if (rc != BERTH_OK || candidate == NULL) break;
        rc = placing_rank(p, candidate, &rank, err);
        if (rc != BERTH_OK || !rank.keep) continue;
        queued item = {NULL, 0, rank.score, rank.preference, ordinal};
        if (whole || before(&q->last, &item)) rc = insert(mem, q, candidate, item, err);
    }
    return rc;
}

/* Queues stand by tree, ascending. */
static berth_rc find_queue(placing *p, size_t tree, bool *found, tree_queue **out, berth_err *err) {
    const berth_mem *mem = &p->state->mem;
    size_t at = p->nqueues;
    while (at > 0 && p->queues[at - 1].tree > tree) at--;
    *found = at > 0 && p->queues[at - 1].tree == tree;
    if (*found) {
        *out = &p->queues[at - 1];
        return BERTH_OK;
    }
    void *queues = p->queues;
    if (berth_grow(mem, &queues, &p->cap_queues, p->nqueues, sizeof *p->queues) != 0)
        return berth_fail_memory(err);
    p->queues = queues;
    queued *items = berth_calloc(mem, QUEUE_MAX, sizeof *items);
    if (items == NULL) return berth_fail_memory(err);
    memmove(p->queues + at + 1, p->queues + at, (p->nqueues - at) * sizeof *p->queues);
    p->queues[at] = (tree_queue){.tree = tree, .items = items};
    p->nqueues++;
    *out = &p->queues[at];
    return BERTH_OK;
}

berth_rc placing_denied(placing *p, size_t tree, berth_err *err) {
    bool found;
    tree_queue *q = NULL;
    berth_rc rc = find_queue(p, tree, &found, &q, err);
    if (rc != BERTH_OK) return rc;
    if (!found) {
        rc = fill(p, q, true, err); /* its first is the one that was denied */
        if (rc != BERTH_OK) return rc;
    }
    if (q->next < q->count) q->next++;
    if (q->next < q->count || !q->more) return BERTH_OK;
    q->last = q->items[q->count - 1];
    return fill(p, q, false, err);
}

/* --- the next try ------------------------------------------------------------------------- */

/* The tree with the best candidate left; ntrees when there is none. */
static size_t best_tree(const placing *p, const tree_queue **queue) {
    size_t best = p->set->ntrees, q = 0;
    double score = 0;
    *queue = NULL;
    if (p->nqueues == 0) return rank_set_best(p->set);
    for (size_t i = 0; i < p->set->ntrees; i++) {
        const rank_tree *t = &p->set->trees[i];
        const tree_queue *here = NULL;
        double mine = t->score;
        if (!t->feasible) continue;
        while (q < p->nqueues && p->queues[q].tree < i) q++;
        if (q < p->nqueues && p->queues[q].tree == i) {
            here = &p->queues[q];
            if (here->next == here->count) continue;
            mine = here->items[here->next].score;
        }
        if (best < p->set->ntrees && mine <= score) continue;
        best = i;
        score = mine;
        *queue = here;
    }
    return best;
}

berth_rc placing_next(placing *p, size_t *tree, const berth_candidate **candidate, double *score,
                      berth_err *err) {
    *candidate = NULL;
    const tree_queue *queue;
    *tree = best_tree(p, &queue);
    if (*tree == p->set->ntrees) return BERTH_OK;
    if (queue != NULL) {
        *candidate = queue->items[queue->next].candidate;
        *score = queue->items[queue->next].score;
        return BERTH_OK;
    }
    const rank_tree *t = &p->set->trees[*tree];
    *score = t->score;
    berth_rc rc = berth_search_rewind(p->search, t->root, err);
    for (uint32_t ordinal = 0; rc == BERTH_OK && ordinal <= t->best; ordinal++)
        rc = berth_search_next(p->search, candidate, err);
    return rc;
}
