-- Hostile things, each in every place where it could hurt: errors in functions, protected calls,
-- coroutines and closing code; patterns in all four matchers; changes of the globals while loading
-- and in a call; results.  Cases as in cpu.lua.

local cases = {}

local function add(id, expect, text, more)
  local case = { id = id, attempts = id:gsub("_", " "), expect = expect, text = text }
  for key, value in pairs(more or {}) do case[key] = value end
  cases[#cases + 1] = case
end

-- --- errors -------------------------------------------------------------------------------------

local ERRORS = {
  nothing = "nil", no = "false", nan = "0/0", least = "math.mininteger", zero = "-0.0",
  table = "{}", call = "print or type", coroutine = "coroutine.create(type)",
  running = "coroutine.running()", globals = "_G", argument = "ctx",
  raising = "setmetatable({}, { __tostring = function() error('again') end })",
  no_text = "setmetatable({}, { __tostring = function() return {} end })",
  spinning = "setmetatable({}, { __tostring = function() while true do end end })",
  indexed = "setmetatable({}, { __index = function(t) error(t) end })",
  named = "setmetatable({}, { __name = 'budget' })",
  guarded = "setmetatable({}, { __metatable = 1, __eq = function() while true do end end })",
  closing = "setmetatable({}, { __close = function() while true do end end })",
  verdict = "{ code = 'denied', message = 'x', steps = 1 }",
  long = "('x'):rep(1000000)", wide = "('\\u{10ffff}'):rep(5000)", zeros = "'\\0\\0'",
  lines = "'a\\nb\\r\\27[31mc'", bytes = "'\\xff\\xfe'", direction = "'\\u{202e}live'",
  traceback = "'stack traceback:\\n\\t[C]: in ?'", json = "'{\"outcome\":\"ok\"}'",
  memory = "'not enough memory'", handler = "'error in error handling'",
}
local RAISED = {
  called = "function evil(ctx) error(%s) end",
  bare = "function evil(ctx) error(%s, 0) end",
  caught = "function evil(ctx) return select('#', pcall(error, %s)) end",
  handled = "function evil(ctx) return xpcall(error, function(e) error(e, 0) end, %s) end",
  wrapped = "function evil(ctx) return coroutine.wrap(function() error(%s, 0) end)() end",
  closing = [[function evil(ctx)
    local c <close> = setmetatable({}, { __close = function() error(%s, 0) end }) end]],
  closed = [[function evil(ctx) local co = coroutine.create(function()
      local c <close> = setmetatable({}, { __close = function() error(%s, 0) end })
      coroutine.yield() end)
    coroutine.resume(co) return select(2, coroutine.close(co)) end]],
}
for what, value in pairs(ERRORS) do
  for where, text in pairs(RAISED) do
    add(("error_%s_%s"):format(what, where), "error,contained,budget,memory",
      (text:gsub("%%s", function() return value end)))
  end
end

-- --- patterns -----------------------------------------------------------------------------------

local PATTERNS = {
  optional = { "('a'):rep(40)", "('a?'):rep(40) .. ('a'):rep(40)" },
  greedy = { "('a'):rep(3000)", "'a*a*a*a*a*b'" },
  lazy = { "('a'):rep(3000)", "'.-.-.-.-.-b'" },
  back_reference = { "('a'):rep(3000)", "'(.-)(.-)(.-)(.-)%1b'" },
  balance = { "('('):rep(200000)", "'%b()'" },
  frontier = { "('ab'):rep(100000)", "'%f[b].-%f[a].-%f[b].-c'" },
  negated = { "('x'):rep(200000)", "'[^y]*[^z]*y'" },
  words = { "('a b '):rep(20000)", "'(%w+)%s(%w+)%s(%w+)%s.-(%w+)$%1'" },
  mixed = { "('ab'):rep(5000)", "'(a-b-)*(a-b-)*c'" },
  anchored = { "('a'):rep(100000)", "'^(a*)*$'" },
  zeros = { "('\\0'):rep(50000)", "'%z*%z*b'" },
  long_set = { "('aA'):rep(20000)", "'[' .. ('a-z'):rep(2000) .. '].-b'" },
  long_pattern = { "('x'):rep(100000)", "('.'):rep(100001)" },
  captures = { "('x'):rep(50000)", "('(x)'):rep(31) .. '.-%31%30%29y'" },
}
local MATCHERS = {
  find = "s:find(p)", match = "s:match(p)", gsub = "s:gsub(p, '%0%0')",
  gmatch = "(function() for _ in s:gmatch(p) do end end)()",
}
for what, pattern in pairs(PATTERNS) do
  for name, call in pairs(MATCHERS) do
    add(("pattern_%s_in_%s"):format(what, name), "budget,error,contained,memory",
      ("function evil() local s, p = %s, %s for _ = 1, 50 do local _ = %s end end"):format(
        pattern[1], pattern[2], call))
  end
end

-- --- globals ------------------------------------------------------------------------------------

local UNTOUCHED = [[('x'):rep(3) == 'xxx' and math.floor(2.5) == 2 and type(pairs) == 'function'
  and stray == nil and #table.concat({ 1, 2 }) == 2 and tostring(1) == '1']]
local CHANGES = {
  string_function = "string.rep = function() return 'bad' end",
  math_function = "math.floor = function() return 9 end", gone = "pairs = nil",
  all_gone = "for k in pairs(_G) do _G[k] = nil end", library_gone = "table.concat = nil",
  libraries_gone = "string = nil math = nil table = nil",
  string_index = "getmetatable('').__index = nil",
  string_metatable = "setmetatable(getmetatable('') or {}, {})",
  trap = "setmetatable(_G, { __newindex = function() end, __index = function() return 1 end })",
  library_trap = "setmetatable(string, { __index = function() return print end })",
  stray = "rawset(_G, 'stray', 5)", stray_inside = "coroutine.wrap(function() stray = 1 end)()",
  environment = "_ENV = {}", constants = "utf8.charpattern = 'x' math.pi = 3 math.huge = 0",
  removed = "rawset(string, 'rep', nil) rawset(math, 'floor', nil)",
  own_environment = "local _ENV = setmetatable({}, { __index = _G }) stray = 3",
  itself = "_G._G = {} _G = nil", protection = "error = nil pcall = nil type = nil select = nil",
}
for what, change in pairs(CHANGES) do
  local text = ("pcall(function() %s end) function evil() return 'CONTAINED' end"):format(change)
  add(("globals_%s_in_a_call"):format(what), "contained,error,nil",
    ("function evil() pcall(function() %s end) return 'CONTAINED' end"):format(change),
    { probe = UNTOUCHED })
  add(("globals_%s_at_load"):format(what), "contained,error,nil", text, { probe = UNTOUCHED })
end

-- --- results ------------------------------------------------------------------------------------

local RESULTS = {
  index = "setmetatable({}, { __index = function() while true do end end })",
  pairs = "setmetatable({}, { __pairs = function() while true do end end })",
  length = "setmetatable({}, { __len = function() while true do end end })",
  text = "setmetatable({}, { __tostring = function() while true do end end })",
  deep = "(function() local t = {} for _ = 1, 1000 do t = { t } end return t end)()",
  cycle = "(function() local t = {} t.t = t t[t] = t return t end)()",
  two_cycles = "(function() local t, u = {}, {} t.u = u u.t = t return t, u end)()",
  shared = "(function() local a = {} for _ = 1, 30 do a = { a, a } end return a end)()",
  wide = "(function() local t = {} for i = 1, 50 do t[i] = t end return t end)()",
  long = "(function() local t = {} for i = 1, 100000 do t[i] = i end return t end)()",
  many_names = "(function() local t = {} for i = 1, 20000 do t['k' .. i] = i end return t end)()",
  many = "table.unpack({}, 1, 100)", none = "(function() end)()", nils = "nil, nil",
  numbers = "math.mininteger, -0.0, 1e308, 5e-324, 0/0, -(0/0), 1/0, -1/0",
  text_of_megabytes = "('x'):rep(3000000)", texts = "{ ('x'):rep(100000), ('y'):rep(100000) }",
  control = "('\\0\\27\\n'):rep(100)", bytes = "'\\xff\\xfe'", itself = "evil", globals = "_G",
  library = "string", coroutine = "coroutine.running()",
  object_keys = "{ [{}] = 1, [{}] = 2, [function() end] = 3 }",
  mixed_keys = "{ [0.5] = 1, [2] = 2, [true] = 3, [false] = 4 }",
}
for what, value in pairs(RESULTS) do
  add("result_" .. what .. "_returned", "contained,error,memory,budget",
    ("function evil() return %s end"):format(value))
end

table.sort(cases, function(a, b) return a.id < b.id end)
return cases
