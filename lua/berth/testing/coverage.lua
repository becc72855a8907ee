-- Coverage of policies: the lines that do something, held against those that ran in any sandbox.

local core = require "berth.core"
local active_lines = require "berth.testing.lines"

local function one(page)
  local ran, missed = {}, {}
  for _, line in ipairs(page.lines) do ran[line] = true end
  local lines = active_lines(page.text) or {}
  for _, line in ipairs(lines) do
    if not ran[line] then missed[#missed + 1] = line end
  end
  return { file = page.file, digest = page.digest, lines = #lines, covered = #lines - #missed,
    missed = missed }
end

--- See berth.testing.coverage.
return function()
  local list = {}
  for _, page in ipairs(core.seen_lines()) do
    local report = one(page)
    if report.lines > 0 then list[#list + 1] = report end
  end
  table.sort(list, function(a, b)
    return a.file < b.file or (a.file == b.file and a.digest < b.digest)
  end)
  return list
end
