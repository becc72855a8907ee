/* query.c - Placement's query string as a request; see query.h. */
#include "core/query.h"

#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"

/* Decoded bytes and where each came from, so that an error can point into the original. */
typedef struct piece {
    const char *data;
    size_t len;
    const uint32_t *at; /* raw position from 1 of each byte; at[len] is where it ends; NULL: there
                           is none */
} piece;

typedef struct parser {
    berth_request *request;
    const char *text;
    size_t len;
    berth_err *err;
    piece name;          /* of the parameter at hand */
    bool seen_canonical; /* since false is a value too */
} parser;

/* --- pieces ------------------------------------------------------------------------------- */

static berth_text as_text(piece p) {
    return (berth_text){p.data, p.len};
}

static piece slice(piece p, size_t from, size_t to) {
    return (piece){p.data + from, to - from, p.at + from};
}

static piece trim(piece p) {
    size_t from = 0, to = p.len;
    while (from < to && (p.data[from] == ' ' || p.data[from] == '\t')) from++;
    while (to > from && (p.data[to - 1] == ' ' || p.data[to - 1] == '\t')) to--;
    return slice(p, from, to);
}

static bool starts(piece p, const char *word) {
    size_t n = strlen(word);
    return p.len >= n && memcmp(p.data, word, n) == 0;
}

static bool equals(piece p, const char *word) {
    return p.len == strlen(word) && starts(p, word);
}

static piece behind(piece p, const char *word) {
    return slice(p, strlen(word), p.len);
}

/* Cuts the next element off a comma list; false behind the last one. */
static bool next_item(piece *rest, bool *done, piece *item) {
    if (*done) return false;
    size_t n = 0;
    while (n < rest->len && rest->data[n] != ',') n++;
    *item = slice(*rest, 0, n);
    *done = n == rest->len;
    if (!*done) *rest = slice(*rest, n + 1, rest->len);
    return true;
}

static size_t count_items(piece p) {
    size_t n = 1;
    for (size_t i = 0; i < p.len; i++)
        if (p.data[i] == ',') n++;
    return n;
}

/* --- errors ------------------------------------------------------------------------------- */

static berth_rc refuse_at(const parser *q, size_t position, const char *what) {
    berth_quoted name = berth_quote(q->name.data, q->name.len);
    if (q->name.len > 0)
        berth_fail(q->err, BERTH_EREQUEST, "%s: %s", name.text, what);
    else
        berth_fail(q->err, BERTH_EREQUEST, "%s", what);
    if (q->name.len > 0) berth_err_text(q->err, "parameter", name.text);
    berth_err_position(q->err, position);
    return BERTH_EREQUEST;
}

static berth_rc refuse(const parser *q, piece where, const char *what) {
    return refuse_at(q, where.at == NULL ? 0 : where.at[0], what);
}

/* Adds the position to what a builder of request.h refused. */
static berth_rc placed(const parser *q, piece where, berth_rc rc) {
    if (rc == BERTH_EREQUEST) berth_err_position(q->err, where.at[0]);
    return rc;
}

/* --- decoding ----------------------------------------------------------------------------- */

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Decodes text[from, to). */
static berth_rc decode(const parser *q, size_t from, size_t to, piece *out) {
    berth_arena *arena = &q->request->arena;
    char *data = berth_arena_alloc(arena, to - from + 1);
    uint32_t *at = berth_arena_alloc(arena, (to - from + 1) * sizeof *at);
    if (data == NULL || at == NULL) return berth_fail_memory(q->err);
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        char c = q->text[i];
        at[n] = (uint32_t)i + 1;
        if (c == '%') {
            int high = i + 2 < to ? hex(q->text[i + 1]) : -1;
            int low = i + 2 < to ? hex(q->text[i + 2]) : -1;
            if (high < 0 || low < 0) return refuse_at(q, i + 1, "malformed percent-encoding");
            data[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            data[n++] = c == '+' ? ' ' : c;
        }
    }
    at[n] = (uint32_t)to + 1;
    data[n] = '\0';
    if (!berth_text_valid(data, n, NULL))
        return refuse_at(q, from + 1, "it is not valid UTF-8 text");
    *out = (piece){data, n, at};
    return BERTH_OK;
}

/* --- values ------------------------------------------------------------------------------- */

/* [0-9]+, saturated at INT64_MAX; false for anything else. */
static bool parse_number(piece p, int64_t *out) {
    if (p.len == 0) return false;
    int64_t n = 0;
    for (size_t i = 0; i < p.len; i++) {
        if (p.data[i] < '0' || p.data[i] > '9') return false;
        int64_t digit = p.data[i] - '0';
        n = n > (INT64_MAX - digit) / 10 ? INT64_MAX : n * 10 + digit;
    }
    *out = n;
    return true;
}

/* Of several the last counts, as with in_tree. */
static berth_rc parse_resources(parser *q, berth_group *group, piece value) {
    group->nresources = 0;
    piece item;
    for (bool done = false; next_item(&value, &done, &item);) {
        size_t colon = 0;
        while (colon < item.len && item.data[colon] != ':') colon++;
        int64_t amount;
        if (colon == 0 || colon >= item.len ||
            !parse_number(slice(item, colon + 1, item.len), &amount))
            return refuse(q, item, "CLASS:AMOUNT is due");
        berth_rc rc = berth_group_add_resource(q->request, group, as_text(slice(item, 0, colon)),
                                               amount, q->err);
        if (rc != BERTH_OK) return placed(q, item, rc);
    }
    return BERTH_OK;
}

typedef berth_rc (*add_condition)(berth_request *request, berth_group *group,
                                  const berth_text *names, size_t count, bool forbidden,
                                  berth_err *err);

/* "A,B" behind "in:" or "!in:": one condition on all of them. */
static berth_rc parse_set(parser *q, berth_group *group, piece list, bool forbidden,
                          add_condition add) {
    berth_text *names = berth_arena_alloc(&q->request->arena, count_items(list) * sizeof *names);
    if (names == NULL) return berth_fail_memory(q->err);
    size_t count = 0;
    piece item, where = list;
    for (bool done = false; next_item(&list, &done, &item);) {
        item = trim(item);
        if (item.len == 0) return refuse(q, item, "an empty name in a set");
        if (item.data[0] == '!') return refuse(q, item, "no ! inside in:");
        names[count++] = as_text(item);
    }
    return placed(q, where, add(q->request, group, names, count, forbidden, q->err));
}

/* Any number of leading ! reads as one. */
static bool take_bang(piece *item) {
    size_t bangs = 0;
    while (bangs < item->len && item->data[bangs] == '!') bangs++;
    *item = trim(slice(*item, bangs, item->len));
    return bangs > 0;
}

static berth_rc parse_required(parser *q, berth_group *group, piece value) {
    value = trim(value);
    if (starts(value, "in:"))
        return parse_set(q, group, behind(value, "in:"), false, berth_group_add_required);
    if (starts(value, "!in:"))
        return parse_set(q, group, behind(value, "!in:"), true, berth_group_add_required);
    piece item;
    for (bool done = false; next_item(&value, &done, &item);) {
        item = trim(item);
        bool forbidden = take_bang(&item);
        if (item.len == 0) return refuse(q, item, "an empty trait");
        berth_text name = as_text(item);
        berth_rc rc = berth_group_add_required(q->request, group, &name, 1, forbidden, q->err);
        if (rc != BERTH_OK) return placed(q, item, rc);
    }
    return BERTH_OK;
}

static berth_rc parse_member_of(parser *q, berth_group *group, piece value) {
    value = trim(value);
    bool forbidden = value.len > 0 && value.data[0] == '!';
    if (forbidden) value = slice(value, 1, value.len);
    if (starts(value, "in:"))
        return parse_set(q, group, behind(value, "in:"), forbidden, berth_group_add_member_of);
    if (count_items(value) > 1) return refuse(q, value, "several aggregates need in: before them");
    return parse_set(q, group, value, forbidden, berth_group_add_member_of);
}

static berth_rc parse_in_tree(parser *q, berth_group *group, piece value) {
    value = trim(value);
    return placed(q, value, berth_group_set_tree(q->request, group, as_text(value), q->err));
}

static berth_rc parse_split(parser *q, berth_group *group, piece value) {
    for (size_t i = 0; i < group->nresources; i++)
        if (group->resources[i].split) return refuse(q, q->name, "it stands there twice");
    piece item;
    for (bool done = false; next_item(&value, &done, &item);) {
        berth_rc rc = berth_group_split(q->request, group, as_text(trim(item)), q->err);
        if (rc != BERTH_OK) return placed(q, item, rc);
    }
    return BERTH_OK;
}

static berth_rc parse_root_required(parser *q, piece value) {
    if (q->request->nroot_required > 0) return refuse(q, q->name, "it stands there twice");
    piece item;
    for (bool done = false; next_item(&value, &done, &item);) {
        item = trim(item);
        bool forbidden = take_bang(&item);
        if (item.len == 0) return refuse(q, item, "an empty trait");
        if (starts(item, "in:")) return refuse(q, item, "it takes no in:");
        berth_rc rc = berth_request_add_root_required(q->request, as_text(item), forbidden, q->err);
        if (rc != BERTH_OK) return placed(q, item, rc);
    }
    return BERTH_OK;
}

static berth_rc parse_same_subtree(parser *q, piece value) {
    berth_text *suffixes =
        berth_arena_alloc(&q->request->arena, count_items(value) * sizeof *suffixes);
    if (suffixes == NULL) return berth_fail_memory(q->err);
    size_t count = 0;
    piece item, where = value;
    for (bool done = false; next_item(&value, &done, &item);) suffixes[count++] = as_text(item);
    return placed(q, where, berth_request_add_subtree(q->request, suffixes, count, q->err));
}

static berth_rc parse_limit(parser *q, piece value) {
    if (q->request->limit != 0) return refuse(q, q->name, "it stands there twice");
    if (value.len == 0 || value.data[0] == '0' || !parse_number(value, &q->request->limit))
        return refuse(q, value, "a positive number is due");
    return BERTH_OK;
}

static berth_rc parse_group_policy(parser *q, piece value) {
    if (q->request->group_policy != BERTH_POLICY_UNSET)
        return refuse(q, q->name, "it stands there twice");
    if (equals(value, "none"))
        q->request->group_policy = BERTH_POLICY_NONE;
    else if (equals(value, "isolate"))
        q->request->group_policy = BERTH_POLICY_ISOLATE;
    else
        return refuse(q, value, "none or isolate is due");
    return BERTH_OK;
}

static berth_rc parse_canonical(parser *q, piece value) {
    if (q->seen_canonical) return refuse(q, q->name, "it stands there twice");
    if (!equals(value, "true") && !equals(value, "false"))
        return refuse(q, value, "true or false is due");
    q->seen_canonical = true;
    q->request->canonical = equals(value, "true");
    return BERTH_OK;
}

/* --- parameters --------------------------------------------------------------------------- */

/* Either for one group, named by what follows the keyword, or for the whole request. */
typedef struct keyword {
    const char *word;
    berth_rc (*of_group)(parser *q, berth_group *group, piece value);
    berth_rc (*of_request)(parser *q, piece value);
    bool late; /* needs the others to have been read */
} keyword;

static const keyword keywords[] = {
    {"resources", parse_resources, NULL, false},
    {"required", parse_required, NULL, false},
    {"member_of", parse_member_of, NULL, false},
    {"in_tree", parse_in_tree, NULL, false},
    {"split", parse_split, NULL, true},
    {"root_required", NULL, parse_root_required, false},
    {"same_subtree", NULL, parse_same_subtree, false},
    {"limit", NULL, parse_limit, false},
    {"group_policy", NULL, parse_group_policy, false},
    {"canonical", NULL, parse_canonical, false},
};

static const keyword *find_keyword(piece name) {
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        const keyword *k = &keywords[i];
        if (k->of_group != NULL ? starts(name, k->word) : equals(name, k->word)) return k;
    }
    return NULL;
}

static berth_rc parse_parameter(parser *q, size_t from, size_t to, bool late) {
    size_t equal = from;
    while (equal < to && q->text[equal] != '=') equal++;
    q->name = (piece){.len = 0};
    berth_rc rc = decode(q, from, equal, &q->name);
    if (rc != BERTH_OK) return rc;
    const keyword *k = find_keyword(q->name);
    if (k == NULL) return refuse(q, q->name, "there is no such parameter");
    if (k->late != late) return BERTH_OK;
    piece value;
    rc = decode(q, equal < to ? equal + 1 : to, to, &value);
    if (rc != BERTH_OK) return rc;
    q->request->origin = (berth_origin){q->name.data, value.data, value.at};
    if (k->of_request != NULL) return k->of_request(q, value);
    berth_group *group;
    piece suffix = behind(q->name, k->word);
    rc = berth_request_group(q->request, as_text(suffix), &group, q->err);
    if (rc != BERTH_OK) return placed(q, suffix, rc);
    return k->of_group(q, group, value);
}

/* Calls parse_parameter for each part between & signs; empty parts mean nothing. */
static berth_rc parse_all(parser *q, bool late) {
    for (size_t from = 0; from < q->len;) {
        size_t to = from;
        while (to < q->len && q->text[to] != '&') to++;
        if (to > from) {
            berth_rc rc = parse_parameter(q, from, to, late);
            if (rc != BERTH_OK) return rc;
        }
        from = to + 1;
    }
    return BERTH_OK;
}

/* Where the parameter named in *err stands; behind the end when it is missing. */
static void add_position(const parser *q, berth_err *err) {
    size_t position = q->len + 1;
    for (int i = 0; err != NULL && i < err->nfields; i++) {
        const char *name = err->fields[i].text;
        size_t n = strlen(name);
        if (strcmp(err->fields[i].name, "parameter") != 0) continue;
        for (size_t at = 0; at + n <= q->len; at++)
            if ((at == 0 || q->text[at - 1] == '&') && memcmp(q->text + at, name, n) == 0 &&
                (at + n == q->len || q->text[at + n] == '=' || q->text[at + n] == '&')) {
                position = at + 1;
                break;
            }
    }
    berth_err_position(err, position);
}

berth_rc berth_query_parse(berth_mem mem, const char *text, size_t len, berth_request **out,
                           berth_err *err) {
    *out = NULL;
    if (len > BERTH_QUERY_BYTES)
        return berth_fail(err, BERTH_ELIMIT, "a query string has at most %d bytes",
                          BERTH_QUERY_BYTES);
    berth_request *request;
    berth_rc rc = berth_request_new(mem, &request, err);
    if (rc != BERTH_OK) return rc;
    parser q = {.request = request, .text = text, .len = len, .err = err};
    rc = parse_all(&q, false);
    if (rc == BERTH_OK) rc = parse_all(&q, true);
    if (rc == BERTH_OK) {
        rc = berth_request_check(request, err);
        if (rc == BERTH_EREQUEST) add_position(&q, err);
    }
    if (rc != BERTH_OK) {
        berth_request_free(request);
        return rc;
    }
    *out = request;
    return BERTH_OK;
}

/* The value as a piece, for a parser of it alone. */
static berth_rc whole_value(parser *q, const char *name, berth_text value, piece *out) {
    uint32_t *at = berth_arena_alloc(&q->request->arena, (value.len + 1) * sizeof *at);
    if (at == NULL) return berth_fail_memory(q->err);
    for (size_t i = 0; i <= value.len; i++) at[i] = (uint32_t)i + 1;
    q->name = (piece){name, strlen(name), NULL};
    *out = (piece){value.data, value.len, at};
    q->request->origin.text = value.data;
    q->request->origin.at = at;
    if (!berth_text_valid(value.data, value.len, NULL))
        return refuse(q, q->name, "it is not valid UTF-8 text");
    return BERTH_OK;
}

berth_rc berth_query_value(berth_request *request, const char *keyword_text, berth_text suffix,
                           berth_text value, berth_err *err) {
    parser q = {.request = request, .err = err};
    piece whole;
    berth_rc rc = whole_value(&q, keyword_text, value, &whole);
    if (rc != BERTH_OK) return rc;
    const keyword *k = find_keyword(q.name);
    if (k == NULL) return refuse(&q, q.name, "there is no such parameter");
    if (k->of_request != NULL) return k->of_request(&q, whole);
    berth_group *group;
    rc = berth_request_group(request, suffix, &group, err);
    return rc == BERTH_OK ? k->of_group(&q, group, whole) : rc;
}

berth_rc berth_query_forbidden(berth_request *request, berth_text suffix, berth_text value,
                               berth_err *err) {
    parser q = {.request = request, .err = err};
    piece whole;
    berth_group *group;
    berth_rc rc = whole_value(&q, "forbidden", value, &whole);
    if (rc == BERTH_OK) rc = berth_request_group(request, suffix, &group, err);
    if (rc != BERTH_OK) return rc;
    return parse_set(&q, group, whole, true, berth_group_add_required);
}
