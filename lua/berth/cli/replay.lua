-- `berth replay`: a cluster and its requests from CSV files (or the built-in demo), placed one by
-- one under a policy in a store, and what came of it as a summary, decisions and a picture.

local exit = require "berth.cli.exit"
local fault = require "berth.replay.fault"
local kinds = require "berth.cli.kinds"
local output = require "berth.cli.output"

local RANKINGS = { "best_fit", "dot_product", "fgd", "first_fit", "gpu_clustering", "gpu_packing",
  "random", "spread" }

local EPILOG = [[
Files are CSV with a header row, plain or gzipped. Columns may stand in any
order, and others are ignored:
  nodes     sn (the name), cpu_milli, memory_mib, gpu (how many) and perhaps
            model
  requests  cpu_milli, memory_mib, num_gpu and perhaps gpu_milli (thousandths
            of one GPU), gpu_spec ("A|B": models that will do), project, user
  order     sn
A node becomes a provider with CUSTOM_VCPU_MILLI, MEMORY_MB and the trait
CUSTOM_GPU_MODEL_<model>, each of its GPUs a child with 1000 CUSTOM_GPU_MILLI.

Requests are placed in the order of their file, one durable transaction each.
Equal scores go to the node that comes first in --order, else in --nodes.
With --inflate, nodes without GPUs take no part, requests are drawn at random
until they ask for RATIO times the GPUs there are, and the order of the nodes
is drawn too unless --order gives one.

--decisions writes cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,sn,gpus.]]

local function configure(command)
  local function file(name, description)
    return command:option(name, description):argname "FILE"
  end
  file("--nodes", "The cluster.")
  file("--requests", "What is asked for, in order; an arrival list will do too.")
  command:option("--policy", "How to choose among nodes: a shipped policy ("
    .. table.concat(RANKINGS, ", ") .. ") or a file."):argname "NAME|FILE"
  file("--order", "The order of the nodes; those it leaves out take no part.")
  file("--typical", "The requests that define fragmentation (default: --requests).")
  command:option("--inflate", "Draw arrivals that ask for this multiple of the cluster's GPUs.")
    :argname "RATIO":convert(kinds.number(0.001, 1000))
  command:option("--seed", "For --inflate, --demo and the policy random.")
    :argname "N":convert(kinds.integer()):default "42"
  command:option("--store", "Where to place: a new file, or :memory: (default: a temporary file,"
    .. " removed at the end)."):argname "TARGET"
  file("--decisions", "Write a line per arrival.")
  file("--report", "Draw allocation and fragmentation against demand (SVG).")
  command:flag("--json", "Print the summary as JSON.")
  command:flag("--demo", "Replay a fleet of 500 nodes and 5,000 requests of three projects with"
    .. " quotas, made from the seed (default policy: fgd).")
  command:epilog(EPILOG)
end

-- --- what is to be done --------------------------------------------------------------------------

local function usage(message, advice)
  exit.raise { code = "usage", message = message, advice = advice }
end

local function check_options(args)
  if args.demo then
    for _, name in ipairs { "nodes", "requests", "order", "typical", "inflate" } do
      if args[name] then
        usage(("--demo makes its own input, --%s does not go with it"):format(name))
      end
    end
    return
  end
  for _, name in ipairs { "nodes", "requests", "policy" } do
    if not args[name] then
      usage(("--%s is needed"):format(name), "'berth replay --demo' needs no files")
    end
  end
end

-- Nodes in their order, arrivals, and the requests that define fragmentation.
local function read_inputs(args)
  local arrivals = require "berth.replay.arrivals"
  local inputs = require "berth.replay.inputs"
  local nodes, requests, left_out = inputs.nodes(args.nodes), inputs.requests(args.requests), 0
  local usual = args.typical and inputs.requests(args.typical) or requests
  if args.inflate then nodes = arrivals.gpu_nodes(nodes) end
  if args.order then nodes, left_out = inputs.ordered(args.order, nodes) end
  if args.inflate then
    local rng = require "berth.replay.random".new(args.seed)
    requests = arrivals.inflate(requests, nodes, args.inflate, rng)
    if not args.order then rng:shuffle(nodes) end
  end
  return nodes, requests, usual, left_out
end

-- The plan of berth.replay.run, with the policies to load: {{path=, parameters=}, ...}.
local function make_plan(args)
  local nodes, requests, usual, left_out, limits
  if args.demo then
    nodes, requests, limits = require "berth.demo".make(args.seed)
    usual, left_out = requests, 0
  else
    nodes, requests, usual, left_out = read_inputs(args)
  end
  local plan = require "berth.replay.run".plan(nodes, requests, usual)
  plan.left_out = left_out
  plan.policies = { { name = args.policy or "fgd" } }
  if limits then
    plan.policies[2] = { name = "project_quota", parameters = { limits = limits } }
  end
  return plan
end

-- --- policies ------------------------------------------------------------------------------------

local function shipped(name)
  return name:find "^[%w_]+$" and package.searchpath("berth.policies." .. name, package.path)
end

local function find_policy(name)
  local path = shipped(name)
  if path then return path end
  local file = io.open(name, "rb")
  if file then
    file:close()
    return name
  end
  local near = require "berth.cli.nearest"(name, RANKINGS)
  usage(("there is no policy '%s', neither shipped nor a file"):format(name),
    near and ("did you mean '%s'?"):format(near) or "shipped are " .. table.concat(RANKINGS, ", "))
end

local function load_policy(store, policy)
  local done, err = store:load_policy(policy.path, policy.parameters)
  if done then return end
  fault.from(policy.name, err, err.code == "policy_error" and fault.INPUT or nil)
end

-- What a policy may take of what a replay knows, with a value that shows whether it does.
local OFFERED = { typical = {}, seed = 0 }

-- Loads the policies where they can do no harm, which tells defects before anything is written,
-- and gives each the parameters that it takes.
local function prepare_policies(plan, seed)
  local known = { typical = plan.typical, seed = seed }
  for _, policy in ipairs(plan.policies) do
    local trial <close> = assert(require "berth".open(":memory:"))
    policy.path = find_policy(policy.name)
    load_policy(trial, policy)
    local info = trial:policies()[1]
    policy.shown = ("%s %s"):format(info.name, info.version)
    policy.parameters = policy.parameters or {}
    for name, value in pairs(OFFERED) do
      if trial:load_policy(policy.path, { [name] = value }) then
        policy.parameters[name] = known[name]
      end
    end
    load_policy(trial, policy)
  end
end

-- --- the run -------------------------------------------------------------------------------------

-- A new file name in TMPDIR; whoever gets it removes what the store leaves there.
local function temporary_target()
  local name = os.tmpname()
  local directory = os.getenv "TMPDIR"
  if not directory or directory == "" then return name end
  os.remove(name)
  return directory .. "/berth-replay-" .. name:match "[^/]*$"
end

local Temporary = {}

function Temporary:__close()
  for _, suffix in ipairs { "", "-wal", "-shm", "-journal", "-lock" } do
    os.remove(self.target .. suffix)
  end
end

local function open_store(target)
  local store, err = require "berth".open(target)
  if not store then fault.from(target, err) end
  return store
end

local function replay(args, plan, target)
  local progress = require "berth.cli.progress"
  local run = require "berth.replay.run"
  local decisions <close> = args.decisions
    and require "berth.replay.decisions".open(args.decisions) or nil
  local store <close> = open_store(target)
  do
    local bar <close> = progress.start { label = "creating", total = #plan.nodes }
    plan.fleet:build(store, target, bar)
  end
  for _, policy in ipairs(plan.policies) do load_policy(store, policy) end
  local clock = require "berth.core".clock
  local started = clock()
  do
    local bar <close> = progress.start { label = "placing", total = #plan.arrivals }
    run.place(store, target, plan, function(request, node, gpus)
      if decisions then decisions:add(request, node, gpus) end
      bar:advance()
    end)
  end
  if decisions then decisions:close() end
  return clock() - started
end

-- Runs in the store asked for, or in a temporary one that goes away whatever happens.
local function replay_somewhere(args, plan)
  if args.store then return replay(args, plan, args.store) end
  local temporary <close> = setmetatable({ target = temporary_target() }, Temporary)
  return (replay(args, plan, temporary.target))
end

local function summarize(args, plan, seconds)
  local summary = plan.tally:summary()
  local gpus = 0
  for _, node in ipairs(plan.nodes) do gpus = gpus + node.gpus end
  summary.policy = plan.policies[1].shown
  summary.nodes, summary.nodes_left_out, summary.gpus = #plan.nodes, plan.left_out, gpus
  summary.store = args.store or "temporary"
  summary.seed = args.seed
  summary.inflate = args.inflate
  summary.seconds = seconds
  summary.placements_per_second = seconds > 0 and summary.placed / seconds or nil
  return summary
end

return {
  summary = "Replay a cluster's requests under a policy and report what came of it.",
  configure = configure,

  run = function(args)
    check_options(args)
    local plan = make_plan(args)
    prepare_policies(plan, args.seed)
    if plan.left_out > 0 then
      io.stderr:write(output.redacted(("note: %d nodes of %s are not in %s and take no part")
        :format(plan.left_out, args.nodes, args.order)), "\n")
    end
    local report <close> = args.report and require "berth.replay.sink".open(args.report) or nil
    local summary = summarize(args, plan, replay_somewhere(args, plan))
    if report then report:finish(require "berth.replay.picture".draw(summary)) end
    if args.json then output.json(summary) else require "berth.replay.summary".print(summary) end
  end,
}
