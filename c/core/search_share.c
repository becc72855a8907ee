/* search_share.c - how much each provider of the sets chosen gives of a split class, so that all
 * variables that split it come out even: as much as can be from earlier variables' earlier places.
 *
 * Where one step size holds for all pieces, amounts flow from variables to providers, and moving
 * them along the shortest chain of exchanges finds the answer without trying.  Otherwise amounts
 * are tried from the largest down; see search_private.h. */
#include <string.h>

#include "core/capacity.h"
#include "core/search_private.h"

/* So many edges looked at cost about as much as a step of the walk. */
#define EDGES_A_STEP 8

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* --- the pieces at hand ------------------------------------------------------------------- */

/* Adds the first n pieces of the variable, in order of places. */
static void add_edges(berth_search *s, const search_var *var, size_t n, bool bare) {
    const search_split *split = var->split;
    for (size_t i = 0; i < n; i++) {
        if (split->pieces[i].out) continue;
        const search_span *span = &split->spans[split->places[i]];
        s->edges[s->nedges++] = (search_edge){.row = (size_t)(var - s->vars),
                                              .piece = i,
                                              .at = split->pieces[i].at,
                                              .low = bare ? 0 : span->low,
                                              .high = span->high,
                                              .step = span->step};
    }
}

/* A piece of the variable that only might be one. */
static void add_maybe(berth_search *s, const search_var *var, uint32_t at) {
    int64_t left = s->left[at * s->ncols + var->needs[0].col];
    if (left < 1 || !search_room(s, var, at)) return;
    s->edges[s->nedges++] = (search_edge){.row = (size_t)(var - s->vars),
                                          .piece = SIZE_MAX,
                                          .at = at,
                                          .high = smaller(left, var->needs[0].amount),
                                          .step = 1};
}

/* What the variable's set may hold behind the first n places. */
static void add_behind(berth_search *s, const search_var *var, size_t n) {
    const search_split *split = var->split;
    for (size_t place = n > 0 ? split->places[n - 1] + 1 : 0; place < var->ndomain; place++)
        if (n == 0 || var->domain[place] < s->nown) add_maybe(s, var, var->domain[place]);
}

static bool shares(const search_var *a, const search_var *b) {
    return a->split != NULL && b->split != NULL && a->needs[0].col == b->needs[0].col;
}

/* The step of all edges, or 0. */
static int64_t common_step(const berth_search *s) {
    for (size_t e = 1; e < s->nedges; e++)
        if (s->edges[e].step != s->edges[0].step) return 0;
    return s->nedges > 0 ? s->edges[0].step : 0;
}

static void fill_slack(berth_search *s, size_t col, int64_t step) {
    for (size_t e = 0; e < s->nedges; e++) {
        uint32_t at = s->edges[e].at;
        int64_t left = s->left[at * s->ncols + col];
        s->slack[at] = left - left % step;
    }
}

/* --- by flow ------------------------------------------------------------------------------ */

/* Where a chain of exchanges ended. */
typedef struct chain {
    bool found, closed; /* closed: back at the row it is for, otherwise at a local with slack */
    uint32_t at;
} chain;

static bool in_row(const search_edge *edge, size_t row) {
    return edge->row == row;
}

/* Breadth first from the row, or from the edge's local when one is to be raised: a row reaches the
 * locals it may take more from, a local the rows that may take less from it. */
static chain seek(berth_search *s, size_t row, const search_edge *raised) {
    for (size_t e = 0; e < s->nedges; e++) {
        s->row_marks[s->edges[e].row].layer = 0;
        s->local_marks[s->edges[e].at].layer = 0;
    }
    if (raised == NULL)
        s->row_marks[row] = (search_mark){1, SIZE_MAX};
    else
        s->local_marks[raised->at] = (search_mark){1, SIZE_MAX};
    if (raised != NULL && s->slack[raised->at] > 0) return (chain){true, false, raised->at};
    bool more = true;
    for (uint32_t layer = 1; more; layer++) {
        more = false;
        s->work += s->nedges / EDGES_A_STEP + 1;
        for (size_t e = 0; e < s->nedges; e++) {
            const search_edge *edge = &s->edges[e];
            search_mark *r = &s->row_marks[edge->row], *l = &s->local_marks[edge->at];
            if (edge == raised) continue;
            if (r->layer == layer && l->layer == 0 && edge->amount < edge->high) {
                *l = (search_mark){layer + 1, e};
                more = true;
                if (s->slack[edge->at] > 0) return (chain){true, false, edge->at};
            } else if (l->layer == layer && r->layer == 0 && edge->amount > edge->low) {
                *r = (search_mark){layer + 1, e};
                more = true;
                if (raised != NULL && in_row(edge, row)) return (chain){true, true, 0};
            }
        }
    }
    return (chain){false, false, 0};
}

/* The chain's edges, from its end to its start: alternately one that gives more and one that gives
 * less.  Returns the most that can move along it when by is 0, else moves `by`. */
static int64_t follow(berth_search *s, size_t row, chain c, int64_t by) {
    int64_t most = INT64_MAX;
    bool more = !c.closed;
    size_t e = c.closed ? s->row_marks[row].edge : s->local_marks[c.at].edge;
    while (e != SIZE_MAX) {
        search_edge *edge = &s->edges[e];
        most = smaller(most, more ? edge->high - edge->amount : edge->amount - edge->low);
        edge->amount += more ? by : -by;
        e = more ? s->row_marks[edge->row].edge : s->local_marks[edge->at].edge;
        more = !more;
    }
    return most;
}

/* The last edge of the row beside this one that may give less. */
static search_edge *giver(berth_search *s, size_t row, const search_edge *beside) {
    for (size_t e = s->nedges; e-- > 0;) {
        search_edge *edge = &s->edges[e];
        if (edge != beside && in_row(edge, row) && edge->amount > edge->low) return edge;
    }
    return NULL;
}

/* Raises the edge as far as it goes; the others of its row give less. */
static void raise(berth_search *s, search_edge *edge) {
    while (edge->amount < edge->high) {
        search_edge *other = giver(s, edge->row, edge);
        if (other == NULL) return;
        chain c = seek(s, edge->row, edge);
        if (!c.found) return;
        int64_t by = smaller(edge->high - edge->amount, follow(s, edge->row, c, 0));
        if (!c.closed) {
            by = smaller(by, smaller(s->slack[c.at], other->amount - other->low));
            s->slack[c.at] -= by;
            other->amount -= by;
            s->slack[other->at] += by;
        }
        (void)follow(s, edge->row, c, by);
        edge->amount += by;
    }
}

/* Gives the row what it asks for, first what is there for the taking: of the last places, for sets
 * are tried from the first on.  Returns what is wanting, less than 0 if its pieces are too many. */
static int64_t serve(berth_search *s, size_t row) {
    int64_t open = s->vars[row].needs[0].amount;
    for (size_t e = 0; e < s->nedges; e++)
        if (in_row(&s->edges[e], row)) open -= s->edges[e].amount;
    for (size_t e = s->nedges; e-- > 0 && open > 0;) {
        search_edge *edge = &s->edges[e];
        if (!in_row(edge, row)) continue;
        int64_t by = smaller(smaller(open, s->slack[edge->at]), edge->high - edge->amount);
        edge->amount += by;
        s->slack[edge->at] -= by;
        open -= by;
    }
    while (open > 0) {
        chain c = seek(s, row, NULL);
        if (!c.found) return open;
        int64_t by = smaller(smaller(open, s->slack[c.at]), follow(s, row, c, 0));
        (void)follow(s, row, c, by);
        s->slack[c.at] -= by;
        open -= by;
    }
    return open;
}

/* The least for every piece; false when some local has not even that. */
static bool give_least(berth_search *s, size_t col, int64_t step) {
    fill_slack(s, col, step);
    for (size_t e = 0; e < s->nedges; e++) {
        search_edge *edge = &s->edges[e];
        edge->amount = edge->low;
        s->slack[edge->at] -= edge->low;
        if (s->slack[edge->at] < 0) return false;
    }
    return true;
}

/* Any amounts that come out even, whatever the steps but the given one. */
static bool flow(berth_search *s, size_t v, size_t col, int64_t step) {
    if (!give_least(s, col, step)) return false;
    for (size_t row = 0; row <= v; row++) {
        if (!shares(&s->vars[row], &s->vars[v])) continue;
        if (s->vars[row].needs[0].amount % step != 0 || serve(s, row) != 0) return false;
    }
    return true;
}

static void settle_flow(berth_search *s) {
    for (size_t e = 0; e < s->nedges; e++) {
        search_edge *edge = &s->edges[e];
        raise(s, edge);
        edge->low = edge->high = edge->amount;
    }
}

/* --- by trial ----------------------------------------------------------------------------- */

/* What the edges behind e in its row can add up to. */
typedef struct reach {
    int64_t low, high, step;
} reach;

static reach reach_behind(const berth_search *s, size_t e) {
    reach r = {0, 0, 0};
    for (size_t i = e + 1; i < s->nedges && s->edges[i].row == s->edges[e].row; i++) {
        const search_edge *edge = &s->edges[i];
        if (!berth_add_i64(r.low, edge->low, &r.low)) r.low = INT64_MAX;
        if (!berth_add_i64(r.high, smaller(edge->high, s->slack[edge->at]), &r.high))
            r.high = INT64_MAX;
        r.step = berth_gcd(r.step, edge->step);
    }
    return r;
}

static bool reaches(reach r, int64_t amount) {
    if (amount < r.low || amount > r.high) return false;
    return r.step == 0 ? amount == 0 : amount % r.step == 0;
}

/* What the row still asks for at the edge. */
static int64_t open_at(const berth_search *s, size_t e) {
    int64_t open = s->vars[s->edges[e].row].needs[0].amount;
    while (e > 0 && s->edges[e - 1].row == s->edges[e].row) open -= s->edges[--e].amount;
    return open;
}

/* The largest amount for the edge, up to `most`, that leaves its row something to reach; false
 * when there is none. */
static bool pick(berth_search *s, size_t e, int64_t most) {
    search_edge *edge = &s->edges[e];
    reach rest = reach_behind(s, e);
    int64_t open = open_at(s, e);
    int64_t top = smaller(smaller(most, open - rest.low), smaller(edge->high, s->slack[edge->at]));
    if (top < edge->low) return false;
    for (top -= top % edge->step; top >= edge->low && open - top <= rest.high; top -= edge->step) {
        if (++s->work > s->work_limit) return false;
        if (!reaches(rest, open - top)) continue;
        edge->amount = top;
        s->slack[edge->at] -= top;
        return true;
    }
    return false;
}

static bool trial(berth_search *s) {
    int64_t most = INT64_MAX;
    for (size_t e = 0;;) {
        if (pick(s, e, most)) {
            if (++e == s->nedges) return true;
            most = INT64_MAX;
        } else {
            if (e-- == 0 || s->work > s->work_limit) return false;
            s->slack[s->edges[e].at] += s->edges[e].amount;
            most = s->edges[e].amount - s->edges[e].step;
        }
    }
}

/* --- all together ------------------------------------------------------------------------- */

bool search_share(berth_search *s, size_t v, search_sharing kind) {
    const search_var *var = &s->vars[v];
    size_t col = var->needs[0].col, rows = 0;
    s->nedges = 0;
    for (size_t u = 0; u <= v; u++) {
        if (!shares(&s->vars[u], var)) continue;
        add_edges(s, &s->vars[u], s->vars[u].split->size, kind == SHARE_BARE);
        rows++;
    }
    s->work += s->nedges / EDGES_A_STEP + 1;
    if (kind == SHARE_BARE) return flow(s, v, col, 1);
    int64_t step = common_step(s);
    bool even;
    if (rows > 1 && step > 0) {
        even = flow(s, v, col, step);
        if (even && kind == SHARE_AMOUNTS) settle_flow(s);
    } else {
        even = rows == 1 || flow(s, v, col, 1);
        if (even) fill_slack(s, col, 1);
        even = even && trial(s);
    }
    for (size_t e = 0; even && kind == SHARE_AMOUNTS && e < s->nedges; e++) {
        const search_edge *edge = &s->edges[e];
        s->vars[edge->row].split->pieces[edge->piece].amount = edge->amount;
    }
    return even;
}

/* The most that so many places behind the n-th of the set could give. */
static int64_t most_behind(const search_var *var, size_t n, size_t count) {
    const search_split *split = var->split;
    int64_t most = 0;
    for (size_t i = 0; i < split->nrichest && count > 0; i++) {
        if (split->richest[i] <= split->places[n - 1]) continue;
        if (!berth_add_i64(most, split->spans[split->richest[i]].high, &most)) return INT64_MAX;
        count--;
    }
    return most;
}

bool search_may_share(berth_search *s, const search_var *var, size_t n) {
    size_t v = (size_t)(var - s->vars), rivals = 0;
    s->nedges = 0;
    for (size_t u = 0; u < s->nvars; u++) {
        const search_var *other = &s->vars[u];
        if (u == v || !shares(other, var)) continue;
        rivals++;
        if (u < v) add_edges(s, other, other->split->size, false);
        for (size_t i = 0; u > v && i < other->ndomain; i++) add_maybe(s, other, other->domain[i]);
    }
    if (rivals == 0) return true;
    add_edges(s, var, n, false);
    size_t behind = s->nedges; /* shut at first */
    if (n == 0 || n < var->split->size) add_behind(s, var, n);
    for (size_t e = behind; e < s->nedges; e++) {
        s->edges[e].step = s->edges[e].high;
        s->edges[e].high = 0;
    }
    s->work += s->nedges / EDGES_A_STEP + 1;
    if (!give_least(s, var->needs[0].col, 1)) return false;
    for (size_t u = 0; u < s->nvars; u++)
        if (u != v && shares(&s->vars[u], var) && serve(s, u) != 0) return false;
    int64_t open = serve(s, v);
    if (open <= 0) return open == 0;
    if (n > 0 && most_behind(var, n, var->split->size - n) < open) return false;
    for (size_t e = behind; e < s->nedges; e++) s->edges[e].high = s->edges[e].step;
    return serve(s, v) == 0;
}

/* Are amounts of the edges free to go round in a circle until one of them is nothing? */
static bool may_circle(const berth_search *s) {
    for (size_t e = 0; e < s->nedges; e++) {
        const search_edge *edge = &s->edges[e];
        const search_var *var = &s->vars[edge->row];
        if (edge->low != edge->step || edge->step != s->edges[0].step) return false;
        if (var->unsuffixed && s->nwanted > 0) return false;
        for (size_t k = 0; k < s->shape->nsubtrees; k++)
            if (s->subtree_of[k * s->nvars + edge->row]) return false;
    }
    return true;
}

bool search_in_circle(berth_search *s, const search_var *var, size_t n) {
    size_t v = (size_t)(var - s->vars);
    s->nedges = 0;
    for (size_t u = 0; u < v; u++)
        if (shares(&s->vars[u], var)) add_edges(s, &s->vars[u], s->vars[u].split->size, false);
    if (s->nedges == 0) return false;
    add_edges(s, var, n, false);
    if (!may_circle(s)) return false;
    for (size_t e = 0; e < s->nedges; e++) {
        s->row_marks[s->edges[e].row].layer = 0;
        s->local_marks[s->edges[e].at].layer = 0;
    }
    s->local_marks[s->edges[--s->nedges].at].layer = 1; /* from the last piece back to its row */
    for (bool more = true; more;) {
        more = false;
        s->work += s->nedges / EDGES_A_STEP + 1;
        for (size_t e = 0; e < s->nedges; e++) {
            search_mark *r = &s->row_marks[s->edges[e].row], *l = &s->local_marks[s->edges[e].at];
            more = more || r->layer != l->layer;
            r->layer = l->layer = r->layer | l->layer;
        }
    }
    return s->row_marks[v].layer != 0;
}
