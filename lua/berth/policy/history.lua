-- A store's past, made to happen again in memory: the fleet as it is now, with the changes since a
-- changeset taken back, then the same changes once more, one changeset after the other, before a
-- policy that only observes.
--
-- Exact are providers, trees, inventories, traits, aggregates, consumers and amounts.  Generations
-- begin anew, and providers that were there at the beginning count as created in order of name.

local core = require "berth.core"

local history = {}

local ROOM = (1 << 53) - 1 -- the largest stock there is

-- --- the picture -------------------------------------------------------------------------------

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

local function read_provider(picture, store, provider)
  local parent = provider.parent
  picture.providers[provider.uuid] = { name = provider.name, parent = parent and parent.uuid,
    inventories = must(provider:inventories()), traits = set_of(must(provider:traits())),
    aggregates = set_of(must(provider:aggregates())) }
  for consumer, held in pairs(must(provider:allocations())) do
    local claim = picture.claims[consumer] or {}
    picture.claims[consumer], claim[provider.uuid] = claim, held.resources
    if not picture.consumers[consumer] then
      local about = must(store:allocation(consumer))
      picture.consumers[consumer] = { project = about.project, user = about.user,
        consumer_type = about.consumer_type }
    end
  end
end

-- Everything that is in the store: {providers =, claims = {[consumer] = {[provider] = amounts}},
-- consumers =}.
local function read_picture(store)
  local picture = { providers = {}, claims = {}, consumers = {} }
  for provider in must(store:providers()) do read_provider(picture, store, provider) end
  return picture
end

-- --- changes -----------------------------------------------------------------------------------

local apply = {}

-- A provider that is changed before it is there again, going backwards.
local function provider_at(picture, uuid)
  local provider = picture.providers[uuid]
  if not provider then
    provider = { inventories = {}, traits = {}, aggregates = {} }
    picture.providers[uuid] = provider
  end
  return provider
end

function apply.provider(picture, change, side)
  local state = change[side]
  if not state then
    picture.providers[change.provider] = nil
    return
  end
  local provider = provider_at(picture, change.provider)
  provider.parent, provider.name = state.parent, state.name or provider.name
end

function apply.inventory(picture, change, side)
  provider_at(picture, change.provider).inventories[change.class] = change[side]
end

function apply.trait(picture, change, side)
  provider_at(picture, change.provider).traits[change.trait] = change[side] or nil
end

function apply.aggregate(picture, change, side)
  provider_at(picture, change.provider).aggregates[change.aggregate] = change[side] or nil
end

function apply.consumer(picture, change, side)
  picture.consumers[change.consumer] = change[side]
end

function apply.allocation(picture, change, side)
  local claim = picture.claims[change.consumer] or {}
  local amounts = claim[change.provider] or {}
  amounts[change.class] = change[side] ~= 0 and change[side] or nil
  claim[change.provider] = next(amounts) and amounts or nil
  picture.claims[change.consumer] = next(claim) and claim or nil
end

local function take_back(picture, sets)
  for s = #sets, 1, -1 do
    local changes = sets[s].changes
    for i = #changes, 1, -1 do
      local change = changes[i]
      if apply[change.kind] then apply[change.kind](picture, change, "before") end
    end
  end
end

-- --- the stage ---------------------------------------------------------------------------------

local function sorted(map, before)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, before)
  return keys
end

local function allocation_of(picture, consumer)
  local about = picture.consumers[consumer] or {}
  local kind = about.consumer_type
  return { consumer = consumer, project = about.project, user = about.user,
    consumer_type = kind ~= "unknown" and kind or nil, allocations = picture.claims[consumer] }
end

local function create_names(stage, store)
  for _, class in ipairs(must(store:resource_classes())) do
    if class:find "^CUSTOM_" then must(stage:create_resource_class(class)) end
  end
  for _, trait in ipairs(must(store:traits { prefix = "CUSTOM_" })) do
    must(stage:create_trait(trait))
  end
end

-- Names that were deleted since are known from the changes alone.
local function create_old_names(stage, sets)
  for _, set in ipairs(sets) do
    for _, change in ipairs(set.changes) do
      if change.kind == "name" and change.name:find "^CUSTOM_" then
        if change.of == "resource_class" then must(stage:create_resource_class(change.name)) end
        if change.of == "trait" then must(stage:create_trait(change.name)) end
      end
    end
  end
end

-- Stock for whatever was claimed: inventories may have shrunk below it.
local function roomy(inventories)
  local copy = {}
  for class in pairs(inventories) do copy[class] = { total = ROOM, max_unit = ROOM } end
  return copy
end

local function create_provider(stage, picture, uuid, inventories_of)
  local provider = picture.providers[uuid]
  if stage:provider(uuid) then return end
  if provider.parent then create_provider(stage, picture, provider.parent, inventories_of) end
  must(stage:create_provider { uuid = uuid, name = provider.name, parent = provider.parent,
    inventories = inventories_of and inventories_of(provider.inventories) or provider.inventories,
    traits = sorted(provider.traits), aggregates = sorted(provider.aggregates) })
end

-- The picture as a store.
local function build(picture, stage)
  local providers = picture.providers
  local by_name = function(a, b) return providers[a].name < providers[b].name end
  local uuids, list = sorted(providers, by_name), {}
  for _, uuid in ipairs(uuids) do create_provider(stage, picture, uuid, roomy) end
  for i, consumer in ipairs(sorted(picture.claims)) do
    list[i] = allocation_of(picture, consumer)
  end
  if #list > 0 then must(stage:allocate(list)) end
  for _, uuid in ipairs(uuids) do
    must(must(stage:provider(uuid)):set_inventories(providers[uuid].inventories))
  end
end

local function last_decision(stage)
  local decisions = stage:decisions()
  return #decisions > 0 and decisions[#decisions].id or 0
end

-- --- following ---------------------------------------------------------------------------------

-- Brings one provider of the stage to where the picture has it.
local function follow_provider(stage, picture, uuid)
  local wanted, provider = picture.providers[uuid], stage:provider(uuid)
  if not wanted then return true end -- deleted at the end
  if not provider then
    create_provider(stage, picture, uuid)
    return true
  end
  local parent = provider.parent and provider.parent.uuid
  if provider.name ~= wanted.name or parent ~= wanted.parent then
    local done, err = provider:update { name = wanted.name, parent = wanted.parent or false }
    if not done then return nil, err end
  end
  local done, err = provider:set_inventories(wanted.inventories)
  if not done then return nil, err end
  must(provider:set_traits(sorted(wanted.traits)))
  must(provider:set_aggregates(sorted(wanted.aggregates)))
  return true
end

-- What a changeset touched, each once, in order.
local function touched(set)
  local consumers, providers, seen = {}, {}, {}
  for _, change in ipairs(set.changes) do
    local consumer = (change.kind == "consumer" or change.kind == "allocation") and change.consumer
    local provider = not consumer and change.provider
    local what = consumer or provider
    if what and not seen[what] then
      local list = consumer and consumers or providers
      list[#list + 1], seen[what] = what, true
    end
  end
  return consumers, providers
end

local function follow_providers(stage, picture, providers)
  local late = {}
  for _, uuid in ipairs(providers) do
    if not follow_provider(stage, picture, uuid) then late[#late + 1] = uuid end
  end
  return late
end

-- Writes one claim of the past again and tells what the policy says to it.
local function decide(stage, picture, consumer, told, sequence)
  local claim = allocation_of(picture, consumer)
  local done, err = stage:allocate(claim)
  local one = { sequence = sequence, consumer = consumer, project = claim.project, denials = {} }
  if done == nil then one.error = err end
  for _, decision in ipairs(stage:decisions(told.last)) do
    told.last = decision.id
    if decision.verdict ~= "allow" then table.insert(one.denials, decision) end
  end
  return one
end

-- One changeset: first what becomes free, then the fleet, then the claims, then what is deleted.
local function follow(stage, picture, set, told, report)
  for _, change in ipairs(set.changes) do
    if apply[change.kind] then apply[change.kind](picture, change, "after") end
  end
  local consumers, providers = touched(set)
  for _, consumer in ipairs(consumers) do
    if not picture.claims[consumer] then stage:release(consumer) end
  end
  local late = follow_providers(stage, picture, providers)
  for _, consumer in ipairs(consumers) do
    if picture.claims[consumer] then
      report(decide(stage, picture, consumer, told, set.sequence))
    end
  end
  for _, uuid in ipairs(late) do must(follow_provider(stage, picture, uuid)) end
  for _, uuid in ipairs(providers) do
    local provider = not picture.providers[uuid] and stage:provider(uuid)
    if provider then must(provider:delete()) end
  end
end

-- --- claims that were denied -------------------------------------------------------------------

local function load_policy(stage, policy, mode)
  return stage:load_policy(policy.path, policy.parameters, { text = policy.text, mode = mode })
end

local function filled(text) return text ~= "" and text or nil end

-- A denied claim is asked for again by its amounts, because its request was not recorded, and
-- undone.  What it says in `error` is a refusal that is not the policy's.
local function ask_again(stage, decision)
  local one = { sequence = decision.sequence, consumer = decision.consumer,
    project = filled(decision.project), was = decision }
  stage:transaction(function(tx)
    tx:release(decision.consumer)
    local claim, err = tx:place { consumer = decision.consumer, project = one.project,
      user = filled(decision.user), consumer_type = filled(decision.consumer_type),
      resources = decision.amounts }
    one.placed = claim ~= nil
    local by_policy = err and (err.code == "denied" or err.code:find "^policy_")
    if err and not by_policy then one.error = err end
    return nil, { code = "undone" }
  end)
  return one
end

-- Those that were denied before changeset `sequence` was made, from the `at`-th on.
local function ask_denied(stage, policy, denied, at, sequence, report)
  if not denied[at] or denied[at].sequence >= sequence then return at end
  must(load_policy(stage, policy, "enforce"))
  while denied[at] and denied[at].sequence < sequence do
    report(ask_again(stage, denied[at]))
    at = at + 1
  end
  must(load_policy(stage, policy, "observe"))
  return at
end

local function denied_since(decisions, since)
  local list = {}
  for _, decision in ipairs(decisions or {}) do
    if decision.hook == "admit" and decision.verdict == "deny" and decision.sequence >= since then
      list[#list + 1] = decision
    end
  end
  table.sort(list, function(a, b)
    return a.sequence < b.sequence or (a.sequence == b.sequence and a.id < b.id)
  end)
  return list
end

-- --- all of it ---------------------------------------------------------------------------------

--- Judges every claim that was committed after changeset `since` by one policy, each with the fleet
-- as it was then and with what was claimed before it, whatever the policy said to that; and what
-- was denied since then, as far as it is given.
-- @tparam berth.Store store
-- @tparam integer since
-- @tparam table policy { path =, text =, parameters = }
-- @tparam function report called with { sequence, consumer, project, error = when it could not be
-- repeated } and, for what was committed, denials = {decision, ...}; for what was denied,
-- was = the decision, placed = whether the policy lets it in now
-- @tparam ?table decisions as `store:decisions` tells them
-- @treturn ?table { changesets =, last = } or nil and an error
function history.judge(store, since, policy, report, decisions)
  local sets, err = store:changes(since, nil, { exact = true })
  if not sets then return nil, err end
  local picture = read_picture(store)
  take_back(picture, sets)
  local stage <close> = must(core.open ":memory:")
  create_names(stage, store)
  create_old_names(stage, sets)
  build(picture, stage)
  local done, why = load_policy(stage, policy, "observe")
  if not done then return nil, why end
  if not set_of(stage:policies()[1].hooks).admit then
    return nil, { code = "usage", message = "the policy has no admit: it decides no claim" }
  end
  local told, denied, at = { last = 0 }, denied_since(decisions, since), 1
  for _, set in ipairs(sets) do
    local before = at
    at = ask_denied(stage, policy, denied, at, set.sequence, report)
    if at > before then told.last = last_decision(stage) end
    follow(stage, picture, set, told, report)
  end
  ask_denied(stage, policy, denied, at, math.huge, report)
  return { changesets = #sets, last = #sets > 0 and sets[#sets].sequence or since }
end

return history
