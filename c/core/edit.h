/* edit.h - the verbs that change a fleet, with all the model's rules: each checks everything,
 * then applies changes to the transaction; on failure nothing of the verb remains.
 * Uses change.h.  Knows nothing of stores, policies or who asks. */
#ifndef BERTH_CORE_EDIT_H
#define BERTH_CORE_EDIT_H

#include "core/change.h"

/* "No expectation about the generation." */
#define BERTH_ANY_GENERATION INT64_C(-1)
/* "I expect no such consumer." */
#define BERTH_NO_CONSUMER INT64_C(-2)

typedef struct berth_text {
    const char *data; /* NULL: not given */
    size_t len;
} berth_text;

/* --- names ------------------------------------------------------------------------------- */

/* Creates CUSTOM_[A-Z0-9_]+ of at most 255 bytes.  *created (may be NULL) is false when it was
 * there already, which is no error.  Errors: BERTH_EINVALID, BERTH_ENOMEM. */
berth_rc berth_class_create(berth_txn *txn, berth_text name, bool *created, berth_err *err);
berth_rc berth_trait_create(berth_txn *txn, berth_text name, bool *created, berth_err *err);
/* Errors: BERTH_ENOTFOUND, BERTH_EPROTECTED (standard), BERTH_EINUSE. */
berth_rc berth_class_delete(berth_txn *txn, berth_text name, berth_err *err);
berth_rc berth_trait_delete(berth_txn *txn, berth_text name, berth_err *err);

/* --- providers --------------------------------------------------------------------------- */

typedef struct berth_inventory_spec {
    berth_ref rclass;
    berth_inventory inventory;
} berth_inventory_spec;

typedef struct berth_provider_spec {
    berth_text uuid;  /* any usual spelling of a uuid */
    berth_text name;  /* 1 .. 200 characters, unique */
    berth_ref parent; /* BERTH_NONE: a root */
    const berth_inventory_spec *inventories; /* distinct classes */
    size_t ninventories;
    const berth_ref *traits;
    size_t ntraits;
    const berth_text *aggregates; /* made on first use */
    size_t naggregates;
} berth_provider_spec;

/* Generation 0.  Errors: BERTH_EINVALID (name, uuid), BERTH_EDUPLICATE (fields name or uuid),
 * BERTH_EINVALIDCAPACITY, BERTH_ENOMEM. */
berth_rc berth_provider_create(berth_txn *txn, const berth_provider_spec *spec, berth_ref *out,
                               berth_err *err);

/* Changes the name when given; the parent when set_parent (BERTH_NONE makes it a root; its whole
 * subtree follows).  No generation moves.
 * Errors: BERTH_EINVALID, BERTH_EDUPLICATE, BERTH_ELOOP. */
berth_rc berth_provider_update(berth_txn *txn, berth_ref provider, berth_text name,
                               bool set_parent, berth_ref parent, berth_err *err);

/* Errors: BERTH_ECHILDREN first, then BERTH_EINUSE (allocations). */
berth_rc berth_provider_delete(berth_txn *txn, berth_ref provider, berth_err *err);

/* Replaces all inventories; generation +1 always.  Shrinking below usage is allowed.
 * Errors: BERTH_ECONFLICT, BERTH_EINVENTORYINUSE (a class with allocations would go),
 * BERTH_EINVALIDCAPACITY, BERTH_EINVALID (a class twice). */
berth_rc berth_provider_set_inventories(berth_txn *txn, berth_ref provider,
                                        const berth_inventory_spec *specs, size_t count,
                                        int64_t generation, berth_err *err);
/* One class, new or replaced; NULL removes it (BERTH_ENOTFOUND, BERTH_EINVENTORYINUSE). */
berth_rc berth_provider_set_inventory(berth_txn *txn, berth_ref provider, berth_ref rclass,
                                      const berth_inventory *inventory, int64_t generation,
                                      berth_err *err);
/* Generation +1 only when the set changed.  Errors: BERTH_ECONFLICT. */
berth_rc berth_provider_set_traits(berth_txn *txn, berth_ref provider, const berth_ref *traits,
                                   size_t count, int64_t generation, berth_err *err);
/* Generation +1 always.  Errors: BERTH_ECONFLICT, BERTH_EINVALID (one twice, in any spelling). */
berth_rc berth_provider_set_aggregates(berth_txn *txn, berth_ref provider,
                                       const berth_text *aggregates, size_t count,
                                       int64_t generation, berth_err *err);

/* --- allocations ------------------------------------------------------------------------- */

typedef struct berth_allocation_item {
    berth_ref provider, rclass;
    int64_t amount; /* >= 1 */
} berth_allocation_item;

/* The complete new allocations of one consumer; no items removes it. */
typedef struct berth_allocation_spec {
    berth_text consumer;      /* 1 .. 255 bytes */
    berth_text project, user; /* not given: unchanged, or none for a new consumer */
    berth_text type;          /* [A-Z0-9_]+, not given: unchanged, or unknown */
    int64_t generation;       /* expected, BERTH_NO_CONSUMER or BERTH_ANY_GENERATION */
    const berth_allocation_item *items;
    size_t nitems;
} berth_allocation_spec;

/* All or nothing over all consumers: old allocations of every named consumer go first, then each
 * new one must pass unit rules alone and capacity in sum.  A sum that does not exceed what these
 * very consumers and others used before is let through on a provider that is over capacity.
 * Bumps each provider named in new allocations (or emptied) once and each consumer once.
 * Errors: BERTH_ECONFLICT, BERTH_EINVALID, BERTH_EAMOUNT, BERTH_ECAPACITY (also when the provider
 * has no inventory of the class), BERTH_ENOMEM; fields consumer, provider, class, want, have. */
berth_rc berth_allocate(berth_txn *txn, const berth_allocation_spec *specs, size_t count,
                        berth_err *err);

/* Removes the consumer and its allocations; bumps no generation.  Errors: BERTH_ENOTFOUND. */
berth_rc berth_release(berth_txn *txn, berth_text consumer, berth_err *err);

/* --- reshape ----------------------------------------------------------------------------- */

typedef struct berth_reshape_inventory {
    berth_ref provider;
    int64_t generation; /* expected or BERTH_ANY_GENERATION */
    const berth_inventory_spec *specs; /* the complete final inventories */
    size_t count;
} berth_reshape_inventory;

/* Moves inventories and allocations to the final picture in one step.
 * Errors: as set_inventories and allocate. */
berth_rc berth_reshape(berth_txn *txn, const berth_reshape_inventory *inventories,
                       size_t ninventories, const berth_allocation_spec *allocations,
                       size_t nallocations, berth_err *err);

#endif
