/* explain_private.h - the parts of an explanation (explain.h):
 *   explain.c        the steps, what each removes, who came nearest
 *   explain_part.c   parts of a request as shapes of their own
 *   explain_relax.c  single relaxations that give a candidate
 *   explain_text.c   steps and relaxations in words */
#ifndef BERTH_CORE_EXPLAIN_PRIVATE_H
#define BERTH_CORE_EXPLAIN_PRIVATE_H

#include "core/explain.h"
#include "core/sharing.h"

typedef struct explaining {
    berth_state *state;
    const berth_shape *base;
    const berth_judge *judge; /* NULL: neither of the next */
    bool filters, admits;
    berth_txn *txn; /* for claims that admit is asked about, undone at once */
    const berth_claim *claim;
    berth_explanation *out;
    berth_step *steps; /* out->steps while they are filled */
    size_t *failed_at; /* by root: the step that removed it, nsteps while it is left */
    uint64_t work_limit;
    berth_err *err;
} explaining;

/* One group or all of them, with some of the conditions. */
typedef struct part {
    berth_shape shape;         /* in its own arena, or borrowed from the base */
    berth_shape_group *groups; /* the shape's, to be altered */
    berth_search *search;      /* owned; NULL until asked */
} part;

/* The group alone with its conditions up to and including the step's, its class at CLASS asked for
 * loosely as 0, at ROOM loosely.  Errors: BERTH_ENOMEM, as below. */
berth_rc part_up_to(explaining *ex, const berth_step *step, part *out);
/* The group alone with all its conditions but the amount of resource i, asked for loosely as 0. */
berth_rc part_widest(explaining *ex, size_t group, size_t i, part *out);
/* All groups, with the policy and the first `nsubtrees` of the subtree lists given. */
berth_rc part_whole(explaining *ex, berth_group_policy policy, const size_t *const *subtrees,
                    const size_t *sizes, size_t nsubtrees, part *out);
/* The whole request with one condition weaker. */
berth_rc part_relaxed(explaining *ex, const berth_relaxation *relaxation, part *out);
void part_free(part *p);

/* How far a candidate is to come. */
typedef enum part_level { PART_FOUND, PART_FILTERED, PART_ADMITTED } part_level;

/* Can the part be had around the root? */
berth_rc part_fits(explaining *ex, part *p, berth_ref root, part_level level, bool *fits);
/* Around any root, admitted. */
berth_rc part_fits_any(explaining *ex, part *p, bool *fits);
berth_rc part_most(explaining *ex, part *p, berth_ref root, berth_ref rclass, berth_widest *out);

berth_rc explain_relax(explaining *ex);

#endif
