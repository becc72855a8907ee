-- `berth place DB QUERY --consumer ID`: claims the best place for a request, or tells why there is
-- none.

local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

-- Claims, and undoes the claim again when it is only to be shown.
local function claim(store, args)
  local shown
  local function attempt(at)
    local made, err = at:place { request = args.query, consumer = args.consumer,
      project = args.project, user = args.user, consumer_type = args.type }
    if not made then return nil, err end
    shown = { consumer = made.consumer, project = made.project, user = made.user,
      consumer_type = made.consumer_type, generation = made.generation,
      resources = made:resources() }
    return shown
  end
  if not args.dry_run then return attempt(store) end
  local _, err = store:transaction(function(tx)
    local made, why = attempt(tx)
    tx:rollback()
    return made, why
  end)
  return shown, err
end

return {
  summary = "Claim a place for a request.",

  configure = function(command)
    fleet.argument(command)
    command:argument("query", "What is asked for; see 'berth candidates --help'.")
    command:option("--consumer", "Who will hold it, often a uuid."):argname "ID"
    fleet.asking(command)
    command:flag("--dry-run", "Show what would be claimed, and claim nothing.")
    command:flag("--json", "Print JSON.")
  end,

  run = function(args)
    if not args.consumer then
      return nil, { code = "usage", message = "--consumer is needed",
        advice = "name who will hold the claim" }
    end
    local store <close> = fleet.open(args.db, { policies = args.policy })
    local made = fleet.must(claim(store, args))
    local name = fleet.namer(store)
    if args.json then
      made.names = fleet.names(made.resources, name)
      output.json(made)
    else
      output.table({ "PROVIDER", "TAKES" }, fleet.rows(made.resources, name))
    end
  end,
}
