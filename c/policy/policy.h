/* policy.h - one loaded policy: its text, what it says of itself, its sandbox and its hooks.
 * Private to c/policy; host.h keeps sets of them.
 *
 * A policy's globals and upvalues live on from call to call.  After a stop (steps, time, memory)
 * its state is dropped and the text is loaded again before the next call; a call that ran out of
 * memory is tried once more in the fresh state, so that a policy may remember what it computed
 * without counting bytes.  Uses sandbox.h, view_frame.h. */
#ifndef BERTH_POLICY_POLICY_H
#define BERTH_POLICY_POLICY_H

#include "policy/host.h"
#include "policy/policy_digest.h"
#include "policy/view_frame.h"

#define BERTH_POLICY_NAME 65
#define BERTH_POLICY_NOTES 1024 /* bytes of the lines that note() wrote in one call */

/* What deny() was given; also what one call of a hook answered. */
typedef struct berth_denial {
    char code[49];
    char sentence[304];
    int nfields;
    struct berth_denial_field {
        char name[33];
        bool is_number;
        int64_t number;
        char text[128];
    } fields[BERTH_DECISION_FIELDS];
} berth_denial;

typedef struct berth_policy {
    berth_mem mem;
    bool refused;           /* mem had none for the sandbox: no fault of the policy's */
    berth_sandbox *sandbox; /* owned */
    char *text;             /* owned */
    size_t len;
    berth_data parameters; /* as given */
    berth_data scratch;    /* of the definition being read */
    berth_policy_mode mode;

    char file[48], name[BERTH_POLICY_NAME], version[65], description[257];
    char digest[BERTH_DIGEST_TEXT]; /* of the text */
    unsigned has;                   /* bit of each hook it has */
    int hooks[BERTH_HOOK_COUNT];    /* in the registry */
    int lines[BERTH_HOOK_COUNT];    /* where each begins */
    const void *verdict;            /* address of the metatable of what deny() returns */
    bool defined;                   /* policy{} has run */
    bool blames_parameters;         /* the load failed for what the operator gave */

    berth_frame frame;
    char notes[BERTH_POLICY_NOTES]; /* of the last call: lines, each ended by a newline */
    size_t notes_len;
    int64_t calls, denials, faults; /* since it was loaded */
    int64_t steps;                  /* of the last call */
    size_t memory;                  /* the most of any call */
} berth_policy;

/* Loads text and runs it.  Errors: BERTH_EPOLICY (fields file, line), BERTH_EPOLICYBUDGET,
 * BERTH_EINVALID for parameters that do not fit (field parameter), BERTH_ENOMEM. */
berth_rc berth_policy_new(berth_mem mem, const berth_sandbox_options *options,
                          berth_places *places, const berth_policy_source *source,
                          berth_policy **out, berth_err *err);
void berth_policy_free(berth_policy *policy);

/* Calls a hook with the views whose frame has begun; take reads its answer.  false: *out tells
 * the fault. */
typedef void (*berth_policy_take)(lua_State *L, int first, int count, void *ud);
typedef struct berth_policy_call {
    berth_policy *policy;
    berth_hook hook;
    berth_view views[2];
    int nviews;
    const berth_data *record; /* redact's argument instead of views */
    berth_policy_take take;   /* ud is this structure */
    void *answer;
} berth_policy_call;
bool berth_policy_run(berth_policy_call *call, berth_outcome *out);

/* Fills *err with what stopped a hook: BERTH_EPOLICYBUDGET, BERTH_EPOLICY or BERTH_ENOMEM. */
berth_rc berth_policy_fail(const berth_policy_call *call, const berth_outcome *outcome,
                           berth_err *err);

/* --- policy_define.c: what a policy file finds when it is loaded ---------------------------- */

/* Sets policy, allow, deny and hash, and makes undeclared globals an error.  For
 * berth_sandbox_run with the policy as argument. [-0, +0, e] */
int berth_policy_prepare(lua_State *L);
/* After the text ran: checks that it returned what policy{} was given, captures the hooks, opens
 * the views. [-0, +0, e] */
int berth_policy_adopt(lua_State *L);

/* --- policy_verdict.c ----------------------------------------------------------------------- */

/* Sets allow, deny and hash as globals. [-0, +0, m] */
void berth_verdict_open(lua_State *L, berth_policy *policy);
/* Reads what admit or authorize answered: true for yes, or *out is filled.  Raises for anything
 * that is no verdict. [-0, +0, v] */
bool berth_verdict_read(lua_State *L, int first, int count, const berth_policy *policy,
                        berth_hook hook, berth_denial *out);

#endif
