-- Providers through the public face: making and finding them, their fields and trees, inventories,
-- traits and aggregates, generations, deletion and listing.

local berth = require "berth"

local RACK = "8f0b7b9e-6d3c-4a58-9c1f-0d9a5a0a1b2c"
local UUID = "11111111-2222-3333-4444-55555555555a"

describe("a provider", function()
  local store
  before_each(function() store = assert(berth.open ":memory:") end)
  after_each(function() store:close() end)

  local function refused(code, result, err)
    assert.is_nil(result)
    assert.equal(code, err.code)
    return err
  end

  it("is made with everything about it in one step", function()
    local node = assert(store:create_provider { name = "node-7", uuid = UUID,
      inventories = { VCPU = { total = 64, allocation_ratio = 4.0 }, MEMORY_MB = 262144 },
      traits = { "HW_CPU_X86_AVX2", "HW_CPU_X86_AVX" }, aggregates = { RACK, "row.4" } })
    assert.equal(UUID, node.uuid)
    assert.equal("node-7", node.name)
    assert.equal(0, node.generation)
    assert.is_nil(node.parent)
    assert.equal(node, node.root)
    assert.same({ "HW_CPU_X86_AVX", "HW_CPU_X86_AVX2" }, node:traits())
    assert.same({ RACK, "row.4" }, node:aggregates())
    assert.same({ VCPU = 0, MEMORY_MB = 0 }, node:usages())
    assert.same({
      VCPU = { total = 64, reserved = 0, min_unit = 1, max_unit = 2147483647, step_size = 1,
        allocation_ratio = 4.0 },
      MEMORY_MB = { total = 262144, reserved = 0, min_unit = 1, max_unit = 2147483647,
        step_size = 1, allocation_ratio = 1.0 },
    }, node:inventories())
  end)

  it("gets a random uuid when none is given", function()
    local one = assert(store:create_provider { name = "one" })
    local two = assert(store:create_provider { name = "two" })
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", one.uuid)
    assert.not_equal(one.uuid, two.uuid)
  end)

  it("takes a uuid in any usual spelling and shows it in one", function()
    local spellings = { UUID:upper(), UUID:gsub("%-", ""), "{" .. UUID .. "}", "urn:uuid:" .. UUID }
    for i, spelling in ipairs(spellings) do
      local node = assert(store:create_provider { name = "n" .. i, uuid = spelling })
      assert.equal(UUID, node.uuid)
      assert.equal(node, store:provider(spelling))
      assert(node:delete())
    end
    refused("invalid_value", store:create_provider { name = "x", uuid = "not-one" })
  end)

  it("is found by uuid and by name, and is the same either way", function()
    local node = assert(store:create_provider { name = "n", uuid = UUID })
    assert.equal(node, store:provider "n")
    assert.equal(node, store:provider(UUID))
    assert.equal(node, store:provider(node))
    local err = refused("not_found", store:provider "m")
    assert.equal("m", err.provider)
  end)

  it("keeps names and uuids unique", function()
    assert(store:create_provider { name = "n", uuid = UUID })
    local err = refused("duplicate_name", store:create_provider { name = "n" })
    assert.equal("n", err.name)
    err = refused("duplicate_name", store:create_provider { name = "m", uuid = UUID:upper() })
    assert.equal(UUID, err.uuid)
    assert.is_nil((store:provider "m"))
  end)

  it("has a name of 1 to 200 characters", function()
    refused("invalid_value", store:create_provider { name = "" })
    refused("invalid_value", store:create_provider { name = ("x"):rep(201) })
    local long = ("\u{1F4A9}"):rep(200)
    assert.equal(long, assert(store:create_provider { name = long }).name)
    refused("invalid_value", store:create_provider { name = long .. "x" })
  end)

  it("is not made when anything about it is refused", function()
    local before = store:dump()
    refused("not_found", store:create_provider { name = "n", traits = { "HW_NONE" } })
    refused("not_found", store:create_provider { name = "n", inventories = { CUSTOM_NONE = 1 } })
    refused("not_found", store:create_provider { name = "n", parent = "nobody" })
    refused("invalid_capacity", store:create_provider { name = "n", inventories = { VCPU = 0 } })
    refused("invalid_value", store:create_provider { name = "n", aggregates = { "a b" } })
    assert.equal(before, store:dump())
  end)

  it("says which class and which field of an inventory is wrong", function()
    local err = refused("invalid_capacity", store:create_provider { name = "n",
      inventories = { VCPU = { total = 4, reserved = 5 } } })
    assert.equal("reserved", err.field)
    assert.equal("VCPU", err.class)
    err = refused("invalid_capacity", store:create_provider { name = "n",
      inventories = { VCPU = { total = 4, step_size = 1.5 } } })
    assert.equal("inventories.VCPU.step_size", err.parameter)
  end)

  it("shows what is, not what was", function()
    local node = assert(store:create_provider { name = "before" })
    local same = assert(store:provider "before")
    assert(same:update { name = "after" })
    assert(same:set_inventories { VCPU = 1 })
    assert.equal("after", node.name)
    assert.equal(1, node.generation)
  end)

  it("tells that it is gone", function()
    local node = assert(store:create_provider { name = "n", uuid = UUID })
    assert.is_true(assert(store:provider "n"):delete())
    assert.equal(UUID, node.uuid)
    assert.is_nil(node.name)
    assert.is_nil(node.generation)
    assert.is_nil(node.parent)
    assert.is_nil(node.root)
    for _, method in ipairs { "inventories", "traits", "aggregates", "usages", "allocations",
      "children", "delete" } do
      local err = refused("not_found", node[method](node))
      assert.equal(UUID, err.provider)
    end
    refused("not_found", node:set_traits {})
    refused("not_found", node:update { name = "m" })
    assert.matches("gone", tostring(node))
  end)

  it("is known again under the uuid of one that was deleted", function()
    local node = assert(store:create_provider { name = "old", uuid = UUID })
    assert(node:delete())
    assert(store:create_provider { name = "new", uuid = UUID })
    assert.equal("new", node.name)
  end)

  describe("in a tree", function()
    local root, child, leaf
    before_each(function()
      root = assert(store:create_provider { name = "root" })
      child = assert(store:create_provider { name = "child", parent = root })
      leaf = assert(store:create_provider { name = "leaf", parent = "child" })
    end)

    it("knows its parent, root and children", function()
      assert.equal(child, leaf.parent)
      assert.equal(root, leaf.root)
      assert.same({ child }, root:children())
      local early = assert(store:create_provider { name = "a", parent = root })
      assert.same({ "a", "child" }, { root:children()[1].name, root:children()[2].name })
      assert.same({}, early:children())
    end)

    it("takes its subtree along when it moves and bumps no generation", function()
      local other = assert(store:create_provider { name = "other" })
      assert(child:update { parent = other })
      assert.equal(other, leaf.root)
      assert.same({}, root:children())
      assert(child:update { parent = false })
      assert.is_nil(child.parent)
      assert.equal(child, leaf.root)
      for _, each in ipairs { root, child, leaf, other } do assert.equal(0, each.generation) end
    end)

    it("cannot come to lie below itself", function()
      refused("parent_loop", root:update { parent = leaf })
      refused("parent_loop", root:update { parent = root })
      refused("not_found", root:update { parent = "nobody" })
      assert.is_nil(root.parent)
    end)

    it("goes only when nothing depends on it: children first, then allocations", function()
      assert(root:set_inventories { VCPU = 4 })
      assert(store:allocate { consumer = "c", allocations = { [root] = { VCPU = 1 } } })
      refused("has_children", root:delete())
      assert(leaf:delete())
      assert(child:delete())
      refused("in_use", root:delete())
      assert(store:release "c")
      assert(root:delete())
      refused("not_found", store:provider "root")
    end)
  end)

  describe("with inventories", function()
    local node
    before_each(function()
      node = assert(store:create_provider { name = "n", inventories = { VCPU = 8 } })
    end)

    it("takes back what it told", function()
      local told = node:inventories()
      told.VCPU.reserved, told.VCPU.allocation_ratio = 2, 1.5
      assert(node:set_inventories(told))
      assert.same(told, node:inventories())
    end)

    it("refuses a class with a name that none can have, whatever is told of it (B5)", function()
      local generation, told = node.generation, node:inventories()
      for _, class in ipairs { "vcpu bad", "CUSTOM_lower", "" } do
        refused("not_found", node:set_inventories { [class] = { total = 5 } })
        for _, value in ipairs { "x", true } do
          local ok, message = pcall(node.set_inventories, node, { [class] = value })
          assert.is_false(ok)
          assert.matches("total or inventory table expected", message)
        end
      end
      assert.equal(generation, node.generation)
      assert.same(told, node:inventories())
    end)

    it("lets go of no inventory in use, but lets it shrink", function()
      assert(store:allocate { consumer = "c", allocations = { n = { VCPU = 6 } } })
      local err = refused("inventory_in_use", node:set_inventories {})
      assert.equal("VCPU", err.class)
      refused("inventory_in_use", node:set_inventory("VCPU", nil))
      assert(node:set_inventory("VCPU", 4))
      assert.same({ VCPU = 6 }, node:usages())
      local fine, notices = store:check()
      assert.is_true(fine)
      assert.equal(1, #notices)
    end)

    it("changes one class and leaves the others", function()
      assert(node:set_inventory("MEMORY_MB", { total = 1024, step_size = 256 }))
      assert.equal(8, node:inventories().VCPU.total)
      assert(node:set_inventory("VCPU"))
      assert.is_nil(node:inventories().VCPU)
      refused("not_found", node:set_inventory("VCPU", nil))
      refused("not_found", node:set_inventory("CUSTOM_NONE", 1))
    end)

    it("allows a total far beyond 32 bits, with a max_unit to match", function()
      local most = 2 ^ 53 - 1
      assert(node:set_inventory("DISK_GB", most))
      assert.equal(math.tointeger(most), node:inventories().DISK_GB.max_unit)
      refused("invalid_capacity", node:set_inventory("DISK_GB", 1 << 53))
    end)
  end)

  describe("with generations", function()
    local node
    before_each(function() node = assert(store:create_provider { name = "n" }) end)

    it("moves exactly as the reference says", function()
      local steps = {
        { 1, function() return node:set_inventory("VCPU", 1) end },
        { 2, function() return node:set_inventory("VCPU", 1) end },
        { 3, function() return node:set_inventories { VCPU = 1 } end },
        { 4, function() return node:set_inventories {} end },
        { 5, function() return node:set_inventories {} end },
        { 6, function() return node:set_inventories {} end },
        { 7, function() return node:set_aggregates { RACK } end },
        { 8, function() return node:set_aggregates { RACK } end },
        { 9, function() return node:set_traits { "HW_CPU_X86_AVX" } end },
        { 9, function() return node:set_traits { "HW_CPU_X86_AVX" } end },
        { 10, function() return node:set_traits {} end },
        { 10, function() return node:set_traits {} end },
      }
      assert.equal(0, node.generation)
      for i, step in ipairs(steps) do
        assert(step[2]())
        assert.equal(step[1], node.generation, "step " .. i)
      end
    end)

    it("refuses a write that expects another one, and tells both", function()
      assert(node:set_inventories({ VCPU = 1 }, { generation = 0 }))
      local writes = {
        function(o) return node:set_inventories({}, o) end,
        function(o) return node:set_inventory("VCPU", 2, o) end,
        function(o) return node:set_traits({}, o) end,
        function(o) return node:set_aggregates({}, o) end,
      }
      for _, write in ipairs(writes) do
        local err = refused("generation_conflict", write { generation = 0 })
        assert.equal(0, err.want)
        assert.equal(1, err.have)
        assert.equal(node.uuid, err.provider)
      end
      assert.equal(1, node.generation)
    end)
  end)

  it("has aggregates by uuid in one spelling, or by any plain word", function()
    local node = assert(store:create_provider { name = "n" })
    assert(node:set_aggregates { RACK:upper(), "Row-4" })
    assert.same({ RACK, "Row-4" }, node:aggregates())
  end)

  it("has each aggregate once", function()
    local node = assert(store:create_provider { name = "n", aggregates = { "a" } })
    local before = store:dump()
    for _, list in ipairs { { "a", "a" }, { "b", "a", "b" }, { RACK, RACK:upper() } } do
      refused("invalid_value", node:set_aggregates(list))
      refused("invalid_value", store:create_provider { name = "m", aggregates = list })
      assert.equal(before, store:dump())
    end
    assert(node:set_aggregates { "a", "A" })
    assert.same({ "A", "a" }, node:aggregates())
  end)

  it("lists who holds what of it", function()
    assert(store:create_provider { name = "n", inventories = { VCPU = 8, MEMORY_MB = 1024 } })
    assert(store:allocate { consumer = "a", allocations = { n = { VCPU = 2, MEMORY_MB = 512 } } })
    assert(store:allocate { consumer = "b", allocations = { n = { VCPU = 1 } } })
    assert(store:allocate { consumer = "b", allocations = { n = { VCPU = 3 } } })
    assert.same({
      a = { resources = { VCPU = 2, MEMORY_MB = 512 }, generation = 1 },
      b = { resources = { VCPU = 3 }, generation = 2 },
    }, store:provider("n"):allocations())
  end)
end)

describe("the list of providers", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    assert(store:create_trait "CUSTOM_FAST")
    local function make(spec) assert(store:create_provider(spec)) end
    make { name = "west", inventories = { VCPU = 4 }, aggregates = { "a", "b" } }
    make { name = "west-gpu", parent = "west",
      inventories = { PGPU = { total = 4, step_size = 2 } },
      traits = { "CUSTOM_FAST", "HW_GPU_API_VULKAN" }, aggregates = { "b" } }
    make { name = "east", inventories = { VCPU = 8, MEMORY_MB = 64 }, traits = { "CUSTOM_FAST" },
      aggregates = { "a" } }
  end)
  after_each(function() store:close() end)

  local function names(filter)
    local found = {}
    for provider in store:providers(filter) do found[#found + 1] = provider.name end
    return table.concat(found, " ")
  end

  it("comes in order of name", function()
    assert.equal("east west west-gpu", names())
    assert.equal("east west west-gpu", names {})
  end)

  it("looks at each provider by itself", function()
    for expected, filter in pairs {
      ["west"] = { name = "west" },
      ["east west"] = { member_of = "a" },
      ["east west west-gpu"] = { member_of = "in:a,b" },
      ["west west-gpu"] = { member_of = { "b" } },
      ["east"] = { member_of = { "a", "!b" } },
      ["west-gpu"] = { required = { "CUSTOM_FAST", "HW_GPU_API_VULKAN" } },
      ["east "] = { required = "CUSTOM_FAST,!HW_GPU_API_VULKAN" },
      [" east"] = { required = "CUSTOM_FAST", forbidden = { "HW_GPU_API_VULKAN" } },
      ["east west-gpu"] = { required = { { "CUSTOM_FAST", "HW_CPU_X86_AVX" } } },
      [" west west-gpu"] = { in_tree = "west-gpu" },
      ["west "] = { resources = { VCPU = 3 }, in_tree = "west" },
      [" east "] = { resources = "VCPU:5" },
      [" west-gpu"] = { resources = { PGPU = 2 } },
      [""] = { resources = { PGPU = 3 } },
      [" "] = { in_tree = "nobody" },
      ["  "] = { required = "CUSTOM_FAST,!CUSTOM_FAST" },
      ["   "] = { member_of = "unknown" },
      ["    "] = { uuid = "nonsense" },
    } do
      assert.equal(expected:match "^%s*(.-)%s*$", names(filter))
    end
  end)

  it("counts what is in use", function()
    assert(store:allocate { consumer = "c", allocations = { east = { VCPU = 6 } } })
    assert.equal("west", names { resources = { VCPU = 3 } })
  end)

  it("finds a uuid in any spelling", function()
    local uuid = store:provider("east").uuid
    assert.equal("east", names { uuid = uuid:upper() })
  end)

  it("refuses unknown classes and traits, also forbidden ones", function()
    for _, filter in ipairs { { resources = { CUSTOM_NO = 1 } }, { required = "HW_NO" },
      { required = "!HW_NO" } } do
      local list, err = store:providers(filter)
      assert.is_nil(list)
      assert.equal("not_found", err.code)
    end
  end)

  it("leaves out what was deleted while it is gone through", function()
    local seen = {}
    for provider in store:providers() do
      seen[#seen + 1] = provider.name
      if provider.name == "east" then assert(store:provider("west-gpu"):delete()) end
    end
    assert.same({ "east", "west" }, seen)
  end)
end)
