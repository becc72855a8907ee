--- The three kinds of files of a replay as plain records: nodes, requests (a trace or a list of
-- arrivals) and an order of nodes. Everything is checked here, before any store is opened.
--
--   node     {name=, cpu=, memory=, gpus=, model=, line=}
--   request  {cpu=, memory=, gpus=, milli=, models={sorted, distinct}, spec="A|B", project=, user=}
--
-- `milli` is thousandths of ONE GPU and 0 for a request without GPUs.

local csv = require "berth.replay.csv"
local fault = require "berth.replay.fault"

local inputs = {}

--- What one whole GPU counts.
inputs.WHOLE = 1000

local AMOUNT_MAX = (1 << 53) - 1
local NODE_GPUS_MAX = 1024
local REQUEST_GPUS_MAX = 255
local NAME_MAX = 180 -- leaves room for the suffix of a GPU's name
local WORD_MAX = 255

-- A whole number of 0 .. max in a column, or a sentence of what it is instead.
local function whole(row, reader, column, max)
  local text = row[column]
  if not text:find("^%d+$") then
    if text == "" then reader:fail(column, "it is empty where a whole number is due") end
    if text:find("^%-%d+$") then reader:fail(column, "%s is negative", fault.show(text)) end
    reader:fail(column, "%s is not a whole number", fault.show(text))
  end
  local value = #text <= 18 and math.tointeger(tonumber(text)) or math.maxinteger
  if value > max then reader:fail(column, "%s is more than %d", fault.show(text), max) end
  return value
end

-- A name: not empty, of bounded length, without control characters.
local function name(row, reader, column, longest)
  local text = row[column]
  if text == "" then reader:fail(column, "it is empty") end
  if utf8.len(text) > longest then
    reader:fail(column, "it is longer than %d characters", longest)
  end
  if text:find("%c") then reader:fail(column, "%s holds a control character", fault.show(text)) end
  return text
end

--- The name of a node's n-th GPU, counted from 0.
function inputs.gpu_name(node_name, n)
  return ("%s-gpu%d"):format(node_name, n)
end

--- @tparam string path of a file with the columns sn, cpu_milli, memory_mib, gpu and perhaps model
function inputs.nodes(path)
  local nodes, lines = {}, {}
  csv.each(path, { "sn", "cpu_milli", "memory_mib", "gpu" }, function(row, reader)
    local node = {
      name = name(row, reader, "sn", NAME_MAX),
      cpu = whole(row, reader, "cpu_milli", AMOUNT_MAX),
      memory = whole(row, reader, "memory_mib", AMOUNT_MAX),
      gpus = whole(row, reader, "gpu", NODE_GPUS_MAX),
      model = row.model or "",
      line = reader.line,
    }
    if node.model ~= "" then name(row, reader, "model", WORD_MAX) end
    if lines[node.name] then
      reader:fail("sn", "%s is already on line %d", fault.show(node.name), lines[node.name])
    end
    lines[node.name] = reader.line
    nodes[#nodes + 1] = node
  end)
  if #nodes == 0 then fault.raise(fault.INPUT, "%s:1: no node follows the header", path) end
  for _, node in ipairs(nodes) do
    for i = 0, node.gpus - 1 do
      local clash = lines[inputs.gpu_name(node.name, i)]
      if clash then
        fault.raise(fault.INPUT,
          "%s:%d: column sn: the name is that of GPU %d of the node on line %d",
          path, clash, i, node.line)
      end
    end
  end
  return nodes
end

-- Thousandths of one GPU; a fraction is cut off and more than a whole one is a whole one.
local function milli(row, reader, gpus)
  local text = row.gpu_milli or ""
  if text ~= "" then
    row.gpu_milli = text:match("^(%d+)%.%d*$") or text
    local value = math.min(whole(row, reader, "gpu_milli", AMOUNT_MAX), inputs.WHOLE)
    if gpus == 0 then return 0 end
    if value > 0 then return value end
  elseif gpus == 0 then
    return 0
  end
  reader:fail("gpu_milli", "it is %s where num_gpu is %d", text == "" and "empty" or text, gpus)
end

-- The distinct models of "A|B", sorted.
local function models(text)
  local list, seen = {}, {}
  for model in text:gmatch("[^|]+") do
    if not seen[model] then
      seen[model] = true
      list[#list + 1] = model
    end
  end
  table.sort(list)
  return list
end

--- @tparam string path of a file with the columns cpu_milli, memory_mib, num_gpu and perhaps
-- gpu_milli, gpu_spec, project, user
function inputs.requests(path)
  local requests = {}
  csv.each(path, { "cpu_milli", "memory_mib", "num_gpu" }, function(row, reader)
    local gpus = whole(row, reader, "num_gpu", REQUEST_GPUS_MAX)
    local spec = row.gpu_spec or ""
    if spec ~= "" then name(row, reader, "gpu_spec", WORD_MAX) end
    local request = {
      cpu = whole(row, reader, "cpu_milli", AMOUNT_MAX),
      memory = whole(row, reader, "memory_mib", AMOUNT_MAX),
      gpus = gpus,
      milli = milli(row, reader, gpus),
      models = gpus > 0 and models(spec) or {},
    }
    request.spec = table.concat(request.models, "|")
    for _, column in ipairs { "project", "user" } do
      if (row[column] or "") ~= "" then request[column] = name(row, reader, column, WORD_MAX) end
    end
    if request.cpu + request.memory + gpus == 0 then
      reader:fail("cpu_milli", "the request asks for nothing")
    end
    requests[#requests + 1] = request
  end)
  if #requests == 0 then fault.raise(fault.INPUT, "%s:1: no request follows the header", path) end
  return requests
end

--- Bring nodes into the order of a file with the column sn.
-- @return the nodes it names, in its order, and how many it leaves out
function inputs.ordered(path, nodes)
  local by_name, taken, ordered = {}, {}, {}
  for _, node in ipairs(nodes) do by_name[node.name] = node end
  csv.each(path, { "sn" }, function(row, reader)
    local node = by_name[name(row, reader, "sn", NAME_MAX)]
    if not node then
      reader:fail("sn", "%s is not among the nodes", fault.show(row.sn))
    end
    if taken[node] then
      reader:fail("sn", "%s is already on line %d", fault.show(row.sn), taken[node])
    end
    taken[node] = reader.line
    ordered[#ordered + 1] = node
  end)
  if #ordered == 0 then fault.raise(fault.INPUT, "%s:1: no node follows the header", path) end
  return ordered, #nodes - #ordered
end

--- "CPU", "SHARE", "GPU_1", "GPU_2", ...: what kind of demand a request is; also the type under
-- which its consumer is kept, so that policies can tell the kinds in a tree apart.
function inputs.kind(request)
  if request.gpus == 0 then return "CPU" end
  if request.gpus == 1 and request.milli < inputs.WHOLE then return "SHARE" end
  return "GPU_" .. request.gpus
end

return inputs
