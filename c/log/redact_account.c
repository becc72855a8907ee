/* redact_account.c - rows of files whose name tells what they hold, as grep and others show them:
 * /etc/ppp/chap-secrets: "ann" * "x" 10.0.0.7, .htpasswd:3:ann:$apr1$x, /etc/passwd: ann:x:1000.
 * The one field is a secret, the others stay. */
#include <string.h>

#include "log/redact_private.h"

#define FIELD_MAX 512
#define NUMBER_MAX 8 /* digits of a line's number */

typedef enum row_kind {
    ROW_COLONS, /* ann:x:1000 */
    ROW_BLANKS, /* ann * "x" */
    ROW_LAST,   /* ann : XAUTH "x" */
    ROW_LOGIN   /* mx.example ann:x */
} row_kind;

typedef struct account_file {
    const char *name; /* lower case */
    row_kind kind;
    unsigned first, last; /* fields that are secrets */
    bool whole; /* no other word stands after it in the file's name, and a path or a dot before */
} account_file;

static const account_file files[] = {
    {"htpasswd", ROW_COLONS, 1, 1, false},       {"passwd", ROW_COLONS, 1, 1, true},
    {"passwd.client", ROW_COLONS, 2, 2, true},   {"smbpasswd", ROW_COLONS, 2, 3, false},
    {"chap-secrets", ROW_BLANKS, 2, 2, false},   {"pap-secrets", ROW_BLANKS, 2, 2, false},
    {"rsyncd.secrets", ROW_COLONS, 1, 1, false}, {"ipsec.secrets", ROW_LAST, 0, 0, false},
    {"sasl_passwd", ROW_LOGIN, 0, 0, false},
};

/* The file that has the name, perhaps among other words: .htpasswd.bak, users-htpasswd. */
static const account_file *file_of(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    for (size_t at = key->start; at < key->end; at++) {
        if (at > key->start && !byte_is(s[at - 1], BYTE_JOINT)) continue;
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            size_t len = strlen(files[i].name);
            if (files[i].name[0] != byte_lower(s[at]) || key->end - at < len ||
                !redact_folds_at(scan, at, files[i].name))
                continue;
            bool path = at > 0 && byte_in(s[at - 1], "/.");
            if (files[i].whole ? path && at + len == key->end
                               : at + len == key->end || byte_is(s[at + len], BYTE_JOINT))
                return &files[i];
        }
    }
    return NULL;
}

/* Past `:`, `:12:`, ` line 12:` and blanks; 0: no row follows. */
static size_t row_start(const redact_scan *scan, const redact_key *key) {
    size_t at = key->end + redact_quote_at(scan, key->end).len;
    bool line = redact_is_at(scan, at, " line ");
    if (line) at += 5;
    if (!line && !byte_in(redact_peek(scan, at), "=:")) return 0;
    size_t number = ++at;
    while (number < at + NUMBER_MAX && byte_is(redact_peek(scan, number), BYTE_DIGIT)) number++;
    if (number > at && redact_peek(scan, number) == ':') at = number + 1;
    return redact_skip_blanks(scan, at);
}

static size_t mark(redact_scan *scan, const redact_key *key, size_t from, size_t to) {
    static const char *const none[] = {"x", "!", "!!", "*", "!*", "*lk*", "np"};
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (from >= to || IS_ONE_OF(scan->s + from, to - from, none)) return 0;
    if (redact_folds_at(scan, from, "no password")) return 0; /* of Samba */
    if (!redact_is_secret(scan, class, from, to, SYNTAX_QUOTED)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* ann:x:1000; *row: it is such a row. */
static size_t colons(redact_scan *scan, const redact_key *key, const account_file *file, size_t at,
                     bool *row) {
    const char *s = scan->s;
    size_t stop = scan->len - at > FIELD_MAX ? at + FIELD_MAX : scan->len, from = at, done = 0;
    bool words = file->last > file->first; /* NO PASSWORD instead of one of them */
    for (unsigned field = 0; field <= file->last; field++) {
        size_t to = from;
        while (to < stop && s[to] != ':' && !redact_is_break(scan, to) &&
               (!byte_is(s[to], BYTE_SPACE | BYTE_QUOTE) ||
                (words && field == file->first && s[to] == ' ')))
            to++;
        if (to == from && field == 0) return 0;
        if (field >= file->first) {
            *row = to > from || redact_peek(scan, to) == ':';
            size_t end = mark(scan, key, from, to);
            done = end ? end : done;
        }
        if (redact_peek(scan, to) != ':') break;
        from = to + 1;
    }
    return done;
}

/* Does a row of words hold what sentences do not: a mark, *, an address, tabs? */
static bool is_table_row(const redact_scan *scan, const redact_part *word, unsigned words) {
    const char *s = scan->s;
    bool star = word[1].end - word[1].start == 1 && s[word[1].start] == '*', quoted = false;
    for (unsigned i = 0; i < 3; i++)
        quoted = quoted || (word[i].start > 0 && byte_is(s[word[i].start - 1], BYTE_QUOTE));
    bool address = words > 3 && (s[word[3].start] == '*' || byte_is(s[word[3].start], BYTE_DIGIT));
    return star || quoted || address || redact_peek(scan, word[0].end) == '\t';
}

/* ann * "x" 10.0.0.7; *row: it is such a row. */
static size_t blanks(redact_scan *scan, const redact_key *key, const account_file *file, size_t at,
                     bool *row) {
    redact_part word[4];
    unsigned words = 0;
    for (; words < 4 && at < scan->len; words++) {
        redact_quote quote = redact_quote_at(scan, at);
        size_t from = at + quote.len, to = from;
        if (quote.len) to = redact_quote_close(scan, from, quote);
        if (to == SIZE_MAX) return 0;
        while (!quote.len && to < scan->len && to - from < FIELD_MAX &&
               !byte_is(scan->s[to], BYTE_SPACE | BYTE_QUOTE))
            to++;
        if (to == from && !quote.len) break;
        word[words] = (redact_part){.start = from, .end = to};
        at = redact_skip_blanks(scan, to + quote.len);
    }
    if (words <= file->first || !is_table_row(scan, word, words)) return 0;
    *row = true;
    return mark(scan, key, word[file->first].start, word[file->first].end);
}

/* mx.example ann:x; *row: it is such a row. */
static size_t login(redact_scan *scan, const redact_key *key, size_t at, bool *row) {
    const char *s = scan->s;
    size_t stop = scan->len - at > FIELD_MAX ? at + FIELD_MAX : scan->len, from = at, joint, to;
    while (from < stop && !byte_is(s[from], BYTE_SPACE | BYTE_QUOTE)) from++;
    from = redact_skip_blanks(scan, from);
    for (joint = from; joint < stop && byte_is(s[joint], BYTE_NAME | BYTE_HIGH); joint++) {
    }
    if (redact_peek(scan, joint) == '@') /* ann@mx.example:x */
        while (++joint < stop && byte_is(s[joint], BYTE_NAME)) {
        }
    if (joint == from || redact_peek(scan, joint) != ':') return 0;
    for (to = joint + 1; to < stop && !byte_is(s[to], BYTE_SPACE | BYTE_QUOTE); to++) {
    }
    *row = to > joint + 1;
    return mark(scan, key, joint + 1, to);
}

/* The last text in marks of the line, of which nothing but a remark follows. */
static size_t last_text(redact_scan *scan, const redact_key *key, size_t at, bool *row) {
    size_t stop = redact_near_line_end(scan, at), done = 0;
    if (stop == SIZE_MAX || !memchr(scan->s + at, ':', stop - at)) return 0;
    for (size_t i = at; i < stop; i++) {
        redact_quote quote = redact_quote_at(scan, i);
        if (!quote.len) continue;
        size_t from = i + quote.len, close = redact_quote_close(scan, from, quote);
        if (close == SIZE_MAX || close > stop) break;
        bool typed = i > at + 1 && scan->s[i - 1] == ' ' && byte_is(scan->s[i - 2], BYTE_LETTER);
        if (typed) done = mark(scan, key, from, close);
        *row = *row || typed;
        i = close + quote.len - 1;
    }
    return done;
}

size_t redact_account_row(redact_scan *scan, const redact_key *key, size_t at, bool *row) {
    *row = false;
    if (!byte_in(scan->s[at], "pPsS")) return 0;
    if (!redact_folds_at(scan, at, "passwd") && !redact_folds_at(scan, at, "secrets")) return 0;
    size_t end = 0;
    at = row_start(scan, key);
    const account_file *file = at && at < scan->len ? file_of(scan, key) : NULL;
    if (!file || key->dashes) return 0;
    redact_work(scan, 60);
    *row = scan->s[at] == '#'; /* a remark in the file */
    if (*row) return 0;
    redact_quote quote = redact_quote_at(scan, at);
    if (file->kind == ROW_COLONS) end = colons(scan, key, file, at + quote.len, row);
    if (file->kind == ROW_BLANKS) end = blanks(scan, key, file, at, row);
    if (file->kind == ROW_LAST) end = last_text(scan, key, at, row);
    if (file->kind == ROW_LOGIN) end = login(scan, key, at + quote.len, row);
    /* /etc/passwd: Permission denied */
    bool word = end || quote.len || scan->s[key->end] != ':';
    if (!*row && !word) {
        size_t line = redact_near_line_end(scan, at);
        *row = line != SIZE_MAX && redact_has_blank(scan, at, line);
    }
    return end;
}

size_t redact_static_map(redact_scan *scan, const redact_key *key) {
    size_t at = redact_skip_blanks(scan, key->end);
    if (key->end - key->start < 6 || !redact_folds_at(scan, key->end - 5, "_maps")) return 0;
    if (redact_peek(scan, at) != '=') return 0;
    at = redact_skip_blanks(scan, at + 1);
    if (!redact_is_at(scan, at, "static:")) return 0;
    at += strlen("static:");
    return redact_user_and_password(scan, key, at, redact_bare_end(scan, at));
}
