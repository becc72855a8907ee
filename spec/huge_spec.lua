--- Ten megabytes in every text that the public face takes: refused in one short sentence, or a key
-- that nobody knows; the fleet is as it was.
local berth = require "berth"
local command = require "spec.support.command"

local SIZE = 10 << 20
local ODD = "'\0\xff%_;--\"\\\u{1F4A9}\n!in:=&,"
-- One that a class, a trait or a word may be made of, and one of what breaks things.
local HUGE = { plain = ("A"):rep(SIZE), odd = ODD:rep(SIZE // #ODD + 1) }

-- What a store and a transaction take.
local VERBS = {
  ["a provider's name"] = function(s, at) return at:create_provider { name = s } end,
  ["a provider's uuid"] = function(s, at) return at:create_provider { name = "n", uuid = s } end,
  ["a parent"] = function(s, at) return at:create_provider { name = "n", parent = s } end,
  ["a trait of a new provider"] = function(s, at)
    return at:create_provider { name = "n", traits = { s } }
  end,
  ["an aggregate of a new provider"] = function(s, at)
    return at:create_provider { name = "n", aggregates = { s } }
  end,
  ["a class of a new provider"] = function(s, at)
    return at:create_provider { name = "n", inventories = { [s] = 1 } }
  end,
  ["a key of an inventory"] = function(s, at)
    return at:create_provider { name = "n", inventories = { VCPU = { total = 1, [s] = 1 } } }
  end,
  ["a key of a provider"] = function(s, at) return at:create_provider { name = "n", [s] = 1 } end,
  ["who is looked for"] = function(s, at) return at:provider(s) end,
  ["a filter of providers by name"] = function(s, at) return at:providers { name = s } end,
  ["a filter of providers by uuid"] = function(s, at) return at:providers { uuid = s } end,
  ["a filter of providers by tree"] = function(s, at) return at:providers { in_tree = s } end,
  ["a filter of providers by trait"] = function(s, at) return at:providers { required = s } end,
  ["a filter of providers by no trait"] = function(s, at)
    return at:providers { forbidden = { s } }
  end,
  ["a filter of providers by aggregate"] = function(s, at)
    return at:providers { member_of = { s } }
  end,
  ["a filter of providers by class"] = function(s, at)
    return at:providers { resources = { [s] = 1 } }
  end,
  ["a key of a filter"] = function(s, at) return at:providers { [s] = 1 } end,
  ["a new trait"] = function(s, at) return at:create_trait(s) end,
  ["a new custom trait"] = function(s, at) return at:create_trait("CUSTOM_" .. s) end,
  ["a trait to delete"] = function(s, at) return at:delete_trait(s) end,
  ["a new class"] = function(s, at) return at:create_resource_class(s) end,
  ["a new custom class"] = function(s, at) return at:create_resource_class("CUSTOM_" .. s) end,
  ["a class to delete"] = function(s, at) return at:delete_resource_class(s) end,
  ["a prefix of traits"] = function(s, at) return at:traits { prefix = s } end,
  ["a consumer"] = function(s, at)
    return at:allocate { consumer = s, allocations = { node = { VCPU = 1 } } }
  end,
  ["a project"] = function(s, at)
    return at:allocate { consumer = "c", project = s, allocations = { node = { VCPU = 1 } } }
  end,
  ["a user"] = function(s, at)
    return at:allocate { consumer = "c", user = s, allocations = { node = { VCPU = 1 } } }
  end,
  ["a consumer type"] = function(s, at)
    return at:allocate { consumer = "c", consumer_type = s, allocations = { node = { VCPU = 1 } } }
  end,
  ["a provider of an allocation"] = function(s, at)
    return at:allocate { consumer = "c", allocations = { [s] = { VCPU = 1 } } }
  end,
  ["a class of an allocation"] = function(s, at)
    return at:allocate { consumer = "c", allocations = { node = { [s] = 1 } } }
  end,
  ["a key of an allocation"] = function(s, at)
    return at:allocate { consumer = "c", allocations = {}, [s] = 1 }
  end,
  ["the second of several consumers"] = function(s, at)
    return at:allocate { { consumer = "c", allocations = { node = { VCPU = 1 } } },
                         { consumer = s, allocations = { node = { VCPU = 1 } } } }
  end,
  ["a consumer that is looked for"] = function(s, at) return at:allocation(s) end,
  ["a consumer to release"] = function(s, at) return at:release(s) end,
  ["a consumer to place"] = function(s, at)
    return at:place { consumer = s, resources = { VCPU = 1 } }
  end,
  ["a project to place for"] = function(s, at)
    return at:place({ resources = { VCPU = 1 } }, { consumer = "c", project = s })
  end,
  ["a user to place for"] = function(s, at)
    return at:place("resources=VCPU:1", { consumer = "c", user = s })
  end,
  ["a type to place"] = function(s, at)
    return at:place { consumer = "c", consumer_type = s, resources = { VCPU = 1 } }
  end,
  ["a key of who asks"] = function(s, at)
    return at:place("resources=VCPU:1", { consumer = "c", [s] = "x" })
  end,
  ["usages of a project"] = function(s, at) return at:usages { project = s } end,
  ["usages of a user"] = function(s, at) return at:usages { user = s } end,
  ["usages of a type"] = function(s, at) return at:usages { consumer_type = s } end,
  ["a key of usages"] = function(s, at) return at:usages { [s] = "x" } end,
  ["a provider to reshape"] = function(s, at)
    return at:reshape { inventories = { [s] = { inventories = {} } } }
  end,
  ["a class to reshape"] = function(s, at)
    return at:reshape { inventories = { node = { inventories = { VCPU = 9, [s] = 1 } } } }
  end,
  ["a consumer to reshape"] = function(s, at)
    return at:reshape { inventories = { node = { inventories = { VCPU = 9 } } },
      allocations = { { consumer = s, allocations = { node = { VCPU = 1 } } } } }
  end,
  ["a key of capacity"] = function(s, at) return at:capacity("resources=VCPU:1", { [s] = 1 }) end,
}

-- What a request takes, a table or a query.
local REQUESTS = {
  ["a query"] = function(s) return s end,
  ["resources"] = function(s) return "resources=" .. s end,
  ["a class"] = function(s) return "resources=VCPU:1," .. s .. ":1" end,
  ["an amount"] = function(s) return "resources=VCPU:" .. s end,
  ["many digits"] = function(s) return "resources=VCPU:" .. ("1"):rep(#s) end,
  ["a suffix"] = function(s) return "resources" .. s .. "=VCPU:1" end,
  ["a parameter"] = function(s) return "resources=VCPU:1&" .. s .. "=1" end,
  ["required"] = function(s) return "resources=VCPU:1&required=" .. s end,
  ["resources of a table"] = function(s) return { resources = s } end,
  ["a class of a table"] = function(s) return { resources = { [s] = 1 } } end,
  ["required of a table"] = function(s) return { resources = { VCPU = 1 }, required = s } end,
  ["a trait of a list"] = function(s) return { resources = { VCPU = 1 }, required = { s } } end,
  ["a trait of any"] = function(s) return { resources = { VCPU = 1 }, required = { { s } } } end,
  ["forbidden"] = function(s) return { resources = { VCPU = 1 }, forbidden = s } end,
  ["a forbidden trait"] = function(s) return { resources = { VCPU = 1 }, forbidden = { s } } end,
  ["member_of"] = function(s) return { resources = { VCPU = 1 }, member_of = s } end,
  ["an aggregate"] = function(s) return { resources = { VCPU = 1 }, member_of = { { s } } } end,
  ["in_tree"] = function(s) return { resources = { VCPU = 1 }, in_tree = s } end,
  ["split"] = function(s) return { resources = { VCPU = 1 }, split = { s } } end,
  ["a class to split"] = function(s)
    return { resources = { VCPU = 1 }, split = { [s] = true } }
  end,
  ["a group"] = function(s) return { groups = { [s] = { resources = { VCPU = 1 } } } } end,
  ["a key of a group"] = function(s)
    return { groups = { g = { resources = { VCPU = 1 }, [s] = 1 } } }
  end,
  ["a trait of a group"] = function(s)
    return { groups = { g = { resources = { VCPU = 1 }, required = { s } } } }
  end,
  ["group_policy"] = function(s) return { resources = { VCPU = 1 }, group_policy = s } end,
  ["same_subtree"] = function(s) return { resources = { VCPU = 1 }, same_subtree = s } end,
  ["a group of a subtree"] = function(s)
    return { resources = { VCPU = 1 }, same_subtree = { s } }
  end,
  ["root_required"] = function(s) return { resources = { VCPU = 1 }, root_required = s } end,
  ["a trait of the root"] = function(s)
    return { resources = { VCPU = 1 }, root_required = { "!" .. s } }
  end,
  ["limit"] = function(s) return { resources = { VCPU = 1 }, limit = s } end,
  ["request"] = function(s) return { request = s } end,
  ["a key of a request"] = function(s) return { resources = { VCPU = 1 }, [s] = 1 } end,
}

-- What else a store or a provider takes, and the module.
local OTHERS = {
  ["a new name"] = function(s, _, node) return node:update { name = s } end,
  ["a new parent"] = function(s, _, node) return node:update { parent = s } end,
  ["a key of a change"] = function(s, _, node) return node:update { [s] = "x" } end,
  ["inventories"] = function(s, _, node) return node:set_inventories { VCPU = 9, [s] = 1 } end,
  ["an inventory"] = function(s, _, node) return node:set_inventory(s, 1) end,
  ["an inventory to remove"] = function(s, _, node) return node:set_inventory(s, nil) end,
  ["a key of options"] = function(s, _, node) return node:set_traits({}, { [s] = 1 }) end,
  ["a trait"] = function(s, _, node) return node:set_traits { s } end,
  ["an aggregate"] = function(s, _, node) return node:set_aggregates { "a", s } end,
  ["a member of a provider"] = function(s, _, node) return node[s] end,
  ["a member of a store"] = function(s, store) return store[s] end,
  ["a path to back up to"] = function(s, store) return store:backup(s) end,
  ["a policy"] = function(s, store) return store:load_policy(s) end,
  ["a policy's text"] = function(s, store) return store:load_policy("p", nil, { text = s }) end,
  ["a policy's mode"] = function(s, store)
    return store:load_policy("best_fit", nil, { mode = s })
  end,
  ["a policy's parameter"] = function(s, store)
    return store:load_policy("project_quota", { limits = { [s] = { VCPU = 1 } } })
  end,
  ["a policy's value"] = function(s, store)
    return store:load_policy("project_quota", { limits = s })
  end,
  ["one of several policies"] = function(s, store) return store:load_policies { "best_fit", s } end,
  ["a policy to unload"] = function(s, store) return store:unload_policy(s) end,
  ["a caller"] = function(s, store) return store:as { user = s }:provider "node" end,
  ["a caller's project"] = function(s, store) return store:as { project = s }:release "x" end,
  ["a key of a caller"] = function(s, store) return store:as { [s] = "x" } end,
  ["a path"] = function(s) return berth.open(s) end,
  ["a policy to open with"] = function(s) return berth.open(":memory:", { policies = { s } }) end,
  ["an option"] = function(s) return berth.open(":memory:", { [s] = 1 }) end,
  ["a logger's level"] = function(s) return berth.logger { level = s } end,
  ["a logger's sink"] = function(s) return berth.logger { sink = s } end,
  ["a logger's rule"] = function(s)
    return berth.logger { sink = print, rules = { { pattern = s } } }
  end,
  ["a logger's option"] = function(s) return berth.logger { [s] = s } end,
}

describe("ten megabytes", function()
  local store, node, remove
  setup(function()
    local directory
    directory, remove = command.directory()
    store = assert(berth.open(directory .. "/huge.db"))
    node = assert(store:create_provider { name = "node", inventories = { VCPU = 9 } })
    assert(store:allocate { consumer = "held", allocations = { node = { VCPU = 1 } } })
  end)
  teardown(function()
    store:close()
    remove()
  end)

  local codes = berth.error_codes()
  local function is_short(text)
    assert.is_true(#text < 1000, #text)
    assert.is_truthy(utf8.len(text))
    assert.is_nil(text:find("%c"))
  end

  -- Runs the call: refused with a code, or misuse that is raised; with some, nothing to find.
  local function refused(what, call, ...)
    local before, sequence = store:dump(), store:stats().sequence
    local ok, result, err = pcall(call, ...)
    if not ok then
      is_short(tostring(result))
    elseif result == nil then
      assert.is_truthy(codes[err.code], what)
      is_short(err.message)
      for _, field in pairs { err.parameter, err.consumer, err.provider } do is_short(field) end
    end
    assert.equal(before, store:dump(), what)
    assert.equal(sequence, store:stats().sequence, what)
    return not ok or result == nil
  end

  for kind, text in pairs(HUGE) do
    it("are refused by every verb: " .. kind, function()
      for what, call in pairs(VERBS) do
        assert.is_true(refused(what, call, text, store), what)
        local tx <close> = assert(store:begin())
        assert.is_true(refused(what, call, text, tx), what)
        assert.same({}, assert(tx:diff()))
      end
      assert.is_true(store:check())
    end)

    it("are refused in every part of a request: " .. kind, function()
      local asks = { berth.request }
      for _, verb in ipairs { "candidates", "explain", "capacity" } do
        asks[#asks + 1] = function(request) return store[verb](store, request) end
      end
      asks[#asks + 1] = function(request) return store:place(request, { consumer = "c" }) end
      asks[#asks + 1] = function(request) return assert(store:allocation "held"):move(request) end
      for what, request in pairs(REQUESTS) do
        for _, ask in ipairs(asks) do assert.is_true(refused(what, ask, request(text)), what) end
      end
    end)

    it("are refused wherever else a text is taken: " .. kind, function()
      for what, call in pairs(OTHERS) do
        assert.is_true(refused(what, call, text, store, node), what)
      end
      assert.is_true(store:check())
    end)

    it("are nobody, and of who is asked for the beginning is kept: " .. kind, function()
      local guarded <close> = assert(berth.open(":memory:", { policies = { "role_access" } }))
      assert(guarded:create_provider { name = "node", inventories = { VCPU = 9 } })
      local before = guarded:dump()
      for what, caller in pairs {
        role = { roles = { text } }, user = { user = text, roles = { "admin" } },
        project = { project = text, roles = { "member" } },
        person = { override = { person = text, reason = "fire" } },
        reason = { override = { person = "ann", reason = text } },
      } do
        local ok, done, err = pcall(function()
          return guarded:as(caller):place { consumer = "c", resources = { VCPU = 1 } }
        end)
        assert.is_true(not ok or done == nil, what)
        is_short(tostring(ok and err or done))
      end
      local admin = guarded:as { user = "ann", roles = { "admin" } }
      for _, look in ipairs { admin.provider, admin.allocation, admin.release, admin.create_trait,
                              admin.candidates } do
        local done, err = look(admin, text)
        assert.is_nil(done)
        is_short(err.message)
      end
      assert.equal(before, guarded:dump())
      assert.is_true(#guarded:decisions() > 3)
      for _, decision in ipairs(guarded:decisions()) do
        for field, value in pairs(decision) do
          if type(value) == "string" then assert.is_true(#value <= 1024, field) end
        end
      end
    end)

    it("go through a logger and come out whole: " .. kind, function()
      local lines = {}
      local logger = assert(berth.logger {
        sink = function(line) lines[#lines + 1] = line end, time = false, level = "debug" })
      assert.equal(text, logger:redact(text))
      logger:info("begun", { text = text, [text] = "x" })
      logger:info(text)
      assert.is_true(#lines > 0)
    end)
  end
end)
