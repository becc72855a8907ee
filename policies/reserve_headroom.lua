-- reserve_headroom: keep a part of the capacity free, for failures, for growth or for those who
-- are exempt.
--
-- `percent[class]` of the capacity stays free in the whole fleet, on each tree a claim touches, or
-- in each aggregate it touches. Amounts are compared in whole numbers: 10 % of 25 keeps 3 free.

-- The places whose headroom counts: keys of view's questions by value; false: the fleet.
local function places(claim)
  if parameters.per == "fleet" then return { fleet = false } end
  local found = {}
  for _, provider in ipairs(claim:providers()) do
    local root = provider.root
    if parameters.per == "tree" then found[root.uuid] = "subtree" end
    if parameters.per == "aggregate" then
      for _, uuid in ipairs(provider:aggregates()) do found[uuid] = "aggregate" end
      for _, uuid in ipairs(root:aggregates()) do found[uuid] = "aggregate" end
    end
  end
  return found
end

local function is_exempt(project)
  for _, name in ipairs(parameters.exempt) do
    if name == project then return true end
  end
  return false
end

local definition = policy {
  name = "reserve_headroom",
  version = "1.0.0",
  description = "a percentage of capacity that stays free, in the fleet, per tree or per aggregate",
  parameters = {
    percent = {}, -- { VCPU = 10 }
    per = "fleet", -- or "tree" or "aggregate"
    exempt = {}, -- projects that may use the headroom
  },

  admit = function(claim, view)
    if is_exempt(claim.project) then return allow() end
    for place, key in pairs(places(claim)) do
      for _, class in ipairs(claim:classes()) do
        local percent, question = parameters.percent[class], { class = class }
        if percent then
          if key then question[key] = place end
          local capacity, used = view:capacity(question), view:usage(question)
          local kept = capacity // 100 * percent + (capacity % 100 * percent + 99) // 100
          if capacity - used < kept then
            return deny("headroom", ("%d %% of %s stays free per %s"):format(percent, class,
              parameters.per), { class = class, percent = percent, per = parameters.per })
          end
        end
      end
    end
    return allow()
  end,
}

for class, percent in pairs(parameters.percent) do
  if math.type(percent) ~= "integer" or percent < 0 or percent > 100 then
    error(("percent of %s is a whole number from 0 to 100"):format(class))
  end
end
if parameters.per ~= "fleet" and parameters.per ~= "tree" and parameters.per ~= "aggregate" then
  error "per is fleet, tree or aggregate"
end

return definition
