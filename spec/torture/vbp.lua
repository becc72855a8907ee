-- Vector bin packing: identical providers with d resource classes, one consumer an item, providers
-- added on demand.  First-fit and best-fit through the public face must open exactly as many bins
-- as published (Mommessin, Erlebach, Shakhlevich: "Classification and evaluation of the algorithms
-- for vector bin packing", Computers & Operations Research), or as a packer of a few lines does.
--
--   first-fit        place: no policy, so the earliest provider with room
--   first-fit, decreasing   the same after a stable sort by largest relative size
--   best-fit         candidates: the provider whose largest relative residual is least; equal ones
--                    in the order in which they came to it

local berth = require "berth"

-- The published programs compute in 32-bit floats.
local function f32(x) return (string.unpack("f", string.pack("f", x))) end

local function largest(sizes, capacities)
  local most = 0
  for h, size in ipairs(sizes) do most = math.max(most, f32(size / capacities[h])) end
  return most
end

local function class(h) return "CUSTOM_DIMENSION_" .. h end

local function fleet_of(capacities)
  local fleet = assert(berth.open(":memory:"))
  local inventories = {}
  for h, capacity in ipairs(capacities) do
    assert(fleet:create_resource_class(class(h)))
    inventories[class(h)] = capacity
  end
  return fleet, inventories
end

-- Some published instances hold negative sizes: such an item leaves more room than it found.
local function give_back(provider, item)
  for h, size in ipairs(item) do
    if size < 0 then
      local total = provider:inventories()[class(h)].total
      assert(provider:set_inventory(class(h), total - size))
    end
  end
end

local function request_of(item)
  local resources = {}
  for h, size in ipairs(item) do
    if size > 0 then resources[class(h)] = size end
  end
  return resources
end

local function first_fit(capacities, items)
  local fleet <close>, inventories = fleet_of(capacities)
  local bins = 0
  for i, item in ipairs(items) do
    local resources, consumer = request_of(item), "item-" .. i
    local claim, err = fleet:place { consumer = consumer, resources = resources }
    if not claim then
      assert(err.code == "no_candidate", tostring(err))
      bins = bins + 1
      assert(fleet:create_provider { name = "bin-" .. bins, inventories = inventories })
      claim = assert(fleet:place { consumer = consumer, resources = resources })
    end
    give_back(fleet:provider((next(claim:resources()))), item)
  end
  assert(fleet:check())
  return bins
end

local function best_fit(capacities, items)
  local fleet <close>, inventories = fleet_of(capacities)
  local bins, by_uuid, changes = 0, {}, 0
  for i, item in ipairs(items) do
    local resources, consumer = request_of(item), "item-" .. i
    local best, chosen
    for candidate in fleet:candidates { resources = resources } do
      local bin = by_uuid[next(candidate:resources())]
      if not best or bin.measure < best.measure
        or (bin.measure == best.measure and bin.since < best.since) then
        best, chosen = bin, candidate
      end
    end
    local claim
    if chosen then
      claim = assert(fleet:place(chosen, { consumer = consumer }))
    else
      bins = bins + 1
      local provider = assert(fleet:create_provider { name = "bin-" .. bins,
        inventories = inventories })
      best = { measure = -1, since = 0, left = table.move(capacities, 1, #capacities, 1, {}) }
      by_uuid[provider.uuid] = best
      claim = assert(fleet:place { consumer = consumer, resources = resources })
    end
    give_back(fleet:provider((next(claim:resources()))), item)
    for h, size in ipairs(item) do best.left[h] = best.left[h] - size end
    local measure = largest(best.left, capacities)
    if measure ~= best.measure then
      changes = changes + 1
      best.measure, best.since = measure, changes
    end
  end
  assert(fleet:check())
  return bins
end

local function decreasing(capacities, items)
  local order = {}
  for i, item in ipairs(items) do
    order[i] = { at = i, item = item, size = largest(item, capacities) }
  end
  table.sort(order, function(a, b)
    if a.size ~= b.size then return a.size > b.size end
    return a.at < b.at
  end)
  local sorted = {}
  for i, entry in ipairs(order) do sorted[i] = entry.item end
  return sorted
end

local ALGORITHMS = {
  { name = "FF", pack = first_fit },
  { name = "FFD-Linf-Unit", pack = function(capacities, items)
    return first_fit(capacities, decreasing(capacities, items))
  end },
  { name = "BF-Linf-Unit", pack = best_fit },
}

-- --- published instances ------------------------------------------------------------------------

-- The order in which the published programs saw an instance's items: GNU libstdc++'s std::shuffle
-- over a minimal standard generator seeded with 23 (two positions a draw).
local function shuffled(items)
  local MODULUS, MULTIPLIER, state = 2147483647, 16807, 23
  local a = table.move(items, 1, #items, 1, {})
  local function below(n)
    local scale = (MODULUS - 2) // n
    while true do
      state = state * MULTIPLIER % MODULUS
      if state - 1 < n * scale then return (state - 1) // scale end
    end
  end
  local function swap(i, j) a[i + 1], a[j + 1] = a[j + 1], a[i + 1] end
  local i = 1
  if #a % 2 == 0 and #a > 1 then
    swap(1, below(2))
    i = 2
  end
  while i < #a do
    local draw = below((i + 1) * (i + 2))
    swap(i, draw // (i + 2))
    swap(i + 1, draw % (i + 2))
    i = i + 2
  end
  return a
end

local function numbers(line)
  local list = {}
  for word in line:gmatch "%S+" do list[#list + 1] = math.tointeger(tonumber(word)) end
  return list
end

local function read_instance(path)
  local file <close> = assert(io.open(path))
  local dimensions = numbers(file:read "l")[1]
  local capacities, items = numbers(file:read "l"), {}
  for i = 1, numbers(file:read "l")[1] do
    items[i] = table.move(numbers(file:read "l"), 1, dimensions, 1, {})
  end
  return capacities, items
end

-- {instance name = {algorithm = bins}}
local function read_table(path, into)
  local columns
  local lines <close> = assert(require "berth.core".lines(path))
  for line in function() return lines:read() end do
    local fields = {}
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do fields[#fields + 1] = field end
    if not columns then
      columns = fields
    else
      local row = {}
      for i, name in ipairs(columns) do row[name] = tonumber(fields[i]) end
      into[fields[1]] = row
    end
  end
end

local function compare(published, instances)
  local compared, wrong = 0, 0
  for path in io.lines(instances) do
    local name = path:match "([^/]+)%.vbp$"
    local row = published[name]
    if row then
      local capacities, items = read_instance(path)
      items = shuffled(items)
      for _, algorithm in ipairs(ALGORITHMS) do
        local bins = algorithm.pack(capacities, items)
        compared = compared + 1
        if bins ~= row[algorithm.name] then
          wrong = wrong + 1
          print(("%s %s: %d bins, published %s"):format(name, algorithm.name, bins,
            row[algorithm.name]))
        end
      end
    end
  end
  return compared, wrong
end

-- Pairs of a table of answers and a list of instance files.
local function long(...)
  local files, compared, wrong = { ... }, 0, 0
  for i = 1, #files, 2 do
    local published = {}
    read_table(files[i], published)
    local more, bad = compare(published, files[i + 1])
    compared, wrong = compared + more, wrong + bad
  end
  print(("%d of %d published bin counts met exactly"):format(compared - wrong, compared))
  return compared > 0 and wrong == 0
end

-- --- random instances ---------------------------------------------------------------------------

-- The same three rules, told again over plain tables.
local function fits(item, left)
  for h, size in ipairs(item) do
    if size > left[h] then return false end
  end
  return true
end

local function plain(capacities, items, best)
  local bins = {}
  for _, item in ipairs(items) do
    local bin
    for _, b in ipairs(bins) do
      if not bin and fits(item, b.left) then bin = b end
    end
    if not bin then
      bin = { left = table.move(capacities, 1, #capacities, 1, {}) }
      bins[#bins + 1] = bin
    end
    for h, size in ipairs(item) do bin.left[h] = bin.left[h] - size end
    bin.measure = largest(bin.left, capacities)
    if best then -- a stable sort by insertion
      for i = 2, #bins do
        local b, j = bins[i], i - 1
        while j > 0 and bins[j].measure > b.measure do
          bins[j + 1] = bins[j]
          j = j - 1
        end
        bins[j + 1] = b
      end
    end
  end
  return #bins
end

local function quick()
  local seed = math.tointeger(os.getenv "BERTH_SEED") or os.time()
  math.randomseed(seed)
  local cases, wrong = 60, 0
  for _ = 1, cases do
    local capacities, items = {}, {}
    for h = 1, math.random(1, 5) do capacities[h] = math.random(20, 200) end
    for i = 1, math.random(1, 80) do
      items[i] = {}
      for h, capacity in ipairs(capacities) do items[i][h] = math.random(-2, capacity // 2) end
      items[i][1] = math.max(1, items[i][1])
    end
    local sorted = decreasing(capacities, items)
    local want = { plain(capacities, items), plain(capacities, sorted),
      plain(capacities, items, true) }
    for a, algorithm in ipairs(ALGORITHMS) do
      local bins = algorithm.pack(capacities, items)
      if bins ~= want[a] then
        wrong = wrong + 1
        print(("%s: %d bins, expected %d"):format(algorithm.name, bins, want[a]))
      end
    end
  end
  print(("%d random instances, 3 rules, seed %d, %d wrong"):format(cases, seed, wrong))
  return wrong == 0
end

os.exit(arg[1] == "quick" and quick() or arg[1] == "long" and long(table.unpack(arg, 2)) or false)
