/* change_private.h - what change.c and change_provider.c share. */
#ifndef BERTH_CORE_CHANGE_PRIVATE_H
#define BERTH_CORE_CHANGE_PRIVATE_H

#include "core/change.h"

/* -1 without memory (forward only), with nothing changed. */
int berth_apply_provider(berth_state *state, const berth_change *change, bool forward);
/* Frees a provider that a settled change deleted, or an undone one made (its ref is free again). */
void berth_provider_bury(berth_state *state, berth_ref ref, bool undone);

#endif
