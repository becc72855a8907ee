--- What trees share and nothing else: each candidate once, by whichever tree, however many trees
-- could give it.
local fleets = require "spec.support.fleet"
local requests = require "spec.support.requests"

local SHARES = { "MISC_SHARES_VIA_AGGREGATE" }
local CLASSES = { "DISK_GB", "IPV4_ADDRESS", "VGPU" }
local ALL = "resources=DISK_GB:1,IPV4_ADDRESS:1,VGPU:1"

--- Adds `count` providers of each class that share it: aggregates_of(class, number).
local function add_pools(specs, count, classes, aggregates_of)
  for _, class in ipairs(classes) do
    for i = 1, count do
      specs[#specs + 1] = { name = class .. i, inventories = { [class] = { total = 9 } },
                            traits = SHARES, aggregates = aggregates_of(class, i) }
    end
  end
  return specs
end

local function add_trees(specs, count, inventories, aggregates_of)
  for i = 1, count do
    specs[#specs + 1] = { name = "n" .. i, inventories = inventories,
                          aggregates = aggregates_of(i) }
  end
  return specs
end

local function one() return { "a" } end

--- How many candidates there are, and why they ended.
local function count(specs, query)
  local store <close> = fleets.load(specs)
  local iterator = assert(store:candidates(query))
  local n, candidate, err = 0, iterator:next()
  while candidate do
    n = n + 1
    candidate, err = iterator:next()
  end
  return n, err and err.code
end

describe("a request for what trees share", function()
  local vcpu = { VCPU = { total = 4 } }

  it("ends by itself over thousands of trees", function()
    local specs = add_pools(add_trees({}, 3000, vcpu, one), 30, CLASSES, one)
    assert.same({ 30 ^ 3 }, { count(specs, ALL) })
    assert.same({ 30 * 30 }, { count(specs, "resources1=DISK_GB:1&resources2=VGPU:9" ..
      "&group_policy=isolate") })
    assert.same({ 30 * 29 }, { count(specs, "resources1=DISK_GB:5&resources2=DISK_GB:5" ..
      "&group_policy=none") })
  end)

  it("ends so beside what each tree has of its own", function()
    for _, own in ipairs(CLASSES) do -- first, between and last of the choices
      local inventories = { [own] = { total = 4 } }
      local specs = add_pools(add_trees({}, 100, inventories, one), 10, CLASSES, one)
      assert.same({ 10 ^ 3 + 100 * 10 ^ 2 }, { count(specs, ALL) })
    end
  end)

  it("ends so where racks share some and all share the rest", function()
    local specs = add_pools({ { name = "all", inventories = { DISK_GB = { total = 9 } },
                                traits = SHARES, aggregates = one() } }, 200, CLASSES,
                            function(_, i) return { "rack" .. i % 10 } end)
    add_trees(specs, 2000, vcpu, function(i) return { "rack" .. i % 10, "a" } end)
    assert.same({ 10 * 21 * 20 ^ 2 }, { count(specs, ALL) })
    -- what every tree lacks is not the same
    local apart = {}
    local function all_but(i)
      local list = {}
      for _, class in ipairs(CLASSES) do
        for k = 1, 20 do list[#list + 1] = k ~= i % 20 + 1 and class .. k or nil end
      end
      return list
    end
    add_pools(apart, 20, CLASSES, function(class, i) return { class .. i } end)
    add_trees(apart, 400, vcpu, all_but)
    assert.same({ 20 ^ 3 }, { count(apart, ALL) })
  end)

  it("can be gathered from a tree's own, all of which another tree is served by", function()
    local specs = add_trees({}, 1, vcpu, one)
    specs[#specs + 1] = { name = "r" }
    for i = 1, 3 do
      specs[#specs + 1] = { name = "p" .. i, parent = "r", traits = SHARES, aggregates = { "a" },
                            inventories = { DISK_GB = { total = 6 } } }
    end
    local store <close> = fleets.load(specs)
    local function mapped(query)
      local found = {}
      for i, candidate in ipairs(assert(fleets.candidates(store, query))) do
        found[i] = candidate.anchor .. " " .. table.concat(candidate.mappings[""], "+")
      end
      return found
    end
    assert.same({ "n1 p1", "n1 p2", "n1 p3" }, mapped "resources=DISK_GB:6")
    assert.same({ "r p1+p2", "r p1+p3", "r p2+p3" }, mapped "resources=DISK_GB:7&split=DISK_GB")
  end)

  it("is counted as the work that it is where no two trees share the same", function()
    local chance = requests.chance(5)
    local specs = add_pools({}, 48, CLASSES, function(class, i) return { class .. i } end)
    add_trees(specs, 1200, vcpu, function()
      local half = {}
      for _, class in ipairs(CLASSES) do
        for i = 1, 48 do half[#half + 1] = chance.one_in(2) and class .. i or nil end
      end
      return half
    end)
    assert.same({ 48 ^ 3, "search_budget" }, { count(specs, ALL) })
  end)
end)
