/* collide.h - tables whose keys all fall into one place.  Private to c/policy.
 *
 * Lua hashes numbers without a seed, so a policy can choose numbers that spread well until the
 * table grows once more and then form one chain: that one instruction takes time with the square
 * of their number, and nothing can interrupt it.  So the alloc function remembers the larger hash
 * parts and, when another is asked for, looks what their numbers would come to in it.  This reads
 * Lua 5.4's hash nodes where they lie, in blocks that are ours; a layout that differs would make
 * the estimate wrong, never unsafe. */
#ifndef BERTH_POLICY_COLLIDE_H
#define BERTH_POLICY_COLLIDE_H

#include <stddef.h>
#include <stdint.h>

#define BERTH_COLLIDE_BYTES ((size_t)98304) /* 4,096 nodes: below, a chain cannot take long */
#define BERTH_COLLIDE_BLOCKS 96

/* Invariant: blocks[0 .. count) are allocated; more than fit go unwatched. */
typedef struct berth_collide {
    struct berth_collide_block {
        const unsigned char *data; /* borrowed */
        size_t size;
    } blocks[BERTH_COLLIDE_BLOCKS];
    int count;
} berth_collide;

void berth_collide_add(berth_collide *watched, const void *data, size_t size);
void berth_collide_remove(berth_collide *watched, const void *data);
/* The node visits that filling a new block of this size may take beyond what is usual. */
int64_t berth_collide_visits(const berth_collide *watched, size_t size);

#endif
