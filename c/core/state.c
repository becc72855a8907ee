/* state.c - see state.h. */
#include "core/state.h"

#include <string.h>

#include "core/err.h"
#include "core/names_private.h"
#include "core/sharing.h"
#include "core/standard.h"
#include "core/state_private.h"
#include "core/text.h"
#include "core/usage.h"

/* --- sets of refs ------------------------------------------------------------------------ */

static size_t refs_place(const berth_refs *refs, berth_ref ref) {
    size_t low = 0, high = refs->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (refs->items[mid] < ref)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool berth_refs_have(const berth_refs *refs, berth_ref ref) {
    size_t at = refs_place(refs, ref);
    return at < refs->count && refs->items[at] == ref;
}

int berth_refs_reserve(berth_refs *refs, const berth_mem *mem) {
    void *items = refs->items;
    if (berth_grow(mem, &items, &refs->cap, refs->count, sizeof *refs->items) != 0) return -1;
    refs->items = items;
    return 0;
}

bool berth_refs_put(berth_refs *refs, berth_ref ref) {
    size_t at = refs_place(refs, ref);
    if (at < refs->count && refs->items[at] == ref) return false;
    memmove(refs->items + at + 1, refs->items + at, (refs->count - at) * sizeof *refs->items);
    refs->items[at] = ref;
    refs->count++;
    return true;
}

bool berth_refs_drop(berth_refs *refs, berth_ref ref) {
    size_t at = refs_place(refs, ref);
    if (at == refs->count || refs->items[at] != ref) return false;
    refs->count--;
    memmove(refs->items + at, refs->items + at + 1, (refs->count - at) * sizeof *refs->items);
    return true;
}

void berth_refs_free(berth_refs *refs, const berth_mem *mem) {
    berth_free(mem, refs->items, refs->cap * sizeof *refs->items);
    *refs = (berth_refs){0};
}

/* --- life -------------------------------------------------------------------------------- */

uint64_t berth_state_hash(const berth_state *state, const char *text, size_t len) {
    return berth_hash_bytes(state->hash_key, text, len);
}

static int add_standard(berth_state *state, berth_name_kind kind, const char *const *list,
                        size_t count) {
    berth_names *names = &state->names[kind];
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(list[i]);
        if (berth_names_reserve(names, &state->mem, BERTH_CUSTOM_BASE) != 0) return -1;
        char *text = berth_alloc(&state->mem, len + 1);
        if (text == NULL) return -1;
        memcpy(text, list[i], len + 1);
        berth_names_put(names, berth_state_hash(state, text, len), (berth_ref)i, text);
    }
    /* custom refs start behind the place kept for the standard ones */
    for (; names->count < BERTH_CUSTOM_BASE; names->count++) names->text[names->count] = NULL;
    return 0;
}

berth_rc berth_state_new(berth_mem mem, const uint64_t hash_key[2], berth_state **out,
                         berth_err *err) {
    *out = NULL;
    berth_state *state = berth_calloc(&mem, 1, sizeof *state);
    if (state == NULL) return berth_fail_memory(err);
    state->mem = mem;
    state->hash_key[0] = hash_key[0];
    state->hash_key[1] = hash_key[1];
    state->free_allocation = -1;
    if (berth_tally_new(state) != 0 ||
        add_standard(state, BERTH_NAME_CLASS, standard_classes,
                     sizeof standard_classes / sizeof standard_classes[0]) != 0 ||
        add_standard(state, BERTH_NAME_TRAIT, standard_traits,
                     sizeof standard_traits / sizeof standard_traits[0]) != 0) {
        berth_state_free(state);
        return berth_fail_memory(err);
    }
    *out = state;
    return BERTH_OK;
}

void berth_provider_free(berth_state *state, berth_provider *provider) {
    if (provider == NULL) return;
    const berth_mem *mem = &state->mem;
    if (provider->name != NULL) berth_free(mem, provider->name, strlen(provider->name) + 1);
    berth_free(mem, provider->stocks, provider->cap_stocks * sizeof *provider->stocks);
    berth_refs_free(&provider->traits, mem);
    berth_refs_free(&provider->aggregates, mem);
    berth_refs_free(&provider->members, mem);
    berth_free(mem, provider, sizeof *provider);
}

void berth_state_free(berth_state *state) {
    if (state == NULL) return;
    const berth_mem mem = state->mem;
    for (size_t i = 0; i < state->nproviders; i++) berth_provider_free(state, state->providers[i]);
    berth_free(&mem, state->providers, state->cap_providers * sizeof *state->providers);
    for (size_t i = 0; i < state->nconsumers; i++)
        if (state->consumers[i].uuid != NULL)
            berth_free(&mem, state->consumers[i].uuid, strlen(state->consumers[i].uuid) + 1);
    berth_free(&mem, state->consumers, state->cap_consumers * sizeof *state->consumers);
    berth_free(&mem, state->allocations, state->cap_allocations * sizeof *state->allocations);
    for (int kind = 0; kind < BERTH_NAME_KINDS; kind++)
        berth_names_free(&state->names[kind], &mem);
    berth_refs_free(&state->roots, &mem);
    berth_refs_free(&state->free_consumers, &mem);
    berth_map_free(&state->provider_by_uuid, &mem);
    berth_map_free(&state->provider_by_name, &mem);
    berth_map_free(&state->consumer_by_uuid, &mem);
    berth_tally_free(state);
    berth_sharing_free(state);
    berth_free(&mem, state, sizeof *state);
}

/* --- finding ----------------------------------------------------------------------------- */

berth_provider *berth_state_provider(const berth_state *state, berth_ref ref) {
    if (ref < 0 || (size_t)ref >= state->nproviders) return NULL;
    berth_provider *p = state->providers[ref];
    return p != NULL && p->alive ? p : NULL;
}

berth_consumer *berth_state_consumer(const berth_state *state, berth_ref ref) {
    if (ref < 0 || (size_t)ref >= state->nconsumers) return NULL;
    berth_consumer *c = &state->consumers[ref];
    return c->alive ? c : NULL;
}

typedef struct sought {
    const char *text;
    size_t len;
} sought;

static bool text_is(const char *text, const sought *s) {
    return strncmp(text, s->text, s->len) == 0 && text[s->len] == '\0';
}

static bool uuid_equal(const void *owner, int64_t value, const void *key) {
    const berth_state *state = owner;
    return text_is(state->providers[value]->uuid, key);
}

static bool name_equal(const void *owner, int64_t value, const void *key) {
    const berth_state *state = owner;
    return text_is(state->providers[value]->name, key);
}

static bool consumer_equal(const void *owner, int64_t value, const void *key) {
    const berth_state *state = owner;
    return text_is(state->consumers[value].uuid, key);
}

berth_ref berth_state_find_uuid(const berth_state *state, const char *uuid) {
    sought s = {uuid, strlen(uuid)};
    return (berth_ref)berth_map_find(&state->provider_by_uuid,
                                     berth_state_hash(state, s.text, s.len), uuid_equal, state,
                                     &s);
}

berth_ref berth_state_find_name(const berth_state *state, const char *name, size_t len) {
    sought s = {name, len};
    return (berth_ref)berth_map_find(&state->provider_by_name, berth_state_hash(state, name, len),
                                     name_equal, state, &s);
}

berth_ref berth_state_find_provider(const berth_state *state, const char *text, size_t len) {
    char uuid[BERTH_UUID_BYTES + 1];
    if (berth_uuid_parse(text, len, uuid)) {
        berth_ref ref = berth_state_find_uuid(state, uuid);
        if (ref != BERTH_NONE) return ref;
    }
    return berth_state_find_name(state, text, len);
}

berth_ref berth_state_find_consumer(const berth_state *state, const char *uuid, size_t len) {
    sought s = {uuid, len};
    return (berth_ref)berth_map_find(&state->consumer_by_uuid, berth_state_hash(state, uuid, len),
                                     consumer_equal, state, &s);
}

berth_ref berth_state_name(const berth_state *state, berth_name_kind kind, const char *text,
                           size_t len) {
    return berth_names_find_hashed(&state->names[kind], berth_state_hash(state, text, len), text,
                                   len);
}

const char *berth_state_text(const berth_state *state, berth_name_kind kind, berth_ref ref) {
    const char *text = berth_names_text(&state->names[kind], ref);
    if (text != NULL) return text;
    return kind == BERTH_NAME_TYPE ? "unknown" : "";
}

berth_stock *berth_provider_stock(const berth_provider *provider, berth_ref rclass) {
    for (size_t i = 0; i < provider->nstocks; i++)
        if (provider->stocks[i].rclass == rclass) return &provider->stocks[i];
    return NULL;
}

int32_t berth_state_find_allocation(const berth_state *state, berth_ref consumer,
                                    berth_ref provider, berth_ref rclass) {
    int32_t at = state->consumers[consumer].first_allocation;
    while (at >= 0) {
        const berth_allocation *a = &state->allocations[at];
        if (a->provider == provider && a->rclass == rclass) return at;
        if (a->provider > provider || (a->provider == provider && a->rclass > rclass)) return -1;
        at = a->next_of_consumer;
    }
    return -1;
}

berth_ref berth_state_next_consumer(berth_state *state) {
    while (state->free_consumers.count > 0) {
        berth_ref ref = state->free_consumers.items[--state->free_consumers.count];
        state->consumers[ref].spare = false;
        if (!state->consumers[ref].alive) return ref;
    }
    return (berth_ref)state->nconsumers;
}

void berth_state_touch(berth_state *state, berth_ref provider) {
    state->clock++;
    berth_ref root = state->providers[provider]->root;
    state->providers[root]->version = state->clock;
    state->touched[state->touches++ % BERTH_TOUCHED] = root;
}

/* --- trees ------------------------------------------------------------------------------- */

/* The next provider of the tree under `root` in pre-order, BERTH_NONE at the end. */
static berth_ref next_in_tree(const berth_state *state, berth_ref root, berth_ref at) {
    const berth_provider *p = state->providers[at];
    if (p->first_child != BERTH_NONE) return p->first_child;
    while (at != root) {
        p = state->providers[at];
        if (p->next_sibling != BERTH_NONE) return p->next_sibling;
        at = p->parent;
    }
    return BERTH_NONE;
}

const berth_refs *berth_tree_members(berth_state *state, berth_ref root) {
    berth_provider *r = state->providers[root];
    if (r->members_known) return &r->members;
    r->members.count = 0;
    for (berth_ref at = root; at != BERTH_NONE; at = next_in_tree(state, root, at)) {
        if (berth_refs_reserve(&r->members, &state->mem) != 0) return NULL;
        r->members.items[r->members.count++] = at;
    }
    r->members_known = true;
    return &r->members;
}

bool berth_tree_dominates(const berth_state *state, berth_ref ancestor, berth_ref provider) {
    for (berth_ref at = provider; at != BERTH_NONE; at = state->providers[at]->parent)
        if (at == ancestor) return true;
    return false;
}
