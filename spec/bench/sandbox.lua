--- What the room costs that policies run in: small loops of what they do, in the sandbox and in the
-- Lua that runs this, beside each other in one run. The count hook alone, without which steps
-- could not be told, makes instructions take about twice as long.
local core = require "berth.core"

local RUNS = 20

-- Name, how often, and the body of a function of n.
local LOADS = {
  { "arithmetic", 300000, "local s = 0 for i = 1, n do s = s + i * 2 % 7 end return s" },
  { "table reads", 100000, [[local t, s = { acme = { VCPU = 4 } }, 0
    for i = 1, n do local l = t.acme if l and i % 3 <= l.VCPU then s = s + l.VCPU end end
    return s]] },
  { "function calls", 100000, [[local function f(a, b) return a + b end local s = 0
    for i = 1, n do s = f(s, i) end return s]] },
  { "methods", 60000, [[local C = {} C.__index = C function C:add(x) self.v = self.v + x end
    local o = setmetatable({ v = 0 }, C) for i = 1, n do o:add(i) end return o.v]] },
  { "small tables", 50000, [[local s = 0 for i = 1, n do local t = { i, x = i } s = s + t[1] +
    t.x end
    return s]] },
  { "closures", 50000, [[local s = 0 for i = 1, n do local f = function() return i end s = s +
    f() end
    return s]] },
  { "ipairs", 2000, [[local t, s = {}, 0 for i = 1, 50 do t[i] = i end
    for _ = 1, n do for _, v in ipairs(t) do s = s + v end end return s]] },
  { "pairs", 2000, [[local t, s = {}, 0 for i = 1, 10 do t["k" .. i] = i end
    for _ = 1, n do for _, v in pairs(t) do s = s + v end end return s]] },
  { "string.format", 10000, [[local x
    for i = 1, n do x = ("%s: at most %d of %s"):format("acme", i, "VCPU") end return x]] },
  { "string.match", 10000, [[local s = 0 for _ = 1, n do
    local a, b = ("node-17-gpu-3"):match("^node%-(%d+)%-gpu%-(%d+)$") s = s + #a + #b end
    return s]] },
  { "string.gsub", 5000, [[local x
    for _ = 1, n do x = ("the quick brown fox"):gsub("%w+", "<%0>") end return x]] },
  { "concatenation", 30000, [[local x for i = 1, n do x = "project-" .. i end return x]] },
  { "table.sort", 500, [[local s = 0 for _ = 1, n do local t = {} for j = 1, 20 do
    t[j] = j * 7919 % 101 end table.sort(t) s = s + t[1] end return s]] },
  { "table.insert", 40000, "local t = {} for i = 1, n do table.insert(t, i) end return #t" },
  { "math", 40000, [[local s = 0 for i = 1, n do s = s + math.max(i, 3) + math.floor(i / 3) end
    return s]] },
  { "pcall", 20000, [[local s, f = 0, function(i) return i end
    for i = 1, n do local _, v = pcall(f, i) s = s + v end return s]] },
}

-- The shortest of several runs, in milliseconds.
local function shortest(work, n)
  local best = math.huge
  for _ = 1, RUNS do
    local start = core.clock()
    work(n)
    best = math.min(best, core.clock() - start)
  end
  return best * 1e3
end

local sum = 0
for _, each in ipairs(LOADS) do
  local name, n, body = table.unpack(each)
  local text = ("function work(n) n = math.tointeger(n) %s end"):format(body)
  local globals = setmetatable({}, { __index = _G })
  assert(load(text, "=work", "t", globals))()
  local sandbox <close> = core.sandbox { steps = 1 << 50, milliseconds = 0 }
  assert(sandbox:load("work", text).fault == "ok")
  local plain = shortest(globals.work, n)
  local inside = shortest(function() assert(sandbox:call("work", n).fault == "ok") end, n)
  sum = sum + math.log(inside / plain)
  print(("%-16s Lua %7.2f ms, sandbox %7.2f ms, %5.2f times"):format(name, plain, inside,
    inside / plain))
end
print(("%-16s %40.2f times"):format("geometric mean", math.exp(sum / #LOADS)))
