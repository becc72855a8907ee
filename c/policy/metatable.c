/* metatable.c - metatables as policies may have them.  What setmetatable installs is a copy of the
 * given table's metamethods without __gc (it would run where nothing can stop it), __mode (order
 * of collection shows) and __concat (liblua 5.4.4 reads freed memory under it), so that nothing
 * can be put in later either.  getmetatable still answers the table that was given.
 *
 * The given table and its copy know each other under hidden keys, light userdata, which no script
 * can make and which iteration leaves out.  Setting the same table again brings the copy, and
 * all objects that have it, up to date. */
#include <string.h>

#include "policy/library.h"

static const char copy_key = 'c', given_key = 'g'; /* their addresses */
const char berth_frozen_key = 'f';

static const char *const copied[] = {
    "__index", "__newindex", "__call",  "__len",  "__eq",       "__lt",   "__le",
    "__unm",   "__add",      "__sub",   "__mul",  "__div",      "__idiv", "__mod",
    "__pow",   "__band",     "__bor",   "__bxor", "__bnot",     "__shl",  "__shr",
    "__close", "__tostring", "__pairs", "__name", "__metatable"};
#define COPIED (int)(sizeof copied / sizeof *copied)
#define MASK 1 /* index, in a copy, of the bits of the names it has */

bool berth_metafield(lua_State *L, int index, const char *field) {
    index = lua_absindex(L, index);
    if (!lua_getmetatable(L, index)) return false;
    lua_pushstring(L, field);
    int type = lua_rawget(L, -2);
    lua_remove(L, -2);
    if (type == LUA_TNIL) lua_pop(L, 1);
    return type != LUA_TNIL;
}

/* A chain of callable tables would be followed by liblua in one instruction, in time that grows
 * with the square of its length. */
static void check_field(lua_State *L, int i, int type) {
    if (strcmp(copied[i], "__call") == 0 && type != LUA_TFUNCTION)
        luaL_error(L, "__call must be a function");
    if (strcmp(copied[i], "__name") == 0 && (type != LUA_TSTRING || lua_rawlen(L, -1) > 64))
        luaL_error(L, "__name must be a short string");
}

/* Has the given table (index 2) the very metamethods of its copy (index 3)?  Setting one metatable
 * on many objects is common, so this is made quick: the copy says in a mask which it has. */
static bool is_up_to_date(lua_State *L) {
    luaL_checkstack(L, 2 * COPIED + 2, NULL);
    lua_rawgeti(L, 3, MASK);
    lua_Integer mask = lua_tointegerx(L, -1, NULL);
    bool same = true;
    for (int i = 1; same && i <= COPIED; i++, mask >>= 1) {
        lua_pushvalue(L, lua_upvalueindex(i));
        int type = lua_rawget(L, 2); /* t given copy mask fields... */
        same = (type != LUA_TNIL) == (mask & 1);
        if (type == LUA_TNIL || !same) continue;
        lua_pushvalue(L, lua_upvalueindex(i));
        lua_rawget(L, 3);
        same = lua_rawequal(L, -1, -2);
    }
    lua_settop(L, 3);
    return same;
}

static void update_copy(lua_State *L) {
    lua_Integer mask = 0;
    for (int i = 1; i <= COPIED; i++) {
        lua_pushvalue(L, lua_upvalueindex(i));
        lua_pushvalue(L, -1);
        int type = lua_rawget(L, 2); /* t given copy name field */
        if (type != LUA_TNIL) {
            check_field(L, i - 1, type);
            mask |= (lua_Integer)1 << (i - 1);
        }
        lua_rawset(L, 3);
    }
    lua_pushinteger(L, mask);
    lua_rawseti(L, 3, MASK);
}

/* Pushes the copy of the table at index 2, up to date.  The upvalues are the names.
 * [-0, +1, e] */
static void push_copy(lua_State *L) {
    if (lua_rawgetp(L, 2, &copy_key) == LUA_TTABLE) {
        if (!is_up_to_date(L)) update_copy(L);
        return;
    }
    lua_pop(L, 1);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, 2);
    lua_rawsetp(L, 3, &given_key);
    update_copy(L);
    lua_pushvalue(L, 3);
    lua_rawsetp(L, 2, &copy_key);
}

static int base_setmetatable(lua_State *L) {
    berth_charge(L, WORK_METATABLE, 8);
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (berth_metafield(L, 1, "__metatable"))
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    if (type == LUA_TTABLE) push_copy(L); /* t given copy */
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int base_getmetatable(lua_State *L) {
    berth_charge(L, WORK_METATABLE, 1);
    luaL_checkany(L, 1);
    if (berth_metafield(L, 1, "__metatable")) return 1;
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    lua_rawgetp(L, -1, &given_key); /* the host's own metatables have none and stay unseen */
    return 1;
}

void berth_library_metatable(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    luaL_checkstack(L, COPIED + 2, NULL);
    for (int i = 0; i < COPIED; i++) lua_pushstring(L, copied[i]);
    lua_pushcclosure(L, base_setmetatable, COPIED);
    lua_setfield(L, -2, "setmetatable");
    lua_pushcfunction(L, base_getmetatable);
    lua_setfield(L, -2, "getmetatable");
    lua_pop(L, 1);
}
