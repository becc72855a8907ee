-- Verdicts hold under concurrency because they are given inside the transaction: processes that
-- share one file, and callers that share one store, never get past a quota or a limit per rack, and
-- none of them is refused while there is room.

local berth = require "berth"
local command = require "spec.support.command"

local RUN = ("LUA_PATH_5_4=%s LUA_CPATH_5_4=%s %s"):format(command.quote(package.path),
  command.quote(package.cpath), command.quote(arg and arg[-1] or "lua5.4"))
-- A hundred rounds of ten claims need all but the last of the fleet: each takes two in each rack.
local RACKS, NODES, SIZE, ROUNDS = 5, 4, 51, 100

local function make_fleet(target)
  local store = assert(berth.open(target))
  assert(store:transaction(function(tx)
    for rack = 1, RACKS do
      for node = 1, NODES do
        assert(tx:create_provider { name = ("node%d-%d"):format(rack, node),
          aggregates = { "rack" .. rack },
          inventories = { VCPU = SIZE } })
      end
    end
    return true
  end))
  return store
end

-- How many consumers of each project there are in each rack: {[project] = {[rack] = n}}.
local function survey(store)
  local found = {}
  for provider in store:providers() do
    local rack = provider:aggregates()[1]
    for consumer in pairs(provider:allocations()) do
      local project = store:allocation(consumer).project
      found[project] = found[project] or {}
      found[project][rack] = (found[project][rack] or 0) + 1
    end
  end
  return found
end

local function check_rounds(store)
  local found = survey(store)
  for round = 1, ROUNDS do
    local sum, racks = 0, found["round" .. round] or {}
    for rack, count in pairs(racks) do
      assert.is_true(count <= 2, ("%d in %s"):format(count, rack))
      sum = sum + count
    end
    assert.equal(10, sum, "round " .. round)
  end
  assert(store:check())
end

describe("processes on one file", function()
  local directory, remove
  before_each(function() directory, remove = command.directory() end)
  after_each(function() remove() end)

  it("get exactly the quota between them, round after round, and no rack too many", function()
    local file, racers = directory .. "/fleet.db", 8
    make_fleet(file):close()
    local pipes = {}
    for i = 1, racers do
      pipes[i] = assert(io.popen(("%s spec/support/racer.lua %s p%d %d 3"):format(RUN,
        command.quote(file), i, ROUNDS)))
    end
    local had, winners = {}, 0
    for i = 1, racers do
      local line = pipes[i]:read "a"
      assert.is_true(pipes[i]:close(), line)
      local round, won = 0, false
      for count in line:gmatch "%d+" do
        round = round + 1
        had[round] = (had[round] or 0) + tonumber(count)
        won = won or tonumber(count) > 0
      end
      assert.equal(ROUNDS, round)
      if won then winners = winners + 1 end
    end
    for round = 1, ROUNDS do assert.equal(10, had[round], "round " .. round) end
    assert.is_true(winners > 1) -- or it was no race
    local store <close> = assert(berth.open(file))
    check_rounds(store)
  end)
end)

describe("callers in one process", function()
  local QUOTA = { path = "project_quota", parameters = { limits = { ["*"] = { VCPU = 10 } } } }
  local APART = { path = "anti_affinity",
    parameters = { per = "aggregate", max = 2, group = { "project" } } }

  -- Each of 64 callers takes turns: begins, claims, and commits or gives up.
  local function turn(store, round, caller)
    return store:transaction(function(tx)
      local claim, err = tx:place { consumer = ("%d-%d"):format(round, caller),
        project = "round" .. round, resources = { VCPU = 1 } }
      if not claim then return nil, err end
      if caller % 7 == 0 then return nil, { code = "changed_mind" } end
      return true
    end)
  end

  it("get exactly the quota between them, those who roll back not counted", function()
    local store <close> = make_fleet ":memory:"
    assert(store:load_policies { QUOTA, APART })
    for round = 1, ROUNDS do
      local had = 0
      for caller = 1, 64 do
        local done, err = turn(store, round, caller)
        if done then
          had = had + 1
        elseif had < 10 then
          assert.equal("changed_mind", err.code) -- nobody is denied while there is room
        else
          assert.is_true(err.code == "denied" or err.code == "changed_mind")
        end
      end
      assert.equal(10, had)
    end
    check_rounds(store)
  end)

  it("are stopped by the limit per rack before the quota where there are few racks", function()
    local store <close> = make_fleet ":memory:"
    APART.parameters.max = 1
    assert(store:load_policies { QUOTA, APART })
    local had = 0
    for i = 1, 20 do
      local claim, err = store:place { consumer = "c" .. i, project = "p",
        resources = { VCPU = 1 } }
      if claim then had = had + 1 else assert.equal("too_close", err.reason) end
    end
    assert.equal(RACKS, had)
  end)
end)
