/* change.c - see change.h: names, inventories, links, consumers and allocations, and the
 * transaction.  Providers and their trees are in change_provider.c. */
#include "core/change.h"

#include <string.h>

#include "core/capacity.h"
#include "core/change_private.h"
#include "core/err.h"
#include "core/names_private.h"
#include "core/state_private.h"
#include "core/usage.h"

/* Every apply_* below turns the record from its one side into its other.  `forward` may fail for
 * memory (-1) before anything changed; backward finds all memory still there and cannot fail. */

/* --- names ------------------------------------------------------------------------------- */

static int apply_name(berth_state *state, const berth_change *change, bool forward) {
    berth_names *names = &state->names[change->u.name.kind];
    char *to = forward ? change->u.name.after : change->u.name.before;
    char *from = forward ? change->u.name.before : change->u.name.after;
    if (forward && to != NULL &&
        berth_names_reserve(names, &state->mem, (size_t)change->a + 1) != 0)
        return -1;
    if (from != NULL)
        berth_names_drop(names, berth_state_hash(state, from, strlen(from)), change->a);
    if (to != NULL)
        berth_names_put(names, berth_state_hash(state, to, strlen(to)), change->a, to);
    state->clock++;
    return 0;
}

/* --- inventories ------------------------------------------------------------------------- */

static size_t stock_place(const berth_provider *p, berth_ref rclass) {
    size_t at = 0;
    while (at < p->nstocks && p->stocks[at].rclass < rclass) at++;
    return at;
}

static int apply_inventory(berth_state *state, const berth_change *change, bool forward) {
    berth_provider *p = state->providers[change->a];
    bool has = forward ? change->u.inventory.has : change->u.inventory.had;
    const berth_inventory *to = forward ? &change->u.inventory.after : &change->u.inventory.before;
    size_t at = stock_place(p, change->b);
    bool found = at < p->nstocks && p->stocks[at].rclass == change->b;
    if (has && !found) {
        void *stocks = p->stocks;
        if (berth_grow(&state->mem, &stocks, &p->cap_stocks, p->nstocks, sizeof *p->stocks) != 0)
            return -1;
        p->stocks = stocks;
        memmove(p->stocks + at + 1, p->stocks + at, (p->nstocks - at) * sizeof *p->stocks);
        p->stocks[at] = (berth_stock){.rclass = change->b};
        p->nstocks++;
    } else if (!has && found) {
        p->nstocks--;
        memmove(p->stocks + at, p->stocks + at + 1, (p->nstocks - at) * sizeof *p->stocks);
    }
    if (has) {
        p->stocks[at].inventory = *to;
        p->stocks[at].capacity = berth_inventory_capacity(to);
    }
    berth_state_touch(state, change->a);
    return 0;
}

/* --- trait and aggregate links ------------------------------------------------------------ */

static int apply_link(berth_state *state, const berth_change *change, bool forward) {
    berth_provider *p = state->providers[change->a];
    berth_refs *refs = change->kind == BERTH_CHANGE_TRAIT ? &p->traits : &p->aggregates;
    bool has = forward ? change->u.link.has : change->u.link.had;
    if (has) {
        if (berth_refs_reserve(refs, &state->mem) != 0) return -1;
        berth_refs_put(refs, change->b);
    } else {
        berth_refs_drop(refs, change->b);
    }
    berth_state_touch(state, change->a);
    state->topology = state->clock;
    return 0;
}

/* --- consumers ---------------------------------------------------------------------------- */

static int reserve_consumer(berth_state *state, const berth_change *change) {
    berth_ref ref = change->a;
    if ((size_t)ref >= state->cap_consumers) {
        size_t cap = state->cap_consumers * 2 > (size_t)ref + 1 ? state->cap_consumers * 2
                                                                : (size_t)ref + 1;
        if (cap < 64) cap = 64;
        void *items = berth_realloc(&state->mem, state->consumers,
                                    state->cap_consumers * sizeof *state->consumers,
                                    cap * sizeof *state->consumers);
        if (items == NULL) return -1;
        state->consumers = items;
        state->cap_consumers = cap;
    }
    /* each ref stands in the spare list at most once, so it never outgrows the table */
    berth_refs *spare = &state->free_consumers;
    if (spare->cap < state->cap_consumers) {
        void *items = berth_realloc(&state->mem, spare->items, spare->cap * sizeof *spare->items,
                                    state->cap_consumers * sizeof *spare->items);
        if (items == NULL) return -1;
        spare->items = items;
        spare->cap = state->cap_consumers;
    }
    if (berth_map_reserve(&state->consumer_by_uuid, &state->mem, 1) != 0) return -1;
    for (; state->nconsumers <= (size_t)ref; state->nconsumers++)
        state->consumers[state->nconsumers] = (berth_consumer){.first_allocation = -1};
    return 0;
}

/* Moves the consumer's usage between counters: sign -1 before its project, user or type changes,
 * +1 after. */
static void tally_all(berth_state *state, const berth_consumer *consumer, int sign) {
    berth_tally_consumer(state, consumer, sign);
    for (int32_t at = consumer->first_allocation; at >= 0;) {
        const berth_allocation *a = &state->allocations[at];
        berth_tally_add(state, consumer, a->rclass, sign < 0 ? -a->used : a->used);
        at = a->next_of_consumer;
    }
}

static size_t allocation_count(const berth_state *state, const berth_consumer *consumer) {
    size_t n = 0;
    for (int32_t at = consumer->first_allocation; at >= 0; n++)
        at = state->allocations[at].next_of_consumer;
    return n;
}

static void forget_consumer(berth_state *state, berth_ref ref, berth_consumer *c) {
    tally_all(state, c, -1);
    berth_map_remove(&state->consumer_by_uuid, berth_state_hash(state, c->uuid, strlen(c->uuid)),
                     ref);
    c->alive = false;
    c->uuid = NULL;
    state->live_consumers--;
    if (!c->spare) {
        c->spare = true;
        state->free_consumers.items[state->free_consumers.count++] = ref;
    }
}

static int apply_consumer(berth_state *state, const berth_change *change, bool forward) {
    const berth_consumer_row *to = forward ? &change->u.consumer.after : &change->u.consumer.before;
    if (forward && to->exists && reserve_consumer(state, change) != 0) return -1;
    berth_consumer *c = &state->consumers[change->a];
    if (forward && to->exists && berth_tally_reserve(state, allocation_count(state, c) + 1) != 0)
        return -1;
    state->clock++;
    if (!to->exists) {
        forget_consumer(state, change->a, c);
        return 0;
    }
    if (c->alive) {
        tally_all(state, c, -1);
    } else {
        c->uuid = to->uuid;
        c->first_allocation = -1;
        c->alive = true;
        state->live_consumers++;
        berth_map_put(&state->consumer_by_uuid,
                      berth_state_hash(state, to->uuid, strlen(to->uuid)), change->a);
    }
    c->project = to->project;
    c->user = to->user;
    c->type = to->type;
    c->generation = to->generation;
    tally_all(state, c, +1);
    return 0;
}

/* --- allocations -------------------------------------------------------------------------- */

static int reserve_allocation(berth_state *state) {
    if (berth_tally_reserve(state, 1) != 0) return -1;
    if (state->free_allocation >= 0) return 0;
    if (state->nallocations >= INT32_MAX) return -1;
    void *items = state->allocations;
    if (berth_grow(&state->mem, &items, &state->cap_allocations, state->nallocations,
                   sizeof *state->allocations) != 0)
        return -1;
    state->allocations = items;
    return 0;
}

static void link_allocation(berth_state *state, int32_t at) {
    berth_allocation *a = &state->allocations[at];
    berth_consumer *c = &state->consumers[a->consumer];
    berth_provider *p = state->providers[a->provider];
    int32_t prev = -1, next = c->first_allocation;
    while (next >= 0) {
        const berth_allocation *b = &state->allocations[next];
        if (b->provider > a->provider || (b->provider == a->provider && b->rclass > a->rclass))
            break;
        prev = next;
        next = b->next_of_consumer;
    }
    a->prev_of_consumer = prev;
    a->next_of_consumer = next;
    if (prev >= 0)
        state->allocations[prev].next_of_consumer = at;
    else
        c->first_allocation = at;
    if (next >= 0) state->allocations[next].prev_of_consumer = at;
    a->prev_of_provider = -1;
    a->next_of_provider = p->first_allocation;
    if (p->first_allocation >= 0) state->allocations[p->first_allocation].prev_of_provider = at;
    p->first_allocation = at;
}

static void unlink_allocation(berth_state *state, int32_t at) {
    const berth_allocation *a = &state->allocations[at];
    if (a->prev_of_consumer >= 0)
        state->allocations[a->prev_of_consumer].next_of_consumer = a->next_of_consumer;
    else
        state->consumers[a->consumer].first_allocation = a->next_of_consumer;
    if (a->next_of_consumer >= 0)
        state->allocations[a->next_of_consumer].prev_of_consumer = a->prev_of_consumer;
    if (a->prev_of_provider >= 0)
        state->allocations[a->prev_of_provider].next_of_provider = a->next_of_provider;
    else
        state->providers[a->provider]->first_allocation = a->next_of_provider;
    if (a->next_of_provider >= 0)
        state->allocations[a->next_of_provider].prev_of_provider = a->prev_of_provider;
}

static int32_t take_slot(berth_state *state) {
    int32_t at = state->free_allocation;
    if (at >= 0) {
        state->free_allocation = state->allocations[at].next_of_consumer;
        return at;
    }
    return (int32_t)state->nallocations++;
}

static int apply_allocation(berth_state *state, const berth_change *change, bool forward) {
    int64_t from = forward ? change->u.allocation.before : change->u.allocation.after;
    int64_t to = forward ? change->u.allocation.after : change->u.allocation.before;
    if (forward && reserve_allocation(state) != 0) return -1;
    berth_stock *stock = berth_provider_stock(state->providers[change->b], change->c);
    if (from == 0) {
        int32_t at = take_slot(state);
        state->allocations[at] = (berth_allocation){
            .consumer = change->a, .provider = change->b, .rclass = change->c, .used = to};
        link_allocation(state, at);
        state->live_allocations++;
    } else {
        int32_t at = berth_state_find_allocation(state, change->a, change->b, change->c);
        state->allocations[at].used = to;
        if (to == 0) {
            unlink_allocation(state, at);
            state->allocations[at].next_of_consumer = state->free_allocation;
            state->free_allocation = at;
            state->live_allocations--;
        }
    }
    stock->used += to - from;
    berth_tally_add(state, &state->consumers[change->a], change->c, to - from);
    berth_state_touch(state, change->b);
    return 0;
}

/* --- the transaction ---------------------------------------------------------------------- */

static int apply(berth_state *state, const berth_change *change, bool forward) {
    switch (change->kind) {
    case BERTH_CHANGE_NAME:
        return apply_name(state, change, forward);
    case BERTH_CHANGE_PROVIDER:
        return berth_apply_provider(state, change, forward);
    case BERTH_CHANGE_INVENTORY:
        return apply_inventory(state, change, forward);
    case BERTH_CHANGE_TRAIT:
    case BERTH_CHANGE_AGGREGATE:
        return apply_link(state, change, forward);
    case BERTH_CHANGE_CONSUMER:
        return apply_consumer(state, change, forward);
    case BERTH_CHANGE_ALLOCATION:
        return apply_allocation(state, change, forward);
    }
    return 0;
}

/* The text that one side of the change holds and whether the other side holds the very same. */
static char *text_of(const berth_change *change, bool after) {
    switch (change->kind) {
    case BERTH_CHANGE_NAME:
        return after ? change->u.name.after : change->u.name.before;
    case BERTH_CHANGE_PROVIDER: {
        const berth_provider_row *row = after ? &change->u.provider.after
                                              : &change->u.provider.before;
        return row->exists ? row->name : NULL;
    }
    case BERTH_CHANGE_CONSUMER: {
        const berth_consumer_row *row = after ? &change->u.consumer.after
                                              : &change->u.consumer.before;
        return row->exists ? row->uuid : NULL;
    }
    default:
        return NULL;
    }
}

static void free_text(const berth_state *state, const berth_change *change, bool after) {
    char *text = text_of(change, after);
    if (text != NULL && text != text_of(change, !after))
        berth_free(&state->mem, text, strlen(text) + 1);
}

void berth_txn_init(berth_txn *txn, berth_state *state) {
    *txn = (berth_txn){.state = state};
}

berth_rc berth_txn_apply(berth_txn *txn, const berth_change *change, berth_err *err) {
    void *changes = txn->changes;
    if (berth_grow(&txn->state->mem, &changes, &txn->cap, txn->count, sizeof *txn->changes) == 0) {
        txn->changes = changes;
        if (apply(txn->state, change, true) == 0) {
            txn->changes[txn->count++] = *change;
            return BERTH_OK;
        }
    }
    free_text(txn->state, change, true);
    return berth_fail_memory(err);
}

void berth_txn_undo(berth_txn *txn, size_t mark) {
    while (txn->count > mark) {
        const berth_change *change = &txn->changes[--txn->count];
        (void)apply(txn->state, change, false); /* backward cannot fail */
        free_text(txn->state, change, true);
        if (change->kind == BERTH_CHANGE_PROVIDER && !change->u.provider.before.exists)
            berth_provider_bury(txn->state, change->a, true);
    }
}

void berth_txn_settle(berth_txn *txn) {
    if (txn->count > 0) txn->state->epoch++;
    for (size_t i = 0; i < txn->count; i++) {
        const berth_change *change = &txn->changes[i];
        free_text(txn->state, change, false);
        if (change->kind == BERTH_CHANGE_PROVIDER && !change->u.provider.after.exists)
            berth_provider_bury(txn->state, change->a, false);
    }
    txn->count = 0;
}

void berth_txn_free(berth_txn *txn) {
    berth_txn_undo(txn, 0);
    berth_free(&txn->state->mem, txn->changes, txn->cap * sizeof *txn->changes);
    txn->changes = NULL;
    txn->cap = 0;
}
