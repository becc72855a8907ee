-- Output handler for busted: its plain report, then a last line `N passed, N failed, N skipped`.
-- A run of fewer tests than TALLY_MINIMUM counts as a failure: a selection that matches nothing
-- must not look green.

return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.plainTerminal"(options)

  busted.subscribe({ "exit" }, function()
    local passed = handler.successesCount
    local failed = handler.failuresCount + handler.errorsCount
    local skipped = handler.pendingsCount
    local minimum = tonumber(os.getenv "TALLY_MINIMUM") or 1
    local ran = passed + failed + skipped
    if ran < minimum then
      io.write(("only %d tests ran where at least %d exist\n"):format(ran, minimum))
      failed = failed + 1
    end
    io.write(("%d passed, %d failed, %d skipped\n"):format(passed, failed, skipped))
    io.flush()
    -- busted's own exit status is the number of failures, which 256 of them would make 0.
    if failed > 0 then os.exit(1, true) end
    return nil, true
  end)

  return handler
end
