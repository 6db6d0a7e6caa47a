-- SPDX-License-Identifier: Apache-2.0
-- Secrets with names that are looked for afterwards, in whatever form, wherever a run leaves traces: the journal's files,
-- the log, what people see, plans, reports, the audit. Through failures, retries, doubt, a kill and a rollback.
local account = require("hwdb.runbook.account")
local control = require("hwdb.runbook.control")
local core = require("hwdb.core")
local hwdb = require("hwdb")
local runbook = require("hwdb.runbook")
local support = require("spec.durable.support")

local SECRET <const> = 'Canary-9731?"+/'
local SK <const> = "canary-sk-of-the-account-00000000000000000"

local function base64(text)
  return (require("hwdb.sim.gzip").base64(text):gsub("=+$", ""))
end

local function quoted(secret) return core.encode(secret):sub(2, -2) end

-- The ways a text may hide: as it is, within a URL, as hex or digest, and in base64 wherever in a longer text it stands.
local function forms(secret)
  local list = { secret, core.uri_encode(secret), core.sha256(secret),
    (secret:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) }
  for shift = 0, 2 do
    local whole = base64(("x"):rep(shift) .. secret)
    list[#list + 1] = whole:sub(shift == 0 and 1 or 5, -4)
  end
  return list
end

local FORMS = {}
for _, secret in ipairs({ SECRET, quoted(SECRET), SK }) do
  for _, form in ipairs(forms(secret)) do FORMS[#FORMS + 1] = form end
end

local function world_of(faults)
  local world = support.world({ ak = "CANARYAK", sk = SK, faults = faults })
  world.log = {}
  for _, node in ipairs(world.sim.state.rds.instances) do node.admin_password_sha256 = core.sha256(SECRET) end
  world.client = assert(hwdb.client({ sim = world.sim, log = function(line) table.insert(world.log, line) end }))
  world.client.is_virtual = nil
  return world
end

local function migration(world)
  local nodes = {}
  for i, node in ipairs(world.sim.state.rds.instances) do nodes[i] = node.id end
  return { instance_id = world.instance.id, schema = "orders", shards = 16, nodes = nodes, user = "root",
    password = hwdb.secret(SECRET), window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }
end

-- Everything that is left of the runs of a world, by name.
local function traces(world, said)
  local found = { log = table.concat(world.log, "\n"), said = table.concat(said, "\n") }
  local pipe = assert(io.popen("ls -A '" .. world.folder .. "/hwdb'"))
  for name in pipe:lines() do
    local file = assert(io.open(world.folder .. "/hwdb/" .. name, "rb"))
    found[name] = file:read("a")
    file:close()
  end
  pipe:close()
  support.with_journal(world, function(store)
    for _, run in ipairs(runbook.list(store)) do
      local told = account.of(store, run)
      found["md of " .. run.id] = require("hwdb.runbook.account_md").text(told)
      found["html of " .. run.id] = require("hwdb.runbook.account_html").text(told)
      found["json of " .. run.id] = core.encode(told)
      found["page of " .. run.id] = core.encode(run)
    end
    local entries = {}
    control.verify_audit(store, nil, function(entry) entries[#entries + 1] = core.encode(entry) end)
    found.audit = table.concat(entries, "\n")
  end)
  found.dump = core.encode(require("hwdb.sim.dump").take(world.sim))
  return found
end

local function leaks(found)
  local list, count = {}, 0
  for name, text in pairs(found) do
    count = count + 1
    for i, form in ipairs(FORMS) do
      if text:find(form, 1, true) then list[#list + 1] = ("%s holds form %d"):format(name, i) end
    end
  end
  return list, count
end

local function note(said, reporter, result)
  for _, line in ipairs(reporter and reporter.lines or {}) do said[#said + 1] = line end
  if result and result.error then
    local err = result.error
    said[#said + 1] = tostring(err) .. "\n" .. core.encode({ message = err.message, remedy = err.remedy, problems = err.problems })
  end
end

local CHANGES = { "precheck_shards", "configure_shards", "switch_route" }

describe("canary secrets", function()
  it("are found in every form they are looked for", function()
    local sent = core.encode({ data_nodes = { { password = SECRET } } })
    for _, text in ipairs({ sent, SECRET, "x" .. core.uri_encode(SECRET), base64("ab" .. sent), base64("a" .. sent), base64(sent) }) do
      assert.is_true(#leaks({ it = text }) > 0, text)
    end
    assert.same({}, (leaks({ it = "Canary" })))
  end)

  it("are in none of the traces that runs leave", function()
    local cases, texts = 0, 0
    for _, how in ipairs({ "none", "reset_after", "refuse", "status", "garbage", "job_failed", "html" }) do
      for _, op in ipairs(how == "none" and { "*" } or CHANGES) do
        local faults = how ~= "none" and { { op = "ddm." .. op, ["do"] = how, status = how == "status" and 500 or nil, times = 2 } } or nil
        local world, said, rb = world_of(faults), {}, assert(runbook.load("ddm_shard_migration"))
        local result, reporter = support.run(world, rb, { params = migration(world) })
        note(said, reporter, result)
        if result and result.state ~= "done" then
          local again, more = support.resume(world, result.run, { params = { password = SECRET } })
          note(said, more, again)
        end
        local found = traces(world, said)
        local list, count = leaks(found)
        assert.same({}, list, how .. " of " .. op)
        assert.is_true(#found.log > 0 and #found["journal.db"] > 0)
        cases, texts = cases + 1, texts + count
        support.clean(world)
      end
    end
    print(("%d runs, %d texts searched, 0 violations"):format(cases, texts))
  end)

  it("are in no plan, in nothing a wrong one is told with, and in no rollback", function()
    local world, said = world_of(), {}
    local rb = assert(runbook.load("ddm_shard_migration"))
    support.with_journal(world, function(store)
      local plan = assert(runbook.plan(rb, { client = world.client, params = migration(world), journal = store }))
      said[#said + 1] = core.encode(plan)
    end)
    local result, reporter = support.run(world, rb, { params = migration(world) }, { seen = 0, kill = 80 })
    note(said, reporter, result)
    local run = support.latest(world)
    local wrong, more = support.resume(world, run.id, { params = { password = SECRET .. "x" } })
    assert.matches("not the one this run began with", wrong.error.message, 1, true)
    note(said, more, wrong)
    local back, last = support.resume(world, run.id, { params = { password = SECRET }, rollback = true })
    note(said, last, back)
    assert.equal("rolled_back", back.state)
    assert.same({}, (leaks(traces(world, said))))
    support.clean(world)
  end)
end)
