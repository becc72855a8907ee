-- `berth backup DB FILE`: a consistent copy of a store, also while others write to it.

local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

return {
  summary = "Copy a store into a new file.",

  configure = function(command)
    fleet.argument(command)
    command:argument("file", "The copy; it must not exist.")
    command:flag("--json", "Print JSON.")
  end,

  run = function(args)
    local store <close> = fleet.open(args.db)
    local done, err = store:backup(args.file)
    if not done then
      return nil, { code = err.code, message = ("%s: %s"):format(args.file, err.message) }
    end
    local copy <close> = fleet.open(args.file, { read_only = true })
    local stats = fleet.must(copy:stats())
    if args.json then
      return output.json(output.redacted { file = args.file, stats = stats })
    end
    output.tell(("%s: %d providers, %d consumers, %d changesets"):format(args.file,
      stats.providers, stats.consumers, stats.sequence))
  end,
}
