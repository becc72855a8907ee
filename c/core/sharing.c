/* sharing.c - see sharing.h. */
#include "core/sharing.h"

#include <stdlib.h>
#include <string.h>

static const char sharing_trait[] = "MISC_SHARES_VIA_AGGREGATE";

typedef struct pairs {
    berth_serves *items;
    size_t count, cap;
} pairs;

static int add(const berth_mem *mem, pairs *list, berth_ref anchor, berth_ref provider) {
    void *items = list->items;
    if (berth_grow(mem, &items, &list->cap, list->count, sizeof *list->items) != 0) return -1;
    list->items = items;
    list->items[list->count++] = (berth_serves){anchor, provider};
    return 0;
}

static int order(berth_ref a, berth_ref b, berth_ref c, berth_ref d) {
    return a != b ? (a > b) - (a < b) : (c > d) - (c < d);
}

static int anchor_order(const void *a, const void *b) {
    const berth_serves *x = a, *y = b;
    return order(x->anchor, y->anchor, x->provider, y->provider);
}

static int provider_order(const void *a, const void *b) {
    const berth_serves *x = a, *y = b;
    return order(x->provider, y->provider, x->anchor, y->anchor);
}

static void sort_once(pairs *list) {
    if (list->count == 0) return;
    qsort(list->items, list->count, sizeof *list->items, anchor_order);
    size_t kept = 1;
    for (size_t i = 1; i < list->count; i++)
        if (anchor_order(&list->items[i], &list->items[kept - 1]) != 0)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* The first entry whose anchor is not below `anchor`, in a list by anchor. */
static size_t lower_anchor(const berth_serves *items, size_t count, berth_ref anchor) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (items[mid].anchor < anchor)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The first entry whose provider is not below `provider`, in a list by provider. */
static size_t lower_provider(const berth_serves *items, size_t count, berth_ref provider) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (items[mid].provider < provider)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Own trees into `out`; the sharing providers' aggregates into `via`, as (aggregate, provider). */
static int find_sharing(berth_state *state, pairs *via, pairs *out) {
    berth_ref trait =
        berth_state_name(state, BERTH_NAME_TRAIT, sharing_trait, sizeof sharing_trait - 1);
    if (trait == BERTH_NONE) return 0;
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = state->providers[i];
        if (p == NULL || !p->alive || p->traits.count == 0) continue;
        if (!berth_refs_have(&p->traits, trait)) continue;
        if (add(&state->mem, out, p->root, p->ref) != 0) return -1;
        for (size_t j = 0; j < p->aggregates.count; j++)
            if (add(&state->mem, via, p->aggregates.items[j], p->ref) != 0) return -1;
    }
    sort_once(via);
    return 0;
}

static int find_anchors(berth_state *state, const pairs *via, pairs *out) {
    if (via->count == 0) return 0;
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = state->providers[i];
        if (p == NULL || !p->alive) continue;
        for (size_t j = 0; j < p->aggregates.count; j++) {
            berth_ref aggregate = p->aggregates.items[j];
            size_t at = lower_anchor(via->items, via->count, aggregate);
            for (; at < via->count && via->items[at].anchor == aggregate; at++)
                if (add(&state->mem, out, p->root, via->items[at].provider) != 0) return -1;
        }
    }
    return 0;
}

static void drop(const berth_mem *mem, berth_sharing *s) {
    berth_free(mem, s->by_anchor, s->count * sizeof *s->by_anchor);
    berth_free(mem, s->by_provider, s->count * sizeof *s->by_provider);
    s->by_anchor = s->by_provider = NULL;
    s->count = 0;
}

/* Replaces the table's content with the list's. */
static int fill(const berth_mem *mem, berth_sharing *s, const pairs *list) {
    size_t size = list->count * sizeof *list->items;
    berth_serves *a = NULL, *b = NULL;
    if (list->count > 0) {
        a = berth_alloc(mem, size);
        b = berth_alloc(mem, size);
        if (a == NULL || b == NULL) {
            berth_free(mem, a, size);
            berth_free(mem, b, size);
            return -1;
        }
        memcpy(a, list->items, size);
        memcpy(b, list->items, size);
        qsort(b, list->count, sizeof *b, provider_order);
    }
    drop(mem, s);
    s->by_anchor = a;
    s->by_provider = b;
    s->count = list->count;
    return 0;
}

const berth_sharing *berth_sharing_get(berth_state *state) {
    berth_sharing *s = state->sharing;
    if (s != NULL && s->topology == state->topology) return s;
    const berth_mem *mem = &state->mem;
    if (s == NULL) {
        s = berth_calloc(mem, 1, sizeof *s);
        if (s == NULL) return NULL;
        state->sharing = s;
        s->topology = UINT64_MAX;
    }
    pairs via = {0}, out = {0};
    size_t before = s->count;
    int rc = find_sharing(state, &via, &out);
    if (rc == 0) rc = find_anchors(state, &via, &out);
    if (rc == 0) {
        sort_once(&out);
        rc = fill(mem, s, &out);
    }
    berth_free(mem, via.items, via.cap * sizeof *via.items);
    berth_free(mem, out.items, out.cap * sizeof *out.items);
    if (rc != 0) return NULL;
    /* With nobody sharing before and after, trees depend on themselves alone. */
    if (before != 0 || s->count != 0) s->stamp = state->clock;
    s->topology = state->topology;
    return s;
}

void berth_sharing_free(berth_state *state) {
    if (state->sharing == NULL) return;
    drop(&state->mem, state->sharing);
    berth_free(&state->mem, state->sharing, sizeof *state->sharing);
    state->sharing = NULL;
}

const berth_serves *berth_sharing_of_anchor(const berth_sharing *sharing, berth_ref anchor,
                                            size_t *count) {
    size_t from = lower_anchor(sharing->by_anchor, sharing->count, anchor);
    *count = lower_anchor(sharing->by_anchor, sharing->count, anchor + 1) - from;
    return *count > 0 ? sharing->by_anchor + from : NULL;
}

const berth_serves *berth_sharing_of_provider(const berth_sharing *sharing, berth_ref provider,
                                              size_t *count) {
    size_t from = lower_provider(sharing->by_provider, sharing->count, provider);
    *count = lower_provider(sharing->by_provider, sharing->count, provider + 1) - from;
    return *count > 0 ? sharing->by_provider + from : NULL;
}

bool berth_serves_have(const berth_serves *serves, size_t count, berth_ref provider) {
    size_t at = lower_provider(serves, count, provider);
    return at < count && serves[at].provider == provider;
}
