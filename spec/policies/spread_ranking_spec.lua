-- spread as a ranking, over plain tables: fewest consumers first.

local views = require "spec.support.views"

describe("spread, as a ranking,", function()
  local policy = views.load "spread"
  local slice = { cpu = 1, memory = 1, gpus = 1, milli = 300 }

  it("prefers the tree with the fewest consumers", function()
    local few = views.score(policy, { cpu = 9, gpus = { 1000 }, consumers = 2 }, slice, { 1 })
    local many = views.score(policy, { cpu = 9, gpus = { 1000 }, consumers = 3 }, slice, { 1 })
    assert.is_true(few > many)
  end)

  it("still puts a slice on the fullest device of that tree", function()
    local node = { cpu = 9, gpus = { 900, 301 }, consumers = 1 }
    local score, first = views.score(policy, node, slice, { 1 })
    local same, second = views.score(policy, node, slice, { 2 })
    assert.equal(score, same)
    assert.is_true(second > first)
  end)
end)
