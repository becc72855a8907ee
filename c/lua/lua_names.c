/* lua_names.c - traits and resource classes: making, deleting and listing them. */
#include <string.h>

#include "lua/lua_log.h"
#include "lua/lua_verbs.h"

typedef berth_rc (*create_fn)(berth_txn *txn, berth_text name, bool *created, berth_err *err);
typedef berth_rc (*delete_fn)(berth_txn *txn, berth_text name, berth_err *err);

/* (self, name) -> true, created | nil, err */
static int create(lua_State *L, const char *word, create_fn verb) {
    luax_call call;
    luax_call_open(L, &call, 2);
    berth_text name;
    luax_call_value(&call, 2, luax_into_text, &name);
    bool created = false;
    call.told = (luax_told){.verb = word, .name = name};
    berth_rc rc = luax_call_begin(&call);
    if (rc == BERTH_OK) {
        rc = verb(luax_call_txn(&call), name, &created, &call.err);
        rc = luax_call_end(&call, rc);
    }
    if (rc != BERTH_OK) return luax_call_fail(&call);
    if (created) luax_log_done(&call, "changed");
    luax_call_true(&call);
    lua_pushboolean(L, created);
    return 2;
}

/* (self, name) -> true | nil, err */
static int delete_name(lua_State *L, const char *word, delete_fn verb) {
    luax_call call;
    luax_call_open(L, &call, 2);
    berth_text name;
    luax_call_value(&call, 2, luax_into_text, &name);
    call.told = (luax_told){.verb = word, .name = name};
    berth_rc rc = luax_call_begin(&call);
    if (rc == BERTH_OK) {
        rc = verb(luax_call_txn(&call), name, &call.err);
        rc = luax_call_end(&call, rc);
    }
    if (rc != BERTH_OK) return luax_call_fail(&call);
    luax_log_done(&call, "changed");
    return luax_call_true(&call);
}

int luax_create_trait(lua_State *L) {
    return create(L, "create_trait", berth_trait_create);
}

int luax_delete_trait(lua_State *L) {
    return delete_name(L, "delete_trait", berth_trait_delete);
}

int luax_create_resource_class(lua_State *L) {
    return create(L, "create_resource_class", berth_class_create);
}

int luax_delete_resource_class(lua_State *L) {
    return delete_name(L, "delete_resource_class", berth_class_delete);
}

/* --- lists ------------------------------------------------------------------------------- */

/* What traits() is to list. */
typedef struct trait_filter {
    berth_text prefix;
    bool has_associated, associated;
} trait_filter;

static void read_associated(luax_reader *r, void *into) {
    trait_filter *filter = into;
    filter->has_associated = true;
    filter->associated = luax_read_boolean(r);
}

static const luax_key trait_keys[] = {
    {"prefix", LUAX_TEXT, offsetof(trait_filter, prefix), NULL},
    {"associated", LUAX_READ, 0, read_associated},
    LUAX_KEYS_END,
};

/* Which traits some provider has; NULL without memory. */
static bool *associated_traits(berth_arena *arena, const berth_state *state, size_t count) {
    bool *has = berth_arena_calloc(arena, count + 1, sizeof *has);
    if (has == NULL) return NULL;
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        for (size_t j = 0; p != NULL && j < p->traits.count; j++)
            has[p->traits.items[j]] = true;
    }
    return has;
}

static bool starts_with(const char *text, berth_text prefix) {
    return prefix.len == 0 ||
           (strlen(text) >= prefix.len && memcmp(text, prefix.data, prefix.len) == 0);
}

/* The kind's names that pass the filter, copied and sorted; NULL without memory. */
static luax_word *select_names(berth_arena *arena, const berth_state *state, berth_name_kind kind,
                               const trait_filter *filter, size_t *count) {
    const berth_names *names = &state->names[kind];
    luax_word *words = berth_arena_calloc(arena, names->count + 1, sizeof *words);
    bool *has = filter->has_associated ? associated_traits(arena, state, names->count) : NULL;
    *count = 0;
    if (words == NULL || (filter->has_associated && has == NULL)) return NULL;
    for (size_t i = 0; i < names->count; i++) {
        const char *text = berth_names_text(names, (berth_ref)i);
        if (text == NULL || !starts_with(text, filter->prefix)) continue;
        if (has != NULL && has[i] != filter->associated) continue;
        char *copy = berth_arena_text(arena, text, strlen(text));
        if (copy == NULL) return NULL;
        words[(*count)++] = (luax_word){copy, (berth_ref)i};
    }
    luax_sort_words(words, *count);
    return words;
}

static int list_names(luax_call *call, berth_name_kind kind, const trait_filter *filter) {
    berth_state *state = luax_call_read(call);
    if (state == NULL) return luax_call_fail(call);
    size_t count;
    luax_word *words = select_names(&call->scratch->arena, state, kind, filter, &count);
    if (words == NULL) return luax_call_fail_memory(call);
    luax_push_words(call->L, words, count);
    luax_call_done(call);
    return 1;
}

/* traits{prefix=, associated=} -> sorted array | nil, err */
int luax_traits(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    trait_filter filter = {{NULL, 0}, false, false};
    luax_call_table(&call, 2, trait_keys, &filter);
    return list_names(&call, BERTH_NAME_TRAIT, &filter);
}

/* resource_classes() -> sorted array | nil, err */
int luax_resource_classes(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 1);
    trait_filter all = {{NULL, 0}, false, false};
    return list_names(&call, BERTH_NAME_CLASS, &all);
}
