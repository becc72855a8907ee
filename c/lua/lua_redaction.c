/* lua_redaction.c - the life of redactions; texts and errors on their way out.  See
 * lua_redaction.h. */
#include "lua/lua_redaction.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"

static const luax_class redaction_class = {"berth.redaction"};
static const char module_key; /* its address is where the registry keeps the module's one */

/* --- life ---------------------------------------------------------------------------------- */

static int redaction_gc(lua_State *L) {
    luax_redaction *self = luax_check(L, 1, &redaction_class);
    berth_mem mem = berth_mem_default();
    berth_redactor_close(self->redactor);
    self->redactor = NULL;
    berth_policies_free(self->own);
    self->own = NULL;
    self->nhosts = 0;
    berth_record_room_free(&self->room);
    berth_data_free(&self->record);
    berth_data_free(&self->answer);
    berth_free(&mem, self->texts, self->cap_texts);
    self->texts = NULL;
    self->cap_texts = 0;
    berth_arena_free(&self->arena);
    return 0;
}

luax_redaction *luax_redaction_new(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &redaction_class) == LUA_TNIL) {
        static const luaL_Reg none[] = {{NULL, NULL}};
        static const luaL_Reg meta[] = {{"__gc", redaction_gc}, {NULL, NULL}};
        luax_new_class(L, &redaction_class, &(luax_members){.methods = none, .meta = meta});
    }
    lua_pop(L, 1);
    luax_redaction *self = luax_new(L, &redaction_class, sizeof *self, LUAX_REDACTION_VALUES);
    berth_mem mem = berth_mem_default();
    berth_arena_init(&self->arena, mem);
    berth_record_room_init(&self->room, mem);
    berth_data_init(&self->record, mem);
    berth_data_init(&self->answer, mem);
    return self;
}

static luax_redaction *module_redaction(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &module_key) == LUA_TNIL) {
        lua_pop(L, 1);
        luax_redaction *made = luax_redaction_new(L);
        berth_err err;
        if (luax_redaction_open(L, made, &err) == BERTH_OK) { /* else it is tried again */
            lua_pushvalue(L, -1);
            lua_rawsetp(L, LUA_REGISTRYINDEX, &module_key);
        }
    }
    luax_redaction *self = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return self;
}

berth_redactor *luax_redaction_use(lua_State *L, luax_redaction **self) {
    if (*self == NULL) {
        luaL_checkstack(L, 8, NULL);
        *self = module_redaction(L);
    }
    (*self)->L = L;
    (*self)->turns++;
    return (*self)->redactor;
}

void luax_redaction_derive(lua_State *L, luax_redaction *self, int index,
                           const luax_redaction *base) {
    self->options = base->options;
    self->nhosts = base->nhosts;
    memcpy(self->hosts, base->hosts, sizeof self->hosts);
    lua_setiuservalue(L, index, 1);
}

berth_rc luax_redaction_host(luax_redaction *self, berth_err *err) {
    berth_rc rc = berth_policies_new(berth_mem_default(), &self->own, err);
    if (rc == BERTH_OK) self->hosts[self->nhosts++] = self->own;
    return rc;
}

/* --- texts --------------------------------------------------------------------------------- */

void luax_push_redacted(lua_State *L, luax_redaction *self, const char *text, size_t len) {
    berth_redactor *r = luax_redaction_use(L, &self);
    const char *out = BERTH_REDACT_NOTE;
    size_t out_len = sizeof BERTH_REDACT_NOTE - 1;
    if (r != NULL) (void)berth_redact(r, text, len, &out, &out_len, NULL);
    lua_pushlstring(L, out, out_len);
}

int luax_raise(lua_State *L, const char *format, ...) {
    char text[BERTH_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    berth_text_shorten(text, n >= (int)sizeof text);
    luaL_where(L, 1);
    luax_push_redacted(L, NULL, text, strlen(text));
    lua_concat(L, 2);
    return lua_error(L);
}

/* --- errors -------------------------------------------------------------------------------- */

static void put_text(char *out, size_t size, const char *text, size_t len) {
    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) len--;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

static berth_record record_of(const berth_err *err, berth_log_field *fields) {
    for (int i = 0; i < err->nfields; i++) {
        const berth_err_field *f = &err->fields[i];
        fields[i] = (berth_log_field){.name = f->name,
                                      .type = f->is_number ? BERTH_FIELD_INTEGER : BERTH_FIELD_TEXT,
                                      .text = f->text,
                                      .len = f->is_number ? 0 : strlen(f->text),
                                      .integer = f->number};
    }
    return (berth_record){err->message, strlen(err->message), fields, (size_t)err->nfields, false};
}

/* What redaction leaves of the error, in place. */
static void redact_error(luax_redaction *self, berth_redactor *r, berth_err *err) {
    berth_log_field fields[BERTH_FIELD_MAX];
    berth_record record = record_of(err, fields), shown;
    if (r != NULL && berth_record_is_clean(r, &record)) return;
    err->nfields = 0;
    if (r == NULL || berth_record_redact(r, &record, &self->room, &shown) != BERTH_OK) {
        put_text(err->message, sizeof err->message, BERTH_REDACT_NOTE,
                 sizeof BERTH_REDACT_NOTE - 1);
        return;
    }
    put_text(err->message, sizeof err->message, shown.message, shown.message_len);
    for (size_t i = 0; i < shown.count; i++) {
        const berth_log_field *field = &shown.fields[i];
        berth_err_field *to = &err->fields[err->nfields++];
        to->name = field->name;
        to->is_number = field->type == BERTH_FIELD_INTEGER;
        to->number = field->integer;
        if (!to->is_number) put_text(to->text, sizeof to->text, field->text, field->len);
    }
}

void luax_push_error_by(lua_State *L, luax_redaction *self, const berth_err *err) {
    berth_err shown = *err;
    if (err->rc != BERTH_ENOMEM || err->nfields > 0) { /* a fixed sentence, when nothing is left */
        berth_redactor *r = luax_redaction_use(L, &self);
        redact_error(self, r, &shown);
    }
    luax_push_shown_error(L, &shown);
}

void luax_push_error(lua_State *L, const berth_err *err) {
    luax_push_error_by(L, NULL, err);
}

/* redacted(text or table) -> the same as anybody may see it, by the built-in rules */
static int core_redacted(lua_State *L) {
    luax_max_args(L, 1);
    if (lua_type(L, 1) != LUA_TSTRING) luaL_checktype(L, 1, LUA_TTABLE);
    luax_redact_value(L, NULL);
    return 1;
}

/* shown(text) -> the same as it may stand in a message: redacted and short */
static int core_shown(lua_State *L) {
    luax_max_args(L, 1);
    luaL_checktype(L, 1, LUA_TSTRING);
    luax_redact_value(L, NULL);
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    berth_quoted quoted = berth_quote(text, len);
    lua_pushstring(L, quoted.text);
    return 1;
}

void luax_open_redaction(lua_State *L) {
    lua_pushcfunction(L, core_redacted);
    lua_setfield(L, -2, "redacted");
    lua_pushcfunction(L, core_shown);
    lua_setfield(L, -2, "shown");
}
