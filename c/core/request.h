/* request.h - what a caller asks for, in words: groups of resources, traits, aggregates and trees.
 * Built with the functions below, by the bindings from a table or by query.h from a query string;
 * knows no store.  A shape (further below) is the same with every name resolved against one state.
 * Uses arena.h, edit.h's text. */
#ifndef BERTH_CORE_REQUEST_H
#define BERTH_CORE_REQUEST_H

#include "core/arena.h"
#include "core/edit.h"

#define BERTH_GROUPS_MAX 256  /* groups of one request */
#define BERTH_ITEMS_MAX 1024  /* resources, traits, aggregates of one group */
#define BERTH_SUFFIX_BYTES 64 /* [A-Za-z0-9_-]{1,64}; "" is the unsuffixed group */

/* A name where the caller mentions it, told when the store turns out not to know it. */
typedef struct berth_mention {
    berth_text name;
    const char *parameter; /* of the query, or the path of a table's field */
    size_t position;       /* in the query, or in the field's text; from 1, 0: none */
} berth_mention;

/* A condition: any of `names`, or none of them when forbidden. */
typedef struct berth_condition {
    const berth_mention *names;
    size_t count;
    bool forbidden;
} berth_condition;

typedef struct berth_amount {
    berth_mention rclass;
    int64_t amount; /* >= 1; INT64_MAX stands for that and all above: no provider gives it */
    bool split;     /* may be gathered from several providers of one tree; see search.h */
} berth_amount;

/* "12", or "9223372036854775807 or more" */
typedef struct berth_amount_words {
    char text[32];
} berth_amount_words;
berth_amount_words berth_amount_say(int64_t amount);

typedef struct berth_group {
    berth_text suffix;
    berth_amount *resources; /* distinct classes */
    size_t nresources;
    berth_condition *required; /* traits: AND of any-of and forbidden sets */
    size_t nrequired;
    berth_condition *member_of; /* aggregates, likewise */
    size_t nmember_of;
    berth_text in_tree; /* uuid or name; not given: anywhere */
    const char *path;   /* of a table's group, for messages; NULL: its suffix tells */
} berth_group;

typedef enum berth_group_policy {
    BERTH_POLICY_UNSET,
    BERTH_POLICY_NONE,
    BERTH_POLICY_ISOLATE
} berth_group_policy;

typedef struct berth_subtree {
    const berth_text *suffixes;
    size_t count;
} berth_subtree;

/* Where the names that are added next come from. */
typedef struct berth_origin {
    const char *parameter; /* outlives the request, or is in its arena */
    const char *text;      /* the names are parts of it; unused without: */
    const uint32_t *at;    /* position from 1 of each byte of text; NULL: there is none */
} berth_origin;

/* Owned by its arena; immutable once checked. */
typedef struct berth_request {
    berth_arena arena;
    berth_origin origin; /* set by whoever builds, as it goes */
    berth_group *groups; /* unsuffixed first when there is one */
    size_t ngroups, cap_groups;
    berth_group_policy group_policy;
    berth_subtree *subtrees;
    size_t nsubtrees;
    berth_condition *root_required; /* each of one name, required or forbidden */
    size_t nroot_required;
    int64_t limit;  /* candidates wanted; 0: all */
    bool canonical; /* one answer for interchangeable providers and groups; see search.h */
} berth_request;

/* Errors: BERTH_ENOMEM. */
berth_rc berth_request_new(berth_mem mem, berth_request **out, berth_err *err);
void berth_request_free(berth_request *request);

/* Builders.  Every text is copied into the request.  All of them refuse malformed words with
 * BERTH_EREQUEST (field "parameter": the query's keyword and suffix, such as "required_gpu"), too
 * many of anything with BERTH_ELIMIT; and BERTH_ENOMEM. */

/* Finds or adds a group; the empty suffix is the unsuffixed one.  *out stays valid until the next
 * group is added. */
berth_rc berth_request_group(berth_request *request, berth_text suffix, berth_group **out,
                             berth_err *err);
/* A class that the group asks for already gets the new amount. */
berth_rc berth_group_add_resource(berth_request *request, berth_group *group, berth_text rclass,
                                  int64_t amount, berth_err *err);
/* Marks a class that the group asks for. Errors: BERTH_EREQUEST when it does not. */
berth_rc berth_group_split(berth_request *request, berth_group *group, berth_text rclass,
                           berth_err *err);
berth_rc berth_group_add_required(berth_request *request, berth_group *group,
                                  const berth_text *names, size_t count, bool forbidden,
                                  berth_err *err);
berth_rc berth_group_add_member_of(berth_request *request, berth_group *group,
                                   const berth_text *names, size_t count, bool forbidden,
                                   berth_err *err);
berth_rc berth_group_set_tree(berth_request *request, berth_group *group, berth_text provider,
                              berth_err *err);
berth_rc berth_request_add_subtree(berth_request *request, const berth_text *suffixes, size_t count,
                                   berth_err *err);
berth_rc berth_request_add_root_required(berth_request *request, berth_text trait, bool forbidden,
                                         berth_err *err);

/* The rules that need no store: something is asked for, resource-less groups stand in a
 * same_subtree, more than one granular group has a group_policy, no contradictions, suffixes
 * exist.  Called once by whoever built the request.  Errors: BERTH_EREQUEST with field
 * "parameter", for a group with a path its field there. */
berth_rc berth_request_check(const berth_request *request, berth_err *err);

/* --- shapes ------------------------------------------------------------------------------- */

typedef struct berth_ref_condition {
    const berth_ref *refs; /* known ones only; a required set may be empty: matches nothing */
    size_t count;
    bool forbidden;
} berth_ref_condition;

/* Has the provider any of a required set, or none of a forbidden one? */
bool berth_refs_meet(const berth_refs *refs, const berth_ref_condition *condition);

typedef struct berth_shape_amount {
    berth_ref rclass;
    int64_t amount;
    bool split;
    bool loose; /* units do not matter, and of an amount of 0 inventory is enough: what explain.h
                   asks and no request can */
} berth_shape_amount;

typedef struct berth_shape_group {
    const char *suffix;                  /* "" for the unsuffixed one */
    const berth_shape_amount *resources; /* by class, ascending */
    size_t nresources;
    const berth_ref_condition *required; /* the forbidden set first, when there is one */
    size_t nrequired;
    const berth_ref_condition *member_of; /* likewise */
    size_t nmember_of;
    bool has_tree;
    berth_ref tree; /* root of in_tree; BERTH_NONE: names no provider, matches nothing */
    size_t twin;    /* first granular group with the very same content and same_subtree places
                       (maybe itself): which of them gets what makes no difference */
} berth_shape_group;

/* A request resolved against a state; owned by its arena.  The order in which a request was
 * written leaves no trace in it: groups stand by suffix, resources by class.  `key` is equal for
 * equal shapes. */
typedef struct berth_shape {
    berth_arena arena;
    bool lasting;      /* holds for the state's life; false: names a tree or an aggregate that did
                          not exist, so resolve again once state->topology differs from: */
    uint64_t topology; /* the state's when resolved */
    const berth_shape_group *groups;
    size_t ngroups;
    bool has_unsuffixed; /* then it is groups[0] */
    berth_group_policy group_policy;
    const size_t *const *subtrees; /* group indexes of each same_subtree, ascending */
    const size_t *subtree_sizes;
    size_t nsubtrees;
    const berth_ref_condition *root_required;
    size_t nroot_required;
    int64_t limit;
    bool canonical;
    const void *key; /* canonical bytes of all the above but limit */
    size_t key_len;
} berth_shape;

/* All names are looked up before anything else is asked, so the answer does not depend on what
 * the fleet holds.  Errors: BERTH_ENOTFOUND for an unknown class or trait (fields class or trait,
 * parameter, and position where there is one), BERTH_ENOMEM.  Unknown aggregates and trees match
 * nothing, as the model says. */
berth_rc berth_shape_resolve(const berth_request *request, const berth_state *state,
                             berth_shape **out, berth_err *err);
void berth_shape_free(berth_shape *shape);

#endif
