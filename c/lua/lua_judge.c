/* lua_judge.c - see lua_judge.h. */
#include "lua/lua_judge.h"

const berth_judge *luax_judge(const luax_store *owner) {
    (void)owner;
    return NULL;
}

berth_rc luax_judge_open(lua_State *L, luax_store *owner, int list, berth_err *err) {
    (void)owner;
    if (lua_rawlen(L, list) == 0) return BERTH_OK;
    return berth_fail(err, BERTH_EPOLICY, "this berth was built without policies");
}

void luax_judge_free(luax_store *owner) {
    owner->policies = NULL;
}
