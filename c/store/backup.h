/* backup.h - a new file that appears under its name whole or not at all, and a state written out
 * as a store of its own.  Private to c/store. */
#ifndef BERTH_STORE_BACKUP_H
#define BERTH_STORE_BACKUP_H

#include "store/store.h"

/* A file in the making, beside the one it will be. */
typedef struct berth_part {
    berth_mem mem;
    const char *path; /* borrowed; the name it will have */
    char *name;       /* owned; the name it has now */
    size_t size;
} berth_part;

/* An empty file of mode 0600.  Errors: BERTH_EDUPLICATE (the path is taken), BERTH_EIO,
 * BERTH_EREADONLY, BERTH_EFULL, BERTH_ENOMEM; then there is nothing to end. */
berth_rc berth_part_begin(berth_part *part, berth_mem mem, const char *path, berth_err *err);
/* Gives the file its name when rc is BERTH_OK, else removes it; frees the part. */
berth_rc berth_part_end(berth_part *part, berth_rc rc, berth_err *err);

/* Writes all that the state holds into the empty file at `path`, as a store. */
berth_rc berth_state_write_out(const berth_state *state, const char *path, berth_err *err);

#endif
