-- `berth release DB CONSUMER...`: gives back what consumers hold, all of them or none.

local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

local function release_all(tx, consumers)
  local released = {}
  for i, consumer in ipairs(consumers) do
    local claim, err = tx:allocation(consumer)
    if not claim then return nil, err end
    released[i] = { consumer = consumer, resources = claim:resources() }
    local done
    done, err = claim:release()
    if not done then return nil, err end
  end
  return released
end

return {
  summary = "Give back what consumers hold.",

  configure = function(command)
    fleet.argument(command)
    command:argument("consumer", "Who holds it; several go all or none."):args "+"
    command:flag("--json", "Print what was held as JSON.")
  end,

  run = function(args)
    local store <close> = fleet.open(args.db)
    local released = fleet.must(store:transaction(function(tx)
      return release_all(tx, args.consumer)
    end))
    if args.json then return output.json { released = output.array(released) } end
    local name, rows = fleet.namer(store), {}
    for _, each in ipairs(released) do
      for _, row in ipairs(fleet.rows(each.resources, name)) do
        rows[#rows + 1] = { each.consumer, row[1], row[2] }
      end
    end
    output.table({ "CONSUMER", "PROVIDER", "GAVE BACK" }, rows)
  end,
}
