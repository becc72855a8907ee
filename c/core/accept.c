/* accept.c - see accept.h. */
#include "core/accept.h"

#include <string.h>

#include "core/capacity.h"
#include "core/err.h"
#include "core/names_private.h"
#include "core/state_private.h"
#include "core/text.h"
#include "core/usage.h"

static berth_rc refuse(berth_err *err, const char *sentence) {
    return berth_fail(err, BERTH_ECORRUPT, "%s", sentence);
}

static char *copy_text(const berth_state *state, const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = berth_alloc(&state->mem, size);
    if (copy != NULL) memcpy(copy, text, size);
    return copy;
}

static bool name_exists(const berth_state *state, berth_name_kind kind, berth_ref ref) {
    return berth_names_text(&state->names[kind], ref) != NULL;
}

static bool name_or_none(const berth_state *state, berth_name_kind kind, berth_ref ref) {
    return ref == BERTH_NONE || name_exists(state, kind, ref);
}

/* --- names ------------------------------------------------------------------------------- */

static bool name_valid(berth_name_kind kind, const char *text) {
    size_t len = strlen(text);
    switch (kind) {
    case BERTH_NAME_CLASS:
    case BERTH_NAME_TRAIT:
        return berth_custom_valid(text, len);
    case BERTH_NAME_TYPE:
        return berth_word_valid(text, len);
    default:
        return len > 0 && len <= BERTH_WORD_BYTES && berth_text_valid(text, len, NULL);
    }
}

static bool name_in_use(const berth_state *state, berth_name_kind kind, berth_ref ref) {
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        if (p == NULL) continue;
        if (kind == BERTH_NAME_CLASS ? berth_provider_stock(p, ref) != NULL
                                     : berth_refs_have(&p->traits, ref))
            return true;
    }
    return false;
}

static berth_rc accept_name(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    berth_name_kind kind = in->u.name.kind;
    if ((int)kind < 0 || kind >= BERTH_NAME_KINDS) return refuse(err, "a name is of no known kind");
    bool defined = kind == BERTH_NAME_CLASS || kind == BERTH_NAME_TRAIT;
    if (in->a < (defined ? BERTH_CUSTOM_BASE : 0) || in->a >= BERTH_NAMES_MAX)
        return refuse(err, "a name's number is out of range");
    const char *now = berth_names_text(&state->names[kind], in->a);
    berth_change change = *in;
    if (in->u.name.before != NULL) {
        if (in->u.name.after != NULL || !defined || now == NULL ||
            strcmp(now, in->u.name.before) != 0 || name_in_use(state, kind, in->a))
            return refuse(err, "a name goes that is another one or in use");
        change.u.name.before = state->names[kind].text[in->a];
        return berth_txn_apply(txn, &change, err);
    }
    const char *text = in->u.name.after;
    if (text == NULL || now != NULL) return refuse(err, "a name's number is taken");
    if (!name_valid(kind, text)) return refuse(err, "a name is malformed");
    if (berth_state_name(state, kind, text, strlen(text)) != BERTH_NONE)
        return refuse(err, "a name is there twice");
    change.u.name.after = copy_text(state, text);
    if (change.u.name.after == NULL) return berth_fail_memory(err);
    return berth_txn_apply(txn, &change, err);
}

/* --- providers --------------------------------------------------------------------------- */

static berth_rc check_provider_text(const berth_state *state, const berth_provider_row *row,
                                    berth_ref self, berth_err *err) {
    size_t len = strlen(row->name), chars = 0;
    if (len > BERTH_NAME_BYTES || !berth_text_valid(row->name, len, &chars) || chars == 0 ||
        chars > BERTH_NAME_CHARS)
        return refuse(err, "a provider's name is malformed");
    berth_ref other = berth_state_find_name(state, row->name, len);
    if (other != BERTH_NONE && other != self)
        return refuse(err, "two providers have the same name");
    return BERTH_OK;
}

static berth_rc create_provider(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    const berth_provider_row *row = &in->u.provider.after;
    char uuid[BERTH_UUID_BYTES + 1];
    if (berth_state_provider(state, in->a) != NULL)
        return refuse(err, "a provider's number is taken");
    if (!berth_uuid_parse(row->uuid, strlen(row->uuid), uuid) || strcmp(uuid, row->uuid) != 0)
        return refuse(err, "a provider's uuid is malformed");
    if (berth_state_find_uuid(state, uuid) != BERTH_NONE)
        return refuse(err, "two providers have the same uuid");
    if (row->name == NULL) return refuse(err, "a provider has no name");
    berth_rc rc = check_provider_text(state, row, BERTH_NONE, err);
    if (rc != BERTH_OK) return rc;
    if (row->parent != BERTH_NONE && berth_state_provider(state, row->parent) == NULL)
        return refuse(err, "a provider's parent does not exist");
    if (row->generation < 0) return refuse(err, "a provider's generation is negative");
    berth_change change = *in;
    change.u.provider.after.name = copy_text(state, row->name);
    if (change.u.provider.after.name == NULL) return berth_fail_memory(err);
    return berth_txn_apply(txn, &change, err);
}

/* What the state holds now, as the side that a change starts from. */
static void row_of_provider(const berth_provider *p, berth_provider_row *row) {
    row->exists = true;
    memcpy(row->uuid, p->uuid, sizeof row->uuid);
    row->name = p->name;
    row->parent = p->parent;
    row->generation = p->generation;
}

static berth_rc delete_provider(berth_txn *txn, const berth_provider *p, berth_change *change,
                                berth_err *err) {
    if (p->first_child != BERTH_NONE || p->nstocks > 0 || p->traits.count > 0 ||
        p->aggregates.count > 0 || p->first_allocation >= 0)
        return refuse(err, "a provider goes that is not empty");
    change->u.provider.after = (berth_provider_row){.parent = BERTH_NONE};
    return berth_txn_apply(txn, change, err);
}

static berth_rc accept_provider(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    const berth_provider_row *before = &in->u.provider.before, *after = &in->u.provider.after;
    if (in->a < 0 || in->a >= BERTH_PROVIDERS_MAX)
        return refuse(err, "a provider's number is out of range");
    if (!before->exists && !after->exists) return refuse(err, "a change changes nothing");
    if (!before->exists) return create_provider(txn, in, err);
    const berth_provider *p = berth_state_provider(state, in->a);
    if (p == NULL || strcmp(p->uuid, before->uuid) != 0 || p->generation != before->generation ||
        p->parent != before->parent ||
        (before->name != NULL && strcmp(p->name, before->name) != 0))
        return refuse(err, "a provider is not what a change says it was");
    berth_change change = *in;
    row_of_provider(p, &change.u.provider.before);
    if (!after->exists) return delete_provider(txn, p, &change, err);
    if (strcmp(after->uuid, before->uuid) != 0)
        return refuse(err, "a provider's uuid cannot change");
    if (after->generation < 0) return refuse(err, "a provider's generation is negative");
    if (after->parent != p->parent && after->parent != BERTH_NONE &&
        (berth_state_provider(state, after->parent) == NULL ||
         berth_tree_dominates(state, in->a, after->parent)))
        return refuse(err, "a provider's new parent does not exist or lies below it");
    change.u.provider.after.name = p->name;
    if (after->name != NULL && strcmp(after->name, p->name) != 0) {
        berth_rc rc = check_provider_text(state, after, in->a, err);
        if (rc != BERTH_OK) return rc;
        change.u.provider.after.name = copy_text(state, after->name);
        if (change.u.provider.after.name == NULL) return berth_fail_memory(err);
    }
    return berth_txn_apply(txn, &change, err);
}

/* --- inventories and links ---------------------------------------------------------------- */

static bool same_inventory(const berth_inventory *a, const berth_inventory *b) {
    return a->total == b->total && a->reserved == b->reserved && a->min_unit == b->min_unit &&
           a->max_unit == b->max_unit && a->step_size == b->step_size &&
           !(a->allocation_ratio < b->allocation_ratio) &&
           !(a->allocation_ratio > b->allocation_ratio);
}

static berth_rc accept_inventory(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    const berth_provider *p = berth_state_provider(state, in->a);
    if (p == NULL) return refuse(err, "an inventory's provider does not exist");
    if (!name_exists(state, BERTH_NAME_CLASS, in->b))
        return refuse(err, "an inventory's class does not exist");
    const berth_stock *stock = berth_provider_stock(p, in->b);
    if (in->u.inventory.had != (stock != NULL) ||
        (stock != NULL && !same_inventory(&stock->inventory, &in->u.inventory.before)))
        return refuse(err, "an inventory is not what a change says it was");
    if (!in->u.inventory.had && !in->u.inventory.has)
        return refuse(err, "a change changes nothing");
    if (in->u.inventory.has && berth_inventory_check(&in->u.inventory.after, NULL) != BERTH_OK)
        return refuse(err, "an inventory's fields give no valid capacity");
    if (!in->u.inventory.has && stock->used != 0)
        return refuse(err, "an inventory with allocations goes");
    return berth_txn_apply(txn, in, err);
}

static berth_rc accept_link(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    bool trait = in->kind == BERTH_CHANGE_TRAIT;
    const berth_provider *p = berth_state_provider(state, in->a);
    if (p == NULL) return refuse(err, "the provider of a trait or aggregate does not exist");
    if (!name_exists(state, trait ? BERTH_NAME_TRAIT : BERTH_NAME_AGGREGATE, in->b))
        return refuse(err, "a provider's trait or aggregate does not exist");
    if (in->u.link.had == in->u.link.has ||
        berth_refs_have(trait ? &p->traits : &p->aggregates, in->b) != in->u.link.had)
        return refuse(err, "a provider's traits or aggregates are not what a change says");
    return berth_txn_apply(txn, in, err);
}

/* --- consumers and allocations ------------------------------------------------------------ */

static berth_rc check_consumer(const berth_state *state, const berth_consumer_row *row,
                               berth_err *err) {
    if (!name_or_none(state, BERTH_NAME_PROJECT, row->project) ||
        !name_or_none(state, BERTH_NAME_USER, row->user) ||
        !name_or_none(state, BERTH_NAME_TYPE, row->type))
        return refuse(err, "a consumer's project, user or type does not exist");
    if (row->generation < 0) return refuse(err, "a consumer's generation is negative");
    return BERTH_OK;
}

static berth_rc create_consumer(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    const berth_consumer_row *row = &in->u.consumer.after;
    if (berth_state_consumer(state, in->a) != NULL)
        return refuse(err, "a consumer's number is taken");
    size_t len = row->uuid == NULL ? 0 : strlen(row->uuid);
    if (len == 0 || len > BERTH_WORD_BYTES || !berth_text_valid(row->uuid, len, NULL))
        return refuse(err, "a consumer's identifier is malformed");
    if (berth_state_find_consumer(state, row->uuid, len) != BERTH_NONE)
        return refuse(err, "two consumers have the same identifier");
    berth_rc rc = check_consumer(state, row, err);
    if (rc != BERTH_OK) return rc;
    berth_change change = *in;
    change.u.consumer.after.uuid = copy_text(state, row->uuid);
    if (change.u.consumer.after.uuid == NULL) return berth_fail_memory(err);
    return berth_txn_apply(txn, &change, err);
}

static berth_rc accept_consumer(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    const berth_consumer_row *before = &in->u.consumer.before, *after = &in->u.consumer.after;
    if (in->a < 0 || in->a >= BERTH_CONSUMERS_MAX)
        return refuse(err, "a consumer's number is out of range");
    if (!before->exists && !after->exists) return refuse(err, "a change changes nothing");
    if (!before->exists) return create_consumer(txn, in, err);
    berth_consumer *c = berth_state_consumer(state, in->a);
    if (c == NULL || before->uuid == NULL || strcmp(c->uuid, before->uuid) != 0 ||
        c->generation != before->generation || c->project != before->project ||
        c->user != before->user || c->type != before->type)
        return refuse(err, "a consumer is not what a change says it was");
    berth_change change = *in;
    change.u.consumer.before.uuid = c->uuid;
    if (after->exists) {
        if (after->uuid == NULL || strcmp(after->uuid, c->uuid) != 0)
            return refuse(err, "a consumer's identifier cannot change");
        berth_rc rc = check_consumer(state, after, err);
        if (rc != BERTH_OK) return rc;
        change.u.consumer.after.uuid = c->uuid;
    } else {
        if (c->first_allocation >= 0) return refuse(err, "a consumer with allocations goes");
        change.u.consumer.after.uuid = NULL;
    }
    return berth_txn_apply(txn, &change, err);
}

/* Neither the provider's nor anybody's sum of the class may leave the integers. */
static bool sums_hold(const berth_state *state, const berth_stock *stock, int64_t delta) {
    const berth_usage_key all = {BERTH_ANY, BERTH_ANY, BERTH_ANY};
    int64_t sum;
    return berth_add_i64(stock->used, delta, &sum) &&
           berth_add_i64(berth_usage_sum(state, all, stock->rclass), delta, &sum);
}

static berth_rc accept_allocation(berth_txn *txn, const berth_change *in, berth_err *err) {
    berth_state *state = txn->state;
    int64_t before = in->u.allocation.before, after = in->u.allocation.after;
    if (berth_state_consumer(state, in->a) == NULL)
        return refuse(err, "an allocation's consumer does not exist");
    const berth_provider *p = berth_state_provider(state, in->b);
    if (p == NULL) return refuse(err, "an allocation's provider does not exist");
    const berth_stock *stock = berth_provider_stock(p, in->c);
    if (stock == NULL) return refuse(err, "an allocation's provider has no inventory of its class");
    if (before < 0 || after < 0 || after > BERTH_AMOUNT_MAX || before == after)
        return refuse(err, "an allocation's amount is out of range");
    int32_t at = berth_state_find_allocation(state, in->a, in->b, in->c);
    if ((at < 0 ? 0 : state->allocations[at].used) != before)
        return refuse(err, "an allocation is not what a change says it was");
    if (!sums_hold(state, stock, after - before)) return refuse(err, "a sum of usage is too large");
    return berth_txn_apply(txn, in, err);
}

berth_rc berth_change_accept(berth_txn *txn, const berth_change *change, berth_err *err) {
    switch (change->kind) {
    case BERTH_CHANGE_NAME:
        return accept_name(txn, change, err);
    case BERTH_CHANGE_PROVIDER:
        return accept_provider(txn, change, err);
    case BERTH_CHANGE_INVENTORY:
        return accept_inventory(txn, change, err);
    case BERTH_CHANGE_TRAIT:
    case BERTH_CHANGE_AGGREGATE:
        return accept_link(txn, change, err);
    case BERTH_CHANGE_CONSUMER:
        return accept_consumer(txn, change, err);
    case BERTH_CHANGE_ALLOCATION:
        return accept_allocation(txn, change, err);
    }
    return refuse(err, "a change is of no known kind");
}

/* --- after a load ------------------------------------------------------------------------- */

berth_ref_counts berth_state_ref_counts(const berth_state *state) {
    berth_ref_counts counts = {.providers = (int64_t)state->nproviders};
    for (int kind = 0; kind < BERTH_NAME_KINDS; kind++)
        counts.names[kind] = (int64_t)state->names[kind].count;
    return counts;
}

static berth_rc keep_names(berth_state *state, int kind, int64_t count, berth_err *err) {
    berth_names *names = &state->names[kind];
    if (count < 0 || count > BERTH_NAMES_MAX)
        return refuse(err, "the number of names ever used is out of range");
    if (berth_names_reserve(names, &state->mem, (size_t)count) != 0) return berth_fail_memory(err);
    for (; names->count < (size_t)count; names->count++) names->text[names->count] = NULL;
    return BERTH_OK;
}

static berth_rc keep_providers(berth_state *state, int64_t count, berth_err *err) {
    if (count < 0 || count > BERTH_PROVIDERS_MAX)
        return refuse(err, "the number of providers ever made is out of range");
    size_t cap = (size_t)count;
    if (cap > state->cap_providers) {
        void *items = berth_realloc(&state->mem, state->providers,
                                    state->cap_providers * sizeof *state->providers,
                                    cap * sizeof *state->providers);
        if (items == NULL) return berth_fail_memory(err);
        state->providers = items;
        state->cap_providers = cap;
    }
    for (; state->nproviders < cap; state->nproviders++)
        state->providers[state->nproviders] = NULL;
    return BERTH_OK;
}

berth_rc berth_state_loaded(berth_state *state, const berth_ref_counts *counts, berth_err *err) {
    for (int kind = 0; kind < BERTH_NAME_KINDS; kind++) {
        berth_rc rc = keep_names(state, kind, counts->names[kind], err);
        if (rc != BERTH_OK) return rc;
    }
    berth_rc rc = keep_providers(state, counts->providers, err);
    if (rc != BERTH_OK) return rc;
    /* the table of consumers made room for as many spare refs as it has entries; lowest last,
     * since the last is the first to be used again */
    berth_refs *spare = &state->free_consumers;
    for (size_t i = state->nconsumers; i-- > 0;) {
        berth_consumer *c = &state->consumers[i];
        if (c->alive || c->spare) continue;
        c->spare = true;
        spare->items[spare->count++] = (berth_ref)i;
    }
    return BERTH_OK;
}
