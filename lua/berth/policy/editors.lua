-- What editors want to know of policy files, written out from the table of members: a fragment of
-- .luacheckrc and types for the Lua language server.

local known = require "berth.policy.known"

local editors = {}

local PLACES = "policies/*.lua" -- where the fragment expects policy files

-- --- luacheck ----------------------------------------------------------------------------------

--- Globals that are no libraries, sorted.
function editors.globals()
  local names = { parameters = true }
  for name in pairs(known.globals) do names[name] = true end
  for name in pairs(known.base) do
    if not known.libraries[name] and name ~= "_G" and name ~= "_VERSION" then names[name] = true end
  end
  return known.sorted(names)
end

--- A fragment of .luacheckrc: what policy files may read; they write to nothing.
function editors.luacheck()
  local lines = { "-- Policy files see exactly what the sandbox offers.",
    ("files[%q] = {"):format(PLACES), "  std = {", "    read_globals = {" }
  for _, name in ipairs(editors.globals()) do lines[#lines + 1] = ("      %q,"):format(name) end
  for _, library in ipairs(known.sorted(known.libraries)) do
    lines[#lines + 1] = ("      %s = { fields = {"):format(library)
    for _, member in ipairs(known.sorted(known.libraries[library])) do
      lines[#lines + 1] = ("        %s = {},"):format(member)
    end
    lines[#lines + 1] = "      } },"
  end
  lines[#lines + 1] = "    },\n  },\n}\n"
  return table.concat(lines, "\n")
end

-- --- types -------------------------------------------------------------------------------------

local function class_of(view)
  return "berth.policy." .. view:sub(1, 1):upper() .. view:sub(2)
end

-- "provider[]" as the language server says it.
local function type_of(text)
  return (text:gsub("[%a_]+", function(word)
    if known.views[word] then return class_of(word) end
    if word == "verdict" then return "berth.policy.Verdict" end
    local query = word:match "^(%a+)_query$"
    return query and class_of(query) .. "Query" or word
  end))
end

local function signature(member, first)
  local parts = { first }
  for _, argument in ipairs(member.arguments) do
    parts[#parts + 1] = ("%s%s: %s"):format(argument.name, argument.optional and "?" or "",
      type_of(argument.type))
  end
  return ("fun(%s): %s"):format(table.concat(parts, ", "), type_of(member.type))
end

local function add_view(lines, view)
  lines[#lines + 1] = "\n---@class " .. class_of(view)
  for _, name in ipairs(known.sorted(known.views[view])) do
    local member = known.views[view][name]
    local kind = member.kind == "method" and signature(member, "self: " .. class_of(view))
      or type_of(member.type)
    lines[#lines + 1] = ("---@field %s %s %s"):format(name, kind, member.about)
  end
end

local function add_query(lines, query)
  lines[#lines + 1] = ("\n---@class %sQuery"):format(class_of(query))
  for _, name in ipairs(known.sorted(known.queries[query])) do
    local place = name == "provider" or name == "subtree"
    lines[#lines + 1] = ("---@field %s string%s? %s"):format(name,
      place and "|" .. class_of "provider" or "", known.queries[query][name].about)
  end
end

local function add_definition(lines)
  lines[#lines + 1] = "\n---@class berth.policy.Definition"
  for _, name in ipairs(known.sorted(known.keys)) do
    local key = known.keys[name]
    lines[#lines + 1] = ("---@field %s %s? %s"):format(name, key.type, key.about)
  end
  for _, name in ipairs(known.sorted(known.hooks)) do
    local hook = known.hooks[name]
    lines[#lines + 1] = ("---@field %s? %s %s"):format(name, signature(hook), hook.about)
  end
end

local function add_global(lines, name)
  local member, names = known.globals[name], {}
  lines[#lines + 1] = "\n--- " .. member.about
  for i, argument in ipairs(member.arguments) do
    local kind = name == "policy" and "berth.policy.Definition" or type_of(argument.type)
    names[i] = argument.name
    lines[#lines + 1] = ("---@param %s%s %s"):format(argument.name, argument.optional and "?" or "",
      kind)
  end
  lines[#lines + 1] = "---@return " .. (name == "policy" and "berth.policy.Definition"
    or type_of(member.type))
  lines[#lines + 1] = ("function %s(%s) end"):format(name, table.concat(names, ", "))
end

--- Types of policy files, as a file for the language server's library.
function editors.types()
  local lines = { "---@meta", "", "-- What a policy file of berth may name; made by",
    "-- `berth policy check --types`.", "",
    "---@alias berth.policy.Verdict true|userdata what allow() and deny() answer" }
  for _, view in ipairs(known.sorted(known.views)) do add_view(lines, view) end
  for _, query in ipairs(known.sorted(known.queries)) do add_query(lines, query) end
  add_definition(lines)
  for _, name in ipairs(known.sorted(known.globals)) do add_global(lines, name) end
  lines[#lines + 1] = "\n--- The defaults, with what the operator gave over them.\n"
    .. "---@type table<string, any>\nparameters = {}\n\n"
    .. "--- Writes a line for the operator.\n---@param text string\nfunction note(text) end\n"
  return table.concat(lines, "\n")
end

return editors
