/* redact_field.c - fields of a record, whose names tell of them as well, and errors. */
#include <string.h>

#include "core/err.h"
#include "log/redact_private.h"

/* The class of a field's name, operators' rules first. */
static berth_key_class field_class(const berth_redactor *r, const char *name, unsigned *rule) {
    size_t len = name ? strlen(name) : 0;
    berth_key_class class = {.kind = BERTH_KEY_NONE};
    for (size_t i = 0; i < r->nfields; i++) {
        if (strlen(r->fields[i].name) != len || !bytes_fold_equal(name, r->fields[i].name, len))
            continue;
        *rule = r->fields[i].rule;
        return (berth_key_class){.kind = BERTH_KEY_FIELD, .weight = BERTH_KEY_STRONG};
    }
    if (len) class = berth_key_classify(name, len);
    *rule = (unsigned)class.kind;
    return class;
}

/* Is the whole text of the field a secret, by its name? */
static bool is_secret_field(berth_redactor *r, const char *name, const char *text, size_t len,
                            unsigned *rule) {
    berth_key_class class = field_class(r, name, rule);
    if (class.kind == BERTH_KEY_NONE) return false;
    redact_scan scan = redact_scan_begin(r, text, len);
    return redact_is_secret(&scan, class, 0, len, SYNTAX_QUOTED) &&
           !redact_is_allowed(r, text, len);
}

berth_rc berth_redact_learn(berth_redactor *r, const char *name, const char *text, size_t len,
                            berth_err *err) {
    unsigned rule;
    if (len > BERTH_REDACT_TEXT_MAX) return BERTH_OK; /* it will be withheld whole */
    r->failed = false;
    r->nspans = r->work = r->sought = 0;
    if (is_secret_field(r, name, text, len, &rule)) {
        redact_remember(r, text, len);
    } else {
        redact_scan scan = redact_scan_begin(r, text, len);
        redact_scan_layers(&scan);
    }
    return r->failed ? berth_fail_memory(err) : BERTH_OK;
}

berth_rc berth_redact_field(berth_redactor *r, const char *name, const char *text, size_t len,
                            const char **out, size_t *out_len, berth_err *err) {
    unsigned rule;
    if (len > BERTH_REDACT_TEXT_MAX || !is_secret_field(r, name, text, len, &rule))
        return redact_text(r, text, len, out, out_len, err);
    r->failed = false;
    r->out.len = 0;
    if (!redact_reserve(r, &r->out, REDACT_MASK_MAX)) return redact_withhold(r, out, out_len, err);
    r->hits[rule]++;
    r->masked = 1;
    *out = r->out.s;
    *out_len = r->out.len = redact_mask_text(r, text, len, r->out.s);
    return BERTH_OK;
}

bool berth_redact_is_secret(berth_redactor *r, const char *name, const char *text, size_t len) {
    unsigned rule;
    return is_secret_field(r, name, text, len, &rule);
}

bool berth_redact_is_name(const berth_redactor *r, const char *name) {
    unsigned rule;
    return field_class(r, name, &rule).kind != BERTH_KEY_NONE;
}

bool berth_redact_has_names(const berth_redactor *r) {
    return r->nfields > 0;
}

bool berth_redact_asks_all(const berth_redactor *r) {
    return r->hook_all;
}

size_t berth_redact_masked(const berth_redactor *r) {
    return r->masked;
}

static void redact_in_place(berth_redactor *r, const char *name, char *text, size_t size) {
    const char *out;
    size_t len;
    berth_redact_field(r, name, text, strlen(text), &out, &len, NULL);
    if (out == text) return;
    if (len >= size) len = size - 1;
    memmove(text, out, len);
    text[len] = '\0';
}

void berth_redact_err(berth_redactor *r, berth_err *failure) {
    berth_redact_begin(r);
    berth_redact_learn(r, NULL, failure->message, strlen(failure->message), NULL);
    for (int i = 0; i < failure->nfields; i++) {
        berth_err_field *field = &failure->fields[i];
        if (!field->is_number)
            berth_redact_learn(r, field->name, field->text, strlen(field->text), NULL);
    }
    redact_in_place(r, NULL, failure->message, sizeof failure->message);
    for (int i = 0; i < failure->nfields; i++) {
        berth_err_field *field = &failure->fields[i];
        if (!field->is_number) redact_in_place(r, field->name, field->text, sizeof field->text);
    }
}
