/* format.h - string.format as a policy sees it.  Private to c/policy. */
#ifndef BERTH_POLICY_FORMAT_H
#define BERTH_POLICY_FORMAT_H

#include <lua.h>

int berth_format(lua_State *L); /* a lua_CFunction */

#endif
