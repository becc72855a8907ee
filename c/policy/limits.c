/* limits.c - memory, steps and time of a sandbox, and the stop.  See limits.h for the rules. */
#include "policy/limits.h"

#include "policy/platform.h"

/* Blocks from this size on are moved rather than grown in place, and may mean long work (a table
 * rehashed): both copies count against the cap, and the clock is looked at. */
#define BIG_BLOCK ((size_t)32 << 10)
/* From this length of a string on, one instruction can take long (a comparison reads it all);
 * the interval of looks shrinks in proportion. */
#define LONG_STRING ((size_t)64 << 10)
/* Strings up to 40 bytes are shared and may come back without an allocation, so they are charged
 * to nobody: the price must not depend on what the collector did. */
#define CHARGED_STRING 128
#define VISITS_A_STEP 8
#define NOT_LOOKING INT64_MIN
#define ALWAYS_LOOK INT64_MAX
#define SAMPLE_NS INT64_C(1000000)

/* What the C library takes for a block. */
static size_t rounded(size_t size) {
    return size == 0 ? 0 : (size < 24 ? 32 : (size + 8 + 15) & ~(size_t)15);
}

/* --- the stop ---------------------------------------------------------------------------- */

void berth_limits_note_line(berth_sandbox *sandbox, lua_State *L) {
    lua_Debug ar;
    for (int level = 0; sandbox->line == 0 && level < 16 && lua_getstack(L, level, &ar); level++) {
        if (lua_getinfo(L, "l", &ar) && ar.currentline > 0) sandbox->line = ar.currentline;
    }
}

/* Once stopped, a thread is hooked at each instruction, and lines are no longer told. */
static void set_hook(const berth_sandbox *sandbox, lua_State *L) {
    bool stopped = sandbox->stopped != STOP_NONE;
    int lines = sandbox->options.line && !stopped ? LUA_MASKLINE : 0;
    lua_sethook(L, berth_limits_hook, LUA_MASKCOUNT | lines, stopped ? 1 : sandbox->interval);
}

/* Allocates nothing and raises nothing: also called from within the alloc function. */
static void stop(berth_sandbox *sandbox, berth_stop why) {
    if (sandbox->stopped != STOP_NONE) return;
    sandbox->stopped = why;
    sandbox->dead = true;
    sandbox->look_at = ALWAYS_LOOK;
    if (sandbox->running) {
        sandbox->line = 0;
        berth_limits_note_line(sandbox, sandbox->running);
        set_hook(sandbox, sandbox->running);
    }
}

void berth_limits_raise(lua_State *L) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    set_hook(sandbox, L);
    lua_pushlightuserdata(L, sandbox); /* asks for no memory */
    lua_error(L);
    for (;;) { /* lua_error never returns, but is not declared so */
    }
}

/* --- time -------------------------------------------------------------------------------- */

/* The clock is first asked some way into a call; short calls never pay for it.  When it says the
 * time is over, the thread's own time decides, so that a busy machine stops nobody.  That costs a
 * system call, so it is sampled once after a millisecond and then only when due. */
static bool time_is_over(berth_sandbox *sandbox) {
    const berth_clock *clock = &sandbox->options.clock;
    int64_t limit = sandbox->options.limits.busy_ns;
    if (!sandbox->active || limit <= 0 || !clock->now) return false;
    int64_t now = clock->now(clock->ud);
    if (sandbox->deadline == 0) {
        sandbox->deadline = now + (limit < SAMPLE_NS || !clock->busy ? limit : SAMPLE_NS);
        return false;
    }
    if (now < sandbox->deadline) return false;
    if (!clock->busy) return true;
    int64_t busy = clock->busy(clock->ud);
    if (sandbox->sampled == 0) {
        int64_t first = limit < SAMPLE_NS ? limit : SAMPLE_NS;
        sandbox->sampled = busy - first; /* as if all of the first look's time had been work */
    }
    int64_t spent = busy - sandbox->sampled;
    if (spent >= limit) return true;
    sandbox->deadline = now + (limit - spent);
    return false;
}

void berth_limits_look(lua_State *L) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    if (sandbox->stopped == STOP_NONE) {
        if (sandbox->left < 0) {
            stop(sandbox, STOP_STEPS);
        } else if (time_is_over(sandbox)) {
            stop(sandbox, STOP_TIME);
        } else {
            int64_t next = sandbox->left - sandbox->interval + 1;
            sandbox->look_at = next > 0 ? next : 0;
            return;
        }
    }
    berth_limits_raise(L);
}

void berth_limits_look_now(lua_State *L) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    sandbox->look_at = ALWAYS_LOOK;
    berth_limits_look(L);
}

/* --- steps ------------------------------------------------------------------------------- */

void berth_limits_hook(lua_State *L, lua_Debug *ar) {
    if (ar->event == LUA_HOOKLINE) {
        const berth_sandbox_options *options = &berth_sandbox_of(L)->options;
        if (options->line) options->line(options->line_ud, ar->currentline);
        return;
    }
    berth_charge(L, WORK_VM, lua_gethookcount(L));
    berth_limits_tune(L);
}

void berth_limits_tune(lua_State *L) {
    const berth_sandbox *sandbox = berth_sandbox_of(L);
    int interval = sandbox->stopped != STOP_NONE ? 1 : sandbox->interval;
    if (lua_gethookcount(L) != interval) set_hook(sandbox, L);
}

void berth_limits_begin(berth_sandbox *sandbox, int64_t steps) {
    sandbox->budget = sandbox->left = steps;
    for (int i = 0; i < WORK_KINDS; i++) sandbox->spent[i] = 0;
    sandbox->look_at = steps > sandbox->interval ? steps - sandbox->interval + 1 : 0;
    sandbox->sampled = sandbox->deadline = 0;
    sandbox->line = 0;
    sandbox->contract = false;
    sandbox->notes = 0;
    sandbox->peak = sandbox->held;
    sandbox->active = true;
    sandbox->running = sandbox->L;
    /* also resets the main thread's counter: what a call costs depends on the call alone */
    set_hook(sandbox, sandbox->L);
}

void berth_limits_end(berth_sandbox *sandbox) {
    sandbox->active = false;
    sandbox->running = sandbox->L;
    sandbox->left = INT64_MAX;
    sandbox->look_at = NOT_LOOKING;
}

/* --- memory ------------------------------------------------------------------------------ */

/* Lua answers a refusal by a full collection and asks once more: two refusals in a row are final.
 * A policy that lives at its cap collects at each request, so the clock is looked at here too. */
static bool refuse(berth_sandbox *sandbox) {
    if (!sandbox->active) return false;
    if (sandbox->refused) {
        stop(sandbox, STOP_MEMORY);
    } else if (time_is_over(sandbox)) {
        stop(sandbox, STOP_TIME);
    }
    sandbox->refused = true;
    return false;
}

/* Steps for a new block; type is Lua's tag of what is made, 0 for parts of things. */
static int64_t price_of(const berth_sandbox *sandbox, int type, size_t size) {
    switch (type) {
    case 0:
        if (size < BERTH_COLLIDE_BYTES) return 0;
        return berth_collide_visits(&sandbox->hashes, size) / VISITS_A_STEP;
    case LUA_TSTRING:
        return size > CHARGED_STRING ? (int64_t)(size / BERTH_BYTES_A_STEP) : 0;
    case LUA_TTHREAD:
        return 20;
    default:
        return 3 + (int64_t)(size / 64);
    }
}

/* A long string shortens the interval of looks. */
static void beware_of_string(berth_sandbox *sandbox, size_t size) {
    size_t times = size / LONG_STRING * 2;
    int interval = times >= BERTH_INTERVAL ? 1 : (int)(BERTH_INTERVAL / times);
    if (interval < sandbox->interval) {
        sandbox->interval = interval;
        berth_limits_tune(sandbox->running);
    }
}

static bool pay_for(berth_sandbox *sandbox, int type, size_t size) {
    int64_t steps = price_of(sandbox, type, size);
    sandbox->left -= steps;
    sandbox->spent[WORK_DATA] += steps;
    if (sandbox->left < 0)
        stop(sandbox, STOP_STEPS);
    else if (size >= BIG_BLOCK && time_is_over(sandbox))
        stop(sandbox, STOP_TIME);
    if (type == LUA_TSTRING && size >= LONG_STRING && sandbox->stopped == STOP_NONE)
        beware_of_string(sandbox, size);
    return sandbox->stopped == STOP_NONE;
}

/* May a block of so many rounded bytes be replaced by a larger one? */
static bool may_grow(berth_sandbox *sandbox, int type, size_t old, size_t nsize) {
    if (sandbox->stopped != STOP_NONE) return false;
    size_t cap = sandbox->options.limits.memory, fresh = rounded(nsize);
    size_t other = sandbox->held - (nsize >= BIG_BLOCK ? 0 : old);
    if (nsize > cap || fresh > cap || other > cap - fresh) return refuse(sandbox);
    if (sandbox->active && !pay_for(sandbox, type, nsize)) return false;
    sandbox->refused = false;
    return true;
}

/* Most blocks are freed or made small: these ways through are kept short. */
static void *free_block(berth_sandbox *sandbox, void *ptr, size_t size) {
    const berth_mem *mem = &sandbox->options.mem;
    if (ptr == NULL) return NULL;
    sandbox->held -= rounded(size);
    if (size >= BERTH_COLLIDE_BYTES) berth_collide_remove(&sandbox->hashes, ptr);
    mem->realloc(mem->ud, ptr, size, 0);
    return NULL;
}

void *berth_limits_alloc(void *ud, void *ptr, size_t osize, size_t nsize) {
    berth_sandbox *sandbox = ud;
    if (nsize == 0) return free_block(sandbox, ptr, osize);
    const berth_mem *mem = &sandbox->options.mem;
    int type = ptr ? 0 : (int)osize;
    if (!ptr) osize = 0;
    size_t old = rounded(osize);
    if (nsize > osize && !may_grow(sandbox, type, old, nsize)) return NULL;
    void *fresh = mem->realloc(mem->ud, ptr, osize, nsize);
    if (!fresh) {
        if (nsize > osize) {
            refuse(sandbox);
            return NULL;
        }
        fresh = ptr; /* Lua relies on shrinking */
    }
    if (osize >= BERTH_COLLIDE_BYTES) berth_collide_remove(&sandbox->hashes, ptr);
    if (!ptr && type == 0 && nsize >= BERTH_COLLIDE_BYTES)
        berth_collide_add(&sandbox->hashes, fresh, nsize);
    sandbox->held = sandbox->held - old + rounded(nsize);
    if (sandbox->held > sandbox->peak) sandbox->peak = sandbox->held;
    return fresh;
}
