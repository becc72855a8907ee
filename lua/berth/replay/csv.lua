--- CSV files (RFC 4180, UTF-8, plain or gzipped) as rows keyed by the header's names, and fields
-- written back. Every defect is raised as one sentence that names file, line and column.
-- Reads through berth.core.lines; knows nothing of what the columns mean.

local core = require "berth.core"
local fault = require "berth.replay.fault"

local csv = {}

--- Bytes that one record may have.
csv.LONGEST = 65536

local Reader = {}
Reader.__index = Reader

--- Refuse the row read last.
-- @tparam ?string column its name, nil when the whole line is meant
-- @tparam string format what is wrong, as of string.format
function Reader:fail(column, format, ...)
  local where = column and ("column %s: "):format(column) or ""
  fault.raise(fault.INPUT, "%s:%d: %s%s", self.path, self.line, where, format:format(...))
end

-- The name of the n-th column, or its number while (or where) the header has none.
function Reader:column(n)
  return self.header and self.header[n] or tostring(n)
end

-- Which field the end of a piece of a record lies in.
local function field_at_end(piece)
  local _, n = piece:gsub('"[^"]*"?', ""):gsub(",", "")
  return n + 1
end

-- The next line of the file, nil at its end.
function Reader:next_line(before)
  local line, err, piece = self.lines:read()
  self.line = self.lines:number()
  if err then
    if err.code == "limit_exceeded" then
      self:fail(self:column(field_at_end(before .. piece)), "%s", err.message)
    end
    local exit = err.code == "invalid_value" and fault.INPUT or fault.SYSTEM
    fault.raise(exit, "%s:%d: %s", self.path, self.line, err.message)
  end
  if not line then return nil end
  local nul = line:find("\0", 1, true)
  if nul then
    self:fail(self:column(field_at_end(before .. line:sub(1, nul - 1))), "a NUL byte, not text")
  end
  local ok, bad = utf8.len(line)
  if not ok then
    self:fail(self:column(field_at_end(before .. line:sub(1, bad - 1))), "bytes that are not UTF-8")
  end
  return line
end

-- The quoted field that opens at `at`, reading on where it spans lines.
-- Returns its text, the record as far as it is known now, and the position after the quote.
function Reader:quoted(record, at, n)
  local first, parts, from = self.line, {}, at + 1
  while true do
    local quote = record:find('"', from, true)
    if quote then
      parts[#parts + 1] = record:sub(from, quote - 1)
      if record:byte(quote + 1) ~= 34 then return table.concat(parts), record, quote + 1 end
      parts[#parts + 1], from = '"', quote + 2
    else
      parts[#parts + 1] = record:sub(from) .. "\n"
      local line = #record <= csv.LONGEST and self:next_line(record .. "\n")
      if not line then
        self.line = first
        self:fail(self:column(n), "the quote that opens here is not closed%s",
          #record > csv.LONGEST and (" within %d bytes"):format(csv.LONGEST) or "")
      end
      from, record = #record + 2, record .. "\n" .. line
    end
  end
end

-- The fields of the record that begins with `line`.
function Reader:split(line)
  local fields, n = {}, 0
  if not line:find('"', 1, true) then
    for field in line:gmatch("[^,]*") do
      n = n + 1
      fields[n] = field
    end
    return fields, n
  end
  local record, at = line, 1
  while true do
    local field
    n = n + 1
    if record:byte(at) == 34 then
      field, record, at = self:quoted(record, at, n)
      local byte = record:byte(at)
      if byte and byte ~= 44 then self:fail(self:column(n), "text after the closing quote") end
    else
      local comma = record:find(",", at, true) or #record + 1
      field, at = record:sub(at, comma - 1), comma
      if field:find('"', 1, true) then
        self:fail(self:column(n), "a quote inside a field that is not quoted")
      end
    end
    fields[n] = field
    if at > #record then return fields, n end
    at = at + 1
  end
end

function Reader:read_header(required)
  local line = self:next_line("")
  if line then line = line:gsub("^\u{FEFF}", "") end
  if not line or line == "" then
    self.line = 1
    self:fail(nil, "%s; a header row is expected: %s", line and "the first line is empty" or
      "the file is empty", table.concat(required, ","))
  end
  local header, n = self:split(line)
  local seen = {}
  for i = 1, n do
    if header[i] ~= "" and seen[header[i]] then
      self:fail(nil, "two columns are called %s", fault.show(header[i]))
    end
    seen[header[i]] = i
  end
  for _, name in ipairs(required) do
    if not seen[name] then self:fail(nil, "the header has no column %s", name) end
  end
  self.header, self.width = header, n
end

-- The next record as {column = text}, nil at the end; blank lines are no records.
function Reader:next_row()
  local line
  repeat
    line = self:next_line("")
    if not line then return nil end
  until line ~= ""
  local at = self.line
  local fields, n = self:split(line)
  if n ~= self.width then
    self.line = at
    self:fail(self:column(math.min(n, self.width)), "the row has %d field%s, the header %d",
      n, n == 1 and "" or "s", self.width)
  end
  local row = {}
  for i, name in ipairs(self.header) do row[name] = fields[i] end
  return row
end

--- Call `each(row, reader)` for every row of a file.
-- @tparam string path
-- @tparam {string,...} required names that the header must have; others are there when they are
-- @tparam function each may call reader:fail(column, text)
function csv.each(path, required, each)
  local lines <close>, err = core.lines(path, csv.LONGEST)
  if not lines then fault.raise(fault.SYSTEM, "%s: %s", path, err.message) end
  local reader = setmetatable({ path = path, lines = lines, line = 0 }, Reader)
  reader:read_header(required)
  local row = reader:next_row()
  while row do
    each(row, reader)
    row = reader:next_row()
  end
end

--- A field as it is written: quoted only where it must be.
function csv.field(text)
  if not text:find('[,"\r\n]') then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

return csv
