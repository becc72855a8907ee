-- maintenance: nothing new goes to providers that are being drained; what is there stays until it
-- is moved or released.
--
-- A provider is drained when it, or one above it, is listed in `providers` by name or uuid, or has
-- the trait `trait`: setting that drains it without loading anything.

local function is_listed(provider)
  for _, name in ipairs(parameters.providers) do
    if name == provider.name or name == provider.uuid then return true end
  end
  return false
end

local function drained(provider)
  while provider do
    if provider:has_trait(parameters.trait) or is_listed(provider) then return provider end
    provider = provider.parent
  end
  return nil
end

return policy {
  name = "maintenance",
  version = "1.0.0",
  description = "nothing new on providers that are being drained",
  parameters = {
    trait = "CUSTOM_MAINTENANCE",
    providers = {},
  },

  -- So that a search goes elsewhere at once ...
  filter = function(_, candidate)
    for _, provider in ipairs(candidate:providers()) do
      if drained(provider) then return false end
    end
    return true
  end,

  -- ... and for allocations that name their providers.
  admit = function(claim)
    for _, provider in ipairs(claim:providers()) do
      local why = drained(provider)
      if why then
        return deny("maintenance", why.name .. " is being drained", { provider = why.name })
      end
    end
    return allow()
  end,
}
