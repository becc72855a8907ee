/* redact_element.c - values in elements of XML and HTML: <password>x</password>,
 * <password value="x"/>, password: <b>x</b>. */
#include <string.h>

#include "log/redact_private.h"

#define TYPE_MAX 40
#define TAG_MAX 256
#define TAGS_MAX 8
#define ELEMENT_MAX 65536

/* The text of an element from `at`: that of its child which holds the value, when it has children.
 */
static size_t child_text(const redact_scan *scan, size_t at, size_t stop) {
    static const char *const texts[] = {"value", "string",  "text", "plain",
                                        "raw",   "content", "data"};
    const char *s = scan->s;
    for (unsigned tags = 0; tags < TAGS_MAX; tags++) {
        while (at < stop && byte_is(s[at], BYTE_SPACE)) at++;
        if (!redact_is_at(scan, at, "<") || redact_is_at(scan, at, "</") ||
            redact_is_at(scan, at, "<!"))
            return at;
        size_t name = at + 1, end = name;
        while (end < stop && (byte_is(s[end], BYTE_NAME) || s[end] == ':')) {
            if (s[end++] == ':') name = end;
        }
        while (at < stop && s[at] != '>') at++;
        at += at < stop;
        if (IS_ONE_OF(s + name, end - name, texts)) continue;
        const char *close =
            at < stop ? memchr(s + at, '<', stop - at) : NULL; /* past another child */
        const char *past = close ? memchr(close, '>', (size_t)(s + stop - close)) : NULL;
        if (!past || close[1] != '/') return stop;
        at = (size_t)(past - s) + 1;
    }
    return stop;
}

size_t redact_element(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t stop = scan->len - at > ELEMENT_MAX ? at + ELEMENT_MAX : scan->len, end, open = at;
    if (redact_peek(scan, at) == '@' && key->start > 1 && s[key->start - 2] == ':')
        return 0; /* ann:<password>@node-1 */
    bool named = byte_is(redact_peek(scan, at), BYTE_QUOTE) && key->start > 1 &&
                 s[key->start - 2] == s[at];
    if (named) return 0; /* use "<password>" instead */
    at = child_text(scan, at, stop);
    if (at >= stop) return 0;
    if (redact_is_at(scan, at, "<![CDATA[")) {
        at += 9;
        for (end = at; end < stop && !redact_is_at(scan, end, "]]>"); end++) {
        }
    } else {
        const char *angle = memchr(s + at, '<', stop - at);
        end = angle ? (size_t)(angle - s) : redact_string_end(scan, at);
        /* <name> alone is no element: it stands for a value; but the text may be cut */
        bool closed = angle && end + 1 < stop && strchr("/!", s[end + 1]) && s[end + 1];
        if (angle ? !closed && !redact_folds_at(scan, end, "<br") : at != open) return 0;
        size_t word = redact_word_end(scan, at); /* a mask that took the closing tag as well */
        if (!angle && redact_is_masked(scan->r, s + at, word - at)) return 0;
    }
    while (end > at && byte_is(s[end - 1], BYTE_SPACE)) end--;
    if (key->class.kind == BERTH_KEY_COOKIE || key->class.kind == BERTH_KEY_AUTH)
        return redact_value(scan, key, at, SYNTAX_TIGHT);
    if (end <= at || !redact_is_secret(scan, key->class, at, end, SYNTAX_QUOTED)) return 0;
    redact_note_tag(scan, at, end);
    return redact_mark_secret(scan, at, end, key->rule) ? end : 0;
}

/* Is the name that of an opening tag, with or without a prefix? */
bool redact_is_tag(const redact_scan *scan, const redact_key *key) {
    size_t i = key->start;
    if (i > 0 && scan->s[i - 1] == ':') {
        i--;
        while (i > 0 && key->start - i < TYPE_MAX && byte_is(scan->s[i - 1], BYTE_NAME)) i--;
    }
    return i > 0 && scan->s[i - 1] == '<';
}

/* <name attributes>text: past the attributes, which may hold value="...". */
size_t redact_tag(redact_scan *scan, const redact_key *key) {
    size_t at = key->start;
    if ((at > 3 && redact_is_at(scan, at - 4, "(?P<")) ||
        (at > 2 && redact_is_at(scan, at - 3, "(?<")))
        return 0; /* a group of a regular expression */
    size_t i = key->after, stop = scan->len - i > TAG_MAX ? i + TAG_MAX : scan->len;
    for (; i < stop && scan->s[i] != '>' && scan->s[i] != '<'; i++) {
        if (redact_folds_at(scan, i, " value="))
            return redact_value(scan, key, i + 7, SYNTAX_QUOTED);
    }
    if (i >= stop || scan->s[i] != '>' || scan->s[i - 1] == '/') return 0;
    return redact_element(scan, key, i + 1);
}

/* Past <b>, <code class="x"> at `at`; 0: no such tag. */
static size_t skip_tag(const redact_scan *scan, size_t at) {
    static const char *const tags[] = {"b",    "strong", "code", "i",   "em",   "tt", "span",
                                       "samp", "kbd",    "pre",  "u",   "mark", "td", "dd",
                                       "div",  "p",      "font", "big", "var",  "q",  "input"};
    size_t name = at + 1, end = name, stop = scan->len - at > TAG_MAX ? at + TAG_MAX : scan->len;
    if (redact_peek(scan, at) != '<') return 0;
    while (end < stop && byte_is(scan->s[end], BYTE_LETTER)) end++;
    if (!IS_ONE_OF(scan->s + name, end - name, tags)) return 0;
    const char *close = memchr(scan->s + end, '>', stop - end);
    return close ? (size_t)(close - scan->s) + 1 : 0;
}

size_t redact_tagged(redact_scan *scan, const redact_key *key, size_t at) {
    size_t text = skip_tag(scan, at);
    return text ? redact_element(scan, key, text) : 0;
}
