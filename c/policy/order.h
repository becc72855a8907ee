/* order.h - one canonical order of a table's keys: numbers by value, strings by bytes, false, true.
 * Lua's own order follows hash seeds and addresses, which differ from process to process.
 * Private to c/policy. */
#ifndef BERTH_POLICY_ORDER_H
#define BERTH_POLICY_ORDER_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pushes an array of the table's keys in order and returns their number; or, when they are just
 * 1, 2, ... n, sets *sequence and pushes nil.  A table, function, thread or userdata as key has no
 * order but alone of its type: more than one raise when `strict`, and are left out otherwise.
 * Raw; charged to pairs. [-0, +1, e] */
size_t berth_order_keys(lua_State *L, int index, bool strict, bool *sequence);

/* Pushes the table's first key above the value at `from` (nil: the first of all), or nil and
 * answers false.  Walks the whole table. [-0, +1, e] */
bool berth_order_next(lua_State *L, int index, int from);

/* A stable merge sort of item numbers; less(ctx, a, b) may raise. */
typedef bool (*berth_less)(void *ctx, uint32_t a, uint32_t b);
void berth_sort(uint32_t *items, uint32_t *scratch, size_t count, berth_less less, void *ctx);

/* a < b in order of bytes, as Lua compares in the C locale. */
bool berth_bytes_less(const char *a, size_t alen, const char *b, size_t blen);

#endif
