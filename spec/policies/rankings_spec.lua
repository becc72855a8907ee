-- The shipped rankings in fleets, through the kit: each sends claims where it promises to.

local testing = require "berth.testing"

local function device(name, used)
  return { name = name, inventories = { CUSTOM_GPU_MILLI = 1000 }, used = used }
end

-- A node with a device for each element, which tells how much of it is used.
local function node(name, cpu, used, trait)
  local provider = { name = name, inventories = { CUSTOM_VCPU_MILLI = cpu, MEMORY_MB = 65536 },
    traits = trait and { trait }, children = {} }
  for i, amount in ipairs(used) do provider.children[i] = device(name .. "-" .. i, amount) end
  return provider
end

-- Nodes, what their devices hold already (by a consumer of a type each), and one policy.
local function fleet(nodes, policy, types)
  local spec = { allocations = {}, policies = { policy } }
  for i, provider in ipairs(nodes) do
    spec[i] = provider
    for _, child in ipairs(provider.children) do
      if child.used > 0 then
        table.insert(spec.allocations, { consumer = "on-" .. child.name,
          consumer_type = types and types[child.name],
          allocations = { [child.name] = { CUSTOM_GPU_MILLI = child.used } } })
      end
      child.used = nil
    end
  end
  return testing.fleet(spec)
end

local function slice(milli, consumer_type, cpu)
  return { consumer = "c", consumer_type = consumer_type,
    resources = { CUSTOM_VCPU_MILLI = cpu or 1000 },
    groups = { gpu0 = { resources = { CUSTOM_GPU_MILLI = milli } } } }
end

local function whole(devices, consumer_type)
  local request = { consumer = "c", consumer_type = consumer_type, group_policy = "isolate",
    resources = { CUSTOM_VCPU_MILLI = 1000 }, groups = {} }
  for i = 1, devices do
    request.groups["gpu" .. i] = { resources = { CUSTOM_GPU_MILLI = 1000 } }
  end
  return request
end

local CPU_ONLY = { consumer = "c", resources = { CUSTOM_VCPU_MILLI = 1000 } }

local function goes_to(store, request, ...)
  local result = testing.try(store, request)
  assert.placed(result)
  assert.same({ ... }, result.providers)
  assert.steps(result, "<", 5000)
end

describe("in a fleet", function()
  it("first_fit takes the first node with room, and its fullest device", function()
    local store = fleet({ node("n1", 500, { 500 }), node("n2", 9000, { 0, 500, 900 }),
      node("n3", 9000, { 800 }) }, "first_fit")
    goes_to(store, slice(300), "n2", "n2-2")
    assert(store:release "c")
    goes_to(store, CPU_ONLY, "n2")
  end)

  for _, name in ipairs { "best_fit", "dot_product" } do
    it(name .. " takes the node with the least left, and its fullest device", function()
      local store = fleet({ node("n1", 64000, { 0, 500 }), node("n2", 8000, { 0, 500 }) }, name)
      goes_to(store, slice(300, nil, 8000), "n2", "n2-2")
      assert(store:release "c")
      local scores = testing.scores(store, slice(300, nil, 8000))
      assert.scores(scores.n2, ">", scores.n1)
      goes_to(store, { consumer = "c", resources = { CUSTOM_VCPU_MILLI = 8000 } }, "n2")
    end)
  end

  it("gpu_packing fills used devices, then used nodes, then idle ones", function()
    local store = fleet({ node("n1", 9000, { 0, 0 }), node("n2", 9000, { 500, 0 }) }, "gpu_packing")
    local scores = testing.scores(store, slice(300))
    assert.scores(scores.n2, ">", scores.n1)
    goes_to(store, slice(300), "n2", "n2-1")
    assert(store:release "c")
    goes_to(store, whole(1), "n2", "n2-2")
    assert(store:release "c")
    goes_to(store, whole(2), "n1", "n1-1", "n1-2")
    assert(store:release "c")
    goes_to(store, CPU_ONLY, "n1")
  end)

  it("gpu_clustering keeps kinds together", function()
    local store = fleet({ node("n1", 9000, { 0, 0, 0 }), node("n2", 9000, { 300, 0, 0 }),
      node("n3", 9000, { 300, 1000, 0 }), node("n4", 9000, { 1000, 0, 0 }) }, "gpu_clustering",
      { ["n2-1"] = "SHARE", ["n3-1"] = "SHARE", ["n3-2"] = "GPU_1", ["n4-1"] = "GPU_1" })
    local scores = testing.scores(store, slice(300, "SHARE"))
    assert.scores(scores.n2, ">", scores.n3)
    assert.scores(scores.n3, ">", scores.n1)
    assert.scores(scores.n1, ">", scores.n4)
    goes_to(store, slice(300, "SHARE"), "n2", "n2-1")
    assert(store:release "c")
    goes_to(store, whole(1, "GPU_1"), "n4", "n4-2")
    assert(store:release "c")
    goes_to(store, CPU_ONLY, "n1")
  end)

  it("fgd keeps whole devices of the model that is wanted", function()
    local typical = { { cpu = 1000, gpus = 1, milli = 1000, count = 3, models = { "CUSTOM_A" } },
      { cpu = 2000, gpus = 1, milli = 1000, count = 1, models = { "CUSTOM_A" } },
      { cpu = 9000, gpus = 0, milli = 0, count = 1 },
      { cpu = 1000, gpus = 1, milli = 300, count = 1, models = {} } }
    local nodes = { node("n1", 9000, { 0 }, "CUSTOM_A"), node("n2", 9000, { 0, 500 }, "CUSTOM_A"),
      node("n3", 9000, { 0 }, "CUSTOM_B") }
    local store = fleet(nodes, { path = "fgd", parameters = { typical = typical } })
    local scores = testing.scores(store, slice(500))
    assert.scores(scores.n2, ">", scores.n1)
    assert.scores(scores.n3, ">", scores.n1)
    goes_to(store, slice(500), "n2", "n2-2")
  end)

  it("fgd keeps whole devices when nobody says what is typical", function()
    local store = fleet({ node("n1", 9000, { 0 }), node("n2", 9000, { 500 }) }, "fgd")
    goes_to(store, slice(500), "n2", "n2-1")
  end)

  it("random goes anywhere, and to the same place for the same seed", function()
    local seen, count = {}, 0
    for seed = 1, 20 do
      local chosen
      for _ = 1, 2 do
        local store = fleet({ node("n1", 9000, { 0, 0 }), node("n2", 9000, { 0, 0 }) },
          { path = "random", parameters = { seed = seed } })
        local result = testing.try(store, slice(300))
        assert.placed(result)
        assert.equal(chosen or result.providers[1], result.providers[1])
        chosen = result.providers[1]
        assert(store:release "c")
        assert.placed(testing.try(store, CPU_ONLY))
      end
      count, seen[chosen] = seen[chosen] and count or count + 1, true
    end
    assert.equal(2, count)
  end)

  it("random takes slices from shared devices outside of the tree", function()
    local store = testing.fleet {
      { name = "n1", inventories = { CUSTOM_VCPU_MILLI = 9000 }, aggregates = { "rack" } },
      { name = "pool", inventories = { CUSTOM_GPU_MILLI = 1000 }, aggregates = { "rack" },
        traits = { "MISC_SHARES_VIA_AGGREGATE" } },
      policies = { "random" },
    }
    goes_to(store, slice(300), "n1", "pool")
  end)

  it("spread takes the node with the fewest consumers, and its fullest device", function()
    local store = fleet({ node("n1", 9000, { 100, 100 }), node("n2", 9000, { 500, 0 }) }, "spread")
    goes_to(store, slice(300), "n2", "n2-1")
    assert(store:release "c")
    goes_to(store, CPU_ONLY, "n2")
  end)
end)
