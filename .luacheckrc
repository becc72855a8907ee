std = "lua54"
max_line_length = 100
files["spec"] = { std = "+busted" }

-- Policies see what the sandbox offers, and `policy` is how they begin.
files["policies"] = {
  std = {
    read_globals = {
      "assert", "error", "ipairs", "next", "pairs", "pcall", "policy", "rawequal", "rawlen", "select",
      "tonumber", "tostring", "type", "xpcall", "math", "string", "table", "utf8",
    },
  },
}
