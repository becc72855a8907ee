/* policy_verdict.c - how a policy answers: allow() and deny(), and hash() for chance that can be
 * repeated. */
#include <stdio.h>
#include <string.h>

#include "policy/library.h"
#include "policy/order.h"
#include "policy/policy.h"
#include "policy/show.h"

const char *berth_hook_name(berth_hook hook) {
    static const char *const names[] = {
#define X(name, NAME, parameters, result, when) #name,
        BERTH_HOOKS_TABLE(X)
#undef X
    };
    return names[hook];
}

/* --- deny -------------------------------------------------------------------------------- */

static bool is_word(const char *text, size_t len, size_t max) {
    if (len == 0 || len > max) return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9'))) return false;
    }
    return true;
}

/* What the error object says of its own cannot be said by a policy. */
static bool is_reserved(const char *word) {
    static const char *const reserved[] = {"code", "message", "policy", "reason"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(reserved[i], word) == 0) return true;
    return false;
}

static void set_value(lua_State *L, struct berth_denial_field *field) {
    size_t len;
    int exact;
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        field->number = lua_tointegerx(L, -1, &exact);
        field->is_number = exact;
        snprintf(field->text, sizeof field->text, "%.14g", lua_tonumberx(L, -1, NULL));
        break;
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, -1, &len);
        berth_show_text(field->text, sizeof field->text, text, len);
        break;
    }
    case LUA_TBOOLEAN:
        snprintf(field->text, sizeof field->text, "%s", lua_toboolean(L, -1) ? "true" : "false");
        break;
    default:
        luaL_error(L, "deny: field '%s' is a text or a number, not a %s", field->name,
                   luaL_typename(L, -1));
    }
}

/* The table at argument 3, by name. [-0, +0, v] */
static void read_fields(lua_State *L, berth_denial *denial) {
    luaL_checktype(L, 3, LUA_TTABLE);
    berth_arg_readable(L, 3);
    bool sequence = false;
    size_t count = berth_order_keys(L, 3, true, &sequence); /* ... keys */
    int keys = lua_gettop(L);
    if (sequence && count > 0) luaL_error(L, "deny: fields have names");
    if (count > BERTH_DECISION_FIELDS)
        luaL_error(L, "deny: at most %d fields, got %d", BERTH_DECISION_FIELDS, (int)count);
    for (size_t i = 0; i < count; i++) {
        struct berth_denial_field *field = &denial->fields[i];
        size_t len = 0;
        lua_rawgeti(L, keys, (lua_Integer)i + 1); /* keys name */
        const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &len) : "";
        if (!is_word(name, len, sizeof field->name - 1) || is_reserved(name))
            luaL_error(L, "deny: a field's name is made of a-z, 0-9 and _, begins with a letter "
                          "and is not code, message, policy or reason");
        memcpy(field->name, name, len + 1);
        lua_rawget(L, 3); /* keys value */
        set_value(L, field);
        lua_settop(L, keys);
    }
    denial->nfields = (int)count;
}

/* deny(code, sentence, fields) -> verdict; upvalue 1 is the metatable */
static int policy_deny(lua_State *L) {
    berth_charge(L, WORK_HOST, 4);
    size_t code_len, len;
    luaL_checktype(L, 1, LUA_TSTRING);
    luaL_checktype(L, 2, LUA_TSTRING);
    if (lua_gettop(L) > 3) luaL_argerror(L, 4, "no such argument");
    lua_settop(L, 3);
    const char *code = lua_tolstring(L, 1, &code_len), *sentence = lua_tolstring(L, 2, &len);
    berth_denial *denial = lua_newuserdatauv(L, sizeof *denial, 0);
    memset(denial, 0, sizeof *denial);
    if (!is_word(code, code_len, sizeof denial->code - 1))
        luaL_argerror(L, 1, "a code is made of a-z, 0-9 and _, begins with a letter and has at "
                            "most 48 characters");
    memcpy(denial->code, code, code_len + 1);
    berth_charge_bytes(L, WORK_HOST, len);
    berth_show_text(denial->sentence, sizeof denial->sentence, sentence, len);
    if (!lua_isnil(L, 3)) read_fields(L, denial); /* code sentence fields denial ... */
    lua_settop(L, 4);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setmetatable(L, 4);
    return 1;
}

static int policy_allow(lua_State *L) {
    berth_charge(L, WORK_HOST, 1);
    if (lua_gettop(L) > 0) luaL_argerror(L, 1, "allow() takes nothing");
    lua_pushboolean(L, 1);
    return 1;
}

/* --- hash -------------------------------------------------------------------------------- */

#define HASH_BITS 53

static int policy_hash(lua_State *L) {
    static const uint64_t key[2] = {UINT64_C(0x6265727468), UINT64_C(0x68617368)};
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15);
    int n = lua_gettop(L);
    luaL_argcheck(L, n > 0, 1, "a string or integer expected");
    for (int i = 1; i <= n; i++) {
        uint64_t part;
        if (lua_isinteger(L, i)) {
            part = berth_hash_u64((uint64_t)lua_tointegerx(L, i, NULL), 1);
            berth_charge(L, WORK_HOST, 1);
        } else {
            size_t len;
            luaL_argexpected(L, lua_type(L, i) == LUA_TSTRING, i, "string or integer");
            const char *text = lua_tolstring(L, i, &len);
            berth_charge(L, WORK_HOST, 1 + (int64_t)(len / BERTH_BYTES_A_STEP));
            part = berth_hash_bytes(key, text, len);
        }
        h = berth_hash_u64(h, part);
    }
    lua_pushinteger(L, (lua_Integer)(h >> (64 - HASH_BITS)));
    return 1;
}

/* --- both sides -------------------------------------------------------------------------- */

void berth_verdict_open(lua_State *L, berth_policy *policy) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_createtable(L, 0, 2); /* globals mt */
    lua_pushliteral(L, "denial");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    policy->verdict = lua_topointer(L, -1);
    lua_pushvalue(L, -1);
    luaL_ref(L, LUA_REGISTRYINDEX); /* so that the address stays its own */
    lua_pushcclosure(L, policy_deny, 1);
    lua_setfield(L, -2, "deny");
    lua_pushcfunction(L, policy_allow);
    lua_setfield(L, -2, "allow");
    lua_pushcfunction(L, policy_hash);
    lua_setfield(L, -2, "hash");
    lua_pop(L, 1);
}

bool berth_verdict_read(lua_State *L, int first, int count, const berth_policy *policy,
                        berth_hook hook, berth_denial *out) {
    const char *name = berth_hook_name(hook);
    if (count != 1)
        berth_sandbox_contract(L, "%s answered %s where allow() or deny() is due", name,
                               count == 0 ? "nothing" : "several values");
    if (lua_type(L, first) == LUA_TBOOLEAN && lua_toboolean(L, first)) return true;
    if (lua_type(L, first) == LUA_TUSERDATA && lua_getmetatable(L, first) &&
        lua_topointer(L, -1) == policy->verdict) {
        memcpy(out, lua_touserdata(L, first), sizeof *out);
        return false;
    }
    berth_sandbox_contract(L, "%s answered %s where allow() or deny() is due", name,
                           lua_type(L, first) == LUA_TBOOLEAN ? "false"
                                                              : luaL_typename(L, first));
}
