-- `berth explain DB QUERY`: what each condition of a request rules out, who came nearest, and what
-- would have to give; as a tree that people can read.

local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

local function trees(n)
  return n == 1 and "1 tree" or ("%d trees"):format(n)
end

local TOGETHER = { together = true, isolate = true, subtree = true, filter = true,
                   admit = true }

local function title_of(step)
  if step.kind == "root" then return "the root of a tree" end
  if TOGETHER[step.kind] then return "all together" end
  return step.group == "" and "the request" or "group " .. step.group
end

-- Steps in their order, those of one group under its title: {{title =, steps =}, ...}.
local function by_group(steps)
  local groups = {}
  for _, step in ipairs(steps) do
    local last, title = groups[#groups], title_of(step)
    if not last or last.title ~= title then
      last = { title = title, steps = {} }
      groups[#groups + 1] = last
    end
    table.insert(last.steps, step)
  end
  return groups
end

-- The title says which group.
local function text_of(step)
  local tail = step.group and step.group ~= "" and ", group " .. step.group or ""
  if tail ~= "" and step.text:sub(-#tail) == tail then return step.text:sub(1, -#tail - 1) end
  return step.text
end

local function print_step(step, bar, last)
  local rules_out = "rules out none"
  if step.in_turn > 0 then
    rules_out = ("rules out %s, %d left"):format(trees(step.in_turn), step.left)
  end
  local alone = step.alone ~= step.in_turn and (" (alone %d)"):format(step.alone) or ""
  output.tell(("%s%s %s: %s%s"):format(bar, last and "└─" or "├─", text_of(step), rules_out, alone))
end

local function print_steps(found)
  output.tell(trees(found.trees))
  local groups = by_group(found.steps)
  for g, group in ipairs(groups) do
    local last = g == #groups
    output.tell((last and "└─ " or "├─ ") .. group.title)
    for s, step in ipairs(group.steps) do
      print_step(step, last and "   " or "│  ", s == #group.steps)
    end
  end
end

local function print_near(found, name)
  for _, near in ipairs(found.nearest) do
    local step = found.steps[near.step]
    local have = near.have and (", has %d"):format(near.have) or ""
    local who = near.provider and near.provider ~= near.root
      and (" (%s%s)"):format(name(near.provider), have)
    output.tell(("nearest: %s, failed at %s%s"):format(name(near.root), step.text, who or have))
  end
end

return {
  summary = "Tell why a request has few places or none.",

  configure = function(command)
    fleet.argument(command)
    command:argument("query", "What is asked for; see 'berth candidates --help'.")
    fleet.asking(command)
    command:flag("--json", "Print JSON.")
  end,

  run = function(args)
    local store <close> = fleet.open(args.db, { read_only = true, policies = args.policy })
    local found = fleet.must(store:explain { request = args.query, project = args.project,
      user = args.user, consumer_type = args.type })
    if args.json then return output.json(found) end
    print_steps(found)
    output.tell(found.left > 0 and trees(found.left) .. " can serve it" or "no tree can serve it")
    print_near(found, fleet.namer(store))
    for _, relaxation in ipairs(found.relaxations) do
      output.tell("would do: " .. relaxation.text)
    end
  end,
}
