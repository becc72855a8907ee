--- How much of the idle GPUs is of no use to the requests that usually come.
--
-- The typical shapes are the most frequent (cpu, gpus, milli, models) of a request list that
-- together make up at least 95 % of it. A node wastes, for a shape, all its idle GPU when the
-- shape needs no GPU, another model or does not fit, and otherwise the idle part of the GPUs that
-- are too small for it. The node's fragmentation is the mean over the shapes, by frequency.
--
-- Everything is an integer: amounts are thousandths of a GPU times `scale`, the number of requests
-- of a typical shape, so that equal fragmentation compares equal.

local fragmentation = {}

local POPULARITY = 0.95

local function list_after(a, b)
  for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then return b[i] == nil or (a[i] ~= nil and a[i] > b[i]) end
  end
  return nil
end

-- More frequent first; equally frequent ones by their size, so that the cut is repeatable.
local function ranks_before(a, b)
  if a.count ~= b.count then return a.count > b.count end
  if a.cpu ~= b.cpu then return a.cpu > b.cpu end
  if a.milli ~= b.milli then return a.milli > b.milli end
  if a.gpus ~= b.gpus then return a.gpus > b.gpus end
  return list_after(a.models, b.models) or false
end

--- The typical shapes of a request list: {{cpu=, gpus=, milli=, models=, count=}, ...}, most
-- frequent first, with the field `scale`.
function fragmentation.typical(requests)
  local by_key, shapes = {}, {}
  for _, r in ipairs(requests) do
    local key = ("%d %d %d %s"):format(r.cpu, r.gpus, r.milli, r.spec)
    local shape = by_key[key]
    if not shape then
      shape = { cpu = r.cpu, gpus = r.gpus, milli = r.milli, models = r.models, spec = r.spec,
        count = 0 }
      by_key[key], shapes[#shapes + 1] = shape, shape
    end
    shape.count = shape.count + 1
  end
  table.sort(shapes, ranks_before)
  local typical = { scale = 0 }
  for _, shape in ipairs(shapes) do
    if typical.scale >= POPULARITY * #requests then break end
    typical[#typical + 1] = shape
    typical.scale = typical.scale + shape.count
  end
  return typical
end

-- Shapes that differ only in cpu, together: {gpus=, milli=, models={set}|nil, cpus={ascending},
-- upto={requests with cpu <= cpus[i]}}. Shapes without GPUs use nothing and need no group.
local function grouped(typical)
  local by_key, groups = {}, {}
  for _, shape in ipairs(typical) do
    if shape.gpus > 0 then
      local key = ("%d %d %s"):format(shape.gpus, shape.milli, shape.spec)
      local group = by_key[key]
      if not group then
        group = { gpus = shape.gpus, milli = shape.milli }
        for _, model in ipairs(shape.models) do
          group.models = group.models or {}
          group.models[model] = true
        end
        by_key[key], groups[#groups + 1] = group, group
      end
      group[#group + 1] = shape
    end
  end
  for _, group in ipairs(groups) do
    table.sort(group, function(a, b) return a.cpu < b.cpu end)
    group.cpus, group.upto = {}, {}
    local sum = 0
    for i, shape in ipairs(group) do
      sum = sum + shape.count
      group.cpus[i], group.upto[i] = shape.cpu, sum
    end
  end
  return groups
end

-- Requests of the group that need no more than cpu.
local function within(group, cpu)
  local n = 0
  for i, c in ipairs(group.cpus) do
    if c > cpu then break end
    n = group.upto[i]
  end
  return n
end

local function waste(groups, scale, cpu, sorted, model)
  local idle = 0
  for _, left in ipairs(sorted) do idle = idle + left end
  local usable = 0
  for _, group in ipairs(groups) do
    if not group.models or group.models[model] then
      local fitting, sum = 0, 0
      for i = #sorted, 1, -1 do
        if sorted[i] < group.milli then break end
        fitting, sum = fitting + 1, sum + sorted[i]
      end
      if fitting >= group.gpus then usable = usable + within(group, cpu) * sum end
    end
  end
  return scale * idle - usable
end

local MEMO_MAX = 50000 -- node states remembered

--- A function of (cpu left, {milli left of each GPU}, model) that gives a node's fragmentation
-- times typical.scale.
function fragmentation.meter(typical)
  local groups, memo, remembered = grouped(typical), {}, 0
  return function(cpu, gpus, model)
    local sorted = table.move(gpus, 1, #gpus, 1, {})
    table.sort(sorted)
    local key = ("%d;%s;%s"):format(cpu, table.concat(sorted, ","), model)
    local found = memo[key]
    if not found then
      if remembered >= MEMO_MAX then memo, remembered = {}, 0 end
      found = waste(groups, typical.scale, cpu, sorted, model)
      memo[key], remembered = found, remembered + 1
    end
    return found
  end
end

return fragmentation
