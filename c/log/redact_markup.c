/* redact_markup.c - names and values in marks of a layout: tags of HTML within a line, commands and
 * groups of LaTeX and RTF, fonts of man pages.
 *
 * What stands after a name tells that there is markup (redact_note_markup); a view of the record
 * without it is then scanned like any other. */
#include <string.h>

#include "log/redact_view.h"

#define TAG_MAX 128
#define WORD_MAX 24
#define GROUP_MAX 48 /* bytes of a group before the name in it */
#define SLASHES_MAX 4

/* --- what is markup -------------------------------------------------------------------------- */

/* The end of the tag at `at`, <b>, </span>, <wbr/>, [code], when it is one within a line; 0. */
static size_t tag_end(const char *s, size_t at, size_t len) {
    static const char *const tags[] = {
        "b",   "i",    "u",   "s",   "em",    "strong", "code", "tt", "span", "samp", "kbd",
        "wbr", "mark", "big", "var", "small", "font",   "a",    "q",  "ins",  "del",  "bdi",
        "br",  "color", "size"};
    size_t name = at + 1, end, stop = len - at > TAG_MAX ? at + TAG_MAX : len;
    if (len - at > 4 && memcmp(s + at, "<!--", 4) == 0) {
        for (end = at + 4; end + 2 < stop; end++) {
            if (memcmp(s + end, "-->", 3) == 0) return end + 3;
        }
        return 0;
    }
    if (name < stop && s[name] == '/') name++;
    for (end = name; end < stop && byte_is(s[end], BYTE_LETTER); end++) {
    }
    if (end == stop || !IS_ONE_OF(s + name, end - name, tags)) return 0;
    if (s[at] == '[') {
        bool opens = s[name - 1] != '/'; /* [color=red] */
        while (end < stop && opens && (byte_is(s[end], BYTE_WORD) || byte_in(s[end], "=#"))) end++;
        return end < stop && s[end] == ']' ? end + 1 : 0;
    }
    if (s[end] != '>' && s[end] != '/' && s[end] != ' ') return 0;
    const char *close = memchr(s + end, '>', stop - end);
    return close ? (size_t)(close - s) + 1 : 0;
}

/* Past \name of LaTeX or RTF, whose slashes a string may have doubled; 0: there is none. */
static size_t command_end(const char *s, size_t at, size_t len) {
    size_t i = at, stop = len - at > WORD_MAX ? at + WORD_MAX : len;
    while (i < stop && i - at < SLASHES_MAX && s[i] == '\\') i++;
    size_t word = i;
    if (word == at) return 0;
    while (i < stop && byte_is(s[i], BYTE_LETTER)) i++;
    return i > word ? i : 0;
}

/* Past \fB of a man page; 0. */
static size_t font_end(const char *s, size_t at, size_t len) {
    return len - at > 3 && s[at] == '\\' && s[at + 1] == 'f' && byte_in(s[at + 2], "BIRP") ? at + 3
                                                                                           : 0;
}

/* Past \textbf{ or the { of a group that begins with a command; 0. */
static size_t opening_end(const char *s, size_t at, size_t len) {
    if (s[at] == '{') return command_end(s, at + 1, len) ? at + 1 : 0;
    size_t end = command_end(s, at, len);
    return end > at + 2 && end < len && s[end] == '{' ? end + 1 : 0;
}

/* Is the name the last word in a group, as in {\b password:} and \textbf{Password}? */
static bool is_in_group(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > GROUP_MAX ? at - GROUP_MAX : 0;
    while (at > low && (byte_is(s[at - 1], BYTE_WORD) || byte_in(s[at - 1], " \\-"))) at--;
    if (at == low || s[at - 1] != '{') return false;
    if (opening_end(s, at - 1, scan->len)) return true;
    size_t word = at - 1;
    while (word > low && byte_is(s[word - 1], BYTE_LETTER)) word--;
    return word + 2 < at && word > low && s[word - 1] == '\\';
}

/* Does a value follow the tag that closes after a name: one in marks as well, or one that is no
 * word?  "<code>password</code>: the one to use" tells none. */
static bool value_follows(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t end, stop = scan->len - at > TAG_MAX ? at + TAG_MAX : scan->len;
    bool opened = false;
    while (at < stop) {
        if (byte_in(s[at], ":= ")) at++;
        else if (redact_is_at(scan, at, "&nbsp;")) at += 6;
        else if (redact_is_at(scan, at, "is ") || redact_is_at(scan, at, "was ")) at += 3;
        else if (byte_in(s[at], "<[") && (end = tag_end(s, at, scan->len)) > 0) {
            opened = s[at + 1] != '/';
            at = end;
        } else break;
    }
    size_t word = at;
    while (word < stop && (unsigned char)s[word] > 0x20 && s[word] != '<') word++;
    return word > at && (opened || redact_has_digit(scan, at, word) ||
                         byte_is(s[at - 1], BYTE_WORD | BYTE_QUOTE) || byte_in(s[at - 1], ">]"));
}

/* \newcommand{\password}{x}: the group from `at` on, when it is no word. */
static bool mark_group(redact_scan *scan, const redact_key *key, size_t at) {
    size_t end = at;
    while (end < scan->len && end - at < TAG_MAX && (unsigned char)scan->s[end] > 0x20 &&
           !byte_in(scan->s[end], "{}\\"))
        end++;
    if (key->start > 0 && byte_in(scan->s[key->start - 1], "/.#")) return false; /* a place */
    bool odd = redact_has_digit(scan, at, end) || redact_is_jumble(scan->s + at, end - at);
    return redact_peek(scan, end) == '}' && odd && redact_is_mixture(scan, at, end) &&
           redact_is_secret(scan, key->class, at, end, SYNTAX_QUOTED) &&
           redact_mark_secret(scan, at, end, key->rule);
}

bool redact_note_markup(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t at = key->end;
    bool joined = byte_in(redact_peek(scan, at), ":=");
    if (joined) at++;
    bool blank = redact_peek(scan, at) == ' ';
    if (blank) at++;
    if (at >= scan->len) return false;
    bool found = false;
    switch (s[at]) {
    case '<':
    case '[': {
        size_t end = tag_end(s, at, scan->len);
        bool closes = redact_peek(scan, at + 1) == '/';
        bool inside = !joined && !blank && byte_is(redact_peek(scan, end), BYTE_WORD);
        if (end && key->class.weight != BERTH_KEY_WEAK &&
            (inside || (closes && value_follows(scan, end))))
            scan->encoded |= DISGUISE_MARKUP;
        return false; /* the text itself may be an element's */
    }
    case '}':
        if (redact_peek(scan, at + 1) == '{' && mark_group(scan, key, at + 2)) return true;
        found = is_in_group(scan, key->start);
        break;
    case '{': /* \def\password{x} */
        if (key->start > 0 && s[key->start - 1] == '\\' && mark_group(scan, key, at + 1))
            return true;
        found = joined && opening_end(s, at, scan->len);
        break;
    case '\\':
        found = font_end(s, at, scan->len) || (joined && opening_end(s, at, scan->len)) ||
                (joined && command_end(s, at, scan->len) && is_in_group(scan, key->start));
        break;
    default:
        break;
    }
    if (found) scan->encoded |= DISGUISE_MARKUP;
    return found;
}

size_t redact_note_tag(redact_scan *scan, size_t from, size_t at) {
    if (at > from + 4 && redact_is_at(scan, at - 4, "<!--")) at -= 4;

    size_t end = redact_peek(scan, at) == '<' ? tag_end(scan->s, at, scan->len) : 0;
    if (end && byte_is(redact_peek(scan, end), BYTE_WORD) && !redact_folds_at(scan, at, "<br"))
        scan->encoded |= DISGUISE_MARKUP;
    return at;
}

/* --- without it ------------------------------------------------------------------------------ */

/* Does the command from `at` to `end` end a line? */
static bool is_line_end(const redact_decoder *d, size_t at, size_t end) {
    static const char *const breaks[] = {"par", "line", "row", "cell", "tab", "newline"};
    while (at < end && byte_in(d->s[at], "{\\")) at++;
    return IS_ONE_OF(d->s + at, end - at, breaks);
}

/* A command in a group, with the blank that ends its name: \f2 x, \par x. */
static size_t unmark_command(redact_decoder *d, size_t at) {
    size_t end = command_end(d->s, at, d->len);
    if (!end) return 0;
    if (is_line_end(d, at, end)) redact_put(d, '\n', at);
    while (end < d->len && byte_is(d->s[end], BYTE_DIGIT)) end++;
    return end + (end < d->len && d->s[end] == ' ') - at;
}

/* Markup closes at `at`: the first of several after a word. */
static void note_closing(redact_decoder *d, size_t at) {
    char before = at > 0 ? d->s[at - 1] : ':';
    if (!d->closing && !byte_is(before, BYTE_SPACE) && !byte_in(before, ":=>]}")) d->closing = at;
}

size_t redact_unmark(redact_decoder *d, size_t at) {
    const char *s = d->s;
    char before = at > 0 ? s[at - 1] : '\0';
    size_t end;
    switch (s[at]) {
    case '<':
    case '[':
        end = tag_end(s, at, d->len);
        /* </b><code>: another word */
        if (end && d->len - at > 2 && bytes_fold_equal(s + at + 1, "br", 2)) redact_put(d, ' ', at);
        else if (end && s[at + 1] == '/') note_closing(d, at);
        else if (end && before == (s[at] == '<' ? '>' : ']')) redact_put(d, ' ', at);
        return end ? end - at : 0;
    case '{':
        if (!opening_end(s, at, d->len)) return 0;
        if (before == '}' && !is_line_end(d, at, command_end(s, at + 1, d->len)))
            redact_put(d, ' ', at);
        d->groups++;
        return 1;
    case '}':
        if (d->groups == 0) return 0;
        d->groups--;
        note_closing(d, at);
        return 1;
    case '\\':
        end = font_end(s, at, d->len);
        if (end) return end - at;
        end = opening_end(s, at, d->len);
        if (end) {
            if (before == '}') redact_put(d, ' ', at);
            d->groups++;
            return end - at;
        }
        return d->groups ? unmark_command(d, at) : 0;
    case '~': /* a blank of LaTeX */
        if (before != '}' || at + 1 >= d->len || s[at + 1] != '\\') return 0;
        redact_put(d, ' ', at);
        return 1;
    default:
        return 0;
    }
}
