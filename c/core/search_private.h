/* search_private.h - the parts of a search (search.h), one file each:
 *   search.c        the anchors one after another, and the public face
 *   search_vars.c   the shape as variables
 *   search_tree.c   one anchor: its providers, and which of them each variable may take
 *   search_walk.c   depth first over the variables, every prefix checked
 *   search_split.c  variables gathered from several providers: which ones
 *   search_share.c  how much each of these gives
 *   search_spare.c  sets that hold a provider too many
 *   search_twins.c  which of several interchangeable choices stands for all
 *   search_prune.c  dead ends seen from afar, asked only when a walk is stuck
 *   search_repeat.c what earlier anchors gave already
 *   search_emit.c   a complete walk as a candidate
 *   search_echo.c   walks that come to a candidate that an earlier one gave */
#ifndef BERTH_CORE_SEARCH_PRIVATE_H
#define BERTH_CORE_SEARCH_PRIVATE_H

#include "core/map.h"
#include "core/search.h"
#include "core/sharing.h"

#define SEARCH_NOWHERE UINT32_MAX

/* Steps without an answer after which a walk looks for dead ends ahead, and after which it first
 * asks whether the tree has any answer at all, up to symmetry. */
#define SEARCH_PRUNE_AFTER 1024
#define SEARCH_PROBE_AFTER 65536

typedef struct search_need {
    size_t col; /* among the search's columns */
    int64_t amount;
    bool loose; /* whatever the units */
    bool bare;  /* whatever is free: inventory is enough */
} search_need;

/* One piece of a split variable's amount. */
typedef struct search_piece {
    uint32_t at;    /* local */
    bool out;       /* as if it were not chosen: search_spare.c */
    int64_t amount; /* true once all variables that split the class have chosen */
} search_piece;

/* What a split variable can take from the places of its domain; by place. */
typedef struct search_span {
    int64_t low, high; /* valid amounts are multiples of step between them; high 0: none */
    int64_t step;
} search_span;

/* State of a split variable's enumeration of sets of providers. */
typedef struct search_split {
    search_piece *pieces; /* the set chosen, by place ascending */
    size_t *places;       /* of each piece, in the domain */
    search_span *spans;
    size_t *richest; /* places of the own tree by span high, descending */
    size_t nrichest;
    size_t size, largest; /* of the sets tried */
    bool fresh;           /* no set of this size was tried yet */
    int64_t demand;       /* of all variables that split the class; INT64_MAX: beyond anyone's */
    int64_t grain;        /* the step that divides all others of the domain, or 0 */
    int64_t unit;         /* every amount is a multiple of it; 0: nothing is known */
} search_split;

/* What one place may give to one variable; see search_share.c. */
typedef struct search_edge {
    size_t row, piece; /* of variable `row`; SIZE_MAX: only might be one */
    uint32_t at;
    int64_t low, high, step, amount;
} search_edge;

typedef struct search_mark {
    uint32_t layer; /* 0: not reached */
    size_t edge;    /* reached along it */
} search_mark;

/* One choice to make: a class of the unsuffixed group, or the provider of a granular group, or a
 * split class of either. */
typedef struct search_var {
    const berth_shape_group *group;
    size_t g; /* its index */
    const search_need *needs;
    size_t nneeds;
    bool unsuffixed;
    bool twin;           /* stands for a group that is the twin of the variable's before it, and
                            for all of it */
    bool follows;        /* stands for a twin of that group, if only for a part of it */
    size_t kind;         /* variables of one kind ask for the same */
    uint64_t mark;       /* of the kind, for bags */
    search_split *split; /* NULL: one provider gives all */

    /* at the anchor at hand */
    uint32_t *domain; /* locals that fit alone, ascending */
    size_t ndomain;
    size_t pos;      /* in the domain: next to try */
    uint32_t chosen; /* local; SEARCH_NOWHERE while open */
    bool is_new;     /* it or a variable before it chose what the anchor's cover has not */
} search_var;

/* A provider that may serve the anchor at hand: first the anchor's tree in pre-order, then sharing
 * providers of other trees in creation order. */
typedef struct search_local {
    const berth_provider *provider;
    uint32_t up;    /* parent; this and the next two only once shape_known, in the own tree */
    uint32_t older; /* previous sibling */
    uint32_t end;   /* one past the last of its subtree */
    uint32_t elder; /* see search_twins.c */
    bool elder_known;
    bool shared;     /* serves other anchors as well; see search_repeat.c for this and the next */
    bool covered[2]; /* the cover may choose it too: for a granular group, for the unsuffixed */
    size_t anchors;  /* where they begin in the table by provider */
    size_t nanchors; /* 0: not looked up yet */
    size_t holders;  /* variables that chose it */
    size_t granular; /* variables of granular groups that chose it, under isolate */
    size_t owner;    /* their group */
    uint64_t bag;    /* sum of the marks of what chose it */
} search_local;

struct berth_search {
    berth_mem mem;
    berth_arena arena;      /* what depends on the shape only */
    berth_arena tree_arena; /* room for the locals of one anchor */
    berth_state *state;
    const berth_shape *shape;
    const berth_sharing *sharing;
    uint64_t clock; /* the state's that this search is true for */
    uint64_t work, work_limit;
    int64_t given, limit; /* limit 0: all */

    /* anchors */
    bool restricted; /* to one tree by in_tree, or to none: */
    berth_ref restricted_to;
    bool repeats; /* what an earlier anchor gave is given again */
    bool single;  /* to one tree by the caller: */
    berth_ref single_tree;
    size_t next_root; /* in state->roots */
    bool at_anchor;
    berth_ref anchor;
    bool anchor_given; /* a candidate was found here */
    uint64_t walks;    /* complete ones around it */
    berth_miss miss;   /* what the anchor lacked */

    /* the shape as variables */
    search_var *vars;
    size_t nvars, nkinds;
    size_t nsplits;  /* variables that are split */
    berth_ref *cols; /* classes asked for, ascending */
    bool *loose;     /* [col] units do not matter, as of a need */
    bool *bare;      /* [col] nor does what is free */
    size_t ncols;
    const berth_ref_condition *wanted; /* required traits of the unsuffixed group's union */
    size_t nwanted, nwords;            /* and their number in words of 64 */
    const bool *subtree_of; /* [subtree * nvars + var]: the subtree lists the variable's group */
    bool isolate;

    /* locals of the anchor, in tree_arena */
    search_local *locals;
    size_t nown, nlocals, cap_locals;
    bool shape_known;
    const berth_stock **stocks; /* [local * ncols + col], NULL without inventory; true only
                                   while the anchor is entered */
    int64_t *left;              /* [local * ncols + col] what may still be taken */
    uint32_t *domains;          /* [kind * cap_locals] */
    uint64_t *masks;            /* [local * nwords]: wanted traits the local has */
    uint32_t *counts;           /* [kind * cap_locals + local], only with symmetry */

    /* the walk */
    size_t depth;   /* variables chosen */
    uint64_t *have; /* [depth * nwords] */
    uint64_t *may;  /* [var * nwords]: what the unsuffixed variables from var on can add */
    uint32_t *tops; /* [depth * nsubtrees]: see search_walk.c */
    bool breaking;  /* of interchangeable choices only the first is tried */
    bool probed;    /* the anchor is known to have an answer */
    bool pruning;
    uint64_t stuck;       /* steps since the anchor began or last gave */
    uint32_t *match_of;   /* [local]: search_prune.c's scratch, as the next */
    uint32_t *match_seen; /* [local] */
    uint32_t match_round;
    search_edge *edges; /* search_share.c's scratch, as the next */
    size_t nedges;
    int64_t *slack;           /* [local] */
    search_mark *local_marks; /* [local] */
    search_mark *row_marks;   /* [var] */

    /* see search_repeat.c */
    bool may_repeat;      /* every variable could choose what serves other anchors too */
    bool has_cover;       /* an earlier anchor is known to give what is not new: */
    size_t last_new;      /* the last variable that has anything new to choose */
    berth_ref giver;      /* gave the last repeat; BERTH_NONE: none yet */
    berth_ref last_begun; /* the anchor walked around before this one */
    berth_map begun;      /* anchors by what they may choose of what is shared */

    /* see search_echo.c */
    berth_search *echo; /* owned; NULL until one is needed */
    bool echo_entered;  /* it is around the anchor at hand */
    const berth_candidate *target; /* an echo's: what its walks keep to; NULL: no echo */

    /* the candidate handed out */
    berth_candidate candidate;
    berth_take *takes;
    size_t cap_takes;
    berth_ref *map_items;
    size_t cap_map;
    size_t *map_start;
};

typedef enum walk_end { WALK_FOUND, WALK_DONE, WALK_STUCK, WALK_BUDGET } walk_end;

/* search_vars.c.  Errors: BERTH_ENOMEM. */
berth_rc search_make_vars(berth_search *search, berth_err *err);

/* search_tree.c.  *fits is false when some variable has no provider here (search->miss says what
 * lacked).  Errors: BERTH_ENOMEM. */
berth_rc search_enter(berth_search *search, berth_ref anchor, bool *fits, berth_err *err);
/* Whether the unsuffixed group may use p around this anchor, but for its amounts. */
bool search_pair_fits(const berth_search *search, const berth_provider *p,
                      const berth_provider *anchor);
bool search_root_fits(const berth_search *search, const berth_provider *anchor);
/* Fills up, older and end of the anchor's own tree. */
void search_know_shape(berth_search *search);
/* Is local a the same as or above b? */
bool search_dominates(const berth_search *search, uint32_t a, uint32_t b);

/* search_walk.c */
void search_restart(berth_search *search);
walk_end search_walk(berth_search *search);
/* May the variable take this much of a local, beside what was taken already? */
bool search_room(const berth_search *search, const search_var *var, uint32_t at);

/* search_split.c */
void search_split_start(berth_search *search, search_var *var);
/* Chooses the next set of providers; false at the end. */
bool search_split_next(berth_search *search, search_var *var);

/* search_share.c */
typedef enum search_sharing {
    SHARE_AMOUNTS, /* find the amounts of all pieces */
    SHARE_EVEN,    /* are there any? */
    SHARE_BARE     /* are there, were every part of a piece as good as the whole? */
} search_sharing;

/* Can the variables up to v that split the class of v come out even? */
bool search_share(berth_search *search, size_t v, search_sharing kind);
/* Could they, with the first n places of the variable's set and any behind them? True when in
 * doubt. */
bool search_may_share(berth_search *search, const search_var *var, size_t n);
/* Do the first n places close a circle of variables and providers, so that one is spare? */
bool search_in_circle(berth_search *search, const search_var *var, size_t n);

/* search_spare.c.  Does a complete walk hold providers that could be left out? */
bool search_has_spare(berth_search *search);

/* search_twins.c.  Whether choosing the local for the variable is the first of all choices that
 * only differ by interchangeable providers. */
bool search_is_first(berth_search *search, const search_var *var, uint32_t at);

/* Is the variable's choice, of its set the first n places, before that of the variable it follows,
 * while all chosen for the two groups earlier is the same? */
bool search_is_before_twin(const berth_search *search, const search_var *var, size_t n);

/* search_prune.c.  Whether the variables from `from` on cannot all be served any more. */
bool search_hopeless(berth_search *search, size_t from);

/* search_repeat.c */
/* Before the walks around an anchor that fits.  *any is false when an earlier one gives all that
 * they could come to.  Errors: BERTH_ENOMEM. */
berth_rc search_begin_anchor(berth_search *search, bool *any, berth_err *err);
/* Once variable v chose: notes whether that is new; false when all that could follow is not. */
bool search_may_be_new(berth_search *search, search_var *var);
/* Does an earlier anchor give what a complete walk came to? */
bool search_is_repeat(berth_search *search);

/* search_emit.c */
berth_rc search_emit(berth_search *search, berth_err *err);

/* search_echo.c */
/* Whether an earlier walk around this anchor came to the candidate just emitted; when the work
 * runs out meanwhile, *out is false.  Errors: BERTH_ENOMEM. */
berth_rc search_is_echo(berth_search *search, bool *out, berth_err *err);
/* Does what variable v chose stay within the target, beside what those before it chose? */
bool search_keeps_to(berth_search *search, size_t v, const berth_candidate *target);

#endif
