--- Which candidates differ by interchangeable siblings and twin groups alone: the judge of
-- canonical answers.  Takes the fleets and candidates of brute.lua.
local brute = require "spec.support.brute"

local index, inventory = brute.parts.index, brute.parts.inventory
local sorted_keys, describe = brute.parts.sorted_keys, brute.parts.describe

local symmetry = {}

--- What can be seen of a subtree, child by child.
local function appearance(node)
  local parts = {}
  for _, class in ipairs(sorted_keys(node.spec.inventories)) do
    local inv = inventory(node, class)
    parts[#parts + 1] = class .. describe(node.spec.inventories[class]) .. inv.used
  end
  for _, list in ipairs { node.spec.traits or {}, node.spec.aggregates or {} } do
    local words = {}
    for _, word in ipairs(list) do words[word] = true end
    parts[#parts + 1] = "|" .. table.concat(sorted_keys(words), ",")
  end
  for _, child in ipairs(node.children) do parts[#parts + 1] = "(" .. appearance(child) .. ")" end
  return table.concat(parts, ";")
end

--- All orders of the numbers from 1 to n.
local function orders(n)
  if n == 0 then return { {} } end
  local found = {}
  for _, order in ipairs(orders(n - 1)) do
    for at = 1, n do
      local longer = { table.unpack(order) }
      table.insert(longer, at, n)
      found[#found + 1] = longer
    end
  end
  return found
end

--- Calls each(rank) with every way to give the twins of each family other ranks: rank[suffix].
-- What a twin has several parts in must stay together, so they are told apart.
local function each_ranking(families, each, rank)
  local family = families[#families]
  if not family then return each(rank) end
  for _, order in ipairs(orders(#family.list)) do
    for i, entry in ipairs(family.list) do rank[entry.suffix] = order[i] end
    each_ranking({ table.unpack(families, 1, #families - 1) }, each, rank)
  end
end

--- Does every node look different from its siblings?
function symmetry.is_plain(fleet)
  for _, node in ipairs(index(fleet).in_order) do
    local seen = {}
    for _, child in ipairs(node.children) do
      local look = appearance(child)
      if seen[look] then return false end
      seen[look] = true
    end
  end
  return true
end

--- One way as text: what each node got, interchangeable siblings in one order.
local function look_of(world, way, rank)
  local bags = {}
  for _, part in ipairs(way) do
    local bag = bags[part.node.name] or {}
    bags[part.node.name] = bag
    bag[#bag + 1] = part.choice.kind .. "#" .. (rank[part.choice.entry.suffix] or "")
  end
  local function loaded(node)
    local bag = bags[node.name] or {}
    table.sort(bag)
    local classes, order = {}, {}
    for _, child in ipairs(node.children) do
      local look = appearance(child)
      if not classes[look] then
        classes[look] = {}
        order[#order + 1] = look
      end
      table.insert(classes[look], loaded(child))
    end
    local parts = { table.concat(bag, ",") }
    for _, look in ipairs(order) do
      table.sort(classes[look])
      parts[#parts + 1] = "[" .. table.concat(classes[look], " ") .. "]"
    end
    return "(" .. table.concat(parts, " ") .. ")"
  end
  local parts = {}
  for _, root in ipairs(world.roots) do parts[#parts + 1] = loaded(root) end
  return table.concat(parts)
end

--- The same for all candidates that differ only by interchangeable siblings and twin groups; for
-- one of the ways that come to it, the first unless told.
function symmetry.orbit(fleet, candidate, way)
  local world, chosen = index(fleet), candidate.ways[way or 1]
  local families, seen, least = {}, {}, nil
  for _, part in ipairs(chosen) do
    local family = part.choice.entry.family
    if part.choice.split and family and not seen[family] then
      seen[family] = true
      families[#families + 1] = family
    end
  end
  each_ranking(families, function(rank)
    local look = look_of(world, chosen, rank)
    if not least or look < least then least = look end
  end, {})
  return least
end

return symmetry
