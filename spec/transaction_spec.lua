-- Transactions through the public face: what is kept and what is undone, however one ends;
-- savepoints, diffs, and what a store answers while one is open.

local berth = require "berth"

describe("a transaction", function()
  local store, node
  before_each(function()
    store = assert(berth.open ":memory:")
    node = assert(store:create_provider { name = "node", inventories = { VCPU = 8 } })
  end)
  after_each(function() store:close() end)

  local function claim(at, consumer, amount)
    return at:allocate { consumer = consumer, allocations = { node = { VCPU = amount or 1 } } }
  end

  local function exists(consumer) return (store:allocation(consumer)) ~= nil end

  describe("around a function", function()
    it("is kept when the function returns, and passes on what it returns", function()
      local a, b, c = store:transaction(function(tx)
        assert(claim(tx, "x"))
        return 1, nil, 3
      end)
      assert.same({ 1, nil, 3 }, { a, b, c })
      assert.is_true(exists "x")
    end)

    it("answers true when the function returns nothing", function()
      assert.is_true(store:transaction(function() end))
    end)

    it("is undone when the function returns nil and an error", function()
      local before = store:dump()
      local result, err, more = store:transaction(function(tx)
        assert(claim(tx, "x"))
        return nil, "no", "more"
      end)
      assert.same({ nil, "no", "more" }, { result, err, more })
      assert.equal(before, store:dump())
    end)

    it("is kept when the function returns nil alone, or false", function()
      assert.is_nil((store:transaction(function(tx) claim(tx, "x") return nil end)))
      assert.is_false((store:transaction(function(tx) claim(tx, "y") return false, "z" end)))
      assert.is_true(exists "x" and exists "y")
    end)

    it("passes a refusal on as it came", function()
      local result, err = store:transaction(function(tx)
        claim(tx, "x")
        return claim(tx, "y", 100)
      end)
      assert.is_nil(result)
      assert.equal("capacity_exceeded", err.code)
      assert.is_false(exists "x")
    end)

    it("is undone by an error, which goes on with its traceback", function()
      local before = store:dump()
      local marker = {}
      local function deep(tx) claim(tx, "x") error(marker) end
      local trace
      local ok, err = xpcall(function() store:transaction(function(tx) deep(tx) end) end,
        function(e) trace = debug.traceback() return e end)
      assert.is_false(ok)
      assert.equal(marker, err)
      assert.matches("upvalue 'deep'", trace)
      assert.equal(before, store:dump())
      assert(claim(store, "x")) -- and nothing is left open
    end)

    it("may be ended early by the function itself", function()
      assert.equal(7, store:transaction(function(tx) claim(tx, "x") tx:rollback() return 7 end))
      assert.equal(8, store:transaction(function(tx) claim(tx, "y") tx:commit() return 8 end))
      assert.is_false(exists "x")
      assert.is_true(exists "y")
    end)

    it("does not pretend when the store was closed in it", function()
      assert.error_matches(function()
        store:transaction(function(tx) claim(tx, "x") store:close() return true end)
      end, "store is closed")
    end)

    it("cannot be left by a yield", function()
      local run = coroutine.wrap(function()
        store:transaction(function(tx) claim(tx, "x") coroutine.yield() end)
      end)
      assert.error_matches(run, "yield")
      assert.is_false(exists "x")
      assert(claim(store, "x"))
    end)

    it("is undone by what ends a coroutine, while that coroutine is still held", function()
      local marker = {}
      for i, leave in ipairs { coroutine.yield, function() error(marker) end } do
        local dead = coroutine.create(function()
          store:transaction(function(tx) claim(tx, "x") leave() end)
        end)
        local ok, err = coroutine.resume(dead)
        assert.is_false(ok)
        if i == 2 then assert.equal(marker, err) end
        assert.equal("dead", coroutine.status(dead))
        assert.is_false(exists "x")
        assert(claim(store, "y" .. i))
      end
    end)

    it("takes a function", function()
      assert.error_matches(function() store:transaction() end, "function expected")
      assert.error_matches(function() store:transaction {} end, "function expected")
    end)
  end)

  describe("begun by hand", function()
    it("is kept by commit and undone by rollback", function()
      local tx = assert(store:begin())
      assert(claim(tx, "x"))
      assert.is_true(tx:commit())
      assert.is_true(exists "x")
      tx = assert(store:begin())
      assert(claim(tx, "y"))
      assert.is_true(tx:rollback())
      assert.is_false(exists "y")
    end)

    it("is undone when its variable is closed", function()
      do
        local tx <close> = assert(store:begin())
        assert(claim(tx, "x"))
      end
      assert.is_false(exists "x")
      do
        local tx <close> = assert(store:begin())
        assert(claim(tx, "x"))
        assert(tx:commit())
      end
      assert.is_true(exists "x")
    end)

    it("is undone when it is forgotten", function()
      claim(assert(store:begin()), "x")
      collectgarbage()
      collectgarbage()
      assert.is_false(exists "x")
      assert(claim(store, "x"))
    end)

    it("is over once it ended", function()
      local tx = assert(store:begin())
      assert(tx:commit())
      for _, method in ipairs { "commit", "rollback", "savepoint", "diff", "traits", "dump" } do
        assert.error_matches(function() tx[method](tx) end, "transaction is over")
      end
      assert.error_matches(function() claim(tx, "x") end, "transaction is over")
      assert.matches("over", tostring(tx))
    end)

    it("is undone with its store", function()
      local tx = assert(store:begin())
      store:close()
      assert.error_matches(function() tx:commit() end, "store is closed")
    end)
  end)

  it("leaves a verb that fails in it without a trace, and goes on", function()
    store:transaction(function(tx)
      assert(claim(tx, "x", 4))
      local before = tx:diff()
      assert.is_nil((claim(tx, "y", 5)))
      assert.is_nil((tx:create_provider { name = "node" }))
      assert.is_nil((tx:place { consumer = "z", resources = { VCPU = 5 } }))
      assert.same(before, tx:diff())
      assert(claim(tx, "y", 4))
    end)
    assert.same({ VCPU = 8 }, store:usages())
  end)

  it("sees its own changes, as does the store while it is open", function()
    store:transaction(function(tx)
      assert(claim(tx, "x", 3))
      assert.same({ VCPU = 3 }, tx:usages())
      assert.same({ VCPU = 3 }, store:usages())
      assert.same({ VCPU = 3 }, node:usages())
      assert.is_nil((tx:place { consumer = "y", resources = { VCPU = 6 } }))
      tx:rollback()
      assert.same({}, store:usages())
    end)
  end)

  it("keeps the store's own verbs out", function()
    local tx <close> = assert(store:begin())
    local holder = assert(claim(tx, "x"))
    local outside = assert(store:allocation "x")
    for name, write in pairs {
      create = function() return store:create_provider { name = "new" } end,
      place = function() return store:place { consumer = "y", resources = { VCPU = 1 } } end,
      release = function() return store:release "x" end,
      trait = function() return store:create_trait "CUSTOM_T" end,
      inventory = function() return node:set_inventory("VCPU", 1) end,
      allocation = function() return outside:release() end,
      begin = function() return store:begin() end,
      transaction = function() return store:transaction(error) end,
    } do
      local result, err = write()
      assert.is_nil(result, name)
      assert.equal("busy", err.code, name)
    end
    assert(holder:release()) -- what came from the transaction is part of it
  end)

  it("lends its handles to the store when it is over", function()
    local made, held
    store:transaction(function(tx)
      made = assert(tx:create_provider { name = "made" })
      assert(made:set_inventories { VCPU = 1 })
      held = assert(tx:allocate { consumer = "x", allocations = { [made] = { VCPU = 1 } } })
    end)
    assert.equal(2, made.generation)
    assert.equal(made, store:provider "made")
    assert(held:release())
    assert(made:delete())
  end)

  it("leaves handles of what it undid with nothing", function()
    local made, held
    store:transaction(function(tx)
      made = assert(tx:create_provider { name = "made", inventories = { VCPU = 1 } })
      held = assert(tx:allocate { consumer = "x", allocations = { [made] = { VCPU = 1 } } })
      tx:rollback()
    end)
    assert.is_nil(made.name)
    assert.is_nil(held.generation)
    local result, err = made:delete()
    assert.is_nil(result)
    assert.equal("not_found", err.code)
  end)

  it("has no say in another store", function()
    local other <close> = assert(berth.open ":memory:")
    assert(store:begin())
    assert(other:create_provider { name = "node" })
  end)

  describe("with savepoints", function()
    local tx
    before_each(function() tx = assert(store:begin()) end)

    it("goes back to one and on from there, more than once", function()
      assert(claim(tx, "a"))
      local point = assert(tx:savepoint())
      for _ = 1, 2 do
        assert(claim(tx, "b"))
        assert.is_true(point:rollback())
        assert.is_false(exists "b")
      end
      assert(claim(tx, "c"))
      assert(tx:commit())
      assert.is_true(exists "a" and exists "c")
    end)

    it("forgets the inner ones when it goes back to an outer one", function()
      local outer = assert(tx:savepoint())
      assert(claim(tx, "a"))
      local inner = assert(tx:savepoint())
      assert(outer:rollback())
      assert(claim(tx, "b"))
      assert(claim(tx, "c"))
      assert.error_matches(function() inner:rollback() end, "savepoint is over")
      assert.is_true(exists "c")
      local again = assert(tx:savepoint())
      assert.error_matches(function() inner:rollback() end, "savepoint is over")
      assert(again:rollback())
    end)

    it("keeps what came after a released one", function()
      local point = assert(tx:savepoint())
      assert(claim(tx, "a"))
      assert.is_true(point:release())
      assert.error_matches(function() point:rollback() end, "savepoint is over")
      assert(tx:commit())
      assert.is_true(exists "a")
    end)

    it("undoes what came after one whose variable is closed", function()
      do
        local point <close> = assert(tx:savepoint())
        assert(claim(tx, "a"))
        assert.is_true(exists "a")
        assert.is_function(point.rollback)
      end
      do
        local point <close> = assert(tx:savepoint())
        assert(claim(tx, "b"))
        assert(point:release())
      end
      assert(tx:commit())
      assert.is_false(exists "a")
      assert.is_true(exists "b")
    end)

    it("has none left when it is over", function()
      local point = assert(tx:savepoint())
      assert(tx:commit())
      assert.error_matches(function() point:rollback() end, "savepoint is over")
      assert(store:begin())
      assert.error_matches(function() point:rollback() end, "savepoint is over")
    end)
  end)

  it("tells what it would change", function()
    store:transaction(function(tx)
      assert.same({}, tx:diff())
      assert(tx:create_trait "CUSTOM_T")
      assert(node:update { name = "no" } == nil) -- not part of it
      assert(tx:provider("node"):set_traits { "CUSTOM_T" })
      assert(tx:allocate { consumer = "x", project = "acme",
        allocations = { node = { VCPU = 2 } } })
      assert(tx:release "x")
      local kinds = {}
      for i, change in ipairs(tx:diff()) do kinds[i] = change.kind end
      assert.same({ "name", "trait", "provider", "name", "consumer", "allocation", "provider",
        "allocation", "consumer" }, kinds)
      local diff = tx:diff()
      assert.same({ kind = "name", of = "trait", name = "CUSTOM_T", before = false,
        after = true }, diff[1])
      assert.same({ kind = "provider", provider = node.uuid, before = { generation = 0 },
        after = { generation = 1 } }, diff[3])
      assert.same({ kind = "consumer", consumer = "x",
        after = { project = "acme", generation = 1 } }, diff[5])
      assert.same({ kind = "allocation", consumer = "x", provider = node.uuid, class = "VCPU",
        before = 0, after = 2 }, diff[6])
      assert.same({ kind = "allocation", consumer = "x", provider = node.uuid, class = "VCPU",
        before = 2, after = 0 }, diff[8])
    end)
  end)
end)
