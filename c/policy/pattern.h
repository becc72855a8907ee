/* pattern.h - Lua's patterns, matched in counted steps: every comparison of a character with a
 * pattern item is paid for, so that a pattern that backtracks for ever is stopped like any other
 * runaway.  Private to c/policy. */
#ifndef BERTH_POLICY_PATTERN_H
#define BERTH_POLICY_PATTERN_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "policy/limits.h"

#define BERTH_CAPTURES 32

typedef struct berth_capture {
    const char *start;
    ptrdiff_t len; /* or CAPTURE_OPEN, CAPTURE_POSITION */
} berth_capture;

/* Subject and pattern are borrowed: they must stay on the Lua stack. */
typedef struct berth_matcher {
    lua_State *L;
    const char *subject, *subject_end;
    const char *pattern_end;
    berth_work work;
    int depth; /* recursion left */
    int ticks; /* comparisons not yet paid for */
    int ncaptures;
    berth_capture captures[BERTH_CAPTURES];
} berth_matcher;

void berth_matcher_open(berth_matcher *m, lua_State *L, berth_work work, const char *subject,
                        size_t len, const char *pattern, size_t plen);
/* The match's end when `pattern` matches at `s`, else NULL.  Raises for a malformed pattern. */
const char *berth_matcher_try(berth_matcher *m, const char *s, const char *pattern);
/* Pays for what is owed; call when done. */
void berth_matcher_pay(berth_matcher *m);
/* Captures, or the whole match from s to e when there are none and `whole`. Returns how many.
 * [-0, +n, m] */
int berth_matcher_push(berth_matcher *m, const char *s, const char *e, bool whole);
/* Capture number i from 0, the whole match for 0 when there are none. [-0, +1, m] */
void berth_matcher_push_one(berth_matcher *m, int i, const char *s, const char *e);
/* Has the pattern no special character at all? */
bool berth_pattern_is_plain(const char *pattern, size_t len);
/* Position of needle at or after s, or NULL; paid for by `work`. */
const char *berth_find_plain(lua_State *L, berth_work work, const char *s, size_t len,
                             const char *needle, size_t nlen);

#endif
