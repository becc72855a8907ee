-- random over plain tables: repeatable, and even over trees and devices.

local views = require "spec.support.views"

describe("random", function()
  local function pod(consumer, milli)
    return { cpu = 1, memory = 1, gpus = milli and 1 or 0, milli = milli or 0, consumer = consumer }
  end

  local function winner(policy, consumer)
    local best, chosen = -1, nil
    for i = 1, 5 do
      local score = views.score(policy, { name = "node-" .. i, cpu = 9, gpus = { 1000 } },
        pod(consumer))
      if score > best then best, chosen = score, i end
    end
    return chosen
  end

  it("answers the same for the same seed and consumer", function()
    local one, two = views.load("random", { seed = 7 }), views.load("random", { seed = 7 })
    for i = 1, 20 do assert.equal(winner(one, "c" .. i), winner(two, "c" .. i)) end
  end)

  it("answers otherwise for another seed", function()
    local one, two, same = views.load("random", { seed = 7 }), views.load("random", { seed = 8 }), 0
    for i = 1, 100 do
      if winner(one, "c" .. i) == winner(two, "c" .. i) then same = same + 1 end
    end
    assert.is_true(same < 60)
  end)

  it("gives every tree its share", function()
    local policy, counts = views.load("random", { seed = 1 }), { 0, 0, 0, 0, 0 }
    for i = 1, 2000 do
      local chosen = winner(policy, "c" .. i)
      counts[chosen] = counts[chosen] + 1
    end
    for _, count in ipairs(counts) do assert.is_true(count > 300 and count < 500) end
  end)

  it("gives every device its share, though equally free ones are offered once", function()
    local policy, used = views.load("random", { seed = 1 }), 0
    local node = { name = "node", cpu = 9, gpus = { 1000, 500, 1000, 1000 } }
    for i = 1, 2000 do
      local _, free = views.score(policy, node, pod("c" .. i, 100), { 1 })
      local _, half = views.score(policy, node, pod("c" .. i, 100), { 2 })
      if half > free then used = used + 1 end
    end
    assert.is_true(used > 400 and used < 600)
  end)
end)
