/* search.c - the anchors one after another, and a search's public face; see search.h. */
#include "core/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/capacity.h"
#include "core/err.h"
#include "core/search_private.h"

/* --- life --------------------------------------------------------------------------------- */

/* A tree named by the unsuffixed group is the only anchor; one named by a granular group is,
 * unless sharing providers in it may serve others. */
static void restrict_anchors(berth_search *s) {
    const berth_shape *shape = s->shape;
    s->restricted = false;
    for (size_t g = 0; g < shape->ngroups; g++) {
        const berth_shape_group *group = &shape->groups[g];
        if (!group->has_tree) continue;
        bool unsuffixed = g == 0 && shape->has_unsuffixed;
        if (!unsuffixed && s->sharing->count > 0 && group->tree != BERTH_NONE) continue;
        if (s->restricted && s->restricted_to != group->tree) {
            s->restricted_to = BERTH_NONE; /* two trees at once: no anchor at all */
            return;
        }
        s->restricted = true;
        s->restricted_to = group->tree;
    }
}

/* Makes the search true for the state as it is. */
static berth_rc attach(berth_search *s, berth_err *err) {
    s->at_anchor = false;
    s->next_root = 0;
    s->clock = s->state->clock;
    s->sharing = berth_sharing_get(s->state);
    if (s->sharing == NULL) {
        s->clock = UINT64_MAX; /* no state has it: stale until a rewind works */
        return berth_fail_memory(err);
    }
    restrict_anchors(s);
    return BERTH_OK;
}

berth_rc berth_search_open(berth_state *state, const berth_shape *shape,
                           const berth_search_options *options, berth_search **out,
                           berth_err *err) {
    *out = NULL;
    berth_mem mem = state->mem;
    berth_search *s = berth_calloc(&mem, 1, sizeof *s);
    if (s == NULL) return berth_fail_memory(err);
    s->mem = mem;
    s->state = state;
    s->shape = shape;
    s->work_limit =
        options != NULL && options->work_limit != 0 ? options->work_limit : BERTH_WORK_DEFAULT;
    s->limit = options != NULL && options->no_limit ? 0 : shape->limit;
    s->repeats = options != NULL && options->repeats;
    s->single = options != NULL && options->only_tree != BERTH_NONE;
    s->single_tree = s->single ? options->only_tree : BERTH_NONE;
    s->giver = s->last_begun = BERTH_NONE;
    berth_arena_init(&s->arena, mem);
    berth_arena_init(&s->tree_arena, mem);
    berth_rc rc = search_make_vars(s, err);
    if (rc == BERTH_OK) rc = attach(s, err);
    if (rc != BERTH_OK) {
        berth_search_close(s);
        return rc;
    }
    *out = s;
    return BERTH_OK;
}

void berth_search_close(berth_search *s) {
    if (s == NULL) return;
    berth_mem mem = s->mem;
    berth_search_close(s->echo);
    berth_arena_free(&s->arena);
    berth_arena_free(&s->tree_arena);
    berth_map_free(&s->begun, &mem);
    berth_free(&mem, s->takes, s->cap_takes * sizeof *s->takes);
    berth_free(&mem, s->map_items, s->cap_map * sizeof *s->map_items);
    berth_free(&mem, s, sizeof *s);
}

berth_rc berth_search_rewind(berth_search *s, berth_ref anchor, berth_err *err) {
    s->single = true;
    s->single_tree = anchor;
    s->given = 0;
    s->miss = (berth_miss){0, BERTH_MISS_TREE};
    return attach(s, err);
}

void berth_search_spend(berth_search *s, uint64_t work) {
    s->work = work > UINT64_MAX - s->work ? UINT64_MAX : s->work + work;
}

void berth_search_resume(berth_search *s) {
    s->sharing = berth_sharing_get(s->state);
    s->clock = s->sharing != NULL ? s->state->clock : UINT64_MAX;
}

uint64_t berth_search_work(const berth_search *s) {
    return s->work;
}

/* --- anchors ------------------------------------------------------------------------------ */

static bool is_root(const berth_state *state, berth_ref ref) {
    const berth_provider *p = berth_state_provider(state, ref);
    return p != NULL && p->root == ref;
}

/* BERTH_NONE at the end. */
static berth_ref next_anchor(berth_search *s) {
    if (!s->single && !s->restricted) {
        if (s->next_root >= s->state->roots.count) return BERTH_NONE;
        return s->state->roots.items[s->next_root++];
    }
    if (s->next_root++ > 0) return BERTH_NONE;
    berth_ref only = s->single ? s->single_tree : s->restricted_to;
    if (s->single && s->restricted && s->restricted_to != only) return BERTH_NONE;
    return is_root(s->state, only) ? only : BERTH_NONE;
}

static berth_rc over_budget(const berth_search *s, berth_err *err) {
    berth_fail(err, BERTH_EBUDGET, "the search used up its budget of %" PRIu64 " steps",
               s->work_limit);
    berth_err_number(err, "work", s->work > INT64_MAX ? INT64_MAX : (int64_t)s->work);
    berth_err_number(err, "limit", s->work_limit > INT64_MAX ? INT64_MAX : (int64_t)s->work_limit);
    return BERTH_EBUDGET;
}

/* A stuck walk starts over with symmetry broken: when even that finds nothing, there is nothing
 * and all permutations of it need not be tried. */
static walk_end probe(berth_search *s) {
    s->probed = true;
    if (!s->breaking) {
        s->breaking = true;
        search_restart(s);
        walk_end end = search_walk(s);
        if (end != WALK_FOUND) return end;
        s->breaking = false;
        search_restart(s);
    }
    s->stuck = SEARCH_PRUNE_AFTER;
    return search_walk(s);
}

/* The next answer of the anchor at hand. */
static walk_end next_here(berth_search *s) {
    for (;;) {
        walk_end end = search_walk(s);
        if (end == WALK_STUCK) end = probe(s);
        if (end == WALK_FOUND) s->walks++;
        if (end != WALK_FOUND || !search_is_repeat(s)) return end;
    }
}

berth_rc berth_search_next(berth_search *s, const berth_candidate **out, berth_err *err) {
    *out = NULL;
    if (s->clock != s->state->clock)
        return berth_fail(err, BERTH_ESTALE, "the fleet changed while its candidates were read");
    if (s->limit > 0 && s->given >= s->limit) return BERTH_OK;
    for (;;) {
        if (s->work > s->work_limit) return over_budget(s, err);
        if (!s->at_anchor) {
            berth_ref anchor = next_anchor(s);
            if (anchor == BERTH_NONE) return BERTH_OK;
            bool fits;
            berth_rc rc = search_enter(s, anchor, &fits, err);
            if (rc != BERTH_OK) return rc;
            bool any = false;
            if (fits) rc = search_begin_anchor(s, &any, err);
            if (rc != BERTH_OK) return rc;
            if (!any) continue;
            s->at_anchor = true;
            s->walks = s->has_cover ? 1 : 0; /* those left out might come to an answer too */
            s->echo_entered = false;
            search_restart(s);
        }
        walk_end end = next_here(s);
        if (end == WALK_BUDGET) return over_budget(s, err);
        if (end == WALK_DONE) {
            s->at_anchor = false;
            continue;
        }
        s->stuck = 0;
        bool echo = false;
        berth_rc rc = search_emit(s, err);
        if (rc == BERTH_OK) rc = search_is_echo(s, &echo, err);
        if (rc != BERTH_OK) return rc;
        if (echo) continue;
        if (s->work > s->work_limit) return over_budget(s, err);
        s->given++;
        s->anchor_given = true;
        s->miss.kind = BERTH_MISS_NOTHING;
        *out = &s->candidate;
        return BERTH_OK;
    }
}

uint64_t berth_search_tree_version(berth_search *s, berth_ref anchor) {
    const berth_provider *root = berth_state_provider(s->state, anchor);
    const berth_sharing *sharing = berth_sharing_get(s->state);
    if (root == NULL || sharing == NULL) return 0;
    uint64_t version = root->version > sharing->stamp ? root->version : sharing->stamp;
    size_t count = 0;
    const berth_serves *serves =
        sharing->count > 0 ? berth_sharing_of_anchor(sharing, anchor, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        berth_ref other = s->state->providers[serves[i].provider]->root;
        if (s->state->providers[other]->version > version)
            version = s->state->providers[other]->version;
    }
    return version;
}

/* The most that the units let the provider give. */
static int64_t most_of(const berth_stock *stock) {
    const berth_inventory *inv = &stock->inventory;
    int64_t room = stock->capacity - stock->used;
    if (room > inv->max_unit) room = inv->max_unit;
    if (room < 1) return 0;
    room -= room % inv->step_size;
    return room >= inv->min_unit ? room : 0;
}

static void note_width(const berth_search *s, const berth_provider *p, berth_ref rclass,
                       berth_widest *out) {
    const berth_stock *stock = berth_provider_stock(p, rclass);
    int64_t room = stock == NULL ? 0 : stock->capacity - stock->used;
    if (stock != NULL && p->root == s->anchor &&
        !berth_add_i64(out->together, most_of(stock), &out->together))
        out->together = INT64_MAX;
    if (out->provider != BERTH_NONE && room <= out->most) return;
    out->most = room > 0 ? room : 0;
    out->provider = p->ref;
}

berth_rc berth_search_widest(berth_search *s, berth_ref anchor, berth_ref rclass,
                             berth_widest *out, berth_err *err) {
    *out = (berth_widest){.provider = BERTH_NONE};
    berth_rc rc = berth_search_rewind(s, anchor, err);
    bool fits = false;
    if (rc == BERTH_OK && is_root(s->state, anchor)) rc = search_enter(s, anchor, &fits, err);
    if (rc != BERTH_OK || !fits) return rc;
    for (size_t v = 0; v < s->nvars; v++) {
        const search_var *var = &s->vars[v];
        bool asks = false;
        for (size_t i = 0; i < var->nneeds; i++) asks |= s->cols[var->needs[i].col] == rclass;
        for (size_t j = 0; asks && j < var->ndomain; j++)
            note_width(s, s->locals[var->domain[j]].provider, rclass, out);
    }
    return BERTH_OK;
}

/* --- what was missing --------------------------------------------------------------------- */

berth_miss berth_search_miss(const berth_search *s) {
    return s->miss;
}

/* "VCPU:4, MEMORY_MB:512" */
static void describe_needs(const berth_search *s, const search_var *var, char *out, size_t size) {
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < var->nneeds && n + 1 < size; i++) {
        int k = snprintf(out + n, size - n, "%s%s:%s", i > 0 ? ", " : "",
                         berth_state_text(s->state, BERTH_NAME_CLASS, s->cols[var->needs[i].col]),
                         berth_amount_say(var->needs[i].amount).text);
        if (k < 0) return;
        n += (size_t)k;
    }
}

static const char *sentence_of(berth_miss_kind kind) {
    switch (kind) {
    case BERTH_MISS_NOTHING:
    case BERTH_MISS_TOGETHER:
        break;
    case BERTH_MISS_ROOT:
        return "no tree has a root that root_required accepts";
    case BERTH_MISS_TREE:
        return "in_tree leaves no provider";
    case BERTH_MISS_CLASS:
        return "no provider has inventory";
    case BERTH_MISS_ROOM:
        return "no provider has as much free";
    case BERTH_MISS_UNITS:
        return "no provider with room allows that amount in its units";
    case BERTH_MISS_TRAIT:
        return "no provider with room has the traits";
    case BERTH_MISS_AGGREGATE:
        return "no provider with room and traits is in the aggregates";
    case BERTH_MISS_FILTER:
        return "no candidate passes the filters";
    }
    return "each group alone has a provider, all together have not";
}

berth_rc berth_search_fail(const berth_search *s, berth_miss miss, int64_t count, int64_t trees,
                           berth_err *err) {
    if (err == NULL) return BERTH_ENOCANDIDATE;
    const search_var *var = miss.variable < s->nvars ? &s->vars[miss.variable] : NULL;
    const char *sentence = sentence_of((berth_miss_kind)miss.kind);
    if (miss.kind == BERTH_MISS_ROOM && var != NULL && var->split != NULL)
        sentence = "no tree has as much free";
    if (miss.kind == BERTH_MISS_TOGETHER && s->shape->ngroups == 1)
        sentence = "each class alone has a provider, all together have not";
    char needs[200] = "", group[BERTH_SUFFIX_BYTES + 16] = "";
    bool whole = miss.kind == BERTH_MISS_ROOT || miss.kind == BERTH_MISS_FILTER || var == NULL;
    if (!whole) {
        describe_needs(s, var, needs, sizeof needs);
        if (!var->unsuffixed) snprintf(group, sizeof group, " of group %s", var->group->suffix);
    }
    if (trees == 0)
        berth_fail(err, BERTH_ENOCANDIDATE, "there are no providers");
    else if (whole)
        berth_fail(err, BERTH_ENOCANDIDATE, "%s, in any of %" PRId64 " trees", sentence, trees);
    else
        berth_fail(err, BERTH_ENOCANDIDATE,
                   "%s for %s%s; %" PRId64 " of %" PRId64 " trees meet all before that", sentence,
                   needs[0] != '\0' ? needs : "the conditions", group, count, trees);
    if (!whole) {
        if (!var->unsuffixed) berth_err_text(err, "group", var->group->suffix);
        if (var->nneeds > 0) {
            berth_ref rclass = s->cols[var->needs[0].col];
            berth_err_text(err, "class", berth_state_text(s->state, BERTH_NAME_CLASS, rclass));
            berth_err_number(err, "want", var->needs[0].amount);
        }
    }
    berth_err_number(err, "trees", trees);
    return BERTH_ENOCANDIDATE;
}
