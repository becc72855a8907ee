-- capacity(request): how many more fit, as place would place them, and what stops the next one.

local berth = require "berth"

describe("capacity", function()
  local store
  before_each(function() store = assert(berth.open ":memory:") end)
  after_each(function() store:close() end)

  local function node(name, inventories, spec)
    spec = spec or {}
    spec.name, spec.inventories = name, inventories
    return assert(store:create_provider(spec))
  end

  -- The same number, found by doing it.
  local function placed(request)
    local n = 0
    store:transaction(function(tx)
      while tx:place(request, { consumer = "c" .. n }) do n = n + 1 end
      return nil, "only counted"
    end)
    return n
  end

  it("counts what place would place", function()
    math.randomseed(os.time())
    for i = 1, 12 do
      node("n" .. i, { VCPU = math.random(8), MEMORY_MB = { total = math.random(64),
        step_size = math.random(2), allocation_ratio = math.random(1, 3) / 2 } })
      for j = 1, i % 3 do
        node("n" .. i .. "-" .. j, { PGPU = math.random(3) }, { parent = "n" .. i })
      end
    end
    for _, query in ipairs {
      "resources=VCPU:1", "resources=VCPU:3,MEMORY_MB:8", "resources=MEMORY_MB:2&resourcesg=PGPU:1",
      "resourcesa=PGPU:1&resourcesb=PGPU:1&group_policy=isolate", "resources=VCPU:100",
      "resources=VCPU:1&in_tree=n3", "resources=DISK_GB:1",
    } do
      local request = assert(berth.request(query))
      assert.equal(placed(request), assert(store:capacity(request)).count, query)
    end
  end)

  it("leaves everything as it was", function()
    node("n", { VCPU = 50 })
    local before, sequence = store:dump(), store:stats().sequence
    assert.equal(50, store:capacity("resources=VCPU:1").count)
    assert.equal(before, store:dump())
    assert.equal(sequence, store:stats().sequence)
    assert.is_true(store:check())
  end)

  it("says why not one more and what ran out", function()
    for i = 1, 3 do node("n" .. i, { VCPU = 100, MEMORY_MB = 10 }) end
    local found = assert(store:capacity { resources = { VCPU = 1, MEMORY_MB = 3 } })
    assert.equal(9, found.count)
    assert.equal("no_candidate", found.refusal.code)
    assert.equal("room", found.runs_out.kind)
    assert.matches("MEMORY_MB", found.runs_out.text)
  end)

  it("says what most trees lack when not one fits", function()
    local function lack(request)
      local found = assert(store:capacity(request))
      assert.equal(0, found.count)
      assert.equal("no_candidate", found.refusal.code)
      return found.runs_out and { found.runs_out.kind, found.runs_out.text }
    end
    assert.is_nil(lack "resources=VCPU:1") -- there are no trees
    for i = 1, 3 do node("n" .. i, { VCPU = i, MEMORY_MB = 10 }) end
    assert.same({ "room", "4 VCPU free in one provider" }, lack "resources=VCPU:4")
    assert.same({ "room", "20 MEMORY_MB free in one provider" },
                lack "resources=MEMORY_MB:20,VCPU:3")
    assert.same({ "class", "inventory of DISK_GB" }, lack "resources=VCPU:1,DISK_GB:1")
    assert.same({ "trait", "trait HW_CPU_X86_AVX" },
                lack "resources=VCPU:3&required=HW_CPU_X86_AVX")
  end)

  it("says what ran out where a tree meets each condition, but not all at one provider", function()
    node("n", { VCPU = 2 })
    node("fast", { VCPU = 2 }, { parent = "n", traits = { "HW_CPU_X86_AVX" } })
    local found = assert(store:capacity "resources1=VCPU:1&required1=HW_CPU_X86_AVX")
    assert.equal(2, found.count)
    assert.equal("trait", found.runs_out.kind)
    assert(store:allocate { consumer = "c", allocations = { fast = { VCPU = 2 } } })
    found = assert(store:capacity "resources1=VCPU:1&required1=HW_CPU_X86_AVX")
    assert.equal(0, found.count)
    assert.equal("trait", found.runs_out.kind)
  end)

  it("stops at the most that is asked for", function()
    node("n", { VCPU = 50 })
    local found = assert(store:capacity("resources=VCPU:1", { most = 50 }))
    assert.equal(50, found.count)
    assert.is_nil(found.refusal)
    assert.equal(50, store:capacity("resources=VCPU:1", { most = 51 }).count)
    assert.is_truthy(store:capacity("resources=VCPU:1", { most = 51 }).refusal)
  end)

  it("counts within a transaction what the transaction left", function()
    node("n", { VCPU = 10 })
    store:transaction(function(tx)
      assert(tx:place { consumer = "x", resources = { VCPU = 4 } })
      local diff = tx:diff()
      assert.equal(6, tx:capacity("resources=VCPU:1").count)
      assert.same(diff, tx:diff())
      tx:rollback()
    end)
    assert.equal(10, store:capacity("resources=VCPU:1").count)
  end)

  it("heeds what admits and who asks", function()
    node("n", { VCPU = 10 })
    assert(store:load_policy("project_quota",
      { limits = { acme = { VCPU = 3 }, ["*"] = { VCPU = 100 } } }))
    local found = assert(store:capacity { resources = { VCPU = 1 }, project = "acme" })
    assert.equal(3, found.count)
    assert.equal("denied", found.refusal.code)
    assert.equal(10, store:capacity({ resources = { VCPU = 1 }, project = "other" }).count)
  end)

  it("lets a search go on that was under way", function()
    for i = 1, 3 do node("n" .. i, { VCPU = 1 }) end
    local n = 0
    for _ in store:candidates "resources=VCPU:1" do
      n = n + 1
      assert.equal(3, store:capacity("resources=VCPU:1").count)
    end
    assert.equal(3, n)
  end)

  it("refuses what place would refuse to look for", function()
    local found, err = store:capacity "resources=CUSTOM_NO:1"
    assert.is_nil(found)
    assert.equal("not_found", err.code)
    found, err = store:capacity("resources=VCPU:1", { most = 0 })
    assert.is_nil(found)
    assert.equal("invalid_value", err.code)
    assert.error_matches(function() store:capacity("resources=VCPU:1", { moist = 1 }) end,
      "did you mean 'most'")
  end)
end)
