/* sandbox.h - a room in which a stranger's Lua runs: its own lua_State with a capped memory, a
 * budget of steps for every call, a library that is charged for its work, and a stop that nothing
 * inside can catch.  What a call came to is told by flags of our own, never by what the script
 * threw.  Uses core/mem.h and core/err.h.  Knows nothing of placement.
 *
 * A sandbox belongs to one thread at a time and is not re-entrant.  State (globals, upvalues)
 * lives from call to call until a stop: a stopped sandbox is dead and must be renewed. */
#ifndef BERTH_POLICY_SANDBOX_H
#define BERTH_POLICY_SANDBOX_H

#include <lua.h>

#include "berth.h"
#include "core/mem.h"

typedef struct berth_sandbox berth_sandbox;

#define BERTH_SANDBOX_MEMORY ((size_t)8 << 20)
#define BERTH_SANDBOX_STEPS INT64_C(1000000)
#define BERTH_SANDBOX_BUSY_NS INT64_C(30000000)
#define BERTH_SANDBOX_SOURCE ((size_t)512 << 10)
#define BERTH_SANDBOX_RESULTS 64
#define BERTH_SANDBOX_MESSAGE 1024
#define BERTH_SANDBOX_NOTES 32 /* notes a call may write */
#define BERTH_SANDBOX_NOTE_BYTES 256

typedef struct berth_sandbox_limits {
    size_t memory;      /* bytes, as the C library would round them */
    int64_t steps;      /* of a call */
    int64_t load_steps; /* of running the chunk */
    int64_t busy_ns;    /* the stop behind the step budget; 0: none */
    size_t source;      /* bytes of text */
} berth_sandbox_limits;

berth_sandbox_limits berth_sandbox_default_limits(void);

/* Nanoseconds that only grow.  `now` is asked often and must be cheap; when it says that the time
 * is over, `busy` (may be NULL) may know that the thread did not run all that time. */
typedef struct berth_clock {
    int64_t (*now)(void *ud);
    int64_t (*busy)(void *ud);
    void *ud;
} berth_clock;

/* The system's monotonic clock and the thread's processor time. */
berth_clock berth_clock_default(void);

/* Told each line that the policy writes with note(text): escaped, bounded.  Must not raise. */
typedef void (*berth_sandbox_note)(void *ud, const char *text, size_t len);

/* Told each line of the policy as it is begun, for coverage; costs no steps.  Must not raise. */
typedef void (*berth_sandbox_line)(void *ud, int line);

typedef struct berth_sandbox_options {
    berth_mem mem;
    berth_sandbox_limits limits;
    berth_clock clock;
    berth_sandbox_note note; /* NULL: notes are dropped */
    void *note_ud;
    berth_sandbox_line line; /* NULL: nobody counts lines */
    void *line_ud;
} berth_sandbox_options;

/* The default limits and clock over the C library's memory. */
berth_sandbox_options berth_sandbox_default_options(void);

typedef enum berth_fault {
    BERTH_FAULT_NONE,
    BERTH_FAULT_LOAD,     /* the text is not accepted, or the chunk raised */
    BERTH_FAULT_RUNTIME,  /* the function raised */
    BERTH_FAULT_BUDGET,   /* stopped: steps or time */
    BERTH_FAULT_MEMORY,   /* stopped: memory */
    BERTH_FAULT_CONTRACT, /* no such function, or an answer of the wrong shape */
} berth_fault;

/* "ok", "load", "runtime", "budget", "memory", "contract" */
const char *berth_fault_name(berth_fault fault);

/* What a load or call came to. */
typedef struct berth_outcome {
    berth_fault fault;
    bool loading;       /* it happened in berth_sandbox_load */
    int line;           /* where the fault arose; 0: not known */
    int64_t steps;      /* spent */
    int64_t own_steps;  /* of these, the script's own instructions */
    size_t memory;      /* the most that was held during the call */
    const char *costly; /* what took the most steps: "own instructions", "string.find", ...;
                           static text */
    int64_t costly_steps;
    char message[BERTH_SANDBOX_MESSAGE]; /* one bounded line, "" without a fault; no addresses */
} berth_outcome;

/* Errors: BERTH_ENOMEM.  On success the caller owns *out. */
berth_rc berth_sandbox_new(const berth_sandbox_options *options, berth_sandbox **out,
                           berth_err *err);
void berth_sandbox_free(berth_sandbox *sandbox); /* NULL is fine; runs nothing of the policy */
/* Forgets everything: an empty sandbox again.  Errors: BERTH_ENOMEM, then it stays dead. */
berth_rc berth_sandbox_renew(berth_sandbox *sandbox, berth_err *err);
/* true after a stop: loads and calls are refused until it is renewed. */
bool berth_sandbox_dead(const berth_sandbox *sandbox);
/* For the calls to come. */
void berth_sandbox_set_limits(berth_sandbox *sandbox, int64_t steps, int64_t busy_ns);
size_t berth_sandbox_memory(const berth_sandbox *sandbox); /* bytes held now */

/* What happens with the sandbox's Lua while it is protected and counted.  Both may raise and may
 * call the charges of limits.h; neither may raise in, or allocate from, another lua_State.
 * push leaves the arguments on the stack and returns their number; take finds `count` results
 * from index `first` on and reads them raw. */
typedef struct berth_sandbox_job {
    const char *function; /* name of an exported field or else a global; NULL: use ref */
    int ref;              /* from berth_sandbox_find */
    int (*push)(lua_State *L, void *ud);                        /* NULL: no arguments */
    void (*take)(lua_State *L, int first, int count, void *ud); /* NULL: results are dropped */
    void *ud;
} berth_sandbox_job;

/* Loads text as a chunk named `name` (shown in messages) and runs it; its first result becomes
 * the exports.  true: done. */
bool berth_sandbox_load(berth_sandbox *sandbox, const char *name, const char *text, size_t len,
                        berth_outcome *out);
bool berth_sandbox_call(berth_sandbox *sandbox, const berth_sandbox_job *job, berth_outcome *out);
/* Runs a C function of the host, protected and counted as a call; ud is its argument 1 as a light
 * userdata. */
bool berth_sandbox_run(berth_sandbox *sandbox, lua_CFunction function, void *ud,
                       berth_outcome *out);
/* A function of the exports or globals, captured; LUA_NOREF when there is none.  Lives until the
 * sandbox is renewed. */
int berth_sandbox_find(berth_sandbox *sandbox, const char *function);
/* The exports: pushes the chunk's first result. [-0, +1, -] */
void berth_sandbox_push_exports(lua_State *L);

/* For pushing and reading; only inside push, take and run may anything be called on it that can
 * raise. */
lua_State *berth_sandbox_state(berth_sandbox *sandbox);

/* Raises a BERTH_FAULT_CONTRACT from take or run. [-0, +0, v] */
_Noreturn void berth_sandbox_contract(lua_State *L, const char *format, ...);

#endif
