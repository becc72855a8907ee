--- A store filled from the plain tables that brute.lua takes, and candidates with names in place of
-- uuids, so that both sides can be compared.
local berth = require "berth"

local fleet = {}

local SHARES = "MISC_SHARES_VIA_AGGREGATE"

--- In order of name, so that a trait's place does not depend on the fleet.
local function create_traits(store, specs, extra)
  local seen, words = { [SHARES] = true }, {}
  local function note(list)
    for _, trait in ipairs(list or {}) do
      if not seen[trait] and trait:match("^CUSTOM_") then words[#words + 1] = trait end
      seen[trait] = true
    end
  end
  for _, p in ipairs(specs) do note(p.traits) end
  note(extra)
  table.sort(words)
  for _, trait in ipairs(words) do assert(store:create_trait(trait)) end
end

--- Stocks large enough for any use; the stated ones follow once the use is there.
local function roomy(inventories)
  local result = {}
  for class in pairs(inventories or {}) do result[class] = 1000000 end
  return result
end

--- Opens a store in memory with the providers and what is used of them.
function fleet.load(specs, extra_traits)
  local store = assert(berth.open(":memory:"))
  create_traits(store, specs, extra_traits)
  for i, p in ipairs(specs) do
    local used = next(p.used or {}) ~= nil
    assert(store:create_provider {
      name = p.name, parent = p.parent, traits = p.traits, aggregates = p.aggregates,
      inventories = used and roomy(p.inventories) or p.inventories,
    })
    if used then
      assert(store:allocate { consumer = "user-" .. i, allocations = { [p.name] = p.used } })
      assert(assert(store:provider(p.name)):set_inventories(p.inventories))
    end
  end
  return store
end

--- The list in another order.
local function shuffled(list, chance)
  local result = { table.unpack(list) }
  for i = #result, 2, -1 do
    local j = chance.upto(i)
    result[i], result[j] = result[j], result[i]
  end
  return result
end

--- As load does, but everything was otherwise before; `ask(store)` is called now and then, so that
-- whatever is remembered between answers has something to remember.
function fleet.load_by_detours(specs, extra_traits, chance, ask)
  local store = assert(berth.open(":memory:"))
  create_traits(store, specs, extra_traits)
  local gone = assert(store:create_provider { name = "gone", inventories = { VCPU = 9 } })
  for i, p in ipairs(specs) do
    assert(store:create_provider {
      name = p.name, parent = i > 1 and specs[chance.upto(i - 1)].name or nil,
      inventories = { VCPU = 3 }, aggregates = { "agg-x" }, traits = { SHARES },
    })
  end
  ask(store)
  local steps = {}
  for i, p in ipairs(specs) do
    local node = assert(store:provider(p.name))
    steps[#steps + 1] = function() assert(node:set_traits(p.traits or {})) end
    steps[#steps + 1] = function() assert(node:set_aggregates(p.aggregates or {})) end
    steps[#steps + 1] = function()
      assert(node:set_inventories(roomy(p.inventories)))
      if next(p.used or {}) then
        assert(store:allocate { consumer = "user-" .. i, allocations = { [p.name] = p.used } })
      end
      assert(node:set_inventories(p.inventories or {}))
    end
  end
  for _, step in ipairs(shuffled(steps, chance)) do
    step()
    if chance.one_in(4) then ask(store) end
  end
  for _, p in ipairs(shuffled(specs, chance)) do
    assert(store:provider(p.name):update { parent = false })
  end
  for _, p in ipairs(shuffled(specs, chance)) do
    if p.parent then assert(store:provider(p.name):update { parent = p.parent }) end
    if chance.one_in(2) then ask(store) end
  end
  assert(gone:delete())
  return store
end

--- uuid -> name of every provider.
function fleet.names(store)
  local names = {}
  for provider in store:providers() do names[provider.uuid] = provider.name end
  return names
end

--- { resources = { name = { CLASS = n } }, mappings = { suffix = { names } }, handle = }
function fleet.named(candidate, names)
  local plain = { resources = {}, mappings = {}, handle = candidate,
                  anchor = candidate.anchor and candidate.anchor.name }
  for uuid, amounts in pairs(candidate:resources()) do plain.resources[names[uuid]] = amounts end
  for suffix, uuids in pairs(candidate:mappings()) do
    local list = {}
    for i, uuid in ipairs(uuids) do list[i] = names[uuid] end
    table.sort(list)
    plain.mappings[suffix] = list
  end
  return plain
end

--- All candidates of a request, a table or a query string, in the engine's order.
function fleet.candidates(store, request)
  local names, list = fleet.names(store), {}
  local iterator, err = store:candidates(request)
  if not iterator then return nil, err end
  for candidate in iterator do list[#list + 1] = fleet.named(candidate, names) end
  return list
end

return fleet
