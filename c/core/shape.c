/* shape.c - a request with every name resolved against one state; see request.h.
 * Sorting everything here is what makes the written order of a request irrelevant. */
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/request.h"
#include "core/text.h"

typedef struct resolver {
    const berth_request *request;
    const berth_state *state;
    berth_shape *shape;
    berth_shape_group *groups; /* shape->groups while they are filled */
    berth_err *err;
} resolver;

/* --- names -------------------------------------------------------------------------------- */

static berth_ref find_aggregate(const berth_state *state, berth_text text) {
    char uuid[BERTH_UUID_BYTES + 1];
    if (berth_uuid_parse(text.data, text.len, uuid))
        return berth_state_name(state, BERTH_NAME_AGGREGATE, uuid, BERTH_UUID_BYTES);
    return berth_state_name(state, BERTH_NAME_AGGREGATE, text.data, text.len);
}

static berth_rc check_name(const resolver *r, berth_name_kind kind, const berth_mention *at) {
    berth_text text = at->name;
    if (berth_state_name(r->state, kind, text.data, text.len) != BERTH_NONE) return BERTH_OK;
    bool is_class = kind == BERTH_NAME_CLASS;
    berth_quoted shown = berth_quote(text.data, text.len);
    berth_fail(r->err, BERTH_ENOTFOUND, "%s: there is no %s \"%s\"", at->parameter,
               is_class ? "resource class" : "trait", shown.text);
    berth_err_text(r->err, is_class ? "class" : "trait", shown.text);
    berth_err_text(r->err, "parameter", at->parameter);
    berth_err_position(r->err, at->position);
    return BERTH_ENOTFOUND;
}

static berth_rc check_traits(const resolver *r, const berth_condition *conditions, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < conditions[i].count; j++) {
            berth_rc rc = check_name(r, BERTH_NAME_TRAIT, &conditions[i].names[j]);
            if (rc != BERTH_OK) return rc;
        }
    return BERTH_OK;
}

static berth_rc check_names(const resolver *r) {
    const berth_request *q = r->request;
    for (size_t i = 0; i < q->ngroups; i++) {
        for (size_t j = 0; j < q->groups[i].nresources; j++) {
            berth_rc rc = check_name(r, BERTH_NAME_CLASS, &q->groups[i].resources[j].rclass);
            if (rc != BERTH_OK) return rc;
        }
        berth_rc rc = check_traits(r, q->groups[i].required, q->groups[i].nrequired);
        if (rc != BERTH_OK) return rc;
    }
    return check_traits(r, q->root_required, q->nroot_required);
}

/* --- orders ------------------------------------------------------------------------------- */

static int by_ref(const void *a, const void *b) {
    berth_ref x = *(const berth_ref *)a, y = *(const berth_ref *)b;
    return (x > y) - (x < y);
}

static int by_class(const void *a, const void *b) {
    return by_ref(&((const berth_shape_amount *)a)->rclass,
                  &((const berth_shape_amount *)b)->rclass);
}

static int by_index(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Forbidden before required, then by content. */
static int by_condition(const void *a, const void *b) {
    const berth_ref_condition *x = a, *y = b;
    if (x->forbidden != y->forbidden) return x->forbidden ? -1 : 1;
    for (size_t i = 0; i < x->count && i < y->count; i++) {
        int order = by_ref(&x->refs[i], &y->refs[i]);
        if (order != 0) return order;
    }
    return (x->count > y->count) - (x->count < y->count);
}

static int by_suffix(const void *a, const void *b) {
    const berth_group *x = *(const berth_group *const *)a, *y = *(const berth_group *const *)b;
    return strcmp(x->suffix.data, y->suffix.data);
}

static size_t sort_refs(berth_ref *refs, size_t count) {
    if (count == 0) return 0;
    qsort(refs, count, sizeof *refs, by_ref);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (refs[i] != refs[kept - 1]) refs[kept++] = refs[i];
    return kept;
}

/* --- conditions --------------------------------------------------------------------------- */

/* Appends the known names to refs, which has room; returns how many. */
static size_t lookup(const resolver *r, berth_name_kind kind, const berth_condition *condition,
                     berth_ref *refs) {
    size_t count = 0;
    for (size_t i = 0; i < condition->count; i++) {
        berth_text text = condition->names[i].name;
        berth_ref ref = kind == BERTH_NAME_AGGREGATE
                            ? find_aggregate(r->state, text)
                            : berth_state_name(r->state, kind, text.data, text.len);
        if (ref == BERTH_NONE)
            r->shape->lasting = false;
        else
            refs[count++] = ref;
    }
    return count;
}

/* One sorted set of all that is forbidden, then the required sets in order, none twice. */
static berth_rc resolve_conditions(const resolver *r, berth_name_kind kind,
                                   const berth_condition *from, size_t count,
                                   const berth_ref_condition **out, size_t *nout) {
    size_t names = 0;
    for (size_t i = 0; i < count; i++) names += from[i].count;
    berth_arena *arena = &r->shape->arena;
    berth_ref_condition *to = berth_arena_alloc(arena, (count + 1) * sizeof *to);
    berth_ref *refs = berth_arena_alloc(arena, names * sizeof *refs);
    if (to == NULL || refs == NULL) return berth_fail_memory(r->err);
    size_t n = 0, barred = 0;
    berth_ref *forbidden = refs;
    for (size_t i = 0; i < count; i++)
        if (from[i].forbidden) barred += lookup(r, kind, &from[i], forbidden + barred);
    refs += barred;
    barred = sort_refs(forbidden, barred);
    if (barred > 0) to[n++] = (berth_ref_condition){forbidden, barred, true};
    for (size_t i = 0; i < count; i++) {
        if (from[i].forbidden) continue;
        size_t found = lookup(r, kind, &from[i], refs);
        to[n++] = (berth_ref_condition){refs, sort_refs(refs, found), false};
        refs += found;
    }
    if (n > 1) qsort(to, n, sizeof *to, by_condition);
    size_t kept = n > 0 ? 1 : 0;
    for (size_t i = 1; i < n; i++)
        if (by_condition(&to[i], &to[kept - 1]) != 0) to[kept++] = to[i];
    *out = to;
    *nout = kept;
    return BERTH_OK;
}

/* --- groups ------------------------------------------------------------------------------- */

static berth_rc resolve_group(const resolver *r, const berth_group *from, berth_shape_group *to) {
    berth_arena *arena = &r->shape->arena;
    to->suffix = berth_arena_text(arena, from->suffix.data, from->suffix.len);
    berth_shape_amount *amounts =
        berth_arena_calloc(arena, from->nresources, sizeof *amounts); /* padding too */
    if (to->suffix == NULL || amounts == NULL) return berth_fail_memory(r->err);
    for (size_t i = 0; i < from->nresources; i++) {
        berth_text name = from->resources[i].rclass.name;
        amounts[i].rclass = berth_state_name(r->state, BERTH_NAME_CLASS, name.data, name.len);
        amounts[i].amount = from->resources[i].amount;
        amounts[i].split = from->resources[i].split;
    }
    if (from->nresources > 1) qsort(amounts, from->nresources, sizeof *amounts, by_class);
    to->resources = amounts;
    to->nresources = from->nresources;
    to->tree = BERTH_NONE;
    if (from->in_tree.data != NULL) {
        r->shape->lasting = false;
        to->has_tree = true;
        berth_ref p = berth_state_find_provider(r->state, from->in_tree.data, from->in_tree.len);
        if (p != BERTH_NONE) to->tree = berth_state_provider(r->state, p)->root;
    }
    berth_rc rc = resolve_conditions(r, BERTH_NAME_TRAIT, from->required, from->nrequired,
                                     &to->required, &to->nrequired);
    if (rc == BERTH_OK)
        rc = resolve_conditions(r, BERTH_NAME_AGGREGATE, from->member_of, from->nmember_of,
                                &to->member_of, &to->nmember_of);
    return rc;
}

static berth_rc resolve_groups(resolver *r) {
    const berth_request *q = r->request;
    berth_arena *arena = &r->shape->arena;
    const berth_group **order = berth_arena_alloc(arena, q->ngroups * sizeof *order);
    berth_shape_group *groups = berth_arena_calloc(arena, q->ngroups, sizeof *groups);
    if (order == NULL || groups == NULL) return berth_fail_memory(r->err);
    for (size_t i = 0; i < q->ngroups; i++) order[i] = &q->groups[i];
    if (q->ngroups > 1) qsort(order, q->ngroups, sizeof *order, by_suffix);
    for (size_t i = 0; i < q->ngroups; i++) {
        berth_rc rc = resolve_group(r, order[i], &groups[i]);
        if (rc != BERTH_OK) return rc;
    }
    r->shape->groups = r->groups = groups;
    r->shape->ngroups = q->ngroups;
    r->shape->has_unsuffixed = q->ngroups > 0 && groups[0].suffix[0] == '\0';
    return BERTH_OK;
}

static size_t group_index(const berth_shape *shape, berth_text suffix) {
    size_t i = 0;
    while (i < shape->ngroups && (strlen(shape->groups[i].suffix) != suffix.len ||
                                  memcmp(shape->groups[i].suffix, suffix.data, suffix.len) != 0))
        i++;
    return i;
}

static berth_rc resolve_subtrees(const resolver *r) {
    const berth_request *q = r->request;
    berth_shape *shape = r->shape;
    size_t **lists = berth_arena_alloc(&shape->arena, q->nsubtrees * sizeof *lists);
    size_t *sizes = berth_arena_alloc(&shape->arena, q->nsubtrees * sizeof *sizes);
    if (lists == NULL || sizes == NULL) return berth_fail_memory(r->err);
    for (size_t i = 0; i < q->nsubtrees; i++) {
        size_t count = q->subtrees[i].count, kept = 0;
        lists[i] = berth_arena_alloc(&shape->arena, count * sizeof **lists);
        if (lists[i] == NULL) return berth_fail_memory(r->err);
        for (size_t j = 0; j < count; j++)
            lists[i][j] = group_index(shape, q->subtrees[i].suffixes[j]);
        qsort(lists[i], count, sizeof **lists, by_index);
        for (size_t j = 0; j < count; j++)
            if (j == 0 || lists[i][j] != lists[i][j - 1]) lists[i][kept++] = lists[i][j];
        sizes[i] = kept;
    }
    shape->subtrees = (const size_t *const *)lists;
    shape->subtree_sizes = sizes;
    shape->nsubtrees = q->nsubtrees;
    return BERTH_OK;
}

/* --- twins -------------------------------------------------------------------------------- */

static bool same_conditions(const berth_ref_condition *a, size_t na, const berth_ref_condition *b,
                            size_t nb) {
    if (na != nb) return false;
    for (size_t i = 0; i < na; i++)
        if (by_condition(&a[i], &b[i]) != 0) return false;
    return true;
}

static bool in_list(const size_t *list, size_t count, size_t sought) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == sought) return true;
    return false;
}

static bool are_twins(const berth_shape *shape, size_t x, size_t y) {
    const berth_shape_group *a = &shape->groups[x], *b = &shape->groups[y];
    if (a->nresources != b->nresources || a->has_tree != b->has_tree || a->tree != b->tree)
        return false;
    for (size_t i = 0; i < a->nresources; i++)
        if (a->resources[i].rclass != b->resources[i].rclass ||
            a->resources[i].amount != b->resources[i].amount ||
            a->resources[i].split != b->resources[i].split)
            return false;
    for (size_t i = 0; i < shape->nsubtrees; i++)
        if (in_list(shape->subtrees[i], shape->subtree_sizes[i], x) !=
            in_list(shape->subtrees[i], shape->subtree_sizes[i], y))
            return false;
    return same_conditions(a->required, a->nrequired, b->required, b->nrequired) &&
           same_conditions(a->member_of, a->nmember_of, b->member_of, b->nmember_of);
}

static void find_twins(berth_shape *shape, berth_shape_group *groups) {
    size_t first = shape->has_unsuffixed ? 1 : 0;
    for (size_t i = 0; i < shape->ngroups; i++) {
        groups[i].twin = i;
        for (size_t j = first; j < i; j++)
            if (groups[j].twin == j && are_twins(shape, i, j)) {
                groups[i].twin = j;
                break;
            }
    }
}

/* --- key ---------------------------------------------------------------------------------- */

/* Counts bytes while data is NULL, writes them afterwards. */
typedef struct key_writer {
    unsigned char *data;
    size_t len;
} key_writer;

static void put_bytes(key_writer *w, const void *bytes, size_t len) {
    if (w->data != NULL && len != 0) memcpy(w->data + w->len, bytes, len);
    w->len += len;
}

static void put_count(key_writer *w, size_t n) {
    uint32_t v = (uint32_t)n;
    put_bytes(w, &v, sizeof v);
}

static void put_conditions(key_writer *w, const berth_ref_condition *conditions, size_t count) {
    put_count(w, count);
    for (size_t i = 0; i < count; i++) {
        put_count(w, conditions[i].forbidden ? 1 : 0);
        put_count(w, conditions[i].count);
        put_bytes(w, conditions[i].refs, conditions[i].count * sizeof *conditions[i].refs);
    }
}

static void write_key(key_writer *w, const berth_shape *shape) {
    w->len = 0;
    put_count(w, shape->canonical ? 1 : 0);
    put_count(w, (size_t)shape->group_policy);
    put_count(w, shape->ngroups);
    for (size_t i = 0; i < shape->ngroups; i++) {
        const berth_shape_group *g = &shape->groups[i];
        put_bytes(w, g->suffix, strlen(g->suffix) + 1);
        put_count(w, g->nresources);
        for (size_t j = 0; j < g->nresources; j++) {
            put_bytes(w, &g->resources[j].rclass, sizeof g->resources[j].rclass);
            put_bytes(w, &g->resources[j].amount, sizeof g->resources[j].amount);
            put_count(w, g->resources[j].split ? 1 : 0);
        }
        put_conditions(w, g->required, g->nrequired);
        put_conditions(w, g->member_of, g->nmember_of);
        put_count(w, g->has_tree ? 1 : 0);
        put_bytes(w, &g->tree, sizeof g->tree);
    }
    put_count(w, shape->nsubtrees);
    for (size_t i = 0; i < shape->nsubtrees; i++) {
        put_count(w, shape->subtree_sizes[i]);
        for (size_t j = 0; j < shape->subtree_sizes[i]; j++) put_count(w, shape->subtrees[i][j]);
    }
    put_conditions(w, shape->root_required, shape->nroot_required);
}

static berth_rc make_key(const resolver *r) {
    key_writer w = {NULL, 0};
    write_key(&w, r->shape);
    w.data = berth_arena_alloc(&r->shape->arena, w.len);
    if (w.data == NULL) return berth_fail_memory(r->err);
    write_key(&w, r->shape);
    r->shape->key = w.data;
    r->shape->key_len = w.len;
    return BERTH_OK;
}

bool berth_refs_meet(const berth_refs *refs, const berth_ref_condition *condition) {
    bool any = false;
    for (size_t i = 0; !any && refs->count > 0 && i < condition->count; i++)
        any = berth_refs_have(refs, condition->refs[i]);
    return any != condition->forbidden;
}

/* --- resolving ---------------------------------------------------------------------------- */

static berth_rc resolve(resolver *r) {
    berth_shape *shape = r->shape;
    berth_rc rc = check_names(r);
    if (rc == BERTH_OK) rc = resolve_groups(r);
    if (rc == BERTH_OK) rc = resolve_subtrees(r);
    if (rc == BERTH_OK)
        rc = resolve_conditions(r, BERTH_NAME_TRAIT, r->request->root_required,
                                r->request->nroot_required, &shape->root_required,
                                &shape->nroot_required);
    if (rc != BERTH_OK) return rc;
    find_twins(shape, r->groups);
    return make_key(r);
}

berth_rc berth_shape_resolve(const berth_request *request, const berth_state *state,
                             berth_shape **out, berth_err *err) {
    *out = NULL;
    berth_mem mem = request->arena.mem;
    berth_shape *shape = berth_calloc(&mem, 1, sizeof *shape);
    if (shape == NULL) return berth_fail_memory(err);
    berth_arena_init(&shape->arena, mem);
    shape->lasting = true;
    shape->topology = state->topology;
    shape->group_policy = request->group_policy;
    shape->limit = request->limit;
    shape->canonical = request->canonical;
    resolver r = {request, state, shape, NULL, err};
    berth_rc rc = resolve(&r);
    if (rc != BERTH_OK) {
        berth_shape_free(shape);
        return rc;
    }
    *out = shape;
    return BERTH_OK;
}

void berth_shape_free(berth_shape *shape) {
    if (shape == NULL) return;
    berth_mem mem = shape->arena.mem;
    berth_arena_free(&shape->arena);
    berth_free(&mem, shape, sizeof *shape);
}
