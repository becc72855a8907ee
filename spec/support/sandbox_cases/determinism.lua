-- Scripts whose answer must be the same in every process, locale and run, or be refused.  Cases as
-- in cpu.lua; each is compared.

local cases = {
  { id = "pairs_strings", attempts = "the order of string keys",
    text = [[function evil() local t, r = {}, {}
      for w in ("lorem ipsum dolor sit amet consectetur adipiscing elit sed do"):gmatch("%a+")
      do t[w] = #w end
      for k, v in pairs(t) do r[#r + 1] = k .. v end return "V " .. table.concat(r, " ") end]] },
  { id = "pairs_mixed", attempts = "the order of mixed keys",
    text = [[function evil() local t, r = { 10, 20, x = 1, y = 2, [true] = 3, [false] = 4,
      [1.5] = 5, [-3] = 6, [1e300] = 7, [math.mininteger] = 8 }, {}
      for k in pairs(t) do r[#r + 1] = tostring(k) end return "V " .. table.concat(r, " ") end]] },
  { id = "pairs_tables", attempts = "the order of tables as keys",
    text = [[function evil() local t, r = {}, {} for i = 1, 20 do t[{}] = i end
      for _, v in pairs(t) do r[#r + 1] = v end return "V " .. table.concat(r, " ") end]] },
  { id = "pairs_functions", attempts = "the order of functions as keys",
    text = [[function evil() local t, r = { [type] = 1, [tostring] = 2, [pairs] = 3, [evil] = 4 },
      {}
      for _, v in pairs(t) do r[#r + 1] = v end return "V " .. table.concat(r, " ") end]] },
  { id = "next_first", attempts = "the first key by next",
    text = [[function evil() local t = { zeta = 1, alpha = 2, mu = 3 }
      return "V " .. next(t) .. next(t, "alpha") end]] },
  { id = "next_globals", attempts = "the order of the globals",
    text = [[function evil() local r = {} for k in pairs(_G) do r[#r + 1] = k end
      return "V " .. table.concat(r, " ") end]] },
  { id = "addresses", attempts = "addresses of everything",
    text = [[function evil() return "V " .. tostring({}) .. tostring(type) .. tostring(evil)
      .. tostring(coroutine.create(evil)) .. tostring(_G) end]] },
  { id = "addresses_format", attempts = "addresses by %s",
    text = [[function evil() return "V " .. ("%s %s"):format({}, evil) end]] },
  { id = "address_order", attempts = "an order of addresses by sort",
    text = [[function evil() local ok, why = pcall(table.sort, { {}, {} })
      return "V " .. tostring(why) end]] },
  { id = "sort_equal", attempts = "equal elements in a sort",
    text = [[function evil() local t = {} for i = 1, 300 do t[i] = { key = i % 7, at = i } end
      table.sort(t, function(a, b) return a.key < b.key end)
      local r = {} for i, v in ipairs(t) do r[i] = v.at end
      return "V " .. table.concat(r, " ") end]] },
  { id = "sort_random_order", attempts = "an order without sense",
    text = [[function evil() local t, n = {}, 0 for i = 1, 150 do t[i] = i end
      table.sort(t, function() n = n + 1 return n % 3 == 0 end)
      return "V " .. n .. table.concat(t, " ") end]] },
  { id = "floats", attempts = "floats as text",
    text = [[function evil() return "V " .. 1 / 3 .. " " .. 1e100 .. " " .. 2^53 .. " " .. -0.0
      .. " " .. tostring(0 / 0) .. ("%.3f %g %a"):format(1234.5678, 0.1, 0.1) end]] },
  { id = "nan_text", attempts = "the sign of nan", text = [[function evil()
      return "V " .. tostring(0/0) .. tostring(-(0/0)) .. ("%f %g"):format(0/0, -(0/0)) end]] },
  { id = "locale_compare", attempts = "an order of letters by locale",
    text = [[function evil() local t = { "b", "A", "a", "B", "\u{e9}", "z", "_", "1" } table.sort(t)
      return "V " .. table.concat(t) .. tostring("a" < "B") .. tostring("\u{e9}" < "z") end]] },
  { id = "locale_classes", attempts = "classes of letters by locale",
    text = [[function evil() local s = "\xE9\u{e9}aZ"
      return "V " .. s:upper():byte(1) .. " " .. tostring(s:match("%a+")) .. select(2, s:gsub("%w",
      "")) .. select(2, s:gsub("%c", "")) end]] },
  { id = "locale_point", attempts = "the decimal point by locale",
    text = [[function evil() return "V " .. 1.5 .. tostring(tonumber("1,5"))
      .. tostring(tonumber("1.5")) .. ("%.1f"):format(2.5) end]] },
  { id = "length_with_holes", attempts = "the border of a list with holes",
    text = [[function evil() local t = { 1, 2, nil, 4, nil, nil, 7 }
      local u = {} for i = 10, 1, -1 do u[i] = i end u[5] = nil return "V " .. #t .. #u end]] },
  { id = "collector_visible", attempts = "to see the collector by weak tables",
    text = [[function evil() local w = setmetatable({}, { __mode = "v" }) for i = 1, 2000
      do w[i] = {} end
      local n = 0 for _ in pairs(w) do n = n + 1 end return "V " .. n end]] },
  { id = "same_every_call", attempts = "another answer at each call", calls = 5, same = true,
    text = [[function evil() local r = {} for k in pairs { a = 1, b = 2, c = 3, d = 4 }
      do r[#r + 1] = k end return "V " .. table.concat(r) .. tostring({}) end]] },
  { id = "deep_error_text", attempts = "the text of an overflow",
    text = [[local function f(s) return (s:gsub(".", f)) end function evil()
      local ok, why = pcall(f, "x") return "V " .. tostring(ok) end]] },
  { id = "cleared_keys", attempts = "an order after many keys came and went",
    text = [[function evil() local t = {} for i = 1, 500 do t["k" .. i] = i end for i = 1, 490
      do t["k" .. i] = nil end
      local r = {} for k in pairs(t) do r[#r + 1] = k end
      return "V " .. table.concat(r, " ") end]] },
}

for _, case in ipairs(cases) do
  case.expect, case.compare = "contained,error", true
end
return cases
