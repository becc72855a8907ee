-- One of several processes that claim against the same file: racer.lua FILE NAME ROUNDS TRIES.
-- In each round it tries to claim for a project of its own; prints how many claims each round let
-- it have, or "failed: why" for anything but a denial of the policies.

local berth = require "berth"

local file, name, rounds, tries = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])

local store = assert(berth.open(file, { busy_timeout_ms = 120000, policies = {
  { path = "project_quota", parameters = { limits = { ["*"] = { VCPU = 10 } } } },
  { path = "anti_affinity", parameters = { per = "aggregate", max = 2, group = { "project" } } },
} }))

local had = {}
for round = 1, rounds do
  had[round] = 0
  for try = 1, tries do
    local claim, err = store:place { consumer = ("%s-%d-%d"):format(name, round, try),
      project = "round" .. round, resources = { VCPU = 1 } }
    if claim then
      had[round] = had[round] + 1
    elseif err.code ~= "denied" then
      print("failed: " .. tostring(err))
      os.exit(1)
    end
  end
end
print(table.concat(had, " "))
