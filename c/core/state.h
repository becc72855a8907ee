/* state.h - everything a store knows, in memory: providers in trees with their stocks, traits and
 * aggregates; consumers with their allocations; usage kept by project, user and type.
 *
 * The state is read freely by the floors above.  It is changed only through changes (change.h):
 * each is applied whole or not at all, and its inverse never fails.  Uses names.h, map.h, mem.h.
 * Knows neither where it is stored nor who asks. */
#ifndef BERTH_CORE_STATE_H
#define BERTH_CORE_STATE_H

#include "berth.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/names.h"

/* One provider's inventory of one class with what is used of it.
 * Invariant: used is the sum of the provider's allocations of the class. */
typedef struct berth_stock {
    berth_ref rclass;
    berth_inventory inventory;
    int64_t capacity; /* berth_inventory_capacity(&inventory) */
    int64_t used;
} berth_stock;

typedef struct berth_refs {
    berth_ref *items; /* ascending, no repeats; owned */
    size_t count;
    size_t cap;
} berth_refs;

typedef struct berth_provider {
    berth_ref ref;
    char uuid[BERTH_UUID_BYTES + 1];
    char *name; /* owned */
    int64_t generation;
    berth_ref parent; /* BERTH_NONE at a root */
    berth_ref root;   /* itself at a root */
    berth_ref first_child, last_child, prev_sibling, next_sibling; /* siblings ascending by ref */
    berth_stock *stocks; /* ascending by class */
    size_t nstocks, cap_stocks;
    berth_refs traits;
    berth_refs aggregates;
    int32_t first_allocation; /* into state->allocations, -1 for none */
    uint64_t version; /* at a root: state->clock when anything in its tree last changed */
    berth_refs members; /* at a root: the tree in pre-order; see berth_tree_members */
    bool members_known;
    bool alive;
} berth_provider;

typedef struct berth_consumer {
    char *uuid; /* owned; opaque text, usually a uuid */
    int64_t generation;
    berth_ref project, user; /* BERTH_NONE: not told */
    berth_ref type;          /* BERTH_NONE: unknown */
    int32_t first_allocation;
    bool alive;
    bool spare; /* stands in free_consumers */
} berth_consumer;

/* One consumer's use of one class of one provider; linked into both. used >= 1. */
typedef struct berth_allocation {
    berth_ref consumer, provider, rclass;
    int64_t used;
    int32_t next_of_consumer, prev_of_consumer; /* by (provider, class) ascending */
    int32_t next_of_provider, prev_of_provider; /* newest first */
} berth_allocation;

/* How many of the latest touches a state remembers. */
#define BERTH_TOUCHED 4096

typedef struct berth_tally berth_tally; /* usage by project, user, type; see usage.h */

typedef struct berth_state {
    berth_mem mem;
    uint64_t hash_key[2];
    uint64_t clock;    /* grows with every applied change, also inverses */
    uint64_t epoch;    /* grows when a verb or a refresh changed something for good */
    uint64_t topology; /* clock of the last change of trees, traits or aggregates */
    uint64_t touches;  /* changes of any tree so far; the root of the n-th is touched[n % size] */
    berth_ref touched[BERTH_TOUCHED];
    int64_t sequence;  /* number of the last committed changeset, 0 at first */

    berth_names names[BERTH_NAME_KINDS];

    berth_provider **providers; /* by ref, NULL where deleted and settled; refs are never reused */
    size_t nproviders, cap_providers;
    size_t live_providers;
    berth_refs roots;           /* ascending = creation order */
    berth_map provider_by_uuid, provider_by_name;

    berth_consumer *consumers; /* by ref */
    size_t nconsumers, cap_consumers;
    size_t live_consumers;
    berth_refs free_consumers; /* refs to reuse, a stack; may name live ones: check */
    berth_map consumer_by_uuid;

    berth_allocation *allocations;
    size_t nallocations, cap_allocations;
    size_t live_allocations;
    int32_t free_allocation; /* list through next_of_consumer, -1 ends */

    berth_tally *tally;
    struct berth_sharing *sharing; /* who serves which trees, NULL until asked; see sharing.h */
} berth_state;

/* An empty fleet that knows the standard classes and traits.  hash_key comes from the host's
 * randomness.  Errors: BERTH_ENOMEM. */
berth_rc berth_state_new(berth_mem mem, const uint64_t hash_key[2], berth_state **out,
                         berth_err *err);
void berth_state_free(berth_state *state);

/* NULL when the ref names no live provider / consumer. */
berth_provider *berth_state_provider(const berth_state *state, berth_ref ref);
berth_consumer *berth_state_consumer(const berth_state *state, berth_ref ref);

/* By exact uuid (lower case, dashed) or name; BERTH_NONE when there is none. */
berth_ref berth_state_find_uuid(const berth_state *state, const char *uuid);
berth_ref berth_state_find_name(const berth_state *state, const char *name, size_t len);
/* By uuid in any usual spelling, else by name: what callers write to mean a provider. */
berth_ref berth_state_find_provider(const berth_state *state, const char *text, size_t len);
berth_ref berth_state_find_consumer(const berth_state *state, const char *uuid, size_t len);

berth_ref berth_state_name(const berth_state *state, berth_name_kind kind, const char *text,
                           size_t len);
/* Never NULL: "unknown" for BERTH_NONE of a type, "" otherwise. */
const char *berth_state_text(const berth_state *state, berth_name_kind kind, berth_ref ref);

/* The provider's stock of a class, NULL when it has no inventory of it. */
berth_stock *berth_provider_stock(const berth_provider *provider, berth_ref rclass);
bool berth_refs_have(const berth_refs *refs, berth_ref ref);

/* The tree under `root` in pre-order, siblings by creation; borrowed until a tree changes.
 * NULL without memory. */
const berth_refs *berth_tree_members(berth_state *state, berth_ref root);
/* true when `ancestor` is `provider` or above it. */
bool berth_tree_dominates(const berth_state *state, berth_ref ancestor, berth_ref provider);

#endif
