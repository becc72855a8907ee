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
