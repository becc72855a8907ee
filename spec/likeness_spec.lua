-- What works in Lua works in the sandbox, with the same answers: ordinary programs, and random
-- calls of the library.  Lua is the one that runs this spec.

local core = require "berth.core"
local expressions = require "spec.support.expressions"

-- Makes answer(f): everything f returns as one text, or that it raised.  Equal texts are equal
-- values; the sign of a NaN, which machines disagree on, is left out.
local TELLER = [[
  local function tell(value, depth)
    if math.type(value) == "float" then
      return value ~= value and "nan" or ("float %.17g"):format(value)
    elseif type(value) == "string" then
      return "'" .. value:gsub("[^%g ]", function(c) return ("<%d>"):format(c:byte()) end) .. "'"
    elseif type(value) ~= "table" or depth > 4 then
      return type(value) == "function" and "function" or tostring(value)
    end
    local keys, parts = {}, {}
    for key in pairs(value) do keys[#keys + 1] = key end
    for i, key in ipairs(keys) do
      parts[i] = tell(key, depth + 1) .. "=" .. tell(value[key], depth + 1)
    end
    table.sort(parts)
    return "{" .. table.concat(parts, " ") .. "}"
  end
  local function answer(f)
    local results, parts = table.pack(pcall(f)), {}
    if not results[1] then return "raised" end
    for i = 2, results.n do parts[i - 1] = tell(results[i], 1) end
    return table.concat(parts, ", ")
  end
]]

-- What ask(i) answers for each i, in Lua and in a sandbox.
local function answers(text, count)
  local here, there = {}, {}
  local globals = setmetatable({}, { __index = _G })
  globals._G = globals
  assert(load(text, "=program", "t", globals))()
  local sandbox <close> = core.sandbox()
  local loaded = sandbox:load("program", text)
  assert.equal("ok", loaded.fault, loaded.message)
  for i = 1, count do
    here[i] = globals.ask(i)
    local outcome = sandbox:call("ask", i)
    there[i] = outcome.fault == "ok" and outcome.values[1] or outcome.message
  end
  return here, there
end

describe("a policy gets the answers of Lua", function()
  for _, program in ipairs(dofile "spec/support/sandbox_cases/ordinary.lua") do
    it("from " .. program.id:gsub("_", " "), function()
      local here, there = answers(TELLER .. program.text
        .. "\nfunction ask() return answer(evil) end", 1)
      assert.equal(here[1], there[1])
      assert.not_equal("raised", here[1])
    end)
  end

  it("from random calls of the library", function()
    local PROGRAMS, CALLS = 60, 100
    local seed = math.tointeger(tonumber(os.getenv "BERTH_SEED")) or os.time()
    math.randomseed(seed)
    for _ = 1, PROGRAMS do
      local words, parts = {}, { TELLER, "local calls = {}" }
      while #words < CALLS do
        local body = expressions.draw(math.random)
        words[#words + 1] = body
        parts[#parts + 1] = ("calls[%d] = function() %s end"):format(#words, body)
      end
      parts[#parts + 1] = "function ask(i) return answer(calls[i]) end"
      local here, there = answers(table.concat(parts, "\n"), CALLS)
      for i = 1, CALLS do
        if here[i] ~= there[i] then
          assert.equal(here[i], there[i], ("seed %d: %s"):format(seed, words[i]))
        end
      end
    end
  end)
end)
