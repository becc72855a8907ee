/* limits.h - what a policy may spend, and how it is stopped.  Private to c/policy: the sandbox's
 * insides as its library sees them.
 *
 * A step is one VM instruction, or work of about the same length done by a C function, which says
 * so through berth_charge.  Instructions are counted by the count hook of every thread of the
 * state, in portions of `interval`; a coroutine pays one portion when it is made, because its own
 * counter starts full.  New long strings and objects are charged where they are allocated, so
 * that `..` pays for its length.
 *
 * Stopping: `stopped` is set, the running thread's hook fires at every further instruction, and
 * every C function raises as soon as it is entered or charges; whatever catches the error is
 * stopped in turn.  The host looks at `stopped` alone. */
#ifndef BERTH_POLICY_LIMITS_H
#define BERTH_POLICY_LIMITS_H

#include <lauxlib.h>
#include <lua.h>

#include "policy/collide.h"
#include "policy/sandbox.h"

/* What steps are spent on: name, as told to the policy's author. */
#define BERTH_WORKS(X)                                                                             \
    X(WORK_VM, "own instructions")                                                                 \
    X(WORK_DATA, "new strings, tables and functions")                                              \
    X(WORK_SOURCE, "reading the source")                                                           \
    X(WORK_BASE, "basic functions")                                                                \
    X(WORK_PAIRS, "pairs")                                                                         \
    X(WORK_NEXT, "next")                                                                           \
    X(WORK_METATABLE, "setmetatable")                                                              \
    X(WORK_CALL, "pcall")                                                                          \
    X(WORK_SELECT, "select")                                                                       \
    X(WORK_TONUMBER, "tonumber")                                                                   \
    X(WORK_TOSTRING, "tostring")                                                                   \
    X(WORK_NOTE, "note")                                                                           \
    X(WORK_MATH, "math")                                                                           \
    X(WORK_STRING, "string")                                                                       \
    X(WORK_FIND, "string.find")                                                                    \
    X(WORK_MATCH, "string.match")                                                                  \
    X(WORK_GMATCH, "string.gmatch")                                                                \
    X(WORK_GSUB, "string.gsub")                                                                    \
    X(WORK_FORMAT, "string.format")                                                                \
    X(WORK_REP, "string.rep")                                                                      \
    X(WORK_INSERT, "table.insert")                                                                 \
    X(WORK_REMOVE, "table.remove")                                                                 \
    X(WORK_CONCAT, "table.concat")                                                                 \
    X(WORK_UNPACK, "table.unpack")                                                                 \
    X(WORK_MOVE, "table.move")                                                                     \
    X(WORK_SORT, "table.sort")                                                                     \
    X(WORK_UTF8, "utf8")                                                                           \
    X(WORK_COROUTINE, "coroutine")                                                                 \
    X(WORK_HOST, "functions of the host")

typedef enum berth_work {
#define X(name, text) name,
    BERTH_WORKS(X)
#undef X
        WORK_KINDS
} berth_work;

typedef enum berth_stop {
    STOP_NONE,
    STOP_STEPS,
    STOP_TIME,
    STOP_MEMORY,
} berth_stop;

/* Invariants: `running` is the thread whose instructions run, L outside calls; `left` falls below
 * `look_at` when a stop is set, the budget is gone or the clock is due. */
struct berth_sandbox {
    lua_State *L;       /* NULL when a renewal failed */
    lua_State *running; /* borrowed; NULL while the state is being made */
    berth_sandbox_options options;
    void *locale; /* platform.h; the C locale, whatever the host's is */

    size_t held, peak; /* bytes, rounded as the C library does */
    bool refused;      /* the last request for more memory was refused once */
    berth_collide hashes;

    berth_stop stopped;
    bool dead, active, contract;
    int64_t budget, left, look_at;
    int64_t spent[WORK_KINDS];
    int interval; /* instructions between two looks; less while long strings are about */
    int line;     /* where the first fault of the call arose */
    int closing;  /* coroutine.close within coroutine.close */
    int notes;

    int64_t sampled, deadline; /* of the clock; 0: not asked yet */
};

#define BERTH_INTERVAL 100

static inline berth_sandbox *berth_sandbox_of(lua_State *L) {
    return *(berth_sandbox **)lua_getextraspace(L);
}

/* limits.c; the alloc function and hook of the state, and the budget of a call. */
void *berth_limits_alloc(void *ud, void *ptr, size_t osize, size_t nsize);
void berth_limits_hook(lua_State *L, lua_Debug *ar);
void berth_limits_begin(berth_sandbox *sandbox, int64_t steps);
void berth_limits_end(berth_sandbox *sandbox);
/* Notes the line of the innermost Lua function of a thread, if none is noted yet. */
void berth_limits_note_line(berth_sandbox *sandbox, lua_State *L);

/* Raises the stop that is set. [-0, +0, v] */
_Noreturn void berth_limits_raise(lua_State *L);
/* The slow half of berth_charge: stops, or looks at the clock. [-0, +0, v] */
void berth_limits_look(lua_State *L);
/* Sets the thread's hook to the sandbox's present interval. */
void berth_limits_tune(lua_State *L);

/* Every C function the policy can reach begins with this: pays, or raises when stopped.
 * [-0, +0, v] */
static inline void berth_charge(lua_State *L, berth_work work, int64_t steps) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    sandbox->left -= steps;
    sandbox->spent[work] += steps;
    if (sandbox->left < sandbox->look_at) berth_limits_look(L);
}

/* The price of copying or scanning so many bytes. */
#define BERTH_BYTES_A_STEP 32

static inline void berth_charge_bytes(lua_State *L, berth_work work, size_t bytes) {
    berth_charge(L, work, (int64_t)(bytes / BERTH_BYTES_A_STEP));
}

/* Looks at the clock out of turn: after an error, whose text may have taken long to make, and
 * within walks over tables. [-0, +0, v] */
void berth_limits_look_now(lua_State *L);

#endif
