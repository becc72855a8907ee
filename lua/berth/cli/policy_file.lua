-- What the verbs of `berth policy` take: a policy by file or name, and parameters as JSON.

local exit = require "berth.cli.exit"

local policy_file = {}

--- The text and the path of a policy; ends the command when it cannot be read.
function policy_file.read(name)
  local text, path = require "berth.policy.check".read(name)
  if not text then
    exit.raise { code = "environment", message = "the policy cannot be read: " .. path }
  end
  return text, path
end

--- { text =, path =, name = } of a policy, or of each policy in a folder, in order of name; ends
-- the command when one cannot be read.
function policy_file.each(name)
  local files, err = require "berth.core".policy_files(name)
  if err then exit.raise { code = "environment", message = name .. ": " .. err.message } end
  local list = {}
  for i, file in ipairs(files or { name }) do
    local text, path = policy_file.read(files and name:gsub("/*$", "/", 1) .. file or file)
    list[i] = { text = text, path = path, name = files and file:gsub("%.lua$", "") }
  end
  return list
end

--- Parameters, or nil when none were given; ends the command when they are no JSON object.
function policy_file.parameters(json)
  if not json then return nil end
  local value, stop, why = require "dkjson".decode(json, 1, nil, nil)
  if why or type(value) ~= "table" or json:find("%S", stop) then
    exit.raise { code = "usage", message = "the parameters are not a JSON object" }
  end
  return value
end

return policy_file
