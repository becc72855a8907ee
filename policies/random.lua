-- random: any tree with room, and in it any device that fits, with the same chance for each.
--
-- The chance is a hash of the seed, the consumer and the tree, so the same claims with the same
-- seed give the same answer. Of devices that are equally free a policy is shown only the first; it
-- draws as often as there are such devices, the highest draw of n being one draw's n-th root.

local LIMIT = 1 << 53 -- hash() stays below

return policy {
  name = "random",
  version = "1.0.0",
  description = "a uniformly random tree and device, repeatable by its seed",
  parameters = {
    seed = 0,
    device = "CUSTOM_GPU_MILLI",
    whole = 1000, -- the stock of one device: whole ones can be had in one way only
  },

  score = function(request, candidate)
    local seed, device = parameters.seed, parameters.device
    local consumer, root = request.consumer, candidate.root.name
    local score = hash(seed, consumer, root)
    if request:amount(device) % parameters.whole == 0 then return score end
    local free, taken = candidate:each_free(device), candidate:each_taken(device)
    for i = 1, #free do
      if taken[i] > 0 then
        local level, alike = free[i], 0
        for j = i, #free do
          if free[j] == level then alike = alike + 1 end
        end
        return score, (hash(seed, consumer, root, level) / LIMIT) ^ (1 / alike)
      end
    end
    return score
  end,
}
