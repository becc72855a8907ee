--- Makes a failing list of operations small: drops ever smaller chunks while it still fails.

--- The shortest list found for which fails(list) is true; `list` itself fails.
return function(list, fails)
  local chunk = math.max(1, #list // 2)
  while true do
    local i, cut = 1, false
    while i <= #list do
      local rest = {}
      for j, item in ipairs(list) do
        if j < i or j >= i + chunk then rest[#rest + 1] = item end
      end
      if #rest < #list and fails(rest) then
        list, cut = rest, true
      else
        i = i + chunk
      end
    end
    if chunk == 1 and not cut then return list end
    if not cut then chunk = chunk // 2 end
  end
end
