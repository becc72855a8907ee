-- Scripts that never end by their own instructions, and the ways to catch what stops them.
-- Fields of a case: id; attempts, where the id does not tell; expect, the outcomes that are right ("contained": it returns,
-- nothing happened); text, a chunk whose global function evil is called.  Optional: calls, probe,
-- value (of a script that must work), compare (equal in several processes).

return {
  { id = "goto_loop", attempts = "a loop made of goto", expect = "budget",
    text = "function evil() ::again:: goto again end" },
  { id = "repeat_loop", attempts = "an empty repeat", expect = "budget",
    text = "function evil() repeat until false end" },
  { id = "integer_for_full", attempts = "a loop over all integers", expect = "budget",
    text = "function evil() for i = math.mininteger, math.maxinteger do end end" },
  { id = "integer_for_huge", attempts = "a loop to infinity", expect = "budget",
    text = "function evil() for i = 1, math.huge do end end" },
  { id = "float_for_stuck", attempts = "a float step lost to rounding", expect = "budget",
    text = "function evil() for x = 2.0^53, 2.0^53 + 4, 0.25 do end end" },
  { id = "tail_calls", attempts = "endless tail calls", expect = "budget",
    text = "local function f(n) return f(n + 1) end function evil() return f(0) end" },
  { id = "mutual_tail_calls", attempts = "two functions that return each other", expect = "budget",
    text = "local a, b function a() return b() end function b() return a() end evil = a" },
  { id = "index_function", attempts = "__index that looks itself up",
      expect = "budget,error,memory",
    text = [[local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end })
      function evil() return t.a end]] },
  { id = "index_chain", attempts = "a missing key looked for through 1,900 tables, for ever",
    expect = "budget",
    text = [[local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) end
      function evil() while true do local x = t.missing end end]] },
  { id = "newindex_chain", attempts = "an assignment passed on through 1,900 tables",
    expect = "budget",
    text = [[local t = {} for i = 1, 1900 do t = setmetatable({}, { __newindex = t }) end
      function evil() while true do t.x = nil end end]] },
  { id = "index_loop", attempts = "two tables that are each other's __index",
    expect = "error,contained",
    text = [[local a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a })
      function evil() return "CONTAINED " .. tostring(a.x) end]] },
  { id = "callable_self", attempts = "a table that is its own __call: moved up the stack for ever",
    expect = "error,contained",
    text = [[function evil() local t = {} setmetatable(t, { __call = t }) return t() end]] },
  { id = "callable_chain", attempts = "a long chain of callable tables",
      expect = "error,budget,memory,contained",
    text = [[function evil() local t = function() return "CONTAINED" end
      for i = 1, 5000 do t = setmetatable({}, { __call = t }) end return t() end]] },
  { id = "pcall_again", attempts = "the stop caught and the loop begun anew", expect = "budget",
    text = "function evil() while true do pcall(function() while true do end end) end end" },
  { id = "pcall_nested", attempts = "a hundred pcalls around a loop", expect = "budget",
    text = [[local function deep(n) if n == 0 then while true do end end
        pcall(deep, n - 1) while true do end end
      function evil() deep(100) return "ESCAPED" end]] },
  { id = "pcall_result", attempts = "to tell that the stop was caught", expect = "budget",
    text = [[function evil() local ok, why = pcall(function() while true do end end)
      return "ESCAPED " .. tostring(why) end]] },
  { id = "pcall_itself", attempts = "pcall of pcall of pcall", expect = "budget",
    text = [[function evil() pcall(pcall, pcall, function() while true do end end)
      return "ESCAPED" end]] },
  { id = "xpcall_handler_loops", attempts = "a message handler that never returns",
      expect = "budget",
    text = "function evil() xpcall(error, function() while true do end end) end" },
  { id = "xpcall_stop_handler", attempts = "a handler that runs when the stop comes",
      expect = "budget",
    text = [[function evil() local n = 0
      xpcall(function() while true do end end, function() n = 1 while true do end end)
      return "ESCAPED " .. n end]] },
  { id = "xpcall_handler_fails", attempts = "a handler that fails in itself",
      expect = "contained,error,budget",
    text = [[local function handler(e) error(e) end
      function evil() return "CONTAINED " .. tostring(xpcall(error, handler, "x")) end]] },
  { id = "xpcall_self_handler", attempts = "xpcall as its own handler",
      expect = "contained,error,budget",
    text = [[function evil() return "CONTAINED " .. tostring(xpcall(error, xpcall)) end]] },
  { id = "xpcall_pcall_handler", attempts = "pcall as handler of a stop", expect = "budget",
    text = [[function evil() xpcall(function() while true do end end, pcall)
      return "ESCAPED" end]] },
  { id = "close_loops", attempts = "closing code that runs for ever after the stop",
      expect = "budget",
    text = [[function evil() local x <close> = setmetatable({}, { __close = function() while true
      do end end })
      while true do end end]] },
  { id = "close_replaces",
      attempts = "closing code that throws something harmless instead of the stop",
    expect = "budget",
    text = [[function evil() pcall(function()
        local x <close> = setmetatable({}, { __close = function() error("mine", 0) end })
        while true do end end) return "ESCAPED" end]] },
  { id = "close_many", attempts = "thousands of closing variables after the stop",
      expect = "budget,memory,error",
    text = [[local mt = { __close = function() for i = 1, 1e9 do end end }
      local function deep(n) local x <close> = setmetatable({}, mt) if n == 0 then while true
      do end end
        deep(n - 1) end
      function evil() deep(150) end]] },
  { id = "close_many_big", attempts = "closing code that asks for memory after the stop",
      expect = "budget,memory,error",
    text = [[local big = ("x"):rep(400000)
      local mt = { __close = function() local s = big .. "y" end }
      local function deep(n) local x <close> = setmetatable({}, mt) if n == 0 then while true
      do end end
        deep(n - 1) end
      function evil() deep(150) end]] },
  { id = "close_library", attempts = "library functions as closing code", expect = "budget,error",
    text = [[function evil() local x <close> = setmetatable({}, { __close = pcall }) while true
      do end end]] },
  { id = "close_in_pcall", attempts = "closing code that catches the stop of its own",
      expect = "budget",
    text = [[function evil() local x <close> = setmetatable({}, { __close = function()
        pcall(function() while true do end end) while true do end end })
      pcall(function() while true do end end) return "ESCAPED" end]] },
  { id = "gc_loop", attempts = "a finaliser that never ends", expect = "contained,budget,error",
    text = [[function evil() for i = 1, 1000 do setmetatable({}, { __gc = function() while true
      do end end }) end
      return "CONTAINED" end]] },
  { id = "gc_added_later", attempts = "a finaliser put into the metatable afterwards",
      expect = "contained,error",
    text = [[function evil() local mt = { __gc = true } for i = 1, 1000 do setmetatable({}, mt) end
      mt.__gc = function() while true do end end
      for i = 1, 20000 do local t = {} end return "CONTAINED" end]] },
  { id = "gc_at_close", attempts = "a finaliser that runs when the host closes the policy",
    expect = "contained,error",
    text = [[keep = setmetatable({}, { __gc = function() while true do end end })
      function evil() return "CONTAINED" end]] },
  { id = "eq_loop", attempts = "__eq without end", expect = "budget,error",
    text = [[local mt = {} mt.__eq = function(a, b) return a == b end
      function evil() return setmetatable({}, mt) == setmetatable({}, mt) end]] },
  { id = "lt_loop", attempts = "__lt with a loop inside", expect = "budget",
    text = [[local mt = { __lt = function() while true do end end }
      function evil() return setmetatable({}, mt) < setmetatable({}, mt) end]] },
  { id = "len_loop", attempts = "__len with a loop inside", expect = "budget",
    text = [[function evil() return #setmetatable({}, { __len = function() while true
      do end end }) end]] },
  { id = "tostring_loop", attempts = "__tostring with a loop inside", expect = "budget",
    text = [[function evil() return tostring(setmetatable({}, { __tostring = function() while true
      do end end })) end]] },
  { id = "pairs_loop", attempts = "__pairs whose iterator never ends", expect = "budget",
    text = [[local t = setmetatable({}, { __pairs = function(t) return function()
      return 1, 1 end, t, nil end })
      function evil() for _ in pairs(t) do end end]] },
  { id = "iterator_forever", attempts = "a generic for over a function that always answers",
      expect = "budget",
    text = "function evil() for x in function() return 1 end do end end" },
  { id = "ipairs_forever", attempts = "ipairs over an __index that always answers",
      expect = "budget",
    text = [[function evil() for _ in ipairs(setmetatable({}, { __index = function()
      return 1 end })) do end end]] },
  { id = "load_spin", attempts = "a loop while loading", expect = "budget,refused",
    text = "while true do end" },
  { id = "load_pcall_spin", attempts = "a caught loop while loading", expect = "budget,refused",
    text = "while true do pcall(function() while true do end end) end" },
  { id = "load_coroutine_spin", attempts = "a loop in a coroutine while loading",
      expect = "budget,refused",
    text = "coroutine.wrap(function() while true do end end)()" },
  { id = "stop_is_forgotten", attempts = "to hide behind a flag that survives the stop",
      expect = "budget", calls = 2,
    text = [[function evil() if flag then return "ESCAPED" end flag = true while true
      do end end]] },
  { id = "thousand_small_pcalls", attempts = "to spend the budget in many small caught pieces",
      expect = "budget",
    text = [[function evil() while true do pcall(error) end end]] },
  { id = "error_storm", attempts = "errors whose messages are costly to make", expect = "budget",
    text = [[local t = {} function evil() while true do pcall(function()
      return t.a.b.c end) end end]] },
  { id = "huge_varargs", attempts = "arguments passed on by the ten thousand",
      expect = "budget,memory,error",
    text = [[local function f(...) return f(1, ...) end function evil() return f() end]] },
  { id = "select_loop", attempts = "select over many arguments, again and again",
      expect = "budget,error,memory",
    text = [[local t = {} for i = 1, 5000 do t[i] = i end
      local function sum(...) local s = 0 while true do for i = 1, select("#", ...)
      do s = s + (select(i, ...)) end end end
      function evil() return sum(table.unpack(t)) end]] },
  { id = "closure_storm", attempts = "closures with many captured variables",
      expect = "budget,memory",
    text = (function()
      local names = {}
      for i = 1, 180 do names[i] = "v" .. i end
      local list = table.concat(names, ", ")
      return ("local %s=1 function evil() while true do local f=function() return %s end end end")
        :format(list, list:sub(1, 900):match "^(.*),")
    end)() },
  { id = "nested_pcall_200", expect = "budget",
    text = [==[function evil() local f = function() while true do end end for i = 1, 150 do
      local g = f f = function() return pcall(g) end end while true do f() end end]==] },
  { id = "xpcall_handler_calls_work", expect = "budget",
    text = [==[function evil() local function work() while true do end end local function h(m)
      return xpcall(work, h) end xpcall(work, h) xpcall(work, h) return 'ESCAPED' end]==] },
  { id = "close_chain", expect = "budget",
    text = [==[function evil() local function mk() return setmetatable({}, {__close =
      function() local x <close> = setmetatable({}, {__close = function() while true do end
      end}) while true do end end}) end pcall(function() local a <close> = mk() local b
      <close> = mk() while true do end end) return 'ESCAPED' end]==] },
  { id = "close_by_generic_for", expect = "budget",
    text = [==[function evil() pcall(function() for x in function() while true do end end,
      nil, nil, setmetatable({}, {__close = function() while true do end end}) do end end)
      return 'ESCAPED' end]==] },
  { id = "close_error_replaced", expect = "budget",
    text = [==[function evil() local ok, e = pcall(function() local a <close> =
      setmetatable({}, {__close = function(_, err) error('nice', 0) end}) while true do end
      end) return 'ESCAPED ' .. tostring(e) end]==] },
  { id = "mutual_coroutine_pingpong", expect = "budget",
    text = [==[function evil() local a, b a = coroutine.wrap(function() while true do
      coroutine.yield(b()) end end) b = coroutine.wrap(function() while true do
      coroutine.yield(1) end end) while true do a() end end]==] },
  { id = "thousand_coroutines_each_short", expect = "budget",
    text = [==[function evil() while true do local co = coroutine.create(function() for i = 1,
      50 do end end) coroutine.resume(co) end end]==] },
  { id = "for_step_zero", expect = "error",
    text = [==[function evil() for i = 1, 10, 0 do end return 'ESCAPED' end]==] },
  { id = "for_max_edges", expect = "contained", value = "6",
    text = [==[function evil() local n = 0 for i = math.maxinteger - 1, math.maxinteger do n =
      n + 1 end for i = math.mininteger, math.mininteger + 1 do n = n + 1 end for i =
      math.maxinteger, math.maxinteger, math.maxinteger do n = n + 1 end for i =
      math.mininteger, math.mininteger, math.mininteger do n = n + 1 end return n end]==] },
  { id = "for_nan", expect = "contained", value = "0",
    text = [==[function evil() local n = 0 for i = 1, 0/0 do n = n + 1 end return n end]==] },
  { id = "second_call_only", expect = "budget", calls = 2,
    text = [==[local n = 0 function evil() n = n + 1 if n == 2 then while true do end end
      return 'CONTAINED' end]==] },
  { id = "gsub_callback_recursion", expect = "error,budget,contained",
    text = [==[function evil() local function f(s) return (s:gsub('.', f)) end return f('ab')
      end]==] },
  { id = "sort_comparator_recursion", expect = "error,budget,contained",
    text = [==[function evil() local function cmp(a, b) local t = {3, 2, 1} table.sort(t, cmp)
      return a < b end local t = {3, 2, 1} table.sort(t, cmp) return 1 end]==] },
  { id = "metamethod_le_recursive", expect = "error,budget,contained",
    text = [==[function evil() local mt = {} mt.__le = function(a, b) return a <= b end local
      a, b = setmetatable({}, mt), setmetatable({}, mt) return a <= b end]==] },
  { id = "metatable_index_chain_100k", expect = "error,budget,contained,memory",
    text = [==[function evil() local t = {} for i = 1, 50000 do t = setmetatable({}, {__index
      = t}) end while true do local x = t.missing end end]==] },
  { id = "metatable_gc_nonfunction", expect = "contained,error",
    text = [==[function evil() x = setmetatable({}, {__gc = true}) getmetatable(x).__gc =
      function() while true do end end return 'CONTAINED' end]==] },
}
