--- Explanations by brute force: what each condition of a request removes, alone and in turn, and
-- every single relaxation that would give a candidate.  Built on brute.lua's candidates; fleets and
-- requests have its form.
local brute = require "spec.support.brute"

local parts = brute.parts
local brute_explain = {}

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, each in pairs(value) do result[key] = copy(each) end
  return result
end

-- ---------------------------------------------------------------------------------------------
-- Conditions in the engine's order
-- ---------------------------------------------------------------------------------------------

--- word -> place in order of first use; what nobody uses has none.
local function aggregate_order(fleet)
  local order, n = {}, 0
  for _, p in ipairs(fleet) do
    for _, aggregate in ipairs(p.aggregates or {}) do
      if not order[aggregate] then
        n = n + 1
        order[aggregate] = n
      end
    end
  end
  return order
end

local function before(a, b)
  for i = 1, math.min(#a, #b) do
    if a[i] ~= b[i] then return a[i] < b[i] end
  end
  return #a < #b
end

--- { forbidden = true or nil, words = { ... } }: what is forbidden first, then the sets in order.
local function conditions(list, forbidden, order)
  local sets, barred = parts.sort_out(list, forbidden)
  local function known(words)
    local seen, kept, places = {}, {}, {}
    for _, word in ipairs(words) do
      if not seen[word] and (not order or order[word]) then
        seen[word] = true
        kept[#kept + 1] = word
      end
    end
    table.sort(kept, function(a, b)
      if order then return order[a] < order[b] end
      return a < b
    end)
    for i, word in ipairs(kept) do places[i] = order and order[word] or word end
    return kept, places
  end
  local result, seen = {}, {}
  local words = known(barred)
  local sorted = {}
  for _, set in ipairs(sets) do
    local kept, places = known(set)
    local text = table.concat(kept, ",")
    if not seen[text] then
      seen[text] = true
      sorted[#sorted + 1] = { words = kept, places = places }
    end
  end
  table.sort(sorted, function(a, b) return before(a.places, b.places) end)
  if #words > 0 then result[1] = { forbidden = true, words = words } end
  for _, set in ipairs(sorted) do result[#result + 1] = set end
  return result
end

--- Conditions back in a request's form; an empty set is one that nobody meets.
local function as_list(list, count)
  local result = {}
  for i = 1, count or #list do
    if list[i].forbidden then
      for _, word in ipairs(list[i].words) do result[#result + 1] = "!" .. word end
    else
      result[#result + 1] = #list[i].words > 0 and list[i].words or { "nobody-at-all" }
    end
  end
  return result
end

local function meets(words, condition)
  local any = parts.any_of(words, condition.words)
  return any ~= (condition.forbidden or false)
end

-- ---------------------------------------------------------------------------------------------
-- Steps
-- ---------------------------------------------------------------------------------------------

local function steps_of(fleet, request)
  local steps, order, families = {}, aggregate_order(fleet), {}
  local world = parts.index(fleet)
  local function add(step) steps[#steps + 1] = step end
  local entries = parts.groups_of(request)
  for _, condition in ipairs(conditions(request.root_required)) do
    add { kind = "root", condition = condition }
  end
  --- Of granular groups that ask for the same, the first stands for all.
  local function is_first(entry)
    local family = not entry.unsuffixed and parts.family_of(entry, request, world)
    local first = not families[family]
    families[family] = not entry.unsuffixed or nil
    return first
  end
  for _, entry in ipairs(entries) do
    local group, first = entry.group, is_first(entry)
    local function of_group(step)
      if not first then return end
      step.suffix, step.group, step.unsuffixed = entry.suffix, group, entry.unsuffixed
      add(step)
    end
    if group.in_tree then of_group { kind = "tree" } end
    for i, class in ipairs(parts.sorted_keys(group.resources, parts.by_class)) do
      for _, kind in ipairs { "class", "room", "units" } do
        of_group { kind = kind, item = i, class = class, amount = group.resources[class] }
      end
    end
    local traits = conditions(group.required, group.forbidden)
    for i, condition in ipairs(traits) do
      of_group { kind = "trait", item = i, condition = condition, all = traits }
    end
    local aggregates = conditions(group.member_of, nil, order)
    for i, condition in ipairs(aggregates) do
      of_group { kind = "aggregate", item = i, condition = condition, all = aggregates,
                 traits = traits }
    end
  end
  if #entries > 1 then add { kind = "together" } end
  if #entries > 1 and request.group_policy == "isolate" then add { kind = "isolate" } end
  for i, listed in ipairs(request.same_subtree or {}) do
    add { kind = "subtree", item = i, listed = listed }
  end
  return steps
end

-- ---------------------------------------------------------------------------------------------
-- Alone
-- ---------------------------------------------------------------------------------------------

local function free(node, class)
  local inv = parts.inventory(node, class)
  return inv and math.max(0, inv.capacity - inv.used) or 0
end

local function units_allow(inv, amount, split)
  for piece = split and 1 or amount, amount do
    if piece >= inv.min_unit and piece <= inv.max_unit and piece % inv.step_size == 0 then
      return true
    end
  end
  return false
end

local function node_meets(world, step, node, root)
  local split = step.class and (step.group.split or {})[step.class]
  local inv = step.class and parts.inventory(node, step.class)
  if step.kind == "tree" then
    local named = world.by_name[step.group.in_tree]
    return named ~= nil and named.root == node.root and (not step.unsuffixed or named.root == root)
  elseif step.kind == "class" then
    return inv ~= nil
  elseif step.kind == "room" then
    return free(node, step.class) >= step.amount
  elseif step.kind == "units" then
    return inv ~= nil and units_allow(inv, step.amount, split)
  elseif step.kind == "trait" then
    return meets(node.spec.traits, step.condition)
  end
  local mine = meets(node.spec.aggregates, step.condition)
  if not step.unsuffixed then return mine end
  local roots = meets(root.spec.aggregates, step.condition)
  if step.condition.forbidden then return mine and roots end
  return mine or (roots and node.root == root)
end

local function root_meets(world, step, root)
  if step.kind == "root" then return meets(root.spec.traits, step.condition) end
  local sum = 0
  for _, node in ipairs(parts.around(world, root)) do
    if node_meets(world, step, node, root) then return true end
    if step.kind == "room" and node.root == root then sum = sum + free(node, step.class) end
  end
  return step.kind == "room" and (step.group.split or {})[step.class] and sum >= step.amount
end

-- ---------------------------------------------------------------------------------------------
-- In turn
-- ---------------------------------------------------------------------------------------------

--- The fleet with any amount of the class allowed; with `any`, as if nothing of it were used.
local function loosened(fleet, class, any)
  local result = copy(fleet)
  for _, p in ipairs(result) do
    local inv = (p.inventories or {})[class]
    if inv and any then
      p.inventories[class] = { total = 1000000 }
      p.used = p.used or {}
      p.used[class] = nil
    elseif inv then
      p.inventories[class] = { total = inv.total, reserved = inv.reserved,
                               allocation_ratio = inv.allocation_ratio, max_unit = 1000000 }
    end
  end
  return result
end

--- One group alone, up to the step: fleet and request for brute.roots.
local function part_of(fleet, step)
  local group = { in_tree = step.group.in_tree, split = copy(step.group.split) }
  local classes = parts.sorted_keys(step.group.resources, parts.by_class)
  local upto = step.class and step.item or #classes
  if step.kind == "tree" then upto = 0 end
  for i = 1, upto do
    group.resources = group.resources or {}
    group.resources[classes[i]] = step.group.resources[classes[i]]
  end
  for class in pairs(group.split or {}) do
    if not (group.resources or {})[class] then group.split[class] = nil end
  end
  if step.kind == "class" then
    group.resources[step.class] = 1
    fleet = loosened(fleet, step.class, true)
  elseif step.kind == "room" then
    fleet = loosened(fleet, step.class, false)
  elseif step.kind == "trait" then
    group.required = as_list(step.all, step.item)
  elseif step.kind == "aggregate" then
    group.required = as_list(step.traits)
    group.member_of = as_list(step.all, step.item)
  end
  if step.unsuffixed then return fleet, group end
  return fleet, { groups = { [step.suffix] = group } }
end

local function without(request, keys)
  local result = {}
  for key, value in pairs(request) do
    if not keys[key] then result[key] = value end
  end
  return result
end

local function whole(request, policy, subtrees)
  local result = without(request, { group_policy = true, same_subtree = true })
  result.group_policy = policy
  result.same_subtree = subtrees
  return result
end

--- Names of the roots that the request up to the step leaves.
local function roots_in_turn(fleet, request, world, step)
  if step.kind == "root" or (step.kind == "tree" and step.unsuffixed) then
    local roots = {}
    for _, root in ipairs(world.roots) do
      roots[root.name] = root_meets(world, step, root) or nil
    end
    return roots
  elseif step.kind == "together" then
    return brute.roots(fleet, whole(request, "none"))
  elseif step.kind == "isolate" then
    return brute.roots(fleet, whole(request, "isolate"))
  elseif step.kind == "subtree" then
    return brute.roots(fleet, whole(request, request.group_policy,
                                    { table.unpack(request.same_subtree, 1, step.item) }))
  end
  return brute.roots(part_of(fleet, step))
end

local function is_together(step)
  return step.kind == "together" or step.kind == "isolate" or step.kind == "subtree"
end

local function count(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

--- For each condition { kind =, suffix =, item =, alone =, in_turn =, left = }.
function brute_explain.steps(fleet, request)
  local world = parts.index(fleet)
  local steps, left, accepted = steps_of(fleet, request), {}, nil
  for _, root in ipairs(world.roots) do left[root.name] = true end
  for _, step in ipairs(steps) do
    local fits = roots_in_turn(fleet, request, world, step)
    local remaining = {}
    for name in pairs(left) do remaining[name] = fits[name] end
    step.alone = 0
    if is_together(step) then
      accepted = accepted or left
      local only = fits
      if step.kind == "subtree" then
        only = brute.roots(fleet, whole(request, "none", { step.listed }))
      end
      for name in pairs(accepted) do
        if not only[name] then step.alone = step.alone + 1 end
      end
    else
      for _, root in ipairs(world.roots) do
        if not root_meets(world, step, root) then step.alone = step.alone + 1 end
      end
    end
    step.in_turn = count(left) - count(remaining)
    step.left = count(remaining)
    left = remaining
  end
  return steps
end

-- ---------------------------------------------------------------------------------------------
-- Relaxations
-- ---------------------------------------------------------------------------------------------

local function has_candidate(fleet, request)
  return #brute.candidates(fleet, request) > 0
end

--- The request with the step's group, or itself, altered by `change(group)`.
local function altered(request, step, change)
  local result = copy(request)
  change(step.unsuffixed and result or (result.groups or {})[step.suffix] or result)
  return result
end

--- Ways to drop a step's condition: { name = word or nil, change = function }.
local function drops_of(step, key)
  local all, ways = step.all, {}
  local function keeping(list)
    return function(group)
      group[key] = as_list(list)
      if key == "required" then group.forbidden = nil end
    end
  end
  for i, name in ipairs(step.condition.forbidden and step.condition.words or { false }) do
    local list = copy(all)
    if name then
      table.remove(list[step.item].words, i)
    else
      table.remove(list, step.item)
    end
    ways[#ways + 1] = { name = name or nil, change = keeping(list) }
  end
  return ways
end

--- Every single relaxation that gives a candidate: { kind =, suffix =, item =, name =, from =,
--- to =, loss = }, the smallest first.
function brute_explain.relaxations(fleet, request)
  local found = {}
  local function try(step, relaxed, more)
    if not has_candidate(fleet, relaxed) then return false end
    local entry = { kind = step.kind, suffix = step.suffix, class = step.class, item = step.item,
                    loss = 1.0, place = #found + 1 }
    for key, value in pairs(more or {}) do entry[key] = value end
    found[#found + 1] = entry
    return true
  end
  local roots = conditions(request.root_required)
  local root_item = 0
  for _, step in ipairs(steps_of(fleet, request)) do
    if step.kind == "root" then
      root_item = root_item + 1
      step.item, step.all = root_item, roots
      for _, way in ipairs(drops_of(step, "root_required")) do
        try(step, altered(request, { unsuffixed = true }, way.change), { name = way.name })
      end
    elseif step.kind == "room" then
      for amount = step.amount - 1, 1, -1 do
        local relaxed = altered(request, step, function(group)
          group.resources[step.class] = amount
        end)
        local more = { from = step.amount, to = amount,
                       loss = (step.amount - amount) / step.amount }
        if try(step, relaxed, more) then break end
      end
    elseif step.kind == "trait" or step.kind == "aggregate" then
      for _, way in ipairs(drops_of(step, step.kind == "trait" and "required" or "member_of")) do
        try(step, altered(request, step, way.change), { name = way.name })
      end
    elseif step.kind == "tree" then
      try(step, altered(request, step, function(group) group.in_tree = nil end))
    elseif step.kind == "isolate" then
      try(step, whole(request, "none", request.same_subtree))
    elseif step.kind == "subtree" then
      local lists = copy(request.same_subtree)
      table.remove(lists, step.item)
      try(step, whole(request, request.group_policy, lists))
    end
  end
  table.sort(found, function(a, b)
    if a.loss ~= b.loss then return a.loss < b.loss end
    return a.place < b.place
  end)
  return found
end

return brute_explain
