/* order.c - see order.h. */
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

static void merge(const uint32_t *from, uint32_t *to, size_t middle, size_t count, berth_less less,
                  void *ctx) {
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
        return b->is_float ? a->u.number < b->u.number : !integer_below(b->u.integer, a->u.number);
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

static void survey_key(survey *s, const key *k) {
    s->count++;
    if (k->rank == KEY_NUMBER && !k->is_float) {
        lua_Unsigned i = (lua_Unsigned)k->u.integer - 1u; /* below 1 wraps to huge */
        if (i >= s->last) s->last = i + 1u;
        return;
    }
    s->sequence = false;
    if (k->rank == KEY_STRING) s->bytes += k->len;
    if (k->rank == KEY_REFERENCE) {
        unsigned bit = 1u << (unsigned)k->type;
        s->bad |= s->seen & bit;
        s->seen |= bit;
    }
}

static void fail_order(lua_State *L) {
    luaL_error(L, "a table with several keys that are tables, functions or the like has no order "
                  "of its own; keep a list of them");
}

/* All keys seen: is the table what its user takes it for?  Charges for a walk and, unless the keys
 * are a sequence, a sort. */
static void end_survey(lua_State *L, survey *s, bool strict) {
    size_t depth = 0;
    s->sequence = s->sequence && s->last == s->count;
    if (strict && s->bad) fail_order(L);
    while (!s->sequence && s->count >> depth > 1) depth++;
    berth_charge(L, WORK_PAIRS,
                 4 + (int64_t)(s->count * (4 + depth) / 2 + s->bytes / BERTH_BYTES_A_STEP));
}

static bool left_out(const key *k, unsigned bad) {
    return k->rank == KEY_REFERENCE &&
           (k->type == LUA_TLIGHTUSERDATA || (bad & 1u << (unsigned)k->type));
}

/* A step from key to key is slow where many fall into one place; see collide.h. */
static void walked(lua_State *L, size_t count) {
    if (count % 64 == 0) berth_limits_look_now(L);
}

static survey survey_keys(lua_State *L, int index) {
    survey s = {.sequence = true};
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1); /* key */
        walked(L, s.count);
        key k = read_key(L, -1);
        if (k.type != LUA_TLIGHTUSERDATA) survey_key(&s, &k);
    }
    return s;
}

/* --- arrays of keys ---------------------------------------------------------------------- */

#define FEW 16

/* Most tables are small: their keys are gathered on the stack in one walk.  More than FEW: false,
 * and nothing is pushed. [-0, +(0|count), -] */
static bool gather_few(lua_State *L, int index, key *keys, survey *s) {
    int base = lua_gettop(L);
    *s = (survey){.sequence = true};
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1); /* keys... key */
        key k = read_key(L, -1);
        if (k.type == LUA_TLIGHTUSERDATA) continue; /* our own mark */
        if (s->count == FEW) {
            lua_settop(L, base);
            return false;
        }
        keys[s->count] = k;
        survey_key(s, &k);
        lua_pushvalue(L, -1); /* keys... key, and once more for lua_next */
        if (base + (int)s->count < lua_gettop(L) - 1) lua_replace(L, base + (int)s->count);
    }
    return true;
}

/* The gathered keys, sorted, as an array. [-count, +1, m] */
static size_t push_few(lua_State *L, int base, key *keys, const survey *s) {
    uint32_t order[2 * FEW];
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (!left_out(&keys[i], s->bad)) order[n++] = (uint32_t)i;
    }
    berth_sort(order, order + FEW, n, key_item_less, keys);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushvalue(L, base + 1 + (int)order[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_insert(L, base + 1);
    lua_settop(L, base + 1);
    return n;
}

/* The same with scratch memory, in two walks and a copy. [-0, +1, m] */
static size_t push_many(lua_State *L, int index, const survey *s) {
    int base = lua_gettop(L);
    key *keys = lua_newuserdatauv(L, s->count * sizeof *keys, 0);
    uint32_t *order = lua_newuserdatauv(L, 2 * s->count * sizeof *order, 0);
    int raw = base + 3, size = s->count < INT32_MAX ? (int)s->count : 0;
    lua_createtable(L, size, 0); /* keys order raw */
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        keys[n] = read_key(L, -1);
        if (left_out(&keys[n], s->bad)) continue;
        order[n] = (uint32_t)n;
        lua_pushvalue(L, -1);
        lua_rawseti(L, raw, (lua_Integer)++n);
        walked(L, n);
    }
    berth_sort(order, order + s->count, n, key_item_less, keys);
    lua_createtable(L, size, 0); /* keys order raw fresh */
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, raw, (lua_Integer)order[i] + 1);
        lua_rawseti(L, raw + 1, (lua_Integer)i + 1);
    }
    lua_replace(L, base + 1);
    lua_settop(L, base + 1); /* fresh */
    return n;
}

size_t berth_order_keys(lua_State *L, int index, bool strict, bool *sequence) {
    key few[FEW];
    survey s;
    index = lua_absindex(L, index);
    luaL_checkstack(L, FEW + 6, NULL);
    int base = lua_gettop(L);
    bool is_few = gather_few(L, index, few, &s);
    if (!is_few) s = survey_keys(L, index);
    end_survey(L, &s, strict);
    *sequence = s.sequence;
    if (s.sequence) {
        lua_settop(L, base);
        lua_pushnil(L);
        return s.count;
    }
    return is_few ? push_few(L, base, few, &s) : push_many(L, index, &s);
}

bool berth_order_next(lua_State *L, int index, int from) {
    luaL_checkstack(L, 6, NULL);
    survey s = survey_keys(L, index);
    berth_charge(L, WORK_NEXT, (int64_t)(2 * s.count + s.bytes / BERTH_BYTES_A_STEP));
    bool first = lua_isnil(L, from), found = false;
    size_t count = 0;
    key above = read_key(L, from), best = above;
    lua_pushnil(L); /* best */
    int place = lua_gettop(L);
    lua_pushnil(L); /* best cursor */
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        walked(L, ++count);
        key k = read_key(L, -1);
        if (left_out(&k, s.bad) || (!first && !key_less(&above, &k))) continue;
        if (found && !key_less(&k, &best)) continue;
        best = k;
        found = true;
        lua_copy(L, -1, place);
    }
    if (!found && s.bad) fail_order(L);
    return found;
}
