-- hierarchical_quota: limits of projects in a tree of any depth, with borrowing.
--
-- A project's limit covers what it uses itself and what all projects below it use. `borrow` lets
-- it go over its own limit by so much while every project above it has room: what others leave
-- idle. A class without a limit is bounded only by the projects above.

local above, below = {}, {} -- by project: its ancestors, nearest first; itself and all below it

local function lineage(project)
  local list, seen, at = {}, { [project] = true }, parameters.projects[project].parent
  while at do
    if not parameters.projects[at] then error(("the parent %s is no project"):format(at)) end
    if seen[at] then error(("project %s is its own ancestor"):format(project)) end
    seen[at], list[#list + 1] = true, at
    at = parameters.projects[at].parent
  end
  return list
end

-- Whether a branch goes over its limit; then also what it uses and the limit.
local function goes_over(view, project, class)
  local own, used = parameters.projects[project], 0
  local limit = own.limits and own.limits[class]
  if not limit then return false end
  if own.borrow then limit = limit + (own.borrow[class] or 0) end
  for _, member in ipairs(below[project]) do
    used = used + view:usage { class = class, project = member }
  end
  return used > limit, used, limit
end

local function denial(claim, view, project, class)
  local over, used, limit = goes_over(view, project, class)
  local asked = claim:amount(class)
  if over then
    return deny("quota_exceeded", ("project %s uses %d of its %d %s and asks for %d more"):format(
      project, used - asked, limit, class, asked),
      { project = project, class = class, limit = limit, used = used - asked })
  end
  for _, ancestor in ipairs(above[project]) do
    if goes_over(view, ancestor, class) then -- how much the others use is not for this one to know
      return deny("quota_exceeded", ("project %s has no room for %d more %s"):format(ancestor,
        asked, class), { project = ancestor, class = class })
    end
  end
  return nil
end

local definition = policy {
  name = "hierarchical_quota",
  version = "1.0.0",
  description = "limits per branch of a tree of projects, with borrowing",
  parameters = {
    -- { org = { limits = { VCPU = 100 } },
    --   dev = { parent = "org", limits = { VCPU = 40 }, borrow = { VCPU = 20 } }, ... }
    projects = {},
    strangers = "deny", -- claims of projects that are not in the tree: "deny" or "allow"
  },

  admit = function(claim, view)
    local project = claim.project
    if not above[project] then
      if parameters.strangers == "allow" then return allow() end
      return deny("unknown_project", ("project %s has no quota"):format(project),
        { project = project })
    end
    for _, class in ipairs(claim:classes()) do
      local denied = denial(claim, view, project, class)
      if denied then return denied end
    end
    return allow()
  end,
}

for project in pairs(parameters.projects) do
  above[project], below[project] = lineage(project), { project }
end
for project, ancestors in pairs(above) do
  for _, ancestor in ipairs(ancestors) do table.insert(below[ancestor], project) end
end

return definition
