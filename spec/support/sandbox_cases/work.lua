-- Scripts that make one library call, or one instruction, work for very long.  Cases as in cpu.lua.

local function with(setup, body)
  return setup .. "\nfunction evil() " .. body .. " end"
end

return {
  { id = "match_optional", attempts = "exponential backtracking of optional items",
      expect = "budget,error,contained",
    text = [[function evil() local n = 28
      return "CONTAINED " .. tostring(("a"):rep(n):match(("a?"):rep(n) .. ("a"):rep(n) .. "b"))
      end]] },
  { id = "match_lazy", attempts = "nested lazy items", expect = "budget,contained",
    text = [[function evil() return "CONTAINED " .. tostring(("a"):rep(300):find((".-"):rep(9)
      .. "b")) end]] },
  { id = "match_greedy", attempts = "nested greedy items", expect = "budget,contained",
    text = [[function evil() return "CONTAINED " .. tostring(("a"):rep(300):find(("a*"):rep(9)
      .. "b")) end]] },
  { id = "match_balance", attempts = "%b at every position of a long string",
      expect = "budget,contained",
    text = [[function evil() return "CONTAINED " .. tostring(("("):rep(200000):find("%b()"))
      end]] },
  { id = "match_set", attempts = "a set of ten thousand characters at every position",
      expect = "budget,contained,memory",
    text = [[function evil() return "CONTAINED " .. tostring(("a"):rep(100000):find("["
      .. ("b"):rep(10000) .. "]")) end]] },
  { id = "match_frontier", attempts = "a frontier of a long set", expect = "budget,contained",
    text = [[function evil() return "CONTAINED " .. tostring(("a"):rep(100000):find("%f["
      .. ("b"):rep(10000) .. "]")) end]] },
  { id = "match_back_reference", attempts = "a back reference to half the string",
      expect = "budget,contained,error",
    text = [[function evil() return "CONTAINED " .. tostring(("a"):rep(20000):find("^(.*).*%1b"))
      end]] },
  { id = "match_captures", attempts = "33 captures", expect = "error",
    text = [[function evil() return ("a"):rep(40):match(("(a)"):rep(33)) end]] },
  { id = "match_deep", attempts = "a pattern of 100,000 optional items",
      expect = "error,budget,memory,contained",
    text = [[function evil() return "CONTAINED "
      .. tostring(("a"):rep(100000):match(("a?"):rep(100000))) end]] },
  { id = "match_malformed", attempts = "patterns that end too early", expect = "contained",
    text = [[function evil() for _, p in ipairs { "%", "[", "[a", "[^", "[%", "%b", "%bx", "%f",
      "(", ")", "%1", "(%1)", "[a-", "[]" } do
        local ok = pcall(string.find, "aaa", p) end
      return "CONTAINED" end]] },
  { id = "find_plain_quadratic",
      attempts = "a plain search that compares half a megabyte at each place",
      expect = "budget,memory,contained",
    text = [[function evil() local a = ("a"):rep(1 << 20) local b = ("a"):rep(1 << 19) .. "b"
      return "CONTAINED " .. tostring(a:find(b, 1, true)) end]] },
  { id = "find_loop", attempts = "a search over a long string in a loop", expect = "budget",
    text = [[function evil() local s = ("a"):rep(1 << 20) while true
      do s:find("b", 1, true) end end]] },
  { id = "gsub_huge", attempts = "a replacement that doubles at every character",
      expect = "memory,budget,error",
    text = [[function evil() local s = ("a"):rep(1000) while true
      do s = s:gsub(".", "%0%0") end end]] },
  { id = "gsub_long_template", attempts = "a long replacement many times",
      expect = "memory,budget,error",
    text = [[function evil() local r = ("r"):rep(100000)
      return "ESCAPED " .. #(("a"):rep(100000):gsub("a", r)) end]] },
  { id = "gsub_callback_spins", attempts = "a callback that never returns", expect = "budget",
    text = [[function evil() return ("a"):gsub("a", function() while true do end end) end]] },
  { id = "gsub_empty_matches", attempts = "empty matches without end", expect = "contained",
    text = [[function evil() return "CONTAINED " .. select(2, ("abc"):gsub("", "-")) end]] },
  { id = "gmatch_forever", attempts = "empty matches by gmatch", expect = "contained",
    text = [[function evil() local n = 0 for _ in ("abc"):gmatch("") do n = n + 1 end
      return "CONTAINED " .. n end]] },
  { id = "gmatch_backtrack", attempts = "backtracking inside gmatch", expect = "budget,contained",
    text = [[function evil() for _ in ("a"):rep(200):gmatch((".-"):rep(10) .. "b") do end
      return "CONTAINED" end]] },
  { id = "rep_empty", attempts = "an empty string, 2^62 times", expect = "contained,error",
    text = [[function evil() return "CONTAINED " .. #(""):rep(1 << 62) end]] },
  { id = "rep_overflow", attempts = "a length that wraps around", expect = "error,memory,budget",
    text = [[function evil() return "ESCAPED " .. #("ab"):rep((1 << 63) - 1) end]] },
  { id = "rep_separator", attempts = "a long separator", expect = "error,memory,budget",
    text = [[function evil() return "ESCAPED " .. #(""):rep(1 << 40, ("s"):rep(1000)) end]] },
  { id = "rep_loop", attempts = "a megabyte repeated in a loop", expect = "budget,memory",
    text = [[function evil() while true do local s = ("x"):rep(1 << 20) end end]] },
  { id = "format_wide", attempts = "the widest number", expect = "contained,error",
    text = [[function evil() return "CONTAINED " .. #("%99.99f"):format(-1e308) end]] },
  { id = "format_too_wide", attempts = "a width of a million", expect = "error",
    text = [[function evil() return ("%1000000d"):format(1) end]] },
  { id = "format_pointer", attempts = "an address by %p", expect = "error",
    text = [[function evil() return "ESCAPED " .. ("%p"):format({}) end]] },
  { id = "format_many", attempts = "a format of 100,000 conversions",
      expect = "error,budget,contained",
    text = [[function evil() return ("%s"):rep(100000):format(1) end]] },
  { id = "format_tostring", attempts = "__tostring with a loop under %s", expect = "budget",
    text = [[function evil() return ("%s"):format(setmetatable({}, { __tostring = function()
      while true do end end })) end]] },
  { id = "format_quoted", attempts = "%q of a megabyte of control characters",
      expect = "budget,memory,contained",
    text = [[function evil() return "CONTAINED " .. #("%q"):format(("\0"):rep(1 << 20)) end]] },
  { id = "concat_range", attempts = "table.concat over all integers", expect = "error,budget",
    text = [[function evil() return table.concat({}, "", 1, math.maxinteger) end]] },
  { id = "concat_edge", attempts = "table.concat at the largest integer",
      expect = "contained,error",
    text = [[function evil() return "CONTAINED " .. table.concat({ [math.maxinteger] = "x" }, ",",
      math.maxinteger, math.maxinteger) end]] },
  { id = "concat_big", attempts = "one string joined a hundred thousand times",
      expect = "memory,budget,error",
    text = [[function evil() local s, t = ("x"):rep(10000), {} for i = 1, 100000 do t[i] = s end
      return "ESCAPED " .. #table.concat(t) end]] },
  { id = "unpack_range", attempts = "a hundred million values", expect = "error,memory",
    text = [[function evil() return select("#", table.unpack({}, 1, 1e8)) end]] },
  { id = "unpack_overflow", attempts = "a range that wraps around", expect = "error",
    text = [[function evil() return select("#", table.unpack({}, math.mininteger, math.maxinteger))
      end]] },
  { id = "byte_range", attempts = "a megabyte as single values", expect = "error,memory",
    text = [[function evil() return select("#", ("x"):rep(1 << 20):byte(1, -1)) end]] },
  { id = "insert_lying_length", attempts = "table.insert under a __len of 2^60",
      expect = "contained,error",
    text = [[function evil() table.insert(setmetatable({}, { __len = function()
      return 1 << 60 end }), 1, "x")
      return "CONTAINED" end]] },
  { id = "remove_lying_length", attempts = "table.remove under a __len of 2^60",
      expect = "contained,error",
    text = [[function evil() table.remove(setmetatable({}, { __len = function()
      return 1 << 60 end }), 1)
      return "CONTAINED" end]] },
  { id = "insert_front", attempts = "insertion at the front of a long list, for ever",
      expect = "budget,memory",
    text = [[function evil() local t = {} while true do table.insert(t, 1, 1) end end]] },
  { id = "move_huge", attempts = "table.move over 2^62 elements", expect = "budget,error",
    text = [[function evil() return table.move({}, 1, 1 << 62, 2) end]] },
  { id = "move_wrap", attempts = "table.move beyond the largest integer", expect = "error",
    text = [[function evil() return table.move({ 1, 2 }, 1, 2, math.maxinteger) end]] },
  { id = "move_newindex", attempts = "table.move into a table with a spinning __newindex",
      expect = "contained,budget",
    text = [[function evil() table.move({ 1, 2 }, 1, 2, 1, setmetatable({},
      { __newindex = function() while true do end end }))
      return "CONTAINED" end]] },
  { id = "sort_lying_order", attempts = "an order that says yes to everything",
      expect = "contained,error,budget",
    text = [[function evil() local t = {} for i = 1, 2000 do t[i] = i end
      table.sort(t, function() return true end) return "CONTAINED " .. #t end]] },
  { id = "sort_changes_table", attempts = "an order that empties the table",
      expect = "contained,error,budget",
    text = [[function evil() local t = {} for i = 1, 200 do t[i] = 200 - i end
      table.sort(t, function(a, b) for i = 1, #t do t[i] = nil end return a < b end)
      return "CONTAINED" end]] },
  { id = "sort_spins", attempts = "an order that never answers", expect = "budget",
    text = [[function evil() table.sort({ 3, 2, 1 }, function() while true do end end) end]] },
  { id = "sort_long_strings", attempts = "sorting long strings that differ at the end",
      expect = "contained,budget,memory",
    text = [[function evil() local base, t = ("x"):rep(20000), {} for i = 1, 100
      do t[i] = base .. i end
      for i = 1, 100 do table.sort(t) end return "CONTAINED" end]] },
  { id = "sort_big", attempts = "sorting in a loop", expect = "budget,memory",
    text = [[function evil() local t = {} for i = 1, 20000 do t[i] = i * 7919 % 20011 end
      while true do table.sort(t) end end]] },
  { id = "utf8_scan", attempts = "utf8.len of a megabyte in a loop", expect = "budget",
    text = [[function evil() local s = ("\u{e9}"):rep(1 << 19) while true
      do utf8.len(s) end end]] },
  { id = "utf8_offset_scan", attempts = "utf8.offset to the end in a loop", expect = "budget",
    text = [[function evil() local s = ("x"):rep(1 << 20) while true
      do utf8.offset(s, -1 << 19) end end]] },
  { id = "utf8_continuation", attempts = "a megabyte of continuation bytes",
      expect = "budget,error,contained",
    text = [[function evil() local s = "\u{e9}" .. ("\xBF"):rep(1 << 20)
      while true do pcall(function() for _ in utf8.codes(s)
      do end end) utf8.offset(s, 2) end end]] },
  { id = "utf8_char_storm", attempts = "utf8.char of many codes in a loop", expect = "budget",
    text = [[function evil() while true do utf8.char(0x10FFFF, 0x7FFFFFFF, 0x20AC) end end]] },
  { id = "upper_loop", attempts = "upper of a megabyte in a loop", expect = "budget,memory",
    text = [[function evil() local s = ("x"):rep(1 << 20) while true do s:upper() end end]] },
  { id = "reverse_loop", attempts = "reverse of a megabyte in a loop", expect = "budget,memory",
    text = [[function evil() local s = ("x"):rep(1 << 20) while true do s:reverse() end end]] },
  { id = "sub_loop", attempts = "copies of a megabyte in a loop", expect = "budget,memory",
    text = [[function evil() local s = ("x"):rep(1 << 20) while true do
      local t = s:sub(2) end end]] },
  { id = "concat_operator_loop", attempts = "two megabytes joined by .. in a loop",
      expect = "budget,memory",
    text = [[function evil() local s = ("x"):rep(1 << 21) while true do
      local t = s .. "y" end end]] },
  { id = "concat_many_operands", attempts = "200 long operands of one ..",
      expect = "budget,memory,error",
    text = with("",
      "local s = ('x'):rep(30000) while true do local t = " .. ("s .. "):rep(150) .. "s end") },
  { id = "compare_long_equal", attempts = "equal strings of two megabytes compared for ever",
      expect = "budget,memory",
    text = [[function evil() local a = ("x"):rep(1 << 21) .. "1" local b = ("x"):rep(1 << 21) .. "1"
      while a == b do end end]] },
  { id = "compare_long_less", attempts = "an order of long strings asked for ever",
      expect = "budget,memory",
    text = [[function evil() local a = ("x"):rep(1 << 21) .. "1" local b = ("x"):rep(1 << 21) .. "2"
      while a < b do end end]] },
  { id = "numeral_long", attempts = "a numeral of a megabyte read for ever",
      expect = "budget,error,memory",
    text = [[function evil() local s = "0x" .. ("1"):rep(1 << 20) while true do
      local x = s | 0 end end]] },
  { id = "tonumber_long", attempts = "tonumber of a megabyte", expect = "budget,memory",
    text = [[function evil() local s = ("1"):rep(1 << 20) while true
      do tonumber(s) tonumber(s, 10) end end]] },
  { id = "numeral_argument", attempts = "a long numeral as an argument",
      expect = "budget,error,memory",
    text = [[function evil() local s = "0x" .. ("1"):rep(1 << 20) while true
      do ("x"):sub(s) end end]] },
  { id = "hash_long_keys", attempts = "long strings as keys, made anew each time",
      expect = "budget,memory",
    text = [[function evil() local t, s = {}, ("x"):rep(1 << 20) while true
      do t[s .. "y"] = nil end end]] },
  { id = "collide_integers", attempts = "integer keys that all fall into one place",
      expect = "budget,memory",
    text = [[function evil() local t, m = {}, ((1 << 15) - 1) * ((1 << 16) - 1)
      for i = 1, 1 << 20 do t[i * m] = true end return "ESCAPED" end]] },
  { id = "rehash_thrash", attempts = "a full table rehashed at each assignment",
      expect = "budget,memory",
    text = [[function evil() local t = {} for i = 1, 16384 do t["k" .. i] = true end
      local i = 16384 while true do t["k" .. (i - 16383)] = nil i = i + 1 t["k" .. i] = true end
      end]] },
  { id = "next_after_clear", attempts = "next over a table of cleared keys",
      expect = "budget,memory",
    text = [[function evil() local t = {} for i = 1, 50000 do t[i .. ""] = 1 end for i = 1, 50000
      do t[i .. ""] = nil end
      while true do next(t) end end]] },
  { id = "pairs_after_clear", attempts = "pairs over a table of cleared keys",
      expect = "budget,memory",
    text = [[function evil() local t = {} for i = 1, 50000 do t[i .. ""] = 1 end for i = 1, 50000
      do t[i .. ""] = nil end
      while true do for _ in pairs(t) do end end end]] },
  { id = "pairs_big_loop", attempts = "pairs over ten thousand keys, for ever",
      expect = "budget,memory",
    text = [[function evil() local t = {} for i = 1, 10000 do t["k" .. i] = i end
      while true do for _ in pairs(t) do break end end end]] },
  { id = "next_quadratic", attempts = "a walk by next alone", expect = "contained,budget",
    text = [[function evil() local t = {} for i = 1, 20000 do t[i] = i end local k, n = nil, 0
      repeat k = next(t, k) n = n + 1 until k == nil return "CONTAINED" end]] },
  { id = "setmetatable_storm", attempts = "metatables by the million", expect = "budget,memory",
    text = [[function evil() while true do setmetatable({}, { __index = {} }) end end]] },
  { id = "collector_thrash", attempts = "to live at the cap, so that each allocation collects",
      expect = "budget,memory",
    text = [[function evil() local keep, n = {}, 0
      local ok = pcall(function() for i = 1, 40000 do keep[i] = { {} } end end)
      while true do local a = { {} } n = n + 1 keep[#keep + 1] = n % 64 == 0 and a
      or nil end end]] },
  { id = "names_in_errors", attempts = "error messages whose names take long to find",
      expect = "budget,error,contained",
    text = "function evil() local t = {} local function f(x) goto last " .. ("x=x[x] "):rep(3000) ..
      " ::last:: return x[1][2] end while true do pcall(f, t) end end" },
  { id = "border_search", expect = "budget",
    text = [==[function evil() local t = {} for i = 1, 30 do t[2^i // 1] = 1 end local n = 0
      while true do n = n + #t end end]==] },
  { id = "concat_numbers", expect = "budget",
    text = [==[function evil() while true do local s = 1.5 .. 2.5 .. 3.5 .. 1e300 .. 5 .. 6
      end end]==] },
  { id = "format_99", expect = "budget",
    text = [==[function evil() while true do local s = ('%99.99f%99.99f'):format(1e308,
      -1e308) end end]==] },
  { id = "numeral_coerce_arith", expect = "budget",
    text = [==[function evil() local s = (' '):rep(60) .. '1' while true do local n = s + 1
      end end]==] },
  { id = "fmod_hard", expect = "budget",
    text = [==[function evil() local n = 0 while true do n = n + math.fmod(1e308, 1e-308) end
      end]==] },
  { id = "mod_operator_hard", expect = "budget",
    text = [==[function evil() local n = 0 local a, b = 1e308, 1e-308 while true do n = n + a
      % b end end]==] },
  { id = "sin_large", expect = "budget",
    text = [==[function evil() local n = 0 while true do n = n + math.sin(1e308) +
      math.cos(1e300) + math.tan(1e305) end end]==] },
  { id = "plain_find_worst", expect = "budget,contained",
    text = [==[function evil() local s = ('a'):rep(1000000) local n = ('a'):rep(5000) .. 'b'
      for i = 1, 1000 do s:find(n, 1, true) end return 'CONTAINED' end]==] },
  { id = "plain_find_many_first", expect = "budget,contained",
    text = [==[function evil() local s = ('ab'):rep(500000) for i = 1, 1000 do s:find('abc',
      1, true) end return 'CONTAINED' end]==] },
  { id = "rep_min", expect = "contained", value = "0",
    text = [==[function evil() return #string.rep('x', math.mininteger) end]==] },
  { id = "move_min_max", expect = "error,budget",
    text = [==[function evil() table.move({}, math.mininteger, math.maxinteger, 1) return
      'ESCAPED' end]==] },
  { id = "move_back", expect = "budget,error",
    text = [==[function evil() table.move({1}, 1, 2^62 // 1 | 0, math.mininteger) return
      'ESCAPED' end]==] },
  { id = "unpack_edge", expect = "contained", value = "1",
    text = [==[function evil() return select('#', table.unpack({}, math.maxinteger,
      math.maxinteger)) end]==] },
  { id = "unpack_edge_min", expect = "contained", value = "3",
    text = [==[function evil() return select('#', table.unpack({}, math.mininteger,
      math.mininteger + 2)) end]==] },
  { id = "concat_max_edge", expect = "error,contained", value = "x",
    text = [==[function evil() return table.concat({[math.maxinteger] = 'x'}, ',',
      math.maxinteger, math.maxinteger) end]==] },
  { id = "sort_comparator_shrinks", expect = "error,budget,contained",
    text = [==[function evil() local t = {} for i = 1, 100 do t[i] = i end table.sort(t,
      function(a, b) for i = 1, 100 do t[i] = nil end return (a or 0) < (b or 0) end) return
      'CONTAINED' end]==] },
  { id = "utf8_offset_neg", expect = "budget",
    text = [==[function evil() local s = ('\x80'):rep(1000000) while true do
      pcall(utf8.offset, 'a' .. s, -1) end end]==] },
  { id = "utf8_codes_modified_state", expect = "error,contained,budget",
    text = [==[function evil() local f, s = utf8.codes('abc') local a = {pcall(f, s,
      math.maxinteger)} local b = {pcall(f, s, math.mininteger)} local c = {pcall(f, s, -1)}
      return 'CONTAINED' end]==] },
  { id = "byte_edges", expect = "contained", value = "3",
    text = [==[function evil() return select('#', ('abc'):byte(math.mininteger,
      math.maxinteger)) end]==] },
  { id = "sub_edges", expect = "contained", value = "abcabcabc",
    text = [==[function evil() return ('abc'):sub(math.mininteger, math.maxinteger) ..
      ('abc'):sub(math.maxinteger) .. ('abc'):sub(0) .. ('abc'):sub(-math.maxinteger, -1) end]==] },
  { id = "find_edges", expect = "contained", value = "nil412",
    text = [==[function evil() return tostring(('abc'):find('', math.maxinteger)) ..
      tostring(('abc'):find('', 4)) .. tostring(('abc'):find('', math.mininteger)) ..
      tostring(('abc'):find('b', -2, true)) end]==] },
  { id = "next_clear_hash", expect = "budget,memory",
    text = [==[function evil() local t = {} for i = 1, 30000 do t['k' .. i] = true end for k
      in pairs(t) do t[k] = nil end while true do local k = next(t) end end]==] },
  { id = "rawlen_rawequal_long", expect = "budget",
    text = [==[function evil() local a = ('x'):rep(1000000) .. 'a' local b =
      ('x'):rep(1000000) .. 'a' while true do rawequal(a, b) end end]==] },
  { id = "hash_floats_same", expect = "budget,memory,contained",
    text = [==[function evil() local t = {} for i = 1, 30000 do t[(i * 2^20 + 0.5)] = i end
      local n = 0 for i = 1, 30000 do n = n + t[(i * 2^20 + 0.5)] end return 'CONTAINED' end]==] },
  { id = "hash_lookup_collide_forever", expect = "budget",
    text = [==[function evil() local t = {} local m = (1 << 14) - 1 for i = 1, 8000 do t[i *
      m] = i end while true do for i = 1, 8000 do local x = t[i * m] end end end]==] },
  { id = "hash_delete_insert", expect = "budget,memory",
    text = [==[function evil() local t = {} for i = 1, 20000 do t['k' .. i] = i end local n =
      0 while true do n = n + 1 t['k' .. n] = nil t['z' .. n] = n end end]==] },
  { id = "hash_minmax_keys", expect = "contained", value = "6",
    text = [==[function evil() local t = {} t[math.mininteger] = 1 t[math.maxinteger] = 2
      t[2^53] = 3 t[-0.0] = 4 t[0] = (t[0] or 0) + 1 return t[0] + t[math.mininteger] end]==] },
}
