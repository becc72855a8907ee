-- Brings the module list of a rockspec up to date with the tree: `lua .ci/rockspec.lua FILE`.
-- Rewrites what stands between the lines `-- modules` and `-- end of modules`.

local target = assert(arg[1], "which rockspec?")

local function files(pattern)
  local found = {}
  local list = assert(io.popen("ls " .. pattern .. " 2>/dev/null"))
  for path in list:lines() do found[#found + 1] = path end
  list:close()
  table.sort(found)
  return found
end

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("^policies/", "berth/policies/"):gsub("/init%.lua$", "")
    :gsub("%.lua$", ""):gsub("/", "."))
end

local lines = {}
local function add(text) lines[#lines + 1] = "    " .. text end

for _, path in ipairs(files "lua/berth/*.lua lua/berth/*/*.lua policies/*.lua") do
  if path ~= "lua/berth/cli/main.lua" then add(("[%q] = %q,"):format(module_name(path), path)) end
end
add '["berth.core"] = {'
add "  sources = {"
for _, path in ipairs(files "c/core/*.c c/store/*.c c/log/*.c c/policy/*.c c/lua/*.c") do
  add(("    %q,"):format(path))
end
add "  },"
add '  incdirs = { "c", "c/include", "$(SQLITE3_INCDIR)", "$(PCRE2_INCDIR)", "$(ZLIB_INCDIR)" },'
add '  libdirs = { "$(SQLITE3_LIBDIR)", "$(PCRE2_LIBDIR)", "$(ZLIB_LIBDIR)" },'
add '  libraries = { "sqlite3", "pcre2-8", "z", "m" },'
add "},"

local file = assert(io.open(target))
local text = file:read "a"
file:close()
local head, tail = text:match "^(.-\n%s*%-%- modules\n).-(%s*%-%- end of modules\n.*)$"
assert(head, target .. " has no lines '-- modules' and '-- end of modules'")
local new = head .. table.concat(lines, "\n") .. "\n" .. tail:gsub("^\n+", "")
if new ~= text then
  file = assert(io.open(target, "w"))
  assert(file:write(new))
  assert(file:close())
  print("rewrote " .. target)
end
