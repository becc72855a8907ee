-- `berth traits [DB]`: the standard traits, or all that a store knows; resource classes likewise.

local fleet = require "berth.cli.fleet"
local output = require "berth.cli.output"

local function classes_of(store, prefix)
  local names = {}
  for _, class in ipairs(fleet.must(store:resource_classes())) do
    if class:sub(1, #prefix) == prefix then names[#names + 1] = class end
  end
  return names
end

return {
  summary = "List traits or resource classes.",

  configure = function(command)
    command:argument("db", "The store; without one, the standard names."):args "?"
    command:option("--prefix", "Only those that begin so."):argname "TEXT"
    command:flag("--associated", "Only traits that some provider has.")
    command:flag("--classes", "List resource classes instead.")
    command:flag("--json", "Print JSON.")
  end,

  run = function(args)
    if args.classes and args.associated then
      return nil, { code = "usage", message = "--associated is about traits, not --classes" }
    end
    local store <close> = args.db and fleet.open(args.db, { read_only = true })
      or assert(require("berth").open ":memory:")
    local names
    if args.classes then
      names = classes_of(store, args.prefix or "")
    else
      names = fleet.must(store:traits { prefix = args.prefix, associated = args.associated })
    end
    if args.json then
      return output.json { [args.classes and "resource_classes" or "traits"] = output.array(names) }
    end
    for _, name in ipairs(names) do output.line(name) end
  end,
}
