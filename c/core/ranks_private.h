/* ranks_private.h - what placing remembers of each tree for one shape under one ranking (place.h).
 * Between place.c and ranks.c alone. */
#ifndef BERTH_CORE_RANKS_PRIVATE_H
#define BERTH_CORE_RANKS_PRIVATE_H

#include "core/place.h"

/* The best of one tree, true as long as the tree's version (search.h) is this one. */
typedef struct rank_tree {
    uint64_t version; /* 0: not known */
    double score;     /* of its best candidate */
    uint32_t best;    /* the how-manieth of its candidates that is */
    berth_ref root;
    berth_miss miss; /* what it lacks when not feasible */
    bool feasible;   /* has a candidate that the filters keep */
    bool personal;   /* depends on who claims: true for this placement only */
} rank_tree;

typedef struct rank_set {
    unsigned char *key; /* owned: the shape's */
    size_t key_len;
    uint64_t ranking, hash;
    uint64_t used;     /* when last, in uses of the ranks */
    uint64_t topology; /* the state's when trees were last lined up with its roots */
    bool lined_up;
    rank_tree *trees; /* ascending by root; owned */
    size_t ntrees, cap_trees;
    /* A tournament of the trees: wins[1] is the best of all, wins[n] of wins[2n] and wins[2n + 1],
     * the leaves are the trees in order; places without a tree that may have a candidate hold
     * RANK_NOBODY.  True while `whole`; owned. */
    uint32_t *wins;
    size_t leaves;   /* a power of two */
    size_t cap_wins; /* 2 * leaves */
    bool whole;
    uint64_t touches;          /* the state's when every tree was last compared with it */
    size_t feasible, personal; /* trees that are */
} rank_set;

#define RANK_NOBODY UINT32_MAX

/* The set of the shape under the ranking, lined up with the state's roots: one tree each, in the
 * same order.  Borrowed until the next get.  Errors: BERTH_ENOMEM. */
berth_rc rank_set_get(berth_ranks *ranks, const berth_state *state, const berth_shape *shape,
                      uint64_t ranking, rank_set **out, berth_err *err);

/* After all trees were looked at: counts them and plays the tournament. */
void rank_set_complete(rank_set *set);
/* Before and after one tree of a whole set is altered. */
void rank_set_take(rank_set *set, size_t tree);
void rank_set_put(rank_set *set, size_t tree);
/* The tree with the highest score of those that are feasible or not known, the earliest of equals;
 * ntrees when there is none. */
size_t rank_set_best(const rank_set *set);
/* ntrees when no tree has that root. */
size_t rank_set_find(const rank_set *set, berth_ref root);

#endif
