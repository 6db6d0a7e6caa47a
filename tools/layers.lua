-- SPDX-License-Identifier: Apache-2.0
-- Checks who may include or require whom. A C file includes only its own layer and lower ones; some headers of other
-- projects have one home each; in Lua the simulator never requires the runbook engine, and scripts require only hwdb.

-- Patterns of file stems, lowest layer first. A file that fits none is an error: give it a layer here.
local layers = {
  { "buf", "err", "word" },
  { "model", "pattern", "json", "rows", "api/.+" },
  { "uri", "check", "request", "sign", "reply", "endpoint", "credentials", "profile", "login", "diagnose", "metadata" },
  { "port", "port_.+" },
  { "client", "client_.+", "call", "auth", "pace", "hwdb", "hwdb_.+" },
  { "store", "store_.+" },
  { "lua_.+" },
  { "httpd", "main", "cmd_.+", "host_.+" },
}

local homes = {
  { header = "^curl/", files = { "port_curl%.c" } },
  { header = "^openssl/", files = { "sign%.c" } },
  { header = "^sqlite3%.h$", files = { "store_sqlite%.c" } },
  { header = "^cjson/", files = { "json%.c" } },
  { header = "^microhttpd%.h$", files = { "httpd%.c" } },
  { header = "^lua%.h$", files = { "lua_.+%.[ch]", "main%.c", "host_.+%.[ch]" } },
  { header = "^lauxlib%.h$", files = { "lua_.+%.[ch]", "main%.c", "host_.+%.[ch]" } },
  { header = "^lualib%.h$", files = { "lua_.+%.[ch]", "main%.c", "host_.+%.[ch]" } },
}

local problems = {}

local function problem(file, line, text)
  problems[#problems + 1] = ("%s:%d: %s"):format(file, line, text)
end

local function files_in(folder, pattern)
  local pipe = assert(io.popen(("find %s -name '%s' 2>/dev/null | LC_ALL=C sort"):format(folder, pattern)))
  local list = {}
  for file in pipe:lines() do list[#list + 1] = file end
  pipe:close()
  return list
end

local function layer_of(stem)
  for layer, patterns in ipairs(layers) do
    for _, pattern in ipairs(patterns) do
      if stem:match("^" .. pattern .. "$") then return layer - 1 end
    end
  end
end

local function at_home(name, home)
  for _, pattern in ipairs(home.files) do
    if name:match("^" .. pattern .. "$") then return true end
  end
  return false
end

local function check_system_header(file, line, name, header)
  for _, home in ipairs(homes) do
    if header:match(home.header) and not at_home(name, home) then
      problem(file, line, ("<%s> belongs in %s only"):format(header, home.files[1]:gsub("%%", "")))
    end
  end
end

local function check_c(file)
  local name = file:gsub("^src/", "")
  local own = layer_of((name:gsub("%.[ch]$", "")))
  if not own then return problem(file, 1, "has no layer: add it to tools/layers.lua") end
  local number = 0
  for text in io.lines(file) do
    number = number + 1
    local header = text:match('^%s*#%s*include%s*<([^>]+)>')
    if header then check_system_header(file, number, name, header) end
    local included = text:match('^%s*#%s*include%s*"([^"]+)"')
    local other = included and layer_of((included:gsub("%.[ch]$", "")))
    if included and not other then
      problem(file, number, ("\"%s\" has no layer: add it to tools/layers.lua"):format(included))
    elseif included and other > own then
      problem(file, number, ("layer %d includes \"%s\" of layer %d"):format(own, included, other))
    end
  end
end

local function check_requires(file, allowed)
  local number = 0
  for text in io.lines(file) do
    number = number + 1
    local code = text:gsub("%-%-.*$", "")
    for module in code:gmatch("require%s*%(?%s*[\"']([^\"']+)[\"']") do
      local complaint = allowed(module)
      if complaint then problem(file, number, complaint) end
    end
  end
end

for _, file in ipairs(files_in("src", "*.[ch]")) do check_c(file) end
for _, file in ipairs(files_in("lua/hwdb/sim", "*.lua")) do
  check_requires(file, function(module)
    return module:match("^hwdb%.runbook") and "the simulator never requires the runbook engine" or nil
  end)
end
for _, file in ipairs(files_in("scripts", "*.lua")) do
  check_requires(file, function(module)
    return module ~= "hwdb" and ("a script requires only hwdb, not " .. module) or nil
  end)
end
for _, folder in ipairs{ "src", "lua", "scripts", "spec", "tools" } do
  for _, file in ipairs(files_in(folder, "*util*")) do problem(file, 1, "nothing is called utils: name what it does") end
end

for _, text in ipairs(problems) do io.stderr:write(text, "\n") end
if problems[1] then os.exit(1) end
print("layers: as they should be")
