/* nearest.c - see nearest.h. */
#include "core/nearest.h"

#include <stdbool.h>
#include <string.h>

#define WORD_MAX 40 /* longer words are compared by their beginning */

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t length(const char *word) {
    const char *end = memchr(word, '\0', WORD_MAX);
    return end ? (size_t)(end - word) : WORD_MAX;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t distance(const char *a, const char *b) {
    size_t rows[3][WORD_MAX + 1];
    size_t la = length(a), lb = length(b);
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= lb; j++) above[j] = j;
    for (size_t i = 1; i <= la; i++) {
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            best = smaller(best, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                best = smaller(best, before[j - 2] + 1);
            row[j] = best;
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[lb];
}

berth_nearest berth_nearest_begin(const char *word) {
    size_t len = length(word);
    size_t tolerance = len < 3 ? 1 : len / 3 + 1;
    return (berth_nearest){.word = word, .best = NULL, .least = tolerance + 1};
}

void berth_nearest_offer(berth_nearest *nearest, const char *name) {
    size_t d = distance(nearest->word, name);
    bool tie = d == nearest->least && nearest->best && strcmp(name, nearest->best) < 0;
    if (d < nearest->least || tie) {
        nearest->least = d;
        nearest->best = name;
    }
}
