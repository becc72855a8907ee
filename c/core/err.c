/* err.c - see err.h. */
#include "core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

const char *berth_rc_code(berth_rc rc) {
    switch (rc) {
#define X(name, value, code, when)                                                                 \
    case name:                                                                                     \
        return code;
        BERTH_ERRORS(X)
#undef X
    }
    return "unknown_error";
}

/* Drops the bytes of a character that the buffer's end cut in two. */
static void trim_broken_character(char *text, size_t len) {
    size_t back = 0;
    while (back < 3 && back < len && ((unsigned char)text[len - 1 - back] & 0xC0) == 0x80) back++;
    if (back == len) return;
    unsigned char lead = (unsigned char)text[len - 1 - back];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (need > back + 1) text[len - 1 - back] = '\0';
}

berth_rc berth_fail(berth_err *err, berth_rc rc, const char *format, ...) {
    if (err == NULL) return rc;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (n < 0) err->message[0] = '\0';
    bool cut = n >= (int)sizeof err->message;
    if (cut) trim_broken_character(err->message, sizeof err->message - 1);
    berth_text_shorten(err->message, cut);
    err->rc = rc;
    err->nfields = 0;
    return rc;
}

berth_rc berth_fail_memory(berth_err *err) {
    return berth_fail(err, BERTH_ENOMEM, "out of memory");
}

static berth_err_field *next_field(berth_err *err, const char *name) {
    if (err == NULL || err->nfields >= BERTH_FIELD_MAX) return NULL;
    berth_err_field *f = &err->fields[err->nfields++];
    f->name = name;
    f->is_number = false;
    f->number = 0;
    f->text[0] = '\0';
    return f;
}

void berth_err_text(berth_err *err, const char *name, const char *text) {
    berth_err_field *f = next_field(err, name);
    if (f == NULL || text == NULL) return;
    int n = snprintf(f->text, sizeof f->text, "%s", text);
    bool cut = n >= (int)sizeof f->text;
    if (cut) trim_broken_character(f->text, sizeof f->text - 1);
    berth_text_shorten(f->text, cut);
}

void berth_err_number(berth_err *err, const char *name, int64_t number) {
    berth_err_field *f = next_field(err, name);
    if (f == NULL) return;
    f->is_number = true;
    f->number = number;
}

void berth_err_position(berth_err *err, size_t position) {
    if (err == NULL || position == 0) return;
    size_t len = strlen(err->message);
    (void)snprintf(err->message + len, sizeof err->message - len, ", at position %zu", position);
    berth_err_number(err, "position", (int64_t)position);
}
