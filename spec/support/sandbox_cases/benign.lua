-- Ordinary policies that must work, each answering "OK".  Cases as in cpu.lua.

local cases = {
  { id = "quota_table", text = [[
    local limits = { acme = { VCPU = 20, MEMORY_MB = 4096 }, ["*"] = { VCPU = 2 } }
    local function limit(project, class)
      return (limits[project] or limits["*"])[class] or math.huge end
    function evil() return limit("acme", "VCPU") == 20 and limit("x", "VCPU") == 2
      and limit("x", "DISK") == math.huge and "OK" end]] },
  { id = "inheritance", text = [[
    local Base = {} Base.__index = Base
      function Base.new(n) return setmetatable({ name = n }, Base) end
      function Base:hello() return "hello " .. self.name end
    local Sub = setmetatable({}, { __index = Base }) Sub.__index = Sub
      function Sub.new(n) return setmetatable(Base.new(n), Sub) end
    function evil() local s = Sub.new("x") return s:hello() == "hello x" and getmetatable(s) == Sub
      and "OK" end]] },
  { id = "operators", text = [[
    local V = {} V.__index = V V.__add = function(a, b)
      return setmetatable({ n = a.n + b.n }, V) end
    V.__eq = function(a, b) return a.n == b.n end V.__lt = function(a, b)
      return a.n < b.n end V.__le = function(a, b) return a.n <= b.n end
    V.__len = function(a) return a.n end V.__unm = function(a)
      return setmetatable({ n = -a.n }, V) end V.__call = function(a, x)
      return a.n * x end V.__tostring = function(a) return "V" .. a.n end
    local function v(n) return setmetatable({ n = n }, V) end
    function evil() return v(1) + v(2) == v(3) and v(1) < v(2) and v(2) <= v(2) and #v(4) == 4
      and (-v(1)).n == -1 and v(3)(4) == 12 and tostring(v(5)) == "V5" and "OK" end]] },
  { id = "default_values", text = [[
    local d = setmetatable({}, { __index = function() return 0 end })
      function evil() d.x = d.x + 1 d.x = d.x + 1 return d.x == 2 and d.y == 0 and "OK" end]] },
  { id = "read_only_proxy", text = [[
    local real = { a = 1 } local p = setmetatable({}, { __index = real, __newindex = function()
      error("read-only", 2) end, __len = function() return 7 end, __pairs = function()
      return pairs(real) end })
    function evil() local n = 0 for k, v in pairs(p) do n = n + v end
      return p.a == 1 and not pcall(function() p.b = 1 end) and #p == 7 and n == 1 and "OK" end]] },
  { id = "pcall_errors", text = [[
    function evil() local ok, why = pcall(function() error({ code = "denied" }) end)
      local ok2, why2 = pcall(function() error("plain") end)
      local ok3, why3 = pcall(error, "bare", 0)
      return not ok and why.code == "denied" and why2:find("plain$") and why2:find(":%d+:")
      and why3 == "bare" and "OK" end]] },
  { id = "xpcall_message", text = [[
    function evil() local ok, why = xpcall(function()
      local x = nil; return x.y end, function(m) return "caught: " .. m end)
      return not ok and why:find("^caught: .*index") and "OK" end]] },
  { id = "closing", text = [[
    local log = {} local function scope(n)
      return setmetatable({}, { __close = function(_, e) log[#log + 1] = n .. (e and "!"
      or "") end }) end
    function evil() do local a <close> = scope("a")
      local b <close> = scope("b") end pcall(function() local c <close> = scope("c") error("x") end)
      return table.concat(log, " ") == "b a c!" and "OK" end]] },
  { id = "generators", text = [[
    local function range(n) return coroutine.wrap(function() for i = 1, n
      do coroutine.yield(i) end end) end
    function evil() local s = 0 for i in range(100) do s = s + i end
      return s == 5050 and "OK" end]] },
  { id = "producers", text = [[
    function evil() local p = coroutine.create(function(a) local b = coroutine.yield(a + 1)
      local c = coroutine.yield(b * 2) return c, "done" end)
      local _, x = coroutine.resume(p, 1) local _, y = coroutine.resume(p, 10)
      local _, z, d = coroutine.resume(p, 5)
      return x == 2 and y == 20 and z == 5 and d == "done" and coroutine.status(p) == "dead"
      and "OK" end]] },
  { id = "coroutine_close", text = [[
    function evil() local done local co = coroutine.create(function()
      local x <close> = setmetatable({}, { __close = function() done = true end }) coroutine.yield()
      end)
      coroutine.resume(co) return coroutine.close(co) and done and coroutine.status(co) == "dead"
      and coroutine.isyieldable() == false and "OK" end]] },
  { id = "string_methods", text = [[
    function evil() local s = "Hello, World" return s:len() == 12 and s:upper() == "HELLO, WORLD"
      and s:lower() == "hello, world" and s:sub(-5) == "World" and s:sub(1, 5) == "Hello"
      and s:rep(2, "|") == "Hello, World|Hello, World" and s:reverse() == "dlroW ,olleH"
      and s:byte(1) == 72 and string.char(72, 105) == "Hi" and ("x"):rep(0) == ""
      and ("ab"):rep(3) == "ababab" and "OK" end]] },
  { id = "patterns", text = [==[
    function evil() local y, m, d = ("2024-03-15"):match("^(%d+)-(%d+)-(%d+)$")
      local k, v = ("key = value"):match("^(%w+)%s*=%s*(%w+)$")
      local a, b = ("hello world"):find("wor") local p = ("abc"):find("b", 1, true)
      local pos = ("x=1"):match("()=") local bal = ("f(a(b)c)d"):match("%b()")
      local fr = ("THE (quick) fox"):find("%f[%a]%a+%f[%A]")
      return y == "2024" and m == "03" and d == "15" and k == "key" and v == "value" and a == 7
      and b == 9 and p == 2 and pos == 2 and bal == "(a(b)c)" and fr == 1
      and ("a.b"):find(".", 2, true) == 2 and ("[x]"):match("^%[(.-)%]$") == "x"
        and ("aXb"):match("%u") == "X" and ("äö"):match("[\xC3]") == "\xC3"
      and ("x"):match("^[^%s]$") == "x" and ("a-b"):match("[a%-]+") == "a-"
      and ("]"):match("[]]") == "]" and "OK" end]==] },
  { id = "gsub_kinds", text = [[
    function evil() local a, n = ("hello world"):gsub("o", "0")
      local b = ("hello"):gsub("(l)(l)", "%2-%1")
      local c = ("$name is $age"):gsub("%$(%w+)", { name = "Ann", age = 42 })
      local d = ("abc"):gsub("%w", function(x) return x == "b" and "[" .. x .. "]" end)
      local e = ("abc"):gsub("", "-") local f = ("hello"):gsub("l", "L", 1)
      local g = ("100%"):gsub("%%", "%%%%")
      return a == "hell0 w0rld" and n == 2 and b == "hel-lo" and c == "Ann is 42" and d == "a[b]c"
      and e == "-a-b-c-" and f == "heLlo" and g == "100%%" and ("abc"):gsub("^a", "x") == "xbc"
      and "OK" end]] },
  { id = "gmatch_words", text = [[
    function evil() local n, r = 0, {} for w in ("one two  three"):gmatch("%a+") do n = n + 1 end
      for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do r[k] = tonumber(v) end
      return n == 3 and r.a == 1 and r.b == 2 and "OK" end]] },
  { id = "format_numbers", text = [[
    function evil() local f = string.format
      return f("%d|%5d|%-5d|%05d|%+d", 42, 42, 42, 42, 42) == "42|   42|42   |00042|+42"
      and f("%.2f|%8.3f|%e", 3.14159, 2.5, 1234.5) == "3.14|   2.500|1.234500e+03"
      and f("%x|%X|%#x|%o", 255, 255, 255, 8) == "ff|FF|0xff|10"
      and f("%s|%10s|%-10s|%.2s", "a", "b", "c", "xyz") == "a|         b|c         |xy"
      and f("%c%c", 76, 117) == "Lu" and f("%q", 'a"b\n') == '"a\\"b\\\n"'
      and f("%g|%g", 1e20, 0.1) == "1e+20|0.1"
      and f("%%") == "%" and f("%i", 3.0) == "3" and f("%5.1f", -0.05) == " -0.1"
      and f("%s %s %s", nil, true, 12) == "nil true 12" and f("%.3d", 5) == "005"
      and f("% d", 5) == " 5" and f("%.14g", 0.1) == "0.1" and "OK" end]] },
  { id = "table_functions", text = [[
    function evil() local t = { 1, 2, 3 } table.insert(t, 4) table.insert(t, 1, 0)
      local last = table.remove(t) local first = table.remove(t, 1)
      local p = table.pack(1, nil, 3) local a, b, c = table.unpack({ 7, 8, 9 })
      local m = table.move({ 1, 2, 3 }, 1, 3, 2) local u = table.move({ 1, 2, 3 }, 2, 3, 1)
      return table.concat(t, ",") == "1,2,3" and last == 4 and first == 0 and p.n == 3
      and a + b + c == 24 and table.concat(m, ",") == "1,1,2,3" and u[1] == 2 and u[2] == 3
      and table.concat({}, ",") == "" and table.concat({ 1, "a", 2.5 }, "-") == "1-a-2.5"
      and table.concat({ 1, 2, 3 }, "", 2, 3) == "23" and "OK" end]] },
  { id = "sorting", text = [[
    function evil() local t = { 5, 2, 8, 1, 9, 3 } table.sort(t)
      local d = { 5, 2, 8 } table.sort(d, function(a, b) return a > b end)
      local s = { "pear", "apple", "fig" } table.sort(s)
      local r = { { n = "b", v = 1 }, { n = "a", v = 1 }, { n = "c", v = 0 } } table.sort(r,
      function(x, y) return x.v < y.v end)
      return table.concat(t) == "123589" and table.concat(d) == "852" and s[1] == "apple"
      and s[3] == "pear" and r[1].n == "c" and r[2].n == "b" and "OK" end]] },
  { id = "iteration", text = [[
    function evil() local t, keys, s = { x = 1, y = 2, z = 3 }, {}, 0 for k, v in pairs(t)
      do keys[#keys + 1] = k s = s + v end
      for i, v in ipairs { 10, 20, nil, 40 } do s = s + v end for k in pairs(t) do t[k] = nil end
      return table.concat(keys) == "xyz" and s == 36 and next(t) == nil and next({ 1 }) == 1
      and "OK" end]] },
  { id = "pairs_array", text = [[
    function evil() local r = {} for i, v in pairs { "a", "b", "c" } do r[#r + 1] = i .. v end
      for k, v in pairs { "x", n = 1 } do r[#r + 1] = k .. v end
      local t = { 1, 2, 3, 4 } for i in pairs(t) do if i % 2 == 0 then t[i] = nil end end
      return table.concat(r, " ") == "1a 2b 3c 1x n1" and t[1] == 1 and t[2] == nil and t[3] == 3
      and "OK" end]] },
  { id = "numbers", text = [[
    function evil() return 7 // 2 == 3 and 7 % 3 == 1 and -7 // 2 == -4 and -7 % 3 == 2
      and 2^10 == 1024.0 and 7 / 2 == 3.5 and 1 << 4 == 16 and 0xFF & 0x0F == 15 and 5 | 2 == 7
      and 6 ~ 3 == 5 and ~0 == -1
      and math.type(1) == "integer" and math.type(1.0) == "float" and math.type("1") == nil
      and 1 == 1.0 and math.maxinteger + 1 == math.mininteger and 10 // 0.0 == math.huge
      and "OK" end]] },
  { id = "math_functions", text = [[
    function evil() return math.floor(3.7) == 3 and math.ceil(3.2) == 4 and math.floor(-3.5) == -4
      and math.max(1, 5, 3) == 5 and math.min(4, 2.5) == 2.5 and math.abs(-7) == 7
      and math.sqrt(16) == 4.0 and math.fmod(7, 3) == 1 and math.fmod(-7, 3) == -1
      and math.tointeger(3.0) == 3 and math.tointeger(3.5) == nil and math.ult(1, -1)
      and select(2, math.modf(3.25)) == 0.25 and math.log(8, 2) == 3.0 and math.log(100, 10) == 2.0
      and math.exp(0) == 1.0 and math.pi > 3.14 and math.huge > math.maxinteger
      and math.floor(2^31 + 0.5) == 2147483648
      and math.sin(0) == 0.0 and math.cos(0) == 1.0 and math.atan(1, 1) > 0.78
      and math.deg(math.pi) == 180.0 and math.rad(180) == math.pi and "OK" end]] },
  { id = "conversions", text = [[
    function evil() return tonumber("42") == 42 and tonumber("0x1F") == 31
      and tonumber("3.5e2") == 350.0 and tonumber("  7  ") == 7 and tonumber("abc") == nil
      and tonumber("z", 36) == 35 and tonumber("1010", 2) == 10 and tonumber("-ff", 16) == -255
      and tonumber("8", 8) == nil and tonumber("") == nil and tonumber(nil) == nil
      and tostring(42) == "42" and tostring(4.0) == "4.0" and tostring(nil) == "nil"
      and tostring(true) == "true" and tostring(1e15) == "1e+15" and tostring(-0.0) == "-0.0"
      and "10" + 5 == 15 and "3" * "4" == 12 and 10 .. "" == "10" and -"2" == -2 and "7" // 2 == 3
      and "OK" end]] },
  { id = "varargs", text = [[
    local function sum(...) local s = 0 for i = 1, select("#", ...)
      do s = s + (select(i, ...) or 0) end return s end
      local function last(...) return (select(-1, ...)) end
    function evil() return sum(1, 2, nil, 4) == 7 and last(1, 2, 3) == 3 and select("#") == 0
      and select("#", nil, nil) == 2 and #{ select(2, "a", "b", "c") } == 2 and "OK" end]] },
  { id = "utf8_text", text = [[
    function evil() local s = "naïve €"
      local n = 0 for p, c in utf8.codes(s) do n = n + c end
      return utf8.len(s) == 7 and #s == 10 and utf8.char(8364, 65) == "€A"
      and utf8.codepoint("€") == 8364 and utf8.offset(s, 4) == 5 and utf8.len("\xFF") == nil
      and n > 8364 and s:match(utf8.charpattern) == "n"
      and select("#", utf8.codepoint("abc", 1, -1)) == 3 and utf8.offset(s, -1) == 8
      and "OK" end]] },
  { id = "closures", text = [[
    local function counter() local n = 0 return function() n = n + 1 return n end end
      function evil() local a, b = counter(), counter() a() a()
      return a() == 3 and b() == 1 and "OK" end]] },
  { id = "memoised", text = [[
    local cache = setmetatable({}, { __mode = "k" })
      local function fib(n) if n < 2 then return n end
      local c = cache[n] if c then return c end c = fib(n - 1) + fib(n - 2) cache[n] = c
      return c end
    function evil() return fib(80) == 23416728348467685 and "OK" end]] },
  { id = "state_between_calls", calls = 3, text = [[
    local seen = 0 function evil() seen = seen + 1 return seen <= 3 and "OK" end]] },
  { id = "goto_continue", text = [[
    function evil() local s = 0 for i = 1, 10 do
      if i % 2 == 0 then goto continue end s = s + i ::continue:: end
      return s == 25 and "OK" end]] },
  { id = "attributes", text = [[
    local LIMIT <const> = 10 function evil()
      local x <const> = LIMIT * 2 return x == 20 and "OK" end]] },
  { id = "recursion", text = [[
    local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
      function evil() return depth(5000) == 5000 and "OK" end]] },
  { id = "long_work", text = [[
    function evil() local s = 0 for i = 1, 200000 do s = s + i % 7 end
      return s == 599997 and "OK" end]] },
  { id = "big_text", text = [[
    function evil() local t = {} for i = 1, 5000 do t[i] = ("line %d of the report"):format(i) end
      local s = table.concat(t, "\n") local n = 0 for line in s:gmatch("[^\n]+") do n = n + 1 end
      local up = s:gsub("report", string.upper)
      return n == 5000 and up:find("REPORT", 1, true) and #s > 100000 and "OK" end]] },
  { id = "word_count", text = [[
    function evil() local text, count = ("the quick brown fox jumps over the lazy dog "):rep(200),
      {} for w in text:gmatch("%a+") do count[w] = (count[w] or 0) + 1 end
      local words = {} for w in pairs(count)
      do words[#words + 1] = w end table.sort(words, function(a, b) if count[a] ~= count[b] then
      return count[a] > count[b] end return a < b end)
      return words[1] == "the" and count.the == 400 and #words == 8 and "OK" end]] },
  { id = "bin_packing", text = [[
    function evil() local items, bins = {}, {} for i = 1, 200
      do items[i] = i * 37 % 50 + 1 end table.sort(items, function(a, b) return a > b end)
      for _, size in ipairs(items) do
      local placed for _, bin in ipairs(bins) do
      if bin.free >= size then bin.free = bin.free - size placed = true break end end
      if not placed then bins[#bins + 1] = { free = 100 - size } end end
      local total = 0 for _, s in ipairs(items) do total = total + s end
      return #bins >= total // 100 and #bins < total // 100 + 5 and "OK" end]] },
  { id = "json_writer", text = [[
    local function json(v) local t = type(v) if t == "string" then
      return '"' .. v:gsub('["\\]', "\\%0") .. '"' elseif t ~= "table" then return tostring(v) end
      if #v > 0 then local r = {} for i, x in ipairs(v) do r[i] = json(x) end
      return "[" .. table.concat(r, ",") .. "]" end
      local r = {} for k, x in pairs(v) do r[#r + 1] = json(k) .. ":" .. json(x) end
      return "{" .. table.concat(r, ",") .. "}" end
    function evil() return json { name = "n", list = { 1, 2.5, "x" },
      ok = true } == '{"list":[1,2.5,"x"],"name":"n","ok":true}' and "OK" end]] },
  { id = "sets", text = [[
    local function set(l) local s = {} for _, v in ipairs(l) do s[v] = true end return s end
      local required, have = set { "SSD", "AVX2" }, set { "SSD", "AVX2", "GPU" }
    function evil() for trait in pairs(required) do if not have[trait] then return "missing" end end
      return "OK" end]] },
  { id = "object_keys", text = [[
    function evil() local a, b, t = {}, {}, {} t[a] = 1 t[b] = 2 t[evil] = 3
      return t[a] + t[b] + t[evil] == 6 and "OK" end]] },
  { id = "own_environment", text = [[
    local function isolated() local _ENV = { x = 5 } y = x + 1 return y end
      function evil() return isolated() == 6 and y == nil and "OK" end]] },
  { id = "raw_access", text = [[
    function evil() local t = setmetatable({}, { __index = function()
      return 1 end, __newindex = function() end, __eq = function()
      return true end, __len = function() return 9 end }) t.x = 5 rawset(t, "y", 6)
      return rawget(t, "x") == nil and t.y == 6 and rawlen(t) == 0
      and not rawequal(t, setmetatable({}, getmetatable(t))) and rawlen("abc") == 3
      and "OK" end]] },
  { id = "metatable_set_twice", text = [[
    function evil() local mt = {} local t = setmetatable({}, mt)
      mt.__index = { x = "OK" } setmetatable(t, mt) return t.x end]] },
  { id = "byte_order_mark", text = "\xEF\xBB\xBFfunction evil() return 'OK' end" },
  { id = "hash_line",
      text = "#!/usr/bin/env lua\nfunction evil() return 'OK' end" },
  { id = "returns_table", text = "return { evil = function() return 'OK' end }" },
  { id = "input_object", text = [[function evil(context)
      return type(context) ~= "nil" and "OK" end]] },
  { id = "type_names", text = [[
    function evil() return type(nil) .. type(1) .. type("") .. type({}) .. type(type) .. type(true)
      .. type(coroutine.create(type)) == "nilnumberstringtablefunctionbooleanthread"
      and _VERSION == "Lua 5.4" and _G._G == _G and "OK" end]] },
}

for _, case in ipairs(cases) do
  case.attempts, case.expect, case.value = "nothing: it must work", "contained", "OK"
end
return cases
