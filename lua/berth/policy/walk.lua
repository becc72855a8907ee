-- The statements of a policy, in order, and what policy{} is given: the other half of infer.lua.

local Infer = require "berth.policy.infer"
local kinds = require "berth.policy.kinds"
local known = require "berth.policy.known"
local new_scope = require "berth.policy.scope"
local new_spelling = require "berth.policy.spelling"
local parse = require "berth.policy.parser"
local results = require "berth.policy.results"
local verdicts = require "berth.policy.verdicts"
local words = require "berth.policy.words"

local ANY = kinds.ANY
local PASSES = 16 -- kinds climb few steps; what is not settled by then stays half known

local statements = {}

function Infer:block(body)
  self.scope:open()
  for _, statement in ipairs(body) do
    local walk = statements[statement.tag]
    if walk then walk(self, statement) end
  end
  self.scope:close()
end

-- --- values to places --------------------------------------------------------------------------

-- Kinds of as many values as are wanted; a call at the end may give several.
function Infer:values(nodes, wanted)
  local list = {}
  for i, node in ipairs(nodes) do list[i] = self:value(node) end
  local last = nodes[#nodes]
  local several = last and (last.tag == "Call" or last.tag == "Method" or last.tag == "Vararg")
  for i = #nodes + 1, wanted do
    list[i] = several and self:further(last, i - #nodes + 1) or kinds.NIL
  end
  return list
end

-- The n-th result of a call of the file's own function.
function Infer:further(node, n)
  local callee = node.tag == "Call" and node.callee.tag == "Name"
    and self.scope:find(node.callee.name)
  local kind = callee and callee.kind
  if not kind then return callee and nil or ANY end
  if kind.kind ~= "functions" then return ANY end
  local result
  for fn in pairs(kind.sites) do result = kinds.join(result, fn.results and fn.results[n]) end
  return result
end

local function assign_index(self, target, value)
  local object = self:value(target.object)
  self:release(value)
  if object and object.kind == "view" then
    local name = target.key.tag == "String" and target.key.value or "?"
    self:complain(target.line, name, nil, "%s cannot be written to", object.name)
  elseif object and object.kind == "parameters" then
    self:complain(target.line, "parameters", nil, "parameters cannot be written to")
  elseif target.dot then
    self.spelling:declare(target.key.value, target.line)
    words.metamethod(self, target.line, target.key.value)
  end
  local at = target.key.tag ~= "String" and self:value(target.key)
  if not object or object.kind ~= "record" then return end
  for site in pairs(object.sites) do
    if target.key.tag == "String" then
      site.named[target.key.value] = site.named[target.key.value] or target.line
      self:learn(site.fields, target.key.value, value)
    else
      if not at or at.kind ~= "number" then site.open = true end
      self:learn(site, "elements", value)
    end
  end
end

function Infer:assign(target, value)
  if target.tag == "Index" then return assign_index(self, target, value) end
  local variable = self.scope:find(target.name)
  if variable then return self:learn(variable, "kind", value) end
  self:release(value)
  if not self.own_env then self:undeclared(target.line, target.name, "assignment") end
end

-- --- statements --------------------------------------------------------------------------------

function statements.Local(self, node)
  local values = self:values(node.values, #node.names)
  for i, variable in ipairs(self.scope.variables(node, node.names)) do
    if variable.name == "_ENV" then self.own_env = true end
    self:learn(variable, "kind", values[i])
    self.scope:show(variable)
  end
end

function statements.Assign(self, node)
  local values = self:values(node.values, #node.targets)
  for i, target in ipairs(node.targets) do self:assign(target, values[i]) end
end

function statements.LocalFunction(self, node)
  local variable = self.scope.variables(node, node.names)[1]
  self.scope:show(variable)
  self:learn(variable, "kind", self:value(node.value))
end

function statements.Function(self, node) self:assign(node.target, self:value(node.value)) end

function statements.Expression(self, node)
  local value = self:value(node.value)
  if value and value.kind == "verdict" then
    self:complain(node.line, "return", nil, "a verdict is dropped: write return %s(...)",
      node.value.callee and node.value.callee.name or "deny")
  end
end

function statements.Do(self, node) self:block(node.body) end

function statements.While(self, node)
  self:value(node.condition)
  self:block(node.body)
end

-- The condition sees the locals of the body.
function statements.Repeat(self, node)
  local expression = { tag = "Expression", line = node.line, value = node.condition }
  local body = table.move(node.body, 1, #node.body, 1, {})
  body[#body + 1] = expression
  self:block(body)
end

function statements.If(self, node)
  for _, clause in ipairs(node.clauses) do
    self:value(clause.condition)
    self:block(clause.body)
  end
  if node.otherwise then self:block(node.otherwise) end
end

local function loop(self, node, of)
  self.scope:open()
  for i, variable in ipairs(self.scope.variables(node, node.names)) do
    self:learn(variable, "kind", of[i])
    self.scope:show(variable)
  end
  self:block(node.body)
  self.scope:close()
end

function statements.Count(self, node)
  for _, bound in ipairs(node.bounds) do self:value(bound) end
  loop(self, node, { kinds.NUMBER })
end

function statements.Each(self, node)
  local first, key, value = node.values[1], ANY, ANY
  for _, expression in ipairs(node.values) do self:value(expression) end
  local callee = first.tag == "Call" and first.callee.kind
  if callee and callee.kind == "builtin" and first.args[1] then
    key, value = results.each(callee.name, first.args[1].kind)
  end
  loop(self, node, { key, value, ANY, ANY })
end

function statements.Return(self, node)
  local values = self:values(node.values, #node.values)
  local fn = self.fn
  for i, value in ipairs(values) do
    self:release(value)
    self:learn(fn.results, i, value)
  end
  if fn.hook then verdicts.judge(self, fn.hook, node, values) end
end

-- --- policy{} ----------------------------------------------------------------------------------

local function adopt_hook(self, kind, hook)
  if not kind or kind.kind ~= "functions" then return end
  for fn in pairs(kind.sites) do
    for i, argument in ipairs(hook.arguments) do
      local variable = fn.variables and fn.variables[i]
      if variable then
        self:learn(variable, "kind", kinds.of_type(argument.type, known.views))
      end
    end
    verdicts.adopt(self, fn, hook)
  end
end

local function check_key(self, site, name, line)
  local hook, key, kind = known.hooks[name], known.keys[name], site.fields[name]
  if not hook and not key then
    self:complain(line, name, known.nearest(name, known.hooks, known.keys),
      "policy{} has no key '%s'", name)
  elseif hook then
    if kind and kind.kind ~= "functions" and kind.kind ~= "any" then
      self:complain(line, name, nil, "%s is a function, not %s", name, kinds.describe(kind))
    end
    adopt_hook(self, kind, hook)
  elseif key.type == "string" and kind and kind.kind ~= "string" and kind.kind ~= "any" then
    self:complain(line, name, nil, "%s is a text, not %s", name, kinds.describe(kind))
  end
end

-- What is known of the parameters: numbers, texts and booleans keep their kind whatever is given.
local function defaults_of(kind)
  if not kind then return {} end
  if kind.kind ~= "record" then return false end
  local defaults = {}
  for site in pairs(kind.sites) do
    if site.open then return false end
    for name, default in pairs(site.fields) do
      local bound = default.kind == "number" or default.kind == "string"
        or (default.kind == "boolean" and default.value ~= false)
      defaults[name] = bound and (default.kind == "boolean" and kinds.BOOLEAN or default) or ANY
    end
  end
  return defaults
end

function Infer:define(definition)
  if not definition or definition.kind ~= "record" then return end
  for site in pairs(definition.sites) do
    for name, line in pairs(site.named) do check_key(self, site, name, line) end
    self.defaults = not site.open and defaults_of(site.fields.parameters)
  end
end

-- --- passes ------------------------------------------------------------------------------------

local function pass(self, tree)
  self.changed = false
  self.scope, self.fn = new_scope(), nil
  self.scope:open()
  self:value(tree)
end

--- What is wrong with a text that compiles: a list of { line =, message =, word =, nearest = }.
return function(text)
  local tree = parse(text)
  local self = setmetatable({ findings = {}, told = {}, spelling = new_spelling(text) }, Infer)
  for _ = 1, PASSES do
    pass(self, tree)
    if not self.changed then break end
  end
  self.reporting = true
  pass(self, tree)
  self.spelling:judge(self, self.defaults or nil)
  table.sort(self.findings, function(a, b)
    return a.line < b.line or (a.line == b.line and a.message < b.message)
  end)
  return self.findings
end
