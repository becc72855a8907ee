-- `berth import DB FILE...`: a fleet described in files becomes a store, or part of one; all of it
-- or nothing.

local apply = require "berth.import.apply"
local document = require "berth.import.document"
local exit = require "berth.cli.exit"
local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"
local progress = require "berth.cli.progress"

local EPILOG = [[
Files are JSON, an object with any of:
  resource_classes  ["CUSTOM_LICENSE"]
  traits            ["CUSTOM_FAST"]
  providers         [{"name": "node-1", "uuid": "...", "parent": "name or uuid",
                      "inventories": {"VCPU": {"total": 64,
                        "allocation_ratio": 4.0}, "MEMORY_MB": 262144},
                      "traits": ["HW_CPU_X86_AVX2"], "aggregates": ["rack-1"]}]
  allocations       [{"consumer": "vm-1", "project": "acme", "user": "ann",
                      "allocations": {"node-1": {"VCPU": 4}}}]
Parents may stand behind their children or in another file.]]

local KINDS = { { "resource_classes", "resource class", "resource classes" },
  { "traits", "trait", "traits" }, { "providers", "provider", "providers" },
  { "updated", "updated provider", "updated providers" },
  { "allocations", "allocation", "allocations" } }

local function summary(counts)
  local parts = {}
  for _, kind in ipairs(KINDS) do
    local n = counts[kind[1]]
    if n > 0 then parts[#parts + 1] = ("%d %s"):format(n, n == 1 and kind[2] or kind[3]) end
  end
  return "imported " .. (#parts > 0 and table.concat(parts, ", ") or "nothing")
end

local function exists(path)
  local file <close> = io.open(path, "rb")
  return file ~= nil
end

local function remove(path)
  for _, suffix in ipairs { "", "-wal", "-shm", "-journal" } do os.remove(path .. suffix) end
end

-- All or nothing, into an open store.
local function bring(store, docs, args)
  local bar <close> = progress.start { label = "importing", total = apply.total(docs) }
  return fleet.must(store:transaction(function(tx)
    return apply.all(tx, docs, { update = args.update, advance = function(n) bar:advance(n) end })
  end))
end

return {
  summary = "Make a fleet from files, or add to one.",

  configure = function(command)
    command:argument("db", "The store; made when missing.")
    command:argument("file", "What it shall hold; '-' is standard input."):args "+"
    command:flag("--update", "Change providers that exist to what the files say of them.")
    command:flag("--json", "Print what was made as JSON.")
    command:epilog(EPILOG)
  end,

  run = function(args)
    local docs = {}
    for i, path in ipairs(args.file) do docs[i] = document.read(path) end
    local fresh = args.db ~= ":memory:" and not exists(args.db)
    local done, result = pcall(function()
      local store <close> = fleet.open(args.db, { must_exist = false })
      return bring(store, docs, args)
    end)
    if not done then
      if fresh then remove(args.db) end
      if exit.is_failure(result) then return nil, result end
      error(result, 0)
    end
    if args.json then output.json(result) else output.line(summary(result)) end
  end,
}
