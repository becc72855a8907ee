/* redact_parts.h - what the redactor's files do for each other, file by file.  Belongs to
 * redact_private.h, which has the types and includes it. */
#ifndef BERTH_LOG_REDACT_PARTS_H
#define BERTH_LOG_REDACT_PARTS_H

#include "log/redact_private.h"

/* --- redact_fold.c ----------------------------------------------------------------------- */

/* The end of the word that begins at `at`, when all of it is Cyrillic; else 0. */
size_t redact_cyrillic_word(const char *s, size_t at, size_t len);

/* --- redact_word.c ----------------------------------------------------------------------- */

/* What a word does in a sentence that tells a value. */
enum {
    WORD_COPULA = 1,      /* is: the value follows */
    WORD_ADVERB = 2,      /* now: may stand between a copula and the value */
    WORD_CHANGE = 4,      /* changed: makes `to x` the value */
    WORD_TOWARDS = 8,     /* to, from */
    WORD_LEADS = 16,      /* for: leads from a name to whose it is, and so to the value */
    WORD_WHOSE = 32,      /* by: tells whose it is after a copula */
    WORD_INTRODUCES = 64, /* with: says, before the name, that a value follows */
    WORD_OWNER = 128,     /* user: whose name stands before that of the secret */
    WORD_THING = 256      /* policy: what the name and it mean together is no secret */
};

void redact_words_index(berth_redactor *r);
/* 0: none */
unsigned redact_word_roles(const berth_redactor *r, const char *s, size_t len);

/* --- redact.c ---------------------------------------------------------------------------- */

redact_scan redact_scan_begin(berth_redactor *r, const char *s, size_t len);
/* Walks the text, keeping spans; with `probe` it stops at the first hit or encoding. */
void redact_scan_text(redact_scan *scan);
/* Would anything in the text be masked? One level deeper than `scan`. */
bool redact_scan_inner(const redact_scan *scan, const char *s, size_t len);
/* The text and what is under its encodings; marks in all of them. */
void redact_scan_layers(redact_scan *scan);
/* Redacts in rounds, until one finds nothing. */
berth_rc redact_text(berth_redactor *r, const char *text, size_t len, const char **out,
                     size_t *out_len, berth_err *err);
/* The note that stands for a record that could not be redacted. */
berth_rc redact_withhold(berth_redactor *r, const char **out, size_t *out_len, berth_err *err);
/* Does every record have to be read one by one? */
bool redact_reads_all(const berth_redactor *r);
/* Of lines, each a record: where the first one begins that has to be looked at, or that is longer
 * than `longest`; `len`: none has. */
size_t redact_clean_lines(berth_redactor *r, const char *s, size_t len, size_t longest);
/* What of a part of a line is certain, from `from` on: *cut is moved back from inside a value, to
 * `from` when a value covers all.  Remembered secrets stay. */
berth_rc redact_window(berth_redactor *r, const char *s, size_t len, size_t from, size_t *cut,
                       const char **out, size_t *out_len, berth_err *err);
/* Marks a place of the scan's text.  Nothing happens, and false is told, when it is empty, allowed
 * or masked already. */
bool redact_mark(redact_scan *scan, size_t start, size_t end, unsigned rule);
/* As redact_mark; the value is remembered, to be masked wherever else it stands. */
bool redact_mark_secret(redact_scan *scan, size_t start, size_t end, unsigned rule);
/* As redact_mark_secret, for a bare value where the mask needs marks with so many backslashes. */
bool redact_mark_number(redact_scan *scan, size_t start, size_t end, unsigned rule,
                        unsigned slashes);

/* --- redact_repeat.c ----------------------------------------------------------------------- */

#define REDACT_REPEAT_LEAST 4096 /* bytes of a text that may repeat itself */
#define REDACT_REPEAT_BEFORE 64
#define REDACT_REPEAT_AFTER 192 /* further than names and what they name are looked at */
/* So far around a mask of a long text another round looks. */
#define REDACT_ROUND_REACH (REDACT_REPEAT_BEFORE + REDACT_REPEAT_AFTER)
#define REDACT_REPEATS 256

/* An anchor and what came of it. */
typedef struct redact_repeat {
    uint32_t at;         /* 0: none */
    uint16_t past, name; /* where the walk went on, and names had been looked at; 0: as before */
    uint16_t arg, next;  /* which one came after it, plus 1 */
    unsigned char kind;
    bool marked;
    redact_span mark; /* as places from `at` - BEFORE */
} redact_repeat;

#define REDACT_LATELY 8 /* kinds of anchors */

typedef struct redact_repeats {
    redact_repeat *last; /* where the last anchor was found or put; NULL: nowhere */
    size_t at, as;       /* where it stands, and a place with the same bytes around it */
    redact_repeat slot[REDACT_REPEATS];
    uint32_t lately[REDACT_LATELY]; /* the last ones that were visited */
    unsigned next;                  /* where the next one goes */
} redact_repeats;

/* Where what comes of the anchor is kept, or, unless *found, may be put; NULL: nowhere. */
redact_repeat *redact_repeated(const redact_scan *scan, const berth_anchor *anchor,
                               redact_repeats *repeats, bool *found);
/* Puts there what came of it: so many marks, and a walk that went on at `end`. */
void redact_repeat_note(const redact_scan *scan, const berth_anchor *anchor, size_t marks,
                        size_t end, redact_repeats *repeats, redact_repeat *repeat);

/* --- redact_write.c ------------------------------------------------------------------------ */

/* Writes the record with its marks masked; marks that touch become one.  False: no memory. */
bool redact_write(berth_redactor *r, const char *s, size_t from, size_t to, redact_buffer *out);
bool redact_sort(berth_redactor *r); /* false: no memory */
/* Does the place lie in one of the last marks: inside a value that is masked already? */
bool redact_is_marked(const redact_scan *scan, size_t at);
/* Room for `more` bytes; false without memory, which is remembered in r->failed. */
bool redact_reserve(berth_redactor *r, redact_buffer *buffer, size_t more);
bool redact_append(berth_redactor *r, redact_buffer *buffer, const char *s, size_t len);

/* --- the rooms; each takes an anchor and tells from where on to go, or 0 ------------------ */

/* What the literal at an anchor of a name is. */
typedef enum berth_name_place {
    NAME_ASCII,
    NAME_FOREIGN,
    NAME_CODE,
    NAME_PATH,
    NAME_QUERY
} berth_name_place;
size_t redact_name(redact_scan *scan, size_t at, berth_name_place place); /* redact_name.c */
/* Where lines of a text in a string end soon after `at`, a view has to show what each says. */
void redact_note_lines(redact_scan *scan, size_t at);
/* berth_key_classify(), told at once for names that were met a short while ago. */
berth_key_class redact_classify(berth_redactor *r, const char *name, size_t len);
size_t redact_cookies(redact_scan *scan, size_t at);                      /* redact_header.c */
void redact_digest(redact_scan *scan, size_t at); /* from a nonce on */   /* redact_header.c */
size_t redact_scheme(redact_scan *scan, size_t at);                       /* redact_header.c */
size_t redact_url(redact_scan *scan, size_t at);                          /* redact_url.c */
size_t redact_at_sign(redact_scan *scan, size_t at);                      /* redact_url.c */
size_t redact_sql(redact_scan *scan, size_t at);                          /* redact_sql.c */
size_t redact_command(redact_scan *scan, size_t at, unsigned command);    /* redact_command.c */
size_t redact_command_count(void);
const char *redact_command_name(size_t i); /* NULL: the name stood before */
void redact_command_chain(berth_redactor *r); /* at open: which commands share a name */
size_t redact_pem(redact_scan *scan, size_t at);                          /* redact_pem.c */
size_t redact_number(redact_scan *scan, size_t at, unsigned anchor_kind); /* redact_person.c */
/* After a word that tells a social security number: nine digits in three groups. */
size_t redact_said_number(redact_scan *scan, size_t at, unsigned rule);
size_t redact_phone(redact_scan *scan, size_t at, unsigned rule); /* after a word that tells one */
/* After `iban`: letters and digits in groups, whatever their check digits. */
size_t redact_said_iban(redact_scan *scan, size_t at, unsigned rule);
size_t redact_shape(redact_scan *scan, size_t at, unsigned shape);        /* redact_shape.c */
size_t redact_encoded(redact_scan *scan, size_t at, redact_block kind);   /* redact_block.c */
size_t redact_hex_dump(redact_scan *scan, size_t at, bool offset);        /* redact_dump.c */
void redact_addresses(redact_scan *scan);                                 /* redact_person.c */
void redact_patterns(redact_scan *scan);                                  /* redact_shape.c */

/* A quotation mark as it stands in a string in a string: \\\" is " with three slashes. */
typedef struct redact_quote {
    char mark;
    unsigned slashes;
    unsigned repeat; /* "" as CSV writes " in a string, """ as Python does; 0: once */
    size_t len;   /* 0: none */
} redact_quote;

/* --- redact_value.c: how far a value goes ------------------------------------------------- */

redact_quote redact_quote_at(const redact_scan *scan, size_t at);
/* Where the mark stands that closes what began before `from`; SIZE_MAX: nowhere on the line. */
size_t redact_quote_close(const redact_scan *scan, size_t from, redact_quote quote);
/* Does the literal at `at`, right after another, go on with its word, as 'x'"y" does for a shell?
 * The mark may as well close the string around the value. */
bool redact_goes_on(const redact_scan *scan, size_t at, redact_quote quote);
/* The end of an unquoted value. */
size_t redact_bare_end(const redact_scan *scan, size_t from);
/* The same, or not far in what is longer than words are. */
size_t redact_word_end(const redact_scan *scan, size_t at);
/* The end of an unclosed quoted value: a truncated line. */
size_t redact_open_end(const redact_scan *scan, size_t from);
size_t redact_line_end(const redact_scan *scan, size_t from);
/* Does a line end so at `at`, or #012 as the system's log joins lines; did one end right before? */
bool redact_is_break(const redact_scan *scan, size_t at);
bool redact_ends_break(const redact_scan *scan, size_t at);
static inline bool redact_is_after_break(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    bool may = (at > 1 && s[at - 2] == '\\') || (at > 3 && s[at - 4] == '#');
    return may && redact_ends_break(scan, at);
}
/* Is it that of the string in which what stands before it lies: "password:", "x"? */
bool redact_closes_string(const redact_scan *scan, size_t at, redact_quote quote);
/* After a backslash: does a line of the string in which that lies end with it? */
bool redact_breaks_string(const redact_scan *scan, size_t at);
/* The end of the string in marks in which `from` lies, or of a line in it; else that of the line.
 */
size_t redact_string_end(const redact_scan *scan, size_t from);
/* The same, before `stop`; else that. */
size_t redact_string_stop(const redact_scan *scan, size_t from, size_t stop);
/* That of the line; SIZE_MAX when it is far. */
size_t redact_near_line_end(const redact_scan *scan, size_t from);
size_t redact_skip_blanks(const redact_scan *scan, size_t at); /* spaces and tabs, a few */
/* Past a colour of a terminal whose first byte a log has lost, [1;32m, or that is shown, ^[[32m;
 * `at`: there is none. */
size_t redact_skip_colour(const redact_scan *scan, size_t at);
/* Does `name=` or `name:` begin at `at`? */
bool redact_pair_follows(const redact_scan *scan, size_t at);

/* --- a name and its value ------------------------------------------------------------------ */

typedef enum redact_syntax {
    SYNTAX_QUOTED, /* "name": "value", name="value" */
    SYNTAX_TIGHT,  /* name=value, <name>value</name>, --name value */
    SYNTAX_LOOSE,  /* name: value */
    SYNTAX_PROSE   /* name value, name is value */
} redact_syntax;

typedef struct redact_key {
    size_t start, end; /* the name without dashes and quotation marks */
    size_t after;      /* past its closing mark and bracket */
    redact_quote quote; /* its closing mark; no length: none */
    unsigned dashes;
    berth_key_class class;
    unsigned rule;
} redact_key;

/* Masks the value after the name; tells its end, or 0. */
size_t redact_pair(redact_scan *scan, const redact_key *key);
/* The name of an operator's rule, lower case. */
size_t redact_field_name(redact_scan *scan, size_t at, const char *field, unsigned rule);
/* The value of an Authorization header or the like. */
size_t redact_header(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax);
bool redact_is_basic(const char *s, size_t len); /* base64 of ann:x */
/* The rest of a header's value in the line below `line`, where it ends. */
size_t redact_folded(redact_scan *scan, const redact_key *key, size_t line);
/* ann:x as a value: the part after the colon. */
size_t redact_user_and_password(redact_scan *scan, const redact_key *key, size_t from, size_t to);
/* The same for the members of an object, from its brace on. */
size_t redact_object(redact_scan *scan, const redact_key *key, size_t at);
/* Masks the value that begins at `at`, after blanks; tells its end, or 0. */
size_t redact_value(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax);
/* The same for the text of an XML element, from after its `>` (redact_element.c). */
size_t redact_element(redact_scan *scan, const redact_key *key, size_t at);
/* The text of the element in HTML that begins at `at`, when it is one within a line of text. */
size_t redact_tagged(redact_scan *scan, const redact_key *key, size_t at);
/* Past what may stand before a literal: u'', Some("..."), (string) (len=5) "...". */
size_t redact_skip_type(const redact_scan *scan, size_t at);
/* The text of a quoted value; *close is where its mark stands, or the line ends without one. */
size_t redact_quoted(const redact_scan *scan, size_t at, redact_quote quote, size_t *close);
/* Marks a value; the mask of a bare one in JSON is quoted. */
bool redact_mark_value(redact_scan *scan, const redact_key *key, size_t from, size_t to, bool bare);
/* ('ann', 'x'): the second text.  *found: there are two.  Items of the list at `at`. */
size_t redact_tuple(redact_scan *scan, const redact_key *key, size_t at, bool *found);
size_t redact_items(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax);
/* Is the name that of an opening tag, and what is the element's value? */
bool redact_is_tag(const redact_scan *scan, const redact_key *key);
size_t redact_tag(redact_scan *scan, const redact_key *key);

/* A sentence from after the name on. */
size_t redact_prose(redact_scan *scan, const redact_key *key, size_t at);
/* Is the name one that a settings file writes before its value with a blank only? */
bool redact_is_setting(const redact_scan *scan, const redact_key *key, size_t at);
bool redact_is_pair(const redact_scan *scan, size_t at);
bool redact_has_odd_bytes(const redact_scan *scan, size_t from, size_t to);
bool redact_is_mixture(const redact_scan *scan, size_t from, size_t to);
static inline bool redact_has_digit(const redact_scan *scan, size_t from, size_t to) {
    while (from < to && !byte_is(scan->s[from], BYTE_DIGIT)) from++;
    return from < to;
}

static inline bool redact_has_blank(const redact_scan *scan, size_t from, size_t to) {
    return memchr(scan->s + from, ' ', to - from) != NULL;
}
/* After the = of a field whose value is a text that is not quoted? */
bool redact_begins_text(const redact_scan *scan, size_t at);
/* The letters that end one blank before `at`; their number. */
size_t redact_word_before(const redact_scan *scan, size_t at, size_t *start);

/* Where the name is itself a value, as in {"name": "password", "value": "x"}. */
size_t redact_told(redact_scan *scan, const redact_key *key);
/* S'password' and S'x' in the next line, 1) "password" and 2) "x". */
size_t redact_item_below(redact_scan *scan, const redact_key *key, size_t line);
/* The value that the next line tells: "value: x". */
size_t redact_told_below(redact_scan *scan, const redact_key *key, size_t line);
/* Where the name is one of a list of columns. */
size_t redact_column(redact_scan *scan, const redact_key *key); /* redact_sql.c */
/* name = ?: the value that is told elsewhere for the placeholder at `at`. */
void redact_bound(redact_scan *scan, const redact_key *key, size_t at); /* redact_sql.c */

/* --- redact_bare.c --------------------------------------------------------------------------- */

/* Where the bare value at `at`, whose bytes go on to `end`, ends under such a name. */
size_t redact_named_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end);

/* --- redact_construct.c ---------------------------------------------------------------------- */

/* Is the value at `at` written as a constructor?  Then what in it is the secret is marked; the walk
 * goes on in it, for others of its members have names of secrets. */
bool redact_constructed(redact_scan *scan, const redact_key *key, size_t at);

/* --- redact_argument.c ----------------------------------------------------------------------- */

/* Past a flag that says that a value follows; 0 when there is none. */
size_t redact_value_flag(const redact_scan *scan, size_t at);
/* "name", "value": the item after the comma. */
size_t redact_next_item(redact_scan *scan, const redact_key *key, size_t comma);
/* What closes the list of arguments in which the option stands; NUL: it stands in none. */
char redact_list_close(const redact_scan *scan, const redact_key *key);
/* The item after the option in such a list. */
size_t redact_item_after(redact_scan *scan, const redact_key *key, size_t at, char close);
/* password("x"): the argument after the bracket. */
size_t redact_argument(redact_scan *scan, const redact_key *key, size_t open);

/* --- redact_section.c ------------------------------------------------------------------------ */

/* The value in the element beside the one whose text is the name, and whose tag's name begins at
 * `tag`.  *found: that is one which tells names. */
size_t redact_beside(redact_scan *scan, const redact_key *key, size_t tag, bool *found);
/* The value in the block of HCL of which the name is the type or a label.  *found: it is. */
size_t redact_in_block(redact_scan *scan, const redact_key *key, bool *found);

/* --- redact_account.c ------------------------------------------------------------------------ */

/* Where the name, whose anchor is at `at`, is that of a file of accounts, the secret in the row of
 * it that follows.  *row: nothing else of it is one. */
size_t redact_account_row(redact_scan *scan, const redact_key *key, size_t at, bool *row);
/* smtp_sasl_password_maps = static:ann:x, as Postfix may have it instead of a file. */
size_t redact_static_map(redact_scan *scan, const redact_key *key);

/* --- redact_protocol.c ---------------------------------------------------------------------- */

/* Is the name the command AUTH?  Then its argument is masked. */
bool redact_auth(redact_scan *scan, const redact_key *key);
/* chpasswd: list: ann:x; and lines of ann:x below the name, whose line ends at `line`. */
bool redact_login_list(redact_scan *scan, const redact_key *key, size_t at);
void redact_login_lines(redact_scan *scan, const redact_key *key, size_t line);

/* --- redact_table.c ------------------------------------------------------------------------ */

/* Values in the lines below, when the name is one in a line of names. */
void redact_table(redact_scan *scan, const redact_key *key);
/* The cell after the bar at `bar`, when the name is the one before. */
size_t redact_row(redact_scan *scan, const redact_key *key, size_t bar);
bool redact_is_bar(const redact_scan *scan, size_t at);
bool redact_is_ruled(const redact_scan *scan, size_t at);

/* --- redact_path.c ------------------------------------------------------------------------- */

size_t redact_file_name(redact_scan *scan, const redact_key *key);
size_t redact_path_part(redact_scan *scan, const redact_key *key, size_t slash);

/* --- redact_list.c ------------------------------------------------------------------------- */

/* Where the name is one of a list, and another list of values follows. */
void redact_lists(redact_scan *scan, const redact_key *key);
/* password | x, one pair in a line as psql prints them. */
size_t redact_expanded(redact_scan *scan, const redact_key *key, size_t bar);
size_t redact_html_column(redact_scan *scan, const redact_key *key);

/* --- redact_settings.c --------------------------------------------------------------------- */

/* Masks the lines below YAML's | or > at `at`; tells their end.  *found: there are some. */
size_t redact_block_lines(redact_scan *scan, const redact_key *key, size_t at, bool *found);
/* The end of the value at `at`, whose first word ends at `end`, in a file of settings. */
size_t redact_settings_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end);

/* passwd[6371]:, passwd: password unchanged, pam_unix(passwd:auth): is the name that of the program
 * that wrote the line, or that somebody logs in to? */
bool redact_is_program(const redact_scan *scan, const redact_key *key);

/* --- redact_logon.c: past the password, 0: there is none ------------------------------------ */

size_t redact_logon(redact_scan *scan, size_t at);   /* at `logon ` */
size_t redact_using(redact_scan *scan, size_t at);   /* at ` using ` */
size_t redact_fix_tag(redact_scan *scan, size_t at); /* at what is before 554= */

/* --- redact_login.c ------------------------------------------------------------------------ */

typedef enum redact_login_kind {
    LOGIN_PHRASE, /* log in as ann / x */
    LOGIN_ACCOUNT, /* root / x, root/x, admin:x */
    LOGIN_CODE, /* your code is 937950 */
    LOGIN_SASL,
    LOGIN_ASKED, /* 334 and the prompt in base64 */
    LOGIN_SENT,  /* send "x\r" */
    LOGIN_CALL,  /* login('ann', 'x') */
    LOGIN_IDENTIFY, /* IDENTIFY ann x, as a bot of a chat is told */
    LOGIN_MASKED, /* ::add-mask::x */
    LOGIN_YOURS,  /* 482113 is your code */
    LOGIN_BACK,   /* code on the back */
    LOGIN_MAIDEN, /* maiden name */
    LOGIN_CRACKED, /* cracked: ann -> x */
    LOGIN_LOGON,   /* LOGON ann/x */
    LOGIN_USING,   /* USER ann USING x */
    LOGIN_FIX,     /* |554=x| */
    LOGIN_JOIN,    /* AT+CWJAP="net","x" */
    LOGIN_DIGEST   /* nonce="y", response="x" */
} redact_login_kind;

size_t redact_login(redact_scan *scan, size_t at, redact_login_kind kind);
/* ann / x, ann:x as the value of `credentials`. */
size_t redact_credentials(redact_scan *scan, size_t at);
/* root:x@db-1, sip:ann:x@db-1, before the @ at `at`. */
size_t redact_account_source(redact_scan *scan, size_t at);
size_t redact_set_to(redact_scan *scan, const redact_key *key, size_t at);
size_t redact_pass_line(redact_scan *scan, const redact_key *key, size_t at);
size_t redact_packed(redact_scan *scan, const redact_key *key);
size_t redact_changed(redact_scan *scan, const redact_key *key, size_t end);

/* --- redact_call.c ------------------------------------------------------------------------ */

/* The arguments after the bracket of the name of a call that begins before `at` or there. */
size_t redact_call(redact_scan *scan, size_t at);
size_t redact_sent_auth(redact_scan *scan, size_t at); /* after AUTH */

/* --- redact_variable.c --------------------------------------------------------------------- */

/* Is the value at `at` put together from variables, to which secrets are assigned before?  Then
 * those are marked. */
bool redact_variables(redact_scan *scan, size_t at, unsigned rule);
/* Does a command at `at` print its arguments?  Then those are masked, up to the mark that stands
 * before it. */
bool redact_is_echo(const redact_scan *scan, size_t at);
size_t redact_echoed(redact_scan *scan, const redact_key *key, size_t at);
size_t redact_echoed_file(redact_scan *scan, redact_key *key); /* --key-file <(echo x) */
/* The same for the value of a name like PASSWORD_COMMAND. */
size_t redact_command_value(redact_scan *scan, const redact_key *key);
/* s/@NAME@/x/: what an editor puts for the name. */
size_t redact_substituted(redact_scan *scan, const redact_key *key);

/* --- redact_before.c ----------------------------------------------------------------------- */

/* A value that stands before the name. */
void redact_before(redact_scan *scan, const redact_key *key);

/* --- redact_spelling.c --------------------------------------------------------------------- */

/* The value after 'pass' 'word' '='. */
size_t redact_pieces(redact_scan *scan, const redact_key *key);
/* The value of 8:password16:x. */
size_t redact_counted(redact_scan *scan, const redact_key *key);

/* --- redact_near.c ------------------------------------------------------------------------- */

/* Words near a name that stands alone, when they can be nothing but secrets. */
void redact_near(redact_scan *scan, const redact_key *key);
/* The same in the words from `at` on. */
void redact_near_words(redact_scan *scan, size_t at, unsigned rule);
/* Letters of both cases and digits, mixed as in no name. */
bool redact_is_scrambled(const char *s, size_t len);

/* --- redact_code.c: values as code writes them --------------------------------------------- */

/* The expression at `at`: marks its literals or numbers.  *read: it is one whose literals must not
 * be taken for the value otherwise. */
size_t redact_code(redact_scan *scan, const redact_key *key, size_t at, bool *read);
/* Does a function of that name look a value up, or ask somebody for it? */
bool redact_is_lookup(const char *s, size_t len);
/* The end of 68 75 6e 74 or 01101000 01110101; `at` when there is none. */
size_t redact_byte_run(const redact_scan *scan, size_t at);

/* --- redact_judge.c: whether a value is one ----------------------------------------------- */

bool redact_is_secret(const redact_scan *scan, berth_key_class class, size_t start, size_t end,
                      redact_syntax syntax);
/* Letters alone that change case as no word of programs does. */
bool redact_is_jumble(const char *s, size_t len);
bool redact_is_phrase_code(const char *s, size_t len); /* amber-fjord-031 */
bool redact_is_prompt_code(const char *s, size_t len); /* UGFzc3dvcmQ6 */
/* Does the word begin with one of the trade: sha256, base64, oauth2? */
bool redact_is_term(const char *s, size_t len);
bool redact_is_uuid(const char *s, size_t len);
/* Letters and digits mixed as no word, host name, path, uuid or date mixes them. */
bool redact_looks_random(const char *s, size_t len);
bool redact_is_masked(const berth_redactor *r, const char *s, size_t len);
/* Are there words among the text's that sentences are made of: the, is, not, ...? */
bool redact_is_speech(const char *s, size_t len);
/* Is the word at `at` one of a sentence that goes on? */
bool redact_goes_on_as_speech(const redact_scan *scan, size_t at);

/* --- redact_placeholder.c: what stands where a value could --------------------------------- */

/* None, ***, ${PASSWORD}: is it no value, after whatever name? */
bool redact_is_placeholder(berth_redactor *r, const char *s, size_t len);
/* self.password, f(x): code that has the value elsewhere. */
bool redact_is_reference(const redact_scan *scan, size_t start, size_t end);
bool redact_is_capital_name(berth_redactor *r, const char *s, size_t len); /* DB_PASS */
bool redact_is_key_name(berth_redactor *r, const char *s, size_t len);     /* refresh_token */
/* Does no value stand at `at` after the option? */
bool redact_takes_no_value(const redact_scan *scan, const redact_key *key, size_t at);
/* What stands at `at` after the name and = or :, is it a member, a cipher, a complaint? */
bool redact_is_no_value(const redact_scan *scan, const redact_key *key, size_t at);

/* --- redact_view.c ------------------------------------------------------------------------ */

/* Is the anchor really an encoded character? */
bool redact_is_encoded(const redact_scan *scan, size_t at);
size_t redact_base64(const char *s, size_t len, char *out, size_t room); /* bytes decoded */
/* Takes one layer of disguises off a text; false when there was none, or no memory. */
bool redact_decode(berth_redactor *r, const redact_scan *of, redact_view *view);
/* The text differs from `from` to `to`, which is after what was noted, and is to be looked at
 * `reach` bytes around it.  False: no memory. */
bool redact_note_change(berth_redactor *r, redact_changes *changes, size_t from, size_t to,
                        size_t reach);
/* From `at` on, the first place that is to be looked at, `len` for none; *part, 0 at first, goes
 * along.  NULL: all of the text is. */
size_t redact_next_part(const redact_changes *changes, size_t *part, size_t at, size_t len);

/* --- redact_dump.c ------------------------------------------------------------------------- */

typedef struct redact_place {
    size_t start, end;
    size_t taken; /* bytes of the dump that it shows */
} redact_place;

/* Where the bytes of the dump from `from` on stand, as far as they stand in one row before `to`: as
 * digits, and as characters (empty: nowhere). */
void redact_dump_places(const redact_dump *dump, size_t from, size_t to, redact_place *digits,
                        redact_place *column);

/* --- redact_said.c ------------------------------------------------------------------------- */

/* The end of the code at `at`, which may be in two groups: 482113, 482-113, 482 113; 0: none. */
size_t redact_said_code(const redact_scan *scan, size_t at);
void redact_told_code(redact_scan *scan, size_t at); /* "code is 482113" */
/* " is your " at `at`: what stands before it, where a code is told after it. */
void redact_your_code(redact_scan *scan, size_t at);
void redact_card_back(redact_scan *scan, size_t at);   /* code on the back of a card */
void redact_maiden_name(redact_scan *scan, size_t at); /* mother's maiden name */
/* The end of the words of a recovery phrase at `at`, twelve at least; 0: there are none. */
size_t redact_seed_words(const redact_scan *scan, size_t at);
/* The items from `at` on after the colon of a sentence with a plural; the end of the last one that
 * was marked.  *owners: it is told whose the secrets are, not what. */
size_t redact_told_list(redact_scan *scan, const redact_key *key, size_t colon, size_t at,
                        bool *owners);

/* passwords: x, y; recovery phrase: twelve words; password: still x, where *at is moved to x. */
size_t redact_several(redact_scan *scan, const redact_key *key, size_t colon, size_t *at);

/* --- redact_format.c ----------------------------------------------------------------------- */

/* Is the name one of a format?  Then the value at its place is marked, and its end put to *end. */
bool redact_format(redact_scan *scan, const redact_key *key, size_t *end);

/* --- redact_cracked.c ---------------------------------------------------------------------- */

void redact_cracked(redact_scan *scan, size_t at);

/* --- redact_remark.c ----------------------------------------------------------------------- */

/* Literals of the code before the remark in which the name stands. */
void redact_remarked(redact_scan *scan, const redact_key *key);

/* --- redact_markup.c ----------------------------------------------------------------------- */

/* Does markup stand after the name, which a view does without?  True: so does the value. */
bool redact_note_markup(redact_scan *scan, const redact_key *key);
/* The same for the value from `from` to `at`; where it ends before a comment. */
size_t redact_note_tag(redact_scan *scan, size_t from, size_t at);

/* --- redact_disguise.c --------------------------------------------------------------------- */

/* Is what the literal at `at` hints at really there? */
bool redact_is_disguised(const redact_scan *scan, size_t at, unsigned disguise);
/* Does a word go on in the next line, after the backslash at `at`? */
bool redact_is_broken(const redact_scan *scan, size_t at);
/* After a literal: the next one that code joins to it, or 0. */
size_t redact_joint(const char *s, size_t at, size_t len);

/* --- redact_again.c ----------------------------------------------------------------------- */

void redact_forget(berth_redactor *r);
void redact_remember(berth_redactor *r, const char *s, size_t len);
/* Marks every remembered secret in the text. */
void redact_find_again(redact_scan *scan);

/* --- redact_mask.c ------------------------------------------------------------------------ */

#define REDACT_MASK_MAX 24
/* Writes what replaces the value; returns its length. */
size_t redact_stars(char *mask); /* *** */
size_t redact_mask_text(const berth_redactor *r, const char *s, size_t len, char *mask);
uint64_t redact_siphash(const unsigned char key[16], const char *s, size_t len);

/* --- redact_shape.c ----------------------------------------------------------------------- */

berth_rc redact_shapes_new(berth_redactor *r, const berth_redact_rule *rules, size_t count,
                           berth_err *err);
void redact_shapes_free(berth_redactor *r, size_t count); /* as many rules as were given */
bool redact_is_allowed(const berth_redactor *r, const char *s, size_t len);
/* Names, samples and literals of the shapes. */
size_t redact_shape_count(void);
berth_redact_info redact_shape_info(size_t i);
const char *redact_shape_literal(size_t i);
/* The keyword of the i-th operator's pattern, "" for none; NULL past the last.  *always: it is
 * tried on every record. */
const char *redact_pattern_keyword(const berth_redactor *r, size_t i, bool *always);
/* After an access key's id: its secret, which is known by its length only. */
void redact_nearby(redact_scan *scan);

/* --- redact_pem.c -------------------------------------------------------------------------- */

bool redact_holds_end(const char *s, size_t len); /* -----END */
/* A value that begins with the header of a key goes to the END of that.  False: it is no secret, as
 * that of a certificate. */
bool redact_widen_to_key(redact_scan *scan, size_t start, size_t *end);

/* --- redact_jsonl.c ------------------------------------------------------------------------ */

/* The inside of the string under "line" in the object that the line is. */
bool redact_jsonl_find(const char *s, size_t len, size_t *from, size_t *to);
bool redact_jsonl_decode(berth_redactor *r, const char *s, size_t len, redact_buffer *out);
bool redact_jsonl_encode(berth_redactor *r, const char *s, size_t len, redact_buffer *out);

#endif
