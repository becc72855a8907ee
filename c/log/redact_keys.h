/* redact_keys.h - which names have secrets as their values.
 *
 * A name is cut into words (user_adminPass2: user, admin, pass) and its last word decides, so that
 * password_policy, token_type and secret_name are not secret while OctaviaCaKeyPassphrase is.
 * The words stand in one table in redact_key_words.h. */
#ifndef BERTH_LOG_REDACT_KEYS_H
#define BERTH_LOG_REDACT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* kind, rule's name, a text on which the rule fires, what becomes of it */
#define BERTH_KEY_KINDS(X)                                                                         \
    X(PASSWORD, "password", "password=Sw0rdfish9 user=ann", "password=*** user=ann")               \
    X(SECRET, "secret", "{\"client_secret\": \"q7Lm2Zx9\"}", "{\"client_secret\": \"***\"}")       \
    X(TOKEN, "token", "auth_token: 'b81c44a0f2'", "auth_token: '***'")                             \
    X(KEY, "key", "--api-key Kd82mQ0p list", "--api-key *** list")                                 \
    X(CREDENTIAL, "credential", "keystonecredential0: 'c5FijjS'", "keystonecredential0: '***'")    \
    X(AUTH, "authorization", "Authorization: Bearer aGVs.bG8x", "Authorization: Bearer ***")       \
    X(COOKIE, "cookie", "Cookie: theme=dark; sid=k2J9x", "Cookie: theme=dark; sid=***")            \
    X(SESSION, "session", "JSESSIONID=8A1F09C27E", "JSESSIONID=***")                               \
    X(SIGNATURE, "signature", "&X-Amz-Signature=9f1c2a77e04b51d3", "&X-Amz-Signature=***")         \
    X(CODE, "one-time-code", "otp: 493201", "otp: ***")                                            \
    X(DATA, "user-data", "user_data=IyEvYmluL3NoCg==", "user_data=***")                            \
    X(PERSON, "personal-number", "ssn=078051120", "ssn=***")                                       \
    X(CONTACT, "contact-field", "phone=6505550140", "phone=***")

typedef enum berth_key_kind {
    BERTH_KEY_NONE,
#define X(kind, name, sample, expect) BERTH_KEY_##kind,
    BERTH_KEY_KINDS(X)
#undef X
    BERTH_KEY_FIELD /* an operator's rule */
} berth_key_kind;

/* How much the name alone says. */
typedef enum berth_key_weight {
    BERTH_KEY_WEAK,   /* the value must look random: sid, auth, session */
    BERTH_KEY_MEDIUM, /* anything but a plain word or a small number: token, secret, api_key */
    BERTH_KEY_STRONG  /* anything: password */
} berth_key_weight;

typedef struct berth_key_class {
    berth_key_kind kind;
    berth_key_weight weight;
    bool plural; /* tokens, keys: its items are the secrets, or it is a count */
    bool bare;   /* key, without a word that says what for */
    bool phrase; /* its value may be several words */
    bool command; /* its value is a command that prints the secret: password-command */
} berth_key_class;

/* `name` may hold any of the characters of BYTE_NAME and bytes over 127. */
bool berth_key_is_misspelt(const char *s, size_t len); /* passwrod */
berth_key_class berth_key_classify(const char *name, size_t len);
/* Is the word one that makes a secret of the key after it, as in "api key"? */
bool berth_key_qualifies(const char *word, size_t len);

/* Words of other alphabets (redact_foreign.c): the i-th one, NULL past the last; and the class of
 * what begins with one. */
const char *berth_key_foreign(size_t i);
berth_key_class berth_key_classify_foreign(const char *text, size_t len);

/* The longest name that is looked at; of longer ones the last bytes count. */
#define BERTH_KEY_NAME_MAX 64

#endif
