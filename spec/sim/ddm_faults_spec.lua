-- SPDX-License-Identifier: Apache-2.0
-- Every changing call of 4.2.15 and later under the faults that concern it:
-- one effect each, and what becomes of it when it fails, comes late, shows
-- late, or somebody else was first.
local caller = dofile("spec/sim/caller.lua")

local I = "/v3/{p}/instances/{i}"

local function nodes(c) return c.sim.state.ddm.instances[1].nodes end
local function group(c)
  return { name = "group-1", type = "r", flavor_ref = "ddm.c6.4xlarge.2",
    nodes = { { available_zone = "cn-north-4a", subnet_id = c.sim.state.network.subnets[1].id } } }
end

-- {op, method, path, body, status meanwhile, status after a failure}; a function is asked with the caller.
local JOBS = {
  { "resize_flavor", "PUT", I .. "/flavor", { spec_code = "ddm.c6.4xlarge.2" }, "RESIZING" },
  { "create_group", "POST", I .. "/groups", group, "CREATE_GROUP" },
  { "expand_instance_nodes_v3", "POST", I .. "/nodes", { nodes = { { available_zone = "cn-north-4a" } } }, "GROWING" },
  { "delete_nodes", "DELETE", I .. "/nodes", function(c) return { node_ids = { nodes(c)[1].id } } end, "REDUCING" },
  { "delete_instance_v3", "DELETE", I .. "?delete_dn_data=false", nil, "DELETING", "ERROR" },
  { "switch_ssl", "POST", I .. "/switch-ssl", { ssl_enabled = true }, "SWITCH_SSL" },
  { "update_instance_port", "PUT", I .. "/port", { port = 5070 } },
  { "restart_instance_v3", "POST", I .. "/restart", nil, "RESTARTING", "ERROR" },
  { "restart_node", "POST", function(c) return I .. "/nodes/" .. nodes(c)[1].id .. "/restart" end, nil, "RESTARTING", "ERROR" },
  { "bind_eip", "POST", I .. "/eip", { public_ip = "10.1.1.1", public_ip_id = "7c87996a-85f4-4029-a254-502999d4767a" } },
  { "update_elb_ip", "PUT", I .. "/elb/ip", { new_ip = "192.168.9.9" } },
  { "update_instance_name_v3", "PUT", I .. "/name", { name = "ddm-renamed" }, "MODIFY_NAME" },
  { "set_read_only_status", "PUT", I .. "/readonly-status", { readonly = true } },
  { "move_tmlog_files", "POST", I .. "/tmlogs", function(c) return { node_ids = { nodes(c)[1].id } } end },
  { "reset_administrator", "PUT", I .. "/admin-user", { name = "root", password = "Orange-tree-7" }, "RESET_PASSWORD" },
  { "change_database_version", "POST", I .. "/database-version/change-version", { target_version = "3.1.0.7" },
    "UPGRADE_VERSION_INSTANCE" },
  { "update_instance_parameters", "PUT", I .. "/configurations", { values = { long_query_time = "2" } }, "SET_CONFIGURATION" },
}

local SYNCHRONOUS = {
  { "update_instance_security_group_v3", "PUT", I .. "/security-group",
    function(c) return { security_group_id = c.sim.state.network.security_groups[2].id } end },
  { "reload_table_data_v3", "POST", I .. "/reload-config", {} },
  { "create_users", "POST", "/v1/{p}/instances/{i}/users", { users = { { name = "a", password = "x", base_authority = { "SELECT" } } } } },
  { "update_user", "PUT", "/v1/{p}/instances/{i}/users/app", { user = { description = "x" } } },
  { "delete_user", "DELETE", "/v1/{p}/instances/{i}/users/app" },
  { "reset_user_password", "POST", "/v2/{p}/instances/{i}/users/app/password", { password = "x" } },
  { "create_user_v3", "POST", I .. "/users", { name = "a", password = "Orange-tree-7", base_authority = { "SELECT" } } },
  { "update_user_v3", "PUT", I .. "/users/app", { description = "x" } },
  { "delete_user_v3", "DELETE", I .. "/users/app" },
  { "reset_user_password_v3", "POST", I .. "/users/app/password", { password = "Orange-tree-7" } },
  { "kill_logical_sessions", "DELETE", I .. "/logical-processes", { process_ids = { "4564301" } } },
  { "kill_physical_sessions", "DELETE", function(c)
    return "/v3/{p}/instances/" .. c.sim.state.rds.instances[1].id .. "/physical-processes"
  end, { process_ids = { "1971" } } },
  { "delete_backup", "DELETE", function(c) return "/v3/{p}/backups/" .. c.sim.state.ddm.backups[1].id end },
  { "update_instance_parameters_v31", "PUT", "/v3.1/{p}/instances/{i}/configurations", { values = { long_query_time = "2" } } },
  { "create_configuration", "POST", "/v3/{p}/configurations", { name = "t", description = "" } },
}

local function asked(c, value)
  if type(value) == "function" then return value(c) end
  return value
end

local function try(c, case)
  return c:call(case[2], asked(c, case[3]), asked(c, case[4]))
end

local function with(fault, case, change)
  local f = { op = "ddm." .. case[1], ["do"] = fault }
  for key, value in pairs(change or {}) do f[key] = value end
  return caller.new({ faults = { f } })
end

for _, cases in ipairs({ JOBS, SYNCHRONOUS }) do
  for _, case in ipairs(cases) do
    describe("ddm." .. case[1], function()
      it("is one effect with a target, unless the connection broke before", function()
        local c = caller.new()
        local status, body = try(c, case)
        assert.is_true(status < 300, require("hwdb.core").encode(body))
        assert.same({ 1, case[1] }, { #c.sim:effects(), c.sim:effects()[1].op })
        assert.not_equal("", c.sim:effects()[1].target)
        c = with("reset_before", case)
        assert.same({ 0, 0 }, { (try(c, case)), #c.sim:effects() })
        c = with("reset_after", case)
        assert.same({ 0, 1 }, { (try(c, case)), #c.sim:effects() })
      end)

      it("comes later where it is answered as timed out", function()
        local c = with("late", case, { seconds = 30 })
        assert.same({ 504, 0 }, { (try(c, case)), #c.sim:effects() })
        c.sim:advance(30)
        assert.same({ 1, true }, { #c.sim:effects(), c.sim:effects()[1].late })
      end)
    end)
  end
end

for _, case in ipairs(JOBS) do
  describe("the job of ddm." .. case[1], function()
    it("fails, and the instance is free again", function()
      local c = with("job_failed", case, { at = 0.5, code = "DBS.300005" })
      local _, body = try(c, case)
      local id = body.job_id or body.jobId
      assert.equal("Running", c:job(id).status)
      c.sim:advance(1800)
      local job = c:job(id)
      assert.same({ "Failed", "DBS.300005 Failed to process the request. Contact technical support." },
        { job.status, job.fail_reason })
      assert.equal(case[6] or "RUNNING", c:instance_status())
      assert.is_nil(c.sim.state.ddm.instances[1].active_job)
    end)

    it("shows its status after a lag, and refuses other work at once", function()
      local c = with("lag", case, { seconds = 5 })
      try(c, case)
      assert.equal("RUNNING", c:instance_status())
      assert.same({ 409, "DBS.200019" }, { c:refused("POST", I .. "/restart") })
      c.sim:advance(5)
      assert.equal(case[5] or "RUNNING", c:instance_status())
    end)

    it("is refused when somebody else was first", function()
      local c = caller.new()
      c.sim:add_fault({ op = "ddm." .. case[1], ["do"] = "foreign",
        call = { op = "ddm.restart_instance_v3", args = { instance_id = c.instance } } })
      local status, body = try(c, case)
      assert.same({ 409, "DBS.200019" }, { status, body.error_code })
      assert.same({ 1, "foreign" }, { #c.sim:effects(), c.sim:effects()[1].by })
    end)

    it("ends with the instance as it should be", function()
      local c = caller.new()
      local _, body = try(c, case)
      c.sim:advance(1800)
      assert.equal("Completed", c:must("GET", "/v3/{p}/jobs/" .. (body.job_id or body.jobId)).job.status)
      local status = c:call("GET", "/v1/{p}/instances/{i}")
      assert.equal(case[1] == "delete_instance_v3" and 404 or 200, status)
    end)
  end)
end
