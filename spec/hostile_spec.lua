-- Hostile values in every text field and number: kept and given back byte for byte, or refused with
-- a typed error and the fleet unchanged; never a crash, never somebody else's object.

local berth = require "berth"
local command = require "spec.support.command"

-- Strings that have broken databases, terminals, paths and parsers before.
local STRINGS = {
  "", " ", "'", '"', "`", ";", "--", "/*", "\\", "\\'", "%", "%%", "_", "?", "?1", ":a", "@a",
  "$a", "(", "[x]", "{x}", "NULL", "null", "nil", "true", "0", "-0", "1e9", "0x1F", "NaN", "inf",
  "' OR '1'='1", "'; DROP TABLE providers; --", "1; ATTACH DATABASE 'x' AS x",
  "' UNION SELECT sql FROM sqlite_master --", "'||(SELECT hex(randomblob(9)))||'",
  "x' AND load_extension('a') --", "'; PRAGMA writable_schema=1; --", "$$; DROP TABLE p; $$",
  "%00", "%27", "%2e%2e%2f", "../../etc/passwd", "..\\x", "/dev/null", "file::memory:?cache=shared",
  ":memory:", "con", "${jndi:ldap://x}", "{{7*7}}", "<script>", "]]>", "&amp;", "%n%s%p",
  "%99999999s", "%1$*1$s", "$(id)", "`id`", "a b", "a,b", "a:b", "!a", "in:a", "a&b=c", "a+b",
  "\0", "a\0b", "a\0'; --", "\r\nSet-Cookie: x=1", "a\nb", "\t", "\27[2J", "\127",
  "\xC0\xA7", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF\xFE", "\x80", "\xE2\x82",
  "\xF8\x88\x80\x80\x80", "\u{2028}", "\u{202E}abc", "\u{FEFF}a", "\u{FF07}", "e\u{301}",
  "\u{E9}", "\u{130}", "\u{DF}", "\u{1F4A9}", "\u{10FFFF}",
  ("a"):rep(200), ("a"):rep(201), ("a"):rep(255), ("a"):rep(256), ("\u{1F4A9}"):rep(64),
  ("'"):rep(5000), ("x"):rep(1 << 20),
  "VCPU", "vcpu", "CUSTOM_", "CUSTOM_A B", "custom_a", "CUSTOM_" .. ("A"):rep(249),
  "HW_CPU_X86_AVX\0", "VCPU\0",
  "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000G",
  ("-"):rep(36), "{00000000-0000-0000-0000-000000000000", "unknown", "all",
}

local NUMBERS = {
  0, -1, -0.0, 0.5, 1e308, -1e308, 1 / 0, -1 / 0, 0 / 0, 2 ^ 31, 2 ^ 53, 2 ^ 53 - 1, 2 ^ 63,
  1 << 31, (1 << 53) - 1, 1 << 53, math.maxinteger, math.mininteger, 5e-324, 3.40283e38,
}

local PERMITTED = { invalid_value = true, limit_exceeded = true, not_found = true,
  duplicate_name = true, invalid_request = true, invalid_capacity = true, invalid_amount = true,
  capacity_exceeded = true, no_candidate = true, protected = true, generation_conflict = true,
  inventory_in_use = true }

-- Stores are named so that a failure tells which one.
for _, kind in ipairs { "memory", "file" } do
  describe("a fleet in a " .. kind, function()
    local store, node, directory, remove
    setup(function() directory, remove = command.directory() end)
    teardown(function() remove() end)
    local files = 0
    local function open_fleet()
      files = files + 1
      local target = kind == "memory" and ":memory:" or directory .. "/" .. files .. ".db"
      store = assert(berth.open(target))
      node = assert(store:create_provider { name = "the node", inventories = { VCPU = 100000 } })
      assert(store:allocate { consumer = "the consumer", project = "the project",
        allocations = { [node] = { VCPU = 1 } } })
    end
    before_each(open_fleet)
    after_each(function()
      assert.is_true((store:check()))
      store:close()
    end)

    -- Runs a write; it is done, or refused without a trace. Returns what it returned.
    local function try(write, value)
      local before = store:dump()
      local result, err = write(value)
      if result == nil then
        assert.is_true(PERMITTED[err.code], tostring(err))
        assert.equal(before, store:dump())
        assert.is_truthy(utf8.len(err.message))
        assert.is_nil(err.message:find("%c"))
      end
      return result
    end

    -- Each way to write a text, and how to read it back from what the write returned.
    local FIELDS = {
      name = {
        function(s) return store:create_provider { name = s } end,
        function(made) return made.name end,
        function(s) return store:provider(s) end,
      },
      rename = {
        function(s) return node:update { name = s } end,
        function() return node.name end,
      },
      consumer = {
        function(s)
          return store:allocate { consumer = s, allocations = { [node] = { VCPU = 1 } } }
        end,
        function(made) return made.consumer end,
        function(s) return store:allocation(s) end,
      },
      placed = {
        function(s) return store:place { consumer = s, resources = { VCPU = 1 } } end,
        function(made) return next(made:resources()) and made.consumer end,
      },
      project = {
        function(s)
          return store:allocate { consumer = "c", project = s,
            allocations = { [node] = { VCPU = 1 } } }
        end,
        function(made) return made.project end,
        function(s) return store:usages { project = s }.VCPU end,
      },
      user = {
        function(s)
          return store:allocate { consumer = "c", user = s,
            allocations = { [node] = { VCPU = 1 } } }
        end,
        function(made) return made.user end,
        function(s) return store:usages { user = s }.VCPU end,
      },
      consumer_type = {
        function(s)
          return store:allocate { consumer = "c", consumer_type = s,
            allocations = { [node] = { VCPU = 1 } } }
        end,
        function(made) return made.consumer_type end,
      },
      trait = {
        function(s)
          local done, err = store:create_trait(s)
          return done and s, err
        end,
        function(made) return node:set_traits { made } and node:traits()[1] end,
      },
      class = {
        function(s)
          local done, err = store:create_resource_class(s)
          return done and s, err
        end,
        function(made) return node:set_inventory(made, 1) and made end,
      },
      aggregate = {
        function(s) return node:set_aggregates { s } end,
        function() return node:aggregates()[1] end,
      },
    }

    it("keeps a text byte for byte or refuses it without a trace", function()
      local kept, refused = 0, 0
      for field, how in pairs(FIELDS) do
        store:close()
        open_fleet()
        for i, text in ipairs(STRINGS) do
          local made = try(how[1], text)
          if made then
            kept = kept + 1
            assert.equal(text, how[2](made), field .. " " .. i)
            if how[3] then assert.is_truthy(how[3](text), field .. " " .. i) end
          else
            refused = refused + 1
          end
          store:release "c"
          store:release(text)
        end
      end
      assert.is_true(kept > 400 and refused > 400, kept .. " " .. refused)
    end)

    it("finds under one text only what was stored under it", function()
      local made = {}
      for _, text in ipairs(STRINGS) do
        local provider = #text <= 255 and store:create_provider { name = text }
        if provider then
          made[text] = provider
          assert(store:allocate { consumer = text, project = text,
            allocations = { [node] = { VCPU = 2 } } })
        end
      end
      for _, text in ipairs(STRINGS) do
        local found = store:provider(text)
        assert.equal(made[text], found)
        assert.equal(made[text] and text, found and found.name)
        assert.equal(made[text] and 2, (store:usages { project = text } or {}).VCPU)
        local n = 0
        for provider in store:providers { name = text } or function() end do
          n = n + 1
          assert.equal(text, provider.name)
        end
        assert.equal(made[text] and 1 or 0, n)
      end
      assert.equal("the node", node.name)
      assert.equal("the project", store:allocation("the consumer").project)
    end)

    it("takes any text where something is looked for", function()
      local before = store:dump()
      for _, text in ipairs(STRINGS) do
        for _, look in ipairs {
          function() return store:provider(text) end,
          function() return store:allocation(text) end,
          function() return store:release(text) end,
          function() return store:usages { project = text, user = text, consumer_type = text } end,
          function() return store:traits { prefix = text } end,
          function() return store:delete_trait(text) end,
          function() return store:delete_resource_class(text) end,
          function() return store:candidates(text) end,
          function() return store:candidates("resources=" .. text) end,
          function() return store:candidates { resources = { [text] = 1 } } end,
          function() return store:candidates { resources = { VCPU = 1 }, required = text } end,
          function() return store:candidates { resources = { VCPU = 1 }, forbidden = { text } } end,
          function() return store:candidates { resources = { VCPU = 1 }, member_of = text } end,
          function() return store:candidates { resources = { VCPU = 1 }, in_tree = text } end,
          function() return store:candidates { resources = { VCPU = 1 }, root_required = text } end,
          function() return store:candidates { resources = { VCPU = 1 }, same_subtree = text } end,
          function() return store:candidates { resources = { VCPU = 1 }, group_policy = text } end,
          function() return store:providers { uuid = text, name = text, in_tree = text } end,
          function() return store:providers { member_of = { { text } } } end,
          function() return node:set_inventory(text, nil) end,
        } do
          local result, err = look()
          if result == nil then assert.is_true(PERMITTED[err.code], tostring(err)) end
        end
      end
      assert.equal(before, store:dump())
    end)

    it("keeps a number exactly or refuses it without a trace", function()
      local kept = 0
      local fields = { "total", "reserved", "min_unit", "max_unit", "step_size",
        "allocation_ratio" }
      for _, number in ipairs(NUMBERS) do
        for _, field in ipairs(fields) do
          local inventory = { total = 100 }
          inventory[field] = number
          if try(function() return node:set_inventory("DISK_GB", inventory) end) then
            kept = kept + 1
            local ratio = field == "allocation_ratio"
            local read = node:inventories().DISK_GB[field]
            assert.equal(ratio and "float" or "integer", math.type(read))
            assert.equal(ratio and number + 0.0 or number, read)
            assert.is_true(store:check())
          end
        end
        try(function() return node:set_inventory("DISK_GB", number) end)
        try(function() return node:set_inventories({ VCPU = 100000 }, { generation = number }) end)
        try(function()
          return store:allocate { consumer = "c", allocations = { [node] = { VCPU = number } } }
        end)
        try(function()
          return store:allocate { consumer = "d", generation = number,
            allocations = { [node] = { VCPU = 1 } } }
        end)
        try(function() return store:place { consumer = "e", resources = { VCPU = number } } end)
        try(function() return store:candidates { resources = { VCPU = 1 }, limit = number } end)
        try(function() return store:changes(number, number) end)
      end
      assert.is_true(kept > 10)
    end)

    it("never adds up beyond what an integer holds", function()
      local most = (1 << 53) - 1
      assert(node:set_inventory("DISK_GB", { total = most, allocation_ratio = 3e38 }))
      local written = 0
      for i = 1, 1030 do
        local claim, err = store:allocate { consumer = "c" .. i,
          allocations = { [node] = { DISK_GB = most } } }
        if not claim then
          assert.equal("capacity_exceeded", err.code)
          break
        end
        written = i
      end
      assert.equal(1024, written)
      assert.equal(written * most, node:usages().DISK_GB)
      assert.equal(written * most, store:usages().DISK_GB)
    end)

    it("takes tables of any shape for what they are", function()
      local deep = {}
      local at = deep
      for _ = 1, 10000 do at.groups = {} at = at.groups end
      local self = {}
      self.groups = self
      local many = {}
      for i = 1, 300 do many["g" .. i] = { resources = { VCPU = 1 } } end
      local wide = {}
      for i = 1, 2000 do wide["CUSTOM_" .. i] = 1 end
      for _, request in ipairs {
        { groups = many, group_policy = "none" }, { resources = wide },
        { resources = { VCPU = 1 }, required = table.move(STRINGS, 1, #STRINGS, 1, {}) },
      } do
        local result, err = store:candidates(request)
        assert.is_nil(result)
        assert.is_true(PERMITTED[err.code], tostring(err))
      end
      for _, request in ipairs { deep, self } do
        assert.error(function() store:candidates(request) end)
        assert.error(function() store:place(request) end)
      end
    end)
  end)
end
