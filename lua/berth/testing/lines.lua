-- Which lines of a Lua text do anything: those that its compiled instructions belong to.  Read from
-- what string.dump writes (Lua 5.4), because a function that never ran cannot be asked.

local Reader = {}
Reader.__index = Reader

function Reader:unpack(format)
  local value
  value, self.at = string.unpack(format, self.bytes, self.at)
  return value
end

function Reader:byte() return self:unpack "B" end

-- Sizes come in groups of seven bits, the last of them marked.
function Reader:size()
  local value = 0
  while true do
    local byte = self:byte()
    value = value << 7 | byte & 0x7F
    if byte & 0x80 ~= 0 then return value end
  end
end

function Reader:skip(count) self.at = self.at + count end

function Reader:string()
  local size = self:size()
  if size > 0 then self:skip(size - 1) end
end

local NUMBERS = { [0x03] = 8, [0x13] = 8 } -- integer and float, as they are built everywhere
local STRINGS = { [0x04] = true, [0x14] = true }

function Reader:constants()
  for _ = 1, self:size() do
    local kind = self:byte()
    if STRINGS[kind] then self:string() else self:skip(NUMBERS[kind] or 0) end
  end
end

local ABSOLUTE = -128 -- the difference that says: look it up

-- The lines of the instructions, from the differences between them.
function Reader:instruction_lines(first)
  local differences, absolute, list = {}, {}, {}
  for i = 1, self:size() do differences[i] = self:unpack "b" end
  for _ = 1, self:size() do
    local at = self:size()
    absolute[at + 1] = self:size()
  end
  local line = first
  for i, difference in ipairs(differences) do
    line = difference == ABSOLUTE and absolute[i] or line + difference
    list[i] = line
  end
  return list
end

function Reader:names()
  for _ = 1, self:size() do
    self:string()
    self:size()
    self:size()
  end
  for _ = 1, self:size() do self:string() end
end

local TAIL_CALL, OPCODE = 69, 0x7F

-- By number, the instructions that never run: what stands behind a tail call.
function Reader:dead_code()
  local dead = {}
  for i = 1, self:size() do
    if self:unpack "I4" & OPCODE == TAIL_CALL then dead[i + 1] = true end
  end
  return dead
end

-- One function and those inside it.  Its first instruction, where it takes any number of arguments,
-- is never seen to run; its last is a return of Lua's own, behind whatever returns before.
function Reader:fn(lines)
  self:string()
  local first = self:size()
  self:size()
  self:skip(1)
  local variadic = self:byte() ~= 0
  self:skip(1)
  local dead = self:dead_code()
  self:constants()
  self:skip(3 * self:size())
  for _ = 1, self:size() do self:fn(lines) end
  local list = self:instruction_lines(first)
  self:names()
  for i = variadic and 2 or 1, #list - 1 do
    if not dead[i] then lines[list[i]] = true end
  end
end

local HEADER = 4 + 1 + 1 + 6 + 1 + 1 + 1 + 8 + 8 -- signature, version, format, checks, sizes

--- The lines that do something, sorted; nil and why when the text does not compile.
return function(text)
  local chunk, why = load(text, "=text", "t")
  if not chunk then return nil, why end
  local reader = setmetatable({ bytes = string.dump(chunk), at = HEADER + 1 }, Reader)
  local lines, list = {}, {}
  reader:byte() -- upvalues of the whole
  reader:fn(lines)
  for line in pairs(lines) do list[#list + 1] = line end
  table.sort(list)
  return list
end
