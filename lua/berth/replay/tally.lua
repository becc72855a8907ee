--- What a replay comes to: amounts allocated per class, fragmentation kept current node by node,
-- refusals by reason, and the curves over the demand that has arrived.

local fleet = require "berth.replay.fleet"
local inputs = require "berth.replay.inputs"

local tally = {}

local Tally = {}
Tally.__index = Tally

-- Bankers' rounding, as the published curves have it.
local function round(x)
  local low = math.floor(x)
  local rest = x - low
  if rest > 0.5 or (rest == 0.5 and low % 2 == 1) then low = low + 1 end
  return low
end

local function percent(part, whole)
  return whole > 0 and 100 * part / whole or 0.0
end

--- @tparam {node,...} nodes
-- @tparam function meter of berth.replay.fragmentation
-- @tparam integer scale of its values
function tally.new(nodes, meter, scale)
  local self = setmetatable({
    meter = meter, scale = scale, arrivals = 0, placed = 0, states = {}, fragmented = 0,
    refusals = {}, curve = {}, last = nil,
    capacity = { [fleet.CPU] = 0, [fleet.MEMORY] = 0, [fleet.GPU] = 0 },
    allocated = { [fleet.CPU] = 0, [fleet.MEMORY] = 0, [fleet.GPU] = 0 },
    arrived = { [fleet.CPU] = 0, [fleet.GPU] = 0 },
  }, Tally)
  for _, node in ipairs(nodes) do
    local gpus = {}
    for i = 1, node.gpus do gpus[i] = inputs.WHOLE end
    local state = { cpu = node.cpu, gpus = gpus, fragmented = meter(node.cpu, gpus, node.model) }
    self.states[node] = state
    self.fragmented = self.fragmented + state.fragmented
    self.capacity[fleet.CPU] = self.capacity[fleet.CPU] + node.cpu
    self.capacity[fleet.MEMORY] = self.capacity[fleet.MEMORY] + node.memory
    self.capacity[fleet.GPU] = self.capacity[fleet.GPU] + node.gpus * inputs.WHOLE
  end
  -- A cluster without GPUs is measured by its CPU.
  self.measure = self.capacity[fleet.GPU] > 0 and fleet.GPU or fleet.CPU
  return self
end

local function add(amounts, request)
  amounts[fleet.CPU] = amounts[fleet.CPU] + request.cpu
  amounts[fleet.GPU] = amounts[fleet.GPU] + request.gpus * request.milli
end

-- Notes where the run stands, under the percentage of demand that has arrived.
function Tally:note()
  local whole = self.capacity[self.measure]
  local x = round(percent(self.arrived[self.measure], whole))
  local point = self.curve[x]
  if not point then
    point = { demand = x, arrivals = 0, allocation = 0.0, fragmentation = 0.0, ratio = 0.0 }
    self.curve[x], self.last = point, point
  end
  local fragmented = self.fragmented / math.max(self.scale, 1)
  local idle = self.capacity[fleet.GPU] - self.allocated[fleet.GPU]
  point.arrivals = point.arrivals + 1
  point.allocation = point.allocation + percent(self.allocated[self.measure], whole)
  point.fragmentation = point.fragmentation + percent(fragmented, self.capacity[fleet.GPU])
  point.ratio = point.ratio + percent(fragmented, idle)
end

--- A request was placed.
function Tally:place(request, node, gpus)
  self.arrivals, self.placed = self.arrivals + 1, self.placed + 1
  add(self.arrived, request)
  add(self.allocated, request)
  self.allocated[fleet.MEMORY] = self.allocated[fleet.MEMORY] + request.memory
  local state = self.states[node]
  state.cpu = state.cpu - request.cpu
  for _, i in ipairs(gpus) do state.gpus[i + 1] = state.gpus[i + 1] - request.milli end
  self.fragmented = self.fragmented - state.fragmented
  state.fragmented = self.meter(state.cpu, state.gpus, node.model)
  self.fragmented = self.fragmented + state.fragmented
  self:note()
end

--- A request was refused with an error object.
function Tally:refuse(request, err)
  self.arrivals = self.arrivals + 1
  add(self.arrived, request)
  local kind = inputs.kind(request)
  local key = table.concat({ err.code, err.policy or "", err.reason or "", err.class or "", kind,
    request.project or "" }, "\0")
  local refusal = self.refusals[key]
  if not refusal then
    refusal = { code = err.code, policy = err.policy, reason = err.reason, class = err.class,
      kind = kind, project = request.project, count = 0 }
    self.refusals[key] = refusal
  end
  refusal.count = refusal.count + 1
  self:note()
end

local function refusals_of(self)
  local keys, list = {}, {}
  for key in pairs(self.refusals) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do list[i] = self.refusals[key] end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.kind < b.kind or (a.kind == b.kind and (a.project or "") < (b.project or ""))
  end)
  return list
end

local function curve_of(self)
  local points = {}
  for _, point in pairs(self.curve) do
    local n = point.arrivals
    points[#points + 1] = { demand = point.demand, allocation = point.allocation / n,
      fragmentation = point.fragmentation / n, fragmentation_ratio = point.ratio / n }
  end
  table.sort(points, function(a, b) return a.demand < b.demand end)
  return points
end

--- The outcome as plain data: counts, percentages and the curve.
function Tally:summary()
  local allocation = {}
  for class, capacity in pairs(self.capacity) do
    if capacity > 0 then
      local allocated = self.allocated[class]
      allocation[class] = { allocated = allocated, capacity = capacity,
        percent = percent(allocated, capacity) }
    end
  end
  local fragmented = self.fragmented / math.max(self.scale, 1)
  local gpu, curve = self.capacity[fleet.GPU], curve_of(self)
  return {
    arrivals = self.arrivals,
    placed = self.placed,
    refused = self.arrivals - self.placed,
    refusals = refusals_of(self),
    allocation = allocation,
    fragmentation = gpu > 0 and { percent_of_capacity = percent(fragmented, gpu),
      percent_of_idle = percent(fragmented, gpu - self.allocated[fleet.GPU]) } or nil,
    measure = self.measure,
    curve = curve,
    at_last_percent = curve[#curve],
  }
end

return tally
