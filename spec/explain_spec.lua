--- Why a request has no answer: what each condition removes, who came nearest, and the smallest
-- relaxation that gives an answer; vectors first, then random cases against brute force.
local berth = require "berth"
local brute_explain = require "spec.support.brute_explain"
local cases = require "spec.support.cases"
local fleets = require "spec.support.fleet"
local requests = require "spec.support.requests"

local function stock(total, more)
  local inv = { total = total }
  for key, value in pairs(more or {}) do inv[key] = value end
  return inv
end

--- Three nodes: one large and slow, one fast and small, one with devices.
local nodes = {
  { name = "large", inventories = { VCPU = stock(12), MEMORY_MB = stock(4096) } },
  { name = "fast", inventories = { VCPU = stock(8), MEMORY_MB = stock(2048, { max_unit = 1024 }) },
    traits = { "CUSTOM_FAST" }, aggregates = { "rack-1" }, used = { VCPU = 3 } },
  { name = "devices", inventories = { VCPU = stock(4), MEMORY_MB = stock(512) } },
  { name = "device-1", parent = "devices", inventories = { PGPU = stock(1) } },
  { name = "device-2", parent = "devices", inventories = { PGPU = stock(1) } },
}

--- { text = { alone, in_turn, left } }
local function steps_of(explanation)
  local steps = {}
  for _, step in ipairs(explanation.steps) do
    steps[step.text] = { step.alone, step.in_turn, step.left }
  end
  return steps
end

local function texts(list)
  local result = {}
  for i, each in ipairs(list) do result[i] = each.text end
  return result
end

describe("an explanation", function()
  local store
  setup(function() store = fleets.load(nodes) end)
  teardown(function() store:close() end)

  it("counts what each condition removes alone and in turn", function()
    local why = assert(store:explain { resources = { VCPU = 6, MEMORY_MB = 2000 },
                                       required = { "CUSTOM_FAST" } })
    assert.equal(3, why.trees)
    assert.equal(0, why.left)
    assert.same({
      ["inventory of VCPU"] = { 0, 0, 3 },
      ["6 VCPU free in one provider"] = { 2, 2, 1 }, -- fast has 5 left
      ["units that allow 6 VCPU"] = { 0, 0, 1 },
      ["inventory of MEMORY_MB"] = { 0, 0, 1 },
      ["2000 MEMORY_MB free in one provider"] = { 1, 0, 1 },
      ["units that allow 2000 MEMORY_MB"] = { 1, 0, 1 },
      ["trait CUSTOM_FAST"] = { 2, 1, 0 },
    }, steps_of(why))
  end)

  it("leaves the trees that have candidates and proposes nothing then", function()
    local why = assert(store:explain("resources=VCPU:5"))
    assert.equal(2, why.left)
    assert.same({}, why.nearest)
    assert.same({}, why.relaxations)
    assert.equal("room", why.steps[2].kind)
    assert.equal("VCPU", why.steps[2].class)
    assert.equal(5, why.steps[2].want)
  end)

  it("names who came nearest, the one with the most first", function()
    local why = assert(store:explain("resources=VCPU:16"))
    local names, found = fleets.names(store), {}
    for i, near in ipairs(why.nearest) do
      found[i] = { names[near.root], names[near.provider], near.have }
      assert.equal("room", why.steps[near.step].kind)
    end
    assert.same({ { "large", "large", 12 }, { "fast", "fast", 5 }, { "devices", "devices", 4 } },
                found)
  end)

  it("proposes the smallest amount to give up", function()
    local why = assert(store:explain("resources=VCPU:16,MEMORY_MB:1024"))
    assert.same({ "VCPU 16 -> 12" }, texts(why.relaxations))
    assert.equal(12, why.relaxations[1].to)
    why = assert(store:explain("resources=VCPU:5,MEMORY_MB:1500&member_of=rack-1"))
    assert.same({ "MEMORY_MB 1500 -> 1024", "without aggregate rack-1" }, texts(why.relaxations))
  end)

  it("proposes to drop or to allow one condition", function()
    local why = assert(store:explain("resources=VCPU:6&required=CUSTOM_FAST"))
    assert.same({ "VCPU 6 -> 5", "without trait CUSTOM_FAST" }, texts(why.relaxations))
    why = assert(store:explain("resources=VCPU:5&in_tree=fast&required=!CUSTOM_FAST"))
    assert.same({ "outside the tree of fast", "allowing trait CUSTOM_FAST" },
                texts(why.relaxations))
    why = assert(store:explain("resources=VCPU:5&member_of=rack-1&member_of=!in:rack-1,rack-2"))
    assert.same({ "allowing aggregate rack-1", "without aggregate rack-1" },
                texts(why.relaxations))
    why = assert(store:explain("resources=VCPU:1,PGPU:1&root_required=CUSTOM_FAST"))
    assert.same({ "without root trait CUSTOM_FAST" }, texts(why.relaxations))
  end)

  it("finds how much less of a split class would do, in large numbers too", function()
    local units = { step_size = 128, min_unit = 128 }
    local specs = { { name = "R", inventories = { VCPU = stock(8) } } }
    for i = 1, 4 do
      specs[#specs + 1] = { name = "N" .. i, parent = "R", traits = i < 3 and { "CUSTOM_A" } or nil,
                            inventories = { MEMORY_MB = stock(1000000, units) } }
    end
    local split <close> = fleets.load(specs)
    local query = "resources=VCPU:1,MEMORY_MB:%d&split=MEMORY_MB"
    assert.same({ "MEMORY_MB 5000000 -> 3999744" },
                texts(assert(split:explain(query:format(5000000))).relaxations))
    local groups = "&resources_a=MEMORY_MB:1600000&split_a=MEMORY_MB&required_a=CUSTOM_A" ..
                   "&resources_b=MEMORY_MB:640&group_policy=none"
    assert.equal("MEMORY_MB 5000000 -> 2399104",
                 texts(assert(split:explain(query:format(5000000) .. groups)).relaxations)[1])
    groups = "&resources_a=MEMORY_MB:2000000&split_a=MEMORY_MB&required_a=CUSTOM_A"
    assert.same({ "MEMORY_MB 2000000 -> 1999872, group _a", "without trait CUSTOM_A, group _a" },
                texts(assert(split:explain(query:format(1280) .. groups)).relaxations))
  end)

  it("tells what a tree has together of a split class", function()
    local fleet <close> = fleets.load {
      { name = "one", inventories = { VCPU = stock(10) } },
      { name = "two" },
      { name = "two-a", parent = "two", inventories = { VCPU = stock(8) } },
      { name = "two-b", parent = "two", inventories = { VCPU = stock(8) } },
    }
    local why = assert(fleet:explain("resources=VCPU:20&split=VCPU"))
    local names, found = fleets.names(fleet), {}
    for i, near in ipairs(why.nearest) do
      found[i] = { names[near.root], near.have, near.provider and names[near.provider] }
    end
    assert.same({ { "two", 16 }, { "one", 10, "one" } }, found)
    assert.same({ "VCPU 20 -> 16" }, texts(why.relaxations))
  end)

  it("tells conditions on all groups together", function()
    local why = assert(store:explain { group_policy = "isolate", groups = {
      a = { resources = { PGPU = 1 } }, b = { resources = { PGPU = 1 } },
      c = { resources = { PGPU = 1 } },
    } })
    local steps = steps_of(why)
    assert.same({ 2, 2, 1 }, steps["inventory of PGPU, group a (one of 3 alike)"])
    assert.same({ 1, 1, 0 }, steps["room for all groups at once"])
    assert.same({ 1, 0, 0 }, steps["a provider of its own for each group"])
    assert.same({}, why.relaxations)
    why = assert(store:explain { group_policy = "none", same_subtree = { { "a", "b" } }, groups = {
      a = { resources = { PGPU = 1 } }, b = { resources = { PGPU = 1 } } } })
    assert.same({ 1, 1, 0 }, steps_of(why)["one subtree for groups a, b"])
    assert.same({ "without same_subtree a, b" }, texts(why.relaxations))
    why = assert(store:explain { group_policy = "isolate", groups = {
      a = { resources = { VCPU = 2 }, required = { "CUSTOM_FAST" } },
      b = { resources = { VCPU = 2 } } } })
    assert.same({ "group_policy none" }, texts(why.relaxations))
  end)

  it("asks the policies whether they would admit the claim, and how much of it", function()
    local fleet <close> = fleets.load(nodes)
    assert(fleet:load_policy("project_quota",
                             { limits = { acme = { VCPU = 3 }, ["*"] = { VCPU = 100 } } }))
    local before = fleet:dump()
    local why = assert(fleet:explain { resources = { VCPU = 8 }, project = "acme" })
    local last = why.steps[#why.steps]
    assert.same({ "admit", 1, 1, 0 }, { last.kind, last.alone, last.in_turn, last.left })
    assert.equal(0, why.left)
    assert.same({ "VCPU 8 -> 3" }, texts(why.relaxations))
    assert.equal(1, assert(fleet:explain { resources = { VCPU = 8 }, project = "free" }).left)
    assert.equal(before, fleet:dump())
    -- what a transaction did counts, and who holds something already is no obstacle
    fleet:transaction(function(tx)
      assert(tx:place { consumer = "c", project = "acme", resources = { VCPU = 2 } })
      why = assert(tx:explain { resources = { VCPU = 2 }, project = "acme", consumer = "c" })
      assert.same({ 0, "VCPU 2 -> 1" }, { why.left, why.relaxations[1].text })
      return nil
    end)
  end)

  it("refuses what no request may be", function()
    local why, err = store:explain("resources=VCPU:1&required=CUSTOM_NOBODY")
    assert.is_nil(why)
    assert.equal("not_found", err.code)
    why, err = store:explain("")
    assert.is_nil(why)
    assert.equal("invalid_request", err.code)
  end)

  it("has nothing to tell of an empty fleet but that it is empty", function()
    local empty <close> = fleets.load {}
    local why = assert(empty:explain("resources=VCPU:1"))
    assert.equal(0, why.trees)
    assert.same({}, why.relaxations)
    local claim, err = empty:place { consumer = "c", resources = { VCPU = 1 } }
    assert.is_nil(claim)
    assert.equal("no_candidate", err.code)
    assert.equal("there are no providers", err.message)
  end)
end)

--- "kind group item-or-name amount" of a relaxation, from either side.
local function line_of(relaxation, name)
  return ("%s %s %s %s"):format(relaxation.kind, relaxation.group or relaxation.suffix or "",
                                name or relaxation.class or "", relaxation.to or "")
end

local function engine_lines(list)
  local lines = {}
  for i, each in ipairs(list) do
    lines[i] = line_of(each, each.forbidden and each.names[1] or nil)
  end
  return table.concat(lines, "; ")
end

local function brute_lines(list)
  local lines = {}
  for i, each in ipairs(list) do lines[i] = line_of(each, each.name) end
  return table.concat(lines, "; ")
end

--- A request that asks for more than most of the fleet has.
local function enlarge(case)
  local class = requests.classes_of(case.request)[1]
  if not class then return end
  case.request.resources[class] = case.request.resources[class] + case.chance.upto(8)
  case.query = requests.to_query(case.request)
end

--- The words of a condition that the fleet knows, sorted, as one text.
local function words_of(condition, known)
  local words, seen = {}, {}
  for _, word in ipairs(type(condition) == "table" and condition or { condition }) do
    if known[word] and not seen[word] then words[#words + 1] = word end
    seen[word] = true
  end
  table.sort(words)
  return table.concat(words, " ")
end

--- Traits and aggregates of the fleet; other aggregates are not named in an explanation.
local function known_in(fleet)
  local known = {}
  for _, trait in ipairs(requests.TRAITS) do known[trait] = true end
  for _, p in ipairs(fleet) do
    for _, aggregate in ipairs(p.aggregates or {}) do known[aggregate] = true end
  end
  return known
end

--- The list without the condition that a relaxation names.
local function without(list, relaxation, known)
  local kept, gone = {}, table.concat(relaxation.names, " ")
  for _, condition in ipairs(list) do
    local drop
    if relaxation.forbidden then
      drop = condition == "!" .. gone
    else
      local negative = type(condition) == "string" and condition:sub(1, 1) == "!"
      drop = not negative and words_of(condition, known) == gone
    end
    if not drop then kept[#kept + 1] = condition end
  end
  return kept
end

local function same_words(a, b)
  a, b = { table.unpack(a) }, { table.unpack(b) }
  table.sort(a)
  table.sort(b)
  return table.concat(a, " ") == table.concat(b, " ")
end

local NOBODYS = "CUSTOM_NOBODYS"

--- The case's request with the relaxation, read from what the explanation tells and nothing else.
local function relaxed(case, relaxation)
  local request, known = case.request, known_in(case.fleet)
  local group = relaxation.group and (request.groups or {})[relaxation.group] or request
  if relaxation.names then table.sort(relaxation.names) end
  local change = {
    room = function() group.resources[relaxation.class] = relaxation.to end,
    tree = function() group.in_tree = nil end,
    trait = function() group.required = without(group.required, relaxation, known) end,
    aggregate = function() group.member_of = without(group.member_of, relaxation, known) end,
    root = function()
      request.root_required = without(request.root_required, relaxation, known)
    end,
    isolate = function() request.group_policy = "none" end,
    subtree = function()
      for i, suffixes in ipairs(request.same_subtree) do
        if same_words(suffixes, relaxation.names) then
          table.remove(request.same_subtree, i)
          -- a group without resources has to stand in one: alone it means nothing
          for _, suffix in ipairs(suffixes) do
            if not (request.groups[suffix] or request).resources then
              table.insert(request.same_subtree, { suffix })
            end
          end
          return
        end
      end
    end,
  }
  change[relaxation.kind]()
  -- a group that is left with no condition at all must still say something: what all meet
  if not group.resources and #(group.required or {}) == 0 and #(group.member_of or {}) == 0
    and not group.in_tree and group ~= request then
    group.forbidden = { NOBODYS }
  end
  return request
end

local title = "explanations of %d random cases with seed %d"

describe(title:format(cases.count, cases.seed), function()
  it("count as brute force does", function()
    cases.each(1, false, function(case)
      enlarge(case)
      local why = assert(case.store:explain(case.query))
      local want = brute_explain.steps(case.fleet, case.request)
      cases.expect(#want == #why.steps, case, "%d steps, not %d", #why.steps, #want)
      for i, step in ipairs(why.steps) do
        local w = want[i]
        cases.expect(step.kind == w.kind and step.group == w.suffix, case, "step %d is %s", i,
                     step.text)
        cases.expect(step.alone == w.alone and step.in_turn == w.in_turn and step.left == w.left,
                     case, "%s: %d %d %d, not %d %d %d", step.text, step.alone, step.in_turn,
                     step.left, w.alone, w.in_turn, w.left)
      end
    end)
  end)

  it("propose first what can then be placed", function()
    local wanted, placed = math.max(1, cases.count // 5), 0
    cases.until_enough(function(case)
      enlarge(case)
      local first = assert(case.store:explain(case.query)).relaxations[1]
      if not first then return end
      local tx <close> = assert(case.store:begin())
      assert(tx:create_trait(NOBODYS))
      local claim, err = tx:place({ request = case.query, consumer = "me" })
      cases.expect(not claim and err.code == "no_candidate", case, "there was nothing to relax")
      local request, refusal = berth.request(relaxed(case, first))
      cases.expect(request, case, "%s: %s", first.text, tostring(refusal))
      claim, err = tx:place(request, { consumer = "me" })
      cases.expect(claim, case, "%s: %s", first.text, tostring(err))
      placed = placed + 1
      return placed == wanted
    end)
    assert.equal(wanted, placed)
  end)

  it("propose every single relaxation that works, the smallest first", function()
    local wanted, proposed = math.max(1, math.min(cases.count // 5, 10000)), 0
    cases.until_enough(function(case)
      enlarge(case)
      local why = assert(case.store:explain(case.query))
      if why.left > 0 then return end
      local want = brute_explain.relaxations(case.fleet, case.request)
      cases.expect(engine_lines(why.relaxations) == brute_lines(want), case, "%s\nnot %s",
                   engine_lines(why.relaxations), brute_lines(want))
      if #want > 0 then proposed = proposed + 1 end
      return proposed == wanted
    end)
    assert.equal(wanted, proposed)
  end)
end)
