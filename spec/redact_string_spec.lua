-- Texts within strings: what is redacted in a line of its own is so in a string of JSON, which
-- stays JSON, and a value that is cut off ends with the string around it.

local berth = require "berth"
local json = require "dkjson"
local corpus = require "spec.support.redact_corpus"

local lines = math.tointeger(tonumber(os.getenv "BERTH_CASES")) or 200
local seed = math.tointeger(tonumber(os.getenv "BERTH_SEED")) or os.time() % 1000000

local log

setup(function() log = assert(berth.logger { sink = function() end }) end)
teardown(function() log:close() end)

local function embed(line)
  return json.encode({ ts = 1, message = line, level = "INFO" },
    { keyorder = { "ts", "message", "level" } })
end

--- Calls f with each line of a class and says which one when that fails.
local function each_line(class, f)
  local chance = corpus.chance(seed)
  for _ = 1, lines do
    local line = corpus.line(chance, class).line
    local ok, failure = pcall(f, line)
    if not ok then
      error(("seed %d, %s: %q\n%s"):format(seed, class, line, tostring(failure)), 0)
    end
  end
end

describe("a text in a string of JSON", function()
  -- Other classes hold what a string hides: CSV's doubled marks, calls, colours, blocks of XML.
  local same = { "again", "bound", "cli", "code", "conn", "edge", "header", "json", "logfmt",
    "multibyte", "ops", "percent", "person", "prose", "repr", "sql", "table", "url", "vendor" }

  for _, class in ipairs(same) do
    it("is redacted as by itself: " .. class, function()
      each_line(class, function(line)
        local out = json.decode(log:redact(embed(line)))
        assert.equal(log:redact(line), out and out.message)
      end)
    end)
  end

  for _, class in ipairs(same) do
    it("is redacted as by itself below another one: " .. class, function()
      each_line(class, function(line)
        local text = "starting up\n" .. line .. "\nall done"
        local out = json.decode(log:redact(embed(text)))
        assert.equal(log:redact(text), out and out.message)
      end)
    end)
  end

  it("leaves it JSON", function()
    for _, class in ipairs(corpus.class_names()) do
      if class ~= "nested" then -- a key that does not end is masked to the end
        each_line(class, function(line)
          local out = json.decode(log:redact(embed(line)))
          assert.is_string(out and out.message)
        end)
      end
    end
  end)

  it("may hold JSON with objects under names of secrets, on one line or several", function()
    local body = '{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"ann",' ..
      '"password":"Lq3x9Z7b"}}},"scope":{"project":{"id":"p1"}}}}'
    local want = body:gsub("Lq3x9Z7b", "***")
    for _, break_line in ipairs { "", "\n", "\n  " } do
      local function lay_out(text) return (text:gsub("[{,]%f[\"]", "%0" .. break_line)) end
      local text, masked = lay_out(body), lay_out(want)
      for _ = 1, 3 do
        text, masked = embed(text), embed(masked)
        assert.equal(masked, log:redact(text))
      end
    end
  end)

  it("may hold true, null and figures under names of secrets", function()
    for _, value in ipairs { "true", "null", "false" } do
      local text = ('{"password":%s,"token":"%%s","user":"ann"}'):format(value)
      assert.equal(embed(text:format "***"), log:redact(embed(text:format "MuX99AQIXoa7tXM6")))
    end
    assert.equal(embed '{"password":"***","user":"ann"}',
      log:redact(embed '{"password":85177724,"user":"ann"}'))
  end)

  it("has lines that are no part of each other", function()
    for _, text in ipairs {
      "basic auth disabled, bearer only\ncelery@node-7 ready",
      "password changed for ann from 172.16.149.119\nCRON[94917]: (root) CMD (x)",
      "key rotation: promoted key 0\n-----BEGIN PUBLIC KEY-----\nwagWvXy7k8hunWocebnwuuo8R",
      "x\narn:aws:secretsmanager:eu-west-1:934519664229:secret:mailer/db-AbCdEf",
      "size 45556\neyJ is not a token, skipping",
    } do
      assert.equal(embed(text), log:redact(embed(text)))
    end
  end)

  it("has lines", function()
    for text, want in pairs {
      ["password = Lq3x9Z7b\nregion_name = north"] = "password = ***\nregion_name = north",
      ["password:\n  Lq3x9Z7b\nuser: ann"] = "password:\n  ***\nuser: ann",
      ["NAME\tTOKEN\tNODE\nann\tc4e39693a7c9ec1755784ddd09bcd475\tn1"] =
        "NAME\tTOKEN\tNODE\nann\t***\tn1",
      ["auth_pass=Lq3x9Z7b\nvirtual_router_id 53"] = "auth_pass=***\nvirtual_router_id 53",
      ["PASS Lq3x9Z7b\n230 Login successful"] = "PASS ***\n230 Login successful",
    } do
      assert.equal(embed(want), log:redact(embed(text)))
    end
  end)
end)

describe("a value that is cut off", function()
  local after = "xmpp ann online at node-1, and more"

  it("ends with the string around it", function()
    for text, want in pairs {
      ['{"token": "zMCDH3x0Smf6gBEs'] = '{"token": "***',
      ["token='wibUAfJPgkHCTlc3"] = "token='***",
      ['etag W/"abc, db_password="Lq3x9Z7b'] = 'etag W/"abc, db_password="***',
      ["<adminPass>Lq3x9Z7b"] = "<adminPass>***",
      ["AUTH svc-build pVYmxwtdk6"] = "AUTH svc-build ***",
      ["::add-mask::Lq3x9Z7b"] = "::add-mask::***",
      ["user|ann|password|Lq3x9Z7b"] = "user|ann|password|***",
      [ [[net use Z: \\db1\share /user:LAB\ann Lq3x9Z7b]] ] =
        [[net use Z: \\db1\share /user:LAB\ann ***]],
    } do
      for _, separator in ipairs { ",", ", " } do
        local function list(line)
          return "[" .. json.encode(line) .. separator .. json.encode(after) .. "]"
        end
        assert.equal(list(want), log:redact(list(text)))
      end
    end
  end)

  it("ends with that of a setting", function()
    assert.equal([[msg="{\"password\": \"***" level=info host=n1]],
      log:redact [[msg="{\"password\": \"Lq3x9Z7b" level=info host=n1]])
    assert.equal([==[['{"password": "***', 'and more']]==],
      log:redact [==[['{"password": "Lq3x9Z7b', 'and more']]==])
  end)

  it("is cut to its end where no string is around it", function()
    for text, want in pairs {
      [ [[{"password":"Zk9\nq7Lw8]] ] = [[{"password":"***]],
      [ [[{"client_secret":"Zk9aaaa\nq7Lw8bbbb\nQ8x7cc]] ] = [[{"client_secret":"***]],
      [ [[password="C:\new7Lw\" user=ann]] ] = [[password="***" user=ann]],
      [ [[password=aB3xx,\"Zx9qq]] ] = "password=***",
      ["password=Summer#0123"] = "password=***",
      ["password: Summer#0123 x"] = "password: *** x",
      ["sshpass -p ')Zk9q7Lw' ssh node-1"] = "sshpass -p '***' ssh node-1",
      ["htpasswd -b f ann '}Zk9q7Lw'"] = "htpasswd -b f ann '***'",
    } do
      assert.equal(want, log:redact(text))
    end
  end)

  it("does not end at marks of its own", function()
    for text, want in pairs {
      [ [[{"password": "a\",\"b\"}", "host": "n1"}]] ] = [[{"password": "***", "host": "n1"}]],
      [ [[secret='[{"x":"y"},{"z":"w"}]' host=n1]] ] = "secret='***' host=n1",
      [ [[password="a', 'b" host=n1]] ] = [[password="***" host=n1]],
    } do
      assert.equal(want, log:redact(text))
    end
  end)
end)

describe("a password of letters, digits and any signs", function()
  local signs = "!#$%&()*+,-./:;<=>?@[]^_{|}~'\"\\`"
  local letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

  local function password(chance)
    local out = {}
    for i = 1, chance:number(10, 20) do
      local from = i > 1 and chance:number(1, 8) == 1 and signs or letters
      local at = chance:number(1, #from)
      out[i] = from:sub(at, at)
    end
    return table.concat(out) .. "x"
  end

  local function quote(text) return (json.encode(text):gsub("\\/", "/")) end
  local function inner(text) return quote(text):sub(2, -2) end

  it("goes whole, in JSON, in JSON in JSON, and in both when they are cut off", function()
    local chance = corpus.chance(seed)
    for _ = 1, lines do
      local secret = password(chance)
      local object = ('{"user": "ann", "password": %s, "host": "n1"}'):format(quote(secret))
      local masked = '{"user": "ann", "password": "***", "host": "n1"}'
      local cut = ('{"user": "ann", "password": "%s'):format(inner(secret))
      for text, want in pairs {
        [object] = masked,
        [quote(object)] = quote(masked),
        [("[%s, 1]"):format(quote(object))] = ("[%s, 1]"):format(quote(masked)),
        [cut] = '{"user": "ann", "password": "***',
        [("[%s, 1]"):format(quote(cut))] =
          ("[%s, 1]"):format(quote '{"user": "ann", "password": "***'),
      } do
        local out = log:redact(text)
        assert(out == want, ("seed %d: %s\n  -> %s"):format(seed, text, out))
      end
    end
  end)
end)

describe("a mark after a name", function()
  it("may close the string that the name ends", function()
    for _, text in ipairs { "ann@bastion2's password:", "def get_password(self):", "Password:" } do
      for _, line in ipairs { embed(text), json.encode { text, "and more" } } do
        assert.equal(line, log:redact(line))
      end
    end
  end)
end)

describe("a text in a field of CSV", function()
  it("is redacted as by itself", function()
    for text, want in pairs {
      ['{"password": "Lq3x9Z7b", "user": "ann"}'] = '{"password": "***", "user": "ann"}',
      ['{"api_keys":["Lq3x9Z7b11", "Zz9x8Y7w"]}'] = '{"api_keys":["***", "***"]}',
      ['password=Some("Lq3x9Z7b"), retries=3'] = 'password=Some("***"), retries=3',
      ['<add key="ClearTextPassword" value="Lq3x9Z7b" />'] =
        '<add key="ClearTextPassword" value="***" />',
      ['{"msg":"{\\"token\\":\\"Lq3x9Z7b11\\"}"}'] = '{"msg":"{\\"token\\":\\"***\\"}"}',
    } do
      local function field(line) return ('1,"%s",n1'):format((line:gsub('"', '""'))) end
      assert.equal(field(want), log:redact(field(text)))
    end
  end)

  it("may be empty", function()
    for _, line in ipairs { 'a,"",b', '{"password":"","user":"ann"}', 'token="" host=n1' } do
      assert.equal(line, log:redact(line))
    end
  end)
end)

describe("a text whose lines the system's log joined", function()
  it("is redacted as by itself", function()
    for text, want in pairs {
      ["password=Lq3x9Z7b#012host=n1"] = "password=***#012host=n1",
      ["password:#012  Lq3x9Z7b#012user: ann"] = "password:#012  ***#012user: ann",
      ["user#011password#012ann#011c4e39693a7c9ec1755784ddd09bcd475"] =
        "user#011password#012ann#011***",
    } do
      assert.equal(want, log:redact(text))
    end
  end)
end)
