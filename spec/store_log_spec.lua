-- What a store tells its log: one record of each verb's outcome, of what policies ruled, of what
-- happened to the store; none of it before redaction, none of it without a logger.

local berth = require "berth"
local command = require "spec.support.command"
local json = require "dkjson"
local test = require "berth_test"

local QUOTA = { acme = { VCPU = 4 } }

-- A logger that keeps its records, newest last, as tables.
local function recorder(options)
  local records = {}
  options = options or {}
  options.time = false
  options.sink = function(line) records[#records + 1] = assert(json.decode(line)) end
  return assert(berth.logger(options)), records
end

-- The last record of a message.
local function last(records, message)
  for i = #records, 1, -1 do
    if records[i].message == message then return records[i], i end
  end
  return nil
end

local function messages(records, from)
  local list = {}
  for i = from or 1, #records do list[#list + 1] = records[i].message end
  return list
end

-- Only some of the fields of a record.
local function some(record, wanted)
  local found = {}
  for name in pairs(wanted) do found[name] = record[name] end
  return found
end

local function same(wanted, record)
  assert.same(wanted, some(record or {}, wanted))
end

describe("a store's log", function()
  local store, records, logger, node

  before_each(function()
    logger, records = recorder { level = "debug" }
    store = assert(berth.open(":memory:", { logger = logger }))
    node = assert(store:create_provider { name = "node-7",
      inventories = { VCPU = 8, MEMORY_MB = 100 } })
  end)
  after_each(function() store:close() end)

  local function place(consumer, amount, more)
    local claim = { consumer = consumer, project = "acme", user = "ann", consumer_type = "INSTANCE",
      resources = { VCPU = amount } }
    for key, value in pairs(more or {}) do claim[key] = value end
    return store:place(claim)
  end

  it("tells who got what, and where", function()
    assert(store:create_provider { name = "gpu-0", parent = node, inventories = { PGPU = 1 } })
    assert(place("vm-1", 2, { groups = { gpu = { resources = { PGPU = 1 } } } }))
    same({ level = "info", verb = "place", consumer = "vm-1", project = "acme", user = "ann",
      consumer_type = "INSTANCE", amounts = "2 VCPU, 1 PGPU", providers = "node-7, gpu-0",
      generation = 1, sequence = 3 }, last(records, "placed"))
  end)

  it("tells why somebody got nothing", function()
    assert.is_nil(place("vm-1", 9))
    same({ level = "info", verb = "place", consumer = "vm-1", project = "acme",
      code = "no_candidate", class = "VCPU", want = 9 }, last(records, "refused"))
    assert.is_string(last(records, "refused").error)
  end)

  it("tells which policy said what, and what that took", function()
    assert(store:load_policy("project_quota", { limits = QUOTA }))
    local policy = store:policies()[1]
    assert(place("vm-1", 4))
    same({ decision = 1, policy = "project_quota", version = policy.version,
      digest = policy.digest, mode = "enforce", verdict = "allow" }, last(records, "placed"))
    assert.is_true(last(records, "placed").steps > 0)
    assert.is_true(last(records, "placed").memory > 0)
    assert.is_nil(place("vm-2", 1))
    same({ decision = 2, verdict = "deny", code = "denied", reason = "quota_exceeded",
      class = "VCPU", limit = 4, used = 4 }, last(records, "refused"))
  end)

  it("tells every ruling at level debug", function()
    assert(store:load_policy("project_quota", { limits = QUOTA }))
    assert(place("vm-1", 4))
    same({ level = "debug", hook = "admit", verdict = "allow", decision = 1, consumer = "vm-1",
      amounts = "4 VCPU", inputs = "usage{class=VCPU, project=acme} is 4" }, last(records, "ruled"))
    logger:level "info"
    local before = #records
    assert.is_nil(place("vm-2", 1))
    assert.same({ "refused" }, messages(records, before + 1))
  end)

  it("tells of rulings that changed nothing, and of calls that were not let in", function()
    logger:level "info"
    assert(store:load_policy("project_quota", { limits = QUOTA }, { mode = "observe" }))
    assert(place("vm-1", 5))
    same({ level = "info", verdict = "would_deny", code = "quota_exceeded", mode = "observe" },
      last(records, "ruled"))
    assert(store:load_policy "role_access")
    assert.is_nil(store:as { user = "bob", project = "acme", roles = {} }:place { consumer = "x",
      resources = { VCPU = 1 } })
    same({ level = "info", hook = "authorize", verdict = "deny", verb = "place", user = "bob",
      target = "allocation", target_name = "x", code = "no_role" }, last(records, "ruled"))
  end)

  it("tells who overrode a policy, and why", function()
    assert(store:load_policy("project_quota", { limits = QUOTA }, { mode = "override" }))
    local boss = store:as { user = "ann", project = "acme",
      override = { person = "Mara", reason = "the demo" } }
    assert(boss:place { consumer = "x", resources = { VCPU = 5 } })
    same({ level = "info", verdict = "overridden", person = "Mara", reason = "the demo" },
      last(records, "ruled"))
  end)

  it("counts the policies that were asked", function()
    assert(store:load_policy("project_quota", { limits = QUOTA }))
    assert(store:load_policy("small.lua", nil, { text = [[return policy { name = "small",
      version = "2", admit = function() return allow() end }]] }))
    assert(place("vm-1", 1))
    same({ rulings = 2, policy = "small", policies = "project_quota@1.0.0 allow, small@2 allow" },
      last(records, "placed"))
  end)

  it("tells of each consumer of a list", function()
    assert(store:allocate { { consumer = "a", allocations = { [node] = { VCPU = 1 } } },
      { consumer = "b", project = "acme", allocations = { [node] = { VCPU = 2 } } } })
    same({ verb = "allocate", consumer = "b", project = "acme", amounts = "2 VCPU" },
      last(records, "allocated"))
    assert(store:allocate { consumer = "a", allocations = {} })
    same({ verb = "allocate", consumer = "a" }, last(records, "released"))
  end)

  it("tells of moves, releases and changes of the fleet", function()
    local claim = assert(place("vm-1", 1))
    assert(claim:move { resources = { VCPU = 2 } })
    same({ verb = "move", consumer = "vm-1", amounts = "2 VCPU", generation = 2 },
      last(records, "moved"))
    assert(claim:release())
    same({ verb = "release", consumer = "vm-1" }, last(records, "released"))
    assert.is_nil(store:release "vm-1")
    same({ verb = "release", consumer = "vm-1", code = "not_found" }, last(records, "refused"))
    for _, change in ipairs {
      { "set_inventory", function() return node:set_inventory("VCPU", 9) end },
      { "set_inventories", function() return node:set_inventories { VCPU = 9 } end },
      { "set_traits", function() return node:set_traits { "HW_CPU_X86_AVX2" } end },
      { "set_aggregates", function() return node:set_aggregates { "rack-1" } end },
      { "update", function() return node:update { name = "node-8" } end },
      { "create_trait", function() return store:create_trait "CUSTOM_X" end },
      { "create_resource_class", function() return store:create_resource_class "CUSTOM_Y" end },
      { "reshape", function() return store:reshape { inventories = {
        [node] = { inventories = { VCPU = 3 } } } } end },
      { "delete", function() return node:delete() end },
    } do
      assert(change[2]())
      same({ verb = change[1], level = "info" }, records[#records])
    end
  end)

  it("tells how a transaction ended", function()
    store:transaction(function(tx)
      assert(tx:place { consumer = "vm-1", resources = { VCPU = 1 } })
      assert.equal(1, last(records, "placed").transaction)
      assert.is_nil(last(records, "placed").sequence)
    end)
    same({ transaction = 1, sequence = 2 }, last(records, "committed"))
    assert.has_error(function()
      store:transaction(function(tx)
        assert(tx:release "vm-1")
        error "no"
      end)
    end)
    same({ transaction = 2, sequence = 2 }, last(records, "rolled back"))
    local tx <close> = store:begin()
    assert(tx:release "vm-1")
    tx:rollback()
    same({ transaction = 3 }, last(records, "rolled back"))
  end)

  it("tells of policies that come, go or are refused", function()
    assert(store:load_policies { { path = "project_quota", parameters = { limits = QUOTA } },
      { path = "best_fit", mode = "observe" } })
    local record = last(records, "policies loaded")
    assert.equal(2, record.count)
    assert.matches("^project_quota@%S+ enforce %x+, best_fit@%S+ observe %x+$", record.policies)
    assert.is_nil(store:load_policies { "no_such_policy" })
    same({ verb = "load_policies", code = "not_found" }, last(records, "refused"))
    assert(store:unload_policy "best_fit")
    assert.equal(1, last(records, "policies loaded").count)
  end)

  it("tells of its beginning, its end, findings and copies", function()
    local directory, remove = command.directory()
    local path = directory .. "/fleet.db"
    local fleet = assert(berth.open(path, { logger = logger }))
    same({ store = path, backend = "sqlite", providers = 0 }, last(records, "opened"))
    assert(fleet:check())
    same({ problems = 0, notices = 0 }, last(records, "checked"))
    assert(fleet:backup(directory .. "/copy.db"))
    same({ verb = "backup", name = directory .. "/copy.db" }, last(records, "copied"))
    assert.is_nil(fleet:backup(directory .. "/copy.db"))
    same({ verb = "backup", code = "duplicate_name" }, last(records, "refused"))
    local other = assert(berth.open(path))
    assert(other:create_provider { name = "elsewhere" })
    assert(fleet:provider "elsewhere")
    same({ level = "debug", sequence = 1, changesets = 1 }, last(records, "caught up"))
    other:close()
    fleet:close()
    same({ sequence = 1, providers = 1 }, last(records, "closed"))
    assert.is_nil(berth.open(directory, { logger = logger }))
    same({ level = "error", verb = "open", code = "io_error" }, last(records, "failed"))
    remove()
  end)

  it("tells when the store had to be read anew", function()
    local directory, remove = command.directory()
    local path = directory .. "/fleet.db"
    local fleet <close> = assert(berth.open(path, { logger = logger }))
    local other <close> = assert(berth.open(path, { keep_changes = 1 }))
    for i = 1, 300 do assert(other:create_provider { name = "p" .. i }) end
    assert(fleet:provider "p300") -- what led there is not kept any more
    same({ level = "warn", sequence = 300 }, last(records, "read anew"))
    remove()
  end)

  it("tells of each checkpoint that failed after a commit that stands", function()
    local directory, remove = command.directory()
    finally(function() test.vfs() end)
    local applied, failed, at = 0, 0, 0
    repeat -- every write and sync of a commit and of the checkpoint behind it fails in turn
      at = at + 1
      local path = ("%s/%d.db"):format(directory, at)
      local fleet <close> = assert(berth.open(path, { logger = logger, checkpoint_pages = 1 }))
      local _, before = last(records, "checkpoint failed")
      test.vfs { kind = "error", calls = "write sync", at = at }
      local made = fleet:create_provider { name = "one" }
      local _, fired = test.vfs()
      local record, after = last(records, "checkpoint failed")
      applied = applied + (made and fired or 0)
      if before ~= after then
        failed = failed + 1
        same({ level = "warn", sequence = 1 }, record)
      end
    until fired == 0
    assert.is_true(applied > 0)
    assert.equal(applied, failed)
    remove()
  end)

  it("takes the options of a logger as well", function()
    local lines = {}
    local fleet = assert(berth.open(":memory:", { logger = { time = false, format = "text",
      sink = function(line) lines[#lines + 1] = line end } }))
    fleet:close()
    assert.matches("^INFO opened store=:memory: ", lines[1])
    assert.matches("^INFO closed ", lines[2])
    local none, err = berth.open(":memory:", { logger = { sink = "/nowhere/at/all" } })
    assert.is_nil(none)
    assert.equal("io_error", err.code)
  end)

  it("is kept by the command where the operator wants one", function()
    local directory, remove = command.directory()
    local db, path = directory .. "/fleet.db", directory .. "/fleet.log"
    do
      local fleet <close> = assert(berth.open(db))
      assert(fleet:create_provider { name = "node-7", inventories = { VCPU = 8 } })
    end
    local function run(consumer, environment)
      return command.shell(("%s %s place %s resources=VCPU:1 --consumer %s"):format(environment,
        command.berth(), db, command.quote(consumer)))
    end
    assert.equal(0, run("vm-1", "BERTH_LOG=" .. path).code)
    assert.equal(0, run("password=hunter22", "BERTH_LOG=" .. path).code)
    assert.equal(0, run("vm-2", "BERTH_LOG=").code)
    local text = command.read(path)
    assert.equal(2, select(2, text:gsub('"message":"placed"', "")))
    assert.equal(2, select(2, text:gsub('"message":"opened"', "")))
    assert.matches('"consumer":"password=%*%*%*"', text)
    assert.equal(3, run("vm-3", "BERTH_LOG=" .. directory).code)
    assert.equal(2, run("vm-3", "BERTH_LOG_LEVEL=loud BERTH_LOG=" .. path).code)
    remove()
  end)

  it("refuses what is no logger", function()
    assert.error_matches(function() berth.open(":memory:", { logger = "stderr" }) end, "logger")
    assert.error_matches(function() berth.open(":memory:", { logger = { levle = "info" } }) end,
      "did you mean 'level'")
    local closed = recorder()
    closed:close()
    assert.error_matches(function() berth.open(":memory:", { logger = closed }) end, "closed")
  end)

  it("goes on without records once its logger is closed, and keeps its rules", function()
    local own, kept = recorder { rules = { { field = "badge" } } }
    local fleet <close> = assert(berth.open(":memory:", { logger = own }))
    own:close()
    local before = #kept
    local _, err = fleet:provider "badge=k7-1134"
    assert.equal(before, #kept)
    assert.equal("badge=***", err.provider)
  end)

  it("may be used, and the store closed, by the sink itself", function()
    local fleet, seen = nil, {}
    local own
    own = assert(berth.logger { sink = function(line)
      seen[#seen + 1] = line
      if #seen == 2 then
        fleet:create_provider { name = "from the sink" } -- its record cannot be written
        own:info "nor this one"
      elseif #seen == 4 then
        fleet:close()
        own:close()
      end
    end })
    fleet = assert(berth.open(":memory:", { logger = own }))
    assert(fleet:create_provider { name = "a" })
    assert.equal(2, own:dropped())
    assert(fleet:create_provider { name = "b" }) -- and tells of the dropped ones first
    assert.equal(5, #seen)
    assert.matches("records were dropped", seen[3])
    assert.matches("records were dropped", seen[5]) -- the end of the store, told by the logger's
    assert.error_matches(function() own:info "x" end, "closed")
    assert.error_matches(function() fleet:stats() end, "closed")
  end)

  it("leaves the store as it is when a sink raises", function()
    local own = assert(berth.logger { sink = function() error "no room" end })
    local fleet <close> = assert(berth.open(":memory:", { logger = own }))
    assert(fleet:create_provider { name = "a" })
    assert.equal(2, own:dropped())
    assert.is_truthy(fleet:provider "a")
  end)

  it("does not cross operators' rules: the logger's hold for errors and decisions too", function()
    local own, kept = recorder { rules = { { field = "badge" }, { allow = "password=public" } } }
    local fleet <close> = assert(berth.open(":memory:", { logger = own }))
    local _, err = fleet:provider "the one with badge: k7-1134"
    assert.not_matches("k7%-1134", err.message)
    assert(fleet:create_provider { name = "badge=k7-1134" })
    assert.equal("badge=***", last(kept, "changed").provider)
  end)
end)
