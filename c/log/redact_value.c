/* redact_value.c - how far a value goes: to its closing quotation mark however deep that is
 * escaped, or to what cannot belong to an unquoted one.
 *
 * A mark written inside k strings has 2^k - 1 backslashes before it.  With n of them, a run of r
 * backslashes and the mark close the value when r is n modulo 2(n + 1): longer runs are escaped
 * backslashes of the value before it, or a mark inside it. */
#include <string.h>

#include "log/redact_private.h"

#define SLASHES_MAX 15 /* four levels */
#define BLANKS_MAX 64
#define PAIR_MAX 48
#define TAG_MAX 64
#define NUL_REACH 64
#define INNER_MAX 32 /* marks of its own in a value */
#define COLOUR_MAX 12
#define NEAR 1024
#define WORD_MAX 256

redact_quote redact_quote_at(const redact_scan *scan, size_t at) {
    redact_quote none = {0}, quote = {0};
    size_t i = at;
    while (i < scan->len && scan->s[i] == '\\' && quote.slashes <= SLASHES_MAX) {
        quote.slashes++;
        i++;
    }
    if (i >= scan->len || quote.slashes > SLASHES_MAX || !byte_is(scan->s[i], BYTE_QUOTE))
        return none;
    quote.mark = scan->s[i];
    quote.len = i + 1 - at;
    return quote;
}

/* Where the line breaks, told at once within the line of the last search. */
static size_t line_break(const redact_scan *scan, size_t from) {
    redact_mark_seen *seen = &scan->r->line_seen;
    if (seen->scan == scan->number && from >= seen->from && from <= seen->found)
        return seen->found;
    const char *end = memchr(scan->s + from, '\n', scan->len - from);
    size_t found = end ? (size_t)(end - scan->s) : scan->len;
    *seen = (redact_mark_seen){.scan = scan->number, .from = from, .found = found};
    return found;
}

size_t redact_line_end(const redact_scan *scan, size_t from) {
    if (from >= scan->len) return scan->len;
    size_t at = line_break(scan, from);
    return at > from && scan->s[at - 1] == '\r' ? at - 1 : at;
}

size_t redact_near_line_end(const redact_scan *scan, size_t from) {
    if (from >= scan->len) return scan->len;
    size_t stop = scan->len - from > NEAR ? from + NEAR : scan->len;
    const char *end = memchr(scan->s + from, '\n', stop - from);
    if (!end && stop < scan->len) return SIZE_MAX;
    size_t at = end ? (size_t)(end - scan->s) : scan->len;
    return at > from && scan->s[at - 1] == '\r' ? at - 1 : at;
}

size_t redact_skip_colour(const redact_scan *scan, size_t at) {
    size_t i = at;
    if (redact_is_at(scan, i, "^[")) i += 2;
    if (redact_peek(scan, i) != '[') return at;
    for (i++; i < at + COLOUR_MAX && (byte_is(redact_peek(scan, i), BYTE_DIGIT) ||
                                      redact_peek(scan, i) == ';');
         i++) {
    }
    return byte_is(scan->s[i - 1], BYTE_DIGIT) && redact_peek(scan, i) == 'm' ? i + 1 : at;
}

size_t redact_skip_blanks(const redact_scan *scan, size_t at) {
    size_t stop = at + BLANKS_MAX;
    while (at < scan->len && at < stop && (scan->s[at] == ' ' || scan->s[at] == '\t')) at++;
    return at;
}

bool redact_pair_follows(const redact_scan *scan, size_t at) {
    size_t i = at;
    while (i < scan->len && i < at + PAIR_MAX && byte_is(scan->s[i], BYTE_NAME | BYTE_HIGH)) i++;
    return i > at && i < scan->len && !byte_is(scan->s[at], BYTE_DIGIT) &&
           (scan->s[i] == '=' || scan->s[i] == ':');
}

/* --- quoted ------------------------------------------------------------------------------ */

/* May the value end before `at`: at the text's end, or at what stands between values? */
static bool is_delimited(const redact_scan *scan, size_t at) {
    return at >= scan->len || byte_is(scan->s[at], BYTE_SPACE) ||
           strchr(",;:)]}>&|<\\/=.#", scan->s[at]) != NULL || byte_is(scan->s[at], BYTE_QUOTE);
}

/* Does what follows at `at` follow a string in JSON, or in a list as programs print it? */
static bool follows_string(const redact_scan *scan, size_t at) {
    size_t i = redact_skip_blanks(scan, at);
    if (i >= scan->len || scan->s[i] == '\n') return true;
    if (!byte_in(scan->s[i], ",}])")) return false;
    i = redact_skip_blanks(scan, i + 1);
    return i >= scan->len || byte_is(scan->s[i], BYTE_QUOTE | BYTE_DIGIT) ||
           byte_in(scan->s[i], "{}[],)\n");
}

/* The last such mark from `low` on before `at` that is not escaped; SIZE_MAX: there is none. */
static size_t mark_between(const redact_scan *scan, size_t low, size_t at, char mark) {
    const char *s = scan->s;
    while ((at = low + bytes_past_last(s + low, at - low, mark)) > low) {
        at--;
        if (at == 0 || s[at - 1] != '\\') return at;
    }
    return SIZE_MAX;
}

/* The last such mark before `at` that is not escaped; SIZE_MAX: there is none.  All of the text is
 * looked through once, as the walk goes on; before where it came, only what is near. */
static size_t mark_before(const redact_scan *scan, size_t at, char mark) {
    redact_mark_seen *seen = &scan->r->before_seen[mark == '"'];
    if (seen->scan != scan->number || seen->mark != mark)
        *seen = (redact_mark_seen){.scan = scan->number, .mark = mark, .found = SIZE_MAX};
    if (at < seen->from && (seen->found == SIZE_MAX || at > seen->found)) return seen->found;
    if (at < seen->from) {
        size_t low = at > NEAR ? at - NEAR : 0, near = mark_between(scan, low, at, mark);
        redact_work(scan, (at - (near == SIZE_MAX ? low : near)) / 4);
        return near;
    }
    size_t found = mark_between(scan, seen->from, at, mark);
    redact_work(scan, (at - seen->from) / 4);
    seen->from = at;
    if (found != SIZE_MAX) seen->found = found;
    return seen->found;
}

/* Is the last such mark before `at` one that opens a string? */
static bool is_in_string(const redact_scan *scan, size_t at, char mark) {
    size_t i = mark_before(scan, at, mark);
    if (i == SIZE_MAX) return false;
    while (i > 0 && byte_is(scan->s[i - 1], BYTE_SPACE)) i--;
    return i == 0 || byte_in(scan->s[i - 1], ":,=[{(");
}

bool redact_breaks_string(const redact_scan *scan, size_t at) {
    size_t run = at;
    if (!byte_in(redact_peek(scan, at), "nr")) return false;
    while (run > 0 && scan->s[run - 1] == '\\') run--;
    return (at - run) % 2 && is_in_string(scan, run, '"');
}

/* The same, or that of a setting in a line of settings: msg="... \"x" level=info */
static bool goes_on_after(const redact_scan *scan, size_t at) {
    size_t next = redact_skip_blanks(scan, at);
    return follows_string(scan, at) || (next > at && redact_pair_follows(scan, next));
}

/* Does a mark end the string around the value from `from` on, which is cut off then?  It is as the
 * value's but less escaped, or a plain one of the other kind. */
static bool ends_outer(const redact_scan *scan, size_t from, redact_quote quote, size_t at,
                       size_t slashes) {
    char other = quote.mark == '"' ? '\'' : '"', mark = scan->s[at];
    if (mark == quote.mark && slashes < quote.slashes) return goes_on_after(scan, at + 1);
    return mark == other && quote.slashes == 0 && slashes == 0 && follows_string(scan, at + 1) &&
           is_in_string(scan, from, mark);
}

bool redact_is_break(const redact_scan *scan, size_t at) {
    char c = redact_peek(scan, at);
    if (c == '#') /* but no part of Summer#0123 */
        return (redact_is_at(scan, at, "#012") || redact_is_at(scan, at, "#015")) &&
               at + 4 < scan->len && !byte_is(scan->s[at + 4], BYTE_DIGIT);
    return c == '\\' && redact_breaks_string(scan, at + 1);
}

bool redact_ends_break(const redact_scan *scan, size_t at) {
    if (at > 1 && scan->s[at - 2] == '\\') return redact_breaks_string(scan, at - 1);
    return at > 3 && scan->s[at - 4] == '#' && redact_is_break(scan, at - 4);
}

bool redact_closes_string(const redact_scan *scan, size_t at, redact_quote quote) {
    if (!quote.len || !follows_string(scan, at + quote.len)) return false;
    return quote.slashes || is_in_string(scan, at, quote.mark);
}

/* The end, before `stop`, of the string in which `origin` lies, or of a line in it. */
static size_t string_stop(const redact_scan *scan, size_t origin, size_t from, size_t stop) {
    const char *s = scan->s;
    size_t run = 0;
    bool quoted = is_in_string(scan, origin, '"'), apart = is_in_string(scan, origin, '\'');
    if (!quoted && !apart) return stop;
    for (size_t i = from; i < stop; i++) {
        if (quoted && run % 2 && byte_in(s[i], "nr")) return i - run;
        bool mark = (quoted && s[i] == '"') || (apart && s[i] == '\'');
        if (mark && run % 2 == 0 && goes_on_after(scan, i + 1)) return i;
        run = s[i] == '\\' ? run + 1 : 0;
    }
    return stop;
}

size_t redact_string_stop(const redact_scan *scan, size_t from, size_t stop) {
    return string_stop(scan, from, from, stop);
}

static size_t string_end(const redact_scan *scan, size_t origin, size_t from) {
    size_t line = redact_line_end(scan, from);
    if (from >= line) return line;
    size_t stop = line - from > NEAR ? from + NEAR : line;
    size_t end = string_stop(scan, origin, from, stop);
    redact_work(scan, end - from);
    return end < stop ? end : line;
}

size_t redact_string_end(const redact_scan *scan, size_t from) {
    return string_end(scan, from, from);
}

/* That of the string around the mark with which the value from `from` on begins. */
static size_t end_around(const redact_scan *scan, size_t from) {
    bool opens = from > 0 && byte_is(scan->s[from - 1], BYTE_QUOTE);
    return string_end(scan, from - opens, from);
}

/* The next unescaped mark from `from` on, on its line and in the string around; *stop is where the
 * search ended. */
static size_t find_mark(const redact_scan *scan, size_t from, redact_quote quote, size_t *stop) {
    const char *s = scan->s;
    unsigned period = 2 * (quote.slashes + 1);
    bool levels = (quote.slashes & (quote.slashes + 1)) == 0;
    size_t run = 0, i = from;
    for (; i < scan->len && s[i] != '\n'; i++) {
        if (s[i] == '\\') {
            run++;
            continue;
        }
        bool closes = levels ? run % period == quote.slashes : run == quote.slashes;
        if (s[i] == quote.mark && closes) {
            *stop = i;
            return i - quote.slashes;
        }
        if (byte_is(s[i], BYTE_QUOTE) && levels && i > from &&
            ends_outer(scan, from, quote, i, run % period))
            break;
        run = 0;
    }
    *stop = i;
    return SIZE_MAX;
}

/* The same, told at once where the last search for such a mark came by: many values may have one
 * end far away, or none. */
static size_t next_mark(const redact_scan *scan, size_t from, redact_quote quote) {
    size_t kind = quote.mark == '"' ? 0 : quote.mark == '\'' ? 1 : 2;
    redact_mark_seen *seen = &scan->r->mark_seen[3 * (quote.slashes & 3) + kind];
    bool same = seen->scan == scan->number && seen->mark == quote.mark &&
                seen->slashes == quote.slashes;
    bool apart = from == 0 || scan->s[from - 1] != '\\';
    if (same && apart && from >= seen->from && from <= seen->stop) return seen->found;
    size_t stop, found = find_mark(scan, from, quote, &stop);
    redact_work(scan, stop > from ? stop - from : 0);
    if (apart)
        *seen = (redact_mark_seen){.scan = scan->number, .mark = quote.mark,
                                   .slashes = quote.slashes, .from = from, .stop = stop,
                                   .found = found};
    return found;
}

/* Is the mark at `at` one inside the value: doubled as in SQL, or stray between letters with the
 * real end on the same word? */
static size_t inner_mark(const redact_scan *scan, size_t at, redact_quote quote) {
    size_t after = at + quote.len;
    if (after >= scan->len) return SIZE_MAX;
    char c = scan->s[after];
    if (quote.mark == '\'' && quote.slashes == 0 && redact_is_at(scan, at, "'\\''"))
        return next_mark(scan, at + 4, quote); /* 'x'\''y', as a shell writes a mark */
    if (c == quote.mark && quote.slashes == 0) {
        bool more = after + 1 < scan->len && byte_is(scan->s[after + 1], BYTE_WORD | BYTE_HIGH);
        if (quote.mark == '\'' || more) return next_mark(scan, after + 1, quote);
    }
    if (!byte_is(c, BYTE_WORD | BYTE_HIGH)) return SIZE_MAX;
    for (size_t i = after; i < scan->len; i++) {
        c = scan->s[i];
        if (byte_is(c, BYTE_SPACE) || strchr("=:,;{}<>&", c)) return SIZE_MAX;
        if (c == quote.mark) return next_mark(scan, after, quote);
        if (i > after + BERTH_KEY_NAME_MAX) return SIZE_MAX;
    }
    return SIZE_MAX;
}

size_t redact_quote_close(const redact_scan *scan, size_t from, redact_quote quote) {
    if (quote.repeat) {
        size_t run = 0;
        for (size_t i = from; i < scan->len && scan->s[i] != '\n'; i++) {
            run = scan->s[i] == quote.mark ? run + 1 : 0;
            if (run == quote.repeat) return i + 1 - run;
        }
        return SIZE_MAX;
    }
    size_t at = next_mark(scan, from, quote);
    if (at == SIZE_MAX && quote.slashes == 0) {
        /* INI files and SQL know no escapes: 'C:\' is closed; but "a\"b may be cut off. */
        size_t stop = end_around(scan, from);
        if (stop > from + NEAR) stop = from + NEAR;
        for (size_t i = from; i < stop; i++) {
            char next = redact_peek(scan, i + 1);
            bool ends = next == '\0' || byte_is(next, BYTE_SPACE) ||
                        (quote.mark == '\'' && byte_in(next, ",;)]}"));
            if (scan->s[i] == quote.mark && ends) return i;
        }
        return SIZE_MAX;
    }
    if (at == from) return at;
    for (unsigned inner = 0; at != SIZE_MAX && inner < INNER_MAX; inner++) {
        size_t next = inner_mark(scan, at, quote);
        if (next == SIZE_MAX) break;
        redact_work(scan, 30);
        at = next;
    }
    return at;
}

bool redact_goes_on(const redact_scan *scan, size_t at, redact_quote quote) {
    size_t from = at + quote.len, close = redact_quote_close(scan, from, quote);
    if (close == SIZE_MAX || close == from) return false;
    for (size_t i = from; i < close; i++) {
        if (byte_is(scan->s[i], BYTE_SPACE) || memchr(",:;(){}[]", scan->s[i], 9)) return false;
    }
    return true;
}

/* --- unquoted ---------------------------------------------------------------------------- */

/* After a backslash: past the rest of an escaped NUL, which separates variables; 0: it is none. */
static size_t nul_end(const redact_scan *scan, size_t at) {
    static const char *const written[] = {"x00", "u0000", "000", "0"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        if (redact_is_at(scan, at, written[i])) return at + strlen(written[i]);
    }
    return 0;
}

/* Does a NUL, perhaps escaped, stand between two places, with no blank? */
static bool holds_nul(const redact_scan *scan, size_t from, size_t to) {
    for (size_t i = from; i < to && !byte_is(scan->s[i], BYTE_SPACE | BYTE_QUOTE); i++) {
        if (!scan->s[i] || (scan->s[i] == '\\' && nul_end(scan, i + 1))) return true;
    }
    return false;
}

/* An escaped NUL ends at `nul` in the value from `from` on: is the text one of arguments or
 * variables with NULs between, as /proc has them? */
static bool is_among_nuls(const redact_scan *scan, size_t from, size_t nul, bool *plain) {
    size_t stop = scan->len - nul > NUL_REACH ? nul + NUL_REACH : scan->len, low = from;
    if (nul >= scan->len || redact_pair_follows(scan, nul) || is_delimited(scan, nul) ||
        scan->s[nul] == '-' || holds_nul(scan, nul, stop))
        return true;
    *plain = false; /* a value that begins later has another name */
    while (low > 0 && from - low < NUL_REACH && !byte_is(scan->s[low - 1], BYTE_SPACE)) low--;
    return holds_nul(scan, low, from);
}

/* After a run of backslashes before `after`: does it end a value?  It does before a closing mark,
 * and when it is the escaped line break or tab of a string that the value stands in. */
static bool slash_ends(const redact_scan *scan, size_t from, size_t after, bool *plain) {
    if (after >= scan->len) return false;
    char c = scan->s[after];
    size_t nul = nul_end(scan, after);
    if (byte_is(c, BYTE_QUOTE)) return is_delimited(scan, after + 1);
    if (nul) return is_among_nuls(scan, from, nul, plain);
    if (c == 'u' || c == 'x') { /* \u0026 and the like, as some write & < > in JSON */
        size_t digits = c == 'u' ? 4 : 2;
        if (scan->len - after <= digits) return false;
        const char *last = scan->s + after + digits - 1;
        if (digits == 4 && memcmp(scan->s + after + 1, "00", 2) != 0) return false;
        if (memcmp(last, "26", 2) == 0) return redact_pair_follows(scan, after + digits + 1);
        return memcmp(last, "22", 2) == 0 || memcmp(last, "27", 2) == 0 ||
               (last[0] == '3' && byte_lower(last[1]) == 'c');
    }
    if (redact_breaks_string(scan, after)) return true;
    if (c != 'n' && c != 'r' && c != 't') return false;
    size_t next = after + 1, letters = next;
    if (next >= scan->len || !byte_is(scan->s[next], BYTE_WORD)) return true;
    if (redact_pair_follows(scan, next)) return true;
    while (letters < scan->len && letters < next + PAIR_MAX &&
           byte_is(scan->s[letters], BYTE_LETTER))
        letters++;
    return letters > next + 1 && is_delimited(scan, letters);
}

static bool angle_ends(const redact_scan *scan, size_t at) {
    size_t i = at + 1;
    if (i < scan->len && scan->s[i] == '/') return true;
    while (i < scan->len && i < at + TAG_MAX && byte_is(scan->s[i], BYTE_NAME)) i++;
    return i > at + 1 && i < scan->len && (scan->s[i] == '>' || scan->s[i] == '/');
}

/* After an &: the rest of an entity that stands for a mark or another &. */
static bool is_entity(const redact_scan *scan, size_t at) {
    static const char *const names[] = {"amp;", "quot;", "apos;", "lt;", "gt;", "#34;", "#39;"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (scan->len - at >= n && memcmp(scan->s + at, names[i], n) == 0) return true;
    }
    return false;
}

/* Does user[name]= or user%5Bname%5D= begin at `at`? */
static bool parameter_follows(const redact_scan *scan, size_t at) {
    size_t i = at;
    while (i < scan->len && i < at + PAIR_MAX &&
           (byte_is(scan->s[i], BYTE_NAME) || memchr("[]%", scan->s[i], 3)))
        i++;
    return i > at && redact_peek(scan, i) == '=';
}

/* \"name\": at `at`? */
static bool member_follows(const redact_scan *scan, size_t at, redact_quote quote) {
    size_t from = at + quote.len, i = from;
    while (i < from + PAIR_MAX && byte_is(redact_peek(scan, i), BYTE_NAME)) i++;
    redact_quote close = redact_quote_at(scan, i);
    return i > from && close.len == quote.len && close.mark == quote.mark &&
           redact_peek(scan, redact_skip_blanks(scan, i + close.len)) == ':';
}

/* Does a value end at the separator at `at`? */
static bool separator_ends(const redact_scan *scan, size_t at) {
    size_t next = at + 1;
    if (next >= scan->len || byte_is(scan->s[next], BYTE_SPACE)) return true;
    if (redact_is_break(scan, next)) return true;
    redact_quote quote = redact_quote_at(scan, next);
    if (quote.len == 1 || (quote.len && member_follows(scan, next, quote))) return true;
    if (scan->s[at] == '&' && (is_entity(scan, next) || parameter_follows(scan, next))) return true;
    return redact_pair_follows(scan, next);
}

/* $argon2id$m=65536,t=3: a comma of the hash. */
static bool is_hash_option(const redact_scan *scan, size_t comma) {
    return byte_is(redact_peek(scan, comma + 1), BYTE_LOWER) &&
           redact_peek(scan, comma + 2) == '=' && byte_is(redact_peek(scan, comma + 3), BYTE_DIGIT);
}

typedef struct brackets {
    int round, square, curly;
} brackets;

/* Counts a bracket; false when it closes one that the value did not open and the value ends. */
static bool bracket_goes_on(const redact_scan *scan, size_t at, brackets *open) {
    int *count = strchr("()", scan->s[at])   ? &open->round
                 : strchr("[]", scan->s[at]) ? &open->square
                                             : &open->curly;
    if (strchr("([{", scan->s[at])) {
        ++*count;
        return true;
    }
    if (*count > 0) {
        --*count;
        return true;
    }
    char next = redact_peek(scan, at + 1);
    bool again = next && strchr("([{", next) && redact_pair_follows(scan, at + 2);
    return !again && !is_delimited(scan, at + 1); /* (password=x)(user=ann) */
}

/* \u300d and the like: marks and brackets that close in typesetting, which no password holds
 * without the one that opens. */
static bool wide_mark_ends(const redact_scan *scan, size_t from, size_t at, bool *plain) {
    static const char closing[][4] = {"\xe3\x80\x8d", "\xe3\x80\x8f", "\xe3\x80\x91",
                                      "\xe3\x80\x8b", "\xe3\x80\x95", "\xe3\x80\x89",
                                      "\xef\xbc\x89", "\xe2\x80\x9d"};
    static const char opening[][4] = {"\xe3\x80\x8c", "\xe3\x80\x8e", "\xe3\x80\x90",
                                      "\xe3\x80\x8a", "\xe3\x80\x94", "\xe3\x80\x88",
                                      "\xef\xbc\x88", "\xe2\x80\x9c"};
    if (at == from || scan->len - at < 3 || !memchr("\xe3\xef\xe2", scan->s[at], 3)) return false;
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++) {
        if (memcmp(scan->s + at, closing[i], 3) != 0) continue;
        *plain = false;
        size_t back = at - from > TAG_MAX ? at - TAG_MAX : from;
        for (size_t k = back; k + 3 <= at; k++) {
            if (memcmp(scan->s + k, opening[i], 3) == 0) return false;
        }
        return true;
    }
    return false;
}

/* Marks of Chinese and Japanese sentences.  After a value of ASCII alone they end it, unless more
 * of that follows that is no pair. */
static bool wide_sign_ends(const redact_scan *scan, size_t from, size_t at, bool *plain) {
    static const char signs[][4] = {"\xef\xbc\x9b", "\xef\xbc\x8c", "\xe3\x80\x81",
                                    "\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f"};
    bool sign = false;
    if (at == from || scan->len - at < 3 || !memchr("\xe3\xef", scan->s[at], 2)) return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        sign = sign || memcmp(scan->s + at, signs[i], 3) == 0;
    if (!sign) return false;
    *plain = false;
    for (size_t i = at - from > TAG_MAX ? at - TAG_MAX : from; i < at; i++) {
        if (byte_is(scan->s[i], BYTE_HIGH)) return false;
    }
    size_t next = at + 3;
    return next >= scan->len || byte_is(scan->s[next], BYTE_SPACE | BYTE_QUOTE | BYTE_HIGH) ||
           redact_pair_follows(scan, next);
}

/* A dot, an arrow, a bar or a wide blank between fields: before another name and its value. */
static bool wide_joint_ends(const redact_scan *scan, size_t at) {
    static const char joints[][4] = {"\xc2\xb7",     "\xe2\x86\x92", "\xe2\x80\xa2", "\xe2\x94\x82",
                                     "\xef\xbd\x9c", "\xe2\x80\x94", "\xe3\x80\x80", "\xc2\xa0"};
    redact_work(scan, 20);
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        if (redact_is_at(scan, at, joints[i]))
            return redact_pair_follows(scan, at + strlen(joints[i]));
    }
    return false;
}

/* name=x or name = x at `at`? */
static bool setting_follows(const redact_scan *scan, size_t at) {
    size_t i = at;
    if (redact_pair_follows(scan, at)) return true;
    while (i < at + PAIR_MAX && byte_is(redact_peek(scan, i), BYTE_NAME)) i++;
    return i > at && (redact_is_at(scan, i, " = ") || redact_is_at(scan, i, " : "));
}

/* The end of an unquoted value, if that is before `stop`; *plain: it is that of one that begins
 * later in it, too. */
static size_t find_bare_end(const redact_scan *scan, size_t from, size_t stop, bool *plain) {
    const char *s = scan->s;
    brackets open = {0};
    size_t i = from, signs = 0;
    for (; i < stop; i++) {
        char c = s[i];
        if (byte_is(c, BYTE_HIGH) &&
            (wide_mark_ends(scan, from, i, plain) || wide_sign_ends(scan, from, i, plain) ||
             (i > from && memchr("\xc2\xe2\xe3\xef", c, 4) && wide_joint_ends(scan, i))))
            break;
        if (byte_is(c, BYTE_WORD | BYTE_JOINT | BYTE_HIGH)) continue;
        if (byte_is(c, BYTE_SPACE) || (unsigned char)c < 0x20) break;
        signs++;
        if (byte_is(c, BYTE_QUOTE)) {
            if (is_delimited(scan, i + 1)) break;
        } else if (c == '\\') {
            size_t after = i;
            while (after < scan->len && s[after] == '\\') after++;
            if (slash_ends(scan, from, after, plain)) break;
            i = after - 1;
        } else if (c == ',' || c == ';' || c == '&') {
            bool option = c == ',' && is_hash_option(scan, i);
            *plain = *plain && !option;
            if (separator_ends(scan, i) && !(option && s[from] == '$')) break;
        } else if (c == '|') {
            if (redact_pair_follows(scan, i + 1)) break;
        } else if (c == '+') { /* x+host:+y: blanks of a form */
            size_t name = i + 1;
            while (byte_is(redact_peek(scan, name), BYTE_LETTER)) name++;
            if (name > i + 1 && redact_is_at(scan, name, ":+")) break;
        } else if (c == '#') {
            char next = redact_peek(scan, i + 4);
            bool goes_on = next == ' ' || next == '#' || setting_follows(scan, i + 4);
            if (goes_on && redact_is_break(scan, i)) break;
        } else if (c == '^' && redact_peek(scan, i + 1) == '@') { /* NUL, as less shows it */
            if (i + 2 >= scan->len || redact_pair_follows(scan, i + 2)) break;
        } else if (c == '<') {
            *plain = false;
            if (i > from && angle_ends(scan, i)) break;
        } else if (c == '>' || (c == '/' && i + 1 < scan->len && s[i + 1] == '>')) {
            if (s[from] == '<' && c == '>') return i + 1; /* <hidden> */
            if (i > from + 1 && s[i - 1] == '=' && redact_pair_follows(scan, i + 1)) {
                *plain = false;
                return i - 1; /* x=>host=y, as a view shows an arrow */
            }
            if (c == '/' || is_delimited(scan, i + 1)) break;
        } else if (c == '[' && (redact_is_at(scan, i, "[\\r]") || redact_is_at(scan, i, "[\\n]"))) {
            break; /* the end of a line, as some show what they sent */
        } else if (strchr("()[]{}", c)) {
            *plain = *plain && byte_in(c, "([{");
            if (!bracket_goes_on(scan, i, &open)) break;
        }
    }
    redact_work(scan, i - from + 20 * signs);
    return i;
}

/* The same in the value of the last search; 0: it is not in one. */
static size_t seen_bare_end(const redact_scan *scan, size_t from) {
    const redact_mark_seen *seen = &scan->r->bare_seen;
    return seen->scan == scan->number && from > seen->from && from < seen->found ? seen->found : 0;
}

size_t redact_bare_end(const redact_scan *scan, size_t from) {
    bool plain = true;
    size_t end = seen_bare_end(scan, from);
    if (end) return end;
    end = find_bare_end(scan, from, scan->len, &plain);
    if (plain)
        scan->r->bare_seen = (redact_mark_seen){.scan = scan->number, .from = from, .found = end};
    return end;
}

size_t redact_word_end(const redact_scan *scan, size_t at) {
    bool plain = true;
    if (at >= scan->len) return at;
    size_t stop = scan->len - at > WORD_MAX ? at + WORD_MAX : scan->len;
    size_t end = seen_bare_end(scan, at);
    if (!end) end = find_bare_end(scan, at, stop, &plain);
    return end < stop ? end : stop;
}

size_t redact_open_end(const redact_scan *scan, size_t from) {
    size_t line = end_around(scan, from);
    for (size_t i = from; i < line; i++) {
        if (scan->s[i] == ' ' && redact_pair_follows(scan, i + 1)) return i;
    }
    return line;
}
