/* library.h - the functions a policy sees.  Private to c/policy.
 *
 * What is not here does not exist: no os, io, debug, package, require, load, dofile,
 * collectgarbage, print, string.dump, string.pack, math.random.  Every function pays for its work
 * and raises when the policy is stopped. */
#ifndef BERTH_POLICY_LIBRARY_H
#define BERTH_POLICY_LIBRARY_H

#include <lua.h>

#include "policy/limits.h"

/* Each sets its globals. [-0, +0, m] */
void berth_library_base(lua_State *L);
void berth_library_metatable(lua_State *L);
void berth_library_pairs(lua_State *L);
void berth_library_math(lua_State *L);
void berth_library_string(lua_State *L);
void berth_library_table(lua_State *L);
void berth_library_utf8(lua_State *L);
void berth_library_coroutine(lua_State *L);

/* Adds functions to the table at the top. [-0, +0, m] */
void berth_library_add(lua_State *L, const luaL_Reg *functions);
/* A global table of functions. [-0, +0, m] */
void berth_library_new(lua_State *L, const char *name, const luaL_Reg *functions, int others);

/* Arguments. Numeric strings are taken as Lua does, but only short ones: reading a long one is
 * work that nobody is charged for. [-0, +0, v] */
lua_Integer berth_arg_integer(lua_State *L, int arg);
lua_Integer berth_arg_integer_or(lua_State *L, int arg, lua_Integer otherwise);
lua_Number berth_arg_number(lua_State *L, int arg);

/* A table to read from, and one to write to.  A read-only table (the host's: an empty table whose
 * metatable is the host's and which holds the real one under berth_frozen_key) is replaced on the
 * stack by the real one, or raises. [-0, +0, v] */
extern const char berth_frozen_key;
void berth_arg_readable(lua_State *L, int arg);
void berth_arg_writable(lua_State *L, int arg);

/* metatable.c: the field of the value's metatable, as the policy gave it; false with nothing
 * pushed when there is none. [-0, +(0|1), -] */
bool berth_metafield(lua_State *L, int index, const char *field);
/* base.c: pushes what tostring would. Calls __tostring. [-0, +1, e] */
void berth_tostring(lua_State *L, int index, berth_work work);

#endif
