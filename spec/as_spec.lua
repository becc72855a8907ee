-- Callers: store:as{...} gives handles whose every verb passes the authorize policies, and that
-- tell nothing about what belongs to others.

local berth = require "berth"

describe("store:as", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    assert(store:create_provider { name = "node1", inventories = { VCPU = 16 } })
    assert(store:create_provider { name = "node2", inventories = { VCPU = 16 } })
  end)
  after_each(function() store:close() end)

  local function authorize(body)
    assert(store:load_policy("test.lua", nil, { text = ([[return policy { name = "test",
      authorize = function(call) %s end }]]):format(body) }))
  end

  local function refused(code, result, err)
    assert.is_nil(result)
    assert.equal(code, err.code)
    return err
  end

  -- Own things may be done by anybody, others' by nobody; what nobody owns may be read.
  local OWN_ONLY = [[
    if call.target_project == nil and (not call.writes or call.verb == "transaction") then
      return allow()
    end
    if call.target_project == call.project then return allow() end
    return deny("foreign", "not yours")]]

  it("allows everything while no authorize policy is loaded", function()
    local ann = store:as { user = "ann", project = "acme" }
    assert(ann:create_provider { name = "node3" })
    assert(ann:place { consumer = "c", resources = { VCPU = 1 } })
  end)

  it("denies whatever a policy does not allow", function()
    authorize "return deny('no', 'no')"
    local ann = store:as { user = "ann", project = "acme", roles = { "member" } }
    local claim = assert(store:place { consumer = "c", project = "acme", resources = { VCPU = 1 } })
    local node = assert(store:provider "node1")
    refused("denied", ann:create_provider { name = "x" })
    refused("denied", ann:provider "node1")
    refused("denied", ann:provider(node))
    refused("denied", ann:providers())
    refused("denied", ann:traits())
    refused("denied", ann:create_trait "CUSTOM_X")
    refused("denied", ann:resource_classes())
    refused("denied", ann:create_resource_class "CUSTOM_X")
    refused("denied", ann:candidates "resources=VCPU:1")
    refused("denied", ann:place { consumer = "x", resources = { VCPU = 1 } })
    refused("denied", ann:allocate { consumer = "x", allocations = { node1 = { VCPU = 1 } } })
    refused("denied", ann:allocation "c")
    refused("denied", ann:release "c")
    refused("denied", ann:usages())
    refused("denied", ann:usages { project = "acme" })
    refused("denied", ann:reshape { inventories = {} })
    refused("denied", ann:transaction(function() return true end))
    refused("denied", ann:begin())
    refused("denied", ann:load_policy "first_fit")
    refused("denied", ann:load_policies {})
    refused("denied", ann:unload_policy "test")
    refused("denied", ann:policies())
    refused("denied", ann:decisions())
    refused("denied", ann:changes())
    refused("denied", ann:check())
    refused("denied", ann:backup "/nowhere/at/all")
    refused("denied", ann:stats())
    refused("denied", ann:dump())
    assert.equal("acme", claim.project) -- the store's own handles are as free as ever
    assert.equal(1, #store:policies())
  end)

  it("tells the policy who calls what on what", function()
    authorize [[
      local roles = table.concat(call.roles, "+")
      return deny("told", ("%s %s %s %s %s %s %s %s"):format(call.verb, tostring(call.writes),
        call.user, call.project, roles, call.target, tostring(call.target_name),
        tostring(call.target_project)))]]
    local ann = store:as { user = "ann", project = "acme", roles = { "a", "b" } }
    local function told(...) return refused("denied", ...).message end
    assert.equal("provider false ann acme a+b provider node1 nil", told(ann:provider "node1"))
    assert.equal("place true ann acme a+b allocation c acme",
      told(ann:place { consumer = "c", resources = { VCPU = 1 } }))
    assert.equal("usages false ann acme a+b project acme acme",
      told(ann:usages { project = "acme" }))
    assert.equal("usages false ann acme a+b store nil nil", told(ann:usages()))
  end)

  it("makes claims the caller's own unless they say otherwise", function()
    local ann = store:as { user = "ann", project = "acme" }
    local claim = assert(ann:place { consumer = "a", resources = { VCPU = 1 } })
    assert.same({ "acme", "ann" }, { claim.project, claim.user })
    claim = assert(ann:place("resources=VCPU:1", { consumer = "b", user = "bob" }))
    assert.same({ "acme", "bob" }, { claim.project, claim.user })
    assert(ann:allocate { consumer = "c", allocations = { node1 = { VCPU = 1 } } })
    assert.same({ VCPU = 3 }, store:usages { project = "acme" })
  end)

  it("answers what belongs to others exactly like what does not exist", function()
    assert(store:place { consumer = "theirs", project = "other", resources = { VCPU = 1 } })
    authorize(OWN_ONLY)
    local ann = store:as { user = "ann", project = "acme" }
    local function same(verb, ...)
      local foreign = refused("not_found", ann[verb](ann, "theirs", ...))
      local absent = refused("not_found", ann[verb](ann, "nobodys", ...))
      assert.equal(absent.message:gsub("nobodys", "theirs"), foreign.message)
      assert.same({ "theirs", "nobodys" }, { foreign.consumer, absent.consumer })
    end
    same "allocation"
    same "release"
    refused("not_found", ann:usages { project = "other" })
    refused("not_found", ann:usages { project = "no such project" })
    refused("not_found", ann:place { consumer = "theirs", resources = { VCPU = 1 } })
    refused("not_found", ann:allocate { consumer = "theirs",
      allocations = { node1 = { VCPU = 1 } } })
    refused("not_found", ann:place { consumer = "x", project = "other", resources = { VCPU = 1 } })
    assert.same({ VCPU = 1 }, store:usages { project = "other" })
    assert.same({}, store:usages { project = "acme" })
  end)

  it("tells one who may not even touch its own nothing about others", function()
    assert(store:place { consumer = "theirs", project = "other", resources = { VCPU = 1 } })
    authorize "return deny('no', 'no')"
    local ann = store:as { user = "ann", project = "acme" }
    refused("denied", ann:allocation "theirs")
    refused("denied", ann:allocation "nobodys")
    refused("denied", ann:release "theirs")
    refused("denied", ann:release "nobodys")
  end)

  it("gives handles whose verbs are asked about too", function()
    authorize [[
      if call.verb == "summaries" or call.writes and call.verb ~= "place" then
        return deny("no", "no")
      end
      return allow()]]
    local ann = store:as { user = "ann", project = "acme" }
    local node = assert(ann:provider "node1")
    assert.same({ "node1", 0, nil }, { node.name, node.generation, node.parent })
    assert.equal("node1", node.root.name)
    refused("denied", node:set_traits {})
    refused("denied", node.root:delete())
    refused("denied", node:update { name = "x" })
    for provider in ann:providers() do refused("denied", provider:set_inventories {}) end
    for candidate in ann:candidates "resources=VCPU:1" do
      refused("denied", candidate.anchor:delete())
      refused("denied", candidate:summaries())
      assert(next(candidate:resources()))
    end
    local claim = assert(ann:place { consumer = "c", resources = { VCPU = 1 } })
    refused("denied", claim:release())
    refused("denied", claim:move "resources=VCPU:1")
    assert(claim:resources())
  end)

  it("takes its own handles for arguments", function()
    local ann = store:as { project = "acme" }
    local node = assert(ann:provider "node2")
    local child = assert(ann:create_provider { name = "gpu", parent = node,
      inventories = { PGPU = 1 } })
    assert.equal("node2", child.parent.name)
    assert(ann:allocate { consumer = "a", allocations = { [node] = { VCPU = 2 } } })
    local candidate = ann:candidates "resources=PGPU:1" ()
    local claim = assert(ann:place(candidate, { consumer = "b" }))
    assert.same({ [child.uuid] = { PGPU = 1 } }, claim:resources())
    assert(ann:place { consumer = "c", candidate = ann:candidates "resources=VCPU:1" () })
  end)

  it("works in transactions, in which each verb is asked about", function()
    authorize(OWN_ONLY)
    local ann = store:as { user = "ann", project = "acme" }
    local kept
    assert(ann:transaction(function(tx)
      kept = assert(tx:place { consumer = "a", resources = { VCPU = 1 } })
      refused("denied", tx:create_provider { name = "x" })
      refused("not_found", tx:place { consumer = "b", project = "other", resources = { VCPU = 1 } })
      assert(tx:allocation "a")
      return true
    end))
    assert.equal("acme", kept.project)
    assert(kept:release())
    do
      local tx <close> = assert(ann:begin())
      assert(tx:place { consumer = "b", resources = { VCPU = 1 } })
    end
    refused("not_found", ann:allocation "b")
    local tx = assert(ann:begin())
    assert(tx:place { consumer = "b", resources = { VCPU = 1 } })
    assert(tx:commit())
    assert(ann:allocation "b")
    assert.error_matches(function() tx:release "b" end, "over")
  end)

  it("loses sight of a claim that came to belong to another project", function()
    authorize(OWN_ONLY)
    local ann = store:as { project = "acme" }
    local claim = assert(ann:place { consumer = "c", resources = { VCPU = 1 } })
    assert(store:release "c")
    assert(store:place { consumer = "c", project = "other", user = "eve",
      resources = { VCPU = 2 } })
    assert.same({ "c" }, { claim.consumer, claim.project, claim.user, claim.generation })
    refused("not_found", claim:resources())
    refused("not_found", claim:release())
    refused("not_found", claim:move "resources=VCPU:1")
    assert(store:allocation "c")
  end)

  it("has every verb of what it stands for, but those that are the owner's alone", function()
    local members = require "berth.core".members()
    local ann = store:as {}
    local tx <close> = assert(ann:begin())
    local handles = { ["berth.store"] = ann, ["berth.transaction"] = tx,
      ["berth.provider"] = assert(tx:provider "node1"),
      ["berth.allocation"] = assert(tx:place { consumer = "c", resources = { VCPU = 1 } }),
      ["berth.candidate"] = tx:candidates "resources=VCPU:1" () }
    local owners = { close = true, as = true }
    for noun, handle in pairs(handles) do
      for name, kind in pairs(members[noun]) do
        local ok, member = pcall(function() return handle[name] end)
        if owners[name] then
          assert.is_false(ok, name)
        else
          assert.is_true(ok, noun .. " " .. name .. ": " .. tostring(member))
          assert.equal(kind == "method", type(member) == "function", noun .. " " .. name)
        end
      end
    end
  end)

  it("is only opened by its own module", function()
    local ann = store:as { project = "acme" }
    assert.is_false(getmetatable(ann))
    assert.error_matches(function() ann.real = 1 end, "cannot be written")
    assert.error_matches(function() return ann.usage end, "did you mean 'usages'")
    assert.error_matches(function() return ann.close end, "no member 'close'")
    assert.error_matches(function() return ann.as end, "no member 'as'")
    assert.error_matches(function() ann.usages(store) end, "with a colon")
    assert.is_nil(next(ann))
  end)

  it("is asked for with known keys of the right type", function()
    for _, identity in ipairs { { rolse = {} }, { user = 5 }, { roles = "member" },
      { roles = { 5 } }, { override = "me" }, { user = "ann\0" }, { project = ("a"):rep(256) },
      { roles = { "member", "admin\0" } }, { user = "\xff" } } do
      assert.has_error(function() store:as(identity) end)
    end
    assert(store:as { user = ("a"):rep(255), project = "", roles = { ("\u{E9}"):rep(127) } })
    assert.error_matches(function() store:as { rolse = {} } end, "did you mean 'roles'")
    assert.error_matches(function() store:as() end, "table")
  end)

  it("fails closed when the policy fails", function()
    for _, body in ipairs { "", "return false", "error 'x'", "return call.rols" } do
      authorize(body)
      refused("policy_error", store:as({}):usages())
    end
    authorize "while true do end"
    refused("policy_budget", store:as({}):usages())
  end)

  it("leaves decisions that tell who asked", function()
    authorize "return deny('no', 'not you')"
    refused("denied", store:as({ user = "ann", project = "acme" }):provider "node1")
    local decision = store:decisions()[1]
    assert.same({ "authorize", "provider", "ann", "acme", "provider", "node1", "deny", "no" }, {
      decision.hook, decision.verb, decision.user, decision.project, decision.target,
      decision.target_name, decision.verdict, decision.code })
  end)
end)
