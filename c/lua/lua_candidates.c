/* lua_candidates.c - candidates(request): an iterator that searches one step at a time, and the
 * candidates it gives, which outlive it.
 *
 * A search lies in the state's memory and in front of one state: the store closes it before it
 * closes itself, and what was really changed meanwhile makes it stale.  What was changed and
 * undone again (a placement that was denied) does not. */
#include "lua/lua_candidates.h"

#include <stdlib.h>
#include <string.h>

#include "lua/lua_judge.h"
#include "lua/lua_request.h"
#include "lua/lua_verbs.h"

const luax_class luax_candidates_class = {"berth.candidates"};
const luax_class luax_candidate_class = {"berth.candidate"};

/* User values: 1 the store, 2 the request's userdata or nil. */
typedef struct luax_candidates {
    luax_store *owner;
    struct luax_candidates *next, **link; /* among the store's open searches; link NULL: not */
    berth_search *search;                 /* owned; NULL: ended */
    berth_shape *shape;                   /* owned; candidates point to it */
    berth_arena who;                      /* the texts of claim */
    berth_claim claim;                    /* who asks, for policies that look */
    uint64_t tx, undone, clock, epoch;    /* what the store was when the search began */
    size_t changes;                       /* of the transaction, then */
} luax_candidates;

/* --- life -------------------------------------------------------------------------------- */

static void end_search(luax_candidates *self) {
    berth_search_close(self->search);
    self->search = NULL;
    if (self->link == NULL) return;
    *self->link = self->next;
    if (self->next != NULL) self->next->link = self->link;
    self->link = NULL;
}

void luax_close_searches(luax_store *owner) {
    while (owner->open != NULL) end_search(owner->open);
}

static int candidates_close(lua_State *L) {
    end_search(luax_check(L, 1, &luax_candidates_class));
    return 0;
}

/* The shape goes last: candidates that point to it keep their search alive. */
static int candidates_gc(lua_State *L) {
    luax_candidates *self = luax_check(L, 1, &luax_candidates_class);
    end_search(self);
    berth_shape_free(self->shape);
    self->shape = NULL;
    berth_arena_free(&self->who);
    return 0;
}

static int candidate_gc(lua_State *L) {
    luax_candidate *self = luax_check(L, 1, &luax_candidate_class);
    berth_mem mem = berth_mem_default();
    berth_free(&mem, self->value, self->size);
    self->value = NULL;
    return 0;
}

/* false without memory. */
static bool copy_text(berth_arena *arena, berth_text from, berth_text *to) {
    *to = from;
    if (from.data == NULL) return true;
    to->data = berth_arena_text(arena, from.data, from.len);
    return to->data != NULL;
}

static size_t changes_of(const luax_store *owner) {
    const berth_txn *txn = berth_store_txn(owner->store);
    return txn == NULL ? 0 : txn->count;
}

static berth_rc start(luax_candidates *self, const luax_ask *ask, berth_state *state,
                      berth_err *err) {
    luax_store *owner = self->owner;
    self->claim.generation = BERTH_NO_CONSUMER;
    if (!copy_text(&self->who, ask->consumer, &self->claim.consumer) ||
        !copy_text(&self->who, ask->project, &self->claim.project) ||
        !copy_text(&self->who, ask->user, &self->claim.user) ||
        !copy_text(&self->who, ask->type, &self->claim.type))
        return berth_fail_memory(err);
    berth_rc rc = berth_shape_resolve(ask->request, state, &self->shape, err);
    if (rc == BERTH_OK) rc = berth_search_open(state, self->shape, NULL, &self->search, err);
    if (rc != BERTH_OK) return rc;
    self->tx = owner->tx;
    self->undone = owner->undone;
    self->clock = state->clock;
    self->epoch = state->epoch;
    self->changes = changes_of(owner);
    self->next = owner->open;
    self->link = &owner->open;
    if (self->next != NULL) self->next->link = &self->next;
    owner->open = self;
    return BERTH_OK;
}

/* candidates(request) -> iterator | nil, err */
int luax_candidates_of(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    luax_ask ask;
    luax_read_ask(&call, 2, &ask);
    luax_candidates *self = luax_new(L, &luax_candidates_class, sizeof *self, 1);
    berth_arena_init(&self->who, berth_mem_default());
    self->owner = call.scope.owner;
    lua_pushvalue(L, call.scope.index);
    lua_setiuservalue(L, -2, 1);
    berth_state *state = luax_call_read(&call);
    if (state == NULL || start(self, &ask, state, &call.err) != BERTH_OK)
        return luax_call_fail(&call);
    luax_call_done(&call);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, -3); /* to be closed when the loop is left */
    return 4;
}

/* --- steps ------------------------------------------------------------------------------- */

/* Lets the search go on when all that changed since it began was undone. */
static void resume(luax_candidates *self, const berth_state *state) {
    const luax_store *owner = self->owner;
    if (state->clock == self->clock || state->epoch != self->epoch) return;
    bool same = self->tx == owner->tx && changes_of(owner) == self->changes;
    if (self->tx != 0 && self->undone != owner->undone) same = false;
    if (!same) return;
    berth_search_resume(self->search);
    self->clock = state->clock;
}

/* The next candidate that the filters let pass; *out NULL at the end. */
static berth_rc step(luax_candidates *self, const berth_candidate **out, berth_rank *rank,
                     berth_err *err) {
    berth_state *state = berth_store_state(self->owner->store);
    const berth_judge *judge = luax_judge(self->owner);
    bool ranked = judge != NULL && judge->ranking != 0;
    resume(self, state);
    for (;;) {
        *rank = (berth_rank){.keep = true};
        berth_rc rc = berth_search_next(self->search, out, err);
        if (rc != BERTH_OK || *out == NULL || !ranked) return rc;
        rc = judge->rank(judge->self, state, &self->claim, *out, rank, err);
        if (rc != BERTH_OK || rank->keep) return rc;
    }
}

static berth_rc fill(luax_candidate *made, luax_candidates *self, berth_err *err) {
    const berth_candidate *found;
    berth_rank rank;
    berth_rc rc = step(self, &found, &rank, err);
    if (rc != BERTH_OK || found == NULL) {
        end_search(self);
        return rc;
    }
    berth_mem mem = berth_mem_default();
    const berth_judge *judge = luax_judge(self->owner);
    made->value = berth_candidate_copy(&mem, found, &made->size);
    made->has_score = judge != NULL && judge->ranking != 0;
    made->score = rank.score;
    return made->value == NULL ? berth_fail_memory(err) : BERTH_OK;
}

/* Pushes the next candidate or nil; a failure is told. */
static berth_rc advance(lua_State *L, berth_err *err) {
    luax_candidates *self = luax_check(L, 1, &luax_candidates_class);
    if (self->owner->store == NULL) luax_closed(L, "store");
    lua_settop(L, 1);
    luax_candidate *made = luax_new(L, &luax_candidate_class, sizeof *made, 2);
    made->owner = self->owner;
    lua_getiuservalue(L, 1, 1);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 2);
    if (self->search == NULL) {
        lua_pushnil(L);
        return BERTH_OK;
    }
    made->tx = self->tx;
    made->in_tx = self->tx != 0;
    made->undone = self->undone;
    berth_rc rc = fill(made, self, err);
    if (rc == BERTH_OK && made->value == NULL) lua_pushnil(L);
    return rc;
}

/* next() -> candidate | nil | nil, err */
static int candidates_next(lua_State *L) {
    berth_err err;
    if (advance(L, &err) == BERTH_OK) return 1;
    return luax_store_fail(L, ((luax_candidates *)lua_touserdata(L, 1))->owner, &err);
}

/* In a `for` there is no place for a second result: a failure is raised. */
static int candidates_call(lua_State *L) {
    berth_err err;
    if (advance(L, &err) == BERTH_OK) return 1;
    return luax_store_throw(L, ((luax_candidates *)lua_touserdata(L, 1))->owner, &err);
}

/* --- one candidate ----------------------------------------------------------------------- */

berth_rc luax_candidate_check(const luax_candidate *self, berth_err *err) {
    const berth_state *state = berth_store_state(self->owner->store);
    const berth_candidate *c = self->value;
    bool stale = self->in_tx && self->undone != self->owner->undone;
    for (size_t i = 0; !stale && i < c->ntakes; i++)
        stale = berth_state_provider(state, c->takes[i].provider) == NULL;
    for (size_t i = 0; !stale && i < c->map_start[c->shape->ngroups]; i++)
        stale = berth_state_provider(state, c->map_items[i]) == NULL;
    if (!stale && berth_state_provider(state, c->anchor) != NULL) return BERTH_OK;
    return berth_fail(err, BERTH_ESTALE, "what the candidate names is not there any more");
}

enum { SCORE, ANCHOR };
static const char *const fields[] = {"score", "anchor", NULL};

static int candidate_index(lua_State *L) {
    luax_candidate *self = luax_check(L, 1, &luax_candidate_class);
    int field = luax_member(L, &luax_candidate_class);
    if (field < 0) return 1;
    if (field == SCORE) {
        if (self->has_score)
            lua_pushnumber(L, self->score);
        else
            lua_pushnil(L);
        return 1;
    }
    berth_err err;
    luax_scope scope = luax_handle_scope(L, self->owner, self->tx);
    if (luax_candidate_check(self, &err) != BERTH_OK) return luax_throw(L, &err);
    char uuid[BERTH_UUID_BYTES + 1];
    const berth_state *state = berth_store_state(self->owner->store);
    memcpy(uuid, berth_state_provider(state, self->value->anchor)->uuid, sizeof uuid);
    luax_push_provider(L, &scope, uuid);
    return 1;
}

/* One row of resources() or mappings(), copied. */
typedef struct row {
    char provider[BERTH_UUID_BYTES + 1];
    const char *word; /* class or suffix */
    int64_t amount;
} row;

static row *new_rows(luax_call *call, size_t count) {
    return berth_arena_calloc(&call->scratch->arena, count + 1, sizeof(row));
}

static void copy_uuid(const berth_state *state, berth_ref provider, row *to) {
    memcpy(to->provider, berth_state_provider(state, provider)->uuid, sizeof to->provider);
}

static luax_candidate *open_call(lua_State *L, luax_call *call) {
    luax_candidate *self = luax_check(L, 1, &luax_candidate_class);
    luax_call_open_handle(L, call, 1, self->owner, self->tx);
    return self;
}

/* resources() -> {[provider uuid] = {CLASS = n}} | nil, err */
static int candidate_resources(lua_State *L) {
    luax_call call;
    const luax_candidate *self = open_call(L, &call);
    if (luax_candidate_check(self, &call.err) != BERTH_OK) return luax_call_fail(&call);
    const berth_state *state = berth_store_state(self->owner->store);
    size_t count = self->value->ntakes;
    row *rows = new_rows(&call, count);
    if (rows == NULL) return luax_call_fail_memory(&call);
    for (size_t i = 0; i < count; i++) {
        const berth_take *take = &self->value->takes[i];
        const char *word = berth_state_text(state, BERTH_NAME_CLASS, take->rclass);
        copy_uuid(state, take->provider, &rows[i]);
        rows[i].word = berth_arena_text(&call.scratch->arena, word, strlen(word));
        rows[i].amount = take->amount;
        if (rows[i].word == NULL) return luax_call_fail_memory(&call);
    }
    lua_newtable(L); /* all */
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].provider, rows[i - 1].provider) != 0) {
            lua_newtable(L);
            lua_setfield(L, -2, rows[i].provider);
        }
        lua_getfield(L, -1, rows[i].provider);
        luax_set_integer(L, rows[i].word, rows[i].amount);
        lua_pop(L, 1);
    }
    luax_call_done(&call);
    return 1;
}

static int compare_rows(const void *a, const void *b) {
    return strcmp(((const row *)a)->provider, ((const row *)b)->provider);
}

/* mappings() -> {[suffix] = {provider uuids, sorted}} | nil, err */
static int candidate_mappings(lua_State *L) {
    luax_call call;
    const luax_candidate *self = open_call(L, &call);
    if (luax_candidate_check(self, &call.err) != BERTH_OK) return luax_call_fail(&call);
    const berth_state *state = berth_store_state(self->owner->store);
    const berth_candidate *c = self->value;
    const berth_shape *shape = c->shape; /* kept alive through user value 2 */
    row *rows = new_rows(&call, c->map_start[shape->ngroups]);
    if (rows == NULL) return luax_call_fail_memory(&call);
    for (size_t g = 0; g < shape->ngroups; g++) {
        size_t from = c->map_start[g], to = c->map_start[g + 1];
        for (size_t i = from; i < to; i++) copy_uuid(state, c->map_items[i], &rows[i]);
        if (to - from > 1) qsort(rows + from, to - from, sizeof *rows, compare_rows);
    }
    lua_createtable(L, 0, (int)shape->ngroups);
    for (size_t g = 0; g < shape->ngroups; g++) {
        lua_newtable(L);
        for (size_t i = c->map_start[g]; i < c->map_start[g + 1]; i++) {
            lua_pushstring(L, rows[i].provider);
            lua_rawseti(L, -2, (lua_Integer)(i - c->map_start[g]) + 1);
        }
        lua_setfield(L, -2, shape->groups[g].suffix);
    }
    luax_call_done(&call);
    return 1;
}

void luax_open_candidates(lua_State *L) {
    static const luaL_Reg methods[] = {{"next", candidates_next}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__call", candidates_call},
                                    {"__gc", candidates_gc},
                                    {"__close", candidates_close},
                                    {NULL, NULL}};
    luax_new_class(L, &luax_candidates_class,
                   &(luax_members){.methods = methods, .meta = meta});
    static const luaL_Reg one_methods[] = {
        {"resources", candidate_resources},
        {"mappings", candidate_mappings},
        {"summaries", luax_candidate_summaries},
        {NULL, NULL}};
    static const luaL_Reg one_meta[] = {{"__gc", candidate_gc}, {NULL, NULL}};
    luax_new_class(L, &luax_candidate_class,
                   &(luax_members){.methods = one_methods,
                                   .meta = one_meta,
                                   .fields = fields,
                                   .index = candidate_index});
}
