/* lua_store.h - what the nouns of a store share: the store's userdata, handles that resolve at
 * every call, the scope a verb runs in (alone, or inside an open transaction) and the scratch
 * memory of one call.
 *
 * Handles hold names, never pointers into the state: a provider that was deleted, a store that
 * was closed or read anew can do them no harm.  They point to the luax_store, which their user
 * value 1 keeps alive.  While results are pushed a finaliser of the host may run and change the
 * store, so what is pushed was copied to scratch before. */
#ifndef BERTH_LUA_STORE_H
#define BERTH_LUA_STORE_H

#include "core/arena.h"
#include "lua/luax_read.h"
#include "store/store.h"

struct luax_policies;
struct luax_candidates;
struct luax_redaction;
struct luax_logger;

/* User values, each nil at first. */
enum {
    LUAX_STORE_SCRATCH = 1, /* an idle one */
    LUAX_STORE_POLICIES,    /* their owner */
    LUAX_STORE_REDACTION,   /* what speaks for its redact hooks */
    LUAX_STORE_LOGGER,
    LUAX_STORE_VALUES = LUAX_STORE_LOGGER
};

typedef struct luax_store {
    berth_store *store;              /* owned; NULL: closed */
    struct luax_policies *policies;  /* NULL: none loaded */
    struct luax_redaction *redaction; /* what leaves it passes this; NULL: the module's */
    struct luax_logger *logger;       /* NULL: none */
    berth_store_news news;            /* as the log was told last */
    struct luax_candidates *open;    /* searches in the state's memory: closed with the store */
    uint64_t tx;                     /* number of the open transaction, 0: none */
    uint64_t txs;                    /* numbers given out */
    uint64_t undone;                 /* grows whenever something was rolled back */
} luax_store;

typedef struct luax_provider {
    luax_store *owner;
    uint64_t tx;    /* transaction it was got from: part of it while that is open */
    berth_ref hint; /* where it was last seen */
    char uuid[BERTH_UUID_BYTES + 1];
} luax_provider;

/* Closing twice is fine; an open transaction is rolled back. [-0, +0, -] */
void luax_store_close(luax_store *self);

/* nil and the error, redacted as the store's operators want it; returns 2. [-0, +2, m] */
int luax_store_fail(lua_State *L, const luax_store *owner, const berth_err *err);
/* Raises it, where there is no second value to return it in. [-0, +0, v] */
int luax_store_throw(lua_State *L, const luax_store *owner, const berth_err *err);
/* Pushes it. [-0, +1, m] */
void luax_store_push_error(lua_State *L, const luax_store *owner, const berth_err *err);

/* Where a verb runs. */
typedef struct luax_scope {
    luax_store *owner;
    int index;   /* stack index of the store's userdata */
    uint64_t tx; /* the transaction it is part of, 0: none */
    size_t mark; /* changes of the transaction before the verb */
} luax_scope;

/* The store or transaction at argument 1; the store's userdata is pushed.  Raises when the store
 * is closed or the transaction over. [-0, +1, v] */
luax_scope luax_check_scope(lua_State *L);
/* The same for a handle whose store is user value 1 of argument 1. [-0, +1, v] */
luax_scope luax_handle_scope(lua_State *L, luax_store *owner, uint64_t tx);

/* The state, up to date; NULL with *err filled.  Raises when closed. [-0, +0, v] */
berth_state *luax_read(lua_State *L, luax_store *owner, berth_err *err);

/* Opens the transaction of one verb, or marks the open one.  Nothing of Lua's may be called
 * until luax_write_end.  Raises when closed or over, before anything is held. [-0, +0, v] */
berth_rc luax_write_begin(lua_State *L, luax_scope *scope, berth_err *err);
/* Commits when rc is BERTH_OK, undoes the verb otherwise; the rc of the whole. [-0, +0, -] */
berth_rc luax_write_end(luax_scope *scope, berth_rc rc, berth_err *err);
/* Ends the open transaction without keeping anything. [-0, +0, -] */
void luax_abandon(luax_store *owner);

/* --- memory of one call ------------------------------------------------------------------ */

typedef struct luax_scratch {
    berth_arena arena;
    berth_request *request; /* owned; may be NULL, as the next */
    berth_shape *shape;     /* owned */
} luax_scratch;

/* Pushes a new one; it frees itself when it is collected. [-0, +1, m] */
luax_scratch *luax_scratch_new(lua_State *L);
/* Pushes an idle or new one. [-0, +1, m] */
luax_scratch *luax_scratch_take(lua_State *L, int store_index);
/* Empties it and keeps it for the next call. [-0, +0, m] */
void luax_scratch_done(lua_State *L, int store_index, int scratch_index);

/* What the log tells of a verb that was done or refused; no verb: nothing but trouble. */
typedef struct luax_told {
    const char *verb; /* static */
    berth_text consumer, project, user, type, provider, name;
    int64_t decided; /* the last decision of a policy before it */
} luax_told;

/* Everything one verb needs, set up in one go. */
typedef struct luax_call {
    lua_State *L;
    luax_scope scope;
    luax_scratch *scratch;
    int scratch_index;
    luax_reader reader; /* copies to the scratch, refuses into err */
    berth_err err;      /* rc BERTH_OK until something is refused */
    luax_told told;
} luax_call;

/* For a verb with at most `args` arguments, self included; missing ones become nil. The store's
 * userdata and the scratch are pushed. [-0, +2, v] */
void luax_call_open(lua_State *L, luax_call *call, int args);
/* The same for a method of a handle. [-0, +2, v] */
void luax_call_open_handle(lua_State *L, luax_call *call, int args, luax_store *owner,
                           uint64_t tx);
/* Reads argument `arg` as a table with these keys; nil is an empty one. [-0, +0, v] */
void luax_call_table(luax_call *call, int arg, const luax_key *keys, void *into);
/* Reads argument `arg` with `read`. [-0, +0, v] */
void luax_call_value(luax_call *call, int arg, luax_read_fn read, void *into);
berth_rc luax_call_begin(luax_call *call); /* luax_write_begin, unless err tells a refusal */
berth_rc luax_call_end(luax_call *call, berth_rc rc);
/* luax_read, NULL also after a refusal. */
berth_state *luax_call_read(luax_call *call);
static inline berth_txn *luax_call_txn(const luax_call *call) {
    return berth_store_txn(call->scope.owner->store);
}
/* Gives the scratch back. [-0, +0, m] */
void luax_call_done(luax_call *call);
/* The same, then nil and the error; returns 2. [-0, +2, m] */
int luax_call_fail(luax_call *call);
/* The same for an array that could not be had. */
int luax_call_fail_memory(luax_call *call);
/* Done; returns true. [-0, +1, m] */
int luax_call_true(luax_call *call);

/* --- handles ----------------------------------------------------------------------------- */

/* A handle without uuid yet, part of the scope. [-0, +1, m] */
luax_provider *luax_new_provider(lua_State *L, const luax_scope *scope);
/* [-0, +1, m] */
void luax_push_provider(lua_State *L, const luax_scope *scope, const char *uuid);
/* NULL when it is gone. [-0, +0, -] */
berth_provider *luax_resolve_provider(const berth_state *state, luax_provider *handle);

/* A handle of the consumer's allocation. [-0, +1, m] */
void luax_push_allocation(lua_State *L, const luax_scope *scope, berth_text consumer);

/* --- lookups, for C work under way ---------------------------------------------------------- */

/* Errors: BERTH_ENOTFOUND with field "provider". */
berth_rc luax_find_provider(const berth_state *state, berth_text text, berth_ref *out,
                            berth_err *err);
/* Errors: BERTH_ENOTFOUND with field "class" or "trait". */
berth_rc luax_find_name(const berth_state *state, berth_name_kind kind, berth_text text,
                        berth_ref *out, berth_err *err);

/* Texts copied to scratch, in order of text. */
typedef struct luax_word {
    const char *text;
    berth_ref ref;
} luax_word;
void luax_sort_words(luax_word *words, size_t count);
/* Pushes an array of the texts. [-0, +1, m] */
void luax_push_words(lua_State *L, const luax_word *words, size_t count);
/* The refs' names copied and sorted; NULL without memory. */
luax_word *luax_copy_words(berth_arena *arena, const berth_state *state, berth_name_kind kind,
                           const berth_ref *refs, size_t count);

#endif
