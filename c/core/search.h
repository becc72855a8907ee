/* search.h - allocation candidates, one by one: trees in creation order (or the order handed in),
 * inside a tree depth-first over the request's variables (each class of the unsuffixed group,
 * then each granular group), providers in pre-order, sharing providers of other trees after them
 * in creation order.  A prefix that already breaks capacity, max_unit, isolation or a trait is
 * never extended, so memory is O(variables), not O(answers).
 *
 * Uses state.h and request.h.  Knows no policy: place.h ranks. */
#ifndef BERTH_CORE_SEARCH_H
#define BERTH_CORE_SEARCH_H

#include "core/request.h"

/* One amount taken from one provider, merged over the groups. */
typedef struct berth_take {
    berth_ref provider, rclass;
    int64_t amount;
} berth_take;

/* A way to satisfy a shape; borrowed from the search until its next step. */
typedef struct berth_candidate {
    const berth_shape *shape;
    berth_ref anchor; /* root of the tree it is built around */
    const berth_take *takes; /* by provider, then class, ascending; distinct */
    size_t ntakes;
    /* providers of group g: map_items[map_start[g] .. map_start[g + 1]), ascending, distinct */
    const berth_ref *map_items;
    const size_t *map_start;
} berth_candidate;

typedef struct berth_search berth_search;

typedef struct berth_search_options {
    uint64_t work_limit; /* tests of one provider for one variable; 0: BERTH_WORK_DEFAULT */
    berth_ref only_tree; /* BERTH_NONE: all trees */
} berth_search_options;

#define BERTH_WORK_DEFAULT UINT64_C(50000000)

/* Borrows state and shape.  Errors: BERTH_ENOMEM. */
berth_rc berth_search_open(berth_state *state, const berth_shape *shape,
                           const berth_search_options *options, berth_search **out,
                           berth_err *err);
/* *out is the next candidate, or NULL at the end (or when shape->limit were given).
 * Errors: BERTH_EBUDGET (fields work, limit), BERTH_ESTALE when the state changed, BERTH_ENOMEM. */
berth_rc berth_search_next(berth_search *search, const berth_candidate **out, berth_err *err);
uint64_t berth_search_work(const berth_search *search);
void berth_search_close(berth_search *search);

/* The largest clock of all trees that candidates around this anchor depend on (its own and those
 * of sharing providers that may serve it): equal before and after means equal candidates. */
uint64_t berth_search_tree_version(berth_search *search, berth_ref anchor);

/* Restart the same search on one anchor only (cheap: keeps memory and sharing tables). */
berth_rc berth_search_rewind(berth_search *search, berth_ref anchor, berth_err *err);

/* A deep copy in one block of memory; berth_free(mem, copy, *size). NULL without memory. */
berth_candidate *berth_candidate_copy(const berth_mem *mem, const berth_candidate *candidate,
                                      size_t *size);

#endif
