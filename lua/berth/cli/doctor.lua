-- `berth doctor [DB]`: whether this berth can work here. Each examination is a function that says
-- what it found, or fails; none needs what a later one examines, so that a broken installation is
-- told part by part.

local exit = require "berth.cli.exit"
local output = require "berth.cli.output"

local FIRST = "00000000-0000-4000-8000-000000000001"
local SECOND = "00000000-0000-4000-8000-000000000002"

-- Fixed in these releases; in others a checkpoint may lose another process's commit unless it runs
-- under the writers' lock, which is where berth runs it.
local function resets_wal_safely(version)
  local major, minor, patch = version:match "(%d+)%.(%d+)%.(%d+)"
  if not major then return true end
  local number = tonumber(major) * 1000000 + tonumber(minor) * 1000 + tonumber(patch)
  return number >= 3051003 or number == 3050007 or number == 3044006
end

local function claim(consumer)
  return { consumer = consumer, project = "doctor", user = "doctor", resources = { VCPU = 1 } }
end

-- One unit, claimed twice: what is true of this store is true of yours.
local function exercise(fleet)
  assert(fleet:create_provider { name = "doctor", inventories = { VCPU = 1 } })
  assert(fleet:place(claim(FIRST)))
  local again, err = fleet:place(claim(SECOND))
  if again or err.code ~= "no_candidate" then error("a full provider took another claim", 0) end
end

local function in_memory()
  local fleet <close> = assert(require("berth").open ":memory:")
  exercise(fleet)
  return "claims are granted while there is room, and refused then"
end

-- Calls look(path) with a place for a new store, and leaves nothing there.
local function with_path(look)
  local path = os.tmpname()
  os.remove(path)
  local done, result = pcall(look, path)
  for _, suffix in ipairs { "", "-wal", "-shm", "-journal" } do os.remove(path .. suffix) end
  if not done then error(result, 0) end
  return result
end

local function write_store(path)
  local fleet <close> = assert(require("berth").open(path))
  exercise(fleet)
end

local function read_store(path)
  local fleet <close> = assert(require("berth").open(path))
  assert(fleet:allocation(FIRST))
  assert(fleet:check())
end

local function on_disk()
  return with_path(function(path)
    write_store(path)
    read_store(path)
    return "a claim in a file is found again after closing it"
  end)
end

local function sqlite()
  return with_path(function(path)
    local fleet <close> = assert(require("berth").open(path))
    local library = fleet:stats().library
    if resets_wal_safely(library) then return library end
    return library .. "; its WAL-reset defect is kept out by the writers' lock"
  end)
end

local function module_found(name)
  return function()
    local module = require(name)
    return tostring(module._VERSION or module.version or "found")
  end
end

local function policies()
  assert(package.searchpath("berth.policies.best_fit", package.path))
  return "the shipped ones are found"
end

local examinations = {
  { "Lua", function() return _VERSION end },
  { "argparse", module_found "argparse" },
  { "dkjson", module_found "dkjson" },
  { "berth", module_found "berth" },
  { "policies", policies },
  { "SQLite", sqlite },
  { "memory", in_memory },
  { "disk", on_disk },
}

local function examine_store(path)
  return function()
    local fleet <close> = assert(require("berth").open(path, { must_exist = true }))
    assert(fleet:check())
    local stats = fleet:stats()
    return ("whole: %d providers, %d consumers"):format(stats.providers, stats.consumers)
  end
end

-- What a failure says, in one line and without the place in this file where it was noticed.
local function reason(raised)
  local text = exit.is_failure(raised) and raised.message or tostring(raised)
  return (text:match("[^\n]*"):gsub("^%S+%.lua:%d+: ", ""):gsub(":$", ""))
end

local function examine(name, look)
  local fine, result = pcall(look)
  return { name = name, fine = fine, finding = fine and result or reason(result) }
end

local function print_findings(findings)
  for _, each in ipairs(findings) do
    local verdict = each.fine and "ok" or "BROKEN"
    output.tell(("%-6s  %-8s  %s"):format(verdict, each.name, each.finding))
  end
end

return {
  summary = "Examine this installation, and a store when one is named.",

  configure = function(command)
    command:argument("db", "A store to check as well."):args "?"
    command:flag("--json", "Print the findings as JSON.")
  end,

  run = function(args)
    local findings, fine = {}, true
    for i, each in ipairs(examinations) do findings[i] = examine(each[1], each[2]) end
    if args.db then findings[#findings + 1] = examine(args.db, examine_store(args.db)) end
    for _, finding in ipairs(findings) do fine = fine and finding.fine end
    if args.json then
      output.json(output.redacted { fine = fine, findings = findings })
    else
      print_findings(findings)
    end
    return fine and exit.DONE or exit.ENVIRONMENT
  end,
}
