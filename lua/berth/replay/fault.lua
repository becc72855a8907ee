--- What stops a replay: an error object with a code and one sentence, raised from wherever it is
-- found and shown by the command, whose exit code follows from the code.

local fault = {
  INPUT = "invalid_value", -- a file's content is at fault
  USAGE = "usage", -- the options are
  SYSTEM = "io_error", -- the file system is
}

local Fault = { __name = "berth.replay.fault" }

function Fault:__tostring()
  return self.message
end

--- Raise a fault.
-- @tparam string code one of the above or any error code of the store
-- @tparam string format as of string.format
function fault.raise(code, format, ...)
  error(setmetatable({ code = code, message = format:format(...) }, Fault), 0)
end

--- Raise what a store answered, saying what it was about; fields stay.
-- @tparam string what e.g. the path of the store
-- @param err an error object with code and message
-- @tparam ?string code another code than the store's
function fault.from(what, err, code)
  local copy = { code = code, message = ("%s: %s"):format(what, err.message) }
  for name, value in pairs(err) do
    if copy[name] == nil then copy[name] = value end
  end
  error(setmetatable(copy, Fault), 0)
end

--- Text from outside as it may stand in a sentence: redacted, short, quoted, without control
-- characters.
function fault.show(text)
  text = require "berth.core".redacted(text) -- before it is cut
  if not utf8.len(text) then text = text:gsub("[\128-\255]", "?") end
  if utf8.len(text) > 40 then text = text:sub(1, utf8.offset(text, 38) - 1) .. "..." end
  return '"' .. text:gsub('[%c"\\]', function(c) return ("\\x%02X"):format(c:byte()) end) .. '"'
end

return fault
