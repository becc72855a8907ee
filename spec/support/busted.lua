-- busted's own runner, started by whichever Lua runs this file: the command `busted` of a
-- distribution may belong to another version of Lua.

require "busted.runner"({ standalone = false })
