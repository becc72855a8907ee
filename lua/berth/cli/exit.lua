-- How a command ends: the five exit codes, which error code leads to which, and the two lines on
-- stderr that a refusal prints, redacted.  Knows error codes by name only, from the table in
-- berth.h.

local output = require "berth.cli.output"

local exit = {
  DONE = 0,
  REFUSED = 1,
  USAGE = 2,
  ENVIRONMENT = 3,
  CONFLICT = 4,
  INTERRUPTED = 130, -- as a shell reports a process ended by SIGINT
  BROKEN_PIPE = 141, -- as a shell reports a process ended by SIGPIPE
}

-- Codes that are absent here are refusals: a policy may deny with a code of its own.
local outcomes = {
  ok = exit.DONE,

  usage = exit.USAGE,
  invalid_request = exit.USAGE,
  invalid_value = exit.USAGE,
  limit_exceeded = exit.USAGE,

  closed = exit.ENVIRONMENT,
  corrupt = exit.ENVIRONMENT,
  disk_full = exit.ENVIRONMENT,
  environment = exit.ENVIRONMENT,
  io_error = exit.ENVIRONMENT,
  not_a_store = exit.ENVIRONMENT,
  out_of_memory = exit.ENVIRONMENT,
  read_only = exit.ENVIRONMENT,
  schema_version = exit.ENVIRONMENT,
  unknown_outcome = exit.ENVIRONMENT,

  broken_pipe = exit.BROKEN_PIPE,
  interrupted = exit.INTERRUPTED,

  busy = exit.CONFLICT,
  generation_conflict = exit.CONFLICT,
  stale = exit.CONFLICT,
}

-- What to do next, where the error alone does not say it.
local advice = {
  busy = "another process is writing to this store; try again",
  corrupt = "restore a backup, or ask 'berth check' what is broken",
  disk_full = "what was refused left nothing behind; make room and try again",
  generation_conflict = "somebody else changed it meanwhile; read it again and decide anew",
  no_candidate = "'berth explain' tells which demand rules out how much of the fleet",
  not_a_store = "name a file that 'berth import' or berth.open made",
  read_only = "check who may write to the file and to its directory",
  schema_version = "use a berth at least as new as the one that wrote it",
  stale = "the fleet changed meanwhile; ask again",
  unknown_outcome = "look with 'berth usages' whether it happened before trying again",
}

-- These end a command without a word: whoever caused them knows.
local silent = { broken_pipe = true, interrupted = true }

local Failure = {
  __name = "berth.cli.failure",
  __tostring = function(self) return self.message end,
}

--- Ends the command from anywhere below its run function.
-- `failure` has a code, a message (one sentence) and perhaps a line of advice.
function exit.raise(failure)
  error(setmetatable(failure, Failure), 0)
end

--- Whether a value that was raised or returned is an error that berth means to show.
function exit.is_failure(value)
  local kind = type(value)
  return (kind == "table" or kind == "userdata") and type(value.code) == "string"
end

--- The exit code for an error code.
function exit.code(code)
  return outcomes[code] or exit.REFUSED
end

-- A failure that is `fixed` holds berth's own words only.
local function shown(failure, text)
  return output.text(failure.fixed and text or output.redacted(tostring(text)))
end

--- Says on stderr what went wrong and what to do; returns the exit code.
function exit.report(failure)
  local code = failure.code
  if not silent[code] then
    local lines = { ("berth: %s: %s\n"):format(output.text(code), shown(failure, failure.message)) }
    local hint = failure.advice or advice[code]
    if hint then lines[2] = shown(failure, hint) .. "\n" end
    io.stderr:write(table.concat(lines))
  end
  return exit.code(code)
end

return exit
