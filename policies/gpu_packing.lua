-- gpu_packing: use up devices that are in use before breaking into free ones, and free ones of
-- nodes in use before idle nodes.
--
--   fits on devices in use               100 less a tenth of their free percentage, at least 50
--   needs u free devices of a used node  50 - u, at least 33
--   idle node of n devices               33 - n, at least n
--
-- Requests that ask for no device score the same everywhere: the first tree gets them.

local USED, MIXED, IDLE = 100, 50, 33

return policy {
  name = "gpu_packing",
  version = "1.0.0",
  description = "devices in use first, then free ones of used nodes, then idle nodes",
  parameters = {
    device = "CUSTOM_GPU_MILLI",
    whole = 1000, -- the stock of one device
  },

  score = function(request, candidate)
    local device, whole = parameters.device, parameters.whole
    if request:amount(device) == 0 then return 0 end
    local free, taken = candidate:each_free(device), candidate:each_taken(device)
    local devices, idle = #free, 0
    for i = 1, devices do
      if free[i] == whole then idle = idle + 1 end
    end
    if idle == devices then return math.max(IDLE - devices, devices) end

    local untouched, percent, sum = 0, 0, 0
    for i = 1, devices do
      if taken[i] > 0 then
        if free[i] == whole then untouched = untouched + 1 end
        percent = percent + free[i] * 100 // whole
        sum = sum + free[i]
      end
    end
    if untouched > 0 then return math.max(MIXED - untouched, IDLE), -sum end
    return math.max(USED - percent // 10, MIXED), -sum
  end,
}
