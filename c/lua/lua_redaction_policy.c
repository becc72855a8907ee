/* lua_redaction_policy.c - redact policies as the redactor's hook.
 *
 * A policy's redact gets the record as a table of texts and answers it, altered or not; a text that
 * is missing in the answer is left out.  What its hook `rules` lists becomes rules of the redactor,
 * which cost no call; then redact sees only records in which something was found, unless the list
 * says `all = true`. */
#include <string.h>

#include "core/err.h"
#include "lua/lua_policy_files.h"
#include "lua/lua_policy_kit.h"
#include "lua/lua_redaction.h"

/* --- parts of a record --------------------------------------------------------------------- */

typedef struct ask {
    luax_redaction *self;
    berth_redact_part *parts;
    size_t count;
    berth_rc rc;
} ask;

/* The part's text in the answer at the top; NULL: left out. [-0, +1, m] */
static const char *push_answer(lua_State *L, const berth_redact_part *part, size_t *len) {
    lua_pushstring(L, part->name);
    lua_rawget(L, -2);
    return lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, len) : NULL;
}

/* Sets the parts by the policies' answer at the top, copied. */
static berth_rc take_answer(lua_State *L, ask *a) {
    luax_redaction *self = a->self;
    size_t total = 1, at = 0, len;
    for (size_t i = 0; i < a->count; i++) {
        if (a->parts[i].text && push_answer(L, &a->parts[i], &len)) total += len;
        lua_settop(L, 3);
    }
    if (total > self->cap_texts) {
        berth_mem mem = berth_mem_default();
        char *grown = berth_realloc(&mem, self->texts, self->cap_texts, total);
        if (!grown) return BERTH_ENOMEM;
        self->texts = grown;
        self->cap_texts = total;
    }
    for (size_t i = 0; i < a->count; i++) {
        berth_redact_part *part = &a->parts[i];
        if (!part->text) continue;
        const char *text = push_answer(L, part, &len);
        part->text = text ? self->texts + at : NULL;
        part->len = text ? len : 0;
        if (text) memcpy(self->texts + at, text, len);
        at += part->len;
        lua_settop(L, 3);
    }
    return BERTH_OK;
}

/* Asks the host at 2.  Protected: what raises here must not jump over the redactor. */
static int ask_host(lua_State *L) {
    ask *a = lua_touserdata(L, 1);
    luax_redaction *self = a->self;
    lua_createtable(L, 0, (int)a->count);
    for (size_t i = 0; i < a->count; i++) {
        if (!a->parts[i].text) continue;
        lua_pushstring(L, a->parts[i].name);
        lua_pushlstring(L, a->parts[i].text, a->parts[i].len);
        lua_rawset(L, -3);
    }
    a->rc = berth_data_read(&self->record, L, -1, NULL);
    lua_settop(L, 2);
    if (a->rc == BERTH_OK)
        a->rc = berth_policies_redact(lua_touserdata(L, 2), &self->record, &self->answer, NULL);
    if (a->rc != BERTH_OK) return 0;
    berth_data_push(L, &self->answer);
    a->rc = lua_istable(L, 3) ? take_answer(L, a) : BERTH_EPOLICY;
    return 0;
}

berth_rc luax_redaction_hook(void *ud, berth_redact_part *parts, size_t count, berth_err *err) {
    luax_redaction *self = ud;
    lua_State *L = self->L;
    ask a = {.self = self, .parts = parts, .count = count, .rc = BERTH_OK};
    if (!lua_checkstack(L, 8)) return berth_fail_memory(err);
    for (size_t i = 0; a.rc == BERTH_OK && i < self->nhosts; i++) {
        lua_pushcfunction(L, ask_host);
        lua_pushlightuserdata(L, &a);
        lua_pushlightuserdata(L, self->hosts[i]);
        if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
            lua_pop(L, 1);
            return berth_fail_memory(err);
        }
    }
    if (a.rc == BERTH_OK) return BERTH_OK;
    return berth_fail(err, a.rc, "a redact policy failed");
}

/* --- tables -------------------------------------------------------------------------------- */

bool luax_redaction_ask(lua_State *L, luax_redaction *self) {
    berth_rc rc = berth_data_read(&self->record, L, -1, NULL);
    lua_pop(L, 1);
    for (size_t i = 0; rc == BERTH_OK && i < self->nhosts; i++) {
        rc = berth_policies_redact(self->hosts[i], &self->record, &self->answer, NULL);
        berth_data swap = self->record;
        self->record = self->answer;
        self->answer = swap;
    }
    if (rc != BERTH_OK) return false;
    berth_data_push(L, &self->record);
    if (lua_istable(L, -1)) return true;
    lua_pop(L, 1);
    return false;
}

/* --- rules --------------------------------------------------------------------------------- */

typedef struct ask_read {
    luax_redaction *self;
    berth_err *err;
} ask_read;

/* The list at 2 becomes rules.  Protected: what raises here is the policy's fault. */
static int read_list(lua_State *L) {
    ask_read *r = lua_touserdata(L, 1);
    lua_pushliteral(L, "all");
    lua_rawget(L, 2);
    r->self->options.hook_all = r->self->options.hook_all || lua_toboolean(L, -1);
    lua_pushliteral(L, "all");
    lua_pushnil(L);
    lua_rawset(L, 2);
    lua_settop(L, 2);
    r->err->rc = BERTH_OK;
    luax_read_rules(L, 2, &r->self->arena, &r->self->options, r->err);
    return 0;
}

/* Rules of one policy.  One that redacts and has none sees every record. */
static berth_rc ask_rules(lua_State *L, luax_redaction *self, size_t i, berth_err *err) {
    const berth_policy_about about = berth_policies_about(self->own, i);
    berth_rc rc = berth_policies_rules(self->own, i, &self->answer, err);
    if (rc != BERTH_OK) return rc;
    if (!(about.hooks & 1u << BERTH_HOOK_RULES)) {
        if (about.hooks & 1u << BERTH_HOOK_REDACT) self->options.hook_all = true;
        return BERTH_OK;
    }
    ask_read r = {self, err};
    lua_pushcfunction(L, read_list);
    lua_pushlightuserdata(L, &r);
    berth_data_push(L, &self->answer);
    if (lua_pcall(L, 2, 0, 0) == LUA_OK) return err->rc;
    /* "bad argument #2 to '?' ([1]: unknown key 'x')" */
    const char *said = lua_type(L, -1) == LUA_TSTRING ? strchr(lua_tostring(L, -1), '(') : NULL;
    size_t len = said != NULL ? strlen(said) : 0;
    (void)berth_fail(err, BERTH_EPOLICY, "rules of policy %s: %.*s", about.name,
                     len > 2 ? (int)len - 2 : 0, len > 2 ? said + 1 : "");
    berth_err_text(err, "policy", about.name);
    lua_pop(L, 1);
    return BERTH_EPOLICY;
}

berth_rc luax_redaction_load(lua_State *L, luax_redaction *self, int list, berth_err *err) {
    size_t count = 0;
    luax_policy_batch *batch = luax_policy_batch_new(L);
    berth_rc rc = luax_policy_batch_list(L, batch, list, err);
    const berth_policy_source *sources =
        rc == BERTH_OK ? luax_policy_batch_sources(batch, &count) : NULL;
    if (rc == BERTH_OK && !sources) rc = berth_fail_memory(err);
    if (rc == BERTH_OK) rc = luax_redaction_host(self, err);
    if (rc == BERTH_OK) luax_kit_watch(L, self->own);
    if (rc == BERTH_OK) rc = berth_policies_load_set(self->own, sources, count, err);
    lua_pop(L, 1);
    return rc;
}

berth_rc luax_redaction_open(lua_State *L, luax_redaction *self, berth_err *err) {
    berth_rc rc = BERTH_OK;
    self->L = L;
    for (size_t i = 0; rc == BERTH_OK && i < berth_policies_count(self->own); i++)
        rc = ask_rules(L, self, i, err);
    if (rc != BERTH_OK) return rc;
    for (size_t i = 0; i < self->nhosts; i++) {
        if (!berth_policies_has(self->hosts[i], BERTH_HOOK_REDACT)) continue;
        self->options.hook = luax_redaction_hook;
        self->options.hook_ud = self;
    }
    return berth_redactor_open(berth_mem_default(), &self->options, &self->redactor, err);
}
