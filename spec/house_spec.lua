-- The house itself: floors know only what lies below them, nothing leaks out of the module, each
-- folder and file tells what it is.  Reads the sources and the objects of the last build.

local command = require "spec.support.command"

-- Lowest first.  Lua's headers belong to two floors, every library to one.
local FLOORS = { "include", "core", "store", "log", "policy", "lua" }
local KNOWS_LUA = { policy = true, lua = true }

local SANITIZED = (os.getenv "LD_PRELOAD" or ""):find "asan" ~= nil

local function list(shell)
  local found = {}
  for line in command.shell(shell).out:gmatch "[^\n]+" do found[#found + 1] = line end
  return found
end

local SOURCES = list "find c -name '*.[ch]' | sort"
local EVERYTHING = list [[find c lua policies spec .ci .busted .config.ld .luacheckrc \
  Makefile README.md LICENSE *.rockspec -type f | sort]]

local function matching(pattern)
  local found = {}
  for _, path in ipairs(EVERYTHING) do
    if path:find(pattern) then found[#found + 1] = path end
  end
  return found
end

-- Complaints as one list, so that a failure shows all of them.
local function none(complaints)
  assert.equal("", table.concat(complaints, "\n"))
end

local function floor_of(path)
  return path:match "^c/([^/]+)/"
end

local function rank(floor)
  for i, name in ipairs(FLOORS) do
    if name == floor then return i end
  end
  return nil
end

local function without_comments(text)
  return (text:gsub("/%*.-%*/", function(comment) return (comment:gsub("[^\n]", " ")) end))
end

describe("the house", function()
  it("has exactly the rooms of the plan at its top", function()
    local allowed = {
      c = true, lua = true, policies = true, spec = true, Makefile = true,
      ["README.md"] = true, LICENSE = true,
      build = true, lua_modules = true, berth = true, -- made, and ignored by git
    }
    local rockspecs, strangers = 0, {}
    for _, name in ipairs(list "ls") do
      if name:find "^berth%-%d+%.%d+%.%d+%-%d+%.rockspec$" then
        rockspecs = rockspecs + 1
      elseif not allowed[name] then
        strangers[#strangers + 1] = name
      end
    end
    none(strangers)
    assert.equal(1, rockspecs)
  end)

  it("has a map in every folder", function()
    local missing = {}
    for _, folder in ipairs(list "find c lua policies spec -type d") do
      if command.shell("test -s " .. command.quote(folder .. "/README.md")).code ~= 0 then
        missing[#missing + 1] = folder .. "/README.md"
      end
    end
    none(missing)
  end)

  it("names every source in the map of its folder", function()
    local maps, missing = {}, {}
    local function map_of(folder)
      if not maps[folder] then
        local file = io.open(folder .. "/README.md")
        maps[folder] = file and file:read "a" or ""
        if file then file:close() end
      end
      return maps[folder]
    end
    -- `state` stands for state.c, state.h and state_private.h; `search*` for all that begin so.
    local function named(map, stem)
      for word, star in map:gmatch "%f[%w_]([%w_]+)(%*?)" do
        if word == stem or star == "*" and stem:sub(1, #word) == word then return true end
      end
      return false
    end
    for _, path in ipairs(EVERYTHING) do
      local folder, stem, kind = path:match "^([clp].+)/([%w_]+)%.(%a+)$"
      if kind == "c" or kind == "h" or kind == "lua" then
        local noun = stem:gsub("_private$", "")
        if not named(map_of(folder), noun) then missing[#missing + 1] = path end
      end
    end
    none(missing)
  end)

  it("opens every file with what it is for", function()
    local silent = {}
    for _, path in ipairs(EVERYTHING) do
      local text = command.read(path)
      local opened = true
      if path:find "%.[ch]$" then
        opened = text:find "^/%*"
      elseif path:find "%.lua$" then
        opened = text:find "^%-%-" or text:find "^#![^\n]+\n%-%-"
      elseif path:find "%.sh$" or path:find "^%.ci/[^.]+$" then
        opened = text:find "^#![^\n]+\n# %u"
      end
      if not opened then silent[#silent + 1] = path end
    end
    none(silent)
  end)

  it("has no file that wants a wall", function()
    local long = {}
    for _, path in ipairs(matching "%.[chluas]+$") do
      local _, lines = command.read(path):gsub("\n", "")
      if lines > 700 then long[#long + 1] = ("%s: %d lines"):format(path, lines) end
    end
    none(long)
  end)

  it("names no place of the machine it was written on", function()
    local found = {}
    -- Spelled in pieces: this file is read as well.
    local places = { "%.%./" .. "shared" }
    for name in ("work root home Users"):gmatch "%a+" do
      places[#places + 1] = "%f[%S\"'(=]/" .. name .. "/"
    end
    for _, path in ipairs(EVERYTHING) do
      local text = command.read(path)
      for _, place in ipairs(places) do
        if text:find(place) then found[#found + 1] = path .. ": " .. place end
      end
    end
    none(found)
  end)
end)

describe("a floor", function()
  local directory, remove
  local cc = os.getenv "CC" or "cc"
  local lua_include = command.shell(
    "pkg-config --cflags lua5.4 2>/dev/null || pkg-config --cflags lua").out:gsub("%s+$", "")

  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  it("is one of the plan", function()
    local strangers = {}
    for _, path in ipairs(SOURCES) do
      if not rank(floor_of(path)) then strangers[#strangers + 1] = path end
    end
    none(strangers)
  end)

  it("includes nothing from above", function()
    local upward = {}
    for _, path in ipairs(SOURCES) do
      for included in without_comments(command.read(path)):gmatch '#%s*include%s*"([^"]+)"' do
        local floor = included:match "^([^/]+)/" or "include"
        if (rank(floor) or 0) > rank(floor_of(path)) or not rank(floor) then
          upward[#upward + 1] = path .. " includes " .. included
        end
      end
    end
    none(upward)
  end)

  it("meets only the libraries that are its own", function()
    local owners = {
      ["sqlite3%.h"] = { store = true },
      ["pcre2%.h"] = { log = true },
      ["l?ua%a*%.h"] = KNOWS_LUA,
      ["lauxlib%.h"] = KNOWS_LUA,
    }
    local strangers = {}
    for _, path in ipairs(SOURCES) do
      for included in without_comments(command.read(path)):gmatch "#%s*include%s*<([^>]+)>" do
        for header, floors in pairs(owners) do
          if included:find("^" .. header .. "$") and not floors[floor_of(path)] then
            strangers[#strangers + 1] = path .. " includes " .. included
          end
        end
      end
    end
    none(strangers)
  end)

  -- Floors above are not there at all: whatever needs them does not compile.
  for level, floor in ipairs(FLOORS) do
    it("compiles without the floors above it: " .. floor, function()
      local root = directory .. "/" .. floor
      command.exec("mkdir", root)
      local sources = {}
      for below = 1, level do
        command.shell(("ln -s %s/c/%s %s/%s"):format('"$PWD"', FLOORS[below], root, FLOORS[below]))
      end
      for i, path in ipairs(SOURCES) do
        if floor_of(path) == floor then
          if path:find "%.h$" then -- alone, as the first thing that a file includes
            local probe = ("%s/%d.c"):format(root, i)
            local name = path:gsub("^c/include/", ""):gsub("^c/", "")
            command.write(probe, ('#include "%s"\nextern int probe_%d;\n'):format(name, i))
            sources[#sources + 1] = command.quote(probe)
          else
            sources[#sources + 1] = command.quote(path)
          end
        end
      end
      assert.is_true(#sources > 0)
      local flags = ("-std=c11 -Wall -Wextra -Werror -fsyntax-only -I%s -I%s/include %s"):format(
        root, root, KNOWS_LUA[floor] and lua_include or "")
      local result = command.shell(cc .. " " .. flags .. " " .. table.concat(sources, " "))
      assert.equal("", result.err)
      assert.equal(0, result.code)
    end)
  end

  it("takes memory only from what it was handed", function()
    local found = {}
    for _, path in ipairs(SOURCES) do
      if path ~= "c/core/mem.c" then
        local text = " " .. without_comments(command.read(path)):gsub('"[^"\n]*"', '""')
        for before, name in text:gmatch "([^%w_>.])(%l+)%(" do
          if before and (name == "malloc" or name == "calloc" or name == "realloc" or name == "free"
            or name == "strdup" or name == "strndup") then
            found[#found + 1] = path .. ": " .. name
          end
        end
      end
    end
    none(found)
  end)

  it("builds no SQL: it stands in the table of statements and nowhere else", function()
    local verbs = {}
    for verb in ([[SELECT INSERT UPDATE DELETE REPLACE CREATE DROP ALTER PRAGMA BEGIN COMMIT
        ROLLBACK SAVEPOINT RELEASE ATTACH DETACH VACUUM WITH]]):gmatch "%S+" do
      verbs[verb] = true
    end
    local found, preparing = {}, {}
    local function complain(path, what) found[#found + 1] = path .. ": " .. what end
    for _, path in ipairs(matching "^[clp].*%.[chlua]+$") do
      local text = command.read(path)
      if path:find "%.[ch]$" then text = without_comments(text) end
      if text:find "sqlite3_exec%s*%(" or text:find "sqlite3_v?mprintf%s*%(" then
        complain(path, "SQL that is not prepared")
      end
      if text:find "sqlite3_prepare[%w_]*%s*%(" then preparing[#preparing + 1] = path end
      local is_table = path:find "^c/store/statements[%w_]*%.h$" ~= nil
      -- Redaction's vectors are log lines, some hold SQL; that floor reaches no database.
      local is_vector = path:find "^c/log/" ~= nil
      for literal in text:gmatch '"([^"\n]*)"' do
        local verb = literal:match "^%s*(%u+)%f[%s;]" or literal:match "^%s*(%u+)$"
        if is_table and literal:find "%%[sdiql]" then complain(path, "a hole in " .. literal) end
        if not (is_table or is_vector) and verb and verbs[verb] then complain(path, literal) end
      end
    end
    none(found)
    assert.equal(1, #preparing, table.concat(preparing, ", "))
  end)
end)

describe("the module", function()
  local path = package.searchpath("berth.core", package.cpath)
  local objects = path and path:gsub("lib/berth/core%.so$", "obj")

  it("exports its entry and nothing else", function()
    if SANITIZED then return pending "a sanitizer adds symbols of its own" end
    local exported = {}
    for _, line in ipairs(list("nm -D --defined-only " .. command.quote(path))) do
      exported[#exported + 1] = line:match "(%S+)$"
    end
    assert.is_true(#exported > 0)
    for _, symbol in ipairs(exported) do assert.matches("^luaopen_berth", symbol) end
  end)

  it("is linked so that its tables cannot be written", function()
    if not command.exists "readelf" then return pending "no readelf here" end
    local text = command.exec("readelf", "-ldW", path).out
    assert.matches("GNU_RELRO", text)
    assert.matches("NOW", text)
    assert.matches("GNU_STACK[^\n]* RW ", text)
  end)

  it("does not bring an interpreter of its own", function()
    assert.not_matches("liblua", command.exec("readelf", "-dW", path).out)
  end)

  it("keeps no state outside its handles", function()
    if SANITIZED then return pending "a sanitizer keeps state of its own" end
    local stateful = {}
    for _, object in ipairs(list("find " .. command.quote(objects) .. " -name '*.o'")) do
      for _, line in ipairs(list("size -A " .. command.quote(object))) do
        local section, size = line:match "^(%S+)%s+(%d+)"
        if size ~= "0" and (section == ".data" or section == ".bss" or section == ".tbss") then
          stateful[#stateful + 1] = object:match "[^/]+$" .. ": " .. size .. " in " .. section
        end
      end
    end
    none(stateful)
  end)

  it("has a core that asks the system for nothing but memory and formatting", function()
    if SANITIZED then return pending "a sanitizer asks for much" end
    local allowed = {}
    for name in ([[ berth_[%w_]+ mem%l+ str%l+ __mem%l+_chk __str%l+_chk v?snprintf __v?snprintf_chk
        realloc free qsort bsearch abort __assert_fail __stack_chk_fail _GLOBAL_OFFSET_TABLE_
        floor ceil trunc rint llrint nearbyint ldexp frexp log%d* log1p exp2? pow sqrt fabs fmod
        ]]):gmatch "%S+" do
      allowed[#allowed + 1] = "^" .. name .. "$"
    end
    local core = command.quote(objects) .. "/core/*.o"
    local own = {}
    for _, line in ipairs(list("nm --defined-only " .. core)) do
      own[line:match "(%S+)$" or ""] = true
    end
    local asked = {}
    for _, line in ipairs(list("nm -u " .. core)) do
      local symbol = line:match "^%s+U (%S+)$"
      local fine = symbol == nil or own[symbol]
      for _, pattern in ipairs(allowed) do fine = fine or symbol:find(pattern) end
      if not fine then asked[#asked + 1] = symbol end
    end
    none(asked)
  end)
end)
