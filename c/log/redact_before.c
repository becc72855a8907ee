/* redact_before.c - values that stand before their name: "x is the password of db-1", "typed x when
 * asked for the password", x (password), x <- password.
 *
 * A sentence goes back from the name over words like `the new` to what joins name and value, or
 * over a few more to a verb that says that somebody gave a value. */
#include <string.h>

#include "log/redact_private.h"

#define WORD_MAX 128
#define FILLERS_MAX 4
#define VERB_REACH 8 /* words between the verb and the name */
#define PLAIN_LEAST 6
#define SYMBOL_LEAST 8

/* The word that ends at `end`; returns where it begins. */
static size_t word_start(const redact_scan *scan, size_t end) {
    size_t from = end;
    for (; from > 0 && end - from < WORD_MAX && !byte_is(scan->s[from - 1], BYTE_SPACE); from--) {
        bool opens = scan->s[from - 1] == '"' && from > 1 && byte_in(scan->s[from - 2], ":,[{");
        if (opens || redact_is_after_break(scan, from)) break; /* of a string or a line in one */
    }
    return from;
}

/* Back over one blank; false when there is none, or a line ends there. */
static bool skip_back(const redact_scan *scan, size_t *at) {
    if (*at == 0 || scan->s[*at - 1] != ' ') return false;
    while (*at > 0 && scan->s[*at - 1] == ' ') --*at;
    return *at > 0;
}

/* Words between what joins and the name: "is the new root password". */
static bool is_filler(const char *s, size_t len) {
    static const char *const words[] = {
        "the",       "a",      "an",       "my",      "your",    "our",     "his",
        "her",       "their",  "new",      "old",     "root",    "admin",   "user",
        "temporary", "db",     "database", "current", "this",    "initial", "default",
        "valid",     "secret", "correct",  "right",   "wrong",   "shared",  "api",
        "login",     "bind",   "master",   "access",  "private", "service", "not",
        "value",     "of",
    };
    return IS_ONE_OF(s, len, words);
}

/* What says that somebody gave the value after it. */
static bool is_verb(const char *s, size_t len) {
    static const char *const words[] = {
        "typed",  "entered",  "tried", "used",  "gave", "supplied",  "sent",     "guessed",
        "typing", "entering", "using", "enter", "type", "submitted", "rejected", "accepted"};
    return IS_ONE_OF(s, len, words);
}

/* Letters and digits, or a phrase of words with one: what a sentence gives as a secret. */
static bool is_plain_secret(const redact_scan *scan, size_t from, size_t to) {
    const char *s = scan->s;
    size_t letters = 0, digits = 0;
    for (size_t i = from; i < to; i++) {
        letters += byte_is(s[i], BYTE_LETTER);
        digits += byte_is(s[i], BYTE_DIGIT);
        if (s[i] == '/' || s[i] == ':' || s[i] == '=' || s[i] == '.' || s[i] == '@') return false;
    }
    return to - from >= PLAIN_LEAST && digits > 0 && letters > digits / 2;
}

/* Marks the word [from, to), which may be in marks or angle brackets. */
static bool mark_word(redact_scan *scan, const redact_key *key, size_t from, size_t to, bool sure) {
    const char *s = scan->s;
    while (to > from && (s[to - 1] == ',' || s[to - 1] == ';')) to--;
    redact_quote quote = redact_quote_at(scan, from);
    bool marks = quote.len && to - from > 2 * quote.len &&
                 memcmp(s + to - quote.len, s + from, quote.len) == 0;
    bool angles = !marks && to - from > 2 && s[from] == '<' && s[to - 1] == '>';
    if (marks) from += quote.len, to -= quote.len;
    if (angles) from++, to--;
    size_t joints = 0; /* correct-horse-battery-staple */
    for (size_t i = from; i < to; i++) joints += s[i] == '-';
    bool phrase = key->class.phrase && joints >= 2 && !memchr(s + from, '.', to - from);
    bool secret = (sure && phrase) ||
                  redact_is_secret(scan, key->class, from, to, SYNTAX_PROSE) ||
                  (sure && is_plain_secret(scan, from, to)) ||
                  (sure && redact_is_phrase_code(s + from, to - from)) ||
                  (sure && marks && redact_is_mixture(scan, from, to));
    if (!secret || !redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return false;
    return redact_mark_secret(scan, from, to, key->rule);
}

/* May the sentence end with the name, or tell whose it is?  "x is the password store" goes on. */
static bool ends_there(const redact_scan *scan, size_t at) {
    static const char *const words[] = {"of", "for", "on", "at",   "in",   "to",
                                        "from", "when", "and", "is", "was", "with", "but"};
    while (at < scan->len && (scan->s[at] == '"' || scan->s[at] == '\'')) at++;
    if (at >= scan->len || scan->s[at] != ' ')
        return at >= scan->len || strchr(",.;)!\n\r\"", scan->s[at]) != NULL;
    size_t from = ++at;
    while (at < scan->len && byte_is(scan->s[at], BYTE_LETTER)) at++;
    return at == from || IS_ONE_OF(scan->s + from, at - from, words);
}

/* CONCAT('x', 'y') AS password: the literals of the call that ends at `end`. */
static bool called_before(redact_scan *scan, const redact_key *key, size_t end) {
    size_t low = end > WORD_MAX ? end - WORD_MAX : 0, i = end, close;
    bool found = false;
    while (i > low && scan->s[i - 1] != '(' && scan->s[i - 1] != '\n') i--;
    for (bool call = i > low && scan->s[i - 1] == '('; call && i < end; i++) {
        redact_quote quote = redact_quote_at(scan, i);
        if (!quote.len) continue;
        size_t from = redact_quoted(scan, i, quote, &close);
        if (close >= end) break;
        found = (redact_is_mixture(scan, from, close) &&
                 redact_is_secret(scan, key->class, from, close, SYNTAX_QUOTED) &&
                 redact_mark_secret(scan, from, close, key->rule)) || found;
        i = close + quote.len - 1;
    }
    return found;
}

/* "x is the password", "x as password", "x = password", "x <- password" */
static bool joined_before(redact_scan *scan, const redact_key *key, size_t *sentence) {
    const char *s = scan->s;
    size_t at = key->start;
    for (unsigned fillers = 0; fillers <= FILLERS_MAX; fillers++) {
        if (!skip_back(scan, &at)) return false;
        size_t from = word_start(scan, at), len = at - from;
        *sentence = at;
        bool as = bytes_are_word(s + from, len, "as");
        bool joins =
            as || bytes_are_word(s + from, len, "is") || bytes_are_word(s + from, len, "was") ||
            (fillers == 0 && len == 1 && s[from] == '=') || bytes_are_word(s + from, len, "<-") ||
            bytes_are_word(s + from, len, "<=");
        if (joins) {
            at = from;
            if (!skip_back(scan, &at) || !ends_there(scan, key->after)) return false;
            if (as && s[at - 1] == ')') return called_before(scan, key, at);
            return mark_word(scan, key, word_start(scan, at), at, true);
        }
        bool whose = len > 2 && s[at - 1] == 's' && s[at - 2] == '\''; /* ann's */
        if (!whose && !is_filler(s + from, len)) return false;
        at = from;
    }
    return false;
}

/* "typed x when asked for her password" */
static bool given_before(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t last = 0, last_from = 0, start = at, none = scan->verbs_none;
    scan->verbs_none = 0;
    for (unsigned words = 0; words < VERB_REACH && at > 0; words++) {
        redact_work(scan, 30);
        if (at == none) break; /* another name before has looked further */
        size_t from = word_start(scan, at), len = at - from;
        if (len == 0) break;
        const char *sign = memchr(s + from, '=', len);
        if (sign && is_verb(s + from, (size_t)(sign - s) - from)) /* tried=x for password */
            return mark_word(scan, key, (size_t)(sign - s) + 1, from + len, true);
        if (is_verb(s + from, len)) return last && mark_word(scan, key, last_from, last, true);
        if (memchr(".;!?", s[at - 1], 4) && len > 1) break;
        last = at;
        last_from = from;
        at = from;
        if (!skip_back(scan, &at)) break;
    }
    scan->verbs_none = start;
    return false;
}

/* Does the sentence go on so after the name, as when a password was typed where another thing was
 * asked for? */
static bool is_misplaced(const redact_scan *scan, size_t at) {
    static const char *const ways[] = {" instead of ",  " into the ", " in the login",
                                       " in the user", " as the ",   " as user",
                                       " as login",    " prompt)",   " by mistake",
                                       " at the log",  " where the "};
    for (size_t n = 0; n < sizeof ways / sizeof *ways; n++) {
        if (redact_folds_at(scan, at, ways[n])) return true;
    }
    return false;
}

/* "invalid user x (somebody typed the password instead of the name)": before the bracket or the
 * dash. */
static bool misplaced(redact_scan *scan, const redact_key *key) {
    static const char *const verbs[] = {"typed", "pasted", "entered", "typing", "pasting"};
    const char *s = scan->s;
    size_t at = key->start, from = at;
    bool typed = false, other = false;
    if (!is_misplaced(scan, key->end)) return false;
    for (unsigned words = 0; words < 2 * VERB_REACH && at > 1; words++) {
        if (!skip_back(scan, &at)) return false;
        from = word_start(scan, at);
        bool opens = s[from] == '(';
        typed = typed || IS_ONE_OF(s + from + opens, at - from - opens, verbs);
        other = opens || (at - from <= 3 && byte_in(s[from], "-\xe2")); /* a dash */
        at = from;
        if (other) break;
    }
    if (!typed || !other || !skip_back(scan, &at)) return false;
    from = word_start(scan, at);
    size_t start, n = redact_word_before(scan, from, &start);
    bool odd = redact_is_mixture(scan, from, at) && !memchr(s + from, '/', at - from);
    if (!odd || bytes_are_word(s + start, n, "for") || s[at - 1] == ':' || s[at - 1] == ']')
        return false;
    return mark_word(scan, key, from, at, true);
}

/* 'x' (password), "x" (API key) */
static bool named_after(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t at = key->start;
    for (unsigned words = 0; at > 0 && s[at - 1] != '(' && words < 2; words++) {
        if (!skip_back(scan, &at)) return false;
        at = word_start(scan, at);
        if (s[at] == '(') at++;
    }
    if (at < 2 || s[at - 1] != '(' || redact_peek(scan, key->end) != ')') return false;
    at--;
    if (!skip_back(scan, &at)) return false;
    size_t from = word_start(scan, at);
    if (s[from] == '[') return false; /* [req-1] (password) */
    return mark_word(scan, key, from, at, byte_is(s[from], BYTE_QUOTE));
}

/* x=drowssap, x:password: a pair written backwards. */
static bool backwards(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t at = key->start;
    if (at < 2 || (s[at - 1] != '=' && s[at - 1] != ':')) return false;
    size_t from = word_start(scan, at - 1);
    if (redact_folds_at(scan, at, "drowssap")) return mark_word(scan, key, from, at - 1, true);
    char next = redact_peek(scan, key->after);
    bool ends = next == '\0' || byte_is(next, BYTE_SPACE) || memchr(",;&)]}", next, 6);
    if (!ends || key->quote.len || !redact_is_scrambled(s + from, at - 1 - from)) return false;
    return redact_mark_secret(scan, from, at - 1, key->rule);
}

/* 'Password1Field': may it be what some program calls the value? */
static bool holds_name(const redact_scan *scan, size_t from, size_t to) {
    static const char *const names[] = {"pass", "secret", "token"};
    for (; from < to; from++) {
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            if (redact_folds_at(scan, from, names[n])) return true;
        }
    }
    return false;
}

/* "x" => :password */
static bool symbol_before(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t at = key->start - 1;
    char next = redact_peek(scan, key->after);
    if (s[at] != ':' || key->quote.len || byte_is(next, BYTE_NAME)) return false;
    while (at > 0 && s[at - 1] == ' ') at--;
    if (at < 4 || s[at - 1] != '>' || s[at - 2] != '=') return false;
    at -= 2;
    while (at > 0 && s[at - 1] == ' ') at--;
    if (at < 2 || !byte_is(s[at - 1], BYTE_QUOTE)) return false;
    size_t to = at - 1, from;
    char quote = s[to];
    while (to > 0 && s[to - 1] == '\\') to--; /* of a mark in a string */
    for (from = to; from > 0 && to - from < WORD_MAX && s[from - 1] != quote; from--) {
        if (s[from - 1] == '\n') return false;
    }
    if (from == 0 || s[from - 1] != quote) return false;
    bool mixed = redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to);
    bool odd = (mixed && to - from >= SYMBOL_LEAST && !redact_has_blank(scan, from, to)) ||
               redact_is_phrase_code(s + from, to - from) || redact_is_jumble(s + from, to - from);
    if (!odd || redact_is_term(s + from, to - from) ||
        holds_name(scan, from, to) || !redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED))
        return false;
    return redact_mark_secret(scan, from, to, key->rule);
}

void redact_before(redact_scan *scan, const redact_key *key) {
    if (key->start < 4 || key->class.weight == BERTH_KEY_WEAK) return;
    if (symbol_before(scan, key)) return;
    if (backwards(scan, key) || named_after(scan, key)) return;
    size_t sentence = 0;
    if (key->class.kind == BERTH_KEY_PASSWORD && misplaced(scan, key)) return;
    if (joined_before(scan, key, &sentence)) return;
    if (sentence && key->class.kind == BERTH_KEY_PASSWORD) given_before(scan, key, key->start - 1);
}
