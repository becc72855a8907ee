-- spread: the tree with the fewest consumers, so that a failing node takes as little along as
-- possible; and, with a `max`, never more than so many of a group in one place.
--
-- Equally busy trees: the earlier. A slice of a device goes to the fullest device on which it fits.
-- A claim's group are the consumers that agree with it in everything `group` names; a place is a
-- tree, or each aggregate (such as a rack) that a provider of the claim or its root is member of.

local function left_on_taken(candidate, class)
  local free, taken, left = candidate:each_free(class), candidate:each_taken(class), 0
  for i = 1, #free do
    if taken[i] > 0 then left = left + free[i] end
  end
  return left
end

-- The places the claim touches: each a key of view's questions and its value.
local function places(claim)
  local found = {}
  for _, provider in ipairs(claim:providers()) do
    local root = provider.root
    if parameters.per == "tree" then
      found[root.uuid] = "subtree"
    else
      for _, uuid in ipairs(provider:aggregates()) do found[uuid] = "aggregate" end
      for _, uuid in ipairs(root:aggregates()) do found[uuid] = "aggregate" end
    end
  end
  return found
end

local function group_in(view, claim, key, place)
  local question = { [key] = place }
  for _, field in ipairs(parameters.group) do question[field] = claim[field] end
  return view:consumers(question)
end

return policy {
  name = "spread",
  version = "1.0.0",
  description = "the tree with the fewest consumers; at most so many of a group in one place",
  parameters = {
    device = "CUSTOM_GPU_MILLI", -- the class whose providers are filled one by one
    max = 0, -- consumers of a group in one place, 0: any number
    per = "tree", -- or "aggregate"
    group = { "project", "consumer_type" }, -- any of project, user and consumer_type
  },

  score = function(request, candidate)
    local device, score = parameters.device, -candidate:consumers()
    if request:amount(device) == 0 then return score end
    return score, -left_on_taken(candidate, device)
  end,

  admit = function(claim, view)
    if parameters.max == 0 then return allow() end
    for place, key in pairs(places(claim)) do
      local count = group_in(view, claim, key, place)
      if count > parameters.max then
        return deny("too_close", ("%d consumers of the group would share one %s, %d may"):format(
          count, parameters.per, parameters.max), { per = parameters.per, max = parameters.max })
      end
    end
    return allow()
  end,
}
