/* redact_said.c - what sentences tell in more than a word: codes in groups of digits, lists of
 * values, the words of a recovery phrase, answers to questions. */
#include <string.h>

#include "log/redact_private.h"

#define ITEMS_MAX 64
#define ITEM_MAX 64
#define ODD_LEAST 8   /* of an item that can be no name of anything */
#define CODE_DIGITS 4 /* at least */
#define CODE_USUAL 6
#define PHRASE_LEAST 12 /* words of a recovery phrase, */
#define PHRASE_MAX 24
#define PHRASE_STEP 3 /* of which there are so many times so many */

static size_t digits_end(const redact_scan *scan, size_t at) {
    while (byte_is(redact_peek(scan, at), BYTE_DIGIT)) at++;
    return at;
}

/* --- codes ----------------------------------------------------------------------------------- */

size_t redact_said_code(const redact_scan *scan, size_t at) {
    size_t end = digits_end(scan, at), n = end - at, next = end + 1;
    bool joint = redact_peek(scan, end) == '-' || redact_peek(scan, end) == ' ';
    if (joint && (n == 3 || n == 4) && digits_end(scan, next) - next == n &&
        !byte_is(redact_peek(scan, next + n), BYTE_NAME & ~(unsigned)BYTE_JOINT))
        end = next + n;
    bool more = byte_is(redact_peek(scan, end), BYTE_JOINT) &&
                byte_is(redact_peek(scan, end + 1), BYTE_WORD);
    if (end - at < CODE_DIGITS || end - at > 9 || more) return 0;
    return byte_is(redact_peek(scan, end), BYTE_WORD) ? 0 : end;
}

/* The code that ends before `end`: 482113, 482 113, G-482113; where its digits begin, or `end`. */
static size_t code_before(const redact_scan *scan, size_t end) {
    const char *s = scan->s;
    size_t from = end;
    while (from > 0 && end - from < 9 && byte_is(s[from - 1], BYTE_DIGIT)) from--;
    size_t n = end - from, other = from > 0 ? from - 1 : 0;
    while (other > 0 && from - other < n + 1 && byte_is(s[other - 1], BYTE_DIGIT)) other--;
    bool grouped = (n == 3 || n == 4) && from > n && byte_in(s[from - 1], " -") &&
                   from - 1 - other == n;
    if (grouped) from = other;
    else if (n < CODE_DIGITS + 1) return end;
    if (from == 0) return from;
    if (!grouped && s[from - 1] == '-' && from > 1 && byte_is(s[from - 2], BYTE_UPPER))
        return from < 3 || !byte_is(s[from - 3], BYTE_NAME) ? from : end;
    return byte_is(s[from - 1], BYTE_SPACE | BYTE_QUOTE) || byte_in(s[from - 1], ":>(]=") ? from
                                                                                          : end;
}

/* Words before `code` that make it no secret. */
static bool is_other_code(const char *s, size_t len) {
    static const char *const words[] = {"exit",    "error",   "status", "zip",    "postal",
                                        "country", "area",    "return", "ticket", "booking",
                                        "invite",  "product", "color",  "colour", "tracking",
                                        "dress",   "parking", "source", "order",  "reference",
                                        "reason",  "result",  "http",   "op",     "response"};
    return IS_ONE_OF(s, len, words);
}

/* "your code is 482113", "use code 482-113 to sign in" */
void redact_told_code(redact_scan *scan, size_t at) {
    static const char *const words[] = {"your", "the", "use", "login", "sms", "security", "access",
                                        "auth", "enter", "this", "time",  "one-time"};
    static const char *const sure[] = {"login", "sms", "security", "access", "auth", "time"};
    const char *s = scan->s;
    size_t start, n = redact_word_before(scan, at, &start), from = at + 5, other;
    if (redact_is_at(scan, from, "is ")) from += 3;
    size_t to = redact_said_code(scan, from), len = to - from;
    if (!to || is_other_code(s + start, n)) return;
    size_t before = redact_word_before(scan, start, &other); /* your Uber code is */
    bool yours = n > 0 && bytes_are_word(s + other, before, "your");
    bool known = IS_ONE_OF(s + start, n, words);
    bool usual = len == CODE_USUAL || len == CODE_USUAL + 1; /* 482113, 482-113 */
    bool told = IS_ONE_OF(s + start, n, sure) && redact_is_at(scan, at + 5, "is ");
    if (usual ? known || yours : told) redact_mark_secret(scan, from, to, RULE_NAME_CODE);
}

void redact_your_code(redact_scan *scan, size_t at) {
    static const char *const codes[] = {"code", "passcode", "pin", "otp", "kod", "codice"};
    size_t from = code_before(scan, at), word = at + 9, end; /* " is your " */
    redact_work(scan, 60);
    if (from == at) return;
    for (unsigned words = 0; words < 5; words++, word = end + 1) {
        for (end = word; byte_is(redact_peek(scan, end), BYTE_LETTER) ||
                         (end > word && redact_peek(scan, end) == '-');
             end++) {
        }
        if (end == word || is_other_code(scan->s + word, end - word)) return;
        if (IS_ONE_OF(scan->s + word, end - word, codes)) {
            redact_mark_secret(scan, from, at, RULE_NAME_CODE);
            return;
        }
        if (redact_peek(scan, end) != ' ') return;
    }
}

/* "the code on the back is 471": the digits on a card. */
void redact_card_back(redact_scan *scan, size_t at) {
    static const char *const told[] = {"code ", "digits ", "number ", "numbers ", "cvv ",
                                       "cvc "};
    static const char *const after[] = {" of the card", " of my card", " of your card",
                                        " of his card", " of her card", " of it"};
    static const char *const joints[] = {" is ", " are ", " was ", ": ", " = ", " - ", ", ", " "};
    size_t i = at + 8, end = at - 3; /* "the back", "on " before it */
    bool named = false;
    if (at < 3 || !redact_folds_at(scan, end, "on ")) return;
    for (size_t n = 0; n < sizeof told / sizeof *told && !named; n++) {
        size_t len = strlen(told[n]);
        named = end >= len && redact_folds_at(scan, end - len, told[n]);
    }
    if (!named) return;
    for (size_t n = 0; n < sizeof after / sizeof *after; n++) {
        if (!redact_folds_at(scan, i, after[n])) continue;
        i += strlen(after[n]);
        break;
    }
    for (size_t n = 0; n < sizeof joints / sizeof *joints; n++) {
        size_t from = i + strlen(joints[n]), to = digits_end(scan, from);
        if (!redact_folds_at(scan, i, joints[n]) || to - from < 3 || to - from > 4) continue;
        if (!byte_is(redact_peek(scan, to), BYTE_WORD))
            redact_mark_secret(scan, from, to, RULE_NAME_CODE);
        return;
    }
}

/* "mother's maiden name is Smith": what banks ask for. */
void redact_maiden_name(redact_scan *scan, size_t at) {
    static const char *const joints[] = {" is ", " was ", ": ", " = ", "=", "? "};
    size_t i = at + 11; /* "maiden name" */
    if (!redact_folds_at(scan, at, "maiden name")) return;
    for (size_t n = 0; n < sizeof joints / sizeof *joints; n++) {
        if (!redact_folds_at(scan, i, joints[n])) continue;
        size_t from = i + strlen(joints[n]), to;
        from += redact_quote_at(scan, from).len;
        for (to = from; byte_is(redact_peek(scan, to), BYTE_LETTER | BYTE_HIGH) ||
                        (to > from && byte_in(redact_peek(scan, to), "'-") &&
                         byte_is(redact_peek(scan, to + 1), BYTE_UPPER));
             to++) {
        }
        if (to > from + 1 && byte_is(scan->s[from], BYTE_UPPER | BYTE_HIGH))
            redact_mark_secret(scan, from, to, RULE_LOGIN);
        return;
    }
}

/* --- a recovery phrase ------------------------------------------------------------------------ */

size_t redact_seed_words(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t words = 0, end = 0, i = at;
    while (words < PHRASE_MAX && i < scan->len) {
        size_t number = digits_end(scan, i); /* 1. abandon 2. yellow */
        if (number > i && number < i + 3 && byte_in(redact_peek(scan, number), ".):"))
            i = redact_skip_blanks(scan, number + 1);
        size_t from = i;
        while (i < scan->len && i - from <= 8 && byte_is(s[i], BYTE_LOWER)) i++;
        if (i - from < 3 || i - from > 8 || redact_is_speech(s + from, i - from)) break;
        if (byte_is(redact_peek(scan, i), BYTE_NAME)) break;
        words++;
        if (words >= PHRASE_LEAST && words % PHRASE_STEP == 0) end = i;
        i += redact_peek(scan, i) == ',';
        if (redact_peek(scan, i) != ' ') break;
        i++;
    }
    redact_work(scan, i - at);
    return end;
}

/* --- lists ------------------------------------------------------------------------------------ */

typedef struct item {
    size_t from, to;
} item;

/* Can it be nothing but a secret, beside which others are? */
static bool is_odd(const redact_scan *scan, const redact_key *key, item it) {
    const char *text = scan->s + it.from;
    size_t len = it.to - it.from;
    unsigned classes = 0;
    const unsigned all = BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT;
    for (size_t i = 0; i < len; i++) classes |= berth_byte_class[(unsigned char)text[i]];
    if (redact_is_term(text, len) || memchr(text, '/', len) || memchr(text, ':', len)) return false;
    if (key->class.kind == BERTH_KEY_CODE) return len >= 6 && (classes & BYTE_DIGIT);
    return (len >= ODD_LEAST && (classes & all) == all) || redact_is_scrambled(text, len) ||
           redact_is_phrase_code(text, len);
}

/* Words before the colon after which those stand whose the secrets are. */
static bool tells_owners(const redact_scan *scan, size_t colon) {
    static const char *const words[] = {
        "users",   "user",    "accounts", "account", "hosts", "host",  "nodes",    "servers",
        "for",     "of",      "on",       "in",      "at",    "as",    "by",       "with",
        "members", "people",  "groups",   "files",   "from",  "roles", "services", "using",
        "devices", "tenants", "via",      "systems"};
    size_t from = colon;
    while (from > 0 && colon - from < ITEM_MAX && byte_is(scan->s[from - 1], BYTE_LETTER)) from--;
    return IS_ONE_OF(scan->s + from, colon - from, words);
}

/* Past `1) `, `2. `, `#3: `. */
static size_t skip_number(const redact_scan *scan, size_t at) {
    size_t from = at + byte_in(redact_peek(scan, at), "#("), end = digits_end(scan, from);
    if (end == from || end > from + 3 || !byte_in(redact_peek(scan, end), ").:")) return at;
    return redact_peek(scan, end + 1) == ' ' ? redact_skip_blanks(scan, end + 1) : at;
}

/* What stands between items; *listed: a sign, after which another one comes for sure. */
static size_t skip_joint(const redact_scan *scan, size_t at, bool *listed) {
    static const char *const words[] = {" and ", " or ", " & ", " then "};
    size_t sign = at;
    if (redact_is_at(scan, at, " | ") || redact_is_at(scan, at, " / ")) sign++;
    sign += byte_in(redact_peek(scan, sign), sign > at ? "|/" : ",;|");
    *listed = sign > at;
    for (size_t n = 0; n < sizeof words / sizeof *words; n++) {
        if (!redact_is_at(scan, sign, words[n])) continue;
        *listed = true;
        return sign + strlen(words[n]);
    }
    size_t next = redact_skip_blanks(scan, sign);
    if (next == sign && !*listed) return at;
    *listed = *listed || skip_number(scan, next) > next;
    return next;
}

/* The items from `at` on; as many as are kept. */
static size_t read_items(const redact_scan *scan, size_t at, item *items) {
    size_t count = 0;
    bool listed = true;
    while (count < ITEMS_MAX && at < scan->len) {
        size_t from = skip_number(scan, at), to;
        redact_quote quote = redact_quote_at(scan, from);
        from += quote.len;
        to = quote.len ? redact_quote_close(scan, from, quote) : from;
        if (to == SIZE_MAX) break;
        while (!quote.len && to < scan->len && to - from <= ITEM_MAX &&
               (unsigned char)scan->s[to] > 0x20 && !byte_is(scan->s[to], BYTE_QUOTE) &&
               !byte_in(scan->s[to], ",;|{}[]<>\\"))
            to++;
        size_t end = to + quote.len;
        while (to > from && byte_in(scan->s[to - 1], ".!?)")) to--;
        if (to == from || to - from > ITEM_MAX || redact_is_speech(scan->s + from, to - from) ||
            redact_is_pair(scan, from))
            break;
        bool plain = bytes_are_all(scan->s + from, to - from, BYTE_LOWER);
        if (!listed && plain && !quote.len) break; /* the sentence goes on */
        items[count++] = (item){from, to};
        at = skip_joint(scan, end, &listed);
        if (at == end) break;
    }
    return count;
}

/* Do all begin as long and with joints where the first one has them, as codes of one maker do? */
static bool are_alike(const redact_scan *scan, const item *items, size_t count) {
    const char *first = scan->s + items[0].from;
    size_t len = items[0].to - items[0].from, joints = 0;
    for (size_t i = 0; i < len; i++) joints += first[i] == '-';
    for (size_t n = 1; n < count; n++) {
        if (items[n].to - items[n].from != len) return false;
        const char *s = scan->s + items[n].from;
        for (size_t i = 0; i < len; i++) {
            if ((s[i] == '-') != (first[i] == '-') || byte_is(s[i], BYTE_SPACE)) return false;
        }
    }
    return joints > 0 && len >= ODD_LEAST;
}

size_t redact_told_list(redact_scan *scan, const redact_key *key, size_t colon, size_t at,
                        bool *owners) {
    item items[ITEMS_MAX];
    size_t odd = 0, done = 0;
    bool weak = key->class.weight == BERTH_KEY_WEAK;
    *owners = false;
    if (!key->class.plural || key->quote.len || key->class.kind == BERTH_KEY_CREDENTIAL ||
        key->class.kind == BERTH_KEY_AUTH)
        return 0;
    *owners = colon > key->end && tells_owners(scan, colon);
    if (*owners) return 0;
    size_t count = read_items(scan, at, items);
    redact_work(scan, 40 + 40 * count);
    if (count < 2) return 0;
    for (size_t i = 0; i < count; i++) {
        odd += is_odd(scan, key, items[i]);
        if (redact_is_masked(scan->r, scan->s + items[i].from, items[i].to - items[i].from))
            done = items[i].to; /* it has been read before */
    }
    bool alike = odd > 0 && key->class.kind == BERTH_KEY_CODE && are_alike(scan, items, count);
    for (size_t i = 0; odd > 0 && i < count; i++) {
        if (items[i].to - items[i].from < 4 || (weak && !is_odd(scan, key, items[i]))) continue;
        if (!alike &&
            !redact_is_secret(scan, key->class, items[i].from, items[i].to, SYNTAX_TIGHT))
            continue;
        if (redact_mark_secret(scan, items[i].from, items[i].to, key->rule)) done = items[i].to;
    }
    return done;
}

/* password: still x */
static size_t skip_adverb(const redact_scan *scan, size_t at) {
    static const char *const words[] = {"still", "now", "currently", "again"};
    size_t end = at;
    while (byte_is(redact_peek(scan, end), BYTE_LOWER)) end++;
    if (redact_peek(scan, end) != ' ' || !IS_ONE_OF(scan->s + at, end - at, words)) return at;
    size_t next = redact_skip_blanks(scan, end), stop = redact_word_end(scan, next);
    bool odd = redact_is_mixture(scan, next, stop) && redact_has_digit(scan, next, stop);
    return odd || redact_is_masked(scan->r, scan->s + next, stop - next) ? next : at;
}

size_t redact_several(redact_scan *scan, const redact_key *key, size_t colon, size_t *at) {
    bool owners;
    *at = skip_adverb(scan, *at);
    if (*at == colon + 1) return 0;
    size_t end = redact_told_list(scan, key, colon, *at, &owners);
    if (end || !key->class.phrase) return end;
    end = redact_seed_words(scan, *at);
    return end && redact_mark_secret(scan, *at, end, key->rule) ? end : 0;
}
