-- The frame of the command line: words to a verb, failures to two lines and an exit code, data to
-- stdout. The verbs themselves have specs of their own.

local command = require "spec.support.command"
local exit = require "berth.cli.exit"
local kinds = require "berth.cli.kinds"
local nearest = require "berth.cli.nearest"
local output = require "berth.cli.output"
local progress = require "berth.cli.progress"

-- Runs Lua with the tree's modules, perhaps with shell text before and behind.
local function lua(chunk, before, behind)
  local program = "lua5.4 -e " .. command.quote(chunk)
  return command.shell((before or "") .. " " .. program .. " " .. (behind or ""))
end

-- Runs the verb `doctor` with a body of our own.
local function with_verb(body, before, behind)
  return lua(([[
    package.loaded["berth.cli.doctor"] = { summary = "x", run = function() %s end }
    os.exit(require("berth.cli.dispatch").main { "doctor" }, true)]]):format(body), before, behind)
end

-- Whole output on stderr for a refusal: what happened, what to do.
local function refusal(said, hint)
  return ("berth: %s\n%s\n"):format(said, hint)
end

describe("the command", function()
  it("asks for a verb", function()
    local result = command.run()
    assert.equal(2, result.code)
    assert.equal("", result.out)
    assert.equal(refusal("usage: a command is required", "'berth --help' tells what it takes"),
      result.err)
  end)

  it("names the nearest verb and the nearest option", function()
    assert.equal(refusal("usage: unknown command 'docotr'", "did you mean 'doctor'?"),
      command.run("docotr").err)
    assert.equal(refusal("usage: unknown option '--jsno'", "did you mean '--json'?"),
      command.run("doctor", "--jsno").err)
    local far = command.run("doctor", "--xylophone")
    assert.equal(2, far.code)
    assert.equal(refusal("usage: unknown option '--xylophone'",
      "'berth doctor --help' tells what it takes"), far.err)
  end)

  it("takes a negative number for the value of an option", function()
    local result = lua [[
      package.loaded["berth.cli.doctor"] = {
        summary = "x",
        configure = function(c) c:option "--by":convert(require("berth.cli.kinds").integer()) end,
        run = function(args) require("berth.cli.output").line(args.by) end,
      }
      os.exit(require("berth.cli.dispatch").main { "doctor", "--by", "-17" }, true)]]
    assert.equal("", result.err)
    assert.equal("-17\n", result.out)
  end)

  it("shows the same help by both ways", function()
    local help = command.run("help", "doctor")
    assert.equal(0, help.code)
    assert.matches("^Usage: berth doctor", help.out)
    assert.equal(help.out, command.run("doctor", "--help").out)
  end)

  it("lists every verb that has a module, and only those", function()
    local help = command.run("--help").out
    for _, entry in ipairs(require "berth.cli.commands") do
      local exists = entry.commands or package.searchpath("berth.cli." .. entry.name, package.path)
      local listed = help:find("\n   " .. entry.name .. " ", 1, true)
      if not entry.commands then assert.equal(exists ~= nil, listed ~= nil, entry.name) end
    end
  end)

  it("writes completion scripts that their shells accept", function()
    for _, shell in ipairs { "bash", "zsh", "fish" } do
      local result = command.run("completion", shell)
      assert.equal(0, result.code)
      assert.matches("doctor", result.out)
      if command.exists(shell) then
        local check = command.shell(("%s -n <<'SCRIPT'\n%sSCRIPT"):format(shell, result.out))
        assert.equal("", check.err)
      end
    end
  end)

  it("turns what a verb returns into an exit code", function()
    assert.equal(0, with_verb("").code)
    assert.equal(4, with_verb("return 4").code)
    local refused = with_verb [[return nil, { code = "no_candidate", message = "no room" }]]
    assert.equal(1, refused.code)
    assert.matches("^berth: no_candidate: no room\n[^\n]+\n$", refused.err)
  end)

  it("treats a raised failure as a returned one", function()
    local result = with_verb [[
      require("berth.cli.exit").raise { code = "usage", message = "no", advice = "do" }]]
    assert.equal(2, result.code)
    assert.equal(refusal("usage: no", "do"), result.err)
  end)

  it("never shows a traceback of a defect, unless asked", function()
    local result = with_verb "local nothing; return nothing.field"
    assert.equal(3, result.code)
    assert.matches("^berth: internal error: [^\n]+\nthis is a defect of berth[^\n]+\n$", result.err)
    assert.not_matches("traceback", result.err)
    assert.matches("stack traceback", with_verb("error {}", "BERTH_TRACEBACK=1").err)
  end)

  it("says what to do when its compiled part is missing", function()
    local result = command.shell "LUA_CPATH_5_4=/nowhere lua5.4 lua/berth/cli/main.lua --version"
    assert.equal(3, result.code)
    assert.matches("^berth: environment: the compiled part of berth cannot be loaded\n", result.err)
  end)

  it("says what to do when argparse is missing", function()
    local result = lua([[package.path = package.path:gsub("/usr[^;]*;?", "")
      os.exit(require("berth.cli.dispatch").main {}, true)]])
    assert.equal(3, result.code)
    assert.matches("^berth: environment: the Lua module 'argparse' is missing\n", result.err)
    assert.matches("luarocks install argparse", result.err)
  end)

  it("ends quietly when nobody reads its output", function()
    -- SIGPIPE ends it; where that is ignored, as under some supervisors, the failed write does.
    for _, before in ipairs { "", "trap '' PIPE;" } do
      local result = with_verb([[
        for i = 1, 100000 do require("berth.cli.output").line(i) end]], before, "| head -n 1")
      assert.equal("1\n", result.out)
      assert.equal("", result.err)
    end
  end)

  it("notices that its output could not be written", function()
    local result = with_verb([[require("berth.cli.output").line "x"]], "", ">/dev/full")
    assert.equal(3, result.code)
    assert.equal("berth: io_error: standard output could not be written\n", result.err)
  end)

  it("ends quietly when it is interrupted", function()
    local result = with_verb [[error "chunk:1: interrupted!"]]
    assert.equal(130, result.code)
    assert.equal("", result.err)
  end)
end)

describe("an exit code", function()
  it("is decided for every error code of the header", function()
    local header = command.read "c/include/berth.h"
    local expected = {
      not_found = 1, in_use = 1, inventory_in_use = 1, invalid_capacity = 1, capacity_exceeded = 1,
      invalid_amount = 1, no_candidate = 1, denied = 1, policy_budget = 1, policy_error = 1,
      duplicate_name = 1, has_children = 1, parent_loop = 1, search_budget = 1, protected = 1,
      consumer_exists = 1,
      invalid_value = 2, invalid_request = 2, limit_exceeded = 2,
      corrupt = 3, io_error = 3, read_only = 3, disk_full = 3, not_a_store = 3, schema_version = 3,
      out_of_memory = 3, unknown_outcome = 3, closed = 3,
      generation_conflict = 4, stale = 4, busy = 4,
      ok = 0,
    }
    local seen = 0
    for code in header:gmatch 'X%(BERTH_%u+,%s*%-?%d+,%s*"([%w_]+)"' do
      seen = seen + 1
      assert.equal(expected[code], exit.code(code), code)
    end
    assert.is_true(seen > 30)
  end)

  it("is a refusal for a code that a policy made up", function()
    assert.equal(1, exit.code "quota_exceeded")
  end)
end)

describe("output", function()
  it("writes JSON with sorted keys and exact integers", function()
    assert.equal('{"a":[1,2],"b":{"x":9007199254740993,"y":true},"c":"é"}',
      output.encode { c = "é", b = { y = true, x = 9007199254740993 }, a = { 1, 2 } })
    assert.equal("-9223372036854775808", output.encode(math.mininteger))
  end)

  it("tells an empty list from an empty object", function()
    assert.equal('{"list":[],"object":{}}',
      output.encode { list = output.array {}, object = output.object {} })
  end)

  it("leaves nothing that a terminal would act on", function()
    assert.equal("a\\x1B[31mred", output.text "a\27[31mred")
    assert.equal("line\\x0Aline", output.text "line\nline")
    assert.equal("\\u{202E}evil", output.text "\u{202E}evil")
    assert.equal("\\u{9B}31m", output.text "\u{9B}31m")
    assert.equal("caf\\xE9", output.text "caf\xE9")
    assert.equal("Zürich 東京", output.text "Zürich 東京")
  end)

  it("aligns tables, numbers to the right", function()
    local result = lua [[
      local rows = { { "é", 5 }, { "node-10", 1234 }, { nil, nil } }
      require("berth.cli.output").table({ "name", "used" }, rows)]]
    assert.equal("name     used\né           5\nnode-10  1234\n-           -\n", result.out)
  end)
end)

describe("the nearest word", function()
  it("forgives what fingers do", function()
    local words = { "candidates", "check", "place", "policy", "replay", "report" }
    assert.equal("replay", nearest("rpelay", words))
    assert.equal("candidates", nearest("candidate", words))
    assert.equal("check", nearest("chek", words))
    assert.is_nil(nearest("zzzzzzzz", words))
    assert.is_nil(nearest(("x"):rep(100000), words))
  end)
end)

describe("a kind", function()
  it("takes whole numbers within bounds", function()
    assert.equal(7, kinds.integer(1, 9) "7")
    assert.equal(math.maxinteger, kinds.integer() "9223372036854775807")
    local wrong = { "", "1.5", "1e3", "0x10", "ten", "9223372036854775808", "nan", " 1", "0", "10" }
    for _, text in ipairs(wrong) do
      local value, message = kinds.integer(1, 9)(text)
      assert.is_nil(value, text)
      assert.equal(("'%s' is not a whole number from 1 to 9"):format(text), message)
    end
  end)

  it("takes finite numbers within bounds", function()
    assert.equal(1.3, kinds.number(0) "1.3")
    for _, text in ipairs { "", "inf", "nan", "-1", "1e999", "x" } do
      assert.is_nil((kinds.number(0)(text)), text)
    end
  end)
end)

describe("a progress bar", function()
  local function recorder()
    local stream = { text = "" }
    function stream:write(text) self.text = self.text .. text end
    function stream.flush() end
    return stream
  end

  it("draws on a terminal and cleans up behind itself", function()
    local stream = recorder()
    do
      local bar <close> = progress.start {
        label = "placing", total = 4321, stream = stream, terminal = true,
      }
      bar:advance(4000)
    end
    assert.matches("placing %[%.+%]   0%%  0 of 4,321", stream.text)
    assert.matches("\r\27%[K$", stream.text)
  end)

  it("says nothing elsewhere", function()
    local stream = recorder()
    local bar = progress.start { label = "placing", total = 10, stream = stream, terminal = false }
    bar:advance()
    bar:finish()
    assert.equal("", stream.text)
    assert.equal("", lua([[
      local bar <close> = require("berth.cli.progress").start { label = "x", total = 1 }]]).err)
  end)

  it("shows up where stderr is a terminal", function()
    if command.shell("script -qec 'test -t 2' /dev/null").code ~= 0 then
      return pending "no terminal to be had here"
    end
    local directory, remove = command.directory()
    command.write(directory .. "/bar.lua", [[
      local bar <close> = require("berth.cli.progress").start { label = "placing", total = 2 }]])
    local inner = "lua5.4 " .. directory .. "/bar.lua"
    local result = command.shell("TERM=xterm script -qec " .. command.quote(inner) .. " /dev/null")
    remove()
    assert.matches("placing %[", result.out)
  end)
end)
