-- first_fit: the first provider tree, in order of creation, that has room.
--
-- All trees score the same, and equal scores go to the earlier one. A slice of a device (say, of a
-- GPU) still goes to the fullest device of the tree on which it fits.

local function left_on_taken(candidate, class)
  local free, taken, left = candidate:each_free(class), candidate:each_taken(class), 0
  for i = 1, #free do
    if taken[i] > 0 then left = left + free[i] end
  end
  return left
end

return policy {
  name = "first_fit",
  version = "1.0.0",
  description = "the first tree with room; slices go to its fullest device that fits",
  parameters = {
    device = "CUSTOM_GPU_MILLI", -- the class whose providers are filled one by one
  },

  score = function(request, candidate)
    local device = parameters.device
    if request:amount(device) == 0 then return 0 end
    return 0, -left_on_taken(candidate, device)
  end,
}
