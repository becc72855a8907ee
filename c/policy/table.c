/* table.c - the table library as a policy sees it: raw reads and writes, raw lengths, everything
 * charged by the element.  A table whose metatable lies about its length fools nobody here. */
#include <string.h>

#include "policy/builder.h"
#include "policy/library.h"
#include "policy/sort.h"

#define UNPACK_MAX 16384 /* values that table.unpack may return */

static int table_insert(lua_State *L) {
    berth_charge(L, WORK_INSERT, 2);
    berth_arg_writable(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1), pos = n + 1;
    switch (lua_gettop(L)) {
    case 2:
        break;
    case 3:
        pos = berth_arg_integer(L, 2);
        luaL_argcheck(L, (lua_Unsigned)pos - 1u < (lua_Unsigned)n + 1u, 2,
                      "position out of bounds");
        berth_charge(L, WORK_INSERT, n - pos + 1);
        for (lua_Integer i = n; i >= pos; i--) { /* t[i + 1] = t[i] */
            lua_rawgeti(L, 1, i);
            lua_rawseti(L, 1, i + 1);
        }
        break;
    default:
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_rawseti(L, 1, pos);
    return 0;
}

static int table_remove(lua_State *L) {
    berth_charge(L, WORK_REMOVE, 2);
    berth_arg_writable(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1), pos = berth_arg_integer_or(L, 2, n);
    if (pos != n)
        luaL_argcheck(L, (lua_Unsigned)pos - 1u <= (lua_Unsigned)n, 2, "position out of bounds");
    lua_rawgeti(L, 1, pos);
    if (pos < n) berth_charge(L, WORK_REMOVE, n - pos);
    for (; pos < n; pos++) { /* t[pos] = t[pos + 1] */
        lua_rawgeti(L, 1, pos + 1);
        lua_rawseti(L, 1, pos);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, pos);
    return 1;
}

static void add_element(berth_builder *b, lua_Integer i) {
    lua_State *L = b->L;
    size_t len;
    int type = lua_rawgeti(L, 1, i);
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                   (LUAI_UACINT)i);
    const char *s = lua_tolstring(L, -1, &len);
    berth_charge(L, WORK_CONCAT, 1 + (int64_t)(len / BERTH_BYTES_A_STEP));
    berth_builder_add(b, s, len);
    lua_pop(L, 1);
}

static int table_concat(lua_State *L) {
    size_t slen = 0;
    berth_builder b;
    berth_charge(L, WORK_CONCAT, 2);
    berth_arg_readable(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    const char *sep = lua_isnoneornil(L, 2) ? "" : luaL_checklstring(L, 2, &slen);
    lua_Integer i = berth_arg_integer_or(L, 3, 1), last = berth_arg_integer_or(L, 4, n);
    lua_settop(L, 4);
    berth_builder_open(&b, L, WORK_CONCAT);
    for (; i < last; i++) {
        add_element(&b, i);
        berth_charge_bytes(L, WORK_CONCAT, slen);
        berth_builder_add(&b, sep, slen);
    }
    if (i == last) add_element(&b, i); /* apart: it may be the largest integer */
    berth_builder_push(&b);
    return 1;
}

static int table_pack(lua_State *L) {
    int n = lua_gettop(L);
    berth_charge(L, WORK_UNPACK, 2 + n / 4);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

static int table_unpack(lua_State *L) {
    berth_charge(L, WORK_UNPACK, 2);
    berth_arg_readable(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    lua_Integer i = berth_arg_integer_or(L, 2, 1);
    lua_Integer last = berth_arg_integer_or(L, 3, n);
    if (i > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)i + 1u; /* 0: all integers */
    if (count == 0 || count > UNPACK_MAX || !lua_checkstack(L, (int)count))
        return luaL_error(L, "too many results to unpack");
    berth_charge(L, WORK_UNPACK, (int64_t)(count / 4));
    for (int k = 0; k < (int)count; k++) lua_rawgeti(L, 1, i + k);
    return (int)count;
}

static int table_move(lua_State *L) {
    int to = lua_isnoneornil(L, 5) ? 1 : 5;
    berth_charge(L, WORK_MOVE, 2);
    lua_Integer first = berth_arg_integer(L, 2), last = berth_arg_integer(L, 3);
    lua_Integer target = berth_arg_integer(L, 4);
    luaL_checktype(L, 1, LUA_TTABLE);
    berth_arg_writable(L, to);
    lua_pushvalue(L, to); /* before argument 1 may give way to what it stands for */
    berth_arg_readable(L, 1);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3,
                      "too many elements to move");
        lua_Integer n = last - first + 1;
        luaL_argcheck(L, target <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        bool forward = target > last || target <= first || !lua_rawequal(L, 1, -1);
        for (lua_Integer k = 0; k < n; k++) {
            lua_Integer i = forward ? k : n - 1 - k;
            berth_charge(L, WORK_MOVE, 1);
            lua_rawgeti(L, 1, first + i);
            lua_rawseti(L, -2, target + i);
        }
    }
    return 1;
}

void berth_library_table(lua_State *L) {
    static const luaL_Reg functions[] = {{"concat", table_concat}, {"insert", table_insert},
                                         {"move", table_move},     {"pack", table_pack},
                                         {"remove", table_remove}, {"sort", berth_table_sort},
                                         {"unpack", table_unpack}, {NULL, NULL}};
    berth_library_new(L, "table", functions, 0);
    lua_pop(L, 1);
}
