/* redact_login.c - what people and protocols say when they log in: "log in as ann / x", "use x to
 * log in", creds: ann:x, IMAP's LOGIN, SMTP's AUTH, what expect sends to a prompt. */
#include <string.h>

#include "log/redact_private.h"

#define JOIN_MAX 16 /* letters of such a command */
#define WORD_MAX 128
#define USER_MAX 48
#define PROMPT_REACH 256
#define PLAIN_MAX 512
#define PLAIN_LEAST 8
#define WORD_LEAST 5 /* small letters in a row */

static const berth_key_class password = {.kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG};

static bool mark(redact_scan *scan, size_t from, size_t to) {
    return redact_is_secret(scan, password, from, to, SYNTAX_TIGHT) &&
           redact_mark_secret(scan, from, to, RULE_LOGIN);
}

/* The end of the word at `at`, without what a sentence adds. */
static size_t word_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->len && end - at < WORD_MAX && (unsigned char)scan->s[end] > 0x20 &&
           !byte_is(scan->s[end], BYTE_QUOTE))
        end++;
    while (end > at && strchr(",.;!?)]", scan->s[end - 1])) end--;
    return end;
}

static size_t user_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->len && end - at < USER_MAX &&
           (byte_is(scan->s[end], BYTE_WORD) || strchr("_.-@\\", scan->s[end])))
        end++;
    return end;
}

/* Letters and digits that are no path, host or address. */
static bool is_plain_secret(const redact_scan *scan, size_t from, size_t to) {
    const char *s = scan->s;
    size_t letters = 0, digits = 0;
    for (size_t i = from; i < to; i++) {
        letters += byte_is(s[i], BYTE_LETTER);
        digits += byte_is(s[i], BYTE_DIGIT);
        if (strchr("/:=.@", s[i])) return false;
    }
    return to - from >= PLAIN_LEAST && digits > 0 && letters > digits / 2;
}

/* --- people ------------------------------------------------------------------------------------
 */

/* Where x ends in x@ORCLPDB1, which a database of Oracle stands behind: the name of its service. */
static size_t before_service(const redact_scan *scan, size_t from, size_t to) {
    size_t at = to;
    bool told = false; /* as Oracle calls them */
    while (at > from &&
           (byte_is(scan->s[at - 1], BYTE_UPPER | BYTE_DIGIT) || scan->s[at - 1] == '_')) {
        at--;
        told = told || redact_is_at(scan, at, "ORCL") || redact_is_at(scan, at, "PDB");
    }
    bool service = told && at > from && scan->s[at - 1] == '@';
    size_t end = service ? at - 1 : from;
    bool secret = end - from >= PLAIN_LEAST && redact_is_mixture(scan, from, end);
    return secret || redact_is_masked(scan->r, scan->s + from, end - from) ? end : to;
}

/* ann / x, ann/x; `colon` says whether : may stand between them too.  The end of x, or 0. */
static size_t user_and_secret(redact_scan *scan, size_t at, bool colon, bool sure) {
    size_t user = at, i = user_end(scan, at);
    if (i == at || redact_looks_random(scan->s + user, i - user)) return 0;
    bool spaced = redact_peek(scan, i) == ' ';
    if (spaced) i++;
    char joint = redact_peek(scan, i);
    if (joint != '/' && !(colon && joint == ':')) return 0;
    if (spaced != (redact_peek(scan, i + 1) == ' ')) return 0;
    size_t from = i + 1 + spaced, to = word_end(scan, from);
    if (joint == ':' && memchr(scan->s + from, '/', to - from)) return 0; /* a place */
    if (memchr(scan->s + from, '&', to - from)) return 0; /* a query */
    bool mixed = redact_is_mixture(scan, from, to) && !redact_is_term(scan->s + from, to - from);
    bool secret = (sure && to - from >= 4 && mixed) || is_plain_secret(scan, from, to) ||
                  redact_looks_random(scan->s + from, to - from) ||
                  (sure && redact_is_phrase_code(scan->s + from, to - from));
    if (secret) to = before_service(scan, from, to);
    return secret && mark(scan, from, to) ? to : 0;
}

size_t redact_credentials(redact_scan *scan, size_t at) {
    return user_and_secret(scan, at, true, true);
}

/* "use x to log in": before the phrase at `at`. */
static void used_before(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    if (at < 12 || memcmp(s + at - 4, " to ", 4) != 0) return;
    size_t to = at - 4, from = to;
    while (from > 0 && to - from < WORD_MAX && !byte_is(s[from - 1], BYTE_SPACE)) from--;
    bool used =
        from >= 4 && (memcmp(s + from - 4, "use ", 4) == 0 || memcmp(s + from - 4, "Use ", 4) == 0);
    if (used && (redact_looks_random(s + from, to - from) || is_plain_secret(scan, from, to)))
        mark(scan, from, to);
}

/* Past b'ann' or ann, as a trap for those who guess writes it; *from and *to are the text. */
static size_t guessed_word(const redact_scan *scan, size_t at, char joint, size_t *from,
                           size_t *to) {
    if (redact_peek(scan, at) == 'b' && redact_quote_at(scan, at + 1).len) at++;
    redact_quote quote = redact_quote_at(scan, at);
    *from = *to = at + quote.len;
    if (quote.len)
        *to = redact_quote_close(scan, *from, quote);
    while (!quote.len && *to < scan->len && *to - *from < WORD_MAX && scan->s[*to] != joint &&
           !byte_is(scan->s[*to], BYTE_SPACE))
        ++*to;
    return *to == SIZE_MAX ? scan->len : *to + quote.len;
}

/* login attempt [ann/x] failed; but attempt [3/5]. */
static bool guessed(redact_scan *scan, size_t at) {
    size_t from, to, user;
    if (redact_peek(scan, at) != '[') return false;
    size_t slash = guessed_word(scan, at + 1, '/', &from, &to);
    bool number = bytes_are_all(scan->s + from, to == SIZE_MAX ? 0 : to - from, BYTE_DIGIT);
    user = from;
    if (redact_peek(scan, slash) != '/' || (number && user == at + 1)) return false;
    size_t end = guessed_word(scan, slash + 1, ']', &from, &to);
    if (redact_peek(scan, end) != ']') return false;
    mark(scan, from, to);
    return true;
}

/* "log in as ann / x" */
static void logged_in(redact_scan *scan, size_t at) {
    static const char *const words[] = {"log", "logged", "login", "ging", "sign", "in", "on",
                                        "as",  "with",   "using", "user", "for",  "attempt"};
    bool with = false, attempt = false; /* it is told what comes next */
    used_before(scan, at);
    for (unsigned n = 0; n < 6; n++) {
        size_t end = at;
        while (end < scan->len && byte_is(scan->s[end], BYTE_LETTER)) end++;
        if (!IS_ONE_OF(scan->s + at, end - at, words)) break;
        with = end - at == 4 && redact_folds_at(scan, at, "with");
        attempt = end - at == 7 && redact_folds_at(scan, at, "attempt");
        if (redact_peek(scan, end) == ':') end++;
        at = end;
        while (redact_peek(scan, at) == ' ') at++;
        if (at == end) return;
    }
    if (attempt && guessed(scan, at)) return;
    if (redact_is_at(scan, at, "HTTP/")) return; /* POST /login HTTP/1.1 */
    if (!user_and_secret(scan, at, true, with)) redact_near_words(scan, at, RULE_LOGIN);
}

/* "changed the password from x to y": marks x, tells where `to` stands; 0: it is not said so. */
static size_t former_value(redact_scan *scan, const redact_key *key, size_t at) {
    if (!redact_folds_at(scan, at, "from ") || key->class.weight != BERTH_KEY_STRONG) return 0;
    redact_quote quote = redact_quote_at(scan, at + 5);
    size_t from = at + 5 + quote.len;
    size_t to = quote.len ? redact_quote_close(scan, from, quote) : word_end(scan, from);
    if (to == SIZE_MAX || !redact_is_at(scan, to + quote.len, " to ")) return 0;
    const char *text = scan->s + from;
    bool secret = quote.len || redact_looks_random(text, to - from) ||
                  is_plain_secret(scan, from, to) || redact_is_phrase_code(text, to - from) ||
                  redact_is_masked(scan->r, text, to - from);
    if (!secret || !redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
    redact_mark_secret(scan, from, to, key->rule);
    return to + quote.len + 1;
}

/* "changed the password to x", "set the password of ann to x" */
size_t redact_set_to(redact_scan *scan, const redact_key *key, size_t at) {
    static const char *const verbs[] = {"changed",  "set",     "reset",   "updated",
                                        "rotated",  "change",  "update",  "sets",
                                        "modified", "changes", "switched"};
    const char *s = scan->s;
    bool set = false;
    if (key->class.weight == BERTH_KEY_WEAK) return 0;
    for (size_t i = key->start, words = 0; i > 0 && words < 5 && !set; words++) {
        size_t to = i;
        while (to > 0 && byte_in(s[to - 1], " '")) to--; /* ann's */
        for (i = to; i > 0 && byte_is(s[i - 1], BYTE_LETTER);) i--;
        if (i == to) break;
        set = IS_ONE_OF(s + i, to - i, verbs);
    }
    size_t was = set ? former_value(scan, key, at) : 0;
    if (was) at = was;
    for (unsigned words = 0; set && words < 3; words++) {
        if (redact_folds_at(scan, at, "to ")) {
            at += 3;
            redact_quote quote = redact_quote_at(scan, at);
            size_t from = at + quote.len;
            size_t to = quote.len ? redact_quote_close(scan, from, quote) : word_end(scan, from);
            if (to == SIZE_MAX) return 0;
            bool secret = redact_looks_random(s + from, to - from) ||
                          is_plain_secret(scan, from, to) ||
                          (quote.len && (was || redact_is_mixture(scan, from, to))) ||
                          (was && redact_is_phrase_code(s + from, to - from));
            if (!secret || !redact_is_secret(scan, key->class, from, to, SYNTAX_TIGHT)) return 0;
            return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
        }
        size_t end = word_end(scan, at);
        if (end == at || redact_peek(scan, end) != ' ') return 0;
        at = end + 1;
    }
    return 0;
}

/* "root / x" */
static void account(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    if (at > 0 && !byte_is(s[at - 1], BYTE_SPACE | BYTE_QUOTE) && s[at - 1] != '(') return;
    size_t joint = user_end(scan, at), from = joint + 1, to = word_end(scan, from);
    if (redact_peek(scan, joint) == ' ')
        user_and_secret(scan, at, false, false);
    else if (redact_is_scrambled(s + from, to - from)) /* root/x, admin:x */
        mark(scan, from, to);
}

size_t redact_account_source(redact_scan *scan, size_t at) {
    static const char *const accounts[] = {"root",   "admin",  "administrator", "postgres",
                                           "oracle", "ubuntu", "guest",         "sa",
                                           "system", "mysql",  "rabbit"};
    static const char *const schemes[] = {"sip", "sips", "xmpp", "ssh",
                                          "scp", "rtsp", "turn", "stun"};
    const char *s = scan->s;
    size_t from = at, none = scan->account_none;
    while (from > 0 && at - from < WORD_MAX && (unsigned char)s[from - 1] > 0x20 &&
           !byte_is(s[from - 1], BYTE_QUOTE) && s[from - 1] != ':' && s[from - 1] != '/') {
        if (--from == none) break; /* no colon stands before that sign either */
    }
    if (from < at) scan->account_none = at;
    if (from == none) return 0;
    if (from < 2 || from == at || s[from - 1] != ':') return 0;
    scan->account_none = 0;
    size_t end = from - 1, user = end;
    while (user > 0 && end - user < USER_MAX &&
           (byte_is(s[user - 1], BYTE_WORD) || strchr("_.-", s[user - 1])))
        user--;
    if (user == end) return 0;
    bool known = IS_ONE_OF(s + user, end - user, accounts) &&
                 (user == 0 || byte_is(s[user - 1], BYTE_SPACE | BYTE_QUOTE));
    if (user > 1 && s[user - 1] == ':') {
        size_t scheme = user - 1;
        while (scheme > 0 && byte_is(s[scheme - 1], BYTE_LETTER)) scheme--;
        known = IS_ONE_OF(s + scheme, user - 1 - scheme, schemes);
    }
    return known && mark(scan, from, at) ? at : 0;
}

/* --- protocols ---------------------------------------------------------------------------------
 */

/* Does a line end at `at`, as it is or in a string? */
static bool ends_line(const redact_scan *scan, size_t at) {
    char c = redact_peek(scan, at);
    return at >= scan->len || c == '\r' || c == '\n' || byte_is(c, BYTE_QUOTE) ||
           (c == '\\' && strchr("rn", redact_peek(scan, at + 1)));
}

/* a1 LOGIN ann x */
static void imap_login(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t tag = at, user = at + 7;
    while (tag > 0 && at - tag < 12 && byte_is(s[tag - 1], BYTE_WORD)) tag--;
    bool tagged = false;
    for (size_t i = tag; i < at; i++) tagged = tagged || byte_is(s[i], BYTE_DIGIT);
    if (!tagged || memcmp(s + at, " LOGIN ", 7) != 0) return;
    redact_quote quote = redact_quote_at(scan, user);
    size_t i = quote.len ? redact_quote_close(scan, user + quote.len, quote) : user_end(scan, user);
    if (i == SIZE_MAX || i == user) return;
    i += quote.len;
    if (redact_peek(scan, i) != ' ') return;
    size_t from = i + 1, to;
    quote = redact_quote_at(scan, from);
    from += quote.len;
    if (quote.len)
        to = redact_quote_close(scan, from, quote);
    else
        for (to = from; to < scan->len && !byte_is(s[to], BYTE_SPACE) && !ends_line(scan, to);
             to++) {
        }
    if (to == SIZE_MAX) return;
    bool ends = ends_line(scan, to + quote.len);
    if (ends || (quote.len && redact_peek(scan, to + quote.len) == ' ')) mark(scan, from, to);
}

static size_t base64_end(const redact_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->len && (byte_is(scan->s[end], BYTE_WORD) || strchr("+/=-_", scan->s[end])))
        end++;
    return end;
}

/* AUTH PLAIN AGFubgB4, AUTHENTICATE XOAUTH2 ...: what it decodes to has signs between its parts. */
static void sasl(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    char plain[PLAIN_MAX];
    size_t from = at;
    while (from < scan->len && from - at < 24 && s[from] != ' ') from++; /* AUTH */
    from++;
    while (from < scan->len && from - at < 40 && byte_is(s[from], BYTE_WORD)) from++; /* PLAIN */
    if (redact_peek(scan, from++) != ' ') return;
    size_t to = base64_end(scan, from);
    if (!ends_line(scan, to) && redact_peek(scan, to) != ' ') return;
    size_t n = redact_base64(s + from, to - from, plain, sizeof plain);
    if (n > 2 && (memchr(plain, '\0', n) || memchr(plain, '\1', n))) mark(scan, from, to);
}

/* Past what may stand between a question and its answer: ends of lines, arrows, who speaks. */
static size_t answer_start(const redact_scan *scan, size_t at) {
    static const char *const joints[] = {"\\r", "\\n", "\r", "\n", "c: ", "client: ", "-> ", "=> ",
                                         "> ",  "| ",  ", ", "\xe2\x86\x92 ", "<- ", "< ", " "};
    for (unsigned n = 0; n < 6; n++) {
        size_t from = at;
        for (size_t i = 0; i < sizeof joints / sizeof *joints && at == from; i++) {
            if (redact_folds_at(scan, at, joints[i])) at += strlen(joints[i]);
        }
        if (at == from) break;
    }
    return at;
}

/* 334 UGFzc3dvcmQ6: the answer comes next. */
static void asked_in_base64(redact_scan *scan, size_t at) {
    char plain[PLAIN_MAX];
    size_t end = base64_end(scan, at + 4), from = answer_start(scan, end);
    size_t to = base64_end(scan, from);
    redact_work(scan, 150);
    if (from == end || to - from < 4) return;
    if (!ends_line(scan, to)) { /* something may be said there that is no answer */
        size_t n = redact_base64(scan->s + from, to - from, plain, sizeof plain);
        if (n == 0 || byte_is(redact_peek(scan, to), BYTE_WORD)) return;
        for (size_t i = 0; i < n; i++) {
            if ((unsigned char)plain[i] < 0x20 || (unsigned char)plain[i] > 0x7e) return;
        }
    }
    mark(scan, from, to);
}

/* Letters and digits that no word is made of: a mixture of cases, or no run of small letters. */
static bool is_odd_word(const redact_scan *scan, size_t from, size_t to) {
    size_t run = 0, longest = 0;
    bool upper = false;
    for (size_t i = from; i < to; i++) {
        run = byte_is(scan->s[i], BYTE_LOWER) ? run + 1 : 0;
        longest = run > longest ? run : longest;
        upper = upper || byte_is(scan->s[i], BYTE_UPPER);
    }
    return is_plain_secret(scan, from, to) && (upper || longest < WORD_LEAST);
}

/* Notes what asks for a password before `high`, and the programs that do so without saying it. */
static void find_prompts(redact_scan *scan, size_t low, size_t high) {
    const char *s = scan->s;
    if (scan->prompts_end < low) scan->prompts_end = low;
    for (size_t i; (i = scan->prompts_end) + 7 <= high; scan->prompts_end++) {
        if (bytes_fold_equal(s + i, "assword", 7)) scan->prompt = i + 1;
        if (redact_is_at(scan, i, "spawn ssh ") || redact_is_at(scan, i, "spawn telnet "))
            scan->spawn = i + 1;
    }
}

/* send "x\r" where somebody asks for a password nearby. */
static void sent(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t open = at + 5 + (redact_peek(scan, at + 4) == ':');
    if (redact_is_at(scan, open, "-- ")) open += 3;
    redact_quote quote = redact_quote_at(scan, open);
    if (!quote.len) return;
    size_t from = open + quote.len, to = redact_quote_close(scan, from, quote);
    if (to == SIZE_MAX) return;
    if (to == from || to - from > WORD_MAX || memchr(s + from, ' ', to - from)) return;
    size_t low = at > PROMPT_REACH ? at - PROMPT_REACH : 0;
    size_t high = scan->len - to > PROMPT_REACH ? to + PROMPT_REACH : scan->len;
    find_prompts(scan, low, high);
    while (to > from + 1 && s[to - 2] == '\\' && strchr("rn", s[to - 1])) to -= 2;
    while (to > from && byte_in(s[to - 1], "\\\r\n")) to--;
    bool spawned = scan->spawn > low && scan->spawn <= at && is_odd_word(scan, from, to);
    if ((scan->prompt > low || spawned) && to > from) mark(scan, from, to);
}

/* IDENTIFY x, IDENTIFY ann x, /msg NickServ identify x */
static void identified(redact_scan *scan, size_t at) {
    size_t from = at + 9, to = word_end(scan, from), line = redact_near_line_end(scan, from);
    bool served = at > 8 && redact_folds_at(scan, at - 9, "nickserv ");
    if (!served && !redact_is_at(scan, at, "IDENTIFY ")) return;
    if (redact_peek(scan, to) == ' ' && line != SIZE_MAX && word_end(scan, to + 1) == line &&
        !redact_is_pair(scan, to + 1)) {
        from = to + 1;
        to = line;
    }
    bool phrase = served && redact_is_phrase_code(scan->s + from, to - from);
    if (phrase || (redact_is_mixture(scan, from, to) && redact_has_digit(scan, from, to)))
        mark(scan, from, to);
}

/* ::add-mask::x: what a build is told to hide. */
static size_t masked(redact_scan *scan, size_t at) {
    size_t from = at + 9, to = redact_string_end(scan, from);
    return from < to && mark(scan, from, to) ? to : 0;
}

/* AT+CWJAP="net","x": how a modem for wireless networks is told to join one. */
static size_t joined(redact_scan *scan, size_t at) {
    redact_key key = {.start = at, .end = at, .rule = RULE_LOGIN};
    bool found;
    for (unsigned n = 0; n < JOIN_MAX && byte_is(redact_peek(scan, at), BYTE_NAME); n++) at++;
    return redact_peek(scan, at) == '=' ? redact_tuple(scan, &key, at, &found) : 0;
}

size_t redact_login(redact_scan *scan, size_t at, redact_login_kind kind) {
    switch (kind) {
    case LOGIN_PHRASE:
        if (at > 0) imap_login(scan, at - 1);
        logged_in(scan, at);
        break;
    case LOGIN_ACCOUNT:
        account(scan, at);
        break;
    case LOGIN_CODE:
        redact_told_code(scan, at);
        break;
    case LOGIN_SASL:
        sasl(scan, at);
        break;
    case LOGIN_ASKED:
        asked_in_base64(scan, at);
        break;
    case LOGIN_SENT:
        sent(scan, at);
        break;
    case LOGIN_CALL:
        redact_call(scan, at);
        break;
    case LOGIN_IDENTIFY:
        identified(scan, at);
        break;
    case LOGIN_MASKED:
        return masked(scan, at);
    case LOGIN_YOURS:
        redact_your_code(scan, at);
        break;
    case LOGIN_BACK:
        redact_card_back(scan, at);
        break;
    case LOGIN_MAIDEN:
        redact_maiden_name(scan, at);
        break;
    case LOGIN_CRACKED:
        redact_cracked(scan, at);
        break;
    case LOGIN_DIGEST:
        redact_digest(scan, at);
        break;
    case LOGIN_LOGON:
        return redact_logon(scan, at);
    case LOGIN_USING:
        return redact_using(scan, at);
    case LOGIN_FIX:
        return redact_fix_tag(scan, at);
    case LOGIN_JOIN:
        return joined(scan, at);
    }
    return 0;
}

/* PASS x as FTP and POP say it, alone on its line or in a string. */
size_t redact_pass_line(redact_scan *scan, const redact_key *key, size_t at) {
    const char *s = scan->s;
    if (key->end - key->start != 4 || memcmp(s + key->start, "PASS", 4) != 0 || at != key->end + 1)
        return 0;
    char before = key->start > 0 ? s[key->start - 1] : '\n';
    size_t to = at;
    while (to < scan->len && !byte_is(s[to], BYTE_SPACE) && !ends_line(scan, to)) to++;
    bool string = byte_is(before, BYTE_QUOTE) && redact_peek(scan, to) == '\\';
    bool told = redact_is_mixture(scan, at, to) || memchr(s + at, '-', to - at);
    static const char *const speakers[] = {"> ", "C: ", "quote "};
    bool begins = before == '\n';
    for (size_t i = 0; i < sizeof speakers / sizeof *speakers; i++) {
        size_t n = strlen(speakers[i]);
        begins = begins || (key->start >= n && redact_is_at(scan, key->start - n, speakers[i]));
    }
    bool alone = begins && told && ends_line(scan, to);
    return (string || alone) && mark(scan, at, to) ? to : 0;
}

/* password NUL x NUL: names and values as a protocol packs them. */
size_t redact_packed(redact_scan *scan, const redact_key *key) {
    const char *s = scan->s;
    size_t from = key->end + 1, to = from;
    if (key->class.weight != BERTH_KEY_STRONG || from >= scan->len || s[key->end] != '\0') return 0;
    while (to < scan->len && (unsigned char)s[to] > 0x20 && !byte_is(s[to], BYTE_QUOTE)) to++;
    if (to < scan->len && s[to] != '\0' && !byte_is(s[to], BYTE_QUOTE)) return 0;
    if (redact_is_pair(scan, from) || !redact_is_mixture(scan, from, to)) return 0;
    return redact_mark_secret(scan, from, to, key->rule) ? to : 0;
}

/* "x" -> "y", from x to y: what the value at [.., end) became. */
size_t redact_changed(redact_scan *scan, const redact_key *key, size_t end) {
    const char *s = scan->s;
    size_t at = end, word = end;
    for (redact_quote mark; (mark = redact_quote_at(scan, at)).len > 0;) at += mark.len;
    while (word > 0 && end - word < WORD_MAX && !byte_is(s[word - 1], BYTE_SPACE)) word--;
    if (redact_peek(scan, at) != ' ') return end;
    at = redact_skip_blanks(scan, at);
    bool arrow = redact_is_at(scan, at, "-> ") || redact_is_at(scan, at, "=> ");
    bool to_word =
        redact_is_at(scan, at, "to ") && word >= 5 && memcmp(s + word - 5, "from ", 5) == 0;
    if (!arrow && !to_word) return end;
    at = redact_skip_blanks(scan, at + 3);
    redact_quote quote = redact_quote_at(scan, at);
    size_t from = at + quote.len,
           to = quote.len ? redact_quote_close(scan, from, quote) : word_end(scan, from);
    if (to == SIZE_MAX || key->class.weight == BERTH_KEY_WEAK) return end;
    bool secret =
        quote.len ? redact_is_secret(scan, key->class, from, to, SYNTAX_QUOTED)
                  : redact_looks_random(s + from, to - from) || is_plain_secret(scan, from, to) ||
                        (to_word &&
                         (redact_is_mixture(scan, from, to) || memchr(s + from, '-', to - from)));
    return secret && redact_mark_secret(scan, from, to, key->rule) ? to : end;
}
