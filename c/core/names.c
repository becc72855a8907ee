/* names.c - see names.h.  Adding and removing names belongs to change.c (names_private.h). */
#include "core/names.h"

#include <string.h>

#include "core/names_private.h"

typedef struct sought {
    const char *text;
    size_t len;
} sought;

static bool same_text(const void *owner, int64_t value, const void *key) {
    const berth_names *names = owner;
    const sought *s = key;
    return names->length[value] == s->len && memcmp(names->text[value], s->text, s->len) == 0;
}

berth_ref berth_names_find_hashed(const berth_names *names, uint64_t hash, const char *text,
                                  size_t len) {
    sought s = {text, len};
    return (berth_ref)berth_map_find(&names->map, hash, same_text, names, &s);
}

const char *berth_names_text(const berth_names *names, berth_ref ref) {
    return ref >= 0 && (size_t)ref < names->count ? names->text[ref] : NULL;
}

int berth_names_reserve(berth_names *names, const berth_mem *mem, size_t count) {
    if (berth_map_reserve(&names->map, mem, 1) != 0) return -1;
    if (count <= names->cap) return 0;
    size_t cap = names->cap < 64 ? 64 : names->cap * 2;
    if (cap < count) cap = count;
    char **text = berth_realloc(mem, names->text, names->cap * sizeof *text, cap * sizeof *text);
    if (text == NULL) return -1;
    names->text = text;
    uint32_t *length = berth_realloc(mem, names->length, names->cap * sizeof *length,
                                     cap * sizeof *length);
    if (length == NULL) {
        /* text has grown already: shrink it back so that cap describes both */
        if (names->cap == 0) {
            berth_free(mem, names->text, cap * sizeof *text);
            names->text = NULL;
            return -1;
        }
        text = berth_realloc(mem, names->text, cap * sizeof *text, names->cap * sizeof *text);
        if (text != NULL) names->text = text;
        return -1;
    }
    names->length = length;
    names->cap = cap;
    return 0;
}

void berth_names_put(berth_names *names, uint64_t hash, berth_ref ref, char *text) {
    for (; names->count <= (size_t)ref; names->count++) names->text[names->count] = NULL;
    names->text[ref] = text;
    names->length[ref] = (uint32_t)strlen(text);
    berth_map_put(&names->map, hash, ref);
}

void berth_names_drop(berth_names *names, uint64_t hash, berth_ref ref) {
    berth_map_remove(&names->map, hash, ref);
    names->text[ref] = NULL;
}

void berth_names_free(berth_names *names, const berth_mem *mem) {
    for (size_t i = 0; i < names->count; i++)
        if (names->text[i] != NULL) berth_free(mem, names->text[i], names->length[i] + 1u);
    berth_free(mem, names->text, names->cap * sizeof *names->text);
    berth_free(mem, names->length, names->cap * sizeof *names->length);
    berth_map_free(&names->map, mem);
}
