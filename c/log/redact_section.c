/* redact_section.c - values in sections whose head has the name of a secret: elements of XML beside
 * one that tells it, <ParameterKey>Password</ParameterKey><ParameterValue>x</ParameterValue>, and
 * blocks of HCL, resource "random_password" "db" { result = "x" }. */
#include <string.h>

#include "log/redact_private.h"

#define REACH 256 /* bytes of elements beside the name's */
#define ELEMENTS_MAX 4
#define LABEL_MAX 80
#define LABELS_MAX 3
#define BLOCK_MAX 512

/* --- elements ---------------------------------------------------------------------------- */

/* The last word of the name of the tag whose name begins at `at`, without a prefix; *end is where
 * the name ends. */
static size_t tag_word(const redact_scan *scan, size_t at, size_t *end) {
    const char *s = scan->s;
    size_t i = at, from = at;
    while (i < at + LABEL_MAX &&
           (byte_is(redact_peek(scan, i), BYTE_NAME) || redact_peek(scan, i) == ':')) {
        if (s[i++] == ':') from = i;
    }
    *end = i;
    while (i > from && byte_is(s[i - 1], BYTE_LOWER)) i--;
    if (i > from && i < *end && byte_is(s[i - 1], BYTE_UPPER)) i--;
    while (i == *end && i > from && byte_is(s[i - 1], BYTE_UPPER)) i--; /* NAME */
    return i;
}

static bool is_value_word(const char *s, size_t len) {
    static const char *const words[] = {"value", "val", "content", "data", "string"};
    return IS_ONE_OF(s, len, words);
}

/* <Value>x</Value> before the tag at `at`. */
static size_t element_before(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    size_t low = at > REACH ? at - REACH : 0, end;
    while (at > low && byte_is(s[at - 1], BYTE_SPACE)) at--;
    if (at == low || s[at - 1] != '>') return 0;
    while (at > low && s[at - 1] != '<') at--;
    if (at == low || redact_peek(scan, at) != '/') return 0;
    size_t word = tag_word(scan, at + 1, &end), to = at - 1, from = to;
    if (!is_value_word(s + word, end - word)) return 0;
    while (from > low && s[from - 1] != '>' && s[from - 1] != '<') from--;
    if (from == low || s[from - 1] != '>') return 0;
    if (!redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED)) return 0;
    redact_mark_secret(scan, from, to, key->rule);
    return 0; /* the walk goes on after the name */
}

size_t redact_beside(redact_scan *scan, const redact_key *key, size_t tag, bool *found) {
    static const char *const tellers[] = {"name",     "key",      "field",  "id",   "parameter",
                                          "param",    "variable", "option", "type", "property",
                                          "setting",  "attribute", "label", "header"};
    const char *s = scan->s;
    size_t end, word = tag_word(scan, tag, &end), i = key->end;
    *found = IS_ONE_OF(s + word, end - word, tellers) && redact_is_at(scan, i, "</");
    if (!*found) return 0;
    size_t stop = scan->len - i > REACH ? i + REACH : scan->len;
    redact_work(scan, 200);
    for (unsigned n = 0; n < ELEMENTS_MAX; n++) {
        const char *close = memchr(s + i, '>', stop - i);
        if (!close) return 0;
        i = (size_t)(close - s) + 1;
        while (i < stop && byte_is(s[i], BYTE_SPACE)) i++;
        if (redact_peek(scan, i) != '<') return 0;
        if (redact_peek(scan, i + 1) == '/') break; /* of what holds both */
        word = tag_word(scan, i + 1, &end);
        close = memchr(s + i, '>', stop - i);
        if (!close) return 0;
        i = (size_t)(close - s) + 1;
        if (is_value_word(s + word, end - word))
            return close[-1] == '/' ? 0 : redact_element(scan, key, i);
        if (bytes_are_word(s + word, end - word, "name") ||
            bytes_are_word(s + word, end - word, "key"))
            break; /* the next pair */
        if (close[-1] == '/') {
            i--;
            continue;
        }
        const char *past = memchr(s + i, '<', stop - i);
        if (!past) return 0;
        i = (size_t)(past - s);
    }
    return element_before(scan, key, tag - 1);
}

/* --- blocks ------------------------------------------------------------------------------ */

/* Past one label in marks and the blank before it; `at`: there is none. */
static size_t skip_label(const redact_scan *scan, size_t at) {
    size_t open = redact_skip_blanks(scan, at), i;
    redact_quote quote = redact_quote_at(scan, open);
    if (open == at || !quote.len) return at;
    for (i = open + quote.len; i < open + LABEL_MAX; i++) {
        char c = redact_peek(scan, i);
        if (!byte_is(c, BYTE_NAME) && !byte_in(c, "/")) break;
    }
    return redact_quote_at(scan, i).len == quote.len ? i + quote.len : at;
}

/* The brace of the block whose head has the name; 0: there is none. */
static size_t block_of(const redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t open = key->start - (key->start > key->quote.len ? key->quote.len : 0);
    size_t at = key->end + key->quote.len, labels = 0;
    char before = open > 0 ? s[open - 1] : '\n';
    if (redact_peek(scan, at) != ' ') return 0;
    if (key->quote.len) { /* a label, after another or after the block's type */
        if (before != ' ' || open < 2 || !byte_is(s[open - 2], BYTE_LETTER | BYTE_QUOTE)) return 0;
    } else if (!byte_in(before, " \n\t")) {
        return 0;
    }
    for (size_t next; labels < LABELS_MAX && (next = skip_label(scan, at)) > at; labels++)
        at = next;
    size_t brace = redact_skip_blanks(scan, at);
    bool block = (key->quote.len || labels > 0) && brace > at && redact_peek(scan, brace) == '{';
    return block ? brace : 0;
}

size_t redact_in_block(redact_scan *scan, const redact_key *key, bool *found) {
    static const char *const values[] = {"value", "default", "result",  "plaintext", "content",
                                         "data",  "hex",     "b64_std", "b64_url",   "secret_data",
                                         "text",  "string",  "payload", "raw"};
    const char *s = scan->s;
    size_t open = block_of(scan, key), done = 0;
    *found = open > 0;
    if (!*found) return 0;
    size_t stop = scan->len - open > BLOCK_MAX ? open + BLOCK_MAX : scan->len;
    unsigned depth = 0;
    redact_key member = *key;
    member.quote = (redact_quote){0};
    redact_work(scan, 200);
    for (size_t i = open; i < stop; i++) {
        if (byte_in(s[i], "{[("))
            depth++;
        else if (byte_in(s[i], "}])") && --depth == 0)
            break;
        redact_quote quote = redact_quote_at(scan, i);
        if (quote.len) { /* past a text */
            size_t close = redact_quote_close(scan, i + quote.len, quote);
            if (close == SIZE_MAX || close >= stop) break;
            i = close + quote.len - 1;
            continue;
        }
        if (depth != 1 || !byte_is(s[i], BYTE_LETTER) || byte_is(s[i - 1], BYTE_NAME)) continue;
        size_t from = i;
        while (i < stop && byte_is(s[i], BYTE_NAME)) i++;
        size_t sign = redact_skip_blanks(scan, i), value = redact_skip_blanks(scan, sign + 1);
        bool named = redact_peek(scan, sign) == '=' && IS_ONE_OF(s + from, i - from, values);
        size_t end = named && redact_quote_at(scan, value).len
                         ? redact_value(scan, &member, value, SYNTAX_QUOTED)
                         : 0;
        done = end ? end : done;
        i = (end ? end + redact_quote_at(scan, end).len : i) - 1;
    }
    return done;
}
