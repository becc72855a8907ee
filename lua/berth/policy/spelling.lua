-- Fields of plain tables are declared nowhere, so a misspelt one is told by its looks: a name that
-- stands once in the file, is no word the host knows, and is one slip away from another field.

local known = require "berth.policy.known"
local one_slip = require "berth.policy.slip"

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

local function is_known(name)
  for _, view in pairs(known.views) do
    if view[name] then return true end
  end
  for _, library in pairs(known.libraries) do
    if library[name] then return true end
  end
  return known.hooks[name] or known.keys[name] or known.queries.usage[name]
end

-- The field that was probably meant; one that is written more often, or set somewhere.
function Spelling:meant(name, parameters)
  for _, other in ipairs(known.sorted(self.seen)) do
    local established = self.words[other] > 1 or (self.written[other] and not self.written[name])
    if established and one_slip(name, other) then return other end
  end
  for _, other in ipairs(known.sorted(parameters or {})) do
    if one_slip(name, other) then return other end
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
