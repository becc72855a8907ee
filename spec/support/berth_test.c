/* berth_test.c - the test-only Lua module: failing disks, failing memory, a system's log, sudden
 * death, and other programs' hands on a store's file. */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <sqlite3.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

int luaopen_berth_test(lua_State *L);

/* die(): as kill -9 from outside, at this very point. */
static int die(lua_State *L) {
    (void)L;
    kill(getpid(), SIGKILL);
    return 0;
}

/* forked(f) -> true when f, run in a forked child, returned true.  The child ends without closing
 * anything. */
static int forked(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    pid_t child = fork();
    if (child < 0) return luaL_error(L, "cannot fork");
    if (child == 0) {
        int ok = lua_pcall(L, 0, 1, 0) == LUA_OK && lua_toboolean(L, -1);
        _exit(ok ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    lua_pushboolean(L, WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return 1;
}

/* One row on its way to Lua: its columns are added to the buffer. */
static int add_row(void *ud, int count, char **columns, char **names) {
    (void)names;
    for (int i = 0; i < count; i++) {
        luaL_addstring(ud, columns[i] == NULL ? "" : columns[i]);
        luaL_addstring(ud, i + 1 < count ? "|" : "\n");
    }
    return 0;
}

/* sql(file, text) -> what the statements answer, a line a row.  For what only others do to a
 * store's file. */
static int sql(lua_State *L) {
    const char *path = luaL_checkstring(L, 1), *statements = luaL_checkstring(L, 2);
    luaL_Buffer rows;
    sqlite3 *db = NULL;
    luaL_buffinit(L, &rows);
    int code = sqlite3_open(path, &db);
    if (code == SQLITE_OK) code = sqlite3_exec(db, statements, add_row, &rows, NULL);
    luaL_pushresult(&rows);
    if (code != SQLITE_OK) lua_pushfstring(L, "%s: %s", statements, sqlite3_errmsg(db));
    sqlite3_close(db);
    return code == SQLITE_OK ? 1 : lua_error(L);
}

__attribute__((visibility("default"))) int luaopen_berth_test(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"die", die}, {"forked", forked}, {"sql", sql}, {NULL, NULL}};
    luaL_newlib(L, functions);
    fault_open_vfs(L);
    fault_open_memory(L);
    fault_open_log(L);
    return 1;
}
