/* redact_private.h - what the redactor's own files share: the redactor, a scan over one text, and
 * the rooms it walks through.
 *
 * A record is scanned as it is and, when it holds encodings, once more for each layer that is
 * decoded; spans found in a decoded text are kept as places of the record itself.  Scanners look
 * ahead and back over bounded distances, or move the walk past what they have read: that is what
 * keeps the whole linear. */
#ifndef BERTH_LOG_REDACT_PRIVATE_H
#define BERTH_LOG_REDACT_PRIVATE_H

#include <string.h>

#include "log/redact.h"
#include "log/redact_anchor.h"
#include "log/redact_char.h"
#include "log/redact_keys.h"

/* Rules that are neither names (redact_keys.h) nor shapes (redact_shapes.h): name, sample,
 * what becomes of it. */
#define BERTH_OTHER_RULES(X)                                                                       \
    X(URL, "url-password", "amqp://ann:Lq3x9@mq-1:5672/", "amqp://ann:***@mq-1:5672/")             \
    X(DSN, "dsn-password", "ann:Lq3x9Z@tcp(db-1:3306)/fleet", "ann:***@tcp(db-1:3306)/fleet")      \
    X(COMMAND, "command-argument", "mysql -uann -pLq3x9 fleet", "mysql -uann -p*** fleet")         \
    X(SQL, "sql-literal", "CREATE USER ann IDENTIFIED BY 'x1'",                                    \
      "CREATE USER ann IDENTIFIED BY '***'")                                                       \
    X(LOGIN, "login", "log in as ann / Lq3x9Z7b there", "log in as ann / *** there")               \
    X(SCHEME, "auth-scheme", "got Bearer aGVsbG8td29ybGQx here", "got Bearer *** here")            \
    X(PEM, "private-key-block",                                                                    \
      "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----",                    \
      "-----BEGIN EC PRIVATE KEY-----***-----END EC PRIVATE KEY-----")                             \
    X(ENCODED, "encoded-secret", "body eyJwYXNzd29yZCI6ICJMcTN4OVo3In0= sent", "body *** sent")    \
    X(MAIL, "mail-address", "sent to ann.lee@example.org", "sent to ***")                          \
    X(PHONE, "phone-number", "called +1 650 555 0140 twice", "called *** twice")                   \
    X(CARD, "card-number", "card 4111 1111 1111 1111 ok", "card *** ok")                           \
    X(SSN, "social-security-number", "taxpayer 078-05-1120", "taxpayer ***")                       \
    X(IBAN, "iban", "from DE89 3704 0044 0532 0130 00", "from ***")                                \
    X(IP, "ip-address", "peer 10.20.30.40:22 left", "peer ***:22 left")                            \
    X(NEARBY, "secret-next-to-key-id",                                                             \
      "AKIA"                                                                                       \
      "QZ7YH2LMNOPQRSTU:aB3dE5gH7jK9mN1pQ3sT5vX7zB9dF1hJ3lN5pR7t",                                 \
      "***:***")                                                                                   \
    X(AGAIN, "seen-under-a-name", "password=Lq3x9Z7; then Lq3x9Z7 was tried",                      \
      "password=***; then *** was tried")                                                          \
    X(LIMIT, "pattern-limit", NULL, NULL)

/* Numbers of all rules: names, then others, then shapes, then operators'. */
enum {
    RULE_NAMES = BERTH_KEY_NONE,
#define X(kind, name, sample, expect) RULE_NAME_##kind,
    BERTH_KEY_KINDS(X)
#undef X
#define X(kind, name, sample, expect) RULE_##kind,
    BERTH_OTHER_RULES(X)
#undef X
    RULE_SHAPES
};

/* A place of the record that is to be masked. */
typedef struct redact_span {
    uint32_t start, end;
    uint16_t rule;
    uint8_t quoted; /* the mask gets quotation marks, with one backslash less than this before
                       each: it replaces a number in JSON */
} redact_span;

/* A growing array of bytes in the redactor's memory. */
typedef struct redact_buffer {
    char *s;
    size_t len, cap;
} redact_buffer;

#define REDACT_REACH 1024 /* nothing that far away tells what a rule makes of a place */

/* A part of a text, which may end past it. */
typedef struct redact_part {
    size_t start, end;
} redact_part;

/* What changed of a text and some of what is around it, in order: the rest needs no second look. */
typedef struct redact_changes {
    redact_part *part;
    size_t count, cap;
} redact_changes;

/* A decoded text with the place in the record of each byte, and of its end. */
typedef struct redact_view {
    redact_buffer text;
    uint32_t *map; /* text.len + 1 entries */
    size_t map_cap;
    redact_changes changes; /* since the text above */
} redact_view;

#define REDACT_VIEWS 3 /* layers of encoding that are taken off */

typedef struct redact_secret {
    uint32_t start, len; /* in the redactor's `secrets` */
    uint16_t next;       /* with the same hash, plus 1 */
    uint16_t kept;       /* bytes of it that are compared */
} redact_secret;

#define REDACT_SECRET_SLOTS 1024
#define REDACT_SECRETS_MAX 1024 /* remembered of one record */
#define REDACT_SECRET_KEEP 64  /* bytes of each that are compared */

typedef struct redact_shapes redact_shapes;

/* A name of an operator's rule, lower case. */
typedef struct redact_field {
    char *name;
    unsigned rule;
} redact_field;

/* A search for a quotation mark, a line's end or that of a bare value: from where, to where it
 * came, what it found. */
typedef struct redact_mark_seen {
    uint64_t scan; /* its number; 0: none */
    char mark;
    unsigned slashes;
    size_t from, stop, found;
} redact_mark_seen;

#define REDACT_MARKS 12

#define REDACT_COMMAND_ENDS 248 /* at least as many as there are commands */

/* The class of a name that was met; names come again and again. */
#define REDACT_NAME_SEEN 32
typedef struct redact_name_seen {
    char name[REDACT_NAME_SEEN];
    size_t len; /* 0: none */
    berth_key_class class;
} redact_name_seen;

#define REDACT_NAMES_SEEN 256

#define REDACT_WORD_SLOTS 256 /* more than twice as many as there are words */

struct berth_redactor {
    berth_mem mem;
    berth_redact_profile profile;
    berth_redact_mask mask;
    unsigned char key[16];
    berth_redact_fn hook;
    void *hook_ud;
    bool hook_all;

    berth_anchors *anchors;
    redact_shapes *shapes; /* compiled patterns, operators' as well */
    uint64_t *hits; /* by rule */
    size_t nrules;
    char **names; /* of operators' rules */
    size_t given; /* how many of those there are */
    redact_field *fields;
    size_t nfields;
    uint8_t command_next[REDACT_COMMAND_ENDS]; /* the next command of the same name */
    uint8_t word[REDACT_WORD_SLOTS]; /* by hash, plus 1 */
    redact_name_seen name_seen[REDACT_NAMES_SEEN]; /* by hash */
    bool patterns_always; /* one of their patterns has no keyword */

    /* The record at hand. */
    redact_span *spans;
    size_t nspans, spans_cap, ordered; /* so many of them are sorted */
    redact_span *sorted; /* room to sort them */
    size_t sorted_cap;
    redact_buffer out, other; /* results of rounds, in turn */
    redact_changes changes;   /* what the masks are of the last one */
    redact_view view[REDACT_VIEWS];
    redact_buffer secrets;
    redact_secret secret[REDACT_SECRETS_MAX];
    size_t nsecrets, sought; /* those that were looked for already: none is left of them */
    uint16_t slot[REDACT_SECRET_SLOTS];
    uint64_t secret_bits[256]; /* which first four bytes begin a secret, by 14 bits of hash */
    size_t masked;            /* values, in all rounds */
    bool key_open;            /* a private key began and did not end in the last record */
    uint64_t scans;           /* that were begun */
    size_t scan_head; /* bytes before command_end: no constant, which compilers clear slowly */
    redact_mark_seen mark_seen[REDACT_MARKS], line_seen, bare_seen; /* by the last ones */
    redact_mark_seen before_seen[2], ruled_seen;
    bool failed;              /* for memory */
    unsigned unpacked;        /* blocks of the text at hand */
    size_t work;              /* on the record at hand, about nanoseconds; see redact_work() */
    size_t round, length;     /* the work before this round, and how long its text is */
    size_t cut;               /* from there on it is masked */
};

/* What a view takes off. */
enum {
    DISGUISE_CODED = 1,     /* escapes, entities, characters that look like others */
    DISGUISE_SPACED = 2,    /* p a s s */
    DISGUISE_LEET = 4,      /* p4ss */
    DISGUISE_JOINED = 8,    /* "pa" + "ss" */
    DISGUISE_PRINTABLE = 16, /* pass=3D */
    DISGUISE_SAID = 32,     /* ann at example dot org */
    DISGUISE_COUNTED = 64,  /* four one one one */
    DISGUISE_DOUBLED = 128, /* ""password"": ""x"", as a field of CSV has it */
    DISGUISE_MARKUP = 256   /* <b>pass</b>word, \textbf{password} */
};

typedef enum redact_block {
    BLOCK_BASE64,
    BLOCK_HEX,
    BLOCK_BASE32,
    BLOCK_BEGINS, /* base64 from the literal on */
    BLOCK_DUMP,   /* an offset and bytes in hexadecimal */
    BLOCK_BYTES   /* such bytes alone */
} redact_block;

typedef struct redact_dump redact_dump;

/* Bytes of one kind that stand together, as far as they have been looked at. */
typedef struct redact_run {
    size_t start, end;
    bool colon; /* one of them is a colon */
} redact_run;

/* A walk over one text, the record's or a decoded one. */
typedef struct redact_scan {
    berth_redactor *r;
    uint64_t number; /* of all scans */
    size_t work;     /* of the redactor when it began */
    size_t half;     /* how far half of what it may take has come */
    const char *s;
    size_t len;
    const uint32_t *map; /* NULL: the text is the record */
    bool view;           /* the text is a decoded one */
    const redact_changes *changes; /* NULL: all of the text is looked at, else its parts */
    const redact_dump *dump; /* the text is what a dump shows, `map` belongs to the dump's text */
    berth_anchor_walk walk;
    size_t part;     /* of the changes, that is being looked at */
    size_t name_end; /* names before it have been looked at */
    size_t list_end;    /* lists of columns that begin before it have been looked at */
    size_t head_end;    /* and for what the line of a bar is: one of names alone? */
    bool head;
    size_t digest_end;  /* and around numbers of Digest for who asks */
    size_t region_end;  /* and for parameters of an Authorization header */
    size_t table_end;   /* and for lines of tables */
    size_t cipher_end;  /* and for calls of ciphers in SQL */
    unsigned assigned;  /* values that are variables and were looked for */
    unsigned bound;     /* values of placeholders that were looked for */
    size_t list_none;   /* names and commas before it stand in no brackets */
    size_t letter_end;  /* letters before it are of a word that stays what it is */
    size_t near_end;    /* words before it have been looked at as values of a sentence */
    size_t verbs_none;  /* the words before it tell no value; 0: not known */
    size_t account_none; /* an @ whose word holds no colon before it; 0: none yet */
    redact_run url_run; /* bytes of URLs before the last mail address */
    size_t token_start, token_end; /* the last run of bytes that may belong to a token */
    size_t block_end;   /* and for blocks of base64 */
    size_t lists_end;   /* lists of names that begin before it have been looked at */
    size_t lists_none;  /* names before it stand in no list */
    size_t html_end;    /* and header cells in HTML */
    unsigned html_columns; /* that were looked up */
    size_t prompts_end; /* prompts before it have been found, the last one at prompt - 1 */
    size_t prompt;
    size_t spawn; /* the same of programs that ask for one */
    size_t dump_end;    /* dumps that begin before it have been looked at */
    size_t cracked_end; /* what was cracked before it has been looked at */
    size_t remark_end;  /* and remarks that begin before it */
    size_t code_end;    /* expressions that begin before it have been read in vain */
    size_t key_end;  /* keys that are the values of names are masked up to here */
    size_t no_end;   /* from here on there is no END of a key block; SIZE_MAX: not known */
    unsigned depth;  /* of base64 within base64 */
    size_t marks;    /* of this scan, and the last one as places of its own text */
    redact_span last;
    bool probe;      /* only asks whether there is anything: no spans are kept */
    bool hit;        /* something would be masked */
    unsigned encoded; /* something is that a view would show: kinds of disguises */
    bool key_id;     /* an access key's id was seen */
    bool keyword;    /* one of an operator's pattern was */
    bool key_open;   /* a private key begins and does not end */
    bool commands;   /* command_end is in use, else it holds anything */
    uint32_t command_end[REDACT_COMMAND_ENDS]; /* for commands, by number, as name_end */
} redact_scan;

/* --- looking at a scan's text ------------------------------------------------------------- */

static inline bool redact_is_at(const redact_scan *scan, size_t at, const char *text) {
    size_t len = strlen(text);
    return at <= scan->len && scan->len - at >= len && memcmp(scan->s + at, text, len) == 0;
}

/* The same, case ignored; `text` is lower case. */
static inline bool redact_folds_at(const redact_scan *scan, size_t at, const char *text) {
    size_t len = strlen(text);
    return at <= scan->len && scan->len - at >= len && bytes_fold_equal(scan->s + at, text, len);
}

/* The byte at `at`, NUL past the end. */
static inline char redact_peek(const redact_scan *scan, size_t at) {
    return at < scan->len ? scan->s[at] : '\0';
}

/* Does a line of a text in a string begin at `at`: after \n, \r, \t or #012? */
static inline bool redact_begins_line(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    if (at < 2) return false;
    if (s[at - 2] == '\\') return byte_in(s[at - 1], "nrt");
    return s[at - 2] == '1' && at > 3 && memcmp(s + at - 4, "#012", 4) == 0;
}

/* Tells that so much is done for a text, in about nanoseconds: a text that takes too much of it
 * is masked from there on.  Told by all that looks at more than a few bytes, and never measured, so
 * that the same text ends the same everywhere. */
static inline void redact_work(const redact_scan *scan, size_t much) {
    scan->r->work += much;
}

#include "log/redact_parts.h"

#endif
