/* policy_data.h - plain data on its way from one Lua state to another: nil, booleans, numbers,
 * strings and tables of them, as one canonical block of bytes.  Equal data gives equal bytes,
 * whatever order the tables were filled in.  Uses core/mem.h.
 *
 * Tables are read raw: no metamethod runs, and nothing is raised in the state read from. */
#ifndef BERTH_POLICY_DATA_H
#define BERTH_POLICY_DATA_H

#include <lua.h>

#include "berth.h"
#include "core/mem.h"

#define BERTH_DATA_DEPTH 16
#define BERTH_DATA_BYTES ((size_t)4 << 20)

/* No bytes: there is no data at all, which is not nil. */
typedef struct berth_data {
    berth_mem mem;
    unsigned char *bytes; /* owned */
    size_t len, cap;
    berth_rc failure; /* why something could not be written, or BERTH_OK */
} berth_data;

void berth_data_init(berth_data *data, berth_mem mem);
void berth_data_free(berth_data *data);
/* Errors: BERTH_ENOMEM; the copy is empty then. */
berth_rc berth_data_copy(berth_data *to, const berth_data *from, berth_err *err);

/* Replaces what `data` holds by the value at index.  Errors: BERTH_EINVALID (a function, a
 * userdata, a key that is neither text nor number, a cycle), BERTH_ELIMIT, BERTH_ENOMEM; then it
 * is empty. [-0, +0, -] */
berth_rc berth_data_read(berth_data *data, lua_State *L, int index, berth_err *err);

/* Pushes a fresh copy of the value. [-0, +1, m] */
void berth_data_push(lua_State *L, const berth_data *data);

/* --- writing in C: a table, and what is in it, from its opening to its closing ---------------- */

typedef struct berth_data_table {
    size_t head; /* where it begins */
    uint32_t sequence, others;
} berth_data_table;

/* The whole value, or what belongs to the key or place written just before. */
berth_data_table berth_data_open(berth_data *data);
void berth_data_close(berth_data *data, const berth_data_table *table);
void berth_data_key(berth_data *data, berth_data_table *table, const char *key);
void berth_data_place(berth_data *data, berth_data_table *table); /* the next of 1, 2, 3, ... */
void berth_data_integer(berth_data *data, int64_t value);
void berth_data_text(berth_data *data, const char *text);
void berth_data_string(berth_data *data, const char *text, size_t len);
void berth_data_append(berth_data *data, const berth_data *value);
/* key and value in one; a NULL text writes nothing. */
void berth_data_set_integer(berth_data *data, berth_data_table *table, const char *key,
                            int64_t value);
void berth_data_set_text(berth_data *data, berth_data_table *table, const char *key,
                         const char *text);
/* Errors: BERTH_ENOMEM or BERTH_ELIMIT when anything failed; then it is empty. */
berth_rc berth_data_finish(berth_data *data, berth_err *err);

#endif
