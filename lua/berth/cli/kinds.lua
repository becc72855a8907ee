-- Converters for argparse options: text from the command line into checked values.

local kinds = {}

local function range(low, high)
  if low and high then return (" from %s to %s"):format(low, high) end
  if low then return (" of at least %s"):format(low) end
  if high then return (" of at most %s"):format(high) end
  return ""
end

local function within(value, low, high)
  return (not low or value >= low) and (not high or value <= high)
end

--- Whole numbers, perhaps within bounds.
function kinds.integer(low, high)
  return function(text)
    local value = text:find "^[+-]?%d+$" and math.tointeger(tonumber(text))
    if value and within(value, low, high) then return value end
    return nil, ("'%s' is not a whole number%s"):format(text, range(low, high))
  end
end

--- Finite numbers, perhaps within bounds.
function kinds.number(low, high)
  return function(text)
    local value = text:find "^[+-]?[%d.]" and tonumber(text)
    if value and value - value == 0 and within(value, low, high) then return value end
    return nil, ("'%s' is not a number%s"):format(text, range(low, high))
  end
end

return kinds
