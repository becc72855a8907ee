/* lua_change_names.c - what the refs in recorded changes meant at their time; see lua_changes.h. */
#include <stdlib.h>
#include <string.h>

#include "lua/lua_changes.h"

static const char *copy(luax_epithets *names, const char *text) {
    const char *made = berth_arena_text(names->arena, text, strlen(text));
    if (made == NULL) names->failed = true;
    return made;
}

/* A name that ends, or begins, with the change noted last. */
static void add(luax_epithets *names, int kind, berth_ref ref, size_t from, size_t until,
                const char *text) {
    if (names->count == names->cap) {
        size_t cap = names->cap < 16 ? 16 : names->cap * 2;
        luax_epithet *items = berth_arena_calloc(names->arena, cap, sizeof *items);
        if (items == NULL) {
            names->failed = true;
            return;
        }
        if (names->count > 0) memcpy(items, names->items, names->count * sizeof *items);
        names->items = items;
        names->cap = cap;
    }
    names->items[names->count++] =
        (luax_epithet){kind, ref, from, until, copy(names, text)};
}

void luax_epithets_note(luax_epithets *names, const berth_change *change) {
    size_t at = names->changes++;
    if (change->kind == BERTH_CHANGE_NAME && change->u.name.after == NULL) {
        add(names, (int)change->u.name.kind, change->a, 0, at + 1, change->u.name.before);
    } else if (change->kind == BERTH_CHANGE_PROVIDER && !change->u.provider.after.exists) {
        add(names, LUAX_OF_PROVIDER, change->a, 0, at + 1, change->u.provider.before.uuid);
    } else if (change->kind == BERTH_CHANGE_CONSUMER) {
        const berth_consumer_row *before = &change->u.consumer.before;
        const berth_consumer_row *after = &change->u.consumer.after;
        if (before->exists && !after->exists)
            add(names, LUAX_OF_CONSUMER, change->a, 0, at + 1, before->uuid);
        else if (!before->exists && after->exists)
            add(names, LUAX_OF_CONSUMER, change->a, at, SIZE_MAX, after->uuid);
    }
}

static int compare(const void *a, const void *b) {
    const luax_epithet *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->ref != y->ref) return x->ref < y->ref ? -1 : 1;
    if (x->until != y->until) return x->until < y->until ? -1 : 1;
    return (x->from < y->from) - (x->from > y->from); /* the latest beginning first */
}

void luax_epithets_finish(luax_epithets *names) {
    if (names->count > 1) qsort(names->items, names->count, sizeof *names->items, compare);
}

/* The first entry that is not before (kind, ref, at). */
static size_t lower_bound(const luax_epithets *names, int kind, berth_ref ref, size_t at) {
    luax_epithet sought = {kind, ref, SIZE_MAX, at + 1, NULL};
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&names->items[middle], &sought) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *ask_state(const berth_state *state, int kind, berth_ref ref) {
    if (kind == LUAX_OF_PROVIDER) {
        bool known = ref >= 0 && (size_t)ref < state->nproviders && state->providers[ref] != NULL;
        return known ? state->providers[ref]->uuid : "";
    }
    if (kind == LUAX_OF_CONSUMER) {
        const berth_consumer *c = berth_state_consumer(state, ref);
        return c != NULL ? c->uuid : "";
    }
    return berth_state_text(state, (berth_name_kind)kind, ref);
}

const char *luax_epithet_of(luax_epithets *names, int kind, berth_ref ref, size_t at) {
    /* entries that end after `at`, the earliest end first: a removal tells best */
    for (size_t i = lower_bound(names, kind, ref, at); i < names->count; i++) {
        const luax_epithet *e = &names->items[i];
        if (e->kind != kind || e->ref != ref) break;
        if (e->from <= at) return e->text != NULL ? e->text : "";
    }
    const char *text = ask_state(names->state, kind, ref);
    const char *made = copy(names, text);
    return made != NULL ? made : "";
}
