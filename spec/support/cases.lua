--- Random small fleets with a request each, and failures that tell how to see a case again.
-- BERTH_CASES says how many there are (1000), BERTH_SEED which.
local brute = require "spec.support.brute"
local fleets = require "spec.support.fleet"
local requests = require "spec.support.requests"

local cases = {}

--- Combinations that brute force looks at in one case, at most: what splits more splits less.
local EFFORT = 3000

cases.count = math.tointeger(tonumber(os.getenv("BERTH_CASES") or 1000))
cases.seed = math.tointeger(tonumber(os.getenv("BERTH_SEED") or os.time() % 1000000))

print(("\n%d random fleets with a request each, BERTH_SEED=%d"):format(cases.count, cases.seed))

--- A value as Lua would read it, tables by key.
function cases.show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    local name = type(key) == "string" and ("[%q] = "):format(key) or ""
    parts[#parts + 1] = name .. cases.show(value[key])
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- Fails with what must be known to see the case again.
function cases.expect(holds, case, what, ...)
  if holds then return end
  local lines = { what:format(...),
                  ("seed %d, case %d: %s"):format(cases.seed, case.number, case.query) }
  for _, p in ipairs(case.fleet) do lines[#lines + 1] = "  " .. cases.show(p) end
  error(table.concat(lines, "\n"), 2)
end

local function with_case(number, plain, check)
  local chance = requests.chance(cases.seed * 1000003 + number)
  local fleet = requests.random_fleet(chance)
  local request = requests.random_request(chance, fleet, plain)
  while brute.effort(fleet, request) > EFFORT and requests.unsplit(request) do end
  local store <close> = fleets.load(fleet, requests.TRAITS)
  return check { number = number, fleet = fleet, request = request, store = store,
                 query = requests.to_query(request), chance = chance }
end

--- Calls check(case) on one in `nth` cases: { fleet =, request =, query =, store = with the fleet,
-- chance = for more of the kind }. `plain` requests split no class.
function cases.each(nth, plain, check)
  local offset = nth * cases.count
  for number = 1, math.max(1, cases.count // nth) do with_case(number + offset, plain, check) end
end

--- Cases until `check` returns true for one; how many that may take is bounded.
function cases.until_enough(check)
  for number = 1, 10 * cases.count do
    if with_case(number + cases.count, false, check) then return end
  end
end

return cases
