-- Allocations through the public face: writes that state everything a consumer holds, their rules
-- and generations, many consumers at once, release, move, reshape and usages.

local berth = require "berth"

describe("an allocation", function()
  local store, p, q
  before_each(function()
    store = assert(berth.open ":memory:")
    p = assert(store:create_provider { name = "p", inventories = { VCPU = 10,
      MEMORY_MB = { total = 1024, min_unit = 128, max_unit = 512, step_size = 128 } } })
    q = assert(store:create_provider { name = "q", inventories = { VCPU = 10 } })
  end)
  after_each(function()
    assert(store:check())
    store:close()
  end)

  local function refused(code, result, err)
    assert.is_nil(result)
    assert.equal(code, err.code)
    return err
  end

  local function put(consumer, generation, allocations)
    return store:allocate { consumer = consumer, generation = generation,
      allocations = allocations }
  end

  it("is written as the reference's vectors say", function()
    assert(put("x", false, { [p] = { VCPU = 4 } }))
    assert.equal(1, store:allocation("x").generation)
    assert.equal(1, p.generation)
    refused("generation_conflict", put("x", false, { [p] = { VCPU = 4 } }))
    refused("generation_conflict", put("x", 0, { [p] = { VCPU = 4 } }))
    assert(put("x", 1, { [p] = { VCPU = 10 } })) -- its own 4 do not count
    refused("capacity_exceeded", put("y", false, { [p] = { VCPU = 1 } }))
    refused("not_found", store:allocation "y")
    for _, amount in ipairs { 64, 200, 640 } do
      refused("invalid_amount", put("y", false, { [p] = { MEMORY_MB = amount } }))
    end
    local err = refused("not_found", put("y", false, { nobody = { VCPU = 1 } }))
    assert.equal("nobody", err.provider)
    refused("not_found", store:allocation "y")
    assert.equal(2, p.generation)
    assert(put("x", 2, { [q] = { VCPU = 1 } }))
    assert.equal(2, p.generation)
    assert.equal(1, q.generation)
    assert.is_true(put("x", 3, {}))
    refused("not_found", store:allocation "x")
    refused("generation_conflict", put("x", 3, { [q] = { VCPU = 1 } }))
    assert(put("x", false, { [q] = { VCPU = 1 } }))
  end)

  it("swaps places in one write, not in two", function()
    assert(put("a", nil, { [p] = { VCPU = 8 } }))
    assert(put("b", nil, { [q] = { VCPU = 8 } }))
    refused("capacity_exceeded", put("a", nil, { [q] = { VCPU = 8 } }))
    local both = assert(store:allocate {
      { consumer = "a", allocations = { [q] = { VCPU = 8 } } },
      { consumer = "b", allocations = { [p] = { VCPU = 8 } } },
    })
    assert.same({ [q.uuid] = { VCPU = 8 } }, both[1]:resources())
    assert.same({ [p.uuid] = { VCPU = 8 } }, both[2]:resources())
  end)

  it("is written for all consumers of a list or for none", function()
    local before = store:dump()
    refused("capacity_exceeded", store:allocate {
      { consumer = "a", allocations = { [p] = { VCPU = 4 } } },
      { consumer = "b", allocations = { [p] = { VCPU = 7 } } },
    })
    assert.equal(before, store:dump())
    refused("invalid_value", store:allocate {
      { consumer = "a", allocations = { [p] = { VCPU = 4 } } },
      { consumer = "a", allocations = { [q] = { VCPU = 4 } } },
    })
    assert.equal(before, store:dump())
  end)

  it("answers true for a consumer that ends up with nothing, also in a list", function()
    assert.is_true(put("nobody", nil, {}))
    refused("not_found", store:allocation "nobody")
    assert(put("a", nil, { [p] = { VCPU = 1 } }))
    local list = assert(store:allocate {
      { consumer = "a", allocations = {} },
      { consumer = "b", allocations = { [p] = { VCPU = 1 } } },
    })
    assert.is_true(list[1])
    assert.equal("b", list[2].consumer)
    assert.same({ VCPU = 1 }, store:usages())
  end)

  it("bumps the providers of a consumer that is emptied, but none when it is released", function()
    assert(put("a", nil, { [p] = { VCPU = 1 } }))
    assert(put("b", nil, { [p] = { VCPU = 1 } }))
    assert.equal(2, p.generation)
    assert(put("a", nil, {}))
    assert.equal(3, p.generation)
    assert(store:release "b")
    assert.equal(3, p.generation)
    refused("not_found", store:release "b")
  end)

  it("may shrink on a provider over capacity, never grow", function()
    assert(put("x", nil, { [q] = { VCPU = 9 } }))
    assert(q:set_inventory("VCPU", 4))
    assert(put("x", nil, { [q] = { VCPU = 8 } }))
    assert(put("x", nil, { [q] = { VCPU = 8 } }))
    local err = refused("capacity_exceeded", put("x", nil, { [q] = { VCPU = 9 } }))
    assert.equal(q.uuid, err.provider)
    assert.equal("VCPU", err.class)
    assert.equal(9, err.want)
    assert.equal(4, err.have)
    refused("capacity_exceeded", put("y", nil, { [q] = { VCPU = 1 } }))
    assert(store:allocate { -- handed over whole
      { consumer = "x", allocations = {} },
      { consumer = "y", allocations = { [q] = { VCPU = 8 } } },
    })
  end)

  it("needs inventory of the class", function()
    local err = refused("capacity_exceeded", put("x", nil, { [q] = { DISK_GB = 1 } }))
    assert.equal(0, err.have)
    refused("not_found", put("x", nil, { [q] = { CUSTOM_NONE = 1 } }))
  end)

  it("tells who holds it and what it is", function()
    local claim = assert(store:allocate { consumer = "vm", project = "acme", user = "ann",
      consumer_type = "INSTANCE", allocations = { p = { VCPU = 2, MEMORY_MB = 256 },
      [q.uuid] = { VCPU = 1 } } })
    assert.equal("vm", claim.consumer)
    assert.equal("acme", claim.project)
    assert.equal("ann", claim.user)
    assert.equal("INSTANCE", claim.consumer_type)
    assert.equal(1, claim.generation)
    assert.same({ [p.uuid] = { VCPU = 2, MEMORY_MB = 256 }, [q.uuid] = { VCPU = 1 } },
      claim:resources())
    assert.equal(claim, store:allocation "vm")
  end)

  it("keeps what a write does not tell and replaces what it tells", function()
    assert(store:allocate { consumer = "vm", project = "acme", consumer_type = "INSTANCE",
      allocations = { p = { VCPU = 2 } } })
    local claim = assert(store:allocate { consumer = "vm", user = "ann",
      allocations = { p = { VCPU = 3 } } })
    assert.equal("acme", claim.project)
    assert.equal("ann", claim.user)
    assert.equal("INSTANCE", claim.consumer_type)
    assert.equal(2, claim.generation)
    claim = assert(store:allocate { consumer = "vm", project = "other",
      allocations = { p = { VCPU = 3 } } })
    assert.equal("other", claim.project)
  end)

  it("has an unknown type until one is told, and takes that word back", function()
    local claim = assert(put("vm", nil, { p = { VCPU = 1 } }))
    assert.is_nil(claim.project)
    assert.equal("unknown", claim.consumer_type)
    assert(store:allocate { consumer = "vm", consumer_type = claim.consumer_type,
      allocations = { p = { VCPU = 1 } } })
    refused("invalid_value", store:allocate { consumer = "vm", consumer_type = "instance",
      allocations = { p = { VCPU = 1 } } })
  end)

  it("tells that it is gone", function()
    local claim = assert(put("vm", nil, { p = { VCPU = 1 } }))
    assert.is_true(claim:release())
    assert.equal("vm", claim.consumer)
    assert.is_nil(claim.generation)
    refused("not_found", claim:resources())
    refused("not_found", claim:release())
    refused("not_found", claim:move "resources=VCPU:1")
    assert(put("vm", nil, { q = { VCPU = 1 } }))
    assert.equal(1, claim.generation) -- the same consumer, anew
  end)

  it("treats one provider under two names as one", function()
    refused("invalid_value", put("vm", nil, { p = { VCPU = 1 }, [p] = { VCPU = 1 } }))
  end)

  describe("that moves", function()
    local function placed_on(claim) return next(claim:resources()) end

    it("goes where the request is met, its own use not counted", function()
      local claim = assert(store:place { consumer = "vm", project = "acme",
        resources = { VCPU = 10 }, in_tree = p })
      assert.is_true(claim:move { resources = { VCPU = 8 }, in_tree = p })
      assert.same({ [p.uuid] = { VCPU = 8 } }, claim:resources())
      assert.is_true(claim:move { resources = { VCPU = 8 }, in_tree = q })
      assert.equal(q.uuid, placed_on(claim))
      assert.equal(3, claim.generation)
      assert.equal("acme", claim.project)
      assert.same({ VCPU = 0, MEMORY_MB = 0 }, p:usages())
    end)

    it("stays when there is no room", function()
      assert(put("other", nil, { q = { VCPU = 5 } }))
      local claim = assert(put("vm", nil, { p = { VCPU = 6 } }))
      local before = store:dump()
      refused("no_candidate", claim:move { resources = { VCPU = 6 }, in_tree = q })
      assert.equal(before, store:dump())
    end)

    it("keeps its consumer: who asks cannot be said", function()
      local claim = assert(put("vm", nil, { p = { VCPU = 1 } }))
      assert.error_matches(function() claim:move { resources = { VCPU = 1 }, project = "x" } end,
        "a move keeps its consumer")
    end)
  end)

  describe("counted as usage", function()
    before_each(function()
      local function hold(consumer, project, user, consumer_type, n)
        assert(store:allocate { consumer = consumer, project = project, user = user,
          consumer_type = consumer_type, allocations = { p = { VCPU = n } } })
      end
      hold("a", "acme", "ann", "INSTANCE", 1)
      hold("b", "acme", "bob", "INSTANCE", 2)
      hold("c", "acme", "bob", nil, 3)
      assert(store:allocate { consumer = "d", project = "other", user = "ann",
        allocations = { p = { MEMORY_MB = 128 } } })
    end)

    it("is summed over whoever is asked for", function()
      assert.same({ VCPU = 6, MEMORY_MB = 128 }, store:usages())
      assert.same({ VCPU = 6 }, store:usages { project = "acme" })
      assert.same({ VCPU = 5 }, store:usages { project = "acme", user = "bob" })
      assert.same({ VCPU = 1, MEMORY_MB = 128 }, store:usages { user = "ann" })
      assert.same({ VCPU = 3 }, store:usages { project = "acme", consumer_type = "INSTANCE" })
      assert.same({ VCPU = 3 }, store:usages { project = "acme", consumer_type = "unknown" })
      assert.same({ VCPU = 6 }, store:usages { project = "acme", consumer_type = "all" })
      assert.same({}, store:usages { project = "nobody" })
      assert.same({}, store:usages { consumer_type = "MIGRATION" })
    end)

    it("is told by type with the number of consumers", function()
      assert.same({ INSTANCE = { VCPU = 3, consumer_count = 2 },
        unknown = { VCPU = 3, consumer_count = 1 } },
        store:usages { project = "acme", by_type = true })
      assert.same({ all = { VCPU = 6, consumer_count = 3 } },
        store:usages { project = "acme", by_type = true, consumer_type = "all" })
      assert.same({ unknown = { VCPU = 3, consumer_count = 1 } },
        store:usages { project = "acme", by_type = true, consumer_type = "unknown" })
    end)

    it("goes with the allocation", function()
      for _, consumer in ipairs { "a", "b", "c", "d" } do assert(store:release(consumer)) end
      assert.same({}, store:usages())
    end)
  end)

  describe("reshaped", function()
    local root, child
    before_each(function()
      root = assert(store:create_provider { name = "root", inventories = { VGPU = 8, VCPU = 4 } })
      child = assert(store:create_provider { name = "child", parent = root })
      assert(store:allocate { consumer = "vm", allocations = { root = { VGPU = 3, VCPU = 1 } } })
    end)

    it("moves inventories and allocations in one step", function()
      assert.is_true(store:reshape {
        inventories = {
          [root] = { generation = root.generation, inventories = { VCPU = 4 } },
          child = { inventories = { VGPU = { total = 8 } } },
        },
        allocations = {
          { consumer = "vm", generation = 1, allocations = { root = { VCPU = 1 },
            [child] = { VGPU = 3 } } },
        },
      })
      assert.same({ VGPU = 3 }, child:usages())
      assert.same({ VCPU = 1 }, root:usages())
      assert.equal(2, store:allocation("vm").generation)
    end)

    it("changes nothing when any part of it is refused", function()
      local before = store:dump()
      refused("inventory_in_use", store:reshape {
        inventories = { root = { inventories = { VCPU = 4 } },
          child = { inventories = { VGPU = 8 } } } })
      refused("generation_conflict", store:reshape {
        inventories = { root = { generation = 7, inventories = { VCPU = 4, VGPU = 8 } } } })
      refused("invalid_capacity", store:reshape {
        inventories = { root = { inventories = { VGPU = 8,
          VCPU = { total = 4, reserved = 5 } } } } })
      refused("capacity_exceeded", store:reshape {
        inventories = { child = { inventories = { VGPU = 2 } } },
        allocations = { { consumer = "vm", allocations = { child = { VGPU = 3 } } } } })
      local err = refused("invalid_value", store:reshape {
        inventories = {}, allocations = { { consumer = "vm", allocations = {} } } })
      assert.equal("inventories", err.parameter)
      assert.equal(before, store:dump())
    end)
  end)
end)
