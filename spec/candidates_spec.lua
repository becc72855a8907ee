--- Allocation candidates, vector by vector: the forest and the answers of the placement model's
-- published test vectors, its known defects done right, order, symmetry and split classes.
local fleets = require "spec.support.fleet"
local forest = require "spec.support.forest"

local SHARES = "MISC_SHARES_VIA_AGGREGATE"

local function stock(total, more)
  local inv = { total = total }
  for key, value in pairs(more or {}) do inv[key] = value end
  return inv
end

--- "N11:VCPU=1 CN1:DISK_GB=5" with providers and classes in order of name.
local function text_of(candidate)
  local parts = {}
  for name, amounts in pairs(candidate.resources) do
    for class, amount in pairs(amounts) do
      parts[#parts + 1] = ("%s:%s=%d"):format(name, class, amount)
    end
  end
  table.sort(parts)
  return table.concat(parts, " ")
end

local function answers(store, request)
  local list = assert(fleets.candidates(store, request))
  local texts = {}
  for i, candidate in ipairs(list) do texts[i] = text_of(candidate) end
  return texts, list
end

local function set_of(store, request)
  local texts = answers(store, request)
  table.sort(texts)
  return texts
end

local function sorted(list)
  table.sort(list)
  return list
end

local function refused(store, request)
  local iterator, err = store:candidates(request)
  assert.is_nil(iterator)
  return err.code, err
end

describe("candidates of the two-node forest", function()
  local store
  setup(function() store = fleets.load(forest) end)
  teardown(function() store:close() end)

  local function numa_with(memory, disk)
    local list = {}
    for _, numa in ipairs { "N11", "N12", "N21", "N22" } do
      local node = "CN" .. numa:sub(2, 2)
      for _, from in ipairs { node, "SS1" } do
        local parts = sorted { numa .. ":VCPU=1", from .. ":DISK_GB=" .. disk,
                               memory and node .. ":MEMORY_MB=" .. memory or nil }
        list[#list + 1] = table.concat(parts, " ")
      end
    end
    return sorted(list)
  end

  it("take memory from the root and disk from the root or what is shared with it", function()
    assert.same(numa_with(512, 500), set_of(store, "resources=VCPU:1,MEMORY_MB:512,DISK_GB:500"))
  end)

  local vectors = {
    { "resources=VCPU:1,MEMORY_MB:512,DISK_GB:500&member_of=B",
      "CN1:DISK_GB=500 CN1:MEMORY_MB=512 N11:VCPU=1",
      "CN1:DISK_GB=500 CN1:MEMORY_MB=512 N12:VCPU=1" },
    { "resources=VCPU:1&member_of=B", "N11:VCPU=1", "N12:VCPU=1", "N21:VCPU=1" },
    { "resources1=VCPU:1&member_of1=B", "N21:VCPU=1" },
    { "resources1=VCPU:1&member_of1=A" },
    { "resources=VCPU:1&member_of=!B", "N22:VCPU=1" },
    { "resources1=VCPU:1&member_of1=!B", "N11:VCPU=1", "N12:VCPU=1", "N22:VCPU=1" },
    { "resources=VCPU:1,DISK_GB:1&member_of=!in:B,X",
      "CN2:DISK_GB=1 N22:VCPU=1", "N22:VCPU=1 SS1:DISK_GB=1" },
    { "resources=DISK_GB:1",
      "CN1:DISK_GB=1", "CN2:DISK_GB=1", "SS1:DISK_GB=1", "SS2:DISK_GB=1" },
    { "resources=VCPU:1,DISK_GB:1&required=CUSTOM_SSD",
      "N11:VCPU=1 SS1:DISK_GB=1", "N12:VCPU=1 SS1:DISK_GB=1",
      "N21:VCPU=1 SS1:DISK_GB=1", "N22:VCPU=1 SS1:DISK_GB=1" },
    { "resources=VCPU:1,DISK_GB:1&required=CUSTOM_FAST,CUSTOM_SSD", "N12:VCPU=1 SS1:DISK_GB=1" },
    { "resources=VCPU:1,DISK_GB:1&required=in:CUSTOM_FAST,CUSTOM_SSD&required=!HW_NUMA_ROOT",
      "N21:VCPU=1 SS1:DISK_GB=1", "N22:VCPU=1 SS1:DISK_GB=1" },
    { "resources=VCPU:1,DISK_GB:1&in_tree=N12",
      "CN1:DISK_GB=1 N11:VCPU=1", "CN1:DISK_GB=1 N12:VCPU=1" },
    { "resources=VCPU:1&in_tree=CN1&resources1=DISK_GB:1&in_tree1=SS1",
      "N11:VCPU=1 SS1:DISK_GB=1", "N12:VCPU=1 SS1:DISK_GB=1" },
    { "resources=VCPU:16" },
    { "resources=VCPU:1,MEMORY_MB:1",
      "CN1:MEMORY_MB=1 N11:VCPU=1", "CN1:MEMORY_MB=1 N12:VCPU=1",
      "CN2:MEMORY_MB=1 N21:VCPU=1", "CN2:MEMORY_MB=1 N22:VCPU=1" },
    { "resources1=DISK_GB:1&in_tree1=SS1&resources2=VCPU:1&same_subtree=1,2&group_policy=none" },
    { "resources=DISK_GB:1&root_required=!CUSTOM_SSD",
      "CN1:DISK_GB=1", "CN2:DISK_GB=1", "SS1:DISK_GB=1", "SS2:DISK_GB=1" },
    { "resources=DISK_GB:1&root_required=CUSTOM_SSD", "SS1:DISK_GB=1" },
    { "resources=VCPU:1,DISK_GB:1&root_required=HW_NUMA_ROOT" },
    { "resources1=VCPU:8&resources2=VCPU:8&group_policy=none",
      "N11:VCPU=8 N12:VCPU=8", "N11:VCPU=8 N12:VCPU=8",
      "N21:VCPU=8 N22:VCPU=8", "N21:VCPU=8 N22:VCPU=8" },
    { "resources1=VCPU:4&resources2=VCPU:4&group_policy=none",
      "N11:VCPU=4 N12:VCPU=4", "N11:VCPU=4 N12:VCPU=4", "N11:VCPU=8", "N12:VCPU=8",
      "N21:VCPU=4 N22:VCPU=4", "N21:VCPU=4 N22:VCPU=4", "N21:VCPU=8", "N22:VCPU=8" },
    { "resources1=VCPU:4&resources2=VCPU:4&group_policy=isolate",
      "N11:VCPU=4 N12:VCPU=4", "N11:VCPU=4 N12:VCPU=4",
      "N21:VCPU=4 N22:VCPU=4", "N21:VCPU=4 N22:VCPU=4" },
    { "resources1=MEMORY_MB:1&resources2=VCPU:1&same_subtree=1,2&group_policy=none",
      "CN1:MEMORY_MB=1 N11:VCPU=1", "CN1:MEMORY_MB=1 N12:VCPU=1",
      "CN2:MEMORY_MB=1 N21:VCPU=1", "CN2:MEMORY_MB=1 N22:VCPU=1" },
    { "required1=HW_NUMA_ROOT&resources2=VCPU:1&same_subtree=1,2&group_policy=isolate" },
  }
  for _, vector in ipairs(vectors) do
    local query = vector[1]
    it(("of %s are %d"):format(query, #vector - 1), function()
      assert.same({ table.unpack(vector, 2) }, set_of(store, query))
    end)
  end

  it("map a group without resources to the provider that meets its conditions", function()
    local query = "required1=HW_NUMA_ROOT&resources2=VCPU:1&same_subtree=1,2&group_policy=none"
    local _, list = answers(store, query)
    assert.equal(2, #list)
    assert.same({ ["1"] = { "N11" }, ["2"] = { "N11" } }, list[1].mappings)
    assert.same({ ["1"] = { "N12" }, ["2"] = { "N12" } }, list[2].mappings)
  end)

  it("share amounts between an unsuffixed and a granular group of one class (B6)", function()
    local want = { "N11:VCPU=4 N12:VCPU=4", "N11:VCPU=4 N12:VCPU=4", "N11:VCPU=8", "N12:VCPU=8",
                   "N21:VCPU=4 N22:VCPU=4", "N21:VCPU=4 N22:VCPU=4", "N21:VCPU=8", "N22:VCPU=8" }
    for _, policy in ipairs { "", "&group_policy=none", "&group_policy=isolate" } do
      assert.same(want, set_of(store, "resources=VCPU:4&resources1=VCPU:4" .. policy))
    end
  end)

  it("come by tree, then class and group, then provider in pre-order", function()
    assert.same({
      "CN1:DISK_GB=1 N11:VCPU=1", "N11:VCPU=1 SS1:DISK_GB=1",
      "CN1:DISK_GB=1 N12:VCPU=1", "N12:VCPU=1 SS1:DISK_GB=1",
      "CN2:DISK_GB=1 N21:VCPU=1", "N21:VCPU=1 SS1:DISK_GB=1",
      "CN2:DISK_GB=1 N22:VCPU=1", "N22:VCPU=1 SS1:DISK_GB=1",
    }, (answers(store, "resources=DISK_GB:1,VCPU:1")))
    assert.same({ "CN1:DISK_GB=1", "SS1:DISK_GB=1" },
                (answers(store, "resources=DISK_GB:1&limit=2")))
  end)

  it("are none, without an error, for trees and aggregates nobody knows", function()
    assert.same({}, set_of(store, "resources=VCPU:1&in_tree=nobody"))
    assert.same({}, set_of(store, "resources1=VCPU:1&in_tree1=nobody"))
    assert.same({}, set_of(store, "resources=VCPU:1&member_of=nowhere"))
    assert.same(4, #set_of(store, "resources=VCPU:1&member_of=!nowhere"))
  end)

  it("are refused for unknown classes and traits before anything is sought", function()
    for _, query in ipairs {
      "resources=VCPU:999&required=CUSTOM_NOBODY", "resources=VCPU:999&resources1=CUSTOM_NOTHING:1",
      "resources=VCPU:999&root_required=!CUSTOM_NOBODY", "resources=VCPU:1&required=!CUSTOM_NOBODY",
    } do
      assert.equal("not_found", refused(store, query))
    end
  end)
end)

describe("candidates within limits of merging", function()
  local function count(specs, query)
    local store <close> = fleets.load(specs)
    return #set_of(store, query), set_of(store, query)
  end

  it("hold max_unit against the sum of the groups", function()
    local m = { { name = "M", inventories = { PCPU = stock(10, { max_unit = 3 }) } } }
    assert.equal(0, (count(m, "resources1=PCPU:2&resources2=PCPU:2&group_policy=none")))
    local n, list = count(m, "resources1=PCPU:1&resources2=PCPU:2&group_policy=none")
    assert.equal(1, n)
    assert.same({ "M:PCPU=3" }, list)
  end)

  it("hold min_unit and step_size against each part", function()
    local units = { min_unit = 2, step_size = 2 }
    local st = { { name = "ST", inventories = { PGPU = stock(10, units) } } }
    assert.equal(0, (count(st, "resources=PGPU:3")))
    assert.equal(1, (count(st, "resources=PGPU:4")))
    assert.equal(0, (count(st, "resources1=PGPU:1&resources2=PGPU:1&group_policy=none")))
  end)

  it("count what is used when groups are merged (B4)", function()
    local specs = { { name = "R" } }
    for i = 1, 3 do
      specs[#specs + 1] = { name = "C" .. i, parent = "R", inventories = { VGPU = stock(4) },
                            used = i == 1 and { VGPU = 3 } or nil }
    end
    local n, list = count(specs, "resources1=VGPU:1&resources2=VGPU:1&group_policy=none")
    assert.equal(8, n)
    for _, text in ipairs(list) do assert.is_nil(text:find("C1:VGPU=2", 1, true)) end
  end)

  it("need one tree for all groups", function()
    local flat = { { name = "F1", inventories = { VCPU = stock(8) } },
                   { name = "F2", inventories = { VCPU = stock(8) } } }
    assert.equal(0, (count(flat, "resources1=VCPU:5&resources2=VCPU:5&group_policy=none")))
  end)

  it("total three units for an unsuffixed and two isolated groups on children (B6)", function()
    local specs = { { name = "R" } }
    for i = 1, 3 do
      specs[#specs + 1] = { name = "C" .. i, parent = "R", inventories = { VGPU = stock(4) } }
    end
    local store <close> = fleets.load(specs)
    local query = "resources=VGPU:1&resources1=VGPU:1&resources2=VGPU:1&group_policy=isolate"
    local list = assert(fleets.candidates(store, query))
    assert.equal(18, #list)
    for _, candidate in ipairs(list) do
      local total = 0
      for _, amounts in pairs(candidate.resources) do total = total + amounts.VGPU end
      assert.equal(3, total)
    end
  end)

  it("are none for amounts that no integer holds", function()
    local store <close> = fleets.load { { name = "P", inventories = {
      VCPU = { total = 9007199254740991, allocation_ratio = 3e38 } } } }
    for _, amount in ipairs { "9223372036854775807", "9223372036854775808", ("9"):rep(40) } do
      assert.same({}, set_of(store, "resources=VCPU:" .. amount))
    end
    assert.same({ "P:VCPU=9007199254740991" }, set_of(store, "resources=VCPU:9007199254740991"))
    for _, amount in ipairs { "9223372036854775807", "9223372036854775808" } do
      local why = assert(store:explain("resources=VCPU:" .. amount))
      local more = "9223372036854775807 or more"
      assert.equal(more .. " VCPU free in one provider", why.steps[2].text)
      assert.equal("VCPU " .. more .. " -> 9007199254740991", why.relaxations[1].text)
      local _, err = store:place("resources=VCPU:" .. amount, { consumer = "c" })
      assert.matches("VCPU:" .. more, err.message)
    end
    assert.equal("9223372036854775806 VCPU free in one provider",
                 store:explain("resources=VCPU:9223372036854775806").steps[2].text)
  end)
end)

describe("groups without resources", function()
  local store
  setup(function()
    store = fleets.load({
      { name = "R", aggregates = { "A" } },
      { name = "X", parent = "R", inventories = { VCPU = stock(8) }, traits = { "CUSTOM_T" } },
      { name = "Y", parent = "R", inventories = { VCPU = stock(8) }, aggregates = { "B" } },
      { name = "S", inventories = { VCPU = stock(8) } },
    })
  end)
  teardown(function() store:close() end)

  local function mapped(query)
    local rest = "&resources_v=VCPU:1&same_subtree=_v,_w&group_policy=none"
    local _, list = answers(store, query .. rest)
    local pairs_of = {}
    for i, candidate in ipairs(list) do
      pairs_of[i] = candidate.mappings._v[1] .. "<-" .. candidate.mappings._w[1]
    end
    table.sort(pairs_of)
    return pairs_of
  end

  it("match by forbidden traits alone (B2)", function()
    assert.same({ "S<-S", "X<-R", "Y<-R", "Y<-Y" }, mapped("required_w=!CUSTOM_T"))
  end)

  it("match by forbidden aggregates alone (B2)", function()
    assert.same({ "S<-S", "X<-R", "X<-X", "Y<-R" }, mapped("member_of_w=!B"))
  end)

  it("match by in_tree alone, and heed it beside other conditions (B2)", function()
    assert.same({ "X<-R", "X<-X", "Y<-R", "Y<-Y" }, mapped("in_tree_w=Y"))
    assert.same({}, mapped("in_tree_w=S&required_w=CUSTOM_T"))
    assert.same({ "X<-X" }, mapped("in_tree_w=R&required_w=CUSTOM_T"))
  end)
end)

describe("sharing providers", function()
  it("serve other trees also when they are not roots (B7)", function()
    local store <close> = fleets.load {
      { name = "CN", inventories = { VCPU = stock(8) }, aggregates = { "A" } },
      { name = "ARRAY" },
      { name = "POOL", parent = "ARRAY", inventories = { DISK_GB = stock(100) },
        traits = { SHARES }, aggregates = { "A" } },
    }
    assert.same({ "CN:VCPU=1 POOL:DISK_GB=5" }, set_of(store, "resources=VCPU:1,DISK_GB:5"))
    assert.same({ "CN:VCPU=1 POOL:DISK_GB=5" },
                set_of(store, "resources=VCPU:1&resources1=DISK_GB:5"))
    assert.same({ "POOL:DISK_GB=5" }, set_of(store, "resources=DISK_GB:5"))
  end)

  it("make candidates by themselves, each once", function()
    local store <close> = fleets.load {
      { name = "CN", aggregates = { "A" } },
      { name = "SSA", inventories = { DISK_GB = stock(9) }, traits = { SHARES },
        aggregates = { "A" } },
      { name = "SSB", inventories = { IPV4_ADDRESS = stock(9) }, traits = { SHARES },
        aggregates = { "A" } },
    }
    local _, list = answers(store, "resources=DISK_GB:1,IPV4_ADDRESS:1")
    assert.equal(1, #list)
    assert.equal("SSA:DISK_GB=1 SSB:IPV4_ADDRESS=1", text_of(list[1]))
    assert.equal("CN", list[1].anchor)
  end)

  it("serve nobody but their own tree without an aggregate", function()
    local store <close> = fleets.load {
      { name = "CN", inventories = { VCPU = stock(8) }, aggregates = { "A" } },
      { name = "SS", inventories = { DISK_GB = stock(9) }, traits = { SHARES } },
    }
    assert.same({}, set_of(store, "resources=VCPU:1,DISK_GB:1"))
    assert.same({ "SS:DISK_GB=1" }, set_of(store, "resources=DISK_GB:1"))
  end)

  it("are found again after traits, aggregates and trees changed", function()
    local store <close> = fleets.load {
      { name = "CN", inventories = { VCPU = stock(8) }, aggregates = { "A" } },
      { name = "SS", inventories = { DISK_GB = stock(9) } },
    }
    local query = "resources=VCPU:1,DISK_GB:1"
    assert.same({}, set_of(store, query))
    local shared = assert(store:provider "SS")
    assert(shared:set_traits { SHARES })
    assert.same({}, set_of(store, query))
    assert(shared:set_aggregates { "A" })
    assert.same({ "CN:VCPU=1 SS:DISK_GB=1" }, set_of(store, query))
    assert(assert(store:provider "CN"):set_aggregates {})
    assert.same({}, set_of(store, query))
    assert(shared:update { parent = "CN" })
    assert.same({ "CN:VCPU=1 SS:DISK_GB=1" }, set_of(store, query))
  end)
end)

describe("many interchangeable children", function()
  local function tree(children, units)
    local specs = { { name = "R", inventories = { VCPU = stock(64) } } }
    for i = 1, children do
      specs[#specs + 1] = { name = ("C%02d"):format(i), parent = "R",
                            inventories = { PGPU = stock(units or 1) } }
    end
    return fleets.load(specs)
  end

  local function ask(groups, more)
    local request = { groups = {}, group_policy = "isolate" }
    for i = 1, groups do request.groups[("g%02d"):format(i)] = { resources = { PGPU = 1 } } end
    for key, value in pairs(more or {}) do request[key] = value end
    return request
  end

  it("give one canonical answer for 32 groups over 64 of them, and the first of all", function()
    local store <close> = tree(64)
    local canonical = answers(store, ask(32, { canonical = true }))
    assert.equal(1, #canonical)
    assert.same(canonical, (answers(store, ask(32, { limit = 1 }))))
    assert.equal(1, #answers(store, ask(32, { canonical = true, group_policy = "none" })))
  end)

  it("give every permutation when nobody asks for less", function()
    local store <close> = tree(5)
    assert.equal(5 * 4 * 3, #answers(store, ask(3)))
    assert.equal(5 * 4 * 3 * 2, #answers(store, ask(5, { limit = 5 * 4 * 3 * 2 })))
  end)

  it("answer at once that more groups than children cannot be isolated", function()
    local store <close> = tree(31)
    assert.same({}, (answers(store, ask(32))))
    assert.same({}, (answers(store, ask(32, { group_policy = "none" }))))
  end)

  it("tell them apart by what is used, and share several units by partition", function()
    local store <close> = tree(4, 2)
    assert(store:allocate { consumer = "one", allocations = { C03 = { PGPU = 1 } } })
    assert.same({ "C01:PGPU=1", "C03:PGPU=1" }, (answers(store, ask(1, { canonical = true }))))
    -- 2 units over children with room for 2, 2, 1 and 2: both on one, on two alike, or on C03 too
    assert.same({ "C01:PGPU=2", "C01:PGPU=1 C02:PGPU=1", "C01:PGPU=1 C03:PGPU=1" },
                (answers(store, ask(2, { canonical = true, group_policy = "none" }))))
  end)
end)

describe("a dead end that only a look ahead can see", function()
  it("is left without trying every permutation", function()
    -- 9 groups need one of 9 children with the trait, 10 take any: 19 groups, 18 children
    local specs = { { name = "R" } }
    for i = 1, 18 do
      specs[#specs + 1] = { name = "C" .. i, parent = "R", inventories = { PGPU = stock(i) },
                            traits = i % 2 == 0 and { "CUSTOM_T" } or nil }
    end
    local request = { groups = {}, group_policy = "isolate" }
    for i = 1, 10 do request.groups["a" .. i] = { resources = { PGPU = 1 } } end
    for i = 1, 9 do
      request.groups["b" .. i] = { resources = { PGPU = 1 }, required = { "CUSTOM_T" } }
    end
    local store <close> = fleets.load(specs)
    assert.same({}, (answers(store, request)))
  end)
end)

describe("a split class", function()
  local function numa(first, second, more)
    local specs = {
      { name = "R", inventories = { MEMORY_MB = stock(1024) } },
      { name = "N1", parent = "R", inventories = { VCPU = stock(first, more) } },
      { name = "N2", parent = "R", inventories = { VCPU = stock(second, more) } },
      { name = "OTHER", inventories = { VCPU = stock(100) } },
    }
    return fleets.load(specs)
  end

  it("is gathered from several providers of one tree", function()
    local store <close> = numa(8, 8)
    local request = { resources = { VCPU = 16, MEMORY_MB = 512 }, split = { VCPU = true } }
    assert.same({ "N1:VCPU=8 N2:VCPU=8 R:MEMORY_MB=512" }, set_of(store, request))
    assert.same(set_of(store, request),
                set_of(store, "resources=VCPU:16,MEMORY_MB:512&split=VCPU"))
    request.split = nil
    assert.same({}, set_of(store, request))
  end)

  it("comes from no provider that could be left out, the earlier ones filled first", function()
    local store <close> = numa(8, 8)
    local function ask(amount)
      local resources = { VCPU = amount, MEMORY_MB = 1 }
      return set_of(store, { resources = resources, split = { VCPU = true } })
    end
    assert.same({ "N1:VCPU=8 R:MEMORY_MB=1", "N2:VCPU=8 R:MEMORY_MB=1" }, ask(8))
    assert.same({ "N1:VCPU=8 N2:VCPU=1 R:MEMORY_MB=1" }, ask(9))
    assert.same({}, ask(17))
    assert(store:create_provider { name = "N3", parent = "R", inventories = { VCPU = 16 } })
    assert.same({ "N1:VCPU=8 N2:VCPU=2 R:MEMORY_MB=1", "N3:VCPU=10 R:MEMORY_MB=1" }, ask(10))
  end)

  it("comes from one provider more when that brings a trait or a subtree's top", function()
    local store <close> = fleets.load {
      { name = "R", inventories = { VCPU = stock(2) } },
      { name = "N1", parent = "R", inventories = { VCPU = stock(8) }, traits = { "CUSTOM_A" } },
      { name = "N2", parent = "R", inventories = { VCPU = stock(8) }, traits = { "CUSTOM_B" } },
      { name = "N3", parent = "R", inventories = { VCPU = stock(8), PGPU = stock(1) } },
    }
    assert.same({ "N1:VCPU=5 N2:VCPU=1" },
                set_of(store, "resources=VCPU:6&split=VCPU&required=CUSTOM_A,CUSTOM_B"))
    assert.same({ "N1:VCPU=8 N2:VCPU=7 R:VCPU=2", "N1:VCPU=8 N2:VCPU=8 N3:VCPU=1" },
                set_of(store, "resources=VCPU:17&split=VCPU&required=CUSTOM_A,CUSTOM_B"))
    local query = "resources_a=VCPU:6&split_a=VCPU&resources_b=PGPU:1&same_subtree=_a,_b" ..
                  "&group_policy=none"
    assert.same({ "N1:VCPU=4 N3:PGPU=1 R:VCPU=2", "N2:VCPU=4 N3:PGPU=1 R:VCPU=2",
                  "N3:PGPU=1 N3:VCPU=6" }, set_of(store, query))
  end)

  it("is shared out among groups so that each finds what only it can use", function()
    local store <close> = fleets.load {
      { name = "R" },
      { name = "N1", parent = "R", inventories = { VCPU = stock(8) }, traits = { "CUSTOM_A" } },
      { name = "N2", parent = "R", inventories = { VCPU = stock(8) } },
    }
    local query = "resources_a=VCPU:10&split_a=VCPU&resources_b=VCPU:%d&split_b=VCPU" ..
                  "&required_b=CUSTOM_A&group_policy=none"
    local function of(amount)
      local _, list = answers(store, query:format(amount))
      return list
    end
    assert.same({}, of(7))
    local list = of(6)
    assert.equal(1, #list)
    assert.same({ N1 = { VCPU = 8 }, N2 = { VCPU = 8 } }, list[1].resources)
    assert.same({ _a = { "N1", "N2" }, _b = { "N1" } }, list[1].mappings)
  end)

  it("respects each provider's units", function()
    local store <close> = numa(8, 9, { step_size = 4, min_unit = 4 })
    local function ask(amount)
      local resources = { VCPU = amount, MEMORY_MB = 1 }
      return set_of(store, { resources = resources, split = { VCPU = true } })
    end
    assert.same({ "N1:VCPU=8 N2:VCPU=4 R:MEMORY_MB=1" }, ask(12))
    assert.same({ "N1:VCPU=8 N2:VCPU=8 R:MEMORY_MB=1" }, ask(16))
    assert.same({}, ask(17))
  end)

  it("comes once when groups can share it out in several ways", function()
    local specs = { { name = "R" } }
    for i = 1, 3 do
      specs[#specs + 1] = { name = "N" .. i, parent = "R",
                            inventories = { VCPU = stock(4), MEMORY_MB = stock(4) } }
    end
    local store <close> = fleets.load(specs)
    local function keys(request)
      local seen, list = {}, assert(fleets.candidates(store, request))
      for _, candidate in ipairs(list) do
        local key = { text_of(candidate) }
        for suffix, names in pairs(candidate.mappings) do
          key[#key + 1] = suffix .. ":" .. table.concat(names, ",")
        end
        table.sort(key)
        key = table.concat(key, " ")
        assert.is_nil(seen[key], "twice: " .. key)
        seen[key] = true
      end
      return seen, #list
    end
    -- two groups, each with its memory here and its processors there, or the other way round
    local group = { resources = { MEMORY_MB = 2, VCPU = 2 }, split = { VCPU = true } }
    local two = keys { groups = { a = group, b = group }, group_policy = "none" }
    assert.is_true(two["N1:MEMORY_MB=2 N1:VCPU=2 N2:MEMORY_MB=2 N2:VCPU=2 a:N1,N2 b:N1,N2"])
    -- three groups in a circle, each over another pair
    local wide = { resources = { MEMORY_MB = 4, VCPU = 4 },
                   split = { MEMORY_MB = true, VCPU = true } }
    local three = keys { groups = { a = wide, b = wide, c = wide }, group_policy = "none" }
    assert.is_true(three["N1:MEMORY_MB=4 N1:VCPU=4 N2:MEMORY_MB=4 N2:VCPU=4 " ..
                         "N3:MEMORY_MB=4 N3:VCPU=4 a:N1,N2 b:N1,N3 c:N2,N3"])
  end)

  it("gives few answers over many providers, and one when they are interchangeable", function()
    local specs = { { name = "R" } }
    for i = 1, 64 do
      specs[#specs + 1] = { name = "N" .. i, parent = "R", inventories = { VCPU = stock(100) } }
    end
    local store <close> = fleets.load(specs)
    assert.equal(64, #set_of(store, "resources=VCPU:32&split=VCPU"))
    assert.equal(1, #set_of(store, "resources=VCPU:3200&split=VCPU&canonical=true"))
    assert.equal(1, #set_of(store, "resources=VCPU:6400&split=VCPU"))
    local two = "resources1=VCPU:%d&split1=VCPU&resources2=VCPU:%d&split2=VCPU&group_policy=%s"
    assert.equal(64 * 64, #set_of(store, two:format(32, 32, "none")))
    assert.equal(64 * 63, #set_of(store, two:format(32, 32, "isolate")))
    assert.same({}, set_of(store, two:format(3201, 3200, "none")))
  end)

  it("is listed to the end where nodes get full and amounts have a divisor in common", function()
    local specs, request = { { name = "R" } }, { groups = {}, group_policy = "none" }
    for i = 1, 8 do
      specs[#specs + 1] = { name = "N" .. i, parent = "R", inventories = { PCPU = stock(8) } }
    end
    for i = 1, 4 do
      request.groups["g" .. i] = { resources = { PCPU = 16 }, split = { PCPU = true } }
    end
    local store <close> = fleets.load(specs)
    assert.equal(2520, #set_of(store, request)) -- 8! / 2!^4: a pair of nodes for each group
    request.canonical = true
    assert.equal(1, #set_of(store, request))
  end)

  it("is shared out in less than that divisor where two groups need one provider on top", function()
    local store <close> = fleets.load {
      { name = "R", inventories = { VCPU = stock(2) } },
      { name = "A", parent = "R", inventories = { VCPU = stock(8) } },
      { name = "B", parent = "R", inventories = { PGPU = stock(2) } },
    }
    assert.same({ "A:VCPU=2 B:PGPU=2 R:VCPU=2" }, set_of(store, "resources_a=VCPU:2&split_a=VCPU"
      .. "&resources_b=VCPU:2&split_b=VCPU&resources_c=PGPU:1&resources_d=PGPU:1"
      .. "&same_subtree=_a,_c&same_subtree=_b,_d&group_policy=none"))
  end)

  it("is gathered by twin groups in one order when asked for canonical answers", function()
    local store <close> = fleets.load {
      { name = "R" },
      { name = "A", parent = "R", inventories = { VCPU = stock(8), PGPU = stock(1) } },
      { name = "B", parent = "R", inventories = { VCPU = stock(7), PGPU = stock(1) } },
      { name = "C", parent = "R", inventories = { VCPU = stock(6) } },
    }
    local function mappings(query)
      local texts = {}
      for i, candidate in ipairs(assert(fleets.candidates(store, query))) do
        local map = candidate.mappings
        texts[i] = table.concat(map["1"], "+") .. " " .. table.concat(map["2"], "+")
      end
      return texts
    end
    local alone = "resources1=VCPU:9&split1=VCPU&resources2=VCPU:9&split2=VCPU&group_policy=none"
    assert.same({ "A+B A+C", "A+B B+C", "A+C A+B", "A+C B+C", "B+C A+B", "B+C A+C" },
                mappings(alone))
    assert.same({ "A+B A+C", "A+B B+C", "A+C B+C" }, mappings(alone .. "&canonical=true"))
    local beside = "resources1=PGPU:1,VCPU:8&split1=VCPU&resources2=PGPU:1,VCPU:8&split2=VCPU"
      .. "&group_policy=isolate"
    assert.same({ "A B+C", "B+C A" }, mappings(beside))
    assert.same({ "A B+C" }, mappings(beside .. "&canonical=true"))
  end)

  it("is found for many groups that share hundreds of small providers", function()
    local specs = { { name = "R" } }
    for i = 1, 300 do
      specs[#specs + 1] = { name = "N" .. i, parent = "R", inventories = { PGPU = stock(3) } }
    end
    local store <close> = fleets.load(specs)
    local function first(groups, amount, policy)
      local request = { groups = {}, group_policy = policy }
      for i = 1, groups do
        request.groups["g" .. i] = { resources = { PGPU = amount }, split = { PGPU = true } }
      end
      return assert(store:candidates(request)):next()
    end
    for _, policy in ipairs { "none", "isolate" } do
      local total = 0
      for _, amounts in pairs(assert(first(12, 50, policy)):resources()) do
        total = total + amounts.PGPU
      end
      assert.equal(600, total)
    end
    assert.is_truthy(first(9, 100, "none")) -- all there is
    assert.is_nil(first(9, 101, "none"))
    assert.is_truthy(first(1, 900, "none"))
  end)

  it("is not sought for in vain when a group has taken what another needs alone", function()
    local specs = { { name = "R", inventories = { DISK_GB = stock(9) } } }
    for i = 1, 20 do
      specs[#specs + 1] = { name = "N" .. i, parent = "R", inventories = { VCPU = stock(3) } }
    end
    local store <close> = fleets.load(specs)
    -- both groups need the root's disk, and isolation gives it to one
    assert.same({}, set_of(store, "resources=VCPU:4&split=VCPU&resources1=DISK_GB:3,VCPU:6" ..
      "&split1=DISK_GB,VCPU&resources2=DISK_GB:6,VCPU:10&split2=VCPU&group_policy=isolate"))
  end)

  it("is what a refusal names when all of a tree together have too little", function()
    local store <close> = numa(8, 8)
    local request = { consumer = "c", resources = { VCPU = 101 }, split = { VCPU = true } }
    local claim, err = store:place(request)
    assert.is_nil(claim)
    assert.same({ "no_candidate", "VCPU", 101 }, { err.code, err.class, err.want })
  end)

  it("leaves room for the groups beside it", function()
    local store <close> = numa(8, 8)
    local both = "N1:VCPU=8 N2:VCPU=4 R:MEMORY_MB=1"
    local query = "resources=VCPU:%d,MEMORY_MB:1&split=VCPU&resources1=VCPU:2&in_tree1=R"
    assert.same({ both, both }, set_of(store, query:format(10)))
    assert.equal(2, #set_of(store, query:format(14)))
    assert.same({}, set_of(store, query:format(15)))
  end)
end)

describe("a candidate iterator", function()
  it("goes stale when the fleet changes under it", function()
    local store <close> = fleets.load(forest)
    local iterator = assert(store:candidates("resources=VCPU:1"))
    assert.is_truthy(iterator())
    assert(store:create_provider { name = "late", inventories = { VCPU = 8 } })
    local ok, err = pcall(iterator)
    assert.is_false(ok)
    assert.equal("stale", err.code)
  end)

  it("ends with search_budget instead of running for minutes", function()
    -- Odd children for even amounts: each must waste one unit, and together they may not.  No look
    -- ahead by sums and numbers can see that.
    local specs, room = { { name = "R" } }, 0
    for i = 1, 7 do
      local units = 95 + 2 * i
      specs[#specs + 1] = { name = "C" .. i, parent = "R", inventories = { PGPU = stock(units) } }
      room = room + units
    end
    local request, rest = { groups = {}, group_policy = "none" }, room - 1
    for i = 1, 20 do
      local amount = 24 + 2 * i - 2 * (i // 11) * 10
      request.groups[("g%02d"):format(i)] = { resources = { PGPU = amount } }
      rest = rest - amount
    end
    request.groups.last = { resources = { PGPU = rest } }
    local store <close> = fleets.load(specs)
    local iterator = assert(store:candidates(request))
    local candidate, err = iterator:next()
    assert.is_nil(candidate)
    assert.equal("search_budget", err.code)
    assert.is_true(err.work > err.limit)
    request.consumer = "c"
    local claim, refusal = store:place(request)
    assert.is_nil(claim)
    assert.equal("search_budget", refusal.code)
  end)
end)
