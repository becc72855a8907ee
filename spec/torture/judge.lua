-- Judges a dump of a store and what its writers were told (the forms stand in adapter.lua):
--
--   lua5.4 judge.lua SNAPSHOT HISTORY...
--
-- What was answered ok is there, what was refused left nothing, what nobody knows is there whole
-- or not at all, nothing else is there; no provider ever held more than it has room for; each write
-- got generations of its own, in an order that agrees with the clock.  Prints what does not hold;
-- last line: what was judged.  Exit 1 when anything does not hold.

local faults = 0
local function fault(...)
  faults = faults + 1
  if faults <= 12 then print(string.format(...)) end
end

local function words(line)
  local list = {}
  for word in (line .. "\t"):gmatch "(.-)\t" do list[#list + 1] = word end
  return list
end

-- --- the store --------------------------------------------------------------------------------

local room, counted, generation_of = {}, {}, {} -- by provider
local held, consumers = {}, {} -- held[consumer][provider] = amount
local whole = false
for text in io.lines(arg[1]) do
  local kind, a, b, c, d = table.unpack(words(text))
  if kind == "provider" then
    generation_of[a] = tonumber(b)
  elseif kind == "inventory" then
    room[a] = tonumber(c) - tonumber(d)
  elseif kind == "usage" then
    counted[a] = tonumber(c)
  elseif kind == "alloc" then
    held[a] = held[a] or {}
    if held[a][b] then fault("%s holds %s twice", a, b) end
    held[a][b] = tonumber(d)
  elseif kind == "consumer" then
    consumers[a] = true
  elseif kind == "corrupt" then
    fault("the store says of itself: %s", a)
  elseif kind == "end" then
    whole = true
  else
    fault("not a line of a dump: %s", text)
  end
end
if not whole then fault "the dump is cut short" end

local sum = {}
for consumer, amounts in pairs(held) do
  if not consumers[consumer] then fault("%s holds something and does not exist", consumer) end
  for provider, amount in pairs(amounts) do
    if amount < 1 then fault("%s holds %d of %s", consumer, amount, provider) end
    sum[provider] = (sum[provider] or 0) + amount
  end
end
for provider, capacity in pairs(room) do
  local used = sum[provider] or 0
  if used ~= counted[provider] then
    fault("%s counts %s in use, held are %d", provider, counted[provider], used)
  end
  if used > capacity then fault("%s holds %d of %d", provider, used, capacity) end
end

-- --- what the writers were told ----------------------------------------------------------------

local claims, releases, writes = {}, {}, {}
for i = 2, #arg do
  local open = {}
  for text in io.lines(arg[i]) do
    local at, worker, number, status, operation, consumer, detail = table.unpack(words(text))
    if detail then -- a line that a kill cut short says nothing
      local key = worker .. " " .. number
      if status == "invoke" then
        local write = { operation = operation, consumer = consumer, asked = tonumber(at),
          answer = "unknown", detail = detail }
        open[key] = write
        writes[#writes + 1] = write
        if operation == "claim" then
          if claims[consumer] then fault("%s was claimed twice", consumer) end
          claims[consumer] = write
        else
          releases[consumer] = releases[consumer] or {}
          table.insert(releases[consumer], write)
        end
      elseif not open[key] then
        fault("an answer without a question: %s", text)
      else
        open[key].answered = tonumber(at)
        open[key].answer = status == "info" and "unknown" or status
        open[key].generations = status == "ok" and detail or nil
      end
    end
  end
end

local function was_released(consumer, how)
  for _, write in ipairs(releases[consumer] or {}) do
    if write.answer == how then return true end
  end
  return false
end

local tally = { ok = 0, fail = 0, unknown = 0 }
for _, write in ipairs(writes) do tally[write.answer] = tally[write.answer] + 1 end

for consumer, write in pairs(claims) do
  local there, asked, matching = held[consumer] or {}, 0, 0
  for provider, amount in write.detail:gmatch "([^,:]+):[^,:]+:(%d+)" do
    asked = asked + 1
    if there[provider] == tonumber(amount) then matching = matching + 1 end
  end
  local rows = 0
  for _ in pairs(there) do rows = rows + 1 end
  if rows ~= matching or (matching ~= 0 and matching ~= asked) then
    fault("%s (%s) stands half", consumer, write.answer)
  elseif write.answer == "ok" and matching == 0 and not was_released(consumer, "ok")
    and not was_released(consumer, "unknown") then
    fault("%s was acknowledged and is gone", consumer)
  elseif write.answer == "fail" and matching > 0 then
    fault("%s was refused and stands", consumer)
  elseif matching > 0 and was_released(consumer, "ok") then
    fault("%s was released and stands", consumer)
  end
end
for consumer in pairs(held) do
  if not claims[consumer] and #arg > 1 then fault("nobody claimed %s", consumer) end
end

-- --- in which order ------------------------------------------------------------------------------

local by_provider, unsure = {}, {}
for _, write in ipairs(writes) do
  for provider, generation in (write.generations or ""):gmatch "([^,=]+)=(%d+)" do
    by_provider[provider] = by_provider[provider] or {}
    table.insert(by_provider[provider], { write = write, generation = tonumber(generation) })
  end
  local claim = write.answer == "unknown" and claims[write.consumer]
  for provider in (claim and claim.detail or ""):gmatch "([^,:]+):" do
    unsure[provider] = (unsure[provider] or 0) + 1
  end
end

-- Amounts whose whole life is told: claimed and, if ever, released with an answer.
local function known_amount(write, provider)
  local claim = claims[write.consumer]
  if not claim or claim.answer ~= "ok" or was_released(write.consumer, "unknown") then return 0 end
  for name, amount in claim.detail:gmatch "([^,:]+):[^,:]+:(%d+)" do
    if name == provider then
      return write.operation == "claim" and tonumber(amount) or -tonumber(amount)
    end
  end
  return 0
end

for provider, list in pairs(by_provider) do
  table.sort(list, function(x, y) return x.generation < y.generation end)
  local latest, used, most = -math.huge, 0, 0
  for i, entry in ipairs(list) do
    local write = entry.write
    if i > 1 and list[i - 1].generation == entry.generation then
      fault("%s: generation %d was given to two writes", provider, entry.generation)
    end
    if write.answered < latest then
      fault("%s: generation %d was answered before an earlier one was asked for", provider,
        entry.generation)
    end
    latest = math.max(latest, write.asked)
    used = used + known_amount(write, provider)
    most = math.max(most, used)
  end
  if most > room[provider] then
    fault("%s: %d of %d were in use at one time", provider, most, room[provider])
  end
  local stored, last = generation_of[provider] or -1, list[#list].generation
  if stored < last then fault("%s: generation %d came after %d", provider, stored, last) end
  if stored > #list + (unsure[provider] or 0) then
    fault("%s: %d writes are stored, %d were answered and %d may be", provider, stored, #list,
      unsure[provider] or 0)
  end
end

print(("%d writes done, %d refused, %d unknown; %d faults"):format(tally.ok, tally.fail,
  tally.unknown, faults))
os.exit(faults == 0)
