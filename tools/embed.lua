-- SPDX-License-Identifier: Apache-2.0
-- Writes the Lua sources named as arguments as one C table, sorted by name, for the host to load without touching the disk.
-- lua/hwdb/sim/init.lua is named "hwdb.sim", scripts/x.lua "script:x".

local function name_of(path)
  local script = path:match("^scripts/(.+)%.lua$")
  if script then return "script:" .. script end
  local module = path:match("^lua/(.+)%.lua$")
  if not module then error("not below lua/ or scripts/: " .. path, 0) end
  return (module:gsub("/init$", ""):gsub("/", "."))
end

local function bytes_of(path)
  local file <close> = assert(io.open(path, "rb"))
  local text = file:read("a")
  if not load(text, "=" .. path, "t") then error(select(2, load(text, "=" .. path, "t")), 0) end
  return text
end

local sources = {}
for _, path in ipairs(arg) do
  sources[#sources + 1] = { name = name_of(path), text = bytes_of(path) }
end
table.sort(sources, function(a, b) return a.name < b.name end)

local out = { "struct host_source { const char *name; const unsigned char *text; unsigned len; };\n",
  "extern const struct host_source host_sources[];\nextern const unsigned host_source_count;\n" }
for i, source in ipairs(sources) do
  local digits = source.text:gsub(".", function(c) return c:byte() .. "," end)
  out[#out + 1] = ("static const unsigned char text_%d[] = {%s0};\n"):format(i, digits)
end
out[#out + 1] = "const struct host_source host_sources[] = {\n"
for i, source in ipairs(sources) do
  out[#out + 1] = ("  { \"%s\", text_%d, %d },\n"):format(source.name, i, #source.text)
end
out[#out + 1] = ("  { 0, 0, 0 }\n};\nconst unsigned host_source_count = %d;\n"):format(#sources)
io.write(table.concat(out))
