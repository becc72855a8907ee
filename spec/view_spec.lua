-- What policies see: the views of claims, requests, candidates, providers and calls, and that none
-- outlives its call.

local core = require "berth.core"
local policies = require "spec.support.policies"

local load, hook, place, refused = policies.load, policies.hook, policies.place, policies.refused

local store
before_each(function() store = policies.open() end)
after_each(policies.close)

describe("a view", function()
  it("of another hook is refused when it is kept", function()
    assert(load [[
      local kept
      return policy { name = "test",
        filter = function(request, candidate)
          kept = kept or { candidate = candidate, provider = candidate:providers()[1] }
          return true
        end,
        admit = function(claim)
          if claim.user == "ann" then return kept.candidate:free("VCPU") end
          return kept.provider.name
        end }]])
    assert.matches("no longer valid", refused("policy_error", place()).message)
    local _, err = store:place { consumer = "x", user = "bob", resources = { VCPU = 2 } }
    assert.matches("no longer valid", err.message)
  end)

  -- What a call keeps, and a later call of the same hook reads.
  for what, case in pairs {
    ["a claim's field"] = { "admit", "a", "kept.project" },
    ["a claim's method"] = { "admit", "a", "kept:amount 'VCPU'" },
    ["a claim's root"] = { "admit", "a.root", "kept.name" },
    ["a view's method"] = { "admit", "b", "kept:usage { class = 'VCPU' }" },
    ["a method with its view"] = { "admit", "{ f = b.usage, b = b }",
      "kept.f(kept.b, { class = 'VCPU' })" },
    ["a method for this call's view"] = { "admit", "b", "b.usage(kept, { class = 'VCPU' })" },
    ["a view in a coroutine"] = { "admit", [[coroutine.wrap(function(c)
      while true do coroutine.yield(c.project) end end)]], "kept(a)", first = "kept(a)" },
    ["a request's field"] = { "score", "a", "kept.project" },
    ["a request's method"] = { "score", "a", "kept:classes()" },
    ["a candidate's method"] = { "score", "b", "kept:free 'VCPU'" },
    ["a candidate's root"] = { "score", "b.root", "kept.name" },
    ["the root of a candidate"] = { "score", "b", "kept.root.name" },
    ["a method of a candidate's root"] = { "score", "b.root", "kept:has_trait 'CUSTOM_X'" },
    ["a view that is written to"] = { "score", "b", "(function() kept.x = 1 end)()" },
    ["a call's field"] = { "authorize", "a", "kept.user" },
    ["a call's method"] = { "authorize", "a", "kept:has_role 'admin'" },
  } do
    it("that is kept is refused in the next call: " .. what, function()
      local answer = case[1] == "score" and "1" or "allow()"
      assert(load(([[
        local calls, kept = 0
        return policy { name = "test", %s = function(a, b)
          calls = calls + 1
          if calls %% 2 == 1 then
            kept = %s
            %s
          else
            local value = %s
          end
          return %s
        end }]]):format(case[1], case[2], case.first and "local _ = " .. case.first or "", case[3],
        answer)))
      if case[1] == "authorize" then
        local ann, bob = store:as { user = "ann" }, store:as { user = "bob" }
        assert(ann:usages {})
        assert.matches("no longer valid", refused("policy_error", bob:usages {}).message)
        assert(bob:usages {})
      elseif case[1] == "admit" then
        assert(place("first"))
        assert.matches("no longer valid", refused("policy_error", place("second", 2)).message)
        assert(place("third", 3))
      else -- one call a tree
        assert.matches("no longer valid", refused("policy_error", place()).message)
      end
    end)
  end

  it("that is kept in a call that was stopped is refused as well", function()
    assert(load [[
      local kept
      return policy { name = "test", admit = function(claim)
        local before = kept
        kept = claim
        if claim.project == "slow" then while true do end end
        if before then note(before.project) end
        return allow()
      end }]])
    assert(place("first"))
    refused("policy_budget", place("second", 1, "slow"))
    assert(place("third"))
    assert.matches("no longer valid", refused("policy_error", place("fourth")).message)
  end)

  it("shows the claim and counts it in all usage", function()
    assert(place("first", 2))
    assert(hook("admit", [[
      assert(a.consumer == "second" and a.project == "acme" and a.user == "ann")
      assert(a.consumer_type == "" and a:amount "VCPU" == 3 and a:amount "MEMORY_MB" == 0)
      assert(table.concat(a:classes(), ",") == "VCPU")
      local taken = a:providers()
      assert(#taken == 1 and taken[1] == a.root and a:taken(taken[1], "VCPU") == 3)
      assert(b:usage { class = "VCPU" } == 5 and b:usage { class = "VCPU", project = "acme" } == 5)
      assert(b:usage { class = "VCPU", project = "other" } == 0)
      assert(b:usage { class = "VCPU", user = "ann", consumer_type = "unknown" } == 5)
      assert(b:usage { class = "VCPU", provider = taken[1] } == 5)
      assert(b:usage { class = "VCPU", provider = "node2" } == 0)
      assert(b:usage { class = "CUSTOM_NOT_YET" } == 0)
      assert(b:consumers {} == 2 and b:consumers { subtree = a.root, project = "acme" } == 2)
      assert(b:capacity { class = "VCPU" } == 48)
      assert(b:capacity { class = "VCPU", provider = "node3" } == 24)
      return allow()]]))
    assert(place("second", 3))
  end)

  it("shows the candidate with its tree before the claim", function()
    local node = assert(store:provider "node1")
    assert(store:create_provider { name = "gpu", parent = node, inventories = { PGPU = 4 } })
    assert(store:allocate { consumer = "x", consumer_type = "DB",
      allocations = { gpu = { PGPU = 1 } } })
    assert(hook("score", [[
      if b.root.name ~= "node1" then return 0 end
      assert(a:amount "PGPU" == 2 and a:group_amount("g", "PGPU") == 2)
      assert(table.concat(a:groups(), ",") == ",g")
      assert(table.concat(a:classes(), ",") == "PGPU,VCPU")
      assert(b:free "PGPU" == 3 and b:used "PGPU" == 1 and b:capacity "PGPU" == 4)
      assert(b:each_free("PGPU")[1] == 3 and b:each_taken("PGPU")[1] == 2)
      assert(#b:each_free "VCPU" == 1)
      assert(b:consumers() == 1 and table.concat(b:consumer_types(), ",") == "DB")
      local gpu = b:mapping("g")[1]
      assert(gpu.name == "gpu" and gpu.parent == b.root and gpu.root.uuid == b.root.uuid)
      assert(gpu:free "PGPU" == 3 and gpu:total "PGPU" == 4 and not gpu:has_trait "CUSTOM_X")
      assert(#b:providers() == 2 and b:taken(gpu, "PGPU") == 2 and b.root:children()[1] == gpu)
      return 1]]))
    assert(store:place { consumer = "y", resources = { VCPU = 1 },
      groups = { g = { resources = { PGPU = 2 } } } })
  end)

  it("knows the fleet's capacity through every change, at the same price", function()
    assert(hook("admit", "return deny('told', 'x', { n = b:capacity { class = 'VCPU' } })"))
    local steps
    local function capacity()
      local n = refused("denied", place()).n
      steps = steps or store:policies()[1].steps
      assert.equal(steps, store:policies()[1].steps)
      return n
    end
    assert.equal(48, capacity())
    assert.equal(48, capacity())
    local node = assert(store:create_provider { name = "node4", inventories = { VCPU = 10 } })
    assert.equal(58, capacity())
    local child = assert(store:create_provider { name = "child", parent = node,
      inventories = { VCPU = 5 } })
    assert.equal(63, capacity())
    assert(child:update { parent = "node1" })
    assert.equal(63, capacity())
    assert(node:update { parent = "node2" })
    assert.equal(63, capacity())
    assert(node:set_inventory("VCPU", { total = 10, allocation_ratio = 2.0 }))
    assert.equal(73, capacity())
    store:transaction(function(tx)
      assert(tx:provider("node3"):set_inventories {})
      assert.equal(49, refused("denied", tx:place { consumer = "x", resources = { VCPU = 1 } }).n)
      return nil, { code = "undone" }
    end)
    assert.equal(73, capacity())
    assert(child:delete())
    assert(node:delete())
    assert.equal(48, capacity())
    assert(store:provider("node1"):set_inventory("VCPU", { total = 9007199254740991,
      allocation_ratio = 3e38 }))
    assert.equal(math.maxinteger, capacity())
    assert(store:provider("node1"):set_inventory("VCPU", 8))
    assert.equal(48, capacity())
  end)

  it("has the members of the published table and no others", function()
    local members = core.policy_members()
    for _, view in ipairs { "request", "candidate", "provider", "claim", "view", "call" } do
      assert.is_true(next(members.views[view]) ~= nil)
      for name, member in pairs(members.views[view]) do
        assert.is_true(member.kind == "field" or member.kind == "method", name)
        assert.is_string(member.about)
      end
    end
    local reads = {}
    for name, member in pairs(members.views.candidate) do
      local check = member.kind == "method" and "assert(type(b.%s) == 'function')"
        or "assert(b.%s ~= nil)"
      reads[#reads + 1] = check:format(name)
    end
    assert(hook("score", table.concat(reads, " ") .. " return 1"))
    assert(place())
  end)
end)
