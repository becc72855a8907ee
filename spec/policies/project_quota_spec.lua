-- project_quota: limits per project and class, for every way to claim.

local berth = require "berth"

describe("project_quota", function()
  local store
  local limits = { acme = { VCPU = 10 }, ["*"] = { VCPU = 4, MEMORY_MB = 1024 } }

  before_each(function()
    store = assert(berth.open ":memory:")
    for i = 1, 3 do
      assert(store:create_provider { name = "node" .. i,
        inventories = { VCPU = 16, MEMORY_MB = 65536 } })
    end
    assert(store:load_policy("project_quota", { limits = limits }))
  end)
  after_each(function()
    assert(store:check())
    store:close()
  end)

  local function place(consumer, project, vcpu, memory)
    return store:place { consumer = consumer, project = project,
      resources = { VCPU = vcpu, MEMORY_MB = memory } }
  end

  local function denied(result, err)
    assert.is_nil(result)
    assert.equal("denied", err.code)
    assert.equal("project_quota", err.policy)
    assert.equal("quota_exceeded", err.reason)
    return err
  end

  it("lets a project use all of its limit and no more", function()
    assert(place("a", "acme", 6))
    assert(place("b", "acme", 4))
    local err = denied(place("c", "acme", 1))
    assert.same({ "acme", "VCPU", 10, 10 }, { err.project, err.class, err.limit, err.used })
    assert.equal("project acme uses 10 of its 10 VCPU and asks for 1 more", err.message)
  end)

  it("leaves nothing of a denied claim behind", function()
    assert(place("a", "acme", 8))
    local before = store:dump()
    denied(place("b", "acme", 3))
    assert.equal(before, store:dump())
    assert.is_nil((store:allocation "b"))
  end)

  it("counts what was released as free again", function()
    local claim = assert(place("a", "acme", 10))
    denied(place("b", "acme", 10))
    assert(claim:release())
    assert(place("b", "acme", 10))
  end)

  it("gives every project that is not named the limits of *, each its own", function()
    assert(place("a", "small", 4))
    denied(place("b", "small", 1))
    assert(place("c", "other", 4))
    denied(place("d", "fresh", 1, 2048))
    denied(place("e", nil, 5)) -- no project is a project like that
  end)

  it("does not limit classes without a limit, nor anybody without any", function()
    assert(place("a", "acme", 10, 65536))
    assert(store:load_policy("project_quota", { limits = { acme = { VCPU = 10 } } }))
    assert(place("b", "nobody", 16, 65536))
  end)

  it("holds for allocations written without a search", function()
    assert(store:allocate { consumer = "a", project = "acme",
      allocations = { node1 = { VCPU = 9 } } })
    denied(store:allocate { consumer = "b", project = "acme",
      allocations = { node2 = { VCPU = 1 }, node3 = { VCPU = 1 } } })
    denied(store:allocate {
      { consumer = "c", project = "acme", allocations = { node1 = { VCPU = 1 } } },
      { consumer = "d", project = "acme", allocations = { node1 = { VCPU = 1 } } },
    })
    assert.same({ VCPU = 9 }, store:usages { project = "acme" })
  end)

  it("holds inside a transaction, where a denied claim undoes only itself", function()
    assert(store:transaction(function(tx)
      assert(tx:place { consumer = "a", project = "acme", resources = { VCPU = 10 } })
      denied(tx:place { consumer = "b", project = "acme", resources = { VCPU = 1 } })
      return true
    end))
    assert.same({ VCPU = 10 }, store:usages { project = "acme" })
  end)

  it("tells a lowered limit at the next claim, not before", function()
    assert(place("a", "acme", 10))
    assert(store:load_policy("project_quota", { limits = { acme = { VCPU = 5 } } }))
    assert.equal(10, denied(place("b", "acme", 1)).used)
    assert(place("c", "acme", nil, 1024)) -- no VCPU asked
  end)
end)
