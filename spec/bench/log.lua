--- What a log costs: a claim and its release in memory without one, with one that is off, and with
-- records going nowhere, to a function and to a file; what redaction has in it. Every figure is the
-- best of several rounds of one run, so that they can be read beside each other.
local berth = require "berth"
local core = require "berth.core"

local ROUNDS, CLAIMS = 7, 20000

local function fleet(options)
  local store = assert(berth.open(":memory:", options))
  assert(store:create_provider { name = "node-7", inventories = { VCPU = 64, MEMORY_MB = 262144 } })
  assert(store:load_policy("project_quota", { limits = { acme = { VCPU = 64 } } }))
  return store
end

local REQUEST = { consumer = "6f9c6a3e-5f5b-4c55-8d0e-000000000001", project = "acme", user = "ann",
  consumer_type = "INSTANCE", resources = { VCPU = 4, MEMORY_MB = 8192 } }

local function best(count, work)
  local least = math.huge
  for _ = 1, ROUNDS do
    local start = core.clock()
    for _ = 1, count do work() end
    least = math.min(least, (core.clock() - start) / count * 1e6)
  end
  return least
end

-- Microseconds of a claim and its release.
local function claim(options)
  local store <close> = fleet(options)
  return best(CLAIMS, function() assert(store:place(REQUEST)):release() end)
end

local function tell(what, us, more)
  print(("%-46s %7.2f us%s"):format(what, us, more or ""))
end

local function logger(options)
  return assert(berth.logger(options))
end

local none = claim()
tell("claim and release, no log", none)
local off = claim { logger = logger { sink = function() end, level = "off" } }
tell("the same, log off", off, (", %.2f times"):format(off / none))

local path = os.tmpname()
for _, sink in ipairs { { "a function", function() end }, { "/dev/null", "/dev/null" },
  { "a file", path } } do
  local with = claim { logger = logger { sink = sink[2] } }
  tell("the same, records to " .. sink[1], with,
    (", %.2f us a record"):format((with - none) / 2))
end
os.remove(path)

-- One record of a decision by itself.
local FIELDS = { verb = "place", consumer = REQUEST.consumer, project = "acme", user = "ann",
  amounts = "4 VCPU, 8192 MEMORY_MB", providers = "node-7", sequence = 12, decision = 7,
  policy = "project_quota", version = "1.0.0", verdict = "allow", steps = 31, memory = 26704,
  digest = "3469cd391c2a2a253c47a355fc0615b0ff10f198aa2801e6eba08a1a588d580a" }
local plain = logger { sink = function() end }
local record = best(CLAIMS, function() plain:info("placed", FIELDS) end)
tell("logger:info, 14 fields", record)
FIELDS.user = "password=hunter2hunter2"
tell("the same, one of them secret", best(CLAIMS // 4, function() plain:info("placed", FIELDS) end))
plain:level "off"
tell("the same, off", best(CLAIMS * 10, function() plain:info("placed", FIELDS) end))
