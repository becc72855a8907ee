-- gpu_clustering over plain tables: kinds, who is there already, how full devices are.

local views = require "spec.support.views"

describe("gpu_clustering", function()
  local policy = views.load "gpu_clustering"
  local slice = { cpu = 1, memory = 1, gpus = 1, milli = 300 }
  local one = { cpu = 1, memory = 1, gpus = 1, milli = 1000 }
  local four = { cpu = 1, memory = 1, gpus = 4, milli = 1000 }

  local function score(types, pod, free)
    return (views.score(policy, { cpu = 9, gpus = free or { 8000 }, types = types }, pod, { 1 }))
  end

  it("likes its own kind alone, then among others, then nobody, then strangers", function()
    assert.equal(75, score({ "SHARE" }, slice))
    assert.equal(50, score({ "GPU_1", "SHARE" }, slice))
    assert.equal(25, score({}, slice))
    assert.equal(0, score({ "GPU_1" }, slice))
  end)

  it("tells kinds by how many whole devices are asked for", function()
    assert.equal(75, score({ "GPU_1" }, one))
    assert.equal(0, score({ "GPU_1" }, four))
    assert.equal(75, score({ "GPU_4" }, four))
  end)

  it("does not count consumers that hold no device", function()
    assert.equal(75, score({ "CPU", "SHARE", "unknown" }, slice))
    assert.equal(25, score({ "CPU" }, slice))
  end)

  it("adds up to 25 for how full the devices are, rounded down", function()
    assert.equal(100, score({ "SHARE" }, slice, { 0 }))
    assert.equal(75 + 12, score({ "SHARE" }, slice, { 4000 }))
    assert.equal(75 + 24, score({ "SHARE" }, slice, { 1 }))
  end)

  it("puts a slice on the fullest device", function()
    local node = { cpu = 9, gpus = { 900, 301 }, types = { "SHARE" } }
    local _, first = views.score(policy, node, slice, { 1 })
    local _, second = views.score(policy, node, slice, { 2 })
    assert.is_true(second > first)
  end)

  it("does not care where requests without devices go", function()
    assert.equal(0, score({ "SHARE" }, { cpu = 1, memory = 1, gpus = 0, milli = 0 }))
  end)
end)
