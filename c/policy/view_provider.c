/* view_provider.c - see view_provider.h. */
#include "policy/view_provider.h"

#include "core/text.h"

static bool is_view(lua_State *L, int arg, const berth_frame *frame) {
    if (lua_type(L, arg) != LUA_TUSERDATA || !lua_getmetatable(L, arg)) return false;
    bool same = lua_topointer(L, -1) == frame->provider_address;
    lua_pop(L, 1);
    return same;
}

/* The provider that the view at `arg` shows, in this very call. [-0, +0, v] */
static const berth_provider *provider_at(lua_State *L, int arg, berth_frame *frame) {
    const berth_provider_view *view = lua_touserdata(L, arg);
    const berth_provider *p = frame->state && view->serial == frame->serial
                                  ? berth_state_provider(frame->state, view->ref)
                                  : NULL;
    if (p == NULL) luaL_error(L, "provider is no longer valid: its call is over");
    return p;
}

static const berth_provider *check_self(lua_State *L, berth_frame **out) {
    berth_frame *frame = *out = lua_touserdata(L, lua_upvalueindex(1));
    berth_charge(L, WORK_HOST, 1);
    if (!is_view(L, 1, frame))
        luaL_error(L, "a method of provider is called with a colon, on the provider itself");
    return provider_at(L, 1, frame);
}

berth_ref berth_arg_provider(lua_State *L, int arg, berth_frame *frame) {
    if (is_view(L, arg, frame)) return provider_at(L, arg, frame)->ref;
    size_t len;
    luaL_argexpected(L, lua_type(L, arg) == LUA_TSTRING, arg, "provider, its uuid or its name");
    const char *text = lua_tolstring(L, arg, &len);
    berth_ref ref = berth_state_find_provider(frame->state, text, len);
    if (ref == BERTH_NONE) luaL_argerror(L, arg, "there is no such provider");
    return ref;
}

berth_ref berth_arg_aggregate(lua_State *L, int arg, berth_frame *frame) {
    char uuid[BERTH_UUID_BYTES + 1];
    size_t len;
    const char *text = berth_arg_text(L, arg, &len);
    if (berth_uuid_parse(text, len, uuid)) {
        text = uuid;
        len = BERTH_UUID_BYTES;
    }
    return berth_state_name(frame->state, BERTH_NAME_AGGREGATE, text, len);
}

void berth_push_provider(lua_State *L, berth_frame *frame, berth_ref ref) {
    berth_provider_view *view = lua_newuserdatauv(L, sizeof *view, 0);
    *view = (berth_provider_view){frame->serial, ref};
    lua_rawgeti(L, LUA_REGISTRYINDEX, frame->provider_metatable);
    lua_setmetatable(L, -2);
}

int berth_provider_equal(lua_State *L) {
    const berth_provider_view *a = lua_touserdata(L, 1), *b = lua_touserdata(L, 2);
    berth_charge(L, WORK_HOST, 1);
    bool views = lua_rawlen(L, 1) == sizeof *a && lua_rawlen(L, 2) == sizeof *b;
    lua_pushboolean(L, views && a->serial == b->serial && a->ref == b->ref);
    return 1;
}

/* --- fields ------------------------------------------------------------------------------ */

static const char *const fields[] = {
#define X(name, type, about) #name,
    BERTH_PROVIDER_FIELDS(X)
#undef X
        NULL};

enum {
#define X(name, type, about) FIELD_##name,
    BERTH_PROVIDER_FIELDS(X)
#undef X
};

static void push_field(lua_State *L, berth_frame *frame, int n) {
    const berth_provider *p = provider_at(L, 1, frame);
    switch (n) {
    case FIELD_uuid:
        lua_pushstring(L, p->uuid);
        break;
    case FIELD_name:
        lua_pushstring(L, p->name);
        break;
    case FIELD_generation:
        lua_pushinteger(L, p->generation);
        break;
    case FIELD_parent:
        if (p->parent == BERTH_NONE)
            lua_pushnil(L);
        else
            berth_push_provider(L, frame, p->parent);
        break;
    default: /* root */
        berth_push_provider(L, frame, p->root);
    }
}

/* --- methods ----------------------------------------------------------------------------- */

/* What the provider has of the class named by argument 2; NULL for nothing. */
static const berth_stock *stock_of(lua_State *L) {
    berth_frame *frame;
    const berth_provider *p = check_self(L, &frame);
    berth_ref rclass = berth_arg_class(L, 2, frame);
    return rclass == BERTH_NONE ? NULL : berth_provider_stock(p, rclass);
}

static int provider_free(lua_State *L) {
    const berth_stock *s = stock_of(L);
    lua_pushinteger(L, s && s->capacity > s->used ? s->capacity - s->used : 0);
    return 1;
}

static int provider_used(lua_State *L) {
    const berth_stock *s = stock_of(L);
    lua_pushinteger(L, s ? s->used : 0);
    return 1;
}

static int provider_capacity(lua_State *L) {
    const berth_stock *s = stock_of(L);
    lua_pushinteger(L, s ? s->capacity : 0);
    return 1;
}

static int provider_total(lua_State *L) {
    const berth_stock *s = stock_of(L);
    lua_pushinteger(L, s ? s->inventory.total : 0);
    return 1;
}

static int provider_has_trait(lua_State *L) {
    berth_frame *frame;
    const berth_provider *p = check_self(L, &frame);
    berth_ref trait = berth_arg_trait(L, 2, frame);
    lua_pushboolean(L, trait != BERTH_NONE && berth_refs_have(&p->traits, trait));
    return 1;
}

static int provider_in_aggregate(lua_State *L) {
    berth_frame *frame;
    const berth_provider *p = check_self(L, &frame);
    berth_ref ref = berth_arg_aggregate(L, 2, frame);
    lua_pushboolean(L, ref != BERTH_NONE && berth_refs_have(&p->aggregates, ref));
    return 1;
}

static void push_names(lua_State *L, berth_frame *frame, berth_name_kind kind,
                       const berth_refs *refs) {
    const char **texts = berth_view_scratch(L, refs->count, sizeof *texts);
    for (size_t i = 0; i < refs->count; i++)
        texts[i] = berth_state_text(frame->state, kind, refs->items[i]);
    berth_push_texts(L, texts, refs->count);
}

static int provider_traits(lua_State *L) {
    berth_frame *frame;
    const berth_provider *p = check_self(L, &frame);
    push_names(L, frame, BERTH_NAME_TRAIT, &p->traits);
    return 1;
}

static int provider_aggregates(lua_State *L) {
    berth_frame *frame;
    const berth_provider *p = check_self(L, &frame);
    push_names(L, frame, BERTH_NAME_AGGREGATE, &p->aggregates);
    return 1;
}

static int provider_children(lua_State *L) {
    berth_frame *frame;
    const berth_provider *p = check_self(L, &frame);
    lua_newtable(L);
    lua_Integer n = 0;
    for (berth_ref at = p->first_child; at != BERTH_NONE;) {
        berth_charge(L, WORK_HOST, 1);
        berth_push_provider(L, frame, at);
        lua_rawseti(L, -2, ++n);
        at = frame->state->providers[at]->next_sibling;
    }
    return 1;
}

static const luaL_Reg methods[] = {
#define X(name, parameters, type, about) {#name, provider_##name},
    BERTH_PROVIDER_METHODS(X)
#undef X
        {NULL, NULL}};

const berth_view_class berth_class_of_provider = {BERTH_VIEW_PROVIDER, "provider", methods, fields,
                                                  push_field};
