--- What policies cost: a call of a quota rule and of rankings, alone and with ten thousand rules; a
-- claim with and without a rule. Ratios are taken in one run; steps tell what a call is made of.
local berth = require "berth"
local core = require "berth.core"

local CALLS, RULES = 200000, 10000

local function fleet()
  local store = assert(berth.open ":memory:")
  assert(store:create_resource_class "CUSTOM_VCPU_MILLI")
  assert(store:create_resource_class "CUSTOM_GPU_MILLI")
  local node = assert(store:create_provider { name = "node",
    inventories = { VCPU = 1000000, MEMORY_MB = 1000000000, CUSTOM_VCPU_MILLI = 128000 } })
  for i = 1, 8 do
    assert(store:create_provider { name = "gpu" .. i, parent = node,
      inventories = { CUSTOM_GPU_MILLI = 1000 } })
  end
  assert(store:place { consumer = "held", project = "acme", user = "ann",
    resources = { VCPU = 4, MEMORY_MB = 8192 } })
  return store
end

local function limits(rules)
  local list = { acme = { VCPU = 100000, MEMORY_MB = 100000000 } }
  for i = 1, rules - 1 do list["project-" .. i] = { VCPU = 10, MEMORY_MB = 10000 } end
  return list
end

local function admit(rules)
  local store <close> = fleet()
  assert(store:load_policy("project_quota", { limits = limits(rules) }))
  assert(core.time_admit(store, "held", 10000)) -- warm
  local times = assert(core.time_admit(store, "held", CALLS))
  print(("%-34s median %6.2f us, p99 %6.2f us, %4d steps"):format(
    ("quota, %d rules: admit"):format(rules), times.median / 1e3, times.p99 / 1e3,
    store:policies()[1].steps))
  return times.median
end

local function rank(policy)
  local store <close> = fleet()
  assert(store:load_policy(policy))
  local request = { resources = { CUSTOM_VCPU_MILLI = 4000 },
    groups = { gpu = { resources = { CUSTOM_GPU_MILLI = 500 } } } }
  assert(core.time_rank(store, request, 10000))
  local times = assert(core.time_rank(store, request, CALLS))
  print(("%-34s median %6.2f us, p99 %6.2f us, %4d steps"):format(policy .. ": score",
    times.median / 1e3, times.p99 / 1e3, store:policies()[1].steps))
end

-- Microseconds of a claim and its release.
local function claim(rules)
  local store <close> = fleet()
  if rules > 0 then assert(store:load_policy("project_quota", { limits = limits(rules) })) end
  local best = math.huge
  for _ = 1, 5 do
    local start = core.clock()
    for _ = 1, 20000 do
      assert(store:place { consumer = "c", project = "acme",
        resources = { VCPU = 1, MEMORY_MB = 1 } }):release()
    end
    best = math.min(best, (core.clock() - start) / 20000 * 1e6)
  end
  print(("%-34s %6.2f us"):format(("claim and release, %d rules"):format(rules), best))
  return best
end

local few, many = admit(10), admit(RULES)
print(("%-34s %6.2f times"):format(RULES .. " rules against 10: admit", many / few))
for _, policy in ipairs { "first_fit", "best_fit", "gpu_packing", "fgd" } do rank(policy) end
claim(0)
few, many = claim(10), claim(RULES)
print(("%-34s %6.2f times"):format(RULES .. " rules against 10: claim", many / few))
