--- Random small fleets and requests: the engine's candidates against those of brute force.
-- BERTH_CASES says how many (1000), BERTH_SEED which; a failure tells both.
local brute = require "spec.support.brute"
local fleets = require "spec.support.fleet"
local requests = require "spec.support.requests"

local cases = math.tointeger(tonumber(os.getenv("BERTH_CASES") or 1000))
local seed = math.tointeger(tonumber(os.getenv("BERTH_SEED") or os.time() % 1000000))

local function show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    local name = type(key) == "string" and ("[%q] = "):format(key) or ""
    parts[#parts + 1] = name .. show(value[key])
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- Fails with what must be known to see the case again.
local function expect(holds, case, what, ...)
  if holds then return end
  local lines = { what:format(...), ("seed %d, case %d: %s"):format(seed, case.number, case.query) }
  for _, p in ipairs(case.fleet) do lines[#lines + 1] = "  " .. show(p) end
  error(table.concat(lines, "\n"), 2)
end

local function keys_of(list)
  local keys = {}
  for i, candidate in ipairs(list) do keys[i] = brute.key(candidate) end
  return keys
end

local function splits_of(request)
  local count = request.split and 1 or 0
  for _, group in pairs(request.groups or {}) do count = count + (group.split and 1 or 0) end
  return count
end

--- Runs `check(case)` on one in `nth` cases, with a store that holds the case's fleet.
local function each_case(nth, plain, check)
  local offset = nth * cases
  for number = 1, math.max(1, cases // nth) do
    local chance = requests.chance(seed * 1000003 + number + offset)
    local fleet = requests.random_fleet(chance)
    local request = requests.random_request(chance, fleet, plain)
    local case = { number = number + offset, fleet = fleet, request = request,
                   query = requests.to_query(request) }
    local store <close> = fleets.load(fleet, requests.TRAITS)
    case.store = store
    case.found = assert(fleets.candidates(store, case.query))
    check(case)
  end
end

local function index_by_key(list)
  local index = {}
  for _, candidate in ipairs(list) do index[brute.key(candidate)] = candidate end
  return index
end

--- Per class, what the groups ask for.
local function asked(request)
  local sum = {}
  local function add(group)
    for class, amount in pairs(group.resources or {}) do
      sum[class] = (sum[class] or 0) + amount
    end
  end
  add(request)
  for _, group in pairs(request.groups or {}) do add(group) end
  return sum
end

local function given(candidate)
  local sum = {}
  for _, amounts in pairs(candidate.resources) do
    for class, amount in pairs(amounts) do sum[class] = (sum[class] or 0) + amount end
  end
  return sum
end

describe(("candidates of %d random cases with seed %d"):format(cases, seed), function()
  it("are those of brute force, each of them around the first tree that gives it", function()
    local answers = 0
    each_case(1, false, function(case)
      local want = index_by_key(brute.candidates(case.fleet, case.request))
      local seen = {}
      for _, candidate in ipairs(case.found) do
        local key = brute.key(candidate)
        expect(want[key], case, "too much: %s", key)
        expect(want[key].anchor == candidate.anchor, case, "wrong tree: %s", key)
        -- groups that are split may come to the same amounts in two ways
        expect(not seen[key] or splits_of(case.request) > 1, case, "twice: %s", key)
        seen[key] = true
      end
      for key in pairs(want) do expect(seen[key], case, "missing: %s", key) end
      answers = answers + #case.found
    end)
    assert(answers > cases / 10, "the cases hardly ever had an answer")
  end)

  it("add up per class to what the groups ask for", function()
    each_case(4, false, function(case)
      local want = asked(case.request)
      for _, candidate in ipairs(case.found) do
        expect(show(want) == show(given(candidate)), case, "%s", brute.key(candidate))
      end
    end)
  end)

  it("can each be claimed at once", function()
    each_case(4, false, function(case)
      local tx <close> = assert(case.store:begin())
      for i = 1, math.min(#case.found, 12) do
        local candidate = case.found[#case.found - i + 1]
        local savepoint = tx:savepoint()
        local claim, err = tx:allocate { consumer = "me", allocations = candidate.resources }
        expect(claim, case, "%s: %s", brute.key(candidate), tostring(err))
        savepoint:rollback()
      end
    end)
  end)

  it("come in one order, whatever the form of the request, and a limit cuts that order", function()
    each_case(4, false, function(case)
      local keys = keys_of(case.found)
      local again = assert(fleets.candidates(case.store, case.request))
      expect(show(keys) == show(keys_of(again)), case, "table and query differ")
      local limit = math.max(1, #keys // 2)
      local few = assert(fleets.candidates(case.store, case.query .. "&limit=" .. limit))
      expect(show { table.unpack(keys, 1, limit) } == show(keys_of(few)), case, "limit %d", limit)
    end)
  end)

  it("come exactly once for interchangeable providers and groups when asked so", function()
    each_case(3, true, function(case)
      local want = index_by_key(brute.candidates(case.fleet, case.request))
      local few = assert(fleets.candidates(case.store, case.query .. "&canonical=true"))
      local orbits = {}
      for _, candidate in ipairs(few) do
        local key = brute.key(candidate)
        expect(want[key], case, "too much: %s", key)
        local orbit = brute.orbit(case.fleet, want[key])
        expect(not orbits[orbit], case, "twice: %s", key)
        orbits[orbit] = true
      end
      for key, candidate in pairs(want) do
        expect(orbits[brute.orbit(case.fleet, candidate)], case, "missing: %s", key)
      end
    end)
  end)
end)
