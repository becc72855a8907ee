/* dump.h - the whole state as canonical text, and its own integrity check.  Two stores hold the
 * same fleet exactly when their dumps are equal.  Uses state.h. */
#ifndef BERTH_CORE_DUMP_H
#define BERTH_CORE_DUMP_H

#include "core/codec.h"

/* Tab-separated lines, sorted: name, provider, inventory, trait, aggregate, consumer, allocation,
 * usage; refs never appear, only uuids and names.  Errors: BERTH_ENOMEM. */
berth_rc berth_dump(berth_state *state, berth_bytes *out, berth_err *err);

/* Calls `found` for each rule that does not hold (used = sum of allocations, links both ways,
 * roots right, no cycle, capacity, consumers exist exactly with allocations, counters right).
 * A provider over capacity is told with severity false (a shrunk inventory allows it). */
typedef void (*berth_check_found)(void *ud, bool broken, const char *sentence);
berth_rc berth_state_check(berth_state *state, berth_check_found found, void *ud, berth_err *err);

#endif
