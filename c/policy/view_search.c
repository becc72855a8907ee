/* view_search.c - the views of filter and score: the request, and a candidate for it.
 *
 * What a candidate tells depends on its tree and on the shape alone, so that answers can be
 * remembered; reading who asks, or for how many, marks the answer as personal. */
#include <string.h>

#include "core/capacity.h"
#include "policy/view_provider.h"

#define FEW 32

/* --- request ----------------------------------------------------------------------------- */

static const char *const request_fields[] = {
#define X(name, type, about) #name,
    BERTH_REQUEST_FIELDS(X)
#undef X
        NULL};

enum {
#define X(name, type, about) REQUEST_##name,
    BERTH_REQUEST_FIELDS(X)
#undef X
};

static void push_text(lua_State *L, berth_text text) {
    lua_pushlstring(L, text.data ? text.data : "", text.data ? text.len : 0);
}

static void request_field(lua_State *L, berth_frame *frame, int n) {
    static const berth_claim nobody;
    const berth_claim *claim = frame->claim ? frame->claim : &nobody;
    frame->personal = true;
    switch (n) {
    case REQUEST_consumer:
        push_text(L, claim->consumer);
        break;
    case REQUEST_project:
        push_text(L, claim->project);
        break;
    case REQUEST_user:
        push_text(L, claim->user);
        break;
    case REQUEST_consumer_type:
        push_text(L, claim->type);
        break;
    default: /* limit */
        lua_pushinteger(L, frame->candidate->shape->limit);
    }
}

static int64_t plus(int64_t a, int64_t b) {
    int64_t sum;
    return berth_add_i64(a, b, &sum) ? sum : INT64_MAX;
}

static int64_t asked_by(const berth_shape_group *group, berth_ref rclass) {
    int64_t sum = 0;
    for (size_t i = 0; i < group->nresources; i++)
        if (group->resources[i].rclass == rclass) sum = plus(sum, group->resources[i].amount);
    return sum;
}

static int request_amount(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_REQUEST);
    berth_ref rclass = berth_arg_class(L, 2, frame);
    const berth_shape *shape = frame->candidate->shape;
    int64_t sum = 0;
    for (size_t i = 0; i < shape->ngroups; i++)
        sum = plus(sum, asked_by(&shape->groups[i], rclass));
    lua_pushinteger(L, sum);
    return 1;
}

static int request_classes(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_REQUEST);
    const berth_shape *shape = frame->candidate->shape;
    size_t count = 0, n = 0;
    for (size_t i = 0; i < shape->ngroups; i++) count += shape->groups[i].nresources;
    const char *few[FEW], **texts = few;
    if (count > FEW) texts = berth_view_scratch(L, count, sizeof *texts);
    for (size_t i = 0; i < shape->ngroups; i++)
        for (size_t j = 0; j < shape->groups[i].nresources; j++)
            texts[n++] = berth_state_text(frame->state, BERTH_NAME_CLASS,
                                          shape->groups[i].resources[j].rclass);
    berth_push_texts(L, texts, n);
    return 1;
}

static int request_groups(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_REQUEST);
    const berth_shape *shape = frame->candidate->shape;
    berth_charge(L, WORK_HOST, (int64_t)shape->ngroups);
    lua_createtable(L, (int)shape->ngroups, 0);
    for (size_t i = 0; i < shape->ngroups; i++) {
        lua_pushstring(L, shape->groups[i].suffix);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* The index of the group with the suffix at `arg`. [-0, +0, v] */
static size_t arg_group(lua_State *L, int arg, const berth_shape *shape) {
    const char *suffix = berth_arg_text(L, arg, NULL);
    berth_nearest near = berth_nearest_begin(suffix);
    for (size_t i = 0; i < shape->ngroups; i++) {
        if (strcmp(shape->groups[i].suffix, suffix) == 0) return i;
        berth_nearest_offer(&near, shape->groups[i].suffix);
    }
    if (near.best)
        luaL_error(L, "the request has no group '%s', did you mean '%s'?", suffix, near.best);
    return (size_t)luaL_error(L, "the request has no group '%s'", suffix);
}

static int request_group_amount(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_REQUEST);
    const berth_shape *shape = frame->candidate->shape;
    size_t group = arg_group(L, 2, shape);
    lua_pushinteger(L, asked_by(&shape->groups[group], berth_arg_class(L, 3, frame)));
    return 1;
}

static const luaL_Reg request_methods[] = {
#define X(name, parameters, type, about) {#name, request_##name},
    BERTH_REQUEST_METHODS(X)
#undef X
        {NULL, NULL}};

const berth_view_class berth_class_of_request = {BERTH_VIEW_REQUEST, "request", request_methods,
                                                 request_fields, request_field};

/* --- candidate: what it takes ------------------------------------------------------------ */

int berth_takes_amount(lua_State *L, berth_frame *frame) {
    const berth_candidate *c = frame->candidate;
    berth_ref rclass = berth_arg_class(L, 2, frame);
    int64_t sum = 0;
    for (size_t i = 0; i < c->ntakes; i++)
        if (c->takes[i].rclass == rclass) sum = plus(sum, c->takes[i].amount);
    lua_pushinteger(L, sum);
    return 1;
}

/* Pushes views of the distinct providers among ascending refs, `stride` bytes apart. */
static int push_distinct(lua_State *L, berth_frame *frame, const berth_ref *refs, size_t count,
                         size_t stride) {
    lua_Integer n = 0;
    berth_ref last = BERTH_NONE;
    berth_charge(L, WORK_HOST, (int64_t)count);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        berth_ref ref = *(const berth_ref *)(const void *)((const char *)refs + i * stride);
        if (ref == last) continue;
        last = ref;
        berth_push_provider(L, frame, ref);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

int berth_takes_providers(lua_State *L, berth_frame *frame) {
    const berth_candidate *c = frame->candidate;
    return push_distinct(L, frame, &c->takes->provider, c->ntakes, sizeof *c->takes);
}

static int64_t taken_from(const berth_candidate *c, berth_ref provider, berth_ref rclass) {
    for (size_t i = 0; i < c->ntakes && c->takes[i].provider <= provider; i++)
        if (c->takes[i].provider == provider && c->takes[i].rclass == rclass)
            return c->takes[i].amount;
    return 0;
}

int berth_takes_taken(lua_State *L, berth_frame *frame) {
    berth_ref provider = berth_arg_provider(L, 2, frame);
    lua_pushinteger(L, taken_from(frame->candidate, provider, berth_arg_class(L, 3, frame)));
    return 1;
}

static int candidate_amount(lua_State *L) {
    return berth_takes_amount(L, berth_view_check(L, BERTH_VIEW_CANDIDATE));
}

static int candidate_providers(lua_State *L) {
    return berth_takes_providers(L, berth_view_check(L, BERTH_VIEW_CANDIDATE));
}

static int candidate_taken(lua_State *L) {
    return berth_takes_taken(L, berth_view_check(L, BERTH_VIEW_CANDIDATE));
}

static int candidate_mapping(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_CANDIDATE);
    const berth_candidate *c = frame->candidate;
    size_t group = arg_group(L, 2, c->shape);
    const berth_ref *first = c->map_items + c->map_start[group];
    size_t count = c->map_start[group + 1] - c->map_start[group];
    return push_distinct(L, frame, first, count, sizeof *first);
}

/* --- candidate: its tree ------------------------------------------------------------------ */

/* The members of the tree and the class asked about. [-0, +0, v] */
static const berth_refs *tree_and_class(lua_State *L, berth_frame **frame, berth_ref *rclass) {
    berth_frame *f = *frame = berth_view_check(L, BERTH_VIEW_CANDIDATE);
    *rclass = berth_arg_class(L, 2, f);
    const berth_refs *tree = berth_view_tree(L, f, f->candidate->anchor);
    berth_charge(L, WORK_HOST, (int64_t)(tree->count / 8));
    return tree;
}

static int64_t left(const berth_stock *s) {
    return s->capacity > s->used ? s->capacity - s->used : 0;
}

static int64_t used(const berth_stock *s) {
    return s->used;
}

static int64_t capacity(const berth_stock *s) {
    return s->capacity;
}

static int push_sum(lua_State *L, int64_t (*measure)(const berth_stock *)) {
    berth_frame *frame;
    berth_ref rclass;
    const berth_refs *tree = tree_and_class(L, &frame, &rclass);
    berth_provider *const *providers = frame->state->providers;
    int64_t sum = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const berth_stock *s = berth_provider_stock(providers[tree->items[i]], rclass);
        if (s) sum = plus(sum, measure(s));
    }
    lua_pushinteger(L, sum);
    return 1;
}

static int candidate_free(lua_State *L) {
    return push_sum(L, left);
}

static int candidate_used(lua_State *L) {
    return push_sum(L, used);
}

static int candidate_capacity(lua_State *L) {
    return push_sum(L, capacity);
}

/* Both arrays have one place for each provider of the tree that has the class. */
static int push_each(lua_State *L, bool taken) {
    berth_frame *frame;
    berth_ref rclass;
    const berth_refs *tree = tree_and_class(L, &frame, &rclass);
    lua_Integer n = 0;
    lua_createtable(L, (int)tree->count, 0);
    for (size_t i = 0; i < tree->count; i++) {
        berth_ref ref = tree->items[i];
        const berth_stock *s = berth_provider_stock(frame->state->providers[ref], rclass);
        if (s == NULL) continue;
        lua_pushinteger(L, taken ? taken_from(frame->candidate, ref, rclass) : left(s));
        lua_rawseti(L, -2, ++n);
    }
    berth_charge(L, WORK_HOST, n);
    return 1;
}

static int candidate_each_free(lua_State *L) {
    return push_each(L, false);
}

static int candidate_each_taken(lua_State *L) {
    return push_each(L, true);
}

static int candidate_consumers(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_CANDIDATE);
    const berth_usage_key anybody = {BERTH_ANY, BERTH_ANY, BERTH_ANY};
    berth_place_at tree = {BERTH_PLACE_SUBTREE, frame->candidate->anchor};
    berth_place_sum sum;
    berth_rc rc = berth_places_consumers(frame->places, frame->state, tree, anybody, &sum);
    if (rc != BERTH_OK) berth_view_starved(L, frame);
    berth_charge(L, WORK_HOST, sum.work / 8);
    lua_pushinteger(L, sum.value);
    return 1;
}

/* Types are few: those met so far are searched one by one. */
typedef struct type_list {
    berth_ref *items;
    size_t count, cap;
    berth_ref few[FEW];
} type_list;

static void add_type(lua_State *L, type_list *list, berth_ref type) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == type) return;
    if (list->count == list->cap) {
        berth_ref *more = berth_view_scratch(L, list->cap * 2, sizeof *more);
        memcpy(more, list->items, list->count * sizeof *more);
        if (list->items != list->few) lua_remove(L, -2);
        list->items = more;
        list->cap *= 2;
    }
    list->items[list->count++] = type;
}

static int candidate_consumer_types(lua_State *L) {
    berth_frame *frame = berth_view_check(L, BERTH_VIEW_CANDIDATE);
    const berth_state *state = frame->state;
    const berth_refs *tree = berth_view_tree(L, frame, frame->candidate->anchor);
    type_list types = {.cap = FEW};
    types.items = types.few;
    int64_t work = 0;
    for (size_t i = 0; i < tree->count; i++) {
        int32_t at = state->providers[tree->items[i]]->first_allocation;
        for (; at >= 0; at = state->allocations[at].next_of_provider, work++)
            add_type(L, &types, state->consumers[state->allocations[at].consumer].type);
    }
    berth_charge(L, WORK_HOST, (work + (int64_t)tree->count) / 8);
    const char *few[FEW], **texts = few;
    if (types.count > FEW) texts = berth_view_scratch(L, types.count, sizeof *texts);
    for (size_t i = 0; i < types.count; i++)
        texts[i] = berth_state_text(state, BERTH_NAME_TYPE, types.items[i]);
    berth_push_texts(L, texts, types.count);
    return 1;
}

static const char *const candidate_fields[] = {
#define X(name, type, about) #name,
    BERTH_CANDIDATE_FIELDS(X)
#undef X
        NULL};

static void candidate_field(lua_State *L, berth_frame *frame, int n) {
    (void)n;
    berth_push_provider(L, frame, frame->candidate->anchor);
}

static const luaL_Reg candidate_methods[] = {
#define X(name, parameters, type, about) {#name, candidate_##name},
    BERTH_CANDIDATE_METHODS(X)
#undef X
        {NULL, NULL}};

const berth_view_class berth_class_of_candidate = {
    BERTH_VIEW_CANDIDATE, "candidate", candidate_methods, candidate_fields, candidate_field};
