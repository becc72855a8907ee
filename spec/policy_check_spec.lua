-- `berth policy check`: sixty and more slips in the shipped policies, each refused with its line
-- and the name that was meant; the policies themselves are clean, and so is much else that is
-- unusual but right.

local check = require "berth.policy.check"
local command = require "spec.support.command"

local function list_policies()
  local names = {}
  for path in command.shell("ls policies/*.lua").out:gmatch "[^\n]+" do
    names[#names + 1] = path:match "([%w_]+)%.lua$"
  end
  return names
end

-- Policy, what stands there, what is written instead, and what is told: the nearest name, or "!"
-- and a part of the message where nothing was misspelt.  The first occurrence is changed.
local MUTATIONS = {
  -- globals
  { "affinity", "in ipairs(claim:", "in ipars(claim:", "ipairs" },
  { "anti_affinity", "pairs(places", "paris(places", "pairs" },
  { "spread", "return policy {", "return polcy {", "policy" },
  { "dot_product", "common // gcd", "comon // gcd", "common" },
  { "fgd", "math.exp", "maths.exp", "math" },
  { "gpu_clustering", "parameters.scale", "paramters.scale", "parameters" },
  { "gpu_packing", "USED - percent", "USD - percent", "USED" },
  { "hierarchical_quota", "list[#list + 1] = true, at", "list[#lst + 1] = true, at", "list" },
  { "maintenance", 'return deny("maintenance"', 'return dney("maintenance"', "deny" },
  { "project_quota", "return allow() end\n    for", "return alow() end\n    for", "allow" },
  { "random", "local score = hash(", "local score = hsh(", "hash" },
  { "reserve_headroom", "if is_exempt(", "if is_exemt(", "is_exempt" },
  { "role_access", "SHARED[call.verb]", "SHARD[call.verb]", "SHARED" },
  { "spread", "left_on_taken(candidate, device)", "left_on_take(candidate, device)",
    "left_on_taken" },
  { "best_fit", "  local common = 1", "  common = 1", "!assignment of undeclared global 'common'" },
  { "maintenance", "local function drained", "function drained",
    "!assignment of undeclared global 'drained'" },
  -- keys of policy{} and parameters
  { "affinity", "version =", "versoin =", "version" },
  { "anti_affinity", "description =", "desription =", "description" },
  { "first_fit", "parameters = {", "paramaters = {", "parameters" },
  { "random", "  name =", "  nmae =", "name" },
  { "best_fit", "parameters.device", "parameters.devise", "device" },
  { "project_quota", "parameters.limits[project]", "parameters.limit[project]", "limits" },
  { "fgd", "parameters.typical", "parameters.typcal", "typical" },
  { "maintenance", "parameters.trait)", "parameters.traits)", "trait" },
  { "reserve_headroom", "parameters.exempt", "parameters.exmpt", "exempt" },
  { "role_access", "parameters.see_fleet", "parameters.see_flet", "see_fleet" },
  { "spread", "parameters.max == 0", "parameters.mx == 0", "max" },
  -- fields of tables
  { "fgd", "shape.wants[model]", "shape.wnats[model]", "wants" },
  { "fgd", "shape.gpus > 0", "shape.gpsu > 0", "gpus" },
  { "hierarchical_quota", "own.borrow[class]", "own.borow[class]", "borrow" },
  { "hierarchical_quota", "own.limits[class]", "own.limts[class]", "limits" },
  { "hierarchical_quota", "projects[at].parent", "projects[at].parnet", "parent" },
  -- hooks
  { "affinity", "admit =", "admti =", "admit" },
  { "best_fit", "score =", "scores =", "score" },
  { "maintenance", "filter =", "fliter =", "filter" },
  { "role_access", "authorize =", "authorise =", "authorize" },
  { "spread", "score =", "socre =", "score" },
  { "project_quota", "admit =", "Admit =", "admit" },
  -- members of views
  { "affinity", "provider.root", "provider.rot", "root" },
  { "affinity", "member:aggregates()", "member:agregates()", "aggregates" },
  { "affinity", "subtree = root", "subtre = root", "subtree" },
  { "affinity", "aggregate = uuid", "aggregates = uuid", "aggregate" },
  { "anti_affinity", "view:consumers", "view:consumer", "consumers" },
  { "anti_affinity", "provider.root.uuid", "provider.root.uid", "uuid" },
  { "best_fit", "candidate:free(class)", "candidate:fre(class)", "free" },
  { "best_fit", "candidate:each_taken", "candidate:eachtaken", "each_taken" },
  { "dot_product", "request:amount(device)", "request:amout(device)", "amount" },
  { "fgd", "root:has_trait", "root:hastrait", "has_trait" },
  { "gpu_clustering", "request:groups()", "request:group()", "groups" },
  { "gpu_clustering", "request:group_amount", "request:group_amont", "group_amount" },
  { "gpu_clustering", "candidate:consumer_types", "candidate:consumer_type", "consumer_types" },
  { "hierarchical_quota", "claim:classes()", "claim:clases()", "classes" },
  { "hierarchical_quota", "view:usage", "view:usages", "usage" },
  { "hierarchical_quota", "claim.project", "claim.projct", "project" },
  { "hierarchical_quota", "project = member }", "projects = member }", "project" },
  { "maintenance", "provider.parent", "provider.parnt", "parent" },
  { "maintenance", "why.name ..", "why.nam ..", "name" },
  { "maintenance", "candidate:providers()", "candidate:provider()", "providers" },
  { "project_quota", "claim:amount(class)", "claim:amounts(class)", "amount" },
  { "project_quota", "usage { class =", "usage { clas =", "class" },
  { "random", "candidate.root.name", "candidate.root.nmae", "name" },
  { "random", "request.consumer", "request.consmer", "consumer" },
  { "reserve_headroom", "view:capacity", "view:capcity", "capacity" },
  { "role_access", "call.target_project and", "call.target_projct and", "target_project" },
  { "role_access", "call:has_role", "call:has_rol", "has_role" },
  { "role_access", "call.writes", "call.write", "writes" },
  { "spread", "candidate:consumers()", "candidate:consumer()", "consumers" },
  { "gpu_packing", "candidate:each_free(device)", "candidate.each_free(device)",
    "!each_free is a method" },
  { "project_quota", "claim.project\n", "claim:project()\n", "!no method" },
  -- members of the library
  { "fgd", "table.concat(free", "table.conct(free", "concat" },
  { "gpu_packing", "math.max(IDLE", "math.mx(IDLE", "max" },
  { "hierarchical_quota", "table.insert", "table.inset", "insert" },
  { "reserve_headroom", "math.type", "math.typ", "type" },
  { "project_quota", '"):format(', '"):fromat(', "format" },
  { "gpu_clustering", "consumer_type:find", "consumer_type:fnd", "find" },
  -- verdicts
  { "affinity", "<= 1 then return allow() end", "<= 1 then return 'yes' end",
    "!admit answers a string" },
  { "anti_affinity", "    return allow()\n  end,", "  end,", "!admit can end here" },
  { "maintenance", "return false end\n    end\n    return true", "return false end\n    end",
    "!filter can end here" },
  { "maintenance", "then return false end\n    end", "then return 0 end\n    end",
    "!filter answers a number" },
  { "first_fit", "== 0 then return 0 end", "== 0 then return true end", "!score answers true" },
  { "first_fit", "return 0, -left", "return '0', -left", "!score answers a string" },
  { "project_quota", "    return allow()\n  end,", "    return allow\n  end,",
    "!the function allow, which is not called" },
  { "project_quota", "if not limits then return allow() end", "if not limits then return end",
    "!admit answers nothing" },
  { "reserve_headroom", "    return allow()\n  end,", "    return false\n  end,",
    "!admit answers false" },
  { "role_access", 'return deny("no_role", "the caller has no role here")',
    'return "no_role", "the caller has no role here"', "!authorize answers a string" },
  { "role_access", 'return deny("foreign_project", "', 'return deny("foreign_project") -- "',
    "!called without its sentence" },
  { "spread", "if parameters.max == 0 then return allow() end",
    "if parameters.max == 0 then return nil end", "!admit answers nil" },
  { "spread", "== 0 then return score end", "== 0 then return tostring(score) end",
    "!score answers a string" },
  { "affinity", "    return deny(", "    deny(", "!a verdict is dropped" },
  -- words that the host reads
  { "fgd", 'cpu = "CUSTOM_VCPU_MILLI"', 'cpu = "VPCU"', "VCPU" },
  { "role_access", "inventories = true", "inventoris = true", "inventories" },
  { "role_access", "release = true", "relase = true", "release" },
  { "role_access", 'deny("no_role"', 'deny("no role"', "!a code is made of" },
  { "role_access", "verb = call.verb }", "vreb = call.verb }", "verb" },
  { "project_quota", "limit = limit,", "liimt = limit,", "limit" },
  { "hierarchical_quota", "usage { class = class,", "usage {", "!view:usage needs a class" },
}

-- The text with the change, and the line where it is.
local function mutate(name, from, to)
  local text = assert(check.read(name))
  local first, last = text:find(from, 1, true)
  assert(first, name .. " does not hold: " .. from)
  local _, before = text:sub(1, first):gsub("\n", "")
  return text:sub(1, first - 1) .. to .. text:sub(last + 1), before + 1
end

describe("policy check", function()
  it("finds nothing wrong with the shipped policies", function()
    local names = list_policies()
    assert.is_true(#names >= 15)
    local result = command.run("policy", "check", table.unpack(names))
    assert.equal("", result.out .. result.err)
    assert.equal(0, result.code)
  end)

  it("is tried with at least sixty slips", function() assert.is_true(#MUTATIONS >= 60) end)

  for i, case in ipairs(MUTATIONS) do
    local name, from, to, told = table.unpack(case)
    it(("refuses slip %d, in %s: %s"):format(i, name, to:gsub("%s+", " ")), function()
      local text, line = mutate(name, from, to)
      local findings = check.text(text, name .. ".lua")
      assert.is_true(#findings > 0, "nothing was found")
      local messages, near = {}, false
      for _, finding in ipairs(findings) do
        messages[#messages + 1] = finding.line .. ": " .. finding.message
        local right = told:sub(1, 1) == "!" and finding.message:find(told:sub(2), 1, true)
          or finding.nearest == told
        local apart = math.abs(finding.line - line)
        near = near or (right and apart <= (told:find "can end" and 9 or 0))
      end
      assert.is_true(near, ("line %d, %s: %s"):format(line, told, table.concat(messages, "\n")))
    end)
  end
end)

describe("policy check on a file of one's own", function()
  local directory, remove
  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  local function messages(text, parameters)
    local list = {}
    for i, finding in ipairs(check.text(text, "own.lua", parameters)) do
      list[i] = finding.line .. ": " .. finding.message
    end
    return table.concat(list, "\n")
  end

  local function hook(name, body)
    return messages(("return policy {\n%s = function(a, b)\n%s\nend }"):format(name, body))
  end

  it("takes what is unusual but right", function()
    assert.equal("", messages [==[
      local Set <const> = {}
      Set.__index = Set
      function Set.new(list)
        local self = setmetatable({ items = {} }, Set)
        for _, x in ipairs(list) do self:add(x) end
        return self
      end
      function Set:add(x) self.items[x] = true end
      function Set:has(x) return self.items[x] end
      local helpers, memo, amount = {}, {}, nil
      function helpers.each(provider, fn)
        fn(provider)
        for _, child in ipairs(provider:children()) do helpers.each(child, fn) end
      end
      local function remembered(key, make)
        if memo[key] == nil then memo[key] = make() end
        return memo[key]
      end
      return policy { name = 'odd', description = "x" .. "y",
        parameters = { n = 3, deep = { a = 1 } },
        filter = function(request, candidate)
          amount = amount or request.amount
          local sum = 0
          helpers.each(candidate.root, function(p) sum = sum + p:free "VCPU" end)
          local ok, result = pcall(function() return candidate.root.parent end)
          goto done
          ::done::
          local s = Set.new { "a", [3] = [[b]] }
          if parameters.deep.a and parameters.deep.b then return true end
          return (ok and not result or s:has "a") and amount(request, "VCPU") <= sum or false
        end,
        score = function(_, candidate)
          local best = 0
          for i, p in ipairs(candidate:mapping "") do
            local free <const> = remembered(p.uuid .. i, function() return p:free("VCPU") end)
            if free > best then best = free end
          end
          repeat local x = best // 2 until x <= best
          while true do
            if best > 0x1p4 then return best end
            best = best + 1e3
          end
        end,
        admit = function(claim, view)
          local question = { class = "VCPU" }
          question.project = claim.project
          local check = function(c) return c and deny("no", "why", { left = 3 }) or nil end
          local why = check(view:usage(question) > 100 and #claim.consumer_type > 0)
          if why then return why end
          local verdicts = { ok = allow(), nope = deny("a", "b") }
          if view:capacity { class = "VCPU" } == 0 then return verdicts.nope end
          note(("%d"):format(#claim:classes()))
          return true
        end,
        authorize = function(call)
          return ({ place = true })[call.verb] and allow() or deny("no", "no", { verb = call.verb })
        end,
        redact = function(record) record.secret = nil return record end,
      }]==])
  end)

  it("does not take words for slips that are none", function()
    assert.equal("", messages [==[
      local seen = { node = 1, names = {}, mode = 2, limit = 3 }
      local rules = { function(claim) return claim:amount "VCPU" > seen.limit end }
      local function fill(target, fn) fn(target) rawset(target, "late", 1) end
      local late = {}
      local KINDS = { GPU = 1, DISK = 2, CUSTOM_VPCU = 3, CPU = 4, MEMORY = 5 }
      local share, shared, used = 1, {}, { user = KINDS.GPU, uses = 2 }
      shared.shared, shared.placed = share, used.user + share
      return policy {
        parameters = { rules = {}, mode = "x" },
        admit = function(claim)
          fill(late, parameters.rules[1] or next)
          for _, rule in ipairs(rules) do
            if rule(claim) and late.late and late.early then
              return deny("no", "no", { node = seen.node, mode = seen.mode, name = #seen.names })
            end
          end
          return true
        end }]==])
  end)

  it("takes tables of data by the thousand", function()
    local parts = { "local limits = {" }
    for i = 1, 5000 do parts[#parts + 1] = ("p%d = { VCPU = 10, MEMORY_MB = 1 },"):format(i) end
    parts[#parts + 1] = [[} return policy { admit = function(claim)
      return limits[claim.project] and allow() or deny("no_limit", "no limit") end }]]
    assert.equal("", messages(table.concat(parts, "\n")))
  end)

  it("follows views into functions, loops and results", function()
    assert.matches("2: provider has no member 'nam', did you mean 'name'?", messages [[
      local function first(list) for _, each in ipairs(list) do return each.nam end end
      return policy { score = function(_, candidate) return #first(candidate:providers()) end }]]
      :gsub("^(%d+)", function(line) return line + 1 end), 1, true)
    assert.matches("did you mean 'parent'", hook("filter",
      "local top = b.root while top.parent do top = top.parnt end return true"), 1, true)
    assert.matches("did you mean 'consumer_type'", hook("admit",
      "local q = { consumertype = 'X' } q.project = '' return allow(b:consumers(q))"), 1, true)
  end)

  it("holds words that the host reads against what there is", function()
    assert.matches("no resource class 'VCPUS', did you mean 'VCPU'",
      hook("admit", "return allow(a:amount 'VCPUS')"), 1, true)
    assert.matches("no resource class 'MEMORY', did you mean", hook("admit",
      "local class = 'MEMORY' return b:usage { class = class } > 1 and allow()"), 1, true)
    assert.matches("no trait 'HW_CPU_X86_AXV2', did you mean 'HW_CPU_X86_AVX2'", hook("filter",
      "return b.root:has_trait 'HW_CPU_X86_AXV2'"), 1, true)
    assert.matches("no verb is called 'plcae', did you mean 'place'", hook("authorize",
      "return a.verb == 'plcae' and allow() or deny('no', 'no')"), 1, true)
    assert.matches("no field can be called 'reason'", hook("admit",
      "return deny('no', 'no', { reason = 'x' })"), 1, true)
    assert.matches("a list has no field 'admin'", hook("authorize",
      "return a.roles.admin and allow() or deny('no', 'no')"), 1, true)
    assert.matches("view:capacity needs a class", hook("admit",
      "local q = {} q.aggregate = 'rack' return b:capacity(q) > 1 and allow()"), 1, true)
    assert.equal("", hook("admit", "local q = {} q.class = 'VCPU' b:usage(q) return allow()"))
    assert.equal("", hook("admit", "local q = {} q['class'] = 'VCPU' b:usage(q) return allow()"))
    assert.equal("", hook("admit",
      "local q = {} for _, f in ipairs { 'class' } do q[f] = 'X' end b:usage(q) return allow()"))
  end)

  it("tells of metamethods that are none, or that policies go without", function()
    local function of(body) return hook("score", body .. " return 1") end
    assert.matches("__gc is left out", of "local t = setmetatable({}, { __gc = next })", 1, true)
    assert.matches("__concat is left out", of "local t = {} t.__concat = next", 1, true)
    assert.matches("no metamethod '__indx', did you mean '__index'",
      of "local t = {} t.__indx = t", 1, true)
    assert.equal("", of "local t = {} t.__index = t t.__lt = next t.__close = next t.__name = 'T'")
  end)

  it("knows the verbs that handles of callers ask about", function()
    local asked = {}
    local text = command.read "lua/berth/as.lua"
    for _, call in ipairs { 'plain%(', 'authorize%([%w.]+, ', 'authorize_owned%([%w.]+, ',
      'authorize_claim%(%w+, %w+, ', 'with_held%(%w+, [%w.]+, ' } do
      for verb in text:gmatch(call .. '"([%w_]+)"') do asked[verb] = true end
    end
    assert.same(asked, require "berth.policy.known".verbs)
  end)

  it("tells what only loading shows", function()
    assert.matches("^2: .*expected", messages "return policy {\n  admit = function( end }")
    assert.matches("^3: attempt to", messages "\n\nlocal x = nil + 1\nreturn policy { admit = 1 }")
    assert.matches("no hook", messages "return policy { name = 'x' }")
    assert.matches("there is no parameter 'nn', did you mean 'n'",
      messages("return policy { parameters = { n = 1 }, admit = function() return true end }",
        { nn = 2 }), 1, true)
    assert.matches("steps", messages "while true do end")
  end)

  it("tells of arguments that cannot be right", function()
    assert.matches("called without its class", hook("score", "return b:free()"), 1, true)
    assert.matches("its class is a string, not a number", hook("score", "return b:free(5)"), 1,
      true)
    assert.matches("allow() takes nothing", hook("admit", "return allow('yes')"), 1, true)
    assert.matches("claim cannot be written to", hook("admit", "a.project = 'x' return true"), 1,
      true)
    assert.matches("2 values", hook("admit", "return allow(), 2"), 1, true)
  end)

  it("prints a line for each finding and exits with 1, or JSON", function()
    local path = directory .. "/own.lua"
    command.write(path,
      "return policy {\n  admit = function(claim)\n    return claim.projct\n  end }")
    local result = command.run("policy", "check", "first_fit", path)
    assert.equal(1, result.code)
    assert.equal(path .. ":3: claim has no member 'projct', did you mean 'project'?\n", result.out)
    result = command.run("policy", "check", "--json", path)
    assert.equal(1, result.code)
    local report = require "dkjson".decode(result.out)
    assert.same({ { file = path, line = 3, word = "projct", nearest = "project",
      message = "claim has no member 'projct', did you mean 'project'?" } }, report.findings)
  end)

  it("examines every policy of a folder, but not the specs beside them", function()
    local folder, gone = command.directory()
    local function put(name, text) command.write(("%s/%s"):format(folder, name), text) end
    put("good.lua", "return policy { parameters = { n = 1 }, admit = function() return true end }")
    put("bad.lua", "return policy {\n  admti = function() return true end }")
    put("good_spec.lua", "describe('good', function() end)")
    put("notes.txt", "no policy")
    put(".hidden.lua", "no policy")
    local result = command.run("policy", "check", folder)
    assert.equal(1, result.code)
    assert.equal(folder .. "/bad.lua:2: policy{} has no key 'admti', did you mean 'admit'?\n",
      result.out)
    put("bad.lua", "return policy { filter = function() return true end }")
    local report = command.run("policy", "check", "--json", folder .. "/", "first_fit")
    assert.same({ files = 3, findings = {} }, require "dkjson".decode(report.out))
    result = command.run("policy", "check", "--parameters", '{"good": {"m": 2}}', folder)
    assert.matches("good.lua:%d+: there is no parameter 'm'", result.out)
    result = command.run("policy", "check", "--parameters", '{"good": {"n": 2}}', folder)
    assert.equal(0, result.code)
    local store <close> = assert(require "berth".open ":memory:")
    assert(store:load_policy(folder))
    assert.equal(2, #store:policies())
    gone()
  end)

  it("says what it cannot do", function()
    local empty, gone = command.directory()
    local result = command.run("policy", "check", empty)
    gone()
    assert.equal(3, result.code)
    assert.matches("holds no policy", result.err)
    assert.equal(3, command.run("policy", "check", directory .. "/none.lua").code)
    assert.equal(2, command.run("policy", "check").code)
    assert.equal(2, command.run("policy", "check", "--parameters", "{", "first_fit").code)
  end)
end)

describe("what editors are told of policy files", function()
  local editors = require "berth.policy.editors"
  local known = require "berth.policy.known"

  local function std_of(text)
    local env = { files = {} }
    assert(load(text, "=rc", "t", env))()
    return env.files["policies/*.lua"].std.read_globals
  end

  -- { ["name"] = true, ["library.member"] = true }
  local function flat(std)
    local names = {}
    for key, value in pairs(std) do
      if type(key) == "number" then names[value] = true end
      for member in pairs(type(value) == "table" and value.fields or {}) do
        names[key .. "." .. member] = true
      end
    end
    return names
  end

  it("is for luacheck what the sandbox offers, as .luacheckrc of the tree has it", function()
    local printed = command.run("policy", "check", "--luacheck-std")
    assert.equal(0, printed.code)
    assert.equal(editors.luacheck(), printed.out)
    assert.same(flat(std_of(command.read ".luacheckrc")), flat(std_of(printed.out)))
  end)

  it("is for the language server every member, hook, key and global", function()
    local printed = command.run("policy", "check", "--types").out
    assert(load(printed, "=types", "t"))
    local classes, last = {}, nil
    for line in printed:gmatch "[^\n]+" do
      last = line:match "^%-%-%-@class ([%w.]+)" or last
      local field = line:match "^%-%-%-@field ([%w_]+)"
      if field then classes[last .. "." .. field] = true end
      local global = line:match "^function ([%w_]+)"
      if global then classes[global] = true end
    end
    local expected = { note = true }
    for view, members in pairs(known.views) do
      for member in pairs(members) do
        expected["berth.policy." .. view:gsub("^%l", string.upper) .. "." .. member] = true
      end
    end
    for query, keys in pairs(known.queries) do
      for key in pairs(keys) do
        expected["berth.policy." .. query:gsub("^%l", string.upper) .. "Query." .. key] = true
      end
    end
    for _, list in ipairs { known.hooks, known.keys } do
      for name in pairs(list) do expected["berth.policy.Definition." .. name] = true end
    end
    for name in pairs(known.globals) do expected[name] = true end
    assert.same(expected, classes)
  end)
end)
