/* names_private.h - the writing half of names.h, for the floor of changes alone. */
#ifndef BERTH_CORE_NAMES_PRIVATE_H
#define BERTH_CORE_NAMES_PRIVATE_H

#include "core/names.h"

/* `hash` is berth_hash_bytes of the text under the state's key. */
berth_ref berth_names_find_hashed(const berth_names *names, uint64_t hash, const char *text,
                                  size_t len);
/* Room for refs below `count` and one more entry; -1 without memory. */
int berth_names_reserve(berth_names *names, const berth_mem *mem, size_t count);
/* Takes over text.  Needs room reserved, or a ref that was dropped before. */
void berth_names_put(berth_names *names, uint64_t hash, berth_ref ref, char *text);
/* Gives the text back to the caller, who still holds the pointer. */
void berth_names_drop(berth_names *names, uint64_t hash, berth_ref ref);
void berth_names_free(berth_names *names, const berth_mem *mem);

#endif
