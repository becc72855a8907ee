-- role_access: readers see their project, members also claim and release in it, admins do
-- everything.
--
-- A caller's roles come with `store:as { user =, project =, roles = { "member" } }`. What belongs
-- to another project cannot be seen at all: berth answers such a denial as if it did not exist.

local CLAIMS = { place = true, allocate = true, release = true, move = true, transaction = true }

-- What no project owns and everybody with a role may look at.
local SHARED = { provider = true, providers = true, children = true, inventories = true,
  traits = true, aggregates = true, resource_classes = true, candidates = true, explain = true }

local function has_any(call, roles)
  for _, role in ipairs(roles) do
    if call:has_role(role) then return true end
  end
  return false
end

return policy {
  name = "role_access",
  version = "1.0.0",
  description = "reader, member and admin, per project",
  parameters = {
    admins = { "admin" },
    members = { "member" },
    readers = { "reader" },
    see_fleet = true, -- readers and members may list providers and candidates
  },

  authorize = function(call)
    if has_any(call, parameters.admins) then return allow() end
    local member = has_any(call, parameters.members)
    if not member and not has_any(call, parameters.readers) then
      return deny("no_role", "the caller has no role here")
    end
    if call.target_project and call.target_project ~= call.project then
      return deny("foreign_project", "this belongs to another project")
    end
    local own = call.target_project ~= nil
    local shown = own or parameters.see_fleet and SHARED[call.verb]
    if call.writes and member and CLAIMS[call.verb] then return allow() end
    if not call.writes and shown then return allow() end
    return deny("role_required", call.verb .. " needs another role", { verb = call.verb })
  end,
}
