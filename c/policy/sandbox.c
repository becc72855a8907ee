/* sandbox.c - the life of a sandbox: making the state, loading text, calling a function, telling
 * what came of it.  Limits are limits.c's, the functions a policy sees library.h's. */
#include "policy/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "policy/library.h"
#include "policy/limits.h"
#include "policy/platform.h"
#include "policy/show.h"
#include "policy/source.h"

static const char exports_key = 'e'; /* its address, in the registry: the chunk's result */

berth_sandbox_limits berth_sandbox_default_limits(void) {
    return (berth_sandbox_limits){.memory = BERTH_SANDBOX_MEMORY,
                                  .steps = BERTH_SANDBOX_STEPS,
                                  .load_steps = BERTH_SANDBOX_STEPS,
                                  .busy_ns = BERTH_SANDBOX_BUSY_NS,
                                  .source = BERTH_SANDBOX_SOURCE};
}

berth_clock berth_clock_default(void) {
    return (berth_clock){berth_platform_now, berth_platform_busy, NULL};
}

berth_sandbox_options berth_sandbox_default_options(void) {
    return (berth_sandbox_options){.mem = berth_mem_default(),
                                   .limits = berth_sandbox_default_limits(),
                                   .clock = berth_clock_default()};
}

const char *berth_fault_name(berth_fault fault) {
    static const char *const names[] = {"ok", "load", "runtime", "budget", "memory", "contract"};
    return names[fault];
}

/* --- making and freeing ------------------------------------------------------------------ */

static int open_library(lua_State *L) {
    berth_library_base(L);
    berth_library_metatable(L);
    berth_library_pairs(L);
    berth_library_math(L);
    berth_library_string(L);
    berth_library_table(L);
    berth_library_utf8(L);
    berth_library_coroutine(L);
    return 0;
}

static berth_rc open_state(berth_sandbox *sandbox, berth_err *err) {
    berth_limits_end(sandbox);
    sandbox->running = NULL;
    sandbox->stopped = STOP_NONE;
    sandbox->refused = false;
    sandbox->interval = BERTH_INTERVAL;
    sandbox->closing = 0;
    lua_State *L = lua_newstate(berth_limits_alloc, sandbox);
    if (!L) return berth_fail_memory(err);
    *(berth_sandbox **)lua_getextraspace(L) = sandbox;
    /* a smaller pause than Lua's own: the cap should be met by garbage as late as possible */
    lua_gc(L, LUA_GCINC, 150, 200, 0);
    lua_pushcfunction(L, open_library);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        lua_close(L);
        return berth_fail_memory(err);
    }
    sandbox->L = sandbox->running = L;
    sandbox->dead = false;
    return BERTH_OK;
}

static void close_state(berth_sandbox *sandbox) {
    lua_State *L = sandbox->L;
    sandbox->L = sandbox->running = NULL;
    sandbox->dead = true;
    if (L) lua_close(L); /* nothing of the policy runs: there are no finalisers */
}

berth_rc berth_sandbox_new(const berth_sandbox_options *options, berth_sandbox **out,
                           berth_err *err) {
    *out = NULL;
    berth_sandbox *sandbox = berth_calloc(&options->mem, 1, sizeof *sandbox);
    if (!sandbox) return berth_fail_memory(err);
    sandbox->options = *options;
    sandbox->locale = berth_platform_locale_new();
    berth_rc rc = open_state(sandbox, err);
    if (rc != BERTH_OK) {
        berth_sandbox_free(sandbox);
        return rc;
    }
    *out = sandbox;
    return BERTH_OK;
}

void berth_sandbox_free(berth_sandbox *sandbox) {
    if (!sandbox) return;
    close_state(sandbox);
    berth_platform_locale_free(sandbox->locale);
    berth_mem mem = sandbox->options.mem;
    berth_free(&mem, sandbox, sizeof *sandbox);
}

berth_rc berth_sandbox_renew(berth_sandbox *sandbox, berth_err *err) {
    if (sandbox->active) return berth_fail(err, BERTH_EINVALID, "the policy is running");
    close_state(sandbox);
    return open_state(sandbox, err);
}

bool berth_sandbox_dead(const berth_sandbox *sandbox) {
    return sandbox->dead;
}

void berth_sandbox_set_limits(berth_sandbox *sandbox, int64_t steps, int64_t busy_ns) {
    sandbox->options.limits.steps = steps;
    sandbox->options.limits.busy_ns = busy_ns;
}

size_t berth_sandbox_memory(const berth_sandbox *sandbox) {
    return sandbox->held;
}

lua_State *berth_sandbox_state(berth_sandbox *sandbox) {
    return sandbox->L;
}

/* --- what came of it --------------------------------------------------------------------- */

static void blame(const berth_sandbox *sandbox, berth_outcome *out) {
    static const char *const names[] = {
#define X(name, text) text,
        BERTH_WORKS(X)
#undef X
    };
    int most = 0;
    for (int i = 1; i < WORK_KINDS; i++) {
        if (sandbox->spent[i] > sandbox->spent[most]) most = i;
    }
    out->costly = names[most];
    out->costly_steps = sandbox->spent[most] < out->steps ? sandbox->spent[most] : out->steps;
}

static void tell_stop(const berth_sandbox *sandbox, berth_outcome *out) {
    size_t size = sizeof out->message;
    if (sandbox->stopped == STOP_MEMORY) {
        out->fault = BERTH_FAULT_MEMORY;
        snprintf(out->message, size, "the policy needs more than its %zu bytes of memory",
                 sandbox->options.limits.memory);
        return;
    }
    double steps = (double)(out->steps > 0 ? out->steps : 1);
    int percent = (int)(100.0 * (double)out->costly_steps / steps);
    out->fault = BERTH_FAULT_BUDGET;
    if (sandbox->stopped == STOP_STEPS) {
        snprintf(out->message, size,
                 "the policy used up its %lld steps; %d %% of them went into %s",
                 (long long)sandbox->budget, percent, out->costly);
    } else {
        snprintf(out->message, size,
                 "the policy used up its %lld ms after %lld steps; %d %% of them went into %s",
                 (long long)(sandbox->options.limits.busy_ns / 1000000), (long long)out->steps,
                 percent, out->costly);
    }
}

static void refuse(berth_outcome *out, berth_fault fault, bool loading, const char *why) {
    out->fault = fault;
    out->loading = loading;
    out->line = 0;
    out->steps = out->own_steps = out->costly_steps = 0;
    out->memory = 0;
    out->costly = "own instructions";
    snprintf(out->message, sizeof out->message, "%s", why);
}

/* Syntax errors tell their line only in the text: "name:12: ...". */
static int line_in(const char *message) {
    const char *colon = strchr(message, ':');
    int line = 0;
    for (const char *s = colon ? colon + 1 : ""; *s >= '0' && *s <= '9' && line < 1000000; s++)
        line = line * 10 + (*s - '0');
    return line;
}

static bool conclude(berth_sandbox *sandbox, int status, bool loading, berth_outcome *out) {
    out->fault = BERTH_FAULT_NONE;
    out->loading = loading;
    /* one call that asked for too much may be charged far beyond */
    out->steps = sandbox->left < 0 ? sandbox->budget : sandbox->budget - sandbox->left;
    out->own_steps = sandbox->spent[WORK_VM];
    out->memory = sandbox->peak;
    out->line = 0;
    out->message[0] = '\0';
    blame(sandbox, out);
    bool done = status == LUA_OK && sandbox->stopped == STOP_NONE;
    if (!done) {
        out->line = sandbox->line;
        if (sandbox->stopped != STOP_NONE) {
            tell_stop(sandbox, out);
        } else {
            berth_show_error(sandbox->L, -1, out->message, sizeof out->message);
            out->fault = loading             ? BERTH_FAULT_LOAD
                         : sandbox->contract ? BERTH_FAULT_CONTRACT
                                             : BERTH_FAULT_RUNTIME;
            if (loading && out->line == 0) out->line = line_in(out->message);
        }
    }
    berth_limits_end(sandbox);
    lua_settop(sandbox->L, 0);
    return done;
}

/* The handler of every call: notes the line, touches nothing else. */
static int on_error(lua_State *L) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    if (sandbox->stopped == STOP_NONE) berth_limits_note_line(sandbox, L);
    return 1;
}

void berth_sandbox_contract(lua_State *L, const char *format, ...) {
    berth_sandbox_of(L)->contract = true;
    va_list args;
    va_start(args, format);
    lua_pushvfstring(L, format, args);
    va_end(args);
    lua_error(L);
    for (;;) { /* lua_error never returns, but is not declared so */
    }
}

/* --- running ----------------------------------------------------------------------------- */

static bool ready(const berth_sandbox *sandbox, bool loading, berth_outcome *out) {
    if (sandbox->dead) {
        refuse(out, BERTH_FAULT_CONTRACT, loading,
               "the policy was stopped and has not been loaded again");
        return false;
    }
    if (sandbox->active) {
        refuse(out, BERTH_FAULT_CONTRACT, loading, "the policy is already running");
        return false;
    }
    return true;
}

static bool run(berth_sandbox *sandbox, lua_CFunction function, void *ud, bool loading,
                berth_outcome *out) {
    const berth_sandbox_limits *limits = &sandbox->options.limits;
    void *before = berth_platform_locale_enter(sandbox->locale);
    lua_State *L = sandbox->L;
    berth_limits_begin(sandbox, loading ? limits->load_steps : limits->steps);
    lua_pushcfunction(L, on_error);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, ud);
    int status = lua_pcall(L, 1, 0, 1);
    bool done = conclude(sandbox, status, loading, out);
    berth_platform_locale_leave(sandbox->locale, before);
    return done;
}

#define PIECE 256 /* bytes compiled between two looks at the budget */

static const char *read_piece(lua_State *L, void *ud, size_t *size) {
    berth_source *source = ud;
    size_t len = source->len < PIECE ? source->len : PIECE;
    berth_charge(L, WORK_SOURCE, (int64_t)len);
    const char *piece = source->text;
    source->text += len;
    source->len -= len;
    *size = len;
    return piece;
}

typedef struct load_job {
    berth_source source;
    const char *name;
} load_job;

static int load_chunk(lua_State *L) {
    load_job *job = lua_touserdata(L, 1);
    const char *name = lua_pushfstring(L, "=%s", job->name);
    if (lua_load(L, read_piece, &job->source, name, "t") != LUA_OK) {
        berth_charge(L, WORK_SOURCE, 0); /* a stop is a stop, whatever the parser made of it */
        return lua_error(L);
    }
    lua_call(L, 0, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &exports_key);
    return 0;
}

bool berth_sandbox_load(berth_sandbox *sandbox, const char *name, const char *text, size_t len,
                        berth_outcome *out) {
    if (!ready(sandbox, true, out)) return false;
    load_job job;
    char shown[48];
    berth_source_fault fault;
    berth_show_text(shown, sizeof shown, name, strlen(name));
    job.name = shown;
    if (!berth_source_check(text, len, sandbox->options.limits.source, &job.source, &fault)) {
        refuse(out, BERTH_FAULT_LOAD, true, fault.why);
        if (fault.line > 0)
            snprintf(out->message, sizeof out->message, "%s:%d: %s", shown, fault.line, fault.why);
        out->line = fault.line;
        return false;
    }
    return run(sandbox, load_chunk, &job, true, out);
}

void berth_sandbox_push_exports(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &exports_key);
}

/* An exported field or a global, found without running anything. [-0, +1, m] */
static void push_named(lua_State *L, const char *name) {
    berth_sandbox_push_exports(L);
    if (lua_type(L, -1) == LUA_TTABLE) {
        lua_pushstring(L, name);
        if (lua_rawget(L, -2) == LUA_TFUNCTION) {
            lua_remove(L, -2);
            return;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

static int call_function(lua_State *L) {
    const berth_sandbox_job *job = lua_touserdata(L, 1);
    if (job->function)
        push_named(L, job->function);
    else
        lua_rawgeti(L, LUA_REGISTRYINDEX, job->ref);
    if (lua_type(L, -1) != LUA_TFUNCTION)
        berth_sandbox_contract(L, "the policy has no function '%s'",
                               job->function ? job->function : "?");
    int first = lua_gettop(L); /* where the function is, the results will be */
    int nargs = job->push ? job->push(L, job->ud) : 0;
    lua_call(L, nargs, job->take ? LUA_MULTRET : 0);
    berth_charge(L, WORK_HOST, 0);
    if (!job->take) return 0;
    int count = lua_gettop(L) - first + 1;
    if (count > BERTH_SANDBOX_RESULTS)
        berth_sandbox_contract(L, "the policy returned %d values; at most %d are taken", count,
                               BERTH_SANDBOX_RESULTS);
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    job->take(L, first, count, job->ud);
    return 0;
}

bool berth_sandbox_call(berth_sandbox *sandbox, const berth_sandbox_job *job, berth_outcome *out) {
    if (!ready(sandbox, false, out)) return false;
    union {
        const berth_sandbox_job *in;
        void *ud;
    } passed = {.in = job};
    return run(sandbox, call_function, passed.ud, false, out);
}

bool berth_sandbox_run(berth_sandbox *sandbox, lua_CFunction function, void *ud,
                       berth_outcome *out) {
    if (!ready(sandbox, false, out)) return false;
    return run(sandbox, function, ud, false, out);
}

typedef struct find_job {
    const char *name;
    int ref;
} find_job;

static int find_function(lua_State *L) {
    find_job *job = lua_touserdata(L, 1);
    push_named(L, job->name);
    if (lua_type(L, -1) == LUA_TFUNCTION) job->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

int berth_sandbox_find(berth_sandbox *sandbox, const char *function) {
    find_job job = {function, LUA_NOREF};
    berth_outcome out;
    if (!berth_sandbox_run(sandbox, find_function, &job, &out)) return LUA_NOREF;
    return job.ref;
}
