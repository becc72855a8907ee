-- The kit for authors of policies: fleets from tables, results, assertions, cases, steps, coverage,
-- and `berth policy test`, which shows that every shipped policy's specs run all of its lines.

local command = require "spec.support.command"
local testing = require "berth.testing"

local QUOTA = { path = "project_quota", parameters = { limits = { acme = { VCPU = 4 } } } }

local function small_fleet(policies)
  return testing.fleet {
    { name = "node1", inventories = { VCPU = 16, CUSTOM_SLOT = 2 }, traits = { "CUSTOM_FAST" },
      children = { { name = "gpu1", inventories = { PGPU = 1 } } } },
    { name = "node2", inventories = { VCPU = 4 } },
    policies = policies or { QUOTA },
    allocations = {
      { consumer = "old", project = "acme", allocations = { node2 = { VCPU = 1 } } },
    },
  }
end

local consumers = 0

-- Of a consumer that is new each time.
local function claim(vcpu, project)
  consumers = consumers + 1
  return { consumer = "new" .. consumers, project = project or "acme", resources = { VCPU = vcpu } }
end

-- What an assertion says when it fails.
local function complaint(...)
  local done, why = pcall(...)
  assert.is_false(done)
  return type(why) == "table" and why.message or tostring(why)
end

describe("a fleet from a table", function()
  it("has the providers, children, allocations and policies that it names", function()
    local fleet = small_fleet()
    assert.equal("node1", fleet:provider("gpu1").root.name)
    assert.same({ "CUSTOM_FAST" }, fleet:provider("node1"):traits())
    assert.same({ VCPU = 1 }, fleet:usages { project = "acme" })
    assert.equal("project_quota", fleet:policies()[1].name)
    assert(fleet:check())
  end)

  it("takes its providers under a key as well", function()
    local fleet = testing.fleet { providers = { { name = "n", inventories = { VCPU = 1 } } } }
    assert.placed(fleet:place(claim(1)))
  end)

  it("is refused when it cannot be made", function()
    assert.error_matches(function() testing.fleet { polices = {} } end, "did you mean 'policies'")
    assert.error_matches(function() testing.fleet "x" end, "table")
    assert.error_matches(function() testing.fleet { "node1" } end, "table")
    assert.error_matches(function() testing.fleet { policies = { "nosuch" } } end, "not_found")
    assert.error_matches(function()
      testing.fleet { { name = "n" }, { name = "n" } }
    end, "duplicate_name")
  end)

  it("runs policies under the limits of production", function()
    local fleet = small_fleet { { path = "loop.lua",
      text = "return policy { admit = function() while true do end end }" } }
    local result = testing.try(fleet, claim(1))
    assert.denied(result, "policy_budget")
    assert.steps(result, ">=", 200000)
  end)
end)

describe("a result", function()
  it("tells where a claim went and what it cost", function()
    local result = testing.try(small_fleet(), claim(3))
    assert.is_true(result.placed)
    assert.same({ "node1" }, result.providers)
    assert.equal("allow", result.decisions[1].verdict)
    assert.equal(result.decisions[1].steps, result.steps)
    assert.equal("placed on node1", tostring(result))
  end)

  it("tells why a claim was refused", function()
    local result = testing.try(small_fleet(), claim(4))
    assert.is_false(result.placed)
    assert.same({ "denied", "quota_exceeded" }, { result.code, result.reason })
    assert.matches("project_quota: quota_exceeded", tostring(result), 1, true)
    result = testing.try(small_fleet {}, claim(17))
    assert.same({ "no_candidate" }, { result.code, result.reason })
  end)

  it("is had of every verb, and of callers", function()
    local fleet = small_fleet { "role_access" }
    local reader = fleet:as { user = "ann", project = "acme", roles = { "reader" } }
    assert.denied(testing.try(reader, "release", "old"), "role_required")
    assert.denied(testing.try(reader, claim(1)), "role_required")
    local admin = fleet:as { user = "eve", project = "acme", roles = { "admin" } }
    assert.placed(testing.try(admin, "release", "old"))
    local result = testing.try(fleet, "allocate",
      { consumer = "x", allocations = { node1 = { VCPU = 1 }, gpu1 = { PGPU = 1 } } })
    assert.same({ "gpu1", "node1" }, result.providers)
  end)

  it("counts the steps of a ranking, and none where nothing was asked", function()
    local result = testing.try(small_fleet { "best_fit" }, claim(1))
    assert.steps(result, ">", 0)
    assert.steps(testing.try(small_fleet {}, claim(1)), "==", 0)
  end)

  it("costs the same every time", function()
    local first = testing.try(small_fleet(), claim(3)).steps
    for _ = 1, 3 do assert.steps(testing.try(small_fleet(), claim(3)), "==", first) end
  end)
end)

describe("an assertion", function()
  local fleet
  before_each(function() fleet = small_fleet() end)

  it("placed takes results, answers and packed answers, and answers the claim", function()
    assert.equal("acme", assert.placed(fleet:place(claim(1))).project)
    assert.placed(table.pack(fleet:place(claim(1))))
    assert.placed(testing.try(fleet, claim(1)))
    assert.not_placed(fleet:place(claim(1)))
  end)

  it("placed says what happened instead", function()
    assert.matches("denied: project acme uses 1 of its 4 VCPU",
      complaint(function() assert.placed(fleet:place(claim(4))) end), 1, true)
  end)

  it("denied takes results, answers and packed answers, and answers the error", function()
    assert.equal(1, assert.denied(fleet:place(claim(4))).used)
    assert.equal("VCPU", assert.denied("quota_exceeded", fleet:place(claim(4))).class)
    assert.denied("denied", fleet:place(claim(4)))
    assert.denied(table.pack(fleet:place(claim(4))), "quota_exceeded")
    assert.denied(testing.try(fleet, claim(4)), "quota_exceeded")
    assert.denied(testing.try(fleet, claim(4)))
    assert.denied("no_candidate", fleet:place(claim(50, "other")))
    assert.not_denied(testing.try(fleet, claim(4)), "too_close")
  end)

  it("denied fails for claims that were placed or refused otherwise", function()
    assert.matches("quota_exceeded, but got: a claim that was placed", complaint(function()
      assert.denied(testing.try(fleet, claim(1)), "quota_exceeded")
    end), 1, true)
    assert.matches("too_close, but got: .*reason quota_exceeded", complaint(function()
      assert.denied("too_close", fleet:place(claim(4)))
    end))
    assert.matches("Expected denied, but got: no_candidate", complaint(function()
      assert.denied(fleet:place(claim(50, "other")))
    end), 1, true)
  end)

  it("scores compares scores, candidates and numbers", function()
    fleet = small_fleet { "best_fit" }
    local scores = testing.scores(fleet, { resources = { VCPU = 1 } })
    assert.scores(scores.node1, "==", scores.node2)
    assert.scores(scores.node1, ">=", 0)
    for candidate in fleet:candidates { resources = { VCPU = 1 } } do
      assert.scores(candidate, "==", scores.node1)
    end
    assert.matches("Expected score 1 > 2", complaint(function() assert.scores(1, ">", 2) end))
    assert.matches("one of", complaint(function() assert.scores(1, "=>", 2) end))
    assert.matches("numbers", complaint(function() assert.scores({}, ">", 2) end))
  end)

  it("steps compares the steps of a result", function()
    local result = testing.try(fleet, claim(1))
    assert.steps(result, "<", 1000)
    assert.matches("Expected steps %d+ < 1",
      complaint(function() assert.steps(result, "<", 1) end))
  end)
end)

describe("cases", function()
  local ran = {}
  testing.cases("are tests of their own", {
    { "first", n = 1 }, { name = "second", n = 2 }, { n = 3 },
  }, function(case) ran[#ran + 1] = case.n end)

  it("ran one by one", function() assert.same({ 1, 2, 3 }, ran) end)

  it("are due", function()
    assert.error_matches(function() testing.cases("x", {}, print) end, "test nothing")
  end)
end)

describe("lines that do something", function()
  local lines = require "berth.testing.lines"

  it("are those that run when everything runs", function()
    local text = [==[
      local a, b = 1
      local function f(x)
        if x then
          return a +
            2
        elseif b then
          a = 2.5
        else
          b = "x"
        end
        for i = 1, 2 do a = a + i end
        while a < 0 do
          a = 1
        end

        -- nothing
      end
      f(true) f() f()
      return tostring(
        f)]==]
    local seen, list = {}, {}
    local chunk = assert(load(text))
    debug.sethook(function(_, line) seen[line] = true end, "l")
    chunk()
    debug.sethook()
    for _, line in ipairs(assert(lines(text))) do
      if line ~= 13 then assert.is_true(seen[line] or false, "line " .. line) end
      list[#list + 1] = line
    end
    assert.equal("1 3 4 5 6 7 9 11 12 13 17 18 19 20", table.concat(list, " "))
  end)

  it("are found far apart", function()
    local text = "local x = 1" .. ("\n"):rep(5000) .. "x = 2" .. ("\n"):rep(300) .. "return x"
    assert.same({ 1, 5001, 5301 }, lines(text))
    assert.is_nil((lines "return return"))
  end)
end)

describe("berth policy test", function()
  local directory, remove
  setup(function()
    directory, remove = command.directory()
    command.write(directory .. "/half.lua", [[
return policy {
  admit = function(claim)
    if claim.project == "acme" then
      return deny("not_you", "acme may not")
    end
    return allow()
  end,
}]])
    command.write(directory .. "/half_spec.lua", ([[
      local testing = require "berth.testing"
      describe("half", function()
        it("lets others in", function()
          local fleet = testing.fleet { { name = "n", inventories = { VCPU = 1 } },
            policies = { %q } }
          assert.placed(fleet:place { consumer = "c", resources = { VCPU = 1 } })
        end)
        if os.getenv "FAIL_ONE" then it("fails", function() assert.equal(1, 2) end) end
      end)]]):format(directory .. "/half.lua"))
  end)
  teardown(function() remove() end)

  it("counts tests and shows which lines ran", function()
    local result = command.run("policy", "test", directory)
    assert.equal("", result.err)
    assert.equal(0, result.code)
    assert.matches("^1 passed, 0 failed, 0 skipped\n", result.out)
    assert.matches("half.lua +4 +5 +80.0 +4\n", result.out)
  end)

  it("fails when a test fails, telling which, or too little ran", function()
    local berth, here = command.quote(command.berth()), command.quote(directory)
    local result = command.shell("FAIL_ONE=1 " .. berth .. " policy test " .. here)
    assert.equal(1, result.code)
    assert.matches("FAILED half fails %(.*half_spec.lua:%d+%)\n", result.out)
    assert.matches("1 passed, 1 failed", result.out)
    assert.equal(1, command.run("policy", "test", "--coverage", 81, directory).code)
    assert.equal(0, command.run("policy", "test", "--coverage", 80, directory).code)
    assert.equal(1, command.run("policy", "test", "--filter", "nothing so", directory).code)
    assert.equal(3, command.run("policy", "test", directory .. "/nosuch").code)
  end)

  it("says what to install where busted is missing", function()
    local loaded = package.loaded["busted.runner"]
    package.loaded["busted.runner"] = nil
    package.preload["busted.runner"] = function() error "module 'busted.runner' not found" end
    local _, err = require "berth.cli.policy_test".run { directory = directory, coverage = 0 }
    package.loaded["busted.runner"], package.preload["busted.runner"] = loaded, nil
    assert.equal(3, require "berth.cli.exit".code(err.code))
    assert.matches("busted", err.message)
    assert.matches("install", err.advice)
  end)

  it("runs the example of the policies' map, whose policies are clean", function()
    local map, folder, gone = command.read "policies/README.md", command.directory()
    local count = 0
    for text in map:gmatch "\n```lua\n(%-%- [^`]-)```" do
      local name = text:match "^%-%- ([%w_]+)"
      command.write(("%s/%s.lua"):format(folder, name), text)
      count = count + 1
      if not name:find "_spec$" then
        assert.equal("", command.run("policy", "check", folder .. "/" .. name .. ".lua").out)
      end
    end
    assert.equal(3, count)
    local result = command.shell(("cd %s && %s policy test --coverage 100 ."):format(
      command.quote(folder), command.quote(command.berth())))
    gone()
    assert.matches("^2 passed, 0 failed, 0 skipped\n", result.out)
    assert.equal(0, result.code)
  end)

  it("shows that the specs of every shipped policy run each of its lines", function()
    local result = command.run("policy", "test", "--json", "--coverage", 100, "spec/policies")
    local report = require "dkjson".decode(result.out)
    local shown = {}
    for _, each in ipairs(report.coverage) do
      shown[each.file] = ("%d of %d, not %s"):format(each.covered, each.lines,
        table.concat(each.missed, " "))
    end
    for path in command.shell("ls policies/*.lua").out:gmatch "[^\n]+" do
      local count = shown[path:match "[^/]+$"]:match "^(%d+)"
      assert.equal(("%s of %s, not "):format(count, count), shown[path:match "[^/]+$"], path)
    end
    assert.equal(0, report.failed)
    assert.equal(0, result.code)
  end)
end)
