/* lua_capacity.c - capacity(request): how many more of this fit, placed one after another as place
 * would in a simulation, and what stops the next one. */
#include <stdio.h>
#include <string.h>

#include "lua/lua_explain.h"
#include "lua/lua_judge.h"
#include "lua/lua_redaction.h"
#include "lua/lua_request.h"
#include "lua/lua_simulation.h"
#include "lua/lua_verbs.h"

#define MOST_DEFAULT 100000

typedef struct options {
    int64_t most;
} options;

static void read_most(luax_reader *r, void *into) {
    *(int64_t *)into = luax_read_integer(r, 1, INT32_MAX, BERTH_EINVALID);
}

static const luax_key option_keys[] = {
    {"most", LUAX_READ, offsetof(options, most), read_most},
    LUAX_KEYS_END,
};

typedef struct answer {
    int64_t count;
    bool stopped;   /* by a refusal, which is `why`; otherwise by `most` */
    berth_err why;
    const char *kind, *text; /* what ran out; NULL: the refusal says it */
    char buffer[BERTH_MESSAGE_MAX];
} answer;

typedef struct simulation {
    luax_call *call;
    const luax_ask *ask;
    luax_simulation claims;
} simulation;

static berth_rc place_one(simulation *s, int64_t number, berth_err *err) {
    luax_store *owner = s->call->scope.owner;
    char name[BERTH_UUID_BYTES + 24];
    int n = snprintf(name, sizeof name, "%s-%lld", s->claims.consumer, (long long)number);
    berth_claim claim = {.consumer = {name, n > 0 ? (size_t)n : 0},
                         .project = s->ask->project,
                         .user = s->ask->user,
                         .type = s->ask->type,
                         .generation = BERTH_NO_CONSUMER};
    berth_placement placement = {.candidate = NULL};
    berth_rc rc = berth_place(s->claims.txn, berth_store_ranks(owner->store), luax_judge(owner),
                              s->call->scratch->shape, &claim, &placement, err);
    berth_free(&s->claims.txn->state->mem, placement.candidate, placement.candidate_size);
    return rc;
}

static berth_rc explain(const simulation *s, berth_explanation **out, berth_err *err) {
    berth_claim claim = {.project = s->ask->project,
                         .user = s->ask->user,
                         .type = s->ask->type,
                         .generation = BERTH_NO_CONSUMER};
    return berth_explain(s->claims.txn->state, s->call->scratch->shape,
                         luax_judge(s->call->scope.owner), &claim, NULL, 0, out, err);
}

/* Trees that the step rules out, by itself or those that are left to it. */
static int64_t trees_of(const berth_step *step, bool in_turn) {
    return in_turn ? step->in_turn : step->alone;
}

/* The earliest of the steps that most trees lack, of those that did not lack it `before`; NULL:
 * of all.  A tree may meet every condition by itself and still fall. */
static void find_lack(const simulation *s, const berth_explanation *before,
                      const berth_explanation *after, answer *out) {
    const berth_step *lacking = NULL;
    for (int in_turn = 0; in_turn < 2 && lacking == NULL; in_turn++) {
        int64_t most = 0;
        for (size_t i = 0; i < after->nsteps; i++) {
            int64_t lost = trees_of(&after->steps[i], in_turn);
            if (before != NULL) lost -= trees_of(&before->steps[i], in_turn);
            if (lost <= most) continue;
            most = lost;
            lacking = &after->steps[i];
        }
    }
    if (lacking == NULL) return; /* there are no trees */
    out->kind = luax_step_kind(lacking->kind);
    berth_step_text(s->claims.txn->state, s->call->scratch->shape, lacking, out->buffer,
                    sizeof out->buffer);
    out->text = out->buffer;
}

/* Refusals that answer the question; all others are failures. */
static bool is_full(berth_rc rc) {
    return rc == BERTH_ENOCANDIDATE || rc == BERTH_EDENIED || rc == BERTH_ECAPACITY;
}

static berth_rc fill(simulation *s, int64_t most, answer *out) {
    berth_err *err = &s->call->err;
    berth_explanation *before = NULL, *after = NULL;
    berth_rc rc = explain(s, &before, err);
    while (rc == BERTH_OK && !out->stopped && out->count < most) {
        berth_rc placed = place_one(s, out->count, &out->why);
        out->stopped = placed != BERTH_OK;
        if (placed == BERTH_OK) {
            out->count++;
        } else if (!is_full(placed)) {
            *err = out->why;
            rc = placed;
        }
    }
    if (rc == BERTH_OK && out->stopped && out->why.rc == BERTH_ENOCANDIDATE) {
        if (out->count > 0) rc = explain(s, &after, err);
        if (after != NULL)
            find_lack(s, before, after, out);
        else if (rc == BERTH_OK)
            find_lack(s, NULL, before, out);
    }
    berth_explanation_free(before);
    berth_explanation_free(after);
    return rc;
}

static berth_rc simulate(luax_call *call, const luax_ask *ask, int64_t most, berth_state *state,
                         answer *out) {
    simulation s = {.call = call, .ask = ask};
    berth_rc rc = berth_shape_resolve(ask->request, state, &call->scratch->shape, &call->err);
    if (rc == BERTH_OK) rc = luax_simulation_begin(call, &s.claims);
    if (rc != BERTH_OK) return rc;
    rc = fill(&s, most, out);
    luax_simulation_end(&s.claims);
    return rc;
}

static void push_answer(lua_State *L, const luax_store *owner, const answer *a) {
    lua_createtable(L, 0, 3);
    luax_set_integer(L, "count", a->count);
    if (!a->stopped) return;
    luax_store_push_error(L, owner, &a->why);
    lua_setfield(L, -2, "refusal");
    if (a->kind == NULL) return;
    lua_createtable(L, 0, 2);
    luax_set_text(L, "kind", a->kind);
    luax_set_text(L, "text", a->text);
    luax_redact_fresh(L, owner->redaction);
    lua_setfield(L, -2, "runs_out");
}

/* capacity(request, {most=}) -> {count =, refusal = of the next one, runs_out = {kind =, text =}}
 * | nil, err; no refusal: there is room for more than `most` */
int luax_capacity(lua_State *L) {
    luax_call call;
    luax_ask ask;
    luax_call_open(L, &call, 3);
    options o = {.most = MOST_DEFAULT};
    luax_read_ask(&call, 2, &ask);
    luax_call_table(&call, 3, option_keys, &o);
    berth_state *state = luax_call_read(&call);
    if (state == NULL) return luax_call_fail(&call);
    answer a = {.count = 0};
    if (simulate(&call, &ask, o.most, state, &a) != BERTH_OK) return luax_call_fail(&call);
    push_answer(L, call.scope.owner, &a);
    luax_call_done(&call);
    return 1;
}
