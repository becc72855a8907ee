-- `berth completion SHELL`: a completion script made from the verbs and options themselves.

local output = require "berth.cli.output"

local shells = { "bash", "zsh", "fish" }

return {
  summary = "Print a completion script for a shell.",

  configure = function(command)
    command:argument("shell", "bash, zsh or fish."):choices(shells)
    command:epilog "For example: berth completion bash >/etc/bash_completion.d/berth"
  end,

  run = function(args, context)
    local parser = context.parser()
    output.raw(parser["get_" .. args.shell .. "_complete"](parser))
  end,
}
