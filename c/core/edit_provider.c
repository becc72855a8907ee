/* edit_provider.c - providers and their inventories, traits and aggregates (edit.h). */
#include <string.h>

#include "core/capacity.h"
#include "core/edit_private.h"
#include "core/text.h"

/* --- small steps -------------------------------------------------------------------------- */

berth_provider_row berth_edit_row(const berth_provider *provider) {
    berth_provider_row row = {.exists = true,
                              .name = provider->name,
                              .parent = provider->parent,
                              .generation = provider->generation};
    memcpy(row.uuid, provider->uuid, sizeof row.uuid);
    return row;
}

static berth_rc change_row(berth_txn *txn, berth_ref provider, const berth_provider_row *after,
                           berth_err *err) {
    berth_change change = {.kind = BERTH_CHANGE_PROVIDER, .a = provider};
    change.u.provider.before = berth_edit_row(txn->state->providers[provider]);
    change.u.provider.after = *after;
    return berth_txn_apply(txn, &change, err);
}

berth_rc berth_edit_bump(berth_txn *txn, berth_ref provider, berth_err *err) {
    berth_provider_row after = berth_edit_row(txn->state->providers[provider]);
    after.generation++;
    return change_row(txn, provider, &after, err);
}

berth_rc berth_edit_expect(const berth_provider *provider, int64_t expected, berth_err *err) {
    if (expected == BERTH_ANY_GENERATION || expected == provider->generation) return BERTH_OK;
    berth_rc rc = berth_fail(err, BERTH_ECONFLICT,
                             "provider %s is at generation %lld, not %lld: read it again",
                             berth_quote(provider->name, strlen(provider->name)).text,
                             (long long)provider->generation, (long long)expected);
    berth_err_text(err, "provider", provider->uuid);
    berth_err_number(err, "want", expected);
    berth_err_number(err, "have", provider->generation);
    return rc;
}

berth_rc berth_edit_inventory(berth_txn *txn, berth_ref provider, berth_ref rclass,
                              const berth_inventory *after, berth_err *err) {
    const berth_stock *stock = berth_provider_stock(txn->state->providers[provider], rclass);
    berth_change change = {.kind = BERTH_CHANGE_INVENTORY, .a = provider, .b = rclass};
    change.u.inventory.had = stock != NULL;
    if (stock != NULL) change.u.inventory.before = stock->inventory;
    change.u.inventory.has = after != NULL;
    if (after != NULL) change.u.inventory.after = *after;
    /* A store keeps a whole number without the sign of its zero: none may differ from memory. */
    if (!(change.u.inventory.after.allocation_ratio > 0))
        change.u.inventory.after.allocation_ratio = 0.0;
    if (stock == NULL && after == NULL) return BERTH_OK;
    return berth_txn_apply(txn, &change, err);
}

berth_rc berth_edit_link(berth_txn *txn, berth_change_kind kind, berth_ref provider,
                         berth_ref name, bool has, berth_err *err) {
    const berth_provider *p = txn->state->providers[provider];
    bool had = berth_refs_have(kind == BERTH_CHANGE_TRAIT ? &p->traits : &p->aggregates, name);
    if (had == has) return BERTH_OK;
    berth_change change = {.kind = kind, .a = provider, .b = name, .u.link = {had, has}};
    return berth_txn_apply(txn, &change, err);
}

berth_rc berth_edit_check_inventories(const berth_state *state, const berth_inventory_spec *specs,
                                      size_t count, berth_err *err) {
    for (size_t i = 0; i < count; i++) {
        const char *name = berth_state_text(state, BERTH_NAME_CLASS, specs[i].rclass);
        berth_rc rc = berth_inventory_check(&specs[i].inventory, err);
        if (rc != BERTH_OK) {
            if (err != NULL) berth_err_text(err, "class", name);
            return rc;
        }
        for (size_t j = 0; j < i; j++)
            if (specs[j].rclass == specs[i].rclass)
                return berth_fail(err, BERTH_EINVALID, "resource class %s is given twice", name);
    }
    return BERTH_OK;
}

static berth_rc duplicate(const char *what, berth_text value, berth_err *err) {
    berth_quoted shown = berth_quote(value.data, value.len);
    berth_rc rc = berth_fail(err, BERTH_EDUPLICATE, "a provider with %s \"%s\" exists already",
                             what, shown.text);
    berth_err_text(err, what, shown.text);
    return rc;
}

/* --- create, update, delete --------------------------------------------------------------- */

static berth_rc check_name(const berth_state *state, berth_text name, berth_ref self,
                           berth_err *err) {
    size_t chars = 0;
    if (name.len > BERTH_NAME_BYTES || !berth_text_valid(name.data, name.len, &chars))
        return berth_fail(err, BERTH_EINVALID,
                          "provider name is not UTF-8 text of 1 to %d characters without NUL",
                          BERTH_NAME_CHARS);
    if (chars == 0 || chars > BERTH_NAME_CHARS)
        return berth_fail(err, BERTH_EINVALID,
                          "provider name has %zu characters, 1 to %d are taken", chars,
                          BERTH_NAME_CHARS);
    berth_ref other = berth_state_find_name(state, name.data, name.len);
    if (other != BERTH_NONE && other != self) return duplicate("name", name, err);
    return BERTH_OK;
}

static bool aggregate_valid(berth_text text) {
    if (text.len == 0 || text.len > BERTH_WORD_BYTES) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    c == '-' || c == '_' || c == '.';
        if (!fine) return false;
    }
    return true;
}

/* The aggregate's ref; uuids in any usual spelling are one name. */
static berth_rc intern_aggregate(berth_txn *txn, berth_text text, berth_ref *out,
                                 berth_err *err) {
    char uuid[BERTH_UUID_BYTES + 1];
    if (berth_uuid_parse(text.data, text.len, uuid))
        text = (berth_text){uuid, BERTH_UUID_BYTES};
    else if (!aggregate_valid(text))
        return berth_fail(err, BERTH_EINVALID,
                          "aggregate \"%s\" is not a uuid or a word of letters, digits and '.-_'",
                          berth_quote(text.data, text.len).text);
    return berth_edit_intern(txn, BERTH_NAME_AGGREGATE, text, out, err);
}

/* Of so many aggregates that were linked none may have been another's spelling. */
static berth_rc check_distinct(const berth_provider *p, size_t count, berth_err *err) {
    if (p->aggregates.count == count) return BERTH_OK;
    return berth_fail(err, BERTH_EINVALID, "an aggregate is named twice");
}

static berth_rc fill_provider(berth_txn *txn, berth_ref ref, const berth_provider_spec *spec,
                              berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (size_t i = 0; rc == BERTH_OK && i < spec->ninventories; i++)
        rc = berth_edit_inventory(txn, ref, spec->inventories[i].rclass,
                                  &spec->inventories[i].inventory, err);
    for (size_t i = 0; rc == BERTH_OK && i < spec->ntraits; i++)
        rc = berth_edit_link(txn, BERTH_CHANGE_TRAIT, ref, spec->traits[i], true, err);
    for (size_t i = 0; rc == BERTH_OK && i < spec->naggregates; i++) {
        berth_ref aggregate;
        rc = intern_aggregate(txn, spec->aggregates[i], &aggregate, err);
        if (rc == BERTH_OK)
            rc = berth_edit_link(txn, BERTH_CHANGE_AGGREGATE, ref, aggregate, true, err);
    }
    if (rc == BERTH_OK) rc = check_distinct(txn->state->providers[ref], spec->naggregates, err);
    return rc;
}

berth_rc berth_provider_create(berth_txn *txn, const berth_provider_spec *spec, berth_ref *out,
                               berth_err *err) {
    berth_state *state = txn->state;
    size_t mark = txn->count;
    berth_change change = {.kind = BERTH_CHANGE_PROVIDER, .a = (berth_ref)state->nproviders};
    berth_provider_row *row = &change.u.provider.after;
    *out = BERTH_NONE;
    if (!berth_uuid_parse(spec->uuid.data, spec->uuid.len, row->uuid))
        return berth_fail(err, BERTH_EINVALID, "\"%s\" is not a uuid",
                          berth_quote(spec->uuid.data, spec->uuid.len).text);
    berth_rc rc = check_name(state, spec->name, BERTH_NONE, err);
    if (rc == BERTH_OK && berth_state_find_uuid(state, row->uuid) != BERTH_NONE)
        rc = duplicate("uuid", (berth_text){row->uuid, BERTH_UUID_BYTES}, err);
    if (rc == BERTH_OK)
        rc = berth_edit_check_inventories(state, spec->inventories, spec->ninventories, err);
    if (rc != BERTH_OK) return rc;
    row->exists = true;
    row->parent = spec->parent;
    row->name = berth_edit_copy(txn, spec->name);
    if (row->name == NULL) return berth_fail_memory(err);
    rc = berth_txn_apply(txn, &change, err);
    if (rc == BERTH_OK) rc = fill_provider(txn, change.a, spec, err);
    if (rc != BERTH_OK) {
        berth_txn_undo(txn, mark);
        return rc;
    }
    *out = change.a;
    return BERTH_OK;
}

berth_rc berth_provider_update(berth_txn *txn, berth_ref provider, berth_text name,
                               bool set_parent, berth_ref parent, berth_err *err) {
    berth_state *state = txn->state;
    const berth_provider *p = state->providers[provider];
    berth_provider_row after = berth_edit_row(p);
    if (name.data != NULL) {
        berth_rc rc = check_name(state, name, provider, err);
        if (rc != BERTH_OK) return rc;
    }
    if (set_parent) {
        if (parent != BERTH_NONE && berth_tree_dominates(state, provider, parent)) {
            berth_rc rc = berth_fail(err, BERTH_ELOOP,
                                     "the new parent lies inside the provider's own subtree");
            berth_err_text(err, "provider", p->uuid);
            berth_err_text(err, "parent", state->providers[parent]->uuid);
            return rc;
        }
        after.parent = parent;
    }
    bool renamed = name.data != NULL &&
                   (strlen(p->name) != name.len || memcmp(p->name, name.data, name.len) != 0);
    if (renamed) {
        after.name = berth_edit_copy(txn, name);
        if (after.name == NULL) return berth_fail_memory(err);
    }
    if (!renamed && after.parent == p->parent) return BERTH_OK;
    return change_row(txn, provider, &after, err);
}

/* Inventories and links go first, each as its own change, so that the inverse brings all back. */
static berth_rc strip_provider(berth_txn *txn, berth_ref provider, berth_err *err) {
    const berth_provider *p = txn->state->providers[provider];
    berth_rc rc = BERTH_OK;
    while (rc == BERTH_OK && p->nstocks > 0)
        rc = berth_edit_inventory(txn, provider, p->stocks[p->nstocks - 1].rclass, NULL, err);
    while (rc == BERTH_OK && p->traits.count > 0)
        rc = berth_edit_link(txn, BERTH_CHANGE_TRAIT, provider,
                             p->traits.items[p->traits.count - 1], false, err);
    while (rc == BERTH_OK && p->aggregates.count > 0)
        rc = berth_edit_link(txn, BERTH_CHANGE_AGGREGATE, provider,
                             p->aggregates.items[p->aggregates.count - 1], false, err);
    return rc;
}

berth_rc berth_provider_delete(berth_txn *txn, berth_ref provider, berth_err *err) {
    const berth_provider *p = txn->state->providers[provider];
    const char *name = p->name;
    size_t mark = txn->count;
    berth_rc rc = BERTH_OK;
    if (p->first_child != BERTH_NONE)
        rc = berth_fail(err, BERTH_ECHILDREN, "provider %s has children: delete them first",
                        berth_quote(name, strlen(name)).text);
    else if (p->first_allocation >= 0)
        rc = berth_fail(err, BERTH_EINUSE, "provider %s has allocations: release them first",
                        berth_quote(name, strlen(name)).text);
    if (rc != BERTH_OK) {
        berth_err_text(err, "provider", p->uuid);
        return rc;
    }
    rc = strip_provider(txn, provider, err);
    if (rc == BERTH_OK) {
        berth_provider_row gone = {.exists = false};
        rc = change_row(txn, provider, &gone, err);
    }
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}

/* --- inventories -------------------------------------------------------------------------- */

static berth_rc refuse_in_use(const berth_state *state, const berth_provider *p,
                              const berth_stock *stock, berth_err *err) {
    const char *rclass = berth_state_text(state, BERTH_NAME_CLASS, stock->rclass);
    berth_rc rc = berth_fail(err, BERTH_EINVENTORYINUSE,
                             "inventory of %s on provider %s is in use and cannot be removed",
                             rclass, berth_quote(p->name, strlen(p->name)).text);
    berth_err_text(err, "provider", p->uuid);
    berth_err_text(err, "class", rclass);
    return rc;
}

static bool listed(const berth_inventory_spec *specs, size_t count, berth_ref rclass) {
    for (size_t i = 0; i < count; i++)
        if (specs[i].rclass == rclass) return true;
    return false;
}

berth_rc berth_provider_set_inventories(berth_txn *txn, berth_ref provider,
                                        const berth_inventory_spec *specs, size_t count,
                                        int64_t generation, berth_err *err) {
    berth_state *state = txn->state;
    const berth_provider *p = state->providers[provider];
    size_t mark = txn->count;
    berth_rc rc = berth_edit_expect(p, generation, err);
    if (rc == BERTH_OK) rc = berth_edit_check_inventories(state, specs, count, err);
    for (size_t i = 0; rc == BERTH_OK && i < p->nstocks; i++)
        if (p->stocks[i].used > 0 && !listed(specs, count, p->stocks[i].rclass))
            rc = refuse_in_use(state, p, &p->stocks[i], err);
    for (size_t i = p->nstocks; rc == BERTH_OK && i > 0; i--)
        if (!listed(specs, count, p->stocks[i - 1].rclass))
            rc = berth_edit_inventory(txn, provider, p->stocks[i - 1].rclass, NULL, err);
    for (size_t i = 0; rc == BERTH_OK && i < count; i++)
        rc = berth_edit_inventory(txn, provider, specs[i].rclass, &specs[i].inventory, err);
    if (rc == BERTH_OK) rc = berth_edit_bump(txn, provider, err);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}

berth_rc berth_provider_set_inventory(berth_txn *txn, berth_ref provider, berth_ref rclass,
                                      const berth_inventory *inventory, int64_t generation,
                                      berth_err *err) {
    berth_state *state = txn->state;
    const berth_provider *p = state->providers[provider];
    const berth_stock *stock = berth_provider_stock(p, rclass);
    size_t mark = txn->count;
    berth_rc rc = berth_edit_expect(p, generation, err);
    if (rc != BERTH_OK) return rc;
    if (inventory == NULL && stock == NULL) {
        rc = berth_fail(err, BERTH_ENOTFOUND, "provider has no inventory of %s",
                        berth_state_text(state, BERTH_NAME_CLASS, rclass));
        berth_err_text(err, "provider", p->uuid);
        berth_err_text(err, "class", berth_state_text(state, BERTH_NAME_CLASS, rclass));
        return rc;
    }
    if (inventory == NULL && stock->used > 0) return refuse_in_use(state, p, stock, err);
    if (inventory != NULL) {
        berth_inventory_spec spec = {rclass, *inventory};
        rc = berth_edit_check_inventories(state, &spec, 1, err);
    }
    if (rc == BERTH_OK) rc = berth_edit_inventory(txn, provider, rclass, inventory, err);
    if (rc == BERTH_OK) rc = berth_edit_bump(txn, provider, err);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}

/* --- traits and aggregates ---------------------------------------------------------------- */

static bool in_list(const berth_ref *list, size_t count, berth_ref ref) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == ref) return true;
    return false;
}

/* Makes the provider's links of one kind exactly the list. */
static berth_rc set_links(berth_txn *txn, berth_change_kind kind, berth_ref provider,
                          const berth_ref *list, size_t count, berth_err *err) {
    const berth_provider *p = txn->state->providers[provider];
    const berth_refs *have = kind == BERTH_CHANGE_TRAIT ? &p->traits : &p->aggregates;
    berth_rc rc = BERTH_OK;
    for (size_t i = have->count; rc == BERTH_OK && i > 0; i--)
        if (!in_list(list, count, have->items[i - 1]))
            rc = berth_edit_link(txn, kind, provider, have->items[i - 1], false, err);
    for (size_t i = 0; rc == BERTH_OK && i < count; i++)
        rc = berth_edit_link(txn, kind, provider, list[i], true, err);
    return rc;
}

berth_rc berth_provider_set_traits(berth_txn *txn, berth_ref provider, const berth_ref *traits,
                                   size_t count, int64_t generation, berth_err *err) {
    size_t mark = txn->count;
    berth_rc rc = berth_edit_expect(txn->state->providers[provider], generation, err);
    if (rc == BERTH_OK) rc = set_links(txn, BERTH_CHANGE_TRAIT, provider, traits, count, err);
    if (rc == BERTH_OK && txn->count > mark) rc = berth_edit_bump(txn, provider, err);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}

berth_rc berth_provider_set_aggregates(berth_txn *txn, berth_ref provider,
                                       const berth_text *aggregates, size_t count,
                                       int64_t generation, berth_err *err) {
    const berth_mem *mem = &txn->state->mem;
    size_t mark = txn->count;
    berth_rc rc = berth_edit_expect(txn->state->providers[provider], generation, err);
    if (rc != BERTH_OK) return rc;
    berth_ref *refs = berth_calloc(mem, count, sizeof *refs);
    if (refs == NULL) return berth_fail_memory(err);
    for (size_t i = 0; rc == BERTH_OK && i < count; i++)
        rc = intern_aggregate(txn, aggregates[i], &refs[i], err);
    if (rc == BERTH_OK) rc = set_links(txn, BERTH_CHANGE_AGGREGATE, provider, refs, count, err);
    if (rc == BERTH_OK) rc = check_distinct(txn->state->providers[provider], count, err);
    if (rc == BERTH_OK) rc = berth_edit_bump(txn, provider, err);
    berth_free(mem, refs, count * sizeof *refs);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}
