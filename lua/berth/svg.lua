--- SVG text from Lua calls: elements with escaped attributes and text, and the few shapes that the
-- reports share. Knows nothing of what is drawn.

local svg = {}

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- Text that is safe between tags and in attributes; control characters do not exist in XML.
function svg.escape(text)
  return (tostring(text):gsub("%c", " "):gsub('[&<>"]', ESCAPES))
end

--- A number as short as it can be exact enough for a screen.
function svg.number(value)
  local text = ("%.2f"):format(value):gsub("0+$", ""):gsub("%.$", "")
  return text == "-0" and "0" or text
end

local function attributes(map)
  local names, list = {}, {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = map[name]
    if type(value) == "number" then value = svg.number(value) end
    list[i] = (' %s="%s"'):format(name:gsub("_", "-"), svg.escape(value))
  end
  return table.concat(list)
end

local Drawing = {}
Drawing.__index = Drawing

--- A picture of this size in pixels on a light background.
-- @tparam string title also read out by screen readers
function svg.new(width, height, title)
  local self = setmetatable({ width = width, height = height, parts = {} }, Drawing)
  self:raw(('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
    .. 'role="img" font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif">\n<title>%s</title>')
    :format(width, height, width, height, svg.escape(title)))
  self:rect(0, 0, width, height, { fill = "#ffffff" })
  return self
end

function Drawing:raw(text)
  self.parts[#self.parts + 1] = text
end

function Drawing:element(name, map)
  self:raw(("<%s%s/>"):format(name, attributes(map)))
end

local function with(map, more)
  for name, value in pairs(more) do map[name] = value end
  return map
end

function Drawing:rect(x, y, width, height, style)
  self:element("rect", with({ x = x, y = y, width = width, height = height }, style))
end

function Drawing:line(x1, y1, x2, y2, style)
  self:element("line", with({ x1 = x1, y1 = y1, x2 = x2, y2 = y2 }, style))
end

function Drawing:circle(x, y, radius, style)
  self:element("circle", with({ cx = x, cy = y, r = radius }, style))
end

--- A line through points {{x, y}, ...}.
function Drawing:path(points, style)
  if #points == 0 then return end
  local steps = {}
  for i, point in ipairs(points) do
    steps[i] = (i == 1 and "M" or "L") .. svg.number(point[1]) .. " " .. svg.number(point[2])
  end
  self:element("path", with({ d = table.concat(steps), fill = "none" }, style))
end

--- Text, anchored at its start unless style.text_anchor says otherwise.
function Drawing:text(x, y, text, style)
  self:raw(("<text%s>%s</text>"):format(attributes(with({ x = x, y = y }, style)),
    svg.escape(text)))
end

--- The whole file.
function Drawing:finish()
  return table.concat(self.parts, "\n") .. "\n</svg>\n"
end

return svg
