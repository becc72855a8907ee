/* lua_place.c - place: search, choose, claim and judge in one transaction; and move, which is
 * the same for a consumer that holds something already.  The engine does the work: here words
 * become a shape and a claim, and the answer a handle. */
#include <string.h>

#include "core/text.h"
#include "lua/lua_allocation.h"
#include "lua/lua_candidates.h"
#include "lua/lua_judge.h"
#include "lua/lua_log.h"
#include "lua/lua_request.h"
#include "lua/lua_verbs.h"

static berth_claim claim_of(const luax_ask *ask) {
    return (berth_claim){.consumer = ask->consumer,
                         .project = ask->project,
                         .user = ask->user,
                         .type = ask->type,
                         .generation = BERTH_NO_CONSUMER};
}

/* Finds and claims; *out is the caller's to free, and NULL on failure. */
static berth_rc place_shape(luax_call *call, const luax_ask *ask, const berth_claim *claim,
                            berth_placement *out) {
    luax_store *owner = call->scope.owner;
    berth_txn *txn = luax_call_txn(call);
    *out = (berth_placement){.candidate = NULL};
    berth_rc rc =
        berth_shape_resolve(ask->request, txn->state, &call->scratch->shape, &call->err);
    if (rc != BERTH_OK) return rc;
    return berth_place(txn, berth_store_ranks(owner->store), luax_judge(owner),
                       call->scratch->shape, claim, out, &call->err);
}

static void free_placement(luax_call *call, berth_placement *placement) {
    berth_free(&luax_call_txn(call)->state->mem, placement->candidate,
               placement->candidate_size);
    placement->candidate = NULL;
}

static berth_rc place_candidate(luax_call *call, const luax_candidate *candidate,
                                const berth_claim *claim) {
    luax_store *owner = call->scope.owner;
    if (candidate->owner != owner)
        return berth_fail(&call->err, BERTH_ESTALE, "the candidate is one of another store");
    berth_rc rc = luax_candidate_check(candidate, &call->err);
    if (rc != BERTH_OK) return rc;
    return berth_place_candidate(luax_call_txn(call), luax_judge(owner), candidate->value, claim,
                                 &call->err);
}

/* A consumer holds one allocation; another one is a move. */
static berth_rc check_free(luax_call *call, berth_text consumer) {
    const berth_state *state = luax_call_txn(call)->state;
    if (berth_state_find_consumer(state, consumer.data, consumer.len) == BERTH_NONE)
        return BERTH_OK;
    berth_quoted shown = berth_quote(consumer.data, consumer.len);
    (void)berth_fail(&call->err, BERTH_ECONSUMER, "consumer %s holds an allocation already",
                     shown.text);
    berth_err_text(&call->err, "consumer", shown.text);
    return BERTH_ECONSUMER;
}

/* Who it is about, for the log. */
static void tell(luax_call *call, const char *verb, const luax_ask *ask) {
    call->told.verb = verb;
    call->told.consumer = ask->consumer;
    call->told.project = ask->project;
    call->told.user = ask->user;
    call->told.type = ask->type;
}

/* Arguments 2 and 3 as what to claim and for whom.  The candidate is on the stack. [-0, +1, v] */
static const luax_candidate *read_arguments(luax_call *call, luax_ask *ask) {
    lua_State *L = call->L;
    const luax_candidate *candidate = luax_test(L, 2, &luax_candidate_class);
    if (candidate != NULL) {
        *ask = (luax_ask){.request = NULL};
        lua_pushnil(L);
    } else {
        luax_read_ask_place(call, 2, ask);
        if (ask->has_candidate) candidate = lua_touserdata(L, -1);
    }
    if (lua_type(L, 2) != LUA_TTABLE)
        luax_read_who(call, 3, ask);
    else if (!lua_isnil(L, 3))
        luax_argerror(L, 3, "no such argument: who asks stands in the table");
    if (ask->consumer.data == NULL && call->err.rc == BERTH_OK) {
        call->reader.arg = lua_type(L, 2) == LUA_TTABLE ? 2 : 3;
        luax_misuse(&call->reader, "key 'consumer' is missing");
    }
    return candidate;
}

/* place{request's keys, consumer=, ...}, place{candidate= or request=, consumer=, ...} or
 * place(query, request or candidate, {consumer=, ...}) -> allocation | nil, err */
int luax_place(lua_State *L) {
    luax_call call;
    luax_ask ask;
    luax_call_open(L, &call, 3);
    const luax_candidate *candidate = read_arguments(&call, &ask);
    tell(&call, "place", &ask);
    if (call.err.rc != BERTH_OK) return luax_call_fail(&call);
    luax_push_allocation(L, &call.scope, ask.consumer);
    berth_claim claim = claim_of(&ask);
    berth_rc rc = luax_call_begin(&call);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    rc = check_free(&call, claim.consumer);
    if (rc == BERTH_OK && candidate != NULL) {
        rc = place_candidate(&call, candidate, &claim);
    } else if (rc == BERTH_OK) {
        berth_placement placement;
        rc = place_shape(&call, &ask, &claim, &placement);
        free_placement(&call, &placement);
    }
    if (luax_call_end(&call, rc) != BERTH_OK) return luax_call_fail(&call);
    luax_log_claim(&call, "placed", ask.consumer);
    luax_call_done(&call);
    return 1;
}

/* --- move -------------------------------------------------------------------------------- */

/* The takes of a candidate as the complete new allocations of the consumer. */
static berth_rc allocate_takes(luax_call *call, const berth_claim *claim,
                               const berth_candidate *candidate) {
    berth_allocation_item *items =
        berth_arena_calloc(&call->scratch->arena, candidate->ntakes + 1, sizeof *items);
    if (items == NULL) return berth_fail_memory(&call->err);
    for (size_t i = 0; i < candidate->ntakes; i++) {
        const berth_take *take = &candidate->takes[i];
        items[i] = (berth_allocation_item){take->provider, take->rclass, take->amount};
    }
    berth_allocation_spec spec = {.consumer = claim->consumer,
                                  .generation = BERTH_ANY_GENERATION,
                                  .items = items,
                                  .nitems = candidate->ntakes};
    return berth_allocate(luax_call_txn(call), &spec, 1, &call->err);
}

/* false without memory; a name that was not told stays so. */
static bool copy_name(luax_call *call, berth_name_kind kind, berth_ref ref, berth_text *out) {
    *out = (berth_text){NULL, 0};
    if (ref == BERTH_NONE) return true;
    const char *text = berth_state_text(luax_call_txn(call)->state, kind, ref);
    out->len = strlen(text);
    out->data = berth_arena_text(&call->scratch->arena, text, out->len);
    return out->data != NULL;
}

/* Who holds the allocation, copied: the claim that takes its place.  false without memory. */
static bool claim_again(luax_call *call, const luax_allocation *self,
                        const berth_consumer *consumer, berth_claim *out) {
    *out = (berth_claim){.consumer = {self->consumer, self->len},
                         .generation = BERTH_NO_CONSUMER};
    return copy_name(call, BERTH_NAME_PROJECT, consumer->project, &out->project) &&
           copy_name(call, BERTH_NAME_USER, consumer->user, &out->user) &&
           copy_name(call, BERTH_NAME_TYPE, consumer->type, &out->type);
}

/* Searches as if the consumer held nothing, then writes what was found over what it holds, so
 * that the consumer goes on with its generation. */
static berth_rc move(luax_call *call, luax_allocation *self, const luax_ask *ask) {
    berth_txn *txn = luax_call_txn(call);
    const berth_consumer *consumer = luax_resolve_consumer(txn->state, self, NULL);
    if (consumer == NULL) return luax_allocation_gone(self, &call->err);
    berth_claim claim;
    if (!claim_again(call, self, consumer, &claim)) return berth_fail_memory(&call->err);
    size_t mark = txn->count;
    berth_placement placement = {.candidate = NULL};
    berth_rc rc = berth_release(txn, claim.consumer, &call->err);
    if (rc == BERTH_OK) rc = place_shape(call, ask, &claim, &placement);
    berth_txn_undo(txn, mark);
    if (rc == BERTH_OK) rc = allocate_takes(call, &claim, placement.candidate);
    free_placement(call, &placement);
    return rc;
}

int luax_allocation_move(lua_State *L) {
    luax_allocation *self = luax_check(L, 1, &luax_allocation_class);
    luax_call call;
    luax_ask ask;
    luax_call_open_handle(L, &call, 2, self->owner, self->tx);
    luax_read_ask(&call, 2, &ask);
    if (ask.consumer.data != NULL || ask.project.data != NULL || ask.user.data != NULL ||
        ask.type.data != NULL)
        luax_misuse(&call.reader, "a move keeps its consumer: only a request is due");
    tell(&call, "move", &ask);
    call.told.consumer = (berth_text){self->consumer, self->len};
    berth_rc rc = luax_call_begin(&call);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    rc = luax_call_end(&call, move(&call, self, &ask));
    if (rc != BERTH_OK) return luax_call_fail(&call);
    luax_log_claim(&call, "moved", call.told.consumer);
    return luax_call_true(&call);
}
