-- Printed examples are promises: wherever a map shows a Lua program and right below it a block of
-- text, the program is run in an empty directory and must print exactly that.

local command = require "spec.support.command"

local function maps()
  local found = {}
  local all = command.shell "find README.md c lua policies spec -name README.md | sort"
  for path in all.out:gmatch "%S+" do
    found[#found + 1] = path
  end
  return found
end

local function examples()
  local found = {}
  for _, path in ipairs(maps()) do
    for program, printed in command.read(path):gmatch "\n```lua\n([^`]-)```\n```text\n(.-)```\n" do
      found[#found + 1] = { path = path, program = program, printed = printed }
    end
  end
  return found
end

describe("an example", function()
  for number, example in ipairs(examples()) do
    it(("prints what %s says it prints (%d)"):format(example.path, number), function()
      local directory, remove = command.directory()
      command.write(directory .. "/example.lua", example.program)
      local result = command.shell(("cd %s && lua5.4 example.lua"):format(command.quote(directory)))
      remove()
      assert.equal("", result.err)
      assert.equal(example.printed, result.out)
    end)
  end

  it("stands in the first README", function()
    assert.equal("README.md", examples()[1] and examples()[1].path)
  end)
end)

describe("a map", function()
  it("links only to what exists", function()
    local broken = {}
    for _, path in ipairs(maps()) do
      local folder = path:match "^(.*/)" or ""
      for target in command.read(path):gmatch "%]%(([^)#]+)[^)]*%)" do
        local missing = command.exec("test", "-e", folder .. target).code ~= 0
        if missing and not target:find "^%a+:" then broken[#broken + 1] = path .. ": " .. target end
      end
    end
    assert.equal("", table.concat(broken, "\n"))
  end)
end)
