-- `berth usages DB`: how much is in use, by whom, or of one provider.

local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

local function of_provider(store, args)
  local provider = fleet.must(store:provider(args.provider))
  local usages, inventories = fleet.must(provider:usages()), fleet.must(provider:inventories())
  if args.json then
    return output.json { provider = provider.uuid, name = provider.name,
      usages = output.object(usages) }
  end
  local rows = {}
  for i, class in ipairs(fleet.sorted(usages)) do
    local stock = inventories[class]
    rows[i] = { class, usages[class], stock.total, stock.reserved, stock.allocation_ratio }
  end
  output.table({ "CLASS", "USED", "TOTAL", "RESERVED", "RATIO" }, rows)
end

local function by_type(usages)
  local rows = {}
  for _, kind in ipairs(fleet.sorted(usages)) do
    local amounts = usages[kind]
    local consumers = amounts.consumer_count
    amounts.consumer_count = nil
    for _, class in ipairs(fleet.sorted(amounts)) do
      rows[#rows + 1] = { kind, consumers, class, amounts[class] }
    end
  end
  output.table({ "TYPE", "CONSUMERS", "CLASS", "USED" }, rows)
end

return {
  summary = "Tell how much is in use.",

  configure = function(command)
    fleet.argument(command)
    command:option("--project", "Only of this project."):argname "ID"
    command:option("--user", "Only of this user."):argname "ID"
    command:option("--type", "Only of consumers of this type; 'unknown' for those without one.")
      :argname "TYPE"
    command:flag("--by-type", "One sum for each type of consumer.")
    command:option("--provider", "Of one provider, by name or uuid."):argname "NAME"
    command:flag("--json", "Print JSON.")
  end,

  run = function(args)
    local whose = args.project or args.user or args.type or args.by_type
    if args.provider and whose then
      return nil, { code = "usage", message = "--provider goes with no other filter" }
    end
    local store <close> = fleet.open(args.db, { read_only = true })
    if args.provider then return of_provider(store, args) end
    local usages = fleet.must(store:usages { project = args.project, user = args.user,
      consumer_type = args.type, by_type = args.by_type })
    if args.json then return output.json { usages = output.object(usages) } end
    if args.by_type then return by_type(usages) end
    local rows = {}
    for i, class in ipairs(fleet.sorted(usages)) do rows[i] = { class, usages[class] } end
    output.table({ "CLASS", "USED" }, rows)
  end,
}
