-- What came of one verb, with everything the policies said to it.

local Result = { __name = "berth.testing.result" }

function Result:__tostring()
  if self.placed then
    return "placed on " .. (#self.providers > 0 and table.concat(self.providers, ", ") or "nothing")
  end
  local text = "refused: " .. tostring(self.err)
  if self.reason then text = ("%s (policy %s: %s)"):format(text, self.err.policy, self.reason) end
  return text
end

local result = {}

--- Whether a value is what `try` answers.
function result.is(value) return getmetatable(value) == Result end

-- What the fleet remembers of policies before and after; a caller may not be shown it.
local function last_decision(fleet)
  local decisions = fleet:decisions() or {}
  return #decisions > 0 and decisions[#decisions].id or 0
end

local function calls_by_name(fleet)
  local calls = {}
  for _, policy in ipairs(fleet:policies() or {}) do calls[policy.name] = policy.calls end
  return calls
end

-- The most that one call took: as decided, or of policies that decide nothing, as last told.
local function most_steps(fleet, decisions, before)
  local most = 0
  for _, decision in ipairs(decisions) do most = math.max(most, decision.steps) end
  for _, policy in ipairs(fleet:policies() or {}) do
    if policy.calls > (before[policy.name] or 0) then most = math.max(most, policy.steps) end
  end
  return most
end

local function provider_names(fleet, value)
  local resources = type(value) ~= "boolean" and value.resources and value:resources()
  local names = {}
  for uuid in pairs(resources or {}) do
    local provider = fleet:provider(uuid)
    names[#names + 1] = provider and provider.name or uuid
  end
  table.sort(names)
  return names
end

--- See berth.testing.try.
function result.try(fleet, first, ...)
  local verb, after, before = "place", last_decision(fleet), calls_by_name(fleet)
  local value, err
  if type(first) == "string" and select("#", ...) > 0 then
    verb = first
    value, err = fleet[verb](fleet, ...)
  else
    value, err = fleet:place(first)
  end
  local self = { verb = verb, placed = value ~= nil, value = value, err = err }
  if value == nil then
    self.code, self.reason = err.code, err.code == "denied" and err.reason or nil
  end
  self.decisions = fleet:decisions(after) or {}
  self.steps = most_steps(fleet, self.decisions, before)
  local claim = value ~= nil and (verb == "place" or verb == "allocate")
  self.providers = claim and provider_names(fleet, value) or {}
  return setmetatable(self, Result)
end

--- See berth.testing.scores.
function result.scores(fleet, request)
  local best = {}
  local candidates, err = fleet:candidates(request)
  if not candidates then error(tostring(err), 3) end
  for candidate in candidates do
    local name = fleet:provider(candidate.anchor).root.name
    best[name] = math.max(best[name] or -math.huge, candidate.score)
  end
  return best
end

return result
