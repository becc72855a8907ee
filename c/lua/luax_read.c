/* luax_read.c - see luax_read.h. */
#include "lua/luax_read.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "lua/lua_redaction.h"
#include "lua/lua_store.h"

#define PATH_MAX_BYTES 160
#define KEY_PLAIN 64       /* bytes of a key that a path shows without looking twice */
#define SLOTS 12 /* stack slots that one level of reading may use */

void luax_reader_init(luax_reader *r, lua_State *L, int arg, berth_arena *arena, berth_err *err) {
    *r = (luax_reader){.L = L, .arg = arg, .arena = arena, .err = err, .frame = NULL};
    err->rc = BERTH_OK;
    err->nfields = 0;
}

void *luax_take(luax_reader *r, size_t count, size_t size) {
    void *p = berth_arena_calloc(r->arena, count ? count : 1, size);
    if (p == NULL) {
        (void)berth_fail_memory(r->err);
        luax_throw(r->L, r->err);
    }
    return p;
}

/* --- saying where ------------------------------------------------------------------------ */

/* Requests come by here at every name: what is plain is copied as it is. */
static size_t write_key(const char *key, char *out, size_t len, size_t size) {
    size_t n = 0;
    while (key[n] > ' ' && key[n] < 0x7F && n < KEY_PLAIN && len + n + 1 < size) {
        out[len + n] = key[n];
        n++;
    }
    if (key[n] != '\0') {
        berth_quoted quoted = berth_quote(key, strlen(key));
        n = strlen(quoted.text);
        if (n > size - 1 - len) n = size - 1 - len;
        while (n > 0 && ((unsigned char)quoted.text[n] & 0xC0) == 0x80) n--; /* whole characters */
        memcpy(out + len, quoted.text, n);
    }
    out[len + n] = '\0';
    return len + n;
}

/* Writes "groups.gpu.resources"; the outermost steps win when it gets too long. */
static size_t write_path(const luax_frame *frame, char *out, size_t size) {
    if (frame == NULL) return 0;
    size_t len = write_path(frame->up, out, size);
    if (len + 1 >= size) return len;
    if (frame->key == NULL) {
        int n = snprintf(out + len, size - len, "[" LUA_INTEGER_FMT "]",
                         (LUAI_UACINT)frame->index);
        if (n < 0) return len;
        return len + (size_t)n < size ? len + (size_t)n : size - 1;
    }
    if (len > 0) out[len++] = '.';
    return write_key(frame->key, out, len, size);
}

const char *luax_path(luax_reader *r, berth_arena *arena) {
    char path[PATH_MAX_BYTES];
    size_t len = write_path(r->frame, path, sizeof path);
    const char *copy = berth_arena_text(arena, path, len);
    if (copy == NULL) {
        (void)berth_fail_memory(r->err);
        luax_throw(r->L, r->err);
    }
    return copy;
}

int luax_misuse(luax_reader *r, const char *format, ...) {
    char path[PATH_MAX_BYTES] = "", text[320];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bool placed = write_path(r->frame, path, sizeof path) > 0;
    char all[PATH_MAX_BYTES + sizeof text + 2];
    int n = snprintf(all, sizeof all, "%s%s%s", path, placed ? ": " : "", text);
    berth_text_shorten(all, false);
    luax_push_redacted(r->L, NULL, all, n < 0 ? 0 : strlen(all));
    return luax_argerror(r->L, r->arg, lua_tostring(r->L, -1));
}

int luax_expected(luax_reader *r, int index, const char *expected) {
    return luax_misuse(r, "%s expected, got %s", expected, luaL_typename(r->L, index));
}

void luax_refuse(luax_reader *r, berth_rc rc, const char *format, ...) {
    if (r->err->rc != BERTH_OK) return;
    char path[PATH_MAX_BYTES] = "", text[320];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (write_path(r->frame, path, sizeof path) == 0) {
        (void)berth_fail(r->err, rc, "%s", text);
        return;
    }
    (void)berth_fail(r->err, rc, "%s: %s", path, text);
    berth_err_text(r->err, "parameter", path);
}

/* --- single values ----------------------------------------------------------------------- */

/* Copies the string at `index`, which is one. */
static berth_text copy_text(luax_reader *r, int index) {
    size_t len;
    const char *data = lua_tolstring(r->L, index, &len);
    if (len > LUAX_TEXT_MAX) {
        luax_refuse(r, BERTH_ELIMIT, "a text of %zu bytes is longer than berth accepts", len);
        return (berth_text){"", 0};
    }
    char *copy = berth_arena_text(r->arena, data, len);
    if (copy == NULL) {
        (void)berth_fail_memory(r->err);
        luax_throw(r->L, r->err);
    }
    return (berth_text){copy, len};
}

berth_text luax_read_text(luax_reader *r) {
    if (lua_type(r->L, -1) != LUA_TSTRING) luax_expected(r, -1, "string");
    return copy_text(r, -1);
}

bool luax_read_boolean(luax_reader *r) {
    if (lua_type(r->L, -1) != LUA_TBOOLEAN) luax_expected(r, -1, "boolean");
    return lua_toboolean(r->L, -1);
}

int64_t luax_read_integer(luax_reader *r, int64_t min, int64_t max, berth_rc rc) {
    if (lua_type(r->L, -1) != LUA_TNUMBER) luax_expected(r, -1, "integer");
    int exact;
    lua_Integer value = lua_tointegerx(r->L, -1, &exact);
    if (!exact) {
        luax_refuse(r, rc, "%.14g is not an integer", (double)lua_tonumber(r->L, -1));
        return min;
    }
    if (value < min || value > max) {
        luax_refuse(r, rc, LUA_INTEGER_FMT " is not between " LUA_INTEGER_FMT
                    " and " LUA_INTEGER_FMT, (LUAI_UACINT)value, (LUAI_UACINT)min,
                    (LUAI_UACINT)max);
        return min;
    }
    return value;
}

double luax_read_number(luax_reader *r, berth_rc rc) {
    if (lua_type(r->L, -1) != LUA_TNUMBER) luax_expected(r, -1, "number");
    double value = (double)lua_tonumber(r->L, -1);
    if (!isfinite(value)) {
        luax_refuse(r, rc, "%g is not a finite number", value);
        return 0;
    }
    return value;
}

berth_text luax_read_provider(luax_reader *r, int index) {
    if (lua_type(r->L, index) == LUA_TSTRING) return copy_text(r, index);
    const luax_provider *provider = luax_test(r->L, index, &luax_provider_class);
    if (provider == NULL) {
        luax_expected(r, index, "provider, its uuid or its name"); /* raises */
        return (berth_text){NULL, 0};
    }
    char *copy = berth_arena_text(r->arena, provider->uuid, BERTH_UUID_BYTES);
    if (copy == NULL) {
        (void)berth_fail_memory(r->err);
        luax_throw(r->L, r->err);
    }
    return (berth_text){copy, BERTH_UUID_BYTES};
}

berth_text luax_read_key(luax_reader *r, int index, const char *what) {
    if (lua_type(r->L, index) != LUA_TSTRING) {
        luax_misuse(r, "keys are %s, got a key of type %s", what, luaL_typename(r->L, index));
    }
    return copy_text(r, index);
}

/* --- tables ------------------------------------------------------------------------------ */

static void unknown_key(luax_reader *r, const char *word, const luax_key *keys) {
    berth_quoted shown = berth_quote(word, strlen(word));
    const char *near = luax_nearest(word, keys, sizeof *keys);
    if (near != NULL) luax_misuse(r, "unknown key '%s', did you mean '%s'?", shown.text, near);
    char known[240] = "";
    for (size_t len = 0; keys->name != NULL && len + 1 < sizeof known; keys++) {
        int n = snprintf(known + len, sizeof known - len, "%s%s", len ? ", " : "", keys->name);
        len += n > 0 ? (size_t)n : 0;
    }
    luax_misuse(r, "unknown key '%s', known are %s", shown.text, known);
}

static void read_value(luax_reader *r, const luax_key *key, void *into) {
    void *at = (char *)into + key->offset;
    switch (key->type) {
    case LUAX_TEXT:
        *(berth_text *)at = luax_read_text(r);
        break;
    case LUAX_BOOLEAN:
        *(bool *)at = luax_read_boolean(r);
        break;
    case LUAX_INTEGER:
        *(int64_t *)at = luax_read_integer(r, INT64_MIN, INT64_MAX, BERTH_EINVALID);
        break;
    case LUAX_PROVIDER:
        *(berth_text *)at = luax_read_provider(r, -1);
        break;
    case LUAX_READ:
        key->read(r, at);
        break;
    }
}

static void check_table(luax_reader *r) {
    luaL_checkstack(r->L, SLOTS, "argument nested too deeply");
    if (lua_type(r->L, -1) != LUA_TTABLE) luax_expected(r, -1, "table");
}

void luax_read_table(luax_reader *r, const luax_key *keys, void *into) {
    lua_State *L = r->L;
    check_table(r);
    lua_pushnil(L);
    while (lua_next(L, -2)) { /* table key value */
        if (lua_type(L, -2) != LUA_TSTRING)
            luax_misuse(r, "keys are names, got a key of type %s", luaL_typename(L, -2));
        size_t len; /* compared too: "limit\0x" is not "limit" */
        const char *word = lua_tolstring(L, -2, &len);
        const luax_key *key = keys;
        while (key->name != NULL && (strlen(key->name) != len || memcmp(key->name, word, len) != 0))
            key++;
        if (key->name == NULL) unknown_key(r, word, keys);
        luax_frame frame = {r->frame, key->name, 0};
        r->frame = &frame;
        read_value(r, key, into);
        r->frame = frame.up;
        lua_pop(L, 1);
    }
}

size_t luax_list_length(luax_reader *r) {
    lua_State *L = r->L;
    check_table(r);
    lua_Unsigned length = lua_rawlen(L, -1);
    lua_Unsigned count = 0;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (!lua_isinteger(L, -2))
            luax_misuse(r, "a list expected, got a key of type %s", luaL_typename(L, -2));
        lua_Integer i = lua_tointeger(L, -2);
        if (i < 1 || (lua_Unsigned)i > length)
            luax_misuse(r, "a list without holes expected, got key " LUA_INTEGER_FMT,
                        (LUAI_UACINT)i);
        count++;
        lua_pop(L, 1);
    }
    if (count != length) luax_misuse(r, "a list without holes expected");
    if (count > LUAX_ITEMS_MAX) {
        luax_refuse(r, BERTH_ELIMIT, "a list of more than %d entries", LUAX_ITEMS_MAX);
        return 0;
    }
    return (size_t)count;
}

void luax_read_list(luax_reader *r, size_t count, luax_read_fn read, void *base, size_t size) {
    for (size_t i = 0; i < count; i++) {
        luax_frame frame = {r->frame, NULL, (lua_Integer)i + 1};
        r->frame = &frame;
        lua_rawgeti(r->L, -1, (lua_Integer)i + 1);
        read(r, (char *)base + i * size);
        lua_pop(r->L, 1);
        r->frame = frame.up;
    }
}

void luax_into_text(luax_reader *r, void *into) {
    *(berth_text *)into = luax_read_text(r);
}

void luax_into_provider(luax_reader *r, void *into) {
    *(berth_text *)into = luax_read_provider(r, -1);
}

void luax_into_words(luax_reader *r, void *into) {
    luax_words *words = into;
    words->items = luax_read_texts(r, &words->count);
}

const berth_text *luax_read_texts(luax_reader *r, size_t *count) {
    *count = luax_list_length(r);
    berth_text *texts = luax_take(r, *count, sizeof *texts);
    luax_read_list(r, *count, luax_into_text, texts, sizeof *texts);
    return texts;
}

size_t luax_map_length(luax_reader *r) {
    check_table(r);
    size_t count = 0;
    lua_pushnil(r->L);
    for (; lua_next(r->L, -2); lua_pop(r->L, 1)) count++;
    if (count > LUAX_ITEMS_MAX) {
        luax_refuse(r, BERTH_ELIMIT, "a table of more than %d entries", LUAX_ITEMS_MAX);
        return 0;
    }
    return count;
}

size_t luax_read_map(luax_reader *r, size_t count, luax_read_fn read, void *base, size_t size) {
    lua_State *L = r->L;
    size_t i = 0;
    lua_pushnil(L);
    while (lua_next(L, -2)) { /* table key value */
        if (i == count) {
            lua_pop(L, 2);
            break;
        }
        luax_frame frame = {r->frame, NULL, 0};
        if (lua_type(L, -2) == LUA_TSTRING)
            frame.key = lua_tostring(L, -2);
        else if (lua_isinteger(L, -2))
            frame.index = lua_tointeger(L, -2);
        else
            frame.key = luaL_typename(L, -2);
        r->frame = &frame;
        read(r, (char *)base + i * size);
        r->frame = frame.up;
        lua_pop(L, 1);
        i++;
    }
    return i;
}
