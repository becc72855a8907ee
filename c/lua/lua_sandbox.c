/* lua_sandbox.c - a bare sandbox for trying out policies: berth.core.sandbox{...} loads text and
 * calls functions in it under the limits of production.  Used by `berth policy call` and the
 * specs of the sandbox; placement itself goes through the policy host.
 *
 * Values cross as copies: plain data in, text out.  While the sandbox runs, nothing is asked of
 * the caller's state that could raise. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>
#include <sys/resource.h>

#include "lua/luax.h"
#include "policy/policy.h"
#include "policy/sandbox.h"
#include "policy/show.h"

#define ARGUMENT_DEPTH 32
#define VALUE_BYTES 4096 /* of the text of one result */

typedef struct sandbox_ud {
    berth_sandbox *sandbox; /* owned; NULL: closed */
} sandbox_ud;

static const luax_class sandbox_class = {"berth.sandbox"};
static const char results_key = 'r'; /* its address, in the sandbox's registry */

static berth_sandbox *check_sandbox(lua_State *L) {
    sandbox_ud *self = luax_check(L, 1, &sandbox_class);
    if (!self->sandbox) luax_closed(L, "sandbox");
    return self->sandbox;
}

/* --- values ------------------------------------------------------------------------------ */

/* The caller's value that is to be copied into the sandbox. */
typedef struct argument {
    lua_State *from;
    int index; /* absolute; 0: none */
} argument;

/* Raises in L alone; `from` is only read. [-0, +1, e] in L */
static void copy_value(lua_State *L, lua_State *from, int index, int depth) {
    size_t len;
    const char *text;
    switch (lua_type(from, index)) {
    case LUA_TBOOLEAN:
        lua_pushboolean(L, lua_toboolean(from, index));
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(from, index))
            lua_pushinteger(L, lua_tointegerx(from, index, NULL));
        else
            lua_pushnumber(L, lua_tonumberx(from, index, NULL));
        break;
    case LUA_TSTRING:
        text = lua_tolstring(from, index, &len);
        lua_pushlstring(L, text, len);
        break;
    case LUA_TTABLE:
        luaL_checkstack(L, 4, NULL);
        if (depth >= ARGUMENT_DEPTH || !lua_checkstack(from, 4))
            berth_sandbox_contract(L, "the argument is nested too deep");
        lua_newtable(L);
        lua_pushnil(from);
        while (lua_next(from, index)) { /* key value */
            int value = lua_gettop(from);
            int type = lua_type(from, value - 1);
            if (type == LUA_TNUMBER || type == LUA_TSTRING) {
                copy_value(L, from, value - 1, depth + 1);
                copy_value(L, from, value, depth + 1);
                lua_rawset(L, -3);
            }
            lua_settop(from, value - 1);
        }
        break;
    default:
        lua_pushnil(L);
    }
}

static int push_argument(lua_State *L, void *ud) {
    const argument *given = ud;
    if (given->index == 0) return 0;
    copy_value(L, given->from, given->index, 0);
    return 1;
}

/* Leaves the texts of the results in the sandbox's registry, for after the call. */
static void take_results(lua_State *L, int first, int count, void *ud) {
    (void)ud;
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        berth_show_value(L, first + i, VALUE_BYTES);
        lua_rawseti(L, -2, i + 1);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &results_key);
}

/* The texts, as a list. [-0, +1, m] */
static void push_results(lua_State *L, lua_State *from) {
    size_t len;
    lua_newtable(L);
    if (lua_rawgetp(from, LUA_REGISTRYINDEX, &results_key) == LUA_TTABLE) {
        for (int i = 1; lua_rawgeti(from, -1, i) == LUA_TSTRING; i++) {
            const char *text = lua_tolstring(from, -1, &len);
            lua_pushlstring(L, text, len); /* an error here leaves `from` to its collector */
            lua_rawseti(L, -2, i);
            lua_pop(from, 1);
        }
        lua_pop(from, 1);
    }
    lua_pop(from, 1);
}

/* [-0, +1, m] */
static void push_outcome(lua_State *L, const berth_outcome *out) {
    lua_createtable(L, 0, 10);
    luax_set_text(L, "fault", berth_fault_name(out->fault));
    luax_set_text(L, "message", out->message);
    luax_set_boolean(L, "loading", out->loading);
    luax_set_integer(L, "line", out->line);
    luax_set_integer(L, "steps", out->steps);
    luax_set_integer(L, "own_steps", out->own_steps);
    luax_set_integer(L, "memory", (int64_t)out->memory);
    luax_set_text(L, "costly", out->costly);
    luax_set_integer(L, "costly_steps", out->costly_steps);
}

/* --- methods ----------------------------------------------------------------------------- */

/* load(name, text) -> outcome */
static int sandbox_load(lua_State *L) {
    berth_sandbox *sandbox = check_sandbox(L);
    size_t len;
    const char *name = luaL_checkstring(L, 2), *text = luaL_checklstring(L, 3, &len);
    berth_outcome out;
    luax_max_args(L, 3);
    berth_sandbox_load(sandbox, name, text, len, &out);
    push_outcome(L, &out);
    return 1;
}

/* call(name [, argument]) -> outcome, with the results' texts as `values` */
static int sandbox_call(lua_State *L) {
    berth_sandbox *sandbox = check_sandbox(L);
    luax_max_args(L, 3);
    argument given = {L, lua_isnone(L, 3) ? 0 : 3};
    berth_sandbox_job job = {.function = luaL_checkstring(L, 2),
                             .push = push_argument,
                             .take = take_results,
                             .ud = &given};
    berth_outcome out;
    bool done = berth_sandbox_call(sandbox, &job, &out);
    lua_settop(L, 3);
    push_outcome(L, &out);
    if (done)
        push_results(L, berth_sandbox_state(sandbox));
    else
        lua_newtable(L);
    lua_setfield(L, -2, "values");
    return 1;
}

/* The verdict functions are the policy host's own; of a policy it only notes where their metatable
 * is, which nobody asks for here. */
static int open_verdicts(lua_State *L) {
    berth_policy *nobody = lua_newuserdatauv(L, sizeof *nobody, 0);
    memset(nobody, 0, sizeof *nobody);
    berth_verdict_open(L, nobody);
    return 0;
}

/* offer_verdicts() -> outcome: sets the globals allow, deny and hash, as policy files find them */
static int sandbox_offer_verdicts(lua_State *L) {
    berth_sandbox *sandbox = check_sandbox(L);
    berth_outcome out;
    luax_max_args(L, 1);
    berth_sandbox_run(sandbox, open_verdicts, NULL, &out);
    push_outcome(L, &out);
    return 1;
}

/* renew(): an empty sandbox again, whatever happened */
static int sandbox_renew(lua_State *L) {
    berth_sandbox *sandbox = check_sandbox(L);
    berth_err err;
    luax_max_args(L, 1);
    if (berth_sandbox_renew(sandbox, &err) != BERTH_OK) return luax_throw(L, &err);
    return 0;
}

/* dead() -> was it stopped? */
static int sandbox_dead(lua_State *L) {
    lua_pushboolean(L, berth_sandbox_dead(check_sandbox(L)));
    return 1;
}

/* memory() -> bytes held now */
static int sandbox_memory(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)berth_sandbox_memory(check_sandbox(L)));
    return 1;
}

/* close, __gc, __close: idempotent */
static int sandbox_close(lua_State *L) {
    sandbox_ud *self = luax_check(L, 1, &sandbox_class);
    berth_sandbox *sandbox = self->sandbox;
    self->sandbox = NULL;
    berth_sandbox_free(sandbox);
    return 0;
}

static int sandbox_tostring(lua_State *L) {
    sandbox_ud *self = luax_check(L, 1, &sandbox_class);
    lua_pushstring(L, self->sandbox ? "berth.sandbox" : "berth.sandbox (closed)");
    return 1;
}

/* --- the module's functions -------------------------------------------------------------- */

static lua_Integer option(lua_State *L, const char *name, lua_Integer otherwise) {
    int exact = 1;
    lua_Integer value = otherwise;
    if (lua_getfield(L, 1, name) != LUA_TNIL) value = lua_tointegerx(L, -1, &exact);
    if (!exact || value < 0) luaL_error(L, "sandbox option '%s' is no natural number", name);
    lua_pop(L, 1);
    return value;
}

/* sandbox{memory = bytes, steps = n, milliseconds = n} -> sandbox; all optional */
static int sandbox_new(lua_State *L) {
    berth_sandbox_options options = berth_sandbox_default_options();
    berth_err err;
    luax_max_args(L, 1);
    if (!lua_isnoneornil(L, 1)) {
        luaL_checktype(L, 1, LUA_TTABLE);
        berth_sandbox_limits *limits = &options.limits;
        limits->memory = (size_t)option(L, "memory", (lua_Integer)limits->memory);
        limits->steps = limits->load_steps = option(L, "steps", limits->steps);
        limits->busy_ns =
            1000000 * (option(L, "milliseconds", limits->busy_ns / 1000000) % 1000000000);
    }
    sandbox_ud *self = luax_new(L, &sandbox_class, sizeof *self, 0);
    if (berth_sandbox_new(&options, &self->sandbox, &err) != BERTH_OK) return luax_throw(L, &err);
    return 1;
}

/* peak_rss() -> kibibytes of memory this process ever had resident */
static int peak_rss(lua_State *L) {
    struct rusage usage;
    luax_max_args(L, 0);
    lua_pushinteger(L, getrusage(RUSAGE_SELF, &usage) == 0 ? (lua_Integer)usage.ru_maxrss : 0);
    return 1;
}

void luax_open_sandbox(lua_State *L) {
    static const luaL_Reg methods[] = {{"load", sandbox_load},
                                       {"call", sandbox_call},
                                       {"offer_verdicts", sandbox_offer_verdicts},
                                       {"renew", sandbox_renew},
                                       {"dead", sandbox_dead},
                                       {"memory", sandbox_memory},
                                       {"close", sandbox_close},
                                       {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__gc", sandbox_close},
                                    {"__close", sandbox_close},
                                    {"__tostring", sandbox_tostring},
                                    {NULL, NULL}};
    static const luax_members members = {.methods = methods, .meta = meta};
    luax_new_class(L, &sandbox_class, &members);
    lua_pushcfunction(L, sandbox_new);
    lua_setfield(L, -2, "sandbox");
    lua_pushcfunction(L, peak_rss);
    lua_setfield(L, -2, "peak_rss");
}
