/* fault.h - what the files of the test-only module berth_test share.  It is loaded by specs and
 * torture legs alone and is no part of berth; it may keep what a process has one of in globals. */
#ifndef BERTH_TEST_FAULT_H
#define BERTH_TEST_FAULT_H

#include <lauxlib.h>
#include <lua.h>

/* Each adds its functions to the module's table on top of the stack. [-0, +0, m] */
void fault_open_vfs(lua_State *L);
void fault_open_memory(lua_State *L);
void fault_open_log(lua_State *L);

#endif
