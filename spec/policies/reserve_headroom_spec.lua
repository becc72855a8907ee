-- reserve_headroom: parts of the fleet, of trees and of aggregates that stay free.

local berth = require "berth"

local RACK = "00000000-0000-4000-8000-00000000000a"

describe("reserve_headroom", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    for i = 1, 2 do
      local node = assert(store:create_provider { name = "node" .. i, aggregates = { RACK },
        inventories = { VCPU = 10, MEMORY_MB = 100 } })
      assert(store:create_provider { name = "gpu" .. i, parent = node, inventories = { PGPU = 5 } })
    end
  end)
  after_each(function() store:close() end)

  local function take(consumer, provider, amounts, project)
    return store:allocate { consumer = consumer, project = project,
      allocations = { [provider] = amounts } }
  end

  local function denied(result, err)
    assert.is_nil(result)
    assert.equal("denied", err.code)
    assert.equal("headroom", err.reason)
    return err
  end

  it("keeps a part of the fleet's capacity free", function()
    assert(store:load_policy("reserve_headroom", { percent = { VCPU = 20 } }))
    assert(take("a", "node1", { VCPU = 10 }))
    assert(take("b", "node2", { VCPU = 6, MEMORY_MB = 100 }))
    local err = denied(take("c", "node2", { VCPU = 1 }))
    assert.same({ "VCPU", 20, "fleet" }, { err.class, err.percent, err.per })
  end)

  it("keeps a part of each tree free, so that a search goes on to the next", function()
    assert(store:load_policy("reserve_headroom", { percent = { VCPU = 20 }, per = "tree" }))
    assert(take("a", "node1", { VCPU = 8 }))
    denied(take("b", "node1", { VCPU = 1 }))
    local claim = assert(store:place { consumer = "c", resources = { VCPU = 1 } })
    assert.equal("node2", store:provider((next(claim:resources()))).name)
  end)

  it("keeps a part of an aggregate free, trees of its roots included", function()
    assert(store:load_policy("reserve_headroom", { percent = { PGPU = 10 }, per = "aggregate" }))
    assert(take("a", "gpu1", { PGPU = 5 }))
    assert(take("b", "gpu2", { PGPU = 4 }))
    denied(take("c", "gpu2", { PGPU = 1 }))
  end)

  it("rounds what it keeps up", function()
    assert(store:load_policy("reserve_headroom", { percent = { VCPU = 11 } })) -- 2.2 of 20
    assert(take("a", "node1", { VCPU = 10 }))
    denied(take("b", "node2", { VCPU = 8 }))
    assert(take("b", "node2", { VCPU = 7 }))
  end)

  it("lets those in who are exempt", function()
    assert(store:load_policy("reserve_headroom", { percent = { VCPU = 100 }, exempt = { "ops" } }))
    denied(take("a", "node1", { VCPU = 1 }, "acme"))
    assert(take("b", "node1", { VCPU = 10 }, "ops"))
  end)

  it("is refused at load with a percentage or a place that is none", function()
    assert.is_nil((store:load_policy("reserve_headroom", { percent = { VCPU = 101 } })))
    assert.is_nil((store:load_policy("reserve_headroom", { percent = { VCPU = 2.5 } })))
    assert.is_nil((store:load_policy("reserve_headroom", { per = "rack" })))
  end)
end)
