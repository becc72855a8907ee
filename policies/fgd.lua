-- fgd: fragmentation gradient descent (Weng et al., USENIX ATC 2023): the tree, and the device in
-- it, whose idle capacity loses the least use for the requests that usually come.
--
-- `typical` says what usually comes. Of a node's idle devices a typical shape wastes everything
-- when it needs no device, another model, or does not fit, and otherwise the free part of the
-- devices too small for it; the node's fragmentation is the mean over the shapes by their count.
-- The score is 100 * sigmoid(how much the claim lowers it, in whole devices), rounded down. All
-- is exact in integers up to the sigmoid. Equal devices of a tree: the first.

local MEMO_MAX = 20000 -- remembered node states: a few MiB of the policy's memory

-- Shapes that need devices, largest slice first; traits; sum of counts; waste by node state.
local shapes, models, total, memo, remembered

local function prepare()
  shapes, models, total, memo, remembered = {}, {}, 0, {}, 0
  local typical = parameters.typical -- without knowledge of what comes: whole devices
  if #typical == 0 then typical = { { cpu = 0, gpus = 1, milli = parameters.whole, count = 1 } } end
  for _, shape in ipairs(typical) do
    total = total + shape.count
    local wants = shape.models and #shape.models > 0 and {} or nil
    for _, trait in ipairs(shape.gpus > 0 and shape.models or {}) do
      if not models[trait] then models[#models + 1], models[trait] = trait, true end
      wants[trait] = true
    end
    shapes[#shapes + 1] = shape.gpus > 0 and { cpu = shape.cpu, gpus = shape.gpus,
      milli = shape.milli, count = shape.count, wants = wants } or nil
  end
  table.sort(shapes, function(a, b) return a.milli > b.milli end)
end

-- The sum over the shapes of what they waste, times their count; `free` ascends.
local function waste(cpu, free, model)
  local idle, useful, usable, first = 0, 0, 0, #free + 1
  for i = 1, #free do idle = idle + free[i] end
  for s = 1, #shapes do
    local shape = shapes[s]
    while first > 1 and free[first - 1] >= shape.milli do -- the next smaller slices fit there too
      first = first - 1
      usable = usable + free[first]
    end
    local fits = shape.cpu <= cpu and #free - first + 1 >= shape.gpus
      and (not shape.wants or shape.wants[model])
    if fits then useful = useful + shape.count * usable end
  end
  return total * idle - useful
end

-- waste() remembered; sorts `free`, which tells equal nodes by equal keys.
local function fragmentation(cpu, free, model)
  table.sort(free)
  local key = cpu .. ";" .. model .. ";" .. table.concat(free, ",")
  local found = memo[key]
  if found then return found end
  if remembered >= MEMO_MAX then memo, remembered = {}, 0 end
  memo[key], remembered = waste(cpu, free, model), remembered + 1
  return memo[key]
end

local definition = policy {
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
    local model, cpu = "", candidate:free(parameters.cpu)
    for i = #models, 1, -1 do
      if candidate.root:has_trait(models[i]) then model = models[i] end
    end
    local free = candidate:each_free(parameters.device)
    local after = candidate:each_taken(parameters.device)
    for i = 1, #free do after[i] = free[i] - after[i] end
    local before = fragmentation(cpu, free, model)
    local less = before - fragmentation(cpu - candidate:amount(parameters.cpu), after, model)
    return 100 / (1 + math.exp(-(less / total) / parameters.whole)) // 1
  end,
}

prepare() -- the parameters are known now
return definition
