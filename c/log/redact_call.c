/* redact_call.c - calls that log in: login('ann', 'x'), connect(host, user, x), and what Redis is
 * sent, argument by argument. */
#include <string.h>

#include "log/redact_private.h"

#define ARGUMENTS_MAX 6
#define ARGUMENT_MAX 128
#define PLAIN_LEAST 6
#define CALLED_MAX 48 /* bytes of what is called */

static const berth_key_class password = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};

typedef struct argument {
    size_t from, to, end; /* its text; past its mark */
    bool quoted;
} argument;

static bool read_argument(const redact_scan *scan, size_t at, argument *a) {
    const char *s = scan->s;
    size_t begin = redact_skip_blanks(scan, at);
    at = redact_skip_type(scan, begin);
    size_t called = at > begin && s[at - 1] == '(' ? at - 1 : begin; /* getenv("x") */
    bool lookup = called > begin && redact_is_lookup(s + begin, called - begin);
    redact_quote quote = redact_quote_at(scan, at);
    a->from = at + quote.len;
    a->quoted = quote.len > 0 && !lookup;
    if (quote.len) {
        a->to = redact_quote_close(scan, a->from, quote);
        if (a->to == SIZE_MAX) return false;
    } else {
        size_t stop = scan->len - at > ARGUMENT_MAX ? at + ARGUMENT_MAX : scan->len;
        for (a->to = at; a->to < stop && !byte_is(s[a->to], BYTE_SPACE) && s[a->to] != ',' &&
                         s[a->to] != ')';
             a->to++) {
        }
    }
    a->end = a->to + quote.len + (called > begin);
    return a->to - a->from <= ARGUMENT_MAX;
}

/* Letters and digits that are no place and no address; with a sign those have, of both cases. */
static bool is_plain_secret(const redact_scan *scan, const argument *a) {
    const unsigned both = BYTE_LOWER | BYTE_UPPER;
    unsigned classes = 0;
    bool sign = false;
    if (!a->quoted || a->to - a->from < PLAIN_LEAST) return false;
    for (size_t i = a->from; i < a->to; i++) {
        char c = scan->s[i];
        if (byte_is(c, BYTE_SPACE) || byte_in(c, "/:")) return false;
        sign = sign || byte_in(c, "=.@");
        classes |= berth_byte_class[(unsigned char)c];
    }
    return (classes & BYTE_DIGIT) && (!sign || (classes & both) == both) &&
           redact_is_mixture(scan, a->from, a->to);
}

/* What a call does with its arguments. */
typedef struct call {
    size_t place; /* of the password */
    bool sure;    /* nothing else stands there */
    bool hashes;  /* bcrypt.hash('x', 10) */
    bool shorter; /* with one argument less it stands one place before */
} call;

/* Functions whose password stands at a known place, whatever it looks like. */
static const struct {
    const char *name;
    size_t place;
} functions[] = {
    {"mysqli", 2},         {"mysqli_connect", 2}, {"mysqli_real_connect", 3},
    {"real_connect", 2},   {"mysql_connect", 2},  {"mysql_pconnect", 2},
    {"pdo", 2},            {"ftp_login", 2},      {"imap_open", 2},
    {"ldap_bind", 2},      {"odbc_connect", 2},   {"ssh2_auth_password", 2},
    {"odbc_pconnect", 2},  {"db2_connect", 2},    {"ibase_connect", 2},
    {"mssql_connect", 2},  {"sybase_connect", 2}, {"oci_connect", 1},
    {"oci_pconnect", 1},   {"simple_bind_s", 1},  {"oci_new_connect", 1},
    {"mysql_real_connect", 3}, {"ftp", 2}, {"ftp_tls", 2}, {"simple_bind", 1},
    {"secretkeyspec", 0},
};

/* Tables of other servers as ClickHouse has them: (server, database, table, user, password), or
 * without the table; of one they are where a text comes first. */
static const char *const engines[] = {"mysql", "postgresql", "mongodb"};

/* Modules whose connect() takes the server, or the data source, first: their names hold this. */
static const char *const servers[] = {"mysql", "psycopg", "mssql",  "mariadb",
                                      "dbi->", "dbi.",    "driverm", "ftp."};

/* Is the first argument the name of an entry in a directory: "cn=ann,dc=lab"? */
static bool is_entry(const redact_scan *scan, size_t at) {
    static const char *const parts[] = {"cn=", "uid=", "dc=", "ou="};
    size_t from = at + redact_quote_at(scan, at).len;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (from > at && redact_folds_at(scan, from, parts[i])) return true;
    }
    return false;
}

/* PDO->__construct(, mysqli->__construct(: in what a stack of PHP shows. */
static bool is_constructor(const redact_scan *scan, size_t name) {
    size_t at = name;
    if (name < 5 || (!redact_is_at(scan, name - 2, "->") && !redact_is_at(scan, name - 2, "::")))
        return false;
    for (at -= 2; at > 0 && name - at < CALLED_MAX && byte_is(scan->s[at - 1], BYTE_LETTER); at--) {
    }
    return bytes_are_word(scan->s + at, name - 2 - at, "pdo") ||
           bytes_are_word(scan->s + at, name - 2 - at, "mysqli");
}

/* Is it a call that has but the end of its name in common with those that are known? */
static bool is_other(const redact_scan *scan, size_t name, size_t open) {
    static const char *const ends[] = {"mysql", "resql", "ngodb", "nstruct", "keyspec"};
    if (redact_folds_at(scan, name, "compare")) return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (open >= len && redact_folds_at(scan, open - len, ends[i])) return true;
    }
    return false;
}

/* The call whose bracket stands at `open`. */
static call known_call(const redact_scan *scan, size_t open) {
    const char *s = scan->s;
    size_t from = open, low = open > CALLED_MAX ? open - CALLED_MAX : 0;
    while (from > low && (byte_is(s[from - 1], BYTE_NAME) || byte_in(s[from - 1], ":>"))) from--;
    size_t name = open;
    while (name > from && (byte_is(s[name - 1], BYTE_WORD) || s[name - 1] == '_')) name--;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (bytes_are_word(s + name, open - name, functions[i].name))
            return (call){.place = functions[i].place, .sure = true};
    }
    if (IS_ONE_OF(s + name, open - name, engines))
        return (call){.place = redact_quote_at(scan, open + 1).len ? 4 : CALLED_MAX,
                      .sure = true,
                      .shorter = true};
    if (bytes_are_word(s + name, open - name, "bind")) /* f.bind(this, 'x') is no such thing */
        return (call){.place = is_entry(scan, open + 1) ? 1 : CALLED_MAX, .sure = true};
    if (bytes_are_word(s + name, open - name, "__construct"))
        return (call){.place = is_constructor(scan, name) ? 2 : CALLED_MAX, .sure = true};
    bool jwt = name >= from + 4 && redact_folds_at(scan, name - 4, "jwt.");
    bool aes = name >= from + 4 && redact_folds_at(scan, name - 4, "aes.");
    if (jwt || aes) {
        static const char *const keyed[] = {"sign",   "verify",  "encode",
                                            "decode", "encrypt", "decrypt"};
        bool known = IS_ONE_OF(s + name, open - name, keyed);
        return (call){.place = known ? 1 : CALLED_MAX, .sure = true};
    }
    static const char *const opening[] = {"connect", "open", "connection", "getconnection",
                                          "createconnection"};
    bool connects = IS_ONE_OF(s + name, open - name, opening);
    for (size_t i = from; connects && i < name; i++) {
        for (size_t k = 0; k < sizeof servers / sizeof *servers; k++) {
            if (redact_folds_at(scan, i, servers[k])) return (call){.place = 2, .sure = true};
        }
        if (redact_folds_at(scan, i, "oracle")) return (call){.place = 1, .sure = true};
    }
    static const char *const mailing[] = {"smtp", "imap", "pop3", "ftp", "telnet", "mail"};
    bool login = open - name >= 5 && redact_folds_at(scan, open - 5, "login");
    for (size_t i = from; login && i < open; i++) {
        for (size_t k = 0; k < sizeof mailing / sizeof *mailing; k++) {
            if (redact_folds_at(scan, i, mailing[k])) return (call){.place = 1, .sure = true};
        }
    }
    static const char *const hashing[] = {"hashpw",  "hash",        "hashsync",
                                          "checkpw", "comparesync", "compare"};
    bool crypt = name >= from + 6 && redact_folds_at(scan, name - 6, "crypt.");
    if (IS_ONE_OF(s + name, open - name, hashing) &&
        (crypt || !redact_folds_at(scan, name, "compare")))
        return (call){.hashes = true};
    if (is_other(scan, name, open)) return (call){.place = CALLED_MAX};
    return (call){.place = connects ? 2 : 1};
}

/* May the argument be the password, where the call and its place alone do not say so? */
static bool may_be_password(const redact_scan *scan, const call *c, const argument *a) {
    const char *text = scan->s + a->from;
    size_t len = a->to - a->from;
    if (!a->quoted) return false;
    if (c->hashes) return redact_is_mixture(scan, a->from, a->to);
    if (c->place == 1) return is_plain_secret(scan, a) || redact_is_phrase_code(text, len);
    return redact_looks_random(text, len) || redact_is_phrase_code(text, len);
}

size_t redact_call(redact_scan *scan, size_t at) {
    size_t open = at; /* past the rest of the name */
    while (open < scan->len && open - at < CALLED_MAX && byte_is(scan->s[open], BYTE_NAME)) open++;
    if (redact_peek(scan, open) != '(') return 0;
    call c = known_call(scan, open);
    argument a, before = {0};
    redact_work(scan, 300);
    if (c.place == CALLED_MAX) return 0;
    for (size_t n = 0; n < ARGUMENTS_MAX && read_argument(scan, open + 1, &a); n++) {
        /* login(connection, 'ann', 'x') */
        if (n == 0 && !c.sure && c.place == 1 && !a.quoted) c.place = 2;
        bool secret = n > 0 && redact_is_scrambled(scan->s + a.from, a.to - a.from);
        if (n == c.place && !secret)
            secret = c.sure ? a.quoted && a.to > a.from : may_be_password(scan, &c, &a);
        if (secret && redact_is_secret(scan, password, a.from, a.to, SYNTAX_QUOTED))
            redact_mark_secret(scan, a.from, a.to, RULE_LOGIN);
        open = redact_skip_blanks(scan, a.end);
        bool ends = redact_peek(scan, open) == ')';
        if (c.shorter && ends && n + 1 == c.place && a.quoted && before.quoted &&
            redact_is_secret(scan, password, a.from, a.to, SYNTAX_QUOTED))
            redact_mark_secret(scan, a.from, a.to, RULE_LOGIN);
        before = a;
        if (redact_peek(scan, open) != ',') break;
    }
    return 0;
}

/* Past the end of a line, which may be escaped; 0: there is none. */
static size_t skip_break(const redact_scan *scan, size_t at) {
    static const char *const breaks[] = {"\r\n", "\\r\\n", "\n", "\\n"};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        if (redact_is_at(scan, at, breaks[i])) return at + strlen(breaks[i]);
    }
    return 0;
}

/* AUTH \r\n $12 \r\n x, the last of one or two such arguments after the command. */
size_t redact_sent_auth(redact_scan *scan, size_t at) {
    size_t from = 0, to = 0;
    for (unsigned n = 0; n < 2; n++) {
        size_t i = skip_break(scan, at);
        if (!i || redact_peek(scan, i) != '$') break;
        for (i++; byte_is(redact_peek(scan, i), BYTE_DIGIT); i++) {
        }
        i = skip_break(scan, i);
        if (!i) break;
        from = to = i;
        while (to < scan->len && to - from < ARGUMENT_MAX && !skip_break(scan, to)) to++;
        at = to;
    }
    bool secret = from < to && redact_is_secret(scan, password, from, to, SYNTAX_QUOTED);
    return secret && redact_mark_secret(scan, from, to, RULE_LOGIN) ? to : 0;
}
