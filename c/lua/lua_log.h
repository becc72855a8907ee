/* lua_log.h - what a store tells its log: what verbs came to, what policies ruled, what happened.
 *
 * A store without a logger, or whose logger does not want the level, pays one comparison.  Records
 * are written when the verb has let go of the store: a sink may be a Lua function, and may use or
 * close this very store.  Uses lua_store.h, lua_logger.h. */
#ifndef BERTH_LUA_LOG_H
#define BERTH_LUA_LOG_H

#include "lua/lua_logger.h"
#include "lua/lua_store.h"

static inline bool luax_logs(const luax_store *owner, berth_level level) {
    return owner->logger != NULL && berth_log_wants(owner->logger->log, level);
}

/* A list of fields as a record is put together; what has no text is left out. */
#define LUAX_LOG_NAMES 8
typedef struct luax_details {
    berth_log_field items[BERTH_RECORD_FIELDS_MAX];
    size_t count;
    char names[LUAX_LOG_NAMES][48]; /* of foreign fields that had to be renamed */
    size_t renamed;
    bool foreign; /* some names are not berth's own */
} luax_details;

void luax_detail_text(luax_details *all, const char *name, const char *text);
void luax_detail_span(luax_details *all, const char *name, const char *text, size_t len);
void luax_detail_number(luax_details *all, const char *name, int64_t number);
/* A text of berth's own making, in which nothing secret can be. */
void luax_detail_word(luax_details *all, const char *name, const char *word);

/* All below have the store's userdata at stack index `store`, and write nothing when nobody wants
 * it. [-0, +0, m] */

/* Makes the logger or table of options at `logger` the store's.  Errors: those of the logger. */
berth_rc luax_log_adopt(lua_State *L, luax_store *owner, int store, int logger, berth_err *err);
void luax_log_event(lua_State *L, luax_store *owner, int store, berth_level level,
                    const char *message, const luax_details *details);
/* What was refused, with its code, sentence and fields after the details. */
void luax_log_failure(lua_State *L, luax_store *owner, int store, const berth_err *err,
                      luax_details *details);
/* Rulings of policies after decision number `since`. */
void luax_log_rulings(lua_State *L, luax_store *owner, int store, int64_t since);
int64_t luax_log_mark(const luax_store *owner); /* the last decision so far */

/* --- verbs: what call->told says of them --------------------------------------------------- */

void luax_write_claim(luax_call *call, const char *did, berth_text consumer);
void luax_write_done(luax_call *call, const char *did);

/* The consumer's claim as it is now: `did` is "placed", "allocated" or "moved". */
static inline void luax_log_claim(luax_call *call, const char *did, berth_text consumer) {
    if (luax_logs(call->scope.owner, BERTH_LEVEL_INFO)) luax_write_claim(call, did, consumer);
}
/* Something else was done: "released", "changed". */
static inline void luax_log_done(luax_call *call, const char *did) {
    if (luax_logs(call->scope.owner, BERTH_LEVEL_INFO)) luax_write_done(call, did);
}
/* call->err. */
void luax_log_refusal(luax_call *call);
/* What the store did by itself since the last look. */
void luax_log_news(lua_State *L, luax_store *owner, int store);

#endif
