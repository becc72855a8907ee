/* sort.h - table.sort: stable, the same everywhere, and never misled by an inconsistent order.
 * Private to c/policy. */
#ifndef BERTH_POLICY_SORT_H
#define BERTH_POLICY_SORT_H

#include <lua.h>

int berth_table_sort(lua_State *L); /* a lua_CFunction */

#endif
