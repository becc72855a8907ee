-- What the expressions of a policy are: walks its tree, follows views from hooks' parameters into
-- locals, loops and the file's own functions, and complains of names that do not exist.
--
-- Passes are repeated until nothing new is learned; only then are complaints written down.

local known = require "berth.policy.known"
local kinds = require "berth.policy.kinds"
local results = require "berth.policy.results"
local words = require "berth.policy.words"

local ANY, STRING, NUMBER, BOOLEAN = kinds.ANY, kinds.STRING, kinds.NUMBER, kinds.BOOLEAN

local Infer = {}
Infer.__index = Infer

local expressions = {}

-- --- learning ----------------------------------------------------------------------------------

-- Adds what is known of `owner[key]`.
function Infer:learn(owner, key, kind)
  local joined = kinds.join(owner[key], kind)
  if not kinds.equal(owner[key], joined) then
    owner[key], self.changed = joined, true
  end
end

function Infer:complain(line, word, nearest, form, ...)
  if not self.reporting then return end
  local message = form:format(...)
  if nearest then message = ("%s, did you mean '%s'?"):format(message, nearest) end
  local key = line .. message
  if self.told[key] then return end
  self.told[key] = true
  self.findings[#self.findings + 1] =
    { line = line, message = message, word = word, nearest = nearest }
end

-- The value goes where it cannot be followed: a function may be called with anything.
function Infer:release(kind)
  if not kind or kind.kind ~= "functions" then return end
  for fn in pairs(kind.sites) do
    for _, variable in ipairs(fn.variables or {}) do self:learn(variable, "kind", ANY) end
  end
end

-- The same for what a function is given of which nothing is known: it may set fields of tables.
function Infer:release_all(args)
  for _, kind in pairs(args) do
    self:release(kind)
    if kind.kind == "record" then
      for site in pairs(kind.sites) do site.open = true end
    end
  end
end

-- --- functions ---------------------------------------------------------------------------------

--- Walks a function's body; its parameters keep what is known of them.
function expressions.Function(self, node)
  local outer = self.fn
  self.fn, node.results = node, node.results or {}
  self.scope:open()
  for _, variable in ipairs(self.scope.variables(node, node.params)) do
    if variable.name == "_ENV" then self.own_env = true end
    self.scope:show(variable)
  end
  self:block(node.body)
  self.scope:close()
  self.fn = outer
  return kinds.functions(node)
end

-- A call of functions of the file: tells them their arguments, answers what they return.
function Infer:call_own(callee, args)
  local result
  for fn in pairs(callee.sites) do
    for i, variable in ipairs(fn.variables or {}) do
      if args[i] then self:learn(variable, "kind", args[i]) end
    end
    result = kinds.join(result, fn.results and fn.results[1])
  end
  return result
end

-- What arguments a member or global takes, where the text shows them.
function Infer:check_arguments(line, what, member, nodes, args)
  local last = nodes[#nodes]
  local spread = last and (last.tag == "Call" or last.tag == "Method" or last.tag == "Vararg")
  for i, argument in ipairs(member.arguments) do
    if argument.name == "..." then return end
    local given = args[i]
    if not nodes[i] then
      if not argument.optional and not spread then
        self:complain(line, member.name, nil, "%s is called without its %s", what, argument.name)
      end
      return
    end
    local plain = given and (given.kind == "number" or given.kind == "boolean"
      or given.kind == "nil" or given.kind == "record" or given.kind == "functions")
    if plain and argument.type == "string" and not (given.kind == "nil" and argument.optional) then
      self:complain(nodes[i].line, member.name, nil, "%s: its %s is a string, not %s", what,
        argument.name, kinds.describe(given))
    end
    local check = given and given.kind == "string" and given.value and words.meant(member, argument)
    if check then check(self, nodes[i].line, given.value) end
  end
end

-- The keys of a question, wherever the table was written.
function Infer:check_query(query, argument)
  if not argument or argument.kind ~= "record" then return end
  for site in pairs(argument.sites) do
    for name, line in pairs(site.named or {}) do
      if not known.queries[query][name] then
        self:complain(line, name, known.nearest(name, known.queries[query]),
          "view:%s{} has no key '%s'", query, name)
      end
    end
    local class = site.fields and site.fields.class
    if class and class.kind == "string" and class.value then
      words.class(self, site.named.class, class.value)
    elseif known.queries[query].class and not site.open and not (site.named or {}).class then
      self:complain(site.line, query, nil, "view:%s needs a class", query)
    end
  end
end

function Infer:arguments(nodes)
  local args = {}
  for i, node in ipairs(nodes) do args[i] = self:value(node) end
  return args
end

function Infer:call_member(line, view, member, nodes, args)
  local what = view .. ":" .. member.name
  self:check_arguments(line, what, member, nodes, args)
  if view == "view" then self:check_query(member.name, args[1]) end
  return kinds.of_type(member.type, known.views)
end

function Infer:call_builtin(node, name, args)
  local member = known.globals[name]
  if member then
    self:check_arguments(node.line, name, member, node.args, args)
    if name == "policy" then self.define(self, args[1]) end
    if name == "allow" and #node.args > 0 then
      self:complain(node.line, name, nil, "allow() takes nothing")
    end
    if name == "deny" and node.args[3] and node.args[3].tag == "Table" then
      words.fields(self, node.args[3].items)
    end
    return kinds.of_type(member.type, known.views)
  end
  return results.call(self, name, args)
end

function expressions.Call(self, node)
  local callee, args = self:value(node.callee), self:arguments(node.args)
  if callee == nil then return nil end
  if callee.kind == "functions" then return self:call_own(callee, args) end
  if callee.kind == "builtin" then return self:call_builtin(node, callee.name, args) end
  if callee.kind == "member" then
    local self_given = args[1] and args[1].kind == "view" and args[1].name == callee.view
    if not self_given and args[1] and args[1].kind == "any" then return ANY end
    if not self_given then
      self:complain(node.line, callee.name, nil, "%s is a method: write %s:%s(...)", callee.name,
        callee.view, callee.name)
    end
    return kinds.of_type(known.views[callee.view][callee.name].type, known.views)
  end
  self:release_all(args)
  return ANY
end

function expressions.Method(self, node)
  local object, args = self:value(node.object), self:arguments(node.args)
  if object == nil then return nil end
  local kind = object.kind
  if kind == "view" then
    local member = self:view_member(node.line, object.name, node.name)
    if not member then return nil end -- not ANY: what it would have been is not spoilt by a slip
    if member.kind == "method" then
      return self:call_member(node.line, object.name, member, node.args, args)
    end
    self:complain(node.line, node.name, nil, "%s.%s is no method: write it with a dot",
      object.name, node.name)
    return ANY
  end
  if kind == "string" then
    self:library_member(node.line, "string", node.name)
    return results.call(self, "string." .. node.name, { object, table.unpack(args) })
  end
  local callee = kind == "record" and self:field(node.line, object, node.name)
  if callee and callee.kind == "functions" then
    return self:call_own(callee, { object, table.unpack(args) })
  end
  self:release_all(args)
  return ANY
end

-- --- members -----------------------------------------------------------------------------------

function Infer:view_member(line, view, name)
  local member = known.views[view][name]
  if not member then
    self:complain(line, name, known.nearest(name, known.views[view]), "%s has no member '%s'", view,
      name)
  end
  return member
end

function Infer:library_member(line, library, name)
  if not known.libraries[library][name] then
    self:complain(line, name, known.nearest(name, known.libraries[library]),
      "%s has no member '%s'", library, name)
  end
end

-- A field of a table that the file itself makes.
function Infer:field(line, object, name)
  local result, open, names = nil, false, {}
  for site in pairs(object.sites) do
    result = kinds.join(result, site.fields[name])
    open = open or site.open
    for field in pairs(site.named) do names[field] = true end
  end
  if names[name] then return result end
  if not open and not self.spelling.written[name] then
    self:complain(line, name, known.nearest(name, names), "nothing sets the field '%s'", name)
    return nil
  end
  return ANY
end

function Infer:parameter(line, name)
  local defaults = self.defaults
  if not defaults then return defaults == false and ANY or nil end
  if defaults[name] then return defaults[name] end
  self:complain(line, name, known.nearest(name, defaults), "there is no parameter '%s'", name)
  return nil
end

local function view_index(self, node, object, name)
  local member = self:view_member(node.line, object.name, name)
  if not member then return nil end
  if member.kind == "method" then return { kind = "member", view = object.name, name = name } end
  if object.name == "call" and name == "verb" then return kinds.VERB end
  return kinds.of_type(member.type, known.views)
end

local by_name = {
  view = view_index,
  record = function(self, node, object, name) return self:field(node.line, object, name) end,
  parameters = function(self, node, _, name) return self:parameter(node.line, name) end,
  library = function(self, node, object, name)
    self:library_member(node.line, object.name, name)
    local what = known.libraries[object.name][name]
    if what == "number" then return NUMBER end
    if what == "string" then return STRING end
    return { kind = "builtin", name = object.name .. "." .. name }
  end,
  array = function(self, node, _, name)
    self:complain(node.line, name, nil, "a list has no field '%s'", name)
    return ANY
  end,
  string = function(self, node, _, name)
    self:library_member(node.line, "string", name)
    return { kind = "builtin", name = "string." .. name }
  end,
}

function expressions.Index(self, node)
  local object = self:value(node.object)
  if node.key.tag == "String" then
    local by = object and by_name[object.kind]
    if node.dot then self.spelling:use(node.key, object) end
    if by then return by(self, node, object, node.key.value) end
    return object and ANY
  end
  local key = self:value(node.key)
  if key and key.meant == "verb" and object and object.kind == "record" then
    for site in pairs(object.sites) do
      for name, line in pairs(site.named) do words.verb(self, line, name) end
    end
  end
  return results.element(object)
end

-- --- the rest ----------------------------------------------------------------------------------

function expressions.Name(self, node)
  local variable = self.scope:find(node.name)
  if variable then return variable.kind end
  local name = node.name
  if name == "parameters" then return kinds.PARAMETERS end
  if known.libraries[name] then return { kind = "library", name = name } end
  if known.globals[name] or known.base[name] then return { kind = "builtin", name = name } end
  if self.own_env then return ANY end
  self:undeclared(node.line, name, "use")
  return nil
end

function Infer:undeclared(line, name, tried)
  local near = known.nearest(name, self.scope:visible(), known.globals, known.base,
    { parameters = true })
  self:complain(line, name, near, "%s of undeclared global '%s'%s", tried, name,
    tried == "assignment" and "; say local" or "")
end

function expressions.Table(self, node)
  node.fields, node.named = node.fields or {}, node.named or {}
  for _, item in ipairs(node.items) do
    local value = self:value(item.value)
    if item.name then
      node.named[item.name] = item.line
      words.look(self, item.line, item.name)
      words.copied(self, item)
      words.metamethod(self, item.line, item.name)
      self:learn(node.fields, item.name, value)
      self.spelling:declare(item.name, item.line, self.reporting)
    elseif item.key then
      local key = self:value(item.key)
      if item.key.tag ~= "Number" and not (key and key.kind == "number") then node.open = true end
      self:learn(node, "elements", value)
    else
      self:learn(node, "elements", value)
    end
  end
  return kinds.record(node)
end

local COMPARES = { ["=="] = true, ["~="] = true, ["<"] = true, [">"] = true, ["<="] = true,
  [">="] = true }

-- A value of this kind is never nil or false.
local function is_truthy(kind)
  return kind and kind.kind ~= "any" and kind.kind ~= "nil" and kind.kind ~= "view"
    and (kind.kind ~= "boolean" or kind.value == true)
end

local function compare_verbs(self, node, verb, text)
  local is = verb and verb.meant == "verb" and text and text.kind == "string" and text.value
  if is then words.verb(self, node.line, text.value) end
end

function expressions.Binary(self, node)
  local left, right = self:value(node.left), self:value(node.right)
  if COMPARES[node.op] then
    compare_verbs(self, node.right, left, right)
    compare_verbs(self, node.left, right, left)
    return BOOLEAN
  end
  if node.op == ".." then return STRING end
  if node.op == "or" then
    if left and (left.kind == "nil" or left.value == false) then return right end
    if is_truthy(left) then return left end
    return kinds.join(left, right)
  end
  if node.op == "and" then
    if left == nil then return nil end
    if is_truthy(left) then return right end
    if left and left.kind == "boolean" and right and right.kind == "boolean" then return BOOLEAN end
    return ANY
  end
  return NUMBER
end

function expressions.Unary(self, node)
  self:value(node.operand)
  return node.op == "not" and BOOLEAN or NUMBER
end

function expressions.Paren(self, node) return self:value(node.inner) end
function expressions.Nil() return kinds.NIL end
function expressions.True() return kinds.TRUE end
function expressions.False() return kinds.FALSE end
function expressions.Number() return NUMBER end
function expressions.String(self, node)
  words.look(self, node.line, node.value)
  return kinds.text(node.value)
end
function expressions.Vararg() return ANY end

--- What an expression is; nil while nothing is known.  The node keeps the answer: whoever needs it
-- again must not walk again, because walks inside walks would double at each level.
function Infer:value(node)
  node.kind = expressions[node.tag](self, node)
  return node.kind
end

return Infer
