--- What a log costs: a claim and its release in memory without one, with one that is off, and with
-- records going nowhere, to a function and to a file; what redaction has in it.  All take turns in
-- rounds so short that the best was disturbed by nobody: read the figures beside each other.
local berth = require "berth"
local core = require "berth.core"

local ROUNDS, CLAIMS = 200, 200

local REQUEST = { consumer = "6f9c6a3e-5f5b-4c55-8d0e-000000000001", project = "acme", user = "ann",
  consumer_type = "INSTANCE", resources = { VCPU = 4, MEMORY_MB = 8192 } }

-- A claim and its release, in a fleet with such a logger.
local function claims(options)
  local store = assert(berth.open(":memory:", { logger = options }))
  assert(store:create_provider { name = "node-7", inventories = { VCPU = 64, MEMORY_MB = 262144 } })
  assert(store:load_policy("project_quota", { limits = { acme = { VCPU = 64 } } }))
  return function() assert(store:place(REQUEST)):release() end
end

-- A record by itself; a decision's fields.
local function record(level, user)
  local log = assert(berth.logger { sink = function() end, level = level })
  local fields = { verb = "place", consumer = REQUEST.consumer, project = "acme", user = user,
    amounts = "4 VCPU, 8192 MEMORY_MB", providers = "node-7", sequence = 12, decision = 7,
    policy = "project_quota", version = "1.0.0", verdict = "allow", steps = 31, memory = 26704,
    digest = "3469cd391c2a2a253c47a355fc0615b0ff10f198aa2801e6eba08a1a588d580a" }
  return function() log:info("placed", fields) end
end

local path = os.tmpname()
local cases = {
  { "claim and release, no log", claims() },
  { "the same, log off", claims { sink = function() end, level = "off" } },
  { "the same, records to a function", claims { sink = function() end } },
  { "the same, records to /dev/null", claims { sink = "/dev/null" } },
  { "the same, records to a file", claims { sink = path } },
  { "logger:info, 14 fields", record("info", "ann") },
  { "the same, one of them secret", record("info", "password=hunter2hunter2") },
  { "the same, off", record("off", "ann") },
}

for _ = 1, ROUNDS do
  for _, case in ipairs(cases) do
    local work, start = case[2], core.clock()
    for _ = 1, CLAIMS do work() end
    case.us = math.min(case.us or math.huge, (core.clock() - start) / CLAIMS * 1e6)
  end
end
os.remove(path)

local none = cases[1].us
for i, case in ipairs(cases) do
  local more = i > 1 and i < 6 and (", %.2f times, %.2f us a record"):format(case.us / none,
    (case.us - none) / 2) or ""
  print(("%-34s %7.2f us%s"):format(case[1], case.us, more))
end
