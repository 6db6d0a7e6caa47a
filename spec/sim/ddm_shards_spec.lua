-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")

local MIGRATION = caller.MIGRATION
local HOUR = 3600

-- What the list shows of a job, for one comparison.
local function state(c, id)
  local job = c:job(id)
  return { job.status, table.concat(job.operations, ","), job.process }
end

local function shards(c)
  return c:must("GET", "/v3/{p}/instances/{i}/databases/orders")
end

local function log(c, id, query)
  return c:must("GET", "/v3/{p}/instance/{i}/task/" .. id .. "/run-logs" .. (query or "")).task_logs
end

local function fail(c, op, change)
  local fault = { op = op, ["do"] = "job_failed" }
  for key, value in pairs(change or {}) do fault[key] = value end
  c.sim:add_fault(fault)
end

-- A task that waits for its switch.
local function waiting(c, change)
  local id = c:configure(change)
  c.sim:advance(3 * HOUR)
  return id
end

-- A task that failed half-way through the full migration.
local function failed(c, change)
  fail(c, "ddm.configure_shards", change)
  local id = c:configure()
  c.sim:advance(3 * HOUR)
  return id
end

describe("a shard configuration", function()
  local c
  before_each(function() c = caller.new() end)

  it("migrates for three hours, waits, is switched by hand and cleaned", function()
    local id = c:configure()
    assert.same({ "migrateLogicDb", "orders", "ddm-orders" },
      { c:job(id).name, c:job(id).database_name, c:job(id).instance_name })
    assert.same({ "RUNNING", "RUNNING" }, { c:instance_status(), c:schema_status() })
    c.sim:advance(2)
    assert.same({ "MIGRATE_DATABASE", "EXPANDING" }, { c:instance_status(), c:schema_status() })
    assert.equal("UNKNOWN", shards(c).status)
    c.sim:advance(HOUR - 2)
    assert.same({ "Running", "toBeCanceled", "33%" }, state(c, id))
    c.sim:advance(2 * HOUR - 1)
    assert.same({ "Running", "toBeCanceled", "99%" }, state(c, id))
    c.sim:advance(1)
    assert.same({ "ToBeSwitched", "modifySwitchingStrategy,toBeCanceled,toBeSwitched", "" }, state(c, id))
    c.sim:advance(10 * HOUR)
    assert.equal("ToBeSwitched", c:job(id).status)
    assert.equal("", c:task(id, "route-switch"))
    assert.same({ "Switching", "", "" }, state(c, id))
    assert.equal(8, shards(c).shard_number)
    c.sim:advance(300)
    assert.same({ "ToBeCleaned", "toBeCleaned", "" }, state(c, id))
    assert.same({ "RUNNING", "RUNNING" }, { c:instance_status(), c:schema_status() })
    assert.same({ 12, 3 }, { shards(c).shard_number, #shards(c).data_nodes })
    local clean = c:task(id, "clean").job_id
    assert.not_equal(id, clean)
    assert.same({ "ToBeCleaned", "", "" }, state(c, id))
    assert.equal("Running", c:job(clean).status)
    c.sim:advance(600)
    assert.same({ "Completed", "", "" }, state(c, id))
    assert.same({ "Completed", "", "" }, state(c, clean))
  end)

  it("answers single jobs in the states of the list", function()
    local id = waiting(c)
    local job = c:must("GET", "/v3/{p}/jobs/" .. id).job
    assert.same({ "ToBeSwitched", "migrateLogicDb", "" }, { job.status, job.name, job.process })
    assert.same({ id = c.instance, name = "ddm-orders" }, job.instance)
    assert.equal(job.created_time, job.end_time)
  end)

  it("shows what was asked for", function()
    local id = c:configure({ switch_route_begin_time = "17:00:00", switch_route_end_time = "18:00:00" })
    local shown = c:must("GET", MIGRATION .. "/jobs/" .. id)
    assert.same({ "ddm-orders", 8, 12, false, "17:00:00", "18:00:00", false },
      { shown.instance_name, shown.original_shard_num, shown.after_shard_num, shown.switch_route_is_manual,
        shown.auto_switch_begin_time, shown.auto_switch_end_time, shown.is_exclusive })
    assert.same({ 2, 3, "rds-spare-1" }, { #shown.original_dn_info_list, #shown.after_dn_info_list,
      shown.after_dn_info_list[3].dn_instance_name })
    assert.matches("no09$", shown.node_id_for_migrate)
  end)

  it("may move whole shards to more nodes, or add shards to the same nodes", function()
    local id = waiting(c, { new_shard_number = "8" })
    c:task(id, "route-switch")
    c.sim:advance(300)
    assert.same({ 8, 3 }, { shards(c).shard_number, #shards(c).data_nodes })
    c:task(id, "clean")
    c.sim:advance(600)
    id = waiting(c, { new_shard_number = 24, data_nodes = c:data_nodes(3) })
    c:task(id, "route-switch")
    c.sim:advance(300)
    assert.same({ 24, 3 }, { shards(c).shard_number, #shards(c).data_nodes })
  end)

  it("switches by itself in its window, next day if need be", function()
    local id = waiting(c, { switch_route_begin_time = "10:00:00", switch_route_end_time = "11:00:00" })
    assert.same({ "ToBeSwitched", "modifySwitchingStrategy,toBeCanceled", "" }, state(c, id))
    assert.same({ 400, "DBS.300402" }, { c:task_refused(id, "route-switch") })
    c.sim:advance(23 * HOUR - 1)
    assert.equal("ToBeSwitched", c:job(id).status)
    c.sim:advance(1)
    assert.equal("Switching", c:job(id).status)
    c.sim:advance(300)
    assert.equal("ToBeCleaned", c:job(id).status)
  end)

  it("switches at once when it becomes ready inside its window", function()
    local id = c:configure({ switch_route_begin_time = "10:30:00", switch_route_end_time = "11:30:00" })
    c.sim:advance(3 * HOUR)
    assert.equal("Switching", c:job(id).status)
  end)

  it("reads its window in the zone the world has", function()
    c = caller.new({ readings = { window_utc_offset_minutes = 480 } })
    local id = c:configure({ switch_route_begin_time = "18:30:00", switch_route_end_time = "19:30:00" })
    c.sim:advance(3 * HOUR)
    assert.equal("Switching", c:job(id).status)
  end)

  it("changes its policy only while it waits", function()
    local id = c:configure()
    assert.same({ 400, "DBS.300401" }, { c:task_refused(id, "route-switch-strategy") })
    c.sim:advance(3 * HOUR)
    assert.same({}, c:task(id, "route-switch-strategy",
      { switch_route_begin_time = "12:00:00", switch_route_end_time = "13:00:00" }))
    assert.same({ "ToBeSwitched", "modifySwitchingStrategy,toBeCanceled", "" }, state(c, id))
    c.sim:advance(1800)
    assert.same({}, c:task(id, "route-switch-strategy"))
    c.sim:advance(24 * HOUR)
    assert.same({ "ToBeSwitched", "modifySwitchingStrategy,toBeCanceled,toBeSwitched", "" }, state(c, id))
    c:task(id, "route-switch-strategy", { switch_route_begin_time = "11:30:00", switch_route_end_time = "12:30:00" })
    assert.equal("Switching", c:job(id).status)
  end)

  it("refuses windows by either reading of their length", function()
    local id = waiting(c)
    local function change(from, to)
      return { c:task_refused(id, "route-switch-strategy", { switch_route_begin_time = from, switch_route_end_time = to }) }
    end
    assert.same({ 400, "DBS.300377" }, change("17:00:00", "18:00:01"))
    assert.same({ 400, "DBS.300377" }, change("23:30:00", "00:30:00"))
    assert.same({ 400, "DBS.300377" }, change("17:00:00", nil))
    c = caller.new({ readings = { strategy_window = "at_least_hour" } })
    id = waiting(c)
    assert.same({ 400, "DBS.300377" }, change("17:00:00", "17:59:59"))
    c:task(id, "route-switch-strategy", { switch_route_begin_time = "17:00:00", switch_route_end_time = "19:00:00" })
  end)

  it("refuses a policy whose body names something else", function()
    local id = waiting(c)
    assert.same({ 400, "DBS.280001" }, { c:task_refused(id, "route-switch-strategy", { task_id = "another" }) })
    assert.same({ 400, "DBS.280001" }, { c:task_refused(id, "route-switch-strategy", { instance_id = "another" }) })
    assert.same({}, c:task(id, "route-switch-strategy", { task_id = id, instance_id = c.instance, logic_db_name = "orders",
      project_id = c.sim.project_id, is_open_api = true }))
  end)

  for name, seconds in pairs({ running = HOUR, ["waiting for its switch"] = 3 * HOUR }) do
    it("is cancelled while " .. name .. ", under a new job id", function()
      local id = c:configure()
      c.sim:advance(seconds)
      local cancel = c:task(id, "cancel").job_id
      assert.not_equal(id, cancel)
      assert.same({ { "Canceling", "", "" }, { "Canceling", "", "" } }, { state(c, id), state(c, cancel) })
      assert.same({ 400, "DBS.300134" }, { c:task_refused(id, "cancel") })
      c.sim:advance(120)
      assert.same({ { "CancelSuccess", "", "" }, { "CancelSuccess", "", "" } }, { state(c, id), state(c, cancel) })
      assert.same({ "RUNNING", "RUNNING" }, { c:instance_status(), c:schema_status() })
      assert.same({ 8, 2 }, { shards(c).shard_number, #shards(c).data_nodes })
      assert.is_nil(c.sim.state.rds.instances[3].ddm_id)
      c.sim:advance(10 * HOUR)
      assert.equal("CancelSuccess", c:job(id).status)
      c:configure()
    end)
  end

  it("fails, tells why in its log, and offers three ways on", function()
    local id = failed(c)
    assert.same({ "Failed", "toBeRetried,toBeRolled,toBeCanceled", "" }, state(c, id))
    assert.equal("DBS.300331 Data migration error.", c:job(id).fail_reason)
    assert.same({ "RUNNING", "EXPAND_FAILED" }, { c:instance_status(), c:schema_status() })
    local lines = log(c, id)
    assert.same({ "ERROR", "DBS.300331 Data migration error. (full)", id, c.instance },
      { lines[#lines].level, lines[#lines].message, lines[#lines].task_id, lines[#lines].ddm_instance_id })
    assert.same({ 400, "DBS.300130" }, { c:refused("POST", MIGRATION, { data_nodes = c:data_nodes(2),
      new_shard_number = "9" }) })
  end)

  it("fails in the phase and for the reason that were asked for", function()
    local id = failed(c, { phase = "incremental", code = "DBS.300332", reason = "The copy was too slow.", at = 0.1 })
    assert.equal("DBS.300332 The copy was too slow.", c:job(id).fail_reason)
    assert.same({ "Full migration ended: structure, data and indexes.", "DBS.300332 The copy was too slow. (incremental)" },
      { log(c, id)[2].message, log(c, id)[3].message })
    assert.equal("2026-01-01T10:33:00+0000", c:must("GET", "/v3/{p}/jobs/" .. id).job.end_time)
  end)

  it("is retried under a new job id from the phase that failed", function()
    local id = failed(c, { phase = "incremental" })
    local again = c:task(id, "retry").job_id
    assert.not_equal(id, again)
    assert.same({ "Failed", "", "" }, state(c, id))
    assert.same({ "retryMigrateLogicDb", "Running", "0%" },
      { c:job(again).name, c:job(again).status, c:job(again).process })
    assert.same({ 400, "DBS.300123" }, { c:task_refused(id, "retry") })
    c.sim:advance(1800)
    assert.equal("ToBeSwitched", c:job(again).status)
    c:task(again, "route-switch")
    c.sim:advance(300)
    c:task(again, "clean")
    c.sim:advance(600)
    assert.same({ "Completed", "Failed" }, { c:job(again).status, c:job(id).status })
    assert.equal(12, shards(c).shard_number)
  end)

  it("can fail again when retried", function()
    local id = failed(c)
    fail(c, "ddm.retry_shards")
    local again = c:task(id, "retry").job_id
    c.sim:advance(3 * HOUR)
    assert.same({ "Failed", "toBeRetried,toBeRolled,toBeCanceled", "" }, state(c, again))
  end)

  it("is rolled back under a new job id", function()
    local id = failed(c)
    local back = c:task(id, "rollback").job_id
    c.sim:advance(2)
    assert.same({ { "Rollbacking", "", "" }, "Rollbacking", "MIGRATE_DATABASE", "ROLLING BACK" },
      { state(c, id), c:job(back).status, c:instance_status(), c:schema_status() })
    c.sim:advance(598)
    assert.same({ "RollbackSuccess", "RollbackSuccess", "RUNNING", "RUNNING", 8 },
      { c:job(id).status, c:job(back).status, c:instance_status(), c:schema_status(), shards(c).shard_number })
    c:configure()
  end)

  it("is cancelled after it failed", function()
    local id = failed(c)
    c:task(id, "cancel")
    c.sim:advance(120)
    assert.same({ "CancelSuccess", "RUNNING" }, { c:job(id).status, c:schema_status() })
  end)

  it("can fail while it switches, and be retried from the incremental part", function()
    local id = waiting(c)
    fail(c, "ddm.switch_route", { code = "DBS.300353", reason = "Data verification failed." })
    c:task(id, "route-switch")
    c.sim:advance(300)
    assert.same({ "Failed", "toBeRetried,toBeRolled,toBeCanceled", "" }, state(c, id))
    assert.equal(8, shards(c).shard_number)
    local again = c:task(id, "retry").job_id
    c.sim:advance(1800)
    assert.equal("ToBeSwitched", c:job(again).status)
  end)

  for action, op in pairs({ cancel = "cancel_shards", rollback = "rollback_shards" }) do
    it("offers the same ways again when its " .. action .. " fails", function()
      local id = failed(c)
      fail(c, "ddm." .. op)
      local job = c:task(id, action).job_id
      c.sim:advance(600)
      assert.equal("Failed", c:job(job).status)
      assert.same({ "Failed", "toBeRetried,toBeRolled,toBeCanceled", "" }, state(c, id))
      assert.same({ "RUNNING", "EXPAND_FAILED" }, { c:instance_status(), c:schema_status() })
    end)
  end

  it("waits to be cleaned again when cleaning fails", function()
    local id = waiting(c)
    c:task(id, "route-switch")
    c.sim:advance(300)
    fail(c, "ddm.clean_shards", { code = "DBS.300367" })
    local clean = c:task(id, "clean").job_id
    c.sim:advance(600)
    assert.same({ "Failed", "DBS.300367 Failed to clear source data." },
      { c:job(clean).status, c:job(clean).fail_reason })
    assert.same({ "ToBeCleaned", "toBeCleaned", "" }, state(c, id))
    c:task(id, "clean")
    c.sim:advance(600)
    assert.equal("Completed", c:job(id).status)
  end)

  it("is Completed with toBeCleaned where the document's list of states is followed", function()
    c = caller.new({ readings = { cleaned_state = "Completed" } })
    local id = waiting(c)
    c:task(id, "route-switch")
    c.sim:advance(300)
    assert.same({ "Completed", "toBeCleaned", "" }, state(c, id))
    c:task(id, "clean")
    c.sim:advance(600)
    assert.same({ "Completed", "", "" }, state(c, id))
  end)

  it("blocks other work and the next configuration until it is cleaned", function()
    local id = c:configure()
    local next_step = { data_nodes = c:data_nodes(4), new_shard_number = "16" }
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", MIGRATION, next_step) })
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", "/v1/{p}/instances/{i}/action", { restart = {} }) })
    assert.same({ 409, "DBS.200019" }, { c:refused("DELETE", "/v1/{p}/instances/{i}/databases/orders") })
    c.sim:advance(3 * HOUR)
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", MIGRATION, next_step) })
    c:task(id, "route-switch")
    c.sim:advance(300)
    assert.same({ 400, "DBS.300358" }, { c:refused("POST", MIGRATION, next_step) })
    assert.same({ 400, "DBS.300358" }, { c:refused("POST", MIGRATION .. "/precheck", next_step) })
    assert.same({ 400, "DBS.300358" }, { c:refused("DELETE", "/v1/{p}/instances/{i}/databases/orders") })
    c:task(id, "clean")
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", "/v1/{p}/instances/{i}/action", { restart = {} }) })
    c.sim:advance(600)
    c:configure({ data_nodes = c:data_nodes(4), new_shard_number = "16" })
  end)

  it("refuses every move its state does not allow", function()
    local function moves(id)
      local codes = {}
      for i, action in ipairs({ "route-switch-strategy", "route-switch", "cancel", "retry", "rollback", "clean" }) do
        local _, body = c:call("PUT", MIGRATION .. "/jobs/" .. id .. "/" .. action)
        codes[i] = type(body) == "table" and (body.error_code or body.errCode) or "ok"
      end
      return codes
    end
    local id = waiting(c)
    c:task(id, "route-switch")
    assert.same({ "DBS.300401", "DBS.300402", "DBS.300134", "DBS.300123", "DBS.300122", "DBS.300121" }, moves(id))
    c.sim:advance(300)
    c:task(id, "clean")
    assert.same({ "DBS.300401", "DBS.300402", "DBS.300134", "DBS.300123", "DBS.300122", "DBS.300121" }, moves(id))
    c.sim:advance(600)
    assert.same({ "DBS.300401", "DBS.300402", "DBS.300134", "DBS.300123", "DBS.300122", "DBS.300121" }, moves(id))
  end)

  it("refuses unknown tasks and jobs of another kind", function()
    assert.same({ 400, "DBS.300400" }, { c:refused("GET", MIGRATION .. "/jobs/none") })
    local id = waiting(c)
    local cancel = c:task(id, "cancel").job_id
    assert.same({ 400, "DBS.300379" }, { c:task_refused(cancel, "cancel") })
    assert.same({ 400, "DBS.300379" }, { c:refused("GET", MIGRATION .. "/jobs/" .. cancel) })
    assert.same({ 400, "DBS.300129" }, { c:refused("GET", "/v3/{p}/instances/{i}/databases/none/migration/jobs/" .. id) })
    assert.same({ 404, "DBS.200002" }, { c:refused("GET",
      "/v3/{p}/instances/0123456789abcdef0123456789abcdefin09/databases/orders/migration/jobs/" .. id) })
  end)

  it("answers the documents' own waiting task", function()
    c = caller.new({ world = "documents" })
    c.instance = "733c7e8d73a54c27b8308ec784a8be8cin09"
    local path = "/v3/74f57817ca8f42e19318eb0e0ad41d18/instances/{i}/databases/db_e487/migration/jobs/"
      .. "92370d30-3ddc-4e05-b8ab-51662d824318"
    assert.equal(9, c:must("GET", path).after_shard_num)
    c:must("PUT", path .. "/route-switch")
    c.sim:advance(300)
    assert.equal("ToBeCleaned", c:job("92370d30-3ddc-4e05-b8ab-51662d824318").status)
    c:must("PUT", path .. "/clean")
  end)
end)
