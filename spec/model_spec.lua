-- Random lists of operations on a store and on a model of the rules: after each, the answers and
-- the whole fleet must be the same.  BERTH_CASES says how many lists, BERTH_SEED which; a list that
-- fails is shrunk and shown with its seed.

local berth = require "berth"
local command = require "spec.support.command"
local model = require "spec.support.model"
local shrink = require "spec.support.shrink"

local OPERATIONS = 30

-- --- operations --------------------------------------------------------------------------------

local PROVIDERS = { "p1", "p2", "p3", "p4" }
local CONSUMERS = { "c1", "c2", "c3" }
local CLASSES = { "VCPU", "VCPU", "VCPU", "MEMORY_MB", "MEMORY_MB", "CUSTOM_X" }
local TRAITS = { "HW_CPU_X86_AVX", "HW_GPU_API_VULKAN", "CUSTOM_T" }
local AGGREGATES = { "a", "b" }
local PROJECTS = { "acme", "other" }
local RATIOS = { 1.0, 1.0, 0.5, 1.5, 16.0, 0.29 }

local function one(list) return list[math.random(#list)] end
local function maybe(value) if math.random(3) == 1 then return value end end

local function rarely(value) if math.random(8) == 1 then return value end end

local function some(list)
  local chosen = {}
  for _, item in ipairs(list) do if math.random(2) == 1 then chosen[#chosen + 1] = item end end
  return chosen
end

local function inventory()
  return { total = math.random(20) == 1 and 0 or math.random(12),
    reserved = one { 0, 0, 1, 3 }, min = one { 1, 1, 2 },
    max = one { 100, 100, 5 }, step = one { 1, 1, 2 }, ratio = one(RATIOS) }
end

local function inventories()
  local map = {}
  for _ = 1, math.random(0, 2) do map[one(CLASSES)] = inventory() end
  return map
end

local function amounts(most)
  local map = {}
  for _ = 1, math.random(most) do
    map[one(CLASSES)] = math.random(8) == 1 and math.random(0, 9) or one { 1, 1, 2, 2, 4 }
  end
  return map
end

local function wanted(most)
  local map = amounts(most)
  for class, amount in pairs(map) do map[class] = math.max(1, amount) end
  return map
end

local function make_write()
  local held = {}
  for _ = 1, math.random(0, 2) do held[one(PROVIDERS)] = amounts(2) end
  local write = { consumer = one(CONSUMERS), project = maybe(one(PROJECTS)), held = held }
  local expected = one { "any", "any", "any", "any", false, 1, 2 }
  if expected ~= "any" then write.generation = expected end
  return write
end

local MAKERS = {
  { 5, function()
    return { "create", one(PROVIDERS), { parent = maybe(one(PROVIDERS)),
      inventories = inventories(), traits = maybe(some(TRAITS)) or {} } }
  end },
  { 1, function() return { "rename", one(PROVIDERS), one(PROVIDERS) } end },
  { 2, function() return { "move", one(PROVIDERS), math.random(3) > 1 and one(PROVIDERS) } end },
  { 2, function() return { "delete", one(PROVIDERS) } end },
  { 4, function()
    return { "inventories", one(PROVIDERS), inventories(), rarely(math.random(0, 3)) }
  end },
  { 4, function()
    return { "inventory", one(PROVIDERS), one(CLASSES), math.random(4) > 1 and inventory() or nil,
      rarely(math.random(0, 3)), n = 5 }
  end },
  { 2, function()
    return { "traits", one(PROVIDERS), some(TRAITS), rarely(math.random(0, 3)) }
  end },
  { 1, function()
    return { "aggregates", one(PROVIDERS), some(AGGREGATES), rarely(math.random(0, 3)) }
  end },
  { 1, function() return { "create_trait", "CUSTOM_T" } end },
  { 1, function() return { "delete_trait", one(TRAITS) } end },
  { 1, function() return { "create_class", "CUSTOM_X" } end },
  { 1, function() return { "delete_class", one(CLASSES) } end },
  { 6, function() return { "allocate", { make_write() } } end },
  { 2, function() return { "allocate", { make_write(), make_write() } } end },
  { 3, function() return { "release", one(CONSUMERS) } end },
  { 5, function()
    return { "place", one(CONSUMERS), wanted(2), maybe(one(PROVIDERS)), maybe(one(PROJECTS)),
      n = 5 }
  end },
  { 2, function() return { "move_claim", one(CONSUMERS), wanted(2) } end },
  { 2, function() return { "begin" } end },
  { 2, function() return { "commit" } end },
  { 1, function() return { "rollback" } end },
  { 2, function() return { "savepoint" } end },
  { 2, function() return { "back" } end },
  { 1, function() return { "reopen" } end },
}

local WEIGHTED = {}
for _, maker in ipairs(MAKERS) do
  for _ = 1, maker[1] do WEIGHTED[#WEIGHTED + 1] = maker[2] end
end

-- Begins with a fleet to work on, for most lists; anything may happen to it later.
local function make_list()
  local list = {}
  for i, name in ipairs(PROVIDERS) do
    if math.random(6) > 1 then
      list[#list + 1] = { "create", name, { parent = i > 1 and maybe(PROVIDERS[i - 1]) or nil,
        traits = {}, inventories = { VCPU = inventory(), MEMORY_MB = maybe(inventory()) } } }
    end
  end
  for i = #list + 1, OPERATIONS do list[i] = one(WEIGHTED)() end
  return list
end

-- --- the store's side --------------------------------------------------------------------------

local function fields(i)
  return { total = i.total, reserved = i.reserved, min_unit = i.min, max_unit = i.max,
    step_size = i.step, allocation_ratio = i.ratio }
end

local function all_fields(map)
  local made = {}
  for class, i in pairs(map) do made[class] = fields(i) end
  return made
end

local function on_provider(at, name, call)
  local provider, err = at:provider(name)
  if not provider then return nil, err end
  return call(provider)
end

local verbs = {}

function verbs.create(at, name, spec)
  return at:create_provider { name = name, parent = spec.parent,
    inventories = all_fields(spec.inventories), traits = spec.traits }
end

function verbs.rename(at, name, to)
  return on_provider(at, name, function(p) return p:update { name = to } end)
end

function verbs.move(at, name, parent)
  return on_provider(at, name, function(p) return p:update { parent = parent or false } end)
end

function verbs.delete(at, name)
  return on_provider(at, name, function(p) return p:delete() end)
end

function verbs.inventories(at, name, map, generation)
  return on_provider(at, name, function(p)
    return p:set_inventories(all_fields(map), { generation = generation })
  end)
end

function verbs.inventory(at, name, class, i, generation)
  return on_provider(at, name, function(p)
    return p:set_inventory(class, i and fields(i), { generation = generation })
  end)
end

function verbs.traits(at, name, traits, generation)
  return on_provider(at, name, function(p)
    return p:set_traits(traits, { generation = generation })
  end)
end

function verbs.aggregates(at, name, aggregates, generation)
  return on_provider(at, name, function(p)
    return p:set_aggregates(aggregates, { generation = generation })
  end)
end

function verbs.create_trait(at, name) return at:create_trait(name) end
function verbs.delete_trait(at, name) return at:delete_trait(name) end
function verbs.create_class(at, name) return at:create_resource_class(name) end
function verbs.delete_class(at, name) return at:delete_resource_class(name) end
function verbs.release(at, consumer) return at:release(consumer) end

function verbs.allocate(at, writes)
  local list = {}
  for i, w in ipairs(writes) do
    list[i] = { consumer = w.consumer, project = w.project, generation = w.generation,
      allocations = w.held }
  end
  return at:allocate(#list == 1 and list[1] or list)
end

function verbs.place(at, consumer, want, in_tree, project)
  return at:place { consumer = consumer, project = project, resources = want, in_tree = in_tree }
end

function verbs.move_claim(at, consumer, want)
  local claim, err = at:allocation(consumer)
  if not claim then return nil, err end
  return claim:move { resources = want }
end

-- The whole fleet as the model pictures it, read through the public face.
local function picture(at)
  local lines, projects = {}, {}
  local function add(...) lines[#lines + 1] = table.concat({ ... }, " ") end
  local consumers = {}
  for p in at:providers() do
    local parent = p.parent
    add("provider", p.name, p.generation, parent and parent.name or "-", p.root.name,
      table.concat(p:traits(), ","), table.concat(p:aggregates(), ","))
    local usages = p:usages()
    for class, i in pairs(p:inventories()) do
      add("inventory", p.name, class, i.total, i.reserved, i.min_unit, i.max_unit, i.step_size,
        ("%.17g"):format(i.allocation_ratio), usages[class])
    end
    for consumer, held in pairs(p:allocations()) do
      consumers[consumer] = true
      for class, amount in pairs(held.resources) do
        add("allocation", consumer, p.name, class, amount)
      end
    end
  end
  for consumer in pairs(consumers) do
    local claim = at:allocation(consumer)
    add("consumer", consumer, claim.generation, claim.project or "-")
    if claim.project then projects[claim.project] = true end
  end
  for project in pairs(projects) do
    local usages = at:usages { project = project }
    for class, sum in pairs(usages) do add("usage", project, class, sum) end
  end
  for _, trait in ipairs(at:traits { prefix = "CUSTOM_" }) do add("trait", trait) end
  for _, class in ipairs(at:resource_classes()) do
    if class:find "^CUSTOM_" then add("class", class) end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

-- --- one case ----------------------------------------------------------------------------------

-- Beginnings and ends, on both sides alike; one that makes no sense where it stands does nothing.
local turns = {}

function turns.begin(case)
  if case.tx then return end
  case.tx = assert(case.store:begin())
  case.kept, case.points = case.model:clone(), {}
end

function turns.commit(case)
  if not case.tx then return end
  assert(case.tx:commit())
  case.tx = nil
end

function turns.rollback(case)
  if not case.tx then return end
  assert(case.tx:rollback())
  case.tx, case.model = nil, case.kept
end

function turns.savepoint(case)
  if not case.tx then return end
  case.points[#case.points + 1] = { assert(case.tx:savepoint()), case.model:clone() }
end

function turns.back(case)
  local point = case.tx and case.points[#case.points]
  if not point then return end
  assert(point[1]:rollback())
  case.model = point[2]:clone()
  if #case.points > 1 and point[2].made % 2 == 0 then -- sometimes to the next one out as well
    case.points[#case.points] = nil
  end
end

function turns.reopen(case)
  if case.tx or not case.path then return end
  case.store:close()
  case.store = assert(berth.open(case.path))
end

local function step(case, operation)
  local turn = turns[operation[1]]
  if turn then return turn(case) end
  local at = case.tx or case.store
  local expected, codes = case.model:apply(operation)
  local result, err = case.verbs[operation[1]](at,
    table.unpack(operation, 2, operation.n or #operation))
  if expected and not result then error("refused: " .. tostring(err), 0) end
  if not expected and result then
    error("done, but " .. next(codes) .. " was due", 0)
  end
  if not expected and not codes[err.code] then
    error(tostring(err) .. ", but " .. next(codes) .. " was due", 0)
  end
end

local function compare(case)
  local is, due = picture(case.tx or case.store), case.model:picture()
  if is ~= due then error(("the fleet is\n%s\nbut should be\n%s"):format(is, due), 0) end
end

-- nil when all is well, else what was wrong at which operation.
local function run(list, path, broken)
  if path then
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end
  local case = { store = assert(berth.open(path or ":memory:")), path = path, model = model.new(),
    verbs = broken or verbs }
  local wrong
  for i, operation in ipairs(list) do
    local done, message = pcall(step, case, operation)
    if done then done, message = pcall(compare, case) end
    if not done then
      wrong = ("operation %d (%s): %s"):format(i, operation[1], message)
      break
    end
  end
  if case.tx then case.tx:rollback() end
  if not wrong then
    local sound, err = case.store:check()
    if not sound then wrong = tostring(err) end
  end
  case.store:close()
  return wrong
end

local function show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local parts = {}
  for i = 1, value.n or #value do parts[i] = show(value[i]) end
  for key, item in pairs(value) do
    if type(key) ~= "number" and key ~= "n" then parts[#parts + 1] = key .. "=" .. show(item) end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function complain(seed, case, list, path, broken)
  list = shrink(list, function(shorter) return run(shorter, path, broken) ~= nil end)
  local lines = { ("BERTH_SEED=%d, list %d, shrunk to %d operations: %s"):format(seed, case, #list,
    run(list, path, broken)) }
  for _, operation in ipairs(list) do lines[#lines + 1] = "  " .. show(operation) end
  return table.concat(lines, "\n"), list
end

describe("the model", function()
  local directory, remove
  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  local seed = math.tointeger(tonumber(os.getenv "BERTH_SEED")) or math.random(0, 1 << 31)
  local cases = math.tointeger(tonumber(os.getenv "BERTH_CASES")) or 2000

  it(("agrees with the store on %d lists of operations (BERTH_SEED=%d)"):format(cases, seed),
    function()
      for case = 1, cases do
        math.randomseed(seed, case)
        local list = make_list()
        local path = case % 25 == 0 and directory .. "/model.db" or nil
        if run(list, path) then error((complain(seed, case, list, path)), 0) end
      end
    end)

  -- The comparison itself: defects put into the store's side are found and shrunk to the point.
  local DEFECTS = {
    ["a release that is forgotten"] = { most = 4, verbs = {
      release = function(at, consumer) return at:allocation(consumer) end } },
    ["a generation that is ignored"] = { most = 3, verbs = {
      traits = function(at, name, traits) return verbs.traits(at, name, traits) end,
      inventories = function(at, name, map) return verbs.inventories(at, name, map) end } },
    ["a list that is written one by one"] = { most = 5, verbs = {
      allocate = function(at, writes)
        local result, err = true, nil
        for _, w in ipairs(writes) do
          result, err = verbs.allocate(at, { w })
          if not result then break end
        end
        return result, err
      end } },
    ["a project that is dropped"] = { most = 3, verbs = {
      place = function(at, consumer, want, in_tree)
        return verbs.place(at, consumer, want, in_tree)
      end } },
  }
  for name, defect in pairs(DEFECTS) do
    it("finds " .. name, function()
      setmetatable(defect.verbs, { __index = verbs })
      for case = 1, 300 do
        math.randomseed(7, case)
        local list = make_list()
        if run(list, nil, defect.verbs) then
          local text, short = complain(7, case, list, nil, defect.verbs)
          assert.matches("shrunk to %d+ operations", text)
          assert.is_true(#short <= defect.most, text)
          return
        end
      end
      error "it was not found"
    end)
  end
end)
