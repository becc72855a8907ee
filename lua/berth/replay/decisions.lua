--- Decisions as a CSV file, one line per arrival: what was asked for, the node and the indexes of
-- its GPUs, both empty for a refused one. Each line leaves the process with the commit it tells of,
-- so a file that ends early is exact as far as it goes.

local csv = require "berth.replay.csv"
local fault = require "berth.replay.fault"

local decisions = {}

local HEADER = "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,sn,gpus\r\n"

local Writer = {}
Writer.__index = Writer

function Writer:put(text)
  local done, message = self.file:write(text)
  if not done then fault.raise(fault.SYSTEM, "%s: %s", self.path, message) end
end

--- @tparam string path of the file to write
function decisions.open(path)
  local file, message = io.open(path, "wb")
  if not file then fault.raise(fault.SYSTEM, "%s", message) end
  file:setvbuf "line"
  local self = setmetatable({ path = path, file = file }, Writer)
  self:put(HEADER)
  return self
end

--- @tparam request request
-- @tparam ?node node nil when it was refused
-- @tparam {integer,...} gpus ascending
function Writer:add(request, node, gpus)
  self:put(("%d,%d,%d,%d,%s,%s,%s\r\n"):format(request.cpu, request.memory, request.gpus,
    request.milli, csv.field(request.spec), node and csv.field(node.name) or "",
    node and table.concat(gpus, "|") or ""))
end

--- Ends the file; doing so twice is fine.
function Writer:close()
  local file = self.file
  self.file = nil
  if not file then return end
  local done, message = file:close()
  if not done then fault.raise(fault.SYSTEM, "%s: %s", self.path, message) end
end

Writer.__close = function(self)
  if self.file then self.file:close() end
  self.file = nil
end

return decisions
