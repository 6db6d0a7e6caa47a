-- SPDX-License-Identifier: Apache-2.0
-- The full sweep of `make torture`: the shipped migration and the clearing after it killed at every write of their journal,
-- at pairs of them, with connections cut and late effects besides. The program kills and compares; this sums up, with the
-- proofs that run within one process, losing power instead of being killed.
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

-- What the how-to pages run to its end on the simulator, as words of torture. A fleet has no single world to kill in.
local function page_sweeps(path)
  local file = assert(io.open(path))
  local text = file:read("a"):gsub("\\\n%s*", "")
  file:close()
  for line in text:gmatch("\n%$ hwdb run ([^\n]+)") do
    local name = line:match("^%S+")
    if line:find(" --sim", 1, true) and not name:find("^fleet_") and not name:find("^ddm_shard_") and not line:find(" --json", 1, true) then
      SWEEPS[#SWEEPS + 1] = { "page: " .. name, line:gsub(" %-%-sim", "", 1) .. " --points 6 --pairs 2 --lost-answers", page = true }
    end
  end
end

if not bounded then
  local pages = assert(io.popen("ls docs/runbooks/*.md"))
  for path in pages:lines() do page_sweeps(path) end
  pages:close()
end

local function swept(sweep)
  local pipe = assert(io.popen(("%s torture %s 2>&1"):format(quoted(program), sweep[2])))
  local text = pipe:read("a")
  pipe:close()
  local points, violations = text:match("(%d+) points, (%d+) violations\n$")
  local kills = text:match("(%d+) kills carried out")
  if sweep.page and text:find("undisturbed the runbook ends with exit code 3", 1, true) then
    io.write(("%-44s waits for a person\n"):format(sweep[1]))
    return 0, 0, 0
  end
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

-- By their numbers: 1 kills, 2 cut connections, 3 kills during recovery, 4 late effects, 5 full and failing disks, 6 damaged
-- journals, 7 changed scripts, 8 two operators, 9 third persons, 10 plans, 11 failing steps and rollbacks, 12 canary secrets,
-- 13 thirty days of polling; and whether a missing guard is noticed.
local PROOFS = {
  { "1-4  power lost, connections cut", "spec/durable/replay_spec.lua" },
  { "5    disks; mutation check", "spec/durable/guards_spec.lua" },
  { "6    damaged journals", "spec/store/damage_spec.lua spec/store/crash_spec.lua" },
  { "7, 8, 13  scripts, operators, polling", "spec/durable/bad_days_spec.lua spec/store/shared_spec.lua" },
  { "9    third persons", "spec/durable/handle_spec.lua" },
  { "10   plans", "spec/durable/plan_spec.lua" },
  { "11   rollbacks", "spec/durable/rollback_spec.lua" },
  { "12   canary secrets", "spec/durable/canary_spec.lua" },
  { "1, 10  every shipped runbook", "spec/runbooks" },
}

local function proofs(proof)
  local points, kills, violations = 0, 0, 0
  local pipe = assert(io.popen(("lua5.4 spec/support/run.lua %s 2>&1"):format(proof[2])))
  local held, text = 0, {}
  for line in pipe:lines() do
    text[#text + 1] = line
    local wrong = line:match(" (%d+) violations$")
    if wrong then
      points = points + tonumber(line:match("(%d+) points") or line:match("(%d+) boundaries") or 0)
      kills, violations = kills + tonumber(line:match("(%d+) kills") or 0), violations + tonumber(wrong)
    end
    if line:find("seeded faults caught") then print("      " .. line:match("%S.*$")) end
    local passed, failed = line:match("^(%d+) passed, (%d+) failed")
    if passed then held, violations = tonumber(passed), violations + tonumber(failed) end
  end
  if not pipe:close() and violations == 0 then violations = 1 end
  if violations > 0 then print(table.concat(text, "\n")) end
  io.write(("%-44s %4d points, %4d kills, %d violations (%d specs)\n"):format(proof[1], points, kills, violations, held))
  io.flush()
  total[1], total[2], total[3] = total[1] + points, total[2] + kills, total[3] + violations
end

if not bounded then
  for _, proof in ipairs(PROOFS) do proofs(proof) end
end
for _, sweep in ipairs(SWEEPS) do
  local points, kills, violations = swept(sweep)
  total[1], total[2], total[3] = total[1] + points, total[2] + kills, total[3] + violations
end
os.execute("rm -rf " .. quoted(folder))
print(("%d points, %d kills carried out, %d violations"):format(total[1], total[2], total[3]))
os.exit(total[3] == 0 and total[1] > 0 and 0 or 1)
