/* redact_call.c - calls that log in: login('ann', 'x'), connect(host, user, x), and what Redis is
 * sent, argument by argument. */
#include <string.h>

#include "log/redact_private.h"

#define ARGUMENTS_MAX 6
#define ARGUMENT_MAX 128
#define PLAIN_LEAST 6

static const berth_key_class password = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};

typedef struct argument {
    size_t from, to, end; /* its text; past its mark */
    bool quoted;
} argument;

static bool read_argument(const redact_scan *scan, size_t at, argument *a) {
    const char *s = scan->s;
    at = redact_skip_type(scan, redact_skip_blanks(scan, at));
    redact_quote quote = redact_quote_at(scan, at);
    a->from = at + quote.len;
    a->quoted = quote.len > 0;
    if (quote.len) {
        a->to = redact_quote_close(scan, a->from, quote);
        if (a->to == SIZE_MAX) return false;
    } else {
        size_t stop = scan->len - at > ARGUMENT_MAX ? at + ARGUMENT_MAX : scan->len;
        for (a->to = at; a->to < stop && !byte_is(s[a->to], BYTE_SPACE) && s[a->to] != ',' &&
                         s[a->to] != ')';
             a->to++) {
        }
    }
    a->end = a->to + quote.len;
    return a->to - a->from <= ARGUMENT_MAX;
}

/* Letters and digits that are no place and no address. */
static bool is_plain_secret(const redact_scan *scan, const argument *a) {
    if (!a->quoted || a->to - a->from < PLAIN_LEAST) return false;
    for (size_t i = a->from; i < a->to; i++) {
        if (byte_is(scan->s[i], BYTE_SPACE) || strchr("/:=.@", scan->s[i])) return false;
    }
    return redact_has_digit(scan, a->from, a->to) && redact_is_mixture(scan, a->from, a->to);
}

size_t redact_call(redact_scan *scan, size_t at) {
    bool place_first = redact_folds_at(scan, at, "connect(") ||
                       redact_folds_at(scan, at, "nection(") || redact_folds_at(scan, at, "pdo(");
    bool hashed = redact_folds_at(scan, at, "hashpw(") || redact_folds_at(scan, at, "pt.hash(") ||
                  redact_folds_at(scan, at, "ashsync("); /* bcrypt.hash('x', 10) */
    size_t open = at, place = hashed ? 0 : place_first ? 2 : 1; /* where the server is told first */
    argument a;
    while (redact_peek(scan, open) != '(') open++;
    for (size_t n = 0; n < ARGUMENTS_MAX && read_argument(scan, open + 1, &a); n++) {
        const char *text = scan->s + a.from;
        size_t len = a.to - a.from;
        bool secret = n > 0 && redact_is_scrambled(text, len);
        if (n == place && !secret)
            secret = hashed       ? a.quoted && redact_is_mixture(scan, a.from, a.to)
                     : place == 1 ? is_plain_secret(scan, &a)
                                  : a.quoted && (redact_looks_random(text, len) ||
                                                 redact_is_phrase_code(text, len));
        if (secret && redact_is_secret(scan, password, a.from, a.to, SYNTAX_QUOTED))
            redact_mark_secret(scan, a.from, a.to, RULE_LOGIN);
        open = redact_skip_blanks(scan, a.end);
        if (redact_peek(scan, open) != ',') break;
    }
    return 0;
}

/* Past the end of a line, which may be escaped; 0: there is none. */
static size_t skip_break(const redact_scan *scan, size_t at) {
    static const char *const breaks[] = {"\r\n", "\\r\\n", "\n", "\\n"};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        if (redact_is_at(scan, at, breaks[i])) return at + strlen(breaks[i]);
    }
    return 0;
}

/* AUTH \r\n $12 \r\n x, the last of one or two such arguments after the command. */
size_t redact_sent_auth(redact_scan *scan, size_t at) {
    size_t from = 0, to = 0;
    for (unsigned n = 0; n < 2; n++) {
        size_t i = skip_break(scan, at);
        if (!i || redact_peek(scan, i) != '$') break;
        for (i++; byte_is(redact_peek(scan, i), BYTE_DIGIT); i++) {
        }
        i = skip_break(scan, i);
        if (!i) break;
        from = to = i;
        while (to < scan->len && to - from < ARGUMENT_MAX && !skip_break(scan, to)) to++;
        at = to;
    }
    bool secret = from < to && redact_is_secret(scan, password, from, to, SYNTAX_QUOTED);
    return secret && redact_mark_secret(scan, from, to, RULE_LOGIN) ? to : 0;
}
