/* lua_logger.h - what the files of berth.logger share. */
#ifndef BERTH_LUA_LOGGER_H
#define BERTH_LUA_LOGGER_H

#include "log/log.h"
#include "lua/lua_redaction.h"

/* User values of a logger. */
enum {
    LUAX_LOGGER_SINK = 1,  /* the function that takes lines; nil: none */
    LUAX_LOGGER_REDACTION, /* the redaction, which may outlive the log */
    LUAX_LOGGER_VALUES = LUAX_LOGGER_REDACTION
};

/* Names of fields that were found harmless, each where its address says. */
#define LUAX_LOGGER_NAMES 64
typedef struct luax_logger_name {
    const char *at; /* of the string; only compared */
    char text[16];
} luax_logger_name;

/* Invariant: log is NULL once closed, and owns its sink.  L and index, the logger's own on the
 * stack, are set while a record is written: a sink that is a function is called through them. */
typedef struct luax_logger {
    berth_log *log;
    luax_redaction *redaction; /* never NULL in a logger that Lua sees */
    lua_State *L;
    int index;
    int writing;  /* records under way: a sink may write more, or close the logger */
    bool closing; /* once they are done */
    luax_logger_name names[LUAX_LOGGER_NAMES];
} luax_logger;

extern const luax_class luax_logger_class;

/* The open logger at argument 1. Raises when it is closed. [-0, +0, v] */
luax_logger *luax_check_logger(lua_State *L);
/* Writes to the open logger at `index` what the redaction leaves of the record. [-0, +0, m] */
void luax_logger_write(lua_State *L, int index, luax_redaction *redaction, berth_level level,
                       const berth_record *record);

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
/* Pushes a logger with the options of the table at `table`, open unless the rc says otherwise.
 * Errors: those of its sink, redaction and policies. [-0, +1, v] */
berth_rc luax_logger_new(lua_State *L, int table, berth_err *err);

/* Methods of lua_logger_redact.c. */
int luax_logger_redact(lua_State *L);
int luax_logger_filter(lua_State *L);
int luax_logger_list_rules(lua_State *L);

#endif
