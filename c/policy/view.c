/* view.c - making the views of a state, finding their members, reading their arguments. */
#include <stdlib.h>
#include <string.h>

#include "policy/library.h"
#include "policy/view_frame.h"
#include "policy/view_provider.h"

static const berth_view_class *const classes[] = {
#define X(name, NAME) &berth_class_of_##name,
    BERTH_VIEWS(X)
#undef X
};

/* --- members ----------------------------------------------------------------------------- */

/* [-0, +0, v] */
_Noreturn static void unknown_member(lua_State *L, const berth_view_class *class, int key) {
    if (lua_type(L, key) == LUA_TSTRING) {
        const char *word = lua_tolstring(L, key, NULL);
        berth_nearest near = berth_nearest_begin(word);
        for (const luaL_Reg *m = class->methods; m->name; m++) berth_nearest_offer(&near, m->name);
        for (const char *const *f = class->fields; *f; f++) berth_nearest_offer(&near, *f);
        if (near.best)
            luaL_error(L, "%s has no member '%s', did you mean '%s'?", class->name, word,
                       near.best);
        luaL_error(L, "%s has no member '%s'", class->name, word);
    }
    luaL_error(L, "members of %s are found by name, not by a %s", class->name,
               luaL_typename(L, key));
    for (;;) { /* luaL_error never returns, but is not declared so */
    }
}

/* Pushes the field named by argument 2, or raises. [-0, +1, v] */
static int push_field(lua_State *L, berth_frame *frame, const berth_view_class *class) {
    const char *word = lua_type(L, 2) == LUA_TSTRING ? lua_tolstring(L, 2, NULL) : NULL;
    for (int n = 0; word && class->fields[n]; n++) {
        if (strcmp(class->fields[n], word) != 0) continue;
        class->field(L, frame, n);
        return 1;
    }
    unknown_member(L, class, 2);
}

/* __index of a table of methods: what is no method.  Upvalues: frame, class. */
static int view_field(lua_State *L) {
    berth_frame *frame = lua_touserdata(L, lua_upvalueindex(1));
    const berth_view_class *class = lua_touserdata(L, lua_upvalueindex(2));
    berth_charge(L, WORK_HOST, 1);
    push_field(L, frame, class);
    if (class->view == BERTH_VIEW_CANDIDATE) { /* its root: found without a call from now on */
        lua_pushvalue(L, 2);
        lua_pushvalue(L, -2);
        lua_rawset(L, 1);
        frame->rooted = true;
    }
    return 1;
}

/* Any use of a view whose call is over. */
static int view_over(lua_State *L) {
    const berth_view_class *class = lua_touserdata(L, lua_upvalueindex(2));
    return luaL_error(L, "%s is no longer valid: its call is over", class->name);
}

/* __index of provider views, of which there are many.  Upvalues: frame, class, methods. */
static int provider_index(lua_State *L) {
    berth_frame *frame = lua_touserdata(L, lua_upvalueindex(1));
    const berth_view_class *class = lua_touserdata(L, lua_upvalueindex(2));
    berth_charge(L, WORK_HOST, 1);
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(3)) == LUA_TFUNCTION) return 1;
    lua_settop(L, 2);
    return push_field(L, frame, class);
}

static int view_newindex(lua_State *L) {
    const berth_view_class *class = lua_touserdata(L, lua_upvalueindex(2));
    return luaL_error(L, "%s cannot be written to", class->name);
}

/* --- making ------------------------------------------------------------------------------ */

/* The upvalues of what knows its frame and class. [-0, +2, -] */
static void push_light(lua_State *L, berth_frame *frame, const berth_view_class *class) {
    union {
        const berth_view_class *in;
        void *ud;
    } passed = {.in = class};
    lua_pushlightuserdata(L, frame);
    lua_pushlightuserdata(L, passed.ud);
}

/* [-0, +1, m] */
static void push_methods(lua_State *L, berth_frame *frame, const berth_view_class *class) {
    int count = 0;
    while (class->methods[count].name) count++;
    lua_createtable(L, 0, count + 1);
    for (int i = 0; i < count; i++) {
        lua_pushlightuserdata(L, frame);
        lua_pushcclosure(L, class->methods[i].func, 1);
        lua_setfield(L, -2, class->methods[i].name);
    }
}

/* A metatable with all but __index. [-0, +1, m] */
static void push_metatable(lua_State *L, berth_frame *frame, const berth_view_class *class,
                           lua_CFunction newindex) {
    lua_createtable(L, 0, 5);
    lua_pushstring(L, class->name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    push_light(L, frame, class);
    lua_pushcclosure(L, newindex, 2);
    lua_setfield(L, -2, "__newindex");
}

/* [-0, +0, m] */
static void open_provider(lua_State *L, berth_frame *frame) {
    const berth_view_class *class = &berth_class_of_provider;
    push_metatable(L, frame, class, view_newindex);
    push_light(L, frame, class);
    push_methods(L, frame, class);
    lua_pushcclosure(L, provider_index, 3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, berth_provider_equal);
    lua_setfield(L, -2, "__eq");
    frame->provider_address = lua_topointer(L, -1);
    frame->provider_metatable = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* [-0, +0, m] */
static void open_view(lua_State *L, berth_frame *frame, const berth_view_class *class) {
    struct berth_view_refs *refs = &frame->refs[class->view];
    push_metatable(L, frame, class, view_newindex);
    push_methods(L, frame, class); /* live methods */
    if (class->view == BERTH_VIEW_CANDIDATE) {
        lua_pushvalue(L, -1);
        frame->methods = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_createtable(L, 0, 1);
    push_light(L, frame, class);
    lua_pushcclosure(L, view_field, 2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "__index");
    refs->live = luaL_ref(L, LUA_REGISTRYINDEX);
    push_metatable(L, frame, class, view_over);
    lua_getfield(L, -1, "__newindex");
    lua_setfield(L, -2, "__index");
    refs->over = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushboolean(L, 0);
    refs->given = luaL_ref(L, LUA_REGISTRYINDEX);
}

void berth_views_open(lua_State *L, berth_frame *frame, unsigned hooks) {
    const unsigned search = 1u << BERTH_HOOK_FILTER | 1u << BERTH_HOOK_SCORE;
    const unsigned admit = 1u << BERTH_HOOK_ADMIT;
    const unsigned wanted[BERTH_VIEW_COUNT] = {
        [BERTH_VIEW_REQUEST] = search,
        [BERTH_VIEW_CANDIDATE] = search,
        [BERTH_VIEW_CLAIM] = admit,
        [BERTH_VIEW_VIEW] = admit,
        [BERTH_VIEW_CALL] = 1u << BERTH_HOOK_AUTHORIZE,
    };
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    if (hooks & (search | admit)) open_provider(L, frame);
    for (int i = 0; i < BERTH_VIEW_COUNT; i++)
        if (hooks & wanted[i]) open_view(L, frame, classes[i]);
}

/* --- a call ------------------------------------------------------------------------------ */

void berth_frame_begin(berth_frame *frame, berth_state *state, const berth_claim *claim,
                       const berth_candidate *candidate) {
    frame->state = state;
    frame->claim = claim;
    frame->candidate = candidate;
    frame->serial++;
    frame->personal = frame->located = frame->starved = false;
    frame->holder = BERTH_NONE;
    frame->ninputs = 0;
}

void berth_frame_end(berth_frame *frame) {
    frame->state = NULL;
    frame->claim = NULL;
    frame->candidate = NULL;
    frame->call = NULL;
    frame->serial++;
}

void berth_push_view(lua_State *L, berth_frame *frame, berth_view view) {
    const struct berth_view_refs *refs = &frame->refs[view];
    const void *ud = lua_newuserdatauv(L, 1, 0);
    lua_rawgeti(L, LUA_REGISTRYINDEX, refs->live);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, refs->given);
    frame->self[view] = ud;
}

void berth_views_expire(lua_State *L, berth_frame *frame) {
    for (int i = 0; i < BERTH_VIEW_COUNT; i++) {
        if (frame->self[i] == NULL) continue;
        frame->self[i] = NULL;
        if (L == NULL) continue;
        lua_rawgeti(L, LUA_REGISTRYINDEX, frame->refs[i].given);
        lua_rawgeti(L, LUA_REGISTRYINDEX, frame->refs[i].over);
        lua_setmetatable(L, -2);
        lua_pop(L, 1);
    }
    if (frame->rooted && L) { /* the key is there: setting it to nil asks for no memory */
        lua_rawgeti(L, LUA_REGISTRYINDEX, frame->methods);
        lua_pushliteral(L, "root");
        lua_pushnil(L);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
    frame->rooted = false;
}

/* --- arguments --------------------------------------------------------------------------- */

/* Is it a view of an earlier call? */
static bool is_over(lua_State *L, int arg, const struct berth_view_refs *refs) {
    if (lua_type(L, arg) != LUA_TUSERDATA || !lua_getmetatable(L, arg)) return false;
    lua_rawgeti(L, LUA_REGISTRYINDEX, refs->over);
    bool over = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return over;
}

berth_frame *berth_view_check(lua_State *L, berth_view view) {
    berth_frame *frame = lua_touserdata(L, lua_upvalueindex(1));
    const char *name = classes[view]->name;
    berth_charge(L, WORK_HOST, 1);
    if (lua_touserdata(L, 1) == frame->self[view] && frame->self[view]) return frame;
    if (frame->self[view] == NULL || is_over(L, 1, &frame->refs[view]))
        luaL_error(L, "%s is no longer valid: its call is over", name);
    luaL_error(L, "a method of %s is called with a colon, on the %s itself", name, name);
    return NULL;
}

const char *berth_arg_text(lua_State *L, int arg, size_t *len) {
    luaL_checktype(L, arg, LUA_TSTRING);
    return lua_tolstring(L, arg, len);
}

/* Standard names exist in every fleet, so another one without CUSTOM_ was misspelt.  A custom one
 * may still come. */
static void check_unknown(lua_State *L, berth_frame *frame, berth_name_kind kind, int arg) {
    const char *word = lua_tolstring(L, arg, NULL);
    const char *what = kind == BERTH_NAME_CLASS ? "resource class" : "trait";
    if (strncmp(word, "CUSTOM_", 7) == 0) return;
    const berth_names *names = &frame->state->names[kind];
    berth_nearest near = berth_nearest_begin(word);
    berth_charge(L, WORK_HOST, (int64_t)names->count);
    for (size_t i = 0; i < names->count; i++)
        if (names->text[i]) berth_nearest_offer(&near, names->text[i]);
    if (near.best)
        luaL_error(L, "there is no %s '%s', did you mean '%s'?", what, word, near.best);
    luaL_error(L, "there is no %s '%s'", what, word);
}

static berth_ref find_name(lua_State *L, berth_frame *frame, berth_name_kind kind, int arg) {
    size_t len;
    const char *text = berth_arg_text(L, arg, &len);
    berth_ref ref = berth_state_name(frame->state, kind, text, len);
    if (ref == BERTH_NONE) check_unknown(L, frame, kind, arg);
    return ref;
}

berth_ref berth_arg_class(lua_State *L, int arg, berth_frame *frame) {
    const char *text = lua_type(L, arg) == LUA_TSTRING ? lua_tolstring(L, arg, NULL) : NULL;
    struct berth_class_hint *hint =
        &frame->classes[(uintptr_t)text / 32 & (BERTH_CLASS_CACHE - 1)];
    if (text && hint->text == text) {
        const char *name = berth_names_text(&frame->state->names[BERTH_NAME_CLASS], hint->ref);
        if (name && strcmp(name, text) == 0) return hint->ref;
    }
    berth_ref ref = find_name(L, frame, BERTH_NAME_CLASS, arg);
    *hint = (struct berth_class_hint){text, ref};
    return ref;
}

berth_ref berth_arg_trait(lua_State *L, int arg, berth_frame *frame) {
    return find_name(L, frame, BERTH_NAME_TRAIT, arg);
}

/* --- results ----------------------------------------------------------------------------- */

void *berth_view_scratch(lua_State *L, size_t count, size_t size) {
    return lua_newuserdatauv(L, count * size + 1, 0);
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void berth_push_texts(lua_State *L, const char **texts, size_t count) {
    lua_Integer filled = 0;
    berth_charge(L, WORK_HOST, (int64_t)count);
    if (count > 1) qsort(texts, count, sizeof *texts, compare_texts);
    lua_createtable(L, count < 1000 ? (int)count : 1000, 0);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(texts[i], texts[i - 1]) == 0) continue;
        lua_pushstring(L, texts[i]);
        lua_rawseti(L, -2, ++filled);
    }
}

void berth_view_starved(lua_State *L, berth_frame *frame) {
    frame->starved = true;
    luaL_error(L, "out of memory");
    for (;;) { /* luaL_error never returns, but is not declared so */
    }
}

const berth_refs *berth_view_tree(lua_State *L, berth_frame *frame, berth_ref root) {
    const berth_refs *members = berth_tree_members(frame->state, root);
    if (members == NULL) berth_view_starved(L, frame);
    return members;
}
