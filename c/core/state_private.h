/* state_private.h - the writing half of state.h, for the floor of changes alone. */
#ifndef BERTH_CORE_STATE_PRIVATE_H
#define BERTH_CORE_STATE_PRIVATE_H

#include "core/state.h"

uint64_t berth_state_hash(const berth_state *state, const char *text, size_t len);

/* Ascending sets.  Reserve gives room for one more (-1 without memory); put and drop cannot fail
 * and tell whether the set changed. */
int berth_refs_reserve(berth_refs *refs, const berth_mem *mem);
bool berth_refs_put(berth_refs *refs, berth_ref ref);
bool berth_refs_drop(berth_refs *refs, berth_ref ref);
void berth_refs_free(berth_refs *refs, const berth_mem *mem);

void berth_provider_free(berth_state *state, berth_provider *provider);

/* Marks the provider's tree as changed now. */
void berth_state_touch(berth_state *state, berth_ref provider);

/* A ref for a new consumer: a spare one or the next. */
berth_ref berth_state_next_consumer(berth_state *state);

/* The consumer's allocation of (provider, class), -1 when there is none. */
int32_t berth_state_find_allocation(const berth_state *state, berth_ref consumer,
                                    berth_ref provider, berth_ref rclass);

#endif
