--- The redactor beside forty patterns one by one, on a log of which 8 % of the lines hold
-- secrets, on clean lines, on lines that all hold some; lines made to be slow; one decision logged.
-- Makes up the logs and runs the program that `make bench` built; BERTH_SEED says which logs.
local corpus = require "spec.support.redact_corpus"

local BYTES = 8000000
local seed = math.tointeger(tonumber(os.getenv "BERTH_SEED" or os.time() % 100000))

local PADS = { " took 12 ms", " thread=worker-3", " attempt 2 of 5", " zone=rack7-b",
               " module=nova.compute.manager", " request completed normally",
               " generation 41 unchanged since last report" }

local dirty = {}
for _, name in ipairs(corpus.class_names()) do
  local tier = corpus.classes[name][1]
  if tier == "core" or tier == "hard" then dirty[#dirty + 1] = name end
end

--- Writes a log in which so many of a hundred lines hold a secret; its path.
local function write_log(percent)
  local chance = corpus.chance(seed)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  local written = 0
  while written < BYTES do
    local class = chance:number(1, 100) <= percent and chance:pick(dirty) or "ops"
    local line = corpus.line(chance, class).line:gsub("\n", " ")
    local want = chance:number(90, 220)
    while #line < want do line = line .. chance:pick(PADS) end
    file:write(line, "\n")
    written = written + #line + 1
  end
  assert(file:close())
  return path
end

local mixed, clean, hits = write_log(8), write_log(0), write_log(100)
local program = (os.getenv "BENCHES" or "build/bench") .. "/redact"
local done = os.execute(("'%s' %s %s %s %d"):format(program, mixed, clean, hits, seed))
for _, path in ipairs { mixed, clean, hits } do os.remove(path) end
os.exit(done == true)
