/* lua_policy_time.c - how long a store's policies take, without anything around them: for
 * `berth policy bench` and the benchmarks.  Nothing is changed; decisions are kept as always. */
#include <stdlib.h>

#include "core/search.h"
#include "lua/lua_policy.h"
#include "lua/lua_request.h"
#include "policy/platform.h"

#define CALLS_MAX 1000000

/* What to time; either an allocation that is judged anew, or a candidate that is ranked. */
typedef struct trial {
    const luax_store *owner;
    berth_state *state;
    berth_allocation_spec spec;
    const berth_candidate *candidate; /* NULL: the spec */
    const berth_claim *claim;
    double *samples; /* nanoseconds of each call */
    size_t count;
} trial;

static berth_rc call_once(const trial *t, berth_err *err) {
    if (t->candidate == NULL) return luax_judge_allocations(t->owner, &t->spec, 1, err);
    const berth_judge *judge = luax_judge(t->owner);
    berth_rank rank;
    return judge->rank(judge->self, t->state, t->claim, t->candidate, &rank, err);
}

/* A denial is an answer like another; a policy that fails ends the trial. */
static berth_rc run(trial *t, berth_err *err) {
    for (size_t i = 0; i < t->count; i++) {
        int64_t before = berth_platform_now(NULL);
        berth_rc rc = call_once(t, err);
        t->samples[i] = (double)(berth_platform_now(NULL) - before);
        if (rc != BERTH_OK && rc != BERTH_EDENIED) return rc;
    }
    return BERTH_OK;
}

static int compare_samples(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* {calls=, median=, p99=, mean=} in nanoseconds. [-0, +1, m] */
static void push_times(lua_State *L, trial *t) {
    double sum = 0;
    qsort(t->samples, t->count, sizeof *t->samples, compare_samples);
    for (size_t i = 0; i < t->count; i++) sum += t->samples[i];
    lua_createtable(L, 0, 4);
    luax_set_integer(L, "calls", (int64_t)t->count);
    lua_pushnumber(L, t->samples[t->count / 2]);
    lua_setfield(L, -2, "median");
    lua_pushnumber(L, t->samples[t->count * 99 / 100]);
    lua_setfield(L, -2, "p99");
    lua_pushnumber(L, sum / (double)t->count);
    lua_setfield(L, -2, "mean");
}

static void begin_trial(luax_call *call, trial *t, int count_arg) {
    lua_Integer count = luaL_checkinteger(call->L, count_arg);
    luaL_argcheck(call->L, count >= 1 && count <= CALLS_MAX, count_arg, "1 to 1000000 calls");
    *t = (trial){.owner = call->scope.owner, .count = (size_t)count};
    t->samples = luax_take(&call->reader, t->count, sizeof *t->samples);
}

static int end_trial(luax_call *call, trial *t, berth_rc rc) {
    if (t->state == NULL || rc != BERTH_OK) return luax_call_fail(call);
    push_times(call->L, t);
    luax_call_done(call);
    return 1;
}

/* Tries the allocations of a consumer as it holds them. */
static berth_rc try_held(luax_call *call, trial *t, berth_text consumer) {
    const berth_state *state = t->state;
    berth_ref ref = berth_state_find_consumer(state, consumer.data, consumer.len);
    if (ref == BERTH_NONE) return berth_fail(&call->err, BERTH_ENOTFOUND, "no such consumer");
    size_t count = 0;
    int32_t first = state->consumers[ref].first_allocation;
    for (int32_t i = first; i >= 0; i = state->allocations[i].next_of_consumer) count++;
    berth_allocation_item *items =
        berth_arena_calloc(&call->scratch->arena, count, sizeof *items);
    if (items == NULL) return berth_fail_memory(&call->err);
    count = 0;
    for (int32_t i = first; i >= 0; i = state->allocations[i].next_of_consumer) {
        const berth_allocation *a = &state->allocations[i];
        items[count++] = (berth_allocation_item){a->provider, a->rclass, a->used};
    }
    t->spec = (berth_allocation_spec){
        .consumer = consumer, .generation = BERTH_ANY_GENERATION, .items = items, .nitems = count};
    return run(t, &call->err);
}

/* time_admit(store, consumer, calls) -> {calls=, median=, p99=, mean=} | nil, err: what admit takes
 * for the consumer's claim, were it made now */
static int core_time_admit(lua_State *L) {
    luax_call call;
    trial t;
    berth_text consumer;
    luax_call_open(L, &call, 3);
    luax_call_value(&call, 2, luax_into_text, &consumer);
    begin_trial(&call, &t, 3);
    t.state = luax_call_read(&call);
    return end_trial(&call, &t, t.state ? try_held(&call, &t, consumer) : call.err.rc);
}

/* Tries the first candidate. */
static berth_rc try_first(luax_call *call, trial *t, const luax_ask *ask) {
    berth_search *search = NULL;
    const berth_candidate *found = NULL;
    const berth_judge *judge = luax_judge(t->owner);
    if (judge == NULL || judge->ranking == 0)
        return berth_fail(&call->err, BERTH_EINVALID, "no policy ranks");
    berth_rc rc = berth_shape_resolve(ask->request, t->state, &call->scratch->shape, &call->err);
    if (rc == BERTH_OK)
        rc = berth_search_open(t->state, call->scratch->shape, NULL, &search, &call->err);
    if (rc == BERTH_OK) rc = berth_search_next(search, &found, &call->err);
    if (rc == BERTH_OK && found == NULL)
        rc = berth_fail(&call->err, BERTH_ENOCANDIDATE, "the request has no candidate");
    if (rc == BERTH_OK) {
        size_t size;
        berth_candidate *copy = berth_candidate_copy(&t->state->mem, found, &size);
        t->candidate = copy;
        rc = copy == NULL ? berth_fail_memory(&call->err) : run(t, &call->err);
        berth_free(&t->state->mem, copy, size);
    }
    berth_search_close(search);
    return rc;
}

/* time_rank(store, request, calls) -> the same: what filter and score take for one candidate */
static int core_time_rank(lua_State *L) {
    luax_call call;
    trial t;
    luax_ask ask;
    luax_call_open(L, &call, 3);
    luax_read_ask(&call, 2, &ask);
    begin_trial(&call, &t, 3);
    const berth_claim claim = {.consumer = ask.consumer,
                               .project = ask.project,
                               .user = ask.user,
                               .type = ask.type,
                               .generation = BERTH_NO_CONSUMER};
    t.claim = &claim;
    t.state = luax_call_read(&call);
    return end_trial(&call, &t, t.state ? try_first(&call, &t, &ask) : call.err.rc);
}

void luax_open_policy_time(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"time_admit", core_time_admit}, {"time_rank", core_time_rank}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
