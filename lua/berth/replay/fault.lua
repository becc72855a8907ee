--- What stops a replay: one sentence and the command's exit code, raised as an object and caught
-- once, by the command. Everything that reads, builds or writes for a replay raises only these.

local fault = { REFUSED = 1, USAGE = 2, ENVIRONMENT = 3 }

local Fault = { __name = "berth.replay.fault" }
Fault.__index = Fault

function Fault:__tostring()
  return self.message
end

--- Raise a fault.
-- @tparam integer exit one of REFUSED, USAGE, ENVIRONMENT
-- @tparam string format as of string.format
function fault.raise(exit, format, ...)
  error(setmetatable({ exit = exit, message = format:format(...) }, Fault))
end

--- The fault that an error value is, or nil for any other error.
function fault.of(value)
  return getmetatable(value) == Fault and value or nil
end

-- Codes of store errors that are the surroundings' doing rather than a refusal.
local SURROUNDINGS = {
  io_error = true, disk_full = true, read_only = true, not_a_store = true, corrupt = true,
  schema_version = true, busy = true, out_of_memory = true, unknown_outcome = true,
}

--- Raise what a store answered, saying what it was about.
-- @tparam string what e.g. the path of the store
-- @param err an error object with code and message
function fault.from(what, err)
  local exit = SURROUNDINGS[err.code] and fault.ENVIRONMENT or fault.REFUSED
  fault.raise(exit, "%s: %s", what, err.message)
end

--- Text from outside as it may be shown in a message: short, quoted, without control characters.
function fault.show(text)
  if #text > 40 then
    local cut = utf8.offset(text, 0, 37) or 37
    text = text:sub(1, cut - 1) .. "..."
  end
  if not utf8.len(text) then
    text = text:gsub("[\128-\255]", "?")
  end
  return '"' .. text:gsub('[%c"\\]', function(c) return ("\\x%02X"):format(c:byte()) end) .. '"'
end

return fault
