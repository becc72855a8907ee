--- Summaries of the providers around a candidate, against the placement model's published vectors.
local berth = require "berth"
local fleets = require "spec.support.fleet"
local forest = require "spec.support.forest"

local function stock(total) return { total = total } end

describe("summaries", function()
  --- By name, over all candidates of the request; and of how many candidates.
  local function summaries_of(store, request)
    local all, count = {}, 0
    for candidate in assert(store:candidates(request)) do
      for uuid, summary in pairs(assert(candidate:summaries())) do
        assert.equal(uuid, store:provider(summary.name).uuid)
        all[summary.name] = summary
      end
      count = count + 1
    end
    return all, count
  end

  local function names_in(summaries)
    local names = {}
    for name in pairs(summaries) do names[#names + 1] = name end
    table.sort(names)
    return table.concat(names, " ")
  end

  it("tell of every provider of the trees that are used, and of no other", function()
    local store <close> = fleets.load(forest)
    local vectors = {
      -- all but SS2
      { "resources=VCPU:1,MEMORY_MB:512,DISK_GB:500", 8, "CN1 CN2 N11 N12 N21 N22 SS1" },
      { "resources=VCPU:1,MEMORY_MB:512,DISK_GB:500&member_of=B", 2, "CN1 N11 N12" },
      { "resources=DISK_GB:1", 4, "CN1 CN2 N11 N12 N21 N22 SS1 SS2" },
      { "resources=VCPU:1&in_tree=CN1&resources1=DISK_GB:1&in_tree1=SS1", 2, "CN1 N11 N12 SS1" },
      -- not the anchor's tree when nothing of it is used
      { "resources=DISK_GB:1&in_tree=SS2", 1, "SS2" },
      { "resources1=DISK_GB:1&in_tree1=SS1", 1, "SS1" },
      { "resources=VCPU:16", 0, "" },
    }
    for _, vector in ipairs(vectors) do
      local all, count = summaries_of(store, vector[1])
      assert.equal(vector[2], count, vector[1])
      assert.equal(vector[3], names_in(all), vector[1])
    end
  end)

  it("leave out the tree of a provider that only a group without resources maps to", function()
    local store <close> = fleets.load {
      { name = "node", inventories = { VCPU = stock(8) }, aggregates = { "A" } },
      { name = "share", inventories = { DISK_GB = stock(8) }, aggregates = { "A" },
        traits = { "MISC_SHARES_VIA_AGGREGATE", "CUSTOM_SSD" } },
    }
    local request = "resources1=VCPU:1&required2=CUSTOM_SSD&resources3=VCPU:1" ..
      "&group_policy=none&same_subtree=2"
    local list = assert(fleets.candidates(store, request))
    assert.same({ "share" }, list[1].mappings["2"])
    assert.equal("node", names_in(summaries_of(store, request)))
  end)

  it("tell capacity and what is used now, without the candidate", function()
    local store <close> = assert(berth.open ":memory:")
    local root = assert(store:create_provider { name = "root" })
    local child = assert(store:create_provider { name = "child", parent = root,
      traits = { "HW_NUMA_ROOT", "COMPUTE_NODE" },
      inventories = { VCPU = { total = 10, reserved = 1, allocation_ratio = 1.5 },
                      MEMORY_MB = 64 } })
    assert(store:allocate { consumer = "c", allocations = { child = { VCPU = 3 } } })
    local candidate = assert(store:candidates("resources=VCPU:1")):next()
    local want = {
      [root.uuid] = { name = "root", root = root.uuid, generation = root.generation,
                      traits = {}, resources = {} },
      [child.uuid] = { name = "child", parent = root.uuid, root = root.uuid,
                       generation = child.generation,
                       traits = { "COMPUTE_NODE", "HW_NUMA_ROOT" },
                       resources = { VCPU = { capacity = 13, used = 3 },
                                     MEMORY_MB = { capacity = 64, used = 0 } } },
    }
    assert.same(want, candidate:summaries())
    assert(store:release "c")
    assert.equal(0, candidate:summaries()[child.uuid].resources.VCPU.used)
    assert(child:delete())
    local summaries, err = candidate:summaries()
    assert.is_nil(summaries)
    assert.equal("stale", err.code)
  end)

  it("tell a capacity beyond every integer as the greatest one (B8)", function()
    local store <close> = assert(berth.open ":memory:")
    local node = assert(store:create_provider { name = "node",
      inventories = { VCPU = { total = 2147483647, allocation_ratio = 3.4e38 } } })
    local candidate = assert(store:candidates("resources=VCPU:1")):next()
    assert.equal(math.maxinteger, candidate:summaries()[node.uuid].resources.VCPU.capacity)
  end)
end)
