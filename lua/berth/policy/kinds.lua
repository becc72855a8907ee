-- Kinds of values, as far as a policy's text tells them: what the checker knows of an expression
-- before anything runs.  nil stands for "nothing known yet", ANY for "could be anything"; joining
-- only ever goes from the one towards the other, so repeated passes come to an end.
--
--   any nil string{value, meant} number boolean{value} verdict policy parameters
--   view{name}      array{of}        library{name}       builtin{name}   member{view, name}
--   record{sites}   table constructors it may come from   functions{sites}   likewise

local kinds = {}

local function plain(kind) return { kind = kind } end

kinds.ANY, kinds.NIL, kinds.STRING = plain "any", plain "nil", plain "string"
kinds.NUMBER, kinds.BOOLEAN, kinds.VERDICT = plain "number", plain "boolean", plain "verdict"
kinds.POLICY, kinds.PARAMETERS = plain "policy", plain "parameters"
kinds.TRUE, kinds.FALSE = { kind = "boolean", value = true }, { kind = "boolean", value = false }

kinds.VERB = { kind = "string", meant = "verb" } -- what call.verb is

local ANY, BOOLEAN = kinds.ANY, kinds.BOOLEAN

--- A text that is known.
function kinds.text(value) return { kind = "string", value = value } end

function kinds.view(name) return { kind = "view", name = name } end
function kinds.array(of) return { kind = "array", of = of } end
function kinds.record(site) return { kind = "record", sites = { [site] = true } } end
function kinds.functions(site) return { kind = "functions", sites = { [site] = true } } end

local function covers(big, small)
  for site in pairs(small) do
    if not big[site] then return false end
  end
  return true
end

local function equal(a, b)
  if a == b then return true end
  if a == nil or b == nil or a.kind ~= b.kind or a.name ~= b.name or a.value ~= b.value
    or a.view ~= b.view or a.meant ~= b.meant then
    return false
  end
  if a.sites then return covers(a.sites, b.sites) and covers(b.sites, a.sites) end
  return a.kind ~= "array" or equal(a.of, b.of)
end
kinds.equal = equal

local MOST_SITES = 64 -- tables of data by the thousand are not told apart

local function union(a, b)
  local sites, count = {}, 0
  for _, kind in ipairs { a, b } do
    for site in pairs(kind.sites) do
      count = count + (sites[site] and 0 or 1)
      sites[site] = true
    end
  end
  return count <= MOST_SITES and { kind = a.kind, sites = sites } or ANY
end

-- nil and false stand for "nothing" beside a value of another kind.
local function is_nothing(kind)
  return kind == nil or kind.kind == "nil" or (kind.kind == "boolean" and kind.value == false)
end

--- What a value is that may be either.
function kinds.join(a, b)
  if a == nil or equal(a, b) then return b end
  if b == nil then return a end
  if a.kind == "boolean" and b.kind == "boolean" then return BOOLEAN end
  if a.kind == "string" and b.kind == "string" then return kinds.STRING end
  if is_nothing(a) then return b end
  if is_nothing(b) then return a end
  if a.kind ~= b.kind then return ANY end
  if a.sites then return union(a, b) end
  if a.kind == "array" then return kinds.array(kinds.join(a.of, b.of)) end
  return ANY
end

--- The kind that a type of the table of members names: "string", "provider?", "integer[]".
function kinds.of_type(text, views)
  local word = text:gsub("%?$", "")
  local element = word:match "^(.*)%[%]$"
  if element then return kinds.array(kinds.of_type(element, views)) end
  if views[word] then return kinds.view(word) end
  if word == "integer" or word == "number" then return kinds.NUMBER end
  if word == "string" then return kinds.STRING end
  if word == "boolean" then return BOOLEAN end
  if word == "verdict" then return kinds.VERDICT end
  if word == "policy" then return kinds.POLICY end
  return ANY
end

local WORDS = { ["nil"] = "nil", string = "a string", number = "a number", record = "a table",
  array = "a list", verdict = "a verdict", functions = "a function", builtin = "a function",
  member = "a function", library = "a library", parameters = "the parameters",
  policy = "a policy" }

--- For messages: "a string", "false", "provider".
function kinds.describe(kind)
  if kind.kind == "boolean" then
    return kind.value == nil and "a boolean" or tostring(kind.value)
  end
  return WORDS[kind.kind] or kind.name or "something else"
end

return kinds
