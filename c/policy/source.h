/* source.h - what text may become a policy: bounded, no hidden parts, no compiled code.  Private to
 * c/policy. */
#ifndef BERTH_POLICY_SOURCE_H
#define BERTH_POLICY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* Text handed to Lua in small pieces; see berth_source_read. */
typedef struct berth_source {
    const char *text; /* borrowed */
    size_t len;
} berth_source;

/* Why a text is refused; line is 0 where none applies. */
typedef struct berth_source_fault {
    int line;
    const char *why; /* static */
} berth_source_fault;

/* Takes a BOM and a first line beginning with '#' off (its line end stays, so that lines keep
 * their numbers) and looks through the rest: size, NUL and other control characters, direction
 * marks that make text read otherwise than it runs, compiled code, `local _ENV <const>` (which
 * Lua 5.4.0 to 5.4.4 compile to reads outside of the stack). */
bool berth_source_check(const char *text, size_t len, size_t max, berth_source *out,
                        berth_source_fault *fault);

#endif
