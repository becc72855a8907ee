-- fgd over plain tables: how much fragmentation a claim makes or mends, exactly.

local views = require "spec.support.views"

describe("fgd", function()
  local whole = { cpu = 1000, gpus = 1, milli = 1000, count = 3, models = {} }
  local half = { cpu = 1000, gpus = 1, milli = 500, count = 1, models = {} }
  local slice = { cpu = 1000, memory = 1, gpus = 1, milli = 500 }

  it("keeps whole devices whole for those who want them", function()
    local policy = views.load("fgd", { typical = { whole, half } })
    local node = { cpu = 64000, gpus = { 1000, 500 } }
    local breaking = views.score(policy, node, slice, { 1 })
    local filling = views.score(policy, node, slice, { 2 })
    assert.is_true(filling > breaking)
  end)

  it("scores the sigmoid of what fragmentation goes down by", function()
    local policy = views.load("fgd", { typical = { whole } })
    -- A half-used device is waste for whole requests; using it up saves 500 of 1000.
    local score = views.score(policy, { cpu = 64000, gpus = { 500 } }, slice, { 1 })
    assert.equal(math.floor(100 / (1 + math.exp(-0.5))), score)
    -- Breaking a free one makes 500 of waste.
    score = views.score(policy, { cpu = 64000, gpus = { 1000 } }, slice, { 1 })
    assert.equal(math.floor(100 / (1 + math.exp(0.5))), score)
  end)

  it("counts everything idle as waste where too little cpu is left", function()
    local policy = views.load("fgd", { typical = { whole } })
    local cpu_only = { cpu = 1000, memory = 1, gpus = 0, milli = 0 }
    assert.equal(50, (views.score(policy, { cpu = 2000, gpus = { 1000 } }, cpu_only)))
    assert.equal(26, (views.score(policy, { cpu = 1999, gpus = { 1000 } }, cpu_only)))
  end)

  it("counts shapes of another model as waste", function()
    local typed = { cpu = 0, gpus = 1, milli = 1000, count = 1, models = { "T_A", "T_B" } }
    local policy = views.load("fgd", { typical = { typed } })
    local pod = { cpu = 1, memory = 1, gpus = 1, milli = 1000 }
    assert.equal(50, (views.score(policy, { cpu = 9, gpus = { 1000 }, model = "T_B" }, pod, { 1 })))
    assert.equal(73, (views.score(policy, { cpu = 9, gpus = { 1000 }, model = "T_C" }, pod, { 1 })))
  end)

  it("keeps whole devices whole when nobody says what is typical", function()
    local policy = views.load "fgd"
    local node = { cpu = 64000, gpus = { 1000, 500 } }
    local filling, breaking = views.score(policy, node, slice, { 2 }),
      views.score(policy, node, slice, { 1 })
    assert.is_true(filling > breaking)
  end)

  it("forgets without changing its answers", function()
    local policy = views.load("fgd", { typical = { whole, half } })
    local node = { cpu = 64000, gpus = { 1000, 500 } }
    local before = views.score(policy, node, slice, { 2 })
    for cpu = 1, 25000 do views.score(policy, { cpu = cpu, gpus = { 500 } }, slice, { 1 }) end
    assert.equal(before, (views.score(policy, node, slice, { 2 })))
  end)
end)
