/* redact_anchor.h - the prefilter: one pass that finds every place where a rule might begin.
 *
 * A shift-or automaton of 16 lanes, each a sequence of up to 8 steps: eight lanes for the shapes of
 * numbers, addresses and encodings, eight that share the literals.  One step a byte whatever the
 * number of rules; what it reports has its literal verified.  Knows nothing of rules but their
 * literals. */
#ifndef BERTH_LOG_REDACT_ANCHOR_H
#define BERTH_LOG_REDACT_ANCHOR_H

#include "berth.h"
#include "core/mem.h"

/* What stands at an anchor. */
typedef enum berth_anchor_kind {
    /* lanes of their own */
    BERTH_ANCHOR_SSN,     /* ddd-dd-dddd */
    BERTH_ANCHOR_NANP,    /* ddd-ddd- */
    BERTH_ANCHOR_GROUPS,  /* dddd ddd: a card in groups */
    BERTH_ANCHOR_DIGITS,  /* eight digits */
    BERTH_ANCHOR_DIAL,    /* +d or (d, then digits and joints */
    BERTH_ANCHOR_IBAN,    /* AAdd and four more */
    BERTH_ANCHOR_AT,      /* x@x: reported at the @ */
    BERTH_ANCHOR_CODED,   /* %h \u \x &# &quot; or a look-alike of UTF-8 */
    /* literals */
    BERTH_ANCHOR_URL,     /* :// */
    BERTH_ANCHOR_NAME,    /* part of a name of a secret */
    BERTH_ANCHOR_SHAPE,   /* arg: index of the shape */
    BERTH_ANCHOR_PEM,
    BERTH_ANCHOR_SQL,
    BERTH_ANCHOR_COMMAND, /* arg: index of the command */
    BERTH_ANCHOR_SCHEME,  /* arg: Bearer, Basic, ... */
    BERTH_ANCHOR_ENCODED, /* arg: beginning of base64 or hexadecimal text worth decoding */
    BERTH_ANCHOR_FIELD,   /* arg: operator's rule */
    BERTH_ANCHOR_PATTERN  /* arg: operator's rule */
} berth_anchor_kind;

typedef struct berth_literal {
    const char *text; /* borrowed; \1 stands for any byte but a letter, \2 for 0-9a-f, \3 for 0-9 */
    unsigned char kind;
    bool fold; /* case ignored; the text is lower case then */
    uint16_t arg;
} berth_literal;

typedef struct berth_anchors berth_anchors;

/* Keeps a reference to the texts, not to the array.  `lanes` has bit 1 << kind for each kind with
 * a lane of its own that is wanted.  Errors: BERTH_ENOMEM. */
berth_rc berth_anchors_new(berth_mem mem, const berth_literal *literals, size_t count,
                           unsigned lanes, berth_anchors **out);
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
    size_t len, i; /* i bytes are read */
    uint64_t low, high;
    unsigned lanes; /* of the hit at i - 1 that are still to be reported */
    unsigned next, list; /* in the lane's literals: the next one, plus 1, and in which list */
    size_t floor;   /* no anchor begins before it */
    unsigned ignored; /* lanes that are not reported any more */
} berth_anchor_walk;

void berth_anchors_begin(berth_anchor_walk *walk, const berth_anchors *anchors, const char *s,
                         size_t len);
/* Reports no anchor that begins before `at` from now on. */
void berth_anchors_skip(berth_anchor_walk *walk, size_t at);
/* Reports no more anchors of a kind with a lane of its own. */
void berth_anchors_ignore(berth_anchor_walk *walk, berth_anchor_kind kind);
bool berth_anchors_next(berth_anchor_walk *walk, berth_anchor *out);

#endif
