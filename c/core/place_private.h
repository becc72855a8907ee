/* place_private.h - one placement under way, between place.c and place_queue.c alone. */
#ifndef BERTH_CORE_PLACE_PRIVATE_H
#define BERTH_CORE_PLACE_PRIVATE_H

#include "core/ranks_private.h"

/* A candidate that waits for its turn. */
typedef struct queued {
    berth_candidate *candidate; /* owned */
    size_t size;
    double score, preference;
    uint32_t ordinal; /* among its tree's candidates */
} queued;

/* What is still to be tried of a tree that was denied before: its next best candidates, as many
 * as a queue holds at a time. */
typedef struct tree_queue {
    size_t tree;
    queued *items; /* best first; owned */
    size_t count, next;
    bool more;   /* there may be others behind the last */
    queued last; /* the last one tried; its candidate is gone */
} tree_queue;

typedef struct placing {
    berth_txn *txn;
    berth_state *state;
    berth_ranks *ranks;
    const berth_judge *judge;
    const berth_shape *shape;
    const berth_claim *claim;
    berth_placement *out;
    rank_set *set;
    berth_search *search;  /* owned */
    berth_verdict verdict; /* the last */
    tree_queue *queues;    /* owned; of trees that were denied */
    size_t nqueues, cap_queues;
} placing;

/* Asks the judge. */
berth_rc placing_rank(placing *p, const berth_candidate *candidate, berth_rank *rank,
                      berth_err *err);

/* The best candidate not tried yet: by score, then the earlier tree, then preference, then order.
 * NULL when all were tried.  Borrowed until the next call. */
berth_rc placing_next(placing *p, size_t *tree, const berth_candidate **candidate, double *score,
                      berth_err *err);
/* The candidate got last was denied. */
berth_rc placing_denied(placing *p, size_t tree, berth_err *err);
void placing_free_queue(placing *p);

#endif
