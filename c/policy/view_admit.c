/* view_admit.c - the views of admit: the claim, which is in the state already, and the usage that
 * includes it.
 *
 * Reading where the claim lies, or how much is used somewhere, marks the answer as located: another
 * candidate may fare better.  Each question and its answer is noted for the decision. */
#include <string.h>

#include "policy/library.h"
#include "policy/view_provider.h"

/* --- claim ------------------------------------------------------------------------------- */

static const char *const claim_fields[] = {
#define X(name, type, about) #name,
    BERTH_CLAIM_FIELDS(X)
#undef X
        NULL};

enum {
#define X(name, type, about) CLAIM_##name,
    BERTH_CLAIM_FIELDS(X)
#undef X
};

/* The consumer as the state has it: what a claim does not tell is what was told before. */
static const berth_consumer *holder(berth_frame *frame) {
    if (frame->holder == BERTH_NONE)
        frame->holder = berth_state_find_consumer(frame->state, frame->claim->consumer.data,
                                                  frame->claim->consumer.len);
    return berth_state_consumer(frame->state, frame->holder);
}

static void push_name(lua_State *L, const berth_state *state, berth_name_kind kind,
                      berth_ref ref) {
    lua_pushstring(L, ref == BERTH_NONE ? "" : berth_state_text(state, kind, ref));
}

static void claim_field(lua_State *L, berth_frame *frame, int n) {
    static const berth_consumer nobody = {
        .uuid = NULL, .project = BERTH_NONE, .user = BERTH_NONE, .type = BERTH_NONE};
    const berth_consumer *c = holder(frame);
    if (c == NULL) c = &nobody;
    switch (n) {
    case CLAIM_consumer:
        lua_pushlstring(L, frame->claim->consumer.data, frame->claim->consumer.len);
        break;
    case CLAIM_project:
        push_name(L, frame->state, BERTH_NAME_PROJECT, c->project);
        break;
    case CLAIM_user:
        push_name(L, frame->state, BERTH_NAME_USER, c->user);
        break;
    case CLAIM_consumer_type:
        push_name(L, frame->state, BERTH_NAME_TYPE, c->type);
        break;
    default: /* root */
        frame->located = true;
        berth_push_provider(L, frame, frame->candidate->anchor);
    }
}

static int claim_amount(lua_State *L) {
    return berth_takes_amount(L, berth_view_check(L, BERTH_VIEW_CLAIM));
}

static int claim_classes(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_CLAIM);
    const berth_candidate *c = frame->candidate;
    const char *few[32], **texts = few;
    if (c->ntakes > 32) texts = berth_view_scratch(L, c->ntakes, sizeof *texts);
    for (size_t i = 0; i < c->ntakes; i++)
        texts[i] = berth_state_text(frame->state, BERTH_NAME_CLASS, c->takes[i].rclass);
    berth_push_texts(L, texts, c->ntakes);
    return 1;
}

static int claim_providers(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_CLAIM);
    frame->located = true;
    return berth_takes_providers(L, frame);
}

static int claim_taken(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_CLAIM);
    frame->located = true;
    return berth_takes_taken(L, frame);
}

static const luaL_Reg claim_methods[] = {
#define X(name, parameters, type, about) {#name, claim_##name},
    BERTH_CLAIM_METHODS(X)
#undef X
        {NULL, NULL}};

const berth_view_class berth_class_of_claim = {BERTH_VIEW_CLAIM, "claim", claim_methods,
                                               claim_fields, claim_field};

/* --- view: the question -------------------------------------------------------------------- */

enum {
#define X(name, usage, consumers, capacity, about) KEY_##name,
    BERTH_QUERY_KEYS(X)
#undef X
        KEYS
};

#define BIT(key) (1u << KEY_##key)

static const struct query_key {
    const char *name;
    bool of[3]; /* usage, consumers, capacity */
} query_keys[KEYS] = {
#define X(name, usage, consumers, capacity, about) {#name, {usage, consumers, capacity}},
    BERTH_QUERY_KEYS(X)
#undef X
};

static const char *const question_names[] = {"usage", "consumers", "capacity"};

typedef struct question {
    int what; /* index of question_names */
    unsigned given;
    bool nobody; /* names a project, user or type that has no consumers */
    berth_ref rclass;
    berth_usage_key by;
    berth_place_at at;
} question;

/* Which key the value at the top but one is. [-0, +0, v] */
static int which_key(lua_State *L, const question *q) {
    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "the keys of a question are names, not a %s", luaL_typename(L, -2));
    const char *word = lua_tolstring(L, -2, NULL);
    for (int i = 0; i < KEYS; i++)
        if (strcmp(query_keys[i].name, word) == 0 && query_keys[i].of[q->what]) return i;
    berth_nearest near = berth_nearest_begin(word);
    for (int i = 0; i < KEYS; i++)
        if (query_keys[i].of[q->what]) berth_nearest_offer(&near, query_keys[i].name);
    if (near.best)
        return luaL_error(L, "view:%s has no key '%s', did you mean '%s'?",
                          question_names[q->what], word, near.best);
    return luaL_error(L, "view:%s has no key '%s'", question_names[q->what], word);
}

/* "" (and "unknown" for a type) are the consumers that never told. [-0, +0, v] */
static berth_ref read_party(lua_State *L, berth_frame *frame, berth_name_kind kind, question *q) {
    size_t len;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "a project, user or consumer_type is a string, not a %s",
                   luaL_typename(L, -1));
    const char *text = lua_tolstring(L, -1, &len);
    if (len == 0 || (kind == BERTH_NAME_TYPE && strcmp(text, "unknown") == 0)) return BERTH_NONE;
    berth_ref ref = berth_state_name(frame->state, kind, text, len);
    q->nobody = q->nobody || ref == BERTH_NONE;
    return ref;
}

static void read_key(lua_State *L, berth_frame *frame, question *q, int key) {
    int value = lua_gettop(L);
    switch (key) {
    case KEY_class:
        q->rclass = berth_arg_class(L, value, frame);
        break;
    case KEY_project:
        q->by.project = read_party(L, frame, BERTH_NAME_PROJECT, q);
        break;
    case KEY_user:
        q->by.user = read_party(L, frame, BERTH_NAME_USER, q);
        break;
    case KEY_consumer_type:
        q->by.type = read_party(L, frame, BERTH_NAME_TYPE, q);
        break;
    case KEY_aggregate:
        q->at = (berth_place_at){BERTH_PLACE_AGGREGATE, berth_arg_aggregate(L, value, frame)};
        break;
    default: /* provider, subtree */
        q->at.kind = key == KEY_provider ? BERTH_PLACE_PROVIDER : BERTH_PLACE_SUBTREE;
        q->at.ref = berth_arg_provider(L, value, frame);
    }
}

/* The table at argument 2, read raw. [-0, +0, v] */
static question read_question(lua_State *L, berth_frame *frame, int what) {
    const unsigned places = BIT(provider) | BIT(subtree) | BIT(aggregate);
    question q = {.what = what,
                  .rclass = BERTH_ANY,
                  .by = {BERTH_ANY, BERTH_ANY, BERTH_ANY},
                  .at = {BERTH_PLACE_FLEET, BERTH_NONE}};
    if (lua_type(L, 2) != LUA_TTABLE)
        luaL_error(L, "view:%s takes a table, such as view:%s{ %s }", question_names[what],
                   question_names[what], what == 1 ? "project = \"p\"" : "class = \"VCPU\"");
    berth_arg_readable(L, 2);
    lua_settop(L, 2);
    lua_pushnil(L);
    while (lua_next(L, 2)) { /* key value */
        int key = which_key(L, &q);
        q.given |= 1u << key;
        read_key(L, frame, &q, key);
        lua_settop(L, 3);
    }
    unsigned at = q.given & places;
    if (at & (at - 1)) luaL_error(L, "only one of provider, subtree and aggregate can be given");
    if (query_keys[KEY_class].of[what] && !(q.given & BIT(class)))
        luaL_error(L, "view:%s needs a class", question_names[what]);
    if (at) frame->located = true;
    return q;
}

/* --- view: the answer ---------------------------------------------------------------------- */

static int answer(lua_State *L, berth_frame *frame, const question *q, int64_t value) {
    if (frame->ninputs < BERTH_INPUTS)
        frame->inputs[frame->ninputs] = (berth_input){
            question_names[q->what], q->given, q->rclass, q->by, q->at, value};
    frame->ninputs++;
    lua_pushinteger(L, value);
    return 1;
}

static int ask(lua_State *L, int what) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_VIEW);
    question q = read_question(L, frame, what);
    berth_place_sum sum = {0, 0};
    berth_rc rc = BERTH_OK;
    berth_charge(L, WORK_HOST, 4);
    if (q.nobody || (q.rclass == BERTH_NONE && what != 1)) return answer(L, frame, &q, 0);
    if (what == 0)
        rc = berth_places_usage(frame->places, frame->state, q.at, q.by, q.rclass, &sum);
    else if (what == 1)
        rc = berth_places_consumers(frame->places, frame->state, q.at, q.by, &sum);
    else
        rc = berth_places_capacity(frame->places, frame->state, q.at, q.rclass, &sum);
    if (rc != BERTH_OK) berth_view_starved(L, frame);
    berth_charge(L, WORK_HOST, sum.work / 4);
    return answer(L, frame, &q, sum.value);
}

static int view_usage(lua_State *L) {
    return ask(L, 0);
}

static int view_consumers(lua_State *L) {
    return ask(L, 1);
}

static int view_capacity(lua_State *L) {
    return ask(L, 2);
}

static const luaL_Reg view_methods[] = {
#define X(name, parameters, type, about) {#name, view_##name},
    BERTH_VIEW_METHODS(X)
#undef X
        {NULL, NULL}};

static const char *const view_fields[] = {NULL};

static void view_field(lua_State *L, berth_frame *frame, int n) {
    (void)frame;
    (void)n;
    lua_pushnil(L); /* there are none */
}

const berth_view_class berth_class_of_view = {BERTH_VIEW_VIEW, "view", view_methods, view_fields,
                                              view_field};
