-- best_fit: the tree that is left with the least.
--
-- What remains free in the tree after the claim, each class in parts of its `scale`, averaged over
-- the classes: 0 left scores 100, one whole scale of everything left scores 0. Rounded down to a
-- whole number in exact integers, so near ties are ties and go to the earlier tree. A slice of a
-- device goes to the fullest device on which it fits.

local TOP = 100
local classes, weights, whole -- left * weight / whole is the part of the scale, times classes

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local function prepare()
  classes, weights = {}, {}
  local common = 1
  for class, scale in pairs(parameters.scale) do
    classes[#classes + 1] = class
    common = common // gcd(common, scale) * scale
  end
  table.sort(classes)
  for i, class in ipairs(classes) do weights[i] = common // parameters.scale[class] end
  whole = common * #classes
end

local function left_on_taken(candidate, class)
  local free, taken, left = candidate:each_free(class), candidate:each_taken(class), 0
  for i = 1, #free do
    if taken[i] > 0 then left = left + free[i] end
  end
  return left
end

local definition = policy {
  name = "best_fit",
  version = "1.0.0",
  description = "the tree that is left with the least; slices go to its fullest device that fits",
  parameters = {
    -- classes that count, and what of each makes up one whole: the largest node's stock
    scale = { CUSTOM_VCPU_MILLI = 128000, CUSTOM_GPU_MILLI = 8000 },
    device = "CUSTOM_GPU_MILLI", -- the class whose providers are filled one by one
  },

  score = function(request, candidate)
    local left = 0
    for i = 1, #classes do
      local class = classes[i]
      left = left + (candidate:free(class) - request:amount(class)) * weights[i]
    end
    local score = TOP + (-TOP * left) // whole -- 100 less the percentage, rounded up
    local device = parameters.device
    if request:amount(device) == 0 then return score end
    return score, -left_on_taken(candidate, device)
  end,
}

prepare() -- the parameters are known now
return definition
