/* base.c - the basic functions of Lua as a policy sees them, and what all of the library shares:
 * adding functions, reading arguments. */
#include <string.h>

#include "policy/library.h"
#include "policy/show.h"

/* --- shared ------------------------------------------------------------------------------ */

void berth_library_add(lua_State *L, const luaL_Reg *functions) {
    for (; functions->name; functions++) {
        lua_pushcfunction(L, functions->func);
        lua_setfield(L, -2, functions->name);
    }
}

void berth_library_new(lua_State *L, const char *name, const luaL_Reg *functions, int others) {
    int count = others;
    while (functions[count - others].name) count++;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_createtable(L, 0, count);
    berth_library_add(L, functions);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
    lua_remove(L, -2);
}

#define NUMERAL_MAX 64

static void check_numeral(lua_State *L, int arg) {
    if (lua_type(L, arg) == LUA_TSTRING && lua_rawlen(L, arg) > NUMERAL_MAX)
        luaL_argerror(L, arg, "number expected, got a long string");
}

lua_Integer berth_arg_integer(lua_State *L, int arg) {
    check_numeral(L, arg);
    return luaL_checkinteger(L, arg);
}

lua_Integer berth_arg_integer_or(lua_State *L, int arg, lua_Integer otherwise) {
    return lua_isnoneornil(L, arg) ? otherwise : berth_arg_integer(L, arg);
}

lua_Number berth_arg_number(lua_State *L, int arg) {
    check_numeral(L, arg);
    return luaL_checknumber(L, arg);
}

void berth_arg_readable(lua_State *L, int arg) {
    luaL_checktype(L, arg, LUA_TTABLE);
    if (lua_rawgetp(L, arg, &berth_frozen_key) == LUA_TTABLE)
        lua_replace(L, arg);
    else
        lua_pop(L, 1);
}

void berth_arg_writable(lua_State *L, int arg) {
    luaL_checktype(L, arg, LUA_TTABLE);
    if (lua_rawgetp(L, arg, &berth_frozen_key) == LUA_TTABLE)
        luaL_error(L, "the table is read-only");
    lua_pop(L, 1);
}

/* --- text -------------------------------------------------------------------------------- */

static void push_number(lua_State *L, int index) {
    lua_Number n = lua_tonumberx(L, index, NULL);
    if (n != n) {
        lua_pushliteral(L, "nan"); /* whatever its sign, which machines disagree on */
        return;
    }
    lua_pushvalue(L, index);
    lua_tolstring(L, -1, NULL);
}

void berth_tostring(lua_State *L, int index, berth_work work) {
    index = lua_absindex(L, index);
    berth_charge(L, work, 2);
    if (berth_metafield(L, index, "__tostring")) {
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "'__tostring' must return a string");
        return;
    }
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        push_number(L, index);
        break;
    case LUA_TSTRING:
        lua_pushvalue(L, index);
        break;
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
        break;
    default: /* no address: it would tell processes apart */
        if (berth_metafield(L, index, "__name")) {
            if (lua_type(L, -1) == LUA_TSTRING) break;
            lua_pop(L, 1);
        }
        lua_pushstring(L, luaL_typename(L, index));
    }
}

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    berth_tostring(L, 1, WORK_TOSTRING);
    return 1;
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

static const char *skip_spaces(const char *s, const char *end) {
    while (s < end && strchr(" \t\n\v\f\r", *s) && *s) s++;
    return s;
}

/* A numeral in the given base, with sign and spaces around. */
static bool read_numeral(const char *s, size_t len, int base, lua_Integer *out) {
    const char *end = s + len;
    lua_Unsigned n = 0;
    s = skip_spaces(s, end);
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    if (s == end || digit_of(*s) >= base) return false;
    for (; s < end && digit_of(*s) < base; s++)
        n = n * (lua_Unsigned)base + (lua_Unsigned)digit_of(*s);
    *out = (lua_Integer)(negative ? 0u - n : n);
    return skip_spaces(s, end) == end;
}

static int base_tonumber(lua_State *L) {
    berth_charge(L, WORK_TONUMBER, 2);
    luaL_checkany(L, 1);
    size_t len;
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        if (lua_type(L, 1) == LUA_TNUMBER) return 1;
        const char *s = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
        if (s) {
            berth_charge(L, WORK_TONUMBER, (int64_t)(len / 4));
            if (lua_stringtonumber(L, s) == len + 1) return 1;
        }
    } else {
        lua_Integer base = berth_arg_integer(L, 2), n;
        luaL_checktype(L, 1, LUA_TSTRING);
        luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
        const char *s = lua_tolstring(L, 1, &len);
        berth_charge(L, WORK_TONUMBER, (int64_t)(len / 4));
        if (read_numeral(s, len, (int)base, &n)) {
            lua_pushinteger(L, n);
            return 1;
        }
    }
    luaL_pushfail(L);
    return 1;
}

/* note(text): a line for the operator, if one listens. */
static int base_note(lua_State *L) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    char line[BERTH_SANDBOX_NOTE_BYTES];
    luaL_checkany(L, 1);
    berth_charge(L, WORK_NOTE, 20);
    berth_tostring(L, 1, WORK_NOTE);
    if (sandbox->notes >= BERTH_SANDBOX_NOTES)
        return luaL_error(L, "a call may write %d notes", BERTH_SANDBOX_NOTES);
    sandbox->notes++;
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    size_t shown = berth_show_text(line, sizeof line, text, len);
    if (sandbox->options.note) sandbox->options.note(sandbox->options.note_ud, line, shown);
    return 0;
}

/* --- values ------------------------------------------------------------------------------ */

static int base_type(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

static int base_rawget(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    berth_arg_readable(L, 1);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    lua_rawget(L, 1);
    return 1;
}

static int base_rawset(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    berth_arg_writable(L, 1);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    if (lua_isnil(L, 2)) return luaL_argerror(L, 2, "index is nil");
    lua_Number n = lua_tonumberx(L, 2, NULL);
    if (lua_type(L, 2) == LUA_TNUMBER && n != n) return luaL_argerror(L, 2, "index is NaN");
    lua_rawset(L, 1);
    return 1;
}

static int base_rawequal(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    luaL_checkany(L, 1);
    luaL_checkany(L, 2);
    if (lua_type(L, 1) == LUA_TSTRING) berth_charge_bytes(L, WORK_BASE, lua_rawlen(L, 1));
    lua_pushboolean(L, lua_rawequal(L, 1, 2));
    return 1;
}

static int base_rawlen(lua_State *L) {
    berth_charge(L, WORK_BASE, 1);
    int type = lua_type(L, 1);
    luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
    if (type == LUA_TTABLE) berth_arg_readable(L, 1);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
    return 1;
}

static int base_select(lua_State *L) {
    int n = lua_gettop(L);
    berth_charge(L, WORK_SELECT, 1 + n / 8);
    if (lua_type(L, 1) == LUA_TSTRING && *lua_tolstring(L, 1, NULL) == '#') {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    lua_Integer i = berth_arg_integer(L, 1);
    if (i < 0)
        i = n + i;
    else if (i > n)
        i = n;
    luaL_argcheck(L, i >= 1, 1, "index out of range");
    return n - (int)i;
}

/* --- errors ------------------------------------------------------------------------------ */

static int base_error(lua_State *L) {
    berth_charge(L, WORK_CALL, 2);
    lua_Integer level = berth_arg_integer_or(L, 2, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        luaL_where(L, level < 200 ? (int)level : 200);
        lua_pushvalue(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int base_assert(lua_State *L) {
    berth_charge(L, WORK_CALL, 1);
    if (lua_toboolean(L, 1)) return lua_gettop(L);
    luaL_checkany(L, 1);
    lua_remove(L, 1);
    lua_pushliteral(L, "assertion failed!");
    lua_settop(L, 1);
    return lua_error(L);
}

/* What pcall and xpcall answer; a stop passes through them. */
static int finish_call(lua_State *L, int status, lua_KContext extra) {
    berth_charge(L, WORK_CALL, 1);
    if (status != LUA_OK && status != LUA_YIELD) {
        berth_charge(L, WORK_CALL, 6);
        berth_limits_look_now(L);
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int base_pcall(lua_State *L) {
    berth_charge(L, WORK_CALL, 4);
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1); /* first result if no errors */
    lua_insert(L, 1);      /* true f args... */
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_call);
    return finish_call(L, status, 0);
}

/* The handler that xpcall sets: the policy's own, unless the policy is being stopped. */
static int guarded_handler(lua_State *L) {
    if (berth_sandbox_of(L)->stopped != STOP_NONE) return 1;
    berth_charge(L, WORK_CALL, 4);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int base_xpcall(lua_State *L) {
    berth_charge(L, WORK_CALL, 4);
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, guarded_handler, 1);
    lua_replace(L, 2);     /* f handler args... */
    lua_pushboolean(L, 1); /* first result */
    lua_pushvalue(L, 1);   /* f handler args... true f */
    lua_rotate(L, 3, 2);   /* f handler true f args... */
    int status = lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, finish_call);
    return finish_call(L, status, 2);
}

void berth_library_base(lua_State *L) {
    static const luaL_Reg functions[] = {{"assert", base_assert},     {"error", base_error},
                                         {"note", base_note},         {"pcall", base_pcall},
                                         {"rawequal", base_rawequal}, {"rawget", base_rawget},
                                         {"rawlen", base_rawlen},     {"rawset", base_rawset},
                                         {"select", base_select},     {"tonumber", base_tonumber},
                                         {"tostring", base_tostring}, {"type", base_type},
                                         {"xpcall", base_xpcall},     {NULL, NULL}};
    lua_createtable(L, 0, 25); /* all globals to come */
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
    lua_pushliteral(L, LUA_VERSION);
    lua_setfield(L, -2, "_VERSION");
    berth_library_add(L, functions);
    lua_pop(L, 1);
}
