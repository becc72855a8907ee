-- `berth policy replay NEW.lua DB --since N`: has the past judged by a policy.  Every claim that
-- was committed after changeset N (placed, allocated or moved) is put before the policy's admit
-- again, in a copy in memory, with the fleet and all usage as they were then; those that it would
-- have denied are listed.  Claims that were refused at the time left no changeset and are not
-- looked at, nor is where a ranking would have sent anything.  The store is only read.

local replay = { summary = "Say which claims of the past a policy would have denied." }

function replay.configure(command)
  command:argument("policy", "The policy, a file or the name of a shipped one.")
  command:argument("db", "The store.")
  command:option("--since", "Begin after this changeset.", "0"):argname "N"
    :convert(require "berth.cli.kinds".integer(0))
  command:option("--parameters", "Parameters of the policy, as JSON."):argname "JSON"
  command:flag("--json", "Print everything as JSON.")
end

local function read_policy(args)
  local kit = require "berth.cli.policy_file"
  local text, path = kit.read(args.policy)
  return { path = path, text = text, parameters = kit.parameters(args.parameters) }
end

-- One line for a denial, as plain data.
local function flip_of(one, decision)
  return { sequence = one.sequence, consumer = one.consumer, project = one.project,
    code = decision.code, message = decision.message, steps = decision.steps }
end

local function print_report(output, report)
  for _, flip in ipairs(report.flips) do
    output.line(("#%d %s%s: %s: %s"):format(flip.sequence, flip.consumer,
      flip.project and " of " .. flip.project or "", flip.code, flip.message))
  end
  for _, one in ipairs(report.skipped) do
    output.line(("#%d %s: cannot be repeated: %s"):format(one.sequence, one.consumer, one.message))
  end
  output.line(("%d claims of %d changesets judged again: %d would be denied, %d not repeated")
    :format(report.judged, report.changesets, #report.flips, #report.skipped))
end

function replay.run(args)
  local output, policy = require "berth.cli.output", read_policy(args)
  local store <close> = require "berth.cli.fleet".open(args.db, { read_only = true })
  local report = { judged = 0, flips = {}, skipped = {} }
  local done, err = require "berth.policy.history".judge(store, args.since, policy, function(one)
    if one.error then
      table.insert(report.skipped, { sequence = one.sequence, consumer = one.consumer,
        code = one.error.code, message = one.error.message })
      return
    end
    report.judged = report.judged + 1
    for _, decision in ipairs(one.denials) do table.insert(report.flips, flip_of(one, decision)) end
  end)
  if not done then return nil, err end
  report.changesets, report.last = done.changesets, done.last
  if args.json then
    output.array(report.flips)
    output.array(report.skipped)
    output.json(report)
  else
    print_report(output, report)
  end
  return #report.flips == 0 and 0 or 1
end

return replay
