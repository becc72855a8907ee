/* order.c - see order.h: pairs and next in canonical order. */
#include "policy/order.h"

#include <math.h>
#include <string.h>

#include "policy/library.h"

/* --- sorting ----------------------------------------------------------------------------- */

static void insert_run(uint32_t *items, size_t count, berth_less less, void *ctx) {
    for (size_t i = 1; i < count; i++) {
        uint32_t item = items[i];
        size_t j = i;
        while (j > 0 && less(ctx, item, items[j - 1])) {
            items[j] = items[j - 1];
            j--;
        }
        items[j] = item;
    }
}

static void merge(const uint32_t *from, uint32_t *to, size_t middle, size_t count,
                  berth_less less, void *ctx) {
    size_t a = 0, b = middle;
    for (size_t i = 0; i < count; i++) {
        bool right = a == middle || (b < count && less(ctx, from[b], from[a]));
        to[i] = right ? from[b++] : from[a++];
    }
}

#define RUN 8

void berth_sort(uint32_t *items, uint32_t *scratch, size_t count, berth_less less, void *ctx) {
    uint32_t *from = items, *to = scratch;
    for (size_t i = 0; i < count; i += RUN)
        insert_run(items + i, count - i < RUN ? count - i : RUN, less, ctx);
    for (size_t width = RUN; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t left = count - i;
            merge(from + i, to + i, left < width ? left : width,
                  left < 2 * width ? left : 2 * width, less, ctx);
        }
        uint32_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != items) memcpy(items, from, count * sizeof *items);
}

bool berth_bytes_less(const char *a, size_t alen, const char *b, size_t blen) {
    int sign = memcmp(a, b, alen < blen ? alen : blen);
    return sign < 0 || (sign == 0 && alen < blen);
}

/* --- keys -------------------------------------------------------------------------------- */

typedef enum key_rank { KEY_NUMBER, KEY_STRING, KEY_FALSE, KEY_TRUE, KEY_REFERENCE } key_rank;

/* A key as it is compared; text is borrowed from the table. */
typedef struct key {
    key_rank rank;
    bool is_float;
    int type; /* of a reference */
    union {
        lua_Integer integer;
        lua_Number number;
        const char *text;
    } u;
    size_t len;
} key;

static key read_key(lua_State *L, int index) {
    key k = {.rank = KEY_REFERENCE, .type = lua_type(L, index)};
    switch (k.type) {
    case LUA_TNUMBER:
        k.rank = KEY_NUMBER;
        k.is_float = !lua_isinteger(L, index);
        if (k.is_float)
            k.u.number = lua_tonumberx(L, index, NULL);
        else
            k.u.integer = lua_tointegerx(L, index, NULL);
        break;
    case LUA_TSTRING:
        k.rank = KEY_STRING;
        k.u.text = lua_tolstring(L, index, &k.len);
        break;
    case LUA_TBOOLEAN:
        k.rank = lua_toboolean(L, index) ? KEY_TRUE : KEY_FALSE;
        break;
    default:
        break;
    }
    return k;
}

/* Exact: a float key is never integral (Lua made it an integer then) and never NaN. */
static bool integer_below(lua_Integer i, lua_Number f) {
    if (f >= 9223372036854775808.0) return true;
    if (f < -9223372036854775808.0) return false;
    return i <= (lua_Integer)floor(f);
}

static bool key_less(const key *a, const key *b) {
    if (a->rank != b->rank) return a->rank < b->rank;
    if (a->rank == KEY_STRING) return berth_bytes_less(a->u.text, a->len, b->u.text, b->len);
    if (a->rank == KEY_REFERENCE) return a->type < b->type;
    if (a->rank != KEY_NUMBER) return false;
    if (a->is_float)
        return b->is_float ? a->u.number < b->u.number
                           : !integer_below(b->u.integer, a->u.number);
    return b->is_float ? integer_below(a->u.integer, b->u.number) : a->u.integer < b->u.integer;
}

static bool key_item_less(void *ctx, uint32_t a, uint32_t b) {
    const key *keys = ctx;
    return key_less(&keys[a], &keys[b]);
}

/* What it tells depends on the table's content alone, not on how Lua happens to keep it. */
typedef struct survey {
    size_t count;       /* keys but our own marks */
    size_t bytes;       /* of the string keys */
    lua_Unsigned last;  /* the largest integer */
    bool sequence;      /* the keys are 1..count */
    unsigned seen, bad; /* types of reference keys: met, met more than once */
} survey;

static void fail_order(lua_State *L) {
    luaL_error(L, "a table with several keys that are tables, functions or the like has no order "
                  "of its own; keep a list of them");
}

/* One walk over the table, counting. [-0, +0, v] */
static survey survey_keys(lua_State *L, int index, bool strict) {
    survey s = {.sequence = true};
    luaL_checkstack(L, 3, NULL);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1); /* key */
        int type = lua_type(L, -1);
        if (type == LUA_TLIGHTUSERDATA) continue; /* our own mark */
        s.count++;
        if (type == LUA_TNUMBER && lua_isinteger(L, -1)) { /* below 1 wraps to huge */
            lua_Unsigned i = (lua_Unsigned)lua_tointegerx(L, -1, NULL) - 1u;
            if (i >= s.last) s.last = i + 1u;
            continue;
        }
        s.sequence = false;
        if (type == LUA_TSTRING) {
            s.bytes += lua_rawlen(L, -1);
        } else if (type != LUA_TBOOLEAN && type != LUA_TNUMBER) {
            unsigned bit = 1u << (unsigned)type;
            s.bad |= s.seen & bit;
            s.seen |= bit;
        }
    }
    s.sequence = s.sequence && s.last == s.count;
    if (strict && s.bad) fail_order(L);
    return s;
}

static bool left_out(lua_State *L, unsigned bad) {
    int type = lua_type(L, -1);
    return type == LUA_TLIGHTUSERDATA || (bad & 1u << (unsigned)type);
}

static void charge_walk(lua_State *L, const survey *s) {
    berth_charge(L, WORK_PAIRS, 4 + (int64_t)(s->count * 4 + s->bytes / BERTH_BYTES_A_STEP));
}

#define FEW 16

/* Sorts `raw` (n keys, at the top of the stack) into a fresh array. [-1, +1, m] */
static void sort_keys(lua_State *L, key *keys, uint32_t *order, size_t n) {
    int raw = lua_gettop(L);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    berth_sort(order, order + n, n, key_item_less, keys);
    lua_createtable(L, (int)n, 0); /* raw fresh */
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, raw, (lua_Integer)order[i] + 1);
        lua_rawseti(L, raw + 1, (lua_Integer)i + 1);
    }
    lua_replace(L, raw); /* fresh */
}

size_t berth_order_keys(lua_State *L, int index, bool strict) {
    index = lua_absindex(L, index);
    luaL_checkstack(L, 6, NULL);
    survey s = survey_keys(L, index, strict);
    charge_walk(L, &s);
    key few_keys[FEW], *keys = few_keys;
    uint32_t few_order[2 * FEW], *order = few_order;
    int base = lua_gettop(L);
    if (s.count > FEW) { /* both live as long as they stand on the stack */
        keys = lua_newuserdatauv(L, s.count * sizeof *keys, 0);
        order = lua_newuserdatauv(L, 2 * s.count * sizeof *order, 0);
    }
    lua_createtable(L, s.count < INT32_MAX ? (int)s.count : 0, 0); /* ... raw */
    int raw = lua_gettop(L);
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (left_out(L, s.bad)) continue;
        if (!s.sequence) keys[n] = read_key(L, -1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, raw, (lua_Integer)++n);
    }
    if (!s.sequence && n > 1) sort_keys(L, keys, order, n);
    lua_replace(L, base + 1);
    lua_settop(L, base + 1);
    return n;
}

/* --- pairs ------------------------------------------------------------------------------- */

/* upvalues: the table; its keys in order, or their number when they are 1..n; the last place */
static int pairs_step(lua_State *L) {
    lua_Integer place = lua_tointegerx(L, lua_upvalueindex(3), NULL);
    bool sequence = lua_type(L, lua_upvalueindex(2)) == LUA_TNUMBER;
    lua_Integer last = sequence ? lua_tointegerx(L, lua_upvalueindex(2), NULL) : LUA_MAXINTEGER;
    int type = LUA_TNIL;
    lua_settop(L, 0);
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

static bool is_sequence(lua_State *L, size_t *count) {
    survey s = survey_keys(L, 1, true);
    *count = s.count;
    if (s.sequence) charge_walk(L, &s);
    return s.sequence;
}

static int base_pairs(lua_State *L) {
    berth_charge(L, WORK_PAIRS, 2);
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (berth_metafield(L, 1, "__pairs")) { /* t f */
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    berth_arg_table(L, 1);
    lua_pushvalue(L, 1);
    size_t count;
    if (is_sequence(L, &count))
        lua_pushinteger(L, (lua_Integer)count);
    else
        berth_order_keys(L, 1, true);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 3); /* t step */
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* next(t, key): the smallest key above it.  Each call walks the table, so it is for the first key
 * (is the table empty?) rather than for loops. */
static int base_next(lua_State *L) {
    berth_charge(L, WORK_NEXT, 2);
    berth_arg_table(L, 1);
    lua_settop(L, 2);
    survey s = survey_keys(L, 1, false);
    berth_charge(L, WORK_NEXT, (int64_t)(s.count + s.bytes / BERTH_BYTES_A_STEP));
    bool first = lua_isnil(L, 2), found = false;
    key above = read_key(L, 2), best = above;
    lua_pushnil(L); /* t key best */
    lua_pushnil(L); /* t key best cursor */
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        if (left_out(L, s.bad)) continue;
        key k = read_key(L, -1);
        if (!first && !key_less(&above, &k)) continue;
        if (found && !key_less(&k, &best)) continue;
        best = k;
        found = true;
        lua_pushvalue(L, -1);
        lua_replace(L, 3);
    }
    if (!found && s.bad) fail_order(L);
    lua_settop(L, 3);
    if (!found) return 1;
    lua_pushvalue(L, 3);
    lua_rawget(L, 1); /* t key best value */
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

void berth_library_order(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"pairs", base_pairs}, {"ipairs", base_ipairs}, {"next", base_next}, {NULL, NULL}};
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    berth_library_add(L, functions);
    lua_pop(L, 1);
}
