/* codec.h - a changeset as bytes, for the store's change feed: what one process committed another
 * replays.  Versioned, self-delimiting, checked on reading.  Uses accept.h.
 *
 * Form: a version byte, the number of changes, then each change as a kind byte and its parts.
 * Whole numbers are unsigned LEB128, refs are one more than their value (0 is BERTH_NONE), ratios
 * the eight bytes of the double, most significant first, texts a length and bytes; a uuid in its
 * usual spelling takes sixteen bytes. */
#ifndef BERTH_CORE_CODEC_H
#define BERTH_CORE_CODEC_H

#include "core/accept.h"

typedef struct berth_bytes {
    berth_mem mem;
    unsigned char *data; /* owned */
    size_t len, cap;
} berth_bytes;

/* {.mem = mem} is an empty one. */
berth_rc berth_bytes_put(berth_bytes *bytes, const void *data, size_t len, berth_err *err);
void berth_bytes_free(berth_bytes *bytes);

/* Appends the txn's changes [from, txn->count).  Errors: BERTH_ENOMEM. */
berth_rc berth_codec_encode(const berth_txn *txn, size_t from, berth_bytes *out, berth_err *err);

/* Applies the changes to txn's state through txn (undone there on failure).  Every `before` is
 * compared with the state.  Errors: BERTH_ECORRUPT, BERTH_ENOMEM. */
berth_rc berth_codec_apply(berth_txn *txn, const void *data, size_t len, berth_err *err);

/* Calls `each` for every change in order without any state: for the change feed.  Texts are
 * borrowed during the call; a provider's name is NULL on both sides unless it changed, appeared
 * or went.  A result other than BERTH_OK ends the reading and is returned.
 * Errors: BERTH_ECORRUPT. */
typedef berth_rc (*berth_codec_each)(void *ud, const berth_change *change, berth_err *err);
berth_rc berth_codec_read(const void *data, size_t len, berth_codec_each each, void *ud,
                          berth_err *err);

#endif
