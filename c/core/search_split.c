/* search_split.c - a class gathered from several providers: the sets that may carry it, the
 * smallest first.  A set that surely holds a provider too many is left out here, long before it is
 * complete; the rest is judged when the walk is (search_spare.c).  See search.h for the rule and
 * search_private.h for the parts. */
#include "core/capacity.h"
#include "core/search_private.h"

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Saturates. */
static int64_t plus(int64_t a, int64_t b) {
    int64_t sum;
    return berth_add_i64(a, b, &sum) ? sum : INT64_MAX;
}

/* --- what each place can give ------------------------------------------------------------- */

/* What the local may give beside the variables that are not split; high 0 when nothing. */
static search_span span_of(const berth_search *s, const search_var *var, uint32_t at) {
    search_span span = {0, 0, 1};
    size_t col = var->needs[0].col;
    const berth_stock *stock = berth_provider_stock(s->locals[at].provider, s->cols[col]);
    int64_t step = stock->inventory.step_size, least = stock->inventory.min_unit;
    int64_t most = smaller(s->left[at * s->ncols + col], var->needs[0].amount);
    if (most < 1 || !search_room(s, var, at)) return span;
    if (var->split->unit > 0) {
        most -= most % var->split->unit;
        return (search_span){most > 0 ? var->split->unit : 0, most, var->split->unit};
    }
    if (var->needs[0].loose) return (search_span){1, most, 1};
    most -= most % step;
    if (least % step != 0) least += step - least % step;
    if (least > most) return span;
    return (search_span){least, most, step};
}

static bool in_subtrees(const berth_search *s, const search_var *var) {
    size_t v = (size_t)(var - s->vars);
    for (size_t k = 0; k < s->shape->nsubtrees; k++)
        if (s->subtree_of[k * s->nvars + v]) return true;
    return false;
}

static bool same_class(const search_var *a, const search_var *b) {
    return b->split != NULL && a->needs[0].col == b->needs[0].col;
}

static const berth_inventory *inventory_of(const berth_search *s, const search_var *var,
                                           size_t place) {
    const berth_provider *p = s->locals[var->domain[place]].provider;
    return &berth_provider_stock(p, s->cols[var->needs[0].col])->inventory;
}

/* What divides `unit`, all that the variable asks for, and all that it may take. */
static int64_t divisor_of(const berth_search *s, const search_var *var, int64_t unit) {
    const search_need *need = &var->needs[0];
    unit = berth_gcd(unit, need->amount);
    for (size_t i = 0; i < var->ndomain; i++) {
        int64_t left = s->left[var->domain[i] * s->ncols + need->col];
        int64_t step = need->loose ? 1 : inventory_of(s, var, i)->step_size;
        unit = berth_gcd(unit, left - left % step);
    }
    return unit;
}

/* Do sums alone decide, and may each place give any multiple of the unit? */
static bool takes_units(const berth_search *s, const search_var *var, int64_t unit) {
    if (in_subtrees(s, var) || (var->unsuffixed && s->nwanted > 0)) return false;
    for (size_t i = 0; !var->needs[0].loose && i < var->ndomain; i++) {
        const berth_inventory *inv = inventory_of(s, var, i);
        if (unit % inv->step_size != 0 || unit < inv->min_unit) return false;
    }
    return true;
}

/* Of amounts that only have sums to meet, each sum a multiple of the unit, those that leave no
 * provider out that could be are multiples of it as well. */
static void find_unit(berth_search *s, const search_var *first) {
    int64_t unit = 0;
    for (const search_var *var = first; var < s->vars + s->nvars; var++)
        if (same_class(first, var)) unit = divisor_of(s, var, unit);
    for (const search_var *var = first; var < s->vars + s->nvars; var++)
        if (same_class(first, var) && !takes_units(s, var, unit)) unit = 0;
    for (search_var *var = s->vars; var < s->vars + s->nvars; var++)
        if (same_class(first, var)) var->split->unit = unit;
}

static bool is_first_of_class(const berth_search *s, const search_var *var) {
    for (const search_var *u = s->vars; u < var; u++)
        if (same_class(var, u)) return false;
    return true;
}

/* The smallest step, when it divides all others; then amounts of other places can move to those
 * that have it. Else 0. */
static int64_t grain_of(const search_var *var) {
    const search_span *spans = var->split->spans;
    int64_t grain = INT64_MAX; /* when nobody gives anything */
    for (size_t i = 0; i < var->ndomain; i++)
        if (spans[i].high > 0) grain = smaller(grain, spans[i].step);
    for (size_t i = 0; i < var->ndomain; i++)
        if (spans[i].high > 0 && spans[i].step % grain != 0) return 0;
    return grain;
}

/* All that the place could take over from others of its set: what it has left for this class. */
static int64_t cover_of(const berth_search *s, const search_var *var, size_t place) {
    const search_split *split = var->split;
    if (split->spans[place].step != split->grain) return 0;
    int64_t left = s->left[var->domain[place] * s->ncols + var->needs[0].col];
    return left - left % split->grain;
}

/* No larger set is without a provider too many: of so many that can take over amounts, one is not
 * needed for its amount, nor as the only one with a trait, nor as the top of a subtree. */
static size_t largest_size(const berth_search *s, const search_var *var) {
    const search_split *split = var->split;
    if (split->grain == 0) return var->ndomain;
    int64_t least = INT64_MAX;
    size_t size = 0;
    for (size_t i = 0; i < var->ndomain; i++) {
        if (split->spans[i].high < 1) continue;
        int64_t cover = cover_of(s, var, i);
        if (cover < 1)
            size++; /* cannot take over: counts beside */
        else
            least = smaller(least, cover);
    }
    int64_t enough = (split->demand - 1) / least + 1;
    if (enough >= (int64_t)var->ndomain) return var->ndomain;
    size += (size_t)enough + s->shape->nsubtrees + (var->unsuffixed ? s->nwanted : 0);
    return size < var->ndomain ? size : var->ndomain;
}

/* --- how much may come behind ------------------------------------------------------------- */

/* The own tree's places by what they give, the most first. */
static void sort_places(const berth_search *s, search_var *var) {
    search_split *split = var->split;
    size_t n = 0;
    for (size_t place = 0; place < var->ndomain && var->domain[place] < s->nown; place++) {
        int64_t high = split->spans[place].high;
        if (high < 1) continue;
        size_t at = n++;
        for (; at > 0 && split->spans[split->richest[at - 1]].high < high; at--)
            split->richest[at] = split->richest[at - 1];
        split->richest[at] = place;
    }
    split->nrichest = n;
}

/* The fewest places that may carry the amount. */
static size_t smallest_size(const search_var *var) {
    const search_split *split = var->split;
    int64_t amount = var->needs[0].amount, sum = 0;
    for (size_t i = 0; i < var->ndomain; i++)
        if (split->spans[i].high >= amount) return 1;
    for (size_t i = 0; i < split->nrichest; i++) {
        sum = plus(sum, split->spans[split->richest[i]].high);
        if (sum >= amount) return i + 1;
    }
    return SIZE_MAX;
}

void search_split_start(berth_search *s, search_var *var) {
    search_split *split = var->split;
    if (is_first_of_class(s, var)) find_unit(s, var);
    for (size_t i = 0; i < var->ndomain; i++) split->spans[i] = span_of(s, var, var->domain[i]);
    sort_places(s, var);
    s->work += var->ndomain;
    split->grain = grain_of(var);
    split->size = smallest_size(var);
    split->largest = split->size == SIZE_MAX ? 0 : largest_size(s, var);
    if (!search_may_share(s, var, 0)) split->largest = 0;
    split->fresh = true;
}

/* Could a set with this place as its j-th, and these sums before it, still reach the amount? */
static bool may_reach(const search_var *var, size_t j, size_t place, int64_t high_sum,
                      int64_t low_sum) {
    const search_split *split = var->split;
    int64_t amount = var->needs[0].amount;
    const search_span *span = &split->spans[place];
    if (low_sum > amount - span->low) return false;
    int64_t high = plus(high_sum, span->high);
    size_t after = split->size - 1 - j;
    for (size_t i = 0; i < split->nrichest && after > 0 && high < amount; i++) {
        if (split->richest[i] <= place) continue;
        high = plus(high, split->spans[split->richest[i]].high);
        after--;
    }
    return high >= amount;
}

/* --- sets in order ------------------------------------------------------------------------ */

/* Sums of the lows and highs of the first j places. */
static void sums_of(const search_split *split, size_t j, int64_t *high, int64_t *low) {
    *high = *low = 0;
    for (size_t i = 0; i < j; i++) {
        const search_span *span = &split->spans[split->places[i]];
        *high = plus(*high, span->high);
        *low = plus(*low, span->low);
    }
}

/* Brings the i-th of the first n places a wanted trait that nothing else chosen so far has? */
static bool brings_trait(const berth_search *s, const search_var *var, size_t i, size_t n) {
    if (!var->unsuffixed) return false;
    size_t words = s->nwords;
    const search_split *split = var->split;
    const uint64_t *have = s->have + (size_t)(var - s->vars) * words;
    for (size_t w = 0; w < words; w++) {
        uint64_t others = have[w];
        for (size_t j = 0; j < n; j++)
            if (j != i) others |= s->masks[var->domain[split->places[j]] * words + w];
        if ((s->masks[var->domain[split->places[i]] * words + w] & ~others) != 0) return true;
    }
    return false;
}

/* May the i-th of the first n places be on top of a subtree that the group is in? */
static bool may_top(const berth_search *s, const search_var *var, size_t i, size_t n) {
    if (!in_subtrees(s, var)) return false;
    const search_split *split = var->split;
    uint32_t at = var->domain[split->places[i]];
    for (size_t j = 0; j < n; j++)
        if (!search_dominates(s, at, var->domain[split->places[j]])) return false;
    return true;
}

/* Is one of the first n places too many in every set that begins like that? Its amount can go to
 * the others whatever the other groups take of the class. */
static bool holds_spare(const berth_search *s, const search_var *var, size_t n) {
    const search_split *split = var->split;
    if (split->grain == 0) return false;
    int64_t cover = 0;
    for (size_t i = 0; i < n; i++) cover = plus(cover, cover_of(s, var, split->places[i]));
    if (cover < split->demand) return false;
    bool full = n == split->size;
    /* whatever comes behind is not needed for its amount */
    if (!full && !(var->unsuffixed && s->nwanted > 0) && !in_subtrees(s, var)) return true;
    for (size_t i = 0; i < n && n > 1; i++) {
        if (cover != INT64_MAX && cover - cover_of(s, var, split->places[i]) < split->demand)
            continue;
        if (!brings_trait(s, var, i, n) && !may_top(s, var, i, n)) return true;
    }
    return false;
}

/* Of what is interchangeable with the last of n pieces, is that the first, given those before? */
static bool is_first_piece(berth_search *s, const search_var *var, size_t n) {
    const search_piece *pieces = var->split->pieces;
    uint32_t *counts = s->counts + var->kind * s->cap_locals;
    for (size_t i = 0; i + 1 < n; i++) counts[pieces[i].at]++;
    bool first = search_is_first(s, var, pieces[n - 1].at);
    for (size_t i = 0; i + 1 < n; i++) counts[pieces[i].at]--;
    return first;
}

/* May a set begin with the first n places? */
static bool may_begin(berth_search *s, const search_var *var, size_t n) {
    if (s->breaking && (search_is_before_twin(s, var, n) || !is_first_piece(s, var, n)))
        return false;
    if (var->split->size > 1 && (holds_spare(s, var, n) || search_in_circle(s, var, n)))
        return false;
    return search_may_share(s, var, n);
}

/* The next combination of split->size places, ascending; false at the end. */
static bool next_places(berth_search *s, search_var *var) {
    search_split *split = var->split;
    size_t size = split->size;
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
                place = var->ndomain; /* several pieces come from the anchor's own tree */
                break;
            }
            if (split->spans[place].high < 1 || !may_reach(var, j, place, high, low)) continue;
            split->places[j] = place;
            split->pieces[j].at = var->domain[place];
            if (may_begin(s, var, j + 1)) break;
        }
        if (place + (size - j) <= var->ndomain) {
            from = place + 1;
            if (++j == size) return true;
        } else {
            if (j-- == 0) return false;
            from = split->places[j] + 1;
        }
    }
}

bool search_split_next(berth_search *s, search_var *var) {
    search_split *split = var->split;
    while (split->size <= split->largest) {
        if (next_places(s, var)) return true;
        if (s->work > s->work_limit) return false;
        split->size++;
        split->fresh = true;
    }
    return false;
}
