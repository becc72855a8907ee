-- `berth candidates DB QUERY`: where a request would fit, in the store's own order.

local exit = require "berth.cli.exit"
local fleet = require "berth.cli.fleet"
local kinds = require "berth.cli.kinds"
local output = require "berth.cli.output"

local LIMIT = 100

local EPILOG = [[
QUERY is a request as OpenStack Placement writes it:
  resources=VCPU:4,MEMORY_MB:8192&required=HW_CPU_X86_AVX2,!CUSTOM_OLD
  resources=VCPU:4&resources_gpu=PGPU:1&group_policy=isolate]]

-- Which groups each provider of a candidate serves: "gpu" or "-" for the one without suffix.
local function groups_of(mappings)
  local served = {}
  for _, suffix in ipairs(fleet.sorted(mappings)) do
    for _, uuid in ipairs(mappings[suffix]) do
      served[uuid] = served[uuid] or {}
      table.insert(served[uuid], suffix == "" and "-" or suffix)
    end
  end
  return served
end

local function add_rows(rows, number, candidate, name)
  local served = groups_of(fleet.must(candidate:mappings()))
  local resources = fleet.must(candidate:resources())
  for _, row in ipairs(fleet.rows(resources, name)) do
    rows[#rows + 1] = { number, row[1], row[2], table.concat(served[row.uuid] or {}, " ") }
  end
end

local function add_json(list, candidate, name)
  local resources = fleet.must(candidate:resources())
  list[#list + 1] = {
    anchor = candidate.anchor.uuid,
    resources = resources,
    mappings = fleet.must(candidate:mappings()),
    names = fleet.names(resources, name),
    score = candidate.score,
  }
end

local function ask(args)
  return {
    request = args.query,
    project = args.project, user = args.user, consumer_type = args.type,
  }
end

return {
  summary = "List where a request would fit.",

  configure = function(command)
    fleet.argument(command)
    command:argument("query", "What is asked for.")
    command:option("--limit", ("At most so many (default: the query's, else %d)."):format(LIMIT))
      :argname "N":convert(kinds.integer(1))
    fleet.asking(command)
    command:flag("--json", "Print JSON.")
    command:epilog(EPILOG)
  end,

  run = function(args)
    local store <close> = fleet.open(args.db, { read_only = true, policies = args.policy })
    local name = fleet.namer(store)
    local found, rows = {}, {}
    local most = args.limit or args.query:find "limit=" and math.maxinteger or LIMIT
    local search = fleet.must(store:candidates(ask(args)))
    for number = 1, most do
      local candidate = fleet.must(search:next())
      if not candidate then break end
      if args.json then
        add_json(found, candidate, name)
      else
        add_rows(rows, number, candidate, name)
      end
    end
    if args.json then
      output.json { candidates = output.array(found) }
    elseif #rows > 0 then
      output.table({ "#", "PROVIDER", "TAKES", "GROUPS" }, rows)
    end
    if #rows + #found == 0 then
      exit.raise { code = "no_candidate", message = "nothing in the fleet satisfies the request" }
    end
  end,
}
