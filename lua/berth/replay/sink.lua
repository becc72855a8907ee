--- A file that is written at the end of long work. Whether it can be is found out at the beginning,
-- without touching what it held; a file made for that goes away again when the work fails.

local fault = require "berth.replay.fault"

local sink = {}

local Sink = {}
Sink.__index = Sink

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- Messages of the C library begin with the path.
local function open(path, mode)
  local file, message = io.open(path, mode)
  if not file then fault.raise(fault.SYSTEM, "%s", message) end
  return file
end

--- @tparam string path of the file to be
function sink.open(path)
  local made = not exists(path)
  open(path, "ab"):close()
  return setmetatable({ path = path, made = made }, Sink)
end

--- Write the whole text.
function Sink:finish(text)
  local file = open(self.path, "wb")
  local done, message = file:write(text)
  local closed, also = file:close()
  if not (done and closed) then
    fault.raise(fault.SYSTEM, "%s: %s", self.path, message or also)
  end
  self.made = false
end

function Sink:__close()
  if self.made then os.remove(self.path) end
end

return sink
