/* host.h - the set of policies of one store: loading, swapping, and asking them.
 *
 * Order is the order of loading.  Every filter must pass, every admit and authorize must allow;
 * of several score policies the one loaded last ranks.  A policy that fails, runs out of its
 * budget or answers nonsense denies.  A mode other than enforce changes what a denial does, never
 * what the policy sees.  Uses core and the sandbox.  Knows neither stores nor log. */
#ifndef BERTH_POLICY_HOST_H
#define BERTH_POLICY_HOST_H

#include "core/place.h"
#include "policy/decision.h"
#include "policy/policy_data.h"
#include "policy/sandbox.h"
#include "policy/view.h"

/* How much a denial weighs; given at load, outside of the policy's text. */
#define BERTH_POLICY_MODES(X)                                                                      \
    X(ENFORCE, "enforce")   /* it denies */                                                        \
    X(OBSERVE, "observe")   /* it is only told */                                                  \
    X(OVERRIDE, "override") /* it denies unless a person overrides it, saying why */

typedef enum berth_policy_mode {
#define X(name, text) BERTH_MODE_##name,
    BERTH_POLICY_MODES(X)
#undef X
        BERTH_MODES
} berth_policy_mode;

/* "enforce", ...; static */
const char *berth_policy_mode_text(berth_policy_mode mode);
const char *berth_hook_name(berth_hook hook);

/* A policy to load; everything is borrowed for the call only. */
typedef struct berth_policy_source {
    const char *file; /* shown in messages, without a folder: "project_quota.lua" */
    const char *text;
    size_t len;
    const berth_data *parameters; /* NULL or empty: none given */
    berth_policy_mode mode;
} berth_policy_source;

#define BERTH_POLICIES_MAX 256 /* of one host */
#define BERTH_ADMIT_STEPS INT64_C(200000)           /* it runs while the other writers wait */

typedef struct berth_policies berth_policies;

/* Errors: BERTH_ENOMEM. */
berth_rc berth_policies_new(berth_mem mem, berth_policies **out, berth_err *err);
void berth_policies_free(berth_policies *policies); /* NULL is fine */

/* Told of each text before it is loaded, source and options borrowed: may have its lines told. */
typedef void (*berth_policies_prepare)(void *ud, const berth_policy_source *source,
                                       berth_sandbox_options *options);
void berth_policies_watch(berth_policies *policies, berth_policies_prepare prepare, void *ud);

/* Adds policies, each in the place of the one with its name where there is one; all or none.
 * Errors: BERTH_EPOLICY (fields file, line), BERTH_EPOLICYBUDGET, BERTH_EINVALID (parameters),
 * BERTH_EDUPLICATE for two of one name, BERTH_ELIMIT, BERTH_ENOMEM. */
berth_rc berth_policies_load(berth_policies *policies, const berth_policy_source *sources,
                             size_t count, berth_err *err);
/* The set becomes exactly these, or stays as it was.  Errors: as above. */
berth_rc berth_policies_load_set(berth_policies *policies, const berth_policy_source *sources,
                                 size_t count, berth_err *err);
/* Errors: BERTH_ENOTFOUND. */
berth_rc berth_policies_unload(berth_policies *policies, const char *name, berth_err *err);

/* What berth_place asks; NULL when nothing loaded ranks or admits (also for no policies at all).
 * Borrowed until the next load. */
const berth_judge *berth_policies_judge(berth_policies *policies);

/* The admit policies' verdict on an allocation that was written without a search and is in the
 * state already.  Errors: BERTH_EDENIED (fields policy, reason and the policy's own),
 * BERTH_EPOLICY, BERTH_EPOLICYBUDGET, BERTH_ENOMEM. */
berth_rc berth_policies_admit(berth_policies *policies, berth_state *state,
                              const berth_allocation_spec *spec, berth_err *err);

/* Who wants to do what; borrowed for the call.  Texts are never NULL but where said. */
typedef struct berth_call {
    const char *verb, *user, *project;
    const char *const *roles;
    size_t nroles;
    bool writes;
    const char *target;
    const char *target_name;    /* NULL: none */
    const char *target_project; /* NULL: nobody's */
} berth_call;

/* Without any authorize policy everything may be done.  Errors: as berth_policies_admit. */
berth_rc berth_policies_authorize(berth_policies *policies, const berth_call *call,
                                  berth_err *err);

/* Passes a record through every redact policy; the result is in *out, which the caller frees.
 * Errors: BERTH_EPOLICY, BERTH_EPOLICYBUDGET, BERTH_ENOMEM: the record must not be written. */
berth_rc berth_policies_redact(berth_policies *policies, const berth_data *record,
                               berth_data *out, berth_err *err);
/* What the i-th says that redaction should look for besides, as a table; no data when it says
 * nothing.  The caller frees *out.  Errors: BERTH_EPOLICY, BERTH_EPOLICYBUDGET, BERTH_ENOMEM. */
berth_rc berth_policies_rules(berth_policies *policies, size_t i, berth_data *out, berth_err *err);
bool berth_policies_has(const berth_policies *policies, berth_hook hook);

/* While set, denials of policies in mode override are overridden; both are copied and told in
 * the decisions.  NULL ends it.  Errors: BERTH_EINVALID for an empty or overlong text. */
berth_rc berth_policies_override(berth_policies *policies, const char *person, const char *reason,
                                 berth_err *err);

/* The place of the policy of a name; the count when there is none. */
size_t berth_policies_find(const berth_policies *policies, const char *name);
size_t berth_policies_count(const berth_policies *policies); /* NULL: 0 */
/* An array of what each is and has cost: name, version, description, file, digest, mode, hooks,
 * parameters as given, calls, denials, faults, steps of the last call, most memory of any. */
void berth_policies_write(const berth_policies *policies, berth_data *out);
/* Which text the i-th was made of, and how it counts; borrowed. */
typedef struct berth_policy_about {
    const char *name, *version, *digest;
    berth_policy_mode mode;
    unsigned hooks; /* a bit each */
} berth_policy_about;
berth_policy_about berth_policies_about(const berth_policies *policies, size_t i);
/* The source, parameters and mode of the i-th, to load it elsewhere; borrowed. */
berth_policy_source berth_policies_source(const berth_policies *policies, size_t i);

berth_decisions *berth_policies_decisions(berth_policies *policies);

#endif
