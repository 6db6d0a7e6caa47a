-- SPDX-License-Identifier: Apache-2.0
-- Runs the specs under Lua 5.4: each file in a process of its own, two at a time, their counts summed.
--   lua5.4 spec/support/run.lua [--valgrind] [--filter=PATTERN] [FILE|FOLDER...]
-- Ends with "N passed, N failed[, N skipped]" alone on a line; exits with 1 after any failure, and when no test ran.
-- A file that does not load, crashes, outlives its limit, leaks under a sanitizer or holds no test counts as failed.

local workers = tonumber(os.getenv("HWDB_WORKERS")) or 2

-- Under valgrind only what exercises C in this very process; programs that specs start are not followed.
local valgrind_roots = { "spec/unit" }

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  pipe:close()
  return lines
end

local function text_of(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function spec_files(roots)
  local words = {}
  for i, root in ipairs(roots) do words[i] = quoted(root) end
  -- The largest first, so that no long file starts last.
  return lines_of("find " .. table.concat(words, " ") ..
    " -name '*_spec.lua' -printf '%s %p\\n' | sort -k1,1nr -k2 | cut -d' ' -f2-")
end

--- What one finished file counts for, and what to show of it.
local function outcome(file, status, base, filtered)
  local result = text_of(base .. ".result") or ""
  local passed, failed, skipped, seconds = result:match("^(%d+) (%d+) (%d+) ([%d.]+)")
  local complaint
  if not passed then
    passed, failed, skipped, seconds = 0, 1, 0, 0
    complaint = (status == 124 or status == 137) and "was stopped: it took too long"
      or ("ended early, with status %d"):format(status)
  elseif failed == "0" and status ~= 0 then
    failed, complaint = 1, ("passed, but its process ended with status %d"):format(status)
  elseif failed == "0" and passed == "0" and skipped == "0" and not filtered then
    failed, complaint = 1, "holds no test"
  end
  return { file = file, passed = tonumber(passed), failed = tonumber(failed), skipped = tonumber(skipped),
    seconds = tonumber(seconds), complaint = complaint, log = text_of(base .. ".log") or "" }
end

local function show(o)
  if o.failed == 0 then
    io.write(("ok    %-44s %5d passed%s  %6.2f s\n"):format(o.file, o.passed,
      o.skipped > 0 and (", %d skipped"):format(o.skipped) or "", o.seconds))
    -- What proofs count, passed or not.
    for line in o.log:gmatch("[^\n]+") do
      if line:find("violations$") or line:find("caught$") then io.write("        ", line, "\n") end
    end
  else
    io.write(("FAIL  %-44s %5d passed, %d failed\n"):format(o.file, o.passed, o.failed))
    if o.complaint then io.write("  the file ", o.complaint, "\n") end
    io.write((o.log:gsub("[^\n]+", "  %0")), o.log:sub(-1) == "\n" and "" or "\n")
  end
  io.flush()
end

local function options_of(words)
  local options, roots = {}, {}
  for _, word in ipairs(words) do
    if word == "--valgrind" then
      options.valgrind = true
    elseif word:match("^%-%-filter=") then
      options.filter = word:match("=(.*)$")
    elseif word:sub(1, 1) == "-" then
      io.stderr:write("run.lua: unknown option ", word, "\n")
      os.exit(2)
    else
      roots[#roots + 1] = word
    end
  end
  options.roots = roots[1] and roots or options.valgrind and valgrind_roots or { "spec" }
  return options
end

local function run_all(options)
  local results = lines_of("mktemp -d")[1]
  local list = assert(io.open(results .. "/list", "w"))
  for _, file in ipairs(spec_files(options.roots)) do list:write(file, "\0") end
  list:close()
  local command = ("HWDB_RESULTS=%s HWDB_FILTER=%s %s xargs -0 -r -n1 -P%d sh spec/support/one.sh <%s/list"):format(
    quoted(results), quoted(options.filter or ""), options.valgrind and "HWDB_VALGRIND=1" or "", workers,
    quoted(results))
  local total = { passed = 0, failed = 0, skipped = 0 }
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do
    local status, base, file = line:match("^(%d+) (%S+) (.+)$")
    local o = outcome(file, tonumber(status), base, options.filter)
    show(o)
    for key, sum in pairs(total) do total[key] = sum + o[key] end
  end
  if not pipe:close() then total.failed = total.failed + 1 end
  os.execute("rm -rf " .. quoted(results))
  return total
end

--- In the process of one file: busted, reporting through report.lua.
local function run_one(file, filter)
  local words = { [0] = "busted", file, "--output=spec/support/report.lua", "--pattern=_spec" }
  if filter ~= "" then words[#words + 1] = "--filter=" .. filter end
  arg = words -- luacheck: ignore 121
  require("busted.runner")({ standalone = false })
end

if arg[1] == "--one" then
  run_one(arg[2], os.getenv("HWDB_FILTER") or "")
  return
end

local total = run_all(options_of(arg))
io.write(("%d passed, %d failed%s\n"):format(total.passed, total.failed,
  total.skipped > 0 and (", %d skipped"):format(total.skipped) or ""))
os.exit(total.failed == 0 and total.passed > 0 and 0 or 1)
