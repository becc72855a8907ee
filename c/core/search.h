/* search.h - allocation candidates, one by one, in one documented order.
 *
 * Every candidate is built around one anchor, the root of a tree: its providers are members of
 * that tree, or sharing providers that serve it.  Trees come in creation order.  Inside a tree the
 * search goes depth first over the request's variables: each class of the unsuffixed group (by
 * class), then each granular group (by suffix, identical groups together), then the split classes;
 * each variable tries the tree's providers in pre-order, then sharing providers of other trees in
 * creation order.  A candidate made of sharing providers alone belongs to the first anchor that
 * gives it.  A prefix that already breaks capacity, max_unit, isolation, a trait or a subtree is
 * never extended, so memory is O(variables x providers of a tree), not O(answers).
 *
 * With shape->canonical, answers that only differ by interchangeable providers (siblings whose
 * inventories, usage, traits and aggregates are equal, as are their subtrees child by child) or by
 * twin groups come once, the first of them.
 *
 * A class marked split may be gathered from several members of the anchor's own tree, each giving
 * an amount its own units allow and each meeting the group's conditions; or it comes from one
 * provider, as any other.  Of all choices of such sets of providers, a candidate is one of which no
 * provider can be left out: whatever left, the rest could not carry all amounts, or would miss a
 * required trait of the unsuffixed group or a same_subtree.  So there is a candidate exactly when
 * there is a way, and no condition more or less ever hides one.  A set of fewer providers comes
 * before larger ones, then the one with the earlier places.  How much each gives follows from the
 * sets alone: groups in order, and in each the earlier providers, give as much as still leaves a
 * way for all others.  Groups that share out a class differently and come to the same amounts and
 * mappings give one candidate, the first.
 *
 * Under shape->canonical, how much interchangeable providers give makes no difference either.  Twin
 * groups that split a class come in one order: by the provider of what they do not split, then by
 * the sets of each class.  Where providers are interchangeable as well, a few answers may remain
 * that only swaps of both together turn into each other; none that is different is ever missing.
 *
 * Uses state.h, request.h, sharing.h.  Knows no policy: place.h ranks. */
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
    berth_ref anchor;        /* root of the tree it is built around */
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
    bool no_limit;       /* go on behind shape->limit */
    bool repeats;        /* give also what an earlier anchor gave */
} berth_search_options;

#define BERTH_WORK_DEFAULT UINT64_C(50000000)

/* Borrows state and shape; options may be NULL.  Errors: BERTH_ENOMEM. */
berth_rc berth_search_open(berth_state *state, const berth_shape *shape,
                           const berth_search_options *options, berth_search **out, berth_err *err);
/* *out is the next candidate, or NULL at the end (or when shape->limit were given).
 * Errors: BERTH_EBUDGET (fields work, limit), BERTH_ESTALE when the state changed, BERTH_ENOMEM;
 * a search that failed stays failed until it is rewound. */
berth_rc berth_search_next(berth_search *search, const berth_candidate **out, berth_err *err);
uint64_t berth_search_work(const berth_search *search);
void berth_search_close(berth_search *search);

/* The largest clock of all trees that candidates around this anchor depend on (its own and those
 * of sharing providers that may serve it): equal before and after means equal candidates.
 * 0 without memory. */
uint64_t berth_search_tree_version(berth_search *search, berth_ref anchor);

/* Restart the same search on one anchor only, true to the state as it is now (cheap: keeps memory
 * and sharing tables; the work done adds up).  Errors: BERTH_ENOMEM. */
berth_rc berth_search_rewind(berth_search *search, berth_ref anchor, berth_err *err);

/* For a shape that asks loosely for 0 of the class: among the providers around the anchor that
 * meet all else their group asks of them, the most that one has free of it. */
typedef struct berth_widest {
    int64_t most;
    berth_ref provider; /* has it; BERTH_NONE when nobody meets all else */
    int64_t together;   /* what all in the anchor's own tree could give, by their units */
} berth_widest;

/* The search must be rewound afterwards.  Errors: BERTH_ENOMEM. */
berth_rc berth_search_widest(berth_search *search, berth_ref anchor, berth_ref rclass,
                             berth_widest *out, berth_err *err);

/* Counts work that the caller did for this search against its budget. */
void berth_search_spend(berth_search *search, uint64_t work);

/* The caller changed the state and undid it all: go on where the search was. */
void berth_search_resume(berth_search *search);

/* How far the best provider came of what a tree has for the group that the tree lacks. */
typedef enum berth_miss_kind {
    BERTH_MISS_NOTHING,   /* the tree has candidates */
    BERTH_MISS_ROOT,      /* root_required */
    BERTH_MISS_TREE,      /* in_tree names another tree */
    BERTH_MISS_CLASS,     /* no inventory of the class */
    BERTH_MISS_ROOM,      /* none with that much free */
    BERTH_MISS_UNITS,     /* room, but min_unit, max_unit or step_size forbid the amount */
    BERTH_MISS_TRAIT,     /* room, but traits required are missing or forbidden ones are there */
    BERTH_MISS_AGGREGATE, /* likewise member_of */
    BERTH_MISS_TOGETHER,  /* every group alone has a provider, all together have not */
    BERTH_MISS_FILTER     /* there are candidates, but the filters kept none (place.h) */
} berth_miss_kind;

/* Ordered by how much of the request was met: (variable, kind). */
typedef struct berth_miss {
    uint16_t variable;
    uint8_t kind;
} berth_miss;

/* Of the anchor at which the search ended without a candidate (after a rewind). */
berth_miss berth_search_miss(const berth_search *search);
/* Fills *err with BERTH_ENOCANDIDATE and a sentence on the condition that stopped the best of
 * `trees` trees, `count` of them (fields group, class, want, trees). */
berth_rc berth_search_fail(const berth_search *search, berth_miss miss, int64_t count,
                           int64_t trees, berth_err *err);

/* A deep copy in one block of memory; berth_free(mem, copy, *size). NULL without memory. */
berth_candidate *berth_candidate_copy(const berth_mem *mem, const berth_candidate *candidate,
                                      size_t *size);

#endif
