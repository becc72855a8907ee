/* redact_anchor.h - the prefilter: one pass that finds every place where a rule might begin.
 *
 * Sequences of classes of bytes for the shapes of numbers, addresses and encodings; literals for
 * everything else.  Both are found by their ends, at a cost per byte that does not depend on how
 * many there are.  What is reported has been verified.  Knows nothing of rules but their
 * literals. */
#ifndef BERTH_LOG_REDACT_ANCHOR_H
#define BERTH_LOG_REDACT_ANCHOR_H

#include "berth.h"
#include "core/mem.h"

/* What stands at an anchor. */
typedef enum berth_anchor_kind {
    /* sequences */
    BERTH_ANCHOR_SSN,    /* ddd-dd-dddd */
    BERTH_ANCHOR_NANP,   /* ddd-ddd- */
    BERTH_ANCHOR_GROUPS, /* dddd ddd: a card in groups */
    BERTH_ANCHOR_DIGITS, /* eight digits */
    BERTH_ANCHOR_DIAL,   /* +d or (d, then digits and joints */
    BERTH_ANCHOR_IBAN,   /* AAdd and four more */
    BERTH_ANCHOR_AT,     /* @ */
    BERTH_ANCHOR_LETTER, /* a character of UTF-8 that may look like another */
    /* literals */
    BERTH_ANCHOR_CODED,    /* %h \u \x \0 &# &quot; */
    BERTH_ANCHOR_DISGUISE, /* arg: of which kind */
    BERTH_ANCHOR_URL,      /* :// */
    BERTH_ANCHOR_NAME,     /* part of a name of a secret */
    BERTH_ANCHOR_SHAPE,    /* arg: index of the shape */
    BERTH_ANCHOR_PEM,
    BERTH_ANCHOR_SQL,
    BERTH_ANCHOR_COMMAND, /* arg: index of the command */
    BERTH_ANCHOR_SCHEME,  /* arg: Bearer, Basic, ... */
    BERTH_ANCHOR_LOGIN,   /* arg: what is said */
    BERTH_ANCHOR_ENCODED, /* arg: beginning of base64 or hexadecimal text worth decoding */
    BERTH_ANCHOR_FIELD,   /* arg: operator's rule */
    BERTH_ANCHOR_PATTERN, /* arg: operator's rule */
    BERTH_ANCHOR_ROW      /* d d d d */
} berth_anchor_kind;

typedef struct berth_literal {
    const char *text; /* two bytes or more, of which the first eight count; \1 stands for any byte
                         but a letter, \2 for a hexadecimal digit, \3 for a digit, \4 for a byte
                         over 127 */
    unsigned char kind;
    bool fold; /* case ignored; the text is lower case then */
    uint16_t arg;
} berth_literal;

typedef struct berth_anchors berth_anchors;

/* A bit for each of 64 bytes at which a sequence or the beginning of a literal might end. */
typedef struct berth_anchor_ends {
    uint64_t sequences, literals;
} berth_anchor_ends;

/* Keeps no reference.  `sequences` has bit 1 << kind for each sequence that is wanted.  With
 * `without` 1 no vectors of AVX-512 are used, with 2 none at all: the same anchors, slower.
 * Errors: BERTH_ENOMEM. */
berth_rc berth_anchors_new(berth_mem mem, const berth_literal *literals, size_t count,
                           unsigned sequences, unsigned without, berth_anchors **out);
void berth_anchors_free(berth_anchors *anchors); /* NULL is fine */

typedef struct berth_anchor {
    size_t at; /* where the anchor begins */
    uint16_t arg;
    unsigned char kind;
} berth_anchor;

/* A walk over one text; on the stack, borrows everything. */
typedef struct berth_anchor_walk {
    const berth_anchors *anchors;
    const unsigned char *s;
    size_t len;
    size_t stop;    /* no anchor is looked for that ends after it; the caller may set it */
    size_t end;     /* past the byte at hand */
    size_t scanned; /* where the block of 64 bytes ends that is being looked at */
    berth_anchor_ends ends;
    unsigned found;   /* sequences that end there, still to be reported */
    uint32_t next;    /* the next literal that might end there, plus 1, */
    uint32_t later;   /* and the first one of another list after these */
    size_t floor;     /* no anchor begins before it */
    unsigned ignored; /* kinds that are not reported any more, by bits */
    unsigned stops;   /* places and literals that were found; the caller may set it back */
} berth_anchor_walk;

void berth_anchors_begin(berth_anchor_walk *walk, const berth_anchors *anchors, const char *s,
                         size_t len);
/* Reports no anchor that begins before `at` from now on. */
void berth_anchors_skip(berth_anchor_walk *walk, size_t at);
/* Reports no more anchors of a kind. */
void berth_anchors_ignore(berth_anchor_walk *walk, berth_anchor_kind kind);
/* In an order that follows their places but for a few bytes, and is the same on every machine. */
bool berth_anchors_next(berth_anchor_walk *walk, berth_anchor *out);

#endif
