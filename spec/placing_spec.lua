--- Placing: which candidate a claim gets, with and without a ranking; that remembered ranks stay
-- true whatever happens to the trees; and that every candidate gets its turn after a denial.
local brute = require "spec.support.brute"
local cases = require "spec.support.cases"
local fleets = require "spec.support.fleet"

local function load(store, text, parameters)
  return assert(store:load_policy("placing.lua", parameters, { text = text }))
end

--- A root with children C1, C2, ... of one unit each, or of units(i).
local function tree(children, units)
  local specs = { { name = "R" } }
  for i = 1, children do
    specs[#specs + 1] = { name = "C" .. i, parent = "R",
                          inventories = { PGPU = { total = units and units(i) or 1 } } }
  end
  return specs
end

local function node(name, vcpu, more)
  local spec = { name = name, inventories = { VCPU = { total = vcpu } } }
  for key, value in pairs(more or {}) do spec[key] = value end
  return spec
end

--- "name:CLASS=n" of what the consumer holds.
local function held(store, allocation)
  local names, resources = fleets.names(store), {}
  for uuid, amounts in pairs(allocation:resources()) do resources[names[uuid]] = amounts end
  return brute.key { resources = resources, mappings = {} }
end

describe("a claim without a ranking", function()
  it("gets the first candidate that has room", function()
    local store <close> = fleets.load { node("A", 2), node("B", 8), node("C", 8) }
    local function place(consumer, amount)
      local claim = assert(store:place { consumer = consumer, resources = { VCPU = amount } })
      return held(store, claim)
    end
    assert.equal("B:VCPU=5", place("one", 5))
    assert.equal("C:VCPU=5", place("two", 5))
    assert.equal("A:VCPU=1", place("three", 1))
    assert.equal("B:VCPU=3", place("four", 3))
    assert(store:release("two"))
    assert.equal("C:VCPU=5", place("five", 5))
  end)

  it("looks behind a limit, which is for who lists candidates", function()
    local store <close> = fleets.load { node("A", 2), node("B", 8) }
    load(store, [[return policy { name = "largest",
      score = function(request, candidate) return candidate:capacity("VCPU") end }]])
    local claim = assert(store:place { consumer = "c", resources = { VCPU = 1 }, limit = 1 })
    assert.equal("B:VCPU=1", held(store, claim))
  end)
end)

describe("a claim with a ranking", function()
  it("goes to the best score, then to the earlier tree, then by preference", function()
    local store <close> = fleets.load {
      node("A", 8), node("B", 16), node("B1", 4, { parent = "B" }), node("C", 20),
    }
    -- B and C have 20 each; within B the child is preferred
    load(store, [[return policy { name = "roomy", score = function(request, candidate)
      local provider = candidate:providers()[1]
      return candidate:capacity("VCPU"), -provider:capacity("VCPU") end }]])
    local claim = assert(store:place { consumer = "c", resources = { VCPU = 1 } })
    assert.equal("B1:VCPU=1", held(store, claim))
  end)

  it("is refused with no_candidate when the filters keep nothing", function()
    local store <close> = fleets.load { node("A", 8) }
    load(store, [[return policy { name = "never",
      filter = function() return false end }]])
    local claim, err = store:place { consumer = "c", resources = { VCPU = 1 } }
    assert.is_nil(claim)
    assert.equal("no_candidate", err.code)
    local why = assert(store:explain("resources=VCPU:1"))
    assert.equal("filter", why.steps[#why.steps].kind)
    assert.equal(1, why.steps[#why.steps].in_turn)
    assert.equal(0, why.left)
  end)
end)

describe("a claim that is denied", function()
  local only = [[return policy { name = "only", parameters = { provider = "", score = false },
    score = function(request, candidate)
      local provider = candidate:providers()[1]
      return 0, provider:free("PGPU") % 7
    end,
    admit = function(claim)
      for _, provider in ipairs(claim:providers()) do
        if provider.name ~= parameters.provider then return deny("elsewhere", "not there") end
      end
      return allow()
    end }]]

  it("is tried on every other candidate, best first, and placed on the one allowed", function()
    local store <close> = fleets.load(tree(700, function(i) return i end))
    load(store, only, { provider = "C683" })
    local claim = assert(store:place { consumer = "c", resources = { PGPU = 1 } })
    assert.equal("C683:PGPU=1", held(store, claim))
  end)

  it("leaves nothing behind when no candidate is allowed", function()
    local store <close> = fleets.load(tree(300))
    load(store, only, { provider = "nobody" })
    local before = store:dump()
    local claim, err = store:place { consumer = "c", project = "p", resources = { PGPU = 1 } }
    assert.is_nil(claim)
    assert.equal("denied", err.code)
    assert.equal("elsewhere", err.reason)
    assert.equal(before, store:dump())
  end)

  it("is tried elsewhere without a ranking too, in order", function()
    local store <close> = fleets.load { node("A", 8), node("B", 8), node("C", 8) }
    load(store, [[return policy { name = "not_a", admit = function(claim)
      return claim:providers()[1].name ~= "A" or deny("a", "not on A") end }]])
    local claim = assert(store:place { consumer = "c", resources = { VCPU = 1 } })
    assert.equal("B:VCPU=1", held(store, claim))
    claim = assert(store:place { consumer = "d", resources = { VCPU = 1 } })
    assert.equal("B:VCPU=1", held(store, claim))
  end)
end)

describe("a consumer that holds something", function()
  it("is told before anything is sought", function()
    local store <close> = fleets.load { node("A", 8) }
    assert(store:place { consumer = "c", resources = { VCPU = 1 } })
    local claim, err = store:place { consumer = "c", resources = { VCPU = 999 } }
    assert.is_nil(claim)
    assert.equal("consumer_exists", err.code)
  end)
end)

-- -------------------------------------------------------------------------------------------------
-- Remembered ranks
-- -------------------------------------------------------------------------------------------------

--- Scores that follow from the tree as it is and leave many ties.
local ranking = [[return policy { name = "scattered", parameters = { salt = 0 },
  filter = function(request, candidate)
    return hash(parameters.salt, "keep", candidate.root.name, candidate:free("VCPU")) % 6 ~= 0
  end,
  score = function(request, candidate)
    local names = {}
    for i, provider in ipairs(candidate:providers()) do names[i] = provider.name end
    return hash(parameters.salt, table.concat(names, " "), candidate:used("VCPU"),
                candidate:free("VGPU"), candidate:used("DISK_GB")) % 4
  end }]]

--- What the listing with its scores says a claim must get; nothing and the refusal when there are
-- too many ways to list.
local function expected(store, query)
  local names, best, best_score = fleets.names(store), nil, nil
  local listing = assert(store:candidates(query))
  local candidate, err = listing:next()
  while candidate do
    if not best or candidate.score > best_score then
      best, best_score = fleets.named(candidate, names), candidate.score
    end
    candidate, err = listing:next()
  end
  return best and brute.key { resources = best.resources, mappings = {} }, err
end

local CLASSES = { "VCPU", "VGPU", "DISK_GB", "MEMORY_MB" }

--- Something happens to the fleet; what exactly may be refused.
local function happen(case, live)
  local store, chance, fleet = case.store, case.chance, case.fleet
  local what, one = chance.upto(7), chance.pick(fleet).name
  local provider = store:provider(one)
  if what == 1 and #live > 0 then
    store:release(table.remove(live, chance.upto(#live)))
  elseif what == 2 then
    store:create_provider { name = "new" .. chance.upto(1000000), parent = one,
                            inventories = { [chance.pick(CLASSES)] = chance.upto(5) } }
  elseif what == 3 and provider then
    local other = store:provider(chance.pick(fleet).name)
    provider:update { parent = other }
  elseif what == 4 and provider then
    provider:set_aggregates { "agg-x" }
  elseif what == 5 and provider then
    provider:delete()
  elseif what == 6 and provider then
    provider:set_inventory(chance.pick(CLASSES), { total = chance.upto(9) })
  else
    -- a transaction that comes to nothing
    local tx <close> = assert(store:begin())
    tx:place { consumer = "nobody", resources = { [chance.pick(CLASSES)] = 1 } }
    tx:create_provider { name = "gone", inventories = { VCPU = 9 } }
  end
end

local title = "remembered ranks in %d random cases with seed %d"

describe(title:format(cases.count // 10, cases.seed), function()
  it("place each claim as a fresh listing says", function()
    local placed = 0
    cases.each(10, false, function(case)
      load(case.store, ranking, { salt = case.number })
      local queries = { case.query, "resources=VCPU:1", "resources=DISK_GB:1&resources1=VGPU:1" }
      local live = {}
      for step = 1, 15 do
        local query, consumer = case.chance.pick(queries), "c" .. step
        local want, unlisted = expected(case.store, query)
        cases.expect(not unlisted or unlisted.code == "search_budget", case, "%s",
                     tostring(unlisted))
        local claim, err = case.store:place(query, { consumer = consumer })
        cases.expect(claim or err.code == "no_candidate" or unlisted, case, "%s", tostring(err))
        local got = claim and held(case.store, claim)
        cases.expect(got == want or unlisted, case, "step %d, %s: %s, not %s", step, query,
                     tostring(got), tostring(want))
        if claim then
          live[#live + 1] = consumer
          placed = placed + 1
        end
        happen(case, live)
      end
      assert(case.store:check())
    end)
    assert(placed > cases.count // 10, "hardly anything was placed")
  end)
end)
