--- How long candidates, placements and explanations take, through the public face.  Each line is
-- the best of several rounds; answers are counted, so that a fast wrong one shows.
local berth = require "berth"

local ROUNDS = 5

--- Runs `work()` and prints the shortest time with what it returned.
local function measure(what, work)
  local best, answer = math.huge, nil
  for _ = 1, ROUNDS do
    collectgarbage()
    local start = os.clock()
    answer = work()
    best = math.min(best, os.clock() - start)
  end
  print(("%-58s %12.1f us   %s"):format(what, best * 1e6, answer))
end

local function count(store, request)
  local n = 0
  for _ in assert(store:candidates(request)) do n = n + 1 end
  return n
end

local function tree(children, class)
  local store = assert(berth.open(":memory:"))
  assert(store:create_provider { name = "root", inventories = { VCPU = 64 } })
  for i = 1, children do
    assert(store:create_provider { name = "child" .. i, parent = "root",
                                   inventories = { [class] = 1 } })
  end
  return store
end

local function groups(n, class, more)
  local request = { groups = {}, group_policy = "isolate" }
  for i = 1, n do request.groups[("g%02d"):format(i)] = { resources = { [class] = 1 } } end
  for key, value in pairs(more or {}) do request[key] = value end
  return assert(berth.request(request))
end

local function symmetric()
  local wide <close> = tree(64, "PGPU")
  for _, form in ipairs { { limit = 1 }, { canonical = true } } do
    local request = groups(32, "PGPU", form)
    measure("32 groups over 64 children, " .. (form.limit and "first" or "canonical"),
            function() return count(wide, request) end)
  end
  local narrow <close> = tree(31, "PGPU")
  local crowded = groups(32, "PGPU")
  measure("32 groups over 31 children", function() return count(narrow, crowded) end)
  local square <close> = tree(8, "PGPU")
  for _, form in ipairs { {}, { limit = 1000 }, { canonical = true } } do
    local request = groups(8, "PGPU", form)
    local which = form.limit and "first 1,000" or form.canonical and "canonical" or "all"
    measure("8 groups over 8 children, " .. which, function() return count(square, request) end)
  end
end

--- Groups that each gather 16 cores from nodes of 8, in trees that they fill.
local function gathering()
  for n = 3, 4 do
    local request = { groups = {}, group_policy = "none" }
    for i = 1, n do
      request.groups["g" .. i] = { resources = { PCPU = 16 }, split = { "PCPU" } }
    end
    local store <close> = assert(berth.open(":memory:"))
    assert(store:create_provider { name = "root" })
    for i = 1, 2 * n do
      assert(store:create_provider { name = "node" .. i, parent = "root",
                                     inventories = { PCPU = 8 } })
    end
    for _, canonical in ipairs { false, true } do
      request.canonical = canonical
      local made = assert(berth.request(request))
      measure(("%d split groups fill %d nodes, %s"):format(n, 2 * n,
              canonical and "canonical" or "all"), function() return count(store, made) end)
    end
  end
end

--- Nodes with eight devices each, most of them in part use.
local function cluster(nodes)
  local store = assert(berth.open(":memory:"))
  math.randomseed(7)
  for m = 1, 6 do assert(store:create_trait("CUSTOM_MODEL_" .. m)) end
  assert(store:transaction(function(tx)
    for i = 1, nodes do
      local name = "node" .. i
      assert(tx:create_provider { name = name, traits = { "CUSTOM_MODEL_" .. math.random(6) },
                                  inventories = { VCPU = 96000, MEMORY_MB = 400000 } })
      local allocations = {}
      for g = 1, 8 do
        local gpu = ("%s-gpu%d"):format(name, g)
        assert(tx:create_provider { name = gpu, parent = name, inventories = { VGPU = 1000 } })
        if math.random(5) > 1 then allocations[gpu] = { VGPU = math.random(100, 1000) } end
      end
      assert(tx:allocate { consumer = "load" .. i, allocations = allocations })
    end
    return true
  end))
  return store
end

local function devices(n, amount, more)
  local request = { resources = { VCPU = 4000, MEMORY_MB = 16000 }, canonical = true, groups = {},
                    group_policy = "isolate" }
  for i = 1, n do request.groups["gpu" .. i] = { resources = { VGPU = amount } } end
  for key, value in pairs(more or {}) do request[key] = value end
  return request
end

local function fleet(nodes)
  local store <close> = cluster(nodes)
  local shapes = {
    { "one slice", devices(1, 460) },
    { "one slice of two models", devices(1, 460, {
      required = { { "CUSTOM_MODEL_1", "CUSTOM_MODEL_2" } } }) },
    { "no device at all", devices(0, 0) },
    { "eight whole devices, nowhere free", devices(8, 1000) },
    { "more than any device has", devices(1, 1001) },
  }
  for _, shape in ipairs(shapes) do
    local request = assert(berth.request(shape[2]))
    measure(("%d nodes, %s"):format(nodes, shape[1]), function() return count(store, request) end)
  end
  local wanted = devices(1, 999, { required = { "CUSTOM_MODEL_3" }, member_of = { "rack" } })
  measure(("%d nodes, explain"):format(nodes), function()
    return #assert(store:explain(wanted)).relaxations .. " relaxations"
  end)
  local placed = 0
  local request = assert(berth.request(devices(1, 50)))
  measure(("%d nodes, 1,000 claims of one shape, first fit"):format(nodes), function()
    for _ = 1, 1000 do
      placed = placed + 1
      assert(store:place(request, { consumer = "claim" .. placed }))
    end
    return placed
  end)
end

symmetric()
gathering()
fleet(1213)
