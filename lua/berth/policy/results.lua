-- What the library's functions answer, as far as it helps to follow views: elements of lists,
-- strings, numbers.  Functions that are not here answer anything.

local kinds = require "berth.policy.kinds"

local ANY, STRING, NUMBER, BOOLEAN = kinds.ANY, kinds.STRING, kinds.NUMBER, kinds.BOOLEAN

local results = {}

--- What is in a list or table.
function results.element(kind)
  if kind == nil then return nil end
  if kind.kind == "array" then return kind.of end
  if kind.kind ~= "record" then return ANY end
  local element
  for site in pairs(kind.sites) do element = kinds.join(element, site.elements) end
  return element
end

--- What the variables of `for ... in` are, by the function that makes the iterator.
function results.each(name, kind)
  if name == "ipairs" then return NUMBER, results.element(kind) end
  if name ~= "pairs" then return ANY, ANY end
  local value = results.element(kind)
  if kind and kind.kind == "record" then
    for site in pairs(kind.sites) do
      for _, field in pairs(site.fields) do value = kinds.join(value, field) end
    end
  end
  return ANY, value
end

local fixed = { tostring = STRING, type = STRING, hash = NUMBER, rawequal = BOOLEAN,
  rawlen = NUMBER }
for word in ("byte format rep lower upper reverse sub"):gmatch "%a+" do
  fixed["string." .. word] = STRING
end
fixed["string.byte"], fixed["string.len"] = NUMBER, NUMBER
fixed["table.concat"] = STRING
for word in ("abs ceil cos exp floor fmod log max min modf sin sqrt tan atan"):gmatch "%a+" do
  fixed["math." .. word] = NUMBER
end
fixed["utf8.char"] = STRING

local special = {}

function special.assert(_, args) return args[1] end

-- Whatever its metatable offers is found in it as well.
function special.setmetatable(_, args)
  if args[1] and args[1].kind == "record" then
    for site in pairs(args[1].sites) do site.open = true end
  end
  return ANY
end

-- Sets a field without naming it.
function special.rawset(infer, args)
  infer:release_all { args[1] }
  return ANY
end
special["table.move"] = function(infer, args)
  infer:release_all { args[5] or args[1] }
  return ANY
end

special["table.insert"] = function(infer, args)
  local added = args[3] or args[2]
  if args[1] and args[1].kind == "record" and added then
    for site in pairs(args[1].sites) do infer:learn(site, "elements", added) end
  end
end

special["table.sort"] = function(infer, args)
  local before = args[2]
  if not before or before.kind ~= "functions" then return end
  local element = results.element(args[1])
  if element then infer:call_own(before, { element, element }) end
end

-- These call nothing of the policy's own.
local harmless = { ["table.insert"] = true, ["table.sort"] = true }

--- What a call of a library function answers; nil while nothing is known.
function results.call(infer, name, args)
  if not harmless[name] then
    for _, argument in ipairs(args) do infer:release(argument) end
  end
  if special[name] then return special[name](infer, args) end
  return fixed[name] or ANY
end

return results
