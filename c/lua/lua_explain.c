/* lua_explain.c - explain(request): why it has few answers or none, as a table.  The engine's
 * explanation is turned into rows of copied words first, and given back before anything is
 * pushed. */
#include "lua/lua_explain.h"

#include <string.h>

#include "lua/lua_judge.h"
#include "lua/lua_redaction.h"
#include "lua/lua_request.h"
#include "lua/lua_simulation.h"
#include "lua/lua_verbs.h"

/* One step, near miss or relaxation; NULL and -1 are left out of its table. */
typedef struct row {
    const char *kind, *group, *rclass, *text;
    const char *const *names; /* of a condition; NULL: none */
    size_t nnames;
    bool forbidden, split;
    const char *root, *provider;
    int64_t want, have, to, step, alone, in_turn, left;
} row;

typedef struct rows {
    luax_call *call;
    const berth_state *state;
    const berth_shape *shape;
    row *steps, *near, *relaxations;
    size_t nsteps, nnear, nrelaxations;
    int64_t trees;
    bool failed; /* memory */
} rows;

static const char *const kinds[] = {"root",    "tree",    "class",     "room",
                                    "units",   "trait",   "aggregate", "together",
                                    "isolate", "subtree", "filter",    "admit"};

const char *luax_step_kind(berth_step_kind kind) {
    return kinds[kind];
}

/* --- rows --------------------------------------------------------------------------------- */

static const char *copy(rows *r, const char *text) {
    const char *made = berth_arena_text(&r->call->scratch->arena, text, strlen(text));
    if (made == NULL) r->failed = true;
    return made;
}

static row *new_rows(rows *r, size_t count) {
    row *made = berth_arena_calloc(&r->call->scratch->arena, count + 1, sizeof *made);
    if (made == NULL) r->failed = true;
    for (size_t i = 0; made != NULL && i < count; i++)
        made[i].want = made[i].have = made[i].to = made[i].step = made[i].alone = made[i].in_turn =
            made[i].left = -1;
    return made;
}

static void set_names(rows *r, row *to, berth_name_kind kind, const berth_ref_condition *c,
                      berth_ref only) {
    const char **names = berth_arena_calloc(&r->call->scratch->arena, c->count + 1, sizeof *names);
    if (names == NULL) r->failed = true;
    for (size_t i = 0; names != NULL && i < c->count; i++)
        if (only == BERTH_NONE || c->refs[i] == only)
            names[to->nnames++] = copy(r, berth_state_text(r->state, kind, c->refs[i]));
    to->names = names;
    to->forbidden = c->forbidden;
}

static void set_subtree(rows *r, row *to, size_t item) {
    size_t count = r->shape->subtree_sizes[item];
    const char **names = berth_arena_calloc(&r->call->scratch->arena, count, sizeof *names);
    if (names == NULL) r->failed = true;
    for (size_t i = 0; names != NULL && i < count; i++)
        names[to->nnames++] = copy(r, r->shape->groups[r->shape->subtrees[item][i]].suffix);
    to->names = names;
}

/* What the condition is about, for a step and for a relaxation of it. */
static void set_condition(rows *r, row *to, berth_step_kind kind, size_t group, size_t item,
                          berth_ref only) {
    const berth_shape *shape = r->shape;
    to->kind = kinds[kind];
    if (kind == BERTH_STEP_ROOT)
        set_names(r, to, BERTH_NAME_TRAIT, &shape->root_required[item], only);
    if (kind == BERTH_STEP_SUBTREE) set_subtree(r, to, item);
    if (group == BERTH_WHOLE) return;
    const berth_shape_group *g = &shape->groups[group];
    to->group = copy(r, g->suffix);
    if (kind == BERTH_STEP_TRAIT) set_names(r, to, BERTH_NAME_TRAIT, &g->required[item], only);
    if (kind == BERTH_STEP_AGGREGATE)
        set_names(r, to, BERTH_NAME_AGGREGATE, &g->member_of[item], only);
    if (kind == BERTH_STEP_TREE && g->tree != BERTH_NONE)
        to->root = copy(r, berth_state_provider(r->state, g->tree)->uuid);
    if (kind != BERTH_STEP_CLASS && kind != BERTH_STEP_ROOM && kind != BERTH_STEP_UNITS) return;
    to->rclass = copy(r, berth_state_text(r->state, BERTH_NAME_CLASS, g->resources[item].rclass));
    to->want = g->resources[item].amount;
    to->split = g->resources[item].split;
}

static void copy_steps(rows *r, const berth_explanation *from) {
    char text[BERTH_MESSAGE_MAX];
    r->steps = new_rows(r, from->nsteps);
    for (size_t i = 0; !r->failed && i < from->nsteps; i++) {
        const berth_step *step = &from->steps[i];
        row *to = &r->steps[r->nsteps++];
        set_condition(r, to, step->kind, step->group, step->item, BERTH_NONE);
        berth_step_text(r->state, r->shape, step, text, sizeof text);
        to->text = copy(r, text);
        to->alone = step->alone;
        to->in_turn = step->in_turn;
        to->left = step->left;
    }
}

static void copy_near(rows *r, const berth_explanation *from) {
    r->near = new_rows(r, from->nnear);
    for (size_t i = 0; !r->failed && i < from->nnear; i++) {
        const berth_near *near = &from->near[i];
        row *to = &r->near[r->nnear++];
        to->root = copy(r, berth_state_provider(r->state, near->root)->uuid);
        to->step = (int64_t)near->step + 1;
        if (from->steps[near->step].kind != BERTH_STEP_ROOM) continue;
        to->have = near->have;
        if (near->provider != BERTH_NONE)
            to->provider = copy(r, berth_state_provider(r->state, near->provider)->uuid);
    }
}

static void copy_relaxations(rows *r, const berth_explanation *from) {
    char text[BERTH_MESSAGE_MAX];
    r->relaxations = new_rows(r, from->nrelaxations);
    for (size_t i = 0; !r->failed && i < from->nrelaxations; i++) {
        const berth_relaxation *relaxation = &from->relaxations[i];
        row *to = &r->relaxations[r->nrelaxations++];
        set_condition(r, to, relaxation->kind, relaxation->group, relaxation->item,
                      relaxation->name);
        berth_relaxation_text(r->state, r->shape, relaxation, text, sizeof text);
        to->text = copy(r, text);
        if (relaxation->kind == BERTH_STEP_ROOM) to->to = relaxation->to;
    }
}

/* --- tables ------------------------------------------------------------------------------- */

static void set_number(lua_State *L, const char *name, int64_t value) {
    if (value >= 0) luax_set_integer(L, name, value);
}

/* Pushes {...}. [-0, +1, m] */
static void push_row(lua_State *L, const row *from) {
    lua_createtable(L, 0, 8);
    luax_set_text(L, "kind", from->kind);
    luax_set_text(L, "group", from->group);
    luax_set_text(L, "class", from->rclass);
    luax_set_text(L, "text", from->text);
    luax_set_text(L, "root", from->root);
    luax_set_text(L, "provider", from->provider);
    set_number(L, "want", from->want);
    set_number(L, "have", from->have);
    set_number(L, "to", from->to);
    set_number(L, "step", from->step);
    set_number(L, "alone", from->alone);
    set_number(L, "in_turn", from->in_turn);
    set_number(L, "left", from->left);
    if (from->split) luax_set_boolean(L, "split", true);
    if (from->forbidden) luax_set_boolean(L, "forbidden", true);
    if (from->names == NULL) return;
    lua_createtable(L, (int)from->nnames, 0);
    for (size_t i = 0; i < from->nnames; i++) {
        lua_pushstring(L, from->names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "names");
}

/* t[name] = array of rows. [-0, +0, m] */
static void set_rows(lua_State *L, const char *name, const row *list, size_t count) {
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_row(L, &list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, name);
}

/* --- the verb ----------------------------------------------------------------------------- */

/* A consumer that holds something already is asked for as another one would be. */
static berth_text consumer_of(const luax_ask *ask, const berth_state *state,
                              const luax_simulation *simulation) {
    const berth_text *own = &ask->consumer;
    if (own->len > 0 && berth_state_find_consumer(state, own->data, own->len) == BERTH_NONE)
        return *own;
    return (berth_text){simulation->consumer, strlen(simulation->consumer)};
}

static berth_rc explain_to(luax_call *call, const luax_ask *ask, berth_state *state,
                           luax_simulation *simulation, rows *out) {
    berth_claim claim = {.consumer = consumer_of(ask, state, simulation),
                         .project = ask->project,
                         .user = ask->user,
                         .type = ask->type,
                         .generation = BERTH_NO_CONSUMER};
    berth_explanation *found;
    berth_rc rc = berth_explain(state, call->scratch->shape, luax_judge(call->scope.owner), &claim,
                                simulation->txn, 0, &found, &call->err);
    if (rc != BERTH_OK) return rc;
    *out =
        (rows){.call = call, .state = state, .shape = call->scratch->shape, .trees = found->trees};
    copy_steps(out, found);
    copy_near(out, found);
    copy_relaxations(out, found);
    berth_explanation_free(found);
    return out->failed ? berth_fail_memory(&call->err) : BERTH_OK;
}

static berth_rc explain(luax_call *call, const luax_ask *ask, berth_state *state, rows *out) {
    luax_simulation simulation;
    berth_rc rc = berth_shape_resolve(ask->request, state, &call->scratch->shape, &call->err);
    if (rc == BERTH_OK) rc = luax_simulation_begin(call, &simulation);
    if (rc != BERTH_OK) return rc;
    rc = explain_to(call, ask, state, &simulation, out);
    luax_simulation_end(&simulation);
    return rc;
}

/* explain(request) -> {trees =, left =, steps = {...}, nearest = {...}, relaxations = {...}}
 * | nil, err */
int luax_explain(lua_State *L) {
    luax_call call;
    luax_ask ask;
    luax_call_open(L, &call, 2);
    luax_read_ask(&call, 2, &ask);
    berth_state *state = luax_call_read(&call);
    rows all;
    if (state == NULL || explain(&call, &ask, state, &all) != BERTH_OK)
        return luax_call_fail(&call);
    lua_createtable(L, 0, 5);
    luax_set_integer(L, "trees", all.trees);
    luax_set_integer(L, "left", all.nsteps > 0 ? all.steps[all.nsteps - 1].left : all.trees);
    set_rows(L, "steps", all.steps, all.nsteps);
    set_rows(L, "nearest", all.near, all.nnear);
    set_rows(L, "relaxations", all.relaxations, all.nrelaxations);
    luax_redact_fresh(L, call.scope.owner->redaction);
    luax_call_done(&call);
    return 1;
}
