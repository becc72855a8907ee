/* redact_url.c - passwords before the @ of a URL or of a data source name, and mail addresses.
 *
 * In a URL the password goes from the first colon of the user part to its last @, of which there
 * may be several in a list of hosts (amqp://a:x@h1,b:y@h2/).  Without a scheme the text around the
 * @ decides what it is. */
#include <string.h>

#include "log/redact_private.h"

#define AUTHORITY_MAX 4096
#define LOOK_BACK 256
#define SLASHED_MAX                                                                                \
    256 /* a password that holds an unencoded / ends at an @ within so many bytes                  \
         */
#define DOMAIN_MAX 255
#define LOCAL_MAX 64
#define LOGIN_BACK 80

static bool is_url_byte(char c) {
    return byte_is(c, BYTE_URL);
}

/* No plain word: of at least two classes of characters, upper case and digits among them when
 * `strictly`. */
static bool is_mixed(const char *s, size_t len, bool strictly) {
    bool odd = false, upper = false, digit = false;
    for (size_t i = 0; i < len; i++) {
        odd = odd || !byte_is(s[i], BYTE_LOWER);
        upper = upper || byte_is(s[i], BYTE_UPPER);
        digit = digit || byte_is(s[i], BYTE_DIGIT);
    }
    return strictly ? upper && digit : odd;
}

static size_t mark_password(redact_scan *scan, size_t from, size_t to, unsigned rule) {
    berth_key_class class = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};
    if (!redact_is_secret(scan, class, from, to, SYNTAX_QUOTED)) return 0;
    return redact_mark_secret(scan, from, to, rule) ? to : 0;
}

/* --- URLs -------------------------------------------------------------------------------- */

/* user:password or a token alone, between two places. */
static size_t user_part(redact_scan *scan, size_t from, size_t to) {
    const char *s = scan->s;
    const char *colon = memchr(s + from, ':', to - from);
    if (colon) { /* the user may be a token or an access key's id itself */
        size_t at = (size_t)(colon - s);
        if (at - from >= 16 && !memchr(s + from, '%', at - from) &&
            redact_looks_random(s + from, at - from))
            redact_mark_secret(scan, from, at, RULE_URL);
        return mark_password(scan, at + 1, to, RULE_URL);
    }
    bool proxy = from > 8 && redact_is_at(scan, from - 9, "trojan://"); /* has no users */
    if (proxy) return mark_password(scan, from, to, RULE_URL);
    bool odd = false; /* a byte that no user's name has */
    for (size_t i = from; i < to; i++) odd = odd || !byte_is(s[i], BYTE_NAME);
    if ((to - from < 20 && !odd) || !redact_looks_random(s + from, to - from)) return 0;
    return redact_mark_secret(scan, from, to, RULE_URL) ? to : 0;
}

/* A password with / ? or # in it: user:pa/ss@host, where what follows the colon is no port. */
static size_t slashed_password(redact_scan *scan, size_t from, size_t end) {
    const char *s = scan->s;
    const char *colon = memchr(s + from, ':', end - from);
    size_t at = colon ? (size_t)(colon - s) + 1 : end, i = at;
    while (i < end && byte_is(s[i], BYTE_DIGIT)) i++;
    if (!colon || (i == end && i > at) || s[from] == '[') return 0;
    size_t stop = scan->len - end > SLASHED_MAX ? end + SLASHED_MAX : scan->len;
    for (i = end; i < stop && is_url_byte(s[i]); i++) {
        if (s[i] == '@' && i + 1 < scan->len && byte_is(s[i + 1], BYTE_WORD | BYTE_HIGH))
            return mark_password(scan, at, i, RULE_URL) ? i + 1 : 0;
        if (s[i] == ':') return 0; /* //host:x/ and a later URL */
    }
    return 0;
}

size_t redact_url(redact_scan *scan, size_t colon) {
    redact_work(scan, 120);
    const char *s = scan->s;
    size_t from = colon + 3, end = from, done = 0, part = from;
    if (colon == 0 || !byte_is(s[colon - 1], BYTE_WORD)) return 0;
    size_t stop = scan->len - from > AUTHORITY_MAX ? from + AUTHORITY_MAX : scan->len,
           at = SIZE_MAX;
    size_t comma = SIZE_MAX;
    for (; end < stop && is_url_byte(s[end]) && !byte_in(s[end], "/?#"); end++) {
        if (s[end] == ',') comma = end;
        if (s[end] != '@') continue;
        if (at != SIZE_MAX && comma != SIZE_MAX && comma > at) {
            size_t marked = user_part(scan, part, at);
            done = marked ? marked : done;
            part = comma + 1;
        }
        at = end;
    }
    if (at == SIZE_MAX) return end > from && end < stop ? slashed_password(scan, from, end) : 0;
    size_t marked = user_part(scan, part, at);
    done = marked ? marked : done;
    /* what is before the last @ has been seen, masked or not: it is no name and no address */
    return done || memchr(s + part, ':', at - part) ? at + 1 : 0;
}

/* --- @ without a scheme ------------------------------------------------------------------- */

static bool is_local_byte(char c) {
    return byte_is(c, BYTE_WORD | BYTE_HIGH) || c == '.' || c == '-' || c == '_' || c == '+' ||
           c == '%' || c == '\'';
}

/* The end of a host name with a top domain at `at`; 0: it is none. */
static size_t domain_end(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t stop = scan->len - at > DOMAIN_MAX ? at + DOMAIN_MAX : scan->len, i = at, dot = 0;
    for (; i < stop && (byte_is(s[i], BYTE_WORD | BYTE_HIGH) || s[i] == '-' || s[i] == '.'); i++) {
        if (s[i] != '.') continue;
        if (i == at || i + 1 >= stop || !byte_is(s[i + 1], BYTE_WORD | BYTE_HIGH)) break;
        dot = i;
    }
    if (!dot || i - dot < 3) return 0;
    for (size_t k = dot + 1; k < i; k++) {
        if (!byte_is(s[k], BYTE_LETTER | BYTE_HIGH) && !(k > dot + 4 && s[dot + 1] == 'x'))
            return 0;
    }
    return i;
}

/* File names and units of systemd: logo@2x.png, getty@tty1.service. */
static bool is_file_ending(const char *s, size_t len) {
    static const char *const endings[] = {"png",     "jpg",    "jpeg",   "gif",   "svg",   "webp",
                                          "service", "socket", "target", "timer", "mount", "slice",
                                          "scope",   "device", "path",   "json",  "yaml",  "conf",
                                          "log",     "txt",    "lock",   "swap"};
    size_t dot = len;
    while (dot > 0 && s[dot - 1] != '.') dot--;
    return IS_ONE_OF(s + dot, len - dot, endings);
}

/* Words before an address that make it one of a machine: ssh ann@node.example.org. */
static bool is_login(const redact_scan *scan, size_t start) {
    static const char *const words[] = {"ssh ", "scp ", "sftp ", "rsync ", "mosh ", "AAAA"};
    const char *s = scan->s;
    size_t low = start > LOGIN_BACK ? start - LOGIN_BACK : 0;
    if (start == 0 || s[start - 1] != ' ') return false;
    for (size_t i = start; i-- > low && s[i] != '\n' && s[i] != '@';) {
        if (!byte_in(s[i], "smrA") || (i > 0 && byte_is(s[i - 1], BYTE_NAME))) continue;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            size_t n = strlen(words[k]);
            if (start - i >= n && memcmp(s + i, words[k], n) == 0) return true;
        }
    }
    return false;
}

/* https:\/\/ann:x@host: it is seen without the backslashes.  Where the bytes begin that may belong
 * to one URL with the place is remembered, so that many signs in one run look back once. */
static bool is_in_escaped_url(redact_scan *scan, size_t at) {
    redact_run *run = &scan->url_run;
    size_t start = at;
    bool colon = false;
    while (start > 0 && start != run->end && is_url_byte(scan->s[start - 1]))
        colon = scan->s[--start] == ':' || colon;
    if (start == run->end && start > run->start) {
        start = run->start;
        colon = colon || run->colon;
    }
    *run = (redact_run){.start = start, .end = at, .colon = colon};
    return colon && at - start <= LOOK_BACK && start > 2 &&
           memcmp(scan->s + start - 3, "\\/\\/", 4) == 0;
}

/* chacha20-poly1305@openssh.com: an algorithm or an extension of SSH, named by whose it is. */
static bool is_ssh_name(const redact_scan *scan, size_t from, size_t at, size_t end) {
    static const char *const domains[] = {"openssh.com", "libssh.org"};
    static const char *const words[] = {"zlib", "keepalive", "eow", "statvfs", "fsync", "limits"};
    const char *s = scan->s;
    bool named = memchr(s + from, '-', at - from) || redact_has_digit(scan, from, at);
    return (named || IS_ONE_OF(s + from, at - from, words)) &&
           IS_ONE_OF(s + at + 1, end - at - 1, domains);
}

/* ann@LAB.TEST: a principal of Kerberos, unless the world's mail knows the domain. */
static bool is_realm(const char *s, size_t len) {
    static const char *const domains[] = {"com", "net", "org", "edu", "gov", "mil", "info", "biz"};
    size_t dot = len;
    while (dot > 0 && s[dot - 1] != '.') dot--;
    for (size_t i = 0; i < len; i++) {
        if (byte_is(s[i], BYTE_LOWER | BYTE_HIGH)) return false;
    }
    return len - dot > 2 && !IS_ONE_OF(s + dot, len - dot, domains);
}

/* git@host:path, ann@host:22: does a path or a port follow the colon? */
static bool is_place(const redact_scan *scan, size_t at) {
    if (byte_is(redact_peek(scan, at), BYTE_DIGIT) || redact_peek(scan, at) == '~') return true;
    for (size_t i = at; i < scan->len && i - at < LOCAL_MAX && is_url_byte(scan->s[i]); i++) {
        if (scan->s[i] == '/') return true;
    }
    return false;
}

/* :"ann@node-1.lab.test", an atom of Elixir, and rabbit@node-1.lab.test: nodes of Erlang. */
static bool is_node(const redact_scan *scan, size_t from, size_t at) {
    bool quoted = from > 1 && byte_is(scan->s[from - 1], BYTE_QUOTE) && scan->s[from - 2] == ':' &&
                  (from == 2 || byte_is(scan->s[from - 3], BYTE_SPACE) ||
                   byte_in(scan->s[from - 3], "([{,"));
    static const char *const nodes[] = {"rabbit", "celery", "emqx", "ejabberd", "couchdb", "riak"};
    return quoted || IS_ONE_OF(scan->s + from, at - from, nodes);
}

/* message-id=<x@host>, References: <x@host>: what mail servers call a letter, no address. */
static bool is_letter_id(const redact_scan *scan, size_t from) {
    static const char *const names[] = {"message-id", "in-reply-to", "references", "msgid"};
    size_t at = from;
    while (at > 0 && from - at < LOCAL_MAX && (unsigned char)scan->s[at - 1] > ' ' &&
           scan->s[at - 1] != '<')
        at--;
    if (at == 0 || scan->s[--at] != '<') return false;
    from = at + 1;
    size_t sign = from; /* none without a digit, which might be an address all the same */
    while (byte_is(redact_peek(scan, sign), BYTE_LETTER) || byte_in(redact_peek(scan, sign), "._-"))
        sign++;
    if (redact_peek(scan, sign) == '@') return false;
    while (at > 0 && from - at < 4 && byte_in(scan->s[at - 1], " :=")) at--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (at >= n && at + 1 < from && redact_folds_at(scan, at - n, names[i])) return true;
    }
    return false;
}

static size_t mail(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t from = at, low = at > LOCAL_MAX ? at - LOCAL_MAX : 0;
    while (from > low && is_local_byte(s[from - 1])) from--;
    redact_work(scan, 8 * (at - from));
    if (from > 0 && from < at && s[from - 1] == '\\' && memchr("nrt", s[from], 3)) from++;
    while (from < at && byte_in(s[from], ".'-")) from++;
    if (from > 0 && s[from - 1] == '"' && from == at && at > 1) { /* "ann lee"@example.org */
        size_t open = at - 1;
        while (open > low && s[open - 1] != '"' && s[open - 1] != '\n') open--;
        bool named = open > low && s[open - 1] == '"' && byte_is(s[open], BYTE_WORD | BYTE_HIGH);
        if (named) from = open - 1;
    }
    size_t end = domain_end(scan, at + 1);
    if (end && (is_realm(s + at + 1, end - at - 1) || is_ssh_name(scan, from, at, end))) return 0;
    if (from == at || !end || is_file_ending(s + at + 1, end - at - 1)) return 0;
    if (redact_peek(scan, end) == ':' && is_place(scan, end + 1)) return 0;
    if (from > 0 && s[from - 1] == '/' && from > 1 && s[from - 2] == '/') return 0; /* ssh://ann@ */
    if (is_login(scan, from) || is_in_escaped_url(scan, from) || is_node(scan, from, at) ||
        is_letter_id(scan, from))
        return 0;
    return redact_mark(scan, from, end, RULE_MAIL) ? end : 0;
}

/* Before ann:x@: is that a name of a person's field, as in mailto:ann@example.org? */
static bool is_field(const char *s, size_t len) {
    static const char *const words[] = {
        "jdbc", "oracle", "urn",   "mailto",  "to",       "from",   "cc",
        "bcc",  "mail",   "email", "user",    "owner",    "by",     "sip",
        "xmpp", "acct",   "login", "contact", "username", "sender", "recipient"};
    return IS_ONE_OF(s, len, words);
}

/* DEBUG:ssh:ann@node-1: a level and who logs, as Python begins lines. */
static bool is_level(const char *s, size_t len) {
    static const char *const words[] = {"debug", "info", "warning", "error", "critical"};
    return byte_is(s[0], BYTE_UPPER) && IS_ONE_OF(s, len, words);
}

/* ann@node-1's password: what ssh asks. */
static bool is_asked(const redact_scan *scan, size_t at) {
    while (byte_is(redact_peek(scan, at), BYTE_NAME)) at++;
    return redact_is_at(scan, at, "'s password");
}

/* What follows the @ of a data source name: a host, tcp(...), //host, (DESCRIPTION=...). */
static bool is_source_host(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    if (at >= scan->len) return false;
    if (s[at] == '(' || s[at] == '[' || (s[at] == '/' && at + 1 < scan->len && s[at + 1] == '/'))
        return true;
    size_t i = at;
    while (i < scan->len && i < at + DOMAIN_MAX &&
           (byte_is(s[i], BYTE_WORD) || s[i] == '-' || s[i] == '.'))
        i++;
    if (scan->len - at > 7 &&
        (memcmp(s + at, "sha256:", 7) == 0 || memcmp(s + at, "sha512:", 7) == 0))
        return false;
    return i > at;
}

/* user:password@host without a scheme, and Oracle's user/password@host. */
static size_t source_name(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > LOOK_BACK ? at - LOOK_BACK : 0, from = at, colon = SIZE_MAX;
    for (; from > low && is_url_byte(s[from - 1]) && !byte_in(s[from - 1], ",;@"); from--) {
        if (s[from - 1] == ':') colon = from - 1;
        if (s[from - 1] == '=' && from - 1 < colon) break;
    }
    if (from == low && from > 0) return 0;
    if (redact_is_at(scan, from, "//")) from += 2; /* //ann:x@host/ */
    const char *inner = colon == SIZE_MAX ? NULL : memchr(s + colon + 1, ':', at - colon - 1);
    if (inner && is_field(s + from, colon - from)) { /* sip:ann:x@host */
        from = colon + 1;
        colon = (size_t)(inner - s);
    }
    if (inner && is_level(s + from, colon - from)) {
        from = (size_t)(inner - s) + 1;
        const char *next = memchr(s + from, ':', at - from);
        colon = next ? (size_t)(next - s) : SIZE_MAX;
    }
    if (colon == SIZE_MAX || colon == from || colon + 1 >= at || s[colon + 1] == '/') return 0;
    for (size_t i = from; i < colon; i++) {
        if (!byte_is(s[i], BYTE_NAME)) return 0;
    }
    if (s[at - 1] == '|' && byte_is(s[colon + 1], BYTE_DIGIT)) return 0; /* statsd: n:140|c|@0.1 */
    if (!is_source_host(scan, at + 1) || is_field(s + from, colon - from)) return 0;
    bool plain_host = s[at + 1] != '(' && s[at + 1] != '/' && s[at + 1] != '[';
    if (plain_host && memchr(s + colon, '/', at - colon)) return 0; /* pkg:npm/left-pad@1.3 */
    size_t end = domain_end(scan, at + 1);
    bool like_mail = end && (end >= scan->len || (s[end] != ':' && s[end] != '/'));
    if (like_mail && is_login(scan, from)) like_mail = false; /* ssh ann:x@host */
    if (plain_host && !is_mixed(s + colon + 1, at - colon - 1, like_mail)) return 0;
    return mark_password(scan, colon + 1, at, RULE_DSN) ? at + 1 : 0;
}

/* host:1521/service */
static bool is_oracle_host(const redact_scan *scan, size_t at) {
    while (byte_is(redact_peek(scan, at), BYTE_NAME)) at++;
    size_t digits = at + 1, end = digits;
    if (redact_peek(scan, at) != ':') return false;
    while (byte_is(redact_peek(scan, end), BYTE_DIGIT)) end++;
    return end > digits + 1 && redact_peek(scan, end) == '/' &&
           byte_is(redact_peek(scan, end + 1), BYTE_LETTER);
}

/* Does what takes a user and a password of Oracle stand right before `at`? */
static bool is_login_before(const redact_scan *scan, size_t at) {
    while (at > 4 && scan->s[at - 1] == ' ' && scan->s[at - 3] == '-' && scan->s[at - 4] == ' ')
        at -= 3; /* sqlplus -s */
    static const char *const words[] = {"thin:",  "oci:",    "plus ",   "impdp ",
                                        "expdp ", "sqlldr ", "target ", "connect "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (at >= len && redact_folds_at(scan, at - len, words[i])) return true;
    }
    return false;
}

/* scott/tiger@ after thin: or sqlplus, or before host:1521/service */
static size_t slash_source(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > LOCAL_MAX ? at - LOCAL_MAX : 0, slash = at, from;
    while (slash > low && is_url_byte(s[slash - 1]) && !byte_in(s[slash - 1], "/@:,;=")) slash--;
    if (slash <= low || s[slash - 1] != '/' || slash == at) return 0;
    for (from = slash - 1; from > low && byte_is(s[from - 1], BYTE_NAME); from--) {
    }
    if (from == slash - 1) return 0;
    bool told = is_login_before(scan, from) ||
                redact_is_at(scan, at + 1, "//") ||
                is_oracle_host(scan, at + 1);
    return told && mark_password(scan, slash, at, RULE_DSN) ? at + 1 : 0;
}

/* connect ann/"x"@db */
static size_t quoted_source(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t low = at > LOCAL_MAX ? at - LOCAL_MAX : 0, to = at - 1, from, slash, user;
    if (s[to] != '"') return 0;
    while (to > low && s[to - 1] == '\\') to--;
    for (from = to; from > low && s[from - 1] != '"' && s[from - 1] != '\n'; from--) {
    }
    if (from == low || from == to || s[from - 1] != '"') return 0;
    for (slash = from - 1; slash > low && s[slash - 1] == '\\'; slash--) {
    }
    if (slash == low || s[slash - 1] != '/') return 0;
    for (user = slash - 1; user > low && byte_is(s[user - 1], BYTE_NAME); user--) {
    }
    bool told = user < slash - 1 && is_login_before(scan, user);
    return told && mark_password(scan, from, to, RULE_DSN) ? at + 1 : 0;
}

size_t redact_at_sign(redact_scan *scan, size_t at) {
    char next = redact_peek(scan, at + 1);
    if (at == 0 ||
        !(byte_is(next, BYTE_WORD | BYTE_HIGH) || next == '(' || next == '[' || next == '/'))
        return 0;
    redact_work(scan, 30);
    if (is_asked(scan, at + 1)) return 0;
    size_t end = slash_source(scan, at);
    if (!end) end = quoted_source(scan, at);
    if (!end) end = source_name(scan, at);
    if (!end) end = redact_account_source(scan, at);
    if (!end && scan->r->profile != BERTH_REDACT_STRUCTURED) end = mail(scan, at);
    return end;
}
