/* luax.h - what every binding file shares: metatables of userdata, the error object, misuse that
 * is raised, and the openers of the nouns.  A binding checks and copies its arguments first, does
 * the C work without touching Lua, and pushes its results last, so that no jump of Lua's can
 * cross a held resource.
 *
 * Stack effects are written [-popped, +pushed, what it may raise]: m memory, v misuse. */
#ifndef BERTH_LUA_LUAX_H
#define BERTH_LUA_LUAX_H

#include <lauxlib.h>
#include <lua.h>

#include "berth.h"
#include "core/err.h"

/* The identity of a userdata's metatable: registered under this very address, so that a script
 * can neither forge nor replace it, and found faster than by name. */
typedef struct luax_class {
    const char *name; /* "berth.provider" */
} luax_class;

extern const luax_class luax_store_class, luax_tx_class, luax_savepoint_class;
extern const luax_class luax_provider_class, luax_providers_class;
extern const luax_class luax_allocation_class, luax_request_class;
extern const luax_class luax_candidates_class, luax_candidate_class, luax_changes_class;

/* How the members of a class are found: methods only (a table, fastest), or through a function
 * that knows fields too; see luax_new_class. */
typedef struct luax_members {
    const luaL_Reg *methods;   /* NULL-terminated; become values of the member table */
    const luaL_Reg *meta;      /* __gc, __close, __tostring, ...; may be NULL */
    const char *const *fields; /* names, NULL-terminated; the n-th is the integer n + 1 in the
                                  member table; NULL: none */
    lua_CFunction index;       /* reads fields; NULL when there are none */
    const luaL_Reg *more;      /* further methods; NULL: none */
} luax_members;

/* Makes and registers the metatable. `index` gets the member table as upvalue 1 and calls
 * luax_member. A name that is no member raises and tells the nearest. [-0, +0, m] */
void luax_new_class(lua_State *L, const luax_class *class, const luax_members *members);

/* In an `index` function: the field's number from 0, or -1 with the method pushed. Raises for
 * an unknown name. [-0, +(0|1), v] */
int luax_member(lua_State *L, const luax_class *class);

/* A userdata of the class with `nuv` user values, its bytes zero: a valid, closed object.
 * [-0, +1, m] */
void *luax_new(lua_State *L, const luax_class *class, size_t size, int nuv);
/* NULL when the value is something else. [-0, +0, -] */
void *luax_test(lua_State *L, int index, const luax_class *class);
/* Raises when it is something else. [-0, +0, v] */
void *luax_check(lua_State *L, int index, const luax_class *class);

/* --- errors ------------------------------------------------------------------------------ */

/* The error object {code, message, ...fields}, redacted by the module's rules; where a store is at
 * hand, luax_store_fail and the like do it by the store's. [-0, +1, m] */
void luax_push_error(lua_State *L, const berth_err *err);
/* One that was redacted already. [-0, +1, m] */
void luax_push_shown_error(lua_State *L, const berth_err *err);
/* nil, error; returns 2. [-0, +2, m] */
int luax_fail(lua_State *L, const berth_err *err);
/* Raises the error object, where there is no second value to return it in. [-0, +0, v] */
int luax_throw(lua_State *L, const berth_err *err);
/* Raises a sentence, redacted, at the caller's position. [-0, +0, v] */
int luax_raise(lua_State *L, const char *format, ...) BERTH_PRINTF(2, 3);
/* Raises "store is closed" at the caller's position. [-0, +0, v] */
int luax_closed(lua_State *L, const char *what);
/* As luaL_argerror, but methods have their names also when they were not called by one, as through
 * pcall. [-0, +0, v] */
int luax_argerror(lua_State *L, int arg, const char *message);
/* "<expected> expected, got <type>". [-0, +0, v] */
int luax_typeerror(lua_State *L, int arg, const char *expected);
void luax_check_type(lua_State *L, int arg, int type);
/* Borrowed from the stack; len may be NULL. [-0, +0, v] */
const char *luax_check_string(lua_State *L, int arg, size_t *len);
/* Raises when more than `max` arguments were given (self included). [-0, +0, v] */
void luax_max_args(lua_State *L, int max);

/* The name nearest to `word` among `names`, an array of structures of `stride` bytes that begin
 * with a `const char *` and end with a NULL one; NULL when none is near. [-0, +0, -] */
const char *luax_nearest(const char *word, const void *names, size_t stride);

/* --- values ------------------------------------------------------------------------------ */

/* t[name] = number or text for the table at the top. [-0, +0, m] */
void luax_set_integer(lua_State *L, const char *name, int64_t value);
void luax_set_text(lua_State *L, const char *name, const char *value); /* NULL: nothing */
void luax_set_boolean(lua_State *L, const char *name, bool value);

/* Bytes from the system's generator.  Errors: BERTH_EIO. */
berth_rc luax_random(void *bytes, size_t size, berth_err *err);

/* --- nouns ------------------------------------------------------------------------------- */

/* Each registers its metatables and sets its functions into the module table at the top of the
 * stack. [-0, +0, m] */
void luax_open_error(lua_State *L);
void luax_open_store(lua_State *L);
void luax_open_tx(lua_State *L);
void luax_open_provider(lua_State *L);
void luax_open_listing(lua_State *L);
void luax_open_allocation(lua_State *L);
void luax_open_request(lua_State *L);
void luax_open_candidates(lua_State *L);
void luax_open_changes(lua_State *L);
void luax_open_policy(lua_State *L);
void luax_open_policy_time(lua_State *L);
void luax_open_redaction(lua_State *L);
void luax_open_logger(lua_State *L);
void luax_open_lines(lua_State *L);
void luax_open_clock(lua_State *L);
void luax_open_process(lua_State *L);
void luax_open_sandbox(lua_State *L);
void luax_open_policy_kit(lua_State *L);

#endif
