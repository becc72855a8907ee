/* lua_redaction.h - what leaves berth through Lua passes here: error objects, sentences that are
 * raised, decisions and other tables, lines of logs.
 *
 * A redaction is a redactor with what it was made of and the policies that speak after its rules.
 * The module has one with the built-in rules; a logger has its own, and a store one that adds the
 * redact hooks of its policies.  Uses c/log, c/policy's host.h. */
#ifndef BERTH_LUA_REDACTION_H
#define BERTH_LUA_REDACTION_H

#include "core/arena.h"
#include "log/record.h"
#include "lua/luax.h"
#include "policy/host.h"

#define LUAX_REDACTION_HOSTS 2
#define LUAX_REDACTION_VALUES 1 /* user values: its base */

/* Invariant: redactor is NULL until it is opened and once it is collected; then nothing but notes
 * leaves through it. */
typedef struct luax_redaction {
    berth_redactor *redactor;     /* owned */
    berth_redact_options options; /* what it was made of; texts stand in its or its base's arena */
    berth_arena arena;
    berth_policies *hosts[LUAX_REDACTION_HOSTS]; /* in order of speaking; its base's come first */
    size_t nhosts;
    berth_policies *own; /* owned; the last host, or NULL */
    berth_record_room room;
    berth_data record, answer; /* of a call of the policies */
    char *texts;               /* owned; what they answered */
    size_t cap_texts;
    lua_State *L;   /* who uses it just now */
    uint64_t turns; /* uses so far */
} luax_redaction;

/* A closed one. [-0, +1, m] */
luax_redaction *luax_redaction_new(lua_State *L);
/* Loads the policies of the list at `list` as its own host, before it is opened.  Errors: those of
 * loading. [-0, +0, v] */
berth_rc luax_redaction_load(lua_State *L, luax_redaction *self, int list, berth_err *err);
/* Asks the last host for its rules and opens.  Errors: those of the policies and of
 * berth_redactor_open. [-0, +0, v] */
berth_rc luax_redaction_open(lua_State *L, luax_redaction *self, berth_err *err);
/* An empty own host, to be loaded before it is opened.  Errors: BERTH_ENOMEM. */
berth_rc luax_redaction_host(luax_redaction *self, berth_err *err);
/* Begins, before that, as another one does, which the value at the top belongs to. [-1, +0, -] */
void luax_redaction_derive(lua_State *L, luax_redaction *self, int index,
                           const luax_redaction *base);
/* Appends the list of rules at the top, as tables, to those of *redact; texts are copied.  `arg` is
 * told when they are misuse. [-0, +0, v] */
void luax_read_rules(lua_State *L, int arg, berth_arena *arena, berth_redact_options *redact,
                     berth_err *err);

/* In all below `self` may be NULL: the module's redaction. */

/* The redactor for this one use; NULL: there is none, and nothing may be shown. [-0, +0, m] */
berth_redactor *luax_redaction_use(lua_State *L, luax_redaction **self);
/* Pushes the text as it may be seen. [-0, +1, m] */
void luax_push_redacted(lua_State *L, luax_redaction *self, const char *text, size_t len);
/* The text or table at the top, redacted, in its place.  Numbers in a table `amounts` are no
 * secrets. [-1, +1, v] */
void luax_redact_value(lua_State *L, luax_redaction *self);
/* The same for a table that nobody else has seen: it stays itself when nothing is masked. */
void luax_redact_fresh(lua_State *L, luax_redaction *self);
/* The error object. [-0, +1, m] */
void luax_push_error_by(lua_State *L, luax_redaction *self, const berth_err *err);

/* Lets the policies speak on parts of a record (lua_redaction_policy.c). */
berth_rc luax_redaction_hook(void *self, berth_redact_part *parts, size_t count, berth_err *err);
/* Lets them speak on the table at the top; what they answer takes its place.  False: it must not
 * be shown, and is gone. [-1, +(0|1), m] */
bool luax_redaction_ask(lua_State *L, luax_redaction *self);

#endif
