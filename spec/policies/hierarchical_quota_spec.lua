-- hierarchical_quota: limits of branches, borrowing, and trees of projects that are none.

local berth = require "berth"

describe("hierarchical_quota", function()
  local store
  local projects = {
    org = { limits = { VCPU = 20 } },
    dev = { parent = "org", limits = { VCPU = 10 }, borrow = { VCPU = 6 } },
    test = { parent = "org", limits = { VCPU = 10 } },
    web = { parent = "dev", limits = { VCPU = 8 } },
    db = { parent = "dev" },
  }

  before_each(function()
    store = assert(berth.open ":memory:")
    assert(store:create_provider { name = "node", inventories = { VCPU = 100, MEMORY_MB = 1000 } })
    assert(store:load_policy("hierarchical_quota", { projects = projects }))
  end)
  after_each(function() store:close() end)

  local serial = 0
  local function place(project, vcpu, memory)
    serial = serial + 1
    return store:place { consumer = "c" .. serial, project = project,
      resources = { VCPU = vcpu, MEMORY_MB = memory } }
  end

  local function denied(reason, result, err)
    assert.is_nil(result)
    assert.equal("denied", err.code)
    assert.equal(reason, err.reason)
    return err
  end

  it("holds a project to its own limit", function()
    assert(place("web", 8))
    local err = denied("quota_exceeded", place("web", 1))
    assert.same({ "web", "VCPU", 8, 8 }, { err.project, err.class, err.limit, err.used })
  end)

  it("counts what the projects below use", function()
    assert(place("web", 8))
    assert(place("db", 8)) -- dev is at 10 + 6 borrowed
    local err = denied("quota_exceeded", place("db", 1))
    assert.equal("dev", err.project)
    assert.is_nil(err.used) -- how much web uses is not for db to know
  end)

  it("lends what others leave idle, and no more than may be borrowed", function()
    assert(place("dev", 16))
    denied("quota_exceeded", place("dev", 1))
  end)

  it("lends nothing that is in use", function()
    assert(place("test", 10))
    assert(place("dev", 10))
    local err = denied("quota_exceeded", place("dev", 1)) -- dev could borrow, org is full
    assert.equal("org", err.project)
  end)

  it("lets only those borrow who may", function()
    assert(place("test", 10))
    denied("quota_exceeded", place("test", 1))
  end)

  it("leaves classes without a limit alone", function()
    assert(place("web", nil, 1000))
  end)

  it("denies projects that are not in the tree, unless told otherwise", function()
    assert.equal("stranger", denied("unknown_project", place("stranger", 1)).project)
    assert(store:load_policy("hierarchical_quota", { projects = projects, strangers = "allow" }))
    assert(place("stranger", 1))
  end)

  it("is refused at load with a parent that is missing or a circle", function()
    local function refused(tree, sentence)
      local ok, err = store:load_policy("hierarchical_quota", { projects = tree })
      assert.is_nil(ok)
      assert.equal("policy_error", err.code)
      assert.matches(sentence, err.message)
      assert.is_true(err.line > 0)
    end
    refused({ a = { parent = "nobody" } }, "nobody")
    refused({ a = { parent = "b" }, b = { parent = "a" } }, "own ancestor")
    assert(place("web", 1)) -- the set that was loaded still rules
    denied("quota_exceeded", place("web", 8))
  end)
end)
