-- fgd: fragmentation gradient descent (Weng et al., USENIX ATC 2023): the tree, and the device in
-- it, whose idle capacity loses the least use for the requests that usually come.
--
-- `typical` says what usually comes. Of a node's idle devices a typical shape wastes everything
-- when it needs no device, another model, or does not fit, and otherwise the free part of the
-- devices too small for it; the node's fragmentation is the mean over the shapes by their count.
-- The score is 100 * sigmoid(how much the claim lowers it, in whole devices), rounded down. All
-- is exact in integers up to the sigmoid. Equal devices of a tree: the first.

local TOP = 100
local MEMO_MAX = 20000 -- remembered node states: a few MiB of the policy's memory

local groups, models, total -- shapes that differ only in cpu; traits that count; sum of counts
local memo, remembered

-- {gpus=, milli=, wants={trait=true}|nil, cpus={ascending}, upto={count of shapes <= cpus[i]}}
local function group_of(by_key, shape)
  local wanted = {}
  for i, trait in ipairs(shape.models or {}) do wanted[i] = trait end
  local key = shape.gpus .. " " .. shape.milli .. " " .. table.concat(wanted, "|")
  local group = by_key[key]
  if not group then
    group = { gpus = shape.gpus, milli = shape.milli, shapes = {} }
    for _, trait in ipairs(wanted) do
      group.wants = group.wants or {}
      group.wants[trait] = true
      if not models[trait] then
        models[trait] = true
        models[#models + 1] = trait
      end
    end
    by_key[key], groups[#groups + 1] = group, group
  end
  return group
end

local function prepare()
  groups, models, total, memo, remembered = {}, {}, 0, {}, 0
  local typical, by_key = parameters.typical, {}
  -- Without knowledge of what comes: whole devices.
  if #typical == 0 then typical = { { cpu = 0, gpus = 1, milli = parameters.whole, count = 1 } } end
  for _, shape in ipairs(typical) do
    total = total + shape.count
    if shape.gpus > 0 then
      local shapes = group_of(by_key, shape).shapes
      shapes[#shapes + 1] = { cpu = shape.cpu, count = shape.count }
    end
  end
  for _, group in ipairs(groups) do
    table.sort(group.shapes, function(a, b) return a.cpu < b.cpu end)
    group.cpus, group.upto = {}, {}
    local sum = 0
    for i, shape in ipairs(group.shapes) do
      sum = sum + shape.count
      group.cpus[i], group.upto[i] = shape.cpu, sum
    end
  end
end

-- The sum over the shapes of what they waste, times their count.
local function waste(cpu, free, model)
  local idle, usable = 0, 0
  for i = 1, #free do idle = idle + free[i] end
  for g = 1, #groups do
    local group = groups[g]
    if not group.wants or group.wants[model] then
      local fitting, sum, milli = 0, 0, group.milli
      for i = #free, 1, -1 do
        local left = free[i]
        if left < milli then break end
        fitting, sum = fitting + 1, sum + left
      end
      if fitting >= group.gpus then
        local cpus, n = group.cpus, 0
        for i = 1, #cpus do
          if cpus[i] > cpu then break end
          n = group.upto[i]
        end
        usable = usable + n * sum
      end
    end
  end
  return total * idle - usable
end

-- waste() remembered; sorts `free`, which tells equal nodes by equal keys.
local function fragmentation(cpu, free, model)
  table.sort(free)
  local key = cpu .. ";" .. model .. ";" .. table.concat(free, ",")
  local found = memo[key]
  if not found then
    if remembered >= MEMO_MAX then memo, remembered = {}, 0 end
    found = waste(cpu, free, model)
    memo[key], remembered = found, remembered + 1
  end
  return found
end

local function model_of(root)
  for i = 1, #models do
    if root:has_trait(models[i]) then return models[i] end
  end
  return ""
end

return policy {
  name = "fgd",
  version = "1.0.0",
  description = "fragmentation gradient descent: keep idle devices useful for what usually comes",
  parameters = {
    cpu = "CUSTOM_VCPU_MILLI",
    device = "CUSTOM_GPU_MILLI",
    whole = 1000, -- the stock of one device
    -- {{cpu=, gpus=, milli= of each, models={traits, one of which is needed}, count=}, ...}
    typical = {},
  },

  score = function(_, candidate)
    if not groups then prepare() end
    local device, cpu = parameters.device, candidate:free(parameters.cpu)
    local free, after = candidate:each_free(device), candidate:each_taken(device)
    for i = 1, #free do after[i] = free[i] - after[i] end
    local model = model_of(candidate.root)
    local before = fragmentation(cpu, free, model)
    local less = before - fragmentation(cpu - candidate:amount(parameters.cpu), after, model)
    return TOP / (1 + math.exp(-(less / total) / parameters.whole)) // 1
  end,
}
