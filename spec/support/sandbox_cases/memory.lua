-- Scripts that want more memory than there is, and ways to go on after being refused.  Cases as in
-- cpu.lua.

return {
  { id = "doubling", attempts = "a string doubled for ever", expect = "memory,budget",
    text = [[function evil() local s = "x" while true do s = s .. s end end]] },
  { id = "doubling_caught", attempts = "the refusal caught, success told", expect = "memory,budget",
    text = [[function evil() local ok = pcall(function()
      local s = "x" while true do s = s .. s end end)
      return "ESCAPED " .. tostring(ok) end]] },
  { id = "refused_loop", attempts = "refusal after refusal", expect = "memory,budget",
    text = [[function evil() while true do pcall(string.rep, "x", 1 << 40) end end]] },
  { id = "tables", attempts = "tables without end", expect = "memory,budget",
    text = [[function evil() local t = {} while true do t = { t } end end]] },
  { id = "array", attempts = "one array without end", expect = "memory,budget",
    text = [[function evil() local t = {} for i = 1, math.huge do t[i] = i end end]] },
  { id = "hash", attempts = "one hash without end", expect = "memory,budget",
    text = [[function evil() local t = {} for i = 1, math.huge do t[i + 0.5] = i end end]] },
  { id = "strings", attempts = "strings without end", expect = "memory,budget",
    text = [[function evil() local t = {} for i = 1, math.huge
      do t[i] = "string number " .. i end end]] },
  { id = "closures", attempts = "closures without end", expect = "memory,budget",
    text = [[function evil() local t = {} for i = 1, math.huge do t[i] = function()
      return i end end end]] },
  { id = "coroutines", attempts = "coroutines without end", expect = "memory,budget",
    text = [[function evil() local t = {} for i = 1, math.huge
      do t[i] = coroutine.create(print or type) end end]] },
  { id = "started_coroutines", attempts = "suspended coroutines without end",
      expect = "memory,budget",
    text = [[function evil() local t = {} for i = 1, math.huge do
      local co = coroutine.wrap(function() coroutine.yield() end)
      co() t[i] = co end end]] },
  { id = "pack_many", attempts = "table.pack of much", expect = "memory,budget,error",
    text = [[function evil() local t = {} for i = 1, 16000 do t[i] = i end local keep = {}
      while true do keep[#keep + 1] = table.pack(table.unpack(t)) end end]] },
  { id = "close_at_cap", attempts = "closing code that runs when memory ends",
      expect = "memory,budget",
    text = [[function evil() pcall(function()
        local x <close> = setmetatable({}, { __close = function() while true do end end })
        local t = {} for i = 1, math.huge do t[i] = {} end end) return "ESCAPED" end]] },
  { id = "handler_at_cap", attempts = "a message handler when memory ends",
      expect = "memory,budget",
    text = [[function evil() xpcall(function()
      local t = {} for i = 1, math.huge do t[i] = {} end end,
      function() while true do end end) return "ESCAPED" end]] },
  { id = "coroutine_at_cap", attempts = "memory ended inside a coroutine and taken for an error",
      expect = "memory,budget",
    text = [[function evil() local ok = coroutine.resume(coroutine.create(function()
        local t = {} for i = 1, math.huge do t[i] = {} end end))
      return "ESCAPED " .. tostring(ok) end]] },
  { id = "wrap_at_cap", attempts = "memory ended inside a wrapped coroutine",
      expect = "memory,budget",
    text = [[function evil() pcall(coroutine.wrap(function()
      local t = {} for i = 1, math.huge do t[i] = {} end end))
      return "ESCAPED" end]] },
  { id = "faked_memory_error", attempts = "an error that looks as if memory had ended",
      expect = "error",
    text = [[function evil() error("not enough memory", 0) end]] },
  { id = "faked_memory_caught", attempts = "the same, caught: nothing must be final",
      expect = "contained", value = "OK",
    text = [[function evil() local ok, why = pcall(error, "not enough memory", 0)
      return why == "not enough memory" and "OK" end]] },
  { id = "faked_budget_error", attempts = "an error in the host's own words", expect = "error",
    text = [[function evil() error("the policy used up its 1000000 steps", 0) end]] },
  { id = "free_and_go_on", attempts = "to free everything and go on after the refusal",
      expect = "memory,budget",
    text = [[function evil() local t = {}
      pcall(function() for i = 1, math.huge do t[i] = ("x"):rep(1000) .. i end end)
      t = nil return "ESCAPED" end]] },
  { id = "globals_kept", attempts = "memory filled up over several calls",
      expect = "memory,budget,contained", calls = 30,
    text = [[kept = {} function evil() for i = 1, 4000 do kept[#kept + 1] = { i } end
      return "CONTAINED" end]] },
  { id = "upvalues_of_errors", attempts = "errors that carry megabytes", expect = "error,memory",
    text = [[function evil() error(("x"):rep(1 << 21)) end]] },
  { id = "error_chain", attempts = "error objects that hold each other",
      expect = "error,memory,budget",
    text = [[function evil() local e = {} for i = 1, 10000 do e = { e } end error(e) end]] },
  { id = "gsub_result", attempts = "a result of gsub beyond the cap", expect = "memory,budget",
    text = [[function evil() return "ESCAPED " .. #(("x"):rep(1000000):gsub("x", "0123456789"))
      end]] },
  { id = "format_result", attempts = "a result of format beyond the cap", expect = "memory,budget",
    text = [[function evil() local s = ("x"):rep(1000000)
      return "ESCAPED " .. #("%s%s%s%s%s%s%s%s%s"):format(s, s, s, s, s, s, s, s, s) end]] },
  { id = "load_memory", attempts = "memory ended while loading", expect = "memory,budget,refused",
    text = [[local t = {} for i = 1, math.huge do t[i] = { i } end]] },
  { id = "stack_memory", attempts = "recursion until the stack is larger than the cap",
      expect = "memory,budget,error",
    text = [[local function f(n) return 1 + f(n + 1) end
      function evil() return "ESCAPED " .. f(1) end]] },
  { id = "stack_caught", attempts = "recursion caught at its end",
      expect = "memory,budget,error,contained",
    text = [[local function f(n) return 1 + f(n + 1) end
      function evil() local ok = pcall(f, 1) return "CONTAINED " .. tostring(ok) end]] },
  { id = "rep_caught_loop", expect = "budget,memory",
    text = [==[function evil() local n = 0 while true do local ok = pcall(string.rep, 'x',
      7e6) n = n + 1 end end]==] },
  { id = "double_pcall", expect = "budget,memory",
    text = [==[function evil() local s = 'x' pcall(function() while true do s = s .. s end
      end) return 'ESCAPED' .. #s end]==] },
  { id = "gsub_capture", expect = "budget,memory",
    text = [==[function evil() local s = ('x'):rep(100000) return #(s:gsub('(.+)',
      ('%1'):rep(1000))) end]==] },
  { id = "linked_closures", expect = "budget,memory",
    text = [==[function evil() local f = function() end while true do local g = f f =
      function() return g() end end end]==] },
  { id = "coroutines_running", expect = "budget,memory",
    text = [==[function evil() local t = {} while true do local co = coroutine.wrap(function()
      local a, b, c, d = 1, 2, 3, 4 coroutine.yield() return a end) co() t[#t + 1] = co end
      end]==] },
  { id = "nested_coroutines", expect = "memory,budget,error",
    text = [==[function evil() local function f() local co = coroutine.wrap(f) return co() end
      return f() end]==] },
  { id = "varargs_double", expect = "error,memory,budget",
    text = [==[function evil() local function f(...) return f(..., ...) end local function
      g(...) local t = {...} return g(table.unpack(t), table.unpack(t)) end return g(1, 2, 3)
      end]==] },
  { id = "metatables", expect = "budget,memory",
    text = [==[function evil() local t = {} while true do t[#t + 1] = setmetatable({},
      {__index = {}}) end end]==] },
  { id = "error_message_grow", expect = "budget,memory",
    text = [==[function evil() local e = 'x' while true do local _ _, e = pcall(error, e .. e)
      end end]==] },
  { id = "global_names", expect = "budget,memory",
    text = [==[function evil() for i = 1, math.huge do _G['g' .. i] = i end end]==] },
  { id = "keep_over_calls", expect = "memory,budget,contained", calls = 20,
    text = [==[local t = {} function evil() t[#t + 1] = ('x'):rep(1000000) .. #t return
      'CONTAINED' end]==] },
  { id = "xpcall_handler_allocs", expect = "budget,memory",
    text = [==[function evil() xpcall(function() local t = {} while true do t[#t + 1] = {t}
      end end, function() local t = {} while true do t[#t + 1] = {t} end end) return 'ESCAPED'
      end]==] },
  { id = "close_allocs", expect = "budget,memory",
    text = [==[function evil() pcall(function() local c <close> = setmetatable({}, {__close =
      function() local t = {} while true do t[#t + 1] = {t} end end}) local t = {} while true
      do t[#t + 1] = {t} end end) return 'ESCAPED' end]==] },
  { id = "pairs_big", expect = "budget,memory",
    text = [==[function evil() local t = {} for i = 1, 60000 do t['k' .. i] = i end for k in
      pairs(t) do local u = {} for k2 in pairs(t) do u[#u + 1] = k2 end end end]==] },
  { id = "grow_shrink", expect = "budget,memory",
    text = [==[function evil() while true do local t = {} for i = 1, 100000 do t[i] = i end
      end end]==] },
}
