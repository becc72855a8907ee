/* lua_policy_files.c - see lua_policy_files.h. */
#define _POSIX_C_SOURCE 200809L

#include "lua/lua_policy_files.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text.h"

static const luax_class batch_class = {"berth.policy_batch"};

#define FILES_MAX 256
#define PATH_BYTES 4096

typedef struct entry {
    char file[48];
    char *text; /* owned */
    size_t len, size;
    berth_data parameters;
    berth_policy_mode mode;
} entry;

struct luax_policy_batch {
    berth_mem mem;
    entry *entries; /* owned */
    size_t count, cap;
    berth_policy_source *sources; /* owned; as many as there were entries when asked */
    size_t nsources;
    char (*names)[256]; /* owned; of a folder while it is read */
    size_t nnames;
};

static int batch_gc(lua_State *L) {
    luax_policy_batch *batch = luax_check(L, 1, &batch_class);
    for (size_t i = 0; i < batch->count; i++) {
        berth_free(&batch->mem, batch->entries[i].text, batch->entries[i].size);
        berth_data_free(&batch->entries[i].parameters);
    }
    berth_free(&batch->mem, batch->entries, batch->cap * sizeof *batch->entries);
    berth_free(&batch->mem, batch->sources, batch->nsources * sizeof *batch->sources);
    berth_free(&batch->mem, batch->names, FILES_MAX * sizeof *batch->names);
    batch->entries = NULL;
    batch->sources = NULL;
    batch->names = NULL;
    batch->count = batch->cap = batch->nsources = 0;
    return 0;
}

luax_policy_batch *luax_policy_batch_new(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &batch_class) == LUA_TNIL) {
        static const luaL_Reg none[] = {{NULL, NULL}};
        static const luaL_Reg meta[] = {{"__gc", batch_gc}, {NULL, NULL}};
        luax_new_class(L, &batch_class, &(luax_members){.methods = none, .meta = meta});
    }
    lua_pop(L, 1);
    luax_policy_batch *batch = luax_new(L, &batch_class, sizeof *batch, 0);
    batch->mem = berth_mem_default();
    return batch;
}

static entry *add_entry(luax_policy_batch *batch, const char *path, berth_policy_mode mode) {
    void *entries = batch->entries;
    if (berth_grow(&batch->mem, &entries, &batch->cap, batch->count, sizeof(entry)) != 0)
        return NULL;
    batch->entries = entries;
    entry *e = &batch->entries[batch->count++];
    const char *slash = strrchr(path, '/');
    berth_quoted shown = berth_quote(slash ? slash + 1 : path, strlen(slash ? slash + 1 : path));
    *e = (entry){.mode = mode};
    snprintf(e->file, sizeof e->file, "%.47s", shown.text);
    berth_data_init(&e->parameters, batch->mem);
    return e;
}

/* --- files ------------------------------------------------------------------------------- */

static berth_rc cannot_read(const char *file, berth_err *err) {
    int why = errno;
    berth_quoted shown = berth_quote(file, strlen(file));
    berth_rc rc = why == ENOENT || why == ENOTDIR ? BERTH_ENOTFOUND : BERTH_EIO;
    if (rc == BERTH_ENOTFOUND)
        (void)berth_fail(err, rc, "there is no policy file or shipped policy %s", shown.text);
    else
        (void)berth_fail(err, rc, "policy file %s cannot be read: %s", shown.text, strerror(why));
    berth_err_text(err, "file", shown.text);
    return rc;
}

static berth_rc set_text(luax_policy_batch *batch, entry *e, const char *text, size_t len,
                         berth_err *err) {
    e->text = berth_alloc(&batch->mem, len);
    if (e->text == NULL) return berth_fail_memory(err);
    e->size = e->len = len;
    if (len > 0) memcpy(e->text, text, len);
    return BERTH_OK;
}

static berth_rc read_file(luax_policy_batch *batch, entry *e, const char *path, berth_err *err) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return cannot_read(e->file, err);
    e->size = BERTH_SANDBOX_SOURCE + 1;
    e->text = berth_alloc(&batch->mem, e->size);
    if (e->text == NULL) {
        fclose(file);
        return berth_fail_memory(err);
    }
    e->len = fread(e->text, 1, e->size, file);
    bool failed = ferror(file) != 0;
    berth_rc rc = failed ? cannot_read(e->file, err) : BERTH_OK;
    fclose(file);
    if (!failed && e->len > BERTH_SANDBOX_SOURCE) {
        (void)berth_fail(err, BERTH_ELIMIT, "policy file %s is larger than %zu bytes", e->file,
                         BERTH_SANDBOX_SOURCE);
        berth_err_text(err, "file", e->file);
        return BERTH_ELIMIT;
    }
    return rc;
}

static bool ends_in(const char *name, const char *end) {
    size_t len = strlen(name), elen = strlen(end);
    return len > elen && strcmp(name + len - elen, end) == 0;
}

/* Specs may stand beside the policies they are about. */
static bool is_policy_file(const char *name) {
    return name[0] != '.' && ends_in(name, ".lua") && !ends_in(name, "_spec.lua");
}

static int compare_names(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Fills batch->names with the files of the folder, sorted. */
static berth_rc list_folder(luax_policy_batch *batch, const char *path, berth_err *err) {
    if (batch->names == NULL)
        batch->names = berth_calloc(&batch->mem, FILES_MAX, sizeof *batch->names);
    batch->nnames = 0;
    if (batch->names == NULL) return berth_fail_memory(err);
    DIR *folder = opendir(path);
    if (folder == NULL) return cannot_read(path, err);
    berth_rc rc = BERTH_OK;
    const struct dirent *item;
    while (rc == BERTH_OK && (item = readdir(folder)) != NULL) {
        if (!is_policy_file(item->d_name)) continue;
        if (batch->nnames == FILES_MAX)
            rc = berth_fail(err, BERTH_ELIMIT, "a folder of more than %d policies", FILES_MAX);
        else
            snprintf(batch->names[batch->nnames++], sizeof *batch->names, "%s", item->d_name);
    }
    closedir(folder);
    if (rc == BERTH_OK && batch->nnames == 0)
        rc = berth_fail(err, BERTH_ENOTFOUND, "the folder holds no policy");
    if (batch->nnames > 1)
        qsort(batch->names, batch->nnames, sizeof *batch->names, compare_names);
    return rc;
}

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

int luax_policy_folder(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    luax_policy_batch *batch = luax_policy_batch_new(L);
    berth_err err;
    if (!is_folder(path)) {
        lua_pushboolean(L, false);
        return 1;
    }
    if (list_folder(batch, path, &err) != BERTH_OK) return luax_fail(L, &err);
    lua_createtable(L, (int)batch->nnames, 0);
    for (size_t i = 0; i < batch->nnames; i++) {
        lua_pushstring(L, batch->names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* --- arguments --------------------------------------------------------------------------- */

typedef struct asked {
    berth_policy_mode mode;
    int text; /* stack index, 0: read the file */
} asked;

static berth_policy_mode read_mode(lua_State *L) {
    static const char *const modes[] = {
#define X(name, text) text,
        BERTH_POLICY_MODES(X)
#undef X
    };
    const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    for (int i = 0; i < BERTH_MODES; i++)
        if (strcmp(modes[i], word) == 0) return (berth_policy_mode)i;
    return (berth_policy_mode)luax_raise(L, "mode is enforce, observe or override, not '%s'",
                                         luaL_tolstring(L, -1, NULL));
}

/* Options beside `known` keys of the caller's own; pushes the text if there is one. [-0, +1, v] */
static asked read_options(lua_State *L, int options, const char *const *known) {
    asked a = {BERTH_MODE_ENFORCE, 0};
    lua_pushnil(L); /* place of the text */
    int place = lua_gettop(L);
    if (options == 0 || lua_isnoneornil(L, options)) return a;
    luax_check_type(L, options, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, options)) { /* ... key value */
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        const char *const *k = known;
        while (*k && strcmp(*k, key) != 0) k++;
        if (*k == NULL) {
            lua_pushvalue(L, -2);
            key = luaL_tolstring(L, -1, NULL);
            const char *near = luax_nearest(key, known, sizeof *known);
            if (near) luax_raise(L, "unknown key '%s', did you mean '%s'?", key, near);
            luax_raise(L, "unknown key '%s'", key);
        }
        if (strcmp(key, "mode") == 0) a.mode = read_mode(L);
        if (strcmp(key, "text") == 0) {
            luaL_checktype(L, -1, LUA_TSTRING);
            lua_pushvalue(L, -1);
            lua_replace(L, place);
            a.text = place;
        }
        lua_settop(L, place + 1);
    }
    return a;
}

/* Pushes the path of a file or folder: that of a shipped policy for a bare name. [-0, +1, v] */
static const char *push_path(lua_State *L, int path) {
    const char *word = lua_tostring(L, path);
    size_t len = strlen(word);
    bool bare = len > 0 && strpbrk(word, "/.;?") == NULL;
    if (bare && lua_getglobal(L, "package") == LUA_TTABLE) {
        lua_getfield(L, -1, "searchpath"); /* package searchpath */
        lua_pushfstring(L, "berth.policies.%s", word);
        lua_getfield(L, -3, "path");
        lua_call(L, 2, 1); /* package found */
        lua_remove(L, -2);
        if (lua_type(L, -1) == LUA_TSTRING) return lua_tostring(L, -1);
    }
    lua_pushvalue(L, path);
    return lua_tostring(L, -1);
}

/* Whether the number at the index is finite, or all numbers of the table there: a limit that is
 * none would never be reached. How deep it goes, reading has bounded. [-0, +0, m] */
static bool all_finite(lua_State *L, int index) {
    if (lua_type(L, index) == LUA_TNUMBER) return isfinite(lua_tonumber(L, index));
    if (!lua_istable(L, index)) return true;
    int table = lua_absindex(L, index);
    bool fine = true;
    luaL_checkstack(L, 4, NULL);
    lua_pushnil(L);
    while (lua_next(L, table) != 0) {
        fine = fine && all_finite(L, -1);
        lua_pop(L, 1);
    }
    return fine;
}

static berth_rc read_parameters(lua_State *L, entry *e, int parameters, berth_err *err) {
    if (parameters == 0 || lua_isnoneornil(L, parameters)) return BERTH_OK;
    luax_check_type(L, parameters, LUA_TTABLE);
    berth_err why;
    berth_rc rc = berth_data_read(&e->parameters, L, parameters, &why);
    if (rc == BERTH_OK && !all_finite(L, parameters))
        rc = berth_fail(&why, BERTH_EINVALID, "a number is not finite");
    if (rc == BERTH_OK) return rc;
    (void)berth_fail(err, rc, "parameters of %s: %s", e->file, why.message);
    berth_err_text(err, "file", e->file);
    return rc;
}

/* Every file of the folder, with the parameters that stand under its name. [-0, +0, v] */
static berth_rc add_folder(lua_State *L, luax_policy_batch *batch, const char *path,
                           int parameters, berth_policy_mode mode, berth_err *err) {
    bool given = parameters != 0 && !lua_isnoneornil(L, parameters);
    if (given) luax_check_type(L, parameters, LUA_TTABLE);
    berth_rc rc = list_folder(batch, path, err);
    for (size_t i = 0; rc == BERTH_OK && i < batch->nnames; i++) {
        char file[PATH_BYTES];
        const char *name = batch->names[i];
        entry *e = add_entry(batch, name, mode);
        if (e == NULL) return berth_fail_memory(err);
        int n = snprintf(file, sizeof file, "%s/%s", path, name);
        if (n < 0 || n >= PATH_BYTES)
            return berth_fail(err, BERTH_ELIMIT, "the folder's path is too long");
        rc = read_file(batch, e, file, err);
        if (rc != BERTH_OK || !given) continue;
        lua_pushlstring(L, name, strlen(name) - 4);
        lua_rawget(L, parameters);
        rc = read_parameters(L, e, lua_gettop(L), err);
        lua_pop(L, 1);
    }
    return rc;
}

static berth_rc add_asked(lua_State *L, luax_policy_batch *batch, int path, int parameters,
                          const asked *a, berth_err *err) {
    size_t len;
    const char *file = push_path(L, path);
    if (strlen(file) != lua_rawlen(L, -1))
        return berth_fail(err, BERTH_EINVALID, "a path has no NUL bytes");
    if (a->text == 0 && is_folder(file))
        return add_folder(L, batch, file, parameters, a->mode, err);
    entry *e = add_entry(batch, file, a->mode);
    if (e == NULL) return berth_fail_memory(err);
    berth_rc rc;
    if (a->text != 0) {
        const char *text = lua_tolstring(L, a->text, &len);
        rc = set_text(batch, e, text, len, err);
    } else {
        rc = read_file(batch, e, file, err);
    }
    return rc == BERTH_OK ? read_parameters(L, e, parameters, err) : rc;
}

berth_rc luax_policy_batch_add(lua_State *L, luax_policy_batch *batch, int path, int parameters,
                               int options, berth_err *err) {
    static const char *const known[] = {"mode", "text", NULL};
    int top = lua_gettop(L);
    luax_check_type(L, path, LUA_TSTRING);
    luaL_checkstack(L, 20, NULL);
    asked a = read_options(L, options, known);
    berth_rc rc = add_asked(L, batch, path, parameters, &a, err);
    lua_settop(L, top);
    return rc;
}

/* One element of a list, at the top. [-0, +0, v] */
static berth_rc add_element(lua_State *L, luax_policy_batch *batch, berth_err *err) {
    static const char *const known[] = {"path", "parameters", "mode", "text", NULL};
    int element = lua_gettop(L);
    asked a = {BERTH_MODE_ENFORCE, 0};
    if (lua_type(L, element) == LUA_TSTRING) return add_asked(L, batch, element, 0, &a, err);
    if (lua_type(L, element) != LUA_TTABLE)
        luaL_error(L, "a policy is a name, a path or a table with a path, not a %s",
                   luaL_typename(L, element));
    a = read_options(L, element, known);
    lua_pushliteral(L, "parameters");
    lua_rawget(L, element);
    int parameters = lua_gettop(L);
    lua_pushliteral(L, "path");
    if (lua_rawget(L, element) != LUA_TSTRING)
        luaL_error(L, "a policy's key 'path' is missing");
    return add_asked(L, batch, parameters + 1, parameters, &a, err);
}

berth_rc luax_policy_batch_list(lua_State *L, luax_policy_batch *batch, int list, berth_err *err) {
    luax_check_type(L, list, LUA_TTABLE);
    luaL_checkstack(L, 20, NULL);
    list = lua_absindex(L, list);
    int top = lua_gettop(L);
    berth_rc rc = BERTH_OK;
    lua_Unsigned count = lua_rawlen(L, list);
    lua_pushnil(L);
    for (; lua_next(L, list); lua_pop(L, 1)) {
        lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (i < 1 || (lua_Unsigned)i > count)
            luaL_error(L, "policies is a list of names, paths and tables with a path");
    }
    for (lua_Unsigned i = 1; rc == BERTH_OK && i <= count; i++) {
        lua_rawgeti(L, list, (lua_Integer)i);
        rc = add_element(L, batch, err);
        lua_settop(L, top);
    }
    return rc;
}

const berth_policy_source *luax_policy_batch_sources(luax_policy_batch *batch, size_t *count) {
    berth_policy_source *sources = berth_calloc(&batch->mem, batch->count + 1, sizeof *sources);
    *count = 0;
    if (sources == NULL) return NULL;
    for (size_t i = 0; i < batch->count; i++) {
        const entry *e = &batch->entries[i];
        sources[i] = (berth_policy_source){e->file, e->text, e->len, &e->parameters, e->mode};
    }
    berth_free(&batch->mem, batch->sources, batch->nsources * sizeof *sources);
    batch->sources = sources;
    batch->nsources = batch->count + 1;
    *count = batch->count;
    return sources;
}
