/* lua_policy.c - policies as a store's callers see them: loading and swapping, listing, what they
 * decided, who may do what.  Also the judge that place and allocate ask (lua_judge.h). */
#include "lua/lua_policy.h"

#include <stdio.h>
#include <string.h>

#include "core/nearest.h"
#include "core/text.h"
#include "lua/lua_log.h"
#include "lua/lua_policy_files.h"
#include "lua/lua_policy_kit.h"
#include "policy/host.h"
#include "policy/view.h"

/* --- the judge --------------------------------------------------------------------------- */

/* Owns a store's policies and is user value 2 of the store, so that the errors they filled stay
 * whole while a verb pushes them, even when the store is closed meanwhile.  Whichever of the two
 * is finalised first lets go of the other. */
struct luax_policies {
    berth_policies *host; /* owned */
    luax_store *owner;    /* NULL: the store let go */
};

static const luax_class policies_class = {"berth.policies"};

void luax_judge_free(luax_store *owner) {
    if (owner->policies != NULL) owner->policies->owner = NULL;
    owner->policies = NULL;
}

static int policies_gc(lua_State *L) {
    struct luax_policies *self = luax_check(L, 1, &policies_class);
    if (self->owner != NULL) luax_store_close(self->owner); /* nobody gets past policies by this */
    berth_policies_free(self->host);
    self->host = NULL;
    return 0;
}

/* NULL: none. */
static berth_policies *host_of(const luax_store *owner) {
    return owner->policies != NULL ? owner->policies->host : NULL;
}

/* Makes sure that there is a host. [-0, +0, m] */
static berth_rc make_host(lua_State *L, luax_store *owner, int store, berth_err *err) {
    if (owner->store == NULL) luax_closed(L, "store");
    if (owner->policies != NULL) return BERTH_OK;
    struct luax_policies *self = luax_new(L, &policies_class, sizeof *self, 0);
    berth_rc rc = berth_policies_new(berth_mem_default(), &self->host, err);
    if (rc == BERTH_OK) {
        self->owner = owner;
        owner->policies = self;
        luax_kit_watch(L, self->host);
    }
    lua_setiuservalue(L, store, LUAX_STORE_POLICIES);
    return rc;
}

berth_decisions *luax_decisions_of(const luax_store *owner) {
    return owner->policies != NULL ? berth_policies_decisions(owner->policies->host) : NULL;
}

const berth_judge *luax_judge(const luax_store *owner) {
    return berth_policies_judge(host_of(owner));
}

berth_rc luax_judge_allocations(const luax_store *owner, const berth_allocation_spec *specs,
                                size_t count, berth_err *err) {
    if (owner->policies == NULL) return BERTH_OK;
    berth_state *state = berth_store_state(owner->store);
    for (size_t i = 0; i < count; i++) {
        berth_rc rc = berth_policies_admit(host_of(owner), state, &specs[i], err);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

/* --- what speaks for redact hooks ---------------------------------------------------------- */

static bool has_word(const berth_policy_source *source, const char *word) {
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= source->len; i++)
        if (memcmp(source->text + i, word, len) == 0) return true;
    return false;
}

/* May it have a hook for redaction?  One that hides the word is found out once it is loaded. */
static bool may_redact(const berth_policy_source *source) {
    return has_word(source, "redact") || has_word(source, "rules");
}

static bool redacts(const berth_policies *policies) {
    return berth_policies_has(policies, BERTH_HOOK_REDACT) ||
           berth_policies_has(policies, BERTH_HOOK_RULES);
}

/* Pushes the redaction of a store that has these policies beside those of `kept`, opened; nil when
 * none of them redacts.  Loading them twice is what lets a faulty one leave the store as it was.
 * Errors: those of loading, and of asking for rules. [-0, +1, v] */
static berth_rc push_redaction(lua_State *L, const luax_store *owner, int store,
                               const berth_policies *kept, const berth_policy_source *sources,
                               size_t count, berth_err *err) {
    luax_redaction *self = luax_redaction_new(L);
    if (owner->logger != NULL) {
        lua_getiuservalue(L, store, LUAX_STORE_LOGGER);
        luax_redaction_derive(L, self, lua_gettop(L) - 1, owner->logger->redaction);
    }
    berth_rc rc = luax_redaction_host(self, err);
    if (rc == BERTH_OK) luax_kit_watch(L, self->own);
    for (size_t i = 0; rc == BERTH_OK && i < berth_policies_count(kept); i++) {
        berth_policy_source source = berth_policies_source(kept, i);
        rc = berth_policies_load(self->own, &source, 1, err);
    }
    if (rc == BERTH_OK) rc = berth_policies_load(self->own, sources, count, err);
    if (rc == BERTH_OK && !redacts(self->own)) {
        lua_pop(L, 1);
        lua_pushnil(L);
        return BERTH_OK;
    }
    return rc == BERTH_OK ? luax_redaction_open(L, self, err) : rc;
}

/* What push_redaction left at the top becomes the store's. [-1, +0, -] */
static void adopt_redaction(lua_State *L, luax_store *owner, int store) {
    luax_redaction *usual = owner->logger != NULL ? owner->logger->redaction : NULL;
    owner->redaction = lua_isnil(L, -1) ? usual : lua_touserdata(L, -1);
    lua_setiuservalue(L, store, LUAX_STORE_REDACTION);
}

/* --- loading ----------------------------------------------------------------------------- */

/* The policies that are loaded now, and how each counts. */
static void log_set(lua_State *L, luax_store *owner, int store) {
    char text[1024] = "";
    luax_details all = {.count = 0};
    size_t count = berth_policies_count(host_of(owner)), len = 0;
    if (!luax_logs(owner, BERTH_LEVEL_INFO)) return;
    for (size_t i = 0; i < count; i++) {
        const berth_policy_about about = berth_policies_about(host_of(owner), i);
        int n = snprintf(text + len, sizeof text - len, "%s%s@%s %s %.16s", i > 0 ? ", " : "",
                         about.name, about.version, berth_policy_mode_text(about.mode),
                         about.digest);
        if (n < 0 || (size_t)n >= sizeof text - len) break;
        len += (size_t)n;
    }
    luax_detail_number(&all, "count", (int64_t)count);
    luax_detail_span(&all, "policies", text, len);
    luax_log_event(L, owner, store, BERTH_LEVEL_INFO, "policies loaded", &all);
}

/* Leaves nothing changed when it fails, but for what adopt_redaction took. [-0, +?, v] */
static berth_rc load_all(lua_State *L, luax_store *owner, int store,
                         const berth_policy_source *sources, size_t count, bool whole,
                         berth_err *err) {
    berth_rc rc = make_host(L, owner, store, err);
    if (rc != BERTH_OK) return rc;
    berth_policies *host = host_of(owner);
    bool first = !whole && redacts(host); /* the redaction, which may fail */
    for (size_t i = 0; i < count; i++) first = first || may_redact(&sources[i]);
    if (first) rc = push_redaction(L, owner, store, whole ? NULL : host, sources, count, err);
    if (rc == BERTH_OK)
        rc = whole ? berth_policies_load_set(host, sources, count, err)
                   : berth_policies_load(host, sources, count, err);
    if (rc != BERTH_OK) return rc;
    if (!first && redacts(host))
        rc = push_redaction(L, owner, store, host, NULL, 0, err); /* closed when it fails */
    else if (!first)
        lua_pushnil(L);
    adopt_redaction(L, owner, store);
    return rc;
}

static berth_rc load(lua_State *L, luax_store *owner, int store, luax_policy_batch *batch,
                     bool whole, berth_err *err) {
    size_t count;
    const berth_policy_source *sources = luax_policy_batch_sources(batch, &count);
    if (sources == NULL) return berth_fail_memory(err);
    int top = lua_gettop(L);
    berth_rc rc = load_all(L, owner, store, sources, count, whole, err);
    lua_settop(L, top);
    if (rc == BERTH_OK) log_set(L, owner, store);
    return rc;
}

berth_rc luax_judge_open(lua_State *L, luax_store *owner, int store, int list, berth_err *err) {
    luax_policy_batch *batch = luax_policy_batch_new(L);
    berth_rc rc = luax_policy_batch_list(L, batch, list, err);
    if (rc == BERTH_OK) rc = load(L, owner, store, batch, true, err);
    lua_pop(L, 1);
    return rc;
}

static luax_store *check_store(lua_State *L) {
    luax_store *owner = luax_check(L, 1, &luax_store_class);
    if (owner->store == NULL) luax_closed(L, "store");
    return owner;
}

/* true, or nil and the refusal of the verb. */
static int answer(lua_State *L, luax_store *owner, const char *verb, berth_rc rc,
                  const berth_err *err) {
    if (rc != BERTH_OK) {
        luax_details all = {.count = 0};
        luax_detail_word(&all, "verb", verb);
        if (verb != NULL) luax_log_failure(L, owner, 1, err, &all);
        return luax_store_fail(L, owner, err);
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* load_policy(path or name, parameters, {mode=, text=}) -> true | nil, err */
int luax_load_policy(lua_State *L) {
    luax_store *owner = check_store(L);
    berth_err err;
    luax_max_args(L, 4);
    lua_settop(L, 4);
    luax_policy_batch *batch = luax_policy_batch_new(L);
    berth_rc rc = luax_policy_batch_add(L, batch, 2, 3, 4, &err);
    if (rc == BERTH_OK) rc = load(L, owner, 1, batch, false, &err);
    return answer(L, owner, "load_policy", rc, &err);
}

/* load_policies(list) -> true | nil, err: the whole set becomes these, or stays */
int luax_load_policies(lua_State *L) {
    luax_store *owner = check_store(L);
    berth_err err;
    luax_max_args(L, 2);
    return answer(L, owner, "load_policies", luax_judge_open(L, owner, 1, 2, &err), &err);
}

/* unload_policy(name) -> true | nil, err */
int luax_unload_policy(lua_State *L) {
    luax_store *owner = check_store(L);
    berth_err err;
    luax_max_args(L, 2);
    luax_check_type(L, 2, LUA_TSTRING);
    berth_rc rc = berth_policies_unload(host_of(owner), lua_tostring(L, 2), &err);
    if (rc == BERTH_OK && lua_getiuservalue(L, 1, LUAX_STORE_REDACTION) != LUA_TNIL) {
        rc = push_redaction(L, owner, 1, host_of(owner), NULL, 0, &err);
        adopt_redaction(L, owner, 1);
    }
    if (rc == BERTH_OK) log_set(L, owner, 1);
    return answer(L, owner, "unload_policy", rc, &err);
}

/* --- telling ----------------------------------------------------------------------------- */

/* Plain data on its way from or through the policies; a userdata, so that an error leaks nothing,
 * and whole before it is pushed: pushing may run a finaliser of the host, which may change the set
 * or close the store. */
typedef struct record_ud {
    berth_data in, out;
} record_ud;

static const luax_class record_class = {"berth.record"};

static int record_gc(lua_State *L) {
    record_ud *record = luax_check(L, 1, &record_class);
    berth_data_free(&record->in);
    berth_data_free(&record->out);
    return 0;
}

/* [-0, +1, m] */
static record_ud *push_record(lua_State *L) {
    record_ud *record = luax_new(L, &record_class, sizeof *record, 0);
    berth_data_init(&record->in, berth_mem_default());
    berth_data_init(&record->out, berth_mem_default());
    return record;
}

/* What was written, or nil and the error. [-0, +(1|2), m] */
static int push_written(lua_State *L, record_ud *record) {
    berth_err err;
    if (berth_data_finish(&record->out, &err) != BERTH_OK) return luax_fail(L, &err);
    berth_data_push(L, &record->out);
    berth_data_free(&record->out);
    return 1;
}

/* The record at the top, redacted, in its place; it keeps its number. [-1, +1, v] */
static void redact_record(lua_State *L, const luax_store *owner) {
    lua_getfield(L, -1, "id");
    lua_insert(L, -2); /* id record */
    luax_redact_fresh(L, owner->redaction);
    lua_insert(L, -2); /* record id */
    lua_setfield(L, -2, "id");
}

/* The same for an array of records, each of which is redacted by itself. [-0, +(1|2), v] */
static int push_records(lua_State *L, const luax_store *owner, record_ud *record) {
    int pushed = push_written(L, record);
    lua_Integer count = pushed == 1 ? (lua_Integer)lua_rawlen(L, -1) : 0;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        redact_record(L, owner);
        lua_rawseti(L, -2, i);
    }
    return pushed;
}

/* policies() -> array of {name=, version=, mode=, hooks=, parameters= as given, ...}, in order of
 * loading */
int luax_policies(lua_State *L) {
    const luax_store *owner = check_store(L);
    luax_max_args(L, 1);
    record_ud *record = push_record(L);
    berth_policies_write(host_of(owner), &record->out);
    return push_records(L, owner, record);
}

/* decisions(after) -> array of the decisions that are still kept, those after an id, oldest
 * first */
int luax_decisions(lua_State *L) {
    const luax_store *owner = check_store(L);
    luax_max_args(L, 2);
    int whole = true;
    int64_t after = lua_isnoneornil(L, 2) ? 0 : lua_tointegerx(L, 2, &whole);
    if (!whole) luax_typeerror(L, 2, "integer");
    record_ud *record = push_record(L);
    berth_data_table all = berth_data_open(&record->out);
    if (owner->policies != NULL) {
        const berth_decisions *decisions = berth_policies_decisions(host_of(owner));
        int64_t oldest = decisions->made - BERTH_DECISIONS_KEPT + 1;
        for (int64_t id = after + 1 > oldest ? after + 1 : oldest; id <= decisions->made; id++) {
            const berth_decision *d = berth_decisions_get(decisions, id);
            if (d == NULL) continue;
            berth_data_place(&record->out, &all);
            berth_decision_write(d, &record->out);
        }
    }
    berth_data_close(&record->out, &all);
    return push_records(L, owner, record);
}

/* --- callers ----------------------------------------------------------------------------- */

/* as{user=, project=, roles=, override=} -> a handle that may do what the policies allow; its
 * Lua half is berth.as */
int luax_as(lua_State *L) {
    check_store(L);
    luax_max_args(L, 2);
    luax_check_type(L, 2, LUA_TTABLE);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "berth.as");
    lua_call(L, 1, 1); /* store identity as */
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

/* The text of a field of the table at 2; otherwise what stands in for it. The field stays on the
 * stack. [-0, +1, v] */
static const char *field_text(lua_State *L, const char *name, const char *otherwise) {
    lua_pushstring(L, name);
    int type = lua_rawget(L, 2);
    if (type == LUA_TNIL) return otherwise;
    if (type != LUA_TSTRING) luaL_error(L, "%s is a string, not a %s", name, luaL_typename(L, -1));
    return lua_tostring(L, -1);
}

#define ROLES_MAX 64

/* authorize(store, {verb=, writes=, user=, project=, roles=, target=, target_name=,
 * target_project=}) -> true | nil, err */
static int core_authorize(lua_State *L) {
    luax_store *owner = check_store(L);
    const char *roles[ROLES_MAX];
    berth_err err;
    luax_check_type(L, 2, LUA_TTABLE);
    luaL_checkstack(L, ROLES_MAX + LUA_MINSTACK, NULL);
    lua_settop(L, 2);
    berth_call call = {.verb = field_text(L, "verb", ""),
                       .user = field_text(L, "user", ""),
                       .project = field_text(L, "project", ""),
                       .roles = roles,
                       .target = field_text(L, "target", "store"),
                       .target_name = field_text(L, "target_name", NULL),
                       .target_project = field_text(L, "target_project", NULL)};
    lua_pushliteral(L, "writes");
    lua_rawget(L, 2);
    call.writes = lua_toboolean(L, -1);
    lua_pushliteral(L, "roles");
    if (lua_rawget(L, 2) == LUA_TTABLE) {
        int list = lua_gettop(L);
        lua_Unsigned count = lua_rawlen(L, list);
        if (count > ROLES_MAX) luax_argerror(L, 2, "at most 64 roles");
        for (; call.nroles < count; call.nroles++) {
            lua_rawgeti(L, list, (lua_Integer)call.nroles + 1);
            if (lua_type(L, -1) != LUA_TSTRING) luax_argerror(L, 2, "roles are strings");
            roles[call.nroles] = lua_tostring(L, -1);
        }
    }
    int64_t before = luax_log_mark(owner);
    berth_rc rc = berth_policies_authorize(host_of(owner), &call, &err);
    luax_log_rulings(L, owner, 1, before);
    return answer(L, owner, NULL, rc, &err);
}

/* override(store, person, reason), override(store) -> true | nil, err: from now on, until it is
 * called again */
static int core_override(lua_State *L) {
    luax_store *owner = check_store(L);
    berth_err err;
    const char *person = luaL_optstring(L, 2, NULL), *reason = luaL_optstring(L, 3, NULL);
    berth_rc rc = make_host(L, owner, 1, &err);
    if (rc == BERTH_OK) rc = berth_policies_override(host_of(owner), person, reason, &err);
    return answer(L, owner, NULL, rc, &err);
}

/* redact(store, record) -> what every redact policy left of it | nil, err */
static int core_redact(lua_State *L) {
    const luax_store *owner = check_store(L);
    berth_err err;
    luax_check_type(L, 2, LUA_TTABLE);
    record_ud *record = push_record(L);
    berth_rc rc = berth_data_read(&record->in, L, 2, &err);
    if (rc == BERTH_OK)
        rc = berth_policies_redact(host_of(owner), &record->in, &record->out, &err);
    return rc == BERTH_OK ? push_written(L, record) : luax_store_fail(L, owner, &err);
}

/* hidden(store, what, name) -> the refusal for something that is not there, or may not be seen */
static int core_hidden(lua_State *L) {
    static const char *const fields[] = {"consumer", "project", "provider", NULL};
    const luax_store *owner = check_store(L);
    const char *field = fields[luaL_checkoption(L, 2, NULL, fields)];
    size_t len;
    const char *name = luaL_checklstring(L, 3, &len);
    berth_quoted shown = berth_quote(name, len);
    berth_err err;
    (void)berth_fail(&err, BERTH_ENOTFOUND, "there is no %s %s", field, shown.text);
    berth_err_text(&err, field, shown.text);
    luax_store_push_error(L, owner, &err);
    return 1;
}

/* nearest(word, names) -> the name that was probably meant, or nil */
static int core_nearest(lua_State *L) {
    berth_nearest near = berth_nearest_begin(luaL_checkstring(L, 1));
    luax_check_type(L, 2, LUA_TTABLE);
    for (lua_Integer i = 1; lua_rawgeti(L, 2, i) == LUA_TSTRING; i++, lua_pop(L, 1))
        berth_nearest_offer(&near, lua_tostring(L, -1)); /* the table keeps it */
    lua_pushstring(L, near.best);
    return 1;
}

/* --- the table of members ------------------------------------------------------------------ */

/* t[name] = {kind=, parameters=, type=, about=} for the table at the top. [-0, +0, m] */
static void add_member(lua_State *L, const char *name, const char *kind, const char *parameters,
                       const char *type, const char *about) {
    lua_createtable(L, 0, 4);
    luax_set_text(L, "kind", kind);
    luax_set_text(L, "parameters", parameters);
    luax_set_text(L, "type", type);
    luax_set_text(L, "about", about);
    lua_setfield(L, -2, name);
}

#define FIELD(name, type, about) add_member(L, #name, "field", NULL, type, about);
#define METHOD(name, parameters, type, about)                                                      \
    add_member(L, #name, "method", parameters, type, about);
#define HOOK(name, NAME, parameters, type, about)                                                  \
    add_member(L, #name, "hook", parameters, type, about);

static void add_views(lua_State *L) {
#define X(name, NAME)                                                                              \
    lua_newtable(L);                                                                               \
    BERTH_##NAME##_FIELDS(FIELD) BERTH_##NAME##_METHODS(METHOD) lua_setfield(L, -2, #name);
    BERTH_VIEWS(X)
#undef X
}

/* The keys that one of view's questions takes: n is 0 for usage, 1 consumers, 2 capacity. */
static void add_query(lua_State *L, const char *query, int n) {
    lua_newtable(L);
#define X(name, usage, consumers, capacity, about)                                                 \
    if ((const int[]){usage, consumers, capacity}[n])                                              \
        add_member(L, #name, "key", NULL, "string", about);
    BERTH_QUERY_KEYS(X)
#undef X
    lua_setfield(L, -2, query);
}

/* policy_members() -> {views = {request = {amount = {kind=, parameters=, type=, about=}, ...},
 * ...}, queries = {usage = {...}, ...}, hooks =, keys = of policy{}, globals =} */
static int core_policy_members(lua_State *L) {
    luax_max_args(L, 0);
    lua_newtable(L);
    lua_newtable(L);
    add_views(L);
    lua_setfield(L, -2, "views");
    lua_newtable(L);
    add_query(L, "usage", 0);
    add_query(L, "consumers", 1);
    add_query(L, "capacity", 2);
    lua_setfield(L, -2, "queries");
    lua_newtable(L);
    BERTH_HOOKS_TABLE(HOOK)
    lua_setfield(L, -2, "hooks");
    lua_newtable(L);
    BERTH_POLICY_KEYS(FIELD)
    lua_setfield(L, -2, "keys");
    lua_newtable(L);
    BERTH_POLICY_GLOBALS(METHOD)
    lua_setfield(L, -2, "globals");
    return 1;
}

void luax_open_policy(lua_State *L) {
    static const luaL_Reg functions[] = {{"authorize", core_authorize},
                                         {"override", core_override},
                                         {"redact", core_redact},
                                         {"hidden", core_hidden},
                                         {"nearest", core_nearest},
                                         {"policy_members", core_policy_members},
                                         {NULL, NULL}};
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg record_meta[] = {{"__gc", record_gc}, {NULL, NULL}};
    static const luaL_Reg host_meta[] = {{"__gc", policies_gc}, {NULL, NULL}};
    luax_new_class(L, &record_class, &(luax_members){.methods = none, .meta = record_meta});
    luax_new_class(L, &policies_class, &(luax_members){.methods = none, .meta = host_meta});
    luaL_setfuncs(L, functions, 0);
}
