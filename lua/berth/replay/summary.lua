--- The summary of a replay as text for people.

local output = require "berth.cli.output"

local summary = {}

local function percent(value)
  return ("%.2f %%"):format(value)
end

local function line(label, format, ...)
  output.line(("%-15s%s"):format(label, format:format(...)))
end

-- One line for each reason and project: how many, and of which kinds.
local function print_refusals(result)
  line("refused", "%d", result.refused)
  local groups, by_key = {}, {}
  for _, refusal in ipairs(result.refusals) do
    local why = refusal.reason or refusal.code
    if refusal.policy then why = ("%s by %s"):format(why, refusal.policy) end
    if refusal.class then why = ("%s for %s"):format(why, refusal.class) end
    if refusal.project then why = ("%s, %s"):format(why, refusal.project) end
    local group = by_key[why]
    if not group then
      group = { why = why, count = 0, kinds = {} }
      by_key[why], groups[#groups + 1] = group, group
    end
    group.count = group.count + refusal.count
    table.insert(group.kinds, ("%d %s"):format(refusal.count, refusal.kind))
  end
  table.sort(groups, function(x, y)
    return x.count > y.count or (x.count == y.count and x.why < y.why)
  end)
  for _, group in ipairs(groups) do
    line("", "%d  %s: %s", group.count, group.why, table.concat(group.kinds, ", "))
  end
end

local function print_allocation(result)
  local classes, rows = {}, {}
  for class in pairs(result.allocation) do classes[#classes + 1] = class end
  table.sort(classes)
  for i, class in ipairs(classes) do
    local one = result.allocation[class]
    rows[i] = { class, one.allocated, one.capacity, percent(one.percent) }
  end
  output.line ""
  output.table({ "class", "allocated", "capacity", "share" }, rows)
  output.line ""
end

--- @tparam table result of berth.replay.tally, with what the command adds
function summary.print(result)
  line("policy", "%s", result.policy)
  line("nodes", "%d with %d GPUs", result.nodes, result.gpus)
  if result.nodes_left_out > 0 then line("", "%d left out by the order", result.nodes_left_out) end
  line("arrivals", "%d", result.arrivals)
  line("placed", "%d", result.placed)
  print_refusals(result)
  print_allocation(result)
  local last = result.at_last_percent
  local means = percent(last.allocation) .. " allocated"
  if result.fragmentation then
    line("fragmentation", "%s of the GPUs, %s of the idle ones",
      percent(result.fragmentation.percent_of_capacity),
      percent(result.fragmentation.percent_of_idle))
    means = ("%s, %s fragmented"):format(means, percent(last.fragmentation))
  end
  line("at demand", "%d %%: %s (means over the arrivals of this percent)", last.demand, means)
  line("time", "%.2f s, %.0f placements a second", result.seconds,
    result.placements_per_second or 0)
end

return summary
