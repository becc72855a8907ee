-- A store in memory from one table: providers, allocations, policies.

local core = require "berth.core"

local KEYS = { "providers", "allocations", "policies" }

local function check_keys(spec)
  if type(spec) ~= "table" then error("a fleet is made from a table, not a " .. type(spec), 4) end
  for key in pairs(spec) do
    local known = math.type(key) == "integer"
    for _, name in ipairs(KEYS) do known = known or key == name end
    if not known then
      local near = core.nearest(tostring(key), KEYS)
      error(("unknown key '%s'%s"):format(tostring(key),
        near and (", did you mean '%s'?"):format(near) or ""), 4)
    end
  end
end

-- Raises what the store refused: a fleet that cannot be made is a mistake of the test.
local function must(result, err)
  if result == nil then error(tostring(err), 0) end
  return result
end

local function is_custom(name) return type(name) == "string" and name:find "^CUSTOM_" end

local function create_names(tx, spec)
  for class in pairs(spec.inventories or {}) do
    if is_custom(class) then must(tx:create_resource_class(class)) end
  end
  for _, trait in ipairs(spec.traits or {}) do
    if is_custom(trait) then must(tx:create_trait(trait)) end
  end
end

local function create(tx, spec, parent)
  local own, children = {}, {}
  if type(spec) ~= "table" then error("a provider is a table, not a " .. type(spec), 0) end
  for key, value in pairs(spec) do
    if key == "children" then children = value else own[key] = value end
  end
  create_names(tx, own)
  if parent then own.parent = parent end
  local provider = must(tx:create_provider(own))
  for _, child in ipairs(children) do create(tx, child, provider) end
end

--- Makes the store; raises when the table does not describe one.
return function(spec)
  check_keys(spec)
  local store = must(core.open ":memory:")
  must(store:transaction(function(tx)
    for _, list in ipairs { spec.providers or {}, spec } do
      for _, provider in ipairs(list) do create(tx, provider) end
    end
    for _, allocation in ipairs(spec.allocations or {}) do must(tx:allocate(allocation)) end
    return true
  end))
  if spec.policies then must(store:load_policies(spec.policies)) end
  return store
end
