-- maintenance: drained providers get nothing new, by search or by name.

local berth = require "berth"

describe("maintenance", function()
  local store, node1
  before_each(function()
    store = assert(berth.open ":memory:")
    assert(store:create_trait "CUSTOM_MAINTENANCE")
    for i = 1, 2 do
      local node = assert(store:create_provider { name = "node" .. i, inventories = { VCPU = 8 } })
      assert(store:create_provider { name = "gpu" .. i, parent = node, inventories = { PGPU = 1 } })
      node1 = node1 or node
    end
    node1 = assert(store:provider "node1")
  end)
  after_each(function() store:close() end)

  local function place(consumer, resources)
    local claim, err = store:place { consumer = consumer, resources = resources }
    return claim and store:provider((next(claim:resources()))).name, err
  end

  it("sends new claims elsewhere while the trait is set, and back afterwards", function()
    assert(store:load_policy "maintenance")
    assert.equal("node1", place("a", { VCPU = 1 }))
    assert(node1:set_traits { "CUSTOM_MAINTENANCE" })
    assert.equal("node2", place("b", { VCPU = 1 }))
    assert(store:allocation("a")) -- what is there stays
    assert(node1:set_traits {})
    assert.equal("node1", place("c", { VCPU = 1 }))
  end)

  it("drains what lies below a drained provider", function()
    assert(store:load_policy("maintenance", { providers = { "node1" } }))
    assert.equal("gpu2", place("a", { PGPU = 1 }))
    local none, err = place("b", { PGPU = 1 })
    assert.is_nil(none)
    assert.equal("no_candidate", err.code)
  end)

  it("takes a uuid for a name", function()
    assert(store:load_policy("maintenance", { providers = { node1.uuid } }))
    assert.equal("node2", place("a", { VCPU = 1 }))
  end)

  it("denies allocations that name a drained provider", function()
    assert(store:load_policy("maintenance", { providers = { "node1" } }))
    local held, err = store:allocate { consumer = "a", allocations = { gpu1 = { PGPU = 1 } } }
    assert.is_nil(held)
    assert.equal("maintenance", err.reason)
    assert.equal("node1", err.provider)
    assert(store:allocate { consumer = "a", allocations = { gpu2 = { PGPU = 1 } } })
  end)
end)
