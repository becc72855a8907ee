/* capacity.c - see capacity.h. */
#include "core/capacity.h"

#include <math.h>

#include "core/err.h"

#define RATIO_MAX 3.40282e38

bool berth_add_i64(int64_t a, int64_t b, int64_t *sum) {
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b) return false;
    *sum = a + b;
    return true;
}

int64_t berth_gcd(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

int64_t berth_inventory_capacity(const berth_inventory *inventory) {
    if (inventory->reserved > inventory->total) return 0;
    double product = (double)(inventory->total - inventory->reserved) * inventory->allocation_ratio;
    if (!(product > 0)) return 0;                             /* also NaN */
    if (product >= 9223372036854775808.0) return INT64_MAX; /* 2^63: a cast would be undefined */
    return (int64_t)product;
}

berth_inventory berth_inventory_default(int64_t total) {
    return (berth_inventory){
        .total = total,
        .reserved = 0,
        .min_unit = 1,
        .max_unit = total > BERTH_MAX_UNIT_DEFAULT ? total : BERTH_MAX_UNIT_DEFAULT,
        .step_size = 1,
        .allocation_ratio = 1.0,
    };
}

static berth_rc refuse(berth_err *err, const char *field, int64_t have, int64_t low,
                       int64_t high) {
    berth_rc rc = berth_fail(err, BERTH_EINVALIDCAPACITY,
                             "%s %lld is outside %lld to %lld", field, (long long)have,
                             (long long)low, (long long)high);
    berth_err_text(err, "field", field);
    berth_err_number(err, "have", have);
    return rc;
}

berth_rc berth_inventory_check(const berth_inventory *inventory, berth_err *err) {
    const struct {
        const char *name;
        int64_t value, low, high;
    } fields[] = {
        {"total", inventory->total, 1, BERTH_AMOUNT_MAX},
        {"reserved", inventory->reserved, 0, inventory->total},
        {"min_unit", inventory->min_unit, 1, BERTH_AMOUNT_MAX},
        {"max_unit", inventory->max_unit, 1, BERTH_AMOUNT_MAX},
        {"step_size", inventory->step_size, 1, BERTH_AMOUNT_MAX},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].value < fields[i].low || fields[i].value > fields[i].high)
            return refuse(err, fields[i].name, fields[i].value, fields[i].low, fields[i].high);
    double ratio = inventory->allocation_ratio;
    if (!isfinite(ratio) || ratio < 0 || ratio > RATIO_MAX) {
        berth_rc rc = berth_fail(err, BERTH_EINVALIDCAPACITY,
                                 "allocation_ratio %g is outside 0 to %g", ratio, RATIO_MAX);
        berth_err_text(err, "field", "allocation_ratio");
        return rc;
    }
    return BERTH_OK;
}

bool berth_inventory_allows(const berth_inventory *inventory, int64_t amount) {
    return amount >= inventory->min_unit && amount <= inventory->max_unit &&
           amount % inventory->step_size == 0;
}
