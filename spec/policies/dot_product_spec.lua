-- dot_product over plain tables: its scores, exactly, and its choice of devices.

local views = require "spec.support.views"

describe("dot_product", function()
  local policy = views.load "dot_product"

  it("gives 100 where nothing is free of what is asked", function()
    local cpu_only = { cpu = 0, memory = 1, gpus = 0, milli = 0 }
    assert.equal(100, (views.score(policy, { cpu = 128000, gpus = { 1000 } }, cpu_only)))
  end)

  it("gives 0 for the largest node, all free and asked for whole", function()
    local gpus = { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 }
    local pod = { cpu = 128000, memory = 1, gpus = 8, milli = 1000 }
    local all = { 1, 2, 3, 4, 5, 6, 7, 8 }
    assert.equal(0, (views.score(policy, { cpu = 128000, gpus = gpus }, pod, all)))
  end)

  it("prefers the tree with less free of what is asked", function()
    local pod = { cpu = 32000, memory = 1, gpus = 1, milli = 1000 }
    local little = views.score(policy, { cpu = 32000, gpus = { 1000, 1000 } }, pod, { 1 })
    local much = views.score(policy, { cpu = 128000, gpus = { 1000, 1000 } }, pod, { 1 })
    assert.is_true(little > much)
  end)

  it("rounds down exactly", function()
    local pod = { cpu = 1, memory = 1, gpus = 0, milli = 0 }
    assert.equal(99, (views.score(policy, { cpu = 1, gpus = {} }, pod)))
  end)

  it("puts a slice on the fullest device", function()
    local slice = { cpu = 1, memory = 1, gpus = 1, milli = 300 }
    local node = { cpu = 9, gpus = { 900, 301 } }
    local _, first = views.score(policy, node, slice, { 1 })
    local _, second = views.score(policy, node, slice, { 2 })
    assert.is_true(second > first)
  end)
end)
