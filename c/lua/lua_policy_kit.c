/* lua_policy_kit.c - which lines of policies have run, for those who test policies.  Once asked
 * for, a ledger in the registry has a page for every text that any store of this Lua state loads;
 * it lives as long as the state, because sandboxes point to its pages. */
#include "lua/lua_policy_kit.h"

#include <stdio.h>
#include <string.h>

#include "lua/lua_policy_files.h"
#include "lua/luax.h"
#include "policy/policy_digest.h"

typedef struct page {
    struct page *next; /* in order of loading; owned */
    char file[48];
    char digest[BERTH_DIGEST_TEXT];
    char *text; /* owned */
    size_t len;
    size_t lines;
    unsigned char *seen; /* owned; a byte for each line, from 1 */
} page;

typedef struct ledger {
    berth_mem mem;
    page *first;
} ledger;

static const luax_class ledger_class = {"berth.ledger"};
static const char ledger_key = 'l'; /* its address, in the registry */

static void page_free(const berth_mem *mem, page *p) {
    berth_free(mem, p->text, p->len + 1);
    berth_free(mem, p->seen, p->lines + 1);
    berth_free(mem, p, sizeof *p);
}

static int ledger_gc(lua_State *L) {
    ledger *self = luax_check(L, 1, &ledger_class);
    while (self->first != NULL) {
        page *next = self->first->next;
        page_free(&self->mem, self->first);
        self->first = next;
    }
    return 0;
}

static size_t count_lines(const char *text, size_t len) {
    size_t lines = 1;
    for (size_t i = 0; i < len; i++) lines += text[i] == '\n';
    return lines;
}

/* An empty page; NULL without memory. */
static page *page_new(const berth_mem *mem, const berth_policy_source *source) {
    page *p = berth_calloc(mem, 1, sizeof *p);
    if (p == NULL) return NULL;
    p->len = source->len;
    p->lines = count_lines(source->text, source->len);
    p->text = berth_alloc(mem, p->len + 1);
    p->seen = berth_calloc(mem, p->lines + 1, 1);
    if (p->text == NULL || p->seen == NULL) {
        page_free(mem, p);
        return NULL;
    }
    memcpy(p->text, source->text, p->len);
    p->text[p->len] = '\0';
    snprintf(p->file, sizeof p->file, "%s", source->file);
    return p;
}

/* The page of a text, begun where there is none. */
static page *find_page(ledger *self, const berth_policy_source *source) {
    char digest[BERTH_DIGEST_TEXT];
    page **at = &self->first;
    berth_digest(source->text, source->len, digest);
    for (; *at != NULL; at = &(*at)->next)
        if (strcmp((*at)->digest, digest) == 0 && strcmp((*at)->file, source->file) == 0)
            return *at;
    *at = page_new(&self->mem, source);
    if (*at != NULL) memcpy((*at)->digest, digest, sizeof digest);
    return *at;
}

static void mark_line(void *ud, int line) {
    page *p = ud;
    if (line > 0 && (size_t)line <= p->lines) p->seen[line] = 1;
}

/* Without memory its lines are not told, and nothing else happens. */
static void prepare(void *ud, const berth_policy_source *source, berth_sandbox_options *options) {
    page *p = find_page(ud, source);
    if (p == NULL) return;
    options->line = mark_line;
    options->line_ud = p;
}

void luax_kit_watch(lua_State *L, berth_policies *policies) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ledger_key) == LUA_TUSERDATA)
        berth_policies_watch(policies, prepare, lua_touserdata(L, -1));
    lua_pop(L, 1);
}

/* watch_lines(): from now on, stores that load their first policy tell which lines run */
static int core_watch_lines(lua_State *L) {
    luax_max_args(L, 0);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ledger_key) == LUA_TNIL) {
        ledger *self = luax_new(L, &ledger_class, sizeof *self, 0);
        self->mem = berth_mem_default();
        lua_rawsetp(L, LUA_REGISTRYINDEX, &ledger_key);
    }
    return 0;
}

/* [-0, +1, m] */
static void push_page(lua_State *L, const page *p) {
    lua_Integer n = 0;
    lua_createtable(L, 0, 4);
    luax_set_text(L, "file", p->file);
    luax_set_text(L, "digest", p->digest);
    lua_pushlstring(L, p->text, p->len);
    lua_setfield(L, -2, "text");
    lua_newtable(L);
    for (size_t line = 1; line <= p->lines; line++) {
        if (!p->seen[line]) continue;
        lua_pushinteger(L, (lua_Integer)line);
        lua_rawseti(L, -2, ++n);
    }
    lua_setfield(L, -2, "lines");
}

/* seen_lines() -> array of {file=, digest=, text=, lines = {1, 5, ...}}, in order of loading */
static int core_seen_lines(lua_State *L) {
    lua_Integer n = 0;
    luax_max_args(L, 0);
    lua_newtable(L);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ledger_key) == LUA_TUSERDATA) {
        const ledger *self = lua_touserdata(L, -1);
        for (const page *p = self->first; p != NULL; p = p->next) {
            push_page(L, p);
            lua_rawseti(L, -3, ++n);
        }
    }
    lua_pop(L, 1);
    return 1;
}

void luax_open_policy_kit(lua_State *L) {
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg meta[] = {{"__gc", ledger_gc}, {NULL, NULL}};
    luax_new_class(L, &ledger_class, &(luax_members){.methods = none, .meta = meta});
    lua_pushcfunction(L, core_watch_lines);
    lua_setfield(L, -2, "watch_lines");
    lua_pushcfunction(L, core_seen_lines);
    lua_setfield(L, -2, "seen_lines");
    lua_pushcfunction(L, luax_policy_folder);
    lua_setfield(L, -2, "policy_files");
}
