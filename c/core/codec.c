/* codec.c - see codec.h. */
#include "core/codec.h"

#include <string.h>

#include "core/err.h"
#include "core/text.h"

#define CODEC_VERSION 1

/* What a change's flag byte says. */
enum {
    HAD = 1,     /* the record was there */
    HAS = 2,     /* the record is there afterwards */
    NAMED = 4,   /* a provider's names are told */
    SPELLED = 8, /* a consumer's identifier is a text, not a packed uuid */
    FLAGS = 15
};

/* --- bytes out --------------------------------------------------------------------------- */

berth_rc berth_bytes_put(berth_bytes *bytes, const void *data, size_t len, berth_err *err) {
    if (len > bytes->cap - bytes->len) {
        size_t need = bytes->len + len;
        if (need < len) return berth_fail_memory(err);
        size_t cap = bytes->cap < 256 ? 256 : bytes->cap;
        while (cap < need) cap = cap > SIZE_MAX / 2 ? need : cap * 2;
        unsigned char *grown = berth_realloc(&bytes->mem, bytes->data, bytes->cap, cap);
        if (grown == NULL) return berth_fail_memory(err);
        bytes->data = grown;
        bytes->cap = cap;
    }
    if (len > 0) memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
    return BERTH_OK;
}

void berth_bytes_free(berth_bytes *bytes) {
    berth_free(&bytes->mem, bytes->data, bytes->cap);
    bytes->data = NULL;
    bytes->len = bytes->cap = 0;
}

/* Parts are collected in a small buffer, so that memory can fail in one place only: no change has
 * parts, texts aside, of more than these bytes. */
typedef struct writer {
    unsigned char data[192];
    size_t len;
} writer;

static void write_number(writer *w, uint64_t value) {
    while (value >= 0x80) {
        w->data[w->len++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    w->data[w->len++] = (unsigned char)value;
}

static void write_ref(writer *w, berth_ref ref) {
    write_number(w, (uint64_t)((int64_t)ref + 1));
}

static void write_ratio(writer *w, double ratio) {
    uint64_t bits;
    memcpy(&bits, &ratio, sizeof bits);
    for (int shift = 56; shift >= 0; shift -= 8)
        w->data[w->len++] = (unsigned char)(bits >> shift);
}

static int hex_value(char c) {
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* The text is canonical: lower case with dashes. */
static void write_uuid(writer *w, const char *uuid) {
    for (size_t i = 0; i < BERTH_UUID_BYTES; i += 2) {
        if (uuid[i] == '-') i++;
        w->data[w->len++] = (unsigned char)(hex_value(uuid[i]) << 4 | hex_value(uuid[i + 1]));
    }
}

static bool canonical(const char *text, size_t len) {
    char uuid[BERTH_UUID_BYTES + 1];
    return len == BERTH_UUID_BYTES && berth_uuid_parse(text, len, uuid) && strcmp(uuid, text) == 0;
}

static void write_inventory(writer *w, const berth_inventory *inventory) {
    write_number(w, (uint64_t)inventory->total);
    write_number(w, (uint64_t)inventory->reserved);
    write_number(w, (uint64_t)inventory->min_unit);
    write_number(w, (uint64_t)inventory->max_unit);
    write_number(w, (uint64_t)inventory->step_size);
    write_ratio(w, inventory->allocation_ratio);
}

static void write_provider_row(writer *w, const berth_provider_row *row) {
    if (!row->exists) return;
    write_number(w, (uint64_t)row->generation);
    write_ref(w, row->parent);
}

static void write_consumer_row(writer *w, const berth_consumer_row *row) {
    if (!row->exists) return;
    write_number(w, (uint64_t)row->generation);
    write_ref(w, row->project);
    write_ref(w, row->user);
    write_ref(w, row->type);
}

static unsigned flags_of(bool had, bool has) {
    return (had ? HAD : 0u) | (has ? HAS : 0u);
}

/* --- one change out ----------------------------------------------------------------------- */

/* Up to two texts follow a change's parts. */
typedef struct tail {
    const char *texts[2];
} tail;

static void encode_name(const berth_change *c, writer *w, tail *t) {
    const char *text = c->u.name.after != NULL ? c->u.name.after : c->u.name.before;
    write_number(w, flags_of(c->u.name.before != NULL, c->u.name.after != NULL));
    write_number(w, (uint64_t)c->u.name.kind);
    write_ref(w, c->a);
    t->texts[0] = text;
}

static void encode_provider(const berth_change *c, writer *w, tail *t) {
    const berth_provider_row *before = &c->u.provider.before, *after = &c->u.provider.after;
    bool named = !before->exists || !after->exists || before->name != after->name;
    write_number(w, flags_of(before->exists, after->exists) | (named ? NAMED : 0u));
    write_ref(w, c->a);
    write_uuid(w, after->exists ? after->uuid : before->uuid);
    write_provider_row(w, before);
    write_provider_row(w, after);
    if (!named) return;
    t->texts[0] = before->exists ? before->name : after->name;
    t->texts[1] = before->exists && after->exists ? after->name : NULL;
}

static void encode_consumer(const berth_change *c, writer *w, tail *t) {
    const berth_consumer_row *before = &c->u.consumer.before, *after = &c->u.consumer.after;
    const char *uuid = after->exists ? after->uuid : before->uuid;
    bool packed = canonical(uuid, strlen(uuid));
    write_number(w, flags_of(before->exists, after->exists) | (packed ? 0u : SPELLED));
    write_ref(w, c->a);
    if (packed) write_uuid(w, uuid);
    write_consumer_row(w, before);
    write_consumer_row(w, after);
    if (!packed) t->texts[0] = uuid;
}

static void encode_change(const berth_change *c, writer *w, tail *t) {
    w->data[w->len++] = (unsigned char)c->kind;
    switch (c->kind) {
    case BERTH_CHANGE_NAME:
        encode_name(c, w, t);
        return;
    case BERTH_CHANGE_PROVIDER:
        encode_provider(c, w, t);
        return;
    case BERTH_CHANGE_INVENTORY:
        write_number(w, flags_of(c->u.inventory.had, c->u.inventory.has));
        write_ref(w, c->a);
        write_ref(w, c->b);
        if (c->u.inventory.had) write_inventory(w, &c->u.inventory.before);
        if (c->u.inventory.has) write_inventory(w, &c->u.inventory.after);
        return;
    case BERTH_CHANGE_TRAIT:
    case BERTH_CHANGE_AGGREGATE:
        write_number(w, flags_of(c->u.link.had, c->u.link.has));
        write_ref(w, c->a);
        write_ref(w, c->b);
        return;
    case BERTH_CHANGE_CONSUMER:
        encode_consumer(c, w, t);
        return;
    case BERTH_CHANGE_ALLOCATION:
        write_ref(w, c->a);
        write_ref(w, c->b);
        write_ref(w, c->c);
        write_number(w, (uint64_t)c->u.allocation.before);
        write_number(w, (uint64_t)c->u.allocation.after);
        return;
    }
}

static berth_rc put_text(berth_bytes *out, const char *text, berth_err *err) {
    writer w = {.len = 0};
    size_t len = strlen(text);
    write_number(&w, len);
    berth_rc rc = berth_bytes_put(out, w.data, w.len, err);
    return rc == BERTH_OK ? berth_bytes_put(out, text, len, err) : rc;
}

berth_rc berth_codec_encode(const berth_txn *txn, size_t from, berth_bytes *out, berth_err *err) {
    writer head = {.len = 0};
    head.data[head.len++] = CODEC_VERSION;
    write_number(&head, txn->count - from);
    berth_rc rc = berth_bytes_put(out, head.data, head.len, err);
    for (size_t i = from; i < txn->count && rc == BERTH_OK; i++) {
        writer w = {.len = 0};
        tail t = {{NULL, NULL}};
        encode_change(&txn->changes[i], &w, &t);
        rc = berth_bytes_put(out, w.data, w.len, err);
        for (size_t k = 0; k < 2 && rc == BERTH_OK; k++)
            if (t.texts[k] != NULL) rc = put_text(out, t.texts[k], err);
    }
    return rc;
}

/* --- bytes in ----------------------------------------------------------------------------- */

/* Once something did not fit, `broken` stays and every further part reads as zero. */
typedef struct reader {
    const unsigned char *at, *end;
    bool broken;
} reader;

static unsigned read_byte(reader *r) {
    if (r->broken || r->at == r->end) {
        r->broken = true;
        return 0;
    }
    return *r->at++;
}

static uint64_t read_number(reader *r) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint64_t byte = read_byte(r);
        if (shift == 63 && byte > 1) break;
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    r->broken = true;
    return 0;
}

static int64_t read_amount(reader *r) {
    uint64_t value = read_number(r);
    if (value > INT64_MAX) r->broken = true;
    return r->broken ? 0 : (int64_t)value;
}

static berth_ref read_ref(reader *r) {
    uint64_t value = read_number(r);
    if (value > INT32_MAX) r->broken = true;
    return r->broken ? BERTH_NONE : (berth_ref)((int64_t)value - 1);
}

static unsigned read_flags(reader *r) {
    unsigned flags = read_byte(r);
    if (flags > FLAGS) r->broken = true;
    return r->broken ? 0 : flags;
}

static double read_ratio(reader *r) {
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) bits = bits << 8 | read_byte(r);
    double ratio;
    memcpy(&ratio, &bits, sizeof ratio);
    return ratio;
}

static void read_uuid(reader *r, char uuid[BERTH_UUID_BYTES + 1]) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < BERTH_UUID_BYTES; i += 2) {
        if (i == 8 || i == 13 || i == 18 || i == 23) uuid[i++] = '-';
        unsigned byte = read_byte(r);
        uuid[i] = hex[byte >> 4];
        uuid[i + 1] = hex[byte & 15];
    }
    uuid[BERTH_UUID_BYTES] = '\0';
}

/* No text of a change is longer than a provider's name. */
typedef struct texts {
    char first[BERTH_NAME_BYTES + 1], second[BERTH_NAME_BYTES + 1];
} texts;

static char *read_text(reader *r, char text[BERTH_NAME_BYTES + 1]) {
    uint64_t len = read_number(r);
    if (r->broken || len > BERTH_NAME_BYTES || len > (size_t)(r->end - r->at) ||
        memchr(r->at, 0, (size_t)len) != NULL) {
        r->broken = true;
        len = 0;
    }
    if (len > 0) memcpy(text, r->at, (size_t)len);
    text[len] = '\0';
    r->at += len;
    return text;
}

static void read_inventory(reader *r, berth_inventory *inventory) {
    inventory->total = read_amount(r);
    inventory->reserved = read_amount(r);
    inventory->min_unit = read_amount(r);
    inventory->max_unit = read_amount(r);
    inventory->step_size = read_amount(r);
    inventory->allocation_ratio = read_ratio(r);
}

static void read_provider_row(reader *r, berth_provider_row *row, bool exists, const char *uuid) {
    row->exists = exists;
    row->parent = BERTH_NONE;
    if (!exists) return;
    memcpy(row->uuid, uuid, sizeof row->uuid);
    row->generation = read_amount(r);
    row->parent = read_ref(r);
}

static void read_consumer_row(reader *r, berth_consumer_row *row, bool exists) {
    *row = (berth_consumer_row){
        .exists = exists, .project = BERTH_NONE, .user = BERTH_NONE, .type = BERTH_NONE};
    if (!exists) return;
    row->generation = read_amount(r);
    row->project = read_ref(r);
    row->user = read_ref(r);
    row->type = read_ref(r);
}

/* --- one change in ------------------------------------------------------------------------ */

static void decode_name(reader *r, berth_change *c, texts *t) {
    unsigned flags = read_flags(r);
    uint64_t kind = read_number(r);
    if (kind >= BERTH_NAME_KINDS || (flags != HAD && flags != HAS)) r->broken = true;
    c->u.name.kind = r->broken ? BERTH_NAME_CLASS : (berth_name_kind)kind;
    c->a = read_ref(r);
    char *text = read_text(r, t->first);
    if (flags & HAD)
        c->u.name.before = text;
    else
        c->u.name.after = text;
}

static void decode_provider(reader *r, berth_change *c, texts *t) {
    unsigned flags = read_flags(r);
    char uuid[BERTH_UUID_BYTES + 1];
    c->a = read_ref(r);
    read_uuid(r, uuid);
    read_provider_row(r, &c->u.provider.before, (flags & HAD) != 0, uuid);
    read_provider_row(r, &c->u.provider.after, (flags & HAS) != 0, uuid);
    if ((flags & NAMED) == 0) return;
    if (flags & HAD) c->u.provider.before.name = read_text(r, t->first);
    if (flags & HAS) c->u.provider.after.name = read_text(r, t->second);
}

static void decode_consumer(reader *r, berth_change *c, texts *t) {
    unsigned flags = read_flags(r);
    c->a = read_ref(r);
    if ((flags & SPELLED) == 0) read_uuid(r, t->first);
    read_consumer_row(r, &c->u.consumer.before, (flags & HAD) != 0);
    read_consumer_row(r, &c->u.consumer.after, (flags & HAS) != 0);
    if (flags & SPELLED) read_text(r, t->first);
    if (flags & HAD) c->u.consumer.before.uuid = t->first;
    if (flags & HAS) c->u.consumer.after.uuid = t->first;
}

static void decode_inventory(reader *r, berth_change *c) {
    unsigned flags = read_flags(r);
    c->a = read_ref(r);
    c->b = read_ref(r);
    c->u.inventory.had = (flags & HAD) != 0;
    c->u.inventory.has = (flags & HAS) != 0;
    if (c->u.inventory.had) read_inventory(r, &c->u.inventory.before);
    if (c->u.inventory.has) read_inventory(r, &c->u.inventory.after);
}

static void decode_change(reader *r, berth_change *c, texts *t) {
    memset(c, 0, sizeof *c);
    unsigned kind = read_byte(r);
    unsigned flags;
    switch (kind) {
    case BERTH_CHANGE_NAME:
        decode_name(r, c, t);
        break;
    case BERTH_CHANGE_PROVIDER:
        decode_provider(r, c, t);
        break;
    case BERTH_CHANGE_INVENTORY:
        decode_inventory(r, c);
        break;
    case BERTH_CHANGE_TRAIT:
    case BERTH_CHANGE_AGGREGATE:
        flags = read_flags(r);
        c->a = read_ref(r);
        c->b = read_ref(r);
        c->u.link.had = (flags & HAD) != 0;
        c->u.link.has = (flags & HAS) != 0;
        break;
    case BERTH_CHANGE_CONSUMER:
        decode_consumer(r, c, t);
        break;
    case BERTH_CHANGE_ALLOCATION:
        c->a = read_ref(r);
        c->b = read_ref(r);
        c->c = read_ref(r);
        c->u.allocation.before = read_amount(r);
        c->u.allocation.after = read_amount(r);
        break;
    default:
        r->broken = true;
        return;
    }
    c->kind = (berth_change_kind)kind;
}

static berth_rc broken_feed(berth_err *err) {
    return berth_fail(err, BERTH_ECORRUPT, "a recorded changeset is malformed");
}

berth_rc berth_codec_read(const void *data, size_t len, berth_codec_each each, void *ud,
                          berth_err *err) {
    reader r = {.at = data, .end = (const unsigned char *)data + len};
    if (len == 0 || read_byte(&r) != CODEC_VERSION) return broken_feed(err);
    uint64_t count = read_number(&r);
    texts t;
    for (uint64_t i = 0; i < count; i++) {
        berth_change change;
        decode_change(&r, &change, &t);
        if (r.broken) return broken_feed(err);
        berth_rc rc = each(ud, &change, err);
        if (rc != BERTH_OK) return rc;
    }
    return r.broken || r.at != r.end ? broken_feed(err) : BERTH_OK;
}

static berth_rc accept_each(void *ud, const berth_change *change, berth_err *err) {
    return berth_change_accept(ud, change, err);
}

berth_rc berth_codec_apply(berth_txn *txn, const void *data, size_t len, berth_err *err) {
    size_t mark = txn->count;
    berth_rc rc = berth_codec_read(data, len, accept_each, txn, err);
    if (rc != BERTH_OK) berth_txn_undo(txn, mark);
    return rc;
}
