-- redaction: fields, patterns and allow-lists of a site, and what becomes of records that held a
-- secret; loaded by a store, by a logger and by the command.

local berth = require "berth"
local command = require "spec.support.command"

local function logger(parameters)
  return assert(berth.logger { sink = function() end,
    policies = { { path = "redaction", parameters = parameters } } })
end

describe("redaction", function()
  it("masks what stands under a site's names, in any syntax", function()
    local log <close> = logger()
    for _, line in ipairs { "badge=%s", '{"badge": "%s"}', "--badge %s",
      "personnel_number: %s" } do
      assert.equal(line:format "***", log:redact(line:format "k7-1134"))
    end
    assert.equal("badger=k7-1134", log:redact "badger=k7-1134")
  end)

  it("masks what its patterns match, where the keyword stands", function()
    local log <close> = logger()
    assert.equal("see SEC-*** today", log:redact "see SEC-20411 today")
    assert.equal("see SEC-204 today", log:redact "see SEC-204 today")
    local other <close> = logger { patterns = { { name = "door", pattern = [[gate \d+]] } } }
    assert.equal("at ***", other:redact "at gate 12")
    assert.equal("see SEC-20411", other:redact "see SEC-20411")
  end)

  it("lets pass what may be seen", function()
    local log <close> = logger()
    assert.equal("password=changeme", log:redact "password=changeme")
    assert.equal("ask ann@example.com or ***", log:redact "ask ann@example.com or ann@corp.test")
    local strict <close> = logger { allow = {}, allow_patterns = {} }
    assert.equal("password=***", strict:redact "password=changeme")
    assert.equal("ask ***", strict:redact "ask ann@example.com")
  end)

  it("shortens records in which something was found, and no others", function()
    local log <close> = logger { longest = 20, drop = { "notes", "dump" } }
    local long = ("x"):rep(30)
    assert.same({ user = "password=***", dump = nil, text = ("x"):rep(20) .. "...", n = 7 },
      log:redact { user = "password=hunter22", dump = "core", notes = "n", text = long, n = 7 })
    local clean = { user = "ann", dump = "core", notes = "n", text = long }
    assert.same(clean, log:redact(clean))
    assert.equal("password=*** " .. ("\u{e9}"):rep(3) .. "...", -- not within a character
      log:redact("password=hunter22 " .. ("\u{e9}"):rep(9)))
  end)

  it("speaks for a store's errors, decisions and records", function()
    local lines = {}
    local store <close> = assert(berth.open(":memory:", { policies = { "redaction" },
      logger = { time = false, sink = function(line) lines[#lines + 1] = line end } }))
    assert(store:create_provider { name = "node-7", inventories = { VCPU = 4 } })
    assert(store:load_policy("project_quota", { limits = { ["badge=k7-1134"] = { VCPU = 1 } } }))
    local _, err = store:place { consumer = "SEC-20411", project = "badge=k7-1134",
      user = "ann@example.com", resources = { VCPU = 2 } }
    assert.equal("denied", err.code)
    assert.not_matches("k7%-1134", tostring(err))
    local decision = store:decisions()[1]
    assert.equal("SEC-***", decision.consumer)
    assert.equal("badge=***", decision.project)
    assert.equal("ann@example.com", decision.user)
    assert.is_nil(decision.notes) -- left out, as something was found
    assert.same({ VCPU = 2 }, decision.amounts)
    assert.matches('"consumer":"SEC%-%*%*%*","project":"badge=%*%*%*","user":"ann@example.com"',
      lines[#lines])
    assert(store:unload_policy "redaction")
    _, err = store:provider "badge=k7-1134"
    assert.equal("badge=k7-1134", err.provider)
  end)

  it("is added to the rules of the store's logger", function()
    local own = assert(berth.logger { sink = function() end, rules = { { field = "locker" } } })
    local store <close> = assert(berth.open(":memory:", { logger = own,
      policies = { "redaction" } }))
    local _, err = store:provider "locker=a9-33 badge=k7-1134"
    assert.equal("locker=*** badge=***", err.provider)
    assert.equal("locker=*** badge=k7-1134", own:redact "locker=a9-33 badge=k7-1134")
  end)

  it("serves the filter", function()
    local directory, remove = command.directory()
    command.write(directory .. "/log", "badge=k7-1134\nto ann@example.com\n")
    local run = command.run("redact", "--policy", "redaction", "--report", directory .. "/log")
    assert.equal("badge=***\nto ann@example.com\n", run.out)
    assert.matches("1  site_field\n", run.err)
    remove()
  end)
end)

describe("a set of policies with a faulty redaction", function()
  local store
  before_each(function()
    store = assert(berth.open(":memory:", { policies = { "redaction" } }))
    assert(store:create_provider { name = "node-7", inventories = { VCPU = 8 } })
  end)
  after_each(function() store:close() end)

  local function load(parameters, text)
    return store:load_policy("redaction", parameters, { text = text })
  end

  local function still_masks()
    local _, err = store:provider "badge=k7-1134"
    assert.equal("badge=***", err.provider)
    assert.equal(1, #store:policies())
  end

  it("is refused and leaves the old one in force", function()
    for _, broken in ipairs {
      { { patterns = { { name = "x", pattern = "(" } } } }, -- no regular expression
      { { patterns = { { name = "x" } } } }, -- no rule
      { { fields = { 7 } } },
      { nil, "return policy { rules = function() return 7 end }" },
      { nil, "return policy { rules = function() error 'x' end }" },
      { nil, "return policy { rules = function() return { { feild = 'x' } } end }" },
      { nil, "return policy { rules = function() while true do end end }" },
      { nil, "return policy { rules = 7 }" },
    } do
      local done, err = load(broken[1], broken[2])
      assert.is_nil(done)
      assert.is_string(err.code)
      still_masks()
      assert.is_nil(store:load_policies { { path = "redaction", parameters = broken[1],
        text = broken[2] } })
      still_masks()
    end
  end)

  it("withholds what a redact hook fails on, and never shows it", function()
    for _, body in ipairs { "error 'x'", "return 7", "return nil", "while true do end",
      "return { message = {} }" } do
      assert(load(nil, "return policy { redact = function(record) " .. body .. " end }"))
      assert(store:load_policy("no", nil, { text = [[return policy { admit = function()
        return deny("no", "password=hunter22") end }]] }))
      local _, refusal = store:place { consumer = "vm-1", resources = { VCPU = 1 } }
      assert.equal("denied", refusal.code)
      local decisions = store:decisions()
      assert.equal(#decisions, decisions[#decisions].id)
      assert.is_nil(decisions[#decisions].consumer)
      local _, err = store:provider "password=hunter22"
      assert.equal("not_found", err.code)
      assert.not_matches("hunter22", tostring(err))
      assert.is_nil(err.provider)
    end
  end)

  it("lets a redact hook without rules see every record, and change it", function()
    assert(load(nil, [[return policy { redact = function(record)
      if record.message then record.message = record.message:upper() end
      record.provider = nil
      return record
    end }]]))
    local _, err = store:provider "node-8"
    assert.equal("THERE IS NO PROVIDER NODE-8", err.message)
    assert.is_nil(err.provider)
  end)
end)
