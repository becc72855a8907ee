-- anti_affinity: consumers of one group stay apart: at most `max` of them on one tree, or in one
-- aggregate such as a rack.
--
-- A claim's group are the consumers that agree with it in everything `group` names. With
-- `per = "aggregate"` all aggregates count that a provider of the claim, or the root of its tree,
-- is a member of, or those of them that `aggregates` lists.

-- The places the claim touches: each a key of view's questions and its value.
local function places(claim)
  local found = {}
  for _, provider in ipairs(claim:providers()) do
    if parameters.per == "tree" then found[provider.root.uuid] = "subtree" end
    if parameters.per == "aggregate" then
      for _, uuid in ipairs(provider:aggregates()) do found[uuid] = "aggregate" end
      for _, uuid in ipairs(provider.root:aggregates()) do found[uuid] = "aggregate" end
    end
  end
  if parameters.per == "tree" or #parameters.aggregates == 0 then return found end
  local wanted = {}
  for _, uuid in ipairs(parameters.aggregates) do wanted[uuid] = found[uuid] end
  return wanted
end

local function group_in(view, claim, key, place)
  local question = { [key] = place }
  for _, field in ipairs(parameters.group) do question[field] = claim[field] end
  return view:consumers(question)
end

local definition = policy {
  name = "anti_affinity",
  version = "1.0.0",
  description = "at most so many consumers of a group on one tree or in one aggregate",
  parameters = {
    max = 1,
    per = "tree", -- or "aggregate"
    aggregates = {}, -- uuids that count; none: all
    group = { "project", "consumer_type" }, -- any of project, user and consumer_type
  },

  admit = function(claim, view)
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

if parameters.per ~= "tree" and parameters.per ~= "aggregate" then
  error "per is tree or aggregate"
end

return definition
