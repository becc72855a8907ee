/* lua_core.c - the module berth.core: every noun's opener in turn, and the version.  The only
 * symbol that leaves the shared object. */
#include "lua/luax.h"

#if defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

EXPORT int luaopen_berth_core(lua_State *L);

/* Nouns whose members are public. */
static const luax_class *const nouns[] = {
    &luax_store_class,      &luax_tx_class,         &luax_savepoint_class,
    &luax_provider_class,   &luax_providers_class,  &luax_allocation_class,
    &luax_candidates_class, &luax_candidate_class,  &luax_request_class,
};

/* The member table of the metatable at the top. [-0, +1, m] */
static void push_members(lua_State *L) {
    lua_getfield(L, -1, "__index");
    if (lua_iscfunction(L, -1)) {
        lua_getupvalue(L, -1, 1);
        lua_remove(L, -2);
    }
}

/* members() -> {["berth.store"] = {name = "method" or "field"}, ...}: what there is to call, so
 * that types and pages can be held against it */
static int core_members(lua_State *L) {
    luax_max_args(L, 0);
    lua_newtable(L); /* all */
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        lua_newtable(L); /* all list */
        lua_rawgetp(L, LUA_REGISTRYINDEX, nouns[i]);
        push_members(L); /* all list mt members */
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            bool method = lua_isfunction(L, -1);
            lua_pop(L, 1);
            lua_pushvalue(L, -1);
            lua_pushstring(L, method ? "method" : "field");
            lua_rawset(L, -6); /* all list mt members name */
        }
        lua_pop(L, 2);
        lua_setfield(L, -2, nouns[i]->name);
    }
    return 1;
}

int luaopen_berth_core(lua_State *L) {
    luaL_checkversion(L);
    lua_newtable(L);
    luax_set_text(L, "version", BERTH_VERSION);
    lua_pushcfunction(L, core_members);
    lua_setfield(L, -2, "members");
    luax_open_error(L);
    luax_open_store(L);
    luax_open_tx(L);
    luax_open_provider(L);
    luax_open_listing(L);
    luax_open_allocation(L);
    luax_open_request(L);
    luax_open_candidates(L);
    luax_open_lines(L);
    luax_open_clock(L);
    luax_open_process(L);
    luax_open_sandbox(L);
    luax_open_policy(L);
    luax_open_redaction(L);
    luax_open_logger(L);
    luax_open_policy_kit(L);
    luax_open_policy_time(L);
    return 1;
}
