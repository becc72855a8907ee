/* utf8.c - the utf8 library as a policy sees it: what Lua 5.4 says, without its 5.4.4 fault of
 * taking stray continuation bytes in utf8.codes, charged by the byte. */
#include <string.h>

#include "policy/builder.h"
#include "policy/library.h"

#define POINTS_MAX 16384 /* values that utf8.codepoint may return */
#define UNICODE_MAX 0x10ffffu
#define UTF_MAX 0x7fffffffu

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xc0u) == 0x80u;
}

/* The sequence at s (s < end): its length and code, 0 when it is not well-formed. */
static size_t decode(const char *s, const char *end, bool strict, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    unsigned char lead = (unsigned char)*s;
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t len = lead >= 0xfe   ? 0
                 : lead >= 0xfc ? 6
                 : lead >= 0xf8 ? 5
                 : lead >= 0xf0 ? 4
                 : lead >= 0xe0 ? 3
                 : lead >= 0xc0 ? 2
                                : 0;
    if (len == 0 || (size_t)(end - s) < len) return 0;
    uint32_t c = lead & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (!is_continuation(s[i])) return 0;
        c = c << 6 | ((unsigned char)s[i] & 0x3fu);
    }
    if (c < least[len]) return 0;
    if (strict && (c > UNICODE_MAX || (c >= 0xd800 && c <= 0xdfff))) return 0;
    *code = c;
    return len;
}

/* Offset from 0 of a position from 1 or, below 0, from behind; -1 or above len when it is out of
 * range. */
static lua_Integer offset_of(lua_Integer pos, size_t len) {
    if (pos >= 0) return pos - 1;
    return pos < -(lua_Integer)len ? -1 : (lua_Integer)len + pos;
}

static int utf8_len(lua_State *L) {
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len), *end = s + len;
    lua_Integer from = offset_of(berth_arg_integer_or(L, 2, 1), len);
    lua_Integer to = offset_of(berth_arg_integer_or(L, 3, -1), len);
    bool strict = !lua_toboolean(L, 4);
    lua_Integer count = 0;
    luaL_argcheck(L, from >= 0 && from <= (lua_Integer)len, 2, "initial position out of bounds");
    luaL_argcheck(L, to < (lua_Integer)len, 3, "final position out of bounds");
    berth_charge(L, WORK_UTF8, 1 + (to >= from ? (to - from) / 4 : 0));
    while (from <= to) {
        uint32_t code;
        size_t got = decode(s + from, end, strict, &code);
        if (got == 0) {
            luaL_pushfail(L);
            lua_pushinteger(L, from + 1);
            return 2;
        }
        from += (lua_Integer)got;
        count++;
    }
    lua_pushinteger(L, count);
    return 1;
}

static int utf8_codepoint(lua_State *L) {
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len), *end = s + len;
    lua_Integer pos = berth_arg_integer_or(L, 2, 1);
    lua_Integer from = offset_of(pos, len);
    lua_Integer to = offset_of(berth_arg_integer_or(L, 3, pos), len);
    bool strict = !lua_toboolean(L, 4);
    berth_charge(L, WORK_UTF8, 1);
    luaL_argcheck(L, from >= 0, 2, "out of bounds");
    luaL_argcheck(L, to < (lua_Integer)len, 3, "out of bounds");
    if (from > to) return 0;
    if (to - from >= POINTS_MAX) return luaL_error(L, "string slice too long");
    berth_charge(L, WORK_UTF8, (to - from) / 2);
    luaL_checkstack(L, (int)(to - from) + 1, "string slice too long");
    int count = 0;
    while (from <= to) {
        uint32_t code;
        size_t got = decode(s + from, end, strict, &code);
        if (got == 0) return luaL_error(L, "invalid UTF-8 code");
        lua_pushinteger(L, code);
        from += (lua_Integer)got;
        count++;
    }
    return count;
}

static size_t encode(uint32_t code, char out[8]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800       ? 2
                 : code < 0x10000   ? 3
                 : code < 0x200000  ? 4
                 : code < 0x4000000 ? 5
                                    : 6;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(unsigned char)(0x80u | (code & 0x3fu));
        code >>= 6;
    }
    out[0] = (char)(unsigned char)((0xff00u >> len & 0xffu) | code);
    return len;
}

static int utf8_char(lua_State *L) {
    berth_builder b;
    int count = lua_gettop(L);
    berth_charge(L, WORK_UTF8, 1 + count / 2);
    luaL_checkstack(L, 4, NULL);
    berth_builder_open(&b, L, WORK_UTF8);
    for (int i = 1; i <= count; i++) {
        char out[8];
        lua_Unsigned code = (lua_Unsigned)berth_arg_integer(L, i);
        luaL_argcheck(L, code <= UTF_MAX, i, "value out of range");
        berth_builder_add(&b, out, encode((uint32_t)code, out));
    }
    berth_builder_push(&b);
    return 1;
}

/* Steps n characters forward (n > 0) or back from offset pos; -1 when the string ends first. */
static lua_Integer step_characters(const char *s, lua_Integer len, lua_Integer pos, lua_Integer n) {
    while (n < 0 && pos > 0) {
        do {
            pos--;
        } while (pos > 0 && is_continuation(s[pos]));
        n++;
    }
    while (n > 0 && pos < len) {
        do {
            pos++;
        } while (pos < len && is_continuation(s[pos]));
        n--;
    }
    return n == 0 ? pos : -1;
}

static int utf8_offset(lua_State *L) {
    size_t size;
    const char *s = luaL_checklstring(L, 1, &size);
    lua_Integer len = (lua_Integer)size, n = berth_arg_integer(L, 2);
    lua_Integer pos = offset_of(berth_arg_integer_or(L, 3, n >= 0 ? 1 : len + 1), size);
    luaL_argcheck(L, pos >= 0 && pos <= len, 3, "position out of bounds");
    berth_charge(L, WORK_UTF8, 1 + (n < 0 ? pos : len - pos) / 4);
    if (n == 0) {
        while (pos > 0 && pos < len && is_continuation(s[pos])) pos--;
    } else {
        if (pos < len && is_continuation(s[pos]))
            return luaL_error(L, "initial position is a continuation byte");
        pos = step_characters(s, len, pos, n > 0 ? n - 1 : n);
    }
    if (pos < 0)
        luaL_pushfail(L);
    else
        lua_pushinteger(L, pos + 1);
    return 1;
}

static int codes_step(lua_State *L, bool strict) {
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Unsigned at = (lua_Unsigned)berth_arg_integer(L, 2);
    uint32_t code;
    berth_charge(L, WORK_UTF8, 1);
    if (at > 0) { /* behind the character that begins at position `at` */
        size_t behind = 0;
        while (at < len && is_continuation(s[at])) {
            at++;
            if (++behind % 32 == 0) berth_charge(L, WORK_UTF8, 8);
        }
    }
    if (at >= len) return 0;
    size_t got = decode(s + at, s + len, strict, &code);
    if (got == 0 || (at + got < len && is_continuation(s[at + got])))
        return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, (lua_Integer)at + 1);
    lua_pushinteger(L, code);
    return 2;
}

static int codes_step_strict(lua_State *L) {
    return codes_step(L, true);
}

static int codes_step_lax(lua_State *L) {
    return codes_step(L, false);
}

static int utf8_codes(lua_State *L) {
    berth_charge(L, WORK_UTF8, 1);
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len == 0 || !is_continuation(*s), 1, "invalid UTF-8 code");
    lua_pushcfunction(L, lua_toboolean(L, 2) ? codes_step_lax : codes_step_strict);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

void berth_library_utf8(lua_State *L) {
    static const luaL_Reg functions[] = {{"char", utf8_char},     {"codepoint", utf8_codepoint},
                                         {"codes", utf8_codes},   {"len", utf8_len},
                                         {"offset", utf8_offset}, {NULL, NULL}};
    berth_library_new(L, "utf8", functions, 1);
    lua_pushlstring(L, "[\0-\x7F\xC2-\xFD][\x80-\xBF]*", 14);
    lua_setfield(L, -2, "charpattern");
    lua_pop(L, 1);
}
