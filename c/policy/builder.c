/* builder.c - see builder.h. */
#include "policy/builder.h"

#include <string.h>

void berth_builder_open(berth_builder *b, lua_State *L, berth_work work) {
    b->L = L;
    b->data = b->small;
    b->len = 0;
    b->cap = sizeof b->small;
    b->work = work;
    lua_pushnil(L);
    b->slot = lua_gettop(L);
}

static void grow(berth_builder *b, size_t len) {
    lua_State *L = b->L;
    if (len > (size_t)PTRDIFF_MAX / 4 - b->len) luaL_error(L, "resulting string too large");
    size_t cap = b->cap * 2 > b->len + len ? b->cap * 2 : b->len + len;
    berth_charge_bytes(L, b->work, cap);
    luaL_checkstack(L, 1, NULL);
    char *data = lua_newuserdatauv(L, cap, 0);
    memcpy(data, b->data, b->len);
    lua_replace(L, b->slot);
    b->data = data;
    b->cap = cap;
}

char *berth_builder_room(berth_builder *b, size_t len) {
    if (len > b->cap - b->len) grow(b, len);
    return b->data + b->len;
}

void berth_builder_add(berth_builder *b, const char *text, size_t len) {
    if (len == 0) return;
    memcpy(berth_builder_room(b, len), text, len);
    b->len += len;
}

void berth_builder_byte(berth_builder *b, char c) {
    *berth_builder_room(b, 1) = c;
    b->len++;
}

void berth_builder_push(berth_builder *b) {
    lua_pushlstring(b->L, b->data, b->len);
}
