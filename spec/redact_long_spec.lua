--- Lines so long that not all of them may be looked at, and what is far from anything encoded.
local berth = require "berth"
local corpus = require "spec.support.redact_corpus"

local function logger(options)
  options = options or {}
  options.sink = function() end
  return assert(berth.logger(options))
end

--- Pieces, each with its own number or letters, to at least so many bytes.
local function line_of(bytes, piece)
  local parts, length = {}, 0
  for i = 1, math.huge do
    parts[i] = piece(i)
    length = length + #parts[i]
    if length >= bytes then return table.concat(parts) end
  end
end

--- Letters that are no word and the same each time.
local function letters(i)
  local word = {}
  for k = 1, 8 do
    i = (i * 48271 + k) % 2147483647
    word[k] = string.char(97 + i % 26)
  end
  return table.concat(word)
end

local MB = 1 << 20

--- How often a limit was met.
local function limit_hits(log)
  for _, rule in ipairs(log:rules()) do
    if rule.name == "pattern-limit" then return rule.hits end
  end
  error "no rule counts limits"
end

--- Lines in which hardly a byte stands that no rule begins with, and no part twice.
local dense = {
  ["names alone"] = line_of(MB, function(i) return ("token%d "):format(i) end),
  ["commands"] = line_of(MB, function(i) return "sshpass " .. letters(i):sub(1, 3) .. " " end),
  ["disguises"] = line_of(MB, function(i) return "p4ssw0rd=" .. letters(i):sub(1, 4) .. "7 " end),
}

describe("a line that takes too long", function()
  it("is masked from where that shows, whatever the mask", function()
    for _, mask in ipairs { "stars", "last4", "hash" } do
      local log <close> = logger { mask = mask, key = "fixed" }
      for what, line in pairs(dense) do
        local out = log:redact(line .. " password=Lq3x9Z7b")
        assert.is_true(#out < #line // 2, what)
        assert.equal("***", out:sub(-3), what)
        assert.is_nil(out:find("Lq3x9Z7b", 1, true), what)
      end
    end
  end)

  it("is redacted already afterwards", function()
    local log <close> = logger()
    for what, line in pairs(dense) do
      local out = log:redact(line)
      assert.is_true(out == log:redact(out), what)
    end
  end)

  it("is the same line before that place", function()
    local log <close> = logger()
    local out = log:redact(dense["names alone"])
    assert.equal(dense["names alone"]:sub(1, #out - 3), out:sub(1, -4))
    assert.is_true(#out > 20000)
    assert.equal(" ***", out:sub(-4)) -- a word is kept or masked, not cut
  end)

  it("is masked whatever the rest begins with", function()
    local log <close> = logger()
    local word = "-----BEGIN CERTIFICATE-----sk-eyJxuser4111 1111 pin "
    local out = log:redact(word:rep(1300000 // #word) .. "password=Lq3x9Z7bQw and so on")
    assert.is_nil(out:find("Lq3x9Z7bQw", 1, true))
    assert.equal("***", out:sub(-3))
    assert.is_true(out == log:redact(out))
  end)

  it("counts as one that met a limit", function()
    local log <close> = logger()
    log:redact(dense.commands)
    assert.equal(1, limit_hits(log))
  end)

  it("takes what it takes when it is shorter", function()
    local log <close> = logger()
    local line = line_of(MB // 4, function(i) return ("token%d "):format(i) end)
    assert.is_true(line == log:redact(line))
  end)
end)

describe("a long line", function()
  local prose = line_of(MB, function(i) return letters(i) .. (i % 9 == 0 and ". " or " ") end)

  it("is looked at to its end when it is like others", function()
    local log <close> = logger()
    assert.is_true(prose .. "password=***" == log:redact(prose .. "password=Lq3x9Z7b"))
    local row = '{"id": %d, "user": "ann", "password": "%s", "host": "db-%d.example.net"}, '
    local rows = line_of(MB, function(i) return row:format(i, letters(i), i % 7) end)
    local want = rows:gsub('"password": "%a+"', '"password": "***"')
    assert.is_true(want == log:redact(rows))
  end)

  it("is looked at to its end when it is a log of which some lines hold secrets", function()
    local log <close> = logger()
    local dirty = {}
    for _, name in ipairs(corpus.class_names()) do
      local tier = corpus.classes[name][1]
      if tier == "core" or tier == "hard" then dirty[#dirty + 1] = name end
    end
    for seed = 7, 10 do
      local chance = corpus.chance(seed)
      local out = log:redact(line_of(MB, function(i)
        local class = i % 12 == 0 and chance:pick(dirty) or "ops"
        return corpus.line(chance, class).line:gsub("\n", " ") .. " "
      end))
      assert.equal(0, limit_hits(log), seed)
      assert.is_true(out == log:redact(out), seed)
    end
  end)

  it("is looked at to its end when its letters are encoded, or none", function()
    local log <close> = logger()
    local plain = "сервер базы"
    local function codes(c) return ("\\u%04x"):format(utf8.codepoint(c)) end
    local function percents(c) return ("%%%02X"):format(c:byte()) end
    local ways = { plain = plain, json = plain:gsub(utf8.charpattern, codes),
                   url = plain:gsub(".", percents) }
    for way, word in pairs(ways) do
      local line = line_of(MB, function(i) return word .. i % 97 .. " " end)
      local out = log:redact(line .. "password=Lq3x9Z7b")
      assert.is_true(line .. "password=***" == out, way)
    end
    local bytes, state = {}, 7
    for i = 1, MB do
      state = state * 6364136223846793005 + 1442695040888963407
      bytes[i] = string.char(state >> 56)
    end
    log:redact(table.concat(bytes))
    assert.equal(0, limit_hits(log))
  end)

  it("is in a string what its lines are by themselves", function()
    local log <close> = logger()
    local function quote(text)
      return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
    end
    local lines, want = {}, {}
    for i = 1, 1200 do
      local password = ("amber-maple-%03d"):format(i)
      lines[i] = i % 100 ~= 0 and ("lease %d expires in %d s on node-%d"):format(i * 77, i, i % 9)
                 or i % 300 == 0 and "net use Z: \\\\nas-1\\share /user:ann " .. password
                 or i % 200 == 0 and ('{"credential": "%s", "host": "db-1"}'):format(password)
                 or "clone https://oauth2:" .. password .. "@db-1/x.git done"
      want[i] = log:redact(lines[i])
    end
    local text, expected = table.concat(lines, "\n"), table.concat(want, "\n")
    assert.is_nil(expected:find("amber", 1, true))
    local once, wanted = '{"log": ' .. quote(text) .. "}", '{"log": ' .. quote(expected) .. "}"
    assert.is_true(wanted == log:redact(once))
    assert.is_true('{"m": ' .. quote(wanted) .. "}" == log:redact('{"m": ' .. quote(once) .. "}"))
  end)

  it("has what is encoded in it decoded wherever that stands", function()
    local log <close> = logger()
    local encoded = "password%3DLq3x9Z7b&next=1 "
    for _, at in ipairs { 1, 900, 70000, #prose // 2, #prose } do
      local out = log:redact(prose:sub(1, at) .. " " .. encoded .. prose:sub(at + 1))
      assert.is_nil(out:find("Lq3x9Z7b", 1, true), at)
      assert.is_truthy(out:find("password%3D***", 1, true), at)
    end
  end)
end)
