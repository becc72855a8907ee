/* lua_log.c - see lua_log.h. */
#include "lua/lua_log.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "lua/lua_judge.h"

/* --- details ------------------------------------------------------------------------------- */

static berth_log_field *add(luax_details *all, const char *name) {
    if (all->count == BERTH_RECORD_FIELDS_MAX) return NULL;
    berth_log_field *field = &all->items[all->count++];
    *field = (berth_log_field){.name = name};
    return field;
}

void luax_detail_span(luax_details *all, const char *name, const char *text, size_t len) {
    berth_log_field *field = text != NULL && len > 0 ? add(all, name) : NULL;
    if (field == NULL) return;
    field->type = BERTH_FIELD_TEXT;
    field->text = text;
    field->len = len;
}

void luax_detail_text(luax_details *all, const char *name, const char *text) {
    if (text != NULL) luax_detail_span(all, name, text, strlen(text));
}

void luax_detail_word(luax_details *all, const char *name, const char *word) {
    size_t before = all->count;
    luax_detail_text(all, name, word);
    if (all->count > before) all->items[before].own = true;
}

static void add_number(luax_details *all, const char *name, int64_t number, bool own) {
    berth_log_field *field = add(all, name);
    if (field == NULL) return;
    field->type = BERTH_FIELD_INTEGER;
    field->integer = number;
    field->own = own;
}

void luax_detail_number(luax_details *all, const char *name, int64_t number) {
    add_number(all, name, number, true);
}

/* A name that somebody else chose: one that is taken gets "error_" before it. */
static const char *free_name(luax_details *all, const char *name) {
    size_t i = 0;
    all->foreign = true;
    while (i < all->count && strcmp(all->items[i].name, name) != 0) i++;
    if (i == all->count || all->renamed == LUAX_LOG_NAMES) return name;
    char *renamed = all->names[all->renamed++];
    snprintf(renamed, sizeof all->names[0], "error_%s", name);
    return renamed;
}

/* Is this detail told already, as the verb's own? */
static bool has_detail(const luax_details *all, const char *name, const char *text) {
    for (size_t i = 0; i < all->count; i++) {
        const berth_log_field *field = &all->items[i];
        if (strcmp(field->name, name) == 0 && field->type == BERTH_FIELD_TEXT &&
            field->len == strlen(text) && memcmp(field->text, text, field->len) == 0)
            return true;
    }
    return false;
}

static void add_error(luax_details *all, const berth_err *err) {
    luax_detail_word(all, "code", berth_rc_code(err->rc));
    luax_detail_text(all, "error", err->message);
    for (int i = 0; i < err->nfields; i++) {
        const berth_err_field *f = &err->fields[i];
        if (f->is_number) add_number(all, free_name(all, f->name), f->number, false);
        else if (!has_detail(all, f->name, f->text))
            luax_detail_text(all, free_name(all, f->name), f->text);
    }
}

/* --- records ------------------------------------------------------------------------------- */

berth_rc luax_log_adopt(lua_State *L, luax_store *owner, int store, int logger, berth_err *err) {
    lua_pushvalue(L, logger);
    if (lua_istable(L, -1)) {
        berth_rc rc = luax_logger_new(L, lua_gettop(L), err);
        if (rc != BERTH_OK) return rc;
    }
    owner->logger = luax_test(L, -1, &luax_logger_class);
    owner->redaction = owner->logger->redaction;
    lua_setiuservalue(L, store, LUAX_STORE_LOGGER);
    return BERTH_OK;
}

void luax_log_event(lua_State *L, luax_store *owner, int store, berth_level level,
                    const char *message, const luax_details *details) {
    if (!luax_logs(owner, level)) return;
    berth_record record = {message, strlen(message), details->items, details->count,
                           !details->foreign};
    if (!lua_checkstack(L, 16)) { /* nothing raises here: what is told was done already */
        berth_log_drop(owner->logger->log);
        return;
    }
    lua_getiuservalue(L, store, LUAX_STORE_LOGGER);
    luax_logger_write(L, lua_gettop(L), owner->redaction, level, &record);
    lua_pop(L, 1);
}

/* Is it the world's fault rather than the caller's? */
static bool is_trouble(berth_rc rc) {
    return rc == BERTH_EIO || rc == BERTH_EFULL || rc == BERTH_ECORRUPT || rc == BERTH_ENOMEM ||
           rc == BERTH_EUNKNOWN || rc == BERTH_ENOTADB || rc == BERTH_EVERSION;
}

void luax_log_failure(lua_State *L, luax_store *owner, int store, const berth_err *err,
                      luax_details *details) {
    bool trouble = is_trouble(err->rc);
    add_error(details, err);
    luax_log_event(L, owner, store, trouble ? BERTH_LEVEL_ERROR : BERTH_LEVEL_INFO,
                   trouble ? "failed" : "refused", details);
}

/* --- rulings ------------------------------------------------------------------------------- */

int64_t luax_log_mark(const luax_store *owner) {
    const berth_decisions *decisions = luax_decisions_of(owner);
    return decisions != NULL ? decisions->made : 0;
}

/* A text of several pieces; what does not fit is left out. */
typedef struct pieces {
    char text[768];
    size_t len;
} pieces;

static void put(pieces *to, const char *format, ...) BERTH_PRINTF(2, 3);
static void put(pieces *to, const char *format, ...) {
    va_list args;
    size_t room = sizeof to->text - to->len;
    va_start(args, format);
    int n = vsnprintf(to->text + to->len, room, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < room) to->len += (size_t)n;
    to->text[to->len] = '\0';
}

/* Amounts stand before their classes, so that no class looks like the name of a secret. */
static void put_amount(pieces *to, const char *rclass, int64_t amount) {
    put(to, "%s%lld %s", to->len > 0 ? ", " : "", (long long)amount, rclass);
}

/* Which policy said what. */
static void add_verdict(luax_details *all, const berth_decision *d) {
    luax_detail_number(all, "decision", d->id);
    luax_detail_text(all, "policy", d->policy);
    luax_detail_text(all, "version", d->version);
    luax_detail_word(all, "digest", d->digest);
    luax_detail_word(all, "mode", d->mode);
    luax_detail_word(all, "verdict", berth_decided_text(d->decided));
}

static void log_ruling(lua_State *L, luax_store *owner, int store, berth_level level,
                       const berth_decision *d) {
    luax_details all = {.count = 0};
    pieces amounts = {.len = 0}, inputs = {.len = 0};
    add_verdict(&all, d);
    luax_detail_word(&all, "hook", d->hook);
    luax_detail_text(&all, "code", d->code);
    luax_detail_text(&all, "error", d->message);
    luax_detail_number(&all, "steps", d->steps);
    luax_detail_number(&all, "memory", d->memory);
    luax_detail_text(&all, "consumer", d->consumer);
    luax_detail_text(&all, "project", d->project);
    luax_detail_text(&all, "user", d->user);
    luax_detail_text(&all, "consumer_type", d->consumer_type);
    luax_detail_text(&all, "verb", d->verb);
    luax_detail_text(&all, "target", d->target);
    luax_detail_text(&all, "target_name", d->target_name);
    for (size_t i = 0; i < d->namounts; i++)
        put_amount(&amounts, d->amounts[i].rclass, d->amounts[i].amount);
    luax_detail_span(&all, "amounts", amounts.text, amounts.len);
    for (size_t i = 0; i < d->ninputs; i++)
        put(&inputs, "%s%s is %lld", i > 0 ? ", " : "", d->inputs[i].question,
            (long long)d->inputs[i].answer);
    luax_detail_span(&all, "inputs", inputs.text, inputs.len);
    luax_detail_text(&all, "notes", d->notes);
    luax_detail_text(&all, "person", d->person);
    luax_detail_text(&all, "reason", d->reason);
    for (int i = 0; i < d->nfields; i++) {
        const char *name = d->fields[i].name, *text = d->fields[i].text;
        if (text == NULL) add_number(&all, free_name(&all, name), d->fields[i].number, false);
        else if (!has_detail(&all, name, text)) luax_detail_text(&all, free_name(&all, name), text);
    }
    luax_log_event(L, owner, store, level, "ruled", &all);
}

/* What became of a verb tells of most rulings by itself; not of those that changed nothing, and
 * not of calls that were not let in. */
static berth_level level_of(const berth_decision *d) {
    bool special = d->decided == BERTH_DECIDED_OBSERVED || d->decided == BERTH_DECIDED_OVERRIDDEN;
    bool shut_out = d->verb[0] != '\0' && d->decided == BERTH_DECIDED_DENIED;
    return special || shut_out ? BERTH_LEVEL_INFO : BERTH_LEVEL_DEBUG;
}

void luax_log_rulings(lua_State *L, luax_store *owner, int store, int64_t since) {
    int64_t until = luax_log_mark(owner);
    if (until == since || !luax_logs(owner, BERTH_LEVEL_INFO)) return;
    for (int64_t id = since + 1; id <= until; id++) { /* a sink may close the store */
        const berth_decisions *decisions = luax_decisions_of(owner);
        const berth_decision *d = decisions ? berth_decisions_get(decisions, id) : NULL;
        if (d == NULL || !luax_logs(owner, level_of(d))) continue;
        log_ruling(L, owner, store, level_of(d), d);
    }
}

/* The last ruling of the verb, which decided it, and what all of them took. */
static void add_rulings(luax_details *all, const luax_store *owner, int64_t since, pieces *names) {
    const berth_decisions *decisions = luax_decisions_of(owner);
    const berth_decision *last = NULL;
    int64_t steps = 0, memory = 0;
    if (decisions == NULL || decisions->made == since) return;
    for (int64_t id = since + 1; id <= decisions->made; id++) {
        const berth_decision *d = berth_decisions_get(decisions, id);
        if (d == NULL) continue; /* so many that the first ones are gone */
        last = d;
        steps += d->steps;
        memory = d->memory > memory ? d->memory : memory;
        put(names, "%s%s@%s %s", names->len > 0 ? ", " : "", d->policy, d->version,
            berth_decided_text(d->decided));
    }
    if (last == NULL) return;
    add_verdict(all, last);
    luax_detail_number(all, "steps", steps);
    luax_detail_number(all, "memory", memory);
    if (decisions->made - since == 1) return;
    luax_detail_number(all, "rulings", decisions->made - since);
    luax_detail_span(all, "policies", names->text, names->len);
}

/* As berth writes it. */
static bool is_uuid(berth_text text) {
    char same[BERTH_UUID_BYTES + 1];
    return text.len == BERTH_UUID_BYTES && berth_uuid_parse(text.data, text.len, same) &&
           memcmp(text.data, same, BERTH_UUID_BYTES) == 0;
}

/* --- verbs --------------------------------------------------------------------------------- */

static void add_span(luax_details *all, const char *name, berth_text text) {
    luax_detail_span(all, name, text.data, text.len);
}

/* Something that is often called by a uuid, which tells nothing. */
static void add_id(luax_details *all, const char *name, berth_text text) {
    size_t before = all->count;
    add_span(all, name, text);
    if (all->count > before) all->items[before].own = is_uuid(text);
}

static void add_told(luax_details *all, const luax_call *call) {
    const luax_told *told = &call->told;
    luax_detail_word(all, "verb", told->verb);
    add_id(all, "consumer", told->consumer);
    add_span(all, "project", told->project);
    add_span(all, "user", told->user);
    add_span(all, "consumer_type", told->type);
    add_id(all, "provider", told->provider);
    add_span(all, "name", told->name);
}

/* Where in the order of writes: its transaction's number while that is open. */
static void add_place(luax_details *all, const luax_call *call) {
    luax_store *owner = call->scope.owner;
    if (call->scope.tx != 0) luax_detail_number(all, "transaction", (int64_t)call->scope.tx);
    else luax_detail_number(all, "sequence", berth_store_sequence(owner->store));
}

static void put_claim(const berth_state *state, const berth_consumer *c, pieces *amounts,
                      pieces *providers) {
    berth_ref provider = BERTH_NONE;
    for (int32_t i = c->first_allocation; i >= 0; i = state->allocations[i].next_of_consumer) {
        const berth_allocation *a = &state->allocations[i];
        put_amount(amounts, berth_state_text(state, BERTH_NAME_CLASS, a->rclass), a->used);
        if (a->provider == provider) continue; /* they stand in order of provider */
        provider = a->provider;
        const berth_provider *p = berth_state_provider(state, provider);
        if (p != NULL) put(providers, "%s%s", providers->len > 0 ? ", " : "", p->name);
    }
}

void luax_write_claim(luax_call *call, const char *did, berth_text consumer) {
    luax_store *owner = call->scope.owner;
    if (owner->store == NULL) return;
    luax_log_rulings(call->L, owner, call->scope.index, call->told.decided);
    if (owner->store == NULL) return;
    const berth_state *state = berth_store_state(owner->store);
    const berth_consumer *c =
        berth_state_consumer(state, berth_state_find_consumer(state, consumer.data, consumer.len));
    luax_details all = {.count = 0};
    pieces amounts = {.len = 0}, providers = {.len = 0}, policies = {.len = 0};
    luax_detail_word(&all, "verb", call->told.verb);
    add_id(&all, "consumer", consumer);
    if (c != NULL) {
        put_claim(state, c, &amounts, &providers);
        luax_detail_text(&all, "project", berth_state_text(state, BERTH_NAME_PROJECT, c->project));
        luax_detail_text(&all, "user", berth_state_text(state, BERTH_NAME_USER, c->user));
        luax_detail_text(&all, "consumer_type", berth_state_text(state, BERTH_NAME_TYPE, c->type));
        luax_detail_span(&all, "amounts", amounts.text, amounts.len);
        luax_detail_span(&all, "providers", providers.text, providers.len);
        luax_detail_number(&all, "generation", c->generation);
    }
    add_place(&all, call);
    add_rulings(&all, owner, call->told.decided, &policies);
    luax_log_event(call->L, owner, call->scope.index, BERTH_LEVEL_INFO, did, &all);
}

void luax_write_done(luax_call *call, const char *did) {
    luax_store *owner = call->scope.owner;
    if (owner->store == NULL) return;
    luax_details all = {.count = 0};
    add_told(&all, call);
    add_place(&all, call);
    luax_log_event(call->L, owner, call->scope.index, BERTH_LEVEL_INFO, did, &all);
}

void luax_log_refusal(luax_call *call) {
    luax_store *owner = call->scope.owner;
    bool wanted = call->told.verb != NULL || is_trouble(call->err.rc);
    if (!wanted || !luax_logs(owner, BERTH_LEVEL_INFO)) return;
    luax_log_rulings(call->L, owner, call->scope.index, call->told.decided);
    luax_details all = {.count = 0};
    pieces policies = {.len = 0};
    add_told(&all, call);
    if (call->scope.tx != 0) luax_detail_number(&all, "transaction", (int64_t)call->scope.tx);
    add_rulings(&all, owner, call->told.decided, &policies);
    luax_log_failure(call->L, owner, call->scope.index, &call->err, &all);
}

void luax_log_news(lua_State *L, luax_store *owner, int store) {
    if (owner->logger == NULL || owner->store == NULL) return;
    berth_store_news now = berth_store_get_news(owner->store), before = owner->news;
    owner->news = now;
    luax_details all = {.count = 0};
    luax_detail_number(&all, "sequence", berth_store_sequence(owner->store));
    if (now.refreshes != before.refreshes) {
        luax_detail_number(&all, "changesets", now.refreshes - before.refreshes);
        luax_log_event(L, owner, store, BERTH_LEVEL_DEBUG, "caught up", &all);
    }
    all.count = 1;
    if (now.reloads != before.reloads)
        luax_log_event(L, owner, store, BERTH_LEVEL_WARN, "read anew", &all);
    if (now.checkpoint_faults != before.checkpoint_faults)
        luax_log_event(L, owner, store, BERTH_LEVEL_WARN, "checkpoint failed", &all);
}
