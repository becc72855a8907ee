/* redact_keys.c - the words that names of secrets are made of, and how they decide. */
#include <string.h>

#include "log/redact_char.h"
#include "log/redact_keys.h"

typedef enum word_role {
    ROLE_NONE,
    ROLE_PASSWORD, /* decides alone */
    ROLE_PHRASE,   /* a password of several words */
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
    ROLE_REDIS,  /* REDISCLI_AUTH is a password */
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
    ROLE_AFFIX, /* of Swift's hash path */
    ROLE_PATH,
    ROLE_PERSON,
    ROLE_CONTACT,
    ROLE_PUBLIC, /* what follows is no secret: publicKeyToken */
    ROLE_ATTRIBUTE, /* a tail after a dot */
    ROLE_COMMAND, /* after the name of a password: what prints it */
    ROLE_ASKING,  /* both in one word */
    ROLE_TAIL /* may follow the deciding word: value, hash, b64, confirm */
} word_role;

typedef struct word {
    const char *text;
    size_t len;
    word_role role;
} word;

#define W(text, role) {text, sizeof text - 1, role}

/* In order of the alphabet: found by halving. */
static const word words[] = {
    W("2fa", ROLE_CODE),
    W("access", ROLE_QUALIFIER),
    W("accesskey", ROLE_WHOLE_KEY),
    W("account", ROLE_QUALIFIER),
    W("activation", ROLE_QUALIFIER),
    W("adgangskode", ROLE_PASSWORD),
    W("adgangskoden", ROLE_PASSWORD),
    W("admin", ROLE_QUALIFIER),
    W("adminkey", ROLE_WHOLE_KEY),
    W("aes", ROLE_QUALIFIER),
    W("again", ROLE_TAIL),
    W("anmeldedaten", ROLE_CREDENTIAL),
    W("api", ROLE_QUALIFIER),
    W("apikey", ROLE_WHOLE_KEY),
    W("apikeys", ROLE_WHOLE_KEY),
    W("apitoken", ROLE_TOKEN),
    W("app", ROLE_QUALIFIER),
    W("appkey", ROLE_WHOLE_KEY),
    W("application", ROLE_QUALIFIER),
    W("askpass", ROLE_ASKING),
    W("assertion", ROLE_TOKEN),
    W("auth", ROLE_AUTH),
    W("authentication", ROLE_AUTH),
    W("authkey", ROLE_WHOLE_KEY),
    W("authorization", ROLE_HEADER),
    W("authtok", ROLE_PASSWORD),
    W("b64", ROLE_TAIL),
    W("backup", ROLE_QUALIFIER),
    W("barbicansimplecryptokek", ROLE_WHOLE_KEY),
    W("base", ROLE_TAIL),
    W("base64", ROLE_TAIL),
    W("basic", ROLE_TAIL),
    W("bearer", ROLE_TOKEN),
    W("blob", ROLE_DATA),
    W("bootstrap", ROLE_QUALIFIER),
    W("bytes", ROLE_TAIL),
    W("cephclusterfsid", ROLE_WHOLE_KEY),
    W("cephmdskey", ROLE_WHOLE_KEY),
    W("cephmonkey", ROLE_WHOLE_KEY),
    W("cephrgwkey", ROLE_WHOLE_KEY),
    W("certificate", ROLE_QUALIFIER),
    W("chave", ROLE_WHOLE_KEY),
    W("chiave", ROLE_WHOLE_KEY),
    W("cipher", ROLE_QUALIFIER),
    W("clave", ROLE_PASSWORD),
    W("client", ROLE_QUALIFIER),
    W("clientkey", ROLE_WHOLE_KEY),
    W("cnffjbeq", ROLE_PASSWORD),
    W("cnffjq", ROLE_PASSWORD),
    W("code", ROLE_CODE_WORD),
    W("codes", ROLE_CODE_WORD),
    W("command", ROLE_COMMAND),
    W("community", ROLE_SECRET),
    W("configdrive", ROLE_DATA_WHOLE),
    W("confirm", ROLE_TAIL),
    W("confirmation", ROLE_TAIL),
    W("consumer", ROLE_QUALIFIER),
    W("consumerkey", ROLE_WHOLE_KEY),
    W("content", ROLE_TAIL),
    W("contrasena", ROLE_PASSWORD),
    W("contrasenya", ROLE_PASSWORD),
    W("cookie", ROLE_COOKIE),
    W("cookies", ROLE_COOKIE),
    W("cred", ROLE_CREDENTIAL),
    W("credenciais", ROLE_CREDENTIAL),
    W("credenciales", ROLE_CREDENTIAL),
    W("credential", ROLE_CREDENTIAL),
    W("credentials", ROLE_CREDENTIAL),
    W("credenziali", ROLE_CREDENTIAL),
    W("creds", ROLE_CREDENTIAL),
    W("crypto", ROLE_QUALIFIER),
    W("csc", ROLE_CODE),
    W("csrf", ROLE_TOKEN),
    W("csrfmiddlewaretoken", ROLE_TOKEN),
    W("current", ROLE_TAIL),
    W("cvc", ROLE_CODE),
    W("cvc2", ROLE_CODE),
    W("cvv", ROLE_CODE),
    W("cvv2", ROLE_CODE),
    W("data", ROLE_DATA),
    W("decryption", ROLE_QUALIFIER),
    W("deploy", ROLE_QUALIFIER),
    W("deployment", ROLE_QUALIFIER),
    W("dev", ROLE_TAIL),
    W("digest", ROLE_TAIL),
    W("dockercfg", ROLE_DATA_WHOLE),
    W("dockerconfigjson", ROLE_DATA_WHOLE),
    W("drowssap", ROLE_PASSWORD),
    W("enc", ROLE_TAIL),
    W("encoded", ROLE_TAIL),
    W("encr", ROLE_QUALIFIER),
    W("encrypted", ROLE_QUALIFIER),
    W("encryption", ROLE_QUALIFIER),
    W("encryptionkey", ROLE_WHOLE_KEY),
    W("enrollment", ROLE_QUALIFIER),
    W("fax", ROLE_CONTACT),
    W("fernet", ROLE_QUALIFIER),
    W("fernetkey", ROLE_WHOLE_KEY),
    W("fixed", ROLE_QUALIFIER),
    W("frperg", ROLE_SECRET),
    W("functions", ROLE_QUALIFIER),
    W("gbxra", ROLE_TOKEN),
    W("geheimnis", ROLE_SECRET),
    W("geslo", ROLE_PASSWORD),
    W("gossip", ROLE_QUALIFIER),
    W("hash", ROLE_TAIL),
    W("hashed", ROLE_TAIL),
    W("haslo", ROLE_PASSWORD),
    W("heartbeat", ROLE_QUALIFIER),
    W("heartbeatkey", ROLE_WHOLE_KEY),
    W("heslo", ROLE_PASSWORD),
    W("hex", ROLE_TAIL),
    W("hmac", ROLE_SIGNATURE),
    W("iban", ROLE_PERSON),
    W("id", ROLE_ID),
    W("identifiants", ROLE_CREDENTIAL),
    W("ids", ROLE_ID),
    W("ingest", ROLE_QUALIFIER),
    W("integration", ROLE_QUALIFIER),
    W("ipsec", ROLE_QUALIFIER),
    W("is", ROLE_TAIL),
    W("isakmp", ROLE_QUALIFIER),
    W("jelszava", ROLE_PASSWORD),
    W("jelszo", ROLE_PASSWORD),
    W("jeton", ROLE_TOKEN),
    W("join", ROLE_QUALIFIER),
    W("jwt", ROLE_TOKEN),
    W("katasandi", ROLE_PASSWORD),
    W("kek", ROLE_WHOLE_KEY),
    W("kennwort", ROLE_PASSWORD),
    W("key", ROLE_KEY),
    W("keypass", ROLE_PASSWORD),
    W("keys", ROLE_KEY),
    W("keytab", ROLE_QUALIFIER),
    W("klucz", ROLE_WHOLE_KEY),
    W("license", ROLE_QUALIFIER),
    W("live", ROLE_TAIL),
    W("losenord", ROLE_PASSWORD),
    W("losenordet", ROLE_PASSWORD),
    W("lozinka", ROLE_PASSWORD),
    W("luks", ROLE_QUALIFIER),
    W("lykilord", ROLE_PASSWORD),
    W("master", ROLE_QUALIFIER),
    W("masterauth", ROLE_PASSWORD),
    W("masterkey", ROLE_WHOLE_KEY),
    W("material", ROLE_TAIL),
    W("mfa", ROLE_CODE),
    W("mnemonic", ROLE_PHRASE),
    W("mobile", ROLE_CONTACT),
    W("motdepasse", ROLE_PASSWORD),
    W("msisdn", ROLE_CONTACT),
    W("ndckey", ROLE_WHOLE_KEY),
    W("nekot", ROLE_TOKEN),
    W("new", ROLE_TAIL),
    W("number", ROLE_TAIL),
    W("old", ROLE_TAIL),
    W("onetime", ROLE_CODE),
    W("otp", ROLE_CODE),
    W("parola", ROLE_PASSWORD),
    W("parolasi", ROLE_PASSWORD),
    W("parole", ROLE_PASSWORD),
    W("parool", ROLE_PASSWORD),
    W("part", ROLE_TAIL),
    W("pass", ROLE_PASS),
    W("passcode", ROLE_PASSWORD),
    W("passcommand", ROLE_ASKING),
    W("passe", ROLE_PASSWORD),
    W("passkey", ROLE_PASSWORD),
    W("passord", ROLE_PASSWORD),
    W("passordet", ROLE_PASSWORD),
    W("passphrase", ROLE_PHRASE),
    W("passw", ROLE_PASSWORD),
    W("passw0rd", ROLE_PASSWORD),
    W("passwd", ROLE_PASSWORD),
    W("passwds", ROLE_PASSWORD),
    W("passwor", ROLE_PASSWORD),
    W("password", ROLE_PASSWORD),
    W("passwords", ROLE_PASSWORD),
    W("passwort", ROLE_PASSWORD),
    W("passwrd", ROLE_PASSWORD),
    W("paswd", ROLE_PASSWORD),
    W("pasword", ROLE_PASSWORD),
    W("path", ROLE_PATH),
    W("pgp", ROLE_QUALIFIER),
    W("phone", ROLE_CONTACT),
    W("phrase", ROLE_TAIL),
    W("pin", ROLE_CODE),
    W("pincode", ROLE_CODE),
    W("plain", ROLE_TAIL),
    W("plaintext", ROLE_TAIL),
    W("prefix", ROLE_AFFIX),
    W("preprod", ROLE_TAIL),
    W("preshared", ROLE_QUALIFIER),
    W("prev", ROLE_TAIL),
    W("previous", ROLE_TAIL),
    W("primary", ROLE_TAIL),
    W("priv", ROLE_QUALIFIER),
    W("private", ROLE_QUALIFIER),
    W("privatekey", ROLE_WHOLE_KEY),
    W("prod", ROLE_TAIL),
    W("production", ROLE_TAIL),
    W("provisioning", ROLE_QUALIFIER),
    W("psk", ROLE_PASSWORD),
    W("pskkey", ROLE_WHOLE_KEY),
    W("psswd", ROLE_PASSWORD),
    W("pssword", ROLE_PASSWORD),
    W("psswrd", ROLE_PASSWORD),
    W("psw", ROLE_PASSWORD),
    W("pswd", ROLE_PASSWORD),
    W("public", ROLE_PUBLIC),
    W("pw", ROLE_PASSWORD),
    W("pwd", ROLE_PASSWORD),
    W("pwds", ROLE_PASSWORD),
    W("pwrd", ROLE_PASSWORD),
    W("qa", ROLE_TAIL),
    W("rabbitcookie", ROLE_SECRET),
    W("radius", ROLE_QUALIFIER),
    W("raw", ROLE_TAIL),
    W("recovery", ROLE_QUALIFIER),
    W("rediscli", ROLE_REDIS),
    W("refresh", ROLE_QUALIFIER),
    W("repeat", ROLE_TAIL),
    W("requirepass", ROLE_PASSWORD),
    W("reset", ROLE_QUALIFIER),
    W("result", ROLE_ATTRIBUTE),
    W("root", ROLE_QUALIFIER),
    W("rsa", ROLE_QUALIFIER),
    W("salasana", ROLE_PASSWORD),
    W("salasanasi", ROLE_PASSWORD),
    W("samlrequest", ROLE_TOKEN),
    W("samlresponse", ROLE_TOKEN),
    W("sandi", ROLE_PASSWORD),
    W("schlussel", ROLE_SECRET),
    W("secert", ROLE_SECRET),
    W("secondary", ROLE_TAIL),
    W("secrect", ROLE_SECRET),
    W("secret", ROLE_SECRET),
    W("secretkey", ROLE_WHOLE_KEY),
    W("secrets", ROLE_SECRET),
    W("secure", ROLE_QUALIFIER),
    W("security", ROLE_QUALIFIER),
    W("seed", ROLE_QUALIFIER),
    W("seedphrase", ROLE_PHRASE),
    W("senha", ROLE_PASSWORD),
    W("sercet", ROLE_SECRET),
    W("service", ROLE_QUALIFIER),
    W("sess", ROLE_SESSION),
    W("sessid", ROLE_SESSION_ID),
    W("session", ROLE_SESSION),
    W("sessionid", ROLE_SESSION_ID),
    W("sessions", ROLE_SESSION),
    W("setcookie", ROLE_COOKIE),
    W("sha1", ROLE_TAIL),
    W("sha256", ROLE_TAIL),
    W("shared", ROLE_QUALIFIER),
    W("sid", ROLE_SESSION),
    W("sifre", ROLE_PASSWORD),
    W("sifresi", ROLE_PASSWORD),
    W("sig", ROLE_SIGNATURE),
    W("sign", ROLE_QUALIFIER),
    W("signature", ROLE_SIGNATURE),
    W("signing", ROLE_QUALIFIER),
    W("slaptazodis", ROLE_PASSWORD),
    W("sms", ROLE_CONTACT),
    W("snmp", ROLE_QUALIFIER),
    W("ssh", ROLE_QUALIFIER),
    W("sshkey", ROLE_WHOLE_KEY),
    W("ssl", ROLE_QUALIFIER),
    W("sslkey", ROLE_WHOLE_KEY),
    W("ssn", ROLE_PERSON),
    W("stage", ROLE_TAIL),
    W("staging", ROLE_TAIL),
    W("storage", ROLE_QUALIFIER),
    W("storepass", ROLE_PASSWORD),
    W("str", ROLE_TAIL),
    W("string", ROLE_TAIL),
    W("subscription", ROLE_QUALIFIER),
    W("suffix", ROLE_AFFIX),
    W("swifthashsuffix", ROLE_SECRET),
    W("symmetric", ROLE_QUALIFIER),
    W("tacacs", ROLE_QUALIFIER),
    W("tel", ROLE_CONTACT),
    W("telefon", ROLE_CONTACT),
    W("telefono", ROLE_CONTACT),
    W("telephone", ROLE_CONTACT),
    W("terces", ROLE_SECRET),
    W("text", ROLE_TAIL),
    W("this", ROLE_ATTRIBUTE),
    W("tls", ROLE_QUALIFIER),
    W("toegangscode", ROLE_PASSWORD),
    W("toekn", ROLE_TOKEN),
    W("token", ROLE_TOKEN),
    W("tokens", ROLE_TOKENS),
    W("tokne", ROLE_TOKEN),
    W("totp", ROLE_CODE),
    W("uat", ROLE_TAIL),
    W("unlock", ROLE_QUALIFIER),
    W("user", ROLE_USER),
    W("userdata", ROLE_DATA_WHOLE),
    W("uuid", ROLE_ID),
    W("val", ROLE_TAIL),
    W("value", ROLE_TAIL),
    W("values", ROLE_TAIL),
    W("verification", ROLE_QUALIFIER),
    W("verifier", ROLE_TOKEN),
    W("vpn", ROLE_QUALIFIER),
    W("wachtwoord", ROLE_PASSWORD),
    W("webhook", ROLE_QUALIFIER),
    W("wep", ROLE_QUALIFIER),
    W("whatsapp", ROLE_CONTACT),
    W("wifi", ROLE_QUALIFIER),
    W("wireguard", ROLE_QUALIFIER),
    W("wlan", ROLE_QUALIFIER),
    W("word", ROLE_TAIL),
    W("wpa", ROLE_QUALIFIER),
    W("xsrf", ROLE_TOKEN),
    W("zaporka", ROLE_PASSWORD),
    W("zugangscode", ROLE_PASSWORD),
    W("zugangsdaten", ROLE_CREDENTIAL),
};

#define NWORDS (sizeof words / sizeof *words)

/* Words that end a longer word written without a joint: dbpassword, ceph_adminkey. */
static const word endings[] = {
    W("password", ROLE_PASSWORD),    W("passwd", ROLE_PASSWORD),     W("passphrase", ROLE_PHRASE),
    W("passcode", ROLE_PASSWORD),    W("passwort", ROLE_PASSWORD),   W("pswd", ROLE_PASSWORD),
    W("pass", ROLE_PASS),            W("pwd", ROLE_PASSWORD),        W("pw", ROLE_PASSWORD),
    W("token", ROLE_TOKEN),          W("secret", ROLE_SECRET),       W("apikey", ROLE_WHOLE_KEY),
    W("authkey", ROLE_WHOLE_KEY),    W("sslkey", ROLE_WHOLE_KEY),    W("sshkey", ROLE_WHOLE_KEY),
    W("accesskey", ROLE_WHOLE_KEY),  W("secretkey", ROLE_WHOLE_KEY), W("privatekey", ROLE_WHOLE_KEY),
    W("fernetkey", ROLE_WHOLE_KEY),  W("clientkey", ROLE_WHOLE_KEY), W("adminkey", ROLE_WHOLE_KEY),
    W("encryptionkey", ROLE_WHOLE_KEY), W("heartbeatkey", ROLE_WHOLE_KEY),
    W("masterkey", ROLE_WHOLE_KEY),  W("ndckey", ROLE_WHOLE_KEY),    W("sharedkey", ROLE_WHOLE_KEY),
    W("accountkey", ROLE_WHOLE_KEY), W("signingkey", ROLE_WHOLE_KEY), W("storagekey", ROLE_WHOLE_KEY),
    W("sessionid", ROLE_SESSION_ID), W("sessid", ROLE_SESSION_ID),   W("cookie", ROLE_COOKIE),
    W("psk", ROLE_PASSWORD),
    W("credential", ROLE_CREDENTIAL), W("credentials", ROLE_CREDENTIAL),
    W("userdata", ROLE_DATA_WHOLE),  W("signature", ROLE_SIGNATURE), W("schlussel", ROLE_SECRET),
};

/* Words that end like a secret and are none. */
static const char *const innocent[] = {"bypass",    "compass",   "encompass", "overpass",
                                       "surpass",   "trespass",  "underpass", "multipass",
                                       "unauthorized", "getpass",   "publickeytoken", "existingsecret",
                                       "pullsecret", "imagepullsecret"};

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
    switch (role[i]) {
    case ROLE_TOKEN:
        return role[i + 1] == ROLE_KEY && role[i + 2] == ROLE_PUBLIC;
    case ROLE_KEY: /* who asks */
        return is_word(parts, i + 1, "consumer") && is_word(parts, i + 2, "oauth");
    case ROLE_SECRET: /* what the object that holds it is called */
        return is_word(parts, i + 1, "existing") || is_word(parts, i + 1, "pull");
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
    if (psk || material) return class_of(BERTH_KEY_KEY, BERTH_KEY_MEDIUM);
    if (is_word(parts, i, "blob") && is_word(parts, i + 1, "encrypted")) /* Keystone's */
        return class_of(BERTH_KEY_DATA, BERTH_KEY_MEDIUM);
    if (role[i] == ROLE_KEY && i + 1 == parts->count)
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
        if (role[i] == ROLE_ATTRIBUTE) /* random_password.this.result of Terraform, no auth_result */
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
