/* query.h - Placement's query string as a request:
 * "resources=VCPU:4&required=HW_CPU_X86_AVX2,!CUSTOM_OLD&resources_gpu=PGPU:1&limit=10".
 * Uses request.h. */
#ifndef BERTH_CORE_QUERY_H
#define BERTH_CORE_QUERY_H

#include "core/request.h"

#define BERTH_QUERY_BYTES 1048576

/* Of a repeated `resources` or `in_tree` the last counts; `required`, `member_of` and
 * `same_subtree` add up; all others stand once.  `canonical=true` and `split<suffix>=CLASS,...`
 * are berth's own, as is `!in:` in required.
 * Amounts beyond int64 stand for "more than any provider has".  Percent-encoding and "+" are
 * decoded.  The request is checked (berth_request_check).
 * Errors: BERTH_EREQUEST with fields "parameter" and "position" (byte of text, from 1; one behind
 * the end for a parameter that is missing), BERTH_ELIMIT, BERTH_ENOMEM. */
berth_rc berth_query_parse(berth_mem mem, const char *text, size_t len, berth_request **out,
                           berth_err *err);

/* One parameter's value, decoded already, into a request under construction: so that a table may
 * say "A,!B" where the query does.  `keyword` is the query's word without suffix.  Errors as
 * above; the position counts in the value, as it does in request->origin, of which the caller sets
 * the parameter. */
berth_rc berth_query_value(berth_request *request, const char *keyword, berth_text suffix,
                           berth_text value, berth_err *err);
/* The same for "A,B", traits of which a group's providers may have none. */
berth_rc berth_query_forbidden(berth_request *request, berth_text suffix, berth_text value,
                               berth_err *err);

#endif
