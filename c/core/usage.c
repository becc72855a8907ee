/* usage.c - see usage.h.  One counter for each of the eight ways to say "this or any" of project,
 * user and type, by class; a counter once made stays, so that undoing never needs memory. */
#include "core/usage.h"

#include <string.h>

typedef struct counter {
    berth_usage_key key;
    berth_ref rclass; /* BERTH_ANY: number of consumers */
    int64_t value;
} counter;

struct berth_tally {
    counter *items;
    size_t count, cap;
    berth_map map;
};

#define WAYS 8

int berth_tally_new(berth_state *state) {
    state->tally = berth_calloc(&state->mem, 1, sizeof *state->tally);
    return state->tally == NULL ? -1 : 0;
}

void berth_tally_free(berth_state *state) {
    if (state->tally == NULL) return;
    berth_free(&state->mem, state->tally->items, state->tally->cap * sizeof(counter));
    berth_map_free(&state->tally->map, &state->mem);
    berth_free(&state->mem, state->tally, sizeof *state->tally);
    state->tally = NULL;
}

int berth_tally_reserve(berth_state *state, size_t calls) {
    berth_tally *tally = state->tally;
    if (calls > SIZE_MAX / WAYS / sizeof(counter) / 4) return -1;
    size_t need = tally->count + calls * WAYS;
    if (berth_map_reserve(&tally->map, &state->mem, calls * WAYS) != 0) return -1;
    if (need <= tally->cap) return 0;
    size_t cap = tally->cap * 2 > need ? tally->cap * 2 : need;
    void *items = berth_realloc(&state->mem, tally->items, tally->cap * sizeof(counter),
                                cap * sizeof(counter));
    if (items == NULL) return -1;
    tally->items = items;
    tally->cap = cap;
    return 0;
}

static bool counter_equal(const void *owner, int64_t value, const void *key) {
    const berth_tally *tally = owner;
    const counter *a = &tally->items[value], *b = key;
    return a->rclass == b->rclass && a->key.project == b->key.project &&
           a->key.user == b->key.user && a->key.type == b->key.type;
}

static uint64_t counter_hash(const counter *c) {
    uint64_t a = (uint64_t)(uint32_t)c->key.project << 32 | (uint32_t)c->key.user;
    uint64_t b = (uint64_t)(uint32_t)c->key.type << 32 | (uint32_t)c->rclass;
    return berth_hash_u64(a, b);
}

static int64_t read_counter(const berth_state *state, berth_usage_key key, berth_ref rclass) {
    const counter sought = {key, rclass, 0};
    int64_t at = berth_map_find(&state->tally->map, counter_hash(&sought), counter_equal,
                                state->tally, &sought);
    return at < 0 ? 0 : state->tally->items[at].value;
}

/* Room was reserved for a counter that does not exist yet. */
static void add_counter(berth_tally *tally, berth_usage_key key, berth_ref rclass,
                        int64_t amount) {
    counter c = {key, rclass, amount};
    uint64_t hash = counter_hash(&c);
    int64_t at = berth_map_find(&tally->map, hash, counter_equal, tally, &c);
    if (at >= 0) {
        tally->items[at].value += amount;
        return;
    }
    berth_map_put(&tally->map, hash, (int64_t)tally->count);
    tally->items[tally->count++] = c;
}

static void add_all_ways(berth_state *state, const berth_consumer *consumer, berth_ref rclass,
                         int64_t amount) {
    for (unsigned way = 0; way < WAYS; way++) {
        berth_usage_key key = {
            way & 1 ? BERTH_ANY : consumer->project,
            way & 2 ? BERTH_ANY : consumer->user,
            way & 4 ? BERTH_ANY : consumer->type,
        };
        add_counter(state->tally, key, rclass, amount);
    }
}

void berth_tally_add(berth_state *state, const berth_consumer *consumer, berth_ref rclass,
                     int64_t amount) {
    add_all_ways(state, consumer, rclass, amount);
}

void berth_tally_consumer(berth_state *state, const berth_consumer *consumer, int sign) {
    add_all_ways(state, consumer, BERTH_ANY, sign);
}

int64_t berth_usage_sum(const berth_state *state, berth_usage_key key, berth_ref rclass) {
    return read_counter(state, key, rclass);
}

int64_t berth_usage_consumers(const berth_state *state, berth_usage_key key) {
    return read_counter(state, key, BERTH_ANY);
}
