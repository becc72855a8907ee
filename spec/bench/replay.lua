-- Placements per second of a whole replay under every ranking: the demo's fleet, and the default
-- list of the openb trace where BERTH_OPENB names its directory. Durable, a new store each.

local command = require "spec.support.command"
local json = require "dkjson"

local RANKINGS = { "first_fit", "best_fit", "dot_product", "gpu_packing", "gpu_clustering", "fgd",
  "spread", "random" }

local function measure(label, ...)
  for _, policy in ipairs(RANKINGS) do
    local result = command.run("replay", "--policy", policy, "--json", ...)
    assert(result.code == 0, result.err)
    local summary = json.decode(result.out)
    print(("%-8s %-15s %6d of %6d placed  %7.2f s  %8.0f placements/s"):format(label, policy,
      summary.placed, summary.arrivals, summary.seconds, summary.placements_per_second))
  end
end

measure("demo", "--demo")
local data = os.getenv "BERTH_OPENB"
if data then
  measure("openb", "--nodes", data .. "/openb_node_list_gpu_node.csv",
    "--requests", data .. "/pods/openb_pod_list_default.csv.gz", "--inflate", "1.3")
end
