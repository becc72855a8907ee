/* math.c - the math library as a policy sees it: what Lua 5.4 says, without random numbers. */
#include <math.h>

#include "policy/library.h"

static int push_floored(lua_State *L, lua_Number f) {
    if (f >= -9223372036854775808.0 && f < 9223372036854775808.0)
        lua_pushinteger(L, (lua_Integer)f);
    else
        lua_pushnumber(L, f);
    return 1;
}

static int math_floor(lua_State *L) {
    berth_charge(L, WORK_MATH, 1);
    if (!lua_isinteger(L, 1)) return push_floored(L, floor(berth_arg_number(L, 1)));
    lua_settop(L, 1);
    return 1;
}

static int math_ceil(lua_State *L) {
    berth_charge(L, WORK_MATH, 1);
    if (!lua_isinteger(L, 1)) return push_floored(L, ceil(berth_arg_number(L, 1)));
    lua_settop(L, 1);
    return 1;
}

static int math_abs(lua_State *L) {
    berth_charge(L, WORK_MATH, 1);
    if (lua_isinteger(L, 1)) {
        lua_Integer n = lua_tointegerx(L, 1, NULL);
        lua_pushinteger(L, n < 0 ? (lua_Integer)(0u - (lua_Unsigned)n) : n);
    } else {
        lua_pushnumber(L, fabs(berth_arg_number(L, 1)));
    }
    return 1;
}

static int math_fmod(lua_State *L) {
    berth_charge(L, WORK_MATH, 2);
    if (lua_isinteger(L, 1) && lua_isinteger(L, 2)) {
        lua_Integer d = lua_tointegerx(L, 2, NULL);
        luaL_argcheck(L, d != 0, 2, "zero");
        lua_pushinteger(L, d == -1 ? 0 : lua_tointegerx(L, 1, NULL) % d);
    } else {
        lua_pushnumber(L, fmod(berth_arg_number(L, 1), berth_arg_number(L, 2)));
    }
    return 1;
}

static int math_modf(lua_State *L) {
    berth_charge(L, WORK_MATH, 1);
    if (lua_isinteger(L, 1)) {
        lua_settop(L, 1);
        lua_pushnumber(L, 0.0);
        return 2;
    }
    lua_Number n = berth_arg_number(L, 1);
    lua_Number whole = n < 0 ? ceil(n) : floor(n);
    push_floored(L, whole);
    lua_pushnumber(L, n == whole ? 0.0 : n - whole);
    return 2;
}

static int math_log(lua_State *L) {
    berth_charge(L, WORK_MATH, 2);
    lua_Number x = berth_arg_number(L, 1);
    if (lua_isnoneornil(L, 2)) {
        lua_pushnumber(L, log(x));
        return 1;
    }
    lua_Number base = berth_arg_number(L, 2);
    lua_pushnumber(L, base == 2.0 ? log2(x) : base == 10.0 ? log10(x) : log(x) / log(base));
    return 1;
}

static int math_atan(lua_State *L) {
    berth_charge(L, WORK_MATH, 2);
    lua_Number y = berth_arg_number(L, 1);
    lua_pushnumber(L, atan2(y, lua_isnoneornil(L, 2) ? 1.0 : berth_arg_number(L, 2)));
    return 1;
}

#define PLAIN(X)                                                                                   \
    X(sqrt, sqrt(x))                                                                               \
    X(exp, exp(x)) X(sin, sin(x)) X(cos, cos(x)) X(tan, tan(x)) X(asin, asin(x)) X(acos, acos(x))  \
        X(deg, x *(180.0 / 3.141592653589793238462643383279502884))                                \
            X(rad, x *(3.141592653589793238462643383279502884 / 180.0))
#define X(name, value)                                                                             \
    static int math_##name(lua_State *L) {                                                         \
        berth_charge(L, WORK_MATH, 2);                                                             \
        lua_Number x = berth_arg_number(L, 1);                                                     \
        lua_pushnumber(L, value);                                                                  \
        return 1;                                                                                  \
    }
PLAIN(X)
#undef X

/* Whatever can be compared, as in Lua: strings, too. */
static int extreme(lua_State *L, bool largest) {
    int n = lua_gettop(L), best = 1;
    berth_charge(L, WORK_MATH, 1 + n / 4);
    luaL_argcheck(L, n >= 1, 1, "value expected");
    for (int i = 2; i <= n; i++) {
        if (lua_type(L, i) == LUA_TSTRING) berth_charge_bytes(L, WORK_MATH, lua_rawlen(L, i));
        if (largest ? lua_compare(L, best, i, LUA_OPLT) : lua_compare(L, i, best, LUA_OPLT))
            best = i;
    }
    lua_pushvalue(L, best);
    return 1;
}

static int math_max(lua_State *L) {
    return extreme(L, true);
}

static int math_min(lua_State *L) {
    return extreme(L, false);
}

static int math_tointeger(lua_State *L) {
    int exact = 0;
    berth_charge(L, WORK_MATH, 1);
    luaL_checkany(L, 1);
    lua_Integer n = 0;
    if (lua_type(L, 1) == LUA_TNUMBER || (lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) <= 64))
        n = lua_tointegerx(L, 1, &exact);
    if (exact)
        lua_pushinteger(L, n);
    else
        luaL_pushfail(L);
    return 1;
}

static int math_type(lua_State *L) {
    berth_charge(L, WORK_MATH, 1);
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER)
        lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
    else
        luaL_pushfail(L);
    return 1;
}

static int math_ult(lua_State *L) {
    berth_charge(L, WORK_MATH, 1);
    lua_Unsigned a = (lua_Unsigned)berth_arg_integer(L, 1);
    lua_pushboolean(L, a < (lua_Unsigned)berth_arg_integer(L, 2));
    return 1;
}

void berth_library_math(lua_State *L) {
    static const luaL_Reg functions[] = {
#define X(name, value) {#name, math_##name},
        PLAIN(X)
#undef X
            {"abs", math_abs},
        {"atan", math_atan},
        {"ceil", math_ceil},
        {"floor", math_floor},
        {"fmod", math_fmod},
        {"log", math_log},
        {"max", math_max},
        {"min", math_min},
        {"modf", math_modf},
        {"tointeger", math_tointeger},
        {"type", math_type},
        {"ult", math_ult},
        {NULL, NULL}};
    berth_library_new(L, "math", functions, 4);
    lua_pushnumber(L, 3.141592653589793238462643383279502884);
    lua_setfield(L, -2, "pi");
    lua_pushnumber(L, HUGE_VAL);
    lua_setfield(L, -2, "huge");
    lua_pushinteger(L, LUA_MAXINTEGER);
    lua_setfield(L, -2, "maxinteger");
    lua_pushinteger(L, LUA_MININTEGER);
    lua_setfield(L, -2, "mininteger");
    lua_pop(L, 1);
}
