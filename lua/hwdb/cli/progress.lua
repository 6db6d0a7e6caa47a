-- SPDX-License-Identifier: Apache-2.0
-- What a run shows of itself: one redrawn line on a terminal, plain lines into a pipe, JSON lines for machines.
-- Lines for people go to stderr's terminal or to stdout's pipe alike; JSON lines are stdout's only content.
local core = require("hwdb.core")
local host = require("hwdb.host")
local output = require("hwdb.cli.output")
local tables = require("hwdb.runbook.tables")

local M = {}

local function clock(seconds)
  seconds = math.floor((seconds or 0) + 0.5)
  if seconds >= 3600 then return ("%d h %02d min"):format(seconds // 3600, seconds % 3600 // 60) end
  if seconds >= 60 then return ("%d min %02d s"):format(seconds // 60, seconds % 60) end
  return ("%d s"):format(seconds)
end

local clean = output.clean

local function summary(p)
  local parts = { p.step and clean(p.step) .. ":" or nil }
  if p.percent then parts[#parts + 1] = ("%3d%%"):format(math.floor(p.percent)) end
  if p.elapsed then parts[#parts + 1] = clock(p.elapsed) end
  if p.waiting_for then parts[#parts + 1] = "waiting for " .. clean(p.waiting_for) end
  if p.deadline then parts[#parts + 1] = "until " .. os.date("!%Y-%m-%d %H:%M UTC", p.deadline // 1000) end
  return table.concat(parts, "  ")
end

-- -- people ------------------------------------------------------------------------

local Person = {}
Person.__index = Person

local MARKS = {
  ok = { "green", "ok     " }, warn = { "yellow", "WARN   " }, fail = { "red", "FAILED " },
  unseen = { "dim", "by hand" }, log = { "dim", "log    " },
}

function Person:clear()
  if self.drawn then
    output.write("\r\27[K")
    self.drawn = false
  end
end

function Person:say(format, ...)
  self:clear()
  output.line(format, ...)
  output.finish()
end

function Person:begin(rb, _, run)
  self:say("%s: %s", output.paint("bold", rb.name or "run"), rb.summary or "")
  if run then self:say("%s", output.paint("dim", "run " .. run.id)) end
end

function Person:step(name)
  self.step_name = name
  self:say("%s %s", output.paint("cyan", "==>"), clean(name))
end

function Person:step_end(name, ok, seconds)
  if ok and (seconds or 0) < 1 then return self:clear() end
  self:say("    %s %s, %s", clean(name), ok and "done" or output.paint("red", "failed"), clock(seconds))
end

-- On a terminal the line is redrawn; into a pipe it goes out when what it says about the work has changed.
function Person:progress(p)
  local text = summary(p)
  if self.terminal then
    local line = "    " .. text
    local width = output.width() - 1
    output.write("\r\27[K" .. (#line > width and line:sub(1, width) or line))
    output.finish()
    self.drawn = true
    return
  end
  local key = ("%s\0%s\0%s"):format(p.step or self.step_name or "", math.floor((p.percent or 0) / 10), p.waiting_for or "")
  if key ~= self.last then
    self.last = key
    self:say("    %s", text)
  end
end

function Person:note(text)
  self:say("    %s", clean(text))
end

function Person:line(kind, text)
  local mark = MARKS[kind] or { "dim", kind }
  self:say("    %s  %s", output.paint(mark[1], mark[2]), clean(text))
end

function Person:table(t)
  self:clear()
  output.line("    %s", output.paint("bold", clean(t.name)))
  local lines = tables.lines(t, self.terminal and output.width() - 5 or nil)
  for i, line in ipairs(lines) do output.line("    %s", i <= 2 and output.paint("dim", line) or line) end
  if t.note then output.line("    %s", clean(t.note)) end
  output.finish()
end

local ENDS = {
  done = { "green", "done" }, failed = { "red", "failed" }, waiting = { "yellow", "waiting for a person" },
  cancelled = { "yellow", "interrupted" },
}

function Person:finish(result)
  local word = ENDS[result.status] or { "red", tostring(result.status) }
  self:say("%s", output.paint(word[1], word[2]))
end

-- -- machines ------------------------------------------------------------------------

local Machine = {}
Machine.__index = Machine

local function emit(event, fields)
  fields.event = event
  output.json(fields)
  output.finish()
end

function Machine:begin(rb, _, run) emit("begin", { name = rb.name, summary = rb.summary, run = run and run.id or nil }) end
function Machine:step(name) emit("step", { step = name }) end
function Machine:step_end(name, ok, seconds) emit("step_end", { step = name, ok = ok, seconds = seconds }) end
function Machine:progress(p)
  emit("progress", { step = p.step, percent = p.percent, elapsed = p.elapsed, waiting_for = p.waiting_for,
    deadline = p.deadline })
end
function Machine:note(text) emit("note", { text = text }) end
function Machine:line(kind, text) emit("line", { kind = kind, text = text }) end
function Machine:table(t) emit("table", { name = t.name, columns = t.columns, rows = core.array(t.rows), note = t.note }) end
function Machine:finish(result)
  local fail = require("hwdb.cli.fail")
  local err = result.error and fail.plain(result.error) or nil
  if err then err.exit = nil end
  emit("finish", { status = result.status, exit = fail.run_exit(result), error = err, run = result.run, state = result.state,
    head = result.head, gate = result.gate and result.gate.name or nil })
end

---A reporter for the runner.
---@param as_json boolean?
---@return table
function M.new(as_json)
  if as_json then return setmetatable({}, Machine) end
  return setmetatable({ terminal = host.isatty(1) and os.getenv("TERM") ~= "dumb" }, Person)
end

return M
