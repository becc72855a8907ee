/* view.h - what a policy may see: the members of every view, in one table.  From it come the
 * userdata themselves, the messages about misspelt names, luacheck's list and the types for
 * editors.  Uses nothing.
 *
 * FIELDS:  X(name, type, what it is)
 * METHODS: X(name, parameters, type, what it is)
 * HOOKS:   X(name, parameters with the view each one is, result, when it is called) */
#ifndef BERTH_POLICY_VIEW_H
#define BERTH_POLICY_VIEW_H

/* --- request: filter, score --------------------------------------------------------------- */

#define BERTH_REQUEST_FIELDS(X)                                                                    \
    X(consumer, "string", "who will hold the claim; an answer that used this, project, user, "     \
                          "consumer_type or limit is not remembered for other callers")            \
    X(project, "string", "the project that claims, \"\" when not told")                            \
    X(user, "string", "the user that claims, \"\" when not told")                                  \
    X(consumer_type, "string", "the type of the consumer, \"\" when not told")                     \
    X(limit, "integer", "how many candidates are wanted, 0 for all")

#define BERTH_REQUEST_METHODS(X)                                                                   \
    X(amount, "class: string", "integer", "asked of the class in all groups, 0 for none")          \
    X(classes, "", "string[]", "the classes asked for, sorted")                                    \
    X(groups, "", "string[]", "the groups' suffixes, \"\" first where there is one")               \
    X(group_amount, "suffix: string, class: string", "integer", "asked of the class by one group")

/* --- candidate: filter, score ------------------------------------------------------------- */

#define BERTH_CANDIDATE_FIELDS(X) X(root, "provider", "root of the tree it is built around")

#define BERTH_CANDIDATE_METHODS(X)                                                                 \
    X(amount, "class: string", "integer", "taken of the class in all")                             \
    X(free, "class: string", "integer", "free of the class in the whole tree, before this claim")  \
    X(used, "class: string", "integer", "used of the class in the whole tree, before this claim")  \
    X(capacity, "class: string", "integer", "capacity of the class in the whole tree")             \
    X(providers, "", "provider[]", "the providers it takes from, in order of creation")            \
    X(taken, "provider: provider, class: string", "integer", "taken of the class from a provider") \
    X(each_free, "class: string", "integer[]",                                                     \
      "free of the class on each provider of the tree that has it, in order of the tree")          \
    X(each_taken, "class: string", "integer[]", "taken of the class, beside each_free")            \
    X(mapping, "suffix: string", "provider[]", "the providers that serve one group")               \
    X(consumers, "", "integer", "how many consumers hold something in the tree")                   \
    X(consumer_types, "", "string[]", "their types, sorted, \"unknown\" for those without")

/* --- provider: wherever a view names one -------------------------------------------------- */

#define BERTH_PROVIDER_FIELDS(X)                                                                   \
    X(uuid, "string", "its uuid")                                                                  \
    X(name, "string", "its name")                                                                  \
    X(generation, "integer", "its generation")                                                     \
    X(parent, "provider?", "the provider above it, nil at a root")                                 \
    X(root, "provider", "the root of its tree")

#define BERTH_PROVIDER_METHODS(X)                                                                  \
    X(free, "class: string", "integer", "capacity less usage, never below 0")                      \
    X(used, "class: string", "integer", "used of the class")                                       \
    X(capacity, "class: string", "integer", "(total - reserved) * allocation_ratio")               \
    X(total, "class: string", "integer", "the stock as stated, 0 without one")                     \
    X(has_trait, "name: string", "boolean", "whether it has the trait")                            \
    X(traits, "", "string[]", "its traits, sorted")                                                \
    X(in_aggregate, "uuid: string", "boolean", "whether it is a member of the aggregate")          \
    X(aggregates, "", "string[]", "the aggregates it is a member of, sorted")                      \
    X(children, "", "provider[]", "the providers right below it, in order of creation")

/* --- claim: admit ------------------------------------------------------------------------- */

#define BERTH_CLAIM_FIELDS(X)                                                                      \
    X(consumer, "string", "who holds the claim")                                                   \
    X(project, "string", "its project, \"\" when never told")                                      \
    X(user, "string", "its user, \"\" when never told")                                            \
    X(consumer_type, "string", "its type, \"\" when never told")                                   \
    X(root, "provider", "root of the tree it lies in")

#define BERTH_CLAIM_METHODS(X)                                                                     \
    X(amount, "class: string", "integer", "claimed of the class in all")                           \
    X(classes, "", "string[]", "the classes claimed, sorted")                                      \
    X(providers, "", "provider[]", "the providers it takes from, in order of creation")            \
    X(taken, "provider: provider, class: string", "integer", "claimed of the class from a provider")

/* --- view: admit; everything includes the claim ------------------------------------------- */

#define BERTH_VIEW_FIELDS(X)

#define BERTH_VIEW_METHODS(X)                                                                      \
    X(usage, "of: usage_query", "integer", "used of a class, by whom and where the query says")    \
    X(consumers, "of: consumers_query", "integer", "how many consumers hold something there")      \
    X(capacity, "of: capacity_query", "integer", "capacity of a class, there or in the fleet")

/* What the three take: X(name, usage, consumers, capacity, what it is), 1 where it is a key. */
#define BERTH_QUERY_KEYS(X)                                                                        \
    X(class, 1, 0, 1, "the resource class")                                                        \
    X(project, 1, 1, 0, "only consumers of this project, \"\" for those of none")                  \
    X(user, 1, 1, 0, "only consumers of this user, \"\" for those of none")                        \
    X(consumer_type, 1, 1, 0, "only consumers of this type, \"\" for those of none")               \
    X(provider, 1, 1, 1, "on this provider: a view, a uuid or a name")                             \
    X(subtree, 1, 1, 1, "on this provider and all below it")                                       \
    X(aggregate, 1, 1, 1, "on the members of this aggregate; a root brings its whole tree")

/* --- call: authorize ---------------------------------------------------------------------- */

#define BERTH_CALL_FIELDS(X)                                                                       \
    X(verb, "string", "what is to be done, as the method is called: place, usages, ...")           \
    X(writes, "boolean", "whether the verb changes the store")                                     \
    X(user, "string", "who calls, \"\" when not told")                                             \
    X(project, "string", "for which project, \"\" when not told")                                  \
    X(roles, "string[]", "with which roles")                                                       \
    X(target, "string", "what it is done to: store, provider, allocation, project")                \
    X(target_name, "string?", "the provider's, consumer's or project's name where one is named")   \
    X(target_project, "string?", "the project the target belongs to, nil where it is nobody's")

#define BERTH_CALL_METHODS(X) X(has_role, "name: string", "boolean", "whether a role is held")

/* --- all of it ---------------------------------------------------------------------------- */

/* X(name, NAME) of each view; singletons first: there is one userdata a state of each. */
#define BERTH_VIEWS(X)                                                                             \
    X(request, REQUEST)                                                                            \
    X(candidate, CANDIDATE)                                                                        \
    X(claim, CLAIM)                                                                                \
    X(view, VIEW)                                                                                  \
    X(call, CALL)                                                                                  \
    X(provider, PROVIDER)

#define BERTH_HOOKS_TABLE(X)                                                                       \
    X(authorize, AUTHORIZE, "call: call", "verdict", "before any verb made for a caller")          \
    X(admit, ADMIT, "claim: claim, view: view", "verdict", "inside the transaction of a claim")    \
    X(filter, FILTER, "request: request, candidate: candidate", "boolean", "while searching")      \
    X(score, SCORE, "request: request, candidate: candidate", "number, number?",                   \
      "while searching: higher is better; the second chooses among candidates of one tree")        \
    X(redact, REDACT, "record: table", "table",                                                    \
      "for records that leave the process: those that hold a secret, where there are `rules`")     \
    X(rules, RULES, "", "table", "once, as redaction begins: what it looks for besides")

/* What a policy file may say of itself beside its hooks: X(name, type, what it is). */
#define BERTH_POLICY_KEYS(X)                                                                       \
    X(name, "string", "what it is called in decisions; by default the file's name")                \
    X(version, "string", "told in decisions")                                                      \
    X(description, "string", "one line for whoever lists the policies")                            \
    X(parameters, "table", "defaults of what the operator may set; read through `parameters`")

/* Globals of a policy file beside the library: X(name, parameters, type, what it is). */
#define BERTH_POLICY_GLOBALS(X)                                                                    \
    X(policy, "definition: table", "policy", "takes what the file defines; the file returns it")   \
    X(allow, "", "verdict", "says yes")                                                            \
    X(deny, "code: string, sentence: string, fields: table?", "verdict", "says no, and why")       \
    X(hash, "...: string|integer", "integer", "0 .. 2^53 - 1, the same for the same arguments")

typedef enum berth_view {
#define X(name, NAME) BERTH_VIEW_##NAME,
    BERTH_VIEWS(X)
#undef X
        BERTH_VIEW_COUNT
} berth_view;

typedef enum berth_hook {
#define X(name, NAME, parameters, result, when) BERTH_HOOK_##NAME,
    BERTH_HOOKS_TABLE(X)
#undef X
        BERTH_HOOK_COUNT
} berth_hook;

#endif
