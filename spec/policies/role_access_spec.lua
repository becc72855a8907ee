-- role_access: what readers, members and admins may do, and what stays hidden from them.

local berth = require "berth"

describe("role_access", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    assert(store:create_provider { name = "node1", inventories = { VCPU = 16 } })
    assert(store:load_policy "role_access")
    assert(store:place { consumer = "theirs", project = "other", resources = { VCPU = 2 } })
    assert(store:place { consumer = "ours", project = "acme", resources = { VCPU = 1 } })
  end)
  after_each(function() store:close() end)

  local function as(...)
    return store:as { user = "ann", project = "acme", roles = { ... } }
  end

  local function refused(code, reason, result, err)
    assert.is_nil(result)
    assert.equal(code, err.code)
    assert.equal(reason, err.reason)
    return err
  end

  it("lets nobody do anything without a role", function()
    refused("denied", "no_role", as():allocation "ours")
    refused("denied", "no_role", as "guest":place { consumer = "x", resources = { VCPU = 1 } })
    refused("denied", "no_role", as():providers())
  end)

  it("lets a reader see its own project and change nothing", function()
    local reader = as "reader"
    assert.equal("acme", reader:allocation("ours").project)
    assert.same({ VCPU = 1 }, reader:usages { project = "acme" })
    refused("denied", "role_required", reader:release "ours")
    refused("denied", "role_required", reader:place { consumer = "x", resources = { VCPU = 1 } })
    refused("denied", "role_required", reader:usages())
    refused("denied", "role_required", reader:decisions())
  end)

  it("lets a member claim and release in its own project", function()
    local member = as "member"
    local claim = assert(member:place { consumer = "x", resources = { VCPU = 1 } })
    assert.equal("acme", claim.project)
    assert.equal("ann", claim.user)
    assert(claim:release())
    assert(member:allocate { consumer = "y", allocations = { node1 = { VCPU = 1 } } })
    assert(member:release "y")
    refused("denied", "role_required", member:create_provider { name = "n" })
    refused("denied", "role_required", member:load_policy "first_fit")
  end)

  it("keeps members out of infrastructure, though they may look at it", function()
    local provider = assert(as "member":provider "node1")
    assert.equal("node1", provider.name)
    assert(provider:inventories())
    refused("denied", "role_required", provider:set_traits {})
    refused("denied", "role_required", provider:allocations())
    refused("denied", "role_required", provider:delete())
    assert(store:load_policy("role_access", { see_fleet = false }))
    refused("denied", "role_required", as "member":provider "node1")
  end)

  it("hides what belongs to others", function()
    local member = as "member"
    refused("not_found", nil, member:allocation "theirs")
    refused("not_found", nil, member:release "theirs")
    refused("not_found", nil, member:usages { project = "other" })
    assert(store:allocation "theirs")
  end)

  it("lets an admin do everything", function()
    local admin = as "admin"
    assert.equal("other", admin:allocation("theirs").project)
    assert.same({ VCPU = 3 }, admin:usages())
    assert(admin:create_provider { name = "n" })
    assert(admin:release "theirs")
  end)

  it("takes other names for its roles", function()
    assert(store:load_policy("role_access", { members = { "dev", "ops" } }))
    refused("denied", "no_role", as "member":allocation "ours")
    assert(as "ops":place { consumer = "x", resources = { VCPU = 1 } })
  end)
end)
