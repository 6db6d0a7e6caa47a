-- SPDX-License-Identifier: Apache-2.0
-- The full sweep of `make torture`: the shipped migration and the clearing after it killed at every write of their journal,
-- at pairs of them, with connections cut and late effects besides. The program kills and compares; this sums up.
--   lua5.4 spec/support/torture_all.lua PROGRAM [bounded]
local program, bounded = arg[1], arg[2] == "bounded"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local folder = assert(io.popen("mktemp -d")):read("l")

local function faults(name, text)
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return "--faults " .. quoted(path)
end

local CHANGES = { "precheck_shards", "configure_shards", "switch_route" }

local MIGRATION, CLEARING = "ddm_shard_migration ", "ddm_shard_clean "

local SWEEPS = {
  { "undisturbed, every point", MIGRATION .. (bounded and "--points 8" or "") },
  { "killed again while it recovers", MIGRATION .. (bounded and "--points 1 --pairs 4" or "--points 1 --pairs 120 --seed 7") },
  { "the clearing, every point", CLEARING .. (bounded and "--points 3" or "") },
  { "the clearing, killed again", CLEARING .. (bounded and "--points 1 --pairs 2" or "--points 1 --pairs 40 --seed 3") },
}

for _, how in ipairs({ "reset_before", "reset_after", "late", "garbage" }) do
  for _, op in ipairs(CHANGES) do
    if not bounded or op == "switch_route" and (how == "reset_after" or how == "late") then
      SWEEPS[#SWEEPS + 1] = { ("%s of %s"):format(how, op), MIGRATION .. faults(how .. op,
        ('{"op":"ddm.%s","do":"%s","seconds":90}\n'):format(op, how)) .. (bounded and " --points 2" or " --points 25") }
    end
  end
end

if not bounded then
  for _, how in ipairs({ "reset_before", "reset_after", "late", "garbage" }) do
    SWEEPS[#SWEEPS + 1] = { how .. " of clean_shards", CLEARING .. faults(how .. "clean",
      ('{"op":"ddm.clean_shards","do":"%s","seconds":90}\n'):format(how)) .. " --points 15" }
  end
end

local function swept(sweep)
  local pipe = assert(io.popen(("%s torture %s 2>&1"):format(quoted(program), sweep[2])))
  local text = pipe:read("a")
  pipe:close()
  local points, violations = text:match("(%d+) points, (%d+) violations\n$")
  local kills = text:match("(%d+) kills carried out")
  if not points then
    io.write(text)
    return 0, 0, 1
  end
  io.write(("%-44s %4d points, %4d kills, %d violations\n"):format(sweep[1], points, kills, violations))
  if violations ~= "0" then io.write(text) end
  io.flush()
  return tonumber(points), tonumber(kills), tonumber(violations)
end

local total = { 0, 0, 0 }

-- The proofs that run within one process, losing power instead of being killed.
local function proofs(file)
  local pipe = assert(io.popen(("timeout 900 lua5.4 spec/support/run.lua --one %s 2>&1"):format(file)))
  for line in pipe:lines() do
    print(("%-44s %s"):format(file, line))
    local points, kills, violations = line:match("^(%d+) points, (%d+) kills, (%d+) violations$")
    if points then total[1], total[2], total[3] = total[1] + points, total[2] + kills, total[3] + violations end
    if line:find("^failed: ") or line:find("^error: ") then total[3] = total[3] + 1 end
  end
  pipe:close()
end

if not bounded then
  for _, name in ipairs({ "replay", "rollback", "guards", "handle" }) do proofs("spec/durable/" .. name .. "_spec.lua") end
end
for _, sweep in ipairs(SWEEPS) do
  local points, kills, violations = swept(sweep)
  total[1], total[2], total[3] = total[1] + points, total[2] + kills, total[3] + violations
end
os.execute("rm -rf " .. quoted(folder))
print(("%d points, %d kills carried out, %d violations"):format(total[1], total[2], total[3]))
os.exit(total[3] == 0 and total[1] > 0 and 0 or 1)
