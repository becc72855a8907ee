/* mem.c - see mem.h. */
#include "core/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *default_realloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
    (void)ud;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

berth_mem berth_mem_default(void) {
    return (berth_mem){default_realloc, NULL};
}

void *berth_alloc(const berth_mem *mem, size_t size) {
    return mem->realloc(mem->ud, NULL, 0, size ? size : 1);
}

void *berth_calloc(const berth_mem *mem, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) return NULL;
    void *p = berth_alloc(mem, count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

void *berth_realloc(const berth_mem *mem, void *ptr, size_t old_size, size_t new_size) {
    return mem->realloc(mem->ud, ptr, old_size, new_size ? new_size : 1);
}

void berth_free(const berth_mem *mem, void *ptr, size_t size) {
    if (ptr != NULL) (void)mem->realloc(mem->ud, ptr, size ? size : 1, 0);
}

int berth_grow(const berth_mem *mem, void **items, size_t *cap, size_t count, size_t size) {
    if (count < *cap) return 0;
    size_t wanted = *cap < 8 ? 8 : *cap + *cap / 2;
    if (wanted > SIZE_MAX / size) return -1;
    void *p = berth_realloc(mem, *items, *cap * size, wanted * size);
    if (p == NULL) return -1;
    *items = p;
    *cap = wanted;
    return 0;
}
