-- A progress bar for long work, on stderr and only where stderr is a terminal.  Counts what it is
-- told; knows nothing of the work.

local progress = {}

local WIDTH = 30
local REDRAW_SECONDS = 0.1

local Bar = { __name = "berth.cli.progress" }
Bar.__index = Bar

local terminal -- asked once: standard streams do not change while a command runs

local function on_terminal()
  if terminal == nil then
    terminal = os.getenv "TERM" ~= "dumb" and os.execute "test -t 2" == true
  end
  return terminal
end

local function grouped(number)
  local text = ("%d"):format(number):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function remaining(self)
  local elapsed = os.time() - self.started
  if elapsed < 2 or self.count == 0 then return "" end
  local seconds = math.ceil(elapsed * (self.total - self.count) / self.count)
  if seconds < 60 then return (", %d s left"):format(seconds) end
  return (", %d min left"):format(math.ceil(seconds / 60))
end

local function draw(self)
  local share = self.total > 0 and math.min(1, self.count / self.total) or 1
  local full = math.floor(share * WIDTH)
  self.stream:write(("\r%s [%s%s] %3d%%  %s of %s%s\27[K"):format(self.label, ("#"):rep(full),
    ("."):rep(WIDTH - full), math.floor(share * 100), grouped(self.count), grouped(self.total),
    remaining(self)))
  self.stream:flush()
end

--- Starts a bar: `label`, `total`; `stream` and `terminal` are stderr and what the system says.
-- Keep it in a `<close>` variable, so that an error finds a clean line.
function progress.start(options)
  local shown = options.terminal
  if shown == nil then shown = on_terminal() end
  local bar = setmetatable({
    label = options.label,
    total = options.total,
    stream = options.stream or io.stderr,
    shown = shown,
    count = 0,
    started = os.time(),
    drawn = os.clock(),
  }, Bar)
  if shown then draw(bar) end
  return bar
end

--- Counts `amount` (one, when not given) more as done.
function Bar:advance(amount)
  self.count = self.count + (amount or 1)
  if not self.shown then return end
  local now = os.clock()
  if now - self.drawn >= REDRAW_SECONDS then
    self.drawn = now
    draw(self)
  end
end

--- Takes the bar off the screen; doing so twice is fine.
function Bar:finish()
  if not self.shown then return end
  self.shown = false
  self.stream:write "\r\27[K"
  self.stream:flush()
end

Bar.__close = Bar.finish

return progress
