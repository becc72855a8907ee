-- Texts that the host reads: names of classes and traits, codes of denials, verbs of calls.  Where
-- the file spells one out, it is held against what there is.

local known = require "berth.policy.known"
local one_slip = require "berth.policy.slip"

local words = {}

local function is_custom(name) return name:find "^CUSTOM_" ~= nil end

local function standard(infer, line, what, name, names)
  if names[name] or is_custom(name) then return end
  infer:complain(line, name, known.nearest(name, names), "there is no %s '%s'", what, name)
end

function words.class(infer, line, name)
  standard(infer, line, "resource class", name, known.classes)
end

function words.trait(infer, line, name) standard(infer, line, "trait", name, known.traits) end

function words.verb(infer, line, name)
  if known.verbs[name] then return end
  infer:complain(line, name, known.nearest(name, known.verbs), "no verb is called '%s'", name)
end

local CODE = "a code is made of a-z, 0-9 and _, begins with a letter"

function words.code(infer, line, code)
  if #code <= 48 and code:find "^[a-z_][a-z0-9_]*$" then return end
  infer:complain(line, code, nil, "deny: %s and has at most 48 characters", CODE)
end

--- A key or text that looks like the name of a class or trait and is one slip away from one.
function words.look(infer, line, name)
  if not name:find "^[A-Z][A-Z0-9_]+$" or is_custom(name) then return end
  if known.classes[name] or known.traits[name] then return end
  for what, names in pairs { ["resource class"] = known.classes, trait = known.traits } do
    local near = known.nearest(name, names)
    if near and one_slip(name, near) then
      infer:complain(line, name, near, "there is no %s '%s'", what, name)
    end
  end
end

local METAMETHODS, LEFT_OUT = {}, { __gc = true, __mode = true, __concat = true }
for name in ([[index newindex call len eq lt le unm add sub mul div idiv mod pow band bor bxor bnot
  shl shr close tostring pairs name metatable]]):gmatch "%a+" do
  METAMETHODS["__" .. name] = true
end

--- A field that begins as those of metatables do.
function words.metamethod(infer, line, name)
  if not name:find "^__%a" or METAMETHODS[name] then return end
  if LEFT_OUT[name] then
    infer:complain(line, name, nil, "%s is left out of the metatables of policies", name)
  else
    local near = known.nearest(name, METAMETHODS)
    infer:complain(line, name, near, "there is no metamethod '%s'", name)
  end
end

-- By member: which argument is such a name, and of what.
local MEANT = { class = words.class, trait = words.trait, code = words.code }

--- What an argument of a member is to be, where it names one of these.
function words.meant(member, argument)
  if member.name == "has_trait" then return MEANT.trait end
  return MEANT[argument.name]
end

local RESERVED = { code = true, message = true, policy = true, reason = true }

--- The fields of a denial: names that the host takes.
function words.fields(infer, items)
  for _, item in ipairs(items) do
    local name = item.name
    if name and (RESERVED[name] or not name:find "^[a-z_][a-z0-9_]*$") then
      infer:complain(item.line, name, nil, "deny: no field can be called '%s'", name)
    end
  end
end

-- The name that stands at the end of a value: a variable's, a field's, the first of a sum.
local function name_of(value)
  if value.tag == "Binary" then return name_of(value.left) end
  return value.tag == "Name" and value.name
    or value.tag == "Index" and value.key.tag == "String" and value.key.value
end

--- `{ limit = limit }` gives a field the name of its value; one that stands nowhere else and is one
-- slip away from that name was meant to have it.
function words.copied(infer, item)
  local name, given = item.name, name_of(item.value)
  if given and infer.spelling.words[name] == 1 and one_slip(name, given, 3) then
    infer:complain(item.line, name, given, "the field '%s' stands nowhere else", name)
  end
end

return words
