/* lua_providers.c - making providers and finding one. */
#include <string.h>

#include "core/text.h"
#include "lua/lua_inventory.h"
#include "lua/lua_log.h"
#include "lua/lua_store.h"
#include "lua/lua_verbs.h"

/* --- create ------------------------------------------------------------------------------ */

typedef struct provider_words {
    berth_text uuid, name, parent;
    luax_stocks inventories;
    luax_words traits, aggregates;
} provider_words;

static const luax_key create_keys[] = {
    {"name", LUAX_TEXT, offsetof(provider_words, name), NULL},
    {"uuid", LUAX_TEXT, offsetof(provider_words, uuid), NULL},
    {"parent", LUAX_PROVIDER, offsetof(provider_words, parent), NULL},
    {"inventories", LUAX_READ, offsetof(provider_words, inventories), luax_read_inventories},
    {"traits", LUAX_READ, offsetof(provider_words, traits), luax_into_words},
    {"aggregates", LUAX_READ, offsetof(provider_words, aggregates), luax_into_words},
    LUAX_KEYS_END,
};

/* Gives a provider without uuid a random one, in `out`. */
static berth_rc fill_uuid(provider_words *words, char out[BERTH_UUID_BYTES + 1],
                          berth_err *err) {
    unsigned char random[16];
    if (words->uuid.data != NULL) return BERTH_OK;
    berth_rc rc = luax_random(random, sizeof random, err);
    if (rc != BERTH_OK) return rc;
    berth_uuid_from_random(random, out);
    words->uuid = (berth_text){out, BERTH_UUID_BYTES};
    return BERTH_OK;
}

/* The C half: names to refs, then the verb. */
static berth_rc create(berth_txn *txn, berth_arena *arena, const provider_words *words,
                       luax_provider *handle, berth_err *err) {
    berth_provider_spec spec = {.uuid = words->uuid,
                                .name = words->name,
                                .parent = BERTH_NONE,
                                .ninventories = words->inventories.count,
                                .ntraits = words->traits.count,
                                .aggregates = words->aggregates.items,
                                .naggregates = words->aggregates.count};
    berth_rc rc = BERTH_OK;
    if (words->parent.data != NULL)
        rc = luax_find_provider(txn->state, words->parent, &spec.parent, err);
    if (rc == BERTH_OK)
        rc = luax_resolve_stocks(arena, txn->state, &words->inventories, &spec.inventories, err);
    berth_ref *traits = berth_arena_calloc(arena, spec.ntraits + 1, sizeof *traits);
    if (rc == BERTH_OK && traits == NULL) rc = berth_fail_memory(err);
    for (size_t i = 0; rc == BERTH_OK && i < spec.ntraits; i++)
        rc = luax_find_name(txn->state, BERTH_NAME_TRAIT, words->traits.items[i], &traits[i],
                            err);
    spec.traits = traits;
    berth_ref made;
    if (rc == BERTH_OK) rc = berth_provider_create(txn, &spec, &made, err);
    if (rc != BERTH_OK) return rc;
    memcpy(handle->uuid, berth_state_provider(txn->state, made)->uuid, sizeof handle->uuid);
    handle->hint = made;
    return BERTH_OK;
}

/* create_provider{name=, ...} -> provider | nil, err */
int luax_create_provider(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    luax_check_type(L, 2, LUA_TTABLE);
    provider_words words = {.name = {NULL, 0}};
    luax_call_table(&call, 2, create_keys, &words);
    if (words.name.data == NULL) luax_misuse(&call.reader, "key 'name' is missing");
    luax_provider *handle = luax_new_provider(L, &call.scope);
    call.told = (luax_told){.verb = "create_provider", .provider = words.name};
    char uuid[BERTH_UUID_BYTES + 1];
    berth_rc rc = call.err.rc;
    if (rc == BERTH_OK) rc = fill_uuid(&words, uuid, &call.err);
    if (rc == BERTH_OK) rc = luax_call_begin(&call);
    if (rc == BERTH_OK) {
        rc = create(luax_call_txn(&call), &call.scratch->arena, &words, handle, &call.err);
        rc = luax_call_end(&call, rc);
    }
    if (rc != BERTH_OK) return luax_call_fail(&call);
    luax_log_done(&call, "changed");
    luax_call_done(&call);
    return 1;
}

/* --- find -------------------------------------------------------------------------------- */

/* provider(uuid or name) -> provider | nil, err */
int luax_provider_of(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    berth_text text;
    luax_call_value(&call, 2, luax_into_provider, &text);
    luax_provider *handle = luax_new_provider(L, &call.scope);
    berth_state *state = luax_call_read(&call);
    if (state == NULL || luax_find_provider(state, text, &handle->hint, &call.err) != BERTH_OK)
        return luax_call_fail(&call);
    memcpy(handle->uuid, berth_state_provider(state, handle->hint)->uuid, sizeof handle->uuid);
    luax_call_done(&call);
    return 1;
}
