/* sort.c - see sort.h.  The elements are copied first, so that a comparison that changes the table
 * changes nothing of the sorting, and an error leaves the table as it was. */
#include "policy/sort.h"

#include "policy/library.h"
#include "policy/order.h"

#define SORT_MAX ((size_t)1 << 20)

/* Stack: table, order function or nil, then the copy. */
typedef struct sorting {
    lua_State *L;
    bool has_order;
} sorting;

#define COPY 3

static bool strings_less(lua_State *L) {
    size_t alen, blen;
    const char *a = lua_tolstring(L, -2, &alen), *b = lua_tolstring(L, -1, &blen);
    if (a == b) return false;
    berth_charge_bytes(L, WORK_SORT, alen < blen ? alen : blen);
    return berth_bytes_less(a, alen, b, blen);
}

static bool item_less(void *ctx, uint32_t a, uint32_t b) {
    const sorting *job = ctx;
    lua_State *L = job->L;
    bool less;
    if (job->has_order) {
        berth_charge(L, WORK_SORT, 4);
        lua_pushvalue(L, 2);
        lua_rawgeti(L, COPY, (lua_Integer)a + 1);
        lua_rawgeti(L, COPY, (lua_Integer)b + 1);
        lua_call(L, 2, 1);
        less = lua_toboolean(L, -1);
        lua_pop(L, 1);
        return less;
    }
    berth_charge(L, WORK_SORT, 1);
    int atype = lua_rawgeti(L, COPY, (lua_Integer)a + 1);
    int btype = lua_rawgeti(L, COPY, (lua_Integer)b + 1);
    if (atype == LUA_TSTRING && btype == LUA_TSTRING)
        less = strings_less(L);
    else
        less = lua_compare(L, -2, -1, LUA_OPLT);
    lua_pop(L, 2);
    return less;
}

int berth_table_sort(lua_State *L) {
    berth_charge(L, WORK_SORT, 2);
    berth_arg_writable(L, 1);
    size_t n = (size_t)lua_rawlen(L, 1);
    bool has_order = !lua_isnoneornil(L, 2);
    if (has_order) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    if (n < 2) return 0;
    luaL_argcheck(L, n <= SORT_MAX, 1, "array too big");
    berth_charge(L, WORK_SORT, (int64_t)n);
    lua_createtable(L, (int)n, 0); /* t order copy */
    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        lua_rawseti(L, COPY, (lua_Integer)i);
    }
    uint32_t *items = lua_newuserdatauv(L, 2 * n * sizeof *items, 0);
    for (size_t i = 0; i < n; i++) items[i] = (uint32_t)i;
    sorting job = {L, has_order};
    berth_sort(items, items + n, n, item_less, &job);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, COPY, (lua_Integer)items[i] + 1);
        lua_rawseti(L, 1, (lua_Integer)i + 1);
    }
    return 0;
}
