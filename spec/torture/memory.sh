#!/usr/bin/env bash
# Every allocation fails in turn, once and from then on, berth's own and SQLite's, while a store is
# made, opened and written.
. spec/torture/common.bash
"$LUA" - "$dir" "$(choose 29 1)" <<'END' || exit 1
local dir, stride = arg[1], tonumber(arg[2])
local berth, test, command = require "berth", require "berth_test", require "spec.support.command"
local file = dir .. "/store.db"
local store = assert(berth.open(file))
assert(store:create_provider { name = "host", inventories = { VCPU = 8 } })
assert(store:allocate { consumer = "early", allocations = { host = { VCPU = 2 } } })
store:close()
local template = command.read(file)
local all = 0
for _, work in ipairs { "make", "open", "write" } do
  for _, sqlite in ipairs { false, true } do
    for _, sticky in ipairs { false, true } do
      local points, refused = test.memory_each { work = work, path = file, sqlite = sqlite,
        sticky = sticky, stride = sqlite and stride or 1, copy = function()
          for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(file .. suffix) end
          if work ~= "make" then command.write(file, template) end
        end }
      print(("%s, %s, %s: %d allocations failed, %d refusals"):format(work,
        sqlite and "SQLite's" or "berth's", sticky and "for good" or "once", points, refused))
      all = all + points
    end
  end
end
print(all .. " failed allocations: nothing lost, nothing left")
END
