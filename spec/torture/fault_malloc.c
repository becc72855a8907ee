/* fault_malloc.c - makes one allocation of the whole process fail: preloaded before a Lua program,
 * which finds it again as the module fault_malloc: arm(n, sticky) counts from here and fails the
 * n-th, and all behind it when sticky; disarm() -> seen, failed.  For the GNU C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);

/* Of the preloaded copy; the module looks it up there. */
typedef struct fault_plan {
    bool armed, sticky;
    unsigned long at, seen, failed;
} fault_plan;

fault_plan fault_malloc_plan;

static bool fails(void) {
    fault_plan *plan = &fault_malloc_plan;
    if (!plan->armed) return false;
    plan->seen++;
    if (plan->seen != plan->at && !(plan->sticky && plan->seen > plan->at)) return false;
    plan->failed++;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *ptr, size_t size) {
    return size > 0 && fails() ? NULL : __libc_realloc(ptr, size);
}

static fault_plan *preloaded(lua_State *L) {
    fault_plan *plan = dlsym(RTLD_DEFAULT, "fault_malloc_plan");
    if (plan == NULL) luaL_error(L, "fault_malloc is not preloaded");
    return plan;
}

static int arm(lua_State *L) {
    fault_plan *plan = preloaded(L);
    unsigned long at = (unsigned long)luaL_checkinteger(L, 1);
    *plan = (fault_plan){.armed = true, .sticky = lua_toboolean(L, 2), .at = at};
    return 0;
}

static int disarm(lua_State *L) {
    fault_plan *plan = preloaded(L);
    plan->armed = false;
    lua_pushinteger(L, (lua_Integer)plan->seen);
    lua_pushinteger(L, (lua_Integer)plan->failed);
    return 2;
}

int luaopen_fault_malloc(lua_State *L) {
    static const luaL_Reg functions[] = {{"arm", arm}, {"disarm", disarm}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
