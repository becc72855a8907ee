/* pairs.c - pairs, ipairs and next as a policy sees them: in the order of order.h, so that a policy
 * goes through a table in the same way in every process. */
#include "policy/library.h"
#include "policy/order.h"

/* upvalues: the table; its keys in order, or their number when they are 1..n; the last place */
static int pairs_step(lua_State *L) {
    lua_Integer place = lua_tointegerx(L, lua_upvalueindex(3), NULL);
    bool sequence = lua_type(L, lua_upvalueindex(2)) == LUA_TNUMBER;
    lua_Integer last = sequence ? lua_tointegerx(L, lua_upvalueindex(2), NULL) : LUA_MAXINTEGER;
    int type = LUA_TNIL;
    while (type == LUA_TNIL && place < last) { /* keys whose value went away are passed over */
        berth_charge(L, WORK_PAIRS, 1);
        lua_settop(L, 0);
        place++;
        if (sequence) {
            lua_pushinteger(L, place);
            type = lua_rawgeti(L, lua_upvalueindex(1), place);
        } else {
            if (lua_rawgeti(L, lua_upvalueindex(2), place) == LUA_TNIL) break;
            lua_pushvalue(L, -1);
            type = lua_rawget(L, lua_upvalueindex(1));
        }
    }
    lua_pushinteger(L, place);
    lua_replace(L, lua_upvalueindex(3));
    if (type != LUA_TNIL) return 2;
    lua_pushnil(L);
    return 1;
}

static int pairs_given(lua_State *L, int status, lua_KContext extra) {
    (void)L, (void)status, (void)extra;
    return 3;
}

/* Its keys are those that were there when it was called; new ones are not visited. */
static int base_pairs(lua_State *L) {
    berth_charge(L, WORK_PAIRS, 2);
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (berth_metafield(L, 1, "__pairs")) { /* t f */
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, pairs_given); /* __pairs may yield */
        return pairs_given(L, LUA_OK, 0);
    }
    berth_arg_readable(L, 1);
    lua_pushvalue(L, 1);
    bool sequence;
    size_t count = berth_order_keys(L, 1, true, &sequence); /* t t keys */
    if (sequence) {
        lua_pushinteger(L, (lua_Integer)count);
        lua_replace(L, -2);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 3); /* t step */
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* next(t, key): walks the table each time, so it is for the first key (is the table empty?) rather
 * than for loops. */
static int base_next(lua_State *L) {
    berth_charge(L, WORK_NEXT, 2);
    berth_arg_readable(L, 1);
    lua_settop(L, 2);
    if (!berth_order_next(L, 1, 2)) return 1;
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

static int ipairs_step(lua_State *L) {
    berth_charge(L, WORK_PAIRS, 1);
    lua_Integer i = (lua_Integer)((lua_Unsigned)berth_arg_integer(L, 2) + 1u);
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L) {
    berth_charge(L, WORK_PAIRS, 2);
    luaL_checkany(L, 1);
    lua_pushcfunction(L, ipairs_step);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

void berth_library_pairs(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"pairs", base_pairs}, {"ipairs", base_ipairs}, {"next", base_next}, {NULL, NULL}};
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    berth_library_add(L, functions);
    lua_pop(L, 1);
}
