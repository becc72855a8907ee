/* lua_logger.h - what the files of berth.logger share. */
#ifndef BERTH_LUA_LOGGER_H
#define BERTH_LUA_LOGGER_H

#include "core/arena.h"
#include "log/log.h"
#include "lua/luax.h"
#include "policy/host.h"

/* User values of a logger. */
enum {
    LUAX_LOGGER_SINK = 1, /* the function that takes lines; nil: none */
    LUAX_LOGGER_SHOWN,    /* what the redact policies answered last: keeps its texts alive */
    LUAX_LOGGER_VALUES = LUAX_LOGGER_SHOWN
};

/* Invariant: log is NULL once closed, and owns its redactor and sink.  L and index are set while a
 * method runs: sinks and hooks call back through them. */
typedef struct luax_logger {
    berth_log *log;
    berth_policies *policies; /* owned; NULL: none */
    berth_data record, answer;
    lua_State *L;
    int index;
} luax_logger;

extern const luax_class luax_logger_class;

/* The open logger at argument 1; L and index are set. Raises when it is closed. [-0, +0, v] */
luax_logger *luax_check_logger(lua_State *L);

typedef struct luax_logger_options {
    berth_level level;
    berth_log_format format;
    const char *sink; /* NULL: the option is a function */
    bool has_key, has_policies, no_time;
    const char *ident;
    berth_redact_options redact; /* rules and their texts are in the arena */
} luax_logger_options;

/* Reads the table at `index` into the arena. Raises misuse; what is refused is in *err.
 * [-0, +0, v] */
void luax_logger_read(lua_State *L, int index, berth_arena *arena, luax_logger_options *options,
                      berth_err *err);
/* Adds the rules of the list at the top of the stack to those of *redact. [-0, +0, v] */
void luax_logger_rules(lua_State *L, int arg, berth_arena *arena, berth_redact_options *redact,
                       berth_err *err);

/* Loads the policies of the list at `list` and lets them speak after the rules: asks each for
 * rules of its own first.  Errors: those of loading. [-0, +0, v] */
berth_rc luax_logger_policies(lua_State *L, luax_logger *self, int list, berth_arena *arena,
                              berth_redact_options *redact, berth_err *err);

/* Methods of lua_logger_redact.c. */
int luax_logger_redact(lua_State *L);
int luax_logger_filter(lua_State *L);
int luax_logger_list_rules(lua_State *L);

#endif
