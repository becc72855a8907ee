/* lua_listing.c - going through the providers that pass a filter, in order of name.  Each is looked
 * at by itself: no tree, no sharing.  The selection is made at once; one deleted meanwhile is
 * left out. */
#include <string.h>

#include "core/capacity.h"
#include "core/text.h"
#include "lua/lua_request.h"
#include "lua/lua_verbs.h"

const luax_class luax_providers_class = {"berth.providers"};

/* What is asked of one provider by itself. */
typedef struct filter {
    berth_text name, uuid;
    luax_group group; /* resources, required, member_of, ... as a request says them */
} filter;

/* One provider met on the way: refs are never given to another one. */
typedef struct providers_ud {
    luax_store *owner;
    uint64_t tx;
    bool in_tx;         /* a transaction was open: refs from it mean nothing once it is undone */
    uint64_t undone;
    berth_ref *refs;    /* owned; in order of name */
    size_t count, next;
} providers_ud;

static void providers_free(providers_ud *self) {
    berth_mem mem = berth_mem_default();
    berth_free(&mem, self->refs, self->count * sizeof *self->refs);
    self->refs = NULL;
    self->count = self->next = 0;
}

static int providers_close(lua_State *L) {
    providers_free(luax_check(L, 1, &luax_providers_class));
    return 0;
}

/* The next provider that still exists, nil at the end. */
static int providers_next(lua_State *L) {
    providers_ud *self = luax_check(L, 1, &luax_providers_class);
    luax_scope scope = luax_handle_scope(L, self->owner, self->tx);
    if (self->in_tx && self->undone != self->owner->undone) {
        berth_err err;
        (void)berth_fail(&err, BERTH_ESTALE, "the transaction listed was rolled back");
        return luax_throw(L, &err);
    }
    luax_provider *handle = luax_new_provider(L, &scope);
    const berth_state *state = berth_store_state(self->owner->store);
    while (self->next < self->count) {
        berth_ref ref = self->refs[self->next++];
        const berth_provider *p = berth_state_provider(state, ref);
        if (p == NULL) continue; /* deleted meanwhile */
        memcpy(handle->uuid, p->uuid, sizeof handle->uuid);
        handle->hint = ref;
        return 1;
    }
    providers_free(self);
    lua_pushnil(L);
    return 1;
}

static const luax_key filter_keys[] = {
    {"name", LUAX_TEXT, offsetof(filter, name), NULL},
    {"uuid", LUAX_TEXT, offsetof(filter, uuid), NULL},
    {"resources", LUAX_READ, offsetof(filter, group), luax_read_resources},
    {"required", LUAX_READ, offsetof(filter, group), luax_read_required},
    {"forbidden", LUAX_READ, offsetof(filter, group), luax_read_forbidden},
    {"member_of", LUAX_READ, offsetof(filter, group), luax_read_member_of},
    {"in_tree", LUAX_READ, offsetof(filter, group), luax_read_in_tree},
    LUAX_KEYS_END,
};

static bool meets(const berth_refs *has, const berth_ref_condition *conditions, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool any = false;
        for (size_t j = 0; !any && j < conditions[i].count; j++)
            any = berth_refs_have(has, conditions[i].refs[j]);
        if (any == conditions[i].forbidden) return false;
    }
    return true;
}

static bool has_room(const berth_provider *p, const berth_shape_group *group) {
    for (size_t i = 0; i < group->nresources; i++) {
        const berth_shape_amount *want = &group->resources[i];
        const berth_stock *stock = berth_provider_stock(p, want->rclass);
        if (stock == NULL || !berth_inventory_allows(&stock->inventory, want->amount) ||
            stock->capacity < stock->used || stock->capacity - stock->used < want->amount)
            return false;
    }
    return true;
}

/* `uuid` is the filter's in lower case with dashes; NULL: none. */
static bool passes(const berth_provider *p, const filter *want, const char *uuid,
                   const berth_shape_group *group) {
    const berth_text *name = &want->name;
    if (uuid != NULL && strcmp(p->uuid, uuid) != 0) return false;
    if (name->data != NULL &&
        (strlen(p->name) != name->len || memcmp(p->name, name->data, name->len) != 0))
        return false;
    if (group == NULL) return true;
    return (!group->has_tree || p->root == group->tree) &&
           meets(&p->traits, group->required, group->nrequired) &&
           meets(&p->aggregates, group->member_of, group->nmember_of) && has_room(p, group);
}

/* The refs of those that pass, by name, into `out`. */
static berth_rc select_providers(luax_call *call, const berth_state *state, const filter *want,
                                 providers_ud *out) {
    luax_scratch *scratch = call->scratch;
    char uuid[BERTH_UUID_BYTES + 1] = "";
    if (want->uuid.data != NULL && !berth_uuid_parse(want->uuid.data, want->uuid.len, uuid))
        return BERTH_OK; /* no provider is called so */
    berth_rc rc = berth_shape_resolve(scratch->request, state, &scratch->shape, &call->err);
    if (rc != BERTH_OK) return rc;
    const berth_shape_group *group = scratch->shape->ngroups > 0 ? scratch->shape->groups : NULL;
    luax_word *found =
        berth_arena_calloc(&scratch->arena, state->live_providers + 1, sizeof *found);
    if (found == NULL) return berth_fail_memory(&call->err);
    size_t count = 0;
    for (size_t i = 0; i < state->nproviders; i++) {
        const berth_provider *p = berth_state_provider(state, (berth_ref)i);
        if (p != NULL && passes(p, want, uuid[0] ? uuid : NULL, group))
            found[count++] = (luax_word){p->name, p->ref};
    }
    luax_sort_words(found, count);
    if (count == 0) return BERTH_OK;
    berth_mem mem = berth_mem_default();
    out->refs = berth_calloc(&mem, count, sizeof *out->refs);
    if (out->refs == NULL) return berth_fail_memory(&call->err);
    out->count = count;
    for (size_t i = 0; i < count; i++) out->refs[i] = found[i].ref;
    return BERTH_OK;
}

/* providers{name=, uuid=, resources=, ...} -> iterator of providers | nil, err */
int luax_providers(lua_State *L) {
    luax_call call;
    luax_call_open(L, &call, 2);
    filter want = {.name = {NULL, 0}};
    if (berth_request_new(berth_mem_default(), &call.scratch->request, &call.err) != BERTH_OK)
        return luax_call_fail(&call);
    want.group.request = call.scratch->request;
    want.group.suffix = (berth_text){"", 0};
    luax_call_table(&call, 2, filter_keys, &want);
    providers_ud *self = luax_new(L, &luax_providers_class, sizeof *self, 1);
    self->owner = call.scope.owner;
    self->tx = call.scope.tx;
    self->in_tx = self->owner->tx != 0;
    self->undone = self->owner->undone;
    lua_pushvalue(L, call.scope.index);
    lua_setiuservalue(L, -2, 1);
    berth_state *state = luax_call_read(&call);
    if (state == NULL || select_providers(&call, state, &want, self) != BERTH_OK)
        return luax_call_fail(&call);
    luax_call_done(&call);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, -3); /* to be closed when the loop is left */
    return 4;
}

void luax_open_listing(lua_State *L) {
    static const luaL_Reg methods[] = {{"next", providers_next}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__call", providers_next},
                                    {"__gc", providers_close},
                                    {"__close", providers_close},
                                    {NULL, NULL}};
    luax_new_class(L, &luax_providers_class,
                   &(luax_members){.methods = methods, .meta = meta});
}
