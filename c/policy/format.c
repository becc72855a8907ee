/* format.c - string.format: Lua's conversions but %p, width and precision of two digits. Numbers
 * are padded here rather than by a format made at run time. */
#include "policy/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/builder.h"
#include "policy/library.h"

#define NUMBER_MAX 512 /* the longest: 309 digits, point, 99 decimals */

typedef struct spec {
    bool left, plus, space, alternate, zero;
    int width, precision; /* precision -1: not given */
    char conversion;
} spec;

static const char *read_digits(const char *s, const char *end, int *out) {
    int n = 0;
    for (int i = 0; i < 2 && s < end && *s >= '0' && *s <= '9'; i++) n = n * 10 + (*s++ - '0');
    *out = n;
    return s;
}

static bool read_flag(spec *sp, char c) {
    switch (c) {
    case '-':
        return sp->left = true;
    case '+':
        return sp->plus = true;
    case ' ':
        return sp->space = true;
    case '#':
        return sp->alternate = true;
    case '0':
        return sp->zero = true;
    default:
        return false;
    }
}

/* As in Lua 5.4.4: each conversion has its own flags. */
static bool is_sound(const spec *sp) {
    switch (sp->conversion) {
    case 'c':
        return !sp->plus && !sp->space && !sp->alternate && !sp->zero && sp->precision < 0;
    case 's':
        return !sp->plus && !sp->space && !sp->alternate && !sp->zero;
    case 'd':
    case 'i':
        return !sp->alternate;
    case 'u':
        return !sp->plus && !sp->space && !sp->alternate;
    case 'o':
    case 'x':
    case 'X':
        return !sp->plus && !sp->space;
    case 'q':
        return !sp->left && !sp->plus && !sp->space && !sp->alternate && !sp->zero &&
               sp->width == 0 && sp->precision < 0;
    default:
        return strchr("aAeEfgG", sp->conversion) != NULL;
    }
}

/* Behind a '%': reads one conversion, returns its end. */
static const char *read_spec(lua_State *L, const char *s, const char *end, spec *sp) {
    const char *start = s;
    *sp = (spec){.precision = -1};
    while (s < end && read_flag(sp, *s)) s++;
    s = read_digits(s, end, &sp->width);
    if (s < end && *s == '.') s = read_digits(s + 1, end, &sp->precision);
    sp->conversion = s < end ? *s : '\0';
    if (sp->conversion == '\0' || !is_sound(sp)) {
        size_t len = (size_t)(s - start) + (s < end);
        lua_pushlstring(L, start, len < 10 ? len : 10);
        luaL_error(L, "invalid conversion '%%%s' to 'format'", lua_tostring(L, -1));
    }
    return s + 1;
}

static void fill(berth_builder *b, char c, size_t count) {
    if (count == 0) return;
    memset(berth_builder_room(b, count), c, count);
    b->len += count;
}

/* prefix (sign, 0x), zeros, body, in a field of the spec's width */
static void add_field(berth_builder *b, const spec *sp, const char *prefix, size_t zeros,
                      const char *body, size_t len, bool may_zero) {
    size_t plen = strlen(prefix), total = plen + zeros + len;
    size_t pad = (size_t)sp->width > total ? (size_t)sp->width - total : 0;
    if (pad > 0 && sp->zero && !sp->left && may_zero) {
        zeros += pad;
        pad = 0;
    }
    if (!sp->left) fill(b, ' ', pad);
    berth_builder_add(b, prefix, plen);
    fill(b, '0', zeros);
    berth_builder_add(b, body, len);
    if (sp->left) fill(b, ' ', pad);
}

static void add_integer(berth_builder *b, const spec *sp, lua_Integer n) {
    char digits[32];
    const char *prefix = "";
    lua_Unsigned u = (lua_Unsigned)n;
    switch (sp->conversion) {
    case 'o':
        snprintf(digits, sizeof digits, "%" PRIo64, (uint64_t)u);
        break;
    case 'x':
        snprintf(digits, sizeof digits, "%" PRIx64, (uint64_t)u);
        if (sp->alternate && u != 0) prefix = "0x";
        break;
    case 'X':
        snprintf(digits, sizeof digits, "%" PRIX64, (uint64_t)u);
        if (sp->alternate && u != 0) prefix = "0X";
        break;
    case 'u':
        snprintf(digits, sizeof digits, "%" PRIu64, (uint64_t)u);
        break;
    default:
        prefix = n < 0 ? "-" : sp->plus ? "+" : sp->space ? " " : "";
        snprintf(digits, sizeof digits, "%" PRIu64, (uint64_t)(n < 0 ? 0u - u : u));
    }
    size_t len = strlen(digits), zeros = 0;
    if (sp->precision == 0 && u == 0) len = 0;
    if (sp->precision > 0 && (size_t)sp->precision > len) zeros = (size_t)sp->precision - len;
    if (sp->conversion == 'o' && sp->alternate && zeros == 0 && (len == 0 || digits[0] != '0'))
        zeros = 1;
    add_field(b, sp, prefix, zeros, digits, len, sp->precision < 0);
}

/* A negative precision is the same as none. */
static int print_float(char *out, size_t size, const spec *sp, double n) {
    int p = sp->precision;
    bool alt = sp->alternate;
    switch (sp->conversion) {
    case 'a':
        return alt ? snprintf(out, size, "%#.*a", p, n) : snprintf(out, size, "%.*a", p, n);
    case 'A':
        return alt ? snprintf(out, size, "%#.*A", p, n) : snprintf(out, size, "%.*A", p, n);
    case 'e':
        return alt ? snprintf(out, size, "%#.*e", p, n) : snprintf(out, size, "%.*e", p, n);
    case 'E':
        return alt ? snprintf(out, size, "%#.*E", p, n) : snprintf(out, size, "%.*E", p, n);
    case 'f':
        return alt ? snprintf(out, size, "%#.*f", p, n) : snprintf(out, size, "%.*f", p, n);
    case 'g':
        return alt ? snprintf(out, size, "%#.*g", p, n) : snprintf(out, size, "%.*g", p, n);
    default:
        return alt ? snprintf(out, size, "%#.*G", p, n) : snprintf(out, size, "%.*G", p, n);
    }
}

static void add_float(berth_builder *b, const spec *sp, double n) {
    char text[NUMBER_MAX], prefix[4] = "";
    int got = print_float(text, sizeof text, sp, n);
    berth_charge(b->L, WORK_FORMAT, got / 8);
    const char *body = text;
    size_t len = got > 0 ? (size_t)got : 0, at = 0;
    bool finite = n - n == 0;
    bool negative = *body == '-';
    if (negative) {
        body++;
        len--;
    }
    if (n != n) negative = false; /* machines disagree on the sign of a nan */
    if (negative || sp->plus || sp->space) prefix[at++] = negative ? '-' : sp->plus ? '+' : ' ';
    if (finite && len > 2 && (body[1] == 'x' || body[1] == 'X')) {
        prefix[at++] = body[0];
        prefix[at++] = body[1];
        body += 2;
        len -= 2;
    }
    prefix[at] = '\0';
    add_field(b, sp, prefix, 0, body, len, finite);
}

static void add_quoted(berth_builder *b, const char *s, size_t len) {
    berth_charge(b->L, WORK_FORMAT, (int64_t)(len / 4));
    berth_builder_byte(b, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\' || c == '\n') {
            berth_builder_byte(b, '\\');
            berth_builder_byte(b, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            bool digit = i + 1 < len && s[i + 1] >= '0' && s[i + 1] <= '9';
            char code[4] = {'\\', (char)('0' + c / 100), (char)('0' + c / 10 % 10),
                            (char)('0' + c % 10)};
            size_t skip = digit || c >= 100 ? 0 : c >= 10 ? 1 : 2; /* leading zeros */
            code[skip] = '\\';
            berth_builder_add(b, code + skip, sizeof code - skip);
        } else {
            berth_builder_byte(b, (char)c);
        }
    }
    berth_builder_byte(b, '"');
}

/* %q: text that Lua reads as the same value */
static void add_literal(berth_builder *b, int arg) {
    lua_State *L = b->L;
    size_t len;
    const char *s;
    char text[64];
    switch (lua_type(L, arg)) {
    case LUA_TSTRING:
        s = lua_tolstring(L, arg, &len);
        add_quoted(b, s, len);
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, arg)) {
            lua_Integer n = lua_tointegerx(L, arg, NULL);
            if (n == LUA_MININTEGER)
                snprintf(text, sizeof text, "0x%" PRIx64, (uint64_t)n);
            else
                snprintf(text, sizeof text, "%" PRId64, (int64_t)n);
        } else {
            double n = lua_tonumberx(L, arg, NULL);
            if (n != n)
                snprintf(text, sizeof text, "(0/0)");
            else if (n - n != 0)
                snprintf(text, sizeof text, n > 0 ? "1e9999" : "-1e9999");
            else
                snprintf(text, sizeof text, "%a", n);
        }
        berth_builder_add(b, text, strlen(text));
        return;
    case LUA_TNIL:
        berth_builder_add(b, "nil", 3);
        return;
    case LUA_TBOOLEAN:
        s = lua_toboolean(L, arg) ? "true" : "false";
        berth_builder_add(b, s, strlen(s));
        return;
    default:
        luaL_argerror(L, arg, "value has no literal form");
    }
}

static void add_string(berth_builder *b, const spec *sp, int arg) {
    size_t len;
    berth_tostring(b->L, arg, WORK_FORMAT);
    const char *s = lua_tolstring(b->L, -1, &len);
    if (sp->precision >= 0 && (size_t)sp->precision < len) len = (size_t)sp->precision;
    add_field(b, sp, "", 0, s, len, false);
    lua_pop(b->L, 1);
}

static void add_conversion(berth_builder *b, const spec *sp, int arg) {
    lua_State *L = b->L;
    char c;
    switch (sp->conversion) {
    case 'c':
        c = (char)(unsigned char)berth_arg_integer(L, arg);
        add_field(b, sp, "", 0, &c, 1, false);
        break;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        add_integer(b, sp, berth_arg_integer(L, arg));
        break;
    case 'q':
        add_literal(b, arg);
        break;
    case 's':
        add_string(b, sp, arg);
        break;
    default:
        add_float(b, sp, berth_arg_number(L, arg));
    }
}

int berth_format(lua_State *L) {
    size_t len;
    berth_builder b;
    spec sp;
    int arg = 1, last = lua_gettop(L);
    const char *s = luaL_checklstring(L, 1, &len), *end = s + len;
    berth_charge(L, WORK_FORMAT, 2 + (int64_t)(len / 8));
    luaL_checkstack(L, 8, NULL);
    berth_builder_open(&b, L, WORK_FORMAT);
    while (s < end) {
        const char *mark = memchr(s, '%', (size_t)(end - s));
        if (!mark) break;
        berth_builder_add(&b, s, (size_t)(mark - s));
        if (mark + 1 < end && mark[1] == '%') {
            berth_builder_byte(&b, '%');
            s = mark + 2;
            continue;
        }
        s = read_spec(L, mark + 1, end, &sp);
        if (++arg > last) luaL_argerror(L, arg, "no value");
        berth_charge(L, WORK_FORMAT, 4);
        add_conversion(&b, &sp, arg);
    }
    berth_builder_add(&b, s, (size_t)(end - s));
    berth_builder_push(&b);
    return 1;
}
