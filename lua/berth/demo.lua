--- A fleet and a day of requests made from a seed, realistic enough to show what berth does: 500
-- nodes with three kinds of GPUs, 5,000 requests of three projects that together want more than
-- there is, and a quota for each project.

local inputs = require "berth.replay.inputs"
local random = require "berth.replay.random"

local demo = {}

-- How many nodes, and what one of them has.
local NODES = {
  { count = 150, model = "A100", cpu = 128000, memory = 1048576, gpus = 8 },
  { count = 200, model = "L40S", cpu = 64000, memory = 524288, gpus = 4 },
  { count = 150, model = "T4", cpu = 32000, memory = 131072, gpus = 2 },
}

-- Of a thousand requests; `milli` of one GPU and `cpu` cores are lists to choose from.
local REQUESTS = {
  { share = 120, gpus = 0, cpu = { 1, 2, 4, 8, 16 } },
  { share = 330, gpus = 1, milli = { 100, 150, 200, 250, 300, 330 }, cpu = { 1, 2, 3, 4 } },
  { share = 250, gpus = 1, milli = { 400, 500, 500, 600, 700 }, cpu = { 2, 4, 6, 8 } },
  { share = 240, gpus = 1, milli = { 1000 }, cpu = { 4, 6, 8, 12 } },
  { share = 40, gpus = 2, milli = { 1000 }, cpu = { 8, 16, 24 } },
  { share = 15, gpus = 4, milli = { 1000 }, cpu = { 32, 48 } },
  { share = 5, gpus = 8, milli = { 1000 }, cpu = { 64, 96 } },
}
local ARRIVALS = 5000
local GIB_PER_CORE = { 2, 4, 4, 8 }
local MODELS = { "A100", "L40S", "T4" }

-- Of a hundred requests, and of all GPUs the percentage that the project may hold.
local PROJECTS = {
  { name = "vision", share = 45, quota = 40, users = { "ann", "ben", "chen" } },
  { name = "speech", share = 35, quota = 36, users = { "dora", "emil" } },
  { name = "search", share = 20, quota = 30, users = { "finn", "gita" } },
}

-- The entry of a list in which a draw from 1 .. the sum of the shares falls.
local function draw(rng, list)
  local sum = 0
  for _, entry in ipairs(list) do sum = sum + entry.share end
  local ticket = rng:below(sum)
  for _, entry in ipairs(list) do
    ticket = ticket - entry.share
    if ticket <= 0 then return entry end
  end
end

local function make_nodes(rng)
  local nodes = {}
  for _, kind in ipairs(NODES) do
    for _ = 1, kind.count do
      nodes[#nodes + 1] = { cpu = kind.cpu, memory = kind.memory, gpus = kind.gpus,
        model = kind.model }
    end
  end
  rng:shuffle(nodes)
  for i, node in ipairs(nodes) do node.name = ("node-%03d"):format(i) end
  return nodes
end

local function make_request(rng)
  local kind, project = draw(rng, REQUESTS), draw(rng, PROJECTS)
  local cores = rng:choice(kind.cpu)
  local models = {}
  -- One in eight of the small GPU requests insists on a model.
  if kind.gpus == 1 and rng:below(8) == 1 then models[1] = rng:choice(MODELS) end
  return {
    cpu = cores * 1000,
    memory = cores * rng:choice(GIB_PER_CORE) * 1024,
    gpus = kind.gpus,
    milli = kind.gpus > 0 and rng:choice(kind.milli) or 0,
    models = models,
    spec = table.concat(models, "|"),
    project = project.name,
    user = rng:choice(project.users),
  }
end

--- @tparam integer seed
-- @treturn {node,...} as of berth.replay.inputs
-- @treturn {request,...} in order of arrival
-- @treturn table the limits of the policy project_quota
function demo.make(seed)
  local rng = random.new(seed)
  local nodes, requests, gpus = make_nodes(rng), {}, 0
  for i = 1, ARRIVALS do requests[i] = make_request(rng) end
  for _, node in ipairs(nodes) do gpus = gpus + node.gpus end
  local limits = {}
  for _, project in ipairs(PROJECTS) do
    limits[project.name] = { CUSTOM_GPU_MILLI = gpus * inputs.WHOLE * project.quota // 100 }
  end
  return nodes, requests, limits
end

return demo
