/* show.h - text about values that a policy made: bounded, on one line, without addresses, and
 * without running any of the policy's code.  Private to c/policy and its binding. */
#ifndef BERTH_POLICY_SHOW_H
#define BERTH_POLICY_SHOW_H

#include <lua.h>
#include <stddef.h>

/* Copies text so that it is one line of valid UTF-8: control characters, broken UTF-8 and marks of
 * writing direction are escaped.  Writes at most size bytes with the NUL; cut text ends in "...".
 * Returns the length. */
size_t berth_show_text(char *out, size_t size, const char *text, size_t len);

/* What an error value says. */
size_t berth_show_error(lua_State *L, int index, char *out, size_t size);

/* Pushes a text of any value: strings as they are (cut at max bytes, escaped), tables like
 * constructors with sorted keys, of bounded depth and length.  Raw reads only; charged.
 * [-0, +1, m] */
void berth_show_value(lua_State *L, int index, size_t max);

#endif
