-- What a command prints on stdout: lines, aligned tables and JSON.  Data from a store may hold any
-- valid text, so whatever goes to a terminal passes `text`, which leaves nothing to act on.  Data
-- that was asked for is printed as it is; what is told about it passes redaction first.

local output = {}

local EPIPE = 32

-- Not `exit.raise`: exit prints through this module.
local function write_failed(number)
  if number == EPIPE then
    error({ code = "broken_pipe", message = "nobody reads standard output any more" }, 0)
  end
  error({ code = "io_error", message = "standard output could not be written" }, 0)
end

local function write(text)
  local done, _, number = io.stdout:write(text)
  if not done then write_failed(number) end
end

--- Hands everything printed so far to the system, so that a failure is noticed here.
function output.flush()
  local done, _, number = io.stdout:flush()
  if not done then write_failed(number) end
end

local function escape_bytes(text)
  return (text:gsub(".", function(byte) return ("\\x%02X"):format(byte:byte()) end))
end

local function escape_character(character)
  return ("\\u{%X}"):format(utf8.codepoint(character))
end

--- A value as one printable line: control characters, marks that turn the direction of text and
-- bytes that are not UTF-8 are shown as escapes.
function output.text(value)
  local text = tostring(value)
  if not text:find "[%c\x80-\xFF]" then return text end
  text = text:gsub("%c", escape_bytes)
  if not utf8.len(text) then return (text:gsub("[\x80-\xFF]", escape_bytes)) end
  text = text:gsub("\xC2[\x80-\x9F]", escape_character) -- C1 controls
  text = text:gsub("\xE2\x80[\xA8-\xAE]", escape_character) -- line separators, embeddings
  return (text:gsub("\xE2\x81[\xA6-\xA9]", escape_character)) -- isolates
end

-- Without the compiled part nothing from outside is shown.
local function redact(text)
  local found, core = pcall(require, "berth.core")
  return found and core.redacted(text) or "[record withheld: redaction failed]"
end

--- A text, or a copy of a table with all its texts, without secrets and personal data.
function output.redacted(value)
  if type(value) == "string" then return redact(value) end
  if type(value) ~= "table" then return value end
  local copy = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do copy[output.redacted(key)] = output.redacted(item) end
  return copy
end

--- Prints one line; the text is taken as it is but for what `text` escapes.
function output.line(text)
  write(output.text(text) .. "\n")
end

--- Prints one line that tells about data, redacted.
function output.tell(text)
  output.line(redact(text))
end

--- Prints bytes exactly as they are: a script, a filtered log.
function output.raw(bytes)
  write(bytes)
end

local function pad(text, width, right)
  local gap = (" "):rep(width - utf8.len(text))
  return right and gap .. text or text .. gap
end

--- Prints rows (lists of values; nil is shown as "-") under a line of column names.
-- Columns that hold only numbers stand right.
function output.table(columns, rows)
  local widths, right, cells = {}, {}, { {} }
  for c, name in ipairs(columns) do
    cells[1][c], widths[c], right[c] = output.text(name), utf8.len(output.text(name)), #rows > 0
  end
  for r, row in ipairs(rows) do
    local line = {}
    for c = 1, #columns do
      local value = row[c]
      line[c] = value == nil and "-" or output.text(value)
      widths[c] = math.max(widths[c], utf8.len(line[c]))
      right[c] = right[c] and (value == nil or type(value) == "number")
    end
    cells[r + 1] = line
  end
  for _, line in ipairs(cells) do
    for c = 1, #columns do line[c] = pad(line[c], widths[c], right[c]) end
    write((table.concat(line, "  "):gsub(" +$", "") .. "\n"))
  end
end

--- Marks an empty table as a JSON list.
function output.array(list)
  return setmetatable(list, { __jsontype = "array" })
end

--- Marks an empty table as a JSON object.
function output.object(map)
  return setmetatable(map, { __jsontype = "object" })
end

local function is_list(value, mark)
  local count = #value
  local keys = 0
  for _ in pairs(value) do
    keys = keys + 1
    if keys > count then return false end
  end
  return keys > 0 or mark ~= "object"
end

-- A copy whose objects name their keys in order, which is what makes dkjson write them so.
local function ordered(value)
  if type(value) ~= "table" then return value end
  local meta = getmetatable(value)
  local mark = type(meta) == "table" and meta.__jsontype or nil
  local copy = {}
  if is_list(value, mark) then
    for i, item in ipairs(value) do copy[i] = ordered(item) end
    return setmetatable(copy, { __jsontype = "array" })
  end
  local keys = {}
  for key, item in pairs(value) do
    local name = tostring(key)
    keys[#keys + 1] = name
    copy[name] = ordered(item)
  end
  table.sort(keys)
  return setmetatable(copy, { __jsontype = "object", __jsonorder = keys })
end

--- The value as JSON text on one line: keys sorted, integers exact.
function output.encode(value)
  return require("dkjson").encode(ordered(value))
end

--- Prints a value as one line of JSON.
function output.json(value)
  write(output.encode(value) .. "\n")
end

return output
