-- What berth says when it does not do a thing: refusals are values with a stable code, misuse
-- raises where the caller stands and names the nearest thing that exists.

local berth = require "berth"
local command = require "spec.support.command"
local core = require "berth.core"

describe("a refusal", function()
  local store
  before_each(function() store = assert(berth.open ":memory:") end)
  after_each(function() store:close() end)

  it("is nil and a table with a code, a sentence and fields", function()
    local result, err = store:provider "nobody"
    assert.is_nil(result)
    assert.equal("not_found", err.code)
    assert.equal("nobody", err.provider)
    assert.is_string(err.message)
    assert.equal("not_found: " .. err.message, tostring(err))
  end)

  it("reads well where it is raised", function()
    local run = command.exec("lua5.4", "-e",
      [[assert(assert(require("berth").open(":memory:")):provider "nobody")]])
    assert.equal(1, run.code)
    assert.matches("^lua5.4: not_found: there is no provider nobody", run.err)
  end)

  it("prints whatever became of its fields", function()
    local _, err = store:provider "nobody"
    err.message = 5
    assert.equal("not_found: ?", tostring(err))
    err.code = nil
    assert.equal("error: ?", tostring(err))
  end)

  it("has a code from one table, with a sentence each", function()
    local codes = berth.error_codes()
    for _, code in ipairs { "not_found", "generation_conflict", "inventory_in_use",
      "invalid_capacity", "capacity_exceeded", "invalid_amount", "no_candidate", "denied",
      "policy_budget", "policy_error", "duplicate_name", "has_children", "in_use", "busy",
      "corrupt", "io_error", "out_of_memory", "unknown_outcome", "consumer_exists" } do
      assert.is_string(codes[code], code)
    end
    for code, sentence in pairs(codes) do
      assert.matches("^[a-z_]+$", code)
      assert.not_matches("[%.\n]$", sentence)
    end
  end)

  it("says one sentence, printable, without period, path or address", function()
    store:create_provider { name = "node", inventories = { VCPU = 4 } }
    local hostile = "a\27[2J\n" .. ("x"):rep(300) .. "\xFF"
    local errors = {
      { store:provider(hostile) }, { store:create_trait(hostile) },
      { store:create_resource_class(hostile) }, { store:create_provider { name = hostile } },
      { store:create_provider { name = "n", uuid = hostile } },
      { store:create_provider { name = "n", aggregates = { hostile } } },
      { store:create_provider { name = "n", traits = { hostile } } },
      { store:candidates { resources = { [hostile] = 1 } } },
      { store:candidates { resources = { VCPU = 1 }, required = { hostile } } },
      { store:candidates { resources = { VCPU = 1 }, member_of = hostile } },
      { store:candidates { groups = { [hostile] = { resources = { VCPU = 1 } } } } },
      { store:candidates("resources=" .. hostile) }, { store:candidates(hostile .. "=1") },
      { store:allocation(hostile) }, { store:release(hostile) },
      { store:allocate { consumer = hostile, allocations = { node = { VCPU = 1 } } } },
      { store:allocate { consumer = "c", allocations = { [hostile] = { VCPU = 1 } } } },
      { store:allocate { consumer = "c", allocations = { node = { [hostile] = 1 } } } },
      { store:allocate { consumer = "c", allocations = { node = { VCPU = 9 } } } },
      { store:place { consumer = hostile, resources = { VCPU = 1 } } },
      { store:changes(1e15) },
    }
    for i, pair in ipairs(errors) do
      if type(pair[2]) == "table" then
        local message = pair[2].message
        assert.is_nil(message:find "[%c\x7F-\x9F\xFF]", i .. message)
        assert.not_matches("[^.]%.$", message) -- "..." is where a long word was cut
        assert.not_matches("0x%x%x%x", message)
        assert.is_truthy(utf8.len(message))
        assert.is_true(#message < 512)
      else
        assert.is_truthy(pair[1])
      end
    end
  end)
end)

describe("misuse", function()
  local store, node, claim
  before_each(function()
    store = assert(berth.open ":memory:")
    node = assert(store:create_provider { name = "node", inventories = { VCPU = 4 } })
    claim = assert(store:place { consumer = "x", resources = { VCPU = 1 } })
  end)
  after_each(function() store:close() end)

  it("raises at the caller's line", function()
    local ok, message = pcall(function()
      store:place { consumer = "y", resource = {} } -- here
    end)
    local here = debug.getinfo(1, "l").currentline - 2
    assert.is_false(ok)
    assert.matches("error_spec.lua:" .. here .. ": bad argument #1 to 'place'", message)
  end)

  it("names the method also when that was called by no name", function()
    local tx <close> = assert(store:begin())
    local objects = {
      ["berth.store"] = store, ["berth.transaction"] = tx, ["berth.provider"] = node,
      ["berth.allocation"] = claim, ["berth.savepoint"] = tx:savepoint(),
      ["berth.candidates"] = store:candidates "resources=VCPU:1",
      ["berth.candidate"] = store:candidates("resources=VCPU:1")(),
      ["berth.request"] = berth.request "resources=VCPU:1", ["berth.providers"] = tx:providers(),
    }
    local named = 0
    local function misuse(class, name)
      local object = objects[class]
      for _, arguments in ipairs { { 5 }, { object, print }, { object, 1, 2, 3, 4, 5, 6, 7 } } do
        local ok, message = pcall(object[name], table.unpack(arguments))
        if not ok and tostring(message):find("bad argument", 1, true) then
          named = named + 1
          assert.matches("^bad argument #%d to '" .. name .. "' ", message)
        end
      end
    end
    for class, members in pairs(core.members()) do
      assert.is_truthy(objects[class], class)
      for name, kind in pairs(members) do
        if kind == "method" and name ~= "close" then misuse(class, name) end
      end
    end
    assert.is_true(named > 100)
  end)

  it("names the nearest key that is known", function()
    local function call(method, ...)
      local arguments = table.pack(...)
      return function() store[method](store, table.unpack(arguments, 1, arguments.n)) end
    end
    for message, misuse in pairs {
      ["unknown key 'nmae', did you mean 'name'"] = call("create_provider", { nmae = "n" }),
      ["unknown key 'Traits', did you mean 'traits'"] =
        call("create_provider", { name = "n", Traits = {} }),
      ["inventories.VCPU: unknown key 'totl', did you mean 'total'"] =
        call("create_provider", { name = "n", inventories = { VCPU = { totl = 1 } } }),
      ["unknown key 'xyzzy', known are name, uuid, parent"] =
        call("create_provider", { name = "n", xyzzy = 1 }),
      ["unknown key 'consumer\\?', did you mean 'consumer'"] =
        call("place", { ["consumer\0"] = "x" }),
      ["unknown key 'member_off'"] = call("providers", { member_off = "x" }),
      ["unknown key 'by_types', did you mean 'by_type'"] = call("usages", { by_types = true }),
      ["unknown key 'allocation', did you mean 'allocations'"] =
        call("allocate", { consumer = "x", allocation = {} }),
      ["%[2%]: unknown key 'alocations'"] =
        call("allocate", { { consumer = "x", allocations = {} }, { alocations = {} } }),
      ["unknown key 'inventory', did you mean 'inventories'"] = call("reshape", { inventory = {} }),
      ["unknown key 'prefixes', did you mean 'prefix'"] = call("traits", { prefixes = "x" }),
    } do
      assert.error_matches(misuse, message)
    end
    assert.error_matches(function() node:update { nam = "x" } end, "did you mean 'name'")
    assert.error_matches(function() node:set_traits({}, { generations = 1 }) end,
      "did you mean 'generation'")
  end)

  it("names the nearest member of an object", function()
    for message, misuse in pairs {
      ["store has no member 'plase', did you mean 'place'"] = function() store:plase {} end,
      ["provider has no member 'generaton', did you mean 'generation'"] =
        function() return node.generaton end,
      ["allocation has no member 'resource', did you mean 'resources'"] =
        function() return claim.resource end,
      ["candidate has no member 'scores', did you mean 'score'"] =
        function() return store:candidates("resources=VCPU:1")().scores end,
      ["transaction has no member 'comit', did you mean 'commit'"] =
        function() return store:begin().comit end,
      ["provider is indexed by names, not by a number"] = function() return node[1] end,
    } do
      assert.error_matches(misuse, message)
    end
    assert.error_matches(function() return store.xyzzy end, "store has no member 'xyzzy'$")
  end)

  it("is a key that is missing", function()
    for message, misuse in pairs {
      ["key 'name' is missing"] = function() store:create_provider {} end,
      ["VCPU: key 'total' is missing"] =
        function() node:set_inventories { VCPU = { reserved = 1 } } end,
      ["key 'consumer' is missing"] = function() store:allocate { allocations = {} } end,
      ["key 'allocations' is missing"] = function() store:allocate { consumer = "x" } end,
      ["key 'inventories' is missing"] = function() store:reshape {} end,
      ["node: key 'inventories' is missing"] =
        function() store:reshape { inventories = { node = {} } } end,
    } do
      assert.error_matches(misuse, message)
    end
  end)

  it("is an argument too many, for every method that takes none or one", function()
    local tx <close> = assert(store:begin())
    local objects = { ["berth.store"] = store, ["berth.provider"] = node,
      ["berth.allocation"] = claim, ["berth.transaction"] = tx }
    local most = 5
    for class, object in pairs(objects) do
      for name, kind in pairs(core.members()[class]) do
        if kind == "method" and name ~= "close" then
          local many = {}
          for i = 1, most do many[i] = "x" end
          assert.error(function() object[name](object, table.unpack(many)) end)
        end
      end
    end
  end)

  it("is a wrong type anywhere", function()
    local wrong = { 1, true, {}, print, io.stdout, coroutine.create(print) }
    local takes = {
      { "string", function(x) store:create_trait(x) end },
      { "string", function(x) store:delete_trait(x) end },
      { "string", function(x) store:create_resource_class(x) end },
      { "string", function(x) store:delete_resource_class(x) end },
      { "string", function(x) store:provider(x) end },
      { "string", function(x) store:allocation(x) end },
      { "string", function(x) store:release(x) end },
      { "string", function(x) store:backup(x) end },
      { "string", function(x) store:create_provider { name = x } end },
      { "string", function(x) store:create_provider { name = "n", uuid = x } end },
      { "string", function(x) store:create_provider { name = "n", parent = x } end },
      { "string", function(x) store:create_provider { name = "n", traits = { x } } end },
      { "string", function(x) store:create_provider { name = "n", aggregates = { x } } end },
      { "table", function(x) store:create_provider { name = "n", traits = x } end },
      { "table", function(x) store:create_provider { name = "n", inventories = x } end },
      { "table", function(x) store:create_provider(x) end },
      { "number", function(x) node:set_inventory("VCPU", { total = x }) end },
      { "number", function(x)
        node:set_inventory("VCPU", { total = 1, allocation_ratio = x })
      end },
      { "string", function(x) node:set_inventory(x, 1) end },
      { "table", function(x) node:set_inventories(x) end },
      { "table", function(x) node:set_traits(x) end },
      { "table", function(x) node:set_aggregates(x) end },
      { "table", function(x) node:set_traits({}, x) end },
      { "number", function(x) node:set_traits({}, { generation = x }) end },
      { "table", function(x) node:update(x) end },
      { "string", function(x) node:update { name = x } end },
      { "string", function(x) store:place { consumer = x, resources = { VCPU = 1 } } end },
      { "string", function(x)
        store:place { consumer = "c", project = x, resources = { VCPU = 1 } }
      end },
      { "string", function(x)
        store:place { consumer = "c", consumer_type = x, resources = { VCPU = 1 } }
      end },
      { "table", function(x) store:allocate(x) end },
      { "table", function(x) store:allocate { consumer = "c", allocations = x } end },
      { "table", function(x) store:allocate { consumer = "c", allocations = { node = x } } end },
      { "number", function(x)
        store:allocate { consumer = "c", allocations = { node = { VCPU = x } } }
      end },
      { "string", function(x)
        store:allocate { consumer = "c", allocations = { [x] = { VCPU = 1 } } }
      end },
      { "string", function(x)
        store:allocate { consumer = "c", allocations = { node = { [x] = 1 } } }
      end },
      { "table", function(x) store:reshape(x) end },
      { "table", function(x) store:usages(x) end },
      { "string", function(x) store:usages { project = x } end },
      { "boolean", function(x) store:usages { by_type = x } end },
      { "table", function(x) store:providers(x) end },
      { "string", function(x) store:providers { name = x } end },
      { "table", function(x) store:traits(x) end },
      { "boolean", function(x) store:traits { associated = x } end },
      { "number", function(x) store:changes(x) end },
      { "function", function(x) store:transaction(x) end },
      { "table", function(x) store:candidates { resources = { VCPU = 1 }, groups = x } end },
      { "number", function(x) store:candidates { resources = { VCPU = x } } end },
    }
    for i, take in ipairs(takes) do
      local tried = 0
      for _, value in ipairs(wrong) do
        local skip = type(value) == take[1]
        if not skip then
          tried = tried + 1
          assert.has_error(function() take[2](value) end, nil, i .. " " .. type(value))
        end
      end
      assert.is_true(tried >= 5)
    end
  end)
end)
