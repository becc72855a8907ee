-- `berth redact`: a filter that takes secrets and personal data out of any program's logs.  Lines
-- go from input to output in C; this file finds the files and tells what was done.

local exit = require "berth.cli.exit"

local PROFILES = { "default", "strict", "structured-only" }
local MASKS = { "stars", "last4", "hash" }

local EPILOG = [[
Without FILE, or with '-', standard input is read. Every line is one record;
a private key that spans lines is masked as a whole. With --mask hash equal
values get equal marks; they can be compared between runs when
BERTH_REDACT_KEY is set to the same secret.]]

local function must(value, err)
  if value == nil then
    if err.code == "io_error" and err.reason == "broken_pipe" then
      exit.raise { code = "broken_pipe", message = "nobody reads the output any more" }
    end
    exit.raise(err)
  end
  return value
end

local function open(path)
  if path == "-" then return io.stdin end
  local file, _, number = io.open(path, "rb")
  if file then return file end
  local missing = number == 2
  exit.raise {
    code = missing and "not_found" or "io_error",
    message = missing and ("there is no file '%s'"):format(path)
      or ("the file '%s' cannot be read"):format(path),
  }
end

-- Rules that fired, the most frequent first, on stderr: names and counts only.
local function report(logger)
  local fired = {}
  for _, rule in ipairs(logger:rules()) do
    if rule.hits > 0 then fired[#fired + 1] = rule end
  end
  table.sort(fired, function(a, b)
    if a.hits ~= b.hits then return a.hits > b.hits end
    return a.name < b.name
  end)
  local total = 0
  for _, rule in ipairs(fired) do
    total = total + rule.hits
    io.stderr:write(("%8d  %s\n"):format(rule.hits, rule.name))
  end
  io.stderr:write(("%8d  values masked by %d rules\n"):format(total, #fired))
end

return {
  summary = "Take secrets and personal data out of logs, line by line.",

  configure = function(command)
    command:argument("file", "Files to read."):args "*"
    command:flag("--jsonl", 'Lines are objects {"line": "..."}; so are those written.')
    command:option("--profile", "What is looked for; strict masks IP addresses too.")
      :choices(PROFILES):default "default"
    command:option("--mask", "What is written instead of a value."):choices(MASKS):default "stars"
    command:option("--policy", "A policy whose redact sees records after the rules.")
      :argname "FILE":count "*"
    command:flag("--report", "Tell on stderr how often each rule fired.")
    command:epilog(EPILOG)
  end,

  run = function(args)
    local logger <close> = must(require("berth").logger {
      profile = args.profile,
      mask = args.mask,
      key = os.getenv "BERTH_REDACT_KEY",
      policies = #args.policy > 0 and args.policy or nil,
    })
    local paths = #args.file > 0 and args.file or { "-" }
    for _, path in ipairs(paths) do
      local file = open(path)
      must(logger:filter(file, io.stdout, args.jsonl and "jsonl" or "text"))
      if file ~= io.stdin then file:close() end
    end
    if args.report then report(logger) end
    return exit.DONE
  end,
}
