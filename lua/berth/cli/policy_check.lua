-- `berth policy check FILE...`: says what is wrong with policies before anybody loads them, one
-- line each with the file, the line and the nearest name.  A folder stands for all its policies, as
-- for load_policy.  Also prints what editors and luacheck
-- want to know about policy files.

local check = { summary = "Say what is misspelt or wrong in policies, with the nearest name." }

function check.configure(command)
  command:argument("file", "Policy files, folders of them, or names of shipped policies."):args "*"
  command:option("--parameters", "What the operator would give, as JSON; for a folder by name.")
    :argname "JSON"
  command:flag("--json", "Print the findings as JSON.")
  command:flag("--luacheck-std", "Print a fragment of .luacheckrc for policy files, nothing else.")
  command:flag("--types", "Print types of policy files for the Lua language server.")
end

-- The findings of all files, and how many files those are.
local function examine(args)
  local policy_check, policy_file = require "berth.policy.check", require "berth.cli.policy_file"
  local parameters, all, count = policy_file.parameters(args.parameters), {}, 0
  for _, name in ipairs(args.file) do
    for _, each in ipairs(policy_file.each(name)) do
      local given = parameters
      if each.name then given = parameters and parameters[each.name] end
      for _, finding in ipairs(policy_check.text(each.text, each.path, given)) do
        finding.file = each.path
        all[#all + 1] = finding
      end
      count = count + 1
    end
  end
  return all, count
end

function check.run(args)
  local output = require "berth.cli.output"
  if args.luacheck_std or args.types then
    local generated = require "berth.policy.editors"
    output.raw(args.types and generated.types() or generated.luacheck())
    return 0
  end
  if #args.file == 0 then
    return nil, { code = "usage", message = "which policies?" }
  end
  local findings, count = examine(args)
  if args.json then
    output.json(output.redacted { files = count, findings = output.array(findings) })
  else
    for _, each in ipairs(findings) do
      output.tell(("%s:%d: %s"):format(each.file, each.line, each.message))
    end
  end
  return #findings == 0 and 0 or 1
end

return check
