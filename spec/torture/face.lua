-- Every allocation that a verb of the public face makes, in Lua, in berth and in SQLite, fails in
-- turn: the verb is done, or says that memory ran out and nothing happened, and then can be done.
-- Run by face.sh: face.lua TARGET [log].

local berth = require "berth"
local fault = require "fault_malloc"
local fill_nodes = require "spec.support.nodes"

local target, logged = arg[1], arg[2] == "log"

local function uuid(n) return ("%08d-2222-4333-8444-555555555555"):format(n) end

local function open_anew(policies)
  for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(target .. suffix) end
  return assert(berth.open(target, { policies = policies,
    logger = logged and { level = "debug", sink = function() end } or nil }))
end

local function set_up()
  local db = open_anew()
  assert(db:create_trait "CUSTOM_T")
  for i = 1, 3 do
    assert(db:create_provider { name = "n" .. i, uuid = uuid(i), traits = { "CUSTOM_T" },
      inventories = { VCPU = 8, MEMORY_MB = 100 }, aggregates = { "a" } })
  end
  assert(db:create_provider { name = "gpu", uuid = uuid(9), parent = "n1",
    inventories = { PGPU = 2 } })
  assert(db:allocate { consumer = "held", project = "p",
    allocations = { n1 = { VCPU = 2 }, n2 = { VCPU = 1 } } })
  return { db = db, n1 = db:provider "n1", gpu = db:provider "gpu", held = db:allocation "held" }
end

-- Nodes of which one is in use; claims are ranked and judged.
local function set_up_nodes()
  local db = open_anew { "best_fit", "project_quota" }
  fill_nodes(db)
  assert(db:allocate { consumer = "held", allocations = { ["h1-1"] = { PCPU = 3 } } })
  return { db = db, held = db:allocation "held" }
end

-- Two groups that gather cores beside a device each, and trade them, or ask for more than there is.
local function gathering(cores, more)
  local group = { resources = { PCPU = cores, PGPU = 1 }, split = { "PCPU" } }
  local request = { resources = { DISK_GB = 10 }, group_policy = "none",
    groups = { a = group, b = group, host = { resources = { MEMORY_MB = 1 } } },
    same_subtree = { "a", "b", "host" } }
  for key, value in pairs(more or {}) do request[key] = value end
  return request
end

-- All candidates, each looked into unless that is said to be none of the question.
local function drain(search, err, unseen)
  if not search then return nil, err end
  while true do
    local candidate
    candidate, err = search:next()
    if err then return nil, err end
    if not candidate then return true end
    for _, look in ipairs(unseen and {} or { "mappings", "resources", "summaries" }) do
      local found
      found, err = candidate[look](candidate)
      if not found then return nil, err end
    end
  end
end

local function in_transaction(tx)
  local steps = {
    function() return tx:create_provider { name = "t", inventories = { VCPU = 1 } } end,
    function() return tx:savepoint() end,
    function() return tx:place { consumer = "t", resources = { VCPU = 1 } } end,
    function() return tx:diff() end,
  }
  for _, step in ipairs(steps) do
    local result, err = step()
    if not result then return nil, err end
  end
  return true
end

local function count(search, err) return drain(search, err, true) end

-- What a claim would change, tried and undone.
local function what_if(db, request)
  local tx <close>, err = db:begin()
  if not tx then return nil, err end
  local claim, why = tx:place(request)
  if not claim then return nil, why end
  return tx:diff()
end

-- Asked of the hosts with nodes.
local SEARCHES = {
  candidates_canonical = function(e)
    return count(e.db:candidates(gathering(5, { canonical = true })))
  end,
  candidates_gathered = function(e)
    return drain(e.db:candidates { resources = { DISK_GB = 1, PCPU = 9 }, split = { "PCPU" },
      required = "HW_NUMA_ROOT" })
  end,
  candidates_trading = function(e) return count(e.db:candidates(gathering(5))) end,
  candidates_isolated = function(e)
    return count(e.db:candidates { group_policy = "isolate", root_required = "!HW_NUMA_ROOT",
      groups = { { resources = { PCPU = 2 } }, { resources = { PCPU = 2 } },
        { resources = { DISK_GB = 1 } } } })
  end,
  capacity_gathered = function(e)
    return e.db:capacity { resources = { PCPU = 9, DISK_GB = 10 }, split = { PCPU = true } }
  end,
  explain_gathered = function(e) return e.db:explain(gathering(11)) end,
  explain_shared = function(e)
    return e.db:explain { resources = { DISK_GB = 200, PCPU = 1 }, required = "HW_NUMA_ROOT",
      member_of = { "rack" }, root_required = "!HW_CPU_X86_AVX", limit = 1 }
  end,
  move_gathered = function(e)
    return e.held:move { resources = { PCPU = 12 }, split = { "PCPU" } }
  end,
  place_gathered = function(e)
    local request = gathering(6)
    request.consumer = "new"
    return e.db:place(request)
  end,
  what_if = function(e)
    return what_if(e.db, { consumer = "new", resources = { PCPU = 12 }, split = { "PCPU" } })
  end,
}

local CALLS = {
  allocate = function(e)
    return e.db:allocate { { consumer = "a", project = "z", allocations = { n2 = { VCPU = 1 } } },
      { consumer = "held", allocations = { n3 = { VCPU = 2 } } } }
  end,
  allocation = function(e) return e.db:allocation "held" end,
  candidates = function(e)
    return drain(e.db:candidates { resources = { VCPU = 1 }, required = "CUSTOM_T",
      member_of = { { "a", "b" } } })
  end,
  capacity = function(e) return e.db:capacity { resources = { VCPU = 3 } } end,
  changes = function(e) return e.db:changes() end,
  check = function(e) return e.db:check() end,
  create_provider = function(e)
    return e.db:create_provider { name = "new", uuid = uuid(7), parent = "n1",
      inventories = { VCPU = 4, PGPU = { total = 1 } }, traits = { "CUSTOM_T" },
      aggregates = { "b", "c" } }
  end,
  create_trait = function(e) return e.db:create_trait "CUSTOM_U" end,
  delete = function(e) return e.gpu:delete() end,
  dump = function(e) return e.db:dump() end,
  explain = function(e) return e.db:explain { resources = { VCPU = 9 }, required = "CUSTOM_T" } end,
  fields = function(e) return e.gpu.parent.name and e.held.project end,
  lists = function(e)
    for _, list in ipairs { "allocations", "children", "inventories", "traits", "usages" } do
      local found, err = e.n1[list](e.n1)
      if not found then return nil, err end
    end
    return true
  end,
  move = function(e) return e.held:move { resources = { VCPU = 3 }, in_tree = "n2" } end,
  open = function()
    local store, err = berth.open ":memory:"
    if store then store:close() end
    return store, err
  end,
  place = function(e)
    return e.db:place { consumer = "new", project = "q", user = "u", consumer_type = "INSTANCE",
      resources = { VCPU = 1 }, groups = { g = { resources = { PGPU = 1 } } } }
  end,
  place_nowhere = function(e)
    local claim, err = e.db:place { consumer = "new", resources = { VCPU = 100 } }
    return claim or err.code == "no_candidate" or nil, err
  end,
  providers = function(e)
    local list, err = e.db:providers { resources = { VCPU = 1 }, required = "CUSTOM_T" }
    if not list then return nil, err end
    for _ in list do list = true end
    return list
  end,
  release = function(e) return e.db:release "held" end,
  request = function()
    return berth.request "resources=VCPU:1&required=CUSTOM_T&member_of=in:a,b&resources_g=PGPU:1"
  end,
  reshape = function(e)
    return e.db:reshape {
      inventories = { n1 = { inventories = { VCPU = 8 } },
        gpu = { inventories = { PGPU = 2, MEMORY_MB = 4 } } },
      allocations = { { consumer = "held", allocations = { n1 = { VCPU = 1 },
        gpu = { PGPU = 1 } } } } }
  end,
  resources = function(e) return e.held:resources() end,
  set_aggregates = function(e) return e.n1:set_aggregates { "x", "y" } end,
  set_inventories = function(e) return e.n1:set_inventories { VCPU = 5, DISK_GB = 4 } end,
  set_traits = function(e) return e.n1:set_traits { "HW_CPU_X86_AVX" } end,
  stats = function(e) return e.db:stats() end,
  transaction = function(e) return e.db:transaction(in_transaction) end,
  update = function(e) return e.n1:update { name = "renamed", parent = "n2" } end,
  usages = function(e) return e.db:usages { project = "p", by_type = true } end,
}

for name, call in pairs(SEARCHES) do CALLS[name] = call end

local function code_of(failure)
  return tostring(type(failure) == "table" and failure.code or failure)
end

-- One try with allocation n failing; whether there was one, and whether the call failed.
local function try(name, n, sticky)
  local call, env = CALLS[name], SEARCHES[name] and set_up_nodes() or set_up()
  local before = env.db:dump()
  collectgarbage()
  collectgarbage "stop"
  fault.arm(n, sticky)
  local ok, result, err = pcall(call, env)
  local _, failed = fault.disarm()
  collectgarbage "restart"
  local failure = not ok and result or result == nil and err or nil
  local where = ("%s, allocation %d%s"):format(name, n, sticky and " and on" or "")
  if failure then
    assert(failed > 0, where .. ": failed without a fault: " .. code_of(failure))
    assert(code_of(failure):find "memory", where .. ": " .. code_of(failure))
    assert(env.db:dump() == before, where .. ": something happened")
    ok, result, err = pcall(call, env)
    assert(ok and result, where .. ": not done afterwards: " .. code_of(ok and err or result))
  end
  env.db:close()
  return failed > 0, failure ~= nil
end

local names, points, refusals = {}, 0, 0
for name in pairs(CALLS) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  for _, sticky in ipairs { false, true } do
    local n = 0
    repeat
      n = n + 1
      local more, refused = try(name, n, sticky)
      points, refusals = points + (more and 1 or 0), refusals + (refused and 1 or 0)
    until not more
  end
end
print(("%d verbs, %d failed allocations, %d refusals: nothing half done"):format(#names, points,
  refusals))
