/* request.c - building and checking what a caller asks for; see request.h. */
#include "core/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"

berth_rc berth_request_new(berth_mem mem, berth_request **out, berth_err *err) {
    *out = NULL;
    berth_request *request = berth_calloc(&mem, 1, sizeof *request);
    if (request == NULL) return berth_fail_memory(err);
    berth_arena_init(&request->arena, mem);
    *out = request;
    return BERTH_OK;
}

void berth_request_free(berth_request *request) {
    if (request == NULL) return;
    berth_mem mem = request->arena.mem;
    berth_arena_free(&request->arena);
    berth_free(&mem, request, sizeof *request);
}

/* --- helpers ------------------------------------------------------------------------------ */

/* A malformed part of the query parameter `keyword` + `suffix`. */
static berth_rc refuse(berth_err *err, const char *keyword, berth_text suffix, const char *what) {
    char parameter[BERTH_TEXT_MAX];
    size_t n = strlen(keyword);
    size_t m = suffix.len <= BERTH_SUFFIX_BYTES ? suffix.len : BERTH_SUFFIX_BYTES;
    memcpy(parameter, keyword, n);
    if (m > 0) memcpy(parameter + n, suffix.data, m);
    parameter[n + m] = '\0';
    berth_fail(err, BERTH_EREQUEST, "%s: %s", parameter, what);
    berth_err_text(err, "parameter", parameter);
    return BERTH_EREQUEST;
}

static const berth_text no_suffix = {"", 0};

static bool same_text(berth_text a, berth_text b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static bool suffix_valid(berth_text suffix) {
    if (suffix.len > BERTH_SUFFIX_BYTES) return false;
    for (size_t i = 0; i < suffix.len; i++) {
        char c = suffix.data[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-';
        if (!fine) return false;
    }
    return true;
}

static bool name_valid(berth_text name, size_t max) {
    return name.data != NULL && name.len > 0 && name.len <= max &&
           berth_text_valid(name.data, name.len, NULL);
}

static berth_rc copy_text(berth_request *request, berth_text *text, berth_err *err) {
    const char *copy = berth_arena_text(&request->arena, text->data, text->len);
    if (copy == NULL) return berth_fail_memory(err);
    text->data = copy;
    return BERTH_OK;
}

/* The name, which is part of origin.text, copied together with where it stands. */
static berth_rc mention(berth_request *request, berth_text name, berth_mention *out,
                        berth_err *err) {
    const berth_origin *from = &request->origin;
    size_t position = from->at == NULL ? 0 : from->at[name.data - from->text];
    *out = (berth_mention){name, from->parameter, position};
    return copy_text(request, &out->name, err);
}

/* Room for one more of `count` elements in the arena: full arrays are powers of two from 4 on.
 * NULL without memory. */
static void *room(berth_request *request, void *items, size_t count, size_t size) {
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0)) return items;
    void *grown = berth_arena_alloc(&request->arena, (count < 4 ? 4 : count * 2) * size);
    if (grown != NULL && count != 0) memcpy(grown, items, count * size);
    return grown;
}

berth_amount_words berth_amount_say(int64_t amount) {
    berth_amount_words words;
    snprintf(words.text, sizeof words.text, "%" PRId64 "%s", amount,
             amount == INT64_MAX ? " or more" : "");
    return words;
}

/* --- building ----------------------------------------------------------------------------- */

static berth_group *find_group(const berth_request *request, berth_text suffix) {
    for (size_t i = 0; i < request->ngroups; i++)
        if (same_text(request->groups[i].suffix, suffix)) return &request->groups[i];
    return NULL;
}

berth_rc berth_request_group(berth_request *request, berth_text suffix, berth_group **out,
                             berth_err *err) {
    if (suffix.data == NULL) suffix = no_suffix;
    *out = find_group(request, suffix);
    if (*out != NULL) return BERTH_OK;
    if (!suffix_valid(suffix)) {
        berth_fail(err, BERTH_EREQUEST,
                   "group suffix \"%s\" is not 1 to %d letters, digits, _ or -",
                   berth_quote(suffix.data, suffix.len).text, BERTH_SUFFIX_BYTES);
        berth_err_text(err, "parameter", berth_quote(suffix.data, suffix.len).text);
        return BERTH_EREQUEST;
    }
    if (request->ngroups >= BERTH_GROUPS_MAX)
        return berth_fail(err, BERTH_ELIMIT, "a request has at most %d groups", BERTH_GROUPS_MAX);
    berth_group *groups = room(request, request->groups, request->ngroups, sizeof *groups);
    if (groups == NULL) return berth_fail_memory(err);
    request->groups = groups;
    berth_rc rc = copy_text(request, &suffix, err);
    if (rc != BERTH_OK) return rc;
    size_t at = request->ngroups;
    if (suffix.len == 0) {
        memmove(groups + 1, groups, request->ngroups * sizeof *groups);
        at = 0;
    }
    groups[at] = (berth_group){.suffix = suffix};
    request->ngroups++;
    *out = &groups[at];
    return BERTH_OK;
}

static berth_amount *find_amount(const berth_group *group, berth_text rclass) {
    for (size_t i = 0; i < group->nresources; i++)
        if (same_text(group->resources[i].rclass.name, rclass)) return &group->resources[i];
    return NULL;
}

static berth_rc too_many(berth_err *err) {
    return berth_fail(err, BERTH_ELIMIT, "a group has at most %d resources, traits or aggregates",
                      BERTH_ITEMS_MAX);
}

berth_rc berth_group_add_resource(berth_request *request, berth_group *group, berth_text rclass,
                                  int64_t amount, berth_err *err) {
    if (!name_valid(rclass, BERTH_WORD_BYTES))
        return refuse(err, "resources", group->suffix, "a resource class has 1 to 255 bytes");
    if (amount < 1) return refuse(err, "resources", group->suffix, "an amount is at least 1");
    berth_amount *known = find_amount(group, rclass);
    if (known != NULL) {
        known->amount = amount;
        return BERTH_OK;
    }
    if (group->nresources >= BERTH_ITEMS_MAX) return too_many(err);
    berth_amount *items = room(request, group->resources, group->nresources, sizeof *items);
    if (items == NULL) return berth_fail_memory(err);
    group->resources = items;
    berth_amount *item = &items[group->nresources];
    *item = (berth_amount){.amount = amount};
    berth_rc rc = mention(request, rclass, &item->rclass, err);
    if (rc == BERTH_OK) group->nresources++;
    return rc;
}

berth_rc berth_group_split(berth_request *request, berth_group *group, berth_text rclass,
                           berth_err *err) {
    (void)request;
    berth_amount *amount = find_amount(group, rclass);
    if (amount == NULL)
        return refuse(err, "split", group->suffix, "a class to split is not among the resources");
    amount->split = true;
    return BERTH_OK;
}

static berth_rc add_condition(berth_request *request, berth_condition **list, size_t *count,
                              const berth_text *names, size_t nnames, bool forbidden,
                              berth_err *err) {
    if (*count >= BERTH_ITEMS_MAX || nnames > BERTH_ITEMS_MAX) return too_many(err);
    berth_condition *items = room(request, *list, *count, sizeof *items);
    berth_mention *copies = berth_arena_alloc(&request->arena, nnames * sizeof *copies);
    if (items == NULL || copies == NULL) return berth_fail_memory(err);
    *list = items;
    for (size_t i = 0; i < nnames; i++) {
        berth_rc rc = mention(request, names[i], &copies[i], err);
        if (rc != BERTH_OK) return rc;
    }
    items[(*count)++] = (berth_condition){copies, nnames, forbidden};
    return BERTH_OK;
}

static berth_rc check_names(const char *keyword, berth_text suffix, const berth_text *names,
                            size_t count, berth_err *err) {
    if (count == 0) return refuse(err, keyword, suffix, "an empty set can never be met");
    for (size_t i = 0; i < count; i++)
        if (!name_valid(names[i], BERTH_WORD_BYTES))
            return refuse(err, keyword, suffix, "a name has 1 to 255 bytes");
    return BERTH_OK;
}

static bool aggregate_valid(berth_text text) {
    char uuid[BERTH_UUID_BYTES + 1];
    if (berth_uuid_parse(text.data, text.len, uuid)) return true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.';
        if (!fine) return false;
    }
    return true;
}

static berth_rc check_aggregates(berth_text suffix, const berth_text *names, size_t count,
                                 berth_err *err) {
    berth_rc rc = check_names("member_of", suffix, names, count, err);
    for (size_t i = 0; rc == BERTH_OK && i < count; i++)
        if (!aggregate_valid(names[i]))
            rc = refuse(err, "member_of", suffix,
                        "an aggregate is a uuid or a word of letters, digits and '.-_'");
    return rc;
}

berth_rc berth_group_add_required(berth_request *request, berth_group *group,
                                  const berth_text *names, size_t count, bool forbidden,
                                  berth_err *err) {
    berth_rc rc = check_names("required", group->suffix, names, count, err);
    if (rc != BERTH_OK) return rc;
    return add_condition(request, &group->required, &group->nrequired, names, count, forbidden,
                         err);
}

berth_rc berth_group_add_member_of(berth_request *request, berth_group *group,
                                   const berth_text *names, size_t count, bool forbidden,
                                   berth_err *err) {
    berth_rc rc = check_aggregates(group->suffix, names, count, err);
    if (rc != BERTH_OK) return rc;
    return add_condition(request, &group->member_of, &group->nmember_of, names, count, forbidden,
                         err);
}

berth_rc berth_group_set_tree(berth_request *request, berth_group *group, berth_text provider,
                              berth_err *err) {
    if (!name_valid(provider, BERTH_NAME_BYTES))
        return refuse(err, "in_tree", group->suffix, "a provider is named by its uuid or name");
    berth_rc rc = copy_text(request, &provider, err);
    if (rc == BERTH_OK) group->in_tree = provider;
    return rc;
}

berth_rc berth_request_add_subtree(berth_request *request, const berth_text *suffixes, size_t count,
                                   berth_err *err) {
    if (count == 0 || request->nsubtrees >= BERTH_GROUPS_MAX || count > BERTH_GROUPS_MAX)
        return refuse(err, "same_subtree", no_suffix, "it lists 1 to 256 groups");
    berth_subtree *items = room(request, request->subtrees, request->nsubtrees, sizeof *items);
    berth_text *copies = berth_arena_alloc(&request->arena, count * sizeof *copies);
    if (items == NULL || copies == NULL) return berth_fail_memory(err);
    request->subtrees = items;
    for (size_t i = 0; i < count; i++) {
        copies[i] = suffixes[i];
        if (copies[i].len == 0 || !suffix_valid(copies[i]))
            return refuse(err, "same_subtree", no_suffix, "it lists suffixes of groups");
        berth_rc rc = copy_text(request, &copies[i], err);
        if (rc != BERTH_OK) return rc;
    }
    items[request->nsubtrees++] = (berth_subtree){copies, count};
    return BERTH_OK;
}

berth_rc berth_request_add_root_required(berth_request *request, berth_text trait, bool forbidden,
                                         berth_err *err) {
    berth_rc rc = check_names("root_required", no_suffix, &trait, 1, err);
    if (rc != BERTH_OK) return rc;
    return add_condition(request, &request->root_required, &request->nroot_required, &trait, 1,
                         forbidden, err);
}

/* --- checking ----------------------------------------------------------------------------- */

/* A group as a whole, which a table calls otherwise than a query. */
static berth_rc refuse_group(berth_err *err, const char *keyword, const berth_group *group,
                             const char *what) {
    if (group->path == NULL) return refuse(err, keyword, group->suffix, what);
    berth_fail(err, BERTH_EREQUEST, "%s.%s: %s", group->path, keyword, what);
    char parameter[BERTH_TEXT_MAX];
    snprintf(parameter, sizeof parameter, "%s.%s", group->path, keyword);
    berth_err_text(err, "parameter", parameter);
    return BERTH_EREQUEST;
}

static bool forbidden_name(const berth_condition *conditions, size_t count, berth_text name) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; conditions[i].forbidden && j < conditions[i].count; j++)
            if (same_text(conditions[i].names[j].name, name)) return true;
    return false;
}

/* A required set of which every member is forbidden can never be met. */
static bool is_contradiction(const berth_condition *conditions, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (conditions[i].forbidden) continue;
        size_t barred = 0;
        for (size_t j = 0; j < conditions[i].count; j++)
            if (forbidden_name(conditions, count, conditions[i].names[j].name)) barred++;
        if (barred == conditions[i].count) return true;
    }
    return false;
}

static bool in_subtree(const berth_request *request, berth_text suffix) {
    for (size_t i = 0; i < request->nsubtrees; i++)
        for (size_t j = 0; j < request->subtrees[i].count; j++)
            if (same_text(request->subtrees[i].suffixes[j], suffix)) return true;
    return false;
}

static berth_rc check_group(const berth_request *request, const berth_group *group,
                            berth_err *err) {
    if (group->nresources == 0) {
        if (group->nrequired == 0 && group->nmember_of == 0 && group->in_tree.data == NULL)
            return refuse_group(err, "resources", group, "the group asks for nothing");
        if (group->suffix.len == 0)
            return refuse_group(err, "resources", group,
                                "conditions without a suffix need resources without a suffix");
        if (!in_subtree(request, group->suffix))
            return refuse_group(err, "resources", group,
                                "a group without resources must stand in a same_subtree");
    }
    if (is_contradiction(group->required, group->nrequired))
        return refuse_group(err, "required", group, "the same trait is required and forbidden");
    return BERTH_OK;
}

static berth_rc check_subtrees(const berth_request *request, berth_err *err) {
    for (size_t i = 0; i < request->nsubtrees; i++)
        for (size_t j = 0; j < request->subtrees[i].count; j++) {
            berth_text suffix = request->subtrees[i].suffixes[j];
            if (suffix.len == 0 || find_group(request, suffix) == NULL)
                return refuse(err, "same_subtree", no_suffix,
                              "it names a group that the request does not have");
        }
    return BERTH_OK;
}

berth_rc berth_request_check(const berth_request *request, berth_err *err) {
    size_t asking = 0, granular = 0;
    for (size_t i = 0; i < request->ngroups; i++) {
        berth_rc rc = check_group(request, &request->groups[i], err);
        if (rc != BERTH_OK) return rc;
        if (request->groups[i].nresources > 0) asking++;
        if (request->groups[i].suffix.len > 0) granular++;
    }
    if (asking == 0)
        return refuse(err, "resources", no_suffix, "a request asks for at least one resource");
    if (granular > 1 && request->group_policy == BERTH_POLICY_UNSET)
        return refuse(err, "group_policy", no_suffix, "several groups need one: none or isolate");
    berth_rc rc = check_subtrees(request, err);
    if (rc == BERTH_OK && is_contradiction(request->root_required, request->nroot_required))
        rc = refuse(err, "root_required", no_suffix, "the same trait is required and forbidden");
    if (rc == BERTH_OK && request->limit < 0)
        rc = refuse(err, "limit", no_suffix, "a limit is at least 1");
    return rc;
}
