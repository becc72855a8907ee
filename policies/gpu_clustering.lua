-- gpu_clustering: keep requests of one kind together, so that like leaves room for like.
--
-- The kinds are slices of a device (SHARE) and requests for 1, 2, 4, ... whole ones (GPU_1, GPU_2,
-- GPU_4, ...), which claims must carry as their consumer type. A tree where the request's kind
-- runs alone scores 75, among others 50; one without any kind 25, with others only 0; plus up to
-- 25 for how full its devices are. Requests that ask for no device score the same everywhere. A
-- slice goes to the fullest device on which it fits.

local FILL, ALONE, AMONG, EMPTY = 25, 75, 50, 25

local kinds = { SHARE = true } -- consumer types met so far: whether they are kinds

local function is_kind(consumer_type)
  local known = kinds[consumer_type]
  if known == nil then
    known = consumer_type:find("^GPU_%d+$") ~= nil
    kinds[consumer_type] = known
  end
  return known
end

local function kind_of(request, device, whole)
  local devices = 0
  for _, suffix in ipairs(request:groups()) do
    if request:group_amount(suffix, device) > 0 then devices = devices + 1 end
  end
  if devices == 1 and request:amount(device) < whole then return "SHARE" end
  return "GPU_" .. devices
end

return policy {
  name = "gpu_clustering",
  version = "1.0.0",
  description = "requests of one kind (slices, 1, 2, 4, ... whole devices) on nodes of their own",
  parameters = {
    device = "CUSTOM_GPU_MILLI",
    whole = 1000, -- the stock of one device
    scale = 8000, -- the stock of the largest node
  },

  score = function(request, candidate)
    local device, scale = parameters.device, parameters.scale
    if request:amount(device) == 0 then return 0 end
    local own, present, others = kind_of(request, device, parameters.whole), false, 0
    for _, consumer_type in ipairs(candidate:consumer_types()) do
      if consumer_type == own then
        present = true
      elseif is_kind(consumer_type) then
        others = others + 1
      end
    end
    local score = FILL * (scale - candidate:free(device)) // scale
    if present then
      score = score + (others == 0 and ALONE or AMONG)
    elseif others == 0 then
      score = score + EMPTY
    end

    local free, taken, left = candidate:each_free(device), candidate:each_taken(device), 0
    for i = 1, #free do
      if taken[i] > 0 then left = left + free[i] end
    end
    return score, -left
  end,
}
