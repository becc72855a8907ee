--- Placement's query strings: what is accepted, what is refused, and where the fault is said to be.
local berth = require "berth"
local fleets = require "spec.support.fleet"

local function refusal(query)
  local request, err = berth.request(query)
  assert.is_nil(request, query)
  return err
end

describe("a query string", function()
  local accepted = {
    "resources=VCPU:1",
    "resources=VCPU:1,MEMORY_MB:512,DISK_GB:10",
    "resources=VCPU:1&",
    "&&resources=VCPU:1",
    "resources=VCPU:007",
    "resources=VCPU%3A1%2CMEMORY_MB%3a2",
    "resources=VCPU:99999999999999999999999999",
    "resources=VCPU:1,VCPU:2",
    "resources=VCPU:1&required=A,!B,%20C%20&required=in:D,E&required=!!!F",
    "resources=VCPU:1&required=!in:A,B",
    "resources=VCPU:1&required=in:A,B&required=!A",
    "resources=VCPU:1&member_of=8c1c0ac6-1a8c-4a9e-8d6c-0d8f3f0c1b1e&member_of=in:a,b&member_of=!c",
    "resources=VCPU:1&member_of=!in:a,b.c_d-e",
    "resources=VCPU:1&in_tree=+node-7+",
    "resources1=VCPU:1",
    "resources_1=VCPU:1&resources1=VCPU:1&group_policy=none",
    "resources" .. ("x"):rep(64) .. "=VCPU:1",
    "resources1=VCPU:1&required2=A&same_subtree=1,2&group_policy=isolate",
    "resources1=VCPU:1&resources2=VCPU:1&resources3=VCPU:1&same_subtree=1,2&same_subtree=2,3"
      .. "&group_policy=none",
    "resources=VCPU:1&root_required=A,!B",
    "resources=VCPU:1&limit=10",
    "resources=VCPU:1&limit=99999999999999999999999",
    "resources=VCPU:1&canonical=true",
    "resources=VCPU:1&split=VCPU",
    "split_g=VCPU,DISK_GB&resources_g=VCPU:1,DISK_GB:1",
  }
  for _, query in ipairs(accepted) do
    it("accepts " .. query, function()
      assert(berth.request(query))
    end)
  end

  -- query, parameter, position
  local refused = {
    { "", "resources", 1 },
    { "limit=1", "resources", 8 },
    { "resources=", "resources", 11 },
    { "resources", "resources", 10 },
    { "resources=VCPU", "resources", 11 },
    { "resources=VCPU:", "resources", 11 },
    { "resources=:1", "resources", 11 },
    { "resources=VCPU:1,", "resources", 18 },
    { "resources=VCPU:1,DISK_GB:x", "resources", 18 },
    { "resources=VCPU: 1", "resources", 11 },
    { "resources=VCPU:+1", "resources", 11 },
    { "resources=VCPU:1_0", "resources", 11 },
    { "resources=VCPU:1.0", "resources", 11 },
    { "resources=VCPU:-1", "resources", 11 },
    { "resources=VCPU:0", "resources", 11 },
    { "resources=VCPU:1:2", "resources", 11 },
    { "resources=VCPU:1&resources=VCPU:0", "resources", 28 },
    { "resources=VCPU:0&resources=VCPU:1", "resources", 11 },
    { "resources=VCPU:1&bogus=1", "bogus", 18 },
    { "resources=VCPU:1&limits=1", "limits", 18 },
    { "resources=VCPU:1&required=", "required", 27 },
    { "resources=VCPU:1&required=A,,B", "required", 29 },
    { "resources=VCPU:1&required=!", "required", 28 },
    { "resources=VCPU:1&required=in:", "required", 30 },
    { "resources=VCPU:1&required=in:A,", "required", 32 },
    { "resources=VCPU:1&required=in:A,!B", "required", 32 },
    { "resources=VCPU:1&required=A,!A", "required", 18 },
    { "resources=VCPU:1&required=in:A,B&required=!A,!B", "required", 18 },
    { "resources=VCPU:1&member_of=a,b", "member_of", 28 },
    { "resources=VCPU:1&member_of=in:a,!b", "member_of", 33 },
    { "resources=VCPU:1&member_of=in:!a", "member_of", 31 },
    { "resources=VCPU:1&member_of=a%20b", "member_of", 28 },
    { "resources=VCPU:1&member_of=", "member_of", 28 },
    { "resources=VCPU:1&in_tree=", "in_tree", 26 },
    { "resources=VCPU:1&in_tree=a&in_tree=", "in_tree", 36 },
    { "resources=VCPU:1&resources=DISK_GB:1&split=VCPU", "split", 44 },
    { "required=A", "resources", 11 },
    { "resources1=VCPU:1&required2=A&group_policy=none", "resources2", 48 },
    { "resources1=VCPU:1&resources2=VCPU:1", "group_policy", 36 },
    { "resources1=VCPU:1&required2=A&same_subtree=1,2", "group_policy", 47 },
    { "required1=A&same_subtree=1", "resources", 27 },
    { "resources1=VCPU:1&same_subtree=1,2", "same_subtree", 19 },
    { "resources1=VCPU:1&same_subtree=1,", "same_subtree", 32 },
    { "resources1=VCPU:1&same_subtree=", "same_subtree", 32 },
    { "resources=VCPU:1&limit=0", "limit", 24 },
    { "resources=VCPU:1&limit=01", "limit", 24 },
    { "resources=VCPU:1&limit=-1", "limit", 24 },
    { "resources=VCPU:1&limit=abc", "limit", 24 },
    { "resources=VCPU:1&limit=abc&limit=2", "limit", 24 },
    { "resources=VCPU:1&limit=2&limit=2", "limit", 26 },
    { "resources=VCPU:1&group_policy=bogus&group_policy=none", "group_policy", 31 },
    { "resources=VCPU:1&group_policy=none&group_policy=none", "group_policy", 36 },
    { "resources=VCPU:1&root_required=A&root_required=B", "root_required", 34 },
    { "resources=VCPU:1&root_required=in:A,B", "root_required", 32 },
    { "resources=VCPU:1&root_required=A,!A", "root_required", 18 },
    { "resources=VCPU:1&root_required=", "root_required", 32 },
    { "resources=VCPU:1&canonical=yes", "canonical", 28 },
    { "resources=VCPU:1&canonical=false&canonical=true", "canonical", 34 },
    { "resources=VCPU:1&split=DISK_GB", "split", 24 },
    { "resources=VCPU:1&split=VCPU&split=VCPU", "split", 29 },
    { "resources=VCPU:1&splitx=VCPU", "splitx", 25 },
  }
  for _, case in ipairs(refused) do
    it(("refuses %q at byte %d"):format(case[1], case[3]), function()
      local err = refusal(case[1])
      assert.equal("invalid_request", err.code)
      assert.equal(case[2], err.parameter)
      assert.equal(case[3], err.position)
      assert.matches("^" .. case[2] .. ": .*, at position " .. case[3] .. "$", err.message)
    end)
  end

  -- query, parameter, position of a name that no store has
  local unknown = {
    { "resources=VCPU:1,CUSTOM_NO:1", "resources", 18 },
    { "resources=VCPU:1&resources_gpu=CUSTOM_NO:1", "resources_gpu", 32 },
    { "res%6furces=VCPU%3a1%2cCUSTOM_NO:1", "resources", 24 },
    { "resources=VCPU:1&required=CUSTOM_NO", "required", 27 },
    { "resources=VCPU:1&required=HW_NUMA_ROOT,!CUSTOM_NO", "required", 41 },
    { "resources=VCPU:1&required=HW_NUMA_ROOT&required=%43USTOM_NO", "required", 49 },
    { "resources=VCPU:1&required=in:HW_NUMA_ROOT,+CUSTOM_NO", "required", 44 },
    { "resources=VCPU:1&required=!in:CUSTOM_NO", "required", 31 },
    { "resources_a=VCPU:1&required_a=CUSTOM_NO", "required_a", 31 },
    { "resources=VCPU:1&root_required=HW_NUMA_ROOT,!CUSTOM_NO", "root_required", 46 },
  }
  for _, case in ipairs(unknown) do
    it(("tells of the name it does not know at byte %d of %q"):format(case[3], case[1]), function()
      local store <close> = assert(berth.open ":memory:")
      for _, ask in ipairs { case[1], berth.request(case[1]) } do
        local result, err = store:candidates(ask)
        assert.is_nil(result)
        assert.equal("not_found", err.code)
        assert.equal("CUSTOM_NO", err.class or err.trait)
        assert.equal(case[2], err.parameter)
        assert.equal(case[3], err.position)
        assert.matches("^" .. case[2] .. ": there is no .*, at position " .. case[3] .. "$",
          err.message)
      end
    end)
  end

  it("refuses malformed encodings and suffixes where they stand", function()
    for query, position in pairs {
      ["resources=VCPU:1%"] = 17, ["resources=VCPU:1%4"] = 17, ["resources=VCPU:1%zz"] = 17,
      ["resources=VCPU:1&required=%ff"] = 27, ["resources=VCPU:1&required=A%00B"] = 27,
      ["resources!=VCPU:1"] = 10, ["resourcesa b=VCPU:1"] = 10,
      ["resources" .. ("x"):rep(65) .. "=VCPU:1"] = 10,
    } do
      local err = refusal(query)
      assert.equal("invalid_request", err.code, query)
      assert.equal(position, err.position, query)
      assert.matches(", at position " .. position .. "$", err.message)
    end
    assert.equal("required", refusal("resources=VCPU:1&required=%ff").parameter)
    assert.is_nil(refusal("resources=VCPU:1&%ff=A").parameter)
  end)

  it("refuses what is too large before reading it", function()
    local long = "resources=VCPU:1&required=" .. ("A,"):rep(1000000)
    assert.equal("limit_exceeded", refusal(long).code)
    assert.equal("limit_exceeded", refusal("resources=VCPU:1" .. ("&required=A"):rep(2000)).code)
    local groups = { "group_policy=none" }
    for i = 1, 300 do groups[#groups + 1] = ("resources%d=VCPU:1"):format(i) end
    assert.equal("limit_exceeded", refusal(table.concat(groups, "&")).code)
  end)

  it("keeps the last amount of a class that stands there twice", function()
    local store <close> = fleets.load { { name = "P", inventories = { VCPU = 8 } } }
    local list = assert(fleets.candidates(store, "resources=VCPU:7,VCPU:2"))
    assert.same({ P = { VCPU = 2 } }, list[1].resources)
  end)

  it("takes the last of repeated resources and trees", function()
    local store <close> = fleets.load { { name = "P", inventories = { VCPU = 8, DISK_GB = 8 } },
                                        { name = "Q", inventories = { VCPU = 8, DISK_GB = 8 } } }
    local function answers(query)
      local list = assert(fleets.candidates(store, query))
      local resources = {}
      for i, candidate in ipairs(list) do resources[i] = candidate.resources end
      return resources
    end
    assert.same({ { P = { VCPU = 2 } }, { Q = { VCPU = 2 } } },
                answers "resources=VCPU:9,DISK_GB:1&resources=CUSTOM_NO:1&resources=VCPU:2")
    assert.same({ { Q = { VCPU = 1 } } }, answers "resources=VCPU:1&in_tree=P&in_tree=Q")
    assert.same({ { P = { VCPU = 3 } } },
                answers "resources_g=DISK_GB:1&in_tree_g=Q&resources_g=VCPU:3&in_tree_g=P")
    assert.same({ { P = { VCPU = 8 } }, { Q = { VCPU = 8 } } },
                answers "split=VCPU&resources=VCPU:99&resources=VCPU:8")
  end)

  it("knows an aggregate by any spelling of its uuid", function()
    local uuid = "8c1c0ac6-1a8c-4a9e-8d6c-0d8f3f0c1b1e"
    local store <close> = fleets.load {
      { name = "P", inventories = { VCPU = 8 }, aggregates = { uuid } },
      { name = "Q", inventories = { VCPU = 8 } },
    }
    for _, spelling in ipairs { uuid, uuid:upper(), (uuid:gsub("-", "")), "{" .. uuid .. "}" } do
      local list = assert(fleets.candidates(store, "resources=VCPU:1&member_of=" .. spelling))
      assert.equal(1, #list)
      assert.is_truthy(list[1].resources.P)
    end
  end)

  it("decodes plus signs and percent signs before it reads", function()
    local store <close> = fleets.load { { name = "a node", inventories = { VCPU = 8 } },
                                        { name = "other", inventories = { VCPU = 8 } } }
    for _, query in ipairs {
      "resources=VCPU:1&in_tree=a+node", "res%6furces=VCPU%3a1&in_tree=a%20node",
    } do
      assert.equal(1, #assert(fleets.candidates(store, query)))
    end
  end)
end)

describe("noise in place of a query string", function()
  it("is answered with a request or a refusal, never with anything worse", function()
    local seed = math.tointeger(tonumber(os.getenv("BERTH_SEED") or os.time() % 1000000))
    math.randomseed(seed)
    local words = {
      "resources", "required", "member_of", "in_tree", "split", "limit", "=", "=", "&", "&", ",",
      ":", "!", "in:", "VCPU", "1", "%", "%41", "+", "same_subtree", "\0", "\255", "group_policy",
      "none", "isolate", "root_required", "canonical", "true", "_g",
    }
    for _ = 1, 3000 do
      local parts = {}
      for i = 1, math.random(20) do parts[i] = words[math.random(#words)] end
      local query = table.concat(parts)
      local request, err = berth.request(query)
      assert(request or err.code == "invalid_request" or err.code == "limit_exceeded",
             ("seed %d: %q"):format(seed, query))
    end
  end)
end)
