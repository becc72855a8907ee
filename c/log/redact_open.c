/* redact_open.c - making a redactor: operators' rules checked and copied, the literals that the
 * prefilter looks for, the list of all rules. */
#include <string.h>

#include "core/err.h"
#include "log/redact_private.h"

#define LITERALS_MAX 1536 /* built-in ones and those of as many rules as may be given */

/* --- opening ----------------------------------------------------------------------------- */

/* What names of secrets hold; \1 is any byte but a letter. */
static const char *const name_literals[] = {
    "pass",     "pwd",      "pswd",     "secret",   "token",    "key\1",    "keys\1",    "auth",
    "cred",     "cookie",   "session",  "sessid",   "sid\1",    "sig\1",    "signatur",  "hmac",
    "otp\1",    "pin\1",    "cvv",      "cvc",      "csc\1",    "mfa",      "2fa\1",     "ssn\1",
    "user_dat", "user-dat", "userdata", "user dat", "configdr", "dockerco", "dockercf",  "jwt\1",
    "psk\1",    "kek\1",    "mnemonic", "communit", "cephclus", "swifthas", "psw\1",     "pw=",
    "csrf",     "xsrf",     "samlres",  "samlreq",  "assertio", "verifier", "securityc", "phone",
    "mobile",   "msisdn",   "tel\1",    "fax\1",    "sms\1",    "senha",    "clave\1",   "kennwort",
    "wachtwoo", "losenord", "parola",   "seed\1",   "keypass",  "simplecr", "verifica",  "pincode",
    "pw:",      "pw ",      "pw\"",     "pw'",      "pw>",      "pw\\",     "pw%",       "pw_",
    "pw\t",     "pw]",      "pw)",      "pw,",      "pw}",      "pw&",      "pw-",       "pw|",
    "pw(",      "pw[",      "pw.",      "psswrd",   "pwrd",     "security", "reset_co",  "backup_c",
    "onetime",  "adgangsk", "geslo",    "heslo",    "iban\1",   "lozinka",  "salasana",  "pasw",
    "pssw",     "psswd",    "one-time", "recovery", "swift_ha", "word\":",  "word':",    "ecret\":",
    "oken\":",  "drowssap", "terces",   "nekot",    "cnff",     "frperg",   "gbxra",     "haslo",
    "sifre",    "slaptazo", "zaporka",  "contrase", "whatsapp", "anmelded", "identifi",  "chave",
    "chiave",   "klucz",    "parole",   "toegangs", "zugangs",  "geheimni", "jeton",     "passord",
    "psasw",    "assword",  "secert",   "secrec",   "sercet",   "toekn",    "tokne",     "jelszo",
    "ted_blob", "tedblob",  "keymater", "pskkey\1", "lspsk",    "sandi\1",  "schlusse",  "lykilord",
    "parool",   "celular",  "mobilfun", "anruf",    "rufnumme", "telefon",  "up code",  "tch code",
    "safe wor", "ssword=",  "pw<",      "pw\n",     "pw\r",     "_pepper\1",
};
/* In URLs: a password beside its user. */
static const char *const query_literals[] = {"?p=", "&p="};
/* In URLs: what an authorization server hands over, and paths that end in a secret. */
static const char *const code_literals[] = {"?code=",  "&code=", "#code=", "?ticket=",
                                            "&ticket=", "?t=",    "&t="};
static const char *const path_literals[] = {
    "/reset/",  "/invite/", "/verify/", "/confirm", "/activat", "webhook/", "/hooks/", "/magic/",
    "/unsubsc", "/share/",  "/magic-l", "/invitat", "/accept/", "/unlock/", "/recover"};
/* Of blocks of base64: their beginnings, as of {" and of gzip; names of secrets within them, in
 * base64 once, twice and of UTF-16; :// in base64. */
static const char *const beginnings[] = {"eyJ",  "ewog", "ewoJ", "W3si",  "LS0tLS1C",
                                         "ZXlK", "ZXdv", "H4sI", "SDRzS", "eJw",
                                         "eJx",  "eJy",  "eJz",  "eNq",  "eNp",     "TFMwdExT"};
static const char *const encoded_literals[] = {
    "cGFzc3",   "cGFzcz",   "Bhc3N3",   "wYXNzd",   "UGFzc3",   "UEFTU1",   "QVNTV09S", "BBU1NX",
    "c2VjcmV0", "NlY3Jld",  "zZWNyZX",  "U0VDUkVU", "dG9rZW",   "Rva2Vu",   "0b2tlb",   "VE9LRU",
    "Y0dGem",   "NHRnpj",   "jR0Z6Y",   "QmhjM0",   "JoYzN",    "CaGMzT",   "d1lYTn",   "dZWE56",
    "3WVhOe",   "YzJWamNt", "MyVmpjb",  "jMlZqY2",  "TmxZM0ps", "5sWTNKb",  "ObFkzSm",  "elpXTnla",
    "paV055W",  "6WldOeV",  "ZEc5clp",  "RHOXJa",   "kRzlyW",   "UnZhMlZ",  "J2YTJW",   "SdmEyV",
    "cABhAHMA", "AAYQBzAH", "wAGEAcwB", "UABhAHMA", "QAGEAcwB", "UABBAFMA", "cwBlAGMA", "MAZQBjAH",
    "zAGUAYwB", "dABvAGsA", "QAbwBrAG", "0AG8AawB", "VE9LRU4",  "RPS0VO",   "UT0tFT",   "U0VDUk",
    "NFQ1JFV",  "TRUNSRV",  "YXBpX2tl", "FwaV9rZX", "hcGlfa2",  "QVBJX0tF", "FQSV9LR",  "BUElfS0",
    "cGFzcD",   "Oi8v",     "ovL\3",    "6Ly\3",    "QmVhcmVy", "JlYXJlci", "CZWFyZXIg", "Y3JlZGVu",
    "NyZWRlbn", "jcmVkZW",  "b3ZM",     "PaTh2",    "Nkx5",     "9pOH",     "T2k4d",    "bFlYSmxj",
    "WaGNtVn",  "sWVhKbG",  "ZoY21We",  "xZWEpsY",  "WldGeVpY", "aV0Z5Wl",  "pXRnlaW",  "VmhjbVZ5",
    "WVhCcFgy", "hjR2xmY",  "RndhVjly", "Z3YVY5c",  "oY0dsZm",  "aGNHbGZh", "ZWEJwWD",  "Gd2FWOX",
    "lYQnBYM",  "VRUZUV",   "VUVGVF",   "CQlUx",    "VFRlRV",   "UVFWTl",   "QkJVM",    "FRVk5U",
    "RUVZOV",   "OgAvAC",   "oALwAv",   "6AC8AL",   "YQBwAG",   "QgBlAGEA", "IAZQBhAH", "CAGUAYQB",
    "NzA2MTcz", "cwNjE3Mz", "3MDYxNzM", "NzQ2ZjZi", "c0NmY2Yj", "3NDZmNmI", "NzM2NTYz", "czNjU2Mz",
    "3MzY1NjM",
};
/* .com, .org and .net in base64: perhaps of an address. */
static const char *const domain_literals[] = {"LmNvb", "5jb2",  "uY29t", "Lm9yZ", "5vcm",
                                              "ub3Jn", "Lm5ld", "5uZX",  "ubmV0"};
static const char *const base32_literals[] = {
    "OBQXG4", "YGC43T",  "4DBONZ", "QMFZX",  "ONSWG4T", "ZWKY3SM", "GZLDOJS",
    "43FMNZ", "TMVRXEZ", "ORXWWZ", "2G623F", "I33LMV",  "5DPNNS",  "UN5VWK",
    "AYLTO",  "KBAVGU",  "IECU2T", "AQKTK",  "UCBKNJ",  "QIFJV",   "HIXS",
    "5C6L",   "ULZP",    "ORPF",   "2F4X",   "MFYGSX3", "QXA2K7N", "C4DJL5V",
    "YLQNFP", "BOBUV62", "MVQXEZ", "SWC4TF", "KYLSMV",  "ZLBOJS",  "FMFZGK",
};
/* Offsets and the first bytes after them; names of secrets as bytes. */
static const char *const dump_literals[] = {"000: \2\2", "000:  \2\2", "000  \2\2", "000   \2\2",
                                            "000 \2\2 \2"};
static const char *const byte_literals[] = {"70:61:73", "70 61 73", "50 61 73", "50 41 53",
                                            "73 65 63",
                                            "74 6f 6b", "6b 65 79", "7061 737", "3a 2f 2f",
                                            "3a:2f:2f",
                                            "74:6f:6b", "73:65:63", "6b:65:79"};
/* What is decoded where it stands for something else: %41, \u0041, \/, &quot;, full-width letters,
 * colours of a terminal, broken lines. */
static const char *const coded_literals[] = {
    "%\2\2", "%u\2\2", "\\u\2", "\\x\2",   "&#\3",    "&#x\2",    "&quot;",
    "&amp;", "&lt;",   "&gt;",  "&apos;",  "&equals", "&colon",   "&nbsp", "&shy;",
    "\\/",   "\\e[",    "\\033[",  "\x1b[",  "#033[", "\\1\3\3", "\\u{", "\\\n",    "\xe3\x80\4",
    "\\0-",
};
static const char *const hex_literals[] = {"70617373", "73656372", "746f6b65", "2d2d2d2d",
                                           "50415353", "50617373", "65794a",   "6347467a",
                                           "6332566a", "6447397",  "42686333", "7759584e",
                                           "52766132", "30623274", "4e6c5933", "7a5a574e",
                                           "3a2f2f",   "65617265", "6170695f", "1f8b08",
                                           "6d797371", "73736870", "6375726c"};

/* What people and protocols say when they log in. */
static const struct {
    const char *text;
    uint16_t kind;
} logins[] = {
    {"log in ", LOGIN_PHRASE},   {"login ", LOGIN_PHRASE},   {"login: ", LOGIN_PHRASE},
    {"logged i", LOGIN_PHRASE},  {"sign in ", LOGIN_PHRASE}, {"root / ", LOGIN_ACCOUNT},
    {"root/", LOGIN_ACCOUNT},    {"root:", LOGIN_ACCOUNT},   {"admin/", LOGIN_ACCOUNT},
    {"admin:", LOGIN_ACCOUNT},   {"code is ", LOGIN_CODE},   {"code \3\3\3", LOGIN_CODE},
    {"admin / ", LOGIN_ACCOUNT}, {"auth pla", LOGIN_SASL},   {"auth xoa", LOGIN_SASL},
    {"enticate", LOGIN_SASL},    {"334 ugfz", LOGIN_ASKED},  {"send \"", LOGIN_SENT},
    {"send -- ", LOGIN_SENT},    {"send: \"", LOGIN_SENT},   {"send '", LOGIN_SENT},
    {"ging in ", LOGIN_PHRASE},  {"login(", LOGIN_CALL},     {"log_in(", LOGIN_CALL},
    {"signin(", LOGIN_CALL},     {"sign_in(", LOGIN_CALL},   {"ticate(", LOGIN_CALL},
    {"connect(", LOGIN_CALL},    {"nection(", LOGIN_CALL},   {"pdo('", LOGIN_CALL},
    {"pdo(\"", LOGIN_CALL},      {"hashpw(", LOGIN_CALL},    {"pt.hash(", LOGIN_CALL},
    {"ashsync(", LOGIN_CALL},    {"auth(", LOGIN_CALL},      {"identify", LOGIN_IDENTIFY},
    {"dd-mask::", LOGIN_MASKED}, {"mysqli(", LOGIN_CALL},    {"pdo($", LOGIN_CALL},
    {"nstruct(", LOGIN_CALL},
    {"ap_open(", LOGIN_CALL},    {"ap_bind(", LOGIN_CALL},   {"bind_s(", LOGIN_CALL},
    {"tp.open(", LOGIN_CALL},    {"ftp(", LOGIN_CALL},
    {"le_bind(", LOGIN_CALL},    {".bind(\"", LOGIN_CALL},    {".bind('", LOGIN_CALL},
    {"mysql('", LOGIN_CALL},     {"resql('", LOGIN_CALL},    {"ngodb('", LOGIN_CALL},
    {"jwt.sign", LOGIN_CALL},    {"jwt.veri", LOGIN_CALL},   {"jwt.enco", LOGIN_CALL},
    {"jwt.deco", LOGIN_CALL},    {"aes.encr", LOGIN_CALL},   {"aes.decr", LOGIN_CALL},
    {"pt.compa", LOGIN_CALL},    {"checkpw(", LOGIN_CALL},   {"tkeyspec", LOGIN_CALL},
    {"__constr", LOGIN_CALL},    {"cwjap", LOGIN_JOIN},      {"cwsap", LOGIN_JOIN},
    {"nonce=\"", LOGIN_DIGEST},  {"nonce=\\", LOGIN_DIGEST},
    {"cgauth", LOGIN_JOIN},      {"logon ", LOGIN_LOGON},    {" using ", LOGIN_USING},
    {"\1" "554=", LOGIN_FIX},
    {"potfile", LOGIN_CRACKED},  {"cess: '", LOGIN_CRACKED},
    {"auth_pas", LOGIN_CALL},    {" is your", LOGIN_YOURS},  {" as your", LOGIN_YOURS},
    {"the back", LOGIN_BACK},    {"maiden n", LOGIN_MAIDEN}, {"cracked", LOGIN_CRACKED},
    {"hashcat", LOGIN_CRACKED},  {"g 0:00:0", LOGIN_CRACKED}, {"john: ", LOGIN_CRACKED},
    {"(pwn3d!)", LOGIN_CRACKED}, {"y found!", LOGIN_CRACKED},
};

/* Where a disguise might be, and which; \1 also is NUL, as in UTF-16. */
static const struct {
    const char *text;
    uint16_t kind;
} disguises[] = {
    {"p\1"
     "a\1s\1s",
     DISGUISE_SPACED},
    {"s e c r", DISGUISE_SPACED},
    {"s.e.c.r", DISGUISE_SPACED},
    {"s-e-c-r", DISGUISE_SPACED},
    {"t o k e", DISGUISE_SPACED},
    {"t.o.k.e", DISGUISE_SPACED},
    {"t-o-k-e", DISGUISE_SPACED},
    {"s_e_c_r", DISGUISE_SPACED},
    {"t_o_k_e", DISGUISE_SPACED},
    {"p4ss", DISGUISE_LEET},
    {"p@ss", DISGUISE_LEET},
    {"p455", DISGUISE_LEET},
    {"pa55", DISGUISE_LEET},
    {"pa$$", DISGUISE_LEET},
    {"p@$$", DISGUISE_LEET},
    {"p4$$", DISGUISE_LEET},
    {"passw0", DISGUISE_LEET},
    {"s3cr", DISGUISE_LEET},
    {"secr3t", DISGUISE_LEET},
    {"$ecret", DISGUISE_LEET},
    {"5ecret", DISGUISE_LEET},
    {"t0ke", DISGUISE_LEET},
    {"t0k3", DISGUISE_LEET},
    {"tok3n", DISGUISE_LEET},
    {"4pi_k", DISGUISE_LEET},
    {"4pik", DISGUISE_LEET},
    {"4p1_k", DISGUISE_LEET},
    {"4p1k", DISGUISE_LEET},
    {"\" + \"", DISGUISE_JOINED},
    {"' + '", DISGUISE_JOINED},
    {"\" . \"", DISGUISE_JOINED},
    {"' . '", DISGUISE_JOINED},
    {"'+'", DISGUISE_JOINED},
    {"\"+\"", DISGUISE_JOINED},
    {"rd=3d", DISGUISE_PRINTABLE},
    {"wd=3d", DISGUISE_PRINTABLE},
    {"en=3d", DISGUISE_PRINTABLE},
    {"et=3d", DISGUISE_PRINTABLE},
    {"ss=3d", DISGUISE_PRINTABLE},
    {"[at]", DISGUISE_SAID},
    {"(at)", DISGUISE_SAID},
    {"{at}", DISGUISE_SAID},
    {"<at>", DISGUISE_SAID},
    {" dot ", DISGUISE_SAID},
    {"_dot_", DISGUISE_SAID},
    {"[dot]", DISGUISE_SAID},
    {"(dot)", DISGUISE_SAID},
    {"[.]", DISGUISE_SAID},
    {"three ", DISGUISE_COUNTED},
    {"seven ", DISGUISE_COUNTED},
    {"eight ", DISGUISE_COUNTED},
};

typedef struct literals {
    berth_literal item[LITERALS_MAX];
    size_t count;
} literals;

static void add(literals *list, const char *text, berth_anchor_kind kind, bool fold, size_t arg) {
    if (list->count < LITERALS_MAX)
        list->item[list->count++] = (berth_literal){
            .text = text, .kind = (unsigned char)kind, .fold = fold, .arg = (uint16_t)arg};
}

static void add_all(literals *list, const char *const *texts, size_t count, berth_anchor_kind kind,
                    bool fold, size_t arg) {
    for (size_t i = 0; i < count; i++) add(list, texts[i], kind, fold, arg);
}

#define ADD_ALL(list, texts, kind, fold, arg)                                                      \
    add_all(list, texts, sizeof texts / sizeof *texts, kind, fold, arg)

static void collect_literals(literals *list, berth_redactor *r) {
    ADD_ALL(list, name_literals, BERTH_ANCHOR_NAME, true, NAME_ASCII);
    for (size_t i = 0; berth_key_foreign(i); i++)
        add(list, berth_key_foreign(i), BERTH_ANCHOR_NAME, false, NAME_FOREIGN);
    ADD_ALL(list, coded_literals, BERTH_ANCHOR_CODED, true, 0);
    add(list, "://", BERTH_ANCHOR_URL, false, 0);
    ADD_ALL(list, code_literals, BERTH_ANCHOR_NAME, false, NAME_CODE);
    ADD_ALL(list, query_literals, BERTH_ANCHOR_NAME, false, NAME_QUERY);
    ADD_ALL(list, path_literals, BERTH_ANCHOR_NAME, false, NAME_PATH);
    add(list, "identifi", BERTH_ANCHOR_SQL, true, 0);
    add(list, "pgp_sym_", BERTH_ANCHOR_SQL, true, 0);
    add(list, "crypt('", BERTH_ANCHOR_SQL, true, 0);
    add(list, "crypt(\"", BERTH_ANCHOR_SQL, true, 0);
    add(list, "aes_encr", BERTH_ANCHOR_SQL, true, 0);
    add(list, "aes_decr", BERTH_ANCHOR_SQL, true, 0);
    add(list, "bearer", BERTH_ANCHOR_SCHEME, true, 0);
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++)
        add(list, logins[i].text, BERTH_ANCHOR_LOGIN, true, logins[i].kind);
    for (size_t i = 0; i < sizeof disguises / sizeof *disguises; i++)
        add(list, disguises[i].text, BERTH_ANCHOR_DISGUISE, true, disguises[i].kind);
    for (size_t i = 0; i < redact_command_count(); i++) {
        const char *name = redact_command_name(i);
        if (!name) continue;
        bool fold = strlen(name) > 2 && strcmp(name, "http") != 0; /* no 12:00:07Z, no HTTP/1.1 */
        add(list, name, BERTH_ANCHOR_COMMAND, fold, i);
    }
    for (size_t i = 0; i < r->nfields; i++)
        add(list, r->fields[i].name, BERTH_ANCHOR_FIELD, true, i);
    bool always;
    for (size_t i = 0;; i++) {
        const char *keyword = redact_pattern_keyword(r, i, &always);
        if (!keyword) break;
        if (*keyword) add(list, keyword, BERTH_ANCHOR_PATTERN, true, i);
        r->patterns_always = r->patterns_always || always;
    }
    if (r->profile == BERTH_REDACT_STRUCTURED) return;
    add(list, "\3 \3 \3 \3", BERTH_ANCHOR_ROW, true, 0);
    add(list, "\3  \3  \3", BERTH_ANCHOR_ROW, true, 0);
    add(list, "basic ", BERTH_ANCHOR_SCHEME, true, 0);
    add(list, "-----beg", BERTH_ANCHOR_PEM, true, 0);
    add(list, "---- beg", BERTH_ANCHOR_PEM, true, 0);
    add(list, "private-", BERTH_ANCHOR_PEM, true, 0);
    for (size_t i = 0; i < redact_shape_count(); i++)
        add(list, redact_shape_literal(i), BERTH_ANCHOR_SHAPE, false, i);
    ADD_ALL(list, beginnings, BERTH_ANCHOR_ENCODED, false, BLOCK_BEGINS);
    ADD_ALL(list, encoded_literals, BERTH_ANCHOR_ENCODED, false, BLOCK_BASE64);
    ADD_ALL(list, domain_literals, BERTH_ANCHOR_ENCODED, false, BLOCK_BASE64);
    ADD_ALL(list, base32_literals, BERTH_ANCHOR_ENCODED, false, BLOCK_BASE32);
    ADD_ALL(list, hex_literals, BERTH_ANCHOR_ENCODED, true, BLOCK_HEX);
    ADD_ALL(list, dump_literals, BERTH_ANCHOR_ENCODED, true, BLOCK_DUMP);
    ADD_ALL(list, byte_literals, BERTH_ANCHOR_ENCODED, true, BLOCK_BYTES);
}

static berth_rc make_anchors(berth_redactor *r, unsigned without, berth_err *err) {
    literals *list = berth_calloc(&r->mem, 1, sizeof *list);
    if (!list) return berth_fail_memory(err);
    collect_literals(list, r);
    unsigned sequences = ~0u;
    if (r->profile == BERTH_REDACT_STRUCTURED)
        sequences = 1u << BERTH_ANCHOR_AT | 1u << BERTH_ANCHOR_LETTER;
    berth_rc rc =
        berth_anchors_new(r->mem, list->item, list->count, sequences, without, &r->anchors);
    berth_free(&r->mem, list, sizeof *list);
    return rc == BERTH_OK ? rc : berth_fail_memory(err);
}

static berth_rc check_rules(const berth_redact_options *options, berth_err *err) {
    if (options->nrules > BERTH_REDACT_RULES_MAX)
        return berth_fail(err, BERTH_ELIMIT, "a redactor takes at most %d rules of its own",
                          BERTH_REDACT_RULES_MAX);
    for (size_t i = 0; i < options->nrules; i++) {
        const berth_redact_rule *rule = &options->rules[i];
        bool name_is_short = rule->kind == BERTH_RULE_FIELD &&
                             (strlen(rule->text) < 2 || strlen(rule->text) > BERTH_KEY_NAME_MAX);
        if (rule->text[0] == '\0' || name_is_short ||
            (rule->keyword && strlen(rule->keyword) < 3)) {
            berth_fail(err, BERTH_EINVALID, "redaction rule '%s' is empty or too short",
                       rule->name);
            berth_err_text(err, "rule", rule->name);
            return BERTH_EINVALID;
        }
    }
    return BERTH_OK;
}

static char *copy_text(berth_redactor *r, const char *text, bool lower) {
    size_t len = strlen(text) + 1;
    char *copy = berth_alloc(&r->mem, len);
    for (size_t i = 0; copy && i < len; i++) copy[i] = lower ? byte_lower(text[i]) : text[i];
    return copy;
}

/* Names of all of the operators' rules, and which of them are fields. */
static berth_rc copy_rules(berth_redactor *r, const berth_redact_options *options, berth_err *err) {
    size_t n = options->nrules ? options->nrules : 1;
    r->given = options->nrules;
    r->names = berth_calloc(&r->mem, n, sizeof *r->names);
    r->fields = berth_calloc(&r->mem, n, sizeof *r->fields);
    r->nrules = RULE_SHAPES + redact_shape_count() + options->nrules;
    r->hits = berth_calloc(&r->mem, r->nrules, sizeof *r->hits);
    if (!r->names || !r->fields || !r->hits) return berth_fail_memory(err);
    for (size_t i = 0; i < options->nrules; i++) {
        const berth_redact_rule *rule = &options->rules[i];
        r->names[i] = copy_text(r, rule->name, false);
        if (!r->names[i]) return berth_fail_memory(err);
        if (rule->kind != BERTH_RULE_FIELD) continue;
        redact_field *field = &r->fields[r->nfields];
        field->name = copy_text(r, rule->text, true);
        if (!field->name) return berth_fail_memory(err);
        field->rule = (unsigned)(RULE_SHAPES + redact_shape_count() + i);
        r->nfields++;
    }
    return BERTH_OK;
}

berth_rc berth_redactor_open(berth_mem mem, const berth_redact_options *options,
                             berth_redactor **out, berth_err *err) {
    *out = NULL;
    berth_rc rc = check_rules(options, err);
    if (rc != BERTH_OK) return rc;
    berth_redactor *r = berth_calloc(&mem, 1, sizeof *r);
    if (!r) return berth_fail_memory(err);
    r->mem = mem;
    r->profile = options->profile;
    r->mask = options->mask;
    memcpy(r->key, options->key, sizeof r->key);
    r->hook = options->hook;
    r->hook_ud = options->hook_ud;
    r->hook_all = options->hook_all;
    r->scan_head = offsetof(redact_scan, command_end);
    redact_command_chain(r);
    redact_words_index(r);
    rc = copy_rules(r, options, err);
    if (rc == BERTH_OK) rc = redact_shapes_new(r, options->rules, options->nrules, err);
    if (rc == BERTH_OK) rc = make_anchors(r, options->without, err);
    if (rc != BERTH_OK) {
        berth_redactor_close(r);
        return rc;
    }
    *out = r;
    return BERTH_OK;
}

static void free_text(berth_redactor *r, char *text) {
    if (text) berth_free(&r->mem, text, strlen(text) + 1);
}

static void free_buffer(berth_redactor *r, redact_buffer *buffer) {
    if (buffer->s) berth_free(&r->mem, buffer->s, buffer->cap);
}

static void free_changes(berth_redactor *r, redact_changes *changes) {
    if (changes->part)
        berth_free(&r->mem, changes->part, changes->cap * sizeof *changes->part);
}

void berth_redactor_close(berth_redactor *r) {
    if (!r) return;
    berth_mem mem = r->mem;
    size_t n = r->given ? r->given : 1;
    for (size_t i = 0; r->names && i < n; i++) free_text(r, r->names[i]);
    for (size_t i = 0; r->fields && i < n; i++) free_text(r, r->fields[i].name);
    if (r->names) berth_free(&mem, r->names, n * sizeof *r->names);
    if (r->fields) berth_free(&mem, r->fields, n * sizeof *r->fields);
    if (r->hits) berth_free(&mem, r->hits, r->nrules * sizeof *r->hits);
    redact_shapes_free(r, r->given);
    berth_anchors_free(r->anchors);
    if (r->spans) berth_free(&mem, r->spans, r->spans_cap * sizeof *r->spans);
    if (r->sorted) berth_free(&mem, r->sorted, r->sorted_cap * sizeof *r->sorted);
    free_buffer(r, &r->out);
    free_buffer(r, &r->other);
    free_changes(r, &r->changes);
    free_buffer(r, &r->secrets);
    for (size_t i = 0; i < REDACT_VIEWS; i++) {
        free_buffer(r, &r->view[i].text);
        if (r->view[i].map)
            berth_free(&mem, r->view[i].map, r->view[i].map_cap * sizeof *r->view[i].map);
        free_changes(r, &r->view[i].changes);
    }
    berth_free(&mem, r, sizeof *r);
}

/* --- rules ------------------------------------------------------------------------------- */

static const berth_redact_info fixed_rules[] = {{NULL, NULL, NULL, 0}, /* BERTH_KEY_NONE */
#define X(kind, name, sample, expect) {name, sample, expect, 0},
                                                BERTH_KEY_KINDS(X) BERTH_OTHER_RULES(X)
#undef X
};

size_t berth_redactor_rules(const berth_redactor *r) {
    return r->nrules - 1;
}

berth_redact_info berth_redactor_rule(const berth_redactor *r, size_t i) {
    size_t rule = i + 1;
    berth_redact_info info = {0};
    if (rule < RULE_SHAPES)
        info = fixed_rules[rule];
    else if (rule - RULE_SHAPES < redact_shape_count())
        info = redact_shape_info(rule - RULE_SHAPES);
    else
        info.name = r->names[rule - RULE_SHAPES - redact_shape_count()];
    info.hits = r->hits[rule];
    return info;
}
