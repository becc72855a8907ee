/* mem.h - memory handed in: every allocation of every floor goes through a berth_mem, so that a
 * host can count, cap or fail it.  Knows nothing of who asks. */
#ifndef BERTH_CORE_MEM_H
#define BERTH_CORE_MEM_H

#include <stddef.h>

/* The shape of lua_Alloc: size 0 frees and returns NULL; NULL otherwise means "no memory". */
typedef void *(*berth_realloc_fn)(void *ud, void *ptr, size_t old_size, size_t new_size);

typedef struct berth_mem {
    berth_realloc_fn realloc;
    void *ud;
} berth_mem;

/* The C library's realloc and free. */
berth_mem berth_mem_default(void);

/* NULL on failure; a zero size gives a valid pointer. */
void *berth_alloc(const berth_mem *mem, size_t size);
/* As berth_alloc, for count * size bytes set to zero; NULL also when the product overflows. */
void *berth_calloc(const berth_mem *mem, size_t count, size_t size);
/* NULL leaves the old block as it was. */
void *berth_realloc(const berth_mem *mem, void *ptr, size_t old_size, size_t new_size);
void berth_free(const berth_mem *mem, void *ptr, size_t size);

/* Makes room for one more element in a growing array: *items has room for *cap elements of
 * `size` bytes, `count` are used.  Returns 0, or -1 with everything unchanged. */
int berth_grow(const berth_mem *mem, void **items, size_t *cap, size_t count, size_t size);

#endif
