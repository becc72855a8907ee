-- Ordinary programs, of every feature that the author of a policy may use: each must answer in the
-- sandbox what it answers in Lua itself.  A program defines evil(), and its results are compared.

local programs = {
  { id = "queue", text = [==[
    local Queue = {} Queue.__index = Queue
      function Queue.new() return setmetatable({first = 1, last = 0, items = {}}, Queue) end
      function Queue:push(v) self.last = self.last + 1 self.items[self.last] = v end
      function Queue:pop() if self.first > self.last then return nil end local v =
      self.items[self.first] self.items[self.first] = nil self.first = self.first + 1 return v
      end
      function Queue:__len() return self.last - self.first + 1 end
      function evil() local q = Queue.new() for i = 1, 10 do q:push(i * i) end local s = 0
      while #q > 3 do s = s + q:pop() end return s .. ":" .. #q end]==] },
  { id = "map_filter_reduce", text = [==[
    local function map(t, f) local r = {} for i, v in ipairs(t) do r[i] = f(v) end return r
      end
      local function filter(t, p) local r = {} for _, v in ipairs(t) do if p(v) then r[#r + 1]
      = v end end return r end
      local function reduce(t, f, a) for _, v in ipairs(t) do a = f(a, v) end return a end
      function evil() return reduce(map(filter({1,2,3,4,5,6,7,8}, function(x) return x % 2 ==
      0 end), function(x) return x * x end), function(a, b) return a + b end, 0) end]==] },
  { id = "memoised_fibonacci", text = [==[
    local function memo(f) local c = {} return function(n) local v = c[n] if v == nil then v =
      f(n) c[n] = v end return v end end
      local fib fib = memo(function(n) if n < 2 then return n end return fib(n - 1) + fib(n -
      2) end)
      function evil() return fib(90) end]==] },
  { id = "words", text = [==[
    function evil() local words = {} for w in ("one, two;three   four"):gmatch("[^,;%s]+") do
      words[#words + 1] = w:upper() end return table.concat(words, "|") end]==] },
  { id = "split", text = [==[
    local function split(s, sep) local r, from = {}, 1 while true do local a, b = s:find(sep,
      from, true) if not a then r[#r + 1] = s:sub(from) return r end r[#r + 1] = s:sub(from, a
      - 1) from = b + 1 end end
      function evil() return table.concat(split("a.b..c.", "."), "/") .. #split("", ".") end]==] },
  { id = "trim", text = [==[
    local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end
      function evil() return "[" .. trim("  hi there \n") .. "]" end]==] },
  { id = "pairs_of_text", text = [==[
    function evil() local t = {} for k, v in ("a=1;b=2;c=3"):gmatch("(%w+)=(%w+)") do t[k] =
      tonumber(v) end return t.a + t.b * 10 + t.c * 100 end]==] },
  { id = "positions", text = [==[
    function evil() local s = "The year 2024 and 1999" local r = {} for y, p in
      s:gmatch("(%d%d%d%d)()") do r[#r + 1] = y .. "@" .. p end return table.concat(r, ",")
      end]==] },
  { id = "capitals", text = [==[
    function evil() return ("hello world from lua"):gsub("(%w+)", function(w) return w:sub(1,
      1):upper() .. w:sub(2) end) end]==] },
  { id = "templates", text = [==[
    function evil() return ("$user has $n claims"):gsub("%$(%w+)", {user = "ann", n = 3}) end]==] },
  { id = "balanced", text = [==[
    function evil() return ("f(a,(b,c)) + g(x)"):match("%b()"),
      ("x = [[y]]"):match("%[%[(.-)%]%]") end]==] },
  { id = "key_value", text = [==[
    function evil() return ("key: value"):match("^(%w+):%s*(.+)$"),
      ("no"):match("^(%w+):%s*(.+)$") end]==] },
  { id = "frontier", text = [==[
    function evil() local r = {} for w in ("THE (quick) brOWN fox"):gmatch("%f[%a]%u+%f[%A]")
      do r[#r + 1] = w end return table.concat(r, " ") end]==] },
  { id = "address", text = [==[
    function evil() return ("192.168.1.10"):match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") end]==] },
  { id = "formats", text = [==[
    function evil() return
      ("%5.2f|%-8s|%08.3f|%+d|%x|%X|%#x|%o|%e|%g|%c|%q|%%|%i|%u"):format(3.14159, "ab", -2.5,
      7, 255, 255, 255, 8, 12345.678, 1e-10, 65, 'a "q" \n', 42, 42) end]==] },
  { id = "integer_division", text = [==[
    function evil() return 7 // 2, -7 // 2, 7 // -2, 7 % -3, -7 % 3, 7.5 // 2, -7.5 % 2, 5 //
      0.0, -5 % math.huge, 2^0.5 end]==] },
  { id = "bit_operators", text = [==[
    function evil() return 5 & 3, 5 | 3, 5 ~ 3, ~5, 1 << 62, 1 << 63, 1 << 64, -1 >> 1, -1 >>
      63, 3.0 | 0 end]==] },
  { id = "number_texts", text = [==[
    function evil() return 1e15, 1e16, 2^53, 2^63, 123456789012, 0.1, 1/3, -0.0, 100 // 1e0,
      1e100, 3 | 0, 10 / 2, 3.0 == 3, math.type(3.0), math.type(3) end]==] },
  { id = "number_texts_joined", text = [==[
    function evil() return tostring(1e15) .. tostring(10 // 3) .. tostring(10 / 5) ..
      tostring(2^31) .. tostring(-1e-7) .. tostring(123.456e3) .. tostring(5 % 3.0) end]==] },
  { id = "math_functions", text = [==[
    function evil() return math.max(3, 7.5, -1), math.min(2, 2.0), math.floor(-3.5),
      math.ceil(-3.5), math.abs(math.mininteger), math.fmod(-7, 3), math.fmod(7, -3.5),
      math.tointeger("8"), math.ult(-1, 1), math.modf(-3.7) end]==] },
  { id = "numerals", text = [==[
    function evil() return tonumber("0x1p4"), tonumber("1e1"), tonumber("  12  "),
      tonumber("12a"), tonumber("7", 8), tonumber("zz", 36), tonumber("1.5e-3"), tonumber(""),
      tonumber("0x"), tonumber("1 2") end]==] },
  { id = "sorting", text = [==[
    function evil() local t = {5, 3, 9, 1} table.sort(t) local u = {"b", "a", "C"}
      table.sort(u) local v = {{n = 2}, {n = 1}} table.sort(v, function(a, b) return a.n < b.n
      end) return table.concat(t, ","), table.concat(u, ","), v[1].n end]==] },
  { id = "insert_remove", text = [==[
    function evil() local t = {1, 2, 3, 4, 5} table.insert(t, 3, 99) table.remove(t, 1)
      table.insert(t, 6) return table.concat(t, " "), table.remove({}), table.remove({7}), #t
      end]==] },
  { id = "pack_unpack", text = [==[
    function evil() local t = table.pack(1, nil, 3, nil) local a, b, c, d = table.unpack(t, 1,
      t.n) return t.n, a, b, c, d, select("#", table.unpack(t, 1, t.n)) end]==] },
  { id = "move", text = [==[
    function evil() local a = {1, 2, 3} local b = table.move(a, 1, 3, 3, {9, 9}) local c =
      table.move({1, 2, 3, 4}, 2, 4, 1) return table.concat(b, ","), table.concat(c, ",") end]==] },
  { id = "varargs", text = [==[
    local function f(...) local a, b = ... return select("#", ...), a, b, (...) end function
      evil() return f(), f(nil), f(1, 2, 3) end]==] },
  { id = "currying", text = [==[
    local function curry(f, n) n = n or 2 if n < 2 then return f end local function c(args, n)
      return function(x) local a = {table.unpack(args)} a[#a + 1] = x if n == 1 then return
      f(table.unpack(a)) end return c(a, n - 1) end end return c({}, n) end
      function evil() return curry(function(a, b, c) return a + b * c end, 3)(1)(2)(3) end]==] },
  { id = "inheritance", text = [==[
    local Animal = {} Animal.__index = Animal
      function Animal.new(n) local o = setmetatable({}, Animal) o.name = n return o end
      function Animal:speak() return self.name .. " makes " .. self:sound() end function
      Animal:sound() return "noise" end
      local Dog = setmetatable({}, {__index = Animal}) Dog.__index = Dog
      function Dog.new(n) local o = Animal.new(n) return setmetatable(o, Dog) end function
      Dog:sound() return "woof" end
      function evil() return Dog.new("rex"):speak() .. "; " .. Animal.new("cat"):speak() end]==] },
  { id = "arithmetic_metatable", text = [==[
    local V = {} V.__index = V
      local function new(x, y) return setmetatable({x = x, y = y}, V) end
      V.__add = function(a, b) return new(a.x + b.x, a.y + b.y) end V.__mul = function(a, k)
      if type(a) == "number" then a, k = k, a end return new(a.x * k, a.y * k) end
      V.__eq = function(a, b) return a.x == b.x and a.y == b.y end V.__lt = function(a, b)
      return a.x < b.x end V.__le = function(a, b) return a.x <= b.x end
      V.__tostring = function(a) return "(" .. a.x .. "," .. a.y .. ")" end V.__unm =
      function(a) return new(-a.x, -a.y) end V.__len = function() return 2 end V.__call =
      function(self, k) return self[k] end
      V.__idiv = function(a, k) return new(a.x // k, a.y // k) end V.__mod = function(a, k)
      return new(a.x % k, a.y % k) end V.__band = function(a, k) return new(a.x & k, a.y & k)
      end V.__shl = function(a, k) return new(a.x << k, a.y << k) end
      function evil() local a, b = new(1, 2), new(3, 4) return tostring(a + b * 2), tostring(2
      * a), a == new(1, 2), a < b, a >= b, #a, a("y"), tostring(-a), tostring(b // 2),
      tostring(b % 2), tostring(b & 1), tostring(a << 3), a ~= b, rawequal(a, new(1, 2)) end]==] },
  { id = "newindex_log", text = [==[
    function evil() local log = {} local t = setmetatable({}, {__newindex = function(t, k, v)
      log[#log + 1] = k rawset(t, k, v) end, __index = function(t, k) return k .. "?" end})
      t.a = 1 t.a = 2 t.b = t.c return table.concat(log, ","), t.a, t.b end]==] },
  { id = "autotables", text = [==[
    function evil() local d = setmetatable({}, {__index = function(t, k) local v = {}
      rawset(t, k, v) return v end}) d.x.y = 1 d.x.z = 2 d.q.y = 3 return d.x.y + d.x.z +
      d.q.y, rawget(d, "w") end]==] },
  { id = "error_values", text = [==[
    function evil() local ok, e = pcall(error, {code = 7}) local ok2, e2 = pcall(error, "msg",
      0) local ok3, e3 = pcall(error) local ok4, e4 = xpcall(function() local x = nil return
      x.y end, function(m) return "H:" .. m:match("attempt.*") end) return ok, e.code, ok2,
      e2, ok3, e3, ok4, e4 end]==] },
  { id = "closing", text = [==[
    function evil() local order = {} do local a <close> = setmetatable({}, {__close =
      function(_, e) order[#order + 1] = "a" .. tostring(e) end}) local b <close> =
      setmetatable({}, {__close = function(_, e) order[#order + 1] = "b" .. tostring(e) end})
      order[#order + 1] = "body" end
      for i = 1, 2 do local c <close> = setmetatable({}, {__close = function() order[#order +
      1] = "c" .. i end}) if i == 1 then goto next end order[#order + 1] = "x" ::next:: end
      return table.concat(order, " ") end]==] },
  { id = "generators", text = [==[
    local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i,
      i * i) end return "end" end) end
      function evil() local s, g = 0, gen(5) for i = 1, 5 do local a, b = g() s = s + a * b
      end return s, g(), pcall(g) end]==] },
  { id = "coroutine_errors", text = [==[
    function evil() local co = coroutine.create(function(a) local b = coroutine.yield(a * 2)
      local ok, c = pcall(function() return coroutine.yield(b + 1) end) error("boom" ..
      tostring(c), 0) end)
      local r = {} for _, v in ipairs {5, 6, 7} do local ok, x = coroutine.resume(co, v) r[#r
      + 1] = tostring(ok) .. tostring(x) end return table.concat(r, " "),
      coroutine.status(co), coroutine.resume(co) end]==] },
  { id = "permutations", text = [==[
    local function permgen(a, n) n = n or #a if n <= 1 then coroutine.yield(a) else for i = 1,
      n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end
      function evil() local r = {} for p in coroutine.wrap(function() permgen {1, 2, 3} end)
      do r[#r + 1] = table.concat(p) end return table.concat(r, " ") end]==] },
  { id = "loops", text = [==[
    function evil() local s = "" for i = 10, 1, -3 do s = s .. i .. "," end for i = 1.0, 2.0,
      0.25 do s = s .. i .. "," end for i = 3, 1 do s = s .. "never" end return s end]==] },
  { id = "goto_and_repeat", text = [==[
    function evil() for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end if i == 3
      then goto done end ::continue:: end end ::done:: local i = 0 repeat local k = i * 2 i =
      i + 1 until k > 5 return i end]==] },
  { id = "closures_in_loops", text = [==[
    function evil() local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end
      end return fs[1](), fs[1](), fs[2](), fs[3]() end]==] },
  { id = "multiple_results", text = [==[
    function evil() local a, b, c = (function() return 1, 2, 3 end)() local t = {(function()
      return 1, 2, 3 end)(), (function() return 1, 2, 3 end)()} local x, y = ((function()
      return 1, 2 end)()) return a + b + c, #t, x, y end]==] },
  { id = "utf8_text", text = [==[
    function evil() local s = "naïve café 日本" local n = 0 for p, c in utf8.codes(s) do n = n +
      p end local r = {} for ch in s:gmatch(utf8.charpattern) do r[#r + 1] = ch end return
      utf8.len(s), n, #r, r[3], utf8.char(26085, 26412), utf8.codepoint("日"), utf8.offset(s,
      5), utf8.len("\xff"), utf8.codepoint("aé", 1, -1) end]==] },
  { id = "attributes", text = [==[
    function evil() local x <const> = 5 local t <const> = {1} t[1] = x return t[1], _VERSION,
      type(_G), _G._G == _G, _G.evil == evil end]==] },
  { id = "string_escapes", text = [==[
    function evil() return ("abc"):byte(1, -1), ("x"):rep(3, "-"), ("abc"):reverse(),
      ("aBc"):upper(), ("aBc"):lower(), #"\0a\0", ("\65\066\x43\u{44}"), "a\z
   b", '\'', "tab\tq" end]==] },
  { id = "operators_of_strings", text = [==[
    function evil() return [=[
line1
line2]]x]=], #[[

x]=]], "a" .. 1 .. 2.0 .. "b", -2 ^ 2, not nil == true, 1 .. 2 == "12", 2 ^ 3 ^ 2, "a" < "b",
      "Z" < "a", "" < "a", "a\0b" < "a\0c" end]==] },
  { id = "constructors", text = [==[
    function evil() local t = {n = 0, [1] = "a", "b", x = {y = {z = 1}}, [2 + 1] = "c"; "d"}
      return t[1], t[2], t[3], #t, t.x.y.z, t["n"] end]==] },
  { id = "deep_copy", text = [==[
    local function deepcopy(o, seen) seen = seen or {} if type(o) ~= "table" then return o end
      if seen[o] then return seen[o] end local c = {} seen[o] = c for k, v in pairs(o) do
      c[deepcopy(k, seen)] = deepcopy(v, seen) end return setmetatable(c, getmetatable(o)) end
      function evil() local a = {x = {1, 2}} a.self = a local b = deepcopy(a) return b.self ==
      b, b.x ~= a.x, b.x[2] end]==] },
  { id = "deep_equality", text = [==[
    local function equal(a, b) if type(a) ~= type(b) then return false end if type(a) ~=
      "table" then return a == b end for k, v in pairs(a) do if not equal(v, b[k]) then return
      false end end for k in pairs(b) do if a[k] == nil then return false end end return true
      end
      function evil() return equal({1, {x = 2}}, {1, {x = 2}}), equal({1}, {1, 2}) end]==] },
  { id = "json", text = [==[
    local function json(v) local t = type(v) if t == "table" then local r = {} if #v > 0 then
      for i, x in ipairs(v) do r[i] = json(x) end return "[" .. table.concat(r, ",") .. "]"
      end local k = {} for n in pairs(v) do k[#k + 1] = n end table.sort(k) for i, n in
      ipairs(k) do r[i] = ("%q:%s"):format(n, json(v[n])) end return "{" .. table.concat(r,
      ",") .. "}" elseif t == "string" then return ("%q"):format(v) end return tostring(v) end
      function evil() return json {a = {1, 2, {b = true}}, c = "x\"y", d = 1.5, e = {}} end]==] },
  { id = "expression_parser", text = [==[
    local P = {} -- tiny parser
      local function parse(s) local pos = 1 local expr local function ws() pos =
      s:match("^%s*()", pos) end local function num() ws() local n, p =
      s:match("^(%-?%d+%.?%d*)()", pos) if n then pos = p return tonumber(n) end if s:sub(pos,
      pos) == "(" then pos = pos + 1 local v = expr() ws() assert(s:sub(pos, pos) == ")",
      "missing )") pos = pos + 1 return v end error("number expected at " .. pos, 0) end
      local function term() local v = num() while true do ws() local o = s:sub(pos, pos) if o
      == "*" then pos = pos + 1 v = v * num() elseif o == "/" then pos = pos + 1 v = v / num()
      else return v end end end
      function expr() local v = term() while true do ws() local o = s:sub(pos, pos) if o ==
      "+" then pos = pos + 1 v = v + term() elseif o == "-" then pos = pos + 1 v = v - term()
      else return v end end end
      local v = expr() ws() if pos <= #s then error("trailing at " .. pos, 0) end return v end
      function evil() return parse("2 * (3 + 4) - 10 / 4"), select(2, pcall(parse, "2 +")),
      select(2, pcall(parse, "2 3")) end]==] },
  { id = "limits_table", text = [==[
    local limits = {["*"] = {VCPU = 4}, acme = {VCPU = 100, ["GPU"] = 2}} function evil()
      local out = {} for _, p in ipairs {"acme", "beta"} do for _, rc in ipairs {"VCPU",
      "GPU"} do local l = (limits[p] or limits["*"])[rc] out[#out + 1] =
      ("%s/%s=%s"):format(p, rc, l or "none") end end return table.concat(out, " ") end]==] },
  { id = "counted_claims", text = [==[
    local used = {} function evil(ctx) local p = (ctx or {}).project or "acme" used[p] =
      (used[p] or 0) + 3 if used[p] > 10 then return "deny" end return "allow " ..
      used[p] end]==] },
  { id = "fizz_buzz", text = [==[
    function evil() local s = {} for i = 1, 20 do s[#s + 1] = i % 15 == 0 and "FizzBuzz" or i
      % 5 == 0 and "Buzz" or i % 3 == 0 and "Fizz" or i end return table.concat(s, " ") end]==] },
  { id = "sieve", text = [==[
    function evil() local sieve, primes = {}, {} for i = 2, 200 do if not sieve[i] then
      primes[#primes + 1] = i for j = i * i, 200, i do sieve[j] = true end end end return
      #primes, primes[#primes] end]==] },
  { id = "greatest_divisor", text = [==[
    local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end function evil()
      return gcd(1071, 462), gcd(2^40 // 1 | 0, 6^20 // 1 | 0) end]==] },
  { id = "hexadecimal", text = [==[
    local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte())
      end)) end local function unhex(s) return (s:gsub("%x%x", function(h) return
      string.char(tonumber(h, 16)) end)) end function evil() return hex("Hello"),
      unhex(hex("Hello\0")) == "Hello\0" end]==] },
  { id = "checksum", text = [==[
    local function crc(s) local c = 0xFFFFFFFF for i = 1, #s do c = c ~ s:byte(i) for _ = 1, 8
      do c = (c >> 1) ~ (0xEDB88320 & -(c & 1)) end end return ~c & 0xFFFFFFFF end function
      evil() return ("%08x"):format(crc("123456789")) end]==] },
  { id = "text_hash", text = [==[
    function evil() local h = 5381 for c in ("policy"):gmatch(".") do h = (h * 33 + c:byte())
      & 0x7fffffff end return h end]==] },
  { id = "heap", text = [==[
    local function heap() local h = {} local self = {} function self.push(v) h[#h + 1] = v
      local i = #h while i > 1 and h[i // 2] > h[i] do h[i], h[i // 2] = h[i // 2], h[i] i = i
      // 2 end end function self.pop() local r = h[1] h[1] = h[#h] h[#h] = nil local i = 1
      while true do local l, m = 2 * i, i if h[l] and h[l] < h[m] then m = l end if h[l + 1]
      and h[l + 1] < h[m] then m = l + 1 end if m == i then return r end h[i], h[m] = h[m],
      h[i] i = m end end return self end
      function evil() local q = heap() for _, v in ipairs {5, 3, 8, 1, 9, 2} do q.push(v) end
      local r = {} for i = 1, 6 do r[i] = q.pop() end return table.concat(r) end]==] },
  { id = "topological", text = [==[
    local g = {a = {"b", "c"}, b = {"d"}, c = {"d"}, d = {}} function evil() local order, seen
      = {}, {} local function visit(n) if seen[n] then return end seen[n] = true for _, m in
      ipairs(g[n]) do visit(m) end table.insert(order, 1, n) end local names = {} for n in
      pairs(g) do names[#names + 1] = n end table.sort(names) for _, n in ipairs(names) do
      visit(n) end return table.concat(order, ">") end]==] },
  { id = "table_methods", text = [==[
    function evil() local mt = {__index = table} local l = setmetatable({}, mt) l:insert("x")
      l:insert("y") return l:concat("-"), #l end]==] },
  { id = "custom_pairs", text = [==[
    function evil() local t = setmetatable({1, 2, 3}, {__pairs = function(t) return
      function(_, i) i = (i or 0) + 1 if t[i] then return i, t[i] * 10 end end, t, nil end})
      local s = 0 for k, v in pairs(t) do s = s + v end return s end]==] },
  { id = "holes", text = [==[
    function evil() local t = {} for i = 1, 10 do t[i] = i end for i = 1, 10, 2 do t[i] = nil
      end local n = 0 for k, v in pairs(t) do n = n + v end return n, next({}), type(next),
      rawlen({1, 2}), rawlen("abc") end]==] },
  { id = "text_slices", text = [==[
    function evil() local s = ("x"):rep(1000) local t = {} for i = 1, 100 do t[#t + 1] =
      s:sub(i, i + 5) end return #table.concat(t), s:find("y"), s:find(""), ("a+b"):find("+",
      1, true), ("a+b"):find("%+") end]==] },
  { id = "format_objects", text = [==[
    function evil() return string.format("%-20s|%20s|%.3s|%s", "left", "right", "truncate",
      setmetatable({}, {__tostring = function() return "obj" end})), ("%d"):format(3.0),
      (pcall(string.format, "%d", 3.5)) end]==] },
  { id = "select_and_ipairs", text = [==[
    function evil() local t = {[1] = "a", [3] = "c"} local r = {} for i, v in ipairs(t) do
      r[#r + 1] = v end return #r, select(-1, 1, 2, 3), select(2, "a", "b"),
      (select("#")) end]==] },
  { id = "float_keys", text = [==[
    function evil() local a = {} a[1.0] = "x" a[2^53] = "y" return a[1], a[2^53 | 0],
      next({[1.0] = 1}), math.type(next({[1.0] = 1})) end]==] },
  { id = "error_texts", text = [==[
    function evil() local ok, e = pcall(function() local t = {} t[nil] = 1 end) local ok2, e2
      = pcall(function() return 1 < "2" end) local ok3, e3 = pcall(function() return #nil end)
      local ok4, e4 = pcall(function() return {} .. "x" end) local ok5, e5 = pcall(function()
      undefinedfn() end) return e:match(": (.*)"), e2:match(": (.*)"), e3:match(": (.*)"),
      e4:match(": (.*)"), e5:match(": (.*)") end]==] },
  { id = "shared_upvalues", text = [==[
    function evil() local function f() local a = 1 local function g() local b = a + 1 local
      function h() a = a + b return a end return h end return g() end local h = f() return
      h(), h() end]==] },
  { id = "edge_loops", text = [==[
    function evil() local s, n = 0, 0 for i = math.maxinteger - 2, math.maxinteger do n = n +
      1 end for i = 1, 0.5 do s = s + 1 end for i = 1, 3.7 do s = s + i end return n, s end]==] },
  { id = "positions_and_separators", text = [==[
    function evil() local str = "a,b;c" local parts = {} local last = 1 for pos, sep in
      str:gmatch("()([,;])") do parts[#parts + 1] = str:sub(last, pos - 1) .. sep last = pos +
      1 end parts[#parts + 1] = str:sub(last) return table.concat(parts, "|") end]==] },
  { id = "gsub_kinds", text = [==[
    function evil() return ("x y  z"):gsub(" +", "_"), ("abc"):gsub(".", "%0%0"),
      ("abc"):gsub("(a)(b)(c)", "%3%2%1"), ("hello"):gsub("", "-"), ("abc"):gsub("b*", "X"),
      ("a.b"):gsub("%.", "%%"), ("aaa"):gsub("a", "b", 2), ("abc"):gsub("%w", {a = 1, b = "X",
      c = false}) end]==] },
  { id = "find_kinds", text = [==[
    function evil() return ("  x"):find("^%s*"), ("x=1, y=2"):match("y=(%d)"),
      ("foo.bar"):match("^(.-)%.(.*)$"), ("[[x]]"):gsub("[%[%]]", ""), ("a-b-c"):gsub("%-",
      "+"), ("$1"):gsub("%$", "%%"), ("\n"):byte(), ("%a"):gsub("%%", "#") end]==] },
  { id = "sort_orders", text = [==[
    function evil() local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) local
      names = {"bob", "Al", "cy"} table.sort(names, function(a, b) return a:lower() <
      b:lower() end) return table.concat(t), table.concat(names, " ") end]==] },
  { id = "sets", text = [==[
    function evil() local set = {} for _, v in ipairs {"a", "b", "a"} do set[v] = true end
      local n = 0 for _ in pairs(set) do n = n + 1 end return n, set.a, set.z end]==] },
  { id = "private_state", text = [==[
    local M = {} do local private = 10 function M.get() return private end function M.set(v)
      private = v return M end end function evil() return M.set(M.get() + 5).get() end]==] },
  { id = "utf8_positions", text = [==[
    function evil() local r = {} for i, c in utf8.codes("añb") do r[#r + 1] = i .. ":" .. c
      end return table.concat(r, " "), pcall(utf8.codepoint, "\xff"), utf8.len("aé", 3),
      utf8.offset("aéb", -1) end]==] },
  { id = "arithmetic_edges", text = [==[
    function evil() return 0x7fffffffffffffff + 1 == math.mininteger, math.maxinteger * 2, 5
      // 0.3, 1e308 * 10, -1e308 * 10, 0x10p2, 0xA.8p0, 1 // 1, 1.0 // 1, 3 % -2, -3 % 2, 3.5
      % -2, 5.3 % math.huge, -5.3 % math.huge end]==] },
  { id = "coercions", text = [==[
    function evil() return "10" + 1, "0x10" * 2, "3" ^ 2, 10 .. 20, "5" // 2, -"2", "1e1" + 0,
      1 < 1.5, 2^53 == 2^53 + 1, math.maxinteger + 0.0 == 2^63, math.maxinteger < 2^63, "abc"
      == "abc", 1 == "1" end]==] },
}

return programs
