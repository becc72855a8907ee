-- `berth check DB`: whether a store is whole: the file, the rules of the fleet in it, and that both
-- say the same.

local exit = require "berth.cli.exit"
local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

return {
  summary = "Examine a store for damage.",

  configure = function(command)
    fleet.argument(command)
    command:flag("--json", "Print JSON.")
  end,

  run = function(args)
    local store <close> = fleet.open(args.db)
    local sound, found = store:check()
    if not sound and not found.problems then return nil, found end
    local stats = fleet.must(store:stats())
    local notices, problems = sound and found or {}, sound and {} or found.problems
    if args.json then
      output.json { sound = sound == true, problems = output.array(problems),
        notices = output.array(notices), stats = stats }
    else
      for _, problem in ipairs(problems) do output.tell("broken: " .. problem) end
      for _, notice in ipairs(notices) do output.tell("notice: " .. notice) end
      output.line(("%s: %d providers, %d consumers, %d allocations, %d changesets"):format(
        sound and "sound" or "broken", stats.providers, stats.consumers, stats.allocations,
        stats.sequence))
    end
    if not sound then exit.raise(found) end
  end,
}
