/* luax_read.h - argument tables read into C structures: known keys only, exact types, everything
 * copied into an arena, so that afterwards nothing of Lua's is needed and nothing can jump.
 *
 * A wrong type, an unknown key or a list with holes is misuse and raises at the caller's
 * position, with the path of the key.  A value of the right type that is refused (out of range,
 * too long) is remembered: the first one stays in `err` and the caller returns it as nil, err.
 * Tables are read raw: no metamethod runs.  Uses luax.h, core/arena.h. */
#ifndef BERTH_LUA_LUAX_READ_H
#define BERTH_LUA_LUAX_READ_H

#include "core/arena.h"
#include "core/edit.h"
#include "lua/luax.h"

#define LUAX_TEXT_MAX 4096    /* longest text read at all; the core's limits are tighter */
#define LUAX_ITEMS_MAX 1000000 /* entries of one list or map */

/* One step of the path to the value being read; lives on the C stack. */
typedef struct luax_frame {
    const struct luax_frame *up;
    const char *key; /* NULL: index */
    lua_Integer index;
} luax_frame;

typedef struct luax_reader {
    lua_State *L;
    int arg;             /* stack index of the argument, for messages */
    berth_arena *arena;  /* where copies go; borrowed */
    berth_err *err;      /* the first refusal; rc BERTH_OK: none */
    const luax_frame *frame;
} luax_reader;

void luax_reader_init(luax_reader *r, lua_State *L, int arg, berth_arena *arena, berth_err *err);

typedef enum luax_type {
    LUAX_TEXT,     /* berth_text */
    LUAX_BOOLEAN,  /* bool */
    LUAX_INTEGER,  /* int64_t */
    LUAX_PROVIDER, /* berth_text: uuid or name, from a string or a provider's userdata */
    LUAX_READ      /* whatever `read` makes of the value at the top of the stack */
} luax_type;

typedef void (*luax_read_fn)(luax_reader *r, void *into);

typedef struct luax_key {
    const char *name;
    luax_type type;
    size_t offset; /* where in the structure */
    luax_read_fn read;
} luax_key;

#define LUAX_KEYS_END {NULL, LUAX_TEXT, 0, NULL}

/* All below read the value at the top of the stack and leave it there. [-0, +0, v] */

/* A table with these keys; absent ones leave the structure as it was. */
void luax_read_table(luax_reader *r, const luax_key *keys, void *into);
berth_text luax_read_text(luax_reader *r);
bool luax_read_boolean(luax_reader *r);
/* A refusal has code rc. */
int64_t luax_read_integer(luax_reader *r, int64_t min, int64_t max, berth_rc rc);
double luax_read_number(luax_reader *r, berth_rc rc);
/* The text at any index as a provider's uuid or name. */
berth_text luax_read_provider(luax_reader *r, int index);
/* The key of a pair as text; `what` it should have been is told when it is no string. */
berth_text luax_read_key(luax_reader *r, int index, const char *what);

/* Entries of the list: its keys must be 1 .. n. */
size_t luax_list_length(luax_reader *r);
/* Calls read(r, base + i * size) for the first `count` elements. */
void luax_read_list(luax_reader *r, size_t count, luax_read_fn read, void *base, size_t size);
/* A list of texts. */
const berth_text *luax_read_texts(luax_reader *r, size_t *count);

typedef struct luax_words {
    const berth_text *items;
    size_t count;
} luax_words;

/* The above as luax_read_fn: into a berth_text, a berth_text, a luax_words. */
void luax_into_text(luax_reader *r, void *into);
void luax_into_provider(luax_reader *r, void *into);
void luax_into_words(luax_reader *r, void *into);
/* Pairs of the map. */
size_t luax_map_length(luax_reader *r);
/* Calls read(r, base + i * size) with key and value at -2 and -1 for at most `count` pairs;
 * returns how many there were. */
size_t luax_read_map(luax_reader *r, size_t count, luax_read_fn read, void *base, size_t size);

/* count * size zero bytes of the arena; never NULL. */
void *luax_take(luax_reader *r, size_t count, size_t size);

/* "bad argument #n to 'f' (path: ...)". Never returns. */
int luax_misuse(luax_reader *r, const char *format, ...) BERTH_PRINTF(2, 3);
/* "path: <expected> expected, got <type at index>". Never returns. */
int luax_expected(luax_reader *r, int index, const char *expected);
/* The path of the value at hand, in the arena. */
const char *luax_path(luax_reader *r, berth_arena *arena);
/* Remembers the refusal with field "parameter" unless there is one. */
void luax_refuse(luax_reader *r, berth_rc rc, const char *format, ...) BERTH_PRINTF(3, 4);

#endif
