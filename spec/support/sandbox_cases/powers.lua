-- Scripts that look for what a policy must not have: the system, compiled code, other policies,
-- the host.  Cases as in cpu.lua.

local cases = {
  { id = "string_dump", attempts = "bytecode by string.dump", expect = "nil,error,contained",
    text = [[function evil() local f = string.dump or ("").dump
      return f and "ESCAPED" or "CONTAINED" end]] },
  { id = "load_binary", attempts = "a compiled chunk", expect = "nil,error,contained",
    text = [[function evil() if not load then return "CONTAINED" end
      return load("\27Lua\x54\0\x19\x93\r\n\x1a\n") and "ESCAPED" or "CONTAINED" end]] },
  { id = "load_environment", attempts = "load with the host's environment",
      expect = "nil,error,contained",
    text = [[function evil() if not load then return "CONTAINED" end
      local f = load("return os or io or debug")
      return f and f() and "ESCAPED" or "CONTAINED" end]] },
  { id = "environment_upvalue", attempts = "another environment by _ENV",
      expect = "contained,error",
    text = [[function evil() local _ENV = { type = type }
      return type(os) == "nil" and "CONTAINED" or "ESCAPED" end]] },
  { id = "string_metatable", attempts = "the metatable of strings", expect = "contained,error",
      probe = "('ab'):upper() == 'AB'",
    text = [[function evil() local mt = getmetatable("") if type(mt) ~= "table" then
      return "CONTAINED" end
      mt.__index = function() return "ESCAPED" end return ("x").y end]] },
  { id = "string_metatable_set", attempts = "to give strings another metatable",
      expect = "error,contained",
    text = [[function evil() setmetatable("", { __index = {} }) return "ESCAPED" end]] },
  { id = "string_table_changed", attempts = "the library changed for everybody",
      expect = "contained,error",
    probe = "('x'):rep(3) == 'xxx' and #string.format('%d', 10) == 2",
    text = [[function evil() string.rep = function()
      return "ESCAPED" end string.format = nil math.floor = nil return "CONTAINED" end]] },
  { id = "globals_changed", attempts = "the basic functions changed for everybody",
      expect = "contained,error",
    probe = "tostring(12) == '12' and type(pcall) == 'function' and select('#', 1, 2) == 2",
    text = [[function evil() tostring, pcall, select, pairs, type = nil return "CONTAINED" end]] },
  { id = "globals_left", attempts = "a message left in the globals", expect = "contained,error",
      probe = "left == nil",
    text = [[function evil() left = "here" _G.left = "here" rawset(_G, "left", "here")
      return "CONTAINED" end]] },
  { id = "globals_metatable", attempts = "globals that answer everything",
      expect = "contained,error", probe = "nothing_here == nil",
    text = [[function evil() setmetatable(_G, { __index = function() return "ESCAPED" end })
      return "CONTAINED" end]] },
  { id = "entry_point_trap", attempts = "a function that appears when the host looks for it",
      expect = "error,contained",
    text = [[setmetatable(_G, { __index = function(_, k) if k == "evil" then return function()
      return "ESCAPED" end end end })]] },
  { id = "entry_point_callable", attempts = "an entry point that is a callable table",
      expect = "error,contained",
    text = [[evil = setmetatable({}, { __call = function() return "CONTAINED" end })]] },
  { id = "library_metatables", attempts = "metatables of the libraries", expect = "contained,error",
    probe = "math.nothing == nil and string.nothing == nil",
    text = [[function evil() for _, lib in ipairs { string, table, math, utf8, coroutine } do
        setmetatable(lib, { __index = function()
      return "ESCAPED" end, __newindex = function() end }) end
      return "CONTAINED" end]] },
  { id = "metatable_protected", attempts = "to change a protected metatable",
      expect = "error,contained",
    text = [[function evil() local t = setmetatable({}, { __metatable = "no" })
      if getmetatable(t) ~= "no" then return "ESCAPED" end
      setmetatable(t, {}) return "ESCAPED" end]] },
  { id = "hidden_keys", attempts = "to see what the host keeps in a metatable",
      expect = "contained,error",
    text = [[function evil() local mt = {} setmetatable({}, mt)
      for k, v in pairs(mt) do return "ESCAPED " .. type(k) end
      if next(mt) ~= nil then return "ESCAPED" end return "CONTAINED" end]] },
  { id = "mode_metatable", attempts = "weak tables, which tell when the collector ran",
      expect = "contained,error",
    text = [[function evil() local t = setmetatable({}, { __mode = "k" }) t[{}] = 1
      for i = 1, 30000 do local x = {} end
      return "CONTAINED " .. tostring(next(t) ~= nil) end]], compare = true },
  { id = "context_metatable", attempts = "the metatable of the input",
      expect = "contained,error,nil",
    text = [[function evil(c) local mt = getmetatable(c)
      if type(mt) == "table" then mt.__index = nil mt.__gc = nil return "ESCAPED" end
      return "CONTAINED" end]] },
  { id = "clock_by_counting", attempts = "a clock made of instructions", expect = "contained,error",
      compare = true,
    text = [[function evil() local n = 0 pcall(function() for i = 1, 1000 do n = n + 1 end end)
      return "V " .. n end]] },
  { id = "note_flood", attempts = "more notes than anybody reads", expect = "error,contained,nil",
    text = [[function evil() if not note then return "CONTAINED" end for i = 1, 100000
      do note(("x"):rep(10000)) end return "ESCAPED" end]] },
  { id = "note_forged_lines", attempts = "line ends and colours in a note",
      expect = "contained,nil",
    text = [[function evil() if note then note("a\nFATAL: forged\27[31m\r\0") end
      return "CONTAINED" end]] },
}

for _, name in ipairs {
  "os", "io", "debug", "package", "require", "dofile", "loadfile", "collectgarbage", "print",
      "warn",
  "newproxy", "getfenv", "setfenv", "module", "arg", "jit", "bit32",
} do
  cases[#cases + 1] = { id = "has_" .. name, attempts = "the global " .. name,
      expect = "contained,nil",
    text = ("function evil() return not %s and not rawget(_G, %q) and 'CONTAINED' or 'ESCAPED' end")
      :format(name, name) }
end
for _, name in ipairs { "math.random", "math.randomseed", "string.pack", "string.unpack",
      "string.packsize", "string.dump" } do
  cases[#cases + 1] = { id = "has_" .. name:gsub("%.", "_"), attempts = "the function " .. name,
      expect = "contained,nil",
    text = ("function evil() return %s == nil and 'CONTAINED' or 'ESCAPED' end"):format(name) }
end
return cases
