/* lua_store.c - the store's userdata: opening, closing, and what only a store does.  Closed first:
 * it is a valid closed store before anything can fail, and close, __gc and __close are one. */
#include "lua/lua_store.h"

#include <limits.h>
#include <string.h>

#include "lua/lua_candidates.h"
#include "lua/lua_changes.h"
#include "lua/lua_judge.h"
#include "lua/lua_log.h"
#include "lua/lua_policy.h"
#include "lua/lua_tx.h"
#include "lua/lua_verbs.h"

const luax_class luax_store_class = {"berth.store"};

/* --- open and close ---------------------------------------------------------------------- */

typedef struct options {
    bool read_only, must_exist, allow_network;
    int64_t busy_timeout_ms, keep_changes, rank_memory, checkpoint_pages;
    bool has_policies, has_logger;
} options;

static void read_positive(luax_reader *r, void *into) {
    *(int64_t *)into = luax_read_integer(r, 1, INT_MAX, BERTH_EINVALID);
}

static void read_policies(luax_reader *r, void *into) {
    if (lua_type(r->L, -1) != LUA_TTABLE) luax_expected(r, -1, "list of policies");
    *(bool *)into = true;
}

/* A logger, or the options of one. */
static void read_logger(luax_reader *r, void *into) {
    const luax_logger *logger = luax_test(r->L, -1, &luax_logger_class);
    if (logger == NULL && lua_type(r->L, -1) != LUA_TTABLE)
        luax_expected(r, -1, "logger or its options");
    if (logger != NULL && logger->log == NULL) luax_misuse(r, "the logger is closed");
    *(bool *)into = true;
}

static const luax_key option_keys[] = {
    {"logger", LUAX_READ, offsetof(options, has_logger), read_logger},
    {"policies", LUAX_READ, offsetof(options, has_policies), read_policies},
    {"read_only", LUAX_BOOLEAN, offsetof(options, read_only), NULL},
    {"must_exist", LUAX_BOOLEAN, offsetof(options, must_exist), NULL},
    {"allow_network", LUAX_BOOLEAN, offsetof(options, allow_network), NULL},
    {"busy_timeout_ms", LUAX_READ, offsetof(options, busy_timeout_ms), read_positive},
    {"keep_changes", LUAX_READ, offsetof(options, keep_changes), read_positive},
    {"rank_memory", LUAX_READ, offsetof(options, rank_memory), read_positive},
    {"checkpoint_pages", LUAX_READ, offsetof(options, checkpoint_pages), read_positive},
    LUAX_KEYS_END,
};

void luax_store_close(luax_store *self) {
    berth_store *store = self->store;
    luax_close_searches(self);
    self->store = NULL;
    self->tx = 0;
    luax_judge_free(self);
    berth_store_close(store);
}

/* The C half of open. */
static berth_rc open_store(luax_store *self, const char *target, const options *o,
                           berth_err *err) {
    berth_store_options c = {.mem = berth_mem_default(),
                             .target = target,
                             .read_only = o->read_only,
                             .must_exist = o->must_exist,
                             .allow_network = o->allow_network,
                             .busy_timeout_ms = (int)o->busy_timeout_ms,
                             .rank_bytes = (size_t)o->rank_memory,
                             .keep_changes = o->keep_changes,
                             .checkpoint_pages = (int)o->checkpoint_pages};
    berth_rc rc = luax_random(c.hash_key, sizeof c.hash_key, err);
    return rc == BERTH_OK ? berth_store_open(&c, &self->store, err) : rc;
}

/* What is there at the beginning; what is there at the end. */
static void log_life(lua_State *L, luax_store *self, int index, const char *message,
                     const char *target) {
    luax_details all = {.count = 0};
    berth_store_stats stats;
    if (!luax_logs(self, BERTH_LEVEL_INFO)) return;
    berth_store_get_stats(self->store, &stats);
    luax_detail_text(&all, "store", target);
    luax_detail_text(&all, "backend", stats.backend);
    luax_detail_text(&all, "library", stats.library);
    luax_detail_number(&all, "providers", stats.providers);
    luax_detail_number(&all, "consumers", stats.consumers);
    luax_detail_number(&all, "sequence", stats.sequence);
    luax_detail_number(&all, "commits", stats.commits);
    luax_log_event(L, self, index, BERTH_LEVEL_INFO, message, &all);
}

/* nil, err of an open that came to nothing. */
static int open_failed(lua_State *L, luax_store *self, int index, const char *target,
                       const berth_err *err) {
    luax_details all = {.count = 0};
    luax_detail_word(&all, "verb", "open");
    luax_detail_text(&all, "store", target);
    luax_log_failure(L, self, index, err, &all);
    luax_store_close(self);
    return luax_store_fail(L, self, err);
}

/* open(target, options) -> store | nil, err */
static int store_open(lua_State *L) {
    luax_max_args(L, 2);
    luaL_checktype(L, 1, LUA_TSTRING);
    lua_settop(L, 2);
    luax_store *self = luax_new(L, &luax_store_class, sizeof *self, LUAX_STORE_VALUES);
    luax_call call = {.L = L, .scope = {.owner = self, .index = 3}};
    call.scratch = luax_scratch_take(L, 3); /* target options store scratch */
    call.scratch_index = 4;
    luax_reader_init(&call.reader, L, 1, &call.scratch->arena, &call.err);
    berth_text target;
    options o = {.read_only = false};
    luax_call_value(&call, 1, luax_into_text, &target);
    luax_call_table(&call, 2, option_keys, &o);
    if (call.err.rc == BERTH_OK && strlen(target.data) != target.len)
        (void)berth_fail(&call.err, BERTH_EINVALID, "a path has no NUL bytes");
    berth_rc rc = call.err.rc;
    if (rc == BERTH_OK && o.has_logger) {
        lua_pushliteral(L, "logger");
        lua_rawget(L, 2);
        rc = luax_log_adopt(L, self, 3, lua_gettop(L), &call.err);
    }
    if (rc == BERTH_OK) rc = open_store(self, target.data, &o, &call.err);
    luax_call_done(&call);
    if (rc != BERTH_OK) return open_failed(L, self, 3, lua_tostring(L, 1), &call.err);
    log_life(L, self, 3, "opened", lua_tostring(L, 1));
    if (o.has_policies && self->store != NULL) {
        lua_pushliteral(L, "policies");
        lua_rawget(L, 2);
        if (luax_judge_open(L, self, 3, lua_gettop(L), &call.err) != BERTH_OK)
            return open_failed(L, self, 3, lua_tostring(L, 1), &call.err);
    }
    lua_pushvalue(L, 3);
    return 1;
}

/* close, __gc, __close: an open transaction is rolled back. */
static int store_close(lua_State *L) {
    luax_store *self = luax_check(L, 1, &luax_store_class);
    if (self->store != NULL) log_life(L, self, 1, "closed", NULL);
    luax_store_close(self);
    return 0;
}

static int store_tostring(lua_State *L) {
    const luax_store *self = luax_check(L, 1, &luax_store_class);
    lua_pushfstring(L, "berth.store (%s)", self->store ? "open" : "closed");
    return 1;
}

/* --- what only a store does -------------------------------------------------------------- */

/* As luax_call_open, for a store and nothing else. */
static void open_call(lua_State *L, luax_call *call, int args) {
    luax_check(L, 1, &luax_store_class);
    luax_call_open(L, call, args);
}

/* What check() found, copied: the sentences of broken rules and of mere oddities. */
typedef struct finding {
    bool broken;
    const char *sentence;
    struct finding *next;
} finding;

typedef struct findings {
    berth_arena *arena;
    finding *first, **end;
    lua_Integer broken, odd;
    bool failed;
} findings;

static void found(void *ud, bool broken, const char *sentence) {
    findings *all = ud;
    finding *f = berth_arena_calloc(all->arena, 1, sizeof *f);
    char *copy = berth_arena_text(all->arena, sentence, strlen(sentence));
    if (f == NULL || copy == NULL) {
        all->failed = true;
        return;
    }
    *f = (finding){broken, copy, NULL};
    *all->end = f;
    all->end = &f->next;
    *(broken ? &all->broken : &all->odd) += 1;
}

/* An array of the sentences that are broken or are not. [-0, +1, m] */
static void push_findings(lua_State *L, const findings *all, bool broken) {
    lua_Integer n = 0;
    lua_newtable(L);
    for (const finding *f = all->first; f != NULL; f = f->next) {
        if (f->broken != broken) continue;
        lua_pushstring(L, f->sentence);
        lua_rawseti(L, -2, ++n);
    }
}

/* The sentence of the first rule that is broken; all->broken says that there is one. */
static const char *first_broken(const findings *all) {
    const finding *f = all->first;
    while (!f->broken) f = f->next;
    return f->sentence;
}

static void log_check(luax_call *call, berth_rc rc, const findings *found) {
    luax_store *owner = call->scope.owner;
    luax_details all = {.count = 0};
    if (!luax_logs(owner, BERTH_LEVEL_INFO)) return;
    luax_detail_word(&all, "verb", "check");
    luax_detail_number(&all, "problems", found->broken);
    luax_detail_number(&all, "notices", found->odd);
    if (rc == BERTH_OK)
        luax_log_event(call->L, owner, call->scope.index, BERTH_LEVEL_INFO, "checked", &all);
    else
        luax_log_failure(call->L, owner, call->scope.index, &call->err, &all);
}

/* check() -> true, notices | nil, err with `problems` */
static int store_check(lua_State *L) {
    luax_call call;
    open_call(L, &call, 1);
    findings all = {.arena = &call.scratch->arena};
    all.end = &all.first;
    berth_rc rc = berth_store_check(call.scope.owner->store, found, &all, &call.err);
    if (rc == BERTH_OK && all.failed) rc = berth_fail_memory(&call.err);
    if (rc == BERTH_OK && all.broken > 0)
        rc = berth_fail(&call.err, BERTH_ECORRUPT, "%s", first_broken(&all));
    log_check(&call, rc, &all);
    if (rc != BERTH_OK) {
        luaL_pushfail(L);
        luax_store_push_error(L, call.scope.owner, &call.err);
        push_findings(L, &all, true);
        luax_redact_fresh(L, call.scope.owner->redaction);
        lua_setfield(L, -2, "problems");
        return 2;
    }
    lua_pushboolean(L, 1);
    push_findings(L, &all, false);
    luax_redact_fresh(L, call.scope.owner->redaction);
    luax_call_done(&call);
    return 2;
}

/* backup(path) -> true | nil, err */
static int store_backup(lua_State *L) {
    luax_call call;
    open_call(L, &call, 2);
    berth_text path;
    luax_call_value(&call, 2, luax_into_text, &path);
    call.told = (luax_told){.verb = "backup", .name = path};
    if (call.err.rc == BERTH_OK && strlen(path.data) != path.len)
        (void)berth_fail(&call.err, BERTH_EINVALID, "a path has no NUL bytes");
    if (call.err.rc != BERTH_OK ||
        berth_store_backup(call.scope.owner->store, path.data, &call.err) != BERTH_OK)
        return luax_call_fail(&call);
    luax_log_done(&call, "copied");
    return luax_call_true(&call);
}

/* stats() -> table */
static int store_stats(lua_State *L) {
    luax_call call;
    open_call(L, &call, 1);
    if (luax_call_read(&call) == NULL) return luax_call_fail(&call);
    berth_store_stats stats;
    berth_store_get_stats(call.scope.owner->store, &stats);
    lua_createtable(L, 0, 12);
    luax_set_integer(L, "providers", stats.providers);
    luax_set_integer(L, "consumers", stats.consumers);
    luax_set_integer(L, "allocations", stats.allocations);
    luax_set_integer(L, "sequence", stats.sequence);
    luax_set_integer(L, "commits", stats.commits);
    luax_set_integer(L, "reloads", stats.reloads);
    luax_set_integer(L, "refreshes", stats.refreshes);
    luax_set_integer(L, "memory_bytes", stats.memory_bytes);
    luax_set_integer(L, "file_bytes", stats.file_bytes);
    luax_set_integer(L, "wal_bytes", stats.wal_bytes);
    luax_set_text(L, "backend", stats.backend);
    luax_set_text(L, "library", stats.library);
    luax_call_done(&call);
    return 1;
}

/* Bytes of the engine's on their way to a Lua string. */
typedef struct bytes_ud {
    berth_bytes bytes;
} bytes_ud;

static const luax_class bytes_class = {"berth.bytes"};

static int bytes_gc(lua_State *L) {
    berth_bytes_free(&((bytes_ud *)luax_check(L, 1, &bytes_class))->bytes);
    return 0;
}

/* dump() -> the whole fleet as canonical text | nil, err */
static int store_dump(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 1);
    bytes_ud *out = luax_new(L, &bytes_class, sizeof *out, 0);
    out->bytes.mem = berth_mem_default();
    berth_state *state = luax_call_read(&call);
    if (state == NULL || berth_dump(state, &out->bytes, &call.err) != BERTH_OK)
        return luax_call_fail(&call);
    lua_pushlstring(L, (const char *)out->bytes.data, out->bytes.len);
    berth_bytes_free(&out->bytes);
    luax_call_done(&call);
    return 1;
}

/* --- registration ------------------------------------------------------------------------ */

const luaL_Reg luax_verbs[] = {{"create_provider", luax_create_provider},
                               {"provider", luax_provider_of},
                               {"providers", luax_providers},
                               {"create_trait", luax_create_trait},
                               {"delete_trait", luax_delete_trait},
                               {"traits", luax_traits},
                               {"create_resource_class", luax_create_resource_class},
                               {"delete_resource_class", luax_delete_resource_class},
                               {"resource_classes", luax_resource_classes},
                               {"candidates", luax_candidates_of},
                               {"explain", luax_explain},
                               {"capacity", luax_capacity},
                               {"place", luax_place},
                               {"allocate", luax_allocate},
                               {"allocation", luax_allocation_of},
                               {"release", luax_release},
                               {"usages", luax_usages},
                               {"reshape", luax_reshape},
                               {"dump", store_dump},
                               {NULL, NULL}};

void luax_open_store(lua_State *L) {
    static const luaL_Reg methods[] = {{"transaction", luax_transaction},
                                       {"begin", luax_begin},
                                       {"changes", luax_changes},
                                       {"check", store_check},
                                       {"backup", store_backup},
                                       {"stats", store_stats},
                                       {"load_policy", luax_load_policy},
                                       {"load_policies", luax_load_policies},
                                       {"unload_policy", luax_unload_policy},
                                       {"policies", luax_policies},
                                       {"decisions", luax_decisions},
                                       {"as", luax_as},
                                       {"close", store_close},
                                       {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__gc", store_close},
                                    {"__close", store_close},
                                    {"__tostring", store_tostring},
                                    {NULL, NULL}};
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg bytes_meta[] = {{"__gc", bytes_gc}, {NULL, NULL}};
    luax_new_class(L, &luax_store_class,
                   &(luax_members){.methods = luax_verbs, .more = methods, .meta = meta});
    luax_new_class(L, &bytes_class, &(luax_members){.methods = none, .meta = bytes_meta});
    lua_pushcfunction(L, store_open);
    lua_setfield(L, -2, "open");
}
