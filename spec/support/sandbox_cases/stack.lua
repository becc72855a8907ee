-- Scripts that nest too deep: calls, C calls, coroutines, the parser.  Cases as in cpu.lua.

return {
  { id = "gsub_nested", attempts = "gsub in gsub in gsub", expect = "contained,error,budget,memory",
    text = [[local function deep(s) return (s:gsub(".", deep)) end
      function evil() return "CONTAINED " .. tostring(pcall(deep, "x")) end]] },
  { id = "sort_nested", attempts = "sort in sort", expect = "contained,error,budget,memory",
    text = [[local function order() table.sort({ 1, 2 }, order) return false end
      function evil() return "CONTAINED " .. tostring(pcall(order)) end]] },
  { id = "tostring_nested", attempts = "__tostring that calls tostring",
      expect = "contained,error,budget,memory",
    text = [[local t = setmetatable({}, {})
      local mt = { __tostring = function(x) return tostring(x) end }
      setmetatable(t, mt) function evil()
      return "CONTAINED " .. tostring(pcall(tostring, t)) end]] },
  { id = "index_nested", attempts = "__index functions on top of each other",
      expect = "contained,error,budget,memory",
    text = [[local mt = {} mt.__index = function(t, k) return setmetatable({}, mt)[k] end
      function evil() return "CONTAINED " .. tostring(pcall(function()
      return setmetatable({}, mt).x end)) end]] },
  { id = "concat_handler", attempts = "a __concat handler 3,000 deep: corrupts liblua 5.4.4",
      expect = "contained,error,budget,memory",
    text = [[local mt = {} local n = 0
      mt.__concat = function(a, b) n = n + 1 if n > 3000 then return "x" end return a .. b end
      function evil() local t = setmetatable({}, mt)
      local ok, v = pcall(function() return t .. t end)
        return "CONTAINED " .. tostring(ok) end]] },
  { id = "concat_handler_later", attempts = "the same, put in after setmetatable",
      expect = "contained,error,budget,memory",
    text = [[local mt = {} local t = setmetatable({}, mt) local n = 0
      mt.__concat = function(a, b) n = n + 1 if n > 3000 then return "x" end return a .. b end
      function evil() return "CONTAINED " .. tostring(pcall(function() return t .. t end)) end]] },
  { id = "concat_handler_inherited", attempts = "the same, through getmetatable",
      expect = "contained,error,budget,memory",
    text = [[local t = setmetatable({}, {}) local n = 0
      local mt = getmetatable(t) rawset(mt, "__concat", function(a, b) n = n + 1 if n > 3000 then
      return "x" end return a .. b end)
      function evil() return "CONTAINED " .. tostring(pcall(function()
      return t .. "x" end)) end]] },
  { id = "arithmetic_nested", attempts = "__add within __add",
      expect = "contained,error,budget,memory",
    text = [[local mt = {} mt.__add = function(a, b) return a + b end
      function evil() return "CONTAINED " .. tostring(pcall(function()
      return setmetatable({}, mt) + 1 end)) end]] },
  { id = "close_nested", attempts = "closing code that closes",
      expect = "contained,error,budget,memory",
    text = [[local mt = {} mt.__close = function() local x <close> = setmetatable({}, mt) end
      function evil() return "CONTAINED " .. tostring(pcall(function()
      local x <close> = setmetatable({}, mt) end)) end]] },
  { id = "resume_nested", attempts = "coroutines in coroutines",
      expect = "contained,error,budget,memory",
    text = [[local function deep(n) return coroutine.wrap(deep)(n + 1) end
      function evil() return "CONTAINED " .. tostring(pcall(deep, 1)) end]] },
  { id = "resume_nested_pcall", attempts = "coroutines and pcalls in turn",
      expect = "contained,error,budget,memory",
    text = [[local function deep(n)
      local co = coroutine.create(function() return pcall(deep, n + 1) end)
        return coroutine.resume(co) end
      function evil() return "CONTAINED " .. tostring(deep(1)) end]] },
  { id = "close_coroutines_nested", attempts = "coroutine.close within coroutine.close",
      expect = "contained,error,budget,memory",
    text = [[local function make(inner)
        local co = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function()
      if inner then coroutine.close(inner) end end })
          coroutine.yield() end)
        coroutine.resume(co) return co end
      function evil() local co = nil for i = 1, 3000 do co = make(co) end
        return "CONTAINED " .. tostring(coroutine.close(co)) end]] },
  { id = "error_in_handler", attempts = "a failing handler of a stack overflow",
      expect = "contained,error,budget,memory",
    text = [[local function f() return 1 + f() end
      function evil() return "CONTAINED " .. tostring(xpcall(f, function(e)
      return f() end)) end]] },
  { id = "deep_parentheses", attempts = "an expression nested thousands deep",
      expect = "refused,error,contained",
    text = "function evil() return " .. ("("):rep(20000) .. "1" .. (")"):rep(20000) .. " end" },
  { id = "deep_tables", attempts = "a constructor nested thousands deep",
      expect = "refused,error,contained",
    text = "function evil() return " .. ("{"):rep(20000) .. ("}"):rep(20000) .. " end" },
  { id = "deep_functions", attempts = "functions in functions", expect = "refused,error,contained",
    text = "function evil() return " .. ("function() return "):rep(3000) .. "1 "
      .. ("end "):rep(3000) .. "end" },
  { id = "deep_blocks", attempts = "blocks in blocks", expect = "refused,error,contained",
    text = "function evil() " .. ("do "):rep(20000) .. ("end "):rep(20000) .. "end" },
  { id = "deep_not", attempts = "ten thousand unary operators", expect = "refused,error,contained",
    text = "function evil() return " .. ("not "):rep(10000) .. "1 end" },
  { id = "deep_concat", attempts = "a chain of ten thousand ..", expect = "refused,error,contained",
    text = "function evil() return 'CONTAINED' .. " .. ("'' .. "):rep(10000) .. "'' end" },
  { id = "deep_power", attempts = "a right-associative chain", expect = "refused,error,contained",
    text = "function evil() return " .. ("1^"):rep(10000) .. "1 end" },
  { id = "many_locals", attempts = "more locals than there are registers",
      expect = "refused,error,contained",
    text = "local a" .. (", a"):rep(300) .. " function evil() end" },
  { id = "many_labels", attempts = "thousands of labels", expect = "refused,error,contained,budget",
    text = (function()
      local parts = {}
      for i = 1, 6000 do parts[i] = "::l" .. i .. "::" end
      return "function evil() " .. table.concat(parts) .. " return 'CONTAINED' end"
    end)() },
  { id = "many_gotos", attempts = "thousands of pending gotos",
      expect = "refused,error,contained,budget",
    text = "function evil() do " .. ("goto x "):rep(5000) .. " end ::x:: return 'CONTAINED' end" },
  { id = "many_upvalues", attempts = "names looked for through nested functions",
      expect = "refused,error,contained,budget",
    text = (function()
      local names = {}
      for i = 1, 90 do names[i] = "a" .. i end
      local list = table.concat(names, ",")
      return "function evil() " .. ("local " .. list .. " return function() "):rep(90)
        .. ("x=y "):rep(5000) .. ("end "):rep(90) .. "end"
    end)() },
  { id = "long_name", attempts = "a name of sixty thousand letters in an error",
      expect = "refused,error,contained",
    text = "function evil() return " .. ("n"):rep(60000) .. ".x end" },
  { id = "many_constants", attempts = "thousands of constants", expect = "refused,error,contained",
    text = (function()
      local parts = {}
      for i = 1, 8000 do parts[i] = tostring(i * 3) end
      return "function evil() local t = {" .. table.concat(parts, ",") .. "} return 'CONTAINED' end"
    end)() },
  { id = "handler_overflow", expect = "contained,error,memory,budget",
    text = [==[function evil() local function f() return f() + 1 end return tostring(xpcall(f,
      function(m) return f() end)) end]==] },
  { id = "close_overflow", expect = "contained,error,memory,budget",
    text = [==[function evil() local function f() local x <close> = setmetatable({}, {__close
      = function() f() end}) return f() + 1 end return tostring(pcall(f)) end]==] },
  { id = "cfunction_recursion_pcall_string", expect = "contained,error,memory,budget",
    text = [==[function evil() local f = pcall for i = 1, 10000 do local g = f f =
      function(...) return pcall(g, ...) end end return tostring(f()) end]==] },
  { id = "metatable_concat_stack_grow", expect = "error,contained,budget,memory",
    text = [==[function evil() local mt = {} mt.__concat = function(a, b) local function r(n)
      if n == 0 then return 'y' end return (r(n - 1)) end return r(10000) end local t =
      setmetatable({}, mt) return ('x' .. t .. 'y' .. t .. 'z') end]==] },
  { id = "close_nested_deep", expect = "error,contained,budget,memory",
    text = [==[function evil() local function mk(n) local co = coroutine.create(function()
      local x <close> = setmetatable({}, {__close = function() if n > 0 then local c = mk(n -
      1) coroutine.close(c) end end}) coroutine.yield() end) coroutine.resume(co) return co
      end coroutine.close(mk(250)) return 'CONTAINED' end]==] },
}
