-- Reading the files of a replay: what is accepted, and the one sentence that every defect gets.

local command = require "spec.support.command"
local core = require "berth.core"
local csv = require "berth.replay.csv"
local inputs = require "berth.replay.inputs"

local directory, remove

-- Writes a file and returns its path.
local function file(text, name)
  local path = directory .. "/" .. (name or "f.csv")
  command.write(path, text)
  return path
end

local function gzip(path)
  assert.equal(0, command.exec("gzip", "-f", path).code)
  return path .. ".gz"
end

-- The rows of a file, each as its values joined.
local function rows(path, required)
  local found = {}
  csv.each(path, required, function(row, reader)
    local values = {}
    for i, name in ipairs(required) do values[i] = row[name] end
    found[#found + 1] = table.concat(values, ";")
    found.line = reader.line
  end)
  return found
end

-- The sentence that reading ends with, without the directory.
local function refusal(fn, ...)
  local done, err = pcall(fn, ...)
  assert.is_false(done)
  assert.equal("table", type(err), tostring(err))
  return (err.message:gsub(directory .. "/", "", 1)), err.code
end

setup(function() directory, remove = command.directory() end)
teardown(function() remove() end)

describe("a line reader", function()
  local function all(path, longest)
    local lines <close> = assert(core.lines(path, longest))
    local found = {}
    for line in function() return lines:read() end do found[#found + 1] = line end
    return found
  end

  it("gives lines without their ends, LF or CRLF", function()
    assert.same({ "a", "", "b\rc", "last" }, all(file "a\n\r\nb\rc\r\nlast"))
    assert.same({ "a" }, all(file "a\n"))
    assert.same({}, all(file ""))
  end)

  it("reads gzipped files, whatever they are called", function()
    local path = gzip(file "a\nb\n")
    assert.same({ "a", "b" }, all(path))
    os.rename(path, directory .. "/plain.csv")
    assert.same({ "a", "b" }, all(directory .. "/plain.csv"))
  end)

  it("reads lines that are longer than its chunks", function()
    local long = ("x"):rep(100000)
    assert.same({ long, "y", long }, all(file(long .. "\ny\n" .. long)))
  end)

  it("refuses a line that is too long and shows how it begins", function()
    local lines <close> = assert(core.lines(file "abc\nabcd\n", 3))
    assert.equal("abc", lines:read())
    local line, err, piece = lines:read()
    assert.is_nil(line)
    assert.equal("limit_exceeded", err.code)
    assert.equal("abc", piece)
    assert.equal(2, lines:number())
  end)

  it("says when gzipped data end early or are damaged", function()
    local noise = {}
    for i = 1, 20000 do noise[i] = tostring(i * i % 99991) end
    local path = gzip(file(table.concat(noise, "\n"), "noise.csv"))
    local bytes = command.read(path)
    local function ends_with(text)
      local lines <close> = assert(core.lines(file(text, "broken.gz")))
      local line, err
      repeat line, err = lines:read() until not line
      return err and err.code
    end
    assert.is_nil(ends_with(bytes))
    assert.equal("invalid_value", ends_with(bytes:sub(1, #bytes // 2)))
    assert.equal("invalid_value", ends_with(bytes:sub(1, #bytes // 2) .. ("\255"):rep(9999)))
  end)

  it("tells a missing file from a directory", function()
    local lines, err = core.lines(directory .. "/none")
    assert.is_nil(lines)
    assert.equal("not_found", err.code)
    lines, err = core.lines(directory)
    assert.is_nil(lines)
    assert.equal("io_error", err.code)
  end)

  it("may be closed twice and is of no use afterwards", function()
    local lines = assert(core.lines(file "a\n"))
    lines:close()
    lines:close()
    assert.error_matches(function() lines:read() end, "line reader is closed")
  end)

  it("refuses misuse", function()
    assert.error(function() core.lines() end)
    assert.error(function() core.lines("a\0b") end)
    assert.error(function() core.lines("a", 0) end)
    assert.error(function() core.lines("a", 10, 1) end)
  end)
end)

describe("a CSV file", function()
  it("may have its columns in any order and others beside them", function()
    assert.same({ "1;2", "3;4", line = 3 }, rows(file "x,b,a\n-,2,1\n-,4,3\n", { "a", "b" }))
  end)

  it("may be quoted as RFC 4180 has it", function()
    local path = file 'a,b\n"x, ""y""","1\r\n2"\n"",\n'
    assert.same({ 'x, "y";1\n2', ";", line = 4 }, rows(path, { "a", "b" }))
  end)

  it("may begin with a byte order mark, end lines with CRLF and have blank lines", function()
    assert.same({ "1", "2", line = 4 }, rows(file "\u{FEFF}a\r\n1\r\n\r\n2", { "a" }))
  end)

  local broken = {
    { "an empty file", "", 'f.csv:1: the file is empty; a header row is expected: a,b' },
    { "a missing column", "a,c\n1,2\n", "f.csv:1: the header has no column b" },
    { "a column that is there twice", "a,b,a\n", 'f.csv:1: two columns are called "a"' },
    { "a short row", "a,b\n1,2\n1\n", "f.csv:3: column a: the row has 1 field, the header 2" },
    { "a long row", "a,b\n1,2,3\n", "f.csv:2: column b: the row has 3 fields, the header 2" },
    { "an open quote", 'a,b\n1,"2\n3,4\n',
      "f.csv:2: column b: the quote that opens here is not closed" },
    { "text after a quote", 'a,b\n"1"x,2\n', "f.csv:2: column a: text after the closing quote" },
    { "a quote inside a field", 'a,b\n1,2"\n',
      "f.csv:2: column b: a quote inside a field that is not quoted" },
    { "a NUL byte", "a,b\n1,\0\n", "f.csv:2: column b: a NUL byte, not text" },
    { "bytes that are no text", "a,b\n\xE9,2\n", "f.csv:2: column a: bytes that are not UTF-8" },
    { "a huge field", "a,b\n1,2\n1," .. ("9"):rep(10000000) .. "\n",
      "f.csv:3: column b: the line is longer than 65536 bytes" },
    { "a huge quoted field", 'a,b\n1,"' .. ("9\n"):rep(100000) .. '"\n',
      "f.csv:2: column b: the quote that opens here is not closed within 65536 bytes" },
  }
  for _, case in ipairs(broken) do
    it("is refused with its line for " .. case[1], function()
      local message, code = refusal(rows, file(case[2]), { "a", "b" })
      assert.equal(case[3], message)
      assert.equal("invalid_value", code)
    end)
  end

  it("that cannot be read is not the user's text at fault", function()
    local message, code = refusal(rows, directory .. "/none.csv", { "a" })
    assert.equal("none.csv: there is no such file", message)
    assert.equal("io_error", code)
  end)

  it("is written with quotes only where they are needed", function()
    assert.equal("plain", csv.field "plain")
    assert.equal('"a,b"', csv.field "a,b")
    assert.equal('"say ""x"""', csv.field 'say "x"')
  end)
end)

describe("nodes", function()
  local header = "sn,cpu_milli,memory_mib,gpu,model\n"

  it("are read with their line", function()
    assert.same({ { name = "n", cpu = 1000, memory = 2, gpus = 3, model = "T4", line = 2 } },
      inputs.nodes(file(header .. "n,1000,2,3,T4\n")))
    assert.equal("", inputs.nodes(file "sn,cpu_milli,memory_mib,gpu\nn,1,2,3\n")[1].model)
  end)

  local broken = {
    { "n,12x,2,3,", 'f.csv:2: column cpu_milli: "12x" is not a whole number' },
    { "n,1,-2,3,", 'f.csv:2: column memory_mib: "-2" is negative' },
    { "n,1,2.5,3,", 'f.csv:2: column memory_mib: "2.5" is not a whole number' },
    { "n,,2,3,", "f.csv:2: column cpu_milli: it is empty where a whole number is due" },
    { "n,1,2,1025,", 'f.csv:2: column gpu: "1025" is more than 1024' },
    { "n,99999999999999999999,2,3,",
      'f.csv:2: column cpu_milli: "99999999999999999999" is more than 9007199254740991' },
    { ",1,2,3,", "f.csv:2: column sn: it is empty" },
    { ("n"):rep(181) .. ",1,2,3,", "f.csv:2: column sn: it is longer than 180 characters" },
    { "n\27[0m,1,2,3,", 'f.csv:2: column sn: "n\\x1B[0m" holds a control character' },
    { "n,1,2,3,\nm,1,2,3,\nn,1,2,3,", 'f.csv:4: column sn: "n" is already on line 2' },
    { "n-gpu1,1,2,3,\nn,1,2,2,",
      "f.csv:2: column sn: the name is that of GPU 1 of the node on line 3" },
    { "", "f.csv:1: no node follows the header" },
  }
  for i, case in ipairs(broken) do
    it(("are refused when they are wrong (%d)"):format(i), function()
      assert.equal(case[2], (refusal(inputs.nodes, file(header .. case[1] .. "\n"))))
    end)
  end

  it("are put in the order of a file, and what it leaves out is counted", function()
    local nodes = inputs.nodes(file(header .. "a,1,1,1,\nb,1,1,1,\nc,1,1,1,\n"))
    local ordered, left_out = inputs.ordered(file("sn\nc\na\n", "o.csv"), nodes)
    assert.equal("c", ordered[1].name)
    assert.equal("a", ordered[2].name)
    assert.equal(2, #ordered)
    assert.equal(1, left_out)
    assert.equal('o.csv:3: column sn: "x" is not among the nodes',
      (refusal(inputs.ordered, file("sn\na\nx\n", "o.csv"), nodes)))
    assert.equal('o.csv:3: column sn: "a" is already on line 2',
      (refusal(inputs.ordered, file("sn\na\na\n", "o.csv"), nodes)))
  end)
end)

describe("requests", function()
  local header = "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"

  local function one(text)
    local list = inputs.requests(file(header .. text .. "\n"))
    assert.equal(1, #list)
    return list[1]
  end

  it("are CPU only, a slice or whole GPUs", function()
    assert.equal("CPU", inputs.kind(one "1,2,0,0,"))
    assert.equal("SHARE", inputs.kind(one "1,2,1,999,"))
    assert.equal("GPU_1", inputs.kind(one "1,2,1,1000,"))
    assert.equal("GPU_8", inputs.kind(one "1,2,8,1000,"))
  end)

  it("have at most a whole GPU's thousandths, without fractions", function()
    assert.equal(1000, one "1,2,1,4000,".milli)
    assert.equal(460, one "1,2,1,460.9,".milli)
    assert.equal(0, one "1,2,0,460,".milli)
    assert.equal(0, one "1,2,0,,".milli)
  end)

  it("name each model once and in order, and none without GPUs", function()
    assert.equal("A|B|C", one "1,2,1,1000,C|B|C||A".spec)
    assert.equal("", one "1,2,0,0,T4".spec)
  end)

  it("need neither gpu_milli nor gpu_spec where they ask for no GPU", function()
    assert.equal(2, #inputs.requests(file "cpu_milli,memory_mib,num_gpu\n1,2,0\n1,2,0\n"))
  end)

  it("keep project and user", function()
    local list = inputs.requests(file "cpu_milli,memory_mib,num_gpu,project,user\n1,2,0,p,\n")
    assert.equal("p", list[1].project)
    assert.is_nil(list[1].user)
  end)

  local broken = {
    { "1,2,1,,", "f.csv:2: column gpu_milli: it is empty where num_gpu is 1" },
    { "1,2,1,0,", "f.csv:2: column gpu_milli: it is 0 where num_gpu is 1" },
    { "1,2,1,half,", 'f.csv:2: column gpu_milli: "half" is not a whole number' },
    { "1,2,-1,1000,", 'f.csv:2: column num_gpu: "-1" is negative' },
    { "1,2,256,1000,", 'f.csv:2: column num_gpu: "256" is more than 255' },
    { "0,0,0,0,", "f.csv:2: column cpu_milli: the request asks for nothing" },
    { "", "f.csv:1: no request follows the header" },
  }
  for i, case in ipairs(broken) do
    it(("are refused when they are wrong (%d)"):format(i), function()
      assert.equal(case[2], (refusal(inputs.requests, file(header .. case[1] .. "\n"))))
    end)
  end
end)
