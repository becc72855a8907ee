/* capacity.h - the arithmetic of inventories: capacity, fitting, validity.
 * Source: the model's rule capacity = (total - reserved) * allocation_ratio in IEEE doubles,
 * integer difference first, then one product, truncated toward zero. */
#ifndef BERTH_CORE_CAPACITY_H
#define BERTH_CORE_CAPACITY_H

#include "berth.h"

/* false on overflow, *sum untouched. */
bool berth_add_i64(int64_t a, int64_t b, int64_t *sum);
/* The greatest common divisor of two numbers that are not negative. */
int64_t berth_gcd(int64_t a, int64_t b);

/* 0 .. INT64_MAX, saturated; 0 for anything that is not a valid inventory. */
int64_t berth_inventory_capacity(const berth_inventory *inventory);

/* The standing defaults around a total. */
berth_inventory berth_inventory_default(int64_t total);

/* Errors: BERTH_EINVALIDCAPACITY naming the field (err fields "field", "value" or "have"). */
berth_rc berth_inventory_check(const berth_inventory *inventory, berth_err *err);

/* Unit rules of one allocation: min_unit <= amount <= max_unit and amount % step_size == 0. */
bool berth_inventory_allows(const berth_inventory *inventory, int64_t amount);

#endif
