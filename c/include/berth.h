/* berth.h - the public C face of berth: error codes, the error object, limits, plain value types.
 *
 * Everything else hangs off opaque handles declared by the floor that owns them (core/state.h,
 * store/store.h, policy/policy.h, log/log.h).  Nothing here allocates and nothing is global.
 *
 * Every fallible function returns berth_rc (0 is success, negative a refusal) and takes a last
 * `berth_err *err`, which may be NULL and is filled only on failure. */
#ifndef BERTH_H
#define BERTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BERTH_VERSION "0.1.0"

/* name, value, stable code (seen from Lua, JSON and the command), when */
#define BERTH_ERRORS(X)                                                                            \
    X(BERTH_OK, 0, "ok", "done")                                                                   \
    X(BERTH_ENOTFOUND, -1, "not_found", "a named object does not exist or may not be seen")        \
    X(BERTH_ECONFLICT, -2, "generation_conflict", "the record changed since it was read")          \
    X(BERTH_EINUSE, -3, "in_use", "the object is still used by another one")                       \
    X(BERTH_EINVENTORYINUSE, -4, "inventory_in_use", "inventory with allocations cannot go away")  \
    X(BERTH_EINVALIDCAPACITY, -5, "invalid_capacity", "the fields give no valid capacity")         \
    X(BERTH_ECAPACITY, -6, "capacity_exceeded", "the provider has no room for the amount")         \
    X(BERTH_EAMOUNT, -7, "invalid_amount", "the amount breaks min_unit, max_unit or step_size")    \
    X(BERTH_ENOCANDIDATE, -8, "no_candidate", "nothing in the fleet satisfies the request")        \
    X(BERTH_EDENIED, -9, "denied", "a policy said no")                                             \
    X(BERTH_EPOLICYBUDGET, -10, "policy_budget", "a policy ran out of its steps or memory")        \
    X(BERTH_EPOLICY, -11, "policy_error", "a policy failed or gave no proper verdict")             \
    X(BERTH_EDUPLICATE, -12, "duplicate_name", "the name or uuid is taken")                        \
    X(BERTH_ECHILDREN, -13, "has_children", "a provider with children cannot be deleted")          \
    X(BERTH_ELOOP, -14, "parent_loop", "the new parent lies inside the provider's own subtree")    \
    X(BERTH_EINVALID, -15, "invalid_value", "a value is malformed or out of range")                \
    X(BERTH_EREQUEST, -16, "invalid_request", "a request contradicts itself or is malformed")      \
    X(BERTH_EBUDGET, -17, "search_budget", "the search used up its work budget")                   \
    X(BERTH_ESTALE, -18, "stale", "the store changed under an iterator or candidate")              \
    X(BERTH_EBUSY, -19, "busy", "another writer holds the store")                                  \
    X(BERTH_ECORRUPT, -20, "corrupt", "the store's content breaks its own rules")                  \
    X(BERTH_EIO, -21, "io_error", "the file system failed")                                        \
    X(BERTH_EREADONLY, -22, "read_only", "the store cannot be written")                            \
    X(BERTH_EFULL, -23, "disk_full", "no space left for the store")                                \
    X(BERTH_ENOTADB, -24, "not_a_store", "the file is not a berth store")                          \
    X(BERTH_EVERSION, -25, "schema_version", "the store was written by a newer berth")             \
    X(BERTH_ENOMEM, -26, "out_of_memory", "memory ran out; nothing happened")                      \
    X(BERTH_EUNKNOWN, -27, "unknown_outcome", "the commit's outcome is not known; ask again")      \
    X(BERTH_ELIMIT, -28, "limit_exceeded", "an input is larger than berth accepts")                \
    X(BERTH_EPROTECTED, -29, "protected", "a standard name cannot be changed or deleted")          \
    X(BERTH_ECLOSED, -30, "closed", "the handle is closed")                                        \
    X(BERTH_ECONSUMER, -31, "consumer_exists", "the consumer already holds an allocation")

typedef enum berth_rc {
#define X(name, value, code, when) name = value,
    BERTH_ERRORS(X)
#undef X
} berth_rc;

#define BERTH_MESSAGE_MAX 512
#define BERTH_FIELD_MAX 6
#define BERTH_TEXT_MAX 256

/* A named detail of an error, e.g. provider, class, want, have.  `name` points to static text. */
typedef struct berth_err_field {
    const char *name;
    bool is_number;
    int64_t number;
    char text[BERTH_TEXT_MAX];
} berth_err_field;

/* One sentence without a trailing period or newline, plus named fields.  Never holds SQL, file
 * system paths, addresses or another tenant's data. */
typedef struct berth_err {
    berth_rc rc;
    char message[BERTH_MESSAGE_MAX];
    int nfields;
    berth_err_field fields[BERTH_FIELD_MAX];
} berth_err;

/* The stable word of a code, "not_found" for BERTH_ENOTFOUND; static text, never NULL. */
const char *berth_rc_code(berth_rc rc);

/* Sizes of what berth accepts; a longer input is refused with BERTH_ELIMIT or BERTH_EINVALID. */
#define BERTH_NAME_CHARS 200            /* provider name, in characters */
#define BERTH_NAME_BYTES 800            /* the same in bytes */
#define BERTH_WORD_BYTES 255            /* class, trait, aggregate, consumer, project, user, type */
#define BERTH_UUID_BYTES 36
#define BERTH_AMOUNT_MAX INT64_C(9007199254740991) /* 2^53 - 1: exact in Lua, JSON and SQL */
#define BERTH_MAX_UNIT_DEFAULT INT64_C(2147483647)

/* One provider's stock of one resource class, as the operator states it.
 * capacity = trunc((total - reserved) * allocation_ratio), saturated at INT64_MAX. */
typedef struct berth_inventory {
    int64_t total;           /* 1 .. BERTH_AMOUNT_MAX */
    int64_t reserved;        /* 0 .. total */
    int64_t min_unit;        /* 1 .. BERTH_AMOUNT_MAX, default 1 */
    int64_t max_unit;        /* 1 .. BERTH_AMOUNT_MAX, default the larger of 2^31 - 1 and total */
    int64_t step_size;       /* 1 .. BERTH_AMOUNT_MAX, default 1, counted from zero */
    double allocation_ratio; /* finite, 0 .. 3.40282e38, default 1.0 */
} berth_inventory;

#endif
