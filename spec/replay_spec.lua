-- `berth replay`: its decisions against a slow simulator that shares no code with it, its input
-- refused before anything is written, and what it leaves in the store, killed or not.

local arrivals = require "berth.replay.arrivals"
local berth = require "berth"
local command = require "spec.support.command"
local demo = require "berth.demo"
local fragmentation = require "berth.replay.fragmentation"
local random = require "berth.replay.random"
local slow = require "spec.support.slow_replay"

local directory, remove

setup(function() directory, remove = command.directory() end)
teardown(function() remove() end)

local function path(name)
  return directory .. "/" .. name
end

-- --- a small cluster and its requests ----------------------------------------------------

local MODELS = { "T4", "V100 M16", "a10" }

local function make_nodes(rng, count)
  local nodes = {}
  for i = 1, count do
    local gpus = rng:choice { 0, 1, 2, 4, 8 }
    nodes[i] = { name = "n" .. i, cpu = rng:choice { 8000, 32000, 96000 },
      memory = rng:choice { 32768, 131072, 393216 }, gpus = gpus,
      model = gpus > 0 and rng:choice(MODELS) or "" }
  end
  return nodes
end

local function make_requests(rng, count)
  local requests = {}
  for i = 1, count do
    local gpus, models = rng:choice { 0, 1, 1, 1, 1, 1, 2, 4 }, {}
    if gpus > 0 and rng:below(3) == 1 then
      for _, model in ipairs(MODELS) do
        if rng:below(2) == 1 then models[#models + 1] = model end
      end
      table.sort(models)
    end
    local milli = gpus == 1 and rng:choice { 100, 230, 500, 700, 1000, 1000 } or 1000
    requests[i] = { cpu = rng:choice { 0, 1000, 4000, 6000, 11400 }, memory = 1024 * rng:below(16),
      gpus = gpus, milli = gpus > 0 and milli or 0, models = models }
  end
  -- A request for neither CPU nor memory, but for a model.
  requests[7] = { cpu = 0, memory = 0, gpus = 2, milli = 1000, models = { "T4" } }
  return requests
end

local function write_nodes(name, nodes)
  local lines = { "sn,cpu_milli,memory_mib,gpu,model" }
  for _, node in ipairs(nodes) do
    lines[#lines + 1] = ("%s,%d,%d,%d,%s"):format(node.name, node.cpu, node.memory, node.gpus,
      node.model)
  end
  command.write(path(name), table.concat(lines, "\n") .. "\n")
  return path(name)
end

local function write_requests(name, requests)
  local lines = { "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec" }
  for i, r in ipairs(requests) do
    lines[#lines + 1] = ("r%d,%d,%d,%d,%d,%s"):format(i, r.cpu, r.memory, r.gpus, r.milli,
      table.concat(r.models, "|"))
  end
  command.write(path(name), table.concat(lines, "\n") .. "\n")
  return path(name)
end

-- What --decisions should hold.
local function expected(policy, nodes, requests)
  local lines = { "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,sn,gpus\r\n" }
  for i, answer in ipairs(slow.replay(policy, nodes, requests, requests)) do
    local r = requests[i]
    lines[i + 1] = ("%d,%d,%d,%d,%s,%s,%s\r\n"):format(r.cpu, r.memory, r.gpus, r.milli,
      table.concat(r.models, "|"), answer.node or "", table.concat(answer.gpus, "|"))
  end
  return table.concat(lines)
end

local function replay(...)
  return command.run("replay", ...)
end

describe("a replay", function()
  local nodes, requests, nodes_file, requests_file

  setup(function()
    local rng = random.new(11)
    nodes, requests = make_nodes(rng, 14), make_requests(rng, 260)
    nodes_file = write_nodes("nodes.csv", nodes)
    requests_file = write_requests("requests.csv", requests)
    -- One run to look at from several sides.
    local result = replay("--nodes", nodes_file, "--requests", requests_file, "--policy", "fgd",
      "--store", path "kept.db", "--decisions", path "kept.csv")
    assert(result.code == 0, result.err)
  end)

  for _, policy in ipairs(slow.policies) do
    it("under " .. policy .. " decides as the slow simulator does", function()
      local result = replay("--nodes", nodes_file, "--requests", requests_file, "--policy", policy,
        "--store", path(policy .. ".db"), "--decisions", path "decisions.csv")
      assert.equal("", result.err)
      assert.equal(0, result.code)
      local wanted = expected(policy, nodes, requests)
      assert.is_true(select(2, wanted:gsub(",,\r\n", "")) > 20) -- some are refused
      assert.equal(wanted, command.read(path "decisions.csv"))
    end)
  end

  it("decides the same without a file behind the store", function()
    replay("--nodes", nodes_file, "--requests", requests_file, "--policy", "fgd",
      "--store", ":memory:", "--decisions", path "memory.csv")
    assert.equal(expected("fgd", nodes, requests), command.read(path "memory.csv"))
  end)

  it("decides ties by the order given, and leaves out the nodes it does not name", function()
    local ordered = {}
    for i = #nodes, 3, -1 do ordered[#ordered + 1] = nodes[i] end
    local lines = { "sn" }
    for _, node in ipairs(ordered) do lines[#lines + 1] = node.name end
    command.write(path "order.csv", table.concat(lines, "\n"))
    local result = replay("--nodes", nodes_file, "--requests", requests_file,
      "--policy", "gpu_packing", "--order", path "order.csv", "--decisions", path "decisions.csv")
    assert.matches("^note: 2 nodes of .* are not in .* and take no part\n$", result.err)
    assert.equal(expected("gpu_packing", ordered, requests), command.read(path "decisions.csv"))
  end)

  it("takes decisions as arrivals, and fragmentation from another list", function()
    local result = replay("--nodes", nodes_file, "--requests", path "kept.csv",
      "--typical", requests_file, "--policy", "fgd", "--decisions", path "again.csv")
    assert.equal(0, result.code)
    assert.equal(command.read(path "kept.csv"), command.read(path "again.csv"))
  end)

  it("under random is repeatable, and another seed gives another answer", function()
    local function decisions(seed)
      local file = path("random" .. seed .. ".csv")
      local result = replay("--nodes", nodes_file, "--requests", requests_file,
        "--policy", "random", "--seed", seed, "--decisions", file)
      assert.equal(0, result.code)
      return command.read(file)
    end
    local first = decisions(1)
    assert.equal(first, decisions(1))
    assert.not_equal(first, decisions(2))
  end)

  it("leaves every placement in the store, and nothing else", function()
    local store <close> = assert(berth.open(path "kept.db"))
    local lines, n, held = command.read(path "kept.csv"), -1, {}
    for line in lines:gmatch "[^\r\n]+" do
      n = n + 1
      local node, gpus = line:match "([^,]*),([^,]*)$"
      local allocation = n > 0 and store:allocation(("arrival-%06d"):format(n)) or nil
      if n > 0 and node == "" then assert.is_nil(allocation) end
      if n > 0 and node ~= "" then
        local names = {}
        for uuid in pairs(assert(allocation):resources()) do
          names[#names + 1] = store:provider(uuid).name
        end
        table.sort(names)
        local wanted = {}
        for gpu in gpus:gmatch "%d+" do wanted[#wanted + 1] = node .. "-gpu" .. gpu end
        if requests[n].cpu + requests[n].memory > 0 then wanted[#wanted + 1] = node end
        table.sort(wanted)
        assert.same(wanted, names)
        held[#held + 1] = n
      end
    end
    assert.equal(#requests, n)
    assert.is_true(#held > 60)
  end)

  it("refuses a store that already holds providers, and leaves it alone", function()
    local before = command.exec("cksum", path "kept.db").out
    local result = replay("--nodes", nodes_file, "--requests", requests_file, "--policy", "fgd",
      "--store", path "kept.db")
    assert.equal(1, result.code)
    assert.matches("already holds providers", result.err)
    assert.equal(before, command.exec("cksum", path "kept.db").out)
  end)

  it("removes its own store at the end", function()
    command.exec("mkdir", path "tmp")
    local result = command.shell(("TMPDIR=%s %s replay --nodes %s --requests %s --policy best_fit")
      :format(path "tmp", command.berth(), nodes_file, requests_file))
    assert.equal(0, result.code)
    assert.equal("", command.exec("ls", "-A", path "tmp").out)
  end)

  it("sums up as text and as JSON", function()
    local text = replay("--nodes", nodes_file, "--requests", requests_file, "--policy", "best_fit")
    assert.matches("\nplaced +%d+\n", text.out)
    assert.matches("\nCUSTOM_GPU_MILLI +%d+ +%d+ +[%d.]+ %%\n", text.out)
    local result = replay("--nodes", nodes_file, "--requests", requests_file,
      "--policy", "best_fit", "--json")
    assert.equal("", result.err)
    local summary = require "dkjson".decode(result.out)
    assert.equal(260, summary.arrivals)
    assert.equal(260, summary.placed + summary.refused)
    local refused = 0
    for _, refusal in ipairs(summary.refusals) do
      assert.equal("no_candidate", refusal.code)
      refused = refused + refusal.count
    end
    assert.equal(summary.refused, refused)
    local gpu = summary.allocation.CUSTOM_GPU_MILLI
    assert.is_true(math.abs(100 * gpu.allocated / gpu.capacity - gpu.percent) < 1e-9)
    assert.is_true(summary.placements_per_second > 0)
  end)

  it("draws a picture that is well-formed and needs nothing from elsewhere", function()
    local result = replay("--nodes", nodes_file, "--requests", requests_file,
      "--policy", "best_fit", "--report", path "report.svg")
    assert.equal(0, result.code)
    local svg = command.read(path "report.svg")
    assert.matches("^<svg .*</svg>\n$", svg)
    assert.not_matches("href", svg)
    local open = 0
    for slash, name, empty in svg:gmatch "<(/?)(%a+)[^<>]-(/?)>" do
      if name and slash == "/" then open = open - 1 elseif empty == "" then open = open + 1 end
    end
    assert.equal(0, open)
  end)

  it("killed at any moment leaves exactly what it had told", function()
    local many = {}
    for i = 1, 20 do table.move(requests, 1, #requests, (i - 1) * #requests + 1, many) end
    local file = write_requests("many.csv", many)
    command.shell(([[%s replay --nodes %s --requests %s --policy best_fit --store %s \
      --decisions %s >/dev/null 2>&1 & pid=$!
      while [ "$(wc -l 2>/dev/null <%s || echo 0)" -lt 150 ]; do
        kill -0 $pid 2>/dev/null || break
      done
      kill -9 $pid; wait $pid]]):format(command.berth(), nodes_file, file, path "killed.db",
      path "killed.csv", path "killed.csv"))
    local told = -1
    for _ in command.read(path "killed.csv"):gmatch "\r\n" do told = told + 1 end
    assert.is_true(told >= 149 and told < #many)
    local store <close> = assert(berth.open(path "killed.db"))
    local wanted = slow.replay("best_fit", nodes, many, many)
    for n = 1, told do
      local allocation = store:allocation(("arrival-%06d"):format(n))
      assert.equal(wanted[n].node ~= nil, allocation ~= nil, n)
    end
    -- One more may have been committed before its line was written, but never a later one.
    for n = told + 2, told + 50 do
      assert.is_nil((store:allocation(("arrival-%06d"):format(n))))
    end
    assert.is_truthy(store:check())
  end)
end)

describe("bad input of a replay", function()
  local header = "sn,cpu_milli,memory_mib,gpu,model\n"
  local good = { nodes = header .. "n,64000,65536,2,T4\n",
    requests = "cpu_milli,memory_mib,num_gpu,gpu_milli\n1000,1024,1,500\n" }

  -- Runs with these files in place of good ones; the options stand behind the usual ones.
  local function run(files, ...)
    for name, text in pairs(good) do command.write(path("bad-" .. name), files[name] or text) end
    return replay("--nodes", path "bad-nodes", "--requests", path "bad-requests",
      "--store", path "bad.db", ...)
  end

  local function refused(result, code, sentence)
    assert.equal("", result.out)
    local first = result.err:match "^[^\n]*":gsub(directory .. "/", "")
    assert.equal(sentence, first)
    assert.equal(code, result.code)
    assert.is_nil(io.open(path "bad.db"))
  end

  it("is told with file, line and column, and no store is made", function()
    refused(run({ nodes = header .. "n,12x,1,1,T4\n" }, "--policy", "fgd"), 2,
      'berth: invalid_value: bad-nodes:2: column cpu_milli: "12x" is not a whole number')
    refused(run({ requests = "cpu_milli,memory_mib,num_gpu\n-5,1,0\n" }, "--policy", "fgd"), 2,
      'berth: invalid_value: bad-requests:2: column cpu_milli: "-5" is negative')
    refused(run({ nodes = header .. ("x"):rep(10000000) }, "--policy", "fgd"), 2,
      "berth: invalid_value: bad-nodes:2: column sn: the line is longer than 65536 bytes")
  end)

  it("may be an unknown policy: the nearest is named", function()
    local result = run({}, "--policy", "bets_fit")
    refused(result, 2,
      "berth: usage: there is no policy 'bets_fit', neither shipped nor a file")
    assert.matches("\ndid you mean 'best_fit'%?\n$", result.err)
  end)

  it("may be a policy file that is none", function()
    command.write(path "policy.lua", "return policy {")
    local result = run({}, "--policy", path "policy.lua")
    assert.equal(2, result.code)
    assert.matches("^berth: [^\n]*policy%.lua[^\n]*1[^\n]*\n", result.err)
    assert.is_nil(io.open(path "bad.db"))
  end)

  it("may be files and places that are not what they should be", function()
    refused(replay("--nodes", directory, "--requests", directory, "--policy", "fgd"), 3,
      "berth: io_error: " .. directory .. ": it is a directory")
    refused(run({}, "--policy", "fgd", "--decisions", path "none/decisions.csv"), 3,
      "berth: io_error: none/decisions.csv: No such file or directory")
    refused(run({}, "--policy", "fgd", "--report", path "none/report.svg"), 3,
      "berth: io_error: none/report.svg: No such file or directory")
    run({})
    local result = replay("--nodes", path "bad-nodes", "--requests", path "bad-requests",
      "--policy", "fgd", "--store", directory)
    assert.equal(3, result.code)
    assert.matches("^berth: [%w_]+: [^\n]+\n", result.err)
  end)

  it("may be a disk that is full", function()
    local result = replay("--nodes", path "bad-nodes", "--requests", path "bad-requests",
      "--policy", "fgd", "--decisions", "/dev/full")
    assert.equal(3, result.code)
    assert.equal("berth: io_error: /dev/full: No space left on device\n", result.err)
    result = replay("--nodes", path "bad-nodes", "--requests", path "bad-requests",
      "--policy", "fgd", "--report", "/dev/full")
    assert.equal(3, result.code)
    assert.equal("berth: io_error: /dev/full: No space left on device\n", result.err)
  end)

  it("may be options that do not go together or are missing", function()
    refused(run({}), 2, "berth: usage: --policy is needed")
    refused(replay("--demo", "--nodes", "x"), 2,
      "berth: usage: --demo makes its own input, --nodes does not go with it")
    refused(run({}, "--policy", "fgd", "--inflate", "-1"), 2,
      "berth: usage: '-1' is not a number from 0.001 to 1000")
    refused(run({ requests = "cpu_milli,memory_mib,num_gpu\n5,1,0\n" }, "--policy", "fgd",
      "--inflate", "1.3"), 2, "berth: invalid_value: --inflate needs requests that ask for GPUs")
  end)
end)

describe("inflated arrivals", function()
  local rng = random.new(5)
  local nodes, requests = make_nodes(rng, 14), make_requests(rng, 60)

  local function demand(list)
    local sum = 0
    for _, r in ipairs(list) do sum = sum + r.gpus * r.milli end
    return sum
  end

  local function capacity()
    local sum = 0
    for _, node in ipairs(nodes) do sum = sum + node.gpus * 1000 end
    return sum
  end

  it("ask for as much as wanted, short of one request", function()
    for _, ratio in ipairs { 0.5, 1.3, 3 } do
      local list = arrivals.inflate(requests, nodes, ratio, random.new(1))
      local asked, target = demand(list), ratio * capacity()
      assert.is_true(asked <= target and asked > target - 4000)
    end
  end)

  it("hold every request at least once where there is room, in another order", function()
    local list, seen = arrivals.inflate(requests, nodes, 3, random.new(1)), {}
    for _, request in ipairs(list) do seen[request] = true end
    for _, request in ipairs(requests) do assert.is_true(seen[request]) end
    local same = 0
    for i, request in ipairs(requests) do same = same + (list[i] == request and 1 or 0) end
    assert.is_true(same < 20)
  end)

  it("are the same for the same seed and others for another", function()
    local one = arrivals.inflate(requests, nodes, 1.3, random.new(1))
    assert.same(one, arrivals.inflate(requests, nodes, 1.3, random.new(1)))
    assert.not_same(one, arrivals.inflate(requests, nodes, 1.3, random.new(2)))
  end)
end)

describe("the generator", function()
  it("gives every number its share", function()
    local rng, counts = random.new(3), { 0, 0, 0, 0, 0, 0 }
    for _ = 1, 6000 do
      local n = rng:below(6)
      counts[n] = counts[n] + 1
    end
    for _, count in ipairs(counts) do assert.is_true(count > 850 and count < 1150) end
  end)

  it("is splitmix64, the same everywhere", function()
    assert.equal(0xE220A8397B1DCDAF, random.new(0):bits())
  end)
end)

describe("fragmentation", function()
  it("is what the typical shapes cannot use", function()
    local whole = { cpu = 1000, memory = 1, gpus = 1, milli = 1000, models = {}, spec = "" }
    local typed = { cpu = 1000, memory = 1, gpus = 2, milli = 1000, models = { "A" }, spec = "A" }
    local typical = fragmentation.typical { whole, whole, whole, typed }
    assert.equal(4, typical.scale)
    assert.equal("", typical[1].spec)
    local meter = fragmentation.meter(typical)
    assert.equal(0, meter(1000, { 1000, 1000 }, "A"))
    assert.equal(2000, meter(1000, { 1000, 1000 }, "B")) -- one in four cannot use 2000
    assert.equal(3 * 500 + 1500, meter(1000, { 500, 1000 }, "A"))
    assert.equal(4 * 1500, meter(999, { 500, 1000 }, "A"))
  end)

  it("covers at least 95 percent of the requests and no shape too many", function()
    local list = {}
    for i = 1, 100 do
      list[i] = { cpu = i <= 95 and 1 or i, gpus = 0, milli = 0, models = {}, spec = "" }
    end
    assert.equal(1, #fragmentation.typical(list))
    list[1].cpu = 7
    assert.equal(2, #fragmentation.typical(list))
  end)
end)

describe("the demo", function()
  it("has 500 nodes, 5,000 requests and a quota for each of three projects", function()
    local nodes, requests, limits = demo.make(42)
    assert.equal(500, #nodes)
    assert.equal(5000, #requests)
    for _, request in ipairs(requests) do assert.is_truthy(limits[request.project]) end
    local projects = 0
    for _ in pairs(limits) do projects = projects + 1 end
    assert.equal(3, projects)
    assert.same({ demo.make(42) }, { nodes, requests, limits })
  end)

  it("runs into quotas and into the cluster's end, and stays within both", function()
    local result = replay("--demo", "--store", path "demo.db", "--json")
    assert.equal(0, result.code)
    local reasons = {}
    for _, refusal in ipairs(require "dkjson".decode(result.out).refusals) do
      reasons[refusal.reason or refusal.code] = true
    end
    assert.is_true(reasons.quota_exceeded)
    assert.is_true(reasons.no_candidate)
    local _, _, limits = demo.make(42)
    local store <close> = assert(berth.open(path "demo.db"))
    for project, limit in pairs(limits) do
      local used = assert(store:usages { project = project }).CUSTOM_GPU_MILLI
      assert.is_true(used > 0 and used <= limit.CUSTOM_GPU_MILLI)
    end
  end)
end)

-- Against a published trace, where BERTH_OPENB names its directory.
describe("the openb trace", function()
  local data = os.getenv "BERTH_OPENB"
  if not data then
    return it("is placed as the reference has it", function()
      pending "BERTH_OPENB names no directory"
    end)
  end

  local POLICIES = { bestfit = "best_fit", dotprod = "dot_product", packing = "gpu_packing",
    clustering = "gpu_clustering", fgd = "fgd" }
  local files = command.exec("ls", data .. "/oracle").out

  for list, short in files:gmatch "(%w+)%-seed42%-(%l+)%.csv%.gz" do
    local oracle = ("%s/oracle/%s-seed42-%s.csv.gz"):format(data, list, short)
    for _, store in ipairs { ":memory:", "a file" } do
      it(("is placed as the reference has it: %s, %s, %s"):format(list, short, store), function()
        local target = store == ":memory:" and store or path(list .. short .. ".db")
        local result = replay("--nodes", data .. "/openb_node_list_gpu_node.csv",
          "--requests", oracle, "--policy", POLICIES[short], "--store", target,
          "--typical", ("%s/pods/openb_pod_list_%s.csv.gz"):format(data, list),
          "--order", ("%s/oracle/%s-seed42-node_order.csv.gz"):format(data, list),
          "--decisions", path "openb.csv")
        assert.equal(0, result.code)
        assert.is_true(command.exec("gzip", "-dc", oracle).out == command.read(path "openb.csv"))
      end)
    end
  end
end)
