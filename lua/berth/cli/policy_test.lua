-- `berth policy test DIR`: runs the specs of policies with busted and tells, beside what passed,
-- which lines of which policies ran.

local test = { summary = "Run specs of policies, and show which lines of the policies ran." }

function test.configure(command)
  command:argument("directory", "A folder with *_spec.lua, or one such file.")
  command:option("--filter", "Only tests whose names match a Lua pattern."):argname "PATTERN"
  command:option("--coverage", "Fail when less of any policy ran, in percent.", "0")
    :argname "PERCENT":convert(require "berth.cli.kinds".number(0, 100))
  command:flag("--json", "Print everything as JSON.")
end

-- The words that busted is started with.
local function words_for(args)
  local words = { "--ignore-lua", "--pattern=_spec%.lua$", "--output=berth.testing.report",
    "-Xoutput", "least=" .. args.coverage }
  if args.json then table.move({ "-Xoutput", "json" }, 1, 2, #words + 1, words) end
  if args.filter then words[#words + 1] = "--filter=" .. args.filter end
  words[#words + 1] = args.directory
  return words
end

function test.run(args)
  local found, runner = pcall(require, "busted.runner")
  if not found then
    return nil, { code = "environment", message = "busted, which runs the specs, is missing",
      advice = "install it: 'apt-get install lua-busted' or 'luarocks install busted'" }
  end
  local there = io.open(args.directory)
  if not there then
    return nil, { code = "environment", message = "there is no " .. args.directory }
  end
  there:close()
  require "berth.testing".cover()
  local words = words_for(args)
  words[0] = arg[0]
  _G.arg = words
  runner { standalone = false } -- ends the process through berth.testing.report
  return 1
end

return test
