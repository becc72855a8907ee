/* collide.c - see collide.h. */
#include "policy/collide.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* A node: value of 8 bytes and its type, type of the key, link, key of 8 bytes. */
#define NODE 24
#define VALUE_TYPE 8
#define KEY_TYPE 9
#define KEY_VALUE 16
#define TYPE_MASK 0x0f /* of a type byte: 0 is nil */
#define KEY_INTEGER 3
#define KEY_FLOAT 0x13

#define BUCKETS 1024
#define USUAL INT64_C(2000000) /* visits that hurt nobody */

/* Is it the size of a hash part, 2^k nodes? */
static size_t nodes_of(size_t size) {
    size_t nodes = size / NODE;
    return size % NODE == 0 && (nodes & (nodes - 1)) == 0 ? nodes : 0;
}

void berth_collide_add(berth_collide *watched, const void *data, size_t size) {
    if (size < BERTH_COLLIDE_BYTES || nodes_of(size) == 0) return;
    if (watched->count < BERTH_COLLIDE_BLOCKS)
        watched->blocks[watched->count++] = (struct berth_collide_block){data, size};
}

void berth_collide_remove(berth_collide *watched, const void *data) {
    for (int i = 0; i < watched->count; i++) {
        if (watched->blocks[i].data != data) continue;
        watched->blocks[i] = watched->blocks[--watched->count];
        return;
    }
}

/* As Lua 5.4 does. */
static uint64_t hash_float(double n) {
    int exponent;
    n = frexp(n, &exponent) * -(double)INT_MIN;
    if (!(n - n == 0)) return 0;
    unsigned u = (unsigned)exponent + (unsigned)(int64_t)n;
    return u <= INT_MAX ? u : ~u;
}

/* The hash of a live numeric key; false for any other node. */
static int number_hash(const unsigned char *node, uint64_t *hash) {
    double number;
    if ((node[VALUE_TYPE] & TYPE_MASK) == 0) return 0;
    if (node[KEY_TYPE] == KEY_INTEGER) {
        memcpy(hash, node + KEY_VALUE, sizeof *hash);
        return 1;
    }
    if (node[KEY_TYPE] != KEY_FLOAT) return 0;
    memcpy(&number, node + KEY_VALUE, sizeof number);
    *hash = hash_float(number);
    return 1;
}

/* Half the sum of squares of the places' populations, less what an even spread gives.  A key's
 * place is the remainder of its hash by 2^k - 1. */
static int64_t chain_visits(const unsigned char *data, size_t size, size_t nodes) {
    uint32_t population[BUCKETS] = {0};
    int64_t keys = 0, visits = 0;
    uint64_t hash;
    for (size_t at = 0; at < size; at += NODE) {
        if (!number_hash(data + at, &hash)) continue;
        keys++;
        population[hash % (nodes - 1) % BUCKETS]++;
    }
    for (int i = 0; i < BUCKETS; i++) visits += (int64_t)population[i] * population[i] / 2;
    return visits - keys * keys / BUCKETS;
}

int64_t berth_collide_visits(const berth_collide *watched, size_t size) {
    size_t nodes = nodes_of(size);
    int64_t most = 0;
    if (nodes == 0 || size < BERTH_COLLIDE_BYTES) return 0;
    for (int i = 0; i < watched->count; i++) {
        int64_t visits = chain_visits(watched->blocks[i].data, watched->blocks[i].size, nodes);
        if (visits > most) most = visits;
    }
    return most > USUAL ? most : 0;
}
