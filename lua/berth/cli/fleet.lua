--- What the verbs on a store share: their common arguments, opening the store that is named, and
-- providers by name instead of uuid.

local exit = require "berth.cli.exit"

local fleet = {}

--- Adds the argument that names the store.
function fleet.argument(command)
  command:argument("db", "The store.")
end

--- Adds `--policy`, which may be repeated, and who asks.
function fleet.asking(command)
  command:option("--policy", "Judge by this policy as well: a shipped one or a file.")
    :argname "NAME|FILE":count "*"
  command:option("--project", "Whose claim it is."):argname "ID"
  command:option("--user", "Who claims."):argname "ID"
  command:option("--type", "Type of the consumer, such as INSTANCE."):argname "TYPE"
end

--- Raises what a store refused; passes on anything else.
function fleet.must(result, err, ...)
  if result == nil and err ~= nil then exit.raise(err) end
  return result, err, ...
end

-- A failure to open, told with the path that the caller gave.
local function told(path, err)
  local failure = { code = err.code, message = ("%s: %s"):format(path, err.message) }
  if err.code == "not_found" then
    failure.code = "environment"
    failure.advice = "'berth import' makes a store"
  end
  return failure
end

local LEVELS = { "debug", "info", "warn", "error", "off" }

-- The log that the operator wants to have of whatever the command does to stores; nil: none.
local function log()
  local sink, level = os.getenv "BERTH_LOG", os.getenv "BERTH_LOG_LEVEL" or "info"
  if not sink or sink == "" then return nil end
  if not (" " .. table.concat(LEVELS, " ") .. " "):find(" " .. level .. " ", 1, true) then
    exit.raise { code = "usage", message = "BERTH_LOG_LEVEL is no level of a log",
      advice = "levels are " .. table.concat(LEVELS, ", ") }
  end
  local logger, err = require("berth").logger { sink = sink, level = level, ident = "berth" }
  if not logger then
    exit.raise { code = err.code, message = "BERTH_LOG: " .. err.message }
  end
  return logger
end

--- Opens the store of a verb. `options` are those of berth.open; a store is made only when
-- `must_exist` is false. Keep it in a `<close>` variable.
function fleet.open(path, options)
  local all = { must_exist = true }
  for name, value in pairs(options or {}) do all[name] = value end
  if all.policies and #all.policies == 0 then all.policies = nil end
  local policies = all.policies
  all.policies, all.logger = nil, log()
  local store, err = require("berth").open(path, all)
  if not store then exit.raise(told(path, err)) end
  if policies then
    local done, why = store:load_policies(policies)
    if not done then
      store:close()
      exit.raise(why)
    end
  end
  return store
end

--- A function from uuid to the provider's name.
function fleet.namer(store)
  local names = {}
  return function(uuid)
    if not names[uuid] then
      local provider = store:provider(uuid)
      names[uuid] = provider and provider.name or uuid
    end
    return names[uuid]
  end
end

--- The keys of a table in order.
function fleet.sorted(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- Amounts on one line: "MEMORY_MB:8192,VCPU:4".
function fleet.amounts(map)
  local parts = {}
  for i, class in ipairs(fleet.sorted(map)) do parts[i] = ("%s:%d"):format(class, map[class]) end
  return table.concat(parts, ",")
end

--- Rows {provider's name, amounts} of what resources() gave, by name.
function fleet.rows(resources, name)
  local rows = {}
  for uuid, amounts in pairs(resources) do
    rows[#rows + 1] = { name(uuid), fleet.amounts(amounts), uuid = uuid }
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return rows
end

--- {uuid = name} for every provider in resources.
function fleet.names(resources, name)
  local names = {}
  for uuid in pairs(resources) do names[uuid] = name(uuid) end
  return names
end

return fleet
