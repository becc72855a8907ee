--- Random small fleets and requests: the engine's candidates against those of brute force.
-- BERTH_CASES says how many (1000), BERTH_SEED which; a failure tells both.
local brute = require "spec.support.brute"
local fleets = require "spec.support.fleet"
local cases = require "spec.support.cases"
local requests = require "spec.support.requests"
local symmetry = require "spec.support.brute_orbit"

local expect, show = cases.expect, cases.show

local function keys_of(list)
  local keys = {}
  for i, candidate in ipairs(list) do keys[i] = brute.key(candidate) end
  return keys
end

--- Calls check(case) with case.found, all candidates.
local function each_case(nth, plain, check)
  cases.each(nth, plain, function(case)
    case.found = assert(fleets.candidates(case.store, case.query))
    check(case)
  end)
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

local title = "candidates of %d random cases with seed %d"

describe(title:format(cases.count, cases.seed), function()
  it("are those of brute force, each around the first tree that gives it, in order", function()
    local answers = 0
    each_case(1, false, function(case)
      local want = brute.candidates(case.fleet, case.request)
      local by_key, seen = index_by_key(want), {}
      for _, candidate in ipairs(case.found) do
        local key = brute.key(candidate)
        expect(by_key[key], case, "too much: %s", key)
        expect(by_key[key].anchor == candidate.anchor, case, "wrong tree: %s", key)
        expect(not seen[key], case, "twice: %s", key)
        seen[key] = true
      end
      for key in pairs(by_key) do expect(seen[key], case, "missing: %s", key) end
      local keys = keys_of(case.found)
      expect(show(keys) == show(keys_of(want)), case, "not in order: %s", show(keys))
      answers = answers + #case.found
    end)
    assert(answers > cases.count / 10, "the cases hardly ever had an answer")
  end)

  it("add up per class to what the groups ask for", function()
    each_case(1, false, function(case)
      local want = asked(case.request)
      for _, candidate in ipairs(case.found) do
        expect(show(want) == show(given(candidate)), case, "%s", brute.key(candidate))
      end
    end)
  end)

  it("can each be claimed at once", function()
    each_case(1, false, function(case)
      local tx <close> = assert(case.store:begin())
      for _, candidate in ipairs(case.found) do
        local savepoint = tx:savepoint()
        local claim, err = tx:allocate { consumer = "me", allocations = candidate.resources }
        expect(claim, case, "%s: %s", brute.key(candidate), tostring(err))
        savepoint:rollback()
      end
    end)
  end)

  it("come in one order, whatever the form of the request, and a limit cuts that order", function()
    each_case(1, false, function(case)
      local keys = keys_of(case.found)
      local again = assert(fleets.candidates(case.store, case.request))
      expect(show(keys) == show(keys_of(again)), case, "table and query differ")
      local limit = math.max(1, #keys // 2)
      local few = assert(fleets.candidates(case.store, case.query .. "&limit=" .. limit))
      expect(show { table.unpack(keys, 1, limit) } == show(keys_of(few)), case, "limit %d", limit)
    end)
  end)

  it("are the same whatever became of the fleet before it was as it is", function()
    each_case(6, false, function(case)
      local function ask(store)
        assert(store:candidates(case.query)):next()
        local why, err = store:explain(case.query)
        assert(why or err.code == "search_budget", err)
      end
      local store <close> = fleets.load_by_detours(case.fleet, requests.TRAITS, case.chance, ask)
      local found = assert(fleets.candidates(store, case.query))
      expect(show(keys_of(case.found)) == show(keys_of(found)), case, "now %s",
             show(keys_of(found)))
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
        local orbit = symmetry.orbit(case.fleet, want[key])
        expect(not orbits[orbit], case, "twice: %s", key)
        orbits[orbit] = true
      end
      for key, candidate in pairs(want) do
        expect(orbits[symmetry.orbit(case.fleet, candidate)], case, "missing: %s", key)
      end
    end)
  end)

  it("lose none that is different when classes are split and symmetry goes, and none comes twice "
    .. "where groups alone are interchangeable", function()
    each_case(5, false, function(case)
      local want = brute.candidates(case.fleet, case.request)
      local few = assert(fleets.candidates(case.store, case.query .. "&canonical=true"))
      local by_key, orbits, plain = index_by_key(want), {}, symmetry.is_plain(case.fleet)
      for _, candidate in ipairs(few) do
        local key = brute.key(candidate)
        expect(by_key[key], case, "too much: %s", key)
        local ways = #by_key[key].ways
        for way = 1, ways do
          local orbit = symmetry.orbit(case.fleet, by_key[key], way)
          expect(not (plain and ways == 1 and orbits[orbit] == 1), case, "twice: %s", key)
          orbits[orbit] = math.min(ways, orbits[orbit] or ways)
        end
      end
      for _, candidate in ipairs(want) do
        expect(orbits[symmetry.orbit(case.fleet, candidate)], case, "missing: %s",
               brute.key(candidate))
      end
    end)
  end)
end)
