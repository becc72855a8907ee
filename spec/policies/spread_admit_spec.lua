-- spread with a limit: how many of a group may share a tree or a rack.

local berth = require "berth"

local RED, BLUE = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"

describe("spread, with a limit,", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    for i, rack in ipairs { RED, RED, BLUE } do
      local node = assert(store:create_provider { name = "node" .. i, aggregates = { rack },
        inventories = { VCPU = 16 } })
      assert(store:create_provider { name = "gpu" .. i, parent = node, inventories = { PGPU = 8 } })
    end
  end)
  after_each(function() store:close() end)

  local function place(consumer, resources, project)
    local claim, err = store:place { consumer = consumer, project = project,
      resources = resources or { VCPU = 1 } }
    return claim and store:provider((next(claim:resources()))).root.name, err
  end

  it("only ranks while there is no limit", function()
    assert(store:load_policy "spread")
    for i = 1, 48 do assert.equal("node" .. (i - 1) % 3 + 1, place("a" .. i)) end
  end)

  it("fills trees evenly up to the limit", function()
    assert(store:load_policy("spread", { max = 2 }))
    for i = 1, 6 do assert.equal("node" .. (i - 1) % 3 + 1, place("a" .. i)) end
    local none, err = place "a7"
    assert.is_nil(none)
    assert.equal("too_close", err.reason)
    assert.equal(2, err.max)
    assert.equal("node1", place("b1", nil, "other"))
  end)

  it("fills racks up to the limit, whatever in them is taken", function()
    assert(store:load_policy("spread", { max = 2, per = "aggregate" }))
    local racks = { node1 = RED, node2 = RED, node3 = BLUE }
    local count = { [RED] = 0, [BLUE] = 0 }
    for i = 1, 4 do
      local rack = racks[place("a" .. i, i % 2 == 0 and { PGPU = 1 } or nil)]
      count[rack] = count[rack] + 1
    end
    assert.same({ [RED] = 2, [BLUE] = 2 }, count)
    assert.equal("too_close", select(2, place "a5").reason)
  end)
end)
