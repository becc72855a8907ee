--- Request tables as Placement's query strings, and small random fleets and requests for the
-- search's specs.  Fleets and requests have the form that brute.lua takes.
local requests = {}

-- ---------------------------------------------------------------------------------------------
-- Tables as query strings
-- ---------------------------------------------------------------------------------------------

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function conditions(parts, keyword, list)
  for _, condition in ipairs(list or {}) do
    local value = type(condition) == "table" and "in:" .. table.concat(condition, ",") or condition
    parts[#parts + 1] = keyword .. "=" .. value
  end
end

local function group_parts(parts, suffix, group)
  local amounts, split = {}, {}
  for _, class in ipairs(sorted_keys(group.resources)) do
    amounts[#amounts + 1] = ("%s:%d"):format(class, group.resources[class])
  end
  for _, class in ipairs(sorted_keys(group.split)) do split[#split + 1] = class end
  if #amounts > 0 then
    parts[#parts + 1] = "resources" .. suffix .. "=" .. table.concat(amounts, ",")
  end
  conditions(parts, "required" .. suffix, group.required)
  for _, trait in ipairs(group.forbidden or {}) do
    parts[#parts + 1] = "required" .. suffix .. "=!" .. trait
  end
  conditions(parts, "member_of" .. suffix, group.member_of)
  if group.in_tree then parts[#parts + 1] = "in_tree" .. suffix .. "=" .. group.in_tree end
  if #split > 0 then parts[#parts + 1] = "split" .. suffix .. "=" .. table.concat(split, ",") end
end

--- The query string that means the same as the table.
function requests.to_query(request)
  local parts = {}
  group_parts(parts, "", request)
  for _, suffix in ipairs(sorted_keys(request.groups)) do
    group_parts(parts, suffix, request.groups[suffix])
  end
  for _, suffixes in ipairs(request.same_subtree or {}) do
    parts[#parts + 1] = "same_subtree=" .. table.concat(suffixes, ",")
  end
  if request.root_required then
    parts[#parts + 1] = "root_required=" .. table.concat(request.root_required, ",")
  end
  for _, keyword in ipairs { "group_policy", "limit", "canonical" } do
    if request[keyword] ~= nil then
      parts[#parts + 1] = keyword .. "=" .. tostring(request[keyword])
    end
  end
  return table.concat(parts, "&")
end

-- ---------------------------------------------------------------------------------------------
-- Random fleets
-- ---------------------------------------------------------------------------------------------

requests.CLASSES = { "VCPU", "MEMORY_MB", "DISK_GB", "VGPU" }
requests.TRAITS = { "CUSTOM_A", "CUSTOM_B", "CUSTOM_C" }
requests.AGGREGATES = { "agg-x", "agg-y", "agg-z" }
local SHARES = "MISC_SHARES_VIA_AGGREGATE"

--- A generator of random choices with its own state, so that a seed tells the whole story.
function requests.chance(seed)
  -- splitmix64
  local state = seed
  local chance = {}
  function chance.upto(n)
    state = state + 0x9E3779B97F4A7C15
    local z = state
    z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ~ (z >> 27)) * 0x94D049BB133111EB
    z = z ~ (z >> 31)
    return (z >> 11) % n + 1
  end
  --- true in one of n cases
  function chance.one_in(n)
    return chance.upto(n) == 1
  end
  function chance.pick(list)
    return list[chance.upto(#list)]
  end
  return chance
end

local function some_of(chance, list, odds)
  local picked = {}
  for _, each in ipairs(list) do
    if chance.one_in(odds) then picked[#picked + 1] = each end
  end
  return picked
end

local function random_inventory(chance)
  local inv = { total = chance.upto(12) }
  if chance.one_in(6) then inv.reserved = chance.upto(inv.total) - 1 end
  if chance.one_in(8) then inv.min_unit = chance.upto(3) end
  if chance.one_in(6) then inv.max_unit = chance.upto(6) end
  if chance.one_in(6) then inv.step_size = chance.upto(3) end
  if chance.one_in(6) then inv.allocation_ratio = chance.pick { 0.5, 1.5, 2.0, 3.1 } end
  return inv
end

--- What others use already: any amount, now and then more than there is.
local function random_used(chance, inv)
  local capacity = (inv.total - (inv.reserved or 0)) * (inv.allocation_ratio or 1.0) // 1
  return chance.upto(math.tointeger(capacity) + 2)
end

local function random_provider(chance, name, parent)
  local p = { name = name, parent = parent, inventories = {}, used = {} }
  for _, class in ipairs(requests.CLASSES) do
    if not chance.one_in(3) then
      local inv = random_inventory(chance)
      p.inventories[class] = inv
      if chance.one_in(3) then p.used[class] = random_used(chance, inv) end
    end
  end
  p.traits = some_of(chance, requests.TRAITS, 3)
  p.aggregates = some_of(chance, requests.AGGREGATES, 4)
  if chance.one_in(7) then
    p.traits[#p.traits + 1] = SHARES
    if #p.aggregates == 0 then p.aggregates = { chance.pick(requests.AGGREGATES) } end
  end
  return p
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, each in pairs(value) do result[key] = copy(each) end
  return result
end

--- Many small trees, and some providers that share, here and there within them, so that trees give
-- each other's candidates again.  Requests for such a fleet ask for `fleet.classes`: what is
-- shared, now and then what is not.
local function pooled_fleet(chance)
  local fleet = { classes = { "DISK_GB", "VGPU", chance.one_in(4) and "VCPU" or "VGPU" } }
  local aggregates = { table.unpack(requests.AGGREGATES, 1, chance.upto(3)) }
  local function add(name, parent, classes, odds)
    local p = { name = name, parent = parent, inventories = {}, used = {} }
    for _, class in ipairs(classes) do
      local inv = chance.one_in(2) and { total = 6 } or random_inventory(chance)
      p.inventories[class] = inv
      if chance.one_in(6) then p.used[class] = random_used(chance, inv) end
    end
    p.traits = some_of(chance, requests.TRAITS, 5)
    p.aggregates = some_of(chance, aggregates, odds)
    fleet[#fleet + 1] = p
    return p
  end
  local function add_pool(number)
    local parent = #fleet > 0 and chance.one_in(2) and chance.pick(fleet).name or nil
    local classes = { "DISK_GB", "VGPU" }
    if not chance.one_in(4) then classes = { chance.pick(classes) } end
    local p = add("p" .. number, parent, classes, 2)
    p.traits[#p.traits + 1] = SHARES
  end
  local pools = 0
  for node = 1, 2 + chance.upto(7) do
    while pools < 6 and chance.one_in(2) do
      pools = pools + 1
      add_pool(pools)
    end
    local plain = { "VCPU", chance.one_in(5) and "DISK_GB" or nil }
    add("n" .. node, nil, plain, 2)
    if chance.one_in(5) then
      add("c" .. node, "n" .. node, { chance.pick(requests.CLASSES) }, 3)
    end
  end
  return fleet
end

--- Up to four trees of up to three levels, in which a child is often the likeness of its older
-- sibling; or a pooled fleet.
function requests.random_fleet(chance)
  if chance.one_in(4) then return pooled_fleet(chance) end
  local fleet, depth = {}, {}
  local function add(p, level)
    fleet[#fleet + 1] = p
    depth[p.name] = level
    return p
  end
  for root = 1, chance.upto(4) do
    local tree = { add(random_provider(chance, "r" .. root), 1) }
    for child = 1, chance.upto(5) - 1 do
      local parent = chance.pick(tree)
      local last = tree[#tree]
      local name = ("r%dc%d"):format(root, child)
      local p
      if last.parent and chance.one_in(2) then
        p = copy(last)
        p.name = name
        parent = { name = last.parent }
      else
        if depth[parent.name] == 3 then parent = tree[1] end
        p = random_provider(chance, name, parent.name)
      end
      tree[#tree + 1] = add(p, (depth[parent.name] or 1) + 1)
    end
  end
  return fleet
end

-- ---------------------------------------------------------------------------------------------
-- Random requests
-- ---------------------------------------------------------------------------------------------

local function random_conditions(chance, words, odds)
  local list, seen = {}, {}
  for _, word in ipairs(words) do
    if chance.one_in(odds) then
      if chance.one_in(3) then
        list[#list + 1] = "!" .. word
        seen[word] = true
      elseif not seen[word] then
        list[#list + 1] = chance.one_in(3) and { word, chance.pick(words) } or word
      end
    end
  end
  -- nothing both required and forbidden
  local kept = {}
  for _, each in ipairs(list) do
    local set = type(each) == "table" and each or { each }
    local barred = 0
    for _, word in ipairs(set) do
      if seen[word] then barred = barred + 1 end
    end
    if barred < #set or (type(each) == "string" and each:sub(1, 1) == "!") then
      kept[#kept + 1] = each
    end
  end
  return #kept > 0 and kept or nil
end

--- The classes that a group asks for, in an order that does not change from run to run.
function requests.classes_of(group)
  return sorted_keys(group.resources)
end

local function random_split(chance, group)
  local split = {}
  local classes = requests.classes_of(group)
  split[chance.pick(classes)] = true
  if chance.one_in(3) then split[chance.pick(classes)] = true end
  return split
end

local function random_group(chance, fleet, bare)
  local group = {}
  if not bare then
    group.resources = {}
    for _ = 1, chance.upto(2) do
      local class = chance.pick(fleet.classes or requests.CLASSES)
      group.resources[class] = chance.upto(3) * chance.upto(2)
    end
  end
  group.required = random_conditions(chance, requests.TRAITS, 7)
  group.member_of = random_conditions(chance, requests.AGGREGATES, 10)
  if chance.one_in(12) then
    group.in_tree = chance.one_in(10) and "nobody" or chance.pick(fleet).name
  end
  if bare and not (group.required or group.member_of or group.in_tree) then
    group.required = { chance.pick(requests.TRAITS) }
  end
  if not bare and chance.one_in(6) then group.split = random_split(chance, group) end
  return group
end

--- Splits one class less; false when none is split.
function requests.unsplit(request)
  local list = { request }
  for _, suffix in ipairs(sorted_keys(request.groups)) do
    list[#list + 1] = request.groups[suffix]
  end
  for i = #list, 1, -1 do
    local class = sorted_keys(list[i].split)[1]
    if class then
      list[i].split[class] = nil
      if not next(list[i].split) then list[i].split = nil end
      return true
    end
  end
  return false
end

--- Everything that the fleet has of the class becomes a multiple of the factor.
local function even_out(fleet, class, factor)
  local function less(amount) return amount and amount - amount % factor end
  for _, p in ipairs(fleet) do
    local inv = p.inventories[class]
    if inv then
      p.inventories[class] = { total = math.max(factor, less(inv.total)),
                               reserved = less(inv.reserved), step_size = inv.step_size }
      local used = less(p.used[class])
      p.used[class] = used ~= 0 and used or nil
    end
  end
end

--- Lets up to three groups, now and then the unsuffixed one among them, compete for one class that
-- all of them split: some are twins, and for some all amounts are multiples of one number.
local function contend(chance, request, fleet)
  local class = chance.pick(fleet.classes or requests.CLASSES)
  local factor = chance.pick { 1, 1, 2, 3, 4 }
  local twins, alone = chance.one_in(2), chance.one_in(2)
  if factor > 1 then even_out(fleet, class, factor) end
  local function ask(group)
    if twins and alone then group.resources = {} end
    group.resources[class] = chance.upto(chance.pick { 4, 8, 16 } // factor) * factor
    group.split = { [class] = true }
  end
  if request.resources and chance.one_in(2) then
    ask(request)
    if chance.one_in(2) then request.required = random_conditions(chance, requests.TRAITS, 3) end
  end
  local first, count = nil, 0
  for _, suffix in ipairs(sorted_keys(request.groups)) do
    local group = request.groups[suffix]
    if group.resources and count < 3 then
      count = count + 1
      if first and twins then
        request.groups[suffix] = copy(first)
      else
        ask(group)
        first = group
      end
    end
  end
end

--- A valid request; `plain` leaves out what has no place in a question of symmetry.
function requests.random_request(chance, fleet, plain)
  local request = chance.one_in(3) and {} or random_group(chance, fleet)
  local granular = chance.upto(4) - 1
  if not request.resources and granular == 0 then granular = 1 end
  local suffixes = {}
  if granular > 0 then
    request.groups = {}
    for i = 1, granular do
      local suffix = chance.pick { "_a", "_b", "1", "-2" } .. i
      suffixes[i] = suffix
      local last = request.groups[suffixes[i - 1]]
      request.groups[suffix] = last and chance.one_in(2) and copy(last)
        or random_group(chance, fleet)
    end
  end
  if granular > 1 or chance.one_in(4) then
    request.group_policy = chance.pick { "none", "isolate" }
  end
  if granular > 0 and granular < 3 and chance.one_in(4) then
    suffixes[#suffixes + 1] = "_bare"
    request.groups._bare = random_group(chance, fleet, true)
    request.same_subtree = { { "_bare", suffixes[1] } }
    request.group_policy = request.group_policy or "none"
  end
  if granular > 1 and chance.one_in(3) then
    request.same_subtree = request.same_subtree or {}
    local listed = { suffixes[1], suffixes[2] }
    if granular > 2 and chance.one_in(3) then listed[3] = suffixes[3] end
    table.insert(request.same_subtree, listed)
  end
  if chance.one_in(8) then
    local trait = chance.pick(requests.TRAITS)
    request.root_required = { chance.one_in(2) and trait or "!" .. trait }
    local other = chance.pick(requests.TRAITS)
    if other ~= trait and chance.one_in(3) then
      request.root_required[2] = chance.one_in(2) and other or "!" .. other
    end
  end
  if chance.one_in(5) then contend(chance, request, fleet) end
  if plain then
    request.split = nil
    for _, group in pairs(request.groups or {}) do group.split = nil end
  end
  return request
end

return requests
