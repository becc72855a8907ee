/* host_private.h - the insides of a host.  Private to c/policy. */
#ifndef BERTH_POLICY_HOST_PRIVATE_H
#define BERTH_POLICY_HOST_PRIVATE_H

#include "policy/policy.h"

#define BERTH_FIELD_NAMES 256
#define BERTH_PERSON_BYTES 256

/* One verdict of one policy: what it was about, what it came to. */
typedef struct berth_ruling {
    berth_policies *policies;
    berth_policy *policy;
    berth_hook hook;
    berth_denial denial;
    berth_outcome outcome;
    bool allow;  /* said so itself */
    bool failed; /* gave no verdict; `fault` tells why */
    berth_err fault;
} berth_ruling;

struct berth_policies {
    berth_mem mem;
    berth_sandbox_options options;
    berth_policies_prepare prepare; /* NULL: nobody watches */
    void *prepare_ud;
    berth_policy **items; /* owned, in order of loading */
    size_t count, cap;
    berth_judge judge;
    berth_policy *scorer; /* the last that ranks, or NULL; of items */
    bool filters;         /* some policy filters */
    berth_places places;
    berth_decisions decisions;
    char *field_names[BERTH_FIELD_NAMES]; /* of denials; owned, kept to the end: errors point to
                                             them */
    size_t nfield_names;
    berth_ruling ruling;   /* of the verdict being asked for: large, and one at a time */
    berth_outcome outcome; /* likewise of a ranking */
    char person[BERTH_PERSON_BYTES], reason[BERTH_PERSON_BYTES]; /* "" when nobody overrides */
};

/* host_judge.c */
berth_rc berth_host_rank(void *self, berth_state *state, const berth_claim *claim,
                         const berth_candidate *candidate, berth_rank *out, berth_err *err);
berth_rc berth_host_admit(void *self, berth_state *state, const berth_claim *claim,
                          const berth_candidate *candidate, berth_verdict *out, berth_err *err);

/* host_ruling.c: applies the mode and keeps the decision, while the frame still tells what it was
 * about; BERTH_OK when the verb may go on, or *err filled. */
berth_rc berth_ruling_apply(berth_ruling *ruling, berth_err *err);

#endif
