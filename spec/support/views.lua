--- Stand-ins for the views that a ranking policy reads, over plain tables, so that its scores can
-- be tried without an engine: nodes of one root and devices below it.

local views = {}

local CPU, MEMORY, DEVICE = "CUSTOM_VCPU_MILLI", "MEMORY_MB", "CUSTOM_GPU_MILLI"

-- Any function of the arguments will do where a policy hashes; this one spreads well enough.
local function hash(...)
  local h = 1469598103934665603
  for _, value in ipairs { ... } do
    for _, byte in ipairs { tostring(value):byte(1, -1) } do h = (h ~ byte) * 1099511628211 end
    h = (h ~ (h >> 29)) * 0x94D049BB133111EB
  end
  return (h ~ (h >> 32)) & ((1 << 53) - 1)
end

--- The hooks of a shipped policy, run in an environment like the sandbox's.
-- @tparam string name
-- @tparam ?table given parameters over its defaults
function views.load(name, given)
  local env = { math = math, table = table, string = string, ipairs = ipairs, pairs = pairs,
    hash = hash }
  function env.policy(definition)
    rawset(env, "parameters", {})
    for key, value in pairs(definition.parameters or {}) do env.parameters[key] = value end
    for key, value in pairs(given or {}) do
      assert(env.parameters[key] ~= nil, "no such parameter: " .. key)
      env.parameters[key] = value
    end
    return definition
  end
  setmetatable(env, { __index = function(_, key) error("undeclared global " .. key, 2) end,
    __newindex = function(_, key) error("global " .. key .. " is written", 2) end })
  return assert(loadfile("policies/" .. name .. ".lua", "t", env))()
end

--- @tparam table pod {cpu=, memory=, gpus=, milli=, consumer=}
function views.request(pod)
  local request = { consumer = pod.consumer or "", consumer_type = "", project = "", user = "" }
  local amounts = { [CPU] = pod.cpu, [MEMORY] = pod.memory, [DEVICE] = pod.gpus * pod.milli }
  function request.amount(_, class) return amounts[class] or 0 end
  function request.groups()
    local suffixes = { "" }
    for i = 0, pod.gpus - 1 do suffixes[#suffixes + 1] = "gpu" .. i end
    return suffixes
  end
  function request.group_amount(_, suffix, class)
    if suffix == "" then return class ~= DEVICE and amounts[class] or 0 end
    return class == DEVICE and pod.milli or 0
  end
  return request
end

--- @tparam table node {name=, cpu=, gpus={free of each}, model=, types={sorted}, consumers=n}
-- @tparam table pod as for request()
-- @tparam {integer,...} chosen indexes of the devices taken, from 1
function views.candidate(node, pod, chosen)
  local candidate = { root = { name = node.name } }
  function candidate.root.has_trait(_, trait) return trait == node.model end
  function candidate.free(_, class)
    if class == CPU then return node.cpu end
    local sum = 0
    for _, left in ipairs(node.gpus) do sum = sum + left end
    return class == DEVICE and sum or 0
  end
  function candidate.amount(_, class)
    return class == CPU and pod.cpu or class == DEVICE and pod.gpus * pod.milli or 0
  end
  function candidate.each_free() return table.move(node.gpus, 1, #node.gpus, 1, {}) end
  function candidate.each_taken()
    local taken = {}
    for i = 1, #node.gpus do taken[i] = 0 end
    for _, i in ipairs(chosen) do taken[i] = pod.milli end
    return taken
  end
  function candidate.consumer_types() return node.types or {} end
  function candidate.consumers() return node.consumers or 0 end
  return candidate
end

--- What a policy says of taking these devices of a node: score and preference.
function views.score(policy, node, pod, chosen)
  return policy.score(views.request(pod), views.candidate(node, pod, chosen or {}))
end

return views
