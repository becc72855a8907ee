-- Which local a name means, while a tree is walked.  A variable is a table { name =, kind = } that
-- stays the same from pass to pass, because it is kept with the node that declares it.

local Scope = {}
Scope.__index = Scope

function Scope:open() self.at = { names = {}, above = self.at } end
function Scope:close() self.at = self.at.above end

--- The variables that a node declares; not visible yet.
function Scope.variables(node, names)
  if not node.variables then
    node.variables = {}
    for i, name in ipairs(names) do node.variables[i] = { name = name } end
  end
  return node.variables
end

function Scope:show(variable) self.at.names[variable.name] = variable end

function Scope:find(name)
  local at = self.at
  while at do
    if at.names[name] then return at.names[name] end
    at = at.above
  end
  return nil
end

--- Every name that is visible, as keys.
function Scope:visible()
  local names, at = {}, self.at
  while at do
    for name in pairs(at.names) do names[name] = true end
    at = at.above
  end
  return names
end

return function() return setmetatable({}, Scope) end
