-- dot_product: the tree whose free capacity points least in the direction of the request.
--
-- Free and asked amounts of each class are taken in parts of its `scale`; their products, averaged
-- over the classes, are small where little is free of what is asked. 0 scores 100, a whole empty
-- node asked for in whole scores 0. Rounded down in exact integers. A slice of a device goes to
-- the fullest device on which it fits.

local TOP = 100
local classes, weights, whole -- free * asked * weight / whole is the product of the parts

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
  for i, class in ipairs(classes) do
    local weight = common // parameters.scale[class]
    weights[i] = weight * weight
  end
  whole = common * common * #classes
end

local function left_on_taken(candidate, class)
  local free, taken, left = candidate:each_free(class), candidate:each_taken(class), 0
  for i = 1, #free do
    if taken[i] > 0 then left = left + free[i] end
  end
  return left
end

local definition = policy {
  name = "dot_product",
  version = "1.0.0",
  description = "the tree whose free capacity is least aligned with the request",
  parameters = {
    -- classes that count, and what of each makes up one whole: the largest node's stock
    scale = { CUSTOM_VCPU_MILLI = 128000, CUSTOM_GPU_MILLI = 8000 },
    device = "CUSTOM_GPU_MILLI", -- the class whose providers are filled one by one
  },

  score = function(request, candidate)
    local product = 0
    for i = 1, #classes do
      local class = classes[i]
      product = product + candidate:free(class) * request:amount(class) * weights[i]
    end
    local score = TOP + (-TOP * product) // whole -- 100 less the percentage, rounded up
    local device = parameters.device
    if request:amount(device) == 0 then return score end
    return score, -left_on_taken(candidate, device)
  end,
}

prepare() -- the parameters are known now
return definition
