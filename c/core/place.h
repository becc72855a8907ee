/* place.h - search, choose, allocate: candidates that pass `filter` compete by `score`; the best
 * is claimed and shown to `admit`; on denial the next best is tried.  The judge is a table of
 * functions handed in by the policy floor, so this file knows no Lua.  Uses search.h, edit.h. */
#ifndef BERTH_CORE_PLACE_H
#define BERTH_CORE_PLACE_H

#include "core/search.h"

/* Who claims, beside the shape. */
typedef struct berth_claim {
    berth_text consumer, project, user, type;
    int64_t generation; /* as berth_allocation_spec; a fresh claim uses BERTH_NO_CONSUMER */
} berth_claim;

/* What a ranking says of one candidate.  Trees compete by `score` (higher wins, equal scores go to
 * the earlier tree); inside a tree the higher (score, preference) wins, then the earlier. */
typedef struct berth_rank {
    bool keep;
    double score;
    double preference;
    bool personal; /* the answer depended on who claims: do not remember it for the shape */
} berth_rank;

typedef struct berth_verdict {
    bool allow;
    bool final;    /* denied whatever the candidate: no use trying others */
    berth_err why; /* filled on denial: code BERTH_EDENIED/EPOLICYBUDGET/EPOLICY */
} berth_verdict;

typedef struct berth_judge {
    void *self;
    uint64_t ranking; /* changes whenever the loaded ranking policies or their parameters do; 0:
                         no filter or score is loaded and rank is not called */
    bool has_admit;
    berth_rc (*rank)(void *self, berth_state *state, const berth_claim *claim,
                     const berth_candidate *candidate, berth_rank *out, berth_err *err);
    /* The claim's allocations are already in the state. */
    berth_rc (*admit)(void *self, berth_state *state, const berth_claim *claim,
                      const berth_candidate *candidate, berth_verdict *out, berth_err *err);
} berth_judge;

/* Ranks remembered by shape and tree, recomputed only for trees whose version moved.  Owned by
 * the store; bounded in memory (least recently used shapes go first). */
typedef struct berth_ranks berth_ranks;
berth_ranks *berth_ranks_new(berth_mem mem, size_t max_bytes);
void berth_ranks_free(berth_ranks *ranks);
void berth_ranks_clear(berth_ranks *ranks); /* after a reload of the state */

typedef struct berth_placement {
    berth_candidate *candidate; /* owned: berth_free(&state->mem, candidate, candidate_size) */
    size_t candidate_size;
    double score;
    int64_t considered; /* trees with at least one candidate that passed the filters */
    int64_t denied;     /* candidates that admit refused before this one */
} berth_placement;

/* Without a ranking (or a judge) the first candidate wins, and no more are sought than that takes.
 * Every candidate is tried before a claim is denied, unless the verdict is final: by score, then
 * the earlier tree, then preference, then the search's order.  shape->limit plays no part.  Nothing
 * of a denied or failed try remains in txn.  ranks may be NULL: nothing is remembered.
 * Errors: BERTH_ENOCANDIDATE (berth_search_fail's fields), BERTH_EDENIED (the last denial's
 * fields), BERTH_EPOLICY..., BERTH_EBUDGET, BERTH_ECONSUMER or BERTH_ECONFLICT (the consumer is not
 * as expected; told before anything else), BERTH_ENOMEM. */
berth_rc berth_place(berth_txn *txn, berth_ranks *ranks, const berth_judge *judge,
                     const berth_shape *shape, const berth_claim *claim, berth_placement *out,
                     berth_err *err);

/* Claims exactly this candidate (still subject to admit). */
berth_rc berth_place_candidate(berth_txn *txn, const berth_judge *judge,
                               const berth_candidate *candidate, const berth_claim *claim,
                               berth_err *err);

/* Would this candidate be admitted?  Claims it, asks and undoes it all.  Errors: what a claim of
 * it fails with, what the judge's admit returns. */
berth_rc berth_place_would(berth_txn *txn, const berth_judge *judge,
                           const berth_candidate *candidate, const berth_claim *claim,
                           berth_verdict *out, berth_err *err);

#endif
