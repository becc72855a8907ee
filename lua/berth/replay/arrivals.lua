--- The arrivals of the published experiment, drawn from a request list: shuffled, and tuned until
-- they ask for a given multiple of the cluster's GPUs. The order of the nodes, which decides ties,
-- is drawn after them from the same generator.

local fault = require "berth.replay.fault"
local inputs = require "berth.replay.inputs"

local arrivals = {}

local LONGEST = 10000000 -- arrivals of one run

local function demand(request)
  return request.gpus * request.milli
end

--- @tparam {request,...} requests
-- @tparam {node,...} nodes
-- @tparam number ratio e.g. 1.3 for 130 % of the nodes' GPUs
-- @param rng a generator of berth.replay.random
function arrivals.inflate(requests, nodes, ratio, rng)
  local capacity, asked = 0, 0
  for _, node in ipairs(nodes) do capacity = capacity + node.gpus * inputs.WHOLE end
  for _, request in ipairs(requests) do asked = asked + demand(request) end
  if capacity == 0 then fault.raise(fault.INPUT, "--inflate needs nodes with GPUs") end
  if asked == 0 then fault.raise(fault.INPUT, "--inflate needs requests that ask for GPUs") end
  local target = ratio * capacity
  local list = rng:shuffle(table.move(requests, 1, #requests, 1, {}))
  while asked > target do
    asked = asked - demand(table.remove(list, rng:below(#list)))
  end
  while true do
    local request = rng:choice(requests)
    asked = asked + demand(request)
    if asked > target then return list end
    list[#list + 1] = request
    if #list > LONGEST then
      fault.raise(fault.USAGE, "--inflate %g needs more than %d arrivals", ratio, LONGEST)
    end
  end
end

--- The nodes that take part in the experiment: those with GPUs.
function arrivals.gpu_nodes(nodes)
  local list = {}
  for _, node in ipairs(nodes) do
    if node.gpus > 0 then list[#list + 1] = node end
  end
  return list
end

return arrivals
