/* explain.h - why a request has few answers or none: its conditions one by one over the whole
 * fleet, who came nearest, and the smallest single relaxation that would give an answer.
 *
 * Conditions stand in this order: root_required; then for each group (the unsuffixed one first)
 * in_tree, for each class its inventory, its room and its units, each trait condition, each
 * aggregate condition (of groups that ask for the very same, the first stands for all); then all
 * groups together: the sum of their amounts, isolation, each same_subtree; at last the ranking's
 * filters, and whether the policies would admit the claim.  A condition removes a tree when no
 * candidate can be built around the tree's root any more, whether or not an earlier tree gives the
 * same candidate.
 *
 * Every count comes from searches (search.h) with parts of the request, so an explanation can never
 * disagree with the answers.  Uses search.h and place.h's judge. */
#ifndef BERTH_CORE_EXPLAIN_H
#define BERTH_CORE_EXPLAIN_H

#include "core/place.h"

typedef enum berth_step_kind {
    BERTH_STEP_ROOT,      /* item: condition of root_required */
    BERTH_STEP_TREE,      /* in_tree */
    BERTH_STEP_CLASS,     /* item: resource; a provider has inventory of it */
    BERTH_STEP_ROOM,      /* item: resource; it has that much free */
    BERTH_STEP_UNITS,     /* item: resource; min_unit, max_unit and step_size allow the amount */
    BERTH_STEP_TRAIT,     /* item: condition of required */
    BERTH_STEP_AGGREGATE, /* item: condition of member_of */
    BERTH_STEP_TOGETHER,  /* all groups at once, their amounts added up */
    BERTH_STEP_ISOLATE,   /* group_policy */
    BERTH_STEP_SUBTREE,   /* item: same_subtree */
    BERTH_STEP_FILTER,    /* the filters keep a candidate */
    BERTH_STEP_ADMIT      /* the policies admit one that the filters keep */
} berth_step_kind;

#define BERTH_WHOLE SIZE_MAX /* a step's group when it is about the whole request */

typedef struct berth_step {
    berth_step_kind kind;
    size_t group; /* in the shape, or BERTH_WHOLE */
    size_t item;
    /* Trees without any provider that meets this condition, were it the only one.  For TOGETHER,
     * ISOLATE and SUBTREE: trees in which each group alone finds a provider, and all groups with
     * this condition and no other of the three do not.  For FILTER and ADMIT: as in_turn. */
    int64_t alone;
    int64_t in_turn; /* trees that the conditions before this one left, and this one removes */
    int64_t left;    /* trees left after it */
} berth_step;

/* A tree that came as far as any other and failed at `step`. */
typedef struct berth_near {
    berth_ref root;
    size_t step;
    berth_ref provider; /* at ROOM: who has the most free of those that meet all else the group
                           asks, or else of all; BERTH_NONE when nobody has any, and elsewhere */
    int64_t have;       /* at ROOM: how much that is; of a split class, what the tree's own could
                           give together when that is more, and BERTH_NONE */
} berth_near;

#define BERTH_NEAR_MAX 3

/* One condition made weaker, so that the request has a candidate. */
typedef struct berth_relaxation {
    berth_step_kind kind; /* ROOM: a smaller amount; the others: without it */
    size_t group, item;
    berth_ref name;   /* TRAIT, AGGREGATE, ROOT: the one name of a forbidden set that must go;
                         BERTH_NONE: the whole condition goes */
    int64_t from, to; /* ROOM: the amount */
} berth_relaxation;

typedef struct berth_explanation {
    berth_arena arena;        /* all of it */
    const berth_shape *shape; /* borrowed */
    int64_t trees;
    const berth_step *steps;
    size_t nsteps;
    berth_near near[BERTH_NEAR_MAX]; /* by have descending, then creation; none when trees are
                                        left */
    size_t nnear;
    /* Every single relaxation that gives a candidate, the smallest first: amounts by what part of
     * them is given up, then conditions in the order of the steps.  None when trees are left.
     * An amount is the largest that does, as long as other groups can take no more than 1024
     * different sums of its class from one provider.  Where a group splits the class, or policies
     * have a say, halving finds one; it is the largest where less is possible wherever more is, and
     * of a class that is split, where units differ, as long as it lies within 4096 steps of what a
     * tree has. */
    const berth_relaxation *relaxations;
    size_t nrelaxations;
    uint64_t work;
} berth_explanation;

/* judge may be NULL, or one without a ranking: no FILTER step.  claim is what the judge is shown.
 * Claims are made in txn and undone, for admit to see; without one, or a judge that asks for it,
 * there is no ADMIT step.  The claim's consumer must be new.
 * Errors: BERTH_EBUDGET, BERTH_ENOMEM, what the judge's functions return. */
berth_rc berth_explain(berth_state *state, const berth_shape *shape, const berth_judge *judge,
                       const berth_claim *claim, berth_txn *txn, uint64_t work_limit,
                       berth_explanation **out, berth_err *err);
void berth_explanation_free(berth_explanation *explanation);

/* "16 VCPU free in one provider, group gpu0"; always ends with NUL. */
void berth_step_text(const berth_state *state, const berth_shape *shape, const berth_step *step,
                     char *out, size_t size);
/* "VCPU 16 -> 12", "without trait CUSTOM_FAST". */
void berth_relaxation_text(const berth_state *state, const berth_shape *shape,
                           const berth_relaxation *relaxation, char *out, size_t size);

#endif
