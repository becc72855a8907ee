/* usage.h - how much is used, by whom: counters kept with every change, so that a quota question
 * costs the same in a fleet of ten allocations and ten million.  Uses state.h. */
#ifndef BERTH_CORE_USAGE_H
#define BERTH_CORE_USAGE_H

#include "core/state.h"

/* "Any" in a usage question; BERTH_NONE means consumers that never told. */
#define BERTH_ANY (-2)

typedef struct berth_usage_key {
    berth_ref project, user, type; /* a ref, BERTH_NONE or BERTH_ANY */
} berth_usage_key;

/* Sum of the class over the matching consumers' allocations. */
int64_t berth_usage_sum(const berth_state *state, berth_usage_key key, berth_ref rclass);
/* Number of matching consumers. */
int64_t berth_usage_consumers(const berth_state *state, berth_usage_key key);

/* For the floor of changes.  Reserve makes room for that many calls of the two below, which then
 * cannot fail; -1 without memory.  sign is +1 or -1. */
int berth_tally_reserve(berth_state *state, size_t calls);
void berth_tally_add(berth_state *state, const berth_consumer *consumer, berth_ref rclass,
                     int64_t amount);
void berth_tally_consumer(berth_state *state, const berth_consumer *consumer, int sign);
int berth_tally_new(berth_state *state);
void berth_tally_free(berth_state *state);

#endif
