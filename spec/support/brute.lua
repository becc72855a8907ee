--- Allocation candidates by brute force: every combination is made and then held against the rules
-- of the model, one after another.  Written to be read, not to be fast; it shares nothing with the
-- engine but the form of a request table.  Fleets are plain tables, in order of creation:
--
--   { { name =, parent = name or nil, traits = { names }, aggregates = { words },
--       inventories = { CLASS = { total =, reserved =, ... } }, used = { CLASS = n } }, ... }
--
-- A request has the public face's keys; conditions are always lists: required = { "T", "!U",
-- { "A", "B" } }, member_of likewise, root_required = { "T", "!U" }, in_tree = name,
-- same_subtree = { { "a", "b" } }, split = { CLASS = true }.
local brute = {}

local SHARES = "MISC_SHARES_VIA_AGGREGATE"
-- The published order of the standard classes the specs use: the order of variables.
local CLASS_ORDER = { VCPU = 0, MEMORY_MB = 1, DISK_GB = 2, VGPU = 10, PCPU = 14, PGPU = 17 }

local function sorted_keys(t, before)
  local keys = {}
  for key in pairs(t or {}) do keys[#keys + 1] = key end
  table.sort(keys, before)
  return keys
end

local function by_class(a, b)
  return CLASS_ORDER[a] < CLASS_ORDER[b]
end

local function has(list, word)
  for _, each in ipairs(list or {}) do
    if each == word then return true end
  end
  return false
end

-- ---------------------------------------------------------------------------------------------
-- The fleet
-- ---------------------------------------------------------------------------------------------

--- Providers by name and in order of creation, each with its parent, root and children.
local function index(fleet)
  local world = { roots = {}, by_name = {}, in_order = {}, aggregates = {} }
  for _, p in ipairs(fleet) do
    local node = { name = p.name, spec = p, children = {} }
    for _, aggregate in ipairs(p.aggregates or {}) do world.aggregates[aggregate] = true end
    world.by_name[p.name] = node
    node.parent = world.by_name[p.parent]
    if node.parent then
      table.insert(node.parent.children, node)
      node.root = node.parent.root
    else
      node.root = node
      table.insert(world.roots, node)
    end
    table.insert(world.in_order, node)
  end
  return world
end

local function members(node, list)
  list = list or {}
  list[#list + 1] = node
  for _, child in ipairs(node.children) do members(child, list) end
  return list
end

local function dominates(above, below)
  while below do
    if below == above then return true end
    below = below.parent
  end
  return false
end

local function inventory(node, class)
  local inv = (node.spec.inventories or {})[class]
  if not inv then return nil end
  local total, reserved = inv.total, inv.reserved or 0
  return {
    capacity = math.tointeger((total - reserved) * (inv.allocation_ratio or 1.0) // 1),
    used = (node.spec.used or {})[class] or 0,
    min_unit = inv.min_unit or 1,
    max_unit = inv.max_unit or math.max(2147483647, total),
    step_size = inv.step_size or 1,
  }
end

--- The four conditions of one provider, one class, one amount.
local function available(node, class, amount)
  local inv = inventory(node, class)
  return inv ~= nil and inv.used + amount <= inv.capacity and amount >= inv.min_unit
    and amount <= inv.max_unit and amount % inv.step_size == 0
end

--- Is the provider a sharing one that serves the tree of `root`?
local function serves(node, root)
  if not has(node.spec.traits, SHARES) then return false end
  if node.root == root then return true end
  for _, member in ipairs(members(root)) do
    for _, aggregate in ipairs(node.spec.aggregates or {}) do
      if has(member.spec.aggregates, aggregate) then return true end
    end
  end
  return false
end

--- Everything a candidate around `root` may use, in the engine's order.
local function around(world, root)
  local list = members(root)
  for _, node in ipairs(world.in_order) do
    if node.root ~= root and serves(node, root) then list[#list + 1] = node end
  end
  return list
end

-- ---------------------------------------------------------------------------------------------
-- Conditions
-- ---------------------------------------------------------------------------------------------

--- Splits conditions into required sets and one list of forbidden words.
local function sort_out(conditions, forbidden)
  local sets, barred = {}, { table.unpack(forbidden or {}) }
  for _, condition in ipairs(conditions or {}) do
    if type(condition) == "table" then
      sets[#sets + 1] = condition
    elseif condition:sub(1, 1) == "!" then
      barred[#barred + 1] = condition:sub(2)
    else
      sets[#sets + 1] = { condition }
    end
  end
  return sets, barred
end

local function any_of(words, set)
  for _, word in ipairs(set) do
    if has(words, word) then return true end
  end
  return false
end

local function all_sets(words, sets)
  for _, set in ipairs(sets) do
    if not any_of(words, set) then return false end
  end
  return true
end

local function root_qualifies(root, request)
  local sets, barred = sort_out(request.root_required)
  return all_sets(root.spec.traits, sets) and not any_of(root.spec.traits, barred)
end

--- A granular group's conditions on the provider itself.
local function granular_fits(world, node, group)
  local sets, barred = sort_out(group.required, group.forbidden)
  if not all_sets(node.spec.traits, sets) or any_of(node.spec.traits, barred) then return false end
  sets, barred = sort_out(group.member_of)
  if not all_sets(node.spec.aggregates, sets) then return false end
  if any_of(node.spec.aggregates, barred) then return false end
  if group.in_tree then
    local named = world.by_name[group.in_tree]
    return named ~= nil and named.root == node.root
  end
  return true
end

--- The unsuffixed group's conditions on the pair of a provider and an anchor, traits aside.
local function pair_fits(world, node, root, group)
  if group.in_tree then
    local named = world.by_name[group.in_tree]
    if not named or named.root ~= root or node.root ~= root then return false end
  end
  local sets, barred = sort_out(group.member_of)
  if any_of(node.spec.aggregates, barred) or any_of(root.spec.aggregates, barred) then
    return false
  end
  if all_sets(node.spec.aggregates, sets) then return true end
  return node.root == root and all_sets(root.spec.aggregates, sets)
end

-- ---------------------------------------------------------------------------------------------
-- Choices: what must be chosen, and from what
-- ---------------------------------------------------------------------------------------------

--- The request's groups: { suffix =, group =, unsuffixed = }, the unsuffixed one first.
local function groups_of(request)
  local list = {}
  if next(request.resources or {}) then
    list[1] = { suffix = "", group = request, unsuffixed = true }
  end
  for _, suffix in ipairs(sorted_keys(request.groups)) do
    list[#list + 1] = { suffix = suffix, group = request.groups[suffix] }
  end
  return list
end

local function describe(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for _, key in ipairs(sorted_keys(value, function(a, b) return tostring(a) < tostring(b) end)) do
    parts[#parts + 1] = tostring(key) .. "=" .. describe(value[key])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Conditions as a set of sets, so that their order and repetition do not matter, nor words that
-- nobody knows (`known` nil: all are known).
local function describe_conditions(known, conditions, forbidden)
  local sets, barred = sort_out(conditions, forbidden)
  local seen = {}
  local function counts(word) return not known or known[word] end
  for _, set in ipairs(sets) do
    local words = {}
    for _, word in ipairs(set) do words[word] = counts(word) or nil end
    seen["+" .. table.concat(sorted_keys(words), "|")] = true
  end
  for _, word in ipairs(barred) do seen["-" .. word] = counts(word) or nil end
  return table.concat(sorted_keys(seen), " ")
end

--- Groups that ask for the same and stand in the same subtrees have the same family.
local function family_of(entry, request, world)
  local group = entry.group
  local places = {}
  for i, listed in ipairs(request.same_subtree or {}) do
    if has(listed, entry.suffix) then places[#places + 1] = i end
  end
  local tree = group.in_tree and world.by_name[group.in_tree]
  return table.concat({
    describe(group.resources or {}), describe(group.split or {}),
    describe_conditions(nil, group.required, group.forbidden),
    describe_conditions(world.aggregates, group.member_of),
    group.in_tree and (tree and tree.root.name or "?") or "-", table.concat(places, ","),
  }, "/")
end

--- All choices in the engine's order: { suffix, unsuffixed, kind, takes = { CLASS = n }, split }.
local function choices_of(request, world)
  local entries, leaders = groups_of(request), {}
  for _, entry in ipairs(entries) do
    if not entry.unsuffixed then
      local family = family_of(entry, request, world)
      leaders[family] = leaders[family] or { entry = entry, list = {} }
      table.insert(leaders[family].list, entry)
      entry.family = leaders[family]
    end
  end
  local homes, splits = {}, {}
  for _, entry in ipairs(entries) do
    local resources, split = entry.group.resources or {}, entry.group.split or {}
    if entry.unsuffixed then
      for _, class in ipairs(sorted_keys(resources, by_class)) do
        local list = split[class] and splits or homes
        list[#list + 1] = { entry = entry, kind = ":" .. class, split = split[class],
                            takes = { [class] = resources[class] } }
      end
    elseif entry.family.entry == entry then
      local kept, gathered = {}, {}
      for class, amount in pairs(resources) do
        (split[class] and gathered or kept)[class] = amount
      end
      for _, twin in ipairs(entry.family.list) do
        if next(kept) or not next(resources) then
          homes[#homes + 1] = { entry = twin, kind = entry.suffix, takes = kept }
        end
      end
      for _, class in ipairs(sorted_keys(gathered, by_class)) do
        for _, twin in ipairs(entry.family.list) do
          splits[#splits + 1] = { entry = twin, kind = entry.suffix .. ":" .. class, split = true,
                                  takes = { [class] = gathered[class] } }
        end
      end
    end
  end
  return homes, splits
end

--- Providers around `root` that may serve the choice, amounts aside.
local function willing(world, root, choice)
  local list = {}
  local group = choice.entry.group
  for _, node in ipairs(around(world, root)) do
    local fits
    if choice.entry.unsuffixed then
      local _, barred = sort_out(group.required, group.forbidden)
      fits = pair_fits(world, node, root, group) and not any_of(node.spec.traits, barred)
    else
      fits = granular_fits(world, node, group)
    end
    if fits then list[#list + 1] = node end
  end
  return list
end

-- ---------------------------------------------------------------------------------------------
-- Splitting one class over several providers
-- ---------------------------------------------------------------------------------------------

--- All subsets of `size` elements, in order.
local function subsets(list, size)
  local found = {}
  local function extend(from, chosen)
    if #chosen == size then
      found[#found + 1] = { table.unpack(chosen) }
      return
    end
    for i = from, #list do
      chosen[#chosen + 1] = list[i]
      extend(i + 1, chosen)
      chosen[#chosen] = nil
    end
  end
  extend(1, {})
  return found
end

--- The sets that the choice may be gathered from, the smaller ones first: one of the willing, or
-- several of the tree's own.
local function sets_of(world, root, choice)
  local able, own, found = {}, {}, {}
  for _, node in ipairs(willing(world, root, choice)) do
    if inventory(node, next(choice.takes)) then
      able[#able + 1] = node
      if node.root == root then own[#own + 1] = node end
    end
  end
  for _, node in ipairs(able) do found[#found + 1] = { node } end
  for size = 2, #own do
    for _, set in ipairs(subsets(own, size)) do found[#found + 1] = set end
  end
  return found
end

--- Amounts for the pieces { node =, wants = the choice's amount, last = of its choice } of one
-- class, such that each choice gets what it wants: the earlier as large as can be; or nil.
-- room(node) is what the node may give in all.
local function share_out(pieces, class, room)
  local given, amounts = {}, {}
  local function give(at, open)
    local piece = pieces[at]
    if not piece then return true end
    local node, inv = piece.node, inventory(piece.node, class)
    open = open or piece.wants
    local taken = given[node] or 0
    for amount = math.min(open, inv.max_unit, room(node) - taken), inv.min_unit, -1 do
      if amount > 0 and amount % inv.step_size == 0 and (not piece.last or amount == open) then
        given[node], amounts[at] = taken + amount, amount
        if give(at + 1, not piece.last and open - amount or nil) then return true end
        given[node] = taken
      end
    end
    return false
  end
  return give(1) and amounts or nil
end

--- Is every set of `a` within that of `b`, and one of them smaller?
local function is_part(a, b)
  local smaller = false
  for i, set in ipairs(a) do
    for _, node in ipairs(set) do
      if not has(b[i], node) then return false end
    end
    smaller = smaller or #set < #b[i]
  end
  return smaller
end

--- Of lists of sets, those that no other is a part of.
local function without_spares(ways)
  local kept = {}
  for _, way in ipairs(ways) do
    local spare = false
    for _, other in ipairs(ways) do spare = spare or is_part(other.sets, way.sets) end
    if not spare then kept[#kept + 1] = way end
  end
  return kept
end

-- ---------------------------------------------------------------------------------------------
-- Whole candidates
-- ---------------------------------------------------------------------------------------------

local function distinct_nodes(made, wanted)
  local set = {}
  for _, part in ipairs(made) do
    if wanted(part.choice) then set[part.node] = true end
  end
  return set
end

local function isolated(request, made)
  if request.group_policy ~= "isolate" then return true end
  local owner = {}
  for _, part in ipairs(made) do
    local suffix = part.choice.entry.suffix
    if not part.choice.entry.unsuffixed then
      if owner[part.node] and owner[part.node] ~= suffix then return false end
      owner[part.node] = suffix
    end
  end
  return true
end

local function subtrees_hold(request, made)
  for _, listed in ipairs(request.same_subtree or {}) do
    local set = distinct_nodes(made, function(choice) return has(listed, choice.entry.suffix) end)
    local topped = false
    for top in pairs(set) do
      local all = true
      for node in pairs(set) do all = all and dominates(top, node) end
      topped = topped or all
    end
    if not topped then return false end
  end
  return true
end

--- The unsuffixed group's required traits, from all of its providers together.
local function union_holds(request, made)
  local words = {}
  local set = distinct_nodes(made, function(choice) return choice.entry.unsuffixed end)
  if not next(set) then return true end
  for node in pairs(set) do
    for _, trait in ipairs(node.spec.traits or {}) do words[#words + 1] = trait end
  end
  local sets = sort_out(request.required, request.forbidden)
  return all_sets(words, sets)
end

local function merged(made)
  local resources = {}
  for _, part in ipairs(made) do
    for class, amount in pairs(part.takes) do
      local of = resources[part.node.name] or {}
      resources[part.node.name] = of
      of[class] = (of[class] or 0) + amount
    end
  end
  return resources
end

local function merged_fits(world, resources)
  for name, amounts in pairs(resources) do
    for class, amount in pairs(amounts) do
      local inv = inventory(world.by_name[name], class)
      if inv.used + amount > inv.capacity or amount > inv.max_unit then return false end
    end
  end
  return true
end

local function mappings_of(request, made)
  local mappings = {}
  for _, entry in ipairs(groups_of(request)) do
    local set = {}
    for _, part in ipairs(made) do
      if part.choice.entry.suffix == entry.suffix then set[part.node.name] = true end
    end
    mappings[entry.suffix] = sorted_keys(set)
  end
  return mappings
end

--- What makes two candidates the same: amounts and mappings.
function brute.key(candidate)
  local parts = {}
  for _, name in ipairs(sorted_keys(candidate.resources)) do
    for _, class in ipairs(sorted_keys(candidate.resources[name])) do
      parts[#parts + 1] = ("%s:%s=%d"):format(name, class, candidate.resources[name][class])
    end
  end
  for _, suffix in ipairs(sorted_keys(candidate.mappings)) do
    local names = { table.unpack(candidate.mappings[suffix]) }
    table.sort(names)
    parts[#parts + 1] = ("[%s]%s"):format(suffix, table.concat(names, ","))
  end
  return table.concat(parts, " ")
end

--- Calls `each` with every combination of one provider per home choice.
local function all_homes(world, root, homes, each)
  local made = {}
  local function choose(at)
    if at > #homes then return each(made) end
    local choice = homes[at]
    for _, node in ipairs(willing(world, root, choice)) do
      local fits = true
      for class, amount in pairs(choice.takes) do
        fits = fits and available(node, class, amount)
      end
      if fits then
        made[at] = { choice = choice, node = node, takes = choice.takes }
        choose(at + 1)
        made[at] = nil
      end
    end
  end
  choose(1)
end

--- What the choices so far chose as parts, like the homes; nil when some class does not suffice.
local function parts_of(made, splits, sets)
  local homes, parts, by_class_ = merged(made), { table.unpack(made) }, {}
  for i, set in ipairs(sets) do
    local class, wants = next(splits[i].takes)
    by_class_[class] = by_class_[class] or {}
    for j, node in ipairs(set) do
      local part = { choice = splits[i], node = node }
      parts[#parts + 1] = part
      table.insert(by_class_[class], { node = node, wants = wants, last = j == #set, part = part })
    end
  end
  for class, pieces in pairs(by_class_) do
    local amounts = share_out(pieces, class, function(node)
      local inv = inventory(node, class)
      return math.min(inv.capacity - inv.used, inv.max_unit)
        - ((homes[node.name] or {})[class] or 0)
    end)
    if not amounts then return nil end
    for i, piece in ipairs(pieces) do piece.part.takes = { [class] = amounts[i] } end
  end
  return parts
end

--- Calls `each` with every way to gather the split choices beside the homes made, all conditions
-- met, that leaves no provider out that could be.
local function all_splits(world, root, request, splits, made, each)
  local ways, sets, choosable = {}, {}, {}
  for i, choice in ipairs(splits) do choosable[i] = sets_of(world, root, choice) end
  local function choose(at)
    local parts = parts_of(made, splits, sets)
    if not parts or not isolated(request, parts) then return end
    if at <= #splits then
      for _, set in ipairs(choosable[at]) do
        sets[at] = set
        choose(at + 1)
        sets[at] = nil
      end
    elseif subtrees_hold(request, parts) and union_holds(request, parts) then
      ways[#ways + 1] = { sets = { table.unpack(sets) }, parts = parts }
    end
  end
  if merged_fits(world, merged(made)) then choose(1) end
  for _, way in ipairs(without_spares(ways)) do each(way.parts) end
end

--- Calls `each` with everything made around `root` that meets all conditions but root_required.
local function all_around(world, root, request, each)
  local homes, splits = choices_of(request, world)
  all_homes(world, root, homes, function(some)
    all_splits(world, root, request, splits, some, each)
  end)
end

--- How many combinations there are to look at, at most, if every choice can be made.
function brute.effort(fleet, request)
  local world, sum = index(fleet), 0
  for _, root in ipairs(world.roots) do
    local homes, splits = choices_of(request, world)
    local product = 1
    for _, choice in ipairs(homes) do
      local count = 0
      for _, node in ipairs(willing(world, root, choice)) do
        local fits = true
        for class, amount in pairs(choice.takes) do
          fits = fits and available(node, class, amount)
        end
        if fits then count = count + 1 end
      end
      product = product * math.max(count, 1)
    end
    for _, choice in ipairs(splits) do
      product = product * math.max(#sets_of(world, root, choice), 1)
    end
    sum = sum + product
  end
  return sum
end

--- Names of the roots around which the request can be had, whether or not another root gives the
-- same candidates.
function brute.roots(fleet, request)
  local world, found = index(fleet), {}
  for _, root in ipairs(world.roots) do
    if root_qualifies(root, request) then
      all_around(world, root, request, function() found[root.name] = true end)
    end
  end
  return found
end

--- All candidates: { resources = { name = { CLASS = n } }, mappings = { suffix = { names } },
--- key =, anchor =, ways = the choices that come to it }, each once, earlier anchors first.
function brute.candidates(fleet, request)
  local world = index(fleet)
  local found, seen = {}, {}
  for _, root in ipairs(world.roots) do
    if root_qualifies(root, request) then
      all_around(world, root, request, function(made)
        local candidate = { resources = merged(made), mappings = mappings_of(request, made),
                            anchor = root.name, ways = {} }
        candidate.key = brute.key(candidate)
        if not seen[candidate.key] then
          seen[candidate.key] = candidate
          found[#found + 1] = candidate
        end
        table.insert(seen[candidate.key].ways, { table.unpack(made) })
      end)
    end
  end
  return found
end

--- What brute_explain.lua and brute_orbit.lua build on.
brute.parts = { index = index, members = members, around = around, inventory = inventory,
                sort_out = sort_out, any_of = any_of, sorted_keys = sorted_keys,
                by_class = by_class, groups_of = groups_of, family_of = family_of,
                describe = describe }

return brute
