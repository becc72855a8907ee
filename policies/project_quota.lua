-- project_quota: how much of each resource class a project may use in all.
--
-- `limits[project][class]`; "*" stands for every project that is not named, each on its own, and
-- "" for claims of no project. A class without a limit is free. Only the classes a claim asks for
-- are looked at, so a project over a lowered limit can still claim others, and release.

return policy {
  name = "project_quota",
  version = "1.0.0",
  description = "limits per project and resource class",
  parameters = {
    limits = {}, -- { acme = { VCPU = 100, MEMORY_MB = 262144 }, ["*"] = { VCPU = 20 } }
  },

  admit = function(claim, view)
    local project = claim.project
    local limits = parameters.limits[project] or parameters.limits["*"]
    if not limits then return allow() end
    for _, class in ipairs(claim:classes()) do
      local limit = limits[class]
      if limit then
        local used, asked = view:usage { class = class, project = project }, claim:amount(class)
        if used > limit then
          return deny("quota_exceeded",
            ("project %s uses %d of its %d %s and asks for %d more"):format(project, used - asked,
              limit, class, asked),
            { project = project, class = class, limit = limit, used = used - asked })
        end
      end
    end
    return allow()
  end,
}
