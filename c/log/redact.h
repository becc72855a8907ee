/* redact.h - the redactor: text in, the same text without secrets and personal data out.
 *
 * Nothing leaves the process before it has passed one.  What is looked for: values under the names
 * of secrets in any syntax (JSON, reprs, XML, INI, URLs, command lines, headers, SQL), tokens by
 * their shape, mail addresses, phone numbers, cards, account and social security numbers.  A value
 * that was found under a name is masked wherever else it stands in the record.  Uses c/core and
 * PCRE2; knows neither Lua nor where records go.
 *
 * Promises: redacting twice changes nothing more; bytes that are not masked are kept as they are,
 * valid UTF-8 or not; the result is never longer than BERTH_REDACT_ROOM(len); time is linear in
 * the length.  What cannot be redacted (no memory, a limit) becomes BERTH_REDACT_NOTE. */
#ifndef BERTH_LOG_REDACT_H
#define BERTH_LOG_REDACT_H

#include "berth.h"
#include "core/mem.h"

typedef enum berth_redact_profile {
    BERTH_REDACT_DEFAULT,
    BERTH_REDACT_STRICT,    /* IP addresses too */
    BERTH_REDACT_STRUCTURED /* only what stands under a name; no shapes, no personal data */
} berth_redact_profile;

typedef enum berth_redact_mask {
    BERTH_MASK_STARS, /* *** */
    BERTH_MASK_LAST4, /* ***1234 where at least 12 characters were, else *** */
    BERTH_MASK_HASH   /* ***~9f86d081884c7d65: equal under one key for equal values */
} berth_redact_mask;

/* An operator's rule.  Everything is borrowed for the call of open only. */
typedef enum berth_redact_kind {
    BERTH_RULE_FIELD,        /* text: a name whose value is a secret, in any syntax and case */
    BERTH_RULE_PATTERN,      /* text: a PCRE2 pattern; the match, or its group 1, is masked */
    BERTH_RULE_ALLOW,        /* text: a value that is never masked */
    BERTH_RULE_ALLOW_PATTERN /* text: a PCRE2 pattern; values that match it whole stay */
} berth_redact_kind;

typedef struct berth_redact_rule {
    berth_redact_kind kind;
    const char *name; /* for reports */
    const char *text;
    const char *keyword; /* BERTH_RULE_PATTERN: tried only on records that hold this text, case
                            ignored, at least 3 bytes; NULL: on every record */
} berth_redact_rule;

#define BERTH_REDACT_TEXT_MAX ((size_t)16 << 20) /* bytes of one record */
#define BERTH_REDACT_RULES_MAX 256               /* operators' rules of one redactor */
/* No text of len bytes becomes longer than this. */
#define BERTH_REDACT_ROOM(len) (8 * (len) + 64)
#define BERTH_REDACT_NOTE "[record withheld: redaction failed]"

/* One named text of a record: {"line", ...} of a plain line, message and fields of a log record. */
typedef struct berth_redact_part {
    const char *name;
    const char *text; /* redacted by the rules above; the hook may point it elsewhere, to text
                         that lives until its next call, or to NULL: left out */
    size_t len;
} berth_redact_part;

/* An operator's say after the rules.  Any error replaces the record by BERTH_REDACT_NOTE. */
typedef berth_rc (*berth_redact_fn)(void *ud, berth_redact_part *parts, size_t count,
                                    berth_err *err);

typedef struct berth_redact_options {
    berth_redact_profile profile;
    berth_redact_mask mask;
    unsigned char key[16]; /* of BERTH_MASK_HASH */
    const berth_redact_rule *rules;
    size_t nrules;
    berth_redact_fn hook; /* NULL: none */
    void *hook_ud;
    bool hook_all; /* call it for records without hits as well */
    /* Vectors of the processor that stay unused: 0 none, 1 those of AVX-512, 2 all; the same
     * results, slower. */
    unsigned without;
} berth_redact_options;

/* A key for BERTH_MASK_HASH from a secret of any length. */
void berth_redact_key(const char *secret, size_t len, unsigned char key[16]);

typedef struct berth_redactor berth_redactor;

/* Errors: BERTH_EINVALID for a pattern that does not compile (fields rule, at) or an empty rule,
 * BERTH_ELIMIT, BERTH_ENOMEM. */
berth_rc berth_redactor_open(berth_mem mem, const berth_redact_options *options,
                             berth_redactor **out, berth_err *err);
void berth_redactor_close(berth_redactor *redactor); /* NULL is fine */

/* *out is `text` itself when nothing was masked, else borrowed until the next call.  On an error
 * it is BERTH_REDACT_NOTE: it may always be written.  Errors: BERTH_ELIMIT, BERTH_ENOMEM, the
 * hook's own. */
berth_rc berth_redact(berth_redactor *redactor, const char *text, size_t len, const char **out,
                      size_t *out_len, berth_err *err);

/* Calls the hook, when there is one and the record had hits or it wants all.  berth_redact does
 * so itself; for fields the caller does.  Errors: the hook's own. */
berth_rc berth_redact_ask(berth_redactor *redactor, bool hit, berth_redact_part *parts,
                          size_t count, berth_err *err);

/* Fields one by one, where a record is not text yet.  First every field is learned, then every
 * field is asked for: so a value under a secret's name is masked in the others too. */
void berth_redact_begin(berth_redactor *redactor);
berth_rc berth_redact_learn(berth_redactor *redactor, const char *name, const char *text,
                            size_t len, berth_err *err);
/* As berth_redact, without the hook. `name` may be NULL. */
berth_rc berth_redact_field(berth_redactor *redactor, const char *name, const char *text,
                            size_t len, const char **out, size_t *out_len, berth_err *err);
/* Would nothing be masked, and no hook be called? A look that is cheaper than redacting. */
bool berth_redact_is_clean(berth_redactor *redactor, const char *text, size_t len);
/* May what stands under the name of a field be a secret because of that? */
bool berth_redact_is_name(const berth_redactor *redactor, const char *name);
/* Does it know names of operators' own whose values are secrets? */
bool berth_redact_has_names(const berth_redactor *redactor);
/* Is the hook called for every record? */
bool berth_redact_asks_all(const berth_redactor *redactor);
/* How many values the last call masked. */
size_t berth_redact_masked(const berth_redactor *redactor);
/* Is the whole text a secret because of the name of its field? */
bool berth_redact_is_secret(berth_redactor *redactor, const char *name, const char *text,
                            size_t len);

/* Masks the sentence and the text fields of an error in place; what no longer fits is cut. */
void berth_redact_err(berth_redactor *redactor, berth_err *failure);

/* A rule, with a text on which it fires and what becomes of it under the default mask. */
typedef struct berth_redact_info {
    const char *name, *sample, *expect; /* sample is NULL for operators' rules */
    uint64_t hits;                      /* values masked by it so far */
} berth_redact_info;

size_t berth_redactor_rules(const berth_redactor *redactor);
berth_redact_info berth_redactor_rule(const berth_redactor *redactor, size_t i);

#endif
