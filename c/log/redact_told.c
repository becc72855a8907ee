/* redact_told.c - names of secrets that are values themselves: {"name": "password", "value": "x"},
 * <property name="password" value="x"/>, <key>Password</key><string>x</string>, form data. */
#include <string.h>

#include "log/redact_private.h"

#define REACH 160 /* bytes between the name and its value */
#define TAGS_MAX 4
#define WORDS_BACK 24 /* bytes of other words before a name in a cell */
#define PATCH_REACH 64 /* bytes after a path that tell of a patch */
#define SETUP_BYTES 32
#define BELOW 64 /* bytes of a log's own before `value` */

static const char *const tellers[] = {
    "name", "key",     "field",    "id",     "k",     "param",  "parameter", "variable", "var", "p",
    "attr", "setting", "property", "header", "label", "option", "attribute", "type",     "env", "n",
};
static const char *const values[] = {
    "value", "val", "v", "content", "data", "default", "string", "text",
};
/* What a change tells: {"field": "password", "old": "x", "new": "y"}. */
static const char *const changes[] = {"old",      "new",     "before", "after",
                                      "previous", "current", "from",   "to"};

/* Where the last word begins of the name that ends at `end`: headerName, header_name. */
static size_t last_word(const redact_scan *scan, size_t start, size_t end) {
    const char *s = scan->s;
    size_t i = end;
    while (i > start && end - i < BERTH_KEY_NAME_MAX && byte_is(s[i - 1], BYTE_LOWER)) i--;
    if (i > start && i < end && byte_is(s[i - 1], BYTE_UPPER)) i--;
    if (i == end) { /* NAME */
        while (i > start && byte_is(s[i - 1], BYTE_UPPER)) i--;
    }
    return i;
}

/* Where the path's text begins that ends in the name, and is the value of a name itself; the name's
 * start when there is none.  *patch: it is one of JSON Patch, {"op": "replace",
 * "path": "/user/password", "value": "x"}. */
static size_t told_path(const redact_scan *scan, const redact_key *key, bool *patch) {
    size_t i = key->start, low = i > REACH ? i - REACH : 0;
    *patch = false;
    if (!key->quote.len || i == 0 || scan->s[i - 1] != '/') return i;
    while (i > low && (byte_is(scan->s[i - 1], BYTE_NAME) || scan->s[i - 1] == '/')) i--;
    size_t open = i;
    while (open > low && scan->s[open - 1] != '{') open--;
    for (size_t op = open; op < key->end + PATCH_REACH; op++) {
        if (redact_is_at(scan, op, "op\"") || redact_is_at(scan, op, "op'") ||
            redact_is_at(scan, op, "op\\\""))
            *patch = true;
    }
    return i > low && byte_is(scan->s[i - 1], BYTE_QUOTE) ? i : key->start;
}

/* The start of `name` in name="password", where the name before the key tells one; SIZE_MAX. */
static size_t teller_before(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    bool patch;
    size_t i = told_path(scan, key, &patch);
    bool path = i < key->start;
    while (i > 0 && (s[i - 1] == '-' || s[i - 1] == '.')) i--;
    if (i > 0 && byte_is(s[i - 1], BYTE_QUOTE)) i--;
    while (i > 0 && s[i - 1] == '\\') i--;
    while (i > 0 && key->start - i < REACH && s[i - 1] == ' ') i--;
    bool quoted = key->start > 0 && byte_is(s[key->start - 1], BYTE_QUOTE);
    if (i == 0) return SIZE_MAX;
    if (s[i - 1] == '=' || s[i - 1] == ':')
        i--;
    else if (!quoted || s[i] != ' ')
        return SIZE_MAX; /* field "password" */
    while (i > 0 && key->start - i < REACH && s[i - 1] == ' ') i--;
    if (i > 0 && byte_is(s[i - 1], BYTE_QUOTE)) i--;
    while (i > 0 && s[i - 1] == '\\') i--;
    size_t end = i;
    while (i > 0 && end - i < BERTH_KEY_NAME_MAX && byte_is(s[i - 1], BYTE_NAME)) i--;
    size_t word = last_word(scan, i, end);
    if (path) { /* that of a parameter in a store: {"Name": "/prod/db/password", "Value": "x"} */
        bool stored = bytes_are_word(s + word, end - word, "name") ||
                      bytes_are_word(s + word, end - word, "key");
        return (patch && bytes_are_word(s + word, end - word, "path")) || stored ? i : SIZE_MAX;
    }
    return IS_ONE_OF(s + word, end - word, tellers) ? i : SIZE_MAX;
}

static bool is_mixed_text(const redact_scan *scan, size_t at) {
    redact_quote quote = redact_quote_at(scan, at);
    size_t close, from = quote.len ? redact_quoted(scan, at, quote, &close) : 0;
    return quote.len && (redact_is_mixture(scan, from, close) ||
                         redact_is_masked(scan->r, scan->s + from, close - from));
}

/* The end of the value of the name at `at`, when that is `value` or the like; *named tells. */
static size_t named_value(redact_scan *scan, const redact_key *key, size_t at, size_t end,
                          bool *named, bool *change) {
    const char *s = scan->s;
    size_t word = last_word(scan, at, end);
    size_t first = at + 1; /* old_value, newValue */
    while (first < end && byte_is(s[first], BYTE_LOWER)) first++;
    *change = IS_ONE_OF(s + word, end - word, changes) || IS_ONE_OF(s + at, first - at, changes);
    bool elsewhere = bytes_are_word(s + at, end - at, "valuefrom"); /* of Kubernetes */
    if (elsewhere || (!*change && !IS_ONE_OF(s + word, end - word, values))) return 0;
    redact_quote quote = redact_quote_at(scan, end);
    size_t i = redact_skip_blanks(scan, end + quote.len);
    bool quoted = i > end && redact_quote_at(scan, i).len; /* value "x" */
    if (i >= scan->len || (s[i] != '=' && s[i] != ':' && !quoted)) return 0;
    if (!quoted && ++i < scan->len && s[i] == '>') i++;
    bool patch, path = told_path(scan, key, &patch) < key->start;
    if (path && !patch && !*change && !is_mixed_text(scan, redact_skip_blanks(scan, i)))
        return 0; /* {"name": "/oauth/token", "value": 12.5} */
    redact_key told = *key;
    told.quote = quote;
    told.dashes = 0;
    *named = true;
    return redact_value(scan, &told, redact_skip_blanks(scan, i),
                        quote.len ? SYNTAX_QUOTED : SYNTAX_TIGHT);
}

/* Does another item of a list begin after the line end at `at`, which may be escaped? */
static bool item_follows(const redact_scan *scan, size_t at) {
    bool escaped = redact_is_at(scan, at, "\\n");
    if (!escaped && redact_peek(scan, at) != '\n') return false;
    size_t i = redact_skip_blanks(scan, at + 1 + escaped);
    return (!escaped && redact_peek(scan, i) == '\n') || redact_is_at(scan, i, "- ");
}

/* The first value between two places of one object or tag, or all of a change; `text` may follow a
 * tag. */
static size_t value_between(redact_scan *scan, const redact_key *key, size_t from, size_t to,
                            bool text) {
    const char *s = scan->s;
    size_t done = 0;
    for (size_t i = from; i < to; i++) {
        if (s[i] == '}' || item_follows(scan, i)) return done;
        if (s[i] == '>' && i > 0 && s[i - 1] != '=' && s[i - 1] != '-')
            return text && s[i - 1] != '/' ? redact_element(scan, key, i + 1) : done;
        if (!byte_is(s[i], BYTE_LETTER) || (i > 0 && byte_is(s[i - 1], BYTE_NAME))) continue;
        size_t end = i;
        while (end < scan->len && end - i < BERTH_KEY_NAME_MAX && byte_is(s[end], BYTE_NAME)) end++;
        bool named = false, change = false;
        if (!memchr("=:\"'\\ ", redact_peek(scan, end), 6)) {
            i = end - 1;
            continue;
        }
        size_t value = named_value(scan, key, i, end, &named, &change);
        if (named && !change) return value;
        done = value > done ? value : done;
        i = value > end ? value : end - 1;
    }
    return done;
}

/* Form data: the value stands after an empty line, which may be escaped. */
static size_t form_value(redact_scan *scan, const redact_key *key) {
    static const char *const gaps[] = {"\r\n\r\n", "\n\n", "\\r\\n\\r\\n"};
    const char *s = scan->s;
    for (size_t n = 0; n < sizeof gaps / sizeof *gaps; n++) {
        size_t len = strlen(gaps[n]), from = key->end + key->quote.len + len;
        if (from > scan->len || memcmp(s + from - len, gaps[n], len) != 0) continue;
        size_t end = from;
        while (end < scan->len && s[end] != '\r' && s[end] != '\n' &&
               !(s[end] == '\\' && end + 1 < scan->len && s[end + 1] == 'r'))
            end++;
        if (!redact_is_secret(scan, key->class, from, end, SYNTAX_QUOTED)) return 0;
        return redact_mark_secret(scan, from, end, key->rule) ? end : 0;
    }
    return 0;
}

/* Back over words before the name: <dt>Client secret</dt>. */
static size_t text_start(const redact_scan *scan, const redact_key *key) {
    size_t at = key->start, low = at > WORDS_BACK ? at - WORDS_BACK : 0;
    while (at > low && (byte_is(scan->s[at - 1], BYTE_LETTER) || scan->s[at - 1] == ' ')) at--;
    return at;
}

/* The name of the tag that ends before `at`, as far back as `low`. */
static size_t tag_before(const redact_scan *scan, size_t at, size_t low, size_t *name) {
    const char *s = scan->s;
    size_t open = at - 1;
    while (open > low && s[open - 1] != '>' && s[open - 1] != '<') open--;
    if (open == low || s[open - 1] != '<') return 0;
    *name = open;
    while (open < at && byte_is(s[open], BYTE_LETTER)) open++;
    return open - *name;
}

/* <key>Password</key> <string>x</string>, <b>Password:</b> x */
static size_t sibling_value(redact_scan *scan, const redact_key *key) {
    static const char *const cells[] = {"td",    "th",     "dt",  "string", "code", "b",  "span",
                                        "label", "strong", "div", "p",      "li",   "em", "i"};
    const char *s = scan->s;
    size_t word, low = key->start > REACH ? key->start - REACH : 0;
    size_t len = tag_before(scan, text_start(scan, key), low, &word);
    if (len > 0 && !IS_ONE_OF(s + word, len, tellers) && !IS_ONE_OF(s + word, len, cells)) {
        bool found;
        return redact_beside(scan, key, word, &found);
    }
    if (len == 0) return 0;
    size_t i = key->end, stop = scan->len - i > REACH ? i + REACH : scan->len;
    bool told = redact_peek(scan, i) == ':';
    if (told) i = redact_skip_blanks(scan, i + 1);
    if (stop - i < 2 || s[i] != '<' || s[i + 1] != '/') return 0;
    bool head = bytes_are_word(s + word, len, "th"); /* of its row, or of a column */
    if (head && !redact_folds_at(scan, i, "</th><td") && !redact_folds_at(scan, i, "</th> <td") &&
        !redact_folds_at(scan, i, "</th>\n<td"))
        return redact_html_column(scan, key);
    for (unsigned tags = 0; tags < TAGS_MAX && i < stop; tags++) {
        if (redact_folds_at(scan, i, "<a ")) return 0; /* where to get a new one */
        const char *close = memchr(s + i, '>', stop - i);
        if (!close) return 0;
        i = (size_t)(close - s) + 1;
        while (i < stop && byte_is(s[i], BYTE_SPACE)) i++;
        if (i < stop && s[i] != '<') return tags > 0 || told ? redact_element(scan, key, i) : 0;
    }
    return 0;
}

/* What stands before the first item of a list that is printed line by line, and before the one that
 * ends at `mark`: S, V or x of a pickle, `1) ` of Redis; its number, 0 for a letter; -1: nothing.
 */
static long item_number(const redact_scan *scan, size_t from, size_t mark) {
    const char *s = scan->s;
    size_t i = from, number = 0;
    if (mark - from == 1 && byte_in(s[from], "SV")) return 0;
    for (; i < mark && i < from + 4 && byte_is(s[i], BYTE_DIGIT); i++)
        number = number * 10 + (size_t)(s[i] - '0');
    return i > from && mark - i == 2 && s[i] == ')' && s[i + 1] == ' ' ? (long)number : -1;
}

size_t redact_item_below(redact_scan *scan, const redact_key *key, size_t line) {
    const char *s = scan->s;
    size_t mark = key->start - (key->start > key->quote.len ? key->quote.len : 0), begin = mark;
    bool unquoted = !key->quote.len && key->start < key->end && s[key->start] == 'V';
    while (begin > 0 && mark - begin < BERTH_KEY_NAME_MAX && s[begin - 1] != '\n') begin--;
    long number = unquoted && begin == mark ? 0 : item_number(scan, begin, mark), next;
    if (number < 0 || (!key->quote.len && !unquoted)) return 0;
    size_t at = line + (s[line] == '\r') + 1, end = at + 1, close;
    if (number == 0 && redact_peek(scan, at) == 'p') { /* where the pickle keeps it */
        while (byte_is(redact_peek(scan, end), BYTE_DIGIT)) end++;
        at = end + 1;
    }
    if (at >= scan->len || s[at - 1] != '\n') return 0;
    for (mark = at; mark < scan->len && mark < at + 6 && !byte_is(s[mark], BYTE_QUOTE); mark++) {
    }
    redact_quote quote = redact_quote_at(scan, mark);
    next = unquoted && s[at] == 'V' ? 0 : item_number(scan, at, mark);
    if (next != (number ? number + 1 : 0) || (!unquoted && !quote.len)) return 0;
    size_t from = at + 1;
    if (unquoted)
        close = redact_line_end(scan, from);
    else
        from = redact_quoted(scan, mark, quote, &close);
    bool sure = !number || (number % 2 && redact_is_mixture(scan, from, close) &&
                            redact_has_digit(scan, from, close)); /* perhaps a list of names */
    if (!sure || !redact_is_secret(scan, key->class, from, close, SYNTAX_QUOTED)) return 0;
    return redact_mark_secret(scan, from, close, key->rule) ? close : 0;
}

/* [type=string_type, input_value='x']: what pydantic says of the field that the line above
 * names. */
static size_t input_value(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    size_t stop = to - from > REACH ? from + REACH : to;
    for (size_t i = from; i < stop; i++) {
        if (scan->s[i] != '[' || !redact_is_at(scan, i, "[type=")) continue;
        redact_work(scan, to - i);
        for (; i < to; i++) {
            if (scan->s[i] != ' ' || !redact_is_at(scan, i, " input_value=")) continue;
            size_t at = redact_skip_type(scan, i + 13);
            return redact_quote_at(scan, at).len ? redact_value(scan, key, at, SYNTAX_QUOTED) : 0;
        }
    }
    return 0;
}

size_t redact_told_below(redact_scan *scan, const redact_key *key, size_t line) {
    size_t from = line + (redact_peek(scan, line) == '\r' ? 2 : 1),
           to = redact_near_line_end(scan, from);
    if (key->quote.len || from >= scan->len || to == SIZE_MAX) return 0;
    redact_work(scan, 60);
    size_t input = byte_is(scan->s[from], BYTE_SPACE) ? input_value(scan, key, from, to) : 0;
    if (input) return input;
    for (size_t i = from; i + 6 < to && i < from + BELOW; i++) {
        bool value =
            redact_folds_at(scan, i, "value") && (i == from || !byte_is(scan->s[i - 1], BYTE_NAME));
        char joint = value ? redact_peek(scan, i + 5) : '\0';
        if (joint == ':' || joint == '=')
            return redact_value(scan, key, redact_skip_blanks(scan, i + 6), SYNTAX_TIGHT);
    }
    return 0;
}

/* secret,id=sec0,data=x: options of one word, of which one is the value. */
static size_t option_value(redact_scan *scan, const redact_key *key) {
    size_t at = key->end + 1, stop = scan->len - key->end > REACH ? key->end + REACH : scan->len;
    if (key->quote.len || redact_peek(scan, key->end) != ',' || !redact_is_pair(scan, at)) return 0;
    size_t end = at;
    while (end < stop && !byte_is(scan->s[end], BYTE_SPACE | BYTE_QUOTE)) end++;
    return value_between(scan, key, at, end, false);
}

/* on field 'password': rejected value [x]; codes [...], as Spring tells of a form. */
static size_t rejected_value(redact_scan *scan, const redact_key *key) {
    size_t from = key->end + key->quote.len;
    if (redact_peek(scan, from) != ':' || !redact_is_at(scan, from, ": rejected value [")) return 0;
    from += 18;
    size_t stop = redact_near_line_end(scan, from), to = from;
    if (stop == SIZE_MAX) stop = scan->len - from > REACH ? from + REACH : scan->len;
    while (to < stop && !redact_is_at(scan, to, "]; ")) to++;
    if (to == stop)
        for (to = from; to < stop && scan->s[to] != ']'; to++) {
        }
    if (to == stop || !redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* What Jenkins prints in a line of its own above the path of the file that holds it. */
static void setup_password(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t low = key->start > REACH ? key->start - REACH : 0;
    size_t high = scan->len - key->end > REACH ? key->end + REACH : scan->len;
    redact_work(scan, 300);
    for (size_t i = low, end; i < high; i = end + 1) {
        for (end = i; end < high && byte_is(s[end], BYTE_WORD); end++) {
        }
        if (end - i == SETUP_BYTES && bytes_are_all(s + i, end - i, BYTE_HEX))
            redact_mark_secret(scan, i, end, key->rule);
    }
}

/* ##vso[task.setvariable variable=x;issecret=true]y: what a build is told to hide. */
static size_t hidden_value(redact_scan *scan, const redact_key *key) {
    size_t from = key->end + 6;
    if (key->end - key->start != 8 || !redact_folds_at(scan, key->start, "issecret")) return 0;
    if (redact_folds_at(scan, key->end, "=false]")) return from + 1;
    if (!redact_folds_at(scan, key->end, "=true]")) return 0;
    size_t to = redact_string_end(scan, from);
    bool hidden =
        redact_is_at(scan, from, "***") && !byte_is(redact_peek(scan, from + 3), BYTE_WORD);
    if (to <= from || hidden ||
        !redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED))
        return from;
    return redact_mark_secret(scan, from, to, key->rule) ? to : from;
}

size_t redact_told(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t hidden = hidden_value(scan, key);
    if (hidden) return hidden;
    if (key->end - key->start == 20 && redact_is_at(scan, key->start, "initialAdminPassword"))
        setup_password(scan, key);
    size_t rejected = rejected_value(scan, key);
    if (rejected) return rejected;
    size_t text = text_start(scan, key);
    if (text > 0 && s[text - 1] == '>') {
        size_t sibling = sibling_value(scan, key);
        if (sibling || text == key->start) return sibling;
    }
    bool block;
    size_t inside = redact_in_block(scan, key, &block);
    if (block) return inside;
    size_t options = option_value(scan, key);
    if (options) return options;
    size_t teller = teller_before(scan, key);
    if (teller == SIZE_MAX) return 0;
    size_t end = key->quote.len ? form_value(scan, key) : 0;
    if (end) return end;
    size_t after = key->end + key->quote.len;
    /* name=password=x is a pair, not a name told */
    bool typed = redact_is_at(scan, after, " := type");
    if (after < scan->len && (s[after] == '=' || s[after] == ':') && !typed) return 0;
    size_t stop = scan->len - after > REACH ? after + REACH : scan->len;
    end = value_between(scan, key, after, stop, true);
    if (end) return end;
    size_t open = teller, low = teller > REACH ? teller - REACH : 0;
    while (open > low && !memchr("{}<>", s[open - 1], 4)) open--;
    value_between(scan, key, open, teller, false);
    return 0;
}
