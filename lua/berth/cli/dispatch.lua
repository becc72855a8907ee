-- From words on the command line to one verb and an exit code.  Mounts the verbs that exist, hands
-- them their parsed arguments and turns whatever they return or raise into two lines at most.

local exit = require "berth.cli.exit"
local output = require "berth.cli.output"

local dispatch = {}

local DESCRIPTION = "Places consumers on providers of resources, exactly and durably."
local EPILOG = [[
'berth help COMMAND' tells more about one of them.
Exit codes: 0 done, 1 refused, 2 usage, 3 environment, 4 conflict.]]

-- --- mounting ----------------------------------------------------------------------------------

local function module_of(group, verb)
  return "berth.cli." .. (group and group .. "_" .. verb or verb)
end

local function exists(group, verb)
  return package.searchpath(module_of(group, verb), package.path) ~= nil
end

local function group_exists(entry)
  for _, verb in ipairs(entry.commands) do
    if exists(entry.name, verb.name) then return true end
  end
  return false
end

local function entry_exists(entry)
  if entry.commands then return group_exists(entry) end
  return exists(nil, entry.name)
end

-- A verb that this berth does not have is left out; one that cannot be loaded is an error.
local function mount(parser, group, verb)
  if not exists(group, verb) then return nil end
  local module = require(module_of(group, verb))
  local command = parser:command(verb, module.summary)
  command:summary(module.summary)
  if module.configure then module.configure(command) end
  return module
end

local function mount_group(parser, entry)
  local command = parser:command(entry.name, entry.summary)
  command:command_target "verb"
  local modules = {}
  for _, verb in ipairs(entry.commands) do
    modules[verb.name] = mount(command, entry.name, verb.name)
  end
  return modules
end

local function names(list, field)
  local found = {}
  for _, each in ipairs(list or {}) do
    for _, alias in ipairs(each._aliases or {}) do
      if field == nil or alias:find(field) then found[#found + 1] = alias end
    end
  end
  return found
end

-- argparse tells a mistake as a sentence; the nearest known word is looked up anew because its own
-- tips stop at one wrong letter.
local function mistake(parser, sentence)
  sentence = sentence:gsub("\nDid you mean.*", "")
  local kind, word = sentence:match "^unknown (%a+) '(.*)'$"
  local near
  if kind == "option" then
    near = require "berth.cli.nearest"(word, names(parser._options, "^%-%-"))
  elseif kind == "command" then
    near = require "berth.cli.nearest"(word, names(parser._commands))
  end
  local help = parser:get_usage():match "^Usage: ([^%[<-]*)"
  help = help:gsub("%s+$", "") .. " --help"
  exit.raise {
    code = "usage",
    message = sentence,
    advice = near and ("did you mean '%s'?"):format(near)
      or ("'%s' tells what it takes"):format(help),
  }
end

-- A parser with the verb `wanted`, or with all of them, and the modules behind it by verb.
local function build(wanted)
  local root = require "argparse"("berth", DESCRIPTION, EPILOG)
  root:command_target "command"
  root:help_max_width(80)
  root:flag("--version", "Show the version and exit."):action(function()
    output.line("berth " .. require("berth").version)
    output.flush()
    os.exit(exit.DONE)
  end)
  local modules = {}
  for _, entry in ipairs(require "berth.cli.commands") do
    if entry_exists(entry) and (wanted == nil or wanted == entry.name) then
      modules[entry.name] = entry.commands and mount_group(root, entry)
        or mount(root, nil, entry.name)
    end
  end
  root.error = mistake
  return root, modules
end

-- --- running -----------------------------------------------------------------------------------

-- The verb that is asked for, when it is a known one: then the others need not be loaded.
local function wanted_verb(words)
  for _, word in ipairs(words) do
    if word:sub(1, 1) ~= "-" then
      for _, entry in ipairs(require "berth.cli.commands") do
        if entry.name == word and entry_exists(entry) then return word end
      end
      return nil
    end
  end
  return nil
end

-- `berth help policy test` is `berth policy test --help`.
local function without_help(words)
  if words[1] ~= "help" then return words end
  local rest = table.move(words, 2, #words, 1, {})
  rest[#rest + 1] = "--help"
  return rest
end

-- argparse takes `-1` for an option of that name; no verb has one that begins with a digit.
local function with_negative_numbers(words)
  local joined = {}
  for _, word in ipairs(words) do
    local option = joined[#joined]
    if option and word:find "^%-[%d.]" and option:find "^%-%-%a[^=]*$" then
      joined[#joined] = option .. "=" .. word
    else
      joined[#joined + 1] = word
    end
  end
  return joined
end

local function run(words)
  words = with_negative_numbers(without_help(words))
  local parser, modules = build(wanted_verb(words))
  local args = parser:parse(words)
  local module = modules[args.command]
  if args.verb then module = module[args.verb] end
  if package.searchpath("berth.core", package.cpath) then require "berth.core".outgrow() end
  local result, err = module.run(args, { parser = function() return (build()) end })
  output.flush()
  if result == nil and err ~= nil then return exit.report(err) end
  return result or exit.DONE
end

local function missing_module(message)
  local name = message:match "module '([%w_.]+)' not found"
    or message:match "error loading module '([%w_.]+)'"
  if name == "berth" or name == "berth.core" then
    return {
      code = "environment",
      fixed = true,
      message = "the compiled part of berth cannot be loaded",
      advice = "build it with 'make', or install berth again; 'berth doctor' tells more",
    }
  elseif name == "argparse" or name == "dkjson" then
    return {
      code = "environment",
      fixed = true,
      message = ("the Lua module '%s' is missing"):format(name),
      advice = ("install it: 'apt-get install lua-%s' or 'luarocks install %s'"):format(name, name),
    }
  end
  return nil
end

-- What lua.c and the C library say in plain strings, as failures; nil for a defect of our own.
local function as_failure(raised)
  if exit.is_failure(raised) then return raised end
  local message = tostring(raised)
  if message:find "interrupted!$" then return { code = "interrupted", message = message } end
  if message:find "not enough memory$" then
    return { code = "out_of_memory", message = "memory ran out; nothing happened" }
  end
  return missing_module(message)
end

local function handler(raised)
  local failure = as_failure(raised)
  if failure then return failure end
  local trace = os.getenv "BERTH_TRACEBACK" and debug.traceback(tostring(raised), 2)
  return { internal = tostring(raised), trace = trace }
end

--- Runs the command with its words; returns the exit code and never raises.
function dispatch.main(words)
  local done, result = xpcall(run, handler, words)
  if done then return result end
  if not result.internal then return exit.report(result) end
  io.stderr:write("berth: internal error: ",
    output.text(output.redacted(result.internal):match "[^\n]*"),
    "\nthis is a defect of berth; with BERTH_TRACEBACK=1 it tells where\n")
  if result.trace then io.stderr:write(output.redacted(result.trace), "\n") end
  return exit.ENVIRONMENT
end

return dispatch
