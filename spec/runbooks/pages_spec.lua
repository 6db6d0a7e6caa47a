-- SPDX-License-Identifier: Apache-2.0
-- The how-to pages: every shipped runbook has one, it fits on a screen, and what it shows is what the program says.
local cli = require("spec.support.cli")

local FOLDER = "docs/runbooks/"
local LINES_MAX, COLUMNS_MAX = 60, 100

local function listed(pattern)
  local pipe <close> = assert(io.popen("ls " .. pattern .. " 2>/dev/null"))
  local names = {}
  for path in pipe:lines() do names[#names + 1] = path:match("([^/]+)%.%w+$") end
  return names
end

-- Blocks of console lines: each command, which goes on after a line that ends in a backslash, with the lines below it.
local function transcripts(text)
  local list = {}
  for block in text:gmatch("```console\n(.-)```") do
    local current
    for line in block:gmatch("([^\n]*)\n") do
      local command, unfinished = line:match("^%$ (.+)$"), current and current.command:match("^(.*)\\$")
      if unfinished and #current.lines == 0 then
        current.command = unfinished .. line:gsub("^%s+", "")
      elseif command then
        current = { command = command, lines = {} }
        list[#list + 1] = current
      else
        assert.is_table(current, "a transcript begins with its command")
        current.lines[#current.lines + 1] = line
      end
    end
  end
  return list
end

-- "…" stands for any text of a line.
local function pattern_of(line)
  return "^" .. line:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"):gsub("…", ".-") .. "$"
end

-- The first line of what was shown that the page does not have so; nil if there is none. A line "…" stands for any lines.
local function first_difference(shown, said)
  local at = 1
  local function step(i)
    while shown[i] do
      if shown[i] == "…" then
        for from = at, #said + 1 do
          local before = at
          at = from
          if not step(i + 1) then return nil end
          at = before
        end
        return ("nothing after the line … of the page is like: %s"):format(shown[i + 1] or "the end")
      end
      if not said[at] then return "the program ends before: " .. shown[i] end
      if not said[at]:find(pattern_of(shown[i])) then return ("page:    %s\nprogram: %s"):format(shown[i], said[at]) end
      i, at = i + 1, at + 1
    end
    if said[at] then return "the program also says: " .. said[at] end
  end
  return step(1)
end

-- What a page's commands keep (a run to report on) is there for the page's later ones.
local function replay(name, transcript)
  local home = cli.folder() .. "/" .. name
  local command = transcript.command:gsub("^hwdb ", cli.quoted(cli.program) .. " ")
  local r = cli.shell(("mkdir -p %s && XDG_STATE_HOME=%s %s"):format(cli.quoted(home), cli.quoted(home), command))
  local said = {}
  for line in (r.out .. r.err):gmatch("([^\n]*)\n") do said[#said + 1] = line end
  return first_difference(transcript.lines, said)
end

describe("the how-to page", function()
  teardown(cli.clean)

  for _, name in ipairs(listed("scripts/*.lua")) do
    it("of " .. name .. " is there", function()
      assert.is_string(cli.read(FOLDER .. name .. ".md"), FOLDER .. name .. ".md is missing")
    end)
  end

  for _, name in ipairs(listed(FOLDER .. "*.md")) do
    it(name .. " fits on a screen and shows what the program says", function()
      local text, lines = cli.read(FOLDER .. name .. ".md"), 0
      for line in text:gmatch("([^\n]*)\n") do
        lines = lines + 1
        assert.is_true(utf8.len(line) <= COLUMNS_MAX, ("line %d is longer than %d characters"):format(lines, COLUMNS_MAX))
      end
      assert.is_true(lines <= LINES_MAX, ("%d lines are more than a screen of %d"):format(lines, LINES_MAX))
      local found = transcripts(text)
      assert.is_true(#found > 0, "it shows no transcript")
      for _, transcript in ipairs(found) do
        local difference = replay(name, transcript)
        assert.is_nil(difference, ("$ %s\n%s"):format(transcript.command, difference))
      end
    end)
  end

  it("is listed with what the headers say; otherwise: make docs", function()
    assert.is_true(dofile("tools/runbooks.lua").text() == cli.read("docs/runbooks.md"))
  end)

  it("is compared line by line", function()
    assert.is_nil(first_difference({ "run …", "…", "done" }, { "run 1", "a", "b", "done" }))
    assert.matches("page:    x", first_difference({ "x" }, { "y" }))
    assert.matches("also says: z", first_difference({ "x" }, { "x", "z" }))
    assert.matches("ends before: z", first_difference({ "x", "z" }, { "x" }))
    assert.matches("is like: done", first_difference({ "…", "done" }, { "a", "b" }))
  end)
end)
