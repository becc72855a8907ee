#!/usr/bin/env lua5.4
-- A store under torture, over berth's public face, for any driver that speaks this protocol:
--
--   adapter.lua init   DB                          make a store with some providers
--   adapter.lua worker DB ID SEED LOG [OPERATIONS] claim and release at random, telling LOG
--   adapter.lua dump   DB                          open (and so recover) the store, print it
--
-- LOG gets a line an event, by one write each: the question before the call and the answer after
-- it, `nanoseconds worker number status operation consumer detail`, tab between.  The status is
-- invoke, ok (detail: the providers' new generations), fail (a code) or info (nobody knows).
--
-- Environment: BERTH_FAULT names a plan for the disk ("kind=cut calls=write,sync at=17 seed=3"),
-- BERTH_CHECKPOINT=1 asks for a checkpoint after every commit, BERTH_BUSY is how many
-- milliseconds a writer waits.
--
-- Exit: 0 done, 4 the store would not open or answer.

local berth = require "berth"
local clock = require("berth.core").clock

local PROVIDERS, CAPACITY, CLASS = 8, 40, "VCPU"

local function give_up(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(4)
end

-- Must stand before the first store is opened.
local function arm(plan)
  if not plan then return end
  local fields = {}
  for name, value in plan:gmatch "(%w+)=(%S+)" do
    fields[name] = math.tointeger(tonumber(value)) or value
  end
  fields.sticky = fields.sticky == 1
  require("berth_test").vfs(fields)
end

local function open(path)
  arm(os.getenv "BERTH_FAULT")
  local store, err = berth.open(path, {
    busy_timeout_ms = tonumber(os.getenv "BERTH_BUSY") or 20000,
    checkpoint_pages = os.getenv "BERTH_CHECKPOINT" and 1 or nil,
  })
  return store or give_up(err)
end

-- --- init -----------------------------------------------------------------------------------

local function init(path)
  local store = open(path)
  for i = 0, PROVIDERS - 1 do
    local made, err = store:create_provider { name = "p" .. i,
      inventories = { [CLASS] = { total = CAPACITY } } }
    if not made then give_up(err) end
  end
  store:close()
end

-- --- worker ---------------------------------------------------------------------------------

-- Generations of the providers a write touched, as they will be once it is committed.
local function generations(tx, names)
  local words = {}
  for _, name in ipairs(names) do
    words[#words + 1] = name .. "=" .. assert(tx:provider(name)).generation
  end
  return table.concat(words, ",")
end

local function claim(store, consumer, amounts)
  return store:transaction(function(tx)
    local allocations, names = {}, {}
    for _, a in ipairs(amounts) do
      allocations[a.name] = { [CLASS] = a.amount }
      names[#names + 1] = a.name
    end
    local done, err = tx:allocate { consumer = consumer, project = "project", user = "user",
      allocations = allocations }
    if not done then return nil, err end
    return generations(tx, names)
  end)
end

-- Emptying a consumer, unlike releasing it, gives each provider a new generation to judge by.
local function release(store, consumer)
  return store:transaction(function(tx)
    local held, err = tx:allocation(consumer)
    if not held then return nil, err end
    local names = {}
    for uuid in pairs(held:resources()) do names[#names + 1] = assert(tx:provider(uuid)).name end
    held, err = tx:allocate { consumer = consumer, allocations = {} }
    if not held then return nil, err end
    return generations(tx, names)
  end)
end

-- Anybody's, also a dead worker's.
local function some_consumer(store)
  local provider = store:provider("p" .. math.random(0, PROVIDERS - 1))
  local held = provider and provider:allocations()
  local names = {}
  for name in pairs(held or names) do names[#names + 1] = name end
  table.sort(names)
  return names[math.random(#names > 0 and #names or 1)]
end

local function some_amounts()
  local amounts, taken, words = {}, {}, {}
  for _ = 1, math.random(3) do
    local name = "p" .. math.random(0, PROVIDERS - 1)
    if not taken[name] then
      taken[name] = true
      local amount = math.random(3)
      amounts[#amounts + 1] = { name = name, amount = amount }
      words[#words + 1] = ("%s:%s:%d"):format(name, CLASS, amount)
    end
  end
  return amounts, table.concat(words, ",")
end

local function worker(path, id, seed, log, operations)
  local store = open(path)
  local history = assert(io.open(log, "a"))
  history:setvbuf "full"
  math.randomseed(math.tointeger(tonumber(seed)))
  local began = math.floor(clock() * 1e9)
  local function tell(number, status, operation, consumer, detail)
    history:write(math.floor(clock() * 1e9), "\t", id, "\t", number, "\t", status, "\t", operation,
      "\t", consumer, "\t", detail, "\n")
    history:flush() -- one write
  end
  local function ask(number, operation, consumer, detail, call, ...)
    tell(number, "invoke", operation, consumer, detail)
    local answer, err = call(store, consumer, ...)
    if answer then return tell(number, "ok", operation, consumer, answer) end
    tell(number, err.code == "unknown_outcome" and "info" or "fail", operation, consumer, err.code)
  end
  for number = 0, (tonumber(operations) or math.huge) - 1 do
    local consumer = math.random(5) <= 2 and some_consumer(store)
    if consumer then
      ask(number, "release", consumer, "-", release)
    else
      local amounts, detail = some_amounts()
      local name = ("c-%s-%x-%x"):format(id, began, number)
      ask(number, "claim", name, detail, claim, amounts)
    end
  end
  store:close()
end

-- --- dump -----------------------------------------------------------------------------------

local function line(...)
  io.write(table.concat({ ... }, "\t"), "\n")
end

local function dump(path)
  local store = open(path)
  local sound, err = store:check()
  if not sound then
    for _, sentence in ipairs(err.problems or { tostring(err) }) do line("corrupt", sentence) end
  end
  local consumers = {}
  for provider in store:providers() do
    local name = provider.name
    line("provider", name, provider.generation, "-", name)
    for class, i in pairs(provider:inventories()) do
      line("inventory", name, class, i.total, i.reserved, i.min_unit, i.max_unit, i.step_size,
        math.floor(i.allocation_ratio * 1000))
    end
    for class, amount in pairs(provider:usages()) do line("usage", name, class, amount) end
    for consumer, held in pairs(provider:allocations()) do
      consumers[consumer] = held.generation
      for class, amount in pairs(held.resources) do line("alloc", consumer, name, class, amount) end
    end
  end
  for consumer, generation in pairs(consumers) do line("consumer", consumer, generation) end
  line "end"
  store:close()
end

local commands = { init = { init, 2 }, worker = { worker, 5 }, dump = { dump, 2 } }
local command = commands[arg[1]]
if not command or #arg < command[2] then
  io.stderr:write "usage: adapter.lua init DB | worker DB ID SEED LOG [OPERATIONS] | dump DB\n"
  os.exit(2)
end
command[1](table.unpack(arg, 2))
