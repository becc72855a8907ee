/* lua_inventory.c - see lua_inventory.h. */
#include "lua/lua_inventory.h"

#include <stdlib.h>
#include <string.h>

#include "core/capacity.h"

/* The fields as given; INT64_MIN and a NaN stand for "not given". */
#define ABSENT INT64_MIN

typedef struct fields {
    int64_t total, reserved, min_unit, max_unit, step_size;
    double allocation_ratio;
    bool has_ratio;
} fields;

static void read_quantity(luax_reader *r, void *into) {
    /* ABSENT itself is out of range; the exact limits are the core's to tell */
    *(int64_t *)into =
        luax_read_integer(r, INT64_MIN + 1, INT64_MAX, BERTH_EINVALIDCAPACITY);
}

static void read_ratio(luax_reader *r, void *into) {
    fields *f = into;
    f->allocation_ratio = luax_read_number(r, BERTH_EINVALIDCAPACITY);
    f->has_ratio = true;
}

static const luax_key inventory_keys[] = {
    {"total", LUAX_READ, offsetof(fields, total), read_quantity},
    {"reserved", LUAX_READ, offsetof(fields, reserved), read_quantity},
    {"min_unit", LUAX_READ, offsetof(fields, min_unit), read_quantity},
    {"max_unit", LUAX_READ, offsetof(fields, max_unit), read_quantity},
    {"step_size", LUAX_READ, offsetof(fields, step_size), read_quantity},
    {"allocation_ratio", LUAX_READ, 0, read_ratio},
    LUAX_KEYS_END,
};

void luax_read_inventory(luax_reader *r, void *into) {
    berth_inventory *out = into;
    int type = lua_type(r->L, -1);
    if (type == LUA_TNUMBER) {
        int64_t total = 0;
        read_quantity(r, &total);
        *out = berth_inventory_default(total);
        return;
    }
    if (type != LUA_TTABLE) luax_expected(r, -1, "total or inventory table");
    fields f = {ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, 0, false};
    luax_read_table(r, inventory_keys, &f);
    if (f.total == ABSENT) luax_misuse(r, "key 'total' is missing");
    *out = berth_inventory_default(f.total);
    if (f.reserved != ABSENT) out->reserved = f.reserved;
    if (f.min_unit != ABSENT) out->min_unit = f.min_unit;
    if (f.max_unit != ABSENT) out->max_unit = f.max_unit;
    if (f.step_size != ABSENT) out->step_size = f.step_size;
    if (f.has_ratio) out->allocation_ratio = f.allocation_ratio;
}

static void read_stock(luax_reader *r, void *into) {
    luax_stock *stock = into;
    stock->rclass = luax_read_key(r, -2, "resource classes");
    luax_read_inventory(r, &stock->inventory);
}

static int compare_stocks(const void *a, const void *b) {
    const luax_stock *x = a, *y = b;
    size_t len = x->rclass.len < y->rclass.len ? x->rclass.len : y->rclass.len;
    int order = memcmp(x->rclass.data, y->rclass.data, len);
    return order ? order : (x->rclass.len > y->rclass.len) - (x->rclass.len < y->rclass.len);
}

void luax_read_inventories(luax_reader *r, void *into) {
    luax_stocks *stocks = into;
    size_t count = luax_map_length(r);
    stocks->items = luax_take(r, count, sizeof *stocks->items);
    stocks->count = luax_read_map(r, count, read_stock, stocks->items, sizeof *stocks->items);
    /* so that the same table always gives the same refusal, whatever its hash order */
    if (stocks->count > 1)
        qsort(stocks->items, stocks->count, sizeof *stocks->items, compare_stocks);
}

berth_rc luax_resolve_stocks(berth_arena *arena, const berth_state *state,
                             const luax_stocks *stocks, const berth_inventory_spec **out,
                             berth_err *err) {
    berth_inventory_spec *specs = berth_arena_calloc(arena, stocks->count + 1, sizeof *specs);
    *out = specs;
    if (specs == NULL) return berth_fail_memory(err);
    for (size_t i = 0; i < stocks->count; i++) {
        const luax_stock *stock = &stocks->items[i];
        berth_rc rc =
            luax_find_name(state, BERTH_NAME_CLASS, stock->rclass, &specs[i].rclass, err);
        if (rc != BERTH_OK) return rc;
        specs[i].inventory = stock->inventory;
    }
    return BERTH_OK;
}

void luax_push_inventory(lua_State *L, const berth_inventory *inventory) {
    lua_createtable(L, 0, 6);
    luax_set_integer(L, "total", inventory->total);
    luax_set_integer(L, "reserved", inventory->reserved);
    luax_set_integer(L, "min_unit", inventory->min_unit);
    luax_set_integer(L, "max_unit", inventory->max_unit);
    luax_set_integer(L, "step_size", inventory->step_size);
    lua_pushnumber(L, inventory->allocation_ratio);
    lua_setfield(L, -2, "allocation_ratio");
}
