/* lua_logger_options.c - the options of berth.logger{} and redaction rules, from tables. */
#include <string.h>

#include "core/err.h"
#include "lua/lua_logger.h"
#include "lua/luax_read.h"

#define RULE_NAME_DEFAULT "operator"

/* A word of a list as its place in it. */
static unsigned read_word(luax_reader *r, const char *const *words) {
    berth_text word = luax_read_text(r);
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(words[i], word.data) == 0) return i;
    }
    const char *near = luax_nearest(word.data, words, sizeof *words);
    if (!near) near = words[0];
    luax_misuse(r, "there is no '%s', did you mean '%s'?", word.data, near);
    return 0;
}

static void read_level(luax_reader *r, void *into) {
    static const char *const words[] = {
#define X(name, word, severity) word,
        BERTH_LEVELS(X)
#undef X
            NULL};
    *(berth_level *)into = (berth_level)read_word(r, words);
}

static void read_format(luax_reader *r, void *into) {
    static const char *const words[] = {"json", "text", NULL};
    *(berth_log_format *)into = (berth_log_format)read_word(r, words);
}

static void read_profile(luax_reader *r, void *into) {
    static const char *const words[] = {"default", "strict", "structured-only", NULL};
    *(berth_redact_profile *)into = (berth_redact_profile)read_word(r, words);
}

static void read_mask(luax_reader *r, void *into) {
    static const char *const words[] = {"stars", "last4", "hash", NULL};
    *(berth_redact_mask *)into = (berth_redact_mask)read_word(r, words);
}

typedef struct raw_options {
    luax_logger_options *is;
    berth_level level;
    berth_log_format format;
    berth_redact_profile profile;
    berth_redact_mask mask;
    berth_text key, ident;
    bool time;
    const char *sink;
    bool function, has_policies;
} raw_options;

/* A path, "stderr", "syslog" or a function. */
static void read_sink(luax_reader *r, void *into) {
    raw_options *raw = into;
    if (lua_isfunction(r->L, -1)) {
        raw->function = true;
        return;
    }
    if (lua_type(r->L, -1) != LUA_TSTRING) luax_expected(r, -1, "function, path, stderr or syslog");
    berth_text text = luax_read_text(r);
    if (strlen(text.data) != text.len || text.len == 0) luax_misuse(r, "a path holds no NUL");
    raw->sink = text.data;
}

/* --- rules --------------------------------------------------------------------------------- */

typedef struct raw_rule {
    berth_text name, field, pattern, keyword, allow, allow_pattern;
} raw_rule;

static const luax_key rule_keys[] = {
    {"name", LUAX_TEXT, offsetof(raw_rule, name), NULL},
    {"field", LUAX_TEXT, offsetof(raw_rule, field), NULL},
    {"pattern", LUAX_TEXT, offsetof(raw_rule, pattern), NULL},
    {"keyword", LUAX_TEXT, offsetof(raw_rule, keyword), NULL},
    {"allow", LUAX_TEXT, offsetof(raw_rule, allow), NULL},
    {"allow_pattern", LUAX_TEXT, offsetof(raw_rule, allow_pattern), NULL},
    LUAX_KEYS_END,
};

static void read_rule(luax_reader *r, void *into) {
    raw_rule raw = {.name = {RULE_NAME_DEFAULT, sizeof RULE_NAME_DEFAULT - 1}};
    berth_redact_rule *rule = into;
    luax_read_table(r, rule_keys, &raw);
    const struct {
        const char *text;
        berth_redact_kind kind;
    } kinds[] = {{raw.field.data, BERTH_RULE_FIELD},
                 {raw.pattern.data, BERTH_RULE_PATTERN},
                 {raw.allow.data, BERTH_RULE_ALLOW},
                 {raw.allow_pattern.data, BERTH_RULE_ALLOW_PATTERN}};
    unsigned given = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!kinds[i].text) continue;
        given++;
        rule->kind = kinds[i].kind;
        rule->text = kinds[i].text;
    }
    if (given != 1) luax_misuse(r, "a rule has one of field, pattern, allow and allow_pattern");
    rule->name = raw.name.data;
    rule->keyword = raw.keyword.data;
}

/* Appends the list at the top to what there is. */
static void read_rules(luax_reader *r, berth_redact_options *redact) {
    size_t more = luax_list_length(r), have = redact->nrules;
    if (more > BERTH_REDACT_RULES_MAX) luax_misuse(r, "more than %d rules", BERTH_REDACT_RULES_MAX);
    berth_redact_rule *rules = luax_take(r, have + more, sizeof *rules);
    if (have) memcpy(rules, redact->rules, have * sizeof *rules);
    luax_read_list(r, more, read_rule, rules + have, sizeof *rules);
    redact->rules = rules;
    redact->nrules = have + more;
}

static void read_own_rules(luax_reader *r, void *into) {
    raw_options *raw = into;
    read_rules(r, &raw->is->redact);
}

void luax_read_rules(lua_State *L, int arg, berth_arena *arena, berth_redact_options *redact,
                     berth_err *err) {
    luax_reader r;
    luax_reader_init(&r, L, arg, arena, err);
    read_rules(&r, redact);
}

/* --- the table ----------------------------------------------------------------------------- */

static void read_policies(luax_reader *r, void *into) {
    raw_options *raw = into;
    if (!lua_istable(r->L, -1)) luax_expected(r, -1, "table");
    raw->has_policies = true; /* its entries are read when they are loaded */
}

static const luax_key option_keys[] = {
    {"level", LUAX_READ, offsetof(raw_options, level), read_level},
    {"format", LUAX_READ, offsetof(raw_options, format), read_format},
    {"sink", LUAX_READ, 0, read_sink},
    {"profile", LUAX_READ, offsetof(raw_options, profile), read_profile},
    {"mask", LUAX_READ, offsetof(raw_options, mask), read_mask},
    {"key", LUAX_TEXT, offsetof(raw_options, key), NULL},
    {"ident", LUAX_TEXT, offsetof(raw_options, ident), NULL},
    {"time", LUAX_BOOLEAN, offsetof(raw_options, time), NULL},
    {"rules", LUAX_READ, 0, read_own_rules},
    {"policies", LUAX_READ, 0, read_policies},
    LUAX_KEYS_END,
};

void luax_logger_read(lua_State *L, int index, berth_arena *arena, luax_logger_options *options,
                      berth_err *err) {
    luax_reader r;
    raw_options raw = {.is = options, .level = BERTH_LEVEL_INFO, .time = true};
    *options = (luax_logger_options){.ident = "berth"};
    luax_reader_init(&r, L, index, arena, err);
    if (!lua_isnoneornil(L, index)) {
        luax_check_type(L, index, LUA_TTABLE);
        lua_pushvalue(L, index);
        luax_read_table(&r, option_keys, &raw);
        lua_pop(L, 1);
    }
    options->level = raw.level;
    options->format = raw.format;
    options->sink = raw.function ? NULL : raw.sink ? raw.sink : "stderr";
    options->has_policies = raw.has_policies;
    options->no_time = !raw.time;
    if (raw.ident.data) options->ident = raw.ident.data;
    options->redact.profile = raw.profile;
    options->redact.mask = raw.mask;
    options->has_key = raw.key.data != NULL;
    if (options->has_key) berth_redact_key(raw.key.data, raw.key.len, options->redact.key);
}
