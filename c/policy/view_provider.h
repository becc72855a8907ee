/* view_provider.h - views of providers: made and read by the other views.  Private to c/policy. */
#ifndef BERTH_POLICY_VIEW_PROVIDER_H
#define BERTH_POLICY_VIEW_PROVIDER_H

#include "policy/view_frame.h"

/* The bytes of the userdata. */
typedef struct berth_provider_view {
    uint64_t serial; /* of the call it may be read in */
    berth_ref ref;
} berth_provider_view;

/* [-0, +1, m] */
void berth_push_provider(lua_State *L, berth_frame *frame, berth_ref ref);
/* The provider of a view, uuid or name. [-0, +0, v] */
berth_ref berth_arg_provider(lua_State *L, int arg, berth_frame *frame);
/* BERTH_NONE for one that nobody is a member of. [-0, +0, v] */
berth_ref berth_arg_aggregate(lua_State *L, int arg, berth_frame *frame);
/* __eq: two views of the same provider. */
int berth_provider_equal(lua_State *L);

#endif
