--- A store of three nodes, with 8, 16 and 24 VCPU, for specs that load policies into it from text.
local berth = require "berth"

local policies = {}

local store

--- A new store, for what is below too.
function policies.open()
  store = assert(berth.open ":memory:")
  for i = 1, 3 do
    assert(store:create_provider { name = "node" .. i, inventories = { VCPU = 8 * i } })
  end
  return store
end

function policies.close()
  assert(store:check())
  store:close()
end

--- Loads text as a policy.
function policies.load(text, parameters, mode)
  return store:load_policy("test.lua", parameters, { text = text, mode = mode })
end

--- Loads a policy with one hook, given as the body of a function of (a, b).
function policies.hook(name, body, parameters, mode)
  return policies.load(([[return policy { name = "test", version = "7", parameters = { n = 1 },
    %s = function(a, b) %s end }]]):format(name, body), parameters, mode)
end

function policies.place(consumer, vcpu, project)
  return store:place { consumer = consumer or "c", project = project or "acme", user = "ann",
    resources = { VCPU = vcpu or 1 } }
end

--- The error of a call that was refused with the code.
function policies.refused(code, result, err)
  assert(result == nil, "it was not refused")
  assert(err.code == code, "refused with " .. tostring(err))
  return err
end

return policies
