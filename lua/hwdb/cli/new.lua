-- SPDX-License-Identifier: Apache-2.0
-- hwdb new NAME: a runbook that works and its spec, to begin from. Never over anything that is there.
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local quoted = require("hwdb.cli.pipe").quoted

local LONGEST = 40

local function check_name(name)
  if not name:match("^%l[%l%d_]*$") or #name > LONGEST then
    fail.usage(("%q is no name for a runbook"):format(name),
      ("small letters, digits and _, beginning with a letter, at most %d"):format(LONGEST))
  end
  for _, shipped in ipairs(require("hwdb.runbook").shipped()) do
    if shipped == name then fail.usage(name .. " is the name of a shipped runbook", "give another name") end
  end
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function is_folder(path)
  return os.execute("test -d " .. quoted(path)) == true
end

local function put(path, text)
  local file, message = io.open(path, "wb")
  local ok = file
  if file then
    ok, message = file:write(text)
    local closed, why = file:close()
    if not closed then ok, message = nil, why end
  end
  if not ok then fail.raise("failed", "cannot write " .. message) end
end

return {
  usage = { "hwdb new NAME [--folder DIR]" },
  details = "Writes NAME.lua, a commented runbook that works on the simulator, and NAME_spec.lua, which passes. Nothing that is\n"
    .. "there is overwritten.",
  options = { { name = "folder", value = "DIR", help = "where they go; here unless given" } },
  examples = { "hwdb new rename_all --folder runbooks" },
  run = function(given, rest)
    if #rest ~= 1 then fail.usage("new takes one name", "see: hwdb new --help") end
    local name, folder = rest[1], given.folder or "."
    check_name(name)
    if not is_folder(folder) then fail.usage(("there is no folder %s"):format(folder), "make it first: mkdir " .. folder) end
    local skeleton = require("hwdb.cli.skeleton")
    local base = folder == "." and name or folder:gsub("/+$", "") .. "/" .. name
    local files = { { base .. ".lua", skeleton.RUNBOOK }, { base .. "_spec.lua", skeleton.SPEC } }
    for _, file in ipairs(files) do
      if exists(file[1]) then fail.usage(file[1] .. " is there already", "nothing has been written; give another name or folder") end
    end
    for _, file in ipairs(files) do
      put(file[1], (file[2]:gsub("{{name}}", name)))
      output.line("%s", file[1])
    end
    local path = base:find("/", 1, true) and base or "./" .. base
    output.note("next: hwdb run %s.lua --sim, hwdb check %s.lua, lua5.4 /usr/bin/busted %s_spec.lua", path, path, path)
  end,
}
