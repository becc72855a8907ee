/* lua_allocate.c - writes that say exactly who holds what: allocate for one consumer or many at
 * once, release, and reshape, which moves inventories and allocations together. */
#include <stdlib.h>
#include <string.h>

#include "lua/lua_inventory.h"
#include "lua/lua_log.h"
#include "lua/lua_policy.h"
#include "lua/lua_verbs.h"

/* --- reading ----------------------------------------------------------------------------- */

/* One amount of one class from one provider, in words. */
typedef struct item {
    berth_text provider, rclass;
    int64_t amount;
} item;

/* One consumer's complete new allocations, in words. */
typedef struct claim {
    berth_text consumer, project, user, type;
    int64_t generation;
    item *items;
    size_t nitems;
    bool has_allocations;
} claim;

/* Providers of one `allocations` table, each with its amounts. */
typedef struct share {
    item *items;
    size_t count;
} share;

static void read_amount(luax_reader *r, void *into) {
    item *it = into;
    it->rclass = luax_read_key(r, -2, "resource classes");
    it->amount = luax_read_integer(r, INT64_MIN, INT64_MAX, BERTH_EAMOUNT);
}

static void read_share(luax_reader *r, void *into) {
    share *s = into;
    berth_text provider = luax_read_provider(r, -2);
    size_t count = luax_map_length(r);
    if (count == 0) luax_refuse(r, BERTH_EINVALID, "a provider is named without an amount");
    s->items = luax_take(r, count, sizeof *s->items);
    s->count = luax_read_map(r, count, read_amount, s->items, sizeof *s->items);
    for (size_t i = 0; i < s->count; i++) s->items[i].provider = provider;
}

static int compare_texts(berth_text a, berth_text b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.data, b.data, len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_items(const void *a, const void *b) {
    const item *x = a, *y = b;
    int order = compare_texts(x->provider, y->provider);
    return order ? order : compare_texts(x->rclass, y->rclass);
}

/* In a fixed order, so that the same table always gives the same refusal. */
static void read_allocations(luax_reader *r, void *into) {
    claim *c = into;
    size_t count = luax_map_length(r), total = 0;
    share *shares = luax_take(r, count, sizeof *shares);
    count = luax_read_map(r, count, read_share, shares, sizeof *shares);
    for (size_t i = 0; i < count; i++) total += shares[i].count;
    c->items = luax_take(r, total, sizeof *c->items);
    for (size_t i = 0; i < count; i++) {
        if (shares[i].count == 0) continue; /* refused while it was read */
        memcpy(c->items + c->nitems, shares[i].items, shares[i].count * sizeof *c->items);
        c->nitems += shares[i].count;
    }
    if (total > 1) qsort(c->items, total, sizeof *c->items, compare_items);
    c->has_allocations = true;
}

/* A number, or false: no such consumer is expected. */
static void read_generation(luax_reader *r, void *into) {
    int64_t *generation = into;
    if (lua_type(r->L, -1) != LUA_TBOOLEAN)
        *generation = luax_read_integer(r, 0, INT64_MAX, BERTH_EINVALID);
    else if (lua_toboolean(r->L, -1))
        luax_expected(r, -1, "integer or false");
    else
        *generation = BERTH_NO_CONSUMER;
}

static const luax_key claim_keys[] = {
    {"consumer", LUAX_TEXT, offsetof(claim, consumer), NULL},
    {"project", LUAX_TEXT, offsetof(claim, project), NULL},
    {"user", LUAX_TEXT, offsetof(claim, user), NULL},
    {"consumer_type", LUAX_TEXT, offsetof(claim, type), NULL},
    {"generation", LUAX_READ, offsetof(claim, generation), read_generation},
    {"allocations", LUAX_READ, 0, read_allocations},
    LUAX_KEYS_END,
};

static void read_claim(luax_reader *r, void *into) {
    claim *c = into;
    *c = (claim){.generation = BERTH_ANY_GENERATION};
    luax_read_table(r, claim_keys, c);
    if (c->consumer.data == NULL) luax_misuse(r, "key 'consumer' is missing");
    if (!c->has_allocations) luax_misuse(r, "key 'allocations' is missing");
    /* what reading a consumer without type gives may be written back */
    if (c->type.len == 7 && memcmp(c->type.data, "unknown", 7) == 0)
        c->type = (berth_text){NULL, 0};
}

typedef struct claims {
    claim *items;
    size_t count;
} claims;

static void read_claims(luax_reader *r, void *into) {
    claims *all = into;
    size_t count = luax_list_length(r);
    all->items = luax_take(r, count, sizeof *all->items);
    all->count = count;
    luax_read_list(r, count, read_claim, all->items, sizeof *all->items);
}

/* --- resolving --------------------------------------------------------------------------- */

static berth_rc resolve_items(berth_arena *arena, const berth_state *state, const claim *c,
                              const berth_allocation_item **out, berth_err *err) {
    berth_allocation_item *items = berth_arena_calloc(arena, c->nitems + 1, sizeof *items);
    if (items == NULL) return berth_fail_memory(err);
    *out = items;
    for (size_t i = 0; i < c->nitems; i++) {
        berth_rc rc = luax_find_provider(state, c->items[i].provider, &items[i].provider, err);
        if (rc == BERTH_OK)
            rc = luax_find_name(state, BERTH_NAME_CLASS, c->items[i].rclass, &items[i].rclass,
                                err);
        if (rc != BERTH_OK) return rc;
        items[i].amount = c->items[i].amount;
    }
    return BERTH_OK;
}

static berth_rc resolve_claims(berth_arena *arena, const berth_state *state, const claims *all,
                               const berth_allocation_spec **out, berth_err *err) {
    berth_allocation_spec *specs = berth_arena_calloc(arena, all->count + 1, sizeof *specs);
    if (specs == NULL) return berth_fail_memory(err);
    *out = specs;
    for (size_t i = 0; i < all->count; i++) {
        const claim *c = &all->items[i];
        specs[i] = (berth_allocation_spec){.consumer = c->consumer,
                                           .project = c->project,
                                           .user = c->user,
                                           .type = c->type,
                                           .generation = c->generation,
                                           .nitems = c->nitems};
        berth_rc rc = resolve_items(arena, state, c, &specs[i].items, err);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* --- allocate, release ------------------------------------------------------------------- */

/* A consumer that will hold nothing is answered with true. */
static void push_answer(lua_State *L, const luax_scope *scope, const claim *c) {
    if (c->nitems > 0)
        luax_push_allocation(L, scope, c->consumer);
    else
        lua_pushboolean(L, 1);
}

/* Who it is about, for the log. */
static void tell(luax_call *call, const claim *c) {
    call->told.consumer = c->consumer;
    call->told.project = c->project;
    call->told.user = c->user;
    call->told.type = c->type;
}

/* allocate{consumer=, ...} -> allocation; allocate{{...}, ...} -> array of them | nil, err */
int luax_allocate(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    luax_check_type(L, 2, LUA_TTABLE);
    claim one;
    claims all = {&one, 1};
    bool list = lua_rawgeti(L, 2, 1) != LUA_TNIL;
    lua_pop(L, 1);
    luax_call_value(&call, 2, list ? read_claims : read_claim, list ? (void *)&all : &one);
    if (list) lua_createtable(L, (int)all.count, 0);
    for (size_t i = 0; i < all.count; i++) {
        push_answer(L, &call.scope, &all.items[i]);
        if (list) lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    call.told.verb = "allocate";
    if (all.count == 1) tell(&call, all.items);
    berth_rc rc = luax_call_begin(&call);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    berth_txn *txn = luax_call_txn(&call);
    const berth_allocation_spec *specs;
    rc = resolve_claims(&call.scratch->arena, txn->state, &all, &specs, &call.err);
    if (rc == BERTH_OK) rc = berth_allocate(txn, specs, all.count, &call.err);
    if (rc == BERTH_OK)
        rc = luax_judge_allocations(call.scope.owner, specs, all.count, &call.err);
    if (luax_call_end(&call, rc) != BERTH_OK) return luax_call_fail(&call);
    for (size_t i = 0; i < all.count; i++)
        luax_log_claim(&call, all.items[i].nitems > 0 ? "allocated" : "released",
                       all.items[i].consumer);
    luax_call_done(&call);
    return 1;
}

/* release(consumer) -> true | nil, err */
int luax_release(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    berth_text consumer;
    luax_call_value(&call, 2, luax_into_text, &consumer);
    call.told = (luax_told){.verb = "release", .consumer = consumer};
    berth_rc rc = luax_call_begin(&call);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    rc = berth_release(luax_call_txn(&call), consumer, &call.err);
    rc = luax_call_end(&call, rc);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    luax_log_done(&call, "released");
    return luax_call_true(&call);
}

/* --- reshape ----------------------------------------------------------------------------- */

typedef struct final {
    berth_text provider;
    int64_t generation;
    luax_stocks stocks;
    bool has_stocks;
} final;

static void read_final_generation(luax_reader *r, void *into) {
    *(int64_t *)into = luax_read_integer(r, 0, INT64_MAX, BERTH_EINVALID);
}

static void read_final_stocks(luax_reader *r, void *into) {
    final *f = into;
    luax_read_inventories(r, &f->stocks);
    f->has_stocks = true;
}

static const luax_key final_keys[] = {
    {"generation", LUAX_READ, offsetof(final, generation), read_final_generation},
    {"inventories", LUAX_READ, 0, read_final_stocks},
    LUAX_KEYS_END,
};

/* [provider] = {generation=, inventories = {...}} */
static void read_final(luax_reader *r, void *into) {
    final *f = into;
    *f = (final){.generation = BERTH_ANY_GENERATION};
    f->provider = luax_read_provider(r, -2);
    luax_read_table(r, final_keys, f);
    if (!f->has_stocks) luax_misuse(r, "key 'inventories' is missing");
}

typedef struct reshaping {
    final *finals;
    size_t nfinals;
    claims claims;
} reshaping;

static int compare_finals(const void *a, const void *b) {
    return compare_texts(((const final *)a)->provider, ((const final *)b)->provider);
}

static void read_finals(luax_reader *r, void *into) {
    reshaping *all = into;
    size_t count = luax_map_length(r);
    if (count == 0) luax_refuse(r, BERTH_EINVALID, "at least one provider is due");
    all->finals = luax_take(r, count, sizeof *all->finals);
    all->nfinals = luax_read_map(r, count, read_final, all->finals, sizeof *all->finals);
    if (all->nfinals > 1)
        qsort(all->finals, all->nfinals, sizeof *all->finals, compare_finals);
}

static const luax_key reshape_keys[] = {
    {"inventories", LUAX_READ, 0, read_finals},
    {"allocations", LUAX_READ, offsetof(reshaping, claims), read_claims},
    LUAX_KEYS_END,
};

static berth_rc resolve_finals(berth_arena *arena, const berth_state *state,
                               const reshaping *all, berth_reshape_inventory **out,
                               berth_err *err) {
    *out = berth_arena_calloc(arena, all->nfinals + 1, sizeof **out);
    if (*out == NULL) return berth_fail_memory(err);
    for (size_t i = 0; i < all->nfinals; i++) {
        const final *f = &all->finals[i];
        berth_reshape_inventory *to = &(*out)[i];
        to->generation = f->generation;
        to->count = f->stocks.count;
        berth_rc rc = luax_find_provider(state, f->provider, &to->provider, err);
        if (rc == BERTH_OK) rc = luax_resolve_stocks(arena, state, &f->stocks, &to->specs, err);
        if (rc != BERTH_OK) return rc;
        for (size_t j = 0; j < i; j++)
            if ((*out)[j].provider == to->provider)
                return berth_fail(err, BERTH_EINVALID, "a provider is named twice");
    }
    return BERTH_OK;
}

static berth_rc reshape(luax_call *call, const reshaping *all) {
    berth_txn *txn = luax_call_txn(call);
    berth_arena *arena = &call->scratch->arena;
    berth_err *err = &call->err;
    berth_reshape_inventory *inventories;
    const berth_allocation_spec *specs;
    size_t count = all->claims.count;
    berth_rc rc = resolve_finals(arena, txn->state, all, &inventories, err);
    if (rc == BERTH_OK) rc = resolve_claims(arena, txn->state, &all->claims, &specs, err);
    if (rc == BERTH_OK) rc = berth_reshape(txn, inventories, all->nfinals, specs, count, err);
    if (rc != BERTH_OK) return rc;
    return luax_judge_allocations(call->scope.owner, specs, count, err);
}

/* reshape{inventories = {[provider] = {...}}, allocations = {{...}, ...}} -> true | nil, err */
int luax_reshape(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    luax_check_type(L, 2, LUA_TTABLE);
    reshaping all = {.finals = NULL};
    luax_call_table(&call, 2, reshape_keys, &all);
    if (all.finals == NULL) luax_misuse(&call.reader, "key 'inventories' is missing");
    call.told.verb = "reshape";
    berth_rc rc = luax_call_begin(&call);
    if (rc != BERTH_OK) return luax_call_fail(&call);
    rc = luax_call_end(&call, reshape(&call, &all));
    if (rc != BERTH_OK) return luax_call_fail(&call);
    luax_log_done(&call, "reshaped");
    return luax_call_true(&call);
}
