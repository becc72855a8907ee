/* policy_define.c - what a policy file finds when it is loaded: policy{}, which takes and checks
 * its definition, the parameters, and globals that cannot be misspelt.
 *
 * Parameters are the defaults with what the operator gave over them, key by key, and cannot be
 * written to: each table of theirs is an empty one that stands for the real one (library.h,
 * berth_frozen_key). */
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/nearest.h"
#include "policy/library.h"
#include "policy/order.h"
#include "policy/policy.h"
#include "policy/show.h"

static const char definition_key = 'd'; /* its address, in the registry: what policy{} was given */

static berth_policy *policy_of(lua_State *L) {
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* --- saying where ------------------------------------------------------------------------ */

static bool is_name_char(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does `key =` begin at s? */
static bool is_entry(const char *s, const char *end, const char *key, size_t len) {
    if ((size_t)(end - s) <= len || memcmp(s, key, len) != 0) return false;
    for (s += len; s < end && (*s == ' ' || *s == '\t'); s++) {
    }
    return s < end && *s == '=' && (s + 1 == end || s[1] != '=');
}

/* The first line from `line` on where the key is given a value, or `line`: close enough for a
 * reader of the message. */
static int line_of_key(const berth_policy *policy, int line, const char *key) {
    const char *end = policy->text + policy->len, *s = policy->text;
    size_t len = strlen(key);
    int at = 1;
    for (bool fresh = true; s < end; s++) {
        if (fresh && at >= line && is_entry(s, end, key, len)) return at;
        fresh = !is_name_char(*s);
        if (*s == '\n') at++;
    }
    return line;
}

/* Raises "file:line: text", where the definition gives `key` (NULL: where it begins). */
_Noreturn static void refuse(lua_State *L, const char *key, const char *text) {
    const berth_policy *policy = policy_of(L);
    lua_Debug ar;
    int line = 0;
    if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "l", &ar)) line = ar.currentline;
    if (key && line > 0) line = line_of_key(policy, line, key);
    berth_sandbox_of(L)->line = line > 0 ? line : 0;
    lua_pushfstring(L, "%s:%d: %s", policy->file, line, text);
    lua_error(L);
    for (;;) { /* lua_error never returns, but is not declared so */
    }
}

/* --- parameters -------------------------------------------------------------------------- */

/* Pushes what the proxy at argument 1 stands for. [-0, +1, -] */
static void push_real(lua_State *L) {
    lua_rawgetp(L, 1, &berth_frozen_key);
}

static int frozen_index(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    lua_settop(L, 2);
    push_real(L);
    lua_pushvalue(L, 2);
    lua_rawget(L, 3);
    return 1;
}

static int frozen_len(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    push_real(L);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

static int frozen_newindex(lua_State *L) {
    return luaL_error(L, "parameters are read-only");
}

/* Offers the names that are keys of the table at an index; it keeps them. [-0, +0, e] */
static void offer_keys(lua_State *L, int index, berth_nearest *near) {
    bool sequence = false;
    size_t count = berth_order_keys(L, index, false, &sequence); /* keys or nil */
    for (size_t i = 1; !sequence && i <= count; i++, lua_pop(L, 1)) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        if (lua_type(L, -1) == LUA_TSTRING) berth_nearest_offer(near, lua_tolstring(L, -1, NULL));
    }
    lua_pop(L, 1);
}

/* Raises for a name that is no key of the table at `table`. */
static int no_parameter(lua_State *L, int table, const char *word) {
    berth_nearest near = berth_nearest_begin(word);
    offer_keys(L, table, &near);
    if (near.best)
        return luaL_error(L, "there is no parameter '%s', did you mean '%s'?", word, near.best);
    return luaL_error(L, "there is no parameter '%s'", word);
}

/* __index of the real table of parameters: a key that is not there was misspelt. */
static int missing_parameter(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING)
        return luaL_error(L, "parameters are found by name, not by a %s", luaL_typename(L, 2));
    return no_parameter(L, 1, lua_tolstring(L, 2, NULL));
}

static void push_frozen_metatable(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"__index", frozen_index}, {"__newindex", frozen_newindex}, {"__len", frozen_len},
        {NULL, NULL}};
    lua_createtable(L, 0, 6);
    berth_library_add(L, functions);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
}

/* Replaces the table at the top by one that stands for it, and so on inside. `metatable` is the
 * stack index of what all of them share. [-1, +1, m] */
static void freeze(lua_State *L, int metatable) {
    int real = lua_gettop(L);
    luaL_checkstack(L, 6, NULL);
    berth_charge(L, WORK_DATA, 2);
    lua_pushnil(L);
    while (lua_next(L, real)) { /* real key value */
        if (lua_type(L, -1) != LUA_TTABLE) {
            lua_pop(L, 1);
            continue;
        }
        freeze(L, metatable);
        lua_pushvalue(L, -2);
        lua_insert(L, -2); /* real key key frozen */
        lua_rawset(L, real);
    }
    lua_createtable(L, 0, 1); /* real proxy */
    lua_pushvalue(L, real);
    lua_rawsetp(L, -2, &berth_frozen_key);
    lua_pushvalue(L, metatable);
    lua_setmetatable(L, -2);
    lua_replace(L, real);
}

/* The type that a default binds; NULL: any. */
static const char *bound_type(lua_State *L, int index) {
    if (lua_type(L, index) == LUA_TBOOLEAN && !lua_toboolean(L, index)) return NULL;
    return luaL_typename(L, index);
}

/* What the operator gave, at the top, over the defaults at `defaults`. [-1, +0, e] */
static void merge(lua_State *L, berth_policy *policy, int defaults) {
    int given = lua_gettop(L);
    policy->blames_parameters = true;
    if (lua_type(L, given) != LUA_TTABLE)
        luaL_error(L, "parameters are a table, not a %s", luaL_typename(L, given));
    lua_pushnil(L);
    while (lua_next(L, given)) { /* given key value */
        int key = lua_gettop(L) - 1;
        if (lua_type(L, key) != LUA_TSTRING)
            luaL_error(L, "parameters have names, not a %s", luaL_typename(L, key));
        const char *word = lua_tolstring(L, key, NULL);
        lua_pushvalue(L, key);
        if (lua_rawget(L, defaults) == LUA_TNIL) /* given key value default */
            no_parameter(L, defaults, word);
        const char *type = bound_type(L, -1);
        if (type && strcmp(type, luaL_typename(L, -2)) != 0)
            luaL_error(L, "parameter '%s' is a %s, not a %s", word, type, luaL_typename(L, -2));
        lua_pop(L, 1);
        lua_pushvalue(L, key);
        lua_insert(L, -2); /* given key key value */
        lua_rawset(L, defaults);
    }
    policy->blames_parameters = false;
    lua_settop(L, given - 1);
}

/* A deep copy of the defaults at index `definition`.parameters. [-0, +1, e] */
static void push_defaults(lua_State *L, berth_policy *policy, int definition) {
    berth_err err;
    lua_pushliteral(L, "parameters");
    int type = lua_rawget(L, definition);
    if (type == LUA_TNIL) {
        lua_newtable(L);
    } else {
        berth_rc rc = berth_data_read(&policy->scratch, L, lua_gettop(L), &err);
        policy->refused = policy->refused || rc == BERTH_ENOMEM;
        if (rc != BERTH_OK)
            refuse(L, "parameters", lua_pushfstring(L, "parameters: %s", err.message));
        berth_data_push(L, &policy->scratch);
    }
    lua_remove(L, -2);
}

/* Sets the global `parameters`. [-0, +0, e] */
static void set_parameters(lua_State *L, berth_policy *policy, int definition) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushliteral(L, "parameters");
    push_frozen_metatable(L);
    int metatable = lua_gettop(L);
    push_defaults(L, policy, definition); /* globals name mt real */
    int real = lua_gettop(L);
    if (policy->parameters.len > 0) {
        berth_data_push(L, &policy->parameters);
        merge(L, policy, real);
    }
    lua_pushvalue(L, real);
    freeze(L, metatable); /* globals name mt real proxy */
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, missing_parameter);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, real);
    push_frozen_metatable(L); /* the first level is looked up without a call */
    lua_pushvalue(L, real);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_remove(L, real);
    lua_remove(L, metatable); /* globals name proxy */
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* --- policy{} ---------------------------------------------------------------------------- */

static const char *const keys[] = {
#define X(name, type, about) #name,
    BERTH_POLICY_KEYS(X)
#undef X
#define X(name, NAME, parameters, result, when) #name,
        BERTH_HOOKS_TABLE(X)
#undef X
            NULL};

static void check_key(lua_State *L, const char *word) {
    berth_nearest near = berth_nearest_begin(word);
    for (const char *const *k = keys; *k; k++) {
        if (strcmp(*k, word) == 0) return;
        berth_nearest_offer(&near, *k);
    }
    lua_pushfstring(L, "policy{} has no key '%s'", word);
    if (near.best) {
        lua_pushfstring(L, ", did you mean '%s'?", near.best);
        lua_concat(L, 2);
    }
    refuse(L, word, lua_tolstring(L, -1, NULL));
}

static void check_keys(lua_State *L, int definition) {
    bool sequence = false;
    size_t count = berth_order_keys(L, definition, false, &sequence);
    for (size_t i = 1; i <= count; i++, lua_pop(L, 1)) {
        if (!sequence) lua_rawgeti(L, -1, (lua_Integer)i);
        if (sequence || lua_type(L, -1) != LUA_TSTRING)
            refuse(L, NULL, "policy{} takes names with values, nothing else");
        check_key(L, lua_tolstring(L, -1, NULL));
    }
    lua_pop(L, 1);
}

/* Copies definition[key], a text of at most size - 1 bytes on one line; absent: left as it is. */
static void copy_text(lua_State *L, int definition, const char *key, char *out, size_t size) {
    lua_pushstring(L, key);
    int type = lua_rawget(L, definition);
    if (type != LUA_TNIL) {
        if (type != LUA_TSTRING)
            refuse(L, key, lua_pushfstring(L, "%s is a text, not a %s", key, luaL_typename(L, -1)));
        size_t len;
        const char *text = lua_tolstring(L, -1, &len);
        if (len >= size || berth_show_text(out, size, text, len) != len)
            refuse(L, key, lua_pushfstring(L, "%s is one line of at most %d bytes", key,
                                           (int)size - 1));
    }
    lua_pop(L, 1);
}

static void check_name(lua_State *L, berth_policy *policy) {
    const char *s = policy->name;
    bool fine = *s != '\0';
    for (; *s; s++) fine = fine && (is_name_char(*s) || *s == '-' || *s == '.');
    if (!fine) refuse(L, "name", "name is made of letters, digits, _, - and .");
}

static void check_hooks(lua_State *L, berth_policy *policy, int definition) {
    policy->has = 0;
    for (int i = 0; i < BERTH_HOOK_COUNT; i++) {
        const char *name = berth_hook_name((berth_hook)i);
        lua_pushstring(L, name);
        int type = lua_rawget(L, definition);
        if (type != LUA_TNIL && type != LUA_TFUNCTION)
            refuse(L, name, lua_pushfstring(L, "%s is a function, not a %s", name,
                                            luaL_typename(L, -1)));
        if (type == LUA_TFUNCTION) policy->has |= 1u << i;
        lua_pop(L, 1);
    }
    if (policy->has == 0)
        refuse(L, NULL, "policy{} has no hook: authorize, admit, filter, score, redact or rules");
}

static int policy_define(lua_State *L) {
    berth_policy *policy = policy_of(L);
    berth_charge(L, WORK_HOST, 10);
    if (lua_type(L, 1) != LUA_TTABLE)
        refuse(L, NULL, lua_pushfstring(L, "policy{} takes a table, not a %s",
                                        luaL_typename(L, 1)));
    if (policy->defined) refuse(L, NULL, "policy{} is called once in a file");
    lua_settop(L, 1);
    check_keys(L, 1);
    copy_text(L, 1, "name", policy->name, sizeof policy->name);
    copy_text(L, 1, "version", policy->version, sizeof policy->version);
    copy_text(L, 1, "description", policy->description, sizeof policy->description);
    check_name(L, policy);
    check_hooks(L, policy, 1);
    lua_pushliteral(L, "parameters");
    int type = lua_rawget(L, 1);
    if (type != LUA_TNIL && type != LUA_TTABLE)
        refuse(L, "parameters", lua_pushfstring(L, "parameters is a table, not a %s",
                                                luaL_typename(L, -1)));
    lua_settop(L, 1);
    set_parameters(L, policy, 1);
    policy->defined = true;
    lua_pushvalue(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &definition_key);
    return 1;
}

/* --- globals ----------------------------------------------------------------------------- */

/* __index and __newindex of the globals; upvalue 2 is what was tried. */
static int undeclared_global(lua_State *L) {
    const char *tried = lua_tolstring(L, lua_upvalueindex(2), NULL);
    if (lua_type(L, 2) != LUA_TSTRING)
        return luaL_error(L, "globals have names, not a %s", luaL_typename(L, 2));
    const char *word = lua_tolstring(L, 2, NULL);
    if (!policy_of(L)->defined && strcmp(word, "parameters") == 0)
        return luaL_error(L, "parameters are known once policy{} has run: read them behind it, "
                             "or in hooks");
    berth_nearest near = berth_nearest_begin(word);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    offer_keys(L, lua_gettop(L), &near);
    if (near.best)
        return luaL_error(L, "%s of undeclared global '%s', did you mean '%s'?", tried, word,
                          near.best);
    return luaL_error(L, "%s of undeclared global '%s'; say local", tried, word);
}

static void push_undeclared(lua_State *L, berth_policy *policy, const char *tried) {
    lua_pushlightuserdata(L, policy);
    lua_pushstring(L, tried);
    lua_pushcclosure(L, undeclared_global, 2);
}

int berth_policy_prepare(lua_State *L) {
    berth_policy *policy = lua_touserdata(L, 1);
    policy->defined = policy->blames_parameters = false;
    berth_verdict_open(L, policy);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushlightuserdata(L, policy);
    lua_pushcclosure(L, policy_define, 1);
    lua_setfield(L, -2, "policy");
    lua_createtable(L, 0, 3);
    push_undeclared(L, policy, "use");
    lua_setfield(L, -2, "__index");
    push_undeclared(L, policy, "assignment");
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    return 0;
}

/* --- after loading ----------------------------------------------------------------------- */

static void capture_hooks(lua_State *L, berth_policy *policy, int definition) {
    for (int i = 0; i < BERTH_HOOK_COUNT; i++) {
        policy->hooks[i] = LUA_NOREF;
        if (!(policy->has & 1u << i)) continue;
        lua_Debug ar;
        lua_pushstring(L, berth_hook_name((berth_hook)i));
        lua_rawget(L, definition);
        if (lua_type(L, -1) != LUA_TFUNCTION)
            luaL_error(L, "%s was taken out of the definition", berth_hook_name((berth_hook)i));
        lua_pushvalue(L, -1);
        lua_getinfo(L, ">S", &ar);
        policy->lines[i] = ar.linedefined > 0 ? ar.linedefined : 0;
        policy->hooks[i] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

int berth_policy_adopt(lua_State *L) {
    berth_policy *policy = lua_touserdata(L, 1);
    berth_sandbox_push_exports(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &definition_key); /* policy exports definition */
    if (!policy->defined)
        return luaL_error(L, "the file defines no policy: it ends in return policy { ... }");
    if (!lua_rawequal(L, -1, -2))
        return luaL_error(L, "the file does not return its policy: write return policy { ... }");
    capture_hooks(L, policy, 3);
    berth_views_open(L, &policy->frame, policy->has);
    lua_pushliteral(L, "parameters"); /* there is a copy that cannot be written to */
    lua_pushnil(L);
    lua_rawset(L, 3);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushliteral(L, "policy");
    lua_pushnil(L);
    lua_rawset(L, -3);
    return 0;
}
