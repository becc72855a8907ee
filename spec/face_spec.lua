-- The store as an object: opening and closing, handles that survive it, what one handle sees of
-- another's writes, the change feed, check, backup, stats and dump.

local berth = require "berth"
local command = require "spec.support.command"
local core = require "berth.core"

describe("a store", function()
  local directory, remove
  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  local files = 0
  local function path()
    files = files + 1
    return ("%s/%d.db"):format(directory, files)
  end

  it("opens in memory or as a file, and a file is there again", function()
    local file = path()
    do
      local store <close> = assert(berth.open(file))
      assert(store:create_provider { name = "node" })
      assert.matches("open", tostring(store))
    end
    local store <close> = assert(berth.open(file))
    assert.equal("node", store:provider("node").name)
    local private <close> = assert(berth.open ":memory:")
    assert.is_nil((private:provider "node"))
  end)

  it("makes no file when it must exist or is only read", function()
    for _, options in ipairs { { must_exist = true }, { read_only = true } } do
      local file = path()
      local store, err = berth.open(file, options)
      assert.is_nil(store)
      assert.equal("not_found", err.code)
      assert.is_nil(err.message:find(file, 1, true))
      assert.is_nil(io.open(file))
    end
  end)

  it("can be read only", function()
    local file = path()
    assert(berth.open(file)):close()
    local store <close> = assert(berth.open(file, { read_only = true }))
    assert.same({}, store:usages())
    local made, err = store:create_provider { name = "node" }
    assert.is_nil(made)
    assert.equal("read_only", err.code)
  end)

  it("tells what is wrong with what it was asked to open", function()
    local text = path()
    command.write(text, ("no database "):rep(1000))
    for code, target in pairs { io_error = directory, not_a_store = text,
      invalid_value = "a\0b" } do
      local store, err = berth.open(target)
      assert.is_nil(store)
      assert.equal(code, err.code)
      assert.is_nil(err.message:find(directory, 1, true))
    end
  end)

  it("takes known options of known types", function()
    for message, arguments in pairs {
      ["string expected, got no value"] = {},
      ["string expected, got number"] = { 1 },
      ["table expected, got boolean"] = { ":memory:", true },
      ["no such argument"] = { ":memory:", {}, 1 },
      ["unknown key 'readonly', did you mean 'read_only'"] = { ":memory:", { readonly = true } },
      ["read_only: boolean expected, got number"] = { ":memory:", { read_only = 1 } },
      ["busy_timeout_ms: integer expected, got string"] = { ":memory:", { busy_timeout_ms = "1" } },
      ["policies: list of policies expected, got string"] = { ":memory:", { policies = "x" } },
    } do
      assert.error_matches(function() berth.open(table.unpack(arguments)) end, message)
    end
    local store, err = berth.open(":memory:", { busy_timeout_ms = 0 })
    assert.is_nil(store)
    assert.equal("invalid_value", err.code)
  end)

  it("closes once, however often it is told to", function()
    local store = assert(berth.open ":memory:")
    assert.equal(0, select("#", store:close()))
    store:close()
    do
      local closed <close> = store
      assert.matches("closed", tostring(closed))
    end
    assert.matches("closed", tostring(store))
  end)

  it("raises for every method and every handle once it is closed", function()
    local store = assert(berth.open ":memory:")
    local provider = assert(store:create_provider { name = "node", inventories = { VCPU = 1 } })
    local candidate = store:candidates("resources=VCPU:1")()
    local allocation = assert(store:place { consumer = "x", resources = { VCPU = 1 } })
    local objects = {
      ["berth.store"] = store, ["berth.provider"] = provider, ["berth.allocation"] = allocation,
      ["berth.providers"] = store:providers(), ["berth.candidate"] = candidate,
      ["berth.candidates"] = store:candidates "resources=VCPU:1",
      ["berth.transaction"] = assert(store:begin()),
    }
    objects["berth.savepoint"] = objects["berth.transaction"]:savepoint()
    objects["berth.transaction"]:rollback()
    store:close()
    -- Arguments that each method would take while the store is open.
    local arguments = { transaction = { print }, place = { "resources=VCPU:1", { consumer = "x" } },
      candidates = { "resources=VCPU:1" }, provider = { "x" }, allocation = { "x" },
      release = { "x" }, create_provider = { { name = "x" } },
      allocate = { { consumer = "x", allocations = {} } }, reshape = { { inventories = {} } },
      set_inventories = { {} }, set_inventory = { "VCPU" }, set_traits = { {} },
      set_aggregates = { {} }, update = { {} }, move = { "resources=VCPU:1" }, backup = { "x" },
      create_trait = { "CUSTOM_X" }, create_resource_class = { "CUSTOM_X" },
      load_policy = { "x" }, load_policies = { {} }, as = { {} },
      explain = { "resources=VCPU:1" }, capacity = { "resources=VCPU:1" } }
    local called = 0
    for class, object in pairs(objects) do
      for name, kind in pairs(core.members()[class]) do
        if kind == "method" and name ~= "close" then
          called = called + 1
          assert.error_matches(function()
            local given = class ~= "berth.allocation" or name ~= "release"
            object[name](object, table.unpack(given and arguments[name] or {}))
          end, "store is closed", class .. ":" .. name)
        end
      end
    end
    assert.is_true(called > 50)
    assert.error_matches(function() return provider.name end, "store is closed")
    assert.error_matches(function() return allocation.project end, "store is closed")
    assert.equal("x", allocation.consumer) -- known without the store
    assert.is_string(tostring(provider) .. tostring(allocation) .. tostring(candidate))
  end)

  it("lives as long as anything that came from it", function()
    local function made()
      local store = assert(berth.open ":memory:")
      return assert(store:create_provider { name = "node", inventories = { VCPU = 1 } }),
        store:candidates("resources=VCPU:1")()
    end
    local provider, candidate = made()
    collectgarbage()
    collectgarbage()
    assert.equal("node", provider.name)
    assert.same({ [provider.uuid] = { VCPU = 1 } }, candidate:resources())
  end)

  it("can be left to the collector in any order, also with work under way", function()
    for _ = 1, 50 do
      local store = assert(berth.open ":memory:")
      for i = 1, 5 do store:create_provider { name = "n" .. i, inventories = { VCPU = 1 } } end
      local kept = { store:candidates "resources=VCPU:1", store:providers(), store:begin() }
      kept[4] = kept[3]:savepoint()
      kept[5], kept[6] = kept[1]:next(), kept[2]:next()
      store:close()
    end
    collectgarbage()
    collectgarbage()
    local run = command.exec("lua5.4", "-e", [[
      local store = require("berth").open ":memory:"
      store:create_provider { name = "n", inventories = { VCPU = 1 } }
      keep = { store:candidates "resources=VCPU:1", store, store:begin() }
      keep[4] = keep[1]:next()]])
    assert.equal("", run.err)
    assert.equal(0, run.code)
  end)

  it("bears finalisers that use it in the midst of its own work", function()
    local store <close> = assert(berth.open ":memory:")
    local node = assert(store:create_provider { name = "node", inventories = { VCPU = 1000000 } })
    for i = 1, 40 do
      assert(store:allocate { consumer = "c" .. i, allocations = { node = { VCPU = 1 } } })
    end
    local n, busy = 0, false
    local function arm()
      setmetatable({}, { __gc = function()
        if busy then return end
        busy = true
        n = n + 1
        store:release("c" .. (n % 40 + 1))
        store:allocate { consumer = "c" .. (n % 40 + 1), allocations = { node = { VCPU = n } } }
        node:set_inventory("MEMORY_MB", n)
        node:set_traits(n % 2 == 0 and { "HW_CPU_X86_AVX" } or {})
        busy = false
        if n < 400 then arm() end
      end })
    end
    local usual <close> = setmetatable({}, { __close = function()
      collectgarbage("incremental", 200, 100)
    end })
    assert.is_table(usual)
    collectgarbage("incremental", 1, 1000) -- begins anew as soon as it ends
    arm()
    for _ = 1, 3000 do
      node:allocations()
      node:inventories()
      store:changes(math.max(0, store:stats().sequence - 20))
      store:dump()
      for _ in store:providers() do node:traits() end
      local candidate = store:candidates("resources=VCPU:1&limit=1"):next() -- nil when stale
      if candidate then candidate:mappings() end
      if n >= 400 then break end
    end
    assert.is_true(n > 20)
    n = 1000
    assert(store:check())
  end)

  it("shows nothing to patch", function()
    local store <close> = assert(berth.open ":memory:")
    local node = assert(store:create_provider { name = "node" })
    for _, object in ipairs { store, node, store:providers(), berth.request "resources=VCPU:1" } do
      assert.is_false(getmetatable(object))
      assert.error(function() setmetatable(object, {}) end)
      assert.error(function() object.name = "x" end)
    end
    for _, method in ipairs { store.provider, node.traits } do
      for _, self in ipairs { io.stdout, {}, 1, "store" } do
        assert.error_matches(function() method(self, "x") end, "expected, got")
      end
    end
    assert.error_matches(function() store.provider() end, "expected, got nil")
    assert.error_matches(function() node.traits(store) end,
      "berth.provider expected, got berth.store")
  end)

  describe("seen through two handles", function()
    local one, two
    before_each(function()
      local file = path()
      one = assert(berth.open(file))
      two = assert(berth.open(file))
    end)
    after_each(function()
      assert.equal(one:dump(), two:dump())
      one:close()
      two:close()
    end)

    it("is the same at every read", function()
      local node = assert(one:create_provider { name = "node", inventories = { VCPU = 4 } })
      local seen = assert(two:provider "node")
      assert(node:update { name = "other" })
      assert.equal("other", seen.name)
      assert(two:place { consumer = "x", resources = { VCPU = 1 } })
      assert.same({ VCPU = 1 }, node:usages())
      assert.same({ VCPU = 1 }, one:usages())
      assert(one:release "x")
      assert.is_nil((two:allocation "x"))
      assert(seen:delete())
      assert.is_nil(node.name)
    end)

    it("serves one writer at a time", function()
      local tx = assert(one:begin())
      local busy <close> = assert(berth.open(directory .. "/" .. files .. ".db",
        { busy_timeout_ms = 1 }))
      local made, err = busy:create_provider { name = "node" }
      assert.is_nil(made)
      assert.equal("busy", err.code)
      assert.same({}, busy:usages()) -- readers go on
      assert(tx:commit())
      assert(busy:create_provider { name = "node" })
    end)

    it("hides what is not committed", function()
      local tx = assert(one:begin())
      assert(tx:create_provider { name = "node" })
      assert.is_nil((two:provider "node"))
      assert(tx:commit())
      assert.is_truthy(two:provider "node")
    end)

    it("stales a search when the other one writes", function()
      assert(one:create_provider { name = "node", inventories = { VCPU = 4 } })
      local search = assert(two:candidates "resources=VCPU:1")
      assert(one:create_provider { name = "more", inventories = { VCPU = 4 } })
      assert.same({}, two:usages())
      local candidate, err = search:next()
      assert.is_nil(candidate)
      assert.equal("stale", err.code)
    end)
  end)

  describe("as a feed of changes", function()
    local store
    before_each(function() store = assert(berth.open ":memory:") end)
    after_each(function() store:close() end)

    it("tells every committed changeset once, in order", function()
      assert.same({}, store:changes())
      assert(store:create_provider { name = "node", inventories = { VCPU = 4 } })
      store:transaction(function(tx) tx:create_trait "CUSTOM_T" tx:rollback() end)
      assert(store:place { consumer = "x", resources = { VCPU = 1 } })
      assert(store:release "x")
      local sets = assert(store:changes())
      assert.same({ 1, 2, 3 }, { sets[1].sequence, sets[2].sequence, sets[3].sequence })
      assert.equal(3, #sets)
      assert.equal(3, store:stats().sequence)
      assert.same({ sets[2], sets[3] }, store:changes(1))
      assert.same({ sets[2] }, store:changes(1, 1))
      assert.same({}, store:changes(3))
      assert.same({}, store:changes(0, 0))
    end)

    it("calls things by what they were called then", function()
      local node = assert(store:create_provider { name = "node", inventories = { VCPU = 9 } })
      local uuid = node.uuid
      assert(store:create_trait "CUSTOM_T")
      assert(node:set_traits { "CUSTOM_T" })
      for i = 1, 3 do -- consumers come and go and take each other's place in memory
        assert(store:allocate { consumer = "c" .. i, allocations = { node = { VCPU = i } } })
        assert(store:release("c" .. i))
      end
      assert(node:set_traits {})
      assert(store:delete_trait "CUSTOM_T")
      assert(node:delete())
      assert(store:create_provider { name = "node", inventories = { VCPU = 9 } })
      assert(store:allocate { consumer = "last", allocations = { node = { VCPU = 9 } } })
      for since = 0, store:stats().sequence do
        for _, set in ipairs(assert(store:changes(since))) do
          for _, change in ipairs(set.changes) do
            if change.kind == "allocation" then
              local amount = math.max(change.before, change.after)
              assert.equal(amount == 9 and "last" or "c" .. amount, change.consumer)
              assert.equal(amount == 9 and store:provider("node").uuid or uuid, change.provider)
            elseif change.kind == "trait" then
              assert.equal("CUSTOM_T", change.trait)
              assert.equal(uuid, change.provider)
            end
          end
        end
      end
    end)

    it("is enough to follow who holds what", function()
      local held = {}
      local function follow(since)
        for _, set in ipairs(assert(store:changes(since))) do
          for _, change in ipairs(set.changes) do
            if change.kind == "allocation" then
              local key = change.consumer .. " " .. change.class
              assert.equal(held[key] or 0, change.before)
              held[key] = change.after > 0 and change.after or nil
            end
          end
          since = set.sequence
        end
        return since
      end
      assert(store:create_provider { name = "node", inventories = { VCPU = 9, DISK_GB = 9 } })
      local at = follow(0)
      assert(store:place { consumer = "a", resources = { VCPU = 2, DISK_GB = 1 } })
      assert(store:place { consumer = "b", resources = { VCPU = 3 } })
      at = follow(at)
      assert(store:allocation("a"):move { resources = { VCPU = 4 } })
      assert(store:release "b")
      follow(at)
      assert.same({ ["a VCPU"] = 4 }, held)
    end)

    it("says when it does not go back that far", function()
      local short <close> = assert(berth.open(path(), { keep_changes = 2 }))
      for i = 1, 2000 do
        short:transaction(function(tx) assert(tx:create_provider { name = "n" .. i }) end)
        if not short:changes(0) then break end
      end
      local sets, err = short:changes(0)
      assert.is_nil(sets)
      assert.equal("not_found", err.code)
      assert.equal("number", type(err.oldest))
    end)
  end)

  it("is copied whole into a new file, and into nothing else", function()
    local file, copy = path(), path()
    local store <close> = assert(berth.open(file))
    assert(store:create_provider { name = "node", inventories = { VCPU = 4 } })
    assert(store:place { consumer = "x", resources = { VCPU = 1 } })
    assert.is_true(store:backup(copy))
    local again <close> = assert(berth.open(copy))
    assert.equal(store:dump(), again:dump())
    assert.is_true(again:check())
    local done, err = store:backup(copy)
    assert.is_nil(done)
    assert.equal("duplicate_name", err.code)
    done, err = store:backup(directory .. "/no/such/folder.db")
    assert.is_nil(done)
    assert.equal("io_error", err.code)
    done, err = store:backup "a\0b"
    assert.is_nil(done)
    assert.equal("invalid_value", err.code)
  end)

  it("tells its figures", function()
    local store <close> = assert(berth.open(path()))
    assert(store:create_provider { name = "node", inventories = { VCPU = 4 } })
    assert(store:place { consumer = "x", resources = { VCPU = 1 } })
    local stats = store:stats()
    assert.same({ 1, 1, 1, 2 }, { stats.providers, stats.consumers, stats.allocations,
      stats.sequence })
    assert.equal("sqlite", stats.backend)
    assert.is_true(stats.memory_bytes > 0 and stats.file_bytes > 0)
  end)

  it("finds damage, and says what it found", function()
    if not command.exists "sqlite3" then return pending "sqlite3 is not installed" end
    local file = path()
    do
      local store <close> = assert(berth.open(file))
      assert(store:create_provider { name = "node", inventories = { VCPU = 4 } })
      assert(store:place { consumer = "x", resources = { VCPU = 3 } })
    end
    local damage = command.exec("sqlite3", file, "UPDATE allocations SET provider = 99")
    assert.equal("", damage.err)
    local store, err = berth.open(file)
    if store then
      local fine
      fine, err = store:check()
      assert.is_nil(fine)
      assert.is_true(#err.problems > 0)
      store:close()
    end
    assert.equal("corrupt", err.code)
  end)
end)
