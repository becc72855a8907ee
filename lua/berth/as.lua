--- A store on behalf of a caller: `store:as { user =, project =, roles =, override = }`.
--
-- Every verb asks the authorize policies first; what they do not allow is refused. Whatever belongs
-- to another project is, when it is refused, answered exactly like something that does not exist,
-- and both are only looked for once the caller may do the like to its own. Writes are looked up,
-- asked about and done in one transaction. Claims are the caller's unless they say otherwise.
--
-- What the caller gets are tables that stand for the real handles; only this file knows which.
-- @module berth.as

local core = require "berth.core"

-- By stand-in: { noun =, caller =, real =, tx = the record of the transaction it was got from }.
local records = setmetatable({}, { __mode = "k" })
local wrap = {} -- by noun: makes the stand-in of a real handle

-- --- what callers give ---------------------------------------------------------------------

-- A copy in which the real handles stand for their stand-ins.
local function unwrap(value, depth)
  local record = records[value]
  if record then return record.real end
  if type(value) ~= "table" then return value end
  if (depth or 0) > 16 then error("an argument is nested too deeply", 0) end
  local copy = {}
  for k, v in next, value do copy[unwrap(k, (depth or 0) + 1)] = unwrap(v, (depth or 0) + 1) end
  return copy
end

local function unwrap_all(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = unwrap(list[i]) end
  return table.unpack(list, 1, list.n)
end

-- The claim with the caller's project and user where it tells none.
local function claimed(caller, claim)
  if claim.project == nil then claim.project = caller.project end
  if claim.user == nil then claim.user = caller.user end
  return claim
end

-- --- asking --------------------------------------------------------------------------------

-- target_project is nil for what nobody owns.
local function authorize(caller, verb, writes, target, name, target_project)
  return core.authorize(caller.store, { verb = verb, writes = writes, target = target,
    target_name = type(name) == "string" and name or nil, target_project = target_project,
    user = caller.user, project = caller.project, roles = caller.roles })
end

local function hidden(caller, target, name)
  local what = target == "allocation" and "consumer" or target
  return nil, core.hidden(caller.store, what, tostring(name))
end

-- For what a project owns: whether the caller could do it to its own comes first, so that the
-- answer tells nothing about others.
local function authorize_owned(caller, verb, writes, target, name, owner)
  local own = caller.project or ""
  local ok, err = authorize(caller, verb, writes, target, name, own)
  if not ok then return nil, err end
  if owner == own or authorize(caller, verb, writes, target, name, owner) then return true end
  return hidden(caller, target, name)
end

local function end_override(caller, ok, ...)
  core.override(caller.store)
  if not ok then error(..., 0) end
  return ...
end

-- The caller's override holds for one call of the real verb, however that ends: a coroutine that
-- dies of an error would leave a <close> variable open, and with it the override to everybody.
local function run(caller, real, verb, ...)
  local act = real[verb]
  if not caller.override then return act(real, ...) end
  assert(core.override(caller.store, caller.override.person, caller.override.reason))
  return end_override(caller, pcall(act, real, ...))
end

-- The transaction the record belongs to, while it is open; a transaction is its own to the end.
local function transaction_of(record)
  if record.noun == "transaction" then return record.real end
  return record.tx and record.tx.open and record.tx.real or nil
end

-- Calls fn with the open transaction, or in one of its own.
local function within(record, fn)
  local tx = transaction_of(record)
  if tx then return fn(tx) end
  return record.caller.store:transaction(fn)
end

-- --- verbs ---------------------------------------------------------------------------------

-- A verb on what nobody owns; `gives` wraps its result.
local function plain(verb, writes, target, gives)
  return function(record, ...)
    local first = ...
    local name = type(first) == "table" and not records[first] and first.name or first
    if target == "provider" and record.noun == "provider" then name = record.real.name end
    local ok, err = authorize(record.caller, verb, writes, target, name)
    if not ok then return nil, err end
    if not gives then return run(record.caller, record.real, verb, unwrap_all(...)) end
    local result, failure = run(record.caller, record.real, verb, unwrap_all(...))
    if result == nil then return nil, failure end
    return gives(record.caller, result, record.tx)
  end
end

-- The owner of what a consumer holds; nil when it holds nothing.
local function owner_of(scope, consumer)
  local held = scope:allocation(consumer)
  return held and (held.project or ""), held
end

-- A claim must be allowed to the project it is for, and to the one that holds it already.
local function authorize_claim(caller, scope, verb, claim)
  local owner = owner_of(scope, claim.consumer)
  for _, project in ipairs { claim.project or "", owner } do
    local ok, err = authorize_owned(caller, verb, true, "allocation", claim.consumer, project)
    if not ok then return nil, err end
  end
  return true
end

local function place(record, what, who)
  local caller = record.caller
  local alone = type(what) == "table" and not records[what]
  what, who = unwrap(what), unwrap(who)
  local claim = claimed(caller, (alone and what or who) or {})
  if type(claim.consumer) ~= "string" then return record.real:place(what, who) end -- raises
  return within(record, function(tx)
    local ok, err = authorize_claim(caller, tx, "place", claim)
    if not ok then return nil, err end
    local held, failure = run(caller, tx, "place", what, not alone and claim or nil)
    if not held then return nil, failure end
    return wrap.allocation(caller, held, record.tx)
  end)
end

local function allocate(record, claims)
  local caller, list = record.caller, unwrap(claims)
  if type(list) ~= "table" then return record.real:allocate(list) end -- raises
  local many = list[1] ~= nil
  for _, claim in ipairs(many and list or { list }) do
    if type(claim) ~= "table" or type(claim.consumer) ~= "string" then
      return record.real:allocate(list) -- raises
    end
    claimed(caller, claim)
  end
  return within(record, function(tx)
    for _, claim in ipairs(many and list or { list }) do
      local ok, err = authorize_claim(caller, tx, "allocate", claim)
      if not ok then return nil, err end
    end
    local result, failure = run(caller, tx, "allocate", list)
    if not result then return nil, failure end
    if not many then return result == true or wrap.allocation(caller, result, record.tx) end
    for i, held in ipairs(result) do
      result[i] = held == true or wrap.allocation(caller, held, record.tx)
    end
    return result
  end)
end

-- Calls fn with what the consumer holds, if the caller may do the verb to it.
local function with_held(record, scope, verb, writes, consumer, fn)
  local owner, held = owner_of(scope, consumer)
  local own = record.caller.project or ""
  local ok, err = authorize_owned(record.caller, verb, writes, "allocation", consumer, owner or own)
  if not ok then return nil, err end
  if not held then return hidden(record.caller, "allocation", consumer) end
  return fn(held)
end

local function allocation(record, consumer)
  if type(consumer) ~= "string" then return record.real:allocation(consumer) end -- raises
  return with_held(record, record.real, "allocation", false, consumer, function(held)
    return wrap.allocation(record.caller, held, record.tx)
  end)
end

local function release(record, consumer)
  if type(consumer) ~= "string" then return record.real:release(consumer) end -- raises
  return within(record, function(tx)
    return with_held(record, tx, "release", true, consumer, function()
      return run(record.caller, tx, "release", consumer)
    end)
  end)
end

local function usages(record, filter)
  local project = type(filter) == "table" and filter.project or nil
  local ok, err
  if type(project) == "string" then
    ok, err = authorize_owned(record.caller, "usages", false, "project", project, project)
  else
    ok, err = authorize(record.caller, "usages", false, "store")
  end
  if not ok then return nil, err end
  return record.real:usages(filter)
end

local function begin(record)
  local ok, err = authorize(record.caller, "transaction", true, "store")
  if not ok then return nil, err end
  local tx, failure = record.real:begin()
  if not tx then return nil, failure end
  return wrap.transaction(record.caller, tx)
end

local function transaction(record, fn)
  if type(fn) ~= "function" then return record.real:transaction(fn) end -- raises
  local ok, err = authorize(record.caller, "transaction", true, "store")
  if not ok then return nil, err end
  return record.real:transaction(function(tx)
    local handle = wrap.transaction(record.caller, tx)
    local _ <close> = setmetatable({}, { __close = function() records[handle].open = false end })
    return fn(handle)
  end)
end

-- --- nouns ---------------------------------------------------------------------------------

local function providers_of(caller, iterator, tx)
  local function following()
    local provider, err = iterator:next()
    if provider then return wrap.provider(caller, provider, tx) end
    if err then error(err, 0) end
    return nil
  end
  return following
end

local function candidates_of(caller, iterator, tx)
  return function()
    local candidate, err = iterator:next()
    if candidate then return wrap.candidate(caller, candidate, tx) end
    if err then error(err, 0) end
    return nil
  end
end

local function provider_of(caller, provider, tx) return wrap.provider(caller, provider, tx) end

local function providers_in(caller, list, tx)
  for i, provider in ipairs(list) do list[i] = wrap.provider(caller, provider, tx) end
  return list
end

local shared = {
  create_provider = plain("create_provider", true, "provider", provider_of),
  provider = plain("provider", false, "provider", provider_of),
  providers = plain("providers", false, "provider", providers_of),
  create_trait = plain("create_trait", true, "store"),
  delete_trait = plain("delete_trait", true, "store"),
  traits = plain("traits", false, "store"),
  create_resource_class = plain("create_resource_class", true, "store"),
  delete_resource_class = plain("delete_resource_class", true, "store"),
  resource_classes = plain("resource_classes", false, "store"),
  candidates = plain("candidates", false, "store", candidates_of),
  explain = plain("explain", false, "store"),
  capacity = plain("capacity", false, "store"),
  reshape = plain("reshape", true, "store"),
  dump = plain("dump", false, "store"),
  place = place,
  allocate = allocate,
  allocation = allocation,
  release = release,
  usages = usages,
}

-- A method that ends the transaction.
local function ends(how)
  return function(record)
    record.open = false
    return record.real[how](record.real)
  end
end

local function extended(methods)
  for name, method in pairs(shared) do methods[name] = method end
  return methods
end

local nouns = {
  store = { methods = extended {
    transaction = transaction,
    begin = begin,
    load_policy = plain("load_policy", true, "store"),
    load_policies = plain("load_policies", true, "store"),
    unload_policy = plain("unload_policy", true, "store"),
    policies = plain("policies", false, "store"),
    decisions = plain("decisions", false, "store"),
    changes = plain("changes", false, "store"),
    check = plain("check", false, "store"),
    backup = plain("backup", false, "store"),
    stats = plain("stats", false, "store"),
  } },
  transaction = { methods = extended {
    commit = ends "commit",
    rollback = ends "rollback",
    savepoint = function(record) return record.real:savepoint() end,
    diff = plain("diff", false, "store"),
  }, close = ends "rollback" },
  provider = {
    fields = {
      uuid = function(record) return record.real.uuid end,
      name = function(record) return record.real.name end,
      generation = function(record) return record.real.generation end,
      parent = function(record)
        local parent = record.real.parent
        return parent and wrap.provider(record.caller, parent, record.tx)
      end,
      root = function(record)
        local root = record.real.root
        return root and wrap.provider(record.caller, root, record.tx)
      end,
    },
    methods = {
      inventories = plain("inventories", false, "provider"),
      set_inventories = plain("set_inventories", true, "provider"),
      set_inventory = plain("set_inventory", true, "provider"),
      traits = plain("traits", false, "provider"),
      set_traits = plain("set_traits", true, "provider"),
      aggregates = plain("aggregates", false, "provider"),
      set_aggregates = plain("set_aggregates", true, "provider"),
      usages = plain("usages", false, "provider"),
      allocations = plain("allocations", false, "provider"),
      children = plain("children", false, "provider", providers_in),
      update = plain("update", true, "provider"),
      delete = plain("delete", true, "provider"),
    },
  },
  candidate = {
    fields = {
      score = function(record) return record.real.score end,
      anchor = function(record)
        return wrap.provider(record.caller, record.real.anchor, record.tx)
      end,
    },
    methods = { -- what search found for the caller is the caller's
      resources = function(record) return record.real:resources() end,
      mappings = function(record) return record.real:mappings() end,
      summaries = plain("summaries", false, "provider"), -- tells how full whole trees are
    },
  },
  allocation = { methods = {} },
}

-- An allocation's fields are those of the claim it was got for: a consumer that came to belong to
-- another project since is gone.
local function held_field(name)
  return function(record)
    if name == "consumer" then return record.real.consumer end
    if (record.real.project or "") ~= record.owner then return nil end
    return record.real[name]
  end
end

nouns.allocation.fields = {}
for _, name in ipairs { "consumer", "project", "user", "consumer_type", "generation" } do
  nouns.allocation.fields[name] = held_field(name)
end

function nouns.allocation.methods.resources(record)
  local scope = transaction_of(record) or record.caller.store
  return with_held(record, scope, "allocation", false, record.real.consumer, function(held)
    return held:resources()
  end)
end

function nouns.allocation.methods.release(record)
  return release(record, record.real.consumer)
end

function nouns.allocation.methods.move(record, request)
  return within(record, function(tx)
    return with_held(record, tx, "move", true, record.real.consumer, function(held)
      return run(record.caller, held, "move", unwrap(request))
    end)
  end)
end

-- --- stand-ins -----------------------------------------------------------------------------

local function method_of(noun, name, method)
  return function(self, ...)
    local record = records[self]
    if not record or record.noun ~= noun then
      error(("%s is called on a %s, with a colon"):format(name, noun), 2)
    end
    return method(record, ...)
  end
end

local function unknown_member(noun, definition, key)
  if type(key) ~= "string" then
    error(("%s is indexed by names, not by a %s"):format(noun, type(key)), 3)
  end
  local names = {}
  for name in pairs(definition.methods) do names[#names + 1] = name end
  for name in pairs(definition.fields or {}) do names[#names + 1] = name end
  local near = core.nearest(key, names)
  error(("%s has no member '%s'%s"):format(noun, core.shown(key),
    near and (", did you mean '%s'?"):format(near) or ""), 3)
end

for noun, definition in pairs(nouns) do
  local methods, fields = {}, definition.fields or {}
  for name, method in pairs(definition.methods) do methods[name] = method_of(noun, name, method) end
  local meta = {
    __name = "berth." .. noun,
    __metatable = false,
    __index = function(self, key)
      if methods[key] then return methods[key] end
      if fields[key] then return fields[key](records[self]) end
      return unknown_member(noun, definition, key)
    end,
    __newindex = function() error(("%s cannot be written to"):format(noun), 2) end,
    __tostring = function(self) return tostring(records[self].real) end,
    __close = definition.close and function(self) definition.close(records[self]) end,
  }
  wrap[noun] = function(caller, real, tx)
    local handle = setmetatable({}, meta)
    local record = { noun = noun, caller = caller, real = real, tx = tx }
    records[handle] = record
    if noun == "transaction" then record.tx, record.open = record, true end
    if noun == "allocation" then record.owner = real.project or "" end
    return handle
  end
end

-- --- callers -------------------------------------------------------------------------------

local IDENTITY = { user = "string", project = "string", roles = "table", override = "table" }

-- Policies compare these: none may look to them like another that it is not.
local function is_plain(text)
  return #text <= 255 and utf8.len(text) and not text:find("\0", 1, true)
end

local function check_identity(identity)
  for key, value in pairs(identity) do
    local expected = IDENTITY[key]
    if not expected then
      local near = core.nearest(tostring(key), { "user", "project", "roles", "override" })
      error(("unknown key '%s'%s"):format(core.shown(tostring(key)),
        near and (", did you mean '%s'?"):format(near) or ""), 3)
    end
    if type(value) ~= expected then
      error(("%s: %s expected, got %s"):format(key, expected, type(value)), 3)
    end
    if expected == "string" and not is_plain(value) then
      error(key .. ": at most 255 bytes of text expected", 3)
    end
  end
  for _, role in ipairs(identity.roles or {}) do
    if type(role) ~= "string" then error("roles: strings expected, got " .. type(role), 3) end
    if not is_plain(role) then error("roles: at most 255 bytes of text each expected", 3) end
  end
  local override = identity.override
  if override and (type(override.person) ~= "string" or override.person == ""
    or type(override.reason) ~= "string" or override.reason == "") then
    error("override: a person and a reason are due", 3)
  end
end

return function(store, identity)
  check_identity(identity)
  local roles = table.move(identity.roles or {}, 1, #(identity.roles or {}), 1, {})
  local override = identity.override
    and { person = identity.override.person, reason = identity.override.reason }
  return wrap.store({ store = store, user = identity.user, project = identity.project,
    roles = roles, override = override }, store)
end
