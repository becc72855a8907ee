/* text.h - what text berth takes: UTF-8 without NUL or control characters, names and uuids. */
#ifndef BERTH_CORE_TEXT_H
#define BERTH_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "berth.h"

/* Well-formed UTF-8 (no surrogates, no overlong forms) without NUL; *chars (may be NULL) counts
 * the characters. */
bool berth_text_valid(const char *text, size_t len, size_t *chars);
/* Accepts 8-4-4-4-12 with or without dashes, any case, braces, urn:uuid:.  Writes the lower-case
 * dashed form. */
bool berth_uuid_parse(const char *text, size_t len, char out[BERTH_UUID_BYTES + 1]);
/* A version 4 uuid from 16 random bytes. */
void berth_uuid_from_random(const unsigned char random[16], char out[BERTH_UUID_BYTES + 1]);
/* [A-Z0-9_]+ up to 255 bytes. */
bool berth_word_valid(const char *text, size_t len);
/* CUSTOM_[A-Z0-9_]+ up to 255 bytes. */
bool berth_custom_valid(const char *text, size_t len);

/* Text shown inside a message: at most 80 bytes, control characters and broken UTF-8 as "?". */
typedef struct berth_quoted {
    char text[96];
} berth_quoted;
berth_quoted berth_quote(const char *text, size_t len);

/* A long word that was cut, before "..." or, when `cut` says so, at the end, may be the beginning
 * of a secret that redaction knows only whole: little of it stays. */
void berth_text_shorten(char *text, bool cut);

#endif
