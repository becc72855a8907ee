-- The room policies run in: what it must stop, what it must keep out, what must work in it.

local core = require "berth.core"
local command = require "spec.support.command"

local CLASSES = {
  cpu = "stops what never ends",
  work = "stops work hidden in one call",
  memory = "stops what wants all memory",
  stack = "survives what nests too deep",
  powers = "keeps its powers from",
  objects = "is not hurt by what is thrown or returned:",
  coroutines = "keeps coroutines in the budget:",
  source = "refuses or survives the source:",
  determinism = "answers the same everywhere:",
  benign = "runs ordinary policies:",
  crossed = "bears, wherever it happens:",
}

local function sandbox_with(text, options)
  local sandbox = core.sandbox(options)
  local outcome = sandbox:load("policy", text)
  assert.equal("ok", outcome.fault, outcome.message)
  return sandbox
end

-- Loads a text and calls its evil(); the last outcome and its word as `policy call` has it.
local function attempt(case)
  local sandbox <close> = core.sandbox()
  local outcome = sandbox:load(case.id, case.text)
  for _ = 1, case.calls or 1 do
    if sandbox:dead() or outcome.loading and outcome.fault ~= "ok" then break end
    outcome = sandbox:call("evil", {})
  end
  local words = { ok = "ok", load = "refused", budget = "budget", memory = "memory" }
  return outcome, words[outcome.fault] or "error"
end

local function is_expected(word, expect)
  local right = "," .. expect .. ","
  local function has(name) return right:find("," .. name .. ",", 1, true) ~= nil end
  return has(word) or (word == "ok" and (has "contained" or has "nil"))
    or (word == "error" and has "nil")
end

local function judge(case)
  local outcome, word = attempt(case)
  assert.is_true(is_expected(word, case.expect), ("%s: %s"):format(word, outcome.message))
  assert.is_true(#outcome.message < 1024)
  assert.is_nil(outcome.message:find "%c")
  for _, value in ipairs(outcome.values or {}) do
    assert.is_nil(value:find "ESCAPED")
    assert.is_nil(value:find "0x%x%x%x%x%x%x")
  end
  if case.value then assert.equal(case.value, outcome.values[1], outcome.message) end
  if case.probe then
    local other <close> = sandbox_with("function probe() return " .. case.probe .. " end")
    assert.equal("true", other:call("probe").values[1])
  end
end

describe("sandbox", function()
  for class, title in pairs(CLASSES) do
    for _, case in ipairs(dofile("spec/support/sandbox_cases/" .. class .. ".lua")) do
      it(title .. " " .. case.id:gsub("_", " "), function() judge(case) end)
    end
  end
end)

describe("sandbox results and step counts", function()
  local function digest(locale)
    local pipe = assert(io.popen("LC_ALL=" .. locale .. " lua5.4 spec/support/sandbox_digest.lua"))
    local text = pipe:read "a"
    assert.is_true(pipe:close())
    return text
  end

  it("are equal in eight processes under two locales", function()
    local first = digest "C"
    assert.is_true(#first > 1000)
    for i = 1, 7 do assert.equal(first, digest(i % 2 == 1 and "C.UTF-8" or "C")) end
  end)

  it("do not depend on the calls before", function()
    local sandbox <close> = sandbox_with [[
      function work(n) local t = {} for i = 1, 1000 do t[i] = ("x"):rep(i % 50) end return #t end]]
    local first = sandbox:call "work"
    for _ = 1, 5 do assert.equal(first.steps, sandbox:call("work").steps) end
  end)
end)

describe("the step budget", function()
  it("is the one that was given", function()
    local sandbox <close> = sandbox_with("function spin() while true do end end", { steps = 5000 })
    local outcome = sandbox:call "spin"
    assert.equal("budget", outcome.fault)
    assert.equal(5000, outcome.steps)
  end)

  it("counts for each call anew", function()
    local text = "function work() for i = 1, 20000 do end end"
    local sandbox <close> = sandbox_with(text, { steps = 50000 })
    for _ = 1, 10 do assert.equal("ok", sandbox:call("work").fault) end
  end)

  it("is spent by coroutines too short to be counted one by one", function()
    local sandbox <close> = sandbox_with([[
      function work() for i = 1, 200 do coroutine.wrap(function() end)() end end]],
      { steps = 10000 })
    assert.equal("budget", sandbox:call("work").fault)
  end)

  it("tells the line where it ended and what it went into", function()
    local sandbox <close> = sandbox_with [[function find()
      local text = ("a"):rep(200)
      return text:find((".-"):rep(9) .. "b")
    end]]
    local outcome = sandbox:call "find"
    assert.equal("budget", outcome.fault)
    assert.equal(3, outcome.line)
    assert.equal("string.find", outcome.costly)
    assert.is_true(outcome.costly_steps > outcome.steps // 2)
    assert.matches("1000000 steps", outcome.message, 1, true)
    assert.matches("string.find", outcome.message, 1, true)
  end)

  it("says when it went into the policy's own instructions", function()
    local sandbox <close> = sandbox_with "function spin() while true do end end"
    local outcome = sandbox:call "spin"
    assert.equal("own instructions", outcome.costly)
    assert.equal(1, outcome.line)
  end)

  it("says when it went into new strings", function()
    local sandbox <close> = sandbox_with [[
      function grow() local s = ("x"):rep(100000) while true do local t = s .. "y" end end]]
    assert.matches("new strings", sandbox:call("grow").costly)
  end)

  it("holds while loading", function()
    local sandbox <close> = core.sandbox { steps = 1000 }
    local outcome = sandbox:load("p", "local n = 0\nwhile true do n = n + 1 end")
    assert.equal("budget", outcome.fault)
    assert.is_true(outcome.loading)
    assert.equal(2, outcome.line)
  end)

  it("leaves a sandbox that must be renewed", function()
    local sandbox <close> = sandbox_with "function spin() while true do end end"
    sandbox:call "spin"
    assert.is_true(sandbox:dead())
    assert.equal("contract", sandbox:call("spin").fault)
    sandbox:renew()
    assert.is_false(sandbox:dead())
    assert.equal("ok", sandbox:load("p", "function one() return 1 end").fault)
    assert.same({ "1" }, sandbox:call("one").values)
  end)
end)

describe("the clock behind the step budget", function()
  it("stops work that steps do not measure", function()
    local sandbox <close> = sandbox_with([[
      local t = {} for i = 1, 1500 do t = setmetatable({}, { __index = t }) end
      function spin() while true do local x = t.missing end end]],
      { steps = 1 << 40, milliseconds = 20 })
    local outcome = sandbox:call "spin"
    assert.equal("budget", outcome.fault)
    assert.matches("20 ms", outcome.message, 1, true)
  end)

  it("can be left out", function()
    local sandbox <close> = sandbox_with([[
      function spin() for i = 1, 3e6 do end return "done" end]],
      { steps = 1 << 40, milliseconds = 0 })
    assert.same({ "done" }, sandbox:call("spin").values)
  end)
end)

describe("the memory cap", function()
  it("is the one that was given", function()
    local options = { memory = 100000 }
    local small <close> = sandbox_with("function get(n) return #('x'):rep(60000) end", options)
    assert.equal("memory", small:call("get").fault)
    local large <close> = sandbox_with("function get(n) return #('x'):rep(60000) end")
    assert.same({ "60000" }, large:call("get").values)
  end)

  it("never lets more be held", function()
    local sandbox <close> = sandbox_with([[
      function fill() local t = {} for i = 1, math.huge do t[i] = { i } end end]],
      { milliseconds = 60000 }) -- a build with checkers is slow
    local outcome = sandbox:call "fill"
    assert.equal("memory", outcome.fault)
    assert.is_true(outcome.memory <= 8 << 20)
    assert.is_true(outcome.memory > 4 << 20)
  end)

  it("counts what a call needed at most", function()
    local sandbox <close> = sandbox_with "function f() return #('x'):rep(1000000) end"
    assert.is_true(sandbox:call("f").memory > 1000000)
    sandbox:call "f"
    assert.is_true(sandbox:memory() < 8 << 20)
  end)

  it("leaves an empty sandbox small", function()
    local sandbox <close> = core.sandbox()
    assert.is_true(sandbox:memory() <= 16384)
  end)

  it("refuses a sandbox that does not fit", function()
    assert.has_error(function() core.sandbox { memory = 1000 } end)
  end)
end)

describe("faults", function()
  it("of the source name its line", function()
    local sandbox <close> = core.sandbox()
    local outcome = sandbox:load("quota.lua", "local x = 1\nlocal y = = 2")
    assert.equal("load", outcome.fault)
    assert.equal(2, outcome.line)
    assert.matches("^quota.lua:2:", outcome.message)
  end)

  it("of hidden characters name their line", function()
    local sandbox <close> = core.sandbox()
    local outcome = sandbox:load("p", "x = 1\n\n-- \u{202e}\n")
    assert.equal("load", outcome.fault)
    assert.equal(3, outcome.line)
  end)

  it("at run time name their line", function()
    local sandbox <close> = sandbox_with "function f()\n  local t = nil\n  return t.x\nend"
    local outcome = sandbox:call "f"
    assert.equal("runtime", outcome.fault)
    assert.equal(3, outcome.line)
    assert.matches("local 't'", outcome.message, 1, true)
  end)

  it("keep their lines behind a '#' line", function()
    local sandbox <close> = core.sandbox()
    assert.equal(3, sandbox:load("p", "#!x\n\nerror 'no'").line)
  end)

  it("show control characters as escapes", function()
    local sandbox <close> = sandbox_with [[function f() error("a\nb\27[0m\0\u{202e}\xff", 0) end]]
    assert.equal([[a\nb\x1b[0m\x00\u{202e}\xff]], sandbox:call("f").message)
  end)

  it("of objects run nothing of the object", function()
    local sandbox <close> = sandbox_with [[
      function f() error(setmetatable({}, { __tostring = function() return "spoken" end })) end]]
    local outcome = sandbox:call "f"
    assert.equal("runtime", outcome.fault)
    assert.is_nil(outcome.message:find "spoken")
  end)

  it("in the words of the host stay what they are", function()
    local sandbox <close> = sandbox_with [[
      function f() error("not enough memory", 0) end
      function g() return 1 end]]
    assert.equal("runtime", sandbox:call("f").fault)
    assert.is_false(sandbox:dead())
    assert.equal("ok", sandbox:call("g").fault)
  end)

  it("of the contract: no such function, too many results", function()
    local sandbox <close> = sandbox_with [[x = 1 function many() return table.unpack({}, 1, 65) end
      function enough() return table.unpack({}, 1, 64) end]]
    assert.equal("contract", sandbox:call("none").fault)
    assert.equal("contract", sandbox:call("x").fault)
    assert.equal("contract", sandbox:call("many").fault)
    assert.equal("ok", sandbox:call("enough").fault)
  end)

  it("of an argument nested too deep are the contract's", function()
    local sandbox <close> = sandbox_with "function f() end"
    local deep = {}
    for _ = 1, 100 do deep = { deep } end
    assert.equal("contract", sandbox:call("f", deep).fault)
  end)
end)

describe("values that leave the sandbox", function()
  local function texts(expression)
    local sandbox <close> = sandbox_with("function f() return " .. expression .. " end")
    return sandbox:call("f").values
  end

  it("are text", function()
    assert.same({ "nil", "true", "1", "1.0", "x", "nan", "inf", "function", "{}" },
      texts "nil, true, 1, 1.0, 'x', 0/0, math.huge, f, {}")
  end)

  it("show tables in order", function()
    assert.same({ "{10, 20, a = 1, b = {x = 1}, [false] = 0}" },
      texts "{ b = { x = 1 }, a = 1, 10, 20, [false] = 0 }")
  end)

  it("are cut", function()
    local value = texts "('x'):rep(100000)"[1]
    assert.is_true(#value <= 4096 + 3)
    assert.matches("%.%.%.$", value)
  end)

  it("end where tables do not", function()
    local value = texts "(function() local t = {} t.t = t return t end)()"[1]
    assert.matches("^{t = {t = ", value)
    assert.is_true(#value < 200)
  end)
end)

describe("what a policy may count on", function()
  local function value(text)
    local sandbox <close> = sandbox_with(text)
    local outcome = sandbox:call "f"
    assert.equal("ok", outcome.fault, outcome.message)
    return outcome.values[1]
  end

  it("pairs visits numbers, strings, booleans, each in order", function()
    assert.equal("-2 0.5 1 2 10 A a b false true", value [[function f() local r = {}
      local t = { b = 1, a = 1, A = 1, [true] = 1, [10] = 1, [2] = 1, [-2] = 1, [0.5] = 1 }
      t[1] = 1 t[false] = 1
      for k in pairs(t) do r[#r + 1] = tostring(k) end return table.concat(r, " ") end]])
  end)

  it("pairs visits large tables in order as well", function()
    assert.equal("true", value [[function f() local t = {} for i = 1, 500 do t["k" .. i] = i end
      local last = ""
      for k in pairs(t) do if k <= last then return "wrong at " .. k end last = k end
      return true end]])
  end)

  it("pairs refuses keys that have no order", function()
    local sandbox <close> = sandbox_with [[
      function f() for k in pairs { [{}] = 1, [{}] = 2 } do end end]]
    assert.matches("no order", sandbox:call("f").message)
  end)

  it("pairs bears changes while it runs", function()
    assert.equal("a c", value [[function f() local t, r = { a = 1, b = 2, c = 3 }, {}
      for k in pairs(t) do r[#r + 1] = k t.b = nil t["x" .. k] = 1 end
      return table.concat(r, " ") end]])
  end)

  it("a sort keeps equal elements in their order", function()
    assert.equal("true", value [[function f() local t = {} for i = 1, 500 do t[i] = { i % 5, i } end
      table.sort(t, function(a, b) return a[1] < b[1] end)
      for i = 2, 500 do
        local a, b = t[i - 1], t[i]
        if a[1] > b[1] or (a[1] == b[1] and a[2] > b[2]) then return i end
      end
      return true end]])
  end)

  it("a failed sort leaves the table as it was", function()
    assert.equal("3,1,2", value [[function f() local t = { 3, 1, 2 }
      pcall(table.sort, t, function() error "no" end) return table.concat(t, ",") end]])
  end)

  it("a metatable set again is brought up to date for all its objects", function()
    assert.equal("1,1", value [[function f() local mt = {} local a = setmetatable({}, mt)
      mt.__index = { x = 1 } local b = setmetatable({}, mt) return a.x .. "," .. b.x end]])
  end)

  it("getmetatable answers the table that was set", function()
    assert.equal("true", value [[
      function f() local mt = {} return getmetatable(setmetatable({}, mt)) == mt end]])
  end)
end)

describe("berth policy call", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  local function call(text, ...)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    local result = command.run("policy", "call", path, ...)
    assert.equal("", result.err)
    assert.is_nil(result.out:match "\n.+")
    return require "dkjson".decode(result.out), result
  end

  it("prints what a function answers as one line of JSON", function()
    local report, result = call("function f(x) return x.a + 1, 'b' end", "f", '{"a": 41}')
    assert.equal(0, result.code)
    assert.equal("call", report.phase)
    assert.equal("ok", report.outcome)
    assert.same({ "42", "b" }, report.values)
    assert.same({ "42" }, report.all)
    assert.is_true(report.steps >= 0)
    assert.is_true(report.rss_kb > 0)
    assert.is_nil(report.probe)
  end)

  it("calls exported fields before globals", function()
    local report = call("function f() end return { f = function() return 'field' end }", "f")
    assert.same({ "field" }, report.values)
  end)

  it("loads policy files and calls their hooks on plain data", function()
    local report = call([[
      return policy { name = "p", parameters = { most = 4 }, admit = function(claim)
        if claim.n > parameters.most then return deny("too_many", "too many") end
        return allow(), hash(1, "x") == hash(1, "x") end }]], "admit", '{"n": 3}')
    assert.same({ "true", "true" }, report.values)
  end)

  it("calls as often as it is told", function()
    local report = call("local n = 0 function f() n = n + 1 return n end", "f", "--calls", "3")
    assert.same({ "1", "2", "3" }, report.all)
    assert.same({ "3" }, report.values)
  end)

  it("loads a stopped policy anew for the next call", function()
    local report = call("function f() while true do end end", "f", "--calls", "2")
    assert.equal("budget", report.outcome)
    assert.same({ "budget", "budget" }, report.all)
  end)

  it("evaluates a probe in a second policy", function()
    local changed = "string.len = nil function f() end"
    assert.is_true(call(changed, "f", "--probe", "('abc'):len() == 3").probe)
    assert.is_false(call(changed, "f", "--probe", "1 == 2").probe)
    assert.is_false(call(changed, "f", "--probe", "no lua here").probe)
  end)

  it("tells refusals of the source", function()
    local report, result = call("function f( end", "f")
    assert.equal(1, result.code)
    assert.equal("load", report.phase)
    assert.equal("refused", report.outcome)
    assert.is_true(#report.message > 0)
  end)

  it("refuses arguments that are no JSON", function()
    local result = command.run("policy", "call", "/dev/null", "f", "{")
    assert.equal(2, result.code)
    assert.equal("", result.out)
  end)
end)
