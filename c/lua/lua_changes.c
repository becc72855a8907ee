/* lua_changes.c - changes as tables.  Each change is laid out as a flat list of fields first, with
 * all its names looked up and copied, so that pushing it needs nothing of the store. */
#include "lua/lua_changes.h"

#include <string.h>

#include "lua/lua_redaction.h"

/* --- fields ------------------------------------------------------------------------------ */

typedef enum place { TOP, BEFORE, AFTER } place;
typedef enum type { TEXT, INTEGER, NUMBER, BOOLEAN } type;

/* One field of the change's table, or of its sub-table before / after. */
typedef struct field {
    place place;
    type type;
    const char *name; /* static */
    const char *text;
    int64_t integer;
    double number;
    bool own; /* a word of berth's own, or a uuid that it made sure of: never a secret */
} field;

/* One change as fields[first .. first + count). */
typedef struct row {
    size_t first, count;
} row;

typedef struct layout {
    luax_epithets names;
    field *fields; /* grown in the arena, as the next */
    size_t nfields, cap_fields;
    row *rows;
    size_t nrows, cap_rows;
    size_t at; /* number of the change being laid out */
    bool failed;
} layout;

/* Room for one more item in arena memory; NULL without memory. */
static void *room(layout *l, void *items, size_t *cap, size_t count, size_t size) {
    if (count < *cap) return items;
    size_t wanted = *cap < 32 ? 32 : *cap * 2;
    void *grown = berth_arena_calloc(l->names.arena, wanted, size);
    if (grown == NULL) {
        l->failed = true;
        return NULL;
    }
    if (count > 0) memcpy(grown, items, count * size);
    *cap = wanted;
    return grown;
}

static void put(layout *l, field f) {
    field *fields = room(l, l->fields, &l->cap_fields, l->nfields, sizeof *fields);
    if (fields == NULL) return;
    l->fields = fields;
    l->fields[l->nfields++] = f;
}

static void put_text(layout *l, place where, const char *name, const char *text) {
    if (text != NULL) put(l, (field){.place = where, .type = TEXT, .name = name, .text = text});
}

static void put_word(layout *l, const char *name, const char *word) {
    put(l, (field){.place = TOP, .type = TEXT, .name = name, .text = word, .own = true});
}

static void put_integer(layout *l, place where, const char *name, int64_t value) {
    put(l, (field){.place = where, .type = INTEGER, .name = name, .integer = value});
}

static void put_boolean(layout *l, const char *name, bool value) {
    put(l, (field){.place = TOP, .type = BOOLEAN, .name = name, .integer = value});
}

static void put_copy(layout *l, place where, const char *name, const char *text) {
    const char *made = berth_arena_text(l->names.arena, text, strlen(text));
    if (made == NULL) l->failed = true;
    put_text(l, where, name, made);
}

/* What a ref meant; a ref to nothing leaves no field. */
static void put_ref(layout *l, place where, const char *name, int kind, berth_ref ref) {
    if (ref == BERTH_NONE) return;
    size_t before = l->nfields;
    put_text(l, where, name, luax_epithet_of(&l->names, kind, ref, l->at));
    if (l->nfields > before) l->fields[before].own = kind == LUAX_OF_PROVIDER;
}

/* --- one change -------------------------------------------------------------------------- */

static const char *const name_kinds[BERTH_NAME_KINDS] = {
    [BERTH_NAME_CLASS] = "resource_class", [BERTH_NAME_TRAIT] = "trait",
    [BERTH_NAME_AGGREGATE] = "aggregate",  [BERTH_NAME_PROJECT] = "project",
    [BERTH_NAME_USER] = "user",            [BERTH_NAME_TYPE] = "consumer_type",
};

static void lay_name(layout *l, const berth_change *c) {
    put_word(l, "kind", "name");
    put_word(l, "of", name_kinds[c->u.name.kind]);
    put_copy(l, TOP, "name", c->u.name.after ? c->u.name.after : c->u.name.before);
    put_boolean(l, "before", c->u.name.before != NULL);
    put_boolean(l, "after", c->u.name.after != NULL);
}

static void lay_provider_row(layout *l, place where, const berth_provider_row *side,
                             const char *other_name) {
    if (!side->exists) return;
    put_integer(l, where, "generation", side->generation);
    put_ref(l, where, "parent", LUAX_OF_PROVIDER, side->parent);
    if (side->name != NULL && side->name != other_name) put_copy(l, where, "name", side->name);
}

/* A name that stays is not told. */
static void lay_provider(layout *l, const berth_change *c) {
    const berth_provider_row *before = &c->u.provider.before, *after = &c->u.provider.after;
    put_word(l, "kind", "provider");
    put_copy(l, TOP, "provider", after->exists ? after->uuid : before->uuid);
    lay_provider_row(l, BEFORE, before, after->exists ? after->name : NULL);
    lay_provider_row(l, AFTER, after, before->exists ? before->name : NULL);
}

static void lay_stock(layout *l, place where, const berth_inventory *inventory) {
    put_integer(l, where, "total", inventory->total);
    put_integer(l, where, "reserved", inventory->reserved);
    put_integer(l, where, "min_unit", inventory->min_unit);
    put_integer(l, where, "max_unit", inventory->max_unit);
    put_integer(l, where, "step_size", inventory->step_size);
    put(l, (field){.place = where,
                   .type = NUMBER,
                   .name = "allocation_ratio",
                   .number = inventory->allocation_ratio});
}

static void lay_inventory(layout *l, const berth_change *c) {
    put_word(l, "kind", "inventory");
    put_ref(l, TOP, "provider", LUAX_OF_PROVIDER, c->a);
    put_ref(l, TOP, "class", BERTH_NAME_CLASS, c->b);
    if (c->u.inventory.had) lay_stock(l, BEFORE, &c->u.inventory.before);
    if (c->u.inventory.has) lay_stock(l, AFTER, &c->u.inventory.after);
}

static void lay_link(layout *l, const berth_change *c) {
    bool trait = c->kind == BERTH_CHANGE_TRAIT;
    const char *word = trait ? "trait" : "aggregate";
    put_word(l, "kind", word);
    put_ref(l, TOP, "provider", LUAX_OF_PROVIDER, c->a);
    put_ref(l, TOP, word, trait ? BERTH_NAME_TRAIT : BERTH_NAME_AGGREGATE, c->b);
    put_boolean(l, "before", c->u.link.had);
    put_boolean(l, "after", c->u.link.has);
}

static void lay_consumer_row(layout *l, place where, const berth_consumer_row *side) {
    if (!side->exists) return;
    put_integer(l, where, "generation", side->generation);
    put_ref(l, where, "project", BERTH_NAME_PROJECT, side->project);
    put_ref(l, where, "user", BERTH_NAME_USER, side->user);
    put_ref(l, where, "consumer_type", BERTH_NAME_TYPE, side->type);
}

static void lay_consumer(layout *l, const berth_change *c) {
    const berth_consumer_row *before = &c->u.consumer.before, *after = &c->u.consumer.after;
    put_word(l, "kind", "consumer");
    put_copy(l, TOP, "consumer", after->exists ? after->uuid : before->uuid);
    lay_consumer_row(l, BEFORE, before);
    lay_consumer_row(l, AFTER, after);
}

static void lay_allocation(layout *l, const berth_change *c) {
    put_word(l, "kind", "allocation");
    put_ref(l, TOP, "consumer", LUAX_OF_CONSUMER, c->a);
    put_ref(l, TOP, "provider", LUAX_OF_PROVIDER, c->b);
    put_ref(l, TOP, "class", BERTH_NAME_CLASS, c->c);
    put_integer(l, TOP, "before", c->u.allocation.before);
    put_integer(l, TOP, "after", c->u.allocation.after);
}

static void lay(layout *l, const berth_change *change) {
    row *rows = room(l, l->rows, &l->cap_rows, l->nrows, sizeof *rows);
    if (rows == NULL) return;
    l->rows = rows;
    size_t first = l->nfields;
    switch (change->kind) {
    case BERTH_CHANGE_NAME:
        lay_name(l, change);
        break;
    case BERTH_CHANGE_PROVIDER:
        lay_provider(l, change);
        break;
    case BERTH_CHANGE_INVENTORY:
        lay_inventory(l, change);
        break;
    case BERTH_CHANGE_TRAIT:
    case BERTH_CHANGE_AGGREGATE:
        lay_link(l, change);
        break;
    case BERTH_CHANGE_CONSUMER:
        lay_consumer(l, change);
        break;
    case BERTH_CHANGE_ALLOCATION:
        lay_allocation(l, change);
        break;
    }
    l->rows[l->nrows++] = (row){first, l->nfields - first};
    l->at++;
}

/* --- pushing ----------------------------------------------------------------------------- */

static void push_field(lua_State *L, const field *f) {
    lua_pushstring(L, f->name);
    switch (f->type) {
    case TEXT:
        lua_pushstring(L, f->text);
        break;
    case INTEGER:
        lua_pushinteger(L, f->integer);
        break;
    case NUMBER:
        lua_pushnumber(L, f->number);
        break;
    case BOOLEAN:
        lua_pushboolean(L, f->integer != 0);
        break;
    }
    lua_rawset(L, -3);
}

/* The fields of one place, which stand together, from fields[*at] on. [-0, +0, m] */
static void push_place(lua_State *L, const field *fields, size_t count, size_t *at,
                       const char *name) {
    place where = fields[*at].place;
    lua_newtable(L);
    while (*at < count && fields[*at].place == where) push_field(L, &fields[(*at)++]);
    lua_setfield(L, -2, name);
}

static void push_row(lua_State *L, const field *fields, size_t count) {
    lua_createtable(L, 0, 6);
    for (size_t i = 0; i < count;) {
        if (fields[i].place == TOP)
            push_field(L, &fields[i++]);
        else
            push_place(L, fields, count, &i, fields[i].place == BEFORE ? "before" : "after");
    }
}

/* May the row be seen as it is?  The names of its fields tell no secret; what they hold is looked
 * at before it becomes a table. */
static bool is_clean_row(berth_redactor *r, const field *fields, size_t count) {
    if (r == NULL || berth_redact_has_names(r) || berth_redact_asks_all(r)) return false;
    for (size_t i = 0; i < count; i++) {
        const field *f = &fields[i];
        if (f->type == TEXT && !f->own && !berth_redact_is_clean(r, f->text, strlen(f->text)))
            return false;
    }
    return true;
}

/* An array of rows[from .. from + count), each redacted unless `exact`. [-0, +1, v] */
static void push_rows(lua_State *L, const luax_store *owner, const layout *l, size_t from,
                      size_t count, bool exact) {
    luaL_checkstack(L, 8, "changes nested too deeply");
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        const row *r = &l->rows[from + i];
        luax_redaction *redaction = owner->redaction;
        bool clean = exact || is_clean_row(luax_redaction_use(L, &redaction), l->fields + r->first,
                                           r->count);
        push_row(L, l->fields + r->first, r->count);
        if (!clean) luax_redact_value(L, owner->redaction);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* --- diff -------------------------------------------------------------------------------- */

static layout new_layout(luax_scratch *scratch, const berth_state *state) {
    return (layout){.names = {.arena = &scratch->arena, .state = state}};
}

typedef struct options {
    bool exact;
} options;

static const luax_key option_keys[] = {
    {"exact", LUAX_BOOLEAN, offsetof(options, exact), NULL},
    LUAX_KEYS_END,
};

int luax_push_diff(lua_State *L, luax_store *owner, int store_index, int arg) {
    options o = {.exact = false};
    luax_scratch *scratch = luax_scratch_take(L, store_index);
    int scratch_index = lua_gettop(L);
    const berth_txn *txn = berth_store_txn(owner->store);
    luax_reader reader;
    berth_err err;
    luax_reader_init(&reader, L, arg, &scratch->arena, &err);
    lua_pushvalue(L, arg);
    if (!lua_isnil(L, -1)) luax_read_table(&reader, option_keys, &o);
    lua_pop(L, 1);
    layout l = new_layout(scratch, txn->state);
    for (size_t i = 0; i < txn->count; i++) luax_epithets_note(&l.names, &txn->changes[i]);
    luax_epithets_finish(&l.names);
    for (size_t i = 0; i < txn->count; i++) lay(&l, &txn->changes[i]);
    if (l.failed || l.names.failed) {
        (void)berth_fail_memory(&err);
        return luax_fail(L, &err);
    }
    push_rows(L, owner, &l, 0, l.nrows, o.exact);
    luax_scratch_done(L, store_index, scratch_index);
    return 1;
}

/* --- feed -------------------------------------------------------------------------------- */

/* A committed changeset, copied. */
typedef struct set {
    int64_t sequence;
    const void *data;
    size_t len;
    size_t first; /* its first change among all */
    struct set *next;
} set;

typedef struct feed {
    luax_call *call;
    layout layout;
    set *sets, **end;
    int64_t newest; /* later ones are not in the state yet */
} feed;

static berth_rc keep_set(void *ud, int64_t sequence, const void *data, size_t len,
                         berth_err *err) {
    feed *f = ud;
    if (sequence > f->newest) return BERTH_OK;
    berth_arena *arena = f->layout.names.arena;
    set *s = berth_arena_calloc(arena, 1, sizeof *s);
    char *copy = berth_arena_alloc(arena, len ? len : 1);
    if (s == NULL || copy == NULL) return berth_fail_memory(err);
    memcpy(copy, data, len);
    *s = (set){.sequence = sequence, .data = copy, .len = len};
    *f->end = s;
    f->end = &s->next;
    return BERTH_OK;
}

static berth_rc note_each(void *ud, const berth_change *change, berth_err *err) {
    (void)err;
    luax_epithets_note(&((feed *)ud)->layout.names, change);
    return BERTH_OK;
}

static berth_rc lay_each(void *ud, const berth_change *change, berth_err *err) {
    (void)err;
    lay(&((feed *)ud)->layout, change);
    return BERTH_OK;
}

/* All sets after `since` are read for the names, the first `limit` laid out. */
static berth_rc read_feed(feed *f, int64_t since, int64_t limit, berth_err *err) {
    layout *l = &f->layout;
    berth_store *store = f->call->scope.owner->store;
    berth_rc rc = berth_store_changes(store, since, keep_set, f, err);
    for (set *s = f->sets; rc == BERTH_OK && s != NULL; s = s->next)
        rc = berth_codec_read(s->data, s->len, note_each, f, err);
    luax_epithets_finish(&l->names);
    for (set *s = f->sets; rc == BERTH_OK && s != NULL && limit-- > 0; s = s->next) {
        s->first = l->nrows;
        rc = berth_codec_read(s->data, s->len, lay_each, f, err);
    }
    if (rc == BERTH_OK && (l->failed || l->names.failed)) rc = berth_fail_memory(err);
    return rc;
}

static void read_count(luax_reader *r, void *into) {
    *(int64_t *)into = luax_read_integer(r, 0, INT64_MAX, BERTH_EINVALID);
}

int luax_changes(lua_State *L) {
    luax_call call;
    luax_check(L, 1, &luax_store_class);
    luax_call_open(L, &call, 4);
    options o = {.exact = false};
    int64_t since = 0, limit = INT64_MAX;
    if (!lua_isnil(L, 2)) luax_call_value(&call, 2, read_count, &since);
    if (!lua_isnil(L, 3)) luax_call_value(&call, 3, read_count, &limit);
    luax_call_table(&call, 4, option_keys, &o);
    berth_state *state = luax_call_read(&call);
    if (state == NULL) return luax_call_fail(&call);
    feed f = {.call = &call, .layout = new_layout(call.scratch, state), .newest = state->sequence};
    f.end = &f.sets;
    if (read_feed(&f, since, limit, &call.err) != BERTH_OK) return luax_call_fail(&call);
    lua_newtable(L);
    lua_Integer n = 0;
    for (const set *s = f.sets; s != NULL && n < limit; s = s->next) {
        size_t until = s->next != NULL && n + 1 < limit ? s->next->first : f.layout.nrows;
        lua_createtable(L, 0, 2);
        luax_set_integer(L, "sequence", s->sequence);
        push_rows(L, call.scope.owner, &f.layout, s->first, until - s->first, o.exact);
        lua_setfield(L, -2, "changes");
        lua_rawseti(L, -2, ++n);
    }
    luax_call_done(&call);
    return 1;
}
