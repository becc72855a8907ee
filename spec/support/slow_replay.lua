--- A replay as plainly as it can be written, to hold the real one against: every node and every
-- device is tried for every request, scores are the formulas word for word, fragmentation is a sum
-- over every shape. Shares no code with berth and is slow on purpose.
--
-- Nodes are {name=, cpu=, memory=, gpus=, model=}, requests {cpu=, memory=, gpus=, milli=,
-- models={}}; the answer is a list of {node name or nil, {device indexes from 0}}.

local slow = {}

local C, G = 128000, 8000 -- what one whole node has

local function sum(list)
  local total = 0
  for _, value in ipairs(list) do total = total + value end
  return total
end

local function has(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then return true end
  end
  return false
end

local function kind(pod)
  return (pod.gpus == 1 and pod.milli < 1000) and "share" or pod.gpus
end

-- --- fragmentation -----------------------------------------------------------------------

local function shape_name(pod)
  return ("%d/%d/%d/%s"):format(pod.cpu, pod.gpus, pod.milli, table.concat(pod.models, "|"))
end

local function typical_shapes(pods)
  local shapes = {}
  for _, pod in ipairs(pods) do
    local found
    for _, shape in ipairs(shapes) do
      if shape_name(shape.pod) == shape_name(pod) then found = shape end
    end
    if found then found.n = found.n + 1 else shapes[#shapes + 1] = { pod = pod, n = 1 } end
  end
  local function rank(shape)
    return ("%09d %09d %09d %09d %s"):format(shape.n, shape.pod.cpu, shape.pod.milli,
      shape.pod.gpus, table.concat(shape.pod.models, "\0"))
  end
  table.sort(shapes, function(a, b) return rank(a) > rank(b) end)
  local typical, covered = {}, 0
  for _, shape in ipairs(shapes) do
    if covered >= 0.95 * #pods then break end
    typical[#typical + 1] = shape
    covered = covered + shape.n
  end
  return typical, covered
end

local function waste_for(pod, cpu, free, model)
  local large, small = {}, {}
  for _, left in ipairs(free) do
    local list = left >= pod.milli and large or small
    list[#list + 1] = left
  end
  local matches = #pod.models == 0 or has(pod.models, model)
  if pod.gpus == 0 or not matches or cpu < pod.cpu or #large < pod.gpus then return sum(free) end
  return sum(small)
end

local function fragmentation(typical, cpu, free, model)
  local total = 0
  for _, shape in ipairs(typical) do
    total = total + shape.n * waste_for(shape.pod, cpu, free, model)
  end
  return total
end

-- --- scores of a node, given what would be left on its devices ----------------------------------

local scores = {}

function scores.first_fit() return 0 end

function scores.spread(node) return -node.consumers end

function scores.best_fit(node, pod)
  local cpu, gpu = node.cpu - pod.cpu, sum(node.free) - pod.gpus * pod.milli
  return (200 * C * G - 100 * (cpu * G + gpu * C)) // (2 * C * G)
end

function scores.dot_product(node, pod)
  local cpu, gpu = node.cpu * pod.cpu, sum(node.free) * pod.gpus * pod.milli
  local ratio = C * C // (G * G) -- exact
  return (200 * C * C - 100 * (cpu + gpu * ratio)) // (2 * C * C)
end

function scores.gpu_clustering(node, pod)
  if pod.gpus == 0 then return 0 end
  local fill, kinds, own = 25 * (8000 - sum(node.free)) // 8000, 0, node.kinds[kind(pod)]
  for _ in pairs(node.kinds) do kinds = kinds + 1 end
  if own then return fill + (kinds == 1 and 75 or 50) end
  return fill + (kinds == 0 and 25 or 0)
end

function scores.gpu_packing(node, pod)
  if pod.gpus == 0 then return 0 end
  local untouched, fitting = 0, {}
  for _, left in ipairs(node.free) do
    if left == 1000 then untouched = untouched + 1 end
    if left >= pod.milli then fitting[#fitting + 1] = left end
  end
  if untouched == #node.free then return math.max(33 - #node.free, #node.free) end
  table.sort(fitting)
  local fresh, percent = 0, 0
  for i = 1, pod.gpus do
    if fitting[i] == 1000 then fresh = fresh + 1 end
    percent = percent + fitting[i] * 100 // 1000
  end
  if fresh > 0 then return math.max(50 - fresh, 33) end
  return math.max(100 - percent // 10, 50)
end

function scores.fgd(node, pod, after, typical, covered)
  local before = fragmentation(typical, node.cpu, node.free, node.model)
  local now = fragmentation(typical, node.cpu - pod.cpu, after, node.model)
  return math.floor(100 / (1 + math.exp(-((before - now) / covered) / 1000)))
end

slow.policies = { "best_fit", "dot_product", "fgd", "first_fit", "gpu_clustering", "gpu_packing",
  "spread" }

-- --- the run -----------------------------------------------------------------------------

-- All ways to serve the request on the node: lists of device indexes from 1.
local function ways(node, pod)
  if node.cpu < pod.cpu or node.memory < pod.memory then return {} end
  if pod.gpus == 0 then return { {} } end
  if #pod.models > 0 and not has(pod.models, node.model) then return {} end
  local fitting, singles = {}, {}
  for i, left in ipairs(node.free) do
    if left >= pod.milli then fitting[#fitting + 1] = i end
  end
  if #fitting < pod.gpus then return {} end
  if pod.gpus > 1 then return { table.move(fitting, 1, pod.gpus, 1, {}) } end
  for i, device in ipairs(fitting) do singles[i] = { device } end
  return singles
end

local function left_after(node, pod, way)
  local after = table.move(node.free, 1, #node.free, 1, {})
  for _, device in ipairs(way) do after[device] = after[device] - pod.milli end
  return after
end

-- The best way on this node: the score, and fullness where the policy does not score devices.
local function best_way(policy, node, pod, typical, covered)
  local best, chosen, fullness
  for _, way in ipairs(ways(node, pod)) do
    local after = left_after(node, pod, way)
    local score = scores[policy](node, pod, after, typical, covered)
    local left = policy ~= "fgd" and way[1] and node.free[way[1]] or 0
    if not best or score > best or (score == best and left < fullness) then
      best, chosen, fullness = score, way, left
    end
  end
  return best, chosen
end

--- @tparam string policy one of slow.policies
-- @tparam {node,...} nodes in the order that decides ties
-- @tparam {request,...} arrivals
-- @tparam {request,...} usual
function slow.replay(policy, nodes, arrivals, usual)
  local typical, covered = typical_shapes(usual)
  local cluster, answers = {}, {}
  for i, node in ipairs(nodes) do
    local free = {}
    for device = 1, node.gpus do free[device] = 1000 end
    cluster[i] = { name = node.name, cpu = node.cpu, memory = node.memory, model = node.model,
      free = free, kinds = {}, consumers = 0 }
  end
  for n, pod in ipairs(arrivals) do
    local winner, best, way
    for _, node in ipairs(cluster) do
      local score, chosen = best_way(policy, node, pod, typical, covered)
      if score and (not best or score > best) then winner, best, way = node, score, chosen end
    end
    answers[n] = { gpus = {} }
    if winner then
      winner.free = left_after(winner, pod, way)
      winner.cpu, winner.memory = winner.cpu - pod.cpu, winner.memory - pod.memory
      winner.consumers = winner.consumers + 1
      if pod.gpus > 0 then winner.kinds[kind(pod)] = true end
      answers[n].node = winner.name
      for i, device in ipairs(way) do answers[n].gpus[i] = device - 1 end
    end
  end
  return answers
end

return slow
