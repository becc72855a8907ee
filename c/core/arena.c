/* arena.c - see arena.h. */
#include "core/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)4096)

struct berth_arena_block {
    struct berth_arena_block *older;
    size_t size; /* of the whole block */
    size_t used; /* header included */
};

static size_t aligned(size_t n) {
    const size_t a = alignof(max_align_t);
    return (n + a - 1) / a * a;
}

void berth_arena_init(berth_arena *arena, berth_mem mem) {
    arena->mem = mem;
    arena->head = NULL;
    arena->bytes = 0;
}

static struct berth_arena_block *add_block(berth_arena *arena, size_t payload) {
    const size_t header = aligned(sizeof(struct berth_arena_block));
    size_t size = payload > BLOCK_SIZE - header ? header + payload : BLOCK_SIZE;
    struct berth_arena_block *block = berth_alloc(&arena->mem, size);
    if (block == NULL) return NULL;
    block->older = arena->head;
    block->size = size;
    block->used = header;
    arena->head = block;
    arena->bytes += size;
    return block;
}

void *berth_arena_alloc(berth_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    size_t need = aligned(size ? size : 1);
    struct berth_arena_block *block = arena->head;
    if (block == NULL || block->size - block->used < need) {
        block = add_block(arena, need);
        if (block == NULL) return NULL;
    }
    void *p = (unsigned char *)block + block->used;
    block->used += need;
    return p;
}

void *berth_arena_calloc(berth_arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) return NULL;
    void *p = berth_arena_alloc(arena, count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

char *berth_arena_text(berth_arena *arena, const char *text, size_t len) {
    if (len == SIZE_MAX) return NULL;
    char *copy = berth_arena_alloc(arena, len + 1);
    if (copy == NULL) return NULL;
    if (len != 0) memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void berth_arena_reset(berth_arena *arena) {
    struct berth_arena_block *keep = arena->head;
    if (keep == NULL) return;
    struct berth_arena_block *older = keep->older;
    while (older != NULL) {
        struct berth_arena_block *next = older->older;
        arena->bytes -= older->size;
        berth_free(&arena->mem, older, older->size);
        older = next;
    }
    keep->older = NULL;
    keep->used = aligned(sizeof *keep);
}

void berth_arena_free(berth_arena *arena) {
    while (arena->head != NULL) {
        struct berth_arena_block *older = arena->head->older;
        berth_free(&arena->mem, arena->head, arena->head->size);
        arena->head = older;
    }
    arena->bytes = 0;
}
