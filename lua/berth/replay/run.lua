--- One replay: every arrival is placed in a transaction of its own, in order, in a store that holds
-- the fleet. Says what happened to whoever listens; knows nothing of files or screens.

local fault = require "berth.replay.fault"
local fleet = require "berth.replay.fleet"
local fragmentation = require "berth.replay.fragmentation"
local tally = require "berth.replay.tally"

local run = {}

-- Refusals that belong to a run; anything else is a defect of the policy or the store and ends it.
local EXPECTED = { no_candidate = true, denied = true }

--- The consumer of the n-th arrival.
function run.consumer(n)
  return ("arrival-%06d"):format(n)
end

--- What is to be replayed, with everything that follows from it.
-- @tparam {node,...} nodes in the order that decides ties
-- @tparam {request,...} arrivals in order
-- @tparam {request,...} usual the list that defines fragmentation
function run.plan(nodes, arrivals, usual)
  local typical = fragmentation.typical(usual)
  local all = table.move(usual, 1, #usual, #arrivals + 1, table.move(arrivals, 1, #arrivals, 1, {}))
  local built = fleet.new(nodes, all)
  return {
    nodes = nodes,
    arrivals = arrivals,
    fleet = built,
    typical = built:typical_parameter(typical),
    tally = tally.new(nodes, fragmentation.meter(typical), typical.scale),
  }
end

--- Place every arrival of a plan whose fleet stands in the store.
-- @param store an open store
-- @tparam string target what it is called in messages
-- @tparam table plan of run.plan; its tally is filled
-- @tparam function decided called after each commit with (request, node or nil, gpus)
function run.place(store, target, plan, decided)
  local built, counts = plan.fleet, plan.tally
  for n, request in ipairs(plan.arrivals) do
    local consumer = run.consumer(n)
    local claim, err = store:place(built:ask(request, consumer))
    if claim then
      local node, gpus = built:place_of(claim)
      counts:place(request, node, gpus)
      decided(request, node, gpus)
    elseif EXPECTED[err.code] then
      counts:refuse(request, err)
      decided(request, nil)
    else
      fault.from(("%s: %s"):format(target, consumer), err)
    end
  end
end

return run
