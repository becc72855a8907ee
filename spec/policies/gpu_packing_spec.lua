-- gpu_packing over plain tables: used devices, used nodes, idle nodes.

local views = require "spec.support.views"

describe("gpu_packing", function()
  local policy = views.load "gpu_packing"
  local slice = { cpu = 1, memory = 1, gpus = 1, milli = 300 }
  local pair = { cpu = 1, memory = 1, gpus = 2, milli = 1000 }

  it("likes devices in use best, the fuller the better", function()
    assert.equal(97, (views.score(policy, { cpu = 9, gpus = { 305, 1000 } }, slice, { 1 })))
    assert.equal(91, (views.score(policy, { cpu = 9, gpus = { 1000, 999 } }, slice, { 2 })))
  end)

  it("likes free devices of a used node less, and fewer of them more", function()
    assert.equal(49, (views.score(policy, { cpu = 9, gpus = { 200, 1000 } }, slice, { 2 })))
    assert.equal(48, (views.score(policy, { cpu = 9, gpus = { 200, 1000, 1000 } }, pair, { 2, 3 })))
  end)

  it("likes idle nodes least, small ones before large ones", function()
    assert.equal(32, (views.score(policy, { cpu = 9, gpus = { 1000 } }, slice, { 1 })))
    assert.equal(31, (views.score(policy, { cpu = 9, gpus = { 1000, 1000 } }, pair, { 1, 2 })))
  end)

  it("prefers the fullest device within a tree", function()
    local node = { cpu = 9, gpus = { 500, 501 } }
    local score, preference = views.score(policy, node, slice, { 1 })
    local same, worse = views.score(policy, node, slice, { 2 })
    assert.equal(score, same)
    assert.is_true(preference > worse)
  end)

  it("does not care where requests without devices go", function()
    local cpu_only = { cpu = 1, memory = 1, gpus = 0, milli = 0 }
    assert.equal(0, (views.score(policy, { cpu = 9, gpus = { 305 } }, cpu_only)))
    assert.equal(0, (views.score(policy, { cpu = 9, gpus = { 1000 } }, cpu_only)))
  end)
end)
