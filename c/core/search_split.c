/* search_split.c - a class gathered from several providers: sets of the fewest providers that can
 * carry the amount, in order; each set with its earlier providers giving all they can.
 * See search.h for the rule and search_private.h for the parts. */
#include "core/capacity.h"
#include "core/search_private.h"

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* What the local may give now; high 0 when nothing. */
static search_span span_of(const berth_search *s, const search_var *var, uint32_t at) {
    search_span span = {0, 0, 1, 0};
    size_t col = var->needs[0].col;
    const berth_stock *stock = berth_provider_stock(s->locals[at].provider, s->cols[col]);
    int64_t step = stock->inventory.step_size, least = stock->inventory.min_unit;
    int64_t most = smaller(s->left[at * s->ncols + col], var->needs[0].amount);
    if (most < 1 || !search_room(s, var, at)) return span;
    if (var->needs[0].loose) return (search_span){1, most, 1, 0};
    most -= most % step;
    if (least % step != 0) least += step - least % step;
    if (least > most) return span;
    return (search_span){least, most, step, 0};
}

void search_split_start(berth_search *s, search_var *var) {
    search_split *split = var->split;
    int64_t rest = 0;
    for (size_t i = var->ndomain; i-- > 0;) {
        split->spans[i] = span_of(s, var, var->domain[i]);
        if (split->spans[i].high > rest) rest = split->spans[i].high;
        split->spans[i].rest_high = rest;
    }
    s->work += var->ndomain;
    split->size = 1;
    split->fresh = true;
    split->found = false;
}

/* --- one set ------------------------------------------------------------------------------ */

static int64_t gcd(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* What the pieces from j on can add up to. */
typedef struct reach {
    int64_t low, high, step;
} reach;

static reach reach_from(const search_split *split, size_t j) {
    reach r = {0, 0, 0};
    for (; j < split->size; j++) {
        const search_span *span = &split->spans[split->places[j]];
        if (!berth_add_i64(r.low, span->low, &r.low)) r.low = INT64_MAX;
        if (!berth_add_i64(r.high, span->high, &r.high)) r.high = INT64_MAX;
        r.step = gcd(r.step, span->step);
    }
    return r;
}

static bool reaches(reach r, int64_t amount) {
    if (amount < r.low || amount > r.high) return false;
    return r.step == 0 ? amount == 0 : amount % r.step == 0;
}

/* The largest amounts, earlier pieces first, that add up exactly.  Goes back over pieces whose
 * steps do not divide each other; with equal steps the first try is right. */
static bool share_out(berth_search *s, search_split *split, int64_t amount) {
    size_t j = 0;
    int64_t open = amount, try = INT64_MAX;
    for (;;) {
        const search_span *span = &split->spans[split->places[j]];
        reach rest = reach_from(split, j + 1);
        int64_t top = smaller(try, smaller(span->high, open - rest.low));
        bool fits = false;
        if (top >= span->low) {
            top -= top % span->step;
            for (; top >= span->low && open - top <= rest.high; top -= span->step) {
                s->work++;
                if (s->work > s->work_limit) return false;
                fits = reaches(rest, open - top);
                if (fits) break;
            }
        }
        if (fits) {
            split->pieces[j].amount = top;
            open -= top;
            if (++j == split->size) return true;
            try = INT64_MAX;
        } else {
            if (j-- == 0) return false;
            open += split->pieces[j].amount;
            try = split->pieces[j].amount - split->spans[split->places[j]].step;
        }
    }
}

/* --- sets in order ------------------------------------------------------------------------ */

/* Could a set with this place as its j-th, and `sum` before it, still reach the amount? */
static bool may_reach(const search_var *var, size_t j, size_t place, int64_t high_sum,
                      int64_t low_sum) {
    const search_split *split = var->split;
    int64_t amount = var->needs[0].amount;
    const search_span *span = &split->spans[place];
    if (low_sum > amount - span->low) return false;
    int64_t open = amount - high_sum; /* may be negative: high sums run ahead */
    if (open <= span->high) return true;
    open -= span->high;
    int64_t after = (int64_t)(split->size - 1 - j);
    if (after == 0 || place + 1 >= var->ndomain) return false;
    int64_t best = split->spans[place + 1].rest_high;
    return best > 0 && (open - 1) / best < after;
}

/* Sums of the lows and highs of the first j places, saturated. */
static void sums_of(const search_split *split, size_t j, int64_t *high, int64_t *low) {
    *high = *low = 0;
    for (size_t i = 0; i < j; i++) {
        const search_span *span = &split->spans[split->places[i]];
        if (!berth_add_i64(*high, span->high, high)) *high = INT64_MAX;
        if (!berth_add_i64(*low, span->low, low)) *low = INT64_MAX;
    }
}

/* The next combination of split->size places, ascending; false at the end. */
static bool next_places(berth_search *s, search_var *var) {
    search_split *split = var->split;
    size_t size = split->size;
    /* several pieces come from the anchor's own tree */
    size_t j = split->fresh ? 0 : size - 1;
    size_t from = split->fresh ? 0 : split->places[size - 1] + 1;
    split->fresh = false;
    for (;;) {
        int64_t high, low;
        sums_of(split, j, &high, &low);
        size_t place = from;
        for (; place + (size - j) <= var->ndomain; place++) {
            s->work++;
            s->stuck++;
            if (s->work > s->work_limit) return false;
            if (size > 1 && var->domain[place] >= s->nown) {
                place = var->ndomain;
                break;
            }
            if (split->spans[place].high > 0 && may_reach(var, j, place, high, low)) break;
        }
        if (place + (size - j) <= var->ndomain) {
            split->places[j] = place;
            split->pieces[j].at = var->domain[place];
            from = place + 1;
            if (++j == size) return true;
        } else {
            if (j-- == 0) return false;
            from = split->places[j] + 1;
        }
    }
}

/* Each piece must be the first of what is interchangeable with it, given the pieces before. */
static bool is_first_set(berth_search *s, const search_var *var) {
    const search_split *split = var->split;
    uint32_t *counts = s->counts + var->kind * s->cap_locals;
    size_t n = 0;
    bool first = true;
    for (; first && n < split->size; n++) {
        first = search_is_first(s, var, split->pieces[n].at);
        counts[split->pieces[n].at]++;
    }
    while (n-- > 0) counts[split->pieces[n].at]--;
    return first;
}

bool search_split_next(berth_search *s, search_var *var) {
    search_split *split = var->split;
    for (;;) {
        if (!next_places(s, var)) {
            if (split->found || split->size >= var->ndomain || s->work > s->work_limit)
                return false;
            split->size++;
            split->fresh = true;
            continue;
        }
        if (!share_out(s, split, var->needs[0].amount)) continue;
        split->found = true;
        if (!s->breaking || is_first_set(s, var)) return true;
    }
}
