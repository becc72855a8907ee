/* redact_read.c - the value after a separator: literals with whatever types stand before them,
 * objects. */
#include <string.h>

#include "log/redact_private.h"

#define ITEMS_MAX 1000
#define TYPE_MAX 40
#define TAG_MAX 256
#define OBJECT_MAX 512
#define PARTS_MAX 8
#define CODE_LEAST 6
#define KEY_LEAST 20 /* of a value that is called key only */

bool redact_mark_value(redact_scan *scan, const redact_key *key, size_t from, size_t to,
                       bool bare) {
    size_t joint = from;
    while (joint > 0 && byte_is(scan->s[joint - 1], BYTE_SPACE)) joint--;
    if (bare && key->quote.mark == '"' && key->quote.len && joint > 0 && scan->s[joint - 1] == ':')
        return redact_mark_number(scan, from, to, key->rule, key->quote.slashes);
    return redact_mark_secret(scan, from, to, key->rule);
}

/* Past what may stand before a literal: u'', b"", N'', Some("..."), (string) (len=5) "...",
 * string(5) "...", !!str "...". */
size_t redact_skip_type(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at, stop = scan->len - at > TYPE_MAX ? at + TYPE_MAX : scan->len;
    if (i + 1 < stop && s[i] == '!' && s[i + 1] == '!') {
        while (i < stop && !byte_is(s[i], BYTE_SPACE)) i++;
        return redact_skip_blanks(scan, i);
    }
    if (redact_is_at(scan, i, "0x")) { /* a debugger's address */
        while (i < stop && byte_is(s[i], BYTE_WORD)) i++;
        return redact_peek(scan, i) == ' ' && redact_quote_at(scan, i + 1).len ? i + 1 : at;
    }
    while (i < stop && s[i] == '(' && !redact_quote_at(scan, i + 1).len) { /* (string) (len=5) */
        while (i < stop && s[i] != ')' && !byte_is(s[i], BYTE_QUOTE)) i++;
        if (i >= stop || s[i] != ')' || redact_peek(scan, i + 1) != ' ') return at;
        i = redact_skip_blanks(scan, i + 1);
    }
    if (i + 2 < stop && s[i] == '0' && byte_lower(s[i + 1]) == 'x') { /* 0x6030 "...", as gdb */
        size_t end = i + 2;
        while (end < stop && byte_is(s[end], BYTE_HEX)) end++;
        if (end + 1 < stop && s[end] == ' ' && byte_is(s[end + 1], BYTE_QUOTE)) return end + 1;
    }
    if (redact_is_at(scan, i, "Just ") && redact_quote_at(scan, i + 5).len) return i + 5;
    if (redact_is_at(scan, i, "chr ")) { /* chr "x", chr [1:2] "x" "y", as R shows a structure */
        size_t text = i + 4;
        if (redact_peek(scan, text) == '[')
            while (text < stop && s[text++] != ' ') {
            }
        return redact_quote_at(scan, text).len ? text : at;
    }
    size_t word = i;
    bool dotted = false; /* a function that is called: headers.get("X-Auth-Token") */
    for (; i < stop && (byte_is(s[i], BYTE_NAME) || memchr("&@*<:", s[i], 5)); i++)
        dotted = dotted || s[i] == '.';
    bool called = i < stop && s[i] == '(';
    if (called) {
        size_t digits = i + 1;
        while (digits < stop && byte_is(s[digits], BYTE_DIGIT)) digits++;
        if (digits > i + 1 && redact_is_at(scan, digits, ") "))
            i = digits + 2;
        else
            i++;
    } else if (i > word + 2) {
        return at;
    }
    for (size_t k = word; k < i && !called; k++) {
        if (!memchr("uUbBrRfFnNeElLxXqQ@&*<:", s[k], 23)) return at; /* no prefix of a literal */
    }
    return redact_quote_at(scan, i).len && !dotted ? i : at;
}

/* The text of a quoted value; *close is where its mark stands, or the line ends without one. */
size_t redact_quoted(const redact_scan *scan, size_t at, redact_quote quote, size_t *close) {
    size_t from = at + quote.len;
    *close = redact_quote_close(scan, from, quote);
    if (*close == SIZE_MAX) *close = redact_open_end(scan, from);
    return from;
}

/* "{...}: an object written as a text, whose members tell what they are. */
static bool is_object_text(const redact_scan *scan, size_t at) {
    at = redact_skip_blanks(scan, at);
    return redact_peek(scan, at + redact_quote_at(scan, at).len) == '{';
}

/* Is a member of the object under the name its value: {"value": "x"}, or {"id": "x"} of a token? */
static bool is_value_member(const redact_scan *scan, const redact_key *key, size_t from,
                            size_t to) {
    static const char *const inner[] = {
        "value",  "plain", "raw",     "plaintext", "text", "current", "old",    "new",
        "before", "after", "content", "previous",  "s",    "b",       "secret", "cleartext",
        "stringvalue", "string_value"};
    static const char *const whole[] = {"blob", "payload"}; /* of Keystone and Barbican */
    if (IS_ONE_OF(scan->s + from, to - from, inner)) return true;
    if ((key->class.kind == BERTH_KEY_CREDENTIAL || key->class.kind == BERTH_KEY_SECRET) &&
        IS_ONE_OF(scan->s + from, to - from, whole))
        return redact_peek(scan, to + 1) == ':' && !is_object_text(scan, to + 2);
    return key->class.kind == BERTH_KEY_TOKEN && to - from == 2 &&
           redact_folds_at(scan, from, "id");
}

/* Members of a map of secrets that are none. */
static bool is_plain_member(const redact_scan *scan, size_t from, size_t to) {
    static const char *const plain[] = {
        "region",  "name",    "namespace", "host",    "user",  "username", "type",    "kind",
        "count",   "total",   "version",   "path",    "url",   "project",  "status",  "state",
        "enabled", "created", "updated",   "expires", "owner", "tenant",   "cluster", "backend",
    };
    return IS_ONE_OF(scan->s + from, to - from, plain);
}

/* Masks values of the object's own members: all of a map of secrets, else those that are the
 * name's value. */
size_t redact_object(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    bool map = key->class.plural && key->class.kind != BERTH_KEY_CREDENTIAL;
    redact_key member = *key; /* each cookie of a map is one secret */
    if (key->class.kind == BERTH_KEY_COOKIE) member.class.kind = BERTH_KEY_SECRET;
    size_t stop = scan->len - at > OBJECT_MAX ? at + OBJECT_MAX : scan->len, end = 0, i = at;
    unsigned depth = 0;
    for (; i < stop; i++) {
        if (s[i] == '{' || s[i] == '[')
            depth++;
        else if ((s[i] == '}' || s[i] == ']') && --depth == 0)
            break;
        if (depth < 1 || depth > (map ? 2 : 1) || !byte_is(s[i], BYTE_WORD) ||
            byte_is(s[i - 1], BYTE_NAME))
            continue;
        size_t from = i;
        while (i < stop && byte_is(s[i], BYTE_NAME)) i++;
        size_t to = i;
        i = redact_skip_blanks(scan, i + redact_quote_at(scan, i).len);
        if (redact_peek(scan, i) != ':' && redact_peek(scan, i) != '=') {
            i = to - 1;
            continue;
        }
        i += redact_is_at(scan, i, "=>") ? 2 : 1;
        i = redact_skip_blanks(scan, i);
        char c = redact_peek(scan, i);
        redact_quote quote = redact_quote_at(scan, i);
        size_t done = 0;
        bool value = map && depth == 1 ? !is_plain_member(scan, from, to)
                                       : is_value_member(scan, key, from, to);
        if (c != '{' && c != '[' && value) done = redact_value(scan, &member, i, SYNTAX_QUOTED);
        if (done)
            i = end = done;
        else if (quote.len)
            redact_quoted(scan, i, quote, &i); /* past what is none */
        else
            i--;
    }
    redact_work(scan, i - at);
    return end;
}

/* correct horse battery staple: three words or more without any that sentences are made of. */
static size_t phrase_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    size_t i = at, words = 0;
    if (!key->class.phrase) return end;
    while (i < scan->len && i < at + TAG_MAX) {
        size_t from = i;
        while (i < scan->len && byte_is(scan->s[i], BYTE_LETTER)) i++;
        if (i == from || redact_is_speech(scan->s + from, i - from) ||
            redact_pair_follows(scan, from))
            break;
        words++;
        if (words > 2) end = i;
        if (redact_peek(scan, i) != ' ') break;
        i++;
    }
    return end;
}

/* Does the mark stand so often at `at`? */
static bool is_repeated(const redact_scan *scan, size_t at, redact_quote quote, size_t times) {
    if (quote.slashes) return false;
    for (size_t i = 0; i < times; i++) {
        if (redact_peek(scan, at + i) != quote.mark) return false;
    }
    return times < 3 || redact_peek(scan, at + times) != quote.mark;
}

/* A backslash makes a blank part of a word on a command line. */
static size_t shell_end(const redact_scan *scan, size_t at) {
    size_t end = redact_bare_end(scan, at);
    while (end > at && end < scan->len && scan->s[end] == ' ' && scan->s[end - 1] == '\\')
        end = redact_bare_end(scan, end + 1);
    return end;
}

/* PWD=/root: where a command runs. */
static bool is_directory_name(const redact_scan *scan, const redact_key *key) {
    size_t len = key->end - key->start;
    return len >= 3 && redact_folds_at(scan, key->end - 3, "pwd") &&
           (len == 3 || (len == 6 && redact_folds_at(scan, key->start, "old")));
}

/* May it be nothing but a part of a secret? */
static bool is_half(const redact_scan *scan, size_t from, size_t to) {
    const unsigned all = BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT;
    unsigned classes = 0;
    bool word = to - from >= CODE_LEAST;
    for (size_t i = from; i < to; i++) {
        classes |= berth_byte_class[(unsigned char)scan->s[i]];
        word = word && byte_is(scan->s[i], BYTE_WORD);
    }
    return (word && (classes & all) == all) || redact_is_scrambled(scan->s + from, to - from);
}

/* "x" + "y", "x" -> "y", ('x' 'y'), "x"'y' and a backslash at the line's end: the parts after the
 * first, from after its mark. */
static size_t parts(redact_scan *scan, const redact_key *key, size_t at, bool bracket,
                    redact_quote first) {
    static const char *const joints[] = {"+", "->", "=>", "..", "\\", "&", "."};
    size_t done = 0;
    for (unsigned n = 0; n < PARTS_MAX; n++) {
        size_t i = redact_skip_blanks(scan, at), joint = 0, close;
        for (size_t k = 0; k < sizeof joints / sizeof *joints && !joint; k++)
            joint = redact_is_at(scan, i, joints[k]) ? strlen(joints[k]) : 0;
        if (redact_peek(scan, i) == '\\' && !byte_is(redact_peek(scan, i + 1), BYTE_SPACE)) break;
        if (joint) i += joint;
        if (joint && redact_is_at(scan, i, " _")) i += 2; /* Visual Basic's end of a line */
        while (joint && i < scan->len && i < at + TYPE_MAX &&
               (byte_is(scan->s[i], BYTE_SPACE) ||
                (first.slashes && (redact_is_at(scan, i, "\\n") || redact_is_at(scan, i, "\\t")))))
            i += scan->s[i] == '\\' ? 2 : 1;
        redact_quote quote = redact_quote_at(scan, i);
        if (!quote.len || (quote.slashes && !(joint && quote.slashes == first.slashes))) break;
        bool glued = i == at && quote.mark != first.mark && redact_goes_on(scan, i, quote);
        size_t from = redact_quoted(scan, i, quote, &close);
        char after = redact_peek(scan, redact_skip_blanks(scan, close + quote.len));
        bool next = i > at && !joint && !key->quote.len && !key->dashes && after != ':' &&
                    after != '=' && is_half(scan, from, close); /* "x" "y" */
        if (!joint && !bracket && !glued && !next) break;
        if (from < close && redact_mark_secret(scan, from, close, key->rule)) done = close;
        at = close + quote.len;
    }
    return done;
}

/* Does {name: x or {name=x begin an object?  {a:b} may be a value in braces, as ODBC has them. */
static bool has_member(const redact_scan *scan, size_t at) {
    while (byte_is(redact_peek(scan, at), BYTE_NAME)) at++;
    char joint = redact_peek(scan, at), next = redact_peek(scan, at + 1);
    return joint == '=' ||
           (joint == ':' && (byte_is(next, BYTE_SPACE | BYTE_QUOTE) || next == '{'));
}

/* !Ref DBPassword, !vault |: a tag of YAML that names a value. */
static bool is_reference_tag(const redact_scan *scan, size_t at) {
    size_t end = at + 1;
    if (redact_peek(scan, at) != '!') return false;
    while (end < at + TYPE_MAX && byte_is(redact_peek(scan, end), BYTE_LETTER)) end++;
    return end > at + 2 && redact_peek(scan, end) == ' ';
}

/* What is neither a literal nor a bare value: headers, lists, objects, blocks of YAML from *at on.
 * False: none of them, and *at is moved past a tag. */
static bool structured(redact_scan *scan, const redact_key *key, size_t *at, redact_syntax syntax,
                       size_t *end) {
    berth_key_kind kind = key->class.kind;
    char c = redact_peek(scan, *at), next = redact_peek(scan, *at + 1);
    bool found = true;
    *end = 0;
    if (c == '(' && kind == BERTH_KEY_CREDENTIAL && has_member(scan, *at + 1)) return true;
    if (c == '{' && (next == '{' || next == '%')) return true; /* a template */
    if (redact_is_at(scan, *at, "${{ ")) { /* secrets.TOKEN }}, format(...) }} */
        size_t word = *at + 4;
        while (byte_is(redact_peek(scan, word), BYTE_LETTER)) word++;
        if (byte_in(redact_peek(scan, word), ".(") && word < scan->len) return true;
    }
    if (kind == BERTH_KEY_COOKIE && c != '{' && c != '[') {
        *end = redact_cookies(scan, *at);
    } else if (kind == BERTH_KEY_AUTH && c != '{' && !(c == '[' && !byte_is(next, BYTE_LETTER))) {
        if (c == '(')
            *end = redact_tuple(scan, key, *at, &found);
        else
            *end = redact_header(scan, key, *at + (c == '['), syntax);
        found = true;
    } else if (c == '[') {
        *end = redact_items(scan, key, *at, syntax);
    } else if (c == '{') {
        *end = redact_object(scan, key, *at);
        bool broken = redact_is_at(scan, *at + 1, "\\n") || redact_is_at(scan, *at + 1, "\\r");
        found = *end || byte_is(next, BYTE_SPACE) || redact_quote_at(scan, *at + 1).len || broken ||
                next == '}' || has_member(scan, *at + 1);
    } else {
        if (c == '!' && byte_is(next, BYTE_LETTER)) { /* !vault | */
            size_t tag = *at + 1;
            while (tag < *at + TYPE_MAX && byte_is(redact_peek(scan, tag), BYTE_LOWER)) tag++;
            if (redact_is_at(scan, tag, " |") || redact_is_at(scan, tag, " >")) *at = tag + 1;
            if (is_reference_tag(scan, *at)) return true;
        }
        if (c == '&' && byte_is(next, BYTE_LETTER)) { /* &anchor x */
            size_t tag = *at + 1;
            while (tag < *at + TYPE_MAX && byte_is(redact_peek(scan, tag), BYTE_NAME)) tag++;
            if (redact_peek(scan, tag) == ' ' && scan->s[*at - 1] == ' ' &&
                !redact_pair_follows(scan, tag + 1))
                *at = tag + 1;
        }
        c = redact_peek(scan, *at);
        found = false;
        if (c == '|' || c == '>') *end = redact_block_lines(scan, key, *at, &found);
    }
    return found;
}

/* Is the mark doubled because a string in such marks is around it: 'host=x password=''y'' z'? */
static bool is_inside(const redact_scan *scan, const redact_key *key, size_t at,
                      redact_quote quote) {
    size_t from = at + 2, i = from;
    if (key->quote.len || !byte_is(redact_peek(scan, from), BYTE_WORD | BYTE_HIGH)) return false;
    while (i < scan->len && i < at + TAG_MAX && !byte_is(scan->s[i], BYTE_SPACE | BYTE_QUOTE)) i++;
    return redact_peek(scan, i) == quote.mark && redact_peek(scan, i + 1) == quote.mark;
}

/* Past the member whose name's mark stands at `at`; 0: it is no name and a value in marks. *strong:
 * the name is that of a password, and the value is none that is empty; else all may know it. */
static size_t member_end(const redact_scan *scan, size_t at, size_t close, bool *strong) {
    static const char *const open[] = {"user", "username", "login", "email",
                                       "host", "hostname", "port",  "role"};
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = at + quote.len, to = from, end;
    while (to < close && byte_is(scan->s[to], BYTE_NAME)) to++;
    if (!quote.len || to == from || redact_quote_at(scan, to).len != quote.len) return 0;
    size_t value = redact_skip_blanks(scan, to + quote.len);
    value += redact_is_at(scan, value, "=>") ? 2 : redact_peek(scan, value) == ':';
    value = redact_skip_blanks(scan, value);
    if (redact_quote_at(scan, value).len != quote.len) return 0;
    end = redact_quote_close(scan, value + quote.len, quote);
    if (end == SIZE_MAX || end == value + quote.len || end >= close) return 0;
    *strong = redact_classify(scan->r, scan->s + from, to - from).weight == BERTH_KEY_STRONG;
    return *strong || IS_ONE_OF(scan->s + from, to - from, open) ? end + quote.len : 0;
}

/* session => "{\"login\":\"ann\",\"password\":\"x\"}": do the members of the text tell by their own
 * names what in it is the secret? */
static bool tells_itself(const redact_scan *scan, const redact_key *key, size_t from,
                         size_t close) {
    bool kind = key->class.kind == BERTH_KEY_SESSION || key->class.kind == BERTH_KEY_CREDENTIAL;
    bool strong = false, any = false;
    if (!kind || close - from > OBJECT_MAX || redact_peek(scan, from) != '{') return false;
    redact_work(scan, 100 + 2 * (close - from));
    for (size_t at = from + 1; at < close; at = redact_skip_blanks(scan, at + 1)) {
        at = member_end(scan, redact_skip_blanks(scan, at), close, &strong);
        if (!at) return false;
        any = any || strong;
        if (redact_peek(scan, at) == '}') return any && at + 1 == close;
        if (redact_peek(scan, at) != ',') return false;
    }
    return false;
}

static size_t quoted_value(redact_scan *scan, const redact_key *key, size_t at, redact_quote quote,
                           redact_syntax syntax) {
    size_t close;
    char before = key->start > 0 && !key->quote.len ? scan->s[key->start - 1] : '\0';
    bool closes = before == quote.mark && at >= key->end && /* no other mark closes the name's */
                  !memchr(scan->s + key->end, before, at - key->end);
    if (closes && !byte_is(redact_peek(scan, at + quote.len), BYTE_WORD | BYTE_HIGH))
        return 0; /* getpass("Password: ") */
    if (!key->quote.len && redact_closes_string(scan, at, quote)) return 0;
    if (is_repeated(scan, at, quote, 3))
        quote.repeat = 3;
    else if (is_repeated(scan, at, quote, 2) &&
             (key->quote.repeat == 2 || is_inside(scan, key, at, quote)))
        quote.repeat = 2;
    quote.len += quote.repeat ? quote.repeat - 1 : 0;
    size_t from = redact_quoted(scan, at, quote, &close);
    if (tells_itself(scan, key, from, close)) return 0;
    if (close > from && close < scan->len && redact_is_broken(scan, close - 1))
        scan->encoded |= DISGUISE_CODED; /* it goes on in the next line */
    if (syntax != SYNTAX_PROSE) syntax = SYNTAX_QUOTED;
    if (!redact_is_secret(scan, key->class, from, close, syntax)) return 0;
    size_t end = redact_mark_value(scan, key, from, close, false) ? close : 0;
    bool vector = at > 8 && redact_is_at(scan, at - 2, "] ") && syntax == SYNTAX_QUOTED; /* R's */
    bool bracket = vector || (at > 0 && scan->s[at - 1] == '(');
    size_t more = quote.repeat ? 0 : parts(scan, key, close + quote.len, bracket, quote);
    return more ? more : end;
}

/* user/password: ann/x, user:pass = ann:x, credentials: ann / x, .pgpass: host:5432:db:ann:x. Where
 * the password begins in the value; `at`: there is nothing else in it. */
static size_t password_part(const redact_scan *scan, const redact_key *key, size_t at,
                            size_t *end) {
    static const char *const users[] = {"user", "username", "login", "name", "email", "uid"};
    const char *s = scan->s;
    bool pair = key->class.kind == BERTH_KEY_CREDENTIAL;
    if (pair && (redact_is_at(scan, *end, " / ") || redact_is_at(scan, *end, " : "))) {
        size_t from = *end + 3;
        *end = redact_bare_end(scan, from);
        return from;
    }
    char joint = key->start > 1 ? s[key->start - 1] : '\0';
    if (joint == '/' || joint == ':') {
        size_t word = key->start - 1;
        while (word > 0 && key->start - word < TYPE_MAX && byte_is(s[word - 1], BYTE_LETTER))
            word--;
        pair = pair || IS_ONE_OF(s + word, key->start - 1 - word, users);
    }
    if (redact_folds_at(scan, key->end - 6, "pgpass")) {
        size_t last = *end;
        while (last > at && s[last - 1] != ':') last--;
        return last;
    }
    for (size_t i = at; pair && i < *end; i++) {
        if ((s[i] == ':' || s[i] == '/') && i > at && i + 1 < *end && s[i + 1] != s[i])
            return i + 1;
        if (!byte_is(s[i], BYTE_NAME)) break;
    }
    return at;
}

/* nqn3x-tmnf7, gvc3g-kddee: codes of which each is to be used once. */
static size_t code_list(redact_scan *scan, const redact_key *key, size_t at) {
    size_t done = 0;
    for (unsigned n = 0; n < ITEMS_MAX; n++) {
        size_t end = redact_bare_end(scan, at);
        size_t digits = at;
        while (digits < end && (byte_is(scan->s[digits], BYTE_DIGIT) || scan->s[digits] == '-'))
            digits++;
        bool code = digits == end || redact_is_mixture(scan, at, end);
        if (end - at < CODE_LEAST || !code || redact_is_pair(scan, at)) break;
        if (redact_mark_secret(scan, at, end, key->rule)) done = end;
        at = end + (redact_peek(scan, end) == ',');
        if (redact_peek(scan, at) != ' ') break;
        at = redact_skip_blanks(scan, at);
    }
    return done;
}

/* {x y}; of ODBC, in which }} stands for }: past the brace, or 0. */
static size_t brace_end(const redact_scan *scan, size_t at) {
    size_t i = at + 1, stop = scan->len - at > TAG_MAX ? at + TAG_MAX : scan->len;
    for (; i < stop && scan->s[i] != '\n'; i++) {
        if (scan->s[i] != '}') continue;
        if (redact_peek(scan, i + 1) != '}') return redact_peek(scan, i + 1) == ';' ? i + 1 : 0;
        i++;
    }
    return 0;
}

/* volume "creds" : secret "db-1" not found */
static bool is_other_name(const redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    return key->quote.len && byte_is(redact_peek(scan, to), BYTE_SPACE) &&
           redact_classify(scan->r, scan->s + from, to - from).kind != BERTH_KEY_NONE;
}

/* ?key=x, --key x */
static bool is_plain_key(const redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    char before = key->start > 0 ? scan->s[key->start - 1] : '\0';
    return key->class.bare && (key->dashes || before == '?' || before == '&') &&
           to - from >= KEY_LEAST && redact_is_scrambled(scan->s + from, to - from);
}

/* self.password = password */
static bool is_itself(const redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    size_t len = to - from;
    bool name = byte_is(redact_peek(scan, from), BYTE_LOWER) || redact_peek(scan, from) == '_';
    return len > 0 && len <= key->end - key->start && name &&
           memcmp(scan->s + key->end - len, scan->s + from, len) == 0 &&
           redact_classify(scan->r, scan->s + from, len).kind == key->class.kind;
}

static size_t bare_value(redact_scan *scan, const redact_key *key, size_t at,
                         redact_syntax syntax) {
    bool shell = key->dashes || (at > 0 && scan->s[at - 1] == '=');
    size_t end = shell ? shell_end(scan, at) : redact_bare_end(scan, at);
    end = redact_named_end(scan, key, at, end);
    end = redact_note_tag(scan, at, end);
    if (key->class.kind == BERTH_KEY_CODE && key->class.plural) return code_list(scan, key, at);
    size_t code = key->class.kind == BERTH_KEY_CODE ? redact_said_code(scan, at) : 0;
    if (code > end) end = code; /* 482 113 */
    size_t bytes = redact_byte_run(scan, at);
    if (bytes > end) end = bytes;
    if (end == at + 1 && !(scan->encoded & DISGUISE_SPACED) &&
        redact_is_disguised(scan, at, DISGUISE_SPACED))
        scan->encoded |= DISGUISE_SPACED;
    if (end > at && end < scan->len && redact_is_broken(scan, end - 1))
        scan->encoded |= DISGUISE_CODED;
    if (syntax != SYNTAX_PROSE) {
        end = redact_settings_end(scan, key, at, phrase_end(scan, key, at, end));
        at = password_part(scan, key, at, &end);
    }
    if (redact_is_at(scan, at, "$(") && redact_is_echo(scan, at + 2))
        return redact_echoed(scan, key, at);
    size_t digits = at; /* "HAVE_PASSWD": 1 */
    while (digits < end && byte_is(scan->s[digits], BYTE_DIGIT)) digits++;
    if (key->quote.len && digits == end && end - at < 3) return 0;
    if (is_other_name(scan, key, at, end) || is_itself(scan, key, at, end)) return 0;
    size_t brace = redact_peek(scan, at) == '{' ? brace_end(scan, at) : 0;
    if (brace && redact_has_odd_bytes(scan, at + 1, brace - 1) && brace - at > 6)
        return redact_is_secret(scan, key->class, at + 1, brace - 1, SYNTAX_QUOTED) &&
                       redact_mark_value(scan, key, at, brace, true)
                   ? brace
                   : 0;
    if (brace) end = brace;
    if (end <= at) return 0;
    /* under a name in marks a word without them is code's: 'token': self.token */
    if (key->quote.len && byte_is(scan->s[at], BYTE_LETTER) && syntax != SYNTAX_PROSE)
        syntax = SYNTAX_TIGHT;
    if (!is_plain_key(scan, key, at, end) && !redact_is_secret(scan, key->class, at, end, syntax))
        return 0;
    if (!redact_mark_value(scan, key, at, end, true)) return 0;
    bool header = redact_peek(scan, key->end) == ':' && /* and more below */
                  redact_folds_at(scan, key->start, "x-");
    size_t more = header ? redact_folded(scan, key, end) : 0;
    return more ? more : end;
}

/* Where x begins in '"'"'x'"'"', as a shell writes marks within marks, and *close; 0: no such. */
static size_t shell_quoted(const redact_scan *scan, size_t at, size_t *close) {
    static const char mark[] = "'\"'\"'";
    size_t from = at + strlen(mark);
    if (!redact_is_at(scan, at, mark)) return 0;
    size_t stop = scan->len - from > TAG_MAX ? from + TAG_MAX : scan->len;
    for (*close = from; *close < stop && scan->s[*close] != '\n'; ++*close) {
        if (scan->s[*close] == '\'' && redact_is_at(scan, *close, mark)) return from;
    }
    redact_work(scan, *close - from);
    return 0;
}

size_t redact_value(redact_scan *scan, const redact_key *key, size_t at, redact_syntax syntax) {
    size_t end, inner = shell_quoted(scan, at, &end);
    if (inner && redact_is_secret(scan, key->class, inner, end, SYNTAX_QUOTED))
        return redact_mark_secret(scan, inner, end, key->rule) ? end : 0;
    at = redact_skip_colour(scan, at);
    if (redact_is_at(scan, at, "</")) return 0;
    if (redact_peek(scan, at) == '(' && redact_is_term(scan->s + at + 1, scan->len - at - 1)) {
        size_t reach = scan->len - at < TYPE_MAX ? scan->len - at : TYPE_MAX;
        const char *close = memchr(scan->s + at, ')', reach);
        if (close) at = redact_skip_blanks(scan, (size_t)(close - scan->s) + 1); /* (md5) x */
    }
    if (redact_peek(scan, at + redact_quote_at(scan, at).len) == '/' &&
        is_directory_name(scan, key))
        return 0;
    if (redact_peek(scan, at) == '<' && (end = redact_tagged(scan, key, at)) > 0) return end;
    redact_work(scan, 50);
    if (syntax != SYNTAX_PROSE && redact_constructed(scan, key, at)) return 0;
    bool header = key->class.kind == BERTH_KEY_AUTH || key->class.kind == BERTH_KEY_COOKIE;
    if (redact_peek(scan, at) == '&' && redact_peek(scan, at + 1) == '[') at++; /* Go's &[1 2] */
    if (!header && syntax != SYNTAX_PROSE) {
        bool read;
        end = redact_code(scan, key, at, &read);
        if (end || read) return end;
    }
    if (structured(scan, key, &at, syntax, &end)) return end;
    if (key->class.kind == BERTH_KEY_CREDENTIAL &&
        (redact_is_at(scan, at, "AKIA") || redact_is_at(scan, at, "ASIA") ||
         redact_is_at(scan, at, "***/") || redact_is_at(scan, at, "***%")))
        return 0; /* the id's shape is masked, not the scope after it */
    at = redact_skip_type(scan, at);
    redact_quote quote = redact_quote_at(scan, at);
    if (quote.len) return quoted_value(scan, key, at, quote, syntax);
    return bare_value(scan, key, at, syntax);
}
