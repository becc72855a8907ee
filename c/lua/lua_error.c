/* lua_error.c - refusals as values: {code=, message=, ...fields} with a metatable that prints
 * "code: message".  The codes come from the one table in berth.h, which scripts may list. */
#include "lua/luax.h"

static const luax_class error_class = {"berth.error"};

void luax_push_shown_error(lua_State *L, const berth_err *err) {
    lua_createtable(L, 0, 2 + err->nfields);
    for (int i = 0; i < err->nfields; i++) {
        const berth_err_field *f = &err->fields[i];
        if (f->is_number)
            luax_set_integer(L, f->name, f->number);
        else
            luax_set_text(L, f->name, f->text);
    }
    luax_set_text(L, "code", berth_rc_code(err->rc)); /* after the fields: these two win */
    luax_set_text(L, "message", err->message);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &error_class);
    lua_setmetatable(L, -2);
}

int luax_fail(lua_State *L, const berth_err *err) {
    luaL_pushfail(L);
    luax_push_error(L, err);
    return 2;
}

int luax_throw(lua_State *L, const berth_err *err) {
    luax_push_error(L, err);
    return lua_error(L);
}

static int error_tostring(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushliteral(L, "code");
    lua_rawget(L, 1);
    lua_pushliteral(L, "message");
    lua_rawget(L, 1);
    const char *code = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "error";
    const char *message = lua_type(L, 3) == LUA_TSTRING ? lua_tostring(L, 3) : "?";
    lua_pushfstring(L, "%s: %s", code, message);
    return 1;
}

/* error_codes() -> {code = when}: every word that err.code can be */
static int error_codes(lua_State *L) {
    luax_max_args(L, 0);
    lua_newtable(L);
#define X(name, value, code, when) luax_set_text(L, code, when);
    BERTH_ERRORS(X)
#undef X
    return 1;
}

void luax_open_error(lua_State *L) {
    lua_createtable(L, 0, 2);
    luax_set_text(L, "__name", error_class.name);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_class);
    lua_pushcfunction(L, error_codes);
    lua_setfield(L, -2, "error_codes");
}
