/* redact_disguise.c - names and values that are written so that no program reads them: letters with
 * something between them, digits for letters, literals joined by code, lines broken inside a word,
 * addresses and numbers in words.
 *
 * A literal tells where there might be one (redact_is_disguised looks closer); a view of the record
 * without it is then scanned like any other. */
#include <string.h>

#include "log/redact_view.h"

#define RUN_LEAST 3  /* letters one by one */
#define SAID_LEAST 7 /* digits in words */
#define BLANKS_MAX 64
#define LIKE_MAX 11   /* the longest name */
#define JOINED_MAX 32 /* bytes of a variable between two literals */
#define LABEL_MAX 40
#define MARKUP_SIGNS "<[{}~"
#define SAID_SIGNS " [({<_-" /* around words that stand for signs: ann [at] example */

/* --- letters one by one ---------------------------------------------------------------------- */

/* May it stand between the letters of a name? */
static bool is_spacer(char c) {
    return c == '\0' || byte_in(c, " .-_/*|,~");
}

static bool is_single(char c) {
    return (unsigned char)c > 0x20 && c != ':' && c != '=' && c != '"' && c != '\'';
}

/* The end of the run of single letters from `at`, the same spacer between all of them; 0: none. */
static size_t run_end(const char *s, size_t at, size_t len) {
    if (len - at < 2 * RUN_LEAST - 1 || !byte_is(s[at], BYTE_WORD) || !is_spacer(s[at + 1]))
        return 0;
    if (at > 0 && byte_is(s[at - 1], BYTE_WORD)) return 0;
    char spacer = s[at + 1];
    size_t i = at, letters = 1;
    while (i + 2 < len && s[i + 1] == spacer && s[i + 2] != spacer) {
        bool single = spacer == '\0' ? s[i + 2] != '\0' : is_single(s[i + 2]);
        bool alone =
            i + 3 >= len || s[i + 3] == spacer || !byte_is(s[i + 3], BYTE_WORD | BYTE_HIGH);
        if (!single || !alone) break;
        i += 2;
        letters++;
    }
    if (letters < RUN_LEAST) return 0;
    bool tail = i + 2 < len && spacer != ' ' && s[i + 1] == spacer && strchr(":= ", s[i + 2]);
    return i + 1 + tail; /* P.A.S.S.: */
}

static size_t unspace(redact_decoder *d, size_t at) {
    size_t end = run_end(d->s, at, d->len);
    for (size_t i = at; i < end; i += 2) redact_put(d, d->s[i], i); /* an even end is a spacer */
    /* several blanks between two such words are one */
    size_t next = end;
    while (end && next < d->len && d->s[next] == ' ') next++;
    if (next > end + 1 && next < d->len && run_end(d->s, next, d->len)) end = next - 1;
    return end ? end - at : 0;
}

/* --- digits and signs for letters ------------------------------------------------------------- */

/* The letters that signs stand for; 1 is an i or an l. */
static const char like[256] = {['4'] = 'a', ['@'] = 'a', ['3'] = 'e', ['5'] = 's', ['$'] = 's',
                               ['0'] = 'o', ['1'] = 'i', ['!'] = 'i', ['7'] = 't'};

static bool is_like(char c, char letter) {
    return like[(unsigned char)c] == letter || (c == '1' && letter == 'l');
}

/* The name that the word at `at` is written like. */
static const char *name_like(const char *s, size_t at, size_t len) {
    static const char *const names[] = {
        "passphrase", "password", "passwort", "passwd",      "passcode",  "pass", "secret",
        "token",      "apikey",   "api_key",  "credentials", "secretkey", "key"};
    if (at > 0 && byte_is(s[at - 1], BYTE_WORD)) return NULL;
    size_t word = at; /* one that begins like a name, with a sign that stands for a letter */
    if (!byte_is(s[at], BYTE_LIKE)) return NULL;
    while (word < len && word - at < LIKE_MAX && byte_is(s[word], BYTE_LETTER | BYTE_JOINT)) word++;
    if (word == len || !byte_in(s[word], "4@35$01!7")) return NULL;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        size_t i = 0;
        bool odd = false;
        if (byte_lower(s[at]) != names[n][0] && !is_like(s[at], names[n][0])) continue;
        for (; names[n][i] && at + i < len; i++) {
            if (byte_lower(s[at + i]) == names[n][i]) continue;
            if (!is_like(s[at + i], names[n][i])) break;
            odd = true;
        }
        bool ends = at + i >= len || !(byte_is(s[at + i], BYTE_WORD) || byte_in(s[at + i], "@$!"));
        if (!names[n][i] && odd && ends) return names[n];
    }
    return NULL;
}

static size_t unleet(redact_decoder *d, size_t at) {
    const char *name = name_like(d->s, at, d->len);
    if (!name) return 0;
    for (size_t i = 0; name[i]; i++) redact_put(d, name[i], at + i);
    return strlen(name);
}

/* --- literals joined by code --------------------------------------------------------------------
 */

static size_t skip_gap(const char *s, size_t at, size_t len) {
    size_t stop = len - at > BLANKS_MAX ? at + BLANKS_MAX : len;
    while (at < stop &&
           (byte_is(s[at], BYTE_SPACE) || (s[at] == '\\' && at + 1 < len && s[at + 1] == '\n')))
        at++;
    return at;
}

static size_t joint_end(const char *s, size_t at, size_t len) {
    static const char *const joints[] = {"++", "..", "||", "<>", "+", ".", "&", "~"};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        size_t n = strlen(joints[i]);
        if (len - at >= n && s[at] == joints[i][0] && s[at + n - 1] == joints[i][n - 1])
            return at + n;
    }
    return at;
}

size_t redact_joint(const char *s, size_t at, size_t len) {
    size_t i = skip_gap(s, at, len), end = joint_end(s, i, len);
    if (end == i) return 0;
    i = skip_gap(s, end, len);
    size_t word = i;
    while (i < len && i - word < JOINED_MAX && (byte_is(s[i], BYTE_WORD) || s[i] == '_')) i++;
    if (i > word + 1) { /* a variable, or the letter of f"" */
        i = skip_gap(s, i, len);
        end = joint_end(s, i, len);
        if (end == i) return 0;
        i = skip_gap(s, end, len);
    }
    return i < len && byte_is(s[i], BYTE_QUOTE) ? i : 0;
}

/* At the mark that closes a literal which another one is joined to. */
static size_t unjoin(redact_decoder *d, size_t at) {
    const char *s = d->s;
    if (d->renamed && s[at] == d->renamed && (at == 0 || s[at - 1] != '\\')) {
        d->renamed = '\0';
        size_t next = redact_joint(s, at + 1, d->len);
        if (!next) {
            redact_put(d, d->rename, at);
            return 1;
        }
    }
    if (!byte_is(s[at], BYTE_QUOTE)) return 0;
    size_t next = redact_joint(s, at + 1, d->len);
    if (!next) return 0;
    if (s[next] != s[at]) {
        d->renamed = s[next];
        d->rename = s[at];
    }
    return next + 1 - at;
}

/* --- soft ends of lines --------------------------------------------------------------------------
 */

/* =3D, and = before the end of a line, as in mail. */
static size_t unquote_printable(redact_decoder *d, size_t at) {
    const char *s = d->s;
    if (s[at] != '=' || at + 1 >= d->len) return 0;
    if (s[at + 1] == '\n') return 2;
    if (at + 2 >= d->len) return 0;
    if (s[at + 1] == '\r' && s[at + 2] == '\n') return 3;
    if (byte_is(s[at + 1], BYTE_LOWER) || byte_is(s[at + 2], BYTE_LOWER)) return 0;
    int high = byte_hex(s[at + 1]), low = byte_hex(s[at + 2]);
    if (high < 0 || low < 0 || high * 16 + low < 9) return 0;
    redact_put(d, (char)(high * 16 + low), at);
    return 3;
}

/* A word that goes on in the next line, after a backslash. */
static bool is_broken_word(const char *s, size_t at, size_t len) {
    return s[at] == '\\' && at > 0 && byte_is(s[at - 1], BYTE_NAME) && len - at > 2 &&
           s[at + 1] == '\n';
}

static size_t unbreak(const redact_decoder *d, size_t at) {
    if (!is_broken_word(d->s, at, d->len)) return 0;
    size_t i = at + 2;
    while (i < d->len && i - at < BLANKS_MAX && (d->s[i] == ' ' || d->s[i] == '\t')) i++;
    return i - at;
}

/* --- addresses in words
 * --------------------------------------------------------------------------- */

/* Past " [at] ", "(dot)", " at ", "_dot_"; `word` is at or dot.  *bare: no brackets around it. */
static size_t said_end(const char *s, size_t at, size_t len, const char *word, bool *bare) {
    static const char opening[] = "[({<", closing[] = "])}>";
    size_t i = at, n = strlen(word);
    while (i < len && i - at < 2 && s[i] == ' ') i++;
    const char *open = i < len && s[i] ? strchr(opening, s[i]) : NULL;
    char joint = i > at ? ' ' : i < len ? s[i] : '\0';
    *bare = !open;
    if (open || joint == '_' || joint == '-')
        i++;
    else if (i == at)
        return 0;
    if (i >= len || len - i <= n || !bytes_fold_equal(s + i, word, n)) {
        bool dot = open && word[0] == 'd' && len - i > 1 && s[i] == '.'; /* [.] */
        if (!dot) return 0;
        n = 1;
    }
    i += n;
    if (s[i] != (open ? closing[open - opening] : joint)) return 0;
    i++;
    while (open && i < len && s[i] == ' ') i++;
    return i < len && byte_is(s[i], BYTE_WORD) ? i : 0;
}

static size_t label_end(const char *s, size_t at, size_t len) {
    size_t i = at;
    while (i < len && i - at < LABEL_MAX && (byte_is(s[i], BYTE_WORD) || s[i] == '-')) i++;
    return i;
}

/* Does a domain's last label stand at `at`, in words that may go on? */
static bool is_top_label(const char *s, size_t at, size_t len) {
    static const char *const labels[] = {"com",     "org",    "net",  "edu",     "gov",
                                         "info",    "biz",    "dev",  "app",     "test",
                                         "example", "museum", "name", "invalid", "local"};
    size_t end = label_end(s, at, len), n = end - at;
    if (n == 2) return byte_is(s[at], BYTE_LETTER) && byte_is(s[at + 1], BYTE_LETTER);
    return IS_ONE_OF(s + at, n, labels);
}

/* After "ann at ": example dot org, example.org, lab dot example dot org. */
static bool is_said_domain(const char *s, size_t at, size_t len) {
    bool bare, said = false;
    for (unsigned labels = 0; labels < 4; labels++) {
        size_t end = label_end(s, at, len);
        if (end == at || end >= len) return false;
        size_t next = said_end(s, end, len, "dot", &bare);
        said = said || next;
        if (!next && s[end] == '.') next = end + 1;
        if (!next || !said) return false;
        at = next;
        size_t last = label_end(s, at, len);
        if (is_top_label(s, at, len) && !said_end(s, last, len, "dot", &bare)) return true;
    }
    return false;
}

static size_t unsay(redact_decoder *d, size_t at) {
    const char *s = d->s;
    bool bare;
    if (at == 0 || !byte_is(s[at - 1], BYTE_WORD | BYTE_HIGH)) return 0;
    size_t end = said_end(s, at, d->len, "at", &bare);
    if (end && (!bare || is_said_domain(s, end, d->len))) {
        redact_put(d, '@', at);
        return end - at;
    }
    end = said_end(s, at, d->len, "dot", &bare);
    if (!end) return 0;
    redact_put(d, '.', at);
    return end - at;
}

/* --- numbers in words
 * ------------------------------------------------------------------------------ */

/* Does a word that names a digit begin so? */
static bool begins_digit(char c) {
    return byte_in(c, "zotfsenZOTFSEN");
}

/* The digit that the word at `at` names, or -1; *end is past it then. */
static int said_digit(const char *s, size_t at, size_t len, size_t *end) {
    static const char *const words[] = {"zero", "one", "two",   "three", "four",
                                        "five", "six", "seven", "eight", "nine"};
    size_t i = at;
    *end = i;
    if (at >= len || !begins_digit(s[at])) return -1;
    while (i < len && i - at < 6 && byte_is(s[i], BYTE_LETTER)) i++;
    *end = i;
    for (int digit = 0; digit < 10; digit++) {
        if (bytes_are_word(s + at, i - at, words[digit])) return digit;
    }
    return -1;
}

/* The digits in words from `at` on; returns how many there are, *end is past them. */
static size_t count_said(const char *s, size_t at, size_t len, size_t *end) {
    size_t count = 0, i = at;
    *end = at;
    while (i < len && said_digit(s, i, len, &i) >= 0) {
        count++;
        *end = i;
        while (i < len && i - *end < 2 && (s[i] == ' ' || s[i] == '-' || s[i] == ',')) i++;
        if (i == *end) break;
    }
    return count;
}

/* Back from the digit at `at` to the first one of several. */
static size_t first_said(const char *s, size_t at) {
    for (unsigned digits = 0; digits < 2 * SAID_LEAST && at > 3; digits++) {
        size_t end = at - 1, from, past;
        if (s[end] != ' ' && s[end] != '-') break;
        for (from = end; from > 0 && end - from < 6 && byte_is(s[from - 1], BYTE_LETTER);) from--;
        if (from == end || said_digit(s, from, end, &past) < 0) break;
        at = from;
    }
    return at;
}

static size_t uncount(redact_decoder *d, size_t at) {
    size_t end, i = at;
    if (at > 0 && byte_is(d->s[at - 1], BYTE_WORD)) return 0;
    if (count_said(d->s, at, d->len, &end) < SAID_LEAST) return 0;
    while (i < end) {
        size_t word = i;
        int digit = said_digit(d->s, i, end, &i);
        redact_put(d, (char)('0' + digit), word);
        while (i < end && !byte_is(d->s[i], BYTE_LETTER)) i++;
    }
    return end - at;
}

/* --- both sides
 * ------------------------------------------------------------------------------------- */

/* The end of the first blank-separated word at `at`, for a run's beginning: back over its letters.
 */
static bool is_in_run(const redact_scan *scan, size_t at) {
    char spacer = redact_peek(scan, at + 1);
    size_t from = at;
    while (from >= 2 && scan->s[from - 1] == spacer && byte_is(scan->s[from - 2], BYTE_WORD) &&
           at - from < LABEL_MAX)
        from -= 2;
    if (from > 0 && byte_is(scan->s[from - 1], BYTE_WORD)) from += 2;
    return from < scan->len && run_end(scan->s, from, scan->len) > at;
}

static bool is_joined_word(const redact_scan *scan, size_t at) {
    return at > 0 && byte_is(scan->s[at - 1], BYTE_NAME) &&
           redact_joint(scan->s, at + 1, scan->len);
}

static bool is_said(const redact_scan *scan, size_t at) {
    bool bare;
    while (at > 0 && scan->s[at - 1] == ' ') at--;
    return said_end(scan->s, at, scan->len, "at", &bare) ||
           said_end(scan->s, at, scan->len, "dot", &bare);
}

bool redact_is_disguised(const redact_scan *scan, size_t at, unsigned disguise) {
    size_t end;
    switch (disguise) {
    case DISGUISE_SPACED:
        return is_in_run(scan, at);
    case DISGUISE_LEET:
        redact_work(scan, 60);
        return name_like(scan->s, at, scan->len) != NULL;
    case DISGUISE_JOINED:
        return is_joined_word(scan, at);
    case DISGUISE_SAID:
        return is_said(scan, at);
    case DISGUISE_COUNTED:
        at = first_said(scan->s, at);
        return count_said(scan->s, at, scan->len, &end) >= SAID_LEAST;
    default:
        return true;
    }
}

bool redact_is_broken(const redact_scan *scan, size_t at) {
    return is_broken_word(scan->s, at, scan->len);
}

/* May a disguise that is to be taken off begin at `at`?  Asked where d->begins allows it. */
static bool may_begin(const redact_decoder *d, size_t at) {
    char c = d->s[at], before = at > 0 ? d->s[at - 1] : ' ';
    unsigned disguises = d->disguises;
    if (disguises & DISGUISE_LEET && name_like(d->s, at, d->len)) return true;
    if (byte_is(c, BYTE_WORD))
        return (disguises & DISGUISE_COUNTED && begins_digit(c)) ||
               (disguises & DISGUISE_SPACED && at + 1 < d->len && is_spacer(d->s[at + 1]));
    if (byte_is(c, BYTE_QUOTE)) return disguises & (DISGUISE_JOINED | DISGUISE_DOUBLED);
    if (c == '=') return disguises & DISGUISE_PRINTABLE;
    if (disguises & DISGUISE_MARKUP && byte_in(c, MARKUP_SIGNS)) return true;
    return disguises & DISGUISE_SAID && byte_is(before, BYTE_WORD | BYTE_HIGH) &&
           byte_in(c, SAID_SIGNS);
}

/* May an encoded character begin with the byte?  None begins within a character of UTF-8, and none
 * of U+4000 to U+9FFF looks like another. */
static bool may_be_encoded(char c) {
    unsigned char b = (unsigned char)c;
    return byte_is(c, BYTE_CODE) && !(b >= 0x80 && b < 0xc0) && !(b >= 0xe4 && b <= 0xe9);
}

void redact_note_beginnings(redact_decoder *d) {
    unsigned disguises = d->disguises;
    for (unsigned b = 0; b < 256; b++) {
        char c = (char)b;
        bool begins = disguises & DISGUISE_LEET && byte_is(c, BYTE_LIKE);
        if (byte_is(c, BYTE_WORD))
            begins = begins || disguises & DISGUISE_SPACED ||
                     (disguises & DISGUISE_COUNTED && begins_digit(c));
        else if (byte_is(c, BYTE_QUOTE))
            begins = begins || disguises & (DISGUISE_JOINED | DISGUISE_DOUBLED);
        begins = begins || (disguises & DISGUISE_PRINTABLE && c == '=') ||
                 (disguises & DISGUISE_MARKUP && byte_in(c, MARKUP_SIGNS)) ||
                 (disguises & DISGUISE_SAID && byte_in(c, SAID_SIGNS));
        d->begins[b] = may_be_encoded(c)       ? REDACT_BEGINS_CODE
                       : !begins               ? REDACT_BEGINS_NOTHING
                       : byte_is(c, BYTE_WORD) ? REDACT_BEGINS_WORD
                                               : REDACT_BEGINS_SIGN;
    }
}

/* Is it no first byte of a character of UTF-8, or one that the next byte goes on with? */
static bool begins_character(const redact_decoder *d, size_t at) {
    if ((unsigned char)d->s[at] < 0xc0) return true;
    return at + 1 < d->len && ((unsigned char)d->s[at + 1] & 0xc0) == 0x80;
}

size_t redact_plain_end(const redact_decoder *d, size_t at) {
    const char *s = d->s;
    for (; at < d->len; at++) {
        unsigned char begins = d->begins[(unsigned char)s[at]];
        if (begins == REDACT_BEGINS_NOTHING) continue;
        if (begins == REDACT_BEGINS_CODE) {
            if (begins_character(d, at)) break;
            continue;
        }
        if (begins == REDACT_BEGINS_WORD && at > 0 && byte_is(s[at - 1], BYTE_WORD)) continue;
        if (may_begin(d, at)) break;
    }
    return at;
}

static size_t undouble(redact_decoder *d, size_t at) {
    if (d->s[at] != '"' || at + 1 >= d->len || d->s[at + 1] != '"') return 0;
    redact_put(d, '"', at);
    return 2;
}

size_t redact_undisguise(redact_decoder *d, size_t at) {
    size_t taken = 0;
    char c = d->s[at];
    if (c == '\\') return unbreak(d, at);
    if (!taken && d->disguises & DISGUISE_LEET) taken = unleet(d, at);
    if (!taken && d->disguises & DISGUISE_SPACED) taken = unspace(d, at);
    if (!taken && d->disguises & DISGUISE_JOINED) taken = unjoin(d, at);
    if (!taken && d->disguises & DISGUISE_DOUBLED) taken = undouble(d, at);
    if (!taken && d->disguises & DISGUISE_PRINTABLE) taken = unquote_printable(d, at);
    if (!taken && d->disguises & DISGUISE_SAID) taken = unsay(d, at);
    if (!taken && d->disguises & DISGUISE_COUNTED) taken = uncount(d, at);
    return taken;
}
