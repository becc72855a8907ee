-- The known word nearest to one that is not known, for messages that help with typing errors.

-- Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
local function distance(from, to)
  local before, last, row = {}, {}, {}
  for j = 0, #to do last[j] = j end
  for i = 1, #from do
    row[0] = i
    for j = 1, #to do
      local same = from:byte(i) == to:byte(j)
      local best = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and from:byte(i) == to:byte(j - 1) and from:byte(i - 1) == to:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      row[j] = best
    end
    before, last, row = last, row, before
  end
  return last[#to]
end

local LONGEST = 64 -- nobody mistypes a word of this length; it bounds the work as well

--- The nearest of `words`, or nil when none is near; of equally near ones the first in order.
return function(word, words)
  if #word > LONGEST then return nil end
  local best, least = nil, math.max(2, #word // 3) + 1
  for _, known in ipairs(words) do
    local edits = distance(word, known)
    if edits < least then best, least = known, edits end
  end
  return best
end
