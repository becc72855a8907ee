--- A small seeded generator (splitmix64) of its own, so that the same seed gives the same draws in
-- every Lua and whatever else the process draws.

local random = {}

local Random = {}
Random.__index = Random

--- @tparam integer seed
function random.new(seed)
  return setmetatable({ state = seed }, Random)
end

--- 64 uniform bits.
function Random:bits()
  self.state = self.state + 0x9E3779B97F4A7C15
  local z = self.state
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

--- A uniform integer from 1 to n.
function Random:below(n)
  -- The highest multiple of n that 63 bits hold; what lies above it would favour small answers.
  local limit = math.maxinteger - math.maxinteger % n
  local bits
  repeat bits = self:bits() >> 1 until bits < limit
  return bits % n + 1
end

--- One element of a list.
function Random:choice(list)
  return list[self:below(#list)]
end

--- Put a list into random order, in place.
function Random:shuffle(list)
  for i = #list, 2, -1 do
    local j = self:below(i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

return random
