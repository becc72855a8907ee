/* map.h - an open-addressing hash table from a 64-bit hash to a non-negative index; the owner
 * compares keys.  Deletion shifts back instead of leaving tombstones, so putting a removed entry
 * back never needs memory: that is what lets inverses of changes never fail.  Uses mem.h. */
#ifndef BERTH_CORE_MAP_H
#define BERTH_CORE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mem.h"

typedef struct berth_map_slot {
    uint64_t hash;
    int64_t value; /* -1: empty */
} berth_map_slot;

typedef struct berth_map {
    berth_map_slot *slots; /* owned; capacity a power of two, or NULL */
    size_t cap;
    size_t count;
} berth_map;

/* true when the entry `value` has the key sought. */
typedef bool (*berth_map_equal)(const void *owner, int64_t value, const void *key);

/* Room for `more` entries, so that as many puts cannot fail; -1 without memory. */
int berth_map_reserve(berth_map *map, const berth_mem *mem, size_t more);
void berth_map_put(berth_map *map, uint64_t hash, int64_t value);
/* -1 when there is none. */
int64_t berth_map_find(const berth_map *map, uint64_t hash, berth_map_equal equal,
                       const void *owner, const void *key);
/* Removes the entry with this very value; false when absent. */
bool berth_map_remove(berth_map *map, uint64_t hash, int64_t value);
void berth_map_free(berth_map *map, const berth_mem *mem);

/* Keyed so that names chosen by tenants cannot be made to collide (SipHash-1-3). */
uint64_t berth_hash_bytes(const uint64_t key[2], const void *data, size_t len);
uint64_t berth_hash_u64(uint64_t a, uint64_t b);

#endif
