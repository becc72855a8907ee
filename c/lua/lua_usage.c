/* lua_usage.c - usages{}: how much of each class is in use, over the whole fleet or by project,
 * user and type, read from counters and so independent of the fleet's size. */
#include <string.h>

#include "core/usage.h"
#include "lua/lua_store.h"
#include "lua/lua_verbs.h"

typedef struct question {
    berth_text project, user, type;
    bool by_type;
} question;

static const luax_key usage_keys[] = {
    {"project", LUAX_TEXT, offsetof(question, project), NULL},
    {"user", LUAX_TEXT, offsetof(question, user), NULL},
    {"consumer_type", LUAX_TEXT, offsetof(question, type), NULL},
    {"by_type", LUAX_BOOLEAN, offsetof(question, by_type), NULL},
    LUAX_KEYS_END,
};

/* One class's sum within one type; classes of a type follow each other. */
typedef struct sum {
    const char *type, *rclass;
    int64_t used, consumers;
} sum;

/* The sums found so far; the array is long enough for all of them. */
typedef struct sums {
    sum *items;
    size_t count;
} sums;

static bool word_is(berth_text text, const char *word) {
    return text.len == strlen(word) && memcmp(text.data, word, text.len) == 0;
}

/* false: a name that nobody has; nothing is used. */
static bool find_key(const berth_state *state, const question *q, berth_usage_key *key) {
    *key = (berth_usage_key){BERTH_ANY, BERTH_ANY, BERTH_ANY};
    if (q->project.data != NULL) {
        key->project =
            berth_state_name(state, BERTH_NAME_PROJECT, q->project.data, q->project.len);
        if (key->project == BERTH_NONE) return false;
    }
    if (q->user.data != NULL) {
        key->user = berth_state_name(state, BERTH_NAME_USER, q->user.data, q->user.len);
        if (key->user == BERTH_NONE) return false;
    }
    if (q->type.data == NULL || word_is(q->type, "all")) return true;
    key->type = berth_state_name(state, BERTH_NAME_TYPE, q->type.data, q->type.len);
    return key->type != BERTH_NONE || word_is(q->type, "unknown");
}

/* Appends the classes in use under `key`; false without memory. */
static bool add_sums(berth_arena *arena, const berth_state *state, berth_usage_key key,
                     const char *type, sums *out) {
    const berth_names *classes = &state->names[BERTH_NAME_CLASS];
    int64_t consumers = berth_usage_consumers(state, key);
    if (consumers == 0) return true;
    for (size_t i = 0; i < classes->count; i++) {
        const char *text = berth_names_text(classes, (berth_ref)i);
        int64_t used = text ? berth_usage_sum(state, key, (berth_ref)i) : 0;
        if (used == 0) continue;
        char *copy = berth_arena_text(arena, text, strlen(text));
        if (copy == NULL) return false;
        out->items[out->count++] = (sum){type, copy, used, consumers};
    }
    return true;
}

/* Sums of every type apart; false without memory. */
static bool add_by_type(berth_arena *arena, const berth_state *state, berth_usage_key key,
                        sums *out) {
    const berth_names *types = &state->names[BERTH_NAME_TYPE];
    key.type = BERTH_NONE;
    if (!add_sums(arena, state, key, "unknown", out)) return false;
    for (size_t i = 0; i < types->count; i++) {
        const char *text = berth_names_text(types, (berth_ref)i);
        if (text == NULL) continue;
        char *copy = berth_arena_text(arena, text, strlen(text));
        key.type = (berth_ref)i;
        if (copy == NULL || !add_sums(arena, state, key, copy, out)) return false;
    }
    return true;
}

/* false without memory. */
static bool answer(berth_arena *arena, const berth_state *state, const question *q, sums *out) {
    size_t classes = state->names[BERTH_NAME_CLASS].count;
    size_t types = q->by_type ? state->names[BERTH_NAME_TYPE].count + 1 : 1;
    berth_usage_key key;
    out->count = 0;
    out->items = berth_arena_calloc(arena, classes * types + 1, sizeof *out->items);
    if (out->items == NULL) return false;
    if (!find_key(state, q, &key)) return true;
    if (q->by_type && q->type.data == NULL) return add_by_type(arena, state, key, out);
    return add_sums(arena, state, key, q->type.data ? q->type.data : "all", out);
}

static void push_by_type(lua_State *L, const sums *all) {
    lua_newtable(L); /* all */
    for (size_t i = 0; i < all->count; i++) {
        const sum *s = &all->items[i];
        if (i == 0 || strcmp(s->type, all->items[i - 1].type) != 0) {
            lua_newtable(L);
            luax_set_integer(L, "consumer_count", s->consumers);
            lua_setfield(L, -2, s->type);
        }
        lua_getfield(L, -1, s->type);
        luax_set_integer(L, s->rclass, s->used);
        lua_pop(L, 1);
    }
}

/* usages{project=, user=, consumer_type=} -> {CLASS = n}, with by_type = true
 * {TYPE = {CLASS = n, consumer_count = n}} | nil, err */
int luax_usages(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    question q = {.by_type = false};
    luax_call_table(&call, 2, usage_keys, &q);
    const berth_state *state = luax_call_read(&call);
    if (state == NULL) return luax_call_fail(&call);
    sums all;
    if (!answer(&call.scratch->arena, state, &q, &all)) return luax_call_fail_memory(&call);
    if (q.by_type) {
        push_by_type(L, &all);
    } else {
        lua_createtable(L, 0, (int)all.count);
        for (size_t i = 0; i < all.count; i++)
            luax_set_integer(L, all.items[i].rclass, all.items[i].used);
    }
    luax_call_done(&call);
    return 1;
}
