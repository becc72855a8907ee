/* accept.h - changes that come from outside, a file or another process: each is compared with the
 * state and held against the model's rules before it is applied, so that no bytes whatever can
 * bring a state out of shape.  Uses change.h.  Knows nothing of where changes were kept. */
#ifndef BERTH_CORE_ACCEPT_H
#define BERTH_CORE_ACCEPT_H

#include "core/change.h"

/* Refs from outside must lie below these: a table is as long as its largest ref. */
#define BERTH_PROVIDERS_MAX (INT32_C(1) << 26)
#define BERTH_CONSUMERS_MAX (INT32_C(1) << 27)
#define BERTH_NAMES_MAX (INT32_C(1) << 24)

/* Applies the change when it fits the state.  Texts are borrowed and copied.  A provider's name
 * that is NULL on a side that exists means "as it is"; for all other parts `before` must be what
 * the state holds.  Errors: BERTH_ECORRUPT (nothing changed), BERTH_ENOMEM. */
berth_rc berth_change_accept(berth_txn *txn, const berth_change *change, berth_err *err);

/* How many refs were ever handed out, by table: a ref once used must not come back with another
 * meaning while some process remembers the old one. */
typedef struct berth_ref_counts {
    int64_t names[BERTH_NAME_KINDS];
    int64_t providers;
} berth_ref_counts;

berth_ref_counts berth_state_ref_counts(const berth_state *state);

/* After a load: no ref below `counts` will be handed out again, and every consumer's ref that
 * lies idle will.  Errors: BERTH_ECORRUPT (a count out of range), BERTH_ENOMEM. */
berth_rc berth_state_loaded(berth_state *state, const berth_ref_counts *counts, berth_err *err);

#endif
