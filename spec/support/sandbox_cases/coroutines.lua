-- Coroutines against the budget.  Cases as in cpu.lua.

return {
  { id = "create_loop", attempts = "a loop of fresh coroutines, each too short to be counted",
      expect = "budget,memory",
    text = [[function evil() while true do coroutine.wrap(function() for i = 1, 80
      do end end)() end end]] },
  { id = "yield_loop", attempts = "two coroutines that play ball", expect = "budget",
    text = [[function evil() local co = coroutine.wrap(function() while true
      do coroutine.yield() end end)
      while true do co() end end]] },
  { id = "resume_catches", attempts = "resume instead of pcall", expect = "budget",
    text = [[function evil() while true do coroutine.resume(coroutine.create(function() while true
      do end end)) end end]] },
  { id = "resume_result", attempts = "to tell that the stop was caught", expect = "budget",
    text = [[function evil() local ok = coroutine.resume(coroutine.create(function() while true
      do end end))
      return "ESCAPED " .. tostring(ok) end]] },
  { id = "wrap_in_pcall", attempts = "wrap in pcall", expect = "budget",
    text = [[function evil() pcall(coroutine.wrap(function() while true do end end))
      return "ESCAPED" end]] },
  { id = "pcall_inside", attempts = "pcall in a coroutine", expect = "budget",
    text = [[function evil() coroutine.wrap(function() while true do pcall(function() while true
      do end end) end end)()
      return "ESCAPED" end]] },
  { id = "yield_across_pcall", attempts = "yield across pcall, then a loop", expect = "budget",
    text = [[function evil() local co = coroutine.wrap(function() pcall(function() coroutine.yield()
      while true do end end) while true do end end)
      co() co() return "ESCAPED" end]] },
  { id = "close_with_loop", attempts = "coroutine.close that runs a loop", expect = "budget",
    text = [[function evil() local co = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function() while true
      do end end }) coroutine.yield() end)
      coroutine.resume(co) coroutine.close(co) return "ESCAPED" end]] },
  { id = "close_after_stop",
      attempts = "to close a coroutine that died in its hook: its code would run unhooked",
      expect = "budget",
    text = [[local co = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function() while true do end end })
      while true do end end)
      function evil() pcall(coroutine.resume, co) coroutine.close(co) return "ESCAPED" end]] },
  { id = "close_after_stop_wrap", attempts = "the same by wrap, which closes by itself",
      expect = "budget",
    text = [[function evil() pcall(coroutine.wrap(function()
        local x <close> = setmetatable({}, { __close = function() while true do end end })
      while true do end end))
      return "ESCAPED" end]] },
  { id = "close_after_error", attempts = "closing code of a failed coroutine that loops",
      expect = "budget",
    text = [[function evil() local co = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function() while true
      do end end }) error("x") end)
      coroutine.resume(co) coroutine.close(co) return "ESCAPED" end]] },
  { id = "kept_for_later", attempts = "a loop kept in a coroutine until the next call",
      expect = "budget,contained", calls = 2,
    text = [[local co = coroutine.create(function() coroutine.yield() while true do end end)
      function evil() coroutine.resume(co) return "CONTAINED" end]] },
  { id = "made_at_load", attempts = "a coroutine made before the call", expect = "budget",
    text = [[local co = coroutine.wrap(function() while true do end end)
      function evil() co() end]] },
  { id = "resume_self", attempts = "to resume oneself", expect = "contained,error",
    text = [[function evil() local co co = coroutine.create(function()
      return coroutine.resume(co) end)
      return "CONTAINED " .. tostring(select(2, coroutine.resume(co))) end]] },
  { id = "resume_main", attempts = "to resume the main thread", expect = "contained,error",
    text = [[function evil() local main = coroutine.running()
      return "CONTAINED " .. tostring(coroutine.resume(main)) .. coroutine.wrap(function()
      return tostring(coroutine.resume(main)) end)() end]] },
  { id = "close_self", attempts = "to close what is running", expect = "contained,error",
    text = [[function evil() return "CONTAINED " .. tostring(pcall(coroutine.close,
      coroutine.running())) end]] },
  { id = "close_normal", attempts = "to close the resumer", expect = "contained,error",
    text = [[function evil() local outer = coroutine.create(function(me)
        return coroutine.wrap(function() return pcall(coroutine.close, me) end)() end)
      return "CONTAINED " .. tostring(select(2, coroutine.resume(outer, outer))) end]] },
  { id = "resume_dead", attempts = "to resume the dead, over and over", expect = "budget",
    text = [[function evil() local co = coroutine.create(type) coroutine.resume(co) while true
      do coroutine.resume(co) end end]] },
  { id = "resume_many_values", attempts = "16,000 values through resume and yield, for ever",
      expect = "budget,memory,error",
    text = [[local t = {} for i = 1, 16000 do t[i] = i end
      function evil() local co = coroutine.wrap(function(...) while true
      do coroutine.yield(...) end end)
        while true do co(table.unpack(t)) end end]] },
  { id = "yield_in_sort", attempts = "to yield out of a sort", expect = "contained,error",
    text = [[function evil() local co = coroutine.create(function() table.sort({ 3, 1, 2 },
      function() coroutine.yield() end) end)
      return "CONTAINED " .. tostring(coroutine.resume(co)) end]] },
  { id = "yield_in_metamethod", attempts = "to yield in a metamethod", expect = "contained,error",
      value = "OK",
    text = [[function evil() local t = setmetatable({}, { __index = function(_, k)
      return coroutine.yield(k) end })
      local co = coroutine.wrap(function() return t.x end)
      local k = co() return k == "x" and co("OK") end]] },
  { id = "error_after_yield", attempts = "an error after a yield across pcall",
      expect = "contained", value = "OK",
    text = [[function evil() local co = coroutine.wrap(function()
        local ok, why = pcall(function() coroutine.yield(1) error("late", 0) end)
      return why == "late" and "OK" end)
      co() return co() end]] },
  { id = "xpcall_in_coroutine", attempts = "a handler across a yield", expect = "contained",
      value = "OK",
    text = [[function evil() local co = coroutine.wrap(function()
        local ok, why = xpcall(function() coroutine.yield(1) error("late", 0) end, function(m)
      return m .. "!" end) return why end)
      co() return co() == "late!" and "OK" end]] },
  { id = "stack_of_values", attempts = "a stack that moves while it is resumed",
      expect = "contained,memory,error",
    text = [[function evil() local co = coroutine.wrap(function(...)
      local function f(n) if n == 0 then coroutine.yield(n) return 0 end return 1 + f(n - 1) end
        return f(5000) end) co() return "CONTAINED " .. co() end]] },
  { id = "close_kept_coroutine_next_call", expect = "budget", calls = 2,
    text = [==[local co function evil() if not co then co = coroutine.create(function() local
      a <close> = setmetatable({}, {__close = function() while true do end end})
      coroutine.yield() while true do end end) coroutine.resume(co) end coroutine.resume(co)
      return 'ESCAPED' end]==] },
  { id = "coroutine_in_coroutine", expect = "budget",
    text = [==[function evil() local function nest(n) if n == 0 then while true do end end
      local co = coroutine.wrap(nest) return co(n - 1) end return nest(50) end]==] },
  { id = "yield_main", expect = "error,contained",
    text = [==[function evil() coroutine.yield(1) return 'ESCAPED' end]==] },
  { id = "yield_in_gsub", expect = "error,contained",
    text = [==[function evil() return coroutine.wrap(function() return ('abc'):gsub('.',
      coroutine.yield) end)() end]==] },
  { id = "yield_in_tostring", expect = "error,contained",
    text = [==[function evil() return coroutine.wrap(function() return
      tostring(setmetatable({}, {__tostring = coroutine.yield})) end)() end]==] },
  { id = "yield_in_close", expect = "error,contained",
    text = [==[function evil() local co = coroutine.wrap(function() local x <close> =
      setmetatable({}, {__close = function() coroutine.yield('c') end}) return 'r' end) local
      a = co() local b = co() return a .. b end]==] },
  { id = "yield_in_error_close", expect = "error,contained",
    text = [==[function evil() local co = coroutine.create(function() local x <close> =
      setmetatable({}, {__close = function() coroutine.yield('c') end}) error('e') end) local
      _, a = coroutine.resume(co) local _, b = coroutine.resume(co) return tostring(a) ..
      tostring(b) end]==] },
  { id = "close_while_yield_in_close", expect = "error,contained",
    text = [==[function evil() local co = coroutine.create(function() local x <close> =
      setmetatable({}, {__close = function() coroutine.yield('c') end}) coroutine.yield(1)
      end) coroutine.resume(co) return tostring(coroutine.close(co)) .. coroutine.status(co)
      end]==] },
  { id = "error_in_nested", expect = "error,contained,budget,memory",
    text = [==[function evil() local function f(n) if n == 0 then error('deep') end local ok,
      e = coroutine.resume(coroutine.create(f), n - 1) error(e, 0) end return
      tostring(pcall(f, 190)) end]==] },
  { id = "resume_cve_43519", expect = "error,contained,budget,memory",
    text = [==[function evil() local function loop() assert(pcall(loop)) end local err, msg =
      xpcall(loop, loop) return 'CONTAINED' end]==] },
  { id = "cve_43519_b", expect = "error,contained,budget,memory",
    text = [==[function evil() local co co = coroutine.wrap(function() return pcall(pcall,
      pcall, pcall, pcall, error, co) end) co() local function lp() return
      pcall(coroutine.wrap(lp)) end return tostring(lp()) end]==] },
  { id = "status_all", expect = "contained", value = "suspendedrunningdead",
    text = [==[function evil() local co co = coroutine.create(function() return
      coroutine.status(co) end) local a = coroutine.status(co) local _, b =
      coroutine.resume(co) return a .. b .. coroutine.status(co) end]==] },
  { id = "isyieldable", expect = "contained", value = "falsetrue",
    text = [==[function evil() local a = coroutine.isyieldable() local b =
      coroutine.wrap(function() return coroutine.isyieldable() end)() return tostring(a) ..
      tostring(b) end]==] },
  { id = "stack_overflow_inside", expect = "error,contained,memory,budget",
    text = [==[function evil() local function f() return f() + 1 end local ok, e =
      coroutine.resume(coroutine.create(f)) return tostring(ok) end]==] },
}
