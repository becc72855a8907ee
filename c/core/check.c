/* check.c - berth_state_check of dump.h: every rule of the state held against its data, with no
 * trust in its links: a broken chain is reported, never followed for ever. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/capacity.h"
#include "core/dump.h"
#include "core/err.h"
#include "core/text.h"
#include "core/usage.h"

typedef struct checker {
    const berth_state *state;
    berth_check_found found;
    void *ud;
    unsigned char *seen; /* by slot of state->allocations: 1 through its consumer, 2 its provider */
} checker;

static void tell(const checker *k, bool broken, const char *format, ...) BERTH_PRINTF(3, 4);

static void tell(const checker *k, bool broken, const char *format, ...) {
    char sentence[BERTH_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    k->found(k->ud, broken, sentence);
}

static const char *quoted(berth_quoted *q, const char *text) {
    *q = berth_quote(text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
    return q->text;
}

/* --- providers --------------------------------------------------------------------------- */

static void check_tree(const checker *k, const berth_provider *p) {
    const berth_state *state = k->state;
    berth_ref at = p->ref, root = p->ref;
    size_t steps = 0;
    while (at != BERTH_NONE && steps <= state->nproviders) {
        const berth_provider *up = berth_state_provider(state, at);
        if (up == NULL) {
            tell(k, true, "provider %s stands below a provider that does not exist", p->uuid);
            return;
        }
        root = at;
        at = up->parent;
        steps++;
    }
    if (at != BERTH_NONE)
        tell(k, true, "provider %s stands below itself", p->uuid);
    else if (p->root != root)
        tell(k, true, "provider %s names another root than its tree has", p->uuid);
    if ((p->parent == BERTH_NONE) != berth_refs_have(&state->roots, p->ref))
        tell(k, true, "provider %s is listed wrongly among the roots", p->uuid);
}

static void check_children(const checker *k, const berth_provider *p) {
    const berth_state *state = k->state;
    berth_ref prev = BERTH_NONE;
    for (berth_ref at = p->first_child; at != BERTH_NONE;) {
        const berth_provider *child = berth_state_provider(state, at);
        if (child == NULL || child->parent != p->ref || child->prev_sibling != prev ||
            (prev != BERTH_NONE && at <= prev)) {
            tell(k, true, "the children of provider %s are linked wrongly", p->uuid);
            return;
        }
        prev = at;
        at = child->next_sibling;
    }
    if (p->last_child != prev)
        tell(k, true, "the children of provider %s are linked wrongly", p->uuid);
}

static void check_links(const checker *k, const berth_provider *p, berth_name_kind kind) {
    const berth_refs *refs = kind == BERTH_NAME_TRAIT ? &p->traits : &p->aggregates;
    for (size_t i = 0; i < refs->count; i++) {
        if (berth_names_text(&k->state->names[kind], refs->items[i]) == NULL)
            tell(k, true, "provider %s has a trait or aggregate that does not exist", p->uuid);
        if (i > 0 && refs->items[i] <= refs->items[i - 1])
            tell(k, true, "the traits or aggregates of provider %s are out of order", p->uuid);
    }
}

static void check_stocks(const checker *k, const berth_provider *p) {
    berth_quoted q;
    for (size_t i = 0; i < p->nstocks; i++) {
        const berth_stock *s = &p->stocks[i];
        const char *name = berth_names_text(&k->state->names[BERTH_NAME_CLASS], s->rclass);
        quoted(&q, name);
        if (name == NULL)
            tell(k, true, "provider %s has inventory of a class that does not exist", p->uuid);
        if (i > 0 && s->rclass <= p->stocks[i - 1].rclass)
            tell(k, true, "the inventories of provider %s are out of order", p->uuid);
        if (berth_inventory_check(&s->inventory, NULL) != BERTH_OK)
            tell(k, true, "inventory %s of provider %s is out of range", q.text, p->uuid);
        if (s->capacity != berth_inventory_capacity(&s->inventory))
            tell(k, true, "capacity of %s of provider %s is counted wrongly", q.text, p->uuid);
        if (s->used > s->capacity)
            tell(k, false, "provider %s uses %" PRId64 " of %s but has a capacity of %" PRId64,
                 p->uuid, s->used, q.text, s->capacity);
    }
}

/* Walks the provider's allocations, which must be linked both ways, and compares their sums. */
static void check_used(const checker *k, const berth_provider *p) {
    const berth_state *state = k->state;
    int32_t prev = -1;
    for (int32_t at = p->first_allocation; at >= 0;) {
        const berth_allocation *a = &state->allocations[at];
        if ((size_t)at >= state->nallocations || a->provider != p->ref ||
            a->prev_of_provider != prev || (k->seen[at] & 2) != 0) {
            tell(k, true, "the allocations of provider %s are linked wrongly", p->uuid);
            return;
        }
        k->seen[at] |= 2;
        if (berth_provider_stock(p, a->rclass) == NULL)
            tell(k, true, "provider %s has allocations of a class without inventory", p->uuid);
        prev = at;
        at = a->next_of_provider;
    }
    for (size_t i = 0; i < p->nstocks; i++) {
        int64_t sum = 0;
        for (int32_t at = p->first_allocation; at >= 0;) {
            const berth_allocation *a = &state->allocations[at];
            if (a->rclass == p->stocks[i].rclass) sum += a->used;
            at = a->next_of_provider;
        }
        if (sum != p->stocks[i].used)
            tell(k, true, "provider %s counts %" PRId64 " in use where allocations sum to %" PRId64,
                 p->uuid, p->stocks[i].used, sum);
    }
}

static void check_providers(const checker *k) {
    const berth_state *state = k->state;
    size_t live = 0;
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        if (p == NULL) continue;
        live++;
        if (p->ref != (berth_ref)i || p->generation < 0)
            tell(k, true, "provider %s has a wrong number or generation", p->uuid);
        if (berth_state_find_uuid(state, p->uuid) != p->ref ||
            berth_state_find_name(state, p->name, strlen(p->name)) != p->ref)
            tell(k, true, "provider %s is not found by its uuid and name", p->uuid);
        check_tree(k, p);
        check_children(k, p);
        check_links(k, p, BERTH_NAME_TRAIT);
        check_links(k, p, BERTH_NAME_AGGREGATE);
        check_stocks(k, p);
        check_used(k, p);
    }
    if (live != state->live_providers) tell(k, true, "the number of providers is counted wrongly");
}

/* --- consumers --------------------------------------------------------------------------- */

static size_t check_allocations(const checker *k, const berth_consumer *c, berth_ref ref) {
    const berth_state *state = k->state;
    berth_quoted q;
    size_t count = 0;
    int32_t prev = -1;
    for (int32_t at = c->first_allocation; at >= 0; count++) {
        const berth_allocation *a = &state->allocations[at];
        const berth_allocation *b = prev < 0 ? NULL : &state->allocations[prev];
        if ((size_t)at >= state->nallocations || a->consumer != ref ||
            a->prev_of_consumer != prev || (k->seen[at] & 1) != 0 ||
            (b != NULL && (a->provider < b->provider ||
                           (a->provider == b->provider && a->rclass <= b->rclass)))) {
            tell(k, true, "the allocations of consumer %s are linked wrongly",
                 quoted(&q, c->uuid));
            return count;
        }
        k->seen[at] |= 1;
        if (a->used < 1)
            tell(k, true, "consumer %s has an allocation of nothing", quoted(&q, c->uuid));
        if (berth_state_provider(state, a->provider) == NULL)
            tell(k, true, "consumer %s has an allocation of a provider that does not exist",
                 quoted(&q, c->uuid));
        prev = at;
        at = a->next_of_consumer;
    }
    return count;
}

static bool name_or_none(const checker *k, berth_name_kind kind, berth_ref ref) {
    return ref == BERTH_NONE || berth_names_text(&k->state->names[kind], ref) != NULL;
}

static void check_consumers(const checker *k) {
    const berth_state *state = k->state;
    berth_quoted q;
    size_t live = 0, allocations = 0;
    for (size_t i = 0; i < state->nconsumers; i++) {
        const berth_consumer *c = berth_state_consumer(state, (berth_ref)i);
        if (c == NULL) continue;
        live++;
        if (berth_state_find_consumer(state, c->uuid, strlen(c->uuid)) != (berth_ref)i ||
            c->generation < 0)
            tell(k, true, "consumer %s is not found by its name", quoted(&q, c->uuid));
        if (!name_or_none(k, BERTH_NAME_PROJECT, c->project) ||
            !name_or_none(k, BERTH_NAME_USER, c->user) ||
            !name_or_none(k, BERTH_NAME_TYPE, c->type))
            tell(k, true, "consumer %s has a project, user or type that does not exist",
                 quoted(&q, c->uuid));
        size_t count = check_allocations(k, c, (berth_ref)i);
        if (count == 0)
            tell(k, true, "consumer %s exists without allocations", quoted(&q, c->uuid));
        allocations += count;
    }
    if (live != state->live_consumers) tell(k, true, "the number of consumers is counted wrongly");
    if (allocations != state->live_allocations)
        tell(k, true, "the number of allocations is counted wrongly");
}

/* Each allocation stands in both lists or in none. */
static void check_both_ways(const checker *k) {
    for (size_t i = 0; i < k->state->nallocations; i++)
        if (k->seen[i] == 1 || k->seen[i] == 2) {
            tell(k, true, "an allocation is linked to only one of consumer and provider");
            return;
        }
}

/* --- usage ------------------------------------------------------------------------------- */

/* What the counters say for every value of one of project, user and type, put together. */
static int64_t sum_over(const berth_state *state, berth_name_kind kind, berth_ref rclass) {
    int64_t sum = 0;
    for (int64_t ref = BERTH_NONE; ref < (int64_t)state->names[kind].count; ref++) {
        berth_ref r = (berth_ref)ref;
        berth_usage_key key = {kind == BERTH_NAME_PROJECT ? r : BERTH_ANY,
                               kind == BERTH_NAME_USER ? r : BERTH_ANY,
                               kind == BERTH_NAME_TYPE ? r : BERTH_ANY};
        int64_t value = rclass == BERTH_ANY ? berth_usage_consumers(state, key)
                                            : berth_usage_sum(state, key, rclass);
        if (!berth_add_i64(sum, value, &sum)) return -1;
    }
    return sum;
}

static bool counters_agree(const berth_state *state, berth_ref rclass, int64_t sum) {
    const berth_usage_key all = {BERTH_ANY, BERTH_ANY, BERTH_ANY};
    int64_t counted = rclass == BERTH_ANY ? berth_usage_consumers(state, all)
                                          : berth_usage_sum(state, all, rclass);
    return counted == sum && (sum == 0 || (sum_over(state, BERTH_NAME_PROJECT, rclass) == sum &&
                                           sum_over(state, BERTH_NAME_USER, rclass) == sum &&
                                           sum_over(state, BERTH_NAME_TYPE, rclass) == sum));
}

static berth_rc check_counters(const checker *k, berth_err *err) {
    const berth_state *state = k->state;
    const berth_names *classes = &state->names[BERTH_NAME_CLASS];
    berth_quoted q;
    int64_t *sums = berth_calloc(&state->mem, classes->count, sizeof *sums);
    if (sums == NULL) return berth_fail_memory(err);
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        for (size_t n = 0; p != NULL && n < p->nstocks; n++) {
            int64_t *sum = &sums[p->stocks[n].rclass];
            if (!berth_add_i64(*sum, p->stocks[n].used, sum))
                tell(k, true, "the fleet's usage of a class is too large to count");
        }
    }
    for (size_t i = 0; i < classes->count; i++)
        if (classes->text[i] != NULL && !counters_agree(state, (berth_ref)i, sums[i]))
            tell(k, true, "the fleet's usage of %s is counted wrongly",
                 quoted(&q, classes->text[i]));
    if (!counters_agree(state, BERTH_ANY, (int64_t)state->live_consumers))
        tell(k, true, "the fleet's consumers are counted wrongly");
    berth_free(&state->mem, sums, classes->count * sizeof *sums);
    return BERTH_OK;
}

berth_rc berth_state_check(const berth_state *state, berth_check_found found, void *ud,
                           berth_err *err) {
    checker k = {.state = state, .found = found, .ud = ud};
    k.seen = berth_calloc(&state->mem, state->nallocations + 1, 1);
    if (k.seen == NULL) return berth_fail_memory(err);
    check_providers(&k);
    check_consumers(&k);
    check_both_ways(&k);
    berth_rc rc = check_counters(&k, err);
    berth_free(&state->mem, k.seen, state->nallocations + 1);
    return rc;
}
