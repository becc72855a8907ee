/* lua_logger.c - berth.logger{}: a structured log whose every record passes redaction.
 *
 * A logger owns its log; a sink that is a Lua function is called protected, with the line and the
 * level's word, and what it raises counts as a record dropped. */
#define _POSIX_C_SOURCE 200809L
#include "lua/lua_logger.h"

#include <string.h>
#include <time.h>

#include "core/err.h"

const luax_class luax_logger_class = {"berth.logger"};

luax_logger *luax_check_logger(lua_State *L) {
    luax_logger *self = luax_check(L, 1, &luax_logger_class);
    if (!self->log || self->closing) luax_closed(L, "logger");
    return self;
}

static void close_log(luax_logger *self) {
    berth_log *log = self->log;
    self->log = NULL;
    berth_log_close(log);
}

void luax_logger_write(lua_State *L, int index, luax_redaction *redaction, berth_level level,
                       const berth_record *record) {
    luax_logger *self = lua_touserdata(L, index);
    lua_State *before = self->L;
    int before_index = self->index;
    berth_redactor *r = luax_redaction_use(L, &redaction);
    self->L = L;
    self->index = lua_absindex(L, index);
    self->writing++;
    if (r) berth_log_write(self->log, r, level, record);
    else berth_log_drop(self->log);
    if (--self->writing == 0 && self->closing) close_log(self);
    self->L = before;
    self->index = before_index;
}

/* --- opening ------------------------------------------------------------------------------- */

static int64_t wall_clock(void *ud) {
    struct timespec now;
    (void)ud;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A line on its way to a function. */
typedef struct handed {
    berth_level level;
    const char *line;
    size_t len;
} handed;

/* (line, function): protected, so that nothing it raises, not even for memory, leaves the verb
 * that is told of and was done already. */
static int call_function(lua_State *L) {
    const handed *h = lua_touserdata(L, 1);
    lua_pushlstring(L, h->line, h->len);
    lua_pushstring(L, berth_level_word(h->level));
    lua_call(L, 2, 0);
    return 0;
}

static bool function_write(void *ud, berth_level level, const char *line, size_t len) {
    luax_logger *self = ud;
    lua_State *L = self->L;
    if (!L || !lua_checkstack(L, 8)) return false;
    if (len > 0 && line[len - 1] == '\n') len--;
    handed h = {level, line, len};
    lua_pushcfunction(L, call_function);
    lua_pushlightuserdata(L, &h);
    lua_getiuservalue(L, self->index, LUAX_LOGGER_SINK);
    bool taken = lua_pcall(L, 2, 0, 0) == LUA_OK;
    if (!taken) lua_pop(L, 1);
    return taken;
}

static berth_rc open_sink(luax_logger *self, const luax_logger_options *options, berth_sink *sink,
                          berth_err *err) {
    berth_mem mem = berth_mem_default();
    if (!options->sink) {
        *sink = (berth_sink){.write = function_write, .ud = self};
        return BERTH_OK;
    }
    if (strcmp(options->sink, "stderr") == 0) return berth_sink_stderr(mem, sink, err);
    if (strcmp(options->sink, "syslog") == 0)
        return berth_sink_syslog(mem, options->ident, sink, err);
    return berth_sink_file(mem, options->sink, sink, err);
}

static berth_rc open_log(luax_logger *self, const luax_logger_options *options, berth_err *err) {
    berth_log_options log = {.level = options->level,
                             .format = options->format,
                             .now = options->no_time ? NULL : wall_clock};
    berth_rc rc = open_sink(self, options, &log.sink, err);
    if (rc != BERTH_OK) return rc;
    rc = berth_log_open(berth_mem_default(), &log, &self->log, err);
    if (rc != BERTH_OK && log.sink.close) log.sink.close(log.sink.ud);
    return rc;
}

/* The logger's redaction, of options that were read into its arena. [-0, +0, v] */
static berth_rc open_redaction(lua_State *L, luax_redaction *self, int table,
                               luax_logger_options *options, berth_err *err) {
    berth_rc rc = BERTH_OK;
    if (!options->has_key) rc = luax_random(options->redact.key, sizeof options->redact.key, err);
    self->options = options->redact;
    if (rc == BERTH_OK && options->has_policies) {
        lua_getfield(L, table, "policies");
        rc = luax_redaction_load(L, self, lua_gettop(L), err);
        lua_pop(L, 1);
    }
    return rc == BERTH_OK ? luax_redaction_open(L, self, err) : rc;
}

berth_rc luax_logger_new(lua_State *L, int table, berth_err *err) {
    luax_logger *self = luax_new(L, &luax_logger_class, sizeof *self, LUAX_LOGGER_VALUES);
    int index = lua_gettop(L);
    luax_redaction *redaction = luax_redaction_new(L);
    lua_setiuservalue(L, index, LUAX_LOGGER_REDACTION);
    self->redaction = redaction;
    luax_logger_options options;
    luax_logger_read(L, table, &redaction->arena, &options, err);
    berth_rc rc = err->rc;
    if (rc == BERTH_OK) rc = open_redaction(L, redaction, table, &options, err);
    if (rc == BERTH_OK && !options.sink) {
        lua_getfield(L, table, "sink");
        lua_setiuservalue(L, index, LUAX_LOGGER_SINK);
    }
    self->L = L;
    self->index = index;
    if (rc == BERTH_OK) rc = open_log(self, &options, err);
    self->L = NULL;
    return rc;
}

/* logger(options) -> logger | nil, err */
static int logger_open(lua_State *L) {
    berth_err err;
    luax_max_args(L, 1);
    lua_settop(L, 1);
    return luax_logger_new(L, 1, &err) == BERTH_OK ? 1 : luax_fail(L, &err);
}

/* close, __gc, __close */
static int logger_close(lua_State *L) {
    luax_logger *self = luax_check(L, 1, &luax_logger_class);
    self->closing = true;
    if (self->writing > 0) return 0; /* its own sink asks: when the record is written */
    self->L = L;
    self->index = 1;
    close_log(self);
    self->L = NULL;
    return 0;
}

static int logger_tostring(lua_State *L) {
    const luax_logger *self = luax_check(L, 1, &luax_logger_class);
    lua_pushfstring(L, "berth.logger (%s)", self->log && !self->closing ? "open" : "closed");
    return 1;
}

/* --- records ------------------------------------------------------------------------------- */

/* The fields of a table by name, the first ones when there are too many. */
typedef struct fields {
    berth_log_field item[BERTH_RECORD_FIELDS_MAX];
    size_t count; /* of all */
} fields;

/* Fills in the value at the top; what is neither text, number nor boolean is told by its type. */
static void read_value(lua_State *L, berth_log_field *field) {
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        field->type = BERTH_FIELD_TEXT;
        field->text = lua_tolstring(L, -1, &field->len);
        break;
    case LUA_TNUMBER:
        field->type = lua_isinteger(L, -1) ? BERTH_FIELD_INTEGER : BERTH_FIELD_NUMBER;
        field->integer = lua_tointeger(L, -1);
        field->number = lua_tonumber(L, -1);
        break;
    case LUA_TBOOLEAN:
        field->type = BERTH_FIELD_BOOLEAN;
        field->boolean = lua_toboolean(L, -1);
        break;
    default:
        field->type = BERTH_FIELD_TEXT;
        field->text = luaL_typename(L, -1);
        field->len = strlen(field->text);
        break;
    }
}

/* Strings of names are made once and come again and again: what was found out about one is kept. */
static bool is_harmless(luax_logger *self, const char *name) {
    luax_logger_name *kept = &self->names[((uintptr_t)name >> 4) % LUAX_LOGGER_NAMES];
    if (kept->at == name && strcmp(kept->text, name) == 0) return true;
    size_t len = strlen(name);
    if (len >= sizeof kept->text || !berth_record_is_harmless(self->redaction->redactor, name))
        return false;
    kept->at = name;
    memcpy(kept->text, name, len + 1);
    return true;
}

/* Keeps the list sorted by name, whatever order the table has. */
static void add_field(fields *list, const berth_log_field *field) {
    size_t have = list->count < BERTH_RECORD_FIELDS_MAX ? list->count : BERTH_RECORD_FIELDS_MAX;
    size_t at = have;
    list->count++;
    while (at > 0 && strcmp(list->item[at - 1].name, field->name) > 0) at--;
    if (at == BERTH_RECORD_FIELDS_MAX) return;
    size_t last = have < BERTH_RECORD_FIELDS_MAX ? have : BERTH_RECORD_FIELDS_MAX - 1;
    for (size_t i = last; i > at; i--) list->item[i] = list->item[i - 1];
    list->item[at] = *field;
}

/* The table's strings stay where they are as long as the table does. */
static void read_fields(lua_State *L, luax_logger *self, int table, fields *list) {
    list->count = 0;
    if (lua_isnoneornil(L, table)) return;
    luax_check_type(L, table, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, table)) { /* name value */
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "fields have names, not a %s", luaL_typename(L, -2));
        berth_log_field field = {.name = lua_tostring(L, -2)};
        field.harmless = is_harmless(self, field.name);
        read_value(L, &field);
        add_field(list, &field);
        lua_pop(L, 1);
    }
}

/* debug(message, fields), ... */
static int write_record(lua_State *L, berth_level level) {
    luax_logger *self = luax_check_logger(L);
    if (!berth_log_wants(self->log, level)) return 0;
    size_t len;
    const char *message = luax_check_string(L, 2, &len);
    luax_max_args(L, 3);
    lua_settop(L, 3);
    fields list;
    read_fields(L, self, 3, &list);
    luaL_checkstack(L, 16, NULL);
    const berth_record record = {message, len, list.item, list.count, false};
    luax_logger_write(L, 1, self->redaction, level, &record);
    return 0;
}

static int logger_debug(lua_State *L) {
    return write_record(L, BERTH_LEVEL_DEBUG);
}

static int logger_info(lua_State *L) {
    return write_record(L, BERTH_LEVEL_INFO);
}

static int logger_warn(lua_State *L) {
    return write_record(L, BERTH_LEVEL_WARN);
}

static int logger_error(lua_State *L) {
    return write_record(L, BERTH_LEVEL_ERROR);
}

/* level(word) -> the level before; level() -> the level */
static int logger_level(lua_State *L) {
    luax_logger *self = luax_check_logger(L);
    luax_max_args(L, 2);
    const char *before = berth_level_word(self->log->level);
    if (!lua_isnoneornil(L, 2)) {
        int level = berth_level_find(luax_check_string(L, 2, NULL));
        if (level < 0) luax_argerror(L, 2, "debug, info, warn, error or off expected");
        self->log->level = (berth_level)level;
    }
    lua_pushstring(L, before);
    return 1;
}

/* dropped() -> records that were not written */
static int logger_dropped(lua_State *L) {
    luax_logger *self = luax_check_logger(L);
    luax_max_args(L, 1);
    lua_pushinteger(L, (lua_Integer)berth_log_dropped(self->log));
    return 1;
}

/* reopen() -> true | nil, err */
static int logger_reopen(lua_State *L) {
    luax_logger *self = luax_check_logger(L);
    berth_err err;
    luax_max_args(L, 1);
    if (berth_log_reopen(self->log, &err) != BERTH_OK) return luax_fail(L, &err);
    lua_pushboolean(L, true);
    return 1;
}

void luax_open_logger(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"debug", logger_debug},           {"info", logger_info},
        {"warn", logger_warn},             {"error", logger_error},
        {"level", logger_level},           {"redact", luax_logger_redact},
        {"filter", luax_logger_filter},    {"rules", luax_logger_list_rules},
        {"dropped", logger_dropped},       {"reopen", logger_reopen},
        {"close", logger_close},           {NULL, NULL},
    };
    static const luaL_Reg meta[] = {
        {"__gc", logger_close},
        {"__close", logger_close},
        {"__tostring", logger_tostring},
        {NULL, NULL},
    };
    luax_new_class(L, &luax_logger_class, &(luax_members){.methods = methods, .meta = meta});
    lua_pushcfunction(L, logger_open);
    lua_setfield(L, -2, "logger");
}
