/* lua_redaction_table.c - texts and tables of any depth on their way out.
 *
 * First every text of a table is learned, then every text is redacted: what stands under the name
 * of a secret in one place is masked in all.  In between, what Lua collects may use the same
 * redaction; then all is done again. */
#include <string.h>

#include "lua/lua_redaction.h"

#define DEPTH_MAX 32
#define TRIES_MAX 8

/* One pass over a table. */
typedef struct pass {
    berth_redactor *r;
    bool hit, failed;
} pass;

/* Is the name that of what another field names: value in {name = "password", value = "x"}? */
static bool is_value_name(const char *name) {
    return strcmp(name, "value") == 0 || strcmp(name, "val") == 0 || strcmp(name, "content") == 0;
}

/* The name under which the value at the top, of a key below it, stands in the table at `table`;
 * items of a list stand under the list's own. Pushes the text it points to. [-0, +1, m] */
static const char *push_name(lua_State *L, int table, const char *list_name) {
    static const char *const tellers[] = {"name", "key", "field", "Name", "Key"};
    if (lua_type(L, -2) != LUA_TSTRING) {
        lua_pushnil(L);
        return list_name;
    }
    const char *name = lua_tostring(L, -2);
    for (size_t i = 0; is_value_name(name) && i < sizeof tellers / sizeof *tellers; i++) {
        lua_pushstring(L, tellers[i]);
        if (lua_rawget(L, table) == LUA_TSTRING) return lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, -2);
    return name;
}

static void check_depth(lua_State *L, int depth) {
    if (depth > DEPTH_MAX) luaL_error(L, "tables are nested too deeply, or hold themselves");
    luaL_checkstack(L, 8, NULL);
}

/* Are the table's numbers amounts of resource classes, whatever those are called? */
static bool holds_amounts(const char *name) {
    return name && strcmp(name, "amounts") == 0;
}

/* Would the text or number at the top stay as it is? [-0, +0, m] */
static bool is_clean_field(lua_State *L, pass *p, const char *name, bool amounts) {
    size_t len;
    if (lua_type(L, -1) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, -1, &len);
        return berth_redact_is_clean(p->r, text, len) &&
               !(name && berth_redact_is_secret(p->r, name, text, len));
    }
    if (lua_type(L, -1) != LUA_TNUMBER || !name || amounts) return true;
    const char *text = luaL_tolstring(L, -1, &len);
    bool clean = !berth_redact_is_secret(p->r, name, text, len);
    lua_pop(L, 1);
    return clean;
}

/* Would the table at the top stay as it is? [-0, +0, v] */
static bool is_clean_table(lua_State *L, pass *p, const char *list_name, int depth) {
    int table = lua_gettop(L);
    bool clean = true, amounts = holds_amounts(list_name);
    check_depth(L, depth);
    lua_pushnil(L);
    while (clean && lua_next(L, table)) { /* key value */
        lua_pushvalue(L, -2); /* key value key */
        clean = is_clean_field(L, p, NULL, false);
        lua_pop(L, 1);
        const char *name = push_name(L, table, list_name);
        lua_insert(L, -2); /* key name value */
        if (lua_istable(L, -1)) clean = clean && is_clean_table(L, p, name, depth + 1);
        else clean = clean && is_clean_field(L, p, name, amounts);
        lua_pop(L, 2);
    }
    lua_settop(L, table);
    return clean;
}

/* Remembers the secrets of the table at the top. [-0, +0, v] */
static void learn(lua_State *L, pass *p, const char *list_name, int depth) {
    int table = lua_gettop(L);
    check_depth(L, depth);
    lua_pushnil(L);
    while (lua_next(L, table)) { /* key value */
        const char *name = push_name(L, table, list_name);
        lua_insert(L, -2); /* key name value */
        if (lua_istable(L, -1)) {
            learn(L, p, name, depth + 1);
        } else if (lua_type(L, -1) == LUA_TSTRING) {
            size_t len;
            const char *text = lua_tolstring(L, -1, &len);
            if (berth_redact_learn(p->r, name, text, len, NULL) != BERTH_OK) p->failed = true;
        }
        lua_pop(L, 2);
    }
}

/* Pushes the redacted text of a field. [-0, +1, m] */
static void push_field(lua_State *L, pass *p, const char *name, const char *text, size_t len) {
    const char *out;
    size_t out_len;
    if (berth_redact_field(p->r, name, text, len, &out, &out_len, NULL) != BERTH_OK)
        p->failed = true;
    else if (berth_redact_masked(p->r) > 0)
        p->hit = true;
    lua_pushlstring(L, out, out_len);
}

/* The text or number at the top, redacted, in its place. [-1, +1, m] */
static void redact_field(lua_State *L, pass *p, const char *name, bool amounts) {
    size_t len;
    if (lua_type(L, -1) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, -1, &len);
        push_field(L, p, name, text, len);
        lua_remove(L, -2);
    } else if (lua_type(L, -1) == LUA_TNUMBER && name && !amounts) {
        const char *text = luaL_tolstring(L, -1, &len); /* value text */
        if (berth_redact_is_secret(p->r, name, text, len)) {
            push_field(L, p, name, text, len); /* value text masked */
            lua_replace(L, -3);
        }
        lua_pop(L, 1);
    }
}

/* A redacted copy of the table at the top, in its place. [-1, +1, v] */
static void redact_table(lua_State *L, pass *p, const char *list_name, int depth) {
    int table = lua_gettop(L);
    bool amounts = holds_amounts(list_name);
    check_depth(L, depth);
    lua_newtable(L); /* table copy */
    lua_pushnil(L);
    while (lua_next(L, table)) { /* table copy key value */
        const char *name = push_name(L, table, list_name);
        lua_insert(L, -2); /* ... key name value */
        if (lua_istable(L, -1)) redact_table(L, p, name, depth + 1);
        else redact_field(L, p, name, amounts);
        lua_remove(L, -2);      /* table copy key value */
        lua_pushvalue(L, -2);   /* table copy key value key */
        redact_field(L, p, NULL, false);
        lua_insert(L, -2);      /* table copy key key' value */
        lua_rawset(L, table + 1);
    }
    lua_remove(L, table);
}

/* A redacted copy of the table at the top.  False: it must not be shown, and nothing is pushed.
 * [-0, +(0|1), v] */
static bool push_copy(lua_State *L, luax_redaction *self) {
    for (int i = 0; i < TRIES_MAX; i++) {
        pass p = {.r = luax_redaction_use(L, &self)};
        uint64_t turn = self->turns;
        if (!p.r) return false;
        berth_redact_begin(p.r);
        learn(L, &p, NULL, 0);
        lua_pushvalue(L, -1);
        redact_table(L, &p, NULL, 0);
        if (self->turns == turn && !p.failed) {
            bool ask = self->options.hook && (p.hit || self->options.hook_all);
            return !ask || luax_redaction_ask(L, self);
        }
        lua_pop(L, 1);
    }
    return false;
}

void luax_redact_fresh(lua_State *L, luax_redaction *self) {
    luaL_checkstack(L, 16, NULL);
    pass p = {.r = luax_redaction_use(L, &self)};
    bool look = p.r && lua_istable(L, -1) && !self->options.hook_all;
    if (!look || !is_clean_table(L, &p, NULL, 0)) luax_redact_value(L, self);
}

void luax_redact_value(lua_State *L, luax_redaction *self) {
    luaL_checkstack(L, 16, NULL);
    if (lua_type(L, -1) == LUA_TSTRING) {
        size_t len;
        const char *text = lua_tolstring(L, -1, &len);
        luax_push_redacted(L, self, text, len);
    } else if (lua_istable(L, -1) && !push_copy(L, self)) {
        lua_createtable(L, 0, 1);
        luax_set_text(L, "message", BERTH_REDACT_NOTE);
    } else if (!lua_istable(L, -1)) {
        return;
    }
    lua_remove(L, -2);
}
