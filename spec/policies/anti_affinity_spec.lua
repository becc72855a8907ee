-- anti_affinity in a small fleet: consumers of a group keep apart, by tree and by rack.

local berth = require "berth"

local RED, BLUE = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"

describe("anti_affinity", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    for i, rack in ipairs { RED, RED, BLUE } do
      local node = assert(store:create_provider { name = "node" .. i, aggregates = { rack },
        inventories = { VCPU = 16 } })
      assert(store:create_provider { name = "gpu" .. i, parent = node, inventories = { PGPU = 4 } })
    end
  end)
  after_each(function() store:close() end)

  local function place(consumer, project, resources)
    return store:place { consumer = consumer, project = project, consumer_type = "DB",
      resources = resources or { VCPU = 1 } }
  end

  local function node_of(claim)
    return store:provider((next(claim:resources()))).root.name
  end

  local function denied(result, err)
    assert.is_nil(result)
    assert.equal("denied", err.code)
    assert.equal("too_close", err.reason)
    return err
  end

  it("puts a group's consumers on trees of their own, and denies one too many", function()
    assert(store:load_policy "anti_affinity")
    local nodes = {}
    for i = 1, 3 do nodes[i] = node_of(assert(place("a" .. i, "acme"))) end
    assert.same({ "node1", "node2", "node3" }, nodes)
    assert.equal(1, denied(place("a4", "acme")).max)
    assert.equal("node1", node_of(assert(place("b1", "other"))))
  end)

  it("counts by aggregate, through the root for what lies below it", function()
    assert(store:load_policy("anti_affinity", { per = "aggregate" }))
    assert.equal("node1", node_of(assert(place("a1", "acme", { PGPU = 1 }))))
    assert.equal("node3", node_of(assert(place("a2", "acme"))))
    denied(place("a3", "acme"))
  end)

  it("allows so many as max says", function()
    assert(store:load_policy("anti_affinity", { per = "aggregate", max = 2 }))
    for i = 1, 4 do assert(place("a" .. i, "acme")) end
    denied(place("a5", "acme"))
  end)

  it("heeds only the aggregates that are listed", function()
    assert(store:load_policy("anti_affinity", { per = "aggregate", aggregates = { BLUE } }))
    for i = 1, 20 do assert(place("a" .. i, "acme")) end -- all on red nodes
    local function on_blue(consumer)
      return store:allocate { consumer = consumer, project = "acme", consumer_type = "DB",
        allocations = { gpu3 = { PGPU = 1 } } }
    end
    assert(on_blue "b1")
    denied(on_blue "b2")
  end)

  it("groups consumers by what it is told", function()
    assert(store:load_policy("anti_affinity", { group = { "user" } }))
    local function of(consumer, user)
      return store:place { consumer = consumer, user = user, resources = { VCPU = 1 } }
    end
    assert.equal("node1", node_of(assert(of("a", "ann"))))
    assert.equal("node1", node_of(assert(of("b", "bob"))))
    assert.equal("node2", node_of(assert(of("c", "ann"))))
  end)

  it("does not count the claim that it replaces", function()
    assert(store:load_policy "anti_affinity")
    assert(place("a1", "acme"))
    assert(store:allocate { consumer = "a1", project = "acme", consumer_type = "DB",
      allocations = { node1 = { VCPU = 2 } } })
  end)

  it("is refused at load with a place that is none", function()
    local ok, err = store:load_policy("anti_affinity", { per = "rack" })
    assert.is_nil(ok)
    assert.equal("policy_error", err.code)
  end)
end)
