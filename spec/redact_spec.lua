--- The redactor through a logger: rules, profiles, masks, operators' rules, what it promises of any
-- text, and the generated corpus.  BERTH_CASES says how many lines of each class are tried,
-- BERTH_SEED which.
local berth = require "berth"
local corpus = require "spec.support.redact_corpus"

local lines = math.tointeger(tonumber(os.getenv "BERTH_CASES")) or 200
local seed = math.tointeger(tonumber(os.getenv "BERTH_SEED")) or os.time() % 1000000

--- How long a redacted text may become: BERTH_REDACT_ROOM of c/log/redact.h.
local function room(len) return 8 * len + 64 end

local function logger(options)
  options = options or {}
  options.sink = options.sink or function() end
  return assert(berth.logger(options))
end

local function rules_with_samples(log)
  local rules = {}
  for _, rule in ipairs(log:rules()) do
    if rule.sample then rules[#rules + 1] = rule end
  end
  return rules
end

describe("a built-in rule", function()
  it("turns its sample into what it says it does, and counts that", function()
    local listed = logger()
    for _, rule in ipairs(rules_with_samples(listed)) do
      local log <close> = logger { profile = "strict" }
      assert.equal(rule.expect, log:redact(rule.sample), rule.name)
      local hits = 0
      for _, each in ipairs(log:rules()) do
        if each.name == rule.name then hits = hits + each.hits end
      end
      assert.is_true(hits > 0, rule.name .. " is not the rule that fired")
    end
    assert.is_true(#rules_with_samples(listed) > 100)
  end)

  it("has a name of its own", function()
    local seen = {}
    for _, rule in ipairs(logger():rules()) do
      assert.is_nil(seen[rule.name], rule.name)
      seen[rule.name] = true
    end
  end)

  it("fires wherever its sample stands", function()
    local log <close> = logger { profile = "strict" }
    local frames = { { "x=1 ", "" }, { "2026-08-04 ERROR [req-1] ", " (took 3 ms)" },
                     { "\xff\xfe ", " \xc3" }, { "\n", "\n" }, { "\0 ", " \0" } }
    for _, rule in ipairs(rules_with_samples(log)) do
      for _, frame in ipairs(frames) do
        local line = frame[1] .. rule.sample .. frame[2]
        assert.equal(frame[1] .. rule.expect .. frame[2], log:redact(line), rule.name)
      end
    end
  end)
end)

describe("a redacted text", function()
  local function every(profile, mask, check)
    local log <close> = logger { profile = profile, mask = mask, key = "fixed" }
    for _, rule in ipairs(rules_with_samples(log)) do check(log, rule.sample) end
  end

  it("is redacted already", function()
    for _, profile in ipairs { "default", "strict", "structured-only" } do
      for _, mask in ipairs { "stars", "last4", "hash" } do
        every(profile, mask, function(log, text)
          local once = log:redact(text)
          assert.equal(once, log:redact(once))
        end)
      end
    end
  end)

  it("is no longer than documented", function()
    every("strict", "hash", function(log, text)
      local many = text:rep(50, ";")
      assert.is_true(#log:redact(many) <= room(#many))
    end)
    local log <close> = logger { mask = "hash", key = "fixed" }
    for _, pair in ipairs { "pw=x&", "pw=1,", '"pw":1,', "--pw x ", "<pw>x</pw>" } do
      local many = pair:rep(1000)
      assert.is_true(#log:redact(many) <= room(#many), pair)
    end
  end)

  it("keeps every byte that is no secret, UTF-8 or not", function()
    local log <close> = logger()
    local all = {}
    for byte = 0, 255 do all[#all + 1] = string.char(byte) end
    local bytes = table.concat(all)
    for _, noise in ipairs { bytes, bytes:reverse(), "\xff\xfe\xfd", "\xc3\x28", "\xed\xa0\x80",
                             "\xf0\x9f" } do
      assert.equal(noise, log:redact(noise))
      assert.equal(noise .. "\npassword=***\n" .. noise,
                   log:redact(noise .. "\npassword=Lq3x9Z7\n" .. noise))
    end
    assert.equal("password=*** \xff", log:redact "password=Lq3\xff\xfe9Z7 \xff")
  end)

  it("is the same as before when there is nothing to redact", function()
    local log <close> = logger()
    for _, text in ipairs { "", " ", "\n", "\0", "a", "***", "password=***", "=", "\"", "://",
                            "@" } do
      assert.equal(text, log:redact(text))
    end
  end)

  it("holds no secret that stood under a name elsewhere in the record", function()
    local log <close> = logger()
    assert.equal("tried *** for ann: password=***, then ***.",
                 log:redact "tried Lq3x9Z7 for ann: password=Lq3x9Z7, then Lq3x9Z7.")
    assert.equal('{"password": "***", "argv": ["-k", "***"], "host": "db-1"}',
                 log:redact '{"password": "Lq3x9Z7", "argv": ["-k", "Lq3x9Z7"], "host": "db-1"}')
    assert.same({ password = "***", note = "was *** before", deep = { { "***" } } },
                log:redact { password = "Lq3x9Z7", note = "was Lq3x9Z7 before",
                             deep = { { "Lq3x9Z7" } } })
  end)

  it("remembers no secret of the record before", function()
    local log <close> = logger()
    log:redact "password=Lq3x9Z7"
    assert.equal("Lq3x9Z7 it is", log:redact "Lq3x9Z7 it is")
    log:redact { password = "Lq3x9Z7" }
    assert.equal("Lq3x9Z7 it is", log:redact "Lq3x9Z7 it is")
  end)

  it("has a limit, past which the record is withheld", function()
    local log <close> = logger()
    assert.equal("[record withheld: redaction failed]", log:redact(("x"):rep((16 << 20) + 1)))
  end)
end)

describe("a profile", function()
  local LINE = "ann@example.org from 10.20.30.40: password=Lq3x9Z7 and gh"
    .. "p_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6abcd"

  it("is default: secrets and personal data, no addresses", function()
    local log <close> = logger { profile = "default" }
    assert.equal("*** from 10.20.30.40: password=*** and ***", log:redact(LINE))
  end)

  it("is strict: IP addresses too", function()
    local log <close> = logger { profile = "strict" }
    assert.equal("*** from ***: password=*** and ***", log:redact(LINE))
    assert.equal("peer *** up", log:redact "peer 2001:db8::17 up")
  end)

  it("is structured-only: what stands under a name", function()
    local log <close> = logger { profile = "structured-only" }
    assert.equal(LINE:gsub("Lq3x9Z7", "***"), log:redact(LINE))
  end)
end)

describe("a mask", function()
  it("is stars that tell nothing of the value", function()
    local log <close> = logger { mask = "stars" }
    assert.equal("password=*** token=***", log:redact "password=a1B2 token=a1B2c3D4e5F6g7H8i9J0")
  end)

  it("shows the last four characters of long values only", function()
    local log <close> = logger { mask = "last4" }
    assert.equal("password=***", log:redact "password=a1B2c3D4e5F")
    assert.equal("password=***F6g7", log:redact "password=a1B2c3D4e5F6g7")
  end)

  it("is a keyed hash: equal values get equal marks under one key", function()
    local one <close> = logger { mask = "hash", key = "k1" }
    local same <close> = logger { mask = "hash", key = "k1" }
    local other <close> = logger { mask = "hash", key = "k2" }
    local function mark(log, text)
      return assert(log:redact(text):match "%*%*%*~%x+", log:redact(text))
    end
    local first = mark(one, "password=Lq3x9Z7")
    assert.equal(first, mark(one, '{"token": "Lq3x9Z7"}'))
    assert.equal(first, mark(same, "--password Lq3x9Z7"))
    assert.not_equal(first, mark(one, "password=Lq3x9Z8"))
    assert.not_equal(first, mark(other, "password=Lq3x9Z7"))
    assert.equal(#"***~" + 16, #first)
  end)

  it("has a key of its own for each logger when none is given", function()
    local one <close> = logger { mask = "hash" }
    local two <close> = logger { mask = "hash" }
    assert.not_equal(one:redact "password=Lq3x9Z7", two:redact "password=Lq3x9Z7")
  end)
end)

describe("an operator's rule", function()
  it("names a field, in any syntax and case", function()
    local log <close> = logger { rules = { { name = "badge", field = "badge_no" } } }
    assert.equal('badge_no=*** BADGE_NO: *** {"badge_no": "***"} <badge_no>***</badge_no>',
                 log:redact('badge_no=E42x BADGE_NO: E42x {"badge_no": "E42x"} '
                            .. "<badge_no>E42x</badge_no>"))
    assert.same({ badge_no = "***" }, log:redact { badge_no = "E42x" })
  end)

  it("is a pattern, of which the first group is masked", function()
    local log <close> = logger { rules = { { name = "ticket", pattern = "TICKET-\\d+" },
                                           { name = "seat", pattern = "seat ([A-Z]\\d+)" } } }
    assert.equal("*** for seat *** and seat x", log:redact "TICKET-123 for seat B17 and seat x")
  end)

  it("is tried only where its keyword stands", function()
    local log <close> = logger { rules = { { name = "n", pattern = "n-\\d+", keyword = "Crew" } } }
    assert.equal("n-17 left", log:redact "n-17 left")
    assert.equal("*** of the CREW left", log:redact "n-17 of the CREW left")
  end)

  it("allows values, by text or by pattern", function()
    local log <close> = logger { rules = { { name = "a", allow = "Sesame99" },
                                           { name = "b", allow_pattern = "test-[0-9]+" } } }
    assert.equal("password=Sesame99 password=*** token=test-4242 token=***",
                 log:redact("password=Sesame99 password=Sesame98 "
                            .. "token=test-4242 token=test-4242x"))
  end)

  it("masks the field when its pattern meets a limit", function()
    local bomb = "(?:a|aa)+(?:a|aa)+(?:a|aa)+$"
    local log <close> = logger { rules = { { name = "bomb", pattern = bomb } } }
    local text = ("a"):rep(5000) .. "!"
    assert.equal("***", log:redact(text))
    for _, rule in ipairs(log:rules()) do
      if rule.name == "pattern-limit" then assert.is_true(rule.hits > 0) end
    end
  end)

  it("is refused when it is wrong", function()
    for _, rule in ipairs { { name = "x", pattern = "(" }, { name = "x", pattern = "" },
                            { name = "x", field = "a" },
                            { name = "x", pattern = "abc", keyword = "ab" } } do
      local log, err = berth.logger { rules = { rule }, sink = function() end }
      assert.is_nil(log)
      assert.equal("invalid_value", err.code)
      assert.equal("x", err.rule)
    end
  end)
end)

--- What the filter makes of a text.
local function filtered(log, text)
  local from, to = os.tmpname(), os.tmpname()
  local input = assert(io.open(from, "w"))
  input:write(text)
  input:close()
  local source, sink = assert(io.open(from)), assert(io.open(to, "w"))
  assert.is_true(log:filter(source, sink))
  source:close()
  sink:close()
  local output = assert(io.open(to)):read "a"
  os.remove(from)
  os.remove(to)
  return output
end

describe("a private key over several lines", function()
  it("is masked as a whole by the filter", function()
    local body = ("MHcCAQEEIIbVf1Uq0mQxH7yN"):rep(2)
    local key = { "-----BEGIN EC PRIVATE KEY-----", body, body, "-----END EC PRIVATE KEY-----",
                  "done" }
    local log <close> = logger()
    local output = filtered(log, table.concat(key, "\n") .. "\n")
    assert.is_nil(output:find("MHc", 1, true))
    assert.equal("done\n", output:match "[^\n]*\n$")
  end)
end)

describe("a line after one that was withheld", function()
  it("is redacted like any other", function()
    local odd = "e pplx-a1B2c3D4e5F6g7H8i9J0k1L&#34;&#34;&@#34;-p-pBeare\255r Bearer " ..
                "$(echo Bis earer " .. ("Bearer "):rep(3) ..
                "Bewarer Bearer Bearer BeareR Bearer Bepasswdarer " ..
                ("Bearer "):rep(6) .. "Bear\n"
    local line = "run --password Zx7uQf3FgppPU8 --host db-1\n"
    for _, profile in ipairs { "default", "strict", "structured-only" } do
      for _, mask in ipairs { "stars", "last4", "hash" } do
        local log <close> = logger { profile = profile, mask = mask, key = "fuzz" }
        local output = filtered(log, odd .. line)
        assert.is_nil(output:find("Zx7uQf3FgppPU8", 1, true))
      end
    end
  end)
end)

-- --- disguises ---------------------------------------------------------------------------------

describe("a dump of bytes", function()
  it("is masked in both columns, over the ends of its lines", function()
    local log <close> = logger()
    assert.equal([[
00000000: 7573 6572 3d61 6e6e 2670 6173 7377 6f72  user=ann&passwor
00000010: 643d ***26 686f 7374 3d61  d=***&host=a
]], log:redact [[
00000000: 7573 6572 3d61 6e6e 2670 6173 7377 6f72  user=ann&passwor
00000010: 643d 4c71 3378 395a 3726 686f 7374 3d61  d=Lq3x9Z7&host=a
]])
    assert.equal("0000  70 77 3d *** 26 75 3d 61  pw=***&u=a",
                 log:redact "0000  70 77 3d 4c 71 33 78 39 5a 37 26 75 3d 61  pw=Lq3x9Z7&u=a")
  end)

  it("stays when it shows no secret", function()
    local log <close> = logger()
    local dump = "00000000: 4745 5420 2f76 312f 7365 7276 6572 7320  GET /v1/servers \n"
                 .. "00000010: 4854 5450 2f31 2e31 0d0a                 HTTP/1.1..\n"
    assert.equal(dump, log:redact(dump))
  end)
end)

describe("a packed block", function()
  it("is masked when what it unpacks to holds a secret, and stays when not", function()
    local log <close> = logger()
    local secret = "H4sIAAAAAAACAyvPSC1KVcgsVkhUKC5NT08tLsnMz1Mo"
                   .. "SCwuLs8vSrH1KTSusIwy5wIARalS5ScAAAA="
    local plain = "H4sIAAAAAAACA8tIzcnJVyjPL8pJ4cpILMrNSS0uVihJ"
                  .. "rShRKM8sycgvLVEoyUhVKM5ILEjlAgD5gTi4LAAAAA=="
    assert.equal("gz *** ok", log:redact("gz " .. secret .. " ok"))
    assert.equal("gz " .. plain .. " ok", log:redact("gz " .. plain .. " ok"))
  end)

  it("that unpacks to very much costs no more than the beginning", function()
    local log <close> = logger()
    local bomb = "H4sIAAAAAAACA+3BMQEAAADCoKzrX8LbDkABA" .. ("A"):rep(343)
                 .. "ALwBxI2NugAABAA="
    assert.equal(bomb, log:redact(bomb))
  end)
end)

-- --- the generated corpus ----------------------------------------------------------------------

--- Of how many lines at least all is as it should be, in percent.  Extreme lines are those where
-- only a sentence or an odd encoding tells a secret.
local FLOOR = { core = 100, hard = 99.5, extreme = 90, negative = 100 }

--- What is wrong with the redaction of a labelled line; nil: nothing.
local function fault_of(log, case)
  local out = log:redact(case.line)
  if case.tier == "negative" then
    if out ~= case.line then return "was touched: " .. out end
  else
    for _, secret in ipairs(case.secrets) do
      if out:find(secret, 1, true) then return ("still holds %s: %s"):format(secret, out) end
    end
    for _, kept in ipairs(case.keep) do
      if not out:find(kept, 1, true) then return ("lost %s: %s"):format(kept, out) end
    end
  end
  if log:redact(out) ~= out then return "changes when redacted twice: " .. log:redact(out) end
  if #out > room(#case.line) then return "became too long" end
end

--- How far a value goes, and what is none: a line, and what becomes of it.
local ENDS = {
  { "(password=Zx9kQ2mmpL)(user=ann)", "(password=***)(user=ann)" },
  { "[password=Zx9kQ2mmpL][user=ann]", "[password=***][user=ann]" },
  { "[password:Zx9kQ2mmpL][user:ann]", "[password:***][user:ann]" },
  { "[password:protected] => Zx9kQ2mmpL", "[password:protected] => ***" },
  { '{"user[password]"=>"Zx9kQ2mmpL", "user[name]"=>"ann"}',
    '{"user[password]"=>"***", "user[name]"=>"ann"}' },
  { [[run("SET PASSWORD='Zx9kQ2mmpL'") on node-1]], [[run("SET PASSWORD='***'") on node-1]] },
  { [[{\"cmd\":\"x --password='Zx9kQ2mmpL'\",\"user\":\"ann\"}]],
    [[{\"cmd\":\"x --password='***'\",\"user\":\"ann\"}]] },
  { [[x --password='Zx9k'"Q2mmpL" -h node-1]], [[x --password='***'"***" -h node-1]] },
  { "'host=node-1 password=''Zx9kQ2mmpL'' port=1'", "'host=node-1 password=''***'' port=1'" },
  { "client_secret = <<EOT\nZx9kQ2mmpL\nEOT\nregion = x",
    "client_secret = <<EOT\n***\nEOT\nregion = x" },
  { "mysql --password \\\n  Zx9kQ2mmpL", "mysql --password \\\n  ***" },
  { "login -method=userpass username=ann password=Zx9kQ2mmpL",
    "login -method=userpass username=ann password=***" },
  { "login --password PASSWORD --user ann" }, { "+ password = (sensitive value)" },
  { "rabbit://ann:<password>@node-1:5672/" }, { "primary key = 'Zx9kQ2mmpL'" },
  { "PRAGMA key = 'Zx9kQ2mmpL'", "PRAGMA key = '***'" }, { "cvv 757, ann", "cvv ***, ann" },
  { "cvv check 757 passed" }, { "Cookie: theme=dark; user=ann" },
}

describe("a value", function()
  local log = logger()
  for _, row in ipairs(ENDS) do
    it("ends where it should in " .. row[1]:gsub("\n", " "), function()
      assert.equal(row[2] or row[1], (log:redact(row[1])))
    end)
  end
end)

--- A number of so many hexadecimal digits.
local function hexadecimal(chance, digits) return chance:string("0123456789abcdef", digits) end

local function uuid(chance)
  local parts = {}
  for i, digits in ipairs { 8, 4, 4, 4, 12 } do parts[i] = hexadecimal(chance, digits) end
  local text = table.concat(parts, "-")
  return chance:number(1, 4) == 1 and text:upper() or text
end

--- Where identifiers stand; %u is a uuid, %d a digest, %a an address.
local PLACES = {
  "GET /placement/allocations/%u HTTP/1.1 200", 'body {"id": "%u", "host": "node-1"}',
  "[req-%u %d %u - default default] done", "image sha256:%d%d etag %d", "rp %u;%u|%u,%u",
  "/var/lib/instances/%u/disk.config", "peer %a port 6640", "uuid=%u trace=%d", "commit %d on %a",
}

describe("an identifier", function()
  it(("stays, whatever its digits are (BERTH_SEED=%d)"):format(seed), function()
    local log, chance = logger(), corpus.chance(seed)
    for _ = 1, 20000 do
      local line = chance:pick(PLACES):gsub("%%(.)", {
        u = uuid(chance),
        d = hexadecimal(chance, 31) .. "f",
        a = ("%s:"):rep(7):format(hexadecimal(chance, 4), "5432", hexadecimal(chance, 4),
          "2fa" .. hexadecimal(chance, 1), hexadecimal(chance, 4), hexadecimal(chance, 4),
          hexadecimal(chance, 4)) .. hexadecimal(chance, 4),
      })
      assert.equal(line, log:redact(line))
    end
  end)
end)

describe("the generated corpus", function()
  local log = logger()

  for _, class in ipairs(corpus.class_names()) do
    local tier = corpus.classes[class][1]
    it(("holds for %s lines of class %s (BERTH_SEED=%d)"):format(tier, class, seed), function()
      local chance = corpus.chance(seed)
      local wrong = {}
      for _ = 1, lines do
        local case = corpus.line(chance, class)
        local fault = fault_of(log, case)
        if fault then wrong[#wrong + 1] = case.line .. "\n  " .. fault end
      end
      local share = 100 * (lines - #wrong) / lines
      local shown = table.concat(wrong, "\n", 1, math.min(#wrong, 20))
      assert.is_true(share >= FLOOR[tier],
                     ("%.2f %% of %d lines, seed %d\n%s"):format(share, lines, seed, shown))
    end)
  end
end)
