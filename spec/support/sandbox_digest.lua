-- Runs the determinism and benign cases and prints every result and step count on stdout; run by
-- the spec in several processes, whose outputs must be equal.

local core = require "berth.core"

for _, class in ipairs { "determinism", "benign" } do
  for _, case in ipairs(dofile("spec/support/sandbox_cases/" .. class .. ".lua")) do
    local sandbox <close> = core.sandbox()
    sandbox:load(case.id, case.text)
    for _ = 1, case.calls or 1 do
      local outcome = sandbox:call("evil", {})
      local values = table.concat(outcome.values, "|")
      print(case.id, outcome.fault, outcome.steps, outcome.message, values)
    end
  end
end
