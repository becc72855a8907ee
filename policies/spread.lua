-- spread: the tree with the fewest consumers, so that a failing node takes as little along as
-- possible.
--
-- Equally busy trees: the earlier. A slice of a device goes to the fullest device on which it fits.

local function left_on_taken(candidate, class)
  local free, left = candidate:each_free(class), 0
  for i, taken in ipairs(candidate:each_taken(class)) do
    if taken > 0 then left = left + free[i] end
  end
  return left
end

return policy {
  name = "spread",
  version = "1.0.0",
  description = "the tree with the fewest consumers",
  parameters = {
    device = "CUSTOM_GPU_MILLI", -- the class whose providers are filled one by one
  },

  score = function(request, candidate)
    local device, score = parameters.device, -candidate:consumers()
    if request:amount(device) == 0 then return score end
    return score, -left_on_taken(candidate, device)
  end,
}
