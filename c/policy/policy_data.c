/* policy_data.c - see policy_data.h.
 *
 * A value is a tag and what belongs to it: 'n' nil, 'f' and 't' booleans, 'i' and 'd' numbers of
 * eight bytes, 's' a length of four and the bytes, 'T' two counts of four (keys from 1 on without
 * a hole, all others) and then so many pairs, ascending by the bytes of their keys. */
#include "policy/policy_data.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"

#define ENTRIES_MAX UINT32_C(1000000) /* of one table */

void berth_data_init(berth_data *data, berth_mem mem) {
    *data = (berth_data){.mem = mem};
}

void berth_data_free(berth_data *data) {
    berth_free(&data->mem, data->bytes, data->cap);
    berth_data_init(data, data->mem);
}

berth_rc berth_data_copy(berth_data *to, const berth_data *from, berth_err *err) {
    berth_data_free(to);
    if (from == NULL || from->len == 0) return BERTH_OK;
    to->bytes = berth_alloc(&to->mem, from->len);
    if (to->bytes == NULL) return berth_fail_memory(err);
    memcpy(to->bytes, from->bytes, from->len);
    to->len = to->cap = from->len;
    return BERTH_OK;
}

/* --- writing ----------------------------------------------------------------------------- */

/* Makes room; false after a failure, which lasts. */
static bool room(berth_data *data, size_t more) {
    if (data->failure != BERTH_OK) return false;
    if (data->len + more <= data->cap && more <= data->cap) return true;
    if (more > BERTH_DATA_BYTES - data->len) {
        data->failure = BERTH_ELIMIT;
        return false;
    }
    size_t cap = data->cap * 2 > data->len + more ? data->cap * 2 : data->len + more + 64;
    void *bytes = berth_realloc(&data->mem, data->bytes, data->cap, cap);
    if (bytes == NULL) {
        data->failure = BERTH_ENOMEM;
        return false;
    }
    data->bytes = bytes;
    data->cap = cap;
    return true;
}

static berth_rc tell_failure(const berth_data *data, berth_err *err) {
    if (data->failure == BERTH_ENOMEM) return berth_fail_memory(err);
    if (data->failure == BERTH_ELIMIT)
        return berth_fail(err, BERTH_ELIMIT, "the data is larger than %zu bytes",
                          BERTH_DATA_BYTES);
    return data->failure;
}

/* Most significant byte first, so that bytes compare as numbers do. */
static void put(berth_data *data, uint64_t value, int size) {
    for (int i = size - 1; i >= 0; i--)
        data->bytes[data->len++] = (unsigned char)(value >> (8 * i) & 0xff);
}

static void put_tag(berth_data *data, char tag) {
    if (room(data, 1)) data->bytes[data->len++] = (unsigned char)tag;
}

static void put_number(berth_data *data, char tag, uint64_t value) {
    if (!room(data, 9)) return;
    put_tag(data, tag);
    put(data, value, 8);
}

static uint64_t integer_bits(int64_t value) {
    return (uint64_t)value ^ UINT64_C(1) << 63;
}

static void put_text(berth_data *data, const char *text, size_t len) {
    if (!room(data, len) || !room(data, len + 5)) return;
    put_tag(data, 's');
    put(data, len, 4);
    memcpy(data->bytes + data->len, text, len);
    data->len += len;
}

berth_data_table berth_data_open(berth_data *data) {
    berth_data_table table = {.head = data->len};
    if (room(data, 9)) data->len += 9;
    return table;
}

void berth_data_close(berth_data *data, const berth_data_table *table) {
    if (data->failure != BERTH_OK) return;
    size_t end = data->len;
    data->len = table->head;
    put_tag(data, 'T');
    put(data, table->sequence, 4);
    put(data, table->others, 4);
    data->len = end;
}

void berth_data_key(berth_data *data, berth_data_table *table, const char *key) {
    table->others++;
    put_text(data, key, strlen(key));
}

void berth_data_place(berth_data *data, berth_data_table *table) {
    put_number(data, 'i', integer_bits(++table->sequence));
}

void berth_data_integer(berth_data *data, int64_t value) {
    put_number(data, 'i', integer_bits(value));
}

void berth_data_text(berth_data *data, const char *text) {
    put_text(data, text, strlen(text));
}

void berth_data_string(berth_data *data, const char *text, size_t len) {
    put_text(data, text, len);
}

void berth_data_append(berth_data *data, const berth_data *value) {
    if (value->len == 0 || !room(data, value->len)) return;
    memcpy(data->bytes + data->len, value->bytes, value->len);
    data->len += value->len;
}

void berth_data_set_integer(berth_data *data, berth_data_table *table, const char *key,
                            int64_t value) {
    berth_data_key(data, table, key);
    berth_data_integer(data, value);
}

void berth_data_set_text(berth_data *data, berth_data_table *table, const char *key,
                         const char *text) {
    if (text == NULL) return;
    berth_data_key(data, table, key);
    berth_data_text(data, text);
}

berth_rc berth_data_finish(berth_data *data, berth_err *err) {
    berth_rc rc = tell_failure(data, err);
    if (rc != BERTH_OK) berth_data_free(data);
    return rc;
}

/* --- reading ----------------------------------------------------------------------------- */

/* One pair of a table while its bytes are being put in order. */
typedef struct piece {
    size_t at, len; /* in the block */
    const unsigned char *bytes;
} piece;

typedef struct reader {
    lua_State *L;
    berth_data *data;
    piece *pieces; /* of all tables that are open, innermost last; owned */
    size_t npieces, cap_pieces;
    berth_err *err;
} reader;

static berth_rc put_scalar(reader *r, int index, int type) {
    lua_State *L = r->L;
    if (type == LUA_TNUMBER && lua_isinteger(L, index)) {
        put_number(r->data, 'i', integer_bits(lua_tointegerx(L, index, NULL)));
    } else if (type == LUA_TNUMBER) {
        double number = lua_tonumberx(L, index, NULL);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        put_number(r->data, 'd', bits);
    } else if (type == LUA_TSTRING) {
        size_t len;
        const char *text = lua_tolstring(L, index, &len);
        put_text(r->data, text, len);
    } else {
        put_tag(r->data, type == LUA_TNIL ? 'n' : lua_toboolean(L, index) ? 't' : 'f');
    }
    return tell_failure(r->data, r->err);
}

/* Keys are distinct and none begins another, so the first bytes that differ lie in the keys. */
static int compare_pieces(const void *a, const void *b) {
    const piece *x = a, *y = b;
    return memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
}

/* Brings the pairs from piece `base` on, which end the block, into order. */
static berth_rc order_pairs(reader *r, size_t base) {
    berth_data *data = r->data;
    piece *pieces = r->pieces + base;
    size_t count = r->npieces - base;
    r->npieces = base;
    bool sorted = true;
    for (size_t i = 0; i < count; i++) {
        pieces[i].bytes = data->bytes + pieces[i].at;
        sorted = sorted && (i == 0 || compare_pieces(&pieces[i - 1], &pieces[i]) < 0);
    }
    if (sorted) return BERTH_OK;
    size_t start = pieces[0].at, len = data->len - start;
    unsigned char *copy = berth_alloc(&data->mem, len);
    if (copy == NULL) return berth_fail_memory(r->err);
    qsort(pieces, count, sizeof *pieces, compare_pieces);
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(copy + filled, pieces[i].bytes, pieces[i].len);
        filled += pieces[i].len;
    }
    memcpy(data->bytes + start, copy, len);
    berth_free(&data->mem, copy, len);
    return BERTH_OK;
}

static berth_rc read_value(reader *r, int index, int depth);

static berth_rc read_pair(reader *r, int depth) {
    int key = lua_type(r->L, -2);
    if (key != LUA_TSTRING && key != LUA_TNUMBER)
        return berth_fail(r->err, BERTH_EINVALID,
                          "keys of plain data are texts and numbers, not a %s",
                          lua_typename(r->L, key));
    void *pieces = r->pieces;
    if (berth_grow(&r->data->mem, &pieces, &r->cap_pieces, r->npieces, sizeof(piece)) != 0)
        return berth_fail_memory(r->err);
    r->pieces = pieces;
    size_t own = r->npieces++, at = r->data->len;
    berth_rc rc = put_scalar(r, lua_gettop(r->L) - 1, key);
    if (rc == BERTH_OK) rc = read_value(r, lua_gettop(r->L), depth + 1);
    r->pieces[own] = (piece){at, r->data->len - at, NULL};
    return rc;
}

static berth_rc read_table(reader *r, int index, int depth) {
    lua_State *L = r->L;
    if (depth >= BERTH_DATA_DEPTH)
        return berth_fail(r->err, BERTH_ELIMIT, "tables nested deeper than %d, or in a circle",
                          BERTH_DATA_DEPTH);
    if (!lua_checkstack(L, 4)) return berth_fail_memory(r->err);
    berth_data_table table = berth_data_open(r->data);
    berth_rc rc = tell_failure(r->data, r->err);
    size_t base = r->npieces;
    lua_Unsigned sequence = lua_rawlen(L, index);
    lua_pushnil(L);
    while (rc == BERTH_OK && lua_next(L, index)) { /* key value */
        if (++table.others > ENTRIES_MAX)
            rc = berth_fail(r->err, BERTH_ELIMIT, "a table of more than %u entries", ENTRIES_MAX);
        else
            rc = read_pair(r, depth);
        lua_pop(L, 1);
    }
    if (rc != BERTH_OK) {
        lua_pop(L, 1);
        return rc;
    }
    table.sequence = sequence > table.others ? table.others : (uint32_t)sequence;
    table.others -= table.sequence;
    berth_data_close(r->data, &table);
    return order_pairs(r, base);
}

static berth_rc read_value(reader *r, int index, int depth) {
    int type = lua_type(r->L, index);
    switch (type) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING:
        return put_scalar(r, index, type);
    case LUA_TTABLE:
        return read_table(r, index, depth);
    default:
        return berth_fail(r->err, BERTH_EINVALID, "a %s is no plain data",
                          lua_typename(r->L, type));
    }
}

berth_rc berth_data_read(berth_data *data, lua_State *L, int index, berth_err *err) {
    reader r = {.L = L, .data = data, .err = err};
    data->len = 0;
    data->failure = BERTH_OK;
    berth_rc rc = read_value(&r, lua_absindex(L, index), 0);
    berth_free(&data->mem, r.pieces, r.cap_pieces * sizeof *r.pieces);
    if (rc != BERTH_OK) berth_data_free(data);
    return rc;
}

/* --- pushing ----------------------------------------------------------------------------- */

static uint64_t get(const unsigned char **at, int size) {
    uint64_t value = 0;
    for (int i = 0; i < size; i++) value = value << 8 | *(*at)++;
    return value;
}

static void push_value(lua_State *L, const unsigned char **at) {
    uint64_t bits;
    double number;
    switch (*(*at)++) {
    case 'n':
        lua_pushnil(L);
        break;
    case 't':
        lua_pushboolean(L, 1);
        break;
    case 'f':
        lua_pushboolean(L, 0);
        break;
    case 'i':
        lua_pushinteger(L, (lua_Integer)(get(at, 8) ^ UINT64_C(1) << 63));
        break;
    case 'd':
        bits = get(at, 8);
        memcpy(&number, &bits, sizeof number);
        lua_pushnumber(L, number);
        break;
    case 's':
        bits = get(at, 4);
        lua_pushlstring(L, (const char *)*at, (size_t)bits);
        *at += bits;
        break;
    default: { /* 'T' */
        uint64_t sequence = get(at, 4), others = get(at, 4);
        luaL_checkstack(L, 4, NULL);
        lua_createtable(L, (int)sequence, (int)others);
        for (uint64_t i = 0; i < sequence + others; i++) {
            push_value(L, at);
            push_value(L, at);
            lua_rawset(L, -3);
        }
    }
    }
}

void berth_data_push(lua_State *L, const berth_data *data) {
    const unsigned char *at = data->bytes;
    if (data->len == 0)
        lua_pushnil(L);
    else
        push_value(L, &at);
}
