-- SPDX-License-Identifier: Apache-2.0
-- A run's account as one HTML page that needs nothing else: no network, no
-- script; the timeline is drawn as SVG.
local md = require("hwdb.runbook.account_md")
local times = require("hwdb.runbook.times")

local M = {}

local ESCAPES = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escaped(text)
  return (tostring(text == nil and "" or text):gsub("[<>&\"']", ESCAPES):gsub("%c", " "))
end

local STYLE = [[
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--back:#fff;--band:#f5f7fa;
--ok:#2f7d4f;--bad:#b3362b;--wait:#c9d3df;--change:#1f5fa8}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b5;--line:#38424f;--back:#151a21;--band:#1d242d;
--ok:#6cc08b;--bad:#ec7f74;--wait:#3d4958;--change:#7fb4f0}}
body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}
.soft{color:var(--soft)}.ok{color:var(--ok)}.bad{color:var(--bad)}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.badge{display:inline-block;padding:.1rem .6rem;border-radius:1rem;
border:1px solid currentColor;font-size:.85rem;vertical-align:middle}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}
td:first-child{white-space:nowrap}
tbody tr:nth-child(even){background:var(--band)}.scroll{overflow-x:auto}.whole{white-space:nowrap}
svg{width:100%;height:auto;display:block;background:var(--band);border-radius:.5rem}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .soft{fill:var(--soft)}
.note{border-left:4px solid var(--bad);padding:.3rem .8rem;background:var(--band)}
]]

local WIDTH, LEFT, ROW, RIGHT = 960, 190, 24, 20

-- Times of the axis: a handful of round ones.
local STEPS = { 1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400 }

local function tick_of(seconds)
  for _, step in ipairs(STEPS) do
    if seconds / step <= 8 then return step end
  end
  return seconds / 6
end

local function rows_of(told)
  local list = {}
  for _, step in ipairs(told.steps) do list[#list + 1] = { name = step.name, item = step, kind = "step", from = step.from } end
  for _, wait in ipairs(told.waits) do list[#list + 1] = { name = wait.name, item = wait, kind = "wait", from = wait.from } end
  for i, row in ipairs(list) do row.at = i end
  table.sort(list, function(a, b)
    if a.from ~= b.from then return a.from < b.from end
    return a.at < b.at
  end)
  return list
end

local function bounds(told)
  local from, to = told.run.created, told.run.created + 1000
  for _, list in ipairs({ told.steps, told.waits, told.changes }) do
    for _, item in ipairs(list) do to = math.max(to, item.to or item.from) end
  end
  return from, to
end

local function shortened(text, max)
  if (utf8.len(text) or #text) <= max then return text end
  return text:sub(1, (utf8.offset(text, max) or max + 1) - 1) .. "…"
end

local function bar(scale, row, y)
  local item = row.item
  local x, last = scale(item.from), scale(item.to or item.from)
  local fill = row.kind == "wait" and "var(--wait)" or item.ok and "var(--ok)" or "var(--bad)"
  local label = ('<text x="%d" y="%d" text-anchor="end"%s>%s</text>'):format(LEFT - 10, y + 14,
    row.kind == "wait" and ' class="soft"' or "", escaped(shortened(row.name, 28)))
  return label .. ('<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="3" fill="%s"><title>%s: %s</title></rect>'):format(x,
    y + 4, math.max(2, last - x), ROW - 10, fill, escaped(row.name), escaped(md.length(item)))
end

local function axis(scale, from, to, height)
  local out, step = {}, tick_of((to - from) / 1000) * 1000
  for at = from, to, math.floor(step) do
    local x = scale(at)
    out[#out + 1] = ('<line x1="%.1f" y1="24" x2="%.1f" y2="%d" stroke="var(--line)"/>'):format(x, x, height)
    if x < WIDTH - 40 then
      out[#out + 1] = ('<text class="soft" x="%.1f" y="16" text-anchor="middle">%s</text>'):format(x,
        at == from and "0" or "+" .. times.span((at - from) / 1000))
    end
  end
  return table.concat(out)
end

local function timeline(told)
  local list, from, to = rows_of(told), bounds(told)
  local function scale(ms) return LEFT + (WIDTH - LEFT - RIGHT) * (ms - from) / math.max(1, to - from) end
  local height = 30 + ROW * (#list + 1) + 6
  local out = { ('<svg viewBox="0 0 %d %d" role="img" aria-label="Timeline of the run">'):format(WIDTH, height),
    axis(scale, from, to, height - 6) }
  for i, row in ipairs(list) do out[#out + 1] = bar(scale, row, 26 + ROW * (i - 1)) end
  local y = 26 + ROW * #list
  out[#out + 1] = ('<text x="%d" y="%d" text-anchor="end">changes</text>'):format(LEFT - 10, y + 14)
  for _, change in ipairs(told.changes) do
    out[#out + 1] = ('<circle cx="%.1f" cy="%d" r="5" fill="%s"><title>%s at %s</title></circle>'):format(scale(change.from),
      y + 10, change.ok and "var(--change)" or "var(--bad)", escaped(change.op), escaped(times.text(change.from)))
  end
  return table.concat(out) .. "</svg>"
end

local function html_table(head, list, cells_of)
  if #list == 0 then return '<p class="soft">none</p>' end
  local out = { '<div class="scroll"><table><thead><tr>' }
  for _, name in ipairs(head) do out[#out + 1] = "<th>" .. escaped(name) .. "</th>" end
  out[#out + 1] = "</tr></thead><tbody>"
  for _, item in ipairs(list) do
    out[#out + 1] = "<tr>"
    local cells = cells_of(item)
    for i = 1, #head do out[#out + 1] = "<td>" .. (cells[i] or "") .. "</td>" end
    out[#out + 1] = "</tr>"
  end
  return table.concat(out) .. "</tbody></table></div>"
end

local function code(text)
  return text and "<code>" .. escaped(text) .. "</code>" or ""
end

local function outcome(ok, text)
  return ('<span class="%s">%s</span>'):format(ok and "ok" or "bad", escaped(text))
end

local GOOD = { done = true, rolled_back = true, running = true }

local function summary(told)
  local run = told.run
  local out = { ('<h1>%s <span class="badge %s">%s</span></h1>'):format(escaped(run.name), GOOD[run.state] and "ok" or "bad",
    escaped(run.state:gsub("_", " "))),
    ('<p class="soft">Run %s, begun %s by %s on %s. %d changes, %d reads.</p>'):format(code(run.id),
      escaped(times.text(run.created)), escaped(run.operator), escaped(run.host), #told.changes, told.queries),
    ('<p class="soft">Script %s. Audit head %s.</p>'):format(code(run.script), told.head ~= "" and code(told.head) or "none") }
  if run.error then out[#out + 1] = '<p class="note">' .. escaped(run.error.message) .. "</p>" end
  if not told.data_compared then
    out[#out + 1] = '<p class="note"><strong>DATA NOT COMPARED</strong>: no checking program was run.</p>'
  end
  return table.concat(out, "\n")
end

local function approvals(told)
  return html_table({ "at", "question", "answer", "by", "how" }, told.approvals, function(a)
    return { escaped(times.text(a.at)), escaped(a.question or a.name), outcome(a.yes, a.yes and "yes" or "no"), escaped(a.by),
      escaped(a.how) }
  end) .. '<p class="soft">An approval proves a login name, no more.</p>'
end

local function changes(told)
  return html_table({ "at", "operation", "step", "request id", "outcome" }, told.changes, function(c)
    return { escaped(times.text(c.from)), code(c.op), escaped(c.step), code(c.request_id), outcome(c.ok, md.outcome(c)) }
  end)
end

local function differences(told)
  return html_table({ "at", "seen through", "fields" }, told.guards, function(g)
    return { escaped(times.text(g.at)), code(g.op), code(require("hwdb.core").encode(g.value)) }
  end)
end

local function result_table(t)
  local body = html_table(t.columns, t.rows, function(row)
    local cells = {}
    for j = 1, #t.columns do
      local text = escaped(row[j])
      -- Ids and names are read, and copied, as a whole.
      cells[j] = #text <= 48 and not text:find(" ", 1, true) and '<span class="whole">' .. text .. "</span>" or text
    end
    return cells
  end)
  return body .. (t.note and '<p class="soft">' .. escaped(t.note) .. "</p>" or "")
end

local function section(title, body)
  return ("<h2>%s</h2>\n%s"):format(title, body)
end

local function result_tables(told)
  local out = {}
  for i, t in ipairs(told.tables) do out[i] = section(escaped(t.name), result_table(t)) end
  return table.concat(out, "\n")
end

---@param told table of account.lua
---@return string
function M.text(told)
  return table.concat({ '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    ("<title>%s %s</title><style>%s</style></head><body>"):format(escaped(told.run.name), escaped(told.run.id), STYLE),
    summary(told), result_tables(told), section("Timeline", timeline(told)), section("Changes", changes(told)),
    section("Approvals", approvals(told)), section("What had to stay as it was", differences(told)),
    section("Parameters", html_table({ "name", "value" }, md.parameters(told.run), function(p)
      return { escaped(p.name), code(p.text) }
    end)),
    section("What was seen", html_table({ "at", "", "" }, told.entries, function(e)
      return { escaped(times.text(e.time)), escaped(e.mark), escaped(e.text) }
    end)), "</body></html>\n" }, "\n")
end

return M
