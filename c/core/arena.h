/* arena.h - memory that is freed as a whole: a search, a request, a changeset's scratch.
 * Uses mem.h.  Knows nothing of what it holds. */
#ifndef BERTH_CORE_ARENA_H
#define BERTH_CORE_ARENA_H

#include <stddef.h>

#include "core/mem.h"

typedef struct berth_arena_block berth_arena_block;

typedef struct berth_arena {
    berth_mem mem;
    berth_arena_block *head; /* newest block; owned */
    size_t bytes;            /* asked from mem in all */
} berth_arena;

void berth_arena_init(berth_arena *arena, berth_mem mem);
/* Aligned for any type; NULL on failure. Valid until the arena is reset or freed. */
void *berth_arena_alloc(berth_arena *arena, size_t size);
/* count * size bytes of zeros; NULL also when the product overflows. */
void *berth_arena_calloc(berth_arena *arena, size_t count, size_t size);
/* A copy with a NUL added behind len bytes; NULL on failure. */
char *berth_arena_text(berth_arena *arena, const char *text, size_t len);
/* Forgets everything but keeps one block for reuse. */
void berth_arena_reset(berth_arena *arena);
void berth_arena_free(berth_arena *arena);

#endif
