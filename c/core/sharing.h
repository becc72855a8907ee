/* sharing.h - which providers serve other trees than their own: those with the trait
 * MISC_SHARES_VIA_AGGREGATE serve every tree that has any member in one of their aggregates.  The
 * root of such a tree is an anchor of the provider, and so is the root of its own tree.
 *
 * Derived from the state, kept there, made anew when the topology moved.  Uses state.h. */
#ifndef BERTH_CORE_SHARING_H
#define BERTH_CORE_SHARING_H

#include "core/state.h"

typedef struct berth_serves {
    berth_ref anchor, provider;
} berth_serves;

typedef struct berth_sharing {
    uint64_t topology;         /* the state's when this was made */
    uint64_t stamp;            /* grows whenever who serves whom may have changed */
    berth_serves *by_anchor;   /* by (anchor, provider); owned */
    berth_serves *by_provider; /* the same by (provider, anchor); owned */
    size_t count;
} berth_sharing;

/* Borrowed from the state until its topology moves; NULL without memory. */
const berth_sharing *berth_sharing_get(berth_state *state);
void berth_sharing_free(berth_state *state);

/* The providers that serve the anchor, ascending (its own sharing ones included); *count of
 * them. */
const berth_serves *berth_sharing_of_anchor(const berth_sharing *sharing, berth_ref anchor,
                                            size_t *count);
/* The anchors of the provider, ascending; none when it does not share. */
const berth_serves *berth_sharing_of_provider(const berth_sharing *sharing, berth_ref provider,
                                              size_t *count);
/* Is the provider among those that serve one anchor? */
bool berth_serves_have(const berth_serves *serves, size_t count, berth_ref provider);

#endif
