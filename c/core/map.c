/* map.c - see map.h.  Linear probing, at most 70 % full. */
#include "core/map.h"

#include <string.h>

static size_t home(uint64_t hash, size_t cap) {
    return (size_t)hash & (cap - 1);
}

static void insert(berth_map_slot *slots, size_t cap, uint64_t hash, int64_t value) {
    size_t i = home(hash, cap);
    while (slots[i].value >= 0) i = (i + 1) & (cap - 1);
    slots[i].hash = hash;
    slots[i].value = value;
}

int berth_map_reserve(berth_map *map, const berth_mem *mem, size_t more) {
    if (more > SIZE_MAX / 20 - map->count) return -1;
    size_t need = map->count + more;
    if (need * 10 <= map->cap * 7) return 0;
    size_t cap = map->cap == 0 ? 16 : map->cap;
    while (need * 10 > cap * 7) cap *= 2;
    berth_map_slot *slots = berth_calloc(mem, cap, sizeof *slots);
    if (slots == NULL) return -1;
    for (size_t i = 0; i < cap; i++) slots[i].value = -1;
    for (size_t i = 0; i < map->cap; i++)
        if (map->slots[i].value >= 0) insert(slots, cap, map->slots[i].hash, map->slots[i].value);
    berth_free(mem, map->slots, map->cap * sizeof *slots);
    map->slots = slots;
    map->cap = cap;
    return 0;
}

void berth_map_put(berth_map *map, uint64_t hash, int64_t value) {
    insert(map->slots, map->cap, hash, value);
    map->count++;
}

int64_t berth_map_find(const berth_map *map, uint64_t hash, berth_map_equal equal,
                       const void *owner, const void *key) {
    if (map->cap == 0) return -1;
    for (size_t i = home(hash, map->cap); map->slots[i].value >= 0; i = (i + 1) & (map->cap - 1))
        if (map->slots[i].hash == hash && equal(owner, map->slots[i].value, key))
            return map->slots[i].value;
    return -1;
}

bool berth_map_remove(berth_map *map, uint64_t hash, int64_t value) {
    if (map->cap == 0) return false;
    size_t i = home(hash, map->cap);
    while (map->slots[i].value != value || map->slots[i].hash != hash) {
        if (map->slots[i].value < 0) return false;
        i = (i + 1) & (map->cap - 1);
    }
    /* shift later entries of the run back over the hole, unless that passes their home */
    for (size_t j = (i + 1) & (map->cap - 1); map->slots[j].value >= 0;
         j = (j + 1) & (map->cap - 1)) {
        size_t h = home(map->slots[j].hash, map->cap);
        if (((j - h) & (map->cap - 1)) >= ((j - i) & (map->cap - 1))) {
            map->slots[i] = map->slots[j];
            i = j;
        }
    }
    map->slots[i].value = -1;
    map->count--;
    return true;
}

void berth_map_free(berth_map *map, const berth_mem *mem) {
    berth_free(mem, map->slots, map->cap * sizeof *map->slots);
    map->slots = NULL;
    map->cap = map->count = 0;
}

/* --- SipHash-1-3 (Aumasson, Bernstein 2012; one compression, three finalisation rounds) ------ */

static uint64_t rotl(uint64_t x, int b) {
    return (x << b) | (x >> (64 - b));
}

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[0] = rotl(v[0], 32);
    v[2] += v[3];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

uint64_t berth_hash_bytes(const uint64_t key[2], const void *data, size_t len) {
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                     key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    const unsigned char *p = data;
    for (size_t rest = len; rest >= 8; rest -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)(len & 0xff) << 56;
    for (size_t i = 0; i < (len & 7); i++) last |= (uint64_t)p[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t berth_hash_u64(uint64_t a, uint64_t b) {
    uint64_t x = a * UINT64_C(0x9E3779B97F4A7C15) ^ rotl(b * UINT64_C(0xC2B2AE3D27D4EB4F), 31);
    x ^= x >> 32;
    x *= UINT64_C(0xD6E8FEB86659FD93);
    return x ^ (x >> 29);
}
