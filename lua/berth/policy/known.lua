-- What a policy can name: the members of views, hooks, keys of policy{} and globals, all from the
-- one table that the host is compiled from, and the library, as a fresh sandbox shows it.

local core = require "berth.core"

local LIST = [[
function names()
  local found = {}
  for name, value in pairs(_G) do
    found[#found + 1] = name
    if type(value) == "table" and value ~= _G then
      for member, what in pairs(value) do
        found[#found + 1] = name .. "." .. member .. ":" .. type(what)
      end
    end
  end
  return table.concat(found, " ")
end
]]

-- "class: string, n: integer?" as a list of { name =, type =, optional = }.
local function parse_parameters(text)
  local list = {}
  for name, kind in (text or ""):gmatch "([%w_.]+): ([^,]+)" do
    list[#list + 1] =
      { name = name, type = kind:gsub("%?$", ""), optional = kind:find "%?$" ~= nil }
  end
  return list
end

local function read_members(list)
  for name, member in pairs(list) do
    member.name, member.arguments = name, parse_parameters(member.parameters)
  end
  return list
end

-- The sandbox's own globals and, by library, their members and what they are.
local function read_library()
  local sandbox <close> = core.sandbox()
  sandbox:load("names", LIST)
  local globals, libraries = {}, {}
  for word in sandbox:call("names").values[1]:gmatch "%S+" do
    local library, member, kind = word:match "^([%w_]+)%.([%w_]+):(%a+)$"
    if library then
      libraries[library] = libraries[library] or {}
      libraries[library][member] = kind
    elseif word ~= "names" then
      globals[word] = true
    end
  end
  return globals, libraries
end

-- Classes and traits that every fleet has, as keys.
local function read_standard(known)
  local store <close> = assert(core.open ":memory:")
  known.classes, known.traits = {}, {}
  for _, name in ipairs(store:resource_classes()) do known.classes[name] = true end
  for _, name in ipairs(store:traits()) do known.traits[name] = true end
end

-- What call.verb may be.
local VERBS = [[
  aggregates allocate allocation allocations backup candidates capacity changes check children
  create_provider create_resource_class create_trait decisions delete delete_resource_class
  delete_trait diff dump explain inventories load_policies load_policy move place policies provider
  providers release reshape resource_classes set_aggregates set_inventories set_inventory set_traits
  stats summaries traits transaction unload_policy update usages
]]

local function sorted(names)
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function load_all()
  local members = core.policy_members()
  local known = { views = members.views, queries = members.queries, hooks = members.hooks,
    keys = members.keys, globals = members.globals }
  for _, list in pairs(known.views) do read_members(list) end
  for _, list in pairs(known.queries) do read_members(list) end
  read_members(known.hooks)
  read_members(known.keys)
  read_members(known.globals)
  known.base, known.libraries = read_library()
  known.verbs = {}
  for verb in VERBS:gmatch "%S+" do known.verbs[verb] = true end
  read_standard(known)
  return known
end

local known = load_all()

known.sorted = sorted

--- The nearest of the keys of some tables, or nil.
function known.nearest(word, ...)
  local names = {}
  for _, list in ipairs { ... } do
    for name in pairs(list) do
      if type(name) == "string" then names[name] = true end
    end
  end
  return core.nearest(word, sorted(names))
end

return known
