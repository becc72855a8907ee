--- JSON that remembers where everything stood, so that whatever is found wrong with it later can be
-- told with line and column.  Strict: no comments, no repeated keys, valid UTF-8, bounded depth.

local json = {}

--- What a JSON null becomes.
json.null = setmetatable({}, { __tostring = function() return "null" end })

local DEPTH = 64
local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\",
  ["/"] = "/" }
local NUMBER = "^-?%d+%.?%d*[eE]?[+-]?%d*"

--- Line and column, both from 1, of a byte; columns count characters.
function json.place(text, at)
  local line, start = 1, 1
  for newline in text:gmatch "()\n" do
    if newline >= at then break end
    line, start = line + 1, newline + 1
  end
  local part = text:sub(start, at - 1)
  return line, (utf8.len(part) or #part) + 1
end

local function fail(at, sentence)
  error({ at = at, message = sentence }, 0)
end

local read_value

local function skip_space(text, at)
  return text:match("^[ \t\r\n]*()", at)
end

local function read_unicode(text, at)
  local code = tonumber(text:match("^%x%x%x%x", at) or fail(at, "four hex digits are due"), 16)
  if code < 0xD800 or code > 0xDFFF then return utf8.char(code), at + 4 end
  local low = text:match("^\\u(%x%x%x%x)", at + 4)
  low = low and tonumber(low, 16)
  if code > 0xDBFF or not low or low < 0xDC00 or low > 0xDFFF then
    fail(at, "half a character is escaped")
  end
  return utf8.char(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00), at + 10
end

local function read_string(text, at)
  local start, parts = at, {}
  at = at + 1
  while true do
    local plain, next_at = text:match('^([^"\\%c]*)()', at)
    parts[#parts + 1], at = plain, next_at
    local mark = text:sub(at, at)
    if mark == '"' then
      local whole = table.concat(parts)
      if not utf8.len(whole) then fail(start, "a string is not valid UTF-8") end
      return whole, at + 1
    elseif mark ~= "\\" then
      fail(mark == "" and start or at, mark == "" and "a string does not end"
        or "a control character in a string")
    end
    local letter = text:sub(at + 1, at + 1)
    if letter == "u" then
      parts[#parts + 1], at = read_unicode(text, at + 2)
    else
      parts[#parts + 1] = ESCAPES[letter] or fail(at, "an unknown escape")
      at = at + 2
    end
  end
end

local function read_number(text, at)
  local digits = text:match(NUMBER, at)
  local number = digits and not digits:find "^-?0%d" and not digits:find "%.$" and
    not digits:find "%.[eE]" and not digits:find "[eE+-]$" and tonumber(digits)
  if not number then fail(at, "a malformed number") end
  return math.tointeger(number) or number, at + #digits
end

local function read_list(text, at, depth, places)
  local list, spots = {}, { start = at }
  places[list] = spots
  at = skip_space(text, at + 1)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    spots[#list + 1] = at
    list[#list + 1], at = read_value(text, at, depth + 1, places)
    at = skip_space(text, at)
    local mark = text:sub(at, at)
    if mark == "]" then return list, at + 1 end
    if mark ~= "," then fail(at, "a comma or ] is due") end
    at = skip_space(text, at + 1)
  end
end

local function read_object(text, at, depth, places)
  local object, spots = {}, { start = at }
  places[object] = spots
  at = skip_space(text, at + 1)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    if text:sub(at, at) ~= '"' then fail(at, "a key in quotes is due") end
    local start = at
    local key
    key, at = read_string(text, at)
    if object[key] ~= nil then fail(start, "a key stands there twice") end
    at = skip_space(text, at)
    if text:sub(at, at) ~= ":" then fail(at, "a colon is due") end
    spots[key] = start
    object[key], at = read_value(text, skip_space(text, at + 1), depth + 1, places)
    at = skip_space(text, at)
    local mark = text:sub(at, at)
    if mark == "}" then return object, at + 1 end
    if mark ~= "," then fail(at, "a comma or } is due") end
    at = skip_space(text, at + 1)
  end
end

local WORDS = { ["true"] = true, ["false"] = false, ["null"] = json.null }

function read_value(text, at, depth, places)
  if depth > DEPTH then fail(at, "it is nested too deeply") end
  local mark = text:sub(at, at)
  if mark == "{" then return read_object(text, at, depth, places) end
  if mark == "[" then return read_list(text, at, depth, places) end
  if mark == '"' then return read_string(text, at) end
  if mark:find "[%d-]" then return read_number(text, at) end
  local word = text:match("^%a+", at)
  if word and WORDS[word] ~= nil then return WORDS[word], at + #word end
  fail(at, at > #text and "it ends too early" or "a value is due")
end

--- The value of a JSON text, and where it stands: places[table] is {start = byte, [key] = byte of
-- the key or element}.  nil, {at = byte, message =} for a malformed text.
function json.decode(text)
  local places = {}
  local done, value = pcall(function()
    local at = text:sub(1, 3) == "\xEF\xBB\xBF" and 4 or 1
    local value, rest = read_value(text, skip_space(text, at), 1, places)
    rest = skip_space(text, rest)
    if rest <= #text then fail(rest, "nothing is due after the value") end
    return value
  end)
  if done then return value, places end
  if type(value) == "table" and value.at then return nil, value end
  error(value, 0)
end

return json
