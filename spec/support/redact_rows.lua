--- Specs from rows of a line and what becomes of it, by what the line is; a line alone stays.
-- `describe` and `it` are those of the spec that has the rows.
local assert = require "luassert"
local berth = require "berth"

return function(describe, it, rows_by_noun)
  for noun, rows in pairs(rows_by_noun) do
    describe(noun, function()
      local log = berth.logger { sink = function() end }
      for _, row in ipairs(rows) do
        it((row[2] and "is masked in " or "stays: ") .. row[1], function()
          assert.equal(row[2] or row[1], (log:redact(row[1])))
          assert.equal(row[2] or row[1], (log:redact(row[2] or row[1])))
        end)
      end
    end)
  end
end
