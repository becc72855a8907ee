-- The policy host through the public face: loading and swapping sets, parameters, what each hook
-- may answer, what happens when it does not, modes, and decisions as data.

local berth = require "berth"
local core = require "berth.core"
local policies = require "spec.support.policies"

local load, hook, place, refused = policies.load, policies.hook, policies.place, policies.refused

local store
before_each(function() store = policies.open() end)
after_each(policies.close)

local function node_of(claim)
  return store:provider((next(claim:resources()))).name
end

local function names()
  local list = {}
  for i, policy in ipairs(store:policies()) do list[i] = policy.name end
  return table.concat(list, " ")
end

describe("a policy file", function()
  -- Each is refused with the line and, in the message, what was probably meant.
  local broken = {
    { "a hook that is misspelt", "return policy {\n  name = 'p',\n  admti = f }", 3, "admit" },
    { "a key that is misspelt", "return policy {\n versoin = '1',\n admit = f }", 2, "version" },
    { "no hook", "\nreturn policy { name = 'p' }", 2, "no hook" },
    { "a hook that is no function", "return policy {\n  admit = 5 }", 2, "function" },
    { "a name that is no text", "return policy {\n  name = 5, admit = f }", 2, "name" },
    { "parameters that are no table", "return policy {\n parameters = 1, admit = f }", 2, "table" },
    { "a function among the parameters", "return policy {\n parameters = { f = f }, admit = f }", 2,
      "function" },
    { "an undeclared global used", "return polcy {}", 1, "policy" },
    { "an undeclared global set", "\nlimit = 5\nreturn policy { admit = f }", 2, "say local" },
    { "parameters read too early", "\nlocal n = parameters.n", 2, "in hooks" },
    { "policy{} called twice", "policy { admit = f }\nreturn policy { admit = f }", 2, "once" },
    { "a syntax error", "return policy {\n  admit = function( end }", 2, "expected" },
    { "nothing returned", "policy { admit = f }", nil, "return" },
    { "no policy", "return {}", nil, "no policy" },
    { "an endless loop", "while true do end", 1, "steps", "policy_budget" },
  }

  for _, case in ipairs(broken) do
    it("is refused with " .. case[1], function()
      local text = "local f = function() end " .. case[2]
      local err = refused(case[5] or "policy_error", load(text))
      assert.equal("test.lua", err.file)
      assert.equal(case[3], err.line)
      assert.matches(case[4], err.message, 1, true)
      assert.equal("", names())
    end)
  end

  it("is told by its name, version and digest, and by what it cost", function()
    assert(hook("admit", "return allow()"))
    local policy = store:policies()[1]
    assert.equal("test", policy.name)
    assert.equal("7", policy.version)
    assert.matches("^%x+$", policy.digest)
    assert.equal(64, #policy.digest)
    assert.same({ "admit" }, policy.hooks)
    assert.equal("enforce", policy.mode)
    assert.equal(0, policy.calls)
    assert(place())
    policy = store:policies()[1]
    assert.equal(1, policy.calls)
    assert.is_true(policy.steps > 0)
    assert.is_true(policy.memory > 0)
  end)

  it("is named after its file when it does not name itself", function()
    assert(load "return policy { admit = function() return true end }")
    assert.equal("test", names())
  end)

  it("has the digest that sha256sum has", function()
    assert(load "return policy { admit = function() return true end }")
    assert.equal("c9524616007858c192b6565281182fd92b9137c4f1810dc8d5d3413dc1a0f23e",
      store:policies()[1].digest)
  end)

  it("is not found where there is none", function()
    assert.equal("nosuch", refused("not_found", store:load_policy "nosuch").file)
    refused("not_found", store:load_policy "/no/such/file.lua")
  end)

  it("is raised about when its options are wrong", function()
    assert.error_matches(function() store:load_policy "best_fit" store:load_policy() end, "string")
    assert.error_matches(function() store:load_policy("best_fit", 5) end, "table")
    assert.error_matches(function() store:load_policy("best_fit", {}, { mod = "observe" }) end,
      "did you mean 'mode'")
    assert.error_matches(function() store:load_policy("best_fit", {}, { mode = "watch" }) end,
      "enforce, observe or override")
  end)
end)

describe("parameters", function()
  local text = [[return policy { name = "test",
    parameters = { limit = 2, names = {}, deep = { a = { b = 1 } }, any = false, word = "x" },
    admit = function() %s return allow() end }]]

  local function run(body, given)
    assert(load(text:format(body), given))
    return place()
  end

  it("are the defaults with what was given over them", function()
    assert(run("assert(parameters.limit == 2 and #parameters.names == 0)"))
    assert(store:release "c")
    assert(run([[assert(parameters.limit == 5 and parameters.names[2] == 'b')
      assert(not parameters.any)]], { limit = 5, names = { "a", "b" } }))
  end)

  it("replace a table as a whole", function()
    assert(run("assert(parameters.deep.a == nil and parameters.deep.c == 1)", { deep = { c = 1 } }))
  end)

  it("are refused when unknown, with the nearest name, or of another type", function()
    local err = refused("invalid_value", load(text:format "", { limt = 1 }))
    assert.matches("did you mean 'limit'", err.message, 1, true)
    refused("invalid_value", load(text:format "", { limit = "2" }))
    refused("invalid_value", load(text:format "", { names = "a" }))
    refused("invalid_value", load(text:format "", { word = print }))
    assert(load(text:format "", { any = "anything", limit = 2.5 }))
    for _, number in ipairs { 0 / 0, 1 / 0, -1 / 0 } do -- a limit that nothing would reach
      refused("invalid_value", load(text:format "", { limit = number }))
      refused("invalid_value", load(text:format "", { deep = { a = { b = number } } }))
    end
  end)

  it("cannot be written to, at any depth", function()
    for _, write in ipairs { "parameters.limit = 9", "parameters.fresh = 9",
      "parameters.deep.a.b = 9", "parameters.names[1] = 9", "table.insert(parameters.names, 9)",
      "rawset(parameters, 'limit', 9)", "setmetatable(parameters, nil)", "unknown = 1" } do
      refused("policy_error", run(write))
    end
    assert(run("assert(parameters.limit == 2 and parameters.deep.a.b == 1)"))
  end)

  it("can be walked, counted and joined like tables", function()
    assert(run([[
      local keys = {}
      for key in pairs(parameters) do keys[#keys + 1] = key end
      assert(table.concat(keys, " ") == "any deep limit names word")
      assert(#parameters.names == 3 and table.concat(parameters.names, ",") == "a,b,c")
      local sum = 0
      for i, name in ipairs(parameters.names) do sum = sum + i + #name end
      assert(sum == 9 and next(parameters.deep) == "a")
      assert(select("#", table.unpack(parameters.names)) == 3)
    ]], { names = { "a", "b", "c" } }))
  end)

  it("raise for a name that is none, with the nearest", function()
    local err = refused("policy_error", run "local n = parameters.limmit")
    assert.matches("did you mean 'limit'", err.message, 1, true)
  end)
end)

describe("a set of policies", function()
  it("grows by load_policy and replaces what has the same name", function()
    assert(store:load_policy "first_fit")
    assert(store:load_policy("project_quota", { limits = {} }))
    assert.equal("first_fit project_quota", names())
    assert(store:load_policy "first_fit")
    assert.equal("first_fit project_quota", names())
    assert(store:unload_policy "first_fit")
    assert.equal("project_quota", names())
    refused("not_found", store:unload_policy "first_fit")
  end)

  it("swaps as a whole, and stays as it was when one of the new ones is broken", function()
    local quota = { path = "project_quota", parameters = { limits = { acme = { VCPU = 1 } } } }
    assert(store:load_policies { quota, "best_fit" })
    assert.equal("project_quota best_fit", names())
    refused("policy_error", store:load_policies { "first_fit", { path = "x", text = "return 1" } })
    refused("not_found", store:load_policies { "first_fit", "nosuch" })
    refused("duplicate_name", store:load_policies { "first_fit", "first_fit" })
    assert.equal("project_quota best_fit", names())
    refused("denied", place("c", 2))
    assert(store:load_policies {})
    assert(place("c", 2))
  end)

  it("comes with open, all or none", function()
    local fleet = assert(berth.open(":memory:", { policies = { "first_fit",
      { path = "mine.lua", text = "return policy { admit = function() return true end }" } } }))
    assert.equal(2, #fleet:policies())
    fleet:close()
    refused("not_found", berth.open(":memory:", { policies = { "first_fit", "nosuch" } }))
  end)

  it("comes from a folder, in order of name, with parameters by name", function()
    local command = require "spec.support.command"
    local folder, remove = command.directory()
    command.write(folder .. "/b.lua",
      "return policy { parameters = { n = 1 }, admit = function() return true end }")
    command.write(folder .. "/a.lua", "return policy { admit = function() return true end }")
    command.write(folder .. "/notes.txt", "not a policy")
    assert(store:load_policy(folder, { b = { n = 5 } }))
    assert.equal("a b", names())
    assert.same({ n = 5 }, store:policies()[2].parameters)
    command.write(folder .. "/c.lua", "return")
    refused("policy_error", store:load_policies { folder })
    assert.equal("a b", names())
    remove()
    refused("not_found", store:load_policy(folder))
  end)

  it("asks every admit in order of loading, and stops at the first denial", function()
    local text = "return policy { name = '%s', admit = function() %s end }"
    assert(store:load_policies {
      { path = "1", text = text:format("yes", "return allow()") },
      { path = "2", text = text:format("no", "return deny('no', 'not today')") },
      { path = "3", text = text:format("never", "return allow()") },
    })
    assert.equal("no", refused("denied", place()).policy)
    local calls = {}
    for i, policy in ipairs(store:policies()) do calls[i] = policy.calls end
    assert.same({ 1, 1, 0 }, calls)
  end)
end)

describe("a ranking", function()
  it("sends claims where the score is highest, ties to the earlier", function()
    assert(hook("score", "return b:free('VCPU')"))
    assert.equal("node3", node_of(assert(place "a")))
    assert(hook("score", "return 1"))
    assert.equal("node1", node_of(assert(place "b")))
  end)

  it("is the last one loaded; filters all hold", function()
    local text = "return policy { name = '%s', %s = function(r, c) return %s end }"
    assert(store:load_policies {
      { path = "1", text = text:format("s1", "score", "c:free('VCPU')") },
      { path = "2", text = text:format("s2", "score", "-c:free('VCPU')") },
      { path = "3", text = text:format("f1", "filter", "c.root.name ~= 'node1'") },
      { path = "4", text = text:format("f2", "filter", "c.root.name ~= 'node3'") },
    })
    assert.equal("node2", node_of(assert(place())))
  end)

  it("is not remembered for others when it read who asks", function()
    assert(hook("score", "return b.root.name == a.user and 1 or 0"))
    local function of(consumer, user)
      return node_of(assert(store:place { consumer = consumer, user = user,
        resources = { VCPU = 1 } }))
    end
    assert.equal("node2", of("a", "node2"))
    assert.equal("node3", of("b", "node3"))
    assert.equal("node1", of("c", "nobody"))
  end)

  it("is asked again for a tree that changed, and not for others", function()
    assert(hook("score", "return b:free('VCPU')"))
    assert(place "a")
    local before = store:policies()[1].calls
    assert(place "b")
    assert.equal(before + 1, store:policies()[1].calls)
  end)

  local wrong = {
    { "score", "return nil" }, { "score", "return '1'" }, { "score", "return 0/0" },
    { "score", "return 1/0" }, { "score", "return 1, 'x'" }, { "score", "return 1, 2, 3" },
    { "score", "" }, { "filter", "return 1" }, { "filter", "return nil" },
    { "filter", "return true, true" }, { "score", "error 'no'" }, { "filter", "return b.rot" },
  }
  for _, case in ipairs(wrong) do
    it(("fails the claim when %s does `%s`"):format(case[1], case[2]), function()
      assert(hook(case[1], case[2]))
      local before = store:dump()
      local err = refused("policy_error", place())
      assert.same({ "test", case[1], 2 }, { err.policy, err.hook, err.line })
      assert.equal(before, store:dump())
    end)
  end
end)

describe("a verdict", function()
  it("of denial carries code, sentence and fields", function()
    assert(hook("admit", "return deny('too_late', 'it is late', { hour = 25, day = 'x' })"))
    local err = refused("denied", place())
    assert.same({ "test", "too_late", "it is late", 25, "x" },
      { err.policy, err.reason, err.message, err.hour, err.day })
  end)

  local nonsense = { "", "return nil", "return false", "return 'allow'", "return 1", "return {}",
    "return allow", "return deny", "return allow(), allow()", "return allow(1)", "return deny()",
    "return deny('Code', 'x')", "return deny('', 'x')", "return deny('a b', 'x')",
    "return deny('x')", "return deny('x', 5)", "return deny('x', 'y', 5)",
    "return deny('x', 'y', { code = 1 })", "return deny('x', 'y', { a = {} })",
    "return deny('x', 'y', { a = 1, b = 2, c = 3, d = 4, e = 5 })", "error({})",
    "error(nil)", "error('x', 0)", "return setmetatable({}, getmetatable(deny('x', 'y')))",
    "return undeclared", "undeclared = 1", "return a.nothing", "a.project = 'x'",
    "return b:usage { clas = 'VCPU' }", "return b:usage { class = 'VCPUU' }", "return b:usage {}",
    "return b.usage { class = 'VCPU' }", "return b:usage { class = 'VCPU', provider = 'nobody' }",
    "return b:usage { class = 'VCPU', subtree = a.root, provider = a.root }" }
  for _, body in ipairs(nonsense) do
    it(("is denied with policy_error for `%s`"):format(body), function()
      assert(hook("admit", body))
      local before = store:dump()
      local err = refused("policy_error", place())
      assert.same({ "test", "admit" }, { err.policy, err.hook })
      assert.equal(2, err.line)
      assert.not_matches("0x%x%x%x", err.message)
      assert.equal(before, store:dump())
    end)
  end

  it("may simply be true", function()
    assert(hook("admit", "return true"))
    assert(place())
  end)

  it("is final when it does not depend on where: no other candidate is tried", function()
    assert(hook("admit", "return deny('no', 'no')"))
    refused("denied", place())
    assert.equal(1, store:policies()[1].calls)
    assert(hook("admit", [[
      if a.root.name ~= "node3" then return deny("no", "no") end
      return allow()]]))
    assert.equal("node3", node_of(assert(place())))
    assert.equal(3, store:policies()[1].calls)
  end)
end)

describe("a policy that runs away", function()
  for name, body in pairs {
    ["loops"] = "while true do end",
    ["loops in pcall"] = "while true do pcall(function() while true do end end) end",
    ["matches slowly"] = "return ('a'):rep(1000):find(('a-'):rep(30) .. 'b')",
    ["builds a string without end"] = "local s = 'x' while true do s = s .. s end",
    ["keeps everything"] = "local t = {} for i = 1, 1e9 do t[i] = { i } end",
  } do
    it("is stopped when it " .. name .. ", and works again at the next call", function()
      assert(load(([[return policy { name = "test", admit = function(claim)
        if claim.user == "ann" then %s end
        return allow()
      end }]]):format(body)))
      local before = store:dump()
      local err = refused("policy_budget", place())
      assert.same({ "test", "admit" }, { err.policy, err.hook })
      assert.is_true(err.steps > 0)
      assert.is_string(err.dominant)
      assert.equal(before, store:dump())
      assert(store:place { consumer = "x", user = "bob", resources = { VCPU = 1 } })
    end)
  end

  it("begins anew when what it remembered has grown too large", function()
    assert(load [[
      local kept, n = {}, 0
      return policy { name = "test", score = function(request, candidate)
        n = n + 1
        kept[n] = ("x"):rep(100000) .. n
        return #kept
      end }]])
    for i = 1, 120 do
      local claim = assert(place("c" .. i))
      assert(claim:release())
    end
    assert.equal(0, store:policies()[1].faults)
  end)
end)

describe("hash", function()
  it("gives the same number for the same arguments, everywhere", function()
    assert(hook("admit", [[
      assert(hash(1, "a") == hash(1, "a") and hash(1, "a") ~= hash("a", 1) and hash(1) ~= hash "1")
      assert(hash(0) >= 0 and hash(0) < 1 << 53 and math.type(hash(0)) == "integer")
      return deny("told", "x", { h = hash(42, "node", -7) })]]))
    assert.equal(3293348418182196, refused("denied", place()).h)
  end)

  it("takes strings and integers only", function()
    assert(hook("admit", "return hash(1.5)"))
    refused("policy_error", place())
    assert(hook("admit", "return hash()"))
    refused("policy_error", place())
  end)
end)

describe("the mode", function()
  it("observe tells what would have been denied, and denies nothing", function()
    assert(hook("admit", "return deny('no', 'not today')", nil, "observe"))
    assert(place())
    local decision = store:decisions()[1]
    assert.same({ "would_deny", "observe", "no" },
      { decision.verdict, decision.mode, decision.code })
  end)

  it("observe covers failures too", function()
    assert(hook("admit", "error 'x'", nil, "observe"))
    assert(place())
    assert.equal("policy_error", store:decisions()[1].code)
  end)

  it("observe keeps a filter and a score out of the search", function()
    assert(hook("filter", "return false", nil, "observe"))
    assert(place())
  end)

  it("override denies until a person says otherwise and why; both are recorded", function()
    assert(hook("admit", "return deny('no', 'not today')", nil, "override"))
    refused("denied", place "a")
    local urgent = store:as { user = "ann", override = { person = "eve", reason = "outage 7" } }
    assert(urgent:place { consumer = "b", resources = { VCPU = 1 } })
    refused("denied", place "c")
    local verdicts = {}
    for i, decision in ipairs(store:decisions()) do verdicts[i] = decision.verdict end
    assert.same({ "deny", "overridden", "deny" }, verdicts)
    local decision = store:decisions(1)[1]
    assert.same({ "eve", "outage 7" }, { decision.person, decision.reason })
  end)

  it("enforce cannot be overridden", function()
    assert(hook("admit", "return deny('no', 'not today')"))
    local urgent = store:as { override = { person = "eve", reason = "outage 7" } }
    refused("denied", urgent:place { consumer = "b", resources = { VCPU = 1 } })
  end)

  it("override ends with its call, also where that raises in a coroutine", function()
    assert(hook("admit", "return deny('no', 'not today')", nil, "override"))
    local urgent = store:as { override = { person = "eve", reason = "outage 7" } }
    local dead = coroutine.create(function() urgent:reshape { unknown = 1 } end)
    assert.is_false((coroutine.resume(dead)))
    refused("denied", place())
  end)

  it("override needs a person and a reason", function()
    for _, override in ipairs { {}, { person = "eve" }, { reason = "x" },
      { person = "", reason = "x" } } do
      assert.error_matches(function() store:as { override = override } end, "person and a reason")
    end
  end)
end)

describe("a decision", function()
  it("is data: who asked for what, which policy said what, why, from what, at what cost", function()
    assert(hook("admit", [[
      local used = b:usage { class = "VCPU", project = a.project }
      if used > 2 then return deny("quota", "too much", { used = used }) end
      return allow()]]))
    assert(place("a", 2))
    refused("denied", place("b", 3))
    local all = store:decisions()
    assert.equal(2, #all)
    assert.same({ 1, 2 }, { all[1].id, all[2].id })
    assert.same({ "allow", "deny" }, { all[1].verdict, all[2].verdict })
    local denial = all[2]
    assert.same({ "admit", "test", "7", "enforce", "quota", "too much" }, { denial.hook,
      denial.policy, denial.version, denial.mode, denial.code, denial.message })
    assert.equal(store:policies()[1].digest, denial.digest)
    assert.same({ "b", "acme", "ann" }, { denial.consumer, denial.project, denial.user })
    assert.same({ VCPU = 3 }, denial.amounts)
    assert.same({ used = 5 }, denial.fields)
    assert.same({ { question = "usage{class=VCPU, project=acme}", answer = 5 } }, denial.inputs)
    assert.is_true(denial.steps > 0 and denial.memory > 0)
    assert.equal(all[1].sequence, denial.sequence - 1)
  end)

  it("holds what the policy noted for the operator", function()
    assert(hook("admit", "note('looked at ' .. a.project) note('two\\nlines') return allow()"))
    assert(place())
    assert.same({ "looked at acme", "two\\nlines" }, store:decisions()[1].notes)
    assert(place "d")
    assert.equal(2, #store:decisions()[2].notes)
  end)

  it("is kept after its policy was replaced, for the last 256", function()
    assert(hook("admit", "return allow()"))
    for i = 1, 300 do assert(place("c" .. i):release()) end
    assert(store:load_policies {})
    local all = store:decisions()
    assert.equal(256, #all)
    assert.same({ 45, 300 }, { all[1].id, all[256].id })
    assert.equal("c300", all[256].consumer)
    assert.equal(0, #store:decisions(300))
  end)
end)

describe("redact", function()
  it("passes a record through every policy in order", function()
    local text = "return policy { name = '%s', redact = function(r) %s return r end }"
    assert(store:load_policies {
      { path = "1", text = text:format("a", "r.token = nil") },
      { path = "2", text = text:format("b", "r.n = r.n + 1") },
    })
    assert.same({ n = 2, list = { 1, { x = "y" } } },
      core.redact(store, { token = "secret", n = 1, list = { 1, { x = "y" } } }))
  end)

  it("fails for anything that is no record", function()
    for _, body in ipairs { "", "return 1", "return { f = allow }", "error 'x'" } do
      assert(hook("redact", body))
      refused("policy_error", core.redact(store, { a = 1 }))
    end
    assert(hook("redact", "while true do end"))
    refused("policy_budget", core.redact(store, { a = 1 }))
  end)
end)

describe("timing policies", function()
  it("tells what admit and score take, and fails like they do", function()
    assert(hook("admit", "return deny('no', 'no')", nil, "observe"))
    assert(place "held")
    local times = assert(core.time_admit(store, "held", 10))
    assert.equal(10, times.calls)
    assert.is_true(times.median > 0 and times.p99 >= times.median and times.mean > 0)
    assert.equal(11, store:policies()[1].calls)
    refused("not_found", core.time_admit(store, "nobody", 1))
    refused("invalid_value", core.time_rank(store, "resources=VCPU:1", 1))
    assert(hook("score", "return b:free 'VCPU'"))
    assert.equal(5, assert(core.time_rank(store, "resources=VCPU:1", 5)).calls)
    refused("no_candidate", core.time_rank(store, "resources=VCPU:1000", 1))
    assert(hook("score", "return nil"))
    refused("policy_error", core.time_rank(store, "resources=VCPU:1", 5))
    assert.has_error(function() core.time_rank(store, "resources=VCPU:1", 0) end)
  end)
end)
