/* builder.h - a string being built in a C function of the library: small ones on the C stack,
 * longer ones in a userdata on the Lua stack, so that an error in between leaks nothing and every
 * byte counts against the policy's memory.  Private to c/policy. */
#ifndef BERTH_POLICY_BUILDER_H
#define BERTH_POLICY_BUILDER_H

#include <lua.h>
#include <stddef.h>

#include "policy/limits.h"

/* Invariant: data is `small` or the userdata at stack index `slot`; len <= cap. */
typedef struct berth_builder {
    lua_State *L;
    char *data;
    size_t len, cap;
    int slot;
    berth_work work; /* who pays */
    char small[256];
} berth_builder;

/* Takes one slot at the top of the stack. [-0, +1, -] */
void berth_builder_open(berth_builder *b, lua_State *L, berth_work work);
/* Room for so many more bytes; the caller then adds to len what it wrote. [-0, +0, m] */
char *berth_builder_room(berth_builder *b, size_t len);
void berth_builder_add(berth_builder *b, const char *text, size_t len);
void berth_builder_byte(berth_builder *b, char c);
/* Pushes the string; the slot stays below it. [-0, +1, m] */
void berth_builder_push(berth_builder *b);

#endif
