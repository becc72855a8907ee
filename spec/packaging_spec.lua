-- What reaches users: the rock, `make install` and the tree itself each give a berth that runs in
-- any directory, with everything that the sources hold and nothing that names the tree.

local command = require "spec.support.command"

local function rockspec()
  local path = command.shell("ls berth-*.rockspec").out:match "%S+"
  local fields = {}
  assert(loadfile(path, "t", fields))()
  return fields, path
end

local function list(shell)
  local found = {}
  for line in command.shell(shell).out:gmatch "[^\n]+" do found[#found + 1] = line end
  return found
end

local function sorted(values)
  table.sort(values)
  return values
end

local SHIPPED = "berth-*.rockspec Makefile LICENSE README.md .ci c lua policies"

-- Far from the tree, with nothing of it on any path.
local AWAY = "cd / && env -u LUA_PATH -u LUA_CPATH -u LUA_PATH_5_4 -u LUA_CPATH_5_4 "
  .. "PATH=/usr/bin:/bin "

-- A program that uses the library and tells where it came from; its arguments are modules to find.
local PROGRAM = [[
  local berth = require "berth"
  local fleet <close> = assert(berth.open ":memory:")
  assert(fleet:create_provider { name = "node", inventories = { VCPU = 2 } })
  assert(fleet:place { consumer = "6f9c6a3e-5f5b-4c55-8d0e-0a8a1d9b3c11", project = "p", user = "u",
                       resources = { VCPU = 1 } })
  print(package.searchpath("berth", package.path))
  print(package.searchpath("berth.core", package.cpath))
  for i = 1, #arg do assert(package.searchpath(arg[i], package.path), arg[i]) end]]

local function shipped_policies()
  local modules = {}
  for _, path in ipairs(list "ls policies/*.lua") do
    modules[#modules + 1] = "berth.policies." .. path:match "([%w_]+)%.lua$"
  end
  return table.concat(modules, " ")
end

local function runs_far_away(prefix, berth)
  local version = command.shell(AWAY .. command.quote(berth) .. " --version")
  assert.equal("", version.err)
  assert.equal("berth 0.1.0\n", version.out)

  local share, lib = prefix .. "/share/lua/5.4", prefix .. "/lib/lua/5.4"
  command.write(prefix .. "/far.lua", PROGRAM)
  local library = command.shell(("%s LUA_PATH_5_4=%s LUA_CPATH_5_4=%s lua5.4 %s %s"):format(AWAY,
    command.quote(share .. "/?.lua;" .. share .. "/?/init.lua;;"), command.quote(lib .. "/?.so;;"),
    command.quote(prefix .. "/far.lua"), shipped_policies()))
  assert.equal("", library.err)
  assert.equal(share .. "/berth/init.lua\n" .. lib .. "/berth/core.so\n", library.out)
end

describe("the rockspec #build", function()
  it("lists every module of the tree and no other", function()
    local expected = {}
    for _, path in ipairs(list "find lua policies -name '*.lua' ! -path lua/berth/cli/main.lua") do
      local name = path:gsub("^policies/", "berth/policies/"):gsub("^lua/", "")
        :gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
      expected[#expected + 1] = name .. " = " .. path
    end
    local listed = {}
    for name, module in pairs(rockspec().build.modules) do
      if type(module) == "string" then listed[#listed + 1] = name .. " = " .. module end
    end
    assert.same(sorted(expected), sorted(listed), "make rockspec-sources brings it up to date")
  end)

  it("compiles every C source of the floors and no other", function()
    local expected = list "find c -name '*.c'"
    local listed = table.move(rockspec().build.modules["berth.core"].sources, 1, 1000, 1, {})
    assert.same(sorted(expected), sorted(listed), "make rockspec-sources brings it up to date")
  end)

  it("bears the version of the header, the library and the command", function()
    local header = command.read "c/include/berth.h":match '#define BERTH_VERSION "([^"]+)"'
    local spec, path = rockspec()
    assert.equal(header .. "-1", spec.version)
    assert.equal("berth-" .. spec.version .. ".rockspec", path)
    assert.equal("v" .. header, spec.source.tag)
    assert.equal(header, require("berth").version)
    assert.equal("berth " .. header .. "\n", command.run("--version").out)
    assert.matches("### " .. header:gsub("%.", "%%.") .. "\n", command.read "README.md")
  end)

  it("installs a library and a command that run in any directory", function()
    if not command.exists "luarocks" then return pending "no luarocks here" end
    local directory, remove = command.directory()
    local clone, tree = directory .. "/clone", directory .. "/a tree"
    command.shell(("mkdir %s && cp -r %s %s"):format(clone, SHIPPED, clone))
    local made = command.shell(("cd %s && luarocks --lua-version=5.4 make --tree %s %s"):format(
      clone, command.quote(tree), "CFLAGS='-O1 -fPIC'"))
    assert.equal(0, made.code, made.err)
    command.exec("rm", "-rf", clone)
    runs_far_away(tree, tree .. "/bin/berth")
    remove()
  end)
end)

describe("make install #build", function()
  it("gives a command and a library that run in any directory", function()
    local directory, remove = command.directory()
    local prefix = directory .. "/a prefix"
    local result = command.exec("make", "-s", "install", "PREFIX=" .. prefix)
    assert.equal(0, result.code, result.err)
    runs_far_away(prefix, prefix .. "/bin/berth")
    remove()
  end)

  it("puts everything under DESTDIR and names the place it is meant for", function()
    local directory, remove = command.directory()
    local result = command.exec("make", "-s", "install", "PREFIX=/opt/berth",
      "DESTDIR=" .. directory)
    assert.equal(0, result.code, result.err)
    local wrapper = command.read(directory .. "/opt/berth/bin/berth")
    assert.matches("/opt/berth/share/lua/5%.4", wrapper)
    assert.is_nil(wrapper:find(directory, 1, true))
    local installed = list(("cd %s && find . -type f ! -path './opt/berth/*'"):format(directory))
    assert.same({}, installed)
    remove()
  end)
end)

describe("the tree #build", function()
  it("has a command that runs in any directory and takes words as they are", function()
    local here = command.shell("pwd").out:gsub("\n", "")
    local berth = command.quote(here .. "/build/berth")
    assert.equal("berth 0.1.0\n", command.shell("cd / && " .. berth .. " --version").out)
    local odd = command.shell("cd / && " .. berth .. [[ 'two words; $(date)' ]])
    assert.equal(2, odd.code)
    assert.matches("'two words; $(date)'", odd.err, 1, true)
  end)

  it("prints shell lines that let lua5.4 require it in any directory", function()
    local result = command.shell [[
      unset LUA_PATH_5_4 LUA_CPATH_5_4
      here=$(pwd) && cd / && eval "$(make -s -C "$here" env)" &&
      lua5.4 -e 'print(require "berth".version)' && berth --version]]
    assert.equal("", result.err)
    assert.equal("0.1.0\nberth 0.1.0\n", result.out)
  end)

  it("keeps what was on the paths before", function()
    local result = command.shell [[
      LUA_PATH_5_4='/before/?.lua'; eval "$(make -s env)"; echo "$LUA_PATH_5_4"]]
    assert.matches(";/before/?.lua\n", result.out, 1, true)
  end)

  it("builds nothing twice", function()
    command.exec "make"
    local again = command.exec "make"
    assert.equal("", again.out)
    assert.equal(0, again.code)
  end)

  it("asks for no package when everything is there", function()
    local directory, remove = command.directory()
    command.write(directory .. "/apt-get", "#!/bin/sh\n: >" .. directory .. "/called\nexit 1\n")
    command.exec("chmod", "+x", directory .. "/apt-get")
    local result = command.shell(("PATH=%s:$PATH sh .ci/deps run test"):format(directory))
    assert.equal("", result.out .. result.err)
    assert.equal(0, result.code)
    assert.equal(0, command.shell("test ! -e " .. directory .. "/called").code)
    remove()
  end)

  it("says what to install where apt-get is not at home", function()
    local directory, remove = command.directory()
    -- A machine with a shell and little else.
    for _, name in ipairs { "sh", "cat", "printf", "id" } do
      command.shell(("ln -s \"$(command -v %s)\" %s/%s"):format(name, directory, name))
    end
    local result = command.shell(('PATH=%s; sh .ci/deps run'):format(directory))
    assert.equal(3, result.code)
    assert.matches("a C compiler", result.err)
    for _, platform in ipairs { "Fedora", "Alpine", "Arch", "Homebrew" } do
      assert.matches(platform, result.err)
    end
    remove()
  end)
end)

describe("the tally #build", function()
  local function busted(...)
    return command.exec("env", "-u", "TALLY_MINIMUM", "lua5.4", "spec/support/busted.lua",
      "--ignore-lua", "--output=spec/support/tally.lua", ...)
  end

  local directory, remove
  before_each(function()
    directory, remove = command.directory()
    command.write(directory .. "/one_spec.lua", [[
      it("passes", function() end)
      it("fails #red", function() error "no" end)
      it("waits", function() pending "later" end)]])
  end)
  after_each(function() remove() end)

  it("is the last line of a run", function()
    local result = busted(directory)
    assert.equal("1 passed, 1 failed, 1 skipped", result.out:match "([^\n]*)\n$")
    assert.equal(1, result.code)
  end)

  it("lets a run without failures pass", function()
    local result = busted("--exclude-tags=red", directory)
    assert.equal("1 passed, 0 failed, 1 skipped", result.out:match "([^\n]*)\n$")
    assert.equal(0, result.code)
  end)

  it("fails a selection that matches nothing", function()
    local result = busted("--filter=nothing is called so", directory)
    assert.equal("0 passed, 1 failed, 0 skipped", result.out:match "([^\n]*)\n$")
    assert.equal(1, result.code)
  end)
end)
