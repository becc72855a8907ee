/* string.c - the string library as a policy sees it: ASCII alone, no dump, no pack, numbers for
 * strings in arithmetic as in Lua. string.format is format.c's, matching pattern.c's. */
#include <string.h>

#include "policy/builder.h"
#include "policy/format.h"
#include "policy/library.h"
#include "policy/pattern.h"

#define BYTES_MAX 16384 /* values that string.byte may return */

/* The string at arg; the function pays for reading it. */
static const char *arg_string(lua_State *L, int arg, size_t *len) {
    return luaL_checklstring(L, arg, len);
}

/* A start position: from 1, never below. */
static size_t start_position(lua_Integer pos, size_t len) {
    if (pos > 0) return (size_t)pos;
    if (pos == 0 || pos < -(lua_Integer)len) return 1;
    return len + (size_t)pos + 1;
}

static size_t end_position(lua_Integer pos, size_t len) {
    if (pos > (lua_Integer)len) return len;
    if (pos >= 0) return (size_t)pos;
    return pos < -(lua_Integer)len ? 0 : len + (size_t)pos + 1;
}

static int string_len(lua_State *L) {
    size_t len;
    berth_charge(L, WORK_STRING, 1);
    arg_string(L, 1, &len);
    lua_pushinteger(L, (lua_Integer)len);
    return 1;
}

static int string_sub(lua_State *L) {
    size_t len;
    berth_charge(L, WORK_STRING, 1);
    const char *s = arg_string(L, 1, &len);
    size_t start = start_position(berth_arg_integer(L, 2), len);
    size_t end = end_position(berth_arg_integer_or(L, 3, -1), len);
    if (start > end)
        lua_pushliteral(L, "");
    else
        lua_pushlstring(L, s + start - 1, end - start + 1);
    return 1;
}

static int string_byte(lua_State *L) {
    size_t len;
    berth_charge(L, WORK_STRING, 1);
    const char *s = arg_string(L, 1, &len);
    lua_Integer pos = berth_arg_integer_or(L, 2, 1);
    size_t start = start_position(pos, len);
    size_t end = end_position(berth_arg_integer_or(L, 3, pos), len);
    if (start > end) return 0;
    size_t count = end - start + 1;
    if (count > BYTES_MAX) return luaL_error(L, "string slice too long");
    berth_charge(L, WORK_STRING, (int64_t)(count / 4));
    luaL_checkstack(L, (int)count, "string slice too long");
    for (size_t i = 0; i < count; i++) lua_pushinteger(L, (unsigned char)s[start - 1 + i]);
    return (int)count;
}

static int string_char(lua_State *L) {
    berth_builder b;
    int count = lua_gettop(L);
    berth_charge(L, WORK_STRING, 1 + count / 4);
    luaL_checkstack(L, 4, NULL);
    berth_builder_open(&b, L, WORK_STRING);
    for (int i = 1; i <= count; i++) {
        lua_Unsigned c = (lua_Unsigned)berth_arg_integer(L, i);
        luaL_argcheck(L, c <= 0xff, i, "value out of range");
        berth_builder_byte(&b, (char)(unsigned char)c);
    }
    berth_builder_push(&b);
    return 1;
}

typedef char (*map_byte)(char c);

static char lower_byte(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static char upper_byte(char c) {
    return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

static int map_string(lua_State *L, map_byte map) {
    size_t len;
    berth_builder b;
    const char *s = arg_string(L, 1, &len);
    berth_charge(L, WORK_STRING, 1 + (int64_t)(len / 8));
    berth_builder_open(&b, L, WORK_STRING);
    char *out = berth_builder_room(&b, len);
    for (size_t i = 0; i < len; i++) out[i] = map(s[i]);
    b.len = len;
    berth_builder_push(&b);
    return 1;
}

static int string_lower(lua_State *L) {
    return map_string(L, lower_byte);
}

static int string_upper(lua_State *L) {
    return map_string(L, upper_byte);
}

static int string_reverse(lua_State *L) {
    size_t len;
    berth_builder b;
    const char *s = arg_string(L, 1, &len);
    berth_charge(L, WORK_STRING, 1 + (int64_t)(len / 8));
    berth_builder_open(&b, L, WORK_STRING);
    char *out = berth_builder_room(&b, len);
    for (size_t i = 0; i < len; i++) out[i] = s[len - 1 - i];
    b.len = len;
    berth_builder_push(&b);
    return 1;
}

/* Copies of a and its separator alternate; doubling what is there keeps it quick. */
static void fill_repeated(char *out, size_t total, const char *s, size_t len, const char *sep,
                          size_t slen) {
    size_t done = 0, unit = len + slen;
    while (done < total && done < unit) {
        const char *from = done < len ? s : sep;
        size_t n = done < len ? len : slen;
        if (n > total - done) n = total - done;
        memcpy(out + done, from, n);
        done += n;
    }
    while (done < total) {
        size_t n = done - done % unit;
        if (n > total - done) n = total - done;
        memcpy(out + done, out, n);
        done += n;
    }
}

static int string_rep(lua_State *L) {
    size_t len, slen = 0;
    berth_builder b;
    berth_charge(L, WORK_REP, 2);
    const char *s = arg_string(L, 1, &len);
    lua_Integer n = berth_arg_integer(L, 2);
    const char *sep = lua_isnoneornil(L, 3) ? "" : arg_string(L, 3, &slen);
    if (n <= 0 || len + slen == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (len + slen < len || (size_t)n > (size_t)PTRDIFF_MAX / 2 / (len + slen))
        return luaL_error(L, "resulting string too large");
    size_t total = (size_t)n * (len + slen) - slen;
    berth_charge_bytes(L, WORK_REP, total);
    berth_builder_open(&b, L, WORK_REP);
    char *out = berth_builder_room(&b, total);
    fill_repeated(out, total, s, len, sep, slen);
    b.len = total;
    berth_builder_push(&b);
    return 1;
}

/* --- matching ---------------------------------------------------------------------------- */

static int find_or_match(lua_State *L, berth_work work, bool find) {
    size_t len, plen;
    berth_matcher m;
    berth_charge(L, work, 2);
    const char *s = arg_string(L, 1, &len);
    const char *p = arg_string(L, 2, &plen);
    size_t start = start_position(berth_arg_integer_or(L, 3, 1), len) - 1;
    if (start > len) {
        luaL_pushfail(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || berth_pattern_is_plain(p, plen))) {
        const char *hit = berth_find_plain(L, work, s + start, len - start, p, plen);
        if (!hit) {
            luaL_pushfail(L);
            return 1;
        }
        lua_pushinteger(L, hit - s + 1);
        lua_pushinteger(L, hit - s + (ptrdiff_t)plen);
        return 2;
    }
    bool anchored = plen > 0 && *p == '^';
    berth_matcher_open(&m, L, work, s, len, p, plen);
    for (const char *at = s + start; at <= m.subject_end; at++) {
        m.ncaptures = 0;
        const char *end = berth_matcher_try(&m, at, p + anchored);
        if (end) {
            berth_matcher_pay(&m);
            if (!find) return berth_matcher_push(&m, at, end, true);
            lua_pushinteger(L, at - s + 1);
            lua_pushinteger(L, end - s);
            return 2 + berth_matcher_push(&m, NULL, NULL, false);
        }
        if (anchored) break;
    }
    berth_matcher_pay(&m);
    luaL_pushfail(L);
    return 1;
}

static int string_find(lua_State *L) {
    return find_or_match(L, WORK_FIND, true);
}

static int string_match(lua_State *L) {
    return find_or_match(L, WORK_MATCH, false);
}

/* upvalues: subject, pattern, where to go on (from 0), where the last match ended or -1 */
static int gmatch_step(lua_State *L) {
    size_t len, plen;
    berth_matcher m;
    berth_charge(L, WORK_GMATCH, 2);
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &len);
    const char *p = lua_tolstring(L, lua_upvalueindex(2), &plen);
    size_t start = (size_t)lua_tointegerx(L, lua_upvalueindex(3), NULL);
    lua_Integer last = lua_tointegerx(L, lua_upvalueindex(4), NULL);
    if (start > len) return 0;
    berth_matcher_open(&m, L, WORK_GMATCH, s, len, p, plen);
    for (const char *at = s + start; at <= m.subject_end; at++) {
        m.ncaptures = 0;
        const char *end = berth_matcher_try(&m, at, p);
        if (!end || end - s == last) continue;
        berth_matcher_pay(&m);
        lua_pushinteger(L, end - s);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return berth_matcher_push(&m, at, end, true);
    }
    berth_matcher_pay(&m);
    lua_pushinteger(L, (lua_Integer)len + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int string_gmatch(lua_State *L) {
    size_t len;
    berth_charge(L, WORK_GMATCH, 2);
    arg_string(L, 1, &len);
    arg_string(L, 2, NULL);
    size_t start = start_position(berth_arg_integer_or(L, 3, 1), len) - 1;
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(start > len ? len + 1 : start));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_step, 4);
    return 1;
}

/* --- gsub -------------------------------------------------------------------------------- */

/* Adds the replacement text at arg 3 with its %0..%9 filled in. */
static void add_template(berth_matcher *m, berth_builder *b, const char *s, const char *e) {
    size_t len;
    const char *text = lua_tolstring(m->L, 3, &len), *end = text + len;
    berth_charge_bytes(m->L, WORK_GSUB, len);
    while (text < end) {
        const char *mark = memchr(text, '%', (size_t)(end - text));
        if (!mark) break;
        berth_builder_add(b, text, (size_t)(mark - text));
        char c = mark + 1 < end ? mark[1] : '\0';
        if (c == '%') {
            berth_builder_byte(b, c);
        } else if (c == '0') {
            berth_builder_add(b, s, (size_t)(e - s));
        } else if (c >= '1' && c <= '9') {
            size_t got;
            berth_matcher_push_one(m, c - '1', s, e);
            const char *capture = lua_tolstring(m->L, -1, &got);
            berth_builder_add(b, capture, got);
            lua_pop(m->L, 1);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
        text = mark + 2;
    }
    if (text < end) berth_builder_add(b, text, (size_t)(end - text));
}

/* Adds what table or function at arg 3 answers for the match; false: the match itself stays. */
static bool add_answer(berth_matcher *m, berth_builder *b, const char *s, const char *e, int type) {
    lua_State *L = m->L;
    if (type == LUA_TTABLE) {
        berth_matcher_push_one(m, 0, s, e);
        lua_gettable(L, 3);
    } else {
        lua_pushvalue(L, 3);
        int count = berth_matcher_push(m, s, e, true);
        lua_call(L, count, 1);
    }
    berth_charge(L, WORK_GSUB, 1);
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        return false;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    berth_builder_add(b, text, len);
    lua_pop(L, 1);
    return true;
}

static void add_replacement(berth_matcher *m, berth_builder *b, const char *s, const char *e,
                            int type) {
    if (type == LUA_TTABLE || type == LUA_TFUNCTION) {
        if (!add_answer(m, b, s, e, type)) berth_builder_add(b, s, (size_t)(e - s));
    } else {
        add_template(m, b, s, e);
    }
}

static int string_gsub(lua_State *L) {
    size_t len, plen;
    berth_matcher m;
    berth_builder b;
    berth_charge(L, WORK_GSUB, 4);
    const char *s = arg_string(L, 1, &len);
    const char *p = arg_string(L, 2, &plen);
    int type = lua_type(L, 3);
    lua_Integer most = berth_arg_integer_or(L, 4, (lua_Integer)len + 1), count = 0;
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    lua_settop(L, 4);
    if (type == LUA_TNUMBER) lua_tolstring(L, 3, NULL);
    bool anchored = plen > 0 && *p == '^';
    const char *at = s, *last = NULL;
    berth_matcher_open(&m, L, WORK_GSUB, s, len, p, plen);
    berth_builder_open(&b, L, WORK_GSUB);
    while (count < most) {
        m.ncaptures = 0;
        const char *end = berth_matcher_try(&m, at, p + anchored);
        if (end && end != last) {
            count++;
            add_replacement(&m, &b, at, end, type);
            at = last = end;
        } else if (at < m.subject_end) {
            berth_builder_byte(&b, *at++);
        } else {
            break;
        }
        if (anchored) break;
    }
    berth_matcher_pay(&m);
    berth_builder_add(&b, at, (size_t)(m.subject_end - at));
    berth_builder_push(&b);
    lua_pushinteger(L, count);
    return 2;
}

/* --- arithmetic on strings --------------------------------------------------------------- */

/* Pushes the number that the argument is or spells; false with nothing pushed otherwise. */
static bool push_number(lua_State *L, int arg) {
    if (lua_type(L, arg) == LUA_TNUMBER) {
        lua_pushvalue(L, arg);
        return true;
    }
    size_t len;
    const char *s = lua_type(L, arg) == LUA_TSTRING ? lua_tolstring(L, arg, &len) : NULL;
    return s && len <= 64 && lua_stringtonumber(L, s) == len + 1;
}

static int arithmetic(lua_State *L, int op, const char *event) {
    berth_charge(L, WORK_STRING, 2);
    lua_settop(L, 2);
    if (push_number(L, 1) && push_number(L, 2)) {
        lua_arith(L, op);
        return 1;
    }
    lua_settop(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING && berth_metafield(L, 2, event)) { /* a b f */
        lua_insert(L, 1);
        lua_call(L, 2, 1);
        return 1;
    }
    return luaL_error(L, "attempt to %s a '%s' with a '%s'", event + 2, luaL_typename(L, 1),
                      luaL_typename(L, 2));
}

#define ARITHMETIC(X)                                                                              \
    X(add, LUA_OPADD)                                                                              \
    X(sub, LUA_OPSUB) X(mul, LUA_OPMUL) X(mod, LUA_OPMOD) X(pow, LUA_OPPOW) X(div, LUA_OPDIV)      \
        X(idiv, LUA_OPIDIV)
#define X(name, op)                                                                                \
    static int arith_##name(lua_State *L) {                                                        \
        return arithmetic(L, op, "__" #name);                                                      \
    }
ARITHMETIC(X)
#undef X

static int arith_unm(lua_State *L) {
    berth_charge(L, WORK_STRING, 2);
    if (!push_number(L, 1)) return luaL_error(L, "attempt to unm a 'string'");
    lua_arith(L, LUA_OPUNM);
    return 1;
}

void berth_library_string(lua_State *L) {
    static const luaL_Reg functions[] = {{"byte", string_byte},       {"char", string_char},
                                         {"find", string_find},       {"format", berth_format},
                                         {"gmatch", string_gmatch},   {"gsub", string_gsub},
                                         {"len", string_len},         {"lower", string_lower},
                                         {"match", string_match},     {"rep", string_rep},
                                         {"reverse", string_reverse}, {"sub", string_sub},
                                         {"upper", string_upper},     {NULL, NULL}};
    static const luaL_Reg meta[] = {
#define X(name, op) {"__" #name, arith_##name},
        ARITHMETIC(X)
#undef X
            {"__unm", arith_unm},
        {NULL, NULL}};
    berth_library_new(L, "string", functions, 0); /* string */
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 10); /* string "" metatable */
    berth_library_add(L, meta);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 2);
}
