-- Fields of plain tables are declared nowhere, so a misspelt one is told by its looks: a name that
-- stands once in the file, is no word the host knows, and is one slip away from another field.

local known = require "berth.policy.known"

-- The least length of the longer name, by what was done to it: short words differ by one letter too
-- often to tell anything.
local SWAPPED, DROPPED, CHANGED = 4, 5, 6

local Spelling = {}
Spelling.__index = Spelling

local function every_word(text)
  local words = {}
  for word in text:gmatch "[%a_][%w_]*" do words[word] = (words[word] or 0) + 1 end
  return words
end

--- Names written in the text itself: `name =` in a constructor, `x.name =` in an assignment.
local function new(text)
  return setmetatable({ words = every_word(text), written = {}, seen = {} }, Spelling)
end

-- A field of a table is set.
function Spelling:declare(name, line)
  self.written[name] = true
  self.seen[name] = self.seen[name] or line
end

-- A field is read; `object` is what it is read from, where that is known.
function Spelling:use(key, object)
  local kind = object and object.kind
  if kind == nil or kind == "any" or kind == "record" then
    self.seen[key.value] = self.seen[key.value] or key.line
  end
end

-- Whether one letter was dropped, added, changed or swapped with its neighbour.
local function one_slip(a, b)
  if #a > #b then a, b = b, a end
  if #b - #a > 1 or a == b then return false end
  local i = 1
  while i <= #a and a:byte(i) == b:byte(i) do i = i + 1 end
  if #a < #b then return #b >= DROPPED and a:sub(i) == b:sub(i + 1) end
  if a:sub(i + 1) == b:sub(i + 1) then return #a >= CHANGED end
  return #a >= SWAPPED and a:sub(i, i) == b:sub(i + 1, i + 1)
    and a:sub(i + 1, i + 1) == b:sub(i, i) and a:sub(i + 2) == b:sub(i + 2)
end

local function is_known(name)
  for _, view in pairs(known.views) do
    if view[name] then return true end
  end
  for _, library in pairs(known.libraries) do
    if library[name] then return true end
  end
  return known.hooks[name] or known.keys[name] or known.queries.usage[name]
end

local function is_plural(a, b)
  return a == b .. "s" or b == a .. "s"
end

-- The field that was probably meant; one that is written more often, or set somewhere.
function Spelling:meant(name, parameters)
  for _, other in ipairs(known.sorted(self.seen)) do
    local established = self.words[other] > 1 or (self.written[other] and not self.written[name])
    if established and one_slip(name, other) and not is_plural(name, other) then return other end
  end
  for _, other in ipairs(known.sorted(parameters or {})) do
    if one_slip(name, other) and not is_plural(name, other) then return other end
  end
  return nil
end

--- Complains of every field that looks like a slip; `parameters` are names that are right.
function Spelling:judge(infer, parameters)
  for _, name in ipairs(known.sorted(self.seen)) do
    local right = name:find "%d" or self.words[name] > 1 or is_known(name)
      or (parameters and parameters[name])
    local meant = not right and self:meant(name, parameters)
    if meant then
      infer:complain(self.seen[name], name, meant, "the field '%s' stands nowhere else", name)
    end
  end
end

return new
