-- What the store promises of its file: the same fleet after every reopening, nothing of what was
-- refused, everything that was acknowledged, clear words for every bad file, and no crash.

local berth = require "berth"
local command = require "spec.support.command"
local test = require "berth_test"

-- The interpreter that runs this.
local LUA = command.quote(arg and arg[-1] or "lua5.4")

local directory, remove
setup(function() directory, remove = command.directory() end)
teardown(function() remove() end)

local files = 0
local function path()
  files = files + 1
  return ("%s/store-%d.db"):format(directory, files)
end

local function exists(file)
  local handle = io.open(file, "rb")
  if handle then handle:close() end
  return handle ~= nil
end

-- A fleet with something of everything that a store can hold.
local function furnish(fleet)
  assert(fleet:create_trait "CUSTOM_FAST")
  assert(fleet:create_resource_class "CUSTOM_SEAT")
  for i = 1, 6 do
    local host = assert(fleet:create_provider {
      name = ("host-%d\t\u{e9}"):format(i),
      inventories = { VCPU = { total = 64, allocation_ratio = 1.5, reserved = 3, max_unit = 7 },
                      MEMORY_MB = 262144, CUSTOM_SEAT = { total = 9, step_size = 3 } },
      traits = { "HW_CPU_X86_AVX2", "CUSTOM_FAST" },
      aggregates = { "5a7c6f1e-3c4d-4a8e-9a55-0c1d2e3f4a5b" },
    })
    assert(fleet:create_provider { name = "gpu-" .. i, parent = host, inventories = { PGPU = 2 } })
  end
  for i = 1, 20 do
    assert(fleet:allocate { consumer = i % 2 == 0 and "vm-" .. i or
        ("11111111-2222-4333-8444-%012d"):format(i), project = i % 3 > 0 and "acme" or nil,
      user = "ann", consumer_type = i % 4 > 0 and "INSTANCE" or nil,
      allocations = { ["gpu-" .. i % 6 + 1] = i < 8 and { PGPU = 1 } or nil,
                      ["host-2\t\u{e9}"] = { VCPU = 1, CUSTOM_SEAT = i == 3 and 6 or nil } } })
  end
  assert(fleet:release "vm-4")
  assert(fleet:provider("gpu-6"):update { parent = fleet:provider "host-1\t\u{e9}" })
  assert(fleet:provider("gpu-5"):update { name = "graphics" })
  assert(fleet:provider("host-2\t\u{e9}"):set_inventory("VCPU", { total = 4 })) -- below its use
end

local function furnished()
  local file = path()
  local fleet = assert(berth.open(file))
  furnish(fleet)
  return file, fleet
end

local function dump_of(file)
  local fleet <close> = assert(berth.open(file, { must_exist = true }))
  return assert(fleet:dump())
end

-- What another program does to a file.
local function sql(file, ...)
  return test.sql(file, table.concat({ ... }, ";"))
end

describe("a store's file", function()
  it("holds the very same fleet after closing and opening", function()
    local file, fleet = furnished()
    local before = assert(fleet:dump())
    assert.is_true(fleet:check())
    fleet:close()
    assert.equal(before, dump_of(file))
  end)

  it("is one file once nobody has it open, and only its owner may read it", function()
    local file, fleet = furnished()
    fleet:close()
    assert.is_false(exists(file .. "-wal"))
    assert.is_false(exists(file .. "-shm"))
    assert.equal("-rw-------", command.exec("ls", "-l", file).out:sub(1, 10))
  end)

  it("holds nothing of what was rolled back", function()
    local file, fleet = furnished()
    local before = assert(fleet:dump())
    local done, err = fleet:transaction(function(tx)
      assert(tx:create_provider { name = "new", inventories = { DISK_GB = 5 } })
      assert(tx:create_trait "CUSTOM_LATE")
      assert(tx:release "vm-2")
      assert(tx:provider("graphics"):update { name = "other", parent = false })
      assert(tx:provider("host-1\t\u{e9}"):set_traits { "CUSTOM_LATE" })
      return nil, "changed my mind"
    end)
    assert.is_nil(done)
    assert.equal("changed my mind", err)
    assert.equal(before, assert(fleet:dump()))
    fleet:close()
    assert.equal(before, dump_of(file))
  end)

  it("never gives a dead provider's number to a new one", function()
    local file = path()
    local watcher <close> = assert(berth.open(file))
    do
      local fleet <close> = assert(berth.open(file))
      assert(fleet:create_provider { name = "a" })
      assert(fleet:create_provider { name = "b" })
    end
    local b = assert(watcher:provider "b")
    for _, name in ipairs { "c", "d" } do -- each time the last one goes and the file is reopened
      local fleet <close> = assert(berth.open(file))
      assert(fleet:provider(name == "c" and "b" or "c"):delete())
      fleet:close()
      local again <close> = assert(berth.open(file))
      assert(again:create_provider { name = name })
    end
    local gone, err = b:inventories()
    assert.is_nil(gone)
    assert.equal("not_found", err.code)
    assert.is_true(watcher:check())
    assert.equal("0,3", sql(file, "SELECT group_concat(id) FROM providers"):match "[%d,]+")
  end)

  it("is copied whole, also from memory", function()
    for _, target in ipairs { path(), ":memory:" } do
      local copy = path()
      local fleet <close> = assert(berth.open(target))
      furnish(fleet)
      assert(fleet:provider("gpu-2"):update { parent = fleet:create_provider { name = "later" } })
      assert(fleet:backup(copy))
      assert.equal(assert(fleet:dump()), dump_of(copy))
      assert.equal("-rw-------", command.exec("ls", "-l", copy).out:sub(1, 10))
      local again, err = fleet:backup(copy)
      assert.is_nil(again)
      assert.equal("duplicate_name", err.code)
      again, err = fleet:backup(directory .. "/none/copy.db")
      assert.is_nil(again)
      assert.equal("io_error", err.code)
      assert.equal("", command.shell("ls " .. command.quote(directory) .. " | grep part").out)
    end
  end)

  it("lies where it was opened, wherever the program goes", function()
    local result = command.shell(("cd %s && %s - <<'END'%s\nEND"):format(command.quote(directory),
      LUA, [[

      local berth, lfs = require "berth", require "lfs"
      local here = lfs.currentdir()
      local fleet = assert(berth.open "relative.db")
      local odd = assert(berth.open "file:odd.db?mode=ro")
      lfs.chdir "/"
      assert(fleet:create_provider { name = "a" })
      assert(odd:create_provider { name = "b" })
      assert(fleet:check())
      fleet:close()
      odd:close()
      assert(lfs.attributes(here .. "/relative.db", "size") > 0)
      assert(lfs.attributes(here .. "/file:odd.db?mode=ro", "size") > 0)]]))
    assert.equal(0, result.code, result.err)
  end)

  it("may have a name with signs that mean something elsewhere", function()
    for _, name in ipairs { "a b.db", "a?mode=memory", "100%25.db", "file:x.db", "'.db", "#1" } do
      local file = directory .. "/" .. name
      local fleet = assert(berth.open(file))
      assert(fleet:create_provider { name = "a" })
      fleet:close()
      assert.is_true(exists(file))
      assert.truthy(dump_of(file):find "provider")
    end
  end)
end)

describe("a store opened twice", function()
  it("shows each handle what the other committed, and in the same order", function()
    local file = path()
    local one <close> = assert(berth.open(file))
    local two <close> = assert(berth.open(file))
    furnish(one)
    assert.equal(assert(one:dump()), assert(two:dump()))
    assert(two:release "vm-6")
    assert(two:create_provider { name = "late", inventories = { VCPU = 1 } })
    assert.equal(assert(two:dump()), assert(one:dump()))
    assert.equal(0, one:stats().reloads)
    assert.equal(0, two:stats().reloads)
    assert.is_true(one:check())
  end)

  it("is read anew by who missed more than the feed keeps", function()
    local file = path()
    local slow <close> = assert(berth.open(file))
    local fast <close> = assert(berth.open(file, { keep_changes = 5 }))
    local old = assert(fast:create_provider { name = "old", inventories = { VCPU = 1000 } })
    local seen = assert(slow:provider "old")
    for i = 1, 300 do
      assert(fast:allocate { consumer = "c" .. i, allocations = { [old] = { VCPU = 1 } } })
    end
    assert.equal(assert(fast:dump()), assert(slow:dump()))
    assert.equal(1, slow:stats().reloads)
    assert.equal(300, seen:usages().VCPU) -- handles survive a reading anew
    local changes, err = slow:changes(0)
    assert.is_nil(changes)
    assert.equal("not_found", err.code)
    assert.is_true(#assert(slow:changes(err.oldest)) >= 5)
  end)

  it("is made once, however many programs make it at the same time", function()
    for _ = 1, 8 do
      local file = path()
      local result = command.shell(([[for i in 1 2 3 4 5 6; do
          %s -e 'assert(assert(require "berth".open "%s"):create_provider { name = "n'$i'" })' &
        done; wait]]):format(LUA, file))
      assert.equal("", result.err)
      local fleet <close> = assert(berth.open(file))
      assert.equal(6, fleet:stats().providers)
    end
  end)

  it("makes a writer wait its turn, and tells who waited too long", function()
    local file = path()
    local one <close> = assert(berth.open(file))
    local two <close> = assert(berth.open(file, { busy_timeout_ms = 30 }))
    local tx <close> = assert(one:begin())
    local made, err = two:create_provider { name = "a" }
    assert.is_nil(made)
    assert.equal("busy", err.code)
    assert(tx:create_provider { name = "b" })
    assert(tx:commit())
    assert(two:create_provider { name = "a" })
    assert.equal(assert(one:dump()), assert(two:dump()))
  end)

  it("notices rows that another program wrote", function()
    local file, fleet = furnished()
    finally(function() fleet:close() end)
    sql(file, "UPDATE consumers SET project = NULL WHERE uuid = 'vm-2'")
    assert.is_nil(assert(fleet:allocation "vm-2").project)
    assert.is_true(fleet:check())
  end)

  it("is refused in a forked child, whose end harms nothing", function()
    local _, fleet = furnished()
    finally(function() fleet:close() end)
    assert.is_true(test.forked(function()
      local made, err = fleet:create_provider { name = "child's" }
      local read, err2 = fleet:provider "graphics"
      fleet:close()
      return made == nil and err.code == "closed" and read == nil and err2.code == "closed"
    end))
    assert(fleet:create_provider { name = "parent's" })
    assert.is_true(fleet:check())
  end)

  it("tells that its file was deleted rather than write into nothing", function()
    local file, fleet = furnished()
    finally(function() fleet:close() end)
    os.remove(file)
    local made, err = fleet:create_provider { name = "a" }
    assert.is_nil(made)
    assert.equal("io_error", err.code)
    assert.is_nil(err.message:find(file, 1, true))
  end)
end)

describe("opening", function()
  local function refused(code, target, options)
    local fleet, err = berth.open(target, options)
    assert.is_nil(fleet, tostring(target))
    assert.equal(code, err.code, target)
    assert.is_nil(err.message:find(directory, 1, true))
    assert.is_nil(err.message:find "SQL")
    assert.is_nil(err.message:find "\n")
    return err.message
  end

  it("tells a directory, a missing folder, a file as folder and a pipe apart", function()
    local said = {}
    command.exec("mkfifo", directory .. "/pipe")
    command.write(directory .. "/plain", "x")
    command.exec("ln", "-s", "nowhere/at-all", directory .. "/dangling")
    for _, target in ipairs { "", "/none/x.db", "/plain/x.db", "/pipe", "/dangling" } do
      local message = refused("io_error", directory .. target)
      assert.is_nil(said[message], message)
      said[message] = true
    end
    refused("invalid_value", "")
  end)

  it("refuses files of other programs and leaves them as they are", function()
    local other = path()
    sql(other, "CREATE TABLE t(a)", "INSERT INTO t VALUES(1)")
    for name, text in pairs { text = "hello", noise = ("\1\200\3"):rep(9000),
      database = command.read(other), lookalike = "SQLite format 3\0" .. ("\0"):rep(100) } do
      local file = directory .. "/foreign-" .. name
      command.write(file, text)
      refused("not_a_store", file)
      assert.equal(text, command.read(file))
      assert.is_false(exists(file .. "-wal"))
    end
  end)

  it("refuses a store of a newer berth", function()
    local file, fleet = furnished()
    fleet:close()
    sql(file, "PRAGMA user_version = 2")
    refused("schema_version", file)
  end)

  it("refuses a file that is marked read-only, even to a superuser", function()
    local file, fleet = furnished()
    fleet:close()
    local before = dump_of(file)
    command.exec("chmod", "444", file)
    refused("read_only", file)
    local reader <close> = assert(berth.open(file, { read_only = true }))
    assert.equal(before, assert(reader:dump()))
  end)

  it("takes an empty file as a new store", function()
    local file = path()
    command.write(file, "")
    local fleet <close> = assert(berth.open(file))
    assert(fleet:create_provider { name = "a" })
  end)

  it("refuses a store cut short at any point", function()
    local file, fleet = furnished()
    fleet:close()
    local whole = command.read(file)
    local cut = path()
    for size = 1, #whole - 1, 997 do
      command.write(cut, whole:sub(1, size))
      local opened, err = berth.open(cut)
      assert.is_nil(opened, size)
      assert.is_true(err.code == "corrupt" or err.code == "not_a_store", err.code)
      os.remove(cut)
    end
  end)

  it("refuses tables that are not exactly its own", function()
    for _, change in ipairs {
      "CREATE TRIGGER t AFTER INSERT ON allocations BEGIN DELETE FROM consumers; END",
      "CREATE VIEW v AS SELECT 1", "CREATE INDEX i ON consumers(uuid)", "DROP TABLE feed",
      "ALTER TABLE feed ADD COLUMN more TEXT",
    } do
      local file, fleet = furnished()
      fleet:close()
      sql(file, change)
      refused("corrupt", file)
    end
  end)

  it("refuses rows that break the rules of the model", function()
    local whole
    do
      local file, fleet = furnished()
      fleet:close()
      whole = command.read(file)
    end
    for _, change in ipairs {
      "DELETE FROM consumers WHERE id = 2", "DELETE FROM inventories WHERE provider = 2",
      "DELETE FROM providers WHERE id = 2", "DELETE FROM counters",
      "DELETE FROM allocations WHERE consumer = 2", "DELETE FROM names WHERE kind = 0",
      "UPDATE allocations SET used = 0", "UPDATE allocations SET used = -1",
      "UPDATE allocations SET used = 9223372036854775807",
      "UPDATE allocations SET provider = 99 WHERE consumer = 9",
      "UPDATE allocations SET class = 20 WHERE consumer = 9", "UPDATE inventories SET total = 0",
      "UPDATE inventories SET allocation_ratio = 9e999", "UPDATE inventories SET min_unit = 0",
      "UPDATE inventories SET reserved = total + 1", "UPDATE providers SET parent = 1 WHERE id = 0",
      "UPDATE providers SET parent = 99 WHERE id = 0", "UPDATE providers SET generation = -1",
      "UPDATE providers SET uuid = upper(uuid)", "UPDATE providers SET name = name || char(0)",
      "UPDATE providers SET name = '' WHERE id = 3", "UPDATE consumers SET project = 77",
      "UPDATE consumers SET generation = -2", "UPDATE consumers SET uuid = ''",
      "UPDATE consumers SET uuid = 'twin'", "UPDATE consumers SET uuid = CAST(x'ff' AS TEXT)",
      "UPDATE consumers SET id = id + 100000000", "UPDATE counters SET used = 0",
      "UPDATE counters SET used = 3000000000",
      "UPDATE names SET text = 'custom_low' WHERE kind = 0",
      "UPDATE provider_traits SET trait = trait + 900",
      "UPDATE provider_aggregates SET aggregate = 5",
    } do
      local file = path()
      command.write(file, whole)
      sql(file, "PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON", change)
      refused("corrupt", file)
    end
  end)

  it("survives whatever stands in the file", function()
    local file, fleet = furnished()
    fleet:close()
    local whole, wrong = command.read(file), path()
    local seed = 20260101
    local function draw(n)
      seed = (seed * 6364136223846793005 + 1442695040888963407)
      return (seed >> 33) % n
    end
    local codes = {}
    for _ = 1, 300 do
      local bytes = whole
      for _ = 0, draw(3) do
        local at = draw(4) == 0 and draw(100) or draw(#bytes)
        bytes = bytes:sub(1, at) .. string.char(draw(256)) .. bytes:sub(at + 2)
      end
      command.write(wrong, bytes)
      local opened, err = berth.open(wrong)
      codes[opened and "ok" or err.code] = true
      if opened then
        opened:check()
        opened:release "vm-6"
        opened:close()
      end
      os.remove(wrong)
      os.remove(wrong .. "-wal")
      os.remove(wrong .. "-shm")
    end
    assert.is_true(codes.ok and codes.corrupt and codes.not_a_store)
    codes.ok, codes.corrupt, codes.not_a_store = nil, nil, nil
    codes.schema_version, codes.read_only, codes.busy = nil, nil, nil
    assert.is_nil(next(codes), next(codes))
  end)
end)

describe("a store whose disk is full", function()
  it("refuses the claim that does not fit and keeps all before it", function()
    local file = path()
    do
      local fleet <close> = assert(berth.open(file))
      assert(fleet:create_provider { name = "node", inventories = { VCPU = 1000000 } })
    end
    -- a limit on the size of files, in blocks of 512 bytes, stands for the end of the disk
    local result = command.shell(("trap '' XFSZ; ulimit -f 800; exec %s - %s <<'END'%s\nEND")
      :format(LUA, command.quote(file), [[

      local fleet = assert(require "berth".open(arg[1]))
      local count, claim, err = -1
      repeat
        count = count + 1
        claim, err = fleet:allocate { consumer = ("c"):rep(200) .. count,
          allocations = { node = { VCPU = 1 } } }
      until not claim
      print(count, err.code, err.message)
      assert(fleet:check())
      assert(fleet:allocation(("c"):rep(200) .. count - 1))
      assert(not fleet:allocation(("c"):rep(200) .. count))]]))
    local count, code = result.out:match "^(%d+)%s+([%w_]+)"
    assert.equal("disk_full", code, result.out .. result.err)
    assert.equal(0, result.code, result.err)
    assert.is_true(tonumber(count) > 50)
    local fleet <close> = assert(berth.open(file))
    assert.is_true(fleet:check())
    assert.equal(tonumber(count), fleet:provider("node"):usages().VCPU)
  end)

  it("leaves no file behind when there is no room to make one", function()
    local file = path()
    for blocks = 0, 90, 6 do
      local result = command.shell(("trap '' XFSZ; ulimit -f %d; exec %s - %s <<'END'%s\nEND")
        :format(blocks, LUA, command.quote(file), [[

        local fleet, err = require "berth".open(arg[1])
        os.exit(fleet and 10 or err.code == "disk_full" and 11 or 12)]]))
      if result.code == 10 then break end
      assert.equal(11, result.code, blocks)
      for _, name in ipairs { "", "-wal", "-shm", "-journal" } do
        assert.is_false(exists(file .. name), blocks .. name)
      end
    end
  end)
end)

-- Every call of the disk fails in turn, once and for good: whatever is answered must be true.
describe("a store whose disk fails", function()
  after_each(function() test.vfs() end)

  local function work(file)
    local fleet, err = berth.open(file)
    if not fleet then return "open", err end
    local done
    done, err = fleet:transaction(function(tx)
      assert(tx:allocate { consumer = "new", project = "acme", allocations = {
        ["gpu-3"] = { PGPU = 1 }, ["host-1\t\u{e9}"] = { VCPU = 2 } } })
      assert(tx:release "vm-6")
      return true
    end)
    local answer = done and "applied" or err.code == "unknown_outcome" and "unknown" or "refused"
    return answer, err, fleet
  end

  local function try(kind, sticky, calls)
    local template, before, after
    do
      local file, fleet = furnished()
      fleet:close()
      template, before = command.read(file), dump_of(file)
      assert.equal("applied", (work(file)))
      after = dump_of(file)
    end
    local answers, at = {}, 0
    repeat
      at = at + 1
      local file = path()
      command.write(file, template)
      test.vfs { kind = kind, calls = calls, at = at, sticky = sticky }
      local answer, err, fleet = work(file)
      local _, fired = test.vfs()
      if answer == "open" then
        assert.is_true(err.code == "io_error" or err.code == "disk_full" or err.code == "busy"
          or err.code == "read_only" or err.code == "corrupt", err.code .. ": " .. err.message)
      end
      if fleet then -- the disk is well again, and the same handle tells the truth
        local now = assert(fleet:dump())
        if answer ~= "unknown" then
          assert.equal(answer == "applied" and after or before, now, kind .. at)
        end
        assert.is_true(fleet:check())
        if now == before then
          local again, why = fleet:release "vm-2"
          assert.is_true(again ~= nil, tostring(why))
        end
        fleet:close()
      else
        assert.equal(before, dump_of(file))
      end
      if answer == "applied" then assert.equal(after, dump_of(file), kind .. at) end
      answers[answer] = (answers[answer] or 0) + 1
      os.remove(file)
    until fired == 0
    return answers, at - 1
  end

  local writing = "write sync truncate size lock open delete map maplock"
  for _, kind in ipairs { "error", "full", "short" } do
    for _, sticky in ipairs { false, true } do
      it(("answers truly when a call %s (%s)"):format(kind == "full" and "finds no space"
        or kind == "short" and "writes half" or "fails", sticky and "and all after it" or "once"),
        function()
          local calls = kind == "error" and writing .. " read" or writing
          local answers, points = try(kind, sticky, calls)
          assert.is_true(points > 20)
          assert.is_true(answers.refused > 0)
          if not sticky then assert.is_nil(answers.unknown) end
        end)
    end
  end
end)

describe("a backup whose disk fails", function()
  after_each(function() test.vfs() end)

  for _, sticky in ipairs { false, true } do
    it("is whole or not there (" .. (sticky and "for good" or "once") .. ")", function()
      for _, target in ipairs { path(), ":memory:" } do
        local fleet <close> = assert(berth.open(target))
        furnish(fleet)
        local wanted, at, refused = assert(fleet:dump()), 0, 0
        repeat
          at = at + 1
          local copy = path()
          test.vfs { kind = "error", calls = "write sync truncate open delete map", at = at,
            sticky = sticky }
          local made, err = fleet:backup(copy)
          local _, fired = test.vfs()
          if made then
            assert.equal(wanted, dump_of(copy))
          else
            refused = refused + 1
            assert.equal("io_error", err.code)
            assert.is_false(exists(copy))
            os.remove(copy)
          end
          assert.equal("", command.shell("ls " .. command.quote(directory) .. " | grep part").out)
        until fired == 0
        assert.is_true(refused > 3)
        assert.is_true(fleet:check())
      end
    end)
  end
end)

describe("a store without memory", function()
  local function each(work, sqlite, sticky, stride)
    local file, template = path(), nil
    if work ~= "make" then
      local fleet = assert(berth.open(file))
      assert(fleet:create_provider { name = "host", inventories = { VCPU = 8 } })
      assert(fleet:allocate { consumer = "early", allocations = { host = { VCPU = 2 } } })
      fleet:close()
      template = command.read(file)
    end
    return test.memory_each { work = work, path = file, sqlite = sqlite, sticky = sticky,
      stride = stride, copy = function()
        for _, suffix in ipairs { "", "-wal", "-shm", "-journal" } do os.remove(file .. suffix) end
        if template then command.write(file, template) end
      end }
  end

  setup(collectgarbage) -- SQLite takes other memory only while no store is open

  for work, what in pairs { open = "opening", make = "making a file", write = "a transaction" } do
    it("loses and leaves nothing when any allocation fails in " .. what, function()
      for _, sticky in ipairs { false, true } do
        local points, refused = each(work, false, sticky, work == "make" and 5 or 1)
        assert.is_true(points > 10 and refused == points)
      end
    end)

    it("bears a SQLite without memory in " .. what, function()
      local points, refused = each(work, true, false, 23)
      assert.is_true(points > 10 and refused > 0)
    end)
  end
end)

describe("a store whose program is killed", function()
  it("holds exactly what was acknowledged, and at most the one claim that was not", function()
    local file = path()
    do
      local fleet <close> = assert(berth.open(file))
      assert(fleet:create_provider { name = "node", inventories = { VCPU = 1000000 } })
    end
    local acknowledged = {}
    for round = 1, 12 do
      local result = command.shell(("%s - %s %d <<'END'%s\nEND\nexit $?")
        :format(LUA, command.quote(file), round, [[

        local test = require "berth_test"
        local fleet = assert(require "berth".open(arg[1]))
        math.randomseed(tonumber(arg[2]))
        io.stdout:setvbuf "no"
        for i = 1, math.random(3, 40) do
          local name = arg[2] .. "-" .. i
          assert(fleet:allocate { consumer = name, allocations = { node = { VCPU = 1 } } })
          io.write(name, "\n")
        end
        if math.random(2) == 1 then
          local tx = assert(fleet:begin())
          assert(tx:allocate { consumer = "half", allocations = { node = { VCPU = 1 } } })
        end
        test.die()]]))
      assert.is_true(result.code == 137 or result.signal == 9, result.err)
      for name in result.out:gmatch "[%d-]+" do acknowledged[#acknowledged + 1] = name end
    end
    local fleet <close> = assert(berth.open(file))
    assert.is_true(fleet:check())
    assert.equal(#acknowledged, fleet:provider("node"):usages().VCPU)
    for _, name in ipairs(acknowledged) do assert.truthy(fleet:allocation(name), name) end
    assert.is_nil((fleet:allocation "half"))
  end)
end)
