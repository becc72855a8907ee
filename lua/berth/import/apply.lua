--- Brings documents into a store, in one transaction: names first, then providers with parents
-- before children whatever their order, then allocations.

local apply = {}

-- Where in an entry a refusal is about, as a path of keys; nil: the whole entry.
local function path_of(entry, err)
  if err.parameter then return err.parameter end
  if err.code == "not_found" and err.provider == entry.parent then return "parent" end
  return err.class and "inventories." .. err.class
end

-- The same for misuse, from its message: "inventories.VCPU: unknown key 'x', ...".
local function path_in(message)
  local path = message:match "^([%w_.%[%]-]+): " or ""
  local key = message:match "unknown key '([^']+)'"
  return key and path .. "." .. key or path
end

-- In words for files: they have objects and lists where Lua has tables.
local function worded(message)
  return (message:gsub("table expected", "object or list expected"))
end

-- What a verb refused, or the misuse it raised, as a failure at its place in the document.
local function attempt(doc, entry, call)
  local done, result, err = pcall(call)
  if done and result ~= nil then return result end
  if done then doc:refuse(entry, path_of(entry, err), err.code, err.message) end
  local misuse = type(result) == "string" and result:match "bad argument #%d+ to '[^']*' %((.*)%)$"
  if not misuse then error(result, 0) end
  doc:refuse(entry, path_in(misuse), "invalid_value", worded(misuse))
end

local function create_names(tx, doc, section, verb)
  local made = 0
  for i, name in ipairs(doc.root[section]) do
    local done, result, more = pcall(tx[verb], tx, name)
    if not done then doc:fail(doc.root[section], i, "invalid_value", "a name is due") end
    if not result then doc:fail(doc.root[section], i, more.code, more.message) end
    if more then made = made + 1 end
  end
  return made
end

-- --- providers ----------------------------------------------------------------------------------

local function check_entries(doc, section)
  for i, entry in ipairs(doc.root[section]) do
    if type(entry) ~= "table" then
      doc:fail(doc.root[section], i, "invalid_value", "an object is due")
    end
  end
end

-- Every entry with its document, and by the names that a parent may be called.
local function gather(docs)
  local entries, called = {}, {}
  for _, doc in ipairs(docs) do
    check_entries(doc, "providers")
    for _, entry in ipairs(doc.root.providers) do
      local one = { doc = doc, entry = entry }
      entries[#entries + 1] = one
      for _, key in ipairs { "name", "uuid" } do
        if type(entry[key]) == "string" then called[entry[key]:lower()] = one end
      end
    end
  end
  return entries, called
end

-- An existing provider takes over what the entry tells.
local function update(provider, entry)
  local steps = {
    { entry.parent, function() return provider:update { parent = entry.parent } end },
    { entry.inventories, function() return provider:set_inventories(entry.inventories) end },
    { entry.traits, function() return provider:set_traits(entry.traits) end },
    { entry.aggregates, function() return provider:set_aggregates(entry.aggregates) end },
  }
  for _, step in ipairs(steps) do
    if step[1] ~= nil then
      local done, err = step[2]()
      if not done then return nil, err end
    end
  end
  return true
end

local function existing(tx, entry)
  for _, key in ipairs { "uuid", "name" } do
    if type(entry[key]) == "string" then
      local provider = tx:provider(entry[key])
      if provider then return provider end
    end
  end
  return nil
end

local function bring(tx, one, counts, options)
  local doc, entry = one.doc, one.entry
  local provider = options.update and existing(tx, entry)
  if provider then
    attempt(doc, entry, function() return update(provider, entry) end)
    counts.updated = counts.updated + 1
  else
    attempt(doc, entry, function() return tx:create_provider(entry) end)
    counts.providers = counts.providers + 1
  end
end

local function create_providers(tx, docs, counts, options)
  local entries, called = gather(docs)
  local function visit(one)
    if one.state == "done" then return end
    if one.state == "open" then
      one.doc:refuse(one.entry, "parent", "parent_loop", "the provider comes to lie below itself")
    end
    one.state = "open"
    local parent = type(one.entry.parent) == "string" and called[one.entry.parent:lower()]
    if parent then visit(parent) end
    bring(tx, one, counts, options)
    one.state = "done"
    options.advance(1)
  end
  for _, one in ipairs(entries) do visit(one) end
end

-- --- allocations --------------------------------------------------------------------------------

local function create_allocations(tx, docs, counts, options)
  for _, doc in ipairs(docs) do
    check_entries(doc, "allocations")
    for _, entry in ipairs(doc.root.allocations) do
      attempt(doc, entry, function() return tx:allocate(entry) end)
      counts.allocations = counts.allocations + 1
      options.advance(1)
    end
  end
end

--- How many steps apply.all will tell `advance`.
function apply.total(docs)
  local total = 0
  for _, doc in ipairs(docs) do total = total + #doc.root.providers + #doc.root.allocations end
  return total
end

--- Brings documents into a transaction; returns what was made as counts, or raises.
-- @param tx an open transaction
-- @param docs documents of berth.import.document
-- @param options update: existing providers are changed instead of refused; advance(n)
function apply.all(tx, docs, options)
  local counts = { resource_classes = 0, traits = 0, providers = 0, updated = 0, allocations = 0 }
  for _, doc in ipairs(docs) do
    counts.resource_classes = counts.resource_classes
      + create_names(tx, doc, "resource_classes", "create_resource_class")
    counts.traits = counts.traits + create_names(tx, doc, "traits", "create_trait")
  end
  create_providers(tx, docs, counts, options)
  create_allocations(tx, docs, counts, options)
  return counts
end

return apply
