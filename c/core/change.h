/* change.h - typed changes of the state and the transaction that collects them.
 *
 * A change says what a record was and what it becomes; applying it forwards may fail for memory
 * only and then changes nothing; its inverse never fails.  The store writes the same list of
 * changes to disk and reads those of other processes.
 *
 * Ownership of texts: a text in `after` was allocated for this change and belongs to the state
 * once applied.  When the transaction commits, texts that only `before` holds are freed; when it
 * is undone, texts that only `after` holds.  Uses state.h. */
#ifndef BERTH_CORE_CHANGE_H
#define BERTH_CORE_CHANGE_H

#include "core/state.h"

typedef enum berth_change_kind {
    BERTH_CHANGE_NAME = 1,
    BERTH_CHANGE_PROVIDER,
    BERTH_CHANGE_INVENTORY,
    BERTH_CHANGE_TRAIT,
    BERTH_CHANGE_AGGREGATE,
    BERTH_CHANGE_CONSUMER,
    BERTH_CHANGE_ALLOCATION
} berth_change_kind;

typedef struct berth_provider_row {
    bool exists;
    char uuid[BERTH_UUID_BYTES + 1];
    char *name;
    berth_ref parent;
    int64_t generation;
} berth_provider_row;

typedef struct berth_consumer_row {
    bool exists;
    char *uuid;
    berth_ref project, user, type;
    int64_t generation;
} berth_consumer_row;

typedef struct berth_change {
    berth_change_kind kind;
    berth_ref a; /* NAME: the name; PROVIDER, INVENTORY, TRAIT, AGGREGATE: the provider;
                    CONSUMER, ALLOCATION: the consumer */
    berth_ref b; /* INVENTORY: the class; TRAIT, AGGREGATE: that name; ALLOCATION: the provider */
    berth_ref c; /* ALLOCATION: the class */
    union {
        struct {
            berth_name_kind kind;
            char *before, *after; /* NULL: the name does not exist */
        } name;
        struct {
            berth_provider_row before, after;
        } provider;
        struct {
            bool had, has;
            berth_inventory before, after;
        } inventory;
        struct {
            bool had, has;
        } link;
        struct {
            berth_consumer_row before, after;
        } consumer;
        struct {
            int64_t before, after; /* 0: no allocation */
        } allocation;
    } u;
} berth_change;

/* The changes made since begin, in order.  One at a time a state. */
typedef struct berth_txn {
    berth_state *state; /* borrowed */
    berth_change *changes;
    size_t count, cap;
} berth_txn;

void berth_txn_init(berth_txn *txn, berth_state *state);

/* Applies the change to the state and appends it; takes over the texts in `after` also on
 * failure.  Errors: BERTH_ENOMEM, with nothing changed. */
berth_rc berth_txn_apply(berth_txn *txn, const berth_change *change, berth_err *err);

/* Undoes every change behind the mark, newest first.  Never fails. */
void berth_txn_undo(berth_txn *txn, size_t mark);

/* Keeps all changes for good and empties the list. */
void berth_txn_settle(berth_txn *txn);

/* undo to 0 and release the list's memory. */
void berth_txn_free(berth_txn *txn);

#endif
