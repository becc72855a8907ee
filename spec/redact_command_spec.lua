-- `berth redact`: any program's log through the redactor, line by line, as it comes.

local command = require "spec.support.command"
local json = require "dkjson"

local TOKEN = "ghp_" .. ("aB3dE6gH9"):rep(4)

describe("berth redact", function()
  local directory, remove
  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  local function file(text)
    command.write(directory .. "/in", text)
    return directory .. "/in"
  end

  -- The output for an input, which the command takes as standard input.
  local function filter(text, ...)
    local words = { command.quote(command.berth()), "redact" }
    for i = 1, select("#", ...) do words[#words + 1] = command.quote((select(i, ...))) end
    local run = command.shell(table.concat(words, " ") .. " <" .. file(text))
    assert.equal(0, run.code, run.err)
    return run.out, run.err
  end

  it("passes on what holds no secret, byte for byte", function()
    for _, text in ipairs { "", "\n", "\n\n", "a", "a\n", "a\n\nb", "a\r\nb\r\n", "\0\n", "a\0b",
      "\xff\xfe \xc3\n", "\u{e9}\u{1f4a9}", "  \t \n", ("x"):rep(70000) .. "\n",
      "2026-08-04 INFO node-7 6f9c6a3e-5f5b-4c55-8d0e-000000000001 took 3 ms\n" } do
      assert.equal(text, (filter(text)))
    end
  end)

  it("masks in each line, whatever surrounds it", function()
    for _, frame in ipairs { { "", "\n" }, { "", "" }, { "a\n", "\nb\n" }, { "", "\r\n" },
      { "\0 ", " \0\n" }, { "\xff ", " \xc3\n" }, { "\n\n", "\n\n" },
      { ("x "):rep(50000), "\n" } } do
      assert.equal(frame[1] .. "password=***" .. frame[2],
        (filter(frame[1] .. "password=hunter22" .. frame[2])))
    end
  end)

  it("knows a short name at a line's end, whatever lines follow", function()
    local line, masked = "use I2Nsb3VkLWNvbmZpd today for the pw", "use *** today for the pw"
    for _, rest in ipairs { "", "\n", "\nx\n", "\r\n", "\r\nx\r\n" } do
      assert.equal(masked .. rest, (filter(line .. rest)))
      assert.equal("a\n" .. masked .. rest, (filter("a\n" .. line .. rest)))
    end
  end)

  it("keeps lines apart: what one tells is not known of the next", function()
    assert.equal("password=***\nhunter22\n", (filter "password=hunter22\nhunter22\n"))
    -- what looks like the end of a number belongs to no line before (for the sanitizers)
    assert.equal("ok\n@8-05-1120 x\nok\n", (filter "ok\n@8-05-1120 x\nok\n"))
  end)

  it("masks a private key that spans lines, and what follows no more", function()
    local body = ("MHcCAQEEIIbVf1Uq0mQxH7yN"):rep(2)
    for _, ending in ipairs { "\n", "\r\n" } do
      local out = filter(table.concat({ "before", "-----BEGIN EC PRIVATE KEY-----", body, body,
        "-----END EC PRIVATE KEY-----", "after", "" }, ending))
      assert.is_nil(out:find("MHc", 1, true))
      assert.equal("before", out:match "^[^\r\n]*")
      assert.equal("after" .. ending, out:match "[^\r\n]*\r?\n$")
    end
  end)

  it("reads files in order, and standard input where '-' stands", function()
    local one, two = directory .. "/1", directory .. "/2"
    command.write(one, "one password=hunter22\n")
    command.write(two, "two\n")
    local run = command.shell(("echo three | %s redact %s - %s"):format(command.berth(), one, two))
    assert.equal("one password=***\nthree\ntwo\n", run.out)
  end)

  it("says which file there is not", function()
    local run = command.run("redact", directory .. "/none")
    assert.equal(1, run.code)
    assert.matches("not_found", run.err)
    run = command.run("redact", directory .. "/" .. TOKEN)
    assert.is_nil(run.err:find(TOKEN, 1, true))
    run = command.run("redact", directory)
    assert.equal(3, run.code)
    assert.matches("io_error", run.err)
  end)

  describe("--jsonl", function()
    local function lines(text)
      local list = {}
      for line in text:gmatch "([^\n]*)\n" do list[#list + 1] = line end
      return list
    end

    it("answers an object for each object, in the same order", function()
      local input = {}
      for i = 1, 300 do
        input[i] = json.encode { line = i % 3 == 0 and "password=hunter" .. i or "line " .. i }
      end
      local out = lines((filter(table.concat(input, "\n") .. "\n", "--jsonl")))
      assert.equal(300, #out)
      for i, line in ipairs(out) do
        assert.equal(i % 3 == 0 and "password=***" or "line " .. i, json.decode(line).line)
      end
    end)

    it("redacts what the string says, however it is escaped", function()
      for _, line in ipairs { "password=hunter22", 'say "password": "hunter22"',
        "a\nb password=hunter22\tc", "\u{e9}\u{1f4a9} password=hunter22", "\\ / password=hunter22",
        "{\"password\": \"hunter22\"}" } do
        local plain = json.encode { line = line }
        local escaped = plain:gsub("hunter22", "\\u0068unter22")
        local spaced = plain:gsub('"line":', ' "line" : ')
        for _, input in ipairs { plain, escaped, spaced } do
          local out = (filter(input .. "\n", "--jsonl"))
          local said = assert(json.decode(out)).line
          assert.is_nil(said:find("hunter22", 1, true), out)
          assert.is_nil(out:find("hunter22", 1, true), out)
        end
      end
    end)

    it("keeps other members, and redacts them too", function()
      local out = filter('{"time": 17, "line": "password=hunter22", "host": "node-7", "token": "'
        .. TOKEN .. '", "deep": {"a": [1, null, true]}}\n', "--jsonl")
      local object = assert(json.decode(out))
      assert.equal("password=***", object.line)
      assert.equal(17, object.time)
      assert.equal("node-7", object.host)
      assert.is_nil(out:find(TOKEN, 1, true))
      assert.same({ 1, nil, true }, { object.deep.a[1], nil, object.deep.a[3] })
    end)

    it("leaves objects as they are in which nothing is found", function()
      for _, line in ipairs { '{"line": "a"}', '{"line":"\\u00e9\\n"}', '{"other": 1}', "{}",
        "[]", "",
        '{"line": 7}', '{"line": null}' } do
        assert.equal(line .. "\n", (filter(line .. "\n", "--jsonl")))
      end
    end)

    it("masks in what is no such object", function()
      for _, line in ipairs { "password=hunter22", '{"line": "password=hunter22',
        '{"line": "password=hunter22"', '{"line": ["password=hunter22"]}', '"password=hunter22"',
        '{"line": "a"} password=hunter22', '{"LINE": "password=hunter22"}',
        '{"line": "a", "line": "password=hunter22"}', '{"line": "\\ud83d password=hunter22"}',
        '{"line": "\\q password=hunter22"}', '\xff{"line": "password=hunter22"}' } do
        local out = filter(line .. "\n", "--jsonl")
        assert.is_nil(out:find("hunter22", 1, true), out)
        assert.equal(1, select(2, out:gsub("\n", "")))
      end
    end)
  end)

  it("looks for what its profile says", function()
    local text = "10.20.0.17 of ann@corp.test, password=hunter22\n"
    assert.equal("10.20.0.17 of ***, password=***\n", (filter(text)))
    assert.equal("*** of ***, password=***\n", (filter(text, "--profile", "strict")))
    assert.equal("10.20.0.17 of ann@corp.test, password=***\n",
      (filter(text, "--profile", "structured-only")))
    local run = command.run("redact", "--profile", "stricter")
    assert.equal(2, run.code)
  end)

  it("writes the mask that is asked for", function()
    local text = "token=" .. TOKEN .. "\ntoken=" .. TOKEN .. "\n"
    assert.equal("token=***\ntoken=***\n", (filter(text)))
    assert.equal(("token=***%s\n"):format(TOKEN:sub(-4)):rep(2), (filter(text, "--mask", "last4")))
    local out = filter(text, "--mask", "hash")
    local first, second = out:match "token=%*%*%*~(%x+)\ntoken=%*%*%*~(%x+)\n"
    assert.equal(first, second)
    local function keyed(key)
      return command.shell(("BERTH_REDACT_KEY=%s %s redact --mask hash %s"):format(key,
        command.berth(), directory .. "/in")).out
    end
    assert.equal(keyed "one-key-of-16-bytes", keyed "one-key-of-16-bytes")
    assert.not_equal(keyed "one-key-of-16-bytes", keyed "two-key-of-16-bytes")
  end)

  it("lets policies speak, for lines in which something was found or for all", function()
    local policy = directory .. "/site.lua"
    command.write(policy, [[return policy { name = "site",
      rules = function() return { { name = "badge", field = "badge" } } end,
      redact = function(record) record.line = "[" .. record.line .. "]" return record end }]])
    local out, err = filter("badge=k7\nplain\npassword=hunter22\n", "--policy", policy, "--report")
    assert.equal("[badge=***]\nplain\n[password=***]\n", out)
    assert.matches("1  badge\n", err)
    command.write(policy, [[return policy { redact = function(record)
      record.line = record.line:gsub("k7", "**") return record end }]])
    assert.equal("badge=**\n", (filter("badge=k7\n", "--policy", policy)))
    command.write(policy, "return policy { redact = function(record) error 'x' end }")
    assert.equal("[record withheld: redaction failed]\n",
      (filter("password=hunter22\n", "--policy", policy)))
    command.write(policy, "return policy { redact = function(record) return {} end }")
    assert.equal("\n", (filter("password=hunter22\n", "--policy", policy)))
    command.write(policy, "return policy { redakt = function() end }")
    local run = command.run("redact", "--policy", policy, file "x")
    assert.equal(1, run.code)
    assert.matches("policy_error", run.err)
  end)

  it("tells how often each rule fired, and nothing of what it masked", function()
    local out, err = filter(("password=hunter22\n"):rep(3) .. "token=" .. TOKEN
      .. "\nto ann@corp.test\nplain\n", "--report")
    assert.equal(6, select(2, out:gsub("\n", "")))
    assert.matches("\n? *3  password\n", err)
    assert.matches(" 5  values masked by %d rules\n$", err)
    for _, secret in ipairs { "hunter22", TOKEN, "ann@", "corp" } do
      assert.is_nil(err:find(secret, 1, true))
    end
    assert.equal("       0  values masked by 0 rules\n", select(2, filter("plain\n", "--report")))
  end)

  it("writes what there is before it waits for more", function()
    local fifo = directory .. "/fifo"
    command.exec("mkfifo", fifo)
    -- the second line is written only once the first has come out
    local run = command.shell(([[
      { echo password=hunter22; read -r go <%s; echo done; } | %s redact |
      { read -r first; echo go >%s; cat; echo "$first"; }]]):format(fifo, command.berth(), fifo))
    assert.equal("done\npassword=***\n", run.out)
  end)

  it("ends without a word when nobody reads any more", function()
    local run = command.shell(("yes password=hunter22 | head -c 2000000 | %s redact | head -1")
      :format(command.berth()))
    assert.equal("password=***\n", run.out)
    assert.equal("", run.err)
  end)

  it("says so when the output cannot be written", function()
    if command.shell("test -c /dev/full").code ~= 0 then return pending "no /dev/full here" end
    local run = command.shell(("%s redact %s >/dev/full"):format(command.berth(), file "x\n"))
    assert.equal(3, run.code)
    assert.matches("io_error", run.err)
  end)

  -- As much memory for much as for little: the most it ever had, in kilobytes, is told at the end.
  describe("in constant memory", function()
    local function peak(producer, ...)
      local words = table.concat({ ... }, " ")
      local run = command.shell(([[%s | lua5.4 -e '
        local berth, core = require "berth", require "berth.core"
        local log = berth.logger { sink = function() end }
        assert(log:filter(io.stdin, io.stdout, arg[1]))
        io.stderr:write(core.peak_rss(), "\n")' /dev/null %s | wc -c]]):format(producer, words))
      return tonumber(run.err), tonumber(run.out)
    end

    local function bytes(text, count)
      return ("yes %s | head -c %d"):format(command.quote(text), count)
    end

    it("filters many lines", function()
      local least = peak(bytes("plain text password=hunter22", 100000))
      local most = peak(bytes("plain text password=hunter22", 20000000))
      assert.is_true(most < least + 8192, ("%d KiB against %d"):format(most, least))
    end)

    it("filters a line that never ends", function()
      local endless = "tr '\\n' ' '"
      local least = peak(bytes("plain text", 3000000) .. " | " .. endless)
      local most, came = peak(bytes("plain text", 60000000) .. " | " .. endless)
      assert.equal(60000000, came)
      assert.is_true(most < least + 8192, ("%d KiB against %d"):format(most, least))
    end)

    it("masks within a line that never ends", function()
      local run = command.shell(
        ("{ %s; printf ' password=hunter22 '; %s; } | tr '\\n' ' ' | %s redact"):format(
          bytes("plain", 5000000), bytes("plain", 5000000), command.berth()))
      assert.is_nil(run.out:find("hunter22", 1, true))
      assert.is_truthy(run.out:find(" password=*** plain", 1, true))
      assert.equal(10000000 + 19 - 5, #run.out)
    end)
  end)
end)
