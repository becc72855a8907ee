-- random: any tree with room, and in it any device that fits, with the same chance for each.
--
-- The chance is a hash of the seed, the consumer and the tree, so the same claims with the same
-- seed give the same answer. Devices that are equally free are offered to a policy only once; each
-- of them still draws its own number, so that none is favoured.

return policy {
  name = "random",
  version = "1.0.0",
  description = "a uniformly random tree and device, repeatable by its seed",
  parameters = {
    seed = 0,
    device = "CUSTOM_GPU_MILLI",
  },

  score = function(request, candidate)
    local seed, device = parameters.seed, parameters.device
    local consumer, root = request.consumer, candidate.root.name
    local score = hash(seed, consumer, root)
    if request:amount(device) == 0 then return score end

    local free, level = candidate:each_free(device), nil
    for i, taken in ipairs(candidate:each_taken(device)) do
      if taken > 0 then level = free[i] end
    end
    local preference = 0
    for i, left in ipairs(free) do
      if left == level then preference = math.max(preference, hash(seed, consumer, root, i)) end
    end
    return score, preference
  end,
}
