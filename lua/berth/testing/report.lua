-- What busted tells `berth policy test`: gathers results, then prints failures, a summary and the
-- coverage of each policy, or all of it as JSON.  Options come as words: "json", "least=PERCENT".

local output = require "berth.cli.output"

local function read_options(words)
  local options = { least = 0 }
  for _, word in ipairs(words or {}) do
    if word == "json" then options.json = true end
    options.least = tonumber(word:match "^least=([%d.]+)$") or options.least
  end
  return options
end

local function text_of(failure)
  local message = failure.message
  if type(message) == "string" then return message end
  if message == nil then return "failed without a message" end
  return type(message) == "table" and message.message or tostring(message)
end

local function place_of(failure)
  local trace = failure.element.trace or failure.trace
  if type(trace) ~= "table" or not trace.short_src then return nil end
  return ("%s:%d"):format(trace.short_src, trace.currentline or 0)
end

local function percent(report) return report.covered * 100 / report.lines end

-- The runs of lines, as "3-5, 9".
local function ranges(lines)
  local list, i = {}, 1
  while i <= #lines do
    local first = lines[i]
    while lines[i + 1] == lines[i] + 1 do i = i + 1 end
    list[#list + 1] = first == lines[i] and tostring(first) or first .. "-" .. lines[i]
    i = i + 1
  end
  return table.concat(list, ", ")
end

local function gather(handler, coverage)
  local report = { passed = handler.successesCount, skipped = handler.pendingsCount,
    failed = handler.failuresCount + handler.errorsCount, failures = {}, coverage = coverage }
  for _, list in ipairs { handler.failures, handler.errors } do
    for _, failure in ipairs(list) do
      report.failures[#report.failures + 1] =
        { name = failure.name, message = text_of(failure), place = place_of(failure) }
    end
  end
  return report
end

local function print_lines(report)
  for _, failure in ipairs(report.failures) do
    output.line("FAILED " .. failure.name .. (failure.place and " (" .. failure.place .. ")" or ""))
    for line in failure.message:gmatch "[^\n]+" do output.line("  " .. line) end
  end
  output.line(("%d passed, %d failed, %d skipped"):format(report.passed, report.failed,
    report.skipped))
  local rows = {}
  for i, each in ipairs(report.coverage) do
    rows[i] = { each.file, each.covered, each.lines, ("%.1f"):format(percent(each)),
      ranges(each.missed) }
  end
  if #rows > 0 then output.table({ "policy", "ran", "lines", "%", "not run" }, rows) end
end

local function print_json(report)
  output.array(report.failures)
  for _, each in ipairs(output.array(report.coverage)) do output.array(each.missed) end
  output.json(report)
end

-- Whether all passed and enough of every policy ran.
local function is_fine(report, least)
  if report.failed > 0 or report.passed + report.skipped == 0 then return false end
  for _, each in ipairs(report.coverage) do
    if percent(each) < least then return false end
  end
  return true
end

return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local wanted = read_options(options.arguments)

  busted.subscribe({ "exit" }, function()
    local report = gather(handler, require "berth.testing.coverage"())
    if wanted.json then print_json(report) else print_lines(report) end
    output.flush()
    os.exit(is_fine(report, wanted.least) and 0 or 1, true)
  end)
  return handler
end
