/* redact_keys.c - how the words of a name decide whether it is that of a secret. */
#include <string.h>

#include "log/redact_char.h"
#include "log/redact_key_words.h"
#include "log/redact_keys.h"

#define NWORDS (sizeof words / sizeof *words)

static word_role find_word(const char *s, size_t len) {
    size_t low = 0, high = NWORDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const word *w = &words[middle];
        int order = s[0] - w->text[0]; /* decides mostly, without a call */
        size_t both = len < w->len ? len : w->len, i = 1;
        while (order == 0 && i < both && (order = s[i] - w->text[i]) == 0) i++;
        if (order == 0 && len != w->len) order = len < w->len ? -1 : 1;
        if (order == 0) return w->role;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return ROLE_NONE;
}

static word_role role_of(const char *s, size_t len) {
    word_role role = find_word(s, len);
    if (role != ROLE_NONE || len < 5) return role;
    if (berth_key_is_misspelt(s, len)) return ROLE_PASSWORD;
    for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++) {
        if (strlen(innocent[i]) == len && memcmp(innocent[i], s, len) == 0) return ROLE_NONE;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = endings[i].len;
        bool last = s[len - 1] == endings[i].text[n - 1];
        if (last && n < len && memcmp(s + len - n, endings[i].text, n) == 0) return endings[i].role;
    }
    return ROLE_NONE;
}

#define WORDS_MAX 4 /* the last ones of a name; more never matter */

typedef struct split {
    char lower[BERTH_KEY_NAME_MAX];
    struct {
        size_t start, len;
    } word[WORDS_MAX]; /* the last word first */
    size_t count;
    bool humps; /* a capital begins one of them */
} split;

/* Does a word begin at i, in the middle of letters and digits? */
static bool is_hump(const char *s, size_t i, size_t len) {
    if (!byte_is(s[i], BYTE_UPPER)) return false;
    if (byte_is(s[i - 1], BYTE_LOWER | BYTE_DIGIT)) return true;
    return byte_is(s[i - 1], BYTE_UPPER) && i + 1 < len && byte_is(s[i + 1], BYTE_LOWER);
}

/* Cuts from the end: password1 gives password, x-auth-token gives token, auth, x. */
static void split_name(split *to, const char *s, size_t len) {
    for (size_t i = 0; i < len; i++) to->lower[i] = byte_lower(s[i]);
    to->count = 0;
    to->humps = false;
    size_t end = len;
    while (end > 0 && to->count < WORDS_MAX) {
        if (!byte_is(s[end - 1], BYTE_WORD)) {
            end--;
            continue;
        }
        size_t start = end - 1;
        while (start > 0 && byte_is(s[start - 1], BYTE_WORD) && !is_hump(s, start, len)) start--;
        to->humps = to->humps || (start > 0 && byte_is(s[start - 1], BYTE_WORD));
        size_t stop = end;
        /* a number at the end belongs to no word, unless that is a word: cvv2, sha256 */
        if (byte_is(s[end - 1], BYTE_DIGIT) &&
            find_word(to->lower + start, stop - start) == ROLE_NONE) {
            while (stop > start && byte_is(s[stop - 1], BYTE_DIGIT)) stop--;
        }
        if (stop > start) {
            to->word[to->count].start = start;
            to->word[to->count++].len = stop - start;
        }
        end = start;
    }
}

static berth_key_class class_of(berth_key_kind kind, berth_key_weight weight) {
    return (berth_key_class){.kind = kind, .weight = weight};
}

static bool is_letter_s(const split *name, size_t i) {
    return name->lower[name->word[i].start + name->word[i].len - 1] == 's';
}

/* `key` decides only with a word before it that says what for. */
static berth_key_class class_of_key(word_role before) {
    berth_key_class class = class_of(BERTH_KEY_NONE, BERTH_KEY_MEDIUM);
    bool qualified = before == ROLE_QUALIFIER || before == ROLE_TOKEN || before == ROLE_SECRET ||
                     before == ROLE_AUTH || before == ROLE_SESSION || before == ROLE_SIGNATURE ||
                     before == ROLE_COOKIE || before == ROLE_PASS || before == ROLE_CREDENTIAL;
    if (qualified) class.kind = BERTH_KEY_KEY;
    return class;
}

static berth_key_class class_of_id(word_role before) {
    if (before == ROLE_SESSION) return class_of(BERTH_KEY_SESSION, BERTH_KEY_MEDIUM);
    if (before == ROLE_SECRET) return class_of(BERTH_KEY_SECRET, BERTH_KEY_WEAK);
    return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
}

static berth_key_class class_by_role(word_role role, word_role before, word_role first) {
    switch (role) {
    case ROLE_PASSWORD:
        return class_of(BERTH_KEY_PASSWORD, BERTH_KEY_STRONG);
    case ROLE_PHRASE:
        return (berth_key_class){
            .kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG, .phrase = true};
    case ROLE_PASS:
        return class_of(BERTH_KEY_PASSWORD, BERTH_KEY_MEDIUM);
    case ROLE_SECRET:
        return class_of(BERTH_KEY_SECRET, BERTH_KEY_MEDIUM);
    case ROLE_TOKENS:
        return class_of(BERTH_KEY_TOKEN, BERTH_KEY_WEAK);
    case ROLE_TOKEN:
        return class_of(BERTH_KEY_TOKEN, BERTH_KEY_MEDIUM);
    case ROLE_WHOLE_KEY:
        return class_of(BERTH_KEY_KEY, BERTH_KEY_MEDIUM);
    case ROLE_KEY:
        return class_of_key(before);
    case ROLE_CREDENTIAL:
        return class_of(BERTH_KEY_CREDENTIAL, BERTH_KEY_MEDIUM);
    case ROLE_AUTH:
        if (before == ROLE_REDIS) return class_of(BERTH_KEY_PASSWORD, BERTH_KEY_STRONG);
        return class_of(BERTH_KEY_AUTH, BERTH_KEY_WEAK);
    case ROLE_HEADER:
        return class_of(BERTH_KEY_AUTH, BERTH_KEY_STRONG);
    case ROLE_COOKIE:
        return class_of(BERTH_KEY_COOKIE, BERTH_KEY_MEDIUM);
    case ROLE_SESSION:
        return class_of(BERTH_KEY_SESSION, BERTH_KEY_WEAK);
    case ROLE_SESSION_ID:
        return class_of(BERTH_KEY_SESSION, BERTH_KEY_MEDIUM);
    case ROLE_SIGNATURE:
        return class_of(BERTH_KEY_SIGNATURE, BERTH_KEY_WEAK);
    case ROLE_CODE:
        return class_of(BERTH_KEY_CODE, BERTH_KEY_MEDIUM);
    case ROLE_CODE_WORD:
        if (before == ROLE_CODE || before == ROLE_QUALIFIER || before == ROLE_AUTH)
            return class_of(BERTH_KEY_CODE, BERTH_KEY_MEDIUM);
        break;
    case ROLE_ID:
        return class_of_id(before);
    case ROLE_DATA: /* client-key-data: the key itself */
        if (before == ROLE_KEY) return class_of_key(first);
        if (before == ROLE_USER) return class_of(BERTH_KEY_DATA, BERTH_KEY_MEDIUM);
        break;
    case ROLE_DATA_WHOLE:
        return class_of(BERTH_KEY_DATA, BERTH_KEY_MEDIUM);
    case ROLE_AFFIX:
        if (before == ROLE_PATH && first == ROLE_TAIL)
            return class_of(BERTH_KEY_SECRET, BERTH_KEY_MEDIUM);
        break;
    case ROLE_PERSON:
        return class_of(BERTH_KEY_PERSON, BERTH_KEY_STRONG);
    case ROLE_CONTACT:
        return class_of(BERTH_KEY_CONTACT, BERTH_KEY_WEAK);
    case ROLE_NONE:
    case ROLE_QUALIFIER:
    case ROLE_REDIS:
    case ROLE_USER:
    case ROLE_PATH:
    case ROLE_PUBLIC:
    case ROLE_ATTRIBUTE:
    case ROLE_COMMAND:
    case ROLE_TAIL:
        break;
    case ROLE_ASKING:
        return (berth_key_class){
            .kind = BERTH_KEY_PASSWORD, .weight = BERTH_KEY_STRONG, .command = true};
    }
    return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
}

static bool is_word(const split *name, size_t i, const char *text) {
    size_t len = strlen(text);
    return i < name->count && name->word[i].len == len &&
           memcmp(name->lower + name->word[i].start, text, len) == 0;
}

/* Does the name, whose word i is the last one, tell what all may know about a secret? */
static bool is_public(const split *parts, const word_role *role, size_t i) {
    static const char *const paging[] = {"page",       "next", "continuation",
                                         "pagination", "sync", "skip"};
    switch (role[i]) {
    case ROLE_TOKEN:
        for (size_t n = 0; n < sizeof paging / sizeof *paging; n++) {
            if (is_word(parts, i + 1, paging[n])) return true;
        }
        /* .NET's publicKeyToken, ERR_ASSERTION of Node */
        return (role[i + 1] == ROLE_KEY && role[i + 2] == ROLE_PUBLIC) ||
               (is_word(parts, i, "assertion") && is_word(parts, i + 1, "err"));
    case ROLE_KEY: /* who asks */
        return is_word(parts, i + 1, "consumer") && is_word(parts, i + 2, "oauth");
    case ROLE_SECRET: /* what the object or the file that holds it is called */
        return (is_word(parts, i, "secrets") &&
                (is_word(parts, i + 1, "ipsec") || is_word(parts, i + 1, "chap"))) ||
               is_word(parts, i + 1, "existing") || is_word(parts, i + 1, "pull");
    case ROLE_ID: /* libvirt's */
        return role[i + 1] == ROLE_SECRET && is_word(parts, i, "uuid");
    default:
        return false;
    }
}

/* The class that the name has when its word i is the last one. */
static berth_key_class class_from(const split *parts, const word_role *role, size_t i) {
    bool phrase = false; /* pass phrase, seed phrase */
    while (i + 1 < parts->count && role[i] == ROLE_TAIL) {
        const char *text = parts->lower + parts->word[i].start;
        phrase = phrase || (parts->word[i].len == 6 && memcmp(text, "phrase", 6) == 0);
        i++;
    }
    if (i >= parts->count) return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
    phrase = phrase && (role[i] == ROLE_PASS || role[i] == ROLE_QUALIFIER ||
                        role[i] == ROLE_SECRET || role[i] == ROLE_PHRASE);
    if (phrase) return class_by_role(ROLE_PHRASE, ROLE_NONE, ROLE_NONE);
    bool psk = role[i] == ROLE_KEY && is_word(parts, i + 1, "psk");
    bool material = role[i] == ROLE_KEY && i > 0 && is_word(parts, i - 1, "material");
    bool swift = role[i] == ROLE_KEY && /* swift_store_key, X-Account-Meta-Temp-URL-Key */
                 ((is_word(parts, i + 1, "store") && is_word(parts, i + 2, "swift")) ||
                  (is_word(parts, i + 1, "url") && is_word(parts, i + 2, "temp")));
    if (role[i + 1] == ROLE_PASSWORD && (is_word(parts, i, "in") || is_word(parts, i, "out")))
        return class_of(BERTH_KEY_PASSWORD, BERTH_KEY_STRONG); /* of iSCSI */
    if (role[i] == ROLE_COOKIE && /* by which nodes of Erlang and Elixir know each other */
        (is_word(parts, i + 1, "erlang") || is_word(parts, i + 1, "release")))
        return class_of(BERTH_KEY_SECRET, BERTH_KEY_STRONG);
    if (psk || material || swift) return class_of(BERTH_KEY_KEY, BERTH_KEY_MEDIUM);
    if (is_word(parts, i, "blob") && is_word(parts, i + 1, "encrypted")) /* Keystone's */
        return class_of(BERTH_KEY_DATA, BERTH_KEY_MEDIUM);
    bool pair = role[i] == ROLE_KEY && /* of Azure; else what tells a row */
                (is_word(parts, i + 1, "primary") || is_word(parts, i + 1, "secondary"));
    if (pair || (role[i] == ROLE_KEY && i + 1 == parts->count))
        return (berth_key_class){.kind = BERTH_KEY_KEY, .weight = BERTH_KEY_WEAK, .bare = true};
    if (is_public(parts, role, i)) return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
    if (role[i] == ROLE_COMMAND && (role[i + 1] == ROLE_PASSWORD || role[i + 1] == ROLE_PASS))
        return class_by_role(ROLE_ASKING, ROLE_NONE, ROLE_NONE);
    berth_key_class class = class_by_role(role[i], role[i + 1], role[i + 2]);
    class.plural = is_letter_s(parts, i) && role[i] != ROLE_PASS;
    return class;
}

static berth_key_class classify(const char *name, size_t len, split *lower) {
    split parts;
    split_name(&parts, name, len);
    *lower = parts;
    word_role role[WORDS_MAX + 2] = {ROLE_NONE};
    size_t owner = 0; /* words after `for` tell whose it is: password_for_ann */
    for (size_t i = 0; i < parts.count; i++) {
        const char *text = parts.lower + parts.word[i].start;
        role[i] = role_of(text, parts.word[i].len);
        bool joined = parts.word[i].start > 0 && (text[-1] == '_' || text[-1] == '-'); /* no .c */
        if (role[i] == ROLE_NONE && joined && /* _x, _test; no PasswordTest */
            (parts.word[i].len == 1 || is_word(&parts, i, "test")))
            role[i] = ROLE_TAIL;
        if (role[i] == ROLE_NONE && i == 0 && joined && text[-1] == '_' && /* else a plant */
            (is_word(&parts, i, "pepper") || is_word(&parts, i, "salt")))
            role[i] = ROLE_KEY;
        if (role[i] ==
            ROLE_ATTRIBUTE) /* random_password.this.result of Terraform, no auth_result */
            role[i] = parts.word[i].start > 0 && text[-1] == '.' ? ROLE_TAIL : ROLE_NONE;
        if (i > 0 && parts.word[i].len == 3 && memcmp(text, "for", 3) == 0) owner = i + 1;
    }
    berth_key_class class = class_from(&parts, role, 0);
    if (class.kind == BERTH_KEY_NONE && owner) class = class_from(&parts, role, owner);
    return class;
}

berth_key_class berth_key_classify(const char *name, size_t len) {
    if (len > BERTH_KEY_NAME_MAX) {
        name += len - BERTH_KEY_NAME_MAX;
        len = BERTH_KEY_NAME_MAX;
    }
    split parts, again;
    berth_key_class class = classify(name, len, &parts);
    if (class.kind != BERTH_KEY_NONE || !parts.humps) return class;
    return classify(parts.lower, len, &again); /* pAsSwOrD */
}

bool berth_key_qualifies(const char *text, size_t len) {
    char lower[BERTH_KEY_NAME_MAX];
    if (len == 0 || len > sizeof lower) return false;
    for (size_t i = 0; i < len; i++) lower[i] = byte_lower(text[i]);
    word_role role = find_word(lower, len);
    return role == ROLE_QUALIFIER || role == ROLE_AUTH || role == ROLE_SECRET ||
           role == ROLE_TOKEN || role == ROLE_SESSION || role == ROLE_CREDENTIAL;
}
