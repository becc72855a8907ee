-- Requests through the public face: the table, the query string and berth.request() mean the same;
-- candidates stream in one order and outlive their search; mistakes are told with their place.

local berth = require "berth"

describe("a request", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    for _, trait in ipairs { "CUSTOM_FAST", "CUSTOM_SSD" } do assert(store:create_trait(trait)) end
    local function make(spec) return assert(store:create_provider(spec)) end
    make { name = "cn1", inventories = { MEMORY_MB = 1024, DISK_GB = 1000 },
      aggregates = { "a", "b" } }
    make { name = "n11", parent = "cn1", inventories = { VCPU = 8 }, traits = { "HW_NUMA_ROOT" } }
    make { name = "n12", parent = "cn1", inventories = { VCPU = 8 },
      traits = { "HW_NUMA_ROOT", "CUSTOM_FAST" } }
    make { name = "cn2", inventories = { MEMORY_MB = 1024, DISK_GB = 1000 },
      aggregates = { "a" } }
    make { name = "n21", parent = "cn2", inventories = { VCPU = 8 }, aggregates = { "b" } }
    make { name = "n22", parent = "cn2", inventories = { VCPU = 8 } }
    make { name = "ss1", inventories = { DISK_GB = 1000 }, aggregates = { "a" },
      traits = { "MISC_SHARES_VIA_AGGREGATE", "CUSTOM_SSD" } }
  end)
  after_each(function() store:close() end)

  -- Every candidate as one line: who gives what, who serves which group.
  local function list(request)
    local lines = {}
    for candidate in assert(store:candidates(request)) do
      local parts = {}
      for uuid, amounts in pairs(assert(candidate:resources())) do
        for class, amount in pairs(amounts) do
          parts[#parts + 1] = ("%s:%s=%d"):format(store:provider(uuid).name, class, amount)
        end
      end
      for suffix, uuids in pairs(assert(candidate:mappings())) do
        for _, uuid in ipairs(uuids) do
          parts[#parts + 1] = ("%s>%s"):format(suffix, store:provider(uuid).name)
        end
      end
      table.sort(parts)
      lines[#lines + 1] = table.concat(parts, " ")
    end
    return lines
  end

  local PAIRS = {
    { "resources=VCPU:1,MEMORY_MB:512,DISK_GB:500",
      { resources = { VCPU = 1, MEMORY_MB = 512, DISK_GB = 500 } }, 8 },
    { "resources=VCPU:1&member_of=b", { resources = { VCPU = 1 }, member_of = "b" }, 3 },
    { "resources=VCPU:1&member_of=!b", { resources = { VCPU = 1 }, member_of = { "!b" } }, 1 },
    { "resources=VCPU:1&member_of=in:b,x",
      { resources = { VCPU = 1 }, member_of = { { "b", "x" } } }, 3 },
    { "resources=VCPU:1&member_of=a&member_of=b",
      { resources = { VCPU = 1 }, member_of = { "a", "b" } }, 2 },
    { "resources=VCPU:1,DISK_GB:1&required=CUSTOM_FAST,CUSTOM_SSD",
      { resources = "VCPU:1,DISK_GB:1", required = { "CUSTOM_FAST", "CUSTOM_SSD" } }, 1 },
    { "resources=VCPU:1&required=CUSTOM_FAST,!CUSTOM_SSD",
      { resources = { VCPU = 1 }, required = "CUSTOM_FAST", forbidden = "CUSTOM_SSD" }, 1 },
    { "resources=VCPU:1,DISK_GB:1&required=in:CUSTOM_FAST,CUSTOM_SSD&required=!HW_NUMA_ROOT",
      { resources = { VCPU = 1, DISK_GB = 1 }, forbidden = { "HW_NUMA_ROOT" },
        required = { { "CUSTOM_FAST", "CUSTOM_SSD" } } }, 2 },
    { "resources=VCPU:1&in_tree=n12", { resources = { VCPU = 1 }, in_tree = "n12" }, 2 },
    { "resources1=VCPU:8&resources2=VCPU:8&group_policy=none",
      { groups = { { resources = { VCPU = 8 } }, { resources = { VCPU = 8 } } },
        group_policy = "none" }, 4 },
    { "resourcesx=VCPU:4&resourcesy=VCPU:4&group_policy=isolate&limit=3",
      { groups = { x = { resources = { VCPU = 4 } }, y = { resources = { VCPU = 4 } } },
        group_policy = "isolate", limit = 3 }, 3 },
    { "required1=HW_NUMA_ROOT&resources2=VCPU:1&same_subtree=1,2&group_policy=none",
      { groups = { { required = { "HW_NUMA_ROOT" } }, { resources = { VCPU = 1 } } },
        same_subtree = { "1", "2" }, group_policy = "none" }, 2 },
    { "resources=DISK_GB:1&root_required=!CUSTOM_SSD",
      { resources = { DISK_GB = 1 }, root_required = { "!CUSTOM_SSD" } }, 3 },
    { "resources=DISK_GB:1&root_required=CUSTOM_SSD",
      { resources = { DISK_GB = 1 }, root_required = "CUSTOM_SSD" }, 1 },
    { "resources=VCPU:12&split=VCPU", { resources = { VCPU = 12 }, split = { VCPU = true } }, 2 },
    { "resources1=VCPU:4&resources2=VCPU:4&group_policy=none&canonical=true",
      { groups = { { resources = { VCPU = 4 } }, { resources = { VCPU = 4 } } },
        group_policy = "none", canonical = true }, 6 },
    { "resources=VCPU:16", { resources = { VCPU = 16 } }, 0 },
    { "resources=VCPU:1&limit=2", { resources = { VCPU = 1 }, limit = 2 }, 2 },
  }

  it("means the same as a table, as a query and as a request made once", function()
    for _, pair in ipairs(PAIRS) do
      local query, form, count = table.unpack(pair)
      local expected = list(query)
      assert.equal(count, #expected, query)
      assert.same(expected, list(form), query)
      assert.same(expected, list(assert(berth.request(query))), query)
      assert.same(expected, list(assert(berth.request(form))), query)
    end
  end)

  it("leaves no trace of the order in which it was written", function()
    assert.same(list "resources=VCPU:1,DISK_GB:1,MEMORY_MB:1",
      list "resources=MEMORY_MB:1,VCPU:1,DISK_GB:1")
    assert.same(list "resources1=VCPU:1&resources2=MEMORY_MB:1&group_policy=none",
      list "resources2=MEMORY_MB:1&group_policy=none&resources1=VCPU:1")
  end)

  it("takes a provider's userdata, uuid or name for a tree", function()
    local n12 = store:provider "n12"
    for _, tree in ipairs { n12, n12.uuid, n12.name, n12.uuid:upper() } do
      assert.equal(2, #list { resources = { VCPU = 1 }, in_tree = tree })
    end
  end)

  it("finds nothing, without complaint, in trees and aggregates that are not there", function()
    assert.same({}, list { resources = { VCPU = 1 }, in_tree = "nobody" })
    assert.same({}, list { resources = { VCPU = 1 }, member_of = "nobody" })
    assert.same({}, list { resources = { VCPU = math.maxinteger } })
    assert.same({}, list "resources=VCPU:99999999999999999999")
  end)

  -- What is not known, the path of where it stands, the position in the text there.
  local unknown = {
    { "class", "resources.CUSTOM_NO", nil, { resources = { VCPU = 1, CUSTOM_NO = 1 } } },
    { "class", "resources", 8, { resources = "VCPU:1,CUSTOM_NO:1" } },
    { "class", "groups.gpu.resources.CUSTOM_NO", nil,
      { groups = { gpu = { resources = { CUSTOM_NO = 1 } } } } },
    { "class", "groups[1].resources.CUSTOM_NO", nil,
      { groups = { { resources = { CUSTOM_NO = 1 } } } } },
    { "trait", "required", 1, { resources = { VCPU = 1 }, required = "CUSTOM_NO" } },
    { "trait", "required", 15,
      { resources = { VCPU = 1 }, required = " CUSTOM_FAST,!CUSTOM_NO" } },
    { "trait", "required[2]", 4,
      { resources = { VCPU = 1 }, required = { "CUSTOM_FAST", "in:CUSTOM_NO" } } },
    { "trait", "required[1]", nil,
      { resources = { VCPU = 1 }, required = { { "CUSTOM_FAST", "CUSTOM_NO" } } } },
    { "trait", "forbidden", 14,
      { resources = { VCPU = 1 }, forbidden = "CUSTOM_FAST, CUSTOM_NO" } },
    { "trait", "forbidden", nil,
      { resources = { VCPU = 1 }, forbidden = { "CUSTOM_FAST", "CUSTOM_NO" } } },
    { "trait", "groups.gpu.required[1]", 1,
      { groups = { gpu = { resources = { VCPU = 1 }, required = { "CUSTOM_NO" } } } } },
    { "trait", "root_required", 2, { resources = { VCPU = 1 }, root_required = "!CUSTOM_NO" } },
    { "trait", "root_required[2]", nil,
      { resources = { VCPU = 1 }, root_required = { "CUSTOM_FAST", "!CUSTOM_NO" } } },
  }
  for _, case in ipairs(unknown) do
    local kind, parameter, position, request = table.unpack(case, 1, 4)
    local where = parameter .. (position and " at byte " .. position or "")
    it(("tells of a %s that does not exist in %s"):format(kind, where), function()
      for _, ask in ipairs { request, berth.request(request) } do
        local result, err = store:candidates(ask)
        assert.is_nil(result)
        assert.equal("not_found", err.code)
        assert.equal("CUSTOM_NO", err[kind])
        assert.equal(parameter, err.parameter)
        assert.equal(position, err.position)
        assert.equal(parameter .. ": there is no "
          .. (kind == "class" and "resource class" or "trait") .. ' "CUSTOM_NO"'
          .. (position and ", at position " .. position or ""), err.message)
      end
    end)
  end

  it("tells as much when providers are listed by it, and claims made", function()
    local result, err = store:providers { required = "CUSTOM_FAST,CUSTOM_NO" }
    assert.is_nil(result)
    assert.same({ "not_found", "required", 13 }, { err.code, err.parameter, err.position })
    result, err = store:place { consumer = "c", resources = { CUSTOM_NO = 1 } }
    assert.is_nil(result)
    assert.same({ "not_found", "resources.CUSTOM_NO" }, { err.code, err.parameter })
  end)

  it("tells where it is wrong", function()
    for parameter, request in pairs {
      ["groups.gpu.resources.VCPU"] = { groups = { gpu = { resources = { VCPU = 0 } } } },
      ["resources.VCPU"] = { resources = { VCPU = 2.5 } },
      ["resources.MEMORY_MB"] = { resources = { MEMORY_MB = -math.huge } },
      ["limit"] = { resources = { VCPU = 1 }, limit = 0 },
      ["group_policy"] = { resources = { VCPU = 1 }, group_policy = "both" },
      ["required[2]"] = { resources = { VCPU = 1 }, required = { "HW_NUMA_ROOT", "in:," } },
      ["member_of[1]"] = { resources = { VCPU = 1 }, member_of = { "a,b" } },
      ["groups.a b"] = { groups = { ["a b"] = { resources = { VCPU = 1 } } } },
      ["same_subtree"] = { resources = { VCPU = 1 }, same_subtree = { "x" } },
      ["required"] = { resources = { VCPU = 1 }, required = "CUSTOM_FAST,!CUSTOM_FAST" },
      ["groups.gpu.required"] = { groups = { gpu = { resources = { VCPU = 1 },
        required = { "CUSTOM_FAST" }, forbidden = { "CUSTOM_FAST" } } } },
      ["groups.gpu.resources"] = { resources = { VCPU = 1 }, groups = { gpu = {} } },
      ["groups[2].resources"] = { groups = { { resources = { VCPU = 1 } },
        { required = { "HW_NUMA_ROOT" } } }, group_policy = "none" },
      ["split"] = { resources = { VCPU = 1 }, split = { MEMORY_MB = true } },
      ["groups.gpu.split"] = { groups = { gpu = { resources = { VCPU = 1 },
        split = { "MEMORY_MB" } } } },
      ["root_required"] = { resources = { VCPU = 1 },
        root_required = { "CUSTOM_FAST", "!CUSTOM_FAST" } },
    } do
      local result, err = store:candidates(request)
      assert.is_nil(result)
      assert.equal("invalid_request", err.code, parameter)
      assert.equal(parameter, err.parameter)
      assert.equal(parameter .. ": ", err.message:sub(1, #parameter + 2))
    end
  end)

  it("has no position where nobody wrote a text", function()
    for parameter, request in pairs {
      ["groups.gpu.resources"] = { groups = { gpu = {} } },
      ["required"] = { resources = { VCPU = 1 }, required = "HW_NUMA_ROOT,\xff" },
      ["forbidden"] = { resources = { VCPU = 1 }, forbidden = "\xff" },
      ["same_subtree"] = { resources = { VCPU = 1 }, same_subtree = "\xff" },
      ["resources"] = {},
    } do
      local result, err = store:candidates(request)
      assert.is_nil(result)
      assert.same({ "invalid_request", parameter }, { err.code, err.parameter })
      assert.is_nil(err.position)
      assert.not_matches("position", err.message)
    end
  end)

  it("tells the position in a query", function()
    for query, position in pairs {
      ["resources=VCPU:x"] = 11, ["resources=VCPU:1&limit=0"] = 24,
      ["resources=VCPU:1&limt=3"] = 18,
      ["resources=VCPU:1&required=%zz"] = 27,
    } do
      for _, ask in ipairs { store.candidates, function(_, q) return berth.request(q) end } do
        local result, err = ask(store, query)
        assert.is_nil(result)
        assert.equal("invalid_request", err.code)
        assert.equal(position, err.position, query)
      end
    end
  end)

  it("is misuse when it is no request", function()
    for message, request in pairs {
      ["unknown key 'resource', did you mean 'resources'"] = { resource = { VCPU = 1 } },
      ["groups.gpu: unknown key 'require', did you mean 'required'"] =
        { groups = { gpu = { require = {} } } },
      ["resources.VCPU: integer expected, got string"] = { resources = { VCPU = "1" } },
      ["resources: table expected, got number"] = { resources = 1 },
      ["keys are resource classes"] = { resources = { 1, 2 } },
      ["groups.gpu: table expected"] = { groups = { gpu = 1 } },
      ["the group without suffix is the request itself"] = { groups = { [""] = {} } },
      ["required: a list without holes"] = { required = { "a", nil, "b", [7] = "c" } },
      ["required: a list expected"] = { required = { a = true } },
      ["required%[1%]: table expected, got boolean"] = { required = { true } },
      ["in_tree: provider, its uuid or its name expected, got boolean"] = { in_tree = true },
      ["keys are names, got a key of type boolean"] = { [true] = 1 },
      ["split.VCPU: boolean expected"] = { resources = { VCPU = 1 }, split = { VCPU = 1 } },
      ["canonical: boolean expected"] = { canonical = "true" },
    } do
      assert.error_matches(function() store:candidates(request) end, message)
      assert.error_matches(function() berth.request(request) end, message)
    end
    assert.error_matches(function() store:candidates() end, "request, its table or its query")
    assert.error_matches(function() store:candidates("", 1) end, "no such argument")
    assert.error_matches(function() berth.request() end, "request, its table or its query")
  end)

  it("keeps to itself who asks when it is made once", function()
    assert.error_matches(function() berth.request { resources = { VCPU = 1 }, consumer = "x" } end,
      "unknown key 'consumer'")
  end)

  it("is read raw: no metamethod runs", function()
    local trap = setmetatable({}, { __index = error, __pairs = error, __len = error })
    rawset(trap, "resources", setmetatable({ VCPU = 1 }, { __pairs = error, __index = error }))
    assert.equal(4, #list(trap))
  end)
end)

describe("candidates", function()
  local store
  before_each(function()
    store = assert(berth.open ":memory:")
    for i = 1, 5 do
      assert(store:create_provider { name = "n" .. i, inventories = { VCPU = 4 } })
    end
  end)
  after_each(function() store:close() end)

  local function names(request)
    local found = {}
    for candidate in assert(store:candidates(request)) do
      found[#found + 1] = candidate.anchor.name
    end
    return table.concat(found, " ")
  end

  it("come in order of creation", function()
    assert.equal("n1 n2 n3 n4 n5", names "resources=VCPU:1")
    assert(store:provider("n1"):update { name = "z" })
    assert.equal("z n2 n3 n4 n5", names "resources=VCPU:1")
  end)

  it("come one at a time and end with nil", function()
    local iterate = assert(store:candidates "resources=VCPU:1&limit=2")
    assert.equal("n1", iterate:next().anchor.name)
    assert.equal("n2", iterate().anchor.name)
    assert.is_nil(iterate:next())
    assert.is_nil(iterate:next())
  end)

  it("have no score where nothing ranks", function()
    assert.is_nil(store:candidates("resources=VCPU:1")().score)
  end)

  it("outlive their search and can be claimed", function()
    local kept = {}
    for candidate in store:candidates "resources=VCPU:4" do kept[#kept + 1] = candidate end
    for i, candidate in ipairs(kept) do
      assert(store:place(candidate, { consumer = "c" .. i, project = "acme" }))
    end
    assert.same({ VCPU = 20 }, store:usages { project = "acme" })
    local result, err = store:place(kept[1], { consumer = "late" })
    assert.is_nil(result)
    assert.equal("capacity_exceeded", err.code)
  end)

  it("go on after a placement that was refused, and are stale after one that was kept", function()
    local iterate = assert(store:candidates "resources=VCPU:4")
    assert(iterate:next())
    assert.is_nil((store:place { consumer = "x", resources = { VCPU = 5 } }))
    assert.is_nil((store:allocate { consumer = "x", allocations = { n1 = { VCPU = 5 } } }))
    assert.equal("n2", iterate:next().anchor.name)
    assert(store:place { consumer = "x", resources = { VCPU = 1 } })
    local result, err = iterate:next()
    assert.is_nil(result)
    assert.equal("stale", err.code)
    iterate = store:candidates "resources=VCPU:4"
    assert(store:release "x")
    local ok, raised = pcall(iterate)
    assert.is_false(ok)
    assert.equal("stale", raised.code)
  end)

  it("of a transaction go with it", function()
    local tx = assert(store:begin())
    assert(tx:create_provider { name = "new", inventories = { DISK_GB = 8 } })
    local mine = tx:candidates("resources=DISK_GB:1")()
    local theirs = store:candidates("resources=DISK_GB:1")()
    assert(tx:rollback())
    assert(store:create_provider { name = "other", inventories = { DISK_GB = 8 } })
    for _, candidate in ipairs { mine, theirs } do
      local result, err = candidate:resources()
      assert.is_nil(result)
      assert.equal("stale", err.code)
      result, err = store:place(candidate, { consumer = "x" })
      assert.is_nil(result)
      assert.equal("stale", err.code)
    end
  end)

  it("of a transaction stay what they are when a savepoint of it does", function()
    local tx <close> = assert(store:begin())
    local iterate = tx:candidates "resources=VCPU:1"
    assert(iterate:next())
    local point = tx:savepoint()
    assert(tx:release "nobody" == nil)
    assert.equal("n2", iterate:next().anchor.name)
    assert(tx:place { consumer = "x", resources = { VCPU = 1 } })
    assert(point:rollback())
    local result, err = iterate:next()
    assert.is_nil(result)
    assert.equal("stale", err.code)
  end)

  it("of a transaction are refused after a rollback to a savepoint, whoever is there", function()
    local tx <close> = assert(store:begin())
    local point = tx:savepoint()
    local query = "resources=DISK_GB:1"
    local before = tx:candidates("resources=VCPU:1")()
    assert(tx:create_provider { name = "new", inventories = { DISK_GB = 8 } })
    local within = tx:candidates(query)()
    assert(within:resources())
    assert(point:rollback())
    assert(tx:create_provider { name = "in its place", inventories = { DISK_GB = 8 } })
    local picture, changes = tx:dump(), tx:diff()
    for _, candidate in ipairs { before, within } do
      for _, try in ipairs {
        function() return tx:place(candidate, { consumer = "x" }) end,
        function() return tx:place { candidate = candidate, consumer = "x" } end,
        function() return candidate:resources() end,
        function() return candidate:mappings() end,
        function() return candidate:summaries() end,
      } do
        local result, err = try()
        assert.is_nil(result)
        assert.equal("stale", err.code)
      end
    end
    assert.equal(picture, tx:dump())
    assert.same(changes, tx:diff())
    assert(tx:place(tx:candidates(query)(), { consumer = "x" }))
    assert(tx:commit())
    assert.is_true(store:check())
  end)

  it("name nothing once their provider is gone", function()
    local first = store:candidates("resources=VCPU:1")()
    assert(store:provider("n1"):delete())
    local result, err = first:resources()
    assert.is_nil(result)
    assert.equal("stale", err.code)
    local ok, raised = pcall(function() return first.anchor end)
    assert.is_false(ok)
    assert.equal("stale", raised.code)
  end)

  it("end with their store", function()
    local iterate = store:candidates "resources=VCPU:1"
    local first = iterate:next()
    store:close()
    assert.error_matches(function() iterate:next() end, "store is closed")
    assert.error_matches(function() first:resources() end, "store is closed")
    assert.error_matches(function() return first.anchor end, "store is closed")
  end)

  it("belong to their store", function()
    local other <close> = assert(berth.open ":memory:")
    local result, err = other:place(store:candidates("resources=VCPU:1")(), { consumer = "x" })
    assert.is_nil(result)
    assert.equal("stale", err.code)
  end)
end)

describe("place", function()
  local store, node
  before_each(function()
    store = assert(berth.open ":memory:")
    node = assert(store:create_provider { name = "node", inventories = { VCPU = 4 } })
  end)
  after_each(function() store:close() end)

  it("takes a request in every form, with who asks beside or in it", function()
    local forms = {
      { { resources = { VCPU = 1 }, consumer = "x", project = "acme", user = "ann",
        consumer_type = "INSTANCE" } },
      { "resources=VCPU:1" },
      { berth.request "resources=VCPU:1" },
      { { request = "resources=VCPU:1", consumer = "x", project = "acme", user = "ann",
        consumer_type = "INSTANCE" } },
      { { request = berth.request { resources = { VCPU = 1 } }, consumer = "x",
        project = "acme", user = "ann", consumer_type = "INSTANCE" } },
      { store:candidates("resources=VCPU:1")() },
      { { candidate = store:candidates("resources=VCPU:1")(), consumer = "x", project = "acme",
        user = "ann", consumer_type = "INSTANCE" } },
    }
    for i, form in ipairs(forms) do
      local who = { consumer = "x", project = "acme", user = "ann", consumer_type = "INSTANCE" }
      if i == 1 or i == 4 or i == 5 or i == 7 then who = nil end
      local claim = assert(store:place(form[1], who))
      assert.same({ [node.uuid] = { VCPU = 1 } }, claim:resources(), i)
      assert.equal("acme", claim.project)
      assert.equal("ann", claim.user)
      assert.equal("INSTANCE", claim.consumer_type)
      assert(claim:release())
    end
  end)

  it("refuses a consumer that holds something already", function()
    assert(store:place { consumer = "x", resources = { VCPU = 1 } })
    local result, err = store:place { consumer = "x", resources = { VCPU = 1 } }
    assert.is_nil(result)
    assert.equal("consumer_exists", err.code)
  end)

  it("says when nothing fits and leaves nothing behind", function()
    local before = store:dump()
    local result, err = store:place { consumer = "x", project = "p", resources = { VCPU = 5 } }
    assert.is_nil(result)
    assert.equal("no_candidate", err.code)
    assert.equal(before, store:dump())
  end)

  it("needs a consumer, and either a request or a candidate", function()
    local candidate = store:candidates("resources=VCPU:1")()
    for message, arguments in pairs {
      ["key 'consumer' is missing"] = { { resources = { VCPU = 1 } } },
      ["#2.*key 'consumer' is missing"] = { "resources=VCPU:1" },
      ["#2 to 'place' %(key 'consumer' is missing"] = { "resources=VCPU:1", { project = "x" } },
      ["#2.*who asks stands in the table"] = { { resources = { VCPU = 1 } }, { consumer = "x" } },
      ["not several of them"] = { { candidate = candidate, request = "", consumer = "x" } },
      ["are due, not several"] = { { candidate = candidate, limit = 1, consumer = "x" } },
      ["request: request or query string expected"] = { { request = {}, consumer = "x" } },
      ["candidate: candidate expected"] = { { candidate = "x", consumer = "x" } },
      ["unknown key 'generation'"] = { { resources = { VCPU = 1 }, generation = 1 } },
    } do
      assert.error_matches(function() store:place(table.unpack(arguments)) end, message)
    end
  end)
end)
