/* redact_construct.c - values as constructors and printers of objects write them:
 * Credentials(type=PASSWORD, value=x), Secret{value='x'}, Credentials { user: "ann", value: "x" },
 * <Credentials user='ann' value='x'>, Credentials(ann, x).  The word before the bracket is a type;
 * of the members the one that holds the value is the secret, and others tell by their own names
 * what they are. */
#include <string.h>

#include "log/redact_private.h"

#define TYPE_MAX 64
#define TYPE_LEAST 3
#define DIGITS_MAX 2 /* of a type's name */
#define OBJECT_MAX 512
#define NESTED_MAX 3 /* Optional[Some(Credentials(...))] */
#define ITEMS_MAX 6

/* Past a type's name, whose last part begins with a capital letter: main.Creds, auth::Secret<T>;
 * `at`: there is none. */
static size_t type_end(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at, last = at, stop = scan->len - at > TYPE_MAX ? at + TYPE_MAX : scan->len;
    for (; i < stop; i++) {
        bool joint = s[i] == '.' || s[i] == '$' || (s[i] == ':' && redact_peek(scan, i + 1) == ':');
        if (s[i] == ':' && joint) i++;
        if (joint)
            last = i + 1;
        else if (!byte_is(s[i], BYTE_WORD) && s[i] != '_')
            break;
    }
    if (i >= stop || i - last < TYPE_LEAST || !byte_is(s[last], BYTE_UPPER)) return at;
    size_t letters = last, digits = 0; /* OAuth2Token, but not X7a */
    while (letters < i && byte_is(s[letters], BYTE_LETTER)) letters++;
    for (size_t k = letters; k < i; k++) digits += byte_is(s[k], BYTE_DIGIT);
    if (letters - last < TYPE_LEAST || digits > DIGITS_MAX ||
        redact_is_jumble(s + last, letters - last))
        return at;
    if (s[i] != '<') return i;
    const char *close = memchr(s + i, '>', stop - i);
    return close ? (size_t)(close - s) + 1 : at;
}

/* Does `name=` or `name: ` stand at `at`? */
static bool is_member(const redact_scan *scan, size_t at, char open) {
    size_t i = at + (redact_peek(scan, at) == '@'); /* of Ruby */
    i += redact_quote_at(scan, i).len;
    size_t from = i;
    while (i < at + TYPE_MAX && (byte_is(redact_peek(scan, i), BYTE_WORD) ||
                                 byte_in(redact_peek(scan, i), "_-")))
        i++;
    if (i == from || !byte_is(scan->s[from], BYTE_LETTER | BYTE_JOINT)) return false;
    i += redact_quote_at(scan, i).len;
    char c = redact_peek(scan, i), next = redact_peek(scan, i + 1);
    return (c == '=' && next != '=') ||
           (c == ':' && next != ':' && open != '<' && (open == '{' || next == ' '));
}

/* #<struct Creds user="ann">, <Creds user='ann'>, #<Creds:0x01 @user="ann">: where the members
 * begin. */
static size_t tag_members(const redact_scan *scan, size_t at) {
    size_t i = at + 1 + redact_is_at(scan, at, "#<");
    bool ruby = i == at + 2;
    if (ruby && redact_is_at(scan, i, "struct ")) i += 7;
    size_t type = type_end(scan, i);
    if (type == i) return 0;
    while (ruby && type < i + TYPE_MAX && redact_peek(scan, type) != ' ') type++;
    return redact_peek(scan, type) == ' ' && is_member(scan, type + 1, '<') ? type + 1 : 0;
}

/* Does another member follow, a blank before it?  {a:b} may be a password in braces. */
static bool has_another(const redact_scan *scan, size_t at) {
    size_t stop = scan->len - at > TYPE_MAX ? at + TYPE_MAX : scan->len;
    const char *blank = memchr(scan->s + at, ' ', stop - at);
    if (!blank) return false;
    at = (size_t)(blank - scan->s) + 1;
    return byte_is(redact_peek(scan, at), BYTE_UPPER) && redact_pair_follows(scan, at);
}

/* {User:ann Value:x}, &{ann x}, map[user:ann value:x], as Go prints what has no name: where the
 * bracket opens; 0: it is none of them.  *items: there are no names. */
static size_t go_value(const redact_scan *scan, const redact_key *key, size_t at, bool *items) {
    bool map = redact_is_at(scan, at, "map["), told = redact_is_at(scan, at, "&{");
    size_t open = at + (map ? 3 : told ? 1 : 0), i = open + 1;
    if (redact_peek(scan, open) != (map ? '[' : '{')) return 0;
    bool user = key->class.kind == BERTH_KEY_CREDENTIAL;
    if (!byte_is(redact_peek(scan, i), BYTE_LETTER)) return 0;
    while (i < open + TYPE_MAX && (byte_is(redact_peek(scan, i), BYTE_WORD) ||
                                   byte_in(redact_peek(scan, i), "_-.")))
        i++;
    char c = redact_peek(scan, i), next = redact_peek(scan, i + 1);
    if (c == ':') {
        if (next == ':' || byte_is(next, BYTE_SPACE | BYTE_QUOTE)) return 0;
        return map || user || has_another(scan, i) ? open : 0;
    }
    *items = user && !map && c == ' ';
    return *items ? open : 0;
}

/* Where the bracket of a constructor opens whose type stands at `at`; 0: it is none.  *items: its
 * arguments have no names. */
static size_t constructor_at(const redact_scan *scan, size_t at, unsigned nested, bool *items) {
    const char *s = scan->s;
    size_t from = at;
    if (nested == 0 && redact_is_at(scan, from, "new ")) from += 4;
    if (byte_in(redact_peek(scan, from), "&*[")) from++;
    size_t i = type_end(scan, from);
    if (i == from) return 0;
    if (redact_is_at(scan, i, " {")) i++;
    char open = redact_peek(scan, i);
    if (!byte_in(open, "({[") || open == '\0') return 0;
    size_t inner = redact_skip_blanks(scan, i + 1);
    if (is_member(scan, inner, open)) return i;
    if (byte_in(redact_peek(scan, inner), ")}]") && inner < scan->len) return i;
    if (nested < NESTED_MAX && constructor_at(scan, inner, nested + 1, items)) return i;
    if (open != '(' || nested > 0) return 0;
    *items = redact_classify(scan->r, s + from, i - from).kind != BERTH_KEY_NONE;
    return *items ? i : 0;
}

/* value, rawValue, secret_value */
static bool is_value(const redact_scan *scan, size_t from, size_t to) {
    static const char *const names[] = {"value",  "val",  "raw",  "plain",   "plaintext", "chars",
                                        "string", "text", "data", "content", "cleartext",
                                        "payload"};
    const char *s = scan->s;
    size_t word = to;
    while (word > from && byte_is(s[word - 1], BYTE_LOWER)) word--;
    if (word > from && byte_is(s[word - 1], BYTE_UPPER)) word--;
    return IS_ONE_OF(s + word, to - word, names);
}

/* May the member be nothing but the value, whatever its name: Session(id=x), ApiKey(k=x)? */
static bool is_sole_value(const redact_scan *scan, const redact_key *key, size_t from, size_t to,
                          size_t value) {
    size_t end = redact_word_end(scan, value);
    bool id = bytes_are_word(scan->s + from, to - from, "id");
    if (key->class.kind == BERTH_KEY_SESSION && id) return true;
    if (key->class.kind == BERTH_KEY_CREDENTIAL || key->class.kind == BERTH_KEY_AUTH) return false;
    return redact_is_scrambled(scan->s + value, end - value);
}

/* Marks what stands under such names in the brackets from `open` on. */
static void members(redact_scan *scan, const redact_key *key, size_t open) {
    const char *s = scan->s;
    size_t stop = scan->len - open > OBJECT_MAX ? open + OBJECT_MAX : scan->len;
    unsigned depth = 0;
    redact_key member = *key;
    member.quote = (redact_quote){0};
    member.dashes = 0;
    if (key->class.kind == BERTH_KEY_COOKIE || key->class.kind == BERTH_KEY_AUTH)
        member.class.kind = BERTH_KEY_SECRET;
    redact_work(scan, 100);
    for (size_t i = open; i < stop && s[i] != '\n'; i++) {
        if (byte_in(s[i], "({[") || (s[i] == '<' && i == open))
            depth++;
        else if (byte_in(s[i], ")}]>") && --depth == 0)
            break;
        if (!byte_is(s[i], BYTE_WORD) && s[i] != '_') continue;
        size_t from = i;
        while (i < stop && (byte_is(s[i], BYTE_WORD) || s[i] == '_')) i++;
        size_t to = i;
        i = redact_skip_blanks(scan, i + redact_quote_at(scan, i).len);
        if (!byte_in(redact_peek(scan, i), "=:") || i >= stop) {
            i = to - 1;
            continue;
        }
        i = redact_skip_blanks(scan, i + 1);
        redact_quote quote = redact_quote_at(scan, i);
        size_t done = 0;
        bool nested = byte_in(redact_peek(scan, i), "({[") || type_end(scan, i) > i;
        bool plain = quote.len || !nested || !byte_in(redact_peek(scan, type_end(scan, i)), "({[");
        plain = plain && (is_value(scan, from, to) ||
                          is_sole_value(scan, key, from, to, i + quote.len));
        if (plain)
            done = redact_value(scan, &member, i, quote.len ? SYNTAX_QUOTED : SYNTAX_TIGHT);
        if (done)
            i = done - 1 + quote.len;
        else if (quote.len)
            redact_quoted(scan, i, quote, &i); /* past what is none */
        else
            i--;
    }
}

/* &{ann x 3}: what stands after the user's name, and what else can be nothing but a secret. */
static void go_items(redact_scan *scan, const redact_key *key, size_t open) {
    size_t stop = scan->len - open > OBJECT_MAX ? open + OBJECT_MAX : scan->len, at = open + 1;
    for (unsigned n = 0; n < ITEMS_MAX && at < stop; n++) {
        size_t from = at;
        while (at < stop && !byte_is(scan->s[at], BYTE_SPACE) && scan->s[at] != '}') at++;
        bool mixed = redact_is_mixture(scan, from, at) && redact_has_digit(scan, from, at);
        bool secret = n == 1 ? mixed : n > 1 && redact_is_scrambled(scan->s + from, at - from);
        if (secret && redact_is_secret(scan, key->class, from, at, SYNTAX_TIGHT))
            redact_mark_secret(scan, from, at, key->rule);
        if (redact_peek(scan, at++) != ' ') return;
    }
}

/* Credentials(ann, x), Secret(x): all after the user, or the first. */
static void arguments(redact_scan *scan, const redact_key *key, size_t open) {
    const char *s = scan->s;
    bool user = key->class.kind == BERTH_KEY_CREDENTIAL || key->class.kind == BERTH_KEY_AUTH;
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    size_t at = open + 1, stop = scan->len - open > OBJECT_MAX ? open + OBJECT_MAX : scan->len;
    for (unsigned n = 0; n < ITEMS_MAX && at < stop; n++) {
        at = redact_skip_blanks(scan, at);
        redact_quote quote = redact_quote_at(scan, at);
        size_t from = at + quote.len, to = from;
        if (quote.len) to = redact_quote_close(scan, from, quote);
        if (to == SIZE_MAX) return;
        while (!quote.len && to < stop && s[to] != ',' && s[to] != ')') to++;
        bool only = redact_peek(scan, to + quote.len) != ',';
        bool secret = user ? n > 0 || only : n == 0;
        bool named = !quote.len && !redact_has_digit(scan, from, to) && /* BearerToken(validator) */
                     !redact_is_scrambled(s + from, to - from);
        if (secret && !named && redact_is_secret(scan, class, from, to,
                                       quote.len ? SYNTAX_QUOTED : SYNTAX_TIGHT))
            redact_mark_secret(scan, from, to, key->rule);
        if (only) return;
        at = to + quote.len + 1;
    }
}

/* Does the constructor end where its bracket closes, and no word go on there? */
static bool ends_there(const redact_scan *scan, size_t open) {
    const char *s = scan->s;
    size_t stop = scan->len - open > OBJECT_MAX ? open + OBJECT_MAX : scan->len;
    unsigned depth = 0;
    for (size_t i = open; i < stop; i++) {
        if (byte_in(s[i], "({["))
            depth++;
        else if (byte_in(s[i], ")}]") && --depth == 0)
            return i + 1 >= scan->len || byte_is(s[i + 1], BYTE_SPACE | BYTE_QUOTE) ||
                   byte_in(s[i + 1], ",;:.)}]>|\\<&");
        if (s[i] == '\n') break;
    }
    return true; /* the line is cut off */
}

static bool may_be_constructed(const redact_key *key) {
    switch (key->class.kind) {
    case BERTH_KEY_PASSWORD:
    case BERTH_KEY_SECRET:
    case BERTH_KEY_TOKEN:
    case BERTH_KEY_KEY:
    case BERTH_KEY_CREDENTIAL:
    case BERTH_KEY_AUTH:
    case BERTH_KEY_COOKIE:
    case BERTH_KEY_SESSION:
        return true;
    default:
        return false;
    }
}

/* Past the mark of "Credentials(...)", a text that is a constructor; else `at`. */
static size_t text_of(const redact_scan *scan, size_t at) {
    redact_quote quote = redact_quote_at(scan, at);
    if (!quote.len || !byte_is(redact_peek(scan, at + quote.len), BYTE_UPPER)) return at;
    size_t from = at + quote.len, close = redact_quote_close(scan, from, quote);
    bool whole = close != SIZE_MAX && close > from && byte_in(scan->s[close - 1], ")}]>");
    return whole ? from : at;
}

bool redact_constructed(redact_scan *scan, const redact_key *key, size_t at) {
    bool items = false;
    if (!may_be_constructed(key)) return false;
    at = text_of(scan, at);
    char c = redact_peek(scan, at);
    size_t open = 0;
    if (c == '<' || redact_is_at(scan, at, "#<")) {
        if (tag_members(scan, at)) open = at + (c == '#');
    } else if (byte_is(c, BYTE_LETTER) || byte_in(c, "&*[")) {
        open = constructor_at(scan, at, 0, &items);
    }
    bool unnamed = open == 0;
    if (unnamed) open = go_value(scan, key, at, &items);
    if (open == 0 || !ends_there(scan, open)) return false;
    if (items && unnamed)
        go_items(scan, key, open);
    else if (items)
        arguments(scan, key, open);
    else
        members(scan, key, redact_peek(scan, at) == '[' ? at : open);
    return true;
}
