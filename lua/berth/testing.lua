--- Testing policies like any other code.
--
--     local testing = require "berth.testing"
--
--     describe("my quota", function()
--       local fleet
--       before_each(function()
--         fleet = testing.fleet {
--           { name = "node1", inventories = { VCPU = 16 } },
--           policies = { { path = "quota.lua", parameters = { limit = 4 } } },
--         }
--       end)
--
--       testing.cases("decides by size", {
--         { "small", vcpu = 4, placed = true },
--         { "large", vcpu = 5, placed = false },
--       }, function(case)
--         local result = testing.try(fleet, { consumer = "c", resources = { VCPU = case.vcpu } })
--         if case.placed then assert.placed(result) else assert.denied(result, "too_large") end
--         assert.steps(result, "<", 500)
--       end)
--     end)
--
-- The fleet is a store in memory, the policies come through the loader and run under the limits of
-- production.  Where luassert is present its `assert` learns placed, denied, scores and steps.
-- @module berth.testing

local testing = {}

--- A store in memory, made from a table.
-- Its list holds providers, as for create_provider, with `children` inside where there are any; its
-- keys are `policies`, as for open, and `allocations`, a list as for allocate.  Classes and traits
-- whose names begin with CUSTOM_ are created as they appear.  Allocations are made before the
-- policies are there to judge them.
-- @tparam table spec
-- @treturn berth.Store
function testing.fleet(spec)
  return require "berth.testing.fleet"(spec)
end

--- Tries a verb and tells everything about it, whatever came of it.
-- @tparam berth.Store|handle fleet
-- @tparam ?string verb "place" when absent
-- @param ... what the verb takes
-- @treturn table { placed, value, err, code, reason, providers, decisions, steps }: `value` and
-- `err` are what the verb answered, `providers` the names of those a claim takes from, sorted,
-- `decisions` the policies' decisions, `steps` the most that one call of a hook took
function testing.try(fleet, ...)
  return require "berth.testing.result".try(fleet, ...)
end

--- The score of each tree that a request could go to, by the name of its root: the best of the
-- tree's candidates; only of filters and rankings that are loaded.
-- @tparam berth.Store fleet
-- @param request as for candidates
-- @treturn {[string]=number}
function testing.scores(fleet, request)
  return require "berth.testing.result".scores(fleet, request)
end

--- One test for each row, named after it.
-- @tparam string name of all
-- @tparam table rows each a table; its `name`, or its first element, names it
-- @tparam function test called with the row
function testing.cases(name, rows, test)
  local it = require "busted".it
  if #rows == 0 then error("cases without rows test nothing", 2) end
  for i, row in ipairs(rows) do
    local label = type(row) == "table" and (row.name or row[1]) or row
    it(("%s: %s"):format(name, tostring(label or i)), function() return test(row) end)
  end
end

--- From now on, remember which lines of policies run, in stores that have none loaded yet.
function testing.cover()
  require "berth.core".watch_lines()
end

--- Which lines of which policies ran since `cover`.
-- @treturn table a list of { file, digest, lines, covered, missed = { line, ... } }, by file; a
-- file that changed in between stands there once for each of its texts
function testing.coverage()
  return require "berth.testing.coverage"()
end

if pcall(require, "luassert") then require "berth.testing.assertions"() end

return testing
