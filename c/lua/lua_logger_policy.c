/* lua_logger_policy.c - redact policies as the redactor's hook.
 *
 * A policy's redact gets the record as a table of texts and answers it, altered or not; a text that
 * is missing in the answer is left out.  Before that each is asked once, with the record
 * {kind = "rules"}: the list `rules` of its answer becomes rules of the redactor, which cost no
 * call, and `all = true` asks to see records without hits as well. */
#include <string.h>

#include "core/err.h"
#include "lua/lua_logger.h"
#include "lua/lua_policy_files.h"

#define KIND "kind"
#define RULES "rules"

typedef struct ask {
    luax_logger *self;
    berth_redact_part *parts;
    size_t count;
    berth_err *err;
    berth_rc rc;
} ask;

/* Sets the record's texts by the policies' answer at the top. */
static void read_answer(lua_State *L, ask *a) {
    for (size_t i = 0; i < a->count; i++) {
        berth_redact_part *part = &a->parts[i];
        if (!part->text) continue;
        lua_pushstring(L, part->name);
        lua_rawget(L, -2);
        part->text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &part->len) : NULL;
        lua_pop(L, 1); /* the answer, kept by the logger, keeps the text */
    }
}

/* Protected: what raises here must not jump over the redactor. */
static int ask_policies(lua_State *L) {
    ask *a = lua_touserdata(L, 1);
    luax_logger *self = a->self;
    lua_createtable(L, 0, (int)a->count);
    for (size_t i = 0; i < a->count; i++) {
        if (!a->parts[i].text) continue;
        lua_pushstring(L, a->parts[i].name);
        lua_pushlstring(L, a->parts[i].text, a->parts[i].len);
        lua_rawset(L, -3);
    }
    a->rc = berth_data_read(&self->record, L, -1, a->err);
    if (a->rc == BERTH_OK)
        a->rc = berth_policies_redact(self->policies, &self->record, &self->answer, a->err);
    if (a->rc != BERTH_OK) return 0;
    berth_data_push(L, &self->answer);
    if (!lua_istable(L, -1)) {
        a->rc = berth_fail(a->err, BERTH_EPOLICY, "a redact policy answered no record");
        return 0;
    }
    read_answer(L, a);
    lua_setiuservalue(L, 2, LUAX_LOGGER_SHOWN);
    return 0;
}

static berth_rc hook(void *ud, berth_redact_part *parts, size_t count, berth_err *err) {
    luax_logger *self = ud;
    lua_State *L = self->L;
    berth_err own = {.rc = BERTH_OK};
    ask a = {.self = self, .parts = parts, .count = count, .err = err ? err : &own};
    if (!lua_checkstack(L, 8)) return berth_fail_memory(err);
    int index = self->index;
    lua_pushcfunction(L, ask_policies);
    lua_pushlightuserdata(L, &a);
    lua_pushvalue(L, index);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
        return berth_fail_memory(err);
    }
    return a.rc;
}

/* Asks the policies for rules; their list, if any, is added. */
static berth_rc ask_rules(lua_State *L, luax_logger *self, berth_arena *arena,
                          berth_redact_options *redact, berth_err *err) {
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, RULES);
    lua_setfield(L, -2, KIND);
    berth_rc rc = berth_data_read(&self->record, L, -1, err);
    lua_pop(L, 1);
    if (rc == BERTH_OK) rc = berth_policies_redact(self->policies, &self->record, &self->answer, err);
    if (rc != BERTH_OK) return rc;
    berth_data_push(L, &self->answer);
    if (lua_istable(L, -1)) {
        lua_pushliteral(L, "all");
        lua_rawget(L, -2);
        redact->hook_all = lua_toboolean(L, -1);
        lua_pop(L, 1);
        lua_pushliteral(L, RULES);
        lua_rawget(L, -2);
        if (lua_istable(L, -1)) luax_logger_rules(L, 1, arena, redact, err);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return err->rc;
}

berth_rc luax_logger_policies(lua_State *L, luax_logger *self, int list, berth_arena *arena,
                              berth_redact_options *redact, berth_err *err) {
    size_t count = 0;
    err->rc = BERTH_OK;
    luax_policy_batch *batch = luax_policy_batch_new(L);
    berth_rc rc = luax_policy_batch_list(L, batch, list, err);
    const berth_policy_source *sources =
        rc == BERTH_OK ? luax_policy_batch_sources(batch, &count) : NULL;
    if (rc == BERTH_OK && !sources) rc = berth_fail_memory(err);
    if (rc == BERTH_OK) rc = berth_policies_new(berth_mem_default(), &self->policies, err);
    if (rc == BERTH_OK) rc = berth_policies_load_set(self->policies, sources, count, err);
    lua_pop(L, 1);
    if (rc != BERTH_OK) return rc;
    if (!berth_policies_has(self->policies, BERTH_HOOK_REDACT)) return BERTH_OK;
    redact->hook = hook;
    redact->hook_ud = self;
    return ask_rules(L, self, arena, redact, err);
}
