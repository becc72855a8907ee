--- A store's allocation as numbers: per class over the fleet, per tree, and per project. Reads
-- through the public face of a store only.

local survey = {}

local function add(map, key, amount)
  map[key] = (map[key] or 0) + amount
end

-- What can be used of an inventory, as the engine counts it.
local function capacity_of(inventory)
  return math.max(0, math.tointeger((inventory.total - inventory.reserved)
    * inventory.allocation_ratio // 1) or math.maxinteger)
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function tree_of(trees, provider)
  local root = provider.root
  local tree = trees[root.uuid]
  if not tree then
    tree = { name = root.name, providers = 0, used = {}, capacity = {} }
    trees[root.uuid], trees[#trees + 1] = tree, tree
  end
  return tree
end

-- Which project and how much of each class, from the allocations on one provider.
local function add_projects(store, projects, seen, provider)
  for consumer, held in pairs(assert(provider:allocations())) do
    local project = seen[consumer]
    if not project then
      local allocation = store:allocation(consumer)
      project = allocation and allocation.project or ""
      seen[consumer] = project
    end
    projects[project] = projects[project] or { used = {} }
    for class, amount in pairs(held.resources) do add(projects[project].used, class, amount) end
  end
end

--- @param store an open store
-- @return {providers=, consumers=, classes={{name=, used=, capacity=}},
-- trees={{name=, providers=, used=, capacity=}}, projects={{name=, used=}}}, sorted by name
function survey.take(store)
  local used, capacity, trees, projects, seen, count = {}, {}, {}, {}, {}, 0
  for provider in store:providers() do
    count = count + 1
    local tree = tree_of(trees, provider)
    tree.providers = tree.providers + 1
    for class, inventory in pairs(assert(provider:inventories())) do
      add(capacity, class, capacity_of(inventory))
      add(tree.capacity, class, capacity_of(inventory))
    end
    for class, amount in pairs(assert(provider:usages())) do
      add(used, class, amount)
      add(tree.used, class, amount)
    end
    add_projects(store, projects, seen, provider)
  end
  local result = { providers = count, consumers = 0, classes = {}, trees = {}, projects = {} }
  for _ in pairs(seen) do result.consumers = result.consumers + 1 end
  for i, class in ipairs(sorted_keys(capacity)) do
    result.classes[i] = { name = class, used = used[class] or 0, capacity = capacity[class] }
  end
  for i, tree in ipairs(trees) do result.trees[i] = tree end
  table.sort(result.trees, function(a, b) return a.name < b.name end)
  for i, name in ipairs(sorted_keys(projects)) do
    result.projects[i] = { name = name, used = projects[name].used }
  end
  return result
end

return survey
