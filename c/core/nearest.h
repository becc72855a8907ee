/* nearest.h - the name that was probably meant: for messages about misspelt ones.
 * Names are offered one by one, so that no list of them has to exist. */
#ifndef BERTH_CORE_NEAREST_H
#define BERTH_CORE_NEAREST_H

#include <stddef.h>

typedef struct berth_nearest {
    const char *word; /* borrowed */
    const char *best; /* borrowed from what was offered; NULL: nothing is near */
    size_t least;
} berth_nearest;

berth_nearest berth_nearest_begin(const char *word);
/* Fewest edits win (insert, delete, replace, swap neighbours, case ignored), then the alphabet. */
void berth_nearest_offer(berth_nearest *nearest, const char *name);

#endif
