-- `berth policy bench FILE`: what a policy's hooks cost, in a fleet made for it: time, steps and
-- memory of a call, and claims a second with the policy and without.

local bench = { summary = "Measure what a policy costs: time, steps, memory." }

local TREES_PER_RACK, DEVICES = 10, 2
local LEAST_SECONDS = 0.2 -- of the claims that are counted

function bench.configure(command)
  command:argument("policy", "The policy, a file or the name of a shipped one.")
  local kinds = require "berth.cli.kinds"
  command:option("--parameters", "Parameters of the policy, as JSON."):argname "JSON"
  command:option("--calls", "Calls of each hook.", "20000"):argname "N"
    :convert(kinds.integer(1, 1000000))
  command:option("--trees", "Provider trees in the fleet.", "100"):argname "N"
    :convert(kinds.integer(1, 100000))
  command:flag("--json", "Print everything as JSON.")
end

-- --- the fleet ---------------------------------------------------------------------------------

local function tree(i)
  local node = { name = "node-" .. i, children = {},
    aggregates = { "rack-" .. i // TREES_PER_RACK },
    inventories = { VCPU = 64, MEMORY_MB = 262144, CUSTOM_VCPU_MILLI = 64000 } }
  for d = 1, DEVICES do
    node.children[d] = { name = ("node-%d-gpu-%d"):format(i, d),
      inventories = { CUSTOM_GPU_MILLI = 1000 } }
  end
  return node
end

-- Every other tree holds something; the claim that admit is asked about spans two providers.
local function make_fleet(trees)
  local spec = { allocations = {} }
  for i = 1, trees do
    spec[i] = tree(i)
    if i % 2 == 0 then
      table.insert(spec.allocations, { consumer = "c-" .. i, project = "p-" .. i % 10, user = "u",
        consumer_type = "SHARE", allocations = { ["node-" .. i] = { VCPU = 8, MEMORY_MB = 1024 },
          [("node-%d-gpu-1"):format(i)] = { CUSTOM_GPU_MILLI = 300 } } })
    end
  end
  table.insert(spec.allocations, { consumer = "held", project = "acme", user = "ann",
    consumer_type = "SHARE", allocations = { ["node-1"] = { VCPU = 4, MEMORY_MB = 8192 },
      ["node-1-gpu-1"] = { CUSTOM_GPU_MILLI = 300 } } })
  return require "berth.testing".fleet(spec)
end

local REQUEST = { consumer = "asked", project = "acme", user = "ann", consumer_type = "SHARE",
  resources = { VCPU = 1, CUSTOM_VCPU_MILLI = 1000 },
  groups = { gpu = { resources = { CUSTOM_GPU_MILLI = 300 } } } }

-- --- measuring ---------------------------------------------------------------------------------

-- For hooks that are called from here: the answer counts for nothing, but failing does.
local function time_calls(calls, call)
  local clock, samples, sum = require "berth.core".clock, {}, 0
  for i = 1, calls do
    local before = clock()
    local done, err = call()
    samples[i] = (clock() - before) * 1e9
    sum = sum + samples[i]
    if not done and err.code ~= "denied" then return nil, err end
  end
  table.sort(samples)
  return { calls = calls, median = samples[calls // 2 + 1], p99 = samples[calls * 99 // 100 + 1],
    mean = sum / calls }
end

local function time_rank(core, store, calls) return core.time_rank(store, REQUEST, calls) end

local measure = { filter = time_rank, score = time_rank }

function measure.admit(core, store, calls) return core.time_admit(store, "held", calls) end

function measure.authorize(core, store, calls)
  local call = { verb = "place", writes = true, user = "ann", project = "acme",
    roles = { "member" }, target = "allocation", target_name = "held", target_project = "acme" }
  return time_calls(calls, function() return core.authorize(store, call) end)
end

function measure.redact(core, store, calls)
  local record = { event = "place", consumer = "held", project = "acme", message = "a claim" }
  return time_calls(calls, function() return core.redact(store, record) end)
end

-- Claims and releases a second.
local function claims_per_second(core, store)
  local start, count = core.clock(), 0
  repeat
    for _ = 1, 50 do
      local claim, err = store:place(REQUEST)
      if not claim and err.code ~= "denied" then return nil, err end
      if claim then claim:release() end
      count = count + 1
    end
  until core.clock() - start > LEAST_SECONDS
  return count / (core.clock() - start)
end

local function measure_hook(core, store, hook, calls)
  local _, failed = measure[hook](core, store, calls // 10 + 1) -- warm
  if failed then return nil, failed end
  local times, err = measure[hook](core, store, calls)
  if not times then return nil, err end
  local policy = store:policies()[1]
  return { hook = hook, calls = times.calls, median_us = times.median / 1e3,
    p99_us = times.p99 / 1e3, per_second = 1e9 / times.mean, steps = policy.steps,
    memory = policy.memory }
end

local function run_all(args)
  local core, kit = require "berth.core", require "berth.cli.policy_file"
  local text, path = kit.read(args.policy)
  local store <close> = make_fleet(args.trees)
  local report = { trees = args.trees, hooks = {} }
  local err
  report.claims_without = claims_per_second(core, store)
  local done, why = store:load_policy(path, kit.parameters(args.parameters), { text = text })
  if not done then return nil, why end
  for _, hook in ipairs(store:policies()[1].hooks) do
    if measure[hook] then -- what is asked only once costs nothing
      report.hooks[#report.hooks + 1], err = measure_hook(core, store, hook, args.calls)
      if err then return nil, err end
    end
  end
  report.claims_with, err = claims_per_second(core, store)
  if err then return nil, err end
  return report
end

-- --- telling -----------------------------------------------------------------------------------

function bench.run(args)
  local output = require "berth.cli.output"
  local report, err = run_all(args)
  if not report then return nil, err end
  if args.json then return output.json(report) end
  local rows = {}
  for i, each in ipairs(report.hooks) do
    rows[i] = { each.hook, ("%.0f"):format(each.per_second), ("%.2f"):format(each.median_us),
      ("%.2f"):format(each.p99_us), each.steps, ("%.1f"):format(each.memory / 1024) }
  end
  output.table({ "hook", "calls/s", "median us", "p99 us", "steps", "KiB" }, rows)
  output.line(("%.0f claims a second in %d trees, %.0f without the policy"):format(
    report.claims_with, report.trees, report.claims_without))
end

return bench
