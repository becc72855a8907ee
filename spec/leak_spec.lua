-- Nothing secret leaves berth: secrets are planted wherever words come in, then looked for wherever
-- words go out. Each has a place of its own, so that a leak tells where it sprang.

local berth = require "berth"
local command = require "spec.support.command"

-- --- secrets -----------------------------------------------------------------------------------

local ALNUM = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

-- Letters that look random and are the same in every run.
local function letters(seed, length, alphabet)
  alphabet = alphabet or ALNUM
  local out, state = {}, seed * 2654435761 + 12345
  for i = 1, length do
    state = (state * 6364136223846793005 + 1442695040888963407)
    local at = (state >> 33) % #alphabet + 1
    out[i] = alphabet:sub(at, at)
  end
  return table.concat(out)
end

-- Each makes a text that holds a secret, and the secret. Words are for where only letters, digits,
-- "-", "_" and "." may stand.
local function shape(prefix, length, before, after)
  return function(n)
    local secret = prefix .. letters(n, length)
    return before .. secret .. after, secret
  end
end

local texts = {
  shape("Qz", 12, "password=", ""),
  shape("", 24, 'vm {"api_key": "', '"}'),
  shape("Pw", 11, "postgres://svc:", "@db.lab.test/x"),
  shape("", 20, "Authorization: Bearer ", ""),
  function(n)
    local secret = "mara" .. letters(n, 5) .. "@example.org"
    return "for " .. secret, secret
  end,
  shape("Zk", 14, "--db-password ", ""),
}
local words = {
  shape("ghp_", 36, "", ""),
  function(n)
    local secret = "xoxb-2" .. letters(n, 11, "0123456789") .. "-" .. letters(n, 24)
    return secret, secret
  end,
}

-- Hands out secrets and remembers where each went.
local function planter()
  local planted, n = {}, 0
  local function plant(kinds, where)
    n = n + 1
    local text, secret = kinds[n % #kinds + 1](n)
    planted[#planted + 1] = { secret = secret, where = where, text = text }
    return text
  end
  return planted, plant
end

-- --- looking -----------------------------------------------------------------------------------

-- Everything in a value as text, keys too.
local function spell(value, out, depth)
  out, depth = out or {}, depth or 0
  if type(value) == "table" and depth < 12 then
    for k, v in pairs(value) do
      spell(k, out, depth + 1)
      spell(v, out, depth + 1)
    end
  end
  out[#out + 1] = tostring(value)
  return out
end

-- Appends what was said to { {how, text}, ... }.
local function note(said, how, ...)
  for i = 1, select("#", ...) do
    said[#said + 1] = { how, table.concat(spell((select(i, ...))), "\n") }
  end
end

local function leaks(planted, said)
  local found = {}
  for _, each in ipairs(planted) do
    for _, one in ipairs(said) do
      if one[2]:find(each.secret, 1, true) then
        found[#found + 1] = ("%s, planted as %s, stands in %s"):format(
          each.text, each.where, one[1])
      end
    end
  end
  return table.concat(found, "\n")
end

local function says(said, word)
  for _, one in ipairs(said) do
    if one[2]:find(word, 1, true) then return true end
  end
  return false
end

local QUOTA = [[
return policy { name = "strict_quota", version = "1.2.3",
  parameters = { upstream = "" },
  admit = function(claim, view)
    note("asked upstream with %s")
    if claim.consumer == "broken" then error("upstream said %s") end
    if claim:amount("VCPU") > 2 then
      return deny("too_many", "refused by %s", { hint = "%s", limit = 2 })
    end
    return allow()
  end }
]]

for _, format in ipairs { "json", "text" } do
  describe("no secret, with a log as " .. format .. ",", function()
    local planted, plant, said, store, logger

    local function hear(...) note(said, ...) end
    local function text(where) return (plant(texts, where)) end
    local function word(where) return (plant(words, where)) end
    local function raised(how, fn, ...) hear(how, select(2, pcall(fn, ...))) end

    before_each(function()
      planted, plant = planter()
      said = {}
      logger = assert(berth.logger { level = "debug", format = format,
        sink = function(line) hear("the log", line) end })
      store = assert(berth.open(":memory:", { logger = logger }))
      assert(store:create_provider { name = "node-7", inventories = { VCPU = 8 } })
    end)
    after_each(function() store:close() end)

    -- Nothing leaked, though something was said: in the log as well.
    local function nothing_leaked(count, kept)
      assert.equal(0, logger:dropped())
      assert.is_true(says(said, "node-7"))
      assert.equal("", leaks(planted, said))
      assert.equal(count, #planted)
      assert.is_true(says(said, kept))
    end

    it("leaves in a refusal, whatever was named", function()
      local function create(how, provider)
        provider.name = provider.name or "x"
        hear(how, store:create_provider(provider))
      end
      local function place(how, request)
        request.consumer = request.consumer or "c"
        request.resources = { VCPU = 1 }
        hear(how, store:place(request))
      end
      hear("provider", store:provider(text "name looked for"))
      local name = text "provider's name"
      assert(store:create_provider { name = name })
      create("duplicate", { name = name })
      create("parent", { parent = text "parent" })
      create("trait", { traits = { text "trait" } })
      create("class", { inventories = { [text "class"] = 1 } })
      create("aggregate", { aggregates = { text "aggregate" } })
      create("uuid", { uuid = text "uuid" })
      hear("create_trait", store:create_trait(text "new trait"))
      hear("create_class", store:create_resource_class(text "new class"))
      local consumer = text "consumer"
      assert(store:place { consumer = consumer, resources = { VCPU = 1 } })
      place("again", { consumer = consumer })
      hear("release", store:release(text "consumer to release"))
      hear("allocation", store:allocation(text "consumer looked for"))
      hear("allocate", store:allocate { consumer = "c",
        allocations = { [text "holder"] = { VCPU = 1 } } })
      place("type", { consumer_type = text "type" })
      place("required", { required = { word "required" } })
      place("member_of", { member_of = { word "member_of" } })
      place("in_tree", { in_tree = text "in_tree" })
      hear("query", store:place("resources=VCPU:1&" .. text "query", { consumer = "c" }))
      hear("long", store:provider(("rack "):rep(12) .. "and " .. word "name that is cut"))
      nothing_leaked(19, "not_found")
    end)

    it("leaves in what misuse raises", function()
      raised("key", store.create_provider, store, { [text "key"] = 1 })
      raised("option", berth.open, ":memory:", { [text "option"] = 1 })
      raised("request", berth.request, { [text "request key"] = 1 })
      raised("group", berth.request, { groups = { [text "group"] = 7 } })
      raised("member", function() return store[text "member"] end)
      local load = store.load_policy
      raised("policy key", load, store, "first_fit", nil, { [text "policy option"] = 1 })
      raised("mode", load, store, "first_fit", nil, { mode = text "mode" })
      raised("level", berth.logger, { level = word "level" })
      raised("as", store.as, store, { [text "identity"] = 1 })
      raised("as member", function() return store:as({})[text "member of a stand-in"] end)
      nothing_leaked(10, "unknown key")
    end)

    it("leaves in what policies say, or in what was decided", function()
      local function load(how, path, source)
        hear(how, store:load_policy(path, nil, { text = source }))
      end
      local quota = QUOTA:format(word "note", word "policy's error", word "deny's sentence",
        word "deny's field")
      local parameters = { upstream = text "parameter" }
      assert(store:load_policy("strict_quota.lua", parameters, { text = quota }))
      local who = { project = text "project", user = text "user", resources = {} }
      for _, consumer in ipairs { text "consumer", "broken", "large" } do
        who.consumer, who.resources.VCPU = consumer, consumer == "large" and 3 or 1
        hear("place", store:place(who))
      end
      load("syntax", "x.lua", ('return polizy("%s")'):format(word "source"))
      load("runtime", "x.lua", ("error [[%s]]"):format(text "error while it is loaded"))
      hear("path", store:load_policy(text "path of a policy"))
      hear("unload", store:unload_policy(text "policy to unload"))
      hear("decisions", store:decisions())
      hear("policies", store:policies())
      nothing_leaked(12, "ruled")
      for _, kept in ipairs { "too_many", "strict_quota", "large", "policy_error", "VCPU" } do
        assert.is_true(says(said, kept), kept)
      end
    end)

    -- What of a rule's sample is not in what becomes of it, in words long enough to matter.
    local function hidden_words(sample)
      local shown, list = logger:redact(sample), {}
      for found in sample:gmatch "[%w_%-%./+=@]+" do
        if #found >= 12 and not shown:find(found, 1, true) then list[#list + 1] = found end
      end
      return list
    end

    it("of any kind that is known leaves, cut or whole", function()
      assert(store:load_policy("echo.lua", nil, { text = [[return policy { name = "echo",
        admit = function(claim)
          note("asked for " .. claim.project)
          return deny("no", "not for " .. claim.project:sub(1, 250), { of = claim.project })
        end }]] }))
      local wrong, looked = {}, 0
      for _, rule in ipairs(logger:rules()) do -- one by one: what is secret here is none there
        local sample = rule.sample or ""
        local short, words_of_it = sample:sub(1, 255), {}
        said = {}
        for i, found in ipairs(hidden_words(sample)) do
          words_of_it[i] = { secret = found, where = rule.name, text = sample }
        end
        hear("provider", store:provider(sample))
        hear("place", store:place { consumer = short, project = short, user = short,
          resources = { VCPU = 1 } })
        raised("misuse", store.create_provider, store, { [sample] = 1 })
        local decisions = store:decisions()
        hear("decisions", decisions[#decisions])
        looked = looked + #words_of_it
        wrong[#wrong + 1] = leaks(words_of_it, said)
      end
      assert.equal("", table.concat(wrong))
      assert.is_true(looked > 100)
    end)

    it("leaves in the feed of changes, unless it is asked for exactly", function()
      local function count(exact)
        return select(2, leaks(planted, { { "exact", table.concat(spell(exact), "\n") } })
          :gsub("planted", ""))
      end
      local name, aggregate = text "provider's name", word "aggregate"
      local project, user = text "project", text "user"
      store:transaction(function(tx)
        assert(tx:create_provider { name = name, aggregates = { aggregate },
          inventories = { VCPU = 4 } })
        assert(tx:place { consumer = "vm-1", project = project, user = user,
          resources = { VCPU = 1 } })
        hear("diff", tx:diff())
        assert.equal(4, count(tx:diff { exact = true }))
      end)
      hear("changes", store:changes(0))
      nothing_leaked(4, "vm-1")
      assert.equal(4, count(store:changes(0, nil, { exact = true })))
    end)

    it("leaves in explanations, findings or handles made text", function()
      local aggregate, name, consumer = word "aggregate", text "provider's name", text "consumer"
      local node = assert(store:create_provider { name = name, aggregates = { aggregate },
        inventories = { VCPU = 4 } })
      local held = assert(store:place { consumer = consumer, resources = { VCPU = 4 },
        in_tree = node })
      local wanted = { resources = { VCPU = 5 }, member_of = { aggregate } }
      hear("explain", store:explain(wanted))
      hear("capacity", store:capacity(wanted))
      assert(node:set_inventory("VCPU", { total = 4, reserved = 2 }))
      hear("check", store:check())
      hear("handles", tostring(node), tostring(held))
      hear("backup", store:backup("/nowhere/" .. word "path of a copy"))
      nothing_leaked(4, "VCPU")
      assert.equal(name, node.name) -- what is read back is what was written
      assert.equal(consumer, held.consumer)
    end)

    it("leaves in what the command says", function()
      local directory, remove = command.directory()
      local db = directory .. "/fleet.db"
      local function run(...) hear("berth " .. (...), command.run(...)) end
      local function file(name, content)
        command.write(directory .. "/" .. name, content)
        return directory .. "/" .. name
      end
      do
        local fleet <close> = assert(berth.open(db))
        assert(fleet:create_provider { name = text "provider's name", inventories = { VCPU = 4 } })
        assert(fleet:place { consumer = "vm-1", project = text "project",
          resources = { VCPU = 1 } })
      end
      run("place", db, "resources=VCPU:1&" .. text "query", "--consumer", "vm-2", "--json")
      run("place", db, "resources=VCPU:9", "--consumer", text "consumer", "--json")
      run("place", db, "resources=VCPU:1", "--consumer", "x", "--policy", text "policy")
      run("place", db, "resources=VCPU:1", "--" .. text "option of a verb")
      run("release", db, text "consumer to release", "--json")
      run("usages", db, "--provider", text "provider looked for", "--json")
      run("--" .. word "option")
      run("backup", db, directory .. "/" .. word "path of a copy")
      run("backup", db, directory .. "/missing/" .. word "path that is not")
      run("check", directory .. "/" .. word "path of a store")
      run("import", db, directory .. "/" .. word "path of a file")
      run("import", db, file("a.json", ('{"providers": [{"name": "%s", "colour": 1}]}'):format(
        word "name in a file")))
      run("import", db, file("b.json", ('{"%s": 1}'):format(word "key in a file")))
      run("policy", "check", file("c.lua", ('return policy { name = "%s", version = 1 }'):format(
        word "name of a policy")))
      run("explain", db, "resources=VCPU:9&member_of=" .. word "aggregate asked for")
      run("report", db)
      run("report", db, "--json")
      run("doctor", db)
      run("doctor", directory .. "/" .. word "store to examine")
      remove()
      nothing_leaked(18, "no_candidate")
    end)
  end)
end
