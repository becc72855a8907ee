--- Pictures of a store's allocation as one SVG: how full each class is, how full each tree is in
-- the class that matters most, and who holds how much of it.

local svg = require "berth.svg"

local picture = {}

local WIDTH, MARGIN = 960, 48
local INK, MUTED, RULE, TRACK = "#1f2933", "#5f6c7b", "#e4e8ee", "#eef2f6"
local BLUE = "#1d6fb8"
-- From empty to full; over capacity stands out.
local RAMP = { "#eef2f6", "#d3e3f3", "#a9cbe8", "#74abd8", "#3f87c2", "#1d6fb8", "#0f4c86" }
local OVER = "#b42318"

local CLASSES_MAX, PROJECTS_MAX, CELLS_MAX = 12, 10, 3000

local function grouped(number)
  local text = ("%d"):format(number):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function share(used, capacity)
  return capacity > 0 and used / capacity or 0
end

-- A long name keeps its beginning and its end.
local function short(name, longest)
  if utf8.len(name) <= longest then return name end
  local half = longest // 2
  return name:sub(1, utf8.offset(name, half) - 1) .. "…" .. name:sub(utf8.offset(name, -half))
end

local function heading(drawing, y, text)
  drawing:text(MARGIN, y, text, { fill = INK, font_size = 16, font_weight = "bold" })
  drawing:line(MARGIN, y + 10, WIDTH - MARGIN, y + 10, { stroke = RULE })
end

-- One row of a bar chart; part is 0 .. 1, more is drawn as over.
local function bar(drawing, y, label, part, note)
  local left, width = MARGIN + 230, 420
  drawing:text(left - 14, y + 14, short(label, 30),
    { fill = INK, font_size = 13, text_anchor = "end" })
  drawing:rect(left, y, width, 18, { fill = TRACK, rx = 3 })
  if part > 0 then
    drawing:rect(left, y, math.max(2, math.min(1, part) * width), 18,
      { fill = part > 1 and OVER or BLUE, rx = 3 })
  end
  drawing:text(left + width + 14, y + 14, note, { fill = MUTED, font_size = 13 })
end

local function draw_classes(drawing, y, classes)
  heading(drawing, y, "Allocated, by class")
  y = y + 26
  for i = 1, math.min(#classes, CLASSES_MAX) do
    local class = classes[i]
    local part = share(class.used, class.capacity)
    bar(drawing, y, class.name, part, ("%.1f %% of %s"):format(100 * part,
      grouped(class.capacity)))
    y = y + 28
  end
  if #classes > CLASSES_MAX then
    drawing:text(MARGIN, y + 14, ("and %d more"):format(#classes - CLASSES_MAX),
      { fill = MUTED, font_size = 13 })
    y = y + 24
  end
  return y
end

-- The trees that have the class, several to a cell where there are too many.
local function cells_of(trees, class)
  local with = {}
  for _, tree in ipairs(trees) do
    if (tree.capacity[class] or 0) > 0 then with[#with + 1] = tree end
  end
  local group, cells = math.max(1, math.ceil(#with / CELLS_MAX)), {}
  for i, tree in ipairs(with) do
    local at = (i - 1) // group + 1
    local cell = cells[at] or { first = tree.name, used = 0, capacity = 0 }
    cell.used = cell.used + (tree.used[class] or 0)
    cell.capacity = cell.capacity + tree.capacity[class]
    cell.last, cells[at] = tree.name, cell
  end
  return cells, #with, group
end

local function colour_of(part)
  if part > 1 then return OVER end
  if part <= 0 then return RAMP[1] end
  return RAMP[2 + math.min(#RAMP - 2, math.floor(part * (#RAMP - 1)))]
end

local function draw_ramp(drawing, y)
  local x = WIDTH - MARGIN - 300
  drawing:text(x - 10, y, "empty", { fill = MUTED, font_size = 12, text_anchor = "end" })
  for i, colour in ipairs(RAMP) do
    drawing:rect(x + (i - 1) * 24, y - 11, 22, 13, { fill = colour, stroke = RULE })
  end
  x = x + #RAMP * 24
  drawing:text(x + 6, y, "full", { fill = MUTED, font_size = 12 })
  drawing:rect(x + 38, y - 11, 22, 13, { fill = OVER })
  drawing:text(x + 66, y, "over", { fill = MUTED, font_size = 12 })
end

local function draw_trees(drawing, y, trees, class)
  local cells, count, group = cells_of(trees, class)
  heading(drawing, y, ("%s %s, by name: how full of %s"):format(grouped(count),
    count == 1 and "tree" or "trees", class))
  y = y + 32
  drawing:text(MARGIN, y, group > 1 and ("%d trees a square"):format(group) or "a tree a square",
    { fill = MUTED, font_size = 12 })
  draw_ramp(drawing, y)
  y = y + 14
  local size = #cells <= 200 and 20 or #cells <= 1500 and 14 or 10
  local columns = (WIDTH - 2 * MARGIN) // size
  for i, cell in ipairs(cells) do
    local row, column = (i - 1) // columns, (i - 1) % columns
    local part = share(cell.used, cell.capacity)
    local name = cell.first == cell.last and cell.first or cell.first .. " to " .. cell.last
    drawing:raw "<g>"
    drawing:raw(("<title>%s: %.1f %%</title>"):format(svg.escape(name), 100 * part))
    drawing:rect(MARGIN + column * size, y + row * size, size - 2, size - 2,
      { fill = colour_of(part), rx = 1.5 })
    drawing:raw "</g>"
  end
  return y + math.ceil(#cells / columns) * size + 6
end

local function draw_projects(drawing, y, projects, class)
  local rows = {}
  for _, project in ipairs(projects) do
    local used = project.used[class.name] or 0
    if used > 0 then
      local name = project.name == "" and "(no project)" or project.name
      rows[#rows + 1] = { name = name, used = used }
    end
  end
  if #rows == 0 then return y end
  table.sort(rows, function(a, b)
    return a.used > b.used or (a.used == b.used and a.name < b.name)
  end)
  heading(drawing, y, ("Held of %s, by project"):format(class.name))
  y = y + 26
  for i = 1, math.min(#rows, PROJECTS_MAX) do
    local part = share(rows[i].used, class.capacity)
    bar(drawing, y, rows[i].name, part, ("%.1f %%: %s"):format(100 * part, grouped(rows[i].used)))
    y = y + 28
  end
  if #rows > PROJECTS_MAX then
    drawing:text(MARGIN, y + 14, ("and %d more"):format(#rows - PROJECTS_MAX),
      { fill = MUTED, font_size = 13 })
    y = y + 24
  end
  return y
end

--- The class that matters most: the fullest one, of equally full ones the first by name.
function picture.main_class(classes)
  local best
  for _, class in ipairs(classes) do
    if not best or share(class.used, class.capacity) > share(best.used, best.capacity) then
      best = class
    end
  end
  return best
end

local function rows(count, limit)
  return math.min(count, limit) + (count > limit and 1 or 0)
end

-- Pixels from top to bottom.
local function height_of(found, class)
  local height = 100 + 26 + 28 * rows(#found.classes, CLASSES_MAX) + 40
  if not class then return height end
  local cells = cells_of(found.trees, class.name)
  local size = #cells <= 200 and 20 or #cells <= 1500 and 14 or 10
  height = height + 46 + math.ceil(#cells / ((WIDTH - 2 * MARGIN) // size)) * size + 6 + 40
  return height + 26 + 28 * rows(#found.projects, PROJECTS_MAX) + 30
end

--- @tparam table found of berth.report.survey
-- @tparam string title
-- @tparam ?table class the one of found.classes to look at, nil in a fleet without inventory
function picture.draw(found, title, class)
  local drawing = svg.new(WIDTH, height_of(found, class), title)
  drawing:text(MARGIN, 44, short(title, 70), { fill = INK, font_size = 20, font_weight = "bold" })
  drawing:text(MARGIN, 66, ("%s providers in %s trees, %s consumers"):format(
    grouped(found.providers), grouped(#found.trees), grouped(found.consumers)),
    { fill = MUTED, font_size = 13 })
  local y = draw_classes(drawing, 104, found.classes)
  if class then
    y = draw_trees(drawing, y + 40, found.trees, class.name)
    draw_projects(drawing, y + 40, found.projects, class)
  end
  return drawing:finish()
end

return picture
