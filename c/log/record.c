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

/* --- names --------------------------------------------------------------------------------- */

#define NAME_MAX_BYTES 64
#define PLAIN_MAX 15

typedef struct told_name {
    char text[NAME_MAX_BYTES];
} told_name;

static bool is_one_of(const char *name, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(name, *words) == 0) return true;
    }
    return false;
}

static bool is_value(const char *name) {
    static const char *const values[] = {"value", "val", "content", "data", "text", NULL};
    return is_one_of(name, values);
}

/* The name under which the field's value stands: its own, or for {name = "password", value = "x"}
 * what the other field tells.  That is copied. */
static const char *name_of(const berth_record *record, const berth_log_field *field,
                           told_name *told) {
    static const char *const tellers[] = {"name",     "key",    "field", "param",  "parameter",
                                          "variable", "header", "label", "option", "attribute",
                                          "property", "env",    NULL};
    if (record->own || !is_value(field->name)) return field->name;
    for (size_t i = 0; i < record->count; i++) {
        const berth_log_field *other = &record->fields[i];
        bool tells = other->type == BERTH_FIELD_TEXT && other->len < sizeof told->text &&
                     is_one_of(other->name, tellers);
        if (!tells) continue;
        memcpy(told->text, other->text, other->len);
        told->text[other->len] = '\0';
        return told->text;
    }
    return field->name;
}

/* Too short a word to be a secret itself. */
static bool is_plain_name(const char *name) {
    size_t len = 0;
    for (; name[len]; len++) {
        char c = name[len];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
        if (!fine || len == PLAIN_MAX) return false;
    }
    return true;
}

bool berth_record_is_harmless(berth_redactor *redactor, const char *name) {
    return is_plain_name(name) && !is_value(name) && !berth_redact_is_name(redactor, name);
}

/* --- a look -------------------------------------------------------------------------------- */

/* A number under the name of a secret may be one as well. */
static bool is_secret_number(berth_redactor *redactor, const berth_log_field *field,
                             const char *name) {
    char text[32];
    if (field->type != BERTH_FIELD_INTEGER || field->own) return false;
    int n = snprintf(text, sizeof text, "%lld", (long long)field->integer);
    return n > 0 && berth_redact_is_secret(redactor, name, text, (size_t)n);
}

/* `named`: the names are berth's own and tell no secret. */
static bool is_clean_field(berth_redactor *redactor, const berth_record *record,
                           const berth_log_field *field, bool named) {
    told_name told;
    if (field->own) return true;
    bool text = field->type == BERTH_FIELD_TEXT;
    if (text && !berth_redact_is_clean(redactor, field->text, field->len)) return false;
    if (named || field->harmless) return true;
    const char *name = name_of(record, field, &told);
    if (!record->own && !is_plain_name(field->name) &&
        !berth_redact_is_clean(redactor, field->name, strlen(field->name)))
        return false;
    return text ? !berth_redact_is_secret(redactor, name, field->text, field->len)
                : !is_secret_number(redactor, field, name);
}

bool berth_record_is_clean(berth_redactor *redactor, const berth_record *record) {
    bool named = record->own && !berth_redact_has_names(redactor);
    if (berth_redact_asks_all(redactor) ||
        (!record->own && !berth_redact_is_clean(redactor, record->message, record->message_len)))
        return false;
    for (size_t i = 0; i < record->count; i++) {
        if (!is_clean_field(redactor, record, &record->fields[i], named)) return false;
    }
    return true;
}

/* --- redacting --------------------------------------------------------------------------- */

/* First every text is learned, so that a secret is known in all of them. */
static berth_rc learn(berth_redactor *redactor, const berth_record *record) {
    told_name told;
    berth_redact_begin(redactor);
    berth_rc rc = berth_redact_learn(redactor, NULL, record->message, record->message_len, NULL);
    for (size_t i = 0; rc == BERTH_OK && i < record->count; i++) {
        const berth_log_field *field = &record->fields[i];
        if (field->type == BERTH_FIELD_TEXT)
            rc = berth_redact_learn(redactor, name_of(record, field, &told), field->text,
                                    field->len, NULL);
    }
    return rc;
}

/* Where what is to be shown stands in the room, which may still move. */
typedef struct place {
    size_t name, text, len;
    bool named; /* the name as well */
} place;

static berth_rc redact_text(berth_redactor *redactor, const char *name, const char *text,
                            size_t len, berth_record_room *room, size_t *at, size_t *out_len) {
    const char *out;
    berth_rc rc = berth_redact_field(redactor, name, text, len, &out, out_len, NULL);
    if (rc != BERTH_OK) return rc;
    return copy(room, out, *out_len, at) ? BERTH_OK : BERTH_ENOMEM;
}

static berth_rc redact_name(berth_redactor *redactor, const char *name, berth_record_room *room,
                            place *to) {
    size_t len, end;
    if (is_plain_name(name) || berth_redact_is_clean(redactor, name, strlen(name)))
        return BERTH_OK;
    to->named = true;
    berth_rc rc = redact_text(redactor, NULL, name, strlen(name), room, &to->name, &len);
    return rc == BERTH_OK && !copy(room, "", 1, &end) ? BERTH_ENOMEM : rc;
}

/* The texts as they may be seen, message first. */
static berth_rc redact_all(berth_redactor *redactor, const berth_record *record,
                           berth_record_room *room, place *places, bool *hit) {
    told_name told;
    room->len = 0;
    berth_rc rc = redact_text(redactor, NULL, record->message, record->message_len, room,
                              &places[0].text, &places[0].len);
    *hit = rc == BERTH_OK && berth_redact_masked(redactor) > 0;
    for (size_t i = 0; rc == BERTH_OK && i < record->count; i++) {
        const berth_log_field *field = &record->fields[i];
        place *to = &places[i + 1];
        if (!record->own) rc = redact_name(redactor, field->name, room, to);
        *hit = *hit || to->named;
        if (rc != BERTH_OK || field->type != BERTH_FIELD_TEXT) continue;
        rc = redact_text(redactor, name_of(record, field, &told), field->text, field->len, room,
                         &to->text, &to->len);
        *hit = *hit || (rc == BERTH_OK && berth_redact_masked(redactor) > 0);
    }
    return rc;
}

/* For the hook: the room moves no more. */
static void make_parts(const berth_record *record, const berth_record_room *room,
                       const place *places, berth_redact_part *parts) {
    const char *s = room->s ? room->s : "";
    parts[0] = (berth_redact_part){"message", s + places[0].text, places[0].len};
    for (size_t i = 1; i <= record->count; i++) {
        const berth_log_field *field = &record->fields[i - 1];
        parts[i].name = places[i].named ? s + places[i].name : field->name;
        parts[i].text = field->type == BERTH_FIELD_TEXT ? s + places[i].text : NULL;
        parts[i].len = places[i].len;
    }
}

/* The record of the parts that the hook left, and of what is no text. */
static void gather(berth_redactor *redactor, const berth_record *record,
                   const berth_redact_part *parts, berth_record_room *room, berth_record *out) {
    static const char masked[] = "***";
    told_name told;
    *out = (berth_record){.message = parts[0].text ? parts[0].text : "",
                          .message_len = parts[0].text ? parts[0].len : 0,
                          .fields = room->fields,
                          .own = record->own};
    for (size_t i = 0; i < record->count; i++) {
        const berth_log_field *from = &record->fields[i];
        berth_log_field field = *from;
        field.name = parts[i + 1].name;
        if (field.type == BERTH_FIELD_TEXT) {
            if (!parts[i + 1].text) continue; /* the hook took it out */
            field.text = parts[i + 1].text;
            field.len = parts[i + 1].len;
            field.own = false;
        } else if (is_secret_number(redactor, from, name_of(record, from, &told))) {
            field.type = BERTH_FIELD_TEXT;
            field.text = masked;
            field.len = sizeof masked - 1;
        }
        room->fields[out->count++] = field;
    }
}

berth_rc berth_record_redact(berth_redactor *redactor, const berth_record *record,
                             berth_record_room *room, berth_record *out) {
    place places[PARTS_MAX] = {{0}};
    berth_redact_part parts[PARTS_MAX];
    bool hit;
    berth_rc rc = learn(redactor, record);
    if (rc == BERTH_OK) rc = redact_all(redactor, record, room, places, &hit);
    if (rc != BERTH_OK) return rc;
    make_parts(record, room, places, parts);
    rc = berth_redact_ask(redactor, hit, parts, record->count + 1, NULL);
    if (rc == BERTH_OK) gather(redactor, record, parts, room, out);
    return rc;
}
