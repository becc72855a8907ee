/* view_places.h - sums over a part of the fleet: a provider, a subtree, or an aggregate: its
 * members, and for those that are roots their trees, as the model has it for member_of.  Keeps a
 * list of the members of each aggregate, which is made anew when trees, traits or aggregates have
 * changed.  Uses core's state and usage.  Knows no Lua. */
#ifndef BERTH_POLICY_VIEW_PLACES_H
#define BERTH_POLICY_VIEW_PLACES_H

#include "core/usage.h"

typedef enum berth_place_kind {
    BERTH_PLACE_FLEET,
    BERTH_PLACE_PROVIDER,
    BERTH_PLACE_SUBTREE, /* the provider and all below it */
    BERTH_PLACE_AGGREGATE
} berth_place_kind;

/* The capacity of one class in the whole fleet, kept up by what was touched since. */
typedef struct berth_capacity_sum {
    berth_ref rclass;
    uint64_t touches; /* the state's when this was true */
    int64_t *of_tree; /* by root; owned */
    size_t ntrees;
    uint64_t low; /* the sum is high * 2^64 + low */
    int64_t high;
} berth_capacity_sum;

#define BERTH_CAPACITY_SUMS 8 /* classes kept at a time */

typedef struct berth_places {
    berth_mem mem;
    const berth_state *state; /* the lists are of this state at this topology; NULL: of none */
    uint64_t topology;
    berth_ref *members; /* of aggregate a: from start[a] to start[a + 1]; owned */
    size_t *start;      /* owned */
    size_t nmembers, naggregates;
    uint32_t *seen; /* by consumer: the round in which it was counted; owned */
    size_t cap_seen;
    uint32_t round;
    const berth_state *counted; /* what the sums are of */
    berth_capacity_sum sums[BERTH_CAPACITY_SUMS];
    size_t nsums, next_sum; /* in use; the one that gives way next */
} berth_places;

/* What to look at: kind and the provider or aggregate it is about.  BERTH_NONE is no place. */
typedef struct berth_place_at {
    berth_place_kind kind;
    berth_ref ref;
} berth_place_at;

/* The answer, and how many records were looked at for it. */
typedef struct berth_place_sum {
    int64_t value;
    int64_t work;
} berth_place_sum;

void berth_places_init(berth_places *places, berth_mem mem);
void berth_places_free(berth_places *places);

/* Errors: BERTH_ENOMEM. */

/* Used of a class by the matching consumers. */
berth_rc berth_places_usage(berth_places *places, berth_state *state, berth_place_at at,
                            berth_usage_key key, berth_ref rclass, berth_place_sum *out);
/* Matching consumers that hold anything, each once. */
berth_rc berth_places_consumers(berth_places *places, berth_state *state, berth_place_at at,
                                berth_usage_key key, berth_place_sum *out);
/* The sum of capacities, at most INT64_MAX. */
berth_rc berth_places_capacity(berth_places *places, berth_state *state, berth_place_at at,
                               berth_ref rclass, berth_place_sum *out);

/* view_capacity.c: the same for the fleet; costs what was touched since the last time. */
berth_rc berth_capacity_of_fleet(berth_places *places, const berth_state *state, berth_ref rclass,
                                 berth_place_sum *out);
void berth_capacity_forget(berth_places *places);

/* The provider after p in pre-order under top, BERTH_NONE at the end. */
berth_ref berth_places_below(const berth_state *state, berth_ref top, const berth_provider *p);

#endif
