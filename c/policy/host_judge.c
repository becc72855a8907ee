/* host_judge.c - asking the policies: ranks while searching, verdicts on claims, calls and
 * records. */
#include <math.h>
#include <stdlib.h>

#include "core/err.h"
#include "policy/host_private.h"

/* --- ranking ----------------------------------------------------------------------------- */

static void take_filter(lua_State *L, int first, int count, void *ud) {
    berth_policy_call *call = ud;
    bool *keep = call->answer;
    if (count != 1 || lua_type(L, first) != LUA_TBOOLEAN)
        berth_sandbox_contract(L, "filter answered %s where true or false is due",
                               count == 0   ? "nothing"
                               : count == 1 ? luaL_typename(L, first)
                                            : "several values");
    *keep = lua_toboolean(L, first);
}

static double finite_number(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TNUMBER)
        berth_sandbox_contract(L, "score answered a %s where a number is due",
                               luaL_typename(L, index));
    double number = lua_tonumberx(L, index, NULL);
    if (!isfinite(number)) berth_sandbox_contract(L, "score answered a number that is not finite");
    return number;
}

static void take_score(lua_State *L, int first, int count, void *ud) {
    berth_policy_call *call = ud;
    berth_rank *rank = call->answer;
    if (count < 1 || count > 2)
        berth_sandbox_contract(L, "score answered %s where a number is due",
                               count < 1 ? "nothing" : "more than two values");
    rank->score = finite_number(L, first);
    rank->preference = count == 2 ? finite_number(L, first + 1) : 0;
}

/* One of filter and score. */
static berth_rc ask_ranking(berth_policies *policies, berth_policy *policy, berth_hook hook,
                            berth_state *state, const berth_claim *claim,
                            const berth_candidate *candidate, void *answer, berth_rank *rank,
                            berth_err *err) {
    berth_outcome *outcome = &policies->outcome;
    berth_policy_call call = {.policy = policy,
                              .hook = hook,
                              .views = {BERTH_VIEW_REQUEST, BERTH_VIEW_CANDIDATE},
                              .nviews = 2,
                              .take = hook == BERTH_HOOK_FILTER ? take_filter : take_score,
                              .answer = answer};
    berth_frame_begin(&policy->frame, state, claim, candidate);
    bool done = berth_policy_run(&call, outcome);
    rank->personal |= policy->frame.personal;
    berth_rc rc = done ? BERTH_OK : berth_policy_fail(&call, outcome, err);
    berth_frame_end(&policy->frame);
    return rc;
}

berth_rc berth_host_rank(void *self, berth_state *state, const berth_claim *claim,
                         const berth_candidate *candidate, berth_rank *out, berth_err *err) {
    berth_policies *policies = self;
    *out = (berth_rank){.keep = true};
    for (size_t i = 0; policies->filters && i < policies->count; i++) {
        berth_policy *p = policies->items[i];
        if (!(p->has & 1u << BERTH_HOOK_FILTER) || p->mode == BERTH_MODE_OBSERVE) continue;
        berth_rc rc = ask_ranking(policies, p, BERTH_HOOK_FILTER, state, claim, candidate,
                                  &out->keep, out, err);
        if (rc != BERTH_OK || !out->keep) return rc;
    }
    if (policies->scorer == NULL) return BERTH_OK;
    return ask_ranking(policies, policies->scorer, BERTH_HOOK_SCORE, state, claim, candidate, out,
                       out, err);
}

/* --- verdicts ---------------------------------------------------------------------------- */

static void take_verdict(lua_State *L, int first, int count, void *ud) {
    berth_policy_call *call = ud;
    berth_ruling *ruling = call->answer;
    ruling->allow =
        berth_verdict_read(L, first, count, call->policy, call->hook, &ruling->denial);
}

static berth_ruling *begin_ruling(berth_policies *policies, berth_policy *policy,
                                  berth_hook hook) {
    policies->ruling.policies = policies;
    policies->ruling.policy = policy;
    policies->ruling.hook = hook;
    return &policies->ruling;
}

static void ask_ruling(berth_ruling *ruling, const berth_view *views, int nviews) {
    berth_policy_call call = {.policy = ruling->policy,
                              .hook = ruling->hook,
                              .nviews = nviews,
                              .take = take_verdict,
                              .answer = ruling};
    for (int i = 0; i < nviews; i++) call.views[i] = views[i];
    ruling->allow = false;
    ruling->failed = !berth_policy_run(&call, &ruling->outcome);
    if (ruling->failed) {
        (void)berth_policy_fail(&call, &ruling->outcome, &ruling->fault);
    } else if (!ruling->allow) {
        ruling->policy->denials++;
    }
}

/* Asks one admit policy about the claim. */
static berth_rc ask_admit(berth_policies *policies, berth_policy *policy, berth_state *state,
                          const berth_claim *claim, const berth_candidate *candidate,
                          berth_verdict *out) {
    static const berth_view views[] = {BERTH_VIEW_CLAIM, BERTH_VIEW_VIEW};
    berth_ruling *ruling = begin_ruling(policies, policy, BERTH_HOOK_ADMIT);
    berth_frame_begin(&policy->frame, state, claim, candidate);
    berth_sandbox_set_limits(policy->sandbox, BERTH_ADMIT_STEPS, BERTH_SANDBOX_BUSY_NS);
    ask_ruling(ruling, views, 2);
    berth_sandbox_set_limits(policy->sandbox, BERTH_SANDBOX_STEPS, BERTH_SANDBOX_BUSY_NS);
    berth_rc rc = berth_ruling_apply(ruling, &out->why);
    out->allow = rc == BERTH_OK;
    /* one that failed would fail again, and hold up the other writers each time */
    out->final = ruling->failed || !policy->frame.located;
    berth_frame_end(&policy->frame);
    return rc == BERTH_ENOMEM ? rc : BERTH_OK;
}

berth_rc berth_host_admit(void *self, berth_state *state, const berth_claim *claim,
                          const berth_candidate *candidate, berth_verdict *out, berth_err *err) {
    berth_policies *policies = self;
    out->allow = true;
    out->final = false;
    for (size_t i = 0; out->allow && i < policies->count; i++) {
        berth_policy *p = policies->items[i];
        if (!(p->has & 1u << BERTH_HOOK_ADMIT)) continue;
        berth_rc rc = ask_admit(policies, p, state, claim, candidate, out);
        if (rc == BERTH_ENOMEM) return berth_fail_memory(err);
    }
    return BERTH_OK;
}

static int compare_takes(const void *a, const void *b) {
    const berth_take *x = a, *y = b;
    if (x->provider != y->provider) return x->provider < y->provider ? -1 : 1;
    return (x->rclass > y->rclass) - (x->rclass < y->rclass);
}

berth_rc berth_policies_admit(berth_policies *policies, berth_state *state,
                              const berth_allocation_spec *spec, berth_err *err) {
    if (policies == NULL || !policies->judge.has_admit || spec->nitems == 0) return BERTH_OK;
    size_t size = spec->nitems * sizeof(berth_take);
    berth_take *takes = berth_alloc(&policies->mem, size);
    if (takes == NULL) return berth_fail_memory(err);
    for (size_t i = 0; i < spec->nitems; i++)
        takes[i] = (berth_take){spec->items[i].provider, spec->items[i].rclass,
                                spec->items[i].amount};
    qsort(takes, spec->nitems, sizeof *takes, compare_takes);
    const berth_provider *first = berth_state_provider(state, takes[0].provider);
    const berth_candidate candidate = {
        .anchor = first ? first->root : BERTH_NONE, .takes = takes, .ntakes = spec->nitems};
    const berth_claim claim = {.consumer = spec->consumer,
                               .project = spec->project,
                               .user = spec->user,
                               .type = spec->type,
                               .generation = spec->generation};
    berth_verdict verdict;
    berth_rc rc = berth_host_admit(policies, state, &claim, &candidate, &verdict, err);
    berth_free(&policies->mem, takes, size);
    if (rc != BERTH_OK || verdict.allow) return rc;
    if (err) *err = verdict.why;
    return verdict.why.rc;
}

berth_rc berth_policies_authorize(berth_policies *policies, const berth_call *call,
                                  berth_err *err) {
    static const berth_view views[] = {BERTH_VIEW_CALL};
    for (size_t i = 0; policies && i < policies->count; i++) {
        berth_policy *p = policies->items[i];
        if (!(p->has & 1u << BERTH_HOOK_AUTHORIZE)) continue;
        berth_ruling *ruling = begin_ruling(policies, p, BERTH_HOOK_AUTHORIZE);
        p->frame.call = call;
        berth_frame_begin(&p->frame, NULL, NULL, NULL);
        ask_ruling(ruling, views, 1);
        berth_rc rc = berth_ruling_apply(ruling, err);
        berth_frame_end(&p->frame);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* --- redaction --------------------------------------------------------------------------- */

static void take_record(lua_State *L, int first, int count, void *ud) {
    berth_policy_call *call = ud;
    berth_data *out = call->answer;
    const char *hook = berth_hook_name(call->hook);
    berth_err why;
    if (count != 1 || lua_type(L, first) != LUA_TTABLE)
        berth_sandbox_contract(L, "%s answered %s where %s due", hook,
                               count == 0 ? "nothing" : luaL_typename(L, first),
                               call->record ? "the record is" : "a list is");
    if (berth_data_read(out, L, first, &why) != BERTH_OK)
        berth_sandbox_contract(L, "%s answered what is no plain data: %s", hook, why.message);
}

berth_rc berth_policies_rules(berth_policies *policies, size_t i, berth_data *out,
                              berth_err *err) {
    berth_policy *p = policies->items[i];
    berth_data_free(out);
    if (!(p->has & 1u << BERTH_HOOK_RULES)) return BERTH_OK;
    berth_policy_call call = {
        .policy = p, .hook = BERTH_HOOK_RULES, .take = take_record, .answer = out};
    berth_frame_begin(&p->frame, NULL, NULL, NULL);
    bool done = berth_policy_run(&call, &policies->outcome);
    berth_rc rc = done ? BERTH_OK : berth_policy_fail(&call, &policies->outcome, err);
    berth_frame_end(&p->frame);
    if (rc != BERTH_OK) berth_data_free(out);
    return rc;
}

berth_rc berth_policies_redact(berth_policies *policies, const berth_data *record,
                               berth_data *out, berth_err *err) {
    berth_rc rc = berth_data_copy(out, record, err);
    for (size_t i = 0; rc == BERTH_OK && policies && i < policies->count; i++) {
        berth_policy *p = policies->items[i];
        if (!(p->has & 1u << BERTH_HOOK_REDACT)) continue;
        berth_data result;
        berth_data_init(&result, policies->mem);
        berth_policy_call call = {.policy = p,
                                  .hook = BERTH_HOOK_REDACT,
                                  .record = out,
                                  .take = take_record,
                                  .answer = &result};
        berth_frame_begin(&p->frame, NULL, NULL, NULL);
        if (berth_policy_run(&call, &policies->outcome))
            rc = berth_data_copy(out, &result, err);
        else
            rc = berth_policy_fail(&call, &policies->outcome, err);
        berth_frame_end(&p->frame);
        berth_data_free(&result);
    }
    if (rc != BERTH_OK) berth_data_free(out);
    return rc;
}
