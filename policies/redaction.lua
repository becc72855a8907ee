-- redaction: what a site keeps to itself beside what berth masks anyway.
--
-- `rules` are data: they cost no call, whatever passes. `redact` is called only for log records,
-- errors and decisions in which something was found, and may do with those what it likes.
--
-- Of a pattern (PCRE2) what its first group matches is masked, or all of the match. A pattern with
-- a keyword is tried only on records that hold that word.

-- The beginning of a text, not ended within a character.
local function beginning(text, longest)
  local last = longest
  while last > 0 and (text:byte(last + 1) or 0) & 0xC0 == 0x80 do last = last - 1 end
  return text:sub(1, last)
end

return policy {
  name = "redaction",
  version = "1.0.0",
  description = "names, patterns and allow-lists of a site, and shorter records where a secret was",
  parameters = {
    -- Names whose values are secrets, in any syntax: badge=..., "badge": "...", --badge ...
    fields = { "badge", "personnel_number" },
    patterns = {
      { name = "site_ticket", pattern = [[\bSEC-(\d{4,})\b]], keyword = "SEC-" },
    },
    -- Values that may be seen, and patterns of such: those of documentation.
    allow = { "changeme" },
    allow_patterns = { [[[^@\s]+@example\.(?:com|net|org)]] },
    -- Of a record in which something was found: fields to leave out, and bytes of a text to keep.
    drop = { "notes" },
    longest = 1000,
  },

  rules = function()
    local rules = {}
    local function add(rule) rules[#rules + 1] = rule end
    for _, name in ipairs(parameters.fields) do add { name = "site_field", field = name } end
    for _, p in ipairs(parameters.patterns) do
      add { name = p.name, pattern = p.pattern, keyword = p.keyword }
    end
    for _, value in ipairs(parameters.allow) do add { allow = value } end
    for _, pattern in ipairs(parameters.allow_patterns) do add { allow_pattern = pattern } end
    return rules
  end,

  redact = function(record)
    for _, name in ipairs(parameters.drop) do record[name] = nil end
    for name, text in pairs(record) do
      if type(text) == "string" and #text > parameters.longest then
        record[name] = beginning(text, parameters.longest) .. "..."
      end
    end
    return record
  end,
}
