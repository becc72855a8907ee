/* redact_view.h - a decoded text while it is written: what redact_view.c, redact_fold.c and
 * redact_disguise.c share. */
#ifndef BERTH_LOG_REDACT_VIEW_H
#define BERTH_LOG_REDACT_VIEW_H

#include "log/redact_private.h"

/* One decoded character: its bytes, and how many encoded ones it took. */
typedef struct redact_decoded {
    char bytes[8];
    size_t count, taken;
} redact_decoded;

/* A layer being taken off: bytes of `s` become bytes of `out`, with their places. */
typedef struct redact_decoder {
    const char *s;
    size_t len;
    const uint32_t *map; /* of `s`; NULL: `s` is the record */
    char *out;           /* never longer than `s` */
    uint32_t *places;
    size_t n;
    unsigned disguises;   /* to be taken off */
    char renamed, rename; /* the mark that closes a joined literal, and what it becomes */
    size_t groups;        /* of markup that are open */
    unsigned char begins[256]; /* what may begin with each byte */
    size_t closing; /* where markup begins that closed after a word, which ends before it; else 0 */
} redact_decoder;

static inline void redact_put(redact_decoder *d, char c, size_t at) {
    d->out[d->n] = c;
    d->places[d->n++] = d->map ? d->map[at] : (uint32_t)at;
}

/* The plain letter, blank or mark that the character of UTF-8 at `at` looks like, if any;
 * characters without width become nothing. */
bool redact_fold(const char *s, size_t at, size_t len, redact_decoded *d);

enum {
    REDACT_BEGINS_NOTHING,
    REDACT_BEGINS_CODE,
    REDACT_BEGINS_WORD, /* a disguise, where a word begins */
    REDACT_BEGINS_SIGN  /* a disguise */
};

void redact_note_beginnings(redact_decoder *d); /* writes d->begins */
/* The end of the bytes from `at` on at none of which something is written as something else. */
size_t redact_plain_end(const redact_decoder *d, size_t at);
/* Takes a disguise off at `at`; returns how many bytes it took, or 0. */
size_t redact_undisguise(redact_decoder *d, size_t at);
size_t redact_unmark(redact_decoder *d, size_t at); /* markup; redact_markup.c */

#endif
