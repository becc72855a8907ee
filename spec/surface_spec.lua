-- The public face stands in three places: what is compiled, what types.lua declares and what the
-- README explains. Here they are held against each other.

local berth = require "berth"
local command = require "spec.support.command"
local core = require "berth.core"

-- Class name to {fields and methods}, as types.lua says; "berth.Store" and the like.
local function declared()
  local classes, locals, last = {}, {}, nil
  for line in io.lines "lua/berth/types.lua" do
    local class, parents = line:match "^%-%-%-@class ([%w_.]+):?(.*)"
    local field, optional = line:match "^%-%-%-@field ([%w_]+)(%??)"
    local variable = line:match "^local (%w+) = {}"
    local owner, method = line:match "^function (%w+)[:.]([%w_]+)%("
    if class then
      last = class
      classes[class] = { parents = parents, members = {} }
    elseif field and last then
      classes[last].members[field] = "field" .. optional
    elseif variable then
      locals[variable] = last
    elseif method then
      classes[locals[owner]].members[method] = "method"
    end
  end
  return classes
end

local function with_parents(classes, name)
  local all = {}
  local function add(class)
    for parent in classes[class].parents:gmatch "[%w_.]+" do add(parent) end
    for member, kind in pairs(classes[class].members) do all[member] = kind end
  end
  add(name)
  return all
end

describe("the public face", function()
  local classes = declared()
  local readme = command.read "lua/berth/README.md"

  it("has in types.lua exactly the members that are compiled", function()
    for class, members in pairs(core.members()) do
      local name = class:gsub("%.(%l)", function(letter) return "." .. letter:upper() end)
      local types = with_parents(classes, name)
      assert.same(members, types, class)
    end
  end)

  it("has in types.lua exactly what the module offers", function()
    local offered = {}
    for name, value in pairs(berth) do
      offered[name] = type(value) == "function" and "method" or "field"
    end
    assert.same(offered, with_parents(classes, "berth"))
  end)

  it("is explained: every member stands in the README", function()
    for class, members in pairs(core.members()) do
      for member, kind in pairs(members) do
        local pattern = "`" .. member .. (kind == "method" and "[%({]" or "`")
        assert.is_truthy(readme:find(pattern), class .. ":" .. member .. " is not explained")
      end
    end
    for name in pairs(berth) do assert.is_truthy(readme:find("`[%w.]*" .. name), name) end
  end)

  it("declares the keys that tables are taken with", function()
    local store <close> = assert(berth.open ":memory:")
    local node = assert(store:create_provider { name = "node" })
    -- What each reader says it knows, asked for with a key that is near to nothing.
    local function known(call)
      local _, message = pcall(call, { qqqqqqqqqqqqqqqq = 1 })
      local keys = {}
      for key in message:match("known are (.-)%)$"):gmatch "[%w_]+" do keys[key] = true end
      return keys
    end
    local readers = {
      ["berth.NewProvider"] = function(t) store:create_provider(t) end,
      ["berth.ProviderFilter"] = function(t) store:providers(t) end,
      ["berth.AllocationWrite"] = function(t) store:allocate(t) end,
      ["berth.Reshape"] = function(t) store:reshape(t) end,
      ["berth.UsageFilter"] = function(t) store:usages(t) end,
      ["berth.Placement"] = function(t) store:place(t) end,
      ["berth.RequestTable"] = function(t) berth.request(t) end,
      ["berth.Question"] = function(t) store:candidates(t) end,
      ["berth.Group"] = function(t) berth.request { groups = { x = t } } end,
      ["berth.Inventory"] = function(t) node:set_inventories { VCPU = t } end,
      ["berth.Who"] = function(t) store:place("resources=VCPU:1", t) end,
      ["berth.OpenOptions"] = function(t) berth.open(":memory:", t) end,
    }
    for class, call in pairs(readers) do
      local keys = {}
      for member in pairs(with_parents(classes, class)) do keys[member] = true end
      assert.same(keys, known(call), class)
    end
  end)

  it("has no globals and no way into the engine but the module", function()
    local run = command.exec("lua5.4", "-e", [[
      local before = {}
      for name in pairs(_G) do before[name] = true end
      require "berth"
      for name in pairs(_G) do if not before[name] then print(name) end end
      print(getmetatable(require("berth").open ":memory:"))]])
    assert.equal("false\n", run.out)
    assert.equal("", run.err)
  end)
end)
