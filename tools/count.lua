-- SPDX-License-Identifier: Apache-2.0
-- Measures functions: how long they are and how many parameters they take, in C and at the top level of Lua files.
-- Fails where one is longer than 80 lines or takes more than six parameters, unless a library dictates them.

local LINES_MAX, PARAMETERS_MAX = 80, 6

local function files_in(folders, pattern)
  local pipe = assert(io.popen(("find %s -name '%s' 2>/dev/null | LC_ALL=C sort"):format(folders, pattern)))
  local list = {}
  for file in pipe:lines() do list[#list + 1] = file end
  pipe:close()
  return list
end

local function parameters_in(head)
  if head:match("struct MHD_Connection %*") then return 0 end
  -- Parameters that are functions hold parentheses and commas of their own.
  local list = head:match("%b()")
  if not list then return 0 end
  list = list:sub(2, -2):gsub("%b()", "")
  if list:match("^%s*$") or list:match("^%s*void%s*$") then return 0 end
  return select(2, list:gsub(",", "")) + 1
end

local languages = {
  c = { opens = function(line, head) return line:match("{%s*$") and head:match("%)%s*{%s*$") and not head:match("^[%w_%s*]*=") end,
    starts = function(line) return line:match("^[%a_][%w_%s*]*%(") and not line:match(";%s*$") end,
    closes = "^}" },
  lua = { opens = function() return true end,
    starts = function(line)
      return (line:match("^local function ") or line:match("^function ")) and not line:match("%f[%w]end%s*$")
    end,
    closes = "^end" },
}

local function functions_of(file, language)
  local found, head, start, open = {}, nil, nil, false
  local number = 0
  for line in io.lines(file) do
    number = number + 1
    if not head and language.starts(line) then
      head, start = line, number
    elseif head and not open then
      head = head .. " " .. line
    end
    if head and not open then
      if language.opens(line, head) then open = true elseif line:match(";%s*$") then head = nil end
    elseif open and line:match(language.closes) then
      found[#found + 1] = { file = file, line = start, lines = number - start + 1, parameters = parameters_in(head) }
      head, open = nil, false
    end
  end
  return found
end

local function report(title, functions)
  if not functions[1] then return 0 end
  table.sort(functions, function(a, b) return a.lines < b.lines end)
  local function at(share) return functions[math.max(1, math.ceil(#functions * share))].lines end
  print(("%-4s %5d functions; lines: median %d, nine in ten under %d, longest %d"):format(title, #functions, at(0.5),
    at(0.9) + 1, at(1)))
  local bad = 0
  for _, f in ipairs(functions) do
    if f.lines > LINES_MAX or f.parameters > PARAMETERS_MAX then
      bad = bad + 1
      io.stderr:write(("%s:%d: %d lines, %d parameters\n"):format(f.file, f.line, f.lines, f.parameters))
    end
  end
  return bad
end

local function gather(folders, pattern, language)
  local all = {}
  for _, file in ipairs(files_in(folders, pattern)) do
    for _, f in ipairs(functions_of(file, language)) do all[#all + 1] = f end
  end
  return all
end

local bad = report("C", gather("src bench spec/support", "*.c", languages.c))
  + report("Lua", gather("lua scripts tools", "*.lua", languages.lua))
if bad > 0 then os.exit(1) end
