--- A fleet described in a file: its entries, each with the place where it stood.
--
--   { "resource_classes": ["CUSTOM_X"], "traits": ["CUSTOM_T"],
--     "providers": [{"name": "node-1", "parent": "...", "inventories": {"VCPU": 8}, ...}],
--     "allocations": [{"consumer": "vm-1", "allocations": {"node-1": {"VCPU": 2}}, ...}] }
--
-- Entries are what the store's verbs take.  Knows the shape of the file, not what entries mean.

local json = require "berth.import.json"
local nearest = require "berth.cli.nearest"

local document = {}

local SECTIONS = { "resource_classes", "traits", "providers", "allocations" }
local KNOWN = {}
for _, name in ipairs(SECTIONS) do KNOWN[name] = true end

local MOST = 1 << 30 -- bytes of one file

local Document = { __name = "berth.import.document" }
Document.__index = Document

local function raise(name, text, at, code, sentence)
  local line, column = json.place(text, at)
  error({ code = code, message = ("%s:%d:%d: %s"):format(name, line, column, sentence) }, 0)
end

--- Raises a failure about something in the document: `holder` is a table of it and `key` one of its
-- keys, or nil for all of it.
function Document:fail(holder, key, code, sentence)
  local spots = self.places[holder]
  raise(self.name, self.text, key ~= nil and spots[key] or spots.start, code, sentence)
end

-- The deepest table and key on a path such as "inventories.VCPU.step_size".
local function follow(self, entry, path)
  local holder, key, at = entry, nil, entry
  for step in path:gmatch "[^.%[%]]+" do
    if type(at) ~= "table" or not self.places[at] then break end
    step = self.places[at][step] and step or math.tointeger(tonumber(step))
    if step == nil or not self.places[at][step] then break end
    holder, key, at = at, step, at[step]
  end
  return holder, key
end

--- Raises what a store said of an entry, at the key that `path` leads to.
function Document:refuse(entry, path, code, sentence)
  local holder, key = follow(self, entry, path or "")
  self:fail(holder, key, code, sentence)
end

local function check_section(self, name)
  local section = self.root[name]
  if section == nil or section == json.null then
    self.root[name] = {}
    return
  end
  if type(section) ~= "table" or self.places[section][1] == nil and next(section) ~= nil then
    self:fail(self.root, name, "invalid_value", ("%s: a list is due"):format(name))
  end
end

local function check_root(self)
  local root = self.root
  if type(root) ~= "table" or not self.places[root] or self.places[root][1] then
    raise(self.name, self.text, 1, "invalid_value", "an object is due")
  end
  for key in pairs(root) do
    if not KNOWN[key] then
      local near = nearest(key, SECTIONS)
      self:fail(root, key, "invalid_value", near and ("unknown key, did you mean %q?"):format(near)
        or "unknown key, known are " .. table.concat(SECTIONS, ", "))
    end
  end
  for _, name in ipairs(SECTIONS) do check_section(self, name) end
end

-- Nulls are keys that are not given.
local function without_nulls(value)
  if type(value) ~= "table" then return end
  for key, item in pairs(value) do
    if item == json.null then value[key] = nil else without_nulls(item) end
  end
end

--- The document in a text; `name` is what messages call it.
function document.parse(name, text)
  local root, places = json.decode(text)
  if root == nil then raise(name, text, places.at, "invalid_value", places.message) end
  local self = setmetatable({ name = name, text = text, root = root, places = places }, Document)
  check_root(self)
  without_nulls(root)
  return self
end

local function read_all(name, file)
  local text, why = file:read "a"
  if not text then
    error({ code = "io_error", message = ("%s: %s"):format(name, why or "it cannot be read") }, 0)
  end
  if #text > MOST then
    error({ code = "limit_exceeded", message = ("%s: it has more than %d bytes")
      :format(name, MOST) }, 0)
  end
  return text
end

--- The document in a file; "-" is standard input.
function document.read(path)
  if path == "-" then return document.parse("standard input", read_all(path, io.stdin)) end
  local file <close>, why = io.open(path, "rb")
  if not file then
    why = why:sub(1, #path + 2) == path .. ": " and why:sub(#path + 3) or why
    error({ code = "io_error", message = ("%s: %s"):format(path, why) }, 0)
  end
  return document.parse(path, read_all(path, file))
end

return document
