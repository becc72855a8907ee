--- The picture of a replay: allocation and fragmentation against the demand that has arrived, in
-- percent of the cluster, as one self-contained SVG.

local svg = require "berth.svg"

local picture = {}

local WIDTH, HEIGHT = 960, 600
local LEFT, RIGHT, TOP, BOTTOM = 76, 176, 108, 84

local INK, MUTED, RULE = "#1f2933", "#5f6c7b", "#e4e8ee"
local SERIES = {
  { field = "allocation", label = "allocated", colour = "#1d6fb8" },
  { field = "fragmentation_ratio", label = "fragmented, % of idle", colour = "#c2570c",
    dash = "7 5" },
  { field = "fragmentation", label = "fragmented", colour = "#8a3ffc" },
}

local function grouped(number)
  local text = ("%d"):format(number):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

-- Maps data to pixels; both axes start at 0 and are in percent.
local function scales(curve)
  local top = math.max(10, math.ceil(curve[#curve].demand / 10) * 10)
  local width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
  return {
    top = top,
    x = function(demand) return LEFT + demand / top * width end,
    y = function(percent) return TOP + (100 - percent) / 100 * height end,
  }
end

local function draw_axes(drawing, scale, what)
  for percent = 0, 100, 20 do
    local y = scale.y(percent)
    drawing:line(LEFT, y, WIDTH - RIGHT, y, { stroke = percent == 0 and MUTED or RULE })
    drawing:text(LEFT - 10, y + 4, percent .. " %",
      { fill = MUTED, font_size = 13, text_anchor = "end" })
  end
  local step = scale.top > 400 and math.ceil(scale.top / 80) * 10 or scale.top > 150 and 50
    or scale.top > 40 and 10 or 5
  for demand = 0, scale.top, step do
    local x = scale.x(demand)
    drawing:line(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 5, { stroke = MUTED })
    drawing:text(x, HEIGHT - BOTTOM + 22, demand,
      { fill = MUTED, font_size = 13, text_anchor = "middle" })
  end
  drawing:text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 30, ("arrived %s demand, %% of the cluster")
    :format(what), { fill = INK, font_size = 14, text_anchor = "middle" })
  local y = (TOP + HEIGHT - BOTTOM) / 2
  drawing:text(0, 0, ("%s, %% of the cluster"):format(what), { fill = INK, font_size = 14,
    text_anchor = "middle", transform = ("translate(22 %s) rotate(-90)"):format(svg.number(y)) })
end

-- What would be allocated if everything that arrives were placed.
local function draw_ideal(drawing, scale)
  local full = math.min(100, scale.top)
  drawing:path({ { scale.x(0), scale.y(0) }, { scale.x(full), scale.y(full) } },
    { stroke = "#aab4c0", stroke_width = 1.2, stroke_dasharray = "2 4" })
  if scale.top > 100 then
    drawing:line(scale.x(100), TOP, scale.x(100), HEIGHT - BOTTOM,
      { stroke = "#aab4c0", stroke_width = 1.2, stroke_dasharray = "2 4" })
    drawing:text(scale.x(100), TOP - 8, "as much asked for as there is",
      { fill = MUTED, font_size = 12, text_anchor = "middle" })
  end
end

-- Labels beside the ends of their lines, pushed apart where they would overlap.
local function label_rows(series, scale)
  local rows = {}
  for i, one in ipairs(series) do
    rows[i] = { series = one, y = scale.y(one.last) + 4 }
  end
  table.sort(rows, function(a, b) return a.y < b.y end)
  local apart, lowest = 36, HEIGHT - BOTTOM - 18
  for i = 2, #rows do rows[i].y = math.max(rows[i].y, rows[i - 1].y + apart) end
  for i = #rows, 1, -1 do rows[i].y = math.min(rows[i].y, lowest - (#rows - i) * apart) end
  return rows
end

local function draw_series(drawing, scale, curve, has_gpus)
  local shown = {}
  for _, one in ipairs(SERIES) do
    if has_gpus or one.field == "allocation" then
      local points = {}
      for i, point in ipairs(curve) do
        points[i] = { scale.x(point.demand), scale.y(point[one.field]) }
      end
      drawing:path(points, { stroke = one.colour, stroke_width = 2.4, stroke_dasharray = one.dash,
        stroke_linejoin = "round", stroke_linecap = "round" })
      local last = points[#points]
      drawing:circle(last[1], last[2], 3.6, { fill = one.colour })
      shown[#shown + 1] = { label = one.label, colour = one.colour,
        last = curve[#curve][one.field] }
    end
  end
  local x = WIDTH - RIGHT + 14
  for _, row in ipairs(label_rows(shown, scale)) do
    drawing:text(x, row.y, ("%.1f %%"):format(row.series.last),
      { fill = row.series.colour, font_size = 16, font_weight = "bold" })
    drawing:text(x, row.y + 15, row.series.label, { fill = row.series.colour, font_size = 12 })
  end
end

local function draw_legend(drawing, has_gpus)
  local x = LEFT
  for _, one in ipairs(SERIES) do
    if has_gpus or one.field == "allocation" then
      drawing:line(x, 78, x + 30, 78, { stroke = one.colour, stroke_width = 2.4,
        stroke_dasharray = one.dash })
      drawing:text(x + 38, 82, one.label, { fill = INK, font_size = 13 })
      x = x + 62 + 7 * #one.label
    end
  end
end

--- @tparam table summary of berth.replay.tally, with policy, nodes and gpus
function picture.draw(summary)
  local has_gpus = summary.fragmentation ~= nil
  local what = has_gpus and "GPU" or "CPU"
  local title = ("%s: %s of %s requests placed on %s nodes"):format(summary.policy,
    grouped(summary.placed), grouped(summary.arrivals), grouped(summary.nodes))
  local drawing = svg.new(WIDTH, HEIGHT, title)
  drawing:text(LEFT, 34, title, { fill = INK, font_size = 20, font_weight = "bold" })
  drawing:text(LEFT, 56, ("%s GPUs; means over the arrivals of each percent"):format(
    grouped(summary.gpus)), { fill = MUTED, font_size = 13 })
  local scale = scales(summary.curve)
  draw_legend(drawing, has_gpus)
  draw_axes(drawing, scale, what)
  draw_ideal(drawing, scale)
  draw_series(drawing, scale, summary.curve, has_gpus)
  return drawing:finish()
end

return picture
