-- The logger: levels, typed fields, two formats, sinks that may fail, stop or come back, and never
-- a record that is lost without being counted.

local berth = require "berth"
local command = require "spec.support.command"
local corpus = require "spec.support.redact_corpus"
local json = require "dkjson"

local lines = math.tointeger(tonumber(os.getenv "BERTH_CASES")) or 200
local seed = math.tointeger(tonumber(os.getenv "BERTH_SEED")) or os.time() % 1000000

-- A logger without time that keeps its lines.
local function recorder(options)
  local kept = {}
  options = options or {}
  if options.time == nil then options.time = false end
  options.sink = function(line) kept[#kept + 1] = line end
  return assert(berth.logger(options)), kept
end

local function raises(text, fn, ...)
  local done, message = pcall(fn, ...)
  assert.is_false(done)
  assert.matches(text, tostring(message))
end

-- Texts that try to be something else.
local HOSTILE = { "", " ", "a\nb", "\r\nERROR forged", "\0", "a\0b", "\27[2J", "\127", "\t", '"',
  "\\", 'x="1" y=2', "{}", '","level":"error', "\u{2028}", "\u{85}", "\u{9b}31m", "\u{202e}abc",
  "\u{2066}x", "\u{feff}a", "\u{200f}a", "\xff\xfe", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80",
  "\u{e9}", "\u{1f4a9}", ("a"):rep(300), "'; DROP TABLE x; --", "%s%n", "${jndi:ldap://x}" }

-- Nothing that a terminal or a reader of lines would act on.
local function is_tame(line)
  return not line:find "[%c\127]" and not line:find "\xc2[\x80-\x9f]"
    and not line:find "\xe2\x80[\x8e\x8f\xa8-\xae]" and not line:find "\xe2\x81[\xa6-\xa9]"
    and not line:find "\xef\xbb\xbf" and not line:find "\xd8\x9c"
end

describe("a logger", function()
  it("writes what is as urgent as its level, or more", function()
    local log, kept = recorder { level = "warn" }
    for _, level in ipairs { "debug", "info", "warn", "error" } do log[level](log, level) end
    assert.same({ '{"level":"warn","message":"warn"}',
      '{"level":"error","message":"error"}' }, kept)
    assert.equal("warn", log:level "debug")
    log:debug "now"
    assert.equal(3, #kept)
    assert.equal("debug", log:level "off")
    log:error "never"
    assert.equal(3, #kept)
    assert.equal("off", log:level())
    assert.equal(0, log:dropped())
  end)

  it("writes at info when nobody says otherwise, with the time", function()
    local log, kept = recorder { time = true }
    log:debug "no"
    log:info "yes"
    assert.equal(1, #kept)
    assert.matches('^{"time":"%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ","level":"info",'
      .. '"message":"yes"}$', kept[1])
    local now, stamp = os.time(), json.decode(kept[1]).time
    local y, mo, d, h, mi, s = stamp:match "(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)"
    local told = os.time { year = y, month = mo, day = d, hour = h, min = mi, sec = s,
      isdst = false }
    local offset = os.difftime(os.time(os.date("!*t", now)), now)
    assert.is_true(math.abs(told - offset - now) < 120)
  end)

  it("keeps the types of fields, sorted by name", function()
    local log, kept = recorder()
    log:info("x", { b = true, a = "text", i = math.maxinteger, j = math.mininteger, f = 0.1,
      g = 1e300, whole = 2.0, nan = 0 / 0, inf = math.huge, t = {}, n = print })
    assert.equal('{"level":"info","message":"x","a":"text","b":true,"f":0.1,"g":1e+300,"i":'
      .. '9223372036854775807,"inf":"inf","j":-9223372036854775808,"n":"function","nan":"'
      .. json.decode(kept[1]).nan .. '","t":"table","whole":2}', kept[1])
    assert.matches("nan", json.decode(kept[1]).nan)
  end)

  it("does not let a field take a name of the record's own", function()
    local log, kept = recorder()
    log:info("x", { level = "error", message = "y", time = "z" })
    assert.same({ level = "info", message = "x", field_level = "error", field_message = "y",
      field_time = "z" }, json.decode(kept[1]))
  end)

  it("tells how many fields had no room", function()
    local log, kept = recorder()
    local fields = {}
    for i = 1, 70 do fields[("f%02d"):format(i)] = i end
    log:info("x", fields)
    local record = json.decode(kept[1])
    assert.equal(6, record.fields_left_out)
    assert.equal(64, record.f64)
    assert.is_nil(record.f65)
  end)

  for _, format in ipairs { "json", "text" } do
    it("writes one tame line whatever it is given, as " .. format, function()
      local log, kept = recorder { format = format, profile = "structured-only" }
      for i, text in ipairs(HOSTILE) do
        log:info(text, { [text] = text, b = text })
        assert.equal(i, #kept)
        assert.is_true(is_tame(kept[i]), kept[i])
        assert.is_truthy(utf8.len(kept[i]))
      end
      assert.equal(0, log:dropped())
    end)
  end

  it("writes JSON that says what it was given", function()
    local log, kept = recorder { profile = "structured-only" }
    for _, text in ipairs(HOSTILE) do
      log:info(text, { b = text })
      local record = assert(json.decode(kept[#kept]))
      if utf8.len(text) then
        assert.equal(text, record.message)
        assert.equal(text, record.b)
      else
        assert.is_truthy(utf8.len(record.b))
      end
    end
  end)

  it("writes text that can be told apart", function()
    local log, kept = recorder { format = "text" }
    log:warn("two words", { a = "plain", b = "two words", c = "", d = 'say "x"', e = "k=v", n = 1,
      f = 0.5, ["odd name"] = true, z = "a\nb\xff" })
    assert.equal('WARN two words a=plain b="two words" c="" d="say \\"x\\"" e="k=v" f=0.5 n=1 '
      .. '"odd name"=true z="a\\nb\\xff"', kept[1])
    log:info('x level=error user="root"', { a = 1 })
    assert.equal('INFO "x level=error user=\\"root\\"" a=1', kept[2])
    log:info ""
    assert.equal('INFO ""', kept[3])
    log:info 'it said "no"'
    assert.equal('INFO it said "no"', kept[4])
  end)

  it("cuts long texts, after they were redacted", function()
    local log, kept = recorder()
    local secret = "ghp_" .. ("aB3dE6gH9"):rep(4)
    for at = 8192 - 45, 8192 + 5, 5 do
      log:info("x", { text = ("x "):rep(at // 2) .. secret .. (" y"):rep(50) })
      log:info(("x "):rep(at // 2) .. secret .. (" y"):rep(50))
      for i = #kept - 1, #kept do
        assert.is_nil(kept[i]:find("ghp_", 1, true))
        assert.is_true(#kept[i] < 8400)
      end
    end
    log:info("x", { text = ("\u{e9}"):rep(5000) })
    assert.is_truthy(utf8.len(kept[#kept]))
  end)

  it("withholds a record that is too large to be looked at", function()
    local log, kept = recorder()
    log:info("x", { text = "password=hunter22 " .. ("x"):rep(17 << 20) })
    assert.same({ '{"level":"info","message":"[record withheld: redaction failed]"}' }, kept)
  end)

  it("writes nothing before redaction has seen it", function()
    local log, kept = recorder { format = "text" }
    log:info("password=hunter22", { password = "hunter22", user = "ann", seen = "hunter22 there" })
    log:info("x", { pin = 73125 })
    log:info("x", { name = "password", value = "hunter22" })
    log:info("x", { ["token=ghp_aB3dE6gH9aB3dE6gH9aB3dE6gH9aB3dE6gH9"] = 1 })
    for _, line in ipairs(kept) do
      for _, secret in ipairs { "hunter22", "73125", "ghp_" } do
        assert.is_nil(line:find(secret, 1, true), line)
      end
    end
    assert.equal(4, #kept)
    assert.matches("user=ann", kept[1])
  end)

  it("writes JSON whatever is masked in it", function()
    local log, kept = recorder()
    local pieces = { "password=", "token: ", "ghp_", "'", '"', "`", "\\", "{", "}", ",", ":", "\n",
      "hunter22", " ", "Bearer ", "a@b.co", "-----BEGIN PRIVATE KEY-----", "\xff", "=" }
    local chance = corpus.chance(seed)
    local function text()
      local list = {}
      for i = 1, chance:number(0, 6) do list[i] = chance:pick(pieces) end
      return table.concat(list)
    end
    for i = 1, lines * 5 do
      log:info(text(), { [text()] = text(), [text()] = i, b = text(), name = text(),
        value = text() })
      local record, _, why = json.decode(kept[i])
      assert.is_truthy(record, ("%s, BERTH_SEED=%d: %s"):format(why, seed, kept[i]))
      assert.is_true(is_tame(kept[i]), kept[i])
    end
    assert.equal(0, log:dropped())
  end)

  it("writes no secret of the generated corpus", function()
    local chance, wrong = corpus.chance(seed), {}
    for _, format in ipairs { "json", "text" } do
      local log, kept = recorder { format = format }
      for _, class in ipairs(corpus.class_names()) do
        for _ = 1, math.max(1, lines // 20) do
          local case = corpus.line(chance, class)
          local plain = log:redact(case.line) -- what the redactor cannot find is another's concern
          log:info("x", { text = case.line })
          log:info(case.line, { n = 1 })
          for i = #kept - 1, #kept do
            for _, secret in ipairs(case.secrets) do
              if kept[i]:find(secret, 1, true) and not plain:find(secret, 1, true) then
                wrong[#wrong + 1] = kept[i]
              end
            end
          end
        end
      end
    end
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("takes only what it knows", function()
    for text, options in pairs {
      ["did you mean 'level'"] = { levle = "info" },
      ["did you mean 'info'"] = { level = "infos" },
      ["did you mean 'json'"] = { format = "jsn" },
      ["did you mean 'strict'"] = { profile = "strikt" },
      ["did you mean 'hash'"] = { mask = "has" },
      ["did you mean 'field'"] = { rules = { { feild = "x" } } },
      ["function, path, stderr or syslog"] = { sink = 7 },
      ["one of field, pattern"] = { rules = { { field = "x", pattern = "y" } } },
      ["boolean"] = { time = 1 },
      ["table expected"] = { policies = "redaction" },
    } do
      raises(text, berth.logger, options)
    end
    raises("no such argument", berth.logger, {}, 1)
    local log = recorder()
    raises("string expected", log.info, log)
    raises("string expected", log.info, log, {})
    raises("table expected", log.info, log, "x", "y")
    raises("fields have names", log.info, log, "x", { "y" })
    raises("no such argument", log.info, log, "x", {}, 1)
    raises("debug, info, warn, error or off", log.level, log, "loud")
    raises("did you mean 'info'", function() log:infos "x" end)
    raises("nested too deeply", function()
      local loop = {}
      loop.loop = loop
      log:redact(loop)
    end)
  end)

  it("says that it is closed", function()
    local log = recorder()
    assert.equal("berth.logger (open)", tostring(log))
    log:close()
    log:close()
    assert.equal("berth.logger (closed)", tostring(log))
    for _, method in ipairs { "info", "redact", "rules", "dropped", "reopen", "level" } do
      raises("logger is closed", log[method], log, "x")
    end
    local inner
    do
      local closing <close> = recorder()
      inner = closing
    end
    raises("logger is closed", inner.info, inner, "x")
  end)
end)

describe("a sink that is a function", function()
  it("gets the line without its break, and the level", function()
    local got = {}
    local log = assert(berth.logger { time = false, format = "text",
      sink = function(...) got = { ... } end })
    log:warn "x"
    assert.same({ "WARN x", "warn" }, got)
  end)

  it("loses no record silently when it raises", function()
    local kept, broken = {}, true
    local log = assert(berth.logger { time = false, sink = function(line)
      if broken then error "no room" end
      kept[#kept + 1] = line
    end })
    for i = 1, 3 do log:info("lost", { i = i }) end
    assert.equal(3, log:dropped())
    broken = false
    log:info "back"
    assert.same({ '{"level":"warn","message":"records were dropped","dropped":3}',
      '{"level":"info","message":"back"}' }, kept)
    broken = true
    log:info "lost again"
    broken = false
    log:close()
    assert.equal('{"level":"warn","message":"records were dropped","dropped":1}', kept[3])
    assert.equal(3, #kept)
  end)

  it("drops what it logs itself, and counts that", function()
    local calls, log = 0, nil
    log = assert(berth.logger { sink = function()
      calls = calls + 1
      log:error "in the sink"
    end })
    log:info "x"
    assert.equal(1, calls)
    assert.equal(1, log:dropped())
  end)

  it("may use the redactor, read the count, close the logger", function()
    local seen, log
    log = assert(berth.logger { sink = function()
      seen = log:redact "password=hunter22"
      log:dropped()
      log:reopen()
      log:close()
      seen = seen .. tostring(log)
    end })
    log:info "x"
    assert.equal("password=***berth.logger (closed)", seen)
    raises("closed", log.info, log, "y")
  end)

  it("cannot yield", function()
    local log = assert(berth.logger { sink = coroutine.yield })
    local thread = coroutine.wrap(function()
      log:info "x"
      return "done"
    end)
    assert.equal("done", thread())
    assert.equal(1, log:dropped())
  end)
end)

describe("a sink that is a file", function()
  local directory, remove, path

  before_each(function()
    directory, remove = command.directory()
    path = directory .. "/berth.log"
  end)
  after_each(function() remove() end)

  local function open(options)
    options = options or {}
    options.time, options.format, options.sink = false, "text", options.sink or path
    return berth.logger(options)
  end

  it("is appended to, and belongs to nobody else", function()
    command.write(path, "before\n")
    local one <close> = assert(open())
    local two <close> = assert(open())
    one:info "a"
    two:info "b"
    one:info "c"
    assert.equal("before\nINFO a\nINFO b\nINFO c\n", command.read(path))
    os.remove(path)
    local three <close> = assert(open())
    three:info "d"
    assert.equal("-rw-------", command.shell("ls -l " .. path).out:match "^%S%S%S%S%S%S%S%S%S%S")
  end)

  it("is begun anew after it was moved away", function()
    local log <close> = assert(open())
    log:info "a"
    assert(os.rename(path, path .. ".1"))
    log:info "b"
    assert.is_true(log:reopen())
    log:info "c"
    assert.equal("INFO a\nINFO b\n", command.read(path .. ".1"))
    assert.equal("INFO c\n", command.read(path))
  end)

  it("stays as it is when it cannot be opened anew", function()
    local log <close> = assert(open())
    assert(os.rename(directory, directory .. ".1"))
    local done, err = log:reopen()
    assert(os.rename(directory .. ".1", directory))
    assert.is_nil(done)
    assert.equal("io_error", err.code)
    assert.equal(2, err.errno)
    log:info "still"
    assert.equal("INFO still\n", command.read(path))
  end)

  it("is refused when it cannot be opened, without telling its path", function()
    for _, bad in ipairs { directory, directory .. "/none/x", "/dev/null/x" } do
      local log, err = open { sink = bad }
      assert.is_nil(log)
      assert.equal("io_error", err.code)
      assert.is_nil(err.message:find("/", 1, true))
    end
    raises("NUL", open, { sink = "a\0b" })
    raises("NUL", open, { sink = "" })
  end)

  it("counts what a full disk does not take", function()
    if command.shell("test -c /dev/full").code ~= 0 then return pending "no /dev/full here" end
    local log <close> = assert(open { sink = "/dev/full" })
    for i = 1, 3 do log:info("x", { i = i }) end
    assert.equal(3, log:dropped())
  end)

  it("does not wait for a reader that never comes", function()
    command.exec("mkfifo", path)
    local log, err = open()
    assert.is_nil(log)
    assert.equal("io_error", err.code)
  end)

  -- A reader that stops reading: the pipe takes what it has room for, the rest is counted.
  it("does not wait for a reader that has stopped", function()
    command.exec("mkfifo", path)
    local run = command.exec("sh", "-c", [[
      sleep 60 <"$1" & reader=$!
      lua5.4 -e '
        local log
        repeat log = require("berth").logger { sink = arg[1], time = false } until log
        for i = 1, 2000 do log:info("record", { i = i, text = ("x"):rep(100) }) end
        print(log:dropped() > 0 and log:dropped() < 2000)' /dev/null "$1"
      kill $reader]], "sh", path)
    assert.equal("true\n", run.out)
  end)
end)

describe("a sink that is standard error", function()
  local function program(text)
    return ("lua5.4 -e %s"):format(command.quote(text))
  end

  it("gets whole lines", function()
    local run = command.shell(program [[
      local log = require("berth").logger { time = false }
      log:info("a", { n = 1 })
      log:debug "no"]])
    assert.equal('{"level":"info","message":"a","n":1}\n', run.err)
    assert.equal("", run.out)
  end)

  local COUNT = [[
    local log = require("berth").logger()
    for i = 1, 5 do log:info "x" end
    io.stdout:write(log:dropped() > 0 and "counted" or "nothing", "\n")]]

  it("may be closed", function()
    local run = command.shell(program(COUNT) .. " 2>&-")
    assert.equal("counted\n", run.out)
    assert.equal(0, run.code)
  end)

  it("may be a pipe that nobody reads any more, without a signal", function()
    local out = os.tmpname()
    local run = command.shell(("{ sleep 0.2; %s; echo $?; } 2>&1 >%s | true; cat %s"):format(
      program(COUNT), out, out))
    os.remove(out)
    assert.equal("counted\n0\n", run.out)
  end)
end)

describe("a sink that is the system's log", function()
  local test = require "berth_test"
  local folder, remove, socket

  before_each(function()
    folder, remove = command.directory()
    socket = test.log_open(folder .. "/log")
  end)

  after_each(function()
    test.log_close(socket)
    remove()
  end)

  -- Runs a program to which the socket is the system's log; what it prints and what came.
  local function run(text)
    local module = package.searchpath("berth_test", package.cpath)
    local preload = ("%s %s"):format(os.getenv "LD_PRELOAD" or "", module)
    local out = command.shell(("BERTH_DEV_LOG=%s LD_PRELOAD=%s lua5.4 -e %s"):format(
      command.quote(folder .. "/log"), command.quote(preload), command.quote(text)))
    assert.equal("", out.err)
    local got = {}
    for line in function() return test.log_read(socket) end do
      got[#got + 1] = line:gsub("%[%d+%]", "[PID]", 1)
    end
    return out.out, got
  end

  it("gets a datagram for each record, with its severity, without secrets", function()
    local _, got = run [[
      local log = require("berth").logger { sink = "syslog", ident = "fleet", time = false,
        level = "debug", format = "text" }
      log:debug "a"
      log:info("b\nc", { n = 1 })
      log:warn("d", { password = "Lq3x9Z7b" })
      log:error "e password=Lq3x9Z7b"]]
    assert.same({ "<15>fleet[PID]: DEBUG a", [[<14>fleet[PID]: INFO b\nc n=1]],
      "<12>fleet[PID]: WARN d password=***", '<11>fleet[PID]: ERROR "e password=***"' }, got)
  end)

  it("counts what it does not take", function()
    local out, got = run [[
      local log = require("berth").logger { sink = "syslog", ident = "x", time = false }
      for i = 1, 1000 do log:info "again" end
      print(log:dropped())]]
    local dropped = tonumber(out)
    assert.is_true(dropped > 0)
    assert.equal(1000, #got + dropped)
  end)

  it("is found again when its daemon was started anew", function()
    local out, got = run [[
      local log = require("berth").logger { sink = "syslog", ident = "x", time = false }
      log:info "before"
      local path = os.getenv "BERTH_DEV_LOG"
      os.rename(path, path .. ".old")
      local test = require "berth_test"
      local anew = test.log_open(path)
      log:info "to the old one"
      print(log:reopen())
      log:info "to the new one"
      print((test.log_read(anew):gsub("^.-: ", "")))]]
    assert.equal('true\n{"level":"info","message":"to the new one"}\n', out)
    assert.equal(2, #got)
  end)

  it("cuts a record that is longer than a datagram may be", function()
    local _, got = run [[
      local log = require("berth").logger { sink = "syslog", ident = "x", time = false }
      log:info(("long "):rep(5000))]]
    assert.equal(1, #got)
    assert.is_true(#got[1] > 1000 and #got[1] < 10000)
  end)

  it("says so when there is none", function()
    if command.shell("test -S /dev/log").code == 0 then return pending "this system has one" end
    local log, err = berth.logger { sink = "syslog", ident = "berth" }
    assert.is_nil(log)
    assert.equal("io_error", err.code)
  end)
end)
