/* view_frame.h - what a policy may look at during one call, and how its views find it.  Private to
 * c/policy.
 *
 * Each call is given userdata of its own; what they show is whatever the frame holds now.  When the
 * call is over they get a metatable under which nothing can be read, so that a look at a member
 * costs no check and a view that was kept is refused for ever.  Views of providers are made as they
 * are asked for and carry the call's serial.  view.h names the members.  Uses core's state, search
 * and place. */
#ifndef BERTH_POLICY_VIEW_FRAME_H
#define BERTH_POLICY_VIEW_FRAME_H

#include <lauxlib.h>
#include <lua.h>

#include "core/nearest.h"
#include "core/place.h"
#include "core/usage.h"
#include "policy/host.h"
#include "policy/limits.h"
#include "policy/view.h"
#include "policy/view_places.h"

/* One question that admit asked of its view, with the answer: told in the decision. */
typedef struct berth_input {
    const char *what; /* "usage", "consumers", "capacity"; static */
    unsigned given;   /* bit n: the n-th key of BERTH_QUERY_KEYS was in the question */
    berth_ref rclass;
    berth_usage_key by;
    berth_place_at at;
    int64_t answer;
} berth_input;

#define BERTH_INPUTS 8 /* further ones are counted, not kept */

#define BERTH_CLASS_CACHE 16 /* a power of two */

/* Owned by a policy; lives at one address as long as its lua_State. */
typedef struct berth_frame {
    /* the call */
    berth_state *state; /* NULL outside of calls, and in authorize */
    const berth_claim *claim;
    const berth_candidate *candidate;
    const berth_call *call;
    berth_ref holder; /* the claim's consumer, once looked up */
    uint64_t serial;

    /* what came of it */
    bool personal; /* the answer depends on who asks or for how many */
    bool located;  /* the answer depends on where */
    bool starved;  /* memory outside of the policy's own was refused */
    size_t ninputs;
    berth_input inputs[BERTH_INPUTS];

    /* the state's */
    const void *self[BERTH_VIEW_COUNT]; /* addresses of the call's userdata; NULL outside of it */
    struct berth_view_refs {
        int given, live, over; /* in the registry: the call's userdata, its metatable in the call
                                  and afterwards */
    } refs[BERTH_VIEW_COUNT];
    int provider_metatable; /* likewise; its address: */
    const void *provider_address;
    bool rooted;          /* candidate.root was asked for: it is a plain value in `methods` */
    int methods;          /* of the candidate, in the registry */
    berth_places *places; /* borrowed; shared by all policies of a host */
    struct berth_class_hint {
        const char *text; /* a Lua string that named the class: a hint, never read */
        berth_ref ref;
    } classes[BERTH_CLASS_CACHE];
} berth_frame;

/* Makes the views that the hooks in the mask need. [-0, +0, m] */
void berth_views_open(lua_State *L, berth_frame *frame, unsigned hooks);

/* Between these a call may read. */
void berth_frame_begin(berth_frame *frame, berth_state *state, const berth_claim *claim,
                       const berth_candidate *candidate);
void berth_frame_end(berth_frame *frame);
/* The call's view, made for it. [-0, +1, m] */
void berth_push_view(lua_State *L, berth_frame *frame, berth_view view);
/* Makes the call's views unreadable.  L is NULL when their state is about to be dropped.
 * [-0, +0, -] */
void berth_views_expire(lua_State *L, berth_frame *frame);

/* --- for the views ----------------------------------------------------------------------- */

/* How one class of views is made. */
typedef struct berth_view_class {
    berth_view view;
    const char *name;
    const luaL_Reg *methods;   /* NULL-terminated; upvalue 1 is the frame */
    const char *const *fields; /* names, NULL-terminated */
    /* Pushes the n-th field.  For provider views the userdata is argument 1. [-0, +1, v] */
    void (*field)(lua_State *L, berth_frame *frame, int n);
} berth_view_class;

extern const berth_view_class berth_class_of_request, berth_class_of_candidate,
    berth_class_of_claim, berth_class_of_view, berth_class_of_call, berth_class_of_provider;

/* In a method: the frame, after a step is paid and argument 1 is known to be the view itself and
 * readable now. [-0, +0, v] */
berth_frame *berth_view_check(lua_State *L, berth_view view);
/* The class, trait, ... named by an argument; BERTH_NONE when the fleet has no such custom one.
 * Raises for a standard name that is misspelt. [-0, +0, v] */
berth_ref berth_arg_class(lua_State *L, int arg, berth_frame *frame);
berth_ref berth_arg_trait(lua_State *L, int arg, berth_frame *frame);
const char *berth_arg_text(lua_State *L, int arg, size_t *len);
/* A sorted array of the texts, borrowed from the state; at most one of each. [-0, +1, m] */
void berth_push_texts(lua_State *L, const char **texts, size_t count);
/* Room for so many things while a method runs, on the Lua stack. [-0, +1, m] */
void *berth_view_scratch(lua_State *L, size_t count, size_t size);
/* The tree under a root in pre-order. [-0, +0, v] */
const berth_refs *berth_view_tree(lua_State *L, berth_frame *frame, berth_ref root);
/* Raises for memory of the host's that was refused: no fault of the policy's. [-0, +0, v] */
_Noreturn void berth_view_starved(lua_State *L, berth_frame *frame);

/* Amounts taken by the frame's candidate: what claims and candidates share. */
int berth_takes_amount(lua_State *L, berth_frame *frame);
int berth_takes_providers(lua_State *L, berth_frame *frame);
int berth_takes_taken(lua_State *L, berth_frame *frame);

#endif
