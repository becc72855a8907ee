/* names.h - interned words: each kind of name (class, trait, aggregate, project, user, consumer
 * type) is a table from text to a small integer that stays the same for the life of the store.
 * Uses mem.h and map.h.  Knows nothing of what the names mean. */
#ifndef BERTH_CORE_NAMES_H
#define BERTH_CORE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/map.h"
#include "core/mem.h"

/* Index of an object in its table of the state; never negative but for BERTH_NONE. */
typedef int32_t berth_ref;
#define BERTH_NONE (-1)

/* Custom names start here; below are the standard ones in their published order. */
#define BERTH_CUSTOM_BASE 1024

typedef enum berth_name_kind {
    BERTH_NAME_CLASS,
    BERTH_NAME_TRAIT,
    BERTH_NAME_AGGREGATE,
    BERTH_NAME_PROJECT,
    BERTH_NAME_USER,
    BERTH_NAME_TYPE,
    BERTH_NAME_KINDS
} berth_name_kind;

typedef struct berth_names {
    char **text;      /* by ref; NULL where no such name exists; custom texts owned */
    uint32_t *length; /* bytes of text */
    size_t count;     /* refs handed out: every live ref is below it */
    size_t cap;
    berth_map map; /* text -> ref */
} berth_names;

/* Borrowed until the name is removed; NULL for a ref that names nothing. */
const char *berth_names_text(const berth_names *names, berth_ref ref);

#endif
