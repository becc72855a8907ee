-- `berth report DB`: pictures of a store's allocation as one SVG, or the numbers behind them.

local exit = require "berth.cli.exit"
local output = require "berth.cli.output"

local function find_class(classes, name)
  local names = {}
  for i, class in ipairs(classes) do
    if class.name == name then return class end
    names[i] = class.name
  end
  local near = require "berth.cli.nearest"(name, names)
  exit.raise { code = "not_found", message = ("no provider has %s"):format(name),
    advice = near and ("did you mean '%s'?"):format(near)
      or "there are " .. table.concat(names, ", ") }
end

return {
  summary = "Draw how full a store's fleet is, and who holds what.",

  configure = function(command)
    command:argument("db", "The store."):argname "DB"
    command:option("--class", "The resource class to look at (default: the fullest).")
      :argname "CLASS"
    command:option("--output", "Write the picture (SVG) there instead of stdout."):argname "FILE"
    command:flag("--json", "Print the numbers instead of a picture.")
  end,

  run = function(args)
    local store <close>, err = require "berth".open(args.db, { must_exist = true })
    if not store then return nil, err end
    local found = require "berth.report.survey".take(store)
    for _, list in ipairs { found.classes, found.trees, found.projects } do
      for _, each in ipairs(list) do each.name = output.redacted(each.name) end
    end
    local picture = require "berth.report.picture"
    local class = args.class and find_class(found.classes, args.class)
      or picture.main_class(found.classes)
    if args.json then
      found.class = class and class.name
      output.json(found)
    end
    if args.output or not args.json then
      local text = picture.draw(found, output.redacted(args.db:match "[^/]*$"), class)
      if not args.output then return output.raw(text) end
      local sink <close> = require "berth.replay.sink".open(args.output)
      sink:finish(text)
    end
  end,
}
