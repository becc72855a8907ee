/* lua_request.h - requests as Lua says them: a table, Placement's query string, or a request
 * made once by berth.request() and used often.  Uses lua_store.h, core/request.h. */
#ifndef BERTH_LUA_REQUEST_H
#define BERTH_LUA_REQUEST_H

#include "core/request.h"
#include "lua/lua_store.h"

/* The userdata of berth.request(). */
typedef struct luax_request {
    berth_request *request; /* owned; NULL only while it is being made */
} luax_request;

/* One group being read. */
typedef struct luax_group {
    berth_request *request; /* under construction; borrowed */
    berth_text suffix;
    const berth_text *splits; /* applied last: they need the resources */
    size_t nsplits;
} luax_group;

/* Read the value at the top of the stack into a luax_group; a refusal names the key's path.
 * [-0, +0, v] */
void luax_read_resources(luax_reader *r, void *group);
void luax_read_required(luax_reader *r, void *group);
void luax_read_forbidden(luax_reader *r, void *group);
void luax_read_member_of(luax_reader *r, void *group);
void luax_read_in_tree(luax_reader *r, void *group);

/* A request with who asks. */
typedef struct luax_ask {
    const berth_request *request; /* owned by the scratch or by a userdata on the stack; NULL
                                     when a candidate was given instead */
    luax_group group;             /* the unsuffixed one */
    berth_text consumer, project, user, type;
    bool has_request, has_candidate; /* these keys stood in the table */
} luax_ask;

/* Reads argument `arg`: a string, a request, or a table of who asks with the keys of a request or
 * a key `request`.  A refusal is in call->err.  What keeps the request alive is pushed, or nil.
 * [-0, +1, v] */
void luax_read_ask(luax_call *call, int arg, luax_ask *ask);
/* The same where the table may have a key `candidate` instead; its value is pushed. [-0, +1, v] */
void luax_read_ask_place(luax_call *call, int arg, luax_ask *ask);
/* Reads argument `arg`, a table of who asks: consumer, project, user, consumer_type. [-0, +0, v] */
void luax_read_who(luax_call *call, int arg, luax_ask *ask);

#endif
