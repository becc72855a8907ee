-- affinity: consumers of one group stay together, on one tree or in one aggregate such as a rack.
--
-- A claim's group are the consumers that agree with it in everything `group` names. The first of a
-- group goes anywhere; each further one must touch a place where another of them is. With
-- `per = "aggregate"` all aggregates count that a provider of the claim, or the root of its tree,
-- is a member of, or those of them that `aggregates` lists.

-- How many of the group are where the question says, or anywhere.
local function group_in(view, claim, question)
  for _, field in ipairs(parameters.group) do question[field] = claim[field] end
  return view:consumers(question)
end

local function counts(uuid)
  if #parameters.aggregates == 0 then return true end
  for _, wanted in ipairs(parameters.aggregates) do
    if wanted == uuid then return true end
  end
  return false
end

-- Whether another of the group is where this provider is.
local function has_company(view, claim, provider)
  local root = provider.root
  if parameters.per == "tree" then return group_in(view, claim, { subtree = root }) > 1 end
  for _, member in ipairs { provider, root } do
    for _, uuid in ipairs(member:aggregates()) do
      if counts(uuid) and group_in(view, claim, { aggregate = uuid }) > 1 then return true end
    end
  end
  return false
end

local definition = policy {
  name = "affinity",
  version = "1.0.0",
  description = "consumers of a group on one tree or in one aggregate",
  parameters = {
    per = "tree", -- or "aggregate"
    aggregates = {}, -- uuids that count; none: all
    group = { "project", "consumer_type" }, -- any of project, user and consumer_type
  },

  admit = function(claim, view)
    if group_in(view, claim, {}) <= 1 then return allow() end
    for _, provider in ipairs(claim:providers()) do
      if has_company(view, claim, provider) then return allow() end
    end
    return deny("too_far", ("no other consumer of the group is on this %s"):format(parameters.per),
      { per = parameters.per })
  end,
}

if parameters.per ~= "tree" and parameters.per ~= "aggregate" then
  error "per is tree or aggregate"
end

return definition
