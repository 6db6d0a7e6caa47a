-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")

local V = "/v3/{p}/instances/{i}/database-version/"

describe("the kernel version", function()
  local c
  before_each(function() c = caller.new() end)

  local function instance() return c.sim.state.ddm.instances[1] end
  local function versions() return c:must("GET", V .. "available-versions") end
  local function change(version) return c:must("POST", V .. "change-version", { target_version = version }) end

  it("can be changed to preferred ones", function()
    assert.same({ versions = { "3.0.8.5", "3.1.0.7" }, current_version = "3.1.0", latest_version = "3.1.0.7",
      current_favored_version = "3.1.0.7" }, versions())
    for _, version in ipairs({ "3.1.0", "3.1.0.3", "9.9.9", "newest" }) do
      assert.same({ 400, "DBS.280001" }, { c:refused("POST", V .. "change-version", { target_version = version }) })
    end
  end)

  it("goes up node by node, and back once", function()
    local up = change("3.1.0.7")
    assert.equal(c.instance, up.instance_id)
    c.sim:advance(2)
    assert.equal("UPGRADE_VERSION_INSTANCE", c:instance_status())
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", V .. "rollback-version") })
    c.sim:advance(598)
    assert.same({ "3.1.0.7", "3.1.0" }, { versions().current_version, versions().previous_version })
    assert.same({ "RUNNING", "3.1.0.7" }, { c:instance_status(), c:must("GET", "/v1/{p}/instances/{i}").engine_version })
    assert.equal(0, c:must("GET", "/v3/{p}/instances/{i}/logical-processes").total_count)
    local back = c:must("POST", V .. "rollback-version")
    c.sim:advance(2)
    assert.equal("ROLL_BACK_DB_VERSION", c:instance_status())
    c.sim:advance(598)
    assert.is_nil(versions().previous_version)
    assert.same({ "3.1.0", "Completed" }, { versions().current_version, c:job(back.job_id).status })
    assert.same({ 400, "DBS.300005" }, { c:refused("POST", V .. "rollback-version") })
  end)

  it("does not go back while nodes added since are there", function()
    change("3.1.0.7")
    c.sim:advance(600)
    c:must("POST", "/v3/{p}/instances/{i}/nodes", { nodes = { { available_zone = "cn-north-4a" } } })
    c.sim:advance(300)
    assert.same({ 400, "DBS.300005" }, { c:refused("POST", V .. "rollback-version") })
    c:must("DELETE", "/v3/{p}/instances/{i}/nodes", { node_ids = { instance().nodes[3].id } })
    c.sim:advance(180)
    c:must("POST", V .. "rollback-version")
  end)

  it("goes down without a way back, and takes the administrator along below 3.0.9", function()
    assert.equal("root", c:must("GET", "/v1/{p}/instances/{i}").admin_user_name)
    change("3.0.8.5")
    c.sim:advance(600)
    assert.same({ "3.0.8.5" }, { versions().current_version, versions().previous_version })
    assert.is_nil(c:must("GET", "/v1/{p}/instances/{i}").admin_user_name)
    assert.same({ 400, "DBS.300005" }, { c:refused("POST", V .. "rollback-version") })
  end)

  it("stays when the change fails", function()
    c.sim:add_fault({ op = "ddm.change_database_version", ["do"] = "job_failed" })
    local job = change("3.1.0.7").job_id
    c.sim:advance(600)
    assert.same({ "3.1.0", "RUNNING", "Failed" }, { versions().current_version, c:instance_status(), c:job(job).status })
  end)

  it("is a risk while behind the preferred one of its series", function()
    local risks = c:must("GET", "/v3/{p}/instances/{i}/show-risk-info").risks
    assert.same({ 1, c.instance, "ddm", "3.1.0", 1 }, { #risks, risks[1].instance_id, risks[1].engine_name,
      risks[1].engine_version, risks[1].level })
    change("3.1.0.7")
    c.sim:advance(600)
    assert.same({}, c:must("GET", "/v3/{p}/instances/{i}/show-risk-info").risks)
  end)
end)
