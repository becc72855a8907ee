std = "lua54"
max_line_length = 100
files["spec"] = { std = "+busted" }
files["lua/berth/types.lua"] = { ignore = { "2.." } } -- declares for editors, and uses nothing
files["spec/support/sandbox_cases"] = { max_line_length = false } -- hostile scripts, one a line

-- Policies see exactly what the sandbox offers: a name that is not here does not exist in one.
-- Authors of policies may copy this table.
local function fields(names)
  local list = {}
  for name in names:gmatch "%S+" do list[name] = {} end
  return { fields = list }
end

files["policies/*.lua"] = {
  std = {
    read_globals = {
      "policy", "parameters", "note", "hash", "allow", "deny",
      "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget",
      "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
      coroutine = fields "close create isyieldable resume running status wrap yield",
      math = fields "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad sin sqrt tan tointeger type ult",
      string = fields "byte char find format gmatch gsub len lower match rep reverse sub upper",
      table = fields "concat insert move pack remove sort unpack",
      utf8 = fields "char charpattern codepoint codes len offset",
    },
  },
}

-- Log lines, as they come.
files["spec/support/redact_corpus.lua"] = { max_line_length = false }
