/* record.c - see record.h. */
#include "log/record.h"

#include <stdio.h>
#include <string.h>

#include "core/err.h"

#define PARTS_MAX (BERTH_RECORD_FIELDS_MAX + 1)

void berth_record_room_init(berth_record_room *room, berth_mem mem) {
    room->mem = mem;
    room->s = NULL;
    room->len = room->cap = 0;
}

void berth_record_room_free(berth_record_room *room) {
    if (room->s) berth_free(&room->mem, room->s, room->cap);
    room->s = NULL;
    room->len = room->cap = 0;
}

static bool copy(berth_record_room *room, const char *s, size_t len, size_t *at) {
    if (room->cap - room->len < len) {
        size_t cap = (room->len + len) * 2 + 256;
        char *grown = berth_realloc(&room->mem, room->s, room->cap, cap);
        if (!grown) return false;
        room->s = grown;
        room->cap = cap;
    }
    if (len) memcpy(room->s + room->len, s, len);
    *at = room->len;
    room->len += len;
    return true;
}

/* --- a look ------------------------------------------------------------------------------ */

/* A number under the name of a secret may be one as well. */
static bool is_secret_number(berth_redactor *redactor, const berth_log_field *field) {
    char text[32];
    if (field->type != BERTH_FIELD_INTEGER || field->own) return false;
    int n = snprintf(text, sizeof text, "%lld", (long long)field->integer);
    return n > 0 && berth_redact_is_secret(redactor, field->name, text, (size_t)n);
}

static bool is_clean_field(berth_redactor *redactor, const berth_log_field *field, bool named) {
    if (field->own) return true;
    if (field->type != BERTH_FIELD_TEXT) return named || !is_secret_number(redactor, field);
    return berth_redact_is_clean(redactor, field->text, field->len) &&
           (named || !berth_redact_is_secret(redactor, field->name, field->text, field->len));
}

bool berth_record_is_clean(berth_redactor *redactor, const berth_record *record) {
    bool own = record->own && !berth_redact_has_names(redactor);
    if (berth_redact_asks_all(redactor) ||
        (!record->own && !berth_redact_is_clean(redactor, record->message, record->message_len)))
        return false;
    for (size_t i = 0; i < record->count; i++) {
        if (!is_clean_field(redactor, &record->fields[i], own)) return false;
    }
    return true;
}

/* --- redacting --------------------------------------------------------------------------- */

/* First every text is learned, so that a secret is known in all of them. */
static berth_rc learn(berth_redactor *redactor, const berth_record *record) {
    berth_redact_begin(redactor);
    berth_rc rc = berth_redact_learn(redactor, NULL, record->message, record->message_len, NULL);
    for (size_t i = 0; rc == BERTH_OK && i < record->count; i++) {
        const berth_log_field *field = &record->fields[i];
        if (field->type == BERTH_FIELD_TEXT)
            rc = berth_redact_learn(redactor, field->name, field->text, field->len, NULL);
    }
    return rc;
}

/* The texts as they may be seen, message first; others than texts are NULL. */
static berth_rc redact_parts(berth_redactor *redactor, const berth_record *record,
                             berth_record_room *room, berth_redact_part *parts, bool *hit) {
    size_t at[PARTS_MAX];
    room->len = 0;
    *hit = false;
    for (size_t i = 0; i <= record->count; i++) {
        const berth_log_field *field = i > 0 ? &record->fields[i - 1] : NULL;
        parts[i] = (berth_redact_part){.name = field ? field->name : "message"};
        if (field && field->type != BERTH_FIELD_TEXT) continue;
        const char *out;
        berth_rc rc = berth_redact_field(redactor, field ? field->name : NULL,
                                         field ? field->text : record->message,
                                         field ? field->len : record->message_len, &out,
                                         &parts[i].len, NULL);
        if (rc != BERTH_OK) return rc;
        if (!copy(room, out, parts[i].len, &at[i])) return BERTH_ENOMEM;
        *hit = *hit || berth_redact_masked(redactor) > 0;
    }
    for (size_t i = 0; i <= record->count; i++) { /* the copies stand still only now */
        bool text = i == 0 || record->fields[i - 1].type == BERTH_FIELD_TEXT;
        if (text) parts[i].text = room->s ? room->s + at[i] : "";
    }
    return BERTH_OK;
}

berth_rc berth_record_redact(berth_redactor *redactor, const berth_record *record,
                             berth_record_room *room, berth_record *out) {
    static const char masked[] = "***";
    berth_redact_part parts[PARTS_MAX];
    bool hit;
    berth_rc rc = learn(redactor, record);
    if (rc == BERTH_OK) rc = redact_parts(redactor, record, room, parts, &hit);
    if (rc == BERTH_OK) rc = berth_redact_ask(redactor, hit, parts, record->count + 1, NULL);
    if (rc != BERTH_OK) return rc;
    *out = (berth_record){.message = parts[0].text ? parts[0].text : "",
                          .message_len = parts[0].text ? parts[0].len : 0,
                          .fields = room->fields};
    for (size_t i = 0; i < record->count; i++) {
        berth_log_field field = record->fields[i];
        if (field.type == BERTH_FIELD_TEXT) {
            if (!parts[i + 1].text) continue; /* the hook took it out */
            field.text = parts[i + 1].text;
            field.len = parts[i + 1].len;
        } else if (is_secret_number(redactor, &field)) {
            field.type = BERTH_FIELD_TEXT;
            field.text = masked;
            field.len = sizeof masked - 1;
        }
        room->fields[out->count++] = field;
    }
    return BERTH_OK;
}
