--- A file that appears under its name only when it is whole: written beside it, moved in place at
-- the end. Made early, so that a place where nothing can be written is noticed before the work.

local fault = require "berth.replay.fault"

local sink = {}

local Sink = {}
Sink.__index = Sink

--- @tparam string path of the file to be
function sink.open(path)
  local partial = path .. ".partial"
  local file, message = io.open(partial, "wb")
  if not file then fault.raise(fault.SYSTEM, "%s", message) end
  return setmetatable({ path = path, partial = partial, file = file }, Sink)
end

function Sink:fail(message)
  fault.raise(fault.SYSTEM, "%s: %s", self.path, message)
end

--- Write the whole text and put the file in place.
function Sink:finish(text)
  local done, message = self.file:write(text)
  if not done then self:fail(message) end
  local file = self.file
  self.file = nil
  done, message = file:close()
  if done then done, message = os.rename(self.partial, self.path) end
  if not done then self:fail(message) end
  self.partial = nil
end

-- Whatever is not finished goes away.
function Sink:__close()
  if self.file then self.file:close() end
  if self.partial then os.remove(self.partial) end
end

return sink
