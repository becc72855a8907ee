-- The words of a Lua 5.4 text, with their lines.  Takes only text that Lua itself has compiled, so
-- nothing here is about what is malformed.

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
    return then true until while]]):gmatch "%a+" do
  KEYWORDS[word] = true
end

-- Longest first.
local OPERATORS = { "...", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", "..", "+", "-", "*",
  "/", "%", "^", "#", "&", "~", "|", "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":",
  ",", "." }

local ESCAPES = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }

-- What a quoted string stands for, as far as names are concerned: spelled-out bytes are kept as
-- they are written.
local function unescape(body)
  return (body:gsub("\\(.)", function(letter) return ESCAPES[letter] or letter end))
end

local function count_lines(text)
  local _, lines = text:gsub("\n", "")
  return lines
end

-- The end of the string that a quote at `at` begins.
local function close_quote(text, at)
  local quote, stop = text:sub(at, at), at + 1
  while text:sub(stop, stop) ~= quote do
    stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
  end
  return stop
end

-- A long bracket at `at`: its body and its end, or nothing.
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local first = at + #level + 2
  local close, stop = text:find("]" .. level .. "]", first, true)
  return text:sub(first, close - 1):gsub("^\r?\n", ""), stop
end

local function skip_comment(text, at)
  local _, stop = long_bracket(text, at + 2)
  if stop then return stop + 1 end
  return text:find("\n", at, true) or #text + 1
end

local function number_at(text, at)
  local hex = text:match("^0[xX][%x%.]*", at)
  local body = hex or text:match("^%.?%d[%d%.]*", at)
  local exponent = text:match(hex and "^[pP][+-]?%d+" or "^[eE][+-]?%d+", at + #body) or ""
  return body .. exponent
end

local function operator_at(text, at)
  for _, operator in ipairs(OPERATORS) do
    if text:sub(at, at + #operator - 1) == operator then return operator end
  end
  error(("no Lua at byte %d"):format(at))
end

-- One word: its kind ("name", "string", "number", or itself), its value, and where it ends.
local function word_at(text, at)
  local name = text:match("^[%a_][%w_]*", at)
  if name then return KEYWORDS[name] and name or "name", name, at + #name - 1 end
  local first = text:sub(at, at)
  if first == '"' or first == "'" then
    local stop = close_quote(text, at)
    return "string", unescape(text:sub(at + 1, stop - 1)), stop
  end
  local body, stop = long_bracket(text, at)
  if body then return "string", body, stop end
  if text:find("^%.?%d", at) then
    local number = number_at(text, at)
    return "number", number, at + #number - 1
  end
  local operator = operator_at(text, at)
  return operator, operator, at + #operator - 1
end

--- The words of a text: a list of { kind =, value =, line = }, the last of kind "eof".
return function(text)
  local tokens, at, line = {}, 1, 1
  if text:sub(1, 1) == "#" then at = text:find("\n", 1, true) or #text + 1 end
  while true do
    local _, stop = text:find("^%s+", at)
    if text:find("^%-%-", at) then stop = skip_comment(text, at) - 1 end
    if stop then
      line = line + count_lines(text:sub(at, stop))
    elseif at > #text then
      tokens[#tokens + 1] = { kind = "eof", line = line }
      return tokens
    else
      local kind, value
      kind, value, stop = word_at(text, at)
      tokens[#tokens + 1] = { kind = kind, value = value, line = line }
      line = line + count_lines(text:sub(at, stop))
    end
    at = stop + 1
  end
end
