-- `berth report`: the numbers behind the picture, and a picture that is safe and whole.

local berth = require "berth"
local command = require "spec.support.command"
local svg = require "berth.svg"

local directory, remove, db

setup(function()
  directory, remove = command.directory()
  db = directory .. "/fleet.db"
  local store <close> = assert(berth.open(db))
  for i = 1, 3 do
    local node = assert(store:create_provider { name = "node-" .. i,
      inventories = { VCPU = { total = 10, reserved = 2, allocation_ratio = 1.5 } } })
    assert(store:create_provider { name = "node-" .. i .. "-gpu", parent = node,
      inventories = { PGPU = 4 } })
  end
  assert(store:create_provider { name = "<script>&", inventories = { VCPU = 1 } })
  assert(store:allocate { consumer = "one", project = "acme", user = "ann",
    allocations = { ["node-1"] = { VCPU = 6 }, ["node-1-gpu"] = { PGPU = 3 } } })
  assert(store:allocate { consumer = "two", project = "<b>", user = "ben",
    allocations = { ["node-2-gpu"] = { PGPU = 4 } } })
end)

teardown(function() remove() end)

local function report(...)
  return command.run("report", db, ...)
end

-- Elements that are opened and never closed, or the other way round.
local function unbalanced(text)
  local open = 0
  for slash, empty in text:gmatch "<(/?)%a[^<>]-(/?)>" do
    if slash == "/" then open = open - 1 elseif empty == "" then open = open + 1 end
  end
  return open
end

describe("a report", function()
  it("counts classes, trees and projects", function()
    local found = require "dkjson".decode(report("--json").out)
    assert.same({ { name = "PGPU", used = 7, capacity = 12 },
      { name = "VCPU", used = 6, capacity = 37 } }, found.classes)
    assert.equal("PGPU", found.class)
    assert.equal(7, found.providers)
    assert.equal(2, found.consumers)
    assert.equal(4, #found.trees)
    assert.same({ name = "node-1", providers = 2, used = { VCPU = 6, PGPU = 3 },
      capacity = { VCPU = 12, PGPU = 4 } }, found.trees[2])
    assert.same({ { name = "<b>", used = { PGPU = 4 } },
      { name = "acme", used = { VCPU = 6, PGPU = 3 } } }, found.projects)
  end)

  it("draws them, and shows hostile names as text", function()
    local text = report().out
    assert.matches("^<svg .*</svg>\n$", text)
    assert.matches("58%.3 %% of 12", text)
    assert.matches("3 trees, by name: how full of PGPU", text)
    assert.matches("node%-2: 100%.0 %%", text)
    assert.not_matches("<b>", text, 1, true)
    assert.equal(0, unbalanced(text))
    local of_vcpu = report("--class", "VCPU").out
    assert.matches("&lt;script&gt;&amp;", of_vcpu)
    assert.not_matches("<script>", of_vcpu, 1, true)
  end)

  it("goes to a file where one is named", function()
    local path = directory .. "/report.svg"
    local result = report("--output", path)
    assert.equal("", result.out)
    assert.equal(report().out, command.read(path))
    local both = report("--output", path, "--json")
    assert.matches("^{", both.out)
  end)

  it("names the nearest class for one that nobody has", function()
    local result = report("--class", "PGPV")
    assert.equal(1, result.code)
    assert.equal("berth: not_found: no provider has PGPV\ndid you mean 'PGPU'?\n", result.err)
  end)

  it("does not make a store that is not there", function()
    local result = command.run("report", directory .. "/none.db")
    assert.is_true(result.code ~= 0)
    assert.matches("^berth: [^\n]+\n", result.err)
    assert.is_nil(io.open(directory .. "/none.db"))
  end)

  it("of an empty fleet is a picture too", function()
    assert(berth.open(directory .. "/empty.db")):close()
    local result = command.run("report", directory .. "/empty.db")
    assert.equal(0, result.code)
    assert.equal(0, unbalanced(result.out))
  end)

  it("of a large fleet puts several trees into one square", function()
    local picture = require "berth.report.picture"
    local found = { providers = 7000, consumers = 1, classes = { { name = "V", used = 1,
      capacity = 7000 } }, trees = {}, projects = {} }
    for i = 1, 7000 do
      found.trees[i] = { name = "t" .. i, providers = 1, used = { V = i == 1 and 1 or 0 },
        capacity = { V = 1 } }
    end
    local text = picture.draw(found, "large", found.classes[1])
    assert.matches("3 trees a square", text)
    assert.matches("t1 to t3: 33%.3 %%", text)
    assert.is_true(#text < 1000000)
  end)
end)

describe("svg", function()
  it("escapes text and attributes", function()
    local drawing = svg.new(10, 10, "a<b")
    drawing:text(1, 2, 'x & "y"\0', { fill = '"><script>' })
    local text = drawing:finish()
    assert.matches("<title>a&lt;b</title>", text, 1, true)
    assert.matches('fill="&quot;&gt;&lt;script&gt;"', text, 1, true)
    assert.matches("x &amp; &quot;y&quot; <", text, 1, true)
  end)

  it("writes numbers short", function()
    assert.equal("1.5", svg.number(1.50))
    assert.equal("10", svg.number(10.0))
    assert.equal("0", svg.number(-0.001))
  end)
end)
