-- `berth policy call FILE FUNCTION [JSON]`: loads a policy (or a plain chunk that only defines
-- globals) in the sandbox under the limits of production, calls one of its functions and tells on
-- one line of JSON what came of it.  Nothing else is printed, whatever the policy does.

local call = { summary = "Call one function of a policy in the sandbox, and tell what came of it." }

local SOURCE_BYTES = 1 << 20 -- read at most; the sandbox refuses long before

function call.configure(command)
  command:argument("file", "The policy, one Lua file.")
  command:argument("function", "An exported field, or else a global function."):target "name"
  command:argument("json", "The argument, as JSON; an empty object otherwise."):args "?"
  command:option("--calls", "How often to call it.", "1"):argname "N"
    :convert(require "berth.cli.kinds".integer(1))
  command:option("--probe", "An expression to evaluate in a second, fresh policy afterwards.")
    :argname "EXPR"
  command:flag("--json", "Accepted for likeness with other verbs; the answer is JSON anyway.")
end

-- --- what went in ------------------------------------------------------------------------------

local function read_source(path)
  local exit = require "berth.cli.exit"
  local file, why = io.open(path, "rb")
  local text = file and file:read(SOURCE_BYTES)
  if file then file:close() end
  if not file then
    exit.raise { code = "environment", message = ("the policy cannot be read: %s"):format(why) }
  end
  return text or "", path:match "[^/]*$"
end

local function read_argument(json)
  if not json then return {} end
  local value, stop, why = require "dkjson".decode(json, 1, nil, nil)
  if why or json:find("%S", stop) then
    require "berth.cli.exit".raise { code = "usage", message = "the argument is not valid JSON" }
  end
  return value
end

-- What a policy file finds when it is loaded, as far as a call without a store can offer it: plain
-- chunks do without, hooks get the JSON instead of views.
local PRELUDE = [[
function policy(definition)
  parameters = definition.parameters or {}
  return definition
end
]]

local function load(sandbox, name, text)
  sandbox:offer_verdicts()
  sandbox:load("policy", PRELUDE)
  return sandbox:load(name, text)
end

-- --- what came out -----------------------------------------------------------------------------

local WORDS = { ok = "ok", budget = "budget", memory = "memory", load = "refused" }

local function outcome_word(outcome)
  return WORDS[outcome.fault] or "error"
end

-- A stopped policy is loaded anew, as the policy host does; what it kept is gone.
local function call_often(sandbox, name, text, args, argument)
  local all, steps, outcome = {}, 0, nil
  for i = 1, args.calls do
    if sandbox:dead() then
      sandbox:renew()
      outcome = load(sandbox, name, text)
      if outcome.fault ~= "ok" then break end
    end
    outcome = sandbox:call(args.name, argument)
    steps = steps + outcome.steps
    all[i] = outcome.fault == "ok" and (outcome.values[1] or "nil") or outcome_word(outcome)
  end
  return outcome, all, steps
end

local function probe(core, expression)
  local sandbox <close> = core.sandbox()
  local text = ("function probe() return (%s) == true end"):format(expression)
  local loaded = sandbox:load("probe", text)
  return loaded.fault == "ok" and sandbox:call("probe").values[1] == "true"
end

-- The most this very program had in memory.  The kernel's figure of the process, which getrusage
-- gives, begins with what its parent held before it became this program.
local function peak_kb(core)
  local file = io.open "/proc/self/status"
  local status = file and file:read "a" or ""
  if file then file:close() end
  return math.tointeger(tonumber(status:match "VmHWM:%s*(%d+) kB")) or core.peak_rss()
end

function call.run(args)
  local core, output = require "berth.core", require "berth.cli.output"
  local text, name = read_source(args.file)
  local argument = read_argument(args.json)
  local sandbox <close> = core.sandbox()
  local outcome = load(sandbox, name, text)
  local loaded, all, steps = outcome.fault == "ok", {}, outcome.steps
  if loaded then
    outcome, all, steps = call_often(sandbox, name, text, args, argument)
  end
  local report = {
    phase = loaded and "call" or "load",
    outcome = outcome_word(outcome),
    values = output.array(outcome.values or {}),
    all = output.array(all),
    message = outcome.message and output.redacted(outcome.message),
    line = outcome.line,
    steps = steps,
    memory = outcome.memory,
  }
  if args.probe and args.probe ~= "" then report.probe = probe(core, args.probe) end
  report.rss_kb = peak_kb(core)
  output.json(report)
  return outcome.fault == "ok" and 0 or 1
end

return call
