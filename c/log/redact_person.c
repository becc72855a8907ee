/* redact_person.c - numbers that belong to a person: cards by issuer and Luhn's digit, social
 * security numbers, phone numbers, IBANs by length and check digits, and addresses of the IP.
 *
 * Each begins at a place that the prefilter's lanes told; a number that goes on beyond it in either
 * direction is another one. */
#include <string.h>

#include "log/redact_private.h"

#define CARD_MIN 13
#define CARD_MAX 19
#define PHONE_MAX 15
#define IBAN_LEAST 15
#define IBAN_MAX 34

static char at_or_nul(const redact_scan *scan, size_t at) {
    return at < scan->len ? scan->s[at] : '\0';
}

static char before(const redact_scan *scan, size_t at) {
    return at > 0 ? scan->s[at - 1] : '\0';
}

/* Does a longer number or word reach into `at` from the left? */
static bool begins_inside(const redact_scan *scan, size_t at) {
    char c = before(scan, at);
    if (byte_is(c, BYTE_DIGIT) || c == '_') return true;
    if (byte_is(c, BYTE_LETTER))
        return !(at > 1 && scan->s[at - 2] == '\\' && (c == 'n' || c == 't' || c == 'r'));
    if (c != '-' && c != '.' && c != '+' && c != '/') return false;
    return at > 1 && byte_is(scan->s[at - 2], BYTE_WORD);
}

static bool goes_on(const redact_scan *scan, size_t end) {
    char c = at_or_nul(scan, end);
    if (byte_is(c, BYTE_WORD) || c == '_') return true;
    return (c == '-' || c == '.') && byte_is(at_or_nul(scan, end + 1), BYTE_WORD);
}

/* --- amounts ----------------------------------------------------------------------------- */

static bool is_amount_word(const char *s, size_t len) {
    static const char *const words[] = {
        "size",   "bytes",  "total",    "used",  "free",    "reserved",   "capacity", "amount",
        "count",  "offset", "ns",       "us",    "ms",      "ts",         "time",     "timestamp",
        "seq",    "lsn",    "inode",    "hash",  "crc",     "generation", "version",  "order",
        "vcpu",   "mb",     "gb",       "kb",    "id",      "port",       "sequence", "duration",
        "limit",  "usage",  "max",      "min",   "nonce",   "serial",     "revision", "epoch",
        "memory", "disk",   "elapsed",  "xid",   "txid",    "counter",    "index",    "trace",
    };
    return IS_ONE_OF(s, len, words);
}

/* offset 5500...: does a word of programs end at `end`? */
static bool is_counted(const redact_scan *scan, size_t end) {
    static const char *const words[] = {"offset", "lsn", "seq",   "size",  "inode", "xid",
                                        "txid",   "ts",  "epoch", "bytes", "pid",   "timestamp"};
    size_t from = end;
    while (from > 0 && end - from < 12 && byte_is(scan->s[from - 1], BYTE_LETTER)) from--;
    return IS_ONE_OF(scan->s + from, end - from, words);
}

/* Does a word of the name say that it is a card's: CARD_NUMBER, cardNo, DE2 of ISO 8583? */
static bool is_of_card(const char *s, size_t len) {
    static const char *const words[] = {
        "card",      "cards",            "cardnumber", "cardno", "cardnum", "creditcard",
        "debitcard", "creditcardnumber", "ccnumber",   "ccnum",  "ccn",     "cc",
        "pan",       "de2",              "de02",       "de002",  "track1",  "track2",
    };
    for (size_t i = 0, end; i < len; i = end > i ? end : i + 1) {
        for (end = i; end < len && byte_is(s[end], BYTE_WORD); end++) {
            if (end > i && byte_is(s[end], BYTE_UPPER) && byte_is(s[end - 1], BYTE_LOWER)) break;
        }
        if (IS_ONE_OF(s + i, end - i, words)) return true;
    }
    return false;
}

typedef enum counted {
    COUNT_UNKNOWN,
    COUNT_AMOUNT, /* "MEMORY_MB": 4111..., size=4111...: whatever its digits add up to */
    COUNT_CARD
} counted;

/* What the name before the number at `at` says that it is. */
static counted what_is_counted(const redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t i = at;
    while (i > 0 && at - i < 4 && (s[i - 1] == ' ' || byte_is(s[i - 1], BYTE_QUOTE))) i--;
    if (i == 0) return COUNT_UNKNOWN;
    if (!memchr("=:>", s[i - 1], 3))
        return i + 1 == at && is_counted(scan, i) ? COUNT_AMOUNT : COUNT_UNKNOWN;
    i--;
    if (i > 0 && byte_is(s[i - 1], BYTE_QUOTE)) i--;
    while (i > 0 && s[i - 1] == '\\') i--;
    size_t end = i, word;
    while (i > 0 && end - i < BERTH_KEY_NAME_MAX && byte_is(s[i - 1], BYTE_NAME)) i--;
    bool class = end > i && byte_is(s[i], BYTE_UPPER); /* a resource class: VCPU, CUSTOM_X */
    for (size_t k = i; k < end; k++) class = class && !byte_is(s[k], BYTE_LOWER);
    for (word = end; word > i && byte_is(s[word - 1], BYTE_LETTER); word--) {
    }
    if (is_amount_word(s + word, end - word)) return COUNT_AMOUNT;
    if (is_of_card(s + i, end - i)) return COUNT_CARD;
    bool number = bytes_are_word(s + word, end - word, "number"); /* of no amount */
    return class && !number ? COUNT_AMOUNT : COUNT_UNKNOWN;
}

/* --- cards ------------------------------------------------------------------------------- */

static bool has_luhn_digit(const char *digits, size_t n) {
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');
        if (i % 2) d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return sum % 10 == 0;
}

/* Ranges of the first four digits, and the lengths of their cards. */
static const struct {
    unsigned short from, to;
    unsigned char shortest, longest;
} issuers[] = {
    {2200, 2204, 16, 19}, {2221, 2720, 16, 16}, {3000, 3059, 14, 19}, {3095, 3095, 14, 19},
    {3400, 3499, 15, 15}, {3528, 3589, 16, 19}, {3600, 3699, 14, 19}, {3700, 3799, 15, 15},
    {3800, 3999, 14, 19}, {4000, 4999, 13, 19}, {5000, 5099, 13, 19}, {5100, 5599, 16, 16},
    {5600, 5899, 13, 19}, {6011, 6011, 16, 19}, {6200, 6299, 16, 19}, {6304, 6304, 13, 19},
    {6440, 6599, 16, 19}, {6759, 6763, 13, 19}, {8100, 8199, 16, 16},
};

static bool is_card(const char *digits, size_t n) {
    unsigned prefix = 0;
    for (size_t i = 0; i < 4; i++) prefix = prefix * 10 + (unsigned)(digits[i] - '0');
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        if (prefix >= issuers[i].from && prefix <= issuers[i].to && n >= issuers[i].shortest &&
            n <= issuers[i].longest)
            return has_luhn_digit(digits, n);
    }
    return false;
}

/* 542E 542F 5430 5431: do four hexadecimal digits stand before, too? */
static bool is_in_row(const redact_scan *scan, size_t at, char joint) {
    if (at < 5 || scan->s[at - 1] != joint) return false;
    for (size_t i = at - 5; i < at - 1; i++) {
        if (!byte_is(scan->s[i], BYTE_HEX)) return false;
    }
    return at == 5 || !byte_is(scan->s[at - 6], BYTE_WORD);
}

/* Do two more groups of four follow? */
static bool goes_on_in_row(const redact_scan *scan, size_t at, char joint) {
    for (size_t i = 0; i < 10; i++) {
        char c = at_or_nul(scan, at + i);
        if (i % 5 ? !byte_is(c, BYTE_HEX) : c != joint) return false;
    }
    return true;
}

/* 203 4821 8117 6015 1, 570 2667 1439 6532 8436 42092: is the group one of a row of numbers? */
static bool is_column(const redact_scan *scan, size_t at, size_t end, size_t n) {
    if (scan->s[at + 4] != ' ') return false;
    bool follows = at_or_nul(scan, end) == ' ' && byte_is(at_or_nul(scan, end + 1), BYTE_DIGIT);
    bool leads = at > 1 && scan->s[at - 1] == ' ' && byte_is(scan->s[at - 2], BYTE_DIGIT);
    bool expiry = follows && at_or_nul(scan, end + 3) == '/'; /* 12/27 */
    bool odd = n < 16 && scan->s[at + 9] == ' '; /* 4-4-4-1 is no card's */
    return (leads && follows && !expiry) || odd;
}

/* ;4111111111111111=2512101000?: what a card's stripe holds after its number. */
static size_t track_end(const redact_scan *scan, size_t end) {
    size_t i = end + 1;
    if (at_or_nul(scan, end) != '=') return end;
    while (byte_is(at_or_nul(scan, i), BYTE_DIGIT)) i++;
    return i > end + 7 && at_or_nul(scan, i) == '?' ? i : end;
}

/* Digits, single blanks or dashes of one kind between groups of them. */
static size_t card(redact_scan *scan, size_t at, bool grouped) {
    const char *s = scan->s;
    char digits[CARD_MAX + 1], joint = grouped ? s[at + 4] : '\0';
    size_t n = 0, i = at, group = 0, groups = 0;
    bool named = joint == '_' && before(scan, at) == '_'; /* card_4111_1111_... */
    if (!named && (begins_inside(scan, at) || (grouped && is_in_row(scan, at, joint)))) return 0;
    for (; i < scan->len && n <= CARD_MAX; i++) {
        if (byte_is(s[i], BYTE_DIGIT)) {
            digits[n++] = s[i];
            group++;
        } else if (grouped && s[i] == joint && byte_is(at_or_nul(scan, i + 1), BYTE_DIGIT)) {
            if (group != 4 && !(groups == 1 && group == 6)) return 0;
            if (n >= CARD_MIN + 3 && group == 4) break; /* 4-4-4-4, then another number */
            groups++;
            group = 0;
        } else {
            break;
        }
    }
    if (n < CARD_MIN || n > CARD_MAX || goes_on(scan, i)) return 0;
    bool fits = is_card(digits, n);
    counted what = what_is_counted(scan, at);
    if (fits ? what == COUNT_AMOUNT : what != COUNT_CARD) return 0;
    if (grouped && (goes_on_in_row(scan, i, joint) || is_column(scan, at, i, n))) return 0;
    if (!grouped && before(scan, at) == ';') i = track_end(scan, i);
    return redact_mark(scan, at, i, RULE_CARD) ? i : 0;
}

/* Eight groups of six digits, of which the first has two before `at`: what BitLocker asks for when
 * a volume is to be recovered. */
static size_t recovery_password(redact_scan *scan, size_t at) {
    size_t i = at - 2, from = i;
    if (at < 2 || redact_peek(scan, at + 4) != '-' || !byte_is(scan->s[i], BYTE_DIGIT) ||
        begins_inside(scan, i))
        return 0;
    for (unsigned group = 0; group < 8; group++, i++) {
        for (unsigned n = 0; n < 6; n++) {
            if (!byte_is(redact_peek(scan, i++), BYTE_DIGIT)) return 0;
        }
        if (group < 7 && redact_peek(scan, i) != '-') return 0;
    }
    if (goes_on(scan, --i)) return 0;
    return redact_mark_secret(scan, from, i, RULE_NAME_PASSWORD) ? i : 0;
}

/* 4 1 1 1 ...: single digits with as many blanks between all of them. */
static size_t card_in_a_row(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    char digits[CARD_MAX + 1];
    size_t n = 0, i = at, end = at, gap = 1;
    while (at_or_nul(scan, at + 1 + gap) == ' ') gap++;
    if (at > gap && s[at - 1] == ' ' && byte_is(s[at - 1 - gap], BYTE_DIGIT)) return 0; /* began */
    while (n <= CARD_MAX && byte_is(at_or_nul(scan, i), BYTE_DIGIT)) {
        digits[n++] = s[i];
        end = i + 1;
        for (i = end; i - end < gap && at_or_nul(scan, i) == ' '; i++) {
        }
        if (i - end < gap) break;
    }
    if (n < CARD_MIN || n > CARD_MAX || goes_on(scan, end) || !is_card(digits, n)) return 0;
    return redact_mark(scan, at, end, RULE_CARD) ? end : 0;
}

/* --- social security --------------------------------------------------------------------- */

static size_t social_security(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t end = at + 11;
    if (end > scan->len || begins_inside(scan, at) || goes_on(scan, end)) return 0;
    for (size_t i = at; i < end; i++) {
        bool joint = i == at + 3 || i == at + 6;
        if (!joint && !byte_is(s[i], BYTE_DIGIT)) return 0; /* Oct-14-1996 */
    }
    bool used = memcmp(s + at, "000", 3) != 0 && memcmp(s + at, "666", 3) != 0 && s[at] != '9' &&
                memcmp(s + at + 4, "00", 2) != 0 && memcmp(s + at + 7, "0000", 4) != 0;
    return used && redact_mark(scan, at, end, RULE_SSN) ? end : 0;
}

size_t redact_said_number(redact_scan *scan, size_t at, unsigned rule) {
    static const size_t groups[] = {3, 2, 4};
    size_t i = at, end = at;
    for (size_t group = 0; group < 3; group++) {
        size_t from = i;
        while (byte_is(at_or_nul(scan, i), BYTE_DIGIT)) i++;
        if (i - from != groups[group]) return 0;
        end = i;
        while (i - end < 3 && at_or_nul(scan, i) != '\0' && strchr(" -.", at_or_nul(scan, i))) i++;
        if (i == end && group < 2) return 0;
    }
    return !goes_on(scan, end) && redact_mark(scan, at, end, rule) ? end : 0;
}

/* --- phones ------------------------------------------------------------------------------ */

/* Country codes by their first two digits: how many digits the code has. */
static unsigned country_code(const char *digits) {
    unsigned two = (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
    if (digits[0] == '1' || digits[0] == '7') return 1;
    static const unsigned char twos[] = {20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46,
                                         47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
                                         64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98};
    static const unsigned char threes[] = {21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42,
                                           50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99};
    for (size_t i = 0; i < sizeof twos; i++) {
        if (twos[i] == two) return 2;
    }
    for (size_t i = 0; i < sizeof threes; i++) {
        if (threes[i] == two) return 3;
    }
    return 0;
}

typedef struct dialled {
    char digits[PHONE_MAX + 1];
    size_t count, end, groups;
} dialled;

/* Digits with single joints between them, from `at`; a bracket may take the place of one. */
static dialled dial(const redact_scan *scan, size_t at, size_t most) {
    dialled d = {.end = at};
    const char *s = scan->s;
    size_t i = at;
    while (i < scan->len) {
        size_t from = i, group = d.count;
        while (i < scan->len && byte_is(s[i], BYTE_DIGIT)) i++;
        if (i - from + d.count > most) break;
        for (size_t k = from; k < i; k++) d.digits[d.count++] = s[k];
        if (d.count > group) {
            d.end = i;
            d.groups++;
        }
        size_t joints = 0;
        while (i < scan->len && joints < 3 && s[i] != '\0' && strchr(" +().-/", s[i])) {
            if (joints == 1 && s[i] != '(' && s[i - 1] != ')') break;
            i++;
            joints++;
        }
        if (joints == 0 || i >= scan->len || !byte_is(s[i], BYTE_DIGIT)) break;
    }
    return d;
}

/* Area and exchange of North America begin with 2 to 9. */
static bool is_american(const char *ten) {
    return ten[0] >= '2' && ten[3] >= '2' && !(ten[1] == '1' && ten[2] == '1');
}

static size_t international(redact_scan *scan, size_t at) {
    char c = before(scan, at);
    if (byte_is(c, BYTE_WORD) || c == '_' || c == '+' || c == ')') return 0;
    dialled d = dial(scan, at + 1, at_or_nul(scan, at + 1) == '1' ? 11 : 13);
    bool apart = memchr(scan->s + at, ' ', d.end - at) != NULL;
    if (c == '/' && (d.groups == 1 ? d.count < 11 : !apart)) return 0; /* SIP/x/+16505550142 */
    if (d.count < 8 || byte_is(at_or_nul(scan, d.end), BYTE_WORD)) return 0;
    unsigned code = country_code(d.digits);
    if (code == 0 || (d.groups == 1 && d.count < 10)) return 0;
    if (d.digits[0] == '1' && (d.count != 11 || !is_american(d.digits + 1))) return 0;
    return redact_mark(scan, at, d.end, RULE_PHONE) ? d.end : 0;
}

/* ddd-ddd-dddd and (ddd) ddd-dddd, perhaps after 1- */
static size_t american(redact_scan *scan, size_t at) {
    bool bracket = scan->s[at] == '(';
    bool one = at > 1 && byte_in(scan->s[at - 1], "-.") && scan->s[at - 2] == '1';
    size_t start = one ? at - 2 : at;
    if (begins_inside(scan, start)) return 0;
    if (bracket && (at + 4 >= scan->len || scan->s[at + 4] != ')')) return 0;
    if (!bracket && (scan->s[at + 3] != scan->s[at + 7] || scan->s[at + 3] == ' ')) return 0;
    dialled d = dial(scan, at + bracket, 10);
    if (d.count != 10 || d.groups != 3 || !is_american(d.digits) || goes_on(scan, d.end)) return 0;
    size_t last = d.end - 4; /* the last group has four */
    if (byte_is(scan->s[last - 1], BYTE_DIGIT)) return 0;
    return redact_mark(scan, start, d.end, RULE_PHONE) ? d.end : 0;
}

size_t redact_phone(redact_scan *scan, size_t at, unsigned rule) {
    size_t from = at + (at_or_nul(scan, at) == '+') + (at_or_nul(scan, at) == '(');
    if (!byte_is(at_or_nul(scan, from), BYTE_DIGIT)) return 0;
    dialled d = dial(scan, from, PHONE_MAX);
    if (d.count < 7 || goes_on(scan, d.end) || at_or_nul(scan, d.end) == ':') return 0;
    return redact_mark(scan, at, d.end, rule) ? d.end : 0;
}

/* --- IBAN -------------------------------------------------------------------------------- */

/* Countries and the lengths of their numbers, four characters each. */
static const char countries[] =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18"
    "FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21"
    "LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27"
    "ST25SV28TL23TN24TR26UA29VA22VG24XK20";

static size_t country_length(const char *s) {
    for (size_t i = 0; i + 4 < sizeof countries; i += 4) {
        if (memcmp(countries + i, s, 2) == 0)
            return (size_t)(countries[i + 2] - '0') * 10 + (size_t)(countries[i + 3] - '0');
    }
    return 0;
}

static unsigned mod97(unsigned rest, char c) {
    if (byte_is(c, BYTE_DIGIT)) return (rest * 10 + (unsigned)(c - '0')) % 97;
    return (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
}

static size_t iban(redact_scan *scan, size_t at) {
    const char *s = scan->s;
    size_t length = country_length(s + at), n = 0, i = at;
    char text[34];
    if (!length || begins_inside(scan, at)) return 0;
    for (; i < scan->len && n < length; i++) {
        if (byte_is(s[i], BYTE_UPPER | BYTE_DIGIT)) text[n++] = s[i];
        else if ((s[i] != ' ' && s[i] != '-') || n % 4 != 0) return 0;
    }
    if (n < length || byte_is(at_or_nul(scan, i), BYTE_WORD)) return 0;
    if (at_or_nul(scan, i) == '-' && byte_is(at_or_nul(scan, i + 1), BYTE_HEX)) return 0; /* uuid */
    unsigned rest = 0;
    for (size_t k = 4; k < length; k++) rest = mod97(rest, text[k]);
    for (size_t k = 0; k < 4; k++) rest = mod97(rest, text[k]);
    return rest == 1 && redact_mark(scan, at, i, RULE_IBAN) ? i : 0;
}

size_t redact_said_iban(redact_scan *scan, size_t at, unsigned rule) {
    const char *s = scan->s;
    at += redact_quote_at(scan, at).len;
    size_t i = at, end = at, count = 0, group = 4;
    char country[] = {(char)(at_or_nul(scan, at) & 0x5f), (char)(at_or_nul(scan, at + 1) & 0x5f)};
    size_t length = country_length(country), most = length ? length : IBAN_MAX;
    while (byte_is(at_or_nul(scan, i), BYTE_WORD)) {
        size_t from = i, last = group;
        while (i < scan->len && byte_is(s[i], BYTE_WORD)) i++;
        group = i - from;
        bool more = redact_has_digit(scan, from, i) && count + group <= most &&
                    (length || (last == 4 && group <= 4)); /* no amount after it */
        if (from > at && !more) break;
        count += group;
        end = i;
        if (at_or_nul(scan, i) == ' ' || at_or_nul(scan, i) == '-') i++;
    }
    bool begins = end - at > 4 && byte_is(s[at], BYTE_LETTER) && byte_is(s[at + 1], BYTE_LETTER) &&
                  byte_is(s[at + 2], BYTE_DIGIT) && byte_is(s[at + 3], BYTE_DIGIT);
    if (!begins || count < IBAN_LEAST || count > IBAN_MAX) return 0;
    return redact_mark_secret(scan, at, end, rule) ? end : 0;
}

size_t redact_number(redact_scan *scan, size_t at, unsigned anchor_kind) {
    switch (anchor_kind) {
    case BERTH_ANCHOR_SSN:
        return social_security(scan, at);
    case BERTH_ANCHOR_NANP:
        return american(scan, at);
    case BERTH_ANCHOR_GROUPS: {
        size_t end = recovery_password(scan, at);
        return end ? end : card(scan, at, true);
    }
    case BERTH_ANCHOR_DIGITS:
        return card(scan, at, false);
    case BERTH_ANCHOR_ROW:
        return card_in_a_row(scan, at);
    case BERTH_ANCHOR_DIAL:
        return scan->s[at] == '+' ? international(scan, at) : american(scan, at);
    default:
        return iban(scan, at);
    }
}

/* --- IP addresses ------------------------------------------------------------------------ */

static size_t ipv4_end(const redact_scan *scan, size_t at) {
    size_t i = at;
    for (unsigned part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t from = i;
        while (i < scan->len && i < from + 4 && byte_is(scan->s[i], BYTE_DIGIT))
            value = value * 10 + (unsigned)(scan->s[i++] - '0');
        if (i == from || i > from + 3 || value > 255) return 0;
        if (part < 3 && at_or_nul(scan, i++) != '.') return 0;
    }
    return goes_on(scan, i) ? 0 : i;
}

/* At least two colons, eight groups at most, :: once; times and MAC addresses have neither :: nor
 * eight groups. */
static size_t ipv6_end(const redact_scan *scan, size_t at) {
    size_t i = at, groups = 0, digits = 0, pairs = 0, colons = 0, end = at;
    for (; i < scan->len && i < at + 46; i++) {
        if (byte_is(scan->s[i], BYTE_HEX)) {
            if (++digits > 4) return 0;
            end = i + 1;
        } else if (scan->s[i] == ':') {
            groups += digits > 0;
            digits = 0;
            colons++;
            if (at_or_nul(scan, i + 1) == ':') pairs++;
        } else {
            break;
        }
    }
    groups += digits > 0;
    if (at_or_nul(scan, i) == '.' && pairs) { /* ::ffff:10.0.0.1 */
        size_t last = end;
        while (last > at && scan->s[last - 1] != ':') last--;
        end = ipv4_end(scan, last);
        groups++;
    }
    if (byte_is(at_or_nul(scan, end), BYTE_WORD) || pairs > 1 || colons < 2 || end <= at) return 0;
    return (pairs == 1 && groups <= 7 && groups >= 1) || groups == 8 ? end : 0;
}

void redact_addresses(redact_scan *scan) {
    const char *s = scan->s;
    for (size_t i = 0; i < scan->len;) {
        bool start = byte_is(s[i], BYTE_HEX) || s[i] == ':';
        if (!start || byte_is(before(scan, i), BYTE_WORD) || before(scan, i) == ':' ||
            (before(scan, i) == '.' && i > 1 && byte_is(s[i - 2], BYTE_WORD))) {
            i++;
            continue;
        }
        size_t end = byte_is(s[i], BYTE_DIGIT) ? ipv4_end(scan, i) : 0;
        if (!end) end = ipv6_end(scan, i);
        if (end) redact_mark(scan, i, end, RULE_IP);
        i = end ? end : i + 1;
    }
}
