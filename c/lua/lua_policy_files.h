/* lua_policy_files.h - policies named by a caller, found and read: shipped ones by name, files,
 * folders of files, or text.  Uses c/policy's host.h. */
#ifndef BERTH_LUA_POLICY_FILES_H
#define BERTH_LUA_POLICY_FILES_H

#include "lua/luax.h"
#include "policy/host.h"

/* Sources on their way to a host; a userdata that owns everything in it. */
typedef struct luax_policy_batch luax_policy_batch;

/* Pushes an empty one. [-0, +1, m] */
luax_policy_batch *luax_policy_batch_new(lua_State *L);
/* Adds what the value at `path` names, with the parameters (0 or a nil: none) and the options
 * {mode=, text=} at these indexes.  A folder gives all its *.lua but *_spec.lua in order of name,
 * and parameters by theirs.  Raises misuse.  Errors: BERTH_ENOTFOUND, BERTH_EIO, BERTH_ELIMIT,
 * BERTH_EINVALID (parameters), BERTH_ENOMEM. [-0, +0, v] */
berth_rc luax_policy_batch_add(lua_State *L, luax_policy_batch *batch, int path, int parameters,
                               int options, berth_err *err);
/* The list of names, files and {path=, parameters=, mode=, text=} at an index. [-0, +0, v] */
berth_rc luax_policy_batch_list(lua_State *L, luax_policy_batch *batch, int list, berth_err *err);
/* Borrowed until the batch is collected; count may be 0. NULL without memory. */
const berth_policy_source *luax_policy_batch_sources(luax_policy_batch *batch, size_t *count);
/* policy_files(path) -> names of the policies in a folder, sorted | false, it is no folder
 * | nil, err */
int luax_policy_folder(lua_State *L);

#endif
