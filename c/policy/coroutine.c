/* coroutine.c - coroutines that share the sandbox's budget.  A stop inside one passes through its
 * resumer, and no coroutine is closed after a stop: one that died in its hook would run its
 * closing code with hooks off. */
#include "policy/library.h"

/* coroutine.close runs the closing code of the other coroutine on a C stack that liblua 5.4.4
 * does not count: deep nesting would overflow it. */
#define CLOSING_MAX 8

static lua_State *check_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static const char *status_of(lua_State *L, lua_State *co) {
    lua_Debug ar;
    if (L == co) return "running";
    switch (lua_status(co)) {
    case LUA_YIELD:
        return "suspended";
    case LUA_OK:
        if (lua_getstack(co, 0, &ar)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    default:
        return "dead";
    }
}

/* Resumes with the nargs values at the top of L. Returns the number of results moved to L, or -1
 * with an error value there. [-nargs, +n, e] */
static int resume(lua_State *L, lua_State *co, int nargs) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    int count = 0;
    berth_charge(L, WORK_COROUTINE, 8 + nargs / 4);
    if (!lua_checkstack(co, nargs + 1)) {
        berth_charge(L, WORK_COROUTINE, 0); /* a stop, maybe */
        lua_pop(L, nargs);
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, nargs);
    berth_limits_tune(co);
    lua_State *before = sandbox->running;
    sandbox->running = co;
    int status = lua_resume(co, L, nargs, &count);
    sandbox->running = before;
    if (sandbox->stopped != STOP_NONE) berth_limits_raise(L);
    berth_limits_tune(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        berth_limits_look_now(L);
        return -1;
    }
    if (!lua_checkstack(L, count + 1)) {
        lua_pop(co, count);
        berth_charge(L, WORK_COROUTINE, 0);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    berth_charge(L, WORK_COROUTINE, count / 4);
    lua_xmove(co, L, count);
    return count;
}

/* Closes a dead or suspended coroutine; an error value is left on top of L when it says false. */
static bool close_coroutine(lua_State *L, lua_State *co) {
    berth_sandbox *sandbox = berth_sandbox_of(L);
    if (sandbox->closing >= CLOSING_MAX) luaL_error(L, "coroutines are closed too deep in others");
    lua_State *before = sandbox->running;
    sandbox->closing++;
    sandbox->running = co;
    berth_limits_tune(co);
    int status = lua_resetthread(co);
    sandbox->running = before;
    sandbox->closing--;
    if (sandbox->stopped != STOP_NONE) berth_limits_raise(L);
    berth_limits_tune(L);
    if (status == LUA_OK) return true;
    lua_xmove(co, L, 1);
    berth_limits_look_now(L);
    return false;
}

static int co_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    berth_charge(L, WORK_COROUTINE, berth_sandbox_of(L)->interval);
    lua_State *co = lua_newthread(L);
    berth_limits_tune(co);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int co_resume(lua_State *L) {
    lua_State *co = check_coroutine(L);
    int count = resume(L, co, lua_gettop(L) - 1);
    if (count < 0) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushboolean(L, 1);
    lua_insert(L, -(count + 1));
    return count + 1;
}

static int wrap_step(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int count = resume(L, co, lua_gettop(L));
    if (count >= 0) return count;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD && !close_coroutine(L, co))
        lua_remove(L, -2);                /* the closing's error replaces the first */
    if (lua_type(L, -1) == LUA_TSTRING) { /* add where it was called */
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int co_wrap(lua_State *L) {
    co_create(L);
    lua_pushcclosure(L, wrap_step, 1);
    return 1;
}

static int co_yield (lua_State *L) {
    berth_charge(L, WORK_COROUTINE, 2);
    return lua_yield(L, lua_gettop(L));
}

static int co_status(lua_State *L) {
    berth_charge(L, WORK_COROUTINE, 1);
    lua_pushstring(L, status_of(L, check_coroutine(L)));
    return 1;
}

static int co_isyieldable(lua_State *L) {
    berth_charge(L, WORK_COROUTINE, 1);
    lua_State *co = lua_isnone(L, 1) ? L : check_coroutine(L);
    lua_pushboolean(L, lua_isyieldable(co));
    return 1;
}

static int co_running(lua_State *L) {
    berth_charge(L, WORK_COROUTINE, 1);
    lua_pushboolean(L, lua_pushthread(L));
    return 2;
}

static int co_close(lua_State *L) {
    berth_charge(L, WORK_COROUTINE, 8);
    lua_State *co = check_coroutine(L);
    const char *status = status_of(L, co);
    if (*status != 'd' && *status != 's')
        return luaL_error(L, "cannot close a %s coroutine", status);
    if (close_coroutine(L, co)) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

void berth_library_coroutine(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"close", co_close},   {"create", co_create},   {"isyieldable", co_isyieldable},
        {"resume", co_resume}, {"running", co_running}, {"status", co_status},
        {"wrap", co_wrap},     {"yield", co_yield },    {NULL, NULL}};
    berth_library_new(L, "coroutine", functions, 0);
    lua_pop(L, 1);
}
