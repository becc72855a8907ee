/* lua_request.c - see lua_request.h.  Tables and query strings end in the same builders, so that
 * both forms mean the same.  In a table, wherever the query has a value, that value may stand as
 * a string; a list means all of its elements, a list inside a list any of them. */
#include "lua/lua_request.h"

#include <stdio.h>
#include <string.h>

#include "core/query.h"

const luax_class luax_request_class = {"berth.request"};

/* --- refusals ---------------------------------------------------------------------------- */

/* Takes over what a builder refused; the path says it better than the query's keyword. */
static void built(luax_reader *r, berth_rc rc, const berth_err *err) {
    if (rc == BERTH_OK) return;
    const char *sentence = err->message;
    if (rc == BERTH_EREQUEST && err->nfields > 0) {
        size_t n = strlen(err->fields[0].text);
        if (strncmp(sentence, err->fields[0].text, n) == 0 && strncmp(sentence + n, ": ", 2) == 0)
            sentence += n + 2;
    }
    bool first = r->err->rc == BERTH_OK;
    luax_refuse(r, rc, "%s", sentence);
    for (int i = 0; first && i < err->nfields; i++)
        if (strcmp(err->fields[i].name, "position") == 0)
            berth_err_number(r->err, "position", err->fields[i].number);
}

/* What is added next stands at the value at hand. */
static void stand_here(luax_reader *r, berth_request *request) {
    request->origin = (berth_origin){.parameter = luax_path(r, &request->arena)};
}

/* The value at the top is a string: what the query would say. */
static void read_query_value(luax_reader *r, const luax_group *group, const char *keyword) {
    berth_err err;
    berth_text value = luax_read_text(r);
    stand_here(r, group->request);
    built(r, berth_query_value(group->request, keyword, group->suffix, value, &err), &err);
}

/* --- groups ------------------------------------------------------------------------------ */

static berth_group *group_of(luax_reader *r, const luax_group *at) {
    berth_err err;
    berth_group *group = NULL;
    built(r, berth_request_group(at->request, at->suffix, &group, &err), &err);
    return group;
}

static void read_resource(luax_reader *r, void *into) {
    const luax_group *at = into;
    berth_err err;
    berth_text rclass = luax_read_key(r, -2, "resource classes");
    int64_t amount = luax_read_integer(r, INT64_MIN, INT64_MAX, BERTH_EREQUEST);
    berth_group *group = r->err->rc == BERTH_OK ? group_of(r, at) : NULL;
    if (group == NULL) return;
    stand_here(r, at->request);
    built(r, berth_group_add_resource(at->request, group, rclass, amount, &err), &err);
}

void luax_read_resources(luax_reader *r, void *group) {
    if (lua_type(r->L, -1) == LUA_TSTRING)
        read_query_value(r, group, "resources");
    else
        luax_read_map(r, luax_map_length(r), read_resource, group, 0);
}

typedef berth_rc (*add_fn)(berth_request *request, berth_group *group, const berth_text *names,
                           size_t count, bool forbidden, berth_err *err);

/* The value at the top is a list: any of its names. */
static void read_any_of(luax_reader *r, const luax_group *at, bool forbidden, add_fn add) {
    size_t count;
    berth_err err;
    const berth_text *names = luax_read_texts(r, &count);
    berth_group *group = r->err->rc == BERTH_OK ? group_of(r, at) : NULL;
    if (group == NULL) return;
    stand_here(r, at->request);
    built(r, add(at->request, group, names, count, forbidden, &err), &err);
}

static void read_required_item(luax_reader *r, void *into) {
    if (lua_type(r->L, -1) == LUA_TSTRING)
        read_query_value(r, into, "required");
    else
        read_any_of(r, into, false, berth_group_add_required);
}

static void read_member_of_item(luax_reader *r, void *into) {
    if (lua_type(r->L, -1) == LUA_TSTRING)
        read_query_value(r, into, "member_of");
    else
        read_any_of(r, into, false, berth_group_add_member_of);
}

static void read_conditions(luax_reader *r, void *group, luax_read_fn item) {
    if (lua_type(r->L, -1) == LUA_TSTRING)
        item(r, group);
    else
        luax_read_list(r, luax_list_length(r), item, group, 0);
}

void luax_read_required(luax_reader *r, void *group) {
    read_conditions(r, group, read_required_item);
}

void luax_read_member_of(luax_reader *r, void *group) {
    read_conditions(r, group, read_member_of_item);
}

/* A trait or a list of them; one set that none may come from. */
void luax_read_forbidden(luax_reader *r, void *into) {
    const luax_group *at = into;
    if (lua_type(r->L, -1) == LUA_TTABLE) {
        if (luax_list_length(r) > 0) read_any_of(r, at, true, berth_group_add_required);
        return;
    }
    berth_err err;
    berth_text text = luax_read_text(r);
    stand_here(r, at->request);
    built(r, berth_query_forbidden(at->request, at->suffix, text, &err), &err);
}

void luax_read_in_tree(luax_reader *r, void *into) {
    const luax_group *at = into;
    berth_err err;
    berth_text text = luax_read_provider(r, -1);
    berth_group *group = r->err->rc == BERTH_OK ? group_of(r, at) : NULL;
    if (group != NULL) built(r, berth_group_set_tree(at->request, group, text, &err), &err);
}

/* {CLASS = true} or {"CLASS", ...}; false says what is so anyway. */
static void read_split_pair(luax_reader *r, void *into) {
    berth_text *split = into;
    if (lua_type(r->L, -2) == LUA_TSTRING) {
        if (luax_read_boolean(r)) *split = luax_read_key(r, -2, "resource classes");
    } else {
        *split = luax_read_text(r);
    }
}

static void read_split(luax_reader *r, void *into) {
    luax_group *group = into;
    size_t count = luax_map_length(r);
    berth_text *splits = luax_take(r, count, sizeof *splits);
    group->nsplits = luax_read_map(r, count, read_split_pair, splits, sizeof *splits);
    group->splits = splits;
}

static void apply_splits(luax_reader *r, const luax_group *at) {
    for (size_t i = 0; i < at->nsplits && r->err->rc == BERTH_OK; i++) {
        berth_err err;
        if (at->splits[i].data == NULL) continue;
        luax_frame frame = {r->frame, "split", 0};
        r->frame = &frame;
        berth_group *group = group_of(r, at);
        if (group != NULL)
            built(r, berth_group_split(at->request, group, at->splits[i], &err), &err);
        r->frame = frame.up;
    }
}

static const luax_key group_keys[] = {
    {"resources", LUAX_READ, 0, luax_read_resources},
    {"required", LUAX_READ, 0, luax_read_required},
    {"forbidden", LUAX_READ, 0, luax_read_forbidden},
    {"member_of", LUAX_READ, 0, luax_read_member_of},
    {"in_tree", LUAX_READ, 0, luax_read_in_tree},
    {"split", LUAX_READ, 0, read_split},
    LUAX_KEYS_END,
};

/* --- the whole request ------------------------------------------------------------------- */

/* The n-th group of a list has suffix n. */
static void read_group(luax_reader *r, void *into) {
    luax_group group = {.request = ((luax_ask *)into)->group.request};
    if (lua_isinteger(r->L, -2)) {
        char *digits = luax_take(r, 24, 1);
        int n = snprintf(digits, 24, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(r->L, -2));
        group.suffix = (berth_text){digits, n > 0 ? (size_t)n : 0};
    } else {
        group.suffix = luax_read_key(r, -2, "suffixes of groups");
        if (group.suffix.len == 0)
            luax_misuse(r, "the group without suffix is the request itself");
    }
    if (lua_type(r->L, -1) != LUA_TTABLE) luax_expected(r, -1, "table");
    berth_group *made = r->err->rc == BERTH_OK ? group_of(r, &group) : NULL;
    if (made != NULL) made->path = luax_path(r, &group.request->arena);
    luax_read_table(r, group_keys, &group);
    apply_splits(r, &group);
}

static void read_groups(luax_reader *r, void *ask) {
    luax_read_map(r, luax_map_length(r), read_group, ask, 0);
}

static void read_subtree(luax_reader *r, void *into) {
    const luax_ask *ask = into;
    size_t count;
    berth_err err;
    const berth_text *suffixes = luax_read_texts(r, &count);
    if (r->err->rc != BERTH_OK) return;
    built(r, berth_request_add_subtree(ask->group.request, suffixes, count, &err), &err);
}

/* "a,b" or {"a", "b"} is one subtree, {{"a", "b"}, {"c", "d"}} are two. */
static void read_same_subtree(luax_reader *r, void *into) {
    luax_ask *ask = into;
    if (lua_type(r->L, -1) == LUA_TSTRING) {
        read_query_value(r, &ask->group, "same_subtree");
        return;
    }
    size_t count = luax_list_length(r);
    int first = lua_rawgeti(r->L, -1, 1);
    lua_pop(r->L, 1);
    if (first == LUA_TTABLE)
        luax_read_list(r, count, read_subtree, ask, 0);
    else if (count > 0)
        read_subtree(r, ask);
}

static void read_root_trait(luax_reader *r, void *into) {
    const luax_ask *ask = into;
    berth_err err;
    berth_text name = luax_read_text(r);
    bool forbidden = name.len > 0 && name.data[0] == '!';
    if (forbidden) name = (berth_text){name.data + 1, name.len - 1};
    if (r->err->rc != BERTH_OK) return;
    stand_here(r, ask->group.request);
    built(r, berth_request_add_root_required(ask->group.request, name, forbidden, &err), &err);
}

static void read_root_required(luax_reader *r, void *into) {
    luax_ask *ask = into;
    if (lua_type(r->L, -1) == LUA_TSTRING)
        read_query_value(r, &ask->group, "root_required");
    else
        luax_read_list(r, luax_list_length(r), read_root_trait, ask, 0);
}

static void read_group_policy(luax_reader *r, void *into) {
    read_query_value(r, &((luax_ask *)into)->group, "group_policy");
}

static void read_limit(luax_reader *r, void *into) {
    ((luax_ask *)into)->group.request->limit =
        luax_read_integer(r, 1, INT64_MAX, BERTH_EREQUEST);
}

static void read_canonical(luax_reader *r, void *into) {
    ((luax_ask *)into)->group.request->canonical = luax_read_boolean(r);
}

static void read_request_key(luax_reader *r, void *into) {
    if (lua_type(r->L, -1) != LUA_TSTRING && luax_test(r->L, -1, &luax_request_class) == NULL)
        luax_expected(r, -1, "request or query string");
    *(bool *)into = true;
}

static void read_candidate_key(luax_reader *r, void *into) {
    if (luax_test(r->L, -1, &luax_candidate_class) == NULL) luax_expected(r, -1, "candidate");
    *(bool *)into = true;
}

#define GROUP offsetof(luax_ask, group)
#define REQUEST_KEYS                                                                               \
    {"resources", LUAX_READ, GROUP, luax_read_resources},                                          \
        {"required", LUAX_READ, GROUP, luax_read_required},                                        \
        {"forbidden", LUAX_READ, GROUP, luax_read_forbidden},                                      \
        {"member_of", LUAX_READ, GROUP, luax_read_member_of},                                      \
        {"in_tree", LUAX_READ, GROUP, luax_read_in_tree},                                          \
        {"split", LUAX_READ, GROUP, read_split}, {"groups", LUAX_READ, 0, read_groups},            \
        {"group_policy", LUAX_READ, 0, read_group_policy},                                         \
        {"same_subtree", LUAX_READ, 0, read_same_subtree},                                         \
        {"root_required", LUAX_READ, 0, read_root_required},                                       \
        {"limit", LUAX_READ, 0, read_limit}, {"canonical", LUAX_READ, 0, read_canonical}
#define WHO_KEYS                                                                                   \
    {"consumer", LUAX_TEXT, offsetof(luax_ask, consumer), NULL},                                   \
        {"project", LUAX_TEXT, offsetof(luax_ask, project), NULL},                                 \
        {"user", LUAX_TEXT, offsetof(luax_ask, user), NULL},                                       \
        {"consumer_type", LUAX_TEXT, offsetof(luax_ask, type), NULL}

#define MADE_KEY {"request", LUAX_READ, offsetof(luax_ask, has_request), read_request_key}

static const luax_key request_keys[] = {REQUEST_KEYS, LUAX_KEYS_END};
static const luax_key who_keys[] = {WHO_KEYS, LUAX_KEYS_END};
static const luax_key ask_keys[] = {REQUEST_KEYS, WHO_KEYS, MADE_KEY, LUAX_KEYS_END};
static const luax_key place_keys[] = {
    REQUEST_KEYS,
    WHO_KEYS,
    MADE_KEY,
    {"candidate", LUAX_READ, offsetof(luax_ask, has_candidate), read_candidate_key},
    LUAX_KEYS_END,
};

/* --- arguments --------------------------------------------------------------------------- */

static void drop_unknown_type(luax_ask *ask) {
    /* what reading a consumer without type gives may be written back */
    if (ask->type.len == 7 && memcmp(ask->type.data, "unknown", 7) == 0)
        ask->type = (berth_text){NULL, 0};
}

/* The string at `index` as the scratch's request. */
static void parse_query(luax_call *call, int index, luax_ask *ask) {
    size_t len;
    const char *text = lua_tolstring(call->L, index, &len);
    berth_request_free(call->scratch->request);
    call->scratch->request = NULL;
    if (call->err.rc != BERTH_OK) return;
    (void)berth_query_parse(berth_mem_default(), text, len, &call->scratch->request, &call->err);
    ask->request = call->scratch->request;
}

/* The table at `arg` as the scratch's request, not yet checked. */
static void read_request_table(luax_call *call, int arg, const luax_key *keys, luax_ask *ask) {
    berth_rc rc = berth_request_new(berth_mem_default(), &call->scratch->request, &call->err);
    if (rc != BERTH_OK) return;
    ask->group.request = call->scratch->request;
    ask->group.suffix = (berth_text){"", 0};
    ask->request = call->scratch->request;
    luax_call_table(call, arg, keys, ask);
    apply_splits(&call->reader, &ask->group);
    drop_unknown_type(ask);
}

static void check_request(luax_call *call, const luax_ask *ask) {
    if (call->err.rc == BERTH_OK) (void)berth_request_check(ask->request, &call->err);
}

/* A string or a request; false for anything else. */
static bool read_plain(luax_call *call, int index, luax_ask *ask) {
    if (lua_type(call->L, index) == LUA_TSTRING) {
        parse_query(call, index, ask);
        return true;
    }
    const luax_request *ud = luax_test(call->L, index, &luax_request_class);
    if (ud == NULL) return false;
    ask->request = ud->request;
    return true;
}

static void check_table(luax_call *call, int arg) {
    if (lua_type(call->L, arg) == LUA_TTABLE) return;
    call->reader.arg = arg;
    luax_expected(&call->reader, arg, "request, its table or its query string");
}

static bool is_empty(const berth_request *request) {
    return request->ngroups == 0 && request->nsubtrees == 0 && request->nroot_required == 0 &&
           request->limit == 0 && request->group_policy == BERTH_POLICY_UNSET &&
           !request->canonical;
}

/* Reads argument `arg` in any form; pushes what keeps its request or candidate alive, or nil. */
static void read_ask(luax_call *call, int arg, const luax_key *keys, luax_ask *ask) {
    lua_State *L = call->L;
    *ask = (luax_ask){.request = NULL};
    if (read_plain(call, arg, ask)) {
        lua_pushnil(L);
        return;
    }
    check_table(call, arg);
    read_request_table(call, arg, keys, ask);
    if (!ask->has_request && !ask->has_candidate) {
        check_request(call, ask);
        lua_pushnil(L);
        return;
    }
    if ((ask->has_request && ask->has_candidate) || !is_empty(ask->request))
        luax_misuse(&call->reader, "a request, a candidate or the keys of a request are due, "
                                   "not several of them");
    ask->request = NULL;
    lua_pushstring(L, ask->has_request ? "request" : "candidate");
    lua_rawget(L, arg);
    if (ask->has_request && !read_plain(call, -1, ask))
        luax_misuse(&call->reader, "request: it changed while it was read");
}

void luax_read_ask(luax_call *call, int arg, luax_ask *ask) {
    read_ask(call, arg, ask_keys, ask);
}

void luax_read_ask_place(luax_call *call, int arg, luax_ask *ask) {
    read_ask(call, arg, place_keys, ask);
}

void luax_read_who(luax_call *call, int arg, luax_ask *ask) {
    luax_call_table(call, arg, who_keys, ask);
    drop_unknown_type(ask);
}

/* --- berth.request ----------------------------------------------------------------------- */

static int request_gc(lua_State *L) {
    luax_request *self = luax_check(L, 1, &luax_request_class);
    berth_request_free(self->request);
    self->request = NULL;
    return 0;
}

/* request(string or table) -> request | nil, err */
static int request_new(lua_State *L) {
    luax_max_args(L, 1);
    lua_settop(L, 1);
    luax_request *self = luax_new(L, &luax_request_class, sizeof *self, 0);
    luax_call call = {.L = L};
    call.scratch = luax_scratch_new(L);
    luax_reader_init(&call.reader, L, 1, &call.scratch->arena, &call.err);
    luax_ask ask = {.request = NULL};
    if (lua_type(L, 1) == LUA_TSTRING) {
        parse_query(&call, 1, &ask);
    } else {
        check_table(&call, 1);
        read_request_table(&call, 1, request_keys, &ask);
        check_request(&call, &ask);
    }
    if (call.err.rc != BERTH_OK) return luax_fail(L, &call.err);
    self->request = call.scratch->request;
    call.scratch->request = NULL;
    lua_pop(L, 1);
    return 1;
}

void luax_open_request(lua_State *L) {
    static const luaL_Reg methods[] = {{NULL, NULL}};
    static const luaL_Reg meta[] = {{"__gc", request_gc}, {NULL, NULL}};
    luax_new_class(L, &luax_request_class, &(luax_members){.methods = methods, .meta = meta});
    lua_pushcfunction(L, request_new);
    lua_setfield(L, -2, "request");
}
