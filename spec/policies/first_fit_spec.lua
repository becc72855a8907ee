-- first_fit over plain tables: all trees alike, and its choice of devices.

local views = require "spec.support.views"

describe("first_fit", function()
  local policy = views.load "first_fit"
  local slice = { cpu = 1000, memory = 1, gpus = 1, milli = 300 }

  it("scores all trees the same, so that the first one wins", function()
    local empty = { name = "a", cpu = 64000, gpus = { 1000, 1000 } }
    local busy = { name = "b", cpu = 2000, gpus = { 300, 1000 } }
    local one = views.score(policy, empty, slice, { 1 })
    local two = views.score(policy, busy, slice, { 1 })
    assert.equal(one, two)
  end)

  it("puts a slice on the fullest device", function()
    local node = { name = "a", cpu = 64000, gpus = { 1000, 400, 700 } }
    local preferences = {}
    for i = 1, 3 do preferences[i] = select(2, views.score(policy, node, slice, { i })) end
    assert.is_true(preferences[2] > preferences[3] and preferences[3] > preferences[1])
  end)

  it("has no preference where no device is asked for", function()
    local node = { name = "a", cpu = 64000, gpus = { 1000 } }
    assert.same({ 0 }, { views.score(policy, node, { cpu = 1, memory = 1, gpus = 0, milli = 0 }) })
  end)
end)
