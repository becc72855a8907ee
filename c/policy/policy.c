/* policy.c - loading a policy, calling its hooks, telling what went wrong.  See policy.h. */
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>

#include "core/err.h"

const char *berth_policy_mode_text(berth_policy_mode mode) {
    static const char *const texts[] = {
#define X(name, text) text,
        BERTH_POLICY_MODES(X)
#undef X
    };
    return texts[mode];
}

/* --- loading ----------------------------------------------------------------------------- */

/* The file's name without its extension, where the policy gives itself none. */
static void name_after_file(berth_policy *policy) {
    const char *dot = strrchr(policy->file, '.');
    size_t len = dot && dot != policy->file ? (size_t)(dot - policy->file) : strlen(policy->file);
    if (len >= sizeof policy->name) len = sizeof policy->name - 1;
    memcpy(policy->name, policy->file, len);
    policy->name[len] = '\0';
}

/* The sandbox's memory: the policy's, noting what was refused. */
static void *watched_realloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
    berth_policy *policy = ud;
    void *fresh = policy->mem.realloc(policy->mem.ud, ptr, old_size, new_size);
    if (fresh == NULL && new_size > 0) policy->refused = true;
    return fresh;
}

/* Keeps the lines that fit whole. */
static void keep_note(void *ud, const char *text, size_t len) {
    berth_policy *policy = ud;
    if (len + 1 > sizeof policy->notes - policy->notes_len) return;
    memcpy(policy->notes + policy->notes_len, text, len);
    policy->notes[policy->notes_len + len] = '\n';
    policy->notes_len += len + 1;
}

/* Why a file was refused.  Messages of Lua's name the file already. */
static berth_rc load_failed(const berth_policy *policy, const berth_outcome *outcome,
                            berth_err *err) {
    if (policy->refused) return berth_fail_memory(err);
    if (outcome->fault == BERTH_FAULT_MEMORY || outcome->fault == BERTH_FAULT_BUDGET) {
        (void)berth_fail(err, BERTH_EPOLICYBUDGET, "%s cannot be loaded: %s", policy->file,
                         outcome->message);
        berth_err_number(err, "steps", outcome->steps);
        berth_err_text(err, "dominant", outcome->costly);
    } else if (policy->blames_parameters) {
        (void)berth_fail(err, BERTH_EINVALID, "%s: %s", policy->file,
                         strstr(outcome->message, ": ") ? strstr(outcome->message, ": ") + 2
                                                        : outcome->message);
        berth_err_text(err, "policy", policy->name);
        return BERTH_EINVALID;
    } else {
        size_t len = strlen(policy->file);
        bool named = strncmp(outcome->message, policy->file, len) == 0;
        (void)berth_fail(err, BERTH_EPOLICY, "%s%s%s", named ? "" : policy->file,
                         named ? "" : ": ", outcome->message);
    }
    berth_err_text(err, "file", policy->file);
    if (outcome->line > 0) berth_err_number(err, "line", outcome->line);
    return err ? err->rc : BERTH_EPOLICY;
}

/* Brings an empty sandbox to where the policy's hooks can be called. */
static bool load(berth_policy *policy, berth_outcome *outcome) {
    memset(policy->frame.classes, 0, sizeof policy->frame.classes);
    name_after_file(policy);
    policy->version[0] = policy->description[0] = '\0';
    bool done = berth_sandbox_run(policy->sandbox, berth_policy_prepare, policy, outcome) &&
                berth_sandbox_load(policy->sandbox, policy->file, policy->text, policy->len,
                                   outcome) &&
                berth_sandbox_run(policy->sandbox, berth_policy_adopt, policy, outcome);
    berth_data_free(&policy->scratch);
    return done;
}

static berth_rc copy_source(berth_policy *policy, const berth_policy_source *source,
                            berth_err *err) {
    snprintf(policy->file, sizeof policy->file, "%s", source->file);
    policy->mode = source->mode;
    policy->text = berth_alloc(&policy->mem, source->len);
    if (policy->text == NULL) return berth_fail_memory(err);
    policy->len = source->len;
    memcpy(policy->text, source->text, source->len);
    berth_digest(policy->text, policy->len, policy->digest);
    return berth_data_copy(&policy->parameters, source->parameters, err);
}

berth_rc berth_policy_new(berth_mem mem, const berth_sandbox_options *options,
                          berth_places *places, const berth_policy_source *source,
                          berth_policy **out, berth_err *err) {
    *out = NULL;
    berth_policy *policy = berth_calloc(&mem, 1, sizeof *policy);
    if (policy == NULL) return berth_fail_memory(err);
    policy->mem = mem;
    policy->frame.places = places;
    berth_data_init(&policy->parameters, mem);
    berth_data_init(&policy->scratch, mem);
    berth_rc rc = copy_source(policy, source, err);
    berth_sandbox_options own = *options;
    own.mem = (berth_mem){watched_realloc, policy};
    own.note = keep_note;
    own.note_ud = policy;
    if (rc == BERTH_OK) rc = berth_sandbox_new(&own, &policy->sandbox, err);
    berth_outcome outcome;
    if (rc == BERTH_OK && !load(policy, &outcome)) rc = load_failed(policy, &outcome, err);
    if (rc != BERTH_OK) {
        berth_policy_free(policy);
        return rc;
    }
    *out = policy;
    return BERTH_OK;
}

void berth_policy_free(berth_policy *policy) {
    if (policy == NULL) return;
    berth_mem mem = policy->mem;
    berth_sandbox_free(policy->sandbox);
    berth_data_free(&policy->parameters);
    berth_data_free(&policy->scratch);
    berth_free(&mem, policy->text, policy->len);
    berth_free(&mem, policy, sizeof *policy);
}

/* --- calling ----------------------------------------------------------------------------- */

static int push_arguments(lua_State *L, void *ud) {
    const berth_policy_call *call = ud;
    if (call->record) {
        berth_data_push(L, call->record);
        return 1;
    }
    for (int i = 0; i < call->nviews; i++)
        berth_push_view(L, &call->policy->frame, call->views[i]);
    return call->nviews;
}

/* A stopped policy begins anew; what it says of itself cannot have changed. */
static bool revive(berth_policy *policy, berth_outcome *out) {
    if (!berth_sandbox_dead(policy->sandbox)) return true;
    if (berth_sandbox_renew(policy->sandbox, NULL) != BERTH_OK) {
        policy->frame.starved = true;
        memset(out, 0, sizeof *out);
        out->fault = BERTH_FAULT_MEMORY;
        out->costly = "";
        return false;
    }
    return load(policy, out);
}

static bool attempt(berth_policy_call *call, berth_outcome *out) {
    berth_policy *policy = call->policy;
    if (!revive(policy, out)) return false;
    berth_sandbox_job job = {.ref = policy->hooks[call->hook],
                             .push = push_arguments,
                             .take = call->take,
                             .ud = call};
    bool done = berth_sandbox_call(policy->sandbox, &job, out);
    bool dropped = berth_sandbox_dead(policy->sandbox);
    berth_views_expire(dropped ? NULL : berth_sandbox_state(policy->sandbox), &policy->frame);
    return done;
}

bool berth_policy_run(berth_policy_call *call, berth_outcome *out) {
    berth_policy *policy = call->policy;
    policy->refused = false;
    policy->notes_len = 0;
    bool done = attempt(call, out);
    if (!done && policy->refused) policy->frame.starved = true;
    if (!done && out->fault == BERTH_FAULT_MEMORY && !policy->frame.starved)
        done = attempt(call, out); /* what it remembered is gone now */
    policy->calls++;
    policy->steps = out->steps;
    if (out->memory > policy->memory) policy->memory = out->memory;
    if (!done) policy->faults++;
    return done;
}

berth_rc berth_policy_fail(const berth_policy_call *call, const berth_outcome *outcome,
                           berth_err *err) {
    const berth_policy *policy = call->policy;
    const char *hook = berth_hook_name(call->hook);
    if (policy->frame.starved) return berth_fail_memory(err);
    int line = outcome->line > 0 ? outcome->line : policy->lines[call->hook];
    bool stopped = outcome->fault == BERTH_FAULT_BUDGET || outcome->fault == BERTH_FAULT_MEMORY;
    berth_rc rc = stopped ? BERTH_EPOLICYBUDGET : BERTH_EPOLICY;
    if (stopped)
        (void)berth_fail(err, rc, "%s of policy %s was stopped: %s", hook, policy->name,
                         outcome->message);
    else
        (void)berth_fail(err, rc, "%s of policy %s failed: %s", hook, policy->name,
                         outcome->message);
    berth_err_text(err, "policy", policy->name);
    berth_err_text(err, "hook", hook);
    if (line > 0) berth_err_number(err, "line", line);
    if (!stopped) return rc;
    berth_err_number(err, "steps", outcome->steps);
    berth_err_text(err, "dominant", outcome->costly);
    berth_err_number(err, "memory", (int64_t)outcome->memory);
    return rc;
}
