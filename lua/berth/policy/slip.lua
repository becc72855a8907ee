-- Whether two names are one slip of the hand apart.

-- The least length of the longer name, by what was done to it: short words differ by one letter too
-- often to tell anything.
local SWAPPED, DROPPED, CHANGED = 4, 5, 5

-- One name is a form of the other: "limit" and "limits", "share" and "shared".
local function is_form(a, b)
  return #a + 1 == #b and b:sub(1, #a) == a and b:find "[sdr]$" and b:byte(-1) ~= b:byte(-2)
end

--- Whether one letter was dropped, added, changed or swapped with its neighbour.  `least` is the
-- length from which on that tells something, where more than looks speaks for a slip.
return function(a, b, least)
  if #a > #b then a, b = b, a end
  if #b - #a > 1 or a == b or is_form(a, b) then return false end
  local i = 1
  while i <= #a and a:byte(i) == b:byte(i) do i = i + 1 end
  if #a < #b then return #b >= (least or DROPPED) and a:sub(i) == b:sub(i + 1) end
  if a:sub(i + 1) == b:sub(i + 1) then return #a >= (least or CHANGED) end
  return #a >= (least or SWAPPED) and a:sub(i, i) == b:sub(i + 1, i + 1)
    and a:sub(i + 1, i + 1) == b:sub(i, i) and a:sub(i + 2) == b:sub(i + 2)
end
