-- `berth policy replay NEW.lua DB --since N`: has the past judged by a policy.  Every claim that
-- was committed after changeset N (placed, allocated or moved) is put before the policy's admit
-- again, in a copy in memory, with the fleet and all usage as they were then; those that it would
-- have denied are listed.  Claims that were denied at the time left no changeset; they are known
-- from a file of decisions, one of fleet:decisions() a line as JSON, and are asked for again by
-- their amounts.  Where a ranking would have sent anything is not looked at.  The store is only
-- read.

local replay = { summary = "Say which claims of the past a policy would have decided otherwise." }

function replay.configure(command)
  command:argument("policy", "The policy, a file or the name of a shipped one.")
  command:argument("db", "The store.")
  command:option("--since", "Begin after this changeset.", "0"):argname "N"
    :convert(require "berth.cli.kinds".integer(0))
  command:option("--parameters", "Parameters of the policy, as JSON."):argname "JSON"
  command:option("--decisions", "Decisions of that time, one JSON object a line."):argname "FILE"
  command:flag("--json", "Print everything as JSON.")
end

-- The decisions in a file; lines that are none are a mistake, lines of other events are not.
local function read_decisions(path)
  if not path then return nil end
  local exit, decode = require "berth.cli.exit", require "dkjson".decode
  local file, why = io.open(path)
  if not file then exit.raise { code = "environment", message = why } end
  local list, number = {}, 0
  for line in file:lines() do
    number = number + 1
    local value = decode(line, 1, nil, nil)
    if type(value) ~= "table" then
      exit.raise { code = "usage", message = ("%s:%d: not a JSON object"):format(path, number) }
    end
    local whole = math.type(value.sequence) == "integer" and type(value.amounts) == "table"
      and type(value.consumer) == "string"
    if value.hook == "admit" and whole then
      value.id = math.tointeger(value.id) or number
      list[#list + 1] = value
    end
  end
  file:close()
  return list
end

local function read_policy(args)
  local kit = require "berth.cli.policy_file"
  local text, path = kit.read(args.policy)
  return { path = path, text = text, parameters = kit.parameters(args.parameters) }
end

-- One line for a verdict that is another now, as plain data.
local function flip_of(one, was, decision)
  return { sequence = one.sequence, consumer = one.consumer, project = one.project, was = was,
    code = decision.code, message = decision.message }
end

-- Takes one answer into the report.
local function gather(report, one)
  if one.error then
    table.insert(report.skipped, { sequence = one.sequence, consumer = one.consumer,
      code = one.error.code, message = one.error.message })
    return
  end
  report.judged = report.judged + 1
  if one.placed then table.insert(report.flips, flip_of(one, "deny", one.was)) end
  for _, decision in ipairs(one.denials or {}) do
    table.insert(report.flips, flip_of(one, "allow", decision))
  end
end

local function print_report(output, report)
  for _, flip in ipairs(report.flips) do
    output.tell(("#%d %s%s: %s%s: %s"):format(flip.sequence, flip.consumer,
      flip.project and " of " .. flip.project or "",
      flip.was == "deny" and "now allowed, was denied: " or "", flip.code, flip.message))
  end
  for _, one in ipairs(report.skipped) do
    output.tell(("#%d %s: cannot be repeated: %s"):format(one.sequence, one.consumer, one.message))
  end
  output.line(("%d claims of %d changesets judged again: %d decided otherwise, %d not repeated")
    :format(report.judged, report.changesets, #report.flips, #report.skipped))
end

function replay.run(args)
  local output, policy = require "berth.cli.output", read_policy(args)
  local store <close> = require "berth.cli.fleet".open(args.db, { read_only = true })
  local report = { judged = 0, flips = {}, skipped = {} }
  local done, err = require "berth.policy.history".judge(store, args.since, policy, function(one)
    gather(report, one)
  end, read_decisions(args.decisions))
  if not done then return nil, err end
  report.changesets, report.last = done.changesets, done.last
  if args.json then
    output.array(report.flips)
    output.array(report.skipped)
    output.json(output.redacted(report))
  else
    print_report(output, report)
  end
  return #report.flips == 0 and 0 or 1
end

return replay
