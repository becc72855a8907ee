-- From the words of a Lua 5.4 text to its tree.  Takes only text that Lua itself has compiled.
--
-- A node is a table with `tag` and `line`:
--   expressions  Nil True False Number String{value} Vararg Function{params, variadic, body, last}
--                Table{items = {{name=|key=, value=, line=}}} Name{name} Index{object, key, dot}
--                Call{callee, args} Method{object, name, args} Binary{op, left, right}
--                Unary{op, operand} Paren{inner}
--   statements   Local{names, values} Assign{targets, values} Do{body} While{condition, body}
--                Repeat{body, condition} If{clauses = {{condition, body}}, otherwise}
--                Count{name, bounds, body} Each{names, values, body} Function{target, value}
--                LocalFunction{name, value} Return{values} Break Goto Expression{value}

local lexer = require "berth.policy.lexer"

local Parser = {}
Parser.__index = Parser

-- --- words -------------------------------------------------------------------------------------

function Parser:peek() return self.tokens[self.at].kind end
function Parser:line() return self.tokens[self.at].line end

function Parser:next()
  local token = self.tokens[self.at]
  self.at = self.at + 1
  return token
end

-- Whether the next word is of the kind; then it is taken.
function Parser:take(kind)
  if self:peek() ~= kind then return false end
  self.at = self.at + 1
  return true
end

function Parser:name() return self:next().value end

local function node(tag, line, fields)
  fields = fields or {}
  fields.tag, fields.line = tag, line
  return fields
end

-- --- expressions -------------------------------------------------------------------------------

local LEFT = { ["or"] = 1, ["and"] = 2, ["<"] = 3, [">"] = 3, ["<="] = 3, [">="] = 3, ["~="] = 3,
  ["=="] = 3, ["|"] = 4, ["~"] = 5, ["&"] = 6, ["<<"] = 7, [">>"] = 7, [".."] = 9, ["+"] = 10,
  ["-"] = 10, ["*"] = 11, ["/"] = 11, ["//"] = 11, ["%"] = 11, ["^"] = 14 }
local RIGHT = setmetatable({ [".."] = 8, ["^"] = 13 }, { __index = LEFT })
local UNARY, UNARY_LEVEL = { ["not"] = true, ["-"] = true, ["~"] = true, ["#"] = true }, 12

function Parser:expressions()
  local list = { self:expression(0) }
  while self:take "," do list[#list + 1] = self:expression(0) end
  return list
end

function Parser:table()
  local line, items = self:next().line, {}
  while not self:take "}" do
    local item = { line = self:line() }
    if self:take "[" then
      item.key = self:expression(0)
      self:next()
      self:next()
    elseif self:peek() == "name" and self.tokens[self.at + 1].kind == "=" then
      item.name = self:name()
      self:next()
    end
    item.value = self:expression(0)
    items[#items + 1] = item
    if not self:take "," then self:take ";" end
  end
  return node("Table", line, { items = items })
end

-- What follows the word `function`, and its name.
function Parser:body(line, method)
  local params, variadic = {}, false
  if method then params[1] = "self" end
  self:next()
  while not self:take ")" do
    if self:take "..." then variadic = true else params[#params + 1] = self:name() end
    self:take ","
  end
  local body = self:block()
  return node("Function", line,
    { params = params, variadic = variadic, body = body, last = self:next().line })
end

local LITERALS = { ["nil"] = "Nil", ["true"] = "True", ["false"] = "False", ["..."] = "Vararg" }

function Parser:simple()
  local kind, line = self:peek(), self:line()
  if kind == "{" then return self:table() end
  if kind == "name" or kind == "(" then return self:suffixed() end
  local value = self:next().value
  if kind == "function" then return self:body(line) end
  if kind == "string" then return node("String", line, { value = value }) end
  if kind == "number" then return node("Number", line, { value = value }) end
  return node(LITERALS[kind], line)
end

function Parser:arguments()
  local kind, line = self:peek(), self:line()
  if kind == "string" then return { node("String", line, { value = self:next().value }) } end
  if kind == "{" then return { self:table() } end
  self:next()
  if self:take ")" then return {} end
  local args = self:expressions()
  self:next()
  return args
end

function Parser:suffixed()
  local line = self:line()
  local value
  if self:take "(" then
    value = node("Paren", line, { inner = self:expression(0) })
    self:next()
  else
    value = node("Name", line, { name = self:name() })
  end
  while true do
    local kind = self:peek()
    line = self:line()
    if kind == "." then
      self:next()
      line = self:line()
      value = node("Index", line,
        { object = value, dot = true, key = node("String", line, { value = self:name() }) })
    elseif kind == "[" then
      self:next()
      value = node("Index", line, { object = value, key = self:expression(0) })
      self:next()
    elseif kind == ":" then
      self:next()
      line = self:line()
      local name = self:name()
      value = node("Method", line, { object = value, name = name, args = self:arguments() })
    elseif kind == "(" or kind == "{" or kind == "string" then
      value = node("Call", line, { callee = value, args = self:arguments() })
    else
      return value
    end
  end
end

function Parser:expression(level)
  local left
  if UNARY[self:peek()] then
    local operator = self:next()
    left = node("Unary", operator.line,
      { op = operator.kind, operand = self:expression(UNARY_LEVEL) })
  else
    left = self:simple()
  end
  while (LEFT[self:peek()] or 0) > level do
    local operator = self:next()
    left = node("Binary", operator.line,
      { op = operator.kind, left = left, right = self:expression(RIGHT[operator.kind]) })
  end
  return left
end

-- --- statements --------------------------------------------------------------------------------

local statements = {}

local ENDS = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true, eof = true }

function Parser:block()
  local list = {}
  while not ENDS[self:peek()] do
    local kind = self:peek()
    if kind == ";" then
      self:next()
    elseif statements[kind] then
      list[#list + 1] = statements[kind](self, self:next().line)
      if kind == "return" then break end
    else
      list[#list + 1] = self:assignment()
    end
  end
  return list
end

-- A block and the word that closes it.
function Parser:closed()
  local body = self:block()
  self:next()
  return body
end

function Parser:assignment()
  local line, first = self:line(), self:suffixed()
  if self:peek() ~= "=" and self:peek() ~= "," then
    return node("Expression", line, { value = first })
  end
  local targets = { first }
  while self:take "," do targets[#targets + 1] = self:suffixed() end
  self:next()
  return node("Assign", line, { targets = targets, values = self:expressions() })
end

statements["if"] = function(self, line)
  local clauses, otherwise = {}, nil
  repeat
    local condition = self:expression(0)
    self:next()
    clauses[#clauses + 1] = { condition = condition, body = self:block() }
  until not self:take "elseif"
  if self:take "else" then otherwise = self:block() end
  self:next()
  return node("If", line, { clauses = clauses, otherwise = otherwise })
end

statements["while"] = function(self, line)
  local condition = self:expression(0)
  self:next()
  return node("While", line, { condition = condition, body = self:closed() })
end

statements["do"] = function(self, line) return node("Do", line, { body = self:closed() }) end

statements["repeat"] = function(self, line)
  local body = self:closed()
  return node("Repeat", line, { body = body, condition = self:expression(0) })
end

statements["for"] = function(self, line)
  local names = { self:name() }
  if self:take "=" then
    local bounds = self:expressions()
    self:next()
    return node("Count", line, { names = names, bounds = bounds, body = self:closed() })
  end
  while self:take "," do names[#names + 1] = self:name() end
  self:next()
  local values = self:expressions()
  self:next()
  return node("Each", line, { names = names, values = values, body = self:closed() })
end

statements["function"] = function(self, line)
  local target, method = node("Name", self:line(), { name = self:name() }), false
  while self:peek() ~= "(" do
    method = self:next().kind == ":"
    local at = self:line()
    target = node("Index", at,
      { object = target, dot = true, key = node("String", at, { value = self:name() }) })
  end
  return node("Function", line, { target = target, value = self:body(line, method) })
end

statements["local"] = function(self, line)
  if self:take "function" then
    local name = self:name()
    return node("LocalFunction", line, { names = { name }, value = self:body(line) })
  end
  local names, values = {}, {}
  repeat
    names[#names + 1] = self:name()
    if self:take "<" then
      self:next()
      self:next()
    end
  until not self:take ","
  if self:take "=" then values = self:expressions() end
  return node("Local", line, { names = names, values = values })
end

statements["return"] = function(self, line)
  local values = {}
  if not ENDS[self:peek()] and self:peek() ~= ";" then values = self:expressions() end
  self:take ";"
  return node("Return", line, { values = values })
end

statements["break"] = function(_, line) return node("Break", line) end

statements["goto"] = function(self, line)
  self:next()
  return node("Goto", line)
end

statements["::"] = function(self, line)
  self:next()
  self:next()
  return node("Label", line)
end

--- The tree of a text that compiles: a node of tag "Function" for the whole.
return function(text)
  local self = setmetatable({ tokens = lexer(text), at = 1 }, Parser)
  local body = self:block()
  return node("Function", 1, { params = {}, variadic = true, body = body, last = self:line() })
end
