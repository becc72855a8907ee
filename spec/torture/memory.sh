#!/usr/bin/env bash
# Every allocation fails in turn, once and from then on, berth's own and SQLite's, while a store is
# made, opened, written, and asked: candidates, explanations and claims of requests that gather a
# class, share, and are hard to satisfy.
. spec/torture/common.bash
"$LUA" - "$dir" "$(choose 29 1)" <<'END' || exit 1
local dir, stride = arg[1], tonumber(arg[2])
local berth, test, command = require "berth", require "berth_test", require "spec.support.command"
local file, all = dir .. "/store.db", 0

local function remove()
  for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(file .. suffix) end
end

-- The bytes of a store that fill(store) made.
local function template(fill)
  remove()
  local store <close> = assert(berth.open(file))
  fill(store)
  store:close()
  return command.read(file)
end

local function each(what, sqlite, sticky, bytes, query)
  local points, refused = test.memory_each { work = what, path = file, query = query,
    sqlite = sqlite, sticky = sticky, stride = sqlite and stride or 1, copy = function()
      remove()
      if what ~= "make" then command.write(file, bytes) end
    end }
  print(("%s, %s, %s: %d allocations failed, %d refusals"):format(query or what,
    sqlite and "SQLite's" or "berth's", sticky and "for good" or "once", points, refused))
  all = all + points
end

local plain = template(function(store)
  assert(store:create_provider { name = "host", inventories = { VCPU = 8 } })
  assert(store:allocate { consumer = "early", allocations = { host = { VCPU = 2 } } })
end)
for _, what in ipairs { "make", "open", "write" } do
  for _, sqlite in ipairs { false, true } do
    for _, sticky in ipairs { false, true } do each(what, sqlite, sticky, plain) end
  end
end

local nodes = template(require "spec.support.nodes")
for _, query in ipairs {
  "resources=DISK_GB:1,PCPU:9&split=PCPU&required=HW_NUMA_ROOT",
  "resources_a=PCPU:5,PGPU:1&split_a=PCPU&resources_b=PCPU:5,PGPU:1&split_b=PCPU&group_policy=none"
    .. "&resources_host=MEMORY_MB:1&same_subtree=_a,_b,_host&canonical=true",
  "resources_a=PCPU:9&split_a=PCPU&resources_b=PCPU:7&split_b=PCPU&group_policy=none",
  "resources1=PCPU:2&resources2=PCPU:2&resources3=DISK_GB:1&group_policy=isolate",
  "resources=DISK_GB:200,PCPU:30&split=PCPU&member_of=in:rack&root_required=!HW_NUMA_ROOT",
} do
  for _, sticky in ipairs { false, true } do each("ask", false, sticky, nodes, query) end
end
print(all .. " failed allocations: nothing lost, nothing left")
END
