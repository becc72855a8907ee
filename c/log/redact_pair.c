/* redact_pair.c - what stands after the name of a secret decides how its value is read:
 * redact_read.c reads values, redact_prose.c sentences. */
#include <string.h>

#include "log/redact_private.h"

#define LINE_MAX_BYTES 4096
#define INDEX_MAX 40
#define WORD_MAX 64
#define CIPHER_LEAST 8
#define LINE_BACK 128

/* reg add /v DefaultPassword /t REG_SZ /d x: where the value begins, or 0. */
static size_t registry_data(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t type = at + 3;
    if (at == key->after) return 0;
    if (redact_folds_at(scan, at, "/t reg_")) {
        while (byte_is(redact_peek(scan, type), BYTE_NAME)) type++;
        at = redact_skip_blanks(scan, type);
    }
    return redact_folds_at(scan, at, "/d ") ? redact_skip_blanks(scan, at + 3) : 0;
}

/* --- what stands after the name ---------------------------------------------------------- */

static bool is_arrow(const redact_scan *scan, size_t at) {
    static const char *const arrows[] = {"\xe2\x86\x92", "\xe2\x9f\xb6", "\xe2\x87\x92"};
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
        if (redact_is_at(scan, at, arrows[i])) return true;
    }
    return false;
}

/* ;s:12:"x": the value's type and length, as PHP writes them. */
static size_t skip_length(const redact_scan *scan, size_t at) {
    if (!redact_is_at(scan, at, ";s:")) return 0;
    size_t i = at + 3;
    while (i < scan->len && i < at + INDEX_MAX && byte_is(scan->s[i], BYTE_DIGIT)) i++;
    return redact_peek(scan, i) == ':' ? i + 1 : 0;
}

/* Past a backslash that joins the next line, or <<EOF, whose text begins there; else `at`. */
static size_t skip_line_break(const redact_scan *scan, size_t at) {
    size_t i = at;
    if (redact_is_at(scan, at, "<<")) {
        i += 2;
        while (i < scan->len && i < at + WORD_MAX &&
               (byte_is(scan->s[i], BYTE_WORD | BYTE_QUOTE) || memchr("-~_", scan->s[i], 3)))
            i++;
        if (i == at + 2) return at;
    } else if (redact_peek(scan, at) == '\\') {
        i++;
    } else {
        return at;
    }
    i += redact_peek(scan, i) == '\r';
    return redact_peek(scan, i) == '\n' ? redact_skip_blanks(scan, i + 1) : at;
}

/* password: str = "x": past the type to the literal; `at`: there is none. */
static size_t skip_annotation(const redact_scan *scan, size_t at) {
    size_t i = at, stop = scan->len - at > INDEX_MAX ? at + INDEX_MAX : scan->len;
    if (!byte_is(redact_peek(scan, at), BYTE_LETTER)) return at;
    while (i < stop && (byte_is(scan->s[i], BYTE_NAME) || memchr("<>[]|? ", scan->s[i], 7))) i++;
    if (i <= at + 1 || !redact_is_at(scan, i, "= ") || scan->s[i - 1] != ' ') return at;
    size_t literal = redact_skip_blanks(scan, i + 1);
    return redact_quote_at(scan, literal).len ? literal : at;
}

/* Past =, :, =>, ->, :=, == and blanks; 0 when there is no such thing at `at`. */
static size_t skip_separator(const redact_scan *scan, const redact_key *key, size_t at,
                             redact_syntax *syntax) {
    char c = redact_peek(scan, at);
    *syntax = SYNTAX_TIGHT;
    if (c == '-' && redact_peek(scan, at + 1) == '>') return redact_skip_blanks(scan, at + 2);
    if (c == '\xe2') return is_arrow(scan, at) ? redact_skip_blanks(scan, at + 3) : 0;
    if (c == '>' && redact_peek(scan, key->start - 1) == '(')
        return redact_skip_blanks(scan, at + 1);
    size_t quoted = redact_is_at(scan, at, "<- ") ? at + 3 : at;
    if (redact_is_at(scan, at, ". ")) quoted = at + 2;
    if (quoted > at && at > key->after && redact_quote_at(scan, quoted).len)
        return quoted; /* name <- "x" of R, (name . "x") of Lisp */
    if (c == '.' && redact_is_at(scan, at, "...")) { /* name ..... : value */
        while (redact_peek(scan, at) == '.') at++;
        c = redact_peek(scan, at = redact_skip_blanks(scan, at));
    }
    if (c == ';' && key->quote.len) return skip_length(scan, at);
    if ((c == '+' || c == '.') && redact_peek(scan, at + 1) == '=') c = redact_peek(scan, ++at);
    if (c != '=' && c != ':') return 0;
    if (redact_is_at(scan, at, "://")) return 0;
    size_t i = at + 1;
    if (redact_peek(scan, i) == '=' || (c == ':' && redact_peek(scan, i) == ':')) i++;
    if (redact_is_at(scan, i, "=>") || redact_is_at(scan, i, "= ")) i++; /* ===> x, === x */
    if (redact_peek(scan, i) == '>') i++;
    size_t stars = 0; /* **name:** x */
    while (c == ':' && stars < 2 && stars < key->start && redact_peek(scan, i + stars) == '*' &&
           scan->s[key->start - stars - 1] == '*')
        stars++;
    size_t value = redact_skip_blanks(scan, i + stars);
    if (c == ':') value = skip_annotation(scan, value);
    /* "name": x, and `name= next=y`, where the value is missing */
    if (value > i && i == at + 1 && (c == ':' || at == key->after)) *syntax = SYNTAX_LOOSE;
    if (redact_peek(scan, value) == '+' && redact_quote_at(scan, value + 1).len)
        value++; /* a blank */
    return skip_line_break(scan, value);
}

/* PASS src/auth/token.test.ts: the file whose tests passed. */
static bool is_test_file(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = redact_word_end(scan, at), dot = end;
    while (dot > at && end - dot < 5 && byte_is(scan->s[dot - 1], BYTE_LETTER)) dot--;
    return key->end - key->start == 4 && redact_is_at(scan, key->start, "PASS ") && dot < end &&
           dot > at && scan->s[dot - 1] == '.' && memchr(scan->s + at, '/', dot - at) &&
           !redact_is_mixture(scan, dot, end) && !redact_is_scrambled(scan->s + at, dot - 1 - at) &&
           byte_is(scan->s[at], BYTE_LOWER | BYTE_JOINT);
}

/* phone is 555..., tel. 0033 ...: the number after a word or two. */
static size_t contact(redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const words[] = {"is", "was", "number", "no",   "nr",
                                        "at", "to",  "of",     "plus", "von"};
    for (unsigned n = 0; n < 3; n++) {
        while (redact_peek(scan, at) == '.' || redact_peek(scan, at) == ':' ||
               redact_peek(scan, at) == '#')
            at++;
        at = redact_skip_blanks(scan, at);
        size_t end = at;
        while (byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
        if (end == at || !IS_ONE_OF(scan->s + at, end - at, words)) break;
        at = end;
    }
    return redact_phone(scan, at + redact_quote_at(scan, at).len, key->rule);
}

/* Is the name one of programs, not of sentences: of several words joined without blanks? */
static bool is_identifier(const redact_scan *scan, const redact_key *key) {
    static const char *const verbs[] = {"add",      "change",   "check",  "create", "delete",
                                        "generate", "get",      "hash",   "reset",  "rotate",
                                        "set",      "validate", "verify", "update", "forgot"};
    size_t verb = key->start;
    while (byte_is(redact_peek(scan, verb), BYTE_LETTER)) verb++;
    if (verb < key->end && IS_ONE_OF(scan->s + key->start, verb - key->start, verbs))
        return false; /* a call */
    bool capitals = true;
    for (size_t i = key->start; i < key->end; i++)
        capitals = capitals && byte_is(scan->s[i], BYTE_UPPER);
    for (size_t i = key->start + 1; i < key->end; i++) {
        char c = scan->s[i];
        if (c == '_' || c == '.' || (byte_is(c, BYTE_UPPER) && byte_is(scan->s[i - 1], BYTE_LOWER)))
            return true;
    }
    return capitals;
}

/* set db_password x1, ENV DB_PASSWORD x1: a value with letters and digits after an identifier. */
static bool is_assigned(const redact_scan *scan, const redact_key *key, size_t at) {
    if (key->class.weight == BERTH_KEY_WEAK || !is_identifier(scan, key)) return false;
    if (key->class.kind == BERTH_KEY_AUTH) return false; /* SET SESSION AUTHORIZATION ann */
    size_t end = redact_word_end(scan, at);
    unsigned classes = 0;
    for (size_t i = at; i < end; i++) classes |= berth_byte_class[(unsigned char)scan->s[i]];
    if (redact_is_jumble(scan->s + at, end - at)) return true;
    return end - at >= 6 && (classes & BYTE_DIGIT) && (classes & BYTE_LETTER) &&
           !redact_is_pair(scan, at) && !redact_is_term(scan->s + at, end - at);
}

/* key 7 0822455D0A16: routers tell first how the value is written. */
static size_t enciphered(redact_scan *scan, size_t at) {
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_HEX)) end++;
    if (end - at < CIPHER_LEAST || byte_is(redact_peek(scan, end), BYTE_NAME)) return 0;
    return redact_mark_secret(scan, at, end, RULE_NAME_KEY) ? end : 0;
}

/* cvv 123: the digits on the back of a card, which need no sign to be told. */
static size_t card_code(redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const names[] = {"cvv", "cvv2", "cvc", "cvc2", "csc"};
    size_t end = at;
    if (!IS_ONE_OF(scan->s + key->start, key->end - key->start, names)) return 0;
    while (byte_is(redact_peek(scan, end), BYTE_DIGIT)) end++;
    if (end - at < 3 || end - at > 4 || byte_is(redact_peek(scan, end), BYTE_NAME)) return 0;
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

/* consul kv put app/db/password x, etcdctl put /app/db/password x: the last part of a key. */
static bool is_stored(const redact_scan *scan, const redact_key *key) {
    size_t at = key->start, low = at > LINE_BACK ? at - LINE_BACK : 0;
    if (at == 0 || scan->s[at - 1] != '/' || key->class.weight == BERTH_KEY_WEAK) return false;
    while (at > low && (byte_is(scan->s[at - 1], BYTE_NAME) || scan->s[at - 1] == '/')) at--;
    return (at > 6 && redact_is_at(scan, at - 7, "kv put ")) ||
           (at > 11 && (redact_is_at(scan, at - 12, "etcdctl put ") ||
                        redact_is_at(scan, at - 12, "etcdctl set ")));
}

/* --name /prod/db/password --value x: the option after the last part of a path. */
static size_t stored_option(const redact_scan *scan, const redact_key *key) {
    size_t at = key->start, low = at > LINE_BACK ? at - LINE_BACK : 0, to = key->end;
    if (at == 0 || scan->s[at - 1] != '/' || key->class.weight == BERTH_KEY_WEAK) return 0;
    while (at > low && (byte_is(scan->s[at - 1], BYTE_NAME) || scan->s[at - 1] == '/')) at--;
    if (at < 7 || !redact_folds_at(scan, at - 7, "--name ")) return 0;
    size_t stop = scan->len - to > LINE_BACK ? to + LINE_BACK : scan->len;
    for (; to < stop && scan->s[to] != '\n'; to++) {
        if (redact_is_at(scan, to, " --value ")) return redact_skip_blanks(scan, to + 9);
    }
    return 0;
}

/* CREATE CREDENTIAL [ann] WITH: the name of an object of SQL. */
static bool is_created(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t to = at + 1;
    if (key->class.kind != BERTH_KEY_CREDENTIAL || redact_peek(scan, at) != '[') return false;
    static const char *const verbs[] = {"create", "alter", "drop", "scoped"};
    size_t start, n = redact_word_before(scan, key->start, &start);
    while (to - at < WORD_MAX && byte_is(redact_peek(scan, to), BYTE_NAME)) to++;
    return redact_folds_at(scan, to, "] with ") || IS_ONE_OF(scan->s + start, n, verbs);
}

/* password[x] host[db-1]: values in brackets; the sole one must look like one. */
static size_t bracketed(redact_scan *scan, const redact_key *key, size_t open) {
    const char *s = scan->s;
    size_t from = open + 1, to = from, before = key->start;
    if (key->quote.len || key->dashes || key->class.weight == BERTH_KEY_WEAK)
        return 0;
    while (to < scan->len && to - from < WORD_MAX && (unsigned char)s[to] > 0x20 && s[to] != ']')
        to++;
    char after = redact_peek(scan, to + 1);
    if (redact_peek(scan, to) != ']' || !(after == '\0' || byte_in(after, " ,;\n\r"))) return 0;
    size_t next = redact_skip_blanks(scan, to + 1);
    while (byte_is(redact_peek(scan, next), BYTE_NAME)) next++;
    while (before > 0 && byte_in(s[before - 1], " ,")) before--;
    bool among = (before > 0 && before < key->start && s[before - 1] == ']') ||
                 (next > to + 2 && redact_peek(scan, next) == '[');
    bool mixed = redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to);
    bool sure = redact_looks_random(s + from, to - from) ||
                (key->class.weight == BERTH_KEY_STRONG && redact_is_scrambled(s + from, to - from));
    if (!sure && !(among && mixed)) return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* After blanks, where nothing joins name and value: options, SQL, prose. */
static size_t after_blanks(redact_scan *scan, const redact_key *key, size_t at) {
    size_t flag = redact_value_flag(scan, at);
    if (flag) {
        flag += redact_peek(scan, flag) == '=' ? 1 : 0;
        return redact_value(scan, key, redact_skip_blanks(scan, flag), SYNTAX_TIGHT);
    }
    if (key->dashes) {
        at = skip_line_break(scan, at);
        if (redact_is_at(scan, at, "<<< ")) at = redact_skip_blanks(scan, at + 4);
        if (redact_takes_no_value(scan, key, at)) return 0;
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    }
    if (is_created(scan, key, at)) return 0;
    size_t option = stored_option(scan, key);
    if (option) return redact_value(scan, key, option, SYNTAX_TIGHT);
    if (key->class.kind == BERTH_KEY_AUTH && redact_is_at(scan, at, "attempt: (")) {
        bool found; /* ('ann', 'x'), but ('ann', 'publickey') */
        size_t comma = at + 10, close;
        while (comma - at < WORD_MAX && redact_peek(scan, comma) > ' ') comma++;
        for (close = comma; close - comma < WORD_MAX && redact_peek(scan, close) >= ' ' &&
                            scan->s[close] != ')';
             close++) {
        }
        bool odd = close <= scan->len && redact_has_digit(scan, comma, close);
        return odd ? redact_tuple(scan, key, at + 9, &found) : 0;
    }
    if (is_stored(scan, key) && !redact_is_pair(scan, at) && redact_peek(scan, at) != '-')
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (redact_peek(scan, at) == '$') redact_bound(scan, key, at); /* PASSWORD $1 */
    if (redact_peek(scan, at) == '@' && redact_variables(scan, at, key->rule)) return 0;
    size_t code = card_code(scan, key, at);
    if (code) return code;
    if (is_test_file(scan, key, at)) return 0;
    if (key->start > 0 && scan->s[key->start - 1] == '=' && !redact_begins_text(scan, key->start))
        return 0; /* -method=userpass username=ann: a value itself */
    if (redact_is_at(scan, at, "--") && byte_is(redact_peek(scan, at + 2), BYTE_LETTER))
        return 0; /* --password PASSWORD --user ann: the next option */
    bool tab =
        memchr(scan->s + key->after, '\t', at - key->after) != NULL && !redact_is_pair(scan, at);
    size_t column = redact_word_end(scan, at);
    if (tab && (key->class.weight == BERTH_KEY_STRONG ? redact_has_odd_bytes(scan, at, column)
                                                      : redact_has_digit(scan, at, column)))
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (key->class.weight != BERTH_KEY_WEAK &&
        (redact_is_setting(scan, key, at) || is_assigned(scan, key, at)))
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (key->class.kind == BERTH_KEY_SECRET && key->class.weight == BERTH_KEY_WEAK &&
        at > key->after + 1)
        return redact_value(scan, key, at, SYNTAX_TIGHT); /* secret_id   6fc40a58-..., as Vault */
    size_t sent = redact_pass_line(scan, key, at);
    if (!sent) sent = redact_set_to(scan, key, at);
    if (sent) return sent;
    bool typed = byte_is(redact_peek(scan, at), BYTE_DIGIT) && redact_peek(scan, at + 1) == ' ';
    if (typed && key->class.bare && scan->s[at] == '7') return enciphered(scan, at + 2);
    if (typed && key->class.weight != BERTH_KEY_WEAK &&
        redact_is_mixture(scan, at + 2, redact_word_end(scan, at + 2)))
        return redact_value(scan, key, at + 2, SYNTAX_TIGHT); /* password 7 0822455D0A16 */
    return redact_prose(scan, key, at);
}

/* The value alone on the next line that is not empty.  Under a bare name it must look like one. */
static size_t value_below(redact_scan *scan, const redact_key *key, size_t line, bool joined) {
    size_t at = line;
    while (at < scan->len && at < line + INDEX_MAX && byte_is(scan->s[at], BYTE_SPACE)) at++;
    size_t rule = at; /* ----, below the name of a column */
    while (rule < at + WORD_MAX && redact_peek(scan, rule) == '-') rule++;
    if (rule > at + 2) {
        if (redact_peek(scan, rule) != '\n') return 0;
        at = redact_skip_blanks(scan, rule + 1);
    }
    size_t end = at;
    while (end < scan->len && !byte_is(scan->s[end], BYTE_SPACE) && end - at < LINE_MAX_BYTES)
        end++;
    size_t after = redact_skip_blanks(scan, end);
    if (after < scan->len && scan->s[after] != '\n' && scan->s[after] != '\r') return 0;
    if (key->class.weight == BERTH_KEY_WEAK || redact_pair_follows(scan, at)) return 0;
    if (redact_peek(scan, at) == '-' || !(key->dashes || redact_is_mixture(scan, at, end)))
        return 0;
    return redact_value(scan, key, at, joined ? SYNTAX_TIGHT : SYNTAX_PROSE);
}

/* ["password"]=> and "password": with the literal in the next line, as var_dump prints it; 0: there
 * is none. */
static size_t literal_below(const redact_scan *scan, const redact_key *key, size_t at) {
    size_t i = at;
    if (!key->quote.len) return 0;
    while (redact_is_at(scan, i, "\\r") || redact_is_at(scan, i, "\\n")) i += 2;
    while (i < scan->len && i < at + INDEX_MAX && byte_is(scan->s[i], BYTE_SPACE)) i++;
    size_t literal = redact_skip_type(scan, i);
    return i > at && redact_quote_at(scan, literal).len ? i : 0;
}

static bool is_alone(const redact_scan *scan, const redact_key *key) {
    size_t line = key->start;
    while (line > 0 && key->start - line < INDEX_MAX && scan->s[line - 1] == ' ') line--;
    bool ruled = key->class.weight == BERTH_KEY_MEDIUM && redact_is_ruled(scan, key->end);
    return (key->class.weight == BERTH_KEY_STRONG || ruled) && !key->quote.len &&
           (line == 0 || scan->s[line - 1] == '\n');
}

/* password, "x" or password, x, in a sentence */
static size_t after_comma(redact_scan *scan, const redact_key *key, size_t comma) {
    size_t at = redact_skip_blanks(scan, comma + 1), close;
    bool chosen = key->start > 1 && scan->s[key->start - 1] == '#'; /* fill("#password", "x") */
    if ((key->quote.len && !chosen) || key->class.weight != BERTH_KEY_STRONG || at == comma + 1)
        return 0;
    if (key->start > 0 && scan->s[key->start - 1] == '/') return 0; /* man/passwd.1, man/x.1 */
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len) return redact_value(scan, key, at, SYNTAX_PROSE);
    size_t from = redact_quoted(scan, at, quote, &close);
    size_t next = redact_skip_blanks(scan, close + quote.len);
    if (redact_is_at(scan, next, "=>") || redact_peek(scan, next) == ':') return 0; /* a name */
    bool word = redact_has_digit(scan, from, close) && !redact_has_blank(scan, from, close);
    if (!redact_is_mixture(scan, from, close) || (chosen && !word)) return 0;
    return redact_value(scan, key, at, SYNTAX_QUOTED);
}

/* Where the name is one of several in a row: "name", "x"; columns; a table. */
static size_t among_others(redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = 0;
    bool option = key->dashes && !key->quote.len && at == key->after;
    char close = option && redact_is_at(scan, at, ", ") ? redact_list_close(scan, key) : '\0';
    if (close) return redact_item_after(scan, key, at + 2, close);
    if (option && scan->s[at] == ',') { /* --password,x,--host */
        for (end = at + 1;
             end < scan->len && !byte_is(scan->s[end], BYTE_SPACE) && scan->s[end] != ','; end++) {
        }
        if (redact_peek(scan, at + 1) == '-' ||
            !redact_is_secret(scan, key->class, at + 1, end, SYNTAX_TIGHT))
            return 0;
        return redact_mark_secret(scan, at + 1, end, key->rule) ? end : 0;
    }
    if (scan->s[at] == ',' &&
        (key->quote.len || (key->start > 0 && scan->s[key->start - 1] == '{')))
        end = redact_next_item(scan, key, at);
    if (end) return end;
    redact_lists(scan, key);
    if (scan->s[at] == ',' || scan->s[at] == ')') redact_column(scan, key);
    if (scan->s[at] != ')') redact_table(scan, key);
    return scan->s[at] == ',' ? after_comma(scan, key, at) : 0;
}

/* Password ......... x */
static size_t leader_value(redact_scan *scan, const redact_key *key, size_t dots) {
    size_t at = dots;
    while (redact_peek(scan, at) == '.') at++;
    if (at < dots + 3) return 0;
    if (redact_peek(scan, at) == ':') at++;
    size_t value = redact_skip_blanks(scan, at);
    return value > at ? redact_value(scan, key, value, SYNTAX_LOOSE) : 0;
}

/* expect(user.password).toBe('x'), get('[name=password]').type('x'), from the point on */
static size_t expected(redact_scan *scan, const redact_key *key, size_t dot) {
    static const char *const calls[] = {".tobe(",     ".toequal(", ".tostrictequal(",
                                        ".to.equal(", ".to eq(",   ".to.eql(",
                                        ".type(",     ".fill(",    ".sendkeys("};
    for (size_t n = 0; n < sizeof calls / sizeof *calls; n++) {
        if (!redact_folds_at(scan, dot, calls[n])) continue;
        size_t from = dot + strlen(calls[n]), close;
        redact_quote quote = redact_quote_at(scan, from);
        if (!quote.len) return 0;
        redact_quoted(scan, from, quote, &close);
        bool mixed = redact_is_mixture(scan, from + quote.len, close);
        return mixed ? redact_value(scan, key, from, SYNTAX_QUOTED) : 0;
    }
    return 0;
}

/* get(cfg, 'password') == 'x' */
static size_t compared(redact_scan *scan, const redact_key *key, size_t bracket) {
    redact_syntax syntax;
    if (!key->quote.len) return 0;
    size_t at = redact_skip_blanks(scan, bracket + 1);
    if (redact_peek(scan, at) != '=') return 0;
    size_t value = skip_separator(scan, key, at, &syntax);
    return value && redact_quote_at(scan, value).len ? redact_value(scan, key, value, SYNTAX_QUOTED)
                                                     : 0;
}

/* What is neither = nor :, after the name and perhaps blanks. */
static size_t unjoined(redact_scan *scan, const redact_key *key, size_t at) {
    size_t end;
    if (key->after > key->end + key->quote.len && scan->s[key->after - 1] == ')')
        redact_column(scan, key); /* INSERT INTO t (password) VALUES ('x') */
    if (redact_is_tag(scan, key)) return redact_tag(scan, key);
    end = redact_substituted(scan, key);
    if (end) return end;
    if (key->dashes && at > key->after) return after_blanks(scan, key, at);
    end = redact_quote_at(scan, at).len ? redact_pieces(scan, key) : 0;
    if (end) return end;
    if (redact_is_bar(scan, at)) {
        end = redact_is_ruled(scan, at) ? 0 : redact_row(scan, key, at);
        if (!end) end = redact_expanded(scan, key, at);
        if (!end) redact_table(scan, key);
        return end;
    }
    switch (scan->s[at]) {
    case ')':
        end = compared(scan, key, at);
        if (!end) end = expected(scan, key, at + 1);
        if (end) return end;
        return among_others(scan, key, at);
    case ',':
    case ';':
        return among_others(scan, key, at);
    case '\r':
    case '\n':
        redact_login_lines(scan, key, at);
        redact_table(scan, key);
        end = redact_item_below(scan, key, at);
        if (!end) end = redact_told_below(scan, key, at);
        return !end && is_alone(scan, key) ? value_below(scan, key, at, false) : end;
    case '(':
        if (key->class.kind == BERTH_KEY_CREDENTIAL) {
            end = redact_credentials(scan, at + 1);
            if (end) return end;
        }
        end = redact_argument(scan, key, at);
        return end || at == key->after ? end : redact_prose(scan, key, at);
    case '[':
        if (at == key->after) return bracketed(scan, key, at);
        break;
    case ']':
        if (byte_is(redact_peek(scan, at + 1), BYTE_QUOTE) && redact_peek(scan, at + 2) == ')')
            return expected(scan, key, at + 3);
        redact_lists(scan, key);
        return 0;
    case '}':
        redact_lists(scan, key);
        return 0;
    case '{': /* password { value: "x" } */
        return key->class.weight == BERTH_KEY_WEAK ? 0 : redact_object(scan, key, at);
    case '/':
        end = registry_data(scan, key, at);
        if (end) return redact_value(scan, key, end, SYNTAX_TIGHT);
        redact_lists(scan, key);
        return redact_path_part(scan, key, at);
    case '.':
        if (scan->s[at - 1] == ')') return expected(scan, key, at);
        return leader_value(scan, key, at);
    case '<':
        if (redact_is_at(scan, at, "<<< ") && key->class.weight == BERTH_KEY_STRONG &&
            !redact_folds_at(scan, key->end - 4, "sswd")) /* commands of that name know more */
            return redact_value(scan, key, redact_skip_blanks(scan, at + 4), SYNTAX_TIGHT);
        return redact_html_column(scan, key);
    case '\0':
        if (key->dashes && at == key->after) /* an argument of /proc/1/cmdline */
            return redact_peek(scan, at + 1) == '-' ? 0
                                                    : redact_value(scan, key, at + 1, SYNTAX_TIGHT);
        return redact_packed(scan, key);
    default:
        break;
    }
    if (at == key->after) return 0;
    redact_lists(scan, key);
    if (scan->s[key->after] == '\t' || at > key->after + 1) redact_table(scan, key);
    return after_blanks(scan, key, at);
}

/* password is= x, password is: x: past the word before the sign. */
static size_t skip_copula(const redact_scan *scan, size_t at) {
    size_t next = at;
    if (redact_folds_at(scan, at, "is")) next += 2;
    if (redact_folds_at(scan, at, "was")) next += 3;
    if (next == at) return at;
    next = redact_skip_blanks(scan, next);
    char c = redact_peek(scan, next);
    return c == '=' || (c == ':' && redact_peek(scan, next + 1) != '/') ? next : at;
}

/* =3D, or a sign that looks like : or =, joins the name and its value: a view will show them. */
static void note_disguise(redact_scan *scan, size_t at) {
    if (redact_is_at(scan, at, "=3D")) scan->encoded |= DISGUISE_PRINTABLE;
    if (byte_is(scan->s[at], BYTE_HIGH) && redact_is_encoded(scan, at))
        scan->encoded |= DISGUISE_CODED;
}

size_t redact_pair(redact_scan *scan, const redact_key *key) {
    redact_work(scan, 60);
    redact_before(scan, key);
    size_t counted = redact_counted(scan, key);
    if (counted) return counted;
    if (redact_auth(scan, key) || redact_is_program(scan, key)) return 0;
    if (key->class.command) return redact_command_value(scan, key);
    size_t listed = 0;
    if (redact_format(scan, key, &listed)) return listed;
    size_t told = redact_told(scan, key);
    if (told) return told;
    size_t at = skip_copula(scan, redact_skip_blanks(scan, key->after));
    bool under = redact_is_at(scan, at, "\n: ") || redact_is_at(scan, at, "\n:\"");
    if (key->quote.mark == '"' && under) at++; /* as some break lines of JSON */
    if (at >= scan->len) return 0;
    note_disguise(scan, at);
    redact_syntax syntax;
    size_t value = skip_separator(scan, key, at, &syntax);
    if (key->class.kind == BERTH_KEY_PERSON) {
        if (!value && scan->s[at] == '#' && !redact_is_break(scan, at))
            at = redact_skip_blanks(scan, at + 1); /* SSN# x */
        size_t end = redact_said_number(scan, value ? value : at, key->rule);
        if (!end && redact_folds_at(scan, key->end - 4, "iban"))
            end = redact_said_iban(scan, value ? value : at, key->rule);
        if (end) return end;
    }
    if (!value && !key->dashes && key->class.kind != BERTH_KEY_CONTACT)
        return unjoined(scan, key, at);
    size_t below = value ? literal_below(scan, key, value) : 0;
    if (below) return redact_value(scan, key, below, SYNTAX_QUOTED);
    size_t from = value ? value : at;
    if (redact_peek(scan, from) == '\n' || redact_is_at(scan, from, "\r\n")) {
        redact_login_lines(scan, key, from);
        return value_below(scan, key, from, true);
    }
    if (key->class.kind == BERTH_KEY_CONTACT) return contact(scan, key, from);
    if (!value) return unjoined(scan, key, at);
    if (key->quote.len) syntax = SYNTAX_QUOTED;
    if (scan->s[at] == ':') listed = redact_several(scan, key, at, &value);
    if (listed) return listed;
    if (redact_is_no_value(scan, key, value) || redact_login_list(scan, key, value)) return 0;
    redact_bound(scan, key, value);
    if (key->class.weight != BERTH_KEY_WEAK && redact_variables(scan, value, key->rule)) return 0;
    return redact_value(scan, key, value, syntax);
}
