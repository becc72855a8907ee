/* redact_keys.c - the words that names of secrets are made of, and how they decide. */
#include <string.h>

#include "log/redact_char.h"
#include "log/redact_keys.h"

typedef enum word_role {
    ROLE_NONE,
    ROLE_PASSWORD, /* decides alone */
    ROLE_PASS,     /* password, but also what a test run counts */
    ROLE_SECRET,
    ROLE_TOKEN,
    ROLE_TOKENS,
    ROLE_KEY,       /* needs a qualifier before it */
    ROLE_WHOLE_KEY, /* a key without qualifier: apikey, kek */
    ROLE_QUALIFIER, /* api, private, ssl: before key, keys or a code */
    ROLE_CREDENTIAL,
    ROLE_AUTH,
    ROLE_HEADER, /* authorization */
    ROLE_COOKIE,
    ROLE_SESSION,
    ROLE_SESSION_ID,
    ROLE_SIGNATURE,
    ROLE_CODE,      /* otp, cvv */
    ROLE_CODE_WORD, /* code: needs one of ROLE_CODE or a qualifier before it */
    ROLE_ID,
    ROLE_USER,
    ROLE_DATA,
    ROLE_DATA_WHOLE,
    ROLE_PERSON,
    ROLE_CONTACT,
    ROLE_TAIL /* may follow the deciding word: value, hash, b64, confirm */
} word_role;

typedef struct word {
    const char *text;
    word_role role;
} word;

/* In order of the alphabet: found by halving. */
static const word words[] = {
    {"2fa", ROLE_CODE},
    {"access", ROLE_QUALIFIER},
    {"accesskey", ROLE_WHOLE_KEY},
    {"account", ROLE_QUALIFIER},
    {"activation", ROLE_QUALIFIER},
    {"adminkey", ROLE_WHOLE_KEY},
    {"aes", ROLE_QUALIFIER},
    {"again", ROLE_TAIL},
    {"api", ROLE_QUALIFIER},
    {"apikey", ROLE_WHOLE_KEY},
    {"apikeys", ROLE_WHOLE_KEY},
    {"apitoken", ROLE_TOKEN},
    {"app", ROLE_QUALIFIER},
    {"appkey", ROLE_WHOLE_KEY},
    {"application", ROLE_QUALIFIER},
    {"assertion", ROLE_TOKEN},
    {"auth", ROLE_AUTH},
    {"authentication", ROLE_AUTH},
    {"authkey", ROLE_WHOLE_KEY},
    {"authorization", ROLE_HEADER},
    {"b64", ROLE_TAIL},
    {"backup", ROLE_QUALIFIER},
    {"barbicansimplecryptokek", ROLE_WHOLE_KEY},
    {"base64", ROLE_TAIL},
    {"bearer", ROLE_TOKEN},
    {"bytes", ROLE_TAIL},
    {"cephclusterfsid", ROLE_WHOLE_KEY},
    {"cephmdskey", ROLE_WHOLE_KEY},
    {"cephmonkey", ROLE_WHOLE_KEY},
    {"cephrgwkey", ROLE_WHOLE_KEY},
    {"cipher", ROLE_QUALIFIER},
    {"clave", ROLE_PASSWORD},
    {"client", ROLE_QUALIFIER},
    {"clientkey", ROLE_WHOLE_KEY},
    {"code", ROLE_CODE_WORD},
    {"codes", ROLE_CODE_WORD},
    {"community", ROLE_SECRET},
    {"configdrive", ROLE_DATA_WHOLE},
    {"confirm", ROLE_TAIL},
    {"confirmation", ROLE_TAIL},
    {"consumer", ROLE_QUALIFIER},
    {"consumerkey", ROLE_WHOLE_KEY},
    {"content", ROLE_TAIL},
    {"cookie", ROLE_COOKIE},
    {"cookies", ROLE_COOKIE},
    {"cred", ROLE_CREDENTIAL},
    {"credential", ROLE_CREDENTIAL},
    {"credentials", ROLE_CREDENTIAL},
    {"creds", ROLE_CREDENTIAL},
    {"crypto", ROLE_QUALIFIER},
    {"csc", ROLE_CODE},
    {"csrf", ROLE_TOKEN},
    {"csrfmiddlewaretoken", ROLE_TOKEN},
    {"current", ROLE_TAIL},
    {"cvc", ROLE_CODE},
    {"cvc2", ROLE_CODE},
    {"cvv", ROLE_CODE},
    {"cvv2", ROLE_CODE},
    {"data", ROLE_DATA},
    {"decryption", ROLE_QUALIFIER},
    {"deploy", ROLE_QUALIFIER},
    {"deployment", ROLE_QUALIFIER},
    {"digest", ROLE_TAIL},
    {"enc", ROLE_TAIL},
    {"encoded", ROLE_TAIL},
    {"encrypted", ROLE_QUALIFIER},
    {"encryption", ROLE_QUALIFIER},
    {"encryptionkey", ROLE_WHOLE_KEY},
    {"fax", ROLE_CONTACT},
    {"fernet", ROLE_QUALIFIER},
    {"fernetkey", ROLE_WHOLE_KEY},
    {"functions", ROLE_QUALIFIER},
    {"hash", ROLE_TAIL},
    {"hashed", ROLE_TAIL},
    {"heartbeatkey", ROLE_WHOLE_KEY},
    {"hex", ROLE_TAIL},
    {"hmac", ROLE_SIGNATURE},
    {"id", ROLE_ID},
    {"ids", ROLE_ID},
    {"ingest", ROLE_QUALIFIER},
    {"integration", ROLE_QUALIFIER},
    {"jwt", ROLE_TOKEN},
    {"kek", ROLE_WHOLE_KEY},
    {"kennwort", ROLE_PASSWORD},
    {"key", ROLE_KEY},
    {"keypass", ROLE_PASSWORD},
    {"keys", ROLE_KEY},
    {"license", ROLE_QUALIFIER},
    {"losenord", ROLE_PASSWORD},
    {"master", ROLE_QUALIFIER},
    {"masterauth", ROLE_PASSWORD},
    {"masterkey", ROLE_WHOLE_KEY},
    {"mfa", ROLE_CODE},
    {"mnemonic", ROLE_SECRET},
    {"mobile", ROLE_CONTACT},
    {"msisdn", ROLE_CONTACT},
    {"ndckey", ROLE_WHOLE_KEY},
    {"new", ROLE_TAIL},
    {"number", ROLE_TAIL},
    {"old", ROLE_TAIL},
    {"onetime", ROLE_CODE},
    {"otp", ROLE_CODE},
    {"parola", ROLE_PASSWORD},
    {"pass", ROLE_PASS},
    {"passcode", ROLE_PASSWORD},
    {"passe", ROLE_PASSWORD},
    {"passkey", ROLE_PASSWORD},
    {"passphrase", ROLE_PASSWORD},
    {"passwd", ROLE_PASSWORD},
    {"password", ROLE_PASSWORD},
    {"passwords", ROLE_PASSWORD},
    {"passwort", ROLE_PASSWORD},
    {"pgp", ROLE_QUALIFIER},
    {"phone", ROLE_CONTACT},
    {"phrase", ROLE_TAIL},
    {"pin", ROLE_CODE},
    {"pincode", ROLE_CODE},
    {"plain", ROLE_TAIL},
    {"plaintext", ROLE_TAIL},
    {"preshared", ROLE_QUALIFIER},
    {"priv", ROLE_QUALIFIER},
    {"private", ROLE_QUALIFIER},
    {"privatekey", ROLE_WHOLE_KEY},
    {"psk", ROLE_PASSWORD},
    {"psw", ROLE_PASSWORD},
    {"pswd", ROLE_PASSWORD},
    {"pw", ROLE_PASSWORD},
    {"pwd", ROLE_PASSWORD},
    {"rabbitcookie", ROLE_SECRET},
    {"raw", ROLE_TAIL},
    {"recovery", ROLE_QUALIFIER},
    {"refresh", ROLE_QUALIFIER},
    {"repeat", ROLE_TAIL},
    {"requirepass", ROLE_PASSWORD},
    {"reset", ROLE_QUALIFIER},
    {"root", ROLE_QUALIFIER},
    {"rsa", ROLE_QUALIFIER},
    {"samlrequest", ROLE_TOKEN},
    {"samlresponse", ROLE_TOKEN},
    {"secret", ROLE_SECRET},
    {"secretkey", ROLE_WHOLE_KEY},
    {"secrets", ROLE_SECRET},
    {"security", ROLE_QUALIFIER},
    {"seed", ROLE_QUALIFIER},
    {"senha", ROLE_PASSWORD},
    {"service", ROLE_QUALIFIER},
    {"sess", ROLE_SESSION},
    {"sessid", ROLE_SESSION_ID},
    {"session", ROLE_SESSION},
    {"sessionid", ROLE_SESSION_ID},
    {"sessions", ROLE_SESSION},
    {"setcookie", ROLE_COOKIE},
    {"sha1", ROLE_TAIL},
    {"sha256", ROLE_TAIL},
    {"shared", ROLE_QUALIFIER},
    {"sid", ROLE_SESSION},
    {"sig", ROLE_SIGNATURE},
    {"sign", ROLE_QUALIFIER},
    {"signature", ROLE_SIGNATURE},
    {"signing", ROLE_QUALIFIER},
    {"sms", ROLE_CONTACT},
    {"snmp", ROLE_QUALIFIER},
    {"ssh", ROLE_QUALIFIER},
    {"sshkey", ROLE_WHOLE_KEY},
    {"ssl", ROLE_QUALIFIER},
    {"sslkey", ROLE_WHOLE_KEY},
    {"ssn", ROLE_PERSON},
    {"storage", ROLE_QUALIFIER},
    {"storepass", ROLE_PASSWORD},
    {"str", ROLE_TAIL},
    {"string", ROLE_TAIL},
    {"subscription", ROLE_QUALIFIER},
    {"swifthashsuffix", ROLE_SECRET},
    {"symmetric", ROLE_QUALIFIER},
    {"tel", ROLE_CONTACT},
    {"telephone", ROLE_CONTACT},
    {"text", ROLE_TAIL},
    {"tls", ROLE_QUALIFIER},
    {"token", ROLE_TOKEN},
    {"tokens", ROLE_TOKENS},
    {"totp", ROLE_CODE},
    {"unlock", ROLE_QUALIFIER},
    {"user", ROLE_USER},
    {"userdata", ROLE_DATA_WHOLE},
    {"uuid", ROLE_ID},
    {"val", ROLE_TAIL},
    {"value", ROLE_TAIL},
    {"values", ROLE_TAIL},
    {"verification", ROLE_QUALIFIER},
    {"verifier", ROLE_TOKEN},
    {"vpn", ROLE_QUALIFIER},
    {"wachtwoord", ROLE_PASSWORD},
    {"webhook", ROLE_QUALIFIER},
    {"wep", ROLE_QUALIFIER},
    {"wireguard", ROLE_QUALIFIER},
    {"wpa", ROLE_QUALIFIER},
    {"xsrf", ROLE_TOKEN},
};

#define NWORDS (sizeof words / sizeof *words)

/* Words that end a longer word written without a joint: dbpassword, ceph_adminkey. */
static const word endings[] = {
    {"password", ROLE_PASSWORD},    {"passwd", ROLE_PASSWORD},     {"passphrase", ROLE_PASSWORD},
    {"passcode", ROLE_PASSWORD},    {"passwort", ROLE_PASSWORD},   {"pswd", ROLE_PASSWORD},
    {"pass", ROLE_PASS},            {"pwd", ROLE_PASSWORD},        {"pw", ROLE_PASSWORD},
    {"token", ROLE_TOKEN},          {"secret", ROLE_SECRET},       {"apikey", ROLE_WHOLE_KEY},
    {"authkey", ROLE_WHOLE_KEY},    {"sslkey", ROLE_WHOLE_KEY},    {"sshkey", ROLE_WHOLE_KEY},
    {"accesskey", ROLE_WHOLE_KEY},  {"secretkey", ROLE_WHOLE_KEY}, {"privatekey", ROLE_WHOLE_KEY},
    {"fernetkey", ROLE_WHOLE_KEY},  {"clientkey", ROLE_WHOLE_KEY}, {"adminkey", ROLE_WHOLE_KEY},
    {"encryptionkey", ROLE_WHOLE_KEY}, {"heartbeatkey", ROLE_WHOLE_KEY},
    {"masterkey", ROLE_WHOLE_KEY},  {"ndckey", ROLE_WHOLE_KEY},    {"sharedkey", ROLE_WHOLE_KEY},
    {"accountkey", ROLE_WHOLE_KEY}, {"signingkey", ROLE_WHOLE_KEY}, {"storagekey", ROLE_WHOLE_KEY},
    {"sessionid", ROLE_SESSION_ID}, {"sessid", ROLE_SESSION_ID},   {"cookie", ROLE_COOKIE},
    {"credential", ROLE_CREDENTIAL}, {"credentials", ROLE_CREDENTIAL},
    {"userdata", ROLE_DATA_WHOLE},  {"signature", ROLE_SIGNATURE},
};

/* Words that end like a secret and are none. */
static const char *const innocent[] = {"bypass",    "compass",   "encompass", "overpass",
                                       "surpass",   "trespass",  "underpass", "multipass",
                                       "unauthorized"};

static word_role find_word(const char *s, size_t len) {
    size_t low = 0, high = NWORDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *text = words[middle].text;
        int order = strncmp(s, text, len);
        if (order == 0 && text[len] != '\0') order = -1;
        if (order == 0) return words[middle].role;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return ROLE_NONE;
}

static word_role role_of(const char *s, size_t len) {
    word_role role = find_word(s, len);
    if (role != ROLE_NONE || len < 5) return role;
    for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++) {
        if (strlen(innocent[i]) == len && memcmp(innocent[i], s, len) == 0) return ROLE_NONE;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i].text);
        if (n < len && memcmp(s + len - n, endings[i].text, n) == 0) return endings[i].role;
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
    size_t end = len;
    while (end > 0 && to->count < WORDS_MAX) {
        if (!byte_is(s[end - 1], BYTE_WORD)) {
            end--;
            continue;
        }
        size_t start = end - 1;
        while (start > 0 && byte_is(s[start - 1], BYTE_WORD) && !is_hump(s, start, len)) start--;
        size_t stop = end;
        /* a number at the end belongs to no word, unless that is a word: cvv2, sha256 */
        if (find_word(to->lower + start, stop - start) == ROLE_NONE) {
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

static berth_key_class class_of_id(word_role before, word_role first) {
    if (before == ROLE_SESSION) return class_of(BERTH_KEY_SESSION, BERTH_KEY_MEDIUM);
    if (before == ROLE_SECRET) return class_of(BERTH_KEY_SECRET, BERTH_KEY_MEDIUM);
    if (before == ROLE_KEY && first == ROLE_QUALIFIER)
        return class_of(BERTH_KEY_KEY, BERTH_KEY_WEAK);
    return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
}

static berth_key_class class_by_role(word_role role, word_role before, word_role first) {
    switch (role) {
    case ROLE_PASSWORD:
        return class_of(BERTH_KEY_PASSWORD, BERTH_KEY_STRONG);
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
        return class_of_id(before, first);
    case ROLE_DATA:
        if (before == ROLE_USER) return class_of(BERTH_KEY_DATA, BERTH_KEY_MEDIUM);
        break;
    case ROLE_DATA_WHOLE:
        return class_of(BERTH_KEY_DATA, BERTH_KEY_MEDIUM);
    case ROLE_PERSON:
        return class_of(BERTH_KEY_PERSON, BERTH_KEY_STRONG);
    case ROLE_CONTACT:
        return class_of(BERTH_KEY_CONTACT, BERTH_KEY_WEAK);
    case ROLE_NONE:
    case ROLE_QUALIFIER:
    case ROLE_USER:
    case ROLE_TAIL:
        break;
    }
    return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
}

static berth_key_class classify(const char *name, size_t len, split *lower) {
    split parts;
    split_name(&parts, name, len);
    *lower = parts;
    word_role role[WORDS_MAX + 2] = {ROLE_NONE};
    for (size_t i = 0; i < parts.count; i++)
        role[i] = role_of(parts.lower + parts.word[i].start, parts.word[i].len);
    size_t i = 0;
    while (i + 1 < parts.count && role[i] == ROLE_TAIL) i++;
    if (i >= parts.count) return class_of(BERTH_KEY_NONE, BERTH_KEY_WEAK);
    berth_key_class class = class_by_role(role[i], role[i + 1], role[i + 2]);
    class.plural = is_letter_s(&parts, i) && role[i] != ROLE_PASS;
    return class;
}

berth_key_class berth_key_classify(const char *name, size_t len) {
    if (len > BERTH_KEY_NAME_MAX) {
        name += len - BERTH_KEY_NAME_MAX;
        len = BERTH_KEY_NAME_MAX;
    }
    split parts, again;
    berth_key_class class = classify(name, len, &parts);
    if (class.kind != BERTH_KEY_NONE || memcmp(name, parts.lower, len) == 0) return class;
    return classify(parts.lower, len, &again); /* pAsSwOrD */
}

bool berth_key_qualifies(const char *text, size_t len) {
    char lower[BERTH_KEY_NAME_MAX];
    if (len == 0 || len > sizeof lower) return false;
    for (size_t i = 0; i < len; i++) lower[i] = byte_lower(text[i]);
    word_role role = find_word(lower, len);
    return role == ROLE_QUALIFIER || role == ROLE_AUTH || role == ROLE_SECRET ||
           role == ROLE_TOKEN || role == ROLE_SESSION;
}
