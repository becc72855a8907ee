-- The judge of the torture legs is itself judged: a sound history passes, and each way in which a
-- store could go wrong is found.

local command = require "spec.support.command"

local snapshot = [[
provider	p0	4	-	p0
inventory	p0	VCPU	5	0	1	9	1	1000
usage	p0	VCPU	4
provider	p1	1	-	p1
inventory	p1	VCPU	5	0	1	9	1	1000
usage	p1	VCPU	2
alloc	c1	p0	VCPU	3
alloc	c1	p1	VCPU	2
alloc	c4	p0	VCPU	1
consumer	c1	1
consumer	c4	1
end
]]

local history = [[
100	w	0	invoke	claim	c1	p0:VCPU:3,p1:VCPU:2
110	w	0	ok	claim	c1	p0=1,p1=1
120	w	1	invoke	claim	c2	p0:VCPU:2
130	w	1	ok	claim	c2	p0=2
140	w	2	invoke	release	c2	-
150	w	2	ok	release	c2	p0=3
160	w	3	invoke	claim	c3	p0:VCPU:4
170	w	3	fail	claim	c3	capacity_exceeded
180	w	4	invoke	claim	c4	p0:VCPU:1
]]

describe("the judge of torture", function()
  local directory, remove
  setup(function() directory, remove = command.directory() end)
  teardown(function() remove() end)

  local function judge(store, told)
    command.write(directory .. "/snapshot", store)
    command.write(directory .. "/history", told)
    return command.exec("lua5.4", "spec/torture/judge.lua", directory .. "/snapshot",
      directory .. "/history")
  end

  -- The text with one of its lines changed; an empty line goes.
  local function with(text, from, to)
    local first, last = text:find(from, 1, true)
    assert(first, from)
    return text:sub(1, first - 1) .. to .. text:sub(last + 1)
  end

  it("finds no fault where there is none", function()
    local result = judge(snapshot, history)
    assert.equal(0, result.code, result.out)
    assert.matches("3 writes done, 1 refused, 1 unknown; 0 faults", result.out)
  end)

  local lost = with(with(with(snapshot, "alloc\tc1\tp0\tVCPU\t3\n", ""),
    "alloc\tc1\tp1\tVCPU\t2\n", ""), "consumer\tc1\t1\n", "")
  lost = with(with(lost, "usage\tp0\tVCPU\t4", "usage\tp0\tVCPU\t1"), "usage\tp1\tVCPU\t2",
    "usage\tp1\tVCPU\t0")

  for what, case in pairs {
    ["a lost claim"] = { lost, history, "acknowledged and is gone" },
    ["half a claim"] = { with(with(snapshot, "alloc\tc1\tp1\tVCPU\t2\n", ""),
      "usage\tp1\tVCPU\t2", "usage\tp1\tVCPU\t0"), history, "stands half" },
    ["a changed amount"] = { with(with(snapshot, "c4\tp0\tVCPU\t1", "c4\tp0\tVCPU\t2"),
      "usage\tp0\tVCPU\t4", "usage\tp0\tVCPU\t5"), history, "stands half" },
    ["a refused claim that stands"] = { snapshot,
      with(history, "4\tinvoke\tclaim\tc4\tp0:VCPU:1", "4\tinvoke\tclaim\tc4\tp0:VCPU:1\n"
        .. "190\tw\t4\tfail\tclaim\tc4\tbusy"), "was refused and stands" },
    ["a released claim that stands"] = { snapshot, history .. "190\tw\t5\tinvoke\trelease\tc1\t-\n"
      .. "200\tw\t5\tok\trelease\tc1\tp0=5,p1=2\n", "was released and stands" },
    ["a claim of nobody's"] = { snapshot, with(history, "c4", "c5"), "nobody claimed" },
    ["a wrong counter"] = { with(snapshot, "usage\tp1\tVCPU\t2", "usage\tp1\tVCPU\t3"), history,
      "counts 3" },
    ["too much in use"] = { with(with(with(snapshot, "c4\tp0\tVCPU\t1", "c4\tp0\tVCPU\t4"),
      "usage\tp0\tVCPU\t4", "usage\tp0\tVCPU\t7"), "end", "end"),
      with(history, "c4\tp0:VCPU:1", "c4\tp0:VCPU:4"), "holds 7 of 5" },
    ["too much in use for a while"] = { snapshot, with(history, "c2\tp0:VCPU:2", "c2\tp0:VCPU:3"),
      "6 of 5 were in use" },
    ["a generation given twice"] = { snapshot, with(history, "c2\tp0=3", "c2\tp0=2"),
      "two writes" },
    ["generations against the clock"] = { snapshot, with(with(with(history, "c2\tp0=2", "c2\tp0=X"),
      "c1\tp0=1", "c1\tp0=2"), "p0=X", "p0=1"), "before an earlier one" },
    ["a generation that went back"] = { with(snapshot, "provider\tp0\t4", "provider\tp0\t2"),
      history, "came after" },
    ["writes that nobody made"] = { with(snapshot, "provider\tp0\t4", "provider\tp0\t9"), history,
      "writes are stored" },
    ["a consumer twice"] = { snapshot, history .. "190\tw\t5\tinvoke\tclaim\tc1\tp0:VCPU:1\n",
      "claimed twice" },
    ["a dump cut short"] = { with(snapshot, "end\n", ""), history, "cut short" },
    ["what the store says of itself"] = { with(snapshot, "end\n", "corrupt\tbroken\nend\n"),
      history, "broken" },
  } do
    it("finds " .. what, function()
      local result = judge(case[1], case[2])
      assert.equal(1, result.code, result.out .. result.err)
      assert.matches(case[3], result.out)
    end)
  end
end)
