/* ranks.c - remembered ranks by shape and ranking, bounded in memory; see place.h. */
#include <string.h>

#include "core/err.h"
#include "core/ranks_private.h"

#define RANKS_BYTES_DEFAULT ((size_t)64 << 20)

struct berth_ranks {
    berth_mem mem;
    size_t max_bytes, bytes;
    uint64_t uses;
    rank_set **sets; /* owned; a removed set's place is taken by the last */
    size_t nsets, cap_sets;
    berth_map map; /* hash of key and ranking -> index in sets */
};

berth_ranks *berth_ranks_new(berth_mem mem, size_t max_bytes) {
    berth_ranks *ranks = berth_calloc(&mem, 1, sizeof *ranks);
    if (ranks == NULL) return NULL;
    ranks->mem = mem;
    ranks->max_bytes = max_bytes != 0 ? max_bytes : RANKS_BYTES_DEFAULT;
    return ranks;
}

static size_t bytes_of(const rank_set *set) {
    return sizeof *set + set->key_len + set->cap_trees * sizeof *set->trees +
           set->cap_wins * sizeof *set->wins;
}

static void free_set(berth_ranks *ranks, rank_set *set) {
    ranks->bytes -= bytes_of(set);
    berth_free(&ranks->mem, set->trees, set->cap_trees * sizeof *set->trees);
    berth_free(&ranks->mem, set->wins, set->cap_wins * sizeof *set->wins);
    berth_free(&ranks->mem, set->key, set->key_len);
    berth_free(&ranks->mem, set, sizeof *set);
}

void berth_ranks_clear(berth_ranks *ranks) {
    if (ranks == NULL) return;
    while (ranks->nsets > 0) {
        rank_set *set = ranks->sets[--ranks->nsets];
        berth_map_remove(&ranks->map, set->hash, (int64_t)ranks->nsets);
        free_set(ranks, set);
    }
}

void berth_ranks_free(berth_ranks *ranks) {
    if (ranks == NULL) return;
    berth_ranks_clear(ranks);
    berth_mem mem = ranks->mem;
    berth_map_free(&ranks->map, &mem);
    berth_free(&mem, ranks->sets, ranks->cap_sets * sizeof *ranks->sets);
    berth_free(&mem, ranks, sizeof *ranks);
}

/* --- finding ------------------------------------------------------------------------------ */

typedef struct sought {
    const berth_shape *shape;
    uint64_t ranking;
} sought;

static bool is_sought(const void *owner, int64_t value, const void *key) {
    const berth_ranks *ranks = owner;
    const sought *s = key;
    const rank_set *set = ranks->sets[value];
    return set->ranking == s->ranking && set->key_len == s->shape->key_len &&
           memcmp(set->key, s->shape->key, set->key_len) == 0;
}

/* The one place in the map that moved when the last set took another's index. */
static void drop_set(berth_ranks *ranks, size_t at) {
    rank_set *set = ranks->sets[at], *last = ranks->sets[ranks->nsets - 1];
    berth_map_remove(&ranks->map, set->hash, (int64_t)at);
    if (last != set) {
        berth_map_remove(&ranks->map, last->hash, (int64_t)ranks->nsets - 1);
        berth_map_put(&ranks->map, last->hash, (int64_t)at);
        ranks->sets[at] = last;
    }
    ranks->nsets--;
    free_set(ranks, set);
}

/* Least recently used sets go until the rest fits; `keep` stays whatever its size. */
static void shrink(berth_ranks *ranks, const rank_set *keep) {
    while (ranks->bytes > ranks->max_bytes && ranks->nsets > 1) {
        size_t oldest = ranks->nsets;
        for (size_t i = 0; i < ranks->nsets; i++)
            if (ranks->sets[i] != keep &&
                (oldest == ranks->nsets || ranks->sets[i]->used < ranks->sets[oldest]->used))
                oldest = i;
        drop_set(ranks, oldest);
    }
}

static rank_set *add_set(berth_ranks *ranks, const sought *s, uint64_t hash) {
    const berth_mem *mem = &ranks->mem;
    void *sets = ranks->sets;
    if (berth_grow(mem, &sets, &ranks->cap_sets, ranks->nsets, sizeof *ranks->sets) != 0)
        return NULL;
    ranks->sets = sets;
    if (berth_map_reserve(&ranks->map, mem, 1) != 0) return NULL;
    rank_set *set = berth_calloc(mem, 1, sizeof *set);
    if (set == NULL) return NULL;
    set->key = berth_alloc(mem, s->shape->key_len);
    if (set->key == NULL) {
        berth_free(mem, set, sizeof *set);
        return NULL;
    }
    memcpy(set->key, s->shape->key, s->shape->key_len);
    set->key_len = s->shape->key_len;
    set->ranking = s->ranking;
    set->hash = hash;
    berth_map_put(&ranks->map, hash, (int64_t)ranks->nsets);
    ranks->sets[ranks->nsets++] = set;
    ranks->bytes += bytes_of(set);
    return set;
}

/* --- lining up ---------------------------------------------------------------------------- */

static int make_room(berth_ranks *ranks, rank_set *set, size_t count) {
    if (count > set->cap_trees) {
        size_t cap = count + count / 8;
        rank_tree *trees = berth_realloc(&ranks->mem, set->trees, set->cap_trees * sizeof *trees,
                                         cap * sizeof *trees);
        if (trees == NULL) return -1;
        ranks->bytes += (cap - set->cap_trees) * sizeof *trees;
        set->trees = trees;
        set->cap_trees = cap;
    }
    size_t leaves = 1;
    while (leaves < count) leaves *= 2;
    set->leaves = leaves;
    if (2 * leaves <= set->cap_wins) return 0;
    uint32_t *wins = berth_realloc(&ranks->mem, set->wins, set->cap_wins * sizeof *wins,
                                   2 * leaves * sizeof *wins);
    if (wins == NULL) return -1;
    ranks->bytes += (2 * leaves - set->cap_wins) * sizeof *wins;
    set->wins = wins;
    set->cap_wins = 2 * leaves;
    return 0;
}

/* Drops trees whose root is none any more, then makes room among the others for new ones. */
static void merge_roots(rank_set *set, const berth_refs *roots) {
    size_t kept = 0, at = 0;
    for (size_t i = 0; i < set->ntrees; i++) {
        while (at < roots->count && roots->items[at] < set->trees[i].root) at++;
        if (at < roots->count && roots->items[at] == set->trees[i].root)
            set->trees[kept++] = set->trees[i];
    }
    for (size_t i = roots->count; i-- > 0;) {
        if (kept > 0 && set->trees[kept - 1].root == roots->items[i])
            set->trees[i] = set->trees[--kept];
        else
            set->trees[i] = (rank_tree){.root = roots->items[i]};
    }
    set->ntrees = roots->count;
}

static int line_up(berth_ranks *ranks, rank_set *set, const berth_state *state) {
    if (set->lined_up && set->topology == state->topology) return 0;
    set->lined_up = set->whole = false;
    if (make_room(ranks, set, state->roots.count) != 0) return -1;
    merge_roots(set, &state->roots);
    set->topology = state->topology;
    set->lined_up = true;
    return 0;
}

/* --- the best tree ------------------------------------------------------------------------ */

size_t rank_set_find(const rank_set *set, berth_ref root) {
    size_t low = 0, high = set->ntrees;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (set->trees[mid].root < root)
            low = mid + 1;
        else
            high = mid;
    }
    return low < set->ntrees && set->trees[low].root == root ? low : set->ntrees;
}

/* Of two neighbours in the tournament, `a` before `b`. */
static uint32_t winner(const rank_set *set, uint32_t a, uint32_t b) {
    if (a == RANK_NOBODY) return b;
    if (b == RANK_NOBODY) return a;
    return set->trees[b].score > set->trees[a].score ? b : a;
}

static uint32_t leaf_of(const rank_set *set, size_t tree) {
    const rank_tree *t = &set->trees[tree];
    return t->version == 0 || t->feasible ? (uint32_t)tree : RANK_NOBODY;
}

void rank_set_complete(rank_set *set) {
    set->feasible = set->personal = 0;
    for (size_t i = 0; i < set->leaves; i++)
        set->wins[set->leaves + i] = i < set->ntrees ? leaf_of(set, i) : RANK_NOBODY;
    for (size_t i = 0; i < set->ntrees; i++) {
        set->feasible += set->trees[i].feasible;
        set->personal += set->trees[i].personal;
    }
    for (size_t i = set->leaves; --i > 0;)
        set->wins[i] = winner(set, set->wins[2 * i], set->wins[2 * i + 1]);
    set->whole = true;
}

void rank_set_take(rank_set *set, size_t tree) {
    set->feasible -= set->trees[tree].feasible;
    set->personal -= set->trees[tree].personal;
}

void rank_set_put(rank_set *set, size_t tree) {
    set->feasible += set->trees[tree].feasible;
    set->personal += set->trees[tree].personal;
    size_t i = set->leaves + tree;
    set->wins[i] = leaf_of(set, tree);
    while (i > 1) {
        i /= 2;
        set->wins[i] = winner(set, set->wins[2 * i], set->wins[2 * i + 1]);
    }
}

size_t rank_set_best(const rank_set *set) {
    uint32_t best = set->wins[1];
    return best == RANK_NOBODY ? set->ntrees : best;
}

berth_rc rank_set_get(berth_ranks *ranks, const berth_state *state, const berth_shape *shape,
                      uint64_t ranking, rank_set **out, berth_err *err) {
    *out = NULL;
    sought s = {shape, ranking};
    uint64_t hash =
        berth_hash_u64(berth_hash_bytes(state->hash_key, shape->key, shape->key_len), ranking);
    int64_t at = berth_map_find(&ranks->map, hash, is_sought, ranks, &s);
    rank_set *set = at >= 0 ? ranks->sets[at] : add_set(ranks, &s, hash);
    if (set == NULL || line_up(ranks, set, state) != 0) return berth_fail_memory(err);
    set->used = ++ranks->uses;
    shrink(ranks, set);
    *out = set;
    return BERTH_OK;
}
