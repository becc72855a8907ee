/* dump.h - the whole state as canonical text, and its own integrity check.  Two stores hold the
 * same fleet exactly when their dumps are equal.  Uses state.h, codec.h's bytes. */
#ifndef BERTH_CORE_DUMP_H
#define BERTH_CORE_DUMP_H

#include "core/codec.h"

/* Tab-separated lines, in this order of kinds and sorted within each; refs never appear, control
 * characters and backslashes inside texts are written as \xHH:
 *   name        kind  text                              (all but the standard ones)
 *   provider    uuid  name  generation  parent  root  place in order of creation, from 1
 *   inventory   uuid  class  total  reserved  min_unit  max_unit  step_size  ratio
 *   trait       uuid  trait
 *   aggregate   uuid  aggregate
 *   consumer    consumer  project  user  type  generation
 *   allocation  consumer  uuid  class  amount
 *   usage       uuid  class  amount                     (as counted, not as summed)
 * What is not told is "-".  Errors: BERTH_ENOMEM. */
berth_rc berth_dump(const berth_state *state, berth_bytes *out, berth_err *err);

/* Calls `found` for each rule that does not hold: used = sum of allocations, links both ways,
 * roots right, no cycle, values in range, consumers exist exactly with allocations, counters
 * right.  A provider over capacity is told with `broken` false (a shrunk inventory allows it).
 * Errors: BERTH_ENOMEM. */
typedef void (*berth_check_found)(void *ud, bool broken, const char *sentence);
berth_rc berth_state_check(const berth_state *state, berth_check_found found, void *ud,
                           berth_err *err);

#endif
