/* redact_settings.c - how far the values of settings go: blocks of YAML, lines of a file, parts of
 * a data source. */
#include <string.h>

#include "log/redact_private.h"

#define INDENT_MAX 40
#define SOURCE_MAX 40 /* bytes of a value after its first blank */

/* YAML's | and >: the lines below that are indented more than the name and as much as the first of
 * them, for the name may stand after something else.  *found: there are some. */
size_t redact_block_lines(redact_scan *scan, const redact_key *key, size_t at, bool *found) {
    const char *s = scan->s;
    size_t i = at + 1, line = key->start, end = 0;
    while (redact_peek(scan, i) == '-' || redact_peek(scan, i) == '+' ||
           byte_is(redact_peek(scan, i), BYTE_DIGIT))
        i++;
    if (redact_peek(scan, i) == '\r') i++;
    if (redact_peek(scan, i) != '\n') return 0;
    while (line > 0 && s[line - 1] != '\n' && key->start - line < BERTH_KEY_NAME_MAX) line--;
    size_t indent = 0;
    while (line + indent < key->start && s[line + indent] == ' ') indent++;
    size_t first = 0, inner = 0;
    for (i++; i < scan->len;) {
        size_t text = i, stop = redact_line_end(scan, i);
        while (text < stop && (s[text] == ' ' || s[text] == '\t')) text++;
        if (text < stop) {
            if (text - i <= indent || text - i < inner) break;
            if (!first) first = text, inner = text - i;
            end = stop;
        }
        i = stop;
        while (i < scan->len && (s[i] == '\r' || s[i] == '\n')) {
            if (s[i++] == '\n') break;
        }
    }
    *found = end > first;
    return *found && redact_mark_secret(scan, first, end, key->rule) ? end : 0;
}

/* Does the key begin its line, or does the next line look like its own: another name and value? */
static bool is_in_settings(const redact_scan *scan, const redact_key *key, size_t at, size_t stop) {
    const char *s = scan->s;
    size_t line = key->start, next = stop;
    while (line > 0 && (s[line - 1] == ' ' || s[line - 1] == '\t') &&
           key->start - line < INDENT_MAX)
        line--;
    bool first = line == 0 || s[line - 1] == '\n';
    if (first && !(line == 0 && stop == scan->len)) return true; /* else a log line, no file */
    while (next < scan->len && byte_is(s[next], BYTE_SPACE)) next++;
    if (at == key->after || key->start == 0 || s[key->start - 1] != ' ' || next == stop)
        return false;
    while (byte_is(redact_peek(scan, next), BYTE_NAME)) next++;
    next = redact_skip_blanks(scan, next);
    return redact_peek(scan, next) == scan->s[at - 2] && redact_peek(scan, next + 1) == ' ';
}

/* Password=x y;Uid=ann: in a data source the value goes to the sign before the next name; 0: it is
 * in none. */
static size_t source_end(const redact_scan *scan, const redact_key *key, size_t at, size_t end) {
    size_t i = end, next;
    bool tight = key->class.kind == BERTH_KEY_PASSWORD && scan->s[at - 1] == '=';
    if (!tight || redact_peek(scan, end) != ' ') return 0;
    while (i < scan->len && i < end + SOURCE_MAX && !memchr(";=:,\"'\n", scan->s[i], 7)) i++;
    for (next = i + 1; byte_is(redact_peek(scan, next), BYTE_LETTER | BYTE_SPACE); next++) {
    }
    bool among = key->start > 0 && scan->s[key->start - 1] == ';';
    bool named = redact_peek(scan, i) == ';' &&
                 byte_is(redact_peek(scan, i + 1), among ? BYTE_LETTER : BYTE_UPPER);
    return named && redact_peek(scan, next) == '=' ? i : 0;
}

/* Does the word at `at` name somebody, after `for` or `user`? */
static bool is_whose(const redact_scan *scan, size_t at) {
    static const char *const words[] = {"for", "user", "by", "of", "account"};
    size_t start, n = redact_word_before(scan, at, &start);
    return IS_ONE_OF(scan->s + start, n, words);
}

/* passwd: all authentication tokens updated; chpasswd: (user ann) failed: is what the program says
 * words alone, among which is the name of a secret, or a remark? */
static bool is_report(const redact_scan *scan, const redact_key *key) {
    static const char *const programs[] = {"passwd",   "chpasswd",  "gpasswd",
                                           "htpasswd", "smbpasswd", "kpasswd"};
    const char *s = scan->s;
    size_t at = key->end + 2, stop;
    bool named = false;
    if (redact_peek(scan, key->end) != ':' || redact_peek(scan, key->end + 1) != ' ' ||
        !IS_ONE_OF(s + key->start, key->end - key->start, programs))
        return false;
    stop = redact_near_line_end(scan, key->end);
    if (stop == SIZE_MAX) return false;
    if (redact_is_at(scan, at, "(user ") || redact_is_at(scan, at, "(line ") ||
        (redact_is_at(scan, at, "line ") && byte_is(redact_peek(scan, at + 5), BYTE_DIGIT)))
        return true;
    for (size_t i = at, end; i < stop; i = end + 1) {
        for (end = i; end < stop && byte_is(s[end], BYTE_LETTER); end++) {
        }
        named =
            named || (end > i && redact_classify(scan->r, s + i, end - i).kind != BERTH_KEY_NONE);
        if (is_whose(scan, i)) /* for svc-01 */
            while (end < stop && s[end] != ' ') end++;
        if (end < stop && s[end] != ' ' && !(s[end] == '.' && end + 1 == stop)) return false;
    }
    return named && redact_has_blank(scan, at, stop);
}

/* pam_unix(passwd:chauthtok): the service and what a module of PAM does for it. */
static bool is_service(const redact_scan *scan, const redact_key *key) {
    static const char *const calls[] = {"auth",      "account", "session", "password",
                                        "chauthtok", "setcred", "acct_mgmt"};
    const char *s = scan->s;
    size_t module = key->start, from = key->end + 1, to = from;
    if (module < 2 || s[module - 1] != '(' || redact_peek(scan, key->end) != ':') return false;
    while (byte_is(redact_peek(scan, to), BYTE_LOWER) || redact_peek(scan, to) == '_') to++;
    if (to == from || redact_peek(scan, to) != ')') return false;
    size_t end = --module;
    while (module > 0 && end - module < BERTH_KEY_NAME_MAX && byte_is(s[module - 1], BYTE_NAME))
        module--;
    if (module == end) /* pam_unix[71]: (passwd:chauthtok) */
        return bytes_are_word(s + from, to - from, "chauthtok");
    return redact_folds_at(scan, module, "pam") || IS_ONE_OF(s + from, to - from, calls);
}

bool redact_is_program(const redact_scan *scan, const redact_key *key) {
    size_t i = key->end + 1;
    if (redact_is_at(scan, key->start, "wpa_passphrase ")) return true; /* takes net and phrase */
    if (redact_peek(scan, key->end) != '[') return is_report(scan, key) || is_service(scan, key);
    while (byte_is(redact_peek(scan, i), BYTE_DIGIT)) i++;
    return i > key->end + 2 && redact_is_at(scan, i, "]: ");
}

/* In a file of settings the value goes to the end of its line, blanks included; one of several
 * words otherwise over its words. */
size_t redact_settings_end(const redact_scan *scan, const redact_key *key, size_t at,
                           size_t end) {
    const char *s = scan->s;
    char c = redact_peek(scan, end);
    if (key->class.weight == BERTH_KEY_WEAK || key->quote.len || key->dashes) return end;
    if (memchr(s + key->start, ' ', key->end - key->start)) return end; /* api key=x of ann */
    bool sign = memchr(")]}&|,;", c, 7) &&
                !byte_is(redact_peek(scan, end + 1), BYTE_SPACE | BYTE_QUOTE);
    if (c != ' ' && c != '\t' && !byte_is(c, BYTE_QUOTE) && !sign) return end;
    size_t source = source_end(scan, key, at, end), stop = redact_near_line_end(scan, end);
    if (source) return source;
    if (stop != SIZE_MAX) stop = redact_string_stop(scan, end, stop);
    if (stop == SIZE_MAX || !is_in_settings(scan, key, at, stop)) return end;
    if (sign && scan->s[at - 1] != ' ') return end; /* password=x;user=ann */
    for (size_t i = end; i < stop; i++) {
        if (s[i] != ' ' && s[i] != '\t') {
            if (s[i] == '#' || s[i] == ';' || redact_pair_follows(scan, i)) return end;
            while (i < stop && s[i] != ' ') i++;
        }
    }
    return stop > end ? stop : end;
}
