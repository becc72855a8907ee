-- affinity in a small fleet: each further consumer of a group goes where another of it is.

local berth = require "berth"

local RED, BLUE = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"

describe("affinity", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    for i, rack in ipairs { RED, BLUE, BLUE } do
      assert(store:create_provider { name = "node" .. i, aggregates = { rack, "site" },
        inventories = { VCPU = 4 } })
    end
  end)
  after_each(function() store:close() end)

  local function take(consumer, project, provider, vcpu)
    return store:allocate { consumer = consumer, project = project,
      allocations = { [provider] = { VCPU = vcpu } } }
  end

  local function place(consumer, project, vcpu)
    return store:place { consumer = consumer, project = project, resources = { VCPU = vcpu } }
  end

  local function node_of(claim)
    return store:provider((next(claim:resources()))).name
  end

  local function denied(result, err)
    assert.is_nil(result)
    assert.equal("denied", err.code)
    assert.equal("too_far", err.reason)
  end

  it("brings each further consumer to the tree of its group", function()
    assert(store:load_policy "affinity")
    assert.equal("node1", node_of(assert(place("a1", "acme", 2))))
    assert(take("b1", "other", "node2", 1))
    assert.equal("node2", node_of(assert(place("b2", "other", 1))))
    assert.equal("node1", node_of(assert(place("a2", "acme", 2))))
    denied(place("a3", "acme", 1)) -- node1 is full
  end)

  it("keeps a group in one aggregate", function()
    assert(store:load_policy("affinity", { per = "aggregate", aggregates = { RED, BLUE } }))
    assert(take("a1", "acme", "node2", 4))
    assert.equal("node3", node_of(assert(place("a2", "acme", 4))))
    denied(place("a3", "acme", 1))
  end)

  it("takes any shared aggregate for company unless some are listed", function()
    assert(store:load_policy("affinity", { per = "aggregate" }))
    assert(take("a1", "acme", "node2", 4))
    assert.equal("node1", node_of(assert(place("a2", "acme", 1)))) -- all are in "site"
  end)

  it("is refused at load with a place that is none", function()
    assert.is_nil((store:load_policy("affinity", { per = "rack" })))
  end)
end)
