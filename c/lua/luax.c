/* luax.c - see luax.h. */
#include "lua/luax.h"

#include <string.h>

#include "core/nearest.h"
#include "core/text.h"

/* --- names ------------------------------------------------------------------------------- */

static const char *name_at(const void *names, size_t stride, size_t i) {
    const char *name;
    memcpy(&name, (const char *)names + i * stride, sizeof name);
    return name;
}

const char *luax_nearest(const char *word, const void *names, size_t stride) {
    berth_nearest nearest = berth_nearest_begin(word);
    for (size_t i = 0; name_at(names, stride, i) != NULL; i++)
        berth_nearest_offer(&nearest, name_at(names, stride, i));
    return nearest.best;
}

/* --- classes ----------------------------------------------------------------------------- */

static const char *noun(const luax_class *class) {
    const char *dot = strrchr(class->name, '.');
    return dot ? dot + 1 : class->name;
}

/* Raises for a key that is no member of the table at `members`. */
static int unknown_member(lua_State *L, int members, int key, const char *what) {
    if (lua_type(L, key) != LUA_TSTRING)
        return luaL_error(L, "%s is indexed by names, not by a %s", what, luaL_typename(L, key));
    const char *word = lua_tostring(L, key);
    berth_nearest nearest = berth_nearest_begin(word);
    members = lua_absindex(L, members);
    lua_pushnil(L);
    while (lua_next(L, members)) { /* name member */
        lua_pop(L, 1);
        berth_nearest_offer(&nearest, lua_tostring(L, -1)); /* member names are strings */
    }
    if (nearest.best != NULL)
        return luax_raise(L, "%s has no member '%s', did you mean '%s'?", what,
                          berth_quote(word, strlen(word)).text, nearest.best);
    return luax_raise(L, "%s has no member '%s'", what, berth_quote(word, strlen(word)).text);
}

/* __index of the member table itself: upvalue 1 is what the noun is called. */
static int missing_member(lua_State *L) {
    return unknown_member(L, 1, 2, lua_tostring(L, lua_upvalueindex(1)));
}

int luax_member(lua_State *L, const luax_class *class) {
    lua_pushvalue(L, 2);
    int type = lua_rawget(L, lua_upvalueindex(1));
    if (type == LUA_TFUNCTION) return -1;
    if (type != LUA_TNUMBER) return unknown_member(L, lua_upvalueindex(1), 2, noun(class));
    int field = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return field - 1;
}

static int class_tostring(lua_State *L) {
    luaL_getmetafield(L, 1, "__name");
    lua_pushfstring(L, "%s: %p", lua_tostring(L, -1), lua_topointer(L, 1));
    return 1;
}

/* Registry key of the table from each method to its name. */
static const char method_names;

/* Remembers what the methods are called. [-0, +0, m] */
static void name_methods(lua_State *L, const luaL_Reg *methods) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &method_names) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &method_names);
    }
    for (; methods != NULL && methods->name != NULL; methods++) {
        lua_pushcfunction(L, methods->func); /* without upvalues all of its values are equal */
        lua_pushstring(L, methods->name);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

void luax_new_class(lua_State *L, const luax_class *class, const luax_members *members) {
    lua_createtable(L, 0, 8); /* mt */
    lua_pushstring(L, class->name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0); /* getmetatable() shows nothing to patch */
    lua_setfield(L, -2, "__metatable");
    lua_pushcfunction(L, class_tostring);
    lua_setfield(L, -2, "__tostring");
    if (members->meta != NULL) luaL_setfuncs(L, members->meta, 0);
    lua_newtable(L); /* mt members */
    luaL_setfuncs(L, members->methods, 0);
    if (members->more != NULL) luaL_setfuncs(L, members->more, 0);
    name_methods(L, members->methods);
    name_methods(L, members->more);
    for (int i = 0; members->fields != NULL && members->fields[i] != NULL; i++) {
        lua_pushinteger(L, i + 1);
        lua_setfield(L, -2, members->fields[i]);
    }
    if (members->index != NULL) {
        lua_pushcclosure(L, members->index, 1);
    } else {
        lua_createtable(L, 0, 1); /* mt members mt-of-members */
        lua_pushstring(L, noun(class));
        lua_pushcclosure(L, missing_member, 1);
        lua_setfield(L, -2, "__index");
        lua_setmetatable(L, -2);
    }
    lua_setfield(L, -2, "__index");
    lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}

void *luax_new(lua_State *L, const luax_class *class, size_t size, int nuv) {
    void *object = lua_newuserdatauv(L, size, nuv);
    memset(object, 0, size);
    lua_rawgetp(L, LUA_REGISTRYINDEX, class);
    lua_setmetatable(L, -2);
    return object;
}

void *luax_test(lua_State *L, int index, const luax_class *class) {
    void *object = lua_touserdata(L, index);
    if (object == NULL || !lua_getmetatable(L, index)) return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, class);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? object : NULL;
}

void *luax_check(lua_State *L, int index, const luax_class *class) {
    void *object = luax_test(L, index, class);
    if (object == NULL) luax_typeerror(L, index, class->name);
    return object;
}

/* --- misuse ------------------------------------------------------------------------------ */

int luax_closed(lua_State *L, const char *what) {
    return luaL_error(L, "%s is closed", what);
}

int luax_argerror(lua_State *L, int arg, const char *message) {
    lua_Debug running;
    if (lua_getstack(L, 0, &running) == 0 || lua_getinfo(L, "nf", &running) == 0 ||
        running.name != NULL)
        return luaL_argerror(L, arg, message);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &method_names);
    lua_insert(L, -2);
    if (lua_rawget(L, -2) != LUA_TSTRING) return luaL_argerror(L, arg, message);
    return luaL_error(L, "bad argument #%d to '%s' (%s)", arg, lua_tostring(L, -1), message);
}

int luax_typeerror(lua_State *L, int arg, const char *expected) {
    const char *got = luaL_typename(L, arg);
    if (luaL_getmetafield(L, arg, "__name") == LUA_TSTRING) got = lua_tostring(L, -1);
    return luax_argerror(L, arg, lua_pushfstring(L, "%s expected, got %s", expected, got));
}

void luax_check_type(lua_State *L, int arg, int type) {
    if (lua_type(L, arg) != type) luax_typeerror(L, arg, lua_typename(L, type));
}

const char *luax_check_string(lua_State *L, int arg, size_t *len) {
    if (!lua_isstring(L, arg)) luax_typeerror(L, arg, "string");
    return lua_tolstring(L, arg, len);
}

void luax_max_args(lua_State *L, int max) {
    if (lua_gettop(L) > max) luax_argerror(L, max + 1, "no such argument");
}

/* --- values ------------------------------------------------------------------------------ */

void luax_set_integer(lua_State *L, const char *name, int64_t value) {
    lua_pushstring(L, name);
    lua_pushinteger(L, value);
    lua_rawset(L, -3);
}

void luax_set_text(lua_State *L, const char *name, const char *value) {
    if (value == NULL) return;
    lua_pushstring(L, name);
    lua_pushstring(L, value);
    lua_rawset(L, -3);
}

void luax_set_boolean(lua_State *L, const char *name, bool value) {
    lua_pushstring(L, name);
    lua_pushboolean(L, value);
    lua_rawset(L, -3);
}
