-- `berth policy replay` against what the same policy said while the history was made: a store with
-- the policy observing from the start is the oracle.  And `berth policy bench`, as far as its
-- answer does not depend on the clock.

local berth = require "berth"
local command = require "spec.support.command"
local history = require "berth.policy.history"
local json = require "dkjson"

-- Denies what depends on usage, traits, aggregates, trees and who claims.
local STRICT = [[
return policy {
  name = "strict",
  parameters = { limit = 12, per_rack = 3 },
  admit = function(claim, view)
    for _, class in ipairs(claim:classes()) do
      if view:usage { class = class, project = claim.project } > parameters.limit then
        return deny("quota_exceeded", "too much " .. class)
      end
    end
    for _, provider in ipairs(claim:providers()) do
      if provider:has_trait "CUSTOM_DRAIN" then return deny("draining", provider.name) end
      for _, rack in ipairs(provider.root:aggregates()) do
        if view:consumers { aggregate = rack } > parameters.per_rack then
          return deny("rack_full", rack)
        end
      end
      if provider:used "VCPU" * 2 > provider:capacity "VCPU" and claim.user == "ann" then
        return deny("half", provider.name)
      end
    end
    return allow()
  end,
}]]

local RACKS = { "rack-1", "rack-2" }

-- One step of a history; what the store refuses is refused.
local steps = {
  function(store, random)
    store:place { consumer = "c" .. random(30), project = "p" .. random(3),
      user = random(2) == 1 and "ann" or nil, resources = { VCPU = random(4) } }
  end,
  function(store, random)
    store:allocate { consumer = "c" .. random(30), project = "p" .. random(3),
      consumer_type = random(2) == 1 and "INSTANCE" or nil,
      allocations = { ["node" .. random(6)] = { VCPU = random(3) },
        ["node" .. random(6)] = { MEMORY_MB = random(3) } } }
  end,
  function(store, random) store:release("c" .. random(30)) end,
  function(store, random)
    store:create_provider { name = "node" .. random(8), aggregates = { RACKS[random(2)] },
      parent = random(3) == 1 and "node" .. random(6) or nil,
      inventories = { VCPU = 4 + random(8), MEMORY_MB = 64 } }
  end,
  function(store, random)
    local node = store:provider("node" .. random(8))
    if node then node:set_inventory("VCPU", { total = 2 + random(10), reserved = random(2) }) end
  end,
  function(store, random)
    local node = store:provider("node" .. random(8))
    if node then node:set_traits(random(3) == 1 and { "CUSTOM_DRAIN" } or {}) end
  end,
  function(store, random)
    local node = store:provider("node" .. random(8))
    if node then node:set_aggregates { RACKS[random(2)] } end
  end,
  function(store, random)
    local node = store:provider("node" .. random(8))
    if node then node:delete() end
  end,
  function(store, random)
    local node = store:provider("node" .. random(8))
    if node then node:update { parent = random(2) == 1 and "node" .. random(8) } end
  end,
  function(store, random)
    store:transaction(function(tx)
      for _ = 1, 3 do
        tx:place { consumer = "c" .. random(30), project = "p" .. random(3),
          resources = { VCPU = random(2) } }
      end
      return true
    end)
  end,
}

local function generator(seed)
  local state = seed * 2654435761 % 2 ^ 32 // 1 | 0
  return function(n)
    state = (state * 1103515245 + 12345) % (1 << 31)
    return (state >> 8) % n + 1
  end
end

-- What was said while it happened: "#sequence consumer: code" of every denial that was committed.
local function live_denials(store, after, said)
  for _, decision in ipairs(store:decisions(after)) do
    after = decision.id
    said[#said + 1] = decision
  end
  return after
end

describe("policy replay", function()
  for seed = 1, 6 do
    it("says what the policy said when it happened, history " .. seed, function()
      local random = generator(seed)
      local store = assert(berth.open ":memory:")
      assert(store:create_trait "CUSTOM_DRAIN")
      for i = 1, 6 do
        assert(store:create_provider { name = "node" .. i, aggregates = { RACKS[i % 2 + 1] },
          inventories = { VCPU = 8, MEMORY_MB = 64 } })
      end
      assert(store:load_policy("strict.lua", nil, { text = STRICT, mode = "observe" }))
      local last, live, claims = 0, {}, 0
      for _ = 1, 150 do
        local before = store:changes(0)
        local sequence = before[#before].sequence
        steps[random(#steps)](store, random)
        local said = {}
        last = live_denials(store, last, said)
        local now = store:changes(sequence)
        if #now == 1 then -- else nothing came of it
          for _, decision in ipairs(said) do
            claims = claims + 1
            if decision.verdict ~= "allow" then
              live[#live + 1] =
                ("#%d %s: %s"):format(now[1].sequence, decision.consumer, decision.code)
            end
          end
        end
      end
      assert.is_true(#live > 3)
      for _, since in ipairs { 0, 7, 60 } do
        local again, judged = {}, 0
        local report = assert(history.judge(store, since, { path = "strict.lua", text = STRICT },
          function(one)
            assert.is_nil(one.error)
            judged = judged + 1
            for _, decision in ipairs(one.denials) do
              again[#again + 1] = ("#%d %s: %s"):format(one.sequence, one.consumer, decision.code)
            end
          end))
        local expected = {}
        for _, line in ipairs(live) do
          if tonumber(line:match "^#(%d+)") > since then expected[#expected + 1] = line end
        end
        table.sort(expected)
        table.sort(again)
        assert.same(expected, again)
        assert.is_true(report.changesets > 0)
      end
      store:close()
    end)
  end

  describe("of a file", function()
    local directory, remove, db
    setup(function()
      directory, remove = command.directory()
      db = directory .. "/fleet.db"
      local store <close> = assert(berth.open(db))
      assert(store:create_provider { name = "node1", inventories = { VCPU = 16 } })
      for i = 1, 4 do
        assert(store:place { consumer = "vm-" .. i, project = "acme", resources = { VCPU = 2 } })
      end
      assert(store:release "vm-1")
      assert(store:place { consumer = "vm-5", project = "acme", resources = { VCPU = 2 } })
    end)
    teardown(function() remove() end)

    local LIMITS = '{"limits":{"acme":{"VCPU":6}}}'

    local function run(...)
      return command.run("policy", "replay", "project_quota", db, "--parameters", LIMITS, ...)
    end

    it("lists the claims that would have been denied, and exits with 1", function()
      local result = run()
      assert.equal("", result.err)
      assert.equal(1, result.code)
      assert.equal("#5 vm-4 of acme: quota_exceeded: project acme uses 6 of its 6 VCPU and asks "
        .. "for 2 more\n#7 vm-5 of acme: quota_exceeded: project acme uses 6 of its 6 VCPU and "
        .. "asks for 2 more\n5 claims of 7 changesets judged again: 2 decided otherwise, 0 "
        .. "not repeated\n", result.out)
    end)

    it("begins where it is told to", function()
      local report = json.decode(run("--since", 6, "--json").out)
      assert.equal(1, report.judged)
      assert.equal("vm-5", report.flips[1].consumer)
      assert.equal(7, report.flips[1].sequence)
      local none = run("--since", 7)
      assert.equal(0, none.code)
      assert.equal("0 claims of 0 changesets judged again: 0 decided otherwise, 0 not repeated\n",
        none.out)
    end)

    it("asks again for what was denied, when it is told of it", function()
      local lines = {}
      local function denied(sequence, consumer, vcpu, project)
        lines[#lines + 1] = require "berth.cli.output".encode { hook = "admit", verdict = "deny",
          sequence = sequence, consumer = consumer, project = project or "acme", user = "",
          consumer_type = "", amounts = { VCPU = vcpu }, code = "old_rule", message = "no" }
      end
      denied(1, "early", 6) -- nobody had claimed yet
      denied(3, "fits", 2)
      denied(3, "large", 3)
      denied(7, "late", 1)
      denied(7, "other", 8, "other") -- has no limit, and there is room
      denied(7, "huge", 99, "other") -- there is no room
      lines[#lines + 1] = '{"hook":"authorize","verdict":"deny"}'
      command.write(directory .. "/decisions.jsonl", table.concat(lines, "\n") .. "\n")
      local report = json.decode(run("--json", "--decisions", directory .. "/decisions.jsonl").out)
      local flips = {}
      for i, flip in ipairs(report.flips) do
        flips[i] = ("#%d %s was %s: %s"):format(flip.sequence, flip.consumer, flip.was, flip.code)
      end
      assert.same({ "#1 early was deny: old_rule", "#3 fits was deny: old_rule",
        "#5 vm-4 was allow: quota_exceeded", "#7 vm-5 was allow: quota_exceeded",
        "#7 other was deny: old_rule" }, flips)
      assert.equal(10, report.judged)
      assert.equal("huge", report.skipped[1].consumer)
      assert.equal("no_candidate", report.skipped[1].code)
      command.write(directory .. "/broken.jsonl", "nonsense\n")
      assert.equal(2, run("--decisions", directory .. "/broken.jsonl").code)
    end)

    it("changes nothing", function()
      local store = assert(berth.open(db))
      local before = store:dump()
      store:close()
      run()
      store = assert(berth.open(db))
      assert.equal(before, store:dump())
      assert.equal(7, #store:changes(0))
      store:close()
    end)

    it("refuses what decides no claims, and what is not there", function()
      assert.equal(2, command.run("policy", "replay", "best_fit", db).code)
      assert.equal(3, command.run("policy", "replay", "nosuch", db).code)
      assert.equal(3, command.run("policy", "replay", "project_quota", directory .. "/no.db").code)
    end)
  end)
end)

describe("policy bench", function()
  it("tells of every hook what a call costs", function()
    local result = command.run("policy", "bench", "maintenance", "--calls", 200, "--trees", 4,
      "--json")
    assert.equal("", result.err)
    assert.equal(0, result.code)
    local report = json.decode(result.out)
    assert.equal(4, report.trees)
    local hooks = {}
    for i, hook in ipairs(report.hooks) do
      hooks[i] = hook.hook
      assert.equal(200, hook.calls)
      assert.is_true(hook.steps > 0 and hook.memory > 0 and hook.per_second > 0)
    end
    assert.same({ "admit", "filter" }, hooks)
  end)

  it("counts the same steps whenever it is asked", function()
    local function steps_of()
      local result = command.run("policy", "bench", "best_fit", "--calls", 50, "--trees", 4,
        "--json")
      return json.decode(result.out).hooks[1].steps
    end
    assert.equal(steps_of(), steps_of())
  end)

  it("measures authorize and redact as well", function()
    local directory, remove = command.directory()
    command.write(directory .. "/r.lua",
      "return policy { redact = function(record) record.message = nil return record end }")
    for _, policy in ipairs { "role_access", directory .. "/r.lua" } do
      local result = command.run("policy", "bench", policy, "--calls", 20, "--trees", 2)
      assert.equal("", result.err)
      assert.equal(0, result.code)
      assert.matches("claims a second in 2 trees", result.out)
    end
    remove()
  end)

  it("says what fails", function()
    local result = command.run("policy", "bench", "nosuch")
    assert.equal(3, result.code)
    assert.equal(2, command.run("policy", "bench", "best_fit", "--parameters", "7").code)
  end)
end)
