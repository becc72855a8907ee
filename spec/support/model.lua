--- The rules of placement as plain tables and plain loops: slow and obviously right.  It answers
-- the same operations as a store; a refusal is the set of codes that would be true.
--
-- Shares no code with the engine.  Operations are data, so that lists of them can be shrunk.

local model = {}
model.__index = model

local STANDARD_TRAITS = { HW_CPU_X86_AVX = true, HW_GPU_API_VULKAN = true }
local STANDARD_CLASSES = { VCPU = 1, MEMORY_MB = 2 } -- in order of the standard list

--- An empty fleet.
function model.new()
  return setmetatable({ providers = {}, consumers = {}, traits = {}, classes = {}, made = 0 },
    model)
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local made = {}
  for key, item in pairs(value) do made[key] = copy(item) end
  return made
end

--- The same fleet again, to go back to.
function model:clone()
  return setmetatable(copy(self), model)
end

-- --- what is ------------------------------------------------------------------------------------

local function capacity(inventory)
  return (inventory.total - inventory.reserved) * inventory.ratio // 1
end

local function class_known(self, class) return STANDARD_CLASSES[class] or self.classes[class] end
local function trait_known(self, trait) return STANDARD_TRAITS[trait] or self.traits[trait] end

local function used(self, name, class)
  local sum = 0
  for _, consumer in pairs(self.consumers) do
    sum = sum + ((consumer.held[name] or {})[class] or 0)
  end
  return sum
end

local function root_of(self, name)
  while self.providers[name].parent do name = self.providers[name].parent end
  return name
end

local function by_creation(self)
  return function(a, b) return self.providers[a].made < self.providers[b].made end
end

-- The tree under a provider, in pre-order, siblings by creation.
local function subtree(self, name, into)
  into[#into + 1] = name
  local children = {}
  for other, p in pairs(self.providers) do
    if p.parent == name then children[#children + 1] = other end
  end
  table.sort(children, by_creation(self))
  for _, child in ipairs(children) do subtree(self, child, into) end
  return into
end

local function fits(self, name, class, amount)
  local inventory = self.providers[name].inventories[class]
  return inventory and amount >= inventory.min and amount <= inventory.max
    and amount % inventory.step == 0
    and used(self, name, class) + amount <= capacity(inventory)
end

-- --- operations ---------------------------------------------------------------------------------

-- Reasons against something, collected; nil when there are none.
local function reasons()
  local set, any = {}, false
  return function(code, holds)
    if holds then set[code] = true any = true end
  end, function() return any and set or nil end
end

local operations = {}

local function check_inventories(self, inventories, against)
  for class, inventory in pairs(inventories) do
    against("not_found", not class_known(self, class))
    against("invalid_capacity", inventory.total < 1 or inventory.reserved > inventory.total)
  end
end

local function check_traits(self, traits, against)
  for _, trait in ipairs(traits) do against("not_found", not trait_known(self, trait)) end
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

function operations.create(self, name, spec)
  local against, verdict = reasons()
  against("duplicate_name", self.providers[name])
  against("not_found", spec.parent and not self.providers[spec.parent])
  check_inventories(self, spec.inventories, against)
  check_traits(self, spec.traits, against)
  if verdict() then return nil, verdict() end
  self.made = self.made + 1
  self.providers[name] = { made = self.made, generation = 0, parent = spec.parent,
    inventories = copy(spec.inventories), traits = set_of(spec.traits), aggregates = {} }
  return true
end

function operations.rename(self, name, to)
  local against, verdict = reasons()
  against("not_found", not self.providers[name])
  against("duplicate_name", self.providers[name] and self.providers[to] and to ~= name)
  if verdict() then return nil, verdict() end
  if to == name then return true end
  self.providers[to], self.providers[name] = self.providers[name], nil
  for _, p in pairs(self.providers) do if p.parent == name then p.parent = to end end
  for _, consumer in pairs(self.consumers) do
    consumer.held[to], consumer.held[name] = consumer.held[name], nil
  end
  return true
end

function operations.move(self, name, parent)
  local against, verdict = reasons()
  against("not_found", not self.providers[name] or parent and not self.providers[parent])
  if not verdict() and parent then
    against("parent_loop", set_of(subtree(self, name, {}))[parent])
  end
  if verdict() then return nil, verdict() end
  self.providers[name].parent = parent or nil
  return true
end

function operations.delete(self, name)
  local against, verdict = reasons()
  against("not_found", not self.providers[name])
  for _, p in pairs(self.providers) do against("has_children", p.parent == name) end
  if not verdict() then -- children are looked at first
    for _, consumer in pairs(self.consumers) do against("in_use", consumer.held[name]) end
  end
  if verdict() then return nil, verdict() end
  self.providers[name] = nil
  return true
end

local function check_generation(self, name, generation, against)
  local p = self.providers[name]
  against("not_found", not p)
  against("generation_conflict", p and generation and generation ~= p.generation)
  return p
end

function operations.inventories(self, name, inventories, generation)
  local against, verdict = reasons()
  local p = check_generation(self, name, generation, against)
  check_inventories(self, inventories, against)
  for class in pairs(p and p.inventories or {}) do
    against("inventory_in_use", not inventories[class] and used(self, name, class) > 0)
  end
  if verdict() then return nil, verdict() end
  p.inventories = copy(inventories)
  p.generation = p.generation + 1
  return true
end

function operations.inventory(self, name, class, inventory, generation)
  local against, verdict = reasons()
  local p = check_generation(self, name, generation, against)
  against("not_found", not class_known(self, class))
  if inventory then
    check_inventories(self, { [class] = inventory }, against)
  elseif p then
    against("not_found", not p.inventories[class])
    against("inventory_in_use", used(self, name, class) > 0)
  end
  if verdict() then return nil, verdict() end
  p.inventories[class] = copy(inventory)
  p.generation = p.generation + 1
  return true
end

function operations.traits(self, name, traits, generation)
  local against, verdict = reasons()
  local p = check_generation(self, name, generation, against)
  check_traits(self, traits, against)
  if verdict() then return nil, verdict() end
  local now, same = set_of(traits), true
  for trait in pairs(now) do same = same and p.traits[trait] end
  for trait in pairs(p.traits) do same = same and now[trait] end
  p.traits = now
  if not same then p.generation = p.generation + 1 end
  return true
end

function operations.aggregates(self, name, aggregates, generation)
  local against, verdict = reasons()
  local p = check_generation(self, name, generation, against)
  if verdict() then return nil, verdict() end
  p.aggregates = set_of(aggregates)
  p.generation = p.generation + 1
  return true
end

function operations.create_trait(self, name)
  self.traits[name] = true
  return true
end

function operations.create_class(self, name)
  self.classes[name] = self.classes[name] or true
  return true
end

function operations.delete_trait(self, name)
  local against, verdict = reasons()
  against("protected", STANDARD_TRAITS[name])
  against("not_found", not trait_known(self, name))
  for _, p in pairs(self.providers) do against("in_use", p.traits[name]) end
  if verdict() then return nil, verdict() end
  self.traits[name] = nil
  return true
end

function operations.delete_class(self, name)
  local against, verdict = reasons()
  against("protected", STANDARD_CLASSES[name])
  against("not_found", not class_known(self, name))
  for _, p in pairs(self.providers) do against("in_use", p.inventories[name]) end
  if verdict() then return nil, verdict() end
  self.classes[name] = nil
  return true
end

-- Everything that can be said against writes without applying them.
local function check_writes(self, writes, against)
  local seen = {}
  for _, write in ipairs(writes) do
    local consumer = self.consumers[write.consumer]
    against("invalid_value", seen[write.consumer])
    seen[write.consumer] = true
    if write.generation == false then
      against("generation_conflict", consumer)
    elseif write.generation then
      against("generation_conflict", not consumer or consumer.generation ~= write.generation)
    end
    for name, amounts in pairs(write.held) do
      local p = self.providers[name]
      against("not_found", not p)
      for class, amount in pairs(amounts) do
        local inventory = p and p.inventories[class]
        against("not_found", not class_known(self, class))
        against("capacity_exceeded", p and class_known(self, class) and not inventory)
        against("invalid_amount", amount < 1 or inventory and (amount < inventory.min
          or amount > inventory.max or amount % inventory.step ~= 0))
      end
    end
  end
end

local function apply_writes(self, writes)
  local bumped = {}
  for _, write in ipairs(writes) do
    local consumer = self.consumers[write.consumer]
    if next(write.held) == nil then
      for name in pairs(consumer and consumer.held or {}) do bumped[name] = true end
      self.consumers[write.consumer] = nil
    else
      consumer = consumer or { generation = 0 }
      consumer.generation = consumer.generation + 1
      consumer.project = write.project or consumer.project
      consumer.held = copy(write.held)
      self.consumers[write.consumer] = consumer
      for name in pairs(write.held) do bumped[name] = true end
    end
  end
  for name in pairs(bumped) do
    self.providers[name].generation = self.providers[name].generation + 1
  end
end

function operations.allocate(self, writes)
  local against, verdict = reasons()
  check_writes(self, writes, against)
  if verdict() then return nil, verdict() end
  local after = self:clone()
  apply_writes(after, writes)
  for _, write in ipairs(writes) do
    for name, amounts in pairs(write.held) do
      for class in pairs(amounts) do
        local now = used(after, name, class)
        against("capacity_exceeded", now > capacity(self.providers[name].inventories[class])
          and now > used(self, name, class)) -- no worse than before is always allowed
      end
    end
  end
  if verdict() then return nil, verdict() end
  apply_writes(self, writes)
  return true
end

function operations.release(self, name)
  if not self.consumers[name] then return nil, { not_found = true } end
  self.consumers[name] = nil
  return true
end

-- For every class the first provider of the tree with room; nil when one has none.
local function first_in_tree(self, root, amounts)
  local held = {}
  for class, amount in pairs(amounts) do
    local found
    for _, name in ipairs(subtree(self, root, {})) do
      if not found and fits(self, name, class, amount) then found = name end
    end
    if not found then return nil end
    held[found] = held[found] or {}
    held[found][class] = amount
  end
  return held
end

local function first_candidate(self, amounts, in_tree)
  local roots = {}
  for name, p in pairs(self.providers) do
    local wanted = not in_tree or self.providers[in_tree] and root_of(self, in_tree) == name
    if not p.parent and wanted then roots[#roots + 1] = name end
  end
  table.sort(roots, by_creation(self))
  for _, root in ipairs(roots) do
    local held = first_in_tree(self, root, amounts)
    if held then return held end
  end
  return nil
end

function operations.place(self, consumer, amounts, in_tree, project)
  local against, verdict = reasons()
  against("consumer_exists", self.consumers[consumer])
  for class in pairs(amounts) do against("not_found", not class_known(self, class)) end
  if verdict() then return nil, verdict() end
  local held = first_candidate(self, amounts, in_tree)
  if not held then return nil, { no_candidate = true } end
  apply_writes(self, { { consumer = consumer, project = project, held = held } })
  return true
end

function operations.move_claim(self, consumer, amounts)
  local against, verdict = reasons()
  against("not_found", not self.consumers[consumer])
  for class in pairs(amounts) do against("not_found", not class_known(self, class)) end
  if verdict() then return nil, verdict() end
  local without = self:clone()
  without.consumers[consumer] = nil
  local held = first_candidate(without, amounts)
  if not held then return nil, { no_candidate = true } end
  apply_writes(self, { { consumer = consumer, held = held } })
  return true
end

--- Does one operation, a list whose first element names it: true, or nil and the set of codes
-- that may be told.
function model:apply(operation)
  return operations[operation[1]](self, table.unpack(operation, 2, operation.n or #operation))
end

-- --- pictures -----------------------------------------------------------------------------------

local function sorted(set)
  local list = {}
  for item in pairs(set) do list[#list + 1] = item end
  table.sort(list)
  return table.concat(list, ",")
end

--- The whole fleet as sorted lines.
function model:picture()
  local lines = {}
  local function add(...) lines[#lines + 1] = table.concat({ ... }, " ") end
  for name, p in pairs(self.providers) do
    add("provider", name, p.generation, p.parent or "-", root_of(self, name), sorted(p.traits),
      sorted(p.aggregates))
    for class, i in pairs(p.inventories) do
      add("inventory", name, class, i.total, i.reserved, i.min, i.max, i.step,
        ("%.17g"):format(i.ratio), used(self, name, class))
    end
  end
  local projects = {}
  for name, consumer in pairs(self.consumers) do
    add("consumer", name, consumer.generation, consumer.project or "-")
    for provider, amounts in pairs(consumer.held) do
      for class, amount in pairs(amounts) do
        add("allocation", name, provider, class, amount)
        local key = (consumer.project or "-") .. " " .. class
        projects[key] = (projects[key] or 0) + amount
      end
    end
  end
  for key, sum in pairs(projects) do if key:sub(1, 1) ~= "-" then add("usage", key, sum) end end
  for trait in pairs(self.traits) do add("trait", trait) end
  for class in pairs(self.classes) do add("class", class) end
  table.sort(lines)
  return table.concat(lines, "\n")
end

return model
