-- Assertions for luassert, and so for busted:
--
--   assert.placed(result)                assert.placed(fleet:place { ... })
--   assert.denied(result, code)          assert.denied(code, fleet:place { ... })
--   assert.scores(a, ">", b)             assert.steps(result, "<", n)
--
-- `result` is what testing.try answers, or what a verb answered, packed; `code` is err.code or the
-- reason that the policy gave.  placed answers the claim, denied the error.

local result = require "berth.testing.result"

local compare = {
  ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end,
  [">="] = function(a, b) return a >= b end,
  ["=="] = function(a, b) return a == b end,
  ["~="] = function(a, b) return a ~= b end,
}

-- The value, the error and what was said behind them, in whichever form they came.
local function unpack_outcome(arguments)
  local first = arguments[1]
  if result.is(first) then return first.value, first.err, arguments[2] end
  if type(first) == "string" then return arguments[2], arguments[3], first end
  if type(first) == "table" and math.type(rawget(first, "n")) == "integer" then
    return first[1], first[2], arguments[2]
  end
  return first, arguments[2], arguments[3]
end

local function describe(value, err)
  if value ~= nil then return "a claim that was placed" end
  local reason = err ~= nil and err.code == "denied" and err.reason
  return tostring(err) .. (reason and (" (reason %s)"):format(reason) or "")
end

-- What the message shows, as it is.
local function show(arguments, ...)
  for i = 1, math.max(arguments.n or 0, select("#", ...)) do arguments[i] = nil end
  arguments.n, arguments.nofmt = select("#", ...), {}
  for i = 1, arguments.n do
    arguments[i], arguments.nofmt[i] = tostring((select(i, ...))), true
  end
end

local function placed(_, arguments)
  local value, err = unpack_outcome(arguments)
  show(arguments, describe(value, err))
  return value ~= nil, { value }
end

local function denied(_, arguments)
  local value, err, code = unpack_outcome(arguments)
  show(arguments, code or "denied", describe(value, err))
  if value ~= nil or err == nil then return false end
  local reason = err.code == "denied" and err.reason or nil
  return err.code == (code or "denied") or (code ~= nil and reason == code), { err }
end

local function number_of(value)
  if type(value) == "number" then return value end
  if type(value) == "userdata" or result.is(value) then return value.score or value.steps end
  return nil
end

local function compared(what)
  return function(_, arguments, level)
    local a, operator, b = number_of(arguments[1]), arguments[2], number_of(arguments[3])
    if not compare[operator] then
      error(('assert.%s takes one of < <= > >= == ~= in the middle'):format(what), level)
    end
    if not a or not b then
      error(("assert.%s compares numbers, not %s and %s"):format(what, type(arguments[1]),
        type(arguments[3])), level)
    end
    show(arguments, a, operator, b)
    return compare[operator](a, b)
  end
end

-- A result's steps come first, whatever else it tells.
local function steps(state, arguments, level)
  if result.is(arguments[1]) then arguments[1] = arguments[1].steps end
  return compared "steps"(state, arguments, level)
end

local MESSAGES = {
  placed = { "Expected to be placed, but got: %s", "Expected not to be placed, but got: %s" },
  denied = { "Expected %s, but got: %s", "Expected anything but %s, got: %s" },
  scores = { "Expected score %s %s %s", "Expected not: score %s %s %s" },
  steps = { "Expected steps %s %s %s", "Expected not: steps %s %s %s" },
}

--- Teaches luassert; as often as one likes.
return function()
  local say, luassert = require "say", require "luassert"
  local callbacks = { placed = placed, denied = denied, scores = compared "scores", steps = steps }
  for name, messages in pairs(MESSAGES) do
    local key = "assertion.berth_" .. name
    say:set(key .. ".positive", messages[1])
    say:set(key .. ".negative", messages[2])
    luassert:register("assertion", name, callbacks[name], key .. ".positive", key .. ".negative")
  end
end
