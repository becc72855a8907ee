-- Random calls of the library of Lua with the arguments that bite: texts that nearly are numbers,
-- patterns of every kind and broken ones, the ends of the integers, missing arguments.  The spec
-- asks the sandbox and Lua itself for the answers.

local expressions = {}

local TEXTS = { [[""]], [["a"]], [["abc"]], [["hello world"]], [["  x  "]], [["0x10"]], [["1e2"]],
  [["10"]], [["-7"]], [["3.5"]], [["ab\0cd"]], [["\xff\xfe"]], [["\u{20ac}uro"]], [["%d%%"]],
  [["a.b.c"]], [["key=value"]], [["(a(b)c)"]], [["THE (quick) fox"]], [["aaa"]], [["\n\t"]],
  [["0x"]], [["1e"]], [["inf"]], [["nan"]], [["0x1p4"]], [[" 12 "]], [["1_000"]], [["\xC0\x80"]],
  [["9223372036854775807"]], [["9223372036854775808"]], [["0xffffffffffffffff"]], [["%"]], [["^a"]],
  [["\u{D7FF}\u{10FFFF}"]], [["\xED\xA0\x80"]], [["\u{7FFFFFFF}"]], [["a,b,,c"]], [["[x]"]] }
local INTEGERS = { "0", "1", "-1", "2", "3", "-2", "-3", "5", "7", "10", "255", "256", "-64", "64",
  "math.maxinteger", "math.mininteger", "(1<<31)", "(1<<53)", "36", "16", "1000" }
local FLOATS = { "0.0", "-0.0", "1.0", "0.5", "-0.5", "1.5", "2.5", "1e15", "1e16", "1e100",
  "-1e100", "-(0/0)", "(1/0)", "(-1/0)", "2^53", "2^63", "-2^63", "3.14159", "0.1", "1e-5",
  "123456.789", "1e308", "5e-324", "-3.0" }
local OTHERS = { "nil", "true", "false", "{}", "{1,2,3}", "{'a','b'}" }
local PLACES = { "0", "1", "2", "3", "-1", "-2", "5", "10", "-10", "4", "math.maxinteger",
  "math.mininteger", "1.0", "2.5", "'2'", "nil" }
local PATTERNS = { ".", "%a+", "%d*", "(%w+)=(%w+)", "^%s*(.-)%s*$", "%b()", "%f[%w]%w+", "()",
  "(a)(b)", "[^,]*", "a-b", "a?", "[a-c]+", "[]]", "[^]]", "[%a-z]", "[a-]", "%1", "(.)%1",
  "(a*(.)%w(%s*))", "(", ")", "[", "%", "[a", "%b", "%bx", "%f", "%fa", "(()", "^", "$", "^$",
  "a$b", "^^a", "*", "a**", "+", "-", "[%]]", "%z", "[%z]", "\\0", "[\\0-\\31]", "%g+", "%p",
  "%x%x", "%u", "%l+", "%c", "%S+", "%W", "[+-]?%d+", "(%d+)%.?(%d*)", "()a()", "%%", "%.", "x*",
  "(x*)(x)", ".-", "(.-)%s", ".-$", "%f[%z]", "%f[^%z]", "((((((a))))))", "%0", "(%1)", "(a)%2",
  "[z-a]", "[%d-x]", "[--/]", "[^-a]", "[^^]", "a\\0b", "%bab", "a-", "[%a%-]", "[]", "[^]", "$$",
  "(^a)" }
local REPLACEMENTS = { "'x'", "'%0%0'", "'%1'", "'%2-%1'", "'%%'", "'%'", "'%a'", "''", "12", "1.5",
  "{ a = '1', b = 2, c = false, hello = true }", "function(...) return select('#', ...) end",
  "function() end", "function() return {} end", "function(_, b) return b end", "string.upper",
  "nil", "setmetatable({}, { __index = function(_, k) return k .. '!' end })" }
local FORMATS = { "%d", "%5d|%-5d|%05d", "%+d", "% d", "%x", "%#x", "%X", "%o", "%#o", "%i", "%u",
  "%c", "%e", "%.3e", "%E", "%f", "%.0f", "%10.2f", "%-10.2f|", "%+.1f", "% f", "%#.0f", "%g",
  "%.3g", "%#g", "%G", "%a", "%A", "%.2a", "%q", "%%", "%", "%y", "%10", "%.f", "%.3d", "%8.3d",
  "%-8.3d|", "%08.3d", "%.0d", "%.0x", "%99d", "%100d", "%.99f", "%.100f", "%5c|", "%-5c|", "%05c",
  "%#s", "%+s", "%0s", "%5%", "%d %s %d", "%s %s", "%5q", "%n", "%ld", "%*d", "%-+5d|", "%0-5d|",
  "%#+x", "%\\0", "%020.10f", "%+020.10g", "%s%", "\\0%d", "%#08x", "%#.3x", "%08a", "%-----5d",
  "%##x", "%.03d" }

local random

local function pick(list) return list[random(#list)] end

local function number() return pick(random(2) == 1 and INTEGERS or FLOATS) end

local function value()
  local kind = random(10)
  return kind <= 4 and pick(TEXTS) or kind <= 9 and number() or pick(OTHERS)
end

-- What shows no address.
local function scalar() return random(2) == 1 and pick(TEXTS) or number() end

local function text() return random(12) == 1 and value() or pick(TEXTS) end

local function place() return pick(PLACES) end

local function pattern()
  return '"' .. pick(PATTERNS) .. (random(3) == 1 and pick(PATTERNS) or "") .. '"'
end

local function format()
  return '"' .. pick(FORMATS) .. (random(3) == 1 and pick(FORMATS) or "") .. '"'
end

local function list()
  local items = {}
  for i = 1, random(0, 5) do items[i] = value() end
  return "{" .. table.concat(items, ", ") .. "}"
end

local function plain() return pick { "true", "false", "nil" } end

local function base() return pick { "2", "8", "10", "16", "36", "37", "1", "1.5", "'16'" } end

local function times() return pick { "0", "1", "2", "3", "-1", "2.0", "2.5", "'3'", "nil" } end

local function replacement() return pick(REPLACEMENTS) end

-- Each is a function with what makes its arguments; those behind `least` may be left out.
local CALLS = {
  { "tostring", 1, number }, { "tonumber", 1, value }, { "tonumber", 2, text, base },
  { "select", 2, place, value, value }, { "rawequal", 2, value, value }, { "rawlen", 1, value },
  { "string.format", 2, format, scalar, scalar, scalar },
  { "string.format", 2, format, number, number },
  { "string.find", 2, text, pattern, place, plain }, { "string.match", 2, text, pattern, place },
  { "string.gsub", 3, text, pattern, replacement, place }, { "string.rep", 2, text, times, text },
  { "string.gmatch", 2, text, pattern, place }, { "string.sub", 2, text, place, place },
  { "string.byte", 1, text, place, place }, { "string.char", 1, number, number },
  { "string.upper", 1, value }, { "string.lower", 1, value }, { "string.len", 1, value },
  { "string.reverse", 1, value }, { "table.concat", 1, list, text, place, times },
  { "table.unpack", 1, list, times, times }, { "table.pack", 0, value, value, value },
  { "table.remove", 1, list, place }, { "math.abs", 1, number }, { "math.ceil", 1, number },
  { "math.floor", 1, number }, { "math.sqrt", 1, number }, { "math.exp", 1, number },
  { "math.log", 1, number, number }, { "math.atan", 1, number, number }, { "math.sin", 1, number },
  { "math.tointeger", 1, value }, { "math.type", 1, value }, { "math.modf", 1, number },
  { "math.fmod", 2, number, number }, { "math.max", 1, value, number, number },
  { "math.min", 0, number, number, number }, { "math.ult", 2, number, number },
  { "utf8.len", 1, text, place, place, plain }, { "utf8.codepoint", 1, text, place, place, plain },
  { "utf8.offset", 2, text, place, place }, { "utf8.char", 1, number, number },
  { "utf8.codes", 1, text, plain }, { "ipairs", 1, list }, { "next", 1, list },
}
local OPERATORS = { "+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "..", "==", "~=",
  "<", "<=", ">", ">=", "and", "or" }
local ITERATORS = { ["string.gmatch"] = true, ["utf8.codes"] = true, ["ipairs"] = true }

--- A function body that returns something; `draw` is like math.random.
function expressions.draw(draw)
  random = draw
  if random(6) == 1 then return ("return %s %s %s"):format(value(), pick(OPERATORS), value()) end
  local call, arguments = pick(CALLS), {}
  for i = 3, random(call[2], #call - 2) + 2 do arguments[i - 2] = call[i]() end
  local words = ("%s(%s)"):format(call[1], table.concat(arguments, ", "))
  if not ITERATORS[call[1]] then return "return " .. words end
  return ("local r = {} for a, b in %s do r[#r + 1] = a r[#r + 1] = b end return r"):format(words)
end

return expressions
