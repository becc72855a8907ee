rockspec_format = "3.0"
package = "berth"
version = "0.1.0-1"
source = { url = "git+https://example.org/berth/berth.git", tag = "v0.1.0" }
description = {
  summary = "The SQLite of resource placement: an embedded, transactional placement engine",
  detailed = [[
berth lives inside a Lua program, keeps every provider, inventory and allocation in one SQLite file,
answers where a request fits and why not elsewhere, and lets operators decide quotas, placement and
access in small sandboxed Lua policies that run inside the transaction of the claim itself.]],
  license = "MIT",
  labels = { "placement", "scheduling", "policy", "sqlite" },
}
supported_platforms = { "unix" }
-- The library needs Lua alone.  The command also needs the modules argparse and dkjson, which are
-- not listed: LuaRocks knows of no module that a distribution's package installed, and would refuse
-- to install berth beside Debian's lua-argparse and lua-dkjson.  The command says what is missing.
dependencies = { "lua >= 5.4, < 5.6" }
external_dependencies = {
  SQLITE3 = { header = "sqlite3.h", library = "sqlite3" },
  PCRE2 = { header = "pcre2.h", library = "pcre2-8" },
  ZLIB = { header = "zlib.h", library = "z" },
}
build = {
  type = "builtin",
  -- Written by `make rockspec-sources`.
  modules = {
    -- modules
    ["berth.cli.commands"] = "lua/berth/cli/commands.lua",
    ["berth.cli.completion"] = "lua/berth/cli/completion.lua",
    ["berth.cli.dispatch"] = "lua/berth/cli/dispatch.lua",
    ["berth.cli.exit"] = "lua/berth/cli/exit.lua",
    ["berth.cli.kinds"] = "lua/berth/cli/kinds.lua",
    ["berth.cli.nearest"] = "lua/berth/cli/nearest.lua",
    ["berth.cli.output"] = "lua/berth/cli/output.lua",
    ["berth.cli.progress"] = "lua/berth/cli/progress.lua",
    ["berth.core"] = {
      sources = {
        "c/core/accept.c",
        "c/core/arena.c",
        "c/core/capacity.c",
        "c/core/change.c",
        "c/core/change_provider.c",
        "c/core/codec.c",
        "c/core/edit_allocation.c",
        "c/core/edit_names.c",
        "c/core/edit_provider.c",
        "c/core/err.c",
        "c/core/map.c",
        "c/core/mem.c",
        "c/core/names.c",
        "c/core/state.c",
        "c/core/text.c",
        "c/core/usage.c",
        "c/lua/lua_error.c",
        "c/lua/lua_lines.c",
        "c/lua/luax.c",
        "c/lua/luax_random.c",
        "c/lua/luax_read.c",
      },
      incdirs = { "c", "c/include", "$(SQLITE3_INCDIR)", "$(PCRE2_INCDIR)", "$(ZLIB_INCDIR)" },
      libdirs = { "$(SQLITE3_LIBDIR)", "$(PCRE2_LIBDIR)", "$(ZLIB_LIBDIR)" },
      libraries = { "sqlite3", "pcre2-8", "z", "m" },
    },
    -- end of modules
  },
  install = { bin = { berth = "lua/berth/cli/main.lua" } },
  copy_directories = { "policies" },
}
test_dependencies = { "busted" }
test = { type = "busted" }
