-- best_fit over plain tables: its scores, exactly, and its choice of devices.

local views = require "spec.support.views"

describe("best_fit", function()
  local policy = views.load "best_fit"
  local whole = { cpu = 8000, memory = 1, gpus = 1, milli = 1000 }

  it("gives 100 for a tree that is used up and 0 for a whole one left over", function()
    assert.equal(100, (views.score(policy, { cpu = 8000, gpus = { 1000, 0 } }, whole, { 1 })))
    local large = { cpu = 136000, gpus = { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 } }
    assert.equal(0, (views.score(policy, large, whole, { 1 })))
  end)

  it("rounds down exactly: a hair over nothing left costs a point", function()
    assert.equal(99, (views.score(policy, { cpu = 8001, gpus = { 1000 } }, whole, { 1 })))
  end)

  it("weighs classes by their scale", function()
    -- Half of the largest node's CPU, a quarter of its GPUs: (1/2 + 1/4) / 2 = 37.5 %.
    local node = { cpu = 72000, gpus = { 1000, 1000, 1000 } }
    assert.equal(62, (views.score(policy, node, whole, { 1 })))
    local policy_of_cpu = views.load("best_fit", { scale = { CUSTOM_VCPU_MILLI = 128000 } })
    assert.equal(50, (views.score(policy_of_cpu, { cpu = 72000, gpus = { 1000 } }, whole, { 1 })))
  end)

  it("puts a slice on the fullest device", function()
    local slice = { cpu = 1000, memory = 1, gpus = 1, milli = 300 }
    local node = { cpu = 64000, gpus = { 1000, 400, 700 } }
    local score, preference = views.score(policy, node, slice, { 2 })
    local other, worse = views.score(policy, node, slice, { 3 })
    assert.equal(score, other)
    assert.is_true(preference > worse)
  end)

  it("takes scales that do not divide each other", function()
    local odd = views.load("best_fit", { scale = { CUSTOM_VCPU_MILLI = 7, CUSTOM_GPU_MILLI = 3 } })
    -- 3 of 7 and 1 of 3 left: (9/21 + 7/21) / 2 = 38.1 %.
    local pod = { cpu = 0, memory = 1, gpus = 0, milli = 0 }
    assert.equal(61, (views.score(odd, { cpu = 3, gpus = { 1 } }, pod)))
  end)
end)
