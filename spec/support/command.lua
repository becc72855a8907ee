-- Runs programs for the specs: their output, errors and exit code, with every argument quoted.

local command = {}

local function quote(word)
  return "'" .. tostring(word):gsub("'", [['\'']]) .. "'"
end
command.quote = quote

local function slurp(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

--- Runs one line of shell with no input; returns { code =, out =, err =, signal = }.
function command.shell(line)
  local out, err = os.tmpname(), os.tmpname()
  local redirected = ("( %s\n) </dev/null >%s 2>%s"):format(line, quote(out), quote(err))
  local _, how, number = os.execute(redirected)
  local result = { out = slurp(out), err = slurp(err) }
  result[how == "signal" and "signal" or "code"] = number
  os.remove(out)
  os.remove(err)
  return result
end

--- Runs a program with arguments, given as words that need no quoting.
function command.exec(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = quote((select(i, ...))) end
  return command.shell(table.concat(words, " "))
end

--- Runs berth with arguments; the command is the one on the PATH, else the tree's.
function command.run(...)
  return command.exec(command.berth(), ...)
end

--- The berth that `run` runs.
function command.berth()
  command.found = command.found or command.shell("command -v berth").out:match "[^\n]+"
    or "build/berth"
  return command.found
end

--- Whether a program is installed.
function command.exists(program)
  return command.shell("command -v " .. quote(program)).code == 0
end

--- A new directory of its own, and a function that removes it with all it holds.
function command.directory()
  local path = command.shell("mktemp -d").out:match "[^\n]+"
  return path, function() command.exec("rm", "-rf", path) end
end

--- Writes a file whole.
function command.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

--- Reads a file whole.
command.read = slurp

return command
