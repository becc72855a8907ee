/* explain_text.c - steps and relaxations in words; see explain.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/explain.h"

/* Appends to a text that always ends with NUL; what does not fit is cut. */
typedef struct writer {
    char *out;
    size_t size, len;
} writer;

static void say(writer *w, const char *format, ...) BERTH_PRINTF(2, 3);

static void say(writer *w, const char *format, ...) {
    if (w->len + 1 >= w->size) return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->out + w->len, w->size - w->len, format, args);
    va_end(args);
    if (n > 0) w->len += (size_t)n;
    if (w->len >= w->size) w->len = w->size - 1;
}

typedef struct words {
    const berth_state *state;
    const berth_shape *shape;
    writer w;
} words;

static void say_condition(words *t, const char *noun, berth_name_kind kind,
                          const berth_ref_condition *c) {
    const char *before = c->forbidden ? "none of " : c->count > 1 ? "any of " : "";
    say(&t->w, "%s%s", before, noun);
    if (c->count == 0) say(&t->w, " that does not exist");
    for (size_t i = 0; i < c->count; i++)
        say(&t->w, "%s%s", i > 0 ? ", " : " ", berth_state_text(t->state, kind, c->refs[i]));
}

static void say_tree(words *t, const berth_shape_group *g) {
    const berth_provider *root = berth_state_provider(t->state, g->tree);
    if (root == NULL)
        say(&t->w, "a tree that does not exist");
    else
        say(&t->w, "the tree of %s", root->name);
}

static void say_subtree(words *t, size_t item) {
    for (size_t i = 0; i < t->shape->subtree_sizes[item]; i++)
        say(&t->w, "%s%s", i > 0 ? ", " : "", t->shape->groups[t->shape->subtrees[item][i]].suffix);
}

static void say_group(words *t, size_t group) {
    if (group == BERTH_WHOLE || t->shape->groups[group].suffix[0] == '\0') return;
    size_t alike = 0;
    for (size_t i = 0; i < t->shape->ngroups; i++)
        if (t->shape->groups[i].twin == group) alike++;
    say(&t->w, ", group %s", t->shape->groups[group].suffix);
    if (alike > 1) say(&t->w, " (one of %zu alike)", alike);
}

static const char *class_text(const words *t, const berth_shape_amount *a) {
    return berth_state_text(t->state, BERTH_NAME_CLASS, a->rclass);
}

/* A step on one resource of a group. */
static void say_resource(words *t, const berth_step *step) {
    const berth_shape_amount *a = &t->shape->groups[step->group].resources[step->item];
    if (step->kind == BERTH_STEP_CLASS)
        say(&t->w, "inventory of %s", class_text(t, a));
    else if (step->kind == BERTH_STEP_ROOM)
        say(&t->w, "%s %s free in one %s", berth_amount_say(a->amount).text, class_text(t, a),
            a->split ? "tree" : "provider");
    else
        say(&t->w, "units that allow %s %s", berth_amount_say(a->amount).text, class_text(t, a));
}

void berth_step_text(const berth_state *state, const berth_shape *shape, const berth_step *step,
                     char *out, size_t size) {
    if (size == 0) return;
    out[0] = '\0';
    words t = {state, shape, {out, size, 0}};
    switch (step->kind) {
    case BERTH_STEP_ROOT:
        say(&t.w, "a root with ");
        say_condition(&t, "trait", BERTH_NAME_TRAIT, &shape->root_required[step->item]);
        break;
    case BERTH_STEP_TREE:
        say_tree(&t, &shape->groups[step->group]);
        break;
    case BERTH_STEP_CLASS:
    case BERTH_STEP_ROOM:
    case BERTH_STEP_UNITS:
        say_resource(&t, step);
        break;
    case BERTH_STEP_TRAIT:
        say_condition(&t, "trait", BERTH_NAME_TRAIT,
                      &shape->groups[step->group].required[step->item]);
        break;
    case BERTH_STEP_AGGREGATE:
        say_condition(&t, "aggregate", BERTH_NAME_AGGREGATE,
                      &shape->groups[step->group].member_of[step->item]);
        break;
    case BERTH_STEP_TOGETHER:
        say(&t.w, "room for all groups at once");
        break;
    case BERTH_STEP_ISOLATE:
        say(&t.w, "a provider of its own for each group");
        break;
    case BERTH_STEP_SUBTREE:
        say(&t.w, "one subtree for groups ");
        say_subtree(&t, step->item);
        break;
    case BERTH_STEP_FILTER:
        say(&t.w, "the filters");
        break;
    case BERTH_STEP_ADMIT:
        say(&t.w, "the policies that admit claims");
        break;
    }
    say_group(&t, step->group);
}

/* One name of a forbidden set that is to be allowed, or a required set that is to go. */
static void say_dropped(words *t, const char *noun, berth_name_kind kind,
                        const berth_ref_condition *c, berth_ref name) {
    if (c->forbidden) {
        say(&t->w, "allowing %s %s", noun, berth_state_text(t->state, kind, name));
    } else {
        say(&t->w, "without ");
        say_condition(t, noun, kind, c);
    }
}

void berth_relaxation_text(const berth_state *state, const berth_shape *shape,
                           const berth_relaxation *r, char *out, size_t size) {
    if (size == 0) return;
    out[0] = '\0';
    words t = {state, shape, {out, size, 0}};
    const berth_shape_group *g = r->group == BERTH_WHOLE ? NULL : &shape->groups[r->group];
    if (g == NULL) {
        if (r->kind == BERTH_STEP_ROOT) {
            say_dropped(&t, "root trait", BERTH_NAME_TRAIT, &shape->root_required[r->item],
                        r->name);
        } else if (r->kind == BERTH_STEP_SUBTREE) {
            say(&t.w, "without same_subtree ");
            say_subtree(&t, r->item);
        } else {
            say(&t.w, "group_policy none");
        }
        return;
    }
    if (r->kind == BERTH_STEP_TRAIT) {
        say_dropped(&t, "trait", BERTH_NAME_TRAIT, &g->required[r->item], r->name);
    } else if (r->kind == BERTH_STEP_AGGREGATE) {
        say_dropped(&t, "aggregate", BERTH_NAME_AGGREGATE, &g->member_of[r->item], r->name);
    } else if (r->kind == BERTH_STEP_TREE) {
        say(&t.w, "outside ");
        say_tree(&t, g);
    } else {
        say(&t.w, "%s %s -> %" PRId64, class_text(&t, &g->resources[r->item]),
            berth_amount_say(r->from).text, r->to);
    }
    say_group(&t, r->group);
}
