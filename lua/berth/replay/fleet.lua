--- A cluster of GPU nodes as a fleet: per node a root provider with CPU, memory and a trait for its
-- GPU model, per GPU one child; requests as the engine wants them asked; and what the engine
-- answered, read back as a node and indexes of its GPUs.

local fault = require "berth.replay.fault"
local inputs = require "berth.replay.inputs"

local fleet = {
  CPU = "CUSTOM_VCPU_MILLI",
  MEMORY = "MEMORY_MB",
  GPU = "CUSTOM_GPU_MILLI",
}

local Fleet = {}
Fleet.__index = Fleet

-- Every model of nodes and requests gets a trait of its own, whatever characters it is made of.
local function name_models(nodes, requests)
  local traits, taken = {}, {}
  local function name(model)
    if model == "" or traits[model] then return end
    local base = "CUSTOM_GPU_MODEL_" .. model:upper():gsub("[^A-Z0-9_]", "_"):sub(1, 220)
    local trait, n = base, 1
    while taken[trait] do
      n = n + 1
      trait = base .. "_" .. n
    end
    traits[model], taken[trait] = trait, true
  end
  for _, node in ipairs(nodes) do name(node.model) end
  for _, request in ipairs(requests) do
    for _, model in ipairs(request.models) do name(model) end
  end
  return traits
end

--- @tparam {node,...} nodes as of berth.replay.inputs, in the order in which ties are decided
-- @tparam {request,...} requests all that will be asked for
function fleet.new(nodes, requests)
  return setmetatable({
    nodes = nodes,
    traits = name_models(nodes, requests),
    places = {}, -- by provider uuid: {node=, gpu= index from 0 or nil}
    shapes = {}, -- by shape: what is the same in every such request
  }, Fleet)
end

local function sorted_values(map)
  local list = {}
  for _, value in pairs(map) do list[#list + 1] = value end
  table.sort(list)
  return list
end

local function root_of(node, trait)
  local inventories = {}
  if node.cpu > 0 then inventories[fleet.CPU] = node.cpu end
  if node.memory > 0 then inventories[fleet.MEMORY] = node.memory end
  return { name = node.name, inventories = inventories, traits = { trait } }
end

function Fleet:create(tx, bar)
  assert(tx:create_resource_class(fleet.CPU))
  assert(tx:create_resource_class(fleet.GPU))
  for _, trait in ipairs(sorted_values(self.traits)) do assert(tx:create_trait(trait)) end
  for _, node in ipairs(self.nodes) do
    local root = assert(tx:create_provider(root_of(node, self.traits[node.model])))
    self.places[root.uuid] = { node = node }
    for i = 0, node.gpus - 1 do
      local gpu = assert(tx:create_provider { name = inputs.gpu_name(node.name, i), parent = root,
        inventories = { [fleet.GPU] = inputs.WHOLE } })
      self.places[gpu.uuid] = { node = node, gpu = i }
    end
    if bar then bar:advance() end
  end
  return true
end

--- Create all providers in one transaction of an empty store.
-- @param store an open store
-- @tparam string target what it is called in messages
-- @param bar nil, or a progress bar that counts the nodes
function Fleet:build(store, target, bar)
  for _ in store:providers() do
    fault.raise("in_use", "%s: it already holds providers; a replay wants a new store", target)
  end
  local done, err = store:transaction(function(tx) return self:create(tx, bar) end)
  if not done then fault.from(target .. ": the fleet cannot be created", err) end
end

-- A model is a condition on the root alone. It rides with CPU and memory, which only roots have;
-- a request for neither has a group without resources that must stand above the GPUs.
local function ask_for_model(ask, suffixes, required)
  if ask.resources then
    ask.required = required
  elseif required then
    ask.groups.host = { required = required }
    ask.same_subtree = { { "host", table.unpack(suffixes) } }
  end
end

local function shape_of(request, traits)
  local ask = { groups = {}, group_policy = "isolate", canonical = true }
  if request.cpu + request.memory > 0 then
    ask.resources = {}
    if request.cpu > 0 then ask.resources[fleet.CPU] = request.cpu end
    if request.memory > 0 then ask.resources[fleet.MEMORY] = request.memory end
  end
  local suffixes = {}
  for i = 0, request.gpus - 1 do
    suffixes[i + 1] = "gpu" .. i
    ask.groups[suffixes[i + 1]] = { resources = { [fleet.GPU] = request.milli } }
  end
  local any_of = {}
  for i, model in ipairs(request.models) do any_of[i] = traits[model] end
  ask_for_model(ask, suffixes, #any_of > 0 and { any_of } or nil)
  return ask
end

--- The request as store:place takes it.
-- @tparam request request
-- @tparam string consumer
function Fleet:ask(request, consumer)
  local key = ("%d %d %d %d %s"):format(request.cpu, request.memory, request.gpus, request.milli,
    request.spec)
  local shape = self.shapes[key]
  if not shape then
    shape = shape_of(request, self.traits)
    self.shapes[key] = shape
  end
  local ask = { consumer = consumer, consumer_type = inputs.kind(request),
    project = request.project, user = request.user }
  for name, value in pairs(shape) do ask[name] = value end
  return ask
end

--- Where a claim landed.
-- @return the node and the indexes of its GPUs, ascending from 0
function Fleet:place_of(claim)
  local node, gpus = nil, {}
  for uuid in pairs(claim:resources()) do
    local place = self.places[uuid]
    node = place.node
    if place.gpu then gpus[#gpus + 1] = place.gpu end
  end
  table.sort(gpus)
  return node, gpus
end

--- The typical shapes of berth.replay.fragmentation as the policy fgd takes them.
function Fleet:typical_parameter(typical)
  local list = {}
  for i, shape in ipairs(typical) do
    local models = {}
    for j, model in ipairs(shape.models) do models[j] = self.traits[model] end
    list[i] = { cpu = shape.cpu, gpus = shape.gpus, milli = shape.milli, count = shape.count,
      models = models }
  end
  return list
end

return fleet
