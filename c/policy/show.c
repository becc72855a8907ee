/* show.c - see show.h. */
#include "policy/show.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "policy/builder.h"
#include "policy/library.h"
#include "policy/order.h"

#define DEPTH_MAX 6
#define ENTRIES_MAX 64

/* --- escaping ---------------------------------------------------------------------------- */

/* Length of the well-formed character at s, 0 when it is none. */
static size_t character(const unsigned char *s, size_t left, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
    if (len == 0 || len > left || s[0] > 0xf4) return 0;
    uint32_t c = len == 1 ? s[0] : s[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return 0;
    *code = c;
    return len;
}

/* Would it move the cursor, break the line or turn the direction? */
static bool disturbs(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* One character or byte of text made harmless: at most 12 bytes into out. */
static size_t escape(const unsigned char *s, size_t left, char out[16], size_t *used) {
    static const char letters[] = "abtnvfr";
    uint32_t c = 0;
    size_t len = character(s, left, &c);
    if (len == 0) {
        *used = 1;
        return (size_t)snprintf(out, 16, "\\x%02x", s[0]);
    }
    *used = len;
    if (!disturbs(c)) {
        memcpy(out, s, len);
        return len;
    }
    if (c >= 7 && c <= 13) return (size_t)snprintf(out, 16, "\\%c", letters[c - 7]);
    if (len == 1) return (size_t)snprintf(out, 16, "\\x%02x", s[0]);
    return (size_t)snprintf(out, 16, "\\u{%x}", (unsigned)c);
}

size_t berth_show_text(char *out, size_t size, const char *text, size_t len) {
    const unsigned char *s = (const unsigned char *)text;
    size_t filled = 0, safe = 0; /* safe: up to where "..." still fits behind */
    for (size_t i = 0; i < len;) {
        char piece[16];
        size_t used, got = escape(s + i, len - i, piece, &used);
        if (filled + got + 1 > size) {
            memcpy(out + safe, "...", 4);
            return safe + 3;
        }
        memcpy(out + filled, piece, got);
        filled += got;
        i += used;
        if (filled + 4 <= size) safe = filled;
    }
    out[filled] = '\0';
    return filled;
}

size_t berth_show_error(lua_State *L, int index, char *out, size_t size) {
    int type = lua_type(L, index);
    if (type == LUA_TSTRING) {
        size_t len;
        const char *text = lua_tolstring(L, index, &len);
        return berth_show_text(out, size, text, len);
    }
    int len;
    if (type == LUA_TNUMBER && lua_isinteger(L, index))
        len = snprintf(out, size, "%lld", (long long)lua_tointegerx(L, index, NULL));
    else if (type == LUA_TNUMBER)
        len = snprintf(out, size, "%.14g", lua_tonumberx(L, index, NULL));
    else
        len = snprintf(out, size, "an error that is a %s, not a text", lua_typename(L, type));
    return len > 0 ? (size_t)len : 0;
}

/* --- values ------------------------------------------------------------------------------ */

static void add(berth_builder *b, size_t max, const char *text, size_t len) {
    if (b->len < max) berth_builder_add(b, text, len);
}

static void add_string(berth_builder *b, size_t max, const char *text, size_t len) {
    size_t before = b->len;
    berth_charge_bytes(b->L, WORK_HOST, len < max ? len : max);
    for (size_t i = 0; i < len && b->len - before < max;) {
        char piece[16];
        size_t used, got = escape((const unsigned char *)text + i, len - i, piece, &used);
        berth_builder_add(b, piece, got);
        i += used;
        if (i < len && b->len - before >= max) berth_builder_add(b, "...", 3);
    }
}

static void add_value(berth_builder *b, int index, int depth, size_t max);

/* `[key] =`, or nothing for the positions of a sequence. */
static void add_key(berth_builder *b, int index, lua_Integer place, size_t max) {
    lua_State *L = b->L;
    if (lua_isinteger(L, index) && lua_tointegerx(L, index, NULL) == place) return;
    bool plain = lua_type(L, index) == LUA_TSTRING;
    if (!plain) add(b, max, "[", 1);
    add_value(b, index, DEPTH_MAX, max);
    if (!plain) add(b, max, "]", 1);
    add(b, max, " = ", 3);
}

static void add_table(berth_builder *b, int index, int depth, size_t max) {
    lua_State *L = b->L;
    if (depth >= DEPTH_MAX) {
        add(b, max, "{...}", 5);
        return;
    }
    luaL_checkstack(L, 8, NULL);
    lua_pushvalue(L, index);
    int t = lua_gettop(L);
    berth_arg_readable(L, t); /* t */
    bool sequence;
    size_t count = berth_order_keys(L, t, false, &sequence); /* t keys */
    int keys = t + 1;
    add(b, max, "{", 1);
    for (size_t i = 1; i <= count && b->len < max; i++) {
        if (i > 1) add(b, max, ", ", 2);
        if (i > ENTRIES_MAX) {
            add(b, max, "...", 3);
            break;
        }
        if (sequence)
            lua_pushinteger(L, (lua_Integer)i);
        else
            lua_rawgeti(L, keys, (lua_Integer)i); /* t keys key */
        lua_pushvalue(L, -1);
        lua_rawget(L, t); /* t keys key value */
        int value = lua_gettop(L);
        add_key(b, value - 1, (lua_Integer)i, max);
        add_value(b, value, depth + 1, max);
        lua_settop(L, keys);
    }
    add(b, max, "}", 1);
    lua_settop(L, t - 1);
}

static void add_value(berth_builder *b, int index, int depth, size_t max) {
    lua_State *L = b->L;
    size_t len;
    const char *text;
    berth_charge(L, WORK_HOST, 1);
    if (b->len >= max) return;
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &len);
        add_string(b, max, text, len);
        break;
    case LUA_TTABLE:
        add_table(b, index, depth, max);
        break;
    case LUA_TNUMBER: /* a copy: lua_tolstring turns the value itself into a string */
        lua_pushvalue(L, index);
        berth_tostring(L, lua_gettop(L), WORK_HOST);
        text = lua_tolstring(L, -1, &len);
        berth_builder_add(b, text, len);
        lua_pop(L, 2);
        break;
    case LUA_TBOOLEAN:
        text = lua_toboolean(L, index) ? "true" : "false";
        berth_builder_add(b, text, strlen(text));
        break;
    default: /* a userdata is the host's and may have a name */
        if (lua_type(L, index) == LUA_TUSERDATA && berth_metafield(L, index, "__name")) {
            text = lua_tolstring(L, -1, &len);
            berth_builder_add(b, text ? text : "?", text ? len : 1);
            lua_pop(L, 1);
            break;
        }
        text = lua_typename(L, lua_type(L, index));
        berth_builder_add(b, text, strlen(text));
    }
}

void berth_show_value(lua_State *L, int index, size_t max) {
    berth_builder b;
    index = lua_absindex(L, index);
    berth_builder_open(&b, L, WORK_HOST); /* slot */
    add_value(&b, index, 0, max);
    berth_builder_push(&b); /* slot text */
    lua_remove(L, -2);      /* text */
}
