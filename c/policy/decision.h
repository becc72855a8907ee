/* decision.h - what policies decided, as data: the last decisions of a host, each told to a
 * listener as it is made.  Texts are copied, so that a decision outlives the state it was made on.
 * Uses core and policy_data.h. */
#ifndef BERTH_POLICY_DECISION_H
#define BERTH_POLICY_DECISION_H

#include "berth.h"
#include "core/arena.h"
#include "policy/policy_data.h"

#define BERTH_DECISIONS_KEPT 256
#define BERTH_DECISION_FIELDS 4

/* What became of a verdict once its mode was applied. */
#define BERTH_OUTCOMES(X)                                                                          \
    X(ALLOWED, "allow")                                                                            \
    X(DENIED, "deny")                                                                              \
    X(OBSERVED, "would_deny") /* denied, in mode observe */                                        \
    X(OVERRIDDEN, "overridden") /* denied, and a person said otherwise */

typedef enum berth_decided {
#define X(name, text) BERTH_DECIDED_##name,
    BERTH_OUTCOMES(X)
#undef X
} berth_decided;

/* "allow", ...; static */
const char *berth_decided_text(berth_decided decided);

typedef struct berth_decision_amount {
    const char *rclass;
    int64_t amount;
} berth_decision_amount;

/* A question the policy asked, as "usage{class=VCPU, project=acme}", and the answer. */
typedef struct berth_decision_input {
    const char *question;
    int64_t answer;
} berth_decision_input;

/* All texts belong to the decision's memory; none is NULL but where said. */
typedef struct berth_decision {
    berth_arena arena; /* of everything below; its owner is whoever keeps the decision */
    int64_t id;        /* 1, 2, 3, ... of this host */
    int64_t sequence;  /* of the store when it was made */
    const char *hook, *verb; /* verb: "" for admit */
    const char *policy, *version, *digest, *mode; /* static or copied */
    berth_decided decided;
    const char *code, *message; /* of the denial or fault, "" when allowed */
    int nfields;
    struct berth_decision_field {
        const char *name, *text; /* text NULL: number */
        int64_t number;
    } fields[BERTH_DECISION_FIELDS];
    int64_t steps, memory;
    const char *notes; /* lines that the policy wrote, each ended by a newline */
    const char *consumer, *project, *user, *consumer_type; /* the claim's or caller's */
    const char *target, *target_name;                      /* of authorize; "" */
    berth_decision_amount *amounts;                        /* claimed, by class */
    size_t namounts;
    berth_decision_input *inputs;
    size_t ninputs, asked; /* kept, and asked in all */
    const char *person, *reason; /* of an override; NULL */
} berth_decision;

/* Told of each decision while it is borrowed.  Must not call back into the host. */
typedef void (*berth_decision_listener)(void *ud, const berth_decision *decision);

typedef struct berth_decisions {
    berth_mem mem;
    berth_decision *ring; /* owned; BERTH_DECISIONS_KEPT places, made at the first decision */
    int64_t made;
    berth_decision_listener listener;
    void *ud;
} berth_decisions;

void berth_decisions_init(berth_decisions *decisions, berth_mem mem);
void berth_decisions_free(berth_decisions *decisions);

/* The place of the next decision, empty but for its id and arena; NULL without memory, then the
 * decision is not kept. */
berth_decision *berth_decisions_next(berth_decisions *decisions);
/* The decision is complete: tells the listener. */
void berth_decisions_done(berth_decisions *decisions, const berth_decision *decision);
/* One that is still kept, or NULL. */
const berth_decision *berth_decisions_get(const berth_decisions *decisions, int64_t id);

/* The decision as a table, for a log record or a script. */
void berth_decision_write(const berth_decision *decision, berth_data *out);

/* A copy in the decision's memory; "" without memory. */
const char *berth_decision_text(berth_decision *decision, const char *text, size_t len);

#endif
