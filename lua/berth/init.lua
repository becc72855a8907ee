--- The module `berth`: a placement engine inside your program.
--
-- All of it is compiled; this file only names what is public.  The whole face, with types, stands
-- in berth/types.lua, and what it means in the README beside it.
-- @module berth

local core = require "berth.core"

local berth = {
  --- Version of the library, as "0.1.0".
  version = core.version,

  --- Open a fleet: a file, made when missing, or ":memory:".
  -- @function open
  -- @tparam string target
  -- @tparam[opt] table options policies, logger, read_only, must_exist, allow_network,
  --   busy_timeout_ms, keep_changes, checkpoint_pages, rank_memory
  -- @treturn berth.Store
  open = core.open,

  --- Read a request once, to ask for it often.
  -- @function request
  -- @tparam string|table request
  -- @treturn berth.Request
  request = core.request,

  --- Every word that `err.code` can be, with when it is.
  -- @function error_codes
  -- @treturn {[string]=string}
  error_codes = core.error_codes,

  --- Make a logger that writes nothing before redaction has seen it.
  -- @function logger
  -- @tparam table options
  -- @treturn berth.Logger
  logger = core.logger,
}

return berth
