/* view_call.c - the view of authorize: who wants to do what to whom. */
#include <string.h>

#include "policy/view_frame.h"

static const char *const fields[] = {
#define X(name, type, about) #name,
    BERTH_CALL_FIELDS(X)
#undef X
        NULL};

enum {
#define X(name, type, about) FIELD_##name,
    BERTH_CALL_FIELDS(X)
#undef X
};

static void push_roles(lua_State *L, const berth_call *call) {
    berth_charge(L, WORK_HOST, (int64_t)call->nroles);
    lua_createtable(L, (int)call->nroles, 0);
    for (size_t i = 0; i < call->nroles; i++) {
        lua_pushstring(L, call->roles[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_field(lua_State *L, berth_frame *frame, int n) {
    const berth_call *call = frame->call;
    switch (n) {
    case FIELD_verb:
        lua_pushstring(L, call->verb);
        break;
    case FIELD_writes:
        lua_pushboolean(L, call->writes);
        break;
    case FIELD_user:
        lua_pushstring(L, call->user);
        break;
    case FIELD_project:
        lua_pushstring(L, call->project);
        break;
    case FIELD_roles:
        push_roles(L, call);
        break;
    case FIELD_target:
        lua_pushstring(L, call->target);
        break;
    case FIELD_target_name:
        lua_pushstring(L, call->target_name); /* nil for NULL, as the next */
        break;
    default: /* target_project */
        lua_pushstring(L, call->target_project);
    }
}

static int call_has_role(lua_State *L) {
    const berth_call *call = berth_view_check(L, BERTH_VIEW_CALL)->call;
    const char *name = berth_arg_text(L, 2, NULL);
    bool held = false;
    berth_charge(L, WORK_HOST, (int64_t)call->nroles);
    for (size_t i = 0; i < call->nroles && !held; i++) held = strcmp(call->roles[i], name) == 0;
    lua_pushboolean(L, held);
    return 1;
}

static const luaL_Reg methods[] = {
#define X(name, parameters, type, about) {#name, call_##name},
    BERTH_CALL_METHODS(X)
#undef X
        {NULL, NULL}};

const berth_view_class berth_class_of_call = {BERTH_VIEW_CALL, "call", methods, fields,
                                              push_field};
