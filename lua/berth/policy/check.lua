-- Whether a policy file is fit to be loaded: what its text shows (names, members, verdicts), and
-- what only loading it in the sandbox shows.  A finding is { line =, message =, word =, nearest = }
-- with line 0 where it belongs to the file as a whole.

local walk = require "berth.policy.walk"

local check = {}

local MEGABYTE = 1 << 20 -- read at most; the host refuses long before

--- The text of a policy file, or of a shipped one by its name; nil and why.
-- @treturn ?string text
-- @treturn string path, or why not
function check.read(name)
  local path = name
  if not name:find "[/.;?]" then
    path = package.searchpath("berth.policies." .. name, package.path) or name
  end
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local text
  text, why = file:read(MEGABYTE)
  file:close()
  if why then return nil, ("%s: %s"):format(path, why) end -- a folder, for one
  return text or "", path
end

-- Lua's and the host's messages begin with the file's name and a line.
local function plain_message(message)
  return (message:gsub("^[^:\n]*:%d+: ", ""):gsub("^[^:\n]*%.lua: ", ""))
end

local function load_finding(text, path, parameters)
  local store <close> = assert(require "berth.core".open ":memory:")
  local done, err = store:load_policy(path, parameters, { text = text })
  if done then return nil end
  local nearest = err.message:match "did you mean '([^']*)'"
  return { line = err.line or 0, message = plain_message(err.message), nearest = nearest,
    word = err.message:match "'([^']*)'" }
end

-- Expressions can be chained so long that walking them overflows the stack.
local function walk_all(text)
  local done, findings = pcall(walk, text)
  if done then return findings end
  if not tostring(findings):find "stack overflow" then error(findings, 0) end
  return { { line = 0, message = "an expression is too long to be checked" } }
end

--- Everything that is wrong with a policy's text.
function check.text(text, path, parameters)
  if not load(text, "=policy", "t") then -- its message is Lua's own
    local _, why = load(text, "=policy", "t")
    local line, message = why:match "^policy:(%d+): (.*)$"
    return { { line = tonumber(line) or 0, message = (message or why):match "[^\n]*" } }
  end
  local findings, lines = walk_all(text), {}
  for _, finding in ipairs(findings) do lines[finding.line] = true end
  local loading = load_finding(text, path, parameters)
  if loading and (loading.line == 0 and #findings == 0 or
    loading.line > 0 and not lines[loading.line]) then
    findings[#findings + 1] = loading
    table.sort(findings, function(a, b) return a.line < b.line end)
  end
  return findings
end

return check
