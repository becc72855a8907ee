/* edit_allocation.c - allocations are written, replaced and released (edit.h).
 *
 * A write states the complete new allocations of each named consumer.  Everything is applied to
 * the state first - removals before additions, so that consumers can swap places - and then each
 * touched (provider, class) is judged once against what it was before; a refusal undoes it all. */
#include <string.h>

#include "core/arena.h"
#include "core/capacity.h"
#include "core/edit_private.h"
#include "core/state_private.h"
#include "core/text.h"
#include "core/usage.h"

/* One (provider, class) the write touches, with its use before. */
typedef struct spot {
    berth_ref provider, rclass;
    int64_t used_before;
} spot;

typedef struct write {
    berth_txn *txn;
    const berth_allocation_spec *specs;
    size_t count;
    berth_arena scratch;
    spot *spots;
    size_t nspots;
    berth_ref *bumps; /* providers whose generation moves, in order of first mention */
    size_t nbumps;
    berth_ref *consumers; /* by spec; BERTH_NONE: does not exist (yet) */
    berth_err *err;
} write;

/* --- checks that need no change ------------------------------------------------------------ */

static berth_rc conflict(write *w, berth_text consumer, int64_t want, int64_t have) {
    berth_quoted shown = berth_quote(consumer.data, consumer.len);
    berth_rc rc;
    if (have == BERTH_NO_CONSUMER)
        rc = berth_fail(w->err, BERTH_ECONFLICT,
                        "consumer %s holds no allocations, expected generation %lld", shown.text,
                        (long long)want);
    else if (want == BERTH_NO_CONSUMER)
        rc = berth_fail(w->err, BERTH_ECONFLICT,
                        "consumer %s exists at generation %lld, expected none", shown.text,
                        (long long)have);
    else
        rc = berth_fail(w->err, BERTH_ECONFLICT,
                        "consumer %s is at generation %lld, not %lld: read it again", shown.text,
                        (long long)have, (long long)want);
    berth_err_text(w->err, "consumer", shown.text);
    if (want >= 0) berth_err_number(w->err, "want", want);
    if (have >= 0) berth_err_number(w->err, "have", have);
    return rc;
}

static berth_rc check_items(write *w, const berth_allocation_spec *spec) {
    for (size_t i = 0; i < spec->nitems; i++) {
        const berth_allocation_item *a = &spec->items[i];
        if (a->amount < 1 || a->amount > BERTH_AMOUNT_MAX) {
            berth_rc rc = berth_fail(w->err, BERTH_EAMOUNT,
                                     "amount %lld of %s is outside 1 to %lld", (long long)a->amount,
                                     berth_state_text(w->txn->state, BERTH_NAME_CLASS, a->rclass),
                                     (long long)BERTH_AMOUNT_MAX);
            berth_err_number(w->err, "want", a->amount);
            return rc;
        }
        for (size_t j = 0; j < i; j++)
            if (spec->items[j].provider == a->provider && spec->items[j].rclass == a->rclass)
                return berth_fail(w->err, BERTH_EINVALID,
                                  "a provider is named twice for the same resource class");
    }
    return BERTH_OK;
}

static berth_rc check_consumer(write *w, size_t at) {
    const berth_allocation_spec *spec = &w->specs[at];
    const berth_state *state = w->txn->state;
    berth_rc rc = berth_edit_check_text(spec->consumer, "consumer", w->err);
    if (rc == BERTH_OK && spec->project.data != NULL)
        rc = berth_edit_check_text(spec->project, "project", w->err);
    if (rc == BERTH_OK && spec->user.data != NULL)
        rc = berth_edit_check_text(spec->user, "user", w->err);
    if (rc == BERTH_OK && spec->type.data != NULL &&
        !berth_word_valid(spec->type.data, spec->type.len))
        rc = berth_fail(w->err, BERTH_EINVALID,
                        "consumer_type \"%s\" is not a word of A-Z, 0-9 and _",
                        berth_quote(spec->type.data, spec->type.len).text);
    if (rc == BERTH_OK) rc = check_items(w, spec);
    if (rc != BERTH_OK) return rc;
    for (size_t i = 0; i < at; i++)
        if (w->specs[i].consumer.len == spec->consumer.len &&
            memcmp(w->specs[i].consumer.data, spec->consumer.data, spec->consumer.len) == 0)
            return berth_fail(w->err, BERTH_EINVALID, "consumer %s is named twice",
                              berth_quote(spec->consumer.data, spec->consumer.len).text);
    berth_ref ref = berth_state_find_consumer(state, spec->consumer.data, spec->consumer.len);
    int64_t have = ref == BERTH_NONE ? BERTH_NO_CONSUMER : state->consumers[ref].generation;
    w->consumers[at] = ref;
    if (spec->generation != BERTH_ANY_GENERATION && spec->generation != have)
        return conflict(w, spec->consumer, spec->generation, have);
    return BERTH_OK;
}

/* --- applying ------------------------------------------------------------------------------ */

static void note_bump(write *w, berth_ref provider) {
    for (size_t i = 0; i < w->nbumps; i++)
        if (w->bumps[i] == provider) return;
    w->bumps[w->nbumps++] = provider;
}

static void note_spot(write *w, berth_ref provider, berth_ref rclass) {
    for (size_t i = 0; i < w->nspots; i++)
        if (w->spots[i].provider == provider && w->spots[i].rclass == rclass) return;
    const berth_stock *stock = berth_provider_stock(w->txn->state->providers[provider], rclass);
    w->spots[w->nspots++] = (spot){provider, rclass, stock == NULL ? 0 : stock->used};
}

static bool spec_names(const berth_allocation_spec *spec, berth_ref provider, berth_ref rclass) {
    for (size_t i = 0; i < spec->nitems; i++)
        if (spec->items[i].provider == provider && spec->items[i].rclass == rclass) return true;
    return false;
}

static berth_rc set_amount(write *w, berth_ref consumer, berth_ref provider, berth_ref rclass,
                           int64_t amount) {
    const berth_state *state = w->txn->state;
    int32_t at = berth_state_find_allocation(state, consumer, provider, rclass);
    int64_t before = at < 0 ? 0 : state->allocations[at].used;
    if (before == amount) return BERTH_OK;
    berth_change change = {.kind = BERTH_CHANGE_ALLOCATION,
                           .a = consumer,
                           .b = provider,
                           .c = rclass,
                           .u.allocation = {before, amount}};
    return berth_txn_apply(w->txn, &change, w->err);
}

/* What the consumer holds and the write does not name goes; what it lowers is lowered. */
static berth_rc remove_old(write *w, size_t at) {
    const berth_allocation_spec *spec = &w->specs[at];
    const berth_state *state = w->txn->state;
    berth_ref consumer = w->consumers[at];
    if (consumer == BERTH_NONE) return BERTH_OK;
    berth_rc rc = BERTH_OK;
    for (int32_t i = state->consumers[consumer].first_allocation; rc == BERTH_OK && i >= 0;) {
        berth_allocation a = state->allocations[i];
        i = a.next_of_consumer;
        if (spec->nitems == 0) note_bump(w, a.provider);
        if (!spec_names(spec, a.provider, a.rclass))
            rc = set_amount(w, consumer, a.provider, a.rclass, 0);
    }
    return rc;
}

static berth_rc write_consumer(write *w, size_t at) {
    const berth_allocation_spec *spec = &w->specs[at];
    berth_state *state = w->txn->state;
    berth_change change = {.kind = BERTH_CHANGE_CONSUMER, .a = w->consumers[at]};
    berth_consumer_row *before = &change.u.consumer.before, *after = &change.u.consumer.after;
    *after = (berth_consumer_row){.exists = true, .project = BERTH_NONE, .user = BERTH_NONE,
                                  .type = BERTH_NONE, .generation = 0};
    if (change.a != BERTH_NONE) {
        const berth_consumer *c = &state->consumers[change.a];
        *before = (berth_consumer_row){true, c->uuid, c->project, c->user, c->type, c->generation};
        *after = *before;
    }
    berth_rc rc = BERTH_OK;
    if (spec->project.data != NULL)
        rc = berth_edit_intern(w->txn, BERTH_NAME_PROJECT, spec->project, &after->project, w->err);
    if (rc == BERTH_OK && spec->user.data != NULL)
        rc = berth_edit_intern(w->txn, BERTH_NAME_USER, spec->user, &after->user, w->err);
    if (rc == BERTH_OK && spec->type.data != NULL)
        rc = berth_edit_intern(w->txn, BERTH_NAME_TYPE, spec->type, &after->type, w->err);
    if (rc != BERTH_OK) return rc;
    after->generation++;
    if (change.a == BERTH_NONE) {
        after->uuid = berth_edit_copy(w->txn, spec->consumer);
        if (after->uuid == NULL) return berth_fail_memory(w->err);
        change.a = berth_state_next_consumer(state);
    }
    rc = berth_txn_apply(w->txn, &change, w->err);
    if (rc == BERTH_OK) w->consumers[at] = change.a;
    return rc;
}

static berth_rc drop_consumer(write *w, berth_ref consumer) {
    const berth_consumer *c = &w->txn->state->consumers[consumer];
    berth_change change = {.kind = BERTH_CHANGE_CONSUMER, .a = consumer};
    change.u.consumer.before =
        (berth_consumer_row){true, c->uuid, c->project, c->user, c->type, c->generation};
    return berth_txn_apply(w->txn, &change, w->err);
}

static berth_rc refuse(write *w, berth_rc code, const berth_allocation_item *a, int64_t have,
                       const char *why) {
    const berth_state *state = w->txn->state;
    const berth_provider *p = state->providers[a->provider];
    const char *rclass = berth_state_text(state, BERTH_NAME_CLASS, a->rclass);
    berth_rc rc = berth_fail(w->err, code, "%lld of %s on provider %s: %s", (long long)a->amount,
                             rclass, berth_quote(p->name, strlen(p->name)).text, why);
    berth_err_text(w->err, "provider", p->uuid);
    berth_err_text(w->err, "class", rclass);
    berth_err_number(w->err, "want", a->amount);
    berth_err_number(w->err, "have", have);
    return rc;
}

static berth_rc add_item(write *w, berth_ref consumer, const berth_allocation_item *a) {
    const berth_state *state = w->txn->state;
    const berth_stock *stock = berth_provider_stock(state->providers[a->provider], a->rclass);
    if (stock == NULL)
        return refuse(w, BERTH_ECAPACITY, a, 0, "the provider has no inventory of this class");
    const berth_inventory *inv = &stock->inventory;
    if (a->amount < inv->min_unit)
        return refuse(w, BERTH_EAMOUNT, a, inv->min_unit, "below min_unit");
    if (a->amount > inv->max_unit)
        return refuse(w, BERTH_EAMOUNT, a, inv->max_unit, "above max_unit");
    if (a->amount % inv->step_size != 0)
        return refuse(w, BERTH_EAMOUNT, a, inv->step_size, "not a multiple of step_size");
    int64_t sum;
    berth_usage_key all = {BERTH_ANY, BERTH_ANY, BERTH_ANY};
    if (!berth_add_i64(stock->used, a->amount, &sum) ||
        !berth_add_i64(berth_usage_sum(state, all, a->rclass), a->amount, &sum))
        return refuse(w, BERTH_ECAPACITY, a, stock->capacity, "the sum in use would overflow");
    note_bump(w, a->provider);
    return set_amount(w, consumer, a->provider, a->rclass, a->amount);
}

/* Does every touched stock still hold, or at least not hold more than before? */
static berth_rc check_capacity(write *w) {
    for (size_t i = 0; i < w->nspots; i++) {
        const spot *s = &w->spots[i];
        const berth_provider *p = w->txn->state->providers[s->provider];
        const berth_stock *stock = berth_provider_stock(p, s->rclass);
        if (stock->used <= stock->capacity || stock->used <= s->used_before) continue;
        int64_t wanted = 0;
        for (size_t k = 0; k < w->count; k++)
            for (size_t j = 0; j < w->specs[k].nitems; j++)
                if (w->specs[k].items[j].provider == s->provider &&
                    w->specs[k].items[j].rclass == s->rclass)
                    wanted += w->specs[k].items[j].amount;
        int64_t others = stock->used - wanted;
        berth_allocation_item item = {s->provider, s->rclass, wanted};
        return refuse(w, BERTH_ECAPACITY, &item,
                      stock->capacity > others ? stock->capacity - others : 0, "not enough room");
    }
    return BERTH_OK;
}

static berth_rc apply_all(write *w) {
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < w->count; i++)
        if (w->specs[i].nitems > 0) rc = write_consumer(w, i);
    for (size_t i = 0; rc == BERTH_OK && i < w->count; i++) rc = remove_old(w, i);
    for (size_t i = 0; rc == BERTH_OK && i < w->count; i++)
        for (size_t j = 0; rc == BERTH_OK && j < w->specs[i].nitems; j++)
            rc = add_item(w, w->consumers[i], &w->specs[i].items[j]);
    if (rc == BERTH_OK) rc = check_capacity(w);
    for (size_t i = 0; rc == BERTH_OK && i < w->count; i++)
        if (w->specs[i].nitems == 0 && w->consumers[i] != BERTH_NONE)
            rc = drop_consumer(w, w->consumers[i]);
    for (size_t i = 0; rc == BERTH_OK && i < w->nbumps; i++)
        rc = berth_edit_bump(w->txn, w->bumps[i], w->err);
    return rc;
}

/* --- the verbs ------------------------------------------------------------------------------ */

static size_t held_by(const berth_state *state, berth_text consumer) {
    size_t n = 0;
    berth_ref ref = berth_state_find_consumer(state, consumer.data, consumer.len);
    if (ref == BERTH_NONE) return 0;
    for (int32_t i = state->consumers[ref].first_allocation; i >= 0; n++)
        i = state->allocations[i].next_of_consumer;
    return n;
}

static berth_rc run(write *w) {
    size_t items = 0, held = 0;
    for (size_t i = 0; i < w->count; i++) {
        items += w->specs[i].nitems;
        held += held_by(w->txn->state, w->specs[i].consumer);
    }
    w->consumers = berth_arena_calloc(&w->scratch, w->count, sizeof *w->consumers);
    w->spots = berth_arena_calloc(&w->scratch, items, sizeof *w->spots);
    w->bumps = berth_arena_calloc(&w->scratch, items + held, sizeof *w->bumps);
    if (w->consumers == NULL || w->spots == NULL || w->bumps == NULL)
        return berth_fail_memory(w->err);
    for (size_t i = 0; i < w->count; i++) {
        berth_rc rc = check_consumer(w, i);
        if (rc != BERTH_OK) return rc;
    }
    for (size_t i = 0; i < w->count; i++)
        for (size_t j = 0; j < w->specs[i].nitems; j++)
            note_spot(w, w->specs[i].items[j].provider, w->specs[i].items[j].rclass);
    return apply_all(w);
}

berth_rc berth_allocate(berth_txn *txn, const berth_allocation_spec *specs, size_t count,
                        berth_err *err) {
    write w = {.txn = txn, .specs = specs, .count = count, .err = err};
    size_t mark = txn->count;
    berth_arena_init(&w.scratch, txn->state->mem);
    berth_rc rc = run(&w);
    berth_arena_free(&w.scratch);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}

berth_rc berth_release(berth_txn *txn, berth_text consumer, berth_err *err) {
    const berth_state *state = txn->state;
    size_t mark = txn->count;
    berth_ref ref = berth_state_find_consumer(state, consumer.data, consumer.len);
    if (ref == BERTH_NONE) {
        berth_quoted shown = berth_quote(consumer.data, consumer.len);
        berth_rc rc = berth_fail(err, BERTH_ENOTFOUND, "consumer %s holds no allocations",
                                 shown.text);
        berth_err_text(err, "consumer", shown.text);
        return rc;
    }
    write w = {.txn = txn, .err = err};
    berth_rc rc = BERTH_OK;
    while (rc == BERTH_OK && state->consumers[ref].first_allocation >= 0) {
        const berth_allocation *a = &state->allocations[state->consumers[ref].first_allocation];
        rc = set_amount(&w, ref, a->provider, a->rclass, 0);
    }
    if (rc == BERTH_OK) rc = drop_consumer(&w, ref);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}

/* --- reshape -------------------------------------------------------------------------------- */

/* The interim picture: what the provider had and what it will have, the latter winning. */
static berth_rc widen(berth_txn *txn, const berth_reshape_inventory *r, berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < r->count; i++)
        rc = berth_edit_inventory(txn, r->provider, r->specs[i].rclass, &r->specs[i].inventory,
                                  err);
    if (rc == BERTH_OK && r->count > 0) rc = berth_edit_bump(txn, r->provider, err);
    return rc;
}

static berth_rc check_reshape(const berth_txn *txn, const berth_reshape_inventory *inventories,
                              size_t count, berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < count; i++) {
        const berth_reshape_inventory *r = &inventories[i];
        for (size_t j = 0; j < i; j++)
            if (inventories[j].provider == r->provider)
                return berth_fail(err, BERTH_EINVALID, "a provider is named twice");
        rc = berth_edit_expect(txn->state->providers[r->provider], r->generation, err);
        if (rc == BERTH_OK)
            rc = berth_edit_check_inventories(txn->state, r->specs, r->count, err);
    }
    return rc;
}

berth_rc berth_reshape(berth_txn *txn, const berth_reshape_inventory *inventories,
                       size_t ninventories, const berth_allocation_spec *allocations,
                       size_t nallocations, berth_err *err) {
    size_t mark = txn->count;
    berth_rc rc = check_reshape(txn, inventories, ninventories, err);
    for (size_t i = 0; rc == BERTH_OK && i < ninventories; i++)
        rc = widen(txn, &inventories[i], err);
    if (rc == BERTH_OK && nallocations > 0)
        rc = berth_allocate(txn, allocations, nallocations, err);
    for (size_t i = 0; rc == BERTH_OK && i < ninventories; i++)
        rc = berth_provider_set_inventories(txn, inventories[i].provider, inventories[i].specs,
                                            inventories[i].count, BERTH_ANY_GENERATION, err);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}
