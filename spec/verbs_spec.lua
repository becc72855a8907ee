-- The command's verbs on a store: import, candidates, place, release, explain, usages, traits,
-- check and backup, each as people read it and as JSON, with its exit codes.

local berth = require "berth"
local command = require "spec.support.command"
local dkjson = require "dkjson"

local FLEET = [[
{
  "resource_classes": ["CUSTOM_LICENSE"],
  "traits": ["CUSTOM_FAST"],
  "providers": [
    {"name": "gpu0", "parent": "node-1", "inventories": {"PGPU": 2}},
    {"name": "node-1", "traits": ["CUSTOM_FAST"], "aggregates": ["rack-1"],
     "inventories": {"VCPU": {"total": 8, "allocation_ratio": 2.0}, "MEMORY_MB": 16384}},
    {"name": "node-2", "inventories": {"VCPU": 4}}
  ],
  "allocations": [
    {"consumer": "vm-1", "project": "acme", "user": "ann", "consumer_type": "INSTANCE",
     "allocations": {"node-1": {"VCPU": 3}}}
  ]
}
]]

describe("the verb", function()
  local directory, remove, db
  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  local files = 0
  local function path(suffix)
    files = files + 1
    return ("%s/%d%s"):format(directory, files, suffix or ".db")
  end

  local function file(text)
    local name = path ".json"
    command.write(name, text)
    return name
  end

  -- Runs a verb that is to succeed; its standard output.
  local function run(...)
    local result = command.run(...)
    assert.equal("", result.err)
    assert.equal(0, result.code)
    return result.out
  end

  local function json(...)
    local value = dkjson.decode(run(...))
    assert.is_table(value)
    return value
  end

  -- Runs a verb that is to fail; what it said, without output.
  local function refused(code, ...)
    local result = command.run(...)
    assert.equal(code, result.code, result.err)
    assert.equal("", result.out)
    return result.err
  end

  before_each(function()
    db = path()
    run("import", db, file(FLEET))
  end)

  local function store() return assert(berth.open(db)) end

  describe("import", function()
    it("makes a store of a file, parents before children", function()
      local made <close> = store()
      assert.equal("node-1", made:provider("gpu0").parent.name)
      assert.same({ "CUSTOM_FAST" }, made:provider("node-1"):traits())
      assert.same({ "rack-1" }, made:provider("node-1"):aggregates())
      assert.equal("ann", made:allocation("vm-1").user)
      assert.same({ VCPU = 3 }, made:usages { project = "acme" })
    end)

    it("says what it made", function()
      assert.equal("imported 1 resource class, 1 trait, 3 providers, 1 allocation\n",
        run("import", path(), file(FLEET)))
      assert.same({ resource_classes = 1, traits = 1, providers = 3, updated = 0, allocations = 1 },
        json("import", path(), file(FLEET), "--json"))
      assert.equal("imported nothing\n", run("import", path(), file "{}"))
    end)

    it("reads several files as one, and standard input", function()
      local target = path()
      run("import", target, file [[{"providers": [{"name": "b", "parent": "a"}]}]],
        file [[{"providers": [{"name": "a", "parent": null}]}]])
      local result = command.shell(("cat %s | %s import %s -"):format(
        command.quote(file [[{"traits": ["CUSTOM_X"]}]]), command.quote(command.berth()),
        command.quote(target)))
      assert.equal("imported 1 trait\n", result.out)
    end)

    it("changes what exists only when it is told to", function()
      local change = file [[{"providers": [{"name": "node-2", "inventories": {"VCPU": 16},
        "parent": "node-1"}, {"name": "node-3"}]}]]
      assert.matches("^berth: duplicate_name: .*%.json:1:16: ", refused(1, "import", db, change))
      assert.equal("imported 1 provider, 1 updated provider\n",
        run("import", "--update", db, change))
      local made <close> = store()
      assert.equal(16, made:provider("node-2"):inventories().VCPU.total)
      assert.equal("node-1", made:provider("node-2").parent.name)
    end)

    it("leaves nothing half done, and no file that was not there", function()
      local before = store():dump()
      refused(1, "import", db, file [[{"traits": ["CUSTOM_NEW"],
        "providers": [{"name": "new"}, {"name": "node-1"}]}]])
      assert.equal(before, store():dump())
      local fresh = path()
      refused(1, "import", fresh, file [[{"providers": [{"name": "a"}, {"name": "a"}]}]])
      assert.equal("", command.shell("ls " .. command.quote(fresh) .. "* 2>/dev/null").out)
    end)

    it("tells line and column of whatever is wrong", function()
      local deep = ("["):rep(100000)
      for text, told in pairs {
        ['{"providers": [}'] = "1:16: a value is due",
        ['{"providers": [{"name": "a"}'] = "1:29: a comma or ] is due",
        ['{"providers":\n [{"name": "a", "nmae": 1}]}'] =
          "2:17: unknown key 'nmae', did you mean 'name'?",
        ['{"provider": []}'] = "1:2: unknown key, did you mean \"providers\"?",
        ['{"providers": [{"name": "a", "inventories": {"VCPU": {"total": "8"}}}]}'] =
          "1:55: inventories.VCPU.total: integer expected, got string",
        ['{"providers": [{"name": "a", "inventories": {"VCPU": 1.5}}]}'] =
          "1:46: inventories.VCPU: 1.5 is not an integer",
        ['{"providers": [{"name": "a", "inventories": 5}]}'] =
          "1:30: inventories: object or list expected, got number",
        ['{"providers": [\n{"name": "a",\n "inventories": {"VCPU": {"total": 8,'
          .. ' "reserved": 9}}}]}'] = "3:18: reserved 9 is outside 0 to 8",
        ['{"providers": [{"name": "\u{E9}\u{E9}", "parent": "zz"}]}'] =
          "1:31: there is no provider zz",
        ['{"providers": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]}'] =
          "1:30: the provider comes to lie below itself",
        ['{"traits": ["CUSTOM_A", "custom"]}'] = "1:25: trait \"custom\" is not",
        ['{"traits": [5]}'] = "1:13: a name is due",
        ['{"providers": {"a": 1}}'] = "1:2: providers: a list is due",
        ['{"allocations": [{"consumer": "x", "allocations": {"q": {"VCPU": 1}}}]}'] =
          "1:18: there is no provider q",
        ['[1]'] = "1:1: an object is due",
        [""] = "1:1: it ends too early",
        ['{"a": 1, "a": 2}'] = "1:10: a key stands there twice",
        ['{"a": 01}'] = "1:7: a malformed number",
        ['{"a": "\\ud800"}'] = "1:10: half a character is escaped",
        ['{"a": "\xFF"}'] = "1:7: a string is not valid UTF-8",
        ['{"a": "b\nc"}'] = "1:9: a control character in a string",
        ["{} x"] = "1:4: nothing is due after the value",
        [deep] = "1:65: it is nested too deeply",
      } do
        local name = file(text)
        local result = command.run("import", path(), name)
        assert.is_true(result.code == 1 or result.code == 2)
        assert.is_truthy(result.err:find(name .. ":" .. told, 1, true), result.err)
        assert.equal("", result.out)
      end
    end)

    it("knows a file that is none from one that is missing", function()
      refused(3, "import", path(), directory)
      refused(3, "import", path(), directory .. "/none.json")
      refused(3, "import", directory .. "/no/such/folder.db", file(FLEET))
      refused(2, "import", db)
    end)
  end)

  it("candidates lists where a request fits", function()
    local query = "resources=VCPU:2&resources_gpu=PGPU:1"
    assert.equal("#  PROVIDER  TAKES   GROUPS\n1  gpu0      PGPU:1  _gpu\n1  node-1    VCPU:2  -\n",
      run("candidates", db, query))
    local found = json("candidates", db, query, "--json").candidates
    assert.equal(1, #found)
    local names = found[1].names
    for uuid, amounts in pairs(found[1].resources) do
      assert.same(names[uuid] == "gpu0" and { PGPU = 1 } or { VCPU = 2 }, amounts)
    end
    assert.equal("gpu0", names[found[1].mappings._gpu[1]])
    assert.equal("node-1", names[found[1].anchor])
  end)

  it("candidates gives as many as are wanted", function()
    assert.equal(2, #json("candidates", db, "resources=VCPU:1", "--json").candidates)
    local one = json("candidates", db, "resources=VCPU:1", "--limit", "1", "--json")
    assert.equal(1, #one.candidates)
    assert.equal(1, #json("candidates", db, "resources=VCPU:1&limit=1", "--json").candidates)
    assert.matches("no_candidate", refused(1, "candidates", db, "resources=VCPU:100"))
    assert.matches("position 11", refused(2, "candidates", db, "resources=VCPU:x"))
    assert.matches("there is no resource class", refused(1, "candidates", db, "resources=VCPX:1"))
  end)

  it("place claims, or tells why not", function()
    assert.equal("PROVIDER  TAKES\ngpu0      PGPU:2\nnode-1    VCPU:2\n",
      run("place", db, "resources=VCPU:2&resources_gpu=PGPU:2", "--consumer", "vm-2",
        "--project", "acme", "--user", "bob", "--type", "INSTANCE"))
    local claim = store():allocation "vm-2"
    assert.equal("bob", claim.user)
    assert.equal("INSTANCE", claim.consumer_type)
    local told = refused(1, "place", db, "resources=PGPU:1", "--consumer", "vm-3")
    assert.matches("^berth: no_candidate: ", told)
    assert.matches("'berth explain' tells", told)
    assert.matches("consumer_exists",
      refused(1, "place", db, "resources=VCPU:1", "--consumer", "vm-2"))
    assert.matches("%-%-consumer is needed", refused(2, "place", db, "resources=VCPU:1"))
  end)

  it("place only shows in a dry run", function()
    local before = store():dump()
    local shown = json("place", db, "resources=VCPU:2", "--consumer", "vm-2", "--dry-run", "--json")
    assert.equal("vm-2", shown.consumer)
    assert.equal(before, store():dump())
    refused(1, "place", db, "resources=VCPU:200", "--consumer", "vm-2", "--dry-run")
  end)

  it("place asks the policies it is given", function()
    local policy = path ".lua"
    command.write(policy, [[
      return policy {
        name = "never",
        description = "nobody",
        admit = function(claim) return deny("never", "not for " .. claim.project) end,
      }]])
    local told = refused(1, "place", db, "resources=VCPU:1", "--consumer", "x", "--project", "acme",
      "--policy", policy)
    assert.matches("^berth: denied: not for acme\n", told)
    refused(1, "place", db, "resources=VCPU:1", "--consumer", "x", "--policy", "no_such_policy")
    assert.is_nil((store():allocation "x"))
  end)

  it("release gives back all or nothing", function()
    run("place", db, "resources=VCPU:2", "--consumer", "vm-2")
    refused(1, "release", db, "vm-1", "nobody")
    assert.is_truthy(store():allocation "vm-1")
    assert.equal("CONSUMER  PROVIDER  GAVE BACK\nvm-1      node-1    VCPU:3\n"
      .. "vm-2      node-1    VCPU:2\n", run("release", db, "vm-1", "vm-2"))
    assert.same({}, store():usages())
    assert.matches("not_found", refused(1, "release", db, "vm-1"))
  end)

  it("explain shows a tree of what rules out what", function()
    local text = run("explain", db, "resources=VCPU:6&resources_gpu=PGPU:9&required=CUSTOM_FAST")
    assert.matches("^2 trees\n├─ the request\n", text)
    assert.matches("│  ├─ 6 VCPU free in one provider: rules out 1 tree, 1 left\n", text)
    assert.matches("├─ group _gpu\n", text)
    assert.matches("no tree can serve it\n", text)
    assert.matches("nearest: node%-1, failed at 9 PGPU free .*%(gpu0, has 2%)\n", text)
    assert.matches("would do: PGPU 9 %-> 2", text)
    assert.equal(2, json("explain", db, "resources=VCPU:1", "--json").left)
    assert.matches("2 trees can serve it\n$", run("explain", db, "resources=VCPU:1"))
  end)

  it("usages sums over whoever is asked for", function()
    run("place", db, "resources=VCPU:2&resources_gpu=PGPU:1", "--consumer", "vm-2")
    assert.equal("CLASS  USED\nPGPU      1\nVCPU      5\n", run("usages", db))
    assert.same({ usages = { VCPU = 3 } }, json("usages", db, "--project", "acme", "--json"))
    assert.same({ usages = { PGPU = 1, VCPU = 2 } },
      json("usages", db, "--type", "unknown", "--json"))
    assert.equal("{\"usages\":{}}\n", run("usages", db, "--project", "nobody", "--json"))
    assert.matches("INSTANCE +1 +VCPU +3\nunknown +1 +PGPU +1\n", run("usages", db, "--by-type"))
    assert.matches("VCPU +5 +8 +0 +2.0\n", run("usages", db, "--provider", "node-1"))
    assert.same({ PGPU = 1 }, json("usages", db, "--provider", "gpu0", "--json").usages)
    refused(1, "usages", db, "--provider", "nobody")
    refused(2, "usages", db, "--provider", "gpu0", "--project", "acme")
  end)

  it("traits lists names, with or without a store", function()
    assert.matches("^HW_CPU_X86_AVX512BITALG\n", run("traits", "--prefix", "HW_CPU_X86_AVX512"))
    assert.same({ "CUSTOM_FAST" }, json("traits", db, "--associated", "--json").traits)
    assert.equal("CUSTOM_LICENSE\n", run("traits", db, "--classes", "--prefix", "CUSTOM_"))
    assert.equal(21, #json("traits", "--classes", "--json").resource_classes)
    assert.equal("", run("traits", "--prefix", "NOTHING"))
    local standard, known = json("traits", "--json").traits, {}
    for i, name in ipairs(standard) do
      assert.is_true(i == 1 or standard[i - 1] < name, name)
      known[name] = true
    end
    assert.equal(377, #standard)
    for _, name in ipairs { "HW_CPU_X86_INTEL_TDX", "HW_CPU_X86_AMD_SEV_SNP", "HW_CPU_X86_AMXTILE",
                            "HW_CPU_X86_AMXINT8", "HW_CPU_X86_AMXBF16", "HW_NVME_WZS",
                            "HW_PCI_ONE_TIME_USE", "COMPUTE_NODE", "OWNER_NOVA",
                            "MISC_SHARES_VIA_AGGREGATE", "STORAGE_DISK_SSD" } do
      assert.is_true(known[name], name)
    end
    refused(2, "traits", "--classes", "--associated")
  end)

  it("check finds a store sound, and says so of damage", function()
    assert.equal("sound: 3 providers, 1 consumers, 1 allocations, 1 changesets\n", run("check", db))
    assert.is_true(json("check", db, "--json").sound)
    if not command.exists "sqlite3" then return pending "sqlite3 is not installed" end
    command.exec("sqlite3", db, "UPDATE allocations SET provider = 99")
    local result = command.run("check", db)
    assert.equal(3, result.code)
    assert.matches("^berth: corrupt: ", result.err)
  end)

  it("backup copies into a new file only", function()
    local copy = path()
    assert.equal(copy .. ": 3 providers, 1 consumers, 1 changesets\n", run("backup", db, copy))
    local again <close> = assert(berth.open(copy))
    assert.equal(store():dump(), again:dump())
    assert.matches("duplicate_name: " .. copy:gsub("%p", "%%%0"), refused(1, "backup", db, copy))
    refused(3, "backup", db, directory .. "/no/such/folder.db")
  end)

  it("needs a store that is there, whichever verb it is", function()
    local none = path()
    for _, words in ipairs { { "candidates", none, "resources=VCPU:1" },
      { "place", none, "resources=VCPU:1", "--consumer", "x" }, { "release", none, "x" },
      { "explain", none, "resources=VCPU:1" }, { "usages", none }, { "traits", none },
      { "check", none }, { "backup", none, path() } } do
      assert.matches("^berth: environment: .*there is no store", refused(3, table.unpack(words)))
      words[2] = file "no database, but long enough to look like one, if anybody looked"
      assert.matches("^berth: not_a_store: ", refused(3, table.unpack(words)))
      words[2] = directory
      refused(3, table.unpack(words))
    end
  end)
end)
