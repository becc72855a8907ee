-- What hooks may answer: every return of a hook is held against the kind of its verdict, and the
-- end of a hook that can be reached without a return is told.

local kinds = require "berth.policy.kinds"

local verdicts = {}

-- By hook: what its first answer must be, as a sentence, and which kinds pass.
local RULES = {
  verdict = { due = "allow() or deny(...)", pass = { verdict = true } },
  boolean = { due = "true or false", pass = { boolean = true } },
  number = { due = "a number", pass = { number = true } },
  table = { due = "a table", pass = { record = true, array = true } },
}

local function rule_of(member)
  return RULES[member.type:match "^%a+"] or RULES.table
end

-- --- ends --------------------------------------------------------------------------------------

local ends

local function block_ends(body)
  for _, statement in ipairs(body) do
    if ends(statement) then return true end
  end
  return false
end

local function has_break(body)
  for _, statement in ipairs(body) do
    if statement.tag == "Break" then return true end
    for _, clause in ipairs(statement.clauses or {}) do
      if has_break(clause.body) then return true end
    end
    if statement.otherwise and has_break(statement.otherwise) then return true end
    if statement.tag == "Do" and has_break(statement.body) then return true end
  end
  return false
end

-- Whether nothing after the statement is ever reached.
function ends(statement)
  local tag = statement.tag
  if tag == "Return" or tag == "Goto" then return true end
  if tag == "Do" then return block_ends(statement.body) end
  if tag == "Expression" then
    local callee = statement.value.tag == "Call" and statement.value.callee
    return callee and callee.tag == "Name" and callee.name == "error"
  end
  if tag == "While" then
    return statement.condition.tag == "True" and not has_break(statement.body)
  end
  if tag == "Repeat" then return block_ends(statement.body) and not has_break(statement.body) end
  if tag ~= "If" or not statement.otherwise or not block_ends(statement.otherwise) then
    return false
  end
  for _, clause in ipairs(statement.clauses) do
    if not block_ends(clause.body) then return false end
  end
  return true
end

--- A function becomes a hook: what its end says.
function verdicts.adopt(infer, fn, hook)
  fn.hook = hook
  if not block_ends(fn.body) then
    infer:complain(fn.last, hook.name, nil, "%s can end here without an answer: %s is due",
      hook.name, rule_of(hook).due)
  end
end

-- --- returns -----------------------------------------------------------------------------------

local function could_pass(rule, kind, node)
  if kind == nil or kind.kind == "any" or rule.pass[kind.kind] then return true end
  if rule ~= RULES.verdict or kind.kind ~= "boolean" then return false end
  -- true is a yes; of a boolean that was computed elsewhere nothing is known.
  return kind.value == true or (kind.value == nil and node.tag ~= "Binary" and node.tag ~= "Unary")
end

local function named(kind, node)
  if kind.kind == "builtin" then
    return ("the function %s, which is not called"):format(kind.name)
  end
  if node.tag == "Nil" then return "nil" end
  return kinds.describe(kind)
end

--- Holds one return statement of a hook against its verdict.
function verdicts.judge(infer, hook, node, values)
  local rule, count = rule_of(hook), #node.values
  if count == 0 then
    infer:complain(node.line, hook.name, nil, "%s answers nothing: %s is due", hook.name, rule.due)
    return
  end
  if not could_pass(rule, values[1], node.values[1]) then
    infer:complain(node.values[1].line, hook.name, nil, "%s answers %s: %s is due", hook.name,
      named(values[1], node.values[1]), rule.due)
  end
  local second = node.values[2]
  if not second then return end
  if hook.name ~= "score" or count > 2 then
    infer:complain(node.line, hook.name, nil, "%s answers %d values: %s is due", hook.name, count,
      rule.due)
  elseif values[2] and values[2].kind ~= "nil" and not could_pass(rule, values[2], second) then
    infer:complain(second.line, hook.name, nil, "the second answer of score is %s, not a number",
      named(values[2], second))
  end
end

return verdicts
