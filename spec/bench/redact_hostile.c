/* redact_hostile.c - lines of 1 MB that are made to be slow: a few kinds that are known, then a
 * search for the worst among repetitions of up to three pieces of what the redactor looks for.  In
 * some of them every piece is another one: its letters and digits change, so that no part of the
 * line stands there twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact.h"

#define LINE ((size_t)1 << 20)
#define SHORT ((size_t)64 << 10) /* a look at so much decides whether the whole line is tried */
#define KEPT 8                   /* worst ones that are told */
#define PIECES 3

/* \1 is another digit each time, \2 another letter, \3 another sign of base64. */
static const char *const known[] = {
    "password=a\3\3\3\3\3\3\3\3 ",
    "\"password\": \"\3\3\3\3\3\3\3\3\3\", ",
    "{\"name\":\"k\1\1\1\1\",\"secret\":\"\3\3\3\3\3\3\3\3\3\3\3\"},",
    "the password is \3\3\3\3\3\3\3\3. ",
    "password \2\2\2\2\2 ",
    "token\1 ",
    "<password>\3\3\3\3\3\3</password>",
    "user\1\1\1@host\1\1.example.org ",
    "\\u0022user\1\1@host\1.example.org ",
    "a\2:\3\3\3@b",
    "http://\2\2\2:\3\3\3\3\3\3@h\1\1/ ",
    "mysql -p\3\3\3\3\3\3 ",
    "curl -u \2\2:\3\3\3\3\3\3 ",
    "sshpass \3\3\3 ",
    "net use a\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\ ",
    "connect(\"",
    "the back ",
    "Cookie: s\2=\3\3\3\3\3\3; ",
    "Authorization: Bearer \3\3\3\3\3\3\3\3\3\3\3\3 ",
    "p4ssw0rd=\3\3\3\3\3 ",
    "p a s s w o r d = \3\3\3\3\3 ",
    "%\1\1%\1\1\2",
    "\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3",
    "eyJ\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3 ",
    "key\1=\2\2\2,",
    "\1\1\1\1 \1\1\1\1 \1\1\1\1 \1\1\1\1 ",
    "IDENTIFIED BY '\3\3\3\3\3\3' ",
    "Auth\2\2\2\2: Bearer \3\3\3\3.\3\3\3\3",
    "\2\2\2pass ",
    ":::::::::::::::::auth",
    "\xe2\x80\x9c\xe2\x80\x9d" "auth::",
    "$cookie=\"",
    "$Authorization=",
    "-eyJ",
    "-eyJ\3\3",
    "\"",
    "\\\"",
    "\\",
    "'\"",
    "{\"a\":",
    "[",
    "{",
    "(",
    "<a>",
    "password",
    "password ",
    "password=",
    "password: ",
    "\"password\":\"",
    "secret token ",
    "@",
    "a@",
    "a@b.",
    "://",
    "http://a:b@",
    "1",
    "4111 1111 ",
    "+1 ",
    "(650) ",
    "DE89 ",
    "%3D",
    "%253D",
    "&quot;",
    "&amp;",
    "\\u0022",
    "eyJ",
    "eyJhbGciOiJIUzI1NiJ9.",
    "QUJD",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    ",",
    ",a",
    "=",
    "a=b;",
    "sk-",
    "ghp_a",
    "xoxb-1",
    "$2b$12$",
    "AKIA",
    "SG.a.",
    "Bearer ",
    "Authorization: ",
    "Cookie: a=b; ",
    "mysql -p",
    "curl -u a:b ",
    "IDENTIFIED BY '",
    "VALUES ('a', ",
    "is ",
    "\xef\xbc\x9d",
    "\xff",
    "a",
};

static const char *const pieces[] = {
    "=",
    ": ",
    "=>",
    ":",
    "\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "\\\\\\\"",
    "\\n",
    "\n",
    "\t",
    " ",
    ",",
    ";",
    "&",
    "?",
    "@",
    "://",
    "/",
    "--",
    "-p",
    "-u ",
    "-H ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "%3D",
    "%22",
    "%253D",
    "\\u0022",
    "\\x22",
    "&quot;",
    "&#34;",
    "&amp;",
    "\xef\xbc\x9d",
    "\xe2\x80\x8b",
    "\xff",
    "mysql ",
    "curl ",
    "sshpass ",
    "IDENTIFIED BY ",
    "VALUES (",
    "SET PASSWORD",
    "name",
    "value",
    "null",
    "***",
    "true",
    "${X}",
    "ann",
    "Lq3x9Z7",
    "4111111111111111",
    "10.20.30.40",
    "ann@example.org",
    "-----BEGIN PRIVATE KEY-----",
    "-----",
    "eyJ",
    "c2VjcmV0",
    "70617373",
    "a",
    "1",
    "password",
    "token",
    "secret",
    "key",
    "auth",
    "cookie",
    "session",
    "Bearer ",
    " is ",
    " for ",
};

typedef struct hostile {
    double cost; /* nanoseconds a byte */
    char what[160];
} hostile;

static unsigned long long next(unsigned long long *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static double cost(berth_redactor *r, const char *s, size_t len) {
    const char *out;
    size_t out_len;
    berth_err err;
    double best = 1e9;
    for (unsigned i = 0; i < 2; i++) {
        double start = bench_now();
        berth_redact(r, s, len, &out, &out_len, &err);
        double took = (bench_now() - start) * 1e9 / (double)len;
        if (took < best) best = took;
    }
    return best;
}

static void keep(hostile worst[KEPT], double ns, const char *what) {
    size_t at = KEPT;
    while (at > 0 && worst[at - 1].cost < ns) at--;
    if (at == KEPT) return;
    memmove(&worst[at + 1], &worst[at], (KEPT - 1 - at) * sizeof *worst);
    worst[at].cost = ns;
    snprintf(worst[at].what, sizeof worst[at].what, "%s", what);
}

static void print(const char *title, const hostile worst[KEPT]) {
    printf("%s, worst first, ns a byte\n", title);
    for (size_t i = 0; i < KEPT && worst[i].cost > 0; i++)
        printf("  %8.2f  %s\n", worst[i].cost, worst[i].what);
}

/* Another digit for a digit, another letter for a letter. */
static char vary(char c, unsigned long long *state) {
    unsigned long long n = next(state);
    if (c >= '0' && c <= '9') return (char)('0' + n % 10);
    if (c >= 'a' && c <= 'z') return (char)('a' + n % 26);
    return c >= 'A' && c <= 'Z' ? (char)('A' + n % 26) : c;
}

/* Fills the line with a known kind. */
static size_t fill(const char *kind, unsigned long long *state, char *line) {
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(kind), used = 0;
    for (; used + len <= LINE; used += len) {
        for (size_t i = 0; i < len; i++) {
            char c = kind[i];
            line[used + i] = c == '\1'   ? vary('0', state)
                             : c == '\2' ? vary('a', state)
                             : c == '\3' ? signs[next(state) % 64]
                                         : c;
        }
    }
    return used;
}

/* A piece, or a part of the sample of a rule. */
static size_t random_piece(const berth_redactor *r, unsigned long long *state, const char **s) {
    *s = pieces[next(state) % (sizeof pieces / sizeof *pieces)];
    if (next(state) % 3 == 0) {
        const char *sample = berth_redactor_rule(r, next(state) % berth_redactor_rules(r)).sample;
        if (sample) *s = sample;
    }
    size_t len = strlen(*s);
    if (next(state) % 4 == 0) {
        size_t from = next(state) % len;
        *s += from;
        len = 1 + next(state) % (len - from);
    }
    return len;
}

/* Fills the line with up to three pieces, each a few times, over and over; or with one of them
 * after the others.  Writes what they are. */
static size_t make_up(const berth_redactor *r, unsigned long long *state, char *line, char *what,
                      size_t room) {
    const char *s[PIECES];
    size_t len[PIECES], times[PIECES], from[PIECES], to[PIECES]; /* what of each changes */
    size_t used = 0, n = 1 + next(state) % PIECES;
    bool once = next(state) % 4 == 0, varies = next(state) % 2 == 0;
    what[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        len[i] = random_piece(r, state, &s[i]);
        times[i] = next(state) % 8 == 0 ? 1 + next(state) % 30 : 1;
        from[i] = varies ? next(state) % (len[i] + 1) : 0;
        to[i] = varies ? from[i] + next(state) % (len[i] + 1 - from[i]) : 0;
        size_t at = strlen(what);
        snprintf(what + at, room - at, "%s[%.*s{%.*s}%.*s]x%zu", once && i + 1 < n ? "once " : "",
                 (int)from[i], s[i], (int)(to[i] - from[i]), s[i] + from[i],
                 (int)(len[i] - to[i]), s[i] + to[i], times[i]);
    }
    for (char *p = what; *p; p++) {
        if (*p == '\n') *p = '~';
    }
    for (size_t i = 0;; i = i + 1 < n ? i + 1 : once ? n - 1 : 0) {
        for (size_t k = 0; k < times[i]; k++, used += len[i]) {
            if (used + len[i] > LINE) return used;
            memcpy(line + used, s[i], len[i]);
            for (size_t c = from[i]; c < to[i]; c++) line[used + c] = vary(s[i][c], state);
        }
    }
}

void bench_hostile(unsigned tries, unsigned long seed) {
    berth_redact_options options = {0};
    berth_redactor *r;
    berth_err err;
    char *line = malloc(LINE), what[160];
    unsigned long long state = seed * 0x9e3779b97f4a7c15u | 1;
    if (!line || berth_redactor_open(berth_mem_default(), &options, &r, &err) != BERTH_OK) abort();
    hostile worst[KEPT] = {{0}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        snprintf(what, sizeof what, "%s", known[i]);
        for (char *p = what; *p; p++) {
            if (*p < ' ' && *p > '\0') *p = "?9xQ"[(unsigned char)*p & 3];
        }
        keep(worst, cost(r, line, fill(known[i], &state, line)), what);
    }
    print("known kinds of hostile lines of 1 MB", worst);
    memset(worst, 0, sizeof worst);
    for (unsigned i = 0; i < tries; i++) {
        size_t len = make_up(r, &state, line, what, sizeof what);
        if (cost(r, line, len < SHORT ? len : SHORT) > worst[KEPT - 1].cost)
            keep(worst, cost(r, line, len), what);
    }
    printf("of %u made up, seed %lu: ", tries, seed);
    print("lines of 1 MB", worst);
    berth_redactor_close(r);
    free(line);
}
